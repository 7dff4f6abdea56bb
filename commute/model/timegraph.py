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

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.model.assumptions import EXPRESSWAY_KMH
from commute.model.edges import Edges, Searched
from commute.model.edgetimes import EdgeTimes, quantities, taking
from commute.model.localways import local_ways
from commute.model.modes import ROAD, SCHEDULED
from commute.model.network import PEOPLE
from commute.model.openroads import open_ways

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network


@dataclass(frozen=True, eq=False)
class TimeGraph(Searched):
    """The nodes and edges of a network in time.

    ``nodes`` has one row per node: ``place_id``, ``state`` (foot, car, departure, arrival; way, at the beginning of a
    link beside which others lead to the same place), ``line_id``.
    ``foot``, ``car`` map a place to its node, ``arrivals`` to those of the lines that stop there. ``times`` is what
    the times of the edges follow from.
    """

    network: Network
    assumptions: Assumptions
    nodes: pd.DataFrame
    edges: Edges
    times: EdgeTimes
    foot: dict[str, int]
    car: dict[str, int]
    arrivals: dict[str, tuple[int, ...]]

    def covers(self, assumptions: Assumptions) -> bool:
        """Tell whether this graph has every edge that there is under other assumptions.

        It has not for other means of travel or another rule of waiting, for wider limits of local ways, and where
        roads can be left anywhere: the ways beside those bend with the minutes.
        """
        now, then = assumptions, self.assumptions
        same = (now.travel, now.wait_rule) == (then.travel, then.wait_rule)
        narrower = all(now.local[limit] <= then.local[limit] for limit in ("walk_km", "access_km", "water_share"))
        return same and narrower and not (self.edges.kind == "open").any()

    def under(self, assumptions: Assumptions) -> TimeGraph:
        """Return the graph under other assumptions: on the same nodes and edges where it covers them, else built anew.

        A local way too long for these assumptions stays as an edge that takes for ever.
        """
        if not self.covers(assumptions):
            return time_graph(self.network, assumptions)
        time, extra = self.times.under(assumptions)
        return replace(self, assumptions=assumptions, edges=self.edges._replace(time=time, extra=extra))

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


class _Part(NamedTuple):
    """Edges of one kind, before their times are known."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    kind: NDArray[np.str_]
    link: NDArray[np.int64]
    times: EdgeTimes


class _Builder:
    """Collects nodes and edges; lives only while one graph is built."""

    def __init__(self, network: Network, assumptions: Assumptions) -> None:
        self.network, self.given = network, assumptions
        self.places, self.links = network.places, network.operating_links
        self.kind = self.places["kind"].to_dict()
        self.rows: list[tuple[str, str, str]] = []
        self.parts: list[_Part] = []
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
        self._apart()
        *columns, parts = zip(*self.parts, strict=True)
        tail, head, kind, link = (np.concatenate(column) for column in columns)
        times = EdgeTimes(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        edges = Edges(tail, head, kind, *times.under(self.given), link)
        nodes = pd.DataFrame(self.rows, columns=["place_id", "state", "line_id"])
        return TimeGraph(self.network, self.given, nodes, edges, times, self.foot, self.car, _by_place(self.arrival))

    def _node(self, place: str, state: str, line: str = "") -> int:
        self.rows.append((place, state, line))
        return len(self.rows) - 1

    def _add(
        self, kind: str, tail: ArrayLike, head: ArrayLike, times: EdgeTimes, link: NDArray[np.int64] | int = -1
    ) -> None:
        ends = np.array(tail, dtype=np.int64), np.array(head, dtype=np.int64)
        rows = np.broadcast_to(np.asarray(link, dtype=np.int64), len(ends[0]))
        self.parts.append(_Part(*ends, np.full(len(ends[0]), kind), rows, times))

    # -- by car --------------------------------------------------------------------------------------------

    def _parking(self) -> None:
        places = [place for place in self.car if place in self.foot]
        foot, car = [self.foot[p] for p in places], [self.car[p] for p in places]
        for kind, ends in (("unpark", (foot, car)), ("park", (car, foot))):
            self._add(kind, *ends, taking(len(places), by=f"parking.{kind}"))

    def _roads(self, roads: pd.DataFrame) -> None:
        limit, stated = roads["speed_limit_kmh"].astype("float64"), roads["minutes"].notna()
        free = roads["minutes"].where(stated, 60 * roads["length_km"] / limit).to_numpy(dtype=np.float64)
        fast = limit.fillna(EXPRESSWAY_KMH) >= EXPRESSWAY_KMH  # a road with minutes and no limit: an expressway
        by = np.where(stated, "traffic.", "driving.") + np.where(fast, "expressway", "urban").astype(object)
        times = taking(len(roads), share=free, by=by, border=self._clearance(roads))
        tail = np.array([self.car[place] for place in roads["from_id"]], dtype=np.int64)
        head = np.array([self.car[place] for place in roads["to_id"]], dtype=np.int64)
        self._two_way("road", roads, (tail, head), times)
        ways = open_ways(self.network, roads, free * quantities(self.given)[times.by], self.given)
        end, place = ([self.car[one] for one in ways[name]] for name in ("from_id", "to_id"))
        for ends in ((end, place), (place, end)):
            times = taking(len(ways), fixed=ways["minutes"].to_numpy())
            self._add("open", *ends, times, ways["link"].to_numpy(dtype=np.int64))

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
        self._add("board", street, departure, taking(len(stops), by="check_in." + mode, wait=stops["wait"].to_numpy()))
        self._add("alight", arrival, street, taking(len(stops), by="exit." + mode))
        self._add("stay", arrival, departure, taking(len(stops)))
        self._transfers(stops)

    def _rides(self, rides: pd.DataFrame) -> None:
        times = taking(len(rides), fixed=rides["minutes"].to_numpy(dtype=np.float64), border=self._clearance(rides))
        back = ~rides["oneway"].to_numpy(dtype=bool)
        for one, other, chosen in (("from_id", "to_id", np.ones_like(back)), ("to_id", "from_id", back)):
            run = rides[chosen]
            tail = [self.departure[stop] for stop in zip(run["line_id"], run[one], strict=True)]
            head = [self.arrival[stop] for stop in zip(run["line_id"], run[other], strict=True)]
            self._add("ride", tail, head, times.of(chosen), run.index.to_numpy())

    def _transfers(self, stops: pd.DataFrame) -> None:
        pairs = stops.merge(stops, on="place", suffixes=("", "_next"))
        inside = (pairs["mode_next"] != "rail") | (pairs["mode"] == "rail")
        pairs = pairs[(pairs["line"] != pairs["line_next"]) & inside]
        kind = pairs["mode"].where(pairs["mode"] == pairs["mode_next"], "mixed")
        by = "transfer." + kind.where(kind.isin(self.given.transfer), "mixed")
        wait = pairs["wait_next"].to_numpy()
        self._add("transfer", pairs["arrival"], pairs["departure_next"], taking(len(pairs), by=by, wait=wait))

    def _borders(self, crossings: pd.DataFrame) -> None:
        tail, head = (
            np.array([self.foot[place] for place in crossings[end]], dtype=np.int64) for end in ("from_id", "to_id")
        )
        hall = crossings["minutes"].to_numpy(dtype=np.float64)
        times = taking(len(crossings), fixed=hall, border=self._clearance(crossings))
        self._two_way("border", crossings, (tail, head), times)

    # -- shared --------------------------------------------------------------------------------------------

    def _two_way(
        self, kind: str, links: pd.DataFrame, ends: tuple[NDArray[np.int64], NDArray[np.int64]], times: EdgeTimes
    ) -> None:
        rows, back = links.index.to_numpy(), ~links["oneway"].to_numpy(dtype=bool)
        self._add(kind, *ends, times, rows)
        self._add(kind, ends[1][back], ends[0][back], times.of(back), rows[back])

    def _clearance(self, links: pd.DataFrame) -> NDArray[np.object_]:
        """Name the border that each link pays for."""
        side = self.places["territory"]
        crosses = links["from_id"].map(side).to_numpy() != links["to_id"].map(side).to_numpy()
        pays = crosses & links["clearance"].isin(self.given.clearance).to_numpy()
        return np.where(pays, ("clearance." + links["clearance"].fillna("")).to_numpy(dtype=object), "nothing")

    def _apart(self) -> None:
        """Give a link a node of its own where other edges join the same two nodes.

        The kernels keep only the fastest of parallel edges, and closing it has to leave the others.
        """
        pairs = [pd.DataFrame({"tail": one.tail, "head": one.head, "link": one.link}) for one in self.parts]
        ends = pd.concat(pairs, ignore_index=True)
        doubled = (ends.duplicated(["tail", "head"], keep=False) & (ends["link"] >= 0)).to_numpy()
        bounds = np.cumsum([len(one.tail) for one in self.parts])[:-1]
        for part, own in zip(self.parts[:], np.split(doubled, bounds), strict=True):
            rows = np.flatnonzero(own)
            line = self.network.links["line_id"].to_numpy()[part.link[rows]]
            tail = part.tail[rows]
            nodes = [self._node(self.rows[at][0], "way", of) for at, of in zip(tail, line, strict=True)]
            part.tail[rows] = nodes
            for kind in np.unique(part.kind[rows]):
                self._add(str(kind), tail, part.tail[rows], taking(len(rows)), part.link[rows])

    def _local_ways(self) -> None:
        ways = local_ways(self.network, self.given)
        for kind, pairs in ways.groupby("kind"):
            if self.by_transit and kind != "ramp":
                names = ("access", "egress") if kind == "stop" else (str(kind), str(kind))
                self._both(names, self.foot, pairs, _local(pairs, "walk" if kind == "walk" else "transit"))
            if self.by_car and kind in ("local", "ramp"):
                self._both(("street", "street"), self.car, pairs, _local(pairs, "car"))

    def _both(self, kinds: tuple[str, str], node: dict[str, int], pairs: pd.DataFrame, times: EdgeTimes) -> None:
        one, other = ([node[place] for place in pairs[end]] for end in ("from_id", "to_id"))
        self._add(kinds[0], one, other, times)
        self._add(kinds[1], other, one, times)


def _local(pairs: pd.DataFrame, by: str) -> EdgeTimes:
    """Local ways take the minutes stated, or follow from how far they are."""
    stated, km = pairs["minutes"].notna().to_numpy(), pairs["km"].to_numpy(dtype=np.float64)
    return taking(
        len(pairs),
        fixed=pairs["minutes"].fillna(0.0).to_numpy(),
        share=np.where(stated, 0.0, km),
        by=f"pace.{by}",
        km=np.where(stated, -1.0, km),
        water=np.where(stated, -1.0, pairs["water"].to_numpy(dtype=np.float64)),
        within="local.walk_km" if by == "walk" else "local.access_km",
    )


def _by_place(nodes: dict[tuple[str, str], int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for (_, place), node in nodes.items():
        found[place] = (*found.get(place, ()), node)
    return found
