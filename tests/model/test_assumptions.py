"""Assumptions: their defaults and ranges, what they refuse, and that a file keeps them."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commute.errors import DataFileError, ParameterError
from commute.model.assumptions import BASES, PERIODS, TRAVEL, Assumptions, groups, parameters
from commute.model.waiting import WAIT_RULES

laws = settings(max_examples=40, deadline=None)


@st.composite
def numbers(draw):
    """One number within its range, by its dotted name."""
    known = parameters()[draw(st.sampled_from(sorted(parameters())))]
    return known.name, draw(st.floats(known.low, known.high))


@st.composite
def assumptions(draw):
    made = Assumptions(
        basis=draw(st.sampled_from(BASES)),
        period=draw(st.sampled_from(PERIODS)),
        wait_rule=draw(st.sampled_from(sorted(WAIT_RULES))),
        travel=tuple(draw(st.lists(st.sampled_from(TRAVEL), min_size=1, unique=True))),
    )
    for name, value in draw(st.lists(numbers(), max_size=5)):
        made = made.changed(name, value)
    return made


def test_every_number_has_a_range_around_its_default_a_unit_and_a_source():
    for known in parameters().values():
        assert known.low <= known.default <= known.high, known.name
        assert known.low < known.high
        assert known.unit
        assert known.meaning
        assert known.source
    table = Assumptions().table()
    assert (table["value"] == table["default"]).all()
    assert list(table.columns) == ["value", "default", "low", "high", "unit", "meaning", "source"]


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("check_in.rail", 20), ("check_in.suburban", 5), ("check_in.metro", 3), ("exit.rail", 8), ("exit.metro", 3),
        ("transfer.metro", 4), ("transfer.mixed", 8), ("transfer.rail", 20), ("clearance.one_stop", 8),
        ("clearance.co_located", 15), ("clearance.two_halls", 20), ("clearance.car", 12), ("speed.walk", 4.8),
        ("speed.transit", 15), ("speed.car", 30), ("local.circuity", 1.3), ("road.limit_share", 0.9),
        ("congestion.peak_urban", 1.6), ("congestion.peak_expressway", 1.2), ("congestion.off_peak_urban", 1.1),
        ("congestion.off_peak_expressway", 1.0), ("local.walk_km", 0.96),
    ],
)  # fmt: skip
def test_defaults_are_those_of_the_literature(name, default):
    assert parameters()[name].default == default


def test_the_high_end_of_every_range_can_be_assumed():
    for known in parameters().values():
        for value in (known.low, known.high):
            group = getattr(Assumptions().changed(known.name, value), known.group)
            assert group[known.key] == value


@laws
@given(assumptions())
def test_a_file_keeps_everything(made):
    again = Assumptions.from_toml(made.to_toml())
    assert again == made
    assert again.hash == made.hash
    assert hash(again) == hash(made)


@laws
@given(assumptions())
def test_they_travel_to_another_process(made):
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - one's own bytes


@laws
@given(assumptions(), numbers())
def test_any_other_number_is_another_hash(made, number):
    name, value = number
    other = made.changed(name, value)
    group, key = name.split(".")
    same = getattr(made, group)[key] == value
    assert (other.hash == made.hash) == same
    assert (other == made) == same


def test_read(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('period = "off_peak"\n[speed]\ncar = 25\n', encoding="utf-8")
    read = Assumptions.read(path)
    assert (read.period, read.speed["car"], read.speed["walk"]) == ("off_peak", 25.0, 4.8)
    with pytest.raises(DataFileError, match=r"missing\.toml cannot be read as assumptions"):
        Assumptions.read(tmp_path / "missing.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DataFileError, match=r"own\.toml cannot be read as assumptions"):
        Assumptions.read(path)


def test_waits_follow_the_rule():
    assert Assumptions().wait(82) == 15
    assert Assumptions(wait_rule="half_headway").wait(82) == 41
    assert Assumptions(wait_rule="zero").wait(82) == 0
    assert Assumptions(wait_rule=lambda headway: headway / 4).wait(80) == 20


def test_congestion_follows_period_and_limit():
    assert Assumptions().delay(120) == 1.2
    assert Assumptions().delay(60) == 1.6
    assert Assumptions(period="off_peak").delay(60) == 1.1
    assert Assumptions(period="free_flow").delay(60) == 1.0


def test_changed_takes_a_choice_a_group_or_a_number():
    base = Assumptions()
    assert base.changed("period", "off_peak").period == "off_peak"
    assert base.changed("clearance.car", 0).clearance["car"] == 0
    both = base.changed("clearance", {"car": 1, "one_stop": 2}).clearance
    assert (both["car"], both["one_stop"], both["two_halls"]) == (1, 2, 20)
    assert base == Assumptions()


def test_numbers_of_numpy_are_numbers():
    assert Assumptions(check_in={"rail": np.int64(7)}).check_in["rail"] == 7
    assert Assumptions(check_in={"rail": np.float32(7)}).check_in["rail"] == 7


def test_one_way_of_travelling_needs_no_list():
    assert Assumptions(travel="car").travel == ("car",)
    assert Assumptions(travel=("car", "transit")) == Assumptions()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"basis": "doors"}, "basis cannot be 'doors': choose one of in_vehicle, centre_to_centre, door_to_door"),
        ({"period": "night"}, "period cannot be 'night': choose one of peak, off_peak, free_flow"),
        ({"wait_rule": "never"}, "wait_rule cannot be 'never': choose one of capped, half_headway, zero"),
        ({"travel": ()}, r"travel cannot be \(\): name one or both of transit, car"),
        ({"travel": 3}, "travel cannot be 3: name one or both of transit, car"),
        ({"travel": ("boat",)}, "travel cannot be 'boat': choose one of transit, car"),
        ({"check_in": 5}, r"check_in must be a mapping such as \{'rail': 20\}, got 5"),
        ({"check_in": {"plane": 5}}, "a key of check_in cannot be 'plane': choose one of rail, suburban"),
        ({"check_in": {"rail": -1}}, r"check_in.rail must be a number at least 0 \(minute\), got -1"),
        ({"check_in": {"rail": float("nan")}}, "check_in.rail must be a number at least 0"),
        ({"check_in": {"rail": True}}, "check_in.rail must be a number at least 0"),
        ({"check_in": {"rail": "5"}}, "check_in.rail must be a number at least 0"),
        ({"speed": {"car": 0}}, r"speed.car must be a number above 0 \(km/h\), got 0"),
        ({"local": {"circuity": 0.9}}, r"local.circuity must be a number at least 1 \(ratio\), got 0.9"),
    ],
)
def test_what_cannot_be_assumed_is_refused(wrong, said):
    with pytest.raises(ParameterError, match=said):
        Assumptions(**wrong)


def test_changes_of_what_does_not_exist_are_refused():
    with pytest.raises(ParameterError, match=r"No assumption is called 'weather'\. Known: basis, period"):
        Assumptions().changed("weather", 1)
    with pytest.raises(ParameterError, match=r"No assumption is called 'period\.rail'"):
        Assumptions().changed("period.rail", 1)
    with pytest.raises(ParameterError, match=r"clearance is a group: give a mapping such as \{'one_stop': 8\}, got 3"):
        Assumptions().changed("clearance", 3)


def test_files_that_are_wrong_are_refused():
    with pytest.raises(ParameterError, match="The assumptions are not valid TOML"):
        Assumptions.from_toml("basis = ")
    with pytest.raises(ParameterError, match="an assumption cannot be 'weather': choose one of basis"):
        Assumptions.from_toml("weather = 1")
    with pytest.raises(ParameterError, match="A file cannot hold the function"):
        Assumptions(wait_rule=lambda headway: headway).to_toml()


def test_groups_are_the_fields():
    assert groups() == (
        "check_in", "exit", "transfer", "clearance", "parking", "speed", "local", "road", "congestion"
    )  # fmt: skip
