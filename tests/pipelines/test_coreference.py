"""Clusters of mentions and what becomes of them; docs and clusters are set by hand, no model needed."""

from __future__ import annotations

from typing import Any

import pytest
from spacy.tokens import Doc, Span

from kg.model import Entity, Event, Role
from kg.model import Span as Characters
from pipelines.coreference import drop_idle, resolve_coreference
from tests.pipelines.handmade import article_of, doc_of, entities_of

TALE: dict[str, Any] = {
    "text": "Ana Ruiz left. The minister thanked her pilot. Police met them. It flew home.",
    "doc": (
        "Ana||PROPN|3|nsubj  Ruiz||PROPN|1|flat  left|leave|VERB|0|root  .||PUNCT|3|punct  "
        "The|the|DET|6|det  minister||NOUN|7|nsubj  thanked|thank|VERB|0|root  her|her|PRON|9|nmod:poss  pilot||NOUN|7|obj  .||PUNCT|7|punct  "
        "Police|police|NOUN|12|nsubj  met|meet|VERB|0|root  them|they|PRON|12|obj  .||PUNCT|12|punct  "
        "It|it|PRON|16|nsubj  flew|fly|VERB|0|root  home||ADV|16|advmod  .||PUNCT|16|punct"
    ),
    "sentences": [1, 5, 11, 15],
    "names": {"1-2": "Ana Ruiz (Person)"},
}
RUIZ, MINISTER, HER, PILOT, POLICE, THEM, IT = (0, 2), (4, 6), (7, 8), (7, 9), (10, 11), (12, 13), (14, 15)


def read(*clusters: list[tuple[int, int]], tale: dict[str, Any] = TALE) -> dict[str, set[str]]:
    """Entities by name, with what speaks of them."""
    doc = doc_of(tale)
    group(doc, clusters)
    entities, _ = entities_of(tale, doc)
    found = resolve_coreference(doc, entities, article_of(tale), ())
    return {e.name: {m.text for m in e.mentions} for e in found}


def group(doc: Doc, clusters: tuple[list[tuple[int, int]], ...]) -> None:
    for number, cluster in enumerate(clusters):
        doc.spans[f"coref_clusters_{number}"] = [Span(doc, start, end) for start, end in cluster]


def test_descriptions_and_pronouns_join_the_one_who_is_named() -> None:
    assert read([RUIZ, MINISTER, HER])["Ana Ruiz"] == {"Ana Ruiz", "The minister", "her"}


def test_what_cannot_speak_of_a_person_stays_away() -> None:
    assert read([RUIZ, POLICE, IT])["Ana Ruiz"] == {"Ana Ruiz"}


def test_the_nameless_become_entities_of_their_class() -> None:
    found = read([RUIZ], [POLICE], [PILOT, THEM])
    assert found["Police"] == {"Police"}
    assert found["her pilot"] == {"her pilot", "them"}


def test_pronouns_alone_are_nobody() -> None:
    assert set(read([THEM], [IT])) == {"Ana Ruiz"}


def test_a_cluster_with_two_names_speaks_of_neither() -> None:
    tale = {**TALE, "names": {"1-2": "Ana Ruiz (Person)", "11-11": "Interpol (Organization)"}}
    assert read([RUIZ, POLICE, MINISTER], tale=tale)["Ana Ruiz"] == {"Ana Ruiz"}


def test_without_clusters_nothing_changes() -> None:
    assert read() == {"Ana Ruiz": {"Ana Ruiz"}}


@pytest.mark.parametrize(("taking_part", "kept"), [(True, True), (False, False)])
def test_the_nameless_stay_only_if_they_take_part(taking_part: bool, kept: bool) -> None:
    doc = doc_of(TALE)
    group(doc, ([POLICE],))
    entities, _ = entities_of(TALE, doc)
    found = resolve_coreference(doc, entities, article_of(TALE), ())
    police = next(e for e in found if e.name == "Police")
    event = event_with(police) if taking_part else event_with(entities[0])
    assert (police in list(drop_idle(found, [event], []))) is kept


def event_with(actor: Entity) -> Event:
    return Event("evt", "Meeting", "CONSULT", Characters(0, 3, "met"), (Role("actor", actor.id),))
