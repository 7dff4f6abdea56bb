"""Travel times and reach over streets: the same questions as on a network, asked of junctions and points.

Importing this module teaches ``reach`` and ``travel_times`` to take ``Streets`` where they take a ``Network``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

import geopandas as gpd
import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.circles import DEFAULT_MINUTES, reach
from commute.measure.people import THOUSANDTHS, Cells, at_junctions, degrees, people_on
from commute.measure.routing import BEYOND, DISCONNECTED, REACHED, checked_cutoffs, travel_times
from commute.measure.times import is_towards
from commute.model.clock import DECISECONDS
from commute.model.streets import Streets
from commute.progress import progress

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

UNSNAPPED, ISLAND = "unsnapped", "island"
_MOST = (2**31 - 1) / THOUSANDTHS  # people at one junction, whom the sweep counts in thousandths as an int32


class Ends(NamedTuple):
    """Where journeys begin or end.

    name: of the points, or the numbers of the junctions; node: the junction of each, -1 where there is none near;
    metres: from the point to the nearest junction, in a straight line; component: of that junction, -1 where none is
    near; status: ``reached``, ``island`` (the junction is not in the largest component) or ``unsnapped``;
    points: whether they were snapped at all.
    """

    name: NDArray[np.generic]
    node: NDArray[np.int64]
    metres: NDArray[np.float64]
    component: NDArray[np.int32]
    status: NDArray[np.str_]
    points: bool


def reach_over_streets(  # noqa: PLR0913 - each is a choice of its own
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    weights: ArrayLike | pd.DataFrame | gpd.GeoDataFrame | Cells | None = None,
    direction: str = "from",
    threads: int = 1,
) -> pd.DataFrame:
    """Sum what lies within the cutoffs of each origin: the weights given to the junctions, or their number.

    Parameters
    ----------
    streets
        The streets; prepared first, if they are not yet.
    origins
        Numbers of junctions, or points with a CRS, each of which starts at the junction nearest to it.
    minutes
        The cutoffs.
    weights
        Who is there (or jobs, or beds), counted to the thousandth. Either an array, for each junction one number. Or
        a table of people on the ground: what ``read_population`` returns, any table of ``lon``, ``lat`` and
        ``people``, a GeoDataFrame of points or areas with ``people`` or ``population``. Each row is then reached at
        a time of its own: that of the nearest junction off bridges, tunnels and motorways, at most 500 metres away,
        and the walk between the two
        (straight line times 1.3 at 4.8 km/h: the defaults of ``local.circuity`` and ``speed.walk``). To ask about
        the same table again and again, or to walk otherwise, give what ``measure.people.people_on`` makes of it.
    direction
        ``from`` the origins, or ``to`` them.
    threads
        How many processors to use; the result is the same for any number.

    Returns
    -------
    DataFrame
        One row per origin and cutoff: ``origin_id``, ``cutoff`` (minutes), ``direction``, ``people`` (``junctions``
        where no weights were given), ``snap_metres`` (from the origin to its junction, 0 for a junction; also told
        where that is too far), ``status``: ``reached``; ``island``, started outside the largest part of the streets
        in which everything reaches everything, and counted there; ``unsnapped``, no junction within 500 metres and
        nothing reached. Where the weights are a table, ``attrs`` holds ``people``, all of them, and how many of them
        no origin could reach: ``people_unsnapped``, near no junction, and ``people_on_islands``.

    Raises
    ------
    ParameterError
        For origins that are no junctions, points without a CRS or place, weights that are not one number of at least
        0 for each junction, tables that ``people_on`` refuses, and cutoffs and directions out of range.
    """
    cutoffs, ends = checked_cutoffs(minutes), ends_of(streets, origins)
    if isinstance(weights, pd.DataFrame):
        weights = people_on(streets, weights, threads=threads)
    sums = _sums(streets, ends, cutoffs, weights, towards=is_towards(direction), threads=threads).ravel()
    columns = {
        "origin_id": np.repeat(ends.name, len(cutoffs)),
        "cutoff": np.tile(cutoffs, len(ends.node)),
        "direction": direction,
    }
    columns |= {"junctions": sums} if weights is None else {"people": sums / THOUSANDTHS}
    columns |= {"snap_metres": np.repeat(ends.metres, len(cutoffs)), "status": np.repeat(ends.status, len(cutoffs))}
    frame = pd.DataFrame(columns)
    if isinstance(weights, Cells):
        frame.attrs |= weights.said
    return frame


def _sums(  # noqa: PLR0913 - what its caller was asked
    streets: Streets,
    ends: Ends,
    cutoffs: tuple[float, ...],
    weights: ArrayLike | Cells | None,
    *,
    towards: bool,
    threads: int,
) -> NDArray[np.int64]:
    """Return the junctions, or thousandths of people, within the cutoffs of each origin: int64[origins, cutoffs]."""
    from commute.kernels.cells import hanging, reached_cells  # noqa: PLC0415 - numba is imported with the first streets
    from commute.kernels.sweep import by_position, reached  # noqa: PLC0415 - as above

    bounds = [round(cutoff * DECISECONDS) for cutoff in cutoffs]
    ready, seeds = streets.prepared, _seeds(ends)
    if not isinstance(weights, Cells):
        alike = np.ones(streets.nodes, dtype=np.int64)
        values = alike if weights is None else at_junctions(streets, weights, most=_MOST)
        placed = by_position(ready.hierarchy, values)
        with progress("Reach") as finished:
            return reached(ready, *seeds, bounds, placed, towards=towards, threads=threads, finished=finished)
    if weights.node.max(initial=-1) >= streets.nodes:
        raise ParameterError("weights hang from other streets than these: make them with people_on(streets, …) again.")
    there = (weights.node >= 0) & (weights.people > 0)
    cells = hanging(ready, weights.node[there], weights.egress[there], weights.people[there])
    with progress("Reach") as finished:
        return reached_cells(ready, *seeds, bounds, cells, towards=towards, threads=threads, finished=finished)


@overload
def times_over_streets(
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    destinations: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    cutoff: float | None = None,
    direction: str = "from",
    dense: Literal[False] = False,
    threads: int = 1,
) -> pd.DataFrame: ...


@overload
def times_over_streets(
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    destinations: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    cutoff: float | None = None,
    direction: str = "from",
    dense: Literal[True],
    threads: int = 1,
) -> NDArray[np.float64]: ...


def times_over_streets(  # noqa: PLR0913 - each is a choice of its own
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    destinations: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    cutoff: float | None = None,
    direction: str = "from",
    dense: bool = False,
    threads: int = 1,
) -> pd.DataFrame | NDArray[np.float64]:
    """Return how long it takes from each origin to each destination, with the parameters of ``reach_over_streets``.

    Parameters
    ----------
    cutoff
        Minutes beyond which a time is not told: it becomes inf with the status ``beyond_cutoff``.
    dense
        An array of minutes [origins, destinations] rather than a frame: quicker, and a fraction of the memory.

    Returns
    -------
    DataFrame or array
        ``from_id``, ``to_id``, ``travel_time`` (minutes), ``status`` (reached, beyond_cutoff, disconnected,
        unsnapped): one row per origin and destination. Or the array: inf where a row would say anything but reached.

        Where there are points, ``attrs["snapped"]`` says what they were snapped to, as columns of plain values for
        ``pd.DataFrame(frame.attrs["snapped"])``: ``role`` (from, to), ``id``, ``node`` (-1 if none is near),
        ``distance_metres``, ``component`` (-1 likewise), ``status`` (reached, island, unsnapped, as in ``reach``).

    Raises
    ------
    ParameterError
        As ``reach_over_streets``.
    """
    here, there = ends_of(streets, origins), ends_of(streets, destinations)
    limit = np.inf if cutoff is None else checked_cutoffs(cutoff)[0]
    if dense:
        return _minutes(streets, here, there, limit=limit, direction=direction, threads=threads)
    anyhow = _minutes(streets, here, there, limit=np.inf, direction=direction, threads=threads)
    known = (here.node >= 0)[:, None] & (there.node >= 0)
    status = np.select([~known, np.isinf(anyhow), anyhow > limit], [UNSNAPPED, DISCONNECTED, BEYOND], REACHED)
    columns = {
        "from_id": np.repeat(here.name, len(there.name)),
        "to_id": np.tile(there.name, len(here.name)),
        "travel_time": np.where(status == REACHED, anyhow, np.inf).ravel(),
        "status": status.ravel(),
    }
    frame = pd.DataFrame(columns)
    if direction == "to":
        frame = frame.rename(columns={"from_id": "to_id", "to_id": "from_id"})[list(columns)]
    if here.points or there.points:
        roles = ("from", "to") if direction == "from" else ("to", "from")
        frame.attrs["snapped"] = _snapped(dict(zip(roles, (here, there), strict=True)))
    return frame


def _minutes(  # noqa: PLR0913 - what its callers were asked
    streets: Streets, here: Ends, there: Ends, *, limit: float, direction: str, threads: int
) -> NDArray[np.float64]:
    """Return minutes [here, there]; inf beyond the limit, and from and to points without a junction."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported with the first streets
    from commute.kernels.sweep import distances  # noqa: PLC0415 - as above

    with progress("Travel times") as finished:
        found = distances(
            streets.prepared,
            *_seeds(here),
            INF if np.isinf(limit) else round(limit * DECISECONDS),
            columns=np.maximum(there.node, 0),
            towards=is_towards(direction),
            threads=threads,
            finished=finished,
        )
    return np.where((found == INF) | (there.node < 0), np.inf, found / DECISECONDS)


reach.register(Streets, reach_over_streets)
travel_times.register(Streets, times_over_streets)


def ends_of(streets: Streets, where: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame) -> Ends:
    """Find the junctions of origins or destinations: those named, or those nearest to points.

    Raises
    ------
    ParameterError
        For numbers that are no junctions, and geometries that are no points.
    """
    if isinstance(where, gpd.GeoSeries | gpd.GeoDataFrame):
        if not (where.geom_type == "Point").all():
            raise ParameterError("Origins and destinations must be points; take representative_point() of an area.")
        lon, lat = degrees(where.geometry, "Origins and destinations")
        nowhere = ~(np.isfinite(lon) & np.isfinite(lat))
        if nowhere.any():
            raise ParameterError(f"{nowhere.sum()} of {len(lon)} points lie nowhere: they are empty, or off the Earth.")
        report = streets.snap(lon, lat)
        status = np.where(report["status"] == "snapped", REACHED, report["status"]).astype(np.str_)
        node, metres, component = (report[name].to_numpy() for name in ("node", "distance_metres", "component"))
        return Ends(where.index.to_numpy(), node, metres, component, status, points=True)
    numbers = np.atleast_1d(np.asarray(where))
    whole = not numbers.size or np.issubdtype(numbers.dtype, np.integer)
    wrong = numbers[(numbers < 0) | (numbers >= streets.nodes)] if whole else numbers
    if len(wrong):
        raise ParameterError(f"Junctions are numbered from 0 to {streets.nodes - 1}; {wrong[0]!r} is none.")
    node = numbers.astype(np.int64)
    component = streets.component[node]
    status = np.where(component == np.bincount(streets.component).argmax(), REACHED, ISLAND)
    return Ends(numbers, node, np.zeros(len(node)), component, status, points=False)


def _snapped(ends: Mapping[str, Ends]) -> dict[Hashable, list[Any]]:
    """Say what points were snapped to; plain values, so that frames can still be compared, joined and written."""
    reports = [
        pd.DataFrame({"role": role, "id": end.name, "node": end.node, "distance_metres": end.metres})
        .assign(component=end.component, status=end.status)
        for role, end in ends.items()
        if end.points
    ]
    return pd.concat(reports).to_dict(orient="list")


def _seeds(ends: Ends) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """One seed for each origin, and none for one without a junction."""
    known = ends.node >= 0
    return ends.node[known], np.zeros(known.sum(), dtype=np.int64), np.concatenate([[0], np.cumsum(known)])
