"""The door of the measures: matrices of minutes and amounts per place, checked once and cast to float64."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from commute.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    BoolArray: TypeAlias = NDArray[np.bool_]


def matrix(values: ArrayLike, *, name: str, places: int | None = None) -> FloatArray:
    """Cast a [n, n] matrix of minutes or kilometres to float64 and refuse what cannot be one.

    ``inf`` stands where there is no way. Raises ParameterError for anything that is not a square of numbers,
    is not of size ``places`` when that is given, or holds NaN or a negative value.
    """
    cast = _numbers(values, name)
    if cast.ndim != 2 or cast.shape[0] != cast.shape[1]:  # noqa: PLR2004 - a matrix has two axes
        raise ParameterError(f"{name} must be a square matrix, one row and one column per place; got {_shape(cast)}.")
    if places is not None and len(cast) != places:
        raise ParameterError(
            f"{name} must have one row and one column per place, {places} of each; got {_shape(cast)}."
        )
    return _amounts_only(cast, name, "write inf where there is no way")


def amounts(values: ArrayLike, *, name: str, places: int) -> FloatArray:
    """Cast one finite amount per place (people, jobs, yuan) to float64 [n].

    Raises ParameterError for a wrong length, NaN, a negative or an infinite amount.
    """
    cast = minutes_per_place(values, name=name, places=places)
    if np.isinf(cast).any():
        raise ParameterError(f"{name} must be finite; got inf at place {int(np.argmax(np.isinf(cast)))}.")
    return cast


def minutes_per_place(values: ArrayLike, *, name: str, places: int) -> FloatArray:
    """Cast one time per place to float64 [n]; inf is allowed, NaN and negative raise ParameterError."""
    cast = _numbers(values, name)
    if cast.shape != (places,):
        raise ParameterError(f"{name} must hold one number per place, {places} in all; got {_shape(cast)}.")
    return _amounts_only(cast, name, "give zero where there is none")


def at_least(value: float, low: float, *, name: str) -> float:
    """Return ``value`` if it is finite and no lower than ``low``; raise ParameterError otherwise."""
    if not (np.isfinite(value) and value >= low):
        raise ParameterError(f"{name} must be a finite number, at least {low:g}; got {value}.")
    return float(value)


def above(value: float, low: float, *, name: str) -> float:
    """Return ``value`` if it is finite and greater than ``low``; raise ParameterError otherwise."""
    if not (np.isfinite(value) and value > low):
        raise ParameterError(f"{name} must be a finite number above {low:g}; got {value}.")
    return float(value)


def with_own(times: FloatArray, own: ArrayLike | None) -> FloatArray:
    """Return ``times`` [n, n] with ``own`` minutes (one number, or one per place) from each place to itself.

    ``None`` leaves a place out of what it can reach itself: its diagonal becomes inf.
    """
    minutes = np.inf if own is None else own
    places = len(times)
    spread = np.broadcast_to(np.asarray(minutes, dtype=np.float64), (places,)) if np.ndim(minutes) == 0 else minutes
    changed = times.copy()
    np.fill_diagonal(changed, minutes_per_place(spread, name="own", places=places))
    return changed


def weighted_sum(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum ``values`` [n, n] over destinations with ``weights`` [n]; inf times no weight is zero, not NaN."""
    counted = weights > 0
    return np.asarray((values[:, counted] * weights[counted]).sum(axis=1), dtype=np.float64)


def over_others(values: FloatArray, opportunities: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum ``values`` [n, n] weighted by the opportunities of every other place; and those weights alone.

    What no weight is given counts nothing, even where it is inf.
    """
    weight = np.tile(opportunities, (len(opportunities), 1))
    np.fill_diagonal(weight, 0.0)
    weighted = np.multiply(values, weight, out=np.zeros_like(values), where=weight > 0)
    return weighted.sum(axis=1), weight.sum(axis=1)


def ratio(part: FloatArray, whole: FloatArray, *, empty: float) -> FloatArray:
    """Divide element by element; ``empty`` where the whole is zero."""
    return np.divide(part, whole, out=np.full_like(part, empty), where=whole > 0)


def _numbers(values: ArrayLike, name: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise ParameterError(f"{name} must hold numbers only ({fault}).") from fault


def _amounts_only(cast: FloatArray, name: str, remedy: str) -> FloatArray:
    if not cast.size or cast.min() >= 0:  # one pass: the minimum of anything with NaN is NaN
        return cast
    wrong = ~(cast >= 0)
    where = tuple(int(axis) for axis in np.argwhere(wrong)[0])
    at = where[0] if len(where) == 1 else where
    raise ParameterError(
        f"{name} must not be NaN or negative; got {cast[where]} at {at}, {int(wrong.sum())} in all; {remedy}."
    )


def _shape(cast: FloatArray) -> str:
    return "×".join(map(str, cast.shape)) or "a single number"
