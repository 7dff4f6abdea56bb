import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from commute import Assumptions, Streets, reach
from commute.errors import ParameterError
from commute.kernels.csr import INF
from commute.kernels.sweep import distances
from commute.measure.people import Cells, arrivals, counted, counted_at, people_on
from commute.model.ground import distance_km

METRES = 0.001 * 111_195 * np.cos(np.radians(22.5))  # of a thousandth of a degree along the streets


@pytest.fixture(autouse=True, scope="module")
def orders(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        yield


@pytest.fixture(scope="module")
def streets():
    """Four junctions a minute, two and four apart along a one-way street, and back in ten; a fifth alone."""
    lon = [114.0, 114.01, 114.02, 114.03, 114.5]
    return Streets.from_arrays([0, 1, 2, 3], [1, 2, 3, 0], [1, 2, 4, 10], lon, [22.5] * 5).prepare()


def table(lon, people, lat=22.5):
    return pd.DataFrame({"lon": lon, "lat": lat, "people": people})


def test_each_cell_hangs_from_the_junction_nearest_to_it(streets):
    cells = people_on(streets, table([114.0, 114.011, 114.5, 115.0], [1, 2.5, 4, 8]))
    walked = METRES * 1.3 / 80  # minutes at 4.8 km/h, with detours
    assert cells.node.tolist() == [0, 1, 4, -1]
    assert cells.egress.tolist() == [0, round(walked * 600), 0, 0]
    assert cells.people.tolist() == [1000, 2500, 4000, 8000]
    assert cells.island.tolist() == [False, False, True, False]
    assert cells.said == {"people": 15.5, "people_unsnapped": 8, "people_on_islands": 4}


def test_who_walks_faster_and_straighter_arrives_earlier(streets):
    brisk = Assumptions(speed={"walk": 6.0}, local={"circuity": 1.0})
    cells = people_on(streets, table([114.011], [1]), assumptions=brisk, within_metres=200)
    assert cells.egress.tolist() == [round(METRES / 100 * 600)]
    assert people_on(streets, table([114.011], [1]), within_metres=50).node.tolist() == [-1]


def test_a_cell_is_reached_when_the_walk_from_its_junction_fits(streets):
    people = table([114.0, 114.011, 114.5, 115.0], [1, 2.5, 4, 8])
    arrival = 1 + round(METRES * 1.3 / 80 * 600) / 600
    frame = reach(streets, [0, 4], (1, arrival - 1 / 600, arrival), weights=people)
    assert frame["people"].tolist() == [1, 1, 3.5, 4, 4, 4]
    assert frame.attrs == {"people": 15.5, "people_unsnapped": 8, "people_on_islands": 4}
    towards = reach(streets, [2], (12, 17), weights=people, direction="to")
    assert towards["people"].tolist() == [3.5, 3.5]


def test_without_a_walk_it_is_what_an_array_for_the_junctions_counts(streets):
    weights = np.array([1, 10.0004, 100, 1000.5, 7])
    frame = table(streets.lon, weights)
    for direction in ("from", "to"):
        by_cells = reach(streets, range(5), (3, 10), weights=frame, direction=direction)
        by_array = reach(streets, range(5), (3, 10), weights=weights, direction=direction)
        assert by_cells.equals(by_array)


def test_nobody_walks_home_from_a_motorway_or_a_bridge():
    lon, ends = 114 + 0.001 * np.arange(5), ([0, 1, 2, 3], [1, 2, 3, 4])
    said = {"road": ["motorway", "motorway", "residential", "residential"], "bridge": [False, False, False, True]}
    plain, told = (Streets.from_arrays(*ends, [1] * 4, lon, [22.5] * 5, attributes=one) for one in (None, said))
    people = table(lon, 1)
    assert people_on(plain, people).node.tolist() == [0, 1, 2, 3, 4]
    assert people_on(told, people).node.tolist() == [2, 2, 2, 3, 3]
    assert (people_on(told, people).egress > 0).tolist() == [True, True, False, False, True]


def test_points_areas_and_tables_are_one(streets):
    points = gpd.GeoSeries.from_xy([114.0, 114.011], [22.5, 22.5], crs="EPSG:4326")
    expected = people_on(streets, table([114.0, 114.011], [3, 5]))
    areas = points.to_crs("EPSG:32650").buffer(20, cap_style="square")
    for frame in (
        gpd.GeoDataFrame({"people": [3, 5]}, geometry=points),
        gpd.GeoDataFrame({"population": [3, 5], "name": "x"}, geometry=points.to_crs("EPSG:3857")),
        gpd.GeoDataFrame({"people": [3, 5]}, geometry=areas),
        pd.DataFrame({"lon": points.x, "lat": points.y, "population": [3, 5]}),
    ):
        found = people_on(streets, frame)
        assert found.node.tolist() == expected.node.tolist()
        assert found.people.tolist() == expected.people.tolist()
        assert np.abs(found.egress - expected.egress).max() <= 2  # representative points lie within centimetres


def test_more_people_than_an_int32_of_thousandths_holds(streets):
    frame = table([114.0, 114.0, 114.01], [17_000_000.001, 2e9, 2_147_483])
    assert reach(streets, [0], (0.5, 5), weights=frame)["people"].tolist() == [2_017_000_000.001, 2_019_147_483.001]


def test_one_snap_serves_many_questions_and_streets_with_other_minutes(streets):
    frame = table([114.0, 114.011], [3, 5])
    cells = people_on(streets, frame)
    assert reach(streets, [0], 5, weights=cells).equals(reach(streets, [0], 5, weights=frame))
    closed = streets.with_minutes([np.inf], arcs=[0])
    assert reach(closed, [0], 5, weights=cells)["people"].tolist() == [3]
    few = Streets.from_arrays([0], [1], [1], [114.0, 114.01], [22.5] * 2)
    with pytest.raises(ParameterError, match="weights hang from other streets than these"):
        reach(few, [0], weights=people_on(streets, table([114.5], [1])))


def test_nobody_at_all(streets):
    assert reach(streets, [0], 5, weights=table([115.0], [3]))["people"].tolist() == [0]
    assert reach(streets, [0], 5, weights=table([114.0], [0]))["people"].tolist() == [0]
    frame = reach(streets, [0], 5, weights=table([], []))
    assert frame["people"].tolist() == [0]
    assert frame.attrs["people"] == 0


def naive(streets, cells, cutoffs, *, towards=False):
    """Sum, over all cells one by one, from the textbook's matrix of times."""
    nodes = np.arange(streets.nodes)
    times = distances(streets.prepared, nodes, nodes * 0, np.append(nodes, len(nodes)), towards=towards).astype(int)
    sums = np.zeros((streets.nodes, len(cutoffs)))
    for node, egress, people in zip(cells.node, cells.egress, cells.people, strict=True):
        for column, cutoff in enumerate(cutoffs):
            if node >= 0:
                sums[:, column] += people * ((times[:, node] < INF) & (times[:, node] + egress <= cutoff * 600))
    return sums / 1000


@st.composite
def worlds(draw):
    """Streets with one-ways and islands, and cells on and beside their junctions."""
    nodes = draw(st.integers(1, 8))
    ends = st.integers(0, nodes - 1)
    arcs = draw(st.lists(st.tuples(ends, ends, st.integers(1, 900)), min_size=1, max_size=20))
    tail, head, seconds = (np.array(column) for column in zip(*arcs, strict=True))
    lon = 114 + 0.004 * np.arange(nodes)
    streets = Streets.from_arrays(tail, head, seconds / 60, lon, [22.5] * nodes)
    cell = st.tuples(st.floats(113.99, 114.04), st.floats(22.497, 22.503), st.floats(0, 3e6))
    lon, lat, people = (np.array(column) for column in zip(*draw(st.lists(cell, min_size=1, max_size=40)), strict=True))
    return streets, table(lon, people, lat)


@settings(deadline=None, max_examples=80)
@given(worlds(), st.lists(st.sampled_from(np.arange(0.25, 60, 0.25).tolist()), min_size=1, max_size=3), st.booleans())
def test_reach_counts_as_one_who_adds_up_cell_by_cell(world, cutoffs, towards):
    streets, frame = world
    cells = people_on(streets, frame)
    direction = "to" if towards else "from"
    cutoffs = sorted(set(cutoffs))
    counts = reach(streets, np.arange(streets.nodes), cutoffs, weights=frame, direction=direction)
    expected = naive(streets, cells, cutoffs, towards=towards)
    assert np.array_equal(counts["people"].to_numpy().reshape(expected.shape), expected)


@pytest.mark.parametrize("limit", [60, 120])  # short lanes, and those that hold more than 109 minutes
@pytest.mark.parametrize("threads", [1, 2])
def test_many_origins_in_batches_count_as_one_by_one_does(limit, threads):
    side = 20
    node = np.arange(side * side).reshape(side, side)
    across, along = np.c_[node[:, 1:].ravel(), node[:, :-1].ravel()], np.c_[node[1:].ravel(), node[:-1].ravel()]
    pairs = np.concatenate([across, along])
    random = np.random.default_rng(3)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    lon, lat = 114 + 0.005 * (node.ravel() % side), 22.5 + 0.005 * (node.ravel() // side)
    streets = Streets.from_arrays(*both.T, random.uniform(1, 8, len(both)), lon, lat)
    frame = table(random.uniform(113.99, 114.11, 3000), random.uniform(0, 50, 3000), random.uniform(22.49, 22.61, 3000))
    cells = people_on(streets, frame, threads=threads)
    assert 0 < cells.said["people_unsnapped"] < cells.said["people"] / 2
    counts = reach(streets, node.ravel(), (5, 30, limit), weights=cells, threads=threads)["people"].to_numpy()
    assert np.array_equal(counts.reshape(-1, 3), naive(streets, cells, (5, 30, limit)))


def test_cells_counted_from_times_at_junctions_agree_with_reach(streets):
    cells = people_on(streets, table([114.0, 114.011, 114.028, 115.0], [1, 2.5, 4, 8]))
    times = distances(streets.prepared, [0], [0], [0, 1])[0]
    minutes = (2, 5, 60)
    assert counted(cells, times, minutes).tolist() == reach(streets, [0], minutes, weights=cells)["people"].tolist()
    assert arrivals(cells, times).tolist() == [0, 600 + cells.egress[1], 4200 + cells.egress[2], INF]


def test_people_on_two_layers_of_streets_are_counted_once(streets):
    frame = table([114.0, 114.02], [1, 2])
    walk = Streets.from_arrays([0], [1], [30], [114.0, 114.02], [22.5] * 2, mode="walk")
    layers = [(people_on(streets, frame), [0, 600, 1800, 4200, INF]), (people_on(walk, frame), [900, INF])]
    arrival = np.minimum(*(arrivals(cells, np.array(times, dtype=np.int32)) for cells, times in layers))
    assert counted_at(layers[0][0], arrival, (1, 3)).tolist() == [1, 3]


@pytest.mark.parametrize("threads", [1, 2])
def test_snapping_in_batches_changes_nothing(streets, monkeypatch, threads):
    frame = table(np.linspace(113.99, 114.04, 50), np.arange(50.0))
    whole = people_on(streets, frame)
    monkeypatch.setattr("commute.measure.people._AT_ONCE", 7)
    parts = people_on(streets, frame, threads=threads)
    assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))


square = shapely.box(114.0, 22.5, 114.01, 22.51)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table([114.0], [1]).drop(columns="people"), "weights need a column people or population; got lon, lat"),
        (table([114.0], [1]).drop(columns="lat"), "weights need columns lon and lat, or geometries"),
        (table([114.0, 114.0], [1, np.nan]), "weights must be numbers from 0 to 1.*; 1 of 2 are not, .* nan in row 1"),
        (table([114.0], [-1]), "1 of 1 are not, the first -1 in row 0"),
        (table([114.0], ["many"]), "weights must be numbers of people"),
        (table([114.0, 200.0], [1, 1]), "weights: 1 of 2 rows lie nowhere on Earth, first row 1"),
        (gpd.GeoDataFrame({"people": [1]}, geometry=[square]), "weights have no CRS.*set_crs"),
        (gpd.GeoDataFrame({"people": [1]}, geometry=[shapely.Polygon()], crs=4326), "1 of 1 rows lie nowhere"),
        (gpd.GeoDataFrame({"people": [1]}, geometry=[None], crs=4326), "1 of 1 rows lie nowhere"),
    ],
)
def test_faults_are_refused(streets, frame, message):
    with pytest.raises(ParameterError, match=message):
        reach(streets, [0], weights=frame)


def test_distances_are_those_over_ground(streets):
    frame = table([114.0123], [1], lat=22.5021)
    cells = people_on(streets, frame)
    km = distance_km(*(np.array([value]) for value in (114.0123, 22.5021, 114.01, 22.5)))[0]
    assert cells.egress[0] == pytest.approx(km * 1000 * 1.3 / 80 * 600, abs=1)
    assert isinstance(cells, Cells)
