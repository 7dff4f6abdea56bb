"""Output: data to standard output, messages to standard error, pictures and pages into files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console

from commute.measure.journeys import journeys
from commute.show import views
from commute.show.files import save_figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes

    from commute.measure.comparison import Comparison

PAIRS = 3  # pairs whose journeys a page tells: each takes a second

out, err = (Console(stderr=stderr, markup=False, highlight=False, emoji=False) for stderr in (False, True))


def say(message: str) -> None:
    """Write a message to standard error, in one line however long."""
    err.print(message, soft_wrap=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that work goes on, on standard error and only to a person."""
    if err.is_terminal:
        with err.status(f"{what} …"):
            yield
    else:
        yield


def write_pictures(found: Comparison, picture: Path | None, page: Path | None) -> None:
    """Draw the map and write the page of a comparison where they are asked for; both are made before one is written."""
    if picture is not None:
        from commute.show import maps  # noqa: PLC0415 - matplotlib only where a map is asked for

        with working("drawing"):
            axes = maps.draw_change(found)
    if page is not None:
        from commute.show.page import write_page  # noqa: PLC0415 - a tenth of a second that only a page needs

        with working("writing the page"):
            write_page(found, page, journeys=_journeys(found))
        say(f"wrote {page}")
    if picture is not None:
        save(axes, picture)


def save(axes: Axes, path: Path) -> None:
    """Save a figure and say so."""
    with working("writing the map"):
        save_figure(axes, path)
    say(f"wrote {path}")


def _journeys(found: Comparison) -> pd.DataFrame | None:
    """Tell the journeys of the pairs that change most, in the base and in every scenario."""
    ends = found.pairs.loc[views.pairs_view(found).index[:PAIRS], ["from_id", "to_id"]]
    given = {"base": found.assumptions}
    given |= {one.name: one.assume(found.assumptions) for one in found.scenarios}
    told = [
        journeys(found.networks[name], here, there, assumptions=assumptions).assign(scenario=name)
        for here, there in ends.itertuples(index=False)
        for name, assumptions in given.items()
    ]
    told = [legs for legs in told if len(legs)]
    return pd.concat(told) if told else None
