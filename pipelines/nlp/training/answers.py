"""What a teacher says of plain sentences: in memory, and in files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.nlp.discourse import softmax
from pipelines.nlp.training.data import Sentence

SOFT = ("upos", "names", "deps")  # heads whose probabilities are kept; of the others the best label
HARD = ("feats", "lemma")


@dataclass
class Answers:
    """Of the n words of a sentence."""

    soft: dict[str, NDArray[np.float16]]  # [n, labels]
    hard: dict[str, NDArray[np.int16]]  # [n]
    heads: NDArray[np.int16]  # [n], 0 = root: those that the labels in `soft["deps"]` belong to
    arcs: NDArray[np.float16]  # [n, 1 + n]


def answers_of(scores: dict[str, Any]) -> Answers:
    """The answers in a teacher's scores of one window."""
    arcs = softmax(scores["arcs"])
    heads = arcs.argmax(1)
    scores = {**scores, "deps": np.einsum("wrj,wj->wr", scores["deps"], scores["dep_head"][heads])}
    return Answers(
        {k: softmax(scores[k]).astype(np.float16) for k in SOFT},
        {k: scores[k].argmax(1).astype(np.int16) for k in HARD},
        heads.astype(np.int16),
        arcs.astype(np.float16),
    )


def save(path: Path, lines: Sequence[list[str]], answers: Sequence[Answers]) -> None:
    """One file; the words as JSON beside the arrays."""
    rows: dict[str, Any] = {
        "words": np.frombuffer(json.dumps(lines).encode(), np.uint8),
        "heads": np.concatenate([a.heads for a in answers]),
        "arcs": np.concatenate([a.arcs.ravel() for a in answers]),
    }
    rows |= {k: np.concatenate([a.soft[k] for a in answers]) for k in SOFT}
    rows |= {k: np.concatenate([a.hard[k] for a in answers]) for k in HARD}
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(file, **rows)
    os.replace(part, path)


def read(path: Path) -> Iterator[Sentence]:
    """The sentences of a file with their answers."""
    with np.load(path) as file:
        rows = {key: file[key] for key in file.files}
    at = arc = 0
    for words in json.loads(rows["words"].tobytes()):
        n = len(words)
        part, size = slice(at, at + n), n * (n + 1)
        yield Sentence(
            words,
            answers=Answers(
                {k: rows[k][part] for k in SOFT},
                {k: rows[k][part] for k in HARD},
                rows["heads"][part],
                rows["arcs"][arc : arc + size].reshape(n, n + 1),
            ),
        )
        at, arc = at + n, arc + size
