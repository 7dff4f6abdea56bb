import numpy as np
import pytest

from commute.errors import ParameterError
from commute.model.assumptions import Assumptions, parameters
from commute.model.draws import drawn, widest


def values(draws, group, key):
    return np.array([getattr(one, group)[key] for one in draws])


def test_draws_stay_in_the_range_and_peak_at_the_value():
    draws = drawn(Assumptions(), 4000, seed=3)
    for name, known in parameters().items():
        found = values(draws, known.group, known.key)
        if known.group == "clearance":
            assert np.median(found) == pytest.approx(known.default, rel=0.05), name
            assert np.quantile(found, 0.95) == pytest.approx(known.high, rel=0.1), name
        else:
            assert found.min() >= known.low, name
            assert found.max() <= known.high, name
            expected = (known.low + known.default + known.high) / 3  # the mean of a triangle
            assert found.mean() == pytest.approx(expected, rel=0.02), name


def test_the_same_seed_gives_the_same_quantiles_whatever_is_drawn():
    every, some = drawn(Assumptions(), 50, seed=1), drawn(Assumptions(), 50, seed=1, numbers=["check_in.rail"])
    assert np.array_equal(values(every, "check_in", "rail"), values(some, "check_in", "rail"))
    assert set(values(some, "exit", "rail")) == {8.0}
    later = drawn(Assumptions(check_in={"rail": 25}), 50, seed=1)
    assert (np.argsort(values(later, "check_in", "rail")) == np.argsort(values(every, "check_in", "rail"))).all()
    other = drawn(Assumptions(), 50, seed=2)
    assert not np.array_equal(values(every, "check_in", "rail"), values(other, "check_in", "rail"))


def test_a_value_outside_its_range_stretches_it_and_choices_stay():
    draws = drawn(Assumptions(check_in={"rail": 60}, period="off_peak"), 200)
    assert values(draws, "check_in", "rail").min() >= 10
    assert values(draws, "check_in", "rail").max() <= 60
    assert {one.period for one in draws} == {"off_peak"}
    none = drawn(Assumptions(clearance={"car": 0}), 5)
    assert set(values(none, "clearance", "car")) == {0.0}


def test_wrong_draws_are_refused():
    with pytest.raises(ParameterError, match="at least one draw, got 0"):
        drawn(Assumptions(), 0)
    with pytest.raises(ParameterError, match=r"No number of the assumptions is called check_in.plane, speed.train"):
        drawn(Assumptions(), 1, numbers=["speed.train", "check_in.plane", "check_in.rail"])


def test_the_widest_limits_of_all():
    wide = widest([Assumptions(local={"access_km": 20}), Assumptions(local={"walk_km": 1.1, "water_share": 0.02})])
    assert dict(wide.local) == {"circuity": 1.3, "walk_km": 1.1, "access_km": 30.0, "water_share": 0.05}
