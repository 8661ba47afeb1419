"""Make the constructed tracks of the samples: great circles, climb, cruise and descent of a business jet; fixed seed.

python -m kg.samples.make_tracks
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from math import acos, atan2, cos, degrees, radians, sin
from pathlib import Path

ICAO24, REGISTRATION, TYPE = "5003fa", "T7-KGX", "GLF6"
GENEVA, LARNACA, ATHENS, BENGHAZI = (46.2381, 6.1089), (34.8751, 33.6249), (37.9364, 23.9445), (32.0968, 20.2695)
ELEVATION = {GENEVA: 1411.0, LARNACA: 8.0, ATHENS: 308.0, BENGHAZI: 433.0}
CRUISE_FT, CLIMB_FT_MIN, CRUISE_KT = 41000.0, 2200.0, 465.0
GLIDE_FT_NM = 318.0  # a path of three degrees down to the runway
_EARTH_NM = 3440.065

Position = tuple[datetime, float, float, float | None, float, float]  # time, lat, lon, ft (None: ground), kt, track


def fly(
    start: tuple[float, float], end: tuple[float, float], takeoff: datetime, seed: int, step_s: int = 20
) -> Iterator[Position]:
    """Taxi, climb, cruise along the great circle, three degrees down, taxi; a little noise in speed."""
    noise = random.Random(seed)
    total = _distance_nm(start, end)
    for minute in range(5, 0, -1):
        yield takeoff - timedelta(minutes=minute), round(start[0] - 0.0008 * minute, 6), start[1], None, 3.0, 0.0
    flown, altitude, time = 0.0, ELEVATION[start], takeoff
    while flown < total - 0.4:
        field = ELEVATION[start] if flown < total / 2 else ELEVATION[end]
        speed = 150 + (CRUISE_KT - 150) * min(1.0, (altitude - field) / 30000) + noise.gauss(0, 2)
        flown = min(total, flown + speed * step_s / 3600)
        time += timedelta(seconds=step_s)
        glide = ELEVATION[end] + GLIDE_FT_NM * (total - flown)
        altitude = min(altitude + CLIMB_FT_MIN * step_s / 60, CRUISE_FT, glide)
        lat, lon = _along(start, end, flown / total)
        yield time, lat, lon, round(altitude / 25) * 25.0, round(speed, 1), _bearing((lat, lon), end)
    for minute in range(1, 6):
        yield time + timedelta(minutes=minute), round(end[0] + 0.0008 * minute, 6), end[1], None, 3.0, 0.0


def _distance_nm(a: tuple[float, float], b: tuple[float, float]) -> float:
    (p, q), (r, s) = ((radians(x) for x in point) for point in (a, b))
    return _EARTH_NM * acos(sin(p) * sin(r) + cos(p) * cos(r) * cos(q - s))


def _bearing(a: tuple[float, float], b: tuple[float, float]) -> float:
    (p, q), (r, s) = ((radians(x) for x in point) for point in (a, b))
    return round(degrees(atan2(sin(s - q) * cos(r), cos(p) * sin(r) - sin(p) * cos(r) * cos(s - q))) % 360, 1)


def _along(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
    (p, q), (r, s) = ((radians(x) for x in point) for point in (a, b))
    angle = _distance_nm(a, b) / _EARTH_NM
    m, n = sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle)
    x, y, z = (
        m * cos(p) * cos(q) + n * cos(r) * cos(s),
        m * cos(p) * sin(q) + n * cos(r) * sin(s),
        m * sin(p) + n * sin(r),
    )
    return round(degrees(atan2(z, (x * x + y * y) ** 0.5)), 6), round(degrees(atan2(y, x)), 6)


def trace(positions: list[Position]) -> str:
    """The readsb layout."""
    start = positions[0][0].timestamp()
    rows = [
        [
            round(t.timestamp() - start, 2),
            lat,
            lon,
            "ground" if alt is None else int(alt),
            kt,
            track,
            0,
            None,
            {"flight": "T7KGX   "} if i % 40 == 0 else None,
            "adsb_icao",
        ]
        for i, (t, lat, lon, alt, kt, track) in enumerate(positions)
    ]
    head = {"icao": ICAO24, "r": REGISTRATION, "t": TYPE, "desc": "CONSTRUCTED SAMPLE", "timestamp": start}
    return json.dumps({**head, "trace": rows}, separators=(",", ":")).replace("],[", "],\n[") + "\n"


def table(positions: list[Position]) -> str:
    """The Flightradar24 layout."""
    lines = ["Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction"]
    for time, lat, lon, altitude, speed, track in positions:
        lines.append(
            f'{int(time.timestamp())},{time:%Y-%m-%dT%H:%M:%SZ},T7KGX,"{lat},{lon}",{int(altitude or 0)},{int(speed)},{int(track)}'
        )
    return "\n".join(lines) + "\n"


def tracks() -> dict[str, str]:
    """File name → content of both samples."""
    first = list(fly(GENEVA, LARNACA, datetime(2025, 5, 14, 7, 12, tzinfo=UTC), seed=1))
    second = list(fly(LARNACA, ATHENS, datetime(2025, 5, 15, 7, 27, tzinfo=UTC), seed=2))
    south = fly(ATHENS, BENGHAZI, datetime(2025, 5, 16, 8, 40, tzinfo=UTC), seed=3)
    # Receivers on the Greek coast lose it over the open sea.
    third = [position for position in south if position[1] > 34.6]
    return {
        "constructed_trace_full_5003fa.json": trace(first),
        "constructed_flightradar24.csv": table(second + third),
    }


def main() -> None:
    folder = Path(str(files("kg.samples")))
    for name, content in tracks().items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
