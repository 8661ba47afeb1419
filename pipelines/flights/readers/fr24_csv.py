"""Flightradar24 CSV: the download of a flight (Timestamp, UTC, Callsign, Position …), seven columns."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.flights.readers.columns import Rows, csv_records, number

FORMAT = "Flightradar24 CSV"
_HEADER = "Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction"


def matches(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf").replace(b'"', b"").replace(b" ", b"").startswith(_HEADER.encode())


def read(data: bytes, file: str) -> Rows:  # noqa: ARG001  (all readers share one shape)
    """Rows by line of the file. Altitude 0 is the ground: this layout writes it so and has no flag for it.

    The file names no address and no registration. A line more than a minute older than one above it is left out.
    """
    rows = Rows()
    latest = float("-inf")
    for line, record in csv_records(data, rows):
        latitude, _, longitude = (record.get("Position") or "").partition(",")
        time = _time(record)
        if time is not None and time < latest - 60:
            rows.problems.append((line, "its time runs backwards"))
            continue
        latest = max(latest, time if time is not None else latest)
        altitude, speed = number(record.get("Altitude")), number(record.get("Speed"))
        if record.get("Direction") is None:
            rows.problems.append((line, "the line is cut off"))
            continue
        ground = altitude is not None and altitude <= 0
        rows.add(
            line, time, latitude, longitude, altitude=None if ground else altitude, on_ground=ground, ground_speed=speed,
            track=number(record.get("Direction")), callsign=(record.get("Callsign") or "").strip() or None, position_source="unknown",
        )  # fmt: skip
    return rows


def _time(record: dict[str, str]) -> float | None:
    stamp = number(record.get("Timestamp"))
    if stamp is not None:
        return stamp
    try:
        return datetime.strptime(record.get("UTC") or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
