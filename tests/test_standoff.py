"""Marks on sentences that are not ours: they stand alone without the text, and the text, where it is, is the one marked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[1] / "benchmarks" / "corpus"
sys.path.insert(0, str(CORPUS))
import standoff  # noqa: E402 # a script beside its data, not a package
from corpus import REALIS, ROLES, STATUS, TIMEX, event_types  # noqa: E402

DATA = Path(os.environ.get("KG_DATA", "data"))
TEXT = "Dr. Okoye and two others were arrested in Lagos on Monday."


@pytest.mark.parametrize("reader", standoff.READERS)
def test_marks_use_known_labels_and_hold_no_text(reader: str) -> None:
    rows = [row for run in standoff.kept(reader).values() for row in run]
    assert rows
    for row in rows:
        assert set(row) <= {"run", "sentence", "sha256", "times", "events", "flights"}
        for event in row.get("events", ()):
            assert event["type"] in event_types()
            assert event["realis"] in REALIS
            assert set(event["roles"]) <= ROLES
        assert all(flight["status"] in STATUS for flight in row.get("flights", ()))
        assert all(time["type"] in TIMEX for time in row.get("times", ()))


def test_both_readers_marked_what_was_settled() -> None:
    a, b, settled = (standoff.kept(reader) for reader in ("a", "b", "settled"))
    assert set(settled) == set(a) == set(b) == {run.id for run in standoff.runs()}
    assert sum(map(len, settled.values())) >= 1_500
    for run, rows in settled.items():
        assert [r["sha256"] for r in rows] == [r["sha256"] for r in a[run]] == [r["sha256"] for r in b[run]]


def test_every_event_type_is_marked() -> None:
    found = {e["type"] for rows in standoff.kept("settled").values() for row in rows for e in row.get("events", ())}
    assert found == event_types()


def test_runs_read_once_share_no_sentence_with_the_others() -> None:
    numbers = [
        {(run.source, run.document, run.first + i) for run in runs for i in range(run.count)}
        for runs in (standoff.runs(), standoff.runs("once.json"))
    ]
    assert not numbers[0] & numbers[1]


def test_the_sentences_are_those_that_were_marked() -> None:
    if not (DATA / "train/gmb").exists():
        pytest.skip("KG_DATA names no folder with train/gmb and train/wikievents")
    source = standoff.Source(DATA)
    for run, rows in (*standoff.settled(), *standoff.read_once()):
        texts = source.sentences(run)
        assert [standoff.digest(text) for text in texts] == [row["sha256"] for row in rows]


def test_quotes_become_offsets_and_back() -> None:
    row = {
        "events": [
            {"type": "Detention", "trigger": "arrested", "roles": {"target": ["Okoye", "two others"], "place": ["Lagos"]},
             "realis": "asserted", "attribution": []}
        ],
        "times": [{"text": "Monday", "type": "DATE", "value": "XXXX-WXX-1"}],
    }  # fmt: skip
    kept = standoff.offsets(TEXT, row)
    assert json.loads(json.dumps(kept)) == kept
    said = standoff.said(TEXT, kept["events"][0])
    assert said["trigger"] == "arrested"
    assert said["roles"] == {"target": ["Okoye", "two others"], "place": ["Lagos"]}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"events": [{"type": "Detention", "trigger": "freed", "realis": "asserted"}]}, "does not stand there"),
        ({"events": [{"type": "Arrest", "trigger": "arrested", "realis": "asserted"}]}, "no type"),
        ({"flights": [{"trigger": "arrested", "status": "landed"}]}, "status one of"),
        ({"times": [{"text": "Monday"}]}, "needs text, value"),
        ({"people": []}, "no section"),
    ],
)
def test_faults_are_named(row: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        standoff.offsets(TEXT, row)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ('He said : " Go home . " They did n\'t .', 'He said: "Go home." They didn\'t.'),
        ("U . S . forces left at 3 : 45 p . m . , he said", "U.S. forces left at 3:45 p.m., he said"),
        ("Venezuela ’ s army ( 10,000 men ) – 41 . 5 %", "Venezuela’s army (10,000 men) – 41.5%"),
    ],
)
def test_words_are_joined_as_they_would_be_written(words: str, text: str) -> None:
    assert standoff.plain(words.split()) == text


def test_sentences_end_at_stops_not_at_titles_or_inside_numbers() -> None:
    words = "Lt . Gen . Prawut spoke at 10 . 30 . He left . ” Who ?".split()
    assert [" ".join(s) for s in standoff.cut(words)] == [
        "Lt . Gen . Prawut spoke at 10 . 30 .",
        "He left . ”",
        "Who ?",
    ]
