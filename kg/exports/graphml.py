"""GraphML, as networkx writes and reads it; lists become text, characters that XML cannot hold become spaces."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from kg.assemble import Graph

# XML 1.0, production 2 (Char); of line ends, readers keep the line feed alone.
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(graph: Graph, stream: BinaryIO) -> None:
    import networkx as nx

    out: nx.MultiDiGraph = nx.MultiDiGraph()
    for node in graph.nodes:
        out.add_node(_clean(node.id), label=node.label, **{k: _clean(v) for k, v in sorted(node.properties.items())})
    for edge in graph.edges:
        attributes = {k: _clean(v) for k, v in sorted(edge.properties.items())}
        out.add_edge(_clean(edge.source), _clean(edge.target), key=_clean(edge.key), type=edge.type, **attributes)
    nx.write_graphml(out, stream, encoding="utf-8")


def _clean(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " ".join(str(_clean(v)) for v in value)
    return _NOT_XML.sub(" ", value) if isinstance(value, str) else value
