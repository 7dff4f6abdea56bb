"""Datasets: the data that ships with the package, chosen by region and checked against its registry."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from commute.errors import DataFileError, ParameterError, UnknownNameError
from commute.io import files
from commute.model import schema
from commute.model.network import Network, Region, folded
from commute.model.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    import geopandas as gpd

Tables = dict[str, pd.DataFrame]
LAND_MARGIN = 3.0  # degrees beyond the outermost places: further than a circle reaches, and than a map shows round it
REGISTRY = "registry.txt"


def data_folder() -> Path:
    """Return the folder of the data that ships: inside the installed package, or beside it in the repository."""
    here = Path(__file__).resolve().parent.parent
    return here / "data" if (here / "data").is_dir() else here.parent / "data"


# ------------------------------------------------------------------ regions


def load(region: str | Sequence[str]) -> Network:
    """Return the network of a region that ships, or of any cities and counties of one's own choice.

    Parameters
    ----------
    region
        A region by its id, English or Chinese name; or several cities and counties by theirs. The first of
        these is the core of the region they make.

    Notes
    -----
    A city brings its counties, stations, interchanges and checkpoints. A county whose city is not itself a member
    brings that city as a place: with the people and the GDP of the counties that came, and with all its stations
    and interchanges, since lines do not end at a county's border. A link belongs where both of its ends do, a line
    where one of its links does, a source where a row names it.

    Raises
    ------
    UnknownNameError
        If nobody knows the region or a place, with the nearest names.
    ParameterError
        If no place is named.
    """
    tables = _tables(data_folder())
    if isinstance(region, str):
        chosen = region_of(tables, _find(tables["regions"], "region", "region", region))
    else:
        chosen = _own_region(tables, region)
    selected = _select(tables, chosen.members)
    ground = _land_around(selected["places"])
    used = _used_sources([*selected.values(), ground, pd.DataFrame({"source": [chosen.source]})])
    sources = tables["sources"]
    return Network(
        places=selected["places"],
        lines=selected["lines"],
        links=selected["links"],
        sources=sources[sources["source_id"].isin(used)],
        region=chosen,
        land=ground,
    )


def regions() -> pd.DataFrame:
    """Return the regions that ship: region, name, name_zh, tier, profile, cities, counties, people, links, lines."""
    return _regions(data_folder()).copy()


def claims(region: str | None = None) -> pd.DataFrame:
    """Return the published claims about a region by its id, English or Chinese name, about all where none is named.

    The columns are those of ``claims.csv``, and ``title`` and ``url`` of the first source of each.

    Raises
    ------
    UnknownNameError
        If nobody knows the region, with the nearest names.
    """
    tables, found = _tables(data_folder()), _claims(data_folder())
    sources = tables["sources"].set_index("source_id")[["title", "url"]]
    if region is not None:
        row = _find(tables["regions"], "region", "region", region)
        found = found[found["region"] == tables["regions"].at[row, "region"]]
    first = sources.reindex(found["source"].str.split(";").str[0].str.strip()).reset_index(drop=True)
    return found.reset_index(drop=True).join(first)


def land() -> gpd.GeoDataFrame:
    """Return the land polygons that ship, EPSG:4326."""
    return _land(data_folder()).copy()


def known_points() -> pd.DataFrame:
    """Return lon and lat of every place that ships, by place_id."""
    return _tables(data_folder())["places"].set_index("place_id")[["lon", "lat"]]


def scenarios() -> pd.DataFrame:
    """Return the scenarios that ship: name, title, path."""
    found = sorted((data_folder() / "scenarios").glob("*.toml"))
    rows = [(path.stem, tomllib.loads(path.read_text("utf-8"))["title"], path) for path in found]
    return pd.DataFrame(rows, columns=["name", "title", "path"])


def scenario(name: str) -> Scenario:
    """Return a scenario that ships, by its name.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    shipped = scenarios().set_index("name")["path"]
    if name not in shipped.index:
        raise UnknownNameError.of("scenario", name, {known: known for known in shipped.index})
    return Scenario.read(shipped[name])


@cache
def _tables(folder: Path) -> Tables:
    """Read and check the national set once, but for the claims, which no network needs."""
    return schema.conform({t: files.read_csv(folder / "china" / f"{t}.csv") for t in schema.TABLES if t != "claims"})


@cache
def _claims(folder: Path) -> pd.DataFrame:
    """Read the claims and check them against the national set once."""
    return schema.conform(_tables(folder) | {"claims": files.read_csv(folder / "china" / "claims.csv")})["claims"]


@cache
def _land(folder: Path) -> gpd.GeoDataFrame:
    return files.read_geojson(folder / "land.geojson")


@cache
def _regions(folder: Path) -> pd.DataFrame:
    tables = _tables(folder)
    counts = []
    for region in tables["regions"]["region"]:
        chosen = _select(tables, _members(tables, region)["place_id"])
        kind = chosen["places"]["kind"]
        people = chosen["places"].loc[kind.eq("city"), "population"].sum()
        counts.append(
            {
                "cities": kind.eq("city").sum(),
                "counties": kind.eq("county").sum(),
                "people": people,
                "links": len(chosen["links"]),
                "lines": len(chosen["lines"]),
            }
        )
    described = tables["regions"][["region", "name", "name_zh", "tier", "profile"]]
    return described.join(pd.DataFrame(counts, columns=["cities", "counties", "people", "links", "lines"]))


def region_of(tables: Mapping[str, pd.DataFrame], row: int) -> Region:
    """Return the region in ``row`` of the table of regions, with its members."""
    named: dict[Hashable, str] = tables["regions"].loc[row].to_dict()
    members = _members(tables, named["region"])
    return Region(
        region_id=named["region"],
        name=named["name"],
        name_zh=named["name_zh"],
        tier=named["tier"],
        profile=named["profile"],
        members=tuple(members["place_id"]),
        cores=tuple(members.loc[members["core"], "place_id"]),
        source=named["source"],
    )


def _own_region(tables: Mapping[str, pd.DataFrame], names: Iterable[str]) -> Region:
    places = tables["places"]
    peopled = places[places["kind"].isin(("city", "county"))]
    found = dict.fromkeys(_find(peopled, "place_id", "city or county", name) for name in names)
    if not found:
        raise ParameterError("A region needs a place: name at least one city or county.")
    rows = peopled.loc[list(found)]
    return Region(
        region_id="-".join(rows["place_id"]),
        name="–".join(rows["name"]),
        name_zh="–".join(rows["name_zh"].fillna(rows["name"])),
        tier="own choice",
        profile="METRO",
        members=tuple(rows["place_id"]),
        cores=(rows["place_id"].iloc[0],),
        source=";".join(_used_sources([rows])),
    )


def _members(tables: Mapping[str, pd.DataFrame], region: str) -> pd.DataFrame:
    members = tables["region_members"]
    return members[members["region"].eq(region)]


def _find(frame: pd.DataFrame, identifier: str, kind: str, name: str) -> int:
    """Return the row label of what is called ``name`` by its id, English or Chinese name."""
    rows: dict[str, int] = {}
    shown: dict[str, str] = {}
    for row, key, english, chinese in frame[[identifier, "name", "name_zh"]].itertuples(name=None):
        for spelling in (key, english, chinese):
            if isinstance(spelling, str):
                rows.setdefault(folded(spelling), row)
                shown.setdefault(spelling, f"{key} ({chinese})" if isinstance(chinese, str) else key)
    found = rows.get(folded(str(name)))
    if found is None:
        raise UnknownNameError.of(kind, str(name), shown)
    return found


# ------------------------------------------------------------------ what belongs to a region


def _select(tables: Mapping[str, pd.DataFrame], members: Iterable[str]) -> Tables:
    """Return the places, lines and links of the cities and counties in ``members``."""
    places = _select_places(tables["places"], set(members))
    lines, links = tables["lines"], tables["links"]
    links = links[links["from_id"].isin(places["place_id"]) & links["to_id"].isin(places["place_id"])]
    lines = lines[lines["line_id"].isin(links["line_id"])]
    return {"places": places, "lines": lines, "links": links}


def _select_places(places: pd.DataFrame, members: set[str]) -> pd.DataFrame:
    named, kind = places["place_id"].isin(members), places["kind"]
    whole = set(places.loc[named & kind.eq("city"), "place_id"])
    counties = places[named & kind.eq("county") & ~places["parent"].isin(whole)]
    partly = set(counties["parent"])
    kept = (
        places["place_id"].isin(whole | partly)
        | places["parent"].isin(whole)
        | places["place_id"].isin(counties["place_id"])
        | (places["parent"].isin(partly) & kind.ne("county"))
    )
    return _with_partial_cities(places[kept], counties)


def _with_partial_cities(places: pd.DataFrame, counties: pd.DataFrame) -> pd.DataFrame:
    """Give the cities of ``counties`` the people, GDP and area of these alone; unknown where one is."""
    amounts = ["population", "gdp", "area_km2"]
    sums = counties.groupby("parent")[amounts].sum(min_count=1)
    sums = sums.where(counties.groupby("parent")[amounts].count().eq(counties.groupby("parent").size(), axis=0))
    places = places.copy()
    partly = places["place_id"].isin(sums.index)
    places.loc[partly, amounts] = sums.loc[places.loc[partly, "place_id"]].to_numpy()
    return places


def _used_sources(frames: Iterable[pd.DataFrame]) -> list[str]:
    """Return every source id that a row of the frames names, in order, each once."""
    cells = pd.concat([frame["source"] for frame in frames], ignore_index=True)
    return list(cells.str.split(";").explode().str.strip().drop_duplicates())


def _land_around(places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the land around the places, cut to their bounds and a margin."""
    west, east = places["lon"].min() - LAND_MARGIN, places["lon"].max() + LAND_MARGIN
    south, north = places["lat"].min() - LAND_MARGIN, places["lat"].max() + LAND_MARGIN
    near = _land(data_folder()).clip((west, south, east, north), keep_geom_type=True)
    return near.sort_index().reset_index(drop=True)


# ------------------------------------------------------------------ the registry


def verify() -> pd.DataFrame:
    """Compare every file that ships with the registry: file, status (ok, changed, missing, unlisted), sha256.

    Raises DataFileError where there is no registry, or a line of it is none.
    """
    listed = _listed(data_folder() / REGISTRY)
    there = _hashes(data_folder())
    rows = []
    for name in sorted(listed.keys() | there.keys()):
        if name not in listed:
            status = "unlisted"
        elif name not in there:
            status = "missing"
        else:
            status = "ok" if listed[name] == there[name] else "changed"
        rows.append((name, status, there.get(name, listed.get(name))))
    return pd.DataFrame(rows, columns=["file", "status", "sha256"])


def write_registry() -> None:
    """Write the registry anew, in the format of sha256sum, from the files that are there."""
    folder = data_folder()
    lines = [f"{digest}  {name}\n" for name, digest in sorted(_hashes(folder).items())]
    with files.replacing(folder / REGISTRY) as path:
        path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _listed(path: Path) -> dict[str, str]:
    listed = {}
    for number, line in enumerate(files.read_bytes(path).decode("utf-8").splitlines(), start=1):
        digest, separator, name = line.partition("  ")
        if not separator:
            raise DataFileError(f"{path}, line {number} is not 'sha256  file'. Write the registry anew.")
        listed[name] = digest
    return listed


def _hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file under ``folder`` but the registry and what tools leave behind."""
    inside = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in inside.items()
        if name.as_posix() != REGISTRY and not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
    }
