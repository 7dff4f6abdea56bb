"""The colours of every picture: calm ground, dark to pale teal for time, blue and orange either side of zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap

SEA = "#e3ecf0"
LAND = "#f7f4ee"
COAST = "#9fb0b8"
INK = "#22303a"
MUTED = "#5f6d76"
PAPER = "#ffffff"

# Even steps of lightness (CIE L* 31, 53, 72, 88), so equal steps of time look equal and a grey print still reads.
TIME_ANCHORS = ("#064e5b", "#3d8a8c", "#86bdb6", "#cfe3da")

GAINED, KEPT, LOST = "#2b6ca8", "#b9beb8", "#d9661f"  # blue and orange stay apart under every colour blindness
# Faster is blue, slower is orange; the middle is the grey of "nothing changed".
CHANGE_ANCHORS = ("#0b3f73", "#4f8fc4", "#b5d0e4", "#e9e7e2", "#f6c79c", "#e2803a", "#9c3d06")

# Okabe and Ito's set, darkened to hold on a light ground.
PILLARS = {
    "access": "#1f6fa8",
    "mutual_reach": "#4aa6c9",
    "balance": "#0a8a68",
    "quality": "#d99a1c",
    "resilience": "#b9543b",
}

# mode: colour, width in points, dash pattern
MODES: dict[str, tuple[str, float, str]] = {
    "highway": ("#cdbd9f", 1.3, "solid"),
    "bus": ("#a58a5e", 1.0, "dotted"),
    "ferry": ("#4f8fc4", 1.1, "dashed"),
    "metro": ("#8a5fa8", 0.9, "solid"),
    "suburban": ("#2f8f8a", 1.2, "solid"),
    "rail": ("#1d3b5c", 1.3, "solid"),
    "tunnel": ("#d1495b", 1.8, "dashed"),
    "bridge": ("#d1495b", 2.2, "solid"),
    "checkpoint": ("#22303a", 1.8, "solid"),
}


def time_colours(count: int) -> list[str]:
    """Return ``count`` colours from dark (least time) to pale (most)."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex  # noqa: PLC0415 - heavy

    ramp = LinearSegmentedColormap.from_list("commute_time", TIME_ANCHORS)
    if count == 1:
        return [to_hex(ramp(0.4))]
    reach = min(0.3 + 0.25 * count, 1.0)  # two circles stay clear of the palest step, which is close to the land
    return [to_hex(ramp(0.12 + (reach - 0.12) * step / (count - 1))) for step in range(count)]


def change_colours() -> LinearSegmentedColormap:
    """Return the diverging colours of a change in minutes: blue below zero (faster), orange above (slower)."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - heavy

    return LinearSegmentedColormap.from_list("commute_change", CHANGE_ANCHORS)
