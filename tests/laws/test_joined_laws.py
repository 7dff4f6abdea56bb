"""The laws of streets and trains together: exact on one big graph, growing with what helps, and nested."""

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from joined_worlds import Oracle, grid, joined_worlds, spots
from worlds import KM, line, link

from commute.kernels.csr import INF
from commute.measure.circles import isochrones, reach
from commute.measure.joined import FOREVER, joined
from commute.measure.journeys import journeys
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS

laws = settings(max_examples=12, deadline=None)
AWAY = {mode: grid(mode, x=500) for mode in ("walk", "drive")}
directions = st.sampled_from(["from", "to"])
assumed = st.builds(
    lambda travel: Assumptions(basis="centre_to_centre", local={"access_km": 3}, travel=travel),
    st.sampled_from([("transit",), ("car",), ("transit", "car")]),
)


def points(draw):
    several = draw(st.lists(spots(), min_size=1, max_size=3))
    return gpd.GeoSeries(gpd.points_from_xy([KM * one["x"] for one in several], [KM * one["y"] for one in several]))


@laws
@given(joined_worlds(), directions, assumed, st.integers(5, 200), st.data())
def test_times_are_those_of_one_big_graph(world, direction, assumed, cutoff, data):
    made, towards, limit = world.made, direction == "to", cutoff * DECISECONDS
    oracle = Oracle(made, world.access, world.egress, assumed)
    places = list(oracle.base.foot)
    named = data.draw(st.booleans())
    origins = places if named else points(data.draw)
    names = places if named else list(zip(origins.x, origins.y, strict=True))
    asked = joined(made, origins, world.streets, assumed, direction=direction, limit=limit, also=places)
    minutes = asked.minutes(places)
    roles = oracle.setting_off() if towards else list(oracle.layers)
    for row, (name, layers) in enumerate(zip(names, asked.expansions(limit), strict=True)):
        found = oracle.times(name, towards=towards)
        for role, layer in zip(roles, layers, strict=True):
            wanted = oracle.on_the_ground(role, found, towards=towards)
            assert layer.deciseconds.tolist() == [INF if time is None or time > limit else time for time in wanted]
        for place, told in zip(places, minutes[row], strict=True):
            time = 0 if name == place else found.get(oracle.off(place) if towards else oracle.there(place), INF)
            assert told == (time / DECISECONDS if time <= limit else np.inf)


def ground(world, direction, assumed):
    """Return deciseconds at every junction of every layer from (or to) the first city."""
    asked = joined(world.made, "c0", world.streets, assumed, direction=direction, limit=FOREVER)
    return [layer.deciseconds for layers in asked.expansions(FOREVER) for layer in layers]


@laws
@given(joined_worlds(), directions, assumed, st.data())
def test_another_line_makes_nothing_later(world, direction, assumed, data):
    stations = [row["place_id"] for row in world.places if row["kind"] == "station"]
    ends = data.draw(st.lists(st.sampled_from(stations), min_size=2, max_size=2, unique=True))
    mode = data.draw(st.sampled_from(["rail", "metro"]))
    more = replace(
        world, lines=[*world.lines, line("new", mode, headway=5)], links=[*world.links, link("new", *ends, 2)]
    )
    for before, after in zip(ground(world, direction, assumed), ground(more, direction, assumed), strict=True):
        assert (after <= before).all()


@laws
@given(joined_worlds(), directions, assumed, st.sets(st.integers(2, 90), min_size=2, max_size=3))
def test_circles_along_streets_are_valid_and_lie_in_each_other(world, direction, assumed, cutoffs):
    circles = isochrones(
        world.made, ["c0", "s0"], cutoffs, streets=world.streets, direction=direction, assumptions=assumed
    )
    assert circles.geometry.is_valid.all()
    assert set(circles.geom_type) <= {"Polygon", "MultiPolygon"}
    for _, own in circles.groupby("origin_id"):
        assert own["area_km2"].is_monotonic_increasing
        assert all(inner.is_empty or outer.covers(inner) for inner, outer in pairwise(own.geometry))


@laws
@given(joined_worlds(), directions, assumed, st.sampled_from(["centre_to_centre", "door_to_door"]))
def test_streets_far_away_from_every_place_change_nobody(world, direction, assumed, basis):
    for streets in (*AWAY.values(), {"access": AWAY["drive"], "egress": AWAY["walk"]}):
        asked = {"direction": direction, "basis": basis, "assumptions": assumed}
        with_, without = (reach(world.made, ["c0", "s0"], (20, 60), streets=one, **asked) for one in (streets, None))
        assert set(with_["status"]) == {"unsnapped"}
        pd.testing.assert_frame_equal(with_.drop(columns="status"), without)


@laws
@given(joined_worlds(), assumed, st.sampled_from(["centre_to_centre", "door_to_door"]))
def test_legs_along_streets_sum_to_the_travel_time(world, assumed, basis):
    made, ends = world.made, [row["place_id"] for row in world.places if row["kind"] in ("city", "county", "station")]
    asked = joined(made, ends, world.streets, assumed, limit=FOREVER, also=ends)
    minutes = pd.DataFrame(asked.minutes(ends), index=ends, columns=ends)
    for goal in ends[1:]:
        legs = journeys(made, ends[0], goal, streets=world.streets, basis=basis, assumptions=assumed)
        for (start, there), own in legs.groupby(["from_id", "to_id"]):
            assert round(own["minutes"].sum() * DECISECONDS) == round(minutes.at[start, there] * DECISECONDS)
        if basis == "centre_to_centre":
            assert legs.empty == np.isinf(minutes.at[ends[0], goal])
