"""Distance decay: how much of an opportunity is left at the end of a journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from commute.errors import ParameterError, UnknownNameError
from commute.measure.arrays import above

if TYPE_CHECKING:
    from collections.abc import Callable

    from commute.measure.arrays import FloatArray

Decay: TypeAlias = "Callable[[FloatArray], FloatArray]"


@dataclass(frozen=True, slots=True)
class Power:
    """t^-exponent, unbounded as t goes to 0 (Hansen, 1959)."""

    exponent: float = 1.0

    def __post_init__(self) -> None:
        """Refuse an exponent that does not make it fall."""
        above(self.exponent, 0.0, name="exponent")

    def __call__(self, minutes: FloatArray) -> FloatArray:
        """Return the weight at ``minutes``; inf at 0."""
        with np.errstate(divide="ignore"):
            return np.asarray(minutes**-self.exponent, dtype=np.float64)

    def inverse(self, weight: FloatArray) -> FloatArray:
        """Return the minutes at which ``weight`` is left; inf at 0."""
        with np.errstate(divide="ignore"):
            return np.asarray(weight ** (-1 / self.exponent), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Exponential:
    """e^(-rate t), ``rate`` per minute."""

    rate: float = 0.05

    def __post_init__(self) -> None:
        """Refuse a rate that does not make it fall."""
        above(self.rate, 0.0, name="rate")

    def __call__(self, minutes: FloatArray) -> FloatArray:
        """Return the weight at ``minutes``, in [0, 1]."""
        return np.exp(-self.rate * minutes)

    def inverse(self, weight: FloatArray) -> FloatArray:
        """Return the minutes at which ``weight`` is left; inf at 0."""
        with np.errstate(divide="ignore"):
            return -np.log(weight) / self.rate


@dataclass(frozen=True, slots=True)
class HalfLife:
    """2^(-t / minutes): each ``minutes`` halve what is left."""

    minutes: float = 30.0

    def __post_init__(self) -> None:
        """Refuse a half-life that is no time."""
        above(self.minutes, 0.0, name="minutes")

    def __call__(self, minutes: FloatArray) -> FloatArray:
        """Return the weight at ``minutes``, in [0, 1]."""
        return np.exp2(-minutes / self.minutes)

    def inverse(self, weight: FloatArray) -> FloatArray:
        """Return the minutes at which ``weight`` is left; inf at 0."""
        with np.errstate(divide="ignore"):
            return -np.log2(weight) * self.minutes


@dataclass(frozen=True, slots=True)
class Logistic:
    """A cutoff at ``minutes`` blurred by a standard deviation of ``spread`` minutes, 1 at t = 0.

    (1 + e^(-ac)) / (1 + e^(a (t - c))) with c = minutes and a = pi / (spread sqrt 3). Bauer, J. and
    Groneberg, D. A. (2016). PLoS ONE 11(7), e0159148.
    """

    minutes: float = 60.0
    spread: float = 10.0

    def __post_init__(self) -> None:
        """Refuse a cutoff or a spread that is no time."""
        above(self.minutes, 0.0, name="minutes")
        above(self.spread, 0.0, name="spread")

    @property
    def _steepness(self) -> float:
        return float(np.pi / (self.spread * np.sqrt(3)))

    def __call__(self, minutes: FloatArray) -> FloatArray:
        """Return the weight at ``minutes``, in [0, 1]."""
        a, c = self._steepness, self.minutes
        # In logarithms, so that a narrow spread does not overflow.
        return np.asarray(np.exp(np.logaddexp(0, -a * c) - np.logaddexp(0, a * (minutes - c))), dtype=np.float64)

    def inverse(self, weight: FloatArray) -> FloatArray:
        """Return the minutes at which ``weight`` is left; inf at 0."""
        a, c = self._steepness, self.minutes
        with np.errstate(divide="ignore"):
            beyond = np.log((1 - weight + np.exp(-a * c)) / weight) / a
        return np.asarray(np.maximum(c + beyond, 0.0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Step:
    """1 up to and including ``minutes``, 0 beyond; it has no inverse."""

    minutes: float = 60.0

    def __post_init__(self) -> None:
        """Refuse a cutoff that is no time."""
        above(self.minutes, 0.0, name="minutes")

    def __call__(self, minutes: FloatArray) -> FloatArray:
        """Return the weight at ``minutes``, 0 or 1."""
        return np.asarray(minutes <= self.minutes, dtype=np.float64)


DECAYS: Final[dict[str, Callable[[], Decay]]] = {
    "power": Power,
    "exponential": Exponential,
    "half_life": HalfLife,
    "logistic": Logistic,
    "step": Step,
}


def decay_of(decay: str | Decay) -> Decay:
    """Return the decay of that name with its default parameters, or the callable itself.

    Raises UnknownNameError for a name that is not in ``DECAYS``, ParameterError for what is neither.
    """
    if isinstance(decay, str):
        if decay not in DECAYS:
            raise UnknownNameError.of("decay", decay, {name: name for name in DECAYS})
        return DECAYS[decay]()
    if not callable(decay):
        raise ParameterError(f"A decay is a name ({', '.join(DECAYS)}) or a function of minutes; got {decay!r}.")
    return decay


def fall(decay: str | Decay, minutes: FloatArray) -> FloatArray:
    """Apply a decay to ``minutes`` of any shape.

    Raises ParameterError if what comes back is no decay: another shape, NaN, a negative number, or more
    than zero where there is no way.
    """
    fallen = np.asarray(decay_of(decay)(minutes), dtype=np.float64)
    if fallen.shape != minutes.shape:
        raise ParameterError(f"A decay must return one number per time, of shape {minutes.shape}; got {fallen.shape}.")
    if fallen.size and not fallen.min() >= 0:
        raise ParameterError("A decay must return numbers of at least zero; got NaN or a negative number.")
    if fallen[np.isinf(minutes)].any():
        raise ParameterError("A decay must be zero where there is no way (inf minutes); got a positive number.")
    return fallen
