import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from kernel_oracles import multigraphs

from commute.kernels.csr import build
from commute.kernels.hierarchy import topology
from commute.kernels.order import ORDERS, best_order, geometric


def available(name):
    if name == "metis":
        pytest.importorskip("pymetis")
    return ORDERS[name]


@pytest.mark.parametrize("name", sorted(ORDERS))
@given(st.data(), multigraphs(nodes=30))
def test_an_order_holds_every_node_once(name, data, graph):
    where = data.draw(arrays(np.float64, (2, graph.nodes), elements=st.sampled_from([0.0, 1.0, 1.5, -7.0])))
    rank = available(name)(build(*graph), *where)
    assert rank.dtype == np.int32
    assert sorted(rank) == list(range(graph.nodes))


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_a_grid_needs_few_shortcuts(name):
    size = 40
    number = np.arange(size * size).reshape(size, size)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    grid = build(size * size, tail, head, np.ones(len(tail), int))
    y, x = np.divmod(np.arange(size * size), size)
    shortcuts = len(topology(grid, available(name)(grid, x, y)).head)
    by_row = len(topology(grid, np.arange(size * size)).head)
    assert shortcuts < 0.5 * by_row


def test_the_best_order_is_one_of_them():
    ring = build(9, np.arange(9), (np.arange(9) + 1) % 9, np.ones(9, int))
    assert sorted(best_order(ring, np.zeros(9), np.zeros(9))) == list(range(9))


def test_a_node_without_a_place_is_refused():
    with pytest.raises(ValueError, match="Each of the 2 nodes needs a finite x and y"):
        geometric(build(2, [0], [1], [1]), [0.0, np.nan], [0.0, 1.0])
