"""Events of single sentences: cases as data; docs by hand, so that no model is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.model import Event, Span
from pipelines.attribution import mark_attribution
from pipelines.events import extract_events
from pipelines.realis import mark_realis
from tests.pipelines.handmade import article_of, doc_of, entities_of

CASES = yaml.load(
    (Path(__file__).parent.parent / "cases" / "events.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


def read(case: dict[str, Any], boilerplate: tuple[Span, ...] = ()) -> tuple[Event, ...]:
    doc = doc_of(case)
    entities, entity_at = entities_of(case, doc)
    realis, attribution = mark_realis(doc), mark_attribution(doc, entity_at)
    return extract_events(doc, entities, entity_at, (), realis, attribution, article_of(case), boilerplate)


def missing(want: str, events: tuple[Event, ...]) -> str | None:
    """None where an event answers `Type role=Name … ~realis`; else what was found."""
    type_, *rest = want.replace(" ~", "; ~").split(" ", 1)
    roles, _, realis = (rest[0] if rest else "").partition("; ~")
    wanted = [tuple(part.split("=")) for part in _parts(roles)]
    for event in events:
        found = {(r.role, r.entity) for r in event.roles} | ({("place", event.place)} if event.place else set())
        if event.type == type_ and set(wanted) <= found and event.realis == (realis or "asserted"):
            return None
    return f"{want}: found {[(e.type, e.realis, [(r.role, r.entity) for r in e.roles]) for e in events]}"


def _parts(roles: str) -> list[str]:
    """ "actor=Kim Jong Un place=Moscow" → one text for each role."""
    parts: list[str] = []
    for word in roles.split():
        if "=" in word:
            parts.append(word)
        else:
            parts[-1] += f" {word}"
    return parts


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_sentence(case: dict[str, Any]) -> None:
    events = read(case)
    expect = case["expect"]
    if expect == "-":
        assert not events, [(e.type, e.trigger.text) for e in events]
    elif expect.startswith("-"):
        assert expect[1:] not in {e.type for e in events}
    else:
        for want in expect.split("; "):
            assert (wrong := missing(want, events)) is None, wrong


def test_every_event_has_its_sentence_and_its_trigger() -> None:
    for case in CASES:
        for event in read(case):
            text = case["text"]
            assert text[event.trigger.start : event.trigger.end] == event.trigger.text
            assert all(text[e.start : e.end] == e.text for e in event.evidence)
            assert any(e.overlaps(event.trigger) for e in event.evidence)
            assert 0 < event.confidence <= 1


def test_nothing_is_read_in_boilerplate() -> None:
    for case in CASES:
        assert read(case, (Span(0, len(case["text"]), case["text"]),)) == ()


def test_every_frame_reads_its_own_kind_of_sentence() -> None:
    """No frame without a case: an analyst who adds a type adds a sentence."""
    from pipelines.eventing.frames import load_triggers

    verbs, nouns = load_triggers()
    types = {t.frame.type for table in (verbs, nouns) for ts in table.values() for t in ts}
    told = {want.split()[0] for case in CASES for want in case["expect"].split("; ") if not want.startswith("-")}
    assert types - told <= {"Aid", "Assault", "Coerce", "Mobilize", "Agree", "Consult", "Concede", "MilitaryAid"}
