"""Frames for the terminal: a rich table for the eye, CSV, JSON or GeoJSON for a pipe."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from commute.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_DIGITS = ((1000, ",.0f"), (10, ",.1f"), (1, ",.2f"), (0, ",.3f"))  # the larger the numbers, the fewer digits they need
_NUMBERS = ("floating", "integer", "mixed-integer-float")
_NO_EDGE = 100_000  # columns: a table that no terminal shows is as wide as it needs

Writer = Callable[[pd.DataFrame, str, "Console"], None]


def show(frame: pd.DataFrame, *, title: str, form: str, console: Console) -> None:
    """Write a frame to the console as ``form``: table, csv, json or geojson.

    Raises
    ------
    UnknownNameError
        For an unknown form.
    ParameterError
        For GeoJSON of a frame without geometry.
    """
    if form not in FORMS:
        raise UnknownNameError.of("format", form, {name: name for name in FORMS})
    FORMS[form](frame, title, console)


def _table(frame: pd.DataFrame, title: str, console: Console) -> None:
    from rich.cells import cell_len  # noqa: PLC0415 - only the terminal needs rich

    plain = _without_geometry(frame)
    lines = _lines(_laid_out(plain, folded=False))
    if title:
        console.print(title, style="bold", soft_wrap=True)
    if console.is_terminal:
        narrow = max(map(cell_len, lines)) > console.width
        console.print(_laid_out(plain, folded=narrow))
    else:  # what goes into a file or a pipe is neither cut to eighty columns nor filled up with blanks
        console.file.write("".join(f"{line}\n" for line in lines))


def _laid_out(frame: pd.DataFrame, *, folded: bool) -> Table:
    """Lay the cells out: numbers to the right and never broken, their headers word by word where it is ``folded``."""
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(header_style="dim", box=None, pad_edge=False)
    columns = []
    for name in frame.columns:
        values = frame[name].tolist()
        number = frame[name].dtype.kind in "iuf" or pd.api.types.infer_dtype(values) in _NUMBERS
        columns.append(cells(values, alike=frame[name].dtype != object))
        header = str(name).replace("_", " ")
        table.add_column(
            header.replace(" ", "\n") if number and folded else header,
            justify="right" if number else "left",
            no_wrap=number,
            overflow="fold",
        )
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    return table


def _lines(table: Table) -> list[str]:
    from rich.console import Console  # noqa: PLC0415 - as above

    page = Console(file=io.StringIO(), width=_NO_EDGE, color_system=None, force_terminal=False)
    with page.capture() as caught:
        page.print(table)
    return [line.rstrip() for line in caught.get().splitlines()]


def cells(values: Iterable[object], *, alike: bool) -> list[str]:
    """Write the values of a column; numbers that are ``alike`` get as many digits as their largest needs."""
    several = list(values)
    finite = [value for value in several if isinstance(value, float) and math.isfinite(value)]
    return [_cell(value, finite if alike else [value]) for value in several]


def _cell(value: object, alike: list[float] | list[object]) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        if math.isinf(value):
            return "no way" if value > 0 else "−no way"
        numbers = [float(one) for one in alike]  # type: ignore[arg-type]
        if all(one == round(one) for one in numbers):
            return f"{value:,.0f}"
        most = max(map(abs, numbers))
        return f"{value:{next(form for least, form in _DIGITS if most >= least)}}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _csv(frame: pd.DataFrame, title: str, console: Console) -> None:  # noqa: ARG001 - a pipe wants no title
    console.file.write(_without_geometry(frame).to_csv(index=False, lineterminator="\n"))


def _json(frame: pd.DataFrame, title: str, console: Console) -> None:  # noqa: ARG001 - as above
    records = _without_geometry(frame).to_dict("records")
    rows = [{str(name): _plain(value) for name, value in record.items()} for record in records]
    console.file.write(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _plain(value: object) -> str | float | bool | None:
    """Return what JSON can say of a value: of what is not there, and of what is never reached, nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if value is None or value is pd.NaT or value is pd.NA else str(value)


def _geojson(frame: pd.DataFrame, title: str, console: Console) -> None:  # noqa: ARG001 - as above
    if not isinstance(frame, gpd.GeoDataFrame):
        raise ParameterError("--format geojson needs a result with ground to draw: use it with reach or compare.")
    finite = frame.replace({name: {np.inf: None, -np.inf: None} for name in frame.select_dtypes("number").columns})
    console.file.write(finite.to_json(drop_id=True, ensure_ascii=False, allow_nan=False) + "\n")


def _without_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame).drop(columns="geometry", errors="ignore")


FORMS: dict[str, Writer] = {"table": _table, "csv": _csv, "json": _json, "geojson": _geojson}
