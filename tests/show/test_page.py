"""The page of a comparison, opened in a browser without a network: what it holds, how it answers, what it asks for."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from commute.errors import DataFileError, ParameterError
from commute.measure.comparison import compare
from commute.measure.journeys import journeys
from commute.model.assumptions import Assumptions
from commute.model.edits import Close
from commute.model.network import Network, Region
from commute.model.scenario import Scenario
from commute.show import page
from commute.show.page import write_page

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
CUTOFFS = (30, 60)
METRES = "+proj=laea +lat_0=22.8 +lon_0=113.5"

CITIES = {  # name, name_zh, lon, lat, territory, bank of the Pearl River, people in millions
    "guangzhou": ("Guangzhou", "广州", 113.264, 23.129, "CN", "west", 18.68),
    "shenzhen": ("Shenzhen", "深圳", 114.058, 22.543, "CN", "east", 17.56),
    "zhuhai": ("Zhuhai", "珠海", 113.553, 22.255, "CN", "west", 2.44),
    "foshan": ("Foshan", "佛山", 113.122, 23.021, "CN", "west", 9.50),
    "huizhou": ("Huizhou", "惠州", 114.416, 23.112, "CN", "east", 6.04),
    "dongguan": ("Dongguan", "东莞", 113.752, 23.021, "CN", "east", 10.47),
    "zhongshan": ("Zhongshan", "中山", 113.392, 22.517, "CN", "west", 4.42),
    "jiangmen": ("Jiangmen", "江门", 113.081, 22.579, "CN", "west", 4.80),
    "zhaoqing": ("Zhaoqing", "肇庆", 112.465, 23.047, "CN", "west", 4.11),
    "hong-kong": ("Hong Kong", "香港", 114.173, 22.304, "HK", "east", 7.41),
    "macao": ("Macao", "澳门", 113.543, 22.190, "MO", "west", 0.68),
}
COUNTIES = [  # city, name, name_zh, lon, lat, people in millions
    ("guangzhou", "Yuexiu", "越秀区", 113.26, 23.13, 1.04), ("guangzhou", "Tianhe", "天河区", 113.36, 23.13, 2.24),
    ("guangzhou", "Panyu", "番禺区", 113.38, 22.94, 2.66), ("guangzhou", "Nansha", "南沙区", 113.52, 22.80, 0.85),
    ("shenzhen", "Futian", "福田区", 114.05, 22.52, 1.55), ("shenzhen", "Nanshan", "南山区", 113.93, 22.54, 1.80),
    ("shenzhen", "Bao'an", "宝安区", 113.88, 22.56, 4.48), ("shenzhen", "Longgang", "龙岗区", 114.24, 22.72, 4.14),
    ("zhuhai", "Xiangzhou", "香洲区", 113.54, 22.27, 1.38), ("zhuhai", "Doumen", "斗门区", 113.29, 22.21, 0.61),
    ("foshan", "Chancheng", "禅城区", 113.12, 23.01, 1.33), ("foshan", "Shunde", "顺德区", 113.19, 22.85, 3.23),
    ("zhongshan", "Cuiheng", "翠亨新区", 113.55, 22.53, 0.21), ("zhongshan", "Shiqi", "石岐街道", 113.38, 22.52, 0.24),
    ("jiangmen", "Pengjiang", "蓬江区", 113.05, 22.65, 0.85), ("jiangmen", "Taishan", "台山市", 112.78, 22.25, 0.91),
]  # fmt: skip
STOPS = [  # city, name, name_zh, lon, lat, kind
    ("guangzhou", "Guangzhou South Station", "广州南站", 113.269, 22.990, "station"),
    ("shenzhen", "Shenzhen North Station", "深圳北站", 114.029, 22.610, "station"),
    ("zhuhai", "Zhuhai Station", "珠海站", 113.549, 22.215, "station"),
    ("dongguan", "Humen Station", "虎门站", 113.672, 22.860, "station"),
    ("zhongshan", "Zhongshan North Station", "中山北站", 113.378, 22.557, "station"),
    ("shenzhen", "Bao'an Interchange", "宝安枢纽", 113.840, 22.610, "interchange"),
    ("zhongshan", "Ma'anshan Interchange", "马鞍山枢纽", 113.560, 22.540, "interchange"),
    ("dongguan", "Houjie Interchange", "厚街枢纽", 113.680, 22.930, "interchange"),
    ("guangzhou", "Huangge Interchange", "黄阁枢纽", 113.520, 22.830, "interchange"),
]
LINES = {  # name, name_zh, mode, status
    "xrl": ("Guangzhou–Shenzhen high-speed line", "广深港高铁", "rail", "operating"),
    "guangzhou-zhuhai": ("Guangzhou–Zhuhai intercity", "广珠城际", "suburban", "operating"),
    "shenzhen-zhongshan-link": ("Shenzhen–Zhongshan Link", "深中通道", "bridge", "operating"),
    "coast-expressway": ("Coast Expressway", "沿江高速", "highway", "operating"),
    "humen-bridge": ("Humen Bridge", "虎门大桥", "bridge", "operating"),
    "shiziyang-link": ("Shiziyang Link", "狮子洋通道", "bridge", "planned"),
}
LINKS = [
    ("xrl", "guangzhou-south-station", "humen-station", 17.0), ("xrl", "humen-station", "shenzhen-north-station", 17.0),
    ("guangzhou-zhuhai", "guangzhou-south-station", "zhongshan-north-station", 32.0),
    ("guangzhou-zhuhai", "zhongshan-north-station", "zhuhai-station", 38.0),
    ("shenzhen-zhongshan-link", "bao-an-interchange", "ma-anshan-interchange", 18.0),
    ("coast-expressway", "bao-an-interchange", "houjie-interchange", 30.0),
    ("humen-bridge", "houjie-interchange", "huangge-interchange", 15.0),
    ("shiziyang-link", "houjie-interchange", "huangge-interchange", 12.0),
]  # fmt: skip
WITHOUT, EASIER = "without-shenzhen-zhongshan", "shiziyang-link"
CROSSINGS = {  # portals east and west, minutes across
    "humen": ((113.68, 22.93), (113.52, 22.83), 24.0),
    "shenzhen-zhongshan": ((113.84, 22.61), (113.56, 22.54), 14.0),
    "shiziyang": ((113.66, 22.90), (113.50, 22.86), 11.0),
}
OPEN = {"base": ("humen", "shenzhen-zhongshan"), WITHOUT: ("humen",), EASIER: tuple(CROSSINGS)}
WICKED = "</script><script>alert('no')</script> & \u2028 <b>bold</b>"


def slug(name):
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")


def land():
    mainland = shapely.Polygon(
        [(110.5, 21.4), (112.2, 21.75), (113.0, 21.95), (113.45, 22.05), (113.58, 22.2), (113.62, 22.5),
         (113.52, 22.72), (113.6, 22.82), (113.72, 22.8), (113.82, 22.55), (113.9, 22.46), (114.02, 22.42),
         (113.93, 22.36), (114.17, 22.25), (114.35, 22.35), (114.45, 22.55), (115.0, 22.65), (116.5, 22.9),
         (116.5, 25.0), (110.5, 25.0)]
    )  # fmt: skip
    return gpd.GeoDataFrame(geometry=[mainland, shapely.box(113.86, 22.2, 114.03, 22.3)], crs="EPSG:4326")


def network(counties=COUNTIES, ground=None):
    people = (
        pd.DataFrame(counties, columns=["city", "name", "zh", "lon", "lat", "people"]).groupby("city")["people"].sum()
    )
    cities = [
        {"place_id": city, "kind": "city", "name": name, "name_zh": zh, "lon": lon, "lat": lat, "territory": territory,
         "population": round(people.get(city, own) * 100) * 10_000.0}
        for city, (name, zh, lon, lat, territory, _, own) in CITIES.items()
    ]  # fmt: skip
    parts = [
        {"place_id": f"{city}-{slug(name)}", "kind": "county", "name": name, "name_zh": zh, "lon": lon, "lat": lat,
         "territory": CITIES[city][4], "parent": city, "population": round(count * 100) * 10_000.0}
        for city, name, zh, lon, lat, count in counties
    ]  # fmt: skip
    stops = [
        {"place_id": slug(name), "kind": kind, "name": name, "name_zh": zh, "lon": lon, "lat": lat,
         "territory": "CN", "parent": city}
        for city, name, zh, lon, lat, kind in STOPS
    ]  # fmt: skip
    lines = [
        {"line_id": key, "name": name, "name_zh": zh, "mode": mode, "asset": key, "access": "stops", "status": status,
         "opened": "2024-06-30" if status == "operating" else None,
         "headway_minutes": 12.0 if mode in ("rail", "suburban") else None}
        for key, (name, zh, mode, status) in LINES.items()
    ]  # fmt: skip
    sources = [
        {"source_id": "census", "title": "Seventh census", "url": "https://www.stats.gov.cn/",
         "licence": "facts", "published": "2021"},
        {"source_id": "wicked", "title": WICKED, "url": "javascript:alert(1)", "licence": "none", "note": WICKED},
    ]  # fmt: skip
    return Network(
        places=pd.DataFrame(cities + parts + stops).assign(source="census"),
        lines=pd.DataFrame(lines).assign(source="wicked"),
        links=pd.DataFrame(LINKS, columns=["line_id", "from_id", "to_id", "minutes"]).assign(
            quality="estimated", source="wicked"
        ),
        sources=pd.DataFrame(sources),
        region=Region("greater-bay-area", "Greater Bay Area", "粤港澳大湾区", "agglomeration", "METRO",
                      tuple(CITIES), ("guangzhou", "shenzhen"), "census"),
        land=land() if ground is None else ground,
    ).as_of("2024-07-01")  # fmt: skip


# -- a comparison with made-up times: sixty km/h, and only at the open crossings over the river ----------------


def km(here, there):
    return math.hypot((here[0] - there[0]) * 102.6, (here[1] - there[1]) * 110.8)


def minutes(here, there, banks, scenario):
    if banks[0] == banks[1]:
        return 8 + 0.8 * km(here, there)
    side = 0 if banks[0] == "east" else 1
    ways = [CROSSINGS[name] for name in OPEN[scenario]]
    return 8 + min(0.8 * (km(here, way[side]) + km(way[1 - side], there)) + way[2] for way in ways)


def bank_of(row):
    return CITIES[row.name if row["kind"] == "city" else row["parent"]][5]


def inside(before, after, cutoff):
    names = {(True, True): "kept", (True, False): "lost", (False, True): "gained", (False, False): "outside"}
    return names[bool(before <= cutoff), bool(after <= cutoff)]


def times(base, origin, ends, scenario):
    here = base.places.loc[origin]
    rows = [base.places.loc[end] for end in ends]
    spots = [
        minutes((here["lon"], here["lat"]), (row["lon"], row["lat"]), (bank_of(here), bank_of(row)), scenario)
        for row in rows
    ]
    return [0.0 if end == origin else spot for end, spot in zip(ends, spots, strict=True)]


def changes(base, origins, ends, key):
    found = []
    for scenario in (WITHOUT, EASIER):
        for origin in origins:
            before, after = times(base, origin, ends, "base"), times(base, origin, ends, scenario)
            for end, old, new in zip(ends, before, after, strict=True):
                if key == "place_id" or end != origin:
                    circles = {f"inside_{cutoff}": inside(old, new, cutoff) for cutoff in CUTOFFS}
                    found.append({"scenario": scenario, "origin": origin, key: end, "before": old, "after": new,
                                  "delta": new - old, **circles})  # fmt: skip
    return pd.DataFrame(found)


def circle(base, ground, origin, cutoff, scenario):
    """Discs of what time is left at each place, on its own bank."""
    ends = list(base.counting_points.index) + [place for place in base.places.index if "interchange" in place]
    spent = times(base, origin, ends, scenario)
    points = base.places.loc[ends].geometry.to_crs(METRES).to_numpy()
    left = np.maximum(cutoff - np.array(spent), 0) * 600.0
    return shapely.intersection(shapely.union_all(shapely.buffer(points[left > 0], left[left > 0])), ground)


def made_comparison(base, origins=("shenzhen", "zhongshan", "guangzhou")):
    ground = shapely.union_all(base.land.geometry.to_crs(METRES).to_numpy())
    points = base.counting_points
    ends = list(points.index)
    circles, areas = [], []
    for origin in origins:
        for cutoff in CUTOFFS:
            shapes = {name: circle(base, ground, origin, cutoff, name) for name in OPEN}
            for name, shape in shapes.items():
                near = points[np.array(times(base, origin, ends, name)) <= cutoff]
                circles.append(
                    {
                        "scenario": name,
                        "origin_id": origin,
                        "cutoff": float(cutoff),
                        "direction": "from",
                        "people": near["population"].sum(),
                        "cities": near["unit"].nunique() - 1,
                        "geometry": shape,
                    }
                )
            for name in (WITHOUT, EASIER):
                before, after = shapes["base"], shapes[name]
                cut = {
                    "gained": after.difference(before),
                    "lost": before.difference(after),
                    "kept": before.intersection(after),
                }
                areas += [{"scenario": name, "origin_id": origin, "cutoff": float(cutoff), "change": change,
                           "area_km2": part.area / 1e6, "geometry": part} for change, part in cut.items()]  # fmt: skip
    reached = changes(base, origins, ends, "place_id").rename(columns={"origin": "origin_id"})
    columns = ["scenario", "score", "access", "mutual_reach", "balance", "quality", "resilience", "coverage_30",
               "coverage_60", "people_gained_60", "people_lost_60"]  # fmt: skip
    summary = [("base", 58.31, 0.741, 0.583, 0.492, 0.846, 0.431, 0.4127, 0.7812, 0.0, 0.0),
               (WITHOUT, 55.02, 0.722, 0.552, 0.461, 0.801, 0.431, 0.4127, 0.7391, 0.0, 2_310_000.0),
               (EASIER, 59.87, 0.748, 0.604, 0.511, 0.861, 0.452, 0.4198, 0.7904, 840_000.0, 0.0)]  # fmt: skip
    edited = [(WITHOUT, "removed", *LINKS[4][:3], 18.0, math.nan), (EASIER, "added", *LINKS[7][:3], math.nan, 12.0)]
    return SimpleNamespace(
        base=base,
        scenarios=(
            Scenario(WITHOUT, (), title="Without the Shenzhen–Zhongshan Link", title_zh="没有深中通道"),
            Scenario(EASIER, (), title="Shiziyang Link open", title_zh="狮子洋通道通车"),
        ),
        assumptions=Assumptions(),
        networks={"base": base},
        summary=pd.DataFrame(summary, columns=columns).assign(basis="door_to_door"),
        pairs=changes(base, list(CITIES), list(CITIES), "to_id").rename(columns={"origin": "from_id"}),
        places=reached.assign(population=reached["place_id"].map(points["population"])),
        circles=gpd.GeoDataFrame(circles, crs=METRES).to_crs("EPSG:4326"),
        areas=gpd.GeoDataFrame(areas, crs=METRES).to_crs("EPSG:4326"),
        links=pd.DataFrame(
            edited, columns=["scenario", "change", "line_id", "from_id", "to_id", "minutes_before", "minutes_after"]
        ),
    )


XRL = LINES["xrl"][0]
LEGS = {  # kind, from, to, line, mode, minutes
    "base": [
        ("park", "Nanshan", "Nanshan", "", "car", 5.0), ("access", "Nanshan", "Bao'an Interchange", "", "car", 21.0),
        ("drive", "Bao'an Interchange", "Ma'anshan Interchange", "Shenzhen–Zhongshan Link", "bridge", 18.0),
        ("egress", "Ma'anshan Interchange", "Shiqi", "", "car", 26.0), ("park", "Shiqi", "Shiqi", "", "car", 5.0),
    ],
    WITHOUT: [
        ("access", "Nanshan", "Shenzhen North Station", "", "transit", 38.0),
        ("check_in", "Shenzhen North Station", "Shenzhen North Station", "", "rail", 20.0),
        ("wait", "Shenzhen North Station", "Shenzhen North Station", XRL, "rail", 6.0),
        ("ride", "Shenzhen North Station", "Guangzhou South Station", XRL, "rail", 34.0),
        ("transfer", "Guangzhou South Station", "Guangzhou South Station", "", "", 20.0),
        ("ride", "Guangzhou South Station", "Zhongshan North Station", "Guangzhou–Zhuhai intercity", "suburban", 32.0),
        ("exit", "Zhongshan North Station", "Zhongshan North Station", "", "suburban", 4.0),
        ("egress", "Zhongshan North Station", "Shiqi", "", "transit", 14.0),
    ],
    EASIER: [],
}  # fmt: skip


def told():
    columns = ["kind", "from_place", "to_place", "line", "mode", "minutes"]
    legs = [
        pd.DataFrame(rows, columns=columns).assign(scenario=name, leg=range(len(rows))) for name, rows in LEGS.items()
    ]
    legs.append(legs[0].assign(journey=1, minutes=99.0))  # a less typical one, not told
    frame = pd.concat(legs, ignore_index=True).assign(from_id="shenzhen-nanshan", to_id="zhongshan-shiqi", weight=1.0)
    return frame.assign(journey=frame["journey"].fillna(0).astype(int), basis="door_to_door")


@pytest.fixture(scope="module")
def comparison():
    return made_comparison(network())


@pytest.fixture(scope="module")
def written(comparison, tmp_path_factory):
    return write_page(comparison, tmp_path_factory.mktemp("page") / "page.html", journeys=told())


def content_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


# -- the file --------------------------------------------------------------------------------------------------


def test_it_is_one_file_well_under_two_megabytes(written):
    assert [path.name for path in written.parent.iterdir()] == ["page.html"]
    assert 1_000_000 < written.stat().st_size < 2_000_000


def test_no_tag_asks_for_anything_and_the_policy_forbids_it(written):
    text = re.sub(r"<script.*?</script>|<style.*?</style>", "", written.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(r"\b(?:src|srcset|poster|action)=", text)
    assert re.findall(r'<link[^>]*href="([^"]*)"', text) == ["data:,"]
    assert "default-src 'none'" in text


def test_what_tables_say_cannot_end_the_script(written):
    assert len(re.findall("</script", written.read_text(encoding="utf-8"), re.IGNORECASE)) == 3
    sources = content_of(written)["sources"]
    assert WICKED in {row[sources["columns"].index("title")] for row in sources["rows"]}


def test_the_vendored_library_keeps_its_licence_and_could_not_end_the_script():
    folder = Path(page.__file__).parent / "assets" / "maplibre-gl"
    assert "MapLibre contributors" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
    library = (folder / "maplibre-gl.js").read_text(encoding="utf-8")
    assert "maplibre-gl-js/blob/v5.24.1/LICENSE.txt" in library[:400]
    assert "</script" not in library.lower()


def test_a_title_is_escaped(comparison, tmp_path):
    path = write_page(comparison, tmp_path / "page.html", title=WICKED)
    assert f"<title>{WICKED.replace('&', '&amp;')}" not in path.read_text(encoding="utf-8")
    assert content_of(path)["title"] == WICKED


def test_numbers_reach_the_page_as_they_are(comparison, written):
    pairs = content_of(written)["pairs"]
    read = pd.DataFrame(pairs["rows"], columns=pairs["columns"])
    np.testing.assert_allclose(read["after"].astype(float), comparison.pairs["after"], atol=1e-5)
    manifest = content_of(written)["manifest"]
    assert (manifest["basis"], manifest["as_of"]) == ("door_to_door", "2024-07-01")


def test_what_is_unreached_or_missing_is_null(comparison, tmp_path):
    cut = SimpleNamespace(**vars(comparison))
    cut.pairs = comparison.pairs.assign(after=math.inf, delta=math.inf)
    cut.summary = comparison.summary.assign(score=math.nan)
    content = content_of(write_page(cut, tmp_path / "page.html"))
    at = content["pairs"]["columns"].index("after")
    assert {row[at] for row in content["pairs"]["rows"]} == {None}


def test_only_typical_journeys_are_told_between_their_cities(written):
    journeys = content_of(written)["journeys"]
    frame = pd.DataFrame(journeys["rows"], columns=journeys["columns"])
    assert set(frame["journey"]) == {0}
    assert set(zip(frame["from_city"], frame["to_city"], strict=True)) == {("shenzhen", "zhongshan")}
    assert frame.groupby("scenario")["minutes"].sum().to_dict() == {"base": 75.0, WITHOUT: 168.0}


def test_drawn_outlines_stay_close_to_the_circles(comparison, written):
    drawn = gpd.GeoDataFrame.from_features(content_of(written)["map"]["circles"], crs="EPSG:4326").to_crs(METRES)
    real = comparison.circles.to_crs(METRES)
    off = shapely.symmetric_difference(shapely.make_valid(drawn.geometry.to_numpy()), real.geometry.to_numpy())
    assert (shapely.area(off) < 0.02 * real.area.to_numpy()).all()


@pytest.mark.parametrize("basis", ["door_to_door", "in_vehicle"])
def test_a_comparison_that_was_computed_is_written(basis, tmp_path):
    base = network()
    scenario = Scenario("without", (Close(line="shenzhen-zhongshan-link"),), title="Without the link")
    result = compare(base, scenario, cutoffs=CUTOFFS, basis=basis)
    legs = [
        journeys(one, "Shenzhen", "Zhongshan", basis=basis).assign(scenario=name)
        for name, one in (("base", base), ("without", scenario.apply(base)))
    ]
    said = content_of(write_page(result, tmp_path / "page.html", journeys=pd.concat(legs)))
    assert said["manifest"]["basis"] == basis
    assert [row[1] for row in said["links"]["rows"]] == ["removed"]
    assert len(said["map"]["circles"]["features"]) == (2 * 2 * 2 if basis == "door_to_door" else 0)
    assert [link["properties"]["removed_in"] for link in said["map"]["links"]["features"]].count("|without|") == 1


# -- words -----------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things():
    english, chinese = page._words()["en"], page._words()["zh"]
    assert {key for key in chinese if not key.startswith("assumption_")} == set(english)
    assert {f"assumption_{name}" for name in Assumptions().table().index} <= set(chinese)
    places = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in english.items()}
    assert {key: set(re.findall(r"\{(\w+)\}", chinese[key])) for key in english} == places


def test_every_word_of_the_page_is_in_the_dictionary():
    own = "".join(page._asset(name) for name in (*page.SCRIPTS, "page.html"))
    asked = set(re.findall(r'word\("(\w+)"', own)) | set(re.findall(r'data-word="(\w+)"', own))
    assert asked <= set(page._words()["en"])


# -- faults ----------------------------------------------------------------------------------------------------


def test_an_unknown_language_is_refused(comparison, tmp_path):
    with pytest.raises(ParameterError, match=r"language is 'en' or 'zh', not 'fr'\."):
        write_page(comparison, tmp_path / "page.html", language="fr")
    assert not list(tmp_path.iterdir())


def test_journeys_without_a_scenario_are_refused(comparison, tmp_path):
    with pytest.raises(ParameterError, match="The journeys have no column scenario: they need what journeys"):
        write_page(comparison, tmp_path / "page.html", journeys=told().drop(columns="scenario"))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(comparison, tmp_path):
    with pytest.raises(DataFileError, match="nowhere is not a folder"):
        write_page(comparison, tmp_path / "nowhere" / "page.html")


# -- in a browser ----------------------------------------------------------------------------------------------


def open_browser(*flags, width=1000, height=760):
    if not (BROWSER and DRIVER):
        reason = "chromium and chromedriver are not installed: the page was not opened"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    drawn = flags or ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
    size = f"--window-size={width},{height + 200}"  # room for the frame of the window
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", size, *drawn):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return driver


@pytest.fixture(scope="module")
def shared_browser():
    driver = open_browser()
    yield driver
    driver.quit()


@pytest.fixture
def browser(shared_browser, written):
    """Open the page anew; afterwards its console must be silent, and it must have asked for nothing but itself."""
    for kind in ("browser", "performance"):
        shared_browser.get_log(kind)
    shared_browser.get(written.as_uri())
    painted(shared_browser)
    yield shared_browser
    assert [entry for entry in shared_browser.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")] == []
    requests = [json.loads(entry["message"])["message"] for entry in shared_browser.get_log("performance")]
    asked = [one["params"]["request"]["url"] for one in requests if one["method"] == "Network.requestWillBeSent"]
    assert written.as_uri() in asked
    assert [url for url in asked if url != written.as_uri() and not url.startswith(("blob:", "data:"))] == []


def painted(driver):
    WebDriverWait(driver, 60).until(lambda seen: attribute(seen, "map", "data-state") == "painted")


def attribute(driver, identifier, name):
    return driver.find_element("id", identifier).get_attribute(name)


def text(driver, identifier):
    return driver.find_element("id", identifier).text


def click(driver, selector):
    driver.execute_script("document.querySelector(arguments[0]).click()", selector)


def choose(driver, identifier, value):
    Select(driver.find_element("id", identifier)).select_by_value(value)


def picture(driver):
    """Return the pixels of the map, as colours."""
    driver.execute_script("document.getElementById('map').scrollIntoView({block: 'center'})")
    painted(driver)
    return np.asarray(Image.open(BytesIO(driver.find_element("id", "map").screenshot_as_png)).convert("RGB")).astype(
        int
    )


def orange(pixels):
    return float(((pixels[:, :, 0] - pixels[:, :, 2] > 50) & (pixels[:, :, 0] > 190)).mean())


def blue(pixels):
    return float(((pixels[:, :, 2] - pixels[:, :, 0] > 40) & (pixels[:, :, 2] > 150)).mean())


SEA = (227, 236, 240)


def test_the_map_is_painted(browser):
    pixels = picture(browser)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 200
    assert (np.abs(pixels - np.array(SEA)).sum(axis=2) < 12).mean() > 0.05
    assert "door to door · network as of 2024-07-01" in text(browser, "map")


def test_the_change_is_lost_in_orange_and_gained_in_blue(browser):
    lost = picture(browser)
    assert orange(lost) > 0.005
    assert blue(lost) < 0.0005
    choose(browser, "scenario", EASIER)
    choose(browser, "origin", "guangzhou")
    gained = picture(browser)
    assert blue(gained) > 0.001
    assert orange(gained) < orange(lost) / 3


def test_before_after_and_the_minutes_are_chosen(browser):
    pictures, readings = {"change": picture(browser)}, set()
    for view in ("base", "scenario"):
        click(browser, f"#view-{view}")
        pictures[view] = picture(browser)
        readings.add(text(browser, "map-reading"))
    click(browser, "#cutoff-30")
    assert text(browser, "map-heading") == "Within 30 minutes of Shenzhen"
    pictures["near"] = picture(browser)
    readings.add(text(browser, "map-reading"))
    assert len(readings) == 3
    shown = list(pictures.values())
    differing = [np.abs(one - other).sum() for at, one in enumerate(shown) for other in shown[:at]]
    assert min(differing) > 10_000


def test_an_origin_is_chosen(browser):
    choose(browser, "origin", "zhongshan")
    painted(browser)
    assert text(browser, "map-heading") == "Within 60 minutes of Zhongshan"
    assert "Zhongshan" in browser.execute_script(
        "return document.querySelector('#map canvas').getAttribute('aria-label')"
    )


def test_views_can_be_chosen_with_the_keyboard(browser):
    browser.find_element("id", "view-change").send_keys(Keys.ARROW_LEFT)
    painted(browser)
    assert browser.execute_script("return document.querySelector('#view input:checked').value") == "scenario"


def test_the_page_speaks_chinese(browser):
    click(browser, '[data-language="zh"]')
    painted(browser)
    assert browser.execute_script("return document.documentElement.lang") == "zh-Hans"
    assert text(browser, "title") == browser.title == "没有深中通道"
    assert text(browser, "map-heading") == "深圳出发 60 分钟可达"
    assert "香港" in text(browser, "pairs")
    assert "乘广深港高铁至广州南站" in text(browser, "journeys")
    click(browser, "#assumptions-details summary")
    assert "地铁进站" in text(browser, "assumptions")
    for body in ("summary", "pairs", "journeys", "map-reading", "map-legend", "key-figures"):
        assert not re.findall(r"[A-Za-z]{3,}", text(browser, body)), body
    click(browser, '[data-language="en"]')
    assert text(browser, "title") == "Without the Shenzhen–Zhongshan Link"
    painted(browser)


def test_the_summary_says_the_numbers(browser, comparison):
    rows = [row.text for row in browser.find_elements("css selector", "#summary tbody tr")]
    assert rows[0].split()[-3:] == ["58.3", "55.0", "−3.3"]
    assert len(rows) == 8
    assert len(comparison.summary) == 3
    choose(browser, "scenario", EASIER)
    assert browser.find_element("css selector", "#summary tbody tr").text.split()[-1] == "+1.6"


def test_pairs_are_sorted_searched_and_all_shown(browser):
    def column(number):
        cells = f"#pairs tbody tr > :nth-child({number})"
        return browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", cells
        )

    assert len(column(1)) == 12
    click(browser, "#pairs-more")
    assert len(column(1)) == 110
    click(browser, '[data-sort="after"]')
    after = [int(cell.split()[0]) for cell in column(4)]
    assert after == sorted(after, reverse=True)
    click(browser, '[data-sort="from"]')
    assert column(1) == sorted(column(1))
    assert browser.find_element("css selector", '#pairs th[aria-sort="ascending"]').text.startswith("From")
    browser.find_element("id", "pairs-search").send_keys("澳门")
    assert len(column(1)) == 20


def test_a_journey_is_told_before_and_after(browser):
    bars = browser.find_elements("css selector", "#journeys .bar")
    assert [len(bar.find_elements("css selector", "span")) for bar in bars] == [5, 8]
    assert bars[0].size["width"] * 168 == pytest.approx(bars[1].size["width"] * 168, rel=0.02)
    told_text = text(browser, "journeys")
    for said in ("75 min", "168 min", "Shenzhen–Zhongshan Link to Ma'anshan Interchange", "To the car", "Check-in at"):
        assert said in told_text
    choose(browser, "scenario", EASIER)
    assert "There is no way at all." in text(browser, "journeys")


def test_sources_are_text_and_only_web_addresses_are_links(browser):
    click(browser, "#sources-details summary")
    links = [link.get_attribute("href") for link in browser.find_elements("css selector", "#sources a")]
    assert links == ["https://www.stats.gov.cn/"]
    assert "</script><script>alert('no')</script>" in text(browser, "sources")


def test_basis_and_date_stand_under_every_figure(browser):
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    lines = [line.text for line in browser.find_elements("css selector", ".basis-line")]
    assert len(lines) == 7
    assert all(line.startswith("door to door · network as of 2024-07-01 · commute ") for line in lines)


def test_everything_to_choose_has_a_name(browser):
    labels = "[...(one.labels ?? [])].map((label) => label.textContent).join()"
    named = f"(one.getAttribute('aria-label') || one.textContent || {labels})"
    every = (
        "[...document.querySelectorAll('input, select, button, canvas, [role=img]')].filter((one) => one.offsetParent)"
    )
    unnamed = browser.execute_script(f"return {every}.filter((one) => !{named}.trim()).map((one) => one.outerHTML)")
    assert unnamed == []


def test_it_fits_a_telephone(written):
    driver = open_browser(width=390, height=844)
    try:
        for language in ("en", "zh"):
            driver.get(written.as_uri())
            click(driver, f'[data-language="{language}"]')
            painted(driver)
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        driver.quit()


def test_without_webgl_words_and_tables_remain(comparison, tmp_path):
    path = write_page(comparison, tmp_path / "page.html", journeys=told(), language="zh")
    driver = open_browser("--disable-gpu", "--disable-3d-apis")
    try:
        driver.get(path.as_uri())
        assert attribute(driver, "map", "data-state") == "unavailable"
        assert "此浏览器无法绘制地图" in text(driver, "map")
        assert "深圳 60 分钟圈内有" in text(driver, "map-reading")
        assert len(driver.find_elements("css selector", "#pairs tbody tr")) == 12
    finally:
        driver.quit()
