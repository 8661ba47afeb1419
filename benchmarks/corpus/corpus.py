"""Passages and their marks: reading, checking, and findings with character offsets.

    python benchmarks/corpus/corpus.py check [marks/a] [ID…]     # what is wrong, file by file; exit 1 if anything is
    python benchmarks/corpus/corpus.py agree [ID…]               # how far the two readers agree
    python benchmarks/corpus/corpus.py differ ID…                # where they do not, to settle it

The rules stand in `docs/marking.md`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ONTOLOGY = HERE.parents[1] / "ontologies"
TYPES = frozenset(
    """
    Person Organization Publisher Country Region City Airport Facility Aircraft AircraftType Weapon Agreement NamedEvent
    """.split()
)
FLIGHT_TYPES = frozenset("Flight Departure Arrival Stopover Overflight Diversion SignalLoss".split())
ROLES = frozenset("actor counterpart target recipient instrument topic place".split())
REALIS = frozenset("asserted planned possible denied hypothetical".split())
STATUS = frozenset("flown planned cancelled denied signal-lost".split())
TIMEX = frozenset("DATE TIME DURATION SET".split())
KINDS = ("names", "nominals", "pronouns")
ENDS = ("aircraft", "aircraft_type", "operator", "origin", "destination", "intended_destination")
FLIGHT_KEYS = frozenset(
    ["id", *ENDS, "registration", "icao24", "callsign", "departure", "arrival", "status", "journey", "attribution",
     "evidence", "aboard", "core"]
)  # fmt: skip
EVENT_KEYS = frozenset("id type trigger roles when realis attribution evidence core".split())
ENTITY_KEYS = frozenset(["id", "type", "name", "registration", "core", *KINDS])
PASSAGE_KEYS = frozenset("id kind story published publisher sources constructed boilerplate title text".split())
MOMENT = re.compile(r"^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?)?)?$")
WORDS = range(60, 261)


@dataclass(frozen=True)
class Passage:
    """A text of our own with what is known about it; `body` is what offsets count in: title, empty line, text."""

    id: str
    kind: str
    story: str
    published: str | None
    title: str
    text: str

    @property
    def body(self) -> str:
        return f"{self.title}\n\n{self.text}"


def load(path: Path) -> dict[str, Any]:
    """A YAML file whose dates stay text."""
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds no mapping")
    return found


def passage(path: Path) -> Passage:
    row = load(path)
    unknown = set(row) - PASSAGE_KEYS
    if unknown or not {"id", "kind", "story", "title", "text"} <= set(row):
        raise ValueError(f"{path.name}: keys are {sorted(PASSAGE_KEYS)}, here {sorted(row)}")
    published = row.get("published")
    return Passage(
        row["id"],
        row["kind"],
        row["story"],
        None if published in ("null", "") else published,
        row["title"],
        row["text"],
    )


@cache
def event_types() -> frozenset[str]:
    """Types of events that are marked as such."""
    frames = (yaml.safe_load(p.read_text(encoding="utf-8")) for p in ONTOLOGY.glob("events/*.yaml"))
    return frozenset(frame["type"] for frame in frames) - FLIGHT_TYPES


def place(body: str, quote: str) -> tuple[int, int]:
    """Where a quote stands; `Kim@2` is its second place as whole words."""
    words, at, count = quote.rpartition("@")
    words, number = (words, int(count)) if at and count.isdigit() else (quote, 1)
    found = list(re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", body))
    if len(found) < number:
        raise ValueError(f"{quote!r} does not stand there ({len(found)} × {words!r})")
    return found[number - 1].span()


# --- checking -------------------------------------------------------------------------------------------------------


def faults(body: str, marks: dict[str, Any]) -> Iterator[str]:
    """Everything that a file of marks says wrongly."""
    if set(marks) != {"entities", "times", "events", "flights"}:
        yield f"sections are entities, times, events, flights; here {sorted(marks)}"
        return
    handles = Counter(e.get("id") for e in marks["entities"])
    yield from (f"handle {name!r} is used {n} times" for name, n in handles.items() if n > 1)
    taken: dict[tuple[int, int], str] = {}
    for entity in marks["entities"]:
        yield from entity_faults(body, entity, taken)
    for time in marks["times"]:
        if time.get("type") not in TIMEX or not time.get("value") or set(time) - {"text", "type", "value", "core"}:
            yield f"time {time}: needs text, value and a type of {sorted(TIMEX)}"
        yield from quote_faults(body, f"time {time.get('text')}", [time.get("text", "")])
    for event in marks["events"]:
        yield from event_faults(body, event, set(handles))
    for flight in marks["flights"]:
        yield from flight_faults(body, flight, set(handles))


def quote_faults(body: str, where: str, quotes: Iterable[str]) -> Iterator[str]:
    for quote in quotes:
        try:
            place(body, quote)
        except ValueError as error:
            yield f"{where}: {error}"


def entity_faults(body: str, entity: dict[str, Any], taken: dict[tuple[int, int], str]) -> Iterator[str]:
    where = f"entity {entity.get('id')}"
    if set(entity) - ENTITY_KEYS or not entity.get("name"):
        yield f"{where}: needs a name and no keys but {sorted(ENTITY_KEYS)}"
    if entity.get("type") not in TYPES:
        yield f"{where}: no type {entity.get('type')!r}"
    quotes = [(kind, q) for kind in KINDS for q in entity.get(kind) or ()]
    if not quotes:
        yield f"{where}: has no mention"
    yield from quote_faults(body, where, [q for _, q in quotes])
    for kind, quote in quotes:
        try:
            span = place(body, quote)
        except ValueError:
            continue
        if kind == "names" and span in taken:
            yield f"{where}: {quote!r} is also a name of {taken[span]}"
        if kind == "names":
            taken[span] = str(entity.get("id"))


def event_faults(body: str, event: dict[str, Any], handles: set[str]) -> Iterator[str]:
    where = f"event {event.get('id')}"
    if set(event) - EVENT_KEYS:
        yield f"{where}: no keys but {sorted(EVENT_KEYS)}"
    if event.get("type") not in event_types():
        yield f"{where}: no type {event.get('type')!r}"
    if event.get("realis") not in REALIS:
        yield f"{where}: no realis {event.get('realis')!r}"
    roles = event.get("roles") or {}
    yield from (f"{where}: no role {r!r}" for r in set(roles) - ROLES)
    used = [h for group in roles.values() for h in group] + list(event.get("attribution") or ())
    yield from (f"{where}: no entity {h!r}" for h in used if h not in handles)
    yield from quote_faults(body, where, [event.get("trigger", ""), *(event.get("evidence") or [""])])
    yield from period_faults(where, event.get("when"))


def flight_faults(body: str, flight: dict[str, Any], handles: set[str]) -> Iterator[str]:
    where = f"flight {flight.get('id')}"
    if set(flight) - FLIGHT_KEYS:
        yield f"{where}: no keys {sorted(set(flight) - FLIGHT_KEYS)}"
    if flight.get("status") not in STATUS:
        yield f"{where}: no status {flight.get('status')!r}"
    used = [flight.get(k) for k in ENDS] + list(flight.get("attribution") or ()) + list(flight.get("aboard") or ())
    yield from (f"{where}: no entity {h!r}" for h in used if h not in handles and h not in (None, "", "null"))
    yield from quote_faults(body, where, flight.get("evidence") or [""])
    for key in ("departure", "arrival"):
        yield from period_faults(f"{where} {key}", flight.get(key))
    journey = flight.get("journey")
    if journey not in (None, "", "null") and not (len(journey) == 2 and str(journey[1]).isdigit()):
        yield f"{where}: a journey is [name, number]"


def period_faults(where: str, period: Any) -> Iterator[str]:
    if period in (None, "", "null"):
        return
    if not isinstance(period, list) or len(period) != 2:
        yield f"{where}: a time is [earliest, latest]"
        return
    yield from (f"{where}: {m!r} is no ISO moment" for m in period if m not in ("null", "") and not MOMENT.match(m))


def check(folder: Path, ids: Iterable[str]) -> int:
    """Print every fault; the number of files with one."""
    bad = 0
    for name in ids or sorted(p.stem for p in folder.glob("*.yaml")):
        try:
            text = passage(HERE / "own" / f"{name}.yaml")
            found = list(faults(text.body, load(folder / f"{name}.yaml")))
            if len(text.text.split()) not in WORDS:
                found.append(f"the passage has {len(text.text.split())} words")
        except (ValueError, KeyError, TypeError, AttributeError, OSError, yaml.YAMLError) as error:
            found = [f"{type(error).__name__}: {error}"]
        bad += bool(found)
        for fault in found:
            print(f"{folder.name}/{name}: {fault}")
    return bad


# --- agreement ------------------------------------------------------------------------------------------------------


def items(body: str, marks: dict[str, Any]) -> dict[str, set[Any]]:
    """What can be compared, layer by layer; entities are known by the characters that name them."""
    spans = {e["id"]: frozenset(place(body, q) for kind in KINDS for q in e.get(kind) or ()) for e in marks["entities"]}
    first = {handle: min(found) for handle, found in spans.items()}
    layers: dict[str, set[Any]] = {
        "names": {(place(body, q), e["type"]) for e in marks["entities"] for q in e.get("names") or ()},
        "nominals and pronouns": {
            place(body, q) for e in marks["entities"] for kind in KINDS[1:] for q in e.get(kind) or ()
        },
        "coreference links": {
            (a, b) for found in spans.values() for a in found for b in found if a < b
        },
        "times": {(place(body, t["text"]), t["value"]) for t in marks["times"]},
        "event triggers and types": {(place(body, v["trigger"]), v["type"]) for v in marks["events"]},
        "event roles": {
            (place(body, v["trigger"]), role, first.get(h)) for v in marks["events"] for role, group in (v.get("roles") or {}).items() for h in group
        },
        "realis": {(place(body, v["trigger"]), v["realis"]) for v in marks["events"]},
        "attribution": {
            (place(body, v["trigger"]), tuple(first.get(h) for h in v.get("attribution") or ())) for v in marks["events"]
        },
        "legs": {(first.get(f.get("origin")), first.get(f.get("destination")), f["status"]) for f in marks["flights"]},
    }  # fmt: skip
    return layers


def agreement(ids: Iterable[str]) -> Iterator[str]:
    """F1 of the two readers, layer by layer, over all passages that both have marked."""
    counts: dict[str, Counter[str]] = {}
    number = 0
    for name in ids or sorted(p.stem for p in (HERE / "marks/b").glob("*.yaml")):
        body = passage(HERE / "own" / f"{name}.yaml").body
        a, b = (items(body, load(HERE / "marks" / reader / f"{name}.yaml")) for reader in ("a", "b"))
        number += 1
        for layer in a:
            counts.setdefault(layer, Counter()).update(a=len(a[layer]), b=len(b[layer]), both=len(a[layer] & b[layer]))
    yield f"{number} passages, two readers; F1 of one against the other"
    for layer, n in counts.items():
        yield f"{layer:26} {2 * n['both'] / max(1, n['a'] + n['b']):.3f}   ({n['a']} and {n['b']})"


def differences(name: str) -> Iterator[str]:
    """Where the two readers of a passage differ, in its own words."""
    body = passage(HERE / "own" / f"{name}.yaml").body
    a, b = (items(body, load(HERE / "marks" / reader / f"{name}.yaml")) for reader in ("a", "b"))

    def words(item: Any) -> str:
        if isinstance(item, tuple) and len(item) == 2 and all(isinstance(x, int) for x in item):
            return f"{body[slice(*item)]!r}:{item[0]}"
        return "(" + ", ".join(map(words, item)) + ")" if isinstance(item, tuple) else str(item)

    for layer in a:
        for reader, only in (("a", a[layer] - b[layer]), ("b", b[layer] - a[layer])):
            if only and layer != "coreference links":
                yield f"{name} {layer}, only {reader}: " + " · ".join(sorted(map(words, only)))


def main() -> int:
    verb, *rest = sys.argv[1:] or ["help"]
    if verb == "check":
        folder = HERE / (rest[0] if rest else "marks/a")
        return 1 if check(folder, rest[1:]) else 0
    if verb == "agree":
        print("\n".join(agreement(rest)))
        return 0
    if verb == "differ" and rest:
        print("\n".join(line for name in rest for line in differences(name)))
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
