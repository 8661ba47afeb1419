"""Positions → legs: take-off, landing, airports or none, gaps and why."""

from __future__ import annotations

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
_LOW_FT = 4000.0  # above the field: lower than this near an airport, an aircraft is coming from it or going to it
_NEAR_KM = 12.0


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
    for part in observations.frame.partition_by("icao24", maintain_order=True):
        points = _points(part)
        known = {k: _most(part, k) for k in ("icao24", "registration", "type")}
        legs += (_leg(points, leg, known, observations) for leg in _split(points))
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
        elif silence > _NEW_LEG and not _plainly_flying(before, point):
            yield start, at - 1
            start = at
    if start is not None and len(points) - start >= 2:
        yield start, len(points) - 1


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
    origin, destination = _airport(air[0], before, air[:40]), _airport(air[-1], after, air[-40:])
    callsigns = [p.callsign for p in air if p.callsign]
    callsign = max(sorted(set(callsigns)), key=callsigns.count) if callsigns else None
    rows = [p.row for p in air]
    return ObservedFlight(
        id=make_id("ofl", known["icao24"] or callsign or "", [(p.time, round(p.latitude, 5), round(p.longitude, 5)) for p in (air[0], air[len(air) // 2], air[-1])], len(air)),
        icao24=known["icao24"], callsign=callsign, registration=known["registration"], aircraft_type=known["type"],
        takeoff=_moment(before, air[0], origin), landing=_moment(air[-1], after, destination, end=True), origin=origin, destination=destination,
        first_seen=_track_point(air[0]), last_seen=_track_point(air[-1]), gaps=tuple(_gaps(air)), path=tuple(_track_point(p) for p in _thinned(air)),
        points=len(air), file=observations.file, sha256=observations.sha256, first_row=min(rows), last_row=max(rows),
    )  # fmt: skip


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
            low = min(a.altitude or 0, b.altitude or 0) < 5000
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
    if above is None or above > _LOW_FT or (not at.ground and km > _NEAR_KM):
        return None
    if at.ground and km > 6.0:
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
