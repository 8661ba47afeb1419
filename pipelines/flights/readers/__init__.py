"""Readers of flight observations, one file per format; a file is recognised by its content, not by its name."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

from kg.errors import BadInput, TooLarge
from pipelines.flights.readers import fr24_csv, fr24_granular, fr24_playback, readsb_trace, state_vectors
from pipelines.flights.readers.columns import Observations, to_frame

READERS = (fr24_csv, fr24_granular, fr24_playback, readsb_trace, state_vectors)
_LIMIT = 512 * 1024 * 1024


def read_observations(path: Path) -> Observations:
    """All sound positions of a file. Raises `BadInput` where it is of no known format or holds no position at all."""
    data, whole = _bytes(path)
    if not data.strip():
        raise BadInput(f"{path.name} is empty.", next="Export the track again.")
    head = data[:65536]
    reader = next((r for r in READERS if r.matches(head)), None)
    if reader is None:
        known = ", ".join(r.FORMAT for r in READERS)
        raise BadInput(
            f"{path.name} is of no known format.",
            f"Its content is none of: {known}.",
            "Export the track in one of these.",
        )
    rows = reader.read(data, path.name)
    if not whole:
        rows.problems.append((0, "the compressed file is cut off; what could be unpacked is read"))
    if not rows.values:
        raise BadInput(f"{path.name} holds no position.", _reasons(rows.problems), "Export the track again.")
    return Observations(
        to_frame(rows.values), path.name, hashlib.sha256(data).hexdigest(), reader.FORMAT, tuple(rows.problems)
    )


def _reasons(problems: list[tuple[int, str]]) -> str:
    return f"{len(problems)} rows are broken; the first: row {problems[0][0]}, {problems[0][1]}." if problems else ""


def _bytes(path: Path) -> tuple[bytes, bool]:
    """The content, unpacked if it is gzip, and whether it is whole. Never more than the limit is unpacked."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LIMIT + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read.", str(error), "Check the name and the permissions.") from error
    data, whole = _unpacked(raw, path) if raw[:2] == b"\x1f\x8b" else (raw, True)
    if len(data) > _LIMIT:
        raise TooLarge(
            f"{path.name} is too large.",
            f"It holds more than {_LIMIT // 2**20} MiB.",
            "Split it by day or by aircraft.",
        )
    return data, whole


def _unpacked(raw: bytes, path: Path) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    size = 0
    while raw:  # a gzip file may hold several members, one after the other
        unpacker = zlib.decompressobj(wbits=31)
        try:
            parts.append(unpacker.decompress(raw, _LIMIT + 1 - size))
        except zlib.error as error:
            if parts:
                return b"".join(parts), False
            raise BadInput(f"{path.name} is broken gzip.", str(error), "Fetch the file again.") from error
        size += len(parts[-1])
        if size > _LIMIT or not unpacker.eof:
            return b"".join(parts), False
        raw = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts), True
