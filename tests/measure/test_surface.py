"""Surface: discs of the time that is left, on the plane and back in degrees."""

import numpy as np
import pytest
import shapely
from worlds import KM, network, place

from commute.kernels.csr import INF
from commute.measure import surface
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS
from commute.model.timegraph import time_graph


@pytest.fixture(scope="module")
def pair():
    return network([place("a"), place("r", "interchange", x=20, parent="a"), place("s", "station", x=5, parent="a")])


def test_one_steps_out_at_places_on_foot_and_from_the_car(pair):
    plane = surface.plane_of(pair)
    both = time_graph(pair, Assumptions())
    found = surface.exits_of(both, plane, direction="from")
    told = sorted(zip(both.nodes["place_id"].iloc[found.node], both.nodes["state"].iloc[found.node], strict=True))
    assert told == [("a", "car"), ("a", "foot"), ("r", "car"), ("s", "foot")]
    assert set(found.toll) == {0, 5}
    assert set(np.round(found.km_per_minute * 60 * 1.3, 6)) == {15, 30}
    uneven = time_graph(pair, Assumptions(parking={"unpark": 2, "park": 7}))
    assert surface.exits_of(uneven, plane, direction="from").toll.max() == 7
    assert surface.exits_of(uneven, plane, direction="to").toll.max() == 2


def exits(*rows):
    """Exits at x, y with nothing to pay, at one km a minute."""
    count = len(rows)
    x, y = (np.array([row[axis] for row in rows], dtype=float) for axis in (0, 1))
    return surface.Exits(np.arange(count), x, y, np.full(count, "CN"), np.zeros(count), np.ones(count))


def ring(times, *rows, farthest_km=100.0, land=None):
    plane = surface.Plane(None, None, land)
    deciseconds = np.array([INF if time is None else time * DECISECONDS for time in times], dtype=np.int32)
    return surface.ring(exits(*rows), deciseconds, 30, plane=plane, farthest_km=farthest_km)


def test_a_disc_in_a_larger_one_adds_nothing_and_one_beside_it_does():
    one = ring([20], (0, 0))
    assert one.area == pytest.approx(np.pi * 100, rel=5e-4)
    assert ring([20, 25], (0, 0), (3, 0)).area == one.area
    assert ring([20, 25], (0, 0), (15, 0)).area == pytest.approx(np.pi * 125, rel=5e-4)


def test_who_is_not_reached_draws_nothing_and_nobody_goes_farther_than_assumed():
    assert ring([None, 30, 40], (0, 0), (1, 1), (2, 2)).is_empty
    assert ring([0], (0, 0), farthest_km=5).area == pytest.approx(np.pi * 25, rel=5e-4)


def test_a_smaller_disc_across_the_water_counts_though_it_lies_in_the_larger_one():
    land = {"CN": (shapely.box(-50, -50, 4, 50), shapely.box(6, -50, 50, 50))}
    alone, both = ring([10], (0, 0), land=land), ring([10, 28], (0, 0), (8, 0), land=land)
    assert both.area - alone.area == pytest.approx(np.pi * 4, rel=5e-4)


def test_rings_in_degrees_hold_each_other_to_the_last_digit(pair):
    plane = surface.plane_of(pair)
    coast = shapely.Polygon([(-30, -40), (7, -40), (3.1, 0.7), (9, 41), (-30, 40)])
    rings = [shapely.intersection(shapely.Point(0, 0).buffer(radius, quad_segs=32), coast) for radius in (5, 11, 23)]
    shapes = surface.to_degrees(rings, plane)
    assert all(shape.is_valid for shape in shapes)
    assert shapes[1].covers(shapes[0])
    assert shapes[2].covers(shapes[1])
    for shape, flat in zip(shapes, rings, strict=True):
        again = shapely.transform(shape, plane.forth.transform, interleaved=False)
        assert again.area == pytest.approx(flat.area, rel=1e-5)


def test_empty_rings_stay_empty(pair):
    plane = surface.plane_of(pair)
    assert all(shape.is_empty for shape in surface.to_degrees([shapely.Polygon(), shapely.Polygon()], plane))


def test_the_plane_is_equal_area_and_in_the_middle(pair):
    plane = surface.plane_of(pair)
    x, y = plane.forth.transform(10 * KM, 0)
    assert (x, y) == pytest.approx((0, 0), abs=0.1)
