"""Marked events and flights of `benchmarks/corpus`, by characters: what the head for events learns from.

Three sources: passages of our own with settled marks (those of the part `train`), passages read once, and sentences of
GMB and WikiEvents marked by offset, whose text is read from the data folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

CORPUS = Path(__file__).parents[3] / "benchmarks/corpus"
Characters = tuple[int, int]
STATUS = {"flown": "asserted", "signal-lost": "asserted"}  # a leg's status as realis, where the word is another
LEG_ROLES = ("aircraft", "operator", "origin", "destination", "intended_destination")
READ_TWICE = 300  # passages up to this number; in those after it a quote begins with the word that tells
JOINED = 70  # words of a text made of neighbouring sentences


@dataclass(frozen=True)
class Mark:
    """One telling of an event or a leg."""

    trigger: Characters
    type: str
    realis: str
    # Role and the places where its filler is spoken of: the nearest in the sentence counts.
    roles: tuple[tuple[str, tuple[Characters, ...]], ...]
    sure: bool = True
    exact: bool = True  # else the trigger is the first verb or noun of a longer quote


@dataclass(frozen=True)
class Text:
    """A text with all that it tells; of `open` characters nothing is known."""

    story: str
    text: str
    marks: tuple[Mark, ...]
    open: tuple[Characters, ...] = field(default=())


@cache
def scripts() -> tuple[ModuleType, ModuleType, ModuleType]:
    """The corpus's own reader, scorer and stand-off reader: scripts beside their data, not a package."""
    if str(CORPUS) not in sys.path:
        sys.path.insert(0, str(CORPUS))
    import corpus
    import score
    import standoff

    return corpus, score, standoff


def passages(part: str) -> Iterator[Text]:
    """Settled passages of a part."""
    corpus, score, _ = scripts()
    for one in score.passages(part):
        yield of_passage(one, corpus.load(CORPUS / "marks/settled" / f"{one.id}.yaml"))


def read_once() -> Iterator[Text]:
    """Passages that one reader marked, to train on only."""
    corpus, _, _ = scripts()
    for path in sorted((CORPUS / "marks/a").glob("*.yaml")):
        if int(path.stem) > READ_TWICE:
            yield of_passage(corpus.passage(CORPUS / "own" / path.name), corpus.load(path))


def of_passage(one: Any, marks: dict[str, Any]) -> Text:
    """A passage without its title."""
    corpus, _, _ = scripts()
    cut = len(one.title) + 2

    def spans(quotes: Iterable[str]) -> tuple[Characters, ...]:
        found = (corpus.place(one.body, quote) for quote in quotes)
        return tuple((s - cut, e - cut) for s, e in found if s >= cut)

    mentions = {
        e["id"]: spans(q for kind in corpus.KINDS for q in e.get(kind) or ()) for e in marks["entities"]
    }  # fmt: skip
    strict = int(one.id) > READ_TWICE
    fillers = lambda role, handles: [(role, mentions[h]) for h in handles or () if mentions.get(h)]  # noqa: E731
    told: list[Mark] = []
    unknown: list[Characters] = []
    for event in marks["events"]:
        roles = [x for role, handles in (event.get("roles") or {}).items() for x in fillers(role, handles)]
        roles += fillers("source", event.get("attribution"))
        sure = event.get("core") != "false"
        told += [Mark(s, event["type"], event["realis"], tuple(roles), sure) for s in spans([event["trigger"]])]
        again = spans(q for q in event.get("evidence") or () if q != event["trigger"])
        if strict:
            told += [Mark(first_word(one.text, s), event["type"], event["realis"], tuple(roles), sure) for s in again]
        else:
            unknown += again
    for leg in marks["flights"]:
        roles = [x for role in LEG_ROLES if leg.get(role) for x in fillers(role, [leg[role]])]
        roles += [*fillers("aboard", leg.get("aboard")), *fillers("source", leg.get("attribution"))]
        type_, realis = leg_type(leg["status"]), STATUS.get(leg["status"], leg["status"])
        for span in spans(leg.get("evidence") or ()):
            at = first_word(one.text, span) if strict else span
            told.append(Mark(at, type_, realis, tuple(roles), leg.get("core") != "false", exact=strict))
    return Text(one.story, one.text, tuple(told), tuple(unknown))


def first_word(text: str, span: Characters) -> Characters:
    return span[0], span[0] + len(text[slice(*span)].split()[0])


def leg_type(status: str) -> str:
    return "SignalLoss" if status == "signal-lost" else "Flight"


# --- sentences ----------------------------------------------------------------------------------------------------------


def sentences(data: Path, part: str) -> Iterator[Text]:
    """The settled runs of a part; neighbouring sentences together, as a paragraph would have them."""
    _, score, standoff = scripts()
    source = standoff.Source(data)
    for run, rows in standoff.settled():
        if score.part_of(run.story) == part:
            yield from joined(run.story, source.sentences(run), rows)


def sentences_read_once(data: Path) -> Iterator[Text]:
    """Runs to train on only; none of a document whose other half is in dev or test."""
    _, score, standoff = scripts()
    source = standoff.Source(data)
    for run, rows in standoff.read_once():
        if run.source == "gmb" or score.part_of(run.story) == "train":
            yield from joined(run.story, source.sentences(run), rows)


def joined(story: str, texts: Iterable[str], rows: Iterable[dict[str, Any]]) -> Iterator[Text]:
    text, marks = "", []
    for sentence, row in zip(texts, rows, strict=True):
        if text and len(text.split()) + len(sentence.split()) > JOINED:
            yield Text(story, text, tuple(marks))
            text, marks = "", []
        at = len(text) + 1 if text else 0
        text = f"{text} {sentence}" if text else sentence
        marks += [of_sentence(mark, at) for mark in (*row.get("events", ()), *row.get("flights", ()))]
    if text:
        yield Text(story, text, tuple(marks))


def of_sentence(mark: dict[str, Any], at: int) -> Mark:
    """A mark of a sentence that begins at this character."""
    roles = [(role, ((s + at, e + at),)) for role, found in mark["roles"].items() for s, e in found]
    roles += [("source", ((s + at, e + at),)) for s, e in mark["attribution"]]
    status = mark.get("status")
    type_ = mark["type"] if status is None else leg_type(status)
    realis = mark["realis"] if status is None else STATUS.get(status, status)
    start, end = mark["trigger"]
    return Mark((start + at, end + at), type_, realis, tuple(roles), mark.get("core", True))
