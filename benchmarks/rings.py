"""Time four nested rings from times at junctions beside the usual recipes, on real streets.

    python benchmarks/rings.py

The recipe of OSMnx buffers every street reached by 25 m and unites them, once for each ring; the concave hull (package
``concave_hull``, left out where absent) wraps the junctions. One thread, processor time, median of the runs.
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

from commute import Streets
from commute.kernels.bounded import search
from commute.measure.expansion import Expansion, plane_of, rings

if TYPE_CHECKING:
    from collections.abc import Callable

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


def buffered(streets: Streets, times: np.ndarray) -> list[Any]:
    """Buffer and unite the streets within each cutoff: the recipe of OSMnx."""
    x, y = plane_of(114.3, 30.6).forth.transform(streets.lon, streets.lat)
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

    x, y = plane_of(114.3, 30.6).forth.transform(streets.lon, streets.lat)
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


def compared(mode: str, streets: Streets) -> str:
    """Return one line: how long each recipe takes, and how many times that of commute."""
    origin = int(streets.snap(114.30, 30.56)["node"][0])
    times = search(streets.csr, [origin], [0], 600 * max(CUTOFFS))
    own = seconds(lambda: rings([Expansion(streets, times)], CUTOFFS), 9)
    recipe = seconds(lambda: buffered(streets, times), 1)
    told = f"{mode}: {(times <= 600 * max(CUTOFFS)).sum()} junctions; commute {1000 * own:.0f} ms"
    told += f"; buffer + union {recipe:.1f} s ({recipe / own:.0f}x)"
    if not find_spec("concave_hull"):
        return told
    hull = seconds(lambda: hulls(streets, times), 3)
    return f"{told}; concave hull {1000 * hull:.0f} ms ({hull / own:.2f}x)"


def main() -> None:
    """Print one line for each way of travel."""
    for mode in ("walk", "drive"):
        streets = wuhan(mode)
        if streets is None:
            sys.exit("There is no wuhan_8989.parquet: set COMMUTE_NETWORKS to the folder that holds it.")
        print(compared(mode, streets))


if __name__ == "__main__":
    main()
