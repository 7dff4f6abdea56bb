"""Streets: every junction of a street network and the timed arcs that join them, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import ParameterError
from commute.model import ground
from commute.model.arcs import OBSERVED, bent, described, more_bent, more_described
from commute.model.clock import DECISECONDS
from commute.model.ordercache import cached_order
from commute.model.reweigh import customised, fastest_of, grown, handed_on, merged, slots_of
from commute.progress import progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray
    from scipy.spatial import KDTree

    from commute.kernels.csr import CSR
    from commute.kernels.sweep import Prepared
    from commute.model.arcs import Bends
    from commute.model.assumptions import Assumptions

MODES = ("drive", "walk", "bicycle")
LONGEST = 10**6  # minutes of one arc; the kernels could count to 1.7 million
SNAP_METRES = 500.0
_EAST, _NORTH = 180.0, 90.0  # degrees, the furthest there is


@dataclass(frozen=True, eq=False)
class Streets:
    """Junctions joined by one-way arcs that each take some minutes; made by :meth:`from_arrays` or read from a map.

    Attributes
    ----------
    csr
        The graph as the kernels read it: of parallel arcs the fastest, no loops, times in deciseconds.
    lon, lat
        Where each junction is, in degrees of WGS-84.
    tail, head
        The junctions that each arc that was given leads from and to.
    slot
        For each arc that was given, where it is in ``csr``; -1 for a loop.
    deciseconds
        For each arc that was given, how long it takes.
    attributes
        What each arc that was given says of itself: some of the columns of ``arcs.ATTRIBUTES``.
    bends
        Where each arc that was given bends.
    mode
        Who uses these streets: ``drive``, ``walk`` or ``bicycle``.
    period
        Which traffic the minutes are of (``free_flow``, ``off_peak``, ``peak``); empty where they are as given.
    source
        Where the streets are from.
    """

    csr: CSR
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    slot: NDArray[np.int32]
    deciseconds: NDArray[np.int32]
    attributes: pd.DataFrame
    bends: Bends
    mode: str = "drive"
    period: str = ""
    source: str = ""

    @classmethod
    def from_arrays(  # noqa: PLR0913 - what streets are made of
        cls,
        tail: ArrayLike,
        head: ArrayLike,
        minutes: ArrayLike,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        attributes: Mapping[str, ArrayLike] | pd.DataFrame | None = None,
        bends: Bends | None = None,
        mode: str = "drive",
        source: str = "",
    ) -> Streets:
        """Join junctions, numbered from 0 as in ``lon`` and ``lat``, by arcs from ``tail`` to ``head``.

        Loops are dropped and the fastest of parallel arcs is used. Minutes are rounded to tenths of seconds, but to
        no less than one.

        Raises
        ------
        ParameterError
            For columns of different lengths, junctions that do not exist or have no place, minutes that are not
            above 0 and up to a million (how many, and the first rows), unknown attributes and modes.
        """
        from commute.kernels.csr import build  # noqa: PLC0415 - numba is imported with the first streets

        longitudes, latitudes = (np.array(column, dtype=np.float64) for column in (lon, lat))
        _refuse("lon, lat", ~_on_earth(longitudes, latitudes), longitudes, "are no place on Earth")
        weight = _to_deciseconds(minutes)
        try:
            csr = build(len(longitudes), tail, head, weight)
        except ValueError as error:
            raise ParameterError(f"These arcs are no streets. {error}") from error
        if mode not in MODES:
            raise ParameterError(f"mode cannot be {mode!r}: choose one of {', '.join(MODES)}.")
        ends = np.array(tail, dtype=np.int32), np.array(head, dtype=np.int32)
        said, bending = described(len(weight), attributes), bent(len(weight), bends)
        slot = slots_of(csr, *ends)
        return cls(csr, longitudes, latitudes, *ends, slot, weight, said, bending, mode=mode, source=source)

    @property
    def nodes(self) -> int:
        """Count the junctions."""
        return len(self.lon)

    @property
    def minutes(self) -> NDArray[np.float64]:
        """How long each of the arcs that were given takes; inf where it is closed."""
        from commute.kernels.csr import INF  # noqa: PLC0415 - as above

        return np.where(self.deciseconds == INF, np.inf, self.deciseconds / DECISECONDS)

    @cached_property
    def prepared(self) -> Prepared:
        """The hierarchy and its metric, made when they are first asked for."""
        from commute.kernels.hierarchy import customise, topology  # noqa: PLC0415 - as above
        from commute.kernels.order import best_order  # noqa: PLC0415 - as above
        from commute.kernels.sweep import prepared  # noqa: PLC0415 - as above

        x = self.lon * np.cos(np.radians(np.mean(self.lat) if self.nodes else 0.0))
        with progress("Preparing the streets") as told:  # METIS is one call, which tells nothing before it is done
            rank = cached_order(self.csr.indptr, self.csr.head, lambda: best_order(self.csr, x, self.lat))
            told(1, 3)
            hierarchy = topology(self.csr, rank)
            told(2, 3)
            metric = customise(hierarchy, self.csr.weight)
            told(3, 3)
        return prepared(hierarchy, metric)

    def prepare(self) -> Streets:
        """Make the hierarchy now rather than with the first question, and return the same streets.

        Under 20 seconds for 1.5 million junctions, the first time; the order is kept on disk, see ``ordercache``.
        Past a few seconds a bar on the terminal tells which of the three steps are done: order, topology, metric.
        """
        _ = self.prepared
        return self

    @cached_property
    def component(self) -> NDArray[np.int32]:
        """Label the junctions: two share a label if each can be reached from the other."""
        from commute.kernels.csr import strongly_connected  # noqa: PLC0415 - as above

        return strongly_connected(self.csr)

    def with_minutes(self, minutes: ArrayLike, *, arcs: ArrayLike | None = None) -> Streets:
        """Return the same streets with other minutes: for every arc that was given, or for ``arcs`` by their number.

        inf closes an arc. Streets that are prepared hand on their hierarchy, so this takes milliseconds for a few
        hundred arcs and well under a second for all of a million.

        Raises
        ------
        ParameterError
            As ``from_arrays``; also for arcs that do not exist, and minutes that are not one for each.
        """
        from commute.kernels.csr import INF  # noqa: PLC0415 - as above

        numbers = np.arange(len(self.slot)) if arcs is None else np.atleast_1d(np.asarray(arcs))
        changed = np.atleast_1d(np.asarray(minutes, dtype=np.float64))
        if changed.shape != numbers.shape:
            raise ParameterError(f"Each of {len(numbers)} arcs needs its minutes, got {changed.size}.")
        _refuse("arcs", (numbers < 0) | (numbers >= len(self.slot)), numbers, f"are not among {len(self.slot)} arcs")
        weight = self.deciseconds.copy()
        closed = np.isposinf(changed)
        weight[numbers[~closed]] = _to_deciseconds(changed[~closed])
        weight[numbers[closed]] = INF
        fastest = fastest_of(self.csr.weight, self.slot, numbers, weight)
        again = replace(self, csr=self.csr._replace(weight=fastest), deciseconds=weight)
        if "prepared" in vars(self):
            vars(again)["prepared"] = customised(self.prepared, self.csr.weight, fastest)
        return again

    def under(self, assumptions: Assumptions) -> Streets:
        """Return the streets at the speeds assumed: by car in the traffic of the period, on foot, by bicycle.

        A car drives ``road.limit_share`` of a limit when free, and slower by the congestion of the period; what was
        observed on the road stays. Streets that do not say how long they are and how fast keep their minutes.
        """
        said = self.attributes
        if not {"metres", "kph", "speed"} <= set(said.columns):
            return self
        assumed = self.mode_speed(said["kph"].to_numpy(), assumptions)
        known = (said["speed"] != OBSERVED).to_numpy() & (said["metres"] > 0).to_numpy() & (assumed > 0)
        arcs = np.flatnonzero(known & (self.deciseconds < _closed()))
        slowing = said["slowing"].to_numpy()[arcs] if "slowing" in said else 1.0
        again = self.with_minutes(0.06 * said["metres"].to_numpy()[arcs] / assumed[arcs] * slowing, arcs=arcs)
        return handed_on(again, replace(again, period=assumptions.period))

    def mode_speed(self, kph: NDArray[np.float64], assumptions: Assumptions) -> NDArray[np.float64]:
        """Return the speed assumed, in km/h, where the limit is ``kph``; on foot and by bicycle it is one for all."""
        if self.mode != "drive":
            return np.full(len(kph), assumptions.speed[self.mode])
        limit, place = np.unique(kph, return_inverse=True)
        driven = [assumptions.road["limit_share"] * one / assumptions.delay(float(one)) for one in limit]
        return np.asarray(driven, dtype=np.float64)[place]

    def with_edges(
        self,
        tail: ArrayLike,
        head: ArrayLike,
        minutes: ArrayLike,
        *,
        attributes: Mapping[str, ArrayLike] | None = None,
        bends: Bends | None = None,
    ) -> Streets:
        """Return these streets and new arcs between their junctions, numbered on from those that were given.

        Raises
        ------
        ParameterError
            As ``from_arrays``.
        """
        new = Streets.from_arrays(tail, head, minutes, self.lon, self.lat, attributes=attributes, bends=bends)
        csr, slot = merged((self.csr, self.slot), (new.csr, new.slot))
        again = replace(
            self,
            csr=csr,
            tail=np.concatenate([self.tail, new.tail]),
            head=np.concatenate([self.head, new.head]),
            slot=slot,
            deciseconds=np.concatenate([self.deciseconds, new.deciseconds]),
            attributes=more_described(self.attributes, new.attributes),
            bends=more_bent(self.bends, new.bends),
        )
        if "prepared" in vars(self):
            vars(again)["prepared"] = grown(self.prepared, csr)
        return again

    def snap(self, lon: ArrayLike, lat: ArrayLike, *, within_metres: float = SNAP_METRES) -> pd.DataFrame:
        """Find the junction nearest to each point.

        Returns
        -------
        DataFrame
            One row per point: ``node`` (-1 if none), ``distance_metres`` (straight line), ``component``, ``status``:
            ``snapped``; ``island``, not in the largest component; ``unsnapped``, nothing within reach.
        """
        chord, node = self._tree.query(ground.on_sphere(np.atleast_1d(lon), np.atleast_1d(lat)))
        metres = 2000 * ground.EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1))
        near = metres <= within_metres
        component = np.where(near, self.component[np.minimum(node, self.nodes - 1)], -1)
        largest = np.bincount(self.component).argmax()
        status = np.select([~near, component != largest], ["unsnapped", "island"], "snapped")
        columns = {"node": np.where(near, node, -1), "distance_metres": metres, "component": component}
        return pd.DataFrame(columns | {"status": status})

    @cached_property
    def _tree(self) -> KDTree:
        from scipy.spatial import KDTree  # noqa: PLC0415 - only snapping needs it

        return KDTree(ground.on_sphere(self.lon, self.lat), balanced_tree=False)  # built in a third of the time


def _closed() -> int:
    from commute.kernels.csr import INF  # noqa: PLC0415 - numba is imported with the first streets

    return INF


def _to_deciseconds(minutes: ArrayLike) -> NDArray[np.int32]:
    taken = np.atleast_1d(np.asarray(minutes, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        wrong = ~((taken > 0) & (taken <= LONGEST))
    _refuse("minutes", wrong, taken, f"are not above 0 and up to {LONGEST}")
    return np.maximum(np.rint(taken * DECISECONDS), 1).astype(np.int32)


def _refuse(name: str, wrong: NDArray[np.bool_], values: NDArray[np.generic], problem: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        first = ", ".join(f"row {row} holds {values[row]}" for row in rows[:5])
        raise ParameterError(f"{name}: {len(rows)} of {len(wrong)} {problem}; {first}.")


def _on_earth(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    if lon.ndim != 1 or lon.shape != lat.shape:
        raise ParameterError(f"Each junction needs one lon and one lat; got {lon.shape} and {lat.shape}.")
    with np.errstate(invalid="ignore"):
        return (np.abs(lon) <= _EAST) & (np.abs(lat) <= _NORTH)
