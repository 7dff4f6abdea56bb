import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import multigraphs, oracle, seeds_of
from scipy.sparse.csgraph import dijkstra

from commute.kernels.bounded import search, search_tree, searches
from commute.kernels.csr import INF, build, reverse, tails


def by_scipy(csr, seeds, limit):
    """Only for weights above zero: scipy reads an explicit zero as no arc."""
    size = len(csr.indptr) - 1
    matrix = sp.csr_matrix((csr.weight.astype(float), csr.head, csr.indptr), shape=(size, size))
    found = np.atleast_2d(dijkstra(matrix, indices=seeds, limit=limit))
    return np.where(np.isinf(found), INF, found).astype(np.int64)


@given(st.data(), multigraphs(least_weight=1), st.integers(0, 150))
def test_a_search_agrees_with_scipy_to_the_integer(data, graph, limit):
    csr = build(*graph)
    seed = data.draw(st.integers(0, graph.nodes - 1))
    assert np.array_equal(search(csr, seed, 0), by_scipy(csr, seed, np.inf)[0])
    assert np.array_equal(search(csr, seed, 0, limit), by_scipy(csr, seed, limit)[0])


@given(st.data(), multigraphs(most_weight=3), st.integers(0, 12))
def test_zero_weights_and_seeds_with_offsets_agree_with_the_textbook(data, graph, limit):
    seeds, offsets = data.draw(seeds_of(graph, 9))
    assert np.array_equal(search(build(*graph), seeds, offsets), oracle(graph, seeds, offsets))
    assert np.array_equal(search(build(*graph), seeds, offsets, limit), oracle(graph, seeds, offsets, limit))


@given(st.data(), multigraphs(most_weight=INF, arcs=30))
def test_weights_of_any_size_up_to_inf(data, graph):
    seeds, offsets = data.draw(seeds_of(graph, INF))
    assert np.array_equal(search(build(*graph), seeds, offsets), oracle(graph, seeds, offsets))


@given(st.data(), multigraphs(), st.integers(0, 120))
def test_a_limit_only_masks(data, graph, limit):
    seeds, offsets = data.draw(seeds_of(graph))
    csr = build(*graph)
    everywhere = search(csr, seeds, offsets)
    assert np.array_equal(search(csr, seeds, offsets, limit), np.where(everywhere <= limit, everywhere, INF))


@given(st.data(), multigraphs(most_weight=2))
def test_the_tree_leads_back_to_a_seed_and_adds_up(data, graph):
    seeds, offsets = data.draw(seeds_of(graph, 4))
    csr = build(*graph)
    distance, slot = search_tree(csr, seeds, offsets)
    tail = tails(csr)
    for node in np.flatnonzero(distance < INF):
        spent, here, steps = 0, node, 0
        while slot[here] >= 0:
            assert csr.head[slot[here]] == here
            spent, here, steps = spent + csr.weight[slot[here]], tail[slot[here]], steps + 1
            assert steps < graph.nodes, "a cycle of parents"
        assert spent + offsets[seeds == here].min() == distance[node]
    assert (slot[distance == INF] == -1).all()


@given(st.data(), multigraphs(most_weight=9))
def test_distances_keep_the_triangle_inequality(data, graph):
    seeds, offsets = data.draw(seeds_of(graph))
    csr = build(*graph)
    distance = search(csr, seeds, offsets).astype(np.int64)
    assert (distance[csr.head] <= distance[tails(csr)] + csr.weight).all()
    assert (distance[seeds] <= offsets).all()


@given(multigraphs(nodes=8))
def test_the_reversed_graph_gives_the_transpose(graph):
    csr, every = build(*graph), np.arange(graph.nodes)
    zero, starts = np.zeros_like(every), np.arange(graph.nodes + 1)
    there = searches(csr, every, zero, starts)
    assert np.array_equal(searches(reverse(csr), every, zero, starts).T, there)


@pytest.mark.parametrize("threads", [1, 2, 3])
@given(st.data(), multigraphs(nodes=8))
def test_many_searches_are_single_searches_whatever_the_threads(threads, data, graph):
    groups = data.draw(st.lists(seeds_of(graph), max_size=40))
    seeds = np.concatenate([group[0] for group in groups] or [np.empty(0, int)])
    offsets = np.concatenate([group[1] for group in groups] or [np.empty(0, int)])
    starts = np.cumsum([0] + [len(group[0]) for group in groups])
    csr = build(*graph)
    found = searches(csr, seeds, offsets, starts, 50, threads=threads)
    assert found.shape == (len(groups), graph.nodes)
    assert all(np.array_equal(row, search(csr, *group, 50)) for row, group in zip(found, groups, strict=True))


def test_a_search_without_seeds_reaches_nothing():
    csr = build(2, [0], [1], [1])
    assert searches(csr, [0], [0], [0, 0, 1]).tolist() == [[INF, INF], [0, 1]]


def test_a_real_network_agrees_with_scipy(network):
    csr = build(*network("wuhan"))
    for limit in (18_000, 36_000):
        assert np.array_equal(search(csr, 4242, 0, limit), by_scipy(csr, 4242, limit)[0])


@pytest.mark.parametrize(
    ("seeds", "offsets", "message"),
    [
        ([2], [0], r"seeds: 1 of 1 lie outside 0 to 1; row 0 holds 2"),
        ([0], [-1], r"offsets: 1 of 1 lie outside 0 to 1073741823; row 0 holds -1"),
        ([0, 1], [0], r"equally long; got seeds 2, offsets 1"),
        ([0.0], [0], r"seeds must hold whole numbers, got float64"),
    ],
)
def test_wrong_seeds_are_refused(seeds, offsets, message):
    with pytest.raises(ValueError, match=message):
        search(build(2, [0], [1], [1]), seeds, offsets)


def test_wrong_groups_are_refused():
    with pytest.raises(ValueError, match="starts must rise from 0 to 1"):
        searches(build(2, [0], [1], [1]), [0], [0], [0, 2])
