"""Losses of what a teacher said: how far the pupil's probabilities are from the teacher's (Hinton et al. 2015)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.nlp.training.answers import HARD, SOFT, Answers
from pipelines.nlp.training.network import FAR, SKIP, Network

WEIGHTS = {"upos": 1.0, "names": 2.0, "deps": 1.0, "feats": 0.5, "lemma": 0.5, "arcs": 1.0}


def taught_losses(network: Network, scores: tuple[Tensor, ...], answers: list[Answers]) -> dict[str, Tensor]:
    """Weighted losses of a batch with one sentence a window, in the order of `answers`."""
    upos, feats, lemma, names, _, arcs, word, head, *_ = scores
    width = upos.shape[1]
    heads = padded([a.heads for a in answers], width, 0).long()
    said = {"upos": upos, "names": names, "feats": feats, "lemma": lemma}
    said["deps"] = network.dep_scores(word.float(), head.float(), heads)
    real = torch.arange(width)[None] < torch.tensor([len(a.heads) for a in answers])[:, None]
    result = {k: apart(said[k], padded([a.soft[k] for a in answers], width, 0), real) for k in SOFT}
    for k in HARD:
        gold = padded([a.hard[k] for a in answers], width, SKIP).long()
        result[k] = F.cross_entropy(said[k].float().flatten(0, 1), gold.flatten(), ignore_index=SKIP)
    open_arcs = F.pad(real, (1, 0), value=True)[:, None].expand_as(arcs)
    wanted = [np.pad(a.arcs, ((0, 0), (0, width + 1 - a.arcs.shape[1]))) for a in answers]
    result["arcs"] = apart(arcs.float().masked_fill(~open_arcs, FAR), padded(wanted, width, 0), real)
    return {f"taught {k}": WEIGHTS[k] * loss for k, loss in result.items()}


def padded(rows: list[np.ndarray], width: int, value: float) -> Tensor:
    """[b, width, …] of rows [n, …]."""
    filled = [
        np.pad(r.astype(np.float32), [(0, width - len(r)), *[(0, 0)] * (r.ndim - 1)], constant_values=value)
        for r in rows
    ]
    return torch.from_numpy(np.stack(filled))


def apart(scores: Tensor, wanted: Tensor, real: Tensor) -> Tensor:
    """Mean cross-entropy of the real words with the wanted probabilities."""
    return -(wanted * scores.float().log_softmax(-1)).sum(-1)[real].mean()
