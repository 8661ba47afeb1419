"""To which predicate a place or a time belongs: the nearest one before it, unless the tree says otherwise.

Trees of long news sentences often hang the last phrase on the wrong verb; word order rarely misleads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.flights.reporting.words import word_list

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token


class Anchors:
    """The predicates of one sentence: triggers, and the other verbs that keep their places and times to themselves."""

    def __init__(self, sentence: Sentence, triggers: Mapping[int, object]) -> None:
        self.sentence, self.triggers = sentence, triggers
        self.verbs = [t.i for t in sentence if t.i in triggers or (t.pos_ == "VERB" and not _leads_on(t, triggers))]

    def of(self, phrase: Token, first: int) -> int | None:
        """The trigger that a phrase (its head, and its first token) belongs to."""
        governor = self._governor(phrase)
        before = next((v for v in reversed(self.verbs) if v < first), None)
        if before is None:
            if governor in self.triggers:
                return governor
            # What opens a sentence belongs to the first clause.
            return next((v for v in self.verbs if v > first), None) if governor is None else None
        if governor is not None and governor > first and self._comma_between(before, first):
            return governor if governor in self.triggers else None
        if before in self.triggers:
            return before
        return governor if governor in self.triggers else None

    def _comma_between(self, left: int, right: int) -> bool:
        return any(t.lower_ in (",", "and", "but", ";") for t in self.sentence.doc[left + 1 : right])

    def _governor(self, phrase: Token) -> int | None:
        """The verb or trigger that the tree hangs the phrase on; None if it hangs on a noun or on nothing."""
        node = phrase
        for _ in range(8):
            head = node.head
            if head == node:
                return None
            if head.i in self.triggers:
                return head.i
            if head.pos_ == "VERB" and not _leads_on(head, self.triggers):
                return self._below(head) or head.i
            if head.pos_ == "VERB" and (below := self._below(head)) is not None:
                return below
            node = head
        return None

    def _below(self, verb: Token) -> int | None:
        """ "was seen landing", "was made to land", "carried out a flight": such a verb tells of the flight below it."""
        lemma = verb.lemma_.lower()
        if lemma in word_list("light"):
            relations: tuple[str, ...] = ("obj", "nsubj:pass")
        elif lemma in word_list("seen"):
            relations = ("xcomp", "ccomp", "advcl")
        else:
            return None
        return next((c.i for c in verb.children if c.dep_ in relations and c.i in self.triggers), None)


def _leads_on(verb: Token, triggers: Mapping[int, object]) -> bool:
    """ "headed for", "bound for" below another trigger; "was seen landing": no predicates of their own."""
    lemma = verb.lemma_.lower()
    if lemma in word_list("bound") and verb.i not in triggers:
        return True
    if lemma in word_list("light") and any(c.i in triggers and c.dep_ in ("obj", "nsubj:pass") for c in verb.children):
        return verb.i not in triggers
    if lemma in word_list("seen"):
        return any(c.i in triggers and c.i > verb.i and c.dep_ in ("xcomp", "advcl") for c in verb.children)
    return False
