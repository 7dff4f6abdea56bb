"""The monotone bucket queue: nodes by distance, taken out in order, which never runs backwards.

A distance is read as three digits of ten bits. An entry lies on the level of the highest digit in which it differs
from the distance last taken out, in the bucket of that digit: on level 0 a bucket holds one distance exactly. When
level 0 runs dry, the next bucket above is dealt out one level down, so an entry moves at most twice, whatever the
weights (Dial 1969; Denardo & Fox 1979). Zero weights are legal. A node that is reached again by a shorter way
gets a second entry; whoever takes out the first, later, sees that the node is nearer by now and drops it.

The queue is one array int32[BUCKETS + 1 + capacity, 3] of entries (node, distance, next row; 0 ends a list): the
first rows are the heads of the buckets, then comes the head of the list of free rows. A row is used again as soon as it
is free, so the rows in use stay in the cache. (One array, not a tuple of several: numba counts references to
the members of a tuple at each use.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 10
LEVELS = 3
BASE = 1 << BITS
BUCKETS = LEVELS * BASE
FREE = BUCKETS
NODE, DISTANCE, NEXT = 0, 1, 2


@nb.njit(cache=True, nogil=True)
def empty_buckets(capacity: int) -> NDArray[np.int32]:
    """Make a queue. A search puts in each seed and each arc at most once, and at its end leaves the queue empty."""
    queue = np.empty((BUCKETS + 1 + capacity, 3), dtype=np.int32)
    queue[: FREE + 1, NEXT] = 0
    queue[FREE, NODE] = FREE + 1  # the first row never used
    return queue


@nb.njit(cache=True, nogil=True)
def push(queue: NDArray[np.int32], node: int, distance: int, last: int) -> None:
    """Put in a node; ``last`` is the distance last taken out."""
    row = queue[FREE, NEXT]
    if row == 0:
        row = queue[FREE, NODE]
        queue[FREE, NODE] += 1
    else:
        queue[FREE, NEXT] = queue[row, NEXT]
    queue[row, NODE] = node
    queue[row, DISTANCE] = distance
    _link(queue, row, distance, last)


@nb.njit(cache=True, nogil=True)
def pop(queue: NDArray[np.int32], bucket: int) -> int:
    """Take a node out of a bucket of level 0; -1 if the bucket is empty."""
    row = queue[bucket, NEXT]
    if row == 0:
        return -1
    queue[bucket, NEXT] = queue[row, NEXT]
    queue[row, NEXT] = queue[FREE, NEXT]
    queue[FREE, NEXT] = row
    return int(queue[row, NODE])


@nb.njit(cache=True, nogil=True)
def nearest(queue: NDArray[np.int32], last: int) -> int:
    """Return the least distance in the queue and bring its entries to level 0; -1 if the queue is empty."""
    for level in range(LEVELS):
        digit = (last >> (level * BITS)) & (BASE - 1)
        for bucket in range(level * BASE + digit, (level + 1) * BASE):
            if queue[bucket, NEXT] == 0:
                continue
            if level == 0:
                return (last & ~(BASE - 1)) | bucket
            return _deal(queue, bucket)
    return -1


@nb.njit(cache=True, nogil=True)
def _deal(queue: NDArray[np.int32], bucket: int) -> int:
    """Move the entries of ``bucket`` down, now that its least distance is the next to be taken out."""
    first = queue[bucket, NEXT]
    queue[bucket, NEXT] = 0
    least = queue[first, DISTANCE]
    row = first
    while row:
        least = min(least, queue[row, DISTANCE])
        row = queue[row, NEXT]
    row = first
    while row:
        following = queue[row, NEXT]
        _link(queue, row, queue[row, DISTANCE], least)
        row = following
    return int(least)


@nb.njit(cache=True, nogil=True)
def _link(queue: NDArray[np.int32], row: int, distance: int, last: int) -> None:
    differing = distance ^ last
    level = 0
    while differing >= BASE:
        differing >>= BITS
        level += 1
    bucket = level * BASE + ((distance >> (level * BITS)) & (BASE - 1))
    queue[row, NEXT] = queue[bucket, NEXT]
    queue[bucket, NEXT] = row
