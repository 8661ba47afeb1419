"""Reported against observed legs: named clues, each with a score and a sentence; probability; one of five verdicts.

Scores are log-odds in bits of natural logarithm, positive for "the same flight". The weights are first estimates from
how often such agreement happens by chance (a registration almost never, a country often); they are calibrated on data
in a later version. Silence is not denial: `contradicted` needs that very aircraft elsewhere, or reception at the place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp

from kg.ids import make_id
from kg.model import AirportMatch, Entity, Evidence, FlightLink, ObservedFlight, Period, ReportedFlight, Verdict
from pipelines.flights.segment import distance_km

_PRIOR = -3.0
_CONTRADICTED = 0.02  # that aircraft, and another flight: what speaks for the aircraft does not speak for the leg
_CITY_KM = 80.0  # a city's airports lie within this distance of its centre
_REGION_KM = 700.0
_ZONE_SLACK = timedelta(hours=14)
_CLOCK_SLACK = timedelta(minutes=30)
_IDENTITY = frozenset({"icao24", "registration", "callsign"})


@dataclass(frozen=True, slots=True)
class Context:
    """What the comparison of one pair may look at besides the pair."""

    entities: Mapping[str, Entity]

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


def departure(reported: ReportedFlight, observed: ObservedFlight, _: Context) -> Evidence | None:
    return _time("departure", reported.departure, observed.takeoff or _seen(observed, first=True))


def arrival(reported: ReportedFlight, observed: ObservedFlight, _: Context) -> Evidence | None:
    return _time("arrival", reported.arrival, observed.landing or _seen(observed, first=False))


def _seen(observed: ObservedFlight, first: bool) -> Period | None:
    point = observed.first_seen if first else observed.last_seen
    return Period(point.time, point.time, "minute", "", "UTC") if point is not None else None


def _time(clue: str, told: Period | None, seen: Period | None) -> Evidence | None:
    if told is None or seen is None or seen.earliest is None:
        return None
    clock = told.granularity in ("minute", "second", "hour")
    slack = (_CLOCK_SLACK if clock else timedelta(0)) + (_ZONE_SLACK if told.zone is None else timedelta(0))
    if told.overlaps(seen, slack):
        weight = 2.0 if clock and told.zone is not None else 1.0
        return Evidence(
            clue,
            weight,
            f"The {clue} was told as “{told.text}” ({_utc(told)}) and seen at {seen.earliest:%Y-%m-%d %H:%MZ}.",
        )
    return Evidence(
        clue, -5.0, f"The {clue} was told as “{told.text}” ({_utc(told)}) but seen at {seen.earliest:%Y-%m-%d %H:%MZ}."
    )


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
    "type": aircraft_type,
    "origin": origin,
    "destination": destination,
    "departure": departure,
    "arrival": arrival,
}


# Coverage ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Coverage:
    """Where and when anything was received: cells of half a degree by the hour, from the tracks that are loaded."""

    cells: dict[tuple[int, int], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    days: set[str] = field(default_factory=set)

    def near(self, at: tuple[float, float], period: Period, km: float = 60.0) -> bool:
        """Was something received low near this place within the period (an hour around it)?"""
        row, column = _cell(at)
        reach = timedelta(hours=1)
        lo, hi = (period.earliest or period.latest), (period.latest or period.earliest)
        if lo is None or hi is None:
            return False
        around = [(i, j) for i in (row - 1, row, row + 1) for j in (column - 1, column, column + 1)]
        return any(lo - reach <= t <= hi + reach for cell in around for t in self.cells.get(cell, ()) if km)

    def covers(self, period: Period) -> bool:
        """Does any loaded track fall on the days of the period?"""
        if period.earliest is None or period.latest is None:
            return bool(self.days)
        slack = _ZONE_SLACK if period.zone is None else timedelta(0)
        day, last = (period.earliest - slack).date(), (period.latest + slack).date()
        while day <= last:
            if day.isoformat() in self.days:
                return True
            day += timedelta(days=1)
        return False


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
    context, seen = Context(entities), coverage(observed)
    ordered = sorted(observed, key=lambda o: o.id)
    return tuple(_link(leg, ordered, context, seen) for leg in sorted(reported, key=lambda f: f.id))


def _link(leg: ReportedFlight, observed: list[ObservedFlight], context: Context, seen: Coverage) -> FlightLink:
    scored = [(sum(e.score for e in evidence), o, evidence) for o in observed if (evidence := compare(leg, o, context))]
    best = max(scored, key=lambda s: (s[0], s[1].id), default=None)
    if best is not None and _fits(best[2]):
        total, flight, evidence = best
        verdict: Verdict = "corroborated" if _confirms(evidence) else "consistent"
        if leg.status in ("denied", "cancelled"):
            verdict = "contradicted" if verdict == "corroborated" else "consistent"
        return _made(leg, flight, verdict, _probability(total), evidence, _supported(verdict, flight, leg))
    return _unsupported(leg, observed, context, seen)


def compare(leg: ReportedFlight, flight: ObservedFlight, context: Context) -> tuple[Evidence, ...]:
    """Every clue that can be compared for a pair."""
    return tuple(e for clue in CLUES.values() if (e := clue(leg, flight, context)) is not None)


def _fits(evidence: tuple[Evidence, ...]) -> bool:
    """Nothing speaks strongly against it, a time and a place agree."""
    against = any(e.score <= -2.5 for e in evidence)
    agreeing = {e.clue for e in evidence if e.score > 0}
    return not against and bool(agreeing & {"departure", "arrival"}) and bool(agreeing & {"origin", "destination"})


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
    same = [o for o in observed if _same_aircraft(leg, o)]
    if period is None:
        return _made(leg, None, "no-data", 0.0, (), "The article tells no time that could be compared.")
    if leg.status in ("denied", "cancelled"):
        return _made(leg, None, "consistent", 0.0, (), f"The flight is told as {leg.status}, and no track shows it.")
    elsewhere = next((o for o in same if _elsewhere(leg, o, context)), None)
    if elsewhere is not None:
        evidence = compare(leg, elsewhere, context)
        at = _where(elsewhere)
        return _made(
            leg,
            elsewhere,
            "contradicted",
            min(_probability(sum(e.score for e in evidence)), _CONTRADICTED),
            evidence,
            f"At the time told, the same aircraft was {at}.",
        )
    if not seen.covers(period):
        return _made(leg, None, "no-data", 0.0, (), "No track that is loaded falls on that day.")
    ends = [
        p
        for p in (context.place(leg.origin), context.place(leg.destination))
        if p is not None and p.coordinates is not None and p.type in ("City", "Airport", "Facility")
    ]
    received = [p for p in ends if p.coordinates is not None and seen.near(p.coordinates, period)]
    if not ends or len(received) < len(ends):
        missing = ", ".join(p.name for p in ends if p not in received) or "the places told"
        return _made(
            leg,
            None,
            "not-observable",
            0.0,
            (),
            f"Tracks of that day are loaded, but none of them shows reception near {missing} at that time.",
        )
    if same and period.granularity in ("minute", "hour", "day"):
        names = " and ".join(p.name for p in ends)
        return _made(
            leg,
            None,
            "contradicted",
            0.0,
            (),
            f"Receivers saw traffic near {names} at that time, and this aircraft, which they saw on other flights, was not there.",
        )
    return _made(
        leg,
        None,
        "not-observable",
        0.0,
        (),
        "No track shows it, and whether this aircraft transmits at all is not known.",
    )


def _same_aircraft(leg: ReportedFlight, flight: ObservedFlight) -> bool:
    checks = (icao24(leg, flight, Context({})), registration(leg, flight, Context({})))
    return any(e is not None and e.score > 0 for e in checks)


def _elsewhere(leg: ReportedFlight, flight: ObservedFlight, context: Context) -> bool:
    """Was this aircraft in the air between other places when the article has it on this leg?"""
    period = leg.departure or leg.arrival
    first, last = flight.first_seen, flight.last_seen
    if period is None or first is None or last is None or period.earliest is None or period.latest is None:
        return False
    if period.granularity not in ("minute", "hour") or period.zone is None:
        return False
    during = first.time <= period.latest + _CLOCK_SLACK and period.earliest - _CLOCK_SLACK <= last.time
    ends = (
        _end("origin", context.place(leg.origin), flight.origin, _edge(flight, True)),
        _end("destination", context.place(leg.destination), flight.destination, _edge(flight, False)),
    )
    return during and any(e is not None and e.score <= -2.5 for e in ends)


def _where(flight: ObservedFlight) -> str:
    side = lambda match: match.icao if match is not None else "an airport out of sight"  # noqa: E731
    at = flight.first_seen.time if flight.first_seen else None
    return (
        f"on its way from {side(flight.origin)} to {side(flight.destination)} ({at:%Y-%m-%d %H:%MZ})"
        if at
        else "elsewhere"
    )


def _supported(verdict: Verdict, flight: ObservedFlight, leg: ReportedFlight) -> str:
    side = lambda match: match.icao if match is not None else "?"  # noqa: E731
    track = f"{flight.registration or flight.callsign or flight.icao24 or 'an aircraft'} {side(flight.origin)} → {side(flight.destination)}"
    if leg.status in ("denied", "cancelled"):
        return f"The flight is told as {leg.status}, but a track fits it: {track}."
    if verdict == "corroborated":
        return f"A track shows this aircraft on this leg at this time: {track}."
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
