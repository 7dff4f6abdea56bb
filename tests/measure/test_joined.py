"""Streets and trains together: worked examples, reports, origins, parking, and what is refused."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from joined_worlds import grid
from worlds import KM, line, link, network, place

import commute
from commute.errors import ParameterError
from commute.measure.audit import audit
from commute.measure.circles import isochrones, reach
from commute.measure.cliff import cliff
from commute.measure.joined import joined
from commute.measure.journeys import journeys
from commute.measure.origins import REPORT, snap_report
from commute.measure.routing import travel_times
from commute.model.assumptions import Assumptions

CENTRE = Assumptions(basis="centre_to_centre", travel="transit")
LEG = 0.1 * 1.3 / 4.8 * 60  # minutes on foot from a place 100 m beside its junction


def points(*where):
    lon, lat = ([KM * spot[axis] for spot in where] for axis in (0, 1))
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat, crs="EPSG:4326"), index=[f"p{at}" for at in range(len(where))])


@pytest.fixture(scope="module")
def made():
    """Two grids of five minutes to the block, 40 km apart, with a metro from one to the other."""
    places = [
        place("a", population=5), place("b", x=44, population=3),
        place("far", x=20, y=20, population=2),
        place("west", "station", x=4, y=0.1, parent="a"), place("east", "station", x=40, y=0.1, parent="b"),
        place("ramp", "interchange", x=2, parent="a"), place("off", "interchange", x=42, parent="b"),
    ]  # fmt: skip
    lines = [line("m", "metro", headway=10), line("e")]
    links = [link("m", "west", "east", 12), link("e", "ramp", "off", 20, speed_limit_kmh=100)]
    return network(places, lines, links)


def both(mode):
    """Return streets round both ends; nothing joins the two."""
    west, east = grid(mode, side=3), grid(mode, side=3, x=40)
    return commute.Streets.from_arrays(
        np.concatenate([west.tail, east.tail + 9]), np.concatenate([west.head, east.head + 9]),
        np.concatenate([west.minutes, east.minutes]),
        np.concatenate([west.lon, east.lon]), np.concatenate([west.lat, east.lat]), mode=mode, source="made up",
    )  # fmt: skip


@pytest.fixture(scope="module")
def walk():
    return both("walk")


@pytest.fixture(scope="module")
def drive():
    return both("drive")


RIDE = 3 + 5 + 12 + 3  # check-in, wait, ride and exit of the metro


# -- legs --------------------------------------------------------------------------------------------------


def told(frame):
    return [(row.kind, row.from_place, row.to_place, row.mode, round(row.minutes, 3)) for row in frame.itertuples()]


def test_a_journey_walks_rides_and_walks(made, walk):
    frame = journeys(made, "a", "b", streets=walk, assumptions=CENTRE)
    assert told(frame) == [
        ("access", "A", "West", "walk", 10 + LEG),
        ("check_in", "West", "West", "metro", 3),
        ("wait", "West", "West", "metro", 5),
        ("ride", "West", "East", "metro", 12),
        ("exit", "East", "East", "metro", 3),
        ("egress", "East", "B", "walk", 10 + LEG),
    ]
    assert frame.attrs["manifest"]["streets"] == {"both": {"mode": "walk", "source": "made up", "period": ""}}


def test_a_journey_drives_to_the_station_and_walks_from_the_next(made, walk, drive):
    frame = journeys(made, "a", "b", streets={"access": drive, "egress": walk}, assumptions=CENTRE)
    leg = round(0.1 * 1.3 / 30 * 60, 3)
    assert told(frame)[:3] == [
        ("park", "A", "A", "car", 5), ("access", "A", "West", "drive", 10 + leg), ("park", "West", "West", "car", 5)
    ]  # fmt: skip
    assert told(frame)[-1] == ("egress", "East", "B", "walk", 10 + LEG)
    back = journeys(made, "b", "a", streets={"access": drive, "egress": walk}, assumptions=CENTRE)
    assert [leg[0] for leg in told(back)] == ["park", "access", "park", "check_in", "wait", "ride", "exit", "egress"]


def test_a_car_takes_the_expressway_between_two_streets(made, drive):
    by_car = CENTRE.changed("travel", "car").changed("period", "free_flow")
    frame = journeys(made, "a", "b", streets=drive, assumptions=by_car)
    assert told(frame) == [
        ("park", "A", "A", "car", 5),
        ("access", "A", "Ramp", "drive", 5),
        ("drive", "Ramp", "Off", "highway", 20),
        ("egress", "Off", "B", "drive", 5),
        ("park", "B", "B", "car", 5),
    ]


def test_all_the_way_on_foot_is_a_walk_and_by_bicycle_a_ride(made, walk):
    rows = journeys(made, "a", "west", streets=walk, assumptions=CENTRE)
    assert told(rows) == [("walk", "A", "West", "walk", 10 + LEG)]
    rows = journeys(made, "a", "west", streets=both("bicycle"), assumptions=CENTRE)
    assert told(rows) == [("ride", "A", "West", "bicycle", round(10 + LEG * 4.8 / 16, 3))]


# -- times -------------------------------------------------------------------------------------------------


def test_travel_times_are_the_sums_of_the_legs(made, walk):
    for basis in ("centre_to_centre", "door_to_door"):
        times = travel_times(made, streets=walk, basis=basis, assumptions=CENTRE).set_index(["from_id", "to_id"])
        assert times.at[("a", "b"), "travel_time"] == pytest.approx(20 + 2 * LEG + RIDE, abs=0.002)
        assert times.at[("a", "b"), "status"] == "reached"
    towards = travel_times(made, "a", "b", streets=walk, direction="to", assumptions=CENTRE)
    assert (towards["from_id"].item(), towards["to_id"].item()) == ("b", "a")
    assert times.attrs["manifest"]["streets"]["both"]["mode"] == "walk"


def test_a_place_away_from_the_streets_keeps_its_local_ways(made, walk):
    """From far, 28 km off, by local transit to the station and home as without streets."""
    times = [travel_times(made, "far", "west", streets=one, assumptions=CENTRE) for one in (walk, None)]
    assert times[0]["travel_time"].item() == times[1]["travel_time"].item()


def test_who_is_reached(made, walk):
    reached = reach(made, "a", (30, 44), streets=walk, assumptions=CENTRE)
    assert reached["people"].tolist() == [5, 5]
    later = reach(made, "a", 20 + 2 * LEG + RIDE + 0.01, streets=walk, assumptions=CENTRE).iloc[0]
    assert (later["people"], later["people_elsewhere"], later["cities"], later["status"]) == (8, 3, 1, "reached")


# -- circles -----------------------------------------------------------------------------------------------


def test_the_last_minutes_are_walked_from_the_station(made, walk):
    whole = 10 + LEG + RIDE
    circles = isochrones(made, "a", (whole - 1, whole + LEG + 6), streets=walk, assumptions=CENTRE)
    near, far = circles.geometry
    east = shapely.box(39 * KM, -KM, 46 * KM, 6 * KM)
    assert not near.intersects(east)
    assert far.contains(near)
    assert far.contains(shapely.Point(40 * KM, 0))
    assert far.contains(shapely.Point(42 * KM, 0))  # five minutes from the station
    assert not far.intersects(shapely.Point(43 * KM, 0))
    assert circles.columns.tolist() == [
        "origin_id", "origin", "cutoff", "direction", "basis", "area_km2", "people", "cities", "status", "geometry"
    ]  # fmt: skip
    assert circles.attrs["manifest"]["streets"]["both"] == {"mode": "walk", "source": "made up", "period": ""}


def test_points_set_off_too_and_those_away_from_streets_are_told(made, walk, drive):
    origins = points((0, 0.1), (20, 0), (44, 4))
    for streets in (walk, drive, {"access": drive, "egress": walk}):
        for direction in ("from", "to"):
            circles = isochrones(made, origins, 80, streets=streets, direction=direction, assumptions=CENTRE)
            assert circles["origin_id"].tolist() == circles["origin"].tolist() == ["p0", "p1", "p2"]
            assert circles["status"].tolist() == ["reached", "unsnapped", "reached"]
            assert circles.geometry.is_empty.tolist() == [False, True, False]
            assert circles["people"].tolist() == [8, 0, 8]
            assert circles["cities"].tolist() == [2, 0, 2]


def test_a_place_without_streets_beside_it_goes_by_train(made, walk):
    far = isochrones(made, "far", 240, streets=walk, assumptions=CENTRE).iloc[0]
    assert far["status"] == "unsnapped"
    assert far["people"] == 10
    assert not far.geometry.is_empty


def test_parking_counts_both_ways(made, drive):
    """Five minutes to unpark and park, five for each block: the far corner, four blocks away, takes 25."""
    given = CENTRE.changed("parking", {"park": 2, "unpark": 3})
    for direction in ("from", "to"):
        found = joined(made, points((0, 0)), drive, given, direction=direction, limit=24 * 600)
        (times,) = next(found.expansions(24 * 600))
        assert times.deciseconds[[0, 1, 2, 8]].tolist() == [5 * 600, 10 * 600, 15 * 600, 2**30 - 1]


# -- the report --------------------------------------------------------------------------------------------


def test_the_report_says_where_everything_stands(made, walk, drive):
    report = snap_report(made, {"access": drive, "egress": walk})
    assert report.columns.tolist() == list(REPORT)
    rows = report.set_index(["place_id", "layer"])
    assert rows.at[("west", "access"), "distance_metres"] == pytest.approx(100, rel=1e-4)
    assert rows.at[("west", "egress"), "minutes"] == pytest.approx(LEG, rel=1e-4)
    assert rows.at[("west", "access"), "minutes"] == pytest.approx(0.1 * 1.3 / 30 * 60, rel=1e-4)
    assert rows.at[("far", "access"), "status"] == "unsnapped"
    assert rows.at[("far", "access"), "node"] == -1
    assert np.isnan(rows.at[("far", "access"), "minutes"])
    assert rows.at[("ramp", "access"), "status"] == "snapped"
    assert ("ramp", "egress") not in rows.index
    assert rows.at[("b", "egress"), "component"] == rows.at[("east", "egress"), "component"]
    assert rows.at[("b", "egress"), "component"] != rows.at[("a", "egress"), "component"]
    assert set(snap_report(made, walk)["layer"]) == {"both"}


def test_a_checkpoint_is_not_joined_to_the_streets_behind_the_border():
    """The border lies between the two columns of junctions; the gate abroad stands nearer to those of this side."""
    halves = [shapely.box(-50, -50, 1, 50), shapely.box(1, -50, 50, 50)]
    ground = gpd.GeoDataFrame({"territory": ["CN", "HK"]}, geometry=halves).scale(KM, KM, origin=(0, 0))
    land = gpd.GeoDataFrame({"territory": ["CN", "HK"]}, geometry=ground, crs="EPSG:4326")
    places = [
        place("a", population=1), place("b", x=2, y=2, population=1, territory="HK"),
        place("gate", "checkpoint", x=0.99, parent="a"),
        place("gate-abroad", "checkpoint", x=1.01, parent="b", territory="HK"),
        place("stranded", "checkpoint", x=1.01, y=20, parent="b", territory="HK"),
    ]  # fmt: skip
    crossing = [line("hall", "checkpoint", clearance="two_halls")], [link("hall", "gate", "gate-abroad", 5)]
    apart = dataclasses.replace(network(places, *crossing), land=land)
    lon, lat = np.array([0.0, 0.9, 1.4, 2.0, 0.9]) * KM, np.array([0.0, 0.0, 0.0, 2.0, 20.0]) * KM
    streets = commute.Streets.from_arrays([0, 1, 2, 3], [1, 0, 3, 2], [9.0] * 4, lon, lat, mode="walk")
    found = snap_report(apart, streets).set_index("place_id")
    assert found["node"].to_dict() == {"a": 0, "b": 3, "gate": 1, "gate-abroad": 2, "stranded": -1}
    assert found["status"].to_dict() == {
        "a": "snapped", "b": "island", "gate": "snapped", "gate-abroad": "island", "stranded": "unsnapped"
    }  # fmt: skip
    assert found.at["gate-abroad", "distance_metres"] == pytest.approx(390, rel=1e-4)
    assert journeys(apart, "a", "b", streets=streets, assumptions=CENTRE)["kind"].tolist() == [
        "access", "walk", "border", "egress"
    ]  # fmt: skip


# -- what is refused ---------------------------------------------------------------------------------------


def test_what_is_refused(made, walk):
    with pytest.raises(ParameterError, match="In vehicle there is no way from the station to the door, so there is no"):
        isochrones(made, "a", streets=walk, basis="in_vehicle")
    with pytest.raises(ParameterError, match="there is nothing to do for streets: take"):
        reach(made, "a", streets=walk, basis="in_vehicle")
    with pytest.raises(ParameterError, match="Circles round points need streets that they stand beside"):
        isochrones(made, points((0, 0)))
    with pytest.raises(ParameterError, match=r"streets are for access and egress, as in .*; got home"):
        reach(made, "a", streets={"access": walk, "home": walk})
    with pytest.raises(ParameterError, match="access is missing"):
        reach(made, "a", streets={"egress": walk})
    with pytest.raises(ParameterError, match="access must be Streets, got str: see read_streets"):
        reach(made, "a", streets="wuhan.parquet")
    with pytest.raises(ParameterError, match="The streets for access have no junction"):
        reach(made, "a", streets=commute.Streets.from_arrays([], [], [], [], []))
    with pytest.raises(ParameterError, match="Origins must be points, one at least"):
        isochrones(made, gpd.GeoSeries([shapely.box(0, 0, 1, 1)]), streets=walk)
    with pytest.raises(ParameterError, match="Origins must be points, one at least"):
        isochrones(made, gpd.GeoSeries([], crs="EPSG:4326"), streets=walk)
    with pytest.raises(ParameterError, match="direction cannot be 'back'"):
        isochrones(made, "a", streets=walk, direction="back")
    with pytest.raises(ParameterError, match="can be reached only by car"):
        isochrones(made, "ramp", streets=walk, assumptions=CENTRE)


def test_circles_along_streets_are_held_against_times_along_streets(made, walk):
    circles = isochrones(made, "a", (30, 60), streets=walk)
    held = audit(circles, made, streets=walk)
    assert held["valid"].all()
    assert held["nested"].all()
    assert (held["people_falsely_in"] == 0).all()
    assert (held["outline_error_m"] < 20).all()
    with pytest.raises(ParameterError, match="drawn along streets: give them too"):
        audit(circles, made)
    points = gpd.GeoSeries.from_xy([walk.lon[3]], [walk.lat[3]], index=["here"], crs="EPSG:4326")
    with pytest.raises(ParameterError, match="not round 'here'"):
        audit(isochrones(made, points, 30, streets=walk), made, streets=walk)


def test_a_cliff_along_streets_is_that_of_reach(made, walk):
    steep = cliff(made, "a", 60, by=20, streets=walk)
    people = reach(made, "a", (40, 60, 80), streets=walk)["people"].tolist()
    assert steep["people_lost"].tolist() == [people[1] - people[0]]
    assert steep["people_gained"].tolist() == [people[2] - people[1]]


def test_people_of_a_table_are_reached_by_whichever_streets_come_first(made, walk, drive):
    layers = {"access": drive, "egress": walk}
    table = pd.DataFrame({"lon": walk.lon, "lat": walk.lat, "people": 2.0})
    frame = reach(made, ["a", "b"], (30, 60), streets=layers, weights=table)
    found = joined(made, ["a", "b"], layers, Assumptions(), limit=60 * 600)
    first = [np.minimum.reduce([layer.deciseconds for layer in each]) for each in found.expansions(60 * 600)]
    expected = [2.0 * (times <= cutoff * 600).sum() for times in first for cutoff in (30, 60)]
    assert frame["people"].tolist() == expected
    assert 0 < expected[0] < expected[1]
    assert "people_elsewhere" not in frame
    circles = isochrones(made, ["a", "b"], (30, 60), streets=layers, weights=table)
    assert circles["people"].tolist() == expected
    with pytest.raises(ParameterError, match="People on the ground need streets to be reached by"):
        reach(made, "a", weights=table)
