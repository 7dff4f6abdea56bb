"""Ways cut at their junctions, against a few lines of plain Python that do the same."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commute.kernels.cutting import cut, inner, rows_of

WAYS = st.lists(st.lists(st.integers(0, 12), min_size=0, max_size=9), min_size=1, max_size=6)


def runs(way, usable):
    """Split a way into stretches of usable nodes, without nodes that follow themselves."""
    found = [[]]
    for node in way:
        if not usable[node]:
            found.append([])
        elif not found[-1] or found[-1][-1] != node:
            found[-1].append(node)
    return [run for run in found if run]


def plainly(ways, usable):
    uses = Counter(node for way in ways for run in runs(way, usable) for node in [*run, run[0], run[-1]])
    pieces = []
    for row, way in enumerate(ways):
        for run in runs(way, usable):
            ends = [at for at, node in enumerate(run) if uses[node] > 1]
            for first, last in pairwise(ends):
                piece = run[first : last + 1]
                middle = len(piece) // 2
                halves = [piece[: middle + 1], piece[middle:]] if piece[0] == piece[-1] else [piece]
                pieces += [(row, half) for half in halves]
    return pieces


@given(WAYS, st.lists(st.booleans(), min_size=13, max_size=13))
def test_ways_are_cut_as_they_are_plainly(ways, usable):
    start = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
    node = np.array([node for way in ways for node in way], dtype=np.int32)
    way, begin, points = cut(start, node, np.array(usable))
    found = [(int(row), points[i:j].tolist()) for row, (i, j) in zip(way, pairwise(begin), strict=True)]
    assert found == plainly(ways, usable)
    assert all(nodes[0] != nodes[-1] for _, nodes in found)
    arcs = np.repeat(np.arange(len(way)), 2)
    turned = np.arange(len(arcs)) % 2 == 1
    bend, between = inner(arcs, turned, begin, points)
    for arc, back, (i, j) in zip(arcs, turned, pairwise(bend), strict=True):
        assert between[i:j].tolist() == found[arc][1][1:-1][:: -1 if back else 1]


@given(st.sets(st.integers(-(2**62), 2**62), min_size=1), st.data())
def test_rows_are_found(values, data):
    wanted = np.array(sorted(values), dtype=np.int64)
    asked = np.array(data.draw(st.lists(st.sampled_from(sorted(values)))), dtype=np.int64)
    assert np.array_equal(rows_of(wanted, asked), np.searchsorted(wanted, asked))
