"""Marks on real prose that is not ours: sentences of the Groningen Meaning Bank (Voice of America) and of WikiEvents.

    python benchmarks/corpus/standoff.py text --data DIR [RUN…]             # the sentences, numbered, for a reader
    python benchmarks/corpus/standoff.py check FOLDER --data DIR [RUN…]     # what is wrong in a reader's YAML files
    python benchmarks/corpus/standoff.py keep a FOLDER --data DIR           # their offsets and labels, without the text
    python benchmarks/corpus/standoff.py agree                              # how far the two readers agree
    python benchmarks/corpus/standoff.py differ RUN --data DIR              # where they do not, to settle it
    python benchmarks/corpus/standoff.py choose --data DIR --runs 104       # the choice of runs, made once
    python benchmarks/corpus/standoff.py articles --data DIR [--part dev] > articles.jsonl
    kg extract articles.jsonl --json > findings.jsonl
    python benchmarks/corpus/standoff.py score findings.jsonl --data DIR [--part dev]

`DIR` holds `train/gmb` and `train/wikievents`. `runs.json` names the runs of consecutive sentences. What is kept of a
sentence is its number, the hash of its text, and marks with character offsets in that text (`plain` of its words).
The rules stand in `docs/marking.md`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from corpus import ONTOLOGY, REALIS, ROLES, STATUS, TIMEX, event_types, place

HERE = Path(__file__).resolve().parent / "standoff"
READERS = ("a", "b", "settled", "once")
LENGTH = {"gmb": 15, "wikievents": 16}  # sentences of a run
FLIGHT_ROLES = frozenset("aircraft operator origin destination intended_destination place aboard".split())
FLIGHT_MARKS = frozenset(["trigger", "status", "attribution", "core", *FLIGHT_ROLES])
EVENT_MARKS = frozenset("type trigger roles realis attribution core".split())


@dataclass(frozen=True)
class Run:
    """Consecutive sentences: `first` counts from 0 in GMB's file, or in the document `document` of WikiEvents."""

    id: str
    source: str
    document: str
    first: int
    count: int

    @property
    def story(self) -> str:
        """What decides its part."""
        return f"{self.source}:{self.document or self.first}"


# --- text -------------------------------------------------------------------------------------------------------------

GLUED = re.compile(
    r" (?=[,.;:?!%)\]}’”]|'(?:s|re|ve|ll|d|m)\b|n't\b|'(?: |$))|(?<=[(\[{$“]) | (?=- )|(?<= -) "
    r"|(?<= ’) (?=(?:s|re|ve|ll|d|m|t)\b)|(?<=\d [.:]) (?=\d)|(?<=\d ,) (?=\d{3}\b)|(?<=\b[A-Za-z] \.) (?=[A-Za-z] \.)"
)
ENDS = frozenset(".?!")
CLOSING = frozenset(["”", '"', "’", "''", ")"])
SHORT = frozenset("Lt Gen Col Maj Sgt Capt Mr Mrs Ms Dr St Sen Rep Gov Adm Prof Jr Sr vs No Inc Corp Co Ltd U.S Jan Feb Aug Sept Oct Nov Dec".split())  # fmt: skip


def plain(words: Sequence[str]) -> str:
    """A sentence as it would be written; quotation marks that are their own mirror open and close in turn."""
    text, opened = "", False
    for word in " ".join(words).replace("``", '"').replace("''", '"').split(" "):
        if word == '"':
            text = text + (" " if text and not opened else "") + '"' + ("" if not opened else "\0")
            opened = not opened
        else:
            text += word if (text.endswith('"') and opened) or not text else " " + word
    return GLUED.sub("", text.replace("\0", "")).strip()


def gmb(data: Path) -> list[str]:
    """The sentences of `ner_dataset.csv.gz`, in its order."""
    found: list[list[str]] = []
    with gzip.open(data / "train/gmb/ner_dataset.csv.gz") as raw:
        rows = csv.reader(io.TextIOWrapper(raw, encoding="windows-1252"))
        next(rows)
        for number, word, *_ in rows:
            if number:
                found.append([])
            found[-1].append(word)
    return [plain(words) for words in found]


def wikievents(data: Path) -> dict[str, list[str]]:
    """The sentences of each document; its own are cut at every stop, ours are not."""
    rows = map(json.loads, (data / "train/wikievents/train.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["docid"]: [plain(words) for words in cut(row["tokens"])] for row in rows}


def cut(words: Sequence[str]) -> Iterator[list[str]]:
    """Sentences: they end at a stop and the marks that close behind it, not after a title, one letter, or within a number."""
    sentence: list[str] = []
    for i, word in enumerate(words):
        sentence.append(word)
        after = words[i + 1] if i + 1 < len(words) else ""
        stop = word in ENDS or (word in CLOSING and len(sentence) > 1 and sentence[-2] in ENDS)
        before = sentence[-2] if len(sentence) > 1 else ""
        short = word == "." and (before in SHORT or (len(before) == 1 and before.isalpha()))
        short = short or (word == "." and before.isdigit() and after.isdigit())
        if stop and not short and after not in ENDS and after not in CLOSING:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


class Source:
    """The sentences by run."""

    def __init__(self, data: Path) -> None:
        self.gmb, self.wikievents = gmb(data), wikievents(data)

    def sentences(self, run: Run) -> list[str]:
        rows = self.gmb if run.source == "gmb" else self.wikievents[run.document]
        return rows[run.first : run.first + run.count]


def runs(name: str = "runs.json") -> list[Run]:
    path = HERE / name
    return [Run(**row) for row in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# --- the choice -------------------------------------------------------------------------------------------------------


@cache
def hints() -> dict[str, re.Pattern[str]]:
    """For each type of event, words that a telling of it may have: the lemmas of its frame with any ending."""
    result = {}
    for path in sorted(ONTOLOGY.glob("events/*.yaml")):
        frame = yaml.safe_load(path.read_text(encoding="utf-8"))
        given = [t for group in frame.get("triggers", {}).values() for t in group]
        lemmas = {t if isinstance(t, str) else t["lemma"] for t in given}
        words = "|".join(sorted(re.escape(w.rstrip("ey")) for w in lemmas if len(w) > 3))
        result[frame["type"]] = re.compile(rf"\b(?:{words})\w{{0,4}}\b", re.I) if words else re.compile(r"(?!)")
    result["air"] = re.compile(
        r"\b(?:plane|aircraft|jet|airliner|helicopter|airport|air base|airlines?|flew|flight|fly|land(?:ed|ing)|took off|airspace)s?\b",
        re.I,
    )
    return result


def choose(data: Path, number: int) -> list[Run]:
    """Runs that bring most of what is rare so far; a type that many runs have counts less and less."""
    source = Source(data)
    size = LENGTH["gmb"]
    candidates = [Run("", "gmb", "", at, size) for at in range(0, len(source.gmb) - size, size)]
    candidates += [Run("", "wikievents", name, 0, LENGTH["wikievents"]) for name in sorted(source.wikievents)]
    found = {
        run: Counter({kind: sum(bool(p.search(s)) for s in source.sentences(run)) for kind, p in hints().items()})
        for run in candidates
    }
    quota = {"gmb": number * 7 // 10, "wikievents": number - number * 7 // 10}
    have: Counter[str] = Counter()
    chosen: list[Run] = []
    while sum(quota.values()) and candidates:
        gain = lambda run: sum(min(n, 6) / (4 + have[k]) for k, n in found[run].items())  # noqa: E731
        best = max((r for r in candidates if quota[r.source]), key=gain)
        candidates.remove(best)
        quota[best.source] -= 1
        have.update(found[best])
        chosen.append(best)
    return [Run(f"{r.source[0]}{i:03}", *list(vars(r).values())[1:]) for i, r in enumerate(chosen, start=1)]


# --- what a reader writes ---------------------------------------------------------------------------------------------


def spans(text: str, quotes: Iterable[str]) -> list[list[int]]:
    return [list(place(text, quote)) for quote in quotes]


def offsets(text: str, row: dict[str, Any]) -> dict[str, Any]:
    """A sentence's marks with offsets in place of quotes. Raises `ValueError` for what does not stand there."""
    unknown = set(row) - {"n", "times", "events", "flights"}
    if unknown:
        raise ValueError(f"no section {sorted(unknown)}")
    times = [_time(text, t) for t in row.get("times") or ()]
    events = [_event(text, e) for e in row.get("events") or ()]
    flights = [_flight(text, f) for f in row.get("flights") or ()]
    return {k: v for k, v in (("times", times), ("events", events), ("flights", flights)) if v}


def _time(text: str, row: dict[str, Any]) -> dict[str, Any]:
    if set(row) - {"text", "value", "type", "core"} or row.get("type") not in TIMEX or not row.get("value"):
        raise ValueError(f"time {row}: needs text, value and a type of {sorted(TIMEX)}")
    return {"span": list(place(text, row["text"])), "type": row["type"], "value": row["value"], **_core(row)}


def _event(text: str, row: dict[str, Any]) -> dict[str, Any]:
    roles = row.get("roles") or {}
    if set(row) - EVENT_MARKS or set(roles) - ROLES:
        raise ValueError(f"event {row}: no keys but {sorted(EVENT_MARKS)}, no roles but {sorted(ROLES)}")
    if row.get("type") not in event_types() or row.get("realis") not in REALIS:
        raise ValueError(f"event {row}: no type {row.get('type')!r} or no realis {row.get('realis')!r}")
    return {
        "type": row["type"],
        "trigger": list(place(text, row["trigger"])),
        "roles": {role: spans(text, quotes) for role, quotes in roles.items() if quotes},
        "realis": row["realis"],
        "attribution": spans(text, row.get("attribution") or ()),
        **_core(row),
    }


def _flight(text: str, row: dict[str, Any]) -> dict[str, Any]:
    if set(row) - FLIGHT_MARKS or row.get("status") not in STATUS:
        raise ValueError(f"flight {row}: no keys but {sorted(FLIGHT_MARKS)}, status one of {sorted(STATUS)}")
    return {
        "trigger": list(place(text, row["trigger"])),
        "roles": {role: spans(text, row[role]) for role in sorted(FLIGHT_ROLES) if row.get(role)},
        "status": row["status"],
        "attribution": spans(text, row.get("attribution") or ()),
        **_core(row),
    }


def _core(row: dict[str, Any]) -> dict[str, bool]:
    return {"core": False} if row.get("core") == "false" else {}


def read_file(path: Path, run: Run, texts: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """A reader's file as rows to keep, and its faults."""
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        by_number = {int(row["n"]): row for row in rows}
    except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        return [], [f"{path.name}: {type(error).__name__}: {error}"]
    kept, faults = [], []
    for number, text in enumerate(texts, start=run.first):
        try:
            marks = offsets(text, by_number.pop(number))
            kept.append({"run": run.id, "sentence": number, "sha256": digest(text), **marks})
        except KeyError:
            faults.append(f"{path.name}: sentence {number} is missing")
        except (ValueError, TypeError, AttributeError) as error:
            faults.append(f"{path.name}: sentence {number}: {error}")
    return kept, faults + [f"{path.name}: no sentence {n}" for n in by_number]


# --- agreement --------------------------------------------------------------------------------------------------------


def kept(reader: str) -> dict[str, list[dict[str, Any]]]:
    """A reader's marks by run, in order."""
    result: dict[str, list[dict[str, Any]]] = {}
    path = HERE / f"{reader}.jsonl"
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines() if path.exists() else ()):
        result.setdefault(row["run"], []).append(row)
    return result


def settled() -> Iterator[tuple[Run, list[dict[str, Any]]]]:
    """The runs with their reference."""
    rows = kept("settled")
    yield from ((run, rows[run.id]) for run in runs() if run.id in rows)


def read_once() -> Iterator[tuple[Run, list[dict[str, Any]]]]:
    """Runs that one reader marked, to train on only; no other run has their sentences."""
    rows = kept("once")
    yield from ((run, rows[run.id]) for run in runs("once.json") if run.id in rows)


def items(row: dict[str, Any]) -> dict[str, set[Any]]:
    """What can be compared of a sentence; what fills a role is known by its last character, where its head stands."""
    at = row["sentence"]
    events = [(at, *e["trigger"]) for e in row.get("events", ())], row.get("events", ())
    flights = row.get("flights", ())
    return {
        "times": {(at, *t["span"], t["value"]) for t in row.get("times", ())},
        "event triggers": {(at, *e["trigger"]) for e in events[1]},
        "event triggers and types": {(at, *e["trigger"], e["type"]) for e in events[1]},
        "event roles": {(at, *e["trigger"], r, s[1]) for e in events[1] for r, found in e["roles"].items() for s in found},
        "realis": {(at, *e["trigger"], e["realis"]) for e in events[1]},
        "attribution": {(at, *e["trigger"], tuple(s[1] for s in e["attribution"])) for e in events[1]},
        "flights": {(at, f["status"], *ends(f, "origin"), *ends(f, "destination")) for f in flights},
    }  # fmt: skip


def ends(flight: dict[str, Any], role: str) -> tuple[Any, ...]:
    return role, *(s[1] for s in flight["roles"].get(role, ()))


def agreement() -> Iterator[str]:
    """F1 of the two readers, layer by layer."""
    a, b = kept("a"), kept("b")
    both = sorted(set(a) & set(b))
    counts: dict[str, Counter[str]] = {}
    for run in both:
        for mine, theirs in zip(a[run], b[run], strict=True):
            left, right = items(mine), items(theirs)
            for layer, found in left.items():
                n = counts.setdefault(layer, Counter())
                n.update(a=len(found), b=len(right[layer]), both=len(found & right[layer]))
    rows = [row for found in kept("settled").values() for row in found]
    total = {section: sum(len(row.get(section, ())) for row in rows) for section in ("events", "flights", "times")}
    yield "settled: " + ", ".join(f"{n} {section}" for section, n in total.items())
    yield f"{sum(len(a[r]) for r in both)} sentences in {len(both)} runs, two readers; F1 of one against the other"
    for layer, n in counts.items():
        yield f"{layer:26} {2 * n['both'] / max(1, n['a'] + n['b']):.3f}   ({n['a']} and {n['b']})"


def differences(run: Run, texts: Sequence[str]) -> Iterator[str]:
    """Where the two readers of a run differ, in the words of its sentences."""
    a, b = (kept(reader)[run.id] for reader in ("a", "b"))
    for text, mine, theirs in zip(texts, a, b, strict=True):
        rows = [{json.dumps(said(text, x), ensure_ascii=False) for x in every(row)} for row in (mine, theirs)]
        if rows[0] != rows[1]:
            yield f"{mine['sentence']}: {text}"
            yield from (f"    only a: {x}" for x in sorted(rows[0] - rows[1]))
            yield from (f"    only b: {x}" for x in sorted(rows[1] - rows[0]))


def every(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in ("times", "events", "flights"):
        yield from row.get(section, ())


def said(text: str, mark: Any) -> Any:
    """A mark with the words that its offsets stand for."""
    if isinstance(mark, list) and len(mark) == 2 and all(isinstance(x, int) for x in mark):
        return text[slice(*mark)]
    if isinstance(mark, list):
        return [said(text, x) for x in mark]
    return {k: said(text, v) for k, v in mark.items()} if isinstance(mark, dict) else mark


# --- scores -----------------------------------------------------------------------------------------------------------


def in_part(part: str | None) -> Iterator[tuple[Run, list[dict[str, Any]]]]:
    """The settled runs whose story is in this part."""
    from score import part_of

    yield from ((run, rows) for run, rows in settled() if part in (None, part_of(run.story)))


def articles(source: Source, part: str | None) -> Iterator[str]:
    """What `kg extract` reads: a run a line, a sentence a paragraph, since a run may hold several stories."""
    for run, _ in in_part(part):
        yield json.dumps({"ref": run.id, "text": "\n\n".join(source.sentences(run))}, ensure_ascii=False)


def scores(findings: Iterable[str], source: Source, part: str | None) -> Iterator[str]:
    """Precision, recall and F1, sentence by sentence; unsure marks count neither way."""
    from score import Score, table

    found = {row["ref"]: row for row in map(json.loads, findings) if row.get("ref")}
    score, count = Score({}), 0
    score.counts = defaultdict(Counter)
    for run, rows in in_part(part):
        at = 0
        for text, row in zip(source.sentences(run), rows, strict=True):
            score_sentence(score, row, found.get(run.id, {}), at, len(text))
            at, count = at + len(text) + 2, count + 1
    yield f"{count} sentences of GMB and WikiEvents ({part or 'all parts'})"
    yield from table(score)


def score_sentence(score: Any, row: dict[str, Any], found: dict[str, Any], at: int, size: int) -> None:
    """One sentence, whose text begins at this character of the run's."""
    from corpus import FLIGHT_TYPES
    from score import TARGETS, pair

    inside = lambda span: at <= span["start"] < at + size  # noqa: E731
    entities = {e["id"]: e for e in found.get("entities", ())}
    events = [
        e for e in found.get("events", ())
        if e["type"] not in FLIGHT_TYPES and any(inside(s) for s in e["evidence"])
    ]  # fmt: skip
    golds = row.get("events", [])

    def said(quotes: Iterable[Sequence[int]], event: dict[str, Any], roles: Iterable[str]) -> bool:
        """Does one of the roles hold an entity that is spoken of inside one of the quotes?"""
        spans = [(at + s, at + e) for s, e in quotes]
        ids = [r["entity"] for r in event.get("roles", ()) if r["role"] in roles]
        mentions = [m for i in ids if i in entities for m in entities[i]["mentions"]]
        return any(s < m["end"] <= e for m in mentions for s, e in spans)

    def parties(gold: dict[str, Any], event: dict[str, Any]) -> bool:
        actors = gold["roles"].get("actor", ())
        targets = [s for r in TARGETS for s in gold["roles"].get(r, ())]
        return (not actors or said(actors, event, ("actor", "counterpart"))) and (
            not targets or said(targets, event, (*TARGETS, "actor"))
        )

    same = lambda g, e: 1.0 + parties(g, e) if g["type"] == e["type"] else None  # noqa: E731
    both = lambda g, e: 1.0 if g["type"] == e["type"] and parties(g, e) else None  # noqa: E731
    for layer, fit in (("events: type", same), ("events: type and parties", both)):
        pairs = pair(golds, events, fit)
        core = [i for i, g in enumerate(golds) if g.get("core", True)]
        hits = [(i, j) for i, j in pairs if i in core]
        unsure = {g["type"] for g in golds if not g.get("core", True)}
        extra = [e for j, e in enumerate(events) if all(j != b for _, b in pairs) and e["type"] not in unsure]
        score.add(layer, len(hits), len(hits) + len(extra), len(core))
        if fit is same:
            for i, j in hits:
                score.answer("events: realis", golds[i]["realis"] == events[j].get("realis"))
                told = bool(golds[i]["attribution"]) == bool(events[j].get("attribution"))
                score.answer("events: attributed or not", told)
    times = [t for t in found.get("times", ()) if inside(t)]
    marked = [t for t in row.get("times", ()) if t.get("core", True)]
    hits = sum(any(at + t["span"][0] < f["end"] and f["start"] < at + t["span"][1] for f in times) for t in marked)
    score.add("times: overlap", hits, len(times), len(marked))


# --- the command ------------------------------------------------------------------------------------------------------


def shown(run: Run, texts: Iterable[str]) -> Iterator[str]:
    yield f"# run {run.id} ({run.source})"
    yield from (f"{number}: {text}" for number, text in enumerate(texts, start=run.first))
    yield ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["text", "check", "keep", "agree", "differ", "choose", "articles", "score"])
    parser.add_argument("given", nargs="*")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--runs", type=int, default=104)
    parser.add_argument("--part", choices=["train", "dev", "test"])
    options = parser.parse_intermixed_args()
    if options.verb == "agree":
        print("\n".join(agreement()))
        return 0
    if options.data is None:
        parser.error(f"{options.verb} reads the sentences: name their folder with --data")
    if options.verb == "choose":
        rows = [vars(run) for run in choose(options.data, options.runs)]
        (HERE / "runs.json").write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n", encoding="utf-8")
        return 0
    source = Source(options.data)
    if options.verb == "articles":
        print("\n".join(articles(source, options.part)))
        return 0
    if options.verb == "score":
        with Path(options.given[0]).open(encoding="utf-8") as lines:
            print("\n".join(scores(lines, source, options.part)))
        return 0
    reader, folder, *names = {
        "text": ["", "", *options.given],
        "differ": ["", "", *options.given],
        "check": ["", *options.given],
        "keep": options.given,
    }[options.verb]
    wanted = [run for run in (*runs(), *runs("once.json")) if not names or run.id in names]
    if options.verb in ("text", "differ"):
        step = shown if options.verb == "text" else differences
        print("\n".join(line for run in wanted for line in step(run, source.sentences(run))))
        return 0
    rows, faults = [], []
    for run in wanted:
        path = Path(folder) / f"{run.id}.yaml"
        if path.exists() or names:
            found, wrong = read_file(path, run, source.sentences(run))
            rows += found
            faults += wrong
    print("\n".join(faults or [f"{len(rows)} sentences, nothing wrong"]))
    if faults:
        return 1
    if options.verb == "keep":
        if reader not in READERS:
            parser.error(f"the reader is one of {READERS}")
        lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows]
        (HERE / f"{reader}.jsonl").write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
