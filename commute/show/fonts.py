"""Which language a picture can be lettered in: Chinese wherever a font with the glyphs is installed, else English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commute.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The usual simplified-Chinese faces of Linux, macOS and Windows; matplotlib before 3.11 sees only the JP face of Noto.
PREFERRED = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Heiti SC", "SimHei", "Noto Sans CJK JP",
    "Droid Sans Fallback", "Arial Unicode MS", "Noto Serif CJK SC", "SimSun",
)  # fmt: skip
LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Lettering:
    """The language a picture is really lettered in, and the font families that have its glyphs."""

    language: str
    families: tuple[str, ...] = ()
    glyphs: frozenset[int] = frozenset()
    wanted: str = "en"

    @property
    def fell_back(self) -> bool:
        """Say whether Chinese was asked for and no installed font has it."""
        return self.wanted != self.language

    def choose(self, english: str, chinese: object) -> str:
        """Return the Chinese name where it can be drawn whole, else the English one."""
        drawable = isinstance(chinese, str) and chinese and all(ord(letter) in self.glyphs for letter in chinese)
        return str(chinese) if self.language == "zh" and drawable else english

    def font(self) -> dict[str, Any]:
        """Return the keyword of a text artist that sets the font; empty for the user's own rcParams."""
        return {"fontfamily": list(self.families)} if self.families else {}


def lettering(language: str, *, needed: Iterable[str]) -> Lettering:
    """Find how to letter a picture in ``language`` ("en" or "zh"); ``needed`` are texts the font must cover.

    Raises ParameterError for another language. English where no installed font has the needed Chinese glyphs.
    """
    if language not in LANGUAGES:
        raise ParameterError(f"language is 'en' or 'zh', not {language!r}.")
    if language == "en":
        return Lettering("en")
    wanted = {ord(letter) for text in needed for letter in text}
    for family, path in _faces():
        glyphs = _glyphs(path)
        if wanted <= glyphs:
            return Lettering("zh", (family, *_user_families()), glyphs, "zh")
    return Lettering("en", wanted="zh")


def _faces() -> Iterator[tuple[str, str]]:
    """Yield (family, file) of the upright regular faces, the preferred ones first."""
    from matplotlib.font_manager import fontManager  # noqa: PLC0415 - heavy

    upright = {
        face.name: face.fname
        for face in fontManager.ttflist
        # "Last Resort" ships with matplotlib and draws every letter of the world, as a box
        if face.style == "normal" and face.weight in (400, "normal", "regular") and "Last Resort" not in face.name
    }
    for family in (*PREFERRED, *sorted(set(upright) - set(PREFERRED))):
        if family in upright and Path(upright[family]).is_file():
            yield family, upright[family]


@lru_cache(maxsize=256)
def _glyphs(path: str) -> frozenset[int]:
    """Return the code points that a font file really has."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - heavy

    return frozenset(FT2Font(path).get_charmap())


def _user_families() -> list[str]:
    import matplotlib as mpl  # noqa: PLC0415 - heavy

    families = mpl.rcParams["font.family"]
    return [families] if isinstance(families, str) else list(families)
