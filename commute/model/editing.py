"""Editing: what every edit of a scenario shares; how it is made and checked, and how rows of a network change."""

from __future__ import annotations

from dataclasses import fields
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform, overload

import pandas as pd
from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from commute.errors import BasisError, ScenarioError, UnknownNameError
from commute.model.modes import SCHEDULED
from commute.model.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

    _Made = TypeVar("_Made", bound="Editing")

OWN_SOURCE = "scenario"


class Editing:
    """What every edit can do: change a network, or streets, or the assumptions, whichever it has a way to."""

    @overload
    def apply(self, base: Network) -> Network: ...
    @overload
    def apply(self, base: Streets) -> Streets: ...
    def apply(self, base: Network | Streets) -> Network | Streets:
        """Return the network, or the streets, that the edit makes; ScenarioError where it is an edit of the other."""
        return self.edit_streets(base) if isinstance(base, Streets) else self.edit_network(base)

    def edits(self, base: Network | Streets) -> bool:
        """Tell whether this is an edit of networks, or of streets, as ``base`` is one."""
        does = "edit_streets" if isinstance(base, Streets) else "edit_network"
        return getattr(type(self), does) is not getattr(Editing, does)

    def edit_network(self, network: Network) -> Network:
        """Return the network that the edit makes."""
        raise ScenarioError(f"{type(self).__name__} is an edit of streets and cannot be applied to {network!r}.")

    def edit_streets(self, streets: Streets) -> Streets:
        """Return the streets that the edit makes."""
        what = f"streets of {streets.nodes} junctions"
        raise ScenarioError(f"{type(self).__name__} is an edit of networks and cannot be applied to {what}.")

    def recalling(self, network: Network, earlier: Sequence[Network]) -> Network:  # noqa: ARG002 - some do
        """Return the network with what this edit is about, where an edit before it in the scenario took that out."""
        return network

    def assume(self, assumptions: Assumptions) -> Assumptions:
        """Return the assumptions that the edit makes."""
        return assumptions


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def frozen(edit: type[_Made]) -> type[_Made]:
    """Make a frozen edit whose values are checked; what is wrong with them is one ScenarioError."""
    made = dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))(edit)
    names, build = [field.name for field in fields(cast("Any", made))], made.__init__

    @wraps(build)
    def checked(self: _Made, *values: object, **named: object) -> None:
        try:
            build(self, *values, **named)
        except ValidationError as fault:
            cause = fault.errors()[0].get("ctx", {}).get("error")
            if isinstance(cause, BasisError):
                raise cause from None
            raise ScenarioError(f"{edit.__name__}: {_said(fault, names)}") from None

    made.__init__ = checked  # type: ignore[assignment, method-assign]
    return cast("type[_Made]", made)


def _said(fault: ValidationError, names: Sequence[str]) -> str:
    """Say every wrong value: its name, what is wrong, what was got."""
    found = []
    for one in fault.errors():
        first, *rest = one["loc"] or ("",)
        first = names[first] if isinstance(first, int) and first < len(names) else first
        where = ".".join(str(part) for part in (first, *rest))
        problem = one["msg"].removeprefix("Value error, ").removesuffix(".")
        got = "" if one["type"] == "missing" or not where else f" (got {one['input']!r})"
        found.append(f"{where}: {problem}{got}" if where else problem)
    return "; ".join(found)


def known_line(network: Network, line: str) -> str:
    """Return the line, or raise ScenarioError with the nearest names."""
    if line not in network.lines.index:
        names = {str(known): str(known) for known in network.lines.index}
        raise ScenarioError(f"{UnknownNameError.of('line', line, names)} (The network is seen{seen(network)}.)")
    return line


def seen(network: Network) -> str:
    """Say as of which day the network is seen."""
    return f" as of {network.date}" if network.date else " without a date"


def between(network: Network, line: str, one: str, other: str) -> pd.Series[bool]:
    """Tell which links of a line lead from one place to another, in whichever direction they are written."""
    links = network.links
    forth = (links["from_id"] == one) & (links["to_id"] == other)
    back = (links["from_id"] == other) & (links["to_id"] == one) & ~links["oneway"]
    return (links["line_id"] == line) & (forth | back)


def links_of(network: Network, line: str, from_id: str | None, to_id: str | None) -> pd.Series[bool]:
    """Tell which links are those of a line, or the one between two of its places; ScenarioError where there is none."""
    if from_id is None and to_id is None:
        return network.links["line_id"] == known_line(network, line)
    if from_id is None or to_id is None:
        raise ScenarioError(f"Line {line!r}: a link needs both from_id and to_id.")
    ends = network.place_id(from_id), network.place_id(to_id)
    chosen = between(network, known_line(network, line), *ends)
    if not chosen.any():
        raise ScenarioError(f"Line {line!r} has no link between {ends[0]!r} and {ends[1]!r}{seen(network)}.")
    return chosen


def recalled(network: Network, earlier: Sequence[Network], line: str) -> Network:
    """Return the network with a line that one of the earlier networks had and this has not, out of service."""
    had = [one for one in earlier if line in one.lines.index]
    if line in network.lines.index or not had:
        return network
    row = had[-1].lines.loc[[line]].assign(status="proposed")
    links = had[-1].links[had[-1].links["line_id"] == line]
    return network.with_tables(
        lines=pd.concat([network.lines, row]), links=pd.concat([network.links, links], ignore_index=True)
    )


def put_in_service(network: Network, line: str, day: pd.Timestamp) -> Network:
    """Return the network with the line in service from ``day``, and of each of its links one version after another."""
    lines, links = network.lines.copy(), network.links.copy()
    own = links.index[links["line_id"] == line]
    turns = _in_turn(links.loc[own].fillna({"opened": lines.loc[line, "opened"]}), day)
    lines.loc[line, "status"], lines.loc[line, "opened"], lines.loc[line, "closed"] = "operating", day, pd.NaT
    links.loc[own, ["opened", "closed"]] = turns.reindex(own)
    return network.with_tables(lines=lines, links=links.drop(index=own.difference(turns.index)))


def _in_turn(links: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the days from and up to which each version of a link counts, empty for always; those over are left out.

    Two rows are versions of one link where they lead the same way. Each counts until the next has opened.
    """
    ways = [
        {(row.from_id, row.to_id)} | (set() if row.oneway else {(row.to_id, row.from_id)}) for row in links.itertuples()
    ]
    opened = links["opened"].fillna(pd.Timestamp.min.as_unit("s")).to_list()
    turns = {}
    for at, row in enumerate(links.index):
        versions = [opened[to] for to in range(len(links)) if ways[at] & ways[to]]
        until = min((later for later in versions if later > opened[at]), default=None)
        if until is None or until > day:
            since = opened[at] if opened[at] > max(day, min(versions)) else None
            turns[row] = (since, until)
    return pd.DataFrame.from_dict(turns, orient="index", columns=["opened", "closed"], dtype="datetime64[s]")


def with_headway(network: Network, line: str, minutes: float) -> Network:
    """Return the network with another headway of a scheduled line; ScenarioError for any other line."""
    mode = str(network.lines["mode"][known_line(network, line)])
    if mode not in SCHEDULED:
        raise ScenarioError(f"Line {line!r} is a {mode} and has no headway.")
    lines = network.lines.copy()
    lines.loc[line, "headway_minutes"] = minutes
    return network.with_tables(lines=lines)


def link_row(line: str, from_id: str, to_id: str) -> dict[str, object]:
    """Return the row of a link that a scenario adds."""
    return {"line_id": line, "from_id": from_id, "to_id": to_id, "quality": "estimated", "source": OWN_SOURCE}


def appended(table: pd.DataFrame, rows: Sequence[dict[str, object]], key: str | None) -> pd.DataFrame:
    """Put rows below a table; what they do not name is empty."""
    plain = table.reset_index() if key else table
    full = pd.DataFrame([{column: row.get(column) for column in plain.columns} for row in rows], dtype=object)
    return pd.concat([plain.astype(object), full], ignore_index=True)


def own_source(network: Network) -> pd.DataFrame:
    """Return the sources with that of the rows a scenario adds."""
    if OWN_SOURCE in network.sources.index:
        return network.sources
    row: dict[str, object] = {"source_id": OWN_SOURCE, "title": "Added by a scenario", "licence": "own assumption"}
    return appended(network.sources, [row], "source_id")
