"""Times on a grid of squares: arcs drawn onto it, spread to the ground beside them, small holes filled.

A grid is int32[rows, columns]; INF where nobody comes. Cell (row, column) has its middle at ``west + column * cell``
and ``south + row * cell``. Every step is monotone: earlier times at the start never make a cell later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from commute.kernels.csr import INF

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AXIS, _FLATTENING = 6378137.0, 1 / 298.257223563  # WGS-84
_E2 = _FLATTENING * (2 - _FLATTENING)
_E = _E2**0.5
_POLE = 1 - (1 - _E2) / (2 * _E) * np.log((1 - _E) / (1 + _E))  # q at the pole


class Lines(NamedTuple):
    """Lines on the plane: line i passes the points ``start[i]`` to ``start[i + 1]`` (not included), in metres."""

    start: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


class Centre(NamedTuple):
    """Where a plane touches the ground: in degrees, and what follows from it for every point."""

    lon: float
    sine: float
    cosine: float
    across: float
    along: float


@nb.njit(cache=True, nogil=True)
def _authalic(lat: float) -> tuple[float, float]:
    """Return the sine and cosine of the latitude on the sphere of equal area (Snyder 1987, eq. 3-11 and 3-12)."""
    sine = np.sin(np.radians(lat))
    q = (1 - _E2) * (sine / (1 - _E2 * sine * sine) - np.log((1 - _E * sine) / (1 + _E * sine)) / (2 * _E))
    equal = min(max(q / _POLE, -1.0), 1.0)
    return equal, np.sqrt(1 - equal * equal)


@nb.njit(cache=True, nogil=True)
def centred(lon: float, lat: float) -> Centre:
    """Return the plane that touches the ground at a point."""
    sine, cosine = _authalic(lat)
    radius = _AXIS * np.sqrt(_POLE / 2)
    parallel = np.cos(np.radians(lat)) / np.sqrt(1 - _E2 * np.sin(np.radians(lat)) ** 2)
    stretch = _AXIS * parallel / (radius * cosine)
    return Centre(lon, sine, cosine, radius * stretch, radius / stretch)


@nb.njit(cache=True, nogil=True)
def _place(centre: Centre, lon: float, lat: float) -> tuple[float, float]:
    sine, cosine = _authalic(lat)
    turn = np.radians(lon - centre.lon)
    ahead = cosine * np.cos(turn)
    scale = np.sqrt(2 / (1 + centre.sine * sine + centre.cosine * ahead))
    x = scale * centre.across * cosine * np.sin(turn)
    return x, scale * centre.along * (centre.cosine * sine - centre.sine * ahead)


@nb.njit(cache=True, nogil=True)
def project(
    centre: Centre, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place points in degrees on the azimuthal equal-area plane, in metres from its centre.

    The form for the ellipsoid, Snyder (1987), eq. 24-17 to 24-20: PROJ's ``laea``, at six times its pace.
    """
    x, y = np.empty(len(lon)), np.empty(len(lon))
    for point in range(len(lon)):
        x[point], y[point] = _place(centre, lon[point], lat[point])
    return x, y


@nb.njit(cache=True, nogil=True)
def lines(
    centre: Centre,
    arcs: NDArray[np.int64],
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    nodes: tuple[NDArray[np.float64], NDArray[np.float64]],
    start: NDArray[np.int64],
    bends: tuple[NDArray[np.float64], NDArray[np.float64]],
    backwards: bool,  # noqa: FBT001 - as all that kernels take
) -> Lines:
    """Lay the arcs on the plane, each from ``begin`` to ``end`` over its bends, those in turn if ``backwards``."""
    first = np.zeros(len(arcs) + 1, dtype=np.int64)
    for index in range(len(arcs)):
        first[index + 1] = first[index] + start[arcs[index] + 1] - start[arcs[index]] + 2
    x, y = np.empty(first[-1]), np.empty(first[-1])
    node_x, node_y = np.full(len(nodes[0]), np.nan), np.empty(len(nodes[0]))  # each junction is placed only once
    for index in range(len(arcs)):
        arc = arcs[index]
        for node, at in ((begin[arc], first[index]), (end[arc], first[index + 1] - 1)):
            if np.isnan(node_x[node]):
                node_x[node], node_y[node] = _place(centre, nodes[0][node], nodes[1][node])
            x[at], y[at] = node_x[node], node_y[node]
        count = start[arc + 1] - start[arc]
        for bend in range(count):
            other = start[arc] + (count - 1 - bend if backwards else bend)
            at = first[index] + 1 + bend
            x[at], y[at] = _place(centre, bends[0][other], bends[1][other])
    return Lines(first, x, y)


@nb.njit(cache=True, nogil=True)
def lengths(on: Lines) -> NDArray[np.float64]:
    """Measure each line, in metres."""
    length = np.zeros(len(on.start) - 1)
    for line in range(len(length)):
        for point in range(on.start[line] + 1, on.start[line + 1]):
            dx, dy = on.x[point] - on.x[point - 1], on.y[point] - on.y[point - 1]
            length[line] += np.sqrt(dx * dx + dy * dy)
    return length


@nb.njit(cache=True, nogil=True)
def cut(on: Lines, share: NDArray[np.float64]) -> Lines:
    """Cut each line where this share of its length is passed."""
    first = np.zeros(len(on.start), dtype=np.int64)
    x, y = np.empty(len(on.x)), np.empty(len(on.x))
    length, at = lengths(on), 0
    for line in range(len(share)):
        left = share[line] * length[line]
        x[at], y[at] = on.x[on.start[line]], on.y[on.start[line]]
        at += 1
        for point in range(on.start[line] + 1, on.start[line + 1]):
            dx, dy = on.x[point] - on.x[point - 1], on.y[point] - on.y[point - 1]
            piece = np.sqrt(dx * dx + dy * dy)
            part = 1.0 if piece <= left else left / piece
            x[at], y[at] = on.x[point - 1] + part * dx, on.y[point - 1] + part * dy
            at += 1
            left -= piece
            if part < 1:
                break
        first[line + 1] = at
    return Lines(first, x[:at].copy(), y[:at].copy())


@nb.njit(cache=True, nogil=True)
def colour(
    grid: NDArray[np.float32],
    west: float,
    south: float,
    cell: float,
    on: Lines,
    time: NDArray[np.int32],
    duration: NDArray[np.int32],
    limit: int,
    aside: float,
    pace: float,
) -> None:
    """Lower the cells within ``aside`` metres of each line to the time of passing and of going there, straight.

    A line is passed from ``time`` on, evenly over ``duration``, and left nowhere later than ``limit``; aside one goes
    at ``pace`` (time per metre). One and a half samples per cell, at places that do not depend on the times, and each
    with its whole disc: from cell to cell (chamfer) a time cannot at once be the earliest and know how far it has
    come, and would let a distant early street reach over a river past a near late one. A line of one point is a
    junction, whose sample the lines that meet there share; the last point of other lines is left to it.
    """
    step, length = cell / 1.5, lengths(on)
    for line in range(len(time)):
        begin, last = on.start[line], on.start[line + 1] - 1
        if begin == last and time[line] <= limit:
            _disc(grid, (on.y[last] - south) / cell, (on.x[last] - west) / cell, time[line], aside / cell, pace * cell)
        rate = duration[line] / length[line] if length[line] > 0 else 0.0
        due, passed = step, 0.0
        for point in range(begin + 1, last + 1):
            dx, dy = on.x[point] - on.x[point - 1], on.y[point] - on.y[point - 1]
            piece = np.sqrt(dx * dx + dy * dy)
            while due < passed + piece and time[line] + due * rate <= limit:
                part = (due - passed) / piece
                column = (on.x[point - 1] + part * dx - west) / cell
                row = (on.y[point - 1] + part * dy - south) / cell
                _disc(grid, row, column, time[line] + due * rate, aside / cell, pace * cell)
                due += step
            passed += piece


@nb.njit(cache=True, nogil=True, fastmath=True)
def _disc(grid: NDArray[np.float32], row: float, column: float, time: float, radius: float, slope: float) -> None:
    """Lower the cells around one sample.

    The first cell of the way aside counts in proportion, d² rather than d: between the middles of two cells on either
    side of a street times are interpolated, and on the street itself would else be late by a third of a cell.
    """
    for down in range(max(int(np.ceil(row - radius)), 0), min(int(np.floor(row + radius)), grid.shape[0] - 1) + 1):
        high = (down - row) * (down - row)
        width = np.sqrt(max(radius * radius - high, 0.0))
        first = max(int(np.ceil(column - width)), 0)
        last = min(int(np.floor(column + width)), grid.shape[1] - 1)
        begin, steep, at, upright = np.float32(time), np.float32(slope), np.float32(column), np.float32(high)
        for across in range(first, last + 1):
            off = np.float32(across) - at
            square = upright + off * off
            away = min(np.sqrt(square), square)
            grid[down, across] = min(grid[down, across], begin + steep * away)


@nb.njit(cache=True, nogil=True)
def sieve(grid: NDArray[np.int32], cells: int) -> NDArray[np.int32]:
    """Fill every hole under ``cells`` cells, whatever the time that is asked for: the area opening of the grid.

    A hole is a set of later cells hanging together by their sides, away from the edge of the grid. Its cells get the
    time at which the ground around them, grown by them, is no hole any more. Meijster & Wilkinson (2002), union-find.
    """
    rows, columns = grid.shape
    value = grid.ravel()
    order = _latest_first(value)
    parent = np.full(len(value), -1, dtype=np.int32)
    area = np.ones(len(value), dtype=np.int32)
    for cell in order:
        parent[cell] = cell
        row, column = divmod(cell, columns)
        if row == 0 or column == 0 or row == rows - 1 or column == columns - 1:
            area[cell] = cells
        for down, aside in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            if not (0 <= row + down < rows and 0 <= column + aside < columns):
                continue
            other = cell + down * columns + aside
            if parent[other] < 0:
                continue
            root = other
            while parent[root] != root:
                parent[root] = parent[parent[root]]
                root = parent[root]
            if root == cell:
                continue
            if area[root] < cells or value[root] == value[cell]:
                area[cell] = min(cells, area[cell] + area[root])
                parent[root] = cell
            else:
                area[cell] = cells
    out = value.copy()
    for index in range(len(order) - 1, -1, -1):
        out[order[index]] = out[parent[order[index]]]
    return out.reshape(grid.shape)


@nb.njit(cache=True, nogil=True)
def _latest_first(value: NDArray[np.int32]) -> NDArray[np.int32]:
    """Order the cells by falling time: a counting sort, as times are small; INF counts as one more than the latest."""
    latest = 0
    for time in value:
        if time < INF:
            latest = max(latest, time)
    place = np.zeros(latest + 3, dtype=np.int64)
    for time in value:
        place[latest + 2 - min(time, latest + 1)] += 1
    for bucket in range(1, len(place)):
        place[bucket] += place[bucket - 1]
    order = np.empty(len(value), dtype=np.int32)
    for cell in range(len(value)):
        bucket = latest + 1 - min(value[cell], latest + 1)
        order[place[bucket]] = cell
        place[bucket] += 1
    return order
