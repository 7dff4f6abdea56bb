"""Frames for the terminal: a rich table for the eye, CSV, JSON or GeoJSON for a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from commute.errors import ParameterError

if TYPE_CHECKING:
    from rich.console import Console

_DIGITS = ((1000, ",.0f"), (1, ".1f"), (1e-12, ".3f"), (0, ".0f"))  # the larger the number, the fewer digits it needs

Writer = Callable[[pd.DataFrame, str, "Console"], None]


def show(frame: pd.DataFrame, *, title: str, form: str, console: Console) -> None:
    """Write a frame to the console as ``form``: table, csv, json or geojson.

    Raises
    ------
    ParameterError
        For an unknown form, and for GeoJSON of a frame without geometry.
    """
    if form not in FORMS:
        raise ParameterError(f"--format cannot be {form!r}: choose one of {', '.join(FORMS)}.")
    FORMS[form](frame, title, console)


def _table(frame: pd.DataFrame, title: str, console: Console) -> None:
    from rich.table import Table  # noqa: PLC0415 - only the terminal needs rich

    plain = _without_geometry(frame)
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for name in plain.columns:
        number = pd.api.types.is_numeric_dtype(plain[name]) and not pd.api.types.is_bool_dtype(plain[name])
        table.add_column(str(name), justify="right" if number else "left")
    for row in plain.itertuples(index=False):
        table.add_row(*(_cell(value) for value in row))
    console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        if np.isnan(value):
            return "–"
        if np.isinf(value):
            return "no way"
        return f"{value:{next(form for least, form in _DIGITS if abs(value) >= least)}}"
    return str(value)


def _csv(frame: pd.DataFrame, title: str, console: Console) -> None:  # noqa: ARG001 - a pipe wants no title
    console.file.write(_without_geometry(frame).to_csv(index=False))


def _json(frame: pd.DataFrame, title: str, console: Console) -> None:  # noqa: ARG001 - as above
    plain = _without_geometry(frame).astype(object)
    rows = plain.where(plain.notna() & ~plain.isin([np.inf]), None).to_dict(orient="records")
    console.file.write(json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n")


def _geojson(frame: pd.DataFrame, title: str, console: Console) -> None:  # noqa: ARG001 - as above
    if not isinstance(frame, gpd.GeoDataFrame):
        raise ParameterError("--format geojson needs a result with ground to draw: use it with reach or compare.")
    console.file.write(frame.to_json(drop_id=True) + "\n")


def _without_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame).drop(columns="geometry", errors="ignore")


FORMS: dict[str, Writer] = {"table": _table, "csv": _csv, "json": _json, "geojson": _geojson}
