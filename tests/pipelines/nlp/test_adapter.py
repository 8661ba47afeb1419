"""Trees as spaCy's own English pipelines make them, written by hand, become Universal Dependencies."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from kg.errors import KgError, ModelNotFound
from pipelines.nlp import load_language
from pipelines.nlp.adapter import adapt


def make(rows: str, ents: dict[tuple[int, int], str] | None = None) -> Doc:
    """A doc from `word/POS/lemma/head/label`, heads counted from 0."""
    parts = [row.split("/") for row in rows.split()]
    words, pos, lemmas, heads, deps = map(list, zip(*parts, strict=True))
    tags = ["POS" if w == "'s" else "TO" if w == "to" and p == "PART" else "" for w, p in zip(words, pos, strict=True)]
    doc = Doc(Vocab(), words=words, pos=pos, lemmas=lemmas, heads=[int(h) for h in heads], deps=deps, tags=tags)
    doc.ents = [Span(doc, s, e, label=label) for (s, e), label in (ents or {}).items()]
    return doc


CASES = [
    (
        "It/PRON/it/1/nsubj flew/VERB/fly/1/ROOT to/ADP/to/1/prep Pyongyang/PROPN/Pyongyang/2/pobj",
        ["It nsubj flew", "flew root flew", "to case Pyongyang", "Pyongyang obl flew"],
    ),
    (
        "jet/NOUN/jet/2/nsubjpass was/AUX/be/2/auxpass seen/VERB/see/2/ROOT by/ADP/by/2/agent pilots/NOUN/pilot/3/pobj",
        ["jet nsubj:pass seen", "was aux:pass seen", "seen root seen", "by case pilots", "pilots obl:agent seen"],
    ),
    (
        "He/PRON/he/1/nsubj is/AUX/be/1/ROOT chief/NOUN/chief/1/attr of/ADP/of/2/prep Russia/PROPN/Russia/3/pobj",
        [
            "He nsubj chief",
            "is cop chief",
            "chief root chief",
            "of case Russia",
            "Russia nmod chief",
        ],
    ),
    (
        "Kim/PROPN/Kim/3/nsubj and/CCONJ/and/0/cc Putin/PROPN/Putin/0/conj saw/VERB/see/3/ROOT it/PRON/it/3/dobj",
        ["Kim nsubj saw", "and cc Putin", "Putin conj Kim", "saw root saw", "it obj saw"],
    ),
    (
        "left/VERB/leave/0/ROOT without/ADP/without/0/prep returning/VERB/return/1/pcomp",
        ["left root left", "without mark returning", "returning advcl left"],
    ),
    (
        "sent/VERB/send/0/ROOT arms/NOUN/arm/0/dobj to/PART/to/3/aux fight/VERB/fight/0/xcomp",
        ["sent root sent", "arms obj sent", "to mark fight", "fight xcomp sent"],
    ),
]


@pytest.mark.parametrize(("rows", "wanted"), CASES)
def test_trees(rows: str, wanted: list[str]) -> None:
    doc = adapt(make(rows))
    assert [f"{t.text} {t.dep_} {t.head.text}" for t in doc] == wanted


def test_person_names_are_flat() -> None:
    rows = "Vladimir/PROPN/Vladimir/1/compound Putin/PROPN/Putin/2/nsubj saw/VERB/see/2/ROOT it/PRON/it/2/dobj"
    doc = adapt(make(rows, {(0, 2): "PERSON"}))
    assert [f"{t.text} {t.dep_} {t.head.text}" for t in doc][:2] == ["Vladimir nsubj saw", "Putin flat Vladimir"]


def test_universal_trees_stay() -> None:
    rows = "It/PRON/it/1/nsubj flew/VERB/fly/1/root to/ADP/to/3/case Seoul/PROPN/Seoul/1/obl"
    assert [t.dep_ for t in adapt(make(rows))] == ["nsubj", "root", "case", "obl"]


@pytest.mark.parametrize(
    ("words", "label", "ours"),
    [
        ("North Korea", "GPE", "Country"),
        ("Pyongyang", "GPE", "City"),
        ("California", "GPE", "Region"),
        ("Russian", "NORP", "Country"),
        ("Republicans", "NORP", None),
        ("Sunan International Airport", "FAC", "Airport"),
        ("the Vostochny Cosmodrome", "FAC", "Facility"),
        ("Boeing 747", "PRODUCT", "AircraftType"),
        ("Reuters", "ORG", "Publisher"),
        ("Rosoboronexport", "ORG", "Organization"),
        ("the Cold War", "EVENT", "NamedEvent"),
        ("New START", "LAW", "Agreement"),
        ("Black Sea", "LOC", "Region"),
        ("Tuesday", "DATE", None),
        ("Vladimir Putin", "PERSON", "Person"),
    ],
)
def test_entity_labels(words: str, label: str, ours: str | None) -> None:
    parts = words.split()
    doc = Doc(Vocab(), words=parts, ents=[f"{'B' if i == 0 else 'I'}-{label}" for i in range(len(parts))])
    assert [e.label_ for e in adapt(doc).ents] == ([ours] if ours else [])
    assert not any(e.text.startswith("the ") for e in doc.ents)


def test_an_unknown_pipeline_says_what_to_do() -> None:
    with pytest.raises(ModelNotFound) as caught:
        load_language("no_such_pipeline")
    assert isinstance(caught.value, KgError)
    assert "no_such_pipeline" in str(caught.value)
    assert "spacy download" in str(caught.value)
