"""Edits of streets: what each does, what it refuses, and what traffic does not undo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import line, link, network, place

from commute.errors import ScenarioError
from commute.kernels.bounded import searches
from commute.kernels.csr import INF
from commute.kernels.sweep import distances
from commute.model.assumptions import Assumptions
from commute.model.edits import AddStreet, Assume, Close, CloseStreets, Reopen, ScaleStreets
from commute.model.ground import distance_km
from commute.model.scenario import Scenario
from commute.model.streets import Streets

LON, LAT = [113.0, 113.01, 113.02, 113.05, 113.06], [22.0, 22.0, 22.0, 22.0, 22.0]
ARCS = [  # tail, head, way, road, name, metres, kph, speed, bridge
    (0, 1, 10, "primary", "First", 1000, 60, "signed", False),
    (1, 0, 10, "primary", "First", 1000, 60, "signed", False),
    (1, 2, 11, "primary", "Old Bridge", 1000, 100, "class", True),
    (2, 1, 12, "primary", "Old Bridge", 1000, 100, "class", True),
    (3, 4, 20, "residential", "Far", 900, 30, "observed", False),
    (4, 3, 20, "residential", "Far", 900, 30, "observed", False),
]


def town(mode="drive"):
    tail, head, way, road, name, metres, kph, speed, bridge = zip(*ARCS, strict=True)
    said = {"way": way, "road": road, "name": name, "metres": metres, "kph": kph, "speed": speed, "bridge": bridge}
    said |= {"tunnel": [False] * len(ARCS)}
    minutes = 0.06 * np.array(metres) / np.array(kph)
    return Streets.from_arrays(tail, head, minutes, LON, LAT, attributes=said, mode=mode)


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        yield


def between(streets, one, other):
    """Minutes of the fastest way, by the oracle that knows no hierarchy."""
    found = searches(streets.csr, np.array([one]), np.zeros(1, dtype=np.int64), np.array([0, 1]))[0, other]
    return np.inf if found == INF else found / 600


def new(**more):
    given_ = {"name": "New Bridge", "start": (113.021, 22.0), "end": (113.049, 22.0), "kph": 60} | more
    return AddStreet(**given_)


def test_a_new_street_runs_from_junction_to_junction_and_both_ways():
    before = town()
    after = new().apply(before)
    metres = 1000 * distance_km(*(np.array([at]) for at in (113.02, 22.0, 113.05, 22.0)))[0]
    assert np.isinf(between(before, 2, 3))
    assert between(after, 2, 3) == between(after, 3, 2) == pytest.approx(0.06 * metres / 60, abs=0.002)
    row = after.attributes.iloc[-2]
    assert row["metres"] == pytest.approx(metres)
    assert (row["way"], row["road"], row["name"], row["speed"]) == (-1, "primary", "New Bridge", "signed")
    assert (row["bridge"], row["tunnel"]) == (True, False)
    start = after.bends.start
    assert after.bends.lon[start[-3] : start[-2]].tolist() == [113.021, 113.049]
    assert after.bends.lon[start[-2] : start[-1]].tolist() == [113.049, 113.021]
    assert len(before.tail) == len(ARCS)


def test_the_connectors_count_to_its_length():
    off = new(start=(113.02, 22.004), end=(113.05, 22.004), within_metres=1000).apply(town())
    straight = new(start=(113.02, 22.0), end=(113.05, 22.0)).apply(town())
    connector = 1000 * distance_km(*(np.array([at]) for at in (113.02, 22.0, 113.02, 22.004)))[0]
    longer = off.attributes["metres"].iloc[-1] - straight.attributes["metres"].iloc[-1]
    assert longer == pytest.approx(2 * connector, rel=1e-3)
    assert len(straight.bends.lon) == 0, "at the junctions themselves nothing bends"


def test_one_way_by_minutes_and_as_a_tunnel():
    after = new(kph=None, minutes=3, oneway=True, tunnel=True).apply(town())
    assert between(after, 2, 3) == 3
    assert np.isinf(between(after, 3, 2))
    row = after.attributes.iloc[-1]
    assert (row["bridge"], row["tunnel"], row["speed"]) == (False, True, "observed")
    assert between(after.under(Assumptions(period="peak")), 2, 3) == 3


def test_a_limit_is_slowed_by_traffic_and_walkers_walk():
    metres = 1000 * distance_km(*(np.array([at]) for at in (113.02, 22.0, 113.05, 22.0)))[0]
    peak = Assumptions(period="peak")
    driven = 60 * peak.road["limit_share"] / peak.delay(60)
    assert between(new().apply(town()).under(peak), 2, 3) == pytest.approx(0.06 * metres / driven, abs=0.002)
    paces = [arc[6] for arc in ARCS]
    assert between(new().apply(town("walk")), 2, 3) == pytest.approx(0.06 * metres / np.median(paces), abs=0.002)
    walked = new().apply(town("walk")).under(peak)
    assert between(walked, 2, 3) == pytest.approx(0.06 * metres / peak.speed["walk"], abs=0.002)


def test_a_limit_in_traffic_is_refused_as_its_minutes_would_be_those_of_no_traffic():
    driven = town().under(Assumptions(period="peak"))
    with pytest.raises(ScenarioError, match=r"these are streets in traffic \(peak\), and 'New Bridge' says a limit"):
        new().apply(driven)
    assert between(new(kph=None, minutes=4).apply(driven), 2, 3) == 4


def test_streets_of_bare_arrays_can_grow():
    bare = Streets.from_arrays([0, 3], [1, 4], [1.0, 1.0], LON, LAT)
    grown = new(start=(113.01, 22.0)).apply(bare)
    assert between(grown, 0, 4) == pytest.approx(1 + grown.minutes[-1] + 1, abs=0.002)
    assert grown.under(Assumptions()).minutes[:2].tolist() == [1, 1]


def test_closing_chooses_by_all_that_is_said():
    streets = town()
    cases = {
        CloseStreets(way=11): [2], CloseStreets(way=(11, 12)): [2, 3], CloseStreets(name="Old Bridge"): [2, 3],
        CloseStreets(road="primary"): [0, 1, 2, 3], CloseStreets(bridge=True): [2, 3],
        CloseStreets(road="primary", bridge=False): [0, 1], CloseStreets(road=("primary", "residential")): range(6),
    }  # fmt: skip
    for edit, arcs in cases.items():
        assert np.flatnonzero(np.isinf(edit.apply(streets).minutes)).tolist() == list(arcs)
    assert np.isinf(between(CloseStreets(way=11).apply(streets), 1, 2))
    assert np.isfinite(between(CloseStreets(way=11).apply(streets), 2, 1))


@pytest.mark.parametrize("mode", ["drive", "walk", "bicycle"])
@pytest.mark.parametrize("period", ["free_flow", "peak"])
def test_traffic_opens_nothing_and_scales_with_what_was_scaled(mode, period):
    streets, given_ = town(mode), Assumptions(period=period)
    closed = CloseStreets(bridge=True).apply(streets).under(given_)
    assert np.isinf(closed.minutes).tolist() == [False, False, True, True, False, False]
    slow = ScaleStreets(road=("primary", "residential"), factor=3)
    for after in (slow.apply(streets).under(given_), slow.apply(streets.under(given_))):
        np.testing.assert_allclose(after.minutes, 3 * streets.under(given_).minutes, atol=0.006)
    twice = ScaleStreets(way=10, factor=0.25).apply(slow.apply(streets))
    np.testing.assert_allclose(twice.under(given_).minutes[:2], 0.75 * streets.under(given_).minutes[:2], atol=0.003)


def test_what_is_prepared_stays_so():
    streets = town().prepare()
    for edit in (new(), CloseStreets(bridge=True), ScaleStreets(bridge=True, factor=0.5)):
        after = edit.apply(streets)
        assert "prepared" in vars(after)
        every = np.arange(after.nodes)
        seeds = every, np.zeros_like(every), np.arange(after.nodes + 1)
        assert np.array_equal(distances(after.prepared, *seeds), searches(after.csr, *seeds))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (new(start=(113.03, 22.0)), r"AddStreet: 'New Bridge' has no junction within 500 m of its start \(113.03, 22"),
        (new(end=(114, 22.0), within_metres=150), r"within 150 m of its end \(114.0, 22.0\); the nearest is 96,\d+ m"),
        (new(end=(113.0201, 22.0)), "AddStreet: 'New Bridge' would begin and end at one junction, 2"),
        (
            new(name="Old Bridge", start=(113.01, 22.0), end=(113.02, 22.0)),
            "AddStreet: 'Old Bridge' joins the junctions 1 and 2 already",
        ),
        (CloseStreets(name="Old Brigde"), "CloseStreets: No street is called 'Old Brigde'. Did you mean Old Bridge?"),
        (CloseStreets(road="motorway"), "No class of road is called 'motorway'. Known: primary, residential"),
        (CloseStreets(way=13), "CloseStreets: No street has way=13"),
        (CloseStreets(way=10, bridge=True), "CloseStreets: no street has way=10, bridge=True at once"),
        (ScaleStreets(tunnel=True, factor=2), "ScaleStreets: no street has tunnel=True at once"),
    ],
)
def test_an_edit_that_contradicts_the_streets_says_so(edit, said):
    with pytest.raises(ScenarioError, match=said):
        edit.apply(town())


def test_what_is_closed_is_neither_closed_again_nor_scaled():
    closed = CloseStreets(bridge=True).apply(town())
    for edit in (CloseStreets(name="Old Bridge"), ScaleStreets(way=11, factor=2)):
        with pytest.raises(ScenarioError, match="is closed already"):
            edit.apply(closed)
    rest = ScaleStreets(road="primary", factor=2).apply(closed)
    assert np.isinf(rest.minutes[2:4]).all()
    again = new(name="Old Bridge", start=(113.01, 22.0), end=(113.02, 22.0)).apply(closed)
    assert np.isfinite(between(again, 1, 2))


def test_streets_that_do_not_say_it_cannot_be_chosen_by_it():
    bare = Streets.from_arrays([0], [1], [1.0], LON, LAT)
    with pytest.raises(ScenarioError, match="these streets do not say their road; they say nothing but their minutes"):
        CloseStreets(road="primary").apply(bare)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (CloseStreets, "CloseStreets: say which streets: by one or more of way, name, road, bridge, tunnel"),
        (lambda: ScaleStreets(factor=2), "ScaleStreets: say which streets"),
        (lambda: ScaleStreets(road="primary"), "ScaleStreets: factor: Field required"),
        (lambda: ScaleStreets(road="primary", factor=0), "ScaleStreets: factor: Input should be greater than 0"),
        (lambda: CloseStreets(1, 2), r"CloseStreets: name\.\S+: Input should be a valid string \(got 2\)"),
        (lambda: CloseStreets(colour="red"), "CloseStreets: colour: Unexpected keyword argument"),
        (lambda: new(kph=None), "AddStreet: a new street needs either kph or minutes, and not both"),
        (lambda: new(minutes=5), "AddStreet: a new street needs either kph or minutes, and not both"),
        (lambda: new(kph=-5), "AddStreet: kph: Input should be greater than 0"),
        (lambda: new(start=(181, 0)), r"AddStreet: start\.0: Input should be less than or equal to 180 \(got 181\)"),
        (lambda: new(end=(0, -91)), r"AddStreet: end\.1: Input should be greater than or equal to -90"),
        (lambda: new(start=(1,)), r"AddStreet: start\.1: Field required"),
    ],
)
def test_wrong_values_are_refused(make, said):
    with pytest.raises(ScenarioError, match=said):
        make()


# -- worlds ------------------------------------------------------------------------------------------------


def pair():
    places = [place("a", population=1), place("b", x=50, population=1)]
    places += [place("p", "station", parent="a"), place("q", "station", x=50, parent="b")]
    return network(places, [line("rail", "rail", headway=30)], [link("rail", "p", "q", 30)])


def test_an_edit_is_of_networks_or_of_streets():
    with pytest.raises(ScenarioError, match="Close is an edit of networks and cannot be applied to streets of 5 j"):
        Close("rail").apply(town())
    with pytest.raises(ScenarioError, match="CloseStreets is an edit of streets and cannot be applied to <Netw"):
        CloseStreets(way=1).apply(pair())
    streets = town()
    assert Assume("period", "peak").apply(streets) is streets


def test_a_scenario_may_edit_both_worlds_and_says_where_it_edits_neither():
    both = Scenario("both", (Close("rail"), CloseStreets(bridge=True), Assume("period", "off_peak")))
    assert both.apply(pair()).links.empty
    assert np.isinf(both.apply(town()).minutes).sum() == 2
    with pytest.raises(ScenarioError, match=r"Scenario 's' edits a network only \(Close, Reopen\), and this is str"):
        Scenario("s", (Close("rail"), Reopen("rail"))).apply(town())
    with pytest.raises(ScenarioError, match=r"Scenario 's' edits streets only \(AddStreet\), and this is a network"):
        Scenario("s", (new(),)).apply(pair())
    streets = town()
    assert Scenario("nothing", ()).apply(streets) is streets
    with pytest.raises(ScenarioError, match="Scenario 's', edit 2: CloseStreets: what has bridge=True is closed"):
        Scenario("s", (CloseStreets(bridge=True), CloseStreets(bridge=True))).apply(town())


helping = st.one_of(
    st.builds(
        lambda one, other, minutes: AddStreet("New", (LON[one], 22.0), (LON[other], 22.0), minutes=minutes),
        st.integers(0, 1), st.integers(2, 4), st.floats(0.01, 50),
    ),
    st.builds(lambda bridge, factor: ScaleStreets(bridge=bridge, factor=factor), st.booleans(), st.floats(0.01, 1)),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(helping, st.sampled_from(["free_flow", "off_peak", "peak"]))
def test_what_helps_makes_no_way_longer(edit, period):
    given_ = Assumptions(period=period)
    before, after = town().under(given_), edit.apply(town()).under(given_)
    for one in range(5):
        for other in range(5):
            assert between(after, one, other) <= between(before, one, other)
