import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import multigraphs

from commute.kernels.csr import INF, build, tails
from commute.kernels.hierarchy import DOWN, UP, customise, topology
from commute.kernels.partial import customise_partial, undo


@st.composite
def ranked(draw, **kinds):
    graph = draw(multigraphs(**kinds))
    return graph, np.array(draw(st.permutations(range(graph.nodes))), dtype=np.int32)


def eliminated(graph, rank):
    """Take the nodes away one after another, as the definition says; return the neighbours each has then, as ranks."""
    left = nx.Graph()
    left.add_nodes_from(range(graph.nodes))
    left.add_edges_from((rank[a], rank[b]) for a, b in zip(graph.tail, graph.head, strict=True) if a != b)
    neighbours = []
    for node in range(graph.nodes):
        around = sorted(left[node])
        neighbours.append(around)
        left.remove_node(node)
        left.add_edges_from((a, b) for a in around for b in around if a < b)
    return neighbours


@given(ranked())
def test_the_shortcuts_are_those_of_the_definition(given_graph):
    graph, rank = given_graph
    hierarchy = topology(build(*graph), rank)
    node_at = np.argsort(hierarchy.position)
    for node, around in enumerate(eliminated(graph, rank)):
        here = hierarchy.position[np.flatnonzero(rank == node)[0]]
        above = hierarchy.head[hierarchy.indptr[here] : hierarchy.indptr[here + 1]]
        assert (np.diff(above) > 0).all()
        assert (above > here).all()
        assert sorted(rank[node_at[above]]) == around


@given(ranked())
def test_a_subtree_is_one_range_and_holds_all_that_lies_below(given_graph):
    hierarchy = topology(build(*given_graph[0]), given_graph[1])
    for here in range(len(hierarchy.first)):
        assert hierarchy.first[here] <= here
        for arc in range(hierarchy.indptr[here], hierarchy.indptr[here + 1]):
            assert hierarchy.first[hierarchy.head[arc]] <= hierarchy.first[here]


@given(ranked())
def test_arcs_are_indexed_by_both_ends_and_by_the_streets_they_stand_for(given_graph):
    graph, rank = given_graph
    csr = build(*graph)
    hierarchy = topology(csr, rank)
    every = np.arange(graph.nodes)
    assert np.array_equal(hierarchy.tail, np.repeat(every, np.diff(hierarchy.indptr)))
    assert np.array_equal(hierarchy.head[hierarchy.below], np.repeat(every, np.diff(hierarchy.below_indptr)))
    one, other = hierarchy.position[tails(csr)], hierarchy.position[csr.head]
    assert np.array_equal(hierarchy.tail[hierarchy.arc], np.minimum(one, other))
    assert np.array_equal(hierarchy.head[hierarchy.arc], np.maximum(one, other))
    slots = np.arange(len(csr.head))
    up, down = hierarchy.up_slot[hierarchy.arc], hierarchy.down_slot[hierarchy.arc]
    assert np.array_equal(np.where(one < other, up, down), slots)
    assert (hierarchy.up_slot >= 0).sum() + (hierarchy.down_slot >= 0).sum() == len(slots)


@given(ranked(most_weight=9))
def test_a_metric_keeps_the_triangle_inequality_below(given_graph):
    csr = build(*given_graph[0])
    hierarchy = topology(csr, given_graph[1])
    metric = customise(hierarchy, csr.weight).astype(np.int64)
    arc_of = {ends: arc for arc, ends in enumerate(zip(hierarchy.tail, hierarchy.head, strict=True))}
    for low, (apex, over) in enumerate(zip(hierarchy.tail, hierarchy.head, strict=True)):
        for beside in range(low + 1, hierarchy.indptr[apex + 1]):
            arc = arc_of[over, hierarchy.head[beside]]
            assert metric[arc, UP] <= metric[low, DOWN] + metric[beside, UP]
            assert metric[arc, DOWN] <= metric[beside, DOWN] + metric[low, UP]
    assert (metric[hierarchy.arc].min(axis=1) <= csr.weight).all()
    assert (metric <= INF).all()


@given(st.data(), ranked(most_weight=9))
def test_a_partial_customisation_is_a_full_one_and_is_undone_to_the_byte(data, given_graph):
    csr = build(*given_graph[0])
    hierarchy = topology(csr, given_graph[1])
    weight, metric = csr.weight.copy(), customise(hierarchy, csr.weight)
    metrics, journals = [metric.copy()], []
    for _ in range(2):
        slots = data.draw(st.lists(st.integers(0, max(0, len(weight) - 1)), unique=True, max_size=4))
        slots = slots if len(weight) else []
        new = [data.draw(st.sampled_from([0, 1, 5, 30, INF])) for _ in slots]
        journals.append(customise_partial(hierarchy, metric, weight, slots, new))
        assert np.array_equal(weight[slots], new)
        assert np.array_equal(metric, customise(hierarchy, weight))
        metrics.append(metric.copy())
    undo(metric, weight, journals[1])
    assert np.array_equal(metric, metrics[1])
    undo(metric, weight, journals[0])
    assert metric.tobytes() == metrics[0].tobytes()
    assert weight.tobytes() == csr.weight.tobytes()


def test_a_rank_that_is_no_permutation_is_refused():
    with pytest.raises(ValueError, match="each of the 3 nodes exactly once"):
        topology(build(3, [0], [1], [1]), [0, 2, 2])


def test_wrong_weights_are_refused():
    hierarchy = topology(build(2, [0], [1], [1]), [0, 1])
    with pytest.raises(ValueError, match="weight: 1 of 1 lie outside 0 to 1073741823; row 0 holds -1"):
        customise(hierarchy, [-1])
    with pytest.raises(ValueError, match="one for each of the 1 slots, got 2"):
        customise(hierarchy, [1, 1])


def test_a_slot_named_twice_is_refused():
    csr = build(2, [0], [1], [1])
    hierarchy = topology(csr, [0, 1])
    with pytest.raises(ValueError, match="slots must name each arc once"):
        customise_partial(hierarchy, customise(hierarchy, csr.weight), csr.weight, [0, 0], [1, 2])
