"""What ships: regions, what belongs to them, and the registry."""

import subprocess
import sys

import pandas as pd
import pytest

from commute.errors import DataFileError, ParameterError, UnknownNameError
from commute.io import datasets

SHIPPED = datasets.data_folder()
pytestmark = pytest.mark.usefixtures("data")


@pytest.mark.parametrize("name", ["the-bay", "The Bay", "the bay", "湾区"])
def test_a_region_loads_by_id_english_and_chinese_name(name):
    bay = datasets.load(name)
    assert bay.region.region_id == "the-bay"
    assert bay.region.members == ("alpha", "beta", "gamma")
    assert bay.region.cores == ("beta",)
    assert len(bay.places) == 12
    assert list(bay.lines.index) == ["railway", "motorway"]
    assert len(bay.links) == 3
    assert set(bay.sources.index) == {"census", "timetable", "atlas", "plan"}


def test_land_is_cut_to_the_surroundings_of_the_region():
    bounds = datasets.load("the-bay").land.total_bounds
    margin = datasets.LAND_MARGIN
    assert bounds == pytest.approx([112.9 - margin, 22.6 - margin, 115.1 + margin, 23.02 + margin])
    assert datasets.land().total_bounds == pytest.approx([100, 10, 130, 40])


def test_a_county_brings_its_city_with_its_own_people_and_all_its_stations():
    delta = datasets.load("delta")
    assert list(delta.places.index) == [
        *("alpha", "alpha-east", "alpha-west", "alpha-station", "beta", "beta-west", "beta-station")
    ]
    assert delta.places.loc["beta", ["population", "gdp", "area_km2"]].tolist() == [200, 10.25, 300]
    assert delta.places.loc["alpha", "population"] == 300
    assert list(delta.lines.index) == ["railway"]
    assert set(zip(delta.links["from_id"], delta.links["to_id"], strict=True)) == {("alpha-station", "beta-station")}


def test_what_is_unknown_of_a_county_is_unknown_of_its_part_of_the_city(data):
    file = data / "china" / "places.csv"
    places = pd.read_csv(file)
    places.loc[places["place_id"].eq("beta-west"), "gdp"] = None
    places.to_csv(file, index=False)
    beta = datasets.load("delta").places.loc["beta"]
    assert pd.isna(beta["gdp"])
    assert beta["population"] == 200


def test_any_cities_and_counties_make_a_region():
    own = datasets.load(["乙", "Gamma"])
    assert own.region.members == ("beta", "gamma")
    assert own.region.cores == ("beta",)
    assert (own.region.region_id, own.region.name, own.region.source) == ("beta-gamma", "Beta–Gamma", "census")
    assert set(own.places["parent"].dropna()) == {"beta", "gamma"}
    assert len(own.links) == 2


def test_unknown_names_come_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No region is called 'the-bey'\. Did you mean the-bay \(湾区\)\?"):
        datasets.load("the-bey")
    with pytest.raises(UnknownNameError, match=r"No city or county is called 'Gama'\. Did you mean gamma \(丙\)"):
        datasets.load(["alpha", "Gama"])
    with pytest.raises(ParameterError, match="A region needs a place: name at least one city or county"):
        datasets.load([])


def test_a_caller_cannot_spoil_what_is_cached():
    places = datasets.load("the-bay").places
    places.loc["alpha", "population"] = 0
    regions, land, points = datasets.regions(), datasets.land(), datasets.known_points()
    regions["people"], land["name"] = 0, "spoilt"
    points.loc["alpha", "lon"] = 0
    assert datasets.load("the-bay").places.loc["alpha", "population"] == 300
    assert datasets.regions()["people"].tolist() == [900, 500]
    assert datasets.land()["name"].tolist() == ["main"]
    assert datasets.known_points().loc["alpha", "lon"] == 113


def test_regions_are_counted():
    regions = datasets.regions().set_index("region")
    assert regions.loc["the-bay", ["cities", "counties", "people", "links", "lines"]].tolist() == [3, 6, 900, 3, 2]
    assert regions.loc["delta", ["cities", "counties", "people", "links", "lines"]].tolist() == [2, 3, 500, 1, 1]
    assert regions.loc["delta", ["name", "name_zh", "tier", "profile"]].tolist() == [
        *("Delta", "三角洲", "metropolis", "METRO")
    ]


def test_scenarios_are_listed():
    (row,) = datasets.scenarios().itertuples(index=False)
    assert (row.name, row.title) == ("without-railway", "Without the railway")
    assert row.path.is_file()


def test_verify_tells_what_changed(data):
    datasets.write_registry()
    assert set(datasets.verify()["status"]) == {"ok"}
    (data / "china" / "links.csv").write_text("changed")
    (data / "china" / "lines.csv").unlink()
    (data / "china" / "roads.csv").write_text("new")
    (data / ".hidden").write_text("left by a tool")
    verified = datasets.verify().set_index("file")["status"]
    assert verified[verified != "ok"].to_dict() == {
        "china/lines.csv": "missing",
        "china/links.csv": "changed",
        "china/roads.csv": "unlisted",
    }
    assert ".hidden" not in verified


def test_the_registry_is_what_sha256sum_reads(data):
    datasets.write_registry()
    done = subprocess.run(
        ["sha256sum", "--check", "registry.txt"], cwd=data, capture_output=True, text=True, check=True
    )
    assert "land.geojson: OK" in done.stdout


def test_a_missing_or_broken_registry_is_said(data):
    with pytest.raises(DataFileError, match=r"registry\.txt does not exist\. Check the path"):
        datasets.verify()
    (data / "registry.txt").write_text("abc\n")
    with pytest.raises(DataFileError, match=r"registry\.txt, line 1 is not 'sha256  file'"):
        datasets.verify()


def test_the_data_folder_is_found_beside_the_package():
    assert (SHIPPED / "README.md").is_file()


def test_importing_datasets_reads_nothing():
    code = "import sys, commute.io.datasets as d; assert d._tables.cache_info().misses == 0"
    subprocess.run([sys.executable, "-c", code], check=True)
