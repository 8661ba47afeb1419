"""Words: cases as data, and the promise that no character is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.nlp.tokens import tokenize

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "tokens.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES)
def test_words(case: str) -> None:
    text, _, words = case.partition(" → ")
    assert tokenize(text)[0] == words.split(" | ")


def joined(text: str) -> str:
    return "".join(word + " " * space for word, space in zip(*tokenize(text), strict=True))


@given(st.text(max_size=200))
def test_no_character_is_lost(text: str) -> None:
    assert joined(text) == text


@given(
    st.lists(
        st.sampled_from(["U.S.", "-", "Il-62M", "'s", " ", "\n\n", "…", ".", "p.m.", "Kim", '"', "’", "\u200f", "3"])
    )
)
def test_no_character_of_hard_text_is_lost(parts: list[str]) -> None:
    assert joined("".join(parts)) == "".join(parts)


@pytest.mark.parametrize("text", ["A" * 10_000, "a-" * 5_000, "." * 10_000, "'" * 10_000, "1," * 5_000, "U." * 5_000])
def test_one_long_run_is_quick(text: str) -> None:
    assert joined(text) == text
