"""Findings as the JSON that `kg extract --json` prints: schema kg.findings/1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from kg.model import Entity, Event, Findings, Mention, Period, ReportedFlight, Span, TimeExpression

SCHEMA = "kg.findings/1"


def to_json(findings: Findings) -> dict[str, Any]:
    """One JSON-ready object; offsets are characters of `article.text`, times ISO 8601 in UTC."""
    article = findings.article
    return {
        "schema": SCHEMA,
        "article": {
            "id": article.id,
            "url": article.url,
            "title": article.title,
            "publisher": article.publisher,
            "byline": article.byline,
            "language": article.language,
            "text": article.text,
            "published": {
                "earliest": moment(article.published.earliest),
                "latest": moment(article.published.latest),
                "basis": article.published.basis,
                "reason": article.published.reason,
            },
        },
        "entities": [_entity(e) for e in findings.entities],
        "times": [_time(t) for t in findings.times],
        "events": [_event(e) for e in findings.events],
        "flights": [_flight(f) for f in findings.flights],
    }


def moment(value: datetime | None) -> str | None:
    """ISO 8601, UTC, to the second: "2024-09-20T03:37:00Z"."""
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def period_json(period: Period | None) -> dict[str, Any] | None:
    if period is None:
        return None
    return {
        "earliest": moment(period.earliest),
        "latest": moment(period.latest),
        "granularity": period.granularity,
        "text": period.text,
        "zone": period.zone,
    }


def _span(span: Span | Mention) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _spans(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [_span(s) for s in spans]


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "id": entity.id,
        "type": entity.type,
        "name": entity.name,
        "identifiers": dict(sorted(entity.identifiers.items())),
        "coordinates": list(entity.coordinates) if entity.coordinates is not None else None,
        "mentions": [{**_span(m), "kind": m.kind} for m in entity.mentions],
        "offices": [
            {"title": o.title, "of": o.of, "since": o.since, "until": o.until, "source": o.source}
            for o in entity.offices
        ],
    }


def _time(time: TimeExpression) -> dict[str, Any]:
    value = {"type": time.type, "value": time.value}
    return {"start": time.start, "end": time.end, "text": time.text, "timex": value, "period": period_json(time.period)}


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "plover": event.plover,
        "trigger": _span(event.trigger),
        "roles": [{"role": r.role, "entity": r.entity} for r in event.roles],
        "period": period_json(event.period),
        "place": event.place,
        "realis": event.realis,
        "attribution": list(event.attribution),
        "evidence": _spans(event.evidence),
        "confidence": event.confidence,
    }


def _flight(flight: ReportedFlight) -> dict[str, Any]:
    return {
        "id": flight.id,
        "aircraft": flight.aircraft,
        "aircraft_type": flight.aircraft_type,
        "registration": flight.registration,
        "icao24": flight.icao24,
        "callsign": flight.callsign,
        "operator": flight.operator,
        "origin": flight.origin,
        "destination": flight.destination,
        "intended_destination": flight.intended_destination,
        "departure": period_json(flight.departure),
        "arrival": period_json(flight.arrival),
        "status": flight.status,
        "journey": {"id": flight.journey.id, "leg": flight.journey.leg} if flight.journey is not None else None,
        "aboard": list(flight.aboard),
        "attribution": list(flight.attribution),
        "evidence": _spans(flight.evidence),
        "confidence": flight.confidence,
    }
