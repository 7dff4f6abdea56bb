import re
import sys
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from osm_files import NODES, WAYS, write
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

import commute
from commute.errors import DataFileError, ParameterError
from commute.io.ways import read_ways
from commute.kernels.sweep import distances
from commute.model import ground

MAIN = {number: WAYS[number] for number in (10, 11)}


def metres(*nodes):
    lon, lat = np.array([NODES[one] for one in nodes]).T
    return 1000 * ground.distance_km(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()


@pytest.fixture
def small(tmp_path):
    return write(tmp_path / "small.osm.pbf", ways=MAIN)


def arcs(streets):
    """Name each arc by where it begins and ends."""
    place = {(round(lon, 6), round(lat, 6)): number for number, (lon, lat) in NODES.items()}
    ends = [
        [place[round(streets.lon[node], 6), round(streets.lat[node], 6)] for node in column]
        for column in (streets.tail, streets.head)
    ]
    return list(zip(*ends, strict=True))


def test_ways_are_cut_at_junctions_and_bend_between(small):
    streets = commute.read_streets(small)
    pieces = [(1, 3), (3, 4), (3, 5), (5, 7), (5, 7)]
    assert sorted(arcs(streets)) == sorted(pieces + [piece[::-1] for piece in pieces])
    said = streets.attributes
    row = arcs(streets).index((1, 3))
    assert said["metres"][row] == pytest.approx(metres(1, 2, 3))
    assert streets.minutes[row] == pytest.approx(0.06 * metres(1, 2, 3) / 60, abs=1 / 600)
    start = streets.bends.start
    assert streets.bends.lon[start[row] : start[row + 1]].tolist() == pytest.approx([10.001])
    assert said.loc[row, ["way", "road", "name"]].tolist() == [10, "primary", "Main Street"]
    assert said.loc[row, ["kph", "speed"]].tolist() == [60, "signed"]
    assert not said["bridge"][row]
    assert said["bridge"][arcs(streets).index((3, 5))]
    assert (streets.mode, streets.source.split()[0]) == ("drive", "small.osm.pbf")
    assert "0.00% of the length left out" in streets.source


def test_a_way_that_comes_back_to_itself_is_no_loop(small):
    streets = commute.read_streets(small)
    round_ = [row for row, ends in enumerate(arcs(streets)) if ends == (5, 7)]
    assert sorted(streets.attributes["metres"][round_]) == pytest.approx(sorted([metres(5, 6, 7), metres(7, 5)]))
    assert (streets.slot >= 0).all()


def test_a_turned_arc_bends_backwards(tmp_path):
    ways = {10: ([1, 2, 5, 3], {"highway": "primary"})}
    streets = commute.read_streets(write(tmp_path / "bent.osm.pbf", ways=ways))
    start = streets.bends.start
    bends = {ends: streets.bends.lon[start[row] : start[row + 1]] for row, ends in enumerate(arcs(streets))}
    assert bends[1, 3].tolist() == bends[3, 1][::-1].tolist() == pytest.approx([10.001, 10.002])


def test_oneways_lead_one_way(tmp_path):
    ways = {
        10: ([1, 2, 3], {"highway": "primary", "oneway": "yes"}),
        11: ([1, 5, 3], {"highway": "primary", "oneway": "-1"}),
    }
    streets = commute.read_streets(write(tmp_path / "oneway.osm.pbf", ways=ways))
    assert sorted(arcs(streets)) == [(1, 3), (3, 1)]
    assert streets.attributes["way"].to_numpy()[arcs(streets).index((3, 1))] == 11
    walked = commute.read_streets(tmp_path / "oneway.osm.pbf", mode="walk")
    assert sorted(arcs(walked)) == [(1, 3), (1, 3), (3, 1), (3, 1)]
    assert set(walked.attributes["kph"]) == {4.8}


def test_a_ferry_takes_the_time_it_says_and_traffic_leaves_it_alone(tmp_path):
    ferry = {"route": "ferry", "duration": "00:20", "motor_vehicle": "yes", "name": "Star"}
    ways = {10: ([1, 2, 3], {"highway": "primary"}), 11: ([3, 5, 4], ferry), 12: ([5, 6], {"highway": "primary"})}
    streets = commute.read_streets(write(tmp_path / "ferry.osm.pbf", ways=ways))
    sails = (streets.attributes["road"] == "ferry").to_numpy()
    assert streets.minutes[sails].sum() == pytest.approx(40, abs=0.01)
    assert set(streets.attributes["speed"][sails]) == {"observed"}
    later = streets.under(commute.Assumptions(period="peak"))
    assert np.array_equal(later.minutes[sails], streets.minutes[sails])
    assert (later.minutes[~sails] > streets.minutes[~sails]).all()
    west = shapely.box(9.9, 49, 10.003, 51)
    clipped = commute.read_streets(tmp_path / "ferry.osm.pbf", within=west)
    share = metres(3, 5) / metres(3, 5, 4)
    part = clipped.minutes[(clipped.attributes["road"] == "ferry").to_numpy()]
    assert part.tolist() == pytest.approx([20 * share] * 2, abs=0.01)


def test_islands_are_left_out_and_that_is_told(tmp_path):
    path = write(tmp_path / "island.osm.pbf", ways={**MAIN, 12: WAYS[12]})
    streets = commute.read_streets(path)
    share = metres(8, 9) / (metres(8, 9) + metres(1, 2, 3, 4) + metres(3, 5, 6, 7, 5))
    assert f"{share:.2%} of the length left out" in streets.source
    assert streets.nodes == 5
    far = {**MAIN, 12: ([8, 9, 1000], WAYS[12][1])}
    with pytest.warns(UserWarning, match="9\\d% of the length of the streets of far.osm.pbf"):
        commute.read_streets(write(tmp_path / "far.osm.pbf", nodes=NODES | {1000: (11.0, 50.0)}, ways=far))


def test_ways_end_at_the_last_node_inside(tmp_path):
    path = write(tmp_path / "small.osm.pbf", ways=MAIN)
    streets = commute.read_streets(path, within=shapely.box(9.999, 49.9995, 10.003, 50.002))
    assert sorted(arcs(streets)) == [(1, 3), (3, 1)]
    table = gpd.GeoDataFrame(geometry=[shapely.box(9.999, 49.9995, 10.003, 50.002)], crs=4326)
    again = commute.read_streets(path, within=table.to_crs(3857))
    assert arcs(again) == arcs(streets)


def test_nodes_that_a_file_lacks_cut_the_way(tmp_path):
    some = {number: place for number, place in NODES.items() if number != 2}
    streets = commute.read_streets(write(tmp_path / "cut.osm.pbf", nodes=some, ways={10: WAYS[10]}))
    assert sorted(arcs(streets)) == [(3, 4), (4, 3)]


@pytest.mark.parametrize("name", ["small.osm", "small.osm.bz2", "small.osm.gz"])
def test_other_formats_are_read_alike(tmp_path, small, name):
    streets, other = commute.read_streets(small), commute.read_streets(write(tmp_path / name, ways=MAIN))
    assert arcs(streets) == arcs(other)
    assert np.array_equal(streets.deciseconds, other.deciseconds)


@pytest.mark.parametrize("options", ["pbf_dense_nodes=false", "pbf_compression=none", "locations_on_ways=true"])
def test_every_way_to_write_a_pbf_is_read(tmp_path, small, options):
    other = commute.read_streets(write(tmp_path / "other.osm.pbf", ways=MAIN, options=f"pbf,{options}"))
    assert arcs(commute.read_streets(small)) == arcs(other)


def test_nodes_and_ways_are_those_that_were_written(tmp_path):
    random = np.random.default_rng(7)
    numbers = np.cumsum(random.integers(1, 10**7, 20_000))
    places = np.round(random.uniform([-180, -85], [180, 85], (20_000, 2)), 7).tolist()
    nodes = {int(number): tuple(place) for number, place in zip(numbers, places, strict=True)}
    ways = {
        number: (random.choice(numbers, random.integers(2, 30)).tolist(), {"highway": "trunk", "name": f"路 {number}"})
        for number in range(1, 3000)
    }
    path = write(tmp_path / "random.osm.pbf", nodes=nodes, ways=ways)
    read = read_ways(path, mode="drive", country=None)
    assert read.way.tolist() == list(ways)
    for row, (refs, tags) in enumerate(ways.values()):
        rows = read.node[read.start[row] : read.start[row + 1]]
        assert read.names[read.name[row]] == tags["name"]
        assert read.number[rows].tolist() == refs
        assert list(zip(read.lon[rows].tolist(), read.lat[rows].tolist(), strict=True)) == [nodes[ref] for ref in refs]


@pytest.mark.parametrize("first", ["ways", "later nodes"])
def test_a_file_need_not_be_in_order(tmp_path, small, first):
    whole = write(tmp_path / "whole.osm", ways=MAIN).read_text().splitlines()
    begin = next(row for row, line in enumerate(whole) if "<way" in line)
    nodes, ways = whole[2:begin], whole[begin:-1]
    lines = ways + nodes if first == "ways" else nodes[::-1] + ways
    path = tmp_path / "order.osm"
    path.write_text("\n".join([*whole[:2], *lines, whole[-1]]))
    streets, other = commute.read_streets(small), commute.read_streets(path)
    assert arcs(streets) == arcs(other)
    assert np.array_equal(streets.deciseconds, other.deciseconds)


def number(value, *, signed=False):
    """Write a number as o5m does, in groups of seven bits."""
    value = (value << 1) ^ (value >> 63) if signed else value
    groups = [value & 127]
    while value := value >> 7:
        groups.append(value & 127)
    return bytes([*(group | 128 for group in groups[:-1]), groups[-1]])


def o5m(nodes, ways):
    """Write a map as o5m, which osmium only reads."""
    found, last = b"\xff\xe0\x04o5m2\xff", [0, 0, 0]
    for one, (lon, lat) in nodes.items():
        now = [one, round(lon * 1e7), round(lat * 1e7)]
        plain = [number(new - old, signed=True) for new, old in zip(now, last, strict=True)]
        body, last = plain[0] + b"\x00" + plain[1] + plain[2], now
        found += b"\x10" + number(len(body)) + body
    found, way, ref = found + b"\xff", 0, 0
    for one, (refs, tags) in ways.items():
        steps = b"".join(number(new - old, signed=True) for old, new in pairwise([ref, *refs]))
        body = number(one - way, signed=True) + b"\x00" + number(len(steps)) + steps
        body += b"".join(b"\x00" + key.encode() + b"\x00" + value.encode() + b"\x00" for key, value in tags.items())
        found, way, ref = found + b"\x11" + number(len(body)) + body, one, refs[-1]
    return found + b"\xfe"


def test_o5m_is_read(tmp_path, small):
    (tmp_path / "small.o5m").write_bytes(o5m(NODES, MAIN))
    streets, other = commute.read_streets(small), commute.read_streets(tmp_path / "small.o5m")
    assert arcs(streets) == arcs(other)
    assert streets.attributes.equals(other.attributes)


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataFileError, match=r"There is no file .*absent\.osm\.pbf"):
        commute.read_streets(tmp_path / "absent.osm.pbf")
    folder = tmp_path / "folder.osm.pbf"
    folder.mkdir()
    with pytest.raises(DataFileError, match="cannot be read: Is a directory"):
        commute.read_streets(folder)


@pytest.mark.parametrize("suffix", ["osm.pbf", "osm", "osm.gz", "osm.bz2", "o5m"])
def test_a_file_that_is_broken_is_refused(tmp_path, suffix):
    bad = tmp_path / f"bad.{suffix}"
    bad.write_bytes(b"")
    with pytest.raises(DataFileError, match=rf"bad\.{suffix} is empty. Download or extract it again"):
        commute.read_streets(bad)
    whole = o5m(NODES, MAIN) if suffix == "o5m" else write(tmp_path / f"whole.{suffix}", ways=MAIN).read_bytes()
    contents = [whole[:size] for size in (3, 100, len(whole) // 2, len(whole) - 5)]
    contents += [b"<html>Not found, for a page that is as long as it is wrong</html>", whole[:-40] + bytes(40)]
    for content in contents:
        bad.write_bytes(content)
        with pytest.raises(DataFileError, match=rf"bad\.{suffix} is no OpenStreetMap file, or cut short: .*again"):
            commute.read_streets(bad)


def test_a_file_cut_between_its_blocks_is_refused(tmp_path, small):
    whole = small.read_bytes()
    ends = [match.start() for match in re.finditer(b"....\n\x07OSMData", whole, re.DOTALL)]
    assert len(ends) == 2  # nodes, ways
    bad = tmp_path / "bad.osm.pbf"
    for end in ends:
        bad.write_bytes(whole[:end])
        with pytest.raises(DataFileError, match=r"bad\.osm\.pbf has no streets to drive on. Is it a whole extract"):
            commute.read_streets(bad)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('lat="50"', 'lat="north"', "wrong format for coordinate"),
        ('way id="10"', 'way id="ten"', "illegal id"),
        ('version="0.6"', 'version="0.1"', "Can not read file with version 0.1"),
    ],
)
def test_values_that_cannot_be_are_refused(tmp_path, old, new, told):
    text = write(tmp_path / "bad.osm", ways=MAIN).read_text()
    assert old in text
    (tmp_path / "bad.osm").write_text(text.replace(old, new))
    with pytest.raises(DataFileError, match=rf"bad\.osm is no OpenStreetMap file, or cut short: {told}"):
        commute.read_streets(tmp_path / "bad.osm")


def test_text_that_is_no_text_is_refused(tmp_path):
    ways = {10: ([1, 2], {"highway": "primary", "name": "Mile"})}
    path = write(tmp_path / "bad.osm.pbf", ways=ways, options="pbf,pbf_compression=none")
    path.write_bytes(path.read_bytes().replace(b"Mile", b"Mil\xff"))
    with pytest.raises(DataFileError, match=r"bad\.osm\.pbf is no OpenStreetMap file, or cut short: .*can't decode"):
        commute.read_streets(path)


@pytest.mark.parametrize("nodes", [{}, {-1: (10.0, 50.0), -2: (10.1, 50.0)}])
def test_ways_without_places_are_refused(tmp_path, nodes):
    ways = {10: (list(nodes) or [1, 2], {"highway": "primary"})}
    path = write(tmp_path / "bare.osm.pbf", nodes=nodes, ways=ways)
    with pytest.raises(DataFileError, match=r"bare\.osm\.pbf has ways, but none of their nodes"):
        commute.read_streets(path)


def test_files_without_streets_are_refused(tmp_path, small):
    path = write(tmp_path / "paths.osm.pbf", ways={13: WAYS[13], 14: WAYS[14]})
    with pytest.raises(DataFileError, match=r"paths\.osm\.pbf has no streets to drive on"):
        commute.read_streets(path)
    assert commute.read_streets(path, mode="walk").nodes == 2
    outside = r"small\.osm\.pbf has no streets to drive on within lon 113\.0000 to .*; it covers lon 10\.0000"
    with pytest.raises(DataFileError, match=outside):
        commute.read_streets(small, within=shapely.box(113, 22, 114, 23))


def test_what_cannot_be_asked_is_refused(small, tmp_path):
    with pytest.raises(ParameterError, match="mode cannot be 'fly': choose one of drive, walk, bicycle"):
        commute.read_streets(small, mode="fly")
    with pytest.raises(ParameterError, match="No speeds are known for the country 'XX'"):
        commute.read_streets(small, country="XX")
    with pytest.raises(ParameterError, match="within must be in degrees of WGS-84, got coordinates up to 500000"):
        commute.read_streets(small, within=shapely.box(0, 0, 500_000, 4_000_000))
    with pytest.raises(ParameterError, match="within has no CRS"):
        commute.read_streets(small, within=gpd.GeoSeries([shapely.box(9, 49, 11, 51)]))
    with pytest.raises(ParameterError, match="within must be a valid Polygon or MultiPolygon in degrees"):
        commute.read_streets(small, within=(9, 49, 11, 51))
    commute.write_streets(commute.read_streets(small), tmp_path / "small.npz")
    with pytest.raises(ParameterError, match=r"small\.npz holds streets as they are: mode, within and country are for"):
        commute.read_streets(tmp_path / "small.npz", mode="walk")


def test_without_osmium_the_extra_is_named(small, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)
    told = r"small\.osm\.pbf is a map, and maps are read with osmium: pip install 'commute-circles\[streets\]'"
    with pytest.raises(ParameterError, match=told):
        commute.read_streets(small)


def test_streets_are_prepared_and_asked(small):
    streets = commute.read_streets(small, country="CN")
    residential = streets.attributes["road"] == "residential"
    assert set(streets.attributes["kph"][residential]) == {30}
    shape = (streets.nodes, streets.nodes)
    graph = csr_array((streets.csr.weight, streets.csr.head, streets.csr.indptr), shape=shape)
    found = distances(streets.prepared, np.arange(5), np.zeros(5, np.int32), np.arange(6), 10**6)
    assert np.array_equal(found, dijkstra(graph))
