"""One invented story for every test of the graph: two articles, two recorded flights, two comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.assemble import assemble
from kg.ids import make_id
from kg.ledger import Ledger
from kg.model import (
    AirportMatch,
    Article,
    Entity,
    Event,
    Evidence,
    Findings,
    FlightLink,
    Gap,
    Journey,
    Mention,
    ObservedFlight,
    Office,
    Period,
    Published,
    ReportedFlight,
    Role,
    Span,
    TimeExpression,
    TrackPoint,
)
from kg.projections.embedded import Embedded
from kg.statements import statements_of_findings, statements_of_link, statements_of_observed

TEXT_ONE = (
    "President Ada Voss of Norland met Bo Lindqvist in Port Vesper on Friday.\n"
    "They signed the Tide Accord. Norland may have supplied Sudria with rockets, Skywatch said.\n"
    "The Il-62M T7-KGX of Norland Air Service flew from Northaven to Vesper Field on Wednesday and back on Saturday, "
    "Skywatch said."
)
TEXT_TWO = "Ada Voss will visit Port Vesper in June, the Gazette has learned. Her host is Mr. Lindqvist."


def day(number: int, month: int = 5, text: str = "") -> Period:
    start = datetime(2024, month, number, tzinfo=UTC)
    return Period(start, start.replace(hour=23, minute=59, second=59), "day", text, "Etc/UTC")


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), words)


def mentions(text: str, *words: str) -> tuple[Mention, ...]:
    return tuple(Mention(s.start, s.end, s.text, "name", "") for s in (span(text, w) for w in words))


def article_one() -> Findings:
    text = TEXT_ONE
    article = Article(
        make_id("art", "Leaders meet in Port Vesper", text), "Leaders meet in Port Vesper", text,
        "https://harbour.example/1", "Harbour Post", "Cy Marsh", "en",
        Published(day(12).earliest, day(12).latest, "stated", "the page states it"),
        datetime(2024, 6, 1, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    offices = (
        Office("President", "iso:XN", "2020-01-20", None, "curated"),
        Office("Prime Minister", "iso:XN", "2015", "2019", "curated"),
    )
    entities = (
        Entity("wikidata:Q1", "Person", "Ada Voss", {"wikidata": "Q1"}, None, mentions(text, "Ada Voss"), {}, offices),
        Entity("ent-bo", "Person", "Bo Lindqvist", {}, None, mentions(text, "Bo Lindqvist")),
        Entity("iso:XN", "Country", "Norland", {"iso2": "XN"}, (60.0, 10.0), mentions(text, "Norland")),
        Entity("iso:XS", "Country", "Sudria", {"iso2": "XS"}, None, mentions(text, "Sudria")),
        Entity("geonames:11", "City", "Port Vesper", {"geonames": "11"}, (59.9, 10.7), mentions(text, "Port Vesper"), {"country": "XN", "timezone": "Etc/UTC"}),
        Entity("icao:ZZNA", "Airport", "Northaven", {"icao": "ZZNA"}, (61.0, 9.0), mentions(text, "Northaven"), {"country": "XN"}),
        Entity("icao:ZZVP", "Airport", "Vesper Field", {"icao": "ZZVP"}, (59.8, 10.6), mentions(text, "Vesper Field"), {"country": "XN", "city": "Port Vesper"}),
        Entity("registration:T7-KGX", "Aircraft", "T7-KGX", {"registration": "T7-KGX"}, None, mentions(text, "T7-KGX"), {"aircraft_type": "type:IL62", "operator": "ent-air"}),
        Entity("type:IL62", "AircraftType", "Il-62M", {"icao": "IL62"}, None, mentions(text, "Il-62M")),
        Entity("ent-air", "Organization", "Norland Air Service", {}, None, mentions(text, "Norland Air Service")),
        Entity("ent-sky", "Organization", "Skywatch", {}, None, mentions(text, "Skywatch")),
        Entity("ent-accord", "Agreement", "Tide Accord", {}, None, mentions(text, "Tide Accord")),
    )  # fmt: skip
    friday = day(10, text="on Friday")
    events = (
        Event("evt-meeting", "Meeting", "CONSULT", span(text, "met"), (Role("actor", "wikidata:Q1"), Role("counterpart", "ent-bo"), Role("place", "geonames:11")),
              friday, "geonames:11", "asserted", (), (span(text, text.split("\n")[0]),), 0.9),
        Event("evt-signing", "Signing", "AGREE", span(text, "signed"), (Role("actor", "wikidata:Q1"), Role("actor", "ent-bo"), Role("topic", "ent-accord")),
              None, None, "asserted", (), (span(text, "They signed the Tide Accord."),), 0.8),
        Event("evt-arms", "ArmsSupply", "AID", span(text, "supplied"), (Role("actor", "iso:XN"), Role("recipient", "iso:XS")),
              None, None, "possible", ("ent-sky",), (span(text, "Norland may have supplied Sudria with rockets, Skywatch said."),), 0.6),
    )  # fmt: skip
    told = (span(text, text.split("\n")[2]),)
    common = {
        "aircraft": "registration:T7-KGX",
        "aircraft_type": "type:IL62",
        "registration": "T7-KGX",
        "operator": "ent-air",
        "attribution": ("ent-sky",),
        "evidence": told,
    }
    flights = (
        ReportedFlight("rfl-1", origin="icao:ZZNA", destination="icao:ZZVP", departure=day(8, text="on Wednesday"), journey=Journey("jny-1", 1), confidence=0.9,
                       aboard=("wikidata:Q1",), **common),  # type: ignore[arg-type]
        ReportedFlight("rfl-2", origin="icao:ZZVP", destination="icao:ZZNA", departure=day(11, text="on Saturday"), journey=Journey("jny-1", 2), confidence=0.7, **common),  # type: ignore[arg-type]
    )  # fmt: skip
    when = span(text, "on Friday")
    times = (TimeExpression(when.start, when.end, when.text, "DATE", "2024-05-10", friday),)
    return Findings(article, entities, times, events, flights)


def article_two() -> Findings:
    text = TEXT_TWO
    article = Article(
        make_id("art", "Voss to visit", text), "Voss to visit", text, None, "Inland Gazette", None, "en", Published()
    )
    entities = (
        Entity("wikidata:Q1", "Person", "Ada Voss", {"wikidata": "Q1"}, None, mentions(text, "Ada Voss")),
        Entity("geonames:11", "City", "Port Vesper", {"geonames": "11"}, (59.9, 10.7), mentions(text, "Port Vesper"), {"country": "XN", "timezone": "Etc/UTC"}),
        Entity("ent-lindqvist", "Person", "Lindqvist", {}, None, mentions(text, "Mr. Lindqvist")),
    )  # fmt: skip
    june = Period(
        datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 30, 23, 59, 59, tzinfo=UTC), "month", "in June", "Etc/UTC"
    )
    visit = Event(
        "evt-visit", "Visit", "CONSULT", span(text, "visit"), (Role("actor", "wikidata:Q1"), Role("counterpart", "ent-lindqvist")), june, "geonames:11", "planned",
        (), (span(text, "Ada Voss will visit Port Vesper in June, the Gazette has learned."),), 0.8,
    )  # fmt: skip
    return Findings(article, entities, (), (visit,), ())


def observed_flights() -> tuple[ObservedFlight, ...]:
    seen = TrackPoint(datetime(2024, 5, 8, 6, 10, tzinfo=UTC), 61.0, 9.0, None, True)
    lost = TrackPoint(datetime(2024, 5, 8, 7, 55, tzinfo=UTC), 59.81, 10.61, 1500.0, False)
    gap = Gap(
        datetime(2024, 5, 8, 6, 40, tzinfo=UTC),
        datetime(2024, 5, 8, 7, 5, tzinfo=UTC),
        "out-of-coverage",
        "no receiver over the sound",
    )
    north = AirportMatch("ZZNA", "Northaven", 0.95, 0.8, "on the ground at its runway")
    field = AirportMatch("ZZVP", "Vesper Field", 0.7, 4.2, "last seen low on approach")
    one = ObservedFlight(
        "ofl-1", "5003fa", "KGX1", "T7-KGX", "IL62", "Norland Air Service", day(8), day(8), north, field, seen, lost, (gap,), (seen, lost), 240, "kgx.json", "ab" * 32, 0, 239
    )  # fmt: skip
    other = ObservedFlight(
        "ofl-2",
        "5003fb",
        takeoff=day(9),
        first_seen=seen,
        points=12,
        file="kgx.json",
        sha256="ab" * 32,
        first_row=240,
        last_row=251,
    )
    return one, other


def links() -> tuple[FlightLink, ...]:
    evidence = (Evidence("registration", 3.0, "both are T7-KGX"), Evidence("departure", 1.0, "within the day told"))
    return (
        FlightLink("lnk-1", "rfl-1", "ofl-1", "corroborated", 0.97, evidence, "the same registration on the same day"),
        FlightLink("lnk-2", "rfl-2", None, "not-observable", 0.5, (), "no receiver was in range"),
    )


@dataclass(frozen=True)
class Story:
    """The parts of the story, and how to tell them to a ledger."""

    findings: tuple[Findings, ...]
    observed: tuple[ObservedFlight, ...]
    links: tuple[FlightLink, ...]

    def tell(self, ledger: Ledger, backwards: bool = False) -> Ledger:
        parts = [lambda f=f: tell_article(ledger, f) for f in self.findings]
        parts += [
            lambda: ledger.put("ab" * 32, "track", (s for o in self.observed for s in statements_of_observed(o))),
            lambda: ledger.put("links", "link", (s for x in self.links for s in statements_of_link(x))),
        ]
        for part in reversed(parts) if backwards else parts:
            part()
        return ledger


def tell_article(ledger: Ledger, findings: Findings):
    return ledger.put(findings.article.id, "article", statements_of_findings(findings), findings.article)


@pytest.fixture(scope="session")
def story() -> Story:
    return Story((article_one(), article_two()), observed_flights(), links())


@pytest.fixture
def open_ledger(tmp_path: Path):
    """Make as many ledgers as a test needs."""
    opened: list[Ledger] = []

    def make(name: str = "ledger.sqlite") -> Ledger:
        opened.append(Ledger.open(tmp_path / name, write=True))
        return opened[-1]

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture(scope="session")
def asked(story: Story, tmp_path_factory) -> Embedded:
    """The story in an embedded graph that tests only read."""
    folder = tmp_path_factory.mktemp("asked")
    store = Embedded(folder / "graph.lbug")
    with Ledger.open(folder / "ledger.sqlite", write=True) as ledger:
        store.rebuild(assemble(story.tell(ledger)))
    return store


@pytest.fixture
def told(story: Story, open_ledger) -> Ledger:
    """A ledger that holds the whole story."""
    return story.tell(open_ledger())
