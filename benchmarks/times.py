"""Measure time expressions: found or not, type and value, against MEANTIME; and the speed of the step alone.

    python benchmarks/times.py [--data DIR] [--show]

`DIR` (or `KG_DATA`) holds `dev/meantime`: news articles whose headline, date line and first sentences are marked with TIMEX3
(NewsReader MEANTIME, CC BY 4.0). The date line is the publication date and is not scored.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.model import Article, Published, TimeExpression
from pipelines.times import date_article, extract_times

# The headline is sentence 0, the date line 1; nothing after 5 is marked.
LAST_SENTENCE = 5
_NO_SPACE_BEFORE = frozenset([".", ",", ";", ":", "?", "!", ")", "]", "%", "'s", "n't", "'", "’s", "’", "''"])
_NO_SPACE_AFTER = frozenset(["(", "[", "$", "``", "£", "€"])
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")  # one creation time in the corpus is written the other way round

Marked = tuple[int, int, str, str]  # first token, past the last token, type, value


@dataclass(frozen=True, slots=True)
class Gold:
    """One marked article: its words as a doc, the time it was published, and its marks."""

    name: str
    doc: Doc
    published: Published
    marks: list[Marked]


def read(folder: Path) -> Iterator[Gold]:
    vocab = Vocab()
    for path in sorted(folder.glob("intra-doc_annotation/*/*.xml")):
        yield _read_one(path, vocab)


def _read_one(path: Path, vocab: Vocab) -> Gold:
    root = ET.parse(path).getroot()
    tokens = [t for t in root.iter("token") if int(t.get("sentence", "0")) <= LAST_SENTENCE]
    at = {t.get("t_id"): i for i, t in enumerate(tokens)}
    words = [t.text or "" for t in tokens]
    sentences = [t.get("sentence") for t in tokens]
    starts = [i == 0 or sentences[i] != sentences[i - 1] for i in range(len(tokens))]
    published, marks = Published(), []
    for timex in root.iter("TIMEX3"):
        inside = sorted(at[a.get("t_id")] for a in timex.iter("token_anchor") if a.get("t_id") in at)
        value = timex.get("value", "")
        if timex.get("functionInDocument") == "CREATION_TIME" and _ISO_DAY.match(value):
            day = datetime.fromisoformat(value[:10]).replace(tzinfo=UTC)
            published = Published(day, day + timedelta(days=1, seconds=-1), "stated", "the date line")
        if inside and tokens[inside[0]].get("sentence") != "1":
            marks.append((inside[0], inside[-1] + 1, timex.get("type", ""), value))
    return Gold(path.stem, Doc(vocab, words, _spaces(words), sent_starts=starts), published, marks)


def _spaces(words: list[str]) -> list[bool]:
    pairs = zip(words, [*words[1:], ""], strict=True)
    return [after not in _NO_SPACE_BEFORE and word not in _NO_SPACE_AFTER for word, after in pairs]


def found_in(gold: Gold) -> list[Marked]:
    """What our step finds in the body of an article, in the words of the corpus."""
    article = Article("art-benchmark", gold.name, gold.doc.text, published=gold.published)
    dated = date_article(article, gold.doc)  # as the pipeline has it
    return [m for t in extract_times(gold.doc, dated) if (m := _as_mark(t, gold.doc)) is not None]


def _as_mark(found: TimeExpression, doc: Doc) -> Marked | None:
    span = doc.char_span(found.start, found.end, alignment_mode="expand")
    if span is None or _sentence_number(doc, span.start) == 1:
        return None
    return span.start, span.end, found.type, found.value


def _sentence_number(doc: Doc, token: int) -> int:
    return sum(bool(t.is_sent_start) for t in doc[: token + 1]) - 1


def overlap(a: Marked, b: Marked) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def compare(golds: list[Gold], show: bool) -> Counter[str]:
    """Counts of what is marked, found, and right (TempEval-3: a mark is matched by the one found that overlaps it)."""
    n: Counter[str] = Counter()
    for gold in golds:
        found = found_in(gold)
        n["gold"] += len(gold.marks)
        n["found"] += len(found)
        used: set[Marked] = set()
        for mark in gold.marks:
            hit = next((f for f in found if f not in used and overlap(f, mark)), None)
            if hit is not None:
                used.add(hit)
            n["overlap"] += hit is not None
            n["span"] += hit is not None and hit[:2] == mark[:2]
            n["type"] += hit is not None and hit[2] == mark[2]
            n["value"] += hit is not None and hit[3] == mark[3]
            if show and (hit is None or hit[3] != mark[3]):
                _show("missed" if hit is None else "value", gold, mark, hit)
        if show:
            for extra in (f for f in found if f not in used):
                _show("extra", gold, extra, None)
    return n


def _show(what: str, gold: Gold, mark: Marked, hit: Marked | None) -> None:
    around = gold.doc[max(0, mark[0] - 6) : mark[1] + 4].text.replace("\n", " ")
    ours = f"{gold.doc[hit[0] : hit[1]].text!r} {hit[2:]}" if hit is not None else "-"
    day = gold.published.earliest.date() if gold.published.earliest else None
    print(f"{what:7}{gold.doc[mark[0] : mark[1]].text!r} {mark[2:]} | {ours} | {day} | {around}")


def words_per_second(golds: list[Gold]) -> float:
    """The step alone, on one processor: best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for gold in golds:
            found_in(gold)
        best = min(best, time.perf_counter() - start)
    return sum(len(g.doc) for g in golds) / best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", default=os.environ.get("KG_DATA", ""))
    parser.add_argument("--show", action="store_true", help="print every difference")
    options = parser.parse_args()
    folder = Path(options.data, "dev", "meantime")
    if not options.data or not folder.is_dir():
        print("Skipped: no dev/meantime under --data or KG_DATA.", file=sys.stderr)
        return 0
    golds = list(read(folder))
    n = compare(golds, options.show)
    print(f"{len(golds)} articles, {n['gold']} marks, {n['found']} found")
    for measure in ("overlap", "span", "type", "value"):
        p, r = n[measure] / max(1, n["found"]), n[measure] / max(1, n["gold"])
        print(f"{measure:8} P {p:.3f}  R {r:.3f}  F1 {2 * p * r / (p + r) if p + r else 0:.3f}")
    print(f"{words_per_second(golds):,.0f} words/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
