"""Times between places: from the time graph to a matrix of minutes under a basis."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.model.clock import DECISECONDS
from commute.model.ground import distance_km
from commute.model.network import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from commute.kernels.csr import CSR
    from commute.model.network import Network
    from commute.model.timegraph import TimeGraph

DIRECTIONS = ("from", "to")
THREADS = os.cpu_count() or 1  # the kernels give the same times on any number of threads


def minutes_between(
    graph: TimeGraph, origins: Sequence[str], destinations: Sequence[str], *, direction: str = "from"
) -> NDArray[np.float64]:
    """Return minutes [origins, destinations] under the basis of the graph's assumptions; inf where no way leads.

    Under ``door_to_door`` a city stands for the people in it: its time is the mean over its counting points,
    weighted by their population. With ``direction="to"`` the journeys run from the destinations to the origins.
    """
    if graph.assumptions.basis != "door_to_door":
        return minutes_between_points(graph, origins, destinations, direction=direction)
    here, there = people_of(graph.network, origins), people_of(graph.network, destinations)
    points = minutes_between_points(graph, list(here.columns), list(there.columns), direction=direction)
    return averaged(points, here.to_numpy(), there.to_numpy())


def minutes_between_points(
    graph: TimeGraph, origins: Sequence[str], destinations: Sequence[str], *, direction: str = "from"
) -> NDArray[np.float64]:
    """Return minutes [origins, destinations] between the points themselves, cities standing for their centres."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported when the first graph is searched

    ends, bounds = ends_of(graph, destinations)
    nearest = nearest_of(node_times(graph, origins, direction=direction)[:, ends], bounds)
    return np.where(nearest >= INF, np.inf, nearest / DECISECONDS)


def node_times(graph: TimeGraph, origins: Sequence[str], *, direction: str = "from") -> NDArray[np.int32]:
    """Return deciseconds [origins, nodes] from (or to) each origin to every node of the graph; not to be written to."""
    return _searched(graph, tuple(origins), direction)


@lru_cache(maxsize=4)  # a comparison asks for the same counting points three times: for pairs, score and coverage
def _searched(graph: TimeGraph, origins: tuple[str, ...], direction: str) -> NDArray[np.int32]:
    from commute.kernels import bounded  # noqa: PLC0415 - as above

    seeds, starts = ends_of(graph, origins)
    offsets = np.zeros(len(seeds), dtype=np.int64)
    times = bounded.searches(towards(graph, direction), seeds, offsets, starts, threads=THREADS)
    times.flags.writeable = False
    return times


def minutes_without(
    graph: TimeGraph,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    assets: Sequence[str],
    cutoff: float = np.inf,
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield for each asset the minutes [origins, destinations] between points of the network that lacks it.

    What takes longer than ``cutoff`` minutes is not looked for and inf.
    """
    from commute.kernels.closures import closures  # noqa: PLC0415 - as above
    from commute.kernels.csr import INF  # noqa: PLC0415 - as above

    if not assets:
        return
    slot_of = np.full(len(graph.edges.tail), -1, dtype=np.int64)
    slot_of[graph.csr.edge] = np.arange(len(graph.csr.edge))
    slots = [slot_of[graph.assets[asset]] for asset in assets]
    slots = [kept[kept >= 0] for kept in slots]
    seeds, starts = ends_of(graph, origins)
    ends, bounds = ends_of(graph, destinations)
    limit = INF if np.isinf(cutoff) else int(cutoff * DECISECONDS)
    columns, column = np.unique(ends, return_inverse=True)  # places share their stations in vehicle
    times = closures(
        graph.csr, seeds, np.zeros(len(seeds), dtype=np.int64), starts,
        np.concatenate(slots), _bounds(slots), limit, columns=columns, threads=THREADS,
    )  # fmt: skip
    for asset, deciseconds in zip(assets, times, strict=True):
        nearest = nearest_of(deciseconds[:, column], bounds)
        yield asset, np.where(nearest >= INF, np.inf, nearest / DECISECONDS)


def crow_fly_km(network: Network, places: Sequence[str]) -> NDArray[np.float64]:
    """Return great-circle distances in km [places, places]."""
    lon, lat = (network.places.loc[list(places), axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat"))
    return distance_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])


def towards(graph: TimeGraph, direction: str) -> CSR:
    """Return the graph to search for journeys ``from`` or ``to`` the origins."""
    return graph.reversed if is_towards(direction) else graph.csr


def is_towards(direction: str) -> bool:
    """Tell whether journeys lead ``to`` the origins rather than ``from`` them; ParameterError for any other word."""
    if direction not in DIRECTIONS:
        raise ParameterError(f"direction cannot be {direction!r}: choose one of {', '.join(DIRECTIONS)}.")
    return direction == "to"


class Ends(NamedTuple):
    """Where journeys of places begin and end: nodes ``starts[p]`` to ``starts[p + 1]`` are those of place p.

    ``km`` is how far away by local streets a node is, 0 for the place itself.
    """

    node: NDArray[np.int64]
    starts: NDArray[np.int64]
    km: NDArray[np.float64]

    def within(self, km: float) -> Ends:
        """Return those no farther away."""
        near = self.km <= km
        passed = np.concatenate([[0], np.cumsum(near)])
        return Ends(self.node[near], passed[self.starts], self.km[near])


def ends_of(graph: TimeGraph, places: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the nodes at which journeys of each place begin and end, and where each place's nodes begin.

    That is the place itself; under ``in_vehicle`` also the stops of lines and the interchanges of its own city that
    are near enough for local streets, so that access, check-in, the first wait, exit and egress are free there. The
    place stays an end, or a new station next door could make journeys from the old one next town longer. A journey
    begins where others arrive, so that nobody rides out and back to a station of his own.
    """
    near = possible_ends(graph, places).within(graph.assumptions.local["access_km"])
    return near.node, near.starts


def possible_ends(graph: TimeGraph, places: Sequence[str]) -> Ends:
    """Return the ends of each place as far as local streets may lead under any assumptions."""
    itself = [graph.foot.get(place, graph.car.get(place)) for place in places]
    near: list[list[tuple[str, float]]] = [[] for _ in places]
    if graph.assumptions.basis == "in_vehicle":
        near = _terminals(graph, places)
    found, starts = [], [0]
    for place, node, exits in zip(places, itself, near, strict=True):
        stops = [(stop, km) for name, km in exits for stop in graph.arrivals.get(name, ())]
        ramps = [(graph.car[name], km) for name, km in exits if name in graph.car]
        own = [(node, 0.0)] if node is not None else []
        if not [*own, *stops, *ramps]:  # an interchange in a world without cars
            raise ParameterError(f"{graph.network.display_name(place)} can be reached only by car.")
        found += [*own, *stops, *ramps]
        starts.append(len(found))
    nodes, km = (np.array(column) for column in zip(*found, strict=True)) if found else (np.empty(0), np.empty(0))
    return Ends(nodes.astype(np.int64), np.array(starts, dtype=np.int64), km.astype(np.float64))


def _terminals(graph: TimeGraph, places: Sequence[str]) -> list[list[tuple[str, float]]]:
    """Return the stations, ports and interchanges of each place's own city and how far they are by local streets."""
    table = graph.network.places
    exits, rows = table[~table["kind"].isin(PEOPLE)], table.loc[list(places)]
    city = rows["parent"].where(rows["kind"] != "city", rows.index.to_series())
    (lon, lat), (to_lon, to_lat) = ([each[axis].to_numpy() for axis in ("lon", "lat")] for each in (rows, exits))
    km = distance_km(lon[:, None], lat[:, None], to_lon, to_lat)
    # The table may state the way from a city's centre to a station, however far off.
    stated = (rows["kind"] == "city").to_numpy()[:, None] & exits["access_minutes"].notna().to_numpy()
    km = np.where(stated, 0.0, km)
    own = city.to_numpy(dtype=object)[:, None] == exits["parent"].to_numpy(dtype=object)
    names, lived_in = exits.index.to_numpy(), rows["kind"].isin(PEOPLE)
    return [
        list(zip(names[chosen], far[chosen].tolist(), strict=True)) if people else [(place, 0.0)]
        for place, people, chosen, far in zip(places, lived_in, own, km, strict=True)
    ]


def _bounds(groups: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int64)


def nearest_of(times: NDArray[np.int32], bounds: NDArray[np.int64]) -> NDArray[np.int32]:
    """Take the least of each group of columns; a group begins at each bound but the last."""
    return np.asarray(np.minimum.reduceat(times, bounds[:-1], axis=1), dtype=np.int32)


def people_at(network: Network, place: str) -> pd.Series[float]:
    """Return the share of a place's people on each of its counting points; a place that is no city has one."""
    if place not in network.cities:
        return pd.Series([1.0], index=[place])
    points = network.counting_points
    own = points["population"][points["unit"] == place]
    total = own.sum()
    return own / total if total > 0 else pd.Series(1 / len(own), index=own.index)


def people_of(network: Network, places: Sequence[str]) -> pd.DataFrame:
    """Return the share of each place's people on each counting point: rows as given, columns as the network's."""
    alone = {place: {place: 1.0} for place in places if place not in network.cities}
    shares = [
        alone.get(place) or {str(one): float(share) for one, share in people_at(network, place).items()}
        for place in places
    ]
    held = {point for share in shares for point in share}
    counted = [point for point in network.counting_points.index if point in held]
    columns = [*counted, *sorted(held.difference(counted))]
    at = {point: column for column, point in enumerate(columns)}
    matrix = np.zeros((len(shares), len(columns)))
    for row, share in enumerate(shares):
        matrix[row, [at[point] for point in share]] = list(share.values())
    return pd.DataFrame(matrix, index=list(places), columns=columns)


def averaged(
    points: NDArray[np.float64], here: NDArray[np.float64], there: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average minutes over people at both ends; inf as soon as some of them have no way."""
    cut = np.isinf(points)
    mean = here @ np.where(cut, 0.0, points) @ there.T
    return np.asarray(np.where(here @ cut @ there.T > 0, np.inf, mean))
