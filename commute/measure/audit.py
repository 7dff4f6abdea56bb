"""Audit: how far the polygons of circles disagree with the times they were drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from commute.errors import ParameterError
from commute.measure import surface
from commute.measure.expansion import contours, field, plane_of, stood_on
from commute.measure.joined import joined
from commute.measure.manifest import one_basis, settled
from commute.measure.street_circles import ground_of, times_of
from commute.measure.times import minutes_between_points
from commute.model.clock import DECISECONDS
from commute.model.streets import Streets
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network


class _Points(NamedTuple):
    """Where people are, how many at each, and the plane to measure on."""

    where: NDArray[np.object_]
    people: NDArray[np.float64]
    plane: surface.Plane
    metres: float  # of one unit of the plane


def audit(
    circles: gpd.GeoDataFrame,
    network: Network | Streets,
    *,
    streets: Streets | Mapping[str, Streets] | None = None,
    assumptions: Assumptions | None = None,
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Hold the polygons against the times they were drawn from.

    Over streets alone the points are the junctions at which one can leave the street, each counted as its ``weights``
    say or as one. Over streets and trains they are counting points, as in a network. Along streets the ground is held
    against that of a grid of half the cell.

    Parameters
    ----------
    circles
        What ``isochrones`` gave.
    network
        The network or streets that it was asked of.
    streets
        Those that a network was asked with.
    assumptions
        Those it was asked with, of a network.
    weights
        For each junction of streets, the people there.

    Returns
    -------
    DataFrame
        One row per polygon: ``origin_id``, ``cutoff``, ``people_falsely_in`` and ``people_falsely_out`` (at points
        that polygon and times disagree on), ``share_wrong`` (of the people within the cutoff by either),
        ``boundary_error_m`` (the farthest such point from the boundary, in metres; 0 where there is none; deep inside
        it may be where a hole was filled), ``valid``,
        ``nested``. Over streets also ``area_falsely_in_km2``, ``area_falsely_out_km2`` and ``outline_error_m`` (that
        ground over the length of the outline: how far it is off on average).

    Raises
    ------
    BasisError
        If the polygons are of different bases.
    ParameterError
        For assumptions of streets, weights of a network, weights that are not one for each junction; for circles along
        streets without these, and those round points, whose places the circles do not hold.
    """
    if isinstance(network, Streets):
        if assumptions is not None or streets is not None:
            raise ParameterError("Streets hold the times they were drawn from: leave assumptions and streets out.")
        return _of_streets(circles, network, weights)
    if weights is not None:
        raise ParameterError("A network has people of its own: leave the weights out.")
    if streets is not None:
        return _of_both(circles, network, streets, assumptions)
    if "streets" in circles.attrs.get("manifest", {}):
        raise ParameterError("These circles were drawn along streets: give them too, as streets=.")
    return _of_network(circles, network, assumptions)


def _of_network(circles: gpd.GeoDataFrame, network: Network, assumptions: Assumptions | None) -> pd.DataFrame:
    given = settled(assumptions, one_basis(circles["basis"]))
    graph, points, known = time_graph(network, given), list(network.counting_points.index), _counting_points(network)
    rows = []
    for row in circles.itertuples():
        minutes = minutes_between_points(graph, [row.origin_id], points, direction=row.direction)[0]
        rows.append(_held(circles, row, known, minutes <= row.cutoff))
    return pd.DataFrame(rows)


def _of_both(
    circles: gpd.GeoDataFrame,
    network: Network,
    streets: Streets | Mapping[str, Streets],
    assumptions: Assumptions | None,
) -> pd.DataFrame:
    given = settled(assumptions, one_basis(circles["basis"]))
    strangers = [one for one in dict.fromkeys(circles["origin_id"]) if one not in network.places.index]
    if strangers:
        raise ParameterError(f"Only circles round places of the network can be audited, not round {strangers[0]!r}.")
    points, known = list(network.counting_points.index), _counting_points(network)
    rows = []
    for (origin, direction), group in circles.groupby(["origin_id", "direction"], sort=False):
        cutoffs = tuple(sorted(group["cutoff"]))
        limit = round(max(cutoffs) * DECISECONDS)
        found = joined(network, [origin], streets, given, direction=direction, limit=limit, also=points)
        minutes, (layers,) = found.minutes(points)[0], found.expansions(limit)
        finer = field(layers, cutoffs, towards=direction == "to", finer=2.0)
        truth = dict(zip(cutoffs, contours(finer, cutoffs), strict=True))
        plane = plane_of(finer.frame.lon0, finer.frame.lat0)
        for row in group.itertuples():
            held = _held(circles, row, known, minutes <= row.cutoff)
            rows.append(held | _ground_wrong(row.geometry, truth[row.cutoff], plane))
    return pd.DataFrame(rows)


def _counting_points(network: Network) -> _Points:
    points = network.counting_points
    where = shapely.points(network.places.loc[points.index, ["lon", "lat"]].to_numpy(dtype=np.float64))
    return _Points(where, points["population"].to_numpy(dtype=np.float64), surface.plane_of(network), 1000.0)


def _of_streets(circles: gpd.GeoDataFrame, streets: Streets, weights: ArrayLike | None) -> pd.DataFrame:
    people = stood_on(streets).astype(np.float64) if weights is None else np.asarray(weights, dtype=np.float64)
    if people.shape != (streets.nodes,):
        raise ParameterError(f"weights must be one number for each of the {streets.nodes} junctions.")
    at = np.flatnonzero(people)
    where = shapely.points(streets.lon[at], streets.lat[at])
    rows = []
    for _, group in circles.groupby("origin_id", sort=False):
        direction, cutoffs = str(group["direction"].iloc[0]), tuple(sorted(group["cutoff"]))
        node = int(group["node"].iloc[0])
        times = times_of(streets, np.array([node]), max(cutoffs), direction=direction)[at]
        finer = ground_of(streets, node, cutoffs, direction=direction, finer=2.0)
        known = _Points(where, people[at], plane_of(finer.frame.lon0, finer.frame.lat0), 1.0)
        truth = dict(zip(cutoffs, contours(finer, cutoffs), strict=True))
        for row in group.itertuples():
            near = times <= round(row.cutoff * DECISECONDS)
            rows.append(_held(circles, row, known, near) | _ground_wrong(row.geometry, truth[row.cutoff], known.plane))
    return pd.DataFrame(rows)


def _held(circles: gpd.GeoDataFrame, row: Any, known: _Points, near: NDArray[np.bool_]) -> dict[str, Any]:  # noqa: ANN401 - a row
    """Hold one polygon against what the times say of each point."""
    shapely.prepare(row.geometry)
    inside = shapely.intersects(row.geometry, known.where)
    people, wrong = known.people, inside != near
    return {
        "origin_id": row.origin_id,
        "cutoff": row.cutoff,
        "people_falsely_in": float(people[inside & ~near].sum()),
        "people_falsely_out": float(people[near & ~inside].sum()),
        "share_wrong": float(people[wrong].sum() / max(people[inside | near].sum(), 1.0)),
        "boundary_error_m": _farthest_m(row.geometry, known.where[wrong], known),
        "valid": bool(row.geometry.is_valid),
        "nested": _nested(circles, row),
    }


def _ground_wrong(shape: shapely.Geometry, truth: shapely.Geometry, plane: surface.Plane) -> dict[str, float]:
    """Hold the ground of one polygon over streets against that of a finer grid."""
    drawn, true = (shapely.transform(one, plane.forth.transform, interleaved=False) for one in (shape, truth))
    falsely_in, falsely_out = drawn.difference(true).area, true.difference(drawn).area
    return {
        "area_falsely_in_km2": falsely_in / 1e6,
        "area_falsely_out_km2": falsely_out / 1e6,
        "outline_error_m": (falsely_in + falsely_out) / max(true.length, 1.0),
    }


def _farthest_m(shape: shapely.Geometry, points: NDArray[np.object_], known: _Points) -> float:
    if not len(points) or shape.is_empty:
        return 0.0
    forth = known.plane.forth.transform
    edge, there = (shapely.transform(one, forth, interleaved=False) for one in (shape.boundary, points))
    return known.metres * float(shapely.distance(edge, there).max())


def _nested(circles: gpd.GeoDataFrame, row: Any) -> bool:  # noqa: ANN401 - as above
    same = (circles["origin_id"] == row.origin_id) & (circles["direction"] == row.direction)
    larger = circles[same & (circles["cutoff"] > row.cutoff)]
    return all(outer.covers(row.geometry) for outer in larger.geometry)
