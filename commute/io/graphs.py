"""Graphs: a network as a networkx graph and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from commute.errors import ParameterError
from commute.model.network import Network

if TYPE_CHECKING:
    import networkx as nx

KEPT = ("lines", "sources", "region", "land", "date")
"""What belongs to the graph as a whole and not to a node or an edge of it."""


def to_networkx(network: Network) -> nx.MultiDiGraph[str]:
    """Return a graph with a node for every place and an edge for every direction of every link.

    Nodes and edges carry the columns of their tables, without the empty ones. An edge has the row of its link as key,
    and ``reverse`` is true on the way back of a link that leads both ways. Lines, sources, region, land and date are
    attributes of the graph.
    """
    import networkx as nx  # noqa: PLC0415  (200 ms that only this function needs)

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**{name: getattr(network, name) for name in KEPT})
    places = network.places.drop(columns="geometry")
    graph.add_nodes_from((place, _filled(row)) for place, row in _rows(places))
    for key, row in _rows(network.links):
        start, end, attributes = row.pop("from_id"), row.pop("to_id"), _filled(row)
        graph.add_edge(start, end, key=key, reverse=False, **attributes)
        if not row["oneway"]:
            graph.add_edge(end, start, key=key, reverse=True, **attributes)
    return graph


def from_networkx(graph: nx.MultiDiGraph[str]) -> Network:
    """Return the network of a graph made as :func:`to_networkx` makes it.

    Raises ParameterError where the graph has no lines or sources, TableError where the tables it makes are at fault.
    """
    missing = [name for name in ("lines", "sources") if name not in graph.graph]
    if missing:
        raise ParameterError(
            f"The graph has no {' and no '.join(missing)}. Put each as a frame into graph.graph, as to_networkx does."
        )
    places = pd.DataFrame([{"place_id": place, **row} for place, row in graph.nodes(data=True)])
    forth = [
        (key, {"from_id": start, "to_id": end, **row})
        for start, end, key, row in graph.edges(keys=True, data=True)
        if not row.get("reverse", False)
    ]
    links = pd.DataFrame([row for _, row in sorted(forth, key=lambda item: item[0])])
    return Network(
        places=places,
        lines=graph.graph["lines"],
        links=links.drop(columns="reverse", errors="ignore"),
        sources=graph.graph["sources"],
        region=graph.graph.get("region"),
        land=graph.graph.get("land"),
        date=graph.graph.get("date"),
    )


def _rows(frame: pd.DataFrame) -> list[tuple[Any, dict[Any, Any]]]:
    return list(zip(frame.index, frame.to_dict("records"), strict=True))


def _filled(row: dict[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in row.items() if not pd.isna(value)}
