"""Edits: all the single changes that a scenario can be made of, each a small frozen value."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - an edit checks what it is given by its types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from commute.errors import BasisError, ParameterError, ScenarioError
from commute.model.assumptions import Assumptions
from commute.model.editing import Editing, frozen
from commute.model.line_edits import (
    AddLine,
    AddLink,
    Close,
    Reopen,
    Retime,
    ScaleHeadway,
    ScaleTime,
    SetHeadway,
    SetOpened,
)
from commute.model.place_edits import AddPlace, SetPopulation
from commute.model.street_edits import AddStreet, CloseStreets, ScaleStreets

if TYPE_CHECKING:
    from commute.model.network import Network
    from commute.model.streets import Streets


@frozen
class AsOf(Editing):
    """See the network as of another day."""

    date: dt.date

    def edit_network(self, network: Network) -> Network:
        """Return the network as of that day."""
        try:
            return network.as_of(self.date)
        except ParameterError as fault:
            raise ScenarioError(f"AsOf {self.date}: {fault}") from None


@frozen
class Assume(Editing):
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

    def edit_network(self, network: Network) -> Network:
        """Return the network as it is."""
        return network

    def edit_streets(self, streets: Streets) -> Streets:
        """Return the streets as they are."""
        return streets

    def assume(self, assumptions: Assumptions) -> Assumptions:
        """Return the changed assumptions."""
        return assumptions.changed(self.name, self.value)


Edit = (
    Close | Reopen | SetOpened | Retime | ScaleTime | SetHeadway | ScaleHeadway
    | AddPlace | AddLine | AddLink | SetPopulation | AsOf | Assume
    | AddStreet | CloseStreets | ScaleStreets
)  # fmt: skip
EDITS: dict[str, type[Edit]] = {
    edit.__name__: edit
    for edit in (
        Close, Reopen, SetOpened, Retime, ScaleTime, SetHeadway, ScaleHeadway,
        AddPlace, AddLine, AddLink, SetPopulation, AsOf, Assume,
        AddStreet, CloseStreets, ScaleStreets,
    )
}  # fmt: skip
