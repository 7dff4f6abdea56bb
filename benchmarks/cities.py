"""Time networks of cities: every pair of the Greater Bay Area, and every one of its assets closed once.

    python benchmarks/cities.py

The peers search the same graph in time, in one thread, and their answers must be equal to the decisecond. Where a peer
is asked a few of the closures, its mean is over those. commute runs on one thread too, unless it says otherwise.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anybody loads OpenMP

import argparse
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from peers import NOWHERE
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from timing import Report, agree, answered, in_turn, machine, timed

import commute
from commute.kernels import bounded, closures, csr
from commute.measure.draws import under_each
from commute.model.clock import DECISECONDS
from commute.model.draws import drawn
from commute.model.timegraph import TimeGraph, time_graph

if TYPE_CHECKING:
    from commute.kernels.csr import CSR

REGION = "greater-bay-area"
CLOSED = 3  # closures and draws that scipy is asked
DRAWS = 2000


def compare(report: Report, *, quick: bool = False) -> None:
    """Add the section of networks of cities."""
    network = commute.load(REGION)
    graph = time_graph(network, commute.Assumptions())
    report.say(f"\n## {REGION}: {len(graph.nodes):,} nodes in time, {len(graph.csr.head):,} arcs, "
               f"{len(graph.assets)} assets\n")  # fmt: skip
    report.say("| work | peer | commute ms | peer ms | ratio | bar | spread |\n|---|---|---|---|---|---|---|")
    pairs(graph.csr, report, quick=quick)
    without(graph, report)
    draws(network, report)
    whole(network, report)


def pairs(graph: CSR, report: Report, *, quick: bool) -> None:
    """Find the time between every two nodes."""
    nodes = len(graph.indptr) - 1
    every = np.arange(nodes), np.zeros(nodes, dtype=np.int64), np.arange(nodes + 1)
    found = bounded.searches(graph, *every)
    own = timed(lambda: bounded.searches(graph, *every), 5)
    matrix = _matrix(graph)
    rows, other = answered(lambda _: _whole(dijkstra(matrix)), [0], runs=1 if quick else 3)
    agree("scipy", rows[0], found)
    report.versus("all pairs of nodes", "Scipy", own, other)
    if not quick:
        rows, other = answered(lambda _: _by_networkx(graph), [0])
        agree("networkx", rows[0], found)
        report.versus("all pairs of nodes", "Networkx", own, other)


def without(graph: TimeGraph, report: Report) -> None:
    """Find the time from every counting point to every node with each asset closed in turn."""
    points = graph.network.places.query("kind == 'county'").index
    seeds = np.array([graph.foot[place] for place in points])
    slot_of = np.full(len(graph.edges.tail), -1)
    slot_of[graph.csr.edge] = np.arange(len(graph.csr.edge))
    slots = [slot_of[rows] for rows in graph.assets.values()]
    slots = [some[some >= 0] for some in slots]
    starts = np.cumsum([0, *map(len, slots)])
    asked = seeds, np.zeros(len(seeds), dtype=np.int64), np.arange(len(seeds) + 1), np.concatenate(slots), starts
    found = closures.closures(graph.csr, *asked)
    own = timed(lambda: closures.closures(graph.csr, *asked), 3, each=len(slots))
    rows, other = answered(lambda closed: _closed(graph.csr, seeds, closed), slots[:CLOSED])
    agree("scipy", rows, found[:CLOSED])
    work = f"{len(seeds)} counting points to all nodes without an asset, each of {len(slots)}"
    report.versus(work, "Scipy", own, other)


def draws(network: commute.Network, report: Report) -> None:
    """Find the time between every two counting points under each of many draws of all assumptions."""
    points = list(network.counting_points.index)
    drawn_ones = drawn(commute.Assumptions(), DRAWS, seed=1)

    def told(threads: int) -> list[float]:
        return under_each(network, drawn_ones, points, points, lambda _, minutes: float(minutes.sum()), threads=threads)

    under_each(network, drawn_ones[:2], points, points, lambda _, minutes: minutes, threads=1)  # compiles
    one, two = in_turn(lambda: told(1), lambda: told(2), runs=1)
    report.say(f"\n{DRAWS:,} draws of all assumptions, {len(points)} × {len(points)} counting points in each: "
               f"{one.median:.1f} s on the wall in one thread, {two.median:.1f} s in two.")  # fmt: skip
    few = under_each(network, drawn_ones[:CLOSED], points, points, lambda _, minutes: minutes, threads=1)
    for minutes, assumed in zip(few, drawn_ones, strict=False):
        graph = time_graph(network, assumed)
        nodes = np.array([graph.foot[point] for point in points])
        known = _whole(dijkstra(_matrix(graph.csr), indices=nodes))[:, nodes]
        agree("scipy", np.where(known >= NOWHERE, np.inf, known / DECISECONDS), minutes)


def whole(network: commute.Network, report: Report) -> None:
    """Tell what the public measures take from beginning to end, by the clock on the wall, with all threads."""
    (took,) = in_turn(lambda: commute.criticality(network), runs=3)
    assets = len(commute.criticality(network))
    report.say(f"\n`criticality`, each of {assets} assets closed once and scored: {took.median:.2f} s on the wall.")


def _matrix(graph: CSR) -> csr_matrix:
    """Hold the graph as scipy does, where arcs that are there and weigh 0 count."""
    nodes = len(graph.indptr) - 1
    return csr_matrix((graph.weight.astype(float), graph.head, graph.indptr), shape=(nodes, nodes))


def _whole(times: np.ndarray) -> np.ndarray:
    return np.where(np.isinf(times) | (times >= NOWHERE), NOWHERE, times).astype(np.int64)


def _closed(graph: CSR, seeds: np.ndarray, closed: np.ndarray) -> np.ndarray:
    weight = graph.weight.copy()
    weight[closed] = csr.INF
    return _whole(dijkstra(_matrix(graph._replace(weight=weight)), indices=seeds))


def _by_networkx(graph: CSR) -> np.ndarray:
    nodes = len(graph.indptr) - 1
    drawn = nx.DiGraph()
    drawn.add_nodes_from(range(nodes))
    columns = csr.tails(graph).tolist(), graph.head.tolist(), graph.weight.tolist()
    drawn.add_weighted_edges_from(zip(*columns, strict=True))
    found = np.full((nodes, nodes), NOWHERE, dtype=np.int64)
    for node, times in nx.all_pairs_dijkstra_path_length(drawn):
        found[node, list(times)] = list(times.values())
    return np.minimum(found, NOWHERE)


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out networkx")
    asked = parser.parse_args()
    report = Report()
    report.say(machine(("numba", "numpy", "scipy", "networkx")))
    compare(report, quick=asked.quick)


if __name__ == "__main__":
    main()
