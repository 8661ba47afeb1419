"""What a language model gets wrong, by kind, with examples: tags, trees and names on the development sets.

    python benchmarks/language_errors.py --data DIR [--model default] [--top 12]

Examples are single words and names, not sentences: the corpora are not ours to print.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from language import PLACES, given
from spacy.language import Language

from pipelines.nlp import load_language
from pipelines.nlp.training import data as corpora

EXAMPLES = 6
Kinds = dict[tuple[str, ...], list[str]]  # kind of error → an example for each


def tags_and_trees(nlp: Language, sentences: list[corpora.Sentence]) -> tuple[Kinds, Kinds, Counter[str]]:
    """Errors of UPOS and of labelled heads on given words; how often each label occurs."""
    tags: Kinds = defaultdict(list)
    trees: Kinds = defaultdict(list)
    labels: Counter[str] = Counter()
    for gold, doc in zip(sentences, given(nlp, [s.words for s in sentences]), strict=True):
        words = ["root", *gold.words]
        for i, token in enumerate(doc):
            labels[gold.deps[i]] += 1
            if token.pos_ != gold.upos[i]:
                tags[gold.upos[i], token.pos_].append(token.text)
            head = 0 if token.head.i == i else token.head.i + 1
            if head != gold.heads[i]:
                trees[gold.deps[i], "head"].append(f"{token.text}: {words[gold.heads[i]]}, not {words[head]}")
            elif token.dep_.lower() != gold.deps[i]:
                trees[gold.deps[i], f"label {token.dep_}"].append(f"{token.text} < {words[head]}")
    return tags, trees, labels


def names(nlp: Language, path: Path) -> Kinds:
    """Errors of named mentions on UNER-EWT dev."""
    kinds: Kinds = defaultdict(list)
    wide = {"PER": {"Person"}, "LOC": PLACES, "ORG": {"Organization", "Publisher"}}
    ours = set().union(*wide.values())
    lines = list(corpora.read_columns(path, 1, 2))
    for (words, tags), doc in zip(lines, given(nlp, [w for w, _ in lines]), strict=True):
        gold = {corpora.trim(words, s, e, n == "PER"): n for s, e, n in corpora.runs(tags) if n in wide}
        found = {(e.start, e.end): e.label_ for e in doc.ents if e.label_ in ours and not e._.demonym}
        for span, kind in gold.items():
            text = " ".join(words[slice(*span)])
            if span in found and found[span] not in wide[kind]:
                kinds[kind, f"taken for {found[span]}"].append(text)
            elif span not in found:
                beside = next((f for f in found if f[0] < span[1] and span[0] < f[1]), None)
                kinds[kind, "cut otherwise" if beside else "missed"].append(text)
        for span, label in found.items():
            if not any(span[0] < g[1] and g[0] < span[1] for g in gold):
                kinds[label, "invented"].append(" ".join(words[slice(*span)]))
    return kinds


def show(title: str, kinds: Kinds, top: int) -> Iterator[str]:
    """The most frequent kinds, with a few different examples each."""
    total = sum(map(len, kinds.values()))
    yield f"{title}: {total} errors"
    for kind, found in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))[:top]:
        some = random.Random(1).sample(sorted(set(found)), min(EXAMPLES, len(set(found))))
        yield f"  {len(found):5} {100 * len(found) / total:5.1f} %  {' → '.join(kind):34} {' · '.join(some)}"


def label_rows(trees: Kinds, labels: Counter[str], top: int) -> Iterator[str]:
    """The labels that most errors fall on, and how often each is wrong."""
    wrong: Counter[str] = Counter()
    for (label, _), found in trees.items():
        wrong[label] += len(found)
    yield "Trees, by the label that was right: wrong of all"
    for label, n in wrong.most_common(top):
        yield f"  {label:14} {n:5} of {labels[label]:5}  {100 * n / labels[label]:5.1f} %"


def report(nlp: Language, data: Path, top: int) -> Iterator[str]:
    """Everything, section by section."""
    sentences = list(corpora.read_trees(data / "train/ud-ewt/en_ewt-ud-dev.conllu"))
    tags, trees, labels = tags_and_trees(nlp, sentences)
    sections: list[Iterable[str]] = [
        show("Tags, EWT dev (right → ours)", tags, top),
        label_rows(trees, labels, top),
        show("Trees, EWT dev", trees, top),
        show("Names, UNER-EWT dev", names(nlp, data / "dev/uner-ewt/en_ewt-ud-dev.iob2"), top),
    ]
    for section in sections:
        yield from section
        yield ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    parser.add_argument("--model", help="as for load_language")
    parser.add_argument("--top", type=int, default=12)
    options = parser.parse_args()
    if not options.data or not options.data.exists():
        print("skipped: the corpora are not here; name their folder with --data or KG_DATA", file=sys.stderr)
        return 0
    for line in report(load_language(options.model), options.data, options.top):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
