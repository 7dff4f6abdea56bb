"""Wrong input: one clear error, in Python and on the command line, and nothing written."""

from __future__ import annotations

import math
import re
import shutil

import command_line
import geopandas as gpd
import matplotlib as mpl
import pandas as pd
import pyogrio
import pytest
from command_line import small_region

import commute
from commute import edits
from commute.errors import (
    BasisError,
    DataFileError,
    ParameterError,
    ScenarioError,
    TableError,
    UnknownNameError,
)

mpl.use("Agg")

MISSPELT = r"No place is called 'Alfa'\. Did you mean 'Alpha' \(甲\)\?"


@pytest.fixture(scope="module")
def isle():
    return small_region()


@pytest.fixture(scope="module")
def whole(isle, tmp_path_factory):
    """Write the small region in every format."""
    folder = tmp_path_factory.mktemp("whole")
    for name in ("csv", "isle.gpkg", "isle.parquet"):
        commute.write_network(isle, folder / name)
    return folder


@pytest.fixture
def given_(whole, tmp_path, monkeypatch):
    """Return a copy of the files to spoil, away from the folder that the test works in."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return shutil.copytree(whole, tmp_path / "given")


@pytest.fixture
def refused(capsys, monkeypatch, given_):
    """Run the command line and assert that it ends with this message, status 2, no data and no file."""

    def check(said, *words, lines=1):
        before = {path: path.read_bytes() for path in given_.parent.rglob("*") if path.is_file()}
        status, out, err = command_line.run(capsys, monkeypatch, *words)
        assert (status, out) == (2, "")
        assert re.match(rf"commute: .*{said}", err, flags=re.DOTALL), err
        assert len(err.splitlines()) == lines
        assert "Traceback" not in err
        assert {path: path.read_bytes() for path in given_.parent.rglob("*") if path.is_file()} == before

    return check


def rewritten(path, **cells):
    """Change a cell of a CSV file: ``column=(row, value)``."""
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    for column, (row, value) in cells.items():
        frame.loc[row, column] = value
    frame.to_csv(path, index=False)


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    "ask",
    [
        lambda isle: commute.travel_times(isle, ["Alfa"]),
        lambda isle: commute.travel_times(isle, ["Alpha"], ["Alfa"]),
        lambda isle: commute.reach(isle, "Alfa"),
        lambda isle: commute.isochrones(isle, ["Alfa"]),
        lambda isle: commute.journeys(isle, "Alpha", "Alfa"),
        lambda isle: commute.compare(isle, commute.Scenario("s", ()), origins=["Alfa"]),
    ],
    ids=["travel_times", "destination", "reach", "isochrones", "journeys", "compare"],
)
def test_an_unknown_place_is_said_with_the_nearest(isle, ask):
    with pytest.raises(UnknownNameError, match=MISSPELT):
        ask(isle)


@pytest.mark.parametrize(
    "words",
    [
        ["reach", "REGION", "Alfa", "--map", "alfa.png"],
        ["journey", "REGION", "Alpha", "Alfa"],
        ["compare", "REGION", "2015-01-01", "--origin", "Alfa", "--page", "alfa.html", "--map", "alfa.png"],
    ],
)
def test_an_unknown_place_on_the_command_line(refused, given_, words):
    refused(MISSPELT + "\n$", *(given_ / "isle.gpkg" if word == "REGION" else word for word in words))


def test_unknown_regions_and_scenarios_are_said_with_the_nearest(refused):
    said = r"No region is called 'greater-bay-aria'\. Did you mean greater-bay-area \(粤港澳大湾区\)\?"
    with pytest.raises(UnknownNameError, match=said):
        commute.load("greater-bay-aria")
    refused(said, "score", "greater-bay-aria")
    said = r"No scenario is called 'xrl-headway-halfed'\. Did you mean xrl-headway-halved\?"
    with pytest.raises(UnknownNameError, match=said):
        commute.scenario("xrl-headway-halfed")
    refused(said, "compare", "greater-bay-area", "xrl-headway-halfed")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["raech"], r"No such command 'raech'\. Did you mean 'reach'\? See 'commute --help'\."),
        (["reach", "a", "b", "--formt", "csv"], r"No such option: --formt .*--format.*\. See 'commute reach --help'\."),
        (["reach", "a", "b", "--format", "jsn"], r"No format is called 'jsn'\. Did you mean json\?"),
        (["score", "a", "--format", "geojson"], r"No format is called 'geojson'\. (Did you mean|Known:).* json"),
        (["reach", "a", "b", "--basis", "door"], r"No basis is called 'door'\. Known: .*door_to_door"),
        (["reach", "a", "b", "--direction", "of"], r"No direction is called 'of'\. Known: from, to\."),
        (["score", "a", "--profile", "METRE"], r"No profile is called 'METRE'\. Did you mean METRO\?"),
        (["compare", "a", "b", "--result", "pair"], r"No result is called 'pair'\. Did you mean pairs\?"),
        (["reach", "a"], r"Missing argument 'PLACE'\. See 'commute reach --help'\."),
        (["verify", "now"], r"Got unexpected extra argument\(s\) \(now\)\. See 'commute verify --help'\."),
        (["reach", "a", "b", "--minutes"], r"Option '--minutes' requires an argument\."),
        (["reach", "a", "b", "--minutes", "soon"], r"'soon' is not a number of minutes\. See 'commute reach --help'\."),
        (["compare", "a", "b", "--result", "pairs", "--format", "geojson"], r"geojson needs ground: --result areas or"),
        (["reach", "a", "b", "--as-of", "soon"], r"'soon' is not a date: write it as 2024-07-01\."),
        (["timeline", "a", "99999"], r"'99999' is not a date: write it as 2024-07-01\."),
        (["reach", "", "b"], r"No region is called ''\. Known: beijing-tianjin-hebei"),
        (["reach", "a.gpkg", "b"], r"a\.gpkg does not exist\. Check the path\."),
        (["reach", "./a", "b"], r"a does not exist\. Check the path\."),
        (["demo", "--folder", "none"], r"none is not a folder\. Create it first\."),
        (["reach", "a", "b", "--map", "map.doc"], r"'map\.doc' is no picture: end its name in \.png"),
        (["compare", "a", "b", "--page", "none/p.html"], r"none is not a folder\. Create it first\."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_words_are_one_line(refused, words, said):
    refused(said, *words)


def test_what_cannot_be_drawn_is_refused_before_the_work(refused, given_):
    said, region = r"In vehicle there is no ground to draw: leave --map and geojson, or choose", given_ / "isle.gpkg"
    refused(said, "reach", region, "alpha", "--map", "m.png", "--basis", "in_vehicle")
    refused(said, "compare", region, "2015-01-01", "--format", "geojson", "--basis", "in_vehicle")


def test_a_page_never_takes_the_place_of_a_folder(isle, refused, given_, tmp_path):
    (tmp_path / "here" / "mine.html").mkdir()
    (tmp_path / "here" / "mine.html" / "thesis.txt").write_text("years")
    said = r"mine\.html is a folder, not a file\. Choose another name\."
    refused(said, "compare", given_ / "isle.gpkg", "2015-01-01", "--page", "mine.html")
    result = commute.compare(isle, isle.as_of("2015-01-01"))
    with pytest.raises(DataFileError, match=said):
        commute.write_page(result, "mine.html")
    assert (tmp_path / "here" / "mine.html" / "thesis.txt").read_text() == "years"


# ------------------------------------------------------------------ numbers and dates


@pytest.mark.parametrize("cutoff", [0, -5, math.nan, math.inf])
def test_a_cutoff_is_above_zero(isle, refused, given_, cutoff):
    said = rf"A cutoff must be a number of minutes above 0, got {cutoff:g}\."
    for ask in (commute.reach, commute.isochrones):
        with pytest.raises(ParameterError, match=said):
            ask(isle, ["alpha"], (30, cutoff))
    with pytest.raises(ParameterError, match=said):
        commute.travel_times(isle, cutoff=cutoff)
    with pytest.raises(ParameterError, match=said):
        commute.compare(isle, isle.as_of("2015-01-01"), cutoffs=[cutoff])
    refused(said, "reach", given_ / "isle.gpkg", "alpha", "--minutes", "30", f"{cutoff:g}", "--map", "m.png")


def test_a_date_is_a_date(isle, refused, given_):
    said = r"'30 June 2024' is not a date: write it as 2024-07-01\."
    with pytest.raises(ParameterError, match=said):
        isle.as_of("30 June 2024")
    with pytest.raises(ParameterError, match=said):
        commute.timeline(isle, ["30 June 2024"])
    refused(said, "score", given_ / "isle.gpkg", "--as-of", "30 June 2024")
    refused(said, "timeline", given_ / "isle.gpkg", "30 June 2024")


# ------------------------------------------------------------------ faults of tables

TABLES = [
    ("links", {"minutes": (2, "-12")}, r"links, line 4 \(railway, .*\), minutes: is zero or negative \(got -12\)"),
    ("links", {"minutes": (2, "nan")}, r"links, line 4 \(railway, .*\), minutes: is not a finite number \(got nan\)"),
    ("links", {"minutes": (2, "inf")}, r"links, line 4 \(railway, .*\), minutes: is not a finite number \(got inf\)"),
    ("links", {"to_id": (2, "beta-staton")}, r"to_id: no row of places is called 'beta-staton' .*beta-station"),
    ("links", {"line_id": (2, "ralway")}, r"line_id: no row of lines is called 'ralway' .*nearest: railway"),
    ("places", {"lon": (2, "0.5"), "lat": (2, "114.2")}, r"lon 0\.5 and lat 114\.2 look swapped .*exchange them"),
    ("places", {"source": (0, "nobody")}, r"source: no row of sources is called 'nobody'"),
]


@pytest.mark.parametrize(("table", "cells", "said"), TABLES, ids=[said[:40] for _, _, said in TABLES])
def test_a_fault_of_a_table_is_said_with_its_place(refused, given_, table, cells, said):
    rewritten(given_ / "csv" / f"{table}.csv", **cells)
    with pytest.raises(TableError, match=rf"(?s)1 fault in the tables:.*{said}"):
        commute.read_network(given_ / "csv")
    refused(rf"1 fault in the tables:\n  .*{said}", "score", given_ / "csv", lines=2)


def test_a_missing_number_of_a_frame_is_as_wrong_as_one_of_a_file(isle):
    links = isle.links.assign(minutes=[math.nan, math.nan, math.nan])
    with pytest.raises(TableError, match=r"links, line 4 .* minutes: a rail link needs minutes; give the median"):
        isle.with_tables(links=links)
    places = pd.concat([isle.places, isle.places.iloc[[0]]])
    with pytest.raises(TableError, match=r"places, line 9 \(alpha\), place_id: is there already"):
        commute.Network(places, isle.lines, isle.links, isle.sources)


@pytest.mark.parametrize("minutes", [-5, 0, math.nan, math.inf])
def test_a_scenario_gives_no_link_less_than_no_time(refused, given_, minutes):
    said = r"Retime: minutes: Input should be (greater than 0|a finite number)"
    with pytest.raises(ScenarioError, match=said):
        edits.Retime("railway", "alpha-station", "beta-station", minutes)
    link = 'line = "railway"\nfrom_id = "alpha-station"\nto_id = "beta-station"'
    text = f'name = "s"\n[[edit]]\ndo = "Retime"\n{link}\nminutes = {minutes}\n'
    (given_ / "s.toml").write_text(text, encoding="utf-8")
    refused(said, "compare", given_ / "isle.gpkg", given_ / "s.toml", "--page", "page.html")


def test_an_identifier_that_is_there_twice_is_said(refused, given_):
    lines = given_ / "csv" / "lines.csv"
    with lines.open("a", encoding="utf-8") as file:
        file.write(lines.read_text("utf-8").splitlines()[-1] + "\n")
    said = r"1 fault in the tables:\n  lines, line 5 \(railway\), line_id: is there already \(got railway\); give"
    with pytest.raises(TableError, match=said):
        commute.read_network(given_ / "csv")
    refused(said, "score", given_ / "csv", lines=2)


def test_of_many_faults_the_command_line_tells_the_first_few_and_the_number(refused, given_):
    places = pd.read_csv(given_ / "csv" / "places.csv", dtype="str")
    places.assign(lon="east").to_csv(given_ / "csv" / "places.csv", index=False)
    with pytest.raises(TableError) as caught:
        commute.read_network(given_ / "csv")
    assert len(caught.value.faults) == 7
    said = r"7 faults in the tables:\n(  places, line \d \(.*\), lon: is not a finite number \(got east\); .*\n){5}"
    refused(said + r"  … and 2 more", "score", given_ / "csv", lines=7)


def test_a_region_without_members_is_empty(refused, given_):
    said = r"A region needs a place: name at least one city or county\."
    with pytest.raises(ParameterError, match=said):
        commute.load([])
    members = given_ / "csv" / "region_members.csv"
    pd.read_csv(members).head(0).to_csv(members, index=False)
    network = commute.read_network(given_ / "csv")
    said = r"The region is empty: it has no city and no county to score\."
    with pytest.raises(ParameterError, match=said):
        commute.integration(network)
    with pytest.raises(ParameterError, match=said):
        commute.compare(network, network.as_of("2015-01-01"))
    with pytest.raises(ParameterError, match=r"The network has no city to travel between"):
        commute.travel_times(network)
    for circles in (commute.reach, commute.isochrones):
        with pytest.raises(ParameterError, match=r"The region is empty: it has no city and no county to reach\."):
            circles(network, "alpha")
    refused(said, "score", given_ / "csv")
    refused(said, "criticality", given_ / "csv")
    refused(said, "timeline", given_ / "csv", "2015")
    refused(said, "compare", given_ / "csv", "2015-01-01", "--page", "page.html")
    refused(r"The region is empty", "reach", given_ / "csv", "alpha", "--map", "map.png")


# ------------------------------------------------------------------ where things are


def test_points_without_a_coordinate_system_are_refused(refused, given_):
    places = gpd.read_file(given_ / "isle.gpkg", layer="places").set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        pyogrio.write_dataframe(places, given_ / "isle.gpkg", layer="places")
    said = r"isle\.gpkg, layer places has no coordinate system \(CRS\)\. Set the one it is in"
    with pytest.raises(DataFileError, match=said):
        commute.read_network(given_ / "isle.gpkg")
    refused(said, "reach", given_ / "isle.gpkg", "alpha")


@pytest.mark.parametrize(
    ("shift", "system", "convert"),
    [
        (commute.wgs84_to_gcj02, "GCJ-02", "gcj02_to_wgs84"),
        (commute.wgs84_to_bd09, "BD-09", "bd09_to_wgs84"),
    ],
)
def test_a_shift_against_a_known_point_is_seen(refused, given_, shift, system, convert):
    bay = commute.load(["Zhuhai"])
    folder = given_ / "zhuhai"
    commute.write_network(bay, folder)
    lon, lat = shift(bay.places["lon"].iloc[0], bay.places["lat"].iloc[0])
    rewritten(folder / "places.csv", lon=(0, f"{lon}"), lat=(0, f"{lat}"))
    said = rf"is where {system} puts this place, not WGS-84 .*convert with commute\.{convert}"
    with pytest.raises(TableError, match=said):
        commute.read_network(folder)
    refused(said, "score", folder, lines=2)


# ------------------------------------------------------------------ bases and scenarios


def test_circles_of_two_bases_are_not_brought_together(isle):
    both = [commute.isochrones(isle, "alpha", basis=basis) for basis in ("centre_to_centre", "door_to_door")]
    said = r"Results of different bases cannot be brought together: centre_to_centre, door_to_door\. Compute both with"
    with pytest.raises(BasisError, match=said):
        commute.audit(pd.concat(both), isle)


def test_a_scenario_may_not_change_the_basis(isle, refused, given_):
    with pytest.raises(BasisError, match=r"(?s)basis"):
        commute.compare(isle, commute.Scenario("other", (edits.Assume("basis", "in_vehicle"),)))
    text = 'name = "other"\n[[edit]]\ndo = "Assume"\nname = "basis"\nvalue = "in_vehicle"\n'
    (given_ / "other.toml").write_text(text, encoding="utf-8")
    refused(r".*basis", "compare", given_ / "isle.gpkg", given_ / "other.toml", "--page", "page.html")


CLOSED = [
    ({"asset": "brigde"}, r"Close: No asset is called 'brigde'\. Did you mean bridge\?"),
    ({"line": "brigde"}, r"No line is called 'brigde'\. Did you mean bridge\?"),
    ({"line": "railway", "from_id": "alpha", "to_id": "beta"}, r"railway.*alpha"),
]


@pytest.mark.parametrize(("what", "said"), CLOSED)
def test_what_does_not_exist_cannot_be_closed(isle, refused, given_, what, said):
    with pytest.raises((ScenarioError, UnknownNameError), match=rf"Scenario 's', edit 1: .*{said}"):
        commute.compare(isle, commute.Scenario("s", (edits.Close(**what),)))
    values = "".join(f'{key} = "{value}"\n' for key, value in what.items())
    (given_ / "s.toml").write_text(f'name = "s"\n[[edit]]\ndo = "Close"\n{values}', encoding="utf-8")
    words = ["compare", given_ / "isle.gpkg", given_ / "s.toml", "--page", "page.html", "--map", "map.png"]
    refused(rf"Scenario 's', edit 1: .*{said}", *words)


def test_what_is_closed_cannot_be_closed_again(isle):
    twice = commute.Scenario("s", (edits.Close(asset="bridge"), edits.Close(asset="bridge")))
    with pytest.raises((ScenarioError, UnknownNameError), match=r"Scenario 's', edit 2: .*bridge"):
        twice.apply(isle)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.toml", b'name = "s', r"bad\.toml is not valid TOML: "),
        ("gbk.toml", "name = '无桥'".encode("gbk"), r"gbk\.toml cannot be read as a scenario: .*utf-8"),
        ("edit.toml", b'name = "s"\n[[edit]]\ndo = "Shut"', r"edit\.toml: edit 1: do = 'Shut' is no edit \(edits: "),
        ("none.toml", None, r"none\.toml cannot be read as a scenario: .*No such file"),
    ],
)
def test_a_scenario_that_cannot_be_read_is_one_line(refused, given_, name, text, said):
    if text is not None:
        (given_ / name).write_bytes(text)
    with pytest.raises((ScenarioError, DataFileError), match=said):
        commute.Scenario.read(given_ / name)
    refused(said, "compare", given_ / "isle.gpkg", given_ / name, "--page", "page.html")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('basis = "x', r"not valid TOML"),
        ('basis = "door"', r"basis cannot be 'door': choose one of in_vehicle, "),
        ("chek_in = 3", r"an assumption cannot be 'chek_in': choose one of .*check_in"),
        ("check_in = 3", r"check_in must be a mapping such as \{'rail': 20\}, got 3"),
        ("[check_in]\nrail = -3", r"check_in\.rail.*-3"),
        ("[check_in]\nrail = nan", r"check_in\.rail.*nan"),
    ],
)
def test_wrong_assumptions_are_one_line(refused, given_, text, said):
    (given_ / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=said):
        commute.Assumptions.read(given_ / "mine.toml")
    refused(said, "reach", given_ / "isle.gpkg", "alpha", "--assumptions", given_ / "mine.toml", "--map", "m.png")


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_geopackage_is_said(refused, given_, share):
    file = given_ / "isle.gpkg"
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[: int(size * share)])
    said = rf"isle\.gpkg is truncated: {int(size * share)} of {size} bytes are there\. Copy it again\."
    with pytest.raises(DataFileError, match=said):
        commute.read_network(file)
    refused(said, "score", file)


@pytest.mark.parametrize(("encoding", "said"), [("gbk", "GBK"), ("utf-16", "UTF-16")])
def test_a_csv_in_another_encoding_is_said(refused, given_, encoding, said):
    file = given_ / "csv" / "places.csv"
    file.write_bytes(file.read_text("utf-8").encode(encoding))
    said = rf"places\.csv is not UTF-8: byte 0x.. at position \d+ \(line \d\)\. It looks like {said}\. Save it as UTF-8"
    with pytest.raises(DataFileError, match=said):
        commute.read_network(given_ / "csv")
    refused(said, "score", given_ / "csv")


def test_a_csv_of_excel_with_its_byte_order_mark_is_fine(isle, capsys, monkeypatch, given_):
    for file in (given_ / "csv").glob("*.csv"):
        file.write_bytes(file.read_text("utf-8").replace("\n", "\r\n").encode("utf-8-sig"))
    assert commute.read_network(given_ / "csv").equals(isle)
    status, out, err = command_line.run(capsys, monkeypatch, "reach", given_ / "csv", "甲")
    assert (status, err) == (0, "")
    assert "Alpha" in out


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("name", ["new", "new.gpkg", "new.parquet"])
def test_an_interrupted_write_leaves_nothing(isle, monkeypatch, tmp_path, name, error):
    def stop(*_, **__):
        raise error

    monkeypatch.setattr(pd.DataFrame, "to_csv", stop)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", stop)
    monkeypatch.setattr(pyogrio, "write_dataframe", stop)
    with pytest.raises(type(error)):
        commute.write_network(isle, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
