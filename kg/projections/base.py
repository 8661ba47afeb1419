"""What a projection of the graph can do: be built anew from nodes and edges, and be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kg.assemble import Graph

Rows = tuple[Sequence[str], list[list[Any]]]


class Projection(Protocol):
    """A store that is made from the ledger and can be thrown away."""

    def rebuild(self, graph: Graph) -> None:
        """Replace all that the store holds by this graph."""
        ...


class View(Protocol):
    """A read-only graph that answers Cypher."""

    def query(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Column names and rows. Raises `QueryError` where the store does not accept the query."""
        ...
