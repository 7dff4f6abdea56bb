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
import numpy as np

from commute.kernels.csr import INF
from commute.kernels.simd import add_within, any_within, load, relaxed, store, unreached

if TYPE_CHECKING:
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
    ends = _mark(hierarchy, batch, space)
    _climb(hierarchy, metric, up, batch, ends, limit, space)
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
def _mark(hierarchy: Topology, batch: Batch, space: Workspace) -> NDArray[np.int32]:
    """Mark what lies above the seeds, set its rows to unreached, and return where the walk from each seed ended.

    That is the first position that an earlier seed had marked; -1 past a root.
    """
    indptr, head = hierarchy.indptr, hierarchy.head
    rows, climbed = space.rows, space.climbed
    nothing = unreached(rows)
    ends = np.empty(len(batch.position), dtype=np.int32)
    for seed in range(len(batch.position)):
        here = batch.position[seed]
        while here >= 0 and not climbed[here]:
            climbed[here] = True
            store(rows, here, nothing)
            here = head[indptr[here]] if indptr[here] < indptr[here + 1] else -1
        ends[seed] = here
    return ends


@nb.njit(cache=True, nogil=True)
def _climb(
    hierarchy: Topology,
    metric: NDArray[np.int32],
    up: int,
    batch: Batch,
    ends: NDArray[np.int32],
    limit: int,
    space: Workspace,
) -> None:
    """Bring the distance of each seed to all positions above it, all lanes at once.

    The walks of ``_mark`` from the last to the first: whatever leads into a walk has then been climbed before.
    """
    indptr, head, rows = hierarchy.indptr, hierarchy.head, space.rows
    for seed in range(len(batch.position)):
        here, lane, offset = batch.position[seed], batch.lane[seed], batch.offset[seed]
        if offset <= limit and offset < rows[here, lane]:
            rows[here, lane] = offset
    for seed in range(len(batch.position) - 1, -1, -1):
        here = batch.position[seed]
        while here != ends[seed]:
            begin, end = indptr[here], indptr[here + 1]
            if any_within(load(rows, here), limit):
                for arc in range(begin, end):
                    store(rows, head[arc], relaxed(load(rows, head[arc]), rows, here, metric[arc, up]))
            here = head[begin] if begin < end else -1


@nb.njit(cache=True, nogil=True)
def _descend(
    hierarchy: Topology, metric: NDArray[np.int32], down: int, limit: int, space: Workspace, tally: Tally
) -> None:
    """Give every position that is visited its row, and count what is within the limit.

    Whatever is visited has been preceded by all that it is joined to above, so their rows can be read unasked.
    """
    indptr, head, first = hierarchy.indptr, hierarchy.head, hierarchy.first
    rows, climbed, near = space.rows, space.climbed, space.near
    values, cutoffs, recent, total = tally.values, tally.cutoffs, tally.recent, tally.total
    nothing = unreached(rows)
    pending = 0
    here = len(first) - 1
    while here >= 0:
        begin, end = indptr[here], indptr[here + 1]
        lanes = load(rows, here) if climbed[here] else nothing
        for arc in range(begin, end):
            lanes = relaxed(lanes, rows, head[arc], metric[arc, down])
        store(rows, here, lanes)
        near[here] = any_within(lanes, limit)
        if near[here]:
            value = int(values[here])
            if value:
                if pending + value >= 2**31:
                    _empty_into(total, recent)
                    pending = 0
                pending += value
                for cutoff in range(len(cutoffs)):
                    add_within(recent, cutoff, lanes, cutoffs[cutoff], value)
        elif not climbed[here]:
            open_above = False
            for arc in range(begin, end):
                open_above |= near[head[arc]]
            if not open_above:
                near[first[here] : here] = False
                here = first[here]
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
