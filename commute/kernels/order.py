"""The order of a hierarchy: in which order the nodes are taken away, by nested dissection.

Cut the graph in two by as few nodes as will do, and let those be taken away last; then the same within each half. The
fewer they are, the fewer shortcuts the hierarchy needs. Any order gives right distances: this one gives few arcs.
METIS finds the better cuts (Karypis & Kumar 1998, doi:10.1137/S1064827595287997); without it the streets are cut along
straight lines on the map (George 1973), which needs coordinates.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from commute.kernels.csr import CSR, build, tails

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

_LINES = 64  # tried in each direction
_ENDLESS = 2**60
_LEAF = 4  # nodes of a part that is not cut any more: whatever their order, they need no shortcut to speak of
_DIRECTIONS = np.array([(1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2)], dtype=np.float64)


def best_order(csr: CSR, x: ArrayLike, y: ArrayLike) -> NDArray[np.int32]:
    """Order the nodes by METIS where it is installed, else by the map: rank int32[nodes]."""
    return ORDERS["metis" if find_spec("pymetis") else "geometric"](csr, x, y)


def metis(csr: CSR, x: ArrayLike, y: ArrayLike) -> NDArray[np.int32]:  # noqa: ARG001 - one of ORDERS
    """Order the nodes by METIS, which needs the package ``pymetis``; coordinates do not matter to it."""
    import pymetis  # noqa: PLC0415 - optional

    graph = _both_ways(csr)
    if not len(graph.head):
        return np.arange(len(csr.indptr) - 1, dtype=np.int32)
    _, rank = pymetis.nested_dissection(pymetis.CSRAdjacency(graph.indptr, graph.head))
    return np.asarray(rank, dtype=np.int32)


def geometric(csr: CSR, x: ArrayLike, y: ArrayLike) -> NDArray[np.int32]:
    """Order the nodes by cutting the map in halves, each along the best of a few directions.

    Raises ValueError for coordinates that are not one finite number for each node.
    """
    nodes = len(csr.indptr) - 1
    places = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    if places.shape != (nodes, 2) or not np.isfinite(places).all():
        raise ValueError(f"Each of the {nodes} nodes needs a finite x and y to be ordered by.")
    graph = _both_ways(csr)
    return _dissect(graph.indptr, graph.head, places, _DIRECTIONS)


def minimum_degree(csr: CSR, x: ArrayLike = (), y: ArrayLike = ()) -> NDArray[np.int32]:  # noqa: ARG001 - one of ORDERS
    """Order the nodes by taking away, again and again, those with fewest neighbours left (Liu 1985; SuperLU).

    For small graphs that lie on no map: as good as METIS on some thousand nodes, and nothing to install.
    """
    from scipy import sparse  # noqa: PLC0415 - only network draws need it
    from scipy.sparse.linalg import splu  # noqa: PLC0415 - as above

    graph, nodes = _both_ways(csr), len(csr.indptr) - 1
    if not len(graph.head):
        return np.arange(nodes, dtype=np.int32)
    joined = sparse.csr_array((np.full(len(graph.head), -1.0), graph.head, graph.indptr), shape=(nodes, nodes))
    dominant = (joined + sparse.diags_array(np.diff(graph.indptr) + 1.0)).tocsc()
    taken = splu(dominant, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    return np.asarray(taken.perm_c, dtype=np.int32)


ORDERS: dict[str, Callable[[CSR, ArrayLike, ArrayLike], NDArray[np.int32]]] = {
    "metis": metis,
    "geometric": geometric,
    "minimum_degree": minimum_degree,
}


def _both_ways(csr: CSR) -> CSR:
    tail, nothing = tails(csr), np.zeros(2 * len(csr.head), dtype=np.int32)
    ends = np.concatenate([tail, csr.head]), np.concatenate([csr.head, tail])
    return build(len(csr.indptr) - 1, *ends, nothing)


@nb.njit(cache=True, nogil=True)
def _dissect(
    indptr: NDArray[np.signedinteger],
    head: NDArray[np.int32],
    places: NDArray[np.float64],
    directions: NDArray[np.float64],
) -> NDArray[np.int32]:
    """Rearrange ``order`` until each part stands as first half, second half, cut; a part is a range of it."""
    nodes = len(indptr) - 1
    order = np.arange(nodes).astype(np.int32)
    part = np.zeros(nodes, dtype=np.int32)  # where the part of each node begins; -1 once it belongs to a cut
    side = np.empty(nodes, dtype=np.int8)
    key = np.empty(nodes)  # how far each node lies along a direction
    waiting = [(0, nodes)]
    while waiting:
        begin, end = waiting.pop()
        if end - begin <= _LEAF:
            continue
        members = order[begin:end]
        fewest, best, line = _ENDLESS + 1, 0, 0.0
        for direction in range(len(directions)):
            _project(members, places, directions[direction], key)
            crossing, where = _clearest_line(indptr, head, members, part, begin, key)
            if crossing < fewest:
                fewest, best, line = crossing, direction, where
        _project(members, places, directions[best], key)
        _take_sides(members, key, line, side)
        _mark_cut(indptr, head, members, part, begin, side)
        first, second = _arrange(members, part, begin, side)
        waiting.append((begin, begin + first))
        waiting.append((begin + first, begin + first + second))
    rank = np.empty(nodes, dtype=np.int32)
    rank[order] = np.arange(nodes)
    return rank


@nb.njit(cache=True, nogil=True)
def _project(
    members: NDArray[np.int32], places: NDArray[np.float64], direction: NDArray[np.float64], key: NDArray[np.float64]
) -> None:
    for node in members:
        key[node] = places[node, 0] * direction[0] + places[node, 1] * direction[1]


@nb.njit(cache=True, nogil=True)
def _value_at(values: NDArray[np.float64], place: int) -> float:
    """Find the value that would stand at ``place`` if they were sorted (Hoare 1961); the values are rearranged.

    Written out, as ``np.partition`` takes eight seconds to compile.
    """
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if place <= right:
            high = right
        elif place >= left:
            low = left
        else:
            break
    return float(values[place])


@nb.njit(cache=True, nogil=True)
def _clearest_line(
    indptr: NDArray[np.signedinteger],
    head: NDArray[np.int32],
    members: NDArray[np.int32],
    part: NDArray[np.int32],
    begin: int,
    key: NDArray[np.float64],
) -> tuple[int, float]:
    """Find where, in the middle fifth of the members, a line across the direction meets the fewest streets."""
    along = key[members]
    low, high = len(along) * 2 // 5, len(along) * 3 // 5
    low_key, high_key = _value_at(along, low), _value_at(along, high)
    if low_key == high_key:  # they all lie on one line
        return _ENDLESS, low_key
    scale = _LINES / (high_key - low_key)
    change = np.zeros(_LINES + 2, dtype=np.int64)  # of the number of streets met, from each line to the next
    for node in members:
        here = min(max((key[node] - low_key) * scale, 0.0), float(_LINES))
        for arc in range(indptr[node], indptr[node + 1]):
            if part[head[arc]] == begin and key[head[arc]] > key[node]:
                there = min(max((key[head[arc]] - low_key) * scale, 0.0), float(_LINES))
                change[int(here) + 1] += 1
                change[int(there) + 1] -= 1
    fewest, best, met = _ENDLESS, 0, 0
    for line in range(_LINES + 1):
        met += int(change[line])
        if met < fewest and line:
            fewest, best = met, line
    return fewest, low_key + best / scale


@nb.njit(cache=True, nogil=True)
def _take_sides(
    members: NDArray[np.int32], key: NDArray[np.float64], line: float, side: NDArray[np.int8]
) -> None:
    """Put what lies before the line on side 0, the others on side 1; what lies on it, so that both have enough."""
    room = len(members) // 2
    for node in members:
        if key[node] < line:
            room -= 1
    for node in members:
        if key[node] == line and room > 0:
            side[node] = 0
            room -= 1
        else:
            side[node] = 0 if key[node] < line else 1


@nb.njit(cache=True, nogil=True)
def _at_the_border(
    indptr: NDArray[np.signedinteger],
    head: NDArray[np.int32],
    node: int,
    part: NDArray[np.int32],
    begin: int,
    side: NDArray[np.int8],
) -> bool:
    for arc in range(indptr[node], indptr[node + 1]):
        if part[head[arc]] == begin and side[head[arc]] == 1 - side[node]:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _mark_cut(
    indptr: NDArray[np.signedinteger],
    head: NDArray[np.int32],
    members: NDArray[np.int32],
    part: NDArray[np.int32],
    begin: int,
    side: NDArray[np.int8],
) -> None:
    """Put on side 2 the border of the side where it is the smaller, so that no street joins the two sides any more."""
    count = np.zeros(2, dtype=np.int64)
    for node in members:
        if _at_the_border(indptr, head, node, part, begin, side):
            count[side[node]] += 1
    half = 0 if count[0] <= count[1] else 1
    for node in members:  # a node that is cut no longer makes a border, but the other side is not asked
        if side[node] == half and _at_the_border(indptr, head, node, part, begin, side):
            side[node] = 2


@nb.njit(cache=True, nogil=True)
def _arrange(
    members: NDArray[np.int32], part: NDArray[np.int32], begin: int, side: NDArray[np.int8]
) -> tuple[int, int]:
    """Sort the members into first side, second side and cut, and return the sizes of the two sides."""
    sizes = np.zeros(3, dtype=np.int64)
    for node in members:
        sizes[side[node]] += 1
    free = np.array([0, sizes[0], sizes[0] + sizes[1]])
    starts = np.array([begin, begin + sizes[0], -1])
    for node in members.copy():
        members[free[side[node]]] = node
        free[side[node]] += 1
        part[node] = starts[side[node]]
    return sizes[0], sizes[1]
