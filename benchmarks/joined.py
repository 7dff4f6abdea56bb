"""Time circles by street and train beside circles by street alone, on the same streets.

    python benchmarks/joined.py                 the streets of Wuhan where there are any, else made ones
    python benchmarks/joined.py --made 1000000  made streets of that many junctions

A made metro of three lines, ten stations each, crosses the middle of the streets; every station is a door, so that one
may drive on from any of them. Every answer is held against one search of one big graph of streets and trains. Times are
on the clock, in turn, with all processors. The overlay is what trains add, and the ground they add is told beside it.
"""

from __future__ import annotations

import argparse
import time
from itertools import pairwise

import geopandas as gpd
import networks
import numpy as np
import pandas as pd
from timing import agree, in_turn, machine

import commute
from commute.kernels import bounded, csr
from commute.kernels.csr import INF
from commute.kernels.sweep import distances
from commute.measure.joined import joined
from commute.measure.times import THREADS
from commute.model.clock import DECISECONDS
from commute.model.timegraph import time_graph

GIVEN = commute.Assumptions(basis="centre_to_centre", travel="transit")
LINES, STATIONS, PLACES = 3, 10, 64
HOUR = 60 * DECISECONDS


def streets_of(made: int | None) -> commute.Streets:
    """Read or make the streets."""
    arcs = networks.made(made) if made else networks.real("wuhan") or networks.made(80_000)
    lon, lat = arcs.x, arcs.y
    if np.abs(lat).max() > 90:  # metres
        lon, lat = 114 + lon / 95_000, 30 + lat / 111_000
    return commute.Streets.from_arrays(arcs.tail, arcs.head, arcs.weight / DECISECONDS, lon, lat, source=arcs.name)


def network_of(streets: commute.Streets) -> commute.Network:
    """Make a city of ``PLACES`` quarters beside the streets, and the metro across its middle."""
    random = np.random.default_rng(0)
    largest = np.flatnonzero(streets.component == np.bincount(streets.component).argmax())
    middle = np.median(streets.lon), np.median(streets.lat)
    spread = np.std(streets.lon), np.std(streets.lat)
    rows = [_place("c", "city", middle, population=PLACES)]
    for number, node in enumerate(random.choice(largest, PLACES, replace=False)):
        where = streets.lon[node], streets.lat[node]
        rows.append(_place(f"q{number}", "county", where, parent="c", population=1))
    lines, links = [], []
    for number, turn in enumerate(np.linspace(0, np.pi, LINES, endpoint=False)):
        line = f"line-{number}"
        lines.append({"line_id": line, "name": line, "mode": "metro", "asset": line, "headway_minutes": 6})
        names = [f"s{number}-{stop}" for stop in range(STATIONS)]
        for name, along in zip(names, np.linspace(-1.5, 1.5, STATIONS), strict=True):
            wanted = middle[0] + along * spread[0] * np.cos(turn), middle[1] + along * spread[1] * np.sin(turn)
            away = (streets.lon[largest] - wanted[0]) ** 2 + (streets.lat[largest] - wanted[1]) ** 2
            node = largest[np.argmin(away)]
            rows.append(_place(name, "station", (streets.lon[node], streets.lat[node]), parent="c"))
        links += [{"line_id": line, "from_id": a, "to_id": b, "minutes": 3} for a, b in pairwise(names)]
    source = pd.DataFrame({"source_id": ["made-up"], "title": ["Made"], "licence": ["own"]})
    always = {"access": "stops", "opened": "2000-01-01", "status": "operating", "source": "made-up"}
    return commute.Network(
        pd.DataFrame(rows), pd.DataFrame(lines).assign(**always),
        pd.DataFrame(links).assign(quality="estimated", source="made-up"), source,
    )  # fmt: skip


def _place(name: str, kind: str, where: tuple[float, float], **more: object) -> dict[str, object]:
    row = {"place_id": name, "kind": kind, "name": name, "lon": float(where[0]), "lat": float(where[1])}
    return {"territory": "CN", "source": "made-up", **row, **more}


def one_big_graph(network: commute.Network, streets: commute.Streets) -> tuple[csr.CSR, dict[str, int]]:
    """Put streets, trains and the ways between into one graph; return it and the node of each place on foot."""
    graph = time_graph(network, GIVEN)
    edges, nodes = graph.edges, graph.nodes
    stay = ~np.isin(edges.kind, ("access", "egress", "local", "walk"))
    first = streets.nodes
    tail, head, time_ = [streets.tail], [streets.head], [streets.deciseconds]
    for column, values in ((tail, edges.tail), (head, edges.head)):
        column.append(values[stay] + first)
    time_.append(edges.time[stay])
    report = commute.snap_report(network, streets, assumptions=GIVEN).set_index("place_id")
    car = {place: first + len(nodes) + row for row, place in enumerate(report.index)}
    foot = np.array([graph.foot[place] for place in report.index]) + first
    own, junction = np.array(list(car.values())), report["node"].to_numpy()
    leg = np.rint(report["minutes"].to_numpy() * DECISECONDS)
    parking = [np.full(len(own), GIVEN.parking[kind] * DECISECONDS) for kind in ("unpark", "park")]
    tail += [own, junction, foot, own]
    head += [junction, own, own, foot]
    time_ += [leg, leg, *parking]
    whole = [np.concatenate(columns).astype(np.int64) for columns in (tail, head, time_)]
    on_foot = {str(place): int(node) for place, node in zip(report.index, foot, strict=True)}
    return csr.build(first + len(nodes) + len(car), *whole), on_foot


def main() -> None:
    """Run."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--made", type=int, help="junctions of made streets")
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    streets = streets_of(chosen.made).prepare()
    network = network_of(streets)
    print(machine(("numba", "numpy", "shapely")))
    print(f"{streets.source}: {streets.nodes:,} junctions; {LINES * STATIONS} stations, {PLACES} quarters\n")

    origins = [place for place in network.places.index if place.startswith("q")]
    begin = time.perf_counter()
    first = joined(network, origins[:1], streets, GIVEN, limit=HOUR)
    print(f"joining the two, once: {1000 * (time.perf_counter() - begin):.0f} ms; "
          f"{len(first.joint.edges.tail):,} edges in the joint graph\n")  # fmt: skip

    big, foot = one_big_graph(network, streets)
    found = joined(network, origins[:16], streets, GIVEN, limit=HOUR)
    park = round(GIVEN.parking["park"] * DECISECONDS)
    for place, (layer,) in zip(origins[:16], found.expansions(HOUR), strict=True):
        whole = bounded.search(big, [foot[place]], [0], HOUR - park)[: streets.nodes]
        agree("one big graph", np.where(whole < INF, whole + park, INF), layer.deciseconds)

    ports = first.joint.layers[0].ports
    unpark = round(GIVEN.parking["unpark"] * DECISECONDS)
    print("| work | street | street + train | ratio | junctions reached |\n|---|---|---|---|---|")
    points = np.random.default_rng(1).choice(ports.loc[origins, "node"].to_numpy(), 1024)
    where = gpd.GeoSeries(gpd.points_from_xy(streets.lon[points], streets.lat[points], crs="EPSG:4326"))
    asked = [(origins[:1], "place"), (origins, "places"), (where[:1], "point"), (where, "points")]
    for some, what in asked:
        node = points[: len(some)] if what.startswith("point") else ports.loc[some, "node"].to_numpy()

        def by_street(node: np.ndarray = node) -> int:
            limit, reached = HOUR - park, 0
            for few in range(0, len(node), 64):
                own = node[few : few + 64]
                seeds = own, np.full(len(own), unpark), np.arange(len(own) + 1)
                reached += int((distances(streets.prepared, *seeds, limit, threads=THREADS) < INF).sum())
            return reached

        def by_both(some: list[str] | gpd.GeoSeries = some) -> int:
            reached = 0
            for few in range(0, len(some), 64):
                found = joined(network, some[few : few + 64], streets, GIVEN, limit=HOUR)
                reached += sum(int((layer.deciseconds < INF).sum()) for (layer,) in found.expansions(HOUR))
            return reached

        street, both = in_turn(by_street, by_both, runs=chosen.runs)
        more = by_both() / max(by_street(), 1)
        each = [f"{1000 * one.median / len(some):.3g} ms" for one in (street, both)]
        ratio = both.median / street.median
        print(f"| {len(some)} {what}, junctions within 60 min, each | {' | '.join(each)} | {ratio:.2f} | {more:.2f}× |")

    junction = int(ports.at[origins[0], "node"])
    street, both = in_turn(
        lambda: commute.isochrones(streets, [junction], (15, 30, 45, 60)),
        lambda: commute.isochrones(network, origins[0], (15, 30, 45, 60), streets=streets, assumptions=GIVEN),
        runs=chosen.runs,
    )
    print(f"| one circle of four rings | {1000 * street.median:.3g} ms | {1000 * both.median:.3g} ms | "
          f"{both.median / street.median:.2f} | |")  # fmt: skip


if __name__ == "__main__":
    main()
