"""Assumptions: what a minute includes where no table can say it, with default, range and source of each."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from commute.errors import DataFileError, ParameterError
from commute.model.waiting import WAIT_RULES, WaitRule

BASES = ("in_vehicle", "centre_to_centre", "door_to_door")
PERIODS = ("peak", "off_peak", "free_flow")
TRAVEL = ("transit", "car")
EXPRESSWAY_KMH = 80.0  # the limit from which the congestion of a road is that of an expressway
_MAY_BE_ZERO = ("check_in", "exit", "transfer", "clearance", "parking")

@dataclass(frozen=True)
class Parameter:
    """One number of the assumptions: its default, the range it is drawn from, its unit and its source."""

    group: str
    key: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str

    @property
    def name(self) -> str:
        """How the number is called: ``check_in.rail``."""
        return f"{self.group}.{self.key}"


@cache
def parameters() -> Mapping[str, Parameter]:
    """Return every number of the assumptions by its dotted name, from ``columns/assumptions.csv``."""
    text = files("commute.model.columns").joinpath("assumptions.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        numbers = {name: float(row[name]) for name in ("default", "low", "high")}
        words = {name: row[name] for name in ("group", "key", "unit", "meaning", "source")}
        parameter = Parameter(**numbers, **words)  # type: ignore[arg-type]
        found[parameter.name] = parameter
    return MappingProxyType(found)


@dataclass(frozen=True)
class Assumptions:
    """What the minutes of a journey include besides the ride.

    ``Assumptions(check_in={"rail": 15}, period="off_peak")`` changes what it names and keeps the defaults of
    the rest; :meth:`table` lists every number with its range, unit and source.

    Parameters
    ----------
    basis
        ``in_vehicle``, ``centre_to_centre`` or ``door_to_door``: what the minutes include.
    period
        ``peak``, ``off_peak`` or ``free_flow``: the congestion of the roads.
    wait_rule
        A name of ``WAIT_RULES`` or a function from headway to wait, both in minutes.
    travel
        What travellers may use: ``transit`` (rail, bus, ferry, local public transport), ``car``, or both.
    check_in, exit, transfer, clearance, parking
        Minutes by mode or kind.
    speed, local, road, congestion
        Speeds in km/h, distances in km, and ratios.

    Raises
    ------
    ParameterError
        For an unknown name or choice (the known ones are listed) and for a number out of range.
    """

    basis: str = "door_to_door"
    period: str = "peak"
    wait_rule: str | WaitRule = "capped"
    travel: tuple[str, ...] = TRAVEL
    check_in: Mapping[str, float] = field(default_factory=dict)
    exit: Mapping[str, float] = field(default_factory=dict)
    transfer: Mapping[str, float] = field(default_factory=dict)
    clearance: Mapping[str, float] = field(default_factory=dict)
    parking: Mapping[str, float] = field(default_factory=dict)
    speed: Mapping[str, float] = field(default_factory=dict)
    local: Mapping[str, float] = field(default_factory=dict)
    road: Mapping[str, float] = field(default_factory=dict)
    congestion: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every choice and number and fill in the defaults."""
        _choose("basis", self.basis, BASES)
        _choose("period", self.period, PERIODS)
        if not callable(self.wait_rule):
            _choose("wait_rule", self.wait_rule, tuple(WAIT_RULES))
        travel = (self.travel,) if isinstance(self.travel, str) else self.travel
        if not isinstance(travel, Collection) or not travel:
            raise ParameterError(f"travel cannot be {travel!r}: name one or both of {', '.join(TRAVEL)}.")
        for mode in travel:
            _choose("travel", mode, TRAVEL)
        object.__setattr__(self, "travel", tuple(mode for mode in TRAVEL if mode in travel))
        for group in groups():
            object.__setattr__(self, group, _filled(group, getattr(self, group)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as plain values: a mapping that cannot be changed cannot be pickled."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return _made, ({name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()},)

    def __hash__(self) -> int:
        """Hash the value, so that what follows from it can be cached."""
        return hash((self.hash, self.wait_rule))

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that name these assumptions in a manifest."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()[:16]

    def wait(self, headway: float) -> float:
        """Return the expected wait for a service every ``headway`` minutes, in minutes."""
        rule = self.wait_rule if callable(self.wait_rule) else WAIT_RULES[self.wait_rule]
        return float(rule(headway))

    def delay(self, speed_limit_kmh: float) -> float:
        """Return actual over free-flow time on a road with this limit in the period assumed."""
        if self.period == "free_flow":
            return 1.0
        kind = "expressway" if speed_limit_kmh >= EXPRESSWAY_KMH else "urban"
        return self.congestion[f"{self.period}_{kind}"]

    def changed(self, name: str, value: Any) -> Assumptions:  # noqa: ANN401 - a choice, a number or a mapping
        """Return new assumptions with one of them changed.

        ``name`` is a field (``"period"``), a group with a mapping of what changes in it (``"clearance"``), or
        one number of a group (``"clearance.one_stop"``).
        """
        group, _, key = name.partition(".")
        known = [one.name for one in fields(self)]
        if group not in known or (key and group not in groups()):
            raise ParameterError(f"No assumption is called {name!r}. Known: {', '.join(known)}.")
        if group not in groups():
            return replace(self, **{group: value})
        if not key and not isinstance(value, Mapping):
            example = f"{{{_example(group)}}}"
            raise ParameterError(f"{name} is a group: give a mapping such as {example}, got {value!r}.")
        changed: dict[str, Any] = {group: {**getattr(self, group), **({key: value} if key else value)}}
        return replace(self, **changed)

    def table(self) -> pd.DataFrame:
        """Return one row per number: name, value, default, low, high, unit, meaning, source."""
        rows = [
            {"name": name, "value": getattr(self, known.group)[known.key], "default": known.default}
            | {"low": known.low, "high": known.high, "unit": known.unit}
            | {"meaning": known.meaning, "source": known.source}
            for name, known in parameters().items()
        ]
        return pd.DataFrame(rows).set_index("name")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: texts, numbers and dicts of numbers."""
        named = isinstance(self.wait_rule, str)
        rule = self.wait_rule if named else getattr(self.wait_rule, "__qualname__", "custom")
        choices = {"basis": self.basis, "period": self.period, "wait_rule": rule, "travel": list(self.travel)}
        return choices | {group: dict(getattr(self, group)) for group in groups()}

    def to_toml(self) -> str:
        """Write the assumptions as TOML.

        Raises
        ------
        ParameterError
            If the wait rule is a function of one's own: a file cannot hold it.
        """
        if not isinstance(self.wait_rule, str):
            rules = ", ".join(WAIT_RULES)
            raise ParameterError(f"A file cannot hold the function {self.wait_rule!r}: use one of {rules}.")
        lines = []
        for name, value in self.to_dict().items():
            if isinstance(value, dict):
                lines += ["", f"[{name}]", *(f"{key} = {number!r}" for key, number in value.items())]
            else:
                lines.append(f"{name} = {json.dumps(value)}")
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str) -> Assumptions:
        """Read assumptions from TOML; what it does not name keeps its default."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            raise ParameterError(f"The assumptions are not valid TOML: {fault}.") from None
        known = [one.name for one in fields(cls)]
        for name in values:
            _choose("an assumption", name, tuple(known))
        if "travel" in values and isinstance(values["travel"], list):
            values["travel"] = tuple(values["travel"])
        return cls(**values)

    @classmethod
    def read(cls, path: str | Path) -> Assumptions:
        """Read assumptions from a TOML file."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise DataFileError(f"{path} cannot be read as assumptions: {fault}.") from None
        return cls.from_toml(text)


@cache
def groups() -> tuple[str, ...]:
    """Return the names of the groups of numbers."""
    return tuple(dict.fromkeys(parameter.group for parameter in parameters().values()))


def _made(values: dict[str, Any]) -> Assumptions:
    return Assumptions(**values)


def _choose(what: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ParameterError(f"{what} cannot be {value!r}: choose one of {', '.join(known)}.")


def _example(group: str) -> str:
    first = next(known for known in parameters().values() if known.group == group)
    return f"{first.key!r}: {first.default:g}"


def _filled(group: str, given: object) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise ParameterError(f"{group} must be a mapping such as {{{_example(group)}}}, got {given!r}.")
    known = {parameter.key: parameter for parameter in parameters().values() if parameter.group == group}
    values = {key: parameter.default for key, parameter in known.items()}
    for key, value in given.items():
        _choose(f"a key of {group}", key, tuple(known))
        values[key] = _number(known[key], value)
    return MappingProxyType(values)


def _number(known: Parameter, value: object) -> float:
    least = 1.0 if known.name == "local.circuity" else 0.0
    zero_is_fine = known.group in _MAY_BE_ZERO or known.name == "local.walk_km"
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    number = float(value) if is_number else math.nan  # type: ignore[arg-type]
    if not math.isfinite(number) or number < least or (number == 0 and not zero_is_fine):
        bound = f"{'at least' if zero_is_fine or least else 'above'} {least:g}"
        raise ParameterError(f"{known.name} must be a number {bound} ({known.unit}), got {value!r}.")
    return number
