"""What lies on a map of streets besides its theme: the great roads, what a scenario changes, the origin, the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from commute.measure.differences import arc_lines
from commute.show import palette, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from commute.model.streets import Streets

GREAT = {"motorway": 1.0, "trunk": 0.8, "primary": 0.5}  # class of road: width in points
_FEW = 400  # arcs: more than these are drawn thin, or they would hide the ground


def draw_great_roads(axes: Axes, streets: Streets) -> None:
    """Draw motorways, trunk and primary roads thin and neutral, where streets say their class."""
    if "road" not in streets.attributes:
        return
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    lon, lat = streets.lon[streets.tail], streets.lat[streets.tail]
    seen = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    for road, width in GREAT.items():
        arcs = np.flatnonzero(seen & (streets.attributes["road"] == road).to_numpy())
        look = {"color": palette.INK, "linewidth": width, "alpha": 0.3, "zorder": 5, "gid": f"streets {road}"}
        _draw(axes, arc_lines(streets, arcs), look)


def draw_changed_streets(axes: Axes, changed: gpd.GeoDataFrame, *, scenario: str) -> dict[str, Artist]:
    """Draw the arcs that a scenario opens and closes, and return their legend rows by change."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    dashes: dict[str, Any] = {"added": "solid", "removed": (0, (2.2, 1.2))}
    colours = {"added": palette.CHANGE_ANCHORS[0], "removed": palette.CHANGE_ANCHORS[-1]}
    rows: dict[str, Artist] = {}
    for change, dash in dashes.items():
        chosen = changed[(changed["scenario"] == scenario) & (changed["change"] == change)]
        if len(chosen):
            look = {"color": colours[change], "linestyle": dash, "linewidth": 2.2 if len(chosen) <= _FEW else 0.7}
            _draw(axes, chosen.geometry.to_numpy(), look | {"zorder": 6, "gid": f"streets {change}"})
            rows[change] = Line2D([], [], **look)
    return rows


def _draw(axes: Axes, lines: NDArray[np.object_], look: Mapping[str, Any]) -> None:
    from matplotlib.collections import LineCollection  # noqa: PLC0415 - heavy

    axes.add_collection(LineCollection([shapely.get_coordinates(line) for line in lines], **look), autolim=False)


def mark_points(axes: Axes, points: gpd.GeoDataFrame) -> None:
    """Mark the points at which circles start with a white-rimmed star."""
    placed = points[~points.geometry.is_empty]
    star = axes.scatter(
        placed.geometry.x, placed.geometry.y, marker="*", s=130, facecolor=palette.INK, edgecolor=palette.PAPER,
        linewidth=0.9, zorder=9,
    )  # fmt: skip
    star.set_gid("origins")


def captions(manifest: Mapping[str, object], *, origin: str, direction: str, language: str) -> list[str]:
    """Return the small print: who uses the streets, in which traffic, from where; what times leave out; the source."""
    spoken = words.WORDS[language]
    mode, period = (str(manifest.get(name, "")) for name in ("mode", "period"))
    mode = "car" if mode == "drive" else mode
    way = spoken[direction].format(origin=origin)
    parts = [spoken.get(mode, mode), spoken.get(period, period), way, spoken["fixed"]]
    facts = words.GAP.join(part for part in parts if part)
    sources = [words.source(manifest, language=language, coast=False), str(manifest.get("source") or "")]
    return [facts[:1].upper() + facts[1:], words.GAP.join(part for part in sources if part)]
