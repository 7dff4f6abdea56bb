"""The map of places by the minutes that a scenario takes off their way, or adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from commute.errors import ParameterError
from commute.show import palette, words
from commute.show.changes import choose, finish
from commute.show.fonts import lettering as find_lettering
from commute.show.frames import require
from commute.show.furniture import Bounds, Frame, open_map
from commute.show.layers import busy_round, land_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from commute.measure.comparison import Comparison

PLACES = ("scenario", "origin_id", "place_id", "before", "after", "delta", "population")
STEPS = (1.0, 5.0, 15.0, 30.0)  # minutes at which the classes part, either side of zero
NEWLY, CUT, UNREACHED = "newly", "cut", "unreached"


def draw_delta(  # noqa: PLR0913 - each is a choice of its own
    comparison: Comparison,
    *,
    scenario: str | None = None,
    origin: str | None = None,
    bounds: Bounds | None = None,
    language: str = "en",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw every place by how many minutes nearer (blue) or farther (orange) a scenario brings it, sized by people.

    The classes part at 1, 5, 15 and 30 minutes whatever the data, so that two maps compare. Places reached only
    now are triangles, places cut off are crosses. By default the first scenario and the first origin.

    Raises ParameterError where the comparison has no places, or not the scenario or origin asked for.
    """
    require(comparison.places, columns=PLACES, what="comparison.places", made_by="commute.compare")
    chosen = choose(comparison.places, scenario=scenario, origin=origin)
    network = comparison.base
    unknown = sorted(set(chosen.rows["place_id"]) - set(network.places.index))
    if unknown:
        raise ParameterError(f"comparison.places names places the base network lacks: {', '.join(unknown[:5])}.")
    style = find_lettering(language, needed=words.WORDS["zh"].values())
    spots = network.places.loc[chosen.rows["place_id"]]
    axes = open_map(ax, bounds=bounds, around=spots.total_bounds, land=land_of(network))
    located = chosen.rows.assign(lon=spots["lon"].to_numpy(), lat=spots["lat"].to_numpy())
    rows = _scatter(axes, located, language=style.language)
    subject = words.WORDS[style.language]["delta"]
    frame = Frame(axes, style, busy_round(spots))
    clear = dict(zip(chosen.rows["place_id"], np.sqrt(_sizes(located)) / 2 - 2, strict=True))  # radii of the dots
    finish(frame, comparison, chosen, rows=rows, subject=subject, title=title, clear=clear, symbols=spots)
    return axes


def _scatter(axes: Axes, located: pd.DataFrame, *, language: str) -> dict[str, Artist]:
    """Scatter the places class by class, the most changed on top; return the legend rows, fastest first."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    classes = _classes(located)
    sizes = _sizes(located)
    rows: dict[str, Artist] = {}
    numbered = range(-len(STEPS), len(STEPS) + 1)
    for name in (NEWLY, *numbered, CUT, UNREACHED):
        inside = np.array([found == name for found in classes])
        if not inside.any():
            continue
        look = _look(name)
        depth = len(STEPS) + 1 if isinstance(name, str) else abs(name)
        dots = axes.scatter(
            located["lon"][inside], located["lat"][inside], s=sizes[inside], marker=look["marker"],
            facecolor=look["colour"], edgecolor=palette.INK, linewidth=0.4, alpha=0.92, zorder=7 + depth / 10,
        )  # fmt: skip
        dots.set_gid(f"delta {name}")
        rows[_said(name, language=language)] = Line2D(
            [], [], linestyle="", marker=look["marker"], markersize=7, markerfacecolor=look["colour"],
            markeredgecolor=palette.INK, markeredgewidth=0.4,
        )  # fmt: skip
    return rows


def _sizes(located: pd.DataFrame) -> NDArray[np.float64]:
    """Return the areas of the dots in square points, as the people there."""
    people = located["population"].fillna(0.0).to_numpy(dtype=float)
    return np.asarray(14 + 220 * people / max(float(people.max()), 1.0))


def _classes(located: pd.DataFrame) -> list[int | str]:
    """Return the class of each place: -4 (much faster) … 0 (within a minute) … 4 (much slower), or what befell it."""
    before, after = np.isfinite(located["before"]), np.isfinite(located["after"])
    named = {(False, True): NEWLY, (True, False): CUT, (False, False): UNREACHED}
    minutes = np.nan_to_num(located["delta"].to_numpy(dtype=float), nan=0.0)
    steps = np.sign(minutes) * np.searchsorted(STEPS, np.abs(minutes), side="right")
    found = zip(before, after, steps, strict=True)
    return [named.get((bool(was), bool(now)), int(step)) for was, now, step in found]


def _look(name: int | str) -> dict[str, Any]:
    special = {NEWLY: (palette.GAINED, "^"), CUT: (palette.LOST, "X"), UNREACHED: (palette.PAPER, "o")}
    if isinstance(name, str):
        colour, marker = special[name]
        return {"colour": colour, "marker": marker}
    share = (name + len(STEPS)) / (2 * len(STEPS))  # zero minutes is the middle of the colours, always
    return {"colour": palette.change_colours()(share), "marker": "o"}


def _said(name: int | str, *, language: str) -> str:
    spoken = words.WORDS[language]
    if isinstance(name, str):
        return spoken[name]
    if name == 0:
        return spoken["unchanged"]
    kind = "faster" if name < 0 else "slower"
    low = STEPS[abs(name) - 1]
    if abs(name) == len(STEPS):
        return spoken[f"much_{kind}"].format(low=f"{low:g}")
    return spoken[kind].format(low=f"{low:g}", high=f"{STEPS[abs(name)]:g}")
