"""The town that the tools make: the same every time, read in every mode, with a river that only bridges cross."""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

import commute

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

import make_town

MODES = ("drive", "walk", "bicycle")
NOT_FOR = {
    "drive": {"footway", "path", "cycleway", "pedestrian", "track", "service", "ferry"},
    "walk": {"motorway", "motorway_link", "cycleway"},
    "bicycle": {"motorway", "motorway_link", "footway"},
}
EVERYWHERE = {"primary", "secondary", "tertiary", "unclassified", "residential"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("town")
    make_town.make(made)
    return made


@pytest.fixture(scope="module")
def streets(folder):
    return {mode: commute.read_streets(folder / "sampleford.osm.pbf", mode=mode) for mode in MODES}


@pytest.fixture(scope="module")
def river(folder):
    return gpd.read_file(folder / "ground.geojson").set_index("kind").loc["water", "geometry"].buffer(-1e-5)


def chords(streets):
    at = np.column_stack([streets.lon, streets.lat])
    return shapely.linestrings(np.stack([at[streets.tail], at[streets.head]], axis=1))


def test_it_is_the_same_every_time(folder, tmp_path):
    make_town.make(tmp_path)
    for file in ("sampleford.osm.pbf", "people.tif", "ground.geojson", "network/places.csv", "network/links.csv"):
        assert (tmp_path / file).read_bytes() == (folder / file).read_bytes()


def test_it_says_that_it_is_invented(folder):
    with osmium.io.Reader(str(folder / "sampleford.osm.pbf")) as reader:
        assert "invented" in reader.header().get("generator")
    assert commute.read_network(folder / "network").sources["title"].tolist() == ["Sampleford is invented"]


def test_it_is_small(folder):
    nodes = sum(one.is_node() for one in osmium.FileProcessor(str(folder / "sampleford.osm.pbf")))
    assert 5_000 < nodes < 15_000


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_reads_it_in_one_piece(streets, mode):
    one = streets[mode]
    roads = set(one.attributes["road"])
    assert one.nodes > 1_500
    assert len(np.unique(one.component)) == 1
    assert roads >= EVERYWHERE
    assert not roads & NOT_FOR[mode]
    assert float(one.source.split(", ")[1].split("%")[0]) < 5


def test_it_has_what_makes_streets_hard(streets):
    said = streets["drive"].attributes
    assert set(said["speed"]) == {"signed", "class"}
    assert {"motorway", "motorway_link"} <= set(said["road"])
    assert {"footway", "path", "ferry", "service", "pedestrian"} <= set(streets["walk"].attributes["road"])
    assert "cycleway" in set(streets["bicycle"].attributes["road"])
    pairs = set(zip(streets["drive"].tail.tolist(), streets["drive"].head.tolist(), strict=True))
    assert any((head, tail) not in pairs for tail, head in pairs)  # one-way streets


def test_no_drive_or_yard_is_driven_through(folder):
    service = [dict(one.tags) for one in osmium.FileProcessor(str(folder / "sampleford.osm.pbf")) if one.is_way()]
    service = [tags for tags in service if tags.get("highway") == "service"]
    assert {"private"} == {tags["access"] for tags in service if "access" in tags}
    assert {"driveway", "parking_aisle"} == {tags["service"] for tags in service if "service" in tags}


@pytest.mark.parametrize(
    ("mode", "bridges"),
    [("drive", {"Old Bridge", "North Bridge", "Motorway Bridge"}), ("walk", {"Old Bridge", "North Bridge"})],
)
def test_only_bridges_and_the_ferry_cross_the_river(streets, river, mode, bridges):
    one = streets[mode]
    wet = shapely.crosses(chords(one), river)
    said = one.attributes[["name", "bridge", "road"]]
    over = said[said["bridge"] & said["name"].str.endswith("Bridge")]
    assert set(over["name"]) == bridges
    straight = np.diff(one.bends.start) == 0
    dry = ~(said["bridge"] | (said["road"] == "ferry")).to_numpy()
    assert not (wet & straight & dry).any()
    assert not shapely.intersects(river, shapely.points(one.lon, one.lat)).any()


def test_without_its_bridges_the_town_falls_apart(streets):
    shut = commute.Scenario("no bridges", (commute.edits.CloseStreets(name=("Old Bridge", "North Bridge")),))
    walk = streets["walk"]
    west, east = (int(walk.snap([lon], [0.0])["node"].iloc[0]) for lon in (-30.0, -29.98))
    before, after = (commute.travel_times(one, [west], [east], dense=True)[0, 0] for one in (walk, shut.apply(walk)))
    assert before < 40
    assert after > 100  # by ferry


def test_one_bridge_less_is_a_long_way_round(streets):
    shut = commute.Scenario("shut", (commute.edits.CloseStreets(name="Old Bridge"),))
    for mode, origins in {"walk": (45,), "drive": (10,)}.items():
        east = gpd.GeoSeries.from_xy([-29.979], [0.006], crs="EPSG:4326")
        found = commute.compare(streets[mode], shut, origins=east, cutoffs=origins).summary.iloc[0]
        assert found["lost_km2"] > 1
        assert found["gained_km2"] == 0


def test_the_people_of_the_grid_are_those_of_the_districts(folder):
    network = commute.read_network(folder / "network")
    people = commute.read_population(folder / "people.tif")["people"].sum()
    assert people == network.places.loc["sampleford", "population"] == network.counting_points["population"].sum()
    assert 100_000 < people < 200_000


def test_everybody_lives_beside_a_street(folder, streets):
    people = commute.read_population(folder / "people.tif")
    found = commute.reach(streets["walk"], [0], minutes=(600,), weights=people)
    assert found["people"].iloc[0] > 0.999 * people["people"].sum()


def test_the_metro_stands_beside_streets_and_saves_time(folder, streets):
    network, walk = commute.read_network(folder / "network"), streets["walk"]
    stations = network.places[network.places["kind"] == "station"]
    assert (walk.snap(stations["lon"], stations["lat"])["status"] == "snapped").all()
    on_foot = commute.isochrones(walk, network.places.loc[["sampleford"]].geometry, minutes=(60,))
    by_train = commute.isochrones(network, "Sampleford", minutes=(60,), streets=walk)
    assert by_train["area_km2"].iloc[0] > 1.1 * on_foot["area_km2"].iloc[0]
