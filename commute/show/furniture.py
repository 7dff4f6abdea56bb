"""What every map stands on and is framed by: ground, extent, title, captions, legend and scale bar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from commute.errors import ParameterError
from commute.show import palette
from commute.show.words import GAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

    from commute.show.fonts import Lettering

Bounds = tuple[float, float, float, float]
WIDTH, TITLE_SPACE, CAPTION_SPACE, MARGIN = 8.0, 0.5, 0.62, 0.15  # inches, of a figure of our own
DPI = 120  # 960 pixels across: a notebook shows it whole
CORNERS = {"upper left": (0, 1), "upper right": (1, 1), "lower left": (0, 0), "lower right": (1, 0)}
LEGEND_CODES = {"upper right": 1, "upper left": 2, "lower left": 3, "lower right": 4}  # matplotlib's


def open_map(
    axes: Axes | None, *, bounds: Bounds | None, around: Sequence[float], land: gpd.GeoDataFrame | None
) -> Axes:
    """Prepare axes (new ones where None) to show a piece of the earth at true local shape.

    ``bounds`` (west, south, east, north, degrees) are shown as they are, so that two maps compare; without them
    what lies ``around`` is, with some air, and widened to fill the axes. A degree of longitude is drawn
    cos(latitude) as long as one of latitude. Land is drawn with its coast; where none is given or seen, nothing is
    painted as sea.
    """
    wanted = _checked(bounds) if bounds is not None else padded(around)
    axes = _own_axes(wanted) if axes is None else axes
    figure = axes.figure.canvas.figure
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()  # let the layout settle first: labels are placed in pixels
    west, south, east, north = _filled(wanted, axes) if bounds is None else wanted
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor=palette.LAND)
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)), adjustable="box")
    axes.spines[:].set(color=palette.COAST, linewidth=0.6)
    if land is not None:
        _draw_land(axes, land, view=(west, south, east, north))
    axes.apply_aspect()
    return axes


def shows_land(axes: Axes, land: gpd.GeoDataFrame | None) -> bool:
    """Tell whether any land lies in what the axes show."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    view = shapely.box(west, south, east, north)
    return land is not None and bool(shapely.intersects(land.geometry.to_numpy(), view).any())


def _checked(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):  # noqa: PLR2004  (degrees)
        raise ParameterError(
            f"bounds are (west, south, east, north) in degrees, west < east and south < north; got {bounds!r}."
        )
    return bounds


def padded(bounds: Sequence[float], *, share: float = 0.1, least: float = 0.02) -> Bounds:
    """Return bounds with some air round them, in degrees."""
    west, south, east, north = (float(side) for side in bounds)
    across, up = max((east - west) * share, least), max((north - south) * share, least)
    return west - across, south - up, east + across, north + up


def _own_axes(bounds: Bounds) -> Axes:
    from matplotlib import pyplot as plt  # noqa: PLC0415 - heavy

    west, south, east, north = bounds
    shape = (north - south) / ((east - west) * math.cos(math.radians((south + north) / 2)))
    inner = WIDTH - 2 * MARGIN
    tall = inner * min(max(shape, 0.55), 1.15)
    height = tall + TITLE_SPACE + CAPTION_SPACE
    figure = plt.figure(figsize=(WIDTH, height), dpi=DPI, facecolor=palette.PAPER)
    return figure.add_axes((MARGIN / WIDTH, CAPTION_SPACE / height, inner / WIDTH, tall / height))


def _filled(bounds: Bounds, axes: Axes) -> Bounds:
    """Widen the bounds so that they fill the box of the axes."""
    west, south, east, north = bounds
    box = axes.get_position(original=True)
    page = axes.figure.bbox
    wanted = (box.height * page.height) / (box.width * page.width)
    shrink = math.cos(math.radians((south + north) / 2))
    shape = (north - south) / ((east - west) * shrink)
    more_up = max(wanted / shape - 1, 0) * (north - south) / 2
    more_across = max(shape / wanted - 1, 0) * (east - west) / 2
    return west - more_across, south - more_up, east + more_across, north + more_up


def _draw_land(axes: Axes, land: gpd.GeoDataFrame, *, view: Bounds) -> None:
    west, south, east, north = padded(view, share=0.02)
    near = land.geometry[land.intersects(shapely.box(west, south, east, north))]
    seen = near.clip_by_rect(west, south, east, north)
    seen = seen[~seen.is_empty]
    if len(seen):
        axes.set_facecolor(palette.SEA)
        seen.plot(ax=axes, color=palette.LAND, linewidth=0, zorder=1, aspect=None)
        seen.boundary.plot(ax=axes, color=palette.COAST, linewidth=0.6, zorder=4, aspect=None)


@dataclass(frozen=True, slots=True)
class Frame:
    """Finishes one map: what is said round it and which boxes in it are taken."""

    axes: Axes
    lettering: Lettering
    busy: shapely.Geometry

    def say(self, *, title: str, lines: Sequence[str]) -> None:
        """Write the title above the map and the caption lines under it."""
        self.axes.set(xlabel="", ylabel="")  # geopandas writes the names of the coordinates there
        write_title(self.axes, title, lettering=self.lettering)
        write_caption(self.axes, lines, lettering=self.lettering)

    def legend(self, rows: Mapping[str, Artist]) -> Bbox:
        """Put the legend into the emptiest corner and return its box in pixels."""
        from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - heavy
        from matplotlib.transforms import Bbox  # noqa: PLC0415 - heavy

        font = self.lettering.font()
        families = font["fontfamily"] if font else None
        drawn = self.axes.legend(
            handles=list(rows.values()), labels=list(rows), frameon=True, framealpha=0.92, facecolor=palette.PAPER,
            edgecolor="none", borderpad=0.8, labelspacing=0.55, handlelength=1.7, labelcolor=palette.INK,
            borderaxespad=0.6, alignment="left", prop=FontProperties(family=families, size=8),
        )  # fmt: skip
        for text in drawn.get_texts():
            text.set_linespacing(1.35)
        drawn.set_zorder(25)
        corner = self._emptiest(CORNERS, size=drawn.get_window_extent().size)
        drawn.set_loc(LEGEND_CODES[corner])
        return Bbox.from_extents(*drawn.get_window_extent().extents)

    def scale_bar(self, *, avoid: Sequence[Bbox] = ()) -> Bbox:
        """Draw a scale bar, true at the middle latitude of the map, into a free lower corner; return its box."""
        lower = {name: place for name, place in CORNERS.items() if place[1] == 0}
        free = {name: place for name, place in lower.items() if not any(_holds(self.axes, box, place) for box in avoid)}
        size = (0.3 * self.axes.bbox.width, 0.08 * self.axes.bbox.height)
        return draw_scale_bar(self.axes, lettering=self.lettering, right=self._emptiest(free, size=size)[6:] == "right")

    def _emptiest(self, corners: Mapping[str, tuple[int, int]], *, size: Sequence[float]) -> str:
        """Return the corner in which a box of that size in pixels covers least of what matters."""
        west, east = self.axes.get_xlim()
        south, north = self.axes.get_ylim()
        width = (east - west) * size[0] / self.axes.bbox.width
        height = (north - south) * size[1] / self.axes.bbox.height

        def covered(place: tuple[int, int]) -> float:
            left = west if place[0] == 0 else east - width
            bottom = south if place[1] == 0 else north - height
            box = shapely.box(left, bottom, left + width, bottom + height)
            return float(shapely.intersection(self.busy, box).area)

        return min(corners, key=lambda name: (round(covered(corners[name]), 9), list(CORNERS).index(name)))


def _holds(axes: Axes, box: Bbox, place: tuple[int, int]) -> bool:
    """Tell whether a box in pixels holds the point a little inside a corner of the axes."""
    return bool(box.contains(*axes.transAxes.transform([0.95 if end else 0.05 for end in place])))


def write_title(axes: Axes, title: str, *, lettering: Lettering) -> None:
    """Write the title at the left above the axes, as small as it must be to fit."""
    text = axes.set_title(
        title, loc="left", fontsize=13, fontweight="bold", color=palette.INK, pad=9, **lettering.font()
    )
    room = axes.bbox.width / max(text.get_window_extent().width, 1.0)
    if room < 1:
        text.set_fontsize(max(13 * room, 7.0))


def write_caption(axes: Axes, lines: Sequence[str], *, lettering: Lettering) -> None:
    """Write the small print under the axes, each line broken to their width."""
    caption = axes.annotate(
        "", (0, 0), (0, -7), xycoords="axes fraction", textcoords="offset points", ha="left", va="top",
        fontsize=7.5, color=palette.MUTED, linespacing=1.45, annotation_clip=False, **lettering.font(),
    )  # fmt: skip
    caption.set_gid("caption")
    broken: list[str] = []
    for line in lines:
        current = ""
        for part in _breakable(line, caption, width=axes.bbox.width):
            caption.set_text(current + part)
            if current and caption.get_window_extent().width > axes.bbox.width:
                broken.append(current)
                current = part.lstrip(" ·")
            else:
                current += part
        broken.append(current)
    caption.set_text("\n".join(line for line in broken if line))


def _breakable(line: str, text: Annotation, *, width: float) -> Iterator[str]:
    """Yield the parts between which a line may break: facts parted by dots, and words where a fact is too long."""
    for number, fact in enumerate(line.split(GAP)):
        start = GAP if number else ""
        text.set_text(fact)
        if text.get_window_extent().width <= width:
            yield start + fact
        else:
            yield from (f"{' ' if place else start}{word}" for place, word in enumerate(fact.split(" ")))


def draw_scale_bar(axes: Axes, *, lettering: Lettering, right: bool) -> Bbox:
    """Draw a bar of 1, 2 or 5 times a power of ten kilometres, at most a quarter of the map; return its box."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - heavy
    from matplotlib.transforms import Bbox  # noqa: PLC0415 - heavy
    from pyproj import Geod  # noqa: PLC0415 - a class that only this bar needs

    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    middle = (south + north) / 2
    *_, metres = Geod(ellps="WGS84").inv(west, middle, east, middle)
    most = metres / 1000 / 4
    power = 10.0 ** math.floor(math.log10(most))
    length = max(step * power for step in (1, 2, 5) if step * power <= most)
    share = length / (metres / 1000)
    start = 0.97 - share if right else 0.03
    level = 0.035
    (bar,) = axes.plot(
        [start, start, start + share, start + share], [level + 0.012, level, level, level + 0.012],
        transform=axes.transAxes, color=palette.INK, linewidth=1.1, solid_capstyle="butt", zorder=24,
    )  # fmt: skip
    bar.set_gid("scale bar")
    unit = "公里" if lettering.language == "zh" else "km"
    text = axes.annotate(
        f"{length:g} {unit}", (start + share / 2, level), (0, 4), xycoords="axes fraction", ha="center", va="bottom",
        textcoords="offset points", fontsize=7.5, color=palette.INK, zorder=24, **lettering.font(),
    )  # fmt: skip
    for part in (bar, text):
        part.set_path_effects([withStroke(linewidth=3, foreground=palette.PAPER, alpha=0.85)])
    text.set_gid("scale text")
    return Bbox.union([bar.get_window_extent(), text.get_window_extent()])
