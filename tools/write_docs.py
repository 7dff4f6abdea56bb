"""Write the generated pages of docs/: what the code and its tables say, for reading.

Usage: python tools/write_docs.py
"""

from __future__ import annotations

import inspect
from pathlib import Path

import commute
from commute.model.editing import Editing
from commute.model.edits import EDITS

WORLDS = {"networks": "edit_network", "streets": "edit_streets"}
DOCS = Path(__file__).resolve().parent.parent / "docs"


def assumptions() -> str:
    """Return the page of the assumptions: every number with its range, unit, meaning and source."""
    lines = [
        "# Assumptions",
        "",
        "What a minute includes where no table can say it. Written by `tools/write_docs.py` from",
        "`commute/model/columns/assumptions.csv`; the same file feeds `commute.Assumptions`.",
        "",
        "| name | default | range | unit | meaning | source |",
        "|---|---:|---|---|---|---|",
    ]
    for name, row in commute.Assumptions().table().iterrows():
        span = f"{row['low']:g} – {row['high']:g}"
        lines.append(f"| `{name}` | {row['default']:g} | {span} | {row['unit']} | {row['meaning']} | {row['source']} |")
    return "\n".join(lines) + "\n"


def edits() -> str:
    """Return the page of the edits a scenario is made of."""
    lines = [
        "# Edits",
        "",
        'What a scenario is made of: in TOML an `[[edit]]` with `do = "Name"`, in Python a `commute.edits.Name(…)`.',
        "A scenario may edit networks and streets: applied to either, it leaves the edits of the other alone; where it",
        "has no others, it is refused. Written by `tools/write_docs.py` from `commute/model/*edits.py`.",
        "",
        "| edit | of | fields | what it does |",
        "|---|---|---|---|",
    ]
    for name, edit in EDITS.items():
        fields = ", ".join(f"`{field}`" for field in inspect.signature(edit).parameters)
        said = inspect.cleandoc(edit.__doc__ or "").splitlines()[0]
        of = [world for world, does in WORLDS.items() if getattr(edit, does) is not getattr(Editing, does)]
        lines.append(f"| `{name}` | {'either' if len(of) == len(WORLDS) else of[0]} | {fields} | {said} |")
    return "\n".join(lines) + "\n"


PAGES = {"assumptions.md": assumptions, "edits.md": edits}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8", newline="\n")
