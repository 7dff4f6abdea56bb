"""The five pillars of the integration score, each shared out to the places it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.arrays import amounts, matrix

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from commute.measure.arrays import BoolArray, FloatArray
    from commute.measure.profile import Profile

    Losses: TypeAlias = Mapping[str, ArrayLike] | Iterable[tuple[str, ArrayLike]]

PILLARS: Final = ("access", "mutual_reach", "balance", "quality", "resilience")


@dataclass(frozen=True, eq=False)
class Settlement:
    """Who lives where: what stays fixed while networks, dates and scenarios are compared.

    ``population`` [n] people; ``unit`` [n] the city each place belongs to; ``core`` the cities at the centre;
    ``distance_km`` [n, n] crow-fly kilometres. A place without people carries nothing, not even as a core.

    Raises ParameterError if the shapes differ, an amount is negative, NaN or infinite, nobody lives in the
    region or in its core, a unit is missing, or the core names a city that is no unit.
    """

    population: FloatArray
    unit: pd.Index
    core: Collection[Hashable]
    distance_km: FloatArray

    def __post_init__(self) -> None:
        """Cast and check."""
        labels = pd.Index(list(self.unit), name="city")
        people = amounts(self.population, name="population", places=len(labels))
        distance = matrix(self.distance_km, name="distance_km", places=len(labels))
        core = frozenset([self.core] if isinstance(self.core, str) else self.core)
        if labels.hasnans:
            raise ParameterError(f"Every place needs a unit; place {int(np.argmax(labels.isna()))} has none.")
        if np.isinf(distance).any():
            raise ParameterError("distance_km must be finite: a crow flies everywhere.")
        if not people.any():
            raise ParameterError("Nobody lives in the region: every population is zero.")
        if strangers := core.difference(labels):
            raise ParameterError(
                f"The core names {', '.join(sorted(map(repr, strangers)))}, which is no unit of the region; "
                f"its units are {', '.join(map(repr, labels.unique()))}."
            )
        if not people[labels.isin(core)].any():
            raise ParameterError("Nobody lives in the core; name at least one unit with people as core.")
        for field, value in (
            ("population", people),
            ("unit", labels),
            ("core", core),
            ("distance_km", distance),
        ):
            object.__setattr__(self, field, value)

    @property
    def cities(self) -> pd.Index:
        """Every unit once, in order of appearance."""
        return self.unit.unique()

    @property
    def lived_in(self) -> BoolArray:
        """Which places [n] have people."""
        return np.asarray(self.population > 0, dtype=np.bool_)

    @property
    def in_core(self) -> BoolArray:
        """Which places [n] have people and belong to a core city."""
        return self.lived_in & np.asarray(self.unit.isin(self.core), dtype=np.bool_)


class Pairs(NamedTuple):
    """The weight of every ordered pair of residents of different cities, over the places with people.

    ``kept`` [n] bool which places those are; ``weight`` [m, m] sums to one (to zero in a single city);
    ``mass`` [m] is its row sum; ``people`` [m]; ``core`` [m] bool; ``ideal`` [m, m] minutes a good network
    would take.
    """

    kept: BoolArray
    weight: FloatArray
    mass: FloatArray
    people: FloatArray
    core: BoolArray
    ideal: FloatArray

    def among(self, times: FloatArray) -> FloatArray:
        """Return the rows and columns of ``times`` [n, n] of places with people, [m, m]."""
        return times if self.kept.all() else times[np.ix_(self.kept, self.kept)]

    def by_origin(self, value: FloatArray) -> FloatArray:
        """Return the weighted sum of ``value`` [m, m] over destinations, [m]; all of it sums to the mean."""
        return np.asarray(np.einsum("ij,ij->i", self.weight, value), dtype=np.float64)


class Worst(NamedTuple):
    """The network without the asset it can least do without: the asset and each place's share of M there."""

    asset: str | None
    shares: FloatArray


def pairs_of(settlement: Settlement, *, profile: Profile) -> Pairs:
    """Weigh the pairs of residents; O(n²), once for any number of networks."""
    kept = settlement.lived_in
    people = settlement.population[kept]
    city: NDArray[np.intp] = pd.factorize(settlement.unit[kept])[0]
    weight = np.where(city[:, None] != city[None, :], np.outer(people, people), 0.0)
    everything = weight.sum()
    if everything > 0:
        weight /= everything
    ideal = profile.ideal(settlement.distance_km[np.ix_(kept, kept)])
    return Pairs(kept, weight, weight.sum(axis=1), people, settlement.in_core[kept], ideal)


def shares(times: FloatArray, *, pairs: Pairs, profile: Profile, without: Losses) -> tuple[FloatArray, str | None]:
    """Share the five pillars out to the places with people, and name the worst asset.

    [m, 5] in the order of PILLARS; each column sums to its pillar. ``pairs.weight`` must not be all zero.
    """
    near = profile.closeness(pairs.among(times))
    mutual = pairs.by_origin(near)
    worst = worst_loss(without, pairs=pairs, profile=profile)
    resilient = mutual if worst is None else worst.shares
    columns = (
        access_shares(near, mutual=mutual, pairs=pairs),
        mutual,
        balance_shares(mutual, mass=pairs.mass),
        pairs.by_origin(profile.quality(pairs.among(times), pairs.ideal)),
        resilient,
    )
    return np.column_stack(columns), None if worst is None else worst.asset


def access_shares(near: FloatArray, *, mutual: FloatArray, pairs: Pairs) -> FloatArray:
    """Share out A, the mean closeness of people outside the core to the core place nearest to them.

    Where everybody lives in the core, A is M.
    """
    outside = np.where(pairs.core, 0.0, pairs.people)
    if not outside.any():
        return mutual
    return np.asarray(outside * near[:, pairs.core].max(axis=1) / outside.sum(), dtype=np.float64)


def balance_shares(mutual: FloatArray, *, mass: FloatArray) -> FloatArray:
    """Share out B = M (1 - Gini), Sen's welfare of the closeness s.

    s_i = M_i / om_i is how near place i is to the people of other cities, om_i its mass, and
    B = sum_ij om_i om_j min(s_i, s_j).

    Sen, A. (1976). Real national income. Review of Economic Studies 43(1), 19-39.
    """
    closeness = mutual / mass
    return mass * (np.minimum.outer(closeness, closeness) @ mass)


def worst_loss(without: Losses, *, pairs: Pairs, profile: Profile) -> Worst | None:
    """Find the asset whose loss leaves the lowest M; None if there is no asset.

    ``without`` maps each asset to the times [n, n] of the network that lacks it, or yields such pairs one
    at a time, so that they need not live at once. Of equals the smallest asset id is taken.
    """
    worst: Worst | None = None
    lowest = (np.inf, "")
    for asset, times in _each(without):
        lost = matrix(times, name=f"The times without {asset!r}", places=len(pairs.kept))
        left = pairs.by_origin(profile.closeness(pairs.among(lost)))
        # Twelve digits: two assets that matter alike must not be told apart by the order of a sum.
        rank = (round(float(left.sum()), 12), str(asset))
        if rank < lowest:
            worst, lowest = Worst(str(asset), left), rank
    return worst


def _each(without: Losses) -> Iterator[tuple[str, ArrayLike]]:
    yield from without.items() if isinstance(without, Mapping) else without
