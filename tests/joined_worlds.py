"""Random small networks beside random streets, and one big graph of both as an oracle: slow, plain and separate."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import strategies as st
from worlds import KM, line, link, network, place

from commute.model.clock import DECISECONDS
from commute.model.streets import Streets
from commute.model.timegraph import time_graph

SIDE, SPACING = 5, 2.0  # junctions along each side of the streets, km between two
SPEED = {"walk": "walk", "bicycle": "bicycle", "drive": "car"}


@dataclass(frozen=True, repr=False)
class JoinedWorld:
    """Rows of a network and the streets of each role; the same object for both where they are one."""

    places: list
    lines: list
    links: list
    access: Streets
    egress: Streets

    def __repr__(self):
        one = self.access.mode if self.access is self.egress else f"{self.access.mode}, {self.egress.mode}"
        return f"<{len(self.places)} places, {len(self.links)} links; {one}>"

    @property
    def made(self):
        return network(self.places, self.lines, self.links, cores=("c0",))

    @property
    def streets(self):
        return self.access if self.access is self.egress else {"access": self.access, "egress": self.egress}


def grid(mode="walk", *, side=SIDE, spacing=SPACING, minutes=None, gone=(), oneway=(), x=0.0, y=0.0):
    """Lay streets out as a grid; ``minutes`` for each of its edges, some of them ``gone`` or ``oneway``."""
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    along = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.concatenate([across, along])
    taken = np.full(len(pairs), 5.0) if minutes is None else np.asarray(minutes, dtype=float)
    there = ~np.isin(np.arange(len(pairs)), list(gone))
    back = there & ~np.isin(np.arange(len(pairs)), list(oneway))
    tail = np.concatenate([pairs[there, 0], pairs[back, 1]])
    head = np.concatenate([pairs[there, 1], pairs[back, 0]])
    lon, lat = x * KM + (number.ravel() % side) * spacing * KM, y * KM + (number.ravel() // side) * spacing * KM
    return Streets.from_arrays(tail, head, np.concatenate([taken[there], taken[back]]), lon, lat, mode=mode)


@st.composite
def street_grids(draw, modes=("walk", "bicycle", "drive")):
    edges = 2 * SIDE * (SIDE - 1)
    few = st.lists(st.integers(0, edges - 1), max_size=8, unique=True)
    minutes = draw(st.lists(st.integers(1, 30), min_size=edges, max_size=edges))
    return grid(draw(st.sampled_from(modes)), minutes=minutes, gone=draw(few), oneway=draw(few))


@st.composite
def spots(draw):
    """Somewhere beside a junction, rarely out of its reach."""
    away = draw(st.sampled_from([0.0, 0.1, 0.3, 0.3, 0.9]))
    return {"x": SPACING * draw(st.integers(0, SIDE - 1)) + away, "y": SPACING * draw(st.integers(0, SIDE - 1))}


@st.composite
def joined_worlds(draw):
    """One or two cities with counties, two to four stations and two interchanges; two railway lines and a road."""
    cities = [f"c{number}" for number in range(draw(st.integers(1, 2)))]
    places = [place(city, **draw(spots()), population=draw(st.integers(1, 9))) for city in cities]
    for name in [f"k{number}" for number in range(draw(st.integers(0, 2)))]:
        parent = draw(st.sampled_from(cities))
        places.append(place(name, "county", **draw(spots()), parent=parent, population=1))
    stations = [f"s{number}" for number in range(draw(st.integers(2, 4)))]
    ramps = ["r0", "r1"]
    places += [place(name, "station", **draw(spots()), parent="c0") for name in stations]
    places += [place(name, "interchange", **draw(spots()), parent="c0") for name in ramps]
    counties = [row["parent"] for row in places if row["kind"] == "county"]
    places = [row | {"population": counties.count(row["place_id"]) or row["population"]} for row in places]
    lines, links = [], []
    for name in ("g", "h"):
        lines.append(line(name, draw(st.sampled_from(["rail", "metro"])), headway=draw(st.integers(4, 30))))
        stops = draw(st.lists(st.sampled_from(stations), min_size=2, max_size=3, unique=True))
        oneway = draw(st.booleans())
        links += [link(name, one, other, draw(st.integers(1, 20)), oneway=oneway) for one, other in pairwise(stops)]
    ends = draw(st.sampled_from([("r0", "r1"), ("r0", "c0"), ("r1", "s0")]))
    lines.append(line("e"))
    links.append(link("e", *ends, length_km=draw(st.integers(1, 9)), speed_limit_kmh=100))
    access = draw(street_grids())
    egress = access if draw(st.booleans()) else draw(street_grids())
    return JoinedWorld(places, lines, links, access, egress)


class Oracle:
    """Every junction, every node of the network and every way between them in one graph, searched by networkx."""

    def __init__(self, made, access, egress, given):
        self.made, self.given = made, given
        self.layers = {"a": access} if access is egress else {"a": access, "e": egress}
        self.graph, self.base = nx.DiGraph(), time_graph(made, given)
        self.ports = {role: self._ports(one) for role, one in self.layers.items()}
        self.last = "a" if access is egress else "e"
        self.apart = access is not egress
        self.graph.add_nodes_from(("n", node) for node in range(len(self.base.nodes)))
        self.graph.add_nodes_from(("set off", place) for place in self.base.foot)
        self._streets()
        self._network()
        self._doors()

    def _ports(self, streets):
        found = {}
        for row in self.made.places.itertuples():
            near = streets.snap([row.lon], [row.lat]).iloc[0]
            drivable = streets.mode == "drive" and row.Index in self.base.car
            if near["node"] >= 0 and (row.kind != "interchange" or drivable):
                found[row.Index] = (near["node"], near["component"], self.leg(streets, near["distance_metres"]))
        return found

    def leg(self, streets, metres):
        hours = metres / 1000 * self.given.local["circuity"] / self.given.speed[SPEED[streets.mode]]
        return round(hours * 60 * DECISECONDS)

    def park(self, kind):
        return round(self.given.parking[kind] * DECISECONDS)

    def way(self, tail, head, time):
        if tail != head and (not self.graph.has_edge(tail, head) or self.graph[tail][head]["weight"] > time):
            self.graph.add_edge(tail, head, weight=int(time))

    def _streets(self):
        for role, one in self.layers.items():
            self.graph.add_nodes_from((role, junction) for junction in range(one.nodes))
            for tail, head, time in zip(one.tail, one.head, one.deciseconds, strict=True):
                self.way((role, tail), (role, head), time)

    def joined(self, role, tail, head):
        ports = self.ports[role]
        return tail != head and tail in ports and head in ports and ports[tail][1] == ports[head][1]

    def _network(self):
        edges, nodes = self.base.edges, self.base.nodes
        cars = [role for role, one in self.layers.items() if one.mode == "drive"]
        for tail, head, kind, time in zip(edges.tail, edges.head, edges.kind, edges.time, strict=True):
            ends = nodes["place_id"][tail], nodes["place_id"][head]
            if kind in ("street", "open") and any(self.joined(role, *ends) for role in cars):
                continue
            of = {self.last: ("n", tail)}
            if nodes["state"][tail] == "foot" and self.apart:
                of["a"] = "set off", ends[0]
            for role, node in of.items():
                walked = kind in ("access", "egress", "local", "walk") and self.joined(role, *ends)
                no_car = kind == "unpark" and ends[0] in self.ports[role] and role not in cars
                if not walked and not no_car:
                    self.way(node, ("n", head), time)

    def off(self, place):
        """Where journeys from a place set off."""
        on_foot = place in self.base.foot
        if on_foot and self.apart:
            return "set off", place
        return ("n", self.base.foot[place]) if on_foot else self.car(place)

    def there(self, place):
        return ("n", self.base.foot[place]) if place in self.base.foot else self.car(place)

    def car(self, place):
        return ("n", self.base.car[place]) if place in self.base.car else ("car", place)

    def _doors(self):
        for role, one in self.layers.items():
            for name, (junction, _, leg) in self.ports[role].items():
                at = role, junction
                if one.mode != "drive":
                    foot = self.there(name)
                    self.way(self.off(name) if role == "a" else foot, at, leg)
                    self.way(at, foot, leg)
                    continue
                car = self.car(name)
                self.way(car, at, leg)
                self.way(at, car, leg)
                if name in self.base.foot:
                    self.way(car, self.there(name), self.park("park"))
                    self.way(self.off(name) if role == "a" else self.there(name), car, self.park("unpark"))

    def setting_off(self):
        """On which layers journeys set off."""
        both_cars = self.apart and {one.mode for one in self.layers.values()} == {"drive"}
        return list(self.layers) if both_cars else ["a"]

    def times(self, origin, *, towards=False):
        """Return deciseconds from (or to) a place, or a point (lon, lat), to everything reached."""
        graph = self.graph.copy()
        if isinstance(origin, str):
            source = self.there(origin) if towards else self.off(origin)
        else:
            source = "origin"
            graph.add_node(source)
            for role in self.layers if towards else self.setting_off():
                one = self.layers[role]
                near = one.snap([origin[0]], [origin[1]]).iloc[0]
                if near["node"] < 0:
                    continue
                toll = self.park("park" if towards else "unpark") if one.mode == "drive" else 0
                ends = (role, near["node"]), source
                graph.add_edge(*(ends if towards else ends[::-1]), weight=self.leg(one, near["distance_metres"]) + toll)
        return nx.single_source_dijkstra_path_length(graph.reverse() if towards else graph, source)

    def on_the_ground(self, role, found, *, towards=False):
        """Return deciseconds beside every junction of a layer."""
        one = self.layers[role]
        toll = self.park("unpark" if towards else "park") if one.mode == "drive" else 0
        return [found[role, node] + toll if (role, node) in found else None for node in range(one.nodes)]
