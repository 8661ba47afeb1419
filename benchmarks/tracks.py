"""How fast tracks become legs: positions per second of reading and of leg finding, on constructed tracks.

python -m benchmarks.tracks
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kg.samples.make_tracks import GENEVA, LARNACA, fly, trace
from pipelines.flights.readers import read_observations
from pipelines.flights.segment import find_legs


def main() -> None:
    start = datetime(2025, 5, 14, 0, 10, tzinfo=UTC)
    out = list(fly(GENEVA, LARNACA, start, seed=1, step_s=1))
    back = list(fly(LARNACA, GENEVA, out[-1][0] + timedelta(hours=1), seed=2, step_s=1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.json"
        path.write_text(trace(out + back), encoding="utf-8")
        find_legs(read_observations(path))  # loads libraries and the table of airports
        clock = [time.perf_counter()]
        observations = read_observations(path)
        clock.append(time.perf_counter())
        legs = find_legs(observations)
        clock.append(time.perf_counter())
    count = observations.frame.height
    print(f"{count} positions, {len(legs)} legs")
    for step, seconds in zip(("reading", "leg finding"), (clock[1] - clock[0], clock[2] - clock[1]), strict=True):
        print(f"{step:<12} {count / seconds:>10,.0f} positions/s")


if __name__ == "__main__":
    main()
