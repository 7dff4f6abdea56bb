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

from commute.errors import DataFileError, ParameterError
from commute.model.assumptions import Assumptions
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
    "humen": ((113.68, 22.93), (113.52, 22.83), 26.0),
    "shenzhen-zhongshan": ((113.84, 22.61), (113.56, 22.54), 18.0),
    "shiziyang": ((113.66, 22.90), (113.50, 22.86), 11.0),
}
OPEN = {"base": ("humen", "shenzhen-zhongshan"), WITHOUT: ("humen",), EASIER: tuple(CROSSINGS)}
WICKED = "</script><script>alert('no')</script> & \u2028 <b>bold</b>"


def slug(name):
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")


def land():
    mainland = shapely.Polygon(
        [(110.5, 21.4), (112.2, 21.75), (113.0, 21.95), (113.45, 22.05), (113.58, 22.2), (113.62, 22.5), (113.52, 22.72),
         (113.6, 22.82), (113.72, 22.8), (113.82, 22.55), (113.9, 22.46), (114.02, 22.42), (113.93, 22.36), (114.17, 22.25),
         (114.35, 22.35), (114.45, 22.55), (115.0, 22.65), (116.5, 22.9), (116.5, 25.0), (110.5, 25.0)]
    )  # fmt: skip
    return gpd.GeoDataFrame(geometry=[mainland, shapely.box(113.86, 22.2, 114.03, 22.3)], crs="EPSG:4326")


def network(counties=COUNTIES, ground=None):
    people = pd.DataFrame(counties, columns=["city", "name", "zh", "lon", "lat", "people"]).groupby("city")["people"].sum()
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
        {"source_id": "census", "title": "Seventh census", "url": "https://www.stats.gov.cn/", "licence": "facts", "published": "2021"},
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
        return 12 + 1.15 * km(here, there)
    side = 0 if banks[0] == "east" else 1
    ways = [CROSSINGS[name] for name in OPEN[scenario]]
    return 12 + min(1.15 * (km(here, way[side]) + km(way[1 - side], there)) + way[2] for way in ways)


def bank_of(row):
    return CITIES[row.name if row["kind"] == "city" else row["parent"]][5]


def inside(before, after, cutoff):
    names = {(True, True): "kept", (True, False): "lost", (False, True): "gained", (False, False): "outside"}
    return names[bool(before <= cutoff), bool(after <= cutoff)]


def times(base, origin, ends, scenario):
    here = base.places.loc[origin]
    rows = [base.places.loc[end] for end in ends]
    spots = [minutes((here["lon"], here["lat"]), (row["lon"], row["lat"]), (bank_of(here), bank_of(row)), scenario) for row in rows]
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
    left = np.maximum(cutoff - np.array(spent), 0) * 420.0
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
                circles.append({"scenario": name, "origin_id": origin, "cutoff": float(cutoff), "direction": "from",
                                "people": near["population"].sum(), "cities": near["unit"].nunique(), "geometry": shape})
            for name in (WITHOUT, EASIER):
                before, after = shapes["base"], shapes[name]
                cut = {"gained": after.difference(before), "lost": before.difference(after), "kept": before.intersection(after)}
                areas += [{"scenario": name, "origin_id": origin, "cutoff": float(cutoff), "change": change,
                           "area_km2": part.area / 1e6, "geometry": part} for change, part in cut.items()]  # fmt: skip
    reached = changes(base, origins, ends, "place_id").rename(columns={"origin": "origin_id"})
    columns = ["scenario", "score", "access", "mutual_reach", "balance", "quality", "resilience", "coverage_30",
               "coverage_60", "people_gained", "people_lost"]  # fmt: skip
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
        summary=pd.DataFrame(summary, columns=columns).assign(basis="door_to_door"),
        pairs=changes(base, list(CITIES), list(CITIES), "to_id").rename(columns={"origin": "from_id"}),
        places=reached.assign(population=reached["place_id"].map(points["population"])),
        circles=gpd.GeoDataFrame(circles, crs=METRES).to_crs("EPSG:4326"),
        areas=gpd.GeoDataFrame(areas, crs=METRES).to_crs("EPSG:4326"),
        links=pd.DataFrame(edited, columns=["scenario", "change", "line_id", "from_id", "to_id", "minutes_before", "minutes_after"]),
    )


LEGS = {  # kind, from, to, line, mode, minutes
    "base": [
        ("park", "Nanshan", "Nanshan", "", "car", 5.0), ("access", "Nanshan", "Bao'an Interchange", "", "car", 21.0),
        ("drive", "Bao'an Interchange", "Ma'anshan Interchange", "Shenzhen–Zhongshan Link", "bridge", 18.0),
        ("egress", "Ma'anshan Interchange", "Shiqi", "", "car", 26.0), ("park", "Shiqi", "Shiqi", "", "car", 5.0),
    ],
    WITHOUT: [
        ("access", "Nanshan", "Shenzhen North Station", "", "transit", 38.0),
        ("check_in", "Shenzhen North Station", "Shenzhen North Station", "", "rail", 20.0),
        ("wait", "Shenzhen North Station", "Shenzhen North Station", "Guangzhou–Shenzhen high-speed line", "rail", 6.0),
        ("ride", "Shenzhen North Station", "Guangzhou South Station", "Guangzhou–Shenzhen high-speed line", "rail", 34.0),
        ("transfer", "Guangzhou South Station", "Guangzhou South Station", "", "", 20.0),
        ("ride", "Guangzhou South Station", "Zhongshan North Station", "Guangzhou–Zhuhai intercity", "suburban", 32.0),
        ("exit", "Zhongshan North Station", "Zhongshan North Station", "", "suburban", 4.0),
        ("egress", "Zhongshan North Station", "Shiqi", "", "transit", 14.0),
    ],
    EASIER: [],
}  # fmt: skip


def told():
    columns = ["kind", "from_place", "to_place", "line", "mode", "minutes"]
    legs = [pd.DataFrame(rows, columns=columns).assign(scenario=name, leg=range(len(rows))) for name, rows in LEGS.items()]
    legs.append(legs[0].assign(journey=1, minutes=99.0))  # a less typical one, not told
    frame = pd.concat(legs, ignore_index=True).assign(from_id="shenzhen", to_id="zhongshan", weight=1.0)
    return frame.assign(journey=frame["journey"].fillna(0).astype(int), basis="door_to_door")
