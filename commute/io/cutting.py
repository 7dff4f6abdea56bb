"""Ways made into streets: clipped, cut at their junctions, measured, timed, and of one piece."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from commute.errors import DataFileError
from commute.model import ground
from commute.model.arcs import ATTRIBUTES, Bends
from commute.model.clock import DECISECONDS
from commute.model.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from commute.io.ways import Ways

MUCH = 0.2  # of the length of all streets: losing more than that is worth a warning
_CHUNK = 2_000_000  # points measured at once, some 0.2 GB of temporary numbers


class _Cut(NamedTuple):
    """Pieces of ways between junctions: the way of each, and the nodes ``points[start[a]:start[a + 1]]``."""

    way: NDArray[np.int32]
    start: NDArray[np.int64]
    points: NDArray[np.int32]
    metres: NDArray[np.float64]


class _Arcs(NamedTuple):
    """Pieces as they are used: which, whether against its direction, from node to node, how fast and how long."""

    piece: NDArray[np.int64]
    turned: NDArray[np.bool_]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    kph: NDArray[np.float64]
    minutes: NDArray[np.float64]

    def only(self, rows: NDArray[np.bool_]) -> _Arcs:
        """Return some of the arcs."""
        return _Arcs._make(column[rows] for column in self)


def streets_of(ways: Ways, *, mode: str, within: shapely.Geometry | None, source: str) -> Streets:
    """Cut ways at their junctions and keep the largest part in which one can get from anywhere to anywhere.

    A way is cut off at its last node inside ``within``. What is left out of the length is told in ``source``, and
    warned of beyond a fifth.

    Raises
    ------
    DataFileError
        Where no street is left.
    """
    cut = _cut(ways, within)
    if not len(cut.way):
        bounds = [float(most(column)) for most in (np.nanmin, np.nanmax) for column in (ways.lon, ways.lat)]
        inside = "" if within is None else f" within {_box(within.bounds)}; it covers {_box(bounds)}"
        raise DataFileError(f"{source.split(maxsplit=1)[0]} has no streets to {mode} on{inside}.")
    arcs = _timed(ways, cut)
    kept = connected(arcs.tail, arcs.head, len(ways.number))
    metres = cut.metres[arcs.piece]
    share = 1 - metres[kept].sum() / metres.sum()
    arcs, metres = arcs.only(kept), metres[kept]
    met = np.zeros(len(ways.number), dtype=np.bool_)
    met[arcs.tail] = met[arcs.head] = True
    place, node = np.cumsum(met, dtype=np.int32) - 1, np.flatnonzero(met)
    streets = Streets.from_arrays(
        place[arcs.tail],
        place[arcs.head],
        arcs.minutes,
        ways.lon[node],
        ways.lat[node],
        bends=_bends(ways, cut, arcs),
        mode=mode,
        source=told(source, share),
    )
    # Of columns that are not of the types yet, 14 million arcs would take 30 s and 4 GB more.
    return replace(streets, attributes=_said(ways, cut.way[arcs.piece], metres, arcs.kph))


def told(source: str, share: float) -> str:
    """Say beside the source which share of the length was left out, and warn where it is much."""
    if share > MUCH:
        warnings.warn(
            f"{share:.0%} of the length of the streets of {source} cannot be reached from the rest and is left out. "
            "Is the area in several parts, or cut through?",
            stacklevel=2,
        )
    return f"{source}, {share:.2%} of the length left out as not connected"


def connected(tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int) -> NDArray[np.bool_]:
    """Tell which arcs are in the largest strongly connected component, the one of most junctions."""
    from commute.kernels.csr import build, strongly_connected  # noqa: PLC0415 - numba comes with the first streets

    label = strongly_connected(build(nodes, tail, head, np.ones(len(tail), dtype=np.int32)))
    largest = np.bincount(label).argmax()
    return np.asarray((label[tail] == largest) & (label[head] == largest))


def _box(bounds: Sequence[float]) -> str:
    west, south, east, north = bounds
    return f"lon {west:.4f} to {east:.4f}, lat {south:.4f} to {north:.4f}"


def _cut(ways: Ways, within: shapely.Geometry | None) -> _Cut:
    from commute.kernels.cutting import cut  # noqa: PLC0415 - as above

    usable = ~np.isnan(ways.lon)
    if within is not None:
        west, south, east, north = within.bounds
        near = (ways.lon >= west) & (ways.lon <= east) & (ways.lat >= south) & (ways.lat <= north)
        shapely.prepare(within)
        near[near] = shapely.intersects_xy(within, ways.lon[near], ways.lat[near])
        usable &= near
    way, start, points = cut(ways.start, ways.node, usable)
    return _Cut(way, start, points, _lengths(ways, start, points))


def _lengths(ways: Ways, start: NDArray[np.int64], points: NDArray[np.int32]) -> NDArray[np.float64]:
    """Measure lines from point to point, in metres."""
    step = np.zeros(len(points))
    for first in range(0, len(points) - 1, _CHUNK):
        here = points[first : first + _CHUNK + 1]
        lon, lat = ways.lon[here], ways.lat[here]
        step[first + 1 : first + len(here)] = 1000 * ground.distance_km(lon[:-1], lat[:-1], lon[1:], lat[1:])
    step[start[:-1]] = 0.0
    return np.add.reduceat(step, start[:-1]) if len(start) > 1 else np.empty(0)


def _timed(ways: Ways, cut: _Cut) -> _Arcs:
    """Make of each piece the arcs along and against it that may be used."""
    forward, backward, whole = (
        np.array([getattr(use, name) for use in ways.uses])[ways.use[cut.way]]
        for name in ("forward", "backward", "minutes")
    )
    piece = np.concatenate([np.flatnonzero(forward), np.flatnonzero(backward)])
    turned = np.arange(len(piece)) >= np.count_nonzero(forward)
    kph = np.where(turned, backward[piece], forward[piece])
    ferry = np.flatnonzero(whole[piece])
    if len(ferry):
        kph[ferry] = 0.06 * _whole_metres(ways, cut.way[piece[ferry]]) / whole[piece[ferry]]
    first, last = cut.points[cut.start[piece]], cut.points[cut.start[piece + 1] - 1]
    minutes = np.maximum(0.06 * cut.metres[piece] / kph, 1 / DECISECONDS)
    return _Arcs(piece, turned, np.where(turned, last, first), np.where(turned, first, last), kph, minutes)


def _whole_metres(ways: Ways, way: NDArray[np.int32]) -> NDArray[np.float64]:
    """Measure ways from end to end, whatever lies outside; at least a metre, which a ferry sails."""
    found, back = np.unique(way, return_inverse=True)
    nodes = [ways.node[ways.start[one] : ways.start[one + 1]] for one in found]
    nodes = [one[~np.isnan(ways.lon[one])] for one in nodes]
    start = np.concatenate([[0], np.cumsum([len(one) for one in nodes])])
    return np.asarray(np.maximum(_lengths(ways, start, np.concatenate(nodes)), 1.0)[back])


def _bends(ways: Ways, cut: _Cut, arcs: _Arcs) -> Bends:
    from commute.kernels.cutting import inner  # noqa: PLC0415 - as above

    start, points = inner(arcs.piece, arcs.turned, cut.start, cut.points)
    return Bends(start, ways.lon[points], ways.lat[points])


def _said(ways: Ways, way: NDArray[np.int32], metres: NDArray[np.float64], kph: NDArray[np.float64]) -> pd.DataFrame:
    """Describe arcs in the types of ``ATTRIBUTES``."""
    use = ways.use[way]
    said: dict[str, Any] = {"way": ways.way[way], "metres": metres, "kph": kph}
    said |= {name: np.array([getattr(one, name) for one in ways.uses])[use] for name in ("bridge", "tunnel")}
    said |= {name: pd.Categorical([getattr(one, name) for one in ways.uses])[use] for name in ("road", "speed")}
    said["name"] = pd.Categorical.from_codes(ways.name[way], pd.Index(ways.names)).remove_unused_categories()
    return pd.DataFrame({name: said[name] for name in ATTRIBUTES if name in said})
