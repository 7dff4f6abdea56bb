"""Street comparison: what scenarios over streets gain, lose and keep, on the ground and in people."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import commute
from commute.errors import ParameterError, ScenarioError
from commute.kernels.csr import INF
from commute.kernels.sweep import distances
from commute.measure.comparison import compare
from commute.measure.expansion import Expansion, field
from commute.measure.people import people_on
from commute.measure.street_comparison import StreetComparison
from commute.model.assumptions import Assumptions
from commute.model.edits import AddStreet, Assume, Close, CloseStreets, ScaleStreets
from commute.model.scenario import Scenario
from commute.model.streets import Streets

SIDE, STEP = 9, 0.004  # junctions along a side of the town; degrees between them, some 400 m
WEST, SOUTH = 113.0, 22.0
BRIDGE = "Old Bridge"

laws = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        yield


def town(mode="drive", *, dropped=()):
    """Two banks of a river between the fourth and fifth column, which only one street crosses; avenues are faster."""
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = [*zip(number[:, :-1].ravel(), number[:, 1:].ravel(), strict=True)]
    pairs += [*zip(number[:-1].ravel(), number[1:].ravel(), strict=True)]
    column = number.ravel() % SIDE
    across = [(column[one], column[other]) == (3, 4) for one, other in pairs]
    bridge = [over and one // SIDE == 4 for over, (one, _) in zip(across, pairs, strict=True)]
    kept = [
        at for at, over in enumerate(across) if (bridge[at] or not over) and (at not in dropped or bridge[at])
    ]
    tail, head = np.array([pairs[at] for at in kept]).T
    bridge = np.array([bridge[at] for at in kept])
    main = bridge | ((tail // SIDE == 4) & (head // SIDE == 4))
    said = {"road": np.where(main, "primary", "residential"), "bridge": bridge, "way": np.arange(len(tail))}
    said |= {"name": np.where(bridge, BRIDGE, ""), "metres": np.full(len(tail), 420.0), "kph": np.where(main, 60.0, 30)}
    said |= {"speed": np.full(len(tail), "class")}
    both = {name: np.concatenate([values, values]) for name, values in said.items()}
    x, y = WEST + STEP * column, SOUTH + STEP * (number.ravel() // SIDE)
    ends = np.concatenate([tail, head]), np.concatenate([head, tail])
    return Streets.from_arrays(*ends, 0.06 * both["metres"] / both["kph"], x, y, attributes=both, mode=mode, source="x")


def at(row, column):
    return row * SIDE + column


def spot(row, column):
    return WEST + STEP * column, SOUTH + STEP * row


def scenario(*edits, name="s"):
    return Scenario(name, edits)


NEW = AddStreet("New Bridge", spot(1, 3), spot(1, 4), kph=60)
CLOSED = CloseStreets(name=BRIDGE)


@pytest.fixture(scope="module")
def result():
    scenarios = [scenario(NEW, name="new"), scenario(CLOSED, name="closed")]
    return compare(town(), scenarios, origins=[at(1, 2), at(4, 6)], cutoffs=(4, 8), weights=np.arange(SIDE * SIDE))


def test_every_frame_has_its_columns(result):
    assert isinstance(result, StreetComparison)
    assert result.summary.columns.tolist() == [
        "scenario", "origin_id", "cutoff", "direction", "people_before", "people_after", "people_gained", "people_lost",
        "gained_km2", "lost_km2", "kept_km2", "status",
    ]  # fmt: skip
    key = ["scenario", "origin_id", "cutoff"]
    assert result.summary[key].to_numpy().tolist() == [
        [name, origin, cutoff] for name in ("new", "closed") for origin in (at(1, 2), at(4, 6)) for cutoff in (4, 8)
    ]
    assert result.areas.columns.tolist() == [*key, "change", "area_km2", "geometry"]
    assert result.circles.columns.tolist() == [*key, "direction", "status", "area_km2", "people", "geometry"]
    assert set(result.circles["scenario"]) == {"base", "new", "closed"}
    assert list(result.streets) == ["base", "new", "closed"]
    assert result.origins["origin_id"].tolist() == result.origins["node"].tolist() == [at(1, 2), at(4, 6)]
    assert result.origins.geometry.iloc[0].coords[0] == pytest.approx(spot(1, 2))
    for frame in (result.summary, result.areas, result.circles):
        assert frame.attrs["manifest"]["mode"] == "drive"
    assert all(frame.crs == "EPSG:4326" for frame in (result.areas, result.circles, result.changed, result.origins))
    assert "people_gained" in repr(result)
    assert "<table" in result._repr_html_()


def test_people_are_those_of_reach(result):
    streets, weights = town(), np.arange(SIDE * SIDE)
    for name, edit in (("new", NEW), ("closed", CLOSED)):
        own = result.summary[result.summary["scenario"] == name]
        for column, seen in (("people_before", streets), ("people_after", edit.apply(streets))):
            wanted = commute.reach(seen, [at(1, 2), at(4, 6)], (4, 8), weights=weights)["people"]
            assert own[column].tolist() == wanted.tolist()
        change = own["people_after"] - own["people_before"]
        assert (own["people_gained"] - own["people_lost"]).tolist() == change.tolist()
    table = result.summary.set_index(["scenario", "origin_id", "cutoff"])
    assert table["people_gained"]["new", at(1, 2), 8] > 0
    assert table["people_lost"]["closed", at(4, 6), 8] > 0


def test_areas_part_the_circles_of_before_and_after(result):
    circles = result.circles.set_index(["scenario", "origin_id", "cutoff"])
    pieces = result.areas.set_index(["scenario", "origin_id", "cutoff"]).sort_index()
    for (name, origin, cutoff), row in result.summary.set_index(["scenario", "origin_id", "cutoff"]).iterrows():
        was, now = (circles.loc[(world, origin, cutoff)] for world in ("base", name))
        assert row["kept_km2"] + row["lost_km2"] == pytest.approx(was["area_km2"], rel=0.01)
        assert row["kept_km2"] + row["gained_km2"] == pytest.approx(now["area_km2"], rel=0.01)
        own = pieces.loc[[(name, origin, cutoff)]]
        shapes = own["geometry"].to_numpy()
        assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum(), rel=1e-6)
        assert own["area_km2"].sum() == pytest.approx(row[["gained_km2", "lost_km2", "kept_km2"]].sum())
    assert result.areas.is_valid.all()
    assert set(result.areas.geom_type) <= {"Polygon", "MultiPolygon"}
    assert "lost" not in set(result.areas.loc[result.areas["scenario"] == "new", "change"])
    assert "gained" not in set(result.areas.loc[result.areas["scenario"] == "closed", "change"])


def test_what_changed_is_told_and_drawn(result):
    changed = result.changed
    assert changed.columns.tolist() == [
        "scenario", "change", "arc", "way", "road", "name", "minutes_before", "minutes_after", "geometry"
    ]  # fmt: skip
    assert changed["change"].tolist() == ["added", "added", "removed", "removed"]
    assert changed["name"].tolist() == ["New Bridge"] * 2 + [BRIDGE] * 2
    assert changed["minutes_before"].isna().tolist() == [True, True, False, False]
    assert changed["minutes_after"].isna().tolist() == [False, False, True, True]
    ends = [shapely.get_coordinates(one) for one in changed.geometry]
    assert ends[0][[0, -1]] == pytest.approx(np.array([spot(1, 3), spot(1, 4)]))
    assert ends[3][[0, -1]] == pytest.approx(np.array([spot(4, 4), spot(4, 3)]))
    bent = AddStreet("Bent", (WEST + 0.013, SOUTH + 0.001), (WEST + 0.015, SOUTH + 0.001), minutes=1)
    lines = compare(town(), scenario(bent, ScaleStreets(name=BRIDGE, factor=2)), origins=[0], cutoffs=4).changed
    assert lines["change"].tolist() == ["retimed", "retimed", "added", "added"]
    assert [len(shapely.get_coordinates(one)) for one in lines.geometry] == [2, 2, 4, 4]


def test_streets_against_themselves_change_nothing():
    same = compare(town(), scenario(), origins=[at(4, 2)], cutoffs=(3, 6))
    assert set(same.areas["change"]) == {"kept"}
    assert (same.summary[["junctions_gained", "junctions_lost", "gained_km2", "lost_km2"]] == 0).all(axis=None)
    assert same.summary["junctions_before"].tolist() == same.summary["junctions_after"].tolist()
    assert same.changed.empty


@st.composite
def changes(draw, *, help_):
    """One or two edits that can only help, or only harm."""
    share = draw(st.floats(0.2, 1.0))
    chosen = draw(st.sampled_from([{"road": "primary"}, {"road": "residential"}, {"bridge": True}, {"way": (3, 9)}]))
    if not help_:
        return draw(st.sampled_from([CloseStreets(**chosen), ScaleStreets(**chosen, factor=1 / share)]))
    ends = [spot(draw(st.integers(0, SIDE - 1)), draw(st.integers(*columns))) for columns in ((0, 3), (4, SIDE - 1))]
    more = {"bridge": draw(st.booleans()), "oneway": draw(st.booleans())}
    new = AddStreet("New", *ends, minutes=draw(st.floats(0.1, 9)), **more)
    return draw(st.sampled_from([new, ScaleStreets(**chosen, factor=share)]))


drops = st.sets(st.integers(0, 2 * SIDE * (SIDE - 1) - 1), max_size=60).map(lambda some: some - {3, 9})
nodes = st.integers(0, SIDE * SIDE - 1)
ways = st.sampled_from(["from", "to"])


@laws
@given(changes(help_=True), drops, nodes, st.sampled_from(["drive", "walk"]), ways)
def test_what_helps_loses_nothing(edit, dropped, origin, mode, direction):
    cutoffs = (3, 6) if mode == "drive" else (15, 30)
    streets = town(mode, dropped=dropped)
    given_ = Assumptions(period="peak")
    found = compare(
        streets, scenario(edit), origins=[origin], cutoffs=cutoffs, direction=direction, assumptions=given_
    )
    assert set(found.areas["change"]) <= {"gained", "kept"}
    assert (found.summary[["junctions_lost", "lost_km2"]] == 0).all(axis=None)
    assert (found.changed["minutes_after"] <= found.changed["minutes_before"].fillna(np.inf)).all()


@laws
@given(changes(help_=False), drops, nodes, ways)
def test_what_harms_gains_nothing(edit, dropped, origin, direction):
    found = compare(town(dropped=dropped), scenario(edit), origins=[origin], cutoffs=(3, 6), direction=direction)
    assert set(found.areas["change"]) <= {"lost", "kept"}
    assert (found.summary[["junctions_gained", "gained_km2"]] == 0).all(axis=None)


@laws
@given(changes(help_=True), drops, nodes)
def test_what_helps_makes_no_junction_and_no_cell_later(edit, dropped, origin):
    before = town(dropped=dropped)
    layers = []
    for streets in (before, edit.apply(before)):
        times = distances(streets.prepared, np.array([origin]), np.array([0]), np.array([0, 1]), 3600)[0]
        layers.append(Expansion(streets, times))
    assert (layers[1].deciseconds <= layers[0].deciseconds).all()
    frame = field(layers, (3, 6)).frame
    was, now = (field([layer], (3, 6), frame=frame).deciseconds for layer in layers)
    assert (now <= was).all()
    assert (np.minimum(was, now) < INF).any()


def test_assumptions_slow_both_sides_and_may_be_changed():
    streets, slow = town(), Assumptions(period="peak")
    both = [scenario(NEW, name="new"), scenario(Assume("period", "free_flow"), name="free")]
    found = compare(streets, both, origins=[at(4, 6)], cutoffs=8, assumptions=slow)
    assert [one.period for one in found.streets.values()] == ["peak", "peak", "free_flow"]
    wanted = NEW.apply(streets).under(slow)
    assert found.streets["new"].minutes.tolist() == wanted.minutes.tolist()
    assert found.summary["junctions_gained"].iloc[1] > 0
    again = compare(streets.under(slow), both, origins=[at(4, 6)], cutoffs=8, assumptions=slow)
    pd.testing.assert_frame_equal(again.summary, found.summary)
    assert found.summary.attrs["manifest"]["assumptions_hash"] == slow.hash
    with pytest.raises(ScenarioError, match=r"Scenario 'free' changes assumptions: tell compare\(\) the ass"):
        compare(streets, both, origins=[0])


def test_people_on_the_ground_have_times_of_their_own():
    streets = town()
    table = pd.DataFrame({"lon": [spot(1, 5)[0] + 0.001, 120.0], "lat": [spot(1, 5)[1], 22.0], "people": [70.5, 9.0]})
    asked = {"origins": [at(1, 2)], "cutoffs": (2, 4, 8)}
    found = compare(streets, scenario(NEW), weights=table, **asked).summary
    wanted = commute.reach(NEW.apply(streets), [at(1, 2)], (2, 4, 8), weights=table)["people"]
    assert found["people_after"].tolist() == wanted.tolist()
    assert found["people_gained"].max() == 70.5
    cells = people_on(streets, table)
    pd.testing.assert_frame_equal(compare(streets, scenario(NEW), weights=cells, **asked).summary, found)


def test_points_that_are_near_no_street_are_told_and_the_rest_goes_on():
    points = gpd.GeoSeries.from_xy([spot(1, 2)[0], 120.0], [spot(1, 2)[1], 22.0], index=["in", "out"], crs="EPSG:4326")
    for threads in (1, 2):
        found = compare(town(), scenario(NEW), origins=points, cutoffs=8, threads=threads)
        assert found.summary["status"].tolist() == ["reached", "unsnapped"]
        assert found.summary["junctions_after"].tolist()[1] == 0
        assert set(found.areas["origin_id"]) == {"in"}
        assert found.origins.geometry.is_empty.tolist() == [False, True]
    nowhere = compare(town(), scenario(NEW), origins=points.iloc[1:], cutoffs=8)
    assert nowhere.areas.empty
    assert nowhere.areas.columns.tolist() == ["scenario", "origin_id", "cutoff", "change", "area_km2", "geometry"]


def test_what_cannot_be_compared_is_refused():
    streets = town()
    with pytest.raises(ScenarioError, match="Two of the networks compared would be called 's': give each its own name"):
        compare(streets, [scenario(NEW), scenario(CLOSED)], origins=[0])
    with pytest.raises(ScenarioError, match="would be called 'base'"):
        compare(streets, scenario(NEW, name="base"), origins=[0])
    with pytest.raises(ParameterError, match="Streets are compared with scenarios: give at least one, got none"):
        compare(streets, [], origins=[0])
    with pytest.raises(ParameterError, match=r"Streets are compared with scenarios: give at least one, got .*Streets"):
        compare(streets, [streets], origins=[0])
    with pytest.raises(ScenarioError, match=r"Scenario 's' edits a network only \(Close\), and this is streets"):
        compare(streets, scenario(Close("rail")), origins=[0])
    with pytest.raises(ParameterError, match=r"weights must be one number for each of the 81 junctions.*; got 3"):
        compare(streets, scenario(NEW), origins=[0], weights=[1, 2, 3])
    with pytest.raises(ParameterError, match="A cutoff must be a number of minutes above 0, got -1"):
        compare(streets, scenario(NEW), origins=[0], cutoffs=-1)
    with pytest.raises(ParameterError, match=r"Junctions are numbered from 0 to 80; \S*81\S* is none"):
        compare(streets, scenario(NEW), origins=[81])
