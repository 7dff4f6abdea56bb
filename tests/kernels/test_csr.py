import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import multigraphs

from commute.kernels.csr import INF, build, incoming, reorder, reverse, strongly_connected, tails


def rows_of(csr):
    return list(zip(tails(csr).tolist(), csr.head.tolist(), csr.weight.tolist(), strict=True))


@given(multigraphs(most_weight=5))
def test_build_keeps_the_lightest_of_parallel_arcs_and_no_loop(graph):
    csr = build(*graph)
    best = {}
    rows = zip(graph.tail.tolist(), graph.head.tolist(), graph.weight.tolist(), strict=True)
    for row, (tail, head, weight) in enumerate(rows):
        if tail != head and ((tail, head) not in best or weight < best[tail, head][0]):
            best[tail, head] = (weight, row)
    assert rows_of(csr) == [(*ends, weight) for ends, (weight, _) in sorted(best.items())]
    assert csr.edge.tolist() == [row for _, (_, row) in sorted(best.items())]
    assert csr.head.dtype == csr.weight.dtype == csr.edge.dtype == csr.indptr.dtype == np.int32


@given(multigraphs())
def test_reverse_is_the_transpose_and_its_own_inverse(graph):
    csr = build(*graph)
    back = reverse(csr)
    assert sorted((head, tail, weight) for tail, head, weight in rows_of(csr)) == rows_of(back)
    assert all(np.array_equal(one, other) for one, other in zip(reverse(back), csr, strict=True))
    indptr, tail, slot = incoming(csr)
    assert np.array_equal(tails(csr)[slot], tail)
    assert np.array_equal(csr.head[slot], np.repeat(np.arange(graph.nodes), np.diff(indptr)))


@given(st.data(), multigraphs())
def test_reorder_renames_the_nodes_and_keeps_the_rows(data, graph):
    csr = build(*graph)
    rank = np.array(data.draw(st.permutations(range(graph.nodes))))
    renamed = reorder(csr, rank)
    assert np.array_equal(rank[graph.tail[renamed.edge]], tails(renamed))
    assert np.array_equal(rank[graph.head[renamed.edge]], renamed.head)
    assert sorted(renamed.edge) == sorted(csr.edge)
    back = reorder(renamed, np.argsort(rank))
    assert all(np.array_equal(one, other) for one, other in zip(back, csr, strict=True))


@given(multigraphs(arcs=25))
def test_strongly_connected_agrees_with_networkx(graph):
    label = strongly_connected(build(*graph))
    drawn = nx.MultiDiGraph()
    drawn.add_nodes_from(range(graph.nodes))
    drawn.add_edges_from(zip(graph.tail.tolist(), graph.head.tolist(), strict=True))
    parts = sorted(nx.strongly_connected_components(drawn), key=min)
    assert [set(np.flatnonzero(label == number).tolist()) for number in range(label.max() + 1)] == parts


def test_an_arc_of_weight_inf_does_not_connect():
    assert strongly_connected(build(2, [0, 1], [1, 0], [1, INF])).tolist() == [0, 1]


def test_a_long_path_needs_no_recursion():
    size = 3000
    ring = np.arange(size)
    assert not strongly_connected(build(size, ring, (ring + 1) % size, np.ones(size, int))).any()


def test_a_graph_without_arcs_and_one_without_nodes():
    assert build(3, [], [], []).indptr.tolist() == [0, 0, 0, 0]
    assert strongly_connected(build(0, [], [], [])).tolist() == []


@pytest.mark.parametrize(
    ("tail", "head", "weight", "message"),
    [
        ([0, 3, 1], [1, 1, 9], [1, 1, 1], r"tail: 1 of 3 lie outside 0 to 2; row 1 holds 3"),
        ([0, -1], [1, 1], [1, 1], r"tail: 1 of 2 lie outside 0 to 2; row 1 holds -1"),
        ([0, 1], [1, 2], [-4, -5], r"weight: 2 of 2 lie outside 0 to 1073741823; row 0 holds -4, row 1 holds -5"),
        ([0], [1], [2**30], r"weight: 1 of 1 lie outside"),
        ([0], [1], [0.5], r"weight must hold whole numbers, got float64"),
        ([0, 1], [1], [1], r"equally long; got tail 2, head 1, weight 1"),
        ([[0]], [1], [1], r"tail must be one-dimensional, got the shape \(1, 1\)"),
    ],
)
def test_faults_are_refused_at_the_door(tail, head, weight, message):
    with pytest.raises(ValueError, match=message):
        build(3, tail, head, weight)


def test_reorder_refuses_what_is_no_permutation():
    with pytest.raises(ValueError, match="each of the 2 nodes exactly once"):
        reorder(build(2, [0], [1], [1]), [0, 0])
