"""The schema: which columns each table has, and the check that finds every fault of a set of tables at once.

The columns stand in ``columns/<table>.csv``, one row each; the reader, the checker and the documentation read
them there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pandas as pd

from commute.errors import Fault, ParameterError, TableError
from commute.model.faults import nearest, report
from commute.model.rules import RULES, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TABLES = ("places", "lines", "links", "sources", "regions", "region_members", "claims")
IDENTIFIER = r"[a-z0-9]+(?:-[a-z0-9]+)*"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
MAY_BE_ZERO = ("person", "billion CNY", "1/day")
"""Units in which nothing is a possible amount; a time, a length, an area or a speed of zero is a fault."""
SEVERAL = ("ids", "sources")
"""Kinds of column whose cells hold several ids, joined by semicolons."""

Kind = Literal["id", "ids", "text", "number", "integer", "date", "flag", "choice", "sources"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    unit: str
    required: bool
    choices: tuple[str, ...]
    refers_to: str
    meaning: str


@cache
def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of ``table`` in their order.

    Raises ParameterError where there is no such table.
    """
    folder = resources.files("commute.model.columns")
    if table not in TABLES:
        raise ParameterError(f"No table is called {table!r}. The tables are {', '.join(TABLES)}.")
    with (folder / f"{table}.csv").open(encoding="utf-8") as stream:
        return tuple(
            Column(
                name=row["name"],
                kind=cast("Kind", row["kind"]),
                unit=row["unit"],
                required=row["required"] == "yes",
                choices=tuple(filter(None, row["choices"].split("|"))),
                refers_to=row["refers_to"],
                meaning=row["meaning"],
            )
            for row in csv.DictReader(stream)
        )


def own_id(table: str) -> str | None:
    """Return the column that identifies a row of ``table``, None where it takes several."""
    first = columns(table)[0]
    return None if first.refers_to else first.name


def as_markdown(table: str) -> str:
    """Return the columns of ``table`` as a Markdown table, for the documentation."""
    head = ["| column | kind | unit | required | meaning |", "|---|---|---|---|---|"]
    return "\n".join(head + [f"| {' | '.join(_described(column))} |" for column in columns(table)])


def _described(column: Column) -> tuple[str, ...]:
    kind = column.kind + (f" → {column.refers_to}" if column.refers_to else "")
    choices = f" One of: {', '.join(column.choices)}." if column.choices else ""
    meaning = column.meaning.rstrip(".") + "." + choices
    return f"`{column.name}`", kind, column.unit, "yes" if column.required else "", meaning


# ------------------------------------------------------------------ the check


def conform(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return new tables with exactly the columns of the schema, in order and type, row labels 0, 1, 2, ….

    Accepts the id as a column or as the index, numbers and dates as such or as text. Of a cell with several
    faults the first is reported. References are followed between the tables that are given.

    Raises TableError with every fault of every table.
    """
    given = {name: _with_id(name, frame) for name, frame in tables.items()}
    read = {name: _read(name, frame) for name, frame in given.items()}
    found = [fault for name in given for fault in _cell_faults(name, given[name], read[name])]
    found += [fault for name in read for fault in _reference_faults(name, read)]
    found += [fault for rule, needs in RULES.items() if set(needs) <= set(read) for fault in rule(read)]
    if found:
        first: dict[tuple[str, str, str], Fault] = {}
        for fault in found:
            first.setdefault((fault.table, fault.row, fault.column), fault)
        raise TableError(list(first.values()))
    return read


def unused_sources(tables: Tables) -> tuple[str, ...]:
    """Return the ids of the sources that no row of any other table names."""
    used = {
        source
        for name, frame in tables.items()
        if name != "sources" and "source" in frame
        for source in _split(frame["source"])
    }
    known = _with_id("sources", tables["sources"])["source_id"]
    return tuple(source for source in known if source not in used)


def _with_id(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Bring the id from the index into a column, and leave the geometry behind: lon and lat say it."""
    identifier = own_id(table)
    plain = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
    if identifier is not None and identifier not in plain and frame.index.name == identifier:
        return plain.reset_index()
    return plain.reset_index(drop=True)


def _split(cells: pd.Series) -> pd.Series:
    """Return each id of cells that hold several, under the label of its row."""
    parts = cells.str.split(";").explode().str.strip()
    return parts[parts.notna() & parts.ne("")]


# ------------------------------------------------------------------ reading cells


def _text(cells: pd.Series) -> pd.Series:
    text = cells.astype("str").str.strip()
    return text.where(text.ne(""))


def _number(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
        values = cells.astype("float64")
    else:
        text = _text(cells)
        values = text.where(text.str.fullmatch(NUMBER).eq(True)).astype("float64")
    return values.where(np.isfinite(values))


def _integer(cells: pd.Series) -> pd.Series:
    values = _number(cells)
    return values.where(values.eq(values.round())).astype("Int64")


def _date(cells: pd.Series) -> pd.Series:
    if not pd.api.types.is_datetime64_any_dtype(cells.dtype):
        cells = cells.where(_text(cells).notna(), None).astype("object")
    return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")


def _flag(cells: pd.Series) -> pd.Series:
    return _text(cells).str.casefold().map({"true": True, "false": False}).astype("boolean")


@dataclass(frozen=True, slots=True)
class _Reader:
    """How cells of one kind are read, and what is said of one that cannot be."""

    read: Callable[[pd.Series], pd.Series]
    problem: str = ""
    remedy: str = ""


_TEXT = _Reader(_text)
_READERS: dict[Kind, _Reader] = {
    "id": _TEXT,
    "ids": _TEXT,
    "text": _TEXT,
    "choice": _TEXT,
    "sources": _TEXT,
    "number": _Reader(_number, "is not a finite number", "write digits with a decimal point, or nothing"),
    "integer": _Reader(_integer, "is not a whole number", "write digits only, or nothing"),
    "date": _Reader(_date, "is not a date", "write it as YYYY-MM-DD, for example 2024-06-30"),
    "flag": _Reader(_flag, "is neither true nor false", "write true, false or nothing"),
}


def _read(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table in the schema's columns and types; what cannot be read is empty."""
    empty = pd.Series(np.nan, index=frame.index, dtype="object")
    read = {column.name: _READERS[column.kind].read(frame.get(column.name, empty)) for column in columns(table)}
    for column in columns(table):
        if column.kind == "flag":
            read[column.name] = read[column.name].fillna(False).astype("bool")
    return pd.DataFrame(read, index=frame.index)


# ------------------------------------------------------------------ faults of single cells


def _cell_faults(table: str, given: pd.DataFrame, read: pd.DataFrame) -> Iterator[Fault]:
    yield from _header_faults(table, given)
    identifier = own_id(table)
    for column in columns(table):
        if column.name not in given:
            continue
        yield from _unreadable(table, column, given, read)
        for wrong, problem, remedy in _doubts(column, read[column.name], unique=column.name == identifier):
            yield from report(table, read, wrong, column=column.name, problem=problem, remedy=remedy)


def _header_faults(table: str, given: pd.DataFrame) -> Iterator[Fault]:
    known = [column.name for column in columns(table)]
    hints = nearest((str(name) for name in given if name not in known), known)
    for name in given:
        if name not in known:
            remedy = hints.get(str(name)) or f"the columns are {', '.join(known)}"
            yield Fault(table, "header", str(name), "", "is not a column of this table", remedy)
    for column in columns(table):
        if column.required and column.name not in given:
            remedy = f"add it: {column.meaning}"
            yield Fault(table, "header", column.name, "", "the column is missing", remedy)


def _unreadable(table: str, column: Column, given: pd.DataFrame, read: pd.DataFrame) -> Iterator[Fault]:
    reader = _READERS[column.kind]
    if not reader.problem:
        return
    # a blank flag reads as false, so flags are read again to tell blank from unreadable
    values = reader.read(given[column.name]) if column.kind == "flag" else read[column.name]
    doubtful = given[column.name].notna() & values.isna()
    if doubtful.any():  # the text of a clean column is not asked for: it takes a third of the whole check
        text = _text(given[column.name])
        frame, wrong = read.assign(**{column.name: text}), doubtful & text.notna()
        name, problem, remedy = column.name, reader.problem, reader.remedy
        yield from report(table, frame, wrong, column=name, problem=problem, remedy=remedy)


def _doubts(column: Column, values: pd.Series, *, unique: bool) -> Iterator[tuple[pd.Series, str, str]]:
    """Yield which values are wrong, why, and what to do."""
    if column.required:
        yield values.isna(), "is empty", f"give it: {_literal(column.meaning)}"
    if column.choices:
        wrong = values.notna() & ~values.isin(column.choices)
        yield wrong, "is not one of the choices", f"choose from {', '.join(column.choices)}"
    if unique:
        wrong = values.notna() & ~values.str.fullmatch(IDENTIFIER).eq(True)
        yield wrong, "is not an identifier", "use lower-case ASCII words joined by dashes, like hong-kong"
        yield values.notna() & values.duplicated(), "is there already", "give every row an id of its own"
    if column.kind == "number" and column.unit in MAY_BE_ZERO:
        yield values < 0, "is negative", "give zero or more"
    elif column.kind == "number" and column.unit != "degree":
        yield values <= 0, "is zero or negative", f"give a positive number ({column.unit}), or nothing"


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


# ------------------------------------------------------------------ references


def _reference_faults(table: str, read: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield a fault for every id that stands for a row that is not there."""
    frame = read[table]
    for column in columns(table):
        target = column.refers_to
        if not target or target not in read:
            continue
        known = read[target][columns(target)[0].name]
        parts = _split(frame[column.name]) if column.kind in SEVERAL else frame[column.name].dropna()
        lost = parts[~parts.isin(known)]
        if lost.empty:
            continue
        hints = nearest(lost, known.dropna())
        named = lost.groupby(level=0).first().reindex(frame.index)
        hint = [hints.get(name) or f"add it to {target}, or correct the id" for name in named]
        yield from report(
            table,
            frame.assign(_named=named, _hint=hint),
            named.notna(),
            column=column.name,
            problem=f"no row of {target} is called '{{_named}}'",
            remedy="{_hint}",
        )
