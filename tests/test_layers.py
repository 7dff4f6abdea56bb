"""Imports point down: errors and kernels, model, measure, io, show, cluster, the command line, the public names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import commute

PACKAGE = Path(commute.__file__).parent
LAYERS = ("kernels", "model", "measure", "io", "show", "cluster", "demo", "cli", "__main__", "__init__")
GROUND = ("errors", "_version", "data", "progress")  # anybody but a kernel may stand on these
HEAVY = {"matplotlib", "folium", "osmnx", "dask", "numba", "contourpy", "rasterio", "osmium", "gtfs_kit", "sklearn"}


def modules():
    return {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}


def layer(module):
    return module.split("/")[0].removesuffix(".py")


def imported(tree):
    """Yield (module, whether it is imported when the module is) of every import that is not only for types."""
    typing = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    inner = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if node in typing:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node not in inner) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node not in inner) for alias in node.names)


def upward(sources):
    """Return every import that points up, or sideways out of the kernels."""
    faults = []
    for module, text in sources.items():
        own = layer(module)
        for name, _ in imported(ast.parse(text)):
            parts = name.split(".")
            if parts[0] != "commute" or len(parts) < 2:
                continue
            other = parts[1]
            if own == "kernels":
                if other != "kernels":
                    faults.append(f"{module} imports {name}")
            elif own in GROUND or (other not in GROUND and LAYERS.index(other) > LAYERS.index(own)):
                faults.append(f"{module} imports {name}")
    return faults


def test_imports_point_down():
    sources = {name: text for name, text in modules().items() if name != "__init__.py"}
    assert upward(sources) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("model/network.py", "from commute.measure.routing import travel_times"),
        ("measure/circles.py", "def f():\n    from commute.io import datasets"),
        ("kernels/csr.py", "from commute.errors import ParameterError"),
        ("errors.py", "import commute.model.network"),
    ],
)
def test_a_planted_violation_is_seen(module, text):
    assert upward({module: text}) != []


def test_no_cycles_inside_a_layer():
    graph = {}
    for module, text in modules().items():
        name = "commute." + module.removesuffix(".py").replace("/", ".")
        targets = {target for target, when_imported in imported(ast.parse(text)) if when_imported}
        graph[name] = targets | {target.rpartition(".")[0] for target in targets}
    seen, open_ = set(), []

    def visit(name):
        if name in open_:
            pytest.fail(f"cycle: {' -> '.join([*open_[open_.index(name):], name])}")
        if name in seen or name not in graph:
            return
        open_.append(name)
        for target in graph[name]:
            visit(target)
        open_.pop()
        seen.add(name)

    for name in graph:
        visit(name)


def test_heavy_libraries_are_imported_where_they_are_used():
    faults = [
        f"{module} imports {name}"
        for module, text in modules().items()
        for name, outer in imported(ast.parse(text))
        if outer and name.split(".")[0] in HEAVY and layer(module) != "kernels"
    ]
    assert faults == []


def test_measures_open_no_file():
    for module, text in modules().items():
        if layer(module) == "measure":
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            attributes = {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
            assert not names & {"open", "Path"}, module
            assert not attributes & {"read_text", "write_text", "to_file", "to_csv", "read_csv", "savefig"}, module
