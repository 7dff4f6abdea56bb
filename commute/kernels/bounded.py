"""One search inside a budget: from several seeds, each with an offset, to every node within ``limit``.

Dijkstra's search with a bucket queue. It needs no preparation, so it serves one-off questions, small graphs and
as the oracle of the hierarchy. A seed's offset is the time already spent when the search starts there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from commute.kernels.buckets import BASE, empty_buckets, nearest, pop, push
from commute.kernels.csr import CSR, INF
from commute.kernels.door import equally_long, groups, whole_numbers
from commute.kernels.threads import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

_BATCH = 16  # searches for each call into the kernels, whose dispatch takes some 10 µs


def search(csr: CSR, seeds: ArrayLike, offsets: ArrayLike, limit: int = INF) -> NDArray[np.int32]:
    """Find the distance int32[nodes] of every node from its nearest seed; INF beyond ``limit``.

    Raises ValueError for a seed that is no node, a negative offset and columns of different lengths.
    """
    return _run(csr, seeds, offsets, limit, None)


def search_tree(
    csr: CSR, seeds: ArrayLike, offsets: ArrayLike, limit: int = INF
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Search, and say how each node was reached: (distance, slot of the last arc; -1 at a seed or unreached).

    Following ``tails(csr)[slot]`` from a node always ends at a seed, zero-weight cycles or not. Of several
    shortest paths the same one is found every time.
    """
    slot = np.full(len(csr.indptr) - 1, -1, dtype=np.int32)
    return _run(csr, seeds, offsets, limit, slot), slot


def searches(
    csr: CSR, seeds: ArrayLike, offsets: ArrayLike, starts: ArrayLike, limit: int = INF, *, threads: int = 1
) -> NDArray[np.int32]:
    """Run k searches: int32[k, nodes]. The seeds of search i are ``seeds[starts[i]:starts[i + 1]]``.

    The result is the same for any number of threads. Raises ValueError as ``search`` does.
    """
    nodes = len(csr.indptr) - 1
    seeds32, offsets32 = checked_seeds(nodes, seeds, offsets)
    starts64 = groups("starts", starts, len(seeds32))
    count = len(starts64) - 1
    distance = np.empty((count, nodes), dtype=np.int32)

    def worker(batches: Iterator[int]) -> None:
        queue = empty_buckets(len(csr.head) + len(seeds32))
        for batch in batches:
            few = slice(batch * _BATCH, min((batch + 1) * _BATCH, count))
            bounds = starts64[few.start : few.stop + 1]
            _searches(csr, seeds32, offsets32, bounds, bound(limit), distance[few], queue)

    share(worker, -(-count // _BATCH), threads=threads)
    return distance


def checked_seeds(
    nodes: int, seeds: ArrayLike, offsets: ArrayLike
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cast seeds and their offsets to int32, or raise ValueError."""
    seeds32 = whole_numbers("seeds", seeds, 0, nodes - 1)
    offsets32 = whole_numbers("offsets", offsets, 0, INF)
    equally_long(seeds=seeds32, offsets=offsets32)
    return seeds32, offsets32


def _run(
    csr: CSR, seeds: ArrayLike, offsets: ArrayLike, limit: int, slot: NDArray[np.int32] | None
) -> NDArray[np.int32]:
    nodes = len(csr.indptr) - 1
    seeds32, offsets32 = checked_seeds(nodes, seeds, offsets)
    distance = np.full(nodes, INF, dtype=np.int32)
    find(csr, seeds32, offsets32, bound(limit), distance, slot, empty_buckets(len(csr.head) + len(seeds32)))
    return distance


def bound(limit: int) -> int:
    """Cap a limit below INF, so that INF always means unreached."""
    return min(int(limit), INF - 1)


@nb.njit(cache=True, nogil=True)
def _searches(
    csr: CSR,
    seeds: NDArray[np.int32],
    offsets: NDArray[np.int32],
    starts: NDArray[np.int64],
    limit: int,
    distance: NDArray[np.int32],
    queue: NDArray[np.int32],
) -> None:
    for row in range(len(starts) - 1):
        distance[row] = INF
        own = slice(starts[row], starts[row + 1])
        find(csr, seeds[own], offsets[own], limit, distance[row], None, queue)


@nb.njit(cache=True, nogil=True)
def find(
    csr: CSR,
    seeds: NDArray[np.int32],
    offsets: NDArray[np.int32],
    limit: int,
    distance: NDArray[np.int32],
    slot: NDArray[np.int32] | None,
    queue: NDArray[np.int32],
) -> None:
    """Lower ``distance``, which is INF throughout, from the seeds on.

    Where ``slot`` is None nobody asks by which arc a node is reached, and no time is spent on writing it down.
    """
    for index in range(len(seeds)):
        node, offset = seeds[index], offsets[index]
        if offset < distance[node] and offset <= limit:
            distance[node] = offset
            if slot is not None:
                slot[node] = -1
            push(queue, node, offset, 0)
    spread(csr, limit, distance, slot, queue)


@nb.njit(cache=True, nogil=True)
def spread(
    csr: CSR, limit: int, distance: NDArray[np.int32], slot: NDArray[np.int32] | None, queue: NDArray[np.int32]
) -> None:
    """Settle every node in the queue and all that they lead to, nearest first, until the queue is empty."""
    indptr, head, weight = csr.indptr, csr.head, csr.weight
    last = nearest(queue, 0)
    while last >= 0:
        node = pop(queue, last & (BASE - 1))
        while node >= 0:
            if distance[node] == last:  # else it has been settled, nearer
                for arc in range(indptr[node], indptr[node + 1]):
                    follower, candidate = head[arc], last + weight[arc]
                    if candidate < distance[follower] and candidate <= limit:
                        distance[follower] = candidate
                        if slot is not None:
                            slot[follower] = arc
                        push(queue, follower, candidate, last)
            node = pop(queue, last & (BASE - 1))
        last = nearest(queue, last)
