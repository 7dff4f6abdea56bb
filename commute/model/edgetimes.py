"""Edge times: what the minutes of every edge of a time graph follow from, so that they can be told anew in no time.

An edge takes ``fixed`` minutes and ``share`` times one quantity of the assumptions: a check-in, the minutes per
kilometre of local streets, the traffic of the period. On top come what is set apart of it: a ``wait``, or a border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from commute.model.assumptions import EXPRESSWAY_KMH, parameters
from commute.model.clock import DECISECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from commute.model.assumptions import Assumptions

    _Numbers = ArrayLike
    _Names = str | Iterable[str]

NEVER = 2**30 - 1  # deciseconds of an edge that is not there; the kernels' INF
_LIMITS = {"expressway": EXPRESSWAY_KMH, "urban": EXPRESSWAY_KMH - 1}  # km/h: one limit of each class of congestion


class EdgeTimes(NamedTuple):
    """What the times of edges follow from, as parallel arrays.

    ``by`` and ``border`` are positions in ``QUANTITIES``. ``km`` and ``water`` are of local ways, the straight line and
    its share over water, -1 for any other edge; a local way is there only within the limit ``within`` (a position in
    ``QUANTITIES``) and, unless walked, with little water.
    """

    fixed: NDArray[np.float64]
    share: NDArray[np.float64]
    by: NDArray[np.int64]
    wait: NDArray[np.float64]
    border: NDArray[np.int64]
    km: NDArray[np.float64]
    water: NDArray[np.float64]
    within: NDArray[np.int64]

    def of(self, edges: NDArray[np.bool_]) -> EdgeTimes:
        """Return those of some of the edges."""
        return EdgeTimes(*(column[edges] for column in self))  # type: ignore[arg-type]

    def under(self, assumptions: Assumptions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the deciseconds of every edge and the part of them set apart, each rounded on its own."""
        now, limits = quantities(assumptions), assumptions.local
        extra = np.rint((self.wait + now[self.border]) * DECISECONDS).astype(np.int64)
        time = np.rint((self.fixed + self.share * now[self.by]) * DECISECONDS).astype(np.int64) + extra
        gone = self.km > np.minimum(now[self.within], limits["access_km"])
        gone |= self.water >= limits["water_share"]
        return np.where(gone, NEVER, time), extra


def taking(  # noqa: PLR0913 - one argument per column
    edges: int,
    *,
    fixed: _Numbers = 0.0,
    share: _Numbers = 1.0,
    by: _Names = "nothing",
    wait: _Numbers = 0.0,
    border: _Names = "nothing",
    km: _Numbers = -1.0,
    water: _Numbers = -1.0,
    within: str = "anything",
) -> EdgeTimes:
    """Say what the times of this many edges follow from; quantities by their names."""
    numbers = [np.broadcast_to(np.asarray(one, dtype=np.float64), edges) for one in (fixed, share, wait, km, water)]
    names = [np.broadcast_to(_places(one), edges) for one in (by, border, within)]
    fixed_minutes, shares, waits, distances, over_water = numbers
    return EdgeTimes(fixed_minutes, shares, names[0], waits, names[1], distances, over_water, names[2])


def _places(names: _Names) -> NDArray[np.int64]:
    several = [names] if isinstance(names, str) else list(names)
    return np.array([PLACE[str(name)] for name in several], dtype=np.int64)


def quantities(assumptions: Assumptions) -> NDArray[np.float64]:
    """Return what the assumptions say of each of ``QUANTITIES``."""
    local = 60 * assumptions.local["circuity"]
    said = {name: getattr(assumptions, known.group)[known.key] for name, known in parameters().items()}
    said |= {f"pace.{way}": local / assumptions.speed[way] for way in ("walk", "transit", "car")}
    for kind, limit in _LIMITS.items():
        delay = assumptions.delay(limit)
        said |= {f"traffic.{kind}": delay, f"driving.{kind}": delay / assumptions.road["limit_share"]}
    return np.array([0.0, np.inf, *(said[name] for name in QUANTITIES[2:])])


QUANTITIES = (
    "nothing",
    "anything",
    *parameters(),
    *(f"pace.{way}" for way in ("walk", "transit", "car")),
    *(f"{what}.{kind}" for kind in _LIMITS for what in ("traffic", "driving")),
)
"""Every number of the assumptions, minutes per km of straight line, minutes per minute of free flow or at the limit."""
PLACE = {name: place for place, name in enumerate(QUANTITIES)}
