"""One self-contained HTML page of a comparison: a map, its numbers, journeys and sources, that needs no network."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from commute._version import __version__
from commute.errors import ParameterError
from commute.io.files import replacing
from commute.show import palette
from commute.show.content import content
from commute.show.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from commute.measure.comparison import Comparison

SCRIPTS = ("words.js", "map.js", "tables.js", "journeys.js", "main.js")  # one module, in this order


def write_page(
    comparison: Comparison,
    path: str | Path,
    *,
    journeys: pd.DataFrame | None = None,
    title: str | None = None,
    language: str = "en",
) -> Path:
    """Write a comparison as one HTML file that opens without any network, and return its path.

    Parameters
    ----------
    comparison
        What `commute.compare` returns.
    path
        The file to write; it is written beside and renamed, so it is whole or not there.
    journeys
        Legs as `commute.journeys` tells them, with a ``scenario`` column ("base" for the base); of each pair
        the typical journey (``journey`` 0) is told.
    title
        The headline; by default the title of the scenario.
    language
        ``en`` or ``zh``: the language the page opens in. It can be changed on the page.

    Raises
    ------
    ParameterError
        For an unknown language, and for journeys without a column they need.
    DataFileError
        If the folder does not exist.
    """
    if language not in WORDS:
        raise ParameterError(f"language is {' or '.join(map(repr, WORDS))}, not {language!r}.")
    said = content(comparison, journeys=journeys)
    first = said["scenario_names"][said["scenarios"][0]]
    headline = first[language] if title is None else title
    own = {"language": language, "words": _words(), "title": title}
    return _write(Path(path), _document(own | said, title=headline, language=language))


# -- the document --------------------------------------------------------------------------------------------


def _document(said: Mapping[str, Any], *, title: str, language: str) -> str:
    """Fill the slots of the template; everything read from a table travels as JSON and becomes text in the page."""
    library = _asset("maplibre-gl/maplibre-gl.js").rpartition("//# sourceMappingURL=")[0]
    return Template(_asset("page.html")).substitute(
        language="zh-Hans" if language == "zh" else "en",
        title=html.escape(title),
        generator=html.escape(f"commute {__version__}"),
        library_style=_asset("maplibre-gl/maplibre-gl.css"),
        style=_colours() + _asset("page.css"),
        library=library,
        script="\n".join(_asset(name) for name in SCRIPTS),
        data=_embedded(said),
    )


def _asset(name: str) -> str:
    return files("commute.show").joinpath("assets", name).read_text(encoding="utf-8")


def _embedded(said: Mapping[str, Any]) -> str:
    """Write JSON that can stand inside a script element: no ``<`` that could end it, no line separators."""
    text = json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _colours() -> str:
    """Write the palette of every picture as style properties of the page."""
    colours = {name: getattr(palette, name.upper()) for name in ("sea", "land", "coast", "ink", "muted", "paper")}
    colours |= {name: getattr(palette, name.upper()) for name in ("gained", "kept", "lost")}
    colours |= {"time-near": palette.TIME_ANCHORS[0], "time-far": palette.TIME_ANCHORS[1]}
    colours |= {"road": palette.MODES["highway"][0], "rail": palette.MODES["rail"][0]}
    colours |= {"bridge": palette.MODES["bridge"][0]}
    return ":root {" + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + "}\n"


def _words() -> dict[str, dict[str, str]]:
    """Join the words of every picture with those of the page."""
    own: dict[str, dict[str, str]] = json.loads(_asset("words.json"))
    return {language: WORDS[language] | own[language] for language in WORDS}


def _write(path: Path, text: str) -> Path:
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return path
