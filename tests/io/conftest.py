"""A small national set of its own, so that these tests do not depend on the data that ships."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from commute.io import datasets, files

CITIES = {"alpha": ("甲", 113.0, 23.0), "beta": ("乙", 114.0, 22.6), "gamma": ("丙", 115.0, 22.9)}


def national_tables():
    """Three cities with two counties and a station each, a railway through them and a motorway."""
    places = []
    for city, (chinese, lon, lat) in CITIES.items():
        common = {"territory": "CN", "source": "census", "population_year": 2020}
        row = {"place_id": city, "kind": "city", "name": city.title(), "name_zh": chinese, "lon": lon, "lat": lat}
        places.append(row | common | {"population": 300, "gdp": 30.5, "area_km2": 900})
        for side, shift, people in (("east", 0.1, 100), ("west", -0.1, 200)):
            row = {"place_id": f"{city}-{side}", "kind": "county", "name": f"{city} {side}", "lat": lat}
            row |= {"lon": lon + shift, "parent": city, "population": people, "gdp": 10.25, "area_km2": 300}
            places.append(row | common)
        row = {"place_id": f"{city}-station", "kind": "station", "name": f"{city} Station", "parent": city}
        places.append(row | common | {"lon": lon + 0.02, "lat": lat + 0.02, "source": "atlas"})
    line = {"access": "stops", "status": "operating", "opened": "2011-12-26", "source": "timetable"}
    lines = [
        {"line_id": "railway", "name": "Railway", "mode": "rail", "headway_minutes": 10.3} | line,
        {"line_id": "motorway", "name": "Motorway", "mode": "highway", "status": "planned"}
        | {"access": "stops", "source": "atlas"},
    ]
    link = {"quality": "timetable", "source": "timetable"}
    links = [
        {"line_id": "railway", "from_id": "alpha-station", "to_id": "beta-station", "minutes": 31.7} | link,
        {"line_id": "railway", "from_id": "beta-station", "to_id": "gamma-station", "minutes": 28} | link,
        {"line_id": "motorway", "from_id": "beta", "to_id": "gamma", "minutes": 70, "oneway": True} | link,
    ]
    names = ("census", "timetable", "atlas", "plan", "nobody")
    sources = {"source_id": names, "title": [name.title() for name in names], "licence": "facts"}
    regions = [
        {"region": "the-bay", "name": "The Bay", "name_zh": "湾区", "tier": "agglomeration", "profile": "AGGLO"},
        {"region": "delta", "name": "Delta", "name_zh": "三角洲", "tier": "metropolis", "profile": "METRO"},
    ]
    members = [("the-bay", name, name == "beta") for name in CITIES]
    members += [("delta", "alpha", True), ("delta", "beta-west", False)]
    return {
        "places": pd.DataFrame(places),
        "lines": pd.DataFrame(lines),
        "links": pd.DataFrame(links).astype({"oneway": "boolean"}).fillna({"oneway": False}),
        "sources": pd.DataFrame(sources),
        "regions": pd.DataFrame(regions).assign(source="plan"),
        "region_members": pd.DataFrame(members, columns=["region", "place_id", "core"]),
    }


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Write a data folder and let the package find it in place of its own."""
    folder = tmp_path / "data"
    (folder / "china").mkdir(parents=True)
    for name, frame in national_tables().items():
        frame.to_csv(folder / "china" / f"{name}.csv", index=False)
    land = gpd.GeoDataFrame(
        {"name": ["main"], "source": ["atlas"]}, geometry=[shapely.box(100, 10, 130, 40)], crs=files.WGS84
    )
    (folder / "land.geojson").write_text(land.to_json(), encoding="utf-8")
    (folder / "scenarios").mkdir()
    text = 'name = "without-railway"\ntitle = "Without the railway"\n'
    (folder / "scenarios" / "without-railway.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(datasets, "data_folder", lambda: folder)
    return folder
