"""Train the encoder and its heads; the same command starts and resumes.

    python -m pipelines.nlp.training.train --data DIR --out DIR [--size fast] [--minutes 78] [--taught DIR]

Corpora are sampled by share, not read in whole passes; the learning rate falls to nearly zero as the minutes are spent.
`OUT` gets `labels.json`, `checkpoint.pt` (to resume; a moving average of the weights in it is what is exported) and `held.pt`,
the moment before the rate falls, to train longer from.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.nlp.features import SHAPE, shape_of
from pipelines.nlp.labels import BIO
from pipelines.nlp.pieces import Pieces
from pipelines.nlp.training import answers
from pipelines.nlp.training.data import Data, Sentence, load
from pipelines.nlp.training.discourse import Vectors, discourse_losses, sentences_of
from pipelines.nlp.training.documents import MOST, NO_EVENT, Document, cut, part
from pipelines.nlp.training.encoders import encoder_folder
from pipelines.nlp.training.network import FAR, SIZES, SKIP, Network, Size
from pipelines.nlp.training.pupil import taught_losses

SHARES = {
    "ewt": 0.30,
    "gum": 0.08,
    "few": 0.11,
    "part": 0.07,
    "gmb": 0.11,
    "wikigold": 0.02,
    "made": 0.08,
    # Documents: coreference, events and roles, and what is marked in their sentences.
    "gum-text": 0.14,
    "wikievents": 0.06,
    "ecbplus": 0.02,
    "re-docred": 0.04,
    "taught": 0.90,  # a pupil's: what its teacher says of plain text
}
WORDS = 1000  # words in a batch, padding included
PIECES = 510  # places of the encoder
EVERY = 480  # seconds between checkpoints
HOLD = 0.6  # share of the run before the learning rate falls; `held.pt` keeps that moment, to train longer from there

Window = list[Sentence]  # consecutive sentences, read together


# --- labels ---------------------------------------------------------------------------------------------------------


def lemma_rule(form: str, lemma: str) -> str:
    """`cut|add`: characters off the end of the form, and what to put there."""
    form, lemma = form.lower(), lemma.lower()
    same = next((i for i, (a, b) in enumerate(zip(form, lemma, strict=False)) if a != b), min(len(form), len(lemma)))
    return f"{len(form) - same}|{lemma[same:]}"


def vocabulary(trees: list[Sentence], documents: list[Document]) -> dict[str, list[str]]:
    """Labels of each head, most frequent first; very rare ones are not learnt."""
    marks = lambda rows: Counter(v for row in rows for v in row if v != NO_EVENT)  # noqa: E731
    found = {
        "event": ([NO_EVENT], marks(d.events for d in documents if d.events), 5),
        "action": ([NO_EVENT], marks(d.actions for d in documents if d.actions), 5),
        "role": (["none"], marks([r for _, _, r in d.roles] for d in documents), 5),
    }
    spoken = {
        k: [*none, *(v for v, n in sorted(c.items(), key=lambda x: (-x[1], x[0])) if n >= least)]
        for k, (none, c, least) in found.items()
    }
    words = [row for s in trees for row in zip(s.words, s.upos, s.feats, s.lemmas, s.deps, strict=True)]
    counts = {
        "upos": (Counter(u for _, u, _, _, _ in words), 1),
        "feats": (Counter(f for _, _, f, _, _ in words), 3),
        "lemma": (Counter(lemma_rule(w, lemma) for w, _, _, lemma, _ in words), 3),
        "deps": (Counter(d for _, _, _, _, d in words), 2),
    }
    kept = {
        k: [v for v, n in sorted(c.items(), key=lambda x: (-x[1], x[0])) if n >= least]
        for k, (c, least) in counts.items()
    }
    return {**kept, "names": list(BIO), **spoken}


# --- batches --------------------------------------------------------------------------------------------------------


def recased(words: list[str], rng: random.Random) -> list[str]:
    """Now and then a headline: all capitals, or a capital on each longer word."""
    draw = rng.random()
    if draw < 0.03:
        return [w.upper() for w in words]
    return [w[:1].upper() + w[1:] if len(w) > 3 else w for w in words] if draw < 0.06 else words


@dataclass
class Batch:
    """Padded arrays of windows; `sentence` numbers the sentences of a window, -1 is padding."""

    inputs: tuple[Tensor, Tensor, Tensor, Tensor, Tensor]  # pieces, keep, owner, first, shape
    upos: Tensor
    feats: Tensor
    lemma: Tensor
    deps: Tensor
    heads: Tensor
    masks: Tensor
    sentence: Tensor
    start: Tensor
    weight: Tensor


@dataclass
class Batcher:
    """Makes batches; `rows` finds the number of a label."""

    pieces: Pieces
    labels: dict[str, list[str]]
    rng: random.Random
    rows: dict[str, dict[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {head: {label: i for i, label in enumerate(labels)} for head, labels in self.labels.items()}

    def inputs(self, lines: list[list[str]]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """What the network reads."""
        ids, owners, firsts = zip(*map(self._pieces, lines), strict=True)
        length, width = max(map(len, ids)), max(map(len, lines))
        pieces, keep, owner = (np.zeros((len(lines), length), np.int64) for _ in range(3))
        first, shape = np.zeros((len(lines), width), np.int64), np.zeros((len(lines), width, SHAPE), np.float32)
        for b, words in enumerate(lines):
            pieces[b, : len(ids[b])], keep[b, : len(ids[b])] = ids[b], 1
            owner[b, : len(ids[b])], first[b, : len(words)] = owners[b], firsts[b]
            shape[b, : len(words)] = [shape_of(w, i == 0) for i, w in enumerate(words)]
        return tuple(map(torch.from_numpy, (pieces, keep, owner, first, shape)))

    def _pieces(self, words: list[str]) -> tuple[list[int], list[int], list[int]]:
        ids, owner, first = [self.pieces.start], [0], []
        for number, rows in enumerate(self.pieces.of(words), start=1):
            fits = len(ids) + len(rows) <= PIECES
            first.append(len(ids) if fits else 0)
            ids.extend(rows if fits else ())
            owner.extend([number] * len(rows) if fits else ())
        return [*ids, self.pieces.end], [*owner, 0], first

    def make(self, windows: list[Window], training: bool = True) -> Batch:
        """All that a step needs of these windows."""
        lines = [[w for s in win for w in (recased(s.words, self.rng) if training else s.words)] for win in windows]
        inputs, size = self.inputs(lines), (len(windows), max(map(len, lines)))
        tags = {k: np.full(size, SKIP, np.int64) for k in ("upos", "feats", "lemma", "deps", "heads")}
        masks, sentence = np.zeros(size, np.int64), np.full(size, -1, np.int64)
        start, weight = np.full(size, -1.0, np.float32), np.ones(len(windows), np.float32)
        for b, window in enumerate(windows):
            at = 0
            for number, s in enumerate(window):
                part = slice(at, at + len(s.words))
                sentence[b, part], weight[b] = number, s.weight
                if s.upos:
                    for key, values in self._trees(s, at).items():
                        tags[key][b, part] = values
                    start[b, part], start[b, at] = 0, 1
                if s.mentions:
                    masks[b, part] = s.mentions
                at += len(s.words)
        rest = {"masks": masks, "sentence": sentence, "start": start, "weight": weight}
        return Batch(inputs, **{k: torch.from_numpy(v) for k, v in {**tags, **rest}.items()})

    def _trees(self, s: Sentence, at: int) -> dict[str, list[int]]:
        """Numbers of a sentence's labels; heads count from the window's begin."""
        row = lambda head, values: [self.rows[head].get(v, SKIP) for v in values]  # noqa: E731
        rules = [lemma_rule(w, lemma) for w, lemma in zip(s.words, s.lemmas, strict=True)]
        heads = [h + at if h else 0 for h in s.heads]
        return {
            "upos": row("upos", s.upos),
            "feats": row("feats", s.feats),
            "lemma": row("lemma", rules),
            "deps": row("deps", s.deps),
            "heads": heads,
        }


def windows_of(sentences: list[Sentence], rng: random.Random) -> list[Window]:
    """Six of ten sentences alone, the others with one or two that follow in their text, or in their corpus."""
    result, at = [], 0
    while at < len(sentences):
        size = 1 if rng.random() < 0.6 else rng.choice([2, 2, 3])
        window = [sentences[at]]
        while (
            len(window) < size and at + len(window) < len(sentences) and _goes_on(window, sentences[at + len(window)])
        ):
            window.append(sentences[at + len(window)])
        result.append(window)
        at += len(window)
    return result


def _goes_on(window: Window, after: Sentence) -> bool:
    return after.text == window[0].text and sum(len(s.words) for s in window) < 60


class Sampler:
    """Groups of windows of like length, one corpus at a time, or one document; without end."""

    def __init__(
        self, sets: dict[str, list[Sentence]], documents: dict[str, list[Document]], rng: random.Random
    ) -> None:
        self.sets, self.documents, self.rng = sets, documents, rng
        self.ready: dict[str, list[list[Window]]] = {name: [] for name in sets}

    def next(self) -> list[Window] | list[Document]:
        shares = {k: v for k, v in SHARES.items() if k in self.sets or k in self.documents}
        name = self.rng.choices(list(shares), list(shares.values()))[0]
        if name in self.documents:
            return self._documents(name)
        if not self.ready[name]:
            self.ready[name] = self._groups(name)
        return self.ready[name].pop()

    def _documents(self, name: str) -> list[Document]:
        """Documents, or a part of a long one, of about as many words as a batch holds."""
        drawn: list[Document] = []
        while sum(len(d.words) for d in drawn) < MOST // 2:
            document = self.rng.choice(self.documents[name])
            drawn.append(cut(document, *part(document, self.rng)))
        return drawn

    def _groups(self, name: str) -> list[list[Window]]:
        sentences = self.sets[name]
        windows = [[s] for s in sentences] if name == "taught" else windows_of(sentences, self.rng)
        size = lambda window: sum(len(s.words) for s in window)  # noqa: E731
        windows.sort(key=lambda w: size(w) + self.rng.random() * 4)
        groups: list[list[Window]] = [[]]
        longest = 0
        for window in windows:
            longest = max(longest, size(window))
            if groups[-1] and (len(groups[-1]) + 1) * longest > WORDS:
                groups.append([])
                longest = size(window)
            groups[-1].append(window)
        self.rng.shuffle(groups)
        return groups


# --- loss -----------------------------------------------------------------------------------------------------------


def losses(network: Network, windows: list[Window], batcher: Batcher) -> dict[str, Tensor]:
    """Losses of sentences."""
    batch = batcher.make(windows)
    scores = _scores(network, batch)
    said = [s.answers for window in windows for s in window if s.answers]
    return taught_losses(network, scores, said) if said else sentence_losses(network, scores, batch)


def _scores(network: Network, batch: Batch) -> tuple[Tensor, ...]:
    with torch.autocast("cpu", torch.bfloat16):
        said: tuple[Tensor, ...] = network(*batch.inputs)
    return said


def sentence_losses(network: Network, scores: tuple[Tensor, ...], batch: Batch) -> dict[str, Tensor]:
    """Weighted loss of each head that the batch has labels for."""
    upos, feats, lemma, names, start, arcs, word, head, *_ = scores
    result = {}
    if (batch.upos >= 0).any():
        result["upos"] = _smooth(upos, batch.upos)
        result["feats"], result["lemma"] = 0.5 * _smooth(feats, batch.feats), 0.5 * _smooth(lemma, batch.lemma)
        open_arcs = arcs.float().masked_fill(~reachable(batch.sentence), FAR)
        result["arcs"] = F.cross_entropy(open_arcs.flatten(0, 1), batch.heads.flatten(), ignore_index=SKIP)
        result["deps"] = _smooth(network.dep_scores(word.float(), head.float(), batch.heads.clamp(min=0)), batch.deps)
        known = batch.start >= 0
        # A missed start costs more than one too many: sentences have many words and one start.
        result["start"] = 0.3 * F.binary_cross_entropy_with_logits(
            start.float()[known], batch.start[known], pos_weight=torch.tensor(2.0)
        )
    if (batch.masks > 0).any():
        result["names"] = 2.0 * name_loss(names, batch.masks, batch.weight)
    return result


def document_losses(network: Network, documents: list[Document], batcher: Batcher) -> dict[str, Tensor]:
    """Losses of documents, their windows read side by side: of their sentences, and of what spans them."""
    batch = batcher.make([w for d in documents for w in sentences_of(d)])
    scores = _scores(network, batch)
    result = sentence_losses(network, scores, batch)
    for document, said in zip(documents, said_of(documents, scores, batch), strict=True):
        for name, loss in discourse_losses(document, said, network.pairs, batcher.labels).items():
            result[name] = result.get(name, torch.zeros(())) + loss / len(documents)
    return result


def said_of(documents: list[Document], scores: tuple[Tensor, ...], batch: Batch) -> Iterator[Vectors]:
    """What the network says of each word of each document."""
    rows = [x.float()[batch.sentence >= 0] for x in scores[8:]]
    at = 0
    for document in documents:
        end = at + len(document.words)
        yield Vectors(*(row[at:end] for row in rows))
        at = end


def _smooth(scores: Tensor, gold: Tensor) -> Tensor:
    return F.cross_entropy(scores.float().flatten(0, 1), gold.flatten(), ignore_index=SKIP, label_smoothing=0.02)


def reachable(sentence: Tensor) -> Tensor:
    """Heads a word may have [b, words, 1 + words]: the root, and words of its own sentence."""
    same = sentence[:, :, None] == sentence[:, None, :]
    return torch.cat([torch.ones_like(same[:, :, :1]), same], -1)


def name_loss(scores: Tensor, masks: Tensor, weight: Tensor) -> Tensor:
    """Minus the log of the summed probability of the rows a word may have: where a corpus is coarse, any will do."""
    allowed = (masks[:, :, None] >> torch.arange(len(BIO))) & 1
    held = scores.float().log_softmax(-1).masked_fill(allowed == 0, FAR).logsumexp(-1)
    known = masks > 0
    weights = weight[:, None].expand_as(held)[known]
    return -(held[known] * weights).sum() / weights.sum()


# --- a quick look ---------------------------------------------------------------------------------------------------


@torch.no_grad()
def attachment(network: Network, sentences: list[Sentence], batcher: Batcher) -> dict[str, float]:
    """UPOS, UAS, LAS with gold words and greedy heads; the measured figures come from `benchmarks/language.py`."""
    network.eval()
    hits: Counter[str] = Counter()
    ordered = sorted(sentences, key=lambda s: len(s.words))
    for at in range(0, len(ordered), 24):
        batch = batcher.make([[s] for s in ordered[at : at + 24]], training=False)
        upos, _, _, _, _, arcs, word, head, *_ = network(*batch.inputs)
        heads = arcs.masked_fill(~reachable(batch.sentence), FAR).argmax(-1)
        deps = network.dep_scores(word, head, heads).argmax(-1)
        real = batch.sentence >= 0
        right = (heads == batch.heads) & real
        hits.update(
            n=int(real.sum()),
            uas=int(right.sum()),
            las=int((right & (deps == batch.deps)).sum()),
            upos=int(((upos.argmax(-1) == batch.upos) & real).sum()),
        )
    network.train()
    return {k: round(100 * hits[k] / hits["n"], 2) for k in ("upos", "uas", "las")}


# --- the run --------------------------------------------------------------------------------------------------------


def optimizer_of(network: Network, rate: float) -> torch.optim.Optimizer:
    """The encoder learns slower than what is new; `top` is the highest rate. The table of pieces stays as published."""
    for table in (network.encoder.pieces, network.encoder.places):
        table.weight.requires_grad_(False)
    if network.encoder.relative:
        network.encoder.distance.weight.requires_grad_(False)
    learnt = [(n.startswith("encoder."), p) for n, p in network.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for old, p in learnt if old], "lr": rate, "top": rate},
        {"params": [p for old, p in learnt if not old], "lr": 1.2e-3, "top": 1.2e-3},
    ]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)


def set_rate(optimizer: torch.optim.Optimizer, done: float, step: int) -> None:
    """A short warm-up, a plateau, then straight down."""
    for group in optimizer.param_groups:
        group["lr"] = group["top"] * min(1.0, (step + 1) / 200) * max(0.02, min(1.0, (1 - done) / (1 - HOLD)))


@torch.no_grad()
def follow(average: dict[str, Tensor], network: Network, step: int) -> None:
    """Move the average a little towards the weights."""
    keep = 0.99 if step > 500 else 0.9
    for name, value in network.state_dict().items():
        average[name].lerp_(value, 1 - keep)


def save(path: Path, state: object) -> None:
    """Write beside, then rename: a killed run leaves the last whole file."""
    torch.save(state, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def corpora(data: Path, out: Path) -> Data:
    """The corpora, kept in `out` so that a resumed run starts at once."""
    kept = out / "data.pkl"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(load(data)))
    found: Data = pickle.loads(kept.read_bytes())
    return found


@dataclass
class Run:
    """A training run: everything a checkpoint holds."""

    network: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, Tensor]
    spent: float = 0.0
    step: int = 0

    def save(self, out: Path, name: str = "checkpoint.pt") -> None:
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
        }
        save(out / name, {**state, "spent": self.spent, "step": self.step})

    def resume(self, path: Path) -> None:
        if path.exists():
            state = torch.load(path)
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average, self.spent, self.step = state["average"], state["spent"], state["step"]


def open_run(size: Size, labels: dict[str, list[str]], encoder: Path, out: Path) -> Run:
    """A new run from the pretrained encoder, or the one that `out` holds."""
    torch.manual_seed(1)
    network = Network(size, {head: len(found) for head, found in labels.items()})
    network.encoder.load_pretrained(encoder / "model.safetensors")
    run = Run(network, optimizer_of(network, size.rate), {k: v.clone() for k, v in network.state_dict().items()})
    run.resume(out / "checkpoint.pt")
    return run


def train(
    size: Size,
    data: Path,
    out: Path,
    minutes: float,
    encoder: Path | None = None,
    taught: Path | None = None,
    threads: int = 2,
) -> None:
    """Train for so many minutes in all, over as many calls as it takes; `taught` holds what a teacher wrote."""
    torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    encoder = encoder or encoder_folder(size.encoder, out)
    known = corpora(data, out)
    labels = vocabulary(known.sets["ewt"] + known.sets["gum"], [d for found in known.documents.values() for d in found])
    (out / "labels.json").write_text(json.dumps(labels, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    if taught:
        known.sets["taught"] = [s for path in sorted(taught.glob("taught-*.npz")) for s in answers.read(path)]
    run = open_run(size, labels, encoder, out)
    rng = random.Random(run.step or 1)
    batcher, sampler = (
        Batcher(Pieces(encoder / "tokenizer.json"), labels, rng),
        Sampler(known.sets, known.documents, rng),
    )
    run.network.train()
    report, last, saved = Report(), time.monotonic(), run.spent
    while run.spent < minutes * 60:
        done = run.spent / (minutes * 60)
        if done > HOLD and not (out / "held.pt").exists():
            run.save(out, "held.pt")
        set_rate(run.optimizer, done, run.step)
        drawn = sampler.next()
        parts, words = take(run.network, drawn, batcher)
        descend(run, sum(parts.values()))
        now = time.monotonic()
        run.spent, last = run.spent + now - last, now
        report.add(parts, words)
        if run.step % 100 == 0:
            report.show(run)
        if run.spent - saved > EVERY:
            run.save(out)
            print("   dev", attachment(run.network, known.dev["ewt"][:500], batcher), flush=True)
            saved, last = run.spent, time.monotonic()
    run.save(out)


def take(network: Network, drawn: list[Window] | list[Document], batcher: Batcher) -> tuple[dict[str, Tensor], int]:
    """Losses of what was drawn, and its number of words."""
    documents = [d for d in drawn if isinstance(d, Document)]
    if documents:
        return document_losses(network, documents, batcher), sum(len(d.words) for d in documents)
    windows = [w for w in drawn if not isinstance(w, Document)]
    return losses(network, windows, batcher), sum(len(s.words) for w in windows for s in w)


def descend(run: Run, loss: Tensor) -> None:
    """One step."""
    run.optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
    run.optimizer.step()
    run.step += 1
    if run.step % 10 == 0:
        follow(run.average, run.network, run.step)


class Report:
    """Mean losses and pace since the last line."""

    def __init__(self) -> None:
        self.began, self.sums, self.counts, self.words = time.monotonic(), Counter[str](), Counter[str](), 0

    def add(self, parts: dict[str, Tensor], words: int) -> None:
        self.words += words
        for name, value in parts.items():
            self.sums[name] += value.item()
            self.counts[name] += 1

    def show(self, run: Run) -> None:
        pace = self.words / (time.monotonic() - self.began)
        means = {name: round(self.sums[name] / self.counts[name], 3) for name in sorted(self.sums)}
        print(f"{run.spent / 60:5.1f} min, step {run.step}, {pace:.0f} words/s {means}", flush=True)
        self.__init__()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", choices=SIZES, default="default")
    parser.add_argument("--minutes", type=float, default=200)
    parser.add_argument("--encoder", type=Path, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--taught", type=Path, help="folder of `pipelines.nlp.training.teach`: the run is a pupil's")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    size = SIZES[options.size]
    train(size, options.data, options.out, options.minutes, options.encoder, options.taught, options.threads)
