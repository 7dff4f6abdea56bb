"""Population grids: how many people are in each cell of a raster, as a table of the cells where anybody is.

Grids of 100 metres (WorldPop, GHSL, LandScan) are read a window at a time, so what is held is a window and the
table: 24 bytes for each cell with people.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.errors import DataFileError, ParameterError
from commute.io.files import WGS84
from commute.progress import progress

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from numpy.typing import NDArray

_CELLS = 2**20  # of one window: 8 MB of numbers, and as many again for each thing done with them
_CACHE_MB = 64  # of raster blocks that GDAL keeps; its default is a twentieth of the machine's memory
_EDGES = 1000  # pieces that the longest side of an outline is cut into before it is projected

Box = tuple[int, int, int, int]  # first column and row, and how many of each


def read_population(
    path: str | os.PathLike[str], *, within: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Read the people of a raster, such as a GeoTIFF of WorldPop or GHSL, that counts them cell by cell.

    Cells without data and cells without people are left out. The table is what ``reach(streets, …, weights=…)``
    takes. Needs rasterio, and exactextract where there is a ``within``: the extra ``population``.

    Parameters
    ----------
    path
        A raster of one band, of people per cell (not per square kilometre), in any CRS that leads to WGS-84.
    within
        The ground to read: a polygon in degrees of WGS-84, or polygons with a CRS, of which the union is taken. Of a
        cell on its edge those people count that live on the share of the cell inside it, by area in the grid.

    Returns
    -------
    DataFrame
        One row per cell with people: ``lon``, ``lat`` of its centre, in degrees of WGS-84, and ``people``; all
        float64. A cell on the edge keeps its own centre, which may lie outside.

    Raises
    ------
    DataFileError
        For a file that is missing, no raster, cut short, of several bands, without a CRS or with one that leads
        nowhere, that counts fewer than no people or infinitely many somewhere, or that has nobody in it.
    ParameterError
        For a ``within`` that is no polygon, has no CRS, lies beside the raster, or has nobody in it; and where the
        extra is not installed.
    """
    rasterio = _installed("rasterio")
    file = Path(path)
    if not file.is_file():
        raise DataFileError(f"{path} does not exist, or is no file. Check the path.")
    with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=_CACHE_MB):
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)  # told below, as an error
        try:
            with rasterio.open(file) as raster:
                _refuse_unfit(raster, path)
                return _people(raster, path, None if within is None else _outline(within, raster, path))
        except rasterio.errors.RasterioError as error:
            raise DataFileError(f"{path} is no raster, or cut short: {error}") from error


def _installed(name: str) -> Any:  # noqa: ANN401 - a module of an extra
    """Import a library of the extra, or say how to get it."""
    try:
        if name == "rasterio":
            import rasterio.errors  # noqa: PLC0415 - an extra

            return rasterio
        import exactextract.raster  # noqa: PLC0415 - an extra
    except ImportError:
        raise ParameterError(
            f"Population rasters are read with {name}: pip install 'commute-circles[population]'."
        ) from None
    return exactextract


def _refuse_unfit(raster: Any, path: object) -> None:  # noqa: ANN401 - a dataset of rasterio
    if raster.count != 1:
        raise DataFileError(
            f"{path} has {raster.count} bands, and which of them counts people cannot be known. Extract that one: "
            "gdal_translate -b 1 …"
        )
    if raster.crs is None:
        raise DataFileError(f"{path} has no CRS, so nobody knows where it is. Add it: gdal_edit.py -a_srs EPSG:…")


def _outline(within: object, raster: Any, path: object) -> shapely.Geometry:  # noqa: ANN401 - a dataset of rasterio
    """Return the union of polygons in cells of the raster: x the columns, y the rows, which count down from 0."""
    if isinstance(within, gpd.GeoSeries | gpd.GeoDataFrame):
        if within.crs is None:
            raise ParameterError("within has no CRS. Say which it is: within.set_crs('EPSG:4326').")
        shapes = within.geometry
    elif isinstance(within, shapely.Geometry):
        shapes = gpd.GeoSeries([within], crs=WGS84)
    else:
        raise ParameterError(f"within must be a polygon, a GeoSeries or a GeoDataFrame, got {type(within).__name__}.")
    there = shapes.to_numpy()
    shapes = shapes[~(shapely.is_missing(there) | shapely.is_empty(there))]
    if not len(shapes) or not shapes.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise ParameterError(f"within must be of polygons, got {', '.join(sorted(set(shapes.geom_type))) or 'none'}.")
    union = shapely.make_valid(shapely.union_all(shapely.make_valid(shapes.to_numpy())))
    west, south, east, north = union.bounds  # a straight side bends when it is projected, so it is cut up first
    union = shapely.segmentize(union, max(east - west, north - south) / _EDGES)
    projected = gpd.GeoSeries([union], crs=shapes.crs).to_crs(raster.crs.to_wkt())[0]
    if not np.isfinite(projected.bounds).all():
        raise ParameterError(f"within reaches further than the CRS of {path} does. Clip it to the raster first.")
    away = ~raster.transform

    def to_cells(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy.T
        return np.column_stack([away.a * x + away.b * y + away.c, -(away.d * x + away.e * y + away.f)])

    return shapely.transform(projected, to_cells)


def _people(raster: Any, path: object, outline: shapely.Geometry | None) -> pd.DataFrame:  # noqa: ANN401 - as above
    """Read window after window, and put the cells with people together."""
    boxes = list(_boxes(raster, _bounds(raster, path, outline)))
    found = []
    with progress("Population") as finished:
        for done, box in enumerate(boxes, start=1):
            share = None if outline is None else _covered(outline, box)
            if share is None or share.any():
                found.append(_cells(raster, path, box, share))
            finished(done, len(boxes))
    columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else [np.empty(0)] * 3
    if not len(columns[0]):
        if outline is None:
            raise DataFileError(f"{path} has no cell with people in it.")
        raise ParameterError(f"{path} has no cell with people inside within.")
    return pd.DataFrame(dict(zip(("lon", "lat", "people"), columns, strict=True)))


def _bounds(raster: Any, path: object, outline: shapely.Geometry | None) -> Box:  # noqa: ANN401 - as above
    """Return the box of cells that the outline lies in; all of them where there is none."""
    if outline is None:
        return 0, 0, raster.width, raster.height
    west, south, east, north = outline.bounds
    left, right = max(int(np.floor(west)), 0), min(int(np.ceil(east)), raster.width)
    top, bottom = max(int(np.floor(-north)), 0), min(int(np.ceil(-south)), raster.height)
    if left >= right or top >= bottom:
        raise ParameterError(
            f"within lies beside {path}, whose columns and rows it would meet at {west:.0f} to {east:.0f} and "
            f"{-north:.0f} to {-south:.0f} of {raster.width} and {raster.height}. Check its CRS, and lon before lat."
        )
    return left, top, right - left, bottom - top


def _boxes(raster: Any, within: Box) -> Iterator[Box]:  # noqa: ANN401 - as above
    """Cut a box into windows of at most about ``_CELLS`` cells along the blocks of the file, so none is read twice."""
    height, width = raster.block_shapes[0]
    height = min(height, max(1, _CELLS // width))  # a file of one block is not held at once all the same
    left, top, columns, rows = within
    wide = width * max(1, min(-(-columns // width), _CELLS // (height * width)))
    high = height * max(1, _CELLS // (height * min(wide, columns)))
    for row in range(top // height * height, top + rows, high):
        for column in range(left // width * width, left + columns, wide):
            first = max(column, left), max(row, top)
            last = min(column + wide, left + columns), min(row + high, top + rows)
            yield *first, last[0] - first[0], last[1] - first[1]


def _covered(outline: shapely.Geometry, box: Box) -> NDArray[np.float64]:
    """Return which share of each cell of the box lies inside the outline: [rows, columns]."""
    column, row, columns, rows = box
    corners = column, -(row + rows), column + columns, -row
    parts = shapely.get_parts(shapely.clip_by_rect(outline, *corners))
    part = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004 - areas, not their edges
    if part.area >= columns * rows:
        return np.ones((rows, columns))
    share = np.zeros(rows * columns)
    if not part.is_empty:
        extract = _installed("exactextract")
        grid = extract.raster.NumPyRasterSource(np.zeros((rows, columns), dtype=np.int8), *corners)
        shape = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(part)}
        cells = extract.exact_extract(grid, [shape], ["cell_id", "coverage"])[0]["properties"]
        share[cells["cell_id"]] = cells["coverage"]
    return share.reshape(rows, columns)


def _cells(
    raster: Any,  # noqa: ANN401 - as above
    path: object,
    box: Box,
    share: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return lon, lat and people of the cells of a box in which there is anybody."""
    left, top, columns, rows = box
    read = raster.read(1, window=((top, top + rows), (left, left + columns)), masked=True)
    people = read.filled(0).astype(np.float64) * raster.scales[0] + raster.offsets[0]
    there = ~np.ma.getmaskarray(read) & (people != 0) & ~np.isnan(people)
    if share is not None:
        there &= share > 0
    row, column = np.nonzero(there)
    lon, lat = _centres(raster, path, column + left, row + top)
    people = people[there] if share is None else people[there] * share[there]
    wrong = np.flatnonzero((people < 0) | np.isinf(people))
    if len(wrong):
        first = read.data[row[wrong[0]], column[wrong[0]]]
        raise DataFileError(
            f"{path} counts {first:g} people in the cell at {lon[wrong[0]]:.4f}, {lat[wrong[0]]:.4f}, which cannot be. "
            f"If that stands for no data, declare it: gdal_edit.py -a_nodata {first:g} …"
        )
    return lon, lat, people


def _centres(
    raster: Any,  # noqa: ANN401 - as above
    path: object,
    column: NDArray[np.int64],
    row: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the centres of cells are, in degrees of WGS-84."""
    from pyproj import Transformer  # noqa: PLC0415 - not needed to import commute
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - as above

    over, down, lies = column + 0.5, row + 0.5, raster.transform
    x, y = lies.a * over + lies.b * down + lies.c, lies.d * over + lies.e * down + lies.f
    try:
        lon, lat = Transformer.from_crs(raster.crs.to_wkt(), WGS84, always_xy=True).transform(x, y)
    except ProjError as error:
        raise DataFileError(f"{path} has a CRS from which no way leads to WGS-84: {error}") from error
    if not (np.isfinite(lon) & np.isfinite(lat)).all():
        raise DataFileError(f"{path} has people where its CRS has no place on Earth. Check its CRS.")
    return lon, lat
