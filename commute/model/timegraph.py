"""TimeGraph: a network under assumptions as one graph of minutes; the only home of an edge's minutes.

A traveller is on foot at a place, in a car at a place or interchange, or at a stop of a line, departing or arrived:

    place on foot ──access──▸ station on foot ──board──▸ departure ──ride──▸ arrival ──alight──▸ station on foot …
        │  ▴                        │ walk (≤ 1 km)          ▴                │  └──transfer──▸ departure, other line
      unpark park                   └──border──▸ other side  └──────stay──────┘
        ▾  │
    place by car ──street──▸ interchange ──road──▸ interchange ──street──▸ place by car
               └──open: along a road that can be left anywhere, and across──┘

Riding through a stop stays on one line and costs no second boarding; only who has arrived by one line can change to
another. Into high-speed rail one changes only from high-speed rail: from anything else it is out to the street and in
through security. Local ways (access, street) follow from distance and speed; they never cross a border and hardly any
water.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.model.clock import DECISECONDS
from commute.model.localways import local_ways
from commute.model.modes import ROAD, SCHEDULED
from commute.model.network import PEOPLE
from commute.model.openroads import open_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from commute.kernels.csr import CSR
    from commute.model.assumptions import Assumptions
    from commute.model.network import Network



class Edges(NamedTuple):
    """Edges as parallel arrays: node to node, what happens on them and how long it takes.

    ``extra`` is the part of ``time`` that is waiting (board, transfer) or the border (ride, road, border);
    ``link`` is the row of ``network.links``, -1 where there is none. Times are in deciseconds.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    kind: NDArray[np.str_]
    time: NDArray[np.int64]
    extra: NDArray[np.int64]
    link: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TimeGraph:
    """The nodes and edges of a network in time.

    ``nodes`` has one row per node: ``place_id``, ``state`` (foot, car, departure, arrival; way, at the beginning of a
    link beside which others lead to the same place), ``line_id``.
    ``foot``, ``car`` map a place to its node, ``arrivals`` to those of the lines that stop there.
    """

    network: Network
    assumptions: Assumptions
    nodes: pd.DataFrame
    edges: Edges
    foot: dict[str, int]
    car: dict[str, int]
    arrivals: dict[str, tuple[int, ...]]

    @cached_property
    def csr(self) -> CSR:
        """The graph as the kernels read it, from origins onwards."""
        from commute.kernels import csr  # noqa: PLC0415 - numba is imported when the first graph is searched

        return csr.build(len(self.nodes), self.edges.tail, self.edges.head, self.edges.time)

    @cached_property
    def reversed(self) -> CSR:
        """The graph turned round, for journeys towards a place."""
        from commute.kernels import csr  # noqa: PLC0415 - as above

        return csr.reverse(self.csr)

    @cached_property
    def assets(self) -> dict[str, NDArray[np.int64]]:
        """The rows of ``edges`` that close with each physical asset, by its name in alphabetical order."""
        of_link = self.network.links["line_id"].map(self.network.lines["asset"])
        row_of = pd.Series(np.flatnonzero(self.edges.link >= 0))
        named = of_link.iloc[self.edges.link[row_of]].reset_index(drop=True)
        each = pd.DataFrame({"row": row_of, "asset": named.str.split(";")}).dropna().explode("asset")
        each["asset"] = each["asset"].str.strip()
        return {str(asset): rows["row"].to_numpy() for asset, rows in each.groupby("asset", sort=True)}


@lru_cache(maxsize=64)
def time_graph(network: Network, assumptions: Assumptions) -> TimeGraph:
    """Build the graph of a network under assumptions; the same two values give the same graph at once."""
    return _Builder(network, assumptions).build()


class _Builder:
    """Collects nodes and edges; lives only while one graph is built."""

    def __init__(self, network: Network, assumptions: Assumptions) -> None:
        self.network, self.given = network, assumptions
        self.places, self.links = network.places, network.operating_links
        self.kind = self.places["kind"].to_dict()
        self.rows: list[tuple[str, str, str]] = []
        self.parts: list[Edges] = []
        self.by_car, self.by_transit = "car" in assumptions.travel, "transit" in assumptions.travel

    def build(self) -> TimeGraph:
        """Lay out the nodes, then every kind of edge."""
        on_foot = [place for place, kind in self.kind.items() if kind != "interchange"]
        self.foot = {place: self._node(place, "foot") for place in on_foot}
        self.car: dict[str, int] = {}
        self.departure: dict[tuple[str, str], int] = {}
        self.arrival: dict[tuple[str, str], int] = {}
        if self.by_car:
            roads = self.links[self.links["mode"].isin(ROAD)]
            ends = set(roads["from_id"]) | set(roads["to_id"])
            drivable = [p for p, kind in self.kind.items() if kind in (*PEOPLE, "interchange") or p in ends]
            self.car = {place: self._node(place, "car") for place in drivable}
            self._parking()
            self._roads(roads)
        if self.by_transit:
            self._services(self.links[self.links["mode"].isin(SCHEDULED)])
            self._borders(self.links[self.links["mode"] == "checkpoint"])
        self._local_ways()
        edges = self._apart(_joined(self.parts))
        nodes = pd.DataFrame(self.rows, columns=["place_id", "state", "line_id"])
        return TimeGraph(self.network, self.given, nodes, edges, self.foot, self.car, _by_place(self.arrival))

    def _node(self, place: str, state: str, line: str = "") -> int:
        self.rows.append((place, state, line))
        return len(self.rows) - 1

    def _add(  # noqa: PLR0913, PLR0917 - one argument per column of Edges
        self,
        kind: str,
        tail: list[int] | NDArray[np.int64],
        head: list[int] | NDArray[np.int64],
        minutes: NDArray[np.floating],
        extra: NDArray[np.floating] | float = 0.0,
        link: NDArray[np.int64] | int = -1,
    ) -> None:
        """Add edges whose time is ``minutes`` plus ``extra``, each rounded to deciseconds on its own."""
        count = len(tail)
        more = np.rint(np.broadcast_to(extra, count) * DECISECONDS).astype(np.int64)
        time = np.rint(np.broadcast_to(minutes, count) * DECISECONDS).astype(np.int64) + more
        rows = np.broadcast_to(np.asarray(link, dtype=np.int64), count)
        ends = np.asarray(tail, dtype=np.int64), np.asarray(head, dtype=np.int64)
        self.parts.append(Edges(*ends, np.full(count, kind), time, more, rows))

    # -- by car --------------------------------------------------------------------------------------------

    def _parking(self) -> None:
        places = [place for place in self.car if place in self.foot]
        foot, car = [self.foot[p] for p in places], [self.car[p] for p in places]
        for kind, ends in (("unpark", (foot, car)), ("park", (car, foot))):
            self._add(kind, *ends, np.full(len(places), self.given.parking[kind]))

    def _roads(self, roads: pd.DataFrame) -> None:
        limit = roads["speed_limit_kmh"].astype("float64")
        free = roads["minutes"].fillna(60 * roads["length_km"] / (self.given.road["limit_share"] * limit))
        delay = limit.fillna(80.0).map(self.given.delay)  # a road with minutes and no limit: an expressway
        minutes, border = (free * delay).to_numpy(), self._clearance(roads)
        tail = np.array([self.car[place] for place in roads["from_id"]], dtype=np.int64)
        head = np.array([self.car[place] for place in roads["to_id"]], dtype=np.int64)
        self._two_way("road", roads, (tail, head), minutes, border, roads.index.to_numpy())
        ways = open_ways(self.network, roads, minutes, self.given)
        end, place = ([self.car[one] for one in ways[name]] for name in ("from_id", "to_id"))
        for ends in ((end, place), (place, end)):
            self._add("open", *ends, ways["minutes"].to_numpy(), 0.0, ways["link"].to_numpy(dtype=np.int64))

    # -- by rail, bus and ferry ----------------------------------------------------------------------------

    def _services(self, rides: pd.DataFrame) -> None:
        stops = pd.concat([rides[["line_id", end]].set_axis(["line", "place"], axis=1) for end in ("from_id", "to_id")])
        stops = stops.drop_duplicates(ignore_index=True)
        for line, place in stops.itertuples(index=False):
            self.departure[line, place] = self._node(place, "departure", line)
            self.arrival[line, place] = self._node(place, "arrival", line)
        departure, arrival = (np.array(list(each.values())) for each in (self.departure, self.arrival))
        mode = stops["line"].map(self.network.lines["mode"])
        headway = stops["line"].map(self.network.lines["headway_minutes"])
        stops = stops.assign(mode=mode, wait=headway.map(self.given.wait), departure=departure, arrival=arrival)
        self._rides(rides)
        street = stops["place"].map(self.foot).to_numpy()
        check_in, leave = (mode.map(dict(each)).to_numpy() for each in (self.given.check_in, self.given.exit))
        self._add("board", street, departure, check_in, stops["wait"].to_numpy())
        self._add("alight", arrival, street, leave)
        self._add("stay", arrival, departure, np.zeros(len(stops)))
        self._transfers(stops)

    def _rides(self, rides: pd.DataFrame) -> None:
        minutes, border = rides["minutes"].to_numpy(dtype=np.float64), self._clearance(rides)
        back = ~rides["oneway"].to_numpy(dtype=bool)
        for one, other, chosen in (("from_id", "to_id", np.ones_like(back)), ("to_id", "from_id", back)):
            run = rides[chosen]
            tail = [self.departure[stop] for stop in zip(run["line_id"], run[one], strict=True)]
            head = [self.arrival[stop] for stop in zip(run["line_id"], run[other], strict=True)]
            self._add("ride", tail, head, minutes[chosen], border[chosen], run.index.to_numpy())

    def _transfers(self, stops: pd.DataFrame) -> None:
        pairs = stops.merge(stops, on="place", suffixes=("", "_next"))
        inside = (pairs["mode_next"] != "rail") | (pairs["mode"] == "rail")
        pairs = pairs[(pairs["line"] != pairs["line_next"]) & inside]
        kind = pairs["mode"].where(pairs["mode"] == pairs["mode_next"], "mixed")
        minutes = kind.where(kind.isin(self.given.transfer), "mixed").map(dict(self.given.transfer))
        ends = pairs["arrival"].to_numpy(), pairs["departure_next"].to_numpy()
        self._add("transfer", *ends, minutes.to_numpy(dtype=np.float64), pairs["wait_next"].to_numpy())

    def _borders(self, crossings: pd.DataFrame) -> None:
        tail, head = (
            np.array([self.foot[place] for place in crossings[end]], dtype=np.int64) for end in ("from_id", "to_id")
        )
        hall = crossings["minutes"].to_numpy(dtype=np.float64)
        rows = crossings.index.to_numpy()
        self._two_way("border", crossings, (tail, head), hall, self._clearance(crossings), rows)

    # -- shared --------------------------------------------------------------------------------------------

    def _two_way(  # noqa: PLR0913, PLR0917 - one argument per column of Edges
        self,
        kind: str,
        links: pd.DataFrame,
        ends: tuple[NDArray[np.int64], NDArray[np.int64]],
        minutes: NDArray[np.float64],
        extra: NDArray[np.float64],
        rows: NDArray[np.int64],
    ) -> None:
        back = ~links["oneway"].to_numpy(dtype=bool)
        self._add(kind, *ends, minutes, extra, rows)
        self._add(kind, ends[1][back], ends[0][back], minutes[back], extra[back], rows[back])

    def _clearance(self, links: pd.DataFrame) -> NDArray[np.float64]:
        side = self.places["territory"]
        crosses = links["from_id"].map(side).to_numpy() != links["to_id"].map(side).to_numpy()
        minutes = links["clearance"].map(dict(self.given.clearance)).fillna(0.0).to_numpy(dtype=np.float64)
        return np.where(crosses, minutes, 0.0)

    def _apart(self, edges: Edges) -> Edges:
        """Give a link a node of its own where other edges join the same two nodes.

        The kernels keep only the fastest of parallel edges, and closing it has to leave the others.
        """
        ends = pd.DataFrame({"tail": edges.tail, "head": edges.head})
        rows = np.flatnonzero(ends.duplicated(keep=False).to_numpy() & (edges.link >= 0))
        tail, line = edges.tail[rows], self.network.links["line_id"].to_numpy()[edges.link[rows]]
        nodes = [self._node(self.rows[at][0], "way", of) for at, of in zip(tail, line, strict=True)]
        own = np.array(nodes, dtype=np.int64)
        none = np.zeros(len(rows), dtype=np.int64)
        edges.tail[rows] = own
        return _joined([edges, Edges(tail, own, edges.kind[rows], none, none, edges.link[rows])])

    def _local_ways(self) -> None:
        ways = local_ways(self.network, self.given)
        for kind, pairs in ways.groupby("kind"):
            if self.by_transit and kind != "ramp":
                names = ("access", "egress") if kind == "stop" else (str(kind), str(kind))
                minutes = self._local_minutes(pairs, "walk" if kind == "walk" else "transit")
                self._both(names, self.foot, pairs, minutes)
            if self.by_car and kind in ("local", "ramp"):
                self._both(("street", "street"), self.car, pairs, self._local_minutes(pairs, "car"))

    def _local_minutes(self, pairs: pd.DataFrame, by: str) -> NDArray[np.float64]:
        way = pairs["km"] * self.given.local["circuity"] * 60 / self.given.speed[by]
        return pairs["minutes"].fillna(way).to_numpy()

    def _both(
        self, kinds: tuple[str, str], node: dict[str, int], pairs: pd.DataFrame, minutes: NDArray[np.float64]
    ) -> None:
        one, other = ([node[place] for place in pairs[end]] for end in ("from_id", "to_id"))
        self._add(kinds[0], one, other, minutes)
        self._add(kinds[1], other, one, minutes)


def _by_place(nodes: dict[tuple[str, str], int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for (_, place), node in nodes.items():
        found[place] = (*found.get(place, ()), node)
    return found


def _joined(parts: list[Edges]) -> Edges:
    return Edges(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
