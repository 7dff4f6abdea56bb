import geopandas as gpd
import numpy as np
import pytest
import shapely

import commute
from commute import DataFileError, ParameterError, Streets

METRE = 1 / 111_319.49  # degrees at the equator


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    """Five junctions 500 m and six minutes apart, both ways; named and of a class."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUTE_CACHE", str(tmp_path_factory.mktemp("orders")))
        tail, head = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4])
        said = {"road": ["residential"] * 8, "name": ["High Street"] * 8}
        ends = np.concatenate([tail, head]), np.concatenate([head, tail])
        lon = np.arange(5) * 500 * METRE
        yield Streets.from_arrays(*ends, [6] * 8, lon, [0] * 5, attributes=said, mode="walk", source="made").prepare()


def test_circles_agree_with_reach(streets):
    circles = commute.isochrones(streets, [0, 2], (7, 13), weights=[1, 2, 4, 8, 16])
    counted = commute.reach(streets, [0, 2], (7, 13), weights=[1, 2, 4, 8, 16])
    assert circles["people"].tolist() == counted["people"].tolist() == [3, 7, 14, 31]
    assert circles["node"].tolist() == [0, 0, 2, 2]
    assert circles.crs == "EPSG:4326"
    assert circles.is_valid.all()
    assert (circles["area_km2"] > 0.05).all()
    assert circles.geometry.iloc[1].covers(circles.geometry.iloc[0])
    assert circles.attrs["manifest"]["source"] == "made"
    assert circles.attrs["manifest"]["mode"] == "walk"
    assert commute.isochrones(streets, [0], 7)["junctions"].tolist() == [2]


def test_an_origin_without_a_street_is_said_and_the_rest_go_on(streets):
    points = gpd.GeoSeries.from_xy([0.0, 1.0], [0.0, 0.0], index=["near", "far"], crs="EPSG:4326")
    circles = commute.isochrones(streets, points, 10, threads=2)
    assert circles["status"].tolist() == ["reached", "unsnapped"]
    assert circles.geometry.is_empty.tolist() == [False, True]
    assert circles["area_km2"].iloc[1] == 0


def test_a_surface_has_the_circles_as_contours(streets):
    grid = commute.surface(streets, [0, 4], 9)
    assert grid.dims == ("y", "x")
    assert float(grid.min()) < 0.2
    assert float(grid.max()) <= 9
    assert (np.diff(grid["y"]) < 0).all()
    area = np.isfinite(grid.to_numpy()).sum() * (grid["x"][1] - grid["x"][0]).item() ** 2 / 1e6
    both = commute.isochrones(streets, [0, 4], 9)["area_km2"].sum()
    assert area == pytest.approx(both, rel=0.25)


def test_a_surface_is_written_and_read_back(streets, tmp_path):
    rasterio = pytest.importorskip("rasterio")
    grid = commute.surface(streets, [0], 9)
    commute.write_surface(grid, tmp_path / "minutes.tif")
    with rasterio.open(tmp_path / "minutes.tif") as file:
        np.testing.assert_array_equal(file.read(1), grid.to_numpy())
        x, y = file.xy(3, 4)
        assert (x, y) == pytest.approx((float(grid["x"][4]), float(grid["y"][3])))
        assert "Lambert" in file.crs.to_wkt()
    with pytest.raises(ParameterError, match="x rising and y falling"):
        commute.write_surface(grid[::-1], tmp_path / "upside-down.tif")
    with pytest.raises(ParameterError, match="dimensions y, x and a crs"):
        commute.write_surface(grid.T, tmp_path / "turned.tif")
    with pytest.raises(DataFileError, match="is not a folder"):
        commute.write_surface(grid, tmp_path / "nowhere" / "minutes.tif")


def test_edges_are_cut_where_time_ends(streets):
    lines = commute.edges_within(streets, [0], 9)
    onward = lines[lines["to_minutes"] > lines["from_minutes"]]
    assert onward["to_minutes"].max() == 9
    assert onward.total_bounds[2] / METRE == pytest.approx(750, abs=0.5)
    assert set(lines["name"]) == {"High Street"}
    assert lines["cutoff"].unique().tolist() == [9]


def test_edges_towards_end_where_they_lead(streets):
    lines = commute.edges_within(streets, [4], 9, direction="to")
    last = lines[lines["arc"] == 2].iloc[0]  # from junction 2 to 3
    assert (last["from_minutes"], last["to_minutes"]) == (9, 6)
    ends = shapely.get_coordinates(last.geometry)[:, 0] / METRE
    assert ends == pytest.approx([1250, 1500], abs=0.5)


def test_an_audit_finds_little_wrong(streets):
    circles = commute.isochrones(streets, [0, 2], (7, 13))
    report = commute.audit(circles, streets)
    assert report["valid"].all()
    assert report["nested"].all()
    assert (report[["people_falsely_in", "people_falsely_out"]] == 0).all(axis=None)
    assert (report["outline_error_m"] < 10).all()
    moved = circles.set_geometry(circles.translate(700 * METRE))
    wrong = commute.audit(moved, streets, weights=[1, 2, 4, 8, 16])
    assert wrong["people_falsely_out"].iloc[0] == 3
    assert wrong["area_falsely_in_km2"].iloc[0] > 0.05
    assert wrong["boundary_error_m"].iloc[0] > 500


def test_a_cliff_tells_what_minutes_change(streets):
    frame = commute.cliff(streets, [0], (10, 16), by=4, weights=[1, 2, 4, 8, 16])
    assert frame["people"].tolist() == [3, 7]
    assert frame["people_lost"].tolist() == [0, 0]
    assert frame["people_gained"].tolist() == [4, 8]
    assert (frame["area_km2_gained"] > 0).all()
    assert frame.attrs["manifest"]["source"] == "made"


def test_a_cliff_of_a_network():
    bay = commute.load("greater-bay-area").as_of("2024-07-01")
    frame = commute.cliff(bay, ["Shenzhen"], 60)
    around = commute.reach(bay, ["Shenzhen"], (55, 60, 65))["people"]
    assert frame["people"].tolist() == [around[1]]
    assert frame["people_lost"].tolist() == [around[1] - around[0]]
    assert frame["people_gained"].tolist() == [around[2] - around[1]]
    assert frame.attrs["manifest"]["as_of"] == "2024-07-01"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda s: commute.cliff(s, [0], 5), "by must be above 0 and below every cutoff, got 5 and 5 minutes"),
        (lambda s: commute.surface(s, [9]), "Junctions are numbered"),
        (lambda s: commute.isochrones(s, [0], direction="up"), "direction cannot be 'up'"),
        (lambda s: commute.edges_within(s, [0], -1), "A cutoff must be a number of minutes above 0"),
        (lambda s: commute.audit(commute.isochrones(s, [0]), s, weights=[1]), "weights must be one number for each"),
        (
            lambda s: commute.audit(commute.isochrones(s, [0]), s, assumptions=commute.Assumptions()),
            "leave assumptions and streets out",
        ),
        (lambda s: commute.audit(commute.isochrones(s, [0]), None, weights=[1]), "leave the weights out"),
    ],
)
def test_faults_are_refused(streets, ask, message):
    with pytest.raises(ParameterError, match=message):
        ask(streets)
