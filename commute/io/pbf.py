"""OpenStreetMap PBF files: the ways that have some tag, and where their nodes are, block by block."""

from __future__ import annotations

import lzma
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from commute.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO, TypeVar

    from numpy.typing import NDArray

    One = TypeVar("One")
    Other = TypeVar("Other")

_BLOB_TYPE, _BLOB_SIZE = 1, 3  # fields of the header of a blob
_RAW, _ZLIB, _LZMA = 1, 3, 4  # fields of a blob
_LARGEST = 32 * 2**20  # bytes of a blob, by the format
_AT_ONCE = 32  # blobs in memory, each of at most 32 MB and usually 0.1 MB
_WORKERS = 2  # a third would find the first two waiting for the file
_NODES, _DENSE, _WAYS = 1, 2, 3


class Blob(NamedTuple):
    """Where the data of a block lie in the file."""

    at: int
    size: int


class WayBlock(NamedTuple):
    """The ways of a block; see ``kernels.pbf.ways``. Tags are rows of ``strings``."""

    way: NDArray[np.int64]
    node_start: NDArray[np.int64]
    nodes: NDArray[np.int64]
    tag_start: NDArray[np.int64]
    tags: NDArray[np.int64]
    strings: list[bytes]


def blobs(path: Path) -> list[Blob]:
    """List the blocks of a file without reading them.

    Raises
    ------
    DataFileError
        For a file that is missing, empty, no PBF file, or cut short.
    """
    try:
        with path.open("rb") as file:
            found = list(_blobs(file, path.stat().st_size))
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise DataFileError(_broken(path, error)) from error
    if not found:
        raise DataFileError(f"{path} is empty. Download or extract it again.")
    return found


def _broken(path: Path, error: Exception) -> str:
    return f"{path} is no OpenStreetMap PBF file, or cut short: {error}. Download or extract it again."


def _blobs(file: BinaryIO, size: int) -> Iterator[Blob]:
    from commute.kernels.pbf import field  # noqa: PLC0415 - numba is imported with the first file

    at = 0
    while at < size:
        head = int.from_bytes(file.read(4), "big")
        if at + 4 + head > size or head > _LARGEST:
            raise ValueError(f"it ends or is foreign after {at} of {size} bytes")
        data = np.frombuffer(file.read(head), dtype=np.uint8)
        said, length, inner = b"", -1, 0
        while inner < head:
            number, value, begin, inner = field(data, inner, head)
            if number == _BLOB_TYPE:
                said = data[begin:inner].tobytes()
            elif number == _BLOB_SIZE:
                length = value
        if said not in {b"OSMHeader", b"OSMData"} or not 0 <= length <= _LARGEST:
            raise ValueError(f"it is foreign after {at} of {size} bytes")
        at += 4 + head
        if at + length > size:
            raise ValueError(f"its block after {at} bytes should go on to {at + length}, the file ends at {size}")
        if said == b"OSMData":
            yield Blob(at, length)
        at += length
        file.seek(at)


def ways_of(
    path: Path, where: list[Blob], asked: list[tuple[bytes, bytes | None]], kept: set[bytes]
) -> Iterator[tuple[WayBlock | None, bool]]:
    """Yield by block the ways with a tag ``asked`` for (None for any value), and whether it holds nodes."""
    from commute.kernels import pbf  # noqa: PLC0415 - as above

    def read(data: NDArray[np.uint8]) -> tuple[WayBlock | None, bool]:
        spans, groups, _ = pbf.layout(data)
        has_nodes = bool(np.isin(groups[:, 0], (_NODES, _DENSE)).any())
        found = groups[groups[:, 0] == _WAYS]
        if not len(found):
            return None, has_nodes
        plain = data.tobytes()
        strings = [plain[begin:end] for begin, end in spans.tolist()]
        place = {text: row for row, text in enumerate(strings)}
        pairs = [(place[key], -1 if value is None else place.get(value, -2)) for key, value in asked if key in place]
        if not pairs:
            return None, has_nodes
        wanted = np.array([text in kept for text in strings], dtype=np.bool_)
        parts = [pbf.ways(data, begin, end, np.array(pairs), wanted) for _, begin, end in found.tolist()]
        return WayBlock._make((*_joined(parts), strings)), has_nodes

    return _mapped(path, where, read)


def _joined(parts: Sequence[tuple[NDArray[np.int64], ...]]) -> tuple[NDArray[np.int64], ...]:
    """Put the ways of several groups one behind the other; nearly every block has one group."""
    if len(parts) == 1:
        return parts[0]
    way, node_start, nodes, tag_start, tags = zip(*parts, strict=True)
    lengths = [np.concatenate([np.diff(one) for one in starts]) for starts in (node_start, tag_start)]
    starts = [np.concatenate([[0], np.cumsum(one)]) for one in lengths]
    return np.concatenate(way), starts[0], np.concatenate(nodes), starts[1], np.concatenate(tags)


def places_of(path: Path, where: list[Blob], wanted: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """Return lon and lat in degrees of the ``wanted`` nodes, ascending by number; NaN where the file lacks one."""
    from commute.kernels import pbf  # noqa: PLC0415 - as above

    lon, lat = (np.full(len(wanted), np.nan) for _ in range(2))

    def read(data: NDArray[np.uint8]) -> None:
        _, groups, scale = pbf.layout(data)
        for kind, begin, end in groups.tolist():
            if kind == _DENSE:
                pbf.pick_dense(data, begin, end, scale, wanted, lon, lat)
            elif kind == _NODES:
                pbf.pick_nodes(data, begin, end, scale, wanted, lon, lat)

    for _ in _mapped(path, where, read):
        pass
    return lon, lat


def _mapped(path: Path, where: list[Blob], read: Callable[[NDArray[np.uint8]], Other]) -> Iterator[Other]:
    """Apply ``read`` to what is in every blob, by a few threads and with a few blobs in memory."""

    def inside(raw: bytes) -> Other:
        return read(np.frombuffer(_inflated(raw), dtype=np.uint8))

    with path.open("rb") as file, ThreadPoolExecutor(_WORKERS) as threads:
        for some in _batches(where, _AT_ONCE):
            raws = []
            for blob in some:
                file.seek(blob.at)
                raws.append(file.read(blob.size))
            try:
                yield from threads.map(inside, raws)
            except (ValueError, zlib.error, lzma.LZMAError) as error:
                raise DataFileError(_broken(path, error)) from error


def _batches(items: Iterable[One], size: int) -> Iterator[list[One]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _inflated(raw: bytes) -> bytes:
    """Return what is in a blob."""
    from commute.kernels.pbf import field  # noqa: PLC0415 - as above

    data, at = np.frombuffer(raw, dtype=np.uint8), 0
    while at < len(data):
        number, _, begin, at = field(data, at, len(data))
        if number == _RAW:
            return raw[begin:at]
        if number == _ZLIB:
            return zlib.decompress(raw[begin:at])
        if number == _LZMA:
            return lzma.decompress(raw[begin:at])
    raise ValueError("a block is compressed in a way that is not read here; write it again with zlib")
