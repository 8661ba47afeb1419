"""From scores to well-formed trees and mentions: numpy only, no model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipelines.nlp.labels import BIO

Scores = NDArray[np.float32]
LOWEST = np.float32(-1e9)


def tree(arcs: Scores) -> list[int]:
    """Best heads of one sentence from scores [words, 1 + words]; column 0 is the root. 0 = root, n = word n - 1.

    Exactly one word hangs on the root and no word on itself. Greedy heads are taken where they already are a tree.
    """
    size = len(arcs)
    scores = arcs.astype(np.float64)
    scores[np.arange(size), np.arange(1, size + 1)] = LOWEST
    greedy = scores.argmax(1)
    roots = np.flatnonzero(greedy == 0)
    if len(roots) == 1 and not find_cycle(greedy):
        return [int(h) for h in greedy]
    return _rooted_tree(scores, int(_best_root(scores, roots)))


def _best_root(scores: NDArray[np.float64], roots: NDArray[np.intp]) -> int:
    """The word that loses least by hanging on the root."""
    loss = scores[:, 1:].max(1) - scores[:, 0] if len(scores) > 1 else np.zeros(1)
    choice = roots if len(roots) else np.arange(len(scores))
    return int(choice[loss[choice].argmin()])


def _rooted_tree(scores: NDArray[np.float64], root: int) -> list[int]:
    """The best tree in which `root` alone hangs on the root."""
    scores = scores.copy()
    scores[:, 0] = LOWEST
    scores[root] = LOWEST
    scores[root, 0] = 0
    square = np.full((len(scores) + 1, len(scores) + 1), LOWEST, np.float64)
    square[1:] = scores
    heads = spanning_tree(square)
    return [int(h) for h in heads[1:]]


def find_cycle(heads: NDArray[np.integer]) -> list[int]:
    """Words (1-based) of one cycle, or nothing. `heads[i]` is the head of word i + 1."""
    state = [0] * (len(heads) + 1)
    for start in range(1, len(heads) + 1):
        path, at = [], start
        while at and state[at] == 0:
            state[at] = start
            path.append(at)
            at = int(heads[at - 1])
        if at and state[at] == start:
            return path[path.index(at) :]
    return []


def spanning_tree(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """Chu-Liu-Edmonds: heads that maximise the sum of `scores[word, head]`; node 0 is the root (its own head is 0)."""
    size = len(scores)
    scores = scores.copy()
    scores[np.arange(size), np.arange(size)] = LOWEST * 4
    heads = scores.argmax(1)
    heads[0] = 0
    cycle = find_cycle(heads[1:])
    if not cycle:
        return heads
    inside = np.zeros(size, bool)
    inside[cycle] = True
    rest = np.flatnonzero(~inside)
    ring = np.array(cycle)
    # The ring becomes one node, the last: what enters it must pay for the arc it breaks.
    gain = scores[ring][:, rest] - scores[ring, heads[ring]][:, None]
    enter, leave = gain.argmax(0), scores[rest][:, ring].argmax(1)
    small = np.full((len(rest) + 1, len(rest) + 1), LOWEST * 4, np.float64)
    small[:-1, :-1] = scores[np.ix_(rest, rest)]
    small[-1, :-1] = gain.max(0)
    small[:-1, -1] = scores[rest][:, ring].max(1)
    inner = spanning_tree(small)
    result = heads.copy()
    for i, node in enumerate(rest):
        result[node] = ring[leave[i]] if inner[i] == len(rest) else rest[inner[i]]
    result[0] = 0
    entry = inner[-1]
    result[ring[enter[entry]]] = rest[entry]
    return result


# Two mentions hardly ever touch, least of all two of one type: what a beginning right after a mention costs (log odds,
# chosen on the development sets).
TOUCHING, SAME = 1.0, 4.0


def _transitions() -> tuple[Scores, Scores]:
    """Which row may follow which, and at what cost: I only after B or I of its type. [rows, rows] and the start."""
    allowed = np.zeros((len(BIO), len(BIO)), np.float32)
    start = np.zeros(len(BIO), np.float32)
    for j, label in enumerate(BIO):
        if label[0] == "I":
            start[j] = LOWEST
            allowed[[i for i, before in enumerate(BIO) if before[2:] != label[2:]], j] = LOWEST
        if label[0] == "B":
            allowed[1:, j] -= [SAME if before[2:] == label[2:] else TOUCHING for before in BIO[1:]]
    return allowed, start


_ALLOWED, _START = _transitions()


def best_rows(scores: Scores) -> list[int]:
    """The most probable well-formed row of `BIO` for each word, scores [words, rows]."""
    peak = scores.max(1, keepdims=True)
    logs = scores - peak - np.log(np.exp(scores - peak).sum(1, keepdims=True))
    if not logs.argmax(1).any():
        return [0] * len(logs)
    total, back = logs[0] + _START, []
    for row in logs[1:]:
        ways = total[:, None] + _ALLOWED
        back.append(ways.argmax(0))
        total = ways.max(0) + row
    path = [int(total.argmax())]
    for choice in reversed(back):
        path.append(int(choice[path[-1]]))
    return path[::-1]


def mentions(scores: Scores) -> Iterator[tuple[int, int, str]]:
    """Start, end (exclusive) and type of each named mention."""
    begin, name = 0, ""
    for i, row in enumerate([*best_rows(scores), 0]):
        label = BIO[row]
        if name and label[0] != "I":
            yield begin, i, name
            name = ""
        if label[0] == "B":
            begin, name = i, label[2:]
