"""Differences: what two networks, or streets, do not share: the ground of circles, links and arcs, assumptions."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.measure import expansion, surface
from commute.model.clock import DECISECONDS
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from commute.measure.expansion import Field, Frame
    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.streets import Streets

    Real = Callable[[str, NDArray[np.object_]], NDArray[np.bool_]]

CHANGES = ("gained", "lost", "kept")
_LINK = ["line_id", "from_id", "to_id"]
_SLIVER_KM = 0.02  # ground less wide than this is no difference


class World(NamedTuple):
    """A network under assumptions, by the name it has in a comparison."""

    name: str
    network: Network
    assumptions: Assumptions


def ground(circles: gpd.GeoDataFrame, base: Network, *, base_name: str) -> gpd.GeoDataFrame:
    """Cut the circles of each scenario against those of the base: ground gained, lost and kept."""
    plane = surface.plane_of(base)
    key = ["origin_id", "cutoff"]
    of_base = circles[circles["scenario"] == base_name].set_index(key)["geometry"]
    rows = []
    for (scenario, origin, cutoff), drawn in circles.set_index(["scenario", *key])["geometry"].items():
        if scenario == base_name:
            continue
        for change, (shape, area) in cut(of_base[origin, cutoff], drawn, plane, _solid).items():
            row = {"scenario": scenario, "origin_id": origin, "cutoff": cutoff, "change": change}
            rows.append(row | {"area_km2": area, "geometry": shape})
    columns = ["scenario", "origin_id", "cutoff", "change", "area_km2", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs="EPSG:4326")


def cut(
    was: shapely.Geometry, now: shapely.Geometry, plane: surface.Plane, real: Real
) -> dict[str, tuple[shapely.Geometry, float]]:
    """Return the ground gained, lost and kept between two shapes in degrees, each with its area on the plane.

    ``real`` tells which pieces of a change, on the plane, are more than a difference between two drawings.
    """
    grid = surface.GRID
    found = {
        "gained": shapely.difference(now, was, grid_size=grid),
        "lost": shapely.difference(was, now, grid_size=grid),
        "kept": shapely.intersection(was, now, grid_size=grid),
    }
    changes = {}
    for change, shape in found.items():
        parts = shapely.get_parts(shape)
        parts = parts[shapely.area(parts) > 0]
        flat = shapely.transform(parts, plane.forth.transform, interleaved=False)
        chosen = real(change, flat)
        if chosen.any():
            whole = shapely.multipolygons(parts[chosen]) if chosen.sum() > 1 else parts[chosen][0]
            changes[change] = whole, float(shapely.area(flat[chosen]).sum())
    return changes


def _solid(_: str, flat: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which pieces are no slivers.

    A disc is drawn with 128 corners. Where another disc just holds it, the corners of the one look out between those of
    the other by up to 0.03 % of the radius: up to ten metres of ground that nobody gained or lost.
    """
    return np.asarray(~shapely.is_empty(shapely.buffer(flat, -_SLIVER_KM / 2)))


def ground_on_grid(
    fields: tuple[Field, Field], rings: tuple[shapely.Geometry, shapely.Geometry], cutoff: float
) -> dict[str, tuple[shapely.Geometry, float]]:
    """Return the ground gained, lost and kept between two times on one grid, within a cutoff, each with its km².

    Rings have fewer corners than there are cells, and so are not quite alike even where nothing has changed. A piece
    between them counts as gained or lost only where a cell was.
    """
    (frame, was), (_, now) = fields
    bound = round(cutoff * DECISECONDS)
    changed = {"gained": (now <= bound) & (was > bound), "lost": (was <= bound) & (now > bound)}

    def real(change: str, flat: NDArray[np.object_]) -> NDArray[np.bool_]:
        if change not in changed:
            return np.ones(len(flat), dtype=np.bool_)
        return _beside(flat, frame, changed[change])

    found = cut(*rings, expansion.plane_of(frame.lon0, frame.lat0), real)
    return {change: (shape, area / 1e6) for change, (shape, area) in found.items()}


def _beside(flat: NDArray[np.object_], frame: Frame, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which pieces of ground have a corner in one of the cells, or in one next to it."""
    corners, piece = shapely.get_coordinates(flat, return_index=True)
    column, row = np.rint((corners - (frame.west, frame.south)) / frame.cell).astype(np.int64).T
    near = np.zeros(len(piece), dtype=np.bool_)
    for down, aside in product((-1, 0, 1), repeat=2):
        near |= cells[np.clip(row + down, 0, frame.rows - 1), np.clip(column + aside, 0, frame.columns - 1)]
    return np.bincount(piece, weights=near, minlength=len(flat)) > 0


def arcs(base: Streets, others: Mapping[str, Streets]) -> gpd.GeoDataFrame:
    """Say which arcs of streets each scenario adds, removes or gives another time, and draw them."""
    tables = []
    for name, other in others.items():
        was = np.append(base.minutes, np.full(len(other.tail) - len(base.tail), np.inf))
        now = other.minutes
        numbers = np.flatnonzero(was != now)
        said = [column for column in ("way", "road", "name") if column in other.attributes]
        told = other.attributes.iloc[numbers][said].reset_index(drop=True)
        before, after = was[numbers], now[numbers]
        change = np.select([np.isinf(before), np.isinf(after)], ["added", "removed"], "retimed")
        table = pd.DataFrame({"scenario": name, "change": change, "arc": numbers}).join(told)
        table = table.assign(minutes_before=before, minutes_after=after, geometry=arc_lines(other, numbers))
        tables.append(table.replace({"minutes_before": np.inf, "minutes_after": np.inf}, np.nan))
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), geometry="geometry", crs="EPSG:4326")


def arc_lines(streets: Streets, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return arcs as lines in degrees, over their bends."""
    bends, start = streets.bends, streets.bends.start
    inner = np.diff(start)[numbers]
    first = np.concatenate([[0], np.cumsum(inner + 2)])
    where = np.empty((first[-1], 2))
    for at, (ends, bent) in enumerate(((streets.lon, bends.lon), (streets.lat, bends.lat))):
        where[first[:-1], at], where[first[1:] - 1, at] = ends[streets.tail[numbers]], ends[streets.head[numbers]]
        rank = np.arange(inner.sum()) - np.repeat(np.cumsum(inner) - inner, inner)
        where[np.repeat(first[:-1] + 1, inner) + rank, at] = bent[np.repeat(start[numbers], inner) + rank]
    return np.asarray(shapely.linestrings(where, indices=np.repeat(np.arange(len(numbers)), inner + 2)))


def links(worlds: Sequence[World]) -> pd.DataFrame:
    """Say which links each scenario adds, removes or gives another time, and which lines another headway.

    The minutes are those of the ride or drive, congestion and border included; of a headway, those between two
    departures, in one row per line from the beginning of its first link to the end of its last.
    """
    tables = []
    before = _link_minutes(worlds[0]).rename(columns={"minutes": "minutes_before"})
    for world in worlds[1:]:
        both = before.join(_link_minutes(world).rename(columns={"minutes": "minutes_after"}), how="outer")
        was, now = both["minutes_before"], both["minutes_after"]
        both["change"] = np.select([was.isna(), now.isna()], ["added", "removed"], "retimed")
        changed = both[was.isna() | now.isna() | (was != now)].reset_index()
        tables += [each.assign(scenario=world.name) for each in (changed, _headways(worlds[0].network, world.network))]
    columns = ["scenario", "change", *_LINK, "minutes_before", "minutes_after"]
    return pd.concat(tables, ignore_index=True)[columns]


def _link_minutes(world: World) -> pd.DataFrame:
    """Return the minutes on each operating link, border and congestion included."""
    edges = time_graph(world.network, world.assumptions).edges
    rows = pd.DataFrame({"link": edges.link, "minutes": edges.time / DECISECONDS})
    counted = (rows["link"] >= 0) & pd.Series(edges.kind != "open")
    own = rows.loc[counted].groupby("link")["minutes"].max()
    links = world.network.links.loc[own.index, _LINK].assign(minutes=own)
    return links.groupby(_LINK)["minutes"].min().to_frame()


def _headways(base: Network, other: Network) -> pd.DataFrame:
    """Return the lines that run in both networks at different headways."""
    ends = other.operating_links.groupby("line_id").agg(from_id=("from_id", "first"), to_id=("to_id", "last"))
    ends = ends[ends.index.isin(base.operating_links["line_id"])]
    was, now = (network.lines["headway_minutes"].reindex(ends.index) for network in (base, other))
    ends = ends.assign(minutes_before=was, minutes_after=now, change="headway")
    return ends[(was != now) & was.notna() & now.notna()].rename_axis("line_id").reset_index()


def assumed(worlds: Sequence[World]) -> pd.DataFrame:
    """Say which assumptions each scenario changes: choices and numbers by their dotted names."""
    before = _flat(worlds[0].assumptions)
    rows = [
        {"scenario": world.name, "name": name, "before": before[name], "after": value}
        for world in worlds[1:]
        for name, value in _flat(world.assumptions).items()
        if value != before[name]
    ]
    return pd.DataFrame(rows, columns=["scenario", "name", "before", "after"])


def _flat(assumptions: Assumptions) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in assumptions.to_dict().items():
        flat |= {f"{name}.{key}": one for key, one in value.items()} if isinstance(value, dict) else {name: value}
    return flat
