"""People on streets: who lives where, each at the nearest junction and a walk away from it.

A cell of a grid, a point or an area is reached when its junction is and the walk from there fits into what is left;
so each has a time of its own, and no polygon is laid over anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np

from commute.errors import ParameterError
from commute.measure.expansion import stood_on
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS
from commute.model.ground import EARTH_RADIUS_KM, distance_km, on_sphere
from commute.model.streets import SNAP_METRES
from commute.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from commute.model.streets import Streets

THOUSANDTHS = 1000  # of a person: people are counted in whole numbers, so that no sum depends on its order
MOST = 10**10  # people in one place, more than there are; a thousand times all of them fit an int64
_COLUMNS = ("people", "population")
_AT_ONCE = 2**17  # points snapped together, some 20 MB


class Cells(NamedTuple):
    """People in cells of ground, each of which hangs from a junction of some streets; made by :func:`people_on`.

    Attributes
    ----------
    node
        int32: the junction nearest to each cell; -1 where none is near.
    egress
        int32: the walk between the two, in deciseconds.
    people
        int64: who is there, in thousandths of a person.
    island
        bool: the junction is outside the largest part of the streets in which everything reaches everything.
    """

    node: NDArray[np.int32]
    egress: NDArray[np.int32]
    people: NDArray[np.int64]
    island: NDArray[np.bool_]

    @property
    def said(self) -> dict[str, float]:
        """Say how many people there are, how many of them near no street, and how many on islands."""
        groups = {"people": self.node == self.node, "people_unsnapped": self.node < 0, "people_on_islands": self.island}
        return {name: float(self.people[inside].sum() / THOUSANDTHS) for name, inside in groups.items()}


def people_on(
    streets: Streets,
    frame: pd.DataFrame,
    *,
    assumptions: Assumptions | None = None,
    within_metres: float = SNAP_METRES,
    threads: int = 1,
) -> Cells:
    """Hang people from streets: each row at the nearest junction where one can step aside.

    That is none in the middle of a motorway, a bridge or a tunnel. The walk between the two is the straight line times
    ``local.circuity`` at ``speed.walk``, whatever is used on the streets, rounded to tenths of seconds. ``reach`` takes
    what is returned for its ``weights``, so that many questions need one snap.

    Parameters
    ----------
    streets
        The streets; the result fits only them and what ``with_minutes`` and ``with_edges`` make of them.
    frame
        A table of ``lon`` and ``lat`` in degrees of WGS-84, such as ``read_population`` returns, or a GeoDataFrame of
        points or areas (an area stands where its representative point does). Who is there stands in ``people``, or
        where there is no such column in ``population``.
    assumptions
        The walking speed and the circuity; the defaults where not given.
    within_metres
        How far a junction may be. Who is further from any is reached by nobody.
    threads
        How many processors to use.

    Raises
    ------
    ParameterError
        For a frame without these columns or without a CRS, for rows that lie nowhere, and for people that are not a
        number of at least 0.
    """
    from commute.kernels.threads import share  # noqa: PLC0415 - numba is imported with the first streets

    given = Assumptions() if assumptions is None else assumptions
    lon, lat = _places(frame)
    people = thousandths(frame[_counted_in(frame)], most=MOST)
    node, metres = np.full(len(lon), -1, dtype=np.int32), np.zeros(len(lon))
    snap = _snapper(streets, within_metres)

    def worker(numbers: Iterator[int]) -> None:
        for number in numbers:
            rows = slice(number * _AT_ONCE, (number + 1) * _AT_ONCE)
            node[rows], metres[rows] = snap(lon[rows], lat[rows])

    with progress("Snapping people") as finished:
        share(worker, -(-len(lon) // _AT_ONCE), threads=threads, finished=finished)
    walked = np.rint(metres * given.local["circuity"] * 0.06 / given.speed["walk"] * DECISECONDS).astype(np.int32)
    largest = np.bincount(streets.component, minlength=1).argmax()
    return Cells(node, walked, people, (node >= 0) & (np.append(streets.component, largest)[node] != largest))


def _snapper(
    streets: Streets, within_metres: float
) -> Callable[[NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.int32], NDArray[np.float64]]]:
    """Return what finds the junction of points and the metres to it; -1 and 0 where there is none within reach."""
    from scipy.spatial import KDTree  # noqa: PLC0415 - only snapping needs it

    spots = np.flatnonzero(stood_on(streets)).astype(np.int32)
    # unbalanced: 0.3 rather than 0.8 s for 1.5 million junctions, and no slower to ask
    tree = KDTree(on_sphere(streets.lon[spots], streets.lat[spots]), balanced_tree=False)
    chord = 2 * np.sin(min(within_metres / 1000 / EARTH_RADIUS_KM, np.pi) / 2)

    def snap(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        _, place = tree.query(on_sphere(lon, lat), distance_upper_bound=chord)
        node = np.append(spots, np.int32(-1))[place]  # the tree says its length where there is none
        near = node >= 0
        metres = np.zeros(len(lon))
        metres[near] = 1000 * distance_km(lon[near], lat[near], streets.lon[node[near]], streets.lat[node[near]])
        return node, metres

    return snap


def arrivals(cells: Cells, times: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return when each cell is reached, in deciseconds, where ``times`` tells when each junction is: int32[cells].

    INF where it never is. Of cells on several layers of streets (the same people on each) take the least.
    """
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported with the first streets

    there = times[np.maximum(cells.node, 0)]  # INF + INF fits an int32
    return np.where((cells.node < 0) | (there >= INF), np.int32(INF), there + cells.egress).astype(np.int32)


def counted(cells: Cells, times: NDArray[np.int32], cutoffs: Iterable[float]) -> NDArray[np.float64]:
    """Count the people within each cutoff, in minutes, of one origin: float64[cutoffs].

    ``times`` are deciseconds at each junction, INF where it is not reached; what ``reach`` counts is the same number.
    """
    return counted_at(cells, arrivals(cells, times), cutoffs)


def counted_at(cells: Cells, arrival: NDArray[np.int32], cutoffs: Iterable[float]) -> NDArray[np.float64]:
    """Count the people that are reached within each cutoff, in minutes, if each cell is at its ``arrival``."""
    bounds = [round(cutoff * DECISECONDS) for cutoff in cutoffs]
    return np.array([cells.people[arrival <= bound].sum() for bound in bounds], dtype=np.float64) / THOUSANDTHS


def thousandths(values: Any, *, most: float) -> NDArray[np.int64]:  # noqa: ANN401 - anything that may be numbers
    """Count in thousandths; ParameterError unless they are numbers from 0 to ``most``."""
    try:
        given = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"weights must be numbers of people, got {type(values).__name__} of others.") from None
    wrong = np.flatnonzero(~((given >= 0) & (given <= most)))
    if len(wrong):
        raise ParameterError(
            f"weights must be numbers from 0 to {most:.0f}; {len(wrong)} of {given.size} are not, the first "
            f"{given.ravel()[wrong[0]]:g} in row {wrong[0]}."
        )
    return np.rint(given * THOUSANDTHS).astype(np.int64)


def at_junctions(streets: Streets, weights: Any, *, most: float) -> NDArray[np.int64]:  # noqa: ANN401 - as above
    """Count the people at every junction in thousandths; ParameterError unless they are one number for each."""
    values = thousandths(weights, most=most)
    if values.shape != (streets.nodes,):
        raise ParameterError(
            f"weights must be one number for each of the {streets.nodes} junctions, or a table of lon, lat and people; "
            f"got {values.size}."
        )
    return values


def _counted_in(frame: pd.DataFrame) -> str:
    """Name the column of people."""
    named = next((column for column in _COLUMNS if column in frame), None)
    if named is None:
        raise ParameterError(f"weights need a column people or population; got {', '.join(map(str, frame.columns))}.")
    return named


def _places(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the rows are, in degrees of WGS-84."""
    if isinstance(frame, gpd.GeoDataFrame):
        lon, lat = degrees(frame.geometry.representative_point() if _has_areas(frame) else frame.geometry, "weights")
    elif {"lon", "lat"} <= set(frame.columns):
        lon, lat = (frame[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    else:
        raise ParameterError("weights need columns lon and lat, or geometries (a GeoDataFrame).")
    wrong = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))  # noqa: PLR2004 - all the degrees there are
    if len(wrong):
        raise ParameterError(f"weights: {len(wrong)} of {len(lon)} rows lie nowhere on Earth, first row {wrong[0]}.")
    return lon, lat


def _has_areas(frame: gpd.GeoDataFrame) -> bool:
    return not (frame.geom_type == "Point").all()


def degrees(points: gpd.GeoSeries, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of points, inf or NaN where they are empty; ParameterError without a CRS."""
    if points.crs is None:
        raise ParameterError(f"{name} have no CRS, so nobody knows where they are: set_crs('EPSG:4326') says degrees.")
    there = points.to_crs("EPSG:4326")
    return there.x.to_numpy(), there.y.to_numpy()
