"""OpenSky state vectors as JSON: a list of records, or columns of {index: value}, as pandas writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kg.errors import BadInput
from pipelines.flights.readers.columns import Rows, number, word

FORMAT = "state vector JSON"
_NEEDED = (b'"timestamp"', b'"latitude"', b'"longitude"', b'"icao24"')
_IN_COLUMNS = re.compile(rb'\{\s*"(timestamp|latitude|longitude|icao24|altitude|callsign)"\s*:\s*\{\s*"\d+"\s*:')


def matches(head: bytes) -> bool:
    start = head.lstrip()
    # In columns the later names stand far beyond the head.
    records = start[:1] == b"[" and all(name in start for name in _NEEDED)
    return records or _IN_COLUMNS.match(start) is not None


def read(data: bytes, file: str) -> Rows:
    """Rows by place in the list, from 1. Times are Unix seconds or milliseconds; altitudes feet, speeds knots."""
    rows = Rows()
    try:
        document = json.loads(data.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is broken JSON.", str(error), "Fetch the file again.") from error
    for index, record in _records(document, file):
        if not isinstance(record, dict):
            rows.problems.append((index, "no record"))
            continue
        time = number(record.get("timestamp"))
        if time is not None and time > 1e11:
            time /= 1000
        ground = record.get("onground") is True
        rows.add(
            index, time, record.get("latitude"), record.get("longitude"), altitude=None if ground else number(record.get("altitude")), on_ground=ground,
            ground_speed=number(record.get("groundspeed")), track=number(record.get("track")), vertical_rate=number(record.get("vertical_rate")),
            icao24=(word(record.get("icao24")) or "").lower() or None, callsign=word(record.get("callsign")), squawk=_squawk(record.get("squawk")),
        )  # fmt: skip
    return rows


def _records(document: Any, file: str) -> Iterator[tuple[int, Any]]:
    if isinstance(document, list):
        yield from enumerate(document, 1)
        return
    columns: Mapping[str, Any] = document if isinstance(document, dict) else {}
    if not {"timestamp", "latitude", "longitude"} <= columns.keys() or not all(
        isinstance(c, dict) for c in columns.values()
    ):
        raise BadInput(
            f"{file} holds no state vectors.",
            "It names no time or no position.",
            "Export the track with its positions.",
        )
    for index, key in enumerate(columns["timestamp"], 1):
        yield index, {name: column.get(key) for name, column in columns.items()}


def _squawk(value: Any) -> str | None:
    code = number(value)
    return f"{int(code):04d}" if code is not None and 0 <= code <= 7777 else None
