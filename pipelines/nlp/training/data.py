"""Read the corpora into one form: sentences, and per word what its corpus knows. What it does not mark is left open.

    python -m pipelines.nlp.training.data --data DIR

`DIR/train` holds one folder per corpus (see MODEL_CARD.md).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.nlp.labels import BIO, TYPES, begin
from pipelines.nlp.tokens import split_word
from pipelines.nlp.training.documents import Document, Row, load_documents, phrases, read_conllu, summary
from pipelines.nlp.training.resolve import TITLES, allowed, table, trim

if TYPE_CHECKING:
    from pipelines.nlp.training.answers import Answers

ALL = (1 << len(BIO)) - 1
OUTSIDE = 1
Span = tuple[int, int, tuple[str, ...]]


@dataclass
class Sentence:
    """Words, their tags, heads (1-based, 0 = root), and as bit masks the rows of `BIO` each may have; None = unmarked."""

    words: list[str]
    upos: list[str] | None = None
    feats: list[str] | None = None
    lemmas: list[str] | None = None
    heads: list[int] | None = None
    deps: list[str] | None = None
    mentions: list[int] | None = None
    weight: float = 1.0  # in the loss of names: silver counts less
    text: str = ""  # sentences of one text follow each other
    answers: Answers | None = None  # what a teacher says of them


# --- masks ----------------------------------------------------------------------------------------------------------


def bits(names: Iterable[str], parts: str = "BI") -> int:
    """Mask of these types' rows."""
    return sum(1 << (begin(n) + "BI".index(part)) for n in set(names) for part in parts)


def background(names: Iterable[str]) -> Callable[[str], int]:
    """Mask of a word outside all mentions: O, and the types the corpus leaves unmarked if the word may be a name."""
    free = OUTSIDE | bits(names)
    return lambda word: free if word[:1].isupper() or any(c.isdigit() for c in word) else OUTSIDE


def mark(words: list[str], spans: Iterable[Span], outside: Callable[[str], int]) -> list[int]:
    """Masks of a sentence's words."""
    result = [outside(word) for word in words]
    for start, end, names in spans:
        for i in range(start, end):
            result[i] = ALL if names == ("any",) else bits(names, "B" if i == start else "I")
    return result


def split_hyphens(words: list[str], tags: list[str]) -> tuple[list[str], list[str]]:
    """Hyphenated words come apart, or stay whole, as when a text is read."""
    new_words, new_tags = [], []
    for word, tag in zip(words, tags, strict=True):
        parts = split_word(word) if "-" in word[1:-1] else [word]
        # `U.S.-led` is unmarked as a whole; whether its first part is a name, the corpus does not say.
        tag = "open" if tag == "O" and len(parts) > 1 and word[:1].isupper() else tag
        new_words += parts
        new_tags += [tag] + ["I" + tag[1:] if tag[:2] == "B-" else tag] * (len(parts) - 1)
    return new_words, new_tags


def runs(tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and type of each mention in IO or BIO tags."""
    start = 0
    while start < len(tags):
        end, name = start + 1, re.sub("^[BI]-", "", tags[start])
        if tags[start] == "O":
            start += 1
            continue
        inner = f"I-{name}" if tags[start][:2] in ("B-", "I-") else name
        while end < len(tags) and tags[end] == inner:
            end += 1
        yield start, end, name
        start = end


def spans_of(corpus: str, words: list[str], tags: list[str]) -> list[Span]:
    """Mentions in our types."""
    spans = []
    for first, last, name in runs(tags):
        start, end = trim(words, first, last, name.lower().startswith("per"))
        where = (first, last) if corpus == "few-nerd" and not name.startswith("person") else (start, end)
        names = allowed(corpus, name, " ".join(words[slice(*where)])) if start < end else ()
        if names:
            spans.append((start, end, names))
    return spans


# --- corpora --------------------------------------------------------------------------------------------------------


def read_trees(path: Path) -> Iterator[Sentence]:
    """Sentences of a CoNLL-U file."""
    document, rows = "", []
    for line in [*path.open(encoding="utf-8"), "\n"]:
        if line.startswith("# newdoc"):
            document = line.strip()
        elif line[:1].isdigit():
            columns = line.rstrip("\n").split("\t")
            if columns[0].isdigit():
                rows.append(columns)
        elif not line.strip() and rows:
            _, words, lemmas, upos, _, feats, heads, deps, _, _ = map(list, zip(*rows, strict=True))
            yield Sentence(words, upos, feats, lemmas, [int(h) for h in heads], deps, text=document)
            rows = []


JOINING = frozenset(["of", "the", "for", "de", "al", "el", "bin", "-", "&", ".", "'s", "’s"])


def read_gum(path: Path) -> Iterator[Sentence]:
    """Trees of a GUM document, and as names those mentions of entities that are proper nouns throughout."""
    for rows in read_conllu(path):
        words, lemmas, upos, _, feats, heads, deps = map(list, list(zip(*rows, strict=True))[1:8])
        yield Sentence(words, upos, feats, lemmas, [int(h) for h in heads], deps, gum_names(rows), text=path.stem)


def gum_names(rows: list[Row]) -> list[int]:
    """Masks: what has a capital or a digit and is in no name that we are sure of stays open."""
    words, proper = [row[1] for row in rows], [row[3] == "PROPN" for row in rows]
    spans: list[Span] = []
    for phrase in phrases(rows):
        start, end = trim(words, phrase.start, phrase.end, phrase.kind == "person")
        whole = all(proper[i] or words[i].lower() in JOINING for i in range(start, end))
        if start < end and whole and proper[start] and proper[end - 1]:
            names = allowed("gum", phrase.kind, " ".join(words[start:end])) or ("any",)
            part = proper[end : end + 1] == [True] or (
                start > 0 and proper[start - 1] and words[start - 1].lower() not in TITLES
            )
            spans.append((start, end, ("any",) if part else names))
    return mark(words, longest(spans), background(TYPES))


def read_columns(path: Path, word: int = 0, tag: int = -1) -> Iterator[tuple[list[str], list[str]]]:
    """One word a line, a blank line between sentences."""
    opener = gzip.open if path.suffix == ".gz" else open
    rows: list[list[str]] = []
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in [*lines, "\n"]:
            comment = line.startswith("#") and len(line.split()) > 2
            if line.strip() and not comment:
                rows.append(line.rstrip("\n").split("\t") if "\t" in line else line.split())
            elif rows and not line.strip():
                yield [r[word] for r in rows], [r[tag] for r in rows]
                rows = []


def read_few_nerd(folder: Path, name: str) -> Iterator[Sentence]:
    """Few-NERD; our types are open where the file does not mark the foreign type."""
    groups = json.loads((folder / "types.json").read_text(encoding="utf-8"))
    every = {t for group in groups.values() for t in group}
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        missing = every - {t for group in row["known"] for t in groups[group]}
        opened = [
            ours for ours, starts in table()["opened"].items() if any(t.startswith(tuple(starts)) for t in missing)
        ]
        words, tags = split_hyphens(row["tokens"], row["tags"])
        masks = mark(words, spans_of("few-nerd", words, tags), background(opened))
        yield Sentence(words, mentions=masks, text=name)


def read_gmb(path: Path) -> Iterator[Sentence]:
    """GMB as one table: sentence number, word, part of speech, tag. Silver: half weight."""
    sentences: list[tuple[list[str], list[str]]] = []
    with io.TextIOWrapper(gzip.open(path), encoding="windows-1252") as lines:
        for number, word, _, tag in list(csv.reader(lines))[1:]:
            if number:
                sentences.append(([], []))
            if word:
                sentences[-1][0].append(word)
                sentences[-1][1].append(tag)
    for words, tags in sentences:
        words, tags = split_hyphens(words, tags)
        masks = mark(words, spans_of("gmb", words, tags), background(table()["unmarked"]["gmb"]))
        yield Sentence(words, mentions=masks, weight=0.5, text="gmb")


def read_uner(path: Path) -> dict[str, list[int]]:
    """UNER: words joined by spaces → masks."""
    outside = background(table()["unmarked"]["uner"])
    sentences = read_columns(path, 1, 2)
    return {" ".join(words): mark(words, spans_of("uner", words, tags), outside) for words, tags in sentences}


def read_re_docred(folder: Path) -> Iterator[Sentence]:
    """Re-DocRED documents; each cluster carries the type and place of its mentions."""
    outside = background(table()["unmarked"]["re-docred"])
    for path in sorted(folder.glob("*.json.gz")):
        for document in json.loads(gzip.decompress(path.read_bytes())):
            spans: list[list[Span]] = [[] for _ in document["sents"]]
            for mention in (m for cluster in document["vertexSet"] for m in cluster):
                words, person = document["sents"][mention["sent_id"]], mention["type"] == "PER"
                start, end = trim(words, *mention["pos"], person)
                names = allowed("re-docred", mention["type"], " ".join(words[start:end])) if start < end else ()
                if names:
                    spans[mention["sent_id"]].append((start, end, names))
            for words, found in zip(document["sents"], spans, strict=True):
                yield Sentence(words, mentions=mark(words, longest(found), outside), text="re-docred")


def longest(spans: list[Span]) -> list[Span]:
    """No mention inside another: the longer stays."""
    kept: list[Span] = []
    for start, end, names in sorted(spans, key=lambda s: s[0] - s[1]):
        if all(end <= other[0] or start >= other[1] for other in kept):
            kept.append((start, end, names))
    return kept


def read_wikigold(path: Path) -> Iterator[Sentence]:
    """Wikigold: four types, all marked."""
    for words, tags in read_columns(path):
        words, tags = split_hyphens(words, tags)
        yield Sentence(words, mentions=mark(words, spans_of("wikigold", words, tags), background(())), text="wikigold")


# --- everything -----------------------------------------------------------------------------------------------------


@dataclass
class Data:
    """All that is learnt from, and what is held out, by corpus."""

    sets: dict[str, list[Sentence]]
    dev: dict[str, list[Sentence]]
    documents: dict[str, list[Document]]


def load(data: Path, seed: int = 1) -> Data:
    """Every corpus, without what also stands in a development set.

    Held out: EWT dev, the GUM documents named so, every twentieth of Few-NERD's complete sentences.
    """
    from pipelines.nlp.training.augment import augment

    rng, train = random.Random(seed), data / "train"
    held = set((train / "gum/dev-documents.txt").read_text(encoding="utf-8").split())
    gum = {path.stem: list(read_gum(path)) for path in sorted((train / "gum/dep").glob("*.conllu"))}
    few = list(read_few_nerd(train / "few-nerd", "dev-full"))
    part = [s for name in ("train", "inter", "test") for s in read_few_nerd(train / "few-nerd", f"{name}-partial")]
    sets = {
        "ewt": with_names(read_trees(train / "ud-ewt/en_ewt-ud-train.conllu"), train / "uner-ewt"),
        "gum": [s for name, sentences in gum.items() if name not in held for s in sentences],
        "few": [s for i, s in enumerate(few) if i % 20],
        "part": part,
        "gmb": list(read_gmb(train / "gmb/ner_dataset.csv.gz")),
        "wikigold": list(read_wikigold(train / "wikigold/wikigold.conll.txt")),
    }
    sets["made"] = augment(sets["few"] + sets["gmb"] + part, rng)
    dev = {
        "ewt": list(read_trees(train / "ud-ewt/en_ewt-ud-dev.conllu")),
        "gum": [s for name, sentences in gum.items() if name in held for s in sentences],
        "few": few[::20],
    }
    banned = {key(s.words) for sentences in dev.values() for s in sentences} | dev_keys(data / "dev")
    kept = {name: [s for s in found if usable(s, banned)] for name, found in sets.items()}
    documents = load_documents(data)
    with_sentences(documents["gum-text"], (s for d in documents["gum-text"] for s in gum[d.name]), banned)
    with_sentences(documents["re-docred"], read_re_docred(train / "re-docred"), banned)
    return Data(kept, dev, documents)


def with_sentences(documents: list[Document], sentences: Iterable[Sentence], banned: set[str]) -> None:
    """Give the documents their sentences, which come in the same order; of those held out only the words."""
    stream = iter(sentences)
    for document in documents:
        found = list(islice(stream, len(document.starts)))
        assert [w for s in found for w in s.words] == document.words, document.name
        document.sentences = [s if usable(s, banned) else Sentence(s.words) for s in found]


def key(words: Iterable[str]) -> str:
    """Letters and digits of a sentence: the same however it is cut into words."""
    return "".join(c for word in words for c in word.lower() if c.isalnum())


def dev_keys(dev: Path) -> set[str]:
    """Sentences of the development sets that come in sentences; what is absent holds none."""
    columns = [*dev.glob("crossner-politics/*.txt"), *dev.glob("cameo/cameo_ner*.txt")]
    lines = [words for path in columns for words, _ in read_columns(path)]
    lines += [words for path in dev.glob("uner-ewt/*.iob2") for words, _ in read_columns(path, 1, 2)]
    for path, column in (("plv/PLV_train.tsv", 2), ("cameo/cameo_class.train.tsv", 0)):
        if (dev / path).exists():
            lines += [[row.split("\t")[column]] for row in (dev / path).read_text(encoding="utf-8").splitlines()]
    for path in dev.glob("wikievents/*.jsonl"):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            lines += [[w for w, *_ in tokens] for tokens, _ in row["sentences"]]
    return {key(words) for words in lines} - {""}


def usable(sentence: Sentence, banned: set[str]) -> bool:
    """Not held out, neither a single word nor endless."""
    return 1 < len(sentence.words) < 120 and key(sentence.words) not in banned


def with_names(sentences: Iterable[Sentence], uner: Path) -> list[Sentence]:
    """EWT trees with UNER's names where its words are the same."""
    names, result = read_uner(next(uner.glob("*.gz"))), list(sentences)
    for sentence in result:
        sentence.mentions = names.get(" ".join(sentence.words))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    everything = load(parser.parse_args().data)
    for part, sets in (("train", everything.sets), ("held out", everything.dev)):
        for name, found in sets.items():
            print(f"{part:9} {name:9} {len(found):7} sentences {sum(len(s.words) for s in found):9} words")
    for name, documents in everything.documents.items():
        print(f"{name:12}", summary(documents))
