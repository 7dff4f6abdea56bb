"""Timetables: a feed in, the network that its trains make out, and clear words for every way a feed can be broken."""

import zipfile
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from feed_files import WEEK, calendar, calls, feed, stop, trip, write, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from worlds import line, link, network, place

from commute.errors import DataFileError, ParameterError, TableError
from commute.io import feeds, timetables
from commute.io.gtfs import read_gtfs
from commute.measure.routing import travel_times
from commute.model.assumptions import BASES

DEGREE = 111.19508  # km


@pytest.fixture
def read(tmp_path):
    """Write a feed with tables changed, and read it."""

    def read(changed=None, **options):
        return read_gtfs(write(tmp_path / "feed", feed(**(changed or {}))), **options)

    return read


def minutes(found, column="minutes"):
    """Return a column of the links by their ends, like AB."""
    ends = found.links["from_id"].str.upper() + found.links["to_id"].str.upper()
    return dict(zip(ends, found.links[column], strict=True))


def one_trip(*times, **more):
    return {"trips": [trip("t")], "stop_times": calls("t", *times)} | more


# ------------------------------------------------------------------ what a feed becomes


def test_a_route_is_a_line_with_a_link_each_way(read):
    found = read()
    assert minutes(found) == {"AB": 10, "BC": 17, "CB": 10, "BA": 17}
    assert minutes(found, "fastest_minutes") == {"AB": 10, "BC": 15, "CB": 10, "BA": 15}
    assert set(found.links["trains_per_day"]) == {15}
    assert found.links["oneway"].all()
    assert set(found.links["quality"]) == {"timetable"}
    red = found.lines.loc["red"]
    assert red[["name", "mode", "asset", "status", "headway_minutes"]].tolist() == [
        "R Red Line", "rail", "red", "operating", 60,
    ]  # fmt: skip
    assert red["opened"] == pd.Timestamp("2026-01-05")
    assert found.places["kind"].to_dict() == {"feed-area": "city", "a": "station", "b": "station", "c": "station"}


def test_who_rides_on_pays_for_the_stops_on_the_way(read):
    times = travel_times(read(), ["A"], ["C"], basis="in_vehicle")
    assert times["travel_time"].tolist() == [27]


def test_the_source_says_whose_feed_it_is_and_what_was_read(read):
    info = [{"feed_publisher_name": "Ministry", "feed_publisher_url": "https://min.example", "feed_version": "7"}]
    row = read({"feed_info": info}).sources.loc["gtfs-feed"]
    assert row["title"] == "Ministry: GTFS feed feed"
    assert row["url"] == "https://min.example"
    assert row["note"].startswith("version 7; trains of Monday 2026-01-05; period: day; sha256 ")
    assert read({"agency": None, "feed_info": None}).sources.loc["gtfs-feed", "title"] == "Ministry: GTFS feed feed"


@pytest.mark.parametrize("inside", ["", "export/"])
def test_a_zip_is_read_like_a_folder(tmp_path, inside):
    folder = read_gtfs(write(tmp_path / "feed", feed()))
    archive = read_gtfs(zipped(tmp_path / "feed.zip", feed(), inside=inside))
    assert archive.data_hash == folder.data_hash


def test_marks_blanks_and_line_ends_of_other_programs_are_no_matter(tmp_path):
    folder = write(tmp_path / "feed", feed())
    expected = read_gtfs(folder)
    for path in folder.glob("*.txt"):
        text = path.read_text("utf-8").replace(",", " , ").replace("\n", " \r\n") + "\r\n"
        path.write_bytes(text.encode("utf-8-sig"))
    assert read_gtfs(folder).data_hash == expected.data_hash


def test_the_median_of_the_trips_counts(read):
    trips = [trip(str(number)) for number in range(3)]
    times = [
        row
        for number, end in enumerate(("7:10:00", "7:12:00", "7:30:00"))
        for row in calls(str(number), ("A", "7:00:00"), ("B", end))
    ]
    found = read({"trips": trips, "stop_times": times})
    assert minutes(found) == {"AB": 12}
    assert minutes(found, "fastest_minutes") == {"AB": 10}


def test_a_fast_train_has_a_link_of_its_own(read):
    times = calls("slow", ("A", "7:00:00"), ("B", "7:20:00"), ("C", "7:40:00"))
    times += calls("fast", ("A", "7:05:00"), ("C", "7:30:00"))
    found = read({"trips": [trip("slow"), trip("fast")], "stop_times": times})
    assert minutes(found) == {"AB": 20, "BC": 20, "AC": 25}
    assert len(found.lines) == 1


def test_trains_run_on_past_midnight(read):
    assert minutes(read(one_trip(("A", "23:50:00"), ("B", "24:20:00"), ("C", "49:05:00")))) == {"AB": 30, "BC": 1485}


def test_a_departure_past_midnight_may_lack_its_24_hours(read):
    found = read(one_trip(("A", "23:30:00"), ("B", "23:58:00", "0:01:00"), ("C", "24:10:00")))
    assert minutes(found) == {"AB": 28, "BC": 12}
    assert minutes(found, "fastest_minutes") == {"AB": 28, "BC": 9}


def test_nobody_minds_what_stands_beyond_the_ends_of_a_trip(read):
    found = read(one_trip(("A", "0:00:00", "7:00:00"), ("B", "7:10:00", "0:00:00")))
    assert minutes(found) == {"AB": 10}


def test_stops_within_a_minute_take_the_least_there_is(read):
    found = read(one_trip(("A", "7:00:00"), ("B", "7:00:00"), ("C", "7:01:00")))
    assert minutes(found) == {"AB": pytest.approx(1 / 600), "BC": 1}
    assert minutes(found, "fastest_minutes") == {"AB": pytest.approx(1 / 600), "BC": 1}
    assert travel_times(found, ["A"], ["C"], basis="in_vehicle")["travel_time"].tolist() == [pytest.approx(1, abs=0.01)]


def test_a_loop_comes_back(read):
    found = read(one_trip(("A", "7:00:00"), ("B", "7:10:00"), ("C", "7:20:00"), ("A", "7:30:00")))
    assert minutes(found) == {"AB": 10, "BC": 10, "CA": 10}
    assert found.lines.loc["red", "headway_minutes"] == 900


def test_a_trip_with_one_stop_leads_nowhere(read):
    changed = feed()
    changed["trips"].append(trip("one"))
    changed["stop_times"] += calls("one", ("A", "7:00:00"))
    assert minutes(read(changed)) == minutes(read())


def test_stops_that_no_train_calls_at_need_nothing(read):
    stops = [*feed()["stops"], stop("X", None, None), stop("Y", None, None, parent_station="A")]
    assert set(read({"stops": stops}).places.index) == {"feed-area", "a", "b", "c"}


# ------------------------------------------------------------------ platforms


def test_platforms_are_one_with_their_station(read):
    stops = [
        stop("A1", 113.001, parent_station="A", location_type=0),
        stop("A2", None, None, parent_station="A1"),
        stop("A", 113.0, location_type=1),
        stop("B", 113.1),
    ]
    times = calls("t", ("A1", "7:00:00"), ("A2", "7:04:00"), ("B", "7:10:00"))
    times += calls("u", ("B", "8:00:00"), ("A2", "8:10:00"))
    found = read({"stops": stops, "trips": [trip("t"), trip("u")], "stop_times": times})
    assert minutes(found) == {"AB": 6, "BA": 10}
    assert found.places.loc["a", ["lon", "name"]].tolist() == [113.0, "A"]
    assert "a1" not in found.places.index


def test_open_times_follow_the_way(read):
    stops = [stop("A", 113.0), stop("B", 113.1), stop("C", 113.4)]
    opened = one_trip(("A", "7:00:00"), ("B", None), ("C", "7:40:00"), stops=stops)
    assert minutes(read(opened)) == {"AB": pytest.approx(10), "BC": pytest.approx(30)}
    for row, km in zip(opened["stop_times"], (0, 5, 10), strict=True):
        row["shape_dist_traveled"] = km
    assert minutes(read(opened)) == {"AB": pytest.approx(20), "BC": pytest.approx(20)}


def test_open_times_at_one_spot_are_those_before(read):
    stops = [stop("A", 113.0), stop("B", 113.0), stop("C", 113.0)]
    found = read(one_trip(("A", "7:00:00"), ("B", None), ("C", "7:40:00"), stops=stops))
    assert minutes(found) == {"AB": pytest.approx(1 / 600), "BC": 40}


# ------------------------------------------------------------------ days


def test_the_busiest_weekday_is_read(read):
    dates = [{"service_id": "work", "date": "20260105", "exception_type": 2}]
    dates += [{"service_id": "extra", "date": date, "exception_type": 1} for date in ("20260110", "20260114")]
    changed = feed(calendar_dates=dates)
    changed["trips"].append(trip("late", service="extra"))
    changed["stop_times"] += calls("late", ("A", "23:00:00"), ("B", "23:10:00"))
    assert str(read(changed).date) == "2026-01-14"
    assert minutes(read(changed), "trains_per_day")["AB"] == 16
    assert minutes(read(changed, date="2026-01-06"), "trains_per_day")["AB"] == 15
    assert minutes(read(changed, date="2026-01-10"), "trains_per_day") == {"AB": 1}
    with pytest.raises(
        ParameterError, match=r"No trip of feed runs on 2026-01-05\. Choose a day from 2026-01-06 to 2026-01-30\."
    ):
        read(changed, date="2026-01-05")


def test_dates_alone_are_a_calendar(read):
    dates = [{"service_id": "work", "date": "20260110", "exception_type": 1}]
    found = read({"calendar": None, "calendar_dates": dates})
    assert str(found.date) == "2026-01-10"  # a Saturday, but there is no other day
    assert minutes(found)["AB"] == 10


def test_an_exception_that_changes_nothing_is_none(read):
    dates = [{"service_id": "work", "date": "20260107", "exception_type": 1}]
    dates += [{"service_id": "work", "date": "20260110", "exception_type": 2}]
    assert str(read({"calendar_dates": dates}).date) == "2026-01-05"


@st.composite
def calendars(draw):
    """Some services over a few weeks, with exceptions to them and services of exceptions alone."""
    days = [day.strftime("%Y%m%d") for day in pd.date_range("2026-02-20", periods=20)]
    services = draw(st.integers(0, 4))
    rows = []
    for number in range(services):
        start, end = sorted(draw(st.tuples(st.sampled_from(days), st.sampled_from(days))))
        rows.append(calendar(str(number), draw(st.text("01", min_size=7, max_size=7)), start, end))
    some = st.tuples(st.integers(0, 5), st.sampled_from(days))
    exceptions = draw(st.dictionaries(some, st.integers(1, 2), min_size=1, max_size=20))
    dates = [{"service_id": str(key), "date": day, "exception_type": kind} for (key, day), kind in exceptions.items()]
    return {"calendar": rows or None, "calendar_dates": dates}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=calendars())
def test_as_many_trips_are_counted_as_run(tmp_path, tables):
    named = {row["service_id"] for rows in tables.values() for row in rows or ()}
    trips = [trip(f"{service}-{number}", service=service) for service in named for number in range(int(service) + 1)]
    times = [row for one in trips for row in calls(one["trip_id"], ("A", "7:00:00"), ("B", "8:00:00"))]
    for file in (tmp_path / "feed").glob("*"):
        file.unlink()
    read = feeds.read_feed(write(tmp_path / "feed", feed(trips=trips, stop_times=times, **tables))).tables
    count = timetables.trips_per_day(read)
    assert count.tolist() == [len(timetables.trips_on(read, day.date())) for day in count.index]
    for day, number in count.items():
        assert number == sum(int(row["service_id"]) + 1 for row in _running(tables, named, day))


def _running(tables, named, day):
    """Yield the services of a day, found one by one."""
    today = day.strftime("%Y%m%d")
    for service in named:
        said = [row for row in tables["calendar_dates"] if row["service_id"] == service and row["date"] == today]
        rows = [row for row in tables["calendar"] or () if row["service_id"] == service]
        weekday = WEEK[day.day_of_week]
        planned = any(row["start_date"] <= today <= row["end_date"] and row[weekday] == "1" for row in rows)
        if said[0]["exception_type"] == 1 if said else planned:
            yield {"service_id": service}


def test_a_feed_that_never_runs_is_said(read):
    with pytest.raises(DataFileError, match=r"No trip of feed runs on any day\. Look at its calendar\.txt"):
        read({"calendar": [calendar(days="0000000")]})


# ------------------------------------------------------------------ how often


@pytest.mark.parametrize("exact", [0, 1])
def test_frequencies_repeat_a_trip(read, exact):
    rows = [{"trip_id": "t", "start_time": "6:00:00", "end_time": "9:00:00", "headway_secs": 600, "exact_times": exact}]
    rows += [rows[0] | {"start_time": "9:00:00", "end_time": "10:10:00", "headway_secs": 1800}]
    changed = one_trip(("A", "0:00:00"), ("B", "0:10:00"), frequencies=rows)
    found = read(changed)
    assert minutes(found) == {"AB": 10}
    assert minutes(found, "trains_per_day") == {"AB": 21}
    assert found.lines["headway_minutes"].tolist() == [pytest.approx(900 / 21)]
    assert read(changed, period="peak").lines["headway_minutes"].tolist() == [10]
    assert read(changed, period=("09:00:00", "10:00:00")).lines["headway_minutes"].tolist() == [30]


def test_the_peak_has_minutes_of_its_own(read):
    times = [
        row
        for hour, ride in ((6, 10), (7, 20), (8, 20), (12, 10), (13, 10))
        for row in calls(str(hour), ("A", f"{hour}:30:00"), ("B", f"{hour}:{30 + ride}:00"))
    ]
    changed = {"trips": [trip(str(hour)) for hour in (6, 7, 8, 12, 13)], "stop_times": times}
    assert minutes(read(changed)) == {"AB": 10}
    peak = read(changed, period="peak")
    assert minutes(peak) == {"AB": 20}
    assert minutes(peak, "trains_per_day") == {"AB": 5}
    assert peak.lines["headway_minutes"].tolist() == [60]
    with pytest.raises(ParameterError, match=r"No train of feed goes from one stop to another on 2026-01-05 in period"):
        read(changed, period=("02:00:00", "03:00:00"))


def test_short_runs_weigh_as_they_carry(read):
    trips, times = [], []
    for hour in range(6, 16):
        trips += [trip(f"long{hour}"), trip(f"short{hour}")]
        times += calls(f"long{hour}", ("A", f"{hour}:00:00"), ("B", f"{hour}:10:00"), ("C", f"{hour}:20:00"))
        times += calls(f"short{hour}", ("A", f"{hour}:30:00"), ("B", f"{hour}:40:00"))
    found = read({"trips": trips, "stop_times": times})
    assert found.lines["headway_minutes"].tolist() == [pytest.approx(900 * (20 + 10) / (20 * 20 + 10 * 10))]


# ------------------------------------------------------------------ lines


def trains(*ends):
    """Return routes that each have one train."""
    trips, times = [], []
    for number, (start, end) in enumerate(ends):
        trips.append(trip(f"G{number}", route=f"G{number}"))
        times += calls(f"G{number}", (start, f"{7 + number}:00:00"), (end, f"{7 + number}:30:00"))
    routes = [{"route_id": row["route_id"], "route_type": 2} for row in trips]
    return {"routes": routes, "trips": trips, "stop_times": times}


def test_trains_between_the_same_ends_can_be_a_line(read):
    changed = trains("AB", "BA", "AB", "BA", "BC")
    assert len(read(changed).lines) == 5
    found = read(changed, lines="ends")
    assert found.lines["name"].to_dict() == {"a-b": "A – B", "b-c": "B – C"}
    assert found.lines["headway_minutes"].to_dict() == {"a-b": 450, "b-c": 900}


def test_anybody_can_say_what_a_line_is(read):
    found = read(trains("AB", "BC"), lines=lambda trips: trips.assign(line="all", name="Everything")[["line", "name"]])
    assert found.lines["name"].to_dict() == {"all": "Everything"}
    with pytest.raises(ParameterError, match=r"lines must give a frame with the columns line and name"):
        read(lines=lambda trips: trips)


@pytest.mark.parametrize(
    ("code", "mode"),
    [
        *((0, "metro"), (1, "metro"), (2, "rail"), (3, "bus"), (4, "ferry"), (7, "metro"), (11, "bus"), (12, "metro")),
        *((101, "rail"), (109, "suburban"), (204, "bus"), (401, "metro"), (704, "bus"), (900, "metro")),
        (1200, "ferry"),
    ],
)
def test_types_of_routes_are_modes(read, code, mode):
    found = read({"routes": [{"route_id": "red", "route_type": code}]})
    assert found.lines.loc["red", ["name", "mode"]].tolist() == ["red", mode]
    assert set(found.places["kind"]) == {"city", "port" if mode == "ferry" else "station"}


def test_modes_can_be_said(read):
    changed = trains("AB", "BC")
    changed["routes"][1]["route_type"] = 1100
    with pytest.raises(
        TableError,
        match=r"routes\.txt, line 3, route_type: no mode is known for this type of route \(got 1100\); say which",
    ):
        read(changed)
    assert read(changed, modes={2: "suburban", 1100: None}).lines["mode"].to_dict() == {"g0": "suburban"}


def test_the_same_line_in_two_modes_is_two(read):
    changed = trains("AB", "AB")
    changed["routes"][1]["route_type"] = 3
    assert read(changed, lines="ends").lines["mode"].to_dict() == {"a-b": "rail", "a-b-2": "bus"}


# ------------------------------------------------------------------ places


def towns(**more):
    """Return two cities, 30 km from each other, and a county of the first near the second."""
    origin = {"x": 113 * DEGREE, "y": 23 * DEGREE}
    beyond = {"x": origin["x"] + 30, "y": origin["y"]}
    rows = [
        place("alpha", **origin, population=100),
        place("east", "county", **beyond, population=100, parent="alpha"),
        place("beta", **beyond | {"y": beyond["y"] + 20}, population=50),
    ]
    return network([row | more for row in rows], cores=("alpha",))


def test_stations_stand_beside_the_places_given(read):
    known = towns()
    stops = [stop("A", 113.0), stop("B", 113.28, 23.01), stop("C", 113.28, 23.17)]
    found = read({"stops": stops}, places=known)
    assert found.places["parent"].dropna().to_dict() == {"east": "alpha", "a": "alpha", "b": "alpha", "c": "beta"}
    assert found.region == known.region
    assert list(found.sources.index) == ["made-up", "gtfs-feed"]
    assert travel_times(found, ["alpha"], ["beta"], basis="in_vehicle")["travel_time"].tolist() == [17]
    assert travel_times(found, ["alpha"], ["beta"])["status"].tolist() == ["reached"]


def test_stations_that_are_there_already_stay_as_they_are(read):
    station = partial(place, kind="station", y=23 * DEGREE, parent="alpha", territory="CN")
    origin = {"x": 113 * DEGREE, "y": 23 * DEGREE}
    rows = [place("alpha", **origin, name_zh="甲", territory="HK")]
    rows += [station("alpha-north", x=113.01 * DEGREE, name="Alpha North Station", name_zh="甲北站", access_minutes=9)]
    rows += [station("east", x=113.2 * DEGREE), station("unused", x=113.1 * DEGREE)]
    known = network(rows, [line("old", "rail", headway=30)], [link("old", "unused", "east", 5)])
    stops = [stop("A", 113.0, stop_name="甲北"), stop("B", 113.1, stop_name="East"), stop("C", 113.2, stop_name="EAST")]
    stops += [stop("D", 113.005, stop_name="alpha north")]
    times = calls("t", *((name, f"{hour}:00:00") for hour, name in enumerate("ABCD", start=7)))
    changed = {"stops": stops, "trips": [trip("t")], "stop_times": times}
    found = read(changed, places=known, clearance="one_stop")
    assert found.places["name"].to_dict() == {
        "alpha": "Alpha", "east": "East", "alpha-north": "Alpha North Station", "a": "甲北", "b": "East Station",
    }  # fmt: skip
    assert found.places.loc["alpha-north"].equals(known.places.loc["alpha-north"])
    assert found.places["territory"].tolist() == ["HK", "CN", "CN", "HK", "HK"]
    assert list(found.lines.index) == ["red"]


def test_trains_ride_through_what_lies_beyond(read):
    stops = [stop("A", 113.0), stop("B", 120.0), stop("C", 113.2)]
    assert minutes(read({"stops": stops}, places=towns())) == {"AC": 27, "CA": 27}
    with pytest.raises(DataFileError, match=r"No stop of feed is within 5 km of the places given; the nearest is 6"):
        read({"stops": [row | {"stop_lon": 120} for row in stops]}, places=towns(), within_km=5)


def test_borders_are_cleared_as_said(read):
    home = read({}, places=towns(territory="HK"))
    assert set(home.places["territory"]) == {"HK"}
    assert set(read(territory="MO").places["territory"]) == {"MO"}
    known = towns()
    places = known.places.assign(territory=["CN", "HK", "HK"])
    across = known.with_tables(places=places)
    stops = [stop("A", 113.0), stop("B", 113.05), stop("C", 113.28)]
    with pytest.raises(TableError, match=r"leads from CN to HK on a line without a clearance"):
        read({"stops": stops}, places=across)
    assert read({"stops": stops}, places=across, clearance="co_located").lines["clearance"].tolist() == ["co_located"]
    assert read(clearance="co_located").lines["clearance"].isna().all()


def test_names_and_identifiers_are_one_station_s_own(read):
    known = network([place("alpha", x=113 * DEGREE, y=23 * DEGREE, name_zh="甲")])
    stops = [stop("alpha", 113.0, stop_name="Alpha"), stop("Alpha", 113.1, stop_name="alpha")]
    stops += [stop("甲", 113.2, stop_name="甲")]
    times = calls("t", ("alpha", "7:00:00"), ("Alpha", "7:10:00"), ("甲", "7:20:00"))
    found = read({"stops": stops, "trips": [trip("t")], "stop_times": times}, places=known).places
    assert found["name"].tolist() == ["Alpha", "Alpha Station", "alpha Station (Alpha)", "甲"]
    assert found["name_zh"].tolist()[3] == "甲站"
    assert found.index.tolist() == ["alpha", "alpha-2", "alpha-3", "number-3"]


def test_translations_name_stations_in_english(read):
    stops = [stop(name, stop_name=chinese) for name, chinese in zip("ABC", ("深圳北", "福田", "光明"), strict=True)]
    row = {"table_name": "stops", "field_name": "stop_name", "language": "en", "field_value": None}
    said = [row | {"record_id": "A", "translation": "shenzhen north"}]
    said += [row | {"record_id": None, "field_value": "福田", "translation": "Futian"}]
    said += [row | {"record_id": "C", "translation": "guāngmíng", "language": "zh-Latn"}]
    found = read({"stops": stops, "translations": said}).places.iloc[1:]
    assert found["name"].tolist() == ["Shenzhen North", "Futian", "光明"]
    assert found["name_zh"].tolist() == ["深圳北", "福田", "光明"]


# ------------------------------------------------------------------ there and back


def as_feed(known):
    """Write the lines of a network, each through all its stops and back, as a feed."""
    stations = known.places[known.places["kind"] == "station"]
    stops = [stop(name, row["lon"], row["lat"], stop_name=row["name"]) for name, row in stations.iterrows()]
    trips, times = [], []
    for name, row in known.lines.iterrows():
        links = known.links[known.links["line_id"] == name]
        way = [links["from_id"].iloc[0], *links["to_id"]]
        after = np.concatenate([[0], links["minutes"].cumsum()])
        trains = round(900 / row["headway_minutes"])
        for number in range(trains):
            for back in (False, True):
                trips.append(trip(f"{name}-{number}-{back}", route=name))
                order = zip(way[::-1], after[-1] - after[::-1], strict=True) if back else zip(way, after, strict=True)
                begin = 360 + number * row["headway_minutes"]
                clock = [(place_id, _clock(begin + minute)) for place_id, minute in order]
                times += calls(f"{name}-{number}-{back}", *clock)
    routes = [{"route_id": name, "route_type": 2} for name in known.lines.index]
    return {"stops": stops, "routes": routes, "trips": trips, "stop_times": times, "calendar": [calendar()]}


def _clock(minute):
    seconds = round(60 * minute)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@st.composite
def railways(draw):
    """Lines through some of five stations, two cities among them."""
    around = partial(place, y=23 * DEGREE)
    rows = [around(name, x=113 * DEGREE + x, population=100) for name, x in (("north", 0), ("south", 60))]
    stations = [f"s{number}" for number in range(5)]
    rows += [
        around(name, "station", x=113 * DEGREE + 14 * number, parent="south" if number > 2 else "north")
        for number, name in enumerate(stations)
    ]
    lines, links = [], []
    for name in ("red", "blue")[: draw(st.integers(1, 2))]:
        way = draw(st.lists(st.sampled_from(stations), min_size=2, max_size=5, unique=True))
        lines.append(line(name, "rail", headway=draw(st.sampled_from([30.0, 90.0, 300.0]))))
        for one, other in pairwise(way):
            links.append(link(name, one, other, draw(st.integers(1, 90))))
    served = {row[end] for row in links for end in ("from_id", "to_id")}
    return network([row for row in rows if row["kind"] == "city" or row["place_id"] in served], lines, links)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=railways())
def test_a_network_written_as_a_feed_comes_back_with_the_same_times(tmp_path, known):
    found = read_gtfs(write(tmp_path / "feed", as_feed(known)), places=known)
    for basis in BASES:
        expected = travel_times(known, ["north", "south"], ["north", "south"], basis=basis)
        assert_frame_equal(travel_times(found, ["north", "south"], ["north", "south"], basis=basis), expected)
    served = sorted({*known.links["from_id"], *known.links["to_id"]})
    expected = travel_times(known, served, served, basis="in_vehicle")
    assert_frame_equal(travel_times(found, served, served, basis="in_vehicle"), expected)


# ------------------------------------------------------------------ what is wrong with a feed


def changed(table, row, **cells):
    rows = [dict(one) for one in feed()[table]]
    rows[row] |= cells
    return {table: rows}


def more(table, *rows):
    return {table: [*feed()[table], *rows]}


BROKEN = [
    ({"stops": None}, r"stops\.txt: the file is missing; a feed needs stops, routes, trips, stop_times"),
    ({"calendar": None}, r"calendar\.txt: the file is missing; a feed needs it or calendar_dates\.txt"),
    ({"routes": ""}, r"routes\.txt, header, route_id: the column is missing; add it"),
    ({"trips": "trip_id,route_id\nup6,red\n"}, r"trips\.txt, header, service_id: the column is missing"),
    (changed("stops", 1, stop_lat=None), r"stops\.txt, line 3, stop_id: this stop has no coordinates \(got B\)"),
    (changed("stops", 1, stop_lat=0, stop_lon=0), r"stops\.txt, line 3, stop_id: this stop lies at 0°, 0° \(got B\)"),
    (changed("stops", 1, stop_lat="north"), r"stop_lat: cannot be read \(got north\); write digits"),
    (changed("stops", 1, stop_lat=91), r"stop_lat: is not between -90 and 90 \(got 91\)"),
    (changed("stops", 1, parent_station="Z"), r"parent_station: is not in stops\.txt \(got Z\); add it to stops\.txt"),
    (changed("stops", 1, stop_id="A"), r"stops\.txt, line 3, stop_id: is there already \(got A\)"),
    (changed("trips", 0, route_id="blue"), r"trips\.txt, line 2, route_id: is not in routes\.txt \(got blue\)"),
    (changed("trips", 0, service_id="never"), r"service_id: is neither in calendar\.txt nor in calendar_dates\.txt"),
    (changed("trips", 0, trip_id="up7"), r"trips\.txt, line 4, trip_id: is there already \(got up7\)"),
    (changed("trips", 0, route_id=None), r"trips\.txt, line 2, route_id: is empty; fill it in"),
    (more("routes", feed()["routes"][0]), r"routes\.txt, line 3, route_id: is there already \(got red\)"),
    (changed("stop_times", 4, stop_id="Z"), r"stop_times\.txt, line 6, stop_id: is not in stops\.txt \(got Z\)"),
    (more("stop_times", *calls("x", ("A", "7:00:00"))), r"trip_id: is not in trips\.txt \(got x\); add it to trips"),
    (changed("stop_times", 1, stop_sequence=1), r"line 3, stop_sequence: is there already \(got 1\); keep one row"),
    (changed("stop_times", 1, stop_sequence="b"), r"stop_sequence: cannot be read \(got b\); write digits"),
    (changed("stop_times", 1, arrival_time="7h10"), r"arrival_time: cannot be read \(got 7h10\); write it as HH:MM:SS"),
    (changed("stop_times", 1, arrival_time="7:60:00"), r"arrival_time: cannot be read \(got 7:60:00\)"),
    (
        changed("stop_times", 2, arrival_time="6:11:00"),
        r"stop_times\.txt, line 4, stop_sequence: trip up6 arrives before it left the stop before \(got 3\)",
    ),
    (changed("stop_times", 1, departure_time="6:09:00"), r"line 3, stop_sequence: trip up6 leaves before it arrives"),
    (
        changed("stop_times", 0, arrival_time=None, departure_time=None),
        r"stop_times\.txt, line 2, trip_id: a trip has no time at its first stop \(got up6\); only stops in between",
    ),
    (changed("stop_times", 2, arrival_time=None, departure_time=None), r"line 4, trip_id: a trip has no time at its"),
    ({"calendar": [calendar(start="2026-01-05")]}, r"start_date: cannot be read \(got 2026-01-05\); write it as"),
    ({"calendar": [calendar(end="20250101")]}, r"calendar\.txt, line 2, end_date: lies before start_date"),
    ({"calendar": [calendar(days="2111100")]}, r"calendar\.txt, line 2, monday: is neither 0 nor 1 \(got 2\)"),
    ({"calendar": [calendar(), calendar()]}, r"calendar\.txt, line 3, service_id: is there already"),
    (
        {"calendar_dates": [{"service_id": "work", "date": "20260106", "exception_type": 3}]},
        r"exception_type: is neither 1 nor 2 \(got 3\); 1 adds, 2 removes",
    ),
    (
        {"calendar_dates": 2 * [{"service_id": "work", "date": "20260106", "exception_type": 1}]},
        r"calendar_dates\.txt, line 3, date: is there already \(got 2026-01-06\)",
    ),
    (
        {"frequencies": [{"trip_id": "x", "start_time": "7:00:00", "end_time": "6:00:00", "headway_secs": 0}]},
        r"3 faults(.|\n)*trip_id: is not in trips(.|\n)*headway_secs: is zero or negative(.|\n)*end before they start",
    ),
]


@pytest.mark.parametrize(("tables", "said"), BROKEN, ids=[said[:60] for _, said in BROKEN])
def test_what_is_broken_is_said(read, tables, said):
    with pytest.raises(TableError, match=said):
        read(tables)


def test_everything_broken_is_said_at_once(read):
    tables = changed("stops", 1, stop_lat=None) | changed("trips", 0, route_id="blue") | {"calendar": None}
    with pytest.raises(TableError, match=r"^3 faults in the tables:") as caught:
        read(tables)
    assert {fault.table for fault in caught.value.faults} == {"stops.txt", "trips.txt", "calendar.txt"}


def test_the_same_fault_in_every_row_is_said_of_the_first(read):
    rows = [row | {"arrival_time": "noon"} for row in feed()["stop_times"]]
    with pytest.raises(TableError, match=r"line 2, arrival_time: cannot be read \(got noon\)") as caught:
        read({"stop_times": rows})
    assert len(caught.value.faults) == 51
    assert str(caught.value.faults[-1]) == (
        "stop_times.txt, from line 52, arrival_time: the same in 40 more rows; write it as HH:MM:SS."
    )


def test_files_that_cannot_be_read_are_said(tmp_path):
    with pytest.raises(DataFileError, match=r"nothing\.zip does not exist\. Check the path"):
        read_gtfs(tmp_path / "nothing.zip")
    (tmp_path / "page.zip").write_text("<html>not found</html>")
    with pytest.raises(DataFileError, match=r"page\.zip is not a readable zip: File is not a zip file\. Download"):
        read_gtfs(tmp_path / "page.zip")
    whole = zipped(tmp_path / "feed.zip", feed()).read_bytes()
    spoilt = whole.replace(b"6:10:00", b"6:10:01", 1)
    (tmp_path / "spoilt.zip").write_bytes(spoilt)
    with pytest.raises(DataFileError, match=r"spoilt\.zip is not a readable zip: Bad CRC-32"):
        read_gtfs(tmp_path / "spoilt.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("thesis.txt", "years")
    with pytest.raises(DataFileError, match=r"other\.zip holds no file of a GTFS feed\. Give a zip with stops\.txt"):
        read_gtfs(tmp_path / "other.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataFileError, match=r"empty holds no file of a GTFS feed\. Give the folder with stops\.txt"):
        read_gtfs(tmp_path / "empty")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("stop_id,stop_name,stop_lat,stop_lon\nA,深圳,23,113\n".encode("gbk"), r"stops\.txt is not UTF-8: .* Save it"),
        (b"stop_id,stop_lat,stop_lon\nA,23,113\nB,23,113,5\n", r"stops\.txt is not a CSV file: .*Expected 3 fields"),
        (b"stop_id,stop_lat,stop_lon\nA,x,23,113\n", r"stops\.txt, line 2 has more values than its header\. Quote the"),
    ],
)
def test_files_that_are_no_table_are_said(tmp_path, content, said):
    folder = write(tmp_path / "feed", feed())
    (folder / "stops.txt").write_bytes(content)
    with pytest.raises(DataFileError, match=said):
        read_gtfs(folder)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"period": "rush"}, r"period cannot be 'rush': choose one of day, peak, or give two times"),
        ({"period": ("07:00", "09:00")}, r"period cannot be \('07:00', '09:00'\): give two times such as"),
        ({"period": ("9:00:00", "7:00:00")}, r"give two times such as \('07:00:00', '09:00:00'\)"),
        ({"period": ("9:00:00",)}, r"give two times such as"),
        ({"lines": "agency"}, r"lines cannot be 'agency': choose one of route, ends, or give a function"),
        ({"modes": {2: "train"}}, r"modes cannot be train: choose from rail, suburban, metro, bus, ferry and None"),
        ({"date": "soon"}, r"'soon' is not a date: write it as 2024-07-01"),
    ],
)
def test_wrong_choices_are_said(read, options, said):
    with pytest.raises(ParameterError, match=said):
        read(**options)
