"""Compile data/land.geojson: land round the places that ship, cut where a border runs, with the shore's places on it.

Usage: python tools/compile_land.py NE_10M_LAND.geojson PREFECTURES.geojson

Natural Earth's land has no borders. Hong Kong and Macao are cut out of it along the outlines of the prefectures, for
a circle may cross a border only at a checkpoint. Where its coast is older than the land, land_patches.csv adds a disc
and says why.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DATA = Path(__file__).resolve().parent.parent / "data"
MARGIN = 3.5  # degrees round the places: more than any map of a region shows
SHORE_KM = 1.0  # Natural Earth's coast is about this exact: Hong Kong's centre falls off it
DECIMALS = 4  # ten metres
SIDES = {"HK": 810000, "MO": 820000}  # territory by adcode; all other land is CN


def compile_land(outline: Path, prefectures: Path) -> gpd.GeoDataFrame:
    """Cut the land to the places, part it by territory, and put a disc of a kilometre under each place off it."""
    places = pd.read_csv(DATA / "china" / "places.csv")
    points = gpd.GeoSeries.from_xy(places["lon"], places["lat"], crs="EPSG:4326")
    west, south, east, north = points.total_bounds
    box = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    land = shapely.union_all(gpd.read_file(outline).clip(box).geometry.to_numpy())
    sides = _sides(land, gpd.read_file(prefectures))
    local = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +units=km +datum=WGS84"
    rows = []
    for territory, ground in sides.items():
        shapely.prepare(ground)
        own = points[(places["territory"] == territory).to_numpy()]
        wet = own[~shapely.intersects(ground, own.to_numpy())]
        discs = [*_discs(wet, SHORE_KM, local), *_patches(territory, local)]
        others = shapely.union_all([other for name, other in sides.items() if name != territory])
        whole = shapely.union_all([ground, *shapely.difference(discs, others)])
        parts = shapely.get_parts(shapely.set_precision(whole, 10**-DECIMALS))
        common = {"territory": territory, "source": "natural-earth-land;census-outlines"}
        rows += [common | {"geometry": part} for part in parts]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def _patches(territory: str, local: str) -> list[shapely.Geometry]:
    patches = pd.read_csv(Path(__file__).with_name("land_patches.csv"))
    own = patches[patches["territory"] == territory]
    points = gpd.GeoSeries.from_xy(own["lon"], own["lat"], crs="EPSG:4326")
    return _discs(points, own["radius_km"].to_numpy(), local)


def _discs(points: gpd.GeoSeries, radius_km: float | NDArray[np.float64], local: str) -> list[shapely.Geometry]:
    return list(points.to_crs(local).buffer(radius_km).to_crs("EPSG:4326"))


def _sides(land: shapely.Geometry, prefectures: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Part the land: what lies in a territory's outline is its own, and so is each scrap of coast nearest to it."""
    code = next(name for name in prefectures.columns if "code" in name.lower())
    outlines = {
        side: shapely.union_all(prefectures.geometry[prefectures[code].astype(int) == adcode].to_numpy())
        for side, adcode in SIDES.items()
    }
    rest = shapely.difference(land, shapely.union_all(list(outlines.values())))
    of_china = prefectures[~prefectures[code].astype(int).isin(SIDES.values())].clip(land.bounds)
    outlines["CN"] = shapely.union_all(of_china.geometry.to_numpy())
    parts: dict[str, list[shapely.Geometry]] = {
        side: [shapely.intersection(land, outline)] for side, outline in outlines.items() if side != "CN"
    }
    parts["CN"] = []
    for scrap in shapely.get_parts(rest):
        middle = scrap.representative_point()
        parts[min(outlines, key=lambda side: outlines[side].distance(middle))].append(scrap)
    return {side: shapely.union_all(shapes) for side, shapes in parts.items()}


if __name__ == "__main__":
    frame = compile_land(Path(sys.argv[1]), Path(sys.argv[2]))
    (DATA / "land.geojson").write_text(frame.to_json(drop_id=True, to_wgs84=False), encoding="utf-8")
    print(f"{len(frame)} pieces of land, {(DATA / 'land.geojson').stat().st_size} bytes")
