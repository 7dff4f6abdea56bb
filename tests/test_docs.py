"""The generated pages of docs/ say what the code says, and no link of the manual is broken."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("write_docs", ROOT / "tools" / "write_docs.py")
write_docs = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(write_docs)


@pytest.mark.parametrize("name", list(write_docs.PAGES))
def test_generated_pages_are_current(name):
    assert (ROOT / "docs" / name).read_text("utf-8") == write_docs.PAGES[name]()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


def test_python_of_the_manual_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUTE_CACHE", str(tmp_path / "orders"))
    text = (ROOT / "docs" / "manual.md").read_text("utf-8")
    found = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert found
    namespace = {}
    for block in found:
        exec(compile(block, "docs/manual.md", "exec"), namespace)  # noqa: S102 - the manual is ours


def test_numbers_of_the_engine_are_those_of_the_benchmark():
    page, growth = ((ROOT / path).read_text("utf-8") for path in ("docs/engine.md", "benchmarks/GROWTH.md"))
    quoted = re.search(r"<!-- from benchmarks/GROWTH.md -->\n(.*)<!-- until here -->", page, flags=re.DOTALL)[1]
    assert "order, s" in quoted
    assert set(quoted.splitlines()) <= set(growth.splitlines())
