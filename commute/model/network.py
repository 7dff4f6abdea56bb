"""Network: places, lines, links and sources as one checked, immutable value."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from commute.errors import ParameterError, UnknownNameError
from commute.model import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

PEOPLE = ("city", "county")  # the kinds of places in which people are counted


@dataclass(frozen=True, slots=True)
class Region:
    """A named set of cities and counties with its core cities and the profile of its circles."""

    region_id: str
    name: str
    name_zh: str
    tier: str
    profile: str
    members: tuple[str, ...]
    cores: tuple[str, ...]
    source: str


@dataclass(frozen=True, eq=False)
class Network:
    """Cities, stations and interchanges joined by dated rail, road, bridge and border links.

    Parameters
    ----------
    places, lines, links, sources
        Frames with the columns that ``commute/model/columns`` defines; the identifier may be a column or the
        index. They are checked and stored as new frames: ``places`` as a GeoDataFrame in EPSG:4326 indexed by
        ``place_id``, ``lines`` by ``line_id``, ``sources`` by ``source_id``.
    region
        The region the tables were chosen for: its members, cores and profile.
    land
        Land polygons, used to keep circles and local streets off the water. Without them nothing is clipped.
    date
        The day the network is seen as of; set by :meth:`as_of`.

    Raises
    ------
    TableError
        With every fault of every table at once.
    """

    places: gpd.GeoDataFrame
    lines: pd.DataFrame
    links: pd.DataFrame
    sources: pd.DataFrame
    region: Region | None = None
    land: gpd.GeoDataFrame | None = None
    date: dt.date | None = None

    def __post_init__(self) -> None:
        """Check the tables and store them in their canonical form."""
        keys = {"places": "place_id", "lines": "line_id", "sources": "source_id"}
        tables = {name: _with_column(getattr(self, name), key) for name, key in keys.items()}
        tables["links"] = pd.DataFrame(self.links).reset_index(drop=True)
        checked = schema.conform(tables)
        for name, key in keys.items():
            object.__setattr__(self, name, checked[name].set_index(key))
        object.__setattr__(self, "links", checked["links"])
        points = gpd.points_from_xy(self.places["lon"], self.places["lat"], crs="EPSG:4326")
        object.__setattr__(self, "places", gpd.GeoDataFrame(self.places, geometry=points))

    def __repr__(self) -> str:
        """Say what the network holds, in one line."""
        name = self.region.name if self.region else "network"
        when = f" as of {self.date}" if self.date else ""
        kinds = self.places["kind"].value_counts()
        places = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        return f"<Network {name}{when}: {places}; {len(self.lines)} lines, {len(self.links)} links>"

    def equals(self, other: Network) -> bool:
        """Tell whether both networks hold the same tables, region, land and date."""
        frames = all(
            getattr(self, table).equals(getattr(other, table))
            for table in ("places", "lines", "links", "sources")
        )
        return (
            frames
            and self.region == other.region
            and self.date == other.date
            and _land_bytes(self.land) == _land_bytes(other.land)
        )

    @cached_property
    def data_hash(self) -> str:
        """Sixteen hexadecimal digits that name the tables, region and land; any changed cell changes them."""
        digest = hashlib.sha256(repr(self.region).encode())
        for table in (self.places.drop(columns="geometry"), self.lines, self.links):
            digest.update(table.to_csv().encode())
        digest.update(_land_bytes(self.land))
        return digest.hexdigest()[:16]

    @cached_property
    def outline(self) -> shapely.Geometry | None:
        """All of the land as one shape; None without land."""
        return None if self.land is None else shapely.union_all(self.land.geometry.to_numpy())

    # -- names ---------------------------------------------------------------------------------------------

    @cached_property
    def _spellings(self) -> dict[str, str]:
        spellings = {}
        for column in ("name_zh", "name"):
            named = self.places[column].dropna()
            spellings.update({folded(name): place_id for place_id, name in named.items()})
        spellings.update({folded(place_id): place_id for place_id in self.places.index})
        return spellings

    def place_id(self, name: str) -> str:
        """Return the identifier of the place called ``name`` (an identifier, an English or a Chinese name).

        Raises
        ------
        UnknownNameError
            With the nearest names.
        """
        found = self._spellings.get(folded(str(name)))
        if found is None:
            shown = {spelling: self.display_name(place) for spelling, place in self._spellings.items()}
            raise UnknownNameError.of("place", str(name), shown)
        return found

    def place_ids(self, names: str | Iterable[str]) -> list[str]:
        """Return the identifiers of one or several places, in the order given, each once."""
        several = [names] if isinstance(names, str) else list(names)
        if not several:
            raise ParameterError("No place was named: give at least one name.")
        return list(dict.fromkeys(self.place_id(name) for name in several))

    def display_name(self, place_id: str) -> str:
        """Return how a place is called in messages: 'Shenzhen' (深圳)."""
        row = self.places.loc[place_id]
        return f"{row['name']!r} ({row['name_zh']})" if isinstance(row["name_zh"], str) else repr(row["name"])

    # -- who belongs where ---------------------------------------------------------------------------------

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """The cities: of the region where there is one, else all."""
        cities = self.places.index[self.places["kind"] == "city"]
        members = set(self.region.members) if self.region else set(cities)
        counties = self.places.index[(self.places["kind"] == "county") & self.places.index.isin(members)]
        members |= set(self.places.loc[counties, "parent"])
        return tuple(city for city in cities if city in members)

    @cached_property
    def counting_points(self) -> pd.DataFrame:
        """The points on which people are counted: index place_id; columns unit (its city), population, gdp.

        They are the counties of the region; a city without counties stands for itself. A city's GDP is spread
        over its counties by population where the counties have none of their own.
        """
        places = self.places
        counties = places[(places["kind"] == "county") & places["parent"].isin(self.cities)]
        if self.region:
            named = set(self.region.members)
            counties = counties[counties.index.isin(named) | counties["parent"].isin(named)]
        alone = [city for city in self.cities if city not in set(counties["parent"])]
        points = pd.concat([counties, places.loc[alone]])
        unit = points["parent"].where(points["kind"] == "county", points.index.to_series())
        population = points["population"].fillna(0.0)
        share = (population / population.groupby(unit).transform("sum")).fillna(0.0)
        spread = unit.map(places["gdp"]).astype("float64") * share  # of no place at all the units are texts
        gdp = points["gdp"].where(points["gdp"].notna(), spread)
        return pd.DataFrame({"unit": unit, "population": population, "gdp": gdp.astype("float64")})

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """The core cities of the region; without a region its most populous city."""
        if self.region:
            return self.region.cores
        people = self.places.loc[list(self.cities), "population"].fillna(0.0)
        return (str(people.idxmax()),) if len(people) else ()

    # -- dates ---------------------------------------------------------------------------------------------

    def as_of(self, date: str | dt.date) -> Network:
        """Return the network as it stood on ``date``: what had opened, of which runs what had not yet closed.

        Lines that are planned, under construction or closed are kept as such: they carry nobody, and a scenario can
        open them. Dates are half-open: a line is in service from ``opened`` up to, not including, ``closed``.

        Raises
        ------
        ParameterError
            If ``date`` is none, or lies behind the day the network is seen as of already.
        """
        day = as_date(date)
        if self.date is not None and day > self.date:
            raise ParameterError(
                f"The network was seen as of {self.date} and has forgotten what opened later: take the undated one to "
                f"see it as of {day}."
            )
        dated = self.dated_links
        stamp = pd.Timestamp(day)
        kept = (dated["opened"] <= stamp) | (dated["status"] != "operating")
        links = self.links[kept].reset_index(drop=True)
        return self.with_links(links, date=day)

    @cached_property
    def dated_links(self) -> pd.DataFrame:
        """The links with the dates, status and mode of their line; a date of the link's own goes first."""
        columns = ["mode", "asset", "clearance", "status", "headway_minutes", "name"]
        of_line = self.lines.reindex(self.links["line_id"]).set_axis(self.links.index)
        joined = pd.concat([self.links, of_line[columns]], axis=1)
        return joined.assign(**{day: joined[day].fillna(of_line[day]) for day in ("opened", "closed")})

    @cached_property
    def operating_links(self) -> pd.DataFrame:
        """The links that carry people: of operating lines, not closed by the day seen, or ever where there is none."""
        dated = self.dated_links
        over = dated["closed"].notna() if self.date is None else dated["closed"] <= pd.Timestamp(self.date)
        return dated[(dated["status"] == "operating") & ~over]

    def with_links(self, links: pd.DataFrame, *, date: dt.date | None) -> Network:
        """Return the network with some of its own links, seen as of ``date``, and the lines that have any.

        The rows were checked before and are not checked again.
        """
        lines = self.lines[self.lines.index.isin(links["line_id"])]
        made = object.__new__(Network)
        values = {"places": self.places, "lines": lines, "links": links, "sources": self.sources}
        values |= {"region": self.region, "land": self.land, "date": date}
        for name, value in values.items():
            object.__setattr__(made, name, value)
        return made

    def with_tables(
        self,
        *,
        places: pd.DataFrame | None = None,
        lines: pd.DataFrame | None = None,
        links: pd.DataFrame | None = None,
        sources: pd.DataFrame | None = None,
    ) -> Network:
        """Return a new, checked network with some of its tables replaced."""
        given = {"places": places, "lines": lines, "links": links, "sources": sources}
        changed: dict[str, Any] = {name: table for name, table in given.items() if table is not None}
        return replace(self, **changed)


def as_date(date: str | dt.date) -> dt.date:
    """Read a day from an ISO text or a date.

    Raises
    ------
    ParameterError
        If it is neither.
    """
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date):
        return date
    try:
        return dt.date.fromisoformat(str(date))
    except ValueError:
        raise ParameterError(f"{date!r} is not a date: write it as 2024-07-01.") from None


def folded(name: str) -> str:
    """Fold case, accents, blanks, dashes and apostrophes away, so that Xi'an, Xian and xi-an are one name."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in bare if letter.isalnum())


def _with_column(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    plain = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
    return plain if key in plain.columns else plain.rename_axis(key).reset_index()


def _land_bytes(land: gpd.GeoDataFrame | None) -> bytes:
    return b"" if land is None else b"".join(land.geometry.to_wkb())
