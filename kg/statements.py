"""Findings, observed flights and links → sourced statements, and back.

Subjects are ids; properties are the lower-case names of the ontology. Structured values that only this module reads
back (periods, gaps, paths, the evidence of a link) are canonical JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from kg.findings import moment
from kg.model import (
    AirportMatch,
    Entity,
    Event,
    Evidence,
    Findings,
    FlightLink,
    Gap,
    Journey,
    ObservedFlight,
    Period,
    ReportedFlight,
    Source,
    Span,
    Statement,
    TrackPoint,
    ValueKind,
)

if TYPE_CHECKING:
    from kg.ledger import Ledger

VERSION = "3"
_PLACE_TYPES = frozenset({"City", "Airport", "Region", "Facility"})


class _Writer:
    """Statements about one subject from one source."""

    def __init__(self, subject: str, source: Source, confidence: float = 1.0) -> None:
        self.subject, self.source, self.confidence = subject, source, confidence

    def say(
        self, property: str, value: object, kind: ValueKind = "text", original: str = "", source: Source | None = None
    ) -> Iterator[Statement]:
        if value is None or value == "" or value == ():
            return
        text = _text(value)
        yield Statement(self.subject, property, text, kind, source or self.source, original, self.confidence)

    def link(
        self, property: str, target: str | None, original: str = "", source: Source | None = None
    ) -> Iterator[Statement]:
        yield from self.say(property, target, "entity", original, source)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value) or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(round(value, 6))
    return str(value)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# Findings → statements -----------------------------------------------------------------------------------------------


def statements_of_findings(findings: Findings) -> Iterator[Statement]:
    """All that one article says, each with the characters that say it."""
    article = findings.article
    yield from _article(findings)
    for entity in findings.entities:
        yield from _entity(entity, article.id)
    for event in findings.events:
        yield from _event(event, article.id)
    for flight in findings.flights:
        yield from _reported(flight, article.id, {e.id: e for e in findings.entities})
    yield from _next_legs(findings)


def _source(article_id: str, span: Span | None, step: str) -> Source:
    if span is None:
        return Source("article", article_id, step=step, version=VERSION)
    return Source("article", article_id, span.start, span.end, span.text, step, VERSION)


def _article(findings: Findings) -> Iterator[Statement]:
    article = findings.article
    w = _Writer(article.id, _source(article.id, None, "fetch"))
    yield from w.say("type", "Article")
    for name in ("title", "url", "language", "byline", "publisher"):
        yield from w.say(name, getattr(article, name))
    published = article.published
    yield from w.say("published_earliest", published.earliest, "time", published.reason)
    yield from w.say("published_latest", published.latest, "time", published.reason)
    yield from w.say("published_basis", published.basis)
    yield from w.say("published_reason", published.reason)


def _entity(entity: Entity, article_id: str) -> Iterator[Statement]:
    first = entity.mentions[0] if entity.mentions else None
    spoken = _source(article_id, Span(first.start, first.end, first.text) if first else None, "resolve")
    w = _Writer(entity.id, spoken)
    known = (
        _Writer(entity.id, Source("knowledge", "built-in", step="resolve", version=VERSION))
        if entity.identifiers
        else w
    )
    yield from w.say("type", entity.type)
    yield from w.say("name", entity.name, original=first.text if first else "")
    for key, value in sorted(entity.identifiers.items()):
        yield from (w if key in ("registration", "callsign") else known).say(key, value)
    for key, value in sorted(entity.attributes.items()):
        if key in ("aircraft_type", "operator"):
            yield from w.link(key, value)
        elif key in ("timezone", "country", "city", "domain", "callsign"):
            yield from known.say(key, value)
    if entity.coordinates is not None:
        yield from known.say("latitude", entity.coordinates[0], "number")
        yield from known.say("longitude", entity.coordinates[1], "number")
    if entity.type in _PLACE_TYPES and "country" in entity.attributes:
        yield from known.link("located_in", f"iso:{entity.attributes['country']}")
    for office in entity.offices:
        value = _dump({"title": office.title, "of": office.of, "since": office.since, "until": office.until})
        yield from _Writer(
            entity.id, Source("knowledge", office.source or "built-in", step="resolve", version=VERSION)
        ).say("office", value)
    about = _Writer(article_id, spoken)
    for mention in entity.mentions:
        source = _source(article_id, Span(mention.start, mention.end, mention.text), "mentions")
        yield from about.link("mentions", entity.id, mention.kind, source)


def _evidence(w: _Writer, article_id: str, spans: Iterable[Span], step: str) -> Iterator[Statement]:
    for span in spans:
        yield from w.say(
            "evidence", f"{span.start}:{span.end}", original=span.text, source=_source(article_id, span, step)
        )


def _period(w: _Writer, prefix: str, period: Period | None) -> Iterator[Statement]:
    if period is None:
        return
    value = {
        "earliest": moment(period.earliest),
        "latest": moment(period.latest),
        "granularity": period.granularity,
        "zone": period.zone,
    }
    yield from w.say(prefix, _dump(value), original=period.text)


def _event(event: Event, article_id: str) -> Iterator[Statement]:
    source = _source(article_id, event.evidence[0] if event.evidence else event.trigger, "events")
    w = _Writer(event.id, source, event.confidence)
    yield from w.say("type", "Event")
    yield from w.say("event_type", event.type, original=event.trigger.text)
    yield from w.say("plover", event.plover)
    yield from w.say("trigger", event.trigger.text)
    yield from w.say("realis", event.realis)
    yield from w.say("confidence", event.confidence, "number")
    yield from _period(w, "period", event.period)
    for role in event.roles:
        yield from w.link(role.role, role.entity)
    yield from w.link("place", event.place)
    for speaker in event.attribution:
        yield from w.link("attributed_to", speaker)
    yield from w.link("reported_in", article_id)
    yield from _evidence(w, article_id, event.evidence, "events")


def _reported(flight: ReportedFlight, article_id: str, entities: Mapping[str, Entity]) -> Iterator[Statement]:
    source = _source(article_id, flight.evidence[0] if flight.evidence else None, "flights.reported")
    w = _Writer(flight.id, source, flight.confidence)
    yield from w.say("type", "ReportedFlight")
    name = lambda i: entities[i].name if i in entities else "?"  # noqa: E731
    yield from w.say("name", f"{name(flight.origin)} → {name(flight.destination)}")
    for key in ("registration", "icao24", "callsign", "status"):
        yield from w.say(key, getattr(flight, key))
    for key in ("aircraft", "aircraft_type", "operator", "origin", "destination", "intended_destination"):
        yield from w.link(key, getattr(flight, key))
    yield from _period(w, "departure", flight.departure)
    yield from _period(w, "arrival", flight.arrival)
    yield from w.say("confidence", flight.confidence, "number")
    if flight.journey is not None:
        yield from w.say("journey", flight.journey.id)
        yield from w.say("leg", flight.journey.leg, "number")
    for person in flight.aboard:
        yield from w.link("aboard", person)
    for rank, speaker in enumerate(flight.attribution):
        yield from w.link("attributed_to", speaker, original=str(rank))
    yield from w.link("reported_in", article_id)
    yield from _evidence(w, article_id, flight.evidence, "flights.reported")


def _next_legs(findings: Findings) -> Iterator[Statement]:
    key = lambda f: f.journey.id if f.journey else ""  # noqa: E731
    for journey, legs in groupby(
        sorted(findings.flights, key=lambda f: (key(f), f.journey.leg if f.journey else 0)), key=key
    ):
        ordered = list(legs) if journey else []
        for leg, following in pairwise(ordered):
            source = _source(findings.article.id, leg.evidence[0] if leg.evidence else None, "flights.reported")
            yield Statement(leg.id, "next_leg", following.id, "entity", source, "", leg.confidence)


# Observed flights and links → statements -----------------------------------------------------------------------------


def statements_of_observed(flight: ObservedFlight) -> Iterator[Statement]:
    """One recorded leg; its source is the rows of the track file, which is named by its hash."""
    source = Source("track", flight.sha256, flight.first_row, flight.last_row, flight.file, "flights.segment", VERSION)
    w = _Writer(flight.id, source)
    yield from w.say("type", "ObservedFlight")
    caption = flight.registration or flight.callsign or flight.icao24 or "unknown aircraft"
    side = lambda match: match.icao if match else "?"  # noqa: E731
    yield from w.say("name", f"{caption} {side(flight.origin)} → {side(flight.destination)}")
    for key in ("icao24", "callsign", "registration", "file", "sha256"):
        yield from w.say(key, getattr(flight, key))
    for key in ("points", "first_row", "last_row"):
        yield from w.say(key, getattr(flight, key), "number")
    yield from w.say("type_designator", flight.aircraft_type)
    yield from w.say("operator_name", flight.operator)
    yield from _period(w, "takeoff", flight.takeoff)
    yield from _period(w, "landing", flight.landing)
    for key in ("origin", "destination"):
        match: AirportMatch | None = getattr(flight, key)
        if match is not None:
            value = {
                "icao": match.icao,
                "name": match.name,
                "confidence": match.confidence,
                "km": match.distance_km,
                "reason": match.reason,
            }
            yield from w.say(f"{key}_airport", _dump(value))
            yield from w.link(key, f"icao:{match.icao}", original=match.reason)
            airport = _Writer(
                f"icao:{match.icao}", Source("knowledge", "airportsdata", step="flights.segment", version=VERSION)
            )
            yield from airport.say("type", "Airport")
            yield from airport.say("name", match.name)
            yield from airport.say("icao", match.icao)
    if flight.gaps:
        yield from w.say("gaps", _dump([[moment(g.start), moment(g.end), g.kind, g.reason] for g in flight.gaps]))
    if flight.path:
        yield from w.say("path", _dump([_point(p) for p in flight.path]))
    for key in ("first_seen", "last_seen"):
        point: TrackPoint | None = getattr(flight, key)
        if point is not None:
            yield from w.say(key, _dump(_point(point)))
    if flight.registration:
        yield from _observed_aircraft(flight, w, source)
    yield from w.say(
        "evidence",
        f"{flight.first_row}:{flight.last_row}",
        original=f"{flight.file}, rows {flight.first_row}–{flight.last_row}",
    )


def _observed_aircraft(flight: ObservedFlight, w: _Writer, source: Source) -> Iterator[Statement]:
    aircraft = f"registration:{flight.registration}"
    yield from w.link("aircraft", aircraft)
    about = _Writer(aircraft, source)
    yield from about.say("type", "Aircraft")
    yield from about.say("name", flight.registration)
    yield from about.say("registration", flight.registration)
    yield from about.say("icao24", flight.icao24)


def _point(point: TrackPoint) -> list[Any]:
    return [moment(point.time), round(point.latitude, 5), round(point.longitude, 5), point.altitude, point.on_ground]


def statements_of_link(link: FlightLink) -> Iterator[Statement]:
    """The comparison of a reported with an observed leg, and what it says of the reported one."""
    w = _Writer(
        link.reported,
        Source("link", link.id, quote=link.summary, step="flights.link", version=VERSION),
        round(link.probability, 4),
    )
    yield from w.say("verdict", link.verdict)
    yield from w.say("probability", round(link.probability, 4), "number")
    yield from w.say("summary", link.summary)
    yield from w.link("linked_to", link.observed, original=link.verdict)
    evidence = [[e.clue, round(e.score, 4), e.detail] for e in link.evidence]
    value = {
        "observed": link.observed,
        "verdict": link.verdict,
        "probability": round(link.probability, 4),
        "evidence": evidence,
        "summary": link.summary,
    }
    yield from w.say("link", _dump(value), original=link.id)


# Statements → values -------------------------------------------------------------------------------------------------


class _Facts:
    """All statements about one subject, by property."""

    def __init__(self, subject: str, statements: Iterable[Statement]) -> None:
        self.subject = subject
        self.all: dict[str, list[Statement]] = {}
        for statement in statements:
            self.all.setdefault(statement.property, []).append(statement)

    def one(self, property: str) -> str | None:
        """The surest value; of equals, the smallest."""
        found = self.all.get(property)
        return min(found, key=lambda s: (-s.confidence, s.value)).value if found else None

    def many(self, property: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.value for s in self.all.get(property, ())))

    def number(self, property: str) -> float | None:
        value = self.one(property)
        return float(value) if value is not None else None

    def period(self, property: str) -> Period | None:
        found = self.all.get(property)
        if not found:
            return None
        statement = min(found, key=lambda s: (-s.confidence, s.value))
        data = json.loads(statement.value)
        return Period(
            _moment(data["earliest"]), _moment(data["latest"]), data["granularity"], statement.original, data["zone"]
        )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _subjects(ledger: Ledger, types: Iterable[str]) -> Iterator[_Facts]:
    """By id; each reader asks the ledger once."""
    wanted = frozenset(types)
    for subject, statements in groupby(ledger.statements(types=wanted), key=lambda s: s.subject):
        facts = _Facts(subject, statements)
        if facts.one("type") in wanted:
            yield facts


_ENTITY_TYPES = (
    "Person", "Organization", "Publisher", "Country", "Region", "City", "Airport", "Facility", "Aircraft", "AircraftType", "Weapon",
    "Agreement", "NamedEvent",
)  # fmt: skip
_IDENTIFIERS = ("wikidata", "geonames", "icao", "iata", "iso", "iso2", "iso3", "registration", "icao24", "domain")


def read_entities(ledger: Ledger) -> Iterator[Entity]:
    """Every entity of the ledger, without its mentions."""
    for facts in _subjects(ledger, _ENTITY_TYPES):
        latitude, longitude = facts.number("latitude"), facts.number("longitude")
        attributes = {
            k: v
            for k in ("timezone", "country", "city", "aircraft_type", "operator", "callsign")
            if (v := facts.one(k))
        }
        yield Entity(
            facts.subject, facts.one("type") or "", facts.one("name") or facts.subject,
            {k: v for k in _IDENTIFIERS if (v := facts.one(k))},
            (latitude, longitude) if latitude is not None and longitude is not None else None, (), attributes,
        )  # fmt: skip


def read_reported(ledger: Ledger) -> Iterator[ReportedFlight]:
    """Every reported leg, as it was written."""
    for facts in _subjects(ledger, ("ReportedFlight",)):
        journey = facts.one("journey")
        spans = tuple(
            Span(s.source.start or 0, s.source.end or 0, s.source.quote) for s in facts.all.get("evidence", ())
        )
        sources = sorted(facts.all.get("attributed_to", ()), key=lambda s: int(s.original or 0))
        yield ReportedFlight(
            facts.subject,
            **{k: facts.one(k) for k in ("aircraft", "aircraft_type", "registration", "icao24", "callsign", "operator", "origin", "destination", "intended_destination")},
            departure=facts.period("departure"), arrival=facts.period("arrival"), status=facts.one("status") or "flown",  # type: ignore[arg-type]
            journey=Journey(journey, int(facts.number("leg") or 1)) if journey else None, attribution=tuple(dict.fromkeys(s.value for s in sources)),
            evidence=tuple(sorted(spans, key=lambda s: s.start)), confidence=facts.number("confidence") or 0.0, aboard=facts.many("aboard"),
        )  # fmt: skip


def read_observed(ledger: Ledger) -> Iterator[ObservedFlight]:
    """Every observed leg."""
    for facts in _subjects(ledger, ("ObservedFlight",)):
        yield ObservedFlight(
            facts.subject, facts.one("icao24"), facts.one("callsign"), facts.one("registration"), facts.one("type_designator"), facts.one("operator_name"),
            facts.period("takeoff"), facts.period("landing"), _airport(facts.one("origin_airport")), _airport(facts.one("destination_airport")),
            _track_point(facts.one("first_seen")), _track_point(facts.one("last_seen")),
            tuple(Gap(_moment(a), _moment(b), kind, reason) for a, b, kind, reason in json.loads(facts.one("gaps") or "[]")),  # type: ignore[arg-type]
            tuple(_as_point(p) for p in json.loads(facts.one("path") or "[]")), int(facts.number("points") or 0), facts.one("file") or "",
            facts.one("sha256") or "", int(facts.number("first_row") or 0), int(facts.number("last_row") or 0),
        )  # fmt: skip


def read_links(ledger: Ledger) -> Iterator[FlightLink]:
    """Every comparison of a reported with an observed leg."""
    for facts in _subjects(ledger, ("ReportedFlight",)):
        for statement in facts.all.get("link", ()):
            data = json.loads(statement.value)
            evidence = tuple(Evidence(*item) for item in data["evidence"])
            yield FlightLink(
                statement.original,
                facts.subject,
                data["observed"],
                data["verdict"],
                data["probability"],
                evidence,
                data["summary"],
            )


def _airport(text: str | None) -> AirportMatch | None:
    if text is None:
        return None
    data = json.loads(text)
    return AirportMatch(data["icao"], data["name"], data["confidence"], data["km"], data["reason"])


def _track_point(text: str | None) -> TrackPoint | None:
    return None if text is None else _as_point(json.loads(text))


def _as_point(value: list[Any]) -> TrackPoint:
    time = _moment(value[0])
    assert time is not None
    return TrackPoint(time, value[1], value[2], value[3], value[4])
