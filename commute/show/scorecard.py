"""The picture of a score: its pillars, and how many points each city brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commute.errors import ParameterError
from commute.show import palette, words
from commute.show.fonts import lettering as find_lettering
from commute.show.frames import name_of
from commute.show.furniture import DPI, write_caption, write_title
from commute.show.layers import notes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from commute.measure.integration import Score
    from commute.model.network import Network
    from commute.show.fonts import Lettering

ROW = 0.27  # inches a bar takes
AIR = 1.6  # rows of room for the heading of a panel


def draw_score(
    score: Score,
    *,
    network: Network | None = None,
    language: str = "en",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the five pillars of a score and, under them, the points of every city stacked by pillar, most first.

    The points of all cities sum to the score. ``network`` gives the cities their names and the picture its date;
    without it the identifiers are read as names. The given axes hold two inset panels.

    Raises ParameterError for anything that is not a score.
    """
    if not hasattr(score, "pillars") or not hasattr(score, "points"):
        raise ParameterError(f"score must be what commute.integration returns, not {type(score).__name__}.")
    style = find_lettering(language, needed=words.WORDS["zh"].values())
    spoken = words.WORDS[style.language]
    pillars = [name for name in palette.PILLARS if name in score.pillars.index]
    axes = _own_axes(len(score.points)) if ax is None else ax
    axes.set_axis_off()
    if score.total is None:
        axes.text(
            0.5, 0.5, spoken["single_unit"], ha="center", transform=axes.transAxes, color=palette.INK, **style.font()
        )
    else:
        # equal bars in both panels, two and a half rows of air above each for its heading
        row = 1 / (len(pillars) + len(score.points) + 2 * AIR)
        top = axes.inset_axes((0.17, 1 - row * (AIR + len(pillars)), 0.81, row * len(pillars)))
        _draw_pillars(top, score, pillars, lettering=style)
        cities = axes.inset_axes((0.17, 0.0, 0.81, row * len(score.points)))
        _draw_points(cities, score.points, pillars, network=network, lettering=style)
    shown = "" if score.total is None else f" {score.total:.1f}"
    region = network.region if network is not None else None
    where = "" if region is None else style.choose(region.name, region.name_zh) + spoken["colon"]
    write_title(axes, title or where + spoken["score"] + shown, lettering=style)
    write_caption(axes, [*_facts(score, network, lettering=style), *notes(style)], lettering=style)
    return axes


def _own_axes(cities: int) -> Axes:
    from matplotlib import pyplot as plt  # noqa: PLC0415 - heavy

    height = ROW * (len(palette.PILLARS) + cities + 2 * AIR) + 1.25
    figure = plt.figure(figsize=(8.0, height), dpi=DPI, facecolor=palette.PAPER)
    return figure.add_axes((0.025, 0.75 / height, 0.95, 1 - 1.25 / height))


def _draw_pillars(axes: Axes, score: Score, pillars: list[str], *, lettering: Lettering) -> None:
    spoken = words.WORDS[lettering.language]
    rows = range(len(pillars))
    axes.barh(rows, [1.0] * len(pillars), color=palette.LAND, height=0.68)
    axes.barh(
        rows, [float(score.pillars[name]) for name in pillars], color=[palette.PILLARS[n] for n in pillars], height=0.68
    )
    for row, name in enumerate(pillars):
        value = float(score.pillars[name])
        axes.text(
            min(value, 0.94) + 0.01, row, f"{value:.2f}", va="center", fontsize=8, color=palette.INK, **lettering.font()
        )
    _tidy(axes, [spoken[name] for name in pillars], title=spoken["pillars"], lettering=lettering)
    axes.set_xlim(0, 1)


def _draw_points(
    axes: Axes, points: pd.DataFrame, pillars: list[str], *, network: Network | None, lettering: Lettering
) -> None:
    spoken = words.WORDS[lettering.language]
    ordered = points.sort_values("total", ascending=False)
    left = ordered["total"] * 0.0
    for name in pillars:
        axes.barh(
            range(len(ordered)), ordered[name], left=left, color=palette.PILLARS[name], height=0.74, label=spoken[name]
        )
        left = left + ordered[name]
    most = float(left.max())
    for row, total in enumerate(ordered["total"]):
        axes.text(
            total + most * 0.012, row, f"{total:.1f}", va="center", fontsize=8, color=palette.INK, **lettering.font()
        )
    names = [name_of(str(city), network=network, lettering=lettering) for city in ordered.index]
    _tidy(axes, names, title=spoken["points"], lettering=lettering)
    axes.set_xlim(0, most * 1.08 if most > 0 else 1.0)


def _tidy(axes: Axes, names: list[str], *, title: str, lettering: Lettering) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=8.5, color=palette.INK, **lettering.font())
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("none")
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold", color=palette.MUTED, pad=5, **lettering.font())


def _facts(score: Score, network: Network | None, *, lettering: Lettering) -> list[str]:
    spoken = words.WORDS[lettering.language]
    also = [spoken["profile"].format(profile=score.profile.name)]
    if score.worst_asset:
        also.append(spoken["worst_asset"].format(asset=score.worst_asset))
    if score.status == "disconnected":
        also.append(spoken["disconnected"])
    manifest = {"data_hash": network.data_hash} if network is not None else {}
    dated = words.dated(words.day(network.date) if network is not None else "", language=lettering.language)
    facts = words.conditions(manifest, basis_name=score.basis, dated=dated, language=lettering.language, also=also)
    return [facts, words.source(manifest, language=lettering.language, coast=False)]
