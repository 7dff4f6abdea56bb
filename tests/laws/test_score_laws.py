"""The axioms of the Metropolitan Integration Score, on random networks with assets."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from commute.measure.integration import mutual_reach_by_pair, score
from commute.measure.pillars import PILLARS, Settlement
from commute.measure.profile import AGGLO, METRO, Profile

inf = np.inf
EXACT = 1e-9
laws = settings(max_examples=30, deadline=None)


@dataclass(frozen=True)
class World:
    """A small region: people, cities, cores, points on a plane, and two-way links (from, to, minutes, asset)."""

    people: tuple
    city: tuple
    core: frozenset
    points: tuple
    links: tuple

    @property
    def settlement(self):
        at = np.array(self.points, float)
        return Settlement(
            np.array(self.people, float), list(self.city), self.core, np.hypot(*(at[:, None] - at[None]).T).T
        )

    def times(self, lost=None):
        minutes = np.full((len(self.people),) * 2, inf)
        np.fill_diagonal(minutes, 0.0)
        for start, end, cost, asset in self.links:
            if asset != lost:
                minutes[start, end] = minutes[end, start] = min(minutes[start, end], cost)
        for via in range(len(minutes)):  # Floyd and Warshall; unlike a library's, it knows links of no minutes
            minutes = np.minimum(minutes, minutes[:, via, None] + minutes[via])
        return minutes

    @property
    def without(self):
        """An asset called "" is a street inside a city, and no structure that fails."""
        return {asset: self.times(asset) for asset in sorted({link[3] for link in self.links} - {""})}

    def score(self, **choices):
        return score(self.times(), settlement=self.settlement, without=self.without, **choices)


@st.composite
def worlds(draw):
    size = draw(st.integers(2, 6))
    people = draw(st.tuples(*[st.integers(0, 20)] * size))
    city = draw(st.tuples(*[st.sampled_from("ABCD")] * size))
    lived_in = sorted({name for name, count in zip(city, people, strict=True) if count})
    assume(len(lived_in) > 1)
    core = frozenset(draw(st.lists(st.sampled_from(lived_in), min_size=1, max_size=2)))
    points = draw(st.tuples(*[st.tuples(st.integers(0, 60), st.integers(0, 60))] * size))
    return World(people, city, core, points, tuple(draw(st.lists(links(size), max_size=9))))


def links(size):
    ends = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] != pair[1])
    return st.tuples(ends, st.integers(1, 150), st.sampled_from("abcd")).map(
        lambda drawn: (*drawn[0], float(drawn[1]), drawn[2])
    )


def same(one, other):
    np.testing.assert_allclose(one.pillars, other.pillars, rtol=0, atol=EXACT)
    assert one.total == pytest.approx(other.total, abs=EXACT)
    assert one.status == other.status


def from_the_definitions(world, profile=METRO):
    """The pillars and the points of each city, written out as sums over pairs and nothing else."""
    settlement, minutes = world.settlement, world.times()
    people, city = settlement.population, list(settlement.unit)
    every = [place for place in range(len(people)) if people[place]]
    pairs = [(i, j) for i in every for j in every if city[i] != city[j]]
    whole = sum(people[i] * people[j] for i, j in pairs)
    u = profile.closeness

    def mutual(times):
        return {i: sum(people[a] * people[j] * u(times[a, j]) for a, j in pairs if a == i) / whole for i in every}

    shares = mutual(minutes)
    cores = [place for place in every if city[place] in world.core]
    outside = [place for place in every if city[place] not in world.core]
    beyond = sum(people[i] for i in outside)
    access = {i: people[i] * max(u(minutes[i, k]) for k in cores) / beyond if i in outside else 0.0 for i in every}
    mass = {i: sum(people[i] * people[j] for a, j in pairs if a == i) / whole for i in every}
    near = {i: shares[i] / mass[i] for i in every}
    balance = {i: mass[i] * sum(mass[j] * min(near[i], near[j]) for j in every) for i in every}
    ideal = np.maximum(profile.inner, 20 + 60 * settlement.distance_km / 120)
    quality = {
        i: sum(people[i] * people[j] * min(1, ideal[i, j] / minutes[i, j]) for a, j in pairs if a == i) / whole
        for i in every
    }
    levels = {asset: mutual(times) for asset, times in world.without.items()}
    worst = min(levels, key=lambda asset: (round(sum(levels[asset].values()), 12), asset), default=None)
    parts = (access if outside else shares, shares, balance, quality, shares if worst is None else levels[worst])
    frame = pd.DataFrame(0.0, index=pd.Index(dict.fromkeys(city), name="city"), columns=list(PILLARS))
    for pillar, part in zip(PILLARS, parts, strict=True):
        for place, share in part.items():
            frame.loc[city[place], pillar] += 20 * share
    return frame, worst


@laws
@given(worlds())
def test_score_and_points_follow_their_definitions(world):
    expected, worst = from_the_definitions(world)
    result = world.score()
    pd.testing.assert_frame_equal(result.points[list(PILLARS)], expected, rtol=0, atol=EXACT)
    assert result.worst_asset == worst


@laws
@given(worlds())
def test_1_bounded(world):
    result = world.score()
    assert result.pillars.between(-EXACT, 1 + EXACT).all()
    assert -EXACT <= result.total <= 100 + EXACT
    assert result.coverage.between(0, 1).all()
    assert result.pillars["balance"] <= result.pillars["mutual_reach"] + EXACT
    assert result.pillars["resilience"] <= result.pillars["mutual_reach"] + EXACT
    assert np.isfinite(result.diagnostics).all()


@laws
@given(worlds(), st.data())
def test_2_an_added_link_never_lowers_a_pillar(world, data):
    new = data.draw(links(len(world.people)))
    never_lower(world, replace(world, links=(*world.links, new)))


@laws
@given(worlds(), st.data())
def test_2_a_faster_link_never_lowers_a_pillar(world, data):
    assume(world.links)
    at = data.draw(st.integers(0, len(world.links) - 1))
    start, end, cost, asset = world.links[at]
    faster = (start, end, cost * data.draw(st.floats(0.1, 1)), asset)
    never_lower(world, replace(world, links=(*world.links[:at], faster, *world.links[at + 1 :])))


def never_lower(world, better):
    before, after = world.score(), better.score()
    assert (after.pillars >= before.pillars - EXACT).all()
    assert after.total >= before.total - EXACT
    assert (after.coverage >= before.coverage).all()
    city = np.array(world.city)
    gained = (city[:, None] != city) & (np.outer(world.people, world.people) > 0)
    slow, fast = world.times(), better.times()
    gained &= (fast < np.minimum(slow, METRO.outer) - 1e-3) & (slow > METRO.inner + 1e-3)
    if gained.any():
        assert after.pillars["mutual_reach"] > before.pillars["mutual_reach"]


@laws
@given(worlds(), st.randoms(use_true_random=False))
def test_3_neither_names_nor_order_matter(world, dice):
    order = list(range(len(world.people)))
    dice.shuffle(order)
    now_at = {place: order.index(place) for place in order}
    moved = [(now_at[end], now_at[start], cost, asset) for start, end, cost, asset in world.links]
    dice.shuffle(moved)
    renamed = World(
        tuple(world.people[place] for place in order),
        tuple(f"city {world.city[place]}" for place in order),
        frozenset(f"city {name}" for name in world.core),
        tuple(world.points[place] for place in order),
        tuple(moved),
    )
    same(renamed.score(), world.score())
    assert renamed.score().worst_asset == world.score().worst_asset


@laws
@given(worlds(), st.integers(2, 1000))
def test_4_population_has_no_unit(world, factor):
    same(replace(world, people=tuple(factor * count for count in world.people)).score(), world.score())


@laws
@given(worlds(), st.sampled_from([0.25, 3.0, 60.0]))
def test_4_time_has_no_unit_if_the_profile_follows(world, factor):
    other = replace(world, links=tuple((a, b, factor * cost, asset) for a, b, cost, asset in world.links))
    profile = Profile("other unit", 30 * factor, 60 * factor, 120 * factor, 20 * factor, 120 / factor)
    one, two = other.score(profile=profile), world.score()
    np.testing.assert_allclose(one.pillars, two.pillars, rtol=0, atol=EXACT)


@laws
@given(worlds())
def test_4_an_agglomeration_is_a_metropolis_at_double_the_times(world):
    double = replace(world, links=tuple((a, b, 2 * cost, asset) for a, b, cost, asset in world.links))
    wide, near = double.score(profile=AGGLO).pillars, world.score().pillars
    np.testing.assert_allclose(wide.drop("quality"), near.drop("quality"), rtol=0, atol=EXACT)


@laws
@given(worlds(), st.data())
def test_5_splitting_a_place_inside_its_city_changes_nothing(world, data):
    place = data.draw(st.integers(0, len(world.people) - 1))
    moved = data.draw(st.integers(0, world.people[place]))
    size = len(world.people)
    people = list(world.people)
    people[place] -= moved
    split = World(
        (*people, moved),
        (*world.city, world.city[place]),
        world.core,
        (*world.points, world.points[place]),
        (*world.links, (place, size, 0.0, "")),
    )
    one, two = split.score(), world.score()
    same(one, two)
    pd.testing.assert_frame_equal(one.points, two.points, rtol=0, atol=EXACT)


@laws
@given(worlds(), st.data())
def test_6_subdividing_a_link_changes_nothing(world, data):
    assume(world.links)
    at = data.draw(st.integers(0, len(world.links) - 1))
    start, end, cost, asset = world.links[at]
    middle = len(world.people)
    half = ((start, middle, cost / 4, asset), (middle, end, cost * 3 / 4, asset))
    longer = World(
        (*world.people, 0),
        (*world.city, data.draw(st.sampled_from("ABCD"))),
        world.core,
        (*world.points, (0, 0)),
        (*world.links[:at], *half, *world.links[at + 1 :]),
    )
    same(longer.score(), world.score())


@laws
@given(worlds(), st.data())
def test_7_a_place_without_people_changes_nothing(world, data):
    end = data.draw(st.integers(0, len(world.people) - 1))
    more = World(
        (*world.people, 0),
        (*world.city, data.draw(st.sampled_from(sorted(world.core)))),
        world.core,
        (*world.points, (3, 4)),
        (*world.links, (end, len(world.people), 5.0, "")),
    )
    same(more.score(), world.score())
    pd.testing.assert_series_equal(more.score().coverage, world.score().coverage)


@laws
@given(worlds())
def test_8_doubling_every_place_where_it_stands_changes_nothing(world):
    size = len(world.people)
    twins = tuple((place, place + size, 0.0, "") for place in range(size))
    double = World(world.people * 2, world.city * 2, world.core, world.points * 2, (*world.links, *twins))
    same(double.score(), world.score())


@laws
@given(worlds())
def test_8_two_copies_apart_called_one_region_score_less(world):
    assume(world.score().total > 0)
    size = len(world.people)
    copy = tuple((start + size, end + size, cost, f"{asset}'") for start, end, cost, asset in world.links)
    both = World(
        world.people * 2,
        (*world.city, *(f"{name}'" for name in world.city)),
        world.core | {f"{name}'" for name in world.core},
        world.points * 2,
        (*world.links, *copy),
    )
    apart, alone = both.score(), world.score()
    assert apart.total < alone.total
    assert apart.status == "disconnected"
    if world.core.issuperset(name for name, count in zip(world.city, world.people, strict=True) if count):
        return  # without people outside the core, access is mutual reach
    assert apart.pillars["access"] == pytest.approx(alone.pillars["access"])


@laws
@given(worlds(), st.lists(st.floats(0, 5), min_size=5, max_size=5).filter(any))
def test_9_points_sum_to_the_score_under_any_weights(world, weights):
    result = world.score(weights=dict(zip(PILLARS, weights, strict=True)))
    assert result.points["total"].sum() == pytest.approx(result.total, abs=EXACT)
    np.testing.assert_allclose(
        result.points[list(PILLARS)].sum(), 100 * result.pillars * result.weights, rtol=0, atol=EXACT
    )
    assert result.weights.sum() == pytest.approx(1)


@laws
@given(worlds(), st.sets(st.sampled_from("ABCD")))
def test_9_mutual_reach_is_the_mean_of_its_blocks(world, block):
    reached = world.score().pillars["mutual_reach"]
    pairs = mutual_reach_by_pair(world.times(), settlement=world.settlement)
    assert pairs["reached"].sum() == pytest.approx(reached, abs=EXACT)
    assert pairs["lost"].sum() == pytest.approx(1 - reached, abs=EXACT)
    inside = pairs["from_city"].isin(block).to_numpy(), pairs["to_city"].isin(block).to_numpy()
    within = 0.0
    for members in (block, set("ABCD") - block):
        here = [place for place, name in enumerate(world.city) if name in members]
        lived_in = {world.city[place] for place in here if world.people[place]}
        if len(lived_in) < 2:
            continue
        crow = world.settlement.distance_km[np.ix_(here, here)]
        part = Settlement(np.array(world.people, float)[here], [world.city[place] for place in here], lived_in, crow)
        weight = pairs["weight"][(inside[0] == (members is block)) & (inside[1] == (members is block))].sum()
        within += weight * score(world.times()[np.ix_(here, here)], settlement=part).pillars["mutual_reach"]
    assert within + pairs["reached"][inside[0] != inside[1]].sum() == pytest.approx(reached, abs=EXACT)


@laws
@given(worlds(), st.booleans())
def test_10_nothing_within_the_outer_circle_is_nothing(world, cut):
    far = () if cut else tuple((a, b, cost + METRO.outer, asset) for a, b, cost, asset in world.links)
    pillars = replace(world, links=far).score().pillars
    assert (pillars.drop("quality") == 0).all()
    assert (pillars["quality"] == 0) == (not crosses(replace(world, links=far)))


def crosses(world):
    """Whether residents of any two cities have a way to one another."""
    city, people = np.array(world.city), np.array(world.people)
    lived_in = np.outer(people, people) > 0
    return bool((np.isfinite(world.times()) & (city[:, None] != city) & lived_in).any())


@laws
@given(worlds(), st.integers(1, 15))
def test_11_everything_within_the_inner_circle_is_everything(world, cost):
    size = len(world.people)
    ring = tuple((place, other, cost, f"{place}-{other}") for place in range(size) for other in range(place))
    detour = len(world.people) > 2
    result = replace(world, links=ring if detour else (*ring, (0, 1, cost, "ferry"))).score()
    np.testing.assert_allclose(result.pillars, 1, rtol=0, atol=EXACT)
    assert result.total == pytest.approx(100)


@laws
@given(worlds())
def test_12_one_city_is_not_integrated_but_undefined(world):
    result = replace(world, city=("A",) * len(world.people), core=frozenset("A")).score()
    assert (result.total, result.status) == (None, "single_unit")


@laws
@given(worlds())
def test_13_disconnected_is_finite_and_said(world):
    result = world.score()
    city, people = np.array(world.city), np.array(world.people)
    cut = np.isinf(world.times()) & (city[:, None] != city) & (np.outer(people, people) > 0)
    assert result.status == ("disconnected" if cut.any() else "ok")
    assert np.isfinite(result.total)
    assert np.isfinite(result.points.to_numpy()).all()
    assert result.diagnostics["cut_pairs"] == cut.sum()


@laws
@given(worlds(), st.data())
def test_14_faster_everywhere_is_never_worse_even_where_times_are_no_network(world, data):
    size = len(world.people)
    drawn = hnp.arrays(float, (2, size, size), elements=st.integers(0, 200).map(float))
    slow, saved = data.draw(drawn)
    before = score(slow, settlement=world.settlement).pillars
    after = score(np.maximum(slow - saved, 0), settlement=world.settlement).pillars
    assert (after >= before - EXACT).all()
