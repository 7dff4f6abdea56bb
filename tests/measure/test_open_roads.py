"""Roads that can be left anywhere: closed forms of the ground beside them, and times of the people there."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import line, link, network, place

from commute.errors import TableError
from commute.measure.audit import audit
from commute.measure.circles import isochrones
from commute.measure.comparison import compare
from commute.measure.journeys import journeys
from commute.measure.routing import travel_times
from commute.model.assumptions import Assumptions
from commute.model.edits import Close
from commute.model.scenario import Scenario

CAR = Assumptions(
    travel=("car",), period="free_flow", parking={"park": 0, "unpark": 0}, local={"circuity": 1, "access_km": 40}
)
POLYGON = 0.001  # a disc is drawn with 128 corners, on the ellipsoid
OPEN = "open"


def road(ends, *, access=OPEN, minutes_per_km=60 / 90):
    """Lay a road through ``o`` at the origin to interchanges that many km east."""
    places = [place("a", population=1), place("o", "interchange", parent="a")]
    places += [place(f"x{number}", "interchange", x=x, parent="a") for number, x in enumerate(ends)]
    links = [link("e", "o", f"x{number}", abs(x) * minutes_per_km) for number, x in enumerate(ends)]
    return places, [line("e") | {"access": access}], links


def area(made, minutes=60, **more):
    return float(isochrones(made, "a", minutes, assumptions=CAR, **more)["area_km2"].item())


@pytest.mark.parametrize("direction", ["from", "to"])
def test_both_ways(direction):
    assert area(network(*road([-120, 120])), direction=direction) == pytest.approx(5702.875, rel=POLYGON)


@pytest.mark.parametrize("direction", ["from", "to"])
def test_one_way_that_ends(direction):
    assert area(network(*road([60])), direction=direction) == pytest.approx(4105.408, rel=POLYGON)


def test_a_closed_one_colours_less():
    assert area(network(*road([60], access="stops"))) < area(network(*road([60])))


def test_subdividing_an_open_road_changes_nothing():
    places, lines, links = road([60])
    middle = place("m", "interchange", x=25, parent="a")
    halves = [link("e", "o", "m", 25 * 60 / 90), link("e", "m", "x0", 35 * 60 / 90)]
    whole, cut = network(places, lines, links), network([*places, middle], lines, halves)
    assert area(cut) == pytest.approx(area(whole), rel=1e-6)


@pytest.mark.parametrize(("x", "y"), [(30, 8), (50, 3), (10, 20), (70, 5), (-5, 6)])
@pytest.mark.parametrize("direction", ["from", "to"])
def test_people_beside_it_leave_at_the_best_point(x, y, direction):
    places, lines, links = road([60])
    made = network([*places, place("p", x=x, y=y, population=1)], lines, links)
    along = np.linspace(0, 60, 600_001)
    wanted = min((along / 90 * 60 + np.hypot(x - along, y) * 2).min(), np.hypot(x, y) * 2)
    found = travel_times(made, "a", "p", basis="centre_to_centre", assumptions=CAR, direction=direction)
    assert found["travel_time"].item() == pytest.approx(wanted, abs=0.02)
    legs = journeys(made, "a", "p", basis="centre_to_centre", assumptions=CAR)
    assert legs["minutes"].sum() == pytest.approx(found["travel_time"].item())


def test_the_picture_agrees_with_the_times():
    places, lines, links = road([60])
    villages = [place(f"v{x}{y}", x=x, y=y, population=1) for x in range(-10, 80, 10) for y in (2, 7, 12)]
    made = network([*places, *villages], lines, links)
    circles = isochrones(made, "a", (30, 45, 60), assumptions=CAR)
    held = audit(circles, made, assumptions=CAR)
    assert (held[["people_falsely_in", "people_falsely_out"]] == 0).all(axis=None)
    assert held[["valid", "nested"]].all(axis=None)


def test_closing_it_closes_the_ways_beside_it():
    places, lines, links = road([60])
    made = network([*places, place("p", x=50, y=3, population=1)], lines, links, cores=["a"])
    result = compare(made, Scenario("shut", (Close("e"),)), assumptions=CAR)
    assert result.pairs["after"].tolist() == [np.inf, np.inf]
    assert list(result.links["change"]) == ["removed"]


def test_a_train_does_not_stop_at_an_interchange():
    places, _, _ = road([60])
    rows = [link("t", "o", "x0", 20)]
    with pytest.raises(TableError, match="is an interchange, where only cars pass"):
        network(places, [line("t", "rail", headway=10)], rows)
