"""Circles: who is reached within a cutoff, and the polygons drawn from that.

A circle is drawn round a point. Its origin is the place itself, a city being its centre, under either basis that
tells whole journeys; people are counted on counting points, each with its own time.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.errors import ParameterError
from commute.measure import surface
from commute.measure.manifest import manifest, settled
from commute.measure.routing import checked_cutoffs
from commute.measure.times import minutes_between_points, node_times, people_at
from commute.model.timegraph import TimeGraph, time_graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

DEFAULT_MINUTES = (30, 60)


class Reached(NamedTuple):
    """Minutes from each origin to each counting point and to each city."""

    origins: list[str]
    points: NDArray[np.float64]
    cities: NDArray[np.float64]


@singledispatch
def reach(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origins: str | Iterable[str],
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Count who is within the cutoffs of each origin.

    People and GDP are counted on counting points, each with its own time, never by polygon. A city is reached when
    its centre is (``centre_to_centre``), its people are on average (``door_to_door``), or one of its terminals is
    (``in_vehicle``).

    Over ``Streets`` the origins are junctions or points, and what is summed are the weights given to the junctions:
    ``reach(streets, origins, minutes=(30, 60), weights=None, direction="from", threads=1)``, told by
    ``measure.streets.reach_over_streets``.

    Returns
    -------
    DataFrame
        One row per origin and cutoff: ``origin_id``, ``cutoff`` (minutes), ``direction``, ``basis``, ``people``,
        ``people_elsewhere`` (outside the origin's own city), ``gdp``, ``gdp_elsewhere`` (billion CNY; NaN where no
        place reached states one), ``cities`` (other than the origin's own), ``counties``. For the places one by
        one see ``travel_times(network, origins, destinations, cutoff=…)``.

    Raises
    ------
    UnknownNameError, ParameterError
        As ``travel_times``.
    """
    cutoffs, given = checked_cutoffs(minutes), settled(assumptions, basis)
    graph = time_graph(network, given)
    found = reached(graph, network.place_ids(origins), direction=direction)
    rows = [
        {"origin_id": origin, "cutoff": cutoff, "direction": direction, "basis": given.basis}
        | _counted(network, origin, found.points[at] <= cutoff, found.cities[at] <= cutoff)
        for at, origin in enumerate(found.origins)
        for cutoff in cutoffs
    ]
    frame = pd.DataFrame(rows)
    frame.attrs["manifest"] = manifest(network, given)
    return frame


@singledispatch
def isochrones(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origins: str | Iterable[str],
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> gpd.GeoDataFrame:
    """Draw the ground within the cutoffs of each origin.

    Round every station, interchange and place reached lies a disc of what local travel covers in the time left,
    clipped to the land that hangs together with its middle. The polygon is a picture; ``people`` and ``cities``
    come from the times themselves, as in ``reach``.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, one valid (Multi)Polygon per origin and cutoff, the smaller inside the larger: ``origin_id``,
        ``origin``, ``cutoff`` (minutes), ``direction``, ``basis``, ``area_km2`` (equal-area), ``people``,
        ``cities``, ``geometry``.

    Raises
    ------
    ParameterError
        Under the basis ``in_vehicle``, which knows no way from the station to the door; and as ``travel_times``.
    """
    cutoffs, given = checked_cutoffs(minutes), settled(assumptions, basis)
    if given.basis == "in_vehicle":
        raise ParameterError(
            "In vehicle there is no way from the station to the door, so there is no ground to draw: take "
            "centre_to_centre or door_to_door, or reach(), which counts under any basis."
        )
    graph, ids = time_graph(network, given), network.place_ids(origins)
    found = reached(graph, ids, direction=direction)
    rows = []
    for at, origin in enumerate(ids):
        rings = _rings(graph, origin, cutoffs, direction)
        for cutoff, (area, shape) in zip(cutoffs, rings, strict=True):
            counted = _counted(network, origin, found.points[at] <= cutoff, found.cities[at] <= cutoff)
            row = {"origin_id": origin, "origin": network.places.at[origin, "name"], "cutoff": cutoff}
            row |= {"direction": direction, "basis": given.basis, "area_km2": area}
            rows.append(row | {"people": counted["people"], "cities": counted["cities"], "geometry": shape})
    circles = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
    circles.attrs["manifest"] = manifest(network, given)
    return circles


def reached(graph: TimeGraph, origins: list[str], *, direction: str) -> Reached:
    """Return minutes from (or to) the points of the origins to every counting point and city."""
    network = graph.network
    points = list(network.counting_points.index)
    if not points:
        raise ParameterError("The region is empty: it has no city and no county to reach.")
    minutes = minutes_between_points(graph, origins, points, direction=direction)
    if graph.assumptions.basis != "door_to_door":
        cities = minutes_between_points(graph, origins, list(network.cities), direction=direction)
        return Reached(origins, minutes, cities)
    mean = np.empty((len(origins), len(network.cities)))
    at = {point: column for column, point in enumerate(points)}
    for column, city in enumerate(network.cities):
        share = people_at(network, city)
        share = share[share > 0]
        mean[:, column] = minutes[:, [at[point] for point in share.index]] @ share.to_numpy()
    return Reached(origins, minutes, mean)


def _counted(network: Network, origin: str, points: NDArray[np.bool_], cities: NDArray[np.bool_]) -> dict[str, float]:
    table = network.counting_points
    row = network.places.loc[origin]
    own = origin if row["kind"] == "city" else row["parent"]
    elsewhere = points & (table["unit"] != own).to_numpy()
    return {
        "people": float(table["population"][points].sum()),
        "people_elsewhere": float(table["population"][elsewhere].sum()),
        "gdp": float(table["gdp"][points].sum(min_count=1)),
        "gdp_elsewhere": float(table["gdp"][elsewhere].sum(min_count=1)),
        "cities": int(sum(inside for city, inside in zip(network.cities, cities, strict=True) if city != own)),
        "counties": int(points.sum()),
    }


def _rings(
    graph: TimeGraph, origin: str, cutoffs: tuple[float, ...], direction: str
) -> list[tuple[float, shapely.Geometry]]:
    """Return area in km² and polygon in degrees for each cutoff, ascending, each holding the one before."""
    plane = surface.plane_of(graph.network)
    exits = surface.exits_of(graph, plane, direction=direction)
    roads = surface.open_roads_of(graph, plane, direction=direction)
    times = node_times(graph, [origin], direction=direction)[0]
    farthest = graph.assumptions.local["access_km"]
    flat = [
        shapely.union(
            surface.ring(exits, times, cutoff, plane=plane, farthest_km=farthest),
            surface.beside(roads, times, cutoff, plane=plane, farthest_km=farthest),
        )
        for cutoff in cutoffs
    ]
    return [(float(one.area), shape) for one, shape in zip(flat, surface.to_degrees(flat, plane), strict=True)]
