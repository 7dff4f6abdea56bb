from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commute.errors import ParameterError
from commute.model.roads import TAGS, allowed, class_kph, class_speeds, directions, duration, limit_kph, use


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("10 knots", 18.52),
        ("50;60", 55),
        ("50|60", 55),
        ("50, 70", 60),
        ("50;signals", 50),
        ("CN:urban", 50),
        ("CN:rural", 70),
        ("CN:motorway", 120),
        ("HK:urban", 50),
        ("LI:urban", 50),
        ("BE-VLG:urban", 50),
        ("DE:zone30", 30),
        ("DE:zone:30", 30),
        ("none", 130),
        ("walk", 7),
    ],
)
def test_limits_are_read(text, kph):
    assert isclose(limit_kph(text), kph)


@pytest.mark.parametrize("text", ["", "signals", "fixme", "0", "-50", "999", "XX:rural", "50 furlongs", "-", ";"])
def test_junk_is_no_limit(text):
    assert limit_kph(text) == 0
    used = use({"highway": "residential", "maxspeed": text})
    assert (used.forward, used.speed) == (class_kph("residential"), "class")


@given(st.text(max_size=20))
def test_no_text_makes_a_limit_that_is_none(text):
    assert 0 <= limit_kph(text) <= 160


def test_limits_by_direction_and_context():
    used = use({"highway": "primary", "maxspeed": "60", "maxspeed:backward": "40"})
    assert (used.forward, used.backward, used.speed) == (60, 40, "signed")
    assert use({"highway": "primary", "source:maxspeed": "CN:urban"}).forward == 50
    assert use({"highway": "primary", "maxspeed": "signals", "maxspeed:type": "DE:zone30"}).forward == 30


def test_classes_have_the_speed_of_the_country_else_the_usual_one():
    assert class_kph("motorway") == 100
    assert class_kph("motorway", country="HK") == 80
    assert class_kph("residential", country="HK") == 50
    assert class_kph("living_street", country="CN") == class_kph("living_street")
    assert class_kph("goat_trail") == class_kph("other")


def test_every_speed_has_its_source():
    for country in (None, "CN", "HK"):
        for road, (kph, source) in class_speeds(country).items():
            assert 0 < kph <= 130, road
            assert "http" in source or "own choice" in source, road


def test_an_unknown_country_is_refused():
    with pytest.raises(ParameterError, match="No speeds are known for the country 'XX': choose one of CN, HK"):
        class_speeds("XX")


@pytest.mark.parametrize(
    ("tags", "both"),
    [
        ({}, (True, True)),
        ({"oneway": "no"}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "true"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reverse"}, (False, True)),
        ({"oneway": "reversible"}, (False, False)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
    ],
)
def test_directions(tags, both):
    assert directions(tags, "drive") == both
    assert directions(tags, "walk") == (True, True)


def test_bicycles_may_be_exempt_from_a_oneway():
    assert directions({"oneway": "yes"}, "bicycle") == (True, False)
    assert directions({"oneway": "yes", "oneway:bicycle": "no"}, "bicycle") == (True, True)
    assert directions({"oneway": "yes", "cycleway": "opposite_lane"}, "bicycle") == (True, True)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "service"},
        {"highway": "residential", "access": "private"},
        {"highway": "residential", "access": "no"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "residential", "motor_vehicle": "private"},
        {"highway": "residential", "motor_vehicle": "agricultural"},
        {"highway": "residential", "vehicle": "no"},
        {"highway": "residential", "area": "yes"},
        {"highway": "residential", "access": "no", "access:conditional": "yes @ (Mo-Fr 07:00-09:00)"},
        {"highway": "residential", "motor_vehicle:conditional": "no @ (22:00-06:00)"},
        {"highway": "residential", "oneway": "reversible"},
        {"route": "ferry", "duration": "00:20"},
        {"route": "ferry", "motor_vehicle": "yes"},
        {"building": "yes"},
    ],
)
def test_ways_that_no_car_uses(tags):
    assert use(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "residential"},
        {"highway": "residential", "access": "no", "motor_vehicle": "yes"},
        {"highway": "residential", "access": "destination"},
        {"highway": "residential", "motor_vehicle:conditional": "no @ (weight>3.5)"},
    ],
)
def test_ways_that_cars_use(tags):
    assert use(tags) is not None


def test_who_walks_and_who_cycles():
    forest = {"highway": "track", "access": "forestry"}
    assert [allowed(forest, mode) for mode in ("walk", "bicycle")] == [True, False]
    assert not allowed({"highway": "motorway"}, "walk")
    assert not allowed({"highway": "primary", "sidewalk": "separate"}, "walk")
    assert not allowed({"highway": "steps"}, "bicycle")
    assert use({"highway": "footway"}, mode="walk", kph=4.8)[1:4] == (4.8, 4.8, "class")


def test_ferries_keep_their_time():
    used = use({"route": "ferry", "motor_vehicle": "yes", "duration": "00:20"})
    assert (used.road, used.minutes, used.speed) == ("ferry", 20, "observed")
    assert use({"route": "ferry", "duration": "20"}, mode="walk", kph=4.8).minutes == 20


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("25", 25), ("00:25", 25), ("01:05:30", 65.5), ("PT1H5M", 65), ("PT90S", 1.5), ("", 0), ("soon", 0), ("PT", 0)],
)
def test_durations(text, minutes):
    assert duration(text) == minutes


def test_what_decides_is_read():
    assert {"highway", "oneway", "maxspeed", "motor_vehicle:conditional", "duration"} <= set(TAGS)
    assert use({"highway": "primary", "bridge": "viaduct", "tunnel": "no"})[4:6] == (True, False)
