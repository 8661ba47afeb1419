"""Score findings against the settled marks of the corpus.

    python benchmarks/corpus/score.py run [--part dev] [--model NAME]     # all three steps below
    python benchmarks/corpus/score.py articles [--part dev] > articles.jsonl
    kg extract articles.jsonl --json > findings.jsonl
    python benchmarks/corpus/score.py score findings.jsonl [--part dev] [--show ID]

Parts are train, dev and test, split by story; do not look at test while you build. Titles are given apart and not scored.
Items with `core: false`, boilerplate, and what overlaps them count neither way.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpus import HERE, KINDS, Passage, load, passage, place

Span = tuple[int, int]
PARTS = {"train": 40, "dev": 25, "test": 35}  # percent of the stories
TARGETS = ("target", "counterpart", "recipient")
JOINT = frozenset(["Meeting", "Talks", "Consult", "Signing", "Agree", "Cooperate", "Exercise"])
SLACK = timedelta(hours=26)  # marks are on the clock of the place, findings in UTC


def part_of(story: str) -> str:
    """The part a story belongs to, for good: by its hash."""
    number = int(hashlib.sha256(story.encode()).hexdigest(), 16) % 100
    return "train" if number < PARTS["train"] else "dev" if number < PARTS["train"] + PARTS["dev"] else "test"


def passages(part: str | None) -> Iterator[Passage]:
    """Those with settled marks."""
    for path in sorted((HERE / "marks/settled").glob("*.yaml")):
        found = passage(HERE / "own" / path.name)
        if part in (None, part_of(found.story)):
            yield found


def is_core(item: dict[str, Any]) -> bool:
    return item.get("core") != "false"


def or_none(value: Any) -> Any:
    return None if value in (None, "", "null") else value


# --- one passage --------------------------------------------------------------------------------------------------------


@dataclass
class Case:
    """A passage, its marks and what was found; all positions count in the text without its title."""

    passage: Passage
    marks: dict[str, Any]
    found: dict[str, Any]

    def __post_init__(self) -> None:
        self.entities = {e["id"]: e for e in self.marks["entities"]}
        self.theirs = {e["id"]: e for e in self.found.get("entities", ())}
        self.gold = {
            handle: {kind: [s for q in e.get(kind) or () if (s := self.span(q))] for kind in KINDS}
            for handle, e in self.entities.items()
        }
        quotes = load(HERE / "own" / f"{self.passage.id}.yaml").get("boilerplate") or ()
        self.ignored = [s for q in quotes if (s := self.span(q))]

    def span(self, quote: str) -> Span | None:
        """Where a quote stands in the text; None in the title."""
        cut = len(self.passage.title) + 2
        start, end = place(self.passage.body, quote)
        return (start - cut, end - cut) if start >= cut else None

    def sentence(self, span: Span) -> Span:
        """A generous stretch around a quote: its line, from stop to stop."""
        text = self.passage.text
        start = max(text.rfind(mark, 0, span[0]) for mark in (". ", "\n", "? ", "! ")) + 1
        ends = [at for mark in (". ", "\n", "? ", "! ") if (at := text.find(mark, span[1])) >= 0]
        return start, min(ends, default=len(text))

    def same(self, handle: str, entity: str | None) -> bool:
        """Is a found entity the marked one: by a mention in common, or by its name?"""
        theirs = self.theirs.get(entity or "")
        if theirs is None or handle not in self.entities:
            return False
        spans = {s for kind in KINDS for s in self.gold[handle][kind]}
        if any((m["start"], m["end"]) in spans for m in theirs["mentions"]):
            return True
        return theirs["name"].casefold() == self.entities[handle]["name"].casefold()

    def any_same(self, handles: Iterable[str], entities: Iterable[str | None]) -> bool:
        found = list(entities)
        return any(self.same(h, e) for h in handles for e in found)


def overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def moment(text: str, end: bool = False) -> datetime:
    """First or last moment of an ISO value of any precision, as written."""
    bare = text.removesuffix("Z")[:16]
    for form, step in (("%Y-%m-%dT%H:%M", 0), ("%Y-%m-%dT%H", 1 / 24), ("%Y-%m-%d", 1), ("%Y-%m", 31), ("%Y", 366)):
        try:
            return datetime.strptime(bare, form) + timedelta(days=step if end else 0)  # noqa: DTZ007 # compared as written
        except ValueError:
            continue
    raise ValueError(text)


def fits(gold: Sequence[str], period: dict[str, Any] | None) -> bool | None:
    """Does a found period touch the marked one, and is it not far vaguer? None where one of them is missing."""
    bounds = [or_none(g) for g in gold]
    theirs = [period.get("earliest"), period.get("latest")] if period else [None, None]
    if not any(bounds) or not any(theirs):
        return None
    low, high = moment(bounds[0] or bounds[1]), moment(bounds[1] or bounds[0], end=True)
    first, last = moment(theirs[0] or theirs[1]), moment(theirs[1] or theirs[0], end=True)
    return first - SLACK < high and low < last + SLACK and last - first <= 3 * (high - low) + timedelta(days=4)


# --- layers -------------------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Right, found and marked items by layer; for answers that are right or wrong, found = marked."""

    counts: dict[str, Counter[str]]
    show: bool = False

    def add(self, layer: str, right: int, found: int, gold: int) -> None:
        self.counts[layer].update(right=right, found=found, gold=gold)

    def answer(self, layer: str, right: bool) -> None:
        self.add(layer, int(right), 1, 1)

    def say(self, what: str, item: Any) -> None:
        if self.show:
            print("  ", what, item)


def pair(golds: Sequence[Any], founds: Sequence[Any], fit: Callable[[Any, Any], float | None]) -> list[tuple[int, int]]:
    """One-to-one, best fits first."""
    rated = [(f, i, j) for i, g in enumerate(golds) for j, x in enumerate(founds) if (f := fit(g, x)) is not None]
    taken: list[tuple[int, int]] = []
    for _, i, j in sorted(rated, key=lambda r: (-r[0], r[1], r[2])):
        if all(i != a and j != b for a, b in taken):
            taken.append((i, j))
    return taken


def score_mentions(case: Case, score: Score) -> None:
    gold = {s: h for h, kinds in case.gold.items() if is_core(case.entities[h]) for s in kinds["names"]}
    open_spans = case.ignored + [
        s for h, kinds in case.gold.items() for kind in KINDS for s in kinds[kind] if s not in gold
    ]
    named: dict[Span, str] = {}
    others: dict[Span, str] = {}
    for entity in case.theirs.values():
        for m in entity["mentions"]:
            (named if m.get("kind", "name") == "name" else others)[m["start"], m["end"]] = entity["id"]
    right = [s for s in gold if s in named and case.theirs[named[s]]["type"] == case.entities[gold[s]]["type"]]
    extra = [s for s in named if s not in gold and not any(overlap(s, o) for o in open_spans)]
    score.add("names: span", sum(s in named for s in gold), sum(s in named for s in gold) + len(extra), len(gold))
    score.add("names: span and type", len(right), sum(s in named for s in gold) + len(extra), len(gold))
    wanted = {
        s: h for h, kinds in case.gold.items() for kind in KINDS[1:] for s in kinds[kind]
        if is_core(case.entities[h]) and case.entities[h]["type"] in ("Person", "Aircraft")
    }  # fmt: skip
    hits = [s for s, h in wanted.items() if case.same(h, others.get(s)) or case.same(h, named.get(s))]
    score.add("nominals and pronouns of persons and aircraft: recall", len(hits), len(wanted), len(wanted))
    # Who is spoken of again: of those found whose entity has a marked mention elsewhere, as many as share another one.
    marked = {h: {s for kind in KINDS for s in kinds[kind]} for h, kinds in case.gold.items()}
    for span, handle in wanted.items():
        entity = case.theirs.get(others.get(span, ""))
        if entity is not None and len(marked[handle]) > 1:
            rest = {(m["start"], m["end"]) for m in entity["mentions"]} - {span}
            score.answer("  of those found, with another mention of the same", bool(rest & marked[handle]))


def score_times(case: Case, score: Score) -> None:
    golds = [(s, t) for t in case.marks["times"] if (s := case.span(t["text"]))]
    founds = [((t["start"], t["end"]), t["timex"]) for t in case.found.get("times", ())]
    pairs = pair(golds, founds, lambda g, f: 1.0 + (g[1]["value"] == f[1]["value"]) if overlap(g[0], f[0]) else None)
    core = [i for i, (_, t) in enumerate(golds) if is_core(t)]
    extra = [
        f
        for j, f in enumerate(founds)
        if all(j != b for _, b in pairs) and not any(overlap(f[0], o) for o in case.ignored)
    ]
    hits = [(i, j) for i, j in pairs if i in core]
    score.add("times: overlap", len(hits), len(hits) + len(extra), len(core))
    values = sum(golds[i][1]["value"] == founds[j][1]["value"] for i, j in hits)
    score.add("times: value", values, len(hits) + len(extra), len(core))


def roles(found: dict[str, Any], *names: str) -> list[str]:
    return [r["entity"] for r in found.get("roles", ()) if r["role"] in names]


def score_events(case: Case, score: Score, flight_types: frozenset[str]) -> None:
    golds = case.marks["events"]
    founds = [e for e in case.found.get("events", ()) if e["type"] not in flight_types]
    told = [[case.sentence(s) for q in [g["trigger"], *g["evidence"]] if (s := case.span(q))] for g in golds]
    where = [[(x["start"], x["end"]) for x in [*f.get("evidence", ()), f["trigger"]]] for f in founds]

    def near(i: int, j: int) -> bool:
        return golds[i]["type"] == founds[j]["type"] and any(overlap(a, b) for a in told[i] for b in where[j])

    def parties(i: int, j: int) -> tuple[bool, bool]:
        marked, joint = golds[i].get("roles") or {}, golds[i]["type"] in JOINT
        actors = marked.get("actor") or ()
        targets = [h for r in TARGETS for h in marked.get(r) or ()]
        both = roles(founds[j], "actor", "counterpart") if joint else roles(founds[j], "actor")
        return (
            not actors or case.any_same(actors, both),
            not targets
            or case.any_same(
                targets, roles(founds[j], *TARGETS, "actor") if joint else roles(founds[j], *TARGETS, "place")
            ),
        )

    index, found_index = list(range(len(golds))), list(range(len(founds)))
    loose = pair(index, found_index, lambda i, j: 1.0 + sum(parties(i, j)) if near(i, j) else None)
    strict = pair(index, found_index, lambda i, j: 1.0 if near(i, j) and all(parties(i, j)) else None)
    for layer, pairs in (("events: type", loose), ("events: type, actor and target", strict)):
        core = [i for i in index if is_core(golds[i])]
        hits = [i for i, _ in pairs if i in core]
        extra = [
            j for j in found_index if all(j != b for _, b in pairs)
            and not any(overlap(s, o) for s in where[j][-1:] for o in case.ignored)
            and not any(not is_core(g) and g["type"] == founds[j]["type"] for g in golds)
        ]  # fmt: skip
        score.add(layer, len(hits), len(hits) + len(extra), len(core))
        if "actor" in layer:
            for i in set(core) - set(hits):
                score.say("missed", (golds[i]["type"], golds[i]["trigger"], golds[i].get("roles")))
            for j in extra:
                names = [case.theirs[r["entity"]]["name"] for r in founds[j].get("roles", ())]
                score.say("extra ", (founds[j]["type"], founds[j]["trigger"]["text"], names))
    for i, j in loose:
        if is_core(golds[i]):
            score_answers(case, golds[i], founds[j], score)


def score_answers(case: Case, gold: dict[str, Any], found: dict[str, Any], score: Score) -> None:
    """What is said of an event that was found."""
    score.answer("events: realis", gold["realis"] == found.get("realis"))
    chain, theirs = gold.get("attribution") or (), found.get("attribution") or ()
    score.answer("events: source chain", len(chain) == len(theirs) and all(map(case.same, chain, theirs)))
    if or_none(gold.get("when")):
        score.answer("events: time", fits(gold["when"], found.get("period")) is True)
    places = (gold.get("roles") or {}).get("place")
    if places:
        score.answer("events: place", case.any_same(places, [found.get("place"), *roles(found, "place")]))


def score_legs(case: Case, score: Score) -> None:
    golds, founds = case.marks["flights"], case.found.get("flights", [])

    def fit(g: dict[str, Any], f: dict[str, Any]) -> float | None:
        ends = [(or_none(g.get(k)), f.get(k)) for k in ("origin", "destination")]
        if any(bool(theirs) and mine is not None and not case.same(mine, theirs) for mine, theirs in ends):
            return None
        held = sum(mine is not None and case.same(mine, theirs) for mine, theirs in ends)
        times = [fits(g[k], f.get(k)) for k in ("departure", "arrival") if or_none(g.get(k))]
        if False in times or (
            not held and not (any(t for t in times) and case.any_same([g.get("aircraft") or ""], [f.get("aircraft")]))
        ):
            return None
        return 1 + held + 0.25 * times.count(True)

    pairs = pair(golds, founds, fit)
    core = [i for i, g in enumerate(golds) if is_core(g)]
    hits = [(i, j) for i, j in pairs if i in core]
    extra = [f for j, f in enumerate(founds) if all(j != b for _, b in pairs)]
    score.add("legs", len(hits), len(hits) + len(extra), len(core))
    if not golds:
        score.answer("texts without flights: none found", not founds)
    for i in set(core) - {i for i, _ in hits}:
        score.say(
            "missed leg",
            (golds[i].get("origin"), golds[i].get("destination"), golds[i].get("departure"), golds[i]["status"]),
        )
    for f in extra:
        score.say(
            "extra leg ", [(case.theirs.get(f.get(k) or "") or {}).get("name") for k in ("origin", "destination")]
        )
    for i, j in hits:
        score.answer("legs: status", golds[i]["status"] == founds[j].get("status"))
        for key in ("aircraft_type", "operator"):
            if or_none(golds[i].get(key)):
                score.answer(f"legs: {key.replace('_', ' ')}", case.same(golds[i][key], founds[j].get(key)))
        for key in ("departure", "arrival"):
            if or_none(golds[i].get(key)):
                score.answer("legs: times", fits(golds[i][key], founds[j].get(key)) is True)


# --- all ----------------------------------------------------------------------------------------------------------------


def table(score: Score) -> Iterator[str]:
    yield f"{'':54}{'P':>7}{'R':>7}{'F1':>7}{'n':>6}"
    for layer, n in score.counts.items():
        p, r = n["right"] / max(1, n["found"]), n["right"] / max(1, n["gold"])
        yield f"{layer:54}{p:7.3f}{r:7.3f}{2 * p * r / (p + r) if p + r else 0:7.3f}{n['gold']:6}"


def run(lines: Iterable[str], part: str | None, show: str | None) -> Iterator[str]:
    from corpus import FLIGHT_TYPES

    found = {row["ref"]: row for row in map(json.loads, lines) if row.get("ref")}
    score = Score(defaultdict(Counter))
    number = 0
    for one in passages(part):
        case = Case(one, load(HERE / "marks/settled" / f"{one.id}.yaml"), found.get(one.id, {}))
        score.show = show == one.id
        for step in (score_mentions, score_times, score_legs):
            step(case, score)
        score_events(case, score, FLIGHT_TYPES)
        number += 1
    yield f"{number} passages of our own ({part or 'all parts'})"
    yield from table(score)


def articles(part: str | None) -> Iterator[str]:
    """What `kg extract` reads, one line a passage."""
    for one in passages(part):
        row = {"ref": one.id, "title": one.title, "text": one.text, "published": one.published}
        yield json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["run", "articles", "score"])
    parser.add_argument("findings", nargs="?", type=Path)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--show", metavar="ID")
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    if options.verb == "articles":
        print("\n".join(articles(options.part)))
        return 0
    if options.verb == "run":
        command = [
            sys.executable,
            "-c",
            "from kg.cli import main; main()",
            "extract",
            "-",
            "--json",
            "--model",
            options.model,
        ]
        given = "\n".join(articles(options.part))
        done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
        print("\n".join(run(done.stdout.splitlines(), options.part, options.show)))
        return 0
    if options.findings is None:
        parser.error("name the file of findings")
    with options.findings.open(encoding="utf-8") as lines:
        print("\n".join(run(lines, options.part, options.show)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
