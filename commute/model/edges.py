"""Edges: what a traveller can do next, as parallel arrays, and the graph of them that the kernels search."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from commute.kernels.csr import CSR


class Edges(NamedTuple):
    """Edges as parallel arrays: node to node, what happens on them and how long it takes.

    ``extra`` is the part of ``time`` that is waiting (board, transfer) or the border (ride, road, border);
    ``link`` is the row of ``network.links``, -1 where there is none. Times are in deciseconds.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    kind: NDArray[np.str_]
    time: NDArray[np.int64]
    extra: NDArray[np.int64]
    link: NDArray[np.int64]


class Searched:
    """Nodes and edges that can be searched, from origins and towards them."""

    nodes: pd.DataFrame
    edges: Edges

    @cached_property
    def csr(self) -> CSR:
        """The graph as the kernels read it, from origins onwards."""
        from commute.kernels import csr  # noqa: PLC0415 - numba is imported when the first graph is searched

        return csr.build(len(self.nodes), self.edges.tail, self.edges.head, self.edges.time)

    @cached_property
    def reversed(self) -> CSR:
        """The graph turned round, for journeys towards a place."""
        from commute.kernels import csr  # noqa: PLC0415 - as above

        return csr.reverse(self.csr)
