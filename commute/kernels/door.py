"""The door of the kernels: columns of whole numbers are checked and cast here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def whole_numbers(name: str, values: ArrayLike, least: int, most: int) -> NDArray[np.int32]:
    """Cast a column to int32.

    Raises ValueError, naming the column, if it is not one-dimensional, not of whole numbers, or holds any outside
    ``least`` to ``most``: how many rows, and the first of them.
    """
    column = np.atleast_1d(np.asarray(values))
    if column.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got the shape {column.shape}.")
    if not len(column):
        return np.empty(0, dtype=np.int32)
    if not np.issubdtype(column.dtype, np.integer):
        raise ValueError(f"{name} must hold whole numbers, got {column.dtype}.")
    wrong = np.flatnonzero(np.less(column, least) | np.greater(column, most))
    if len(wrong):
        first = ", ".join(f"row {row} holds {column[row]}" for row in wrong[:5])
        raise ValueError(f"{name}: {len(wrong)} of {len(column)} lie outside {least} to {most}; {first}.")
    return np.ascontiguousarray(column, dtype=np.int32)


def equally_long(**columns: NDArray[np.int32]) -> None:
    """Raise ValueError if the columns differ in length."""
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise ValueError(f"Columns of one table must be equally long; got {lengths}.")


def groups(name: str, starts: ArrayLike, length: int) -> NDArray[np.int64]:
    """Cast to int64 the bounds of consecutive groups of ``length`` things, or raise ValueError."""
    bounds = np.asarray(starts)
    rising = bounds.ndim == 1 and len(bounds) > 0 and bool(np.all(np.diff(bounds) >= 0))
    if not rising or bounds[0] != 0 or bounds[-1] != length:
        raise ValueError(f"{name} must rise from 0 to {length}: one bound more than there are groups.")
    return np.ascontiguousarray(bounds, np.int64)
