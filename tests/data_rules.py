"""What the shipped tables must say beyond their schema: each rule yields a finding for every row that breaks it."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from commute.errors import TableError
from commute.io import files
from commute.model import ground, schema
from commute.model.modes import ROAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

PEOPLE = ("city", "county")
RAIL = ("rail", "suburban", "metro")
FASTEST = {"rail": 350, "suburban": 200, "metro": 160, "bus": 100, "ferry": 80, "checkpoint": 6} | dict.fromkeys(
    ROAD, 120
)
WALKING = 4.8  # km/h; nobody takes a vehicle that is slower
IN_A_HALL = 1.0  # km/h: a hall is walked with stairs and turns that its straight line does not have
LEAST_LENGTH = 0.98  # of the great circle: what rounding to 100 m may take off
WATER = 0.05  # of the straight line
RADII = 2.6  # a city's farthest corner, in radii of a disc of its area: Coloane lies 2.5 from the middle of Macao
BIGGEST = 110.0  # km from centre to corner where no area is known
NEARER = 7.0  # times: so much nearer to another city's people than to its own is in the wrong city, beyond
BORDER_TOWN = 10.0  # km
MOST_WORDS = 20  # of a page that are quoted


class Finding(NamedTuple):
    """A row that breaks a rule: the rule, the line or place, and what is wrong with it."""

    rule: str
    subject: str
    text: str


class Shipped(NamedTuple):
    """The tables of a data folder, its land and the sources that its scenarios name."""

    tables: dict[str, pd.DataFrame]
    land: gpd.GeoDataFrame
    scenario_sources: list[str]
    today: pd.Timestamp

    @property
    def places(self) -> pd.DataFrame:
        return self.tables["places"].set_index("place_id")

    @property
    def links(self) -> pd.DataFrame:
        """Links with their line's mode and opening, the great circle in km and their share over water."""
        lines = self.tables["lines"].set_index("line_id")
        of_line = {f"{one}_line": self.tables["links"]["line_id"].map(lines[one]) for one in ("mode", "opened")}
        links = self.tables["links"].assign(**of_line)
        ends = [self.places.loc[links[end], ["lon", "lat"]].to_numpy(dtype=float).T for end in ("from_id", "to_id")]
        links["straight"] = ground.distance_km(*ends[0], *ends[1])
        links["km"] = links["length_km"].fillna(links["straight"])
        links["water"] = ground.water_share(*ends[0], *ends[1], land=shapely.union_all(self.land.geometry.to_numpy()))
        return links


def read(folder: Path) -> Shipped:
    """Read a data folder; raises TableError where the schema or a rule of the library is broken."""
    tables = schema.conform({table: files.read_csv(folder / "china" / f"{table}.csv") for table in schema.TABLES})
    scenarios = [tomllib.loads(path.read_text("utf-8")) for path in (folder / "scenarios").glob("*.toml")]
    sources = [one for scenario in scenarios for one in scenario.get("source", "").split(";") if one]
    return Shipped(tables, files.read_geojson(folder / "land.geojson"), sources, pd.Timestamp(dt.date.today()))  # noqa: DTZ011


def findings(folder: Path) -> list[Finding]:
    """Return everything that is wrong with the data in ``folder``, exceptions included."""
    try:
        shipped = read(folder)
    except TableError as faults:
        return [Finding("schema", "tables", str(faults))]
    return [finding for rule in RULES for finding in rule(shipped)]


def _each(rule: str, frame: pd.DataFrame, wrong: pd.Series | np.ndarray, text: str) -> Iterator[Finding]:
    """Yield a finding per wrong row; links are called by their line, and ``{columns}`` in the text are filled in."""
    key = "line_id" if "line_id" in frame else frame.index.name
    for row in frame[wrong].reset_index().to_dict("records"):
        yield Finding(rule, str(row[key]), text.format_map(row))


# ------------------------------------------------------------------ sources and names


def sources_are_known_and_used(shipped: Shipped) -> Iterator[Finding]:
    """Every source that a row, the land or a scenario names is there, and every one that is there is named."""
    frames = [table["source"] for name, table in shipped.tables.items() if "source" in table and name != "sources"]
    named = pd.concat([*frames, shipped.land["source"]]).str.split(";").explode().str.strip()
    used, known = {*named.dropna(), *shipped.scenario_sources}, set(shipped.tables["sources"]["source_id"])
    yield from (Finding("source", one, "is named but is no source") for one in sorted(used - known))
    yield from (Finding("source", one, "is named by nothing") for one in sorted(known - used))


def line_names_are_unique(shipped: Shipped) -> Iterator[Finding]:
    lines = shipped.tables["lines"]
    for column in ("name", "name_zh"):
        again = lines[column].str.casefold().duplicated() & lines[column].notna()
        yield from _each("line name", lines, again, f"shares its {column} {{{column}}}")


def own_work_is_estimated(shipped: Shipped) -> Iterator[Finding]:
    """A link that no published page stands behind is marked estimated."""
    sources, links = shipped.tables["sources"].set_index("source_id"), shipped.tables["links"]
    own = set(sources.index[sources["licence"].eq("own work")])
    alone = links["source"].str.split(";").map(lambda named: set(named) <= own)
    yield from _each(
        "quality", links, alone & links["quality"].ne("estimated"), "{from_id}–{to_id} rests on own work only"
    )


# ------------------------------------------------------------------ places


def places_are_on_their_side(shipped: Shipped) -> Iterator[Finding]:
    places = shipped.places
    side = {name: shapely.union_all(land.geometry.to_numpy()) for name, land in shipped.land.groupby("territory")}
    dry = [shapely.intersects_xy(side[row.territory], row.lon, row.lat) for row in places.itertuples()]
    yield from _each("territory", places, ~np.array(dry), "{lon}, {lat} is not on land of {territory}")


def places_are_in_their_city(shipped: Shipped) -> Iterator[Finding]:
    """A place is near its city's centre, and not at the door of people of another city while far from its own."""
    places = shipped.places
    city = places.loc[places["parent"].fillna(places.index.to_series())]
    km = ground.distance_km(*(frame[axis].to_numpy() for frame in (places, city) for axis in ("lon", "lat")))
    farthest = RADII * np.sqrt(city["area_km2"].astype(float).to_numpy() / np.pi)
    wrong = km > np.where(np.isnan(farthest), BIGGEST, farthest)
    yield from _each("city", places, wrong, "is too far from the centre of {parent}")
    people = places[places["kind"].eq("county")]
    others = places[~places["kind"].isin(PEOPLE) & places["parent"].isin(people["parent"])]
    axes = [others[axis].to_numpy()[:, None] for axis in ("lon", "lat")] + [
        people[axis].to_numpy() for axis in ("lon", "lat")
    ]
    away = ground.distance_km(*axes)
    own = np.where(people["parent"].to_numpy() == others["parent"].to_numpy()[:, None], away, np.inf).min(axis=1)
    wrong = (own > BORDER_TOWN) & (own > NEARER * away.min(axis=1))
    yield from _each("city", others, wrong, "is much nearer to another city's people than to those of {parent}")


def places_are_on_a_line(shipped: Shipped) -> Iterator[Finding]:
    places, links = shipped.places, shipped.tables["links"]
    idle = ~places["kind"].isin(PEOPLE) & ~places.index.isin([*links["from_id"], *links["to_id"]])
    yield from _each("idle", places, idle, "is a {kind} on no line")


# ------------------------------------------------------------------ lines and links


def lines_have_links(shipped: Shipped) -> Iterator[Finding]:
    lines = shipped.tables["lines"]
    yield from _each("idle", lines, ~lines["line_id"].isin(shipped.tables["links"]["line_id"]), "has no link")


def dates_are_possible(shipped: Shipped) -> Iterator[Finding]:
    lines, links = shipped.tables["lines"], shipped.links
    early = lines["status"].eq("operating") & (lines["opened"] > shipped.today)
    yield from _each("date", lines, early, "operates but opens on {opened:%Y-%m-%d}")
    yield from _each(
        "date", lines, lines["status"].ne("operating") & lines["opened"].notna(), "is {status} but has opened"
    )
    yield from _each("date", links, links["opened"] < links["opened_line"], "{from_id}–{to_id} is older than its line")


def lengths_are_possible(shipped: Shipped) -> Iterator[Finding]:
    links = shipped.links
    missing = links["mode_line"].isin((*RAIL, *ROAD)) & links["length_km"].isna()
    yield from _each("length", links, missing, "{from_id}–{to_id} has no length")
    short = links["length_km"] < LEAST_LENGTH * links["straight"]
    yield from _each(
        "length", links, short, "{from_id}–{to_id}: {length_km} km are less than the {straight:.2f} between its ends"
    )


def speeds_are_possible(shipped: Shipped) -> Iterator[Finding]:
    links = shipped.links
    top = links["mode_line"].map(FASTEST)
    quickest = 60 * links["km"] / links["fastest_minutes"].fillna(links["minutes"])
    yield from _each("speed", links, quickest > top, "{from_id}–{to_id} is faster than a {mode_line} can be")
    yield from _each(
        "speed", links, links["speed_limit_kmh"] > top, "{from_id}–{to_id}: no road has a limit of {speed_limit_kmh}"
    )
    slow = 60 * links["km"] / links["minutes"] < links["mode_line"].eq("checkpoint").map(
        {True: IN_A_HALL, False: WALKING}
    )
    slow |= links["speed_limit_kmh"] < WALKING
    yield from _each("speed", links, slow, "{from_id}–{to_id} is slower than walking")


def roads_are_on_land(shipped: Shipped) -> Iterator[Finding]:
    """What crosses water is a bridge or a tunnel, and is called one."""
    links = shipped.links
    wet = links["mode_line"].eq("highway") & (links["water"] >= WATER)
    yield from _each("water", links, wet, "{from_id}–{to_id} has {water:.0%} of its straight line over water")


# ------------------------------------------------------------------ claims


def words(text: str) -> float:
    """Count the words of a quote; two Chinese characters make one."""
    chinese = re.findall(r"[\u4e00-\u9fff]", text)
    return len(chinese) / 2 + len(re.findall(r"[^\W\u4e00-\u9fff]+(?:[-.'’][^\W\u4e00-\u9fff]+)*", text))


def claims_are_short_quotes(shipped: Shipped) -> Iterator[Finding]:
    claims = shipped.tables["claims"].set_index("claim_id")
    yield from _each("quote", claims, claims["quote"].map(words) > MOST_WORDS, f"has more than {MOST_WORDS} words")
    yield from _each("quote", claims, claims["quote"].str.contains("…|\\.\\.\\."), "leaves words out")
    foreign = claims["language"].ne("en")
    yield from _each("quote", claims, foreign & claims["translation"].isna(), "in {language} is not translated")
    chinese = claims["quote"].str.contains(r"[\u4e00-\u9fff]")
    yield from _each("quote", claims, chinese != claims["language"].eq("zh"), "is not in {language}")
    yield from _each("quote", claims, claims["as_of"] > shipped.today, "has to hold only on {as_of:%Y-%m-%d}")


def claims_are_about_their_region(shipped: Shipped) -> Iterator[Finding]:
    claims, members, places = shipped.tables["claims"], shipped.tables["region_members"], shipped.places
    named = claims.assign(place=claims["from_ids"].str.cat(claims["to_ids"], sep=";", na_rep="").str.split(";"))
    named = named.explode("place").query("place.notna() and place != ''").set_index("claim_id")
    city = places["parent"].fillna(places.index.to_series())
    inside = set(zip(members["region"], members["place_id"].map(city), strict=True))
    outside = [pair not in inside for pair in zip(named["region"], named["place"].map(city), strict=True)]
    yield from _each("claim", named, np.array(outside), "names {place}, which is not in {region}")


RULES = (
    sources_are_known_and_used,
    line_names_are_unique,
    own_work_is_estimated,
    places_are_on_their_side,
    places_are_in_their_city,
    places_are_on_a_line,
    lines_have_links,
    dates_are_possible,
    lengths_are_possible,
    speeds_are_possible,
    roads_are_on_land,
    claims_are_short_quotes,
    claims_are_about_their_region,
)
