"""Turtle: RDF in the words of kg.ttl. An edge is a triple, and beside it a kg:Edge node that carries its attributes."""

from __future__ import annotations

from decimal import Decimal
from typing import BinaryIO

from kg.assemble import Graph
from kg.ids import make_id
from kg.ontology import DATA, NAMESPACE, edge_tables, node_tables

_PREFIXES = {
    "kg": NAMESPACE,
    "id": DATA,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "prov": "http://www.w3.org/ns/prov#",
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write(graph: Graph, stream: BinaryIO) -> None:
    """Written line by line, not through an RDF library: ten times as fast, and the order of lines is ours."""
    ranges = {t.label: {p.name: p.range for p in t.properties} for t in node_tables()}
    edge_ranges = {t.type: {p.name: p.range for p in t.properties} for t in edge_tables()}
    for prefix, uri in _PREFIXES.items():
        stream.write(f"@prefix {prefix}: <{uri}> .\n".encode())
    for node in graph.nodes:
        lines = [f"a kg:{node.label}"]
        if "name" in node.properties:
            lines.append(f"rdfs:label {_literal(node.properties['name'], 'string')}")
        lines += [
            f"kg:{k} {_literal(v, ranges[node.label].get(k, 'string'))}" for k, v in sorted(node.properties.items())
        ]
        if "latitude" in node.properties and "longitude" in node.properties:
            point = f"POINT({node.properties['longitude']} {node.properties['latitude']})"
            lines.append(f'geo:asWKT "{point}"^^geo:wktLiteral')
        _block(stream, _iri(node.id), lines)
    for edge in graph.edges:
        source, target = _iri(edge.source), _iri(edge.target)
        _block(stream, source, [f"kg:{edge.type} {target}"])
        if edge.properties:
            lines = ["a kg:Edge", f"kg:edgeSource {source}", f"kg:edgeTarget {target}", f"kg:edgeType kg:{edge.type}"]
            for key, value in sorted(edge.properties.items()):
                values = value if isinstance(value, (list, tuple)) else [value]
                range_ = edge_ranges.get(edge.type, {}).get(key, "string")
                if key == "evidence":
                    lines += [f"prov:wasDerivedFrom {_iri(v)}" for v in values]
                else:
                    lines += [f"kg:edge_{key} {_literal(v, range_)}" for v in values]
            _block(stream, _iri(make_id("edg", edge.source, edge.key, edge.target)), lines)


def _block(stream: BinaryIO, subject: str, lines: list[str]) -> None:
    stream.write((f"\n{subject} " + " ;\n    ".join(lines) + " .\n").encode("utf-8", "replace"))


def _iri(node_id: str) -> str:
    """An id as IRI: everything but unreserved characters is percent-encoded (RFC 3987)."""
    from urllib.parse import quote

    return f"<{DATA}{quote(node_id, safe=':-._~', errors='replace')}>"


def _literal(value: object, range_: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if range_ == "integer" and isinstance(value, int):
        return str(value)
    if range_ == "decimal" and isinstance(value, (int, float)):
        return f'"{Decimal(repr(value)):f}"^^xsd:decimal'  # XSD decimals have no exponent
    text = "".join(_ESCAPES.get(c, c if c >= " " else f"\\u{ord(c):04X}") for c in str(value))
    return f'"{text}"^^xsd:dateTime' if range_ == "dateTime" else f'"{text}"'
