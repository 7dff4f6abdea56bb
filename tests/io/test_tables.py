"""Networks as files: back the same from every format, all or nothing on disk, and clear words for what is wrong."""

import datetime as dt
import string

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from commute.errors import DataFileError, ParameterError, TableError
from commute.io import coordinates, datasets, files, tables
from commute.model.network import Network, Region

pytestmark = pytest.mark.usefixtures("data")

SUFFIXES = ["", ".gpkg", ".parquet"]

text = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"], exclude_characters="\ufeff"), min_size=1, max_size=12
).filter(lambda value: value.strip() == value)
number = st.none() | st.floats(1e-6, 1e12)
day = st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


@st.composite
def networks(draw):
    """A valid network of cities with arbitrary names, numbers and dates."""
    count = draw(st.integers(2, 5))
    ids = [f"city-{letter}" for letter in string.ascii_lowercase[:count]]
    names = draw(st.lists(text, min_size=count, max_size=count, unique_by=str.casefold))

    def column(values):
        return draw(st.lists(values, min_size=count, max_size=count))

    places = pd.DataFrame({"place_id": ids, "name": names, "kind": "city", "territory": "CN", "source": "s"})
    places["lon"], places["lat"] = column(st.floats(110, 112)), column(st.floats(22, 24))
    for name in ("population", "gdp", "area_km2", "access_minutes"):
        places[name] = column(number)
    places["population_year"] = column(st.none() | st.integers(1900, 2100))
    line = {"mode": "rail", "access": "stops", "status": "operating", "headway_minutes": 7.5, "source": "s; t"}
    opened = draw(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
    lines = pd.DataFrame([{"line_id": "l", "name": draw(text), "opened": opened} | line])
    links = pd.DataFrame({"line_id": "l", "from_id": ids[:-1], "to_id": ids[1:], "quality": "estimated", "source": "t"})
    links["minutes"] = column(st.floats(1e-3, 1e4))[1:]
    links["oneway"] = column(st.booleans())[1:]
    sources = pd.DataFrame({"source_id": ["s", "t"], "title": column(text)[:2], "licence": "facts"})
    sources["retrieved"] = [draw(day), draw(day)]
    cores = draw(st.integers(0, count))
    named = Region("r", "R", "区", "tier", "METRO", tuple(ids), tuple(ids[:cores]), "s")
    box = draw(st.tuples(st.floats(100, 110), st.floats(10, 20)))
    land = gpd.GeoDataFrame({"name": ["land"]}, geometry=[shapely.box(*box, 120, 30)], crs=files.WGS84)
    return Network(
        places,
        lines,
        links,
        sources,
        region=draw(st.sampled_from([None, named])),
        land=draw(st.sampled_from([None, land])),
        date=draw(day),
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(network=networks())
def test_what_is_written_is_read_back_equal(tmp_path, suffix, network):
    path = tmp_path / f"network{suffix}"
    tables.write_network(network, path)
    assert tables.read_network(path).equals(network)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_shipped_region_goes_there_and_back_and_over_itself(tmp_path, suffix):
    bay = datasets.load("the-bay").as_of("2024-07-01")
    path = tmp_path / f"bay{suffix}"
    for _ in range(2):
        tables.write_network(bay, str(path))
        assert tables.read_network(str(path)).equals(bay)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["data", path.name])


def test_the_csv_is_fit_for_people(tmp_path):
    tables.write_network(datasets.load("the-bay"), tmp_path / "bay")
    lines = (tmp_path / "bay" / "links.csv").read_text("utf-8").splitlines()
    assert lines[0] == (
        "line_id,from_id,to_id,minutes,fastest_minutes,length_km,speed_limit_kmh,oneway,trains_per_day,opened,closed,"
        "quality,source"
    )
    assert lines[2] == "railway,beta-station,gamma-station,28,,,,false,,,,timetable,timetable"
    assert "2011-12-26" in (tmp_path / "bay" / "lines.csv").read_text("utf-8")


# ------------------------------------------------------------------ all or nothing


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_former_network(tmp_path, monkeypatch, suffix, error):
    path = tmp_path / f"bay{suffix}"
    former = datasets.load("delta")
    tables.write_network(former, path)

    def half(layers, beside):
        tables_format.write(dict(list(layers.items())[:2]), beside)
        raise error

    tables_format = tables.FORMATS[suffix]
    monkeypatch.setitem(tables.FORMATS, suffix, tables_format._replace(write=half))
    with pytest.raises(type(error)):
        tables.write_network(datasets.load("the-bay"), path)
    assert tables.read_network(path).equals(former)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["data", path.name])


def test_a_folder_steps_back_when_the_new_one_cannot_take_its_place(tmp_path):
    folder = tmp_path / "bay"
    folder.mkdir()
    (folder / "places.csv").write_text("former")
    with pytest.raises(FileNotFoundError), files.replacing(folder):
        pass  # nothing was written beside
    assert (folder / "places.csv").read_text() == "former"


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    bay = datasets.load("the-bay")
    named = Region("The Bay", "", "湾区", "tier", "METRO", ("alpha",), ("alpha",), "plan")
    bad = Network(bay.places, bay.lines, bay.links, bay.sources, region=named)
    with pytest.raises(TableError, match=r"regions, line 2 \(The Bay\), region: is not an identifier"):
        tables.write_network(bad, tmp_path / "bay")
    assert not (tmp_path / "bay").exists()


def test_other_files_are_not_removed(tmp_path):
    bay = datasets.load("the-bay")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("years")
    with pytest.raises(DataFileError, match=r"mine holds other files \(thesis\.docx\)\. Choose an empty folder"):
        tables.write_network(bay, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.docx").exists()
    with pytest.raises(DataFileError, match=r"is a file, not a folder\. Choose another name"):
        tables.write_network(bay, _touched(tmp_path / "file"))
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(DataFileError, match=r"folder\.gpkg is a folder, not a file"):
        tables.write_network(bay, tmp_path / "folder.gpkg")
    with pytest.raises(DataFileError, match=r"nowhere is not a folder\. Create it first"):
        tables.write_network(bay, tmp_path / "nowhere" / "bay.gpkg")
    with pytest.raises(ParameterError, match=r"bay\.shp has the suffix '\.shp'\. The formats are .*\.gpkg, \.parquet"):
        tables.write_network(bay, tmp_path / "bay.shp")


def _touched(path):
    path.touch()
    return path


# ------------------------------------------------------------------ what is wrong with files


@pytest.fixture
def bay(tmp_path):
    """Return a folder of CSVs to spoil."""
    tables.write_network(datasets.load("the-bay"), tmp_path / "bay")
    return tmp_path / "bay"


def recoded(path, change):
    path.write_bytes(change(path.read_bytes().decode("utf-8")))


def test_a_byte_order_mark_of_excel_is_no_matter(bay):
    expected = tables.read_network(bay)
    for path in bay.glob("*.csv"):
        recoded(path, lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert tables.read_network(bay).equals(expected)


def test_blank_lines_and_columns_at_the_end_are_no_matter(bay):
    expected = tables.read_network(bay)
    recoded(bay / "links.csv", lambda text: text.replace("\n", ",,\n").encode() + b",,,\n\n")
    assert tables.read_network(bay).equals(expected)


SPOILT = [
    (lambda text: text.encode("gbk"), r"places\.csv is not UTF-8: byte 0xBC at position 140 \(line 2\)\. It .* GBK\."),
    (lambda text: text.encode("utf-16"), r"It looks like UTF-16\. Save it as UTF-8"),
    (lambda text: text.encode() + b"\xff\xff\n", r"It looks like no encoding known here"),
    (lambda text: text.replace(",", ";").encode(), r"places\.csv is separated by semicolons\. Save it as a CSV file"),
    (lambda text: text.replace(",", "\t").encode(), r"places\.csv is separated by tabs"),
    (lambda _: b"", r"places\.csv is empty\. It needs a header line"),
    (lambda text: text.replace("Alpha", "Alpha, the first", 1).encode(), r"line 2 has 16 values, its header 15\. "),
    (lambda text: text.encode() + b'"open', r"places\.csv is not a CSV file: unexpected end of data"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), SPOILT)
def test_a_spoilt_csv_is_said(bay, change, said):
    recoded(bay / "places.csv", change)
    with pytest.raises(DataFileError, match=said):
        tables.read_network(bay)


def test_faults_of_a_csv_are_said_with_their_line(bay):
    recoded(bay / "links.csv", lambda text: text.replace("31.7", "-31.7").replace(",28,", ",fast,").encode())
    with pytest.raises(TableError, match=r"2 faults in the tables") as caught:
        tables.read_network(bay)
    first, second = sorted(str(fault) for fault in caught.value.faults)
    assert first.startswith(
        "links, line 2 (railway, alpha-station, beta-station), minutes: is zero or negative (got -31.7)"
    )
    assert second.startswith(
        "links, line 3 (railway, beta-station, gamma-station), minutes: is not a finite number (got f"
    )


def test_missing_files_are_said(bay, tmp_path):
    with pytest.raises(DataFileError, match=r"nothing does not exist\. Check the path"):
        tables.read_network(tmp_path / "nothing")
    (bay / "links.csv").unlink()
    with pytest.raises(
        DataFileError, match=r"links\.csv does not exist\. A network needs places, lines, links, sources"
    ):
        tables.read_network(bay)
    with pytest.raises(DataFileError, match=r"lines\.csv is not a network\. Give a GeoPackage"):
        tables.read_network(bay / "lines.csv")


def test_a_network_without_region_land_and_manifest_is_one_too(bay):
    for name in ("regions.csv", "region_members.csv", "land.geojson", "manifest.csv"):
        (bay / name).unlink()
    network = tables.read_network(bay)
    assert network.region is None
    assert network.land is None
    assert network.date is None


def test_a_wrong_manifest_or_land_is_said(bay):
    recoded(bay / "manifest.csv", lambda text: text.replace("as_of,", "as_of,soon").encode())
    with pytest.raises(DataFileError, match=r"as_of in the manifest is no date .*Write YYYY-MM-DD"):
        tables.read_network(bay)
    recoded(bay / "land.geojson", lambda text: text[:100].encode())
    with pytest.raises(DataFileError, match=r"land\.geojson is not a GeoJSON feature collection: JSONDecodeError"):
        tables.read_network(bay)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_truncated_geopackage_is_said(tmp_path, share):
    path = tmp_path / "bay.gpkg"
    tables.write_network(datasets.load("the-bay"), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DataFileError, match=rf"bay\.gpkg is truncated: \d+ of {len(whole)} bytes are there\. Copy it"):
        tables.read_network(path)


def test_what_is_no_geopackage_is_said(tmp_path):
    path = tmp_path / "bay.gpkg"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(DataFileError, match=r"bay\.gpkg is not a GeoPackage\. Export it again"):
        tables.read_network(path)
    tables.write_network(datasets.load("the-bay"), path)
    raw = bytearray(path.read_bytes())
    raw[4096:8192] = b"\x5a" * 4096
    path.write_bytes(raw)
    with pytest.raises(DataFileError, match=r"bay\.gpkg is damaged: .+\. Copy or export it again"):
        tables.read_network(path)


def test_a_geopackage_without_links_is_said(tmp_path):
    path = tmp_path / "bay.gpkg"
    pyogrio.write_dataframe(datasets.load("the-bay").places.reset_index(), path, layer="places")
    with pytest.raises(DataFileError, match=r"bay\.gpkg has no layer lines, links, sources\. A network needs places"):
        tables.read_network(path)


def spoilt_places(path, change):
    """Put other places into a GeoPackage or a folder of GeoParquet."""
    network = datasets.load("the-bay")
    tables.write_network(network, path)
    places = change(network.places.reset_index().drop(columns=["lon", "lat"]))
    if path.suffix == ".gpkg":
        pyogrio.write_dataframe(places, path, layer="places")
    else:
        places.to_parquet(path / "places.parquet")
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
def test_coordinate_systems_are_minded(tmp_path, suffix):
    path = spoilt_places(tmp_path / f"bay{suffix}", lambda places: places.to_crs("EPSG:32650"))
    there, here = tables.read_network(path).places, datasets.load("the-bay").places
    assert there["lon"].to_numpy() == pytest.approx(here["lon"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_a_missing_coordinate_system_is_said(tmp_path, suffix):
    path = spoilt_places(tmp_path / f"bay{suffix}", lambda places: places.set_crs(None, allow_override=True))
    with pytest.raises(DataFileError, match=r"layer places has no coordinate system \(CRS\)\. Set the one it is in"):
        tables.read_network(path)


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
def test_places_must_be_points(tmp_path, suffix):
    path = spoilt_places(
        tmp_path / f"bay{suffix}", lambda places: places.set_geometry(shapely.buffer(places.geometry, 1))
    )
    with pytest.raises(DataFileError, match=r"layer places holds Polygon, not only points\. Export points"):
        tables.read_network(path)


def test_broken_parquet_and_parquet_without_geometry_are_said(tmp_path):
    path = tmp_path / "bay.parquet"
    tables.write_network(datasets.load("the-bay"), path)
    (path / "links.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataFileError, match=r"links\.parquet is not a readable Parquet file: .*Write it again"):
        tables.read_network(path)
    pd.DataFrame({"place_id": ["a"]}).to_parquet(path / "places.parquet")
    with pytest.raises(DataFileError, match=r"places\.parquet is not a readable Parquet file: Missing geo metadata"):
        tables.read_network(path)
    (path / "lines.parquet").unlink()
    (path / "places.parquet").unlink()
    pyogrio.write_dataframe(pd.DataFrame({"place_id": ["a"]}), tmp_path / "flat.gpkg", layer="places")
    for name in ("lines", "links", "sources"):
        pyogrio.write_dataframe(pd.DataFrame({"id": ["a"]}), tmp_path / "flat.gpkg", layer=name)
    with pytest.raises(DataFileError, match=r"flat\.gpkg, layer places has no geometry\. Export it with its points"):
        tables.read_network(tmp_path / "flat.gpkg")


@pytest.mark.parametrize(
    ("shift", "system", "convert"),
    [
        (coordinates.wgs84_to_gcj02, "GCJ-02", "gcj02_to_wgs84"),
        (coordinates.wgs84_to_bd09, "BD-09", "bd09_to_wgs84"),
    ],
)
def test_places_off_the_known_ones_by_a_shift_are_refused(bay, shift, system, convert):
    places = pd.read_csv(bay / "places.csv")
    places["lon"], places["lat"] = shift(places["lon"], places["lat"])
    places.to_csv(bay / "places.csv", index=False)
    with pytest.raises(
        TableError,
        match=rf"12 faults(.|\n)*line 2 \(alpha\), lon: lon 113\.0\d+, lat 2\d\.\d+ is where {system} puts this place, "
        rf"not WGS-84 \(got 113\.0\d+\); convert with commute\.{convert}\.",
    ):
        tables.read_network(bay)


@given(st.floats(0.001, 0.02), st.floats(-0.02, -0.001))
def test_places_that_were_moved_are_no_fault(east, north):
    known = pd.DataFrame({"lon": [113.0], "lat": [23.0]}, index=["a"])
    shifted = [shift(113.0, 23.0) for shift in (coordinates.wgs84_to_gcj02, coordinates.wgs84_to_bd09)]
    assume(all(abs(113 + east - x) + abs(23 + north - y) > 0.0012 for x, y in shifted))
    assert coordinates.looks_shifted(known.add([east, north]), known).empty
