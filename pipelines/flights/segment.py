"""Positions → legs: take-off, landing, airports or none, gaps and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import cos, hypot, radians
from typing import TYPE_CHECKING, Any

from kg.ids import make_id
from kg.model import AirportMatch, Gap, ObservedFlight, Period, TrackPoint

if TYPE_CHECKING:
    import polars as pl

    from pipelines.flights.readers.columns import Observations

_GAP = timedelta(minutes=5)
# Longer silence than this, and what comes after is another leg unless the aircraft was plainly still flying.
_NEW_LEG = timedelta(minutes=45)
_ON_GROUND_AT_LEAST = timedelta(minutes=2)
_KM_PER_DEGREE = 111.195
_PATH_POINTS = 200
_TURN_ROUND = timedelta(minutes=10)
# Lower and nearer than this, an aircraft without ground contact in sight is coming from a field or going to it. Fields
# without an IATA code are mostly private strips, which traffic for other fields passes at a few kilometres.
_LOW_FT, _NEAR_KM = 3000.0, 12.0
_STRIP_LOW_FT, _STRIP_NEAR_KM = 1500.0, 3.0


@dataclass(frozen=True, slots=True)
class _Point:
    time: datetime
    latitude: float
    longitude: float
    altitude: float | None
    ground: bool
    speed: float | None
    callsign: str | None
    row: int


def find_legs(observations: Observations) -> tuple[ObservedFlight, ...]:
    """Every leg in a file, by aircraft and time. A file that holds no leg (an aircraft that only stood) gives none."""
    legs: list[ObservedFlight] = []
    import polars as pl

    # Where a format names no address, the callsign tells aircraft apart.
    aircraft = pl.coalesce("icao24", "callsign").alias("aircraft")
    for part in observations.frame.with_columns(aircraft).partition_by("aircraft", maintain_order=True):
        points = _points(part)
        known = {k: _most(part, k) for k in ("icao24", "registration", "type", "operator")}
        legs += (_leg(points, leg, known, observations) for leg in _split(points) if _flew(points, *leg))
    return tuple(
        sorted(legs, key=lambda f: (f.first_seen.time if f.first_seen else datetime.min.replace(tzinfo=UTC), f.id))
    )


def _points(part: pl.DataFrame) -> list[_Point]:
    columns = ("time", "latitude", "longitude", "altitude", "on_ground", "ground_speed", "callsign", "row")
    made = (_Point(t, la, lo, alt, bool(g), s, c, r) for t, la, lo, alt, g, s, c, r in part.select(columns).iter_rows())
    return _without_jumps(list(made))


def _most(part: pl.DataFrame, column: str) -> str | None:
    counts = part[column].drop_nulls().value_counts(sort=True)
    return str(counts[column][0]) if counts.height else None


def _without_jumps(points: list[_Point]) -> list[_Point]:
    """Positions that nothing can have flown to and back from are faults of the receiver: left out, never averaged in."""
    kept: list[_Point] = []
    for at, point in enumerate(points):
        if (
            kept
            and at + 1 < len(points)
            and _speed_kt(kept[-1], point) > 1200
            and _speed_kt(kept[-1], points[at + 1]) < 900
        ):
            continue
        kept.append(point)
    return kept


def _speed_kt(a: _Point, b: _Point) -> float:
    hours = max((b.time - a.time).total_seconds(), 1.0) / 3600
    return distance_km((a.latitude, a.longitude), (b.latitude, b.longitude)) / 1.852 / hours


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance (haversine), degrees in."""
    from math import asin, sin, sqrt

    h = (
        sin(radians(b[0] - a[0]) / 2) ** 2
        + cos(radians(a[0])) * cos(radians(b[0])) * sin(radians(b[1] - a[1]) / 2) ** 2
    )
    return 12742.0 * asin(sqrt(min(1.0, h)))


# Legs ----------------------------------------------------------------------------------------------------------------


def _split(points: Sequence[_Point]) -> Iterator[tuple[int, int]]:
    """First and last airborne point of each leg: legs end on the ground or in a long silence low above a field."""
    start: int | None = None
    for at, point in enumerate(points):
        if start is None:
            if not point.ground:
                start = at
            continue
        before = points[at - 1]
        silence = point.time - before.time
        if point.ground:
            if _stays_down(points, at):
                yield start, at - 1
                start = None
        elif (silence > _NEW_LEG and not _plainly_flying(before, point)) or _turned_round(before, point):
            yield start, at - 1
            start = at
    if start is not None:
        yield start, len(points) - 1


def _flew(points: Sequence[_Point], first: int, last: int) -> bool:
    """A flight, not a flickering ground flag: it lasts, it is faster than a taxi, and it leaves its place or climbs."""
    air = points[first : last + 1]
    if len(air) < 4 or air[-1].time - air[0].time < timedelta(minutes=1):
        # Short, but the beginning or the end of what was received: an approach or a climb that is plainly one.
        open_end = first == 0 or last == len(points) - 1 or not points[first - 1].ground or not points[last + 1].ground
        return len(air) >= 4 and open_end and _height_range(air) > 300
    speeds = [p.speed for p in air if p.speed is not None]
    if speeds and max(speeds) < 50:
        return False
    start = (air[0].latitude, air[0].longitude)
    away = max(distance_km(start, (p.latitude, p.longitude)) for p in air[:: max(1, len(air) // 200)])
    return away > 5 or _height_range(air) > 500


def _height_range(air: Sequence[_Point]) -> float:
    heights = [p.altitude for p in air if p.altitude is not None]
    return max(heights) - min(heights) if heights else 0.0


def _turned_round(a: _Point, b: _Point) -> bool:
    """Across a silence: it sank low over a place and came up low over it again, so it will have landed between."""
    if b.time - a.time < _TURN_ROUND or a.altitude is None or b.altitude is None:
        return False
    if distance_km((a.latitude, a.longitude), (b.latitude, b.longitude)) > 2 * _NEAR_KM:
        return False
    fields = [f for _, f in _fields_near(a.latitude, a.longitude, _NEAR_KM) if f["iata"]]
    low = lambda p: any(p.altitude - f["elevation"] < _LOW_FT for f in fields)  # noqa: E731
    return low(a) and low(b)


def _stays_down(points: Sequence[_Point], at: int) -> bool:
    """A single "ground" flag in flight is a fault; two in a row or a longer stop are a landing."""
    following = points[at : at + 3]
    return (
        len(following) == 1
        or sum(p.ground for p in following) >= min(2, len(following))
        or (following[-1].time - points[at].time) > _ON_GROUND_AT_LEAST
    )


def _plainly_flying(a: _Point, b: _Point) -> bool:
    """Across a silence: high at both ends, and the distance fits an airliner's speed all the way."""
    high = (a.altitude or 0) > 10000 and (b.altitude or 0) > 10000
    return high and 200 < _speed_kt(a, b) < 650


def _leg(
    points: Sequence[_Point], leg: tuple[int, int], known: dict[str, str | None], observations: Observations
) -> ObservedFlight:
    first, last = leg
    air = points[first : last + 1]
    before = points[first - 1] if first and points[first].time - points[first - 1].time < _NEW_LEG else None
    after = (
        points[last + 1] if last + 1 < len(points) and points[last + 1].time - points[last].time < _NEW_LEG else None
    )
    origin, destination = _airport(air[0], before, _minutes(air, 0)), _airport(air[-1], after, _minutes(air, -1))
    callsigns = [p.callsign for p in air if p.callsign]
    callsign = max(sorted(set(callsigns)), key=callsigns.count) if callsigns else None
    rows = [p.row for p in air]
    return ObservedFlight(
        id=make_id("ofl", known["icao24"] or callsign or "", _content(air)),
        icao24=known["icao24"], callsign=callsign, registration=known["registration"], aircraft_type=known["type"], operator=known["operator"],
        takeoff=_moment(before, air[0], origin), landing=_moment(air[-1], after, destination, end=True), origin=origin, destination=destination,
        first_seen=_track_point(air[0]), last_seen=_track_point(air[-1]), gaps=tuple(_gaps(air)), path=tuple(_track_point(p) for p in _thinned(air)),
        points=len(air), file=observations.file, sha256=observations.sha256, first_row=min(rows), last_row=max(rows),
    )  # fmt: skip


def _minutes(air: Sequence[_Point], edge: int) -> Sequence[_Point]:
    """The points within three minutes of the first (0) or the last (-1): what tells a climb from an approach."""
    return [p for p in (air[:400] if edge == 0 else air[-400:]) if abs(p.time - air[edge].time) <= timedelta(minutes=3)]


def _content(air: Sequence[_Point]) -> str:
    """SHA-256 over time and place of every point: the same leg in two files, or in two orders, is one."""
    lines = (f"{p.time.timestamp():.2f},{p.latitude:.5f},{p.longitude:.5f}" for p in air)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _moment(a: _Point | None, b: _Point | None, airport: AirportMatch | None, end: bool = False) -> Period | None:
    """Between the last point before and the first after; where only one side was seen near a field, open on the other."""
    if a is not None and b is not None:
        return Period(a.time, b.time, "minute", "between ground and air", "UTC")
    seen = a or b
    if seen is None or airport is None:
        return None
    # Low near the field and no ground contact: within a quarter of an hour.
    reach = timedelta(minutes=15)
    bounds = (seen.time, seen.time + reach) if end else (seen.time - reach, seen.time)
    return Period(*bounds, "minute", "low near the field", "UTC")


def _track_point(point: _Point) -> TrackPoint:
    return TrackPoint(point.time, point.latitude, point.longitude, point.altitude, point.ground)


def _thinned(points: Sequence[_Point]) -> Sequence[_Point]:
    step = max(1, -(-len(points) // _PATH_POINTS))
    kept = list(points[::step])
    return kept if kept[-1] is points[-1] else [*kept, points[-1]]


def _gaps(points: Sequence[_Point]) -> Iterator[Gap]:
    for a, b in pairwise(points):
        if b.time - a.time > _GAP:
            minutes = round((b.time - a.time).total_seconds() / 60)
            low = any(p.altitude is not None and p.altitude < 5000 for p in (a, b))
            if low:
                yield Gap(
                    a.time,
                    b.time,
                    "out-of-coverage",
                    f"{minutes} minutes without reception, low: receivers see little below 5,000 ft.",
                )
            else:
                yield Gap(
                    a.time, b.time, "unknown", f"{minutes} minutes without reception at {a.altitude or 0:.0f} ft."
                )


# Airports ------------------------------------------------------------------------------------------------------------


def _airport(edge: _Point, ground: _Point | None, near: Sequence[_Point]) -> AirportMatch | None:
    """The field that a leg began or ended at: on its ground, or low and close to it; none where the track stays high."""
    at = ground if ground is not None and ground.ground else edge
    candidates = sorted(_fields_near(at.latitude, at.longitude), key=lambda c: c[0])
    if not candidates:
        return None
    scored = [(km - (3.0 if field["iata"] else 0.0), km, field) for km, field in candidates]
    _, km, field = min(scored, key=lambda s: (s[0], s[2]["icao"]))
    height = None if at.ground else min((p.altitude for p in near if p.altitude is not None), default=None)
    above = 0.0 if at.ground else (height - field["elevation"] if height is not None else None)
    low_ft, near_km = (_LOW_FT, _NEAR_KM) if field["iata"] else (_STRIP_LOW_FT, _STRIP_NEAR_KM)
    if above is None or above > low_ft or km > (6.0 if at.ground else near_km):
        return None
    if not at.ground and (_sinks_inwards(near, edge) or (km > near_km / 2 and not _leads_out(near, edge, field))):
        return None
    rivals = [
        c for c in scored if c[2] is not field and abs(c[1] - km) < 2.0 and bool(c[2]["iata"]) == bool(field["iata"])
    ]
    confidence = (0.97 if at.ground else 0.9 - 0.3 * max(0.0, above) / _LOW_FT - 0.02 * km) - 0.15 * bool(rivals)
    how = "on the ground" if at.ground else f"{max(0, round(above))} ft above the field"
    return AirportMatch(
        field["icao"],
        field["name"],
        round(max(0.3, confidence), 3),
        round(km, 2),
        f"{how}, {km:.1f} km from its reference point",
    )


def _inner(near: Sequence[_Point], edge: _Point) -> _Point:
    return near[0] if near[-1] is edge else near[-1]


def _sinks_inwards(near: Sequence[_Point], edge: _Point) -> bool:
    """Is the edge the high side: a climb at the end of a track, a descent at its beginning?"""
    inner = _inner(near, edge)
    return inner.altitude is not None and edge.altitude is not None and edge.altitude > inner.altitude + 300


def _leads_out(near: Sequence[_Point], edge: _Point, field: dict[str, Any]) -> bool:
    """Far out, only a path that leads from the field (or to it) speaks for it: is the rest farther off and higher?"""
    inner = _inner(near, edge)
    km = lambda p: distance_km((p.latitude, p.longitude), field["at"])  # noqa: E731
    higher = inner.altitude is None or edge.altitude is None or inner.altitude > edge.altitude + 300
    return km(inner) > km(edge) + 2 and higher


@cache
def _grid() -> dict[tuple[int, int], list[dict[str, Any]]]:
    """Airports by whole degree. Heliports and closed fields have no ICAO code in the table or say so in their name."""
    import airportsdata

    cells: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for icao, a in airportsdata.load().items():
        if "heli" in a["name"].lower() or "closed" in a["name"].lower():
            continue
        field = {
            "icao": icao,
            "iata": a["iata"],
            "name": a["name"],
            "at": (a["lat"], a["lon"]),
            "elevation": a["elevation"],
        }
        cells.setdefault((int(a["lat"] // 1), int(a["lon"] // 1)), []).append(field)
    return cells


def _fields_near(latitude: float, longitude: float, km: float = 20.0) -> Iterator[tuple[float, dict[str, Any]]]:
    row, column = int(latitude // 1), int(longitude // 1)
    for i in (row - 1, row, row + 1):
        for j in (column - 1, column, column + 1):
            for field in _grid().get((i, j), ()):
                dy = (field["at"][0] - latitude) * _KM_PER_DEGREE
                dx = (field["at"][1] - longitude) * _KM_PER_DEGREE * cos(radians(latitude))
                if hypot(dx, dy) <= km:
                    yield hypot(dx, dy), field
