"""Network: names, who belongs where, and how it stood on a day."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import line, link, network, place

from commute.errors import ParameterError, TableError, UnknownNameError
from commute.model.network import as_date


@pytest.fixture(scope="module")
def bay():
    places = [
        place("shenzhen", name="Shenzhen", name_zh="深圳", population=17, gdp=340.0),
        place("zhongshan", name="Zhongshan", name_zh="中山", x=50, population=4),
        place("xi-an", name="Xi'an", x=90, population=1),
        place("nanshan", "county", parent="shenzhen", population=10),
        place("luohu", "county", x=9, parent="shenzhen", population=7, gdp=100.0),
        place("north", "station", parent="shenzhen"), place("south", "station", x=50, parent="zhongshan"),
    ]  # fmt: skip
    lines = [
        line("old", "rail", headway=20, opened="2000-01-01", closed="2010-01-01"),
        line("new", "rail", headway=20, opened="2010-01-01"),
        line("next", "rail", headway=20, opened="2030-01-01", status="planned"),
    ]
    links = [
        link("old", "north", "south", 90),
        link("new", "north", "south", 60, closed="2020-01-01"), link("new", "north", "south", 40, opened="2020-01-01"),
        link("next", "north", "south", 20),
    ]  # fmt: skip
    return network(places, lines, links)


def running(network):
    return network.operating_links[["line_id", "minutes"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("1999-12-31", []),
        ("2000-01-01", [["old", 90]]),
        ("2009-12-31", [["old", 90]]),
        ("2010-01-01", [["new", 60]]),
        ("2019-12-31", [["new", 60]]),
        ("2020-01-01", [["new", 40]]),
        ("2040-01-01", [["new", 40]]),
    ],
)
def test_days_are_half_open_and_a_links_own_dates_go_first(bay, day, wanted):
    assert running(bay.as_of(day)) == wanted


def test_without_a_day_what_has_not_closed_runs(bay):
    assert running(bay) == [["new", 40]]


def test_planned_lines_are_kept_and_carry_nobody(bay):
    seen = bay.as_of("2035-01-01")
    assert "next" in seen.lines.index
    assert "next" not in set(seen.operating_links["line_id"])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.dates(dt.date(1995, 1, 1), dt.date(2035, 1, 1)), min_size=2, max_size=2))
def test_looking_back_twice_is_looking_back_once(days):
    world = _dated()
    late, early = max(days), min(days)
    assert world.as_of(late).as_of(early).equals(world.as_of(early))


def _dated(made=[]):  # noqa: B006 - made once for all examples
    if not made:
        places = [place("a", population=1), place("p", "station", parent="a"), place("q", "station", x=9, parent="a")]
        lines = [line("l", "rail", headway=9, opened="2005-05-05", closed="2025-05-05")]
        made.append(network(places, lines, [link("l", "p", "q", 9)]))
    return made[0]


def test_a_dated_network_has_forgotten_what_opened_later(bay):
    with pytest.raises(ParameterError, match="The network was seen as of 2005-01-01 and has forgotten what opened"):
        bay.as_of("2005-01-01").as_of("2010-01-01")


@pytest.mark.parametrize("name", ["shenzhen", "Shenzhen", "SHENZHEN", "深圳", " Shen zhen"])
def test_a_place_has_many_spellings(bay, name):
    assert bay.place_id(name) == "shenzhen"


@pytest.mark.parametrize("name", ["Xi'an", "Xian", "xi-an"])
def test_apostrophes_do_not_matter(bay, name):
    assert bay.place_id(name) == "xi-an"


def test_unknown_names_raise_with_the_nearest(bay):
    with pytest.raises(UnknownNameError, match=r"No place is called 'Shenzen'\. Did you mean 'Shenzhen' \(深圳\)\?"):
        bay.place_id("Shenzen")
    with pytest.raises(ParameterError, match="No place was named: give at least one name"):
        bay.place_ids([])
    assert bay.place_ids(["Shenzhen", "深圳", "Zhongshan"]) == ["shenzhen", "zhongshan"]
    assert bay.display_name("xi-an") == '"Xi\'an"'


def test_people_are_counted_on_counties_or_on_the_city(bay):
    points = bay.counting_points
    assert points.index.tolist() == ["nanshan", "luohu", "zhongshan", "xi-an"]
    assert points["unit"].tolist() == ["shenzhen", "shenzhen", "zhongshan", "xi-an"]
    assert points["population"].sum() == 22
    assert points["gdp"]["nanshan"] == pytest.approx(200)  # its share of the city's, by people
    assert points["gdp"]["luohu"] == 100
    assert bay.cores == ("shenzhen",)


def test_equal_tables_make_equal_networks(bay):
    assert bay.equals(bay.with_tables(places=bay.places.copy()))
    assert not bay.equals(bay.as_of("2020-01-01"))
    assert bay.data_hash == bay.with_tables(links=bay.links.copy()).data_hash
    other = bay.links.assign(minutes=bay.links["minutes"] + 1)
    assert bay.with_tables(links=other).data_hash != bay.data_hash


def test_tables_are_checked(bay):
    links = bay.links.assign(minutes=-1.0)
    with pytest.raises(TableError, match="links, line 2"):
        bay.with_tables(links=links)


def test_it_says_what_it_holds(bay):
    said = "<Network network as of 2012-01-01: 3 city, 2 county, 2 station; 3 lines, 3 links>"
    assert repr(bay.as_of("2012-01-01")) == said


def test_days_are_iso_texts_or_dates():
    assert as_date("2024-06-30") == as_date(dt.date(2024, 6, 30)) == as_date(pd.Timestamp("2024-06-30 15:00"))
    with pytest.raises(ParameterError, match=r"'30\.06\.2024' is not a date: write it as 2024-07-01"):
        as_date("30.06.2024")
