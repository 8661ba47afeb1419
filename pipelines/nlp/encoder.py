"""The default model: onnxruntime scores one window of words; here the scores become a reading of each word."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.nlp import decode, discourse
from pipelines.nlp.coreference import PairScorer
from pipelines.nlp.discourse import Candidate
from pipelines.nlp.events import Event, EventReader, Window
from pipelines.nlp.features import shape_of
from pipelines.nlp.labels import word_set
from pipelines.nlp.lemmas import lemma
from pipelines.nlp.pieces import Pieces
from pipelines.nlp.sessions import open_session

WINDOW = 96  # words read at once: a paragraph of news; more only where a sentence is longer
LONGEST = 220  # words of a sentence that is read in one go
OVERLAP = 32  # words before a part of a long sentence that are read with it
PIECES = 500  # word pieces the encoder can place
CLOSING = frozenset(["”", "’", ")", "]", "}", ",", ";", ":", ".", "!", "?", "%", "'s", "’s", "n't"])
# After a word whose stop may or may not end the sentence, these begin one: no name is written so.
ABBREVIATED = re.compile(r"(?i)^(?:[ap]\.m\.|(?:[a-z]\.){2,}|inc\.|corp\.|co\.|ltd\.|jr\.|sr\.|etc\.)$")
OPENERS = word_set(
    """
    The A An It He She They We I This That These Those There His Her Its Their Our But And In On At After Before
    When While As However If By For From With According Both
    """
)
LABEL = 3  # words that the label of a line may have
MARKS = frozenset([",", ";", ":", "–", "—", "|"])
QUOTES = frozenset(['"', "'", "”", "’", "''"])


@dataclass
class Reading:
    """What the model says of a run of words; heads are positions in the run, a root is its own head."""

    upos: list[str] = field(default_factory=list)
    feats: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    starts: list[bool] = field(default_factory=list)
    mentions: list[tuple[int, int, str]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    windows: list[tuple[int, Window]] = field(
        default_factory=list
    )  # what events were read from; kept for training only

    def add(self, other: Reading) -> None:
        """Put another run behind this one."""
        at = len(self.upos)
        self.candidates += [replace(c, word=c.word + at) for c in other.candidates]
        for e in other.events:
            roles = tuple((word + at, role, p) for word, role, p in e.roles)
            self.events.append(replace(e, word=e.word + at, roles=roles))
        self.windows += [(start + at, window) for start, window in other.windows]
        for name in ("upos", "feats", "lemmas", "deps", "starts"):
            getattr(self, name).extend(getattr(other, name))
        self.heads.extend(h + at for h in other.heads)
        self.mentions.extend((s + at, e + at, n) for s, e, n in other.mentions)


class Encoder:
    """The model in `folder`, opened once. Each window is run alone, on one thread: nothing else can change it."""

    def __init__(self, folder: Path) -> None:
        self.labels: dict[str, list[str]] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        self.session = open_session(folder / "model.onnx")
        self.takes = {given.name for given in self.session.get_inputs()}
        self.gives = [output.name for output in self.session.get_outputs()]
        self.pieces = Pieces(folder / "tokenizer.json")
        self.pairs = PairScorer.open(folder / "pairs.json")
        self.events = EventReader.open(folder)
        self.keep_windows = False

    def score(self, words: Sequence[str]) -> dict[str, Any]:
        """Scores of one window, by head."""
        ids, owner, first = [self.pieces.start], [0], []
        for number, rows in enumerate(self.pieces.of(list(words)), start=1):
            first.append(len(ids))
            ids.extend(rows)
            owner.extend([number] * len(rows))
        ids.append(self.pieces.end)
        owner.append(0)
        shape = np.array([[shape_of(w, i == 0) for i, w in enumerate(words)]], np.float32)
        found = {"pieces": [ids], "owner": [owner], "first": [first]}
        inputs = {"shape": shape, **{k: np.array(v, np.int64) for k, v in found.items() if k in self.takes}}
        return dict(zip(self.gives, self.session.run(self.gives, inputs), strict=True))

    def fit(self, words: Sequence[str], limit: int) -> int:
        """How many of the words, at most `limit`, fit into one window."""
        total = 0
        for count, rows in enumerate(self.pieces.of(list(words[:limit]))):
            total += len(rows)
            if total > PIECES:
                return count
        return min(limit, len(words))

    def read(self, words: Sequence[str]) -> Reading:
        """Read a paragraph window by window, and cut each into its sentences."""
        result, at = Reading(), 0
        while at < len(words):
            size = self.fit(words[at:], WINDOW)
            scores, starts = self._window(words[at : at + size])
            if at + size < len(words) and len(starts) == 1:
                size = self.fit(words[at:], LONGEST)
                scores, starts = self._window(words[at : at + size])
            cut = size if at + size == len(words) else _cut(scores["start"], starts)
            ends = [*(s for s in starts[1:] if s < cut), cut]
            window = Reading()
            for start, end in pairwise([0, *ends]):
                window.add(self._sentence(words[at + start : at + end], within(scores, start, end)))
            self._discourse(window, scores)
            result.add(window)
            at += cut
        return result

    def read_sentence(self, words: Sequence[str]) -> Reading:
        """Read words that are one sentence. One too long for a window is read in parts, joined as parataxis.

        A part ends at a mark where there is one, and is read with the words before it.
        """
        result, at = Reading(), 0
        while at < len(words):
            before = min(at, OVERLAP)
            size = self.fit(words[at - before :], LONGEST) - before
            size = size if at + size == len(words) else _last_mark(words[at : at + size])
            scores = within(self.score(words[at - before : at + size]), before, before + size)
            part = self._sentence(words[at : at + size], scores)
            self._discourse(part, scores)
            result.add(part)
            at += size
        roots = [i for i, head in enumerate(result.heads) if head == i]
        for later in roots[1:]:
            result.heads[later], result.deps[later] = roots[0], "parataxis"
        result.starts = [i == 0 for i in range(len(words))]
        return result

    def _discourse(self, window: Reading, scores: dict[str, Any]) -> None:
        """What a window says beyond its sentences."""
        size = len(window.upos)
        if "mention" in scores:
            window.candidates = discourse.candidates({k: scores[k][:size] for k in discourse.OUTPUTS})
        if "vectors" in scores and (self.events or self.keep_windows):
            seen = Window.of(scores["vectors"], window)
            window.events = self.events(seen) if self.events else []
            window.windows = [(0, seen)] if self.keep_windows else []

    def _window(self, words: Sequence[str]) -> tuple[dict[str, Any], list[int]]:
        scores = self.score(words)
        likely = scores["start"] > 0
        found = [i for i in range(1, len(words)) if must_start(words, i) or (likely[i] and may_start(words, i))]
        return scores, [0, *found]

    def _sentence(self, words: Sequence[str], scores: dict[str, Any]) -> Reading:
        """Tags, tree and mentions of one sentence."""
        size = len(words)
        pick = lambda head: [self.labels[head][i] for i in scores[head].argmax(1)]  # noqa: E731
        reading = Reading(pick("upos"), pick("feats"), starts=[i == 0 for i in range(size)])
        tagged = zip(words, pick("lemma"), reading.upos, reading.starts, strict=True)
        reading.lemmas = [lemma(word, rule, upos, first) for word, rule, upos, first in tagged]
        self._attach(reading, scores, decode.tree(scores["arcs"]))
        reading.mentions = list(decode.mentions(scores["names"]))
        return reading

    def _attach(self, reading: Reading, scores: dict[str, Any], heads: list[int]) -> None:
        """Heads and dependency labels of one sentence; the word under the root, and no other, is `root`."""
        # einsum, not a matrix product: the same sum in the same order whatever the number of threads.
        fit = np.einsum("wrj,wj->wr", scores["deps"], scores["dep_head"][np.array(heads)])
        fit[:, self.labels["deps"].index("root")] = -np.inf
        labels = [self.labels["deps"][i] for i in fit.argmax(1)]
        reading.deps = [label if head else "root" for label, head in zip(labels, heads, strict=True)]
        reading.heads = [head - 1 if head else i for i, head in enumerate(heads)]


def within(scores: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    """Scores of some words of a window, which may be attached to one another only."""
    heads = [0, *range(start + 1, end + 1)]
    rest = {name: rows[start:end] for name, rows in scores.items()}
    rest["arcs"], rest["dep_head"] = rest["arcs"][:, heads], scores["dep_head"][heads]
    return rest


def _last_mark(words: Sequence[str]) -> int:
    """Where to cut a long run: behind its last mark, if that is not too early."""
    marks = (i + 1 for i in range(len(words) - 1, len(words) // 2, -1) if words[i] in MARKS)
    return next(marks, len(words))


def may_start(words: Sequence[str], at: int) -> bool:
    """No sentence begins with a mark that closes, nor after a comma: `"We left," he said`.

    A number or a time at the begin of a paragraph is the label of its line, not a sentence: `14:05 The plane landed.`
    """
    if at <= LABEL and not any(c.isalpha() for word in words[:at] for c in word):
        return False
    before = at - 1
    while before > 0 and words[before] in QUOTES:
        before -= 1
    return words[at] not in CLOSING and words[before] not in (",", ";")


def must_start(words: Sequence[str], at: int) -> bool:
    """`… at 12:37 p.m. The plane …`: a new sentence, though the stop belongs to the abbreviation."""
    return words[at] in OPENERS and ABBREVIATED.match(words[at - 1]) is not None


def _cut(scores: Any, starts: list[int]) -> int:
    """Where the next window begins: at the last sentence start, or where one is likeliest in the second half."""
    if len(starts) > 1:
        return starts[-1]
    half = max(1, len(scores) // 2)
    return half + int(np.argmax(scores[half:])) if len(scores) > 1 else 1


def threads_wanted(given: int | None = None) -> int:
    """Threads that read windows side by side: the argument, else `KG_THREADS`, else two."""
    return max(1, given or int(os.environ.get("KG_THREADS", "2")))


def read_all(jobs: Sequence[Callable[[], Reading]], threads: int) -> list[Reading]:
    """Run the jobs, in order of result; each is single-threaded, so their number changes the time only."""
    if threads == 1 or len(jobs) < 2:
        return [job() for job in jobs]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda job: job(), jobs))
