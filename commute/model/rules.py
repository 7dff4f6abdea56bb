"""Rules: what the rows of the tables must say together, beyond what each cell must say by itself.

A rule looks at whole tables and yields a fault for every row that breaks it. The tables it sees have been
read already: every column is there in its type, and a cell that could not be read is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from commute.errors import Fault
from commute.model.faults import report
from commute.model.modes import ROAD, SCHEDULED

Tables = Mapping[str, pd.DataFrame]
Rule = Callable[[Tables], Iterable[Fault]]

CLAIMED: dict[str, tuple[str, ...]] = {
    "travel_time": ("from_ids", "to_ids", "minutes"),
    "reach": ("from_ids", "to_ids", "minutes"),
    "coverage": ("from_ids", "minutes"),
    "size": ("measure", "value"),
}
"""What a claim of each kind has to state."""
MOST = {"lon": 180.0, "lat": 90.0}
HALF_A_PERSON = 0.5  # sums of whole numbers are exact, sums of estimates need not be


def lookup(keys: pd.Series, frame: pd.DataFrame, key: str, column: str) -> pd.Series:
    """Return ``column`` of the rows that ``keys`` name, of the first where a key is there twice."""
    by_key = frame.dropna(subset=[key]).drop_duplicates(key).set_index(key)[column]
    return by_key.reindex(keys).set_axis(keys.index)


# ------------------------------------------------------------------ places


def names_are_unique(tables: Tables) -> Iterator[Fault]:
    """Find the places that share a name with an earlier one, in either language."""
    places = tables["places"]
    for column in ("name", "name_zh"):
        folded = places[column].str.casefold()
        yield from report(
            "places",
            places,
            folded.duplicated() & folded.notna(),
            column=column,
            problem="another place has this name already",
            remedy="make it unique, for example 'Nanshan (Shenzhen)'",
        )


def coordinates_are_degrees(tables: Tables) -> Iterator[Fault]:
    """Find longitudes and latitudes that are no degrees, or exchanged."""
    places = tables["places"]
    swapped = _looks_swapped(places["lon"], places["lat"])
    yield from report(
        "places",
        places,
        swapped,
        column="lat",
        problem="lon {lon:.6g} and lat {lat:.6g} look swapped",
        remedy="exchange them: lon is the longitude (73 to 135 in China), lat the latitude (18 to 54)",
    )
    for column, most in MOST.items():
        yield from report(
            "places",
            places,
            (places[column].abs() > most) & ~swapped,
            column=column,
            problem=f"is out of range (-{most:g} to {most:g})",
            remedy="give decimal degrees, WGS-84",
        )


def _looks_swapped(lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Tell the points that fit only when exchanged: onto the globe, or among the other places."""
    impossible = (lat.abs() > MOST["lat"]) & (lat.abs() <= MOST["lon"]) & (lon.abs() <= MOST["lat"])
    return impossible | (~_among(lon, lon) | ~_among(lat, lat)) & _among(lat, lon) & _among(lon, lat)


def _among(values: pd.Series, others: pd.Series) -> pd.Series:
    """Tell the values within the bulk of the others: four times their middle half, 2° a side at least."""
    low, high = float(others.quantile(0.25)), float(others.quantile(0.75))
    margin = max(1.5 * (high - low), 2.0)
    return values.between(low - margin, high + margin)


def parents_are_cities(tables: Tables) -> Iterator[Fault]:
    """Find the places, other than cities, that belong to no city."""
    places = tables["places"]
    city = places["kind"].eq("city")
    yield from report(
        "places",
        places,
        ~city & places["kind"].notna() & places["parent"].isna(),
        column="parent",
        problem="a {kind} needs the city it belongs to",
        remedy="give the place_id of its city",
    )
    kind_of_parent = lookup(places["parent"], places, "place_id", "kind")
    yield from report(
        "places",
        places,
        kind_of_parent.notna() & kind_of_parent.ne("city"),
        column="parent",
        problem="a parent must be a city",
        remedy="give the place_id of a place whose kind is city",
    )


def counties_sum_to_their_city(tables: Tables) -> Iterator[Fault]:
    """Find the cities whose people are not the people of their counties."""
    places = tables["places"]
    counties = places[places["kind"].eq("county")].groupby("parent")["population"]
    complete = counties.sum()[counties.count() == counties.size()]
    total = complete.reindex(places["place_id"]).set_axis(places.index)
    city = places.assign(total=total, gap=places["population"] - total)
    yield from report(
        "places",
        city,
        city["kind"].eq("city") & (city["gap"].abs() >= HALF_A_PERSON),
        column="population",
        problem="its counties have {total:.10g} people together",
        remedy="correct the counties or the city; they differ by {gap:.10g}",
    )


# ------------------------------------------------------------------ lines


def operating_lines_have_opened(tables: Tables) -> Iterator[Fault]:
    """Find the lines in service that do not say since when."""
    lines = tables["lines"]
    yield from report(
        "lines",
        lines,
        lines["status"].eq("operating") & lines["opened"].isna(),
        column="opened",
        problem="an operating line needs the day it opened",
        remedy="give it as YYYY-MM-DD",
    )


def scheduled_lines_have_a_headway(tables: Tables) -> Iterator[Fault]:
    """Find the lines with a timetable that do not say how often they run."""
    lines = tables["lines"]
    yield from report(
        "lines",
        lines,
        lines["mode"].isin(SCHEDULED) & lines["headway_minutes"].isna(),
        column="headway_minutes",
        problem="a {mode} line needs the time between its departures",
        remedy="give 900 (a 15-hour day) over the trains per day and direction",
    )


def lines_open_before_they_close(tables: Tables) -> Iterator[Fault]:
    """Find the lines that close before they open."""
    lines = tables["lines"]
    yield from report(
        "lines",
        lines,
        lines["closed"] <= lines["opened"],
        column="closed",
        problem="closes on or before the day it opens, {opened:%Y-%m-%d}",
        remedy="closed is the first day out of service; leave it empty while the line is open",
    )


# ------------------------------------------------------------------ links


def links_have_minutes(tables: Tables) -> Iterator[Fault]:
    """Find the links without a time: given, or on a road following from length and limit."""
    links, lines = tables["links"], tables["lines"]
    mode = lookup(links["line_id"], lines, "line_id", "mode")
    frame = links.assign(mode=mode)
    timeless = links["minutes"].isna()
    yield from report(
        "links",
        frame,
        timeless & mode.isin((*SCHEDULED, "checkpoint")),
        column="minutes",
        problem="a {mode} link needs minutes",
        remedy="give the median minutes in the vehicle (through the hall at a checkpoint)",
    )
    yield from report(
        "links",
        frame,
        timeless & mode.isin(ROAD) & (links["length_km"].isna() | links["speed_limit_kmh"].isna()),
        column="minutes",
        problem="a {mode} link needs minutes, or length_km and speed_limit_kmh",
        remedy="give either",
    )
    yield from report(
        "links",
        frame,
        links["fastest_minutes"] > links["minutes"],
        column="fastest_minutes",
        problem="is slower than the median of {minutes:.10g} minutes",
        remedy="exchange or correct them",
    )


def links_lead_somewhere(tables: Tables) -> Iterator[Fault]:
    """Find the links from a place to itself."""
    links = tables["links"]
    yield from report(
        "links",
        links,
        links["from_id"].eq(links["to_id"]),
        column="to_id",
        problem="leads from a place to itself",
        remedy="give the other end",
    )


def trains_stop_where_people_walk(tables: Tables) -> Iterator[Fault]:
    """Find the stops of scheduled lines and checkpoints at which nobody is on foot."""
    links, lines, places = tables["links"], tables["lines"], tables["places"]
    mode = lookup(links["line_id"], lines, "line_id", "mode")
    for end in ("from_id", "to_id"):
        yield from report(
            "links",
            links.assign(mode=mode),
            mode.isin((*SCHEDULED, "checkpoint")) & lookup(links[end], places, "place_id", "kind").eq("interchange"),
            column=end,
            problem="is an interchange, where only cars pass, and this is a {mode} line",
            remedy="let it stop at a station, port or checkpoint",
        )


def borders_have_a_clearance(tables: Tables) -> Iterator[Fault]:
    """Find the links into another territory on a line without a clearance."""
    links, places = tables["links"], tables["places"]
    here, there = (lookup(links[end], places, "place_id", "territory") for end in ("from_id", "to_id"))
    clearance = lookup(links["line_id"], tables["lines"], "line_id", "clearance")
    known = links["line_id"].isin(tables["lines"]["line_id"])
    yield from report(
        "links",
        links.assign(here=here, there=there),
        known & here.notna() & there.notna() & here.ne(there) & clearance.isna(),
        column="line_id",
        problem="leads from {here} to {there} on a line without a clearance",
        remedy="let it end at a checkpoint, or give its line a clearance",
    )


def links_open_before_they_close(tables: Tables) -> Iterator[Fault]:
    """Find the links that close before they open; an empty date is its line's."""
    links, lines = tables["links"], tables["lines"]
    opened = links["opened"].fillna(lookup(links["line_id"], lines, "line_id", "opened"))
    closed = links["closed"].fillna(lookup(links["line_id"], lines, "line_id", "closed"))
    own = links["opened"].notna() | links["closed"].notna()
    yield from report(
        "links",
        links.assign(since=opened, until=closed),
        own & (closed <= opened),
        column="closed",
        problem="is in service from {since:%Y-%m-%d} until {until:%Y-%m-%d}, which is never",
        remedy="closed is the first day out of service; where a date is empty the line's counts",
    )


def links_are_there_once(tables: Tables) -> Iterator[Fault]:
    """Find the links that repeat another one of their line, in the same direction at the same time."""
    links = tables["links"]
    ways = links[["line_id", "from_id", "to_id"]].assign(
        row=np.arange(len(links)),
        opened=links["opened"].fillna(pd.Timestamp.min.as_unit("s")),
        closed=links["closed"].fillna(pd.Timestamp.max.as_unit("s")),
    )
    back = ways[~links["oneway"]].rename(columns={"from_id": "to_id", "to_id": "from_id"})
    ways = pd.concat([ways, back]).sort_values(["line_id", "from_id", "to_id", "opened", "row"])
    way = ways.groupby(["line_id", "from_id", "to_id"], sort=False)
    busy_until = way["closed"].cummax().groupby([ways["line_id"], ways["from_id"], ways["to_id"]]).shift()
    again = ways.loc[(ways["opened"] < busy_until).to_numpy(), "row"]
    yield from report(
        "links",
        links,
        pd.Series(np.isin(np.arange(len(links)), again.to_numpy()), index=links.index),
        column="line_id",
        problem="the line has another link between these places at the same time",
        remedy="keep one, or give their dates so that they do not overlap",
    )


# ------------------------------------------------------------------ regions


def members_are_cities_or_counties(tables: Tables) -> Iterator[Fault]:
    """Find the members of a region that are neither city nor county, or named twice."""
    members = tables["region_members"]
    kind = lookup(members["place_id"], tables["places"], "place_id", "kind")
    yield from report(
        "region_members",
        members.assign(kind=kind),
        kind.notna() & ~kind.isin(("city", "county")),
        column="place_id",
        problem="is a {kind}",
        remedy="name a city or a county; the stations of a city come with it",
    )
    yield from report(
        "region_members",
        members,
        members.duplicated(["region", "place_id"]),
        column="place_id",
        problem="is in the region already",
        remedy="keep it once",
    )


# ------------------------------------------------------------------ claims


def claims_can_be_checked(tables: Tables) -> Iterator[Fault]:
    """Find the claims that lack what their kind is about, and those that did not get faster."""
    claims = tables["claims"]
    for kind, needed in CLAIMED.items():
        for column in needed:
            lacks = claims["kind"].eq(kind) & claims[column].isna()
            problem, remedy = f"a {kind} has none", f"give it; a {kind} needs {', '.join(needed)}"
            yield from report("claims", claims, lacks, column=column, problem=problem, remedy=remedy)
    yield from report(
        "claims",
        claims,
        claims["minutes_before"] <= claims["minutes"],
        column="minutes_before",
        problem="is not longer than the {minutes:g} minutes of now",
        remedy="give what the claim says it took before, or nothing",
    )
    yield from report(
        "claims",
        claims,
        claims["before"] >= claims["as_of"],
        column="before",
        problem="is not before as_of",
        remedy="give the day of minutes_before, or nothing for the day before as_of",
    )


RULES: dict[Rule, tuple[str, ...]] = {
    names_are_unique: ("places",),
    coordinates_are_degrees: ("places",),
    parents_are_cities: ("places",),
    counties_sum_to_their_city: ("places",),
    operating_lines_have_opened: ("lines",),
    scheduled_lines_have_a_headway: ("lines",),
    lines_open_before_they_close: ("lines",),
    links_have_minutes: ("links", "lines"),
    links_lead_somewhere: ("links",),
    trains_stop_where_people_walk: ("links", "lines", "places"),
    borders_have_a_clearance: ("links", "lines", "places"),
    links_open_before_they_close: ("links", "lines"),
    links_are_there_once: ("links",),
    members_are_cities_or_counties: ("region_members", "places"),
    claims_can_be_checked: ("claims",),
}
"""Each rule and the tables it looks at; it is asked when all of them are there."""
