"""Edits: what each does to a network, and what it refuses to do."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from worlds import line, link, network, place

from commute.errors import BasisError, ParameterError, ScenarioError, TableError, UnknownNameError
from commute.measure.times import minutes_between_points
from commute.model.assumptions import Assumptions
from commute.model.edits import (
    AddLine,
    AddLink,
    AddPlace,
    AsOf,
    Assume,
    Close,
    Reopen,
    Retime,
    ScaleHeadway,
    ScaleTime,
    SetHeadway,
    SetOpened,
    SetPopulation,
)
from commute.model.scenario import Scenario
from commute.model.timegraph import time_graph


@pytest.fixture(scope="module")
def bay():
    places = [
        place("east", population=6), place("west", x=60, population=4),
        place("east-town", "county", x=1, population=4, parent="east"),
        place("east-port", "county", x=9, population=2, parent="east"),
        place("east-station", "station", parent="east"), place("west-station", "station", x=60, parent="west"),
        place("middle-station", "station", x=30, parent="west"),
        place("east-ramp", "interchange", x=2, parent="east"), place("west-ramp", "interchange", x=58, parent="west"),
    ]  # fmt: skip
    lines = [
        line("rail", "rail", headway=30, asset="track", opened="2010-01-01"),
        line("bridge", "bridge", asset="deck; pylon", opened="2024-06-30"),
        line("tunnel", "tunnel", status="planned", opened="2030-01-01"),
        line("ferry", "ferry", headway=60, opened="1990-01-01", closed="2018-10-24"),
        line("idea", "highway", status="proposed", opened=None),
    ]
    links = [
        link("rail", "east-station", "middle-station", 20, fastest_minutes=18),
        link("rail", "middle-station", "west-station", 15, opened="2015-05-01"),
        link("bridge", "east-ramp", "west-ramp", length_km=60, speed_limit_kmh=100),
        link("tunnel", "east-ramp", "west-ramp", length_km=50, speed_limit_kmh=100),
        link("ferry", "east-station", "west-station", 90),
        link("idea", "east-ramp", "west-ramp", 20),
    ]
    return network(places, lines, links, cores=["east"])


def running(network):
    return set(network.operating_links["line_id"])


def minutes(network, one="east", other="west", **given):
    graph = time_graph(network, Assumptions(basis="centre_to_centre", **given))
    return minutes_between_points(graph, [one], [other])[0, 0]


def table(network, name):
    return pd.DataFrame(getattr(network, name)).drop(columns="geometry", errors="ignore")


EVERY = [
    Close("rail"), Close(asset="deck"), Close("rail", from_id="east-station", to_id="middle-station"),
    Reopen("tunnel"), SetOpened("tunnel", dt.date(2024, 1, 1)), Retime("rail", "east-station", "middle-station", 5),
    ScaleTime("bridge", 0.5), SetHeadway("rail", 10), ScaleHeadway("rail", 0.5),
    AddPlace("island", "county", "Island", 0.1, 0.1, parent="west", population=None),
    AddLine("new", "New", "rail", ["east-station", "west-station"], minutes=[20], headway_minutes=20),
    AddLink("rail", "east-station", "west-station", minutes=25), SetPopulation("west", 9), AsOf(dt.date(2020, 1, 1)),
    Assume("check_in.rail", 5),
]  # fmt: skip


@pytest.mark.parametrize("edit", EVERY, ids=lambda edit: f"{type(edit).__name__}")
def test_no_edit_changes_the_network_it_is_given(bay, edit):
    names = ("places", "lines", "links", "sources")
    before = {name: table(bay, name).copy(deep=True) for name in names}
    after = edit.apply(bay)
    for name in names:
        pd.testing.assert_frame_equal(table(bay, name), before[name])
    assert after is bay if isinstance(edit, Assume) else not after.equals(bay)


# -- close, reopen, open -----------------------------------------------------------------------------------


def test_close_a_line_a_link_or_an_asset(bay):
    assert "rail" not in running(Close("rail").apply(bay))
    for name in ("deck", "pylon"):
        assert "bridge" not in running(Close(asset=name).apply(bay))
    part = Close("rail", from_id="east-station", to_id="middle-station").apply(bay)
    assert part.links.query("line_id == 'rail'")["from_id"].tolist() == ["middle-station"]
    other_way = Close("rail", from_id="middle-station", to_id="east-station").apply(bay)
    assert other_way.equals(part)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Close("rial"), "No line is called 'rial'. Did you mean rail?"),
        (Close("tunnel"), "Close: line 'tunnel' is not in service without a date; there is nothing to close"),
        (Close("ferry"), "Close: line 'ferry' is not in service without a date"),
        (Close(asset="pilon"), "Close: No asset is called 'pilon'. Did you mean pylon?"),
        (Close("rail", from_id="east-station"), "Line 'rail': a link needs both from_id and to_id"),
        (
            Close("rail", from_id="east-station", to_id="west-station"),
            "Line 'rail' has no link between 'east-station' and 'west-station' without a date",
        ),
        (Close(), "Close needs either a line or an asset, and not both"),
        (Close("rail", asset="track"), "Close needs either a line or an asset, and not both"),
        (Close(asset="track", from_id="east-station"), "Close: asset 'track' closes as a whole; name the line"),
        (Reopen("rail"), "Reopen: line 'rail' is in service without a date already"),
        (Reopen("idea"), "Reopen: line 'idea' has no opening date; use SetOpened with one"),
        (Reopen("tunel"), "No line is called 'tunel'. Did you mean tunnel?"),
        (SetHeadway("bridge", 5), "Line 'bridge' is a bridge and has no headway"),
        (ScaleHeadway("bridge", 2), "Line 'bridge' is a bridge and has no headway"),
        (Retime("rail", "east-station", "west-station", 5), "Line 'rail' has no link between"),
        (AddPlace("east", "city", "Other", 0, 0), "AddPlace: there is a place 'east' already"),
        (AddLine("rail", "R", "rail", ["east", "west"]), "AddLine: there is a line 'rail' already"),
        (AddLine("new", "N", "rail", ["east", "west"], [1, 2]), "AddLine 'new': minutes needs 1 values, got 2"),
        (
            AddLine("new", "N", "bridge", ["east", "west"], length_km=[1, 2]),
            "AddLine 'new': length_km needs 1 values, got 2",
        ),
        (
            AddLink("rail", "middle-station", "east-station", 5),
            "AddLink: line 'rail' joins 'middle-station' and 'east-station' already",
        ),
        (SetPopulation("east-ramp", 5), "people live in cities and counties, and 'east-ramp' is of the kind interch"),
    ],
)
def test_an_edit_that_contradicts_the_network_says_so(bay, edit, said):
    with pytest.raises(ScenarioError) as fault:
        edit.apply(bay)
    assert said in str(fault.value)


def test_what_was_closed_before_the_day_cannot_be_closed_and_what_opened_later_is_not_known(bay):
    with pytest.raises(ScenarioError, match="Close: line 'ferry' is not in service as of 2020-01-01"):
        Close("ferry").apply(bay.as_of("2020-01-01"))
    with pytest.raises(ScenarioError, match=r"No line is called 'bridge'.*seen as of 2020-01-01"):
        Close("bridge").apply(bay.as_of("2020-01-01"))


def test_reopen_puts_planned_and_closed_lines_into_service(bay):
    for name in ("tunnel", "ferry"):
        assert name in running(Reopen(name).apply(bay))
    later = bay.as_of("2024-07-01")
    opened = Reopen("tunnel").apply(later)
    assert "tunnel" in running(opened)
    assert opened.lines["opened"]["tunnel"] == pd.Timestamp("2024-07-01")
    assert "idea" in running(Reopen("idea").apply(later))
    assert "ferry" in running(Reopen("ferry").apply(later))


def test_set_opened_puts_every_section_into_service_on_one_day(bay):
    early = SetOpened("rail", dt.date(2012, 1, 1)).apply(bay)
    assert len(early.as_of("2012-01-01").links.query("line_id == 'rail'")) == 2
    assert len(early.as_of("2011-12-31").links.query("line_id == 'rail'")) == 0
    assert len(bay.as_of("2012-01-01").links.query("line_id == 'rail'")) == 1
    assert len(bay.as_of("2009-12-31").links.query("line_id == 'rail'")) == 0
    assert "tunnel" in running(SetOpened("tunnel", dt.date(2025, 1, 1)).apply(bay).as_of("2025-01-01"))


def test_set_opened_after_the_day_seen_is_refused(bay):
    said = "SetOpened: line 'tunnel' would open on 2031-01-01, after 2024-07-01, the day the network is seen as of"
    with pytest.raises(ScenarioError, match=said):
        SetOpened("tunnel", dt.date(2031, 1, 1)).apply(bay.as_of("2024-07-01"))


# -- times and headways ------------------------------------------------------------------------------------


def test_retime_counts_both_ways_and_forgets_the_fastest(bay):
    after = Retime("rail", "middle-station", "east-station", 5).apply(bay)
    row = after.links.iloc[0]
    assert (row["minutes"], np.isnan(row["fastest_minutes"])) == (5, True)
    assert minutes(bay, travel="transit") - minutes(after, travel="transit") == pytest.approx(15)


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.9, 3.0])
@pytest.mark.parametrize("period", ["peak", "off_peak", "free_flow"])
def test_scaling_multiplies_the_time_of_a_road_whatever_the_period(bay, factor, period):
    """Neither 100 km/h made slower nor made faster changes its class of congestion."""
    graph = [time_graph(one, Assumptions(period=period)) for one in (bay, ScaleTime("bridge", factor).apply(bay))]
    before, after = (one.edges.time[one.edges.kind == "road"] for one in graph)
    np.testing.assert_allclose(after, before * factor, atol=1)


def test_scaling_a_railway_scales_its_minutes(bay):
    after = ScaleTime("rail", 2).apply(bay).links.query("line_id == 'rail'")
    assert after["minutes"].tolist() == [40, 30]
    assert after["fastest_minutes"].iloc[0] == 36
    one = ScaleTime("rail", 2, from_id="east-station", to_id="middle-station").apply(bay).links
    assert one.query("line_id == 'rail'")["minutes"].tolist() == [40, 15]


def test_headways(bay):
    assert SetHeadway("rail", 12).apply(bay).lines["headway_minutes"]["rail"] == 12
    assert ScaleHeadway("rail", 0.5).apply(bay).lines["headway_minutes"]["rail"] == 15
    faster = SetHeadway("rail", 10).apply(bay)
    assert minutes(bay, travel="transit") - minutes(faster, travel="transit") == pytest.approx(10.5 - 5)


# -- additions ---------------------------------------------------------------------------------------------


def test_a_new_line_carries_people(bay):
    after = AddLine("new", "New", "rail", ["East-Station", "West-Station"], minutes=[20], headway_minutes=20).apply(bay)
    row = after.lines.loc["new"]
    assert (row["status"], row["asset"], row["source"]) == ("operating", "new", "scenario")
    assert after.sources.index.tolist() == ["made-up", "scenario"]
    assert minutes(after, travel="transit") == pytest.approx(20 + 8 + 20 + 8)


def test_a_new_line_is_open_on_the_day_seen(bay):
    new = AddLine("new", "New", "bridge", ["east-ramp", "west-ramp"], length_km=[60], speed_limit_kmh=80)
    assert "new" in running(new.apply(bay.as_of("1995-01-01")))
    assert "new" in running(new.apply(bay).as_of("1995-01-01"))
    later = AddLine("new", "New", "bridge", ["east-ramp", "west-ramp"], [5], opened=dt.date(2030, 1, 1))
    assert "new" not in running(later.apply(bay).as_of("2029-12-31"))
    with pytest.raises(ScenarioError, match="AddLine: line 'new' would open on 2030-01-01, after 2024-07-01"):
        later.apply(bay.as_of("2024-07-01"))


def test_what_is_added_is_checked_like_every_table(bay):
    with pytest.raises(TableError, match="headway_minutes: a rail line needs the time between its departures"):
        AddLine("new", "New", "rail", ["east-station", "west-station"], minutes=[20]).apply(bay)
    with pytest.raises(TableError, match="a county needs the city it belongs to"):
        AddPlace("island", "county", "Island", 0, 0).apply(bay)
    with pytest.raises(UnknownNameError, match="No place is called 'nowhere'"):
        AddLink("rail", "nowhere", "east-station", 5).apply(bay)


def test_a_new_place_can_be_joined(bay):
    island = AddPlace("island", "city", "Island", 1.0, 0.0, population=5).apply(bay)
    pier = AddPlace("pier", "port", "Pier", 1.0, 0.0, parent="island").apply(island)
    boat = AddLine("boat", "Boat", "ferry", ["pier", "west-station"], minutes=[30], headway_minutes=60).apply(pier)
    assert np.isinf(minutes(pier, "west", "island", travel="transit"))
    assert minutes(boat, "west", "island", travel="transit") == pytest.approx(15 + 15 + 30 + 8, abs=0.01)


def test_oneway_links_lead_one_way(bay):
    after = AddLink("rail", "east-station", "west-station", minutes=1, oneway=True).apply(bay)
    assert minutes(after, "east", "west") < minutes(bay, "east", "west")
    assert minutes(after, "west", "east") == minutes(bay, "west", "east")


# -- people ------------------------------------------------------------------------------------------------


def test_people_go_on_adding_up(bay):
    people = SetPopulation("east-town", 10).apply(bay).places["population"]
    assert (people["east"], people["east-town"], people["east-port"]) == (12, 10, 2)
    people = SetPopulation("east", 12).apply(bay).places["population"]
    assert (people["east"], people["east-town"], people["east-port"]) == (12, 8, 4)
    assert SetPopulation("west", 1).apply(bay).places["population"]["west"] == 1


def test_nobody_cannot_be_scaled(bay):
    nobody = SetPopulation("east", 0).apply(bay)
    with pytest.raises(ScenarioError, match="SetPopulation: 'east' has counties and no people to scale"):
        SetPopulation("east", 5).apply(nobody)


def test_a_county_of_unknown_people_can_be_told():
    rows = [place("a", population=5), place("b", "county", parent="a")]
    rows.append(place("c", "county", x=1, population=5, parent="a"))
    people = SetPopulation("b", 3).apply(network(rows)).places["population"]
    assert (people["a"], people["b"], people["c"]) == (8, 3, 5)


# -- dates and assumptions ---------------------------------------------------------------------------------


def test_as_of_looks_back_and_not_forward(bay):
    assert AsOf(dt.date(2017, 1, 1)).apply(bay).equals(bay.as_of("2017-01-01"))
    with pytest.raises(ScenarioError, match="AsOf 2020-01-01: The network was seen as of 2017-01-01 and has forgotten"):
        AsOf(dt.date(2020, 1, 1)).apply(bay.as_of("2017-01-01"))


def test_assume_changes_the_assumptions_and_nothing_else(bay):
    edit = Assume("check_in.rail", 5)
    assert edit.apply(bay) is bay
    assert edit.assume(Assumptions()).check_in["rail"] == 5
    assert Close("rail").assume(Assumptions()) == Assumptions()
    assert Assume("travel", ["car"]) == Assume("travel", ("car",))
    assert Assume("clearance", {"car": 0}).value == {"car": 0.0}


def test_the_basis_is_no_matter_of_a_scenario():
    with pytest.raises(BasisError, match="A scenario cannot change the basis: results of different bases"):
        Assume("basis", "in_vehicle")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: SetHeadway("rail", -1), r"SetHeadway: headway_minutes: Input should be greater than 0 \(got -1\)"),
        (lambda: SetHeadway("rail"), "SetHeadway: headway_minutes: Field required"),
        (lambda: SetHeadway("rail", float("nan")), "SetHeadway: headway_minutes: Input should be a finite number"),
        (lambda: Retime("rail", "a", "b", 0), "Retime: minutes: Input should be greater than 0"),
        (lambda: Retime("rail", "a", "b", float("inf")), "Retime: minutes: Input should be a finite number"),
        (lambda: ScaleTime("rail", 0), "ScaleTime: factor: Input should be greater than 0"),
        (lambda: Close("rail", when="now"), r"Close: when: Unexpected keyword argument \(got 'now'\)"),
        (lambda: AddLine("n", "N", "rail", ["a"]), "AddLine: stops: Tuple should have at least 2 items"),
        (lambda: AddLine("n", "N", "plane", ["a", "b"]), "AddLine: mode: Input should be 'rail', 'suburban'"),
        (lambda: AddLink("rail", "a", "b", minutes=-5), "AddLink: minutes: Input should be greater than 0"),
        (lambda: SetPopulation("a", -1), "SetPopulation: population: Input should be greater than or equal to 0"),
        (lambda: AsOf("tomorrow"), "AsOf: date: Input should be a valid date"),
        (lambda: Assume("weather", 1), "Assume: No assumption is called 'weather'"),
        (lambda: Assume("speed.car", 0), "Assume: speed.car must be a number above 0"),
        (lambda: Assume("wait_rule", lambda headway: headway), "Assume: wait_rule cannot be a function in a scenario"),
    ],
)
def test_wrong_values_are_refused_in_one_line(make, said):
    with pytest.raises(ScenarioError, match=said) as fault:
        make()
    assert "\n" not in str(fault.value)


def test_a_date_that_is_none_is_refused(bay):
    with pytest.raises(ParameterError, match="'soon' is not a date: write it as 2024-07-01"):
        bay.as_of("soon")


# -- versions of a link, and what a scenario closed itself -----------------------------------------------------


def sections(network):
    own = network.operating_links.query("line_id == 'rail'")
    return sorted(zip(own["from_id"], own["minutes"], strict=True))


@pytest.fixture(scope="module")
def rebuilt():
    """A line whose only section was rebuilt in 2018 and again, the other way written, in 2022; one way is its own."""
    places = [place("a", population=1), place("b", x=50, population=1)]
    places += [place("p", "station", parent="a"), place("q", "station", x=50, parent="b")]
    lines = [line("rail", "rail", headway=30, opened="2010-01-01", closed="2024-01-01")]
    links = [
        link("rail", "p", "q", 30, closed="2017-06-01"),
        link("rail", "q", "p", 20, opened="2018-01-01", closed="2022-01-01"),
        link("rail", "p", "q", 10, opened="2022-01-01"),
    ]
    return network(places, lines, links)


@pytest.mark.parametrize(
    ("day", "then", "minutes_then"),
    [
        ("2005-01-01", "2005-01-01", [30]), ("2012-01-01", "2017-12-31", [30]), ("2012-01-01", "2018-01-01", [20]),
        ("2012-01-01", "2025-01-01", [10]), ("2019-01-01", "2019-01-01", [20]), ("2019-01-01", "2018-12-31", []),
        ("2023-01-01", "2023-01-01", [10]), ("2030-01-01", "2030-01-01", [10]),
    ],
)  # fmt: skip
def test_of_a_link_that_was_rebuilt_one_version_follows_the_other(rebuilt, day, then, minutes_then):
    after = SetOpened("rail", dt.date.fromisoformat(day)).apply(rebuilt)
    assert [minutes for _, minutes in sections(after.as_of(then))] == minutes_then


def test_a_rebuilt_line_is_reopened_as_it_was_last(rebuilt):
    assert sections(Reopen("rail").apply(rebuilt.as_of("2025-01-01"))) == [("p", 10)]
    assert sections(Reopen("rail").apply(rebuilt).as_of("2019-01-01")) == [("q", 20)]


def test_one_way_sections_are_no_versions_of_each_other():
    places = [place("a", population=1), place("p", "station", parent="a"), place("q", "station", parent="a")]
    lines = [line("rail", "rail", headway=30, status="planned")]
    links = [link("rail", "p", "q", 30, oneway=True), link("rail", "q", "p", 20, oneway=True, opened="2018-01-01")]
    after = SetOpened("rail", dt.date(2012, 1, 1)).apply(network(places, lines, links))
    assert sections(after.as_of("2012-01-01")) == [("p", 30), ("q", 20)]


@pytest.mark.parametrize("opening", [Reopen("bridge"), SetOpened("bridge", dt.date(2020, 1, 1))])
@pytest.mark.parametrize("closing", [Close("bridge"), Close(asset="pylon")])
def test_a_scenario_can_open_again_what_it_closed(bay, closing, opening):
    after = Scenario("back", (closing, ScaleTime("rail", 2), opening)).apply(bay)
    assert running(after) == running(bay)
    assert minutes(after, travel="car") == minutes(bay, travel="car")
    assert sections(after) == sorted((name, 2 * rides) for name, rides in sections(bay))
    with pytest.raises(ScenarioError, match="edit 2: No line is called 'bridge'"):
        Scenario("twice", (Close("bridge"), Close("bridge"))).apply(bay)


def test_what_is_opened_again_is_as_it_was_when_it_closed(bay):
    back = (ScaleTime("rail", 2), Close("rail"), AsOf(dt.date(2020, 1, 1)), Reopen("rail"))
    after = Scenario("back", back).apply(bay)
    assert sections(after) == [("east-station", 40), ("middle-station", 30)]
