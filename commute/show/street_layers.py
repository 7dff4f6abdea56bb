"""What lies on a map of streets besides its theme: the great roads, what a scenario changes, the origin, the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from commute.errors import ParameterError
from commute.measure.differences import arc_lines
from commute.show import palette, words
from commute.show.fonts import lettering as find_lettering
from commute.show.frames import manifest_of, only, require, require_geometry
from commute.show.furniture import Frame, open_map
from commute.show.rings import paint_circles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from commute.model.streets import Streets
    from commute.show.furniture import Bounds

GREAT = {"motorway": 1.0, "trunk": 0.8, "primary": 0.5}  # class of road: width in points
_FEW_ORIGINS = 3  # as many as fit a title
_FEW = 400  # arcs: more than these are drawn thin, or they would hide the ground


CIRCLES = ("origin_id", "node", "cutoff", "direction", "area_km2", "geometry")


def draw_street_circles(  # noqa: PLR0913 - each is a choice of its own
    circles: gpd.GeoDataFrame,
    *,
    streets: Streets | None,
    bounds: Bounds | None,
    language: str,
    title: str | None,
    ax: Axes | None,
) -> Axes:
    """Draw circles over streets alone, as ``maps.draw_isochrones`` does."""
    require(circles, columns=CIRCLES, what="circles", made_by="commute.isochrones")
    drawn = require_geometry(circles, what="circles")
    if drawn.geometry.is_empty.all():
        raise ParameterError("All circles are empty: none of the origins has a street near it.")
    direction = only(drawn, "direction", what="circles")
    style = find_lettering(language, needed=words.WORDS["zh"].values())
    spoken = words.WORDS[style.language]
    axes = open_map(ax, bounds=bounds, around=drawn.total_bounds, land=None)
    rows = paint_circles(axes, drawn, language=style.language)
    if streets is not None:
        draw_great_roads(axes, streets)
        nodes = drawn.loc[drawn["node"] >= 0, "node"].unique()
        mark_points(axes, gpd.GeoDataFrame(geometry=gpd.points_from_xy(streets.lon[nodes], streets.lat[nodes])))
    frame = Frame(axes, style, drawn.geometry.union_all())
    frame.scale_bar(avoid=[frame.legend(rows)])
    origins = [one if isinstance(one, str) else f"#{one}" for one in dict.fromkeys(drawn["origin_id"])]
    few = len(origins) <= _FEW_ORIGINS
    who = words.listing(origins, language=style.language) if few else spoken["origins"].format(count=len(origins))
    cutoffs = words.minutes(sorted(drawn["cutoff"].unique()), language=style.language)
    facts, source = captions(manifest_of(circles), origin=who, direction=direction, language=style.language)
    frame.say(title=title or f"{who}{spoken['colon']}{cutoffs}", lines=[facts, source])
    return axes


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


def captions(
    manifest: Mapping[str, object], *, origin: str, direction: str, language: str, also: Sequence[str] = ()
) -> list[str]:
    """Return the small print: who uses the streets, in which traffic, from where, ``also`` in words; the source."""
    spoken = words.WORDS[language]
    mode, period = (str(manifest.get(name, "")) for name in ("mode", "period"))
    mode = "car" if mode == "drive" else mode
    way = spoken[direction].format(origin=origin)
    parts = [spoken.get(mode, mode), spoken.get(period, period), way, *(spoken[word] for word in also)]
    facts = words.GAP.join(part for part in parts if part)
    sources = [words.source(manifest, language=language, coast=False), str(manifest.get("source") or "")]
    return [facts[:1].upper() + facts[1:], words.GAP.join(part for part in sources if part)]
