"""Movements that only the model's head sees: words no frame knows, with one aircraft in sight."""

from __future__ import annotations

import pytest

from kg.model import ReportedFlight
from pipelines.eventing import READERS
from pipelines.flights.reported import extract_flights
from pipelines.nlp.events import Event as Proposal
from tests.pipelines.handmade import article_of, doc_of, entities_of

pytestmark = pytest.mark.usefixtures("event_head")
CASE = {
    "text": "RA-76513 hopped from Oslo to Riga.",
    "doc": (
        "RA-76513||PROPN|2|nsubj  hopped|hop|VERB|0|root  from||ADP|4|case  Oslo||PROPN|2|obl  to||ADP|6|case  Riga||PROPN|2|obl  "
        ".||PUNCT|2|punct"
    ),
    "names": {"1-1": "RA-76513 (Aircraft)", "4-4": "Oslo (City)", "6-6": "Riga (City)"},
}
PARTS = ((0, "aircraft", 0.9), (3, "origin", 0.9), (5, "destination", 0.9))


def legs(*proposals: Proposal) -> list[ReportedFlight]:
    doc = doc_of(CASE)
    doc._.events = proposals
    entities, at = entities_of(CASE, doc)
    return list(extract_flights(doc, entities, at, (), {}, {}, article_of(CASE), ()))


def test_a_word_that_no_frame_knows_tells_a_leg() -> None:
    (leg,) = legs(Proposal(1, "Flight", "asserted", 0.9, PARTS))
    assert (leg.aircraft, leg.origin, leg.destination, leg.status) == ("RA-76513", "Oslo", "Riga", "flown")


@pytest.mark.parametrize(
    ("realis", "status"), [("planned", "planned"), ("cancelled", "cancelled"), ("denied", "denied")]
)
def test_what_was_not_flown_is_said_so(realis: str, status: str) -> None:
    (leg,) = legs(Proposal(1, "Flight", realis, 0.9, PARTS))
    assert leg.status == status


def test_an_unlikely_movement_is_none() -> None:
    assert legs(Proposal(1, "Flight", "asserted", 0.4, PARTS)) == []


def test_without_an_aircraft_in_sight_nothing_flies() -> None:
    assert legs(Proposal(1, "Flight", "asserted", 0.9, PARTS[1:])) == []


def test_with_frames_alone_the_word_is_none() -> None:
    READERS.set(frozenset({"rules"}))
    assert legs(Proposal(1, "Flight", "asserted", 0.9, PARTS)) == []
