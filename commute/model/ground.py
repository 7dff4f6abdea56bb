"""Ground: straight lines between places, how long they are and how much of them lies over water."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
_SAMPLES = 40  # points along a line: a share over water is known to 2.5 %


def distance_km(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    to_lon: NDArray[np.float64],
    to_lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return great-circle distances in km between points in degrees, on the mean sphere (haversine)."""
    lon, lat, to_lon, to_lat = (np.radians(angle) for angle in (lon, lat, to_lon, to_lat))
    half = np.sin((to_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def on_sphere(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    """Place points on the unit sphere, where straight lines order distances as the ground does."""
    east, north = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def near_pairs(
    lon: NDArray[np.float64], lat: NDArray[np.float64], *, within_km: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return every pair ``(i, j)``, ``i < j``, of points at most ``within_km`` apart, and its distance in km."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - 0.1 s of import that only a time graph needs

    chord = 2 * np.sin(min(within_km / EARTH_RADIUS_KM, np.pi) / 2) * (1 + 1e-9)
    pairs = cKDTree(on_sphere(lon, lat)).query_pairs(chord, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64)
    first, second = pairs[:, 0], pairs[:, 1]
    km = distance_km(lon[first], lat[first], lon[second], lat[second])
    near = km <= within_km
    return first[near], second[near], km[near]


def water_share(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    to_lon: NDArray[np.float64],
    to_lat: NDArray[np.float64],
    *,
    land: shapely.Geometry | None,
) -> NDArray[np.float64]:
    """Return the share of each straight line that lies off the land; zero where no land is given."""
    if land is None or not len(lon):
        return np.zeros(len(lon))
    shapely.prepare(land)
    steps = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    x = lon[:, None] + (to_lon - lon)[:, None] * steps
    y = lat[:, None] + (to_lat - lat)[:, None] * steps
    dry = shapely.contains_xy(land, x.ravel(), y.ravel()).reshape(x.shape)
    return np.asarray(1.0 - dry.mean(axis=1))
