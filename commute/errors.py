"""The errors that commute raises.

    CommuteError
    ├── ParameterError     an argument out of its range or of the wrong kind      (also a ValueError)
    ├── UnknownNameError   a place, region, line or scenario nobody knows         (also a LookupError)
    ├── TableError         the faults of a set of tables, all of them at once     (also a ValueError)
    ├── ScenarioError      an edit that contradicts the network it is applied to  (also a ValueError)
    ├── BasisError         results of different bases brought together            (also a ValueError)
    └── DataFileError      a file that is missing, truncated, foreign or changed  (also an OSError)
"""  # noqa: D208 - a tree

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FIT_A_LINE = 8  # names
FIT_A_SCREEN = 30  # faults
ABOUT = 0.1  # of the likeness of two names


class CommuteError(Exception):
    """Base of every error that commute raises on purpose."""


class ParameterError(CommuteError, ValueError):
    """An argument is out of its range or of the wrong kind."""


class UnknownNameError(CommuteError, LookupError):
    """A name that nobody knows, with the nearest ones that somebody does."""

    @classmethod
    def of(cls, kind: str, name: str, known: Mapping[str, str]) -> UnknownNameError:
        """Build the error for ``name``; ``known`` maps every accepted spelling to how it is shown."""
        folded = {spelling.casefold(): shown for spelling, shown in known.items()}
        near = get_close_matches(name.casefold(), folded, n=5, cutoff=0.6)
        shown = list(dict.fromkeys(folded[match] for match in near if _as_near(name.casefold(), match, near[0])))[:3]
        hint = f"Did you mean {', or '.join(shown)}?" if shown else _listing(kind, known.values())
        return cls(f"No {kind} is called {name!r}. {hint}")


def _as_near(name: str, match: str, nearest: str) -> bool:
    """Tell whether ``match`` is about as near as the nearest: who writes Shenzen means Shenzhen, not also Shenwan."""
    likeness, best = (SequenceMatcher(None, one, name).ratio() for one in (match, nearest))
    return likeness >= best - ABOUT


def _listing(kind: str, shown: Iterable[str]) -> str:
    names = sorted(set(shown))
    if not names:
        return f"There is no {kind} at all."
    more = f", … ({len(names)} in all)" if len(names) > FIT_A_LINE else ""
    return f"Known: {', '.join(names[:FIT_A_LINE])}{more}."


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one table: where it is, what was found there and what to do about it."""

    table: str
    row: str
    column: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Say the fault in one line."""
        where = ", ".join(part for part in (self.table, self.row, self.column) if part)
        got = f" (got {self.value})" if self.value else ""
        return f"{where}: {self.problem}{got}; {self.remedy}."


class TableError(CommuteError, ValueError):
    """A set of tables is at fault; ``faults`` holds every fault found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults and say the first of them."""
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{count} fault{'s' if count != 1 else ''} in the tables:"
        lines = [f"  {fault}" for fault in self.faults[:FIT_A_SCREEN]]
        rest = [f"  … and {count - FIT_A_SCREEN} more (see .faults)"] if count > FIT_A_SCREEN else []
        super().__init__("\n".join([head, *lines, *rest]))


class ScenarioError(CommuteError, ValueError):
    """An edit contradicts the network it is applied to."""


class BasisError(CommuteError, ValueError):
    """Results of different bases were brought together."""


class DataFileError(CommuteError, OSError):
    """A file is missing, truncated, foreign or not what the registry says."""
