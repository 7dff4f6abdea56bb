"""How far a place is from all others: mean times, efficiency and centrality, weighted by what is there.

Every function takes a matrix [n, n] and ``opportunities`` [n] (people, jobs, yuan; ones for the unweighted
textbook form) and returns one number per place [n]. A place never counts itself. Wrong input raises
ParameterError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from commute.errors import ParameterError
from commute.measure.arrays import amounts, matrix, over_others, ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from commute.measure.arrays import FloatArray

TOLERANCE_MINUTES: Final = 1e-6  # far below a tenth of a second, far above the rounding of a sum


def weighted_average_travel_time(times: ArrayLike, opportunities: ArrayLike) -> FloatArray:
    """Return the mean minutes to the opportunities of all other places, sum t_ij M_j / sum M_j.

    Minutes, at least 0; falls as times fall; the same for k times the opportunities. inf if any opportunity
    is cut off, or if there is none elsewhere. Gutiérrez, J. (2001). Journal of Transport Geography 9(4),
    229-242.
    """
    minutes, weight = _given(times, opportunities)
    total, all_of_it = over_others(minutes, weight)
    return ratio(total, all_of_it, empty=np.inf)


def average_reached_time(times: ArrayLike, opportunities: ArrayLike) -> FloatArray:
    """Return the mean minutes to the opportunities that can be reached at all; read it beside `reached_share`.

    Minutes, at least 0; **not monotone**: a new link to a far place raises it. inf if nothing is reached.
    """
    minutes, weight = _given(times, opportunities)
    reached = np.isfinite(minutes)
    total, _ = over_others(np.where(reached, minutes, 0.0), weight)
    all_of_it, _ = over_others(reached.astype(np.float64), weight)
    return ratio(total, all_of_it, empty=np.inf)


def reached_share(times: ArrayLike, opportunities: ArrayLike) -> FloatArray:
    """Return the share of the opportunities elsewhere that can be reached at all.

    In [0, 1]; never falls as times fall; 0 if there is none elsewhere.
    """
    minutes, weight = _given(times, opportunities)
    total, all_of_it = over_others(np.isfinite(minutes).astype(np.float64), weight)
    return ratio(total, all_of_it, empty=0.0)


def network_efficiency(times: ArrayLike, opportunities: ArrayLike, *, ideal: ArrayLike) -> FloatArray:
    """Return relative ease, how many times the ideal a journey takes: sum (t_ij / t*_ij) M_j / sum M_j.

    ``ideal`` [n, n] minutes, above 0 between different places. No unit; at least 1 where t >= t*, and 1 is
    best; falls as times fall; neutral to where a place lies. inf if any opportunity is cut off, or if there
    is none elsewhere. Gutiérrez, J., Monzón, A. and Piñero, J. M. (1998). Environment and Planning A 30(8),
    1337-1350.
    """
    minutes, weight = _given(times, opportunities)
    total, all_of_it = over_others(minutes / _ideal(ideal, places=len(weight)), weight)
    return ratio(total, all_of_it, empty=np.inf)


def global_efficiency(times: ArrayLike, opportunities: ArrayLike, *, ideal: ArrayLike | None = None) -> FloatArray:
    """Return what each place adds to global efficiency: all of them sum to E, or to E / E* if ``ideal`` is given.

    E is the mean of 1 / t over ordered pairs, weighted by the opportunities at both ends; E* that of
    ``ideal`` [n, n]. Per minute, at least 0 (of no unit, in [0, 1] where t >= t*); never falls as times
    fall. A pair cut off adds 0; a pair of places at no distance makes it inf. Latora, V. and Marchiori, M.
    (2001). Physical Review Letters 87, 198701.
    """
    minutes, weight = _given(times, opportunities)
    mine, others = over_others(_per_minute(minutes), weight)
    if ideal is None:
        best = others
    else:
        best, _ = over_others(1 / _ideal(ideal, places=len(weight)), weight)
    contribution = np.multiply(mine, weight, out=np.zeros_like(mine), where=weight > 0)
    return ratio(contribution, np.full_like(mine, weight @ best), empty=0.0)


def closeness_centrality(times: ArrayLike, opportunities: ArrayLike) -> FloatArray:
    """Return sum O_j / sum O_j t_ij, one over the mean time; (n - 1) / sum t_ij for opportunities of one.

    Per minute, at least 0; never falls as times fall. 0 if any opportunity is cut off or there is none
    elsewhere; inf if all of them are at no distance. Freeman, L. C. (1978). Social Networks 1(3), 215-239.
    """
    return _per_minute(weighted_average_travel_time(times, opportunities))


def harmonic_centrality(times: ArrayLike, opportunities: ArrayLike) -> FloatArray:
    """Return sum O_j / t_ij, to which what is cut off adds nothing.

    Opportunities per minute, at least 0; never falls as times fall; additive in opportunities. inf if one
    of them is at no distance. Marchiori, M. and Latora, V. (2000). Physica A 285(3-4), 539-546.
    """
    minutes, weight = _given(times, opportunities)
    return over_others(_per_minute(minutes), weight)[0]


def betweenness_centrality(times: ArrayLike, opportunities: ArrayLike) -> FloatArray:
    """Return the share of demand O_i O_j for which the place lies on a fastest way: t_iv + t_vj = t_ij.

    No unit, in [0, 1]; **not monotone**: a bypass takes from it. The ends of a journey are not between
    them; where several ways are equally fast, all places on them count. Demand that is cut off passes
    nowhere. O(n³). After Freeman, L. C. (1977). Sociometry 40(1), 35-41.
    """
    minutes, weight = _given(times, opportunities)
    demand = np.outer(weight, weight)
    np.fill_diagonal(demand, 0.0)
    demand_met = np.where(np.isfinite(minutes), demand, 0.0)
    shares = np.zeros(len(weight))
    for place in range(len(weight)):
        through = minutes[:, place, None] + minutes[place] <= minutes + TOLERANCE_MINUTES
        through[place, :] = through[:, place] = False
        shares[place] = demand_met[through].sum()
    return ratio(shares, np.full_like(shares, demand.sum()), empty=0.0)


def straightness(lengths_km: ArrayLike, opportunities: ArrayLike, *, distance_km: ArrayLike) -> FloatArray:
    """Return the mean of crow-fly over network distance to the opportunities elsewhere.

    ``lengths_km`` and ``distance_km`` [n, n], of network and crow. No unit, in [0, 1], 1 is straight; never
    falls as lengths fall. 0 for what is cut off or if there is nothing elsewhere; 1 for two places on one
    spot. ParameterError if the network is shorter than the crow flies. Vragović, I., Louis, E. and
    Díaz-Guilera, A. (2005). Physical Review E 71, 036122.
    """
    lengths, crow, weight = _lengths(lengths_km, opportunities, distance_km)
    total, all_of_it = over_others(ratio(crow, lengths, empty=1.0), weight)
    return ratio(total, all_of_it, empty=0.0)


def circuity(lengths_km: ArrayLike, opportunities: ArrayLike, *, distance_km: ArrayLike) -> FloatArray:
    """Return network kilometres per crow-fly kilometre to the opportunities elsewhere, sum d_N O / sum d_E O.

    Shapes and errors as for `straightness`. No unit, at least 1; falls as lengths fall. inf if any
    opportunity is cut off or lies on the same spot by a detour, 1 if there is nothing elsewhere. Levinson,
    D. and El-Geneidy, A. (2009). Regional Science and Urban Economics 39(6), 732-738.
    """
    lengths, crow, weight = _lengths(lengths_km, opportunities, distance_km)
    travelled, flown = over_others(lengths, weight)[0], over_others(crow, weight)[0]
    return np.where((flown == 0) & (travelled > 0), np.inf, ratio(travelled, flown, empty=1.0))


def _given(times: ArrayLike, opportunities: ArrayLike) -> tuple[FloatArray, FloatArray]:
    minutes = matrix(times, name="times")
    return minutes, amounts(opportunities, name="opportunities", places=len(minutes))


def _ideal(ideal: ArrayLike, *, places: int) -> FloatArray:
    cast = matrix(ideal, name="ideal", places=places).copy()
    np.fill_diagonal(cast, 1.0)  # nobody travels to where he is; one keeps the division defined
    if not (np.isfinite(cast) & (cast > 0)).all():
        raise ParameterError("ideal must be finite and above zero between different places.")
    return cast


def _per_minute(minutes: FloatArray) -> FloatArray:
    return ratio(np.ones_like(minutes), minutes, empty=np.inf)


def _lengths(
    lengths_km: ArrayLike, opportunities: ArrayLike, distance_km: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    lengths = matrix(lengths_km, name="lengths_km")
    crow = matrix(distance_km, name="distance_km", places=len(lengths))
    if np.isinf(crow).any():
        raise ParameterError("distance_km must be finite: a crow flies everywhere.")
    if (lengths < crow * (1 - 1e-9)).any():
        at = tuple(int(axis) for axis in np.argwhere(lengths < crow * (1 - 1e-9))[0])
        raise ParameterError(
            f"No way is shorter than the crow flies; got {lengths[at]:g} km over {crow[at]:g} km at {at}."
        )
    return lengths, crow, amounts(opportunities, name="opportunities", places=len(lengths))
