"""Arcs: what is known of each piece of street besides its minutes: class, length, speed, structure, and its bends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from commute.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ATTRIBUTES: dict[str, Any] = {
    "way": "int64",  # number of the OpenStreetMap way; -1 where there is none
    "road": "category",  # class of the road, as OpenStreetMap's ``highway`` has it; ``ferry`` for a ferry
    "name": "category",
    "metres": "float64",  # along the street
    "kph": "float64",  # the speed its minutes follow from
    "speed": "category",  # where that speed is from, one of SPEEDS
    "slowing": "float64",  # how many times as long as its speed says it takes; what a scenario makes of it
    "bridge": "bool",
    "tunnel": "bool",
}
"""What arcs may say of themselves, and its type. Streets that were made of bare arrays say nothing."""

OBSERVED, SIGNED, BY_CLASS = "observed", "signed", "class"
SPEEDS = (OBSERVED, SIGNED, BY_CLASS)
"""Measured on the road, posted as a limit, or the usual limit of such a road; only limits are slowed by traffic."""

_UNSAID = {"way": -1, "bridge": False, "tunnel": False, "name": "", "road": "", "speed": OBSERVED, "slowing": 1.0}


class Bends(NamedTuple):
    """Where arcs bend: from tail to head, arc ``a`` passes the points ``start[a]`` to ``start[a + 1]`` (not included).

    start: int64[arcs + 1]; lon, lat: float64[points], in degrees of WGS-84.
    """

    start: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def straight(arcs: int) -> Bends:
    """Return the bends of arcs that have none."""
    return Bends(np.zeros(arcs + 1, dtype=np.int64), np.empty(0), np.empty(0))


def described(arcs: int, columns: Mapping[str, Any] | pd.DataFrame | None) -> pd.DataFrame:
    """Return one row per arc of what is said of it, in the types of ``ATTRIBUTES``.

    Raises
    ------
    ParameterError
        For attributes that nobody knows, and for those that are not one value for each arc.
    """
    said = {} if columns is None else {str(name): np.asarray(values) for name, values in columns.items()}
    unknown = [name for name in said if name not in ATTRIBUTES]
    if unknown:
        raise ParameterError(f"Arcs cannot say {', '.join(unknown)}; they may say {', '.join(ATTRIBUTES)}.")
    short = [f"{len(values)} of {name}" for name, values in said.items() if len(values) != arcs]
    if short:
        raise ParameterError(f"Each of {arcs} arcs needs one value of what it says; got {', '.join(short)}.")
    typed = {name: pd.Series(said[name]).astype(ATTRIBUTES[name]) for name in ATTRIBUTES if name in said}
    return pd.DataFrame(typed, index=pd.RangeIndex(arcs))


def bent(arcs: int, bends: Bends | None) -> Bends:
    """Return the bends as given, or none; ParameterError where they are not those of this many arcs."""
    if bends is None:
        return straight(arcs)
    start, points = bends.start, len(bends.lon)
    whole = len(start) == arcs + 1 and start[0] == 0 and start[-1] == points == len(bends.lat)
    if not whole or (np.diff(start) < 0).any():
        raise ParameterError(f"bends are not those of {arcs} arcs: start must rise from 0 to their {points} points.")
    return bends


def more_described(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Put what is said of more arcs below; what only one of the two says is unsaid (NaN, -1, empty) of the other."""
    both = {}
    for name in [name for name in ATTRIBUTES if name in one or name in other]:
        unsaid = _UNSAID.get(name, np.nan)
        said = [table[name] if name in table else pd.Series(unsaid, table.index) for table in (one, other)]
        typed = [column.astype(ATTRIBUTES[name]) for column in said]
        whole = union_categoricals(typed) if ATTRIBUTES[name] == "category" else np.concatenate(typed)
        both[name] = pd.Series(whole)
    return pd.DataFrame(both, index=pd.RangeIndex(len(one) + len(other)))


def more_bent(one: Bends, other: Bends) -> Bends:
    """Put the bends of more arcs behind."""
    start = np.concatenate([one.start, one.start[-1] + other.start[1:]])
    return Bends(start, np.concatenate([one.lon, other.lon]), np.concatenate([one.lat, other.lat]))
