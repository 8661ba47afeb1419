"""Who is spoken of again: from scores of words to clusters of mentions.

A mention is known by its head word and written out with the help of the tree (word-level coreference, Dobrovolskii
2021). The encoder says how much a word looks like a mention and how well two words go together; what it cannot see,
because it reads a paragraph at a time, are plain comparisons of the two mentions: `PairFeatures`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipelines.nlp.discourse import Candidate

Floats = NDArray[np.float32]
REACH = 250  # mentions: how far back an antecedent may lie
BLOCK = 128  # mentions compared at once: bounds the memory
RUN = 6  # words of a name that are compared
_PRONOUNS = """i me my mine myself|we us our ours ourselves|you your yours yourself yourselves|
he him his himself|she her hers herself|it its itself|they them their theirs themselves|
who whom whose which|this that these those|one ones someone everyone anyone nobody somebody everybody anybody"""
PRONOUNS = {word: number for number, group in enumerate(_PRONOUNS.split("|"), start=1) for word in group.split()}
CLASSES = 11  # of pronouns, the first is "no pronoun"
SENTENCES = np.array([0, 1, 2, 4, 8])  # upper bounds of the buckets of distance
MENTIONS = np.array([1, 2, 4, 8, 16, 32, 64])
FEATURES = 2 * CLASSES + len(SENTENCES) + 1 + len(MENTIONS) + 1 + 10
_PLURAL = re.compile(r"(?<=[^s])s$")


@dataclass(frozen=True)
class Candidates:
    """What is compared of each mention: numbers for words, so that comparing is comparing integers."""

    head: NDArray[np.int64]
    stem: NDArray[np.int64]
    run: NDArray[np.int64]  # [n, RUN] words of the capitalised run around the head, -1 = none
    initials: NDArray[np.int64]
    pronoun: NDArray[np.int64]
    proper: NDArray[np.bool_]
    sentence: NDArray[np.int64]

    @classmethod
    def of(cls, words: Sequence[str], starts: Sequence[int], heads: Sequence[int]) -> Candidates:
        """Candidates at the positions `heads`; `starts` are the positions where sentences begin."""
        numbers: dict[str, int] = {}
        number = lambda text: numbers.setdefault(text, len(numbers))  # noqa: E731
        first = frozenset(starts)
        runs = [list(name_run(words, h, first)) for h in heads]
        low = [words[h].lower() for h in heads]
        rows = [([number(w.lower()) for w in run] + [-1] * RUN)[:RUN] for run in runs]
        return cls(
            np.array([number(w) for w in low], np.int64),
            np.array([number(_PLURAL.sub("", w)) for w in low], np.int64),
            np.array(rows, np.int64).reshape(len(low), RUN),
            np.array([number("".join(w[0] for w in run).lower()) if len(run) > 1 else -1 for run in runs], np.int64),
            np.array([PRONOUNS.get(w, 0) for w in low], np.int64),
            np.array([bool(run) for run in runs], np.bool_),
            np.searchsorted(np.array(starts), np.array(heads, np.int64), side="right"),
        )

    def __len__(self) -> int:
        return len(self.head)


def name_run(words: Sequence[str], at: int, first: frozenset[int]) -> Iterator[str]:
    """The capitalised words around a head, the head among them; nothing if it is not capitalised itself."""
    if not words[at][:1].isupper() or (at in first and words[at].lower() in PRONOUNS):
        return
    start, end = at, at + 1
    while start > 0 and start not in first and words[start - 1][:1].isupper():
        start -= 1
    while end < len(words) and end not in first and words[end][:1].isupper():
        end += 1
    yield from words[max(start, at - RUN + 1) : end]


def pair_features(of: Candidates, rows: slice, columns: slice) -> Floats:
    """Comparisons of later mentions (`rows`) with earlier ones (`columns`) [rows, columns, FEATURES]."""
    i, j = np.arange(len(of))[rows, None], np.arange(len(of))[None, columns]
    grid = np.broadcast_shapes(i.shape, j.shape)
    run_i, run_j = of.run[rows], of.run[columns]
    shared = (run_i[:, None, :, None] == run_j[None, :, None, :]) & (run_i >= 0)[:, None, :, None]
    covered, covers = shared.any(3).sum(2), shared.any(2).sum(2)
    size_i, size_j = (run_i >= 0).sum(1)[:, None], (run_j >= 0).sum(1)[None]
    named = of.proper[i] & of.proper[j]
    answers = [
        of.head[i] == of.head[j],
        of.stem[i] == of.stem[j],
        np.broadcast_to(of.proper[i], grid),
        np.broadcast_to(of.proper[j], grid),
        (of.head[i][..., None] == run_j[None]).any(-1),
        (of.head[j][..., None] == run_i[:, None]).any(-1),
        named & (covered == size_i),
        named & (covers == size_j),
        ((of.initials[i] == of.head[j]) | (of.initials[j] == of.head[i])),
        (of.pronoun[i] == of.pronoun[j]) & (of.pronoun[i] > 0),
    ]
    distance = [
        one_hot(np.searchsorted(SENTENCES, of.sentence[i] - of.sentence[j]), len(SENTENCES) + 1),
        one_hot(np.searchsorted(MENTIONS, np.maximum(i - j, 0)), len(MENTIONS) + 1),
    ]
    kinds = [np.broadcast_to(one_hot(of.pronoun[x], CLASSES), (*grid, CLASSES)) for x in (i, j)]
    return np.concatenate([np.stack(answers, -1).astype(np.float32), *distance, *kinds], -1)


def one_hot(index: NDArray[Any], size: int) -> Floats:
    """1 where the index points, else 0; out of range counts as the nearest."""
    return np.eye(size, dtype=np.float32)[np.clip(index, 0, size - 1)]


@dataclass(frozen=True)
class PairScorer:
    """A small perceptron over the features; trained with the encoder."""

    hidden: Floats  # [FEATURES, n]
    hidden_bias: Floats
    out: Floats  # [n]
    out_bias: float

    @classmethod
    def open(cls, path: Path) -> PairScorer | None:
        """The perceptron that the export wrote; None for a model without coreference."""
        if not path.exists():
            return None
        rows = json.loads(path.read_text(encoding="utf-8"))
        hidden, bias, out = (np.array(rows[k], np.float32) for k in ("hidden", "hidden_bias", "out"))
        return cls(hidden, bias, out, rows["out_bias"])

    def __call__(self, features: Floats) -> Floats:
        scores: Floats = np.maximum(features @ self.hidden + self.hidden_bias, 0) @ self.out + np.float32(self.out_bias)
        return scores


def antecedents(mention: Floats, anaphor: Floats, antecedent: Floats, of: Candidates, score: PairScorer) -> list[int]:
    """For each mention the earlier one it goes with, or -1. `mention` [n]; `anaphor`, `antecedent` [n, width]."""
    result: list[int] = []
    for start in range(0, len(of), BLOCK):
        end, low = min(start + BLOCK, len(of)), max(0, start - REACH)
        pairs = score(pair_features(of, slice(start, end), slice(low, end)))
        pairs = pairs + anaphor[start:end] @ antecedent[low:end].T + mention[start:end, None] + mention[None, low:end]
        earlier = np.arange(low, end)[None] < np.arange(start, end)[:, None]
        pairs = np.where(earlier, pairs, -np.inf)
        best = pairs.argmax(1)
        result += [int(low + b) if row[b] > 0 else -1 for b, row in zip(best, pairs, strict=True)]
    return result


def clusters(links: Sequence[int]) -> list[list[int]]:
    """Groups of mentions that links tie together, in the order of their first members."""
    group: list[int] = []
    members: dict[int, list[int]] = {}
    for i, link in enumerate(links):
        group.append(i if link < 0 else group[link])
        members.setdefault(group[i], []).append(i)
    return list(members.values())


# --- from heads to phrases --------------------------------------------------------------------------------------------

OUTSIDE = frozenset(
    """
    case cc conj cop nsubj csubj aux mark parataxis advcl advmod expl discourse vocative dislocated list orphan appos
    """.split()
)


def phrase(doc: Doc, head: int) -> tuple[int, int]:
    """First and last word (exclusive) of the mention with this head: what hangs on it, without what hangs on its clause.

    A name in several words hangs on its first, and is known by its last.
    """
    top = head
    while doc[top].dep_ == "flat" and doc[top].head.i != top:
        top = doc[top].head.i
    inside = {top}
    for child in doc[top].children:
        if child.dep_.split(":")[0] not in OUTSIDE or (child.dep_ == "case" and child.i == head + 1):
            inside.update(t.i for t in child.subtree)
    start = end = top
    while start - 1 in inside:
        start -= 1
    while end + 1 in inside:
        end += 1
    while start < top and doc[start].pos_ == "PUNCT":
        start += 1
    while end > max(top, head) and doc[end].pos_ == "PUNCT" and doc[end].text not in CLOSING:
        end -= 1
    return start, end + 1


CLOSING = frozenset(")]")


def resolve(doc: Doc, found: Sequence[Candidate], score: PairScorer) -> list[list[tuple[int, int]]]:
    """Clusters of mentions (first word, end) of a doc, lone ones among them, in order of their first mention."""
    if not found:
        return []
    starts = [sent.start for sent in doc.sents]
    heads = [c.word for c in found]
    of = Candidates.of([t.text for t in doc], starts, heads)
    stack = lambda name: np.array([getattr(c, name) for c in found], np.float32)  # noqa: E731
    links = antecedents(stack("score"), stack("anaphor"), stack("antecedent"), of, score)
    spans = [phrase(doc, h) for h in heads]
    return [[spans[i] for i in group] for group in clusters(links)]
