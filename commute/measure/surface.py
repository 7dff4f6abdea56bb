"""Surface: from minutes at nodes to minutes on the ground, as discs of the time that is left.

Railways and expressways can be left only at stations and interchanges. Round each of them, and round every place
that is reached, a disc is drawn with the radius that local travel covers in the time left, clipped to the land
that hangs together with its middle inside the disc: the far bank of an estuary is not reached by looking at it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import CRS, Transformer

from commute.model.clock import DECISECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.timegraph import TimeGraph

_QUARTER = 32  # segments of a quarter circle: the area of a disc is short by 0.04 %
_SHORE_KM = 2.0  # a middle farther off the land than this (an open-sea platform) draws nothing
GRID = 1e-7  # degree, about a centimetre: coordinates are rounded to it so that nested rings stay nested


class Exits(NamedTuple):
    """Where a traveller can step out onto local streets, as parallel arrays.

    ``node``: of the time graph; ``x``, ``y``: km on the plane; ``side``: the territory; ``toll``: minutes it takes to
    get out (parking); ``km_per_minute``: the straight-line speed of local travel.
    """

    node: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    side: NDArray[np.str_]
    toll: NDArray[np.float64]
    km_per_minute: NDArray[np.float64]


class OpenRoads(NamedTuple):
    """Roads that can be left anywhere, each way apart, as parallel arrays.

    ``node``: the end a traveller comes from; ``x``, ``y``: of that end, ``dx``, ``dy``: on to the other, in km;
    ``minutes``: along the road; ``side``: the territory; ``toll`` and ``km_per_minute`` as of ``Exits``.
    """

    node: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dx: NDArray[np.float64]
    dy: NDArray[np.float64]
    minutes: NDArray[np.float64]
    side: NDArray[np.str_]
    toll: float
    km_per_minute: float


class Plane(NamedTuple):
    """A local equal-area plane in km round the middle of a network, and the pieces of land on it by territory.

    Without land (None) nothing is clipped; land without a column ``territory`` is open to all.
    """

    forth: Transformer
    back: Transformer
    land: dict[str, tuple[shapely.Geometry, ...]] | None


@lru_cache(maxsize=8)
def plane_of(network: Network) -> Plane:
    """Return the azimuthal equal-area plane centred on the network's places, with its land."""
    west, south, east, north = network.places.total_bounds
    middle = f"+lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f}"
    local = CRS.from_proj4(f"+proj=laea {middle} +datum=WGS84 +units=km +no_defs")
    forth = Transformer.from_crs("EPSG:4326", local, always_xy=True)
    back = Transformer.from_crs(local, "EPSG:4326", always_xy=True)
    if network.land is None:
        return Plane(forth, back, None)
    shapes = shapely.make_valid(network.land.geometry.to_numpy())
    flat = shapely.transform(shapes, forth.transform, interleaved=False)
    sides = network.places["territory"].unique()
    own = network.land.get("territory")
    land = {
        side: tuple(shapely.get_parts(shapely.union_all(flat if own is None else flat[(own == side).to_numpy()])))
        for side in sides
    }
    return Plane(forth, back, land)


def exits_of(graph: TimeGraph, plane: Plane, *, direction: str) -> Exits:
    """Return every node at which a traveller can step out onto local streets."""
    given, nodes, places = graph.assumptions, graph.nodes, graph.network.places
    state, kind = nodes["state"].to_numpy(), nodes["place_id"].map(places["kind"]).to_numpy()
    on_foot = (state == "foot") & ("transit" in given.travel)
    by_car = (state == "car") & np.isin(kind, ("city", "county", "interchange"))
    node = np.flatnonzero(on_foot | by_car)
    where = places.loc[nodes["place_id"].iloc[node], ["lon", "lat", "territory"]]
    x, y = plane.forth.transform(where["lon"].to_numpy(), where["lat"].to_numpy())
    side = where["territory"].to_numpy(dtype=str)
    toll = np.where(by_car[node], _parking(given, direction), 0.0)
    speed = np.where(by_car[node], _km_per_minute(given, "car"), _km_per_minute(given, "transit"))
    return Exits(node, np.asarray(x), np.asarray(y), side, toll, speed)


def open_roads_of(graph: TimeGraph, plane: Plane, *, direction: str) -> OpenRoads:
    """Return every road that can be left anywhere, from the end that a search in this direction reaches first."""
    given, edges, places = graph.assumptions, graph.edges, graph.network.places
    access = graph.network.links["line_id"].map(graph.network.lines["access"]).to_numpy()
    roads = np.flatnonzero((edges.kind == "road") & (edges.link >= 0) & (edges.time > 0))
    roads = roads[access[edges.link[roads]] == "open"]
    near, far = (edges.tail, edges.head) if direction == "from" else (edges.head, edges.tail)
    ends = [places.loc[graph.nodes["place_id"].iloc[one[roads]]] for one in (near, far)]
    (x, y), (x2, y2) = (plane.forth.transform(end["lon"].to_numpy(), end["lat"].to_numpy()) for end in ends)
    side = ends[0]["territory"].to_numpy(dtype=str)
    minutes = edges.time[roads] / DECISECONDS
    start, out = (np.asarray(x), np.asarray(y)), (_parking(given, direction), _km_per_minute(given, "car"))
    return OpenRoads(near[roads], *start, np.asarray(x2) - x, np.asarray(y2) - y, minutes, side, *out)


def _parking(given: Assumptions, direction: str) -> float:
    """Return the minutes between a moving car and the ground."""
    return given.parking["park" if direction == "from" else "unpark"]


def _km_per_minute(given: Assumptions, by: str) -> float:
    """Return the straight-line speed of local travel."""
    return given.speed[by] / given.local["circuity"] / 60


def beside(
    roads: OpenRoads, times: NDArray[np.int32], cutoff: float, *, plane: Plane, farthest_km: float
) -> shapely.Geometry:
    """Return the ground beside open roads within ``cutoff`` minutes: discs along each, shrinking to where time ends."""
    left = cutoff - times[roads.node] / DECISECONDS - roads.toll
    pieces = []
    for at in np.flatnonzero(left > 0):
        share = min(1.0, left[at] / roads.minutes[at])
        middle = shapely.Point(roads.x[at], roads.y[at])
        end = shapely.Point(roads.x[at] + share * roads.dx[at], roads.y[at] + share * roads.dy[at])
        remaining = np.array([left[at], left[at] - share * roads.minutes[at]])
        radius = np.minimum(np.maximum(remaining, 0.0) * roads.km_per_minute, farthest_km)
        discs = [point.buffer(float(km), quad_segs=_QUARTER) for point, km in zip((middle, end), radius, strict=True)]
        # The least disc that shrinks in proportion along a line sweeps the hull of its first and last.
        hull = shapely.union_all([*discs, middle, end]).convex_hull
        piece = _on_land(middle, hull, None if plane.land is None else plane.land[roads.side[at]])
        if piece is not None:
            pieces.append(piece)
    return shapely.union_all(pieces) if pieces else shapely.Polygon()


def ring(
    exits: Exits, times: NDArray[np.int32], cutoff: float, *, plane: Plane, farthest_km: float
) -> shapely.Geometry:
    """Return the ground within ``cutoff`` minutes on the plane, given deciseconds at every node."""
    left = cutoff - times[exits.node] / DECISECONDS - exits.toll
    radius = np.minimum(left * exits.km_per_minute, farthest_km)
    order = np.argsort(-radius, kind="stable")
    order = order[radius[order] > 0]
    x, y, side, radius = exits.x[order], exits.y[order], exits.side[order], radius[order]
    kept: list[int] = []
    pieces: list[shapely.Geometry] = []
    for at in range(len(order)):
        middle = shapely.Point(x[at], y[at])
        around = np.array(kept, dtype=np.int64)
        swallowed = np.hypot(x[around] - x[at], y[around] - y[at]) + radius[at] <= radius[around]
        swallowed &= side[around] == side[at]
        if any(shapely.intersects(pieces[one], middle) for one in np.flatnonzero(swallowed)):
            continue  # this disc lies inside a larger one, on the same ground
        land = None if plane.land is None else plane.land[side[at]]
        piece = _on_land(middle, middle.buffer(float(radius[at]), quad_segs=_QUARTER), land)
        if piece is not None:
            shapely.prepare(piece)
            kept.append(at)
            pieces.append(piece)
    return shapely.union_all(pieces) if pieces else shapely.Polygon()


def to_degrees(rings: Sequence[shapely.Geometry], plane: Plane) -> list[shapely.Geometry]:
    """Return rings of the plane in degrees, the smallest first: valid, and each inside the next to the last digit.

    Where a circle cuts the coast it puts a corner, rounded to the grid and so a hair off the straight coast of the
    ring outside. All outlines are therefore cut into one set of faces first, and each ring is put together from its
    own: rings that share a coast share its corners.
    """
    turned = [shapely.transform(ring, plane.back.transform, interleaved=False) for ring in rings]
    outlines = shapely.boundary([shapely.set_precision(shapely.make_valid(ring), GRID) for ring in turned])
    edges = shapely.get_parts(shapely.union_all(outlines, grid_size=GRID))
    faces = shapely.get_parts(shapely.polygonize(edges))
    middles = shapely.point_on_surface(faces)
    held = np.zeros(len(faces), dtype=bool)
    shapes = []
    for ring in turned:
        shapely.prepare(ring)
        held |= np.asarray(shapely.intersects(ring, middles), dtype=bool)
        shapes.append(shapely.coverage_union_all(faces[held]) if held.any() else shapely.Polygon())
    return shapes


def _on_land(
    middle: shapely.Point, shape: shapely.Geometry, land: tuple[shapely.Geometry, ...] | None
) -> shapely.Geometry | None:
    """Cut a shape round ``middle`` to the land that hangs together with the middle inside it."""
    if land is None:
        return shape
    box = shape.bounds
    near = [part for part in land if _overlap(part.bounds, box)]
    cut = shapely.intersection(shapely.clip_by_rect(near, *box), shape) if near else []
    parts = shapely.get_parts(cut)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        return None
    away = shapely.distance(parts, middle)
    nearest = int(np.argmin(away))
    return parts[nearest] if away[nearest] <= _SHORE_KM else None


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
