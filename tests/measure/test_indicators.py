"""Every indicator: the three-city example to its digits, its bounds, its behaviour and what it refuses."""

from functools import partial

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from commute.errors import ParameterError, UnknownNameError
from commute.measure import competition, opportunities, separation
from commute.measure.decay import DECAYS, Exponential, HalfLife, Logistic, Power, Step, decay_of, fall
from commute.measure.indicators import INDICATORS, indicator

inf = np.inf
TIMES = np.array([[0, 30, 60], [30, 0, 30], [60, 30, 0]], float)
CROW = np.array([[0, 20, 30], [20, 0, 20], [30, 20, 0]], float)
IDEAL = np.maximum(30, 20 + 0.5 * CROW)
PEOPLE = np.array([5.0, 3, 2])
SUPPLY = np.array([6.0, 3, 1])
ONES = np.ones(3)


@pytest.mark.parametrize(
    ("of", "there", "expected"),
    [
        ("weighted_average_travel_time", PEOPLE, (42, 30, 48.75)),
        ("average_reached_time", PEOPLE, (42, 30, 48.75)),
        ("reached_share", PEOPLE, (1, 1, 1)),
        (partial(opportunities.potential, decay=HalfLife(30)), PEOPLE, (2, 3.5, 2.75)),
        (partial(opportunities.cumulative_opportunities, minutes=30), PEOPLE, (3, 7, 3)),
        ("cumulative_opportunities", PEOPLE, (5, 7, 8)),
        (partial(opportunities.daily_accessibility, minutes=59), PEOPLE, (3, 7, 3)),
        (partial(opportunities.contact_potential, day=340, stay=240), PEOPLE, (3, 7, 3)),
        ("contact_potential", PEOPLE, (5, 7, 8)),
        ("closeness_centrality", ONES, (0.0222222, 0.0333333, 0.0222222)),
        ("harmonic_centrality", ONES, (0.05, 0.0666667, 0.05)),
        ("betweenness_centrality", ONES, (0, 1 / 3, 0)),
        (partial(separation.network_efficiency, ideal=IDEAL), PEOPLE, (1.2857143, 1, (5 * 60 / 35 + 3) / 8)),
        (partial(separation.straightness, distance_km=CROW), ONES, ((2 / 3 + 0.5) / 2, 2 / 3, (2 / 3 + 0.5) / 2)),
        (partial(separation.circuity, distance_km=CROW), ONES, (1.8, 1.5, 1.8)),
        (partial(opportunities.dual_access, amount=5), PEOPLE, (60, 30, 60)),
        (partial(opportunities.time_equivalent, decay=HalfLife(30)), PEOPLE, 30 * np.log2((5 / 2, 2, 8 / 2.75))),
        (partial(competition.two_step_catchment, demand=PEOPLE), SUPPLY, (1.05, 1.25, 0.5)),
        (partial(competition.shen_accessibility, demand=PEOPLE), SUPPLY, (1.1405437, 0.9953730, 0.6555813)),
        (partial(opportunities.logsum, scale=0.05), SUPPLY, (38.099315, 30.354833, 13.541503)),
    ],
)
def test_three_cities_in_a_row(of, there, expected):
    np.testing.assert_allclose(indicator(TIMES, there, of=of), expected, rtol=0, atol=6e-7)


def test_global_efficiency_of_three_cities():
    assert separation.global_efficiency(TIMES, ONES).sum() == pytest.approx(0.0277778, abs=5e-8)
    assert separation.global_efficiency(TIMES, ONES, ideal=IDEAL).sum() == pytest.approx(0.875)


def test_one_pair_of_three_goes_through_the_middle():
    assert separation.betweenness_centrality(TIMES, ONES)[1] * 3 == pytest.approx(1)


def test_gravity_of_three_cities():
    flows = competition.gravity_flows(TIMES, PEOPLE)
    np.testing.assert_allclose(flows[[0, 0, 1], [1, 2, 2]], (1 / 60, 1 / 360, 1 / 150))
    np.testing.assert_array_equal(flows, flows.T)
    assert np.trace(flows) == 0


def test_competition_shares_out_all_supply():
    steps = competition.two_step_catchment(TIMES, SUPPLY, demand=PEOPLE)
    shen = competition.shen_accessibility(TIMES, SUPPLY, demand=PEOPLE)
    assert PEOPLE @ steps == pytest.approx(10)
    assert PEOPLE @ shen / PEOPLE.sum() == pytest.approx(1)


def test_flows_meet_their_margins():
    flows = competition.doubly_constrained_flows(TIMES, SUPPLY, demand=PEOPLE, decay=Exponential(0.05))
    np.testing.assert_allclose(flows.sum(axis=0), SUPPLY, rtol=1e-9)
    np.testing.assert_allclose(flows.sum(axis=1), PEOPLE, rtol=1e-9)
    # the odds ratios of a gravity model are those of its decay
    fallen = np.exp(-0.05 * TIMES)
    assert flows[0, 1] * flows[1, 2] / (flows[0, 2] * flows[1, 1]) == pytest.approx(
        fallen[0, 1] * fallen[1, 2] / (fallen[0, 2] * fallen[1, 1])
    )


def test_balanced_accessibility_is_plain_opportunity_where_time_does_not_matter():
    everywhere = competition.balanced_accessibility(np.zeros((3, 3)), SUPPLY, demand=PEOPLE)
    np.testing.assert_allclose(everywhere, [10, 10, 10])


def test_a_new_way_may_take_from_one_place_where_people_compete():
    apart = np.array([[0, inf], [inf, 0]])
    joined = np.array([[0, 10], [10, 0]])
    before = competition.two_step_catchment(apart, [4, 1], demand=[1, 9])
    after = competition.two_step_catchment(joined, [4, 1], demand=[1, 9])
    assert after[0] < before[0]
    assert after[1] > before[1]


def test_a_bypass_takes_from_the_middle():
    bypass = TIMES.copy()
    bypass[0, 2] = bypass[2, 0] = 40
    assert separation.betweenness_centrality(bypass, ONES)[1] == 0


def test_a_new_far_place_raises_the_average_of_what_is_reached():
    cut = TIMES.copy()
    cut[0, 2] = inf
    assert separation.average_reached_time(cut, PEOPLE)[0] < separation.average_reached_time(TIMES, PEOPLE)[0]
    assert separation.reached_share(cut, PEOPLE)[0] == 3 / 5


# Every indicator with parameters under which it can be held against the same laws.
BOUND = {
    **INDICATORS,
    "network_efficiency": partial(separation.network_efficiency, ideal=np.full((4, 4), 5.0)),
    "straightness": partial(separation.straightness, distance_km=3 * (1 - np.eye(4))),
    "circuity": partial(separation.circuity, distance_km=3 * (1 - np.eye(4))),
    "dual_access": partial(opportunities.dual_access, amount=40.0),
    "two_step_catchment": partial(competition.two_step_catchment, demand=[3, 0, 2, 9]),
    "shen_accessibility": partial(competition.shen_accessibility, demand=[3, 0, 2, 9]),
}
del BOUND["balanced_accessibility"]  # it has margins to meet, and laws of its own
RISE = [
    "reached_share",
    "potential",
    "daily_accessibility",
    "contact_potential",
    "cumulative_opportunities",
    "soft_cumulative",
    "global_efficiency",
    "closeness_centrality",
    "harmonic_centrality",
    "straightness",
    "logsum",
]
FALL = ["weighted_average_travel_time", "network_efficiency", "circuity", "dual_access", "time_equivalent"]
SHARES = ("reached_share", "betweenness_centrality", "straightness")
COUNTS = ("potential", "daily_accessibility", "contact_potential", "cumulative_opportunities", "soft_cumulative")
CUT = dict.fromkeys(BOUND, 0.0) | dict.fromkeys(
    (
        "weighted_average_travel_time",
        "average_reached_time",
        "network_efficiency",
        "circuity",
        "dual_access",
        "time_equivalent",
    ),
    inf,
)


def _own_is_none(times):
    np.fill_diagonal(times, 0.0)
    return times


minutes = st.one_of(st.integers(5, 300).map(float), st.just(inf))
times_of_four = hnp.arrays(float, (4, 4), elements=minutes).map(_own_is_none)
amounts_of_four = hnp.arrays(float, 4, elements=st.integers(0, 50).map(float))


@pytest.mark.parametrize("name", BOUND)
@settings(max_examples=40, deadline=None)
@given(times=times_of_four, there=amounts_of_four)
def test_never_nan_and_within_bounds(name, times, there):
    values = BOUND[name](times, there)
    assert values.shape == (4,)
    assert not np.isnan(values).any()
    assert (values >= 0).all() or name == "logsum"
    if name in SHARES:
        assert (values <= 1 + 1e-12).all()
    if name in COUNTS:
        assert (values <= there.sum() - there + 1e-9).all()
    if name == "network_efficiency":
        assert (values >= 1).all()


@pytest.mark.parametrize("name", [*RISE, *FALL])
@settings(max_examples=40, deadline=None)
@given(times=times_of_four, there=amounts_of_four, cut=st.integers(1, 15), place=st.integers(0, 11))
def test_monotone_in_every_time(name, times, there, cut, place):
    faster = times.copy()
    rows, columns = np.nonzero(~np.eye(4, dtype=bool))
    at = rows[place], columns[place]
    faster[at] = max(5.0, (faster[at] if np.isfinite(faster[at]) else 300.0) - cut)
    before, after = BOUND[name](times, there), BOUND[name](faster, there)
    if name in RISE:
        assert (after >= before - 1e-9).all()
    else:
        assert (after <= before + 1e-9).all()


@pytest.mark.parametrize("name", BOUND)
@settings(max_examples=20, deadline=None)
@given(times=times_of_four, there=amounts_of_four, order=st.permutations(range(4)))
def test_the_order_of_places_does_not_matter(name, times, there, order):
    if name in ("two_step_catchment", "shen_accessibility"):
        function = partial(BOUND[name].func, demand=np.array([3, 0, 2, 9])[order])
    else:
        function = BOUND[name]
    expected = BOUND[name](times, there)[order]
    np.testing.assert_allclose(function(times[np.ix_(order, order)], there[order]), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", [*COUNTS, "harmonic_centrality"])
@settings(max_examples=20, deadline=None)
@given(times=times_of_four, here=amounts_of_four, there=amounts_of_four)
def test_additive_in_opportunities(name, times, here, there):
    both = BOUND[name](times, here + there)
    np.testing.assert_allclose(both, BOUND[name](times, here) + BOUND[name](times, there), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "name", ["weighted_average_travel_time", "network_efficiency", "time_equivalent", "closeness_centrality"]
)
@settings(max_examples=20, deadline=None)
@given(times=times_of_four, there=amounts_of_four)
def test_means_do_not_depend_on_the_scale_of_opportunities(name, times, there):
    np.testing.assert_allclose(BOUND[name](times, 8 * there), BOUND[name](times, there), rtol=1e-9)


@pytest.mark.parametrize("name", CUT)
def test_a_place_that_is_cut_off_has_the_value_that_is_documented(name):
    alone = np.full((4, 4), inf)
    np.fill_diagonal(alone, 0.0)
    own = {"own": None} if name in ("two_step_catchment", "shen_accessibility", "logsum") else {}
    expected = -inf if name == "logsum" else CUT[name]
    np.testing.assert_array_equal(partial(BOUND[name], **own)(alone, [1, 2, 3, 4]), np.full(4, expected))


@settings(max_examples=40, deadline=None)
@given(times=times_of_four, there=amounts_of_four, demand=amounts_of_four)
def test_supply_is_neither_lost_nor_made(times, there, demand):
    shen = competition.shen_accessibility(times, there, demand=demand)
    reached = there[np.exp2(-times / 30).T @ demand > 0].sum()
    assert demand @ shen == pytest.approx(reached)


@settings(max_examples=40, deadline=None)
@given(times=times_of_four, there=amounts_of_four, factor=st.integers(2, 9), later=st.integers(1, 60))
def test_logsum_shifts(times, there, factor, later):
    before = opportunities.logsum(times, there)
    scaled = opportunities.logsum(times, factor * there)
    shifted = opportunities.logsum(times + later, there, own=later)
    np.testing.assert_allclose(scaled, before + np.log(factor) / 0.05, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(shifted, before - later, rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(times=times_of_four, there=amounts_of_four)
def test_soft_cumulative_tends_to_the_step(times, there):
    hard = opportunities.cumulative_opportunities(times, there, minutes=60.5)
    soft = opportunities.soft_cumulative(times, there, minutes=60.5, spread=1e-3)
    np.testing.assert_allclose(soft, hard, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(times=times_of_four, there=amounts_of_four, amount=st.integers(1, 100))
def test_dual_access_is_the_inverse_of_cumulative(times, there, amount):
    for place, cutoff in enumerate(opportunities.dual_access(times, there, amount=amount)):
        within = partial(opportunities.cumulative_opportunities, times, there)
        if np.isinf(cutoff):
            assert within(minutes=1e9)[place] < amount
        else:
            assert within(minutes=cutoff)[place] >= amount
            assert within(minutes=cutoff - 0.5)[place] < amount


@pytest.mark.parametrize("decay", [Power(1.5), Exponential(), HalfLife(), Logistic()])
def test_time_equivalent_of_equal_times_is_that_time(decay):
    even = 40 * (1 - np.eye(4))
    np.testing.assert_allclose(opportunities.time_equivalent(even, [1, 2, 3, 4], decay=decay), 40)
    np.testing.assert_allclose(opportunities.time_equivalent(np.full((4, 4), 40), np.ones(4), decay=decay, own=40), 40)


def test_betweenness_against_networkx():
    graph = nx.barbell_graph(3, 2)
    for number, (start, end) in enumerate(graph.edges):
        graph.edges[start, end]["weight"] = 10 + number**2 / 7  # no two ways are equally fast
    times = np.asarray(nx.floyd_warshall_numpy(graph))
    count = len(graph)
    expected = np.array(list(nx.betweenness_centrality(graph, weight="weight", normalized=False).values()))
    ours = separation.betweenness_centrality(times, np.ones(count))
    np.testing.assert_allclose(ours, expected / (count * (count - 1) / 2))


def test_own_opportunities_count_once_said():
    assert opportunities.cumulative_opportunities(TIMES, PEOPLE, own=0)[0] == 10
    assert opportunities.cumulative_opportunities(TIMES, PEOPLE, own=[61, 0, 0])[0] == 5
    assert opportunities.potential(TIMES, PEOPLE, own=30)[0] == 4.5


def test_opportunities_of_none_at_no_distance_count_nothing():
    together = np.zeros((2, 2))
    np.testing.assert_array_equal(opportunities.potential(together, [1, 0], decay="power"), [0, inf])
    np.testing.assert_array_equal(separation.harmonic_centrality(together, [1, 0]), [0, inf])
    np.testing.assert_array_equal(separation.closeness_centrality(together, [1, 1]), [inf, inf])
    assert competition.gravity_flows(together, [1, 0]).tolist() == [[0, 0], [0, 0]]


def test_circuity_of_places_on_one_spot():
    spot = np.zeros((2, 2))
    detour = np.array([[0, 1], [1, 0]])
    np.testing.assert_array_equal(separation.circuity(spot, [1, 1], distance_km=spot), [1, 1])
    np.testing.assert_array_equal(separation.straightness(spot, [1, 1], distance_km=spot), [1, 1])
    np.testing.assert_array_equal(separation.circuity(detour, [1, 1], distance_km=spot), [inf, inf])
    np.testing.assert_array_equal(separation.straightness(detour, [1, 1], distance_km=spot), [0, 0])


@pytest.mark.parametrize("name", DECAYS)
@given(times=hnp.arrays(float, 6, elements=st.one_of(st.floats(0.1, 1e4), st.just(inf))))
def test_decays_fall_from_one_to_nothing(name, times):
    weights = fall(name, np.sort(times))
    assert (np.diff(weights) <= 1e-12).all()
    assert (weights[np.isinf(np.sort(times))] == 0).all()
    if name != "power":
        assert fall(name, np.zeros(1))[0] == pytest.approx(1)


@pytest.mark.parametrize("decay", [Power(2), Exponential(), HalfLife(), Logistic(60, 20)])
def test_decays_and_their_inverse(decay):
    times = np.array([1.0, 20, 55, 100])
    np.testing.assert_allclose(decay.inverse(decay(times)), times)
    assert decay.inverse(np.zeros(1))[0] == inf


def test_a_half_life_halves():
    np.testing.assert_array_equal(HalfLife(30)(np.array([0.0, 30, 60])), [1, 0.5, 0.25])


def test_a_decay_may_be_any_function():
    own = opportunities.potential(TIMES, PEOPLE, decay=lambda t: 1 / (1 + t))
    assert own[1] == pytest.approx(7 / 31)
    assert decay_of("step") == Step()


@pytest.mark.parametrize(
    ("decay", "error", "message"),
    [
        (
            "gauss",
            UnknownNameError,
            r"No decay is called 'gauss'\. Known: exponential, half_life, logistic, power, step",
        ),
        (30, ParameterError, r"A decay is a name \(power, .*\) or a function of minutes; got 30"),
        (lambda t: t[0], ParameterError, r"one number per time, of shape \(3, 3\); got \(3,\)"),
        (lambda t: np.where(t > 40, np.nan, 0), ParameterError, "got NaN or a negative number"),
        (lambda t: np.where(t > 0, 1, 1), ParameterError, "must be zero where there is no way"),
    ],
)
def test_what_is_no_decay(decay, error, message):
    with pytest.raises(error, match=message):
        opportunities.potential(TIMES, PEOPLE, decay=decay)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Power(0), "exponent must be a finite number above 0; got 0"),
        (lambda: Exponential(-1), "rate must be a finite number above 0; got -1"),
        (lambda: HalfLife(np.nan), "minutes must be a finite number above 0; got nan"),
        (lambda: Logistic(60, 0), "spread must be a finite number above 0; got 0"),
        (lambda: Logistic(inf), "minutes must be a finite number above 0; got inf"),
        (lambda: Step(0), "minutes must be a finite number above 0; got 0"),
        (lambda: opportunities.dual_access(TIMES, PEOPLE, amount=0), "amount must be a finite number above 0; got 0"),
        (lambda: opportunities.logsum(TIMES, PEOPLE, scale=0), "scale must be a finite number above 0; got 0"),
        (lambda: opportunities.contact_potential(TIMES, PEOPLE, day=0), "day must be a finite number above 0; got 0"),
        (
            lambda: opportunities.contact_potential(TIMES, PEOPLE, stay=-1),
            "stay must be a finite number, at least 0; got -1",
        ),
        (
            lambda: opportunities.time_equivalent(TIMES, PEOPLE, decay="step"),
            r"A time equivalent needs a decay with an inverse; Step\(minutes=60.0\) has none",
        ),
        (
            lambda: opportunities.potential(TIMES, PEOPLE, own=[1, 2]),
            "own must hold one number per place, 3 in all; got 2",
        ),
        (lambda: opportunities.potential(TIMES, PEOPLE, own=-1), "own must not be NaN or negative; got -1.0 at 0"),
        (
            lambda: separation.network_efficiency(TIMES, PEOPLE, ideal=np.zeros((3, 3))),
            "ideal must be finite and above zero between different places",
        ),
        (
            lambda: separation.straightness(TIMES, PEOPLE, distance_km=2 * TIMES),
            r"No way is shorter than the crow flies; got 30 km over 60 km at \(0, 1\)",
        ),
        (
            lambda: separation.circuity(TIMES, PEOPLE, distance_km=np.full((3, 3), inf)),
            "distance_km must be finite: a crow flies everywhere",
        ),
        (
            lambda: competition.balanced_accessibility(TIMES, PEOPLE, demand=ONES),
            "What leaves must arrive: demand sums to 3, opportunities to 10",
        ),
        (
            lambda: competition.balanced_accessibility([[0, inf], [inf, 0]], [1, 2], demand=[2, 1]),
            "No flows meet both margins within 10000 rounds: some demand cannot reach",
        ),
    ],
)
def test_parameters_out_of_range(build, message):
    with pytest.raises(ParameterError, match=message):
        build()


@pytest.mark.parametrize("name", INDICATORS)
@pytest.mark.parametrize(
    ("times", "there", "message"),
    [
        (np.full((3, 3), np.nan), PEOPLE, "must not be NaN or negative; got nan"),
        (-np.ones((3, 3)), PEOPLE, "must not be NaN or negative; got -1.0"),
        (np.zeros((2, 3)), PEOPLE, "must be a square matrix"),
        (TIMES, [1, 2], "opportunities must hold one number per place, 3 in all; got 2"),
        (TIMES, [1, -2, 3], "opportunities must not be NaN or negative; got -2.0 at 1"),
        (TIMES, [1, inf, 3], "opportunities must be finite; got inf at place 1"),
    ],
)
def test_every_indicator_refuses_wrong_input(name, times, there, message):
    required = {"ideal": IDEAL, "distance_km": np.zeros((3, 3)), "amount": 1, "demand": PEOPLE}
    asked = INDICATORS[name].__kwdefaults__ or {}
    needed = {key: required[key] for key in required if key in INDICATORS[name].__annotations__ and key not in asked}
    with pytest.raises(ParameterError, match=message):
        INDICATORS[name](times, there, **needed)


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_documents_unit_behaviour_and_errors(name):
    said = INDICATORS[name].__doc__
    assert any(unit in said for unit in ("inutes", "People,", "Opportunities", "unit", "[0, 1]", "er person"))
    assert any(word in said for word in ("inf", "adds 0", "cut off", "0 if there is none", "adds nothing"))


def test_indicator_keeps_the_index_and_names_the_measure():
    places = pd.Index(["a", "b", "c"], name="place_id")
    there = pd.Series(PEOPLE, index=places)
    frame = pd.DataFrame(TIMES, index=places, columns=places)
    values = indicator(frame, there, of="potential")
    assert values.name == "potential"
    assert values.index.equals(places)
    assert indicator(frame, there, of=partial(opportunities.dual_access, amount=2)).name == "dual_access"
    assert indicator(TIMES, PEOPLE, of=lambda times, there: times @ there).tolist() == [210, 210, 390]


def test_an_indicator_object_is_named_after_its_class():
    class Farthest:
        def __call__(self, times, there):
            return times.max(axis=1) + 0 * there

    assert indicator(TIMES, PEOPLE, of=Farthest()).name == "Farthest"


@pytest.mark.parametrize(
    ("of", "error", "message"),
    [
        ("potentiel", UnknownNameError, r"No indicator is called 'potentiel'\. Did you mean potential"),
        (3, ParameterError, "An indicator is a name or a function of times and opportunities; got 3"),
        ("dual_access", ParameterError, r"dual_access needs amount: give functools.partial\(dual_access, amount=…\)"),
        (lambda times, _: times, ParameterError, "one number per place, 3 and none of them NaN; <lambda> did not"),
        (lambda _, there: there * np.nan, ParameterError, "none of them NaN"),
    ],
)
def test_indicator_refuses(of, error, message):
    with pytest.raises(error, match=message):
        indicator(TIMES, PEOPLE, of=of)


def test_indicator_refuses_labels_that_differ():
    frame = pd.DataFrame(TIMES, index=list("abc"), columns=list("abc"))
    with pytest.raises(ParameterError, match="The rows and columns of times must be the same places"):
        indicator(frame[["b", "a", "c"]], PEOPLE, of="potential")
    with pytest.raises(ParameterError, match="times and opportunities must have the same places"):
        indicator(frame, pd.Series(PEOPLE, index=list("bac")), of="potential")


@settings(max_examples=30, deadline=None)
@given(
    times=hnp.arrays(float, (4, 4), elements=st.integers(1, 90).map(float)),
    leaving=hnp.arrays(float, 4, elements=st.integers(1, 50).map(float)),
    arriving=hnp.arrays(float, 4, elements=st.integers(1, 50).map(float)),
)
def test_any_flows_meet_their_margins(times, leaving, arriving):
    arriving = arriving * leaving.sum() / arriving.sum()
    flows = competition.doubly_constrained_flows(times, arriving, demand=leaving)
    np.testing.assert_allclose(flows.sum(axis=0), arriving, rtol=1e-9)
    np.testing.assert_allclose(flows.sum(axis=1), leaving, rtol=1e-9)
    access = competition.balanced_accessibility(times, arriving, demand=leaving)
    assert (access > 0).all()


def test_flows_where_time_does_not_matter_are_those_of_independence():
    flows = competition.doubly_constrained_flows(np.zeros((2, 2)), [0.5, 0.5], demand=[0.25, 0.75])
    np.testing.assert_allclose(flows, [[0.125, 0.125], [0.375, 0.375]])


def test_flows_meet_the_arrivals_even_where_all_leaves_at_once():
    half, even = np.array([[0.0, 30], [30, 0]]), [2 / 3, 2 / 3]
    flows = competition.doubly_constrained_flows(half, even, demand=[1, 1 / 3])
    np.testing.assert_allclose(flows.sum(axis=0), even, rtol=1e-9)


def test_contact_needs_the_way_back_too():
    slow_return = np.array([[0.0, 10], [700, 0]])
    assert opportunities.contact_potential(slow_return, [1, 2], day=960, stay=240).tolist() == [2, 1]
    assert opportunities.contact_potential(slow_return, [1, 2], day=940, stay=240).tolist() == [0, 0]
