"""Claims: what has been published about a region, beside what the model says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.draws import under_each
from commute.measure.manifest import manifest, settled
from commute.measure.times import averaged, people_of
from commute.model import schema
from commute.model.assumptions import BASES, Assumptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from commute.model.network import Network

TOLERANCE = 0.1  # of what is claimed: a time is published in round numbers, and 32 minutes are called half an hour
HOLDS, FAILS, DEPENDS = "holds", "fails", "depends"
COLUMNS = (
    "claim_id", "kind", "basis", "from_id", "to_id", "claimed_before", "modelled_before", "claimed", "modelled",
    "difference", "share", "holds", "verdict", "decisive", "decisive_value", "decisive_before", "decisive_modelled",
    "flips", "source",
)  # fmt: skip
_OF_TRAVEL = {
    "transit": ("parking.", "road.", "congestion.", "speed.car", "clearance.car"),
    "car": ("check_in.", "exit.", "transfer.", "speed.walk", "speed.transit", "local.walk_km"),
}  # what one who travels only so never meets


class _Found(NamedTuple):
    """What one set of assumptions makes of a claim: minutes of the slowest pair, on the day before and after.

    ``share`` of the pairs are within what is claimed; ``slowest`` is the row and column of the slowest of them.
    """

    before: float
    after: float
    share: float
    slowest: tuple[int, int]


def audited(
    network: Network, claims: pd.DataFrame, *, bases: Iterable[str] = BASES, assumptions: Assumptions | None = None
) -> pd.DataFrame:
    """Hold claims against a network of all days; see ``commute.audit_claims``, which says all about it."""
    if network.date is not None:
        raise ParameterError(f"It is seen as of {network.date}. Claims have days of their own: take it undated.")
    asked = [settled(assumptions, basis) for basis in ((bases,) if isinstance(bases, str) else bases)]
    if not asked:
        raise ParameterError(f"Name at least one basis: {', '.join(BASES)}.")
    checked = schema.conform({"claims": claims.drop(columns=["title", "url"], errors="ignore")})["claims"]
    days = _Days(network)
    rows = [row for claim in checked.to_dict("records") for row in _rows(days, claim, asked)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["verdict"] = frame.groupby("claim_id")["holds"].transform(_verdict)
    frame.attrs["manifest"] = manifest(network, asked[0]) | {"basis": [one.basis for one in asked]}
    return frame


class _Days(dict[pd.Timestamp, "Network"]):
    """A network as of each day that is asked for, made once."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def __missing__(self, day: pd.Timestamp) -> Network:
        return self.setdefault(day, self.network.as_of(day.date()))


def _verdict(holds: pd.Series[bool]) -> str:
    return HOLDS if holds.all() else DEPENDS if holds.any() else FAILS


def _rows(days: _Days, claim: Mapping[Any, Any], asked: Sequence[Assumptions]) -> Iterator[dict[str, Any]]:
    told = {name: claim[name] for name in ("claim_id", "kind", "source")}
    if claim["kind"] == "size":
        yield told | _size(days.network, claim)
        return
    for given in asked:
        means = given if claim["travel"] == "any" else given.changed("travel", (claim["travel"],))
        yield told | {"basis": given.basis} | _time(days, claim, means)


def _size(network: Network, claim: Mapping[Any, Any]) -> dict[str, Any]:
    """Sum a column over the cities; a sum that lacks a city is none."""
    modelled = float(network.places.loc[list(network.cities), claim["measure"]].astype(float).sum(skipna=False))
    difference = modelled - claim["value"]
    holds = bool(abs(difference) <= TOLERANCE * claim["value"])
    return {"claimed": claim["value"], "modelled": modelled, "difference": difference, "holds": holds, "flips": False}


def _time(days: _Days, claim: Mapping[Any, Any], given: Assumptions) -> dict[str, Any]:
    here = days.network.place_ids(claim["from_ids"].split(";"))
    there = here if claim["kind"] == "coverage" else days.network.place_ids(claim["to_ids"].split(";"))
    trials = _trials(given)
    found = _found(days, claim, here, there, [given, *(trial for _, _, trial in trials)])
    now, least, claimed = found[0], claim["minutes_before"], claim["minutes"]
    row = {
        "from_id": here[now.slowest[0]], "to_id": there[now.slowest[1]],
        "claimed_before": least, "modelled_before": now.before, "claimed": claimed, "modelled": now.after,
        "difference": now.after - claimed, "share": now.share, "holds": _missed_by(claim, now) <= 0, "flips": False,
    }  # fmt: skip
    missed = [_missed_by(claim, one) for one in found]
    nearest = max(missed) if row["holds"] else min(missed)
    if nearest == missed[0]:
        return row
    name, value, _ = trials[missed.index(nearest) - 1]
    then = found[missed.index(nearest)]
    numbers = {"decisive_value": value, "decisive_before": then.before, "decisive_modelled": then.after}
    return row | {"decisive": name, "flips": (nearest <= 0) != row["holds"]} | numbers


def _trials(given: Assumptions) -> list[tuple[str, float, Assumptions]]:
    """Return the assumptions with one number at a time at either end of its range, and which it is."""
    never = _OF_TRAVEL[given.travel[0]] if len(given.travel) == 1 else ()
    table = given.table()
    table = table[[not str(name).startswith(never) for name in table.index]]
    ends = [(str(name), float(row[end]), row["value"]) for name, row in table.iterrows() for end in ("low", "high")]
    return [(name, end, given.changed(name, end)) for name, end, value in ends if end != value]


def _found(
    days: _Days, claim: Mapping[Any, Any], here: list[str], there: list[str], draws: list[Assumptions]
) -> list[_Found]:
    """Return what each of the assumptions makes of a claim."""
    limit = claim["minutes"] * (1 + TOLERANCE)
    pair = np.array(here)[:, None] != np.array(there)
    after = _minutes(days[claim["as_of"]], here, there, draws)
    nothing = [np.full(pair.shape, np.nan)] * len(draws)
    day = claim["before"] if pd.notna(claim["before"]) else claim["as_of"] - pd.Timedelta(days=1)
    before = nothing if pd.isna(claim["minutes_before"]) else _minutes(days[day], here, there, draws)
    slowest = [np.unravel_index(int(np.where(pair, times, -1.0).argmax()), pair.shape) for times in after]
    return [
        _Found(float(former[at]), float(latter[at]), float((latter[pair] <= limit).mean()), (int(at[0]), int(at[1])))
        for former, latter, at in zip(before, after, slowest, strict=True)
    ]


def _minutes(
    network: Network, here: list[str], there: list[str], draws: list[Assumptions]
) -> list[NDArray[np.float64]]:
    """Return minutes [here, there] under each of the assumptions; door to door the mean over people at both ends."""
    if draws[0].basis != "door_to_door":
        return under_each(network, draws, here, there, lambda _, minutes: minutes)
    people, others = people_of(network, here), people_of(network, there)
    shares = people.to_numpy(), others.to_numpy()
    return under_each(
        network, draws, list(people.columns), list(others.columns), lambda _, points: averaged(points, *shares)
    )


def _missed_by(claim: Mapping[Any, Any], found: _Found) -> float:
    """Return by how many minutes a claim is missed; one that holds is missed by none or less."""
    late = found.after - claim["minutes"] * (1 + TOLERANCE)
    quick = claim["minutes_before"] * (1 - TOLERANCE) - found.before
    return float(np.fmax(late, quick))
