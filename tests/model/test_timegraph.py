"""TimeGraph: the minutes of every edge, summed by hand."""

import numpy as np
import pytest
from worlds import line, link, network, place

from commute.measure.times import minutes_between_points
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS
from commute.model.timegraph import time_graph

centre = Assumptions(basis="centre_to_centre")


def minutes(made, one, other, given=centre):
    return minutes_between_points(time_graph(made, given), [one], [other])[0, 0]


def stations(*rows):
    """Cities a, b, c … each with a station whose access is stated."""
    made = []
    for name, x, access in rows:
        made.append(place(name, x=x, population=1))
        made.append(place(f"{name}-stop", "station", x=x, parent=name, access_minutes=access))
    return made


def test_every_leg_of_a_railway_journey():
    rows = stations(("a", 0, 35), ("b", 90, 25))
    made = network(rows, [line("g", "rail", headway=82)], [link("g", "a-stop", "b-stop", 50)])
    assert minutes(made, "a", "b") == 35 + 20 + 15 + 50 + 8 + 25


def test_riding_through_costs_no_second_boarding_and_changing_does():
    rows = stations(("a", 0, 10), ("b", 90, 10), ("c", 180, 10))
    one_line = [link("g", "a-stop", "b-stop", 30), link("g", "b-stop", "c-stop", 40)]
    through = network(rows, [line("g", "rail", headway=20)], one_line)
    assert minutes(through, "a", "c") == 10 + 20 + 8 + 30 + 40 + 8 + 10
    lines = [line("g", "rail", headway=20), line("h", "rail", headway=48)]
    change = network(rows, lines, [link("g", "a-stop", "b-stop", 30), link("h", "b-stop", "c-stop", 40)])
    assert minutes(change, "a", "c") == 10 + 20 + 8 + 30 + (20 + 15) + 40 + 8 + 10


@pytest.mark.parametrize(
    ("first", "second", "cost"),
    [
        ("metro", "metro", 4),
        ("rail", "metro", 8),
        ("suburban", "metro", 3 + 4),  # out and in again is quicker than the eight minutes of a mixed change
        ("suburban", "suburban", 8),
        ("metro", "rail", 3 + 20),  # out to the street and in through security
        ("rail", "rail", 20),
    ],
)
def test_what_a_change_costs(first, second, cost):
    rows = stations(("a", 0, 10), ("b", 90, 10), ("c", 180, 10))
    lines = [line("g", first, headway=10), line("h", second, headway=4)]
    made = network(rows, lines, [link("g", "a-stop", "b-stop", 30), link("h", "b-stop", "c-stop", 40)])
    check_in, leave = centre.check_in[first], centre.exit[second]
    assert minutes(made, "a", "c") == pytest.approx(10 + check_in + 5 + 30 + cost + 2 + 40 + leave + 10)


def test_a_third_line_is_no_way_round_the_security_between_two():
    """With a metro at the station a change from train to train costs what it cost without."""
    rows = [*stations(("a", 0, 10), ("b", 90, 10), ("c", 180, 10)), place("d-stop", "station", x=95, parent="b")]
    lines = [line("g", "rail", headway=10), line("h", "rail", headway=10), line("m", "metro", headway=2)]
    links = [link("g", "a-stop", "b-stop", 30), link("h", "b-stop", "c-stop", 40), link("m", "b-stop", "d-stop", 5)]
    assert minutes(network(rows, lines, links), "a", "c") == 10 + 20 + 5 + 30 + 20 + 5 + 40 + 8 + 10


def test_every_leg_of_a_drive():
    rows = [
        place("a"), place("b", x=100), place("p", "interchange", x=6, parent="a"),
        place("q", "interchange", x=97, parent="b"),
    ]  # fmt: skip
    links = [link("e", "p", "q", length_km=90, speed_limit_kmh=100)]
    made = network(rows, [line("e", "highway")], links)
    local = [round(km * 1.3 / 30 * 60 * DECISECONDS) / DECISECONDS for km in (6, 3)]
    road = 90 / (0.9 * 100) * 60
    assert minutes(made, "a", "b") == pytest.approx(5 + sum(local) + road * 1.2 + 5, abs=0.002)
    freely = centre.changed("period", "free_flow")
    assert minutes(made, "a", "b", freely) == pytest.approx(10 + sum(local) + road, abs=0.002)
    slow = made.with_tables(links=made.links.assign(speed_limit_kmh=60.0))
    assert minutes(slow, "a", "b") == pytest.approx(10 + sum(local) + 100 * 1.6, abs=0.002)
    stated = made.with_tables(links=made.links.assign(minutes=50.0))
    assert minutes(stated, "a", "b") == pytest.approx(10 + sum(local) + 50 * 1.2, abs=0.002)


def test_on_foot_by_local_transit_between_near_places():
    made = network([place("a"), place("b", x=10)])
    assert minutes(made, "a", "b", centre.changed("travel", "transit")) == pytest.approx(10 * 1.3 / 15 * 60, abs=0.002)
    assert minutes(made, "a", "b") == pytest.approx(5 + 10 * 1.3 / 30 * 60 + 5, abs=0.002)


@pytest.mark.parametrize(("kind", "cost"), [("one_stop", 8), ("co_located", 15), ("two_halls", 20), ("car", 12)])
def test_a_border_costs_its_clearance_once(kind, cost):
    rows = [place("a"), place("b", x=1, territory="HK")]
    rows += [place("p", "checkpoint", parent="a"), place("q", "checkpoint", x=1, parent="b", territory="HK")]
    made = network(rows, [line("hall", "checkpoint", clearance=kind)], [link("hall", "p", "q", 6)])
    assert minutes(made, "a", "b", centre.changed("travel", "transit")) == 6 + cost


def test_only_the_link_that_crosses_pays():
    rows = [*stations(("a", 0, 10), ("b", 90, 10)), place("z", x=150, territory="HK")]
    rows.append(place("z-stop", "station", x=150, parent="z", territory="HK", access_minutes=10))
    lines = [line("x", "rail", headway=20, clearance="co_located")]
    made = network(rows, lines, [link("x", "a-stop", "b-stop", 30), link("x", "b-stop", "z-stop", 14)])
    assert minutes(made, "a", "b") == 10 + 20 + 8 + 30 + 8 + 10
    assert minutes(made, "b", "z") == 10 + 20 + 8 + 14 + 15 + 8 + 10


def test_stations_within_a_walk():
    rows = [*stations(("a", 0, 10), ("b", 90, 10)), place("next", "station", x=90.8, parent="b")]
    rows += stations(("c", 180, 10))
    lines = [line("g", "rail", headway=20), line("m", "metro", headway=4)]
    made = network(rows, lines, [link("g", "a-stop", "b-stop", 30), link("m", "next", "c-stop", 40)])
    walk = 0.8 * 1.3 / 4.8 * 60
    assert minutes(made, "a", "c") == pytest.approx(10 + 20 + 8 + 30 + 8 + walk + 3 + 2 + 40 + 3 + 10, abs=0.002)


def test_one_way_of_travelling_only():
    rows = [*stations(("a", 0, 10), ("b", 90, 10)), place("p", "interchange", parent="a")]
    rows.append(place("q", "interchange", x=90, parent="b"))
    lines = [line("g", "rail", headway=20), line("e", "highway")]
    made = network(rows, lines, [link("g", "a-stop", "b-stop", 30), link("e", "p", "q", 20, speed_limit_kmh=100)])
    by_car, by_train = (centre.changed("travel", mode) for mode in ("car", "transit"))
    assert minutes(made, "a", "b", by_car) == 5 + 20 * 1.2 + 5
    assert minutes(made, "a", "b", by_train) == 10 + 20 + 8 + 30 + 8 + 10
    assert minutes(made, "a", "b") == 5 + 20 * 1.2 + 5


def test_the_same_values_give_the_same_graph_at_once():
    made = network([place("a")])
    assert time_graph(made, Assumptions()) is time_graph(made, Assumptions())
    assert time_graph(made, Assumptions()) is not time_graph(made, Assumptions(period="off_peak"))


def test_assets_are_the_edges_that_close_together():
    rows = stations(("a", 0, 10), ("b", 90, 10), ("c", 180, 10))
    lines = [line("g", "rail", headway=20, asset="track; tunnel"), line("h", "rail", headway=20, asset="track")]
    links = [link("g", "a-stop", "b-stop", 30), link("h", "b-stop", "c-stop", 40)]
    graph = time_graph(network(rows, lines, links), centre)
    assert list(graph.assets) == ["track", "tunnel"]
    of = {asset: set(graph.edges.link[rows].tolist()) for asset, rows in graph.assets.items()}
    assert of == {"track": {0, 1}, "tunnel": {0}}
    assert set(graph.edges.kind[graph.assets["track"]]) == {"ride"}


def test_links_beside_others_have_nodes_of_their_own():
    """Two roads and a street join a and b: closing either road leaves the rest, in the kernels' graph too."""
    rows = [place("a", population=1), place("b", x=20, population=1)]
    lines, links = [line("m"), line("k")], [link("m", "a", "b", 5), link("k", "a", "b", 4)]
    graph = time_graph(network(rows, lines, links), centre)
    kept = set(graph.csr.edge.tolist())
    assert all(set(rows.tolist()) <= kept for rows in graph.assets.values())
    assert minutes(network(rows, lines, links), "a", "b") == pytest.approx(5 + 4 * 1.2 + 5, abs=0.002)
    assert (graph.edges.time >= 0).all()
    assert np.isin(graph.nodes["state"], ["foot", "car", "departure", "arrival", "way"]).all()
