"""Frames in the terminal: numbers to the digit and whole, JSON and GeoJSON that others read."""

from __future__ import annotations

import io
import json
import math
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from commute.errors import ParameterError, UnknownNameError
from commute.show import terminal


def told(frame, form="table", *, title="", width=None):
    """Show a frame to a terminal of that width, or to a file."""
    screen = {"width": width, "force_terminal": width is not None, "color_system": None, "markup": False}
    console = Console(file=io.StringIO(), **screen)
    terminal.show(frame, title=title, form=form, console=console)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([104.42, 5.0], ["104.4", "5.0"]),
        ([30.0, 60.0], ["30", "60"]),
        ([1_234_567.0, 12.5], ["1,234,567", "12"]),
        ([0.12345, 0.0], ["0.123", "0.000"]),
        ([5.926, 0.083], ["5.93", "0.08"]),
        ([-31.55, 0.0], ["-31.6", "0.0"]),
        ([math.inf, 12.25], ["no way", "12.2"]),
        ([-math.inf, math.nan], ["−no way", "–"]),
        ([None, pd.NaT, pd.NA], ["–", "–", "–"]),
        ([1_234, True], ["1,234", "True"]),
        (["深圳", ""], ["深圳", ""]),
    ],
)
def test_cells_have_the_digits_that_their_column_needs(values, shown):
    assert terminal.cells(values, alike=True) == shown


def test_cells_of_unlike_numbers_have_their_own_digits():
    assert terminal.cells([27.04, 0.1713, 989_807.0], alike=False) == ["27.0", "0.171", "989,807"]


def test_a_table_in_a_file_is_whole_and_plain():
    frame = pd.DataFrame({"a_name": ["深圳" * 40, "[b]"], "minutes": [1234567.0, np.inf]})
    lines = told(frame, title="Title").splitlines()
    assert lines[0] == "Title"
    assert lines[1].split() == ["a", "name", "minutes"]
    assert lines[2] == f"{'深圳' * 40}  1,234,567"
    assert lines[3].split() == ["[b]", "no", "way"]


def test_a_narrow_terminal_breaks_texts_never_numbers():
    place = {"place": ["a rather long-name-of-a-place"]}
    frame = pd.DataFrame(place | {"people_elsewhere": [12_345_678.0], "counties_of_it": [12]})
    out = told(frame, width=36)
    assert re.search(r"12,345,678 +12$", out, flags=re.MULTILINE)
    assert "…" not in out
    assert re.search(r"^long-name-of-a", out, flags=re.MULTILINE)
    assert {"people", "elsewhere", "counties", "of", "it"} <= set(out.split())
    assert max(map(len, out.splitlines())) <= 36


def test_an_empty_table_has_its_header():
    assert told(pd.DataFrame({"a": [], "b": []})) == "a  b\n"


def test_unknown_forms_and_geojson_without_ground_are_refused():
    with pytest.raises(UnknownNameError, match=r"No format is called 'jsn'\. Did you mean json"):
        told(pd.DataFrame({"a": [1]}), "jsn")
    with pytest.raises(ParameterError, match=r"geojson needs a result with ground to draw: use"):
        told(pd.DataFrame({"a": [1]}), "geojson")


@given(st.lists(st.floats(), max_size=5), st.lists(st.integers(-(2**53), 2**53), max_size=5), st.text(max_size=5))
def test_json_is_json_and_what_is_no_number_is_null(floats, integers, text):
    size = min(len(floats), len(integers))
    frame = pd.DataFrame({"x": floats[:size], "n": integers[:size], "text": text})
    rows = json.loads(told(frame, "json"), parse_constant=pytest.fail)
    assert [row["n"] for row in rows] == integers[:size]
    assert [row["x"] for row in rows] == [x if math.isfinite(x) else None for x in floats[:size]]
    assert all(row["text"] == text for row in rows)


def test_json_says_dates_flags_and_numbers_of_numpy():
    days = [pd.Timestamp("2024-06-30"), pd.NaT]
    frame = pd.DataFrame({"day": days, "on": [True, False], "n": np.array([1, 2], "int32")})
    first, second = json.loads(told(frame.astype({"n": object}), "json"))
    assert first == {"day": "2024-06-30 00:00:00", "on": True, "n": 1}
    assert second == {"day": None, "on": False, "n": 2}


def test_csv_has_neither_geometry_nor_blank_lines():
    frame = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[shapely.Point(0, 0)] * 2, crs="EPSG:4326")
    assert told(frame, "csv") == "a\n1\n2\n"


def test_geojson_reads_back_and_knows_no_infinity():
    square = shapely.box(113, 22, 114, 23)
    frame = gpd.GeoDataFrame(
        {"name": ["深圳", "b"], "minutes": [np.inf, 3.5]}, geometry=[square, shapely.Polygon()], crs="EPSG:4326"
    )
    out = told(frame, "geojson")
    features = json.loads(out, parse_constant=pytest.fail)["features"]
    assert [feature["properties"]["minutes"] for feature in features] == [None, 3.5]
    assert "深圳" in out
    assert gpd.read_file(io.StringIO(out)).geometry.iloc[0].equals(square)
