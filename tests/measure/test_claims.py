"""Claims: held against worlds in which every minute is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from worlds import line, link, network, place

from commute.errors import ParameterError, TableError, UnknownNameError
from commute.io.claims import audit_claims
from commute.io.datasets import claims as shipped
from commute.measure.claims import TOLERANCE
from commute.measure.routing import travel_times
from commute.model.assumptions import BASES, Assumptions

OPENED = "2024-06-30"


@pytest.fixture(scope="module")
def strait():
    """Two towns 60 km apart: at the peak 102 minutes round the bay by road, or 36 over the bridge."""
    places = [place("a", population=6, area_km2=40), place("b", x=60, population=4, area_km2=60)]
    places += [place("p", "interchange", parent="a"), place("q", "interchange", x=60, parent="b")]
    places += [place("s", "station", parent="a"), place("t", "station", x=60, parent="b")]
    lines = [line("road"), line("bridge", "bridge", opened=OPENED), line("rail", "rail", headway=20)]
    fast = {"speed_limit_kmh": 100, "length_km": 60}
    links = [link("road", "p", "q", 85, **fast), link("bridge", "p", "q", 30, **fast), link("rail", "s", "t", 25)]
    return network(places, lines, links, cores=["a"])


def claim(kind="travel_time", **said):
    row = {"claim_id": "said", "region": "test", "kind": kind, "as_of": OPENED, "travel": "car", "quote": "So it is."}
    row |= {"language": "en", "source": "made-up"}
    if kind != "size":
        row |= {"from_ids": "a", "to_ids": "b", "minutes": 36}
    return pd.DataFrame([row | said])


def audit(world, one, basis="in_vehicle", **given):
    return audit_claims(world, claims=one, bases=basis, **given).iloc[0]


# ------------------------------------------------------------------ what is modelled, and whether it holds


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize(("travel", "means"), [("car", "car"), ("transit", "transit"), ("any", ("transit", "car"))])
def test_times_are_those_of_the_day_and_the_day_before(strait, basis, travel, means):
    told = audit(strait, claim(travel=travel, minutes_before=90), basis)
    for day, modelled in (("2024-06-29", told["modelled_before"]), (OPENED, told["modelled"])):
        given = Assumptions(travel=means)
        times = travel_times(strait.as_of(day), "a", "b", basis=basis, assumptions=given)
        assert modelled == times["travel_time"].iloc[0]
    assert told["difference"] == told["modelled"] - 36
    assert (told["claimed_before"], told["claimed"], told["basis"]) == (90, 36, basis)


@pytest.mark.parametrize(
    ("minutes", "before", "holds"),
    [(36, 100, True), (33, 110, True), (32, 100, False), (36, 114, False), (36, None, True)],
)
def test_a_claim_holds_within_a_tenth_now_and_before(strait, minutes, before, holds):
    told = audit(strait, claim(minutes=minutes, minutes_before=before))
    assert (told["modelled"], TOLERANCE) == (36, 0.1)
    assert told["holds"] == holds
    assert told["share"] == (minutes > 32)


def test_the_day_before_may_be_another(strait):
    late = claim(as_of="2025-01-01", minutes_before=90)
    assert audit(strait, late)["modelled_before"] == 36
    assert audit(strait, late.assign(before="2020-01-01"))["modelled_before"] == 102


def test_the_slowest_pair_counts_and_the_share_of_them_is_told(strait):
    told = audit(strait, claim("coverage", from_ids="a;p;b", to_ids=None))
    assert {told["from_id"], told["to_id"]} <= {"a", "p", "b"}
    assert told["modelled"] == 36
    assert told["share"] == 1
    told = audit(strait, claim("coverage", from_ids="a;p;b", to_ids=None, minutes=10))
    assert (told["holds"], told["share"]) == (False, pytest.approx(2 / 6))
    told = audit(strait, claim("reach", from_ids="a", to_ids="p;b", minutes=10))
    assert (told["from_id"], told["to_id"], told["share"]) == ("a", "b", 0.5)


def test_no_way_is_no_claim_that_holds(strait):
    alone = claim(travel="transit", minutes_before=90, as_of="1999-06-01")
    told = audit(strait, alone, "centre_to_centre")
    assert np.isinf([told["modelled"], told["modelled_before"], told["difference"]]).all()
    assert not told["holds"]
    assert pd.isna(told["decisive"])


@pytest.mark.parametrize(
    ("measure", "value", "holds"), [("population", 9.2, True), ("population", 12, False), ("area_km2", 110, True)]
)
def test_a_size_is_the_sum_of_the_cities_and_knows_no_basis(strait, measure, value, holds):
    (told,) = audit_claims(strait, claims=claim("size", measure=measure, value=value)).to_dict("records")
    assert told["modelled"] == {"population": 10, "area_km2": 100}[measure]
    assert told["holds"] == holds
    assert told["verdict"] == ("holds" if holds else "fails")
    assert pd.isna(told["basis"])


def test_the_verdict_is_over_the_bases(strait):
    said = pd.concat([claim(claim_id=name, minutes=most) for name, most in (("lax", 300), ("fair", 36), ("bold", 9))])
    told = audit_claims(strait, claims=said)
    assert len(told) == 3 * len(BASES)
    assert told.groupby("claim_id")["verdict"].unique().map(list).to_dict() == {
        "lax": ["holds"], "fair": ["depends"], "bold": ["fails"],
    }  # fmt: skip
    assert audit(strait, claim(minutes=36))["verdict"] == "holds"  # under the only basis that was asked


# ------------------------------------------------------------------ what is decisive


def by_car(world, basis, name, value):
    given = Assumptions(travel="car").changed(name, value)
    return travel_times(world.as_of(OPENED), "a", "b", basis=basis, assumptions=given)["travel_time"].iloc[0]


@pytest.mark.parametrize("minutes", [20, 40, 44, 120])
@pytest.mark.parametrize("basis", ["centre_to_centre", "door_to_door"])
def test_nothing_in_its_range_does_more_than_the_decisive(strait, basis, minutes):
    told = audit(strait, claim(minutes=minutes), basis)
    ends = [(name, row[end]) for name, row in Assumptions().table().iterrows() for end in ("low", "high")]
    reached = [by_car(strait, basis, *end) for end in ends]
    assert told["decisive_modelled"] == (max(reached) if told["holds"] else min(reached))
    assert told["decisive_modelled"] == by_car(strait, basis, told["decisive"], told["decisive_value"])
    assert told["flips"] == any((one <= minutes * (1 + TOLERANCE)) != told["holds"] for one in reached)
    assert told["flips"] == (minutes in (40, 44))


def test_what_was_before_can_be_decisive(strait):
    said = claim(minutes=60, minutes_before=126)  # 113 are a tenth less than that, and 112 modelled
    told = audit(strait, said, "centre_to_centre")
    assert (told["share"], told["holds"], told["flips"]) == (1, False, True)
    given = Assumptions().changed(told["decisive"], told["decisive_value"])
    again = audit(strait, said, "centre_to_centre", assumptions=given)
    assert again["modelled_before"] == told["decisive_before"]
    assert again["holds"]


# ------------------------------------------------------------------ what is refused


def test_what_cannot_be_audited_is_said(strait):
    with pytest.raises(ParameterError, match=r"It is seen as of 2024-07-01\. Claims have days of their own"):
        audit_claims(strait.as_of("2024-07-01"), claims=claim())
    with pytest.raises(ParameterError, match="Name at least one basis: in_vehicle, centre_to_centre, door_to_door"):
        audit_claims(strait, claims=claim(), bases=())
    with pytest.raises(ParameterError, match="basis cannot be 'on_foot'"):
        audit_claims(strait, claims=claim(), bases="on_foot")
    with pytest.raises(UnknownNameError, match="'c'"):
        audit_claims(strait, claims=claim(to_ids="c"))
    nowhere = network([place("a"), place("b", x=60)])
    with pytest.raises(ParameterError, match="The network is of no region: say which claims"):
        audit_claims(nowhere)
    with pytest.raises(UnknownNameError, match="'test'"):
        audit_claims(strait)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (claim(minutes=None), "a travel_time has none"),
        (claim("reach", to_ids=None), "a reach has none"),
        (claim("coverage", from_ids=None), "a coverage has none"),
        (claim("size"), "a size has none"),
        (claim(minutes_before=36), "is not longer than the 36 minutes of now"),
        (claim(before=OPENED), "is not before as_of"),
        (claim(travel="boat"), "is not one of the choices"),
    ],
)
def test_claims_that_say_nothing_are_faults(strait, said, fault):
    with pytest.raises(TableError, match=fault):
        audit_claims(strait, claims=said)


# ------------------------------------------------------------------ what ships


def test_claims_of_a_region_come_by_any_of_its_names():
    every = shipped()
    for name in ("greater-bay-area", "Greater Bay Area", "粤港澳大湾区"):
        found = shipped(name)
        assert found["region"].unique().tolist() == ["greater-bay-area"]
        assert set(found["claim_id"]) <= set(every["claim_id"])
    assert every[["title", "url"]].notna().all(axis=None)
    with pytest.raises(UnknownNameError, match="Did you mean greater-bay-area"):
        shipped("greater-bay")


def test_the_two_hours_of_zhongshan_and_its_thirty_minutes_are_not_of_one_journey():
    claims = shipped("greater-bay-area").set_index("claim_id", drop=False).loc[["shenzhen-zhongshan-link"]]
    told = audit_claims("greater-bay-area", claims=claims, bases=("in_vehicle", "door_to_door")).set_index("basis")
    assert told["verdict"].eq("fails").all()
    assert told.at["in_vehicle", "modelled"] <= 33
    assert told.at["in_vehicle", "modelled_before"] < 108
    assert told.at["door_to_door", "modelled"] > 33
    assert told.at["door_to_door", "modelled_before"] >= 108
