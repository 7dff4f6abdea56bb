"""The command line.

``commute demo | regions | reach | journey | score | compare | criticality | timeline | claims | verify``.

Data goes to standard output, messages to standard error. Wrong input ends with one line and the exit status 2; only
the faults of tables take a line each, the first five of them. Nothing is written then.
"""

from __future__ import annotations

import io
import os
import sys

import typer
from typer.exceptions import TyperException

from commute.cli.commands import app
from commute.cli.options import spread
from commute.cli.output import say
from commute.errors import CommuteError, TableError

__all__ = ["main"]

FAULTS = 5  # of tables that are told


def main() -> None:
    """Run the command line; the exit status is 2 for wrong input, 1 if the machine fails, 130 after an interrupt."""
    _speak_utf8()
    try:
        status = app(spread(sys.argv[1:]), prog_name="commute", standalone_mode=False) or 0
        sys.stdout.flush()
    except (TyperException, CommuteError) as fault:
        say(f"commute: {_told(fault)}")
        status = 2
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except OSError as fault:
        say(f"commute: {fault}.")
        status = 1
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    sys.exit(status)


def _speak_utf8() -> None:
    """Write UTF-8 into files and pipes whatever the locale; a terminal shows what it can."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _told(fault: Exception) -> str:
    """Say a fault in one line; of the faults of tables the first few, each in a line of its own."""
    if isinstance(fault, TableError):
        lines = str(fault).splitlines()[: 1 + FAULTS]
        more = len(fault.faults) - FAULTS
        return "\n".join(lines + [f"  … and {more} more (commute.read_network tells them all)"] * (more > 0))
    if not isinstance(fault, TyperException):
        return " ".join(str(fault).split())
    message = " ".join(fault.format_message().split()).replace("Value error, ", "").rstrip(".")
    context = getattr(fault, "ctx", None)
    command = context.command_path if context else "commute"
    return f"{message}{'' if message.endswith('?') else '.'} See '{command} --help'."
