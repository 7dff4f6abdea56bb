"""Accessibility where people compete for what there is, and the flows that follow.

Times [n, n] in minutes; ``opportunities`` [n] is the supply (jobs, beds), ``demand`` [n] the people who
want it. A place is ``own`` minutes from itself, 0 by default, so that people use what is at their door;
None forbids it. Wrong input raises ParameterError. None of these is monotone for one place: a faster way
for others may take from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from commute.errors import ParameterError
from commute.measure.arrays import amounts, matrix, ratio, weighted_sum, with_own
from commute.measure.decay import Power, Step, fall

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from commute.measure.arrays import FloatArray
    from commute.measure.decay import Decay

ROUNDS: Final = 10_000
MARGIN: Final = 1e-11  # relative; two digits below what the flows promise


class Factors(NamedTuple):
    """Wilson's balancing factors of origins and destinations, with the decay they balance."""

    origin: FloatArray
    destination: FloatArray
    fallen: FloatArray


def shen_accessibility(
    times: ArrayLike,
    opportunities: ArrayLike,
    *,
    demand: ArrayLike,
    decay: str | Decay = "half_life",
    own: ArrayLike | None = 0.0,
) -> FloatArray:
    """Return supply per competing person, A_i = sum_j S_j f_ij / sum_k P_k f_kj.

    Supply per person, at least 0; sum P_i A_i = sum of the supply that any demand reaches, so the mean over
    people is supply over demand. Supply no demand reaches counts nothing; what is cut off adds 0. Shen, Q.
    (1998). Environment and Planning B 25(3), 345-365.
    """
    minutes, supply, people = _given(times, opportunities, demand, own)
    fallen = fall(decay, minutes)
    return weighted_sum(fallen, ratio(supply, weighted_sum(fallen.T, people), empty=0.0))


def two_step_catchment(
    times: ArrayLike,
    opportunities: ArrayLike,
    *,
    demand: ArrayLike,
    minutes: float = 30.0,
    own: ArrayLike | None = 0.0,
) -> FloatArray:
    """Return supply per person by two-step floating catchments (2SFCA) of ``minutes``.

    R_j = S_j over the people within reach of it, A_i = the sum of R_j within reach: `shen_accessibility`
    with a step. Supply per person, at least 0; sum P_i A_i = the supply with any demand in its catchment.
    What is cut off adds 0. Luo, W. and Wang, F. (2003). Environment and Planning B 30(6), 865-884.
    """
    return shen_accessibility(times, opportunities, demand=demand, decay=Step(minutes), own=own)


def balanced_accessibility(
    times: ArrayLike,
    opportunities: ArrayLike,
    *,
    demand: ArrayLike,
    decay: str | Decay = "half_life",
    own: ArrayLike | None = 0.0,
) -> FloatArray:
    """Return the inverse balancing factor of each origin, 1 / a_i = sum_j b_j D_j f_ij.

    ``demand`` is what leaves each place and ``opportunities`` what arrives, with equal totals.
    Opportunities, weighted by how contested they are, at least 0 (sum b_j D_j = sum D_j fixes the free
    scale); what is cut off adds 0. ParameterError if no flow meets both margins. Wilson, A. G. (1971).
    Environment and Planning A 3(1), 1-32.
    """
    minutes, arriving, leaving = _given(times, opportunities, demand, own)
    factors = _balance(fall(decay, minutes), leaving=leaving, arriving=arriving)
    return weighted_sum(factors.fallen, factors.destination * arriving)


def doubly_constrained_flows(
    times: ArrayLike,
    opportunities: ArrayLike,
    *,
    demand: ArrayLike,
    decay: str | Decay = "half_life",
    own: ArrayLike | None = 0.0,
) -> FloatArray:
    """Return the flows [n, n] a_i O_i b_j D_j f_ij that leave as ``demand`` and arrive as ``opportunities`` say.

    Rows and columns meet their margins to a relative 1e-9. Errors and source as for `balanced_accessibility`.
    """
    minutes, arriving, leaving = _given(times, opportunities, demand, own)
    factors = _balance(fall(decay, minutes), leaving=leaving, arriving=arriving)
    return np.outer(factors.origin * leaving, factors.destination * arriving) * factors.fallen


def gravity_flows(
    times: ArrayLike, opportunities: ArrayLike, *, decay: str | Decay | None = None, own: ArrayLike | None = None
) -> FloatArray:
    """Return the unconstrained gravity of every pair [n, n], O_i O_j f(t_ij), by default over the time squared.

    Opportunities squared times the decay's unit, at least 0; never falls as times fall. 0 where there is no
    way.
    """
    minutes = with_own(matrix(times, name="times"), own)
    masses = amounts(opportunities, name="opportunities", places=len(minutes))
    product = np.outer(masses, masses)
    fallen = fall(Power(2.0) if decay is None else decay, minutes)
    return np.multiply(product, fallen, out=np.zeros_like(product), where=product > 0)


def _balance(fallen: FloatArray, *, leaving: FloatArray, arriving: FloatArray) -> Factors:
    if not np.isclose(leaving.sum(), arriving.sum(), rtol=1e-9, atol=0.0):
        raise ParameterError(
            f"What leaves must arrive: demand sums to {leaving.sum():g}, opportunities to {arriving.sum():g}."
        )
    origin, destination = np.zeros_like(leaving), np.ones_like(arriving)
    with np.errstate(over="ignore", invalid="ignore"):  # where no flows exist the factors run away; that is told below
        for _ in range(ROUNDS):
            reached = weighted_sum(fallen, destination * arriving)
            if np.all(np.abs(origin * reached - 1)[leaving > 0] < MARGIN):
                free = ratio(arriving.sum(), (destination * arriving).sum(), empty=1.0)
                return Factors(origin / free, destination * free, fallen)
            if not np.isfinite(reached).all():
                break
            origin = ratio(np.ones_like(reached), reached, empty=0.0)
            destination = ratio(np.ones_like(origin), weighted_sum(fallen.T, origin * leaving), empty=0.0)
    raise ParameterError(
        f"No flows meet both margins within {ROUNDS} rounds: some demand cannot reach opportunities enough."
    )


def _given(
    times: ArrayLike, opportunities: ArrayLike, demand: ArrayLike, own: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    minutes = matrix(times, name="times")
    supply = amounts(opportunities, name="opportunities", places=len(minutes))
    return with_own(minutes, own), supply, amounts(demand, name="demand", places=len(minutes))
