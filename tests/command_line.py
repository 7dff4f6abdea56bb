"""A small region in files, and the command line run on it inside the test."""

from __future__ import annotations

import subprocess
import sys

import pytest
import shapely
from worlds import line, link, network, place

from commute import cli


def small_region():
    """Three cities on an island: two roads and a railway join the first two, and nothing the third."""
    places = [
        place("alpha", name_zh="甲", x=0, population=3_000_000, gdp=500),
        place("beta", name_zh="乙", x=30, population=1_000_000),
        place("gamma", name_zh="丙", x=120, population=500_000),
        place("alpha-station", "station", x=1, parent="alpha", name="Alpha Station"),
        place("beta-station", "station", x=29, parent="beta", name="Beta [East] Station"),
        place("alpha-interchange", "interchange", x=2, parent="alpha", name="Alpha Interchange"),
        place("beta-interchange", "interchange", x=28, parent="beta", name="Beta Interchange"),
    ]
    lines = [
        line("road", opened="2010-01-01"),
        line("bridge", "bridge", opened="2020-06-30", asset="bridge"),
        line("railway", "rail", headway=15, opened="2015-01-01"),
    ]
    links = [
        link("road", "alpha-interchange", "beta-interchange", length_km=40, speed_limit_kmh=100),
        link("bridge", "alpha-interchange", "beta-interchange", length_km=26, speed_limit_kmh=120),
        link("railway", "alpha-station", "beta-station", 12),
    ]
    return network(places, lines, links, cores=("alpha",), land=shapely.box(-60, -60, 180, 60))


def run(capsys, monkeypatch, *words):
    """Run ``commute`` with these words; return the exit status, standard output and standard error."""
    monkeypatch.setattr(sys, "argv", ["commute", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def start(*words, **how):
    """Run ``python -m commute`` with these words as a process of its own."""
    command = [sys.executable, "-m", "commute", *words]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, **how)
