"""Graphs and oracles that the tests of the kernels share."""

from __future__ import annotations

import heapq
import os
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from commute.kernels.csr import INF

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


class Arcs(NamedTuple):
    """A multigraph as its input rows."""

    nodes: int
    tail: np.ndarray
    head: np.ndarray
    weight: np.ndarray


@st.composite
def multigraphs(draw, least_weight=0, most_weight=40, nodes=14, arcs=45):
    """One-ways, parallel arcs, loops, ties, islands, cycles of zero weight where ``least_weight`` is 0."""
    size = draw(st.integers(1, nodes))
    ends = st.integers(0, size - 1)
    rows = draw(st.lists(st.tuples(ends, ends, st.integers(least_weight, most_weight)), max_size=arcs))
    both = draw(st.booleans())
    rows = rows + [(head, tail, weight) for tail, head, weight in rows] if both else rows
    tail, head, weight = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Arcs(size, tail, head, weight)


@st.composite
def seeds_of(draw, graph, most_offset=30):
    """Several seeds with offsets, duplicates among them."""
    pair = st.tuples(st.integers(0, graph.nodes - 1), st.integers(0, most_offset))
    pairs = draw(st.lists(pair, min_size=1, max_size=4))
    seeds, offsets = zip(*pairs, strict=True)
    return np.array(seeds), np.array(offsets)


def oracle(graph, seeds, offsets, limit=INF - 1):
    """Dijkstra's search as a textbook writes it, straight from the input rows."""
    leaving = {node: [] for node in range(graph.nodes)}
    for tail, head, weight in zip(graph.tail.tolist(), graph.head.tolist(), graph.weight.tolist(), strict=True):
        leaving[tail].append((head, weight))
    distance = [INF] * graph.nodes
    heap = [(int(offset), int(seed)) for seed, offset in zip(seeds, offsets, strict=True)]
    heapq.heapify(heap)
    while heap:
        reached, node = heapq.heappop(heap)
        if reached >= distance[node] or reached > limit:
            continue
        distance[node] = reached
        for head, weight in leaving[node]:
            heapq.heappush(heap, (reached + weight, head))
    return np.array(distance)
