"""Edits of streets: one added between two points; those of a name, class or structure closed, or given other times.

A street is chosen by what its arcs say of themselves. A street that is closed keeps its place, and no traffic opens it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from commute.errors import ParameterError, ScenarioError, UnknownNameError
from commute.model import ground
from commute.model.arcs import OBSERVED, SIGNED, Bends
from commute.model.assumptions import Assumptions
from commute.model.editing import Editing, frozen
from commute.model.reweigh import handed_on
from commute.model.streets import LONGEST, SNAP_METRES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from commute.model.streets import Streets

Point = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]

_NAMED, _BUILT = {"way": "way", "name": "street", "road": "class of road"}, ("bridge", "tunnel")
_SAME_POINT = 0.01  # metres; a bend nearer to a junction than this is none


@frozen
class AddStreet(Editing):
    """Add a street from ``start`` to ``end``, each (lon, lat), with ``kph`` or ``minutes``: by default a bridge.

    It runs straight, and straight on at either end to the nearest junction, which has to lie within ``within_metres``.
    Its length is that of all three. ``kph`` is a limit, slowed by the traffic assumed as others are (walkers and
    cyclists keep their own speed); ``minutes`` are those of the whole street, and stay.
    """

    name: str
    start: Point
    end: Point
    kph: float | None = Field(default=None, gt=0)
    minutes: float | None = Field(default=None, gt=0, le=LONGEST)
    road: str = "primary"
    oneway: bool = False
    bridge: bool = True
    tunnel: bool = False
    within_metres: float = Field(default=SNAP_METRES, gt=0)

    def __post_init__(self) -> None:
        """Refuse a street that does not say how fast it is."""
        if (self.kph is None) == (self.minutes is None):
            raise ParameterError("a new street needs either kph or minutes, and not both")

    def edit_streets(self, streets: Streets) -> Streets:
        """Return the streets with it; ScenarioError where an end is far from any junction, or it is there already."""
        by_car = streets.mode == "drive"
        if by_car and streets.period and self.minutes is None:
            raise ScenarioError(
                f"AddStreet: these are streets in traffic ({streets.period}), and {self.name!r} says a limit: add it "
                "to the streets as they were read and take them under() the assumptions then, or say its minutes."
            )
        lon, lat = np.array([self.start, self.end]).T
        near = streets.snap(lon, lat, within_metres=self.within_metres)
        for which, node, away in zip(("start", "end"), near["node"], near["distance_metres"], strict=True):
            if node < 0:
                raise ScenarioError(
                    f"AddStreet: {self.name!r} has no junction within {self.within_metres:g} m of its {which} "
                    f"{getattr(self, which)}; the nearest is {away:,.0f} m away."
                )
        one, other = (int(node) for node in near["node"])
        if one == other:
            raise ScenarioError(f"AddStreet: {self.name!r} would begin and end at one junction, {one}.")
        self._refuse_twice(streets, one, other)
        bend, metres = _bend(streets, lon, lat, one, other)
        kph = float(self.kph or 0) if by_car else _pace(streets)
        minutes = self.minutes if self.minutes is not None else 0.06 * metres / kph
        ways = [(one, other)] if self.oneway else [(one, other), (other, one)]
        said = {"way": -1, "road": self.road, "name": self.name, "metres": metres, "kph": 0.06 * metres / minutes}
        said |= {"speed": SIGNED if self.minutes is None else OBSERVED, "slowing": 1.0}
        said |= {"bridge": self.bridge and not self.tunnel, "tunnel": self.tunnel}
        tail, head = np.array(ways).T
        return streets.with_edges(
            tail,
            head,
            np.full(len(ways), minutes),
            attributes={name: np.full(len(ways), value) for name, value in said.items()},
            bends=_there_and_back(bend, len(ways)),
        )

    def _refuse_twice(self, streets: Streets, one: int, other: int) -> None:
        joins = ((streets.tail == one) & (streets.head == other)) | ((streets.tail == other) & (streets.head == one))
        arcs = np.flatnonzero(joins & np.isfinite(streets.minutes))
        if "name" in streets.attributes and (streets.attributes["name"].iloc[arcs] == self.name).any():
            raise ScenarioError(f"AddStreet: {self.name!r} joins the junctions {one} and {other} already.")


def _pace(streets: Streets) -> float:
    """Return the speed in km/h at which these streets are walked or cycled."""
    if "metres" not in streets.attributes:
        return Assumptions().speed[streets.mode]
    pace = 0.06 * streets.attributes["metres"].to_numpy() / streets.minutes
    return float(np.median(pace[np.isfinite(pace) & (pace > 0)]))


def _bend(
    streets: Streets, lon: NDArray[np.float64], lat: NDArray[np.float64], one: int, other: int
) -> tuple[NDArray[np.float64], float]:
    """Return where a street between two junctions bends, at the points given, and how many metres it is long."""
    x = np.array([streets.lon[one], *lon, streets.lon[other]])
    y = np.array([streets.lat[one], *lat, streets.lat[other]])
    metres = 1000 * ground.distance_km(x[:-1], y[:-1], x[1:], y[1:])
    apart = np.array([metres[0], metres[2]]) > _SAME_POINT
    return np.column_stack([lon, lat])[apart], float(metres.sum())


def _there_and_back(bend: NDArray[np.float64], ways: int) -> Bends:
    points = np.concatenate([bend, bend[::-1]][:ways])
    return Bends(np.arange(ways + 1, dtype=np.int64) * len(bend), points[:, 0], points[:, 1])


@frozen
class StreetEdit(Editing):
    """An edit of the streets of which all holds that it says."""

    way: int | tuple[int, ...] | None = None
    name: str | tuple[str, ...] | None = None
    road: str | tuple[str, ...] | None = None
    bridge: bool | None = None
    tunnel: bool | None = None

    def __post_init__(self) -> None:
        """Refuse to choose every street there is."""
        if not self._asked():
            raise ParameterError(f"say which streets: by one or more of {', '.join((*_NAMED, *_BUILT))}")

    def _asked(self) -> dict[str, object]:
        return {name: value for name in (*_NAMED, *_BUILT) if (value := getattr(self, name)) is not None}

    def arcs(self, streets: Streets) -> NDArray[np.int64]:
        """Return the open arcs of which all holds; ScenarioError where there is none, or no arc says such things."""
        said, what = streets.attributes, type(self).__name__
        chosen = np.ones(len(said), dtype=np.bool_)
        for name, wanted in self._asked().items():
            if name not in said:
                known = ", ".join(said.columns) or "nothing but their minutes"
                raise ScenarioError(f"{what}: these streets do not say their {name}; they say {known}.")
            several = list(wanted) if isinstance(wanted, tuple) else [wanted]
            if name in _NAMED:
                _refuse_unknown(what, name, said[name], several)
            chosen &= said[name].isin(several).to_numpy()
        asked = ", ".join(f"{name}={value!r}" for name, value in self._asked().items())
        if not chosen.any():
            raise ScenarioError(f"{what}: no street has {asked} at once.")
        arcs = np.flatnonzero(chosen & np.isfinite(streets.minutes))
        if not len(arcs):
            raise ScenarioError(f"{what}: what has {asked} is closed already.")
        return arcs


def _refuse_unknown(what: str, name: str, said: pd.Series, wanted: list[object]) -> None:
    for one in wanted:
        if not (said == one).any():
            known = {} if name == "way" else {str(value): str(value) for value in said.unique() if value}
            fault = UnknownNameError.of(_NAMED[name], str(one), known) if known else f"No street has {name}={one!r}."
            raise ScenarioError(f"{what}: {fault}")


@frozen
class CloseStreets(StreetEdit):
    """Close streets by ``way``, ``name``, ``road`` class, ``bridge`` or ``tunnel``, where all that is said holds."""

    def edit_streets(self, streets: Streets) -> Streets:
        """Return the streets without them; ScenarioError where there is nothing to close."""
        arcs = self.arcs(streets)
        return streets.with_minutes(np.full(len(arcs), np.inf), arcs=arcs)


@frozen
class ScaleStreets(StreetEdit):
    """Multiply the time on the streets chosen, as in ``CloseStreets``: 0.5 is twice as fast, in any traffic."""

    factor: float = Field(gt=0, kw_only=True)

    def edit_streets(self, streets: Streets) -> Streets:
        """Return the streets with the scaled times; ScenarioError where there is nothing to scale."""
        arcs = self.arcs(streets)
        again = streets.with_minutes(np.minimum(streets.minutes[arcs] * self.factor, LONGEST), arcs=arcs)
        said = streets.attributes
        slowing = said["slowing"].to_numpy(copy=True) if "slowing" in said else np.ones(len(said))
        slowing[arcs] *= self.factor
        return handed_on(again, replace(again, attributes=said.assign(slowing=slowing)))
