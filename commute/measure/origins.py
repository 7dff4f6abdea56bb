"""Origins: where circles are drawn round, places or points, and where places stand beside streets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.model.assumptions import Assumptions
from commute.model.joint import layers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from commute.model.network import Network
    from commute.model.streets import Streets

REPORT = ("place_id", "layer", "node", "distance_metres", "component", "status", "minutes")


class Origins(NamedTuple):
    """Where circles are drawn round: places of the network (by ``place``, else None) or points, in degrees."""

    label: list[Any]
    name: list[str]
    place: list[str | None]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def origins_of(network: Network, origins: str | Iterable[str] | gpd.GeoSeries | gpd.GeoDataFrame) -> Origins:
    """Read origins: names of places, or points, which are called as their index has it.

    Raises
    ------
    UnknownNameError
        For a place nobody knows.
    ParameterError
        For no origin at all, and for geometries that are no points.
    """
    if not isinstance(origins, gpd.GeoSeries | gpd.GeoDataFrame):
        ids = network.place_ids(origins)
        at = network.places.index.get_indexer(ids)
        name, lon, lat = (network.places[column].to_numpy()[at] for column in ("name", "lon", "lat"))
        return Origins(list(ids), list(name), list(ids), lon.astype(np.float64), lat.astype(np.float64))
    points = origins.geometry if origins.crs is None else origins.geometry.to_crs("EPSG:4326")
    if not len(points) or not (points.geom_type == "Point").all() or points.is_empty.any():
        raise ParameterError("Origins must be points, one at least; take representative_point() of an area.")
    label = list(points.index)
    return Origins(label, [str(one) for one in label], [None] * len(label), points.x.to_numpy(), points.y.to_numpy())


def snap_report(
    network: Network, streets: Streets | Mapping[str, Streets], *, assumptions: Assumptions | None = None
) -> pd.DataFrame:
    """Tell where each place of a network stands beside the streets that it is joined to.

    Places are joined to the junction nearest to them within 500 m: all of them to streets for walking or cycling, and
    interchanges too to streets for driving. ``streets`` are as in ``isochrones``.

    Returns
    -------
    DataFrame
        One row per place and layer: ``place_id``, ``layer`` (access, egress, or both where they are the same streets),
        ``node`` (-1 if none), ``distance_metres`` (straight line to the nearest junction), ``component`` (two places
        share one if the streets lead from each to the other), ``status`` (``snapped``; ``island``, not in the largest
        component; ``unsnapped``, no junction near), ``minutes`` of the way to the junction (NaN if none).

    Raises
    ------
    ParameterError
        For streets that are none.
    """
    layers = layers_of(network, streets, assumptions if assumptions is not None else Assumptions())
    tables = [one.ports.rename_axis("place_id").reset_index().assign(layer=one.role) for one in layers]
    return pd.concat(tables, ignore_index=True)[list(REPORT)]
