"""Comparison: what scenarios change, on the same people and ground."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from random_worlds import HELPS, laws, worlds
from worlds import line, link, network, place

from commute.errors import BasisError, ParameterError, ScenarioError
from commute.measure.comparison import BASE, compare
from commute.measure.metropolis import integration
from commute.measure.routing import travel_times
from commute.model.assumptions import BASES, Assumptions
from commute.model.edits import (
    AddLine,
    AddPlace,
    AsOf,
    Assume,
    Close,
    Reopen,
    Retime,
    ScaleTime,
    SetHeadway,
    SetPopulation,
)
from commute.model.scenario import Scenario


def rows():
    places = [
        place("east", population=6), place("west", x=40, population=4), place("north", x=20, y=60, population=3),
        place("east-town", "county", x=1, population=4, parent="east"),
        place("east-port", "county", x=-9, population=2, parent="east"),
        place("east-ramp", "interchange", x=2, parent="east"), place("west-ramp", "interchange", x=38, parent="west"),
        place("east-stop", "station", parent="east"), place("north-stop", "station", x=20, y=60, parent="north"),
    ]  # fmt: skip
    lines = [
        line("bridge", "bridge", opened="2024-06-30"), line("rail", "rail", headway=30),
        line("tunnel", "tunnel", status="planned"),
    ]  # fmt: skip
    links = [
        link("bridge", "east-ramp", "west-ramp", length_km=36, speed_limit_kmh=100),
        link("rail", "east-stop", "north-stop", 25),
        link("tunnel", "east-ramp", "west-ramp", length_km=20, speed_limit_kmh=100),
    ]  # fmt: skip
    return places, lines, links


@pytest.fixture(scope="module")
def bay():
    return network(*rows(), cores=["east"])


@pytest.fixture(scope="module")
def result(bay):
    scenarios = [Scenario("closed", (Close("bridge"),)), Scenario("open", (Reopen("tunnel"), SetHeadway("rail", 10)))]
    return compare(bay, scenarios)


def scenario(*edits, name="s"):
    return Scenario(name, edits)


def test_the_base_against_itself_changes_nothing(bay):
    same = compare(bay, scenario())
    assert same.links.empty
    assert same.assumed.empty
    assert (same.pairs["delta"] == 0).all()
    assert (same.places["delta"] == 0).all()
    assert set(same.pairs["inside_60"]) <= {"kept", "outside"}
    assert set(same.areas["change"]) == {"kept"}
    assert same.summary["score"].tolist() == [same.scores[BASE].total] * 2
    assert (same.summary.filter(like="people_") == 0).all(axis=None)


def test_every_frame_has_its_columns(result):
    assert result.summary["scenario"].tolist() == [BASE, "closed", "open"]
    columns = {"score", "access", "mutual_reach", "balance", "quality", "resilience", "coverage_30", "coverage_60"}
    columns |= {"people_gained_30", "people_lost_60", "basis"}
    assert columns <= set(result.summary.columns)
    inside = ["inside_30", "inside_60"]
    assert result.pairs.columns.tolist() == ["scenario", "from_id", "to_id", "before", "after", "delta", *inside]
    assert result.places.columns.tolist() == [
        "scenario", "origin_id", "place_id", "before", "after", "delta", "population", *inside
    ]  # fmt: skip
    assert result.areas.columns.tolist() == ["scenario", "origin_id", "cutoff", "change", "area_km2", "geometry"]
    assert result.links.columns.tolist() == [
        "scenario", "change", "line_id", "from_id", "to_id", "minutes_before", "minutes_after"
    ]  # fmt: skip
    assert set(result.circles["scenario"]) == {BASE, "closed", "open"}
    assert set(result.scores) == {BASE, "closed", "open"}
    for frame in (result.summary, result.pairs, result.places, result.areas, result.circles):
        assert frame.attrs["manifest"]["basis"] == "door_to_door"
    assert (result.summary["basis"] == "door_to_door").all()
    assert "closed" in repr(result)
    assert "<table" in result._repr_html_()


def test_pairs_are_the_travel_times_before_and_after(bay, result):
    for name, edits in (("closed", (Close("bridge"),)), ("open", (Reopen("tunnel"), SetHeadway("rail", 10)))):
        own = result.pairs[result.pairs["scenario"] == name]
        for column, seen in (("before", bay), ("after", scenario(*edits).apply(bay))):
            wanted = travel_times(seen)["travel_time"].to_numpy()
            np.testing.assert_allclose(own[column].to_numpy(), wanted)
    for row in result.pairs.itertuples():
        was, now = row.before <= 60, row.after <= 60
        assert row.inside_60 == {(1, 1): "kept", (0, 1): "gained", (1, 0): "lost", (0, 0): "outside"}[was, now]


def test_losses_are_told(result):
    lost = result.pairs.query("scenario == 'closed' and from_id == 'east' and to_id == 'west'")
    assert lost["inside_60"].item() == "lost"
    assert lost["delta"].item() > 0
    summary = result.summary.set_index("scenario")
    assert summary["people_lost_60"]["closed"] == 4
    assert summary["people_gained_60"]["closed"] == 0
    assert summary["score"]["closed"] < summary["score"][BASE] < summary["score"]["open"]
    assert "lost" in set(result.areas.query("scenario == 'closed'")["change"])


def test_areas_part_the_circles(result):
    circles = result.circles.set_index(["scenario", "origin_id", "cutoff"])["area_km2"]
    parts = result.areas.set_index(["scenario", "origin_id", "cutoff", "change"])["area_km2"]
    for name in ("closed", "open"):
        for cutoff in (30.0, 60.0):
            own = parts[name, "east", cutoff]
            kept = own.get("kept", 0)
            assert kept + own.get("lost", 0) == pytest.approx(circles[BASE, "east", cutoff], rel=1e-3)
            assert kept + own.get("gained", 0) == pytest.approx(circles[name, "east", cutoff], rel=1e-3)
    assert result.areas.geometry.is_valid.all()


def told(result):
    return [
        (row.change, row.line_id, row.from_id, row.to_id, row.minutes_before, row.minutes_after)
        for row in result.links.itertuples()
    ]


def test_links_tell_what_the_edits_changed(bay):
    road = 36 / 90 * 60 * 1.2
    new = AddLine("new", "New", "suburban", ["east-stop", "north-stop"], [9], headway_minutes=10)
    cases = {
        Close("bridge"): [("removed", "bridge", "east-ramp", "west-ramp", road, None)],
        Reopen("tunnel"): [("added", "tunnel", "east-ramp", "west-ramp", None, 16)],
        new: [("added", "new", "east-stop", "north-stop", None, 9)],
        Retime("rail", "east-stop", "north-stop", 20): [("retimed", "rail", "east-stop", "north-stop", 25, 20)],
        ScaleTime("bridge", 0.5): [("retimed", "bridge", "east-ramp", "west-ramp", road, road / 2)],
        SetHeadway("rail", 10): [("headway", "rail", "east-stop", "north-stop", 30, 10)],
        Assume("congestion.peak_expressway", 1.0): [("retimed", "bridge", "east-ramp", "west-ramp", road, 24)],
        Assume("check_in.rail", 5): [],
    }  # fmt: skip
    for edit, wanted in cases.items():
        got = told(compare(bay, scenario(edit)))
        assert [row[:4] for row in got] == [row[:4] for row in wanted]
        for row, known in zip(got, wanted, strict=True):
            for value, minutes in zip(row[4:], known[4:], strict=True):
                assert np.isnan(value) if minutes is None else value == pytest.approx(minutes, abs=0.002)


def test_changed_assumptions_are_told(bay):
    assumed = compare(bay, scenario(Assume("check_in.rail", 5), Assume("wait_rule", "zero"))).assumed
    assert assumed.to_numpy().tolist() == [["s", "wait_rule", "capped", "zero"], ["s", "check_in.rail", 20.0, 5.0]]


@laws
@given(worlds(), st.sampled_from(HELPS), st.sampled_from(BASES), st.data())
def test_what_helps_shows_as_nothing_but_gains(world, help_, basis, data):
    assume(world.links)
    assume(sum(row["population"] or 0 for row in world.places if row["kind"] == "city") > 0)
    assume(world.places[0]["population"])
    found = compare(world.made, scenario(help_(data.draw, world)), basis=basis)
    assert (found.pairs["delta"] <= 1e-9).all()
    assert (found.places["delta"] <= 1e-9).all()
    assert not (found.pairs[["inside_30", "inside_60"]] == "lost").any(axis=None)
    assert (found.summary.filter(like="people_lost") == 0).all(axis=None)
    scores = found.summary["score"]
    assert scores.isna().all() or scores.iloc[1] >= scores.iloc[0] - 1e-9
    lost = found.areas[found.areas["change"] == "lost"]
    assert lost["area_km2"].sum() < 0.01  # two circles drawn apart agree to their rounding


def test_networks_of_other_days_can_be_compared(bay):
    before, after = bay.as_of("2024-06-29"), bay.as_of("2024-07-01")
    found = compare(before, after)
    assert found.summary["scenario"].tolist() == [BASE, "as of 2024-07-01"]
    assert told(found)[0][:2] == ("added", "bridge")
    again = compare(after, scenario(AsOf(dt.date(2024, 6, 29))))
    assert told(again)[0][:2] == ("removed", "bridge")


def test_in_vehicle_there_are_times_and_no_ground(bay):
    found = compare(bay, scenario(Close("bridge")), basis="in_vehicle")
    assert found.circles.empty
    assert found.areas.empty
    assert (found.pairs["delta"] > 0).any()
    assert (found.summary["basis"] == "in_vehicle").all()


def test_origins_cutoffs_and_directions_can_be_chosen(bay):
    found = compare(bay, scenario(Close("bridge")), cutoffs=45, origins=["West", "North"], direction="to")
    assert set(found.places["origin_id"]) == {"west", "north"}
    assert set(found.circles["direction"]) == {"to"}
    assert "inside_45" in found.pairs.columns


def test_what_cannot_be_compared_is_refused(bay):
    with pytest.raises(ScenarioError, match=r"'s' differs from the base in its populations: networks are compared on"):
        compare(bay, scenario(SetPopulation("west", 5)))
    with pytest.raises(ScenarioError, match="differs from the base in its counting points"):
        compare(bay, scenario(AddPlace("new", "county", "New", 0.1, 0.1, parent="west")))
    other = network(*rows(), cores=["west"], land=shapely.box(-90, -90, 90, 90))
    with pytest.raises(ScenarioError, match="'other network' differs from the base in its cores and land"):
        compare(bay, other)
    with pytest.raises(ScenarioError, match="Two of the networks compared would be called 's': give each its own name"):
        compare(bay, [scenario(Close("bridge")), scenario(Close("rail"))])
    with pytest.raises(ScenarioError, match="would be called 'base'"):
        compare(bay, scenario(name="base"))
    with pytest.raises(ParameterError, match="There is nothing to compare with: give at least one scenario or network"):
        compare(bay, [])
    with pytest.raises(ScenarioError, match=r"Scenario 's', edit 1: No line is called 'brigde'\. Did you mean bridge"):
        compare(bay, scenario(Close("brigde")))
    with pytest.raises(BasisError, match="A scenario cannot change the basis"):
        compare(bay, scenario(Assume("basis", "in_vehicle")))
    with pytest.raises(ParameterError, match="A cutoff must be a number of minutes above 0, got -1"):
        compare(bay, scenario(), cutoffs=-1)


def test_nothing_is_changed_by_comparing(bay):
    tables = {name: pd.DataFrame(getattr(bay, name)).copy(deep=True) for name in ("places", "lines", "links")}
    compare(bay, scenario(Close("bridge"), SetHeadway("rail", 5)))
    for name, before in tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(getattr(bay, name)), before)


def test_the_scores_are_those_of_the_networks(bay, result):
    given_ = Assumptions()
    assert result.scores[BASE].total == pytest.approx(integration(bay, assumptions=given_).total)
    closed = integration(scenario(Close("bridge")).apply(bay), assumptions=given_)
    assert result.scores["closed"].total == pytest.approx(closed.total)
