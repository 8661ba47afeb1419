"""Losses of what spans sentences: mentions and their antecedents, events and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.nlp.coreference import FEATURES, Candidates, pair_features
from pipelines.nlp.training.data import Sentence
from pipelines.nlp.training.documents import NO_EVENT, WINDOW, Document, windows

NEVER = -1e4


@dataclass
class Vectors:
    """What the heads of the network say of each word of a document."""

    mention: Tensor  # [words]
    anaphor: Tensor  # [words, n]
    antecedent: Tensor
    event: Tensor  # [words, types]
    action: Tensor
    role_event: Tensor  # [words, n]
    role_word: Tensor


class Pairs(nn.Module):
    """The perceptron over the comparisons of two mentions."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(FEATURES, width), nn.Linear(width, 1)

    def forward(self, features: Tensor) -> Tensor:
        return self.out(F.relu(self.hidden(features)))[..., 0]


def sentences_of(document: Document) -> list[list[Sentence]]:
    """Windows for the batcher: whole sentences with their marks where the corpus has them, else the words alone."""
    ends = [*document.starts[1:], len(document.words)]
    marked = dict(zip(zip(document.starts, ends, strict=True), document.sentences or (), strict=False))
    result = []
    for start, end in windows(document):
        within = [(s, e) for s, e in zip(document.starts, ends, strict=True) if start <= s and e <= end]
        whole = within and within[0][0] == start and within[-1][1] == end and all(span in marked for span in within)
        result.append([marked[span] for span in within] if whole else [Sentence(document.words[start:end])])
    return result


# --- losses ---------------------------------------------------------------------------------------------------------


def discourse_losses(
    document: Document, said: Vectors, pairs: Pairs, labels: dict[str, list[str]]
) -> dict[str, Tensor]:
    """Losses of whatever the document has marks for."""
    result = {}
    if document.clusters:
        result["coreference"] = 0.5 * coreference_loss(document, said, pairs)
    if document.every_mention:
        gold = torch.zeros_like(said.mention)
        gold[[i for group in document.clusters for i in group]] = 1
        result["mention"] = F.binary_cross_entropy_with_logits(said.mention, gold)
    if document.events is not None:
        result["event"] = typed_loss(said.event, document.events, labels["event"])
        if document.roles:
            result["role"] = role_loss(document, said, labels["role"])
    if document.actions is not None:
        result["action"] = 0.5 * typed_loss(said.action, document.actions, labels["action"])
    return result


def coreference_loss(document: Document, said: Vectors, pairs: Pairs) -> Tensor:
    """Minus the log probability of all true antecedents together; a mention without one has the empty one (0)."""
    group_of = {i: number for number, group in enumerate(document.clusters) for i in group}
    wrong = [i for i in torch.nonzero(said.mention.detach() > 0)[:, 0].tolist() if i not in group_of]
    heads = sorted([*group_of, *(wrong if document.every_mention else ())])
    group = np.array([group_of.get(h, -1 - n) for n, h in enumerate(heads)])
    scores = torch.cat([torch.zeros(len(heads), 1), pair_scores(document, heads, said, pairs)], 1)
    earlier = np.tri(len(heads), k=-1, dtype=bool)
    right = (group[:, None] == group[None, :]) & earlier
    allowed = torch.from_numpy(np.concatenate([np.ones((len(heads), 1), bool), earlier], 1))
    gold = torch.from_numpy(np.concatenate([~right.any(1, keepdims=True), right], 1))
    total = scores.masked_fill(~allowed, NEVER).logsumexp(1)
    held = scores.masked_fill(~gold, NEVER).logsumexp(1)
    return (total - held).mean()


def pair_scores(document: Document, heads: Sequence[int], said: Vectors, pairs: Pairs) -> Tensor:
    """Scores [n, n]: row = the later mention, column = the earlier one."""
    of = Candidates.of(document.words, document.starts, heads)
    features = torch.from_numpy(pair_features(of, slice(0, len(of)), slice(0, len(of))))
    mention = said.mention[list(heads)]
    fit = said.anaphor[list(heads)] @ said.antecedent[list(heads)].T
    # What speaks for a mention at all is learnt on corpora that mark them all.
    weight = mention[:, None] + mention[None] if document.every_mention else torch.zeros_like(fit)
    return pairs(features) + fit + weight


def typed_loss(scores: Tensor, gold: list[str], labels: list[str]) -> Tensor:
    """Cross-entropy of types per word; the few events weigh as much as the many other words."""
    rows = torch.tensor([labels.index(g) if g in labels else -100 for g in gold])
    weight = torch.ones(len(labels))
    weight[labels.index(NO_EVENT)] = 0.3
    return F.cross_entropy(scores, rows, weight=weight, ignore_index=-100)


def role_loss(document: Document, said: Vectors, labels: list[str]) -> Tensor:
    """Cross-entropy of the role of each word near a trigger that has arguments."""
    triggers = sorted({t for t, _, _ in document.roles})
    scores = role_scores(said.role_event[triggers], said.role_word, len(labels))
    gold = torch.zeros(scores.shape[:2], dtype=torch.long)
    for t, argument, role in document.roles:
        gold[triggers.index(t), argument] = labels.index(role)
    near = (torch.arange(len(document.words))[None] - torch.tensor(triggers)[:, None]).abs() <= WINDOW // 2
    weight = torch.ones(len(labels))
    weight[0] = 0.2
    return F.cross_entropy(scores[near], gold[near], weight=weight)


def role_scores(event: Tensor, word: Tensor, roles: int) -> Tensor:
    """[triggers, words, roles]; both vectors hold one stretch per role."""
    e, w = event.view(len(event), roles, -1), word.view(len(word), roles, -1)
    return torch.einsum("trd,wrd->twr", e, w)
