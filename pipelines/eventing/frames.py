"""Frames of the ontology, indexed by the lemma that triggers them.

A trigger is a lemma, or a mapping of `lemma` and conditions. A condition's value is a list of lemmas, `any`, or the name
of a class group (`agent`, `person`, `place`, `arms`, `carrier`): some argument in that position must fit it.
Positions: `object`, `subject`, `compound`, `amod`, `light` (the verb that governs a noun), and any preposition.
`not_object`, `not_compound` forbid; `particle`, `complement` (a clause), `plural`, `speech`, `swap` (subject and
recipient change places) are said in docs/frames.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

AGENT = frozenset({"Person", "Organization", "Country", "Publisher"})
PLACE = frozenset({"City", "Country", "Region", "Airport", "Facility"})
GROUPS: Mapping[str, frozenset[str]] = {
    "agent": AGENT,
    "speaker": frozenset({"Person", "Organization", "Country"}),
    "person": frozenset({"Person"}),
    "place": PLACE,
    "arms": frozenset({"Weapon", "AircraftType"}),
    "carrier": frozenset({"Aircraft", "AircraftType"}),
    "agreement-entity": frozenset({"Agreement"}),
    "any": AGENT | PLACE | {"Weapon", "Aircraft", "AircraftType", "Agreement", "NamedEvent"},
}
# Nouns that fit a group without being a named entity.
GROUP_NOUNS: Mapping[str, frozenset[str]] = {
    "arms": frozenset(
        """weapon arm arms missile rocket tank gun ammunition munition shell drone jet fighter bomber warplane helicopter artillery
        warship submarine radar system grenade rifle bomb torpedo interceptor howitzer launcher weaponry""".split()
    ),
    "carrier": frozenset(
        "plane aircraft jet airliner airplane helicopter chopper flight drone bomber fighter freighter glider".split()
    ),
    "person": frozenset(
        """man woman official leader president minister journalist activist soldier pilot officer commander general diplomat envoy
        suspect passenger crew delegation who he she""".split()
    ),
    "agent": frozenset(
        """government official ministry minister president leader army military force troop authority police parliament court
        company state country opposition rebel militant group party agency delegation forces navy airline spokesman spokeswoman
        crew pilot soldier journalist man woman people person civilian prosecutor bloc alliance union investigator gunman
        terrorist prisoner hostage passenger activist side who he she they it counterpart neighbour neighbor regime protester""".split()
    ),
    "place": frozenset(
        "city town capital country region base village border embassy airport plant factory island port site".split()
    ),
}
FLIGHT_TYPES = frozenset({"Flight", "Departure", "Arrival", "Stopover", "Overflight", "Diversion", "SignalLoss"})
_FLAGS = frozenset({"lemma", "particle", "complement", "plural", "speech", "swap", "not_speech", "joint"})


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Where a role is found and which classes may fill it."""

    role: str
    positions: tuple[str, ...]
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A lemma, the frame that it triggers, and what must stand beside it."""

    frame: Frame
    lemma: str
    particle: str | None = None
    flags: frozenset[str] = frozenset()
    conditions: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def weight(self) -> int:
        return len(self.conditions) * 2 + len(self.flags) + (self.particle is not None)


@dataclass(frozen=True, slots=True)
class Frame:
    """An event type as its YAML file describes it."""

    type: str
    parent: str | None
    plover: str | None
    roles: tuple[RoleRule, ...]
    requires: tuple[tuple[str, ...], ...]  # each a choice of roles, one of which must be filled
    depth: int


@cache
def load_frames() -> dict[str, Frame]:
    """Type → frame, of all events but flights, whose legs are read by the flight step."""
    return {data["type"]: _frame(data) for data in _files() if data["type"] not in FLIGHT_TYPES}


@cache
def _files() -> tuple[dict[str, Any], ...]:
    paths = sorted(files("ontologies").joinpath("events").iterdir(), key=lambda p: p.name)
    return tuple(
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for path in paths
        if path.name.endswith(".yaml")
    )


@cache
def load_triggers() -> tuple[dict[str, tuple[Trigger, ...]], dict[str, tuple[Trigger, ...]]]:
    """Verbs and nouns: lemma → triggers, the most demanding first."""
    verbs: dict[str, list[Trigger]] = {}
    nouns: dict[str, list[Trigger]] = {}
    frames = load_frames()
    for data in _files():
        frame = frames.get(data["type"])
        if frame is None:
            continue
        for table, key in ((verbs, "verbs"), (nouns, "nouns")):
            for entry in data["triggers"].get(key) or ():
                trigger = _trigger(frame, entry)
                table.setdefault(trigger.lemma, []).append(trigger)
    return _ordered(verbs), _ordered(nouns)


def _ordered(table: dict[str, list[Trigger]]) -> dict[str, tuple[Trigger, ...]]:
    return {
        lemma: tuple(sorted(ts, key=lambda t: (-t.weight(), -t.frame.depth, t.frame.type)))
        for lemma, ts in table.items()
    }


def _frame(data: dict[str, Any]) -> Frame:
    roles = tuple(
        RoleRule(name, tuple(map(_word, rule["from"])), _types(rule["types"])) for name, rule in data["roles"].items()
    )
    requires = tuple(tuple(choice.split("|")) for choice in data.get("requires", ()))
    return Frame(data["type"], data.get("parent"), data.get("plover"), roles, requires, 1 if data.get("parent") else 0)


def _word(value: str | bool) -> str:
    """YAML 1.1 reads `on` and `off` as truth values."""
    return value if isinstance(value, str) else ("on" if value else "off")


def _types(value: str | list[str]) -> frozenset[str]:
    return GROUPS[value] if isinstance(value, str) else frozenset(value)


def _trigger(frame: Frame, entry: str | dict[str, Any]) -> Trigger:
    if isinstance(entry, str):
        return Trigger(frame, entry)
    named = {_word(k): v for k, v in entry.items()}
    flags = frozenset(
        f"{k}:{v}" if isinstance(v, str) else k for k, v in named.items() if k in _FLAGS - {"lemma", "particle"}
    )
    conditions = {k: v for k, v in named.items() if k not in _FLAGS}
    return Trigger(frame, str(named["lemma"]), named.get("particle"), flags, conditions)
