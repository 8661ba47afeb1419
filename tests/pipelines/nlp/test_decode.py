"""Trees and mentions from any scores are well formed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.nlp import decode
from pipelines.nlp.labels import BIO

SCORES = st.integers(1, 12).flatmap(lambda n: arrays(np.float32, (n, n + 1), elements=st.floats(-20, 20, width=32)))


def reaches_root(heads: list[int], word: int) -> bool:
    seen: set[int] = set()
    while word and word not in seen:
        seen.add(word)
        word = heads[word - 1]
    return word == 0


@given(SCORES)
def test_one_root_and_no_cycle(scores: np.ndarray) -> None:
    heads = decode.tree(scores)
    assert heads.count(0) == 1
    assert all(reaches_root(heads, word) for word in range(1, len(heads) + 1))


def test_the_greedy_tree_is_taken_where_it_is_one() -> None:
    scores = np.array([[0, 0, 9, 0], [9, 0, 0, 0], [0, 0, 9, 0]], np.float32)
    assert decode.tree(scores) == [2, 0, 2]


@pytest.mark.parametrize("seed", range(20))
def test_the_best_tree_of_all(seed: int) -> None:
    """Against every possible tree of four words with the chosen root."""
    scores = np.random.default_rng(seed).normal(size=(4, 5)).astype(np.float32)
    heads = decode.tree(scores)
    value = lambda tree: sum(scores[i, h] for i, h in enumerate(tree))  # noqa: E731
    root = heads.index(0)
    others = (t for t in itertools.product(range(5), repeat=4) if t.count(0) == 1 and t[root] == 0)
    whole = [t for t in others if all(reaches_root(list(t), w) for w in range(1, 5))]
    assert value(heads) == pytest.approx(max(map(value, whole)))


@given(st.integers(1, 15).flatmap(lambda n: arrays(np.float32, (n, len(BIO)), elements=st.floats(-9, 9, width=32))))
def test_mentions_do_not_overlap_and_are_of_one_type(scores: np.ndarray) -> None:
    rows = decode.best_rows(scores)
    for before, row in itertools.pairwise([0, *rows]):
        assert BIO[row][0] != "I" or BIO[before][2:] == BIO[row][2:]
    spans = list(decode.mentions(scores))
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
