"""Lists of the flight frames that are no triggers: what flies, what carries on, what makes a telling general."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def word_list(name: str) -> frozenset[str]:
    """A list under `words` in `ontologies/events/flight.yaml`."""
    return frozenset(_words()[name].split())


@cache
def _words() -> dict[str, str]:
    frame = yaml.safe_load(files("ontologies").joinpath("events", "flight.yaml").read_text(encoding="utf-8"))
    return dict(frame["words"])
