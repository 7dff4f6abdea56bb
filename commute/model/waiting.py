"""Waiting: from headways to the minutes a traveller stands at the stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf

from commute.errors import ParameterError

WaitRule = Callable[[float], float]

_RANDOM, _PLANNED = 12.0, 48.0  # headways in minutes between which arrivals turn from random to planned


def half_headway(headway: float) -> float:
    """Wait half the headway: random arrivals at regular departures (Holroyd & Scraggs 1966)."""
    return headway / 2


def capped(headway: float) -> float:
    """Wait half the headway up to 12 minutes, a quarter of what goes beyond up to 48, then 15 minutes in all.

    Travellers look up a seldom service: their arrivals turn from random to planned between headways of about
    11 and 38 minutes (Fan & Machemehl 2009).
    """
    return min(headway, _RANDOM) / 2 + max(0.0, min(headway, _PLANNED) - _RANDOM) / 4


def zero(headway: float) -> float:  # noqa: ARG001 - every wait rule takes the headway
    """Wait not at all."""
    return 0.0


WAIT_RULES: dict[str, WaitRule] = {"capped": capped, "half_headway": half_headway, "zero": zero}


def expected_wait(headways: Sequence[float]) -> float:
    """Return the mean wait in minutes of random arrivals at a service with these successive headways.

    Sum of squares over twice the sum (Holroyd & Scraggs 1966; Osuna & Newell 1972): irregular departures cost
    more than regular ones of the same mean.
    """
    if not headways or not all(headway >= 0 for headway in headways) or not 0 < sum(headways) < inf:
        raise ParameterError(f"headways must be minutes, none negative and not all zero, got {headways!r}.")
    return sum(headway**2 for headway in headways) / (2 * sum(headways))


def common_lines(headways: Sequence[float], rides: Sequence[float], *, wait: WaitRule = half_headway) -> float:
    """Return wait and ride in minutes of a traveller who boards whichever attractive line comes first.

    Lines are taken in order of their ride as long as the next rides shorter than wait and ride of those taken
    (Spiess & Florian 1989). ``wait`` is applied to the headway of the lines together.
    """
    if len(headways) != len(rides) or not headways:
        raise ParameterError(f"Give one ride per headway, got {len(headways)} headways and {len(rides)} rides.")
    if not all(0 < headway < inf for headway in headways) or not all(0 <= ride < inf for ride in rides):
        raise ParameterError(f"headways must be minutes above 0 and rides at least 0, got {headways!r} and {rides!r}.")
    lines = sorted((ride, 1 / headway) for headway, ride in zip(headways, rides, strict=True))
    frequency, ride_per_hour = lines[0][1], lines[0][0] * lines[0][1]
    total = wait(1 / frequency) + lines[0][0]
    for (_, _), (ride, more) in pairwise(lines):
        if ride >= total:
            break
        frequency += more
        ride_per_hour += ride * more
        total = min(total, wait(1 / frequency) + ride_per_hour / frequency)
    return total
