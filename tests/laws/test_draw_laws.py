"""Minutes under many assumptions at once are those under each of them, to the decisecond."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_worlds import laws, worlds
from worlds import line, link, network, place

from commute.measure.draws import under_each
from commute.measure.times import minutes_between_points
from commute.model.assumptions import BASES, Assumptions
from commute.model.draws import drawn
from commute.model.timegraph import time_graph


def one_by_one(made, draws, ids, cutoff=np.inf):
    alone = [minutes_between_points(time_graph(made, one), ids, ids) for one in draws]
    return [np.where(minutes <= cutoff, minutes, np.inf) for minutes in alone]


def at_once(made, draws, ids, **more):
    return under_each(made, draws, ids, ids, lambda _, minutes: minutes, **more)


@laws
@given(worlds(), st.sampled_from(BASES), st.integers(1, 40), st.integers(0, 9), st.sampled_from([45.0, np.inf]))
def test_many_draws_at_once_are_those_of_each(world, basis, count, seed, cutoff):
    ids = world.ids("city", "county", "station")
    draws = drawn(Assumptions(basis=basis), count, seed=seed)
    both = at_once(world.made, draws, ids, cutoff=cutoff), one_by_one(world.made, draws, ids, cutoff)
    for one, other in zip(*both, strict=True):
        assert np.array_equal(one, other)


@laws
@given(worlds(), st.integers(1, 4))
def test_the_number_of_threads_changes_nothing(world, threads):
    ids, draws = world.ids("city"), drawn(Assumptions(), 40, seed=5)
    assert np.array_equal(at_once(world.made, draws, ids, threads=threads), at_once(world.made, draws, ids, threads=1))


@laws
@given(worlds(), st.integers(0, 99))
def test_a_graph_retimed_is_one_built_anew(world, seed):
    ids = world.ids("city", "county", "station", "interchange")
    first, second = drawn(Assumptions(basis="centre_to_centre"), 2, seed=seed)
    retimed = time_graph(world.made, first).under(second)
    assert retimed.assumptions == second
    again = time_graph(world.made, second)
    assert np.array_equal(*(minutes_between_points(graph, ids, ids) for graph in (retimed, again)))


@pytest.mark.parametrize("choice", [{"travel": "car"}, {"wait_rule": "zero"}, {"local": {"access_km": 35}}])
def test_other_edges_need_another_graph(choice):
    made = network([place("a", population=1), place("b", x=20, population=1)])
    ids, draws = ["a", "b"], [Assumptions(), Assumptions(**choice)]
    covered = time_graph(made, draws[0]).covers(draws[1])
    assert not covered
    for one, other in zip(at_once(made, draws, ids), one_by_one(made, draws, ids), strict=True):
        assert np.array_equal(one, other)


def test_roads_that_can_be_left_anywhere():
    ends = [place("o", "interchange", parent="a"), place("x", "interchange", x=60, parent="a")]
    people = [place("a", population=1), place("b", x=40, y=3, population=1)]
    made = network([*people, *ends], [line("e") | {"access": "open"}], [link("e", "o", "x", 40)])
    draws = drawn(Assumptions(travel="car"), 5, seed=1)
    for one, other in zip(at_once(made, draws, ["a", "b"]), one_by_one(made, draws, ["a", "b"]), strict=True):
        assert np.array_equal(one, other)


def test_no_draws():
    assert at_once(network([place("a", population=1)]), [], ["a"]) == []
