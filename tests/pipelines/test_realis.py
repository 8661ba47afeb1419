"""Realis of the predicates of single sentences: cases as data; docs by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.realis import mark_realis
from tests.pipelines.handmade import doc_of

CASES = yaml.load(
    (Path(__file__).parent.parent / "cases" / "realis.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"])
def test_predicates(case: dict[str, Any]) -> None:
    doc = doc_of(case)
    marks = mark_realis(doc)
    for part in case["expect"].split():
        word, want = part.split(":")
        token = next(t for t in doc if t.text == word)
        assert marks.get(token.i, "asserted") == want, word


def test_every_value_has_a_case() -> None:
    told = {part.split(":")[1] for case in CASES for part in case["expect"].split()}
    assert told == {"asserted", "planned", "possible", "denied", "hypothetical"}
