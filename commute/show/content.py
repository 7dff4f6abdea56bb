"""What the page of a comparison says, as plain values that JSON can carry: names, numbers and drawn outlines."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from commute._version import __version__
from commute.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

    from commute.measure.comparison import Comparison
    from commute.model.network import Network

LEG_COLUMNS = ("scenario", "journey", "from_id", "to_id", "leg", "kind", "from_place", "to_place", "line", "minutes")
_DECIMALS = 4  # of a degree: eleven metres, under a pixel at the nearest zoom
_TOLERANCE = 0.0003  # degrees that a drawn outline may stray: about thirty metres
_LAND_TOLERANCE = 0.001
_MARGIN = 1.6  # degrees of land kept around the cities


def content(comparison: Comparison, *, journeys: pd.DataFrame | None) -> dict[str, Any]:
    """Gather all that the page says of a comparison and of the legs of its journeys."""
    names = _scenario_names(comparison)
    return {
        "scenarios": list(names),
        "scenario_names": names,
        **_said_of(comparison),
        **_numbers(comparison),
        "journeys": _told(comparison.base, journeys),
        "map": _map(comparison),
    }


# -- what is said ----------------------------------------------------------------------------------------------


def _both(english: str, chinese: object) -> dict[str, str]:
    """Give a name in both languages; English where there is no Chinese one."""
    return {"en": english, "zh": chinese if isinstance(chinese, str) and chinese else english}


def _scenario_names(comparison: Comparison) -> dict[str, dict[str, str]]:
    return {one.name: _both(one.title or one.name, one.title_zh or one.title) for one in comparison.scenarios}


def _said_of(comparison: Comparison) -> dict[str, Any]:
    """Say what was compared: names in both languages, basis, date, hashes, assumptions and sources."""
    base, assumptions = comparison.base, comparison.assumptions
    manifest = {
        "basis": str(comparison.summary["basis"].iloc[0]),
        "as_of": base.date.isoformat() if base.date else None,
        "version": __version__,
        "data_hash": base.data_hash,
        "assumptions_hash": assumptions.hash,
    }
    chosen = assumptions.to_dict()
    return {
        "manifest": manifest,
        "region": _both(base.region.name, base.region.name_zh) if base.region else None,
        "choices": {name: chosen[name] for name in ("basis", "period", "wait_rule", "travel")},
        "assumptions": _frame(assumptions.table().reset_index()),
        "sources": _frame(_of_all(comparison, "sources").reset_index()),
        **_names(comparison),
    }


def _of_all(comparison: Comparison, table: str) -> pd.DataFrame:
    """Return the rows of a table that any of the networks compared has, those of the base first."""
    tables: list[pd.DataFrame] = [getattr(one, table) for one in (comparison.base, *comparison.networks.values())]
    rows = pd.concat(tables)
    return rows.loc[~rows.index.duplicated()]


def _names(comparison: Comparison) -> dict[str, Any]:
    """Give every place and line by identifier, and the Chinese name of each English one."""
    places = {}
    for row in _of_all(comparison, "places").reset_index().to_dict("records"):
        at = [round(row["lon"], _DECIMALS), round(row["lat"], _DECIMALS)]
        people = _plain(row["population"])
        places[row["place_id"]] = _both(row["name"], row["name_zh"]) | {
            "kind": row["kind"], "at": at, "population": people,
        }  # fmt: skip
    known = _of_all(comparison, "lines").reset_index().to_dict("records")
    lines = {row["line_id"]: _both(row["name"], row["name_zh"]) for row in known}
    named = {one["en"]: one["zh"] for one in (*places.values(), *lines.values()) if one["zh"] != one["en"]}
    return {"places": places, "lines": lines, "names": named}


# -- numbers ---------------------------------------------------------------------------------------------------


def _numbers(comparison: Comparison) -> dict[str, Any]:
    inside = [str(name) for name in comparison.places.columns if str(name).startswith("inside_")]
    reached = ("scenario", "origin_id", "place_id", "before", "after", "population", *inside)
    return {
        "cutoffs": sorted(_plain(float(name.removeprefix("inside_"))) for name in inside),
        "summary": _frame(comparison.summary),
        "pairs": _frame(comparison.pairs),
        "reached": _frame(comparison.places, columns=reached),
        "links": _frame(comparison.links),
    }


def _told(base: Network, journeys: pd.DataFrame | None) -> dict[str, list[Any]]:
    """Give the legs of the typical journeys, ``journey`` 0, in their order, with the cities they lead between.

    Door to door the typical journey may lead between other districts in the scenario than in the base; the pair of
    cities is what both sides share.
    """
    legs = pd.DataFrame(columns=list(LEG_COLUMNS)) if journeys is None else journeys
    missing = [name for name in LEG_COLUMNS if name not in legs.columns]
    if missing:
        raise ParameterError(
            f"The journeys have no column {', '.join(missing)}: "
            "they need what journeys() returns, and a scenario column."
        )
    city = base.places["parent"].where(base.places["kind"] == "county", base.places.index.to_series())
    typical = legs[legs["journey"] == 0]
    typical = typical.assign(from_city=typical["from_id"].map(city), to_city=typical["to_id"].map(city))
    return _frame(typical.sort_values(["from_id", "to_id", "leg"], kind="stable"))


def _frame(frame: pd.DataFrame, *, columns: Iterable[str] | None = None) -> dict[str, list[Any]]:
    """Turn a frame into its columns and rows of plain values."""
    names = list(frame.columns if columns is None else columns)
    rows = zip(*(frame[name] for name in names), strict=True)
    return {"columns": names, "rows": [[_plain(value) for value in row] for row in rows]}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a frame
    """Turn a cell into what JSON has: numbers to five decimals, and null for what is not there or not reached."""
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date) and not pd.isna(value):
        return value.isoformat()[:10]
    if value is None or pd.isna(value) or not math.isfinite(value):
        return None
    number = round(float(value), 5)
    return int(number) if number.is_integer() else number


# -- the map ---------------------------------------------------------------------------------------------------


def _map(comparison: Comparison) -> dict[str, Any]:
    base = comparison.base
    west, south, east, north = (float(edge) for edge in base.places.loc[list(base.cities)].total_bounds)
    frame = (west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN)
    land = [] if base.land is None else shapely.clip_by_rect(base.land.geometry.to_numpy(), *frame)
    circle = {"scenario": "scenario", "origin_id": "origin", "cutoff": "cutoff", "direction": "direction"}
    circle |= {"people": "people", "cities": "cities"}
    area = {"scenario": "scenario", "origin_id": "origin", "cutoff": "cutoff", "change": "change"}
    return {
        "bounds": [[west, south], [east, north]],
        "frame": [[frame[0], frame[1]], [frame[2], frame[3]]],
        "land": _collection(_drawn(land, tolerance=_LAND_TOLERANCE), ({} for _ in land)),
        "circles": _outlines(comparison.circles, properties=circle),
        "areas": _outlines(comparison.areas, properties=area),
        "links": _links(base, removed=comparison.links[comparison.links["change"] == "removed"]),
        "changes": _changes(comparison),
    }


def _drawn(shapes: Sequence[Any], *, tolerance: float) -> list[Any]:
    """Return the shapes as they are drawn: rounded and simplified. What is counted never comes from these."""
    rounded = shapely.set_precision(shapely.make_valid(list(shapes)), 10.0**-_DECIMALS)
    return list(shapely.simplify(rounded, tolerance))


def _outlines(frame: gpd.GeoDataFrame, *, properties: Mapping[str, str]) -> dict[str, Any]:
    rows = zip(*(frame[column] for column in properties), strict=True)
    names = list(properties.values())
    plain = (dict(zip(names, map(_plain, row), strict=True)) for row in rows)
    return _collection(_drawn(frame.geometry.to_numpy(), tolerance=_TOLERANCE), plain)


def _collection(shapes: Iterable[Any], properties: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Build a GeoJSON feature collection; coordinates are rounded in decimal, for 113.9 is no binary fraction."""
    features = []
    for shape, values in zip(shapes, properties, strict=True):
        geometry = None if shape is None or shape.is_empty else _rounded(shapely.geometry.mapping(shape))
        features.append({"type": "Feature", "properties": dict(values), "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _rounded(value: Any) -> Any:  # noqa: ANN401 - a GeoJSON geometry, at any depth
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _straight(places: pd.DataFrame, links: pd.DataFrame) -> list[Any]:
    ends = (places["geometry"].loc[links[end]] for end in ("from_id", "to_id"))
    return [shapely.LineString(pair) for pair in zip(*ends, strict=True)]


def _links(base: Network, *, removed: pd.DataFrame) -> dict[str, Any]:
    """Draw what runs in the base, each link marked with the scenarios that take it away."""
    gone: dict[tuple[str, frozenset[str]], str] = {}
    for row in removed.to_dict("records"):
        key = (row["line_id"], frozenset((row["from_id"], row["to_id"])))
        gone[key] = f"{gone.get(key, '|')}{row['scenario']}|"
    links = base.operating_links
    ends = (frozenset(pair) for pair in zip(links["from_id"], links["to_id"], strict=True))
    keys = zip(links["line_id"], ends, strict=True)
    marks = [gone.get(key, "") for key in keys]
    properties = [{"mode": mode, "removed_in": mark} for mode, mark in zip(links["mode"], marks, strict=True)]
    return _collection(_straight(base.places, links), properties)


def _changes(comparison: Comparison) -> dict[str, Any]:
    """Draw the links that a scenario adds, removes or gives another time."""
    links = comparison.links
    joined = links[links["from_id"].notna() & links["to_id"].notna()]
    pairs = zip(joined["scenario"], joined["change"], strict=True)
    lines = _straight(_of_all(comparison, "places"), joined)
    return _collection(lines, ({"scenario": name, "change": change} for name, change in pairs))
