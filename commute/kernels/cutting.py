"""Cutting: ways that share nodes become arcs from junction to junction, with the nodes between as their bends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TWICE = 2


@nb.njit(nogil=True, cache=True)
def rows_of(wanted: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int32]:
    """Find each of ``values`` in ``wanted``, which is ascending and has them all; neighbours of the last go first."""
    found = np.empty(len(values), dtype=np.int32)
    count, near = len(wanted), 0
    for i in range(len(values)):
        low, high = 0, count
        if wanted[near] <= values[i]:
            low, step = near, 1
            while low + step < count and wanted[low + step] < values[i]:
                low += step
                step *= 2
            high = min(low + step + 1, count)
        while low < high:
            middle = (low + high) // 2
            if wanted[middle] < values[i]:
                low = middle + 1
            else:
                high = middle
        found[i] = near = low
    return found


@nb.njit(nogil=True, cache=True)
def _run(node: NDArray[np.int32], usable: NDArray[np.bool_], at: int, end: int) -> tuple[int, int]:
    """Find the next stretch of usable nodes from ``at`` on: its begin and end."""
    while at < end and not usable[node[at]]:
        at += 1
    begin = at
    while at < end and usable[node[at]]:
        at += 1
    return begin, at


@nb.njit(nogil=True, cache=True)
def _uses(start: NDArray[np.int64], node: NDArray[np.int32], usable: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Count how often ways pass each node, up to 2; an end counts twice."""
    uses = np.zeros(len(usable), dtype=np.uint8)
    for way in range(len(start) - 1):
        at, end = start[way], start[way + 1]
        while at < end:
            first, at = _run(node, usable, at, end)
            last = -1
            for i in range(first, at):
                if node[i] != last:
                    last = node[i]
                    uses[last] = min(_TWICE, uses[last] + 1)
            if first < at:
                uses[node[first]] = _TWICE
                uses[last] = _TWICE
    return uses


@nb.njit(nogil=True, cache=True)
def cut(
    start: NDArray[np.int64], node: NDArray[np.int32], usable: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Cut ways at their junctions: nodes that are passed twice, or that a way ends at.

    Way w passes ``node[start[w]:start[w + 1]]``; nodes that are not usable interrupt it. An arc that would come back
    to where it began is cut once more in its middle, because a loop leads nowhere. Returns for each arc its way, where
    its points begin (one more than arcs), and the points, both ends included.
    """
    uses = _uses(start, node, usable)
    arcs = np.empty(len(node), dtype=np.int32)
    point_start = np.zeros(len(node) + 1, dtype=np.int64)
    points = np.empty(2 * len(node), dtype=np.int32)
    arc, point = 0, 0
    for way in range(len(start) - 1):
        at, end = start[way], start[way + 1]
        while at < end:
            first, at = _run(node, usable, at, end)
            begun = point
            for i in range(first, at):
                if point > begun and points[point - 1] == node[i]:
                    continue
                points[point] = node[i]
                point += 1
                if uses[node[i]] < _TWICE or point - begun < _TWICE:
                    continue
                middle = begun + (point - begun) // 2
                if points[begun] == node[i]:
                    for back in range(point, middle, -1):
                        points[back] = points[back - 1]
                    point += 1
                    arcs[arc] = way
                    arc += 1
                    point_start[arc] = middle + 1
                arcs[arc] = way
                arc += 1
                point_start[arc] = point
                begun = point
                points[point] = node[i]
                point += 1
            point = begun
    return arcs[:arc].copy(), point_start[: arc + 1].copy(), points[:point].copy()


@nb.njit(nogil=True, cache=True)
def inner(
    arcs: NDArray[np.int64],
    turned: NDArray[np.bool_],
    point_start: NDArray[np.int64],
    points: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List the points between the ends of each of ``arcs``, from the other end where it is turned."""
    begins = np.zeros(len(arcs) + 1, dtype=np.int64)
    for i in range(len(arcs)):
        begins[i + 1] = begins[i] + point_start[arcs[i] + 1] - point_start[arcs[i]] - 2
    found = np.empty(begins[-1], dtype=np.int32)
    for i in range(len(arcs)):
        first, last = point_start[arcs[i]] + 1, point_start[arcs[i] + 1] - 2
        for k in range(begins[i + 1] - begins[i]):
            found[begins[i] + k] = points[last - k] if turned[i] else points[first + k]
    return begins, found
