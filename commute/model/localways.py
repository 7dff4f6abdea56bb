"""Local ways: which places, stations and interchanges are joined by local streets, and how far apart they are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.model import ground
from commute.model.network import PEOPLE

if TYPE_CHECKING:
    import shapely
    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

_ROLES = {"city": "people", "county": "people", "interchange": "ramp"}  # every other kind is a stop
_KINDS = {
    ("people", "people"): "local",
    ("people", "stop"): "stop",
    ("people", "ramp"): "ramp",
    ("stop", "stop"): "walk",
}


def local_ways(network: Network, assumptions: Assumptions) -> pd.DataFrame:
    """Return the pairs of places that local streets join.

    One row per pair: ``from_id``, ``to_id`` (the people's side first), ``kind``, ``km`` (straight line), ``water``
    (the share of it over water, -1 on foot) and ``minutes`` (where the table states an access time, else NaN).
    Kinds: ``local`` between people, ``stop`` and ``ramp`` between people and a station or interchange, ``walk``
    between two stops. No pair lies on two sides of a border, farther apart than the assumptions allow, or with their
    share of the line over water.
    """
    local, places = assumptions.local, network.places
    lon, lat = (places[axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat"))
    side = pd.factorize(places["territory"])[0]
    role = places["kind"].map(_ROLES).fillna("stop").to_numpy(dtype=str)
    first, second, km, water = _pairs(
        lon.tobytes(), lat.tobytes(), side.astype(np.int64).tobytes(), role.tobytes(), role.dtype.str,
        network.outline, local["access_km"],
    )  # fmt: skip
    kinds = [_KINDS.get((a, b)) for a, b in zip(role[first], role[second], strict=True)]
    ids = places.index.to_numpy()
    ways = pd.DataFrame({"from_id": ids[first], "to_id": ids[second], "kind": kinds, "km": km, "water": water})
    walk = ways["kind"] == "walk"
    near = np.where(walk, ways["km"] <= local["walk_km"], ways["water"] < local["water_share"])
    ways["water"] = ways["water"].mask(walk, -1.0)
    ways = ways[ways["kind"].notna() & near]
    return _with_stated(ways, places).reset_index(drop=True)


@lru_cache(maxsize=8)
def _pairs(  # noqa: PLR0913, PLR0917 - bytes and an outline, so that a scenario on the same places finds them again
    lon: bytes, lat: bytes, side: bytes, role: bytes, role_type: str, outline: shapely.Geometry | None, within: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    x, y, sides = np.frombuffer(lon), np.frombuffer(lat), np.frombuffer(side, dtype=np.int64)
    roles = np.frombuffer(role, dtype=role_type)
    first, second, km = ground.near_pairs(x, y, within_km=within)
    swapped = np.array([(roles[a], roles[b]) not in _KINDS for a, b in zip(first, second, strict=True)], dtype=bool)
    first, second = np.where(swapped, second, first), np.where(swapped, first, second)
    joined = np.array([(roles[a], roles[b]) in _KINDS for a, b in zip(first, second, strict=True)], dtype=bool)
    joined &= sides[first] == sides[second]
    first, second, km = first[joined], second[joined], km[joined]
    water = ground.water_share(x[first], y[first], x[second], y[second], land=outline)
    return first, second, km, water


def _with_stated(ways: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Put the stated access times of stations and interchanges between them and their city's centre.

    A station on the other side of a border than its city has none: the border lies between them.
    """
    stops = places["access_minutes"].notna() & ~places["kind"].isin(PEOPLE)
    stated = places[stops & (places["territory"] == places["parent"].map(places["territory"]))]
    table = pd.DataFrame({"from_id": stated["parent"], "to_id": stated.index, "minutes": stated["access_minutes"]})
    table["kind"] = np.where(stated["kind"] == "interchange", "ramp", "stop")
    table["km"] = table["water"] = np.nan
    both = pd.concat([table, ways.assign(minutes=np.nan)], ignore_index=True)
    columns = ["from_id", "to_id", "kind", "km", "water", "minutes"]
    return both.drop_duplicates(["from_id", "to_id"], keep="first")[columns]
