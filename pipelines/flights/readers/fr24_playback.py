"""Flightradar24 playback JSON: one flight with its aircraft and a list of track points."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg.errors import BadInput
from pipelines.flights.readers.columns import Rows, number, word

FORMAT = "Flightradar24 playback JSON"


def matches(head: bytes) -> bool:
    return head.lstrip()[:1] == b"{" and b'"identification"' in head and b'"response"' in head


def read(data: bytes, file: str) -> Rows:
    """Rows by place in `track`, from 1. Altitude 0 is the ground, as in this source's CSV.

    A point more than a minute older than one before it is left out.
    """
    try:
        flight = _down(json.loads(data.decode("utf-8", errors="replace")), "result", "response", "data", "flight")
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is broken JSON.", str(error), "Fetch the file again.") from error
    points = flight.get("track")
    if not isinstance(points, list):
        raise BadInput(f"{file} is no playback of a flight.", "It has no track.", "Fetch the flight's playback again.")
    aircraft = _down(flight, "aircraft", "identification")
    known = {
        "icao24": (word(aircraft.get("modes")) or "").lower() or None,
        "registration": word(aircraft.get("registration")),
        "type": word(_down(flight, "aircraft", "model").get("code")),
        "callsign": word(_down(flight, "identification").get("callsign")),
        "operator": word(_down(flight, "airline").get("name")) or word(_down(flight, "owner").get("name")),
    }
    rows, latest = Rows(), float("-inf")
    for index, point in enumerate(points, 1):
        if not isinstance(point, dict):
            rows.problems.append((index, "no track point"))
            continue
        time, feet = number(point.get("timestamp")), number(_down(point, "altitude").get("feet"))
        if time is not None and time < latest - 60:
            rows.problems.append((index, "its time runs backwards"))
            continue
        latest = max(latest, time if time is not None else latest)
        ground = feet is not None and feet <= 0
        rows.add(
            index, time, point.get("latitude"), point.get("longitude"), altitude=None if ground else feet, on_ground=ground,
            ground_speed=number(_down(point, "speed").get("kts")), track=number(point.get("heading")),
            vertical_rate=number(_down(point, "verticalSpeed").get("fpm")), squawk=word(point.get("squawk")), **known,
        )  # fmt: skip
    return rows


def _down(value: Any, *keys: str) -> Mapping[str, Any]:
    """The object under these keys, one below the other; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
