"""Files: one table in one file, read with clear errors, written beside and renamed so that nothing is half-written."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from commute.errors import DataFileError
from commute.model import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

WGS84 = "EPSG:4326"


def read_csv(path: Path) -> pd.DataFrame:
    """Read a UTF-8 CSV file as text, cell by cell, with or without a byte order mark.

    Raises DataFileError where the file is missing, empty, in another encoding, separated by anything but commas or
    has a row longer than its header.
    """
    text = _decoded(path)
    head = text.partition("\n")[0]
    if not text.strip():
        raise DataFileError(f"{path} is empty. It needs a header line with the names of its columns.")
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if separator in head and "," not in head:
            raise DataFileError(f"{path} is separated by {name}. Save it as a CSV file separated by commas.")
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise DataFileError(f"{path} is not a CSV file: {error}. Save it as CSV UTF-8 again.") from error
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((i + 1 for i, name in enumerate(header) if name.strip()), default=0)
    for line, row in enumerate(rows, start=2):
        if any(row[width:]):
            raise DataFileError(
                f"{path}, line {line} has {len(row)} values, its header {width}. Quote the values that hold a comma."
            )
    cells = [row[:width] + [""] * (width - len(row)) for row in rows]
    return pd.DataFrame(cells, columns=[name.strip() for name in header[:width]], dtype="str")


def _decoded(path: Path) -> str:
    """Return the text of a file that must be UTF-8, or say where and what else it is."""
    raw = read_bytes(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataFileError(
            f"{path} is not UTF-8: byte 0x{raw[error.start]:02X} at position {error.start} (line {line}). "
            f"It looks like {_likely_encoding(raw)}. Save it as UTF-8 (in Excel: 'CSV UTF-8')."
        ) from None


def _likely_encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "no encoding known here"
    return "GBK"


def read_bytes(path: Path) -> bytes:
    """Return what is in a file; raise DataFileError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise DataFileError(f"{path} {reason}. Check the path.") from error


def read_geojson(path: Path) -> gpd.GeoDataFrame:
    """Read the features of a GeoJSON file, which is WGS-84 by definition (RFC 7946)."""
    try:
        features = json.loads(_decoded(path))["features"]
        return gpd.GeoDataFrame.from_features(features, crs=WGS84)
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise DataFileError(f"{path} is not a GeoJSON feature collection: {error!r}. Export it again.") from error


def write_csv(table: str, frame: pd.DataFrame, path: Path) -> None:
    """Write a table of the schema as CSV, numbers to their last digit, so that reading gives back the same."""
    cells = pd.DataFrame({c.name: _written(c, frame[c.name]) for c in schema.columns(table)})
    cells.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _written(column: schema.Column, values: pd.Series) -> pd.Series:
    """Return the values as they are to stand in the file."""
    if column.kind == "flag":
        return values.map({True: "true", False: "false"})
    if column.kind == "date":
        days: pd.Series = values.dt.strftime("%Y-%m-%d")
        return days
    if column.kind == "number":
        return values.map(lambda value: repr(float(value)).removesuffix(".0"), na_action="ignore")
    return values


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out a path beside ``path`` to write to, and put what was written in its place at the end.

    After an error or an interrupt ``path`` is what it was before.

    Raises DataFileError where nothing can be written to the folder above, and where a file would replace a folder.
    """
    refuse_unwritable(path)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-", ignore_cleanup_errors=True) as beside:
        fresh, former = Path(beside) / path.name, Path(beside) / f"former-{path.name}"
        yield fresh
        if path.is_dir() and fresh.is_file():
            raise DataFileError(f"{path} is a folder, not a file. Choose another name.")
        if path.is_dir():  # a folder cannot be replaced in one step, so the former one steps aside and back on error
            path.rename(former)
            try:
                fresh.rename(path)
            except BaseException:
                former.rename(path)
                raise
            shutil.rmtree(former)
        else:
            fresh.replace(path)


def refuse_unwritable(path: Path) -> None:
    """Raise DataFileError where nothing can be written to the folder above ``path``."""
    if not path.parent.is_dir():
        raise DataFileError(f"{path.parent} is not a folder. Create it first.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise DataFileError(f"{path.parent} may not be written to. Choose another folder.")
