import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import multigraphs, oracle, seeds_of

from commute.kernels.bounded import searches
from commute.kernels.csr import INF, build, reverse
from commute.kernels.hierarchy import customise, topology
from commute.kernels.order import best_order
from commute.kernels.sweep import by_position, distances, nearest, prepared, reached

KINDS = [np.uint16, np.int32, np.uint32]


def ready(csr, rank):
    hierarchy = topology(csr, rank)
    return prepared(hierarchy, customise(hierarchy, csr.weight))


def columns(groups):
    """Turn (seeds, offsets) pairs into three columns."""
    seeds = np.concatenate([group[0] for group in groups] or [np.empty(0, int)])
    offsets = np.concatenate([group[1] for group in groups] or [np.empty(0, int)])
    return seeds, offsets, np.cumsum([0] + [len(group[0]) for group in groups])


@st.composite
def questions(draw, most_weight=40, origins=5, most_offset=30):
    """A graph, an order of its nodes and some origins."""
    graph = draw(multigraphs(most_weight=most_weight))
    rank = np.array(draw(st.permutations(range(graph.nodes))))
    return graph, rank, draw(st.lists(seeds_of(graph, most_offset), max_size=origins))


@given(questions())
def test_distances_agree_with_the_textbook_in_any_order(question):
    graph, rank, groups = question
    found = distances(ready(build(*graph), rank), *columns(groups))
    assert found.shape == (len(groups), graph.nodes)
    for row, group in zip(found, groups, strict=True):
        assert np.array_equal(row, oracle(graph, *group))


@pytest.mark.parametrize("lanes", KINDS)
@given(st.data(), questions(), st.integers(0, 90))
def test_a_limit_only_masks_and_both_kinds_of_lanes_agree(lanes, data, question, limit):
    graph, rank, groups = question
    asked = data.draw(st.lists(st.integers(0, graph.nodes - 1), max_size=5))
    found = distances(ready(build(*graph), rank), *columns(groups), limit, columns=asked, lanes=lanes)
    for row, group in zip(found, groups, strict=True):
        assert np.array_equal(row, oracle(graph, *group, limit)[asked])


@given(questions(most_weight=40_000, most_offset=65_533), st.sampled_from([65_533, 65_534]))
def test_short_lanes_are_exact_up_to_where_they_saturate(question, limit):
    graph, rank, groups = question
    found = distances(ready(build(*graph), rank), *columns(groups), limit, lanes=np.uint16)
    for row, group in zip(found, groups, strict=True):
        assert np.array_equal(row, oracle(graph, *group, limit))


@pytest.mark.parametrize("lanes", KINDS)
@given(st.data(), questions(), st.lists(st.integers(0, 90), max_size=3))
def test_what_is_reached_is_what_lies_within_the_cutoffs(lanes, data, question, cutoffs):
    graph, rank, groups = question
    values = st.integers(0, 2**31 - 1) | st.integers(0, 3)
    values = np.array(data.draw(st.lists(values, min_size=graph.nodes, max_size=graph.nodes)))
    graph_ready = ready(build(*graph), rank)
    placed = by_position(graph_ready.hierarchy, values)
    found = reached(graph_ready, *columns(groups), cutoffs, placed, lanes=lanes)
    expected = [[values[oracle(graph, *group) <= cutoff].sum() for cutoff in cutoffs] for group in groups]
    assert np.array_equal(found, np.array(expected, dtype=np.int64).reshape(len(groups), len(cutoffs)))


@given(questions())
def test_towards_the_seeds_is_from_them_in_the_reversed_graph(question):
    graph, rank, groups = question
    csr = build(*graph)
    found = distances(ready(csr, rank), *columns(groups), 60, towards=True)
    assert np.array_equal(found, searches(reverse(csr), *columns(groups), 60))


@given(st.data(), questions(), st.integers(1, 4), st.sampled_from([INF, 25]))
def test_the_nearest_are_the_first_of_the_sorted_row(data, question, count, limit):
    graph, rank, groups = question
    asked = np.array(data.draw(st.lists(st.integers(0, graph.nodes - 1), max_size=6)), dtype=int)
    which, distance = nearest(ready(build(*graph), rank), *columns(groups), asked, count, limit)
    for row, far, group in zip(which, distance, groups, strict=True):
        found = oracle(graph, *group, min(limit, INF - 1))[asked]
        best = [one for one in np.argsort(found, kind="stable") if found[one] < INF][:count]
        assert row.tolist() == best + [-1] * (count - len(best))
        assert far.tolist() == found[best].tolist() + [INF] * (count - len(best))


@given(questions(origins=40), st.sampled_from([2, 3]))
def test_alone_or_among_many_and_in_any_number_of_threads_the_same(question, threads):
    graph, rank, groups = question
    graph_ready = ready(build(*graph), rank)
    together = distances(graph_ready, *columns(groups * 3), 70, threads=threads)
    alone = [distances(graph_ready, *columns([group]), 70)[0] for group in groups]
    assert np.array_equal(together, np.array(alone * 3, dtype=np.int32).reshape(together.shape))


def test_an_origin_without_seeds_reaches_nothing():
    graph = ready(build(2, [0], [1], [3]), [0, 1])
    assert distances(graph, [0], [0], [0, 0, 1, 1]).tolist() == [[INF, INF], [0, 3], [INF, INF]]
    values = by_position(graph.hierarchy, [5, 7])
    assert reached(graph, [0], [0], [0, 0, 1, 1], [2, 3], values).tolist() == [[0, 0], [5, 12], [0, 0]]


def test_faults_are_refused():
    graph = ready(build(2, [0], [1], [3]), [0, 1])
    with pytest.raises(ValueError, match="values must be one for each of the 2 nodes, got 1"):
        by_position(graph.hierarchy, [5])
    with pytest.raises(ValueError, match="A limit of 65535 does not fit lanes of uint16"):
        distances(graph, [0], [0], [0, 1], 65_535, lanes=np.uint16)
    with pytest.raises(ValueError, match="columns: 1 of 1 lie outside 0 to 1; row 0 holds 2"):
        distances(graph, [0], [0], [0, 1], columns=[2])


def test_a_real_network_agrees_with_plain_searches(network):
    arcs = network("wuhan")
    csr = build(*arcs)
    origins = np.random.default_rng(0).integers(0, arcs.nodes, 70)
    question = origins, np.zeros_like(origins), np.arange(71)
    graph = ready(csr, best_order(csr, np.arange(arcs.nodes), np.zeros(arcs.nodes)))
    plain = searches(csr, *question, 18_000)
    assert np.array_equal(distances(graph, *question, 18_000), plain)
    values = np.random.default_rng(1).integers(0, 50_000, arcs.nodes)
    within = [[values[row <= cutoff].sum() for cutoff in (9_000, 18_000)] for row in plain]
    placed = by_position(graph.hierarchy, values)
    assert np.array_equal(reached(graph, *question, [9_000, 18_000], placed, threads=2), within)
