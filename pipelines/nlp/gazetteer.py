"""Names of peoples, countries and regions that are known beforehand: `names.json`, compiled by the training recipe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

_BEFORE_NUMBER = re.compile(r"[- ]?\d")
_FILE = Path(__file__).with_name("names.json")


@cache
def names(kind: str) -> frozenset[str]:
    """All names of one kind: countries, demonyms, capitals, regions, publishers and others."""
    return frozenset(json.loads(_FILE.read_text(encoding="utf-8"))[kind])


def is_demonym(name: str) -> bool:
    """Is this a people or the adjective of a country (`Russian`, `Iranians`)?"""
    return name in names("demonyms")


def is_people_or_country(word: str) -> bool:
    """Does the word alone name a country, its capital or its people (`Israeli`, `Moscow`, `Sino`)?"""
    return word in names("countries") or word in names("demonyms") or word in names("capitals")


def is_whole_name(word: str) -> bool:
    """Is the hyphenated word itself a country (`Guinea-Bissau`)?"""
    return word in names("countries")


def corrected(name: str, label: str) -> str:
    """The label the lists know for certain, empty for peoples that are no state's: a closed class needs no context."""
    if label in ("Country", "Person", "Region") and name in names("stateless"):
        return ""
    if label in ("City", "Region", "Organization") and (name in names("countries") or is_demonym(name)):
        return "Country"
    if label == "Organization" and name in names("publishers"):
        return "Publisher"
    if label in ("Person", "City", "Region", "Country") and name in names("palaces"):
        return "Facility"
    if label in ("AircraftType", "Aircraft") and is_weapon(name):
        return "Weapon"
    return _place(name) or label if label in ("City", "Region", "Organization") else label


def is_weapon(name: str) -> bool:
    """A weapon by its whole name or by what stands before its number (`Hwasong-18`)."""
    return bool({name, name.removesuffix("s"), _BEFORE_NUMBER.split(name)[0]} & names("weapons"))


def _place(name: str) -> str:
    """Region or City where just one of the lists has the name."""
    region, capital = name in names("regions"), name in names("capitals")
    return "" if region == capital else "Region" if region else "City"


@cache
def _long_names() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First word → names of several words with their label, longest first."""
    from pipelines.nlp.tokens import tokenize

    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    kinds = (("countries", "Country"), ("demonyms", "Country"), ("regions", "Region"))
    found = {tuple(tokenize(name)[0]): label for kind, label in kinds for name in sorted(names(kind)) if " " in name}
    for words, label in sorted(found.items(), key=lambda item: (-len(item[0]), item[0])):
        table.setdefault(words[0], []).append((words, label))
    return table


def compound_names(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Countries and peoples in front of a hyphen and a small letter (`U.S.-led`, `Russian-made`): start, end, label.

    The corpora leave such words unmarked as a whole, so that a model learns little about their first part.
    """
    for at in range(len(words) - 2):
        if words[at + 1] == "-" and words[at + 2][:1].islower() and words[at] in names("countries") | names("demonyms"):
            yield at, at + 1, "Country"


_VOTES = frozenset(["election", "elections", "by-election", "by-elections", "referendum"])
_KINDS_OF_VOTE = frozenset(
    """
    general federal presidential parliamentary legislative local municipal regional provincial state national mayoral
    gubernatorial senatorial council leadership snap runoff constitutional independence
    """.split()
)
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d$")
_WIDEST = 8  # words between the year of a vote and its last


def votes(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Elections and referendums that are named by their year (`1998 Hungarian parliamentary election`): start, end, label."""
    for end, word in enumerate(words):
        if word.lower() in _VOTES:
            start = end - 1
            while start >= max(0, end - _WIDEST) and (
                words[start][:1].isupper() or words[start] in _KINDS_OF_VOTE or words[start] in ("and", "-", "'s")
            ):
                start -= 1
            if start >= 0 and start < end and _YEAR.match(words[start]):
                yield start, end + 1, "NamedEvent"


def long_names(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Countries, peoples and regions whose names have several words (`Korean Peninsula`): start, end, label."""
    table, at = _long_names(), 0
    while at < len(words):
        step = 1
        for name, label in table.get(words[at], ()):
            if tuple(words[at : at + len(name)]) == name:
                yield at, at + len(name), label
                step = len(name)
                break
        at += step
