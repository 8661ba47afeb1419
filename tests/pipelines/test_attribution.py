"""Who says so, in single sentences: cases as data; docs by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.attribution import mark_attribution
from tests.pipelines.handmade import doc_of, entities_of

CASES = yaml.load(
    (Path(__file__).parent.parent / "cases" / "attribution.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"])
def test_sources(case: dict[str, Any]) -> None:
    doc = doc_of(case)
    _, entity_at = entities_of(case, doc)
    marks = mark_attribution(doc, entity_at)
    # "landed:Lavrov left:" — a word, then its sources, outermost first.
    for word, sources in re.findall(r"(\w+):(.*?)(?= \w+:|$)", case["expect"]):
        token = next(t for t in doc if t.text == word)
        assert marks.get(token.i, ()) == tuple(s for s in sources.split(",") if s), word
