"""Moves in text order → the legs of each aircraft, numbered; later words complete, correct or end earlier legs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from kg.model import Entity, FlightStatus, Period, Span
from pipelines.flights.reporting.moves import SPECIFICITY, Move

# Being at a place: it tells which airport of the city the last leg ended at, and no move.
STAYS = frozenset({"stay", "remain", "park", "sit", "wait", "spend"})
_STATUS: Mapping[str, FlightStatus] = {"planned": "planned", "denied": "denied"}


@dataclass(slots=True)
class Leg:
    """A leg while it is being read."""

    aircraft: str | None
    origin: str | None = None
    destination: str | None = None
    intended: str | None = None
    departure: Period | None = None
    arrival: Period | None = None
    status: FlightStatus = "flown"
    callsign: str | None = None
    aboard: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    evidence: list[Span] = field(default_factory=list)
    landed: bool = False
    told: int = 0  # how many moves told of it
    near: str | None = None

    def add(self, move: Move) -> None:
        self.told += 1
        if move.sentence not in self.evidence:
            self.evidence.append(move.sentence)
        self.callsign = self.callsign or move.callsign
        self.aboard = tuple(dict.fromkeys(self.aboard + move.aboard))
        self.attribution = self.attribution or move.attribution
        self.near = self.near or move.near


@dataclass(slots=True)
class Itinerary:
    """All legs of one aircraft (or of one traveller on an unnamed one), in the order in which they are told."""

    aircraft: str | None
    legs: list[Leg] = field(default_factory=list)

    @property
    def last(self) -> Leg | None:
        return self.legs[-1] if self.legs else None

    def position(self) -> str | None:
        """Where the aircraft stands after the last leg, if it landed."""
        return self.last.destination if self.last is not None and self.last.status == "flown" else None

    def open_leg(self) -> Leg | None:
        """The last leg while it has not ended."""
        return self.last if self.last is not None and not self.last.landed else None

    def start(self, move: Move, origin: str | None) -> Leg:
        leg = Leg(self.aircraft, origin=origin, status=_status_of(move))
        self.legs.append(leg)
        leg.add(move)
        return leg


class Places:
    """Which place lies in which: "Pyongyang" and "Sunan International Airport" are one end of a leg."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self.entities = entities

    def same(self, left: str | None, right: str | None) -> bool:
        """Can both name the same end? An airport and its city can; a city and its country can."""
        if left is None or right is None:
            return False
        if left == right:
            return True
        a, b = self.entities.get(left), self.entities.get(right)
        if a is None or b is None:
            return False
        if {a.type, b.type} == {"Airport", "City"} or {a.type, b.type} == {"Airport"}:
            return a.type != b.type and _distance_km(a, b) < 70
        coarse = "Country" if "Country" in (a.type, b.type) else None
        if coarse and a.type != b.type:
            country = a if a.type == "Country" else b
            other = b if country is a else a
            return other.attributes.get("country") == country.identifiers.get("iso2")
        return False

    def finer(self, left: str | None, right: str | None) -> str | None:
        """The more specific of two names of one place."""
        if left is None or right is None:
            return left or right
        rank = lambda i: SPECIFICITY.get(self.entities[i].type, 9) if i in self.entities else 9  # noqa: E731
        return left if rank(left) <= rank(right) else right

    def zone(self, place: str | None) -> str | None:
        entity = self.entities.get(place or "")
        return entity.attributes.get("timezone") if entity is not None else None


def _distance_km(a: Entity, b: Entity) -> float:
    """Great-circle distance by the haversine formula; unknown places are far apart."""
    from math import asin, cos, radians, sin, sqrt

    if a.coordinates is None or b.coordinates is None:
        return float("inf")
    (la, lo), (lb, lp) = a.coordinates, b.coordinates
    h = sin(radians(lb - la) / 2) ** 2 + cos(radians(la)) * cos(radians(lb)) * sin(radians(lp - lo) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(h))


def build_itineraries(moves: Iterable[Move], places: Places) -> list[Itinerary]:
    """Follow every aircraft through the text."""
    itineraries: dict[str, Itinerary] = {}
    current: Itinerary | None = None
    for move in moves:
        current = _whose(move, itineraries, current, places)
        _HANDLERS[move.kind](current, move, places)
    return list(itineraries.values())


def _whose(move: Move, itineraries: dict[str, Itinerary], current: Itinerary | None, places: Places) -> Itinerary:
    """The aircraft that a move is about: by entity, by callsign, by "the plane" just spoken of, else a new one."""
    if move.aircraft is not None:
        key = move.aircraft
    elif move.aboard and move.carrier is None:
        key = "aboard:" + move.aboard[0]
    elif current is not None and move.definite:
        return current
    elif move.callsign is not None:
        key = "callsign:" + move.callsign
    else:
        key = f"token:{move.carrier if move.carrier is not None else move.token}"
    if key not in itineraries:
        itineraries[key] = Itinerary(move.aircraft)
    return itineraries[key]


# What each kind of move does to an itinerary -------------------------------------------------------------------------


def _flight(it: Itinerary, move: Move, places: Places) -> None:
    leg = _retold(it, move, places)
    if leg is None:
        origin = move.origin or (it.position() if move.destination else None)
        if origin is not None and origin == move.destination:
            origin = None
        if origin is None and move.destination is None:
            if move.when is None or not move.carrier:
                return
        leg = it.start(move, places.finer(origin, it.position()) if places.same(origin, it.position()) else origin)
        leg.destination = move.destination
        leg.landed = move.destination is not None
        leg.departure = _departed(it, move)
        for stop in move.via:
            _split(it, leg, stop)
    else:
        leg.add(move)
        leg.origin = leg.origin or move.origin
        leg.destination = leg.destination or move.destination
        leg.departure = leg.departure or move.when


def _departure(it: Itinerary, move: Move, places: Places) -> None:
    leg = _retold(it, move, places)
    if leg is not None and (leg.departure is None or _compatible(leg.departure, move.when)):
        leg.add(move)
        leg.origin = places.finer(leg.origin, move.origin)
        leg.destination = leg.destination or move.destination
        leg.departure = _finer_time(leg.departure, move.when)
        return
    position = it.position()
    origin = move.origin or position
    if places.same(origin, position):
        origin = places.finer(origin, position)
    leg = it.start(move, origin)
    leg.destination = move.destination
    leg.departure = _departed(it, move)


def _arrival(it: Itinerary, move: Move, places: Places) -> None:
    leg = it.open_leg()
    if move.destination is None:
        if leg is not None:
            leg.add(move)
            leg.arrival, leg.landed = move.when, leg.destination is not None
        return
    retold = leg or _retold(it, move, places)
    if retold is not None and (retold.destination is None or places.same(retold.destination, move.destination)):
        retold.add(move)
        retold.origin = retold.origin or move.origin
        retold.destination = places.finer(retold.destination, move.destination)
        retold.arrival = _finer_time(retold.arrival, move.when)
        retold.landed = True
        return
    if leg is not None and not leg.landed and leg.destination is not None:
        leg.intended, leg.destination = leg.destination, move.destination
        leg.add(move)
        leg.arrival, leg.landed = move.when, True
        return
    origin = move.origin or it.position()
    new = it.start(move, None if places.same(origin, move.destination) else origin)
    new.destination, new.arrival, new.landed = move.destination, move.when, True


def _stopover(it: Itinerary, move: Move, places: Places) -> None:
    leg = it.open_leg()
    last = it.last
    if move.lemma in STAYS:
        if last is not None and places.same(last.destination, move.destination):
            last.destination = places.finer(last.destination, move.destination)
            last.landed = True
            last.add(move)
        return
    if move.destination is None:
        # "where it made another stopover": the end of the last leg.
        if last is not None:
            last.add(move)
            last.landed = True
        return
    if leg is None and last is not None and places.same(last.destination, move.destination):
        last.add(move)
        return
    if leg is None and last is not None and move.sentence in last.evidence and last.destination is not None:
        _split(it, last, move.destination)
        return
    if leg is None:
        leg = it.start(move, it.position())
    else:
        leg.add(move)
    onward = leg.destination
    leg.destination, leg.landed = move.destination, True
    leg.arrival = move.when
    if onward is not None and not places.same(onward, move.destination):
        second = it.start(move, move.destination)
        second.destination = onward


def _split(it: Itinerary, leg: Leg, stop: str) -> None:
    """A leg with a stop on the way is two."""
    at = next(i for i, known in enumerate(it.legs) if known is leg)
    second = replace(leg, origin=stop, departure=None, evidence=list(leg.evidence))
    leg.destination, leg.arrival, leg.landed = stop, None, True
    it.legs.insert(at + 1, second)


def _overflight(it: Itinerary, move: Move, places: Places) -> None:
    if it.last is not None and it.last.evidence and it.last.evidence[-1] == move.sentence:
        it.last.add(move)
        return
    if move.carrier is None or move.when is None:
        return
    leg = it.start(move, move.origin)
    leg.destination, leg.departure, leg.landed = move.destination, move.when, True


def _diversion(it: Itinerary, move: Move, places: Places) -> None:
    leg = it.last
    if leg is None:
        if move.destination is None:
            return
        leg = it.start(move, move.origin)
    else:
        leg.add(move)
    if move.destination is not None and not places.same(move.destination, leg.destination):
        leg.intended, leg.destination = leg.destination, move.destination
        leg.arrival = move.when
    elif move.destination is None and leg.origin is not None and move.lemma == "turn":
        leg.intended, leg.destination = leg.destination, leg.origin
    leg.landed = leg.destination is not None


def _signal_loss(it: Itinerary, move: Move, places: Places) -> None:
    leg = it.last
    if leg is None:
        if not (move.origin or move.destination):
            return
        leg = it.start(move, move.origin)
        leg.destination = move.destination
    else:
        leg.add(move)
    leg.status = "signal-lost"


_HANDLERS = {
    "Flight": _flight,
    "Departure": _departure,
    "Arrival": _arrival,
    "Stopover": _stopover,
    "Overflight": _overflight,
    "Diversion": _diversion,
    "SignalLoss": _signal_loss,
}


# -------------------------------------------------------------------------------------------------------------------


def _retold(it: Itinerary, move: Move, places: Places) -> Leg | None:
    """A leg known already that this move can tell of: no end and no time speaks against it."""
    for leg in reversed(it.legs):
        ends = [(leg.origin, move.origin), (leg.destination, move.destination)]
        clash = any(a and b and not places.same(a, b) for a, b in ends)
        shared = any(a and b and places.same(a, b) for a, b in ends)
        open_and_next = (
            leg is it.last and not leg.landed and not (leg.origin and move.origin) and move.kind != "Departure"
        )
        time = leg.arrival if move.kind == "Arrival" else leg.departure
        if leg is not it.last and not (all(a and b for a, b in ends) or _soon_after(leg, move)):
            continue  # "landing in Pyongyang" after two more legs is another landing
        if not clash and (shared or open_and_next) and _compatible(time, move.when) and leg.status == _status_of(move):
            return leg
    return None


def _soon_after(leg: Leg, move: Move) -> bool:
    """Is the move dated, and within a day of the leg's known departure or arrival?"""
    known = leg.departure or leg.arrival
    if known is None or move.when is None or known.earliest is None or move.when.earliest is None:
        return False
    return abs(move.when.earliest - known.earliest) <= timedelta(hours=24)


def _compatible(a: Period | None, b: Period | None) -> bool:
    return a is None or b is None or a.overlaps(b, timedelta(hours=14) if a.zone != b.zone else timedelta(0))


def _finer_time(a: Period | None, b: Period | None) -> Period | None:
    if a is None or b is None:
        return a or b
    width = lambda p: (p.latest - p.earliest) if p.latest and p.earliest else timedelta.max  # noqa: E731
    return a if width(a) <= width(b) else b


def _departed(it: Itinerary, move: Move) -> Period | None:
    """When it left: as told, or the last arrival plus the time it stayed."""
    if move.when is not None or move.waited is None:
        return move.when
    landed = next((leg.arrival for leg in reversed(it.legs[:-1]) if leg.arrival), None)
    return _later(landed, move.waited.value, move.waited.text)


_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")


def _later(start: Period | None, value: str, text: str) -> Period | None:
    match = _DURATION.match(value)
    if start is None or match is None or start.earliest is None or start.latest is None:
        return None
    days, hours, minutes = (int(group or 0) for group in match.groups())
    step = timedelta(days=days, hours=hours, minutes=minutes)
    if not step:
        return None
    # "About four hours" is four hours, a quarter more or less.
    slack = step / 4
    return replace(
        start, earliest=start.earliest + step - slack, latest=start.latest + step + slack, granularity="hour", text=text
    )


def _status_of(move: Move) -> FlightStatus:
    if move.cancelled:
        return "cancelled"
    return _STATUS.get(move.realis, "flown")
