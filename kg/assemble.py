"""Statements and judgements → nodes and edges: the property graph, the same from the same ledger, in one pass.

Where sources disagree on a value that can only be one, the surest stands, of equals the smallest: order of ingestion
does not matter. Nothing here depends on when or where something was fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from kg.identity import canonical_ids
from kg.ledger import Ledger, source_id
from kg.model import Source, Statement

Value = str | int | float | bool

ENTITY_PROPERTIES = (
    "name", "wikidata", "geonames", "icao", "iata", "iso", "iso2", "registration", "icao24", "callsign", "domain", "country", "city", "timezone", "latitude", "longitude",
)  # fmt: skip
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "Article": ("title", "url", "language", "byline", "publisher", "published_earliest", "published_latest", "published_basis", "published_reason"),
    "Event": ("event_type", "plover", "trigger", "realis", "confidence"),
    "ReportedFlight": ("name", "registration", "icao24", "callsign", "status", "journey", "leg", "confidence", "verdict", "probability", "summary"),
    "ObservedFlight": ("name", "icao24", "callsign", "registration", "points", "path", "gaps", "file", "sha256", "first_row", "last_row", "type_designator"),
}  # fmt: skip
_PERIODS: Mapping[str, str] = {
    "period": "",
    "departure": "departure_",
    "arrival": "arrival_",
    "takeoff": "takeoff_",
    "landing": "landing_",
}
_NUMBERS = frozenset({"latitude", "longitude", "confidence", "leg", "points", "first_row", "last_row", "probability"})
_WHOLE = frozenset({"leg", "points", "first_row", "last_row"})
# Statement property → edge type, where the name alone does not say it. `None`: no edge of its own.
_EDGES: Mapping[str, str | None] = {
    "reported_in": None,
    "mentions": "MENTIONS",
    "located_in": "LOCATED_IN",
    "aircraft": "FLOWN_WITH",
    "aircraft_type": "OF_TYPE",
}
_SOURCED = ("Event", "ReportedFlight", "ObservedFlight")
# Attributes that make one more edge of the same type between the same two.
_APART = ("title", "since")
_Edges = dict[tuple[str, str, str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing: its id, its one label (a class of the ontology), its properties (absent where unknown)."""

    id: str
    label: str
    properties: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """One connection, from id to id, with its type and attributes (`evidence`: ids of Evidence nodes)."""

    source: str
    target: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The type, and what tells several edges of one type between the same two apart: the offices of a person."""
        return ":".join([self.type, *(str(self.properties[k]) for k in _APART if self.properties.get(k))])


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes sorted by id, edges by source, type, target and key."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def assemble(ledger: Ledger) -> Graph:
    """The whole graph of a ledger."""
    same = canonical_ids(ledger.judgements())
    nodes: dict[str, Node] = {}
    edges: _Edges = {}
    statements: Iterable[Statement] = ledger.statements()
    if same:
        statements = sorted(
            (_renamed(s, same) for s in statements), key=lambda s: (s.subject, s.property, s.value, source_id(s.source))
        )
    for subject, group in groupby(statements, key=lambda s: s.subject):
        _assemble_subject(subject, list(group), nodes, edges)
    _add_publishers(nodes, edges)
    kept = {key: value for key, value in edges.items() if key[0] in nodes and key[1] in nodes}
    return Graph(
        tuple(nodes[i] for i in sorted(nodes)),
        tuple(Edge(*k[:3], kept[k]) for k in sorted(kept, key=lambda k: (k[0], k[2], k[1], k[3]))),
    )


def _renamed(statement: Statement, same: Mapping[str, str]) -> Statement:
    subject = same.get(statement.subject, statement.subject)
    value = same.get(statement.value, statement.value) if statement.kind == "entity" else statement.value
    return Statement(
        subject, statement.property, value, statement.kind, statement.source, statement.original, statement.confidence
    )


def _assemble_subject(subject: str, statements: list[Statement], nodes: dict[str, Node], edges: _Edges) -> None:
    by_property: dict[str, list[Statement]] = {}
    for statement in statements:
        by_property.setdefault(statement.property, []).append(statement)
    label = _label(by_property)
    if label is None:
        return
    nodes[subject] = Node(subject, label, _properties(label, by_property))
    evidence = [_evidence(s.source, nodes) for s in by_property.get("evidence", ())]
    for item in evidence:
        _edge(edges, subject, item.id, "EVIDENCED_BY")
        if item.properties["kind"] == "article":
            _edge(edges, item.id, str(item.properties["ref"]), "IN_ARTICLE")
    ids = sorted(e.id for e in evidence)
    for statement in statements:
        if statement.kind == "entity":
            _connect(statement, label, ids, edges)
    for statement in by_property.get("office", ()):
        _office(subject, statement, edges)


def _label(by_property: Mapping[str, list[Statement]]) -> str | None:
    found = by_property.get("type")
    return min(found, key=lambda s: (-s.confidence, s.value)).value if found else None


def _properties(label: str, by_property: Mapping[str, list[Statement]]) -> dict[str, Value]:
    names = _PLAIN.get(label, ENTITY_PROPERTIES)
    values: dict[str, Value] = {}
    for name in names:
        found = by_property.get(name)
        if found:
            values["type" if name == "event_type" else name] = _value(name, _best(found).value)
    for name, prefix in _PERIODS.items():
        if name in by_property:
            values |= _period(prefix, _best(by_property[name]))
    if label == "Event":
        values["name"] = f"{values.get('type', 'Event')}: {values.get('trigger', '')}"
    if label in ("Person", "Organization", "Publisher") or label not in _PLAIN:
        other = sorted({s.original for s in by_property.get("name", ()) if s.original} - {values.get("name")})
        if other:
            values["also_named"] = "; ".join(other)
    return values


def _best(found: list[Statement]) -> Statement:
    return min(found, key=lambda s: (-s.confidence, s.value, s.original))


def _value(name: str, text: str) -> Value:
    if name in _WHOLE:
        return int(float(text))
    return float(text) if name in _NUMBERS else text


def _period(prefix: str, statement: Statement) -> dict[str, Value]:
    data = json.loads(statement.value)
    values = {
        f"{prefix}earliest": data["earliest"],
        f"{prefix}latest": data["latest"],
        f"{prefix}text" if prefix else "time_text": statement.original,
    }
    if not prefix:
        values["granularity"] = data["granularity"]
    return {k: v for k, v in values.items() if v}


def _evidence(source: Source, nodes: dict[str, Node]) -> Node:
    key = source_id(source)
    if key not in nodes:
        values = {
            "kind": source.kind,
            "ref": source.ref,
            "quote": source.quote,
            "start": source.start,
            "end": source.end,
            "step": source.step,
            "version": source.version,
        }
        nodes[key] = Node(key, "Evidence", {k: v for k, v in values.items() if v is not None})
    return nodes[key]


def _edge(edges: _Edges, source: str, target: str, type_: str, **attributes: Any) -> None:
    apart = ":".join(str(attributes[k]) for k in _APART if attributes.get(k))
    known = edges.setdefault((source, target, type_, apart), {})
    for key, value in attributes.items():
        if value in (None, [], ""):
            continue
        if key == "evidence":
            known[key] = sorted({*known.get(key, ()), *value})
        elif key == "confidence":
            known[key] = max(known.get(key, 0.0), value)
        elif key == "count":
            known[key] = known.get(key, 0) + value
        else:
            known.setdefault(key, value)


def _connect(statement: Statement, label: str, evidence: list[str], edges: _Edges) -> None:
    subject, target, name = statement.subject, statement.value, statement.property
    if name == "reported_in":
        _edge(edges, target, subject, "REPORTS", evidence=evidence)
    elif name == "mentions":
        _edge(edges, subject, target, "MENTIONS", count=1)
    elif name == "linked_to":
        _edge(
            edges,
            subject,
            target,
            "LINKED_TO",
            verdict=statement.original,
            probability=statement.confidence,
            evidence=evidence,
        )
    elif label in _SOURCED:
        _edge(
            edges,
            subject,
            target,
            _EDGES.get(name) or name.upper(),
            role=name,
            confidence=statement.confidence,
            evidence=evidence,
        )
    else:
        _edge(edges, subject, target, _EDGES.get(name) or name.upper())


def _office(subject: str, statement: Statement, edges: _Edges) -> None:
    data = json.loads(statement.value)
    if data["of"] is not None:
        _edge(edges, subject, data["of"], "HOLDS_OFFICE", title=data["title"], since=data["since"], until=data["until"])


def _add_publishers(nodes: dict[str, Node], edges: _Edges) -> None:
    """An article's publisher is the node of that name, if an article names it; else a node of its own."""
    from kg.ids import fold, make_id

    publishers = {fold(str(n.properties.get("name", ""))): n.id for n in nodes.values() if n.label == "Publisher"}
    for article in [n for n in nodes.values() if n.label == "Article" and n.properties.get("publisher")]:
        name = str(article.properties["publisher"])
        key = publishers.get(fold(name)) or make_id("kb", "Publisher", fold(name))
        if key not in nodes:
            nodes[key] = Node(key, "Publisher", {"name": name})
            publishers[fold(name)] = key
        _edge(edges, article.id, key, "PUBLISHED_BY")
