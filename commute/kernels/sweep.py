"""Many origins over a hierarchy: batches of lanes, swept one after another by one or several threads.

Neighbouring origins go into one batch, as a batch costs what the regions of all its origins cover together. The
results do not depend on batches, lanes, threads or the order of the nodes: they are whole numbers, each found exactly.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from commute.kernels.bounded import bound, checked_seeds
from commute.kernels.csr import INF
from commute.kernels.descent import Batch, Tally, Workspace, gather, sweep_batch
from commute.kernels.door import groups, whole_numbers
from commute.kernels.hierarchy import DOWN, UP, Topology
from commute.kernels.simd import LANES, UNREACHED, matrix
from commute.kernels.threads import share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from commute.kernels.threads import Finished

    Lanes = type[np.uint16 | np.int32 | np.uint32]


class Workspaces:
    """A pool of workspaces, lent to one sweep after another.

    The first touch of fresh memory takes longer than a sweep through it, so a caller who sweeps again keeps the pool.
    """

    def __init__(self, nodes: int) -> None:
        """Start empty; workspaces are made when they are first asked for."""
        self.nodes = nodes
        self._free: dict[Lanes, list[Workspace]] = {}
        self._lock = Lock()

    def borrow(self, lanes: Lanes) -> Workspace:
        """Take a workspace out of the pool, or make one."""
        with self._lock:
            free = self._free.get(lanes)
            if free:
                return free.pop()
        marks = np.zeros((2, self.nodes), dtype=np.bool_)
        return Workspace(matrix(self.nodes, lanes), marks[0], marks[1])

    def give_back(self, lanes: Lanes, space: Workspace) -> None:
        """Put a workspace back. One whose sweep was broken off is not to be given back."""
        with self._lock:
            self._free.setdefault(lanes, []).append(space)


class Prepared(NamedTuple):
    """A weighed hierarchy, ready for sweeps, and the memory that they use."""

    hierarchy: Topology
    metric: NDArray[np.int32]
    spaces: Workspaces


class _Origins(NamedTuple):
    """The seeds of each origin, by position, and the origins in the order in which they are swept."""

    position: NDArray[np.int32]
    offset: NDArray[np.int32]
    starts: NDArray[np.int64]
    order: NDArray[np.int64]


def prepared(hierarchy: Topology, metric: NDArray[np.int32]) -> Prepared:
    """Put a hierarchy and its metric together with an empty pool of workspaces."""
    return Prepared(hierarchy, metric, Workspaces(len(hierarchy.position)))


def by_position(hierarchy: Topology, values: ArrayLike) -> NDArray[np.int32]:
    """Bring values, one for each node, into the order of positions, once for many calls of ``reached``.

    Raises ValueError if they are not whole numbers from 0 to 2**31 - 1.
    """
    worth = whole_numbers("values", values, 0, 2**31 - 1)
    if len(worth) != len(hierarchy.position):
        raise ValueError(f"values must be one for each of the {len(hierarchy.position)} nodes, got {len(worth)}.")
    placed = np.empty_like(worth)
    placed[hierarchy.position] = worth
    return placed


def reached(
    graph: Prepared,
    seeds: ArrayLike,
    offsets: ArrayLike,
    starts: ArrayLike,
    cutoffs: ArrayLike,
    values: NDArray[np.int32],
    *,
    towards: bool = False,
    threads: int = 1,
    lanes: Lanes | None = None,
    finished: Finished | None = None,
) -> NDArray[np.int64]:
    """Sum the ``values``, as ``by_position`` gives them, within each cutoff of each origin: int64[origins, cutoffs].

    The seeds of origin i are ``seeds[starts[i]:starts[i + 1]]``. With ``towards``, the times are those to them.
    ``lanes`` is chosen by the limit and the number of origins unless given; ``finished`` is as in ``share``. Raises
    ValueError for columns that are not what they should be.
    """
    hierarchy = graph.hierarchy
    bounds = whole_numbers("cutoffs", cutoffs, 0, INF - 1)
    origins = origins_of(hierarchy, seeds, offsets, starts)
    sums = np.zeros((len(origins.order), len(bounds)), dtype=np.int64)

    def collect(_: Workspace, tally: Tally, members: NDArray[np.int64]) -> None:
        sums[members] = tally.total[:, : len(members)].T

    limit = int(bounds.max(initial=0))
    lanes = lanes or lanes_for(limit, len(origins.order))
    up = UP if not towards else DOWN
    sweep(graph, origins, limit, (values, bounds), collect, up, lanes, threads, finished)
    return sums


def distances(
    graph: Prepared,
    seeds: ArrayLike,
    offsets: ArrayLike,
    starts: ArrayLike,
    limit: int = INF,
    *,
    columns: ArrayLike | None = None,
    towards: bool = False,
    threads: int = 1,
    lanes: Lanes | None = None,
    finished: Finished | None = None,
) -> NDArray[np.int32]:
    """Find int32[origins, columns]: the distance from each origin to each of ``columns`` (all nodes unless given).

    INF beyond ``limit``. Origins, ``towards``, ``lanes`` and ``finished`` are as in ``reached``.
    """
    position = graph.hierarchy.position
    if columns is not None:
        position = position[whole_numbers("columns", columns, 0, len(position) - 1)]
    origins = origins_of(graph.hierarchy, seeds, offsets, starts)
    limit = bound(limit)
    found = np.empty((len(origins.order), len(position)), dtype=np.int32)

    def collect(space: Workspace, _: Tally, members: NDArray[np.int64]) -> None:
        gather(space, position, len(members), limit, members, found)

    lanes = lanes or lanes_for(limit, len(origins.order))
    up = UP if not towards else DOWN
    sweep(graph, origins, limit, count_nothing(graph), collect, up, lanes, threads, finished)
    return found


def nearest(
    graph: Prepared,
    seeds: ArrayLike,
    offsets: ArrayLike,
    starts: ArrayLike,
    columns: ArrayLike,
    count: int,
    limit: int = INF,
    *,
    towards: bool = False,
    threads: int = 1,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Find which ``count`` of ``columns`` are nearest to each origin, and how far: two int32[origins, count].

    -1 and INF where fewer lie within ``limit``; of equally near ones the first comes first. Origins and ``towards``
    are as in ``reached``; the matrix of all distances is never held.
    """
    position = graph.hierarchy.position
    position = position[whole_numbers("columns", columns, 0, len(position) - 1)]
    origins, limit = origins_of(graph.hierarchy, seeds, offsets, starts), bound(limit)
    which = np.full((len(origins.order), count), -1, dtype=np.int32)
    distance = np.full((len(origins.order), count), INF, dtype=np.int32)

    def collect(space: Workspace, _: Tally, members: NDArray[np.int64]) -> None:
        found = np.empty((len(members), len(position)), dtype=np.int32)
        gather(space, position, len(members), limit, np.arange(len(members)), found)
        best = np.argsort(found, axis=1, kind="stable")[:, :count]
        near = np.take_along_axis(found, best, axis=1)
        which[members, : best.shape[1]] = np.where(near < INF, best, -1)
        distance[members, : best.shape[1]] = near

    lanes = lanes_for(limit, len(origins.order))
    sweep(graph, origins, limit, count_nothing(graph), collect, UP if not towards else DOWN, lanes, threads)
    return which, distance


def count_nothing(graph: Prepared) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Count nothing: no values, no cutoffs."""
    return np.zeros(len(graph.hierarchy.position), dtype=np.int32), np.empty(0, dtype=np.int32)


def lanes_for(limit: int, origins: int) -> Lanes:
    """Choose the fewest lanes that take all the origins at once, or else 64 short ones if the limit lets them."""
    if origins <= LANES[np.dtype(np.uint32)]:
        return np.uint32
    short = limit < UNREACHED[np.dtype(np.uint16)] and origins > LANES[np.dtype(np.int32)]
    return np.uint16 if short else np.int32


def origins_of(hierarchy: Topology, seeds: ArrayLike, offsets: ArrayLike, starts: ArrayLike) -> _Origins:
    """Check the seeds of origins, and put those next to each other that stand so in the hierarchy."""
    nodes = len(hierarchy.position)
    seeds32, offsets32 = checked_seeds(nodes, seeds, offsets)
    bounds = groups("starts", starts, len(seeds32))
    position = hierarchy.position[seeds32]
    empty = bounds[:-1] == bounds[1:]
    foremost = np.full(len(empty), nodes, dtype=np.int64)
    foremost[~empty] = position[bounds[:-1][~empty]]
    return _Origins(position, offsets32, bounds, np.argsort(foremost, kind="stable"))


def _batch(origins: _Origins, members: NDArray[np.int64]) -> Batch:
    """Collect the seeds of the origins that are swept together."""
    begin, count = origins.starts[members], np.diff(origins.starts)[members]
    lane = np.repeat(np.arange(len(members), dtype=np.int32), count)
    place = np.arange(len(lane)) + np.repeat(begin - np.cumsum(count) + count, count)
    return Batch(origins.position[place], origins.offset[place], lane)


def sweep(
    graph: Prepared,
    origins: _Origins,
    limit: int,
    counted: tuple[NDArray[np.int32], NDArray[np.int32]],
    collect: Callable[[Workspace, Tally, NDArray[np.int64]], None],
    up: int,
    lanes: Lanes,
    threads: int,
    finished: Finished | None = None,
) -> None:
    """Sweep all batches; ``collect`` is called after each with what it left and which origins it was for."""
    if limit >= UNREACHED[np.dtype(lanes)]:
        raise ValueError(f"A limit of {limit} does not fit lanes of {np.dtype(lanes)}.")
    width = LANES[np.dtype(lanes)]
    values, cutoffs = counted

    def worker(numbers: Iterator[int]) -> None:
        space = graph.spaces.borrow(lanes)
        recent = np.zeros((len(cutoffs), width), dtype=np.int32)
        for number in numbers:
            members = origins.order[number * width : (number + 1) * width]
            tally = Tally(values, cutoffs, recent, np.zeros((len(cutoffs), width), dtype=np.int64))
            sweep_batch(graph.hierarchy, graph.metric, up, _batch(origins, members), limit, space, tally)
            collect(space, tally, members)
        graph.spaces.give_back(lanes, space)

    share(worker, -(-len(origins.order) // width), threads=threads, finished=finished)
