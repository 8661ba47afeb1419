from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
import yaml

from kg.assemble import Edge, Graph, Node
from kg.errors import BadInput
from kg.exports.turtle import write
from kg.validate import MARK, made_shapes, validate_graph, validate_turtle
from tests.kg import soundgraph as sound

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "unsound.yaml").read_text(encoding="utf-8"))
TEXTS = {sound.ARTICLE: sound.TEXT}
IDS = {
    "Article": sound.ARTICLE, "Event": sound.EVENT, "ReportedFlight": sound.FLIGHT, "ObservedFlight": sound.SEEN, "Minsk": sound.MINSK,
    "Evidence of Event": sound.SAYS_EVENT, "Evidence of ReportedFlight": sound.SAYS_FLIGHT,
}  # fmt: skip


def broken(case: dict) -> Graph:
    """The sound graph with one case's fault in it."""
    graph = sound.sound_graph()
    nodes, edges = list(graph.nodes), list(graph.edges)
    if "add" in case:
        added = dict(case["add"])
        nodes.append(Node(added.pop("id"), added.pop("label"), added))
    for old, new in case.get("rename", {}).items():
        return renamed(graph, IDS[old], new)
    if "node" in case:
        nodes = [changed(n, case["set"]) if n.id == IDS[case["node"]] else n for n in nodes]
    if "edge" in case:
        source, type_ = case["edge"]
        wanted = [
            e
            for e in edges
            if (e.source, e.type) == (IDS[source], type_) and e.target == IDS.get(case.get("to", ""), e.target)
        ]
        assert len(wanted) == 1, "a case breaks one place"
        edges.remove(wanted[0])
        if "drop" not in case:
            edges.append(bent(wanted[0], case))
    return Graph(tuple(nodes), tuple(edges))


def bent(edge: Edge, case: dict) -> Edge:
    edge = changed(edge, case.get("set", {}))
    edge = replace(edge, type=case.get("retype", edge.type), source=IDS.get(case.get("resource", ""), edge.source))
    target = case.get("retarget", edge.target)
    return replace(edge, target=IDS.get(target, target))


def changed(item, values: dict):
    properties = {k: v for k, v in {**item.properties, **values}.items() if v is not None}
    return replace(item, properties=properties)


def renamed(graph: Graph, old: str, new: str) -> Graph:
    def swap(value):
        return [swap(v) for v in value] if isinstance(value, list) else new if value == old else value

    def all_of(properties):
        return {k: swap(v) for k, v in properties.items()}

    return Graph(
        tuple(Node(swap(n.id), n.label, all_of(n.properties)) for n in graph.nodes),
        tuple(Edge(swap(e.source), swap(e.target), e.type, all_of(e.properties)) for e in graph.edges),
    )


def turtle(graph: Graph) -> bytes:
    stream = BytesIO()
    write(graph, stream)
    return stream.getvalue()


def test_a_sound_graph_has_no_problem():
    graph = sound.sound_graph()
    assert validate_graph(graph.nodes, graph.edges, TEXTS) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["what"])
def test_a_fault_is_named_in_plain_words(case):
    graph = broken(case)
    problems = validate_graph(graph.nodes, graph.edges, TEXTS)
    found = [p for p in problems if case["says"] in p.what]
    assert found, [p.what for p in problems]
    assert all(p.severity == "error" and p.next for p in problems)
    assert not [p for p in problems if "urn:" in p.what or "sh:" in p.what or "\n" in p.what]


def test_the_problem_names_the_node_that_is_wrong():
    graph = broken({"node": "ReportedFlight", "set": {"icao24": "zz"}})
    (problem,) = validate_graph(graph.nodes, graph.edges)
    assert problem.node == sound.FLIGHT
    assert (
        problem.what
        == f"ReportedFlight {sound.FLIGHT} (Minsk → Sochi) has a 24-bit address that is not six hexadecimal digits: 'zz'."
    )


def test_two_nodes_of_one_id_are_a_fault():
    graph = sound.sound_graph()
    problems = validate_graph((*graph.nodes, Node(sound.MINSK, "City", {"name": "Mensk"})), graph.edges)
    assert [p.what for p in problems] == [f"Two nodes share the id {sound.MINSK}."]


def test_quotes_are_compared_only_where_the_text_is_given():
    graph = broken({"node": "Evidence of Event", "set": {"quote": "The minister refused."}})
    assert validate_graph(graph.nodes, graph.edges) == ()
    assert len(validate_graph(graph.nodes, graph.edges, TEXTS)) == 1


def test_the_turtle_export_of_a_sound_graph_is_sound(tmp_path):
    path = tmp_path / "graph.ttl"
    path.write_bytes(turtle(sound.sound_graph()))
    assert validate_turtle(path, TEXTS) == ()


# What has no words in RDF cannot be read back from it: an unknown class, an attribute that is not there.
@pytest.mark.parametrize(
    "case", [c for c in CASES if c.get("add", {}).get("label") != "Wizard"], ids=lambda c: c["what"]
)
def test_the_same_faults_are_found_in_a_turtle_file(case, tmp_path):
    path = tmp_path / "graph.ttl"
    path.write_bytes(turtle(broken(case)))
    assert [p for p in validate_turtle(path, TEXTS) if case["says"] in p.what]


def test_in_an_excerpt_a_source_outside_is_a_warning_and_no_error(tmp_path):
    graph = sound.sound_graph()
    edges = [e for e in graph.edges if not (e.target == sound.BELARUS and e.type == "MENTIONS")]
    path = tmp_path / "excerpt.ttl"
    path.write_bytes(turtle(Graph(graph.nodes, tuple(edges))))
    (problem,) = validate_turtle(path)
    assert (problem.severity, problem.node) == ("warning", sound.BELARUS)
    assert [p.severity for p in validate_graph(graph.nodes, edges)] == ["error"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"@prefix kg: <", "is not Turtle"),
        (b"\xff\xfe\x00", "is not Turtle"),
        (b"", "no graph of ours"),
        (b"<urn:a> <urn:b> <urn:c> .", "no graph of ours"),
    ],
)
def test_a_file_that_is_no_graph_says_so(content, says, tmp_path):
    path = tmp_path / "x.ttl"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=says) as raised:
        validate_turtle(path)
    assert raised.value.next


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        validate_turtle(tmp_path / "none.ttl")


def test_every_rule_written_by_hand_has_a_case():
    import rdflib

    by_hand = files("ontologies").joinpath("shapes.ttl").read_text(encoding="utf-8").split(MARK)[0]
    shapes = rdflib.Graph().parse(data=by_hand, format="turtle")
    messages = {str(m) for m in shapes.objects(None, rdflib.URIRef("http://www.w3.org/ns/shacl#message"))}
    said = [c["says"].split(": '")[0] for c in CASES] + ["has more than one class"]  # that one is in the example file
    assert len(messages) > 30
    assert [m for m in sorted(messages) if not any(s in m for s in said)] == []


def test_a_moment_that_is_none_prints_no_traceback(capfd, caplog):
    graph = broken({"node": "Event", "set": {"latest": "last Tuesday"}})
    validate_graph(graph.nodes, graph.edges)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_the_examples_are_what_they_say():
    folder = files("ontologies").joinpath("examples")
    assert validate_turtle(Path(str(folder.joinpath("sound.ttl")))) == ()
    problems = validate_turtle(Path(str(folder.joinpath("unsound.ttl"))))
    told = " ".join(p.what for p in problems)
    for words in (
        "date is unknown",
        "has no evidence",
        "'Picnic'",
        "begins later",
        "more than one class",
        "has no source",
    ):
        assert words in told


def test_the_made_half_of_the_shapes_is_fresh():
    text = files("ontologies").joinpath("shapes.ttl").read_text(encoding="utf-8")
    assert text.split(MARK)[1] == "\n" + made_shapes(), "run python -m kg.validate"


def test_two_thousand_nodes_take_seconds():
    graph = many(250)
    assert len(graph.nodes) > 2000
    started = time.perf_counter()
    assert validate_graph(graph.nodes, graph.edges) == ()
    assert time.perf_counter() - started < 15  # 3 s on a quiet machine; this one may be busy


def many(copies: int) -> Graph:
    """The sound graph over and over, each copy with ids of its own."""
    from kg.ids import make_id

    sample, nodes, edges = sound.sound_graph(), {}, {}
    kept = {sound.MINSK, sound.SOCHI, sound.BELARUS}
    for i in range(copies):
        names = {n.id: n.id if n.id in kept else make_id(n.id[:3], n.id, i) for n in sample.nodes}
        swap = lambda v, names=names: [names.get(x, x) for x in v] if isinstance(v, list) else names.get(v, v)  # noqa: E731
        for n in sample.nodes:
            nodes[names[n.id]] = Node(names[n.id], n.label, {k: swap(v) for k, v in n.properties.items()})
        for e in sample.edges:
            edge = Edge(names[e.source], names[e.target], e.type, {k: swap(v) for k, v in e.properties.items()})
            edges[(edge.source, edge.type, edge.target)] = edge
    return Graph(tuple(nodes[i] for i in sorted(nodes)), tuple(edges[k] for k in sorted(edges)))


def test_importing_the_validator_loads_nothing_heavy():
    code = "import sys, kg.validate; print([m for m in ('rdflib', 'pyshacl', 'spacy') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
