import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, MultiLineString, Point

import commute
from commute.errors import ParameterError
from commute.model import ground

BENT = LineString([(113.0, 22.0), (113.01, 22.01), (113.02, 22.0)])
ON = LineString([(113.0200000001, 22.0), (113.03, 22.0)])
DEGREE = 1000 * float(ground.distance_km(*(np.array([one]) for one in (113.02, 22.0, 113.03, 22.0)))[0])


def lines(geometry=(BENT, ON), crs=4326, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs=crs)


def test_lines_meet_at_their_ends_and_lead_both_ways():
    streets = commute.from_lines(lines(kph=[50, 60]), source="by hand")
    assert streets.nodes == 3
    assert sorted(zip(streets.tail.tolist(), streets.head.tolist(), strict=True)) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert streets.bends.start.tolist() == [0, 1, 1, 2, 2]
    assert streets.attributes["metres"][1] == pytest.approx(DEGREE, rel=1e-6)
    assert streets.minutes[1] == pytest.approx(0.06 * DEGREE / 60, abs=1 / 600)
    assert set(streets.attributes["speed"]) == {"signed"}
    assert streets.source == "by hand"
    projected = commute.from_lines(lines(kph=[50, 60]).to_crs(32649))
    assert np.array_equal(projected.tail, streets.tail)


@pytest.mark.parametrize(
    ("oneway", "arcs"),
    [(True, [(0, 1)]), ("yes", [(0, 1)]), (1.0, [(0, 1)]), ("-1", [(1, 0)]), (-1, [(1, 0)])]
    + [(both, [(0, 1), (1, 0)]) for both in (False, "no", None)],
)
def test_oneways(oneway, arcs):
    streets = commute.from_lines(lines([BENT], kph=[50], oneway=[oneway]))
    assert list(zip(streets.tail.tolist(), streets.head.tolist(), strict=True)) == arcs


def test_observed_speeds_stay_in_traffic():
    table = lines(kph=[50, 60], road=["primary", "primary"], bridge=[True, False])
    for seen in (
        commute.from_lines(table, speed="observed"),
        commute.from_lines(table.assign(speed="observed")),
        commute.from_lines(table.drop(columns="kph").assign(minutes=[2.0, 1.0])),
    ):
        assert np.array_equal(seen.under(commute.Assumptions(period="peak")).minutes, seen.minutes)
        assert seen.attributes["bridge"].tolist() == [True, False, True, False]
    signed = commute.from_lines(table)
    assert (signed.under(commute.Assumptions(period="peak")).minutes > signed.minutes).all()
    some = commute.from_lines(table.assign(speed=["observed", None]))
    assert some.attributes["speed"].tolist() == ["observed", "signed"] * 2


def test_minutes_are_taken_as_they_are():
    streets = commute.from_lines(lines(minutes=[2.0, 1.0]))
    assert streets.minutes.tolist() == [2, 1, 2, 1]
    assert streets.attributes["kph"][1] == pytest.approx(0.06 * DEGREE)


def test_multilines_are_taken_apart():
    assert len(commute.from_lines(lines([MultiLineString([BENT, ON])], kph=[50])).tail) == 4


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (lines(crs=None, kph=[1, 2]), "lines have no CRS"),
        (lines(), "lines need a column kph or minutes; got geometry"),
        (lines([BENT, Point(0, 0)], kph=[1, 2]), "lines must be LineStrings; 1 of 2 are not: Point"),
        (lines([], kph=[]), "lines must be a GeoDataFrame with at least one line"),
        (lines([MultiLineString([BENT, ON])], minutes=[1.0]), "lines with minutes must be one piece each"),
        (lines(kph=[50, 60], oneway=["yes", "maybe"]), "oneway cannot be maybe"),
        (lines(kph=[50, 60], speed=["seen", "signed"]), "speed cannot be seen: choose one of observed, signed, class"),
        (lines(kph=[0, 60]), "minutes: 2 of 4 are not above 0"),
        (lines(kph=[50, np.nan]), "minutes: 2 of 4 are not above 0"),
        (lines(minutes=[1, -1]), "minutes: 2 of 4 are not above 0"),
    ],
)
def test_faulty_lines_are_refused(table, message):
    with pytest.raises(ParameterError, match=message):
        commute.from_lines(table)


def test_an_unknown_speed_is_refused():
    with pytest.raises(ParameterError, match="speed cannot be guessed"):
        commute.from_lines(lines(kph=[50, 60]), speed="guessed")
