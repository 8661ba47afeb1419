"""Is a graph sound? SHACL (`ontologies/shapes.ttl`) and what SHACL cannot see, told in plain words.

What follows from kg.ttl (event types, ends of edges, types of values) stands in the second half of shapes.ttl, made by
`python -m kg.validate`; a test fails when the two differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from kg.assemble import Edge, Graph, Node
from kg.errors import BadInput
from kg.ontology import DATA, NAMESPACE, EdgeTable, edge_tables, event_types, node_tables

if TYPE_CHECKING:
    import rdflib

MARK = "# ---- made from kg.ttl: python -m kg.validate ----\n"
_SHACL = "http://www.w3.org/ns/shacl#"
_SOURCED = ("Article", "Event", "ReportedFlight", "ObservedFlight")
_REBUILD = "Rebuild the graph from the ledger; if it comes back, this is a fault of the program: please report it."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which node (its id; of an edge, the id it starts from), and what to do next."""

    severity: Literal["error", "warning"]
    node: str
    what: str
    next: str


def validate_graph(
    nodes: Iterable[Node], edges: Iterable[Edge], texts: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """All that is wrong with a whole graph, errors first; empty if it is sound.

    `texts`: article id → text; where given, quotes are compared with the characters they claim to be.
    """
    from kg.exports.turtle import write

    graph = Graph(tuple(nodes), tuple(edges))
    problems = list(_integrity(graph, texts or {}))
    stream = BytesIO()
    write(_known_part(graph), stream)
    problems += _shacl(_parse(stream.getvalue()), graph)
    return _in_order(problems)


def validate_turtle(path: Path, texts: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """The same for a Turtle file, which may be an excerpt. Raises `BadInput` where it cannot be read as Turtle."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read.", error.strerror or str(error), "Name a file: kg validate FILE"
        ) from error
    try:
        rdf = _parse(data)
    except Exception as error:  # rdflib lets many kinds of error out of its parser
        reason = " ".join(str(error).split())[:300]
        raise BadInput(
            f"{path} is not Turtle.", reason, "Export one with: kg export --format turtle -o FILE"
        ) from error
    graph = _property_graph(rdf)
    if not graph.nodes:
        why = f"It holds nothing that is of a class of <{NAMESPACE}>."
        raise BadInput(
            f"There is no graph of ours in {path}.", why, "Export one with: kg export --format turtle -o FILE"
        )
    problems = [*_integrity(graph, texts or {}), *_shacl(rdf, graph, excerpt=True)]
    return _in_order(problems)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda p: (p.severity, p.node, p.what)))


# What SHACL cannot see -----------------------------------------------------------------------------------------------


def _integrity(graph: Graph, texts: Mapping[str, str]) -> Iterator[Problem]:
    nodes = {n.id: n for n in graph.nodes}
    yield from _twice(graph)
    yield from _unknown(graph)
    for edge in graph.edges:
        yield from _dangling(edge, nodes)
        yield from _unsupported(edge, nodes)
    for node in graph.nodes:
        yield from _misquoted(node, texts)


def _twice(graph: Graph) -> Iterator[Problem]:
    ids: set[str] = set()
    for node in graph.nodes:
        if node.id in ids:
            yield Problem("error", node.id, f"Two nodes share the id {node.id}.", _REBUILD)
        ids.add(node.id)


def _unknown(graph: Graph) -> Iterator[Problem]:
    labels, types = {t.label: {"id", *(p.name for p in t.properties)} for t in node_tables()}, _edge_types()
    add = "Add it to ontologies/kg.ttl and run python -m kg.ontology and python -m kg.validate."
    for node in graph.nodes:
        if node.label not in labels:
            yield Problem("error", node.id, f"{node.id} is a {node.label}, which is no class of the ontology.", add)
        else:
            for name in sorted(set(node.properties) - labels[node.label]):
                what = f"{_caption(node)} has a property '{name}' that the ontology does not give to this class."
                yield Problem("error", node.id, what, add)
    for edge in graph.edges:
        if edge.type not in types:
            what = f"{_edge_caption(edge)}: the ontology has no such edge type."
            yield Problem("error", edge.source, what, add)


def _dangling(edge: Edge, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    for end, word in ((edge.source, "starts from"), (edge.target, "leads to")):
        if end not in nodes:
            what = f"{_edge_caption(edge)} {word} something that is not in the graph."
            yield Problem("error", edge.source, what, _REBUILD)


def _unsupported(edge: Edge, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    """An edge that states something names the evidence it rests on, and that evidence is there."""
    table = _edge_types().get(edge.type)
    if table is None or "evidence" not in {p.name for p in table.properties}:
        return
    evidence = edge.properties.get("evidence") or ()
    if not evidence and edge.source in nodes and nodes[edge.source].label in _SOURCED:
        what = f"{_edge_caption(edge)} has no evidence."
        yield Problem("error", edge.source, what, "Ingest or observe its source again.")
    for item in [evidence] if isinstance(evidence, str) else evidence:
        if item not in nodes or nodes[item].label != "Evidence":
            what = f"{_edge_caption(edge)} rests on {item}, which is no evidence in the graph."
            yield Problem("error", edge.source, what, _REBUILD)
    if edge.type == "LINKED_TO" and not edge.properties.get("verdict"):
        what = f"{_edge_caption(edge)} has no verdict."
        yield Problem("error", edge.source, what, "Compare again: kg observe, with the track file.")


def _misquoted(node: Node, texts: Mapping[str, str]) -> Iterator[Problem]:
    values = node.properties
    text = texts.get(str(values.get("ref")))
    if node.label != "Evidence" or values.get("kind") != "article" or text is None:
        return
    start, end = values.get("start"), values.get("end")
    if isinstance(start, int) and isinstance(end, int) and text[max(start, 0) : max(end, 0)] != values.get("quote", ""):
        what = f"{_caption(node)} is not what characters {start} to {end} of {values['ref']} say."
        yield Problem("error", node.id, what, "Ingest the article again: its text and the offsets are of two versions.")


@cache
def _edge_types() -> Mapping[str, EdgeTable]:
    return {t.type: t for t in edge_tables()}


def _known_part(graph: Graph) -> Graph:
    """Without what has no class or edge type of ours: it is complained about already and has no words in RDF."""
    labels, ids = {t.label for t in node_tables()}, set()
    nodes = []
    for node in graph.nodes:
        if node.label in labels and node.id not in ids:
            nodes.append(node)
            ids.add(node.id)
    return Graph(tuple(nodes), tuple(e for e in graph.edges if e.type in _edge_types()))


# SHACL ---------------------------------------------------------------------------------------------------------------


@cache
def _shapes() -> rdflib.Graph:
    return _parse(files("ontologies").joinpath("shapes.ttl").read_bytes())


def _parse(turtle: bytes) -> rdflib.Graph:
    import logging

    import rdflib

    # A value that is not of its type is a problem to report, not a traceback on the user's terminal.
    log = logging.getLogger("rdflib.term")
    level = log.level
    log.setLevel(logging.ERROR + 1)
    try:
        return rdflib.Graph().parse(data=turtle, format="turtle")
    finally:
        log.setLevel(level)


def _shacl(rdf: rdflib.Graph, graph: Graph, *, excerpt: bool = False) -> Iterator[Problem]:
    """The results of SHACL as problems. In an excerpt what is connected may have its source outside: a warning."""
    import rdflib
    from pyshacl import validate

    shapes, sh, kg = _shapes(), rdflib.Namespace(_SHACL), rdflib.Namespace(NAMESPACE)
    _, report, _ = validate(rdf, shacl_graph=shapes, inplace=True)
    nodes = {n.id: n for n in graph.nodes}
    connected = {end for e in graph.edges for end in (e.source, e.target)}
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        focus, shape = report.value(result, sh.focusNode), report.value(result, sh.sourceShape)
        value = report.value(result, sh.value)
        node_id, subject = _subject(rdf, focus, nodes)
        message = shapes.value(shape, sh.message) or report.value(result, sh.resultMessage)
        lenient = excerpt and shape == kg.Sourced and node_id in connected
        # The value is shown where it is a value: a node as value is the focus itself.
        told = f": {_told(value)}" if isinstance(value, rdflib.Literal) else ""
        hint = " (In an excerpt this can be: the source lies outside; export with more --hops.)" if lenient else ""
        next_ = str(shapes.value(shape, kg.next) or "") + hint
        yield Problem("warning" if lenient else "error", node_id, f"{subject} {message}{told}.", next_)


def _subject(rdf: rdflib.Graph, focus: Any, nodes: Mapping[str, Node]) -> tuple[str, str]:
    """The id to look at, and how a sentence about this node or edge begins."""
    import rdflib

    kg = rdflib.Namespace(NAMESPACE)
    node_id = _id(focus)
    if node_id in nodes:
        return node_id, _caption(nodes[node_id])
    source, target, type_ = (rdf.value(focus, kg[k]) for k in ("edgeSource", "edgeTarget", "edgeType"))
    if source is not None and target is not None and type_ is not None:
        return _id(source), _edge_caption(Edge(_id(source), _id(target), _local(type_)))
    return node_id, _local(focus)


def _told(value: Any) -> str:
    text = str(value).replace("+00:00", "Z")
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _caption(node: Node) -> str:
    """`Event evt-… (Signing: signed)`."""
    name = str(node.properties.get("name") or node.properties.get("title") or node.properties.get("quote") or "")
    name = " ".join(name.split())
    return f"{node.label} {node.id}" + (f" ({name if len(name) <= 60 else name[:59] + '…'})" if name else "")


def _edge_caption(edge: Edge) -> str:
    return f"{edge.type} from {edge.source} to {edge.target}"


# RDF → property graph ------------------------------------------------------------------------------------------------


def _property_graph(rdf: rdflib.Graph) -> Graph:
    """The nodes and edges of a Turtle export; inverse of `kg.exports.turtle.write`."""
    import rdflib

    kg = rdflib.Namespace(NAMESPACE)
    labels: dict[Any, str] = {}
    for subject, class_ in rdf.subject_objects(rdflib.RDF.type):
        if class_ != kg.Edge and str(class_).startswith(NAMESPACE):
            labels[subject] = min(_local(class_), labels.get(subject, "~"))
    nodes, plain = [], set[tuple[str, str, str]]()
    for subject, label in labels.items():
        values: dict[str, Any] = {}
        for predicate, value in rdf.predicate_objects(subject):
            if not str(predicate).startswith(NAMESPACE):
                continue
            if isinstance(value, rdflib.Literal):
                values[_local(predicate)] = _python(value)
            else:
                plain.add((_id(subject), _id(value), _local(predicate)))
        nodes.append(Node(_id(subject), label, values))
    described = list(_described_edges(rdf))
    plain -= {(e.source, e.target, e.type) for e in described}
    edges = [*described, *(Edge(*ends) for ends in plain)]
    edges.sort(key=lambda e: (e.source, e.type, e.target, str(sorted(e.properties.items()))))
    return Graph(tuple(sorted(nodes, key=lambda n: n.id)), tuple(edges))


def _described_edges(rdf: rdflib.Graph) -> Iterator[Edge]:
    """The edges that carry attributes; there may be several of one type between the same two."""
    import rdflib

    kg = rdflib.Namespace(NAMESPACE)
    for subject in rdf.subjects(rdflib.RDF.type, kg.Edge):
        source, target, type_ = (rdf.value(subject, kg[k]) for k in ("edgeSource", "edgeTarget", "edgeType"))
        if source is None or target is None or type_ is None:
            continue
        values = {_local(p)[5:]: _python(v) for p, v in rdf.predicate_objects(subject) if _local(p).startswith("edge_")}
        if evidence := sorted(_id(v) for v in rdf.objects(subject, rdflib.PROV.wasDerivedFrom)):
            values["evidence"] = evidence
        yield Edge(_id(source), _id(target), _local(type_), values)


def _python(literal: Any) -> Any:
    import rdflib

    xsd = rdflib.XSD
    if literal.datatype in (xsd.integer, xsd.decimal) and literal.value is not None:
        return int(literal) if literal.datatype == xsd.integer else float(literal)
    if literal.datatype == xsd.boolean:
        return bool(literal)
    return str(literal).replace("+00:00", "Z") if literal.datatype == xsd.dateTime else str(literal)


def _id(iri: Any) -> str:
    text = str(iri)
    return unquote(text[len(DATA) :]) if text.startswith(DATA) else text


def _local(iri: Any) -> str:
    return str(iri).rsplit("#", 1)[-1]


# The half of shapes.ttl that follows from kg.ttl ---------------------------------------------------------------------


def made_shapes() -> str:
    """Event types, ends of edges, types of values, and which edges source a node: Turtle, in a stable order."""
    blocks = [_type_shape(), *(s for t in edge_tables() for s in _end_shapes(t)), *_value_shapes(), _sourced_shape()]
    return "\n".join(blocks)


def _shape(name: str, body: str, message: str, next: str) -> str:
    return f'kg:{name} {body} ;\n    sh:message "{message}" ; kg:next "{next}" .\n'


def _classes(labels: Collection[str]) -> str:
    return " ".join(f"kg:{label}" for label in sorted(labels))


def _words(labels: Collection[str]) -> str:
    *first, last = sorted(labels)
    return f"{', '.join(first)} or {last}" if first else last


def _type_shape() -> str:
    names = " ".join(f'"{t.name}"' for t in event_types())
    body = f"a sh:PropertyShape ; sh:targetClass kg:Event ; sh:path kg:type ; sh:in ({names})"
    return _shape(
        "EventTypes",
        body,
        "has a type that is no event type of the ontology",
        "Use a type of docs/data-model.md, or add one: a frame in ontologies/events and a line in kg.ttl.",
    )


def _end_shapes(table: EdgeTable) -> Sequence[str]:
    ends = zip(("Subjects", "Objects"), ("starts from", "leads to"), (0, 1), strict=True)
    shapes = []
    for side, words, index in ends:
        labels = {pair[index] for pair in table.pairs}
        body = f"a sh:PropertyShape ; sh:target{side}Of kg:{table.type} ; sh:path rdf:type ; sh:in ({_classes(labels)})"
        message = f"is what an edge {table.type} {words}, which only {_words(labels)} may be"
        shapes.append(
            _shape(f"{table.type}-{side}", body, message, "Correct the class of the node or the type of the edge.")
        )
    return shapes


def _value_shapes() -> Iterator[str]:
    values = {p.name: p.range for t in node_tables() for p in t.properties}
    values |= {f"edge_{p.name}": p.range for t in edge_tables() for p in t.properties}
    words = {"dateTime": "moment (2024-09-20T03:37:00Z)", "decimal": "number", "integer": "whole number"}
    for name, range_ in sorted(values.items()):
        if range_ in words:
            body = f"a sh:PropertyShape ; sh:targetSubjectsOf kg:{name} ; sh:path kg:{name} ; sh:datatype xsd:{range_}"
            plain = name.removeprefix("edge_")
            yield _shape(
                f"{name}-value", body, f"has a value for {plain} that is no {words[range_]}", f"Correct {plain}."
            )


def _sourced_shape() -> str:
    """Whatever is no article, event, flight or evidence itself was named by one."""
    entities = [t.label for t in node_tables() if t.label not in (*_SOURCED, "Evidence")]
    sourcing = [
        t.type
        for t in edge_tables()
        if {a for a, _ in t.pairs} & set(_SOURCED) and {b for _, b in t.pairs} & set(entities)
    ]
    paths = " ".join(f"[ sh:inversePath kg:{type_} ]" for type_ in sorted(sourcing))
    targets = ", ".join(f"kg:{label}" for label in sorted(entities))
    body = f"a sh:PropertyShape ; sh:targetClass {targets} ;\n    sh:path [ sh:alternativePath ( {paths} ) ] ; sh:minCount 1"
    return _shape(
        "Sourced",
        body,
        "has no source: no article, event or flight names it",
        "Remove it, or add the article or track that it comes from.",
    )


def main() -> None:
    """Write the second half of shapes.ttl anew."""
    path = Path(str(files("ontologies").joinpath("shapes.ttl")))
    by_hand = path.read_text(encoding="utf-8").split(MARK)[0]
    path.write_text(by_hand + MARK + "\n" + made_shapes(), encoding="utf-8")


if __name__ == "__main__":
    main()
