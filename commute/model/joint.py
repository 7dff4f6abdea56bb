"""Joint: a time graph whose places are joined by streets instead of straight lines, as one graph.

Where a place stands beside the streets is a door between the two. The streets themselves stay outside: the graph holds
the fastest way through them from each door to each other door as one edge, which is all that a journey by street,
train, street and train again needs of them.

    set off ──▸ access streets ──▸ station on foot ──board──▸ … ──alight──▸ station on foot ──▸ egress streets ──▸ there
       └─unpark─▸ in a car ──▸ streets ──▸ interchange ──road──▸ interchange ──▸ streets ──▸ in a car ──park──▸ on foot

Whoever sets off does so by the access streets and then goes by the egress streets; where the two are one, so are these.
A place on foot where journeys begin is therefore a node of its own, ``start``, if there are two. Cars drive on whatever
streets are for driving. Between two places that the same streets join there is no other local way; a place that is not
beside streets keeps its own. From a place beside streets that are not for driving nobody sets off in a car.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.model.clock import DECISECONDS
from commute.model.edges import Edges, Searched
from commute.model.network import PEOPLE
from commute.model.ports import ports
from commute.model.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.timegraph import TimeGraph

ROLES = ("access", "egress")
BY_STREETS = {"walk": "walked", "bicycle": "cycled", "drive": "driven"}  # the kinds of the edges through streets
_ON_FOOT = ("access", "egress", "local", "walk")  # kinds of local ways
_BY_CAR = ("street", "open")
_SPEED = {"walk": "walk", "bicycle": "bicycle", "drive": "car"}  # keys of the assumptions
_THREADS = os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class Layer:
    """Streets in their role (``access``, ``egress`` or ``both``), and where the places of a network stand beside them.

    ``streets`` are as given, ``timed`` at the speeds assumed. ``ports`` has one row per place that these streets can be
    entered and left at: ``node``, ``distance_metres``, ``component``, ``status`` as ``Streets.snap`` tells them, and
    ``minutes`` of the way between the place and its junction.
    """

    role: str
    streets: Streets
    timed: Streets
    ports: pd.DataFrame
    assumptions: Assumptions

    @property
    def by_car(self) -> bool:
        """Tell whether these streets are for driving."""
        return self.timed.mode == "drive"

    def legs(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the minutes of the way between a point and its junction, so many metres away in a straight line."""
        kph = self.assumptions.speed[_SPEED[self.timed.mode]]
        return 0.06 * metres * self.assumptions.local["circuity"] / kph


class Doors(NamedTuple):
    """Where a layer is entered (``on``) or left (``off``): node of the graph, junction, deciseconds between the two."""

    node: NDArray[np.int64]
    junction: NDArray[np.int64]
    leg: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Joint(Searched):
    """A time graph joined to one layer of streets for both roles, or to one for each.

    ``nodes`` and ``edges`` are as of a ``TimeGraph``; a way through streets is of the kinds ``walked``, ``cycled`` and
    ``driven``. ``start`` maps a place to the node from which journeys set off, ``end`` to that at which they arrive.
    ``on`` and ``off`` are the doors of each layer.
    """

    graph: TimeGraph
    layers: tuple[Layer, ...]
    nodes: pd.DataFrame
    edges: Edges
    start: dict[str, int]
    end: dict[str, int]
    on: tuple[Doors, ...]
    off: tuple[Doors, ...]

    @property
    def network(self) -> Network:
        """The network whose graph it is."""
        return self.graph.network


def layers_of(
    network: Network, streets: Streets | Mapping[str, Streets], assumptions: Assumptions
) -> tuple[Layer, ...]:
    """Read ``streets=``: one layer where access and egress are the same streets, else access and egress.

    Raises
    ------
    ParameterError
        For anything but ``Streets`` or a mapping of ``access``, perhaps also ``egress``, to ``Streets``.
    """
    named = dict(streets) if isinstance(streets, Mapping) else {"access": streets}
    unknown = [str(role) for role in named if role not in ROLES]
    if unknown or "access" not in named:
        got = f"got {', '.join(unknown)}" if unknown else "access is missing"
        raise ParameterError(f"streets are for access and egress, as in {{'access': …, 'egress': …}}; {got}.")
    for role, one in named.items():
        if not isinstance(one, Streets):
            raise ParameterError(f"{role} must be Streets, got {type(one).__name__}: see read_streets and from_arrays.")
        if not one.nodes:
            raise ParameterError(f"The streets for {role} have no junction: nothing can be joined to them.")
    access, egress = named["access"], named.get("egress", named["access"])
    if access is egress:
        return (layer(network, access, assumptions, "both"),)
    return layer(network, access, assumptions, "access"), layer(network, egress, assumptions, "egress")


@lru_cache(maxsize=8)
def layer(network: Network, streets: Streets, assumptions: Assumptions, role: str) -> Layer:
    """Time streets as assumed and find the places beside them: interchanges too if they are for driving."""
    beside = ports(network, streets)
    made = Layer(role, streets, streets.prepare().under(assumptions), beside, assumptions)
    beside["minutes"] = np.where(beside["node"] >= 0, made.legs(beside["distance_metres"].to_numpy()), np.nan)
    return made


def joint(graph: TimeGraph, layers: tuple[Layer, ...], limit: int, also: Iterable[str] = ()) -> Joint:
    """Join a time graph to streets; the same values give the same graph at once.

    Doors are the places from which the graph leads on, those in which people live, and ``also`` those named. Ways
    through streets of more than ``limit`` deciseconds are left out.
    """
    laid = _laid(graph, layers)
    return _joint(laid, limit, frozenset(also).difference(laid.doors))


@lru_cache(maxsize=8)
def _laid(graph: TimeGraph, layers: tuple[Layer, ...]) -> _Laid:
    return _Laid(graph, layers)


@lru_cache(maxsize=8)
def _joint(laid: _Laid, limit: int, also: frozenset[str]) -> Joint:
    chosen = laid.doors | also
    on = tuple(laid.doors_of(one, chosen, laid.foot if one is laid.egress else laid.start) for one in laid.layers)
    off = tuple(laid.doors_of(one, chosen, laid.foot) for one in laid.layers)
    ways = [_through(*one, limit) for one in zip(laid.layers, on, off, strict=True)]
    nodes = pd.DataFrame(laid.rows, columns=laid.graph.nodes.columns)
    start, end = ({**laid.car, **foot} for foot in (laid.start, laid.foot))
    return Joint(laid.graph, laid.layers, nodes, _joined([laid.edges, *ways]), start, end, on, off)


class _Laid:
    """The nodes and edges of a joint graph without the ways through the streets, which depend on how far one looks."""

    def __init__(self, graph: TimeGraph, layers: tuple[Layer, ...]) -> None:
        self.graph, self.layers = graph, layers
        self.access, self.egress = layers[0], layers[-1]
        self.places = graph.network.places.index
        self.rows = list(graph.nodes.itertuples(index=False, name=None))
        self.foot, self.car = graph.foot, dict(graph.car)
        one = self.access is self.egress
        self.start = self.foot if one else {place: self._node(place, "foot") for place in self.foot}
        stay = self._staying(graph.edges)
        parts = [stay] if one else [stay, self._setting_off()]
        self.edges = _joined([*parts, *self._cars()])
        self.doors = self._doors()

    def _node(self, place: str, state: str) -> int:
        self.rows.append((place, state, ""))
        return len(self.rows) - 1

    def _staying(self, edges: Edges) -> Edges:
        """Leave out the local ways that streets take the place of, and setting off in a car where these are walked."""
        replaced = np.isin(edges.kind, _ON_FOOT) & self._between(edges, self.egress)
        for one in self.layers:
            if one.by_car:
                replaced |= np.isin(edges.kind, _BY_CAR) & self._between(edges, one)
        return _where(edges, ~replaced & ~self._without_car(edges, self.egress))

    def _setting_off(self) -> Edges:
        """Copy what leads away from places on foot for those who set off there, by the access streets."""
        twin = np.full(len(self.graph.nodes), -1)
        twin[list(self.foot.values())] = [self.start[place] for place in self.foot]
        edges = _where(self.graph.edges, twin[self.graph.edges.tail] >= 0)
        replaced = np.isin(edges.kind, _ON_FOOT) & self._between(edges, self.access)
        edges = _where(edges, ~replaced & ~self._without_car(edges, self.access))
        return edges._replace(tail=twin[edges.tail])

    def _place(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of the places of nodes."""
        row = self.places.get_indexer([place for place, _, _ in self.rows])
        return np.asarray(row[nodes], dtype=np.int64)

    def _component(self, one: Layer) -> NDArray[np.int64]:
        """Return the component of each place's junction; -1 where it has none."""
        known = one.ports["component"].reindex(self.places).fillna(-1)
        return known.to_numpy(dtype=np.int64)

    def _between(self, edges: Edges, one: Layer) -> NDArray[np.bool_]:
        """Tell which edges lead between two places that the streets of a layer join both ways."""
        component = self._component(one)
        tail, head = self._place(edges.tail), self._place(edges.head)
        return np.asarray((tail != head) & (component[tail] >= 0) & (component[tail] == component[head]))

    def _without_car(self, edges: Edges, one: Layer) -> NDArray[np.bool_]:
        """Tell which edges are a setting off in a car beside streets that are not for driving."""
        beside = self._component(one)[self._place(edges.tail)] >= 0
        return np.asarray((edges.kind == "unpark") & beside & (not one.by_car))

    def _cars(self) -> list[Edges]:
        """Let cars set off and be parked at places beside streets for driving that had none yet."""
        given = self.graph.assumptions
        driven = [set(one.ports.index[one.ports["node"] >= 0]) if one.by_car else set() for one in self.layers]
        new = [place for place in self.foot if place not in self.car and any(place in beside for beside in driven)]
        self.car |= {place: self._node(place, "car") for place in new}
        parts = [_timed("park", [(self.car[place], self.foot[place]) for place in new], given.parking["park"])]
        setting_off = {id(foot): (foot, beside) for foot, beside in ((self.start, driven[0]), (self.foot, driven[-1]))}
        for foot, beside in setting_off.values():
            pairs = [(foot[place], self.car[place]) for place in new if place in beside]
            parts.append(_timed("unpark", pairs, given.parking["unpark"]))
        return parts

    def _doors(self) -> frozenset[str]:
        """Choose the places whose doors matter: where people live, and from where the graph leads on."""
        from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported when the first graph is searched

        tail, head = self._place(self.edges.tail), self._place(self.edges.head)
        leads = (tail != head) & (self.edges.time < INF)
        chosen = self.graph.network.places["kind"].isin(PEOPLE).to_numpy(copy=True)
        chosen[tail[leads]] = chosen[head[leads]] = True
        chosen |= self.access is not self.egress and self.access.by_car and self.egress.by_car  # cars change streets
        return frozenset(self.places[chosen])

    def doors_of(self, one: Layer, chosen: frozenset[str], foot: dict[str, int]) -> Doors:
        """Return the doors of a layer at the places chosen; of streets for driving they are in the car."""
        node = self.car if one.by_car else foot
        ports = one.ports[(one.ports["node"] >= 0) & one.ports.index.isin(chosen) & one.ports.index.isin(list(node))]
        nodes = np.array([node[place] for place in ports.index], dtype=np.int64)
        leg = np.rint(ports["minutes"].to_numpy() * DECISECONDS).astype(np.int64)
        return Doors(nodes, ports["node"].to_numpy(dtype=np.int64), leg)


def _through(one: Layer, on: Doors, off: Doors, limit: int) -> Edges:
    """Return the fastest ways through the streets of a layer, from each door to each other within the limit."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - as above
    from commute.kernels.sweep import distances  # noqa: PLC0415 - as above

    (first, from_), (last, to) = (np.unique(doors.junction, return_inverse=True) for doors in (on, off))
    none, starts = np.zeros(len(first), dtype=np.int64), np.arange(len(first) + 1)
    ready = one.timed.prepared
    between = distances(ready, first, none, starts, limit, columns=last, threads=_THREADS).astype(np.int64)
    time = on.leg[:, None] + between[np.ix_(from_, to)] + off.leg
    time[(between[np.ix_(from_, to)] >= INF) | (on.node[:, None] == off.node)] = INF
    row, column = np.nonzero(time <= min(limit, INF - 1))
    kind, none = np.full(len(row), BY_STREETS[one.timed.mode]), np.zeros(len(row), dtype=np.int64)
    return Edges(on.node[row], off.node[column], kind, time[row, column], none, none - 1)


def _timed(kind: str, pairs: list[tuple[int, int]], minutes: float) -> Edges:
    tail, head = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    none = np.zeros(len(pairs), dtype=np.int64)
    return Edges(tail, head, np.full(len(pairs), kind), none + round(minutes * DECISECONDS), none, none - 1)


def _where(edges: Edges, chosen: NDArray[np.bool_]) -> Edges:
    tail, head, kind, time, extra, link = edges
    return Edges(tail[chosen], head[chosen], kind[chosen], time[chosen], extra[chosen], link[chosen])


def _joined(parts: list[Edges]) -> Edges:
    return Edges(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
