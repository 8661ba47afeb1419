"""Sentences of raw text, by each shipped model: cases as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.nlp import load_language

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "sentences.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", ["default", "fast"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_sentences(case: dict[str, Any], model: str) -> None:
    doc = load_language(model)(case["text"])
    assert [" ".join(s.text.split()) for s in doc.sents] == case["sentences"]
