"""Findings as JSON: the keys of the contract, offsets that point at the words, times in UTC."""

from __future__ import annotations

import json
import re

from kg.findings import to_json

KEYS = {
    "article": {"id", "url", "title", "publisher", "byline", "language", "text", "published"},
    "entities": {"id", "type", "name", "identifiers", "coordinates", "mentions"},
    "times": {"start", "end", "text", "timex", "period"},
    "events": {"id", "type", "plover", "trigger", "roles", "period", "place", "realis", "attribution", "evidence", "confidence"},
    "flights": {"id", "aircraft", "aircraft_type", "registration", "icao24", "callsign", "operator", "origin", "destination",
                "departure", "arrival", "status", "journey", "attribution", "evidence", "confidence"},
}  # fmt: skip


def test_every_key_of_the_contract_is_there(story):
    document = to_json(story.findings[0])
    assert document["schema"] == "kg.findings/1"
    assert document["article"].keys() >= KEYS["article"]
    for part in ("entities", "times", "events", "flights"):
        assert document[part]
        for item in document[part]:
            assert item.keys() >= KEYS[part]


def test_it_is_json_and_the_same_each_time(story):
    for findings in story.findings:
        text = json.dumps(to_json(findings))
        assert json.loads(text) == to_json(findings)
        assert json.dumps(to_json(findings)) == text


def spans(value):
    """Everything with start, end and text, wherever it stands."""
    if isinstance(value, dict):
        if {"start", "end", "text"} <= value.keys():
            yield value
        for inner in value.values():
            yield from spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans(inner)


def test_offsets_point_at_the_words(story):
    for findings in story.findings:
        document = to_json(findings)
        found = [s for part in ("entities", "times", "events", "flights") for s in spans(document[part])]
        assert found
        for span in found:
            assert document["article"]["text"][span["start"] : span["end"]] == span["text"]


def test_ids_that_are_named_are_there(story):
    document = to_json(story.findings[0])
    entities = {e["id"] for e in document["entities"]}
    for event in document["events"]:
        assert {r["entity"] for r in event["roles"]} | set(event["attribution"]) <= entities
    for flight in document["flights"]:
        assert {flight[k] for k in ("aircraft", "aircraft_type", "operator", "origin", "destination")} <= entities


def test_times_are_iso_8601_in_utc(story):
    document = to_json(story.findings[0])
    assert document["article"]["published"] | {"reason": ""} == {
        "earliest": "2024-05-12T00:00:00Z", "latest": "2024-05-12T23:59:59Z", "basis": "stated", "reason": "",
    }  # fmt: skip
    for event in document["events"]:
        for key in ("earliest", "latest"):
            assert event["period"] is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["period"][key])


def test_an_unknown_date_stays_unknown(story):
    published = to_json(story.findings[1])["article"]["published"]
    assert (published["earliest"], published["latest"], published["basis"]) == (None, None, "unknown")


def test_legs_are_numbered_within_their_journey(story):
    assert [f["journey"] for f in to_json(story.findings[0])["flights"]] == [
        {"id": "jny-1", "leg": 1},
        {"id": "jny-1", "leg": 2},
    ]
