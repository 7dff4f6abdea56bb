"""Ground reached over a dense grid of streets: how far each kind of grid falls short of the disc."""

from __future__ import annotations

import numpy as np
import pytest

from commute.kernels import bounded, csr

CELLS = 120  # from the middle to the edge of what is reached
UNIT = 1000  # weight of one cell: rounding tells in the fourth digit
STEPS = {
    4: [(1, 0), (0, 1)],
    8: [(1, 0), (0, 1), (1, 1), (1, -1)],
    16: [(1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1)],
}


def cells_reached(neighbours):
    side = 2 * CELLS + 5
    row, column = (axis.ravel() for axis in np.mgrid[:side, :side])
    tails, heads, weights = [], [], []
    for down, right in STEPS[neighbours]:
        inside = (row + down < side) & (column + right < side) & (column + right >= 0)
        one = row[inside] * side + column[inside]
        other = (row[inside] + down) * side + column[inside] + right
        tails += [one, other]
        heads += [other, one]
        weights += [np.full(2 * len(one), round(UNIT * np.hypot(down, right)))]
    graph = csr.build(side * side, np.concatenate(tails), np.concatenate(heads), np.concatenate(weights))
    distance = bounded.search(graph, [side * side // 2], [0], CELLS * UNIT)
    return int((distance < csr.INF).sum())


def octagon_16():
    """Return the area of the ground within distance 1 in eight directions and the eight between them."""
    angles = sorted(np.arctan2(y, x) for down, right in STEPS[16] for x, y in ((down, right), (-down, -right)))
    corners = np.exp(1j * np.array(angles))
    return 0.5 * float(np.sum(np.imag(np.conj(corners) * np.roll(corners, -1))))


@pytest.mark.parametrize(
    ("neighbours", "short", "area"),
    [(4, -36.34, 2.0), (8, -9.97, 2 * np.sqrt(2)), (16, -2.80, octagon_16())],
)
def test_a_grid_falls_short_of_the_disc(neighbours, short, area):
    assert 100 * (area / np.pi - 1) == pytest.approx(short, abs=0.005)
    assert cells_reached(neighbours) / CELLS**2 == pytest.approx(area, rel=0.012)  # half a cell of the edge


def test_a_dense_rectangular_grid_colours_twice_the_square_of_the_radius():
    radius = 30  # km: an hour at 30 km/h
    cell = radius / (CELLS + 0.5)  # the last cell is coloured to its middle
    assert cells_reached(4) * cell**2 == pytest.approx(1800, rel=1e-4)
