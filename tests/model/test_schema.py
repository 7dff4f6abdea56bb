"""Every fault of a table is found, and said with where it is, what was got and what to do."""

import datetime as dt
import re
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commute.errors import ParameterError, TableError
from commute.model import schema

DATA = Path(__file__).resolve().parents[2] / "data"


def tables():
    """Two cities, one of them with two counties, a border, a railway and a motorway."""
    place = {"territory": "CN", "source": "census"}
    places = [
        {"place_id": "shenzhen", "kind": "city", "name": "Shenzhen", "lon": 114.06, "lat": 22.54},
        {"place_id": "shenzhen-nanshan", "kind": "county", "name": "Nanshan", "lon": 113.93, "lat": 22.53},
        {"place_id": "shenzhen-luohu", "kind": "county", "name": "Luohu", "lon": 114.13, "lat": 22.55},
        {"place_id": "luohu-checkpoint", "kind": "checkpoint", "name": "Luohu", "lon": 114.12, "lat": 22.53},
        {"place_id": "hong-kong", "kind": "city", "name": "Hong Kong", "lon": 114.16, "lat": 22.28},
        {"place_id": "lo-wu-checkpoint", "kind": "checkpoint", "name": "Lo Wu", "lon": 114.11, "lat": 22.528},
    ]
    places = pd.DataFrame([row | place for row in places])
    places.loc[3, "name"] = "Luohu Checkpoint"
    places["parent"] = [None, "shenzhen", "shenzhen", "shenzhen", None, "hong-kong"]
    places["population"] = [300, 100, 200, None, 700, None]
    places.loc[[4, 5], "territory"] = "HK"
    line = {"access": "stops", "status": "operating", "opened": "2011-12-26", "source": "timetable"}
    lines = pd.DataFrame(
        [
            {"line_id": "railway", "name": "Railway", "mode": "rail", "headway_minutes": 10.5} | line,
            {"line_id": "motorway", "name": "Motorway", "mode": "highway"} | line,
            {"line_id": "hall", "name": "Hall", "mode": "checkpoint", "clearance": "two_halls"} | line,
        ]
    )
    link = {"quality": "timetable", "source": "timetable; census"}
    links = pd.DataFrame(
        [
            {"line_id": "railway", "from_id": "shenzhen", "to_id": "luohu-checkpoint", "minutes": 9} | link,
            {"line_id": "motorway", "from_id": "shenzhen", "to_id": "shenzhen-nanshan", "length_km": 15} | link,
            {"line_id": "hall", "from_id": "luohu-checkpoint", "to_id": "lo-wu-checkpoint", "minutes": 7} | link,
        ]
    )
    links["speed_limit_kmh"] = [None, 80, None]
    sources = pd.DataFrame({"source_id": ["census", "timetable"], "title": ["Census", "Timetable"], "licence": "facts"})
    regions = {"region": "bay", "name": "Bay", "name_zh": "湾", "tier": "city", "profile": "METRO"}
    members = {"region": ["bay", "bay"], "place_id": ["shenzhen", "hong-kong"], "core": ["true", ""]}
    return {
        "places": places,
        "lines": lines,
        "links": links,
        "sources": sources,
        "regions": pd.DataFrame([regions | {"source": "census"}]),
        "region_members": pd.DataFrame(members | {"source": "census"}).drop(columns="source"),
    }


def faults(changed):
    with pytest.raises(TableError) as caught:
        schema.conform(changed)
    return [str(fault) for fault in caught.value.faults]


def changed(table, row, **cells):
    made = tables()
    frame = made[table].astype("object")
    for column, value in cells.items():
        if column not in frame:
            frame[column] = None
        frame.loc[row, column] = value
    return made | {table: frame}


def test_conform_gives_the_columns_of_the_schema_in_order_and_type():
    made = schema.conform(tables())
    for name, frame in made.items():
        assert list(frame.columns) == [column.name for column in schema.columns(name)]
        assert frame.index.equals(pd.RangeIndex(len(frame)))
    dtypes = {
        "name": "str",
        "lon": "float64",
        "population": "float64",
        "population_year": "Int64",
        "kind": "str",
    }
    for column, dtype in dtypes.items():
        assert made["places"][column].dtype == dtype
    assert made["lines"]["opened"].dtype == "datetime64[s]"
    assert made["links"]["oneway"].dtype == "bool"
    assert not made["links"]["oneway"].any()


def test_conform_twice_is_conform_once_and_text_is_as_good_as_numbers():
    once = schema.conform(tables())
    as_text = {name: frame.astype("str").fillna("") for name, frame in once.items()}
    for again in (schema.conform(once), schema.conform(as_text)):
        for name, frame in once.items():
            pd.testing.assert_frame_equal(frame, again[name])


def test_the_id_may_be_the_index_and_geometry_is_left_behind():
    once = schema.conform(tables())
    points = gpd.points_from_xy(once["places"]["lon"], once["places"]["lat"], crs="EPSG:4326")
    places = gpd.GeoDataFrame(once["places"], geometry=points).set_index("place_id")
    again = schema.conform(once | {"places": places, "lines": once["lines"].set_index("line_id")})
    pd.testing.assert_frame_equal(again["places"], once["places"])
    pd.testing.assert_frame_equal(again["lines"], once["lines"])
    assert type(again["places"]) is pd.DataFrame


def test_dates_come_as_text_dates_and_stamps():
    made = changed("lines", 0, opened=dt.date(2024, 6, 30))
    made["lines"].loc[1, "opened"] = pd.Timestamp("2024-06-30")
    opened = schema.conform(made)["lines"]["opened"]
    assert list(opened.dt.date) == [dt.date(2024, 6, 30), dt.date(2024, 6, 30), dt.date(2011, 12, 26)]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(min_value=1e-6, max_value=1e300), min_size=1, max_size=20))
def test_numbers_written_as_text_keep_every_digit(numbers):
    made = schema.conform({"sources": tables()["sources"], **_cities_with_area([repr(n) for n in numbers])})
    assert made["places"]["area_km2"].tolist() == numbers


def _cities_with_area(areas):
    ids = [f"city-{i}" for i in range(len(areas))]
    places = {"place_id": ids, "name": ids, "area_km2": areas, "kind": "city", "lon": 114.0, "lat": 22.5}
    return {"places": pd.DataFrame(places | {"territory": "CN", "source": "census"})}


CELLS = [
    ("places", 1, {"lon": "113,93"}, "places, line 3 (shenzhen-nanshan), lon: is not a finite number (got 113,93)"),
    ("places", 1, {"lat": np.inf}, "places, line 3 (shenzhen-nanshan), lat: is not a finite number (got inf)"),
    ("places", 1, {"lat": None}, "places, line 3 (shenzhen-nanshan), lat: is empty"),
    ("places", 1, {"lat": 95}, "lat: is out of range (-90 to 90) (got 95)"),
    ("places", 1, {"lon": -190}, "lon: is out of range (-180 to 180) (got -190)"),
    ("places", 1, {"lon": 22.53, "lat": 113.93}, "lat: lon 22.53 and lat 113.93 look swapped (got 113.93)"),
    ("places", 0, {"name": None}, "places, line 2 (shenzhen), name: is empty; give it: English name, unique"),
    ("places", 0, {"kind": "town"}, "kind: is not one of the choices (got town); choose from city, county, "),
    ("places", 0, {"territory": "TW"}, "choose from CN, HK, MO"),
    ("places", 0, {"population": -1}, "population: is negative (got -1); give zero or more"),
    ("places", 0, {"area_km2": 0}, "area_km2: is zero or negative (got 0); give a positive number (km2)"),
    ("places", 0, {"population_year": 2020.5}, "population_year: is not a whole number (got 2020.5)"),
    ("places", 0, {"population": 301}, "population: its counties have 300 people together (got 301); correct the"),
    ("places", 1, {"parent": None}, "parent: a county needs the city it belongs to; give the place_id of its city"),
    ("places", 1, {"parent": "shenzen"}, "parent: no row of places is called 'shenzen' (got shenzen); nearest: shenz"),
    ("places", 3, {"parent": "shenzhen-luohu"}, "parent: a parent must be a city (got shenzhen-luohu)"),
    ("places", 4, {"place_id": "Hong Kong"}, "place_id: is not an identifier (got Hong Kong); use lower-case ASCII"),
    ("places", 2, {"place_id": "shenzhen"}, "line 4 (shenzhen), place_id: is there already (got shenzhen)"),
    ("places", 4, {"name": "shenzhen"}, "name: another place has this name already (got shenzhen); make it unique"),
    ("places", 4, {"source": "census; nobody"}, "source: no row of sources is called 'nobody' (got census; nobody)"),
    ("lines", 0, {"opened": "26.12.2011"}, "opened: is not a date (got 26.12.2011); write it as YYYY-MM-DD"),
    ("lines", 0, {"opened": None}, "lines, line 2 (railway), opened: an operating line needs the day it opened"),
    ("lines", 0, {"closed": "2011-12-26"}, "closed: closes on or before the day it opens, 2011-12-26"),
    ("lines", 0, {"headway_minutes": None}, "headway_minutes: a rail line needs the time between its departures"),
    ("lines", 0, {"headway_minutes": 0}, "headway_minutes: is zero or negative (got 0)"),
    ("links", 0, {"minutes": -3}, "links, line 2 (railway, shenzhen, luohu-checkpoint), minutes: is zero or neg"),
    ("links", 0, {"minutes": np.nan}, "minutes: a rail link needs minutes; give the median"),
    ("links", 0, {"minutes": "nan"}, "minutes: is not a finite number (got nan)"),
    ("links", 2, {"minutes": None}, "minutes: a checkpoint link needs minutes"),
    ("links", 1, {"length_km": None}, "minutes: a highway link needs minutes, or length_km and speed_limit_kmh"),
    ("links", 0, {"fastest_minutes": 9.5}, "fastest_minutes: is slower than the median of 9 minutes (got 9.5)"),
    ("links", 0, {"oneway": "ja"}, "oneway: is neither true nor false (got ja); write true, false or nothing"),
    ("links", 0, {"to_id": "luohu"}, "to_id: no row of places is called 'luohu' (got luohu); nearest: luohu-check"),
    ("links", 0, {"line_id": "xyz"}, "line_id: no row of lines is called 'xyz' (got xyz); add it to lines, or corr"),
    ("links", 0, {"to_id": "shenzhen"}, "to_id: leads from a place to itself (got shenzhen)"),
    ("links", 0, {"to_id": "hong-kong"}, "line_id: leads from CN to HK on a line without a clearance (got railway)"),
    ("links", 0, {"closed": "2001-01-01"}, "closed: is in service from 2011-12-26 until 2001-01-01, which is never"),
    ("region_members", 0, {"place_id": "lo-wu-checkpoint"}, "place_id: is a checkpoint (got lo-wu-checkpoint)"),
    ("region_members", 0, {"place_id": "hong-kong"}, "line 3 (bay, hong-kong), place_id: is in the region already"),
    ("region_members", 0, {"region": "gulf"}, "region: no row of regions is called 'gulf' (got gulf)"),
]


@pytest.mark.parametrize(("table", "row", "cells", "said"), CELLS)
def test_one_wrong_cell_is_one_fault_said_in_full(table, row, cells, said):
    found = faults(changed(table, row, **cells))
    assert any(said in fault for fault in found), found
    assert all(fault.endswith(".") for fault in found)


def test_all_faults_of_all_tables_come_at_once():
    made = changed("places", 5, lon="east", kind="town")
    made["links"] = changed("links", 0, minutes=-3, to_id="nowhere")["links"]
    made["lines"] = changed("lines", 0, mode="train")["lines"]
    with pytest.raises(TableError, match=r"^5 faults in the tables:\n  places, line 7") as caught:
        schema.conform(made)
    where = {(fault.table, fault.column) for fault in caught.value.faults}
    assert where == {
        ("places", "lon"), ("places", "kind"), ("links", "minutes"), ("links", "to_id"), ("lines", "mode")
    }  # fmt: skip


def test_headers_are_checked():
    made = tables()
    made["links"] = made["links"].rename(columns={"minutes": "mintues", "quality": "how"})
    found = faults(made)
    assert "links, header, mintues: is not a column of this table; nearest: minutes." in found
    assert any(
        f.startswith("links, header, how: is not a column of this table; the columns are line_id") for f in found
    )
    assert any(f.startswith("links, header, quality: the column is missing; add it: How the numbers") for f in found)


def test_a_place_among_others_looks_swapped_where_both_orders_are_on_the_globe():
    made = {"sources": tables()["sources"], **_cities_with_area([1.0] * 6)}
    made["places"]["lon"] = [10.0, 10.5, 11.0, 10.2, 10.1, 50.0]
    made["places"]["lat"] = [50.0, 50.5, 51.0, 50.2, 50.1, 10.0]
    (found,) = faults(made)
    assert "places, line 7 (city-5), lat: lon 50 and lat 10 look swapped" in found


def test_links_of_one_line_may_follow_each_other_in_time_but_not_overlap():
    made = tables()
    again = made["links"].loc[[0]].assign(from_id="luohu-checkpoint", to_id="shenzhen", opened="2020-01-01")
    first = made["links"].assign(closed=["2020-01-01", None, None])
    schema.conform(made | {"links": pd.concat([first, again])})
    (found,) = faults(made | {"links": pd.concat([made["links"], again])})
    assert "line 5 (railway, luohu-checkpoint, shenzhen), line_id: the line has another link between" in found
    one_way = pd.concat([made["links"].assign(oneway=True), again.assign(oneway=True)])
    schema.conform(made | {"links": one_way})


def test_unknown_populations_of_counties_are_no_fault():
    schema.conform(changed("places", 1, population=None))


def test_many_faults_are_counted_and_kept():
    made = {"sources": tables()["sources"], **_cities_with_area([-1.0] * 40)}
    with pytest.raises(TableError, match=r"^40 faults in the tables:(\n.*){30}\n  … and 10 more") as caught:
        schema.conform(made)
    assert len(caught.value.faults) == 40


def test_an_unknown_table_is_refused():
    with pytest.raises(ParameterError, match=r"No table is called 'roads'\. The tables are places, lines, links"):
        schema.conform({"roads": pd.DataFrame()})


def test_unused_sources_are_named():
    made = tables()
    assert schema.unused_sources(made) == ()
    made["sources"].loc[2] = ["atlas", "Atlas", "facts"]
    assert schema.unused_sources(made) == ("atlas",)


def test_empty_tables_conform():
    empty = {name: frame.iloc[:0] for name, frame in tables().items()}
    assert all(len(frame) == 0 for frame in schema.conform(empty).values())


def test_ten_thousand_places_and_links_are_checked_in_under_a_second():
    made = {"sources": tables()["sources"], **_cities_with_area([1.0] * 10_000)}
    ids = made["places"]["place_id"]
    link = {"line_id": "railway", "minutes": 5.0, "quality": "timetable", "source": "timetable"}
    made["links"] = pd.DataFrame({"from_id": ids[:-1], "to_id": ids[1:].to_numpy()} | link)
    made["lines"] = tables()["lines"]
    schema.conform(made)
    start = time.process_time()
    schema.conform(made)
    assert time.process_time() - start < 1.0  # 0.2 s measured


@pytest.mark.parametrize("table", schema.TABLES)
def test_the_readme_of_the_data_documents_every_column(table):
    readme = (DATA / "README.md").read_text("utf-8")
    assert schema.as_markdown(table) in readme, f"put schema.as_markdown({table!r}) into data/README.md"
    assert re.search(rf"^## {table}\.csv", readme, re.MULTILINE)
