"""Measure coreference on documents held out of training: CoNLL F1, no gold mentions, no gold sentences.

    python benchmarks/coreference.py --data DIR [--model NAME]

`DIR` (or `KG_DATA`) holds `train/gum`. Words are given, since that is what the spans count; sentences, trees and
mentions are the pipeline's own. A mention is right if its first and last word are.

MUC: Vilain et al. 1995; B³: Bagga and Baldwin 1998; CEAF-e: Luo 2005; their mean F1 is the CoNLL score (Pradhan et al.
2012). Clusters of one mention are left out on both sides, as the shared tasks do; the line "with lone mentions" keeps
them.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
from spacy.language import Language
from spacy.tokens import Doc

from pipelines.nlp import load_language
from pipelines.nlp.component import CLUSTERS
from pipelines.nlp.training.documents import phrases, read_conllu

Mention = tuple[int, int]
Clusters = Sequence[frozenset[Mention]]


@dataclass(frozen=True)
class Count:
    """Numerators and denominators of recall and precision; those of several documents are added."""

    right_r: float = 0.0
    gold: float = 0.0
    right_p: float = 0.0
    found: float = 0.0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.right_r + other.right_r,
            self.gold + other.gold,
            self.right_p + other.right_p,
            self.found + other.found,
        )

    @property
    def recall(self) -> float:
        return self.right_r / self.gold if self.gold else 0.0

    @property
    def precision(self) -> float:
        return self.right_p / self.found if self.found else 0.0

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def muc(gold: Clusters, found: Clusters) -> Count:
    """Links that would have to be added."""
    return Count(*_links(gold, found), *_links(found, gold))


def _links(key: Clusters, other: Clusters) -> tuple[float, float]:
    owner = {m: number for number, group in enumerate(other) for m in group}
    kept = sum(len(group) - len({owner.get(m, ("alone", m)) for m in group}) for group in key)
    return kept, sum(len(group) - 1 for group in key)


def b_cubed(gold: Clusters, found: Clusters) -> Count:
    """Share of each mention's cluster that is right."""
    return Count(*_shares(gold, found), *_shares(found, gold))


def _shares(key: Clusters, other: Clusters) -> tuple[float, float]:
    owner = {m: group for group in other for m in group}
    empty: frozenset[Mention] = frozenset()
    share = sum(len(group & owner.get(m, empty)) / len(group) for group in key for m in group)
    return share, sum(map(len, key))


def ceaf_e(gold: Clusters, found: Clusters) -> Count:
    """The best one-to-one matching of clusters, by the share of common mentions (phi 4)."""
    graph = nx.Graph()
    for i, a in enumerate(gold):
        for j, b in enumerate(found):
            if a & b:
                graph.add_edge(("gold", i), ("found", j), weight=2 * len(a & b) / (len(a) + len(b)))
    match = nx.max_weight_matching(graph)
    total = sum(graph.edges[edge]["weight"] for edge in match)
    return Count(total, len(gold), total, len(found))


def mentions(gold: Clusters, found: Clusters) -> Count:
    a, b = {m for group in gold for m in group}, {m for group in found for m in group}
    return Count(len(a & b), len(a), len(a & b), len(b))


MEASURES: dict[str, Callable[[Clusters, Clusters], Count]] = {
    "MUC": muc,
    "B3": b_cubed,
    "CEAF-e": ceaf_e,
    "mentions": mentions,
}


def repeated(groups: Clusters) -> Clusters:
    """Without lone mentions."""
    return [group for group in groups if len(group) > 1]


def scores(pairs: Iterable[tuple[Clusters, Clusters]]) -> dict[str, Count]:
    """Each measure, counted over all documents (gold, found)."""
    total = dict.fromkeys(MEASURES, Count())
    for gold, found in pairs:
        total = {name: count + MEASURES[name](gold, found) for name, count in total.items()}
    return total


def conll(counts: dict[str, Count]) -> float:
    return sum(counts[name].f1 for name in ("MUC", "B3", "CEAF-e")) / 3


def interval(pairs: Sequence[tuple[Clusters, Clusters]], draws: int = 500) -> tuple[float, float]:
    """95 % of the scores of documents drawn with replacement."""
    rng = random.Random(1)
    each = [{name: measure(gold, found) for name, measure in MEASURES.items()} for gold, found in pairs]
    values = []
    for _ in range(draws):
        drawn = rng.choices(each, k=len(each))
        values.append(conll({name: sum((d[name] for d in drawn), Count()) for name in MEASURES}))
    values.sort()
    return values[round(0.025 * draws)], values[round(0.975 * draws) - 1]


# --- documents --------------------------------------------------------------------------------------------------------


def read_gold(path: Path) -> tuple[list[str], list[frozenset[Mention]]]:
    """Words and clusters of a GUM document."""
    words: list[str] = []
    groups: dict[str, set[Mention]] = {}
    for rows in read_conllu(path):
        for phrase in phrases(rows):
            groups.setdefault(phrase.group, set()).add((len(words) + phrase.start, len(words) + phrase.end))
        words += [row[1] for row in rows]
    return words, list(map(frozenset, groups.values()))


def predicted(doc: Doc) -> list[frozenset[Mention]]:
    return [frozenset((s.start, s.end) for s in group) for key, group in doc.spans.items() if key.startswith(CLUSTERS)]


def measure(nlp: Language, paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """What is measured, and its value."""
    pairs = []
    for path in paths:
        words, gold = read_gold(path)
        pairs.append((gold, predicted(nlp(Doc(nlp.vocab, words=words)))))
    for name, kept in (
        ("", [(repeated(g), repeated(f)) for g, f in pairs]),
        (" with lone mentions", pairs),
    ):
        counts = scores(kept)
        low, high = interval(kept)
        yield f"CoNLL F1{name}", f"{100 * conll(counts):.1f} ({100 * low:.1f} to {100 * high:.1f})"
        for key, count in counts.items():
            yield f"{key}{name}", f"P {100 * count.precision:.1f} R {100 * count.recall:.1f} F1 {100 * count.f1:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    parser.add_argument("--model", action="append", help="as for load_language; may be given several times")
    options = parser.parse_args()
    folder = options.data and options.data / "train/gum"
    if not folder or not folder.exists():
        print("skipped: GUM is not here; name the folder of the corpora with --data or KG_DATA", file=sys.stderr)
        return 0
    held = (folder / "dev-documents.txt").read_text(encoding="utf-8").split()
    for model in options.model or ["default", "fast"]:
        nlp = load_language(model)
        if nlp.has_pipe("kg_reader") and nlp.get_pipe("kg_reader").encoder.pairs is None:
            print(f"{model:10} does not read coreference")
            continue
        for name, value in measure(nlp, [folder / "dep" / f"{h}.conllu" for h in held]):
            print(f"{model:10} {name:36} {value}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
