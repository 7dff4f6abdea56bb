"""Expansion: from times at junctions to times on the ground beside the streets, and the rings round them.

One grid, on one plane, for all layers of streets and all cutoffs: every arc that is entered in time colours the cells
it passes until the time is over, and from there one may walk a little aside. What no street comes near, water and
roadless land, stays out. Nobody gets off a bridge, in a tunnel, on a motorway or from a ferry: these colour nothing.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import CRS, Transformer

from commute.errors import ParameterError
from commute.measure import surface
from commute.model.assumptions import Assumptions
from commute.model.clock import DECISECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from commute.kernels.grid import Lines
    from commute.model.streets import Streets

CELL_METRES = {"walk": 20.0, "bicycle": 50.0, "drive": 100.0}
ASIDE_METRES = {"walk": 60.0, "bicycle": 120.0, "drive": 250.0}  # farthest from a street, on foot
HOLE_M2 = {"walk": 2e4, "bicycle": 8e4, "drive": 20e4}  # smaller holes are filled
THROUGH = ("motorway", "motorway_link", "ferry")  # classes of road that nobody gets off
MOST_CELLS = 4_000_000
_AFTER = 120 * 10  # deciseconds after the last cutoff that are still drawn, so that its ring lies between two times
_SIMPLER = 0.4  # cells
_FINE = 2.0**24  # parts of a cell: outlines of neighbouring rings are rounded to them, to be the same to the last digit


class Expansion(NamedTuple):
    """Streets, and the time at each junction from or to the origins, int32 deciseconds; INF where there is none."""

    streets: Streets
    deciseconds: NDArray[np.int32]


class Frame(NamedTuple):
    """A grid on the ground: the centre of its plane in degrees, the middle of its first cell and the cell in metres."""

    lon0: float
    lat0: float
    west: float
    south: float
    cell: float
    rows: int
    columns: int

    @property
    def crs(self) -> CRS:
        """The azimuthal equal-area plane of the grid."""
        return laea(self.lon0, self.lat0)


class Field(NamedTuple):
    """Deciseconds at the middle of each cell, int32[rows, columns] from the south-west on; INF where nobody comes."""

    frame: Frame
    deciseconds: NDArray[np.int32]


class _Drawn(NamedTuple):
    """The arcs of a layer that are entered in time, as lines on the plane; when, and how long each takes."""

    mode: str
    lines: Lines
    time: NDArray[np.int32]
    duration: NDArray[np.int32]


def rings(
    layers: Sequence[Expansion],
    cutoffs: Sequence[float],
    *,
    towards: bool = False,
    frame: Frame | None = None,
) -> list[shapely.Geometry]:
    """Return the ground within each cutoff by the earliest of the layers, as a (Multi)Polygon in degrees.

    Parameters
    ----------
    layers
        One for each way of getting about (streets by car, streets on foot) with its times.
    cutoffs
        Minutes, ascending.
    towards
        The times are those to the origins: an arc is left in time at its head.
    frame
        The grid to draw on, so that rings can be compared; fitted to what is reached where not given.

    Returns
    -------
    list of shapely.Geometry
        Valid, each inside the next; empty where nothing is reached.

    Raises
    ------
    ParameterError
        Without a layer, without or with falling cutoffs, for times that are not one for each junction.
    """
    return contours(field(layers, cutoffs, towards=towards, frame=frame), cutoffs)


def field(
    layers: Sequence[Expansion],
    cutoffs: Sequence[float],
    *,
    towards: bool = False,
    frame: Frame | None = None,
    finer: float = 1.0,
) -> Field:
    """Return the times on the ground that the rings are contours of, up to two minutes after the last cutoff.

    ``finer`` divides the cell, to see what the grid leaves out. The rest is as in ``rings``.
    """
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported with the first streets
    from commute.kernels.grid import colour, sieve  # noqa: PLC0415 - as above

    limit = _limit(layers, cutoffs)
    centre = centre_of([layer.streets for layer in layers]) if frame is None else (frame.lon0, frame.lat0)
    drawn = [_drawn(layer, limit, towards=towards, centre=centre) for layer in layers]
    on = frame if frame is not None else _fitted(drawn, centre, finer)
    late = np.full((on.rows, on.columns), INF, dtype=np.float32)
    pace = 10 / (Assumptions().speed["walk"] / 3.6)  # deciseconds for a metre on foot
    where = on.west, on.south, on.cell
    for layer in drawn:
        aside = _aside(layer.mode, on.cell)
        colour(late, *where, layer.lines, layer.time, layer.duration, limit + _AFTER, aside, pace)
    times = np.where(late < INF, np.ceil(late), 0).astype(np.int32)
    times[late >= INF] = INF  # which float32 would round up
    return Field(on, sieve(times, int(min(HOLE_M2[layer.mode] for layer in drawn) / on.cell**2)))


def frame_of(layers: Sequence[Expansion], cutoffs: Sequence[float], *, towards: bool = False) -> Frame:
    """Return the grid that ``field`` would draw the layers on, without drawing them."""
    limit, centre = _limit(layers, cutoffs), centre_of([layer.streets for layer in layers])
    return _fitted([_drawn(layer, limit, towards=towards, centre=centre) for layer in layers], centre, 1.0)


def contours(ground: Field, cutoffs: Sequence[float]) -> list[shapely.Geometry]:
    """Return the ring round each cutoff of a field, as ``rings`` does."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported with the first streets

    frame, times = ground
    flat = _rings_of_bands(_bands(times, times == INF, [round(cutoff * DECISECONDS) for cutoff in cutoffs]))
    metres = [shapely.transform(ring, lambda cells: cells * frame.cell + (frame.west, frame.south)) for ring in flat]
    on = plane_of(frame.lon0, frame.lat0)
    shapes = [shapely.transform(ring, on.back.transform, interleaved=False) for ring in metres]
    return shapes if _sound(shapes) else surface.to_degrees(metres, on)


def laea(lon0: float, lat0: float) -> CRS:
    """Return the azimuthal equal-area plane round a point, in metres."""
    return CRS.from_proj4(f"+proj=laea +lat_0={lat0!r} +lon_0={lon0!r} +datum=WGS84 +units=m +no_defs")


@lru_cache(maxsize=32)
def plane_of(lon0: float, lat0: float) -> surface.Plane:
    """Return the ways to the plane and back; making them takes as long as a ring."""
    flat = laea(lon0, lat0)
    forth = Transformer.from_crs("EPSG:4326", flat, always_xy=True)
    return surface.Plane(forth, Transformer.from_crs(flat, "EPSG:4326", always_xy=True), land=None)


def ring_areas_km2(ground: Field, shapes: Sequence[shapely.Geometry]) -> NDArray[np.float64]:
    """Measure shapes in degrees on the plane of a field, which is of equal area."""
    forth = plane_of(ground.frame.lon0, ground.frame.lat0).forth
    return np.asarray(shapely.area(shapely.transform(list(shapes), forth.transform, interleaved=False)) / 1e6)


def _limit(layers: Sequence[Expansion], cutoffs: Sequence[float]) -> int:
    """Return the last cutoff in deciseconds, after looking the layers and cutoffs over."""
    if not layers:
        raise ParameterError("There is no layer of streets to draw a ring from: give at least one Expansion.")
    if not len(cutoffs) or not (np.diff(np.concatenate([[0.0], cutoffs])) > 0).all():
        raise ParameterError(f"Cutoffs must be minutes above 0, each later than the one before, got {list(cutoffs)}.")
    for layer in layers:
        if layer.deciseconds.shape != (layer.streets.nodes,):
            raise ParameterError(
                f"Each of {layer.streets.nodes} junctions needs one time, got {layer.deciseconds.shape}: "
                "take one row of what distances() returns."
            )
    return round(cutoffs[-1] * DECISECONDS)


def centre_of(several: Sequence[Streets]) -> tuple[float, float]:
    """Return the middle of all junctions, to a tenth of a degree, so that scenarios share their plane."""
    if not any(streets.nodes for streets in several):
        return 0.0, 0.0
    lon, lat = (np.concatenate([getattr(streets, axis) for streets in several]) for axis in ("lon", "lat"))
    return round(float(lon.min() + lon.max()) / 2, 1), round(float(lat.min() + lat.max()) / 2, 1)


def _drawn(layer: Expansion, limit: int, *, towards: bool, centre: tuple[float, float]) -> _Drawn:
    """Return the arcs that are entered in time and can be left, and a point wherever somebody starts."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - as above
    from commute.kernels.grid import Lines, centred, lines, project  # noqa: PLC0415 - as above

    streets, times = layer
    begin, end = (streets.head, streets.tail) if towards else (streets.tail, streets.head)
    time = times[begin]
    arcs = np.flatnonzero((time <= limit) & (streets.deciseconds < INF))
    arcs = arcs[can_be_left(streets, arcs)]
    where, bends = (streets.lon, streets.lat), (streets.bends.lon, streets.bends.lat)
    laid = lines(centred(*centre), arcs, begin, end, where, streets.bends.start, bends, towards)
    near = times <= limit
    spots = np.flatnonzero(stood_on(streets, near) & near | (times == _earliest(times, limit)))
    x, y = project(centred(*centre), streets.lon[spots], streets.lat[spots])
    first = np.concatenate([laid.start, laid.start[-1] + 1 + np.arange(len(spots))])
    both = Lines(first, np.concatenate([laid.x, x]), np.concatenate([laid.y, y]))
    duration = np.concatenate([streets.deciseconds[arcs], np.zeros(len(spots), dtype=np.int32)])
    return _Drawn(streets.mode, both, np.concatenate([time[arcs], times[spots]]), duration)


def can_be_left(streets: Streets, arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of these arcs whether one can step aside from them: not from bridges, tunnels, motorways and ferries."""
    said = streets.attributes
    closed = np.zeros(len(arcs), dtype=bool)
    for structure in ("bridge", "tunnel"):
        if structure in said:
            closed |= said[structure].to_numpy()[arcs]
    if "road" in said:
        road = said["road"].cat
        closed |= np.append(road.categories.isin(THROUGH), False)[road.codes.to_numpy()[arcs]]
    return ~closed


def stood_on(streets: Streets, near: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Tell for each junction whether one can step aside there: if an arc that can be left begins or ends, or no arc.

    Where only the junctions ``near`` are asked for, the others get any answer, and the work is theirs alone.
    """
    arcs = np.arange(len(streets.tail)) if near is None else np.flatnonzero(near[streets.tail] | near[streets.head])
    open_ = arcs[can_be_left(streets, arcs)]
    touched, free = np.zeros((2, streets.nodes), dtype=bool)
    touched[streets.tail[arcs]] = touched[streets.head[arcs]] = True
    free[streets.tail[open_]] = free[streets.head[open_]] = True
    return np.asarray(free | ~touched)


def _earliest(times: NDArray[np.int32], limit: int) -> int:
    """Return the time at which the first junction is reached, where the journey begins; -1 if none is."""
    first = int(times.min(initial=limit + 1))
    return first if first <= limit else -1


def _fitted(drawn: Sequence[_Drawn], centre: tuple[float, float], finer: float) -> Frame:
    """Return the frame that holds all that is drawn and the ground beside it, of the finest cell that may be."""
    x, y = (np.concatenate([getattr(one.lines, axis) for one in drawn]) for axis in ("x", "y"))
    cell = min(CELL_METRES[one.mode] for one in drawn) / finer
    if not len(x):
        return Frame(*centre, 0.0, 0.0, cell, 2, 2)
    aside = max(ASIDE_METRES[one.mode] for one in drawn)
    while True:
        margin = max(aside, 2 * cell) + 2 * cell
        west, south = (np.floor((low - margin) / cell) * cell for low in (x.min(), y.min()))
        columns = int(np.ceil((x.max() + margin - west) / cell)) + 1
        rows = int(np.ceil((y.max() + margin - south) / cell)) + 1
        if rows * columns <= MOST_CELLS * finer**2:
            return Frame(*centre, float(west), float(south), cell, rows, columns)
        cell *= max(1.01, (rows * columns / (MOST_CELLS * finer**2)) ** 0.5)


def _aside(mode: str, cell: float) -> float:
    """Return how far from a street one goes, in metres: half a cell more, as the outline runs through their middles.

    At least to all eight cells around, or a street would be a row of dots on a grid as coarse as that.
    """
    return max(ASIDE_METRES[mode], cell) + cell / 2


def _bands(times: NDArray[np.int32], outside: NDArray[np.bool_], limits: Sequence[int]) -> list[NDArray[np.object_]]:
    """Return the ground between one limit and the next as polygons, in cells; they touch and do not overlap."""
    from contourpy import FillType, contour_generator  # noqa: PLC0415 - an extra

    generator = contour_generator(
        z=np.ma.masked_array(times.astype(np.float64), outside),
        name="serial",
        corner_mask=True,
        fill_type=FillType.ChunkCombinedOffsetOffset,
    )
    found = []
    # Times are whole: no cell lies on a limit and a half, so that outlines neither touch nor cross.
    for low, high in zip([-1, *limits[:-1]], limits, strict=True):
        corners, outlines, polygons = (part[0] for part in generator.filled(low + 0.5, high + 0.5))
        if corners is None:
            found.append(np.empty(0, dtype=object))
            continue
        offsets = np.asarray(outlines, dtype=np.int64), np.asarray(polygons, dtype=np.int64)
        same = np.rint(np.asarray(corners, dtype=np.float64) * _FINE) / _FINE
        found.append(shapely.from_ragged_array(shapely.GeometryType.POLYGON, same, offsets))
    return found


def _rings_of_bands(bands: Sequence[NDArray[np.object_]]) -> list[shapely.Geometry]:
    """Put the bands together up to each limit, with fewer corners.

    Where two bands meet they lose the same corners, so that each ring still lies inside the next. A band may touch
    itself where two cells meet at a corner, which is mended as the bands are joined.
    """
    pieces, last = np.concatenate(bands), np.repeat(np.arange(len(bands)), [len(band) for band in bands])
    simpler = shapely.coverage_simplify(pieces, _SIMPLER) if len(pieces) else pieces
    shapes: list[shapely.Geometry] = []
    for number in range(len(bands)):
        parts = [*shapes[-1:], *simpler[last == number]]
        whole = shapely.coverage_union_all(parts)
        shapes.append(whole if not whole.is_empty else shapely.Polygon())
    return shapes


def _sound(shapes: Sequence[shapely.Geometry]) -> bool:
    """Tell whether all shapes are valid and each lies inside the next, to the last digit."""
    inside = all(outer.covers(inner) for inner, outer in pairwise(shapes))
    return inside and all(shape.is_valid for shape in shapes)
