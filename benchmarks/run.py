"""Time commute beside its peers, in one run, on the same network, and hold their answers against each other.

    python benchmarks/run.py                    real networks where there are any, else made ones
    python benchmarks/run.py --made 100000      a made network of that many junctions
    python benchmarks/run.py --quick            fewer origins, slow peers left out
    python benchmarks/run.py --write            also write benchmarks/RESULTS.md

One thread, processor time, the median of the runs; where a peer is asked only some of the origins, its mean over those.
Spread: the slowest run through the fastest, of commute and of the peer. Unequal answers stop the benchmark.
"""

from __future__ import annotations

import argparse
import functools
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anybody loads OpenMP

import resource
import warnings
from importlib.util import find_spec
from pathlib import Path

import alone
import cities
import networks
import numpy as np
import peers
from timing import Report, Times, agree, answered, in_turn, machine, timed

from commute.kernels import bounded, csr, hierarchy, order, partial, sweep

HALF_HOUR, HOUR = 18_000, 36_000  # deciseconds
PEERS = ("scipy", "igraph", "networkx", "osmnx", "rustworkx", "networkit", "graph-tool", "pandana", "routingkit-cch")
PACKAGES = ("numba", "numpy", "pymetis", *PEERS)


class Bench:
    """One network, prepared, and the questions asked of it."""

    def __init__(self, arcs: networks.Arcs, report: Report, *, quick: bool) -> None:
        self.arcs, self.report, self.quick = arcs, report, quick
        self.large = arcs.nodes > 500_000
        self.graph = csr.build(arcs.nodes, arcs.tail, arcs.head, arcs.weight)
        self.random = np.random.default_rng(0)
        self.origins = self.random.integers(0, arcs.nodes, 1024)
        self.few = self.origins[: 8 if quick else 32]

    def prepare(self) -> None:
        """Order, topology and metric, with their times."""
        say, graph = self.report.say, self.graph
        say(f"\n## {self.arcs.name}: {self.arcs.nodes:,} junctions, {len(graph.head):,} arcs\n")
        say("| prepared | seconds |\n|---|---|")
        ranks: dict[str, np.ndarray] = {}
        tiny = networks.made(900)
        order.geometric(csr.build(tiny.nodes, tiny.tail, tiny.head, tiny.weight), tiny.x, tiny.y)  # compile
        for name in order.ORDERS:
            no_map = self.arcs.name == "ne1500k"  # its coordinates are none
            if name == "minimum_degree" and self.large:  # made for small graphs
                continue
            if (name == "geometric" and no_map) or (name == "metis" and not find_spec("pymetis")):
                continue
            found, taken = answered(lambda find: find(graph, self.arcs.x, self.arcs.y), [order.ORDERS[name]])
            ranks[name] = found[0]
            say(f"| order, {name} | {taken.median:.2f} |")
        self.rank = ranks.get("metis", next(iter(ranks.values())))
        hierarchy.topology(csr.build(2, [0], [1], [1]), [0, 1])  # compile
        made, taken = answered(lambda rank: hierarchy.topology(graph, rank), [self.rank])
        self.hierarchy = made[0]
        say(f"| topology | {taken.median:.2f} |")
        say(f"| customise | {timed(lambda: hierarchy.customise(self.hierarchy, graph.weight), 3).median:.3f} |")
        self.ready = sweep.prepared(self.hierarchy, hierarchy.customise(self.hierarchy, graph.weight))
        self.ones = sweep.by_position(self.hierarchy, np.ones(self.arcs.nodes, dtype=np.int64))
        bytes_ = sum(column.nbytes for column in (*graph, *self.hierarchy, self.ready.metric))
        say(f"\nGraph, hierarchy and metric {bytes_ / 1e6:.0f} MB; {len(self.hierarchy.head):,} arcs in the hierarchy.")
        say("\n| work | peer | commute ms | peer ms | ratio | bar | spread |\n|---|---|---|---|---|---|---|")

    def reached(
        self, origins: np.ndarray, limit: int, *, ready: sweep.Prepared | None = None, threads: int = 1
    ) -> np.ndarray:
        """Count the junctions within the limit of each origin."""
        offsets, starts = np.zeros_like(origins), np.arange(len(origins) + 1)
        return sweep.reached(ready or self.ready, origins, offsets, starts, [limit], self.ones, threads=threads)[:, 0]

    def many(self) -> None:
        """Ask how many junctions 1,024 origins reach, and how long that takes for each."""
        bars = {("Scipy", HALF_HOUR): 120 if self.large else 150, ("Scipy", HOUR): 200 if self.large else 150}
        for limit, label in ((HALF_HOUR, "30"), (HOUR, "60")):
            own = timed(lambda limit=limit: self.reached(self.origins, limit), 5, each=len(self.origins))
            right = self.reached(self.few, limit)
            for peer in peers.ONE_BY_ONE:
                slow = peer is not peers.Scipy
                if not peers.installed(peer) or (slow and (self.quick or limit == HALF_HOUR)):
                    continue
                if self.large and peer is peers.EgoGraph:  # a multigraph of 4 M dictionaries
                    continue
                asked, few = peer(self.graph), self.few[: (1 if self.large else 3) if slow else None]
                question = functools.partial(asked.reached, limit=limit)
                answers, other = answered(question, few, runs=1 if slow else 3)
                agree(peer.__name__, answers, right[: len(few)])
                bar = bars.get((peer.__name__, limit))
                self.report.versus(f"1,024 origins, {label} min, each", peer.__name__, own, other, bar)
        self.pandana()

    def pandana(self) -> None:
        """Ask pandana the same."""
        if self.quick or self.large or not peers.installed(peers.Pandana):  # its preparation takes minutes at 1 M
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = peers.Pandana(self.graph, self.arcs.x, self.arcs.y)
        answers, other = answered(lambda few: asked.reached_many(few, HOUR), [self.few])
        other.each = len(self.few)
        agree("Pandana", answers[0], self.reached(self.few, HOUR))
        own = timed(lambda: self.reached(self.origins, HOUR), 5, each=len(self.origins))
        self.report.versus("1,024 origins, 60 min, each", "Pandana", own, other, 500)

    def matrix(self) -> None:
        """Ask for a matrix of 1,000 × 1,000, with no budget."""
        many = self.origins[:1000]
        columns = self.random.integers(0, self.arcs.nodes, 1000)
        offsets, starts = np.zeros_like(many), np.arange(len(many) + 1)
        found = sweep.distances(self.ready, many, offsets, starts, columns=columns)
        own = timed(lambda: sweep.distances(self.ready, many, offsets, starts, columns=columns), 3)
        asked = peers.Scipy(self.graph)
        rows, other = answered(lambda one: asked.matrix_row(one, columns), many[:5], runs=3)
        agree("Scipy", rows, found[:5])
        other.each /= len(many)
        self.report.versus("matrix 1,000 × 1,000", "Scipy (from 5 rows)", own, other)
        if peers.installed(peers.Routingkit):
            kit = peers.Routingkit(self.graph, self.rank)
            answers, other = answered(lambda origins: kit.matrix(origins, columns), [many])
            agree("Routingkit", answers[0], found)
            self.report.versus("matrix 1,000 × 1,000", "Routingkit", own, other, 2)

    def one(self) -> None:
        """Ask for one origin: without preparation, and with."""
        asked = peers.Scipy(self.graph)
        bounded.search(self.graph, 0, 0, 10)
        for limit, label in ((HALF_HOUR, "30"), (HOUR, "60")):
            _, other = answered(lambda one, limit=limit: asked.distances(one, limit), self.few, runs=3)
            _, own = answered(lambda one, limit=limit: bounded.search(self.graph, one, 0, limit), self.few, runs=3)
            self.report.versus(f"one origin, {label} min, nothing prepared", "Scipy", own, other, 2)
            self.reached(self.few[:1], limit)
            _, own = answered(lambda one, limit=limit: self.reached(np.array([one]), limit), self.few, runs=3)
            self.report.versus(f"one origin, {label} min, prepared", "Scipy", own, other, 6)

    def changed(self) -> None:
        """Change all weights, then one, and ask again."""
        asked = peers.Scipy(self.graph)
        _, other = answered(lambda one: asked.distances(one, HOUR), self.few, runs=3)
        slower = (self.graph.weight * 5 // 4).astype(np.int32)

        def everywhere() -> None:
            metric = hierarchy.customise(self.hierarchy, slower)
            self.reached(self.origins[:1000], HOUR, ready=self.ready._replace(metric=metric))

        thousand = Times(other.seconds, other.each / 1000)
        self.report.versus("all weights new, then 1,000 origins, 60 min", "Scipy", timed(everywhere, 3), thousand, 60)
        weight = self.graph.weight.copy()
        slots = iter(self.random.integers(0, len(weight), 100))

        def one_edge() -> None:
            journal = partial.customise_partial(self.hierarchy, self.ready.metric, weight, [next(slots)], [300])
            self.reached(self.origins[:64], HOUR)
            partial.undo(self.ready.metric, weight, journal)

        sixty_four = Times(other.seconds, other.each / 64)
        bar = 100 if self.large else None
        self.report.versus("one weight new, then 64 origins, 60 min", "Scipy", timed(one_edge, 7), sixty_four, bar)

    def threads(self) -> None:
        """Ask 8,192 origins of one thread and of two, by the clock on the wall; and what two of anything gain here."""
        if self.quick:
            return
        many = self.random.integers(0, self.arcs.nodes, 8192)
        agree("one thread", self.reached(many, HOUR), self.reached(many, HOUR, threads=2))
        one, two = in_turn(
            *(functools.partial(self.reached, many, HOUR, threads=threads) for threads in (1, 2)), runs=7
        )
        self.report.versus("8,192 origins, two threads (wall)", "one thread", two, one, 1.6)
        one, two = in_turn(*(functools.partial(alone.arithmetic, threads) for threads in (1, 2)), runs=7)
        self.report.versus("arithmetic in registers, two threads (wall): the machine itself", "one thread", two, one)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=int, nargs="*", help="junctions of made networks")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    report = Report()
    report.say(machine(PACKAGES))
    known = [] if asked.made else [networks.real(name) for name in ("wuhan", "ne1500k")]
    chosen = [one for one in known if one] or [networks.made(nodes) for nodes in asked.made or (100_000, 1_000_000)]
    for arcs in chosen:
        bench = Bench(arcs, report, quick=asked.quick)
        for part in (bench.prepare, bench.many, bench.matrix, bench.one, bench.changed, bench.threads):
            part()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        report.say(f"\nPeak memory of the process so far, peers included: {peak:.2f} GB.")
        alone.in_its_own_process(arcs, report)
    cities.compare(report, quick=asked.quick)
    alone.first_calls(report)
    if asked.write:
        method = __doc__[__doc__.index("One thread") :].replace("\n", " ").strip()
        head = f"# Results\n\nWritten by `python benchmarks/run.py --write`. {method}\n\n"
        (Path(__file__).parent / "RESULTS.md").write_text(head + "\n".join(report.rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
