"""One self-contained HTML page of a comparison: a map, its numbers, journeys and sources, that needs no network."""

from __future__ import annotations

import datetime as dt
import html
import json
import math
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from commute._version import __version__
from commute.errors import ParameterError
from commute.io.files import replacing
from commute.show import palette
from commute.show.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

    from commute.measure.comparison import Comparison
    from commute.model.network import Network

SCRIPTS = ("words.js", "map.js", "tables.js", "journeys.js", "main.js")  # one module, in this order
LEG_COLUMNS = ("scenario", "journey", "from_id", "to_id", "leg", "kind", "from_place", "to_place", "line", "minutes")
_DECIMALS = 4  # of a degree: eleven metres, under a pixel at the nearest zoom
_TOLERANCE = 0.0003  # degrees that a drawn outline may stray: about thirty metres
_LAND_TOLERANCE = 0.001
_MARGIN = 1.6  # degrees of land kept around the cities


def write_page(
    comparison: Comparison,
    path: str | Path,
    *,
    journeys: pd.DataFrame | None = None,
    title: str | None = None,
    language: str = "en",
) -> Path:
    """Write a comparison as one HTML file that opens without any network, and return its path.

    Parameters
    ----------
    comparison
        What `commute.compare` returns.
    path
        The file to write; it is written beside and renamed, so it is whole or not there.
    journeys
        Legs as `commute.journeys` tells them, with a ``scenario`` column ("base" for the base); of each pair
        the typical journey (``journey`` 0) is told.
    title
        The headline; by default the title of the scenario.
    language
        ``en`` or ``zh``: the language the page opens in. It can be changed on the page.

    Raises
    ------
    ParameterError
        For an unknown language, and for journeys without a column they need.
    DataFileError
        If the folder does not exist.
    """
    if language not in WORDS:
        raise ParameterError(f"language is {' or '.join(map(repr, WORDS))}, not {language!r}.")
    names = _scenario_names(comparison)
    content = {
        "language": language,
        "words": _words(),
        "title": title,
        "scenarios": list(names),
        "scenario_names": names,
        **_said_of(comparison),
        **_numbers(comparison),
        "journeys": _told(comparison.base, journeys),
        "map": _map(comparison),
    }
    headline = next(iter(names.values()))[language] if title is None else title
    return _write(Path(path), _document(content, title=headline, language=language))


# -- the document --------------------------------------------------------------------------------------------


def _document(content: Mapping[str, Any], *, title: str, language: str) -> str:
    """Fill the slots of the template; everything read from a table travels as JSON and becomes text in the page."""
    library = _asset("maplibre-gl/maplibre-gl.js").rpartition("//# sourceMappingURL=")[0]
    return Template(_asset("page.html")).substitute(
        language="zh-Hans" if language == "zh" else "en",
        title=html.escape(title),
        generator=html.escape(f"commute {__version__}"),
        library_style=_asset("maplibre-gl/maplibre-gl.css"),
        style=_colours() + _asset("page.css"),
        library=library,
        script="\n".join(_asset(name) for name in SCRIPTS),
        data=_embedded(content),
    )


def _asset(name: str) -> str:
    return files("commute.show").joinpath("assets", name).read_text(encoding="utf-8")


def _embedded(content: Mapping[str, Any]) -> str:
    """Write JSON that can stand inside a script element: no ``<`` that could end it, no line separators."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _colours() -> str:
    """Write the palette of every picture as style properties of the page."""
    colours = {name: getattr(palette, name.upper()) for name in ("sea", "land", "coast", "ink", "muted", "paper")}
    colours |= {name: getattr(palette, name.upper()) for name in ("gained", "kept", "lost")}
    colours |= {"time-near": palette.TIME_ANCHORS[0], "time-far": palette.TIME_ANCHORS[1]}
    colours |= {"road": palette.MODES["highway"][0], "rail": palette.MODES["rail"][0]}
    colours |= {"bridge": palette.MODES["bridge"][0]}
    return ":root {" + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + "}\n"


def _words() -> dict[str, dict[str, str]]:
    """Join the words of every picture with those of the page."""
    own: dict[str, dict[str, str]] = json.loads(_asset("words.json"))
    return {language: WORDS[language] | own[language] for language in WORDS}


def _write(path: Path, text: str) -> Path:
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return path


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
        "sources": _frame(base.sources.reset_index()),
        **_names(base),
    }


def _names(base: Network) -> dict[str, Any]:
    """Give every place and line by identifier, and the Chinese name of each English one."""
    places = {}
    for row in base.places.reset_index().to_dict("records"):
        at = [round(row["lon"], _DECIMALS), round(row["lat"], _DECIMALS)]
        people = _plain(row["population"])
        places[row["place_id"]] = _both(row["name"], row["name_zh"]) | {
            "kind": row["kind"], "at": at, "population": people,
        }  # fmt: skip
    lines = {row["line_id"]: _both(row["name"], row["name_zh"]) for row in base.lines.reset_index().to_dict("records")}
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
            f"The journeys have no column {', '.join(missing)}: they need what journeys() returns, and a scenario column."
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
    """Turn a cell into what JSON has: numbers to five digits after the point, and null for what is not there or unreached."""
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
        "changes": _changes(base, changed=comparison.links),
    }


def _drawn(shapes: Sequence[Any], *, tolerance: float) -> list[Any]:
    """Return the shapes as they are drawn: rounded and simplified. What is counted never comes from these."""
    rounded = shapely.set_precision(shapely.make_valid(list(shapes)), 10.0**-_DECIMALS)
    return list(shapely.simplify(rounded, tolerance))


def _outlines(frame: gpd.GeoDataFrame, *, properties: Mapping[str, str]) -> dict[str, Any]:
    rows = frame[list(properties)].rename(columns=dict(properties)).to_dict("records")
    plain = ({name: _plain(value) for name, value in row.items()} for row in rows)
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


def _straight(base: Network, links: pd.DataFrame) -> list[Any]:
    ends = (base.places.geometry.loc[links[end]] for end in ("from_id", "to_id"))
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
    marked = zip(links["mode"], keys, strict=True)
    return _collection(_straight(base, links), ({"mode": mode, "removed_in": gone.get(key, "")} for mode, key in marked))


def _changes(base: Network, *, changed: pd.DataFrame) -> dict[str, Any]:
    """Draw what a scenario changes, where both ends are places of the base."""
    known = changed[changed["from_id"].isin(base.places.index) & changed["to_id"].isin(base.places.index)]
    return _collection(_straight(base, known), known[["scenario", "change"]].to_dict("records"))
