"""Count a 100 m grid of the Greater Bay Area over streets, and tell the time and the memory of each step.

    python benchmarks/population.py                     a made grid, 400,000 made junctions, 64 origins
    python benchmarks/population.py --junctions 1500000
    python benchmarks/population.py --origins 1000

The grid has the size of WorldPop's for the box round the region: cells of 3 arc seconds, 18.7 million of them, some six
million inside an outline with a coast, 2.5 million of those with people. Peak memory is that of the process so far; the
grid is also read in a process of its own. One sample of the cells is counted again with numpy, and must agree.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import networks
import numpy as np
import shapely
from timing import peak_gb

from commute import Streets, reach, read_population
from commute.kernels.sweep import distances
from commute.measure.people import counted, people_on

if TYPE_CHECKING:
    from collections.abc import Iterator

WEST, NORTH, CELL = 111.3, 24.5, 1 / 1200  # degrees
COLUMNS, ROWS = 5040, 3720
WITH_PEOPLE = 0.42  # of the cells inside
MINUTES = (30, 60)


def outline() -> gpd.GeoSeries:
    """Make a region of some six million cells with a coast of 20,000 corners."""
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    random = np.random.default_rng(1)
    wave = sum(random.normal(0, 0.12 / k) * np.cos(k * turn + random.uniform(0, 6)) for k in range(2, 400))
    x = WEST + COLUMNS * CELL * (0.5 + 0.33 * (1 + wave) * np.cos(turn))
    y = NORTH - ROWS * CELL * (0.5 + 0.33 * (1 + wave) * np.sin(turn))
    box = shapely.box(WEST, NORTH - ROWS * CELL, WEST + COLUMNS * CELL, NORTH)
    shape = shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))
    return gpd.GeoSeries([shapely.intersection(shape, box)], crs="EPSG:4326")


def write_grid(path: Path) -> None:
    """Write a grid of people, block by block."""
    import rasterio
    from affine import Affine

    layout = {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate", "nodata": -99999.0}
    where = {"transform": Affine(CELL, 0, WEST, 0, -CELL, NORTH), "crs": "EPSG:4326"}
    shape = {"height": ROWS, "width": COLUMNS, "count": 1, "dtype": "float32"}
    random = np.random.default_rng(2)
    with rasterio.open(path, "w", driver="GTiff", **where, **shape, **layout) as raster:
        for _, window in raster.block_windows(1):
            size = window.height, window.width
            people = np.where(random.random(size) < WITH_PEOPLE, random.gamma(0.7, 45, size), 0)
            people[random.random(size) < 0.1] = layout["nodata"]
            raster.write(people.astype(np.float32), 1, window=window)


def made_streets(junctions: int) -> Streets:
    """Spread a made network over the region."""
    arcs = networks.made(junctions)
    lon = WEST + COLUMNS * CELL * (0.17 + 0.66 * arcs.x / arcs.x.max())
    lat = NORTH - ROWS * CELL * (0.17 + 0.66 * arcs.y / arcs.y.max())
    return Streets.from_arrays(arcs.tail, arcs.head, arcs.weight / 600, lon.clip(-180, 180), lat)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time a step and tell the peak after it."""
    begun, busy = time.perf_counter(), time.process_time()
    yield
    waited, worked = time.perf_counter() - begun, time.process_time() - busy
    print(f"{name:<60}{waited:7.2f} s, {worked:6.2f} s of processors   peak {peak_gb():.2f} GB", flush=True)


def alone(path: Path) -> None:
    """Read the grid in a process that does nothing else."""
    shape = outline()
    with step("read what is inside the outline, in a process of its own"):
        cells = read_population(path, within=shape)
    print(f"  {len(cells):,} cells with people, {cells['people'].sum():,.0f} people")
    with step("read the grid, all of it, in the same process"):
        cells = read_population(path)
    print(f"  {len(cells):,} cells with people, {cells['people'].sum():,.0f} people")


def question(path: Path, junctions: int, origins: int) -> None:
    """Count the grid over streets."""
    with step(f"make streets of {junctions:,} junctions"):
        streets = made_streets(junctions)
    with step("prepare them"):
        streets.prepare()
    with step("read what is inside the outline"):
        frame = read_population(path, within=outline())
    with step("snap one cell: a tree of the junctions, their components"):
        people_on(streets, frame[:1])
    with step(f"snap {len(frame):,} cells, one thread"):
        cells = people_on(streets, frame)
    with step(f"snap {len(frame):,} cells, two threads"):
        people_on(streets, frame, threads=2)
    print("  " + ", ".join(f"{name} {value:,.0f}" for name, value in cells.said.items()))
    asked = np.random.default_rng(3).integers(0, streets.nodes, origins)
    weights = np.bincount(cells.node[cells.node >= 0], minlength=streets.nodes)
    reach(streets, asked[:64], MINUTES, weights=weights)
    reach(streets, asked[:1], MINUTES, weights=cells)  # compiles
    with step(f"reach of {origins:,} origins, an array per junction"):
        reach(streets, asked, MINUTES, weights=weights)
    with step(f"reach of {origins:,} origins, every cell at its own time"):
        frame = reach(streets, asked, MINUTES, weights=cells)
    with step(f"reach of {origins:,} origins, every cell, two threads"):
        again = reach(streets, asked, MINUTES, weights=cells, threads=2)
    if not again.equals(frame):
        raise SystemExit("Two threads count otherwise than one.")
    times = distances(streets.prepared, asked[:3], [0] * 3, range(4))
    naive = np.array([counted(cells, one, MINUTES) for one in times])
    if not np.array_equal(naive.ravel(), frame["people"].to_numpy()[: naive.size]):
        raise SystemExit("reach counts otherwise than cell by cell.")
    print(f"  people within 60 minutes, mean over the origins: {frame['people'][1::2].mean():,.0f}")


def apart(work: object, *arguments: object) -> None:
    """Do it in a process of its own, whose peak is nobody else's."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def main() -> None:
    """Make the grid, read it, count it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--junctions", type=int, default=400_000)
    parser.add_argument("--origins", type=int, default=64)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.tif"
        apart(write_grid, path)
        print(f"a grid of {COLUMNS * ROWS / 1e6:.1f} million cells, {path.stat().st_size / 1e6:.0f} MB")
        apart(alone, path)
        apart(question, path, given.junctions, given.origins)


if __name__ == "__main__":
    main()
