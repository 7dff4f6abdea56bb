"""Roads: what the tags of OpenStreetMap say of who may use a way, in which direction and how fast."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from commute.errors import ParameterError
from commute.model.arcs import BY_CLASS, OBSERVED, SIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping

FERRY = "ferry"
LONGEST_LIMIT = 160.0  # km/h; what is faster than any limit on Earth is a slip of the pen
_UNITS = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?")
_ZONE = re.compile(r"([A-Z]{2})(?:-[A-Z]+)?:(?:zone:?)?(\w+)")
_LIMIT_OF_CONTEXT = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed")

# The ways each mode does without, as OSMnx 2.1 asks Overpass for them (``_overpass._get_network_filter``): like there,
# an expression that is found anywhere in the value is enough.
_NOT_IN_USE = "abandoned|bus_guideway|construction|no|planned|platform|proposed|raceway|razed|rest_area|services"
_LEFT_OUT = {
    "drive": {
        "highway": f"{_NOT_IN_USE}|bridleway|corridor|cycleway|elevator|escalator|footway|path|pedestrian|service|steps"
        "|track",
        "motor_vehicle": "no",
        "motorcar": "no",
        "service": "alley|driveway|emergency_access|parking|parking_aisle|private",
    },
    "walk": {
        "highway": f"{_NOT_IN_USE}|cycleway|motor",
        "foot": "no",
        "service": "private",
        "sidewalk": "separate",
        "sidewalk:both": "separate",
        "sidewalk:left": "separate",
        "sidewalk:right": "separate",
    },
    "bicycle": {
        "highway": f"{_NOT_IN_USE}|corridor|elevator|escalator|footway|motor|steps",
        "bicycle": "no",
        "service": "private",
    },
}
_EVERYWHERE = {"area": "yes", "access": "private"}
_FILTERS = {
    mode: [(key, re.compile(value)) for key, value in (_EVERYWHERE | tags).items()] for mode, tags in _LEFT_OUT.items()
}
_ACCESS = {  # of the first that is there the value counts
    "drive": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "walk": ("foot", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
}
_CLOSED_TO_ALL = {"no", "private", "permit", "military", "emergency"}
_WITH_WHEELS = {"agricultural", "forestry", "delivery"}  # signs against vehicles; who walks may pass
_CLOSED = {
    "drive": _CLOSED_TO_ALL | _WITH_WHEELS,
    "walk": _CLOSED_TO_ALL,
    "bicycle": _CLOSED_TO_ALL | _WITH_WHEELS,
}
_OPEN = {"yes", "designated", "permissive", "destination", "official"}
_WAYS = ("forward", "backward")
_SIZE = re.compile(r"weight|axle|length|height|width|load|trailer|hazmat")  # conditions that no car or bicycle meets
_ONEWAY, _AGAINST = {"yes", "true", "1"}, {"-1", "reverse"}

TAGS = tuple(
    sorted(
        {"highway", "route", "duration", "oneway", "oneway:bicycle", "cycleway", "junction", "bridge", "tunnel"}
        | {"maxspeed:forward", "maxspeed:backward", *_LIMIT_OF_CONTEXT}
        | {key for rules in _FILTERS.values() for key, _ in rules}
        | {key for keys in _ACCESS.values() for key in keys}
        | {f"{key}:conditional" for keys in _ACCESS.values() for key in keys}
    )
)
"""The keys that decide; a reader need keep no other tag of a way."""


class Use(NamedTuple):
    """How one mode uses a way.

    forward, backward: km/h along and against the direction of the way; 0 where it may not be used. A ferry has
    ``minutes`` for the whole way instead.
    """

    road: str
    forward: float
    backward: float
    speed: str
    bridge: bool
    tunnel: bool
    minutes: float = 0.0


@cache
def class_speeds(country: str | None = None) -> Mapping[str, tuple[float, str]]:
    """Return, by class of road, the speed in km/h where no limit is tagged and its source, from ``road_speeds.csv``.

    Classes that a country has no row for have the row of no country.

    Raises
    ------
    ParameterError
        For a country without rows; those that have some are listed.
    """
    text = files("commute.model.columns").joinpath("road_speeds.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    known = sorted({row["country"] for row in rows} - {""})
    if country is not None and country not in known:
        raise ParameterError(
            f"No speeds are known for the country {country!r}: choose one of {', '.join(known)}, or None for the rest."
        )
    wanted = [row for row in rows if not row["country"]] + [row for row in rows if row["country"] == country]
    return {row["road"]: (float(row["kph"]), row["source"]) for row in wanted}


def use(
    tags: Mapping[str, str], *, mode: str = "drive", country: str | None = None, kph: float | None = None
) -> Use | None:
    """Say how ``mode`` uses a way with these tags; None where it does not.

    ``kph`` is how fast everybody goes who goes by this mode; without it speeds are the limit, else those of the class.
    Ways whose use depends on the hour are left out: nobody can commute on them every day.
    """
    ferry = "highway" not in tags and tags.get("route") == FERRY
    minutes = duration(tags.get("duration", "")) if ferry else 0.0
    if (ferry and not minutes) or not (ferry or "highway" in tags) or not allowed(tags, mode, ferry=ferry):
        return None
    along, against = directions(tags, mode)
    if not (along or against):
        return None
    structure = {key: tags.get(key, "no") != "no" for key in ("bridge", "tunnel")}
    if ferry:
        return Use(FERRY, float(along), float(against), OBSERVED, **structure, minutes=minutes)
    road = tags["highway"]
    if kph is not None:
        return Use(road, along * kph, against * kph, BY_CLASS, **structure)
    common, usual = limit(tags, country=country), class_kph(road, country=country)
    forward, backward = (limit_kph(tags.get(f"maxspeed:{way}", ""), country=country) or common for way in _WAYS)
    speed = SIGNED if (along and forward) or (against and backward) else BY_CLASS
    return Use(road, along * (forward or usual), against * (backward or usual), speed, **structure)


def class_kph(road: str, *, country: str | None = None) -> float:
    """Return the speed of a class of road, in km/h, where no limit is known."""
    speeds = class_speeds(country)
    return speeds.get(road, speeds["other"])[0]


def allowed(tags: Mapping[str, str], mode: str, *, ferry: bool = False) -> bool:
    """Tell whether the public may use a way by this mode at all hours; a car a ferry only if that is said."""
    if any(found.search(tags.get(key, "")) for key, found in _FILTERS[mode]):
        return False
    keys = _ACCESS[mode]
    if any(_by_the_hour(tags.get(f"{key}:conditional", "")) for key in keys):
        return False
    said = next((tags[key] for key in keys if key in tags), "")
    if ferry and mode == "drive":
        return said in _OPEN
    return said not in _CLOSED[mode]


def _by_the_hour(condition: str) -> bool:
    return bool(condition) and not _SIZE.search(condition)


def directions(tags: Mapping[str, str], mode: str) -> tuple[bool, bool]:
    """Tell whether a way may be used along and against its direction; on foot always both.

    Roundabouts and motorways are one-way unless they say otherwise; what turns with the hour is closed.
    """
    said = tags.get("oneway", "")
    exempt = mode == "bicycle" and (tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opp"))
    if mode == "walk" or exempt:
        return True, True
    if said == "reversible":
        return False, False
    if said in _AGAINST:
        return False, True
    implied = tags.get("junction") == "roundabout" or tags.get("highway") == "motorway"
    return True, not (said in _ONEWAY or (implied and said != "no"))


def limit(tags: Mapping[str, str], *, country: str | None = None) -> float:
    """Return the limit that a way is tagged with, as a number or a context such as ``CN:urban``; 0 where it is not."""
    found = (limit_kph(tags[key], country=country) for key in _LIMIT_OF_CONTEXT if key in tags)
    return next(filter(None, found), 0.0)


def limit_kph(text: str, *, country: str | None = None) -> float:
    """Read a value of ``maxspeed``, in km/h; 0 where it says nothing.

    Understood are numbers with their unit, ``none``, ``walk``, contexts (``CN:urban``, ``DE:zone30``), and lists of
    them by ``;``, ``|`` or ``,``, of which the mean counts, as in OSMnx.
    """
    parts = [_one_limit(part.strip(), country) for part in re.split(r"[;|,]", text)]
    known = [kph for kph in parts if 0 < kph <= LONGEST_LIMIT]
    return sum(known) / len(known) if known else 0.0


def _one_limit(text: str, country: str | None) -> float:
    if number := _NUMBER.fullmatch(text):
        return float(number[1]) * _UNITS[number[2] or ""]
    if text in {"none", "walk"}:
        return class_speeds(country)[f"zone:{text}"][0]
    zone = _ZONE.fullmatch(text)
    if not zone:
        return 0.0
    if digits := re.search(r"\d+$", zone[2]):
        return float(digits[0])
    try:
        speeds = class_speeds(zone[1])
    except ParameterError:
        speeds = class_speeds()
    return speeds.get(f"zone:{zone[2]}", (0.0, ""))[0]


def duration(text: str) -> float:
    """Read a value of ``duration``, in minutes: ``25``, ``00:25``, ``01:05:30`` or ``PT1H5M``; 0 if it is neither."""
    iso = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", text)
    if iso:
        hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return 60 * hours + minutes + seconds / 60
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    clock = re.fullmatch(r"(\d+):(\d\d)(?::(\d\d))?", text)
    return 60 * int(clock[1]) + int(clock[2]) + int(clock[3] or 0) / 60 if clock else 0.0
