"""Waits: the worked values of the literature, and what no headway can be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commute.errors import ParameterError
from commute.model.waiting import WAIT_RULES, capped, common_lines, expected_wait, half_headway, zero

laws = settings(max_examples=40, deadline=None)
headways = st.floats(0.1, 500)


@pytest.mark.parametrize(
    ("headways", "minutes"),
    [([10] * 6, 5.0), ([10, 15, 5, 10, 10, 10], 5.416667), ([10, 10, 10, 28, 1, 1], 9.05)],
)
def test_irregular_departures_cost_more(headways, minutes):
    assert expected_wait(headways) == pytest.approx(minutes, abs=5e-7)


@pytest.mark.parametrize(
    ("headway", "minutes"),
    [(4, 2), (10, 5), (12, 6), (15, 6.75), (20, 8), (30, 10.5), (48, 15), (60, 15), (82, 15)],
)
def test_seldom_services_are_looked_up(headway, minutes):
    assert capped(headway) == minutes


def test_common_lines_share_a_leg():
    assert common_lines([30], [30]) == 45.0
    assert common_lines([30, 15], [30, 40]) == pytest.approx(41.666667, abs=5e-7)
    assert common_lines([15, 30], [40, 30]) == pytest.approx(41.666667, abs=5e-7)
    assert common_lines([30, 15], [30, 60]) == 45.0  # riding the slow one is worse than waiting for the fast one


@laws
@given(headways, headways)
def test_every_rule_waits_longer_for_a_longer_headway(one, other):
    for rule in WAIT_RULES.values():
        assert 0 <= rule(min(one, other)) <= rule(max(one, other)) <= half_headway(max(one, other))


def test_zero_waits_not_at_all():
    assert zero(60) == 0


@laws
@given(st.lists(headways, min_size=1, max_size=6))
def test_regular_departures_are_the_best_of_their_mean(several):
    mean = sum(several) / len(several)
    assert expected_wait(several) >= half_headway(mean) * (1 - 1e-9)


@laws
@given(st.lists(st.tuples(headways, st.floats(0, 200)), min_size=1, max_size=5), headways, st.floats(0, 200))
def test_one_more_common_line_never_hurts(lines, headway, ride):
    fewer = common_lines(*zip(*lines, strict=True))
    assert common_lines(*zip(*lines, (headway, ride), strict=True)) <= fewer + 1e-9


@pytest.mark.parametrize("wrong", [[], [0, 0], [-1, 5], [float("nan"), 5], [float("inf")]])
def test_headways_are_minutes(wrong):
    with pytest.raises(ParameterError, match="headways must be minutes, none negative and not all zero"):
        expected_wait(wrong)


def test_common_lines_need_a_ride_each():
    with pytest.raises(ParameterError, match="Give one ride per headway, got 2 headways and 1 rides"):
        common_lines([10, 20], [5])
    with pytest.raises(ParameterError, match="Give one ride per headway, got 0 headways and 0 rides"):
        common_lines([], [])
    for wrong in ([0.0], [float("nan")], [-3]):
        with pytest.raises(ParameterError, match="headways must be minutes above 0"):
            common_lines(wrong, [5])
