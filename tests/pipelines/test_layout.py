"""What stands around the prose, as cases; and copies and credits inside an article."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg.model import Article
from pipelines.layout import find_boilerplate

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "layout.yaml").read_text(encoding="utf-8"))
STORY = (
    "The aircraft left Minsk at dawn, officials said.\n\n{}\n\nIt has not been seen since, a spokesman said on Monday."
)


def boilerplate(line: str) -> list[str]:
    return [s.text for s in find_boilerplate(Article("art-1", "Plane leaves Minsk", STORY.format(line)))]


@pytest.mark.parametrize("line", CASES["prose"])
def test_prose_stays(line):
    assert boilerplate(line) == []


@pytest.mark.parametrize("line", CASES["around"])
def test_what_stands_around_goes(line):
    assert boilerplate(line) == [line]


def test_the_title_and_the_second_copy_of_a_caption_are_not_read_again():
    caption = "A plane stands at the airport of Minsk on Monday. [AFP/DPA]"
    text = f"Plane leaves Minsk\n\n{caption}\n\n{caption}\n\nThe plane left."
    spans = find_boilerplate(Article("art-1", "Plane leaves Minsk", text))
    assert [s.text for s in spans] == ["Plane leaves Minsk", "[AFP/DPA]", caption]
    assert all(text[s.start : s.end] == s.text for s in spans)
