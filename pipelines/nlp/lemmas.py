"""Dictionary forms: the list of irregular forms, else the model's rule, put right where spelling is regular."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pipelines.nlp.gazetteer import is_demonym

PLURALS = ("ies", "sses", "shes", "ches", "xes", "zzes")
_VOWELS = frozenset("aeiou")


@cache
def _irregular() -> dict[str, dict[str, str]]:
    """UPOS → form → lemma."""
    return json.loads(Path(__file__).with_name("lemmas.json").read_text(encoding="utf-8"))


@cache
def _bases() -> dict[str, frozenset[str]]:
    """UPOS → lemmas seen in the treebanks."""
    return {upos: frozenset(forms.values()) for upos, forms in _irregular().items()}


def lemma(word: str, rule: str, upos: str, first: bool = False) -> str:
    """The dictionary form of a word with its UPOS; `rule` is the model's `cut|add`: characters off the end, these on.

    Names keep their letters and lose at most a plural s; a capital inside a sentence is part of a name, and stays.
    """
    if upos in ("X", "SYM", "PUNCT"):
        return word
    if upos == "PROPN":
        return _apply(word, rule) if rule in ("1|", "2|") and word.endswith("s") else word
    if is_demonym(word) or (upos == "ADJ" and word.istitle() and not first):
        return word
    form = word.lower()
    table = _irregular()
    known = table.get(upos, {}).get(form) or (table["VERB"].get(form) if upos == "AUX" else None)
    found = known or _spelled(form, _apply(form, rule), upos)
    return "I" if upos == "PRON" and found == "i" else found


def _apply(form: str, rule: str) -> str:
    cut, add = rule.split("|", 1)
    stem = form[: max(1, len(form) - int(cut))]
    return stem + add if int(cut) < len(form) else form


def _spelled(form: str, guess: str, upos: str) -> str:
    """A word no list knows: plurals by their ending, verbs by a known stem, with or without `e`."""
    if upos == "NOUN" and guess == form[:-1] and form.endswith(PLURALS):
        return form[:-3] + "y" if form.endswith("ies") and len(form) > 4 else form[:-2]
    bases = _bases()["VERB"]
    if upos != "VERB" or guess in bases or not form.endswith(("ing", "ed", "es")):
        return guess
    stem = form[: -3 if form.endswith("ing") else -2]
    tries = [stem + "e", stem, stem[:-1] if stem[-1:] == stem[-2:-1] else stem]
    return next((t for t in tries if t in bases), _by_rule(stem, form, guess))


def _by_rule(stem: str, form: str, guess: str) -> str:
    """An unknown verb: `-e` after the endings that hardly stand without it."""
    if form.endswith("es") and not stem.endswith(("s", "x", "z", "ch", "sh", "o")):
        return stem + "e"
    if (
        stem.endswith(("c", "v", "u", "iz", "is", "dg", "rg", "ng", "at", "ut"))
        and not form.endswith("es")
        and stem[-2:-1] in _VOWELS | {"d", "r", "n", "l"}
    ):
        return stem if stem.endswith("ng") or stem[-3:-1] in ("ea", "ou", "oa") else stem + "e"
    return guess
