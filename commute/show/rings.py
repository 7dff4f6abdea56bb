"""Rings: the polygons of circles on a map, the shortest darkest and on top, and the rows of their legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commute.show import palette, words

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def paint_circles(axes: Axes, circles: gpd.GeoDataFrame, *, language: str) -> dict[str, Artist]:
    """Paint the largest cut-off first and return the rows of the legend, the shortest first."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - heavy

    cutoffs = sorted(circles["cutoff"].unique())
    colours = dict(zip(cutoffs, palette.time_colours(len(cutoffs)), strict=True))
    rows: dict[str, Artist] = {}
    for cutoff in cutoffs:
        chosen = circles[circles["cutoff"] == cutoff]
        rows[_legend_row(chosen, cutoff, language=language)] = Patch(facecolor=colours[cutoff], alpha=0.9, lw=0)
        shapes = chosen[~(chosen.geometry.isna() | chosen.geometry.is_empty)]
        if len(shapes):
            # white rims keep the circles of two origins apart where they overlap
            shapes.plot(
                ax=axes, color=colours[cutoff], alpha=0.9, edgecolor=palette.PAPER, linewidth=0.6, aspect=None,
                zorder=3 - cutoffs.index(cutoff) / len(cutoffs), gid=f"circle {cutoff:g}",
            )  # fmt: skip
    return rows


def _legend_row(chosen: gpd.GeoDataFrame, cutoff: float, *, language: str) -> str:
    """Say a cut-off with its people and area; of several origins only the minutes, since their circles overlap."""
    minutes = words.minutes([cutoff], language=language)
    if len(chosen) != 1:
        return minutes
    row = chosen.iloc[0]
    facts = [words.people(row["people"], language=language)] if "people" in chosen else []
    return f"{minutes}\n{' · '.join([*facts, words.area(row['area_km2'], language=language)])}"
