"""Streets on disk: one uncompressed ``.npz`` file, read by mapping it into memory, or a map of OpenStreetMap."""

from __future__ import annotations

import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from commute.errors import DataFileError, ParameterError
from commute.io.osm import MAPS, read_map
from commute.model.arcs import Bends, bent
from commute.model.streets import Streets

if TYPE_CHECKING:
    import os

_FORMAT = "commute-streets-2"
_KINDS = {
    "indptr": "<i4", "head": "<i4", "weight": "<i4", "edge": "<i4",
    "lon": "<f8", "lat": "<f8", "tail": "<i4", "arc_head": "<i4", "slot": "<i4", "deciseconds": "<i4",
    "bend_start": "<i8", "bend_lon": "<f8", "bend_lat": "<f8",
}  # fmt: skip
_HEADING = ("mode", "period", "source")
_LOCAL_HEADER = 30  # bytes before the name, of a member of a zip file


def write_streets(streets: Streets, path: str | os.PathLike[str]) -> None:
    """Write streets to a ``.npz`` file; an interrupt leaves what was there before."""
    target = Path(path)
    columns = _plain(streets)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".npz", delete=False) as file:
        beside = Path(file.name)
        try:
            np.savez(file, format=_FORMAT, **columns)
            file.close()
            beside.replace(target)
        except BaseException:
            file.close()
            with suppress(OSError):
                beside.unlink()
            raise


def read_streets(
    path: str | os.PathLike[str],
    *,
    mode: str | None = None,
    within: Any = None,  # noqa: ANN401 - geometries and tables of them
    country: str | None = None,
) -> Streets:
    """Read streets from a file of ``write_streets`` or from a map of OpenStreetMap.

    From a map (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.o5m``; read with osmium) come the ways open to
    all at every hour, as OSMnx chooses them, without private, forbidden and conditional ones; one-way streets as
    they are tagged; ferries that say how long they take, without the wait for them; bridges and tunnels as
    attributes. Minutes are length over speed: the limit that is tagged, else the usual speed of the class of road.
    Turns cost nothing: neither waiting at lights nor slowing down is in the minutes, and forbidden turns are
    allowed. Of several parts that cannot be reached from each other the largest stays; ``source`` tells the name of
    the file, the first digits of its SHA-256, and the share of the length that was left out.

    Parameters
    ----------
    path
        The file. A map is streamed; 200 MB of PBF, 14 million arcs, take 4.0 GB at most (``benchmarks/pbf.py``).
    mode
        From a map: who uses the streets, ``drive`` (the default), ``walk`` or ``bicycle``.
    within
        From a map: a (Multi)Polygon in degrees, or a GeoDataFrame with a CRS. Ways end at their last node inside.
    country
        From a map: whose usual speeds hold where no limit is tagged, ``CN`` or ``HK``; see ``road_speeds.csv``.

    Raises
    ------
    DataFileError
        For a file that is missing, empty, cut short, or not of streets; for a map without streets of the mode or
        none within the area.
    ParameterError
        For an unknown mode or country, an area that is no polygon in degrees, and any of them for a file of streets,
        which are of one mode and area.
    """
    if Path(path).name.endswith(MAPS):
        return read_map(Path(path), mode=mode or "drive", within=within, country=country)
    if not (mode is None and within is None and country is None):
        raise ParameterError(f"{path} holds streets as they are: mode, within and country are for maps ({MAPS[0]}).")
    return _read_streets(path)


def _read_streets(path: str | os.PathLike[str]) -> Streets:
    """Read streets that ``write_streets`` wrote. What is not looked at is not read."""
    try:
        columns = _mapped(Path(path))
        said = str(columns.pop("format"))
        if said != _FORMAT:
            raise DataFileError(f"{path} holds {said!r}, not {_FORMAT!r}.")
        if not _whole(columns):
            raise DataFileError(f"{path} does not hold the columns of streets.")
        return _streets(columns)
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, ParameterError) as error:
        raise DataFileError(f"{path} is no file of streets, or cut short: {error}.") from error


def _plain(streets: Streets) -> dict[str, Any]:
    """Return streets as bare arrays under the names they have in the file."""
    held = streets.csr._asdict() | {f"bend_{name}": values for name, values in streets.bends._asdict().items()}
    held |= {name: getattr(streets, name) for name in ("lon", "lat", "tail", "slot", "deciseconds")}
    held["arc_head"] = streets.head
    columns: dict[str, Any] = {name: np.asarray(held[name], dtype=kind) for name, kind in _KINDS.items()}
    for name, column in streets.attributes.items():
        category = isinstance(column.dtype, pd.CategoricalDtype)
        columns[f"said_{name}"] = np.asarray(column.cat.codes if category else column)
        if category:
            columns[f"words_{name}"] = np.asarray(column.cat.categories, dtype=np.str_)
    return columns | {name: np.str_(getattr(streets, name)) for name in _HEADING}


def _whole(columns: dict[str, Any]) -> bool:
    if any(name not in columns or columns[name].dtype.str != kind for name, kind in _KINDS.items()):
        return False
    if any(name not in columns for name in _HEADING):
        return False
    slots, nodes, arcs = len(columns["head"]), len(columns["lon"]), len(columns["slot"])
    lengths = {"weight": slots, "edge": slots, "lat": nodes, "indptr": nodes + 1, "bend_start": arcs + 1}
    lengths |= dict.fromkeys(("tail", "arc_head", "deciseconds"), arcs)
    lengths |= {name: arcs for name in columns if name.startswith("said_")}
    return columns["indptr"][-1] == slots and all(columns[name].shape == (one,) for name, one in lengths.items())


def _streets(columns: dict[str, Any]) -> Streets:
    from commute.kernels.csr import CSR  # noqa: PLC0415 - numba is imported with the first streets

    said: dict[str, Any] = {}
    for name in [name for name in columns if name.startswith("said_")]:
        words = columns.get(name.replace("said_", "words_"))
        values = columns[name]
        said[name.removeprefix("said_")] = values if words is None else pd.Categorical.from_codes(values, words)
    arcs = len(columns["slot"])
    return Streets(
        csr=CSR(*(columns[name] for name in CSR._fields)),
        head=columns["arc_head"],
        attributes=pd.DataFrame(said, index=pd.RangeIndex(arcs)),
        bends=bent(arcs, Bends(*(columns[f"bend_{name}"] for name in Bends._fields))),
        **{name: columns[name] for name in ("lon", "lat", "tail", "slot", "deciseconds")},
        **{name: columns[name].item() for name in _HEADING},
    )


def _mapped(path: Path) -> dict[str, Any]:
    """Map every member of an uncompressed ``.npz`` file. Changes to the arrays would not reach the file."""
    columns: dict[str, Any] = {}
    with path.open("rb") as raw, zipfile.ZipFile(raw) as archive:
        for member in archive.infolist():
            if member.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{member.filename} is compressed")
            raw.seek(member.header_offset)
            local = raw.read(_LOCAL_HEADER)
            lengths = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
            raw.seek(member.header_offset + _LOCAL_HEADER + lengths)
            np.lib.format.read_magic(raw)
            shape, _, kind = np.lib.format.read_array_header_1_0(raw)
            # Copy on write, not read-only, for which numba would compile every kernel a second time.
            plain = np.memmap(raw, dtype=kind, mode="c", offset=raw.tell(), shape=shape) if np.prod(shape) else None
            name = member.filename.removesuffix(".npy")
            columns[name] = np.empty(shape, dtype=kind) if plain is None else np.asarray(plain)
    return columns
