"""The hierarchy: a graph whose nodes stand in an order, with shortcuts so that no path needs to go down and up again.

Take the nodes away one after another, in the order given, and join all remaining neighbours of the node taken by an
arc. With these shortcuts every shortest path has a twin of the same length that first climbs (each node later in the
order than the one before) and then descends. So a search need only climb from its seeds, and one pass over the nodes
from the last to the first brings the distances down to everybody: ``sweep`` does that.

Which shortcuts there are depends on the streets alone: that is the ``Topology``, made once. What they weigh depends on
the minutes: that is the metric, made anew for each scenario by ``customise`` in a fraction of a second. The neighbour
above that is taken away first is a node's parent, and this elimination tree holds everything together: all later
neighbours of a node are its ancestors. Nodes are numbered so that the subtree of each is one contiguous range.

Customizable contraction hierarchies: Dibbelt, Strasser & Wagner (2016), doi:10.1145/2886843. The elimination tree:
Liu (1986).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from commute.kernels.csr import CSR, INF, build, incoming, pointers, stable_order, tails
from commute.kernels.door import whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

UP, DOWN = 0, 1
"""The columns of a metric: what an arc weighs climbing, and what it weighs descending."""


class Topology(NamedTuple):
    """The arcs of the hierarchy, by their lower end; positions, not nodes, throughout.

    position: int32[nodes], where each node of the graph stands, 0 the first to be taken away;
    indptr, head: the arcs from each position to those above it, ascending; the first leads to its parent;
    first: int32[nodes], where the subtree of each position begins; it ends at the position itself;
    tail: int32[arcs], the lower end; below_indptr, below: the arcs by their upper end;
    up_slot, down_slot: int32[arcs], the slot of the graph's own arc climbing or descending here, -1 for none;
    arc: int32[slots], the reverse of both.
    """

    position: NDArray[np.int32]
    indptr: NDArray[np.int64]
    head: NDArray[np.int32]
    first: NDArray[np.int32]
    tail: NDArray[np.int32]
    below_indptr: NDArray[np.int64]
    below: NDArray[np.int32]
    up_slot: NDArray[np.int32]
    down_slot: NDArray[np.int32]
    arc: NDArray[np.int32]


def topology(csr: CSR, rank: ArrayLike) -> Topology:
    """Make the hierarchy of a graph whose node v is the ``rank[v]``-th to be taken away.

    Any permutation gives right distances; a good one, few shortcuts. Raises ValueError if it is none.
    """
    nodes = len(csr.indptr) - 1
    place = whole_numbers("rank", rank, 0, nodes - 1)
    if len(place) != nodes or not np.array_equal(np.bincount(place, minlength=nodes), np.ones(nodes)):
        raise ValueError(f"rank must hold each of the {nodes} nodes exactly once.")
    tail = tails(csr)
    own = _climbing(nodes, place, tail, csr.head)
    parent = _parents(*incoming(own)[:2])
    size = _subtree_sizes(nodes, parent)
    renumbered = _contiguous(size, parent)
    position = renumbered[place]
    own = _climbing(nodes, position, tail, csr.head)
    indptr, head = _with_shortcuts(own.indptr, own.head)
    lower = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(indptr))
    by_head = stable_order(nodes, head, np.arange(len(head), dtype=np.int32))
    head = head[stable_order(nodes, lower, by_head)]  # ascending from each; ``lower`` is as it was
    below = stable_order(nodes, head, np.arange(len(head), dtype=np.int32))
    arc, up_slot, down_slot = _own_arcs(position, tail, csr.head, indptr, head)
    first = np.empty(nodes, dtype=np.int32)
    first[renumbered] = renumbered - size + 1
    return Topology(position, indptr, head, first, lower, pointers(nodes, head), below, up_slot, down_slot, arc)


def customise(hierarchy: Topology, weight: ArrayLike) -> NDArray[np.int32]:
    """Weigh the arcs of the hierarchy for a graph whose slots weigh ``weight``: int32[arcs, 2], climbing, descending.

    Raises ValueError for weights that are not whole numbers from 0 to INF, one for each slot.
    """
    weight32 = whole_numbers("weight", weight, 0, INF)
    if len(weight32) != len(hierarchy.arc):
        raise ValueError(f"weight must be one for each of the {len(hierarchy.arc)} slots, got {len(weight32)}.")
    metric = np.empty((len(hierarchy.head), 2), dtype=np.int32)
    _customise(hierarchy, weight32, metric)
    return metric


def _climbing(nodes: int, place: NDArray[np.int32], tail: NDArray[np.int32], head: NDArray[np.int32]) -> CSR:
    """Turn every arc so that it climbs."""
    one, other = place[tail], place[head]
    return build(nodes, np.minimum(one, other), np.maximum(one, other), np.zeros(len(tail), dtype=np.int32))


@nb.njit(cache=True, nogil=True)
def _parents(indptr: NDArray[np.signedinteger], lower: NDArray[np.int32]) -> NDArray[np.int32]:
    """Find each node's parent in the elimination tree, -1 at a root, from the lower neighbours of each (Liu 1986)."""
    nodes = len(indptr) - 1
    parent = np.full(nodes, -1, dtype=np.int32)
    above = np.full(nodes, -1, dtype=np.int32)  # some ancestor, as high as known: shortens the walks
    for node in range(nodes):
        for place in range(indptr[node], indptr[node + 1]):
            here = lower[place]
            while above[here] >= 0 and above[here] != node:
                following = above[here]
                above[here] = node
                here = following
            if above[here] < 0:
                above[here] = parent[here] = node
    return parent


@nb.njit(cache=True, nogil=True)
def _subtree_sizes(nodes: int, parent: NDArray[np.int32]) -> NDArray[np.int32]:
    size = np.ones(nodes, dtype=np.int32)
    for node in range(nodes):
        if parent[node] >= 0:
            size[parent[node]] += size[node]
    return size


@nb.njit(cache=True, nogil=True)
def _contiguous(size: NDArray[np.int32], parent: NDArray[np.int32]) -> NDArray[np.int32]:
    """Renumber the nodes so that each subtree is one range that ends at its root. The shortcuts stay the same."""
    nodes = len(size)
    renumbered = np.empty(nodes, dtype=np.int32)
    free = np.empty(nodes, dtype=np.int32)  # where in its parent's range the next child goes
    free_root = 0
    for node in range(nodes - 1, -1, -1):
        if parent[node] >= 0:
            start = free[parent[node]]
            free[parent[node]] += size[node]
        else:
            start = free_root
            free_root += size[node]
        free[node] = start
        renumbered[node] = start + size[node] - 1
    return renumbered


@nb.njit(cache=True, nogil=True)
def _with_shortcuts(
    own_indptr: NDArray[np.signedinteger], own_head: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List for each node its neighbours above, in no order: its own, and those that its children leave it.

    Only children, not all lower neighbours: whatever a node is joined to when it is taken away, its parent is too.
    """
    nodes = len(own_indptr) - 1
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    head = np.empty(4 * len(own_head) + 64, dtype=np.int32)
    seen = np.full(nodes, -1, dtype=np.int32)
    youngest = np.full(nodes, -1, dtype=np.int32)  # the children of each node, as a linked list
    sibling = np.full(nodes, -1, dtype=np.int32)
    for node in range(nodes):
        end = indptr[node]
        parent = nodes
        seen[node] = node
        if end + nodes - node > len(head):
            head = _room(head, end + nodes - node)
        for place in range(own_indptr[node], own_indptr[node + 1]):
            seen[own_head[place]] = node
            parent = min(parent, own_head[place])
            head[end] = own_head[place]
            end += 1
        child = youngest[node]
        while child >= 0:
            for place in range(indptr[child], indptr[child + 1]):
                if seen[head[place]] != node:
                    seen[head[place]] = node
                    parent = min(parent, head[place])
                    head[end] = head[place]
                    end += 1
            child = sibling[child]
        indptr[node + 1] = end
        if parent < nodes:
            sibling[node] = youngest[parent]
            youngest[parent] = node
    return indptr, head[: indptr[nodes]].copy()


@nb.njit(cache=True, nogil=True)
def _room(head: NDArray[np.int32], needed: int) -> NDArray[np.int32]:
    wider = np.empty(max(needed, len(head) * 3 // 2), dtype=np.int32)
    for place in range(len(head)):  # a slice would add three seconds to the compilation
        wider[place] = head[place]
    return wider


@nb.njit(cache=True, nogil=True)
def find_arc(indptr: NDArray[np.int64], head: NDArray[np.int32], lower: int, upper: int) -> int:
    """Find the arc from ``lower`` to ``upper``, which must be there, by bisection."""
    begin, end = indptr[lower], indptr[lower + 1]
    while end - begin > 1:
        middle = (begin + end) // 2
        if head[middle] <= upper:
            begin = middle
        else:
            end = middle
    return int(begin)


@nb.njit(cache=True, nogil=True)
def _own_arcs(
    position: NDArray[np.int32],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    arc_indptr: NDArray[np.int64],
    arc_head: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    arc = np.empty(len(tail), dtype=np.int32)
    up_slot = np.full(len(arc_head), -1, dtype=np.int32)
    down_slot = np.full(len(arc_head), -1, dtype=np.int32)
    for slot in range(len(tail)):
        one, other = position[tail[slot]], position[head[slot]]
        arc[slot] = find_arc(arc_indptr, arc_head, min(one, other), max(one, other))
        if one < other:
            up_slot[arc[slot]] = slot
        else:
            down_slot[arc[slot]] = slot
    return arc, up_slot, down_slot


@nb.njit(cache=True, nogil=True)
def _customise(hierarchy: Topology, weight: NDArray[np.int32], metric: NDArray[np.int32]) -> None:
    """Give each arc the weight of its own street or, if that is shorter, of the way over a node taken away before.

    Arcs are done by their lower end ``apex``; the node taken away below it has both its arcs final by then.
    """
    indptr, head, tail = hierarchy.indptr, hierarchy.head, hierarchy.tail
    below_indptr, below = hierarchy.below_indptr, hierarchy.below
    up_slot, down_slot = hierarchy.up_slot, hierarchy.down_slot
    arc_to = np.empty(len(indptr) - 1, dtype=np.int32)  # the arc from the apex to each of its neighbours above
    for apex in range(len(indptr) - 1):
        for arc in range(indptr[apex], indptr[apex + 1]):
            arc_to[head[arc]] = arc
            metric[arc, UP] = weight[up_slot[arc]] if up_slot[arc] >= 0 else INF
            metric[arc, DOWN] = weight[down_slot[arc]] if down_slot[arc] >= 0 else INF
        for place in range(below_indptr[apex], below_indptr[apex + 1]):
            to_apex = below[place]
            climb, descend = metric[to_apex, UP], metric[to_apex, DOWN]
            for beside in range(to_apex + 1, indptr[tail[to_apex] + 1]):
                arc = arc_to[head[beside]]
                metric[arc, UP] = min(metric[arc, UP], descend + metric[beside, UP])
                metric[arc, DOWN] = min(metric[arc, DOWN], metric[beside, DOWN] + climb)
