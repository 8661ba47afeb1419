"""Flightradar24 granular ADS-B CSV: network_time, receiver_time, hex, callsign, latitude …, one message a line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pipelines.flights.readers.columns import Rows, csv_records, number

FORMAT = "Flightradar24 granular CSV"
_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)Z?(?:\.(\d{1,6}))?$")


def matches(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf").startswith(b"network_time,receiver_time,hex,callsign")


def read(data: bytes, file: str) -> Rows:  # noqa: ARG001  (all readers share one shape)
    """Rows by line of the file; network times are used, since receivers’ own clocks can be far off; lines
    of several receivers are interleaved, so their order is not kept: they are sorted by time.

    `on_ground` is "G" on the ground, "A" in the air. Lines without a position (no P) are passed over.
    """
    rows = Rows()
    for line, record in csv_records(data, rows):
        if record.get("on_ground") is None:
            rows.problems.append((line, "the line is cut off"))
            continue
        if number(record.get("latitude")) in (None, 0.0) and number(record.get("longitude")) in (None, 0.0):
            continue  # a message without a position is written as 0, 0
        ground = (record.get("on_ground") or "").strip().upper() == "G"
        rows.add(
            line, _time(record.get("network_time") or "") or _time(record.get("receiver_time") or ""), record["latitude"], record["longitude"],
            altitude=None if ground else number(record.get("altitude")), on_ground=ground, ground_speed=number(record.get("speed")), track=number(record.get("track")),
            vertical_rate=number(record.get("vspeed")), icao24=(record.get("hex") or "").lower().removeprefix("0x") or None,
            callsign=(record.get("callsign") or "").strip() or None, squawk=record.get("squawk") or None, position_source=(record.get("position_class") or "").strip() or None,
        )  # fmt: skip
    return rows


def _time(text: str) -> float | None:
    """ "2024-01-02 07:41:03Z.515" """
    match = _STAMP.match(text.strip())
    if match is None:
        return None
    try:
        moment = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp() + float(f"0.{match[2] or 0}")
