"""Edits of lines: taken out of service and put into it, added, and run at other times and headways."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field

from commute.errors import ScenarioError, UnknownNameError
from commute.model.editing import (
    OWN_SOURCE,
    Editing,
    appended,
    between,
    frozen,
    known_line,
    link_row,
    links_of,
    own_source,
    put_in_service,
    recalled,
    seen,
    with_headway,
)
from commute.model.network import as_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commute.model.network import Network

Mode = Literal["rail", "suburban", "metro", "bus", "ferry", "highway", "bridge", "tunnel", "checkpoint"]
Clearance = Literal["one_stop", "co_located", "two_halls", "car"]

_ALWAYS = dt.date(1900, 1, 1)


@frozen
class Close(Editing):
    """Take out of service a line, one link of it (``from_id``, ``to_id``), or all that hangs on an asset."""

    line: str | None = None
    asset: str | None = None
    from_id: str | None = None
    to_id: str | None = None

    def edit_network(self, network: Network) -> Network:
        """Return the network without it; ScenarioError where nothing of it is in service."""
        if (self.line is None) == (self.asset is None):
            raise ScenarioError("Close needs either a line or an asset, and not both.")
        if self.asset is not None:
            gone = self._on_asset(network, self.asset)
        else:
            gone = links_of(network, str(self.line), self.from_id, self.to_id)
        gone &= network.links.index.isin(network.operating_links.index)
        if not gone.any():
            what = f"line {self.line!r}" if self.line else f"asset {self.asset!r}"
            raise ScenarioError(f"Close: {what} is not in service{seen(network)}; there is nothing to close.")
        return network.with_links(network.links[~gone].reset_index(drop=True), date=network.date)

    def _on_asset(self, network: Network, asset: str) -> pd.Series[bool]:
        if self.from_id is not None or self.to_id is not None:
            raise ScenarioError(f"Close: asset {asset!r} closes as a whole; name the line to close one link of it.")
        named = network.lines["asset"].fillna("").str.split(r"\s*;\s*", regex=True).explode()
        if asset not in set(named):
            known = {name: name for name in named if name}
            raise ScenarioError(f"Close: {UnknownNameError.of('asset', asset, known)}")
        return network.links["line_id"].isin(named.index[named == asset])


@frozen
class Reopen(Editing):
    """Put into service a line that is planned, being built or closed, from the day the network is seen as of."""

    line: str

    def recalling(self, network: Network, earlier: Sequence[Network]) -> Network:
        """Return the network with the line, where an edit before closed it."""
        return recalled(network, earlier, self.line)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the line in service; ScenarioError where it is so already."""
        if (network.operating_links["line_id"] == known_line(network, self.line)).any():
            raise ScenarioError(f"Reopen: line {self.line!r} is in service{seen(network)} already.")
        days = network.lines.loc[[self.line], "opened"].dropna().to_list()
        days += [pd.Timestamp(network.date)] if network.date else []
        if not days:
            raise ScenarioError(f"Reopen: line {self.line!r} has no opening date; use SetOpened with one.")
        return put_in_service(network, self.line, min(days))


@frozen
class SetOpened(Editing):
    """Say on which day a line opens, and that it does."""

    line: str
    date: dt.date

    def recalling(self, network: Network, earlier: Sequence[Network]) -> Network:
        """Return the network with the line, where an edit before closed it."""
        return recalled(network, earlier, self.line)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the line open from that day; ScenarioError if the network is seen earlier."""
        day = as_date(self.date)
        if network.date is not None and day > network.date:
            raise ScenarioError(
                f"SetOpened: line {self.line!r} would open on {day}, after {network.date}, the day the network is "
                "seen as of; apply the scenario first and as_of() afterwards, or use Reopen."
            )
        return put_in_service(network, known_line(network, self.line), pd.Timestamp(day))


@frozen
class Retime(Editing):
    """Set the minutes of one link."""

    line: str
    from_id: str
    to_id: str
    minutes: float = Field(gt=0)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the new time."""
        links = network.links.copy()
        chosen = links_of(network, self.line, self.from_id, self.to_id)
        links.loc[chosen, ["minutes", "fastest_minutes"]] = [self.minutes, float("nan")]
        return network.with_tables(links=links)


@frozen
class ScaleTime(Editing):
    """Multiply the time of every link of a line, or of one link."""

    line: str
    factor: float = Field(gt=0)
    from_id: str | None = None
    to_id: str | None = None

    def edit_network(self, network: Network) -> Network:
        """Return the network with the scaled times.

        A road without minutes has its length scaled: another limit could change its class of congestion with it.
        """
        links = network.links.copy()
        chosen = links_of(network, self.line, self.from_id, self.to_id)
        timed = chosen & links["minutes"].notna()
        links.loc[timed, ["minutes", "fastest_minutes"]] *= self.factor
        links.loc[chosen & ~timed, "length_km"] *= self.factor
        return network.with_tables(links=links)


@frozen
class SetHeadway(Editing):
    """Set the minutes between two departures of a scheduled line."""

    line: str
    headway_minutes: float = Field(gt=0)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the new headway."""
        return with_headway(network, self.line, self.headway_minutes)


@frozen
class ScaleHeadway(Editing):
    """Multiply the headway of a scheduled line: 0.5 runs twice as many trains."""

    line: str
    factor: float = Field(gt=0)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the scaled headway."""
        before = network.lines["headway_minutes"].astype("float64")[known_line(network, self.line)]
        return with_headway(network, self.line, before * self.factor)


@frozen
class AddLine(Editing):
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

    def edit_network(self, network: Network) -> Network:
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
        line |= {"asset": self.asset or self.line_id, "status": "operating", "source": OWN_SOURCE}
        line |= {"access": "stops", "opened": pd.Timestamp(opened)}
        links = [
            link_row(self.line_id, network.place_id(self.stops[at]), network.place_id(self.stops[at + 1]))
            | {"minutes": self.minutes[at] if self.minutes else None}
            | {"length_km": self.length_km[at] if self.length_km else None, "speed_limit_kmh": self.speed_limit_kmh}
            for at in range(sections)
        ]
        return network.with_tables(
            lines=appended(network.lines, [line], "line_id"),
            links=appended(network.links, links, None),
            sources=own_source(network),
        )


@frozen
class AddLink(Editing):
    """Add one link to a line that exists."""

    line: str
    from_id: str
    to_id: str
    minutes: float | None = Field(default=None, gt=0)
    length_km: float | None = Field(default=None, gt=0)
    speed_limit_kmh: float | None = Field(default=None, gt=0)
    oneway: bool = False

    def edit_network(self, network: Network) -> Network:
        """Return the network with the link; ScenarioError where the line has it already."""
        ends = network.place_id(self.from_id), network.place_id(self.to_id)
        if between(network, known_line(network, self.line), *ends).any():
            raise ScenarioError(f"AddLink: line {self.line!r} joins {ends[0]!r} and {ends[1]!r} already.")
        row = link_row(self.line, *ends) | {"minutes": self.minutes, "length_km": self.length_km}
        row |= {"speed_limit_kmh": self.speed_limit_kmh, "oneway": self.oneway}
        return network.with_tables(links=appended(network.links, [row], None), sources=own_source(network))
