"""What can be reached from a place: potentials, cumulative counts, dual access and the logsum.

Every function takes times [n, n] in minutes and ``opportunities`` [n] (people, jobs, yuan) and returns one
number per place [n]. ``own`` says how many minutes a place is from itself, one number or one per place;
None leaves its own opportunities out. Wrong input raises ParameterError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from commute.errors import ParameterError
from commute.measure.arrays import above, amounts, at_least, matrix, ratio, weighted_sum, with_own
from commute.measure.decay import HalfLife, Logistic, Step, decay_of, fall

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from commute.measure.arrays import FloatArray
    from commute.measure.decay import Decay


@runtime_checkable
class Invertible(Protocol):
    """A decay that knows at which time a given weight is left."""

    def __call__(self, minutes: FloatArray, /) -> FloatArray:
        """Return the weight at ``minutes``."""

    def inverse(self, weight: FloatArray) -> FloatArray:
        """Return the minutes at which ``weight`` is left."""


def potential(
    times: ArrayLike, opportunities: ArrayLike, *, decay: str | Decay = "half_life", own: ArrayLike | None = None
) -> FloatArray:
    """Return Hansen's potential sum O_j f(t_ij).

    ``decay`` is a name in ``DECAYS`` or a function of minutes. Opportunities, in [0, sum O] where f <= 1;
    never falls as times fall; additive in opportunities. What is cut off adds 0. Harris, C. D. (1954).
    Annals AAG 44(4), 315-348; Hansen, W. G. (1959). Journal of the American Institute of Planners 25(2),
    73-76.
    """
    minutes, weight = _given(times, opportunities, own)
    return weighted_sum(fall(decay, minutes), weight)


def cumulative_opportunities(
    times: ArrayLike, opportunities: ArrayLike, *, minutes: float = 60.0, own: ArrayLike | None = None
) -> FloatArray:
    """Return the opportunities within ``minutes``, the cutoff itself included.

    Opportunities, in [0, sum O]; never falls as times fall or the cutoff rises; jumps at the cutoff. What
    is cut off adds 0. Wachs, M. and Kumagai, T. G. (1973). Socio-Economic Planning Sciences 7(5), 437-456.
    """
    return potential(times, opportunities, decay=Step(minutes), own=own)


def daily_accessibility(times: ArrayLike, opportunities: ArrayLike, *, minutes: float = 240.0) -> FloatArray:
    """Return the people elsewhere whom a day trip can reach, within 240 (or 180) minutes each way.

    People, in [0, sum P]; never falls as times fall; jumps at the limit. What is cut off adds 0. Törnqvist,
    G. (1970). Contact systems and regional development; Gutiérrez, J. (2001). Journal of Transport
    Geography 9(4), 229-242.
    """
    return cumulative_opportunities(times, opportunities, minutes=minutes)


def contact_potential(
    times: ArrayLike, opportunities: ArrayLike, *, day: float = 960.0, stay: float = 240.0
) -> FloatArray:
    """Return the people elsewhere whom one can meet for ``stay`` minutes and be back home within ``day`` minutes.

    People, in [0, sum P]; never falls as times fall, in either direction; jumps at the limit. What is cut
    off, there or back, adds 0. With times that do not depend on the hour; the default day of 6 to 22
    o'clock is a judgement. Törnqvist, G. (1970). Contact systems and regional development. Lund Studies in
    Geography B 35.
    """
    longest = above(day, 0.0, name="day") - at_least(stay, 0.0, name="stay")
    minutes, weight = _given(times, opportunities, None)
    return weighted_sum((minutes + minutes.T <= longest).astype(np.float64), weight)


def soft_cumulative(
    times: ArrayLike,
    opportunities: ArrayLike,
    *,
    minutes: float = 60.0,
    spread: float = 10.0,
    own: ArrayLike | None = None,
) -> FloatArray:
    """Return the opportunities around a cutoff blurred by a standard deviation of ``spread`` minutes.

    Opportunities, in [0, sum O]; never falls as times fall, and smooth; tends to `cumulative_opportunities`
    as the spread goes to 0 (where no time equals the cutoff). What is cut off adds 0. See `Logistic`.
    """
    return potential(times, opportunities, decay=Logistic(minutes, spread), own=own)


def dual_access(
    times: ArrayLike, opportunities: ArrayLike, *, amount: float, own: ArrayLike | None = None
) -> FloatArray:
    """Return the least cutoff in minutes within which ``amount`` opportunities lie.

    Minutes, at least 0; falls as times fall; rises with the amount, which must be above 0. inf where so
    much cannot be reached. Cui, M. and Levinson, D. (2020). Geographical Analysis 52(3), 452-474.
    """
    wanted = above(amount, 0.0, name="amount")
    minutes, weight = _given(times, opportunities, own)
    nearest = np.argsort(minutes, axis=1, kind="stable")
    enough = np.cumsum(weight[nearest], axis=1) >= wanted
    ordered = np.take_along_axis(minutes, nearest, axis=1)
    return np.asarray(np.where(enough, ordered, np.inf).min(axis=1, initial=np.inf), dtype=np.float64)


def time_equivalent(
    times: ArrayLike, opportunities: ArrayLike, *, decay: str | Decay | None = None, own: ArrayLike | None = None
) -> FloatArray:
    """Return the one time at which all opportunities would be worth the potential: f^-1(A_i / sum O).

    Minutes, at least 0 where f <= 1; falls as times fall; the same for k times the opportunities. Without
    ``own`` a place's opportunities are left out of both. inf where nothing is reached or there is none.
    ``decay`` (a half-life of 30 minutes) must have an ``inverse``, else ParameterError.
    """
    function = HalfLife() if decay is None else decay_of(decay)
    if not isinstance(function, Invertible):
        raise ParameterError(f"A time equivalent needs a decay with an inverse; {function!r} has none.")
    minutes, weight = _given(times, opportunities, own)
    counted = np.ones_like(minutes)
    if own is None:
        np.fill_diagonal(counted, 0.0)
    share = ratio(weighted_sum(fall(function, minutes), weight), weighted_sum(counted, weight), empty=0.0)
    return np.asarray(np.maximum(function.inverse(share), 0.0), dtype=np.float64)


def logsum(
    times: ArrayLike, opportunities: ArrayLike, *, scale: float = 0.05, own: ArrayLike | None = 0.0
) -> FloatArray:
    """Return the expected greatest utility of a choice among all opportunities, (1 / mu) ln sum O_j e^(-mu t_ij).

    ``scale`` is mu, per minute. Minutes, of any sign; never falls as times fall; k times the opportunities
    add ln k / mu; d minutes more everywhere (``own`` too) take d away. What is cut off adds nothing; -inf
    where nothing is reached. Ben-Akiva, M. and Lerman, S. R. (1985). Discrete Choice Analysis. MIT Press.
    """
    mu = above(scale, 0.0, name="scale")
    minutes, weight = _given(times, opportunities, own)
    with np.errstate(divide="ignore"):
        utility = np.log(weight) - mu * minutes
    best = utility.max(axis=1, initial=-np.inf)
    level = np.where(np.isfinite(best), best, 0.0)  # taken out of the exponent, so that hours do not underflow
    with np.errstate(divide="ignore"):
        return np.asarray((level + np.log(np.exp(utility - level[:, None]).sum(axis=1))) / mu, dtype=np.float64)


def _given(times: ArrayLike, opportunities: ArrayLike, own: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    minutes = matrix(times, name="times")
    weight = amounts(opportunities, name="opportunities", places=len(minutes))
    return with_own(minutes, own), weight
