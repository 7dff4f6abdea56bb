"""Surfaces on disk: a grid of travel times as a GeoTIFF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from commute.errors import ParameterError
from commute.io.files import replacing

if TYPE_CHECKING:
    import os

    import xarray as xr


def write_surface(surface: xr.DataArray, path: str | os.PathLike[str]) -> None:
    """Write a grid of minutes, as ``surface`` gives it, to a GeoTIFF: one band, float32, NaN where nobody comes.

    An interrupt leaves what was there before.

    Raises
    ------
    ParameterError
        For a grid that has no ``crs`` among its attributes, or no evenly spaced ``y`` and ``x``.
    DataFileError
        Where the file cannot be written.
    """
    import rasterio  # noqa: PLC0415 - an extra

    if "crs" not in surface.attrs or surface.dims != ("y", "x") or min(surface.shape) < 2:  # noqa: PLR2004 - a step
        raise ParameterError(f"A surface has the dimensions y, x and a crs among its attributes, got {surface.dims}.")
    steps = [np.diff(surface[axis].to_numpy()) for axis in ("x", "y")]
    across, down = (float(step[0]) for step in steps)
    if across <= 0 or down >= 0 or any(not np.allclose(step, step[0]) for step in steps):
        raise ParameterError("A surface has x rising and y falling by even steps; sort it by x, and by y descending.")
    west, north = float(surface["x"][0]) - across / 2, float(surface["y"][0]) - down / 2
    with (
        replacing(Path(path)) as fresh,
        rasterio.open(
            fresh,
            "w",
            driver="GTiff",
            height=surface.shape[0],
            width=surface.shape[1],
            count=1,
            dtype="float32",
            nodata=np.nan,
            crs=surface.attrs["crs"],
            transform=rasterio.Affine(across, 0.0, west, 0.0, down, north),
            compress="deflate",
        ) as file,
    ):
        file.write(surface.to_numpy().astype(np.float32), 1)
        file.set_band_description(1, surface.attrs.get("long_name", "minutes"))
        file.update_tags(units="minutes")
