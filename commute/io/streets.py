"""Streets on disk: one uncompressed ``.npz`` file, which is read by mapping it into memory."""

from __future__ import annotations

import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from commute.errors import DataFileError
from commute.model.streets import Streets

if TYPE_CHECKING:
    import os

_FORMAT = "commute-streets-1"
_KINDS = {
    "indptr": "<i4", "head": "<i4", "weight": "<i4", "edge": "<i4",
    "lon": "<f8", "lat": "<f8", "slot": "<i4", "deciseconds": "<i4",
}  # fmt: skip
_LOCAL_HEADER = 30  # bytes before the name, of a member of a zip file


def write_streets(streets: Streets, path: str | os.PathLike[str]) -> None:
    """Write streets to a ``.npz`` file; an interrupt leaves what was there before."""
    target = Path(path)
    columns = streets.csr._asdict() | {name: getattr(streets, name) for name in ("lon", "lat", "slot", "deciseconds")}
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".npz", delete=False) as file:
        beside = Path(file.name)
        try:
            typed: dict[str, Any] = {name: np.asarray(columns[name], dtype=kind) for name, kind in _KINDS.items()}
            np.savez(file, format=_FORMAT, **typed)
            file.close()
            beside.replace(target)
        except BaseException:
            file.close()
            with suppress(OSError):
                beside.unlink()
            raise


def read_streets(path: str | os.PathLike[str]) -> Streets:
    """Read streets from a file that ``write_streets`` wrote. What is not looked at is not read.

    Raises
    ------
    DataFileError
        For a file that is missing, cut short, or not of streets.
    """
    try:
        columns = _mapped(Path(path))
        said = str(columns.pop("format"))
        if said != _FORMAT:
            raise DataFileError(f"{path} holds {said!r}, not {_FORMAT!r}.")
        if not _whole(columns):
            raise DataFileError(f"{path} does not hold the columns of streets.")
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataFileError(f"{path} is no file of streets, or cut short: {error}.") from error
    return _streets(**columns)


def _whole(columns: dict[str, Any]) -> bool:
    if {name: column.dtype.str for name, column in columns.items()} != _KINDS:
        return False
    arcs, nodes = len(columns["head"]), len(columns["lon"])
    lengths = {"weight": arcs, "edge": arcs, "lat": nodes, "indptr": nodes + 1, "deciseconds": len(columns["slot"])}
    return columns["indptr"][-1] == arcs and all(columns[name].shape == (one,) for name, one in lengths.items())


def _streets(*, indptr: Any, head: Any, weight: Any, edge: Any, **columns: Any) -> Streets:  # noqa: ANN401 - checked
    from commute.kernels.csr import CSR  # noqa: PLC0415 - numba is imported with the first streets

    return Streets(CSR(indptr, head, weight, edge), **columns)


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
