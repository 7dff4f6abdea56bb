"""The public names: each once, from one home, documented, and light to import."""

from __future__ import annotations

import inspect
import subprocess
import sys

import commute


def test_all_names_exist_and_are_sorted():
    names = commute.__all__
    assert len(names) == len(set(names))
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(commute, name) for name in names)


def test_nothing_else_is_public():
    public = {
        name
        for name, value in vars(commute).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public <= set(commute.__all__)


def test_every_public_callable_is_documented():
    for name in commute.__all__:
        value = getattr(commute, name)
        if callable(value):
            assert inspect.getdoc(value), name


def test_everything_after_the_subject_is_keyword_only():
    positional = {"origins", "destinations", "origin", "destination", "minutes", "scenarios", "path", "dates", "graph"}
    positional |= {"network", "base", "comparison", "circles", "region", "streets", "lon", "lat", "name", "surface"}
    for name in commute.__all__:
        value = getattr(commute, name)
        if inspect.isfunction(value):
            for parameter in inspect.signature(value).parameters.values():
                if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                    assert parameter.name in positional, f"{name}({parameter.name})"


def test_importing_commute_leaves_the_heavy_libraries_alone():
    heavy = ["numba", "matplotlib", "folium", "osmnx", "dask", "contourpy", "typer", "rich"]
    code = f"import sys, commute; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
