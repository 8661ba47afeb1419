"""A small sound graph, built by hand, that the tests break in one place each."""

from __future__ import annotations

from kg.assemble import Edge, Graph, Node
from kg.ids import make_id

TEXT = "The minister signed a treaty in Minsk. His jet flew from Minsk to Sochi on Tuesday."
ARTICLE, EVENT, FLIGHT, SEEN = (make_id(p, "sample") for p in ("art", "evt", "rfl", "ofl"))
SAYS_EVENT, SAYS_FLIGHT, SAYS_SEEN = (make_id("evi", n) for n in ("event", "flight", "seen"))
MINISTER = make_id("ent", "minister")
MINSK, SOCHI, BELARUS = "geonames:625144", "geonames:491422", "iso:BY"


def sound_graph() -> Graph:
    """One article, an event, a reported and an observed flight, and all that they rest on."""
    e, f, s = {"evidence": [SAYS_EVENT]}, {"evidence": [SAYS_FLIGHT]}, {"evidence": [SAYS_SEEN]}
    quote = {"kind": "article", "ref": ARTICLE, "step": "events", "version": "1"}
    nodes = [
        Node(ARTICLE, "Article", {"title": "A treaty", "language": "en", "published_basis": "stated", "published_earliest": "2024-09-24T00:00:00Z", "published_latest": "2024-09-24T23:59:59Z"}),
        Node(EVENT, "Event", {"name": "Signing: signed", "type": "Signing", "plover": "AGREE", "trigger": "signed", "realis": "asserted", "confidence": 0.8, "earliest": "2024-09-23T00:00:00Z", "latest": "2024-09-23T23:59:59Z"}),
        Node(FLIGHT, "ReportedFlight", {"name": "Minsk → Sochi", "status": "flown", "leg": 1, "journey": "jny-1", "icao24": "510001", "verdict": "corroborated", "probability": 0.97, "departure_earliest": "2024-09-24T05:00:00Z", "departure_latest": "2024-09-24T06:00:00Z", "arrival_earliest": "2024-09-24T08:00:00Z", "arrival_latest": "2024-09-24T09:00:00Z"}),
        Node(SEEN, "ObservedFlight", {"name": "EW-001PA UMMS → URSS", "icao24": "510001", "sha256": "0a" * 32, "file": "sample.csv", "first_row": 1, "last_row": 9, "points": 9, "takeoff_earliest": "2024-09-24T05:10:00Z", "takeoff_latest": "2024-09-24T05:12:00Z", "landing_earliest": "2024-09-24T08:10:00Z", "landing_latest": "2024-09-24T08:12:00Z"}),
        Node(SAYS_EVENT, "Evidence", {**quote, "start": 0, "end": 38, "quote": TEXT[:38]}),
        Node(SAYS_FLIGHT, "Evidence", {**quote, "start": 39, "end": len(TEXT), "quote": TEXT[39:]}),
        Node(SAYS_SEEN, "Evidence", {"kind": "track", "ref": "0a" * 32, "start": 1, "end": 9, "quote": "sample.csv"}),
        Node(MINISTER, "Person", {"name": "the \"minister\" \\ п"}),
        Node(MINSK, "City", {"name": "Minsk", "latitude": 53.9, "longitude": 27.56667, "country": "BY"}),
        Node(SOCHI, "City", {"name": "Sochi", "latitude": 43.6, "longitude": 39.73}),
        Node(BELARUS, "Country", {"name": "Belarus", "iso2": "BY"}),
    ]  # fmt: skip
    edges = [
        Edge(ARTICLE, MINISTER, "MENTIONS", {"count": 2}), Edge(ARTICLE, MINSK, "MENTIONS", {"count": 2}),
        Edge(ARTICLE, SOCHI, "MENTIONS", {"count": 1}), Edge(ARTICLE, BELARUS, "MENTIONS", {"count": 1}),
        Edge(ARTICLE, EVENT, "REPORTS", e), Edge(ARTICLE, FLIGHT, "REPORTS", f),
        Edge(EVENT, MINISTER, "ACTOR", {**e, "role": "actor", "confidence": 0.8}), Edge(EVENT, MINSK, "PLACE", {**e, "role": "place"}),
        Edge(EVENT, SAYS_EVENT, "EVIDENCED_BY"), Edge(SAYS_EVENT, ARTICLE, "IN_ARTICLE"),
        Edge(FLIGHT, SAYS_FLIGHT, "EVIDENCED_BY"), Edge(SAYS_FLIGHT, ARTICLE, "IN_ARTICLE"), Edge(SEEN, SAYS_SEEN, "EVIDENCED_BY"),
        Edge(FLIGHT, MINSK, "ORIGIN", f), Edge(FLIGHT, SOCHI, "DESTINATION", f),
        Edge(SEEN, MINSK, "ORIGIN", s),
        Edge(FLIGHT, SEEN, "LINKED_TO", {**f, "verdict": "corroborated", "probability": 0.97}), Edge(MINSK, BELARUS, "LOCATED_IN"),
    ]  # fmt: skip
    ordered = sorted(edges, key=lambda edge: (edge.source, edge.type, edge.target))
    return Graph(tuple(sorted(nodes, key=lambda n: n.id)), tuple(ordered))
