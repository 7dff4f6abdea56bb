"""A few weights changed: the metric repaired where they tell, and put back again.

An arc depends on the pairs of arcs that meet below it. So the changed arcs are done from the bottom up, and each that
comes out different passes the question on to the arcs above that it may have been, or may now be, the best way for.
Up to some hundreds of changed streets this is faster than to customise anew.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from commute.kernels.csr import INF
from commute.kernels.door import equally_long, whole_numbers
from commute.kernels.hierarchy import DOWN, UP, Topology, find_arc

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Journal(NamedTuple):
    """What a change has overwritten: slots and their weights, arcs and their two weights."""

    slot: NDArray[np.int32]
    weight: NDArray[np.int32]
    arc: NDArray[np.int32]
    pair: NDArray[np.int32]


def customise_partial(
    hierarchy: Topology, metric: NDArray[np.int32], weight: NDArray[np.int32], slots: ArrayLike, new: ArrayLike
) -> Journal:
    """Set ``weight[slots] = new`` and bring ``metric`` up to date, both in place; return what undoes it.

    ``metric`` must be the metric of ``weight``. Raises ValueError for slots or weights that cannot be, and for a
    slot named twice.
    """
    slot = whole_numbers("slots", slots, 0, len(weight) - 1)
    changed = whole_numbers("new", new, 0, INF)
    equally_long(slots=slot, new=changed)
    if len(np.unique(slot)) < len(slot):
        raise ValueError("slots must name each arc once.")
    before = weight[slot].copy()
    weight[slot] = changed
    arc, pair = _repair(hierarchy, metric, weight, np.unique(hierarchy.arc[slot]))
    return Journal(slot, before, arc, pair)


def undo(metric: NDArray[np.int32], weight: NDArray[np.int32], journal: Journal) -> None:
    """Put back, in place, what ``customise_partial`` changed; the last change first, if there were several."""
    weight[journal.slot] = journal.weight
    metric[journal.arc] = journal.pair


@nb.njit(cache=True, nogil=True)
def _repair(
    hierarchy: Topology, metric: NDArray[np.int32], weight: NDArray[np.int32], arcs: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Weigh again ``arcs`` and all that follows from them, lowest first; return what changed and the old pairs."""
    indptr, head, tail = hierarchy.indptr, hierarchy.head, hierarchy.tail
    queued = np.zeros(len(head), dtype=np.bool_)
    queued[arcs] = True
    heap = list(arcs.astype(np.int64))
    heapify(heap)
    changed, before = [0][:0], [(np.int64(0), np.int64(0))][:0]  # empty, of a type that numba can see
    while heap:
        arc = heappop(heap)
        old = _pair(metric, arc)
        new = _weigh(hierarchy, metric, weight, arc)
        if new == old:
            continue
        changed.append(arc)
        before.append(old)
        metric[arc, UP], metric[arc, DOWN] = new
        for beside in range(indptr[tail[arc]], indptr[tail[arc] + 1]):
            if beside == arc:
                continue
            apex, over = min(head[arc], head[beside]), max(head[arc], head[beside])
            follower = find_arc(indptr, head, apex, over)
            side, now = _pair(metric, beside), _pair(metric, follower)
            if arc < beside:
                was, will = _by_way(old, side), _by_way(new, side)
            else:
                was, will = _by_way(side, old), _by_way(side, new)
            told = was[0] == now[0] or was[1] == now[1] or will[0] < now[0] or will[1] < now[1]
            if told and not queued[follower]:
                queued[follower] = True
                heappush(heap, np.int64(follower))
    pairs = np.empty((len(before), 2), dtype=np.int32)
    for index, pair in enumerate(before):
        pairs[index, UP], pairs[index, DOWN] = pair
    return np.array(changed, dtype=np.int32), pairs


@nb.njit(cache=True, nogil=True)
def _pair(metric: NDArray[np.int32], arc: int) -> tuple[np.int64, np.int64]:
    return np.int64(metric[arc, UP]), np.int64(metric[arc, DOWN])


@nb.njit(cache=True, nogil=True)
def _by_way(low: tuple[np.int64, np.int64], high: tuple[np.int64, np.int64]) -> tuple[np.int64, np.int64]:
    """Go from the head of ``low`` to that of ``high`` over the node below both, and back."""
    return low[1] + high[0], high[1] + low[0]


@nb.njit(cache=True, nogil=True)
def _weigh(
    hierarchy: Topology, metric: NDArray[np.int32], weight: NDArray[np.int32], arc: int
) -> tuple[np.int64, np.int64]:
    """Find what an arc weighs now, climbing and descending: its own streets, or the best way below."""
    indptr, head, tail, below = hierarchy.indptr, hierarchy.head, hierarchy.tail, hierarchy.below
    apex, over = tail[arc], head[arc]
    up_slot, down_slot = hierarchy.up_slot[arc], hierarchy.down_slot[arc]
    up = np.int64(weight[up_slot] if up_slot >= 0 else INF)
    down = np.int64(weight[down_slot] if down_slot >= 0 else INF)
    for place in range(hierarchy.below_indptr[apex], hierarchy.below_indptr[apex + 1]):
        low = below[place]
        begin, end = low + 1, indptr[tail[low] + 1]
        while begin < end:
            middle = (begin + end) // 2
            if head[middle] < over:
                begin = middle + 1
            else:
                end = middle
        if begin < indptr[tail[low] + 1] and head[begin] == over:
            way = _by_way(_pair(metric, low), _pair(metric, begin))
            up, down = min(up, way[UP]), min(down, way[DOWN])
    return up, down
