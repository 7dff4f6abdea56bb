"""Ways of OpenStreetMap that a mode uses: read from a PBF file with how they are used and where their nodes are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from commute.errors import DataFileError
from commute.io import pbf
from commute.model.assumptions import parameters
from commute.model.roads import FERRY, TAGS, use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from commute.model.roads import Use

_ASKED: list[tuple[bytes, bytes | None]] = [(b"highway", None), (b"route", FERRY.encode())]
_KEPT = {key.encode() for key in TAGS} | {b"name"}


class Ways(NamedTuple):
    """The ways that a mode uses, and their nodes.

    way, use, name: by way its number and its row in ``uses`` and ``names``. The nodes of way w are the rows
    ``node[start[w]:start[w + 1]]`` of number, lon, lat (NaN where the file lacks the node).
    """

    way: NDArray[np.int64]
    use: NDArray[np.int32]
    name: NDArray[np.int32]
    start: NDArray[np.int64]
    node: NDArray[np.int32]
    number: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    uses: list[Use]
    names: list[str]


class _Reader:
    """Sorts the ways of one block after the other by what may be done with them; equal tags are looked at once."""

    def __init__(self, mode: str, country: str | None) -> None:
        self.mode, self.country = mode, country
        self.kph = None if mode == "drive" else parameters()[f"speed.{mode}"].default
        self.rows: dict[Use, int] = {}
        self.seen: dict[tuple[tuple[bytes, bytes], ...], int] = {}
        self.names: dict[bytes, int] = {b"": 0}

    def of(self, block: pbf.WayBlock) -> tuple[NDArray[np.integer], ...]:
        """Return, of the ways of a block that are used: number, use, name, how many nodes, and the nodes."""
        called = block.strings.index(b"name") if b"name" in block.strings else -1
        naming = block.tags[:, 0] == called
        title = np.zeros(len(block.way), dtype=np.int32)
        title[np.searchsorted(block.tag_start, np.flatnonzero(naming), side="right") - 1] = [
            self.names.setdefault(block.strings[value], len(self.names)) for value in block.tags[naming, 1].tolist()
        ]
        found = np.fromiter(self._uses(block, called), dtype=np.int32, count=len(block.way))
        used = found >= 0
        length = np.diff(block.node_start)
        return block.way[used], found[used], title[used], length[used], block.nodes[np.repeat(used, length)]

    def _uses(self, block: pbf.WayBlock, called: int) -> Iterator[int]:
        """Yield the row of the use of each way, -1 for none."""
        local: dict[bytes, int] = {}
        tags = np.where(block.tags[:, :1] == called, -1, block.tags)  # streets that differ in name only are equal
        bounds = block.tag_start.tolist()
        plain, width = tags.tobytes(), tags.itemsize * 2
        for begin, end in pairwise(bounds):
            key = plain[begin * width : end * width]
            row = local.get(key)
            if row is None:
                pairs = [(block.strings[k], block.strings[v]) for k, v in tags[begin:end].tolist() if k >= 0]
                row = local[key] = self._row(tuple(pairs))
            yield row

    def _row(self, pairs: tuple[tuple[bytes, bytes], ...]) -> int:
        if pairs not in self.seen:
            tags = {key.decode(): value.decode("utf-8", "replace") for key, value in pairs}
            used = use(tags, mode=self.mode, country=self.country, kph=self.kph)
            self.seen[pairs] = -1 if used is None else self.rows.setdefault(used, len(self.rows))
        return self.seen[pairs]


def read_ways(path: Path, *, mode: str, country: str | None) -> Ways:
    """Read the ways of a PBF file that ``mode`` uses and the places of their nodes, in two passes over the file.

    Raises
    ------
    DataFileError
        For a file that is missing, empty, cut short or foreign, and for one without such ways.
    """
    from commute.kernels.cutting import rows_of  # noqa: PLC0415 - numba is imported with the first streets

    where = pbf.blobs(path)
    reader, parts, with_nodes = _Reader(mode, country), [], []
    for blob, (block, has_nodes) in zip(where, pbf.ways_of(path, where, _ASKED, _KEPT), strict=True):
        if block is not None:
            parts.append(reader.of(block))
        if has_nodes:
            with_nodes.append(blob)
    if not sum(len(part[0]) for part in parts):
        raise DataFileError(f"{path} has no streets to {mode} on. Is it an extract with highways?")
    way, used, name, length, refs = (np.concatenate(column) for column in zip(*parts, strict=True))
    del parts
    number = np.sort(refs)  # np.unique took 60 s for 29 million nodes, this 3 s
    number = number[np.concatenate([[True], number[1:] != number[:-1]])]
    node = rows_of(number, refs)
    lon, lat = pbf.places_of(path, with_nodes, number)
    start = np.concatenate([[0], np.cumsum(length)])
    names = [text.decode("utf-8", "replace") for text in reader.names]
    return Ways(way, used, name, start, node, number, lon, lat, list(reader.rows), names)
