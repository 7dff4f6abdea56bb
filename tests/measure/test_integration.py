"""The worked examples of the Metropolitan Integration Score, its books, and what it refuses."""

import time

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from commute.errors import ParameterError, UnknownNameError
from commute.measure.integration import mutual_reach_by_pair, score
from commute.measure.pillars import PILLARS, Settlement
from commute.measure.profile import AGGLO, METRO, PROFILES, Profile, profile_of

inf = np.inf


def all_pairs(places, links):
    """Times [n, n] over two-way ``links`` of (from, to, minutes, asset); parallel links are welcome."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(places))
    graph.add_weighted_edges_from((start, end, minutes) for start, end, minutes, _ in links)
    return np.asarray(nx.floyd_warshall_numpy(graph))


def scored(settlement, links, **choices):
    places = len(settlement.population)
    without = {
        asset: all_pairs(places, [link for link in links if link[3] != asset]) for asset in {link[3] for link in links}
    }
    return score(all_pairs(places, links), settlement=settlement, without=without, **choices)


def settled(population, units, core, distance_km):
    distance = np.broadcast_to(np.asarray(distance_km, float), (len(population), len(population)))
    return Settlement(np.asarray(population, float), list(units), core, distance)


TWO = settled([6, 4], "XY", {"X"}, 60)
THREE = settled([5, 3, 2], "ABC", {"A"}, [[0, 20, 30], [20, 0, 20], [30, 20, 0]])
CHAIN = [(0, 1, 30, "ab"), (1, 2, 30, "bc")]
EQUAL = settled([1, 1, 1], "ABC", {"A"}, 60)


def pillars(result):
    return result.pillars.to_numpy()


@pytest.mark.parametrize(
    ("links", "expected", "total"),
    [
        ([(0, 1, 60, "a")], (0.5, 0.5, 0.5, 0.8333333, 0), 46.6666667),
        ([(0, 1, 45, "b")], (0.75, 0.75, 0.75, 1, 0), 65),
        ([(0, 1, 60, "a"), (0, 1, 45, "b")], (0.75, 0.75, 0.75, 1, 0.5), 75),
        ([], (0, 0, 0, 0, 0), 0),
    ],
)
def test_two_cities(links, expected, total):
    result = scored(TWO, links)
    np.testing.assert_allclose(pillars(result), expected, atol=5e-8)
    assert result.total == pytest.approx(total, abs=5e-8)
    assert result.status == ("ok" if links else "disconnected")


def test_two_cities_lose_the_faster_of_their_two_links():
    assert scored(TWO, [(0, 1, 60, "a"), (0, 1, 45, "b")]).worst_asset == "b"


def test_three_cities_in_a_row():
    result = scored(THREE, CHAIN)
    np.testing.assert_allclose(pillars(result), (0.8, 26 / 31, 2969 / 3844, 26.8333333 / 31, 6 / 31), atol=5e-9)
    assert result.total == pytest.approx(69.404440, abs=5e-7)
    assert result.worst_asset == "ab"
    np.testing.assert_allclose(result.points["total"], (19.389525, 33.165453, 16.849462), atol=5e-7)
    shares = result.points["mutual_reach"] / 20
    np.testing.assert_allclose(shares, (0.3225806, 0.3387097, 0.1774194), atol=5e-8)
    assert result.diagnostics["gini"] == pytest.approx(255 / 3224)


def test_three_cities_lose_mutual_reach_between_the_far_ends_only():
    pairs = mutual_reach_by_pair(all_pairs(3, CHAIN), settlement=THREE)
    lost = pairs.set_index(["from_city", "to_city"])["lost"]
    assert lost["A", "C"] + lost["C", "A"] == pytest.approx(0.1612903, abs=5e-8)
    assert lost.drop([("A", "C"), ("C", "A")]).abs().max() == pytest.approx(0, abs=1e-15)
    assert pairs["weight"].sum() == pytest.approx(1)
    assert pairs["reached"].sum() == pytest.approx(26 / 31)


def test_a_short_cut_for_the_three_cities():
    result = scored(THREE, [*CHAIN, (0, 2, 40, "ac")])
    np.testing.assert_allclose(pillars(result), (0.9333333, 0.9462366, 0.9241242, 0.9596774, 0.6639785), atol=5e-8)
    assert result.total == pytest.approx(88.547000, abs=5e-7)
    assert result.total - scored(THREE, CHAIN).total == pytest.approx(19.14256, abs=5e-6)


def test_splitting_a_city_changes_nothing():
    whole = scored(THREE, CHAIN)
    crow = THREE.distance_km[np.ix_([0, 0, 1, 2], [0, 0, 1, 2])]
    split = settled([3, 2, 3, 2], "AABC", {"A"}, crow)
    chain = [(0, 2, 30, "ab"), (1, 2, 30, "ab"), (2, 3, 30, "bc")]
    minutes = all_pairs(4, [*chain, (0, 1, 0, "street")])
    without = {
        asset: all_pairs(4, [*(link for link in chain if link[3] != asset), (0, 1, 0, "street")])
        for asset in ("ab", "bc")
    }
    result = score(minutes, settlement=split, without=without)
    assert result.total == pytest.approx(69.404440, abs=5e-7)
    pd.testing.assert_frame_equal(result.points, whole.points, rtol=1e-12)
    assert result.diagnostics["mutual_reach_inclusive"] == pytest.approx(0.9)
    assert whole.diagnostics["mutual_reach_inclusive"] == pytest.approx(0.9)


def test_without_units_splitting_would_change_mutual_reach():
    crow = THREE.distance_km[np.ix_([0, 0, 1, 2], [0, 0, 1, 2])]
    naive = settled([2.5, 2.5, 3, 2], ["A1", "A2", "B", "C"], {"A1", "A2"}, crow)
    minutes = all_pairs(4, [(0, 1, 0, ""), (0, 2, 30, ""), (2, 3, 30, "")])
    assert score(minutes, settlement=naive).pillars["mutual_reach"] == pytest.approx(0.865772, abs=5e-7)


def test_the_tempting_indices_worsen_where_the_score_gains():
    slow = [(0, 1, 60, "ab"), (1, 2, 60, "bc"), (0, 2, 60, "ac")]
    before, after = scored(EQUAL, slow), scored(EQUAL, [(0, 1, 30, "ab"), *slow[1:]])
    assert before.total == pytest.approx(53.333333, abs=5e-7)
    np.testing.assert_allclose(pillars(after), (0.75, 0.6666667, 0.6111111, 0.8888889, 0.3333333), atol=5e-8)
    assert after.total == pytest.approx(65)
    assert before.diagnostics["gini"] == pytest.approx(0, abs=1e-12)
    assert after.diagnostics["gini"] == pytest.approx(0.0833333, abs=5e-8)
    assert before.diagnostics["resilience_ratio"] == pytest.approx(0.6666667, abs=5e-8)
    assert after.diagnostics["resilience_ratio"] == pytest.approx(0.5)


@pytest.mark.parametrize(("minutes", "resilience", "total"), [(15, 1, 100), (30, 0.7272727, 94.545455)])
def test_triangle_inside_the_inner_circle(minutes, resilience, total):
    triangle = settled([1, 2, 3], "ABC", {"A"}, 10)
    links = [(0, 1, minutes, "ab"), (1, 2, minutes, "bc"), (0, 2, minutes, "ac")]
    result = scored(triangle, links)
    np.testing.assert_allclose(pillars(result), (1, 1, 1, 1, resilience), atol=5e-8)
    assert result.total == pytest.approx(total, abs=5e-7)


def test_points_are_additive_accounts_of_every_pillar():
    result = scored(THREE, CHAIN)
    assert list(result.points.columns) == [*PILLARS, "total"]
    assert result.points.index.name == "city"
    assert result.points["total"].sum() == pytest.approx(result.total, abs=1e-9)
    np.testing.assert_allclose(result.points[list(PILLARS)].sum(), 100 * result.pillars * result.weights, atol=1e-9)


def test_a_city_without_people_has_no_points():
    empty = settled([5, 3, 2, 0], "ABCD", {"A"}, 20)
    result = score(np.zeros((4, 4)), settlement=empty)
    assert result.points.loc["D"].tolist() == [0.0] * 6
    assert result.status == "ok"


def test_a_single_unit_has_no_score():
    single = settled([5, 3, 0], "AAB", {"A"}, 10)
    result = score([[0, 40, 1], [40, 0, 1], [1, 1, 0]], settlement=single, without={"x": np.zeros((3, 3))})
    assert (result.total, result.status, result.worst_asset) == (None, "single_unit", None)
    assert result.pillars.isna().all()
    assert result.points["total"].isna().all()
    assert result.coverage[30] == 1
    assert np.isfinite(result.diagnostics["mutual_reach_inclusive"])
    assert "undefined" in repr(result)
    assert mutual_reach_by_pair(np.zeros((3, 3)), settlement=single).empty


def test_disconnected_is_finite_and_cut_pairs_are_counted():
    result = score([[0, 30, inf], [30, 0, inf], [inf, inf, 0]], settlement=THREE)
    assert result.status == "disconnected"
    assert result.total is not None
    assert np.isfinite(result.total)
    assert result.diagnostics["cut_pairs"] == 4
    assert result.diagnostics["cut_share"] == pytest.approx(32 / 62)
    assert result.diagnostics["zero_share"] == pytest.approx(32 / 62)
    assert result.diagnostics["saturated_share"] == pytest.approx(30 / 62)


def test_everybody_in_the_core_makes_access_mutual_reach():
    result = score(all_pairs(3, CHAIN), settlement=settled([5, 3, 2], "ABC", {"A", "B", "C"}, 20))
    assert result.pillars["access"] == result.pillars["mutual_reach"]
    assert result.points["total"].sum() == pytest.approx(result.total, abs=1e-9)


def test_coverage_counts_residents_who_reach_the_core():
    result = score(all_pairs(3, CHAIN), settlement=THREE)
    assert result.coverage.to_dict() == {30: 0.8, 45: 0.8, 60: 1.0, 120: 1.0, 180: 1.0}
    centred = score(all_pairs(3, CHAIN), settlement=THREE, to_core=[31, 60, inf])
    assert centred.coverage.to_dict() == {30: 0.0, 45: 0.5, 60: 0.8, 120: 0.8, 180: 0.8}


def test_direction_matters_for_access_and_coverage():
    there, back = 30.0, 90.0
    result = score([[0, back], [there, 0]], settlement=TWO)
    assert result.pillars["access"] == 1
    assert result.pillars["mutual_reach"] == (1 + 0.25) / 2
    assert result.coverage[30] == 1


def test_weights_are_scaled_and_name_their_pillars():
    only = scored(THREE, CHAIN, weights={"access": 3, "quality": 1})
    assert only.total == pytest.approx(100 * (0.75 * 0.8 + 0.25 * 26.8333333 / 31), abs=1e-6)
    assert only.weights.to_dict() == {
        "access": 0.75,
        "mutual_reach": 0.0,
        "balance": 0.0,
        "quality": 0.25,
        "resilience": 0.0,
    }
    assert only.points["total"].sum() == pytest.approx(only.total, abs=1e-9)


def test_without_assets_resilience_is_mutual_reach():
    result = score(all_pairs(3, CHAIN), settlement=THREE)
    assert result.pillars["resilience"] == result.pillars["mutual_reach"]
    assert result.worst_asset is None


def test_equally_bad_losses_name_the_smallest_asset_whatever_their_order():
    minutes, cut = all_pairs(3, CHAIN), np.full((3, 3), inf)
    for order in (("b", "a", "c"), ("c", "b", "a")):
        lazily = ((asset, cut) for asset in order)
        assert score(minutes, settlement=THREE, without=lazily).worst_asset == "a"


def test_aggregation_variants():
    worst = score(all_pairs(2, []), settlement=TWO)
    assert worst.diagnostics["geometric_mean"] == pytest.approx(1)
    assert worst.diagnostics["power_mean"] == 0
    one = scored(TWO, [(0, 1, 60, "a")]).diagnostics
    assert one["power_mean"] == pytest.approx(100 * (0.2 * (3 * 0.5**0.5 + (5 / 6) ** 0.5)) ** 2)
    assert one["geometric_mean"] == pytest.approx(100 * (0.125 * 5 / 6 * 0.01) ** 0.2)


def test_mutual_reach_by_every_profile():
    result = scored(THREE, CHAIN, profile="agglo")
    assert result.profile is AGGLO
    assert result.diagnostics["mutual_reach_agglo"] == result.pillars["mutual_reach"] == 1
    assert result.diagnostics["mutual_reach_metro"] == pytest.approx(26 / 31)


def test_basis_is_carried():
    assert score(np.zeros((2, 2)), settlement=TWO, basis="in_vehicle").basis == "in_vehicle"


def test_repr_says_the_score_and_html_every_city():
    result = scored(THREE, CHAIN)
    said = repr(result)
    assert said.startswith("Integration score 69.4 of 100 (METRO, door_to_door, ok)")
    assert "weakest without ab" in said
    assert "<th>A</th>" in result._repr_html_()


def test_scoring_two_hundred_places_is_fast():
    places, assets = 200, 60
    dice = np.random.default_rng(7)
    minutes = dice.uniform(0, 150, (places, places))
    region = settled(dice.integers(1, 900, places), [f"c{place % 11}" for place in range(places)], {"c0"}, minutes)
    without = {f"a{asset}": minutes + asset for asset in range(assets)}
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        score(minutes, settlement=region, without=without)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.15


def test_closeness_kernel():
    np.testing.assert_allclose(
        METRO.closeness([0, 30, 45, 60, 90, 120, 500, inf]), [1, 1, 0.75, 0.5, 0.25, 0, 0, 0], rtol=0, atol=0
    )
    minutes = np.linspace(0, 150, 301)
    np.testing.assert_array_equal(AGGLO.closeness(2 * minutes), METRO.closeness(minutes))


def test_ideal_minutes():
    np.testing.assert_array_equal(METRO.ideal([0, 20, 30, 60]), [30, 30, 35, 50])
    np.testing.assert_array_equal(AGGLO.ideal([0, 20, 30, 120]), [60, 60, 60, 80])


def test_profile_by_name_or_itself():
    own = Profile("walk", 5, 10, 15)
    assert profile_of(own) is own
    assert [profile_of(name) for name in ("metro", "AGGLO")] == list(PROFILES.values())
    with pytest.raises(UnknownNameError, match=r"No profile is called 'metropol'\. Did you mean METRO"):
        profile_of("metropol")


@pytest.mark.parametrize("circles", [(60, 30, 120), (30, 30, 60), (-1, 2, 3), (1, 2, np.nan), (1, 2, inf)])
def test_circles_must_rise(circles):
    with pytest.raises(ParameterError, match=r"0 <= inner < half < outer must hold; got \("):
        Profile("wrong", *circles)


def test_profile_refuses_an_impossible_ideal():
    with pytest.raises(ParameterError, match="terminal_minutes must be at least zero; got -1"):
        Profile("wrong", 1, 2, 3, terminal_minutes=-1)
    with pytest.raises(ParameterError, match="speed_kmh must be above zero; got 0"):
        Profile("wrong", 1, 2, 3, speed_kmh=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"population": [0, 0, 0]}, "Nobody lives in the region: every population is zero"),
        ({"population": [5, -3, 2]}, "population must not be NaN or negative; got -3.0 at 1, 1 in all"),
        ({"population": [5, np.nan, 2]}, "population must not be NaN or negative; got nan at 1"),
        ({"population": [5, inf, 2]}, "population must be finite; got inf at place 1"),
        ({"population": [5, 3]}, "population must hold one number per place, 3 in all; got 2"),
        ({"population": ["many", 3, 2]}, "population must hold numbers only"),
        ({"population": [0, 3, 2]}, "Nobody lives in the core; name at least one unit"),
        ({"core": set()}, "Nobody lives in the core"),
        ({"core": {"Z"}}, r"The core names 'Z', which is no unit of the region; its units are 'A', 'B', 'C'"),
        ({"unit": ["A", None, "C"]}, "Every place needs a unit; place 1 has none"),
        (
            {"distance_km": np.zeros((2, 2))},
            "distance_km must have one row and one column per place, 3 of each; got 2×2",
        ),
        ({"distance_km": np.full((3, 3), inf)}, "distance_km must be finite"),
        ({"distance_km": np.full((3, 3), np.nan)}, "distance_km must not be NaN or negative"),
    ],
)
def test_settlement_refuses(change, message):
    fine = {"population": [5, 3, 2], "unit": list("ABC"), "core": {"A"}, "distance_km": np.zeros((3, 3))}
    with pytest.raises(ParameterError, match=message):
        Settlement(**(fine | change))


def test_a_core_of_one_city_may_be_given_by_its_name():
    named = Settlement(np.ones(2), ["Hong Kong", "Macao"], "Macao", np.zeros((2, 2)))
    assert named.core == {"Macao"}


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (np.zeros((2, 2)), "times must have one row and one column per place, 3 of each; got 2×2"),
        (np.zeros((3, 2)), "times must be a square matrix, one row and one column per place; got 3×2"),
        (np.zeros(3), "times must be a square matrix"),
        (5.0, "times must be a square matrix, one row and one column per place; got a single number"),
        (np.full((3, 3), np.nan), r"times must not be NaN or negative; got nan at \(0, 0\), 9 in all; write inf"),
        ([[0, 1, 2], [1, 0, -2], [2, 2, 0]], r"times must not be NaN or negative; got -2.0 at \(1, 2\), 1 in all"),
        ([["soon"] * 3] * 3, "times must hold numbers only"),
    ],
)
def test_score_refuses_times(times, message):
    with pytest.raises(ParameterError, match=message):
        score(times, settlement=THREE)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"weights": {"beauty": 1}},
            UnknownNameError,
            r"No pillar is called 'beauty'\. Known: access, balance, mutual_r",
        ),
        ({"weights": {"acces": 1}}, UnknownNameError, r"Did you mean access\?"),
        (
            {"weights": {"access": -1, "balance": 2}},
            ParameterError,
            "at least zero and not all zero; got {'access': -1",
        ),
        ({"weights": {"access": 0}}, ParameterError, "not all zero"),
        ({"weights": {"access": np.nan}}, ParameterError, "must be finite"),
        ({"weights": {}}, ParameterError, "not all zero; got {}"),
        ({"profile": "CITY"}, UnknownNameError, "No profile is called 'CITY'"),
        ({"to_core": [1, 2]}, ParameterError, "to_core must hold one number per place, 3 in all; got 2"),
        ({"to_core": [1, 2, np.nan]}, ParameterError, "to_core must not be NaN or negative; got nan at 2"),
        ({"without": {"hzmb": np.zeros((2, 2))}}, ParameterError, "The times without 'hzmb' must have one row"),
        ({"without": {"hzmb": np.full((3, 3), np.nan)}}, ParameterError, "The times without 'hzmb' must not be NaN"),
    ],
)
def test_score_refuses_choices(change, error, message):
    with pytest.raises(error, match=message):
        score(np.zeros((3, 3)), settlement=THREE, **change)
