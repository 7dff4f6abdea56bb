"""Shifted coordinates: known points, there and back again, and telling which are shifted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commute.errors import ParameterError
from commute.io import coordinates

# reference points of the test suite of eviltransform: lon, lat in WGS-84 and in GCJ-02
GCJ02 = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# reference points of coordtransform, one step after the other: lon, lat in WGS-84 and in BD-09
BD09 = [((116.404, 39.915), (116.41662724378733, 39.922699552216216))]
SYSTEMS = [
    (coordinates.wgs84_to_gcj02, coordinates.gcj02_to_wgs84),
    (coordinates.wgs84_to_bd09, coordinates.bd09_to_wgs84),
]
in_china = st.tuples(st.floats(73.6, 135.1), st.floats(17.0, 53.6))
abroad = st.one_of(
    st.tuples(st.floats(-180, 72), st.floats(-90, 90)),
    st.tuples(st.floats(138, 180), st.floats(-90, 90)),
    st.tuples(st.floats(-180, 180), st.floats(56, 90)),
)


@pytest.mark.parametrize(("wgs84", "gcj02"), GCJ02)
def test_known_points_in_gcj02(wgs84, gcj02):
    assert coordinates.wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-9)
    assert coordinates.gcj02_to_wgs84(*gcj02) == pytest.approx(wgs84, abs=1e-9)


@pytest.mark.parametrize(("wgs84", "bd09"), BD09)
def test_known_points_in_bd09(wgs84, bd09):
    assert coordinates.wgs84_to_bd09(*wgs84) == pytest.approx(bd09, abs=1e-9)
    assert coordinates.bd09_to_wgs84(*bd09) == pytest.approx(wgs84, abs=1e-9)


@pytest.mark.parametrize(("shift", "back"), SYSTEMS)
@given(point=in_china)
def test_there_and_back_is_within_a_metre(shift, back, point):
    lon, lat = back(*shift(*point))
    assert np.hypot((lon - point[0]) * np.cos(np.radians(lat)), lat - point[1]) * 111_195 < 1e-3


@pytest.mark.parametrize(("shift", "back"), SYSTEMS)
@given(point=abroad)
def test_abroad_nothing_is_shifted(shift, back, point):
    assert shift(*point) == point
    assert back(*point) == point


def test_arrays_go_through_at_once_and_missing_points_stay_missing():
    lon, lat = coordinates.wgs84_to_gcj02([113.9, np.nan, 2.35], pd.Series([22.5, 22.5, 48.86]))
    assert lon.shape == lat.shape == (3,)
    assert np.isnan(lon[1])
    assert (lon[2], lat[2]) == (2.35, 48.86)
    with pytest.raises(ParameterError, match=r"lon and lat must go together, got shapes \(2,\) and \(\)"):
        coordinates.gcj02_to_wgs84([113.9, 114.0], 22.5)


def test_shifted_points_are_told_from_right_and_from_other_ones():
    known = pd.DataFrame({"lon": [114.0] * 5, "lat": [22.5] * 5}, index=list("abcde"))
    points = known.loc[list("dcba")].rename(index={"d": "z"})
    points.loc["a"] = coordinates.wgs84_to_gcj02(114.0001, 22.5001)
    points.loc["b"] = coordinates.wgs84_to_bd09(114.0, 22.5)
    points.loc["c"] = (114.003, 22.503)
    assert coordinates.looks_shifted(points, known).to_dict() == {"b": "BD-09", "a": "GCJ-02"}
    assert coordinates.looks_shifted(points.iloc[:0], known).empty
