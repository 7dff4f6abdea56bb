"""Streets of a real extract against those that OSMnx makes of the same file."""

import re
from itertools import pairwise

import numpy as np
import osmium
import pytest
from osm_files import LIECHTENSTEIN
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

import commute
from commute.io.ways import read_ways
from commute.kernels.sweep import distances

ox = pytest.importorskip("osmnx")
pytestmark = pytest.mark.skipif(LIECHTENSTEIN is None, reason="there is no networks folder beside the checkout")
NETWORKS = {"drive": "drive", "walk": "walk", "bicycle": "bike"}
LIKE = {"drive": 0.999, "walk": 0.99, "bicycle": 0.99}  # forest and farm roads are closed to bicycles here


def kept(network):
    """Return the test of a way's tags that OSMnx would send to Overpass."""
    rules = re.findall(r'\["([^"]+)"!~"([^"]+)"\]', ox._overpass._get_network_filter(network))
    return lambda tags: all(not re.search(value, tags.get(key, "")) for key, value in rules)


@pytest.fixture(scope="module", params=NETWORKS)
def both(request, tmp_path_factory):
    """Give the mode and what OSMnx makes of the ways that Overpass would have chosen."""
    mode, path = request.param, tmp_path_factory.mktemp("osmnx") / "extract.osm"
    wanted, ways, nodes = kept(NETWORKS[mode]), [], set()
    for way in osmium.FileProcessor(str(LIECHTENSTEIN), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
        if wanted({tag.k: tag.v for tag in way.tags}):
            ways.append(way.id)
            nodes.update(node.ref for node in way.nodes)
    with osmium.SimpleWriter(str(path)) as writer:
        for kind, numbers in ((osmium.osm.NODE, nodes), (osmium.osm.WAY, ways)):
            some = osmium.FileProcessor(str(LIECHTENSTEIN), kind).with_filter(osmium.filter.IdFilter(numbers))
            for one in some:
                writer.add(one)
    return mode, ox.graph_from_xml(path, bidirectional=mode == "walk", simplify=False, retain_all=True)


def test_the_same_edges_between_nodes(both):
    mode, graph = both
    ways = read_ways(LIECHTENSTEIN, mode=mode, country=None)
    ours = set()
    for row, use in enumerate(ways.use.tolist()):
        nodes = ways.number[ways.node[ways.start[row] : ways.start[row + 1]]].tolist()
        ours |= set(pairwise(nodes)) if ways.uses[use].forward else set()
        ours |= set(pairwise(nodes[::-1])) if ways.uses[use].backward else set()
    theirs = set(graph.edges())
    assert len(ours & theirs) / len(ours | theirs) >= LIKE[mode]


@pytest.mark.parametrize("both", ["drive"], indirect=True)
def test_the_same_junctions_and_lengths(both):
    _, graph = both
    ours = commute.from_osmnx(ox.simplify_graph(graph, edge_attrs_differ=["osmid"]))
    streets = commute.read_streets(LIECHTENSTEIN)
    label, part = connected_components(_graph(ours), connection="strong")[0:2]
    largest = part == np.bincount(part).argmax()
    inside = largest[ours.tail] & largest[ours.head]
    assert label > 1
    assert streets.attributes["metres"].sum() == pytest.approx(ours.attributes["metres"][inside].sum(), rel=0.002)
    places = set(zip(streets.lon, streets.lat, strict=True))
    theirs = set(zip(ours.lon[largest], ours.lat[largest], strict=True))
    assert len(places & theirs) / len(places | theirs) >= 0.97  # rings that OSMnx removes, and loops cut in two here


def _graph(streets):
    csr = streets.csr
    return csr_array((csr.weight, csr.head, csr.indptr), shape=(streets.nodes, streets.nodes))


def test_times_are_those_of_scipy():
    streets = commute.read_streets(LIECHTENSTEIN)
    origins = np.arange(0, streets.nodes, 50)
    starts = np.arange(len(origins) + 1)
    found = distances(streets.prepared, origins, np.zeros(len(origins), np.int32), starts)
    assert np.array_equal(found, dijkstra(_graph(streets), indices=origins))
