"""Events that the language model's head proposes: frames name them and say who may take which part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.model import Role
from pipelines.eventing.arguments import Reader
from pipelines.eventing.frames import AGENT, PLACE, Frame, load_frames
from pipelines.eventing.match import Match

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipelines.nlp.events import Event as Proposal

LIKELY = 0.5  # probability of a type from which on the head is believed alone
SUPPORTED = 0.15  # and where a frame says the same
SURE = 0.9  # against a frame that calls it otherwise and knows both parties
PART = 0.5  # of a part in it
SOURCE = "source"  # role of who says so
_PARTIES = ("actor", "counterpart", "target", "recipient")


def found_by_model(doc: Doc) -> tuple[Proposal, ...] | None:
    """What the head found, most of it unlikely; None where the language model has no such head."""
    found: tuple[Proposal, ...] | None = doc._.events if doc.has_extension("events") else None
    return found


def proposals(doc: Doc, reader: Reader) -> Iterator[Match]:
    """The head's events with a frame, as matches: roles filled with entities of classes that may fill them."""
    frames = load_frames()
    for event in found_by_model(doc) or ():
        frame = frames.get(event.type)
        if frame is None:
            continue
        roles = tuple(_roles(event, frame, reader))
        sources = [i for word, role, _ in event.roles if role == SOURCE for i in reader.fill(doc[word], AGENT)]
        realis = None if event.realis == "cancelled" else event.realis  # said of flights only
        yield Match(frame, event.word, roles, event.probability, realis, tuple(dict.fromkeys(sources)))


def _roles(event: Proposal, frame: Frame, reader: Reader) -> Iterator[Role]:
    """Nobody takes two parts; the likelier one stands. An event has one place: others are mostly what that lies in."""
    used: set[str] = set()
    placed = False
    for word, role, likely in sorted(event.roles, key=lambda r: -r[2]):
        if role == SOURCE or likely < PART or (role == "place" and placed):
            continue
        for entity in reader.fill(reader.doc[word], _allowed(frame, role)):
            if entity not in used:
                used.add(entity)
                placed = placed or role == "place"
                yield Role(role, entity)


def _allowed(frame: Frame, role: str) -> frozenset[str]:
    """Classes that may fill a role: those of the frame; of a part that it does not name, agents or places."""
    named = frozenset(t for rule in frame.roles if rule.role == role for t in rule.types)
    if named:
        return named
    return PLACE if role == "place" else AGENT if role in _PARTIES else frozenset()
