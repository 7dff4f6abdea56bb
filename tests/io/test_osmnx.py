import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

import commute
from commute.errors import DataFileError, ParameterError

ox = pytest.importorskip("osmnx")
PLACES = {1: (10.0, 50.0), 2: (10.01, 50.0), 3: (10.01, 50.01)}


def graph(*edges, crs="epsg:4326"):
    made = nx.MultiDiGraph(crs=crs)
    for number, (x, y) in PLACES.items():
        made.add_node(number, x=x, y=y)
    for tail, head, tags in edges:
        made.add_edge(tail, head, **{"length": 700.0, "osmid": 5} | tags)
    return made


def only(tags, **options):
    """Return the one arc of a graph with one edge."""
    streets = commute.from_osmnx(graph((1, 2, tags)), **options)
    return streets.minutes[0], streets.attributes.iloc[0]


def test_travel_time_is_in_seconds_and_goes_first():
    minutes, said = only({"travel_time": 90.0, "speed_kph": 28.0, "highway": "primary", "maxspeed": "60"})
    assert minutes == 1.5
    assert (said["kph"], said["speed"], said["metres"]) == (28, "signed", 700)
    assert only({"travel_time": 90.0})[1]["speed"] == "observed"
    assert only({"travel_time": 90.0, "speed_kph": 28.0, "speed": "observed"})[1]["speed"] == "observed"


def test_then_speed_then_limit_then_class():
    assert only({"speed_kph": 42.0, "maxspeed": "60"})[0] == pytest.approx(1.0)
    assert only({"maxspeed": "60"})[0] == pytest.approx(0.7)
    assert only({"maxspeed": ["50", "30 mph"]})[1]["kph"] == pytest.approx((50 + 48.28032) / 2)
    assert only({"highway": "residential"})[1]["kph"] == 30
    assert only({"highway": "residential"}, country="HK")[1]["kph"] == 50
    assert only({"highway": "residential", "travel_time": float("nan")})[1]["kph"] == 30
    assert only({"highway": "footway", "speed_kph": 30.0}, mode="walk")[1]["kph"] == 4.8


def test_lists_and_structures():
    said = only({"osmid": [7, 8], "highway": ["primary", "trunk"], "name": ["A", "B"], "tunnel": "no"})[1]
    assert said[["way", "road", "name"]].tolist() == [7, "primary", "A"]
    assert not said[["bridge", "tunnel"]].any()
    assert only({"bridge": ["no", "viaduct"]})[1]["bridge"]
    assert only({"osmid": "new"})[1]["way"] == -1


def test_geometry_bends():
    line = shapely.LineString([PLACES[1], (10.004, 50.001), (10.006, 50.002), PLACES[2]])
    made = graph((1, 2, {}), (1, 2, {"geometry": line}), (2, 1, {"geometry": line.reverse()}), (2, 3, {}))
    streets = commute.from_osmnx(made)
    assert streets.bends.start.tolist() == [0, 0, 2, 4, 4]
    assert streets.bends.lon.tolist() == [10.004, 10.006, 10.006, 10.004]
    assert commute.from_osmnx(graph()).nodes == 3


def test_what_is_no_such_graph_is_refused():
    with pytest.raises(ParameterError, match="The graph has no CRS"):
        commute.from_osmnx(nx.MultiDiGraph())
    with pytest.raises(ParameterError, match="The graph is in epsg:32632, not in degrees"):
        commute.from_osmnx(graph(crs="epsg:32632"))
    with pytest.raises(ParameterError, match="This is no graph of OSMnx: a node lacks x or y, or an edge length"):
        commute.from_osmnx(graph((1, 2, {"length": "long"})))
    with pytest.raises(ParameterError, match="mode cannot be 'fly'"):
        commute.from_osmnx(graph(), mode="fly")
    with pytest.raises(ParameterError, match="No speeds are known for the country 'XX'"):
        commute.from_osmnx(graph(), country="XX")


ANSWER = {
    "elements": [
        *({"type": "node", "id": number, "lon": x, "lat": y} for number, (x, y) in PLACES.items()),
        *({"type": "node", "id": 10 + i, "lon": 10.0 + i / 1e3, "lat": 49.99} for i in range(2)),
        {"type": "way", "id": 5, "nodes": [1, 2, 3], "tags": {"highway": "primary", "maxspeed": "60"}},
        {"type": "way", "id": 6, "nodes": [3, 1], "tags": {"highway": "residential", "oneway": "yes", "bridge": "yes"}},
        {"type": "way", "id": 7, "nodes": [10, 11], "tags": {"highway": "residential"}},
    ]
}


@pytest.fixture
def overpass(monkeypatch, tmp_path):
    """Answer as an Overpass server does, and keep what was asked."""
    asked, answer = [], {"status": 200, "body": ANSWER}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(200, b"ready")

        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.reply(answer["status"], json.dumps(answer["body"]).encode())

        def reply(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        local = {"overpass_url": f"http://127.0.0.1:{server.server_port}/api", "use_cache": False}
        for name, value in (local | {"overpass_rate_limit": False, "cache_folder": tmp_path}).items():
            monkeypatch.setattr(ox.settings, name, value)
        yield asked, answer
        server.shutdown()


AREA = shapely.box(9.98, 49.98, 10.03, 50.03)


def test_streets_are_downloaded(overpass):
    asked, _ = overpass
    streets = commute.download_streets(AREA)
    assert streets.nodes == 2
    assert sorted(streets.attributes["way"]) == [5, 5, 6]
    assert streets.attributes.loc[streets.attributes["way"] == 6, "bridge"].all()
    assert set(streets.attributes["kph"]) == {60, 30}
    assert len(streets.bends.lon) == 2
    assert streets.source.startswith("OpenStreetMap, an area, downloaded 20")
    assert "of the length left out" in streets.source
    assert "motor_vehicle" in asked[0]
    walked = commute.download_streets(gpd.GeoSeries([AREA], crs=4326).to_crs(3857), mode="walk")
    assert len(walked.tail) == 4
    assert set(walked.attributes["kph"]) == {4.8}
    assert "sidewalk" in asked[1]


def test_nothing_there_is_said(overpass):
    _, answer = overpass
    answer["body"] = {"elements": []}
    with pytest.raises(DataFileError, match="OpenStreetMap gave no streets to drive on: No data elements"):
        commute.download_streets(AREA)
    answer["status"] = 400
    with pytest.raises(DataFileError, match="OpenStreetMap gave no streets to drive on"):
        commute.download_streets(AREA)


def test_no_network_is_said_at_once(monkeypatch):
    monkeypatch.setattr(ox.settings, "overpass_url", "http://127.0.0.1:9/api")
    with pytest.raises(DataFileError, match=r"OpenStreetMap cannot be reached at http://127.0.0.1:9/api: Connection"):
        commute.download_streets("Vaduz")


def test_what_cannot_be_downloaded_is_refused(monkeypatch):
    with pytest.raises(ParameterError, match="place must be a valid Polygon"):
        commute.download_streets(shapely.Point(10, 50))
    with pytest.raises(ParameterError, match="mode cannot be 'fly'"):
        commute.download_streets(AREA, mode="fly")
    monkeypatch.setitem(__import__("sys").modules, "osmnx", None)
    with pytest.raises(ParameterError, match="Streets are downloaded through OSMnx: pip install"):
        commute.download_streets(AREA)


def test_times_follow_the_traffic_but_not_what_was_observed():
    made = graph((1, 2, {"highway": "primary"}), (2, 1, {"travel_time": 60.0}))
    streets = commute.from_osmnx(made)
    later = streets.under(commute.Assumptions(period="peak"))
    assert later.minutes[0] > streets.minutes[0]
    assert later.minutes[1] == streets.minutes[1] == 1
    assert np.array_equal(later.attributes["kph"], streets.attributes["kph"])
