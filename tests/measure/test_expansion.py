import numpy as np
import pytest
import shapely

from commute import ParameterError, Streets
from commute.kernels.bounded import search
from commute.kernels.csr import INF
from commute.measure.expansion import Expansion, contours, field, plane_of, rings
from commute.model.arcs import Bends

METRE = 1 / 111_319.49  # degrees at the equator


def street(minutes=10.0, metres=2000.0, **columns):
    """One street both ways along the equator, on foot unless said otherwise."""
    said = {name: [value] * 2 for name, value in columns.items() if name != "mode"}
    ends = [0, metres * METRE]
    mode = columns.get("mode", "walk")
    return Streets.from_arrays([0, 1], [1, 0], [minutes] * 2, ends, [0, 0], attributes=said, mode=mode)


def drawn(streets, cutoffs, origin=0, **options):
    times = search(streets.csr, [origin], [0], round(600 * max(cutoffs)))
    return rings([Expansion(streets, times)], cutoffs, **options)


def at(east, north=0.0):
    return shapely.Point(east * METRE, north * METRE)


def test_a_street_is_cut_where_time_ends():
    half, whole = drawn(street(), [5, 10])
    assert half.covers(at(980))
    assert not half.intersects(at(1070))
    assert whole.covers(at(1990))
    assert half.covers(at(500, 45))
    assert not half.intersects(at(500, 80))
    assert whole.covers(half)


def test_both_ends_reach_into_a_street():
    streets = Streets.from_arrays([0, 1], [1, 0], [10, 10], [0, 2000 * METRE], [0, 0], mode="walk")
    (ring,) = rings([Expansion(streets, np.array([0, 30], dtype=np.int32))], [2])
    assert ring.covers(at(1700))
    assert not ring.intersects(at(1000))


def test_towards_turns_one_ways_round():
    streets = Streets.from_arrays([0], [1], [10], [0, 2000 * METRE], [0, 0], mode="walk")
    times = Expansion(streets, np.array([INF, 0], dtype=np.int32))
    (ring,) = rings([times], [5], towards=True)
    assert ring.covers(at(1030))
    assert not ring.intersects(at(920))
    (only,) = rings([times], [5])
    assert not only.intersects(at(1800))


def test_bends_are_followed():
    corner = Bends(np.array([0, 1]), np.array([0.0]), np.array([1000 * METRE]))
    streets = Streets.from_arrays([0], [1], [10], [0, 1000 * METRE], [0, 1000 * METRE], bends=corner, mode="walk")
    (ring,) = drawn(streets, [10])
    assert ring.covers(at(0, 900))
    assert ring.covers(at(900, 1000))
    assert not ring.intersects(at(500, 500))


@pytest.mark.parametrize("said", [{"bridge": True}, {"tunnel": True}, {"road": "motorway"}, {"road": "ferry"}])
def test_nobody_gets_off_a_bridge_a_tunnel_a_motorway_or_a_ferry(said):
    (ring,) = drawn(street(**said), [10])
    assert ring.covers(at(0))  # where the journey begins
    assert not ring.intersects(at(1000))
    assert not ring.intersects(at(2000))  # a junction of nothing else


def test_a_closed_arc_colours_nothing():
    (ring,) = drawn(street().with_minutes([np.inf, np.inf]), [10])
    assert ring.covers(at(0))
    assert not ring.intersects(at(100))


def test_one_junction_is_a_disc_and_nothing_is_empty():
    alone = Streets.from_arrays([], [], [], [114.0], [22.5], mode="walk")
    (ring,) = drawn(alone, [30])
    assert ring.is_valid
    assert ring.geom_type == "Polygon"
    assert ring.covers(shapely.Point(114, 22.5))
    (tiny,) = drawn(alone, [0.01])
    assert not tiny.is_empty
    nowhere = rings([Expansion(alone, np.array([INF], dtype=np.int32))], [5, 10])
    assert [one.is_empty for one in nowhere] == [True, True]
    assert all(one.geom_type == "Polygon" for one in nowhere)


def test_the_earliest_layer_counts_each_as_far_aside_as_it_goes():
    walked, driven = street(30.0), street(3.0, mode="drive")
    layers = [Expansion(one, search(one.csr, [0], [0], 6000)) for one in (walked, driven)]
    together, on_foot = rings(layers, [3])[0], rings(layers[:1], [3])[0]
    assert together.covers(at(1900))
    assert together.covers(at(500, 130))
    assert not on_foot.intersects(at(500))
    assert field(layers, [3]).frame.cell == 20


def test_a_frame_is_shared_for_comparison():
    before = field([Expansion(street(), np.array([0, 6000], dtype=np.int32))], [5])
    after = field([Expansion(street(8.0), np.array([0, 4800], dtype=np.int32))], [5], frame=before.frame)
    assert before.deciseconds.shape == after.deciseconds.shape
    assert (after.deciseconds <= before.deciseconds).all()


def test_a_large_country_gets_a_coarser_grid():
    streets = Streets.from_arrays([0, 1], [1, 0], [600, 600], [0, 3], [0, 2], mode="walk")
    ground = field([Expansion(streets, search(streets.csr, [0], [0]))], [600])
    assert ground.deciseconds.size <= 4_000_000
    assert ground.frame.cell > 100
    (ring,) = contours(ground, [590])
    assert max(part.area for part in shapely.get_parts(ring)) > 0.999 * ring.area


def test_areas_are_those_of_the_ground():
    (ring,) = drawn(street(), [12])
    flat = shapely.transform(ring, plane_of(0.0, 0.0).forth.transform, interleaved=False)
    assert flat.area == pytest.approx(2000 * 120 + np.pi * 60**2, rel=0.05)


@pytest.mark.parametrize(
    ("layers", "cutoffs", "message"),
    [
        ([], [5], "There is no layer of streets"),
        ([Expansion(street(), np.zeros(2, dtype=np.int32))], [], "Cutoffs must be minutes above 0"),
        ([Expansion(street(), np.zeros(2, dtype=np.int32))], [30, 15], "each later than the one before"),
        ([Expansion(street(), np.zeros(3, dtype=np.int32))], [5], "Each of 2 junctions needs one time"),
    ],
)
def test_faults_are_refused(layers, cutoffs, message):
    with pytest.raises(ParameterError, match=message):
        rings(layers, cutoffs)
