"""Audit: how far the polygons of circles disagree with the times they were drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.measure import surface
from commute.measure.manifest import one_basis, settled
from commute.measure.times import minutes_between_points
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network


def audit(
    circles: gpd.GeoDataFrame, network: Network, *, assumptions: Assumptions | None = None
) -> pd.DataFrame:
    """Hold the polygons against the times they were drawn from.

    Returns
    -------
    DataFrame
        One row per polygon: ``people_falsely_in`` and ``people_falsely_out`` (counting points that polygon and
        times disagree on), ``share_wrong`` (of the people within the cutoff by either), ``boundary_error_m`` (the
        farthest such point from the boundary, in metres; 0 where there is none), ``valid``, ``nested``.

    Raises
    ------
    BasisError
        If the polygons are of different bases.
    """
    given = settled(assumptions, one_basis(circles["basis"]))
    graph, points = time_graph(network, given), network.counting_points
    plane = surface.plane_of(network)
    where = shapely.points(network.places.loc[points.index, ["lon", "lat"]].to_numpy(dtype=np.float64))
    rows = []
    for row in circles.itertuples():
        minutes = minutes_between_points(graph, [row.origin_id], list(points.index), direction=row.direction)[0]
        inside, near = shapely.intersects(row.geometry, where), minutes <= row.cutoff
        people = points["population"].to_numpy()
        wrong = inside != near
        rows.append(
            {
                "origin_id": row.origin_id,
                "cutoff": row.cutoff,
                "people_falsely_in": float(people[inside & ~near].sum()),
                "people_falsely_out": float(people[near & ~inside].sum()),
                "share_wrong": float(people[wrong].sum() / max(people[inside | near].sum(), 1.0)),
                "boundary_error_m": _farthest_m(row.geometry, where[wrong], plane),
                "valid": bool(row.geometry.is_valid),
                "nested": _nested(circles, row),
            }
        )
    return pd.DataFrame(rows)


def _farthest_m(shape: shapely.Geometry, points: NDArray[np.object_], plane: surface.Plane) -> float:
    if not len(points) or shape.is_empty:
        return 0.0
    edge, there = (shapely.transform(one, plane.forth.transform, interleaved=False) for one in (shape.boundary, points))
    return float(1000 * shapely.distance(edge, there).max())


def _nested(circles: gpd.GeoDataFrame, row: object) -> bool:
    same = (circles["origin_id"] == row.origin_id) & (circles["direction"] == row.direction)  # type: ignore[attr-defined]
    larger = circles[same & (circles["cutoff"] > row.cutoff)]  # type: ignore[attr-defined]
    return all(outer.covers(row.geometry) for outer in larger.geometry)  # type: ignore[attr-defined]
