"""The data that ships: every table against every rule, what must be there, and the rules against planted faults."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from pathlib import Path

import data_rules
import numpy as np
import pandas as pd
import pytest

from commute.errors import ScenarioError
from commute.io import datasets
from commute.measure.routing import travel_times
from commute.model.assumptions import Assumptions
from commute.model.modes import ROAD
from commute.model.scenario import Scenario

ROOT = Path(__file__).parent.parent
EXCEPTIONS = pd.read_csv(Path(__file__).with_name("data_exceptions.csv"))
EXCEPTED = set(zip(EXCEPTIONS["rule"], EXCEPTIONS["subject"], strict=True))
TODAY = dt.date.today().isoformat()  # noqa: DTZ011
AFTER_THE_LINK = "2024-07-01"


@pytest.fixture(scope="module")
def found():
    return data_rules.findings(ROOT / "data")


@pytest.fixture(scope="module")
def bay():
    return datasets.load("greater-bay-area")


def unexcepted(found):
    return [finding for finding in found if (finding.rule, finding.subject) not in EXCEPTED]


def regions_cut(date):
    """Return the regions in which somebody cannot get to somebody else."""
    cut = []
    for region in datasets.regions()["region"]:
        network = datasets.load(region).as_of(date)
        places = [*network.cities, *network.counting_points.index]
        times = travel_times(network, places, places, basis="centre_to_centre")
        if not np.isfinite(times["travel_time"]).all():
            cut.append(region)
    return cut


# ------------------------------------------------------------------ what the tables say


def test_the_tables_keep_every_rule(found):
    assert unexcepted(found) == []


def test_every_exception_is_needed_and_says_why(found):
    assert EXCEPTED - {(finding.rule, finding.subject) for finding in found} == set()
    assert EXCEPTIONS["reason"].str.len().gt(10).all()
    assert not EXCEPTIONS.duplicated(["rule", "subject"]).any()


@pytest.mark.parametrize("date", [AFTER_THE_LINK, TODAY])
def test_everybody_can_reach_everybody(date):
    assert regions_cut(date) == []


def test_the_registry_is_up_to_date():
    verified = datasets.verify()
    assert verified[verified["status"] != "ok"].to_dict("records") == []


# ------------------------------------------------------------------ what must be there


def test_the_bay_is_all_there(bay):
    kinds = bay.places["kind"].value_counts()
    assert kinds["city"] == 11
    assert kinds["station"] >= 45
    rail = bay.lines[bay.lines["mode"].isin(("rail", "suburban"))]
    stops = bay.links[bay.links["line_id"].isin(rail.index)]
    assert len({*stops["from_id"], *stops["to_id"]}) >= 45
    of_city = bay.places[bay.places["kind"] == "county"].groupby("parent").size()
    assert of_city.loc[["dongguan", "zhongshan", "hong-kong", "macao"]].tolist() == [33, 23, 18, 7]


def test_there_are_expressways_with_lengths_and_limits(bay):
    links = bay.dated_links
    fast = links[links["mode"].isin(ROAD) & (links["status"] == "operating") & (links["speed_limit_kmh"] >= 80)]
    assert fast["length_km"].notna().all()
    assert len(fast) >= 60


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("humen-bridge", "1997-06-09"),
        ("nansha-bridge", "2019-04-02"),
        ("hzmb-shuttle-hong-kong-macao", "2018-10-24"),
        ("shenzhen-zhongshan-link", "2024-06-30"),
        ("shenzhen-zhongshan-link-nansha-branch", "2024-10-30"),
        ("huangmao-link", "2024-12-11"),
        ("guangzhou-shenzhen-hong-kong-xrl", "2011-12-26"),
        ("west-kowloon-clearance", "2018-09-23"),
        ("guangzhou-east-ring-intercity", "2020-11-30"),
    ],
)
def test_named_links_opened_on_their_day(bay, line, opened):
    assert bay.lines.at[line, "status"] == "operating"
    assert bay.lines.at[line, "opened"] == pd.Timestamp(opened)


def test_the_shiziyang_link_is_being_built(bay):
    assert bay.lines.at["shiziyang-link", "status"] == "under_construction"
    assert bay.lines.at["hzmb-ordinary-cars", "status"] == "proposed"
    assert not bay.as_of(TODAY).operating_links["line_id"].isin(["shiziyang-link", "hzmb-ordinary-cars"]).any()


@pytest.mark.parametrize(
    ("line", "clearance"),
    [
        ("west-kowloon-clearance", "co_located"),
        ("shenzhen-bay-crossing", "co_located"),
        ("luohu-lo-wu-crossing", "two_halls"),
        ("futian-lok-ma-chau-crossing", "two_halls"),
        ("gongbei-border-gate-crossing", "two_halls"),
        ("qingmao-crossing", "one_stop"),
        ("hengqin-crossing", "one_stop"),
        ("hzmb-zhuhai-macao-crossing", "one_stop"),
        ("hzmb-shuttle-hong-kong-zhuhai", "two_halls"),
        ("hzmb-shuttle-hong-kong-macao", "two_halls"),
        ("hong-kong-macao-ferry", "two_halls"),
        ("hzmb-ordinary-cars", "car"),
    ],
)
def test_named_crossings_pay_their_clearance(bay, line, clearance):
    assert bay.lines.at[line, "clearance"] == clearance
    ends = bay.links.loc[bay.links["line_id"] == line, ["from_id", "to_id"]]
    sides = ends.map(bay.places["territory"].get)
    assert (sides["from_id"] != sides["to_id"]).all()


def test_claims_are_of_every_kind_and_each_stands_once():
    claims = datasets.claims("greater-bay-area")
    assert len(claims) >= 25
    assert set(claims["kind"]) == {"travel_time", "coverage", "reach", "size"}
    assert not claims.duplicated(["quote", "from_ids", "to_ids"]).any()
    assert claims["minutes_before"].notna().sum() >= 8


def changed_by(scenario, region):
    """Tell whether a scenario changes a region; one without the line it is about is not its own."""
    network = datasets.load(region).as_of(TODAY)
    try:
        return not scenario.apply(network).equals(network)
    except ScenarioError as fault:
        if "No line is called" not in str(fault) and "No asset is called" not in str(fault):
            raise
        return False


@pytest.mark.parametrize("path", datasets.scenarios()["path"], ids=lambda path: path.stem)
def test_scenarios_read_and_apply(path):
    scenario = Scenario.read(path)
    assert scenario.name == path.stem
    assert scenario.title
    assert scenario.title_zh
    changed = any(changed_by(scenario, region) for region in datasets.regions()["region"])
    assert changed or scenario.assume(Assumptions()) != Assumptions()


def test_the_wheel_stays_small(tmp_path):
    packed = tmp_path / "wheel.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as wheel:
        for folder in ("commute", "data"):
            for path in (ROOT / folder).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    wheel.write(path, path.relative_to(ROOT))
    assert packed.stat().st_size < 15e6


# ------------------------------------------------------------------ planted faults


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))


def plant(folder, table, changes, **row):
    """Write ``changes`` into the rows of a table whose columns have the values in ``row``; nothing drops them."""
    path = folder / "china" / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    chosen = np.logical_and.reduce([frame[column].eq(value) for column, value in row.items()])
    assert chosen.any()
    if changes is None:
        frame = frame[~chosen]
    for column, value in (changes or {}).items():
        frame.loc[chosen, column] = value
    frame.to_csv(path, index=False)


LINK = {"line_id": "shenzhen-zhongshan-link", "to_id": "maan-island-interchange"}
XRL = {"line_id": "guangzhou-shenzhen-xrl-express", "to_id": "shenzhen-north-station"}


@pytest.mark.parametrize(
    ("table", "row", "changes", "expected"),
    [
        ("places", {"place_id": "shenzhen-nanshan"}, {"parent": "shenzen"}, "nearest: shenzhen"),
        ("places", {"place_id": "shenzhen-nanshan"}, {"population": "1795827"}, "differ by -1"),
        ("places", {"place_id": "shenzhen-nanshan"}, {"name": "Futian"}, "another place has this name"),
        ("places", {"place_id": "shenzhen-nanshan"}, {"source": "hearsay"}, "no row of sources is called 'hearsay'"),
        ("links", LINK, {"from_id": "ma-an-interchange"}, "no row of places is called 'ma-an-interchange'"),
        ("links", {"line_id": "humen-bridge"}, {"line_id": "humen"}, "no row of lines is called 'humen'"),
        ("lines", {"line_id": "humen-bridge"}, {"opened": ""}, "needs the day it opened"),
        ("places", {"place_id": "zhuhai"}, {"lon": "22.271", "lat": "113.577"}, "look swapped"),
        ("regions", {"region": "greater-bay-area"}, {"source": "hearsay"}, "no row of sources is called 'hearsay'"),
        ("claims", {"claim_id": "nansha-zhongshan"}, {"source": "hearsay"}, "no row of sources is called 'hearsay'"),
        ("claims", {"claim_id": "nansha-zhongshan"}, {"to_ids": "foshan;zhong"}, "no row of places is called 'zhong'"),
        ("claims", {"claim_id": "nansha-zhongshan"}, {"minutes": ""}, "a travel_time has none"),
    ],
)
def test_planted_faults_of_the_schema_are_caught(copy, table, row, changes, expected):
    plant(copy, table, changes, **row)
    (finding,) = data_rules.findings(copy)
    assert finding.rule == "schema"
    assert expected in finding.text


@pytest.mark.parametrize(
    ("table", "row", "changes", "expected"),
    [
        ("lines", {"line_id": "nansha-bridge"}, {"name": "Humen Bridge"}, ("line name", "nansha-bridge")),
        (
            "links",
            {"line_id": "mtr-island"},
            {"quality": "published", "source": "metro-speed-33"},
            ("quality", "mtr-island"),
        ),
        ("places", {"place_id": "humen-station"}, {"lon": "113.75", "lat": "22.60"}, ("territory", "humen-station")),
        ("places", {"place_id": "lo-wu-checkpoint"}, {"lat": "22.56"}, ("territory", "lo-wu-checkpoint")),
        ("places", {"place_id": "zhaoqing-sihui"}, {"lon": "114.6"}, ("city", "zhaoqing-sihui")),
        ("places", {"place_id": "zhongshan-station"}, {"parent": "guangzhou"}, ("city", "zhongshan-station")),
        ("links", {"line_id": "aberdeen-tunnel"}, None, ("idle", "aberdeen-tunnel")),
        ("links", {"to_id": "aberdeen-interchange"}, None, ("idle", "aberdeen-interchange")),
        ("lines", {"line_id": "huangmao-link"}, {"opened": "2099-12-11"}, ("date", "huangmao-link")),
        ("lines", {"line_id": "shiziyang-link"}, {"opened": "2024-01-01"}, ("date", "shiziyang-link")),
        ("links", LINK, {"opened": "2020-01-01"}, ("date", "shenzhen-zhongshan-link")),
        ("links", LINK, {"length_km": "2.4"}, ("length", "shenzhen-zhongshan-link")),
        ("links", XRL, {"length_km": ""}, ("length", "guangzhou-shenzhen-xrl-express")),
        ("links", XRL, {"fastest_minutes": "12"}, ("speed", "guangzhou-shenzhen-xrl-express")),
        ("links", LINK, {"speed_limit_kmh": "1000"}, ("speed", "shenzhen-zhongshan-link")),
        ("links", {"line_id": "mtr-tung-chung"}, {"minutes": "900"}, ("speed", "mtr-tung-chung")),
        ("lines", {"line_id": "shenzhen-zhongshan-link"}, {"mode": "highway"}, ("water", "shenzhen-zhongshan-link")),
        ("claims", {"claim_id": "bay-area-land"}, {"quote": 21 * "so "}, ("quote", "bay-area-land")),
        ("claims", {"claim_id": "bay-area-land"}, {"quote": 41 * "湾", "language": "zh"}, ("quote", "bay-area-land")),
        ("claims", {"claim_id": "bay-area-land"}, {"quote": "The area … is around"}, ("quote", "bay-area-land")),
        ("claims", {"claim_id": "bay-area-land"}, {"language": "zh"}, ("quote", "bay-area-land")),
        ("claims", {"claim_id": "nansha-zhongshan"}, {"translation": ""}, ("quote", "nansha-zhongshan")),
        ("claims", {"claim_id": "nansha-zhongshan"}, {"as_of": "2099-01-01"}, ("quote", "nansha-zhongshan")),
        ("claims", {"claim_id": "nansha-zhongshan"}, {"to_ids": "qingyuan"}, ("claim", "nansha-zhongshan")),
    ],
)
def test_planted_faults_are_caught(copy, table, row, changes, expected):
    plant(copy, table, changes, **row)
    assert expected in {finding[:2] for finding in unexcepted(data_rules.findings(copy))}


def test_planted_sources_are_caught(copy):
    with (copy / "china" / "sources.csv").open("a", encoding="utf-8") as sources:
        sources.write("hearsay,Somebody said so,,none,,,\n")
    scenario = copy / "scenarios" / "shiziyang-open.toml"
    scenario.write_text(scenario.read_text("utf-8").replace('source = "', 'source = "rumour;'), encoding="utf-8")
    texts = [(finding.subject, finding.text) for finding in unexcepted(data_rules.findings(copy))]
    assert texts == [("rumour", "is named but is no source"), ("hearsay", "is named by nothing")]


def test_a_closed_border_is_caught(copy, monkeypatch):
    for clearance in ("co_located", "two_halls", "one_stop"):
        plant(copy, "lines", {"closed": "2024-06-30"}, clearance=clearance)
    monkeypatch.setattr(datasets, "data_folder", lambda: copy)
    assert regions_cut(AFTER_THE_LINK) == ["greater-bay-area"]
