"""The types that everything here is made of: frozen, standard library only, no knowledge of stores or steps.

Offsets are Python character offsets into `Article.text`, end exclusive. Moments are UTC and aware. Coordinates are
degrees (WGS 84), altitudes feet, speeds knots: aviation's own units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

MentionKind = Literal["name", "nominal", "pronoun"]
Basis = Literal["stated", "metadata", "inferred", "unknown"]
Granularity = Literal[
    "century", "decade", "year", "quarter", "season", "month", "week", "day", "hour", "minute", "second"
]
Realis = Literal["asserted", "planned", "possible", "denied", "hypothetical"]
FlightStatus = Literal["flown", "planned", "cancelled", "denied", "signal-lost"]
Verdict = Literal["corroborated", "consistent", "contradicted", "not-observable", "no-data"]
Decision = Literal["same", "different", "unsure", "open"]
SourceKind = Literal["article", "track", "knowledge", "link"]
ValueKind = Literal["text", "number", "time", "boolean", "entity"]

VERDICTS: tuple[Verdict, ...] = ("corroborated", "consistent", "contradicted", "not-observable", "no-data")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of an article: where they start, where they end (exclusive), and the characters themselves."""

    start: int
    end: int
    text: str

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Period:
    """The earliest and latest possible moment (UTC), both inclusive to the second; None is open.

    `text` is what the article says. `zone` names the clock that was used (IANA name or "+09:00"); None means that the
    text does not tell: then the bounds are that clock time written as if it were UTC, and up to 14 hours off.
    """

    earliest: datetime | None
    latest: datetime | None
    granularity: Granularity
    text: str = ""
    zone: str | None = None

    def localized(self, zone: str) -> Period:
        """The same clock reading, read on the clock of `zone` (IANA name); unchanged where a zone is known already."""
        if self.zone is not None:
            return self
        shift = lambda moment: moment and moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)  # noqa: E731
        return replace(self, earliest=shift(self.earliest), latest=shift(self.latest), zone=zone)

    def overlaps(self, other: Period, slack: timedelta = timedelta(0)) -> bool:
        """May both describe one moment? Open ends reach as far as they need to."""
        starts_before = self.earliest is None or other.latest is None or self.earliest <= other.latest + slack
        ends_after = self.latest is None or other.earliest is None or other.earliest <= self.latest + slack
        return starts_before and ends_after


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published and how we know: an unknown date has no bounds and never becomes today."""

    earliest: datetime | None = None
    latest: datetime | None = None
    basis: Basis = "unknown"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What was published. The id comes from title and text, so that two copies of one story are one article."""

    id: str
    title: str
    text: str
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    language: str = "en"
    published: Published = Published()
    # When and from where we got it: kept in the ledger, not part of what the article says.
    fetched: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """The exact characters that name something, how (name, nominal, pronoun), and the class that they suggest."""

    start: int
    end: int
    text: str
    kind: MentionKind = "name"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """An office that a person holds or held: "President" of RU, from when to when (ISO dates of any precision)."""

    title: str
    of: str | None = None  # entity id of the country or organisation
    since: str | None = None
    until: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """Someone or something with names and identifiers. Without an identifier it is known from its article alone.

    `identifiers`: wikidata, geonames, icao, iata, registration, icao24, iso2 … `attributes`: timezone, country (iso2),
    family (of a publisher) … Keys are lower case, values as the issuing body writes them.
    """

    id: str
    type: str
    name: str
    identifiers: Mapping[str, str] = field(default_factory=dict, hash=False)
    coordinates: tuple[float, float] | None = None
    mentions: tuple[Mention, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time as written, its TIMEX3 type and value (ISO-TimeML), and the period it stands for if that can be said."""

    start: int
    end: int
    text: str
    type: Literal["DATE", "TIME", "DURATION", "SET"]
    value: str
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """Who takes which part in an event: a role name of the ontology and an entity id."""

    role: str
    entity: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or is said to have, will, may or did not."""

    id: str
    type: str
    plover: str | None
    trigger: Span
    roles: tuple[Role, ...] = ()
    period: Period | None = None
    place: str | None = None
    realis: Realis = "asserted"
    attribution: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()
    confidence: float = 0.5

    def entities(self, *roles: str) -> tuple[str, ...]:
        """The entity ids in these roles, in order; all of them without arguments."""
        return tuple(r.entity for r in self.roles if not roles or r.role in roles)


@dataclass(frozen=True, slots=True)
class Journey:
    """Consecutive legs of one aircraft in one article: the journey's id and this leg's number, from 1."""

    id: str
    leg: int


@dataclass(frozen=True, slots=True)
class ReportedFlight:
    """One leg, take-off to landing, that an article speaks of. What it leaves out stays None."""

    id: str
    aircraft: str | None = None
    aircraft_type: str | None = None
    registration: str | None = None
    icao24: str | None = None
    callsign: str | None = None
    operator: str | None = None
    origin: str | None = None
    destination: str | None = None
    departure: Period | None = None
    arrival: Period | None = None
    status: FlightStatus = "flown"
    journey: Journey | None = None
    attribution: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()
    confidence: float = 0.5
    intended_destination: str | None = None
    aboard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was read in one article."""

    article: Article
    entities: tuple[Entity, ...] = ()
    times: tuple[TimeExpression, ...] = ()
    events: tuple[Event, ...] = ()
    flights: tuple[ReportedFlight, ...] = ()

    def entity(self, entity_id: str | None) -> Entity | None:
        return next((e for e in self.entities if e.id == entity_id), None)


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One recorded position. Altitude in feet (None on the ground or unknown), degrees WGS 84."""

    time: datetime
    latitude: float
    longitude: float
    altitude: float | None = None
    on_ground: bool | None = None


@dataclass(frozen=True, slots=True)
class AirportMatch:
    """An airport inferred for an end of a leg: ICAO code, how sure (0–1), how far (km) and why."""

    icao: str
    name: str
    confidence: float
    distance_km: float
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without reception: between two moments, of which kind, and why we think so."""

    start: datetime
    end: datetime
    kind: Literal["out-of-coverage", "switched-off", "unknown"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ObservedFlight:
    """One leg that receivers recorded. `takeoff`/`landing` are None where neither end was seen or can be bounded."""

    id: str
    icao24: str | None
    callsign: str | None = None
    registration: str | None = None
    aircraft_type: str | None = None
    operator: str | None = None
    takeoff: Period | None = None
    landing: Period | None = None
    origin: AirportMatch | None = None
    destination: AirportMatch | None = None
    first_seen: TrackPoint | None = None
    last_seen: TrackPoint | None = None
    gaps: tuple[Gap, ...] = ()
    path: tuple[TrackPoint, ...] = ()  # thinned for maps; the ledger's source names the full rows
    points: int = 0
    file: str = ""  # file name, for people
    sha256: str = ""
    first_row: int = 0
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One named comparison: positive speaks for, negative against, and the detail says it in words."""

    clue: str
    score: float
    detail: str


@dataclass(frozen=True, slots=True)
class FlightLink:
    """A reported leg, the observed leg it was compared with (None if there is none), the evidence and the verdict."""

    id: str
    reported: str
    observed: str | None
    verdict: Verdict
    probability: float
    evidence: tuple[Evidence, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Are two ids the same thing? Decided by a rule or a person, at a moment, with evidence; can be taken back."""

    left: str
    right: str
    decision: Decision
    by: str
    at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: characters of an article or rows of a track file, and the step that read it.

    `ref` is the article id, the SHA-256 of a track file, or the name of a data set; `start`/`end` are characters
    (article) or rows (track); `quote` the words themselves or a description of the rows.
    """

    kind: SourceKind
    ref: str
    start: int | None = None
    end: int | None = None
    quote: str = ""
    step: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The atom: subject, property, value, the value as written, the source, and how sure."""

    subject: str
    property: str
    value: str
    kind: ValueKind
    source: Source
    original: str = ""
    confidence: float = 1.0
