"""Random small networks for the laws: cities and counties, rail, roads and a border, as rows that a test can change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import assume, settings
from hypothesis import strategies as st
from worlds import line, link, network, place

from commute.model import edits
from commute.model.assumptions import parameters

laws = settings(max_examples=8, deadline=None)

MODES = ("rail", "suburban", "metro", "bus")
LIMITS = (60.0, 80.0, 100.0, 120.0)


@dataclass(frozen=True)
class World:
    """Rows of a network; ``made`` turns them into one."""

    places: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    links: list = field(default_factory=list)

    @property
    def made(self):
        return network(self.places, self.lines, self.links, cores=("c0",))

    def with_rows(self, *, places=(), lines=(), links=()):
        return replace(
            self, places=[*self.places, *places], lines=[*self.lines, *lines], links=[*self.links, *links]
        )

    def ids(self, *kinds):
        return [row["place_id"] for row in self.places if row["kind"] in kinds]

    def lines_of(self, *modes):
        return [row["line_id"] for row in self.lines if row["mode"] in modes]

    def links_of(self, *modes):
        own = set(self.lines_of(*modes))
        return [row for row in self.links if row["line_id"] in own]


@st.composite
def worlds(draw, *, border=True):
    """Two to four cities within 80 km, the last of them perhaps behind a border."""
    count = draw(st.integers(2, 4))
    abroad = border and draw(st.booleans())
    rows = []
    for number in range(count):
        rows += _city(draw, f"c{number}", "HK" if abroad and number == count - 1 else "CN")
    world = World(places=rows)
    world = _checkpoint(draw, world) if abroad else world
    for number in range(draw(st.integers(0, 3))):
        world = _service(draw, world, f"s{number}")
    for number in range(draw(st.integers(0, 3))):
        world = _road(draw, world, f"r{number}")
    return world


def _city(draw, name, territory):
    x, y = draw(st.integers(0, 80)), draw(st.integers(0, 80))
    people = draw(st.lists(st.integers(0, 9), max_size=2))
    at = st.integers(-12, 12)
    own = {"parent": name, "territory": territory}
    rows = [place(name, x=x, y=y, territory=territory, population=sum(people) if people else draw(st.integers(1, 9)))]
    for number, some in enumerate(people):
        spot = {"x": x + draw(at), "y": y + draw(at)}
        rows.append(place(f"{name}-county-{number}", "county", **spot, population=some, **own))
    access = draw(st.none() | st.integers(5, 40))
    rows.append(place(f"{name}-station", "station", x=x + draw(at), y=y + draw(at), access_minutes=access, **own))
    rows.append(place(f"{name}-ramp", "interchange", x=x + draw(at), y=y + draw(at), **own))
    return rows


def _checkpoint(draw, world):
    here, there = world.places[0], next(row for row in world.places if row["territory"] == "HK")
    ends = [
        place("gate", "checkpoint", x=draw(st.integers(0, 80)), parent=here["place_id"]),
        place("gate-abroad", "checkpoint", x=draw(st.integers(0, 80)), parent=there["place_id"], territory="HK"),
    ]
    kind = draw(st.sampled_from(["one_stop", "two_halls"]))
    crossing = line("crossing", "checkpoint", clearance=kind)
    return world.with_rows(places=ends, lines=[crossing], links=[link("crossing", "gate", "gate-abroad", 5)])


def _service(draw, world, name):
    stops = draw(st.lists(st.sampled_from(world.ids("station")), min_size=2, max_size=3, unique=True))
    headway = draw(st.integers(4, 90))
    row = line(name, draw(st.sampled_from(MODES)), headway=headway, clearance="co_located", asset=f"track-{name}")
    oneway = draw(st.booleans())
    rides = [
        link(name, one, other, draw(st.integers(5, 60)), oneway=oneway)
        for one, other in pairwise(stops)
    ]
    return world.with_rows(lines=[row], links=rides)


def _road(draw, world, name):
    ends = st.lists(st.sampled_from(world.ids("interchange")), min_size=2, max_size=2, unique=True)
    one, other = draw(ends)
    free = {"length_km": draw(st.integers(5, 90)), "speed_limit_kmh": draw(st.sampled_from(LIMITS))}
    timed = {"minutes": draw(st.integers(3, 60)), "speed_limit_kmh": draw(st.sampled_from(LIMITS))}
    row = line(name, draw(st.sampled_from(["highway", "bridge"])), clearance="car")
    return world.with_rows(lines=[row], links=[link(name, one, other, **draw(st.sampled_from([free, timed])))])


# -- edits that can only help ------------------------------------------------------------------------------


def _faster_link(draw, world):
    row = draw(st.sampled_from(world.links))
    ends = {"line": row["line_id"], "from_id": row["from_id"], "to_id": row["to_id"]}
    share = draw(st.floats(0.1, 1.0))
    if row["minutes"] is not None and draw(st.booleans()):
        return edits.Retime(**ends, minutes=row["minutes"] * share)
    return edits.ScaleTime(**ends, factor=share)


def _shorter_headway(draw, world):
    scheduled = world.lines_of(*MODES)
    assume(scheduled)
    return edits.ScaleHeadway(draw(st.sampled_from(scheduled)), factor=draw(st.floats(0.1, 1.0)))


def _new_line(draw, world):
    mode = draw(st.sampled_from([*MODES, "bridge"]))
    ends = st.sampled_from(world.ids("interchange" if mode == "bridge" else "station"))
    stops = draw(st.lists(ends, min_size=2, max_size=3, unique=True))
    sections = len(stops) - 1
    more = {"headway_minutes": 30, "minutes": [draw(st.integers(1, 90))] * sections}
    if mode == "bridge":
        more = {"length_km": [draw(st.integers(1, 90))] * sections, "speed_limit_kmh": draw(st.sampled_from(LIMITS))}
    return edits.AddLine("new", "New", mode, stops=stops, clearance="car", **more)


def _new_link(draw, world):
    scheduled = world.lines_of(*MODES)
    assume(scheduled)
    name = draw(st.sampled_from(scheduled))
    ends = draw(st.lists(st.sampled_from(world.ids("station")), min_size=2, max_size=2, unique=True))
    assume(not any(row["line_id"] == name and {row["from_id"], row["to_id"]} == set(ends) for row in world.links))
    return edits.AddLink(name, *ends, minutes=draw(st.integers(1, 90)))


def _less_assumed(draw, world):  # noqa: ARG001 - every help takes the world
    known = parameters()[draw(st.sampled_from(sorted(parameters())))]
    helps_high = known.group == "speed" or known.name in (
        "local.walk_km", "local.access_km", "local.water_share", "road.limit_share"
    )  # fmt: skip
    return edits.Assume(known.name, known.high if helps_high else known.low)


HELPS = [_faster_link, _shorter_headway, _new_line, _new_link, _less_assumed]
