"""Journeys: legs that add up to the travel time, told the way a traveller would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_worlds import laws, worlds
from worlds import line, link, network, place

from commute.errors import ParameterError, UnknownNameError
from commute.measure.journeys import COLUMNS, journeys
from commute.measure.routing import travel_times
from commute.model.assumptions import BASES, Assumptions
from commute.model.clock import DECISECONDS

KINDS = {
    "access", "check_in", "wait", "ride", "transfer", "exit", "egress", "walk", "border", "park", "drive",
}  # fmt: skip


@laws
@given(worlds(), st.sampled_from(BASES))
def test_legs_sum_to_the_travel_time(world, basis):
    made = world.made
    times = travel_times(made, basis=basis)
    for pair in times.itertuples():
        legs = journeys(made, pair.from_id, pair.to_id, basis=basis)
        assert set(legs["kind"]) <= KINDS
        deciseconds = legs["minutes"].to_numpy() * DECISECONDS
        assert abs(deciseconds - deciseconds.round()).max(initial=0) < 1e-6
        if pair.status == "disconnected":
            some = basis == "door_to_door"  # some of the people may have a way
            assert legs.empty or some
            continue
        assert (legs["minutes"] * legs["weight"]).sum() == pytest.approx(pair.travel_time, abs=1e-9)
        assert legs.groupby("journey")["weight"].first().sum() == pytest.approx(1)
        assert (legs.groupby("journey")["leg"].max() + 1 == legs.groupby("journey").size()).all()
        if basis != "door_to_door":
            assert round(legs["minutes"].sum() * DECISECONDS) == round(pair.travel_time * DECISECONDS)


def railway():
    places = [
        place("a", population=1), place("b", x=100, population=1), place("c", x=200, population=1),
        place("a-stop", "station", parent="a", access_minutes=15),
        place("mid", "station", x=50, parent="a", access_minutes=60),
        place("b-stop", "station", x=100, parent="b", access_minutes=20),
        place("c-stop", "station", x=200, parent="c", access_minutes=10),
    ]  # fmt: skip
    lines = [line("g", "rail", headway=20), line("h", "rail", headway=30)]
    rides = [link("g", "a-stop", "mid", 20), link("g", "mid", "b-stop", 25), link("h", "b-stop", "c-stop", 40)]
    return network(places, lines, rides)


def told(frame):
    return [(row.kind, row.from_place, row.to_place, row.line, row.minutes) for row in frame.itertuples()]


def test_riding_through_is_one_leg_and_a_change_is_a_transfer_and_a_wait():
    frame = journeys(railway(), "a", "c", basis="centre_to_centre")
    assert told(frame) == [
        ("access", "A", "A-Stop", "", 15),
        ("check_in", "A-Stop", "A-Stop", "G", 20),
        ("wait", "A-Stop", "A-Stop", "G", 8),
        ("ride", "A-Stop", "B-Stop", "G", 45),
        ("transfer", "B-Stop", "B-Stop", "H", 20),
        ("wait", "B-Stop", "B-Stop", "H", 10.5),
        ("ride", "B-Stop", "C-Stop", "H", 40),
        ("exit", "C-Stop", "C-Stop", "H", 8),
        ("egress", "C-Stop", "C", "", 10),
    ]
    assert frame.columns.tolist() == [*COLUMNS, "basis"]
    assert frame.attrs["manifest"]["basis"] == "centre_to_centre"


def test_in_vehicle_the_ends_are_left_out():
    assert [leg[0] for leg in told(journeys(railway(), "a", "c", basis="in_vehicle"))] == [
        "ride", "transfer", "wait", "ride"
    ]  # fmt: skip


def test_a_drive_across_a_border():
    places = [
        place("a", population=1), place("b", x=60, population=1, territory="HK"),
        place("p", "interchange", x=3, parent="a"), place("m", "interchange", x=40, parent="a"),
        place("q", "interchange", x=57, parent="b", territory="HK"),
    ]  # fmt: skip
    links = [
        link("e", "p", "m", length_km=37, speed_limit_kmh=100), link("e", "m", "q", length_km=17, speed_limit_kmh=100)
    ]  # fmt: skip
    made = network(places, [line("e", "bridge", clearance="car")], links)
    frame = journeys(made, "a", "b", basis="centre_to_centre", assumptions=Assumptions(period="free_flow"))
    assert [leg[:4] for leg in told(frame)] == [
        ("park", "A", "A", ""), ("drive", "A", "P", ""), ("drive", "P", "Q", "E"), ("border", "P", "Q", "E"),
        ("drive", "Q", "B", ""), ("park", "B", "B", ""),
    ]  # fmt: skip
    assert frame["minutes"][2] == pytest.approx(36, abs=0.002)
    assert frame["minutes"][3] == 12


def test_a_checkpoint_on_foot():
    places = [place("a", population=1), place("b", x=1, population=1, territory="HK")]
    places += [place("p", "checkpoint", parent="a"), place("q", "checkpoint", x=1, parent="b", territory="HK")]
    made = network(places, [line("hall", "checkpoint", clearance="two_halls")], [link("hall", "p", "q", 6)])
    frame = journeys(made, "a", "b", assumptions=Assumptions(travel="transit"))
    assert told(frame) == [("walk", "P", "Q", "Hall", 6), ("border", "P", "Q", "Hall", 20)]


def test_door_to_door_there_is_a_journey_for_each_pair_of_points_the_typical_one_first():
    places = [place("a", population=10), place("b", x=25, population=1)]
    counties = [("near", 15, 2), ("typical", 8, 5), ("far", 2, 3)]
    places += [place(name, "county", x=x, parent="a", population=people) for name, x, people in counties]
    frame = journeys(network(places), "a", "b")
    heads = frame.groupby("journey").first()
    assert heads["from_id"].tolist() == ["typical", "far", "near"]
    assert heads["weight"].tolist() == [0.5, 0.3, 0.2]
    times = travel_times(network(places), "a", "b")["travel_time"].item()
    assert (frame["minutes"] * frame["weight"]).sum() == pytest.approx(times)


def test_two_places_at_one_interchange_have_one_leg_of_no_minutes_in_vehicle():
    places = [place("a"), place("t", "county", x=3, parent="a"), place("r", "interchange", x=1, parent="a")]
    frame = journeys(network(places), "a", "t", basis="in_vehicle")
    assert told(frame) == [("walk", "A", "T", "", 0)]


def test_who_has_no_way_has_no_rows():
    frame = journeys(network([place("a", population=1), place("b", x=500, population=1)]), "a", "b")
    assert frame.empty
    assert frame.columns.tolist() == [*COLUMNS, "basis"]


def test_what_is_refused():
    made = railway()
    with pytest.raises(ParameterError, match="A journey needs two places, got 'A' twice"):
        journeys(made, "a", "A")
    with pytest.raises(UnknownNameError, match="No place is called 'nowhere'"):
        journeys(made, "a", "nowhere")
