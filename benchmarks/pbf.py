"""Reading streets from a PBF file: how long it takes and how much memory, beside those who read it too.

    python benchmarks/pbf.py [file.osm.pbf] [towns]

Without a file the extract of Liechtenstein beside the checkout, where it is; ``towns`` makes a file of 0.09 MB each
(2,220 make 200 MB: 46 million nodes, 1.8 million streets, 5.5 million houses). Every reader has a process of its own.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path

import numpy as np
from networks import folder

SIDE, BENDS, HOUSES, STEP = 40, 3, 2500, 0.001  # of a town; a step is some 100 m
CLASSES = ("residential", "residential", "tertiary", *("residential",) * 4, "primary")


def _streets() -> list[np.ndarray]:
    """Return the junctions that each street of a town passes."""
    junction = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    return [*junction, *junction.T]


def _places(town: int, across: int, random: np.random.Generator) -> np.ndarray:
    """Place the junctions, bends and corners of houses of a town."""
    corner = np.array([100.0 + town % across * SIDE * STEP * 1.2, 20.0 + town // across * SIDE * STEP * 1.2])
    grid = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2)
    junctions = corner + STEP * (grid + random.uniform(-0.2, 0.2, grid.shape))
    share = (np.arange(BENDS) + 1)[:, None] / (BENDS + 1)
    blocks = [(junctions[street[:-1], None], junctions[street[1:], None]) for street in _streets()]
    between = [start * (1 - share) + end * share for start, end in blocks]
    bends = np.concatenate(between).reshape(-1, 2)
    bends += STEP * random.uniform(-0.02, 0.02, bends.shape)
    houses = corner + random.uniform(0, SIDE * STEP, (HOUSES, 1, 2)) + np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * 1e-4
    return np.concatenate([junctions, bends, houses.reshape(-1, 2)])


def _ways(first: int) -> list[tuple[list[int], dict[str, str]]]:
    """List the ways of the town whose nodes begin with ``first``: streets of four blocks, and houses."""
    made = []
    base = first + SIDE * SIDE
    for number, street in enumerate(_streets()):
        tags = {"highway": CLASSES[number // 2 % len(CLASSES)], "name": f"Street {number}"}
        for begin in range(0, SIDE - 1, 4):
            nodes = []
            for block in range(begin, min(begin + 4, SIDE - 1)):
                bend = base + (number * (SIDE - 1) + block) * BENDS
                nodes += [first + int(street[block]), *range(bend, bend + BENDS)]
            made.append(([*nodes, first + int(street[min(begin + 4, SIDE - 1)])], tags))
    corner = base + 2 * SIDE * (SIDE - 1) * BENDS
    houses = range(corner, corner + 4 * HOUSES, 4)
    return made + [([one, one + 1, one + 2, one + 3, one], {"building": "yes"}) for one in houses]


def generate(path: Path, towns: int) -> None:
    """Write a country of towns, each joined to the next by a road."""
    import osmium
    from osmium.osm.mutable import Node, Way

    random = np.random.default_rng(1)
    across = math.ceil(towns**0.5)
    size = SIDE * SIDE + 2 * SIDE * (SIDE - 1) * BENDS + 4 * HOUSES
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for town in range(towns):
            for number, place in enumerate(_places(town, across, random).tolist(), start=town * size + 1):
                writer.add_node(Node(id=number, location=place))
        way = 0
        for town in range(towns):
            first = town * size + 1
            joined = [([first - size + SIDE * SIDE - 1, first], {"highway": "primary"})] if town else []
            for nodes, tags in _ways(first) + joined:
                way += 1
                writer.add_way(Way(id=way, nodes=nodes, tags=tags))


def by_commute(path: str) -> tuple[int, int]:
    """Read streets, junctions and one-way arcs."""
    import commute

    streets = commute.read_streets(path)
    return streets.nodes, len(streets.tail)


def by_pyosmium(path: str) -> tuple[int, int]:
    """Read the tags, nodes and places of every way with ``highway``, and no more: one pass, all places held."""
    import osmium

    ways, numbers, places = 0, array("q"), array("i")
    both = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    only_ways = both.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    for way in only_ways.with_filter(osmium.filter.KeyFilter("highway")):
        ways += len(dict(way.tags)) > 0
        for node in way.nodes:
            numbers.append(node.ref)
            places.extend((node.location.x, node.location.y))
    return len(numbers), ways


def by_pyosmium_in_two(path: str) -> tuple[int, int]:
    """Read the same in two passes: the ways, then those nodes that they pass."""
    import osmium

    ways, numbers, places = 0, array("q"), array("i")
    for way in osmium.FileProcessor(path, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
        ways += len(dict(way.tags)) > 0
        numbers.extend([node.ref for node in way.nodes])
    wanted = osmium.filter.IdFilter(np.frombuffer(numbers, dtype=np.int64))
    for node in osmium.FileProcessor(path, osmium.osm.NODE).with_filter(wanted):
        places.extend((node.location.x, node.location.y))
    return len(numbers), ways


def by_pyrosm(path: str) -> tuple[int, int]:
    """Read nodes and edges, which are pieces between nodes there."""
    import pyrosm

    nodes, edges = pyrosm.OSM(path).get_network(network_type="driving", nodes=True)
    return len(nodes), len(edges)


def by_osmnx(path: str) -> tuple[int, int]:
    """Read and simplify the graph, from XML, which is all it reads; writing that is not counted."""
    import osmnx

    graph = osmnx.graph_from_xml(f"{path}.osm", simplify=True, retain_all=True)
    return len(graph), len(graph.edges)


def by_quackosm(path: str) -> tuple[int, int]:
    """Read the lines of the ways with ``highway``; numbers of nodes it does not give."""
    import quackosm

    with tempfile.TemporaryDirectory() as work:
        options = {"tags_filter": {"highway": True}, "ignore_cache": True, "verbosity_mode": "silent"}
        lines = quackosm.convert_pbf_to_geodataframe(path, working_directory=work, **options)
    return int(lines.count_coordinates().sum()), len(lines)


READERS = {
    "commute": by_commute,
    "pyosmium": by_pyosmium,
    "pyosmium, two passes": by_pyosmium_in_two,
    "pyrosm": by_pyrosm,
    "OSMnx": by_osmnx,
    "QuackOSM": by_quackosm,
}
LARGE = 5 * 10**7  # bytes; beyond, pyrosm needs more memory than most have, and OSMnx an hour


def _streets_as_xml(path: Path, target: Path) -> None:
    """Write the ways that cars use and their nodes as XML, for OSMnx."""
    import osmium

    from commute.model.roads import use

    with osmium.BackReferenceWriter(str(target), ref_src=str(path), overwrite=True) as writer:
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
            if use({tag.k: tag.v for tag in way.tags}):
                writer.add(way)


def measure(name: str, path: str) -> None:
    """Read twice in this process, print the seconds of both and the most memory."""
    seconds, counts = [], (0, 0)
    for _ in range(2 if Path(path).stat().st_size < LARGE else 1):
        begun = time.perf_counter(), time.process_time()
        counts = READERS[name](path)
        seconds.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    wall, busy = seconds[-1]
    memory = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1e6  # since it was begun
    print(f"| {name} | {counts[0]:,} | {counts[1]:,} | {wall:.2f} | {busy:.2f} | {memory:.2f} |")


def main(path: Path) -> None:
    """Print a table of every reader that is installed."""
    print(f"{path.name}, {path.stat().st_size / 1e6:.1f} MB")
    print("\n| reader | nodes | arcs or ways | seconds | CPU seconds | GB at most |\n" + "|---" * 6 + "|", flush=True)
    with tempfile.TemporaryDirectory() as beside:
        here = Path(beside) / path.name
        here.symlink_to(path.resolve())
        small = path.stat().st_size < LARGE
        if small:
            _streets_as_xml(path, Path(f"{here}.osm"))
        for name in READERS if small else ("commute", "pyosmium"):
            done = subprocess.run(  # noqa: S603 - this very file
                [sys.executable, __file__, "--reader", name, str(here)], capture_output=True, text=True, check=False
            )
            rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
            reason = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
            print(*(rows or [f"| {name} | failed: {reason[0]:.80} |"]), flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--reader"]:
        measure(words[1], words[2])
    elif len(words) > 1:
        generate(Path(words[0]), int(words[1]))
        main(Path(words[0]))
    else:
        where = folder()
        main(Path(words[0]) if words else (where or Path()) / "liechtenstein.osm.pbf")
