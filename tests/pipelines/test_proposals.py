"""What the language model's head proposes, set by hand: frames name it, classes limit it, one act is one record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.model import Event
from pipelines.eventing import READERS
from pipelines.events import extract_events
from pipelines.nlp.events import Event as Proposal
from tests.pipelines.handmade import article_of, doc_of, entities_of

pytestmark = pytest.mark.usefixtures("event_head")
CASE = {
    "text": "Police held Ana Ruiz in Lagos, Reuters said.",
    "doc": (
        "Police|police|NOUN|2|nsubj  held|hold|VERB|0|root  Ana||PROPN|2|obj  Ruiz||PROPN|3|flat  in||ADP|6|case  Lagos||PROPN|2|obl  "
        ",||PUNCT|9|punct  Reuters||PROPN|9|nsubj  said|say|VERB|2|parataxis  .||PUNCT|2|punct"
    ),
    "names": {
        "1-1": "Police (Organization)",
        "3-4": "Ana Ruiz (Person)",
        "6-6": "Lagos (City)",
        "8-8": "Reuters (Publisher)",
    },
}
HELD = Proposal(1, "Detention", "asserted", 0.9, ((0, "actor", 0.9), (2, "target", 0.8), (5, "place", 0.7)))


def events(*proposals: Proposal | None) -> list[Event]:
    doc = doc_of(CASE)
    doc._.events = None if None in proposals else tuple(proposals)
    entities, at = entities_of(CASE, doc)
    return list(extract_events(doc, entities, at, (), {}, {}, article_of(CASE), ()))


def told(event: Event) -> set[tuple[str, str]]:
    return {(r.role, r.entity) for r in event.roles}


def test_a_likely_proposal_becomes_an_event_with_its_parts() -> None:
    (event,) = events(HELD)
    assert event.type == "Detention"
    assert event.plover == "COERCE"
    assert told(event) == {("actor", "Police"), ("target", "Ana Ruiz"), ("place", "Lagos")}
    assert event.evidence[0].text == CASE["text"]


def test_an_unlikely_proposal_is_nothing() -> None:
    assert events(Proposal(1, "Detention", "asserted", 0.3, HELD.roles)) == []


def test_nobody_takes_two_parts() -> None:
    (event,) = events(Proposal(1, "Detention", "asserted", 0.9, ((2, "target", 0.9), (2, "actor", 0.6))))
    assert [role for role, name in told(event) if name == "Ana Ruiz"] == ["target"]


def test_a_city_arrests_nobody() -> None:
    (event,) = events(Proposal(1, "Detention", "asserted", 0.9, ((5, "actor", 0.9), (2, "target", 0.9))))
    assert ("actor", "Lagos") not in told(event)


def test_who_says_so_and_how_real_it_is_come_with_it() -> None:
    (event,) = events(Proposal(1, "Detention", "denied", 0.9, (*HELD.roles, (7, "source", 0.8))))
    assert event.realis == "denied"
    assert event.attribution == ("Reuters",)


def test_movements_are_left_to_the_flights() -> None:
    assert events(Proposal(1, "Flight", "asserted", 0.9, HELD.roles)) == []


def read(text: str, doc: str, names: dict[str, str], found: tuple[Proposal, ...] | None) -> list[str]:
    case = {"text": text, "doc": doc, "names": names}
    made = doc_of(case)
    made._.events = found
    entities, at = entities_of(case, made)
    return [e.type for e in extract_events(made, entities, at, (), {}, {}, article_of(case), ())]


RAID = (
    "Two men were arrested.",
    "Two|two|NUM|2|nummod  men|man|NOUN|4|nsubj:pass  were|be|AUX|4|aux:pass  arrested|arrest|VERB|0|root|Part  .||PUNCT|4|punct",
    {"2-2": "men (Person)"},
)
ARREST = (
    "Police arrested Ana Ruiz.",
    "Police|police|NOUN|2|nsubj  arrested|arrest|VERB|0|root  Ana||PROPN|2|obj  Ruiz||PROPN|3|flat  .||PUNCT|2|punct",
    {"1-1": "Police (Organization)", "3-4": "Ana Ruiz (Person)"},
)


def test_where_the_model_sees_nothing_a_frame_with_one_party_is_not_believed() -> None:
    assert read(*RAID, ()) == []
    assert read(*RAID, None) == ["Detention"]  # a language model without such a head
    assert read(*RAID, (Proposal(3, "Detention", "asserted", 0.3, ((1, "target", 0.9),)),)) == [
        "Detention"
    ]  # both see it


def test_a_frame_that_knows_both_parties_is_believed() -> None:
    assert read(*ARREST, ()) == ["Detention"]
    other = Proposal(1, "Coerce", "asserted", 0.7, ((0, "actor", 0.9), (2, "target", 0.9)))
    assert read(*ARREST, (other,)) == ["Detention"]
    assert read(*ARREST, (replace(other, probability=0.95),)) == ["Coerce"]


def test_with_the_model_alone_frames_are_silent() -> None:
    READERS.set(frozenset({"model"}))
    assert read(*ARREST, ()) == []
