"""Train the head that reads events, on the vectors of a language model that ships.

    python -m pipelines.nlp.training.events --data DIR --model default --out OUT [--epochs 14]

The encoder stays as it is: what is marked is far less than what it was trained on. The command reads the corpus with the
model once (kept in OUT), trains for some minutes, prints scores on what was held out, and writes `events.onnx` and
`events.npz` beside the model's other files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.nlp.events import DEPS, NAMES, NEAR, NO_EVENT, NO_ROLE, REALIS, RELATIONS, UPOS, Window, relations
from pipelines.nlp.training import marked
from pipelines.nlp.training.marked import Mark, Text

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

ROLE = 32  # numbers that say how well an event and a word go together, for each role
LEAST = 8  # tellings of a type that is learnt


@dataclass
class Example:
    """A text as the model reads it, with what is told at its words."""

    window: Window
    told: list[tuple[int, str, str, dict[str, list[int]], bool]]  # word, type, realis, role → words, sure
    open: list[int]


# --- examples -----------------------------------------------------------------------------------------------------------


def examples(text: Text, nlp: Language) -> list[Example]:
    """A text read by the model: an example for each of its windows."""
    from pipelines.nlp.component import windows_of

    doc, windows = windows_of(text.text, nlp)
    told = [t for m in text.marks if (t := telling(m, doc)) is not None]
    unknown = {t.i for span in text.open if (s := doc.char_span(*span, alignment_mode="expand")) for t in s}
    return [example(told, unknown, {word: at for at, word in enumerate(words)}, window) for words, window in windows]


def example(told: Sequence[Any], unknown: set[int], place: dict[int, int], window: Window) -> Example:
    """The part of a text that stands in one window; one telling a word."""
    rows: dict[int, tuple[int, str, str, dict[str, list[int]], bool]] = {}
    for word, type_, realis, roles, sure in told:
        if word not in place:
            continue
        at = place[word]
        fillers = {r: [place[w] for w in ws if w in place] for r, ws in roles.items()}
        if at in rows and rows[at][1] == type_:  # one word tells two legs
            for role, words in fillers.items():
                rows[at][3][role] = list(dict.fromkeys([*rows[at][3].get(role, ()), *words]))
        elif at not in rows:
            rows[at] = at, type_, realis, fillers, sure
    return Example(window, list(rows.values()), [place[w] for w in unknown if w in place])


def telling(mark: Mark, doc: Doc) -> tuple[int, str, str, dict[str, list[int]], bool] | None:
    """A mark by words: the trigger, and each filler's head where it stands nearest in the same sentence."""
    span = doc.char_span(*mark.trigger, alignment_mode="expand")
    if span is None:
        return None
    trigger = span.root
    if not mark.exact:
        trigger = next((t for pos in ("VERB", "NOUN") for t in span if t.pos_ == pos), trigger)
    roles: dict[str, list[int]] = {}
    for role, places in mark.roles:
        heads = [s.root for p in places if (s := doc.char_span(*p, alignment_mode="expand")) is not None]
        near = [h.i for h in heads if h.sent.start == trigger.sent.start and h.i != trigger.i]
        if near:
            roles.setdefault(role, []).append(min(near, key=lambda i: abs(i - trigger.i)))
    return trigger.i, mark.type, mark.realis, roles, mark.sure


# --- the network --------------------------------------------------------------------------------------------------------


class Head(nn.Module):
    """Vectors and grammar of the words of a window → types, realis, and the two sides of roles, for each word."""

    def __init__(self, width: int, types: int, roles: int, hidden: int = 256, cell: int = 192) -> None:
        super().__init__()
        self.roles = roles
        self.inner = nn.Linear(width, hidden)
        self.upos, self.dep, self.name = (
            nn.Embedding(len(rows) + 1, size) for rows, size in ((UPOS, 16), (DEPS, 24), (NAMES, 16))
        )
        self.cell = nn.LSTM(hidden + 56, cell, bidirectional=True, batch_first=True)
        wide = 2 * cell + hidden
        self.types = self.perceptron(wide, 192, types)
        self.realis = self.perceptron(wide, 96, len(REALIS))
        self.event, self.word = self.perceptron(wide, 192, roles * ROLE), self.perceptron(wide, 192, roles * ROLE)
        self.near, self.relation = nn.Embedding(2 * (len(NEAR) + 1), roles), nn.Embedding(RELATIONS, roles)
        self.label, self.kind = nn.Embedding(len(DEPS) + 1, roles), nn.Embedding(types, roles)

    @staticmethod
    def perceptron(width: int, hidden: int, out: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Dropout(0.3), nn.Linear(width, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, out)
        )

    def forward(self, vectors: Tensor, upos: Tensor, deps: Tensor, names: Tensor) -> tuple[Tensor, ...]:
        inner = F.gelu(self.inner(F.dropout(vectors, 0.25, self.training)))
        side = torch.cat([self.upos(upos), self.dep(deps), self.name(names)], -1)
        around, _ = self.cell(torch.cat([inner, side], -1)[None])
        words = torch.cat([inner, around[0]], -1)
        return self.types(words), self.realis(words), self.event(words) / 4, self.word(words)

    def role_scores(self, window: Window, event: Tensor, word: Tensor, at: Sequence[int], kinds: Tensor) -> Tensor:
        """[events, words, roles] for events of these kinds at these words."""
        rows = list(at)
        fit = torch.einsum(
            "erd,wrd->ewr", event[rows].view(len(rows), self.roles, -1), word.view(len(word), self.roles, -1)
        )
        near, relation, label = (torch.from_numpy(x) for x in relations(window, rows))
        return fit + self.near(near) + self.relation(relation) + self.label(label) + self.kind(kinds)[:, None]


def inputs_of(window: Window) -> tuple[Tensor, ...]:
    return tuple(map(torch.from_numpy, (window.vectors.astype(np.float32), window.upos, window.deps, window.names)))


# --- training -----------------------------------------------------------------------------------------------------------


@dataclass
class Labels:
    """Names of types and roles, by number."""

    types: list[str]
    roles: list[str]

    @classmethod
    def of(cls, found: Iterable[Example]) -> Labels:
        types: Counter[str] = Counter()
        roles: Counter[str] = Counter()
        for one in found:
            for _, type_, _, filled, _ in one.told:
                types[type_] += 1
                roles.update(list(filled))
        names = lambda counts: sorted(k for k, n in counts.items() if n >= LEAST)  # noqa: E731
        return cls([NO_EVENT, *names(types)], [NO_ROLE, *names(roles)])


def loss_of(head: Head, one: Example, labels: Labels) -> Tensor:
    """Summed over words: the type of each, and of each event realis and who takes part."""
    types, realis, event, word = head(*inputs_of(one.window))
    gold, weight = torch.zeros(len(types), dtype=torch.long), torch.ones(len(types))
    weight[one.open] = 0
    told = [t for t in one.told if t[1] in labels.types]
    for at, type_, _, _, sure in one.told:
        gold[at] = labels.types.index(type_) if type_ in labels.types else 0
        weight[at] = (1.0 if sure else 0.5) if type_ in labels.types else 0.0
    rare = torch.ones(len(labels.types))
    rare[0] = 0.5
    said = F.cross_entropy(types, gold, weight=rare, reduction="none", label_smoothing=0.05)
    total = (said * weight).sum() / 50
    if not told:
        return total
    at, kinds = [t[0] for t in told], torch.tensor([labels.types.index(t[1]) for t in told])
    known = torch.tensor([REALIS.index(t[2]) for t in told])
    total = total + F.cross_entropy(realis[at], known, reduction="sum") / 6
    scores = head.role_scores(one.window, event, word, at, kinds)
    filled = torch.zeros(scores.shape[:2], dtype=torch.long)
    for row, (_, _, _, roles, _) in enumerate(told):
        for role, words in roles.items():
            if role in labels.roles:
                filled[row, words] = labels.roles.index(role)
    sentence = torch.from_numpy(one.window.sentence)
    near = sentence[None] == sentence[at][:, None]
    weights = torch.ones(len(labels.roles))
    weights[0] = 0.4
    asked = F.cross_entropy(scores[near], filled[near], weight=weights, reduction="sum", label_smoothing=0.02)
    return total + asked / 12


def train(found: list[Example], labels: Labels, epochs: int, seed: int, report: Any) -> Head:
    """Adam, falling rate, four examples a step."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # the matrices are small: a second thread waits more than it works
    rng = random.Random(seed)
    head = Head(found[0].window.vectors.shape[1], len(labels.types), len(labels.roles))
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.02)
    steps, step, begin = epochs * -(-len(found) // 4), 0, time.monotonic()
    for epoch in range(epochs):
        rng.shuffle(found)
        for at in range(0, len(found), 4):
            for group in optimizer.param_groups:
                group["lr"] = 1e-3 * min(1.0, (step + 1) / 60) * max(0.03, 1 - step / steps)
            optimizer.zero_grad()
            loss = torch.stack([loss_of(head, one, labels) for one in found[at : at + 4]]).mean()
            loss.backward()
            nn.utils.clip_grad_norm_(head.parameters(), 2.0)
            optimizer.step()
            step += 1
        print(f"epoch {epoch + 1}, {(time.monotonic() - begin) / 60:.1f} min, loss {loss.item():.2f}", flush=True)
        if epoch % 3 == 2 or epoch == epochs - 1:
            report(head.eval())
            head.train()
    return head.eval()


# --- scores -------------------------------------------------------------------------------------------------------------


@torch.no_grad()
def scored(head: Head, found: Iterable[Example], labels: Labels) -> str:
    """F1 of triggers, of triggers with types, of roles; share of right realis. Unsure marks count neither way."""
    n: Counter[str] = Counter()
    for one in found:
        types, realis, event, word = head(*inputs_of(one.window))
        best = types.argmax(-1)
        gold = {t[0]: t for t in one.told if t[4]}
        skip = {t[0] for t in one.told if not t[4]} | set(one.open)
        at = [i for i in best.nonzero()[:, 0].tolist() if i not in skip]
        kinds = best[at]
        n.update(found=len(at), gold=len(gold), triggers=sum(i in gold for i in at))
        n.update(
            types=sum(i in gold and labels.types[k] == gold[i][1] for i, k in zip(at, kinds.tolist(), strict=True))
        )
        n.update(wanted=sum(len(ws) for t in gold.values() for ws in t[3].values()))
        if not at:
            continue
        roles = head.role_scores(one.window, event, word, at, kinds).argmax(-1)
        for row, i in enumerate(at):
            same = one.window.sentence == one.window.sentence[i]
            said = {(labels.roles[roles[row, j]], j) for j in np.flatnonzero(same) if roles[row, j]}
            right = {(r, w) for r, ws in gold[i][3].items() for w in ws} if i in gold else set()
            n.update(said=len(said), filled=len(said & right))
            if i in gold:
                n.update(asked=1, realis=REALIS[realis[i].argmax()] == gold[i][2])
    f1 = lambda right, a, b: 2 * n[right] / max(1, n[a] + n[b])  # noqa: E731
    return (
        f"triggers {f1('triggers', 'found', 'gold'):.3f}, with type {f1('types', 'found', 'gold'):.3f} "
        f"(P {n['types'] / max(1, n['found']):.3f}), roles {f1('filled', 'said', 'wanted'):.3f} "
        f"(P {n['filled'] / max(1, n['said']):.3f}), realis {n['realis'] / max(1, n['asked']):.3f}, {n['gold']} events"
    )


# --- files --------------------------------------------------------------------------------------------------------------


def export(head: Head, labels: Labels, out: Path) -> None:
    """`events.onnx`, and `events.npz` with the labels and the small tables of roles."""
    words = 7
    given = (torch.zeros(words, head.inner.in_features), *(torch.zeros(words, dtype=torch.long) for _ in range(3)))
    names, outputs = ["vectors", "upos", "deps", "names"], ["type", "realis", "event", "word"]
    torch.onnx.export(
        head, given, str(out / "events.onnx"), input_names=names, output_names=outputs, opset_version=17, dynamo=False,
        dynamic_axes={name: {0: "words"} for name in (*names, *outputs)},
    )  # fmt: skip
    tables = {
        k: getattr(head, k).weight.detach().numpy().astype(np.float16) for k in ("near", "relation", "label", "kind")
    }
    text = np.frombuffer(json.dumps({"types": labels.types, "roles": labels.roles}).encode(), np.uint8)
    np.savez_compressed(out / "events.npz", labels=text, **tables)


def corpus(data: Path) -> dict[str, list[Text]]:
    """Everything that is marked, by use."""
    learnt = [
        marked.passages("train"),
        marked.read_once(),
        marked.sentences(data, "train"),
        marked.sentences_read_once(data),
    ]
    return {
        "train": [text for part in learnt for text in part],
        "passages": list(marked.passages("dev")),
        "sentences": list(marked.sentences(data, "dev")),
    }


def read(texts: Iterable[Text], nlp: Language, kept: dict[str, list[Example]]) -> Iterator[Example]:
    """Examples of the texts; what was read before, with the same marks, is in `kept`."""
    for text in texts:
        key = hashlib.sha256(repr(text).encode()).hexdigest()
        if key not in kept:
            kept[key] = examples(text, nlp)
        yield from kept[key]


def run(data: Path, model: str, out: Path, epochs: int, seed: int) -> None:
    from pipelines.nlp import MODELS, load_language

    out.mkdir(parents=True, exist_ok=True)
    store, nlp = out / "examples.pkl", load_language(model)
    kept: dict[str, list[Example]] = pickle.loads(store.read_bytes()) if store.exists() else {}
    found = {use: list(read(texts, nlp, kept)) for use, texts in corpus(data).items()}
    store.write_bytes(pickle.dumps(kept))
    labels = Labels.of(found["train"])
    told = sum(len(one.told) for one in found["train"])
    print(", ".join(f"{use}: {len(rows)} windows" for use, rows in found.items()), f"{told} tellings to learn from")

    def report(head: Head) -> None:
        for use in ("passages", "sentences"):
            print(f"  {use:9} {scored(head, found[use], labels)}", flush=True)
        export(head, labels, MODELS / model)

    train(found["train"], labels, epochs, seed, report)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run(options.data, options.model, options.out, options.epochs, options.seed)
