"""Circles: closed forms, water, borders, directions, and polygons held against their times."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod
from worlds import KM, line, link, network, place

from commute.errors import BasisError, ParameterError, UnknownNameError
from commute.measure.audit import audit
from commute.measure.circles import isochrones, reach
from commute.model.assumptions import Assumptions

POLYGON = 0.0005  # a disc is drawn with 128 corners: its area is short by 0.04 %
CAR = Assumptions(
    basis="centre_to_centre", travel="car", parking={"park": 0, "unpark": 0}, local={"circuity": 1}, period="free_flow"
)


def area(made, minutes=60, *, given=CAR, **more):
    return isochrones(made, "a", minutes, assumptions=given, **more)["area_km2"].item()


def at(shape, x, y=0.0):
    return shapely.intersects_xy(shape, x * KM, y * KM)


# -- closed forms ------------------------------------------------------------------------------------------


def test_no_network():
    assert area(network([place("a", population=1)])) == pytest.approx(2827.433, rel=POLYGON)


def test_no_network_after_walking_to_the_car_on_winding_streets():
    given = CAR.changed("parking", {"park": 4, "unpark": 6}).changed("local.circuity", 1.25)
    wanted = np.pi * (30 / 1.25 * 50 / 60) ** 2
    for direction in ("from", "to"):
        assert area(network([place("a")]), given=given, direction=direction) == pytest.approx(wanted, rel=POLYGON)


def test_a_closed_road_colours_its_exits_and_nothing_between():
    places = [place("a", population=1), place("o", "interchange", parent="a")]
    places += [place(name, "interchange", x=x, parent="a") for name, x in (("west", -60), ("east", 60))]
    links = [link("e", "o", end, length_km=60, speed_limit_kmh=100) for end in ("west", "east")]
    made = network(places, [line("e")], links)
    assert area(made) == pytest.approx(3455.752, rel=POLYGON)
    shape = isochrones(made, "a", 60, assumptions=CAR).geometry.item()
    assert len(shape.geoms) == 3
    assert [at(shape, x) for x in (0, 29, 40, 51, 60, 69, 71)] == [True, True, False, True, True, True, False]


def test_a_disc_cut_by_a_straight_bank():
    land = shapely.box(-50, -50, 6, 50)
    made = network([place("a", population=1)], land=land)
    assert area(made, 20) == pytest.approx(269.429743, rel=0.001)  # the plane of the circle is that of the ellipsoid


def test_areas_are_those_of_the_globe():
    circles = isochrones(network([place("a", x=300, y=4400)]), "a", (30, 60), assumptions=CAR)
    for row in circles.itertuples():
        square_metres, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(row.geometry))
        assert row.area_km2 == pytest.approx(square_metres / 1e6, rel=1e-4)
        assert row.area_km2 == pytest.approx(np.pi * (row.cutoff / 2) ** 2, rel=POLYGON)


def test_hardly_any_time_is_hardly_any_ground():
    assert area(network([place("a")]), 0.1) == pytest.approx(np.pi * 0.05**2, rel=0.01)


# -- water and borders -------------------------------------------------------------------------------------

BANKS = shapely.union_all([shapely.box(-50, -50, 5, 50), shapely.box(9, -50, 60, 50)])


def test_a_disc_does_not_jump_an_estuary_and_a_bridge_does():
    places = [
        place("a", population=1), place("b", x=14, population=1), place("east", "interchange", x=4, parent="a"),
        place("west", "interchange", x=10, parent="b"),
    ]  # fmt: skip
    without = isochrones(network(places, land=BANKS), "a", 60, assumptions=CAR)
    shape = without.geometry.item()
    assert [at(shape, x) for x in (-20, 4.9, 7, 9.1, 14)] == [True, True, False, False, False]
    bridge = network(places, [line("e", "bridge")], [link("e", "east", "west", 4)], land=BANKS)
    shape = isochrones(bridge, "a", 60, assumptions=CAR).geometry.item()
    assert [at(shape, x) for x in (4.9, 7, 9.1, 14, 27)] == [True, False, True, True, True]


def test_land_round_the_end_of_a_bay_hangs_together():
    bay = shapely.difference(shapely.box(-50, -50, 50, 50), shapely.box(5, 0, 9, 60))
    shape = isochrones(network([place("a", y=5)], land=bay), "a", 60, assumptions=CAR).geometry.item()
    assert at(shape, 12, 3)
    assert not at(shape, 7, 3)


def test_an_island_is_not_reached_and_reaches_nothing():
    land = shapely.union_all([shapely.box(-50, -50, 5, 50), shapely.Point(10, 0).buffer(2)])
    made = network([place("a"), place("b", x=10)], land=land)
    circles = isochrones(made, ["a", "b"], 60, assumptions=CAR).set_index("origin_id")
    assert not at(circles.geometry["a"], 10)
    assert circles["area_km2"]["b"] == pytest.approx(np.pi * 4, rel=0.02)


def test_an_origin_off_the_coast():
    land = shapely.box(5, -50, 50, 50)
    near, far = (isochrones(network([place("a", x=x)], land=land), "a", (30, 60), assumptions=CAR) for x in (4, -10))
    assert near["area_km2"].gt(0).all()
    assert far.geometry.is_empty.all()
    assert far.geometry.is_valid.all()
    assert far["area_km2"].tolist() == [0, 0]


def test_a_circle_crosses_a_border_only_at_a_checkpoint():
    halves = [shapely.box(-50, -50, 2, 50), shapely.box(2, -50, 50, 50)]
    places = [
        place("a", population=1), place("b", x=9, population=1, territory="HK"),
        place("p", "checkpoint", x=1, parent="a"), place("q", "checkpoint", x=3, parent="b", territory="HK"),
    ]  # fmt: skip
    lines, links = [line("hall", "checkpoint", clearance="two_halls")], [link("hall", "p", "q", 5)]
    made = network(places, lines, links, land=shapely.union_all(halves))
    ground = gpd.GeoDataFrame({"territory": ["CN", "HK"]}, geometry=halves).scale(KM, KM, origin=(0, 0))
    ground = gpd.GeoDataFrame({"territory": ["CN", "HK"]}, geometry=ground, crs="EPSG:4326")
    apart = dataclasses.replace(made, land=ground)
    both = Assumptions(basis="centre_to_centre")
    half, hour = isochrones(apart, "a", (20, 60), assumptions=both).geometry
    assert not at(half, 3)
    assert at(half, -2)
    assert at(hour, 3)  # on foot from the checkpoint
    by_car = isochrones(apart, "a", 60, assumptions=CAR).geometry.item()
    assert not at(by_car, 3)


# -- directions and origins --------------------------------------------------------------------------------


def test_towards_a_place_the_way_back_counts():
    places = [place("a", population=1), place("b", x=80, population=2), place("o", "interchange", parent="a")]
    places.append(place("p", "interchange", x=80, parent="b"))
    made = network(places, [line("e")], [link("e", "o", "p", 20, oneway=True)])
    there, back = (isochrones(made, "a", 60, direction=way, assumptions=CAR) for way in ("from", "to"))
    assert at(there.geometry.item(), 80)
    assert not at(back.geometry.item(), 80)
    assert (there["people"].item(), back["people"].item()) == (3, 1)
    assert (there["cities"].item(), back["cities"].item()) == (1, 0)


def test_several_origins_have_circles_of_their_own():
    made = network([place("a", population=1), place("b", x=20, population=1)])
    circles = isochrones(made, ["B", "a"], (60, 30))
    assert list(zip(circles["origin_id"], circles["cutoff"], strict=True)) == [
        ("b", 30.0), ("b", 60.0), ("a", 30.0), ("a", 60.0)
    ]  # fmt: skip
    assert circles["origin"].tolist() == ["B", "B", "A", "A"]
    assert circles.attrs["manifest"]["basis"] == "door_to_door"
    assert circles.columns.tolist() == [
        "origin_id", "origin", "cutoff", "direction", "basis", "area_km2", "people", "cities", "geometry"
    ]  # fmt: skip


# -- reach -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bay():
    places = [
        place("a", population=10, gdp=50.0), place("b", x=15, population=6), place("c", x=100, population=3),
        place("in", "county", x=1, parent="a", population=7), place("out", "county", x=-20, parent="a", population=3),
        place("near", "county", x=12, parent="b", population=4),
        place("far", "county", x=25, parent="b", population=2, gdp=5.0),
    ]  # fmt: skip
    return network(places, cores=["a"])


def test_who_is_reached(bay):
    """By car with no terminal time: two minutes to the kilometre."""
    row = reach(bay, "a", 30, assumptions=CAR).iloc[0]
    assert (row["people"], row["people_elsewhere"], row["cities"], row["counties"]) == (11, 4, 1, 2)
    assert row["gdp"] == pytest.approx(35)
    assert np.isnan(row["gdp_elsewhere"])
    hour = reach(bay, "a", 60, assumptions=CAR).iloc[0]
    assert (hour["people"], hour["people_elsewhere"], hour["cities"], hour["gdp_elsewhere"]) == (16, 6, 1, 5)
    assert reach(bay, "a", assumptions=CAR)["cutoff"].tolist() == [30, 60]


def test_a_city_is_reached_door_to_door_when_its_people_are_on_average(bay):
    """From the centre of a to b: 4 people at 24 minutes, 2 at 50: 32.7 on average; its centre is at 30."""
    door = CAR.changed("basis", "door_to_door")
    assert reach(bay, "a", (32, 33), assumptions=door)["cities"].tolist() == [0, 1]
    assert reach(bay, "a", (29, 31), assumptions=CAR)["cities"].tolist() == [0, 1]


def test_in_vehicle_counts_and_draws_nothing(bay):
    assert reach(bay, "a", 30, basis="in_vehicle")["basis"].item() == "in_vehicle"
    with pytest.raises(ParameterError, match="In vehicle there is no way from the station to the door, so there is no"):
        isochrones(bay, "a", basis="in_vehicle")


def test_what_is_refused(bay):
    with pytest.raises(ParameterError, match="A cutoff must be a number of minutes above 0, got 0"):
        isochrones(bay, "a", 0)
    with pytest.raises(ParameterError, match="direction cannot be 'back': choose one of from, to"):
        isochrones(bay, "a", direction="back")
    with pytest.raises(UnknownNameError, match="No place is called 'nowhere'"):
        reach(bay, "nowhere")
    with pytest.raises(ParameterError, match="No place was named"):
        reach(bay, [])


# -- audit -------------------------------------------------------------------------------------------------


def test_an_audit_of_true_circles_finds_nothing_wrong(bay):
    found = audit(isochrones(bay, ["a", "b"], (30, 60), assumptions=CAR), bay, assumptions=CAR)
    assert found["valid"].all()
    assert found["nested"].all()
    assert (found[["people_falsely_in", "people_falsely_out", "share_wrong", "boundary_error_m"]] == 0).all(axis=None)


def test_an_audit_finds_what_is_wrong(bay):
    circles = isochrones(bay, "a", (30, 60), assumptions=CAR)
    grown = circles.assign(geometry=[shapely.Point(0, 0).buffer(26 * KM), shapely.Point(0, 0).buffer(13 * KM)])
    found = audit(grown, bay, assumptions=CAR)
    assert found["people_falsely_in"].tolist() == [5, 0]
    assert found["people_falsely_out"].tolist() == [0, 5]
    assert found["share_wrong"].tolist() == [5 / 16, 5 / 16]
    assert found["nested"].tolist() == [False, True]
    assert found["boundary_error_m"].tolist() == pytest.approx([6000, 12000], rel=0.02)


def test_an_audit_of_two_bases_is_refused(bay):
    circles = isochrones(bay, "a", (30, 60))
    mixed = circles.assign(basis=["door_to_door", "centre_to_centre"])
    with pytest.raises(BasisError, match="Results of different bases cannot be brought together"):
        audit(mixed, bay)
