"""Verdicts as cases; what must never happen as properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.model import VERDICTS, AirportMatch, Entity, Journey, ObservedFlight, Period, ReportedFlight, TrackPoint
from pipelines.flights.link import CLUES, compare, coverage, link_flights
from pipelines.flights.link import Context as LinkContext

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "links.yaml").read_text(encoding="utf-8"))
AT = {
    "LSGG": (46.238, 6.109), "LCLK": (34.875, 33.625), "LGAV": (37.936, 23.945), "OJAI": (31.723, 35.993), "EFHK": (60.317, 24.963), "ESSA": (59.652, 17.919),
    "RJTT": (35.552, 139.780), "RJAA": (35.764, 140.386), "ZKPY": (39.224, 125.670),
}  # fmt: skip
PLACES = {
    "Geneva": ("City", (46.202, 6.146), {}), "Larnaca": ("City", (34.923, 33.623), {}), "Amman": ("City", (31.955, 35.945), {}),
    "Benghazi": ("City", (32.115, 20.069), {}), "Kufra": ("City", (24.2, 23.3), {}), "Switzerland": ("Country", (46.8, 8.2), {}), "Cyprus": ("Country", (35.0, 33.0), {}),
    "Tokyo": ("City", (35.690, 139.692), {}), "Pyongyang": ("City", (39.034, 125.754), {}), "Haneda": ("Airport", AT["RJTT"], {"icao": "RJTT"}),
    "LSGG": ("Airport", AT["LSGG"], {"icao": "LSGG"}), "LCLK": ("Airport", AT["LCLK"], {"icao": "LCLK"}),
}  # fmt: skip
ENTITIES = {name: Entity(name, type_, name, identifiers, at) for name, (type_, at, identifiers) in PLACES.items()}
ENTITIES["F900"] = Entity("F900", "AircraftType", "Dassault Falcon 900", {"icao": "F900"})
ENTITIES["GLF6"] = Entity("GLF6", "AircraftType", "Gulfstream G650", {"icao": "GLF6"})


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(text, zone):
    return Period(moment(text), moment(text) + timedelta(seconds=59), "minute", text, zone) if text else None


def reported(r):
    zone = r.get("zone", "UTC")
    day = r.get("day")
    departure = (
        Period(moment(day), moment(day) + timedelta(hours=23, minutes=59), "day", day, "UTC")
        if day
        else clock(r.get("departure"), zone)
    )
    return ReportedFlight(
        "rfl-1", origin=r.get("origin"), destination=r.get("destination"), departure=departure, arrival=clock(r.get("arrival"), zone),
        registration=r.get("registration"), callsign=r.get("callsign"), aircraft_type=r.get("type"), status=r.get("status", "flown"),
    )  # fmt: skip


def airport(icao):
    return AirportMatch(icao, icao, 0.97, 0.5, "on the ground") if icao else None


def traffic(icao, start, end):
    """Another aircraft, low around this airport, heard every 20 minutes."""
    first, last = moment(start), moment(end)
    times = [first + timedelta(minutes=20 * i) for i in range(int((last - first) / timedelta(minutes=20)) + 1)]
    path = tuple(TrackPoint(t, AT[icao][0] + 0.05, AT[icao][1], 2500.0) for t in times)
    return ObservedFlight(f"ofl-{icao}", "abcdef", first_seen=path[0], last_seen=path[-1], path=path)


def observed(number, row):
    registration, callsign, origin, destination, takeoff, landing = row
    start, end = moment(takeoff), moment(landing) if landing else moment(takeoff) + timedelta(hours=1)
    first = TrackPoint(start, *AT[origin], 1000.0)
    last = TrackPoint(end, *AT[destination], 1000.0) if destination else TrackPoint(end, 42.0, 15.0, 41000.0)
    return ObservedFlight(
        f"ofl-{number}", None, callsign, registration, "GLF6", takeoff=Period(start, start, "minute", "", "UTC"),
        landing=Period(end, end, "minute", "", "UTC") if landing else None, origin=airport(origin), destination=airport(destination), first_seen=first, last_seen=last, path=(first, last),
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_verdicts(case):
    legs = tuple(observed(i, row) for i, row in enumerate(case["o"]))
    legs += tuple(traffic(*row) for row in case.get("traffic", ()))
    (link,) = link_flights((reported(case["r"]),), legs, ENTITIES)
    assert link.verdict == case["verdict"], link.summary
    assert link.summary
    assert 0 <= link.probability <= 1


def test_the_order_of_tracks_does_not_matter():
    legs = tuple(observed(i, row) for i, row in enumerate(CASES[-1]["o"]))
    leg = reported(CASES[-1]["r"])
    assert link_flights((leg,), legs, ENTITIES) == link_flights((leg,), legs[::-1], ENTITIES)


def test_every_clue_says_what_it_compared():
    case = CASES[0]
    found = compare(reported(case["r"]), observed(0, case["o"][0]), LinkContext(ENTITIES))
    assert {e.clue for e in found} <= set(CLUES)
    assert all(e.detail.endswith(".") and e.score for e in found)


@given(st.integers(0, 23), st.integers(-40, 40))
def test_silence_alone_never_contradicts(hour, days):
    """Where no track is near the places told, whatever the time, the verdict is not `contradicted`."""
    when = moment("2025-05-14T00:00") + timedelta(days=days, hours=hour)
    leg = ReportedFlight(
        "rfl-1",
        origin="Benghazi",
        destination="Kufra",
        departure=Period(when, when, "minute", "", "UTC"),
        registration="T7-ZZZ",
    )
    (link,) = link_flights((leg,), (observed(0, CASES[0]["o"][0]),), ENTITIES)
    assert link.verdict in ("not-observable", "no-data")


def test_coverage_is_where_something_flew_low():
    seen = coverage((observed(0, CASES[0]["o"][0]),))
    at = Period(moment("2025-05-14T07:00"), moment("2025-05-14T07:30"), "hour", zone="UTC")
    assert seen.share(AT["LSGG"], at) == 1
    assert seen.share(AT["EFHK"], at) == 0
    day = Period(moment("2025-05-14T00:00"), moment("2025-05-14T23:59"), "day", zone="UTC")
    assert 0 < seen.share(AT["LSGG"], day) < 0.2
    assert set(VERDICTS) == {"corroborated", "consistent", "contradicted", "not-observable", "no-data"}


def test_a_journey_speaks_for_its_legs():
    """The leg told without a track of its end gains from the leg before, flown by the same aircraft."""
    first = reported({"origin": "Geneva", "destination": "Larnaca", "departure": "2025-05-14T07:12"})
    second = reported({"origin": "Larnaca", "destination": "Amman", "departure": "2025-05-14T12:00"})
    legs = (replace(first, id="rfl-1", journey=Journey("j", 1)), replace(second, id="rfl-2", journey=Journey("j", 2)))
    tracks = (
        observed(0, ["T7-KGX", None, "LSGG", "LCLK", "2025-05-14T07:11", "2025-05-14T10:23"]),
        observed(1, ["T7-KGX", None, "LCLK", "OJAI", "2025-05-14T12:04", "2025-05-14T13:10"]),
    )
    links = link_flights(legs, tracks, ENTITIES)
    assert [any(e.clue == "continuity" for e in link.evidence) for link in links] == [True, True]
    alone = link_flights(legs[:1], tracks, ENTITIES)
    assert links[0].probability > alone[0].probability


def test_the_operator_in_the_file_speaks_for_the_operator_told():
    entities = {**ENTITIES, "air": Entity("air", "Organization", "Example Air")}
    leg = replace(reported(CASES[0]["r"]), operator="air")
    track = observed(0, CASES[0]["o"][0])
    scores = [
        {e.clue: e.score for e in compare(leg, replace(track, operator=name), LinkContext(entities))}
        for name in ("EXAMPLE AIR LINES INC", "SOME LESSOR LTD")
    ]
    assert scores[0]["operator"] > 0
    assert "operator" not in scores[1]


def test_reception_that_begins_in_the_air_is_no_late_departure():
    seen = observed(0, ["T7-KGX", None, "LSGG", "LCLK", "2025-05-14T08:40", "2025-05-14T10:23"])
    track = replace(
        seen, origin=None, takeoff=None, first_seen=TrackPoint(moment("2025-05-14T08:40"), 41.0, 18.0, 41000.0)
    )
    (link,) = link_flights((reported(CASES[0]["r"]),), (track,), ENTITIES)
    assert link.verdict == "consistent"
    assert "too little of the leg" in link.summary
    assert all(e.score > 0 for e in link.evidence)


@given(st.integers(0, 47))
def test_a_plan_is_never_contradicted_by_silence(hour):
    when = moment("2025-05-14T00:00") + timedelta(hours=hour)
    leg = replace(reported(CASES[0]["r"]), departure=Period(when, when, "minute", "", "UTC"), status="planned")
    legs = (
        observed(0, ["T7-KGX", None, "EFHK", "ESSA", "2025-05-14T07:11", "2025-05-14T08:23"]),
        traffic("LSGG", "2025-05-13T20:00", "2025-05-16T02:00"),
        traffic("LCLK", "2025-05-13T20:00", "2025-05-16T02:00"),
    )
    (link,) = link_flights((leg,), legs, ENTITIES)
    assert link.verdict not in ("contradicted", "corroborated")
