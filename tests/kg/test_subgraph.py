"""Parts of the graph: what is around a name, between dates, on the way from one name to another."""

from __future__ import annotations

import pytest

from kg.assemble import Graph, assemble
from kg.errors import NotFound
from kg.subgraph import card, connection, find, select, timeline


@pytest.fixture
def graph(told) -> Graph:
    return assemble(told)


def ids(graph: Graph) -> set[str]:
    return {n.id for n in graph.nodes}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Voss", "wikidata:Q1"),
        ("ADA VOSS", "wikidata:Q1"),
        ("Q1", "wikidata:Q1"),
        ("t7-kgx", "registration:T7-KGX"),
        ("ZZVP", "icao:ZZVP"),
        ("evt-meeting", "evt-meeting"),
        ("Mr. Lindqvist", "ent-lindqvist"),
    ],
)
def test_a_name_an_identifier_or_an_id_finds_its_node(name, expected, graph):
    assert expected in {n.id for n in find(graph, name)}


@pytest.mark.parametrize("name", ["", "  ", "?", "Nobody Known"])
def test_what_nothing_is_called_finds_nothing(name, graph):
    with pytest.raises(NotFound):
        find(graph, name)


def test_a_near_name_is_offered(graph):
    with pytest.raises(NotFound, match="Port Vesper"):
        find(graph, "vesp")


def test_without_a_name_all_of_it_is_selected(graph):
    assert select(graph) == graph


def test_hops_reach_further_and_further(graph):
    sizes = [len(select(graph, around=["Ada Voss"], hops=n).nodes) for n in range(4)]
    assert sizes == sorted(sizes)
    assert ids(select(graph, around=["Ada Voss"], hops=0)) == {"wikidata:Q1"}
    near = ids(select(graph, around=["Ada Voss"], hops=1))
    assert {"evt-meeting", "evt-signing", "evt-visit", "iso:XN", "rfl-1"} <= near
    assert "evt-arms" not in near


def test_what_is_selected_brings_its_evidence_and_its_article(graph, story):
    part = select(graph, around=["Tide Accord"], hops=1)
    labels = {n.label for n in part.nodes}
    assert {"Event", "Evidence", "Article"} <= labels
    assert story.findings[0].article.id in ids(part)
    assert story.findings[1].article.id not in ids(part)


def test_every_edge_of_a_part_has_both_its_ends(graph):
    for part in (select(graph, around=["T7-KGX"], hops=1), select(graph, start="2024-06-01")):
        assert {i for e in part.edges for i in (e.source, e.target)} <= ids(part)


def test_a_period_keeps_what_may_lie_in_it(graph):
    june = select(graph, start="2024-06-01", end="2024-06-30")
    assert {i for i in ids(june) if i.startswith(("evt-", "rfl-", "ofl-"))} == {"evt-visit"}
    week = select(graph, start="2024-05-09", end="2024-05-10")
    assert {i for i in ids(week) if i.startswith(("evt-", "rfl-", "ofl-"))} == {"evt-meeting", "ofl-2"}


def test_the_evidence_of_what_lies_outside_goes_with_it(graph):
    part = select(graph, start="2024-06-01")
    used = {e.target for e in part.edges if e.type == "EVIDENCED_BY"}
    assert {n.id for n in part.nodes if n.label == "Evidence"} == used


def test_the_way_between_two_names_leads_through_what_they_did(graph):
    steps = [s.as_json() for s in connection(graph, "Ada Voss", "Skywatch")]
    assert steps == [
        {"from": "Northaven → Vesper Field", "edge": "ABOARD", "to": "Ada Voss"},
        {"from": "Northaven → Vesper Field", "edge": "ATTRIBUTED_TO", "to": "Skywatch"},
    ]


def test_no_way_leads_through_a_country_while_another_leads_past_it(graph):
    """Northaven and Ada Voss: both are of Norland, and she was on the flight that left from there."""
    steps = connection(graph, "Northaven", "Ada Voss")
    assert [s.edge for s in steps] == ["ORIGIN", "ABOARD"]
    assert [s.edge for s in connection(graph, "Skywatch", "Tide Accord")] != []
    assert all("Norland" not in (s.source, s.target) for s in connection(graph, "Sudria", "Vesper Field"))


def test_names_that_nothing_connects_are_told_apart(graph):
    alone = Graph((*graph.nodes, graph.nodes[0].__class__("ent-z", "Person", {"name": "Zoe"})), graph.edges)
    with pytest.raises(NotFound, match="Nothing connects"):
        connection(alone, "Ada Voss", "Zoe")


def test_the_timeline_is_in_order_and_says_who_says_so(graph):
    rows = timeline(graph)
    assert [r[0] for r in rows] == sorted(r[0] for r in rows)
    assert [r[2] for r in rows] == [
        "Northaven → Vesper Field", "T7-KGX ZZNA → ZZVP", "5003fb ? → ?", "Meeting", "Vesper Field → Northaven", "Visit",
    ]  # fmt: skip
    meeting = next(r for r in rows if r[2] == "Meeting")
    assert set(meeting[3].split(", ")) == {"Ada Voss", "Bo Lindqvist", "Port Vesper"}
    assert meeting[4:] == ("asserted", "Leaders meet in Port Vesper")


def test_a_timeline_around_a_name_leaves_the_others_out(graph):
    assert {r[2] for r in timeline(graph, around="Bo Lindqvist")} == {"Meeting"}
    assert {r[2] for r in timeline(graph, around="Ada Voss", start="2024-06-01")} == {"Visit"}


def test_a_card_quotes_what_it_says(graph):
    (one,) = card(graph, "Ada Voss")
    assert ("← ACTOR", "Signing: signed", "They signed the Tide Accord.") in one.connections
    assert "“They signed the Tide Accord.”" in one.as_text()
    assert one.as_json()["label"] == "Person"
