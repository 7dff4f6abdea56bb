"""Files of figures: written beside and renamed, so that no half a picture is ever seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commute.errors import DataFileError, ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DPI = 160  # a map of ten inches fills a notebook and prints on half a page


def save_figure(axes: Axes, path: str | Path) -> Path:
    """Write the figure of ``axes`` to ``path`` and return it; the suffix chooses the format.

    Raises
    ------
    ParameterError
        For a suffix matplotlib cannot write.
    DataFileError
        If the folder does not exist.
    """
    target = Path(path)
    figure = axes.figure
    known = figure.canvas.get_supported_filetypes()
    if target.suffix[1:].lower() not in known:
        raise ParameterError(f"{target.name!r} is no picture: end it in one of .{', .'.join(sorted(known))}.")
    if not target.parent.is_dir():
        raise DataFileError(f"{target} cannot be written: there is no folder {target.parent}.")
    beside = target.with_name(f".{target.name}.part")
    try:
        figure.savefig(beside, dpi=_DPI, format=target.suffix[1:].lower(), bbox_inches="tight")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target
