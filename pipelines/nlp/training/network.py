"""The network: a BERT encoder, the written form of each word, and heads for tags, trees, sentence starts and names."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.nlp.features import SHAPE

FAR = -1e4  # a score no softmax notices; finite, so that bfloat16 stays sound


class Layer(nn.Module):
    """One transformer layer."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = lambda y: y.view(batch, length, self.heads, width // self.heads).transpose(1, 2)  # noqa: E731
        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = (query @ key.transpose(-1, -2)) / math.sqrt(width // self.heads) + mask
        seen = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(x + self.drop(self.out(seen)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """BERT: word pieces [batch, length] to vectors [batch, length, width]."""

    def __init__(self, width: int = 384, layers: int = 6, heads: int = 12, inner: int = 1536) -> None:
        super().__init__()
        self.pieces, self.places, self.segments = (
            nn.Embedding(30522, width),
            nn.Embedding(512, width),
            nn.Embedding(2, width),
        )
        self.norm, self.drop = nn.LayerNorm(width, 1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))

    def forward(self, pieces: Tensor, keep: Tensor) -> Tensor:
        x = self.pieces(pieces) + self.places.weight[: pieces.shape[1]] + self.segments.weight[0]
        x = self.drop(self.norm(x))
        mask = (1.0 - keep[:, None, None, :].to(x.dtype)) * FAR
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_pretrained(self, path: Path) -> None:
        """Weights of a BERT encoder as published (`model.safetensors`)."""
        from safetensors.torch import load_file

        raw = {name.removeprefix("bert."): value for name, value in load_file(path).items()}
        own = {f"{mine}.weight": raw[f"embeddings.{theirs}.weight"] for mine, theirs in EMBEDDINGS.items()}
        for end in ("weight", "bias"):
            own[f"norm.{end}"] = raw[f"embeddings.LayerNorm.{end}"]
            for n in range(len(self.layers)):
                own |= {
                    f"layers.{n}.{mine}.{end}": raw[f"encoder.layer.{n}.{theirs}.{end}"]
                    for mine, theirs in PARTS.items()
                }
        self.load_state_dict(own)


EMBEDDINGS = {"pieces": "word_embeddings", "places": "position_embeddings", "segments": "token_type_embeddings"}
PARTS = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "out": "attention.output.dense", "norm1": "attention.output.LayerNorm",
    "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm",
}  # fmt: skip


def perceptron(width: int, size: int, drop: float) -> nn.Sequential:
    """One hidden layer."""
    return nn.Sequential(nn.Linear(width, size), nn.GELU(), nn.Dropout(drop))


class Network(nn.Module):
    """A word's first piece, its written form and two neighbours on each side → all heads."""

    def __init__(self, sizes: dict[str, int], width: int = 384, arc: int = 256, label: int = 96) -> None:
        super().__init__()
        self.encoder = Encoder(width)
        self.shape = nn.Linear(SHAPE, 64)
        self.mix1, self.mix2 = nn.Conv1d(width + 64, width, 3, padding=1), nn.Conv1d(width, width, 3, padding=1)
        self.skip = nn.Linear(width + 64, width)
        self.norm1, self.norm2, self.drop = nn.LayerNorm(width), nn.LayerNorm(width), nn.Dropout(0.2)
        self.upos, self.feats, self.lemma = (nn.Linear(width, sizes[k]) for k in ("upos", "feats", "lemma"))
        self.start = nn.Linear(width, 1)
        self.name_hidden, self.names = perceptron(width, 256, 0.2), nn.Linear(256, sizes["names"])
        self.root = nn.Parameter(torch.zeros(width))
        self.arc_word, self.arc_head = perceptron(width, arc, 0.25), perceptron(width, arc, 0.25)
        self.dep_word, self.dep_head = perceptron(width, label, 0.25), perceptron(width, label, 0.25)
        self.arcs = nn.Parameter(torch.randn(arc + 1, arc) * 0.02)
        self.deps = nn.Parameter(torch.randn(sizes["deps"], label + 1, label + 1) * 0.02)

    def words(self, pieces: Tensor, keep: Tensor, first: Tensor, shape: Tensor) -> Tensor:
        """Vectors of words [batch, words, width]; `first` is each word's first piece, 0 where there is no word."""
        x = self.encoder(pieces, keep)
        x = torch.gather(x, 1, first[:, :, None].expand(-1, -1, x.shape[-1]))
        real = (first > 0).to(x.dtype)[:, :, None]  # padding must not leak into a neighbour
        x = torch.cat([x, self.shape(shape)], -1) * real
        h = self.norm1(self.skip(x) + F.gelu(self.mix1(x.transpose(1, 2)).transpose(1, 2))) * real
        return self.drop(self.norm2(h + F.gelu(self.mix2(h.transpose(1, 2)).transpose(1, 2))) * real)

    def forward(self, pieces: Tensor, keep: Tensor, first: Tensor, shape: Tensor) -> tuple[Tensor, ...]:
        """Scores of upos, feats, lemma, names [b, words, n], start [b, words], arcs [b, words, 1 + words]; label parts."""
        h = self.words(pieces, keep, first, shape)
        heads = torch.cat([self.root.expand(h.shape[0], 1, -1).to(h.dtype), h], 1)
        arcs = (with_one(self.arc_word(h)) @ self.arcs) @ self.arc_head(heads).transpose(1, 2)
        names, start = self.names(self.name_hidden(h)), self.start(h)[..., 0]
        parts = with_one(self.dep_word(h)), with_one(self.dep_head(heads))
        return self.upos(h), self.feats(h), self.lemma(h), names, start, arcs, *parts

    def dep_scores(self, word: Tensor, head: Tensor, heads: Tensor) -> Tensor:
        """Scores of dependency labels [b, words, n] for given heads (0 = root)."""
        chosen = torch.gather(head, 1, heads[:, :, None].expand(-1, -1, head.shape[-1]))
        return torch.einsum("bwi,rij,bwj->bwr", word, self.deps.to(word.dtype), chosen)


def with_one(x: Tensor) -> Tensor:
    """A constant beside the vector: the bias of a bilinear form."""
    return torch.cat([x, torch.ones_like(x[..., :1])], -1)
