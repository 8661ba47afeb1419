"""readsb / tar1090 `trace_full_*.json`: one aircraft's day (wiedehopf/readsb, README-json.md, section trace)."""

from __future__ import annotations

import json
import re
from typing import Any

from kg.errors import BadInput
from pipelines.flights.readers.columns import Rows, number, word

FORMAT = "readsb trace"
_LONGEST_S = 2 * 86400.0  # a file holds a day
_TRACE = re.compile(r'"trace"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*")


def matches(head: bytes) -> bool:
    start = head.lstrip()[:2000]
    return start[:1] == b"{" and b'"icao"' in start and (b'"trace"' in start or b'"timestamp"' in start)


def read(data: bytes, file: str) -> Rows:
    """Rows of `trace`: [s after timestamp, lat, lon, altitude ft | "ground", kt, track, flags, ft/min, details, source, …]."""
    rows = Rows()
    document = _load(data, file, rows)
    start = number(document.get("timestamp"))
    if start is None or not isinstance(document.get("trace"), list):
        raise BadInput(
            f"{file} is no readsb trace.", "It has no timestamp or no trace.", "Give a whole trace_full_….json file."
        )
    known = {
        "icao24": (word(document.get("icao")) or "").lower().lstrip("~") or None,
        "registration": word(document.get("r")),
        "type": word(document.get("t")),
        "operator": word(document.get("ownOp")),
    }
    callsign = None
    latest = float("-inf")
    for index, point in enumerate(document["trace"], 1):
        if not isinstance(point, list) or len(point) < 4:
            rows.problems.append((index, "no trace point"))
            continue
        details = point[8] if len(point) > 8 and isinstance(point[8], dict) else {}
        callsign = word(details.get("flight")) or callsign
        offset = number(point[0])
        if offset is not None and offset > _LONGEST_S:  # else one wild clock would make all that follows run backwards
            rows.problems.append((index, "its time is days after the beginning of the file"))
            continue
        if offset is not None and offset < latest - 60:
            rows.problems.append((index, "its time runs backwards"))
            continue
        latest = max(latest, offset if offset is not None else latest)
        ground = point[3] == "ground"
        rows.add(
            index, start + offset if offset is not None else None, point[1], point[2], altitude=None if ground else number(point[3]), on_ground=ground,
            ground_speed=_at(point, 4), track=_at(point, 5), vertical_rate=_at(point, 7), callsign=callsign, squawk=word(details.get("squawk")),
            position_source=word(point[9]) if len(point) > 9 else None, **known,
        )  # fmt: skip
    return rows


def _at(point: list[Any], index: int) -> float | None:
    return number(point[index]) if len(point) > index else None


def _load(data: bytes, file: str, rows: Rows) -> dict[str, Any]:
    text = data.decode("utf-8", errors="replace")
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise BadInput(
            f"{file} is no readsb trace.", "It is nested too deeply.", "Give a whole trace_full_….json file."
        ) from error
    except ValueError as error:
        document = _truncated(text)
        if document is None:
            raise BadInput(f"{file} is broken JSON.", str(error), "Fetch the file again.") from error
        rows.problems.append(
            (len(document["trace"]) + 1, "the file is truncated or broken here; nothing after it is read")
        )
    if not isinstance(document, dict):
        raise BadInput(f"{file} is no readsb trace.", "It is no JSON object.", "Give a whole trace_full_….json file.")
    return document


def _truncated(text: str) -> dict[str, Any] | None:
    """What stands before the break: the head, and the whole points of a trace that ends in the middle."""
    opening = _TRACE.search(text)
    if opening is None:
        return None
    try:
        head = json.loads(text[: opening.end()] + "]}")
    except (ValueError, RecursionError):
        return None
    decoder, at, points = json.JSONDecoder(), opening.end(), []
    try:
        while text[at : at + 1]:
            point, at = decoder.raw_decode(text, _SPACE.match(text, at).end())  # type: ignore[union-attr]
            points.append(point)
            at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        pass
    return {**head, "trace": points} if points and isinstance(head, dict) else None
