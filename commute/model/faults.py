"""Faults: how a row that breaks a rule is told, by its line, its ids and its value, with the nearest names."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LABELS = {
    "places": ("place_id",),
    "lines": ("line_id",),
    "links": ("line_id", "from_id", "to_id"),
    "sources": ("source_id",),
    "regions": ("region",),
    "region_members": ("region", "place_id"),
    "claims": ("claim_id",),
}
SUGGESTED = 20  # the nearest of 10 000 names take 30 ms to find, so only the first unknown ones get them


def report(  # noqa: PLR0913  (a fault has as many parts)
    table: str, frame: pd.DataFrame, wrong: pd.Series, *, column: str, problem: str, remedy: str
) -> Iterator[Fault]:
    """Yield a fault for every row that is ``wrong``; ``{column}`` in the texts becomes that row's value."""
    for position in np.flatnonzero(wrong.to_numpy(dtype=bool, na_value=False)):
        row = frame.iloc[position]
        yield Fault(
            table=table,
            row=row_label(table, row, int(position)),
            column=column,
            value=shown(row[column]),
            problem=problem.format_map(row),
            remedy=remedy.format_map(row),
        )


def row_label(table: str, row: pd.Series, position: int) -> str:
    """Say which row this is: its line in the CSV file (the header is line 1) and its ids."""
    ids = ", ".join(shown(row[name]) or "?" for name in LABELS.get(table, ()) if name in row)
    return f"line {position + 2} ({ids})" if ids else f"line {position + 2}"


def shown(value: object) -> str:
    """Write a cell the way its owner wrote it; an empty one is an empty string."""
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def nearest(unknown: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Map each of the first few unknown names to a hint of the nearest known ones."""
    pool = list(dict.fromkeys(known))
    hints = {}
    for name in islice(dict.fromkeys(unknown), SUGGESTED):
        longer = [candidate for candidate in pool if candidate.startswith(name)]
        near = list(dict.fromkeys(longer + get_close_matches(name, pool, n=3)))[:3]
        hints[name] = f"nearest: {', '.join(near)}" if near else ""
    return hints
