"""Train spaCy's small convolutional pipeline on the data that our models learn from, as a yardstick.

    python benchmarks/spacy_cnn.py --data DIR --out DIR [--steps 6000]

spaCy's own recipe for efficiency (`spacy init config`): hash embeddings, four convolutions of width 96, shared by tagger,
parser and entity recogniser. Trees from EWT and GUM; names from those corpora that mark every type. `load_language` and
`benchmarks/language.py --model OUT/model-best` then take it like any installed spaCy pipeline.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from spacy.cli.init_config import init_config
from spacy.cli.train import train
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from pipelines.nlp.labels import TYPES, begin
from pipelines.nlp.training.data import OUTSIDE, Sentence, bits, load

COMPLETE = ("few", "wikigold")  # corpora whose masks leave (almost) nothing open


def with_tree(vocab: Vocab, s: Sentence) -> Doc:
    """A doc with tags and tree; its names are unknown."""
    assert s.upos
    assert s.heads
    assert s.deps
    assert s.lemmas
    heads = [h - 1 if h else i for i, h in enumerate(s.heads)]
    deps = ["ROOT" if d == "root" else d for d in s.deps]
    return Doc(vocab, words=s.words, tags=s.upos, pos=s.upos, heads=heads, deps=deps, lemmas=s.lemmas)


def spans(masks: list[int]) -> Iterator[tuple[int, int, str]] | None:
    """Mentions, if the masks leave nothing open."""
    if any(mask != OUTSIDE and mask.bit_count() != 1 for mask in masks):
        return None
    starts = {bits([name], "B"): name for name in TYPES}
    found = []
    for i, mask in enumerate(masks):
        if mask in starts:
            end = i + 1
            while end < len(masks) and masks[end] == 1 << (begin(starts[mask]) + 1):
                end += 1
            found.append((i, end, starts[mask]))
    return iter(found)


def with_names(vocab: Vocab, s: Sentence) -> Doc | None:
    """A doc with names and nothing else, if all its names are known."""
    found = spans(s.mentions or [])
    if not s.mentions or found is None:
        return None
    doc = Doc(vocab, words=s.words)
    doc.set_ents([Span(doc, a, b, label=name) for a, b, name in found], default="outside")
    return doc


def save(docs: Iterable[Doc | None], path: Path, seed: int = 1) -> None:
    kept = [doc for doc in docs if doc is not None]
    random.Random(seed).shuffle(kept)
    DocBin(docs=kept, store_user_data=False).to_disk(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    data, vocab = load(options.data), spacy.blank("en").vocab
    trees = [with_tree(vocab, s) for name in ("ewt", "gum") for s in data.sets[name]]
    names = [with_names(vocab, s) for name in COMPLETE for s in data.sets[name]]
    save([*trees, *names], options.out / "train.spacy")
    held = [with_tree(vocab, s) for s in data.dev["ewt"]] + [with_names(vocab, s) for s in data.dev["few"]]
    save(held, options.out / "dev.spacy")
    config = init_config(lang="en", pipeline=["tagger", "morphologizer", "parser", "ner"], optimize="efficiency")
    config["paths"].update(train=str(options.out / "train.spacy"), dev=str(options.out / "dev.spacy"))
    config["training"].update(max_steps=options.steps, eval_frequency=500, patience=0)
    config.to_disk(options.out / "config.cfg")
    train(options.out / "config.cfg", options.out)


if __name__ == "__main__":
    main()
