"""Travel times, as a long frame: between the places of a network here, over streets in ``measure.streets``."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.joined import minutes_along_streets, told
from commute.measure.manifest import manifest, settled
from commute.measure.times import minutes_between
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.streets import Streets

REACHED, BEYOND, DISCONNECTED = "reached", "beyond_cutoff", "disconnected"


@singledispatch
def travel_times(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    origins: str | Iterable[str] | None = None,
    destinations: str | Iterable[str] | None = None,
    *,
    cutoff: float | None = None,
    streets: Streets | Mapping[str, Streets] | None = None,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Return how long it takes from each origin to each destination.

    Over ``Streets`` both are junctions or points, and there is an array to be had instead of a frame:
    ``travel_times(streets, origins, destinations, cutoff=None, direction="from", dense=False, threads=1)``, told by
    ``measure.streets.times_over_streets``.

    Parameters
    ----------
    network
        The network, usually ``as_of`` a day.
    origins, destinations
        Places by identifier, English or Chinese name; the cities of the network where none are given.
    cutoff
        Minutes beyond which a time is not told: it becomes inf with the status ``beyond_cutoff``.
    streets
        ``Streets``, or ``{"access": …, "egress": …}``, along which local ways lead, as in ``isochrones``.
    direction
        ``from`` the origins to the destinations, or ``to`` the origins from them.
    basis
        ``in_vehicle``, ``centre_to_centre`` or ``door_to_door`` (of the assumptions, where not given). Door to
        door, a city's time is the mean over its counting points weighted by population.
    assumptions
        What the minutes include besides the ride; the defaults where not given.

    Returns
    -------
    DataFrame
        ``from_id``, ``to_id``, ``travel_time`` (minutes), ``status`` (reached, beyond_cutoff, disconnected),
        ``basis``: one row per pair of different places; ``attrs["manifest"]`` says what it follows from.

    Raises
    ------
    UnknownNameError
        For a place nobody knows, with the nearest names.
    ParameterError
        For a cutoff, basis or direction out of range.
    """
    limit = np.inf if cutoff is None else checked_cutoffs(cutoff)[0]
    given = settled(assumptions, basis)
    here = list(network.cities) if origins is None else network.place_ids(origins)
    there = list(network.cities) if destinations is None else network.place_ids(destinations)
    if not here or not there:
        raise ParameterError("The network has no city to travel between: name origins and destinations.")
    known = manifest(network, given)
    if streets is None:
        minutes = minutes_between(time_graph(network, given), here, there, direction=direction)
    else:
        minutes, layers = minutes_along_streets(network, here, there, streets, given, direction=direction)
        known = told(known, layers)
    row, column = np.nonzero(np.array(here)[:, None] != np.array(there))
    origin, destination = pd.Index(here).take(row), pd.Index(there).take(column)
    times = minutes[row, column]
    frame = pd.DataFrame(
        {
            "from_id": origin if direction == "from" else destination,
            "to_id": destination if direction == "from" else origin,
            "travel_time": np.where(times <= limit, times, np.inf),
            "status": pd.Index([REACHED, BEYOND, DISCONNECTED]).take(np.where(np.isinf(times), 2, times > limit)),
            "basis": given.basis,
        }
    )
    frame.attrs["manifest"] = known
    return frame


def checked_cutoffs(minutes: float | Iterable[float]) -> tuple[float, ...]:
    """Return cutoffs in minutes, each once and ascending.

    Raises
    ------
    ParameterError
        For none at all, and for one that is not a positive, finite number.
    """
    try:
        several = [float(one) for one in minutes] if np.iterable(minutes) else [float(minutes)]
    except (TypeError, ValueError):
        raise ParameterError(f"A cutoff must be a number of minutes, got {minutes!r}.") from None
    wrong = [one for one in several if not (np.isfinite(one) and one > 0)]
    if wrong or not several:
        got = f"{wrong[0]:g}" if wrong else "none"
        raise ParameterError(f"A cutoff must be a number of minutes above 0, got {got}.")
    return tuple(sorted(set(several)))
