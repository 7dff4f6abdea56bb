"""Edits: the single changes that a scenario is made of, each a small frozen value that makes a new network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, dataclass_transform

import pandas as pd
from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from commute.errors import BasisError, ParameterError, ScenarioError, UnknownNameError
from commute.model.assumptions import Assumptions
from commute.model.network import PEOPLE, SCHEDULED, as_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commute.model.network import Network

    _Made = TypeVar("_Made", bound="_Edit")

Mode = Literal["rail", "suburban", "metro", "bus", "ferry", "highway", "bridge", "tunnel", "checkpoint"]
Kind = Literal["city", "county", "station", "interchange", "port", "checkpoint"]
Clearance = Literal["one_stop", "co_located", "two_halls", "car"]

_OWN_SOURCE = "scenario"
_ALWAYS = dt.date(1900, 1, 1)


class _Edit:
    """What every edit can do; most of them change only the network."""

    def apply(self, network: Network) -> Network:
        return network

    def assume(self, assumptions: Assumptions) -> Assumptions:
        return assumptions


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def _frozen(edit: type[_Made]) -> type[_Made]:
    """Make a frozen edit whose values are checked; what is wrong with them is one ScenarioError."""
    made = dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))(edit)
    build = made.__init__

    @wraps(build)
    def checked(self: _Made, *values: object, **named: object) -> None:
        try:
            build(self, *values, **named)
        except ValidationError as fault:
            cause = fault.errors()[0].get("ctx", {}).get("error")
            if isinstance(cause, BasisError):
                raise cause from None
            raise ScenarioError(f"{edit.__name__}: {_said(fault, list(edit.__annotations__))}") from None

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


@_frozen
class Close(_Edit):
    """Take out of service a line, one link of it (``from_id``, ``to_id``), or all that hangs on an asset."""

    line: str | None = None
    asset: str | None = None
    from_id: str | None = None
    to_id: str | None = None

    def apply(self, network: Network) -> Network:
        """Return the network without it; ScenarioError where nothing of it is in service."""
        if (self.line is None) == (self.asset is None):
            raise ScenarioError("Close needs either a line or an asset, and not both.")
        if self.asset is not None:
            gone = self._on_asset(network, self.asset)
        else:
            gone = _links_of(network, str(self.line), self.from_id, self.to_id)
        gone &= network.links.index.isin(network.operating_links.index)
        if not gone.any():
            what = f"line {self.line!r}" if self.line else f"asset {self.asset!r}"
            raise ScenarioError(f"Close: {what} is not in service{_when(network)}; there is nothing to close.")
        return network.with_links(network.links[~gone].reset_index(drop=True), date=network.date)

    def _on_asset(self, network: Network, asset: str) -> pd.Series[bool]:
        if self.from_id is not None or self.to_id is not None:
            raise ScenarioError(f"Close: asset {asset!r} closes as a whole; name the line to close one link of it.")
        named = network.lines["asset"].fillna("").str.split(r"\s*;\s*", regex=True).explode()
        if asset not in set(named):
            known = {name: name for name in named if name}
            raise ScenarioError(f"Close: {UnknownNameError.of('asset', asset, known)}")
        return network.links["line_id"].isin(named.index[named == asset])


@_frozen
class Reopen(_Edit):
    """Put into service a line that is planned, being built or closed, from the day the network is seen as of."""

    line: str

    def apply(self, network: Network) -> Network:
        """Return the network with the line in service; ScenarioError where it is so already."""
        if (network.operating_links["line_id"] == _line(network, self.line)).any():
            raise ScenarioError(f"Reopen: line {self.line!r} is in service{_when(network)} already.")
        days = network.lines.loc[[self.line], "opened"].dropna().to_list()
        days += [pd.Timestamp(network.date)] if network.date else []
        if not days:
            raise ScenarioError(f"Reopen: line {self.line!r} has no opening date; use SetOpened with one.")
        return _put_in_service(network, self.line, min(days))


@_frozen
class SetOpened(_Edit):
    """Say on which day a line opens, and that it does."""

    line: str
    date: dt.date

    def apply(self, network: Network) -> Network:
        """Return the network with the line open from that day; ScenarioError if the network is seen earlier."""
        day = as_date(self.date)
        if network.date is not None and day > network.date:
            raise ScenarioError(
                f"SetOpened: line {self.line!r} would open on {day}, after {network.date}, the day the network is "
                "seen as of; apply the scenario first and as_of() afterwards, or use Reopen."
            )
        return _put_in_service(network, _line(network, self.line), pd.Timestamp(day))


@_frozen
class Retime(_Edit):
    """Set the minutes of one link."""

    line: str
    from_id: str
    to_id: str
    minutes: float = Field(gt=0)

    def apply(self, network: Network) -> Network:
        """Return the network with the new time."""
        links = network.links.copy()
        chosen = _links_of(network, self.line, self.from_id, self.to_id)
        links.loc[chosen, ["minutes", "fastest_minutes"]] = [self.minutes, float("nan")]
        return network.with_tables(links=links)


@_frozen
class ScaleTime(_Edit):
    """Multiply the time of every link of a line, or of one link."""

    line: str
    factor: float = Field(gt=0)
    from_id: str | None = None
    to_id: str | None = None

    def apply(self, network: Network) -> Network:
        """Return the network with the scaled times.

        A road without minutes has its length scaled: another limit could change its class of congestion with it.
        """
        links = network.links.copy()
        chosen = _links_of(network, self.line, self.from_id, self.to_id)
        timed = chosen & links["minutes"].notna()
        links.loc[timed, ["minutes", "fastest_minutes"]] *= self.factor
        links.loc[chosen & ~timed, "length_km"] *= self.factor
        return network.with_tables(links=links)


@_frozen
class SetHeadway(_Edit):
    """Set the minutes between two departures of a scheduled line."""

    line: str
    headway_minutes: float = Field(gt=0)

    def apply(self, network: Network) -> Network:
        """Return the network with the new headway."""
        return _with_headway(network, self.line, self.headway_minutes)


@_frozen
class ScaleHeadway(_Edit):
    """Multiply the headway of a scheduled line: 0.5 runs twice as many trains."""

    line: str
    factor: float = Field(gt=0)

    def apply(self, network: Network) -> Network:
        """Return the network with the scaled headway."""
        before = network.lines["headway_minutes"].astype("float64")[_line(network, self.line)]
        return _with_headway(network, self.line, before * self.factor)


@_frozen
class AddPlace(_Edit):
    """Add a place."""

    place_id: str
    kind: Kind
    name: str
    lon: float
    lat: float
    parent: str | None = None
    territory: Literal["CN", "HK", "MO"] = "CN"
    name_zh: str | None = None
    population: float | None = Field(default=None, ge=0)

    def apply(self, network: Network) -> Network:
        """Return the network with the place; ScenarioError where it is there already."""
        if self.place_id in network.places.index:
            raise ScenarioError(f"AddPlace: there is a place {self.place_id!r} already.")
        row = vars(self) | {"source": _OWN_SOURCE}
        places = _appended(network.places.drop(columns="geometry"), [row], "place_id")
        return network.with_tables(places=places, sources=_own_source(network))


@_frozen
class AddLine(_Edit):
    """Add a line through ``stops``: with ``minutes`` per section, or ``length_km`` and a limit for a road."""

    line_id: str
    name: str
    mode: Mode
    stops: tuple[str, ...] = Field(min_length=2)
    minutes: tuple[float, ...] | None = None
    length_km: tuple[float, ...] | None = None
    speed_limit_kmh: float | None = Field(default=None, gt=0)
    headway_minutes: float | None = Field(default=None, gt=0)
    asset: str | None = None
    clearance: Clearance | None = None
    opened: dt.date | None = None
    name_zh: str | None = None

    def apply(self, network: Network) -> Network:
        """Return the network with the line in service; ScenarioError where it is there already.

        A line that does not say since when is in service since the day the network is seen as of, or always.
        """
        if self.line_id in network.lines.index:
            raise ScenarioError(f"AddLine: there is a line {self.line_id!r} already.")
        opened = self.opened or network.date or _ALWAYS
        if network.date is not None and opened > network.date:
            raise ScenarioError(
                f"AddLine: line {self.line_id!r} would open on {opened}, after {network.date}, the day the network "
                "is seen as of; apply the scenario first and as_of() afterwards."
            )
        sections = len(self.stops) - 1
        for name in ("minutes", "length_km"):
            values = getattr(self, name)
            if values is not None and len(values) != sections:
                raise ScenarioError(f"AddLine {self.line_id!r}: {name} needs {sections} values, got {len(values)}.")
        columns = ("line_id", "name", "name_zh", "mode", "asset", "clearance", "headway_minutes")
        line: dict[str, object] = {name: getattr(self, name) for name in columns}
        line |= {"asset": self.asset or self.line_id, "status": "operating", "source": _OWN_SOURCE}
        line |= {"access": "stops", "opened": pd.Timestamp(opened)}
        links = [
            _link_row(self.line_id, network.place_id(self.stops[at]), network.place_id(self.stops[at + 1]))
            | {"minutes": self.minutes[at] if self.minutes else None}
            | {"length_km": self.length_km[at] if self.length_km else None, "speed_limit_kmh": self.speed_limit_kmh}
            for at in range(sections)
        ]
        return network.with_tables(
            lines=_appended(network.lines, [line], "line_id"),
            links=_appended(network.links, links, None),
            sources=_own_source(network),
        )


@_frozen
class AddLink(_Edit):
    """Add one link to a line that exists."""

    line: str
    from_id: str
    to_id: str
    minutes: float | None = Field(default=None, gt=0)
    length_km: float | None = Field(default=None, gt=0)
    speed_limit_kmh: float | None = Field(default=None, gt=0)
    oneway: bool = False

    def apply(self, network: Network) -> Network:
        """Return the network with the link; ScenarioError where the line has it already."""
        ends = network.place_id(self.from_id), network.place_id(self.to_id)
        if _between(network, _line(network, self.line), *ends).any():
            raise ScenarioError(f"AddLink: line {self.line!r} joins {ends[0]!r} and {ends[1]!r} already.")
        row = _link_row(self.line, *ends) | {"minutes": self.minutes, "length_km": self.length_km}
        row |= {"speed_limit_kmh": self.speed_limit_kmh, "oneway": self.oneway}
        return network.with_tables(links=_appended(network.links, [row], None), sources=_own_source(network))


@_frozen
class SetPopulation(_Edit):
    """Set the people of a county (its city changes with it) or of a city (its counties change in proportion)."""

    place: str
    population: float = Field(ge=0)

    def apply(self, network: Network) -> Network:
        """Return the network with the new population; city and counties go on adding up."""
        place_id = network.place_id(self.place)
        places = network.places.drop(columns="geometry")
        kind, parent = places["kind"][place_id], places["parent"][place_id]
        if kind not in PEOPLE:
            raise ScenarioError(
                f"SetPopulation: people live in cities and counties, and {place_id!r} is of the kind {kind}."
            )
        before = places["population"].astype("float64")
        counties = places.index[(places["parent"] == place_id) & (places["kind"] == "county")]
        if kind == "county" and pd.notna(before[parent]):
            places.loc[parent, "population"] = before[parent] + self.population - before.fillna(0.0)[place_id]
        elif len(counties):
            if not before[place_id] > 0:
                raise ScenarioError(f"SetPopulation: {place_id!r} has counties and no people to scale.")
            places.loc[counties, "population"] *= self.population / before[place_id]
        places.loc[place_id, "population"] = self.population
        return network.with_tables(places=places)


@_frozen
class AsOf(_Edit):
    """See the network as of another day."""

    date: dt.date

    def apply(self, network: Network) -> Network:
        """Return the network as of that day."""
        try:
            return network.as_of(self.date)
        except ParameterError as fault:
            raise ScenarioError(f"AsOf {self.date}: {fault}") from None


@_frozen
class Assume(_Edit):
    """Change an assumption: a choice (``period``), a group (``clearance``) or a number (``speed.car``)."""

    name: str
    value: Any

    def __post_init__(self) -> None:
        """Refuse what no assumption can be; keep sequences and mappings as plain tuples and dicts."""
        if self.name == "basis":
            raise BasisError(
                "A scenario cannot change the basis: results of different bases cannot be compared. Give the basis to "
                "compare()."
            )
        if callable(self.value):
            raise ParameterError(f"{self.name} cannot be a function in a scenario, which a file has to hold")
        changed = getattr(Assumptions().changed(self.name, self.value), self.name.partition(".")[0])
        key = self.name.partition(".")[2]
        if key:
            changed = changed[key]
        elif isinstance(changed, Mapping):
            changed = {name: changed[name] for name in self.value}
        object.__setattr__(self, "value", changed)

    def assume(self, assumptions: Assumptions) -> Assumptions:
        """Return the changed assumptions."""
        return assumptions.changed(self.name, self.value)


Edit = (
    Close | Reopen | SetOpened | Retime | ScaleTime | SetHeadway | ScaleHeadway
    | AddPlace | AddLine | AddLink | SetPopulation | AsOf | Assume
)  # fmt: skip
EDITS: dict[str, type[Edit]] = {
    edit.__name__: edit
    for edit in (
        Close, Reopen, SetOpened, Retime, ScaleTime, SetHeadway, ScaleHeadway,
        AddPlace, AddLine, AddLink, SetPopulation, AsOf, Assume,
    )
}  # fmt: skip


def _line(network: Network, line: str) -> str:
    if line not in network.lines.index:
        names = {str(known): str(known) for known in network.lines.index}
        raise ScenarioError(f"{UnknownNameError.of('line', line, names)} (The network is seen{_when(network)}.)")
    return line


def _when(network: Network) -> str:
    return f" as of {network.date}" if network.date else " without a date"


def _between(network: Network, line: str, one: str, other: str) -> pd.Series[bool]:
    links = network.links
    forth = (links["from_id"] == one) & (links["to_id"] == other)
    back = (links["from_id"] == other) & (links["to_id"] == one) & ~links["oneway"]
    return (links["line_id"] == line) & (forth | back)


def _links_of(network: Network, line: str, from_id: str | None, to_id: str | None) -> pd.Series[bool]:
    if from_id is None and to_id is None:
        return network.links["line_id"] == _line(network, line)
    if from_id is None or to_id is None:
        raise ScenarioError(f"Line {line!r}: a link needs both from_id and to_id.")
    ends = network.place_id(from_id), network.place_id(to_id)
    chosen = _between(network, _line(network, line), *ends)
    if not chosen.any():
        raise ScenarioError(f"Line {line!r} has no link between {ends[0]!r} and {ends[1]!r}{_when(network)}.")
    return chosen


def _put_in_service(network: Network, line: str, day: pd.Timestamp) -> Network:
    lines, links = network.lines.copy(), network.links.copy()
    lines.loc[line, "status"], lines.loc[line, "opened"], lines.loc[line, "closed"] = "operating", day, pd.NaT
    own = links["line_id"] == line
    links.loc[own, ["opened", "closed"]] = pd.NaT
    return network.with_tables(lines=lines, links=links)


def _with_headway(network: Network, line: str, minutes: float) -> Network:
    mode = str(network.lines["mode"][_line(network, line)])
    if mode not in SCHEDULED:
        raise ScenarioError(f"Line {line!r} is a {mode} and has no headway.")
    lines = network.lines.copy()
    lines.loc[line, "headway_minutes"] = minutes
    return network.with_tables(lines=lines)


def _link_row(line: str, from_id: str, to_id: str) -> dict[str, object]:
    return {"line_id": line, "from_id": from_id, "to_id": to_id, "quality": "estimated", "source": _OWN_SOURCE}


def _appended(table: pd.DataFrame, rows: Sequence[dict[str, object]], key: str | None) -> pd.DataFrame:
    """Put rows below a table; what they do not name is empty."""
    plain = table.reset_index() if key else table
    full = pd.DataFrame([{column: row.get(column) for column in plain.columns} for row in rows], dtype=object)
    return pd.concat([plain.astype(object), full], ignore_index=True)


def _own_source(network: Network) -> pd.DataFrame:
    if _OWN_SOURCE in network.sources.index:
        return network.sources
    row: dict[str, object] = {"source_id": _OWN_SOURCE, "title": "Added by a scenario", "licence": "own assumption"}
    return _appended(network.sources, [row], "source_id")
