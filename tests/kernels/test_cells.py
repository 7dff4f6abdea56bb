import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import multigraphs, oracle, seeds_of

from commute.kernels.cells import hanging, reached_cells
from commute.kernels.csr import INF, build
from commute.kernels.hierarchy import customise, topology
from commute.kernels.sweep import by_position, prepared, reached


def ready(graph, rank):
    csr = build(*graph)
    hierarchy = topology(csr, rank)
    return prepared(hierarchy, customise(hierarchy, csr.weight))


def columns(groups):
    seeds = np.concatenate([group[0] for group in groups])
    offsets = np.concatenate([group[1] for group in groups])
    return seeds, offsets, np.cumsum([0] + [len(group[0]) for group in groups])


@st.composite
def questions(draw):
    """A graph, an order of its nodes, some origins, cells, and cutoffs."""
    graph = draw(multigraphs())
    rank = np.array(draw(st.permutations(range(graph.nodes))))
    cell = st.tuples(st.integers(0, graph.nodes - 1), st.integers(0, 60), st.sampled_from([0, 1, 7, 2**31 - 1, 2**40]))
    cells = np.array(draw(st.lists(cell, min_size=1, max_size=30)), dtype=np.int64).T
    origins = draw(st.lists(seeds_of(graph), min_size=1, max_size=4))
    repeated = draw(st.sampled_from([1, 20]))  # few origins take one kind of lanes, many another
    return graph, rank, origins * repeated, cells, draw(st.lists(st.sampled_from([0, 5, 20, 90, 70_000]), max_size=3))


@given(questions(), st.booleans())
def test_cells_are_reached_when_their_node_and_the_rest_of_the_way_are(question, towards):
    graph, rank, groups, (node, distance, worth), cutoffs = question
    around = graph._replace(tail=graph.head, head=graph.tail) if towards else graph
    times = np.array([oracle(around, *group) for group in groups])[:, node]
    at = np.where(times < INF, times + distance, INF)
    expected = [[sum(worth[row <= cutoff].tolist()) for cutoff in cutoffs] for row in at]
    sweep = ready(graph, rank)
    cells = hanging(sweep, node, distance, worth)
    found = reached_cells(sweep, *columns(groups), np.array(cutoffs, dtype=int), cells, towards=towards, threads=2)
    assert found.tolist() == expected


@given(questions())
def test_cells_on_their_nodes_are_values_of_the_nodes(question):
    graph, rank, groups, _, cutoffs = question
    sweep, bounds = ready(graph, rank), np.array(cutoffs, dtype=int)
    values = np.arange(graph.nodes) * 1000
    cells = hanging(sweep, np.arange(graph.nodes), np.zeros(graph.nodes, dtype=int), values)
    found = reached_cells(sweep, *columns(groups), bounds, cells)
    assert np.array_equal(found, reached(sweep, *columns(groups), bounds, by_position(sweep.hierarchy, values)))


def test_the_order_of_the_cells_does_not_matter():
    graph, rank = build(3, [0, 1], [1, 2], [5, 5]), np.arange(3)
    hierarchy = topology(graph, rank)
    sweep = prepared(hierarchy, customise(hierarchy, graph.weight))
    one = hanging(sweep, [2, 0, 2, 1], [9, 0, 1, 4], [1, 2, 3, 4])
    other = hanging(sweep, [1, 2, 2, 0], [4, 1, 9, 0], [4, 3, 1, 2])
    assert all(np.array_equal(*pair) for pair in zip(one, other, strict=True))
    assert one.start.tolist() == [0, 1, 2, 4]
    assert reached_cells(sweep, [0], [0], [0, 1], [0, 9, 11, 100], one).tolist() == [[2, 6, 9, 10]]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (([3], [0], [1]), "node: 1 of 1 lie outside 0 to 2"),
        (([0], [-1], [1]), "distance: 1 of 1 lie outside 0"),
        (([0], [0], [-1]), "Each cell needs a node, a distance and a worth of at least 0"),
        (([0, 1], [0], [1]), "Each cell needs a node"),
    ],
)
def test_faults_are_refused(cells, message):
    graph = build(3, [0, 1], [1, 2], [5, 5])
    hierarchy = topology(graph, np.arange(3))
    with pytest.raises(ValueError, match=message):
        hanging(prepared(hierarchy, customise(hierarchy, graph.weight)), *cells)
