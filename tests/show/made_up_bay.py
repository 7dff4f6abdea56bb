"""A made-up bay with the real cities: a network, its circles, a comparison and a score, none of them computed."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.model.network import Network

CITIES = [  # id, name, name_zh, lon, lat, territory, population
    ("guangzhou", "Guangzhou", "广州", 113.264, 23.129, "CN", 18_676_605),
    ("shenzhen", "Shenzhen", "深圳", 114.058, 22.543, "CN", 17_560_061),
    ("zhuhai", "Zhuhai", "珠海", 113.553, 22.255, "CN", 2_439_585),
    ("foshan", "Foshan", "佛山", 113.122, 23.021, "CN", 9_498_863),
    ("huizhou", "Huizhou", "惠州", 114.416, 23.112, "CN", 6_042_852),
    ("dongguan", "Dongguan", "东莞", 113.752, 23.021, "CN", 10_466_625),
    ("zhongshan", "Zhongshan", "中山", 113.392, 22.517, "CN", 4_418_060),
    ("jiangmen", "Jiangmen", "江门", 113.081, 22.579, "CN", 4_798_090),
    ("zhaoqing", "Zhaoqing", "肇庆", 112.465, 23.047, "CN", 4_113_594),
    ("hong-kong", "Hong Kong", "香港", 114.173, 22.304, "HK", 7_413_070),
    ("macao", "Macao", "澳门", 113.543, 22.19, "MO", 683_100),
]
STATIONS = [
    ("guangzhou-south-station", "Guangzhou South Station", "广州南站", 113.269, 22.99, "CN", "guangzhou"),
    ("shenzhen-north-station", "Shenzhen North Station", "深圳北站", 114.029, 22.61, "CN", "shenzhen"),
    ("zhongshan-station", "Zhongshan Station", "中山站", 113.37, 22.55, "CN", "zhongshan"),
    ("zhuhai-station", "Zhuhai Station", "珠海站", 113.549, 22.215, "CN", "zhuhai"),
    ("huizhou-south-station", "Huizhou South Station", "惠州南站", 114.51, 22.79, "CN", "huizhou"),
]
LINES = [
    ("xrl", "Guangzhou–Shenzhen high-speed", "广深港高铁", "rail", "operating", 12.0),
    ("gzr", "Guangzhou–Zhuhai intercity", "广珠城际", "suburban", "operating", 12.0),
    ("shenzhen-zhongshan-link", "Shenzhen–Zhongshan Link", "深中通道", "bridge", "operating", None),
    ("guangzhou-foshan-metro", "Guangfo Metro", "广佛线", "metro", "operating", 5.0),
    ("coast-expressway", "Coast expressway", "沿江高速", "highway", "operating", None),
    ("shiziyang-link", "Shiziyang Link", "狮子洋通道", "bridge", "planned", None),
]
LINKS = [
    ("xrl", "guangzhou-south-station", "shenzhen-north-station", 29.0, None, None),
    ("gzr", "guangzhou-south-station", "zhongshan-station", 35.0, None, None),
    ("gzr", "zhongshan-station", "zhuhai-station", 30.0, None, None),
    ("shenzhen-zhongshan-link", "shenzhen-west-interchange", "zhongshan-east-interchange", None, 24.0, 100.0),
    ("guangzhou-foshan-metro", "guangzhou-south-station", "foshan-station", 30.0, None, None),
    ("coast-expressway", "shenzhen-west-interchange", "dongguan-interchange", None, 45.0, 120.0),
    ("shiziyang-link", "dongguan-interchange", "nansha-interchange", None, 15.0, 100.0),
]
MORE = [
    ("foshan-station", "Foshan Station", "佛山站", 113.105, 23.045, "CN", "foshan", "station"),
    ("shenzhen-west-interchange", "Bao'an Interchange", "宝安枢纽", 113.84, 22.6, "CN", "shenzhen", "interchange"),
    ("zhongshan-east-interchange", "Ma'an Interchange", "马鞍枢纽", 113.6, 22.54, "CN", "zhongshan", "interchange"),
    ("dongguan-interchange", "Dongguan Interchange", "东莞枢纽", 113.7, 22.9, "CN", "dongguan", "interchange"),
    ("nansha-interchange", "Nansha Interchange", "南沙枢纽", 113.5, 22.8, "CN", "guangzhou", "interchange"),
    ("luohu-checkpoint", "Luohu Checkpoint", "罗湖口岸", 114.113, 22.531, "CN", "shenzhen", "checkpoint"),
]
MANIFEST = {
    "as_of": "2024-07-01",
    "basis": "door_to_door",
    "data_hash": "3fa2c81d5b7e9a06",
    "assumptions_hash": "91ab77d2c4e05f38",
    "commute": "0.1.0",
    "period": "peak",
    "travel": ["transit", "car"],
}


def crude_land() -> gpd.GeoDataFrame:
    """Return a rough Pearl River estuary: two banks, Lantau and a delta."""
    mainland = shapely.Polygon(
        [(111.8, 21.9), (113.2, 22.0), (113.58, 22.18), (113.62, 22.55), (113.55, 22.75), (113.72, 22.78),
         (113.85, 22.5), (114.02, 22.42), (114.25, 22.25), (114.6, 22.55), (115.2, 22.7), (115.2, 24.0), (111.8, 24.0)]
    )  # fmt: skip
    return gpd.GeoDataFrame(geometry=[mainland, shapely.box(113.86, 22.2, 114.05, 22.32)], crs="EPSG:4326")


def make_network(land: gpd.GeoDataFrame | None, *, date: str | None = "2024-07-01") -> Network:
    columns = ["place_id", "name", "name_zh", "lon", "lat", "territory"]
    cities = pd.DataFrame(CITIES, columns=[*columns, "population"]).assign(kind="city", population_year=2020)
    stations = pd.DataFrame([(*row, "station") for row in STATIONS] + MORE, columns=[*columns, "parent", "kind"])
    lines = pd.DataFrame(LINES, columns=["line_id", "name", "name_zh", "mode", "status", "headway_minutes"])
    lines["access"] = np.where(lines["mode"] == "highway", "open", "stops")
    lines["asset"] = lines["line_id"]
    lines["opened"] = np.where(lines["status"] == "operating", "2018-01-01", None)
    links = pd.DataFrame(
        LINKS, columns=["line_id", "from_id", "to_id", "minutes", "length_km", "speed_limit_kmh"]
    ).assign(quality="estimated")
    sources = pd.DataFrame({"source_id": ["made-up"], "title": ["Made up for a test"], "licence": ["CC0"]})
    network = Network(
        places=pd.concat([cities, stations], ignore_index=True).assign(source="made-up"),
        lines=lines.assign(source="made-up"),
        links=links.assign(source="made-up"),
        sources=sources,
        land=land,
    )
    return network if date is None else network.as_of(date)


def blob(places: list[tuple[float, float, float]], land: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return discs of so many km round points, on land."""
    local = "+proj=laea +lat_0=22.6 +lon_0=113.6"
    points = gpd.GeoSeries([shapely.Point(lon, lat) for lon, lat, _ in places], crs="EPSG:4326").to_crs(local)
    discs = points.buffer([1000 * km for *_, km in places]).union_all()
    ground = land.to_crs(local).union_all()
    return gpd.GeoSeries([shapely.intersection(discs, ground)], crs=local).to_crs("EPSG:4326").iloc[0]


NEAR = [(114.058, 22.543, 16), (113.95, 22.55, 9), (114.03, 22.61, 12)]
FAR = [
    (114.058, 22.543, 34), (113.95, 22.55, 28), (113.84, 22.6, 30), (114.03, 22.61, 33), (113.269, 22.99, 9),
    (114.51, 22.79, 10), (114.17, 22.3, 8), (114.3, 22.75, 25),
]  # fmt: skip
WEST = [*FAR, (113.6, 22.54, 20), (113.45, 22.52, 15), (113.37, 22.55, 12)]


def make_circles(land: gpd.GeoDataFrame, *, reach: list[tuple[float, float, float]] = WEST) -> gpd.GeoDataFrame:
    shapes = [blob(NEAR, land), blob([*NEAR, *reach], land)]
    frame = gpd.GeoDataFrame(
        {
            "origin_id": "shenzhen", "origin": "Shenzhen", "cutoff": [30.0, 60.0], "direction": "from",
            "basis": "door_to_door", "area_km2": [742.0, 5316.4], "people": [9_840_000.0, 28_300_000.0],
            "cities": [1, 4],
        },
        geometry=shapes, crs="EPSG:4326",
    )  # fmt: skip
    frame.attrs["manifest"] = dict(MANIFEST)
    return frame


def make_comparison(network: Network, land: gpd.GeoDataFrame) -> SimpleNamespace:
    after, before = blob(WEST, land), blob([*FAR, (114.6, 23.0, 9)], land)
    parts = {
        "gained": shapely.difference(after, before),
        "lost": shapely.difference(before, after),
        "kept": shapely.intersection(after, before),
    }
    areas = gpd.GeoDataFrame(
        {
            "scenario": "link-open", "origin_id": "shenzhen", "cutoff": 60.0, "change": list(parts),
            "area_km2": [1240.0, 88.0, 3900.0],
        },
        geometry=list(parts.values()), crs="EPSG:4326",
    )  # fmt: skip
    areas.attrs["manifest"] = dict(MANIFEST)
    cities = network.places[network.places["kind"] == "city"]
    delta = [-3.0, 0.0, -41.0, 0.4, 6.0, 0.0, -52.0, -24.0, -9.0, np.nan, np.nan]
    before_minutes = np.array([85.0, 0, 120, 95, 70, 55, 115, 120, 140, np.inf, 60])
    places = pd.DataFrame(
        {
            "scenario": "link-open", "origin_id": "shenzhen", "place_id": cities.index, "before": before_minutes,
            "delta": delta, "population": cities["population"].to_numpy(),
        }
    )  # fmt: skip
    places["after"] = (places["before"] + places["delta"]).fillna(pd.Series([np.nan] * 9 + [70.0, np.inf]))
    places["inside_60"] = ["outside", "kept", "outside", "outside", "lost", "kept", "gained", *["outside"] * 4]
    summary = pd.DataFrame({"scenario": ["base", "link-open"], "basis": "door_to_door"})
    links = pd.DataFrame(
        [("link-open", "added", "shiziyang-link", "dongguan-interchange", "nansha-interchange", np.nan, 12.0)],
        columns=["scenario", "change", "line_id", "from_id", "to_id", "minutes_before", "minutes_after"],
    )
    return SimpleNamespace(
        base=network, scenarios=(), areas=areas, places=places, summary=summary, links=links,
        circles=make_circles(land).assign(scenario="base"),
    )  # fmt: skip


def make_score() -> SimpleNamespace:
    draw = np.random.default_rng(1)
    pillars = pd.Series({"access": 0.71, "mutual_reach": 0.58, "balance": 0.49, "quality": 0.76, "resilience": 0.44})
    people = np.array([row[-1] for row in CITIES], dtype=float)
    share = people / people.sum()
    points = pd.DataFrame({name: 20 * value * share for name, value in pillars.items()})
    points *= draw.uniform(0.7, 1.3, size=points.shape)
    points.index = pd.Index([row[0] for row in CITIES], name="city")
    points["total"] = points.sum(axis=1)
    return SimpleNamespace(
        total=float(points["total"].sum()), status="ok", pillars=pillars, points=points, basis="door_to_door",
        profile=SimpleNamespace(name="METRO"), worst_asset="humen-bridge",
    )  # fmt: skip
