"""Ways of OpenStreetMap that a mode uses: read from a map with how they are used and where their nodes are."""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from commute.errors import DataFileError, ParameterError
from commute.model.assumptions import parameters
from commute.model.roads import TAGS, use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from commute.model.roads import Use

_KEPT = frozenset(TAGS) | {"name"}
_NOWHERE = 2**31 - 1  # what osmium has as a coordinate where it knows of none
_DEGREE = 10**7


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
    """Sorts ways by what may be done with them; equal tags are looked at once."""

    def __init__(self, mode: str, country: str | None) -> None:
        self.mode, self.country = mode, country
        self.kph = None if mode == "drive" else parameters()[f"speed.{mode}"].default
        self.rows: dict[Use, int] = {}
        self.seen: dict[tuple[tuple[str, str], ...], int] = {}
        self.names: dict[str, int] = {"": 0}
        self.way, self.use, self.name, self.length = array("q"), array("i"), array("i"), array("i")
        self.ref, self.x, self.y = array("q"), array("i"), array("i")

    def add(self, way: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium.osm.Way
        """Keep a way and its nodes if it is used."""
        name = tags.pop("name", "")  # streets that differ in name only are equal
        row = self._row(tags)
        if row < 0:
            return
        nodes = list(way.nodes)
        places = [node.location for node in nodes]
        self.way.append(way.id)
        self.use.append(row)
        self.name.append(self.names.setdefault(name, len(self.names)))
        self.length.append(len(nodes))
        self.ref.extend([node.ref for node in nodes])
        self.x.extend([place.x for place in places])
        self.y.extend([place.y for place in places])

    def _row(self, tags: dict[str, str]) -> int:
        """Return the row of the use of a way with these tags, -1 for none."""
        key = tuple(tags.items())
        if key not in self.seen:
            used = use(tags, mode=self.mode, country=self.country, kph=self.kph)
            self.seen[key] = -1 if used is None else self.rows.setdefault(used, len(self.rows))
        return self.seen[key]


def read_ways(path: Path, *, mode: str, country: str | None) -> Ways:
    """Read the ways of a map that ``mode`` uses and the places of their nodes.

    Raises
    ------
    DataFileError
        For a file that is cut short or foreign, and for one without such ways or without their nodes.
    ParameterError
        Where osmium is not installed.
    """
    from commute.kernels.cutting import rows_of  # noqa: PLC0415 - numba is imported with the first streets

    reader = _Reader(mode, country)
    for way, tags in _ways(path):
        reader.add(way, tags)
    if not reader.way:
        raise DataFileError(f"{path} has no streets to {mode} on. Is it a whole extract with highways?")
    way, kind, name, length, ref, x, y = (
        np.frombuffer(column, dtype=column.typecode)
        for column in (reader.way, reader.use, reader.name, reader.length, reader.ref, reader.x, reader.y)
    )
    number = np.sort(ref)  # np.unique took 60 s for 29 million nodes, this 3 s
    number = number[np.concatenate([[True], number[1:] != number[:-1]])]
    node = rows_of(number, ref)
    places = np.full((2, len(number)), _NOWHERE, dtype=np.int32)
    places[:, node] = x, y
    _find_late(path, number, places)
    lon, lat = np.where(places == _NOWHERE, np.nan, places / _DEGREE)
    if np.isnan(lon).all():
        raise DataFileError(f"{path} has ways, but none of their nodes. Was it cut without them?")
    start = np.concatenate([[0], np.cumsum(length)])
    return Ways(way, kind, name, start, node, number, lon, lat, list(reader.rows), list(reader.names))


def _find_late(path: Path, number: NDArray[np.int64], places: NDArray[np.int32]) -> None:
    """Fill in nodes that come after the ways, as Overpass writes them. Of numbers below 0 osmium knows no places."""
    missing = number[(places[0] == _NOWHERE) & (number > 0)]
    if len(missing):
        with _reading(path) as osmium:
            for node in osmium.FileProcessor(path, osmium.osm.NODE).with_filter(osmium.filter.IdFilter(missing)):
                row = np.searchsorted(number, node.id)
                places[:, row] = node.location.x, node.location.y


def _ways(path: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """Yield the ways of a map that may be used, with places at their nodes, and their tags that are of interest."""
    with _reading(path) as osmium:
        # This holds the places of all nodes of the file; to ask for those of streets only takes longer, see io/osm.py.
        both = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations()
        ways = both.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        for way in ways.with_filter(osmium.filter.KeyFilter("highway", "route")):
            yield way, {key: value for key, value in way.tags if key in _KEPT}


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """Give osmium, and tell its errors as those of the file."""
    try:
        import osmium  # noqa: PLC0415 - only maps need it
    except ImportError:
        raise ParameterError(
            f"{path} is a map, and maps are read with osmium: pip install 'commute-circles[streets]'."
        ) from None
    try:
        yield osmium
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise DataFileError(f"{path} is no OpenStreetMap file, or cut short: {error}. Download it again.") from error
