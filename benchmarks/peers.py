"""How each peer answers the questions of the benchmark: (graph, weights) made ready once, then asked.

A peer is left out where it is not installed. Every answer is a number of junctions or a matrix of deciseconds.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from commute.kernels.csr import CSR

NOWHERE = 2**30 - 1


class Scipy:
    """``scipy.sparse.csgraph.dijkstra`` with a limit, one origin after another."""

    package = "scipy"

    def __init__(self, csr: CSR, *_: object) -> None:
        from scipy.sparse import csr_matrix

        size = len(csr.indptr) - 1
        self.matrix = csr_matrix((csr.weight.astype(float), csr.head, csr.indptr), shape=(size, size))

    def distances(self, origin: int, limit: float = np.inf) -> np.ndarray:
        """Find the deciseconds to every junction."""
        from scipy.sparse.csgraph import dijkstra

        return dijkstra(self.matrix, indices=origin, limit=limit)

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        return int((self.distances(origin, limit) <= limit).sum())

    def matrix_row(self, origin: int, columns: np.ndarray) -> np.ndarray:
        """Find one row of the matrix."""
        row = self.distances(origin)[columns]
        return np.where(np.isinf(row), NOWHERE, row).astype(np.int64)


class Igraph:
    """``igraph.Graph.distances``, which knows no budget."""

    package = "igraph"

    def __init__(self, csr: CSR, *_: object) -> None:
        import igraph

        from commute.kernels.csr import tails

        pairs = np.column_stack([tails(csr), csr.head])
        self.graph = igraph.Graph(n=len(csr.indptr) - 1, edges=pairs, directed=True)
        self.weight = csr.weight.tolist()

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        return int((np.array(self.graph.distances(origin, weights=self.weight)[0]) <= limit).sum())


class Networkx:
    """``networkx.single_source_dijkstra_path_length`` with a cutoff."""

    package = "networkx"

    def __init__(self, csr: CSR, *_: object) -> None:
        import networkx as nx

        from commute.kernels.csr import tails

        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(range(len(csr.indptr) - 1))
        rows = zip(tails(csr).tolist(), csr.head.tolist(), csr.weight.tolist(), strict=True)
        self.graph.add_weighted_edges_from(rows)

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        import networkx as nx

        return len(nx.single_source_dijkstra_path_length(self.graph, int(origin), cutoff=limit))


class EgoGraph:
    """``networkx.ego_graph`` on a multigraph: the times of the recipe for isochrones in OSMnx's gallery, no polygon."""

    package = "osmnx"

    def __init__(self, csr: CSR, *_: object) -> None:
        import networkx as nx

        self.graph = nx.MultiDiGraph(Networkx(csr).graph)

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        import networkx as nx

        return len(nx.ego_graph(self.graph, int(origin), radius=limit, distance="weight"))


class Rustworkx:
    """``rustworkx.digraph_dijkstra_shortest_path_lengths``, which knows no budget."""

    package = "rustworkx"

    def __init__(self, csr: CSR, *_: object) -> None:
        import rustworkx

        from commute.kernels.csr import tails

        self.graph = rustworkx.PyDiGraph()
        self.graph.add_nodes_from(range(len(csr.indptr) - 1))
        rows = zip(tails(csr).tolist(), csr.head.tolist(), csr.weight.astype(float).tolist(), strict=True)
        self.graph.add_edges_from(list(rows))

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        import rustworkx

        found = rustworkx.digraph_dijkstra_shortest_path_lengths(self.graph, int(origin), float)
        return 1 + int((np.fromiter(found.values(), float) <= limit).sum())


class Networkit:
    """``networkit.distance.Dijkstra``, which knows no budget."""

    package = "networkit"

    def __init__(self, csr: CSR, *_: object) -> None:
        import networkit

        from commute.kernels.csr import tails

        ends = tails(csr).astype(np.uint64), csr.head.astype(np.uint64)  # others are read as if they were these
        columns = (csr.weight.astype(float), ends)
        self.graph = networkit.GraphFromCoo(columns, n=len(csr.indptr) - 1, weighted=True, directed=True)

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        import networkit

        search = networkit.distance.Dijkstra(self.graph, int(origin), storePaths=False)
        search.run()
        return int((np.array(search.getDistances()) <= limit).sum())


class GraphTool:
    """``graph_tool.topology.shortest_distance`` with a largest distance. Not on PyPI: Debian has python3-graph-tool."""

    package = "graph_tool"

    def __init__(self, csr: CSR, *_: object) -> None:
        import graph_tool.all as kit

        from commute.kernels.csr import tails

        kit.openmp_set_num_threads(1)
        self.kit, self.graph = kit, kit.Graph(directed=True)
        self.graph.add_vertex(len(csr.indptr) - 1)
        self.graph.add_edge_list(np.column_stack([tails(csr), csr.head]))
        self.weight = self.graph.new_edge_property("int", vals=csr.weight)  # edges are numbered as they were added

    def reached(self, origin: int, limit: int) -> int:
        """Count the junctions within the limit."""
        search = self.kit.shortest_distance
        found = search(self.graph, source=self.graph.vertex(int(origin)), weights=self.weight, max_dist=limit)
        return int((found.a <= limit).sum())


class Pandana:
    """``pandana.Network.aggregate``: all junctions at once, each counting what is within its range."""

    package = "pandana"

    def __init__(self, csr: CSR, x: np.ndarray, y: np.ndarray) -> None:
        import pandana
        import pandas as pd

        from commute.kernels.csr import tails

        places = pd.Series(x.astype(float)), pd.Series(y.astype(float))
        ends = pd.Series(tails(csr)), pd.Series(csr.head)
        weight = pd.DataFrame({"time": csr.weight.astype(float)})
        self.network = pandana.Network(*places, *ends, weight, twoway=False)
        self.nodes = len(x)

    def reached_many(self, origins: np.ndarray, limit: int) -> np.ndarray:
        """Ask ``range``, which takes a list of origins where ``aggregate`` takes them all."""
        found = self.network.nodes_in_range(origins.tolist(), limit)
        return found.groupby("source").size().reindex(origins).to_numpy()


class Routingkit:
    """The customizable contraction hierarchy of RoutingKit, in C++, one origin to pinned targets; order as ours."""

    package = "routingkit_cch"

    def __init__(self, csr: CSR, rank: np.ndarray) -> None:
        import routingkit_cch as kit

        from commute.kernels.csr import tails

        self.kit, self.tail, self.head = kit, tails(csr).tolist(), csr.head.tolist()
        self.hierarchy = kit.CCH(np.argsort(rank).tolist(), self.tail, self.head, False)
        self.metric = kit.CCHMetric(self.hierarchy, csr.weight.tolist())

    def matrix(self, origins: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Find the whole matrix."""
        pinned = self.kit.CCHOneToMany(self.metric, columns.tolist())
        rows = [pinned.distances_from(int(origin)) for origin in origins]
        return np.array([[NOWHERE if one is None else one for one in row] for row in rows])


ONE_BY_ONE: tuple[Callable[..., Any], ...] = (
    Scipy, Igraph, Networkx, EgoGraph, Rustworkx, Networkit, GraphTool,
)  # fmt: skip


def installed(peer: Any) -> bool:
    """Say whether the package of a peer is there."""
    return find_spec(peer.package) is not None
