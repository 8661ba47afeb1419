"""What the network says beyond the sentence: candidates for mentions, events, and who takes which part in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
OUTPUTS = ("mention", "anaphor", "antecedent", "event", "action", "role_event", "role_word")
LIKELY = 0.5  # of an event or a role


@dataclass(frozen=True)
class Candidate:
    """A word that may be the head of a mention, and what the network knows of it for coreference."""

    word: int
    score: float
    anaphor: Floats
    antecedent: Floats


@dataclass(frozen=True)
class Event:
    """A word that tells what happens: KAIROS type (WikiEvents) or "" and class of action (ECB+) or "", with probability.

    `roles`: position of the argument's head word, role, probability.
    """

    word: int
    type: str
    action: str
    probability: float
    roles: tuple[tuple[int, str, float], ...] = ()


@dataclass
class Discourse:
    """Of a run of words; positions count from its begin."""

    candidates: list[Candidate] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def add(self, other: Discourse, at: int) -> None:
        """Take over what was found in a run that begins at `at`."""
        for c in other.candidates:
            self.candidates.append(Candidate(c.word + at, c.score, c.anaphor, c.antecedent))
        for e in other.events:
            roles = tuple((word + at, role, p) for word, role, p in e.roles)
            self.events.append(Event(e.word + at, e.type, e.action, e.probability, roles))


def softmax(scores: Floats) -> Floats:
    """Over the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    result: Floats = powers / powers.sum(-1, keepdims=True)
    return result


def read(scores: dict[str, Any], labels: dict[str, list[str]]) -> Discourse:
    """Candidates and events of one window from its scores [words, n]."""
    heads = np.flatnonzero(scores["mention"] > 0)
    anaphor, antecedent = scores["anaphor"].astype(np.float16), scores["antecedent"].astype(np.float16)
    candidates = [Candidate(int(i), float(scores["mention"][i]), anaphor[i], antecedent[i]) for i in heads]
    return Discourse(candidates, list(_events(scores, labels)))


def _events(scores: dict[str, Any], labels: dict[str, list[str]]) -> list[Event]:
    event, action = softmax(scores["event"]), softmax(scores["action"])
    found = []
    for i in np.flatnonzero((event[:, 0] < LIKELY) | (action[:, 0] < LIKELY)):
        kind, deed = int(event[i, 1:].argmax()) + 1, int(action[i, 1:].argmax()) + 1
        of_type, of_action = event[i, 0] < LIKELY, action[i, 0] < LIKELY
        found.append(
            Event(
                int(i),
                labels["event"][kind] if of_type else "",
                labels["action"][deed] if of_action else "",
                1 - float(event[i, 0] if of_type else action[i, 0]),
                tuple(_roles(scores, int(i), labels["role"])),
            )
        )
    return found


def _roles(scores: dict[str, Any], trigger: int, labels: list[str]) -> list[tuple[int, str, float]]:
    """Arguments of one trigger within its window."""
    width = len(labels)
    word = scores["role_word"].reshape(len(scores["role_word"]), width, -1)
    fit = softmax(np.einsum("rd,wrd->wr", scores["role_event"][trigger].reshape(width, -1), word))
    best = fit[:, 1:].argmax(1) + 1
    taken = [i for i in np.flatnonzero(fit[:, 0] < 1 - LIKELY) if i != trigger]
    return [(int(i), labels[best[i]], float(fit[i, best[i]])) for i in taken]
