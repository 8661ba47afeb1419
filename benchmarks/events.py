"""Measure event types against sentences marked with PLOVER root codes; and the speed of the step alone.

    python benchmarks/events.py [--data DIR] [--show]

`DIR` (or `KG_DATA`) holds `dev/plv/PLV_train.tsv`: news sentences, each with one source, one target and the root code of what the
source does (Zero-Shot PLOVER, ACL Findings 2024). The source and the target are given as entities; nothing else of a row
is. The answer for a sentence is the code of the event in which the source acts, the surest first; no event is no answer.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spacy.tokens import Doc

from kg.model import Article, Entity, Event, Mention
from pipelines.attribution import mark_attribution
from pipelines.events import extract_events
from pipelines.nlp import load_language
from pipelines.realis import mark_realis

# PLOVER's CONCEDE is called YIELD in the data.
_SAME = {"CONCEDE": "YIELD", "RETREAT": "YIELD"}


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def entities_of(doc: Doc, row: dict[str, str]) -> tuple[tuple[Entity, ...], dict[int, tuple[str, ...]]]:
    """The two participants as entities at the words of their phrases; `Country` so that every role accepts them."""
    found: list[Entity] = []
    at: dict[int, tuple[str, ...]] = {}
    for role in ("source", "target"):
        start = doc.text.find(row[role])
        span = (
            doc.char_span(start, start + len(row[role]), alignment_mode="expand") if start >= 0 and row[role] else None
        )
        if span is None:
            continue
        mention = Mention(span.start_char, span.end_char, span.text, "name", "Country")
        found.append(Entity(role, "Country", row[role], mentions=(mention,)))
        at.update(dict.fromkeys(range(span.start, span.end), (role,)))
    return tuple(found), at


def answer(events: tuple[Event, ...]) -> str | None:
    """The root code of the event that the source does; to the target rather than to nobody, and the surest first."""
    acted = [e for e in events if "source" in e.entities("actor") and e.plover]
    best = max(
        acted, key=lambda e: ("target" in e.entities(), e.plover != "MAKE_STATEMENT", e.confidence), default=None
    )
    return None if best is None else _SAME.get(str(best.plover), str(best.plover))


def table(pairs: list[tuple[str, str | None]]) -> str:
    """Precision, recall and F1 of each code, their macro average, and the share answered."""
    lines, scores = [f"{'':14}{'P':>7}{'R':>7}{'F1':>7}{'n':>6}"], []
    right = Counter(gold for gold, got in pairs if gold == got)
    given, wanted = Counter(got for _, got in pairs), Counter(gold for gold, _ in pairs)
    for code in sorted(wanted):
        p, r = right[code] / max(1, given[code]), right[code] / wanted[code]
        scores.append(2 * p * r / (p + r) if p + r else 0.0)
        lines.append(f"{code.lower():14}{p:7.3f}{r:7.3f}{scores[-1]:7.3f}{wanted[code]:6}")
    answered = sum(got is not None for _, got in pairs)
    lines.append(
        f"macro F1 {sum(scores) / len(scores):.3f}, answered {answered} of {len(pairs)}, right {right.total()}"
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA"))
    parser.add_argument("--show", action="store_true", help="print the sentences that were read wrongly")
    arguments = parser.parse_args()
    path = arguments.data / "dev" / "plv" / "PLV_train.tsv" if arguments.data else None
    if path is None or not path.exists():
        print("skipped: no marked sentences (set KG_DATA or --data)")
        return
    marked = list(rows(path))
    docs = list(load_language().pipe(row["sentence"] for row in marked))
    pairs: list[tuple[str, str | None]] = []
    spent = 0.0
    for doc, row in zip(docs, marked, strict=True):
        entities, at = entities_of(doc, row)
        begun = time.perf_counter()
        article = Article("art-row", "", doc.text)
        events = extract_events(doc, entities, at, (), mark_realis(doc), mark_attribution(doc, at), article, ())
        spent += time.perf_counter() - begun
        got = answer(events)
        pairs.append((row["gold_root"], got))
        if arguments.show and got != row["gold_root"]:
            print(row["gold_root"], "read as", got, "|", row["marked_sentence"])
    print(table(pairs))
    print(f"{sum(len(d) for d in docs) / spent:,.0f} words/s (events, realis and attribution, one core)")


if __name__ == "__main__":
    main()
