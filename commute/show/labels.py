"""Labels that do not overlap: each in the best free place round its point, the most important first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commute.show.palette import INK, PAPER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

    from commute.show.fonts import Lettering

# Where a label may stand: the part of its own width and height by which its lower left corner lies off the point.
# Right before left, up before down, as map makers like it.
SIDES = {
    "right": (0.0, -0.5), "above right": (0.0, 0.0), "below right": (0.0, -1.0), "left": (-1.0, -0.5),
    "above left": (-1.0, 0.0), "below left": (-1.0, -1.0), "above": (-0.5, 0.0), "below": (-0.5, -1.0),
}  # fmt: skip
RINGS = (4.0, 9.0, 16.0, 26.0, 38.0)  # distance from the point in typographic points
LEADER_FROM = 16.0  # from this distance on a thin line joins label and point


@dataclass(frozen=True, slots=True)
class Label:
    """A text that wants to stand near a point."""

    text: str
    lon: float
    lat: float
    importance: float = 0.0
    size: float = 8.5
    weight: str = "normal"
    colour: str = INK
    clear: float = 0.0


def place_labels(
    axes: Axes,
    labels: Sequence[Label],
    *,
    obstacles: Sequence[Bbox] = (),
    symbols: Sequence[tuple[float, float]] = (),
    lettering: Lettering,
) -> list[Annotation]:
    """Write the labels so that no two boxes touch; one for which there is no room is left out.

    ``obstacles`` are boxes in display pixels that stay free; ``symbols`` (lon, lat) count a little against a box that
    covers them, the points of other labels much. Greedy, by importance, and deterministic: eight sides in five
    rings, the nearest and most usual first.
    """
    points = [tuple(axes.transData.transform((label.lon, label.lat))) for label in labels]
    weights = [(point, 2.5) for point in points]
    weights += [(tuple(axes.transData.transform(symbol)), 0.4) for symbol in symbols]
    taken = list(obstacles)
    written = []
    for label, point in sorted(zip(labels, points, strict=True), key=lambda pair: -pair[0].importance):
        if not axes.bbox.contains(*point):
            continue
        text = _write(axes, label, lettering=lettering)
        extent = text.get_window_extent()
        spot = _best_spot(axes, point=point, label=label, size=extent.size, taken=taken, weights=weights)
        if spot is None:
            text.remove()
            continue
        box, ring = spot
        _move(axes, text, box=box)
        if ring >= LEADER_FROM:
            _lead(axes, label, box=box, point=point)
        taken.append(box)
        written.append(text)
    return written


def _write(axes: Axes, label: Label, *, lettering: Lettering) -> Annotation:
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - heavy

    text = axes.annotate(
        label.text, (label.lon, label.lat), (0, 0), textcoords="offset points", ha="left", va="bottom",
        fontsize=label.size, fontweight=label.weight, color=label.colour, zorder=20, **lettering.font(),
    )  # fmt: skip
    text.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER, alpha=0.9)])
    text.set_gid("label")
    return text


def _best_spot(  # noqa: PLR0913 - each is a choice of its own
    axes: Axes,
    *,
    point: tuple[float, ...],
    label: Label,
    size: tuple[float, float],
    taken: Sequence[Bbox],
    weights: Sequence[tuple[tuple[float, ...], float]],
) -> tuple[Bbox, float] | None:
    """Return the cheapest free box and its ring: near, on a usual side, and over few points of others."""
    free = [
        (step + 0.12 * side + sum(cost for other, cost in weights if box.contains(*other)), step, side, box, ring)
        for step, ring, side, box in _boxes(axes, point=point, label=label, size=size)
        if _inside(box, axes.bbox) and not any(_touch(box, other) for other in taken)
    ]
    if not free:
        return None
    *_, box, ring = min(free, key=lambda spot: spot[:3])
    return box, ring


def _boxes(
    axes: Axes, *, point: tuple[float, ...], label: Label, size: tuple[float, float]
) -> Iterator[tuple[int, float, int, Bbox]]:
    from matplotlib.transforms import Bbox  # noqa: PLC0415 - heavy

    pixel = axes.figure.dpi / 72
    for step, ring in enumerate(RINGS):
        gap = (ring + label.clear) * pixel
        for side, (across, up) in enumerate(SIDES.values()):
            slant = 0.7 if across != -0.5 and up != -0.5 else 1.0  # noqa: PLR2004  (half: centred on that axis)
            left = point[0] + across * size[0] + gap * slant * _sign(across)
            bottom = point[1] + up * size[1] + gap * slant * _sign(up)
            yield step, ring, side, Bbox.from_bounds(left, bottom, *size)


def _sign(part: float) -> int:
    """Return the direction of a shift: 0 where the label is centred on its point."""
    return {0.0: 1, -0.5: 0, -1.0: -1}[part]


def _inside(box: Bbox, frame: Bbox, margin: float = 2.0) -> bool:
    return bool(
        box.x0 >= frame.x0 + margin
        and box.x1 <= frame.x1 - margin
        and box.y0 >= frame.y0 + margin
        and box.y1 <= frame.y1 - margin
    )


def _touch(box: Bbox, other: Bbox, gap: float = 1.5) -> bool:
    return bool(
        box.x0 < other.x1 + gap and other.x0 < box.x1 + gap and box.y0 < other.y1 + gap and other.y0 < box.y1 + gap
    )


def _move(axes: Axes, text: Annotation, *, box: Bbox) -> None:
    pixel = axes.figure.dpi / 72
    extent = text.get_window_extent()
    # the box of a text starts a little off its anchor, so move by the difference and not to the corner
    text.set_position(((box.x0 - extent.x0) / pixel, (box.y0 - extent.y0) / pixel))


def _lead(axes: Axes, label: Label, *, box: Bbox, point: tuple[float, ...]) -> None:
    pixel = axes.figure.dpi / 72
    near = (min(max(point[0], box.x0), box.x1), min(max(point[1], box.y0), box.y1))
    offset = ((near[0] - point[0]) / pixel, (near[1] - point[1]) / pixel)
    line = axes.annotate(
        "", (label.lon, label.lat), offset, textcoords="offset points", zorder=19,
        arrowprops={"arrowstyle": "-", "color": label.colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 2},
    )  # fmt: skip
    line.set_gid("leader")
