"""What the moves of one article are read from, looked up by token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.model import Entity, Realis, TimeExpression
from pipelines.eventing import READERS
from pipelines.eventing.proposals import found_by_model

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipelines.nlp.events import Event as Proposal

PLACES = frozenset({"Airport", "City", "Facility", "Region", "Country"})
# The most specific place that the text gives is the end of a leg.
SPECIFICITY = {"Airport": 0, "City": 1, "Facility": 1, "Region": 2, "Country": 3}
SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer")


@dataclass(slots=True)
class Reading:
    """The doc, and what earlier steps found at its tokens."""

    doc: Doc
    entities: Mapping[str, Entity]
    entity_at: Mapping[int, tuple[str, ...]]
    times: tuple[TimeExpression, ...]
    realis: Mapping[int, Realis]
    attribution: Mapping[int, tuple[str, ...]]
    times_at: dict[int, TimeExpression] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(
        default_factory=dict
    )  # what the model's head says of words that tell of a flight

    def __post_init__(self) -> None:
        if "model" in READERS.get():
            found = found_by_model(self.doc) or ()
            self.proposals = {e.word: e for e in found if e.type in ("Flight", "SignalLoss")}
        for time in self.times:
            span = self.doc.char_span(time.start, time.end, alignment_mode="expand")
            if span is not None:
                self.times_at.update(dict.fromkeys(range(span.start, span.end), time))

    def aircraft_at(self, token: Token) -> str | None:
        """The aircraft whose description or name covers a token."""
        direct = self.of_type(token.i, ("Aircraft",))
        if direct is not None:
            return direct
        for entity in self.entities.values():
            if entity.type == "Aircraft" and any(m.start <= token.idx < m.end for m in entity.mentions):
                return entity.id
        return None

    def of_type(self, token: int, types: Iterable[str]) -> str | None:
        """The first entity of these types at a token."""
        for entity_id in self.entity_at.get(token, ()):
            if entity_id in self.entities and self.entities[entity_id].type in types:
                return entity_id
        return None


def subject_of(token: Token, depth: int = 0) -> Token | None:
    """The subject of a predicate; shared with the governing predicate in coordination and in non-finite clauses."""
    for child in token.children:
        if child.dep_ in SUBJECTS:
            is_relative = token.dep_ == "acl:relcl" and child.lower_ in ("which", "that", "who")
            return token.head if is_relative else child
    if depth > 6 or token.head == token:
        return None
    if token.dep_ == "acl" or (token.dep_ == "acl:relcl" and token.head.pos_ in ("NOUN", "PROPN")):
        return token.head
    if token.dep_ in ("conj", "xcomp", "advcl", "aux", "ccomp") and token.head.pos_ in ("VERB", "AUX", "ADJ", "NOUN"):
        return subject_of(token.head, depth + 1)
    return None


def case_of(token: Token) -> str:
    """The preposition of a phrase; "out of" and "up to" give their last word."""
    cases = [c.lower_ for c in token.children if c.dep_ == "case"]
    if not cases:
        return ""
    if cases[0] == "out" and cases[-1] == "of":
        return "from"
    return cases[-1] if cases[0] in ("out", "up", "down", "back", "over") and len(cases) > 1 else cases[0]


def has_particle(token: Token, *particles: str) -> bool:
    return any(
        c.lower_ in particles and 0 < c.i - token.i < 6 and c.dep_ in ("compound:prt", "advmod", "case", "obl")
        for c in token.children
    )
