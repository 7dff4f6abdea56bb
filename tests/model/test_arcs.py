import numpy as np
import pandas as pd
import pytest

from commute.errors import ParameterError
from commute.model.arcs import Bends
from commute.model.assumptions import Assumptions
from commute.model.streets import Streets

LON, LAT = [113.0, 113.1, 113.2], [22.0, 22.1, 22.2]
SAID = {"metres": [900.0, 1000.0, 1000.0], "kph": [60.0, 100.0, 30.0], "speed": ["signed", "class", "observed"]}


def made(said=None, **kwargs):
    return Streets.from_arrays([0, 1, 2], [1, 2, 0], [1.0, 2.0, 3.0], LON, LAT, attributes=said, **kwargs)


def test_every_wrong_attribute_is_named():
    with pytest.raises(ParameterError, match="Arcs cannot say colour, width; they may say way, road"):
        made({"colour": [1, 2, 3], "width": [1, 2, 3]})
    with pytest.raises(ParameterError, match="needs one value of what it says; got 2 of kph"):
        made({"kph": [1, 2]})
    with pytest.raises(ParameterError, match="mode cannot be 'fly': choose one of drive, walk, bicycle"):
        made(mode="fly")
    with pytest.raises(ParameterError, match="bends are not those of 3 arcs"):
        made(bends=Bends(np.array([0, 1]), np.array([1.0]), np.array([1.0])))


def test_traffic_slows_limits_and_leaves_what_was_observed():
    free, peak = Assumptions(period="free_flow"), Assumptions(period="peak")
    streets = made(SAID).under(free)
    assert streets.minutes == pytest.approx([0.9 / 54 * 60, 1 / 90 * 60, 3.0], abs=0.001)
    slow = streets.under(peak)
    assert slow.minutes == pytest.approx([1.6, 1.2 / 90 * 60, 3.0], abs=0.001)
    assert (streets.period, slow.period) == ("free_flow", "peak")
    assert np.array_equal(slow.csr.weight[slow.slot], slow.deciseconds)


def test_walkers_and_cyclists_keep_their_own_speed():
    assert made(SAID, mode="walk").under(Assumptions()).minutes[:2] == pytest.approx([11.25, 12.5], abs=0.001)
    assert made(SAID, mode="bicycle").under(Assumptions()).minutes[:2] == pytest.approx([3.375, 3.75], abs=0.001)


def test_streets_that_say_nothing_keep_their_minutes():
    streets = made()
    assert streets.under(Assumptions()) is streets


def test_what_is_closed_stays_closed_and_the_hierarchy_is_handed_on():
    streets = made(SAID).prepare().with_minutes([np.inf], arcs=[1])
    slow = streets.under(Assumptions())
    assert np.isinf(slow.minutes[1])
    assert slow.prepared.hierarchy is streets.prepared.hierarchy


def test_new_streets_say_what_they_are():
    more = made(SAID).with_edges([0], [2], [0.5], attributes={"road": ["motorway"], "bridge": [True]})
    expected = pd.Series(["", "", "", "motorway"], name="road", dtype="category")
    pd.testing.assert_series_equal(more.attributes["road"], expected, check_categorical=False)
    assert more.attributes["bridge"].tolist() == [False, False, False, True]
    assert np.isnan(more.attributes["kph"][3])
    assert more.head.tolist() == [1, 2, 0, 2]
    assert more.minutes[3] == pytest.approx(0.5)
