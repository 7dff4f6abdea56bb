"""A network goes to networkx and comes back the same."""

import networkx as nx
import pytest

from commute.errors import ParameterError
from commute.io import datasets, graphs

pytestmark = pytest.mark.usefixtures("data")


def test_nodes_are_places_and_edges_are_the_ways_of_links():
    graph = graphs.to_networkx(datasets.load("the-bay"))
    assert graph.nodes["alpha"]["population"] == 300
    assert "parent" not in graph.nodes["alpha"]
    assert graph.number_of_edges() == 5  # two links both ways, one one way
    assert graph.edges["beta-station", "alpha-station", 0]["reverse"]
    assert nx.shortest_path_length(graph, "gamma-station", "alpha-station", weight="minutes") == pytest.approx(59.7)


def test_there_and_back_is_the_same_network():
    bay = datasets.load("the-bay").as_of("2024-07-01")
    assert graphs.from_networkx(graphs.to_networkx(bay)).equals(bay)


def test_a_graph_without_lines_is_refused():
    with pytest.raises(ParameterError, match=r"The graph has no lines and no sources\. Put each as a frame into"):
        graphs.from_networkx(nx.MultiDiGraph())
