"""Circles over streets: the polygons, the times on the ground and the lines of street within the cutoffs.

Importing this module teaches ``isochrones`` to take ``Streets`` where it takes a ``Network``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute._version import __version__
from commute.measure.circles import DEFAULT_MINUTES, isochrones
from commute.measure.expansion import Expansion, centre_of, contours, field, plane_of, ring_areas_km2
from commute.measure.routing import checked_cutoffs
from commute.measure.streets import ends_of, reach_over_streets
from commute.measure.times import is_towards
from commute.model.clock import DECISECONDS
from commute.model.streets import Streets
from commute.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import xarray as xr
    from numpy.typing import ArrayLike, NDArray

    from commute.measure.expansion import Field

WGS84 = "EPSG:4326"


def circles_over_streets(  # noqa: PLR0913 - each is a choice of its own
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    direction: str = "from",
    weights: Any = None,  # noqa: ANN401 - whatever reach takes
    threads: int = 1,
) -> gpd.GeoDataFrame:
    """Draw the ground within the cutoffs of each origin: the streets reached and what one walks to beside them.

    All rings of an origin are contours of one grid of times (see ``surface``), so that the smaller lie inside the
    larger. Water and ground far from any street stay out, and so does what lies beside bridges, tunnels, motorways
    and ferries; holes under 2 ha on foot, 8 ha by bicycle and 20 ha by car are filled. The polygon is a picture:
    who is inside is counted by the times at the junctions, as in ``reach``.

    Parameters
    ----------
    streets, origins, minutes, direction, weights, threads
        As in ``reach``.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, one valid (Multi)Polygon per origin and cutoff: ``origin_id``, ``node`` (the junction it starts
        at), ``cutoff`` (minutes), ``direction``, ``area_km2`` (equal-area), ``people`` (``junctions`` where no
        weights were given), ``status`` (``reached``, or ``unsnapped`` with an empty polygon), ``geometry``;
        ``attrs["manifest"]`` says what it follows from.

    Raises
    ------
    ParameterError
        As ``reach``.
    """
    from commute.kernels.threads import share  # noqa: PLC0415 - numba is imported with the first streets

    cutoffs, ends = checked_cutoffs(minutes), ends_of(streets, origins)
    counted = reach_over_streets(streets, origins, cutoffs, weights=weights, direction=direction, threads=threads)
    shapes = np.empty((len(ends.node), len(cutoffs)), dtype=object)
    areas = np.zeros(shapes.shape)

    def draw(numbers: Iterator[int]) -> None:
        for number in numbers:
            seeds = ends.node[number : number + 1]
            ground = _ground(streets, seeds, cutoffs, direction=direction)
            shapes[number] = contours(ground, cutoffs)
            areas[number] = ring_areas_km2(ground, shapes[number])

    with progress("Circles") as finished:
        share(draw, len(ends.node), threads=threads, finished=finished)
    drawn = counted.assign(node=np.repeat(ends.node, len(cutoffs)), area_km2=areas.ravel())
    leading = ["origin_id", "node", "cutoff", "direction", "area_km2"]
    circles = gpd.GeoDataFrame(
        drawn[leading + [name for name in drawn if name not in leading]], geometry=shapes.ravel(), crs=WGS84
    )
    circles.attrs["manifest"] = manifest_of(streets)
    return circles


isochrones.register(Streets, circles_over_streets)


def surface(
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float = max(DEFAULT_MINUTES),
    *,
    direction: str = "from",
) -> xr.DataArray:
    """Return the minutes on the ground from (or to) the nearest in time of the origins, on a grid.

    Its contours are the circles of ``isochrones``. For each origin apart, ask for one at a time. Where no origin has
    a street near it there is nothing but NaN.

    Parameters
    ----------
    streets, origins, direction
        As in ``reach``.
    minutes
        The cutoff beyond which nothing is told.

    Returns
    -------
    xarray.DataArray
        ``minutes`` [y, x], float32, from north to south; NaN beyond the cutoff and off the streets. ``y`` and ``x``
        are metres on an azimuthal equal-area plane, whose WKT is ``attrs["crs"]``; ``attrs["manifest"]`` says what
        it follows from.

    Raises
    ------
    ParameterError
        As ``reach``.
    """
    import xarray as xr  # noqa: PLC0415 - an extra

    (cutoff,) = checked_cutoffs(float(minutes))
    ends = ends_of(streets, origins)
    frame, times = _ground(streets, ends.node, (cutoff,), direction=direction)
    shown = np.where(times <= round(cutoff * DECISECONDS), times / DECISECONDS, np.nan).astype(np.float32)
    return xr.DataArray(
        shown[::-1],
        dims=("y", "x"),
        coords={
            "y": frame.south + frame.cell * np.arange(frame.rows)[::-1],
            "x": frame.west + frame.cell * np.arange(frame.columns),
        },
        name="minutes",
        attrs={
            "long_name": f"travel time {direction} the origins",
            "units": "minutes",
            "crs": frame.crs.to_wkt(),
            "cutoff": cutoff,
            "direction": direction,
            "manifest": manifest_of(streets),
        },
    )


def edges_within(
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = max(DEFAULT_MINUTES),
    *,
    direction: str = "from",
) -> gpd.GeoDataFrame:
    """Return the streets within the cutoffs of each origin as lines, cut exactly where the time is over.

    A street that may be used both ways gives two lines, each with its own times. Bridges, tunnels and motorways are
    among them: one passes there.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, one line per origin, cutoff and arc, in the direction of travel: ``origin_id``, ``cutoff``,
        ``arc`` (its number in the streets), ``from_minutes`` and ``to_minutes`` (from or to the origin, at the
        beginning and the end of the line), ``road`` and ``name`` (where the streets say them), ``geometry``.

    Raises
    ------
    ParameterError
        As ``reach``.
    """
    cutoffs, ends = checked_cutoffs(minutes), ends_of(streets, origins)
    parts = [
        _lines_within(streets, times, cutoff, direction=direction).assign(origin_id=name, cutoff=cutoff)
        for name, node in zip(ends.name, ends.node, strict=True)
        for times in [times_of(streets, np.array([node]), max(cutoffs), direction=direction)]
        for cutoff in cutoffs
    ]
    named = [name for name in ("road", "name") if name in streets.attributes]
    columns = ["origin_id", "cutoff", "arc", "from_minutes", "to_minutes", *named, "geometry"]
    found = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=WGS84)[columns]
    found.attrs["manifest"] = manifest_of(streets)
    return found


def manifest_of(streets: Streets) -> dict[str, Any]:
    """Return what a result over these streets is to be known by."""
    heading = {"source": streets.source, "period": streets.period, "mode": streets.mode}
    return {"commute": __version__} | heading


def ground_of(
    streets: Streets, node: int, cutoffs: tuple[float, ...], *, direction: str, finer: float = 1.0
) -> Field:
    """Return the times on the ground around one junction; nothing at all where it is -1."""
    return _ground(streets, np.array([node]), cutoffs, direction=direction, finer=finer)


def _ground(
    streets: Streets, nodes: NDArray[np.int64], cutoffs: tuple[float, ...], *, direction: str, finer: float = 1.0
) -> Field:
    times = times_of(streets, nodes, max(cutoffs), direction=direction)
    return field([Expansion(streets, times)], cutoffs, towards=is_towards(direction), finer=finer)


def times_of(streets: Streets, nodes: NDArray[np.int64], cutoff: float, *, direction: str) -> NDArray[np.int32]:
    """Return deciseconds at each junction from or to the nearest of some, of which -1 is none."""
    from commute.kernels.sweep import distances  # noqa: PLC0415 - numba is imported with the first streets

    seeds = nodes[nodes >= 0]
    starts, limit = [0, len(seeds)], round(cutoff * DECISECONDS)
    towards = is_towards(direction)
    found = distances(streets.prepared, seeds, np.zeros_like(seeds), starts, limit, towards=towards)
    return np.asarray(found[0])


def _lines_within(
    streets: Streets, times: NDArray[np.int32], cutoff: float, *, direction: str
) -> gpd.GeoDataFrame:
    """Return the arcs that are entered before the cutoff, each cut to what is passed of it by then."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - as above
    from commute.kernels.grid import centred, cut, lines  # noqa: PLC0415 - as above

    towards, limit = is_towards(direction), round(cutoff * DECISECONDS)
    begin, end = (streets.head, streets.tail) if towards else (streets.tail, streets.head)
    arcs = np.flatnonzero((times[begin] < limit) & (streets.deciseconds < INF))
    entered, duration = times[begin[arcs]], streets.deciseconds[arcs]
    share = np.minimum((limit - entered) / duration, 1.0)
    where, bends = (streets.lon, streets.lat), streets.bends
    middle = centre_of([streets])
    on = plane_of(*middle)
    laid = lines(centred(*middle), arcs, begin, end, where, bends.start, (bends.lon, bends.lat), towards)
    part = cut(laid, share)
    corners = np.column_stack(on.back.transform(part.x, part.y))
    shapes = shapely.linestrings(corners, indices=np.repeat(np.arange(len(arcs)), np.diff(part.start)))
    near, far = entered / DECISECONDS, (entered + share * duration) / DECISECONDS
    said = streets.attributes.iloc[arcs].reset_index(drop=True)
    named = {name: said[name] for name in ("road", "name") if name in said}
    columns = {"arc": arcs, "from_minutes": far if towards else near, "to_minutes": near if towards else far}
    return gpd.GeoDataFrame(columns | named, geometry=shapely.reverse(shapes) if towards else shapes, crs=WGS84)
