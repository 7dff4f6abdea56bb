"""Travel times and reach over streets: the same questions as on a network, asked of junctions and points.

Importing this module teaches ``reach`` and ``travel_times`` to take ``Streets`` where they take a ``Network``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, overload

import geopandas as gpd
import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.circles import DEFAULT_MINUTES, reach
from commute.measure.routing import BEYOND, DISCONNECTED, REACHED, checked_cutoffs, travel_times
from commute.measure.times import is_towards
from commute.model.clock import DECISECONDS
from commute.model.streets import Streets
from commute.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

UNSNAPPED = "unsnapped"
_THOUSANDTHS = 1000  # of a person: weights are counted in whole numbers, so that no sum depends on its order


class Ends(NamedTuple):
    """Where journeys begin or end: the names of the points, and the junction of each, -1 where there is none near."""

    name: NDArray[np.generic]
    node: NDArray[np.int64]


def reach_over_streets(  # noqa: PLR0913 - each is a choice of its own
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    weights: ArrayLike | None = None,
    direction: str = "from",
    threads: int = 1,
) -> pd.DataFrame:
    """Sum what lies within the cutoffs of each origin: the weights given to the junctions, or their number.

    Parameters
    ----------
    streets
        The streets; prepared first, if they are not yet.
    origins
        Numbers of junctions, or points, each of which starts at the junction nearest to it.
    minutes
        The cutoffs.
    weights
        For each junction, the people there (or jobs, or beds), counted to the thousandth.
    direction
        ``from`` the origins, or ``to`` them.
    threads
        How many processors to use; the result is the same for any number.

    Returns
    -------
    DataFrame
        One row per origin and cutoff: ``origin_id``, ``cutoff`` (minutes), ``direction``, ``people`` (``junctions``
        where no weights were given), ``status`` (``reached``, or ``unsnapped`` with nothing reached).

    Raises
    ------
    ParameterError
        For origins that are no junctions, weights that are not one number of at least 0 for each junction, and
        cutoffs and directions out of range.
    """
    from commute.kernels.sweep import by_position, reached  # noqa: PLC0415 - numba is imported with the first streets

    cutoffs, ends = checked_cutoffs(minutes), ends_of(streets, origins)
    values = np.ones(streets.nodes, dtype=np.int64) if weights is None else _whole(streets, weights)
    with progress("Reach") as finished:
        sums = reached(
            streets.prepared,
            *_seeds(ends),
            [round(cutoff * DECISECONDS) for cutoff in cutoffs],
            by_position(streets.prepared.hierarchy, values),
            towards=is_towards(direction),
            threads=threads,
            finished=finished,
        ).ravel()
    counted = {"junctions": sums} if weights is None else {"people": sums / _THOUSANDTHS}
    known = np.repeat(ends.node >= 0, len(cutoffs))
    columns = {
        "origin_id": np.repeat(ends.name, len(cutoffs)),
        "cutoff": np.tile(cutoffs, len(ends.node)),
        "direction": direction,
    }
    return pd.DataFrame(columns | counted | {"status": np.where(known, REACHED, UNSNAPPED)})


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
        points = where.geometry if where.crs is None else where.geometry.to_crs("EPSG:4326")
        if not (points.geom_type == "Point").all():
            raise ParameterError("Origins and destinations must be points; take representative_point() of an area.")
        report = streets.snap(points.x.to_numpy(), points.y.to_numpy())
        return Ends(where.index.to_numpy(), report["node"].to_numpy(dtype=np.int64))
    numbers = np.atleast_1d(np.asarray(where))
    whole = not numbers.size or np.issubdtype(numbers.dtype, np.integer)
    wrong = numbers[(numbers < 0) | (numbers >= streets.nodes)] if whole else numbers
    if len(wrong):
        raise ParameterError(f"Junctions are numbered from 0 to {streets.nodes - 1}; {wrong[0]!r} is none.")
    return Ends(numbers, numbers.astype(np.int64))


def _seeds(ends: Ends) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """One seed for each origin, and none for one without a junction."""
    known = ends.node >= 0
    return ends.node[known], np.zeros(known.sum(), dtype=np.int64), np.concatenate([[0], np.cumsum(known)])


def _whole(streets: Streets, weights: ArrayLike) -> NDArray[np.int64]:
    given = np.asarray(weights, dtype=np.float64)
    most = (2**31 - 1) / _THOUSANDTHS
    if given.shape != (streets.nodes,) or not ((given >= 0) & (given <= most)).all():
        raise ParameterError(
            f"weights must be one number from 0 to {most:.0f} for each of the {streets.nodes} junctions."
        )
    return np.rint(given * _THOUSANDTHS).astype(np.int64)
