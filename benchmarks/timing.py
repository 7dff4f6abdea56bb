"""How the benchmarks take time, hold answers against each other, and keep what they print."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def machine(packages: Sequence[str]) -> str:
    """Say what runs, on what, and how busy it is."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages if version(name))
    processor = f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors"
    return f"{processor}, load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, {versions}."


def version(package: str) -> str:
    """Return the version of a package, nothing where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def peak_gb() -> float:
    """Return the most memory that this process has held.

    Not what ``getrusage`` says, which in a child counts what its parent held when it was started.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1e6


@dataclass
class Times:
    """The processor seconds of the runs of one piece of work."""

    seconds: list[float] = field(default_factory=list)
    each: float = 1

    @property
    def median(self) -> float:
        """The middle of the runs, for one piece of what each does."""
        return statistics.median(self.seconds) / self.each

    @property
    def spread(self) -> float:
        """How many times the fastest run the slowest took."""
        return max(self.seconds) / max(min(self.seconds), 1e-9)


def timed(
    work: Callable[[], object], runs: int, *, each: int = 1, clock: Callable[[], float] = time.process_time
) -> Times:
    """Run once to compile and to touch the memory, then time."""
    work()
    times = Times(each=each)
    for _ in range(runs):
        begin = clock()
        work()
        times.seconds.append(clock() - begin)
    return times


def in_turn(*works: Callable[[], object], runs: int) -> tuple[Times, ...]:
    """Run each once, then time them in turn by the clock on the wall, so that a busy minute tells on all of them."""
    for work in works:
        work()
    times = tuple(Times() for _ in works)
    for _ in range(runs):
        for work, own in zip(works, times, strict=True):
            begin = time.perf_counter()
            work()
            own.seconds.append(time.perf_counter() - begin)
    return times


def answered(ask: Callable[..., Any], questions: Sequence[Any], *, runs: int = 1) -> tuple[list[Any], Times]:
    """Ask one question after another, some times over, and keep the answers. The time is that of one, on average."""
    answers: list[Any] = []
    times = Times(each=len(questions))
    for _ in range(runs):
        begin = time.process_time()
        answers = [ask(one) for one in questions]
        times.seconds.append(time.process_time() - begin)
    return answers, times


def agree(peer: str, answers: Any, own: Any) -> None:
    """Stop if a peer answers otherwise."""
    if not np.array_equal(answers, own):
        raise SystemExit(f"{peer} finds otherwise: {answers} where commute finds {own}.")


@dataclass
class Report:
    """The rows of the tables."""

    rows: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Print a line, and keep it."""
        print(line, flush=True)
        self.rows.append(line)

    def versus(self, work: str, peer: str, own: Times, other: Times, bar: float | None = None) -> None:
        """Add the row of one piece of work."""
        ratio = other.median / own.median
        verdict = "" if bar is None else f"{bar:g}× {'reached' if ratio >= bar else '**missed**'}"
        milliseconds = f"{own.median * 1e3:.3g} | {other.median * 1e3:.3g} | {ratio:.3g}×"
        self.say(f"| {work} | {peer} | {milliseconds} | {verdict} | {own.spread:.2f}, {other.spread:.2f} |")
