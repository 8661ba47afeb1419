"""Docs written by hand in one line: `form|lemma|UPOS|head|relation|Plur or Ger or Part`, words two spaces apart, heads from 1, 0 the root."""

from __future__ import annotations

import re
from typing import Any

from spacy.lang.en import English
from spacy.tokens import Doc

from kg.model import Article, Entity, Mention

_VOCAB = English().vocab
_FORMS = {"Plur": "Number=Plur", "Ger": "VerbForm=Ger", "Part": "Tense=Past|VerbForm=Part"}


def doc_of(case: dict[str, Any]) -> Doc:
    """The doc of a case; its words are placed in `text`, so that offsets are those of the sentence."""
    rows = [word.split("|") for word in case["doc"].split("  ")]
    words, spaces, at = [row[0] for row in rows], [], 0
    for word in words:
        at = case["text"].index(word, at) + len(word)
        spaces.append(case["text"][at : at + 1] == " ")
    starts = set(case.get("sentences", [1]))
    doc = Doc(
        _VOCAB,
        words=words,
        spaces=spaces,
        lemmas=[row[1] or row[0] for row in rows],
        pos=[row[2] for row in rows],
        heads=[int(row[3]) - 1 if row[3] != "0" else i for i, row in enumerate(rows)],
        deps=[row[4] for row in rows],
        morphs=[_FORMS[row[5]] if len(row) > 5 else "" for row in rows],
        sent_starts=[i + 1 in starts for i in range(len(rows))],
    )
    assert doc.text == case["text"]
    return doc


def entities_of(case: dict[str, Any], doc: Doc) -> tuple[tuple[Entity, ...], dict[int, tuple[str, ...]]]:
    """Entities named `Name (Class)` at words `first-last`, with the name as id, and the index of tokens."""
    known: dict[str, Entity] = {}
    at: dict[int, tuple[str, ...]] = {}
    for span, told in case.get("names", {}).items():
        first, last = (int(n) for n in span.split("-"))
        name, label = re.fullmatch(r"(.+) \((\w+)\)", told).groups()  # type: ignore[union-attr]
        words = doc[first - 1 : last]
        mention = Mention(words.start_char, words.end_char, words.text, "name", label)
        known.setdefault(name, Entity(name, label, name, mentions=(mention,)))
        at.update(dict.fromkeys(range(first - 1, last), (name,)))
    return tuple(known.values()), at


def article_of(case: dict[str, Any]) -> Article:
    return Article("art-case", "", case["text"])
