"""Reweighing: what changes in the graph of streets, and in its hierarchy, when arcs take other times or are added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from commute.kernels.csr import CSR
    from commute.kernels.sweep import Prepared
    from commute.model.streets import Streets

_FEW = 300  # arcs: up to here mending the metric is faster than making it anew


def customised(ready: Prepared, before: NDArray[np.int32], after: NDArray[np.int32]) -> Prepared:
    """Weigh the hierarchy for new times: mend a copy of the metric if few arcs differ."""
    from commute.kernels.hierarchy import customise  # noqa: PLC0415 - numba is imported with the first streets
    from commute.kernels.partial import customise_partial  # noqa: PLC0415 - as above

    slots = np.flatnonzero(before != after)
    if len(slots) > _FEW:
        return ready._replace(metric=customise(ready.hierarchy, after))
    metric = ready.metric.copy()
    customise_partial(ready.hierarchy, metric, before.copy(), slots, after[slots])
    return ready._replace(metric=metric)


def grown(ready: Prepared, csr: CSR) -> Prepared:
    """Make the hierarchy of a graph with more arcs, in the order that its junctions were in."""
    from commute.kernels.hierarchy import customise, topology  # noqa: PLC0415 - as above
    from commute.kernels.sweep import prepared  # noqa: PLC0415 - as above

    hierarchy = topology(csr, ready.hierarchy.position)
    return prepared(hierarchy, customise(hierarchy, csr.weight))


def handed_on(before: Streets, again: Streets) -> Streets:
    """Hand the hierarchy on to the same streets under another heading."""
    if "prepared" in vars(before):
        vars(again)["prepared"] = before.prepared
    return again


def fastest_of(
    before: NDArray[np.int32], slot: NDArray[np.int32], changed: NDArray[np.int64], weight: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Find the weight of every slot when the weights of the arcs ``changed`` are new; parallel arcs share a slot."""
    from commute.kernels.csr import INF  # noqa: PLC0415 - as above

    fastest = before.copy()
    touched = np.zeros(len(fastest) + 1, dtype=np.bool_)  # the last stands for loops, whose slot is -1
    touched[slot[changed]] = True
    touched[-1] = False
    arcs = np.flatnonzero(touched[slot])
    fastest[touched[:-1]] = INF
    np.minimum.at(fastest, slot[arcs], weight[arcs])
    return fastest


def slots_of(csr: CSR, tail: NDArray[np.integer], head: NDArray[np.integer]) -> NDArray[np.int32]:
    """Find where in the graph each arc is; -1 for a loop. Slots are sorted by tail, then head."""
    from commute.kernels.csr import tails  # noqa: PLC0415 - as above

    nodes = np.int64(len(csr.indptr) - 1)
    found = np.searchsorted(tails(csr) * nodes + csr.head, np.multiply(tail, nodes, dtype=np.int64) + head)
    return np.where(tail == head, -1, found).astype(np.int32)


def merged(
    one: tuple[CSR, NDArray[np.int32]], other: tuple[CSR, NDArray[np.int32]]
) -> tuple[CSR, NDArray[np.int32]]:
    """Put two graphs of the same junctions into one, and say where in it the arcs of either are, one's first."""
    from commute.kernels.csr import build, tails  # noqa: PLC0415 - as above

    ends = [(tails(csr), csr.head, csr.weight) for csr, _ in (one, other)]
    tail, head, weight = (np.concatenate(columns) for columns in zip(*ends, strict=True))
    csr = build(len(one[0].indptr) - 1, tail, head, weight)
    moved = np.split(slots_of(csr, tail, head), [len(one[0].head)])
    return csr, np.concatenate([_through(*where) for where in zip(moved, (one[1], other[1]), strict=True)])


def _through(moved: NDArray[np.int32], slot: NDArray[np.int32]) -> NDArray[np.int32]:
    """Say where the slots have gone; loops stay nowhere."""
    return np.where(slot >= 0, np.append(moved, -1)[slot], -1).astype(np.int32)
