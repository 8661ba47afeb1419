"""What the network says beyond the sentence: candidates for mentions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
OUTPUTS = ("mention", "anaphor", "antecedent")


@dataclass(frozen=True)
class Candidate:
    """A word that may be the head of a mention, and what the network knows of it for coreference."""

    word: int
    score: float
    anaphor: Floats
    antecedent: Floats


def softmax(scores: Floats) -> Floats:
    """Over the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    result: Floats = powers / powers.sum(-1, keepdims=True)
    return result


def candidates(scores: dict[str, Any]) -> list[Candidate]:
    """Candidates of one window from its scores [words, n]."""
    heads = np.flatnonzero(scores["mention"] > 0)
    anaphor, antecedent = scores["anaphor"].astype(np.float16), scores["antecedent"].astype(np.float16)
    return [Candidate(int(i), float(scores["mention"][i]), anaphor[i], antecedent[i]) for i in heads]
