import sys
import tracemalloc

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import Affine

import commute.io.population as module
from commute import read_population
from commute.errors import DataFileError, ParameterError


def from_origin(west, north, width, height):
    return Affine(width, 0, west, 0, -height, north)


WHERE = from_origin(114.0, 22.6, 0.1, 0.1)
COUNTS = [[1.0, 0.0, 2.0], [-99.0, 4.0, np.nan]]


@pytest.fixture
def write(tmp_path):
    def written(counts=COUNTS, *, crs="EPSG:4326", transform=WHERE, nodata=-99.0, name="grid.tif", **profile):
        bands = np.atleast_3d(np.array(counts, dtype=profile.pop("dtype", np.float32)).T).transpose(2, 1, 0)
        path = tmp_path / name
        shape = {"count": len(bands), "height": bands.shape[1], "width": bands.shape[2]}
        profile |= {"dtype": bands.dtype, "crs": crs, "transform": transform, "nodata": nodata}
        with rasterio.open(path, "w", driver="GTiff", **shape, **profile) as raster:
            raster.write(bands)
        return path

    return written


def test_cells_with_people_and_no_others(write):
    cells = read_population(write())
    assert list(cells.columns) == ["lon", "lat", "people"]
    assert (cells.dtypes == np.float64).all()
    assert np.allclose(cells, [[114.05, 22.55, 1], [114.25, 22.55, 2], [114.15, 22.45, 4]])


def test_whole_numbers_and_scales(write):
    path = write([[1, 255], [0, 7]], dtype=np.uint8, nodata=255)
    assert read_population(str(path))["people"].tolist() == [1, 7]
    with rasterio.open(path, "r+") as raster:
        raster.scales = (0.5,)
    assert read_population(path)["people"].tolist() == [0.5, 3.5]


def test_a_projected_grid_lies_where_its_projection_says(write):
    corner = gpd.GeoSeries.from_xy([114.0], [22.5], crs="EPSG:4326").to_crs("EPSG:32650")[0]
    path = write([[5.0, 6.0]], crs="EPSG:32650", transform=from_origin(corner.x - 50, corner.y + 50, 100, 100))
    cells = read_population(path)
    assert cells.loc[0, ["lon", "lat"]].tolist() == pytest.approx([114.0, 22.5], abs=1e-9)
    assert cells["people"].tolist() == [5, 6]


def test_a_grid_of_equal_areas_clipped_by_degrees(write):
    """As of the Global Human Settlement Layer, in the projection of Mollweide."""
    bay = gpd.GeoSeries([shapely.box(113.9, 22.4, 114.1, 22.6)], crs="EPSG:4326").segmentize(0.001)
    west, south, east, north = bay.to_crs("ESRI:54009").total_bounds
    path = write(
        np.ones((60, 60)), crs="ESRI:54009", transform=from_origin(west - 5000, north + 5000, 1000, 1000), nodata=-200
    )
    assert east < west + 55_000
    assert south > north - 55_000
    cells = read_population(path, within=bay[0])
    assert cells["people"].sum() == pytest.approx(bay.to_crs("ESRI:54009").area[0] / 1e6, rel=1e-4)
    assert cells["people"].max() == 1
    assert cells["lon"].between(113.88, 114.12).all()
    assert cells["lat"].between(22.38, 22.62).all()


def test_a_grid_that_is_turned_or_upside_down_is_read_as_it_lies(write):
    square = shapely.box(114.0, 22.4, 114.15, 22.6)
    upright = read_population(write(), within=square)
    over = write(COUNTS[::-1], transform=Affine(0.1, 0, 114.0, 0, 0.1, 22.4), name="over.tif")
    turned = write(np.array(COUNTS).T, transform=Affine(0, 0.1, 114.0, -0.1, 0, 22.6), name="turned.tif")
    for path in (over, turned):
        found = read_population(path, within=square)
        assert np.allclose(found.sort_values("people"), upright.sort_values("people"))


def test_a_cell_on_the_edge_counts_by_the_share_inside(write):
    inside = shapely.Polygon([(114.0, 22.6), (114.3, 22.6), (114.3, 22.45), (114.05, 22.45)])
    cells = read_population(write(np.ones((2, 3))), within=inside)
    sides = shapely.box([114.0, 114.1, 114.2] * 2, [22.5] * 3 + [22.4] * 3, [114.1, 114.2, 114.3] * 2, 22.6)
    assert len(sides) == len(cells) == 6
    boxes = shapely.box(cells["lon"] - 0.05, cells["lat"] - 0.05, cells["lon"] + 0.05, cells["lat"] + 0.05)
    assert np.allclose(cells["people"], shapely.area(shapely.intersection(boxes, inside)) / 0.01)


corner = st.tuples(st.floats(114.0, 114.3), st.floats(22.4, 22.6))


@given(st.lists(corner, min_size=3, max_size=8), st.integers(1, 40))
def test_shares_are_those_of_the_intersections_however_small_the_windows(tmp_path_factory, corners, cells_at_once):
    hull = shapely.MultiPoint(corners).convex_hull
    if hull.area < 1e-4:
        return
    path = tmp_path_factory.mktemp("grid") / "grid.tif"
    grid = {"height": 20, "width": 30, "count": 1, "dtype": "float64", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", driver="GTiff", transform=from_origin(114.0, 22.6, 0.01, 0.01), **grid) as raster:
        raster.write(np.arange(600.0).reshape(1, 20, 30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CELLS", cells_at_once)
        cells = read_population(path, within=hull)
    x, y = np.meshgrid(114.005 + 0.01 * np.arange(30), 22.595 - 0.01 * np.arange(20))
    boxes = shapely.box(x - 0.005, y - 0.005, x + 0.005, y + 0.005)
    expected = np.arange(600.0).reshape(20, 30) * shapely.area(shapely.intersection(boxes, hull)) / 1e-4
    assert cells["people"].sum() == pytest.approx(expected.sum(), rel=1e-5)
    assert (cells["people"] > 0).all()


def test_outlines_overlap_hold_holes_and_come_in_any_crs(write):
    path = write(np.ones((2, 3)))
    square = shapely.box(114.05, 22.42, 114.25, 22.58)
    ring = square.difference(shapely.box(114.1, 22.45, 114.2, 22.55))
    twice = gpd.GeoDataFrame(geometry=[ring, shapely.box(114.05, 22.42, 114.1, 22.58)], crs="EPSG:4326")
    once = read_population(path, within=ring)["people"].sum()
    assert once == pytest.approx((0.2 * 0.16 - 0.1 * 0.1) / 0.01, rel=1e-6)
    for within in (twice, twice.geometry, twice.segmentize(1e-3).to_crs("EPSG:32650")):
        assert read_population(path, within=within)["people"].sum() == pytest.approx(once, rel=1e-6)


def test_all_of_a_grid_is_within_an_outline_round_it(write):
    path = write()
    assert read_population(path, within=shapely.box(100, 10, 130, 40)).equals(read_population(path))


@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"blockysize": 3}])
def test_windows_follow_the_blocks_of_the_file_and_miss_nothing(write, monkeypatch, layout):
    counts = np.random.default_rng(1).random((70, 50))
    path = write(counts, transform=from_origin(114.0, 22.6, 0.001, 0.001), **layout)
    whole = read_population(path)
    monkeypatch.setattr(module, "_CELLS", 300)
    parts = read_population(path)
    assert np.array_equal(np.sort(whole["people"]), np.sort(counts.astype(np.float32).ravel()))
    both = [frame.sort_values(["lat", "lon"], ignore_index=True) for frame in (whole, parts)]
    assert both[0].equals(both[1])


def test_memory_follows_the_window_and_not_the_raster(tmp_path):
    path = tmp_path / "large.tif"
    grid = {"height": 6000, "width": 6000, "count": 1, "dtype": "float32", "tiled": True, "compress": "deflate"}
    with rasterio.open(path, "w", driver="GTiff", crs=4326, transform=from_origin(110, 25, 0.001, 0.001), **grid) as r:
        r.write(np.ones((512, 512), dtype=np.float32), 1, window=((2000, 2512), (3000, 3512)))
    tracemalloc.start()
    try:
        cells = read_population(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(cells) == 512 * 512
    assert peak < 100e6  # all of it would be 144 MB of float32, and twice that of float64


def test_faults_of_files_are_told(write, tmp_path):
    text = tmp_path / "text.tif"
    text.write_text("lon,lat,people\n")
    cut = write(np.random.default_rng(1).random((400, 400)), name="cut.tif")
    cut.write_bytes(cut.read_bytes()[:100_000])
    upside = {"crs": "EPSG:4326", "name": "negative.tif", "nodata": None}
    faults = {
        "does not exist, or is no file. Check the path": tmp_path / "none.tif",
        "or is no file": tmp_path,
        "text.tif is no raster, or cut short": text,
        "cut.tif is no raster, or cut short": cut,
        "has 2 bands, and which of them counts people cannot be known.*gdal_translate": write(
            np.ones((2, 3, 2)), name="bands.tif"
        ),
        "has no CRS, so nobody knows where it is.*gdal_edit": write(crs=None, name="crs.tif"),
        "counts -99 people in the cell at 114.0500, 22.4500, which cannot be.*a_nodata -99": write(**upside),
        "counts inf people": write([[1, np.inf]], name="infinite.tif"),
        "has no cell with people in it": write(np.zeros((2, 2)), name="nobody.tif"),
        "people where its CRS has no place on Earth": write(
            crs="ESRI:54009", transform=from_origin(-18e6, 9e6, 1000, 1000), name="off.tif"
        ),
        "has a CRS from which no way leads to WGS-84": write(crs='LOCAL_CS["a quarry",UNIT["metre",1]]', name="q.tif"),
    }
    for message, path in faults.items():
        with pytest.raises(DataFileError, match=message):
            read_population(path)


def test_a_raster_without_any_georeference_is_one_error(tmp_path):
    path = tmp_path / "bare.tif"
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        rasterio.open(path, "w", driver="GTiff", height=1, width=1, count=1, dtype="uint8").close()
    with pytest.raises(DataFileError, match="has no CRS"):
        read_population(path)


@pytest.mark.parametrize(
    ("within", "message"),
    [
        (shapely.box(0, 0, 1, 1), "within lies beside .*grid.tif, whose columns and rows.*Check its CRS"),
        (shapely.box(114.11, 22.51, 114.19, 22.59), "has no cell with people inside within"),
        (shapely.Point(114.05, 22.55), "within must be of polygons, got Point"),
        (shapely.Polygon(), "within must be of polygons, got none"),
        ("Shenzhen", "within must be a polygon, a GeoSeries or a GeoDataFrame, got str"),
        (gpd.GeoSeries([shapely.box(114, 22, 115, 23)]), "within has no CRS.*set_crs"),
    ],
)
def test_faults_of_outlines_are_told(write, within, message):
    with pytest.raises(ParameterError, match=message):
        read_population(write(), within=within)


def test_an_outline_beyond_the_projection_of_the_raster_is_refused(write):
    path = write(crs="ESRI:102034", transform=from_origin(0, 0, 1000, 1000))  # gnomonic: only half of the Earth
    with pytest.raises(ParameterError, match=r"within reaches further than the CRS of .*grid\.tif does"):
        read_population(path, within=shapely.box(-170, -80, 170, 80))


@pytest.mark.parametrize("library", ["rasterio", "exactextract"])
def test_who_has_not_installed_the_extra_is_told(write, monkeypatch, library):
    path = write()
    monkeypatch.setitem(sys.modules, f"{library}.{'errors' if library == 'rasterio' else 'raster'}", None)
    with pytest.raises(ParameterError, match=rf"read with {library}: pip install 'commute-circles\[population\]'"):
        read_population(path, within=shapely.box(114, 22.4, 114.15, 22.5))
