"""Reported flights: moves → journeys without a model; sentences with hand-made trees; passages with the model that ships."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.tokens import Doc

from kg.ids import fold
from kg.model import Article, Entity, Mention, Period, Published, Span, TimeExpression
from pipelines.flights.reported import extract_flights
from pipelines.flights.reporting.journeys import Places, build_itineraries
from pipelines.flights.reporting.moves import Move
from pipelines.flights.reporting.triggers import load_triggers

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "flights.yaml").read_text(encoding="utf-8"))


def city(name, latitude, longitude, country, zone):
    return Entity(name, "City", name, {}, (latitude, longitude), (), {"country": country, "timezone": zone})


def airport(name, latitude, longitude, country, zone):
    return Entity(name, "Airport", name, {}, (latitude, longitude), (), {"country": country, "timezone": zone})


ENTITIES = {
    e.id: e
    for e in (
        city("Oslo", 59.91, 10.75, "NO", "Europe/Oslo"),
        city("Riga", 56.95, 24.11, "LV", "Europe/Riga"),
        city("Cairo", 30.04, 31.24, "EG", "Africa/Cairo"),
        city("Tunis", 36.81, 10.18, "TN", "Africa/Tunis"),
        airport("Riga International Airport", 56.92, 23.97, "LV", "Europe/Riga"),
        Entity("NO", "Country", "Norway", {"iso2": "NO"}),
        Entity("LV", "Country", "Latvia", {"iso2": "LV"}),
        Entity(
            "jet",
            "Aircraft",
            "the jet",
            {"registration": "LN-ABC"},
            attributes={"operator": "air", "aircraft_type": "A320"},
        ),
    )
}
PLACES = Places(ENTITIES)


def on(text, hours=24):
    first = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Period(first, first + timedelta(hours=hours), "minute" if hours == 0 else "day", text)


def move(kind, token, **what):
    return Move(kind, token, Span(token, token + 1, "."), aircraft="jet", carrier=token, **what)


def legs_of(*moves):
    return [leg for it in build_itineraries(moves, PLACES) for leg in it.legs]


def ends_of(*moves):
    return [(leg.origin, leg.destination) for leg in legs_of(*moves)]


# Journeys ----------------------------------------------------------------------------------------------------------------


def test_a_departure_and_the_landing_after_it_are_one_leg():
    assert ends_of(move("Departure", 1, origin="Oslo"), move("Arrival", 2, destination="Riga")) == [("Oslo", "Riga")]


def test_the_next_leg_begins_where_the_last_ended():
    moves = (move("Flight", 1, origin="Oslo", destination="Riga"), move("Flight", 2, destination="Cairo"))
    assert ends_of(*moves) == [("Oslo", "Riga"), ("Riga", "Cairo")]


def test_a_stopover_ends_one_leg_and_begins_another():
    moves = (
        move("Departure", 1, origin="Oslo"),
        move("Stopover", 2, destination="Riga"),
        move("Arrival", 3, destination="Cairo"),
    )
    assert ends_of(*moves) == [("Oslo", "Riga"), ("Riga", "Cairo")]


def test_a_landing_elsewhere_keeps_the_plan():
    (leg,) = legs_of(
        move("Departure", 1, origin="Oslo", bound="Cairo", lemma="leave"), move("Arrival", 2, destination="Tunis")
    )
    assert (leg.origin, leg.destination, leg.intended) == ("Oslo", "Tunis", "Cairo")


def test_turning_back_ends_where_it_began():
    (leg,) = legs_of(
        move("Departure", 1, origin="Oslo", bound="Cairo", lemma="leave"), move("Diversion", 2, lemma="turn", back=True)
    )
    assert (leg.origin, leg.destination, leg.intended) == ("Oslo", "Oslo", "Cairo")


def test_an_airport_is_finer_than_its_city():
    moves = (
        move("Flight", 1, origin="Oslo", destination="Riga"),
        move("Stay", 2, destination="Riga International Airport"),
        move("Departure", 3, destination="Cairo"),
    )
    assert ends_of(*moves) == [("Oslo", "Riga International Airport"), ("Riga International Airport", "Cairo")]


def test_the_same_leg_told_twice_is_one():
    moves = (
        move("Flight", 1, origin="NO", destination="LV", when=on("2024-03-01")),
        move("Departure", 2, origin="Oslo", bound="Riga", when=on("2024-03-01")),
    )
    assert ends_of(*moves) == [("Oslo", "Riga")]


def test_what_is_told_last_can_come_first():
    (leg,) = legs_of(move("Arrival", 1, destination="Riga"), move("Departure", 2, origin="Oslo", earlier=True))
    assert (leg.origin, leg.destination) == ("Oslo", "Riga")


def test_a_lost_signal_marks_the_leg_it_happened_on():
    legs = legs_of(
        move("Flight", 1, origin="Oslo", destination="Riga"),
        move("Departure", 2, bound="Cairo"),
        move("SignalLoss", 3, near="Tunis"),
    )
    assert [leg.status for leg in legs] == ["flown", "signal-lost"]


def test_hours_on_the_ground_date_the_next_departure():
    hours = TimeExpression(0, 0, "about four hours", "DURATION", "PT4H")
    legs = legs_of(
        move("Arrival", 1, destination="Riga", when=on("2024-03-01T20:00", hours=0)),
        move("Stay", 2, destination="Riga", waited=hours),
        move("Flight", 3, destination="Cairo"),
    )
    departed = legs[1].departure
    assert departed.earliest < datetime(2024, 3, 2, 0, 0, tzinfo=UTC) < departed.latest
    assert departed.latest - departed.earliest == timedelta(hours=2)


def test_hours_on_the_ground_date_the_landing_before():
    hour = TimeExpression(0, 0, "about an hour", "DURATION", "PT1H")
    legs = legs_of(
        move("Flight", 1, origin="Oslo", destination="Riga"),
        move("Stay", 2, waited=hour),
        move("Departure", 3, when=on("2024-03-01T12:37", hours=0)),
    )
    assert legs[0].arrival.earliest < datetime(2024, 3, 1, 11, 37, tzinfo=UTC) < legs[0].arrival.latest


KINDS = st.sampled_from(["Flight", "Departure", "Arrival", "Stopover", "Diversion", "SignalLoss", "Stay", "Loss"])
NAMES = st.none() | st.sampled_from(sorted(i for i in ENTITIES if i != "jet"))


@given(st.lists(st.tuples(KINDS, NAMES, NAMES, NAMES), max_size=8))
def test_no_order_of_moves_breaks_a_journey(drawn):
    moves = [
        move(kind, i, origin=origin, destination=destination, bound=bound)
        for i, (kind, origin, destination, bound) in enumerate(drawn)
    ]
    legs = legs_of(*moves)
    assert len(legs) <= 2 * len(moves)
    assert all(leg.evidence for leg in legs)
    assert legs_of(*moves) == legs


# One sentence with a tree of our own --------------------------------------------------------------------------------------


def sentence_doc():
    words = [
        "The",
        "jet",
        "flew",
        "from",
        "Oslo",
        "to",
        "Riga",
        "at",
        "9:10",
        "and",
        "did",
        "not",
        "land",
        "in",
        "Cairo",
        ".",
    ]
    heads = [1, 2, 2, 4, 2, 6, 2, 8, 2, 12, 12, 12, 2, 14, 12, 2]
    deps = [
        "det",
        "nsubj",
        "root",
        "case",
        "obl",
        "case",
        "obl",
        "case",
        "obl",
        "cc",
        "aux",
        "advmod",
        "conj",
        "case",
        "obl",
        "punct",
    ]
    pos = [
        "DET",
        "NOUN",
        "VERB",
        "ADP",
        "PROPN",
        "ADP",
        "PROPN",
        "ADP",
        "NUM",
        "CCONJ",
        "AUX",
        "PART",
        "VERB",
        "ADP",
        "PROPN",
        "PUNCT",
    ]
    lemmas = [
        "the",
        "jet",
        "fly",
        "from",
        "Oslo",
        "to",
        "Riga",
        "at",
        "9:10",
        "and",
        "do",
        "not",
        "land",
        "in",
        "Cairo",
        ".",
    ]
    return Doc(
        English().vocab, words=words, heads=heads, deps=deps, pos=pos, lemmas=lemmas, sent_starts=[True] + [False] * 15
    )


def read_sentence(realis):
    doc = sentence_doc()
    entities = tuple(ENTITIES.values())
    at = {1: ("jet",), 4: ("Oslo",), 6: ("Riga",), 14: ("Cairo",)}
    start = doc[8].idx
    time = TimeExpression(start, start + 4, "9:10", "TIME", "2024-03-01T09:10", on("2024-03-01T09:10", hours=0))
    return extract_flights(doc, entities, at, (time,), realis, {2: ("Tass",)}, Article("art-1", "", doc.text), ())


def test_a_sentence_gives_a_leg_with_all_that_it_says():
    (flight,) = read_sentence({12: "denied"})
    assert (flight.aircraft, flight.origin, flight.destination) == ("jet", "Oslo", "Riga")
    assert (flight.registration, flight.operator, flight.aircraft_type) == ("LN-ABC", "air", "A320")
    assert flight.departure.earliest == datetime(2024, 3, 1, 8, 10, tzinfo=UTC)  # 9:10 in Oslo
    assert flight.attribution == ("Tass",)
    assert flight.journey.leg == 1
    assert flight.evidence[0].text == sentence_doc().text.strip()


def test_a_plan_is_a_plan():
    (flight,) = read_sentence({2: "planned", 12: "denied"})
    assert flight.status == "planned"


def test_what_might_be_is_no_flight():
    assert read_sentence({2: "hypothetical", 12: "denied"}) == ()


def test_ids_do_not_depend_on_the_run():
    assert read_sentence({12: "denied"}) == read_sentence({12: "denied"})


def test_every_trigger_has_a_kind_and_a_lemma():
    verbs, nouns = load_triggers()
    assert {t.kind for ts in (*verbs.values(), *nouns.values()) for t in ts} == {
        "Flight", "Departure", "Arrival", "Stopover", "Overflight", "Diversion", "SignalLoss"
    }  # fmt: skip
    assert all(lemma == t.lemma for table in (verbs, nouns) for lemma, ts in table.items() for t in ts)


# Passages, read with the model that ships ---------------------------------------------------------------------------------


@cache
def steps():
    """The chain up to the flights, or None where the language model is not installed."""
    from kg.errors import ModelNotFound
    from pipelines.nlp import load_language

    try:
        return load_language()
    except ModelNotFound:
        return None


def read_passage(case):
    from pipelines import attribution, mentions, places, realis, resolve, times
    from pipelines.build import open_knowledge

    knowledge = open_knowledge()
    day = datetime(case["published"].year, case["published"].month, case["published"].day, tzinfo=UTC)
    published = Published(day, day + timedelta(days=1, seconds=-1), "stated")
    article = Article("art-case", "", case["text"], published=published)
    doc = steps()(article.text)
    entities = resolve.resolve_entities(doc, mentions.find_mentions(doc, (), knowledge), article, knowledge)
    entities = places.resolve_places(doc, entities, article, knowledge)
    at = resolve.index_tokens(doc, entities)
    found = times.extract_times(doc, article)
    spoken = attribution.mark_attribution(doc, at)
    return entities, extract_flights(doc, entities, at, found, realis.mark_realis(doc), spoken, article, ())


def is_leg(wanted, flight, entities):
    known = {e.id: e for e in entities}
    same = lambda name, i: i is None if name is None else i is not None and fold(name) in _names(known[i])  # noqa: E731
    ends = same(wanted["from"], flight.origin) and same(wanted["to"], flight.destination)
    return ends and flight.status == wanted.get("status", "flown")


def _names(entity: Entity) -> set[str]:
    names = {fold(n) for n in (entity.name, *(m.text for m in entity.mentions if isinstance(m, Mention)))}
    return names | {n.removeprefix("the ") for n in names} | {f"{n} airport" for n in names}


@pytest.fixture(scope="module")
def read_cases():
    if steps() is None:
        pytest.skip("the language model is not installed")
    return [(case, *read_passage(case)) for case in CASES]


def test_passages_give_the_legs_a_reader_draws(read_cases):
    right = wanted = drawn = 0
    for case, entities, flights in read_cases:
        left = list(flights)
        for leg in case["legs"]:
            hit = next((f for f in left if is_leg(leg, f, entities)), None)
            if hit is not None:
                left.remove(hit)
                right += 1
        wanted, drawn = wanted + len(case["legs"]), drawn + len(flights)
    assert right / wanted >= 0.85
    assert right / drawn >= 0.85


def test_passages_without_a_flight_give_none(read_cases):
    wrong = [case["name"] for case, _, flights in read_cases if not case["legs"] and flights]
    assert len(wrong) <= 1, wrong


def test_legs_point_at_their_words_and_number_their_journey(read_cases):
    for case, entities, flights in read_cases:
        ids = {e.id for e in entities}
        for flight in flights:
            assert all(case["text"][s.start : s.end] == s.text for s in flight.evidence)
            assert {flight.origin, flight.destination, flight.aircraft} - {None} <= ids
            assert flight.journey is not None
            assert flight.journey.leg >= 1
