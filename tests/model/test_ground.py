"""Ground: distances, near pairs and the share of a line over water."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from commute.model.ground import EARTH_RADIUS_KM, distance_km, near_pairs, water_share

laws = settings(max_examples=40, deadline=None)
lons, lats = st.floats(-180, 180), st.floats(-89, 89)
sphere = Geod(a=EARTH_RADIUS_KM * 1000, b=EARTH_RADIUS_KM * 1000)


@laws
@given(lons, lats, lons, lats)
def test_distances_are_those_of_another_hand(lon, lat, to_lon, to_lat):
    here, there = (np.array([lon]), np.array([lat])), (np.array([to_lon]), np.array([to_lat]))
    assert distance_km(*here, *there)[0] == pytest.approx(sphere.inv(lon, lat, to_lon, to_lat)[2] / 1000, abs=1e-3)
    assert distance_km(*here, *there) == distance_km(*there, *here)


@laws
@given(st.lists(st.tuples(st.floats(113, 115), st.floats(22, 24)), max_size=12), st.floats(1, 100))
def test_near_pairs_are_those_within_the_distance(points, within):
    lon, lat = (np.array([point[axis] for point in points], dtype=float) for axis in (0, 1))
    first, second, km = near_pairs(lon, lat, within_km=within)
    wanted = [
        (one, other)
        for one in range(len(points))
        for other in range(one + 1, len(points))
        if distance_km(lon[[one]], lat[[one]], lon[[other]], lat[[other]])[0] <= within
    ]
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == wanted
    assert (km <= within).all()


def test_the_share_over_water():
    land = shapely.union_all([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 4, 1)])
    one, other = (np.array([0.0]), np.array([0.5])), (np.array([4.0]), np.array([0.5]))
    assert water_share(*one, *other, land=land)[0] == pytest.approx(0.25)
    assert water_share(*one, *other, land=None)[0] == 0
