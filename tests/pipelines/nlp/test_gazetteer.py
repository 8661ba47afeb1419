"""What the lists of names put right, on docs written by hand."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipelines.nlp.component import set_mentions

CASES = [
    # words, what the model said, what stands in the end
    ("over the Korean Peninsula", {(2, 3): "Country"}, {"Korean Peninsula": "Region"}),
    ("the Black Sea Fleet", {(1, 4): "Organization"}, {"Black Sea Fleet": "Organization"}),
    ("in the West Bank", {(2, 4): "Organization"}, {"West Bank": "Region"}),
    ("North Korean pilots", {}, {"North Korean": "Country"}),
    ("Iran said", {(0, 1): "City"}, {"Iran": "Country"}),
    ("Sunni leaders", {(0, 1): "Country"}, {}),
    ("the U.S. - led talks", {}, {"U.S.": "Country"}),
    ("Russian - made jets", {}, {"Russian": "Country"}),
    ("the Britain - Norway line", {}, {}),
    (
        "the 1998 Hungarian parliamentary election",
        {(2, 3): "Country"},
        {"1998 Hungarian parliamentary election": "NamedEvent"},
    ),
    ("in 1998 an election was held", {}, {}),
    ("the Hungarian election", {(1, 2): "Country"}, {"Hungarian": "Country"}),
    ("African leaders", {(0, 1): "Region"}, {}),
    ("Reuters said", {(0, 1): "Organization"}, {"Reuters": "Publisher"}),
    ("a Hwasong-18 flew", {(1, 2): "AircraftType"}, {"Hwasong-18": "Weapon"}),
    (
        "an S-400 and an Il-76",
        {(1, 2): "AircraftType", (4, 5): "AircraftType"},
        {"S-400": "Weapon", "Il-76": "AircraftType"},
    ),
    ("flight JS151 left", {(1, 2): "AircraftType"}, {}),
    ("the Kremlin said", {(0, 2): "Person"}, {"Kremlin": "Facility"}),
    ("Putin 's jet", {(0, 2): "Person"}, {"Putin": "Person"}),
    ("met in Moscow", {(2, 3): "Region"}, {"Moscow": "City"}),
]


@pytest.mark.parametrize(("text", "said", "wanted"), CASES)
def test_corrections(text: str, said: dict[tuple[int, int], str], wanted: dict[str, str]) -> None:
    doc = Doc(Vocab(), words=text.split())
    set_mentions(doc, [Span(doc, start, end, label=label) for (start, end), label in said.items()])
    assert {e.text: e.label_ for e in doc.ents} == wanted
