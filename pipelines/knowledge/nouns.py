"""Common nouns by the class of what they can speak of: `ontologies/entities/nouns.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from spacy.tokens import Token


def class_of(noun: Token) -> str | None:
    """What a common noun can speak of: a class of the ontology, or None."""
    lemma = noun.lemma_.lower()
    return _nouns().get(lemma) or _nouns().get(lemma.rsplit("-", 1)[-1])


@cache
def _nouns() -> dict[str, str]:
    rows = yaml.safe_load(files("ontologies").joinpath("entities", "nouns.yaml").read_text(encoding="utf-8"))
    return {word: type_ for type_, words in rows.items() for word in words.split()}
