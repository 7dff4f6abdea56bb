"""Small GTFS feeds that tests write: tables of text, changed as the test wants, in a folder or a zip."""

from __future__ import annotations

import zipfile

import pandas as pd

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def stop(stop_id, lon=113.0, lat=23.0, **more):
    return {"stop_id": stop_id, "stop_name": stop_id, "stop_lat": lat, "stop_lon": lon} | more


def trip(trip_id, route="red", service="work"):
    return {"trip_id": trip_id, "route_id": route, "service_id": service}


def calls(trip_id, *times):
    """Give the calls of a trip: stop, arrival and, where it is another time, departure."""
    rows = []
    for sequence, (stop_id, arrival, *departure) in enumerate(times, start=1):
        row = {"trip_id": trip_id, "arrival_time": arrival, "departure_time": (departure or [arrival])[0]}
        rows.append(row | {"stop_id": stop_id, "stop_sequence": sequence})
    return rows


def calendar(service="work", days="1111100", start="20260105", end="20260131"):
    row = {"service_id": service, "start_date": start, "end_date": end}
    return row | dict(zip(WEEK, days, strict=True))


def feed(**changed):
    """Return a feed of one route, A to B to C and back, once an hour from 6 to 20 o'clock, with tables ``changed``."""
    tables = {
        "agency": [{"agency_name": "Red Trains", "agency_url": "https://red.example", "agency_timezone": "Asia/Macau"}],
        "stops": [stop("A", 113.0), stop("B", 113.1), stop("C", 113.2)],
        "routes": [{"route_id": "red", "route_short_name": "R", "route_long_name": "Red Line", "route_type": 2}],
        "trips": [trip(f"{way}{hour}") for hour in range(6, 21) for way in ("up", "down")],
        "stop_times": [
            row
            for hour in range(6, 21)
            for way, ends in (("up", "ABC"), ("down", "CBA"))
            for row in calls(
                f"{way}{hour}",
                (ends[0], f"{hour}:00:00"),
                (ends[1], f"{hour}:10:00", f"{hour}:12:00"),
                (ends[2], f"{hour}:27:00"),
            )
        ],
        "calendar": [calendar()],
    }
    return tables | changed


def write(folder, tables):
    """Write a feed as a folder; a table that is text goes in as it is, one that is None not at all."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        if rows is None:
            continue
        text = rows if isinstance(rows, str) else pd.DataFrame(rows).to_csv(index=False)
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    return folder


def zipped(file, tables, *, inside=""):
    with zipfile.ZipFile(file, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"{inside}{name}.txt", pd.DataFrame(rows).to_csv(index=False))
    return file
