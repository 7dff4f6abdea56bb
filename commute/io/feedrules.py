"""Feed rules: what the rows of a GTFS feed must say together, and the order of its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import Fault
from commute.model.faults import report

if TYPE_CHECKING:
    from collections.abc import Iterator

Tables = dict[str, pd.DataFrame]

CALENDARS = ("calendar", "calendar_dates")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HALF_A_DAY = 12 * 3600
SHOWN = 50  # rows of one kind of fault: a feed with another clock has a million of them


def broken(tables: Tables) -> Iterator[Fault]:
    """Yield every fault of the tables, which have all the columns of their files in their types."""
    for check in (_stops, _trips, _calendars, _stop_times, _frequencies):
        yield from check(tables)


def faults(  # noqa: PLR0913, PLR0917 - a fault has as many parts
    name: str, frame: pd.DataFrame, wrong: pd.Series, column: str, problem: str, remedy: str
) -> Iterator[Fault]:
    """Yield the first of the rows that are wrong, and how many more there are."""
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool))
    first = pd.Series(np.isin(np.arange(len(frame)), rows[:SHOWN]), index=frame.index)
    shown = frame.assign(**{column: frame[column].astype("object")})
    yield from report(f"{name}.txt", shown, first, column=column, problem=problem, remedy=remedy)
    if len(rows) > SHOWN:
        rest = f"the same in {len(rows) - SHOWN} more rows"
        yield Fault(f"{name}.txt", f"from line {rows[SHOWN] + 2}", column, "", rest, remedy)

def _twice(tables: Tables, name: str, keys: list[str]) -> Iterator[Fault]:
    frame = tables[name]
    again = frame.duplicated(keys) & frame[keys].notna().all(axis=1)
    yield from faults(name, frame, again, keys[-1], "is there already", "keep one row")


def _unknown(tables: Tables, name: str, column: str, target: str, key: str = "") -> Iterator[Fault]:
    """Find the ids, each once, that stand for no row of another file."""
    if tables[target].empty:
        return
    ids = tables[name][column]
    lost = ids.notna() & ~ids.isin(tables[target][key or column]) & ~ids.duplicated()
    yield from faults(name, tables[name], lost, column, f"is not in {target}.txt", f"add it to {target}.txt")


def _stops(tables: Tables) -> Iterator[Fault]:
    """Find the stops that trains call at and that no one can place on a map."""
    stops = tables["stops"]
    yield from _twice(tables, "stops", ["stop_id"])
    yield from _unknown(tables, "stops", "parent_station", "stops", "stop_id")
    station = stops["stop_id"].map(parents(stops))
    called = stops["stop_id"].isin(tables["stop_times"]["stop_id"].unique())
    used = stops["stop_id"].isin(station[called].unique())
    yield from faults(
        "stops",
        stops,
        used & stops[["stop_lat", "stop_lon"]].isna().any(axis=1),
        "stop_id",
        "this stop has no coordinates",
        "give its stop_lat and stop_lon",
    )
    for column, most in (("stop_lat", 90), ("stop_lon", 180)):
        wrong = stops[column].abs() > most
        yield from faults("stops", stops, wrong, column, f"is not between -{most} and {most}", "give degrees")
    nowhere = used & stops["stop_lat"].eq(0) & stops["stop_lon"].eq(0)
    yield from faults("stops", stops, nowhere, "stop_id", "this stop lies at 0°, 0°", "give its coordinates")


def parents(stops: pd.DataFrame) -> pd.Series:
    """Return for every stop_id the station it is part of: the top of its parents, or itself."""
    known = stops.dropna(subset=["stop_id"]).drop_duplicates("stop_id").set_index("stop_id")["parent_station"]
    top = pd.Series(known.index, index=known.index)
    for _ in range(2):  # a boarding area is part of a platform, a platform of a station: no deeper does it go
        above = top.map(known)
        top = above.where(above.isin(known.index), top)
    return top


def _trips(tables: Tables) -> Iterator[Fault]:
    """Find the trips of no known route or on no known days."""
    yield from _twice(tables, "routes", ["route_id"])
    yield from _twice(tables, "trips", ["trip_id"])
    yield from _unknown(tables, "trips", "route_id", "routes")
    known = pd.concat([tables[name]["service_id"] for name in CALENDARS])
    service = tables["trips"]["service_id"]
    lost = service.notna() & ~service.isin(known) & ~service.duplicated() & bool(len(known))
    problem, remedy = "is neither in calendar.txt nor in calendar_dates.txt", "say on which days it runs"
    yield from faults("trips", tables["trips"], lost, "service_id", problem, remedy)


def _calendars(tables: Tables) -> Iterator[Fault]:
    """Find the calendars that say nothing, or two things."""
    yield from _twice(tables, "calendar", ["service_id"])
    yield from _twice(tables, "calendar_dates", ["service_id", "date"])
    calendar, dates = tables["calendar"], tables["calendar_dates"]
    for day in WEEKDAYS:
        wrong = calendar[day].notna() & ~calendar[day].isin((0, 1))
        yield from faults("calendar", calendar, wrong, day, "is neither 0 nor 1", "write 1 where it runs")
    wrong = calendar["end_date"] < calendar["start_date"]
    yield from faults("calendar", calendar, wrong, "end_date", "lies before start_date", "exchange them")
    wrong = dates["exception_type"].notna() & ~dates["exception_type"].isin((1, 2))
    yield from faults("calendar_dates", dates, wrong, "exception_type", "is neither 1 nor 2", "1 adds, 2 removes")


def _stop_times(tables: Tables) -> Iterator[Fault]:
    """Find calls of no known trip or stop, trips without a beginning or end in time, and time that goes backwards."""
    times = tables["stop_times"]
    yield from _unknown(tables, "stop_times", "trip_id", "trips")
    yield from _unknown(tables, "stop_times", "stop_id", "stops")
    yield from _twice(tables, "stop_times", ["trip_id", "stop_sequence"])
    ordered = in_order(times)
    trip = ordered["trip_id"]
    ends = trip.ne(trip.shift()) | trip.ne(trip.shift(-1))
    timeless = (ends & ordered["arrival_time"].isna()).reindex(times.index, fill_value=False)
    problem, remedy = "a trip has no time at its {end} stop", "only stops in between may leave their times open"
    end = np.where(trip.ne(trip.shift()), "first", "last")
    frame = times.assign(end=pd.Series(end, index=ordered.index).reindex(times.index))
    yield from faults("stop_times", frame, timeless, "trip_id", problem, remedy)
    last = ordered["departure_time"].groupby(trip).ffill()
    earlier = trip.eq(trip.shift()) & (ordered["arrival_time"] < last.shift())
    frame = times.assign(shown=times["trip_id"])
    problem, remedy = "trip {shown} arrives before it left the stop before", "correct the times or stop_sequence"
    backwards = earlier.reindex(times.index, fill_value=False)
    yield from faults("stop_times", frame, backwards, "stop_sequence", problem, remedy)
    early = (ordered["departure_time"] < ordered["arrival_time"]).reindex(times.index, fill_value=False)
    problem = "trip {shown} leaves before it arrives"
    yield from faults("stop_times", frame, early, "stop_sequence", problem, "correct the times")


def in_order(times: pd.DataFrame) -> pd.DataFrame:
    """Return the calls trip by trip in their order, each with both times or none.

    Nobody boards at the last stop of a trip or gets off at its first, so that what stands there besides is dropped. A
    departure over half a day before the arrival is one past midnight, written without its 24 hours.
    """
    known = times.dropna(subset=["trip_id", "stop_sequence"])
    ordered = known.sort_values(["trip_id", "stop_sequence"], kind="stable")
    trip = ordered["trip_id"]
    arrival, departure = ordered["arrival_time"], ordered["departure_time"]
    first, last = trip.ne(trip.shift()), trip.ne(trip.shift(-1))
    arrives = arrival.where(~first | departure.isna(), departure).fillna(departure)
    leaves = departure.where(~last | arrival.isna(), arrival).fillna(arrival)
    past_midnight = leaves < arrives - HALF_A_DAY
    return ordered.assign(arrival_time=arrives, departure_time=leaves + 24 * 3600 * past_midnight)


def _frequencies(tables: Tables) -> Iterator[Fault]:
    frame = tables["frequencies"]
    yield from _unknown(tables, "frequencies", "trip_id", "trips")
    wrong = frame["headway_secs"] <= 0
    yield from faults("frequencies", frame, wrong, "headway_secs", "is zero or negative", "give seconds")
    wrong = frame["end_time"] <= frame["start_time"]
    yield from faults("frequencies", frame, wrong, "trip_id", "its runs end before they start", "exchange the times")
