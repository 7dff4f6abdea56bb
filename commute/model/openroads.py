"""Open roads: the ways between people and a road that can be left and entered anywhere, not only at its ends.

Driving along a road at V and then straight across country at v, the quickest way to a place leaves the road before it
passes the place: at the angle whose cosine is v / V.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.model import ground

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

_COLUMNS = ["from_id", "to_id", "minutes"]


def open_ways(
    network: Network, roads: pd.DataFrame, minutes: NDArray[np.float64], assumptions: Assumptions
) -> pd.DataFrame:
    """Return the quickest ways from the ends of open roads to the people beside them.

    ``roads`` are links and ``minutes`` the time along each. One row per end and place no farther from the road than
    the assumptions allow, on the same side of the border, with hardly any water between: ``from_id`` (the end),
    ``to_id`` (the place), ``minutes`` (along the road and across), ``link`` (the index of ``roads``).
    """
    is_open = roads["line_id"].map(network.lines["access"]).to_numpy() == "open"
    people = network.places[network.places["kind"].isin(("city", "county"))]
    found = [
        _beside(network, people, (link, end, other), float(time), assumptions)
        for link, one, two, time in zip(
            roads.index[is_open], roads["from_id"][is_open], roads["to_id"][is_open], minutes[is_open], strict=True
        )
        for end, other in ((one, two), (two, one))
    ]
    empty = pd.DataFrame({name: [] for name in [*_COLUMNS, "link"]}).astype({"minutes": float, "link": int})
    return pd.concat(found, ignore_index=True) if found else empty


def _beside(
    network: Network,
    people: pd.DataFrame,
    road: tuple[int, str, str],
    minutes: float,
    assumptions: Assumptions,
) -> pd.DataFrame:
    """Return the ways that begin at one end of one road."""
    link, end, other = road
    here, there = network.places.loc[end], network.places.loc[other]
    lon, lat = people["lon"].to_numpy(dtype=np.float64), people["lat"].to_numpy(dtype=np.float64)
    width = np.cos(np.radians(here["lat"]))
    km = np.pi / 180 * ground.EARTH_RADIUS_KM
    along = np.array([(there["lon"] - here["lon"]) * width, there["lat"] - here["lat"]]) * km
    away = np.column_stack([(lon - here["lon"]) * width, lat - here["lat"]]) * km
    length = float(np.hypot(*along))
    if length == 0:
        return pd.DataFrame(columns=[*_COLUMNS, "link"])
    passed, aside = away @ along / length, np.abs(away @ np.array([-along[1], along[0]]) / length)
    per_km = 60 * assumptions.local["circuity"] / assumptions.speed["car"]
    slowness = minutes / length / per_km  # of the road, over that of local streets
    lead = aside * slowness / np.sqrt(1 - slowness**2) if slowness < 1 else np.full(len(lon), np.inf)
    left = np.clip(passed - lead, 0.0, length)
    across = np.hypot(passed - left, aside)
    exits = np.array([here["lon"], here["lat"]]) + np.outer(left / length, along) / km / np.array([width, 1.0])
    wet = ground.water_share(exits[:, 0], exits[:, 1], lon, lat, land=network.outline)
    near = (across <= assumptions.local["access_km"]) & (wet < assumptions.local["water_share"])
    near &= (people["territory"] == here["territory"]).to_numpy()
    ways = {"from_id": end, "to_id": people.index[near], "link": link}
    return pd.DataFrame(ways | {"minutes": (left / length * minutes + across * per_km)[near]})
