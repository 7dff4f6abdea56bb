"""Every accessibility indicator under its name, and one door that turns it into a Series."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from commute.errors import ParameterError, UnknownNameError
from commute.measure.arrays import amounts, matrix
from commute.measure.competition import balanced_accessibility, shen_accessibility, two_step_catchment
from commute.measure.opportunities import (
    contact_potential,
    cumulative_opportunities,
    daily_accessibility,
    dual_access,
    logsum,
    potential,
    soft_cumulative,
    time_equivalent,
)
from commute.measure.separation import (
    average_reached_time,
    betweenness_centrality,
    circuity,
    closeness_centrality,
    global_efficiency,
    harmonic_centrality,
    network_efficiency,
    reached_share,
    straightness,
    weighted_average_travel_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from commute.measure.arrays import FloatArray

Indicator: TypeAlias = "Callable[..., FloatArray]"

INDICATORS: Final[dict[str, Indicator]] = {
    function.__name__: function
    for function in (
        weighted_average_travel_time,
        average_reached_time,
        reached_share,
        potential,
        daily_accessibility,
        contact_potential,
        cumulative_opportunities,
        soft_cumulative,
        network_efficiency,
        global_efficiency,
        closeness_centrality,
        harmonic_centrality,
        betweenness_centrality,
        straightness,
        circuity,
        dual_access,
        time_equivalent,
        two_step_catchment,
        shen_accessibility,
        balanced_accessibility,
        logsum,
    )
}


def indicator(times: ArrayLike, opportunities: ArrayLike, *, of: str | Indicator) -> pd.Series[float]:
    """Compute an indicator for every place, with the index of ``opportunities`` and the indicator's name.

    ``of`` is a name in ``INDICATORS`` or any function of (times [n, n], opportunities [n]) to [n]; bind an
    indicator's parameters with ``functools.partial(potential, decay=Power(2))``. If ``times`` is a frame,
    its rows and columns must be the places of ``opportunities`` in the same order. Raises UnknownNameError
    for an unknown name, ParameterError if a parameter is missing, labels differ, or the indicator does.
    """
    function = _chosen(of)
    if isinstance(times, pd.DataFrame):
        _same_places(times, opportunities)
    minutes = matrix(times, name="times")
    there = amounts(opportunities, name="opportunities", places=len(minutes))
    name = _name(function)
    values = np.asarray(function(minutes, there), dtype=np.float64)
    if values.shape != there.shape or np.isnan(values).any():
        raise ParameterError(
            f"An indicator must return one number per place, {len(there)} and none of them NaN; {name} did not."
        )
    index = opportunities.index if isinstance(opportunities, pd.Series) else None
    return pd.Series(values, index=index, name=name)


def _chosen(of: str | Indicator) -> Indicator:
    if isinstance(of, str):
        if of not in INDICATORS:
            raise UnknownNameError.of("indicator", of, {name: name for name in INDICATORS})
        function = INDICATORS[of]
    elif callable(of):
        function = of
    else:
        raise ParameterError(f"An indicator is a name or a function of times and opportunities; got {of!r}.")
    asked = list(inspect.signature(function).parameters.values())
    missing = [one.name for one in asked if one.kind is one.KEYWORD_ONLY and one.default is one.empty]
    if missing:
        name, needs = _name(function), " and ".join(missing)
        raise ParameterError(f"{name} needs {needs}: give functools.partial({name}, {missing[0]}=…).")
    return function


def _same_places(times: pd.DataFrame, opportunities: ArrayLike) -> None:
    if not times.index.equals(times.columns):
        raise ParameterError("The rows and columns of times must be the same places in the same order.")
    if isinstance(opportunities, pd.Series) and not times.index.equals(opportunities.index):
        raise ParameterError("times and opportunities must have the same places in the same order; use reindex.")


def _name(function: Indicator) -> str:
    inner = function.func if isinstance(function, partial) else function
    return str(getattr(inner, "__name__", type(inner).__name__))
