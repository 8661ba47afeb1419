"""Events and movements by the trained head: which words tell one, of what type, how real, and who takes part.

The head stands on the encoder's vectors of a window of words and on what was read there (tags, tree, names). It was
trained on `benchmarks/corpus` (`pipelines.nlp.training.events`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kg.model import Realis
from pipelines.nlp.discourse import Floats, softmax
from pipelines.nlp.labels import TYPES
from pipelines.nlp.sessions import open_session

Numbers = NDArray[np.int64]
NO_EVENT = NO_ROLE = ""
Reality = Realis | Literal["cancelled"]  # a flight called off
REALIS: tuple[Reality, ...] = ("asserted", "planned", "possible", "denied", "hypothetical", "cancelled")
UPOS = "VERB NOUN PROPN ADJ ADV PRON AUX NUM ADP DET PART PUNCT".split()
DEPS = """punct case det nsubj root advmod amod obj obl nmod conj compound cc mark aux cop nmod:poss advcl xcomp flat acl:relcl ccomp
acl appos aux:pass nummod parataxis nsubj:pass nmod:unmarked obl:unmarked discourse compound:prt expl fixed iobj list obl:agent dep
nmod:desc csubj nsubj:outer""".split()
NAMES = TYPES
NEAR = np.array([1, 2, 4, 7, 12, 20])  # upper bounds of the buckets of distance, in words
RELATIONS = 5  # none, hangs on the event, governs it, hangs on what hangs on it, has the same governor
POSSIBLE = (
    0.1  # probability of the best type from which on a word is reported; whether to believe it, the caller decides
)


@dataclass(frozen=True)
class Event:
    """A word that tells what happens: type, realis, probability; the head words of who takes part, with role and probability."""

    word: int
    type: str
    realis: Reality
    probability: float
    roles: tuple[tuple[int, str, float], ...] = ()


@dataclass(frozen=True)
class Window:
    """What the head sees of n words: vectors [n, width] and numbers [n]; `heads` and `sentence` count within the window."""

    vectors: NDArray[np.float16]
    upos: Numbers
    deps: Numbers
    names: Numbers
    heads: Numbers
    sentence: Numbers

    @classmethod
    def of(cls, vectors: Floats, reading: Any) -> Window:
        """The window of a reading that begins where the vectors begin."""
        size = len(reading.upos)
        names = np.zeros(size, np.int64)
        for start, end, name in reading.mentions:
            names[start:end] = number(NAMES, name)
        return cls(
            vectors[:size].astype(np.float16),
            np.array([number(UPOS, x) for x in reading.upos], np.int64),
            np.array([number(DEPS, x) for x in reading.deps], np.int64),
            names,
            np.array(reading.heads, np.int64),
            np.cumsum(np.array(reading.starts, np.int64)),
        )


def number(rows: Sequence[str], name: str) -> int:
    """Position from 1; 0 is anything else."""
    return rows.index(name) + 1 if name in rows else 0


def relations(window: Window, at: Sequence[int]) -> tuple[Numbers, Numbers, Numbers]:
    """Of each event's word to each word of the window [events, words]: bucket of distance with its side, relation, label."""
    events, words = np.array(at, np.int64)[:, None], np.arange(len(window.heads))[None]
    near = np.searchsorted(NEAR, np.abs(words - events), side="right") + (words > events) * (len(NEAR) + 1)
    governor, heads = window.heads[events], window.heads[None]
    kinds = [heads == events, governor == words, window.heads[heads] == events, governor == heads]
    relation = np.select(kinds, [np.full(near.shape, k) for k in (1, 2, 3, 4)], 0)
    label = np.where(relation > 0, window.deps[None], 0)
    return near.astype(np.int64), relation.astype(np.int64), label.astype(np.int64)


class EventReader:
    """The head in a model's folder: `events.onnx`, and `events.npz` with labels and the tables of roles."""

    def __init__(self, folder: Path) -> None:
        self.session = open_session(folder / "events.onnx")
        with np.load(folder / "events.npz") as rows:
            self.tables = {k: rows[k].astype(np.float32) for k in ("near", "relation", "label", "kind")}
            labels = json.loads(rows["labels"].tobytes())
        self.types, self.roles = labels["types"], labels["roles"]

    @classmethod
    def open(cls, folder: Path) -> EventReader | None:
        """None for a model that has no such head."""
        return cls(folder) if (folder / "events.onnx").exists() else None

    def __call__(self, window: Window) -> list[Event]:
        """Events in word order."""
        given = {"vectors": window.vectors.astype(np.float32), "upos": window.upos, "deps": window.deps}
        type_, realis, event, word = self.session.run(None, {**given, "names": window.names})
        likely = softmax(type_)
        best = likely[:, 1:].argmax(1) + 1
        at = np.flatnonzero(likely[np.arange(len(best)), best] > POSSIBLE)
        if not len(at):
            return []
        found = self._roles(window, event, word, at, best[at])
        sure = softmax(realis)
        return [
            Event(int(i), self.types[best[i]], REALIS[sure[i].argmax()], float(likely[i, best[i]]), roles)
            for i, roles in zip(at, found, strict=True)
        ]

    def _roles(
        self, window: Window, event: Floats, word: Floats, at: Numbers, kinds: Numbers
    ) -> list[tuple[tuple[int, str, float], ...]]:
        count, size = len(self.roles), len(word)
        fit = np.einsum("erd,wrd->ewr", event[at].reshape(len(at), count, -1), word.reshape(size, count, -1))
        near, relation, label = relations(window, at.tolist())
        tables = self.tables
        fit = fit + tables["near"][near] + tables["relation"][relation] + tables["label"][label]
        likely = softmax(fit + tables["kind"][kinds][:, None])
        same = window.sentence[None] == window.sentence[at][:, None]
        result = []
        for row, i in enumerate(at):
            best = likely[row].argmax(1)
            taken = [j for j in np.flatnonzero(same[row] & (best > 0)) if j != i]
            result.append(tuple((int(j), self.roles[best[j]], float(likely[row, j, best[j]])) for j in taken))
        return result
