"""Circles: who is reached within a cutoff, and the polygons drawn from that.

A circle is drawn round a point. Its origin is the place itself, a city being its centre, under either basis that
tells whole journeys; people are counted on counting points, each with its own time. There are two ways onto the ground:
discs of the time that is left, or, where streets are given, along these.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.errors import ParameterError
from commute.measure import surface
from commute.measure.joined import FOREVER, joined, told
from commute.measure.manifest import manifest, settled
from commute.measure.origins import origins_of
from commute.measure.routing import checked_cutoffs
from commute.measure.times import minutes_between_points, node_times, people_at
from commute.model.clock import DECISECONDS
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from commute.measure.origins import Origins
    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.streets import Streets
    from commute.model.timegraph import TimeGraph

    Rings = list[tuple[float, shapely.Geometry]]

DEFAULT_MINUTES = (30, 60)


class Reached(NamedTuple):
    """Minutes from each origin to each counting point and to each city."""

    points: NDArray[np.float64]
    cities: NDArray[np.float64]


class Ways(Protocol):
    """A way onto the ground: minutes from (or to) each origin, and the rings round it."""

    def minutes(self, places: Sequence[str]) -> NDArray[np.float64]:
        """Return minutes [origins, places] between the points themselves."""

    def rings(self, cutoffs: tuple[float, ...]) -> Iterator[Rings]:
        """Yield for each origin area in km² and polygon in degrees of each cutoff, each holding the one before."""


class Discs:
    """Onto the ground by discs round whatever is reached."""

    def __init__(self, graph: TimeGraph, origins: list[str], direction: str) -> None:
        """Remember what is asked."""
        self.graph, self.origins, self.direction = graph, origins, direction

    def minutes(self, places: Sequence[str]) -> NDArray[np.float64]:
        """Return minutes [origins, places] between the points themselves."""
        return minutes_between_points(self.graph, self.origins, places, direction=self.direction)

    def rings(self, cutoffs: tuple[float, ...]) -> Iterator[Rings]:
        """Yield for each origin area in km² and polygon in degrees of each cutoff, each holding the one before."""
        for origin in self.origins:
            yield _rings(self.graph, origin, cutoffs, self.direction)


@singledispatch
def reach(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origins: str | Iterable[str] | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    streets: Streets | Mapping[str, Streets] | None = None,
    weights: pd.DataFrame | None = None,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Count who is within the cutoffs of each origin.

    People and GDP are counted on counting points, each with its own time, never by polygon. A city is reached when
    its centre is (``centre_to_centre``), its people are on average (``door_to_door``), or one of its terminals is
    (``in_vehicle``).

    With ``streets=`` the way between the door and the train, and from one station to another, is along these, as in
    ``isochrones``, and origins may be points; a column ``status`` says whether streets are beside them. ``weights=``
    counts people of a table there instead of those of the counting points (and tells no ``people_elsewhere``).

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
    where, ways, more = _on_the_way(network, origins, cutoffs, (streets, weights), direction, given)
    found = reached(network, given, ways)
    rows = [
        {"origin_id": label, "cutoff": cutoff, "direction": direction, "basis": given.basis}
        | _counted(network, place, found.points[at] <= cutoff, found.cities[at] <= cutoff)
        | {name: values[at] for name, values in more.columns.items()}
        for at, (label, place) in enumerate(zip(where.label, where.place, strict=True))
        for cutoff in cutoffs
    ]
    frame = pd.DataFrame(rows)
    if more.people is not None:
        frame = frame.assign(people=more.people.ravel()).drop(columns="people_elsewhere")
    frame.attrs["manifest"] = more.manifest
    return frame


@singledispatch
def isochrones(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origins: str | Iterable[str] | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    streets: Streets | Mapping[str, Streets] | None = None,
    weights: pd.DataFrame | None = None,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> gpd.GeoDataFrame:
    """Draw the ground within the cutoffs of each origin.

    Round every station, interchange and place reached lies a disc of what local travel covers in the time left,
    clipped to the land that hangs together with its middle. The polygon is a picture; ``people`` and ``cities``
    come from the times themselves, as in ``reach``.

    Along streets, where they are given, everything is exact: from the origin by the access streets to a station, by
    train, by the egress streets to another, and so on to the ground beside every street. Places within 500 m of a
    junction on their side of the border are joined to it (see ``snap_report``), and between two such places there is
    no other local way; places farther off keep theirs. Cars are parked and set off as assumed. Where no street is,
    nothing is drawn.

    Parameters
    ----------
    network
        The network, usually ``as_of`` a day.
    origins
        Places by identifier, English or Chinese name; with streets also points, called as their index has it.
    minutes
        The cutoffs.
    streets
        ``Streets``, or ``{"access": …, "egress": …}`` for two kinds of them: to drive to the station, walk from the
        next one on. Whoever sets off does so by the access streets, and is on the egress streets from then on.
    weights
        With streets: the people to count instead of those of the counting points, a table of points, areas or cells
        as ``reach`` takes it over streets, each with a time of its own.
    direction
        ``from`` the origins, or ``to`` them.
    basis
        ``centre_to_centre`` or ``door_to_door`` (of the assumptions, where not given).
    assumptions
        What the minutes include besides the ride; the defaults where not given.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, one valid (Multi)Polygon per origin and cutoff, the smaller inside the larger: ``origin_id``,
        ``origin``, ``cutoff`` (minutes), ``direction``, ``basis``, ``area_km2`` (equal-area), ``people``,
        ``cities``, with streets ``status`` (``reached``; ``unsnapped`` without a junction beside the origin: a point
        then reaches nothing, a place what it reaches by train), ``geometry``.

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
    where, ways, more = _on_the_way(network, origins, cutoffs, (streets, weights), direction, given)
    found = reached(network, given, ways)
    rows = []
    for at, (rings, place) in enumerate(zip(ways.rings(cutoffs), where.place, strict=True)):
        for cutoff, (area, shape) in zip(cutoffs, rings, strict=True):
            counted = _counted(network, place, found.points[at] <= cutoff, found.cities[at] <= cutoff)
            row = {"origin_id": where.label[at], "origin": where.name[at], "cutoff": cutoff}
            row |= {"direction": direction, "basis": given.basis, "area_km2": area}
            row |= {"people": counted["people"], "cities": counted["cities"]}
            rows.append(row | {name: values[at] for name, values in more.columns.items()} | {"geometry": shape})
    circles = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
    if more.people is not None:
        circles["people"] = more.people.ravel()
    circles.attrs["manifest"] = more.manifest
    return circles


class _More(NamedTuple):
    """What a way onto the ground adds to a result.

    Columns with one value for each origin, the manifest, and the people [origins, cutoffs] where these are not those
    of the counting points.
    """

    columns: dict[str, list[str]]
    manifest: dict[str, Any]
    people: NDArray[np.float64] | None = None


def _on_the_way(  # noqa: PLR0913, PLR0917 - what its callers were asked
    network: Network,
    origins: str | Iterable[str] | gpd.GeoSeries | gpd.GeoDataFrame,
    cutoffs: tuple[float, ...],
    along: tuple[Streets | Mapping[str, Streets] | None, pd.DataFrame | None],
    direction: str,
    given: Assumptions,
) -> tuple[Origins, Ways, _More]:
    """Read the origins and choose the way onto the ground: ``along`` which streets, and whose people to count there."""
    known, (streets, weights) = manifest(network, given), along
    if streets is None:
        if weights is not None:
            raise ParameterError("People on the ground need streets to be reached by: give streets=, or no weights.")
        if isinstance(origins, gpd.GeoSeries | gpd.GeoDataFrame):
            raise ParameterError("Circles round points need streets that they stand beside: give streets=, or places.")
        where = origins_of(network, origins)
        discs = Discs(time_graph(network, given), [str(place) for place in where.place], direction)
        return where, discs, _More({}, known)
    # Door to door a city is reached on average, which people beyond the cutoff have a share in.
    limit = FOREVER if given.basis == "door_to_door" else round(cutoffs[-1] * DECISECONDS)
    ways = joined(network, origins, streets, given, direction=direction, limit=limit)
    people = None if weights is None else ways.people(weights, cutoffs)
    return ways.origins, ways, _More({"status": ways.status}, told(known, ways.joint.layers), people)


def reached(network: Network, given: Assumptions, ways: Ways) -> Reached:
    """Return minutes from (or to) the origins to every counting point and city."""
    points = list(network.counting_points.index)
    if not points:
        raise ParameterError("The region is empty: it has no city and no county to reach.")
    minutes = ways.minutes(points)
    if given.basis != "door_to_door":
        return Reached(minutes, ways.minutes(network.cities))
    mean = np.empty((len(minutes), len(network.cities)))
    at = {point: column for column, point in enumerate(points)}
    for column, city in enumerate(network.cities):
        share = people_at(network, city)
        share = share[share > 0]
        mean[:, column] = minutes[:, [at[point] for point in share.index]] @ share.to_numpy()
    return Reached(minutes, mean)


def _counted(
    network: Network, origin: str | None, points: NDArray[np.bool_], cities: NDArray[np.bool_]
) -> dict[str, float]:
    """Count what is inside; a point belongs to no city, so that all of it is elsewhere."""
    table = network.counting_points
    row = network.places.loc[origin] if origin is not None else {"kind": "", "parent": ""}
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


def _rings(graph: TimeGraph, origin: str, cutoffs: tuple[float, ...], direction: str) -> Rings:
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
