from contextlib import contextmanager

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from commute import Streets, reach, travel_times
from commute.errors import ParameterError


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    """Four junctions a minute, two and four apart along a one-way street, and back in ten; a fifth alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        lon = [114.0, 114.01, 114.02, 114.03, 114.5]
        yield Streets.from_arrays([0, 1, 2, 3], [1, 2, 3, 0], [1, 2, 4, 10], lon, [22.5] * 5).prepare()


def test_reach_counts_junctions_and_people(streets):
    assert reach(streets, [0, 3, 4], (3, 10))["junctions"].tolist() == [3, 4, 1, 2, 1, 1]
    frame = reach(streets, [0, 3, 4], (3, 10), weights=[1, 10, 100, 1000.5, 7])
    assert frame["people"].tolist() == [111, 1111.5, 1000.5, 1001.5, 7, 7]
    assert frame["cutoff"].tolist() == [3, 10] * 3
    assert frame["origin_id"].tolist() == [0, 0, 3, 3, 4, 4]


def test_reach_towards_the_origin(streets):
    frame = reach(streets, [3], (4, 6), direction="to")
    assert frame["junctions"].tolist() == [2, 3]
    assert "people" not in frame


def test_points_start_at_the_nearest_junction_and_far_ones_nowhere(streets):
    points = gpd.GeoSeries.from_xy([114.0101, 115.0], [22.5, 22.5], index=["near", "far"], crs="EPSG:4326")
    frame = reach(streets, points.to_crs("EPSG:3857"), 2)
    assert frame["origin_id"].tolist() == ["near", "far"]
    assert frame["junctions"].tolist() == [2, 0]
    assert frame["status"].tolist() == ["reached", "unsnapped"]
    assert frame["snap_metres"].round().tolist() == [10, 51365]
    times = travel_times(streets, points, points)
    assert times["status"].tolist() == ["reached", "unsnapped", "unsnapped", "unsnapped"]


def test_times_say_why_there_is_none(streets):
    frame = travel_times(streets, [0], [0, 2, 3, 4], cutoff=5)
    assert frame["travel_time"].tolist() == [0, 3, np.inf, np.inf]
    assert frame["status"].tolist() == ["reached", "reached", "beyond_cutoff", "disconnected"]
    back = travel_times(streets, [0], [2], direction="to")
    assert back.loc[0, ["from_id", "to_id", "travel_time"]].tolist() == [2, 0, 14]


def test_who_starts_on_an_island_is_told_and_counted_there(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMUTE_CACHE", str(tmp_path))
    lon = [114.0, 114.01, 114.02, 114.5, 114.51]
    apart = Streets.from_arrays([0, 1, 2, 3], [1, 2, 0, 4], [1] * 4, lon, [22.5] * 5)
    for origins in ([0, 3], gpd.GeoSeries.from_xy([114.0, 114.5], [22.5, 22.5], crs="EPSG:4326")):
        frame = reach(apart, origins, 10)
        assert frame["status"].tolist() == ["reached", "island"]
        assert frame["junctions"].tolist() == [3, 2]
        assert frame["snap_metres"].tolist() == [0, 0]


def test_times_between_points_tell_what_the_points_were_snapped_to(streets):
    points = gpd.GeoSeries.from_xy([114.0101, 114.5, 115.0], [22.5] * 3, index=["near", "alone", "far"], crs=4326)
    assert "snapped" not in travel_times(streets, [0], [1]).attrs
    there = travel_times(streets, points, [0, 1])
    report = pd.DataFrame(there.attrs["snapped"])
    assert list(report.columns) == ["role", "id", "node", "distance_metres", "component", "status"]
    assert report["role"].tolist() == ["from"] * 3
    assert report["id"].tolist() == ["near", "alone", "far"]
    assert report["node"].tolist() == [1, 4, -1]
    assert report["distance_metres"].round().tolist() == [10, 0, 51365]
    assert report["component"].tolist() == [streets.component[1], streets.component[4], -1]
    assert report["status"].tolist() == ["reached", "island", "unsnapped"]
    back = travel_times(streets, points, points[:1], direction="to")
    assert pd.DataFrame(back.attrs["snapped"])["role"].tolist() == ["to"] * 3 + ["from"]


def test_frames_with_a_snap_report_can_be_joined_and_written(streets, tmp_path):
    points = gpd.GeoSeries.from_xy([114.0101, 114.02], [22.5] * 2, crs="EPSG:4326")
    frames = [travel_times(streets, points, [one]) for one in (0, 1)]
    both = pd.concat(frames)
    assert len(both.attrs["snapped"]["id"]) == 2
    both.to_parquet(tmp_path / "times.parquet")
    assert pd.read_parquet(tmp_path / "times.parquet").attrs == both.attrs


def test_an_array_of_minutes(streets):
    found = travel_times(streets, [0, 1, 2], [0, 1, 2], cutoff=3, dense=True)
    assert found.tolist() == [[0, 1, 3], [np.inf, 0, 2], [np.inf, np.inf, 0]]
    assert travel_times(streets, [0, 1], [2], direction="to", dense=True).tolist() == [[14], [15]]
    points = gpd.GeoSeries.from_xy([114.0101, 115.0], [22.5, 22.5], crs="EPSG:4326")
    assert travel_times(streets, points, points, dense=True).tolist() == [[0, np.inf], [np.inf, np.inf]]


def test_what_only_a_network_knows_is_refused(streets):
    with pytest.raises(TypeError, match="unexpected keyword argument 'basis'"):
        reach(streets, [0], basis="in_vehicle")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"origins": [5]}, "Junctions are numbered from 0 to 4; .*5.* is none"),
        ({"origins": [0.5]}, "Junctions are numbered from 0 to 4"),
        ({"origins": [0], "weights": [1, 2]}, "one number for each of the 5 junctions, or a table.*got 2"),
        ({"origins": [0], "weights": [1, 2, 3, 4, -1]}, "1 of 5 are not, the first -1 in row 4"),
        ({"origins": [0], "weights": [1, 2, 3, 4, 3e6]}, "numbers from 0 to 2147484; 1 of 5 are not"),
        ({"origins": [0], "weights": list("abcde")}, "weights must be numbers of people, got list of others"),
        ({"origins": gpd.GeoSeries.from_xy([114.0], [22.5])}, "Origins and destinations have no CRS.*set_crs"),
        ({"origins": gpd.GeoSeries([shapely.Point()], crs=4326)}, "1 of 1 points lie nowhere: they are empty"),
        ({"origins": [0], "direction": "sideways"}, "direction cannot be 'sideways': choose one of from, to"),
        ({"origins": [0], "minutes": 0}, "A cutoff must be a number of minutes above 0"),
    ],
)
def test_faults_are_refused(streets, arguments, message):
    with pytest.raises(ParameterError, match=message):
        reach(streets, **arguments)


def test_areas_are_refused(streets):
    areas = gpd.GeoSeries.from_xy([114.0], [22.5]).buffer(1)
    with pytest.raises(ParameterError, match="must be points; take representative_point"):
        reach(streets, areas)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_leaves_nothing_that_a_later_question_would_meet(streets, monkeypatch, threads):
    origins = np.arange(1000) % 5
    before = travel_times(streets, origins, [0, 1], dense=True)

    @contextmanager
    def interrupted(_):
        def finished(done, of):
            assert of > 3
            if done == 2:
                raise KeyboardInterrupt

        yield finished

    with monkeypatch.context() as patch:
        patch.setattr("commute.measure.streets.progress", interrupted)
        with pytest.raises(KeyboardInterrupt):
            travel_times(streets, origins, [0, 1], dense=True, threads=threads)
        with pytest.raises(KeyboardInterrupt):
            reach(streets, origins, threads=threads)
    assert np.array_equal(travel_times(streets, origins, [0, 1], dense=True, threads=threads), before)
