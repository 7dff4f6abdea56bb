"""A ratio to scipy, not a time: far below what a quiet machine shows, but above anything that does not sweep."""

import time

import numpy as np
import pytest
import scipy.sparse as sp
from kernel_oracles import COMPILED
from scipy.sparse.csgraph import dijkstra

from commute.kernels.csr import build
from commute.kernels.hierarchy import customise, topology
from commute.kernels.order import geometric
from commute.kernels.sweep import by_position, prepared, reached


@pytest.mark.skipif(not COMPILED, reason="speed is that of the compiled kernels")
def test_many_origins_are_much_faster_than_scipy():
    side, random = 120, np.random.default_rng(0)
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    kept = random.random(len(tail)) > 0.3
    tail, head = np.concatenate([tail[kept], head[kept]]), np.concatenate([head[kept], tail[kept]])
    csr = build(side * side, tail, head, random.integers(50, 150, len(tail)))
    y, x = np.divmod(np.arange(side * side), side)
    hierarchy = topology(csr, geometric(csr, x, y))
    graph = prepared(hierarchy, customise(hierarchy, csr.weight))
    ones = by_position(hierarchy, np.ones(side * side, dtype=int))
    origins = random.integers(0, side * side, 256)
    matrix = sp.csr_matrix((csr.weight.astype(float), csr.head, csr.indptr))

    def by_sweep():
        return reached(graph, origins, np.zeros_like(origins), np.arange(257), [18_000], ones)[:16, 0]

    def by_scipy():
        return (dijkstra(matrix, indices=origins[:16], limit=18_000) <= 18_000).sum(axis=1)

    assert np.array_equal(by_sweep(), by_scipy())  # compiles, too
    seconds = []
    for work in (by_sweep, by_scipy):
        runs = []
        for _ in range(3):
            begin = time.process_time()
            work()
            runs.append(time.process_time() - begin)
        seconds.append(min(runs))
    assert seconds[1] / 16 > 10 * seconds[0] / 256
