"""Criticality: every physical asset closed once, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.measure.manifest import manifest, settled
from commute.measure.metropolis import check_inhabited, inhabited, profile_of_region
from commute.measure.times import minutes_between_points, minutes_without
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

CORE_CIRCLE = 60  # minutes


def criticality(
    network: Network, *, basis: str | None = None, assumptions: Assumptions | None = None
) -> pd.DataFrame:
    """Close every asset once and say what is lost; the worst first.

    Returns
    -------
    DataFrame
        Index ``asset``; ``lines`` that hang on it, ``mutual_reach_lost`` (points of 100), ``people_lost`` (residents
        who leave the 60-minute circle of the nearest core city), ``minutes_lost`` (mean over pairs of residents of
        different cities that stay joined), ``pairs_cut`` (ordered pairs of counting points).

    Notes
    -----
    Times are fixed: traffic that would move to other crossings does not slow them down.
    """
    given, profile = settled(assumptions, basis), profile_of_region(network)
    check_inhabited(network)
    graph = time_graph(network, given)
    living, ids, _ = inhabited(graph, "county")
    people, unit, cores = living.population, living.unit.to_numpy(), list(network.cores)
    weight = np.where(unit[:, None] != unit[None, :], people[:, None] * people[None, :], 0.0)
    whole = minutes_between_points(graph, ids, [*ids, *cores])
    before, lines = whole[:, : len(ids)], _lines_by_asset(network)
    close = profile.closeness(before)
    near = whole[:, len(ids) :].min(axis=1) <= CORE_CIRCLE
    rows = []
    for asset, minutes in minutes_without(graph, ids, [*ids, *cores], assets=list(graph.assets)):
        pairs = minutes[:, : len(ids)]
        joined = weight * np.isfinite(pairs)
        slower = np.subtract(pairs, before, out=np.zeros_like(pairs), where=np.isfinite(pairs))
        closeness = close - profile.closeness(pairs)
        rows.append(
            {
                "asset": asset,
                "lines": ", ".join(lines[asset]),
                "mutual_reach_lost": 100 * float((weight * closeness).sum() / max(weight.sum(), 1.0)),
                "people_lost": float(people[near & ~(minutes[:, len(ids) :].min(axis=1) <= CORE_CIRCLE)].sum()),
                "minutes_lost": float((joined * slower).sum() / max(joined.sum(), 1.0)),
                "pairs_cut": int((np.isinf(pairs) & np.isfinite(before)).sum()),
            }
        )
    columns = ["asset", "lines", "mutual_reach_lost", "people_lost", "minutes_lost", "pairs_cut"]
    frame = pd.DataFrame(rows, columns=columns).set_index("asset")
    frame = frame.sort_values(["mutual_reach_lost", "people_lost"], ascending=False, kind="stable")
    frame.attrs["manifest"] = manifest(network, given)
    return frame


def _lines_by_asset(network: Network) -> dict[str, list[str]]:
    """Return the names of the lines in service that hang on each asset."""
    lines = network.lines[network.lines.index.isin(network.operating_links["line_id"])]
    each = lines.assign(asset=lines["asset"].str.split(";")).explode("asset").dropna(subset="asset")
    return {str(asset): list(rows["name"]) for asset, rows in each.groupby(each["asset"].str.strip())}
