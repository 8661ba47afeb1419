"""The ontology as tables: classes, properties, edges, event types, roles; what the stores are made from.

`ontologies/kg.ttl` is the source. Parsing RDF takes longer than a command may, so its tables stand beside it in
`kg.json`, made by `python -m kg.ontology`; a test fails when the two differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg.errors import OntologyError

NAMESPACE = "urn:newsflight-kg:ontology#"
DATA = "urn:newsflight-kg:id:"
_LADYBUG = {
    "string": "STRING",
    "dateTime": "STRING",
    "decimal": "DOUBLE",
    "integer": "INT64",
    "boolean": "BOOL",
    "strings": "STRING[]",
}
# `words`: lists of words that a step needs besides the triggers.
_FRAME_KEYS = frozenset(
    {"type", "parent", "plover", "label", "comment", "example", "triggers", "roles", "requires", "words"}
)


@dataclass(frozen=True, slots=True)
class Property:
    """A property of nodes or an attribute of edges; `range` is the XSD type's name, or "strings" for a list."""

    name: str
    range: str
    label: str = ""
    comment: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A class: its label, what it means, its properties (the id first)."""

    label: str
    comment: str
    example: str
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """An edge type: which labels it may join, its attributes; `role` where it stands for a role of events."""

    type: str
    comment: str
    example: str
    pairs: tuple[tuple[str, str], ...]
    properties: tuple[Property, ...]
    role: str | None = None


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event; `parent` is None for the first level."""

    name: str
    parent: str | None
    plover: str | None
    label: str
    comment: str
    example: str


# Reading -------------------------------------------------------------------------------------------------------------


@cache
def _tables() -> dict[str, Any]:
    return json.loads(files("ontologies").joinpath("kg.json").read_text(encoding="utf-8"))


@cache
def node_tables() -> tuple[NodeTable, ...]:
    return tuple(NodeTable(t["label"], t["comment"], t["example"], _properties(t)) for t in _tables()["nodes"])


@cache
def edge_tables() -> tuple[EdgeTable, ...]:
    return tuple(
        EdgeTable(
            t["type"], t["comment"], t["example"], tuple((a, b) for a, b in t["pairs"]), _properties(t), t["role"]
        )
        for t in _tables()["edges"]
    )


def _properties(table: dict[str, Any]) -> tuple[Property, ...]:
    return tuple(Property(**p) for p in table["properties"])


@cache
def event_types() -> tuple[EventType, ...]:
    return tuple(EventType(**t) for t in _tables()["event_types"])


def roles() -> tuple[str, ...]:
    """Names of the roles that events can have."""
    return tuple(t.role for t in edge_tables() if t.role is not None)


def load_frames(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """The frames by event type. Raises `OntologyError` naming file and key where one says what kg.ttl does not know."""
    root = folder if folder is not None else files("ontologies").joinpath("events")
    if not root.is_dir():
        raise OntologyError(f"There is no folder of frames at {root}.", next="Name a folder of .yaml files.")
    frames: dict[str, dict[str, Any]] = {}
    for path in sorted(root.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".yaml"):
            frame = _read_frame(path.name, path.read_bytes())
            if frame["type"] in frames:
                raise _wrong(
                    path.name, f"another file describes '{frame['type']}' as well.", "One file per event type."
                )
            frames[frame["type"]] = frame
    return frames


def _wrong(name: str, what: str, next: str) -> OntologyError:
    return OntologyError(f"{name}: {what}", next=next)


def _read_frame(name: str, data: bytes) -> dict[str, Any]:
    import yaml

    try:
        frame = yaml.safe_load(data)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise _wrong(name, f"it is not YAML: {reason}", "Mind colons, quotes and indentation.") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise _wrong(name, "it is no frame.", "A frame is a mapping that begins with `type:` and one event type.")
    _check_frame(name, frame)
    return frame


def _check_frame(name: str, frame: dict[str, Any]) -> None:
    if extra := sorted(str(k) for k in frame if k not in _FRAME_KEYS):
        raise _wrong(name, f"unknown key '{extra[0]}'.", f"Keys are: {', '.join(sorted(_FRAME_KEYS))}.")
    for key in ("label", "comment", "example", "triggers"):
        if not frame.get(key):
            next = "Every type has a label, a comment, an example sentence and triggers."
            raise _wrong(name, f"'{key}' is missing.", next)
    _check_type(name, frame)
    _check_roles(name, frame)


def _check_type(name: str, frame: dict[str, Any]) -> None:
    known = {t.name: t for t in event_types()}
    add = "Add it to ontologies/kg.ttl and run python -m kg.ontology."
    for key in ("type", "parent"):
        if frame.get(key) and str(frame[key]) not in known:
            raise _wrong(name, f"{key} '{frame[key]}' is no event type.", add)
    type_ = known[frame["type"]]
    for key, told in (("parent", type_.parent), ("plover", type_.plover)):
        if (frame.get(key) or None) != told:
            what = f"{key} is '{frame.get(key) or 'none'}', but ontologies/kg.ttl says '{told or 'none'}'."
            raise _wrong(name, what, "Make the two agree.")


def _check_roles(name: str, frame: dict[str, Any]) -> None:
    told, required = frame.get("roles") or {}, frame.get("requires") or []
    if not isinstance(told, dict) or not isinstance(required, list):
        next = "`roles:` maps each role to where it is found; `requires:` lists roles, as [actor] or [actor|target]."
        raise _wrong(name, f"'{'requires' if isinstance(told, dict) else 'roles'}' has the wrong form.", next)
    # "self" is no role: the trigger itself names the thing.
    needed = {part.strip() for item in required for part in str(item).split("|")} - {"self"}
    for key, names in (("role", set(told)), ("requires: role", needed)):
        if unknown := sorted(str(n) for n in names if n not in roles()):
            next = f"Roles are: {', '.join(roles())}; add others to ontologies/kg.ttl."
            raise _wrong(name, f"{key} '{unknown[0]}' is unknown.", next)


# What stores are made from -------------------------------------------------------------------------------------------


def ladybug_type(property: Property) -> str:
    return _LADYBUG[property.range]


@cache
def ladybug_tables() -> tuple[str, ...]:
    """CREATE statements for the embedded store: every class and every edge type, so that no label is unknown."""
    statements = []
    for node in node_tables():
        columns = ", ".join(f"`{p.name}` {ladybug_type(p)}" for p in node.properties)
        statements.append(f"CREATE NODE TABLE `{node.label}` ({columns}, PRIMARY KEY (id))")
    for edge in edge_tables():
        pairs = ", ".join(f"FROM `{a}` TO `{b}`" for a, b in edge.pairs)
        columns = "".join(f", `{p.name}` {ladybug_type(p)}" for p in edge.properties)
        statements.append(f"CREATE REL TABLE `{edge.type}` ({pairs}{columns})")
    return tuple(statements)


def neo4j_constraints() -> tuple[str, ...]:
    """Constraints and indexes for Neo4j 5: unique ids, and names and codes that people look up."""
    unique = [
        f"CREATE CONSTRAINT {t.label.lower()}_id IF NOT EXISTS FOR (n:{t.label}) REQUIRE n.id IS UNIQUE"
        for t in node_tables()
    ]
    looked_up = ("name", "icao", "registration", "icao24", "earliest", "verdict")
    index = [
        f"CREATE INDEX {t.label.lower()}_{p.name} IF NOT EXISTS FOR (n:{t.label}) ON (n.{p.name})"
        for t in node_tables()
        for p in t.properties
        if p.name in looked_up
    ]
    return (*unique, *index)


def data_model_markdown() -> str:
    """docs/data-model.md."""
    lines = [
        "# Data model",
        "",
        "Made from `ontologies/kg.ttl` by `python -m kg.ontology`; do not edit.",
        "",
        "## Nodes",
        "",
    ]
    for node in node_tables():
        lines += [
            f"### {node.label}",
            "",
            f"{node.comment} Example: {node.example}.",
            "",
            "| Property | Type | Meaning |",
            "| --- | --- | --- |",
        ]
        lines += [f"| `{p.name}` | {p.range} | {p.comment} |" for p in node.properties] + [""]
    lines += ["## Edges", "", "| Edge | From → to | Meaning | Attributes |", "| --- | --- | --- | --- |"]
    for edge in edge_tables():
        sources, targets = (sorted({pair[i] for pair in edge.pairs}) for i in (0, 1))
        attributes = ", ".join(f"`{p.name}`" for p in edge.properties)
        lines.append(f"| `{edge.type}` | {', '.join(sources)} → {', '.join(targets)} | {edge.comment} | {attributes} |")
    lines += [
        "",
        "## Event types",
        "",
        "| Type | Parent | PLOVER | Meaning | Example |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {t.name} | {t.parent or ''} | {t.plover or ''} | {t.comment} | {t.example} |" for t in event_types()]
    return "\n".join(lines) + "\n"


# Making kg.json ------------------------------------------------------------------------------------------------------


def compile_tables(turtle: str) -> dict[str, Any]:
    """The tables of kg.ttl, in a stable order."""
    from rdflib import Graph

    graph = Graph().parse(data=turtle, format="turtle")
    return _Compiler(graph).tables()


class _Compiler:
    def __init__(self, graph: Any) -> None:
        from rdflib import OWL, RDFS, SKOS, Namespace

        self.graph = graph
        self.kg, self.schema = Namespace(NAMESPACE), Namespace("https://schema.org/")
        self.owl, self.rdfs, self.skos = OWL, RDFS, SKOS

    def tables(self) -> dict[str, Any]:
        return {"nodes": list(self._nodes()), "edges": list(self._edges()), "event_types": list(self._event_types())}

    def _of(self, class_: Any) -> list[Any]:
        from rdflib import RDF

        return sorted(self.graph.subjects(RDF.type, class_))

    def _text(self, subject: Any, predicate: Any) -> str:
        value = self.graph.value(subject, predicate)
        return "" if value is None else str(value)

    def _about(self, subject: Any) -> dict[str, str]:
        return {
            "label": self._text(subject, self.rdfs.label),
            "comment": self._text(subject, self.rdfs.comment),
            "example": self._text(subject, self.skos.example),
        }

    def _property(self, subject: Any, name: str) -> dict[str, str]:
        range_ = _local(self.graph.value(subject, self.rdfs.range))
        return asdict(Property(name, "strings" if range_ == "List" else range_, **self._about(subject)))

    def _nodes(self) -> Iterator[dict[str, Any]]:
        by_class: dict[str, list[dict[str, str]]] = {}
        for subject in self._of(self.owl.DatatypeProperty):
            for domain in self.graph.objects(subject, self.schema.domainIncludes):
                by_class.setdefault(_local(domain), []).append(self._property(subject, _local(subject)))
        for subject in self._of(self.owl.Class):
            label = _local(subject)
            own = [
                asdict(Property("id", "string", "id", "Stable id, from content.", "evt-…")),
                *by_class.get(label, []),
            ]
            yield {**self._about(subject), "label": label, "properties": own}

    def _edges(self) -> Iterator[dict[str, Any]]:
        for subject in self._of(self.owl.ObjectProperty):
            domains = sorted(_local(d) for d in self.graph.objects(subject, self.schema.domainIncludes))
            ranges = sorted(_local(r) for r in self.graph.objects(subject, self.schema.rangeIncludes))
            attributes = sorted(self.graph.objects(subject, self.kg.hasAttribute))
            properties = [self._property(a, self._text(a, self.kg.attributeName)) for a in attributes]
            about = self._about(subject)
            yield {
                "type": _local(subject), "comment": about["comment"], "example": about["example"], "pairs": [[a, b] for a in domains for b in ranges],
                "properties": properties, "role": self._text(subject, self.kg.roleName) or None,
            }  # fmt: skip

    def _event_types(self) -> Iterator[dict[str, Any]]:
        for subject in self._of(self.kg.EventType):
            broader = self.graph.value(subject, self.skos.broader)
            parent = self._text(broader, self.kg.typeName) if broader is not None else None
            yield {
                "name": self._text(subject, self.kg.typeName),
                "parent": parent,
                "plover": self._text(subject, self.kg.plover) or None,
                **self._about(subject),
            }


def _local(uri: Any) -> str:
    return str(uri).rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def main() -> None:
    """Write kg.json and docs/data-model.md from kg.ttl."""
    folder = Path(str(files("ontologies")))
    tables = compile_tables((folder / "kg.ttl").read_text(encoding="utf-8"))
    (folder / "kg.json").write_text(json.dumps(tables, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _tables.cache_clear()
    docs = folder.parent / "docs"
    if docs.is_dir():
        (docs / "data-model.md").write_text(data_model_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
