"""Timeline: score, circles and milestones of a network from date to date."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.manifest import manifest, settled
from commute.measure.metropolis import integration
from commute.measure.times import minutes_between
from commute.model.network import as_date
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

CUTOFFS = (30, 60)


def timeline(
    network: Network,
    dates: Iterable[int | str | dt.date],
    *,
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Score the network as of each date and say what came within reach since the one before.

    Parameters
    ----------
    network
        An undated network: one seen ``as_of`` a day has forgotten what opened later.
    dates
        Days, as ISO texts or dates; a year stands for its first of January.

    Returns
    -------
    DataFrame
        Index ``date``, ascending; ``score``, the pillars, ``coverage_30`` and ``coverage_60`` (share of residents
        who reach the centre of the nearest core city), ``milestones`` (a text such as "Zhongshan enters Shenzhen's
        60-minute circle"; empty for the first date), ``basis``.

    Raises
    ------
    ParameterError
        If the network is dated, no date is given, or one is no date.
    """
    days = sorted({_day(date) for date in dates})
    if not days:
        raise ParameterError("A timeline needs at least one date.")
    if network.date is not None:
        raise ParameterError(
            f"The network is seen as of {network.date} and has forgotten what opened later: give the undated one."
        )
    given = settled(assumptions, basis)
    rows, before = [], None
    for day in days:
        seen = network.as_of(day)
        score = integration(seen, assumptions=given)
        now = minutes_between(time_graph(seen, given), list(network.cores), list(network.cities), direction="to")
        row = {"date": pd.Timestamp(day), "score": np.nan if score.total is None else score.total}
        row |= {str(name): float(value) for name, value in score.pillars.items()}
        row |= {f"coverage_{cutoff}": float(score.coverage[cutoff]) for cutoff in CUTOFFS}
        rows.append(row | {"milestones": _milestones(network, before, now), "basis": given.basis})
        before = now
    frame = pd.DataFrame(rows).set_index("date")
    frame.attrs["manifest"] = manifest(network, given)
    return frame


def _day(date: int | str | dt.date) -> dt.date:
    if not isinstance(date, int | np.integer):
        return as_date(date)
    if not dt.MINYEAR <= date <= dt.MAXYEAR:
        raise ParameterError(f"{date} is not a year.")
    return dt.date(int(date), 1, 1)


def _milestones(network: Network, before: np.ndarray | None, now: np.ndarray) -> str:
    """Say which cities came into which core's circles; nothing before there is anything to compare with."""
    if before is None:
        return ""
    name = network.places["name"]
    told = [
        f"{name[city]} {verb} {name[core]}'s {cutoff}-minute circle"
        for row, core in enumerate(network.cores)
        for column, city in enumerate(network.cities)
        for cutoff in CUTOFFS
        for verb, left, entered in (("enters", before, now), ("leaves", now, before))
        if core != city and entered[row, column] <= cutoff < left[row, column]
    ]
    return "; ".join(told)
