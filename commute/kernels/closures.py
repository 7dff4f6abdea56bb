"""Many searches under many closures: the distances of each search without each set of arcs.

A search is run once and its tree of shortest paths kept. Closing an arc that is not in the tree changes nothing;
closing one that is changes only the nodes behind it. These alone are searched again, from the border of what still
stands (Ramalingam & Reps 1996, for deletions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from commute.kernels.bounded import bound, checked_seeds, find, spread
from commute.kernels.buckets import empty_buckets, push
from commute.kernels.csr import CSR, INF, incoming, tails
from commute.kernels.door import groups, whole_numbers
from commute.kernels.threads import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray


class _Incoming(NamedTuple):
    """The arcs by their head: indptr, and for each the tail and the slot in the forward graph."""

    indptr: NDArray[np.signedinteger]
    tail: NDArray[np.int32]
    slot: NDArray[np.int32]


class _Seeds(NamedTuple):
    """The seeds of one search and the time already spent when it starts there."""

    node: NDArray[np.int32]
    offset: NDArray[np.int32]


class _Tree(NamedTuple):
    """The tree of shortest paths: by which slot each node is reached, and each node's children as a linked list."""

    slot: NDArray[np.int32]
    child: NDArray[np.int32]
    sibling: NDArray[np.int32]


class _Scratch(NamedTuple):
    """What one thread works in: distances, the nodes cut off and the distances they had, the queue."""

    distance: NDArray[np.int32]
    cut: NDArray[np.int32]
    kept: NDArray[np.int32]
    queue: NDArray[np.int32]


def closures(
    csr: CSR,
    seeds: ArrayLike,
    offsets: ArrayLike,
    starts: ArrayLike,
    closed: ArrayLike,
    closed_starts: ArrayLike,
    limit: int = INF,
    *,
    columns: ArrayLike | None = None,
    threads: int = 1,
) -> NDArray[np.int32]:
    """Find int32[j, k, columns]: the distance to each of ``columns`` (all nodes) in search k without closure j.

    The seeds of search k are ``seeds[starts[k]:starts[k + 1]]``; the arcs of closure j are the slots
    ``closed[closed_starts[j]:closed_starts[j + 1]]``. Raises ValueError as ``searches`` does, and for a closed slot
    or a column that does not exist.
    """
    nodes, arcs = len(csr.indptr) - 1, len(csr.head)
    seeds32, offsets32 = checked_seeds(nodes, seeds, offsets)
    starts64 = groups("starts", starts, len(seeds32))
    slots = whole_numbers("closed", closed, 0, arcs - 1)
    slot_starts = groups("closed_starts", closed_starts, len(slots))
    targets = whole_numbers("columns", np.arange(nodes) if columns is None else columns, 0, nodes - 1)
    result = np.empty((len(slot_starts) - 1, len(starts64) - 1, len(targets)), dtype=np.int32)
    into, tail = _Incoming(*incoming(csr)), tails(csr)

    def worker(numbers: Iterator[int]) -> None:
        scratch, tree = _workspace(nodes, arcs, len(seeds32))
        own_csr = csr._replace(weight=csr.weight.copy())  # in which arcs are closed and opened again
        for number in numbers:
            own = slice(starts64[number], starts64[number + 1])
            few = _Seeds(seeds32[own], offsets32[own])
            _one_search(
                own_csr, into, tail, few, bound(limit), slots, slot_starts, tree, scratch, targets, number, result
            )

    share(worker, len(starts64) - 1, threads=threads)
    return result


def _workspace(nodes: int, arcs: int, seeds: int) -> tuple[_Scratch, _Tree]:
    distance, cut, kept, slot, child, sibling = np.full((6, nodes), -1, dtype=np.int32)
    queue = empty_buckets(arcs + nodes + seeds)
    return _Scratch(distance, cut, kept, queue), _Tree(slot, child, sibling)


@nb.njit(cache=True, nogil=True)
def _one_search(
    csr: CSR,
    into: _Incoming,
    tail: NDArray[np.int32],
    own: _Seeds,
    limit: int,
    closed: NDArray[np.int32],
    closed_starts: NDArray[np.int64],
    tree: _Tree,
    scratch: _Scratch,
    columns: NDArray[np.int32],
    number: int,
    result: NDArray[np.int32],
) -> None:
    """Fill result[j, number, column] for one search and every closure j."""
    distance, slot, weight = scratch.distance, tree.slot, csr.weight
    distance[:] = INF
    slot[:] = -1
    find(csr, own.node, own.offset, limit, distance, slot, scratch.queue)
    _link_children(tail, tree)
    for closure in range(len(closed_starts) - 1):
        arcs = closed[closed_starts[closure] : closed_starts[closure + 1]]
        count = _cut_off(csr.head, arcs, tree, scratch)
        if count:
            open_weight = weight[arcs]
            weight[arcs] = INF
            _repair(csr, into, own, limit, count, scratch)
            weight[arcs] = open_weight
        for column in range(len(columns)):
            result[closure, number, column] = distance[columns[column]]
        for index in range(count):
            distance[scratch.cut[index]] = scratch.kept[index]


@nb.njit(cache=True, nogil=True)
def _link_children(tail: NDArray[np.int32], tree: _Tree) -> None:
    slot, child, sibling = tree.slot, tree.child, tree.sibling
    child[:] = -1
    for node in range(len(child)):
        if slot[node] >= 0:
            parent = tail[slot[node]]
            sibling[node] = child[parent]
            child[parent] = node


@nb.njit(cache=True, nogil=True)
def _cut_off(head: NDArray[np.int32], arcs: NDArray[np.int32], tree: _Tree, scratch: _Scratch) -> int:
    """List the nodes whose path runs over one of ``arcs``, set them to INF and return how many they are."""
    slot, child, sibling = tree.slot, tree.child, tree.sibling
    distance, cut, kept = scratch.distance, scratch.cut, scratch.kept
    count = 0
    for arc in arcs:
        root = head[arc]
        if slot[root] != arc or distance[root] == INF:
            continue  # on no path, or behind an arc cut before
        cut[count], kept[count], distance[root] = root, distance[root], INF
        scanned = count
        count += 1
        while scanned < count:
            node = child[cut[scanned]]
            scanned += 1
            while node >= 0:
                if distance[node] < INF:
                    cut[count], kept[count], distance[node] = node, distance[node], INF
                    count += 1
                node = sibling[node]
    return count


@nb.njit(cache=True, nogil=True)
def _repair(csr: CSR, into: _Incoming, own: _Seeds, limit: int, count: int, scratch: _Scratch) -> None:
    """Find again the ``count`` nodes cut off: first by one open arc from what still stands, then onwards."""
    indptr, tail, slot, weight = into.indptr, into.tail, into.slot, csr.weight
    distance, cut, queue = scratch.distance, scratch.cut, scratch.queue
    for node in cut[:count]:
        best = limit + 1
        for place in range(indptr[node], indptr[node + 1]):
            best = min(best, distance[tail[place]] + weight[slot[place]])
        if best <= limit:
            distance[node] = best
            push(queue, node, best, 0)
    for index in range(len(own.node)):
        node, offset = own.node[index], own.offset[index]
        if offset < distance[node] and offset <= limit:
            distance[node] = offset
            push(queue, node, offset, 0)
    spread(csr, limit, distance, None, queue)
