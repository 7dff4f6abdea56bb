"""Everything about maps, circles, people and trains over streets that is timed, one script after the other.

How to run it:
    python benchmarks/streets.py           print it
    python benchmarks/streets.py --write   write STREETS.md too
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from timing import Report, machine

HERE = Path(__file__).parent
PARTS = {
    "Reading a map": ["pbf.py"],
    "Rings from times": ["rings.py"],
    "Circles by street and train": ["joined.py"],
    "A grid of people": ["population.py"],
}
PACKAGES = ("numba", "numpy", "shapely", "contourpy", "osmium", "osmnx", "pyrosm", "concave_hull", "rasterio")


def main() -> None:
    """Run the scripts, each in a process of its own, and keep what they print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--write", action="store_true", help="write STREETS.md")
    chosen = options.parse_args()
    report = Report()
    report.say("# Streets, timed\n\nWritten by `python benchmarks/streets.py --write`; each section is what its script "
               f"prints, and the script says what is timed how.\n\n{machine(PACKAGES)}")  # fmt: skip
    for title, (script, *words) in PARTS.items():
        done = subprocess.run([sys.executable, str(HERE / script), *words], capture_output=True, text=True, check=False)  # noqa: S603 - ours
        said = done.stdout.strip() or done.stderr.strip()
        report.say(f"\n## {title}: `{script}`\n\n" + (said if "| " in said else f"```\n{said}\n```"))
        if done.returncode:
            sys.exit(done.stderr)
    if chosen.write:
        (HERE / "STREETS.md").write_text("\n".join(report.rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
