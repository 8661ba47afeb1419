"""Readers and legs on tracks of our own making, whole and broken."""

from __future__ import annotations

import gzip
import json
import os
import time
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import BadInput, SourceError
from kg.samples.make_tracks import ATHENS, GENEVA, LARNACA, fly, table, trace, tracks
from pipelines.flights.readers import read_observations
from pipelines.flights.readers.columns import number
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


def test_one_wild_clock_costs_one_row(tmp_path):
    document = json.loads(TRACE.read_text())
    document["trace"][100][0] = 9e6
    document["ownOp"] = "EXAMPLE AIR"
    (tmp_path / "t.json").write_text(json.dumps(document))
    observations = read_observations(tmp_path / "t.json")
    assert [row for row, _ in observations.problems] == [101]
    (leg,) = find_legs(observations)
    assert leg.destination.icao == "LCLK"
    assert leg.operator == "EXAMPLE AIR"


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


def records(positions, ground=True):
    """The state vector layout."""
    return [
        {
            "timestamp": int(t.timestamp() * 1000), "icao24": "5003fa", "callsign": "T7KGX", "latitude": lat, "longitude": lon,
            "altitude": alt, "groundspeed": kt, "track": track, "onground": ground and alt is None, "squawk": 1000.0,
        }
        for t, lat, lon, alt, kt, track in positions
    ]  # fmt: skip


def test_state_vectors_in_records_and_in_columns_are_one_leg(tmp_path):
    made = records(fly(LARNACA, ATHENS, START, seed=8))
    columns = {name: {str(i): r[name] for i, r in enumerate(made)} for name in made[0]}
    (tmp_path / "r.json.gz").write_bytes(gzip.compress(json.dumps(made).encode()))
    (tmp_path / "c.json").write_text(json.dumps(columns))
    (a,), (b,) = legs_of(tmp_path / "r.json.gz"), legs_of(tmp_path / "c.json")
    assert a.id == b.id
    assert (a.origin.icao, a.destination.icao) == ("LCLK", "LGAV")


def test_the_playback_layout(tmp_path):
    track = [
        {"latitude": lat, "longitude": lon, "altitude": {"feet": int(alt or 0)}, "speed": {"kts": kt}, "heading": int(track), "timestamp": int(t.timestamp())}
        for t, lat, lon, alt, kt, track in fly(LARNACA, ATHENS, START, seed=9)
    ]  # fmt: skip
    aircraft = {"model": {"code": "GLF6"}, "identification": {"modes": "5003FA", "registration": "T7-KGX"}}
    flight = {"identification": {"callsign": "T7KGX"}, "aircraft": aircraft, "track": [*track, None]}
    (tmp_path / "p.json").write_text(json.dumps({"result": {"response": {"data": {"flight": flight}}}}))
    observations = read_observations(tmp_path / "p.json")
    assert observations.format == "Flightradar24 playback JSON"
    assert observations.problems == ((len(track) + 1, "no track point"),)
    (leg,) = find_legs(observations)
    assert (leg.icao24, leg.registration, leg.aircraft_type) == ("5003fa", "T7-KGX", "GLF6")
    assert (leg.origin.icao, leg.destination.icao) == ("LCLK", "LGAV")


def test_a_cut_off_archive_yields_what_is_sound(tmp_path):
    packed = gzip.compress(TRACE.read_bytes())
    (tmp_path / "t.json.gz").write_bytes(packed[: len(packed) * 2 // 3])
    observations = read_observations(tmp_path / "t.json.gz")
    assert 100 < observations.frame.height < 584
    assert any("cut off" in reason for _, reason in observations.problems)
    (leg,) = find_legs(observations)
    assert leg.destination is None


def test_a_bracket_bomb_is_refused_quickly(tmp_path):
    (tmp_path / "t.json").write_text('{"icao":"5003fa","timestamp":1747206420,"trace":[' + "]" * 2_000_000)
    start = time.perf_counter()
    with pytest.raises(BadInput):
        read_observations(tmp_path / "t.json")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "content", [b"", b"  \n", b"\x89PNG\r\n\x1a\n" + bytes(500), b"<html></html>", b"\x1f\x8b nonsense", b"[]", b"{}"]
)
def test_what_is_no_track_is_refused_in_words(tmp_path, content):
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        read_observations(tmp_path / "f")
    assert refusal.value.what
    assert refusal.value.next


def test_a_folder_or_a_missing_file_is_refused_in_words(tmp_path):
    for path in (tmp_path, tmp_path / "absent.json"):
        with pytest.raises(BadInput):
            read_observations(path)


@given(st.one_of(st.none(), st.booleans(), st.text(), st.integers(), st.floats(), st.lists(st.integers())))
def test_a_number_is_finite_or_none(value):
    result = number(value)
    assert result is None or abs(result) < float("inf")


def test_numbers_beyond_floats_are_none():
    assert number(10**400) is None


# Legs ----------------------------------------------------------------------------------------------------------------


def there_and_back(minutes_between):
    """Larnaca to Athens and back; no receiver sees the ground at Athens."""
    out = [p for p in fly(LARNACA, ATHENS, START, seed=10) if p[3] is not None or p[0] < START]
    back_at = out[-1][0] + timedelta(minutes=minutes_between)
    return out + [p for p in fly(ATHENS, LARNACA, back_at, seed=11) if p[0] > back_at]


@pytest.mark.parametrize("minutes", [20, 40, 90])
def test_a_turn_round_out_of_sight_makes_two_legs(tmp_path, minutes):
    (tmp_path / "t.json").write_text(trace(there_and_back(minutes)))
    out, back = legs_of(tmp_path / "t.json")
    assert (out.origin.icao, out.destination.icao) == ("LCLK", "LGAV")
    assert (back.origin.icao, back.destination.icao) == ("LGAV", "LCLK")
    assert out.landing.latest > out.last_seen.time
    assert back.takeoff.earliest < back.first_seen.time


def test_a_flickering_ground_flag_is_no_flight(tmp_path):
    positions = list(fly(LARNACA, ATHENS, START, seed=12))
    taxi = [
        (START - timedelta(minutes=30, seconds=-5 * i), LARNACA[0] + 0.0001 * i, LARNACA[1], 0.0 if i % 7 > 2 else None, 12.0, 0.0)
        for i in range(200)
    ]  # fmt: skip
    (tmp_path / "t.json").write_text(trace(taxi + positions))
    (leg,) = legs_of(tmp_path / "t.json")
    assert leg.takeoff.latest >= START


def test_a_climb_that_is_lost_near_its_field_did_not_land_there(tmp_path):
    climb = [p for p in fly(LARNACA, ATHENS, START, seed=13) if p[0] <= START + timedelta(seconds=100)]
    (tmp_path / "t.json").write_text(trace(climb))
    (leg,) = legs_of(tmp_path / "t.json")
    assert leg.origin.icao == "LCLK"
    assert leg.destination is None


def test_cruise_above_a_field_names_no_airport(tmp_path):
    cruise = [p for p in fly(GENEVA, LARNACA, START, seed=14) if (p[3] or 0) > 40000]
    (tmp_path / "t.json").write_text(trace(cruise))
    (leg,) = legs_of(tmp_path / "t.json")
    assert (leg.origin, leg.destination, leg.takeoff, leg.landing) == (None, None, None, None)


def test_two_aircraft_in_one_table_are_kept_apart(tmp_path):
    a, b = list(fly(LARNACA, ATHENS, START, seed=15)), list(fly(GENEVA, ATHENS, START, seed=16))
    lines = table(a).splitlines() + table(b).replace("T7KGX", "T7ABC").splitlines()[1:]
    head, rows = lines[0], sorted(lines[1:])
    (tmp_path / "t.csv").write_text("\n".join([head, *rows]))
    legs = legs_of(tmp_path / "t.csv")
    assert {(leg.callsign, leg.origin.icao) for leg in legs} == {("T7KGX", "LCLK"), ("T7ABC", "LSGG")}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(tmp_path, random):
    made = records(fly(LARNACA, ATHENS, START, seed=17, step_s=60))
    (tmp_path / "a.json").write_text(json.dumps(made))
    random.shuffle(made)
    (tmp_path / "b.json").write_text(json.dumps(made))
    assert [leg.id for leg in legs_of(tmp_path / "a.json")] == [leg.id for leg in legs_of(tmp_path / "b.json")]


# Real tracks, where they are at hand ---------------------------------------------------------------------------------

REAL = {
    "readsb/trace_full_ac671b.json": [(None, "KMSP"), ("KMSP", None), (None, "KMSP"), ("KMSP", "KDEN")],
    "fr24/34a8254b.json": [("LSZH", "MMUN")],
    "tests/fr24/JL516_3376ab31.csv": [("RJCC", "RJTT")],
    "tests/fr24/JL516_Flightradar24_ADS-B_data_granular.csv": [(None, "RJTT")],
    "noisy/noisy_takeoff.json.gz": [("LSZH", None)],
    "featured/elal747.json.gz": [("LIRF", "LLBG")],
}


@pytest.mark.reference
@pytest.mark.skipif("KG_DATA" not in os.environ, reason="KG_DATA names the folder of reference data")
@pytest.mark.parametrize("name", REAL)
def test_real_tracks(name):
    icao = lambda match: match.icao if match else None  # noqa: E731
    legs = legs_of(Path(os.environ["KG_DATA"]) / "dev" / "flights" / name)
    assert [(icao(leg.origin), icao(leg.destination)) for leg in legs] == REAL[name]


# Samples -------------------------------------------------------------------------------------------------------------


def test_the_samples_are_what_the_script_makes():
    for name, content in tracks().items():
        assert (SAMPLES / name).read_text() == content
        assert len(content) < 100_000


def test_the_samples_fly_as_aircraft_do():
    for path in (TRACE, TABLE):
        frame = read_observations(path).frame
        times, heights = frame["time"].to_list(), frame["altitude"].to_list()
        for t, a, u, b in zip(times, heights, times[1:], heights[1:], strict=False):
            if a is not None and b is not None and u - t < timedelta(minutes=1):
                assert abs(b - a) / ((u - t).total_seconds() / 60) < 3000
        assert frame["ground_speed"].max() < 520
