"""The words that tell of movement by air, from the flight frames of the ontology."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

# Stay (on the ground) and Loss (a crash) are no event types of their own: they complete the legs around them.
MoveKind = Literal[
    "Flight", "Departure", "Arrival", "Stopover", "Overflight", "Diversion", "SignalLoss", "Stay", "Loss"
]
_FILES = ("flight", "departure", "arrival", "stopover", "overflight", "diversion", "signal_loss")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A lemma that may tell of a move, and what has to stand beside it."""

    kind: MoveKind
    lemma: str
    particle: str | None = None
    objects: tuple[str, ...] = ()
    light: tuple[str, ...] = ()
    carrier: bool = False
    place: bool = False
    ends: bool = False
    passenger: bool = False
    adverb: str | None = None
    toward: bool = False
    case: str | None = None
    complements: tuple[str, ...] = ()
    noun: bool = False


@cache
def load_triggers() -> tuple[dict[str, tuple[Trigger, ...]], dict[str, tuple[Trigger, ...]]]:
    """Verbs and nouns: lemma → triggers, those with more conditions first."""
    verbs: dict[str, list[Trigger]] = {}
    nouns: dict[str, list[Trigger]] = {}
    for name in _FILES:
        frame = yaml.safe_load(files("ontologies").joinpath("events", f"{name}.yaml").read_text(encoding="utf-8"))
        for table, part in ((verbs, "verbs"), (nouns, "nouns")):
            for entry in frame["triggers"].get(part) or ():
                trigger = replace(_trigger(frame["type"], entry), noun=part == "nouns")
                table.setdefault(trigger.lemma, []).append(trigger)
    return _frozen(verbs), _frozen(nouns)


def _trigger(kind: MoveKind, entry: str | dict[str, Any]) -> Trigger:
    if isinstance(entry, str):
        return Trigger(kind, entry)
    return Trigger(
        kind,
        entry["lemma"],
        particle=entry.get("particle"),
        objects=tuple(entry.get("object", ())),
        light=tuple(entry.get("light", ())),
        carrier=entry.get("carrier") == "required",
        place=entry.get("place") == "required",
        ends=entry.get("ends") == "required",
        passenger=entry.get("passenger") == "required",
        adverb=entry.get("adverb"),
        toward=entry.get("toward") == "required",
        case=entry.get("case"),
        complements=tuple(entry.get("complement", ())),
    )


def _frozen(table: dict[str, list[Trigger]]) -> dict[str, tuple[Trigger, ...]]:
    return {lemma: tuple(sorted(triggers, key=_conditions, reverse=True)) for lemma, triggers in table.items()}


def _conditions(trigger: Trigger) -> int:
    """How much a trigger asks for: the one that asks for more is tried first."""
    asked = (trigger.particle, trigger.objects, trigger.light, trigger.passenger, trigger.adverb, trigger.complements)
    return sum(map(bool, (*asked, trigger.toward, trigger.case)))
