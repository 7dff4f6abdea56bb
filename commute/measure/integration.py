"""The Metropolitan Integration Score: how well a metropolis hangs together because of its network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from commute.errors import ParameterError, UnknownNameError
from commute.measure.arrays import matrix, minutes_per_place
from commute.measure.pillars import PILLARS, Pairs, Settlement, pairs_of, shares
from commute.measure.profile import PROFILES, Profile, profile_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from commute.measure.arrays import FloatArray
    from commute.measure.pillars import Losses

    Status: TypeAlias = Literal["ok", "single_unit", "disconnected"]

COVERAGE_MINUTES: Final = (30, 45, 60, 120, 180)


@dataclass(frozen=True, eq=False, repr=False)
class Score:
    """The integration of one region, 0 to 100, and where every point of it comes from.

    ``total``: 100 times the weighted mean of the pillars; None with ``status`` "single_unit", where there
    is nothing to integrate. "disconnected" says that some residents have no way to one another; the total
    is finite. ``pillars``: access, mutual_reach, balance, quality, resilience, each in [0, 1] (NaN in a
    single unit). ``points``: one row per city, one column per pillar and the total; all cities sum to the
    score. ``coverage``: share of residents who reach the core within 30, 45, 60, 120 and 180 minutes.
    ``diagnostics``: see `score`. ``weights``: of the pillars, summing to one. ``worst_asset``: the physical
    structure whose loss hurts most, None if none is known. ``basis``: what the minutes include.
    """

    total: float | None
    status: Status
    pillars: pd.Series[float]
    points: pd.DataFrame
    coverage: pd.Series[float]
    diagnostics: pd.Series[float]
    profile: Profile
    weights: pd.Series[float]
    basis: str
    worst_asset: str | None

    def __repr__(self) -> str:
        """Say the score, its pillars and what it hangs on."""
        said = "undefined" if self.total is None else f"{self.total:.1f} of 100"
        rows = [f"  {name:<13}{self.pillars[name]:6.3f}  weight {self.weights[name]:.2f}" for name in PILLARS]
        weakest = [] if self.worst_asset is None else [f"  weakest without {self.worst_asset}"]
        return "\n".join([f"Integration score {said} ({self._under()})", *rows, *weakest])

    def _repr_html_(self) -> str:
        """Show the points of every city as a table under the score."""
        said = "undefined" if self.total is None else f"{self.total:.1f} of 100"
        table = self.points.sort_values("total", ascending=False).to_html(float_format="{:.2f}".format, border=0)
        return f"<p><b>Integration score {said}</b> ({self._under()})</p>{table}"

    def _under(self) -> str:
        return f"{self.profile.name}, {self.basis}, {self.status}"


def score(  # noqa: PLR0913 - each is a choice of its own
    times: ArrayLike,
    *,
    settlement: Settlement,
    without: Losses = (),
    to_core: ArrayLike | None = None,
    profile: str | Profile = "METRO",
    weights: Mapping[str, float] | None = None,
    basis: str = "door_to_door",
) -> Score:
    """Score how well the cities of a region are integrated, from the times between its places.

    Parameters
    ----------
    times
        [n, n] minutes, ``inf`` only where there is no way at all (not beyond a cutoff).
    settlement
        Who lives where, in which city, which cities are the core, how far apart. Keep it while networks
        change.
    without
        For each asset (a physical structure that fails as one) the times of the network that lacks it: a
        mapping, or an iterable of pairs, so that the matrices need not live at once. Without assets
        resilience is mutual reach.
    to_core
        [n] minutes to the core's nearest centre, for ``coverage``; by default to the nearest core place
        with people.
    profile
        A `Profile` or the name of one of ``PROFILES``.
    weights
        Pillar to weight, at least zero; a pillar not named weighs nothing; scaled to sum to one. Equal by
        default.
    basis
        What the minutes include; carried along.

    Returns
    -------
    Score
        Its ``diagnostics`` are no part of the total, for none of the first three is monotone in
        improvement: ``gini`` of closeness over residents; ``resilience_ratio`` R/M (0 where M is);
        ``saturated_share``, ``zero_share`` and ``cut_share`` of pairs of residents at u = 1, at u = 0 and
        without a way; ``cut_pairs``, the number of ordered pairs of places without a way;
        ``mutual_reach_metro`` and ``mutual_reach_agglo``, M by each known profile;
        ``mutual_reach_inclusive``, M over all pairs of residents, those of one city too; ``power_mean``
        (exponent one half) and ``geometric_mean`` (floor .01) of the pillars, times 100.

    Raises
    ------
    ParameterError
        For times that are no square of minutes of the settlement's size, or weights that are negative or
        all zero.
    UnknownNameError
        For a profile or a pillar that does not exist.

    Notes
    -----
    A, access: mean closeness of non-core people to the nearest core place; M, mutual reach: mean closeness
    u(t) of two random residents of different cities; B, balance: M (1 - Gini); Q, quality: mean of min(1,
    t*/t); R, resilience: M without the worst asset. No pillar falls when a time falls or a link opens.
    """
    chosen, scale = profile_of(profile), _weights(weights)
    minutes = matrix(times, name="times", places=len(settlement.population))
    pairs = pairs_of(settlement, profile=chosen)
    coverage = _coverage(_to_core(minutes, settlement=settlement, given=to_core), settlement=settlement)
    single = not pairs.weight.any()
    parts = np.full((len(minutes), len(PILLARS)), np.nan if single else 0.0)
    worst = None
    if not single:
        parts[pairs.kept], worst = shares(minutes, pairs=pairs, profile=chosen, without=without)
    pillars = pd.Series(parts.sum(axis=0), index=pd.Index(PILLARS, name="pillar"), name="pillars")
    diagnostics = _diagnostics(pairs.among(minutes), pairs=pairs, profile=chosen, pillars=pillars, weights=scale)
    points = _points(100 * parts * scale.to_numpy(), settlement=settlement)
    return Score(
        total=None if single else float(100 * (pillars * scale).sum()),
        status="single_unit" if single else "disconnected" if diagnostics["cut_share"] > 0 else "ok",
        pillars=pillars,
        points=points,
        coverage=coverage,
        diagnostics=diagnostics,
        profile=chosen,
        weights=scale,
        basis=basis,
        worst_asset=worst,
    )


def mutual_reach_by_pair(times: ArrayLike, *, settlement: Settlement, profile: str | Profile = "METRO") -> pd.DataFrame:
    """Share mutual reach out to ordered pairs of cities: from_city, to_city, weight, reached, lost.

    ``weight`` is the share of all pairs of residents and sums to one, ``reached`` sums to M, ``lost`` to 1
    - M. The frame is empty for a single unit. Raises as `score` does.
    """
    chosen = profile_of(profile)
    minutes = matrix(times, name="times", places=len(settlement.population))
    pairs = pairs_of(settlement, profile=chosen)
    cities = settlement.cities
    belongs = np.equal.outer(cities.to_numpy(), settlement.unit[pairs.kept].to_numpy()).astype(np.float64)
    weight = belongs @ pairs.weight @ belongs.T
    reached = belongs @ (pairs.weight * chosen.closeness(pairs.among(minutes))) @ belongs.T
    start, end = np.nonzero(weight)
    return pd.DataFrame(
        {
            "from_city": cities[start],
            "to_city": cities[end],
            "weight": weight[start, end],
            "reached": reached[start, end],
            "lost": weight[start, end] - reached[start, end],
        }
    )


def _weights(weights: Mapping[str, float] | None) -> pd.Series[float]:
    given = dict.fromkeys(PILLARS, 1.0) if weights is None else dict(weights)
    for name in given:
        if name not in PILLARS:
            raise UnknownNameError.of("pillar", str(name), {pillar: pillar for pillar in PILLARS})
    scale = np.array([given.get(pillar, 0.0) for pillar in PILLARS], dtype=np.float64)
    if not (np.isfinite(scale).all() and (scale >= 0).all() and scale.any()):
        raise ParameterError(f"The weights must be finite, at least zero and not all zero; got {given}.")
    return pd.Series(scale / scale.sum(), index=pd.Index(PILLARS, name="pillar"), name="weight")


def _to_core(minutes: FloatArray, *, settlement: Settlement, given: ArrayLike | None) -> FloatArray:
    if given is None:
        return np.asarray(minutes[:, settlement.in_core].min(axis=1), dtype=np.float64)
    return minutes_per_place(given, name="to_core", places=len(minutes))


def _coverage(to_core: FloatArray, *, settlement: Settlement) -> pd.Series[float]:
    people = settlement.population
    reached = [people[to_core <= cutoff].sum() / people.sum() for cutoff in COVERAGE_MINUTES]
    return pd.Series(reached, index=pd.Index(COVERAGE_MINUTES, name="cutoff"), name="coverage")


def _points(parts: FloatArray, *, settlement: Settlement) -> pd.DataFrame:
    points = pd.DataFrame(parts, columns=list(PILLARS), index=settlement.unit)
    by_city = points.groupby(level="city", sort=False).sum(min_count=1)
    by_city["total"] = by_city.sum(axis=1, skipna=False)
    return by_city


def _diagnostics(
    times: FloatArray, *, pairs: Pairs, profile: Profile, pillars: pd.Series[float], weights: pd.Series[float]
) -> pd.Series[float]:
    near = profile.closeness(times)
    mean_of = pairs.weight.sum() or np.nan  # one, but nothing to take a mean of in a single unit
    reach, balance, resilience = (float(pillars[name]) for name in ("mutual_reach", "balance", "resilience"))
    cut = np.isinf(times) & (pairs.weight > 0)
    power = float((weights * pillars**0.5).sum(skipna=False) ** 2)
    geometric = float(np.exp((weights * np.log(pillars.clip(lower=0.01))).sum(skipna=False)))
    everyone = pairs.people.sum()
    found = {
        "gini": np.maximum(0.0, 1 - balance / reach) if reach != 0 else 0.0,
        "resilience_ratio": resilience / reach if reach != 0 else 0.0,
        "saturated_share": float(pairs.weight[near == 1].sum() / mean_of),
        "zero_share": float(pairs.weight[near == 0].sum() / mean_of),
        "cut_share": float(pairs.weight[cut].sum() / mean_of),
        "cut_pairs": float(cut.sum()),
        **{
            f"mutual_reach_{name.lower()}": float(pairs.by_origin(known.closeness(times)).sum() / mean_of)
            for name, known in PROFILES.items()
        },
        "mutual_reach_inclusive": float(pairs.people @ near @ pairs.people / everyone**2),
        "power_mean": 100 * power,
        "geometric_mean": 100 * geometric,
    }
    return pd.Series(found, name="diagnostics")
