"""Readers and legs on tracks of our own making, whole and broken."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import BadInput, SourceError
from kg.samples.make_tracks import ATHENS, GENEVA, LARNACA, fly, table, trace
from pipelines.flights.readers import read_observations
from pipelines.flights.segment import find_legs

SAMPLES = Path(str(files("kg.samples")))
TRACE, TABLE = SAMPLES / "constructed_trace_full_5003fa.json", SAMPLES / "constructed_flightradar24.csv"
START = datetime(2025, 5, 14, 7, 12, tzinfo=UTC)


def legs_of(path):
    return find_legs(read_observations(path))


def assert_read_or_refused(path):
    """Nothing but a `SourceError` with what and what next may come out."""
    try:
        legs_of(path)
    except SourceError as error:
        refusal = error
    else:
        return
    assert refusal.what
    assert refusal.next


def test_a_whole_leg_has_airports_and_moments():
    (leg,) = legs_of(TRACE)
    assert (leg.icao24, leg.registration, leg.aircraft_type, leg.callsign) == ("5003fa", "T7-KGX", "GLF6", "T7KGX")
    assert (leg.origin.icao, leg.destination.icao) == ("LSGG", "LCLK")
    assert leg.takeoff.earliest <= START <= leg.takeoff.latest
    assert leg.landing.earliest < leg.landing.latest
    assert len(leg.path) <= 201


def test_a_leg_that_is_lost_has_no_landing():
    first, second = legs_of(TABLE)
    assert (first.origin.icao, first.destination.icao) == ("LCLK", "LGAV")
    assert second.origin.icao == "LGAV"
    assert second.destination is None
    assert second.landing is None


def test_the_format_is_known_by_content(tmp_path):
    (tmp_path / "x.bin").write_bytes(TRACE.read_bytes())
    (tmp_path / "y").write_bytes(gzip.compress(TABLE.read_bytes()))
    assert read_observations(tmp_path / "x.bin").format == "readsb trace"
    assert read_observations(tmp_path / "y").format == "Flightradar24 CSV"


def test_the_same_rows_give_the_same_ids_under_another_name(tmp_path):
    (tmp_path / "other.json").write_bytes(TRACE.read_bytes())
    assert [leg.id for leg in legs_of(tmp_path / "other.json")] == [leg.id for leg in legs_of(TRACE)]


def test_the_granular_layout(tmp_path):
    head = "network_time,receiver_time,hex,callsign,latitude,longitude,no_position,altitude,squawk,speed,track,vspeed,on_ground,flags,position_class"
    rows = [
        f"{t:%Y-%m-%d %H:%M:%S}Z.250,{t:%Y-%m-%d %H:%M:%S}Z.100,0x5003fa,T7KGX,{lat},{lon},P,{int(alt or 0)},,{int(kt)},{int(track)},0,{'G' if alt is None else 'A'},0,ADS-B"
        for t, lat, lon, alt, kt, track in fly(LARNACA, ATHENS, START, seed=4)
    ]
    (tmp_path / "g.csv").write_text(
        "\n".join([head, *rows, "2025-05-14 07:30:00Z.1,,0x5003fa,T7KGX,0.0,0.0,P,0,,0,0,0,A,0,ADS-B"])
    )
    (leg,) = legs_of(tmp_path / "g.csv")
    assert (leg.origin.icao, leg.destination.icao, leg.icao24) == ("LCLK", "LGAV", "5003fa")


def test_a_fault_in_position_is_left_out(tmp_path):
    positions = list(fly(GENEVA, LARNACA, START, seed=5))
    time, _, _, altitude, speed, track = positions[200]
    positions[200] = (time, -10.0, 120.0, altitude, speed, track)
    (tmp_path / "t.json").write_text(trace(positions))
    (leg,) = legs_of(tmp_path / "t.json")
    assert leg.destination.icao == "LCLK"
    assert all(p.latitude > 0 for p in leg.path)


def test_a_long_silence_high_up_is_a_gap_in_one_leg(tmp_path):
    positions = list(fly(GENEVA, LARNACA, START, seed=6))
    kept = [p for p in positions if not 60 < (p[0] - START).total_seconds() / 60 < 100]
    (tmp_path / "t.json").write_text(trace(kept))
    (leg,) = legs_of(tmp_path / "t.json")
    assert [round((g.end - g.start).total_seconds() / 60) for g in leg.gaps] == [40]
    assert leg.gaps[0].reason


def test_times_that_run_backwards_are_told_and_left_out(tmp_path):
    document = json.loads(TRACE.read_text())
    document["trace"][100][0] = 5.0
    (tmp_path / "t.json").write_text(json.dumps(document))
    observations = read_observations(tmp_path / "t.json")
    assert observations.problems == ((101, "its time runs backwards"),)
    assert len(find_legs(observations)) == 1


@pytest.mark.parametrize("value", ["NaN", "1e400", "-1e308", '"north"', "null", "[]", "{}"])
def test_impossible_positions_are_told_by_row(tmp_path, value):
    document = json.loads(trace(list(fly(LARNACA, ATHENS, START, seed=7))))
    document["trace"][50][1] = "@"
    (tmp_path / "t.json").write_text(json.dumps(document).replace('"@"', value))
    observations = read_observations(tmp_path / "t.json")
    assert observations.problems == ((51, "no sound position"),)


def test_nested_json_is_refused(tmp_path):
    (tmp_path / "t.json").write_text('{"icao": "5003fa", "timestamp": 1, "trace": ' + "[" * 20000)
    with pytest.raises(BadInput):
        read_observations(tmp_path / "t.json")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 40000), source=st.sampled_from(["trace", "table"]))
def test_any_part_of_a_file_is_read_or_refused_in_words(tmp_path, cut, source):
    data = (TRACE if source == "trace" else TABLE).read_bytes()[:cut]
    (tmp_path / "cut").write_bytes(data)
    assert_read_or_refused(tmp_path / "cut")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 20000), junk=st.binary(min_size=1, max_size=40))
def test_junk_inside_a_file_never_crashes(tmp_path, at, junk):
    data = TABLE.read_bytes()
    (tmp_path / "junk").write_bytes(data[:at] + junk + data[at:])
    assert_read_or_refused(tmp_path / "junk")


def test_the_samples_are_what_the_script_makes():
    first = list(fly(GENEVA, LARNACA, START, seed=1))
    assert trace(first) == TRACE.read_text()
    assert TABLE.read_text().startswith(table([]).strip())
