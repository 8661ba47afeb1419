"""Reported against observed legs: named clues, each with a score and a sentence; probability; one of five verdicts.

Scores are log-odds in bits of natural logarithm, positive for "the same flight". The weights are first estimates from
how often such agreement happens by chance (a registration almost never, a country often); they are calibrated on data
in a later version. Silence is not denial: `contradicted` needs that very aircraft elsewhere, or reception at the place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp
from typing import Any

from kg.ids import fold, make_id
from kg.model import AirportMatch, Entity, Evidence, FlightLink, ObservedFlight, Period, ReportedFlight, Verdict
from pipelines.flights.segment import distance_km

_PRIOR = -3.0
_CONTRADICTED = 0.02  # that aircraft, and another flight: what speaks for the aircraft does not speak for the leg
_CITY_KM = 80.0  # a city's airports lie within this distance of its centre
_REGION_KM = 700.0
_ZONE_SLACK = timedelta(hours=14)
_CLOCK_SLACK = timedelta(minutes=30)
# Slower than any airliner keeps up over a distance, faster than any of them flies: bounds, not estimates.
_SLOW_KM_H, _FAST_KM_H = 400.0, 1200.0
_SEEN_ENOUGH = 0.75  # of the hours in question: less reception than this, and silence says nothing
# Words that many operators share: they tell none of them apart.
_COMMON_IN_OPERATORS = frozenset(
    "air airline airlines airways aviation jet jets flight charter company corp group inc international limited lines llc ltd of services the trustee bank".split()
)
_IDENTITY = frozenset({"icao24", "registration", "callsign"})


@dataclass(frozen=True, slots=True)
class Context:
    """What the comparison of one pair may look at besides the pair: entities, other reported legs, other tracks."""

    entities: Mapping[str, Entity]
    journeys: Mapping[str, tuple[ReportedFlight, ...]] = field(default_factory=dict)
    flown: Mapping[str, tuple[ObservedFlight, ...]] = field(default_factory=dict)  # by aircraft, see `_aircraft`

    def place(self, place: str | None) -> Entity | None:
        return self.entities.get(place or "")


Clue = Callable[[ReportedFlight, ObservedFlight, Context], Evidence | None]


# Clues ---------------------------------------------------------------------------------------------------------------


def icao24(reported: ReportedFlight, observed: ObservedFlight, _: Context) -> Evidence | None:
    if not reported.icao24 or not observed.icao24:
        return None
    same = reported.icao24.lower() == observed.icao24.lower()
    return Evidence("icao24", 6.0 if same else -8.0, f"Address reported {reported.icao24}, received {observed.icao24}.")


def registration(reported: ReportedFlight, observed: ObservedFlight, _: Context) -> Evidence | None:
    if not reported.registration:
        return None
    plain = lambda text: text.upper().replace("-", "").replace(" ", "")  # noqa: E731
    if not observed.registration:
        # Business and private aircraft fly under their registration as callsign (ICAO Annex 10, volume II, 5.2.1.7.2.1).
        if observed.callsign and plain(observed.callsign) == plain(reported.registration):
            return Evidence(
                "registration", 5.0, f"The callsign received, {observed.callsign}, is the registration reported."
            )
        return None
    same = plain(reported.registration) == plain(observed.registration)
    return Evidence(
        "registration",
        6.0 if same else -8.0,
        f"Registration reported {reported.registration}, received {observed.registration}.",
    )


def callsign(reported: ReportedFlight, observed: ObservedFlight, _: Context) -> Evidence | None:
    if not reported.callsign or not observed.callsign:
        return None
    a, b = reported.callsign.upper(), observed.callsign.upper()
    number = lambda text: text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # noqa: E731
    if a == b:
        return Evidence("callsign", 4.0, f"Both have callsign {b}.")
    if number(a) and number(a) == number(b):
        return Evidence("callsign", 2.0, f"Flight number {a} and callsign {b} share {number(a)}.")
    return Evidence("callsign", -2.0, f"Callsign reported {a}, received {b}.")


def aircraft_type(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    entity = context.place(reported.aircraft_type)
    designator = entity.identifiers.get("icao") if entity is not None else None
    if not designator or not observed.aircraft_type:
        return None
    same = designator == observed.aircraft_type
    return Evidence("type", 1.5 if same else -2.5, f"Type reported {designator}, received {observed.aircraft_type}.")


def operator(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    entity = context.place(reported.operator)
    if entity is None or not observed.operator:
        return None
    a, b = set(fold(entity.name).split()), set(fold(observed.operator).split())
    if not (a & b) - _COMMON_IN_OPERATORS:
        return None  # an owner, a lessor and an operator may all be named: other words are no contradiction
    return Evidence("operator", 1.0, f"Operator reported {entity.name}, in the track's file {observed.operator}.")


def continuity(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    """Does the same aircraft also fly the leg before or after, where the article tells a journey?"""
    if reported.journey is None:
        return None
    for other in context.journeys.get(reported.journey.id, ()):
        if other.journey is None or abs(other.journey.leg - reported.journey.leg) != 1:
            continue
        if _flies(other, observed, context):
            side = "before" if other.journey.leg < reported.journey.leg else "after"
            return Evidence(
                "continuity", 1.5, f"The same aircraft was also seen on the leg told {side} it in the journey."
            )
    return None


def _flies(leg: ReportedFlight, like: ObservedFlight, context: Context) -> bool:
    for flight in context.flown.get(_aircraft(like) or "", ()):
        if flight.id == like.id:
            continue
        ends = (origin(leg, flight, context), destination(leg, flight, context))
        times = (departure(leg, flight, context), arrival(leg, flight, context))
        if all(e is not None and e.score > 0 for e in ends) and not any(e is not None and e.score < 0 for e in times):
            return True
    return False


def _aircraft(flight: ObservedFlight) -> str | None:
    return flight.icao24 or flight.registration


def origin(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    return _end("origin", context.place(reported.origin), observed.origin, _edge(observed, first=True))


def destination(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    return _end("destination", context.place(reported.destination), observed.destination, _edge(observed, first=False))


def _edge(observed: ObservedFlight, first: bool) -> tuple[float, float] | None:
    point = observed.first_seen if first else observed.last_seen
    return (point.latitude, point.longitude) if point is not None else None


def _end(
    clue: str, place: Entity | None, airport: AirportMatch | None, edge: tuple[float, float] | None
) -> Evidence | None:
    if place is None:
        return None
    if airport is not None and place.identifiers.get("icao") == airport.icao and place.type == "Airport":
        return Evidence(clue, 2.5, f"The {clue} is {airport.icao} in both.")
    if place.coordinates is None or edge is None:
        return None
    km = distance_km(place.coordinates, edge)
    where = airport.icao if airport is not None else "the track's end"
    if airport is not None:
        if km <= _reach(place):
            return Evidence(clue, 2.0, f"{where} is {km:.0f} km from {place.name}, the reported {clue}.")
        return Evidence(clue, -4.0, f"{where} is {km:.0f} km from {place.name}, the reported {clue}.")
    if km <= 150:
        return Evidence(
            clue,
            0.5,
            f"The track {'begins' if clue == 'origin' else 'ends'} {km:.0f} km from {place.name}, without landing in sight.",
        )
    return None


def _reach(place: Entity) -> float:
    return {"City": _CITY_KM, "Airport": 15.0, "Facility": 40.0, "Region": _REGION_KM}.get(place.type, 2000.0)


def departure(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    seen = observed.takeoff or _bounds(observed, context.place(reported.origin), first=True)
    return _time("departure", reported.departure, seen, observed.takeoff is not None)


def arrival(reported: ReportedFlight, observed: ObservedFlight, context: Context) -> Evidence | None:
    seen = observed.landing or _bounds(observed, context.place(reported.destination), first=False)
    return _time("arrival", reported.arrival, seen, observed.landing is not None)


def _bounds(observed: ObservedFlight, place: Entity | None, first: bool) -> Period | None:
    """When it can have left (or reached) the place told, if reception began (or ended) in the air: by slow flight."""
    point = observed.first_seen if first else observed.last_seen
    if point is None:
        return None
    km = 500.0
    if place is not None and place.coordinates is not None:
        km = distance_km(place.coordinates, (point.latitude, point.longitude))
    reach = timedelta(hours=0.5 + km / _SLOW_KM_H)
    bounds = (point.time - reach, point.time) if first else (point.time, point.time + reach)
    return Period(*bounds, "hour", "", "UTC")


def _time(clue: str, told: Period | None, seen: Period | None, exact: bool) -> Evidence | None:
    if told is None or seen is None or seen.earliest is None or (told.earliest is None and told.latest is None):
        return None
    when = f"{seen.earliest:%Y-%m-%d %H:%MZ}" if exact else f"{_utc(seen)}, judged by where reception began or ended"
    clock = told.granularity in ("minute", "second", "hour")
    slack = (_CLOCK_SLACK if clock else timedelta(0)) + (_ZONE_SLACK if told.zone is None else timedelta(0))
    if told.overlaps(seen, slack):
        weight = 2.0 if clock and exact and told.zone is not None else 1.0
        return Evidence(
            clue,
            weight,
            f"The {clue} was told as “{told.text}” ({_utc(told)}) and seen at {when}.",
        )
    return Evidence(clue, -5.0, f"The {clue} was told as “{told.text}” ({_utc(told)}) but seen at {when}.")


def _utc(period: Period) -> str:
    if period.earliest is None or period.latest is None:
        return "open"
    if period.latest - period.earliest < timedelta(minutes=2):
        return f"{period.earliest:%Y-%m-%d %H:%MZ}"
    return f"{period.earliest:%Y-%m-%d %H:%MZ} to {period.latest:%Y-%m-%d %H:%MZ}"


CLUES: Mapping[str, Clue] = {
    "icao24": icao24,
    "registration": registration,
    "callsign": callsign,
    "operator": operator,
    "type": aircraft_type,
    "origin": origin,
    "destination": destination,
    "departure": departure,
    "arrival": arrival,
    "continuity": continuity,
}


# Coverage ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Coverage:
    """Where and when anything was received: cells of half a degree by the hour, from the tracks that are loaded."""

    cells: dict[tuple[int, int], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    days: set[str] = field(default_factory=set)

    def share(self, at: tuple[float, float], period: Period) -> float:
        """Of the hours in which the flight can have been here, the share in which something was received low nearby.

        Nearby is this cell and its eight neighbours; an hour counts where anything was received within 30 minutes of it.
        """
        lo, hi = _reach_in_time(period)
        if lo is None or hi is None or hi - lo > timedelta(days=7):
            return 0.0
        row, column = _cell(at)
        around = [(i, j) for i in (row - 1, row, row + 1) for j in (column - 1, column, column + 1)]
        half = timedelta(minutes=30)
        times = sorted(t for cell in around for t in self.cells.get(cell, ()) if lo - half <= t <= hi + half)
        hours, seen, start = 0, 0, lo
        while start <= hi:
            end = min(start + 2 * half, hi)
            at_hand = bisect_left(times, start - half)
            seen += at_hand < len(times) and times[at_hand] <= end + half
            hours, start = hours + 1, start + 2 * half
        return seen / hours if hours else 0.0

    def covers(self, period: Period) -> bool:
        """Does any loaded track fall on the days of the period?"""
        if period.earliest is None or period.latest is None:
            return bool(self.days)
        lo, hi = _reach_in_time(period)
        return (
            lo is not None and hi is not None and any(f"{lo:%Y-%m-%d}" <= day <= f"{hi:%Y-%m-%d}" for day in self.days)
        )


def _reach_in_time(period: Period) -> tuple[datetime | None, datetime | None]:
    """The period with what clocks may be off: half an hour, and 14 hours where the zone is not known."""
    slack = _CLOCK_SLACK + (_ZONE_SLACK if period.zone is None else timedelta(0))
    lo, hi = period.earliest or period.latest, period.latest or period.earliest
    return (lo - slack, hi + slack) if lo is not None and hi is not None else (None, None)


def _cell(at: tuple[float, float]) -> tuple[int, int]:
    return int(at[0] * 2 // 1), int(at[1] * 2 // 1)


def coverage(observed: Iterable[ObservedFlight]) -> Coverage:
    """What could have been seen, from what was: low positions (below 10,000 ft or on the ground) mark reception there."""
    result = Coverage()
    for flight in observed:
        for point in flight.path:
            result.days.add(point.time.date().isoformat())
            if point.on_ground or (point.altitude is not None and point.altitude < 10000):
                result.cells[_cell((point.latitude, point.longitude))].append(point.time)
    return result


# Links ---------------------------------------------------------------------------------------------------------------


def link_flights(
    reported: tuple[ReportedFlight, ...], observed: tuple[ObservedFlight, ...], entities: Mapping[str, Entity]
) -> tuple[FlightLink, ...]:
    """One link for each reported leg: its best candidate or none, the evidence for and against, the verdict and why."""
    ordered = sorted(observed, key=lambda o: o.id)
    journeys, flown = defaultdict(list), defaultdict(list)
    for leg in reported:
        journeys[leg.journey.id if leg.journey else ""].append(leg)
    for flight in ordered:
        flown[_aircraft(flight) or ""].append(flight)
    context = Context(entities, _frozen(journeys), _frozen(flown))
    seen = coverage(ordered)
    return tuple(_link(leg, ordered, context, seen) for leg in sorted(reported, key=lambda f: f.id))


def _frozen(groups: Mapping[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    """What belongs to nobody is no group."""
    return {key: tuple(members) for key, members in groups.items() if key}


def _link(leg: ReportedFlight, observed: list[ObservedFlight], context: Context, seen: Coverage) -> FlightLink:
    scored = [(sum(e.score for e in evidence), o, evidence) for o in observed if (evidence := compare(leg, o, context))]
    best = max(scored, key=lambda s: (s[0], s[1].id), default=None)
    if best is not None and _fits(best[2]):
        total, flight, evidence = best
        verdict: Verdict = "corroborated" if _confirms(evidence) else "consistent"
        if leg.status in ("denied", "cancelled"):
            # What is told is that it did not fly: a track of that aircraft speaks against it, one like it does not.
            verdict = "contradicted" if verdict == "corroborated" else "consistent"
        return _made(leg, flight, verdict, _probability(total), evidence, _supported(verdict, flight, leg, evidence))
    return _unsupported(leg, observed, context, seen)


def compare(leg: ReportedFlight, flight: ObservedFlight, context: Context) -> tuple[Evidence, ...]:
    """Every clue that can be compared for a pair."""
    return tuple(e for clue in CLUES.values() if (e := clue(leg, flight, context)) is not None)


def _fits(evidence: tuple[Evidence, ...]) -> bool:
    """Nothing speaks strongly against it; a time agrees, and an airport, both ends, or the aircraft and one end."""
    against = any(e.score <= -2.5 for e in evidence)
    agreeing = {e.clue: e.score for e in evidence if e.score > 0}
    ends = [agreeing[end] for end in ("origin", "destination") if end in agreeing]
    places = len(ends) == 2 or any(score >= 2 for score in ends) or bool(ends and agreeing.keys() & _IDENTITY)
    return not against and bool(agreeing.keys() & {"departure", "arrival"}) and places


def _confirms(evidence: tuple[Evidence, ...]) -> bool:
    """Is the aircraft itself confirmed, and both ends or an end and a clock time?"""
    agreeing = {e.clue: e.score for e in evidence if e.score > 0}
    ends = {"origin", "destination"} & agreeing.keys()
    strong = any(agreeing.get(t, 0) >= 2.0 for t in ("departure", "arrival"))
    return bool(agreeing.keys() & _IDENTITY) and (len(ends) == 2 or (bool(ends) and strong))


def _probability(total: float) -> float:
    return 1 / (1 + exp(-(_PRIOR + total)))


def _unsupported(leg: ReportedFlight, observed: list[ObservedFlight], context: Context, seen: Coverage) -> FlightLink:
    period = leg.departure or leg.arrival
    if period is None or (period.earliest is None and period.latest is None):
        return _made(leg, None, "no-data", 0.0, (), "The article tells no time that could be compared.")
    same = [o for o in observed if _same_aircraft(leg, o)]
    if leg.status not in ("denied", "cancelled", "planned"):
        for flight in same:
            reason = _elsewhere(leg, flight, context)
            if reason is not None:
                evidence = compare(leg, flight, context)
                probability = min(_probability(sum(e.score for e in evidence)), _CONTRADICTED)
                return _made(leg, flight, "contradicted", probability, evidence, reason)
    if not seen.covers(period):
        return _made(leg, None, "no-data", 0.0, (), "No track that is loaded falls on that day.")
    return _made(leg, None, *_silence(leg, same, context, seen))


def _silence(
    leg: ReportedFlight, same: list[ObservedFlight], context: Context, seen: Coverage
) -> tuple[Verdict, float, tuple[Evidence, ...], str]:
    """What it means that tracks of those days are loaded and none shows the flight."""
    ends = [
        (p, t)
        for p, t in (
            (context.place(leg.origin), leg.departure or leg.arrival),
            (context.place(leg.destination), leg.arrival or leg.departure),
        )
        if p is not None and t is not None and p.coordinates is not None and p.type in ("City", "Airport", "Facility")
    ]
    blind = [p.name for p, t in ends if p.coordinates is not None and seen.share(p.coordinates, t) < _SEEN_ENOUGH]
    if not ends or blind:
        missing = ", ".join(dict.fromkeys(blind)) or "the places told"
        reason = f"Tracks of that day are loaded, but they show no steady reception near {missing} at that time."
        return "not-observable", 0.0, (), reason
    names = " and ".join(dict.fromkeys(p.name for p, _ in ends))
    if leg.status in ("denied", "cancelled"):
        return (
            "consistent",
            0.0,
            (),
            f"The flight is told as {leg.status}; receivers saw traffic near {names}, and not this flight.",
        )
    if leg.status == "planned":
        return (
            "not-observable",
            0.0,
            (),
            "A plan is not a flight: that no track shows it says nothing against the plan.",
        )
    around = [o for o in same if _near_in_time(o, leg.departure or leg.arrival)]
    if len(ends) == 2 and around:
        reason = f"Receivers saw traffic near {names} at that time, and this aircraft, which they saw on other flights of those days, was not there."
        return "contradicted", 0.0, (), reason
    return "not-observable", 0.0, (), "No track shows it, and whether this aircraft transmits at all is not known."


def _near_in_time(flight: ObservedFlight, period: Period | None) -> bool:
    """Did receivers hear this aircraft within three days of the period, so that it is known to transmit?"""
    if period is None or flight.first_seen is None or flight.last_seen is None:
        return False
    lo, hi = _reach_in_time(period)
    days = timedelta(days=3)
    return (
        lo is not None and hi is not None and flight.first_seen.time <= hi + days and lo - days <= flight.last_seen.time
    )


def _same_aircraft(leg: ReportedFlight, flight: ObservedFlight) -> bool:
    checks = (icao24(leg, flight, Context({})), registration(leg, flight, Context({})))
    return any(e is not None and e.score > 0 for e in checks)


def _elsewhere(leg: ReportedFlight, flight: ObservedFlight, context: Context) -> str | None:
    """Why this track of the same aircraft rules the leg out, or None: it left for another place, or was too far away."""
    left = departure(leg, flight, context)
    ends = (origin(leg, flight, context), destination(leg, flight, context))
    clock = leg.departure is not None and leg.departure.granularity in ("hour", "minute", "second")
    if clock and flight.takeoff is not None and left is not None and left.score > 0:
        wrong = next((e for e in ends if e is not None and e.score <= -2.5), None)
        if wrong is not None and leg.departure is not None and leg.departure.zone is not None:
            return f"At the time told, the same aircraft was {_where(flight)}."
    for place, period, word in ((leg.origin, leg.departure, "leave"), (leg.destination, leg.arrival, "reach")):
        entity = context.place(place)
        if entity is None or period is None or not _out_of_reach(entity, period, flight):
            continue
        return f"The same aircraft could not {word} {entity.name} at the time told: it was {_where(flight)}."
    return None


def _out_of_reach(place: Entity, period: Period, flight: ObservedFlight) -> bool:
    """Was the aircraft, at every moment of the period, too far away to be at the place, however fast it flew?"""
    lo, hi = _reach_in_time(period)
    if lo is None or hi is None or place.coordinates is None or period.earliest is None or period.latest is None:
        return False
    if place.type not in ("City", "Airport", "Facility"):
        return False
    # Each point excludes the place for as long as the way there and back would take.
    excluded = []
    for point in flight.path:
        away = distance_km(place.coordinates, (point.latitude, point.longitude)) - _reach(place)
        if away > 0:
            span = timedelta(hours=away / _FAST_KM_H)
            excluded.append((point.time - span, point.time + span))
    free_from = lo
    for start, end in sorted(excluded):
        if start > free_from:
            return False
        free_from = max(free_from, end)
        if free_from > hi:
            return True
    return False


def _where(flight: ObservedFlight) -> str:
    side = lambda match: match.icao if match is not None else "an airport out of sight"  # noqa: E731
    at = flight.first_seen.time if flight.first_seen else None
    return (
        f"on its way from {side(flight.origin)} to {side(flight.destination)} ({at:%Y-%m-%d %H:%MZ})"
        if at
        else "elsewhere"
    )


def _supported(verdict: Verdict, flight: ObservedFlight, leg: ReportedFlight, evidence: tuple[Evidence, ...]) -> str:
    side = lambda match: match.icao if match is not None else "?"  # noqa: E731
    track = f"{flight.registration or flight.callsign or flight.icao24 or 'an aircraft'} {side(flight.origin)} → {side(flight.destination)}"
    if leg.status in ("denied", "cancelled"):
        return f"The flight is told as {leg.status}, but a track fits it: {track}."
    if verdict == "corroborated":
        return f"A track shows this aircraft on this leg at this time: {track}."
    if any(e.clue in _IDENTITY and e.score > 0 for e in evidence):
        return f"A track shows this aircraft and fits, but too little of the leg was seen to confirm it: {track}."
    return f"A track fits place and time, but does not tell that it is this aircraft: {track}."


def _made(
    leg: ReportedFlight,
    flight: ObservedFlight | None,
    verdict: Verdict,
    probability: float,
    evidence: tuple[Evidence, ...],
    summary: str,
) -> FlightLink:
    observed = flight.id if flight is not None else None
    return FlightLink(make_id("lnk", leg.id), leg.id, observed, verdict, round(probability, 4), evidence, summary)
