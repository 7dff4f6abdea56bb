"""Timeline: a network from day to day."""

import datetime as dt

import numpy as np
import pytest
from worlds import line, link, network, place

from commute.errors import ParameterError
from commute.measure.metropolis import integration
from commute.measure.timeline import timeline


@pytest.fixture(scope="module")
def strait():
    places = [place("a", population=6), place("b", x=60, population=4)]
    places += [place("p", "interchange", parent="a"), place("q", "interchange", x=60, parent="b")]
    lines = [
        line("road", opened="2000-01-01", closed="2026-01-01"), line("bridge", "bridge", opened="2024-06-30"),
        line("plan", status="planned", opened="2020-01-01"),
    ]  # fmt: skip
    fast = {"speed_limit_kmh": 100}
    links = [link(name, "p", "q", time, **fast) for name, time in (("road", 70), ("bridge", 30), ("plan", 5))]
    return network(places, lines, links, cores=["a"])


def test_what_opens_comes_within_reach(strait):
    frame = timeline(strait, ["2024-06-29", "2024-06-30", 1999, 2025])
    assert [day.date().isoformat() for day in frame.index] == ["1999-01-01", "2024-06-29", "2024-06-30", "2025-01-01"]
    assert frame["milestones"].tolist() == ["", "", "B enters A's 60-minute circle", ""]
    assert frame["score"].is_monotonic_increasing
    assert frame["coverage_60"].tolist() == [0.6, 0.6, 1, 1]
    assert frame["score"].iloc[1] == pytest.approx(integration(strait.as_of("2024-06-29")).total)
    assert set(frame["basis"]) == {"door_to_door"}


def test_what_closes_leaves(strait):
    closing = strait.with_tables(lines=strait.lines.assign(closed=strait.lines["closed"].where(
        strait.lines.index != "bridge", np.datetime64("2025-07-01"))))  # fmt: skip
    frame = timeline(closing, [2025, 2026])
    assert frame["milestones"].tolist() == ["", "B leaves A's 60-minute circle"]


def test_a_year_is_its_first_of_january(strait):
    days = timeline(strait, np.arange(2024, 2026)).index
    assert [day.date() for day in days] == [dt.date(2024, 1, 1), dt.date(2025, 1, 1)]


def test_what_is_refused(strait):
    with pytest.raises(ParameterError, match="A timeline needs at least one date"):
        timeline(strait, [])
    with pytest.raises(ParameterError, match="seen as of 2024-01-01 and has forgotten what opened later"):
        timeline(strait.as_of("2024-01-01"), [2023])
    with pytest.raises(ParameterError, match="'soon' is not a date"):
        timeline(strait, ["soon"])
    with pytest.raises(ParameterError, match="0 is not a year"):
        timeline(strait, [0])
