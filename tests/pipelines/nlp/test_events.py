"""The head for events: what it is told of two words, and what the shipped one reads in plain sentences."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pipelines.nlp import load_language
from pipelines.nlp.events import DEPS, NAMES, UPOS, Window, relations

# "Police held Ruiz ." – and another sentence, "He slept ."
READING = SimpleNamespace(
    upos=["NOUN", "VERB", "PROPN", "PUNCT", "PRON", "VERB", "PUNCT"],
    deps=["nsubj", "root", "obj", "punct", "nsubj", "root", "strange"],
    heads=[1, 1, 1, 1, 5, 5, 5],
    starts=[True, False, False, False, True, False, False],
    mentions=[(2, 3, "Person")],
)


def window() -> Window:
    return Window.of(np.zeros((9, 4), np.float32), READING)


def test_a_window_knows_grammar_names_and_sentences_by_number() -> None:
    made = window()
    assert made.vectors.shape == (7, 4)
    assert made.upos.tolist()[:2] == [UPOS.index("NOUN") + 1, UPOS.index("VERB") + 1]
    assert made.deps[6] == 0  # a label that the head does not know
    assert made.deps[0] == DEPS.index("nsubj") + 1
    assert made.names.tolist() == [0, 0, NAMES.index("Person") + 1, 0, 0, 0, 0]
    assert made.sentence.tolist() == [1, 1, 1, 1, 2, 2, 2]


def test_relations_tell_side_distance_and_tree() -> None:
    near, relation, label = relations(window(), [1])
    assert near.shape == relation.shape == label.shape == (1, 7)
    assert near[0, 0] != near[0, 2]  # before and behind are told apart
    assert relation[0].tolist()[:3] == [1, 1, 1]  # both hang on it, and a root on itself
    assert relations(window(), [0])[1][0].tolist()[:3] == [4, 2, 4]  # itself and what hangs on the same; its governor
    assert label[0, 2] == DEPS.index("obj") + 1
    assert label[0, 4] == 0  # no relation, no label


@pytest.fixture(scope="module")
def nlp():
    return load_language()


@pytest.mark.parametrize(
    ("text", "trigger", "type_", "parts"),
    [
        ("Police arrested two journalists in Lagos.", "arrested", "Detention", {("Police", "actor"), ("journalists", "target")}),
        ("Gunmen killed a judge outside his home.", "killed", "Assault", {("Gunmen", "actor"), ("judge", "target")}),
        ("The jet took off from Geneva for Tunis.", "took", "Flight", {("jet", "aircraft"), ("Geneva", "origin")}),
        ("Norway and Chile signed a fisheries treaty in Oslo.", "signed", "Signing", {("Norway", "actor"), ("Chile", "actor")}),
    ],
)  # fmt: skip
def test_plain_events_are_read_with_their_parts(nlp, text, trigger, type_, parts) -> None:
    doc = nlp(text)
    (event,) = (e for e in doc._.events if e.probability > 0.5)
    assert (doc[event.word].text, event.type, event.realis) == (trigger, type_, "asserted")
    assert parts <= {(doc[word].text, role) for word, role, _ in event.roles}


@pytest.mark.parametrize(
    "text",
    ["The lake is deep and cold.", "Shares took off on Monday.", "Her flat has two rooms and a view of the sea."],
)
def test_plain_sentences_tell_nothing(nlp, text) -> None:
    assert [e for e in nlp(text)._.events if e.probability > 0.5] == []


def test_what_is_denied_or_planned_is_said_so(nlp) -> None:
    (denied,) = (e for e in nlp("The two ministers did not meet in Cairo.")._.events if e.probability > 0.5)
    assert (denied.type, denied.realis) == ("Meeting", "denied")
    (planned,) = (e for e in nlp("The two ministers will meet in Cairo next week.")._.events if e.probability > 0.5)
    assert (planned.type, planned.realis) == ("Meeting", "planned")
