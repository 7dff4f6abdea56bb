"""Coordinates: the shifted systems of Chinese web maps, GCJ-02 and BD-09, to WGS-84 and back.

GCJ-02 (AMap, Tencent, Google's map of China) lies up to 730 m off WGS-84 and BD-09 (Baidu) about a kilometre.
No specification is public. The formulas are the ones that every open implementation shares: GCJ-02 on the
ellipsoid of Krasovsky 1940 as in eviltransform (https://github.com/googollee/eviltransform), BD-09 as a turn
and a stretch on top of it; the inverse repeats the forward step until it meets the point, as in PRCoords
(https://github.com/Artoria2e5/PRCoords).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from commute.errors import ParameterError

Floats = NDArray[np.float64]
Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]

SEMI_MAJOR_AXIS = 6378245.0  # metres, Krasovsky 1940
ECCENTRICITY_SQUARED = 0.00669342162296594323
CHINA = (72.004, 137.8347, 0.8293, 55.8271)  # west, east, south, north of the box the maps are shifted in
BAIDU_TURN = np.pi * 3000.0 / 180.0
METRES_PER_DEGREE = 111_195.0
ROUNDS = 8  # measured over the whole box: an error of 5e-9 m is left after seven
NEAR_METRES = 60.0  # two sources of one station agree within this


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Shift WGS-84 degrees to GCJ-02 degrees; outside China they stay.

    Raises ParameterError where the two differ in shape.
    """
    return _inside_china(lon, lat, _to_gcj02)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Shift WGS-84 degrees to BD-09 degrees; outside China they stay.

    Raises ParameterError where the two differ in shape.
    """
    return _inside_china(lon, lat, _to_bd09)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Bring GCJ-02 degrees back to WGS-84 degrees; outside China they stay.

    Raises ParameterError where the two differ in shape.
    """
    return _inside_china(lon, lat, _inverse(_to_gcj02))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Bring BD-09 degrees back to WGS-84 degrees; outside China they stay.

    Raises ParameterError where the two differ in shape.
    """
    return _inside_china(lon, lat, _inverse(_to_bd09))


def looks_shifted(points: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Tell which points lie where a known point would lie in GCJ-02 or BD-09, not where it lies.

    Both frames have the columns lon and lat and the place ids as index; an id in one alone is passed over.
    Returns the name of the system ("GCJ-02", "BD-09") by id, for the shifted points only.
    """
    shared = points.index.intersection(known.index)
    here = points.loc[shared, ["lon", "lat"]].to_numpy(dtype="float64").T
    there = known.loc[shared, ["lon", "lat"]].to_numpy(dtype="float64").T
    off = _metres(here[0], here[1], there[0], there[1])
    system = pd.Series("", index=shared, dtype="str", name="system")
    for name, shift in SYSTEMS.items():
        miss = _metres(here[0], here[1], *_inside_china(there[0], there[1], shift))
        system[(miss < NEAR_METRES) & (off > 2.0 * NEAR_METRES)] = name
    return system[system.ne("")]


def _inside_china(lon: ArrayLike, lat: ArrayLike, shift: Shift) -> tuple[Floats, Floats]:
    """Apply ``shift`` to the points within the box of China and leave the others as they are."""
    x, y = np.array(lon, dtype="float64"), np.array(lat, dtype="float64")
    if x.shape != y.shape:
        raise ParameterError(f"lon and lat must go together, got shapes {x.shape} and {y.shape}.")
    west, east, south, north = CHINA
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    x[inside], y[inside] = shift(x[inside], y[inside])
    return x, y


def _to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    # metres to degrees along the meridian and the parallel
    curve = 1.0 - ECCENTRICITY_SQUARED * np.sin(np.radians(lat)) ** 2
    meridian = SEMI_MAJOR_AXIS * (1.0 - ECCENTRICITY_SQUARED) / curve**1.5
    parallel = SEMI_MAJOR_AXIS / np.sqrt(curve) * np.cos(np.radians(lat))
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _waves(along: Floats, *waves: tuple[float, float]) -> Floats:
    """Sum sines of the given amplitudes (metres) and half wavelengths (degrees)."""
    total = np.zeros_like(along)
    for amplitude, half in waves:
        total += amplitude * np.sin(np.pi * along / half)
    return total


def _to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = _to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(BAIDU_TURN * y)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(BAIDU_TURN * x)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _inverse(shift: Shift) -> Shift:
    """Return the shift back: from the point itself, walk against the error that is left."""

    def back(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = lon, lat
        for _ in range(ROUNDS):
            shifted_x, shifted_y = shift(x, y)
            x, y = x - (shifted_x - lon), y - (shifted_y - lat)
        return x, y

    return back


def _metres(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Return the distance of near points in metres, on a flat piece of the globe."""
    across = (lon - other_lon) * np.cos(np.radians(other_lat))
    return METRES_PER_DEGREE * np.hypot(across, lat - other_lat)


SYSTEMS: dict[str, Shift] = {"GCJ-02": _to_gcj02, "BD-09": _to_bd09}
