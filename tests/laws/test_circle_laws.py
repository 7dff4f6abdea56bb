"""The laws of circles, on random networks: nested, growing with what helps, and never farther than anybody can go."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from random_worlds import HELPS, World, laws, worlds
from worlds import line, link, place

from commute.measure.circles import isochrones, reach
from commute.measure.times import crow_fly_km, minutes_between_points
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS
from commute.model.scenario import Scenario
from commute.model.timegraph import time_graph

HAIR = 1e-6  # degree: two circles drawn apart agree to their rounding
centre = Assumptions(basis="centre_to_centre")
directions = st.sampled_from(["from", "to"])


def circle(network, origin, cutoff, *, given=centre, direction="from"):
    return isochrones(network, origin, cutoff, direction=direction, assumptions=given).geometry.iloc[0]


def holds(outer, inner):
    return inner.is_empty or outer.buffer(HAIR).covers(inner)


@laws
@given(worlds(), directions, st.lists(st.integers(1, 150), min_size=2, max_size=4, unique=True))
def test_circles_lie_in_each_other_and_are_valid(world, direction, cutoffs):
    circles = isochrones(world.made, world.ids("city"), cutoffs, direction=direction)
    assert circles.crs.to_epsg() == 4326
    assert circles.geometry.is_valid.all()
    assert set(circles.geom_type) <= {"Polygon", "MultiPolygon"}
    for _, own in circles.groupby("origin_id"):
        assert own["cutoff"].is_monotonic_increasing
        assert own["area_km2"].is_monotonic_increasing
        shapes = list(own.geometry)
        assert all(outer.covers(inner) for inner, outer in pairwise(shapes))


@laws
@given(worlds(), directions, st.integers(5, 120))
def test_people_are_those_within_the_time_and_so_is_every_point_the_circle_promises(world, direction, cutoff):
    network = world.made
    counted = reach(network, "c0", cutoff, direction=direction, assumptions=centre).iloc[0]
    points = network.counting_points
    times = minutes_between_points(time_graph(network, centre), ["c0"], list(points.index), direction=direction)[0]
    assert counted["people"] == points["population"][times <= cutoff].sum()
    assert counted["counties"] == (times <= cutoff).sum()
    shape = circle(network, "c0", cutoff, direction=direction)
    where = network.places.geometry[points.index[times < cutoff - 2 * 5 - 0.1]]  # a car has to be parked first
    assert where.intersects(shape).all()


@pytest.mark.parametrize("help_", HELPS, ids=lambda one: one.__name__.strip("_"))
@laws
@given(worlds=worlds(), data=st.data(), direction=directions, cutoff=st.integers(10, 120))
def test_a_circle_grows_with_what_helps(help_, worlds, data, direction, cutoff):
    assume(worlds.links)
    what_if = Scenario("help", (help_(data.draw, worlds),))
    before = worlds.made
    now = circle(what_if.apply(before), "c0", cutoff, given=what_if.assume(centre), direction=direction)
    assert holds(now, circle(before, "c0", cutoff, direction=direction))


@laws
@given(worlds(), st.integers(5, 60))
def test_whoever_is_reached_takes_his_circle_along(world, further):
    """T(o, p) ≤ a puts the b-minute circle of p into the (a + b)-minute circle of o."""
    network, cities = world.made, world.ids("city")
    times = minutes_between_points(time_graph(network, centre), ["c0"], cities)[0]
    for city, minutes in zip(cities, times, strict=True):
        if 0 < minutes < 200:
            assert holds(circle(network, "c0", minutes + further), circle(network, city, further))


@laws
@given(worlds(), st.integers(1, 120))
def test_no_circle_is_larger_than_the_fastest_way_allows(world, cutoff):
    network = world.made
    graph = time_graph(network, centre)
    at = {place_id: row for row, place_id in enumerate(network.places.index)}
    km = crow_fly_km(network, list(network.places.index))
    row = graph.nodes["place_id"].map(at).to_numpy()
    rides = graph.edges.link >= 0
    straight = km[row[graph.edges.tail[rides]], row[graph.edges.head[rides]]]
    fastest = (straight / np.maximum(graph.edges.time[rides], 1) * DECISECONDS).max(initial=0)
    fastest = max(fastest, centre.speed["car"] / 60)
    area = isochrones(network, "c0", cutoff, assumptions=centre)["area_km2"].iloc[0]
    assert area <= np.pi * (cutoff * fastest) ** 2


@laws
@given(worlds(border=False), st.data(), st.integers(20, 120))
def test_a_closed_road_cut_in_two_where_nobody_can_leave_it_colours_the_same(world, data, cutoff):
    roads = world.links_of("highway", "bridge")
    assume(roads)
    row = data.draw(st.sampled_from(roads))
    by_car = centre.changed("travel", "car")
    middle = place("middle", "station", x=40, y=40, parent="c0")
    halves = {name: row[name] / 2 for name in ("minutes", "length_km") if row.get(name) is not None}
    parts = [row | halves | {"to_id": "middle"}, row | halves | {"from_id": "middle"}]
    cut = World([*world.places, middle], world.lines, [one for one in world.links if one is not row] + parts)
    one, other = (
        isochrones(each.made, "c0", cutoff, assumptions=by_car)["area_km2"].iloc[0] for each in (world, cut)
    )
    assert one == pytest.approx(other, rel=1e-4, abs=0.01)


@laws
@given(worlds(border=False), st.integers(20, 120))
def test_a_road_without_exits_that_ends_nowhere_changes_nothing(world, cutoff):
    nowhere = place("nowhere", "station", x=60, y=60, parent="c0")
    road = link("dead-end", "c0-ramp", "nowhere", length_km=30, speed_limit_kmh=120)
    longer = world.with_rows(places=[nowhere], lines=[line("dead-end")], links=[road])
    without = world.with_rows(places=[nowhere])
    by_car = centre.changed("travel", "car")
    one, other = (circle(each.made, "c0", cutoff, given=by_car) for each in (without, longer))
    assert shapely.equals(one, other)
