"""Names of peoples, countries and regions that are known beforehand: `names.json`, compiled by the training recipe."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("names.json")


@cache
def names(kind: str) -> frozenset[str]:
    """All names of one kind: countries, demonyms, capitals, regions, publishers, stateless."""
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
    if label in ("Country", "Person") and name in names("stateless"):
        return ""
    if label in ("City", "Region", "Organization") and (name in names("countries") or is_demonym(name)):
        return "Country"
    if label == "Organization" and name in names("publishers"):
        return "Publisher"
    if label in ("City", "Region", "Organization"):
        return _place(name) or label
    return label


def _place(name: str) -> str:
    """Region or City where just one of the lists has the name."""
    region, capital = name in names("regions"), name in names("capitals")
    return "" if region == capital else "Region" if region else "City"
