"""Stops: the stations of a feed as places, with names and identifiers of their own, each in a city."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import DataFileError
from commute.io.feedrules import parents
from commute.model import ground
from commute.model.network import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commute.io.feedrules import Tables
    from commute.model.network import Network

CHINESE = r"[\u3400-\u9fff]"
KINDS = {"station": ("Station", "站"), "port": ("Port", "港")}
SAME_KM = 3.0  # the length of a large station: how far two maps put its middle apart


def points_of(tables: Tables) -> pd.DataFrame:
    """Return the stations that trains call at: index stop_id, columns name, name_zh, lon, lat.

    A name in Chinese is the Chinese name; the other one is its English translation where translations.txt has it.
    """
    stops = tables["stops"].drop_duplicates("stop_id").set_index("stop_id")
    used = parents(tables["stops"]).loc[tables["stop_times"]["stop_id"].unique()].unique()
    stops = stops.loc[used]
    given = stops["stop_name"].fillna(stops.index.to_series())
    said = tables["translations"]
    said = said[said["table_name"].eq("stops") & said["field_name"].eq("stop_name")]
    said = said[said["language"].str.startswith("en").eq(True)]
    by_id, by_name = (said.dropna(subset=[key]).drop_duplicates(key) for key in ("record_id", "field_value"))
    english = stops.index.to_series().map(by_id.set_index("record_id")["translation"]).astype("str")
    english = english.fillna(given.map(by_name.set_index("field_value")["translation"]).astype("str"))
    english = english.where(english.ne(english.str.lower()), english.str.title())
    chinese = given.where(given.str.contains(CHINESE))
    columns = {"name": english.fillna(given), "name_zh": chinese, "lon": stops["stop_lon"], "lat": stops["stop_lat"]}
    return pd.DataFrame(columns).rename_axis("stop_id")


def owners_of(points: pd.DataFrame, places: Network, *, within_km: float, feed: str) -> pd.DataFrame:
    """Return the stations near ``places``: index stop_id, columns parent (city) and territory of the nearest of them.

    Raises DataFileError if none is near.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - 0.1 s of import that only this needs

    people = places.places.loc[places.counting_points.index.union(pd.Index(places.cities), sort=False)]
    unit = people["parent"].where(people["kind"].eq("county"), people.index.to_series())
    lon, lat = (points[axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat"))
    _, row = cKDTree(ground.on_sphere(people["lon"], people["lat"])).query(ground.on_sphere(lon, lat))
    nearest = people.iloc[row]
    to = (nearest[axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat"))
    km = ground.distance_km(lon, lat, *to)
    owners = pd.DataFrame(
        {"parent": unit.loc[nearest.index].to_numpy(), "territory": nearest["territory"].to_numpy()}, index=points.index
    )
    if not (km <= within_km).any():
        raise DataFileError(
            f"No stop of {feed} is within {within_km:g} km of the places given; the nearest is {km.min():.0f} km away. "
            "Give the places that the feed serves."
        )
    return owners[km <= within_km]


def stations_of(points: pd.DataFrame, ports: Iterable[str], *, taken: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return the rows of the table of places, index stop_id; they share no name or id with the places ``taken``."""
    kind = ["port" if port else "station" for port in points.index.isin(list(ports))]
    rows = points.assign(kind=kind, source=source, place_id=identifiers(points.index, taken=taken["place_id"]))
    for column, language in (("name", 0), ("name_zh", 1)):
        words = [KINDS[one][language] for one in kind]
        gap = ("", " ")[language == 0]
        rows[column] = _distinct(rows[column], words, gap=gap, taken=taken[column].dropna())
    return rows


def same_as(points: pd.DataFrame, places: Network) -> pd.Series:
    """Return the stations that ``places`` has already: index stop_id, values place_id.

    They have the same name there, in either language, with or without the word for station, and lie no farther apart
    than ``SAME_KM``.
    """
    there = places.places[places.places["kind"].isin([*KINDS, "checkpoint"])]
    pairs = []
    for column in ("name_zh", "name"):
        here, known = (frame.assign(bare=_bare(frame[column])) for frame in (points, there))
        columns = ["bare", "lon", "lat"]
        one, other = (frame.dropna(subset=["bare"])[columns].reset_index() for frame in (here, known))
        pairs.append(one.merge(other, on="bare", suffixes=("", "_there")))
    both = pd.concat(pairs, ignore_index=True)
    ends = (both[axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat", "lon_there", "lat_there"))
    near = both.assign(km=ground.distance_km(*ends)).sort_values("km", kind="stable")
    near = near[near["km"] <= SAME_KM].drop_duplicates("stop_id").drop_duplicates("place_id")
    found: pd.Series[str] = near.set_index("stop_id")["place_id"]
    return found


def _bare(names: pd.Series) -> pd.Series:
    return names.map(folded, na_action="ignore").astype("str").str.replace(r"(station|站)$", "", regex=True)


def identifiers(texts: Iterable[str], *, taken: Iterable[str] = ()) -> list[str]:
    """Return an identifier for each text: its letters and figures, and a number where another one has them too."""
    seen, made = set(taken), []
    for position, text in enumerate(texts, start=1):
        bare = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().lower()
        slug = "-".join(re.findall("[a-z0-9]+", bare)) or f"number-{position}"
        found = next(name for name in chain([slug], (f"{slug}-{n}" for n in count(2))) if name not in seen)
        seen.add(found)
        made.append(found)
    return made


def _distinct(names: pd.Series, words: list[str], *, gap: str, taken: Iterable[str]) -> list[str | None]:
    """Make names unique: 'Alpha Station' beside a city, 'Alpha Station (S2)' beside another station.

    Of a name that is empty there is none.
    """
    cities = {name.casefold() for name in taken}
    seen, made = set(cities), list[str | None]()
    for (stop, name), word in zip(names.items(), words, strict=True):
        if not isinstance(name, str):
            made.append(None)
            continue
        own = f"{name}{gap}{word}" if name.casefold() in cities else name
        more = (f"{own} ({stop}, {n})" for n in count(2))
        found = next(one for one in chain([own, f"{own} ({stop})"], more) if one.casefold() not in seen)
        seen.add(found.casefold())
        made.append(found)
    return made
