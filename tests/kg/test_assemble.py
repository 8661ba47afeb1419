"""The same statements give the same graph, whatever the order; judgements join and part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.assemble import assemble
from kg.exports import write
from kg.ledger import Change, Ledger
from kg.model import Judgement, Published, Source, Statement
from kg.ontology import edge_tables, node_tables
from kg.statements import statements_of_findings


def as_json(ledger: Ledger) -> bytes:
    stream = BytesIO()
    write(assemble(ledger), "json", stream)
    return stream.getvalue()


def tell(ledger: Ledger, findings):
    return ledger.put(findings.article.id, "article", statements_of_findings(findings), findings.article)


def test_telling_the_story_backwards_gives_the_same_bytes(story, open_ledger):
    forwards = as_json(story.tell(open_ledger("a")))
    assert as_json(story.tell(open_ledger("b"), backwards=True)) == forwards


def test_telling_it_twice_changes_nothing(story, told):
    before = as_json(told)
    story.tell(told)
    assert as_json(told) == before


def test_when_an_article_was_fetched_does_not_show(story, open_ledger):
    first = story.findings[0]
    later = replace(first, article=replace(first.article, fetched=datetime(2030, 1, 1, tzinfo=UTC)))
    left, right = open_ledger("a"), open_ledger("b")
    tell(left, first)
    tell(right, later)
    assert as_json(left) == as_json(right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"url": "https://a.example/1"}, {"url": "https://b.example/1"}),
        ({"url": None}, {"url": "https://b.example/1"}),
        ({"published": Published()}, {"url": "https://z.example/1"}),
    ],
)
def test_copies_at_several_addresses_are_one_article_whatever_the_order(one, other, story, open_ledger):
    first = story.findings[0]
    copies = [replace(first, article=replace(first.article, **changes)) for changes in (one, other)]
    left, right = open_ledger("a"), open_ledger("b")
    for copy in copies:
        tell(left, copy)
    for copy in copies[::-1]:
        tell(right, copy)
    assert as_json(left) == as_json(right)
    for ledger in (left, right):
        (article,) = ledger.articles()
        (node,) = (n for n in assemble(ledger).nodes if n.label == "Article")
        assert (article.url, article.published.basis) == (node.properties["url"], node.properties["published_basis"])
        assert article.published.basis == "stated"


SUBJECTS = st.sampled_from(["ent-a", "ent-b", "iso:XA", "evt-1", "art-1"])
LABELS = st.sampled_from(["Person", "Event", "Article", "Country"])


@st.composite
def statements(draw):
    source = Source(
        draw(st.sampled_from(["article", "knowledge"])),
        draw(st.sampled_from(["art-1", "art-2"])),
        draw(st.integers(0, 3)),
        4,
        draw(st.text(max_size=3)),
    )
    subject, confidence = draw(SUBJECTS), draw(st.sampled_from([0.5, 1.0]))
    property_ = draw(st.sampled_from(["type", "name", "title", "realis", "evidence", "actor", "mentions", "wikidata"]))
    if property_ in ("actor", "mentions"):
        return Statement(subject, property_, draw(SUBJECTS), "entity", source, "", confidence)
    value = draw(LABELS) if property_ == "type" else draw(st.text(max_size=3))
    return Statement(subject, property_, value, "text", source, draw(st.text(max_size=2)), confidence)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(statements(), max_size=8), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_any_statements_in_any_order_give_the_same_bytes(batches, random):
    shuffled = [(n, random.sample(batch, len(batch))) for n, batch in enumerate(batches)]
    random.shuffle(shuffled)
    with Ledger.open("sqlite://", write=True) as left, Ledger.open("sqlite://", write=True) as right:
        for number, batch in enumerate(batches):
            left.put(str(number), "article", batch)
        for number, batch in shuffled:
            right.put(str(number), "article", batch)
            assert right.put(str(number), "article", batch[::-1]) == Change(0, 0)
        assert as_json(left) == as_json(right)


def test_same_joins_and_taking_it_back_parts_again(told):
    before = as_json(told)
    told.judge(Judgement("ent-lindqvist", "ent-bo", "same", "an analyst"))
    graph = assemble(told)
    ids = {n.id for n in graph.nodes}
    assert "ent-bo" in ids
    assert "ent-lindqvist" not in ids
    assert {e.source for e in graph.edges if e.target == "ent-bo" and e.type == "COUNTERPART"} == {
        "evt-meeting",
        "evt-visit",
    }
    told.withdraw("ent-bo", "ent-lindqvist")
    assert as_json(told) == before


def test_a_group_is_named_after_its_public_id_whatever_the_order(story, open_ledger):
    pairs = [("ent-bo", "ent-lindqvist"), ("ent-lindqvist", "wikidata:Q1")]
    seen = set()
    for name, order in (("a", pairs), ("b", pairs[::-1])):
        ledger = story.tell(open_ledger(name))
        for left, right in order:
            ledger.judge(Judgement(left, right, "same", "an analyst"))
        assert {n.id for n in assemble(ledger).nodes if n.label == "Person"} == {"wikidata:Q1"}
        seen.add(as_json(ledger))
    assert len(seen) == 1


def test_other_judgements_join_nothing(told):
    before = as_json(told)
    for decision in ("different", "unsure", "open"):
        told.judge(Judgement("ent-bo", "ent-lindqvist", decision, "an analyst"))
        assert as_json(told) == before


def test_the_surest_source_stands_and_of_equals_the_smallest(open_ledger):
    ledger = open_ledger()
    for ref, name, confidence in (("3", "Abe", 0.5), ("2", "Bee", 0.9), ("1", "Cee", 0.9)):
        source = Source("article", ref)
        ledger.put(ref, "article", [
            Statement("ent-a", "type", "Person", "text", source),
            Statement("ent-a", "name", name, "text", source, confidence=confidence),
        ])  # fmt: skip
    assert [n.properties["name"] for n in assemble(ledger).nodes] == ["Bee"]


def test_every_office_of_one_person_in_one_state_is_an_edge(told):
    offices = {(e.properties["title"], e.properties["since"]) for e in assemble(told).edges if e.type == "HOLDS_OFFICE"}
    assert offices == {("President", "2020-01-20"), ("Prime Minister", "2015")}


def test_what_an_event_says_carries_its_evidence(told, story):
    graph = assemble(told)
    nodes = {n.id: n for n in graph.nodes}
    for edge in graph.edges:
        if nodes[edge.source].label in ("Event", "ReportedFlight") and edge.type not in ("EVIDENCED_BY",):
            assert edge.properties["evidence"], edge
            for i in edge.properties["evidence"]:
                evidence = nodes[i].properties
                article = next(f.article for f in story.findings if f.article.id == evidence["ref"])
                assert article.text[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_the_ontology_knows_every_label_edge_and_property(told):
    """What it does not know would be missing from the embedded store without a word."""
    graph = assemble(told)
    classes = {t.label: {p.name for p in t.properties} for t in node_tables()}
    edges = {t.type: t for t in edge_tables()}
    labels = {n.id: n.label for n in graph.nodes}
    for node in graph.nodes:
        assert set(node.properties) <= classes[node.label], node
    for edge in graph.edges:
        assert (labels[edge.source], labels[edge.target]) in edges[edge.type].pairs, edge
        assert set(edge.properties) <= {p.name for p in edges[edge.type].properties}, edge


def test_both_legs_are_told_with_where_they_went(told):
    flights = {(e.source, e.type, e.target) for e in assemble(told).edges if e.source.startswith("rfl-")}
    assert {
        ("rfl-1", "ORIGIN", "icao:ZZNA"),
        ("rfl-1", "DESTINATION", "icao:ZZVP"),
        ("rfl-1", "NEXT_LEG", "rfl-2"),
        ("rfl-1", "LINKED_TO", "ofl-1"),
        ("rfl-1", "ABOARD", "wikidata:Q1"),
        ("rfl-1", "FLOWN_WITH", "registration:T7-KGX"),
        ("rfl-2", "OF_TYPE", "type:IL62"),
        ("rfl-2", "ATTRIBUTED_TO", "ent-sky"),
    } <= flights
