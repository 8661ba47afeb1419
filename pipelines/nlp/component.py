"""The default model as a spaCy component: fills tags, lemmas, trees, sentences and named mentions of a Doc."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipelines.nlp import coreference
from pipelines.nlp.coreference import PairScorer
from pipelines.nlp.discourse import Candidate
from pipelines.nlp.encoder import Encoder, Reading, read_all, threads_wanted
from pipelines.nlp.events import Event, Window
from pipelines.nlp.gazetteer import compound_names, corrected, is_demonym, long_names, votes
from pipelines.nlp.tokens import tokenize

Stretch = list[int]  # token indexes that are read together
CLUSTERS = "coref_clusters"  # keys of `doc.spans`, as spaCy's experimental coreference has them
LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")


class Tokenizer:
    """Text to a Doc of our words. A lone surrogate cannot be stored and becomes U+FFFD, one character for one."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words, spaces = tokenize("".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text))
        return Doc(self.vocab, words=words, spaces=spaces)


def is_blank(text: str) -> bool:
    """Is the token white space, control or direction marks only?"""
    return all(c.isspace() or unicodedata.category(c) in ("Cc", "Cf") for c in text)


WRAPPED = 120  # characters: longer lines are paragraphs, not lines of a page


def is_wrapped(text: str) -> bool:
    """Was the text broken into lines by width? Then a line break says nothing about sentences."""
    lines = [line.strip() for line in text.splitlines()]
    pairs = [(a, b) for a, b in pairwise(lines) if a and b]
    flowing = sum(b[0].islower() for _, b in pairs)
    return bool(pairs) and max(map(len, lines)) <= WRAPPED and flowing * 5 >= len(pairs)


def paragraphs(doc: Doc) -> Iterator[Stretch]:
    """Tokens between line breaks: an empty line always ends a paragraph, a single break unless the text is wrapped."""
    stretch: Stretch = []
    needed = 2 if is_wrapped(doc.text) else 1
    for token in doc:
        if not is_blank(token.text):
            stretch.append(token.i)
        elif stretch and len(LINE_END.findall(token.text)) >= needed:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def given_sentences(doc: Doc) -> Iterator[Stretch]:
    """Tokens of each sentence that was set beforehand."""
    stretch: Stretch = []
    for token in doc:
        if token.is_sent_start and stretch:
            yield stretch
            stretch = []
        if not is_blank(token.text):
            stretch.append(token.i)
    if stretch:
        yield stretch


class Reader:
    """Reads docs with one encoder; `threads` windows side by side."""

    def __init__(self, encoder: Encoder, threads: int | None = None) -> None:
        self.encoder, self.threads = encoder, threads_wanted(threads)

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 32) -> Iterator[Doc]:
        """Docs in their order; the windows of `batch_size` docs share the threads."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            plans = [self._plan(doc) for doc in batch]
            readings = iter(read_all([job for plan in plans for _, job in plan], self.threads))
            for doc, plan in zip(batch, plans, strict=True):
                parts = [(stretch, next(readings)) for stretch, _ in plan]
                write(doc, parts)
                set_discourse(doc, parts, self.encoder.pairs, self.encoder.events is not None)
                yield doc

    def _plan(self, doc: Doc) -> list[tuple[Stretch, Callable[[], Reading]]]:
        given = doc.has_annotation("SENT_START")
        read = self.encoder.read_sentence if given else self.encoder.read
        stretches = given_sentences(doc) if given else paragraphs(doc)
        return [(s, partial(read, [doc[i].text for i in s])) for s in stretches]


def write(doc: Doc, parts: list[tuple[Stretch, Reading]]) -> None:
    """Set everything on the doc. White space hangs on the word before it and belongs to its sentence."""
    size = len(doc)
    pos, morphs, lemmas, deps = ["SPACE"] * size, [""] * size, [t.text for t in doc], ["dep"] * size
    heads = list(range(size))
    ents: list[Span] = []
    for stretch, reading in parts:
        for i, at in enumerate(stretch):
            pos[at], lemmas[at], deps[at] = reading.upos[i], reading.lemmas[i], reading.deps[i]
            morphs[at] = "" if reading.feats[i] == "_" else reading.feats[i]
            heads[at] = stretch[reading.heads[i]]
        ents += [Span(doc, stretch[s], stretch[e - 1] + 1, label=name) for s, e, name in reading.mentions]
    _hang_blanks(heads, {i for stretch, _ in parts for i in stretch})
    if size:
        _fill(doc, pos, morphs, lemmas, heads, deps)
    set_mentions(doc, ents)


def set_discourse(doc: Doc, parts: list[tuple[Stretch, Reading]], score: PairScorer | None, has_events: bool) -> None:
    """Clusters of mentions as `doc.spans["coref_clusters_N"]`, lone mentions among them; events as `doc._.events`."""
    found: list[Candidate] = []
    events: list[Event] = []
    for stretch, reading in parts:
        found += [replace(c, word=stretch[c.word]) for c in reading.candidates]
        for e in reading.events:
            roles = tuple((stretch[word], role, p) for word, role, p in e.roles)
            events.append(replace(e, word=stretch[e.word], roles=roles))
    doc._.events = tuple(events) if has_events else None
    groups = coreference.resolve(doc, found, score) if score is not None else ()
    for number, group in enumerate(groups, start=1):
        doc.spans[f"{CLUSTERS}_{number}"] = [Span(doc, start, end) for start, end in group]


def _hang_blanks(heads: list[int], words: set[int]) -> None:
    """Blank tokens hang on the word before, those in front on the first word; a doc of blanks is one flat sentence."""
    first = min(words, default=0)
    for i in range(len(heads)):
        if i not in words:
            heads[i] = first if i <= first else i - 1 if i - 1 in words else heads[i - 1]


def _fill(doc: Doc, pos: list[str], morphs: list[str], lemmas: list[str], heads: list[int], deps: list[str]) -> None:
    """One pass over the doc's arrays; spaCy derives the sentence starts from the roots."""
    import numpy as np
    from spacy.attrs import DEP, HEAD, LEMMA, MORPH, POS, TAG
    from spacy.symbols import IDS

    add, rows = doc.vocab.strings.add, np.zeros((len(doc), 6), dtype="uint64")
    for i in range(len(doc)):
        step = np.int64(heads[i] - i).astype("uint64")
        tag = add("_SP" if pos[i] == "SPACE" else pos[i])
        rows[i] = IDS[pos[i]], tag, doc.vocab.morphology.add(morphs[i]), add(lemmas[i]), add(deps[i]), step
    doc.from_array([POS, TAG, MORPH, LEMMA, DEP, HEAD], rows)  # type: ignore[arg-type] # spaCy's own array type


def set_mentions(doc: Doc, ents: list[Span]) -> None:
    """Put the mentions on the doc; what the lists of names know better is put right, and peoples are marked."""
    if not Span.has_extension("demonym"):
        Span.set_extension("demonym", getter=names_a_people)
    found = {(e.start, e.end): e.label_ for e in trimmed(ents)}
    words = [token.text for token in doc]
    for start, end, label in (*long_names(words), *compound_names(words), *votes(words)):
        if not any(s <= start and end <= e for s, e in found):
            found = {(s, e): kind for (s, e), kind in found.items() if e <= start or end <= s}
            found[start, end] = label
    kept = (
        (s, e, corrected(doc[s:e].text, label)) for (s, e), label in found.items() if not is_call_sign(doc, s, label)
    )
    doc.ents = tuple(Span(doc, start, end, label=label) for start, end, label in kept if label)


def names_a_people(span: Span) -> bool:
    """`Russian`, `Iranians`; also written small, where the model took it for a country."""
    return span.label_ == "Country" and (is_demonym(span.text) or is_demonym(span.text.capitalize()))


def is_call_sign(doc: Doc, start: int, label: str) -> bool:
    """`flight JS151`, `callsign RCH871`: the form of a model, but the number of a flight."""
    return label == "AircraftType" and start > 0 and doc[start - 1].text.lower() in ("flight", "callsign", "sign")


def trimmed(ents: list[Span]) -> Iterator[Span]:
    """Mentions without an article in front or a possessive behind."""
    for ent in ents:
        start, end, doc = ent.start, ent.end, ent.doc
        while start < end and doc[start].text.lower() in ("the", "a", "an"):
            start += 1
        while end > start and (doc[end - 1].text in ("'s", "’s", "'", "’") or is_blank(doc[end - 1].text)):
            end -= 1
        if start < end:
            yield Span(doc, start, end, label=ent.label_)


def windows_of(text: str, nlp: Language) -> tuple[Doc, list[tuple[Stretch, Window]]]:
    """A text read, and the windows that its events are read from, each with its tokens: to train on."""
    reader = nlp.get_pipe("kg_reader")
    assert isinstance(reader, Reader)
    reader.encoder.keep_windows = True
    doc = nlp.make_doc(text)
    parts = [(stretch, job()) for stretch, job in reader._plan(doc)]
    reader.encoder.keep_windows = False
    write(doc, parts)
    kept = [(s[at : at + len(w.upos)], w) for s, reading in parts for at, w in reading.windows]
    return doc, kept


def build(folder: Path, name: str, threads: int | None = None) -> Language:
    """A `Language` of our tokenizer and the model in `folder`."""
    import spacy

    nlp = spacy.blank("en")
    nlp.meta["name"], nlp.meta["lang"] = name, "en"
    nlp.tokenizer = Tokenizer(nlp.vocab)
    nlp.max_length = 50_000_000  # windows are bounded, so is the memory for any length
    if not Doc.has_extension("events"):
        Doc.set_extension("events", default=None)
    reader = Reader(Encoder(folder), threads)
    Language.component("kg_reader", assigns=ASSIGNS, func=reader)
    nlp.add_pipe("kg_reader")
    return nlp


ASSIGNS = [
    "token.pos",
    "token.tag",
    "token.morph",
    "token.lemma",
    "token.dep",
    "token.head",
    "token.is_sent_start",
    "doc.ents",
]
