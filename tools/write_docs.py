"""Write the generated pages of docs/: what the code and its tables say, for reading.

Usage: python tools/write_docs.py
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import commute
from commute.measure.claims import DEPENDS, FAILS, HOLDS, TOLERANCE
from commute.model.editing import Editing
from commute.model.edits import EDITS
from commute.show.views import change, claims_view

if TYPE_CHECKING:
    from collections.abc import Iterator

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


CLAIMS = f"""# Claims

What has been published about times and sizes, held against the model. Written by `tools/write_docs.py` from
`data/china/claims.csv`; `commute.audit_claims` and `commute claims` give the same.

* **When.** Each claim is asked as of the day from which it has to hold; a time before it, as of the day before that.
* **Whom.** Of several pairs the slowest counts. Door to door a city is its people, centre to centre its centre; in
  vehicle it is any station or interchange of its own near that, and a border costs only where it is crossed on the way.
* **By what.** By the means the claim names: a claim of trains is not helped by a car. Roads are those of the peak.
* **Verdict.** A claim *holds* under a basis where no pair takes more than {TOLERANCE:.0%} longer than claimed and, if
  it says how long it took before, that too was at least {1 - TOLERANCE:.0%} of it. Two hours that became thirty minutes
  are two claims about one journey, and both must be true of the same one; where one alone is, it says so. A size holds
  within {TOLERANCE:.0%}. Over the bases a claim *holds* (under every one), *fails* (under none) or *depends* on them.
* **Decisive** is the one number of the [assumptions](assumptions.md) that, at an end of its range and all others at
  their default, brings the claim nearest to the other side; *turns it* where it gets there. Nothing is tuned to make a
  claim true.

Minutes are written before → now. *No way* means that some of the people have none: by public transport alone the
tables do not reach everybody.
"""
BASES = {"in_vehicle": "in vehicle", "centre_to_centre": "centre to centre", "door_to_door": "door to door"}
VERDICTS = {HOLDS: "hold under every basis", DEPENDS: "depend on it", FAILS: "fail under each"}
MEANS = {"transit": "by public transport", "car": "by car", "any": "by any means"}


def claims() -> str:
    """Return the page of the claims: its words, its source, what is modelled under each basis, the verdict."""
    told = commute.claims()
    names, lines = commute.regions().set_index("region")["name"], [CLAIMS]
    for region in told["region"].unique():
        network, rows = commute.load(region), told[told["region"] == region]
        audit = commute.audit_claims(network, claims=rows)
        verdicts = audit.drop_duplicates("claim_id")["verdict"].value_counts()
        counted = ", ".join(f"{verdicts.get(verdict, 0)} {said}" for verdict, said in VERDICTS.items())
        summary = claims_view(audit).rename(columns=BASES)
        summary["claim"] = [f"[{claim}](#{claim})" for claim in summary["claim"]]
        lines += [f"## {names[region]}", "", f"Of {len(rows)} claims {counted}.", ""]
        lines += [*_table(summary.drop(columns="decisive")), ""]
        for claim in rows.to_dict("records"):
            lines += _claim(claim, audit[audit["claim_id"] == claim["claim_id"]], network)
    return "\n".join(lines).rstrip("\n") + "\n"


def _claim(claim: dict[Any, Any], rows: pd.DataFrame, network: commute.Network) -> Iterator[str]:
    title = claim["title"]
    yield from (f"### {claim['claim_id']}", "", f"> {claim['quote']}", "")
    if claim["language"] != "en":
        yield from (f"*{claim['translation']}*", "")
    words = f", in its own words {BASES[claim['basis']]}" if pd.notna(claim["basis"]) else ""
    means = "" if claim["kind"] == "size" else f", {MEANS[claim['travel']]}{words}"
    yield f"[{title}]({claim['url']}), as of {claim['as_of']:%Y-%m-%d}{means}. Verdict: **{rows['verdict'].iloc[0]}**."
    yield ""
    claimed = change(rows["claimed_before"].iloc[0], rows["claimed"].iloc[0])
    if claim["kind"] == "size":
        yield from (f"Claimed {claimed}, in the tables {change(float('nan'), rows['modelled'].iloc[0])}.", "")
        return
    names = network.places["name"]
    shown = pd.DataFrame(
        {
            "basis": [BASES[basis] for basis in rows["basis"]],
            "claimed": claimed,
            "modelled": [change(*pair) for pair in zip(rows["modelled_before"], rows["modelled"], strict=True)],
            "slowest pair": [f"{names[a]} – {names[b]}" for a, b in zip(rows["from_id"], rows["to_id"], strict=True)],
            "pairs within": [f"{share:.0%}" for share in rows["share"]],
            "holds": [_held(row) for _, row in rows.iterrows()],
            "decisive": [_decisive(row) for _, row in rows.iterrows()],
        }
    )
    yield from (*_table(shown), "")


def _held(row: pd.Series) -> str:
    if row["holds"] or pd.isna(row["claimed_before"]):
        return "yes" if row["holds"] else "no"
    before = row["modelled_before"] >= row["claimed_before"] * (1 - TOLERANCE)
    return "before only" if before else "now only" if row["share"] == 1 else "no"


def _decisive(row: pd.Series) -> str:
    if pd.isna(row["decisive"]):
        return "none"
    then = change(row["decisive_before"], row["decisive_modelled"])
    return f"`{row['decisive']}` at {row['decisive_value']:g}: {then}{', turns it' if row['flips'] else ''}"


def _table(frame: pd.DataFrame) -> list[str]:
    rows = [list(frame.columns), ["---"] * len(frame.columns), *frame.to_numpy().tolist()]
    return [f"| {' | '.join(row)} |" for row in rows]


PAGES = {"assumptions.md": assumptions, "edits.md": edits, "claims.md": claims}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8", newline="\n")
