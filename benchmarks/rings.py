"""Time four nested rings from times at junctions beside the usual recipes, on real streets.

    python benchmarks/rings.py

The recipe of OSMnx buffers every street reached by 25 m and unites them, once for each ring; the concave hull (package
``concave_hull``, left out where absent) wraps the junctions. One thread, processor time, median of the runs. Valhalla
is asked for rings of the same minutes, search and all, by the interpreter that ``COMMUTE_VALHALLA`` names or this one,
where that has it with its builder of tiles; it drives at speeds of its own, so its rings are others.
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
import numpy as np
import shapely
import valhalla_peer

from commute import Streets, isochrones, read_streets
from commute.kernels.bounded import search
from commute.measure.expansion import Expansion, plane_of, rings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CUTOFFS = (15, 30, 45, 60)
BUFFER = 25  # metres
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
    table = gpd.read_parquet(folder / "wuhan_8989.parquet")
    metres = table.geometry.to_crs(table.estimate_utm_crs()).length.to_numpy()
    lines = table.geometry.to_crs("EPSG:4326").to_numpy()
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)]).round(7)
    junctions, number = np.unique(ends, axis=0, return_inverse=True)
    kph = table["highway"].map(KPH).to_numpy(dtype=float) if mode == "drive" else np.full(len(table), WALK)
    tail, head = number[: len(table)], number[len(table) :]
    both = np.concatenate([tail, head]), np.concatenate([head, tail]), np.tile(0.06 * metres / kph, 2)
    said = {"road": np.tile(table["highway"].astype(str), 2)}
    return Streets.from_arrays(both[0], both[1], np.maximum(both[2], 0.002), *junctions.T, attributes=said, mode=mode)


def on_plane(streets: Streets) -> tuple[np.ndarray, np.ndarray]:
    """Place the junctions on a plane, in metres."""
    middle = (round(float(axis.mean()), 1) for axis in (streets.lon, streets.lat))
    return plane_of(*middle).forth.transform(streets.lon, streets.lat)


def buffered(streets: Streets, times: np.ndarray) -> list[Any]:
    """Buffer and unite the streets within each cutoff: the recipe of OSMnx."""
    x, y = on_plane(streets)
    found = []
    for cutoff in CUTOFFS:
        near = times <= cutoff * 600
        arcs = np.flatnonzero(near[streets.tail] & near[streets.head] & (streets.tail < streets.head))
        ends = [np.column_stack([x[end[arcs]], y[end[arcs]]]) for end in (streets.tail, streets.head)]
        found.append(shapely.union_all(shapely.buffer(shapely.linestrings(np.stack(ends, axis=1)), BUFFER)))
    return found


def hulls(streets: Streets, times: np.ndarray) -> list[Any]:
    """Wrap the junctions within each cutoff."""
    from concave_hull import concave_hull

    x, y = on_plane(streets)
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
    told = f"{(times <= 600 * max(CUTOFFS)).sum():,} | {1000 * own:.0f} | {1000 * recipe:.0f} ({recipe / own:.0f}×)"
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
    print("| streets | junctions reached | commute ms | buffer + union ms | concave hull ms |\n|---|---|---|---|---|")
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
