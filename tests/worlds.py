"""Small worlds that tests build: a few places on the equator, joined as the test wants."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from commute.model.network import Network, Region

KM = 1 / 111.19508  # degrees of a kilometre along the equator, on the mean sphere

SOURCES = pd.DataFrame({"source_id": ["made-up"], "title": ["Made for a test"], "licence": ["own"]})


def place(place_id, kind="city", *, x=0.0, y=0.0, population=None, parent=None, territory="CN", **more):
    """Place something ``x`` km east and ``y`` km north of the origin."""
    row = {"place_id": place_id, "kind": kind, "name": place_id.title(), "name_zh": None, "lon": x * KM, "lat": y * KM}
    row |= {"territory": territory, "parent": parent, "population": population, "source": "made-up"}
    return row | more


def line(line_id, mode="highway", *, headway=None, asset=None, status="operating", opened="2000-01-01", **more):
    row = {"line_id": line_id, "name": line_id.title(), "mode": mode, "asset": asset or line_id, "access": "stops"}
    row |= {"opened": opened, "status": status, "headway_minutes": headway, "source": "made-up"}
    return row | more


def link(line_id, from_id, to_id, minutes=None, **more):
    row = {"line_id": line_id, "from_id": from_id, "to_id": to_id, "minutes": minutes, "quality": "estimated"}
    return row | {"source": "made-up"} | more


def network(places, lines=(), links=(), *, cores=(), land=None, profile="METRO"):
    """Make a network of rows; with ``cores`` it is a region of all its cities."""
    cities = tuple(row["place_id"] for row in places if row["kind"] == "city")
    region = Region("test", "Test", "试", "test", profile, cities, tuple(cores), "made-up") if cores else None
    ground = None
    if land is not None:
        shape = shapely.transform(land, lambda xy: xy * KM)
        ground = gpd.GeoDataFrame(geometry=[shape], crs="EPSG:4326")
    columns = {"lines": list(line("x")), "links": list(link("x", "a", "b"))}
    tables = {
        "lines": pd.DataFrame(list(lines), columns=None if lines else columns["lines"]),
        "links": pd.DataFrame(list(links), columns=None if links else columns["links"]),
    }
    return Network(pd.DataFrame(places), tables["lines"], tables["links"], SOURCES, region=region, land=ground)
