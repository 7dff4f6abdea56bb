import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import Arcs, multigraphs, oracle, seeds_of

from commute.kernels.closures import closures
from commute.kernels.csr import INF, build


def flattened(groups):
    """Turn lists of numbers into one column and its bounds."""
    return np.array([number for group in groups for number in group], dtype=int), np.cumsum([0, *map(len, groups)])


@given(st.data(), multigraphs(most_weight=6, nodes=10), st.sampled_from([INF, 15]), st.sampled_from([1, 2]))
def test_closing_arcs_is_building_the_graph_without_them(data, graph, limit, threads):
    csr = build(*graph)
    starting = data.draw(st.lists(seeds_of(graph, 5), max_size=4))
    sets = data.draw(st.lists(st.lists(st.integers(0, max(0, len(csr.head) - 1)), max_size=5), max_size=4))
    sets = sets if len(csr.head) else [[] for _ in sets]
    seeds, starts = flattened([group[0] for group in starting])
    offsets, _ = flattened([group[1] for group in starting])
    closed, closed_starts = flattened(sets)
    columns = data.draw(st.one_of(st.none(), st.lists(st.integers(0, graph.nodes - 1), max_size=4)))
    found = closures(csr, seeds, offsets, starts, closed, closed_starts, limit, columns=columns, threads=threads)
    wanted = np.arange(graph.nodes) if columns is None else np.array(columns, dtype=int)
    assert found.shape == (len(sets), len(starting), len(wanted))
    for number, shut in enumerate(sets):
        # every parallel row of a closed arc goes, as the graph holds only the lightest
        gone = {(graph.tail[csr.edge[slot]], graph.head[csr.edge[slot]]) for slot in shut}
        stays = [ends not in gone for ends in zip(graph.tail, graph.head, strict=True)]
        stays = np.array(stays, dtype=bool)
        rest = Arcs(graph.nodes, graph.tail[stays], graph.head[stays], graph.weight[stays])
        for row, group in enumerate(starting):
            assert np.array_equal(found[number, row], oracle(rest, *group, min(limit, INF - 1))[wanted])


def test_a_closed_slot_must_exist():
    with pytest.raises(ValueError, match="closed: 1 of 1 lie outside 0 to 0; row 0 holds 1"):
        closures(build(2, [0], [1], [1]), [0], [0], [0, 1], [1], [0, 1])


def test_a_column_must_exist():
    with pytest.raises(ValueError, match="columns: 1 of 2 lie outside 0 to 1; row 1 holds 7"):
        closures(build(2, [0], [1], [1]), [0], [0], [0, 1], [0], [0, 1], columns=[0, 7])
