"""Times between places as a matrix: averages over people, crow flies, closures."""

import numpy as np
import pytest
from worlds import line, link, network, place

from commute.measure.times import averaged, crow_fly_km, minutes_without, people_at, people_of
from commute.model.assumptions import Assumptions
from commute.model.timegraph import time_graph


@pytest.fixture(scope="module")
def bay():
    places = [
        place("a", population=4), place("b", x=10, population=0), place("c", x=30, population=7),
        place("one", "county", parent="a", population=3), place("two", "county", x=3, parent="a", population=1),
        place("three", "county", x=12, parent="b", population=0),
        place("four", "county", x=14, parent="b", population=0),
        place("stop", "station", parent="a"),
    ]  # fmt: skip
    return network(places)


def test_people_by_counting_point(bay):
    assert people_at(bay, "a").to_dict() == {"one": 0.75, "two": 0.25}
    assert people_at(bay, "b").to_dict() == {"three": 0.5, "four": 0.5}  # nobody lives there: its points count alike
    assert people_at(bay, "c").to_dict() == {"c": 1}
    assert people_at(bay, "two").to_dict() == {"two": 1}
    assert people_at(bay, "stop").to_dict() == {"stop": 1}


def test_people_of_several_places(bay):
    shares = people_of(bay, ["c", "a", "stop"])
    assert shares.index.tolist() == ["c", "a", "stop"]
    assert shares.columns.tolist() == ["one", "two", "c", "stop"]
    assert shares.to_numpy().tolist() == [[0, 0, 1, 0], [0.75, 0.25, 0, 0], [0, 0, 0, 1]]


def test_means_over_people_are_inf_as_soon_as_somebody_has_no_way():
    points = np.array([[10.0, np.inf], [20.0, 40.0]])
    even, sure, there = np.array([[0.5, 0.5]]), np.array([[0.0, 1.0]]), np.eye(2)
    assert averaged(points, even, there).tolist() == [[15, np.inf]]
    assert averaged(points, sure, there).tolist() == [[20, 40]]


def test_distances_as_the_crow_flies(bay):
    np.testing.assert_allclose(
        crow_fly_km(bay, ["a", "b", "c"]), [[0, 10, 30], [10, 0, 20], [30, 20, 0]], rtol=1e-6, atol=1e-9
    )


def test_without_assets_there_is_nothing_to_close(bay):
    assert list(minutes_without(time_graph(bay, Assumptions()), ["a"], ["b"], assets=[])) == []


@pytest.mark.parametrize("basis", ["in_vehicle", "centre_to_centre"])
def test_a_closed_railway_leaves_the_road(basis):
    places = [
        place("a", population=1), place("b", x=100, population=1), place("p", "station", parent="a"),
        place("q", "station", x=100, parent="b"), place("r", "interchange", parent="a"),
        place("s", "interchange", x=100, parent="b"),
    ]  # fmt: skip
    lines = [line("rail", "rail", headway=12, asset="track"), line("road", asset="deck")]
    links = [link("rail", "p", "q", 20), link("road", "r", "s", 50, speed_limit_kmh=100)]
    graph = time_graph(network(places, lines, links), Assumptions(basis=basis))
    without = {asset: times.item() for asset, times in minutes_without(graph, ["a"], ["b"], assets=["track", "deck"])}
    wanted = {"in_vehicle": (60, 20), "centre_to_centre": (5 + 60 + 5, 20 + 6 + 20 + 8)}[basis]
    assert (without["track"], without["deck"]) == pytest.approx(wanted)
