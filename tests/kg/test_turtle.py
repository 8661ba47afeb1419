from __future__ import annotations

import re
from importlib.resources import files
from io import BytesIO

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.assemble import Edge, Graph, Node
from kg.exports.turtle import write
from kg.ontology import DATA, NAMESPACE
from kg.validate import _property_graph
from tests.kg import soundgraph as sound

KG, ID = rdflib.Namespace(NAMESPACE), rdflib.Namespace(DATA)
GEO = rdflib.Namespace("http://www.opengis.net/ont/geosparql#")


def turtle(graph: Graph) -> bytes:
    stream = BytesIO()
    write(graph, stream)
    return stream.getvalue()


def read(graph: Graph) -> rdflib.Graph:
    return rdflib.Graph().parse(data=turtle(graph), format="turtle")


def test_the_sample_is_written_as_the_example_that_is_kept():
    assert turtle(sound.sound_graph()) == files("ontologies").joinpath("examples", "sound.ttl").read_bytes()


def test_what_is_written_can_be_read_back():
    assert _property_graph(read(sound.sound_graph())) == sound.sound_graph()
    found, wanted = _property_graph(read(sound.sound_graph())), sound.sound_graph()
    assert [dict(n.properties) for n in found.nodes] == [dict(n.properties) for n in wanted.nodes]
    assert [dict(e.properties) for e in found.edges] == [dict(e.properties) for e in wanted.edges]


def test_an_edge_is_a_triple_and_a_node_with_its_attributes():
    rdf = read(sound.sound_graph())
    event, minister = ID[sound.EVENT], ID[sound.MINISTER]
    assert (event, KG.ACTOR, minister) in rdf
    (edge,) = set(rdf.subjects(KG.edgeSource, event)) & set(rdf.subjects(KG.edgeType, KG.ACTOR))
    assert rdf.value(edge, KG.edgeTarget) == minister
    assert rdf.value(edge, rdflib.PROV.wasDerivedFrom) == ID[sound.SAYS_EVENT]


def test_a_place_has_a_point_longitude_first():
    point = read(sound.sound_graph()).value(ID[sound.MINSK], GEO.asWKT)
    assert (str(point), point.datatype) == ("POINT(27.56667 53.9)", GEO.wktLiteral)


@pytest.mark.parametrize("value", [1e-05, 1e-7, 0.0, 1.0, 1e16])
def test_a_number_is_a_decimal_however_small(value):
    graph = Graph((Node(sound.FLIGHT, "ReportedFlight", {"probability": value}),), ())
    lexical = re.search(rb'kg:probability "([^"]*)"\^\^xsd:decimal', turtle(graph))[1].decode()
    assert re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", lexical), "XML Schema: a decimal has no exponent"
    assert float(lexical) == value


# Surrogates are no characters; everything else may stand in an article.
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(name=TEXT, node_id=TEXT.filter(bool))
def test_any_name_and_any_id_come_back(name, node_id):
    graph = Graph((Node(node_id, "Person", {"name": name}),), ())
    (node,) = _property_graph(read(graph)).nodes
    assert (node.id, node.properties["name"]) == (node_id, name)


def test_half_a_surrogate_is_no_reason_to_fail():
    assert read(Graph((Node("ent-\ud83d", "Person", {"name": "\ud83d"}),), ()))


def test_two_offices_of_one_country_are_two_edges():
    nodes = (Node("a", "Person", {}), Node("b", "Country", {}))
    offices = tuple(
        Edge("a", "b", "HOLDS_OFFICE", {"title": t, "since": s})
        for t, s in (("President", "2012"), ("Prime Minister", "2008"))
    )
    found = _property_graph(read(Graph(nodes, offices)))
    assert {e.properties["title"]: e.properties["since"] for e in found.edges} == {
        "President": "2012",
        "Prime Minister": "2008",
    }


def test_edges_of_one_kind_between_the_same_two_are_one():
    edge = Edge("a", "b", "LOCATED_IN", {})
    nodes = (Node("a", "City", {}), Node("b", "Country", {}))
    assert turtle(Graph(nodes, (edge,))).count(b"kg:LOCATED_IN") == 1
