"""How the cost grows with the junctions: made networks of several sizes, and what that comes to for ten million.

    python benchmarks/growth.py                      100,000, 1 million and 3 million junctions
    python benchmarks/growth.py --sizes 50000 200000
    python benchmarks/growth.py --write              also write benchmarks/GROWTH.md, and its part of docs/engine.md

Each size has a process of its own, without peers until its memory has been read; then scipy answers a sample, and must
agree. One thread, processor time. The exponent is the slope of a straight line through the logarithms of all sizes: 1
is in proportion. Ten million is not measured: it is the largest size carried on along the slope of the last two, as
small networks end before the minutes do. Peak memory is that above what Python and the libraries take.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anybody loads OpenMP

import argparse
from pathlib import Path

import alone
import networks
import numpy as np
from timing import Report, machine

SIZES = (100_000, 1_000_000, 3_000_000)
FAR = 10_000_000
ROWS = {
    "arcs": ("arcs", 1e-6, "M"),
    "shortcuts": ("arcs of the hierarchy", 1e-6, "M"),
    "made": ("streets from arrays", 1, "s"),
    "order": ("order", 1, "s"),
    "topology": ("topology", 1, "s"),
    "customise": ("customise: a scenario", 1, "s"),
    "arrays": ("graph, hierarchy and metric", 1, "GB"),
    "grown": ("peak memory", 1, "GB"),
    "reached_30": ("junctions reached in 30 min, mean", 1e-3, "k"),
    "reached_60": ("junctions reached in 60 min, mean", 1e-3, "k"),
    "many_30": ("1,024 origins, 30 min, each", 1e3, "ms"),
    "many_60": ("1,024 origins, 60 min, each", 1e3, "ms"),
    "prepared_30": ("one origin, 30 min, prepared", 1e3, "ms"),
    "prepared_60": ("one origin, 60 min, prepared", 1e3, "ms"),
    "unprepared_30": ("one origin, 30 min, nothing prepared", 1e3, "ms"),
    "unprepared_60": ("one origin, 60 min, nothing prepared", 1e3, "ms"),
    "scipy_30": ("scipy, 30 min, each", 1e3, "ms"),
    "scipy_60": ("scipy, 60 min, each", 1e3, "ms"),
}
QUOTED = ("order", "topology", "customise", "arrays", "grown", "many_30", "many_60", "prepared_60", "unprepared_60")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "engine.md"
BEGIN, END = "<!-- from benchmarks/GROWTH.md -->\n", "<!-- until here -->"
RATIOS = {
    "1,024 origins": "many",
    "one origin, prepared": "prepared",
    "one origin, nothing prepared": "unprepared",
}


def slope(nodes: np.ndarray, values: np.ndarray) -> float:
    """Fit the exponent with which the values grow."""
    return float(np.polyfit(np.log(nodes), np.log(np.maximum(values, 1e-12)), 1)[0])


def table(found: list[dict[str, float]], report: Report) -> None:
    """Print what was measured, its exponent, and how far that carries."""
    nodes = np.array([one["nodes"] for one in found], dtype=float)
    heads = [f"{int(count):,}" for count in nodes]
    report.say(
        f"| | {' | '.join(heads)} | exponent | last two | {FAR:,}, extrapolated |\n|---|{'---|' * (len(heads) + 3)}"
    )
    for name, (label, factor, unit) in ROWS.items():
        values = np.array([one[name] for one in found], dtype=float)
        every, last = slope(nodes, values), slope(nodes[-2:], values[-2:])
        carried = values[-1] * (FAR / nodes[-1]) ** last
        cells = " | ".join(f"{value * factor:.3g}" for value in values)
        report.say(f"| {label}, {unit} | {cells} | {every:.2f} | {last:.2f} | {carried * factor:.3g} |")
    report.say(f"\n| times scipy | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for work, name in RATIOS.items():
        for minutes in alone.LIMITS:
            cells = " | ".join(f"{one[f'scipy_{minutes}'] / one[f'{name}_{minutes}']:.3g}×" for one in found)
            report.say(f"| {work}, {minutes} min | {cells} |")


def quote(rows: list[str]) -> None:
    """Put the head of the table and some of its rows, as they are, into the page on the engine."""
    labels = tuple(f"| {ROWS[name][0]}, {ROWS[name][2]} |" for name in QUOTED)
    head = next(place for place, row in enumerate(rows) if row.startswith("| | "))
    chosen = [*rows[head : head + 2], *(row for row in rows if row.startswith(labels))]
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    PAGE.write_text(before + BEGIN + "\n".join(chosen) + "\n" + END + rest.split(END)[1], "utf-8")


def main() -> None:
    """Measure each size, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="two or more, in junctions, rising")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    report = Report()
    report.say(machine(("numba", "numpy", "pymetis", "scipy")) + "\n")
    table([alone.measured(networks.made(size)) for size in asked.sizes], report)
    if asked.write:
        method = __doc__[__doc__.index("Each size") :].replace("\n", " ").strip()
        made = " ".join(networks.made.__doc__.split())
        head = f"# Growth\n\nWritten by `python benchmarks/growth.py --write`. {method}\n\nThe networks: {made}\n\n"
        (Path(__file__).parent / "GROWTH.md").write_text(head + "\n".join(report.rows) + "\n", "utf-8")
        quote(report.rows)


if __name__ == "__main__":
    main()
