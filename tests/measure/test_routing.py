"""Travel times as a frame: the worked journeys, bases, statuses and what is refused."""

import numpy as np
import pytest
from worlds import line, link, network, place

from commute.errors import BasisError, ParameterError, UnknownNameError
from commute.measure.manifest import one_basis
from commute.measure.routing import checked_cutoffs, travel_times
from commute.model.assumptions import Assumptions


def railway(access, egress, ride, headway, mode="rail"):
    places = [
        place("beijing", name_zh="北京", population=1), place("xiongan", x=110, population=1),
        place("west", "station", parent="beijing", access_minutes=access),
        place("new", "station", x=110, parent="xiongan", access_minutes=egress),
    ]  # fmt: skip
    return network(places, [line("c", mode, headway=headway)], [link("c", "west", "new", ride)])


def minutes(made, **given):
    return travel_times(made, "Beijing", "Xiongan", **given)["travel_time"].item()


def test_beijing_to_xiongan_by_train():
    made = railway(35, 25, 50, 82)
    assert minutes(made) == minutes(made, basis="centre_to_centre") == 153
    assert minutes(made, basis="in_vehicle") == 50


def test_beijing_to_xiongan_by_suburban_railway():
    made = railway(15, 12, 60, 10, "suburban")
    given = Assumptions(exit={"suburban": 3})
    assert minutes(made, assumptions=given) == 15 + 5 + 5 + 60 + 3 + 12 == 100
    assert minutes(made, assumptions=given, basis="in_vehicle") == 60


def across_a_city():
    """North to a, a to b across the city by local transit only, b to south."""
    places = [
        place("north", population=1), place("city", x=100, population=1), place("south", x=200, population=1),
        place("n", "station", parent="north", access_minutes=10),
        place("a", "station", x=100, parent="city", access_minutes=30),
        place("b", "station", x=110, parent="city", access_minutes=20),
        place("s", "station", x=200, parent="south", access_minutes=10),
    ]  # fmt: skip
    lines = [line("g", "rail", headway=20), line("h", "rail", headway=20)]
    return network(places, lines, [link("g", "n", "a", 30), link("h", "b", "s", 40)])


def test_in_vehicle_only_the_two_ends_are_free():
    """Through a city one pays exit, its streets, check-in and the second wait: nobody teleports."""
    made = across_a_city()
    assert travel_times(made, "north", "city", basis="in_vehicle")["travel_time"].item() == 30
    through = travel_times(made, "north", "south", basis="in_vehicle")["travel_time"].item()
    assert through == 30 + 8 + (30 + 20) + 20 + 8 + 40
    whole = travel_times(made, "north", "south", basis="centre_to_centre")["travel_time"].item()
    assert whole == through + 10 + 20 + 8 + 8 + 10


def test_in_vehicle_a_change_and_a_border_are_never_free():
    places = [
        place("north", population=1), place("city", x=100, population=1),
        place("south", x=200, population=1, territory="HK"),
        place("n", "station", parent="north"), place("m", "station", x=100, parent="city"),
        place("s", "station", x=200, parent="south", territory="HK"),
    ]  # fmt: skip
    lines = [line("g", "rail", headway=20), line("h", "rail", headway=30, clearance="co_located")]
    made = network(places, lines, [link("g", "n", "m", 30), link("h", "m", "s", 40)])
    assert travel_times(made, "city", "south", basis="in_vehicle")["travel_time"].item() == 40 + 15
    assert travel_times(made, "north", "south", basis="in_vehicle")["travel_time"].item() == 30 + 20 + 10.5 + 40 + 15


def test_in_vehicle_a_drive_begins_and_ends_at_the_interchanges():
    places = [
        place("a", population=1), place("b", x=100, population=1), place("p", "interchange", x=9, parent="a"),
        place("q", "interchange", x=91, parent="b"), place("far", "interchange", x=50, parent="b"),
    ]  # fmt: skip
    made = network(places, [line("e")], [link("e", "p", "q", length_km=90, speed_limit_kmh=100)])
    assert travel_times(made, "a", "b", basis="in_vehicle")["travel_time"].item() == pytest.approx(60 * 1.2)
    given = Assumptions(period="free_flow")
    assert travel_times(made, "a", "b", basis="in_vehicle", assumptions=given)["travel_time"].item() == 60


def test_in_vehicle_a_ferry_begins_at_its_port():
    places = [
        place("a", population=1), place("b", x=100, population=1), place("p", "port", x=5, parent="a"),
        place("q", "port", x=95, parent="b"),
    ]  # fmt: skip
    made = network(places, [line("f", "ferry", headway=60)], [link("f", "p", "q", 55)])
    assert travel_times(made, "a", "b", basis="in_vehicle")["travel_time"].item() == 55


def test_a_new_station_next_door_makes_nobody_slower_in_vehicle():
    """A city whose people use the station of the next city gets a slow bus of its own."""
    places = [
        place("a", population=1), place("b", x=10, population=1), place("c", x=100, population=1),
        place("s", "station", x=8, parent="b"), place("t", "station", x=100, parent="c"),
        place("stop", "station", x=-20, parent="a"), place("other", "station", x=-45, parent="a"),
    ]  # fmt: skip
    lines, links = [line("g", "rail", headway=20)], [link("g", "s", "t", 30)]
    before = network(places, lines, links)
    after = network(places, [*lines, line("bus", "bus", headway=60)], [*links, link("bus", "stop", "other", 90)])
    then, now = (travel_times(one, "a", "c", basis="in_vehicle")["travel_time"].item() for one in (before, after))
    assert then == now


def test_door_to_door_is_the_mean_over_the_people():
    places = [
        place("a", population=4), place("b", x=30, population=1),
        place("near", "county", x=10, parent="a", population=3), place("far", "county", x=2, parent="a", population=1),
    ]  # fmt: skip
    made = network(places)
    given = Assumptions(parking={"park": 0, "unpark": 0}, local={"circuity": 1}, travel="car")
    door = travel_times(made, "a", "b", assumptions=given)["travel_time"].item()
    assert door == pytest.approx((3 * 40 + 1 * 56) / 4, abs=0.002)
    centre = travel_times(made, "a", "b", basis="centre_to_centre", assumptions=given)["travel_time"].item()
    assert centre == pytest.approx(60, abs=0.004)


def test_statuses_and_cutoffs():
    places = [place("a", population=1), *(place(name, x=x) for name, x in (("b", 5), ("c", 20), ("d", 500)))]
    frame = travel_times(network(places), "a", cutoff=30)
    assert frame["status"].tolist() == ["reached", "beyond_cutoff", "disconnected"]
    assert np.isinf(frame["travel_time"]).tolist() == [False, True, True]
    assert frame.columns.tolist() == ["from_id", "to_id", "travel_time", "status", "basis"]
    told = frame.attrs["manifest"]
    assert (told["basis"], told["as_of"], told["region"]) == ("door_to_door", None, None)


def test_towards_a_place():
    made = railway(35, 25, 50, 82)
    frame = travel_times(made, "beijing", "xiongan", direction="to")
    assert frame[["from_id", "to_id"]].to_numpy().tolist() == [["xiongan", "beijing"]]


def test_any_spelling_and_any_kind_of_place():
    made = railway(35, 25, 50, 82)
    assert travel_times(made, "北京", ["new", "West"], assumptions=Assumptions())["to_id"].tolist() == ["new", "west"]


def test_what_is_refused():
    made = railway(35, 25, 50, 82)
    with pytest.raises(UnknownNameError, match=r"No place is called 'Bejing'\. Did you mean 'Beijing'"):
        travel_times(made, "Bejing")
    with pytest.raises(ParameterError, match="basis cannot be 'doors': choose one of in_vehicle"):
        travel_times(made, basis="doors")
    with pytest.raises(ParameterError, match="direction cannot be 'up': choose one of from, to"):
        travel_times(made, direction="up")
    with pytest.raises(ParameterError, match="The network has no city to travel between: name origins"):
        travel_times(network([place("a")]).with_tables(places=network([place("a")]).places.iloc[:0]))
    ramp = network([place("a"), place("r", "interchange", parent="a")])
    with pytest.raises(ParameterError, match="'R' can be reached only by car"):
        travel_times(ramp, "a", "r", assumptions=Assumptions(travel="transit"))


@pytest.mark.parametrize("wrong", [0, -5, float("nan"), float("inf"), [], [30, 0]])
def test_cutoffs_are_above_nothing(wrong):
    with pytest.raises(ParameterError, match="A cutoff must be a number of minutes above 0, got"):
        checked_cutoffs(wrong)


def test_cutoffs_come_in_order_and_once():
    assert checked_cutoffs([60, 30, 60]) == (30.0, 60.0)
    assert checked_cutoffs(45) == (45.0,)
    with pytest.raises(ParameterError, match="A cutoff must be a number of minutes, got 'soon'"):
        checked_cutoffs("soon")


def test_bases_are_not_mixed():
    assert one_basis(["in_vehicle", "in_vehicle"]) == "in_vehicle"
    with pytest.raises(BasisError, match="Results of different bases cannot be brought together: centre_to_centre, in"):
        one_basis(["in_vehicle", "centre_to_centre"])
    with pytest.raises(BasisError, match="none at all"):
        one_basis([])
