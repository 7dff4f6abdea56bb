"""The laws of travel times, on random networks of rail, road and a border."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_worlds import HELPS, World, laws, worlds
from worlds import network as network_of
from worlds import place

from commute.kernels.csr import INF
from commute.measure.routing import travel_times
from commute.measure.times import minutes_between, minutes_between_points, node_times
from commute.model import edits
from commute.model.assumptions import BASES, Assumptions
from commute.model.clock import DECISECONDS
from commute.model.scenario import Scenario
from commute.model.timegraph import time_graph

EXACT = 1e-9
bases = st.sampled_from(BASES)


def all_times(network, *, basis="centre_to_centre", places=None, **given):
    """Minutes between all the places, cities door to door standing for their people."""
    graph = time_graph(network, Assumptions(basis=basis, **given))
    return minutes_between(graph, *[list(network.places.index) if places is None else places] * 2)


def dominates(less, more, slack=EXACT):
    return bool((less <= more + slack).all())


@laws
@given(worlds(), bases)
def test_times_are_minutes_or_inf_and_nothing_to_oneself(world, basis):
    times = all_times(world.made, basis=basis, places=world.ids("city", "county", "station", "interchange"))
    assert not np.isnan(times).any()
    assert (times >= 0).all()
    points = all_times(world.made, basis="in_vehicle" if basis == "in_vehicle" else "centre_to_centre")
    assert (np.diag(points) == 0).all()


@laws
@given(worlds())
def test_a_way_through_a_third_place_is_never_shorter(world):
    times = all_times(world.made)
    for via in range(len(times)):
        assert dominates(times, times[:, via, None] + times[via])


@laws
@given(worlds())
def test_nor_is_it_on_average_over_the_people_of_cities(world):
    times = all_times(world.made, basis="door_to_door", places=world.ids("city"))
    for via in range(len(times)):
        assert dominates(times, times[:, via, None] + times[via])


@laws
@given(worlds())
def test_times_are_those_of_a_search_by_other_hands(world):
    network = world.made
    graph = time_graph(network, Assumptions(basis="centre_to_centre"))
    other = nx.MultiDiGraph()
    other.add_nodes_from(range(len(graph.nodes)))
    ends = zip(graph.edges.tail.tolist(), graph.edges.head.tolist(), graph.edges.time.tolist(), strict=True)
    other.add_weighted_edges_from(ends)
    origins = list(network.places.index)
    times = node_times(graph, origins)
    for row, origin in enumerate(origins):
        node = graph.foot.get(origin, graph.car.get(origin))
        known = nx.single_source_dijkstra_path_length(other, node)
        assert times[row].tolist() == [known.get(node, INF) for node in range(len(graph.nodes))]


@laws
@given(worlds(), bases)
def test_towards_is_from_turned_round(world, basis):
    network, ids = world.made, world.ids("city", "county")
    graph = time_graph(network, Assumptions(basis=basis))
    towards = minutes_between(graph, ids, ids[:2], direction="to")
    np.testing.assert_allclose(towards, minutes_between(graph, ids[:2], ids).T, atol=EXACT)


@laws
@given(worlds())
def test_in_vehicle_is_never_longer_than_the_whole_journey(world):
    assert dominates(all_times(world.made, basis="in_vehicle"), all_times(world.made))


# -- nothing that helps hurts ------------------------------------------------------------------------------


@pytest.mark.parametrize("help_", HELPS, ids=lambda one: one.__name__.strip("_"))
@laws
@given(worlds=worlds(), basis=bases, data=st.data())
def test_nothing_that_helps_makes_anybody_slower(help_, worlds, basis, data):
    assume(worlds.links)
    edit = help_(data.draw, worlds)
    before, given_before = worlds.made, Assumptions(basis=basis)
    what_if = Scenario("help", (edit,))
    after, given_after = what_if.apply(before), what_if.assume(given_before)
    ids = list(before.places.index)
    then, now = (
        minutes_between(time_graph(one, assumed), ids, ids)
        for one, assumed in ((before, given_before), (after, given_after))
    )
    assert dominates(now, then)


@laws
@given(worlds(), bases, st.data())
def test_closing_makes_nobody_faster(world, basis, data):
    assume(world.links)
    row = data.draw(st.sampled_from(world.links))
    before = world.made
    after = edits.Close(line=row["line_id"]).apply(before)
    assert dominates(all_times(before, basis=basis), all_times(after, basis=basis))


# -- nothing that does not matter matters ------------------------------------------------------------------


@laws
@given(worlds(), bases, st.randoms(use_true_random=False))
def test_names_and_the_order_of_rows_do_not_matter(world, basis, random):
    names = {row["place_id"]: f"p{number}" for number, row in enumerate(random.sample(world.places, len(world.places)))}
    moved = {"place_id": names, "from_id": names, "to_id": names, "parent": names}

    def renamed(rows):
        new = [row | {key: moved[key].get(row[key]) for key in moved if key in row} for row in rows]
        new = [row | ({"name": row["place_id"]} if "place_id" in row else {}) for row in new]
        return random.sample(new, len(new))

    other = World(renamed(world.places), random.sample(world.lines, len(world.lines)), renamed(world.links))
    ids = [row["place_id"] for row in world.places]
    turned = network_of(other.places, other.lines, other.links, cores=(names["c0"],))
    there = all_times(turned, basis=basis, places=[names[one] for one in ids])
    np.testing.assert_allclose(there, all_times(world.made, basis=basis, places=ids), atol=EXACT)


FAR = {"x": 500.0, "y": 500.0}  # where no local street leads


@laws
@given(worlds(), bases, st.data())
def test_a_link_cut_in_two_at_a_place_of_nobody_takes_as_long(world, basis, data):
    assume(world.links)
    row = data.draw(st.sampled_from(world.links))
    mode = next(one["mode"] for one in world.lines if one["line_id"] == row["line_id"])
    assume(mode != "checkpoint")
    half = data.draw(st.integers(1, 9)) / 10
    side = next(one for one in world.places if one["place_id"] == row["from_id"])
    kind = "interchange" if mode in ("highway", "bridge") else "station"
    middle = place("middle", kind, **FAR, parent=side["parent"], territory=side["territory"])
    parts = [row | {"to_id": "middle"}, row | {"from_id": "middle"}]
    for name in ("minutes", "length_km"):
        if row.get(name) is not None:
            parts = [
                part | {name: round(row[name] * share, 6)} for part, share in zip(parts, (half, 1 - half), strict=True)
            ]
    other = World([*world.places, middle], world.lines, [one for one in world.links if one is not row] + parts)
    ids = list(world.made.places.index)
    whole, cut = (all_times(one.made, basis=basis, places=ids) for one in (world, other))
    rounding = 1.5 / DECISECONDS  # the two parts are rounded on their own
    assert dominates(whole, cut, rounding)
    assert dominates(cut, whole, rounding)


@laws
@given(worlds(), bases, st.data())
def test_a_line_that_is_worse_everywhere_changes_nothing(world, basis, data):
    assume(world.lines)
    known = data.draw(st.sampled_from(world.lines))
    worse = known | {"line_id": "worse", "name": "Worse", "asset": "worse"}
    if known["headway_minutes"]:
        worse["headway_minutes"] = known["headway_minutes"] + data.draw(st.integers(0, 30))
    later = data.draw(st.integers(0, 30))
    rows = [
        row | {"line_id": "worse", "oneway": True}
        | {name: row[name] + later for name in ("minutes", "length_km") if row.get(name) is not None}
        for row in world.links
        if row["line_id"] == known["line_id"]
    ]  # fmt: skip
    other = world.with_rows(lines=[worse], links=rows)
    np.testing.assert_array_equal(all_times(other.made, basis=basis), all_times(world.made, basis=basis))


@laws
@given(worlds(), bases, st.sampled_from([2, 3]))
def test_everything_k_times_as_slow_takes_k_times_as_long(world, basis, factor):
    """Fixed minutes are multiplied, speeds divided, and waits follow the headway where the rule is linear."""
    plain = Assumptions(basis=basis, wait_rule="half_headway")
    slow = plain
    for group in ("check_in", "exit", "transfer", "clearance", "parking"):
        slow = slow.changed(group, {key: value * factor for key, value in getattr(plain, group).items()})
    slow = slow.changed("speed", {key: value / factor for key, value in plain.speed.items()})
    slow = slow.changed("road.limit_share", plain.road["limit_share"] / factor)

    def times(rows, name):
        return [row | ({name: row[name] * factor} if row.get(name) is not None else {}) for row in rows]

    other = World(
        times(world.places, "access_minutes"), times(world.lines, "headway_minutes"), times(world.links, "minutes")
    )
    ids = list(world.made.places.index)
    once = minutes_between(time_graph(world.made, plain), ids, ids)
    several = minutes_between(time_graph(other.made, slow), ids, ids)
    rounding = 80 / DECISECONDS  # at most half a decisecond, times the factor, on each of some forty edges
    np.testing.assert_allclose(several, factor * once, rtol=0, atol=rounding)


@laws
@given(worlds(), bases)
def test_the_frame_says_which_pairs_no_way_joins(world, basis):
    frame = travel_times(world.made, basis=basis, cutoff=60)
    assert not frame["travel_time"].isna().any()
    whole = travel_times(world.made, basis=basis)["travel_time"]
    wanted = np.where(np.isinf(whole), "disconnected", np.where(whole <= 60, "reached", "beyond_cutoff"))
    assert frame["status"].tolist() == wanted.tolist()
    assert (np.isinf(frame["travel_time"]) == (frame["status"] != "reached")).all()
    assert (frame["basis"] == basis).all()


@laws
@given(worlds())
def test_the_points_of_a_city_average_to_its_door_to_door_time(world):
    network = world.made
    graph = time_graph(network, Assumptions())
    points, cities = network.counting_points, world.ids("city")
    means = minutes_between(graph, cities, cities)
    for row, one in enumerate(cities):
        for column, other in enumerate(cities):
            here, there = (points[points["unit"] == city] for city in (one, other))
            times = minutes_between_points(graph, list(here.index), list(there.index))
            weight = np.outer(here["population"], there["population"])
            weight = weight if weight.any() else np.outer(*_even(here, there))
            total = sum(time * share for time, share in zip(times.ravel(), weight.ravel(), strict=True) if share)
            assert means[row, column] == pytest.approx(total / weight.sum(), abs=1e-9)


def _even(*tables):
    """Where nobody lives in a city its points count alike."""
    return [table["population"] if table["population"].any() else np.ones(len(table)) for table in tables]
