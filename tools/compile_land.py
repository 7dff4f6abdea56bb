"""Compile data/land.geojson: Natural Earth's land round the places that ship, with the places on the shore on it.

Usage: python tools/compile_land.py NE_10M_LAND.geojson
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

DATA = Path(__file__).resolve().parent.parent / "data"
MARGIN = 1.0  # degrees round the places: more than any circle reaches
SHORE_KM = 1.0  # Natural Earth's coast is about this exact: Hong Kong's centre falls off it
DECIMALS = 4  # ten metres


def compile_land(outline: Path) -> gpd.GeoDataFrame:
    """Cut the land to the places and put a disc of a kilometre under each that falls off it."""
    places = pd.read_csv(DATA / "china" / "places.csv")
    points = gpd.GeoSeries.from_xy(places["lon"], places["lat"], crs="EPSG:4326")
    west, south, east, north = points.total_bounds
    box = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    land = shapely.union_all(gpd.read_file(outline).clip(box).geometry.to_numpy())
    shapely.prepare(land)
    wet = points[~shapely.intersects(land, points.to_numpy())]
    local = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +units=km +datum=WGS84"
    discs = wet.to_crs(local).buffer(SHORE_KM).to_crs("EPSG:4326")
    whole = shapely.union_all([land, *discs])
    parts = shapely.get_parts(shapely.set_precision(whole, 10**-DECIMALS))
    return gpd.GeoDataFrame({"source": "natural-earth-land"}, geometry=parts, crs="EPSG:4326", index=range(len(parts)))


if __name__ == "__main__":
    frame = compile_land(Path(sys.argv[1]))
    (DATA / "land.geojson").write_text(frame.to_json(drop_id=True, to_wgs84=False), encoding="utf-8")
    print(f"{len(frame)} pieces of land, {(DATA / 'land.geojson').stat().st_size} bytes")
