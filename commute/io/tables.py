"""Tables: a network as files — a folder of CSVs, a GeoPackage, a folder of GeoParquet — and back, equal."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd

from commute._version import __version__
from commute.errors import DataFileError, ParameterError, TableError
from commute.io import coordinates, datasets, files
from commute.model import schema
from commute.model.faults import report
from commute.model.network import Network, Region

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike

Layers = dict[str, pd.DataFrame]
"""A network as its tables by name, and where there are any land and a manifest (key, value)."""

NEEDED = ("places", "lines", "links", "sources")
OPTIONAL = ("regions", "region_members", "land", "manifest")
SQLITE_PAGE_SIZE, SQLITE_PAGE_COUNT = slice(16, 18), slice(28, 32)  # https://www.sqlite.org/fileformat.html §1.3


def read_network(path: str | PathLike[str]) -> Network:
    """Read a network from a folder of CSV files, a GeoPackage (.gpkg) or a folder of GeoParquet files.

    Geometry in another coordinate system is brought to WGS-84. In a GeoPackage or GeoParquet the geometry says where
    a place is, in CSV files its lon and lat do.

    Raises
    ------
    DataFileError
        If a file is missing, truncated, in another encoding or without a coordinate system.
    TableError
        With every fault of the tables; among them places that lie where GCJ-02 or BD-09 would put them.
    """
    path = Path(path)
    if not path.exists():
        raise DataFileError(f"{path} does not exist. Check the path.")
    layers = _format_found(path).read(path)
    tables = schema.conform({name: layers[name] for name in layers if name in schema.TABLES})
    _refuse_shifted(tables["places"])
    return Network(
        tables["places"],
        tables["lines"],
        tables["links"],
        tables["sources"],
        region=_region(tables),
        land=layers.get("land"),
        date=_as_of(layers, path),
    )


def write_network(network: Network, path: str | PathLike[str]) -> None:
    """Write a network as a GeoPackage (.gpkg), a folder of GeoParquet (.parquet) or a folder of CSV files (no suffix).

    The new files are written beside the old ones and then take their place, all or none.

    Raises
    ------
    ParameterError
        If the suffix is another one.
    DataFileError
        If the folder above does not exist, or ``path`` is a folder that holds other files.
    TableError
        If what would be written could not be read again.
    """
    path = Path(path)
    if path.suffix not in FORMATS:
        known = ", ".join(suffix or "no suffix (a folder of CSV files)" for suffix in FORMATS)
        raise ParameterError(f"{path.name} has the suffix {path.suffix!r}. The formats are {known}.")
    layers = _layers(network)
    schema.conform({name: layers[name] for name in layers if name in schema.TABLES})
    _refuse_foreign(path)
    with files.replacing(path) as beside:
        FORMATS[path.suffix].write(layers, beside)


# ------------------------------------------------------------------ a network and its layers


def _layers(network: Network) -> Layers:
    layers: Layers = {
        "places": network.places.reset_index(),
        "lines": network.lines.reset_index(),
        "links": network.links,
        "sources": network.sources.reset_index(),
    }
    if network.region is not None:
        layers |= _region_layers(network.region)
    if network.land is not None:
        layers["land"] = network.land
    manifest = {
        "commute": __version__,
        "data_hash": network.data_hash,
        "as_of": network.date.isoformat() if network.date else "",
    }
    layers["manifest"] = pd.DataFrame(manifest.items(), columns=["key", "value"], dtype="str")
    return layers


def _region_layers(region: Region) -> Layers:
    row = {
        "region": region.region_id,
        "name": region.name,
        "name_zh": region.name_zh,
        "tier": region.tier,
        "profile": region.profile,
        "source": region.source,
    }
    members = pd.DataFrame({"region": region.region_id, "place_id": list(region.members)})
    core = members["place_id"].isin(region.cores)
    return {"regions": pd.DataFrame([row]), "region_members": members.assign(core=core)}


def _region(tables: Mapping[str, pd.DataFrame]) -> Region | None:
    """Return the region that the tables were chosen for, None where they name no one or several."""
    if "region_members" not in tables or len(tables.get("regions", ())) != 1:
        return None
    return datasets.region_of(tables, 0)


def _as_of(layers: Layers, path: Path) -> dt.date | None:
    if "manifest" not in layers:
        return None
    try:
        text = layers["manifest"].set_index("key")["value"].get("as_of")
        return dt.date.fromisoformat(text) if isinstance(text, str) and text else None
    except (KeyError, ValueError) as error:
        raise DataFileError(f"{path}: as_of in the manifest is no date ({error}). Write YYYY-MM-DD.") from error


def _refuse_shifted(places: pd.DataFrame) -> None:
    """Raise where places lie off the known ones as a shifted coordinate system would put them."""
    points = places.set_index("place_id")
    system = coordinates.looks_shifted(points, datasets.known_points())
    frame = places.assign(system=places["place_id"].map(system))
    faults = [
        fault
        for name in coordinates.SYSTEMS
        for fault in report(
            "places",
            frame,
            frame["system"].eq(name),
            column="lon",
            problem=f"lon {{lon:.5f}}, lat {{lat:.5f}} is where {name} puts this place, not WGS-84",
            remedy=f"convert with commute.{name.lower().replace('-', '')}_to_wgs84",
        )
    ]
    if faults:
        raise TableError(faults)


# ------------------------------------------------------------------ formats


class Format(NamedTuple):
    """How layers go into files of one format and come back."""

    write: Callable[[Layers, Path], None]
    read: Callable[[Path], Layers]


def _format_found(path: Path) -> Format:
    """Tell the format of what is there."""
    if path.is_dir():
        return FORMATS[".parquet" if (path / "places.parquet").exists() else ""]
    if path.suffix == ".gpkg":
        return FORMATS[".gpkg"]
    raise DataFileError(
        f"{path} is not a network. Give a GeoPackage (.gpkg) or the folder that holds places.csv or places.parquet."
    )


def _refuse_foreign(path: Path) -> None:
    """Raise where writing to a folder would remove what is not a network's."""
    if path.suffix == ".gpkg" or not path.exists():
        if path.is_dir():
            raise DataFileError(f"{path} is a folder, not a file. Choose another name.")
        return
    if not path.is_dir():
        raise DataFileError(f"{path} is a file, not a folder. Choose another name.")
    endings = (".csv", ".geojson", ".parquet")
    ours = {f"{name}{ending}" for name in (*NEEDED, *OPTIONAL) for ending in endings}
    foreign = sorted(found.name for found in path.iterdir() if found.name not in ours)
    if foreign:
        raise DataFileError(
            f"{path} holds other files ({', '.join(foreign[:3])}). Choose an empty folder or a new one."
        )


def _write_csvs(layers: Layers, folder: Path) -> None:
    folder.mkdir()
    for name, layer in layers.items():
        if name == "land":
            (folder / "land.geojson").write_text(gpd.GeoDataFrame(layer).to_json(drop_id=True), encoding="utf-8")
        elif name == "manifest":
            layer.to_csv(folder / "manifest.csv", index=False, lineterminator="\n")
        else:
            files.write_csv(name, layer, folder / f"{name}.csv")


def _read_csvs(folder: Path) -> Layers:
    layers: Layers = {}
    for name in (*NEEDED, *OPTIONAL):
        file = folder / ("land.geojson" if name == "land" else f"{name}.csv")
        if name in NEEDED and not file.exists():
            raise DataFileError(f"{file} does not exist. A network needs {', '.join(NEEDED)}.")
        if file.exists():
            layers[name] = files.read_geojson(file) if name == "land" else files.read_csv(file)
    return layers


def _write_parquets(layers: Layers, folder: Path) -> None:
    folder.mkdir()
    for name, layer in layers.items():
        _without_lon_lat(layer).to_parquet(folder / f"{name}.parquet", index=False)


def _read_parquets(folder: Path) -> Layers:
    import pyarrow as pa  # noqa: PLC0415 - only a Parquet file needs it

    layers: Layers = {}
    for name in (*NEEDED, *OPTIONAL):
        file = folder / f"{name}.parquet"
        if name in NEEDED and not file.exists():
            raise DataFileError(f"{file} does not exist. A network needs {', '.join(NEEDED)}.")
        if not file.exists():
            continue
        try:
            layer = gpd.read_parquet(file) if name in ("places", "land") else pd.read_parquet(file)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise DataFileError(f"{file} is not a readable Parquet file: {error}. Write it again.") from error
        layers[name] = _located(layer, name, file)
    return layers


def _write_geopackage(layers: Layers, file: Path) -> None:
    import pyogrio  # noqa: PLC0415 - 0.07 s of import that only a GeoPackage needs

    for name, layer in layers.items():
        pyogrio.write_dataframe(_without_lon_lat(layer), file, layer=name, driver="GPKG")


def _read_geopackage(file: Path) -> Layers:
    import pyogrio  # noqa: PLC0415 - as above

    _refuse_damaged(file)
    layers: Layers = {}
    try:
        there = set(pyogrio.list_layers(file)[:, 0])
        for name in (*NEEDED, *OPTIONAL):
            if name in there:
                layers[name] = pyogrio.read_dataframe(file, layer=name)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise DataFileError(f"{file} is not a readable GeoPackage: {error}. Copy or export it again.") from error
    missing = [name for name in NEEDED if name not in layers]
    if missing:
        raise DataFileError(f"{file} has no layer {', '.join(missing)}. A network needs {', '.join(NEEDED)}.")
    return {name: _located(layer, name, file) for name, layer in layers.items()}


def _refuse_damaged(file: Path) -> None:
    """Raise where a GeoPackage, an SQLite database, is shorter than its header says or does not hang together."""
    with file.open("rb") as stream:
        header = stream.read(100)
    page = int.from_bytes(header[SQLITE_PAGE_SIZE], "big")
    promised = (65536 if page == 1 else page) * int.from_bytes(header[SQLITE_PAGE_COUNT], "big")
    size = file.stat().st_size
    if not header.startswith(b"SQLite format 3\0"):
        raise DataFileError(f"{file} is not a GeoPackage. Export it again.")
    if size < promised:
        raise DataFileError(f"{file} is truncated: {size} of {promised} bytes are there. Copy it again.")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0]).splitlines()[-1]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise DataFileError(f"{file} is damaged: {found}. Copy or export it again.")


def _without_lon_lat(layer: pd.DataFrame) -> pd.DataFrame:
    """Leave out lon and lat where a geometry says the same."""
    return layer.drop(columns=["lon", "lat"], errors="ignore") if isinstance(layer, gpd.GeoDataFrame) else layer


def _located(layer: pd.DataFrame, name: str, file: Path) -> pd.DataFrame:
    """Return a layer in WGS-84, the places with lon and lat."""
    if name not in ("places", "land"):
        return layer
    if not isinstance(layer, gpd.GeoDataFrame):
        raise DataFileError(f"{file}, layer {name} has no geometry. Export it with its points.")
    if layer.crs is None:
        raise DataFileError(
            f"{file}, layer {name} has no coordinate system (CRS). Set the one it is in, for example with "
            f"GeoDataFrame.set_crs('EPSG:4326')."
        )
    layer = layer.to_crs(files.WGS84)
    if name == "land":
        return layer
    if not layer.geom_type.isin(["Point"]).all():
        kinds = ", ".join(sorted(set(layer.geom_type.dropna()) - {"Point"})) or "nothing"
        raise DataFileError(f"{file}, layer places holds {kinds}, not only points. Export points.")
    return pd.DataFrame(layer.drop(columns=layer.geometry.name)).assign(lon=layer.geometry.x, lat=layer.geometry.y)


FORMATS: dict[str, Format] = {
    "": Format(_write_csvs, _read_csvs),
    ".gpkg": Format(_write_geopackage, _read_geopackage),
    ".parquet": Format(_write_parquets, _read_parquets),
}
"""Each suffix and how it is written and read; no suffix is a folder of CSV files."""
