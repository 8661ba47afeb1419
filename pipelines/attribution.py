"""Who says so: for every word of a reported clause, the sources that the text names, outermost first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_SPEECH = frozenset(
    [
        "say",
        "tell",
        "report",
        "announce",
        "state",
        "declare",
        "claim",
        "argue",
        "add",
        "note",
        "explain",
        "write",
        "warn",
        "confirm",
        "deny",
        "insist",
        "acknowledge",
        "admit",
        "stress",
        "suggest",
        "allege",
        "assert",
        "reveal",
        "disclose",
        "comment",
        "remark",
        "indicate",
        "show",
        "quote",
        "cite",
        "believe",
        "estimate",
        "predict",
        "describe",
        "maintain",
        "reiterate",
        "underline",
        "emphasise",
        "emphasize",
        "tweet",
        "post",
        "publish",
        "conclude",
        "find",
        "observe",
        "repeat",
        "vow",
        "pledge",
        "promise",
        "call",
        "accuse",
    ]
)
_SUBJECTS = ("nsubj", "nsubj:pass", "obl:agent")
_CONTENT = ("ccomp", "parataxis", "xcomp")
# Nouns that carry what others found: "data from Flightradar24", "a report by NK News".
_CARRIERS = frozenset(
    [
        "data",
        "report",
        "record",
        "statement",
        "information",
        "source",
        "figure",
        "account",
        "analysis",
        "image",
        "imagery",
        "footage",
        "tracking",
        "study",
    ]
)
_BY = frozenset(["by", "from", "of", "in", "on"])


def mark_attribution(doc: Doc, entity_at: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """Token index → entity ids of the sources; tokens that the article itself vouches for are absent."""
    marks: dict[int, tuple[str, ...]] = {}
    for token in doc:
        lower = token.lower_
        if lower == "according":
            _according(token, entity_at, marks)
        elif token.pos_ == "VERB" and token.lemma_.lower() in _SPEECH:
            _speech(token, entity_at, marks)
        elif lower == "put" and any(c.lower_ == "it" for c in token.children) and token.dep_ == "advcl":
            # "As Powell put it, the plane landed."
            mine = {t.i for t in token.subtree}
            _mark((t.i for t in token.head.subtree if t.i not in mine), _speakers(token, entity_at), marks)
    _continue_quotations(doc, marks)
    return marks


def _according(token: Token, entity_at: Mapping[int, tuple[str, ...]], marks: dict[int, tuple[str, ...]]) -> None:
    """ "according to X": everything in the clause that the phrase hangs on."""
    phrase = token.head if token.dep_ in ("case", "mark", "fixed") else token
    sources = _sources_in(phrase, entity_at)
    if not sources:
        return
    clause = phrase.head if phrase.head != phrase else phrase
    inside = {t.i for t in phrase.subtree}
    _mark((t.i for t in _clause(clause) if t.i not in inside), sources, marks)


def _speech(verb: Token, entity_at: Mapping[int, tuple[str, ...]], marks: dict[int, tuple[str, ...]]) -> None:
    quotes = verb.lemma_.lower() in ("quote", "cite")
    content = [
        c
        for c in verb.children
        if (c.dep_ in _CONTENT or (quotes and c.dep_ == "advcl")) and c.pos_ in ("VERB", "AUX", "NOUN", "ADJ", "PROPN")
    ]
    speakers = _speakers(verb, entity_at)
    if not speakers:
        return
    for clause in content:
        _mark((t.i for t in clause.subtree), speakers, marks)
    if verb.dep_ == "parataxis" and not content:
        # "The plane landed at noon, Kyodo reported."
        mine = {t.i for t in verb.subtree}
        _mark((t.i for t in verb.head.subtree if t.i not in mine), speakers, marks)


def _speakers(verb: Token, entity_at: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    subjects = [c for c in verb.children if c.dep_ in _SUBJECTS]
    if verb.dep_ == "acl:relcl" and any(c.lower_ in ("who", "which", "that") for c in subjects):
        # Not the whole antecedent phrase: the clause itself hangs on it.
        return entity_at.get(verb.head.i, ())
    if verb.dep_ == "advcl" and verb.head.lemma_.lower() in ("quote", "cite") and not subjects:
        subjects = [c for c in verb.head.children if c.dep_ == "obj"]
    elif not subjects and verb.dep_ in ("conj", "advcl", "xcomp") and verb.head != verb:
        subjects = [c for c in verb.head.children if c.dep_ in _SUBJECTS]
    cited = [
        o for c in verb.children if c.dep_ == "advcl" and c.lemma_.lower() in ("cite", "quote") for o in _objects(c)
    ]
    return tuple(dict.fromkeys(i for s in (*subjects, *cited) for i in _sources_in(s, entity_at)))


def _objects(verb: Token) -> list[Token]:
    return [c for c in verb.children if c.dep_ == "obj"]


def _sources_in(phrase: Token, entity_at: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    """The entities that a source phrase names: its head, or those that it comes from, outermost first."""
    if phrase.i in entity_at:
        # "Flightradar24 data examined by NK News": the participle may hang on the name itself.
        tellers = [
            i
            for clause in phrase.children
            if clause.dep_ == "acl"
            for agent in clause.children
            if agent.dep_ == "obl:agent" or (agent.dep_ == "obl" and any(c.lower_ == "by" for c in agent.children))
            for i in _sources_in(agent, entity_at)
        ]
        return tuple(dict.fromkeys((*tellers, *entity_at[phrase.i])))
    found: list[str] = []
    for child in sorted(phrase.children, key=lambda c: c.i):
        if child.dep_ in ("appos", "flat", "nmod", "nmod:poss", "acl", "compound", "conj", "obl", "obl:agent"):
            found += _sources_in(child, entity_at)
    if not found:
        # "Russian officials": the state speaks only where nobody is named ("the Russian agency TASS" is TASS).
        found = [i for child in phrase.children if child.dep_ == "amod" for i in _sources_in(child, entity_at)]
    if any(c.dep_ == "acl" for c in phrase.children):
        found.reverse()  # "data from A examined by B": B is the one who tells
    return tuple(dict.fromkeys(found))


def _continue_quotations(doc: Doc, marks: dict[int, tuple[str, ...]]) -> None:
    """A sentence that is all quotation belongs to whoever was quoted in the sentence before it."""
    speakers: tuple[str, ...] = ()
    for sentence in doc.sents:
        marked = [marks[t.i] for t in sentence if t.i in marks]
        opens = any(t.text in _OPENING for t in sentence[:2])
        if not marked and opens and speakers:
            _mark((t.i for t in sentence), speakers, marks)
        else:
            speakers = marked[0] if marked and any(t.text in _QUOTES for t in sentence) else ()


_OPENING = frozenset(['"', "“", "«"])
_QUOTES = frozenset(['"', "“", "”", "«", "»"])


def _clause(head: Token) -> Iterable[Token]:
    return head.subtree


def _mark(tokens: Iterable[int], sources: tuple[str, ...], marks: dict[int, tuple[str, ...]]) -> None:
    """Outer sources come first: what is marked already was said by someone further in or out."""
    for i in tokens:
        known = marks.get(i, ())
        marks[i] = tuple(dict.fromkeys((*known, *sources))) if known else sources
