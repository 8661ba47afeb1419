"""What is read becomes statements with their sources, and comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ledger import Ledger
from kg.model import (
    VERDICTS,
    AirportMatch,
    Article,
    Entity,
    Evidence,
    Findings,
    FlightLink,
    Gap,
    Journey,
    ObservedFlight,
    Period,
    ReportedFlight,
    Span,
    TrackPoint,
)
from kg.statements import (
    read_entities,
    read_links,
    read_observed,
    read_reported,
    statements_of_findings,
    statements_of_link,
    statements_of_observed,
)

ARTICLE = Article("art-1", "A title", "A text of some length, in which a flight is told of.")
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
maybe = st.none() | words
ids = st.none() | st.sampled_from(["ent-1", "icao:ZZNA", "registration:T7-KGX"])
shares = st.integers(0, 1000).map(lambda n: n / 1000)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda m: m.replace(microsecond=0)
)
periods = st.builds(
    Period,
    st.none() | moments,
    st.none() | moments,
    st.sampled_from(["day", "minute", "year"]),
    st.text(max_size=5).filter(lambda t: "\0" not in t and t.isprintable()),
    st.none() | st.just("Asia/Seoul"),
)
spans = st.integers(0, 20).map(lambda n: Span(n, n + 5, ARTICLE.text[n : n + 5]))
reported = st.builds(
    ReportedFlight,
    st.just("rfl-1"), ids, ids, maybe, maybe, maybe, ids, ids, ids, st.none() | periods, st.none() | periods,
    st.sampled_from(["flown", "planned", "cancelled", "denied", "signal-lost"]),
    st.none() | st.builds(Journey, st.just("jny-1"), st.integers(1, 9)),
    st.lists(words, max_size=3, unique=True).map(tuple), st.lists(spans, max_size=3, unique=True).map(lambda s: tuple(sorted(s, key=lambda x: x.start))),
    shares, ids, st.lists(words, max_size=3, unique=True).map(lambda w: tuple(sorted(w))),
)  # fmt: skip
points = st.builds(
    TrackPoint,
    moments,
    st.integers(-90_00000, 90_00000).map(lambda n: n / 1e5),
    st.integers(-180_00000, 180_00000).map(lambda n: n / 1e5),
    st.none() | st.integers(0, 50_000).map(float),
    st.none() | st.booleans(),
)
matches = st.builds(AirportMatch, st.sampled_from(["ZZNA", "ZZVP"]), words, shares, shares, words)
gaps = st.builds(Gap, moments, moments, st.sampled_from(["out-of-coverage", "switched-off", "unknown"]), words)
observed = st.builds(
    ObservedFlight,
    st.just("ofl-1"), maybe, maybe, maybe, maybe, maybe, st.none() | periods, st.none() | periods, st.none() | matches, st.none() | matches,
    st.none() | points, st.none() | points, st.lists(gaps, max_size=2).map(tuple), st.lists(points, max_size=3).map(tuple),
    st.integers(0, 9), words, words, st.integers(0, 9), st.integers(0, 9),
)  # fmt: skip
flight_links = st.builds(
    FlightLink,
    st.just("lnk-1"), st.just("rfl-1"), st.none() | st.just("ofl-1"), st.sampled_from(VERDICTS), shares,
    st.lists(st.builds(Evidence, words, shares, words), max_size=3).map(tuple), words,
)  # fmt: skip


def in_ledger(ref: str, kind: str, statements, read):
    with Ledger.open("sqlite://", write=True) as ledger:
        ledger.put(ref, kind, statements)
        return list(read(ledger))


@settings(max_examples=60, deadline=None)
@given(reported)
def test_a_reported_flight_comes_back_as_it_was(flight):
    assert in_ledger(
        "art-1", "article", statements_of_findings(Findings(ARTICLE, flights=(flight,))), read_reported
    ) == [flight]


@settings(max_examples=60, deadline=None)
@given(observed)
def test_an_observed_flight_comes_back_as_it_was(flight):
    assert in_ledger("x", "track", statements_of_observed(flight), read_observed) == [flight]


@settings(max_examples=40, deadline=None)
@given(flight_links, reported)
def test_a_link_comes_back_as_it_was(link, flight):
    told = [*statements_of_findings(Findings(ARTICLE, flights=(flight,))), *statements_of_link(link)]
    assert in_ledger("links", "link", told, read_links) == [link]


def test_entities_come_back_without_their_mentions(told, story):
    expected = {e.id: replace(e, mentions=(), offices=()) for f in story.findings for e in f.entities}
    found = {e.id: e for e in read_entities(told)}
    assert set(found) == set(expected)
    for key, entity in expected.items():
        one = found[key]
        assert (one.type, one.name, one.coordinates, dict(one.attributes)) == (
            entity.type, entity.name, entity.coordinates, dict(entity.attributes),
        )  # fmt: skip
        assert entity.identifiers.items() <= one.identifiers.items()


def test_every_statement_names_its_source(story):
    for findings in story.findings:
        for statement in statements_of_findings(findings):
            source = statement.source
            assert source.step
            assert source.version
            if source.kind == "article":
                assert source.ref == findings.article.id
                if source.start is not None:
                    assert findings.article.text[source.start : source.end] == source.quote
            else:
                assert (source.kind, bool(source.ref)) == ("knowledge", True)
    for flight in story.observed:
        own = [s for s in statements_of_observed(flight) if s.subject == flight.id]
        assert own
        assert {(s.source.kind, s.source.ref, s.source.start, s.source.end) for s in own} == {
            ("track", flight.sha256, flight.first_row, flight.last_row)
        }
    for link in story.links:
        assert {s.source.ref for s in statements_of_link(link)} == {link.id}


def test_what_events_and_flights_say_is_quoted(story):
    for statement in statements_of_findings(story.findings[0]):
        if statement.subject.startswith(("evt-", "rfl-")):
            assert statement.source.quote, statement


@pytest.mark.parametrize("field", ["registration", "callsign", "origin", "departure"])
def test_what_an_article_leaves_out_is_not_said(field, story):
    flight = replace(story.findings[0].flights[0], **{field: None})
    said = statements_of_findings(replace(story.findings[0], flights=(flight,)))
    assert not [s for s in said if s.subject == flight.id and s.property == field]


def test_two_articles_about_one_entity_both_say_so(told):
    names = [s for s in told.statements(subject="wikidata:Q1") if s.property == "name"]
    assert len({s.source.ref for s in names}) == 2


def test_an_entity_with_two_types_is_read_once(open_ledger):
    ledger = open_ledger()
    for ref, type_ in (("art-1", "City"), ("art-2", "Region")):
        entity = Entity("ent-x", type_, "Both", {})
        article = replace(ARTICLE, id=ref)
        ledger.put(ref, "article", statements_of_findings(Findings(article, (entity,))), article)
    assert [(e.id, e.type) for e in read_entities(ledger)] == [("ent-x", "City")]
