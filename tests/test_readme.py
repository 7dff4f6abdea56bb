"""The README says what a user sees: its Python runs, and its commands print what stands below them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands():
    """Yield (command, what it prints) of every block of the console that runs commute alone."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            if command.startswith("commute "):
                yield command, printed


def tidy(text):
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_two_commands_stand_there():
    assert "pip install . && commute demo" in README
    assert "pip install '.[test]' && pytest" in README


def test_python_runs(monkeypatch, tmp_path):
    import matplotlib as mpl  # noqa: PLC0415 - before pyplot

    mpl.use("Agg")
    monkeypatch.chdir(ROOT)
    found = blocks("python")
    assert found
    namespace = {"out": tmp_path}
    for block in found:
        exec(compile(block, "README.md", "exec"), namespace)  # noqa: S102 - the README is ours


@pytest.mark.parametrize(("command", "printed"), list(commands()), ids=[command for command, _ in commands()])
def test_commands_print_what_the_readme_says(command, printed, tmp_path):
    words = shlex.split(command)
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert tidy(done.stdout + done.stderr) == tidy(printed)


def test_links_lead_somewhere():
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
