"""Files of pictures and pages: refused before the work when they cannot be written, whole or not there after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commute.errors import DataFileError, ParameterError
from commute.io.files import refuse_unwritable, replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURES = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".eps", ".ps")
PAGES = (".html", ".htm")
_DPI = 160  # a map of ten inches fills a notebook and prints on half a page


def save_figure(axes: Axes, path: str | Path) -> Path:
    """Write the figure of ``axes`` to ``path`` and return it; the suffix chooses the format.

    Raises
    ------
    ParameterError
        For a suffix that no picture has.
    DataFileError
        If nothing can be written there.
    """
    target = refuse_target(path, suffixes=PICTURES, what="picture")
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ParameterError("The axes belong to no figure any more: draw them again.")
    with replacing(target) as beside:
        figure.savefig(beside, dpi=_DPI, format=target.suffix[1:].lower(), bbox_inches="tight")
    return target


def refuse_target(path: str | Path, *, suffixes: tuple[str, ...], what: str) -> Path:
    """Return ``path`` where a file of this kind can be written, so that no long work ends in vain.

    Raises
    ------
    ParameterError
        For another suffix.
    DataFileError
        If there is no such folder, it may not be written to, or ``path`` is itself a folder.
    """
    target = Path(path)
    if target.suffix.lower() not in suffixes:
        raise ParameterError(f"{target.name!r} is no {what}: end its name in {', '.join(suffixes)}.")
    if target.is_dir():
        raise DataFileError(f"{target} is a folder, not a file. Choose another name.")
    refuse_unwritable(target)
    return target
