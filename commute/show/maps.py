"""The maps: a network, or circles of minutes, as matplotlib axes or a folium map; axes in, axes out, nothing saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from commute.errors import ParameterError
from commute.show import palette, words
from commute.show.changes import draw_change
from commute.show.deltas import draw_delta
from commute.show.fonts import lettering as find_lettering
from commute.show.frames import manifest_of, name_of, only, require, require_geometry
from commute.show.furniture import Bounds, Frame, open_map, padded, shows_land
from commute.show.layers import (
    busy_round,
    draw_links,
    draw_places,
    draw_thin_links,
    label_cities,
    land_of,
    mark_origins,
    notes,
    region_of,
)
from commute.show.rings import paint_circles
from commute.show.scorecard import draw_score
from commute.show.street_layers import CIRCLES as STREET_CIRCLES
from commute.show.street_layers import draw_great_roads, draw_street_circles

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    from matplotlib.axes import Axes

    from commute.model.network import Network
    from commute.model.streets import Streets
    from commute.show.fonts import Lettering

__all__ = ["draw_change", "draw_delta", "draw_isochrones", "draw_network", "draw_score", "explore"]

CIRCLES = ("origin_id", "origin", "cutoff", "direction", "basis", "area_km2", "people", "geometry")


def draw_network(
    network: Network,
    *,
    bounds: Bounds | None = None,
    language: str = "en",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the lines of a network by mode, open ones solid and those not open yet dotted, with cities and stations.

    ``bounds`` is (west, south, east, north) in degrees; all else as in `draw_isochrones`.
    Raises ParameterError for a network without places.
    """
    if not len(network.places):
        raise ParameterError("The network has no places: there is nothing to draw.")
    style = find_lettering(language, needed=words.WORDS["zh"].values())
    spoken = words.WORDS[style.language]
    shown = network.places[network.places["kind"] != "county"]
    land = land_of(network)
    axes = open_map(ax, bounds=bounds, around=shown.total_bounds, land=land)
    modes = draw_links(axes, network)
    kinds = draw_places(axes, network, kinds=("city", "station", "checkpoint"))
    named = {"checkpoint": "checkpoint_place"}
    rows = {spoken[named.get(kind, kind)]: kinds[kind] for kind in ("city", "station", "checkpoint") if kind in kinds}
    order = ("rail", "suburban", "metro", "bridge", "tunnel", "highway", "bus", "ferry", "planned")
    rows |= {spoken[mode]: modes[mode] for mode in order if mode in modes}
    frame = Frame(axes, style, busy_round(shown))
    boxes = [frame.legend(rows)]
    boxes.append(frame.scale_bar(avoid=boxes))
    label_cities(axes, network, lettering=style, obstacles=boxes, symbols=shown[shown["kind"] != "interchange"])
    when = words.day(network.date)
    dated = words.dated(when, language=style.language)
    region = style.choose(network.region.name, network.region.name_zh) if network.region else spoken["network"]
    lines = [
        (dated + words.GAP + spoken["straight"]).capitalize() if style.language == "en" else dated,
        words.source({"data_hash": network.data_hash}, language=style.language, coast=shows_land(axes, land)),
        *notes(style),
    ]
    frame.say(title=title or spoken["pause"].join(part for part in (region, when) if part), lines=lines)
    return axes


def draw_isochrones(  # noqa: PLR0913 - each is a choice of its own
    circles: gpd.GeoDataFrame,
    *,
    network: Network | None = None,
    streets: Streets | None = None,
    bounds: Bounds | None = None,
    language: str = "en",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw circles of minutes, the shortest darkest, on land and sea with cities, legend, scale and source.

    ``circles`` is what ``isochrones`` returns (one basis, one direction). With ``network`` its lines are drawn thin;
    without one the cities are those of the region that ships. With ``streets`` the great roads are drawn; circles of
    streets alone need them to show where they start. ``bounds`` (west, south, east, north, degrees) makes two maps
    comparable. Chinese (``language="zh"``) falls back to English, with a note under the map, where no font
    has the glyphs.

    Raises ParameterError for empty or foreign frames, BasisError for mixed bases.
    """
    if "node" in circles:
        return draw_street_circles(circles, streets=streets, bounds=bounds, language=language, title=title, ax=ax)
    require(circles, columns=CIRCLES, what="circles", made_by="commute.isochrones")
    drawn = require_geometry(circles, what="circles")
    basis, direction = only(drawn, "basis", what="circles"), only(drawn, "direction", what="circles")
    style = find_lettering(language, needed=words.WORDS["zh"].values())
    named = network if network is not None else region_of(manifest_of(circles))
    land = land_of(named)
    axes = open_map(ax, bounds=bounds, around=_extent(drawn, named), land=land)
    rows = paint_circles(axes, drawn, language=style.language)
    busy = [drawn.geometry.dropna().union_all()]
    origins = list(dict.fromkeys(drawn["origin_id"]))
    if streets is not None:
        draw_great_roads(axes, streets)
    if network is not None:
        draw_thin_links(axes, network)
    if named is not None:
        draw_places(axes, named, kinds=("city",))
        mark_origins(axes, named, origins=[origin for origin in origins if origin in named.places.index])
        busy.append(busy_round(named.places.loc[list(named.cities)]))
    frame = Frame(axes, style, shapely.union_all(busy))
    boxes = [frame.legend(rows)]
    boxes.append(frame.scale_bar(avoid=boxes))
    label_cities(axes, named, origins=origins, lettering=style, obstacles=boxes)
    heading, conditions = _words_about(drawn, named, lettering=style, basis=basis, direction=direction)
    lines = [conditions, words.source(manifest_of(circles), language=style.language, coast=shows_land(axes, land))]
    frame.say(title=title or heading, lines=[*lines, *notes(style)])
    return axes


def _extent(circles: gpd.GeoDataFrame, network: Network | None) -> list[float]:
    sides = [float(side) for side in circles.total_bounds]
    if not any(pd.isna(side) for side in sides):
        return sides
    if network is None:
        raise ParameterError("All circles are empty: nothing is reached. Give a network or bounds to draw them on.")
    return [float(side) for side in network.places.total_bounds]


def _words_about(
    circles: gpd.GeoDataFrame, network: Network | None, *, lettering: Lettering, basis: str, direction: str
) -> tuple[str, str]:
    """Return the title and the conditions of the caption."""
    language, manifest = lettering.language, manifest_of(circles)
    spoken = words.WORDS[language]
    named = dict(zip(circles["origin_id"], circles["origin"], strict=True))
    origins = [
        name_of(str(place), network=network, lettering=lettering, otherwise=str(name)) for place, name in named.items()
    ]
    few = len(origins) <= 3  # noqa: PLR2004 - as many as fit a title
    who = words.listing(origins, language=language) if few else spoken["origins"].format(count=len(origins))
    when = words.day(manifest.get("as_of")) or words.day(network.date if network else None)
    how = words.basis(basis, language=language)
    cutoffs = words.minutes(sorted(circles["cutoff"].unique()), language=language)
    title = who + spoken["colon"] + spoken["pause"].join(part for part in (cutoffs, how, when) if part)
    way = spoken[direction].format(origin=who)
    dated = words.dated(when, language=language)
    return title, words.conditions(manifest, basis_name=basis, dated=dated, language=language, also=[way])


def explore(circles: gpd.GeoDataFrame, *, tiles: str | None = None, land: gpd.GeoDataFrame | None = None) -> folium.Map:
    """Return an interactive folium map of circles, the shortest darkest and on top, with a tooltip each.

    Without ``tiles`` (a folium tile name or URL) no tile server is asked; ``land`` is drawn in their place. The page
    that folium writes still takes its script from the web.

    Raises ParameterError for empty or foreign frames.
    """
    over_streets = "node" in circles
    needed = STREET_CIRCLES if over_streets else CIRCLES
    require(circles, columns=needed, what="circles", made_by="commute.isochrones")
    drawn = require_geometry(circles, what="circles")
    drawn = drawn[~(drawn.geometry.isna() | drawn.geometry.is_empty)].sort_values("cutoff", ascending=False)
    cutoffs = sorted(drawn["cutoff"].unique())
    told = {"origin_id" if over_streets else "origin": "origin", "cutoff": "minutes", "people": "people"}
    told |= {"junctions": "junctions", "area_km2": "area_km2", "basis": "basis"}
    told = {column: name for column, name in told.items() if column in drawn}
    shown = drawn[[*told, "geometry"]].rename(columns=told)
    shown["minutes"] = shown["minutes"].map("{:g}".format)
    for column in {"people", "junctions", "area_km2"}.intersection(shown):
        shown[column] = shown[column].map("{:,.0f}".format)
    under: Any = None
    if land is not None:
        seen = land.to_crs("EPSG:4326").clip_by_rect(*padded(drawn.total_bounds, share=0.5))
        under = seen[~seen.is_empty].explore(
            tiles=tiles, color=palette.COAST, highlight=False,
            style_kwds={"fillColor": palette.LAND, "fillOpacity": 1.0 if tiles is None else 0.0, "weight": 1},
        )  # fmt: skip
    page: folium.Map = shown.explore(
        column="minutes", categorical=True, categories=[f"{cutoff:g}" for cutoff in cutoffs],
        cmap=palette.time_colours(len(cutoffs)), m=under, tiles=tiles, legend=True,
        tooltip=list(told.values()),
        style_kwds={"fillOpacity": 0.7, "weight": 1, "color": palette.PAPER},
        legend_kwds={"caption": "minutes"},
    )  # fmt: skip
    page.fit_bounds([[drawn.total_bounds[1], drawn.total_bounds[0]], [drawn.total_bounds[3], drawn.total_bounds[2]]])
    return page
