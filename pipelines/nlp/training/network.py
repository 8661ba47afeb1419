"""The network: a pretrained encoder, the written form of each word, and heads for tags, trees, sentences and names."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.nlp.features import SHAPE
from pipelines.nlp.training.discourse import Pairs

SKIP = -100  # PyTorch's mark for "no label here"
FAR = -1e4  # a score no softmax notices; finite, so that bfloat16 stays sound
PAIR = 128  # numbers that say how well two mentions go together
ROLE = 24  # and an event and its argument, for each role
POOL = 1 << 22  # random numbers drawn once for all dropout


@dataclass(frozen=True)
class Size:
    """An encoder as published and the widths of what stands on it."""

    encoder: str  # "bert" or "mpnet"
    layers: int  # from the bottom; those above are left out
    width: int
    inner: int
    vocabulary: int
    hidden: int  # of a word after the mixing layers
    arc: int
    label: int
    rate: float  # highest learning rate of the encoder
    block: int  # numbers that share a scale when the matrices become 8-bit integers; 0: a column


SIZES = {
    "default": Size("mpnet", 9, 768, 3072, 30527, 512, 384, 128, 6e-5, 64),
    "fast": Size("bert", 6, 384, 1536, 30522, 384, 256, 96, 1.2e-4, 0),
}


class Drop(nn.Module):
    """Dropout from one pool of random numbers: drawing them anew takes longer on a CPU than the layer itself."""

    pools: ClassVar[dict[tuple[float, torch.dtype], Tensor]] = {}

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or x.numel() >= POOL:
            return F.dropout(x, self.p, self.training)
        key = self.p, x.dtype
        if key not in self.pools:
            self.pools[key] = (torch.rand(POOL) >= self.p).to(x.dtype) / (1 - self.p)
        start = random.randrange(POOL - x.numel())
        return x * self.pools[key][start : start + x.numel()].view_as(x)


class Layer(nn.Module):
    """One transformer layer."""

    def __init__(self, width: int, heads: int, inner: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(width, eps), nn.LayerNorm(width, eps)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop = Drop(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = lambda y: y.view(batch, length, self.heads, width // self.heads).transpose(1, 2)  # noqa: E731
        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = (query @ key.transpose(-1, -2)) / math.sqrt(width // self.heads) + mask
        seen = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(x + self.drop(self.out(seen)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """BERT or MPNet: word pieces [batch, length] to vectors [batch, length, width].

    `form` [batch, length, width] is added to the pieces: what an uncased vocabulary cannot tell.
    """

    def __init__(self, size: Size, heads: int = 12) -> None:
        super().__init__()
        self.relative = size.encoder == "mpnet"
        eps = 1e-5 if self.relative else 1e-12
        self.pieces = nn.Embedding(size.vocabulary, size.width)
        self.places = nn.Embedding(514 if self.relative else 512, size.width)
        if self.relative:
            self.distance = nn.Embedding(32, heads)
            self.register_buffer("bucket", buckets(512).to(torch.int32), persistent=False)
        else:
            self.segments = nn.Embedding(2, size.width)
        self.norm, self.drop = nn.LayerNorm(size.width, eps), Drop(0.1)
        self.layers = nn.ModuleList(Layer(size.width, heads, size.inner, eps) for _ in range(size.layers))

    def forward(self, pieces: Tensor, keep: Tensor, form: Tensor) -> Tensor:
        length = pieces.shape[1]
        if self.relative:  # rows 0 and 1 of the places belong to padding
            x = self.pieces(pieces) + self.places.weight[2 : length + 2]
        else:
            x = self.pieces(pieces) + self.places.weight[:length] + self.segments.weight[0]
        x = self.drop(self.norm(x + form))
        mask = (1.0 - keep[:, None, None, :].to(x.dtype)) * FAR
        if self.relative:
            mask = mask + self.distance(self.bucket[:length, :length]).permute(2, 0, 1)[None]
        mask = mask.to(torch.get_autocast_dtype("cpu")) if torch.is_autocast_enabled("cpu") else mask
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_pretrained(self, path: Path) -> None:
        """Weights as published (`model.safetensors`)."""
        from safetensors.torch import load_file

        raw = {name.removeprefix("bert.").removeprefix("mpnet."): value for name, value in load_file(path).items()}
        names = {"pieces": "word_embeddings", "places": "position_embeddings"}
        if self.relative:
            own = {"distance.weight": raw["encoder.relative_attention_bias.weight"]}
        else:
            own = {"segments.weight": raw["embeddings.token_type_embeddings.weight"]}
        own |= {f"{mine}.weight": raw[f"embeddings.{theirs}.weight"] for mine, theirs in names.items()}
        for end in ("weight", "bias"):
            own[f"norm.{end}"] = raw[f"embeddings.LayerNorm.{end}"]
            for n in range(len(self.layers)):
                for mine, theirs in (MPNET if self.relative else BERT).items():
                    own[f"layers.{n}.{mine}.{end}"] = raw[f"encoder.layer.{n}.{theirs}.{end}"]
        self.load_state_dict(own)


ENDS = {"up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}
BERT = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "out": "attention.output.dense", "norm1": "attention.output.LayerNorm", **ENDS,
}  # fmt: skip
MPNET = {
    "query": "attention.attn.q", "key": "attention.attn.k", "value": "attention.attn.v",
    "out": "attention.attn.o", "norm1": "attention.LayerNorm", **ENDS,
}  # fmt: skip


def buckets(length: int, count: int = 32, furthest: int = 128) -> Tensor:
    """Bucket of the distance between two places [length, length], finer for near ones (T5, Raffel et al. 2020)."""
    place = torch.arange(length)
    distance = place[:, None] - place[None, :]
    half = count // 2
    side = (distance < 0).long() * half
    distance = distance.abs()
    near = half // 2
    far = near + (torch.log(distance.float().clamp(min=1) / near) / math.log(furthest / near) * (half - near)).long()
    return side + torch.where(distance < near, distance, far.clamp(max=half - 1))


def perceptron(width: int, size: int, drop: float) -> nn.Sequential:
    """One hidden layer."""
    return nn.Sequential(nn.Linear(width, size), nn.GELU(), Drop(drop))


class Network(nn.Module):
    """A word's first piece, its written form and two neighbours on each side → all heads."""

    def __init__(self, size: Size, labels: dict[str, int]) -> None:
        super().__init__()
        width, hidden = size.width, size.hidden
        self.encoder = Encoder(size)
        self.form = nn.Linear(SHAPE, width, bias=False)
        nn.init.zeros_(self.form.weight)  # begins as the pretrained encoder
        self.shape = nn.Linear(SHAPE, 64)
        self.mix1, self.mix2 = nn.Conv1d(width + 64, hidden, 3, padding=1), nn.Conv1d(hidden, hidden, 3, padding=1)
        self.skip = nn.Linear(width + 64, hidden)
        self.norm1, self.norm2, self.drop = nn.LayerNorm(hidden), nn.LayerNorm(hidden), Drop(0.2)
        self.upos, self.feats, self.lemma = (nn.Linear(hidden, labels[k]) for k in ("upos", "feats", "lemma"))
        self.start = nn.Linear(hidden, 1)
        self.name_hidden, self.names = perceptron(hidden, 256, 0.2), nn.Linear(256, labels["names"])
        self.root = nn.Parameter(torch.zeros(hidden))
        self.arc_word, self.arc_head = perceptron(hidden, size.arc, 0.25), perceptron(hidden, size.arc, 0.25)
        self.dep_word, self.dep_head = perceptron(hidden, size.label, 0.25), perceptron(hidden, size.label, 0.25)
        self.arcs = nn.Parameter(torch.randn(size.arc + 1, size.arc) * 0.02)
        self.deps = nn.Parameter(torch.randn(labels["deps"], size.label + 1, size.label + 1) * 0.02)
        self.mention = nn.Sequential(perceptron(hidden, 128, 0.2), nn.Linear(128, 1))
        self.anaphor, self.antecedent = (
            nn.Sequential(perceptron(hidden, 256, 0.2), nn.Linear(256, PAIR)) for _ in range(2)
        )
        self.pairs = Pairs()
        self.event = nn.Sequential(perceptron(hidden, 256, 0.2), nn.Linear(256, labels["event"]))
        self.action = nn.Sequential(perceptron(hidden, 128, 0.2), nn.Linear(128, labels["action"]))
        self.role_event, self.role_word = (
            nn.Sequential(perceptron(hidden, 128, 0.2), nn.Linear(128, labels["role"] * ROLE)) for _ in range(2)
        )

    def words(self, pieces: Tensor, keep: Tensor, owner: Tensor, first: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors of words [batch, words, hidden], and those that they were mixed from: the encoder's with the shape.

        `owner` is each piece's word from 1, 0 for none; `first` each word's first piece, 0 where there is no word.
        """
        form = F.pad(self.form(shape), (0, 0, 1, 0))
        form = torch.gather(form, 1, owner[:, :, None].expand(-1, -1, form.shape[-1]))
        x = self.encoder(pieces, keep, form)
        x = torch.gather(x, 1, first[:, :, None].expand(-1, -1, x.shape[-1]))
        real = (first > 0).to(x.dtype)[:, :, None]  # padding must not leak into a neighbour
        x = torch.cat([x, self.shape(shape)], -1) * real
        h = self.norm1(self.skip(x) + F.gelu(self.mix1(x.transpose(1, 2)).transpose(1, 2))) * real
        return self.drop(self.norm2(h + F.gelu(self.mix2(h.transpose(1, 2)).transpose(1, 2))) * real), x

    def discourse(self, h: Tensor) -> tuple[Tensor, ...]:
        """Mention [b, words]; anaphor, antecedent, event, action and the two parts of roles [b, words, n]."""
        linear = (self.anaphor, self.antecedent, self.event, self.action, self.role_event, self.role_word)
        return self.mention(h)[..., 0], *(head(h) for head in linear)

    def forward(self, pieces: Tensor, keep: Tensor, owner: Tensor, first: Tensor, shape: Tensor) -> tuple[Tensor, ...]:
        """Scores of upos, feats, lemma, names [b, words, n], start [b, words], arcs [b, words, 1 + words]; label parts.

        Behind them what `discourse` gives.
        """
        return self.heads(self.words(pieces, keep, owner, first, shape)[0])

    def heads(self, h: Tensor) -> tuple[Tensor, ...]:
        """The scores of all heads from the vectors of words."""
        heads = torch.cat([self.root.expand(h.shape[0], 1, -1).to(h.dtype), h], 1)
        arcs = (with_one(self.arc_word(h)) @ self.arcs) @ self.arc_head(heads).transpose(1, 2)
        names, start = self.names(self.name_hidden(h)), self.start(h)[..., 0]
        parts = with_one(self.dep_word(h)), with_one(self.dep_head(heads))
        return self.upos(h), self.feats(h), self.lemma(h), names, start, arcs, *parts, *self.discourse(h)

    def dep_scores(self, word: Tensor, head: Tensor, heads: Tensor) -> Tensor:
        """Scores of dependency labels [b, words, n] for given heads (0 = root)."""
        chosen = torch.gather(head, 1, heads[:, :, None].expand(-1, -1, head.shape[-1]))
        return torch.einsum("bwi,rij,bwj->bwr", word, self.deps.to(word.dtype), chosen)


def with_one(x: Tensor) -> Tensor:
    """A constant beside the vector: the bias of a bilinear form."""
    return torch.cat([x, torch.ones_like(x[..., :1])], -1)
