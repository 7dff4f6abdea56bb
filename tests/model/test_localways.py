"""Local ways: who is joined to what, and what lies between."""

import pytest
import shapely
from worlds import line, link, network, place

from commute.model.assumptions import Assumptions
from commute.model.localways import local_ways


def ways(places, *, land=None, **given):
    frame = local_ways(network(places, land=land), Assumptions(**given))
    return {(row.from_id, row.to_id): (row.kind, row.km, row.minutes) for row in frame.itertuples()}


def test_people_reach_people_stations_and_interchanges_and_stations_each_other():
    found = ways([
        place("city"), place("town", "county", x=10, parent="city"), place("stop", "station", x=5, parent="city"),
        place("near", "station", x=5.5, parent="city"), place("ramp", "interchange", x=4, parent="city"),
        place("far", "station", x=31, parent="city"),
    ])  # fmt: skip
    kinds = {pair: kind for pair, (kind, _, _) in found.items()}
    assert kinds == {
        ("city", "town"): "local", ("city", "stop"): "stop", ("city", "near"): "stop", ("city", "ramp"): "ramp",
        ("town", "stop"): "stop", ("town", "near"): "stop", ("town", "ramp"): "ramp", ("town", "far"): "stop",
        ("stop", "near"): "walk",
    }  # fmt: skip
    assert found["city", "town"][1] == pytest.approx(10, abs=1e-4)


def test_the_peoples_side_comes_first_whatever_the_order_of_rows():
    rows = [place("stop", "station", parent="city"), place("ramp", "interchange", parent="city"), place("city")]
    assert set(ways(rows)) == {("city", "stop"), ("city", "ramp")}


def test_never_across_a_border():
    assert ways([place("here"), place("there", x=1, territory="HK")]) == {}


def test_a_stated_access_counts_and_not_across_a_border():
    rows = [
        place("city"), place("far", "station", x=60, parent="city", access_minutes=50),
        place("ramp", "interchange", x=1, parent="city", access_minutes=7),
        place("abroad", "station", x=1, parent="city", access_minutes=9, territory="HK"),
    ]  # fmt: skip
    found = ways(rows)
    assert set(found) == {("city", "far"), ("city", "ramp")}
    assert found["city", "far"][2] == 50
    assert found["city", "ramp"][::2] == ("ramp", 7)


def test_not_over_water():
    banks = shapely.union_all([shapely.box(-20, -20, 5, 20), shapely.box(7, -20, 30, 20)])
    rows = [place("east", x=0), place("west", x=12), place("bank", "county", x=4, y=10, parent="east")]
    assert set(ways(rows, land=banks)) == {("east", "bank")}
    assert ("east", "west") in ways(rows)
    ditch = shapely.union_all([shapely.box(-20, -20, 5, 20), shapely.box(5.2, -20, 30, 20)])
    assert ("east", "west") in ways(rows, land=ditch)  # a river of 200 m has bridges


def test_links_make_no_local_ways():
    rows = [place("a"), place("p", "station", x=90, parent="a"), place("q", "station", x=95, parent="a")]
    made = network(rows, [line("l", "rail", headway=9)], [link("l", "p", "q", 9)])
    assert local_ways(made, Assumptions()).empty
