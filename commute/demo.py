"""The demo: the main job on the data that ships, before and after the Shenzhen–Zhongshan Link."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from commute.errors import DataFileError
from commute.io import datasets
from commute.measure.circles import reach
from commute.measure.comparison import Comparison, compare
from commute.measure.journeys import journeys
from commute.measure.metropolis import integration
from commute.measure.routing import travel_times
from commute.model.assumptions import BASES
from commute.show import maps
from commute.show.files import save_figure
from commute.show.page import write_page

if TYPE_CHECKING:
    from pathlib import Path

    from commute.model.network import Network

BEFORE, AFTER = "2024-06-29", "2024-07-01"  # the Link opened on 2024-06-30 at 15:00, and roads behind it with it
LINK = "without-shenzhen-zhongshan"
PAIR = ("Shenzhen", "Zhongshan")
CUTOFFS = (30, 60, 90)
MAP, PAGE = "shenzhen-zhongshan.png", "shenzhen-zhongshan.html"
ALONE = "the Link alone"


class Told(NamedTuple):
    """What the demo found: tables by title, and the files it wrote."""

    tables: dict[str, pd.DataFrame]
    files: tuple[Path, ...]


def run(folder: Path) -> Told:
    """Compare the Greater Bay Area before and after the Link, and write the map and the page into ``folder``.

    Raises
    ------
    DataFileError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise DataFileError(f"There is no folder {folder} to write the map and the page into.")
    bay = datasets.load("greater-bay-area")
    before, after = bay.as_of(BEFORE), bay.as_of(AFTER)
    without = datasets.scenario(LINK).apply(after)
    result = compare(before, after, origins=list(PAIR), cutoffs=CUTOFFS)
    name = result.scenarios[0].name
    tables = {
        "Shenzhen to Zhongshan, in minutes": _pair(before, after, without),
        "People within reach of the centre, door to door": _people(before, after, without),
        "Integration score of the Greater Bay Area, door to door": _score(result, without),
    }
    axes = maps.draw_change(result, origin="zhongshan", cutoff=90, title="Ninety minutes from Zhongshan, door to door")
    legs = [journeys(before, *PAIR).assign(scenario="base"), journeys(after, *PAIR).assign(scenario=name)]
    files = (
        save_figure(axes, folder / MAP),
        write_page(result, folder / PAGE, journeys=pd.concat(legs), title="What the Shenzhen–Zhongshan Link did"),
    )
    return Told(tables, files)


def _pair(before: Network, after: Network, without: Network) -> pd.DataFrame:
    rows = []
    for basis in BASES:
        was, now, else_ = (
            float(travel_times(network, PAIR[:1], PAIR[1:], basis=basis)["travel_time"].iloc[0])
            for network in (before, after, without)
        )
        rows.append({"basis": basis, BEFORE: was, AFTER: now, "saved": was - now, ALONE: else_ - now})
    return pd.DataFrame(rows)


def _people(before: Network, after: Network, without: Network) -> pd.DataFrame:
    was, now, else_ = (reach(network, PAIR, CUTOFFS) for network in (before, after, without))
    table = pd.DataFrame({"centre": was["origin_id"].map(before.places["name"]), "minutes": was["cutoff"].astype(int)})
    table[BEFORE], table[AFTER] = was["people"], now["people"]
    table["gained"], table[ALONE] = now["people"] - was["people"], now["people"] - else_["people"]
    return table


def _score(result: Comparison, without: Network) -> pd.DataFrame:
    was, now = result.scores.values()
    scores = (was, now, integration(without, assumptions=result.assumptions))
    rows = {"score": [score.total for score in scores]}
    rows |= {name: [100 * score.pillars[name] for score in scores] for name in was.pillars.index}
    for cutoff in (30, 60):
        rows[f"% within {cutoff} minutes of a core"] = [100 * score.coverage[cutoff] for score in scores]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[BEFORE, AFTER, ALONE])
    table[ALONE] = table[AFTER] - table[ALONE]
    return table.rename_axis("out of 100").reset_index()
