import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import CRS, Transformer
from scipy.ndimage import label

from commute.kernels.csr import INF
from commute.kernels.grid import Lines, centred, colour, cut, lengths, lines, project, sieve


def line(*points):
    x, y = np.array(points, dtype=float).T
    return Lines(np.array([0, len(points)], dtype=np.int64), x, y)


def coloured(on, time, duration, limit, *, aside=0.5, pace=0.0, shape=(9, 21)):
    grid = np.full(shape, INF, dtype=np.float32)
    times = np.array(time, dtype=np.int32), np.array(duration, dtype=np.int32)
    colour(grid, 0.0, 0.0, 1.0, on, *times, limit, aside, pace)
    return grid


@given(st.floats(-170, 170), st.floats(-70, 70), st.integers(0, 2**32 - 1))
def test_the_plane_is_that_of_proj(lon0, lat0, seed):
    random = np.random.default_rng(seed)
    lon, lat = lon0 + random.uniform(-5, 5, 20), lat0 + random.uniform(-5, 5, 20)
    flat = CRS.from_proj4(f"+proj=laea +lat_0={lat0!r} +lon_0={lon0!r} +datum=WGS84 +units=m")
    expected = Transformer.from_crs("EPSG:4326", flat, always_xy=True).transform(lon, lat)
    np.testing.assert_allclose(project(centred(lon0, lat0), lon, lat), expected, atol=1e-3)


def test_lines_run_from_begin_to_end_over_their_bends():
    lon, lat = np.array([0.0, 0.02]), np.zeros(2)
    bends = np.array([0.005, 0.01]), np.array([0.001, 0.001])
    ends = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    start, arcs, middle = np.array([0, 2]), np.array([0]), centred(0.0, 0.0)
    there = lines(middle, arcs, *ends, (lon, lat), start, bends, False)
    back = lines(middle, arcs, ends[1], ends[0], (lon, lat), start, bends, True)
    np.testing.assert_allclose(there.x / 111_319.49, [0, 0.005, 0.01, 0.02], atol=1e-6)
    np.testing.assert_allclose(back.x, there.x[::-1])
    np.testing.assert_allclose(back.y, there.y[::-1])


def test_a_line_is_cut_at_its_share():
    on = line((0, 0), (3, 0), (3, 4))
    assert lengths(on).tolist() == [7]
    part = cut(on, np.array([5 / 7]))
    np.testing.assert_allclose(np.column_stack([part.x, part.y]), [(0, 0), (3, 0), (3, 2)])
    whole = cut(on, np.array([1.0]))
    np.testing.assert_allclose(np.column_stack([whole.x, whole.y]), [(0, 0), (3, 0), (3, 4)])


def test_a_line_colours_up_to_where_time_ends():
    grid = coloured(line((0, 4), (20, 4)), [0], [200], 100)
    assert np.flatnonzero(grid.min(axis=0) < INF).tolist() == list(range(1, 11))
    assert np.flatnonzero(grid.min(axis=1) < INF).tolist() == [4]


def test_aside_is_a_straight_walk_within_the_radius():
    grid = coloured(line((10, 4)), [7], [0], 100, aside=3.0, pace=10.0)
    row, column = np.indices(grid.shape)
    away = np.hypot(row - 4, column - 10)
    assert ((grid < INF) == (away <= 3)).all()
    np.testing.assert_allclose(grid[away <= 3], 7 + 10 * away[away <= 3], rtol=1e-6)


def test_later_than_the_limit_nothing_is_coloured():
    assert (coloured(line((10, 4)), [101], [0], 100) == INF).all()


def test_off_the_grid_nothing_happens():
    assert (coloured(line((-50, -50), (80, -50)), [0], [10], 100, aside=3.0) == INF).all()
    assert (coloured(line((21.5, 9)), [0], [10], 100, aside=3.0) < INF).sum() > 0


@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
def test_earlier_never_makes_a_cell_later(seed, sooner):
    random = np.random.default_rng(seed)
    points = random.uniform(0, 20, (8, 2))
    on = Lines(np.array([0, 2, 5, 8]), points[:, 0], points[:, 1] * 0.4)
    time, duration = random.integers(0, 100, 3), random.integers(1, 100, 3)
    before = coloured(on, time, duration, 90, aside=2.0, pace=5.0)
    after = coloured(on, np.maximum(time - sooner, 0), duration, 90, aside=2.0, pace=5.0)
    assert (after <= before).all()
    filled = [sieve(np.where(one < INF, np.ceil(one), 1000).astype(np.int32), 6) for one in (before, after)]
    assert (filled[1] <= filled[0]).all()


def without_small_holes(inside, cells):
    """Fill the holes of a set of cells one by one."""
    holes, count = label(~inside)
    edge = set(np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]])))
    small = [one for one in range(1, count + 1) if one not in edge and (holes == one).sum() < cells]
    return inside | np.isin(holes, small)


@given(arrays(np.int32, (7, 9), elements=st.sampled_from([0, 1, 2, 3, INF])), st.integers(1, 12))
def test_the_sieve_fills_the_holes_of_every_cutoff(grid, cells):
    found = sieve(grid, cells)
    for cutoff in (0, 1, 2, 3):
        assert np.array_equal(found <= cutoff, without_small_holes(grid <= cutoff, cells))
