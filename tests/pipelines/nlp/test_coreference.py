"""Clusters from scores: what is compared, which antecedent wins, and which words a mention spans."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

from pipelines.nlp import coreference
from pipelines.nlp.coreference import FEATURES, Candidates, PairScorer, antecedents, clusters, pair_features, phrase
from pipelines.nlp.discourse import Candidate

WORDS = "Ilya Petrov landed . The pilot said he was tired . Later Petrov left the IAEA .".split()
STARTS = [0, 4, 11]
HEADS = [1, 5, 7, 12, 15]  # Petrov, pilot, he, Petrov, IAEA


def candidates() -> Candidates:
    return Candidates.of(WORDS, STARTS, HEADS)


def test_the_run_of_a_name_ends_with_its_sentence() -> None:
    of = candidates()
    assert (of.run >= 0).sum(1).tolist() == [2, 0, 0, 2, 1]  # "Later" opens its sentence and is taken along
    assert of.proper.tolist() == [True, False, False, True, True]
    assert of.sentence.tolist() == [1, 2, 2, 3, 3]


def test_features_of_two_equal_names() -> None:
    features = pair_features(candidates(), slice(3, 4), slice(0, 3))
    assert features.shape == (1, 3, FEATURES)
    same_head, same_stem = features[0, :, 0], features[0, :, 1]
    assert same_head.tolist() == [1, 0, 0]
    assert same_stem.tolist() == [1, 0, 0]


def test_blocks_give_what_the_whole_gives() -> None:
    of = candidates()
    whole = pair_features(of, slice(0, 5), slice(0, 5))
    assert np.array_equal(pair_features(of, slice(2, 4), slice(1, 5)), whole[2:4, 1:5])


def test_initials_are_seen() -> None:
    words = "The World Food Fund met . WFF agreed .".split()
    features = pair_features(Candidates.of(words, [0, 6], [3, 6]), slice(1, 2), slice(0, 1))
    assert features[0, 0, 8] == 0  # "The" belongs to the run at the begin of a sentence
    words = "At the World Food Fund . WFF agreed .".split()
    features = pair_features(Candidates.of(words, [0, 6], [4, 6]), slice(1, 2), slice(0, 1))
    assert features[0, 0, 8] == 1


def scorer(weight: int, value: float, bias: float = -1.0) -> PairScorer:
    """Looks at one feature only."""
    hidden = np.zeros((FEATURES, 1), np.float32)
    hidden[weight] = 1
    return PairScorer(hidden, np.zeros(1, np.float32), np.array([value], np.float32), bias)


@pytest.mark.parametrize("block", [1, 2, 128])
def test_the_best_earlier_mention_wins_and_none_is_an_answer(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(coreference, "BLOCK", block)
    nothing = np.zeros((5, 4), np.float32)
    links = antecedents(np.zeros(5, np.float32), nothing, nothing, candidates(), scorer(0, 3.0))
    assert links == [-1, -1, -1, 0, -1]
    assert clusters(links) == [[0, 3], [1], [2], [4]]


def test_vectors_count_too() -> None:
    anaphor, antecedent = np.zeros((5, 2), np.float32), np.zeros((5, 2), np.float32)
    anaphor[2], antecedent[1] = [4, 0], [1, 0]
    links = antecedents(np.zeros(5, np.float32), anaphor, antecedent, candidates(), scorer(0, 0.0))
    assert links == [-1, -1, 1, -1, -1]


def test_no_mention_no_cluster() -> None:
    assert coreference.resolve(spacy.blank("en")("Nothing here."), [], scorer(0, 1.0)) == []


# --- spans -------------------------------------------------------------------------------------------------------------

TREES = [
    # words, heads, labels, head of the mention, the mention
    ("The crew of the plane rested", [1, 5, 4, 4, 1, 5], "det nsubj case det nmod root", 1, "The crew of the plane"),
    ("near the plane and crew", [2, 2, 2, 4, 2], "case det root cc conj", 2, "the plane"),
    ("Ilya Petrov left", [2, 0, 2], "nsubj flat root", 1, "Ilya Petrov"),
    ("Petrov 's plane", [2, 0, 2], "nmod:poss case root", 0, "Petrov 's"),
    ("the plane , a jet , left", [1, 6, 4, 4, 1, 1, 6], "det nsubj punct det appos punct root", 1, "the plane"),
    ("she is the pilot", [3, 3, 3, 3], "nsubj cop det root", 3, "the pilot"),
]


@pytest.mark.parametrize(("text", "heads", "labels", "head", "mention"), TREES, ids=lambda v: str(v)[:20])
def test_phrases(text: str, heads: list[int], labels: str, head: int, mention: str) -> None:
    words = text.split()
    pos = ["PUNCT" if w == "," else "NOUN" for w in words]
    doc = Doc(spacy.blank("en").vocab, words=words, heads=heads, deps=labels.split(), pos=pos)
    start, end = phrase(doc, head)
    assert doc[start:end].text == mention


def test_resolved_mentions_are_phrases_of_the_doc() -> None:
    words, pos = ["The", "pilot", "slept", ".", "He", "woke", "."], "DET NOUN VERB PUNCT PRON VERB PUNCT".split()
    heads, deps = [1, 2, 2, 2, 5, 5, 5], "det nsubj root punct nsubj root punct".split()
    doc = Doc(spacy.blank("en").vocab, words=words, heads=heads, deps=deps, pos=pos, sent_starts=None)
    vector = np.ones(1, np.float32)
    found = [Candidate(1, 1.0, vector, vector), Candidate(4, 1.0, vector, vector)]
    assert coreference.resolve(doc, found, scorer(0, 0.0)) == [[(0, 2), (4, 5)]]
