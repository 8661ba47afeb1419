"""A teacher's answers: what is kept of its scores, and that a file gives them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pipelines.nlp.training.answers import Answers, answers_of, read, save

LABELS = {"upos": 4, "names": 5, "deps": 6, "feats": 7, "lemma": 3}


def scores(words: int, rng: np.random.Generator) -> dict[str, Any]:
    """As an encoder gives them for one window."""
    draw = lambda *shape: rng.normal(size=shape).astype(np.float32)  # noqa: E731
    found = {head: draw(words, n) for head, n in LABELS.items() if head != "deps"}
    return {
        **found,
        "arcs": draw(words, words + 1),
        "deps": draw(words, LABELS["deps"], 8),
        "dep_head": draw(words + 1, 8),
    }


def test_the_label_is_that_of_the_likeliest_head() -> None:
    given = scores(4, np.random.default_rng(1))
    found = answers_of(given)
    assert found.heads.tolist() == given["arcs"].argmax(1).tolist()
    for word, head in enumerate(found.heads):
        by_hand = given["deps"][word] @ given["dep_head"][head]
        assert found.soft["deps"][word].argmax() == by_hand.argmax()
    assert np.allclose(found.arcs.astype(np.float32).sum(1), 1, atol=1e-2)


def test_a_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    lines = [["Kim", "left"], ["“", "No", ",", "”", "он", "said", "\ud800"], ["Oslo"]]
    answers = [answers_of(scores(len(line), rng)) for line in lines]
    save(tmp_path / "taught-000.npz", lines, answers)
    found = list(read(tmp_path / "taught-000.npz"))
    assert [s.words for s in found] == lines
    for sentence, expected in zip(found, answers, strict=True):
        assert sentence.answers is not None
        assert same(sentence.answers, expected)
    assert not list(tmp_path.glob("*.part"))


def same(a: Answers, b: Answers) -> bool:
    heads = np.array_equal(a.heads, b.heads) and np.array_equal(a.arcs, b.arcs)
    rows = zip([*a.soft.values(), *a.hard.values()], [*b.soft.values(), *b.hard.values()], strict=True)
    return heads and all(np.array_equal(x, y) for x, y in rows)
