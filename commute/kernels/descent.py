"""One sweep: a few origins, a lane each, up the hierarchy and down it again, no further than the limit.

Each node has a row of lanes. First every lane climbs from its seeds to the root. Then one pass from the last position
to the first gives each node the least, over its neighbours above, of their row and the arc down from them. Rows
whose lanes all lie beyond the limit are not kept, and where nothing above is within it the whole subtree, one range
of positions, is skipped. So the cost follows the region reached, not the size of the graph (after PHAST: Delling,
Goldberg, Nowatzyk & Werneck 2013, doi:10.1016/j.jpdc.2012.02.007).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb

from commute.kernels.csr import INF
from commute.kernels.simd import add_within, least, load, relaxed, store, unreached

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from commute.kernels.hierarchy import Topology


class Batch(NamedTuple):
    """The seeds of a few origins: the position, the offset and the lane of each."""

    position: NDArray[np.int32]
    offset: NDArray[np.int32]
    lane: NDArray[np.int32]


class Workspace(NamedTuple):
    """What one thread sweeps in.

    rows: [nodes, lanes]; climbed: above some seed, False everywhere between sweeps;
    near: some lane is within the limit, so that the row holds distances; rows of the others hold anything.
    """

    rows: NDArray[np.integer]
    climbed: NDArray[np.bool_]
    near: NDArray[np.bool_]


class Tally(NamedTuple):
    """What is counted: values by position, cutoffs, and sums [cutoffs, lanes] in two parts.

    ``recent`` is int32 for speed, and is emptied into ``total``, int64, before it could overflow.
    """

    values: NDArray[np.int32]
    cutoffs: NDArray[np.int32]
    recent: NDArray[np.int32]
    total: NDArray[np.int64]


def sweep_batch(
    hierarchy: Topology,
    metric: NDArray[np.int32],
    up: int,
    batch: Batch,
    limit: int,
    space: Workspace,
    tally: Tally,
) -> None:
    """Fill the rows within the limit and the tally. ``up`` is the column of the metric in which to climb.

    Not compiled itself, which would compile the four steps twice.
    """
    _mark(hierarchy, batch, space)
    _climb(hierarchy, metric, up, batch, limit, space)
    _descend(hierarchy, metric, 1 - up, limit, space, tally)
    _unmark(hierarchy, batch, space)


@nb.njit(cache=True, nogil=True)
def gather(
    space: Workspace,
    position: NDArray[np.int32],
    lanes: int,
    limit: int,
    members: NDArray[np.int64],
    result: NDArray[np.int32],
) -> None:
    """Copy the rows of some positions into result[members[lane], column], INF beyond the limit."""
    rows, near = space.rows, space.near
    for begin in range(0, len(position), 16):  # a few rows at a time, as result lies the other way round
        for lane in range(lanes):
            for column in range(begin, min(begin + 16, len(position))):
                here = position[column]
                within = near[here] and rows[here, lane] <= limit
                result[members[lane], column] = rows[here, lane] if within else INF


@nb.njit(cache=True, nogil=True)
def _mark(hierarchy: Topology, batch: Batch, space: Workspace) -> None:
    """Mark what lies above the seeds, and set its rows to unreached."""
    indptr, head = hierarchy.indptr, hierarchy.head
    rows, climbed = space.rows, space.climbed
    nothing = unreached(rows)
    for seed in batch.position:
        here = seed
        while not climbed[here]:
            climbed[here] = True
            store(rows, here, nothing)
            if indptr[here] < indptr[here + 1]:
                here = head[indptr[here]]


@nb.njit(cache=True, nogil=True)
def _climb(
    hierarchy: Topology, metric: NDArray[np.int32], up: int, batch: Batch, limit: int, space: Workspace
) -> None:
    """Bring the distance of each seed to all positions above it."""
    indptr, head, rows = hierarchy.indptr, hierarchy.head, space.rows
    for seed in range(len(batch.position)):
        here, lane, offset = batch.position[seed], batch.lane[seed], batch.offset[seed]
        if offset <= limit and offset < rows[here, lane]:
            rows[here, lane] = offset
        while True:
            begin, end = indptr[here], indptr[here + 1]
            spent = int(rows[here, lane])
            if spent <= limit:
                for arc in range(begin, end):
                    candidate = spent + metric[arc, up]
                    if candidate <= limit and candidate < rows[head[arc], lane]:
                        rows[head[arc], lane] = candidate
            if begin == end:
                break
            here = head[begin]


@nb.njit(cache=True, nogil=True)
def _descend(
    hierarchy: Topology, metric: NDArray[np.int32], down: int, limit: int, space: Workspace, tally: Tally
) -> None:
    """Give every position within the limit its row, and count what is there."""
    indptr, head, first = hierarchy.indptr, hierarchy.head, hierarchy.first
    rows, climbed, near = space.rows, space.climbed, space.near
    values, cutoffs, recent, total = tally.values, tally.cutoffs, tally.recent, tally.total
    nothing = unreached(rows)
    pending = 0
    here = len(first) - 1
    while here >= 0:
        lanes = load(rows, here) if climbed[here] else nothing
        open_above = climbed[here]
        for arc in range(indptr[here], indptr[here + 1]):
            if near[head[arc]]:
                lanes = relaxed(lanes, rows, head[arc], metric[arc, down])
                open_above = True
        if not open_above:
            near[first[here] : here + 1] = False
            here = first[here] - 1
            continue
        near[here] = least(lanes) <= limit
        if near[here]:
            store(rows, here, lanes)
            value = int(values[here])
            if value:
                if pending + value >= 2**31:
                    _empty_into(total, recent)
                    pending = 0
                pending += value
                for cutoff in range(len(cutoffs)):
                    add_within(recent, cutoff, lanes, cutoffs[cutoff], value)
        here -= 1
    _empty_into(total, recent)


@nb.njit(cache=True, nogil=True)
def _empty_into(total: NDArray[np.int64], recent: NDArray[np.int32]) -> None:
    for row in range(recent.shape[0]):
        for lane in range(recent.shape[1]):
            total[row, lane] += recent[row, lane]
            recent[row, lane] = 0


@nb.njit(cache=True, nogil=True)
def _unmark(hierarchy: Topology, batch: Batch, space: Workspace) -> None:
    indptr, head, climbed = hierarchy.indptr, hierarchy.head, space.climbed
    for seed in batch.position:
        here = seed
        while climbed[here]:
            climbed[here] = False
            if indptr[here] < indptr[here + 1]:
                here = head[indptr[here]]
