"""Valhalla's isochrones round points of a map, with the building of its tiles: what its own Python package takes.

    python benchmarks/valhalla_peer.py MAP.osm.pbf LON,LAT [LON,LAT ...]

Needs pyvalhalla 3.6 or later, whose wheels bring the builder of tiles; another interpreter that has it can run this
file, as nothing of commute is imported. An informative line only: Valhalla drives at speeds of its own, to the edges
of its own graph, so its rings cannot equal anybody's, and no ratio of it is a bar. Seconds by the clock on the wall.
"""

from __future__ import annotations

import importlib.metadata
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MINUTES = (15, 30, 45, 60)


def installed(python: str = sys.executable) -> bool:
    """Say whether an interpreter has Valhalla and its builder of tiles."""
    asked = [python, "-m", "valhalla", "print_bin_path"]
    done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603 - ours
    return done.returncode == 0


def timed_rings(pbf: Path, points: list[tuple[float, float]], *, python: str = sys.executable) -> dict[str, Any]:
    """Run this file by an interpreter that has Valhalla, and return what it found."""
    places = [f"{lon},{lat}" for lon, lat in points]
    asked = [python, __file__, str(pbf), *places]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return json.loads(done.stdout.splitlines()[-1])


def measure(pbf: Path, points: list[tuple[float, float]]) -> dict[str, Any]:
    """Build the tiles, then ask for the four rings of each point by car, some times over; the median of all."""
    import valhalla

    with tempfile.TemporaryDirectory() as folder:
        tiles, extract = Path(folder, "tiles"), Path(folder, "tiles.tar")
        tiles.mkdir()
        extract.touch()  # asked for, but not made
        settings = valhalla.get_config(tile_extract=extract, tile_dir=tiles, verbose=False)
        settings["mjolnir"].pop("tile_extract")
        settings["service_limits"]["isochrone"]["max_time_contour"] = max(MINUTES)
        path = Path(folder) / "valhalla.json"
        path.write_text(json.dumps(settings), "utf-8")
        begin = time.perf_counter()
        builder = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
        build = [str(builder), "-c", str(path), str(pbf)]
        subprocess.run(build, capture_output=True, check=True)  # noqa: S603 - ours
        built = time.perf_counter() - begin
        actor = valhalla.Actor(settings)
        seconds, corners = [], 0
        for lon, lat in points * 3:
            question = {"locations": [{"lon": lon, "lat": lat}], "costing": "auto", "polygons": True}
            begin = time.perf_counter()
            answer = actor.isochrone(question | {"contours": [{"time": one} for one in MINUTES]})
            seconds.append(time.perf_counter() - begin)
            rings = [part for one in answer["features"] for part in one["geometry"]["coordinates"]]
            corners = max(corners, sum(len(ring) for ring in rings))
    version = importlib.metadata.version("pyvalhalla")
    return {"version": version, "tiles": built, "rings": statistics.median(seconds), "corners": corners}


if __name__ == "__main__":
    wanted = [tuple(float(part) for part in word.split(",")) for word in sys.argv[2:]]
    print(json.dumps(measure(Path(sys.argv[1]), wanted)))
