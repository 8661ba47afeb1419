"""Moves in text order → the legs of each aircraft, numbered; later words complete, correct or end earlier legs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from kg.ids import fold
from kg.model import Entity, FlightStatus, Period, Span, TimeExpression
from pipelines.flights.reporting.moves import Move
from pipelines.flights.reporting.reading import SPECIFICITY

# Being at a place: it tells which airport of the city the last leg ended at, and no move.
STAYS = frozenset({"stay", "remain", "park", "sit", "wait", "spend"})
# "It" reaches back over some sentences, not over the whole article.
_REACH = 80
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
    type: str | None = None
    operator: str | None = None
    aboard: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    evidence: list[Span] = field(default_factory=list)
    landed: bool = False
    told: int = 0  # how many moves told of it
    near: str | None = None
    waited: TimeExpression | None = None  # on the ground after landing
    approached: bool = False  # the destination is where it turned, or was headed

    def add(self, move: Move) -> None:
        self.told += 1
        if move.sentence not in self.evidence:
            self.evidence.append(move.sentence)
        self.callsign = self.callsign or move.callsign
        self.type = self.type or move.type
        self.operator = self.operator or move.operator
        self.aboard = tuple(dict.fromkeys(self.aboard + move.aboard))
        self.attribution = self.attribution or move.attribution
        self.near = self.near or move.near


@dataclass(slots=True)
class Itinerary:
    """All legs of one aircraft (or of one traveller on an unnamed one), in the order in which they are told."""

    aircraft: str | None
    legs: list[Leg] = field(default_factory=list)
    order: int = 0  # when it was last spoken of
    before: Itinerary | None = field(default=None, repr=False, compare=False)  # the one spoken of before this
    crashed: bool = False  # a crash told before the flight it ended
    lost: bool = False  # "lost contact with the plane", told before its flight

    @property
    def last(self) -> Leg | None:
        return self.legs[-1] if self.legs else None

    def position(self) -> str | None:
        """Where the aircraft stands after the last leg, if it landed."""
        last = self.last
        return last.destination if last is not None and last.landed and last.status == "flown" else None

    def open_leg(self) -> Leg | None:
        """The last leg while it has not ended."""
        return self.last if self.last is not None and not self.last.landed else None

    def start(self, move: Move, origin: str | None) -> Leg:
        leg = Leg(self.aircraft, origin=origin, status="signal-lost" if self.lost else _status_of(move))
        self.lost = False
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
        if "City" in (a.type, b.type) and _is_called_after(a, b):
            return True
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

    def finer_of_same(self, known: str | None, told: str | None) -> str | None:
        """What is known, made finer where the other names the same place; filled where nothing is known."""
        if known is None or told is None:
            return known or told
        return self.finer(known, told) if self.same(known, told) else known

    def lies_in(self, site: str | None, area: str | None) -> bool:
        """May the site lie in this region or country, as far as their countries tell?"""
        a, b = self.entities.get(site or ""), self.entities.get(area or "")
        if a is None or b is None or b.type not in ("Region", "Country") or a.type in ("Region", "Country"):
            return False
        country = b.attributes.get("country") or b.identifiers.get("iso2")
        return a.attributes.get("country") == country if country is not None else b.type == "Region"

    def is_wide(self, place: str | None) -> bool:
        """A country or region: an aircraft can fly from within it to elsewhere in it."""
        entity = self.entities.get(place or "")
        return entity is not None and entity.type in ("Country", "Region")

    def zone(self, place: str | None) -> str | None:
        entity = self.entities.get(place or "")
        return entity.attributes.get("timezone") if entity is not None else None


def _is_called_after(a: Entity, b: Entity) -> bool:
    """ "RAF Mildenhall" and "Mildenhall", "Warsaw Chopin Airport" and "Warsaw"."""
    city, site = (a, b) if a.type == "City" else (b, a)
    return site.type in ("Airport", "Facility") and set(fold(city.name).split()) <= set(fold(site.name).split())


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
    spoken = 0
    for order, move in enumerate(moves):
        if current is None and move.aircraft is None and (move.pronoun or move.kind in ("Stay", "Loss")):
            continue
        if move.pronoun and move.aircraft is None and move.token - spoken > _REACH:
            continue
        spoken = move.token
        previous, current = current, _whose(move, itineraries, current, places)
        if current is not previous:
            current.before = previous
        current.order = order
        _HANDLERS[move.kind](current, move, places)
    found = list({id(it): it for it in itineraries.values()}.values())
    for it in found:
        if it.crashed and len(it.legs) == 1 and it.legs[0].arrival is None:
            only = it.legs[0]
            only.intended, only.destination = only.intended or only.destination, None
        it.legs = _without_summaries(it.legs, places)
    return found


def _without_summaries(legs: list[Leg], places: Places) -> list[Leg]:
    """ "He flew to Singapore on Sunday", and then how: the lead tells the same landing with less, and is no leg more."""
    kept: list[Leg] = []
    for at, leg in enumerate(legs):
        fuller = next((o for o in legs[at + 1 :] if _sums_up(leg, o, places)), None)
        if fuller is None:
            kept.append(leg)
        else:
            fuller.aboard = tuple(dict.fromkeys(fuller.aboard + leg.aboard))
            fuller.evidence = leg.evidence + [e for e in fuller.evidence if e not in leg.evidence]
            fuller.attribution = fuller.attribution or leg.attribution
            fuller.destination = places.finer(fuller.destination, leg.destination)
    return kept


def _sums_up(lead: Leg, fuller: Leg, places: Places) -> bool:
    told = lead.origin is None and fuller.origin is not None and lead.status == fuller.status
    first = lead.departure or lead.arrival
    again = fuller.departure or fuller.arrival
    timed = first is not None and again is not None and _near(first, again)
    return told and timed and places.same(lead.destination, fuller.destination)


def _takes_number(move: Move, current: Itinerary, places: Places) -> bool:
    """ "An Air India jet made an emergency landing. Flight AI173 from Delhi …": the number comes after the description."""
    if move.callsign is None or not current.legs or move.sentence in current.legs[-1].evidence:
        return False
    described, numbered = places.entities.get(current.aircraft or ""), places.entities.get(move.aircraft or "")
    if any(leg.callsign not in (None, move.callsign) for leg in current.legs):
        return False
    if described is not None and described.identifiers.get("registration"):
        return False
    operators = {
        e.attributes["operator"] for e in (described, numbered) if e is not None and "operator" in e.attributes
    }
    return len(operators) < 2


def _whose(move: Move, itineraries: dict[str, Itinerary], current: Itinerary | None, places: Places) -> Itinerary:
    """The aircraft that a move is about: by entity, by callsign, by "the plane" just spoken of, else a new one."""
    same_sentence = current is not None and current.last is not None and move.sentence in current.last.evidence
    if move.aircraft is not None:
        key = move.aircraft
    elif move.aboard:
        known = [it for it in itineraries.values() if any(move.aboard[0] in leg.aboard for leg in it.legs)]
        if known:
            return max(known, key=lambda it: it.order)
        key = "aboard:" + move.aboard[0]
    elif current is not None and (move.definite or (move.carrier is None and same_sentence)):
        return current
    elif move.callsign is not None:
        key = "callsign:" + move.callsign
    else:
        key = f"token:{move.carrier if move.carrier is not None else move.token}"
    rider = itineraries.get(f"aboard:{move.aboard[0]}") if move.aboard else None
    if key not in itineraries and rider is not None and rider.aircraft is None:
        # "Putin landed in Tehran and left aboard his Il-96": what he travels on is named late.
        itineraries[key], rider.aircraft = rider, move.aircraft
    if key not in itineraries and current is not None and _takes_number(move, current, places):
        itineraries[key], current.aircraft = current, current.aircraft or move.aircraft
    if key not in itineraries and move.definite and current is not None and current.aircraft is None and current.legs:
        # "An evacuation flight left Kabul. The C-130 landed in …": the definite one is the one just spoken of.
        itineraries[key], current.aircraft = current, move.aircraft
    if key not in itineraries:
        itineraries[key] = Itinerary(move.aircraft)
    return itineraries[key]


# What each kind of move does to an itinerary -------------------------------------------------------------------------


def _flight(it: Itinerary, move: Move, places: Places) -> None:
    if move.nominal and move.back and move.origin is None and move.destination is None:
        _return_flight(it, move)
        return
    goal = move.destination or move.bound
    if move.destination is None and move.origin is None and not move.back and move.bound is None:
        return
    if move.earlier and it.last is not None and _precedes(move, it.last):
        # "The same aircraft had carried the minister there in July."
        before = Leg(it.aircraft, move.origin, goal, departure=move.when, landed=True)
        before.add(move)
        it.legs.insert(0, before)
        return
    leg = _retold(it, move, goal, places)
    if (
        leg is None
        and move.origin is None
        and (open_leg := it.open_leg()) is not None
        and _goes_on(open_leg, move, places)
    ):
        leg = open_leg
    if leg is None:
        leg = it.start(move, _origin(it, move, goal, places))
        leg.departure = _departed(it, move, places)
    else:
        leg.add(move)
        leg.origin = places.finer_of_same(leg.origin, move.origin)
        leg.departure = _finer_time(leg.departure, move.when)
    if move.back and goal is None:
        goal = _came_from(it, leg)
    leg.destination = places.finer_of_same(leg.destination, goal)
    # "was flying to", "a flight to", "bound for": of the landing nothing is said.
    leg.landed = leg.landed or (move.destination is not None and not move.ongoing and not move.nominal)
    for stop in move.via:
        _split(it, leg, stop)


def _goes_on(leg: Leg, move: Move, places: Places) -> bool:
    """ "took off from A … and flew to B": one leg."""
    goal = move.destination or move.bound
    fits = leg.destination is None or places.same(leg.destination, goal)
    return fits and leg.status == _status_of(move) and not places.same(leg.origin, goal)


def _return_flight(it: Itinerary, move: Move) -> None:
    """ "the return flight leaves at 1:05 p.m.": the last leg the other way round."""
    last = it.last or (it.before.last if it.before is not None else None)
    if last is None or last.origin is None or last.destination is None:
        return
    leg = it.start(move, last.destination)
    leg.destination, leg.departure, leg.landed = last.origin, move.when, True


def _came_from(it: Itinerary, leg: Leg) -> str | None:
    before = [known for known in it.legs if known is not leg]
    return before[-1].origin if before else None


def _origin(it: Itinerary, move: Move, goal: str | None, places: Places) -> str | None:
    """Where a new leg begins: as told, made finer by where the aircraft stands; untold, where it stands."""
    position = it.position()
    if move.origin is None:
        return None if places.same(position, goal) and not places.is_wide(goal) else position
    return places.finer(move.origin, position) if places.same(move.origin, position) else move.origin


def _departure(it: Itinerary, move: Move, places: Places) -> None:
    goal = move.destination or move.bound
    last = it.last
    if move.back and goal is None and last is not None and last.landed and move.origin in (None, last.destination):
        goal = last.origin  # "the return flight took off at 5:30 p.m."
    if move.earlier and last is not None and last.landed and _can_begin(last, move, places):
        # "It landed in A. It had taken off from B."
        last.add(move)
        last.origin = places.finer_of_same(last.origin, move.origin)
        last.departure = _finer_time(last.departure, move.when)
        return
    leg = _retold(it, move, goal, places)
    if leg is None and last is not None and not last.landed and last.origin is None and last.destination is None:
        leg = last
    if leg is not None:
        leg.add(move)
        leg.origin = places.finer_of_same(leg.origin, move.origin)
        leg.intended = places.finer(leg.intended, goal) if places.same(leg.intended, goal) else leg.intended
        leg.destination = places.finer_of_same(leg.destination, goal)
        leg.departure = _finer_time(leg.departure, move.when)
        return
    leg = it.start(move, _origin(it, move, goal, places))
    leg.destination = goal
    leg.departure = _departed(it, move, places)
    if move.destination is not None and move.when is None and move.nominal:
        leg.landed = True


def _can_begin(leg: Leg, move: Move, places: Places) -> bool:
    return (leg.origin is None or places.same(leg.origin, move.origin)) and not places.same(
        leg.destination, move.origin
    )


def _arrival(it: Itinerary, move: Move, places: Places) -> None:
    leg = it.open_leg()
    destination = move.destination or (_came_from_here(it, move) if move.lemma == "return" else None)
    if move.earlier and it.last is not None and _precedes(move, it.last):
        # "It had come to the country in March": a leg before those told.
        before = Leg(it.aircraft, move.origin, destination, arrival=move.when, landed=True)
        before.add(move)
        it.legs.insert(len(it.legs) - 1, before)
        return
    if move.realis == "planned" and leg is not None and leg.status == "flown":
        # "intending to land at B": a plan within a flight that did take place.
        leg.add(move)
        if not places.same(move.destination, leg.destination):
            leg.intended = leg.intended or move.destination
        return
    if move.earlier and destination is None and it.last is not None and it.last.origin is None:
        # "It landed in A. It had come from B."
        it.last.add(move)
        it.last.origin = move.origin
        return
    if leg is not None and (move.origin is None or leg.origin is None or places.same(leg.origin, move.origin)):
        _land(it, leg, move, destination, places)
        return
    if destination is None:
        _came_from_elsewhere(it, move)
        return
    retold = _retold(it, move, destination, places)
    last = it.last
    if retold is None and last is not None and last.landed and move.origin is None:
        # Two landings without a take-off between: "landed in the Far East … landed safely at Magadan".
        wide = places.lies_in(destination, last.destination) or places.lies_in(last.destination, destination)
        if wide and _compatible(last.arrival, move.when):
            retold = last
    if retold is not None:
        if places.lies_in(destination, retold.destination):
            retold.destination = destination
        _land(it, retold, move, destination, places)
        return
    new = it.start(move, _origin(it, move, destination, places))
    new.destination, new.landed = destination, True
    new.arrival = move.when
    if move.bound is not None and not places.same(move.bound, destination):
        new.intended = move.bound
    if new.origin is None and move.lemma == "return" and it.legs[:-1]:
        new.origin = it.legs[-2].destination


def _came_from_elsewhere(it: Itinerary, move: Move) -> None:
    """ "an An-12 that had come in from Burgas": a leg whose end the text leaves to what it is about."""
    if move.origin is None or move.aircraft is None or any(leg.origin == move.origin for leg in it.legs):
        return
    leg = it.start(move, move.origin)
    leg.arrival, leg.landed = move.when, True
    for stop in move.via:
        _split(it, leg, stop)


def _precedes(move: Move, leg: Leg) -> bool:
    """Told with a time that lies more than a day before the leg began."""
    when, began = move.when, leg.departure or leg.arrival
    if when is None or began is None or when.latest is None or began.earliest is None:
        return False
    return when.latest + timedelta(days=1) < began.earliest


def _came_from_here(it: Itinerary, move: Move) -> str | None:
    """ "It returned on Sunday": to where its last leg began."""
    last = it.last
    return last.origin if last is not None and move.when is not None else None


def _land(it: Itinerary, leg: Leg, move: Move, destination: str | None, places: Places) -> None:
    leg.add(move)
    leg.origin = places.finer_of_same(leg.origin, move.origin)
    if destination is not None and leg.destination is not None and not places.same(leg.destination, destination):
        leg.intended = leg.intended or leg.destination
        leg.destination = destination
    else:
        leg.destination = places.finer_of_same(leg.destination, destination)
    if places.same(leg.origin, leg.destination) and not places.is_wide(leg.destination):
        # "took off from RAF Mildenhall … before returning to Mildenhall"
        leg.destination = places.finer(leg.origin, leg.destination)
    leg.landed = leg.destination is not None
    when = move.when
    if when is None and move.waited is not None:
        when = _later(leg.departure, move.waited.value, move.waited.text)
    leg.arrival = _finer_time(leg.arrival, when)
    if leg.destination is None and it.last is leg:
        leg.landed = False


def _stopover(it: Itinerary, move: Move, places: Places) -> None:
    last = it.last
    if move.realis == "planned" and (last is None or last.status != "planned"):
        return
    if move.earlier and last is not None and last.landed and last.origin is None:
        # "landed in Hanoi after a stop in Guangzhou"
        last.add(move)
        last.origin = move.destination
        return
    if last is None:
        if move.destination is None:
            return
        leg = it.start(move, None)
        leg.destination, leg.landed, leg.arrival = move.destination, True, move.when
        return
    if move.destination is None or (last.landed and places.same(last.destination, move.destination)):
        # "where it made another stopover": the end of the last leg.
        last.add(move)
        last.landed = last.destination is not None
        return
    if last.landed and last.destination is not None and move.sentence in last.evidence and last.intended is None:
        # "flew from A to C with a stop in B"
        last.add(move)
        _split(it, last, move.destination)
        return
    if last.landed:
        last = it.start(move, it.position())
    else:
        last.add(move)
    onward = last.destination
    last.destination, last.landed, last.arrival = move.destination, True, move.when
    if onward is not None and not places.same(onward, move.destination):
        second = it.start(move, move.destination)
        second.destination = onward


def _split(it: Itinerary, leg: Leg, stop: str) -> None:
    """A leg with a stop on the way is two."""
    at = next(i for i, known in enumerate(it.legs) if known is leg)
    second = replace(leg, origin=stop, departure=None, evidence=list(leg.evidence))
    leg.destination, leg.arrival, leg.landed = stop, None, True
    it.legs.insert(at + 1, second)


def _stay(it: Itinerary, move: Move, places: Places) -> None:
    """ "stayed at Sunan International Airport for about an hour": the last landing was there, and so long ago."""
    last = it.last
    if last is None or last.destination is None:
        return
    if move.destination is not None and not places.same(last.destination, move.destination):
        return
    last.destination = places.finer_of_same(last.destination, move.destination)
    last.landed = True
    last.waited = move.waited or last.waited


def _loss(it: Itinerary, move: Move, places: Places) -> None:  # noqa: ARG001
    """A crash ends the leg short of where it was headed."""
    leg = it.open_leg()
    if leg is None:
        it.crashed = not it.legs
        return
    leg.add(move)
    leg.intended, leg.destination = leg.intended or leg.destination, None
    leg.arrival = move.when
    leg.landed = True


def _overflight(it: Itinerary, move: Move, places: Places) -> None:  # noqa: ARG001
    if it.last is not None and it.last.evidence and it.last.evidence[-1] == move.sentence:
        it.last.add(move)
        return
    if move.carrier is None or move.when is None or move.aircraft is None:
        return
    leg = it.start(move, move.origin)
    leg.destination, leg.departure, leg.landed = move.destination, move.when, True


def _diversion(it: Itinerary, move: Move, places: Places) -> None:
    leg = it.last
    goal = move.destination or move.bound
    if leg is None:
        if goal is None:
            return
        leg = it.start(move, move.origin)
    elif leg.landed and leg.arrival is not None and not places.same(leg.destination, goal):
        leg = it.start(move, it.position())
    else:
        leg.add(move)
    if goal is not None and not places.same(goal, leg.destination):
        leg.intended, leg.destination = leg.intended or leg.destination, goal
        leg.arrival = move.when
    elif goal is not None:
        leg.destination = places.finer(leg.destination, goal)
    elif move.lemma != "turn":
        # "was diverted because of fog": where to, later words may say.
        leg.intended, leg.destination = leg.intended or leg.destination, None
    elif leg.origin is not None and move.lemma == "turn":
        leg.intended, leg.destination = leg.intended or leg.destination, leg.origin
    # "turned towards Minsk" has not landed there; "was diverted to Minsk" has.
    leg.landed = leg.destination is not None and not (move.lemma == "turn" and move.kind == "Diversion")


def _signal_loss(it: Itinerary, move: Move, places: Places) -> None:  # noqa: ARG001
    leg = it.last
    if leg is None:
        if not (move.origin or move.destination or move.bound):
            it.lost = True
            return
        leg = it.start(move, move.origin)
        leg.destination = move.destination or move.bound
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
    "Stay": _stay,
    "Loss": _loss,
}


# -------------------------------------------------------------------------------------------------------------------


def _retold(it: Itinerary, move: Move, goal: str | None, places: Places) -> Leg | None:
    """A leg known already that this move can tell of: no end and no time speaks against it."""
    for leg in reversed(it.legs):
        ends = [(leg.origin, move.origin), (leg.destination, goal)]
        if places.same(leg.intended, goal):
            ends[1] = (leg.intended, goal)
        clash = any(a and b and not places.same(a, b) for a, b in ends)
        shared = any(a and b and places.same(a, b) for a, b in ends)
        if shared and leg.landed and move.kind == "Departure" and not places.same(leg.origin, move.origin):
            # "made a stop in Vladivostok before taking off for western Russia": on from there, not there.
            shared = False
        time = leg.arrival if move.kind == "Arrival" else leg.departure
        other = leg.departure if move.kind == "Arrival" else leg.arrival
        fits = _compatible(time, move.when) and (time is not None or _near(other, move.when))
        if not clash and shared and fits and leg.status in (_status_of(move), "signal-lost"):
            return leg
    return None


def _compatible(a: Period | None, b: Period | None) -> bool:
    return a is None or b is None or a.overlaps(b, timedelta(hours=14) if a.zone != b.zone else timedelta(0))


def _near(a: Period | None, b: Period | None) -> bool:
    """Within a day: both ends of one leg. A month that ends where a day begins is not near it."""
    fine = ("second", "minute", "hour", "day")
    if a is None or b is None:
        return True
    return a.overlaps(b, timedelta(hours=26 if a.granularity in fine and b.granularity in fine else 0))


def _finer_time(a: Period | None, b: Period | None) -> Period | None:
    if a is None or b is None:
        return a or b
    width = lambda p: (p.latest - p.earliest) if p.latest and p.earliest else timedelta.max  # noqa: E731
    return a if width(a) <= width(b) else b


def _departed(it: Itinerary, move: Move, places: Places) -> Period | None:
    """When it left: as told, or the last arrival plus the time it stayed; and the other way round."""
    before = it.legs[-2] if len(it.legs) > 1 else None
    if before is None or before.destination is None:
        return move.when
    waited = move.waited or before.waited
    continues = move.origin is None or places.same(before.destination, move.origin)
    if waited is None or not continues:
        return move.when
    if move.when is None:
        return _later(before.arrival, waited.value, waited.text)
    if before.arrival is None and move.when.granularity in ("minute", "hour"):
        before.arrival = _later(move.when, waited.value, waited.text, back=True)
    return move.when


_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")


def _later(start: Period | None, value: str, text: str, back: bool = False) -> Period | None:
    match = _DURATION.match(value)
    if start is None or match is None or start.earliest is None or start.latest is None:
        return None
    days, hours, minutes = (int(group or 0) for group in match.groups())
    step = timedelta(days=days, hours=hours, minutes=minutes)
    if not step:
        return None
    # "About four hours" is four hours, a quarter more or less.
    slack = step / 4
    step = -step if back else step
    first, last = start.earliest + step - slack, start.latest + step + slack
    return replace(start, earliest=first, latest=last, granularity="hour", text=text)


def _status_of(move: Move) -> FlightStatus:
    if move.cancelled:
        return "cancelled"
    return _STATUS.get(move.realis, "flown")
