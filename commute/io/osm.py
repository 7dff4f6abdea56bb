"""Maps of OpenStreetMap: a file read as streets, clipped to an area.

Maps are read with pyosmium, chosen by measurement (``benchmarks/pbf.py``: CPU seconds and peak memory, on two busy
cores; a made map of towns is 0.09 MB each):

=================================  ===================  ==================  ========================
                                   Liechtenstein, 1 MB  100 towns, 9 MB     2,220 towns, 200 MB
=================================  ===================  ==================  ========================
pyosmium 4.3: ways and nodes       0.20 s, 0.05 GB      2.9 s, 0.13 GB      57 s, 0.9 GB
pyosmium, nodes in a second pass   0.61 s, 0.47 GB      4.9 s, 0.10 GB
pyrosm 0.25: nodes and edges       0.09 s, 0.34 GB      2.5 s, 1.46 GB
OSMnx 2.1: graph, from XML         1.89 s, 0.35 GB      116 s, 6.13 GB
commute: streets, with pyosmium    0.17 s, 0.28 GB      3.6 s, 0.51 GB      79 s, 4.0 GB
=================================  ===================  ==================  ========================

pyosmium needs the least memory by far and keeps up with pyrosm, which holds a table of every tag of every piece between
two nodes, and reads PBF only. To hold the places of all nodes of the file, 16 bytes each, is faster than to ask for the
wanted ones in a second pass; where nodes have high numbers, as in Liechtenstein, it takes less memory as well.
QuackOSM 0.19 stops at an AttributeError with DuckDB 2.0; it gives lines without the nodes at which streets meet.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from commute.errors import DataFileError, ParameterError
from commute.io.cutting import streets_of
from commute.io.ways import read_ways
from commute.model.roads import class_speeds
from commute.model.streets import MODES

if TYPE_CHECKING:
    from pathlib import Path

    from commute.model.streets import Streets

MAPS = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".o5m")
_EAST, _NORTH = 180.0, 90.0


def read_map(path: Path, *, mode: str, within: Any, country: str | None) -> Streets:  # noqa: ANN401 - see area
    """Read streets from a map; see ``read_streets``."""
    if mode not in MODES:
        raise ParameterError(f"mode cannot be {mode!r}: choose one of {', '.join(MODES)}.")
    class_speeds(country)
    clip = None if within is None else area(within)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}.") from None
    except OSError as error:
        raise DataFileError(f"{path} cannot be read: {error.strerror}.") from error
    if not path.stat().st_size:
        raise DataFileError(f"{path} is empty. Download or extract it again.")
    ways = read_ways(path, mode=mode, country=country)
    return streets_of(ways, mode=mode, within=clip, source=f"{path.name} {digest}")


def area(within: Any, *, called: str = "within") -> shapely.Geometry:  # noqa: ANN401 - anything may be given
    """Return an area in degrees of WGS-84: a (Multi)Polygon in degrees, or a GeoSeries or GeoDataFrame with a CRS.

    Raises
    ------
    ParameterError
        For anything else, and for what cannot be degrees.
    """
    if isinstance(within, gpd.GeoDataFrame | gpd.GeoSeries):
        if within.crs is None:
            raise ParameterError(f"{called} has no CRS. Say which with set_crs(…).")
        within = within.to_crs("EPSG:4326").union_all()
    if not isinstance(within, shapely.Polygon | shapely.MultiPolygon) or within.is_empty or not within.is_valid:
        raise ParameterError(
            f"{called} must be a valid Polygon or MultiPolygon in degrees, or a table of them, got {within!r:.60}."
        )
    west, south, east, north = within.bounds
    if max(-west, east) > _EAST or max(-south, north) > _NORTH:
        raise ParameterError(
            f"{called} must be in degrees of WGS-84, got coordinates up to {east:.0f}, {north:.0f}. "
            "Give a GeoDataFrame with its CRS instead."
        )
    return within
