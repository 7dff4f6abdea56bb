"""Joined: times and circles by streets and trains together, exactly.

A search on the joint graph tells when each door between the network and the streets is passed, and one sweep over the
streets, seeded at all of them, when each junction is: whole deciseconds, as on one big graph of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from commute.errors import ParameterError
from commute.measure import surface
from commute.measure.expansion import Expansion, rings
from commute.measure.origins import origins_of
from commute.measure.people import arrivals, counted_at, people_on
from commute.measure.times import THREADS, averaged, is_towards, people_of
from commute.model.clock import DECISECONDS
from commute.model.edgetimes import NEVER
from commute.model.joint import joint, layers_of
from commute.model.timegraph import time_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from commute.measure.origins import Origins
    from commute.model.assumptions import Assumptions
    from commute.model.joint import Doors, Joint, Layer
    from commute.model.network import Network
    from commute.model.streets import Streets

UNSNAPPED, REACHED = "unsnapped", "reached"
FOREVER = NEVER - 1  # deciseconds, the most that the kernels tell from never
_AT_ONCE = 2**25  # times at junctions held at once: 128 MB


class _Own(NamedTuple):
    """For each origin its own junction, -1 where it has none or sets off through the doors, and its deciseconds."""

    junction: NDArray[np.int64]
    time: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Joined:
    """Origins in a network joined to streets, and what can be asked of them; made by :func:`joined`."""

    joint: Joint
    origins: Origins
    towards: bool
    limit: int

    @property
    def status(self) -> list[str]:
        """``unsnapped`` where an origin has no access streets beside it: a place goes on without, a point nowhere."""
        access = self.joint.layers[0]
        beside = set(access.ports.index[access.ports["node"] >= 0])
        snapped = [place in beside for place in self.origins.place]
        snapped = [known or bool(own >= 0) for known, own in zip(snapped, self._own[0].junction, strict=True)]
        return [REACHED if known else UNSNAPPED for known in snapped]

    def minutes(self, places: Sequence[str]) -> NDArray[np.float64]:
        """Return minutes [origins, places] between them; inf where no way leads, or none within the limit."""
        from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported when the first graph is searched

        node = nodes_of(self.joint, places, arriving=not self.towards)
        found = np.where(self.times[:, node] >= INF, np.inf, self.times[:, node] / DECISECONDS)
        same = np.array(self.origins.place, dtype=object)[:, None] == np.array(places, dtype=object)
        return np.where(same, 0.0, found)

    def rings(self, cutoffs: tuple[float, ...]) -> Iterator[list[tuple[float, shapely.Geometry]]]:
        """Yield for each origin the area in km² and the polygon in degrees of each cutoff, ascending and nested."""
        plane = surface.plane_of(self.joint.network)
        for layers in self.expansions(round(cutoffs[-1] * DECISECONDS)):
            shapes = rings(layers, cutoffs, towards=self.towards)
            flat = [shapely.transform(shape, plane.forth.transform, interleaved=False) for shape in shapes]
            yield [(float(one.area), shape) for one, shape in zip(flat, shapes, strict=True)]

    def expansions(self, limit: int) -> Iterator[list[Expansion]]:
        """Yield for each origin the layers of streets that it colours, with the times on the ground beside them.

        INF beyond ``limit`` deciseconds, which must not lie beyond what was searched.
        """
        layers = [one for one, colours in zip(self.joint.layers, self._coloured, strict=True) if colours]
        most = max(1, _AT_ONCE // sum(one.timed.nodes for one in layers))
        for first in range(0, len(self.origins.label), most):
            few = slice(first, first + most)
            fields = [self._field(number, few, limit) for number, colours in enumerate(self._coloured) if colours]
            for times in zip(*fields, strict=True):
                yield [Expansion(one.timed, own) for one, own in zip(layers, times, strict=True)]

    def people(self, weights: pd.DataFrame, cutoffs: Sequence[float]) -> NDArray[np.float64]:
        """Count the people [origins, cutoffs] of a table within each cutoff, each by the layer that comes first."""
        layers = [one for one, colours in zip(self.joint.layers, self._coloured, strict=True) if colours]
        cells = [people_on(one.timed, weights, assumptions=self.joint.graph.assumptions) for one in layers]
        counts = []
        for fields in self.expansions(round(cutoffs[-1] * DECISECONDS)):
            each = [arrivals(own, field.deciseconds) for own, field in zip(cells, fields, strict=True)]
            counts.append(counted_at(cells[0], np.minimum.reduce(each), cutoffs))
        return np.array(counts)

    @cached_property
    def times(self) -> NDArray[np.int32]:
        """Deciseconds [origins, nodes] of the joint graph; INF beyond the limit."""
        from commute.kernels.bounded import searches  # noqa: PLC0415 - as above

        parts = [self._begin()]
        for one, own, doors in zip(self.joint.layers, self._own, self._enter, strict=True):
            if (own.junction >= 0).any():
                parts.append(self._first_doors(one, own, doors))
        graph = self.joint.reversed if self.towards else self.joint.csr
        return searches(graph, *_seeds(parts, self.limit), self.limit, threads=THREADS)

    # -- which way round -----------------------------------------------------------------------------------

    @property
    def _enter(self) -> tuple[Doors, ...]:
        """The doors through which the search passes from the streets into the network."""
        return self.joint.on if self.towards else self.joint.off

    @property
    def _leave(self) -> tuple[Doors, ...]:
        return self.joint.off if self.towards else self.joint.on

    @property
    def _setting_off(self) -> list[bool]:
        """Tell on which layers journeys set off: the access streets; in a car, on all that are for driving."""
        access, *rest = self.joint.layers
        return [True, *(access.by_car and one.by_car for one in rest)]

    @property
    def _coloured(self) -> list[bool]:
        """Tell on which layers somebody is who has come from the origins, or sets off for them."""
        return self._setting_off if self.towards else [True] * len(self.joint.layers)

    def _parking(self, one: Layer, *, setting_off: bool) -> int:
        """Return the deciseconds between the ground and the streets."""
        minutes = self.joint.graph.assumptions.parking["unpark" if setting_off else "park"]
        return round(minutes * DECISECONDS) if one.by_car else 0

    @cached_property
    def _own(self) -> list[_Own]:
        """Where on each layer the origins that are points begin."""
        passed = [True] * len(self.joint.layers) if self.towards else self._setting_off
        points = np.flatnonzero([place is None for place in self.origins.place])
        found = []
        for one, open_ in zip(self.joint.layers, passed, strict=True):
            own = _Own(*(np.full(len(self.origins.place), unset, dtype=np.int64) for unset in (-1, 0)))
            if open_ and len(points):
                report = one.streets.snap(self.origins.lon[points], self.origins.lat[points])
                leg = np.rint(one.legs(report["distance_metres"].to_numpy()) * DECISECONDS).astype(np.int64)
                own.junction[points] = report["node"]
                own.time[points] = leg + self._parking(one, setting_off=not self.towards)
            found.append(own)
        return found

    # -- seeds ---------------------------------------------------------------------------------------------

    def _begin(self) -> _Seeds:
        """Begin at the places themselves."""
        node = np.full(len(self.origins.place), -1, dtype=np.int64)
        named = [row for row, place in enumerate(self.origins.place) if place is not None]
        node[named] = nodes_of(self.joint, [str(self.origins.place[row]) for row in named], arriving=self.towards)
        return _Seeds(node[:, None], np.zeros((len(node), 1), dtype=np.int64))

    def _first_doors(self, one: Layer, own: _Own, doors: Doors) -> _Seeds:
        """Go from the points over the streets to the doors."""
        from commute.kernels.csr import INF  # noqa: PLC0415 - as above
        from commute.kernels.sweep import distances  # noqa: PLC0415 - as above

        begin = _Seeds(own.junction[:, None], own.time[:, None])
        time = distances(
            one.timed.prepared, *_seeds([begin], self.limit), self.limit,
            columns=doors.junction, towards=self.towards, threads=THREADS,
        ).astype(np.int64)  # fmt: skip
        return _Seeds(doors.node[None, :], np.where(time >= INF, INF, time + doors.leg))

    def _field(self, number: int, few: slice, limit: int) -> NDArray[np.int32]:
        """Return deciseconds [origins, junctions] on the ground beside the streets of one layer."""
        from commute.kernels.csr import INF  # noqa: PLC0415 - as above
        from commute.kernels.sweep import distances  # noqa: PLC0415 - as above

        one, own, doors = self.joint.layers[number], self._own[number], self._leave[number]
        passed = self.times[few][:, doors.node].astype(np.int64)
        toll = self._parking(one, setting_off=self.towards)  # the same everywhere, so it may as well be paid first
        begin = _Seeds(own.junction[few, None], own.time[few, None] + toll)
        through = _Seeds(doors.junction[None, :], np.where(passed >= INF, INF, passed + doors.leg + toll))
        seeds = _seeds([begin, through], limit)
        return distances(one.timed.prepared, *seeds, limit, towards=self.towards, threads=THREADS)


class _Seeds(NamedTuple):
    """Where each origin begins, and when: [origins, seeds], or [1, seeds] of nodes common to all."""

    node: NDArray[np.int64]
    time: NDArray[np.int64]


def joined(  # noqa: PLR0913 - what its callers were asked
    network: Network,
    origins: str | Iterable[str] | gpd.GeoSeries | gpd.GeoDataFrame,
    streets: Streets | Mapping[str, Streets],
    assumptions: Assumptions,
    *,
    direction: str = "from",
    limit: int,
    also: Sequence[str] = (),
) -> Joined:
    """Join a network to streets and set off from (or for) the origins; ``also`` are other places to be asked for.

    Raises
    ------
    ParameterError
        Under the basis ``in_vehicle``, and for streets and origins that are none.
    """
    if assumptions.basis == "in_vehicle":
        raise ParameterError(
            "In vehicle there is no way from the station to the door, so there is nothing to do for streets: take "
            "centre_to_centre or door_to_door, or leave the streets out."
        )
    where = origins_of(network, origins)
    layers = layers_of(network, streets, assumptions)
    named = [place for place in (*where.place, *also) if place is not None]
    made = joint(time_graph(network, assumptions), layers, limit, named)
    return Joined(made, where, is_towards(direction), limit)


def minutes_along_streets(  # noqa: PLR0913 - what its callers were asked
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str],
    streets: Streets | Mapping[str, Streets],
    assumptions: Assumptions,
    *,
    direction: str = "from",
) -> tuple[NDArray[np.float64], tuple[Layer, ...]]:
    """Return minutes [origins, destinations] between places as ``times.minutes_between`` does, and the layers.

    Raises
    ------
    ParameterError
        As :func:`joined`.
    """
    if assumptions.basis != "door_to_door":
        made = joined(network, origins, streets, assumptions, also=destinations, direction=direction, limit=FOREVER)
        return made.minutes(destinations), made.joint.layers
    here, there = people_of(network, origins), people_of(network, destinations)
    points = list(there.columns)
    made = joined(network, list(here.columns), streets, assumptions, also=points, direction=direction, limit=FOREVER)
    return averaged(made.minutes(points), here.to_numpy(), there.to_numpy()), made.joint.layers


def told(manifest: dict[str, Any], layers: tuple[Layer, ...]) -> dict[str, Any]:
    """Add to a manifest what streets a result was computed over."""
    timed = {one.role: one.timed for one in layers}
    said = {role: {"mode": one.mode, "source": one.source, "period": one.period} for role, one in timed.items()}
    return manifest | {"streets": said}


def nodes_of(joint: Joint, places: Sequence[str], *, arriving: bool) -> NDArray[np.int64]:
    """Return the nodes at which journeys to places arrive, or at which those from them set off.

    Raises
    ------
    ParameterError
        For an interchange in a world without cars.
    """
    known = joint.end if arriving else joint.start
    away = next((place for place in places if place not in known), None)
    if away is not None:
        raise ParameterError(f"{joint.network.display_name(away)} can be reached only by car.")
    return np.array([known[place] for place in places], dtype=np.int64)


def _seeds(parts: list[_Seeds], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Put the seeds of each origin together, as the kernels read them: those that are there, and in time."""
    count = max(max(len(part.node), len(part.time)) for part in parts)
    node, time = (
        np.concatenate([np.broadcast_to(part[column], (count, part.node.shape[1])) for part in parts], axis=1)
        for column in (0, 1)
    )
    there = (node >= 0) & (time <= limit)
    return node[there], time[there], np.concatenate([[0], np.cumsum(there.sum(axis=1))])
