"""Both pipelines that ship: well-formed for any text, the same for any grouping, true to given words and sentences."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipelines.nlp import load_language

NEWS = """Tracker shows Il-62M over the Sea of Japan

An Il-62M of the Russian Air Force flew from Vladivostok to Pyongyang on Sept. 20, Reuters reported. \
It left at 12:37 p.m. The U.S.-led talks did not resume.
"We will not return," President Vladimir Putin said."""


@pytest.fixture(scope="module", params=["default", "fast"])
def nlp(request: pytest.FixtureRequest) -> Language:
    return load_language(request.param)


def everything(doc: Doc) -> list[tuple[object, ...]]:
    words = [(t.text, t.pos_, t.tag_, str(t.morph), t.lemma_, t.dep_, t.head.i, t.is_sent_start) for t in doc]
    groups = [(name, [(s.start, s.end) for s in spans]) for name, spans in doc.spans.items()]
    return [*words, *((e.start, e.end, e.label_) for e in doc.ents), *groups, doc._.events]


def check(doc: Doc) -> None:
    """One root a sentence, no arc out of it, every word tagged, mentions of our types without article or possessive."""
    for sentence in doc.sents:
        assert sum(t.head.i == t.i for t in sentence) == 1
        assert all(sentence.start <= t.head.i < sentence.end for t in sentence)
    assert all(t.pos_ and t.dep_ for t in doc)
    assert all(e[0].lower_ != "the" and e[-1].text != "'s" for e in doc.ents)


def test_sentences(nlp: Language) -> None:
    sentences = [s.text.strip() for s in nlp(NEWS).sents]
    assert len(sentences) == 5
    assert sentences[0] == "Tracker shows Il-62M over the Sea of Japan"
    assert sentences[2] == "It left at 12:37 p.m."


def test_names(nlp: Language) -> None:
    found = {(e.text, e.label_) for e in nlp(NEWS).ents}
    assert {("Il-62M", "AircraftType"), ("Vladivostok", "City"), ("Russian Air Force", "Organization")} <= found
    assert {("Reuters", "Publisher"), ("U.S.", "Country"), ("Vladimir Putin", "Person")} <= found


def test_trees_and_lemmas(nlp: Language) -> None:
    doc = nlp("The plane was seen by two spotters who flew to Seoul.")
    arcs = {t.text: (t.dep_, t.head.text, t.lemma_) for t in doc}
    assert arcs["plane"] == ("nsubj:pass", "seen", "plane")
    assert arcs["spotters"] == ("obl:agent", "seen", "spotter")
    assert arcs["flew"] == ("acl:relcl", "spotters", "fly")


def test_peoples_are_marked(nlp: Language) -> None:
    marked = {e.text: e._.demonym for e in nlp("Russian pilots flew to Iran, the Iranian minister said.").ents}
    assert marked["Russian"] is True
    assert marked["Iran"] is False


def test_grouping_changes_nothing(nlp: Language) -> None:
    texts = [NEWS, "Short.", NEWS[:150], "", "A plane landed in Minsk on Friday. " * 12]
    alone = [everything(nlp(text)) for text in texts]
    assert [everything(d) for d in nlp.pipe(texts, batch_size=5)] == alone
    assert [everything(d) for d in nlp.pipe(texts[::-1], batch_size=2)] == alone[::-1]


def test_threads_change_nothing(nlp: Language) -> None:
    for threads in (1, 4):
        name = str(nlp.meta["name"]).removeprefix("kg_")
        assert everything(load_language(name, threads)(NEWS)) == everything(nlp(NEWS))


def test_a_paragraph_does_not_depend_on_its_neighbours(nlp: Language) -> None:
    alone = [t.dep_ for t in nlp("The jet left Moscow.")]
    beside = [t.dep_ for t in nlp("A headline\n\nThe jet left Moscow.\n\nAnother one")]
    assert beside[3 : 3 + len(alone)] == alone


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\u200f",
        ".",
        "\ud800 lone",
        "\u200fRTL\u200e marks",
        "A" * 10_000,
        "?" * 500,
        "ABC " * 2_500,
        "Name\tSeats\tRange\n" + "Il-62M\t186\t10,000\n" * 40,
        "🛬🇳🇴👨‍👩‍👧 ok",
        "\u202eלהמריא\u202c took off.",
        "e\u0301" * 300,
        "a\u0000b",
        "http://x.org/" + "y" * 3_000,
    ],
)
def test_odd_texts(nlp: Language, text: str) -> None:
    doc = nlp(text)
    check(doc)
    assert len(doc.text) == len(text)


def test_a_very_long_sentence(nlp: Language) -> None:
    doc = nlp("plane and " * 2_500)
    check(doc)
    assert sum(t.pos_ != "SPACE" for t in doc) == 5_000
    words = ["word"] * 600
    given_doc = nlp(Doc(nlp.vocab, words=words, sent_starts=[True] + [False] * 599))
    check(given_doc)
    assert len(list(given_doc.sents)) == 1


def test_a_long_sentence_is_cut_at_a_mark(nlp: Language) -> None:
    """A name that a cut after so many words would split is found whole."""
    for count in range(0, 16, 3):
        words = (
            ["and", "planes"] * 100
            + ["or"] * count
            + [","]
            + "Vladimir Putin met Kim Jong-un in Vladivostok ,".split() * 4
        )
        doc = nlp(Doc(nlp.vocab, words=words, sent_starts=[True] + [False] * (len(words) - 1)))
        check(doc)
        assert sum(e.text == "Vladimir Putin" for e in doc.ents) == 4


def test_a_given_doc_keeps_its_words_and_sentences(nlp: Language) -> None:
    words = ["Il-62M", "-", "flight", "Kim", "Jong", "-", "un", "left", ".", "He", "returned"]
    starts = [i in (0, 3, 9) for i in range(len(words))]
    doc = nlp(Doc(nlp.vocab, words=words, sent_starts=starts))
    check(doc)
    assert [t.text for t in doc] == words
    assert [bool(t.is_sent_start) for t in doc] == starts


def test_wrapped_lines_are_one_paragraph(nlp: Language) -> None:
    doc = nlp("The plane that had left\nthe capital in the morning\nlanded in the afternoon.")
    assert len(list(doc.sents)) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["Kim", "said", "\n\n", "\n", " ", ".", '"', "Il-62M", "'s", "(", "the", "\u200f", "U.S.", ",", "7"]
        )
    )
)
def test_any_text_is_well_formed(nlp: Language, parts: list[str]) -> None:
    doc = nlp(" ".join(parts))
    check(doc)
    assert doc.text == " ".join(parts)


def test_importing_is_cheap() -> None:
    code = "import sys, pipelines.nlp; print([m for m in ('spacy', 'onnxruntime', 'numpy') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
