"""Movement told in an article → numbered legs, take-off to landing. What the text leaves out stays None."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kg.ids import make_id
from kg.model import Article, Entity, Journey, Period, Realis, ReportedFlight, Span, TimeExpression

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipelines.flights.reporting.journeys import Itinerary, Leg, Places


def extract_flights(
    doc: Doc,
    entities: tuple[Entity, ...],
    entity_at: Mapping[int, tuple[str, ...]],
    times: tuple[TimeExpression, ...],
    realis: Mapping[int, Realis],
    attribution: Mapping[int, tuple[str, ...]],
    article: Article,
    boilerplate: tuple[Span, ...],
) -> tuple[ReportedFlight, ...]:
    """The legs that the article reports, in text order; none where no aircraft is said to move."""
    from pipelines.flights.reporting.journeys import Places, build_itineraries
    from pipelines.flights.reporting.moves import find_moves
    from pipelines.flights.reporting.reading import Reading

    known = {entity.id: entity for entity in entities}
    reading = Reading(doc, known, entity_at, times, realis, attribution)
    places = Places(known)
    itineraries = build_itineraries(find_moves(reading, boilerplate), places)
    flights = (flight for it in itineraries for flight in _flights(it, known, places, article))
    return tuple(sorted(_without_echoes(list(flights), places), key=_text_order))


def _flights(it: Itinerary, known: Mapping[str, Entity], places: Places, article: Article) -> Iterator[ReportedFlight]:
    legs = [leg for leg in it.legs if _is_told(leg)]
    if not legs:
        return
    journey = make_id("jny", article.id, it.aircraft or "", legs[0].evidence[0].start)
    for number, leg in enumerate(legs, 1):
        yield _flight(leg, Journey(journey, number), known.get(it.aircraft or ""), places, article)


def _is_told(leg: Leg) -> bool:
    """Enough is said to draw a leg: an end and one thing more, or a moment for a flight without ends."""
    ends = [end for end in (leg.origin, leg.destination) if end is not None]
    more = leg.departure or leg.arrival or leg.aircraft or leg.callsign or leg.aboard or leg.told > 1 or leg.intended
    return bool(ends and (len(ends) > 1 or more or leg.status != "flown")) or bool(leg.departure and leg.landed)


def _next_day(arrival: Period | None, departure: Period | None) -> Period | None:
    """ "took off at 23:50 and touched down at 00:35": on the next day."""
    fine = ("minute", "hour")
    if arrival is None or departure is None or arrival.granularity != "minute" or departure.granularity not in fine:
        return arrival
    if arrival.latest is None or arrival.earliest is None or departure.earliest is None:
        return arrival
    day = timedelta(days=1)
    if timedelta(0) < departure.earliest - arrival.latest < day and not re.search("[A-Za-z]{3}", arrival.text):
        return replace(arrival, earliest=arrival.earliest + day, latest=arrival.latest + day)
    return arrival


def _flight(leg: Leg, journey: Journey, aircraft: Entity | None, places: Places, article: Article) -> ReportedFlight:
    attributes = aircraft.attributes if aircraft is not None else {}
    identifiers = aircraft.identifiers if aircraft is not None else {}
    departure = _on_clock_of(leg.departure, places.zone(leg.origin))
    arrival = _next_day(_on_clock_of(leg.arrival, places.zone(leg.destination)), departure)
    return ReportedFlight(
        id=make_id("rfl", article.id, journey.id, journey.leg),
        aircraft=aircraft.id if aircraft is not None else None,
        aircraft_type=attributes.get("aircraft_type") or leg.type,
        registration=identifiers.get("registration"),
        icao24=identifiers.get("icao24"),
        callsign=leg.callsign,
        operator=attributes.get("operator") or leg.operator,
        origin=leg.origin,
        destination=leg.destination,
        intended_destination=leg.intended,
        departure=departure,
        arrival=arrival,
        status=leg.status,
        journey=journey,
        attribution=leg.attribution,
        evidence=tuple(leg.evidence),
        confidence=_confidence(leg),
        aboard=leg.aboard,
    )


def _on_clock_of(period: Period | None, zone: str | None) -> Period | None:
    """A clock time is read on the clock of the place where it was."""
    return period.localized(zone) if period is not None and zone is not None else period


def _confidence(leg: Leg) -> float:
    """One part in four for each of: both ends, a time, an aircraft that is named, more than one telling."""
    facts = (leg.origin and leg.destination, leg.departure or leg.arrival, leg.aircraft, leg.told > 1)
    return round(0.45 + 0.125 * sum(map(bool, facts)), 3)


def _without_echoes(flights: list[ReportedFlight], places: Places) -> list[ReportedFlight]:
    """A leg told again of an aircraft that was not recognised as the same is not a second leg."""
    kept: list[ReportedFlight] = []
    for flight in flights:
        at = next((i for i, other in enumerate(kept) if _is_echo(flight, other, places)), None)
        if at is None:
            kept.append(flight)
        else:
            kept[at] = _merged(kept[at], flight, places)
    return kept


def _is_echo(a: ReportedFlight, b: ReportedFlight, places: Places) -> bool:
    if a.aircraft and b.aircraft and a.aircraft != b.aircraft and not _is_lead(a, b, places):
        return False
    if a.journey and b.journey and a.journey.id == b.journey.id:
        return False
    if a.registration and b.registration and a.registration != b.registration:
        return False
    if a.callsign and b.callsign and a.callsign != b.callsign:
        return False
    if a.status != b.status and "signal-lost" not in (a.status, b.status):
        return False
    same_ends = [
        (left is None or right is None or places.same(left, right))
        for left, right in ((a.origin, b.origin), (a.destination, b.destination))
    ]
    shared = places.same(a.destination, b.destination) or places.same(a.origin, b.origin)
    return all(same_ends) and shared and _meet(a.departure, b.departure) and _meet(a.arrival, b.arrival)


def _is_lead(a: ReportedFlight, b: ReportedFlight, places: Places) -> bool:
    """ "A jet flew from A to B" in the lead, the aircraft by name below: the same two ends, and nothing known of the first."""
    vague = not (a.registration or a.callsign or a.aircraft_type or a.operator)
    return vague and places.same(a.origin, b.origin) and places.same(a.destination, b.destination)


def _meet(a: Period | None, b: Period | None) -> bool:
    return a is None or b is None or a.overlaps(b)


def _merged(a: ReportedFlight, b: ReportedFlight, places: Places) -> ReportedFlight:
    return replace(
        a,
        aircraft=a.aircraft or b.aircraft,
        aircraft_type=a.aircraft_type or b.aircraft_type,
        registration=a.registration or b.registration,
        callsign=a.callsign or b.callsign,
        operator=a.operator or b.operator,
        origin=places.finer(a.origin, b.origin),
        destination=places.finer(a.destination, b.destination),
        intended_destination=places.finer(a.intended_destination, b.intended_destination),
        departure=a.departure or b.departure,
        arrival=a.arrival or b.arrival,
        aboard=tuple(dict.fromkeys(a.aboard + b.aboard)),
        attribution=a.attribution or b.attribution,
        evidence=a.evidence + tuple(e for e in b.evidence if e not in a.evidence),
    )


def _text_order(flight: ReportedFlight) -> tuple[int, str, int]:
    first = min(e.start for e in flight.evidence)
    journey = flight.journey
    return (first, journey.id if journey else "", journey.leg if journey else 0)
