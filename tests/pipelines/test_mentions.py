"""Names as cases, through the whole chain up to entities; and who "the plane", "Seoul" or "Kim" is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from kg.model import Published
from pipelines.build import extract
from pipelines.fetch import make_article

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "mentions.yaml").read_text(encoding="utf-8"))
DAY = Published(datetime(2024, 9, 24, tzinfo=UTC), datetime(2024, 9, 24, 23, 59, 59, tzinfo=UTC), "stated")


def read(text):
    return extract(make_article("", text, DAY)).entities


def names(entities, kind="name"):
    return {m.text: e.type for e in entities for m in e.mentions if m.kind == kind}


def called(entities, name):
    return next(e for e in entities if e.name == name)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_names(case):
    found = names(read(case["text"]))
    assert {text: found.get(text) for text in case.get("names", {})} == case.get("names", {})
    assert not found.items() & case.get("not", {}).items()


def test_titles_articles_and_possessives_stay_outside():
    found = names(read("The President of France, Emmanuel Macron, visited the United Kingdom's capital."))
    assert {"Emmanuel Macron", "France", "United Kingdom"} <= set(found)


def test_names_never_stand_inside_names():
    entities = read(
        "Russian Air Force jets left Ramstein Air Base for Khabarovsk region, the Korean Central News Agency said."
    )
    spans = sorted((m.start, m.end) for e in entities for m in e.mentions if m.kind == "name")
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_short_form_is_the_person_named_in_full():
    entities = read(
        "North Korean leader Kim Jong-un received a delegation from Russia. Kim praised the guests, and he thanked them."
    )
    kim = called(entities, "Kim Jong Un")
    assert kim.identifiers["wikidata"] == "Q56226"
    assert [m.text for m in kim.mentions][:2] == ["Kim Jong-un", "Kim"]
    assert any(o.title == "Supreme Leader" for o in kim.offices)


def test_a_name_alone_is_no_identity():
    entities = read("Jordan Brown, a baker, opened a second shop.")
    assert all("wikidata" not in e.identifiers for e in entities if e.type == "Person")


def test_an_office_is_held_at_the_date_of_the_article():
    entities = read("President Joe Biden spoke in Washington about the United States budget.")
    (office,) = called(entities, "Joe Biden").offices
    assert office.title == "President"
    assert office.since <= "2024-09-24" <= office.until


def test_a_seat_of_government_that_acts_is_the_state_and_a_place_is_a_city():
    entities = read("Seoul said it would not supply arms. The plane landed in Seoul on Monday.")
    korea = next(e for e in entities if e.identifiers.get("iso2") == "KR")
    city = next(e for e in entities if e.type == "City")
    assert [m.start for m in korea.mentions] == [0]
    assert city.attributes["country"] == "KR"
    assert city.attributes["timezone"] == "Asia/Seoul"


def test_the_plane_is_the_aircraft_spoken_of():
    entities = read("A Tupolev Tu-154 left Sofia at noon. The plane landed in Varna. A helicopter then left Varna.")
    aircraft = [e for e in entities if e.type == "Aircraft"]
    assert len(aircraft) == 2
    assert [m.text for m in aircraft[0].mentions][-1] == "The plane"


def test_the_country_beside_a_city_says_which_city():
    entities = read("The train from Moscow, Russia, was late, and the bus to Paris, France, too.")
    assert {e.attributes.get("country") for e in entities if e.type == "City"} == {"RU", "FR"}


def test_an_airport_is_known_by_its_usual_name():
    entities = read("It stayed at Sunan International Airport in Pyongyang for an hour.")
    airport = next(e for e in entities if e.type == "Airport")
    assert airport.identifiers["icao"] == "ZKPY"
    assert airport.coordinates is not None


def test_a_description_inside_another_is_read():
    """Two descriptions may begin at different words of one phrase; nothing lies between them."""
    assert "C-130" in names(read("Two people died in the crash of a C-130 military cargo plane in Peru."))


def test_the_country_of_the_text_makes_a_namesake_the_county():
    entities = read(
        "Farmers in Surrey lost their cattle, the government of the United Kingdom said. Britain paid them."
    )
    surrey = next(e for e in entities if any(m.text == "Surrey" for m in e.mentions))
    assert (surrey.type, surrey.attributes.get("country")) == ("Region", "GB")


def test_an_airport_is_found_under_the_name_that_pilots_use():
    airport = next(e for e in read("The jet landed at Haneda on Monday.") if e.type == "Airport")
    assert airport.identifiers["icao"] == "RJTT"


def test_a_bare_serial_is_no_registration():
    """Two air forces can have the same number."""
    aircraft = [e for e in read("The transport, tail number 2118, took off from Manila.") if e.type == "Aircraft"]
    assert aircraft
    assert all("registration" not in e.identifiers for e in aircraft)
