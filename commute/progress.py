"""How far a long question has come, told on the terminal of whoever waits for it."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

PATIENCE = 3.0  # seconds that nobody minds waiting in silence


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told ``(done, of)`` again and again; past ``PATIENCE`` it draws a bar with a time estimate.

    The bar is on stderr, where that is a terminal or a notebook, and gone at the end; elsewhere nothing is written.
    """
    begun = time.monotonic()
    bar: Progress | None = None
    silent = False

    def told(done: int, of: int) -> None:
        nonlocal bar, silent
        if bar is None and not silent and done < of and time.monotonic() - begun > PATIENCE:
            bar = _bar()
            silent = bar is None
            if bar is not None:
                bar.start()
                bar.add_task(title, total=of)
        if bar is not None:
            bar.update(bar.task_ids[0], completed=done)

    try:
        yield told
    finally:
        if bar is not None:
            bar.stop()


def _bar() -> Progress | None:
    """Make the bar; None where nobody would see it."""
    from rich.console import Console  # noqa: PLC0415 - only who waits needs rich
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - as above

    console = Console(file=sys.stderr)
    if not (sys.stderr.isatty() or console.is_jupyter):
        return None
    share = TextColumn("{task.percentage:>3.0f} %")
    columns = TextColumn("{task.description}"), BarColumn(), share, TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True)
