"""Measure the language model: tags and trees, sentences and words from raw text, named mentions.

    python benchmarks/language.py --data DIR [--model NAME …]

Percent, with the 95 % interval of sentences (or texts) drawn with replacement. `DIR` (or `KG_DATA`) holds `train/` and `dev/` with the corpora that the model card names; what is absent is skipped,
with the reason. Development sets only.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipelines.nlp import load_language
from pipelines.nlp.training import data as corpora

Row = tuple[str, str, str]  # set, measure, value
Mention = tuple[int, int, frozenset[str]]  # words, and the types that count as right


def given(nlp: Language, sentences: Iterable[list[str]]) -> Iterator[Doc]:
    """Docs whose words are set, one sentence each, read by the pipeline."""
    docs = (
        Doc(nlp.vocab, words=w, spaces=[True] * len(w), sent_starts=[True] + [False] * (len(w) - 1)) for w in sentences
    )
    return nlp.pipe(docs, batch_size=64)


def percent(hits: float, n: float) -> str:
    return f"{100 * hits / n:.1f}" if n else "-"


def rate(parts: list[Counter[str]], right: str, *of: str) -> str:
    """Percent of `right` in the mean of the counts `of` (one: accuracy; found and gold: F1), with its 95 % interval.

    The interval comes from drawing the parts (sentences, or texts) with replacement a thousand times.
    """
    counts = np.array([[part[right], sum(part[key] for key in of) / len(of)] for part in parts], np.float64)
    if not counts[:, 1].sum():
        return "-"
    draws = np.random.default_rng(1).multinomial(len(parts), np.full(len(parts), 1 / len(parts)), size=1000) @ counts
    low, high = np.percentile(100 * draws[:, 0] / draws[:, 1], [2.5, 97.5])
    value = 100 * counts[:, 0].sum() / counts[:, 1].sum()
    return f"{value:.1f} ({low:.1f} to {high:.1f})"


# --- trees ----------------------------------------------------------------------------------------------------------


def gold_words(nlp: Language, name: str, sentences: list[corpora.Sentence]) -> list[Row]:
    """Tags and trees on given words and sentences."""
    parts = []
    for gold, doc in zip(sentences, given(nlp, [s.words for s in sentences]), strict=True):
        hits: Counter[str] = Counter()
        for i, token in enumerate(doc):
            head = 0 if token.head.i == i else token.head.i + 1
            hits["n"] += 1
            hits["UPOS"] += token.pos_ == gold.upos[i]
            hits["UAS"] += head == gold.heads[i]
            hits["LAS"] += head == gold.heads[i] and token.dep_.lower() == gold.deps[i]
            hits["lemma"] += token.lemma_ == gold.lemmas[i]
            hits["morphology"] += (str(token.morph) or "_") == gold.feats[i]
        parts.append(hits)
    return [(name, key, rate(parts, key, "n")) for key in ("UPOS", "UAS", "LAS", "lemma", "morphology")]


def read_texts(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str, int, str]], set[int]]]:
    """Raw paragraphs of a treebank: text, words as (start, end, UPOS, head word or -1, label), sentence starts."""
    text, words, starts = "", [], set()
    for line in [*path.open(encoding="utf-8"), "# newpar"]:
        if line.startswith(("# newdoc", "# newpar")) and words:
            yield text, words, starts
            text, words, starts = "", [], set()
        elif line.startswith("# text = "):
            text += " " if text else ""
            at, base = len(text), len(words)
            starts.add(at)
            text += line[9:].rstrip("\n")
        elif line[:1].isdigit() and line.split("\t")[0].isdigit():
            _, form, _, upos, _, _, head, dep, *_ = line.split("\t")
            at = text.find(form, at)
            words.append((at, at + len(form), upos, int(head) - 1 + base if head != "0" else -1, dep))
            at += len(form)


def raw_text(nlp: Language, name: str, path: Path) -> list[Row]:
    """F1 of words, sentences, UPOS, labelled heads from raw paragraphs."""
    parts = []
    texts = list(read_texts(path))
    for (_, words, starts), doc in zip(texts, nlp.pipe([t for t, _, _ in texts], batch_size=64), strict=True):
        gold = {(s, e): (u, words[h][0] if h >= 0 else -1, d) for s, e, u, h, d in words}
        tokens = [t for t in doc if t.pos_ != "SPACE"]
        hits = Counter(gold=len(gold), found=len(tokens), gold_sents=len(starts))
        parts.append(hits)
        begins = {next((t.idx for t in sent if t.pos_ != "SPACE"), -1) for sent in doc.sents}
        hits.update(sents=len(begins), right_sents=len(begins & starts))
        for token in tokens:
            answer = gold.get((token.idx, token.idx + len(token)))
            head = -1 if token.head is token or token.head.i == token.i else token.head.idx
            hits["words"] += answer is not None
            hits["UPOS"] += answer is not None and answer[0] == token.pos_
            hits["LAS"] += answer is not None and answer[1:] == (head, token.dep_.lower())
    rows = [(name, key, rate(parts, key, "found", "gold")) for key in ("words", "UPOS", "LAS")]
    return [*rows, (name, "sentence starts", rate(parts, "right_sents", "sents", "gold_sents"))]


# --- names ----------------------------------------------------------------------------------------------------------


def names(nlp: Language, name: str, lines: list[tuple[list[str], list[Mention]]], types: set[str]) -> list[Row]:
    """Precision, recall, F1 of spans with a right type; our `types` only, peoples left out, open mentions ignored."""
    parts = []
    per: Counter[tuple[str, str]] = Counter()
    for (_, gold), doc in zip(lines, given(nlp, [w for w, _ in lines]), strict=True):
        ours = {(e.start, e.end): e.label_ for e in doc.ents if e.label_ in types and not is_people(e)}
        ignored = [(s, e) for s, e, kinds in gold if "any" in kinds]
        ours = {k: v for k, v in ours.items() if not any(k[0] < e and s < k[1] for s, e in ignored)}
        wanted = {(s, e): kinds for s, e, kinds in gold if "any" not in kinds and kinds & types}
        hits = [k for k in ours if ours[k] in wanted.get(k, ())]
        parts.append(Counter(right=len(hits), found=len(ours), gold=len(wanted)))
        for kinds in wanted.values():
            per["gold", next(iter(kinds))] += len(kinds) == 1
        for k in hits:
            per["right", ours[k]] += len(wanted[k]) == 1
        for label in ours.values():
            per["found", label] += 1
    rows = [
        (name, "precision", rate(parts, "right", "found")),
        (name, "recall", rate(parts, "right", "gold")),
        (name, "F1", rate(parts, "right", "found", "gold")),
    ]
    few = [
        (name, f"recall of {t}", f"{percent(per['right', t], per['gold', t])} ({per['gold', t]})")
        for t in sorted(types)
        if per["gold", t] > 4
    ]
    return rows + (few if "Few" in name else [])


def is_people(span: spacy.tokens.Span) -> bool:
    return span.has_extension("demonym") and span._.demonym


def foreign(corpus: str, words: list[str], tags: list[str]) -> list[Mention]:
    """A corpus's mentions in our types, articles and possessives left out as we do."""
    return [(s, e, frozenset(kinds)) for s, e, kinds in corpora.spans_of(corpus, words, tags)]


ALL_TYPES = set(corpora.table()["opened"])
PLACES = {"Country", "City", "Region", "Airport", "Facility"}


def uner(nlp: Language, path: Path) -> list[Row]:
    """UNER-EWT dev: PER, LOC, ORG. Its LOC is any place of ours."""
    wide = {"PER": {"Person"}, "LOC": PLACES, "ORG": {"Organization", "Publisher"}}
    lines = []
    for words, tags in corpora.read_columns(path, 1, 2):
        spans = [(*corpora.trim(words, s, e, n == "PER"), n) for s, e, n in corpora.runs(tags) if n in wide]
        lines.append((words, [(s, e, frozenset(wide[n])) for s, e, n in spans]))
    return names(nlp, "UNER-EWT dev", lines, {"Person", "Organization", "Publisher", *PLACES})


def crossner(nlp: Language, path: Path) -> list[Row]:
    lines = [(w, foreign("crossner", w, t)) for w, t in corpora.read_columns(path)]
    return names(nlp, "CrossNER politics dev", lines, ALL_TYPES)


def few_nerd(nlp: Language, folder: Path) -> list[Row]:
    """Every twentieth complete sentence, held out while training."""
    import gzip
    import json

    with gzip.open(folder / "dev-full.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in list(lines)[::20]]
    split = [corpora.split_hyphens(r["tokens"], r["tags"]) for r in rows]
    return names(nlp, "Few-NERD held out", [(w, foreign("few-nerd", w, t)) for w, t in split], ALL_TYPES)


# --- all ------------------------------------------------------------------------------------------------------------


def plan(data: Path) -> list[tuple[Path, Callable[[Language, Path], list[Row]]]]:
    """What is measured, and the file or folder it needs."""
    ewt = data / "train/ud-ewt/en_ewt-ud-dev.conllu"
    return [
        (ewt, lambda nlp, p: gold_words(nlp, "EWT dev, gold words", list(corpora.read_trees(p)))),
        (ewt, lambda nlp, p: raw_text(nlp, "EWT dev, raw text", p)),
        (data / "train/gum", gum),
        (data / "dev/uner-ewt/en_ewt-ud-dev.iob2", uner),
        (data / "dev/crossner-politics/dev.txt", crossner),
        (data / "train/few-nerd", few_nerd),
    ]


def gum(nlp: Language, folder: Path) -> list[Row]:
    kept = re.findall(r"\S+", (folder / "dev-documents.txt").read_text(encoding="utf-8"))
    sentences = [s for name in kept for s in corpora.read_trees(folder / "dep" / f"{name}.conllu")]
    return gold_words(nlp, "GUM held out, gold words", sentences)


def measure(nlp: Language, data: Path) -> Iterator[Row]:
    """All rows, one set after another."""
    for path, run in plan(data):
        if path.exists():
            yield from run(nlp, path)
        else:
            yield (path.name, "skipped", f"{path.name} is not there")


# What we aim at, default and fast.
AIMS = {
    ("EWT dev, gold words", "UPOS"): (97.0, 96.5),
    ("EWT dev, gold words", "UAS"): (93.5, 92.0),
    ("EWT dev, gold words", "LAS"): (91.5, 89.5),
    ("EWT dev, raw text", "LAS"): (89.0, 87.0),
    ("GUM held out, gold words", "LAS"): (91.0, 89.0),
    ("UNER-EWT dev", "F1"): (88.0, 85.0),
    ("CrossNER politics dev", "F1"): (78.0, 74.0),
    ("Few-NERD held out", "F1"): (75.0, 72.0),
}
OURS = ("default", "fast")


def aim(key: tuple[str, str], model: str) -> str:
    return f" / {AIMS[key][OURS.index(model)]:.1f}" if key in AIMS and model in OURS else ""


def table(models: list[str], data: Path) -> Iterator[str]:
    """A row for each measure, a column for each model; behind a stroke the aim."""
    columns = []
    for model in models:
        print(f"reading with {model} …", file=sys.stderr)
        columns.append({(name, what): value for name, what, value in measure(load_language(model), data)})
    yield f"{'':28} {'':28}" + "".join(f"{model:32}" for model in models).rstrip()
    for key in columns[0]:
        cells = (f"{column.get(key, '-') + aim(key, model):32}" for model, column in zip(models, columns, strict=True))
        yield f"{key[0]:28} {key[1]:28}{''.join(cells)}".rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    parser.add_argument("--model", action="append", help="as for load_language; may be given several times")
    options = parser.parse_args()
    if not options.data or not options.data.exists():
        print("skipped: the corpora are not here; name their folder with --data or KG_DATA", file=sys.stderr)
        return 0
    for line in table(options.model or list(OURS), options.data):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
