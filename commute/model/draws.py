"""Draws: assumptions drawn at random from the range of each of their numbers, the same for everything compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from commute.errors import ParameterError
from commute.model.assumptions import groups, parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from commute.model.assumptions import Assumptions, Parameter

_TAIL = 1.6448536269514722  # standard deviations of the 95th percentile of a normal distribution


def drawn(
    assumptions: Assumptions, count: int, *, seed: int = 0, numbers: Iterable[str] | None = None
) -> list[Assumptions]:
    """Draw assumptions: each number from a triangle over its range with its value as the mode, borders otherwise.

    A border keeps one waiting now and then for long: lognormal, its value as the median and the high end of its range
    as the 95th percentile. The same seed gives the same quantiles whatever the values, so that two worlds drawn
    with one seed differ in nothing but themselves (common random numbers).

    Parameters
    ----------
    numbers
        The dotted names to draw (``check_in.rail``), all of them where not given; the others keep their value.

    Raises
    ------
    ParameterError
        For a count below 1, and for numbers that nobody knows.
    """
    if count < 1:
        raise ParameterError(f"There must be at least one draw, got {count}.")
    known = parameters()
    chosen = set(known if numbers is None else numbers)
    if unknown := sorted(chosen.difference(known)):
        raise ParameterError(f"No number of the assumptions is called {', '.join(unknown)}. Known: {', '.join(known)}.")
    quantiles = np.random.default_rng(seed).random((len(known), count))  # of all, whichever are chosen
    values = {
        name: _value(one, getattr(assumptions, one.group)[one.key], quantiles[row])
        for row, (name, one) in enumerate(known.items())
        if name in chosen
    }
    return [_with(assumptions, {name: float(of[at]) for name, of in values.items()}) for at in range(count)]


def widest(draws: Iterable[Assumptions]) -> Assumptions:
    """Return the first of these assumptions with the widest limits of local ways that any of them has."""
    several = list(draws)
    limits = {key: max(one.local[key] for one in several) for key in ("walk_km", "access_km", "water_share")}
    return several[0].changed("local", limits)


def _value(known: Parameter, mode: float, quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the value at each quantile of how this number is spread."""
    if known.group == "clearance":
        from scipy.special import ndtri  # noqa: PLC0415 - only draws need it

        spread = np.log(max(known.high / mode, 1.0)) / _TAIL if mode > 0 else 0.0
        return np.asarray(mode * np.exp(spread * ndtri(quantile)))
    low, high = min(known.low, mode), max(known.high, mode)
    if low == high:
        return np.full(len(quantile), mode)
    below = (mode - low) / (high - low)
    rising = low + np.sqrt(quantile * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - quantile) * (high - low) * (high - mode))
    return np.where(quantile < below, rising, falling)


def _with(assumptions: Assumptions, values: dict[str, float]) -> Assumptions:
    """Return the assumptions with new numbers, made in one go."""
    changed = {group: dict(getattr(assumptions, group)) for group in groups()}
    for name, value in values.items():
        group, _, key = name.partition(".")
        changed[group][key] = value
    return replace(assumptions, **changed)  # type: ignore[arg-type]
