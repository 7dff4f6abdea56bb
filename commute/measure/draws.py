"""Draws: what follows from a network under thousands of assumptions, drawn or chosen.

The nodes and edges of the graph are the same under all of them and only the minutes differ. So the hierarchy is made
once, and weighed for sixteen draws at a time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from commute.measure.times import THREADS, minutes_between_points, nearest_of, possible_ends
from commute.model.clock import DECISECONDS
from commute.model.draws import widest
from commute.model.reweigh import slots_of
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from commute.kernels.hierarchy import Topology
    from commute.kernels.threads import Finished
    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.timegraph import TimeGraph

_Told = TypeVar("_Told")


class _Skeleton(NamedTuple):
    """The hierarchy of a graph, and its edges sorted by slot: edges ``order[starts[s]:starts[s + 1]]`` share slot s."""

    hierarchy: Topology
    order: NDArray[np.int64]
    starts: NDArray[np.int64]


def under_each(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    draws: Sequence[Assumptions],
    origins: Sequence[str],
    destinations: Sequence[str],
    tell: Callable[[Assumptions, NDArray[np.float64]], _Told],
    *,
    cutoff: float = np.inf,
    threads: int = THREADS,
    finished: Finished | None = None,
) -> list[_Told]:
    """Return, for each draw, what ``tell`` makes of it and its minutes [origins, destinations] between points.

    The minutes are those of ``minutes_between_points``, to the decisecond; inf beyond ``cutoff``. ``tell`` is called
    by several threads. ``finished(done, of)`` is told of batches of draws.
    """
    if not draws:
        return []
    wide = time_graph(network, widest(draws))
    if not all(wide.covers(one) for one in draws):
        return [tell(one, _one_by_one(network, one, origins, destinations, cutoff)) for one in draws]
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported when the first graph is searched
    from commute.kernels.sweep import Prepared, Workspaces, distances  # noqa: PLC0415 - as above
    from commute.kernels.threads import share  # noqa: PLC0415 - as above
    from commute.kernels.versions import AT_ONCE, customise_versions  # noqa: PLC0415 - as above

    skeleton, spaces = _skeleton(wide), Workspaces(len(wide.nodes))
    here, there = possible_ends(wide, origins), possible_ends(wide, destinations)
    limit = INF if np.isinf(cutoff) else int(cutoff * DECISECONDS)
    told: dict[int, _Told] = {}

    def worker(numbers: Iterator[int]) -> None:
        for number in numbers:
            batch = range(number * AT_ONCE, min((number + 1) * AT_ONCE, len(draws)))
            graphs = [wide.under(draws[at]) for at in batch]
            metrics = customise_versions(skeleton.hierarchy, np.stack([_weights(skeleton, one) for one in graphs]))
            for at, graph, metric in zip(batch, graphs, metrics, strict=True):
                seeds, goals = (ends.within(graph.assumptions.local["access_km"]) for ends in (here, there))
                columns, column = np.unique(goals.node, return_inverse=True)
                ready, offsets = Prepared(skeleton.hierarchy, metric, spaces), np.zeros(len(seeds.node), dtype=np.int64)
                times = distances(ready, seeds.node, offsets, seeds.starts, limit, columns=columns)
                nearest = nearest_of(times[:, column], goals.starts)
                told[at] = tell(draws[at], np.where(nearest >= INF, np.inf, nearest / DECISECONDS))

    share(worker, -(-len(draws) // AT_ONCE), threads=threads, finished=finished)
    return [told[at] for at in range(len(draws))]


@lru_cache(maxsize=8)
def _skeleton(graph: TimeGraph) -> _Skeleton:
    from commute.kernels.hierarchy import topology  # noqa: PLC0415 - as above
    from commute.kernels.order import minimum_degree  # noqa: PLC0415 - as above

    csr = graph.csr
    slot = slots_of(csr, graph.edges.tail, graph.edges.head)
    order = np.argsort(slot, kind="stable")
    order = order[slot[order] >= 0]
    return _Skeleton(topology(csr, minimum_degree(csr)), order, np.searchsorted(slot[order], np.arange(len(csr.head))))


def _weights(skeleton: _Skeleton, graph: TimeGraph) -> NDArray[np.int64]:
    """Return the weight of each slot: of parallel edges the fastest."""
    if not len(skeleton.order):
        return np.empty(0, dtype=np.int64)
    return np.asarray(np.minimum.reduceat(graph.edges.time[skeleton.order], skeleton.starts), dtype=np.int64)


def _one_by_one(
    network: Network, drawn: Assumptions, origins: Sequence[str], destinations: Sequence[str], cutoff: float
) -> NDArray[np.float64]:
    minutes = minutes_between_points(time_graph(network, drawn), origins, destinations)
    return np.where(minutes <= cutoff, minutes, np.inf)
