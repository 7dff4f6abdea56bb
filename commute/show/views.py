"""Views: what a table for the eye shows of a result — names for identifiers, and no column that says one thing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from commute.measure.comparison import Comparison
    from commute.measure.integration import Score
    from commute.model.network import Network

_ROWS = 12  # pairs that fit a screen under the summary
_TENTH = 0.05  # minutes: what a table of tenths can show


def titled(network: Network, *, name: str | None = None, basis: str | None = None) -> str:
    """Say what a table is about: the region or ``name``, the day and the basis."""
    what = name or (network.region.name if network.region else "The network")
    return ", ".join(str(part) for part in (what, network.date, basis) if part)


def reach_view(found: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Name the origins and the units."""
    columns = {"origin_id": "origin", "cutoff": "minutes", "gdp": "GDP, billion CNY", "gdp_elsewhere": "GDP elsewhere"}
    shown = found.drop(columns=["direction", "basis"]).rename(columns=columns)
    return shown.assign(origin=shown["origin"].map(network.places["name"]))


def journey_view(legs: pd.DataFrame) -> pd.DataFrame:
    """Keep the typical journey, and of a leg that stays where it is one place."""
    typical = legs[legs["journey"] == 0]
    columns = {"from_place": "from", "to_place": "to"}
    shown = typical[["kind", *columns, "line", "mode", "minutes"]].rename(columns=columns)
    return shown.assign(to=shown["to"].where(shown["to"] != shown["from"], ""))


def score_view(score: Score, network: Network) -> pd.DataFrame:
    """Name the cities, the most points first."""
    named = score.points.rename(index=network.places["name"]).rename_axis("city")
    return named.sort_values("total", ascending=False, kind="stable").reset_index()


def summary_view(summary: pd.DataFrame) -> pd.DataFrame:
    """Turn the summary round: one row per number, one column per scenario."""
    numbers = summary.drop(columns=["status", "basis"]).set_index("scenario").T.astype("object")
    return numbers.rename_axis(None, axis=1).rename_axis("measure").reset_index()


def pairs_view(result: Comparison) -> pd.DataFrame:
    """Return the dozen pairs that change most, by name; the way back is left out where it takes as long."""
    changed = result.pairs[result.pairs["delta"].abs() > _TENTH]
    ends = ["<".join(sorted(pair)) for pair in zip(changed["from_id"], changed["to_id"], strict=True)]
    same = changed[["scenario", "before", "after"]].round(1).assign(ends=ends).duplicated()
    order = changed.loc[~same, "delta"].abs().sort_values(ascending=False, kind="stable").index
    names = result.base.places["name"]
    shown = changed.loc[order].rename(columns={"from_id": "from", "to_id": "to"}).head(_ROWS)
    shown = shown.assign(**{end: shown[end].map(names) for end in ("from", "to")})
    return shown if len(result.scenarios) > 1 else shown.drop(columns="scenario")


def claims_view(audited: pd.DataFrame) -> pd.DataFrame:
    """Turn an audit round: one row per claim, one column per basis, times as before → now."""
    bases = audited["basis"].dropna().unique()
    shown = []
    for claim, rows in audited.groupby("claim_id", sort=False):
        first = rows.iloc[0]
        times = [change(*pair) for pair in zip(rows["modelled_before"], rows["modelled"], strict=True)]
        sized = first["kind"] == "size"  # under every basis the same
        cells = dict.fromkeys(bases, times[0]) if sized else dict(zip(rows["basis"], times, strict=True))
        told = {"claim": claim, "claimed": change(first["claimed_before"], first["claimed"])}
        shown.append(told | cells | {"verdict": first["verdict"], "decisive": _decisive(rows)})
    return pd.DataFrame(shown)


def _decisive(rows: pd.DataFrame) -> str:
    """Say which assumptions turn a claim round under which basis, or which brings it nearest to that."""
    told = rows[rows["decisive"].notna()]
    turned = told[told["flips"]]
    if turned.empty:
        return "".join(f"{row.decisive} = {row.decisive_value:g}" for row in told.head(1).itertuples())
    return "; ".join(f"{row.decisive} = {row.decisive_value:g} turns {row.basis}" for row in turned.itertuples())


def change(before: float, now: float) -> str:
    """Write what is, and what was where that is known: 120 → 30."""
    return " → ".join(("no way" if math.isinf(one) else f"{one:,.0f}") for one in (before, now) if not math.isnan(one))
