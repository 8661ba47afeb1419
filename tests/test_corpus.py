"""The marked corpus: every quote stands in its passage, every handle and label exists, the scorer gives full marks to the marks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).parents[1] / "benchmarks" / "corpus"
sys.path.insert(0, str(CORPUS))
import corpus  # noqa: E402 # a script beside its data, not a package
import score  # noqa: E402

READERS = ("a", "b", "settled")


def marked() -> Iterator[tuple[str, str]]:
    for reader in READERS:
        yield from ((reader, path.stem) for path in sorted((CORPUS / "marks" / reader).glob("*.yaml")))


@pytest.mark.parametrize("reader", READERS)
def test_marks_are_sound(reader: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert corpus.check(CORPUS / "marks" / reader, []) == 0, capsys.readouterr().out


def test_a_settled_passage_was_read_twice() -> None:
    read = {reader: {name for r, name in marked() if r == reader} for reader in READERS}
    assert read["settled"]
    assert read["settled"] <= read["a"] & read["b"]


def test_no_two_passages_are_alike() -> None:
    texts = [corpus.passage(path) for path in sorted((CORPUS / "own").glob("*.yaml"))]
    for part in ("id", "text"):
        assert len({getattr(t, part) for t in texts}) == len(texts)
    openings = {" ".join(t.text.split()[:10]) for t in texts}
    assert len(openings) == len(texts)


def test_a_story_is_in_one_part() -> None:
    parts = {part: {p.id for p in score.passages(part)} for part in score.PARTS}
    assert sum(map(len, parts.values())) == len(set().union(*parts.values()))
    assert all(parts.values())


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda m: m["entities"][0].update(names=["Nobody At All"]), "does not stand there"),
        (lambda m: m["entities"][0].update(type="Thing"), "no type 'Thing'"),
        (lambda m: m["entities"].append(dict(m["entities"][0])), "is used 2 times"),
        (lambda m: m["times"].append({"text": "nothing"}), "needs text, value"),
        (lambda m: m.pop("flights"), "sections are"),
    ],
)
def test_the_checker_finds_faults(break_it: Any, words: str) -> None:
    path = min((CORPUS / "marks/settled").glob("*.yaml"))
    marks = corpus.load(path)
    break_it(marks)
    found = list(corpus.faults(corpus.passage(CORPUS / "own" / path.name).body, marks))
    assert any(words in fault for fault in found), found


def perfect(case: score.Case) -> dict[str, Any]:
    """Findings that say what the marks say."""
    marks = case.marks
    spans = {h: [(kind, s) for kind in corpus.KINDS for s in case.gold[h][kind]] for h in case.entities}
    kinds = {"names": "name", "nominals": "nominal", "pronouns": "pronoun"}
    mentions = lambda h: [{"start": s[0], "end": s[1], "kind": kinds[k]} for k, s in spans[h]]  # noqa: E731
    at = lambda q: dict(zip(("start", "end"), case.span(q) or (0, 0), strict=True))  # noqa: E731
    period = lambda p: p and {"earliest": score.or_none(p[0]), "latest": score.or_none(p[1])}  # noqa: E731
    return {
        "entities": [{"id": h, "type": e["type"], "name": e["name"], "mentions": mentions(h)} for h, e in case.entities.items()],
        "times": [{**at(t["text"]), "timex": t} for t in marks["times"] if case.span(t["text"])],
        "events": [
            {
                **v, "trigger": {**at(v["trigger"]), "text": v["trigger"]}, "evidence": [at(q) for q in v["evidence"]],
                "roles": [{"role": r, "entity": h} for r, group in (v.get("roles") or {}).items() for h in group],
                "period": period(score.or_none(v.get("when"))),
            }
            for v in marks["events"]
        ],
        "flights": [{**f, **{k: period(score.or_none(f.get(k))) for k in ("departure", "arrival")}} for f in marks["flights"]],
    }  # fmt: skip


def test_the_marks_score_full_against_themselves() -> None:
    from collections import Counter, defaultdict

    found = score.Score(defaultdict(Counter))
    for one in score.passages("train"):
        marks = corpus.load(CORPUS / "marks/settled" / f"{one.id}.yaml")
        case = score.Case(one, marks, {})
        case = score.Case(one, marks, perfect(case))
        for step in (score.score_mentions, score.score_times, score.score_legs):
            step(case, found)
        score.score_events(case, found, corpus.FLIGHT_TYPES)
    for layer in ("names: span and type", "times: value", "events: type", "events: realis", "legs: status"):
        n = found.counts[layer]
        assert n["right"] >= 0.97 * n["gold"], (layer, n)
        assert n["right"] >= 0.97 * n["found"], (layer, n)


def test_nothing_found_scores_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "findings.jsonl"
    empty.write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(CORPUS / "score.py"), "score", str(empty)], capture_output=True, text=True, check=True
    )
    assert " 0.000" in done.stdout.split("names: span and type")[1].splitlines()[0]
