"""The command line: what it prints, where it prints it, what it writes and how it ends."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import command_line
import geopandas as gpd
import matplotlib as mpl
import pandas as pd
import pytest

import commute
from commute import cli, demo, write_network
from commute.io import datasets

mpl.use("Agg")

COMMANDS = ("demo", "regions", "reach", "journey", "score", "compare", "criticality", "timeline", "claims", "verify")
BASES_SHOWN = ("claimed", "in vehicle", "centre to centre", "door to door")
SCENARIO = 'name = "without"\ntitle = "Without the bridge"\n\n[[edit]]\ndo = "Close"\nasset = "bridge"\n'


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write the small region as a GeoPackage and a scenario of it."""
    folder = tmp_path_factory.mktemp("files")
    write_network(command_line.small_region(), folder / "isle.gpkg")
    (folder / "without.toml").write_text(SCENARIO, encoding="utf-8")
    return folder


@pytest.fixture
def commute_(capsys, monkeypatch, files, tmp_path):
    """Run a command in an empty folder; ISLE and SCENARIO stand for the files."""
    monkeypatch.chdir(tmp_path)
    there = {"ISLE": files / "isle.gpkg", "SCENARIO": files / "without.toml"}
    return lambda *words: command_line.run(capsys, monkeypatch, *(there.get(word, word) for word in words))


def printed(ended):
    status, out, err = ended
    assert (status, err) == (0, "")
    return out


def written(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# ------------------------------------------------------------------ help


def test_the_version(commute_):
    assert printed(commute_("--version")) == f"{commute.__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_lists_the_commands_with_whole_sentences(commute_, words):
    out = printed(commute_(*words))
    listed = dict(re.findall(r"^  ([a-z]+)  +(\S.*\.)$", out, flags=re.MULTILINE))
    assert tuple(listed) == COMMANDS
    assert "..." not in " ".join(listed.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_gives_an_example(commute_, command):
    out = printed(commute_(command, "--help"))
    assert out.startswith(f"Usage: commute {command}")
    assert f"For example:\n\n  commute {command}" in out
    assert not re.search(r"``|Annotated|NoneType|<list", out.partition("Options:")[2])


# ------------------------------------------------------------------ what is printed


def test_regions(commute_):
    assert "greater-bay-area" in printed(commute_("regions"))
    read = pd.read_csv(io.StringIO(printed(commute_("regions", "--format", "csv"))))
    pd.testing.assert_frame_equal(read, datasets.regions(), check_dtype=False)


def test_reach_names_and_counts(commute_):
    out = printed(commute_("reach", "ISLE", "甲", "--minutes", "30", "60", "--as-of", "2024-07-01"))
    assert out.splitlines() == [
        "Within reach from Alpha, 2024-07-01, door_to_door",
        "origin  minutes     people  people elsewhere  GDP, billion CNY  GDP elsewhere  cities  counties",
        "Alpha        30  3,000,000                 0               500              –       0         1",
        "Alpha        60  4,000,000         1,000,000               500              –       1         2",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["reach", "ISLE", "alpha", "--minutes", "30", "45", "60"],
        ["reach", "ISLE", "--minutes", "30", "45", "60", "alpha"],
        ["reach", "--minutes", "30", "45", "60", "ISLE", "alpha"],
        ["reach", "ISLE", "alpha", "-m", "30", "45", "60"],
        ["reach", "ISLE", "alpha", "--minutes=30", "45", "60"],
        ["reach", "ISLE", "alpha", "-m", "60", "--minutes", "30", "45"],
    ],
)
def test_minutes_take_several_numbers_wherever_they_stand(commute_, words):
    read = pd.read_csv(io.StringIO(printed(commute_(*words, "--format", "csv"))))
    assert read["cutoff"].tolist() == [30, 45, 60]


def test_csv_comes_back_as_the_frame(commute_, files):
    read = pd.read_csv(io.StringIO(printed(commute_("reach", "ISLE", "alpha", "beta", "--format", "csv"))))
    network = commute.read_network(files / "isle.gpkg")
    pd.testing.assert_frame_equal(read, commute.reach(network, ["alpha", "beta"]), check_dtype=False)


def test_geojson_comes_back_as_the_circles(commute_, files):
    out = printed(commute_("reach", "ISLE", "alpha", "--direction", "to", "--format", "geojson"))
    read = gpd.read_file(io.StringIO(out))
    circles = commute.isochrones(commute.read_network(files / "isle.gpkg"), ["alpha"], direction="to")
    assert read.crs == circles.crs
    assert read["cutoff"].tolist() == [30, 60]
    assert read["direction"].unique().tolist() == ["to"]
    assert read.geometry.geom_equals_exact(circles.geometry, 1e-6).all()


def test_the_basis_and_the_assumptions_arrive(commute_, tmp_path):
    def people(*words):
        out = printed(commute_("reach", "ISLE", "alpha", "-m", "60", "--format", "csv", *words))
        read = pd.read_csv(io.StringIO(out))
        return read.loc[0, ["basis", "people"]].tolist()

    (tmp_path / "rail.toml").write_text('travel = ["transit"]\n[check_in]\nrail = 100\n', encoding="utf-8")
    assert people() == ["door_to_door", 4e6]
    assert people("--basis", "in_vehicle") == ["in_vehicle", 4e6]
    assert people("--assumptions", "rail.toml") == ["door_to_door", 3e6]


def test_a_journey_sums_up(commute_, files):
    words = ["journey", "ISLE", "Alpha", "Beta", "--basis", "centre_to_centre"]
    out, read = printed(commute_(*words)), json.loads(printed(commute_(*words, "--format", "json")))
    total = sum(leg["minutes"] for leg in read)
    network = commute.read_network(files / "isle.gpkg")
    assert total == pytest.approx(commute.journeys(network, "alpha", "beta", basis="centre_to_centre")["minutes"].sum())
    assert out.startswith("Alpha to Beta, centre_to_centre\n")
    assert out.endswith(f"{total:.1f} minutes in all\n")


def test_a_score_and_its_points(commute_, files):
    out = printed(commute_("score", "ISLE", "--as-of", "2024-07-01"))
    score = commute.integration(commute.read_network(files / "isle.gpkg").as_of("2024-07-01"))
    assert out.splitlines()[0] == f"Test, 2024-07-01, door_to_door, METRO: {score.total:.1f} of 100, disconnected"
    assert f"weakest without {score.worst_asset}" in out
    read = pd.read_csv(io.StringIO(printed(commute_("score", "ISLE", "--as-of", "2024-07-01", "--format", "csv"))))
    assert read["total"].sum() == pytest.approx(score.total)
    assert read["city"].tolist() == list(score.points.index)


def test_a_comparison_with_a_scenario_and_a_day(commute_):
    out = printed(commute_("compare", "ISLE", "SCENARIO", "2019-01-01", "--as-of", "2024-07-01"))
    assert out.splitlines()[0] == "Test, 2024-07-01, door_to_door"
    assert re.search(r"^measure +base +without +as of 2019-01-01$", out, flags=re.MULTILINE)
    assert re.search(r"^without +Alpha +Beta ", out, flags=re.MULTILINE)


def test_any_result_of_a_comparison_can_be_had(commute_):
    rows = json.loads(printed(commute_("compare", "ISLE", "SCENARIO", "--result", "pairs", "--format", "json")))
    assert {row["from_id"] for row in rows} == {"alpha", "beta", "gamma"}
    read = gpd.read_file(io.StringIO(printed(commute_("compare", "ISLE", "SCENARIO", "--format", "geojson"))))
    assert set(read["change"]) <= {"gained", "lost", "kept"}
    assert read.geometry.is_valid.all()
    assert "removed" in printed(commute_("compare", "ISLE", "SCENARIO", "--result", "links"))


def test_what_is_lost_without_each_asset(commute_):
    out = printed(commute_("criticality", "ISLE", "--as-of", "2024-07-01"))
    assert out.splitlines()[0] == "What is lost without each asset, 2024-07-01"
    read = pd.read_csv(io.StringIO(printed(commute_("criticality", "ISLE", "--format", "csv"))))
    assert set(read["asset"]) == {"road", "bridge", "railway"}


def test_many_assets_are_cut_and_said(commute_, monkeypatch):
    monkeypatch.setattr("commute.cli.commands.WORST", 2)
    status, out, err = commute_("criticality", "ISLE")
    assert (status, len(out.splitlines())) == (0, 4)
    assert err == "the worst 2 of 3; --format csv tells all\n"


def test_a_timeline_takes_years_ranges_and_days(commute_):
    words = ["timeline", "ISLE", "2009", "2014-2016", "2024-07-01", "--basis", "in_vehicle"]
    read = pd.read_csv(io.StringIO(printed(commute_(*words, "--format", "csv"))))
    assert read["date"].tolist() == ["2009-01-01", "2014-01-01", "2015-01-01", "2016-01-01", "2024-07-01"]
    assert "2015-01-01: Beta enters Alpha's 30-minute circle" in printed(commute_(*words)).splitlines()


def test_claims_are_held_against_the_model(commute_, monkeypatch):
    shipped = datasets.claims()
    few = shipped[shipped["claim_id"].isin(["bay-area-land", "west-kowloon-futian"])]
    monkeypatch.setattr(datasets, "claims", lambda _region=None: few)
    title, header, *rows = printed(commute_("claims", "greater-bay-area")).splitlines()
    assert title == "Claims, in minutes before → now"
    assert re.split("  +", header) == ["claim", *BASES_SHOWN, "verdict", "decisive"]
    assert [re.split("  +", row)[:3] for row in rows] == [
        ["bay-area-land", "56,000", "56,094"],
        ["west-kowloon-futian", "14", "14"],
    ]
    assert "depends" in rows[1]
    read = pd.read_csv(io.StringIO(printed(commute_("claims", "--basis", "in_vehicle", "--format", "csv"))))
    assert read["verdict"].tolist() == ["holds", "holds"]


def test_a_region_without_claims_says_so(commute_, monkeypatch):
    none = datasets.claims().iloc[:0]
    monkeypatch.setattr(datasets, "claims", lambda _region=None: none)
    status, out, err = commute_("claims", "greater-bay-area")
    assert (status, out) == (2, "")
    assert err == "commute: No claims about greater-bay-area ship yet: commute claims lists those that do.\n"


def test_verify_says_what_is_wrong(commute_, monkeypatch):
    found = pd.DataFrame({"file": ["a.csv", "b.csv"], "status": ["ok", "ok"], "sha256": ["1", "2"]})
    monkeypatch.setattr(datasets, "verify", lambda: found)
    assert printed(commute_("verify")) == "Files that ship\nfile   status\na.csv  ok\nb.csv  ok\n"
    found["status"] = ["ok", "changed"]
    status, out, err = commute_("verify", "--format", "csv")
    assert status == 2
    assert out == "file,status,sha256\na.csv,ok,1\nb.csv,changed,2\n"
    assert err == (
        "commute: 1 of 2 files are not what the registry says, the first is b.csv. Install the package again.\n"
    )


def test_the_demo_shows_its_tables_and_files(commute_, monkeypatch):
    told = demo.Told({"Before and after": pd.DataFrame({"minutes": [125.0, 104.5]})}, (Path("map.png"),))
    monkeypatch.setattr(demo, "run", lambda _: told)
    assert printed(commute_("demo")) == "Before and after\nminutes\n  125.0\n  104.5\n\nwrote map.png\n"


# ------------------------------------------------------------------ files and streams


def test_a_map_and_a_page_are_written_and_said_on_standard_error(commute_, tmp_path):
    status, out, err = commute_("compare", "ISLE", "SCENARIO", "--map", "m.png", "--page", "p.html", "--format", "csv")
    assert status == 0
    assert out.startswith("scenario,score,")
    assert err == "wrote p.html\nwrote m.png\n"
    assert written(tmp_path) == ["m.png", "p.html"]
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "p.html").read_text("utf-8")
    assert "Without the bridge" in page
    assert '"drive","Alpha Interchange","Beta Interchange","Bridge"' in page


def test_circles_are_drawn(commute_, tmp_path):
    status, out, err = commute_("reach", "ISLE", "alpha", "--map", "circles.svg")
    assert (status, err) == (0, "wrote circles.svg\n")
    assert out.startswith("Within reach from Alpha")
    assert written(tmp_path) == ["circles.svg"]


def test_what_is_piped_is_plain_and_whole(commute_):
    out = printed(commute_("compare", "ISLE", "SCENARIO", "--result", "pairs"))
    assert "\x1b" not in out
    assert "…" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_names_with_brackets_are_no_markup(commute_):
    out = printed(commute_("journey", "ISLE", "alpha", "beta", "--basis", "in_vehicle", "--as-of", "2016-01-01"))
    assert "Beta [East] Station" in out


def test_a_region_goes_before_a_folder_of_its_name(commute_, tmp_path):
    (tmp_path / "greater-bay-area").mkdir()
    status, _, err = commute_("reach", "greater-bay-area", "Shenzen")
    assert (status, err) == (2, "commute: No place is called 'Shenzen'. Did you mean 'Shenzhen' (深圳)?\n")


def test_an_interrupt_is_quiet(commute_, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(datasets, "regions", interrupted)
    assert commute_("regions") == (130, "", "")


def test_a_machine_that_fails_is_no_traceback(commute_, monkeypatch):
    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(datasets, "regions", full)
    assert commute_("regions") == (1, "", "commute: [Errno 28] No space left on device.\n")


def test_progress_is_shown_to_a_person_only(commute_, monkeypatch):
    from commute.cli import output  # noqa: PLC0415 - its consoles are replaced

    shown = []
    monkeypatch.setattr(output.err, "status", lambda what: shown.append(what) or io.StringIO())
    commute_("reach", "ISLE", "alpha")
    assert shown == []
    monkeypatch.setattr(output.err, "_force_terminal", True)
    commute_("reach", "ISLE", "alpha")
    assert shown == ["loading …", "searching …"]


# ------------------------------------------------------------------ as a process


def test_python_m_commute_says_the_one_line():
    done = command_line.start("reach", "greater-bay-area", "Shenzen", encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "commute: No place is called 'Shenzen'. Did you mean 'Shenzhen' (深圳)?\n"


def test_who_has_read_enough_hears_nothing():
    words = [sys.executable, "-m", "commute", "regions", "--format", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_pipe_is_utf8_whatever_the_locale(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = command_line.start("regions", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "粤港澳大湾区" in done.stdout.decode("utf-8")


def test_the_entry_point_is_main():
    setup = (Path(__file__).parent.parent / "setup.cfg").read_text("utf-8")
    assert "commute = commute.cli:main" in setup
    assert callable(cli.main)
