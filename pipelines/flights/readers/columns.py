"""The one column layout of all flight observations: UTC, degrees, feet, knots; `row` leads back to the file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

COLUMNS = (
    "time", "latitude", "longitude", "altitude", "on_ground", "ground_speed", "track", "vertical_rate", "icao24", "callsign", "registration", "type",
    "squawk", "position_source", "operator", "row",
)  # fmt: skip
Problem = tuple[int, str]
_YEAR_2000, _YEAR_2100 = 946_684_800.0, 4_102_444_800.0


@dataclass(frozen=True, slots=True)
class Observations:
    """What a file recorded. `problems`: row (1-based) and reason of what could not be read; what is sound was."""

    frame: pl.DataFrame
    file: str
    sha256: str
    format: str
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Rows:
    """Sound rows as they are read, and the reasons for the others."""

    values: list[tuple[Any, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: int, time: float | None, latitude: Any, longitude: Any, **known: Any) -> None:
        """A position at `time` (Unix seconds); without a sound time or position it is a problem instead."""
        lat, lon = number(latitude), number(longitude)
        if time is None or not math.isfinite(time) or not _YEAR_2000 <= time <= _YEAR_2100:
            self.problems.append((row, "no sound time"))
        elif lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self.problems.append((row, "no sound position"))
        else:
            self.values.append((time, lat, lon, *(known.get(name) for name in COLUMNS[3:-1]), row))


def number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return None
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def word(value: Any) -> str | None:
    """Text that is not blank, trimmed, or None."""
    return value.strip() or None if isinstance(value, str) else None


def to_frame(values: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows in the column layout, in order of aircraft and time; of equal ones the first."""
    import polars as pl

    kinds: Mapping[str, Any] = {
        "time": pl.Float64, "latitude": pl.Float64, "longitude": pl.Float64, "altitude": pl.Float64, "on_ground": pl.Boolean, "ground_speed": pl.Float64,
        "track": pl.Float64, "vertical_rate": pl.Float64, "row": pl.Int64,
    }  # fmt: skip
    frame = pl.DataFrame(
        list(values), schema={name: kinds.get(name, pl.String) for name in COLUMNS}, orient="row", strict=False
    )
    moments = (pl.col("time") * 1_000_000).round().cast(pl.Int64).cast(pl.Datetime("us", "UTC"))
    return (
        frame.with_columns(moments.alias("time"))
        .sort("icao24", "time", "row", nulls_last=True)
        .unique(["icao24", "time", "latitude", "longitude"], keep="first", maintain_order=True)
    )


def csv_records(data: bytes, rows: Rows) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of each line under the header; a line that csv refuses is a problem and ends the file."""
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")))
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rows.problems.append((reader.line_num, f"no line of a table ({error}); what follows is not read"))
            return
        yield reader.line_num, record
