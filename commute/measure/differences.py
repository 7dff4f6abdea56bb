"""Differences: what two networks do not share; the ground of their circles, their links, their assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.measure import surface
from commute.model.clock import DECISECONDS
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

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
        for change, shape in _cut(of_base[origin, cutoff], drawn, plane).items():
            flat = shapely.transform(shape, plane.forth.transform, interleaved=False)
            row = {"scenario": scenario, "origin_id": origin, "cutoff": cutoff, "change": change}
            rows.append(row | {"area_km2": float(flat.area), "geometry": shape})
    columns = ["scenario", "origin_id", "cutoff", "change", "area_km2", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs="EPSG:4326")


def _cut(was: shapely.Geometry, now: shapely.Geometry, plane: surface.Plane) -> dict[str, shapely.Geometry]:
    grid = surface.GRID
    cut = {
        "gained": shapely.difference(now, was, grid_size=grid),
        "lost": shapely.difference(was, now, grid_size=grid),
        "kept": shapely.intersection(was, now, grid_size=grid),
    }
    solid = {change: _solid(shape, plane) for change, shape in cut.items()}
    return {change: shape for change, shape in solid.items() if not shape.is_empty}


def _solid(shape: shapely.Geometry, plane: surface.Plane) -> shapely.Geometry:
    """Drop the slivers of a shape.

    A disc is drawn with 128 corners. Where another disc just holds it, the corners of the one look out between those of
    the other by up to 0.03 % of the radius: up to ten metres of ground that nobody gained or lost.
    """
    parts = shapely.get_parts(shape)
    flat = shapely.transform(parts, plane.forth.transform, interleaved=False)
    return shapely.union_all(parts[~shapely.is_empty(shapely.buffer(flat, -_SLIVER_KM / 2))])


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
