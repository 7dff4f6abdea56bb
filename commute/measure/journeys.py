"""Journeys: one trip told leg by leg, the way a traveller would tell it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.joined import FOREVER, joined, nodes_of
from commute.measure.joined import told as streets_told
from commute.measure.manifest import manifest, settled
from commute.measure.times import ends_of, people_at
from commute.model.clock import DECISECONDS
from commute.model.joint import BY_STREETS
from commute.model.timegraph import TimeGraph, time_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.joint import Joint
    from commute.model.network import Network
    from commute.model.streets import Streets

COLUMNS = ("journey", "from_id", "to_id", "weight", "leg", "kind", "from_place", "to_place", "line", "mode", "minutes")
LOCAL_TRANSIT = "local transit"


class Leg(NamedTuple):
    """One thing a traveller does: what, between which places, on which line, and for how many deciseconds."""

    kind: str
    tail: str
    head: str
    line: str
    mode: str
    time: int


class _Step(NamedTuple):
    """One edge of the path: its kind, its ends as places, its line, its time and the part of it set apart."""

    kind: str
    tail: str
    head: str
    line: str
    mode: str
    time: int
    extra: int


def journeys(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origin: str,
    destination: str,
    *,
    streets: Streets | Mapping[str, Streets] | None = None,
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Tell the fastest journey from one place to another leg by leg.

    Door to door a city is the people in it: there is one journey for each pair of counting points, weighted by
    the people at both ends, and ``(minutes * weight).sum()`` is the travel time between the cities. Journey 0 is
    the typical one: half of the pairs of residents are at least as near.

    With ``streets=``, as in ``isochrones``, local ways are along these: their legs are of the mode ``walk``,
    ``bicycle`` or ``drive``.

    Returns
    -------
    DataFrame
        One row per leg: ``journey``, ``from_id``, ``to_id``, ``weight``, ``leg``, ``kind`` (access, check_in, wait,
        ride, transfer, exit, egress, walk, border, park, drive), ``from_place``, ``to_place``, ``line``, ``mode``,
        ``minutes``, ``basis``. The minutes of a journey sum to its travel time to the decisecond. A pair that no
        way joins has no rows; one that shares its station or interchange has one leg of no minutes in vehicle.

    Raises
    ------
    UnknownNameError
        For a place nobody knows.
    ParameterError
        If both are the same place.
    """
    given = settled(assumptions, basis)
    here, there = network.place_id(origin), network.place_id(destination)
    if here == there:
        raise ParameterError(f"A journey needs two places, got {network.display_name(here)} twice.")
    door = given.basis == "door_to_door"
    starts = people_at(network, here) if door else pd.Series([1.0], index=[here])
    goals = people_at(network, there) if door else pd.Series([1.0], index=[there])
    known = manifest(network, given)
    if streets is None:
        graph: TimeGraph | Joint = time_graph(network, given)
    else:
        graph = joined(network, list(starts.index), streets, given, limit=FOREVER, also=list(goals.index)).joint
        known = streets_told(known, graph.layers)
    told = [
        (time, start, goal, float(starts[start] * goals[goal]), legs)
        for start in starts.index
        for goal, time, legs in _paths(graph, start, list(goals.index))
        if start != goal
    ]
    rows = [
        (number, start, goal, weight, leg, one.kind, one.tail, one.head, one.line, one.mode, one.time / DECISECONDS)
        for number, (_, start, goal, weight, legs) in enumerate(_typical_first(told))
        for leg, one in enumerate(legs)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["basis"] = given.basis
    frame.attrs["manifest"] = known
    return frame


_Told = tuple[int, str, str, float, list[Leg]]


def _typical_first(told: list[_Told]) -> list[_Told]:
    """Put the journey of the weighted median first and the others behind it, the heaviest first."""
    if not told:
        return told
    by_time = sorted(told, key=lambda one: one[:3])
    reached = np.cumsum([one[3] for one in by_time])
    typical = by_time[int(np.searchsorted(reached, reached[-1] / 2))]
    others = sorted((one for one in told if one is not typical), key=lambda one: (-one[3], one[0], one[1], one[2]))
    return [typical, *others]


def _paths(graph: TimeGraph | Joint, start: str, goals: list[str]) -> Iterator[tuple[str, int, list[Leg]]]:
    """Search once from ``start`` and walk back from every goal that was reached."""
    from commute.kernels.bounded import search_tree  # noqa: PLC0415 - numba is imported for the first search
    from commute.kernels.csr import INF, tails  # noqa: PLC0415 - as above

    seeds = _ends(graph, start, arriving=False)
    distance, slot = search_tree(graph.csr, seeds, np.zeros(len(seeds), dtype=np.int64))
    tail = tails(graph.csr)
    for goal in goals:
        ends = _ends(graph, goal, arriving=True)
        node = int(ends[np.argmin(distance[ends])])
        time = int(distance[node])
        if time >= INF:
            continue
        path = []
        while slot[node] >= 0:
            path.append(int(graph.csr.edge[slot[node]]))
            node = int(tail[slot[node]])
        names = graph.network.places["name"]
        yield goal, time, _legs(graph, path[::-1]) or [Leg("walk", names[start], names[goal], "", "walk", 0)]


def _ends(graph: TimeGraph | Joint, place: str, *, arriving: bool) -> NDArray[np.int64]:
    """Return the nodes at which journeys from a place set off, or arrive."""
    return ends_of(graph, [place])[0] if isinstance(graph, TimeGraph) else nodes_of(graph, [place], arriving=arriving)


def _legs(graph: TimeGraph | Joint, path: list[int]) -> list[Leg]:
    """Tell the edges of a path as legs: rides along one line are one leg, and legs of no time are left out."""
    legs: list[Leg] = []
    steps = _along_streets([_step(graph, edge) for edge in path])
    for (kind, _), group in groupby(steps, key=_together):
        run = list(group)
        legs += _TELL.get(kind, _told_as(kind))(run)
    return [leg for leg in legs if leg.time > 0]


def _along_streets(steps: list[_Step]) -> list[_Step]:
    """Call ways through streets access at the beginning, egress at the end, and what they are between stations.

    A car may be parked after the first and set off before the last.
    """
    moved = [number for number, step in enumerate(steps) if step.kind not in ("park", "unpark")]
    named = {}
    if len(moved) > 1:
        named = {moved[0]: "by_access", moved[-1]: "by_egress"}
    return [
        step._replace(kind=named[number]) if number in named and step.kind in _STREETS else step
        for number, step in enumerate(steps)
    ]


def _together(step: _Step) -> tuple[str, str]:
    return step.kind, step.line if step.kind in ("ride", "road") else f"{step.tail}>{step.head}"


def _step(graph: TimeGraph | Joint, edge: int) -> _Step:
    edges, nodes, network = graph.edges, graph.nodes, graph.network
    tail, head = int(edges.tail[edge]), int(edges.head[edge])
    ends = [network.places.at[nodes.at[node, "place_id"], "name"] for node in (tail, head)]
    kind, link = str(edges.kind[edge]), int(edges.link[edge])
    kind = "ride" if kind == "stay" else kind  # riding through a stop is part of the ride
    line = network.links.at[link, "line_id"] if link >= 0 else nodes.at[head, "line_id"] or nodes.at[tail, "line_id"]
    name, mode = (str(network.lines.at[line, column]) if line else "" for column in ("name", "mode"))
    mode = _STREETS.get(kind, mode)
    return _Step(kind, ends[0], ends[1], name, mode, int(edges.time[edge]), int(edges.extra[edge]))


def _one(kind: str, run: list[_Step], time: int, *, mode: str | None = None) -> Leg:
    first, last = run[0], run[-1]
    return Leg(kind, first.tail, last.head, first.line, first.mode if mode is None else mode, time)


def _ridden(kind: str) -> Callable[[list[_Step]], list[Leg]]:
    """Tell a run along one line: the moving part and, set apart, the border."""

    def tell(run: list[_Step]) -> list[Leg]:
        border = sum(step.extra for step in run)
        return [_one(kind, run, sum(step.time for step in run) - border), _one("border", run, border)]

    return tell


def _parted(kind: str, other: str) -> Callable[[list[_Step]], list[Leg]]:
    """Tell one edge as two legs: what is done, and the part of it set apart."""

    def tell(run: list[_Step]) -> list[Leg]:
        return [_one(kind, run, run[0].time - run[0].extra), _one(other, run, run[0].extra)]

    return tell


def _told_as(kind: str, mode: str | None = None) -> Callable[[list[_Step]], list[Leg]]:
    def tell(run: list[_Step]) -> list[Leg]:
        return [_one(kind, run, sum(step.time for step in run), mode=mode)]

    return tell


_STREETS = {kind: mode for mode, kind in BY_STREETS.items()}  # the mode of each kind of way through streets
_TELL = {
    "ride": _ridden("ride"),
    "road": _ridden("drive"),
    "board": _parted("check_in", "wait"),
    "transfer": _parted("transfer", "wait"),
    "border": _parted("walk", "border"),
    "alight": _told_as("exit"),
    "access": _told_as("access", LOCAL_TRANSIT),
    "egress": _told_as("egress", LOCAL_TRANSIT),
    "local": _told_as("ride", LOCAL_TRANSIT),
    "walk": _told_as("walk", "walk"),
    "street": _told_as("drive", "local streets"),
    "open": _told_as("drive", "road and local streets"),
    "by_access": _told_as("access"),
    "by_egress": _told_as("egress"),
    "walked": _told_as("walk"),
    "cycled": _told_as("ride"),
    "driven": _told_as("drive"),
    "unpark": _told_as("park", "car"),
    "park": _told_as("park", "car"),
}
