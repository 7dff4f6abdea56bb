"""What commute takes by itself, in processes of its own: the first call of an install, preparation, questions, memory.

How to run it:
    python benchmarks/alone.py             the first call of a cold install and a later one
    python benchmarks/alone.py FILE.npz    measure the network that ``networks.keep`` wrote, as JSON on the last line
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread
from typing import Any

import networks
import numba as nb
import numpy as np
import peers
from timing import Report, agree, answered, peak_gb, timed

from commute import Streets
from commute.kernels import bounded, hierarchy, order, sweep

HALF_HOUR, HOUR = 18_000, 36_000  # deciseconds
LIMITS = {"30": HALF_HOUR, "60": HOUR}
ORIGINS, FEW, SAMPLE = 1024, 16, 6
FIRST = """
import time
begin = time.process_time()
import numpy as np, commute
imported = time.process_time()
side = 30
number = np.arange(side * side).reshape(side, side)
ends = np.concatenate([np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
                       np.column_stack([number[:-1].ravel(), number[1:].ravel()])])
tail, head = np.concatenate([ends, ends[:, ::-1]]).T
lon, lat = 1 + np.indices((side, side)).reshape(2, -1) / 100
streets = commute.Streets.from_arrays(tail, head, np.full(len(tail), 1.0), lon, lat)
commute.reach(streets, np.arange(100), minutes=(10, 30))
print(imported - begin, time.process_time() - imported)
"""


def first_calls(report: Report) -> None:
    """Tell how long the first process of a cold install takes for a first question of streets, and a later one."""
    report.say("\n## First call\n\nA process that imports commute, makes streets of 900 junctions, and asks for the "
               "reach of 100; processor seconds. The compiled code is kept on disk.\n")  # fmt: skip
    report.say("| process | import | first question | bar |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        around = os.environ | {"NUMBA_CACHE_DIR": f"{folder}/numba", "COMMUTE_CACHE": f"{folder}/orders"}
        for process, bar in (("the first of a cold install", 10.0), ("the next", 1.0)):
            command = [sys.executable, "-c", FIRST]
            done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)  # noqa: S603 - ours
            imported, asked = (float(word) for word in done.stdout.split())
            verdict = "reached" if asked <= bar else "**missed**"
            report.say(f"| {process} | {imported:.2f} | {asked:.2f} | {bar:g} s {verdict} |")


def measured(arcs: networks.Arcs) -> dict[str, Any]:
    """Measure a network in a fresh process; the machine's compiled code and nothing else is there."""
    with tempfile.TemporaryDirectory() as folder:
        networks.keep(arcs, Path(folder) / "network.npz")
        around = os.environ | {"COMMUTE_CACHE": f"{folder}/orders"}
        command = [sys.executable, __file__, f"{folder}/network.npz"]
        done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return json.loads(done.stdout.splitlines()[-1])


def in_its_own_process(arcs: networks.Arcs, report: Report) -> None:
    """Tell what the preparation takes, and the memory of a process in which there is no peer."""
    found = measured(arcs)
    seconds = found["order"] + found["topology"] + found["customise"]
    bars = arcs.nodes > 500_000
    verdicts = [f" (bar {bar:g}: {'reached' if value < bar else '**missed**'})" if bars else ""
                for value, bar in ((seconds, 20), (found["peak"], 2.5))]  # fmt: skip
    report.say(f"\nBy itself, without peers: prepared in {seconds:.1f} s{verdicts[0]}, 1,024 origins within 30 and 60 "
               f"minutes asked, peak memory {found['peak']:.2f} GB{verdicts[1]}.")  # fmt: skip


def measure(arcs: networks.Arcs) -> dict[str, Any]:
    """Prepare, ask, and only then ask scipy a sample, whose answers must be equal."""
    _compile()
    empty = peak_gb()
    streets, taken = _made(arcs)
    graph, found = streets.csr, {"nodes": arcs.nodes, "arcs": len(streets.csr.head), "made": taken}
    rank, found["order"] = _once(lambda: order.best_order(graph, streets.lon, streets.lat))
    tree, found["topology"] = _once(lambda: hierarchy.topology(graph, rank))
    metric, found["customise"] = _once(lambda: hierarchy.customise(tree, graph.weight))
    ready = sweep.prepared(tree, metric)
    found["shortcuts"] = len(tree.head)
    found["arrays"] = sum(column.nbytes for column in (*graph, *tree, metric)) / 1e9
    ones = sweep.by_position(tree, np.ones(arcs.nodes, dtype=np.int64))
    origins = np.random.default_rng(0).integers(0, arcs.nodes, ORIGINS)

    def reached(some: np.ndarray, limit: int) -> np.ndarray:
        return sweep.reached(ready, some, np.zeros_like(some), np.arange(len(some) + 1), [limit], ones)[:, 0]

    answers = {}
    for label, limit in LIMITS.items():
        answers[label] = reached(origins, limit)
        found[f"reached_{label}"] = float(answers[label].mean())
        found[f"many_{label}"] = timed(functools.partial(reached, origins, limit), 3, each=ORIGINS).median
        singles, plain = origins[:FEW], functools.partial(bounded.search, graph, offsets=0, limit=limit)
        reached(singles[:1], limit)
        own = answered(lambda one, limit=limit: reached(np.array([one]), limit), singles, runs=3)
        found[f"prepared_{label}"] = own[1].median
        found[f"unprepared_{label}"] = answered(plain, singles, runs=3)[1].median
    found["peak"], found["grown"] = peak_gb(), peak_gb() - empty
    peer = peers.Scipy(graph)
    for label, limit in LIMITS.items():
        told, times = answered(lambda one, limit=limit: peer.reached(one, limit), origins[:SAMPLE])
        agree("scipy", told, answers[label][:SAMPLE])
        found[f"scipy_{label}"] = times.median
    return found


def arithmetic(threads: int) -> None:
    """Keep so many threads busy with half a second's work in registers between them."""
    workers = [Thread(target=_spin, args=(1_200_000_000 // threads,)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


@nb.njit(nogil=True)
def _spin(steps: int) -> int:
    state = 1
    for _ in range(steps):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
    return state


def _once(work: Any) -> tuple[Any, float]:
    begin = time.process_time()
    found = work()
    return found, time.process_time() - begin


def _made(arcs: networks.Arcs) -> tuple[Streets, float]:
    """Make streets. Where a network has no map, its junctions stand in a row, which METIS does not mind."""
    east, north = (_degrees(axis) for axis in (arcs.x, arcs.y))
    return _once(lambda: Streets.from_arrays(arcs.tail, arcs.head, arcs.weight / 600, east, north))


def _degrees(axis: np.ndarray) -> np.ndarray:
    span = float(np.ptp(axis))
    return (axis - axis.min()) / span if span > 0 else np.linspace(0, 1, len(axis))


def _compile() -> None:
    """Have everything compiled on a small network."""
    streets, _ = _made(networks.made(900))
    few = np.arange(100)
    for one in (few[:1], few):
        ones = sweep.by_position(streets.prepared.hierarchy, np.ones(streets.nodes, dtype=np.int64))
        sweep.reached(streets.prepared, one, np.zeros_like(one), np.arange(len(one) + 1), [HOUR], ones)
    bounded.search(streets.csr, 0, 0, HOUR)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(networks.kept(Path(sys.argv[1])))))
    else:
        first_calls(Report())
