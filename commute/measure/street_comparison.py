"""Street comparison: the ground and the people that scenarios bring within the cutoffs over streets, or take away.

Importing this module teaches ``compare`` to take ``Streets`` where it takes a ``Network``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commute.errors import ParameterError, ScenarioError
from commute.measure import differences
from commute.measure.comparison import BASE, DEFAULT_CUTOFFS, check_names, compare
from commute.measure.expansion import Expansion, contours, field, frame_of, ring_areas_km2
from commute.measure.people import THOUSANDTHS, Cells, arrivals, at_junctions, people_on
from commute.measure.routing import checked_cutoffs
from commute.measure.street_circles import manifest_of
from commute.measure.streets import ends_of
from commute.measure.times import is_towards
from commute.model.clock import DECISECONDS
from commute.model.edits import Assume
from commute.model.reweigh import handed_on
from commute.model.scenario import Scenario
from commute.model.streets import Streets
from commute.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from commute.measure.expansion import Field
    from commute.measure.streets import Ends
    from commute.model.assumptions import Assumptions

_MOST = 10**9  # people at one junction


@dataclass(frozen=True, eq=False, repr=False)
class StreetComparison:
    """Scenarios against streets as they are, as plain frames; each but ``origins`` has a column ``scenario``.

    ``summary``: per scenario, origin and cutoff the people (or junctions) within before and after, gained and lost,
    and the ground gained, lost and kept, in km². ``areas``: that ground. ``circles``: those of the base and of each
    scenario. ``changed``: the arcs that a scenario adds, removes or gives another time. ``origins``: where the circles
    start. ``streets``: the base and those that each scenario makes of it.
    """

    base: Streets
    scenarios: tuple[Scenario, ...]
    summary: pd.DataFrame
    areas: gpd.GeoDataFrame
    circles: gpd.GeoDataFrame
    changed: gpd.GeoDataFrame
    origins: gpd.GeoDataFrame
    streets: dict[str, Streets]

    def __repr__(self) -> str:
        """Show the summary."""
        return f"<StreetComparison of {self.base.nodes} junctions>\n{self.summary.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return str(self.summary.to_html(index=False, float_format="{:.3f}".format))


class _Asked(NamedTuple):
    """What is asked of every origin alike."""

    worlds: dict[str, Streets]
    cutoffs: tuple[float, ...]
    cells: Cells
    counted: str
    direction: str


class _Ground(NamedTuple):
    """What one world looks like from one origin: when each cell of people is reached, times on the grid, its rings."""

    arrival: NDArray[np.int32]
    field: Field
    rings: list[shapely.Geometry]


def compare_streets(  # noqa: PLR0913 - each is a choice of its own
    streets: Streets,
    scenarios: Scenario | Sequence[Scenario],
    *,
    origins: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    cutoffs: float | Iterable[float] = DEFAULT_CUTOFFS,
    weights: ArrayLike | pd.DataFrame | gpd.GeoDataFrame | Cells | None = None,
    direction: str = "from",
    assumptions: Assumptions | None = None,
    threads: int = 1,
) -> StreetComparison:
    """Compare what scenarios make of streets with the streets as they are.

    For each origin the times on the ground before and after are drawn on one grid, so that a cell is gained or lost
    by its times alone. Where edits only help (every arc that changed is new or faster) nothing is lost.

    Parameters
    ----------
    streets
        The streets before.
    scenarios
        What-ifs to apply to them.
    origins, weights, direction, threads
        As in ``reach``; people on the ground stay where they hang from the streets before.
    cutoffs
        Minutes of the circles.
    assumptions
        The traffic of the period, or the speed of walkers and cyclists, under which the streets are taken, and which a
        scenario may change. Without them minutes are as given, and no scenario may assume anything.

    Returns
    -------
    StreetComparison

    Raises
    ------
    ScenarioError
        If an edit contradicts the streets, two scenarios have one name, or one assumes something without assumptions.
    ParameterError
        As ``reach``.

    Notes
    -----
    Times are fixed: congestion relief and induced demand are outside the model.
    """
    from commute.kernels.threads import share  # noqa: PLC0415 - numba is imported with the first streets

    several = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    edited = _edited(streets, several, assumptions)
    worlds = {name: _assumed(one, name, several, assumptions) for name, one in edited.items()}
    base, ends = worlds[BASE], ends_of(worlds[BASE], origins)
    cells = _cells(base, weights, threads=threads)
    counted = "junctions" if weights is None else "people"
    asked = _Asked(worlds, checked_cutoffs(cutoffs), cells, counted, direction)
    for world in worlds.values():
        world.prepare()
    told: list[tuple[list[dict[str, Any]], ...]] = [([], [], [])] * len(ends.node)

    def worker(numbers: Iterator[int]) -> None:
        for number in numbers:
            told[number] = _told(asked, ends, number)

    with progress("Comparison") as finished:
        share(worker, len(ends.node), threads=threads, finished=finished)
    summary, areas, circles = (_in_order([row for rows in told for row in rows[at]], worlds) for at in range(3))
    manifest = manifest_of(base) | ({} if assumptions is None else {"assumptions_hash": assumptions.hash})
    result = StreetComparison(
        base=base,
        scenarios=tuple(several),
        summary=pd.DataFrame(summary),
        areas=_drawn(areas, ["scenario", "origin_id", "cutoff", "change", "area_km2"]),
        circles=_drawn(circles, ["scenario", "origin_id", "cutoff"]),
        changed=differences.arcs(edited.pop(BASE), edited),
        origins=_points(base, ends),
        streets=worlds,
    )
    for frame in (result.summary, result.areas, result.circles):
        frame.attrs["manifest"] = manifest
    return result


compare.register(Streets, compare_streets)  # type: ignore[arg-type]  # it returns a comparison of its own


def _edited(
    streets: Streets, scenarios: Sequence[Scenario], assumptions: Assumptions | None
) -> dict[str, Streets]:
    """Return the streets as they are and as each scenario makes them, not yet under any assumptions."""
    strangers = [one for one in scenarios if not isinstance(one, Scenario)]
    if strangers or not scenarios:
        raise ParameterError(f"Streets are compared with scenarios: give at least one, got {strangers or 'none'}.")
    check_names([one.name for one in scenarios])
    bare = streets if assumptions is None else handed_on(streets, replace(streets, period=""))
    return {BASE: bare} | {one.name: one.apply(bare) for one in scenarios}


def _assumed(
    edited: Streets, name: str, scenarios: Sequence[Scenario], assumptions: Assumptions | None
) -> Streets:
    """Return streets under the assumptions of their scenario."""
    own = next((one for one in scenarios if one.name == name), Scenario(BASE, ()))
    if assumptions is not None:
        return edited.under(own.assume(assumptions))
    if any(isinstance(edit, Assume) for edit in own.edits):
        raise ScenarioError(f"Scenario {name!r} changes assumptions: tell compare() the assumptions of the base.")
    return edited


def _cells(
    streets: Streets, weights: ArrayLike | pd.DataFrame | gpd.GeoDataFrame | Cells | None, *, threads: int
) -> Cells:
    """Return who or what is counted, as cells: what stands at a junction is a cell without a walk."""
    if isinstance(weights, Cells):
        return weights
    if isinstance(weights, pd.DataFrame):
        return people_on(streets, weights, threads=threads)
    every = np.arange(streets.nodes, dtype=np.int32)
    people = at_junctions(streets, np.ones(streets.nodes) if weights is None else weights, most=_MOST)
    return Cells(every, np.zeros_like(every), people, np.zeros(streets.nodes, dtype=np.bool_))


def _told(asked: _Asked, ends: Ends, number: int) -> tuple[list[dict[str, Any]], ...]:
    """Return the rows of the summary, the areas and the circles of one origin."""
    summary: list[dict[str, Any]] = []
    areas: list[dict[str, Any]] = []
    circles: list[dict[str, Any]] = []
    grounds = _grounds(asked, ends.node[number])
    before = grounds[BASE]
    for scenario, after in grounds.items():
        rings_km2 = ring_areas_km2(after.field, after.rings)
        for at, cutoff in enumerate(asked.cutoffs):
            key = {"scenario": scenario, "origin_id": ends.name[number], "cutoff": cutoff}
            said = {"direction": asked.direction, "status": ends.status[number]}
            was, now = (one.arrival <= round(cutoff * DECISECONDS) for one in (before, after))
            drawn = {"area_km2": float(rings_km2[at]), asked.counted: _sum(asked, now), "geometry": after.rings[at]}
            circles.append(key | said | drawn)
            if scenario == BASE:
                continue
            fields, outlines = (before.field, after.field), (before.rings[at], after.rings[at])
            parts = differences.ground_on_grid(fields, outlines, cutoff)
            areas += [
                key | {"change": change, "area_km2": km2, "geometry": shape} for change, (shape, km2) in parts.items()
            ]
            counts = {"before": was, "after": now, "gained": now & ~was, "lost": was & ~now}
            km2 = {f"{change}_km2": parts[change][1] if change in parts else 0.0 for change in differences.CHANGES}
            people = {f"{asked.counted}_{when}": _sum(asked, inside) for when, inside in counts.items()}
            summary.append(key | {"direction": asked.direction} | people | km2 | {"status": ends.status[number]})
    return summary, areas, circles


def _grounds(asked: _Asked, node: int) -> dict[str, _Ground]:
    """Return the ground of every world from one junction (nowhere, if it is -1), all on one grid."""
    from commute.kernels.sweep import distances  # noqa: PLC0415 - numba is imported with the first streets

    towards, limit = is_towards(asked.direction), round(max(asked.cutoffs) * DECISECONDS)
    seeds = np.array([node] if node >= 0 else [], dtype=np.int64)
    layers = []
    for world in asked.worlds.values():
        started = np.array([0, len(seeds)])
        times = distances(world.prepared, seeds, np.zeros_like(seeds), started, limit, towards=towards)[0]
        layers.append(Expansion(world, times))
    frame = frame_of(layers, asked.cutoffs, towards=towards)
    grounds = {}
    for name, layer in zip(asked.worlds, layers, strict=True):
        ground = field([layer], asked.cutoffs, towards=towards, frame=frame)
        grounds[name] = _Ground(arrivals(asked.cells, layer.deciseconds), ground, contours(ground, asked.cutoffs))
    return grounds


def _sum(asked: _Asked, inside: NDArray[np.bool_]) -> float | int:
    total = asked.cells.people[inside].sum()
    return int(total // THOUSANDTHS) if asked.counted == "junctions" else float(total / THOUSANDTHS)


def _in_order(rows: list[dict[str, Any]], worlds: dict[str, Streets]) -> list[dict[str, Any]]:
    """Put the rows of a scenario together, origin by origin."""
    names = list(worlds)
    return sorted(rows, key=lambda row: names.index(row["scenario"]))


def _drawn(rows: list[dict[str, Any]], columns: list[str]) -> gpd.GeoDataFrame:
    known = list(rows[0]) if rows else [*columns, "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=known), geometry="geometry", crs="EPSG:4326")


def _points(streets: Streets, ends: Ends) -> gpd.GeoDataFrame:
    """Return where the circles start: at the junctions of the origins; an empty point where there is none."""
    at = np.maximum(ends.node, 0)
    points = gpd.points_from_xy(streets.lon[at], streets.lat[at])
    known = {"origin_id": ends.name, "node": ends.node, "status": ends.status}
    return gpd.GeoDataFrame(known, geometry=np.where(ends.node >= 0, points, shapely.Point()), crs="EPSG:4326")
