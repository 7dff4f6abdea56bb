"""Criticality: every asset closed once, against a network without it."""

import numpy as np
import pytest
from hypothesis import given
from random_worlds import laws, worlds
from worlds import line, link, network, place

from commute.measure.criticality import criticality
from commute.measure.times import minutes_between_points, minutes_without
from commute.model.assumptions import Assumptions
from commute.model.edits import Close
from commute.model.timegraph import time_graph


def towns():
    """A to b by a bridge and a ferry on the same deck, a to c by a road."""
    places = [place("a", population=6), place("b", x=40, population=4), place("c", y=40, population=3)]
    places += [place("a-ramp", "interchange", parent="a"), place("b-ramp", "interchange", x=40, parent="b")]
    places += [place("c-ramp", "interchange", y=40, parent="c")]
    lines = [line("bridge", "bridge", asset="deck"), line("road", asset="deck; road"), line("spare", asset="spare")]
    limit = {"speed_limit_kmh": 100}
    links = [
        link("bridge", "a-ramp", "b-ramp", 30, **limit), link("road", "a-ramp", "c-ramp", 30, **limit),
        link("spare", "a-ramp", "b-ramp", 90, **limit),
    ]  # fmt: skip
    return network(places, lines, links, cores=["a"])


def test_the_worst_comes_first():
    frame = criticality(towns())
    assert frame.index.tolist() == ["deck", "road", "spare"]
    assert frame["lines"].tolist() == ["Bridge, Road", "Road", "Spare"]
    assert frame["people_lost"].tolist() == [7, 3, 0]
    assert frame["pairs_cut"].tolist() == [4, 4, 0]
    assert frame["minutes_lost"].tolist() == pytest.approx([72, 0, 0])
    assert (frame["mutual_reach_lost"] >= 0).all()
    assert frame.attrs["manifest"]["basis"] == "door_to_door"


def test_a_network_without_assets_has_none():
    frame = criticality(network([place("a", population=1), place("b", x=9, population=1)], cores=["a"]))
    assert frame.empty
    assert "mutual_reach_lost" in frame


@laws
@given(worlds())
def test_closing_in_the_kernels_is_closing_in_the_tables(world):
    made, given_ = world.made, Assumptions(basis="centre_to_centre")
    graph, ids = time_graph(made, given_), list(made.places.index)
    for asset, minutes in minutes_without(graph, ids, ids, assets=list(graph.assets)):
        closed = time_graph(Close(asset=asset).apply(made), given_)
        np.testing.assert_array_equal(minutes, minutes_between_points(closed, ids, ids))
