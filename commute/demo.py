"""The demo: the main job on the data that ships, before and after the Shenzhen–Zhongshan Link."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from commute.errors import DataFileError
from commute.io import datasets
from commute.measure.comparison import Comparison, compare
from commute.measure.journeys import journeys
from commute.measure.routing import travel_times
from commute.model.assumptions import BASES
from commute.model.network import Network
from commute.show import maps
from commute.show.files import save_figure
from commute.show.page import write_page

BEFORE, AFTER = "2024-06-29", "2024-07-01"  # the Link opened on 2024-06-30 at 15:00
PAIR = ("Shenzhen", "Zhongshan")
MAP, PAGE = "shenzhen-zhongshan.png", "shenzhen-zhongshan.html"


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
    result = compare(before, after, origins=list(PAIR))
    name = result.scenarios[0].name
    tables = {
        "Shenzhen to Zhongshan, in minutes": _pair(before, after),
        "People within reach of the centre": _people(result),
        "Integration score of the Greater Bay Area, door to door": _score(result),
    }
    axes = maps.draw_change(result, origin="shenzhen", cutoff=60, title="One hour from Shenzhen, door to door")
    legs = [journeys(before, *PAIR).assign(scenario="base"), journeys(after, *PAIR).assign(scenario=name)]
    files = (
        save_figure(axes, folder / MAP),
        write_page(result, folder / PAGE, journeys=pd.concat(legs), title="What the Shenzhen–Zhongshan Link did"),
    )
    return Told(tables, files)


def _pair(before: Network, after: Network) -> pd.DataFrame:
    rows = []
    for basis in BASES:
        was, now = (
            float(travel_times(network, PAIR[:1], PAIR[1:], basis=basis)["travel_time"].iloc[0])
            for network in (before, after)
        )
        rows.append({"basis": basis, BEFORE: was, AFTER: now, "saved": was - now})
    return pd.DataFrame(rows)


def _people(result: Comparison) -> pd.DataFrame:
    circles = result.circles.assign(when=result.circles["scenario"].replace({"base": BEFORE}).str.removeprefix("as of "))
    table = circles.pivot_table(index=["origin", "cutoff"], columns="when", values="people", sort=False).reset_index()
    return table.rename_axis(None, axis=1).assign(gained=lambda frame: frame[AFTER] - frame[BEFORE])


def _score(result: Comparison) -> pd.DataFrame:
    measures = ["score", "access", "mutual_reach", "balance", "quality", "resilience", "coverage_30", "coverage_60"]
    table = result.summary.set_index("scenario")[measures].T
    table.columns = [BEFORE, AFTER]
    return table.rename_axis("measure").reset_index()
