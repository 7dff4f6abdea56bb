import io
from types import SimpleNamespace

import pytest

from commute import progress as module
from commute.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def stderr(monkeypatch):
    """A terminal, and a clock that moves two seconds each time it is asked."""
    seconds, terminal = iter(range(0, 1000, 2)), Terminal()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=terminal))
    monkeypatch.setenv("TERM", "xterm")
    return terminal.getvalue


def count(to, of=4):
    with progress("Reach") as told:
        for done in range(1, to + 1):
            told(done, of)


def test_a_bar_is_drawn_past_some_seconds_and_taken_away(stderr):
    with progress("Reach") as told:
        for done in (1, 2, 3):
            told(done, 4)
    assert "Reach" in stderr()
    assert "75 %" in stderr()
    assert stderr().endswith("\x1b[2K"), "the line is wiped"


def test_what_is_soon_done_is_done_in_silence(stderr):
    count(1)
    count(2, of=2)
    assert stderr() == ""


def test_nothing_is_written_where_nobody_looks(stderr, monkeypatch):
    monkeypatch.setattr(module.sys, "stderr", pipe := io.StringIO())
    count(4)
    assert stderr() == pipe.getvalue() == ""


def test_an_interrupt_takes_the_bar_away(stderr):
    def interrupted():
        with progress("Reach") as told:
            for done in range(1, 6):
                told(done, 9)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "Reach" in stderr()
    assert "\x1b[?25h" in stderr(), "the cursor is back"
