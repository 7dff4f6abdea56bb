"""Ports: where the places of a network stand beside streets, on their own side of the border."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from commute.model import ground
from commute.model.streets import SNAP_METRES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from commute.model.network import Network
    from commute.model.streets import Streets

_AROUND = 2 * SNAP_METRES / 111_000  # degrees of latitude: a box that holds every junction near enough


def ports(network: Network, streets: Streets) -> pd.DataFrame:
    """Find the junction of each place that streets can be entered and left at: of interchanges, only by car.

    Where the land says whose it is, a checkpoint is not joined to the streets behind the border, near as they are.

    Returns
    -------
    DataFrame
        As of ``Streets.snap``, indexed by place: ``node``, ``distance_metres``, ``component``, ``status``.
    """
    places = network.places
    if streets.mode != "drive":
        places = places[places["kind"] != "interchange"]
    lon, lat = (places[axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat"))
    found = streets.snap(lon, lat).set_index(places.index)
    for side in places["territory"].unique():
        foreign = _foreign(network, side)
        if foreign is None:
            continue
        rows = np.flatnonzero((found["node"] >= 0).to_numpy() & (places["territory"] == side).to_numpy())
        node = found["node"].to_numpy()[rows]
        for row in rows[shapely.intersects_xy(foreign, streets.lon[node], streets.lat[node])]:
            width = _AROUND / np.cos(np.radians(lat[row]))
            near = (np.abs(streets.lat - lat[row]) <= _AROUND) & (np.abs(streets.lon - lon[row]) <= width)
            own = np.flatnonzero(near)
            own = own[~shapely.intersects_xy(foreign, streets.lon[own], streets.lat[own])]
            metres = 1000 * ground.distance_km(lon[row], lat[row], streets.lon[own], streets.lat[own])
            place, (node_there, away, component, status) = places.index[row], _joined_to(streets, own, metres)
            found.at[place, "node"], found.at[place, "distance_metres"] = node_there, away
            found.at[place, "component"], found.at[place, "status"] = component, status
    return found


@lru_cache(maxsize=32)
def _foreign(network: Network, side: str) -> shapely.Geometry | None:
    """Return the land of all territories but one; None where the land does not say whose it is."""
    if network.land is None or "territory" not in network.land:
        return None
    other = shapely.union_all(network.land.geometry.to_numpy()[(network.land["territory"] != side).to_numpy()])
    shapely.prepare(other)
    return other


def _joined_to(streets: Streets, own: NDArray[np.int64], metres: NDArray[np.float64]) -> tuple[int, float, int, str]:
    """Return the row of the nearest of some junctions, as ``Streets.snap`` tells it."""
    nearest = float(metres.min(initial=np.inf))
    if nearest > SNAP_METRES:
        return -1, nearest, -1, "unsnapped"
    node = int(own[np.argmin(metres)])
    component = int(streets.component[node])
    largest = np.bincount(streets.component).argmax()
    return node, nearest, component, "snapped" if component == largest else "island"
