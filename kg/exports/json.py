"""JSON: one document, nodes and edges sorted, keys sorted: equal graphs are equal bytes."""

from __future__ import annotations

import json
from typing import BinaryIO

from kg.assemble import Graph

SCHEMA = "kg.graph/1"


def write(graph: Graph, stream: BinaryIO) -> None:
    document = {
        "schema": SCHEMA,
        "nodes": [{"id": n.id, "label": n.label, "properties": dict(n.properties)} for n in graph.nodes],
        "edges": [
            {"source": e.source, "target": e.target, "type": e.type, "properties": dict(e.properties)}
            for e in graph.edges
        ],
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
    stream.write(text.encode("utf-8", "surrogatepass") + b"\n")
