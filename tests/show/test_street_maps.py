"""Maps over streets: what a scenario gains and loses, what it changes, and the small print."""

import geopandas as gpd
import numpy as np
import pytest

from commute.errors import ParameterError
from commute.measure.circles import isochrones
from commute.measure.comparison import compare
from commute.model.assumptions import Assumptions
from commute.model.edits import AddStreet, CloseStreets
from commute.model.scenario import Scenario
from commute.model.streets import Streets
from commute.show.changes import draw_change
from commute.show.maps import draw_isochrones, explore

SIDE = 8


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
        tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
        head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
        ends = np.concatenate([tail, head]), np.concatenate([head, tail])
        main = (ends[0] // SIDE == 3) & (ends[1] // SIDE == 3)
        said = {"road": np.where(main, "primary", "residential"), "kph": np.where(main, 60.0, 30.0)}
        said |= {"metres": np.full(len(main), 500.0), "speed": np.full(len(main), "class")}
        x, y = 113 + 0.005 * (number.ravel() % SIDE), 22 + 0.005 * (number.ravel() // SIDE)
        minutes = 0.06 * said["metres"] / said["kph"]
        streets = Streets.from_arrays(*ends, minutes, x, y, attributes=said, source="Made up")
        new = AddStreet("Across", (113, 22), (113.035, 22.035), kph=80, bridge=False)
        scenarios = [
            Scenario("across", (new,), title="A street across", title_zh="新路"),
            Scenario("no-main", (CloseStreets(road="primary"),)),
        ]
        people = np.full(SIDE * SIDE, 1000.0)
        asked = {"origins": [0, 27], "cutoffs": (3, 6), "assumptions": Assumptions(period="off_peak")}
        yield compare(streets, scenarios, weights=people, **asked)


def layers(axes):
    return {artist.get_gid() for artist in axes.get_children() if artist.get_gid()}


def legend(axes):
    return " | ".join(text.get_text() for text in axes.get_legend().get_texts())


def test_by_default_the_first_scenario_and_origin_within_the_last_cutoff(compared):
    axes = draw_change(compared)
    assert axes.get_title(loc="left") == "#0, 6 minutes: A street across"
    assert {"change gained", "change kept", "streets primary", "streets added", "origins"} <= layers(axes)
    assert "change lost" not in layers(axes)
    row = compared.summary.iloc[1]
    assert f"Gained\n{row['people_gained']:,.0f} people" in legend(axes)
    assert "Lost\nnone" in legend(axes)
    assert "Street opened" in legend(axes)
    (caption,) = [text.get_text() for text in axes.texts if text.get_gid() == "caption"]
    assert caption.startswith("Car  ·  off-peak hours  ·  leaving #0  ·  times fixed: no congestion relief")
    assert "Made up" in caption
    (star,) = [one for one in axes.collections if one.get_gid() == "origins"]
    assert star.get_offsets().tolist() == [[113.0, 22.0]]


def test_what_is_chosen_is_drawn(compared):
    axes = draw_change(compared, scenario="no-main", origin=27, cutoff=3)
    assert axes.get_title(loc="left") == "#27, 3 minutes: no main"
    assert {"change lost", "change kept", "streets removed"} <= layers(axes)
    assert "Street closed" in legend(axes)
    with pytest.raises(ParameterError, match="The comparison's rows have no origin_id 5; there is 0, 27"):
        draw_change(compared, origin=5)
    with pytest.raises(ParameterError, match="have no cutoff 45; there is 3"):
        draw_change(compared, cutoff=45)


def test_without_people_or_classes_there_is_the_ground(compared):
    base = compared.base
    bare = Streets.from_arrays(base.tail, base.head, base.minutes, base.lon, base.lat)
    found = compare(bare, Scenario("new", (AddStreet("New", (113, 22), (113.035, 22.035), minutes=1),)), origins=[0])
    axes = draw_change(found)
    assert "people" not in legend(axes)
    assert "streets primary" not in layers(axes)


def test_circles_over_streets_are_drawn_with_the_great_roads_and_where_they_start(compared):
    streets = compared.base
    circles = isochrones(streets, [0, 27], (3, 6))
    axes = draw_isochrones(circles, streets=streets)
    assert axes.get_title(loc="left") == "#0 and #27: 3 and 6 minutes"
    assert {"circle 3", "circle 6", "streets primary", "origins"} <= layers(axes)
    assert "streets primary" not in layers(draw_isochrones(circles))
    alone = draw_isochrones(isochrones(streets, [0], 6, weights=np.full(SIDE * SIDE, 1000.0)))
    assert "people · " in legend(alone)
    nowhere = gpd.GeoSeries.from_xy([10.0], [10.0], index=["far"], crs="EPSG:4326")
    with pytest.raises(ParameterError, match="none of the origins has a street near it"):
        draw_isochrones(isochrones(streets, nowhere, 6))


def test_circles_over_streets_can_be_explored(compared):
    page = explore(isochrones(compared.base, [0], (3, 6))).get_root().render()
    assert "junctions" in page
    assert "area_km2" in page
