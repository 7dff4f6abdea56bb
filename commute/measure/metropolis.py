"""The integration score of a network: its times, people, cores and assets brought to the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.measure.integration import Score, score
from commute.measure.manifest import settled
from commute.measure.pillars import Settlement
from commute.measure.profile import profile_of
from commute.measure.times import averaged, crow_fly_km, minutes_between_points, minutes_without, people_of
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from commute.measure.profile import Profile
    from commute.model.assumptions import Assumptions
    from commute.model.network import Network
    from commute.model.timegraph import TimeGraph

NODES = ("county", "city")


def integration(  # noqa: PLR0913 - each is a choice of its own
    network: Network,
    *,
    nodes: str = "county",
    profile: str | Profile | None = None,
    weights: Mapping[str, float] | None = None,
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> Score:
    """Score from 0 to 100 how well a metropolis hangs together because of its network.

    Parameters
    ----------
    network
        The network, usually ``as_of`` a day; its region gives the cores and the profile.
    nodes
        ``county``: the pairs are residents of counting points of different cities. ``city``: of whole cities,
        whose times are those of ``travel_times`` under the basis.
    profile, weights
        The circles (``METRO`` or ``AGGLO``; the region's, where not given) and the weight of each pillar (equal).
    basis, assumptions
        What the minutes include.

    Returns
    -------
    Score
        ``total``, ``pillars``, ``points`` per city that sum to the total, ``coverage`` (share of residents who
        reach the centre of the nearest core city within 30, 45, 60, 120, 180 minutes), ``diagnostics``, ``status``:
        ``single_unit`` for a region of one city (no total), ``disconnected`` where some pairs have no way.

    Raises
    ------
    ParameterError
        If the region is empty or nobody lives in it or in its core.
    """
    if nodes not in NODES:
        raise ParameterError(f"nodes cannot be {nodes!r}: choose one of {', '.join(NODES)}.")
    check_inhabited(network)
    graph = time_graph(network, settled(assumptions, basis))
    people = inhabited(graph, nodes)
    times = people.over(minutes_between_points(graph, people.points, people.points))
    chosen = profile_of_region(network) if profile is None else profile_of(profile)
    # Beyond the outer circle nothing counts for resilience; means over people need every time.
    cutoff = chosen.outer if people.shares is None else np.inf
    lost = minutes_without(graph, people.points, people.points, assets=list(graph.assets), cutoff=cutoff)
    to_core = minutes_between_points(graph, people.points, list(network.cores)).min(axis=1)
    return score(
        times,
        settlement=people.settlement,
        without=((asset, people.over(minutes)) for asset, minutes in lost),
        to_core=people.at_homes(to_core),
        profile=chosen,
        weights=weights,
        basis=graph.assumptions.basis,
    )


def check_inhabited(network: Network) -> None:
    """Raise ParameterError for a region without places to score."""
    if not len(network.counting_points):
        raise ParameterError("The region is empty: it has no city and no county to score.")


def profile_of_region(network: Network) -> Profile:
    """Return the circles of the network's region; METRO without a region."""
    return profile_of(network.region.profile if network.region else "METRO")


class Inhabited(NamedTuple):
    """Who is scored: the points to search from, and the share [nodes, points] of each node's people on them."""

    settlement: Settlement
    points: list[str]
    shares: NDArray[np.float64] | None

    def over(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring minutes between the points to minutes between the nodes."""
        return minutes if self.shares is None else averaged(minutes, self.shares, self.shares)

    def at_homes(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring minutes from each point to one destination to minutes from each node."""
        return minutes if self.shares is None else averaged(minutes[:, None], self.shares, np.eye(1))[:, 0]


def inhabited(graph: TimeGraph, nodes: str) -> Inhabited:
    """Return who is scored; ParameterError if nobody lives in the region or in its core."""
    network, table = graph.network, graph.network.counting_points
    counted = list(table.index)
    if nodes == "county":
        km = crow_fly_km(network, counted)
        living = Settlement(table["population"].to_numpy(), pd.Index(table["unit"]), network.cores, km)
        return Inhabited(living, counted, None)
    cities = list(network.cities)
    people = table.groupby("unit")["population"].sum().reindex(cities).to_numpy()
    living = Settlement(people, pd.Index(cities), network.cores, crow_fly_km(network, cities))
    if graph.assumptions.basis != "door_to_door":
        return Inhabited(living, cities, None)
    shares = people_of(network, cities)
    return Inhabited(living, list(shares.columns), shares.to_numpy())
