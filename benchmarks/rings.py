"""Time four nested rings from times at junctions beside the usual recipes, on real streets.

    python benchmarks/rings.py

The recipe of OSMnx buffers every node and directed edge reached and unites them, once for each ring; the concave hull
(package ``concave_hull``, left out where absent) wraps the junctions. One thread, processor time, median of the runs.
Valhalla is asked for rings of the same minutes, search and all, by the interpreter that ``COMMUTE_VALHALLA`` names or
this one, where that has it with its builder of tiles; it drives at speeds of its own, so its rings are others.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anybody loads OpenMP

import statistics
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networks
import networkx as nx
import numpy as np
import shapely
import valhalla_peer

from commute import Streets, from_lines, isochrones, read_streets
from commute.kernels.bounded import search
from commute.measure.differences import arc_lines
from commute.measure.expansion import Expansion, plane_of, rings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CUTOFFS = (15, 30, 45, 60)
NODE_BUFFER, EDGE_BUFFER = 50, 25  # metres
FEW = 10_000  # junctions; with more, the letter takes minutes
WALK = 4.8
KPH = {
    "motorway": 100, "trunk": 80, "primary": 60, "secondary": 50, "tertiary": 40, "residential": 30,
    "unclassified": 30, "living_street": 10, "pedestrian": 5, "motorway_link": 60, "trunk_link": 50,
    "primary_link": 40, "secondary_link": 40, "tertiary_link": 30,
}  # fmt: skip


def wuhan(mode: str) -> Streets | None:
    """Make streets of the lines of Wuhan, each both ways; None where there is no file of them."""
    folder = networks.folder()
    if folder is None or not (folder / "wuhan_8989.parquet").exists():
        return None
    table = gpd.read_parquet(folder / "wuhan_8989.parquet").rename(columns={"highway": "road"})
    kph = table["road"].map(KPH) if mode == "drive" else WALK
    return from_lines(table[["road", "geometry"]].assign(kph=kph), speed="class", mode=mode, source="Wuhan")


def to_plane(streets: Streets) -> Callable[..., Any]:
    """Return the way from degrees to metres on a plane round the streets."""
    return plane_of(*(round(float(axis.mean()), 1) for axis in (streets.lon, streets.lat))).forth.transform


def buffered(streets: Streets, times: np.ndarray) -> list[Any]:
    """Buffer nodes and edges within each cutoff and unite them: the recipe of OSMnx, its times left out.

    As ``make_iso_polys`` of its notebook on isolines has it: 50 m round every node of the subgraph, 25 m along each of
    its directed edges, as they lie.
    """
    forth = to_plane(streets)
    x, y = forth(streets.lon, streets.lat)
    found = []
    for cutoff in CUTOFFS:
        near = times <= cutoff * 600
        arcs = np.flatnonzero(near[streets.tail] & near[streets.head])
        lines = shapely.transform(arc_lines(streets, arcs), forth, interleaved=False)
        nodes = shapely.points(x[near], y[near])
        found.append(shapely.union_all([*shapely.buffer(nodes, NODE_BUFFER), *shapely.buffer(lines, EDGE_BUFFER)]))
    return found


def by_osmnx(streets: Streets, times: np.ndarray) -> list[Any]:
    """Do the same to the letter of that notebook, with its loops; the graph is at hand and the times are known."""
    forth = to_plane(streets)
    x, y = (axis.tolist() for axis in forth(streets.lon, streets.lat))
    every = arc_lines(streets, np.arange(len(streets.tail)))
    lines = shapely.transform(every, forth, interleaved=False)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((node, {"x": x[node], "y": y[node]}) for node in range(streets.nodes))
    ends = zip(streets.tail.tolist(), streets.head.tolist(), lines, strict=True)
    graph.add_edges_from((tail, head, {"geometry": line}) for tail, head, line in ends)
    begin, found = time.process_time(), []
    for cutoff in CUTOFFS:
        subgraph = graph.subgraph(np.flatnonzero(times <= cutoff * 600).tolist())
        points = [shapely.Point((data["x"], data["y"])) for _, data in subgraph.nodes(data=True)]
        nodes = gpd.GeoDataFrame({"id": list(subgraph.nodes)}, geometry=points).set_index("id")
        edges = []
        for tail, head in subgraph.edges():
            straight = shapely.LineString([nodes.loc[tail].geometry, nodes.loc[head].geometry])
            edges.append(graph.get_edge_data(tail, head)[0].get("geometry", straight))
        around = [*nodes.buffer(NODE_BUFFER).geometry, *gpd.GeoSeries(edges).buffer(EDGE_BUFFER).geometry]
        found.append(gpd.GeoSeries(around).union_all())
    return [time.process_time() - begin, *found]


def hulls(streets: Streets, times: np.ndarray) -> list[Any]:
    """Wrap the junctions within each cutoff."""
    from concave_hull import concave_hull

    x, y = to_plane(streets)(streets.lon, streets.lat)
    corners = [np.column_stack([x, y])[times <= cutoff * 600] for cutoff in CUTOFFS]
    return [shapely.Polygon(concave_hull(points)) if len(points) > 3 else shapely.Polygon() for points in corners]


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median processor time of a piece of work, after a first run if there are several."""
    taken = []
    for run in range(runs + (runs > 1)):
        begin = time.process_time()
        work()
        if run or runs == 1:
            taken.append(time.process_time() - begin)
    return statistics.median(taken)


def compared(streets: Streets, where: tuple[float, float]) -> str:
    """Return the end of a row: how long each recipe takes, and how many times that of commute."""
    origin = int(streets.snap(*where, within_metres=5000)["node"][0])
    times = search(streets.csr, [origin], [0], 600 * max(CUTOFFS))
    own = seconds(lambda: rings([Expansion(streets, times)], CUTOFFS), 9)
    recipe = seconds(lambda: buffered(streets, times), 1)
    reached = int((times <= 600 * max(CUTOFFS)).sum())
    told = f"{reached:,} | {1000 * own:.0f} | {1000 * recipe:.0f} ({recipe / own:.0f}×)"
    letter = by_osmnx(streets, times)[0] if reached <= FEW else None
    told += " | " if letter is None else f" | {1000 * letter:.0f} ({letter / own:.0f}×)"
    if not find_spec("concave_hull"):
        return told + " | |"
    hull = seconds(lambda: hulls(streets, times), 3)
    return f"{told} | {1000 * hull:.0f} ({hull / own:.2f}×) |"


def beside_valhalla(path: Path) -> str:
    """Ask Valhalla and commute for the rings round a few points, search and all; say so where there is none."""
    python = os.environ.get("COMMUTE_VALHALLA", sys.executable)
    if not valhalla_peer.installed(python):
        return "Valhalla with a builder of tiles is not installed."
    streets = read_streets(path, mode="drive")
    nodes = np.random.default_rng(0).choice(streets.nodes, 5, replace=False)
    points = list(zip(streets.lon[nodes].tolist(), streets.lat[nodes].tolist(), strict=True))
    other = valhalla_peer.timed_rings(path, points, python=python)
    streets.prepare()
    begin = time.perf_counter()
    read_streets(path, mode="drive")
    read = time.perf_counter() - begin
    taken = []
    for node in [*nodes, *nodes, *nodes]:
        begin = time.perf_counter()
        isochrones(streets, [node], CUTOFFS)
        taken.append(time.perf_counter() - begin)
    return (
        f"Four rings with their search on the clock, {path.name}: commute {1000 * statistics.median(taken):.0f} ms, "
        f"reading the map {read:.2f} s; Valhalla {other['version']} {1000 * other['rings']:.0f} ms, "
        f"building its tiles {other['tiles']:.2f} s."
    )


def main() -> None:
    """Print a row for each network and way of travel."""
    peers = "buffer + union ms | the same to OSMnx's letter ms | concave hull ms"
    print(f"| streets | junctions reached | commute ms | {peers} |\n|---|---|---|---|---|---|")
    for mode in ("walk", "drive"):
        streets = wuhan(mode)
        if streets is None:
            sys.exit("There is no wuhan_8989.parquet: set COMMUTE_NETWORKS to the folder that holds it.")
        print(f"| Wuhan, {mode} | {compared(streets, (114.30, 30.56))}")
    folder = networks.folder()
    path = None if folder is None else folder / "liechtenstein.osm.pbf"
    if path is not None and path.exists():
        for mode in ("walk", "drive"):
            print(f"| Liechtenstein, {mode} | {compared(read_streets(path, mode=mode), (9.522, 47.141))}")
        print(f"\n{beside_valhalla(path)}")


if __name__ == "__main__":
    main()
