"""Timetables: the trips of a feed on one day, as rides from one stop to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import DataFileError, ParameterError
from commute.io.feedrules import CALENDARS, WEEKDAYS, in_order, parents
from commute.model import ground
from commute.model.network import as_date

if TYPE_CHECKING:
    import datetime as dt

    from commute.io.feedrules import Tables

WORKDAYS = 5  # Monday to Friday


# ------------------------------------------------------------------ days


def trips_per_day(tables: Tables) -> pd.Series:
    """Return how many trips run on each day from the first to the last one of the calendars."""
    calendar, exceptions = (tables[name].dropna() for name in CALENDARS)
    weight = tables["trips"]["service_id"].value_counts()
    bounds = pd.concat([calendar["start_date"], calendar["end_date"], exceptions["date"]])
    if bounds.empty:
        return pd.Series(dtype="float64")
    days = pd.date_range(bounds.min(), bounds.max())
    change = np.zeros((len(WEEKDAYS), len(days) + 1))  # a calendar begins to count on one day and stops on another
    for row, weekday in zip(change, WEEKDAYS, strict=True):
        runs = calendar[calendar[weekday].eq(1)]
        trips = weight.reindex(runs["service_id"], fill_value=0).to_numpy()
        np.add.at(row, (runs["start_date"] - days[0]).dt.days, trips)
        np.add.at(row, (runs["end_date"] - days[0]).dt.days + 1, -trips)
    total = change.cumsum(axis=1)[days.day_of_week, np.arange(len(days))]
    both = exceptions.merge(calendar, on="service_id", how="left")
    planned = both[list(WEEKDAYS)].to_numpy()[np.arange(len(both)), both["date"].dt.day_of_week] == 1
    planned &= both["date"].between(both["start_date"], both["end_date"]).to_numpy()
    added = both["exception_type"].eq(1).to_numpy()
    much = weight.reindex(both["service_id"], fill_value=0).to_numpy() * np.where(added, 1, -1) * (added != planned)
    np.add.at(total, (both["date"] - days[0]).dt.days, much)
    return pd.Series(total, index=days)


def day_of(count: pd.Series, date: str | dt.date | None, feed: str) -> dt.date:
    """Return the day asked for, or else the weekday on which most trips run, the first of several.

    ``count`` is how many trips run on each day.

    Raises
    ------
    DataFileError
        If no trip runs on any day.
    ParameterError
        If none runs on the day asked for.
    """
    busy = count[count > 0]
    if busy.empty:
        raise DataFileError(f"No trip of {feed} runs on any day. Look at its calendar.txt and calendar_dates.txt.")
    if date is None:
        weekdays = busy[pd.DatetimeIndex(busy.index).day_of_week < WORKDAYS]
        return pd.Timestamp(str((busy if weekdays.empty else weekdays).idxmax())).date()
    day = as_date(date)
    if pd.Timestamp(day) not in busy.index:
        first, last = busy.index[0].date(), busy.index[-1].date()
        raise ParameterError(f"No trip of {feed} runs on {day}. Choose a day from {first} to {last}.")
    return day


def trips_on(tables: Tables, day: dt.date) -> pd.DataFrame:
    """Return the trips that run on a day: those of the calendars, with the exceptions added and removed."""
    stamp = pd.Timestamp(day)
    calendar, exceptions = (tables[name] for name in CALENDARS)
    planned = calendar[calendar["start_date"].le(stamp) & calendar["end_date"].ge(stamp)]
    planned = planned[planned[WEEKDAYS[day.weekday()]].eq(1)]
    today = exceptions[exceptions["date"].eq(stamp)].set_index("service_id")["exception_type"]
    services = (set(planned["service_id"]) | set(today.index[today.eq(1)])) - set(today.index[today.eq(2)])
    trips = tables["trips"]
    return trips[trips["service_id"].isin(services)]


# ------------------------------------------------------------------ runs


def runs_of(tables: Tables, trips: pd.DataFrame) -> pd.DataFrame:
    """Return every run of the trips: trip_id, run and by how many seconds it is later than its stop times say.

    A trip of frequencies.txt runs at its start time and every headway after, up to but not at the end time, whether
    these times are exact or not; its stop times say only how long it takes.
    """
    rows = tables["frequencies"]
    rows = rows[rows["trip_id"].isin(trips["trip_id"])]
    ordered = in_order(tables["stop_times"][tables["stop_times"]["trip_id"].isin(rows["trip_id"])])
    first = ordered.drop_duplicates("trip_id").set_index("trip_id")["departure_time"]
    times = np.ceil((rows["end_time"] - rows["start_time"]) / rows["headway_secs"]).astype("int64")
    each = rows.loc[rows.index.repeat(times)]
    number = each.groupby(level=0).cumcount()
    begins = each["start_time"] + number * each["headway_secs"]
    repeated = pd.DataFrame({"trip_id": each["trip_id"], "later": begins - first.reindex(each["trip_id"]).to_numpy()})
    once = trips.loc[~trips["trip_id"].isin(rows["trip_id"]), ["trip_id"]].assign(later=0.0)
    runs = pd.concat([once, repeated], ignore_index=True)
    return runs.assign(run=np.arange(len(runs)))


def rides_of(tables: Tables, trips: pd.DataFrame, *, stations: pd.Index) -> pd.DataFrame:
    """Return the rides of the trips between stations that follow each other, in order: one row per trip and ride.

    Columns: trip_id, from_stop, to_stop (stations; their platforms are one with them), first (nobody can have come by
    this trip), departs, minutes (from arrival to arrival, so that they add up to what who rides on takes; from
    departure where first) and fastest (from departure to arrival). Calls at other stations are ridden through.
    """
    times = tables["stop_times"]
    calls = _timed(in_order(times[times["trip_id"].isin(trips["trip_id"])]), tables["stops"])
    station = calls["stop_id"].map(parents(tables["stops"]))
    calls = calls.assign(station=station)[station.isin(stations)]
    begins = calls["trip_id"].ne(calls["trip_id"].shift()) | calls["station"].ne(calls["station"].shift())
    calls = calls.assign(call=begins.cumsum())  # two platforms of one station in a row are one call
    last = calls.drop_duplicates("call", keep="last")
    calls = calls.drop_duplicates("call").assign(departure_time=last["departure_time"].to_numpy())
    after = calls.shift(-1)
    first = calls["trip_id"].ne(calls["trip_id"].shift())
    since = calls["departure_time"].where(first, calls["arrival_time"])
    rides = pd.DataFrame(
        {
            "trip_id": calls["trip_id"],
            "from_stop": calls["station"],
            "to_stop": after["station"],
            "first": first,
            "departs": calls["departure_time"],
            "minutes": (after["arrival_time"] - since) / 60,
            "fastest": (after["arrival_time"] - calls["departure_time"]) / 60,
        }
    )
    return rides[calls["trip_id"].eq(after["trip_id"])].reset_index(drop=True)


def _timed(calls: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """Fill in the times that are open, between those before and after in proportion to the way.

    The way is shape_dist_traveled where all of a trip has it, else the straight line from stop to stop.
    """
    open_times = calls["arrival_time"].isna()
    if not open_times.any():
        return calls
    some = calls[calls["trip_id"].isin(calls.loc[open_times, "trip_id"])]
    trip = some["trip_id"]
    way = _way(some, stops)
    known = some["arrival_time"].notna()
    before, after = some["departure_time"].groupby(trip).ffill(), some["arrival_time"].groupby(trip).bfill()
    start, end = way.where(known).groupby(trip).ffill(), way.where(known).groupby(trip).bfill()
    share = ((way - start) / (end - start)).fillna(0.0).clip(0, 1)
    time = before + share * (after - before)
    filled = {name: calls[name].fillna(time) for name in ("arrival_time", "departure_time")}
    return calls.assign(**filled)


def _way(calls: pd.DataFrame, stops: pd.DataFrame) -> pd.Series:
    """Return how far along its trip each call is."""
    trip = calls["trip_id"]
    place = stops.drop_duplicates("stop_id").set_index("stop_id")[["stop_lon", "stop_lat"]]
    station = place.loc[parents(stops).reindex(place.index)].set_axis(place.index)
    point = place.fillna(station).loc[calls["stop_id"]].to_numpy(dtype=np.float64)
    before = np.roll(point, 1, axis=0)
    km = pd.Series(ground.distance_km(*before.T, *point.T), index=calls.index)
    straight = km.where(trip.eq(trip.shift()), 0.0).groupby(trip).cumsum()
    stated = calls["shape_dist_traveled"]
    whole = stated.notna().groupby(trip).transform("all")
    return stated.where(whole, straight)
