"""Feeds: the files of a GTFS timetable, read from a zip or a folder and checked, every fault of them at once."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.errors import DataFileError, Fault, TableError
from commute.io import feedrules, files
from commute.io.feedrules import CALENDARS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stops": (("stop_id", "stop_lat", "stop_lon"), ("stop_name", "parent_station")),
    "routes": (("route_id", "route_type"), ("route_short_name", "route_long_name")),
    "trips": (("trip_id", "route_id", "service_id"), ()),
    "stop_times": (
        ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
        ("shape_dist_traveled",),
    ),
    "calendar": (
        ("service_id", *WEEKDAYS, "start_date", "end_date"),
        (),
    ),
    "calendar_dates": (("service_id", "date", "exception_type"), ()),
    "frequencies": (("trip_id", "start_time", "end_time", "headway_secs"), ()),
    "feed_info": ((), ("feed_publisher_name", "feed_publisher_url", "feed_version")),
    "agency": ((), ("agency_name", "agency_url")),
    "translations": ((), ("table_name", "field_name", "language", "translation", "record_id", "field_value")),
}
"""Each file that is read, the columns it must have and those it may have (https://gtfs.org/schedule/reference)."""

NEEDED = ("stops", "routes", "trips", "stop_times")
PLACED = ("stop_lat", "stop_lon")
NUMBERS = (*PLACED, "route_type", "stop_sequence", "shape_dist_traveled", "headway_secs", "exception_type", *WEEKDAYS)
CALLS = ("arrival_time", "departure_time")
CLOCKS = (*CALLS, "start_time", "end_time")
DATES = ("start_date", "end_date", "date")


class Feed(NamedTuple):
    """The tables of a feed by name, each with all the columns of ``FILES``: times in seconds, dates as dates."""

    name: str
    sha256: str
    tables: dict[str, pd.DataFrame]


def read_feed(path: str | PathLike[str]) -> Feed:
    """Read and check the files of a feed.

    Raises
    ------
    DataFileError
        If there is no feed at ``path``, or a file of it is no CSV in UTF-8.
    TableError
        With every fault of the files, those that are missing among them.
    """
    path = Path(path)
    raw, digest = _from_folder(path) if path.is_dir() else _from_zip(path)
    given = {name: _cells(content, f"{path}, {name}.txt") for name, content in raw.items()}
    tables = {name: _typed(name, given.get(name, pd.DataFrame())) for name in FILES}
    faults = list(_missing(given))
    for name, frame in given.items():
        faults += _unreadable(name, frame, tables[name])
    faults += feedrules.broken(tables)
    if faults:
        raise TableError(faults)
    return Feed(path.stem, digest, tables)


# ------------------------------------------------------------------ files


def _from_folder(folder: Path) -> tuple[dict[str, bytes], str]:
    there = {name: folder / f"{name}.txt" for name in FILES}
    raw = {name: files.read_bytes(file) for name, file in there.items() if file.exists()}
    if not raw:
        raise DataFileError(f"{folder} holds no file of a GTFS feed. Give the folder with stops.txt, or a zip.")
    digest = hashlib.sha256()
    for name, content in sorted(raw.items()):
        digest.update(f"{name} {len(content)} ".encode() + content)
    return raw, digest.hexdigest()


def _from_zip(file: Path) -> tuple[dict[str, bytes], str]:
    content = files.read_bytes(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = {Path(name).name: name for name in archive.namelist() if not name.startswith("__MACOSX")}
            raw = {name: archive.read(inside[f"{name}.txt"]) for name in FILES if f"{name}.txt" in inside}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # the last: encrypted
        raise DataFileError(f"{file} is not a readable zip: {error}. Download it again, or unpack it.") from error
    if not raw:
        raise DataFileError(f"{file} holds no file of a GTFS feed. Give a zip with stops.txt in it.")
    return raw, hashlib.sha256(content).hexdigest()


def _cells(raw: bytes, file: str) -> pd.DataFrame:
    """Return the cells as text, without the blanks around them; empty where there is nothing."""
    try:
        frame = pd.read_csv(io.BytesIO(raw), dtype="str", na_filter=False, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFileError(f"{file} is not UTF-8: {error.reason}. Save it as UTF-8.") from error
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except pd.errors.ParserError as error:
        raise DataFileError(f"{file} is not a CSV file: {error}. Quote the values that hold a comma.") from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise DataFileError(f"{file}, line 2 has more values than its header. Quote the values that hold a comma.")
    frame.columns = frame.columns.str.strip()
    cells = {str(name): frame[name].fillna("").str.strip() for name in frame}
    return pd.DataFrame({name: column.where(column.ne("")) for name, column in cells.items()}, index=frame.index)


# ------------------------------------------------------------------ cells



def _typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return all columns of the file in their types; what cannot be read is empty."""
    empty = pd.Series(np.nan, index=frame.index, dtype="str")
    cells = {column: frame.get(column, empty) for columns in FILES[name] for column in columns}
    return pd.DataFrame({column: _read(column, values) for column, values in cells.items()}, index=frame.index)


def _read(column: str, cells: pd.Series) -> pd.Series:
    if column in NUMBERS:
        values = pd.to_numeric(cells, errors="coerce").astype("float64")
        return values.where(np.isfinite(values))
    if column in CLOCKS:
        return seconds(cells)
    if column in DATES:
        return pd.to_datetime(cells, format="%Y%m%d", errors="coerce")
    return cells


def seconds(clock: pd.Series) -> pd.Series:
    """Return the seconds since midnight of times like 7:05:00 or 25:10:00, NaN where there is none."""
    code, text = pd.factorize(clock)  # a million times are some thousand different ones
    parts = pd.Series(text, dtype="str").str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$").astype("float64")
    found = np.append(parts.to_numpy() @ [3600.0, 60.0, 1.0], np.nan)
    return pd.Series(found[code], index=clock.index)


def _unreadable(name: str, given: pd.DataFrame, read: pd.DataFrame) -> Iterator[Fault]:
    """Find the cells that are no number, time or date, and the required ones that are empty."""
    remedies = dict.fromkeys(NUMBERS, "write digits") | dict.fromkeys(CLOCKS, "write it as HH:MM:SS")
    remedies |= dict.fromkeys(DATES, "write it as YYYYMMDD")
    may_be_empty = (*PLACED, *CALLS)  # the rules know where
    for column in (column for columns in FILES[name] for column in columns if column in given):
        wrong = given[column].notna() & read[column].isna()
        yield from feedrules.faults(name, given, wrong, column, "cannot be read", remedies.get(column, "correct it"))
        if column in FILES[name][0] and column not in may_be_empty:
            yield from feedrules.faults(name, given, given[column].isna(), column, "is empty", "fill it in")


def _missing(given: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    for name in NEEDED:
        if name not in given:
            yield Fault(f"{name}.txt", "", "", "", "the file is missing", f"a feed needs {', '.join(NEEDED)}")
    if not set(CALENDARS) & given.keys():
        remedy = "a feed needs it or calendar_dates.txt to say on which days its trips run"
        yield Fault("calendar.txt", "", "", "", "the file is missing", remedy)
    for name, frame in given.items():
        for column in FILES[name][0]:
            if column not in frame:
                yield Fault(f"{name}.txt", "header", column, "", "the column is missing", "add it")
