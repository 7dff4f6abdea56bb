"""The score of a network: that it scores the network's own times, people and assets."""

import numpy as np
import pytest
from worlds import line, link, network, place

from commute.errors import ParameterError
from commute.measure.integration import score
from commute.measure.metropolis import integration
from commute.measure.pillars import Settlement
from commute.measure.times import crow_fly_km, minutes_between, minutes_between_points
from commute.model.assumptions import Assumptions
from commute.model.edits import Close
from commute.model.timegraph import time_graph

BASES = ("in_vehicle", "centre_to_centre", "door_to_door")


@pytest.fixture(scope="module")
def bay():
    places = [
        place("a", population=6), place("b", x=40, population=4), place("c", x=80, population=3),
        place("a-town", "county", x=1, population=4, parent="a"),
        place("a-port", "county", x=-9, population=2, parent="a"),
        place("b-town", "county", x=42, population=4, parent="b"),
    ]  # fmt: skip
    places += [place(f"{city}-ramp", "interchange", x=x, parent=city) for city, x in (("a", 2), ("b", 40), ("c", 79))]
    lines = [line("one", asset="deck"), line("two", "bridge", asset="deck; pylon"), line("three", asset="tube")]
    road = {"speed_limit_kmh": 100}
    links = [
        link("one", "a-ramp", "b-ramp", 20, **road), link("two", "b-ramp", "c-ramp", 20, **road),
        link("three", "a-ramp", "c-ramp", 60, **road),
    ]  # fmt: skip
    return network(places, lines, links, cores=["a"])


@pytest.mark.parametrize("basis", BASES)
def test_it_scores_the_counting_points(bay, basis):
    points = bay.counting_points
    ids, people = list(points.index), points["population"].to_numpy()
    given = Assumptions(basis=basis)

    def times(network):
        return minutes_between_points(time_graph(network, given), ids, ids)

    wanted = score(
        times(bay),
        settlement=Settlement(people, points["unit"], ("a",), crow_fly_km(bay, ids)),
        without={asset: times(Close(asset=asset).apply(bay)) for asset in ("deck", "pylon", "tube")},
    )
    found = integration(bay, basis=basis)
    np.testing.assert_allclose(found.pillars, wanted.pillars)
    assert found.total == pytest.approx(wanted.total)
    assert found.basis == basis
    assert found.points["total"].sum() == pytest.approx(found.total)


@pytest.mark.parametrize("basis", BASES)
def test_it_scores_whole_cities_on_request(bay, basis):
    cities, given = list(bay.cities), Assumptions(basis=basis)

    def times(network):
        return minutes_between(time_graph(network, given), cities, cities)

    wanted = score(
        times(bay),
        settlement=Settlement(np.array([6.0, 4.0, 3.0]), cities, ("a",), crow_fly_km(bay, cities)),
        without={asset: times(Close(asset=asset).apply(bay)) for asset in ("deck", "pylon", "tube")},
    )
    found = integration(bay, basis=basis, nodes="city")
    np.testing.assert_allclose(found.pillars, wanted.pillars)


def test_coverage_is_of_those_who_reach_the_centre_of_the_core(bay):
    points = bay.counting_points
    to_core = minutes_between_points(time_graph(bay, Assumptions()), list(points.index), ["a"])[:, 0]
    found = integration(bay).coverage
    for cutoff in (30, 45, 60, 120, 180):
        assert found[cutoff] == pytest.approx(points["population"][to_core <= cutoff].sum() / 13)


def test_whole_cities_with_points_cut_off_have_numbers_for_coverage():
    places = [
        place("a", population=6), place("b", x=20, population=4), place("far", x=500, population=2),
        place("in", "county", x=21, population=4, parent="b"),
        place("out", "county", x=400, population=0, parent="b"),
    ]  # fmt: skip
    found = integration(network(places, cores=["a"]), nodes="city")
    assert found.status == "disconnected"
    assert found.coverage[120] == pytest.approx(10 / 12)
    assert found.coverage.notna().all()


def test_a_region_of_one_city_has_no_total():
    found = integration(network([place("a", population=6)], cores=["a"]))
    assert (found.total, found.status) == (None, "single_unit")


def test_what_is_refused(bay):
    with pytest.raises(ParameterError, match="nodes cannot be 'town': choose one of county, city"):
        integration(bay, nodes="town")
    empty = network([place("a")]).with_tables(places=network([place("a")]).places.iloc[:0])
    with pytest.raises(ParameterError, match="The region is empty: it has no city and no county to score"):
        integration(empty)
