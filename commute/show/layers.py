"""What lies on a map besides its theme: land, the lines by mode, stations, cities and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from commute.errors import DataFileError, UnknownNameError
from commute.io import datasets
from commute.show import palette
from commute.show.frames import name_of
from commute.show.labels import Label, place_labels
from commute.show.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

    from commute.model.network import Network
    from commute.show.fonts import Lettering


def region_of(manifest: Mapping[str, object]) -> Network | None:
    """Return the network that ships of the region a result is about, for its names; None for any other region."""
    region = manifest.get("region")
    try:
        return datasets.load(region) if isinstance(region, str) else None
    except (DataFileError, UnknownNameError):
        return None


def land_of(network: Network | None) -> gpd.GeoDataFrame | None:
    """Return the land polygons of the network in EPSG:4326, else those that ship; None where there are none."""
    if network is not None and network.land is not None:
        return network.land.to_crs("EPSG:4326")
    try:
        return datasets.land()
    except DataFileError:  # an installation without its data still draws
        return None


def draw_links(axes: Axes, network: Network) -> dict[str, Artist]:
    """Draw each pair of places once per mode, straight, and return the legend rows by mode.

    Links of lines that are not operating are pale and dotted and share the row "planned".
    """
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    links = network.dated_links
    running = links["status"] == "operating"
    rows: dict[str, Artist] = {}
    for order, (mode, (colour, width, dash)) in enumerate(palette.MODES.items()):
        for later in (True, False):
            chosen = links[(links["mode"] == mode) & (running != later)]
            if network.date is None:
                chosen = chosen[chosen["closed"].isna()]
            if chosen.empty:
                continue
            look: dict[str, Any] = {"linewidth": width, "linestyle": "dotted" if later else dash, "color": colour}
            look |= {"alpha": 0.6 if later else 1.0, "zorder": 5 + order / 10}
            look |= {"gid": f"links {mode}{' planned' if later else ''}"}
            _draw_segments(axes, chosen, network.places, look=look)
            rows["planned" if later else mode] = Line2D([], [], **look | ({"color": palette.MUTED} if later else {}))
    return rows


def draw_thin_links(axes: Axes, network: Network) -> None:
    """Draw trunk lines in service thin and neutral: what passes through a circle does not colour it."""
    links = network.operating_links
    for mode in ("highway", "rail", "suburban", "bridge", "tunnel"):
        chosen = links[links["mode"] == mode]
        if len(chosen):
            width = 0.42 * palette.MODES[mode][1]
            look = {"color": palette.INK, "linewidth": width, "alpha": 0.33, "zorder": 5, "gid": f"links {mode}"}
            _draw_segments(axes, chosen, network.places, look=look)


def draw_edited_links(axes: Axes, links: pd.DataFrame, network: Network, *, scenario: str) -> dict[str, Artist]:
    """Draw the links that a scenario opens and closes, and return their legend rows by change.

    A link to a place that only the scenario knows has no coordinates here and is left out.
    """
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    looks: dict[str, dict[str, Any]] = {
        "added": {"color": palette.CHANGE_ANCHORS[0], "linewidth": 2.2, "linestyle": "solid"},
        "removed": {"color": palette.CHANGE_ANCHORS[-1], "linewidth": 2.2, "linestyle": (0, (2.2, 1.2))},
    }
    known = links["from_id"].isin(network.places.index) & links["to_id"].isin(network.places.index)
    rows: dict[str, Artist] = {}
    for change, look in looks.items():
        chosen = links[known & (links["scenario"] == scenario) & (links["change"] == change)]
        if len(chosen):
            _draw_segments(axes, chosen, network.places, look=look | {"zorder": 6, "gid": f"links {change}"})
            rows[change] = Line2D([], [], **look)
    return rows


def _draw_segments(axes: Axes, links: pd.DataFrame, places: gpd.GeoDataFrame, *, look: dict[str, Any]) -> None:
    from matplotlib.collections import LineCollection  # noqa: PLC0415 - heavy

    pairs = {tuple(sorted(pair)) for pair in zip(links["from_id"], links["to_id"], strict=True)}
    at = dict(zip(places.index, zip(places["lon"], places["lat"], strict=True), strict=True))
    layer = LineCollection([[at[one], at[other]] for one, other in sorted(pairs)], **look)
    axes.add_collection(layer, autolim=False)


def draw_places(axes: Axes, network: Network, *, kinds: Collection[str]) -> dict[str, Artist]:
    """Draw cities, stations and checkpoints as dots and squares; return their legend rows by kind.

    Stations and checkpoints that no link in the network touches are left out.
    """
    looks: dict[str, dict[str, Any]] = {
        "station": {"marker": "o", "s": 5.5, "facecolor": palette.PAPER, "edgecolor": palette.INK, "linewidth": 0.5},
        "checkpoint": {"marker": "s", "s": 13.0, "facecolor": "#f2c14e", "edgecolor": palette.INK, "linewidth": 0.6},
        "city": {"marker": "o", "s": 30.0, "facecolor": palette.INK, "edgecolor": palette.PAPER, "linewidth": 0.9},
    }
    linked = set(network.links["from_id"]) | set(network.links["to_id"])
    rows: dict[str, Artist] = {}
    for order, (kind, look) in enumerate(looks.items()):
        places = network.places[network.places["kind"] == kind]
        places = _in_view(axes, places if kind == "city" else places[places.index.isin(linked)])
        if kind in kinds and len(places):
            layer = axes.scatter(places["lon"], places["lat"], zorder=8 + order / 10, **look)
            layer.set_gid(f"places {kind}")
            rows[kind] = layer
    return rows


def _in_view(axes: Axes, places: gpd.GeoDataFrame, *, margin: float = 0.012) -> gpd.GeoDataFrame:
    """Return the places in the axes and not on their edge, where a dot would be cut in half."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    across, up = (east - west) * margin, (north - south) * margin
    return places.cx[west + across : east - across, south + up : north - up]


def label_cities(  # noqa: PLR0913 - each is a choice of its own
    axes: Axes,
    network: Network | None,
    *,
    origins: Collection[str] = (),
    lettering: Lettering,
    obstacles: Sequence[Bbox] = (),
    clear: Mapping[str, float] | None = None,
    symbols: gpd.GeoDataFrame | None = None,
) -> list[Annotation]:
    """Label the cities in view, the origins bold and first, then by population.

    ``clear``: points to leave free round a place, where its symbol is larger than a city's dot. ``symbols``: other
    places drawn, which a label rather does not cover.
    """
    if network is None:
        return []
    wanted = [*origins, *(city for city in network.cities if city not in set(origins))]
    places = _in_view(axes, network.places.loc[[place for place in wanted if place in network.places.index]])
    free = dict.fromkeys(origins, 3.5) | dict(clear or {})
    labels = [
        Label(
            name_of(str(place), network=network, lettering=lettering),
            float(row["lon"]),
            float(row["lat"]),
            importance=float(np.nan_to_num(row["population"])) + (1e12 if place in origins else 0.0),
            size=10.5 if place in origins else 8.5,
            weight="bold" if place in origins else "normal",
            clear=free.get(str(place), 0.0),
        )
        for place, row in places.iterrows()
    ]
    others = [] if symbols is None else list(zip(symbols["lon"], symbols["lat"], strict=True))
    return place_labels(axes, labels, obstacles=obstacles, symbols=others, lettering=lettering)


def mark_origins(axes: Axes, network: Network | None, *, origins: Collection[str]) -> None:
    """Mark the origins of circles with a white-rimmed star, so that they are found at once."""
    if network is None:
        return
    places = network.places[network.places.index.isin(list(origins))]
    star = axes.scatter(
        places["lon"], places["lat"], marker="*", s=130, facecolor=palette.INK, edgecolor=palette.PAPER,
        linewidth=0.9, zorder=9,
    )  # fmt: skip
    star.set_gid("origins")


def notes(lettering: Lettering) -> list[str]:
    """Return what must be said about the lettering: why there is no Chinese where it was asked for."""
    return [WORDS["en"]["fell_back"] + ": names are in English."] if lettering.fell_back else []


def busy_round(places: gpd.GeoDataFrame, *, degrees: float = 0.06) -> shapely.Geometry:
    """Return the ground near places, in degrees, which a legend should rather not cover."""
    return shapely.union_all(shapely.buffer(places.geometry.to_numpy(), degrees))
