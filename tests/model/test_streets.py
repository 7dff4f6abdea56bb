from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commute.errors import ParameterError
from commute.kernels.bounded import searches
from commute.kernels.csr import INF, tails
from commute.kernels.sweep import distances
from commute.model.streets import Streets


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        yield


@st.composite
def rows(draw, nodes=None, most=30):
    nodes = nodes or draw(st.integers(1, 9))
    ends = st.integers(0, nodes - 1)
    taken = draw(st.lists(st.tuples(ends, ends, st.floats(0.001, 9)), max_size=most))
    tail, head, minutes = np.array(taken, dtype=float).reshape(-1, 3).T
    return nodes, tail.astype(int), head.astype(int), minutes


def streets_of(nodes, tail, head, minutes):
    return Streets.from_arrays(tail, head, minutes, np.linspace(113, 114, nodes), np.linspace(22, 23, nodes))


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.csr[:3], other.csr[:3], strict=True))


def every_pair(streets):
    every = np.arange(streets.nodes)
    return distances(streets.prepared, every, np.zeros_like(every), np.arange(streets.nodes + 1))


def by_search(streets):
    every = np.arange(streets.nodes)
    return searches(streets.csr, every, np.zeros_like(every), np.arange(streets.nodes + 1))


@settings(deadline=None)
@given(rows())
def test_each_arc_knows_its_slot_and_the_fastest_of_parallel_ones_counts(given_rows):
    streets = streets_of(*given_rows)
    _, tail, head, minutes = given_rows
    kept = streets.slot >= 0
    assert np.array_equal(kept, tail != head)
    assert np.array_equal(tails(streets.csr)[streets.slot[kept]], tail[kept])
    assert np.array_equal(streets.csr.head[streets.slot[kept]], head[kept])
    assert (streets.csr.weight[streets.slot[kept]] <= streets.deciseconds[kept]).all()
    assert np.allclose(streets.minutes, minutes, atol=1.01 / 600)
    assert (streets.deciseconds >= 1).all()


@settings(deadline=None, max_examples=50)
@given(st.data(), rows())
def test_new_minutes_are_new_streets(data, given_rows):
    nodes, tail, head, minutes = given_rows
    arcs = np.array(data.draw(st.lists(st.integers(0, max(0, len(tail) - 1)), unique=True, max_size=6)), dtype=int)
    arcs = arcs[arcs < len(tail)]
    changed = np.array([data.draw(st.sampled_from([0.5, 3.25, 40.0])) for _ in arcs])
    before = streets_of(nodes, tail, head, minutes)
    expected = minutes.copy()
    expected[arcs] = changed
    afresh = streets_of(nodes, tail, head, expected)
    assert same(before.with_minutes(changed, arcs=arcs), afresh)
    prepared = before.prepare().with_minutes(changed, arcs=arcs)
    assert "prepared" in vars(prepared)
    assert np.array_equal(every_pair(prepared), by_search(afresh))
    assert np.array_equal(every_pair(before), by_search(before)), "the streets themselves stay as they are"
    assert same(prepared.with_minutes(minutes), before)


@settings(deadline=None, max_examples=50)
@given(st.data(), rows())
def test_new_edges_are_new_streets(data, given_rows):
    nodes, tail, head, minutes = given_rows
    _, *new = data.draw(rows(nodes=nodes, most=6))
    both = [np.concatenate(columns) for columns in zip((tail, head, minutes), new, strict=True)]
    afresh = streets_of(nodes, *both)
    grown = streets_of(nodes, tail, head, minutes).prepare().with_edges(*new)
    assert same(grown, afresh)
    assert np.array_equal(grown.slot, afresh.slot)
    assert np.array_equal(every_pair(grown), by_search(afresh))


def test_many_changes_customise_anew():
    size = 400
    ring = streets_of(size, np.arange(size), (np.arange(size) + 1) % size, np.ones(size)).prepare()
    slower = ring.with_minutes(np.full(size, 2.0))
    assert np.array_equal(every_pair(slower), 2 * every_pair(ring))


def test_inf_closes_an_arc_and_a_parallel_one_takes_over():
    streets = streets_of(2, [0, 0], [1, 1], [1.0, 2.0])
    assert by_search(streets)[0, 1] == 600
    closed = streets.with_minutes([np.inf], arcs=[0])
    assert by_search(closed)[0, 1] == 1200
    assert by_search(closed.with_minutes([np.inf], arcs=[1]))[0, 1] == INF
    assert closed.minutes.tolist() == [np.inf, 2.0]


def test_points_are_snapped_and_say_how():
    streets = Streets.from_arrays([0, 1, 2], [1, 0, 0], [1, 1, 1], [114.0, 114.001, 114.1], [22.5, 22.5, 22.5])
    report = streets.snap([114.0011, 114.1, 115.0], [22.5, 22.501, 22.5])
    assert report["node"].tolist() == [1, 2, -1]
    assert report["status"].tolist() == ["snapped", "island", "unsnapped"]
    assert report["component"].tolist() == [0, 1, -1]
    assert report["distance_metres"].tolist()[:2] == pytest.approx([10.27, 111.2], abs=0.1)


@pytest.mark.parametrize(
    ("tail", "head", "minutes", "message"),
    [
        ([0, 1], [1, 0], [1.0, 0.0], "minutes: 1 of 2 are not above 0 and up to 1000000; row 1 holds 0.0"),
        ([0], [1], [np.nan], "minutes: 1 of 1 are not above 0 .* row 0 holds nan"),
        ([0], [1], [np.inf], "row 0 holds inf"),
        ([0], [1], [-2.0], "row 0 holds -2.0"),
        ([0], [1], [2e6], "row 0 holds 2000000.0"),
        ([0], [2], [1.0], "These arcs are no streets. head: 1 of 1 lie outside 0 to 1; row 0 holds 2"),
        ([0], [1], [1.0, 2.0], "These arcs are no streets. .* equally long"),
    ],
)
def test_faulty_arcs_are_refused(tail, head, minutes, message):
    with pytest.raises(ParameterError, match=message):
        streets_of(2, tail, head, minutes)


def test_faulty_places_are_refused():
    with pytest.raises(ParameterError, match="lon, lat: 1 of 2 are no place on Earth; row 1 holds nan"):
        Streets.from_arrays([0], [1], [1.0], [114.0, np.nan], [22.0, 22.0])
    with pytest.raises(ParameterError, match="Each junction needs one lon and one lat"):
        Streets.from_arrays([0], [1], [1.0], [114.0], [22.0, 22.0])


def test_faulty_changes_are_refused():
    streets = streets_of(2, [0], [1], [1.0])
    with pytest.raises(ParameterError, match="arcs: 1 of 1 are not among 1 arcs; row 0 holds 1"):
        streets.with_minutes([1.0], arcs=[1])
    with pytest.raises(ParameterError, match="Each of 1 arcs needs its minutes, got 2"):
        streets.with_minutes([1.0, 2.0])
    with pytest.raises(ParameterError, match="minutes: 1 of 1 are not above 0"):
        streets.with_minutes([-1.0])


def test_preparing_tells_which_of_its_steps_are_done(monkeypatch):
    steps = []

    @contextmanager
    def listening(title):
        yield lambda done, of: steps.append((title, done, of))

    monkeypatch.setattr("commute.model.streets.progress", listening)
    streets_of(2, [0], [1], [1.0]).prepare().prepare()
    assert steps == [("Preparing the streets", done, 3) for done in (1, 2, 3)]
