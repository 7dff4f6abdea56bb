"""The compressed sparse row graph: for each node, where its outgoing arcs begin and end in three parallel arrays.

Every kernel reads its graph in this form. Weights are whole numbers from 0 to ``INF``; an arc of weight ``INF``
is there but cannot be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from commute.kernels.door import equally_long, whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

INF = 2**30 - 1
"""Beyond reach. Two of them still add up within an int32, which 2**30 and a one-way street's INF would not."""


class CSR(NamedTuple):
    """A directed graph: the arcs of node v are the slots ``indptr[v]`` to ``indptr[v + 1]``, sorted by head.

    indptr: int32[nodes + 1] (int64 past 2**31 arcs); head, weight, edge: int32[arcs].
    ``edge`` is the input row that each slot kept.
    """

    indptr: NDArray[np.signedinteger]
    head: NDArray[np.int32]
    weight: NDArray[np.int32]
    edge: NDArray[np.int32]


def build(nodes: int, tail: ArrayLike, head: ArrayLike, weight: ArrayLike) -> CSR:
    """Build the graph of ``nodes`` nodes whose arc i runs from ``tail[i]`` to ``head[i]``.

    Loops are dropped. Of parallel arcs the lightest stays, and of equally light ones the first row.
    Raises ValueError, naming how many rows are at fault and the first of them.
    """
    tail32 = whole_numbers("tail", tail, 0, nodes - 1)
    head32 = whole_numbers("head", head, 0, nodes - 1)
    weight32 = whole_numbers("weight", weight, 0, INF)
    equally_long(tail=tail32, head=head32, weight=weight32)
    rows = np.arange(len(tail32), dtype=np.int32)
    rows = stable_order(nodes, head32, rows)
    rows = stable_order(nodes, tail32, rows)
    kept, arcs = _lightest(rows, tail32, head32, weight32)
    indptr = pointers(nodes, tail32[kept])
    return CSR(indptr.astype(_index_type(arcs)), head32[kept], weight32[kept], kept)


def incoming(csr: CSR) -> tuple[NDArray[np.signedinteger], NDArray[np.int32], NDArray[np.int32]]:
    """List the arcs by their head: (indptr, tail, slot), where ``slot`` is the arc's place in ``csr``."""
    nodes = len(csr.indptr) - 1
    slot = stable_order(nodes, csr.head, np.arange(len(csr.head), dtype=np.int32))
    return pointers(nodes, csr.head).astype(csr.indptr.dtype), tails(csr)[slot], slot


def reverse(csr: CSR) -> CSR:
    """Turn every arc round."""
    indptr, tail, slot = incoming(csr)
    return CSR(indptr, tail, csr.weight[slot], csr.edge[slot])


def reorder(csr: CSR, rank: ArrayLike) -> CSR:
    """Rename node v to ``rank[v]``; ``rank`` must be a permutation of the nodes (else ValueError)."""
    nodes = len(csr.indptr) - 1
    place = whole_numbers("rank", rank, 0, nodes - 1)
    if not np.array_equal(np.sort(place), np.arange(nodes)):
        raise ValueError(f"rank must hold each of the {nodes} nodes exactly once.")
    renamed = build(nodes, place[tails(csr)], place[csr.head], csr.weight)
    return renamed._replace(edge=csr.edge[renamed.edge])


def tails(csr: CSR) -> NDArray[np.int32]:
    """Return the tail of every slot."""
    return np.repeat(np.arange(len(csr.indptr) - 1, dtype=np.int32), np.diff(csr.indptr))


def strongly_connected(csr: CSR) -> NDArray[np.int32]:
    """Label the strongly connected components: nodes share a label if each can reach the other.

    Labels count from 0 in the order of each component's first node. Arcs of weight INF do not connect.
    Tarjan (1972), with an explicit stack.
    """
    raw = _tarjan(csr)
    _, first, inverse = np.unique(raw, return_index=True, return_inverse=True)
    place = np.empty(len(first), dtype=np.int32)
    place[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return place[inverse]


def _index_type(arcs: int) -> type[np.signedinteger]:
    return np.int32 if arcs < 2**31 else np.int64


@nb.njit(cache=True, nogil=True)
def pointers(nodes: int, tail: NDArray[np.int32]) -> NDArray[np.int64]:
    """Count the arcs of each node and return where each begins: int64[nodes + 1]."""
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    for node in tail:
        indptr[node + 1] += 1
    for node in range(nodes):
        indptr[node + 1] += indptr[node]
    return indptr


@nb.njit(cache=True, nogil=True)
def stable_order(nodes: int, key: NDArray[np.int32], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Sort ``rows`` by ``key[row]``, keeping the order of equals: a counting sort, linear in arcs and nodes."""
    place = pointers(nodes, key)
    order = np.empty(len(rows), dtype=np.int32)
    for row in rows:
        order[place[key[row]]] = row
        place[key[row]] += 1
    return order


@nb.njit(cache=True, nogil=True)
def _lightest(
    rows: NDArray[np.int32], tail: NDArray[np.int32], head: NDArray[np.int32], weight: NDArray[np.int32]
) -> tuple[NDArray[np.int32], int]:
    """Of each run of rows with the same ends keep the lightest; drop loops."""
    kept = np.empty(len(rows), dtype=np.int32)
    count = 0
    for row in rows:
        if tail[row] == head[row]:
            continue
        last = kept[count - 1]
        if count and tail[last] == tail[row] and head[last] == head[row]:
            if weight[row] < weight[last]:
                kept[count - 1] = row
        else:
            kept[count] = row
            count += 1
    return kept[:count].copy(), count


@nb.njit(cache=True, nogil=True)
def _tarjan(csr: CSR) -> NDArray[np.int32]:
    nodes = len(csr.indptr) - 1
    label = np.full(nodes, -1, dtype=np.int32)
    entered = np.full(nodes, -1, dtype=np.int32)  # when the node was first seen
    lowest = np.empty(nodes, dtype=np.int32)  # the earliest node still open that it can reach
    slot = csr.indptr[:-1].copy()  # where the scan of its arcs stands
    path, depth = np.empty(nodes, dtype=np.int32), 0
    waiting, count = np.empty(nodes, dtype=np.int32), 0
    clock = 0
    components = 0
    for root in range(nodes):
        if entered[root] >= 0:
            continue
        path[0], depth = root, 1
        while depth:
            node = path[depth - 1]
            if entered[node] < 0:
                entered[node] = lowest[node] = clock
                clock += 1
                waiting[count] = node
                count += 1
            descended = False
            while slot[node] < csr.indptr[node + 1]:
                follower = csr.head[slot[node]]
                usable = csr.weight[slot[node]] < INF
                slot[node] += 1
                if usable and entered[follower] < 0:
                    path[depth] = follower
                    depth += 1
                    descended = True
                    break
                if usable and label[follower] < 0:
                    lowest[node] = min(lowest[node], entered[follower])
            if descended:
                continue
            if lowest[node] == entered[node]:
                while True:
                    count -= 1
                    label[waiting[count]] = components
                    if waiting[count] == node:
                        break
                components += 1
            depth -= 1
            if depth:
                lowest[path[depth - 1]] = min(lowest[path[depth - 1]], lowest[node])
    return label
