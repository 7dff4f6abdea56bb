"""The notebooks run from top to bottom, are committed with outputs, and still say what they said."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
KERNEL_WARNINGS = "ignore:.*(event loop|Proactor|zmq|unclosed|TCP without encryption)"


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(notebook):
    """Return the plain text of every output but pictures and the addresses of objects."""
    texts = []
    for cell in code(notebook):
        for output in cell.outputs:
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if "object at 0x" not in text and "Styler" not in text and "<Figure" not in text:
                texts.append(text)
    return texts


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_committed_with_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert any(cell.outputs for cell in code(notebook))
    assert any("image/png" in output.get("data", {}) for cell in code(notebook) for output in cell.outputs)


@pytest.mark.filterwarnings(KERNEL_WARNINGS)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_runs_and_says_the_same(path):
    notebook = nbformat.read(path, as_version=4)
    before = printed(notebook)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert printed(notebook) == before


def test_there_is_a_first_notebook():
    assert "01-thirty-minutes" in [path.stem for path in NOTEBOOKS]
