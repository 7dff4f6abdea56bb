"""Comparison: what scenarios change, against a base, on the same people, cores, assumptions and ground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from commute.errors import ParameterError, ScenarioError
from commute.measure import differences
from commute.measure.circles import isochrones
from commute.measure.manifest import manifest, settled
from commute.measure.metropolis import integration
from commute.measure.routing import checked_cutoffs
from commute.measure.times import minutes_between, minutes_between_points
from commute.model.network import Network
from commute.model.scenario import Scenario
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from commute.measure.integration import Score
    from commute.model.assumptions import Assumptions

BASE = "base"
DEFAULT_CUTOFFS = (30, 60)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Scenarios against a base, as plain frames; each has a column ``scenario``.

    ``summary``: score, pillars, coverage, people who gain and lose a core within each cutoff; one row per scenario,
    the base first. ``pairs``: cities, minutes before and after. ``places``: counting points and the cores, the
    same. ``areas``: ground gained, lost and kept, per core and cutoff. ``circles``: the isochrones themselves, those
    of the base too. ``links``: links added, removed, retimed, and lines whose headway changed. ``assumed``: the
    assumptions changed. ``scores`` and ``networks``: the Score and the Network of the base and of each scenario.
    """

    base: Network
    scenarios: tuple[Scenario, ...]
    assumptions: Assumptions
    summary: pd.DataFrame
    pairs: pd.DataFrame
    places: pd.DataFrame
    areas: gpd.GeoDataFrame
    circles: gpd.GeoDataFrame
    links: pd.DataFrame
    assumed: pd.DataFrame
    scores: dict[str, Score]
    networks: dict[str, Network]

    def __repr__(self) -> str:
        """Show the summary."""
        return f"<Comparison {self.assumptions.basis}>\n{self.summary.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return str(self.summary.to_html(index=False, float_format="{:.3f}".format))


class _World(NamedTuple):
    """One network of the comparison under its own assumptions, and its times."""

    name: str
    network: Network
    assumptions: Assumptions
    pairs: NDArray[np.float64]
    places: NDArray[np.float64]
    score: Score


@singledispatch
def compare(  # noqa: PLR0913 - each is a choice of its own
    base: Network,
    scenarios: Scenario | Network | Sequence[Scenario | Network],
    *,
    cutoffs: float | Iterable[float] = DEFAULT_CUTOFFS,
    origins: str | Iterable[str] | None = None,
    direction: str = "from",
    basis: str | None = None,
    assumptions: Assumptions | None = None,
) -> Comparison:
    """Compare scenarios, or networks of other dates, with a base.

    With ``Streets`` as the base it is ``compare(streets, scenarios, origins=…, cutoffs=(30, 60), weights=None)`` that
    returns a ``StreetComparison``, told by ``measure.street_comparison.compare_streets``.

    Parameters
    ----------
    base
        The network before.
    scenarios
        What-ifs to apply to it; a network takes its own links (usually ``as_of`` another day).
    cutoffs
        Minutes of the circles.
    origins
        Whose circles are drawn; the cores of the region where none are given.
    direction
        Circles ``from`` the origins or ``to`` them.
    basis, assumptions
        What the minutes include, the same for all (a scenario may change an assumption, never the basis).

    Raises
    ------
    ScenarioError
        If an edit contradicts the network, two scenarios have one name, or populations, cores or land differ.
    BasisError
        If a scenario would change the basis.

    Notes
    -----
    Times are fixed: congestion relief and induced demand are outside the model.
    """
    limits, given = checked_cutoffs(cutoffs), settled(assumptions, basis)
    several = [scenarios] if isinstance(scenarios, Scenario | Network) else list(scenarios)
    if not several:
        raise ParameterError("There is nothing to compare with: give at least one scenario or network.")
    named = [_named(one) for one in several]
    check_names([name for name, _, _ in named])
    here = list(base.cores) if origins is None else base.place_ids(origins)
    before = _world(BASE, base, given, here, direction)
    worlds = [before]
    for name, one, network in named:
        seen = network if network is not None else one.apply(base)
        _check_same_ground(base, seen, name)
        worlds.append(_world(name, seen, given if network is not None else one.assume(given), here, direction))
    circles = _circles(worlds, here, limits, direction, given)
    compared = [differences.World(world.name, world.network, world.assumptions) for world in worlds]
    return Comparison(
        base=base,
        scenarios=tuple(one for _, one, _ in named),
        assumptions=given,
        summary=_stamped(_summary(worlds, limits), base, given),
        pairs=_stamped(_pairs(worlds, limits), base, given),
        places=_stamped(_places(worlds, here, limits), base, given),
        areas=_stamped(differences.ground(circles, base, base_name=BASE), base, given),
        circles=_stamped(circles, base, given),
        links=differences.links(compared),
        assumed=differences.assumed(compared),
        scores={world.name: world.score for world in worlds},
        networks={world.name: world.network for world in worlds},
    )


def _named(one: Scenario | Network) -> tuple[str, Scenario, Network | None]:
    if isinstance(one, Network):
        name = f"as of {one.date}" if one.date else "other network"
        return name, Scenario(name, ()), one
    return one.name, one, None


def check_names(names: list[str]) -> None:
    """Refuse two of one name; ScenarioError says which."""
    twice = sorted({name for name in names if names.count(name) > 1 or name == BASE})
    if twice:
        raise ScenarioError(f"Two of the networks compared would be called {twice[0]!r}: give each its own name.")


def _check_same_ground(base: Network, other: Network, name: str) -> None:
    """Refuse to compare what differs in more than links: people, cores or land."""
    here, there = base.counting_points, other.counting_points
    faults = {
        "cores": base.cores != other.cores,
        "counting points": list(here.index) != list(there.index),
        "land": base.land is not other.land and not _same_land(base, other),
    }
    wrong = [what for what, differs in faults.items() if differs]
    if not wrong and not np.array_equal(here["population"], there["population"]):
        wrong = ["populations"]
    if wrong:
        raise ScenarioError(
            f"{name!r} differs from the base in its {' and '.join(wrong)}: networks are compared on the same people "
            "and ground, or the difference would not be the network's."
        )


def _same_land(base: Network, other: Network) -> bool:
    if base.land is None or other.land is None:
        return False
    return bool(base.land.geometry.geom_equals(other.land.geometry).all())


def _world(name: str, network: Network, given: Assumptions, origins: list[str], direction: str) -> _World:
    score = integration(network, assumptions=given)  # first, for it refuses an empty region
    graph = time_graph(network, given)
    cities, points = list(network.cities), list(network.counting_points.index)
    pairs = minutes_between(graph, cities, cities)
    places = minutes_between_points(graph, origins, points, direction=direction)
    return _World(name, network, given, pairs, places, score)


def _summary(worlds: list[_World], cutoffs: tuple[float, ...]) -> pd.DataFrame:
    people = worlds[0].network.counting_points["population"].to_numpy()
    rows = []
    for world in worlds:
        score = world.score
        row: dict[str, object] = {"scenario": world.name, "score": score.total, "status": score.status}
        row |= {str(pillar): float(value) for pillar, value in score.pillars.items()}
        row |= {f"coverage_{cutoff}": float(share) for cutoff, share in score.coverage.items()}
        for cutoff in cutoffs:
            now, then = ((one.places <= cutoff).any(axis=0) for one in (world, worlds[0]))
            row[f"people_gained_{cutoff:g}"] = float(people[now & ~then].sum())
            row[f"people_lost_{cutoff:g}"] = float(people[then & ~now].sum())
        rows.append(row | {"basis": world.assumptions.basis})
    frame = pd.DataFrame(rows)
    frame["score"] = frame["score"].astype("float64")
    return frame


def _pairs(worlds: list[_World], cutoffs: tuple[float, ...]) -> pd.DataFrame:
    cities = list(worlds[0].network.cities)
    tables = [
        _changes(world.name, cities, cities, (worlds[0].pairs, world.pairs), cutoffs) for world in worlds[1:]
    ]
    frame = pd.concat(tables, ignore_index=True).rename(columns={"one": "from_id", "other": "to_id"})
    return frame[frame["from_id"] != frame["to_id"]].reset_index(drop=True)


def _places(worlds: list[_World], origins: list[str], cutoffs: tuple[float, ...]) -> pd.DataFrame:
    points = worlds[0].network.counting_points
    tables = [
        _changes(world.name, origins, list(points.index), (worlds[0].places, world.places), cutoffs)
        for world in worlds[1:]
    ]
    frame = pd.concat(tables, ignore_index=True).rename(columns={"one": "origin_id", "other": "place_id"})
    frame.insert(6, "population", frame["place_id"].map(points["population"]))
    return frame


def _changes(
    name: str,
    rows: list[str],
    columns: list[str],
    times: tuple[NDArray[np.float64], NDArray[np.float64]],
    cutoffs: tuple[float, ...],
) -> pd.DataFrame:
    before, after = (each.ravel() for each in times)
    frame = pd.DataFrame({"scenario": name, "one": np.repeat(rows, len(columns)), "other": np.tile(columns, len(rows))})
    frame["before"], frame["after"] = before, after
    both_cut = np.isinf(before) & np.isinf(after)
    frame["delta"] = np.subtract(after, before, out=np.zeros_like(after), where=~both_cut)
    for cutoff in cutoffs:
        was, now = before <= cutoff, after <= cutoff
        frame[f"inside_{cutoff:g}"] = np.select([was & now, now, was], ["kept", "gained", "lost"], "outside")
    return frame


def _circles(
    worlds: list[_World], origins: list[str], cutoffs: tuple[float, ...], direction: str, given: Assumptions
) -> gpd.GeoDataFrame:
    """Draw every world's circles; in vehicle there is no ground, and the frame is empty."""
    drawn = [
        isochrones(world.network, origins, cutoffs, direction=direction, assumptions=world.assumptions).assign(
            scenario=world.name
        )
        for world in (worlds if given.basis != "in_vehicle" else [])
    ]
    if drawn:
        return pd.concat(drawn, ignore_index=True)
    columns = ["origin_id", "origin", "cutoff", "direction", "basis", "area_km2", "people", "cities"]
    empty = pd.DataFrame({name: [] for name in [*columns, "scenario"]})
    return gpd.GeoDataFrame(empty, geometry=[], crs="EPSG:4326")


def _stamped(frame: pd.DataFrame, base: Network, given: Assumptions) -> pd.DataFrame:
    frame.attrs["manifest"] = manifest(base, given)
    return frame
