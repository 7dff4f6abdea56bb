"""Cells: sums over points that hang from the junctions, each at a distance of its own.

A cell is reached when its junction is, and what is left of the cutoff covers its distance from there. So the rows
that a sweep leaves are read once, and only where they are within the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from commute.kernels.csr import INF
from commute.kernels.door import whole_numbers
from commute.kernels.hierarchy import DOWN, UP
from commute.kernels.simd import LANES, add_within, load
from commute.kernels.sweep import count_nothing, lanes_for, origins_of, sweep

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from commute.kernels.descent import Tally, Workspace
    from commute.kernels.sweep import Prepared
    from commute.kernels.threads import Finished

_MOST = 2**31 - 1  # that the int32 sums of one row hold


class Hanging(NamedTuple):
    """Cells by the position that they hang from, and the nearest first.

    position: int32[groups], ascending; the cells of group ``g`` are ``start[g]`` to ``start[g + 1]`` (not included);
    distance: int32[cells]; worth: int64[cells].
    """

    position: NDArray[np.int32]
    start: NDArray[np.int64]
    distance: NDArray[np.int32]
    worth: NDArray[np.int64]


def hanging(graph: Prepared, node: ArrayLike, distance: ArrayLike, worth: ArrayLike) -> Hanging:
    """Order cells for ``reached_cells``: the node, the distance from it and the worth of each.

    Raises ValueError for columns that are not whole numbers, nodes that do not exist, and what is below 0.
    """
    nodes = len(graph.hierarchy.position)
    at = graph.hierarchy.position[whole_numbers("node", node, 0, nodes - 1)]
    far = whole_numbers("distance", distance, 0, INF)
    value = np.asarray(worth, dtype=np.int64)
    if not at.shape == far.shape == value.shape or (value < 0).any():
        raise ValueError("Each cell needs a node, a distance and a worth of at least 0.")
    order = np.argsort(at * np.int64(INF + 1) + far)  # one key: lexsort and unique take four times as long
    at = at[order]
    first = np.flatnonzero(np.diff(at, prepend=-1))
    return Hanging(at[first], np.append(first, len(order)), far[order], value[order])


def reached_cells(
    graph: Prepared,
    seeds: ArrayLike,
    offsets: ArrayLike,
    starts: ArrayLike,
    cutoffs: ArrayLike,
    cells: Hanging,
    *,
    towards: bool = False,
    threads: int = 1,
    finished: Finished | None = None,
) -> NDArray[np.int64]:
    """Sum the worth of the cells within each cutoff of each origin: int64[origins, cutoffs].

    A cell is as far as its node and its own distance together. The rest is as in ``sweep.reached``.
    """
    bounds = whole_numbers("cutoffs", cutoffs, 0, INF - 1)
    origins = origins_of(graph.hierarchy, seeds, offsets, starts)
    limit = int(bounds.max(initial=0))
    lanes = lanes_for(limit, len(origins.order))
    sums = np.zeros((len(origins.order), len(bounds)), dtype=np.int64)

    def collect(space: Workspace, _: Tally, members: NDArray[np.int64]) -> None:
        recent = np.zeros((len(bounds), LANES[np.dtype(lanes)]), dtype=np.int32)
        total = np.zeros(recent.shape, dtype=np.int64)
        _tally(space, cells, bounds, recent, total)
        sums[members] = total[:, : len(members)].T

    up = UP if not towards else DOWN
    sweep(graph, origins, limit, count_nothing(graph), collect, up, lanes, threads, finished)
    return sums


@nb.njit(cache=True, nogil=True)
def _tally(
    space: Workspace,
    cells: Hanging,
    cutoffs: NDArray[np.int32],
    recent: NDArray[np.int32],
    total: NDArray[np.int64],
) -> None:
    """Count the cells of one sweep. ``recent`` is emptied into ``total`` before it could overflow."""
    rows, near = space.rows, space.near
    position, start, distance, worth = cells.position, cells.start, cells.distance, cells.worth
    last = max(cutoffs) if len(cutoffs) else -1
    pending = 0
    for group in range(len(position)):
        here = position[group]
        if not near[here]:
            continue
        lanes = load(rows, here)
        for cell in range(start[group], start[group + 1]):
            far = int(distance[cell])
            if far > last:
                break  # as do all that are further
            left = worth[cell]
            while left > 0:  # once but for those that are worth more than an int32 holds
                part = min(left, _MOST)
                left -= part
                if pending + part > _MOST:
                    total += recent
                    recent[:] = 0
                    pending = 0
                pending += part
                for cutoff in range(len(cutoffs)):
                    within = int(cutoffs[cutoff]) - far
                    if within >= 0:
                        add_within(recent, cutoff, lanes, within, part)
    total += recent
