"""Lines: streets from a table of anybody's lines with their speeds or minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.errors import ParameterError
from commute.io.osmnx import bends_of
from commute.model import ground
from commute.model.arcs import OBSERVED, SIGNED, SPEEDS
from commute.model.clock import DECISECONDS
from commute.model.streets import Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AGAINST = {"-1", "reverse"}
_BOTH = {"no", "false", "0", "", "nan", "none", "<na>"}
_ALONG = {"yes", "true", "1"}
_SAID = ("way", "road", "name", "bridge", "tunnel")


def from_lines(
    lines: gpd.GeoDataFrame, /, *, speed: str | None = None, mode: str = "drive", decimals: int = 6, source: str = ""
) -> Streets:
    """Make streets of LineStrings, which are joined where their ends are the same point.

    Parameters
    ----------
    lines
        Lines with a CRS. Column ``kph``, or ``minutes`` for the whole line; if wanted ``oneway`` (true, or as
        OpenStreetMap has it: ``yes``, ``-1``, ``no``), ``way``, ``road``, ``name``, ``bridge``, ``tunnel``, ``speed``.
    speed
        Where the speeds are from, unless the column ``speed`` says it line by line: ``signed``, limits that traffic
        slows; ``observed``, measured on the road, which stay as they are; ``class``. Without it ``kph`` are limits and
        ``minutes`` are observed.
    mode
        Who uses the streets.
    decimals
        Of the degrees to which ends are rounded to find those that are the same: 6 is 0.1 m.

    Raises
    ------
    ParameterError
        For a table without CRS, lines or speeds, with other geometries, or with values that are none of the above.
    """
    table, chosen = _checked(lines, speed)
    geometry = np.asarray(table.geometry.to_crs("EPSG:4326").array)
    ends = np.round(np.concatenate([_end(geometry, 0), _end(geometry, -1)]), decimals)
    place, node = np.unique(ends, axis=0, return_inverse=True)
    first, last = node.reshape(2, -1)
    metres = _metres(geometry)
    along, against = _directions(table)
    row = np.concatenate([np.flatnonzero(along), np.flatnonzero(against)])
    turned = np.arange(len(row)) >= along.sum()
    with np.errstate(divide="ignore", invalid="ignore"):  # from_arrays refuses the minutes that come of it
        given = table["minutes" if "minutes" in table else "kph"].to_numpy(np.float64)
        minutes = given if "minutes" in table else 0.06 * metres / given
        kph = table["kph"].to_numpy(np.float64) if "kph" in table else 0.06 * metres / minutes
    said = {"metres": metres, "kph": kph, "speed": chosen} | {name: table[name] for name in _SAID if name in table}
    return Streets.from_arrays(
        np.where(turned, last[row], first[row]),
        np.where(turned, first[row], last[row]),
        np.where(minutes > 0, np.maximum(minutes, 1 / DECISECONDS), minutes)[row],
        place[:, 0],
        place[:, 1],
        attributes={name: np.asarray(values)[row] for name, values in said.items()},
        bends=bends_of(np.where(turned, shapely.reverse(geometry[row]), geometry[row])),
        mode=mode,
        source=source,
    )


def _checked(lines: gpd.GeoDataFrame, speed: str | None) -> tuple[gpd.GeoDataFrame, NDArray[Any]]:
    """Return single lines and where the speed of each is from."""
    if not isinstance(lines, gpd.GeoDataFrame) or not len(lines):
        raise ParameterError("lines must be a GeoDataFrame with at least one line.")
    if lines.crs is None:
        raise ParameterError("lines have no CRS. Say which with set_crs(…).")
    if not {"kph", "minutes"} & set(lines.columns):
        raise ParameterError(f"lines need a column kph or minutes; got {', '.join(map(str, lines.columns))}.")
    table = lines.explode(ignore_index=True)
    wrong = ~(table.geometry.geom_type == "LineString") | table.geometry.is_empty
    if wrong.any():
        kinds = ", ".join(sorted({str(kind) for kind in table.geometry.geom_type[wrong]}))
        raise ParameterError(f"lines must be LineStrings; {wrong.sum()} of {len(table)} are not: {kinds}.")
    if "minutes" in table and len(table) > len(lines):
        raise ParameterError("lines with minutes must be one piece each: the parts of a MultiLineString have none.")
    usual = speed or (OBSERVED if "minutes" in table else SIGNED)
    chosen = table["speed"].fillna(usual) if "speed" in table else pd.Series(usual, index=table.index)
    unknown = sorted({str(value) for value in chosen} - set(SPEEDS))
    if unknown:
        raise ParameterError(f"speed cannot be {', '.join(unknown)}: choose one of {', '.join(SPEEDS)}.")
    return table, np.asarray(chosen, dtype=object)


def _end(geometry: NDArray[Any], which: int) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.get_point(geometry, which)))


def _metres(geometry: NDArray[Any]) -> NDArray[np.float64]:
    """Measure lines along the ground."""
    points, line = shapely.get_coordinates(geometry, return_index=True)
    lon, lat = points.T
    step = 1000 * ground.distance_km(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.asarray(np.bincount(line[1:], np.where(np.diff(line) == 0, step, 0.0), len(geometry)), dtype=np.float64)


def _directions(table: gpd.GeoDataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if "oneway" not in table:
        both = np.ones(len(table), dtype=np.bool_)
        return both, both
    said = table["oneway"].map(lambda value: str(value).strip().casefold().removesuffix(".0"))
    unknown = sorted(set(said) - _ALONG - _AGAINST - _BOTH)
    if unknown:
        raise ParameterError(f"oneway cannot be {', '.join(unknown)}: it is true, false, yes, no or -1.")
    return ~said.isin(_AGAINST).to_numpy(), ~said.isin(_ALONG).to_numpy()
