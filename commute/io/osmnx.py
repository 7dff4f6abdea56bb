"""OSMnx: its graphs made into streets, and streets downloaded through it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from commute.errors import DataFileError, ParameterError
from commute.io.cutting import connected, told
from commute.io.osm import area
from commute.model.arcs import BY_CLASS, OBSERVED, SIGNED, SPEEDS, Bends
from commute.model.assumptions import parameters
from commute.model.clock import DECISECONDS
from commute.model.roads import class_kph, class_speeds, limit_kph
from commute.model.streets import MODES, Streets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

_NETWORKS = {"drive": "drive", "walk": "walk", "bicycle": "bike"}
_WORDS = {"road": "highway", "name": "name"}
_PATIENCE = 10.0  # seconds for the server to say that it is there


class _Speed(NamedTuple):
    minutes: float
    kph: float
    speed: str


def from_osmnx(graph: nx.MultiDiGraph[Any], *, mode: str = "drive", country: str | None = None) -> Streets:
    """Make streets of a graph of OSMnx 2.1 or later, every edge as it is there.

    An edge takes its ``travel_time`` (seconds), else its ``length`` (metres) at ``speed_kph``, else at its
    ``maxspeed``, else at the usual speed of its class ``highway`` in ``country``; on foot and by bicycle without
    ``travel_time`` at the speed of the assumptions. A time without ``speed_kph`` counts as observed, as does what an
    edge says of itself in ``speed`` (``observed``, ``signed`` or ``class``): traffic slows limits, not observations.
    Of tags that are lists the first counts, of speeds the mean, of bridges and tunnels any.

    Raises
    ------
    ParameterError
        For what is no such graph: nodes without x and y, edges without length, no CRS or one that is not in degrees;
        for unknown modes and countries.
    """
    if mode not in MODES:
        raise ParameterError(f"mode cannot be {mode!r}: choose one of {', '.join(MODES)}.")
    class_speeds(country)
    _refuse_projected(graph)
    nodes, edges = dict(graph.nodes(data=True)), list(graph.edges(data=True))
    try:
        lon, lat = (np.array([node[axis] for node in nodes.values()], dtype=np.float64) for axis in ("x", "y"))
        metres = np.array([data["length"] for *_, data in edges], dtype=np.float64)
    except (KeyError, ValueError, TypeError) as error:
        raise ParameterError(f"This is no graph of OSMnx: a node lacks x or y, or an edge length: {error!r}.") from None
    row = {name: number for number, name in enumerate(nodes)}
    speeds = [_speed(data, mode, country) for *_, data in edges]
    said: dict[str, Any] = {name: [getattr(one, name) for one in speeds] for name in ("kph", "speed")}
    said["metres"] = metres
    said |= {name: [_text(data.get(tag)) for *_, data in edges] for name, tag in _WORDS.items()}
    said |= {name: [_is(data.get(name)) for *_, data in edges] for name in ("bridge", "tunnel")}
    said["way"] = [_number(data.get("osmid")) for *_, data in edges]
    return Streets.from_arrays(
        np.array([row[tail] for tail, _, _ in edges], dtype=np.int32),
        np.array([row[head] for _, head, _ in edges], dtype=np.int32),
        np.maximum([one.minutes for one in speeds], 1 / DECISECONDS),
        lon,
        lat,
        attributes=said,
        bends=bends_of(np.array([data.get("geometry") for *_, data in edges], dtype=object)),
        mode=mode,
        source=str(graph.graph.get("created_with", "OSMnx")),
    )


def bends_of(lines: np.ndarray[Any, np.dtype[np.object_]]) -> Bends:
    """Return the points between the ends of lines; None is a straight line."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    inside = np.ones(len(points), dtype=np.bool_)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    inside[first] = False
    inside[np.append(first[1:], len(points)) - 1 if len(first) else first] = False
    start = np.concatenate([[0], np.cumsum(np.bincount(line[inside], minlength=len(lines)))])
    return Bends(start.astype(np.int64), points[inside, 0].copy(), points[inside, 1].copy())


def download_streets(place: str | shapely.Geometry, /, *, mode: str = "drive", country: str | None = None) -> Streets:
    """Download the streets of a place or within an area from OpenStreetMap, through OSMnx and its Overpass server.

    ``place`` is a name that OpenStreetMap knows with its outline, a (Multi)Polygon in degrees or a GeoDataFrame. The
    server, the cache and the patience are those of ``osmnx.settings``. The streets are those of the network type of
    OSMnx (``drive``, ``walk``, ``bike``), joined where ways meet; of several parts the largest stays, as in
    ``read_streets``.

    Raises
    ------
    DataFileError
        Where the server cannot be reached, and where there are no such streets.
    ParameterError
        For an unknown mode or country, and an area that is no polygon in degrees; without OSMnx.
    """
    if mode not in MODES:
        raise ParameterError(f"mode cannot be {mode!r}: choose one of {', '.join(MODES)}.")
    class_speeds(country)
    outline = None if isinstance(place, str) else area(place, called="place")
    graph = _downloaded(place if outline is None else outline, mode)
    streets = from_osmnx(graph, mode=mode, country=country)
    kept = connected(streets.tail, streets.head, streets.nodes)
    metres = streets.attributes["metres"].to_numpy()
    title = place if isinstance(place, str) else "an area"
    source = f"OpenStreetMap, {title}, downloaded {graph.graph.get('created_date', '')}".strip()
    return _only(streets, kept, told(source, 1 - metres[kept].sum() / metres.sum()))


def _downloaded(place: str | shapely.Geometry, mode: str) -> nx.MultiDiGraph[Any]:
    """Return the graph with a node wherever two ways meet, so that no edge is of two classes or limits."""
    try:
        import osmnx as ox  # noqa: PLC0415 - only downloads need it
        import requests  # noqa: PLC0415 - comes with osmnx
    except ImportError:
        raise ParameterError("Streets are downloaded through OSMnx: pip install 'commute-circles[streets]'.") from None
    server = ox.settings.overpass_url.rstrip("/")
    try:  # OSMnx would wait a minute before it says that nobody is there
        requests.get(f"{server}/status", timeout=_PATIENCE, **ox.settings.requests_kwargs)
        outline = ox.geocode_to_gdf(place).union_all() if isinstance(place, str) else place
        graph = ox.graph_from_polygon(outline, network_type=_NETWORKS[mode], simplify=False, retain_all=True)
        return ox.simplify_graph(graph, edge_attrs_differ=["osmid"])
    except requests.RequestException as error:
        raise DataFileError(
            f"OpenStreetMap cannot be reached at {server}: {type(error).__name__}. "
            "Check the network, or read a file with read_streets."
        ) from error
    except ValueError as error:
        raise DataFileError(f"OpenStreetMap gave no streets to {mode} on: {error}") from error


def _only(streets: Streets, kept: np.ndarray[Any, np.dtype[np.bool_]], source: str) -> Streets:
    """Return some of the arcs of streets and the junctions between them."""
    node, ends = np.unique(np.concatenate([streets.tail[kept], streets.head[kept]]), return_inverse=True)
    tail, head = ends.reshape(2, -1)
    length = np.diff(streets.bends.start)
    points = np.repeat(kept, length)
    start = np.concatenate([[0], np.cumsum(length[kept])])
    return Streets.from_arrays(
        tail,
        head,
        streets.minutes[kept],
        streets.lon[node],
        streets.lat[node],
        attributes=streets.attributes[kept],
        bends=Bends(start, streets.bends.lon[points], streets.bends.lat[points]),
        mode=streets.mode,
        source=source,
    )


def _refuse_projected(graph: nx.MultiDiGraph[Any]) -> None:
    from pyproj import CRS  # noqa: PLC0415 - only here

    said = getattr(graph, "graph", {}).get("crs")
    if said is None:
        raise ParameterError("The graph has no CRS in graph.graph['crs']. Is it from OSMnx?")
    if not CRS.from_user_input(said).is_geographic:
        raise ParameterError(f"The graph is in {said}, not in degrees. Use osmnx.project_graph(…, to_latlong=True).")


def _speed(data: Mapping[str, Any], mode: str, country: str | None) -> _Speed:
    """Say how long an edge takes, how fast that is, and where it is from."""
    metres, seconds, given = float(data["length"]), _float(data.get("travel_time")), _float(data.get("speed_kph"))
    limit = limit_kph(";".join(_texts(data.get("maxspeed"))), country=country)
    if seconds:
        minutes, kph = seconds / 60, given or 0.06 * metres / (seconds / 60)
    else:
        assumed = 0.0 if mode == "drive" else parameters()[f"speed.{mode}"].default
        kph = assumed or given or limit or class_kph(_text(data.get("highway")), country=country)
        minutes = 0.06 * metres / kph
    told_speed = data.get("speed")
    if told_speed in SPEEDS:
        return _Speed(minutes, kph, str(told_speed))
    if seconds and not given:
        return _Speed(minutes, kph, OBSERVED)
    return _Speed(minutes, kph, SIGNED if limit else BY_CLASS)


def _texts(value: object) -> list[str]:
    """Return the values of a tag, which may be missing, one, or a list."""
    values: Iterable[Any] = value if isinstance(value, list | tuple | set) else [value]
    return [str(one) for one in values if one is not None and not pd.isna(one)]


def _text(value: object) -> str:
    return next(iter(_texts(value)), "")


def _is(value: object) -> bool:
    """Tell whether a part of an edge is a bridge or tunnel, whatever its kind."""
    return any(text != "no" for text in _texts(value))


def _float(value: object) -> float:
    """Return a number above 0, the mean of a list, else 0."""
    numbers = [float(one) for one in _texts(value)]
    mean = sum(numbers) / len(numbers) if numbers else 0.0
    return mean if math.isfinite(mean) and mean > 0 else 0.0


def _number(value: object) -> int:
    text = _text(value)
    return int(text) if text.lstrip("-").isdigit() else -1
