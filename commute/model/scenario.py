"""Scenario: a named list of edits that lies outside the network or the streets and makes new ones of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from commute.errors import BasisError, DataFileError, ScenarioError, UnknownNameError
from commute.model.edits import EDITS, Edit
from commute.model.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network

_HEADINGS = ("name", "title", "title_zh", "description", "source")


@dataclass(frozen=True)
class Scenario:
    """A what-if: a name and the edits that turn one network into another, or streets into others.

    ``a + b`` does what ``a`` does and then what ``b`` does; ``a.diff(b)`` says what only one of them does.
    """

    name: str
    edits: tuple[Edit, ...]
    title: str = ""
    title_zh: str = ""
    description: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Keep the edits as a tuple; a scenario without a name or with strangers among its edits is refused."""
        object.__setattr__(self, "edits", tuple(self.edits))
        if not self.name:
            raise ScenarioError("A scenario needs a name.")
        strangers = [edit for edit in self.edits if not isinstance(edit, tuple(EDITS.values()))]
        if strangers:
            raise ScenarioError(f"{strangers[0]!r} is no edit. Edits are: {', '.join(EDITS)}.")

    def __add__(self, other: Scenario) -> Scenario:
        """Compose two scenarios: first this one, then the other."""
        title = " + ".join(part for part in (self.title, other.title) if part)
        return Scenario(f"{self.name}+{other.name}", self.edits + other.edits, title=title)

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that name what the scenario does, whatever it is called."""
        plain = [_plain(edit) for edit in self.edits]
        return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]

    @overload
    def apply(self, base: Network) -> Network: ...
    @overload
    def apply(self, base: Streets) -> Streets: ...
    def apply(self, base: Network | Streets) -> Network | Streets:
        """Return the network, or the streets, that the edits make of ``base``, one after the other.

        A scenario may edit both: of a network its edits of networks are used, of streets its edits of streets, and
        the others are left alone. Apply it to streets as they are on the map, and ``under`` the assumptions then.

        Raises
        ------
        ScenarioError
            If an edit contradicts the base: closing what is not in service, adding what is there; or if a scenario
            with edits has none for such a base.
        UnknownNameError
            If it names a place nobody knows.
        TableError
            If what an edit adds has faults of its own.
        """
        if self.edits and not any(edit.edits(base) for edit in self.edits):
            here, there = ("streets", "a network") if isinstance(base, Streets) else ("a network", "streets")
            done = ", ".join(dict.fromkeys(type(edit).__name__ for edit in self.edits))
            raise ScenarioError(f"Scenario {self.name!r} edits {there} only ({done}), and this is {here}.")
        return self._of_streets(base) if isinstance(base, Streets) else self._of_network(base)

    def _of_streets(self, streets: Streets) -> Streets:
        for number, edit in enumerate(self.edits, start=1):
            if edit.edits(streets):
                with self._told(number):
                    streets = edit.apply(streets)
        return streets

    def _of_network(self, network: Network) -> Network:
        earlier = [network]
        for number, edit in enumerate(self.edits, start=1):
            if edit.edits(network):
                with self._told(number):
                    earlier.append(edit.apply(edit.recalling(earlier[-1], earlier)))
        return earlier[-1]

    @contextmanager
    def _told(self, number: int) -> Iterator[None]:
        """Say of a fault in which edit it was."""
        try:
            yield
        except (ScenarioError, UnknownNameError) as fault:
            raise type(fault)(f"Scenario {self.name!r}, edit {number}: {fault}") from None

    def assume(self, assumptions: Assumptions) -> Assumptions:
        """Return the assumptions that the edits make of ``assumptions``."""
        for edit in self.edits:
            assumptions = edit.assume(assumptions)
        return assumptions

    def diff(self, other: Scenario) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
        """Return the edits that only this scenario makes, and those that only the other makes."""
        only_here = tuple(edit for edit in self.edits if edit not in other.edits)
        return only_here, tuple(edit for edit in other.edits if edit not in self.edits)

    @classmethod
    def read(cls, path: str | Path) -> Scenario:
        """Read a scenario from a TOML file.

        Raises
        ------
        DataFileError
            If the file is missing or is not UTF-8 text.
        ScenarioError
            If it is not valid TOML or holds an unknown edit or a wrong value; all of its faults at once.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise DataFileError(f"{path} cannot be read as a scenario: {fault}.") from None
        return cls.from_toml(text, where=str(path))

    @classmethod
    def from_toml(cls, text: str, *, where: str = "the scenario") -> Scenario:
        """Read a scenario from TOML text: ``name``, ``title`` and one ``[[edit]]`` table per edit."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            raise ScenarioError(f"{where} is not valid TOML: {fault}.") from None
        faults = [] if values.get("name") else ["it has no name"]
        strange = [key for key in values if key not in (*_HEADINGS, "edit")]
        faults += [f"{key!r} is not known (known: {', '.join(_HEADINGS)}, [[edit]])" for key in strange]
        texts = [key for key in _HEADINGS if not isinstance(values.get(key, ""), str)]
        faults += [f"{key} must be a text, got {values[key]!r}" for key in texts]
        tables = values.get("edit", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            faults, tables = [*faults, "edits are written as [[edit]] tables"], []
        made = [_edit_of(table) for table in tables]
        faults += [f"edit {number}: {one}" for number, one in enumerate(made, start=1) if isinstance(one, str)]
        if faults:
            raise ScenarioError(f"{where}: " + "; ".join(fault.removesuffix(".") for fault in faults) + ".")
        edits = tuple(one for one in made if not isinstance(one, str))
        return cls(edits=edits, **{key: values.get(key, "") for key in _HEADINGS})

    def to_toml(self) -> str:
        """Write the scenario as TOML."""
        lines = [f"{key} = {_toml(getattr(self, key))}" for key in _HEADINGS if getattr(self, key)]
        for edit in self.edits:
            lines += ["", "[[edit]]", *(f"{key} = {_toml(value)}" for key, value in _plain(edit).items())]
        return "\n".join(lines) + "\n"


def _edit_of(table: dict[str, Any]) -> Edit | str:
    """Make the edit that a TOML table describes, or say what is wrong with it."""
    values = dict(table)
    name = values.pop("do", None)
    if name not in EDITS:
        return f"do = {name!r} is no edit (edits: {', '.join(EDITS)})"
    try:
        return EDITS[name](**values)
    except (ScenarioError, BasisError) as fault:
        return str(fault)


def _plain(edit: Edit) -> dict[str, Any]:
    """Return an edit as plain values under its name, what is not set left out."""
    return {"do": type(edit).__name__} | {key: value for key, value in vars(edit).items() if value is not None}


def _toml(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    plain = json.dumps(value, ensure_ascii=False)
    return plain.replace("\x7f", "\\u007f")  # the one character that TOML escapes and JSON does not
