"""The laws of streets and trains together: exact on one big graph, growing with what helps, and nested."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from joined_worlds import SIDE, SPACING, JoinedWorld, Oracle, grid, joined_worlds, spots
from worlds import KM, line, link

from commute.kernels.csr import INF
from commute.measure.circles import isochrones, reach
from commute.measure.joined import joined
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS

laws = settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
directions = st.sampled_from(["from", "to"])
centre = Assumptions(basis="centre_to_centre", local={"access_km": 3})


def points(draw):
    several = draw(st.lists(spots(), min_size=1, max_size=3))
    return gpd.GeoSeries(gpd.points_from_xy([KM * one["x"] for one in several], [KM * one["y"] for one in several]))


@laws
@given(joined_worlds(), directions, st.sampled_from([(), ("car",), ("transit",)]), st.integers(5, 200), st.data())
def test_times_are_those_of_one_big_graph(world, direction, travel, cutoff, data):
    assumed = centre.changed("travel", travel) if travel else centre
    made, towards, limit = world.made, direction == "to", cutoff * DECISECONDS
    oracle = Oracle(made, world.access, world.egress, assumed)
    places = list(oracle.base.foot)
    where = data.draw(st.sampled_from(["places", "points"]))
    origins = places if where == "places" else points(data.draw)
    asked = joined(made, origins, world.streets, assumed, direction=direction, limit=limit, also=places)
    names = origins if where == "places" else list(zip(origins.x, origins.y, strict=True))
    roles = (["a"] if not towards else oracle.setting_off()) if not oracle.apart else (
        oracle.setting_off() if towards else list(oracle.layers)
    )  # fmt: skip
    minutes = asked.minutes(places)
    for row, (name, layers) in enumerate(zip(names, asked.expansions(limit), strict=True)):
        found = oracle.times(name, towards=towards)
        for role, layer in zip(roles, layers, strict=True):
            wanted = oracle.on_the_ground(role, found, towards=towards)
            wanted = [INF if time is None or time > limit else time for time in wanted]
            assert layer.deciseconds.tolist() == wanted
        for place, told in zip(places, minutes[row], strict=True):
            node = oracle.off(place) if towards else oracle.there(place)
            time = 0 if name == place else found.get(node, INF)
            assert told == (time / DECISECONDS if time <= limit else np.inf)
