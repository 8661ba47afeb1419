"""What leaves can be read again, and equal graphs leave as equal bytes."""

from __future__ import annotations

import json
import random
from io import BytesIO

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.assemble import Edge, Graph, Node, assemble
from kg.exports import FORMATS, write
from kg.projections.memory import Memory


def exported(graph: Graph, form: str) -> bytes:
    stream = BytesIO()
    write(graph, form, stream)
    return stream.getvalue()


@pytest.fixture
def graph(told) -> Graph:
    return assemble(told)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_equal_graphs_are_equal_bytes(form, graph):
    again = Graph(
        tuple(Node(n.id, n.label, dict(random.Random(1).sample(list(n.properties.items()), len(n.properties)))) for n in graph.nodes),
        tuple(Edge(e.source, e.target, e.type, dict(reversed(e.properties.items()))) for e in graph.edges),
    )  # fmt: skip
    assert exported(again, form) == exported(graph, form)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_empty_graph_leaves_too(form):
    assert exported(Graph((), ()), form)


def test_json_holds_all_that_the_graph_holds(graph):
    document = json.loads(exported(graph, "json"))
    assert document["schema"] == "kg.graph/1"
    nodes = tuple(Node(n["id"], n["label"], n["properties"]) for n in document["nodes"])
    edges = tuple(Edge(e["source"], e["target"], e["type"], e["properties"]) for e in document["edges"])
    assert (nodes, edges) == (graph.nodes, graph.edges)
    assert [dict(n.properties) for n in nodes] == [dict(n.properties) for n in graph.nodes]
    assert [dict(e.properties) for e in edges] == [dict(e.properties) for e in graph.edges]


def test_graphml_is_read_back_by_networkx_as_it_was(graph):
    assert_read_back(graph)


values = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=5),
    st.integers(-(2**31), 2**31),
    st.floats(allow_nan=False, allow_infinity=False),
)


@st.composite
def graphs(draw):
    ids = sorted(
        draw(
            st.sets(
                st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=4),
                min_size=1,
                max_size=4,
            )
        )
    )
    properties = st.dictionaries(st.sampled_from(["name", "quote", "start", "title", "confidence"]), values, max_size=3)
    nodes = tuple(Node(i, "Person", draw(properties)) for i in ids)
    pairs = draw(
        st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from(["A", "B"])), max_size=4)
    )
    return Graph(nodes, tuple(Edge(s, t, type_, draw(properties)) for s, t, type_ in sorted(pairs)))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_any_graph_survives_graphml(graph):
    assert_read_back(graph)


def assert_read_back(graph: Graph) -> None:
    """Equal but for what XML cannot hold: lists are text, control characters and carriage returns are spaces."""
    read = nx.read_graphml(BytesIO(exported(graph, "graphml")), force_multigraph=True)
    store = Memory()
    store.rebuild(graph)
    assert set(read.nodes) == set(store.graph.nodes)
    for node, data in store.graph.nodes(data=True):
        assert read.nodes[node] == {k: as_xml(v) for k, v in data.items()}
    found = sorted(((s, t, sorted(d.items())) for s, t, d in read.edges(data=True)), key=repr)
    expected = [(s, t, sorted((k, as_xml(v)) for k, v in d.items())) for s, t, d in store.graph.edges(data=True)]
    assert found == sorted(expected, key=repr)


def as_xml(value):
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, str):
        return "".join(c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else " " for c in value)
    return value


def test_two_offices_are_two_edges_in_graphml_too(graph):
    read = nx.read_graphml(BytesIO(exported(graph, "graphml")), force_multigraph=True)
    titles = [d["title"] for _, _, d in read.edges(data=True) if d["type"] == "HOLDS_OFFICE"]
    assert sorted(titles) == ["President", "Prime Minister"]


def test_every_id_of_a_graphml_file_is_used_once(graph):
    from lxml import etree

    root = etree.fromstring(exported(graph, "graphml"))
    keys = [key.get("id") for key in root.iter("{*}key")]
    assert len(keys) == len(set(keys))
