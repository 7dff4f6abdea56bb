"""GTFS: a feed of any timetable as a network of stations, lines and links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commute.errors import ParameterError, TableError
from commute.io import feedrules, feeds, stops, timetables
from commute.model import schema
from commute.model.clock import DECISECONDS
from commute.model.modes import SCHEDULED
from commute.model.network import PEOPLE, Network

if TYPE_CHECKING:
    import datetime as dt
    from os import PathLike

    from commute.io.feeds import Feed

MODES = {0: "metro", 1: "metro", 2: "rail", 3: "bus", 4: "ferry", 5: "metro", 6: "metro", 7: "metro", 11: "bus"}
MODES |= {12: "metro", 106: "suburban", 108: "suburban", 109: "suburban"}
HUNDREDS = {1: "rail", 2: "bus", 4: "metro", 5: "metro", 6: "metro", 7: "bus", 8: "bus", 9: "metro", 10: "ferry"}
HUNDREDS |= {12: "ferry", 13: "metro", 14: "metro"}
"""What a route_type is here: the basic codes and single extended ones, and the extended ones by their hundreds."""

DAY = 15 * 60  # minutes in which the trains of a day run, as in the tables that ship
PERIODS = {"day": None, "peak": ("07:00:00", "09:00:00")}

Lines = Callable[[pd.DataFrame], pd.DataFrame]


def by_route(trips: pd.DataFrame) -> pd.DataFrame:
    """Make a line of every route."""
    return pd.DataFrame({"line": trips["route_id"], "name": trips["route"]})


def by_ends(trips: pd.DataFrame) -> pd.DataFrame:
    """Make a line of all trips between the same two stations: for feeds in which every train is a route."""
    names = [" – ".join(sorted(ends)) for ends in zip(trips["first"], trips["last"], strict=True)]
    return pd.DataFrame({"line": names, "name": names}, index=trips.index)


LINES: dict[str, Lines] = {"route": by_route, "ends": by_ends}


def read_gtfs(  # noqa: PLR0913 - what a feed does not say
    path: str | PathLike[str],
    *,
    places: Network | None = None,
    date: str | dt.date | None = None,
    period: str | tuple[str, str] = "day",
    lines: str | Lines = "route",
    modes: Mapping[int, str | None] | None = None,
    territory: str | None = None,
    clearance: str | None = None,
    within_km: float = 50.0,
) -> Network:
    """Read a network from a GTFS feed, a zip or a folder of its files.

    Stations are the stops of the feed, platforms one with their station. Links are one way, from one stop of a trip to
    the next, also where a fast trip leaves stops out. Their minutes are the median from arrival to arrival, so that
    those who ride on pay for every stop on the way; from departure where a trip begins. What takes no time at all
    takes a tenth of a second. Trips in frequencies.txt count once for every run.

    Parameters
    ----------
    path
        The feed.
    places
        The network whose cities and counties, region, land and sources go with the timetable. A station belongs to
        the city of the nearest of them; one that is there already, by its name and place, stays as it is. Without it
        all stations belong to one city made up in their middle.
    date
        The day whose trains run; without it the weekday on which most trips do. The source row says which.
    period
        ``day``: headways are those of a day of 15 hours. ``peak``, or two times such as ``("07:00:00", "09:00:00")``:
        headways and minutes are those of the trips that leave a stop from the first up to the second.
    lines
        ``route``: a line is a route, both ways; ``ends``: all trips between the same two stations, for feeds in which
        every train is a route of its own. Or a function from trips (route_id, route, mode, first and last station) to
        their line and its name.
    modes
        Modes of route types that differ from ``MODES``: ``{2: "suburban"}``. None leaves routes out.
    territory
        The side of the border all stops are on; without it that of the nearest of ``places``, without these CN.
    clearance
        How the border is cleared on lines that lead across one.
    within_km
        How far from the nearest of ``places`` a stop may be; trains ride through those beyond.

    Raises
    ------
    DataFileError
        If there is no feed, it cannot be read, or nothing in it runs.
    TableError
        With every fault of the feed, or of the tables it makes.
    ParameterError
        If no trip runs on the date or in the period, or a choice is none.

    Notes
    -----
    A line runs as often as trains leave its stations per direction, on average over the trains. It opened on the first
    day of the feed, which knows no earlier one, and stands for an asset of its own.

    The files are read with pandas. gtfs-kit 13 reads them too, in twice the time and with four more packages (a million
    stop times: 0.9 against 0.4 seconds), takes an id like NA or null for an empty cell and stops at the first number
    that is none; the rest of what is needed here it has not, or in minutes where this takes seconds.
    """
    window, grouping = _window(period), _grouping(lines)
    feed = feeds.read_feed(path)
    running = timetables.trips_per_day(feed.tables)
    day = timetables.day_of(running, date, feed.name)
    known = _known(feed, places, _source(feed, day, period), territory)
    points = stops.points_of(feed.tables)
    owners = stops.owners_of(points, known, within_km=np.inf if places is None else within_km, feed=feed.name)
    points = points.join(owners if territory is None else owners.assign(territory=territory), how="inner")
    trips = _with_routes(timetables.trips_on(feed.tables, day), feed, modes or {})
    rides = timetables.rides_of(feed.tables, trips, stations=points.index)
    rides = _in_period(rides.merge(timetables.runs_of(feed.tables, trips), on="trip_id"), window)
    if rides.empty:
        raise ParameterError(f"No train of {feed.name} goes from one stop to another on {day} in period {period!r}.")
    stations = _stations(points, rides.merge(trips, on="trip_id"), known, places)
    for end in ("from", "to"):
        rides[f"{end}_id"] = rides[f"{end}_stop"].map(stations["place_id"])
    of_trip = _line_of_trip(trips, rides, stations, grouping)
    rides["line_id"] = rides["trip_id"].map(of_trip["line_id"])
    links = _links(rides)
    table = of_trip.drop_duplicates("line_id").set_index("line_id")[["name", "mode"]].loc[links["line_id"].unique()]
    side = stations.set_index("place_id")["territory"]
    across = links.loc[links["from_id"].map(side).ne(links["to_id"].map(side)), "line_id"]
    table["clearance"] = pd.Series(clearance, index=table.index, dtype="str").where(table.index.isin(across))
    table["headway_minutes"] = _headways(rides, DAY if window is None else (window[1] - window[0]) / 60)
    opened, source = running[running > 0].index[0], known.sources.index[-1]
    constant = {"access": "stops", "status": "operating", "opened": opened, "source": source}
    return replace(
        known,
        places=pd.concat([known.places.drop(columns="geometry").reset_index(), stations], ignore_index=True),
        lines=table.assign(**constant, asset=table.index),
        links=links.assign(quality="timetable", source=source),
        date=day,
    )


# ------------------------------------------------------------------ choices


def _window(period: str | tuple[str, str]) -> tuple[float, float] | None:
    """Return the seconds from which to which departures count, None for the whole day."""
    if isinstance(period, str) and period not in PERIODS:
        raise ParameterError(f"period cannot be {period!r}: choose one of {', '.join(PERIODS)}, or give two times.")
    clock = PERIODS[period] if isinstance(period, str) else period
    if clock is None:
        return None
    found = feeds.seconds(pd.Series(list(clock), dtype="str"))
    if len(found) != 2 or not found.is_monotonic_increasing or not found.is_unique:  # noqa: PLR2004 - from and to
        raise ParameterError(f"period cannot be {period!r}: give two times such as ('07:00:00', '09:00:00').")
    return float(found[0]), float(found[1])


def _grouping(lines: str | Lines) -> Lines:
    if callable(lines):
        return lines
    if lines not in LINES:
        raise ParameterError(f"lines cannot be {lines!r}: choose one of {', '.join(LINES)}, or give a function.")
    return LINES[lines]


def _with_routes(trips: pd.DataFrame, feed: Feed, modes: Mapping[int, str | None]) -> pd.DataFrame:
    """Return the trips with the name of their route and its mode, without those that are left out."""
    wrong = sorted({str(mode) for mode in modes.values()} - {"None", *SCHEDULED})
    if wrong:
        raise ParameterError(f"modes cannot be {', '.join(wrong)}: choose from {', '.join(SCHEDULED)} and None.")
    routes = feed.tables["routes"]
    code = routes["route_type"].astype("int64")
    hundreds = {number: HUNDREDS[number // 100] for number in code if number // 100 in HUNDREDS}
    known: dict[int, str | None] = {**hundreds, **MODES, **modes}
    faults = feedrules.faults(
        "routes",
        routes,
        ~code.isin(list(known)),
        "route_type",
        "no mode is known for this type of route",
        "say which with modes=, or leave it out with None there",
    )
    found = list(faults)
    if found:
        raise TableError(found)
    both = routes["route_short_name"].fillna("") + " " + routes["route_long_name"].fillna("")
    name = both.str.strip().where(both.str.strip().ne(""), routes["route_id"])
    of_route = pd.DataFrame({"route_id": routes["route_id"], "route": name, "mode": code.map(known)})
    return trips.merge(of_route.dropna(subset=["mode"]), on="route_id")


# ------------------------------------------------------------------ places


def _source(feed: Feed, day: dt.date, period: str | tuple[str, str]) -> dict[str, str | None]:
    """Return the row of the table of sources: whose feed it is, which version, and what of it was read."""
    first = pd.concat([feed.tables["feed_info"].iloc[:1], feed.tables["agency"].iloc[:1]], axis=1)
    row = {column: value for column, value in first.iloc[0].items() if isinstance(value, str)} if len(first) else {}
    publisher = row.get("feed_publisher_name", row.get("agency_name", feed.name))
    version = f"version {row['feed_version']}; " if "feed_version" in row else ""
    when = period if isinstance(period, str) else " to ".join(period)
    return {
        "source_id": stops.identifiers([f"gtfs-{feed.name}"])[0],
        "title": f"{publisher}: GTFS feed {feed.name}",
        "url": row.get("feed_publisher_url", row.get("agency_url")),
        "licence": "as its publisher grants; the feed does not say",
        "note": f"{version}trains of {day:%A} {day}; period: {when}; sha256 {feed.sha256}",
    }


def _known(feed: Feed, places: Network | None, source: dict[str, str | None], territory: str | None) -> Network:
    """Return a network of the cities and counties alone, with the feed as last of its sources."""
    if places is not None:
        row = source | {"source_id": stops.identifiers([str(source["source_id"])], taken=places.sources.index)[0]}
        people = places.places[places.places["kind"].isin(PEOPLE)]
        sources = pd.concat([places.sources.reset_index(), pd.DataFrame([row])], ignore_index=True)
        return replace(places, places=people, lines=places.lines[:0], links=places.links[:0], sources=sources)
    points = stops.points_of(feed.tables)
    words = {"place_id": stops.identifiers([f"{feed.name} area"])[0], "kind": "city", "name": f"Area of {feed.name}"}
    words |= {"territory": territory or "CN", "source": str(source["source_id"])}
    city = words | points[["lon", "lat"]].median().to_dict()
    lines, links = (pd.DataFrame(columns=[one.name for one in schema.columns(name)]) for name in ("lines", "links"))
    return Network(pd.DataFrame([city]), lines, links, pd.DataFrame([source]))


def _stations(points: pd.DataFrame, rides: pd.DataFrame, known: Network, places: Network | None) -> pd.DataFrame:
    """Return the stations that trains run to, as rows of places; where there are only ferries they are ports.

    Those that ``places`` has already are as they are there.
    """
    ends = pd.concat([rides[[end, "mode"]].set_axis(["stop", "mode"], axis=1) for end in ("from_stop", "to_stop")])
    ferry = ends["mode"].eq("ferry").groupby(ends["stop"]).all()
    used = points[points.index.isin(ferry.index)]
    same = pd.Series(dtype="str") if places is None else stops.same_as(used, places)
    there = (known if places is None else places).places.drop(columns="geometry").reset_index()
    own = there.set_index("place_id", drop=False).loc[same].set_axis(same.index)
    taken = pd.concat([known.places.reset_index(), own])
    fresh = used[~used.index.isin(same.index)]
    rows = stops.stations_of(fresh, ferry.index[ferry], taken=taken, source=str(known.sources.index[-1]))
    stations: pd.DataFrame = pd.concat([own, rows])
    return stations


# ------------------------------------------------------------------ lines and links


def _in_period(rides: pd.DataFrame, window: tuple[float, float] | None) -> pd.DataFrame:
    """Mark with ``counts`` the rides that begin in the period, with ``kept`` those of a run that has any."""
    departs = rides["departs"] + rides["later"]
    counts = departs.notna() if window is None else departs.ge(window[0]) & departs.lt(window[1])
    marked = rides.assign(counts=counts, kept=counts.groupby(rides["run"]).transform("any"))
    return marked if counts.any() else marked[:0]


def _line_of_trip(trips: pd.DataFrame, rides: pd.DataFrame, stations: pd.DataFrame, grouping: Lines) -> pd.DataFrame:
    """Return the line of every trip: index trip_id, columns line_id, name, mode."""
    by_trip = rides.groupby("trip_id", sort=False)
    ends = pd.DataFrame({"first": by_trip["from_stop"].first(), "last": by_trip["to_stop"].last()})
    ends = ends.apply(lambda stop: stop.map(stations["name"]))
    some = trips.set_index("trip_id")[["route_id", "route", "mode"]].join(ends, how="inner")
    made = grouping(some)
    if not isinstance(made, pd.DataFrame) or not {"line", "name"} <= set(made) or not made.index.equals(some.index):
        raise ParameterError("lines must give a frame with the columns line and name, and a row for every trip.")
    made = made.assign(mode=some["mode"])
    each = made.drop_duplicates(["line", "mode"])
    line_id = pd.Series(stops.identifiers(each["line"]), index=pd.MultiIndex.from_frame(each[["line", "mode"]]))
    found = line_id.loc[pd.MultiIndex.from_frame(made[["line", "mode"]])].to_numpy()
    return made.assign(line_id=found)


def _links(rides: pd.DataFrame) -> pd.DataFrame:
    """Return the links with their minutes in the period and how many trains run on them all day."""
    ends = ["line_id", "from_id", "to_id"]
    some = rides[rides["kept"]].groupby(ends, sort=False)
    least = 1 / DECISECONDS  # the schema knows no time of zero, and the kernels none shorter
    links = pd.DataFrame({"minutes": some["minutes"].median(), "fastest_minutes": some["fastest"].min()}).clip(least)
    links["trains_per_day"] = rides.groupby(ends).size()
    return links.reset_index().assign(oneway=True)


def _headways(rides: pd.DataFrame, minutes: float) -> pd.Series:
    """Return the minutes between trains per direction of each line, on average over its trains.

    Where a line runs both ways, half of the trains that pass through a station go in either; those that begin there
    all go the same way.
    """
    ways = rides[["line_id", "from_id", "to_id"]].drop_duplicates()
    back = ways.rename(columns={"from_id": "to_id", "to_id": "from_id"})
    both = ways.merge(back)["line_id"].unique()
    some = rides[rides["counts"]]
    share = np.where(some["first"] | ~some["line_id"].isin(both), 1.0, 0.5)
    trains = pd.Series(share).groupby([some["line_id"].to_numpy(), some["from_id"].to_numpy()]).sum()
    of_line = trains.groupby(level=0)
    return minutes * of_line.sum() / (trains**2).groupby(level=0).sum()
