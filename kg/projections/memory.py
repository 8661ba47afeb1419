"""The graph in memory, as networkx: the readable reference that the other stores are compared with."""

from __future__ import annotations

from typing import Any

from kg.assemble import Edge, Graph, Node


class Memory:
    """A networkx MultiDiGraph: node attribute `label`, edge attribute `type`, edge key as of `Edge.key`."""

    def __init__(self) -> None:
        import networkx as nx

        self.graph: Any = nx.MultiDiGraph()

    def rebuild(self, graph: Graph) -> None:
        self.graph.clear()
        self.graph.add_nodes_from((n.id, {"label": n.label, **n.properties}) for n in graph.nodes)
        self.graph.add_edges_from((e.source, e.target, e.key, {"type": e.type, **e.properties}) for e in graph.edges)

    def to_graph(self) -> Graph:
        """The nodes and edges again, in the order of `assemble`."""
        nodes = tuple(
            Node(i, data["label"], {k: v for k, v in data.items() if k != "label"})
            for i, data in sorted(self.graph.nodes(data=True))
        )
        found = [
            Edge(source, target, data["type"], {k: v for k, v in data.items() if k != "type"})
            for source, target, data in self.graph.edges(data=True)
        ]
        return Graph(nodes, tuple(sorted(found, key=lambda e: (e.source, e.type, e.target, e.key))))
