"""The map of a circle before and after: what a scenario lets it gain, keep and lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import shapely

from commute.measure.street_comparison import StreetComparison
from commute.show import palette, street_layers, words
from commute.show.fonts import lettering as find_lettering
from commute.show.frames import manifest_of, name_of, only, pick, require, require_geometry
from commute.show.furniture import Bounds, Frame, open_map, shows_land
from commute.show.layers import (
    busy_round,
    draw_edited_links,
    draw_places,
    draw_thin_links,
    label_cities,
    land_of,
    mark_origins,
    notes,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from commute.measure.comparison import Comparison
    from commute.show.fonts import Lettering

AREAS = ("scenario", "origin_id", "cutoff", "change", "area_km2", "geometry")
COLOURS = {"gained": palette.GAINED, "lost": palette.LOST, "kept": palette.KEPT}  # in the order of the legend
LEVELS = {"kept": 2.1, "gained": 2.2, "lost": 2.3}  # losses on top: no gain hides one


def draw_change(  # noqa: PLR0913 - each is a choice of its own
    comparison: Comparison | StreetComparison,
    *,
    scenario: str | None = None,
    origin: Hashable = None,
    cutoff: float | None = None,
    bounds: Bounds | None = None,
    language: str = "en",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what one circle gains (blue), keeps (grey) and loses (orange, hatched, always on top) in a scenario.

    By default the first scenario, the first origin and the largest cut-off of the comparison, be it of networks or of
    streets. The legend names losses even where there are none. People are those the comparison counts.

    Raises ParameterError where the comparison has no areas, or not the scenario, origin or cut-off asked for.
    """
    require(comparison.areas, columns=AREAS, what="comparison.areas", made_by="commute.compare")
    chosen = choose(comparison.areas, scenario=scenario, origin=origin)
    areas = require_geometry(chosen.rows, what="comparison.areas")
    wanted = areas["cutoff"].max() if cutoff is None else cutoff
    shapes = areas[areas["cutoff"] == pick(areas, "cutoff", wanted, what="comparison.areas")]
    style = find_lettering(language, needed=words.WORDS["zh"].values())
    land = None if isinstance(comparison, StreetComparison) else land_of(comparison.base)
    axes = open_map(ax, bounds=bounds, around=shapes.total_bounds, land=land)
    people = _people(comparison, chosen, cutoff=wanted)
    rows = _paint_areas(axes, shapes, people=people, language=style.language)
    subject = words.WORDS[style.language]["circle"].format(minutes=f"{wanted:g}")
    busy = [*shapes.geometry.dropna()]
    if isinstance(comparison, StreetComparison):
        frame = Frame(axes, style, shapely.union_all(busy))
        _finish_streets(frame, comparison, chosen, rows=rows, subject=subject, title=title)
        return axes
    draw_places(axes, comparison.base, kinds=("city",))
    cities = comparison.base.places.loc[list(comparison.base.cities)]
    frame = Frame(axes, style, shapely.union_all([*busy, busy_round(cities)]))
    finish(frame, comparison, chosen, rows=rows, subject=subject, title=title)
    return axes


class Chosen(NamedTuple):
    """The rows of one scenario and one origin."""

    rows: pd.DataFrame
    scenario: str
    origin: Any


def choose(frame: pd.DataFrame, *, scenario: str | None, origin: Hashable) -> Chosen:
    """Return the rows of a scenario and an origin, by default the first of each; ParameterError lists what there is."""
    edited = frame[frame["scenario"] != "base"] if scenario is None else frame
    name = str(pick(edited, "scenario", scenario, what="The comparison's rows"))
    rows = edited[edited["scenario"] == name]
    place = pick(rows, "origin_id", origin, what="The comparison's rows")
    return Chosen(rows[rows["origin_id"] == place], name, place)


def finish(  # noqa: PLR0913 - each is a choice of its own
    frame: Frame,
    comparison: Comparison,
    chosen: Chosen,
    *,
    rows: Mapping[str, Artist],
    subject: str,
    title: str | None,
    clear: Mapping[str, float] | None = None,
    symbols: gpd.GeoDataFrame | None = None,
) -> None:
    """Add what the maps of a comparison share: origin, legend, scale bar, labels, title and caption."""
    base, style = comparison.base, frame.lettering
    spoken = words.WORDS[style.language]
    draw_thin_links(frame.axes, base)
    edits = draw_edited_links(frame.axes, comparison.links, base, scenario=chosen.scenario)
    mark_origins(frame.axes, base, origins=[chosen.origin])
    boxes = [frame.legend({**rows, **{spoken[change]: line for change, line in edits.items()}})]
    boxes.append(frame.scale_bar(avoid=boxes))
    origins = [chosen.origin]
    label_cities(
        frame.axes, base, origins=origins, lettering=style, obstacles=boxes, clear=clear, symbols=symbols
    )  # fmt: skip
    who, when = name_of(chosen.origin, network=base, lettering=style), words.day(base.date)
    scenario = _title_of(comparison, chosen.scenario, lettering=style)
    manifest = manifest_of(chosen.rows) or manifest_of(comparison.summary) or {"data_hash": base.data_hash}
    basis = only(comparison.summary, "basis", what="the comparison")
    way = only(comparison.circles, "direction", what="the comparison") or "from"
    also = [spoken[way].format(origin=who), spoken["fixed"]]
    dated = words.dated(when, language=style.language, word="base_of")
    facts = words.conditions(manifest, basis_name=basis, dated=dated, language=style.language, also=also)
    source = words.source(manifest, language=style.language, coast=shows_land(frame.axes, land_of(base)))
    heading = title or f"{who}{spoken['pause']}{subject}{spoken['colon']}{scenario}"
    frame.say(title=heading, lines=[facts, source, *notes(style)])


def _finish_streets(  # noqa: PLR0913 - as finish
    frame: Frame,
    comparison: StreetComparison,
    chosen: Chosen,
    *,
    rows: Mapping[str, Artist],
    subject: str,
    title: str | None,
) -> None:
    """Add what a map over streets has besides its circle: the great roads, what was changed, origin and words."""
    style, origins = frame.lettering, comparison.origins
    spoken = words.WORDS[style.language]
    street_layers.draw_great_roads(frame.axes, comparison.base)
    edits = street_layers.draw_changed_streets(frame.axes, comparison.changed, scenario=chosen.scenario)
    street_layers.mark_points(frame.axes, origins[origins["origin_id"] == chosen.origin])
    boxes = [frame.legend({**rows, **{spoken[f"street_{change}"]: line for change, line in edits.items()}})]
    frame.scale_bar(avoid=boxes)
    who = chosen.origin if isinstance(chosen.origin, str) else f"#{chosen.origin}"
    heading = f"{who}{spoken['pause']}{subject}{spoken['colon']}"
    heading += _title_of(comparison, chosen.scenario, lettering=style)
    direction, manifest = only(comparison.circles, "direction", what="the comparison"), manifest_of(comparison.summary)
    spoken_for = {"origin": who, "direction": direction, "language": style.language}
    lines = street_layers.captions(manifest, **spoken_for, also=["fixed"])
    frame.say(title=title or heading, lines=[*lines, *notes(style)])


def _title_of(comparison: Comparison | StreetComparison, name: str, *, lettering: Lettering) -> str:
    """Return the title of a scenario in the language of the picture, else its name with blanks for dashes."""
    for scenario in comparison.scenarios:
        if scenario.name == name and scenario.title:
            return lettering.choose(scenario.title, scenario.title_zh)
    if not isinstance(comparison, StreetComparison) and name.startswith("as of "):  # another day, no what-if
        spoken = words.WORDS[lettering.language]
        base = words.day(comparison.base.date) or spoken["base"]
        return spoken["against"].format(scenario=name.removeprefix("as of "), base=base)
    return name if " " in name else name.replace("-", " ").replace("_", " ")


def _people(comparison: Comparison | StreetComparison, chosen: Chosen, *, cutoff: float) -> pd.Series[float]:
    """Return the people by change, for the legend; empty where the comparison counts none at this cut-off."""
    if isinstance(comparison, StreetComparison):
        table = comparison.summary
        own = (table["scenario"] == chosen.scenario) & (table["origin_id"] == chosen.origin)
        row = table[own & (table["cutoff"] == cutoff)].iloc[0]
        counted = {change: row[f"people_{change}"] for change in ("gained", "lost") if "people_before" in row}
        kept = {"kept": row["people_before"] - row["people_lost"]} if counted else {}
        return pd.Series(counted | kept, dtype=float)
    places, column = getattr(comparison, "places", None), f"inside_{cutoff:g}"
    if places is None or column not in places.columns:
        return pd.Series(dtype=float)
    rows = places[(places["scenario"] == chosen.scenario) & (places["origin_id"] == chosen.origin)]
    return pd.Series(rows.groupby(column)["population"].sum(), dtype=float)


def _paint_areas(axes: Axes, shapes: gpd.GeoDataFrame, *, people: pd.Series[float], language: str) -> dict[str, Artist]:
    """Paint the three areas and return their legend rows; each has one, even where it is empty."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - heavy

    spoken = words.WORDS[language]
    rows: dict[str, Artist] = {}
    for change, colour in COLOURS.items():
        of_change = shapes[(shapes["change"] == change) & ~(shapes.geometry.isna() | shapes.geometry.is_empty)]
        hatch = "//////" if change == "lost" else None
        look: dict[str, Any] = {
            "facecolor": colour,
            "alpha": 0.88,
            "edgecolor": palette.PAPER,
            "linewidth": 0.4,
            "hatch": hatch,
        }
        if len(of_change):
            of_change.plot(ax=axes, zorder=LEVELS[change], aspect=None, gid=f"change {change}", **look)
        said = [words.people(people[change], language=language)] if people.get(change, 0) > 0 else []
        said += [words.area(of_change["area_km2"].sum(), language=language)] if len(of_change) else []
        rows[f"{spoken[change]}\n{' · '.join(said) or spoken['none']}"] = Patch(**look)
    return rows
