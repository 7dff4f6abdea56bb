"""Laws of circles over streets, on made-up towns: valid, nested, true to the times, never less for more speed."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from commute import Streets
from commute.kernels.bounded import search
from commute.measure.expansion import CELL_METRES, Expansion, contours, field, plane_of, stood_on

CUTOFFS = (4, 9, 15)
BRIDGE = 0.15  # share of arcs
WALK = 4.8 / 36  # metres in a decisecond


@st.composite
def towns(draw):
    """A jittered grid of streets with gaps, one-ways, bridges and motorways, somewhere on Earth."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    side = draw(st.integers(2, 6))
    lon0, lat0 = draw(st.floats(-170, 170)), draw(st.floats(-65, 65))
    row, column = np.divmod(np.arange(side * side), side)
    metre = 1 / 111_320
    gap = draw(st.sampled_from([80.0, 250.0, 700.0]))
    lat = lat0 + (row + random.uniform(-0.3, 0.3, side * side)) * gap * metre
    lon = lon0 + (column + random.uniform(-0.3, 0.3, side * side)) * gap * metre / np.cos(np.radians(lat0))
    number = np.arange(side * side).reshape(side, side)
    across, along = (number[:, :-1].ravel(), number[:, 1:].ravel()), (number[:-1].ravel(), number[1:].ravel())
    tail = np.concatenate([across[0], along[0], across[1], along[1]])
    head = np.concatenate([across[1], along[1], across[0], along[0]])
    kept = random.random(len(tail)) > 0.3
    tail, head = tail[kept], head[kept]
    said = {
        "bridge": random.random(len(tail)) < BRIDGE,
        "road": np.where(random.random(len(tail)) < BRIDGE, "motorway", "residential"),
    }
    mode = draw(st.sampled_from(["walk", "drive"]))
    return Streets.from_arrays(tail, head, random.uniform(0.2, 6, len(tail)), lon, lat, attributes=said, mode=mode)


def times(streets):
    return search(streets.csr, [0], [0], 600 * max(CUTOFFS))


@settings(deadline=None, max_examples=60)
@given(towns(), st.booleans())
def test_valid_nested_and_never_empty(streets, towards):
    shapes = contours(field([Expansion(streets, times(streets))], CUTOFFS, towards=towards), CUTOFFS)
    assert all(shape.is_valid and not shape.is_empty for shape in shapes)
    assert all(shape.geom_type in ("Polygon", "MultiPolygon") for shape in shapes)
    assert shapes[1].covers(shapes[0])
    assert shapes[2].covers(shapes[1])


@settings(deadline=None, max_examples=60)
@given(towns())
def test_junctions_reached_are_inside(streets):
    found = times(streets)
    ground = field([Expansion(streets, found)], CUTOFFS)
    plane = plane_of(ground.frame.lon0, ground.frame.lat0)
    places = shapely.points(*plane.forth.transform(streets.lon, streets.lat))
    cell = CELL_METRES[streets.mode]
    for cutoff, shape in zip(CUTOFFS, contours(ground, CUTOFFS), strict=True):
        flat = shapely.transform(shape, plane.forth.transform, interleaved=False)
        # a place reached at the last moment is smaller than a cell: leave time to walk to the middle of one
        inside = (found + 0.5 * cell / WALK <= 600 * cutoff) & stood_on(streets)
        assert (shapely.distance(flat, places[inside]) <= 1.5 * cell).all()


@settings(deadline=None, max_examples=60)
@given(towns(), st.floats(0.3, 1))
def test_faster_streets_never_shrink_a_circle(streets, share):
    before = field([Expansion(streets, times(streets))], CUTOFFS)
    faster = streets.with_minutes(np.maximum(streets.minutes * share, 1 / 600))
    after = field([Expansion(faster, times(faster))], CUTOFFS, frame=before.frame)
    assert (after.deciseconds <= before.deciseconds).all()


@settings(deadline=None, max_examples=30)
@given(st.floats(-170, 170), st.floats(-60, 60), st.booleans())
def test_a_river_stays_out_and_is_crossed_at_the_bridge_alone(lon, lat, built):
    """Two banks 500 m apart, each a street of 2 km; a bridge at their middle, or none."""
    metre = 1 / 111_320
    east = np.array([-1000, 0, 1000, -1000, 0, 1000]) * metre / np.cos(np.radians(lat))
    north = np.array([0, 0, 0, 500, 500, 500]) * metre
    tail, head = np.array([0, 1, 3, 4, *([1] if built else [])]), np.array([1, 2, 4, 5, *([4] if built else [])])
    bridge = np.arange(2 * len(tail)) % len(tail) == 4
    ends = np.concatenate([tail, head]), np.concatenate([head, tail])
    streets = Streets.from_arrays(
        *ends, [2.0] * len(bridge), lon + east, lat + north, attributes={"bridge": bridge}, mode="walk"
    )
    ring = contours(field([Expansion(streets, times(streets))], [15]), [15])[0]
    assert ring.covers(shapely.Point(lon + east[0], lat))
    assert not ring.intersects(shapely.Point(lon, lat + 250 * metre))
    assert ring.intersects(shapely.Point(lon + east[5], lat + north[5])) == built
