"""Maps of OpenStreetMap: a file read as streets, clipped to an area.

PBF files are decoded by ``kernels.pbf``, not by a library. Those there are were measured (``benchmarks/pbf.py``; CPU
seconds and peak memory, on two cores):

===========================  ====================  ===========================
                             Liechtenstein, 1 MB   made, 200 MB, 1.8 M ways
===========================  ====================  ===========================
commute: ways and nodes                            14 s, 1.5 GB
pyosmium 4.3: the same       0.16 s, 0.1 GB        54 s, 0.4 GB
commute: streets             0.06 s, 0.3 GB        29 s, 4.1 GB
pyrosm 0.25: nodes, edges    0.07 s, 0.4 GB        past 140 s and 16 GB: ended
OSMnx 2.1: graph, from XML   1.6 s, 0.4 GB
===========================  ====================  ===========================

pyosmium hands out nodes and tags as one Python object each; pyrosm keeps a table of every tag of every piece between
two nodes; QuackOSM 0.19 stops at an AttributeError with DuckDB 2.0. Decoded here, nodes, ways and tags are arrays from
the first byte, and a PBF file needs nothing that is not installed anyway. pyosmium turns the other formats into PBF.
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
