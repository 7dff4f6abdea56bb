"""Cliff: how much of a circle hangs on its cutoff, told by what a few minutes less and more would change.

A cutoff is a convention. Where five minutes more would double the people inside, their number says little.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.circles import DEFAULT_MINUTES, reach
from commute.measure.routing import checked_cutoffs
from commute.measure.street_circles import circles_over_streets
from commute.model.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    from numpy.typing import ArrayLike

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

_COUNTED = ("area_km2", "people", "junctions", "gdp", "cities", "counties")


@singledispatch
def cliff(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origins: str | Iterable[str] | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    by: float = 5,
    streets: Streets | Mapping[str, Streets] | None = None,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Tell what cutoffs ``by`` minutes earlier and later would change for each origin.

    Over ``Streets`` the origins are junctions or points, and the ground is measured too:
    ``cliff(streets, origins, minutes=(30, 60), by=5, weights=None, direction="from", threads=1)``.

    Returns
    -------
    DataFrame
        One row per origin and cutoff: ``origin_id``, ``cutoff``, ``direction``, ``by``, and of each number that
        ``reach`` (over streets ``isochrones``) tells, such as ``people``: itself, ``people_lost`` if the cutoff were
        so much earlier, and ``people_gained`` if it were so much later. ``attrs["manifest"]`` as of ``reach``.

    Raises
    ------
    ParameterError
        Unless ``by`` is above 0 and below every cutoff; and as ``reach``.
    """
    cutoffs = _around(minutes, by)
    found = reach(
        network, origins, cutoffs, streets=streets, direction=direction, basis=basis, assumptions=assumptions
    )
    return _changes(found, minutes, by)


def cliff_over_streets(  # noqa: PLR0913 - each is a choice of its own
    streets: Streets,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    minutes: float | Iterable[float] = DEFAULT_MINUTES,
    *,
    by: float = 5,
    direction: str = "from",
    weights: Any = None,  # noqa: ANN401 - whatever reach takes
    threads: int = 1,
) -> pd.DataFrame:
    """Tell what cutoffs ``by`` minutes earlier and later would change, in ``area_km2`` and people or junctions."""
    cutoffs = _around(minutes, by)
    found = circles_over_streets(streets, origins, cutoffs, direction=direction, weights=weights, threads=threads)
    return _changes(found, minutes, by)


cliff.register(Streets, cliff_over_streets)


def _around(minutes: float | Iterable[float], by: float) -> tuple[float, ...]:
    """Return every cutoff and those before and after it."""
    cutoffs = np.array(checked_cutoffs(minutes))
    if not 0 < by < cutoffs[0]:
        raise ParameterError(f"by must be above 0 and below every cutoff, got {by:g} and {cutoffs[0]:g} minutes.")
    return tuple(np.unique(np.concatenate([cutoffs - by, cutoffs, cutoffs + by])).tolist())


def _changes(found: pd.DataFrame, minutes: float | Iterable[float], by: float) -> pd.DataFrame:
    """Set the numbers of each cutoff beside their changes; ``found`` has those of all cutoffs around it."""
    cutoffs, around = checked_cutoffs(minutes), _around(minutes, by)
    counted = [name for name in _COUNTED if name in found]
    table = found[counted].to_numpy(dtype=np.float64).reshape(-1, len(around), len(counted))
    at = np.searchsorted(around, np.array(cutoffs))
    earlier, later = (np.searchsorted(around, np.array(cutoffs) + step) for step in (-by, by))
    frame = found.iloc[(np.arange(len(table))[:, None] * len(around) + at).ravel()]
    frame = pd.DataFrame(frame[["origin_id", "cutoff", "direction"]]).reset_index(drop=True).assign(by=float(by))
    for column, name in enumerate(counted):
        frame[name] = table[:, at, column].ravel()
        frame[f"{name}_lost"] = (table[:, at, column] - table[:, earlier, column]).ravel()
        frame[f"{name}_gained"] = (table[:, later, column] - table[:, at, column]).ravel()
    frame.attrs["manifest"] = found.attrs["manifest"]
    return frame
