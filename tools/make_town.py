"""Make Sampleford, a town that does not exist, as a map of OpenStreetMap, a people grid and the tables of its metro.

Usage: python tools/make_town.py FOLDER

Sampleford lies at 0° N, 30° W, in the middle of the Atlantic, so that nobody takes it for a place. It has what makes
a map of streets hard: a river with three bridges, of which the motorway's is not for walkers, and a ferry; one-way
streets; ways for walkers or cyclists only; private drives; limits that are signed and others that are not. The same
numbers are drawn every time. Lengths are metres east and north of the centre.
"""

# ruff: noqa: PLR2004 - a town is made of numbers

from __future__ import annotations

import sys
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.interpolate import CubicSpline

NAME = "Sampleford"
CENTRE = -30.0, 0.0
DEGREE = 111_195.08  # metres; at the equator the same east and north
WEST, SOUTH, EAST, NORTH = -7000, -5000, 7000, 5000
SEED = 1
GRID = 0.5  # metres between the points that a node may lie on
RIVER_WIDTH = 200.0
MADE_UP = f"{NAME} is invented"  # written into every file that could be taken for one about a place

RIVER = [(2600, 5600), (2000, 4300), (2500, 3000), (1750, 1900), (1150, 900), (1250, -150), (1800, -1100),
         (1300, -2200), (200, -2900), (-300, -3900), (300, -5600)]  # fmt: skip
MOTORWAY = [(-5400, -3100), (-4200, -3350), (-1650, -3400), (0, -3150), (1500, -3000), (3400, -3150), (5400, -3500)]
MAIN_ROADS: dict[str, tuple[str, list[tuple[float, float]]]] = {
    "Western Avenue": ("primary", [(-7000, 600), (-4500, 300), (-2400, -100), (-800, 50), (0, 0)]),
    "Bridge Street": ("primary", [(0, 0), (600, 30), (1230, 60), (2000, 150), (3650, 100)]),
    "Eastern Avenue": ("primary", [(3650, 100), (5200, 500), (7000, 300)]),
    "North Road": ("primary", [(0, 0), (-200, 1200), (100, 2600), (-300, 4000), (-100, 5000)]),
    "South Road": ("primary", [(0, 0), (-400, -1200), (-1200, -2300), (-1700, -3500), (-1500, -5000)]),
    "West Ring": ("secondary", [(-1200, -2300), (-2500, -1700), (-2900, -100), (-2300, 1700), (-1200, 2500),
                                (100, 2600)]),
    "North Ring": ("secondary", [(100, 2600), (1100, 2500), (2150, 2430), (3200, 2100), (3850, 1200), (3650, 100)]),
    "East Ring": ("secondary", [(3650, 100), (3600, -1300), (3250, -2400), (3400, -3300), (3700, -4200),
                                (3300, -5000)]),
    "Forest Road": ("tertiary", [(-4500, 300), (-4750, 2200), (-4300, 3700), (-2600, 3900), (-300, 4000)]),
    "Quarry Road": ("tertiary", [(-2500, -1700), (-4500, -2100), (-7000, -1900)]),
    "Hill Road": ("tertiary", [(3200, 2100), (4500, 2900), (5600, 3200), (7000, 3700)]),
    "Lake Road": ("tertiary", [(4680, 250), (4700, 880)]),
    "Marsh Road": ("tertiary", [(3600, -1300), (5300, -1500), (6000, -400), (5200, 500)]),
    "Meadow Road": ("tertiary", [(5300, -1500), (6200, -2300), (7000, -2500)]),
    "Western Approach": ("primary", [(-7000, -2700), (-6200, -2850), (-5400, -3100)]),
    "Eastern Approach": ("primary", [(5400, -3500), (6200, -3500), (7000, -3200)]),
    "Ferry Lane": ("tertiary", [(-300, 4000), (900, 4350), (1880, 4330)]),
    "Ferry Bank": ("tertiary", [(2180, 4290), (3000, 3500), (3200, 2100)]),
}  # fmt: skip
FERRY = "Ferry Lane", "Ferry Bank"
BRIDGES = {"Bridge Street": "Old Bridge", "North Ring": "North Bridge", "Motorway": "Motorway Bridge"}
VILLAGES = {"Forest End": (-4700, 2250, 650), "Quarry Hill": (-4700, -2100, 550), "Hilltop": (5500, 3150, 600),
            "Meadows": (5500, -1550, 650)}  # fmt: skip
DISTRICTS = {"Old Town": (-150, 50), "North End": (-350, 2000), "West Hill": (-2200, 300), "South Gate": (-800, -1700),
             "Eastbank": (2500, 300), "North Bank": (3100, 1700), "Riverside": (2700, -1700)}  # fmt: skip
STATIONS = {"Westfield": (-4300, 250), "West Hill": (-2150, -250), "Central": (150, -350), "Eastbank": (2450, 250),
            "Lakeside": (4700, 430)}  # fmt: skip
FIRST = ["Abbey", "Alder", "Baker", "Barley", "Birch", "Castle", "Cedar", "Chapel", "Cherry", "Church", "Dove",
         "Elm", "Fisher", "Fox", "Garden", "Glass", "Hazel", "Heron", "Holly", "Lark", "Lime", "Linden", "Market",
         "Mill", "Mint", "Oak", "Orchard", "Otter", "Pear", "Plum", "Poplar", "Potter", "Priory", "Queen", "Rowan",
         "Salt", "School", "Silver", "Smith", "Spring", "Swan", "Tanner", "Thorn", "Tower", "Vine", "Weaver", "Willow"]
SECOND = "Street", "Lane", "Road", "Row", "Way", "Close", "Gate", "Walk", "Hill", "Court", "Drive", "End"


class Town(NamedTuple):
    """Where water and green are, and how far the houses go."""

    river: shapely.Geometry
    lake: shapely.Geometry
    park: shapely.Geometry
    houses: shapely.Geometry
    motorway: shapely.Geometry


class Line(NamedTuple):
    """A line on the map and its tags; without tags it only cuts others where it crosses them."""

    shape: shapely.Geometry
    tags: dict[str, str]


def curve(points: list[tuple[float, float]], step: float = 60.0) -> shapely.Geometry:
    """Bend a smooth line through points."""
    corners = np.asarray(points, dtype=float)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    spline = CubicSpline(along, corners) if len(corners) > 2 else None
    inner = np.linspace(0, along[-1], max(2, int(along[-1] / step)))
    every = np.unique(np.concatenate([along, inner]))
    bent = spline(every) if spline else corners
    return shapely.linestrings(np.round(bent / GRID) * GRID)


def blob(
    middle: tuple[float, float], radii: tuple[float, float], wobble: float, rng: np.random.Generator
) -> shapely.Geometry:
    """Draw something round that is no circle."""
    (x, y), (across, up) = middle, radii
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    radius = 1 + sum(wobble / k * np.sin(k * turn + rng.uniform(0, 6)) for k in (2, 3, 5))
    return shapely.polygons(np.column_stack([x + across * radius * np.cos(turn), y + up * radius * np.sin(turn)]))


def warped(points: np.ndarray, waves: np.ndarray) -> np.ndarray:
    """Push points about by a few long waves, so that no street is straight."""
    x, y = points.T
    pushes = [a * np.sin((x * np.cos(d) + y * np.sin(d)) / length + p) for a, d, length, p in waves]
    return np.asarray(points + np.column_stack([np.sum(pushes[::2], axis=0), np.sum(pushes[1::2], axis=0)]))


def ground(rng: np.random.Generator) -> Town:
    """Lay out the ground."""
    river = shapely.buffer(curve(RIVER), RIVER_WIDTH / 2)
    lake, park = blob((4700, 1250), (520, 330), 0.08, rng), blob((-1500, 1050), (480, 420), 0.06, rng)
    houses = [blob((350, -50), (3900, 2900), 0.09, rng)]
    houses += [blob((x, y), (size, 0.8 * size), 0.1, rng) for x, y, size in VILLAGES.values()]
    town = Town(river, lake, park, shapely.union_all(houses), curve(MOTORWAY))
    shapely.prepare(list(town))
    return town


def streets_of_quarter(
    quarter: shapely.Geometry, spacing: float, waves: np.ndarray, rng: np.random.Generator
) -> list[shapely.Geometry]:
    """Fill a quarter with streets in two directions, a little beyond its edge, so that they meet what bounds it."""
    middle, reach = np.array(quarter.centroid.coords[0]), np.hypot(*np.ptp(np.reshape(quarter.bounds, (2, 2)), axis=0))
    turn = rng.uniform(0, np.pi / 2)
    found = []
    for angle, wide in ((turn, 1.0), (turn + np.pi / 2 + rng.normal(0, 0.12), 1.5)):
        along, aside = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        steps = np.arange(-reach / 2, reach / 2, 70.0)
        for row in np.arange(-reach / 2, reach / 2, wide * spacing):
            points = middle + steps[:, None] * along + (row + rng.normal(0, 0.09 * spacing)) * aside
            street = shapely.intersection(shapely.linestrings(warped(points, waves)), shapely.buffer(quarter, 4))
            found += [part for part in shapely.get_parts(street) if part.length > spacing / 2]
    return found


def main_roads(town: Town) -> list[Line]:
    """Return the roads that are drawn by hand."""
    lines = []
    for name, (road, points) in MAIN_ROADS.items():
        lines.append(Line(curve(points), {"highway": road, "name": name}))
    return [*lines, Line(town.river.boundary, {}), Line(town.houses.boundary, {})]


def collectors(town: Town, roads: list[Line], rng: np.random.Generator) -> list[Line]:
    """Return roads between quarters of about a square kilometre, where no main road is near."""
    west, south, east, north = town.houses.bounds
    cells = [(x, y) for x in np.arange(west, east, 950) for y in np.arange(south, north, 950)]
    points = np.array(cells) + rng.uniform(-330, 330, (len(cells), 2))
    edges = shapely.voronoi_polygons(shapely.multipoints(points), only_edges=True)
    near_main = shapely.buffer(shapely.union_all([line.shape for line in roads if line.tags]), 110)
    free = shapely.difference(town.houses, shapely.union_all([town.river.buffer(110), town.park, town.lake.buffer(60)]))
    free = shapely.difference(free, town.motorway.buffer(160))
    found = []
    for edge in shapely.get_parts(shapely.line_merge(edges)):
        inside = shapely.intersection(edge, free)
        for part in shapely.get_parts(inside):
            if part.length > 250 and part.intersection(near_main).length < 0.4 * part.length:
                longer = shapely.segmentize(part, 70)
                found.append(Line(longer, {"highway": "tertiary"}))
    return found


def small_streets(town: Town, roads: list[Line], rng: np.random.Generator) -> list[Line]:
    """Return the streets where people live, and lanes through the fields."""
    waves = np.array([(rng.uniform(25, 60), rng.uniform(0, 6), rng.uniform(150, 420), rng.uniform(0, 6))
                      for _ in range(8)])  # fmt: skip
    kept_free = shapely.union_all([town.river.buffer(15), town.lake.buffer(30), town.park, town.motorway.buffer(150)])
    bounds = shapely.union_all([line.shape for line in roads])
    quarters = shapely.get_parts(shapely.polygonize(shapely.get_parts(bounds)))
    fields = shapely.difference(shapely.box(WEST, SOUTH, EAST, NORTH), shapely.buffer(town.houses, -90))
    names = [" ".join(pair) for pair in product(FIRST, SECOND)]
    rng.shuffle(names)
    found: list[Line] = []
    for quarter in quarters:
        if not town.houses.covers(quarter.representative_point()):
            continue
        spacing = min(175, 115 + 0.025 * shapely.distance(quarter.centroid, shapely.Point(0, 0)))
        built = shapely.difference(quarter, kept_free)
        for street in streets_of_quarter(built, spacing, waves, rng) if built.area > 2e4 else []:
            found.append(Line(street, residential(street, rng) | {"name": names[len(found) % len(names)]}))
    for part in shapely.get_parts(shapely.difference(fields, kept_free)):
        lanes = streets_of_quarter(part, 900, 2.5 * waves, rng)
        found += [Line(lane, {"highway": "track" if rng.random() < 0.3 else "unclassified"}) for lane in lanes]
    return found


def residential(street: shapely.Geometry, rng: np.random.Generator) -> dict[str, str]:
    """Tag a street: near the centre many are one-way or for pedestrians, elsewhere some have a limit."""
    away = shapely.distance(street, shapely.Point(0, 0))
    chance = rng.random()
    if away < 250 and chance < 0.3:
        return {"highway": "pedestrian"}
    if away < 1100 and chance < 0.6:
        return {"highway": "residential", "oneway": "yes"}
    return {"highway": "residential"} | ({"maxspeed": "30"} if chance < 0.3 else {})


def foot_and_cycle(town: Town) -> list[Line]:
    """Return the promenade on both banks, the paths of the park, and a cycleway out of town."""
    banks = shapely.buffer(town.river, 30).boundary
    near = shapely.intersection(banks, shapely.box(400, -2300, 2700, 2500))
    walks = [Line(shapely.simplify(part, 2), {"highway": "footway", "name": "Promenade"})
             for part in shapely.get_parts(shapely.line_merge(near))]  # fmt: skip
    x, y = town.park.centroid.coords[0]
    for angle in (0.4, 1.4, 2.5):
        step = 600 * np.array([np.cos(angle), np.sin(angle)])
        walks.append(Line(curve([(x - step[0], y - step[1]), (x + 40, y - 30), (x + step[0], y + step[1])]),
                          {"highway": "path"}))  # fmt: skip
    walks.append(Line(shapely.buffer(town.park, -150).boundary, {"highway": "footway"}))
    walks.append(Line(shapely.buffer(town.lake, 45).boundary, {"highway": "footway", "name": "Lake Walk"}))
    way = curve([(-2750, 900), (-3600, 1500), (-4700, 2250)])
    return [*walks, Line(way, {"highway": "cycleway", "name": "Old Railway"})]


def motorway(town: Town, roads: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return the carriageways and, apart, the ramps, which end a step beyond the road that they lead to."""
    middle = town.motorway
    crossed = [(name, line.shape.intersection(middle)) for line in roads if (name := line.tags.get("name"))
               and line.shape.crosses(middle)]  # fmt: skip
    over = [point.buffer(35).boundary for _, point in crossed]
    corners = shapely.get_coordinates(middle)
    aside = np.gradient(corners, axis=0)[:, ::-1] * (1, -1)  # to the right
    aside *= 16 / np.hypot(*aside.T)[:, None]
    aside[[0, -1]] = 0  # where both carriageways begin and end
    tags = {"highway": "motorway", "ref": "M1", "maxspeed": "120"}
    ways = [Line(shapely.linestrings(np.round(side / GRID) * GRID), tags)
            for side in (corners + aside, (corners - aside)[::-1])]  # fmt: skip
    ramps = []
    for name, point in crossed:
        road = next(line.shape for line in roads if line.tags.get("name") == name)
        at = road.project(point)
        for carriageway in ways:
            ends = [road.interpolate(at + away) for away in (-130, 130)]
            end = min(ends, key=lambda one, way=carriageway: one.distance(way.shape))
            corners = shapely.points(shapely.get_coordinates(carriageway.shape))
            along = np.array([carriageway.shape.project(one) for one in corners])
            for way in (-1, 1):
                start = corners[np.abs(along - carriageway.shape.project(point) - way * 480).argmin()]
                ramps.append(_ramp(start, end, leaving=way < 0))
    return [*ways, *(Line(ring, {}) for ring in (*over, town.river.boundary))], ramps


def _ramp(start: shapely.Geometry, end: shapely.Geometry, *, leaving: bool) -> Line:
    """Bend a ramp between the motorway and a road beside it."""
    (x0, y0), (x2, y2) = start.coords[0], end.coords[0]
    control = np.array([x0 + 0.75 * (x2 - x0), y0 + 0.1 * (y2 - y0)])
    t = np.linspace(0, 1, 9)[:, None]
    bent = (1 - t) ** 2 * (x0, y0) + 2 * t * (1 - t) * control + t**2 * (x2, y2)
    last = bent[-1] - bent[-2]
    across = bent[-1] + 4 * last / np.hypot(*last)  # so that the two cross
    shape = shapely.linestrings(np.vstack([bent, across]))
    tags = {"highway": "motorway_link", "oneway": "yes", "maxspeed": "60"}
    return Line(shape if leaving else shapely.reverse(shape), tags)


def cut(lines: list[Line]) -> list[Line]:
    """Cut lines wherever they cross, so that they share a point there; those without tags go."""
    shapes = np.array([line.shape for line in lines])
    pieces = shapely.get_parts(shapely.union_all(shapes, grid_size=GRID))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    _, number = shapely.STRtree(shapes).query_nearest(middles, all_matches=False)
    begin, end = (shapely.line_locate_point(shapes[number], shapely.get_point(pieces, at)) for at in (0, -1))
    along = np.where(begin < end, pieces, shapely.reverse(pieces))
    return [Line(piece, lines[row].tags) for piece, row in zip(along, number, strict=True) if lines[row].tags]


def thinned(pieces: list[Line], rng: np.random.Generator) -> list[Line]:
    """Leave out some small streets, and ends that are nothing but too long."""
    small = ("residential", "unclassified", "track")
    kept = [one for one in pieces if one.tags["highway"] not in small or rng.random() > 0.07]
    for _ in range(3):
        shapes = np.array([one.shape for one in kept])
        ends = shapely.get_coordinates(np.concatenate([shapely.get_point(shapes, at) for at in (0, -1)]))
        _, place, meeting = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
        fewest = meeting[place].reshape(2, -1).min(axis=0)
        useful = (fewest > 1) | (shapely.length(shapes) > 35)
        kept = [one for one, good in zip(kept, useful, strict=True) if good]
    return kept


def told(piece: Line, town: Town) -> dict[str, str]:
    """Return the tags of a piece: whether it is a bridge, and which limit is signed there."""
    tags, middle = dict(piece.tags), shapely.line_interpolate_point(piece.shape, 0.5, normalized=True)
    own = "Motorway" if tags["highway"] == "motorway" else tags.get("name", "")
    if town.river.covers(middle) and own in BRIDGES:
        tags |= {"bridge": "yes", "layer": "1", "name": BRIDGES[own]}
    elif own == "Motorway" and piece.shape.length < 75:
        tags |= {"bridge": "yes", "layer": "1"}
    if tags["highway"] in ("primary", "secondary"):
        tags["maxspeed"] = "50" if town.houses.covers(middle) else "80"
    return tags


def drives(pieces: list[Line], rng: np.random.Generator) -> list[Line]:
    """Return short ways off small streets: drives, yards and car parks, some of them private."""
    kinds = [{"service": "driveway"}, {"access": "private"}, {"service": "parking_aisle"}, {}]
    streets = [one.shape for one in pieces if one.tags["highway"] == "residential" and one.shape.length > 110]
    found = []
    for shape in streets[::9]:
        corners = shapely.get_coordinates(shape)
        (x, y), (dx, dy) = corners[1], corners[1] - corners[0]
        step = np.array([-dy, dx]) / np.hypot(dx, dy) * rng.uniform(25, 45)
        tags = {"highway": "service"} | kinds[rng.integers(len(kinds))]
        found.append(Line(shapely.linestrings([(x, y), corners[1] + np.round(step / GRID) * GRID]), tags))
    return found


def lines_of(town: Town, rng: np.random.Generator) -> list[Line]:
    """Return every way of the town, each from one crossing or change of tags to another or beyond."""
    roads = main_roads(town)
    roads += collectors(town, roads, rng)
    fast, ramps = motorway(town, roads)
    small = [*small_streets(town, roads, rng), *foot_and_cycle(town)]
    pieces = thinned(cut([*roads, *small, *ramps]), rng)
    pieces = [*pieces, *cut(fast), *drives(pieces, rng)]
    ends = {line.tags.get("name"): line.shape.coords for line in roads if "name" in line.tags}
    banks = [ends[FERRY[0]][-1], ends[FERRY[1]][0]]
    ferry = {"route": "ferry", "name": "Ferry", "duration": "00:05", "foot": "yes", "bicycle": "yes"}
    same: dict[tuple[tuple[str, str], ...], list[shapely.Geometry]] = {}
    for piece in pieces:
        same.setdefault(tuple(told(piece, town).items()), []).append(piece.shape)
    ways = [
        Line(part, dict(tags))
        for tags, shapes in same.items()
        for part in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapes), directed=True))
    ]
    return [*ways, Line(shapely.linestrings(banks), ferry | {"motor_vehicle": "no"})]


def degrees(points: np.ndarray) -> np.ndarray:
    """Return where on Earth metres east and north of the centre are, to the digits that OpenStreetMap keeps."""
    return np.round(np.asarray(points) / DEGREE + CENTRE, 7)


def write_map(town: Town, ways: list[Line], path: Path) -> None:
    """Write the ways, and water and park as areas, as a map of OpenStreetMap, in the format of the suffix."""
    import osmium  # noqa: PLC0415 - only writing needs it
    from osmium.osm.mutable import Node, Way  # noqa: PLC0415 - as above

    areas = [(town.river, {"natural": "water", "water": "river"}), (town.lake, {"natural": "water", "water": "lake"}),
             (town.park, {"leisure": "park"})]  # fmt: skip
    every = [*ways, *(Line(shape.exterior, tags) for shape, tags in areas)]
    points, of = shapely.get_coordinates([line.shape for line in every], return_index=True)
    places, node = np.unique(points, axis=0, return_inverse=True)
    refs = np.split(node + 1, np.flatnonzero(np.diff(of)) + 1)
    header = osmium.io.Header()
    header.set("generator", MADE_UP)
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for row, place in enumerate(degrees(places).tolist(), start=1):
            writer.add_node(Node(id=row, location=place))
        for row, (line, way) in enumerate(zip(every, refs, strict=True), start=1):
            writer.add_way(Way(id=row, nodes=way.tolist(), tags=line.tags))


def people(town: Town) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return longitudes, latitudes and people of cells of a thousandth of a degree, from the north-west on."""
    lon = np.round(np.arange(-63, 64) / 1000 + CENTRE[0] + 0.0005, 4)
    lat = np.round(np.arange(45, -46, -1) / 1000 + CENTRE[1] - 0.0005, 4)
    x, y = (axis * DEGREE for axis in np.meshgrid(lon - CENTRE[0], lat - CENTRE[1]))
    built = shapely.difference(town.houses, shapely.union_all([town.river, town.lake, town.park]))
    lived_in = shapely.contains_xy(built, x, y)
    quiet = np.random.default_rng(SEED + 1).uniform(0.6, 1.4, x.shape)
    density = 25 + 95 * np.exp(-np.hypot(x, y) / 1500)
    return lon, lat, np.where(lived_in, np.round(density * quiet), 0).astype(np.float32)


def write_people(town: Town, path: Path) -> None:
    """Write the people as a GeoTIFF, as WorldPop does: people per cell, -1 where there is no data."""
    import rasterio  # noqa: PLC0415 - only writing needs it

    lon, lat, cells = people(town)
    shape = {"height": len(lat), "width": len(lon), "count": 1, "dtype": "float32", "crs": "EPSG:4326", "nodata": -1.0}
    corner = rasterio.Affine(0.001, 0, lon[0] - 0.0005, 0, -0.001, lat[0] + 0.0005)
    with rasterio.open(path, "w", driver="GTiff", transform=corner, compress="deflate", **shape) as raster:
        raster.write(cells, 1)


def tables(town: Town) -> dict[str, pd.DataFrame]:
    """Return the town, its districts and the metro as the tables of a network."""
    lon, lat, cells = people(town)
    spots = DISTRICTS | {name: (x, y) for name, (x, y, _) in VILLAGES.items()}
    where = np.stack(np.meshgrid(lon, lat), axis=-1)
    near = np.linalg.norm(where[..., None, :] - degrees(np.array(list(spots.values()))), axis=-1).argmin(axis=-1)
    home = {"parent": NAME.lower(), "territory": "CN", "source": "invented"}
    rows: list[dict[str, Any]] = [
        {"kind": "county", "name": name, "at": spot, "population": float(cells[near == row].sum())}
        for row, (name, spot) in enumerate(spots.items())
    ]
    rows += [{"kind": "station", "name": f"{name} Station", "at": spot} for name, spot in STATIONS.items()]
    rows = [row | home for row in rows]
    city = {"kind": "city", "name": NAME, "at": (0, 0), "population": float(cells.sum())}
    rows.append(home | city | {"parent": None})
    places = pd.DataFrame(rows)
    places["place_id"] = places["name"].str.lower().str.replace(" ", "-")
    places["lon"], places["lat"] = degrees(np.array(places["at"].tolist())).T
    line = {"line_id": "metro", "name": f"{NAME} Metro", "mode": "metro", "access": "stops", "opened": "2000-01-01",
            "status": "operating", "headway_minutes": 6.0, "source": "invented"}  # fmt: skip
    links = []
    for one, other in pairwise(STATIONS):
        metres = float(np.hypot(*np.subtract(STATIONS[one], STATIONS[other])))
        ends = {"from_id": f"{one.lower().replace(' ', '-')}-station",
                "to_id": f"{other.lower().replace(' ', '-')}-station"}  # fmt: skip
        links.append({"line_id": "metro", **ends, "minutes": round(0.5 + 0.06 * metres / 45, 1),
                      "length_km": round(metres / 1000, 2), "quality": "estimated", "source": "invented"})  # fmt: skip
    sources = pd.DataFrame([{"source_id": "invented", "title": MADE_UP, "licence": "CC0"}])
    return {"places": places.drop(columns="at"), "lines": pd.DataFrame([line]), "links": pd.DataFrame(links),
            "sources": sources}  # fmt: skip


def make(folder: Path) -> None:
    """Write the map, the people, the tables of the network and the ground (water, park, houses) into a folder."""
    rng = np.random.default_rng(SEED)
    town = ground(rng)
    ways = lines_of(town, rng)
    write_map(town, ways, folder / f"{NAME.lower()}.osm.pbf")
    write_people(town, folder / "people.tif")
    (folder / "network").mkdir(exist_ok=True)
    for name, table in tables(town).items():
        table.to_csv(folder / "network" / f"{name}.csv", index=False)
    kinds = {"water": shapely.union(town.river, town.lake), "park": town.park, "houses": town.houses}
    shapes = shapely.transform(list(kinds.values()), degrees)
    gpd.GeoDataFrame({"kind": list(kinds)}, geometry=shapes, crs="EPSG:4326").to_file(folder / "ground.geojson")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
