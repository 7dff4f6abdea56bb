"""Versions: one hierarchy weighed for many sets of weights at once, a lane for each.

What an arc comes to is worked out over the same triangles whatever the weights, so sixteen versions go through them
as one vector. For drawing a small network a few thousand times; a street network has better uses for its memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from commute.kernels.csr import INF
from commute.kernels.hierarchy import DOWN, UP, Topology
from commute.kernels.simd import LANES, load, matrix, relaxed_by_row, store, unreached

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

AT_ONCE = LANES[np.dtype(np.int32)]


def customise_versions(hierarchy: Topology, weights: ArrayLike) -> NDArray[np.int32]:
    """Weigh the hierarchy for each row of ``weights`` [versions, slots]: int32[versions, arcs, 2], as ``customise``.

    Raises ValueError for more than ``AT_ONCE`` versions, and for weights that are not whole numbers from 0 to INF, one
    for each slot.
    """
    given = np.atleast_2d(np.asarray(weights))
    versions, slots = given.shape
    whole = given.dtype.kind in "iu" and (not given.size or (given.min() >= 0 and given.max() <= INF))
    if versions > AT_ONCE or slots != len(hierarchy.arc) or not whole:
        raise ValueError(
            f"weights must be whole numbers from 0 to {INF}, at most {AT_ONCE} rows of one for each of the "
            f"{len(hierarchy.arc)} slots, got {given.dtype} {given.shape}."
        )
    by_lane = matrix(slots, np.int32)
    by_lane[:, :versions] = given.T
    by_lane[:, versions:] = INF
    arcs = len(hierarchy.head)
    climbing, descending = matrix(arcs, np.int32), matrix(arcs, np.int32)
    if arcs:
        _customise(hierarchy, by_lane, climbing, descending)
    metrics = np.empty((versions, arcs, 2), dtype=np.int32)
    metrics[:, :, UP] = climbing[:, :versions].T
    metrics[:, :, DOWN] = descending[:, :versions].T
    return metrics


@nb.njit(cache=True, nogil=True)
def _customise(
    hierarchy: Topology,
    weights: NDArray[np.integer],
    climbing: NDArray[np.integer],
    descending: NDArray[np.integer],
) -> None:
    """Do what ``hierarchy.customise`` does, a row of lanes at a time."""
    indptr, head, tail = hierarchy.indptr, hierarchy.head, hierarchy.tail
    below_indptr, below = hierarchy.below_indptr, hierarchy.below
    up_slot, down_slot = hierarchy.up_slot, hierarchy.down_slot
    nothing = unreached(climbing)
    arc_to = np.empty(len(indptr) - 1, dtype=np.int32)
    for apex in range(len(indptr) - 1):
        for arc in range(indptr[apex], indptr[apex + 1]):
            arc_to[head[arc]] = arc
            store(climbing, arc, load(weights, up_slot[arc]) if up_slot[arc] >= 0 else nothing)
            store(descending, arc, load(weights, down_slot[arc]) if down_slot[arc] >= 0 else nothing)
        for place in range(below_indptr[apex], below_indptr[apex + 1]):
            to_apex = below[place]
            for beside in range(to_apex + 1, indptr[tail[to_apex] + 1]):
                arc = arc_to[head[beside]]
                store(climbing, arc, relaxed_by_row(load(climbing, arc), descending, to_apex, climbing, beside))
                store(descending, arc, relaxed_by_row(load(descending, arc), descending, beside, climbing, to_apex))
