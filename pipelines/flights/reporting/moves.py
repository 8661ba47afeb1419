"""One sentence at a time: triggers with their aircraft, places and times → moves, in text order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.model import Entity, Period, Realis, Span, TimeExpression
from pipelines.flights.reporting.triggers import MoveKind, Trigger, load_triggers

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Sentence

PLACES = frozenset({"Airport", "City", "Facility", "Region", "Country"})
# The most specific place that the text gives is the end of a leg.
SPECIFICITY = {"Airport": 0, "City": 1, "Facility": 1, "Region": 2, "Country": 3}
CARRIERS = frozenset(
    ["plane", "aircraft", "jet", "airliner", "airplane", "aeroplane", "helicopter", "chopper", "freighter", "bomber", "turboprop", "jetliner", "airlifter", "flight", "warplane", "tanker", "biplane", "seaplane", "gyrocopter", "glider", "airship", "fighter", "transporter"]
)
# Nouns that may stand between a place and the predicate without changing where the aircraft went.
_TRANSPARENT = frozenset(
    ["city", "town", "village", "capital", "airport", "airfield", "airbase", "aerodrome", "base", "airstrip", "region", "province", "state", "island", "country", "port", "coast", "area", "vicinity", "airspace", "site", "territory", "district", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "direction", "hub", "way", "route", "outskirts", "suburb", "heart", "course", "neighbourhood", "neighborhood", "stopover", "stop", "layover", "landing", "takeoff", "side", "border"]
)
_SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer")
_FROM = frozenset({"from"})
_TO = frozenset({"to", "into", "towards", "toward"})
_AT = frozenset({"in", "at", "on"})
_NEAR = frozenset({"over", "near", "off", "above", "around", "along", "across", "outside"})
_CALLSIGN = re.compile(r"^(?:[A-Z]{2,3}|[A-Z]\d|\d[A-Z])\d{1,4}[A-Z]{0,2}$|^[A-Z]{4,6}\d{1,3}$")
_NUMBER = re.compile(r"^\d{1,4}$")
_TIMES_OF_DAY = frozenset({"DATE", "TIME"})


@dataclass(slots=True)
class Move:
    """What one trigger says: which aircraft, from where to where, when, how real, on whose word."""

    kind: MoveKind
    token: int
    sentence: Span
    aircraft: str | None = None  # entity id
    carrier: int | None = None  # token of the aircraft's mention, if it is one
    definite: bool = False
    aboard: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    via: tuple[str, ...] = ()
    near: str | None = None
    when: Period | None = None
    waited: TimeExpression | None = None  # "after about four hours"
    callsign: str | None = None
    realis: Realis = "asserted"
    cancelled: bool = False
    attribution: tuple[str, ...] = ()
    aggregate: bool = False
    transitive: bool = False
    again: bool = False
    lemma: str = ""
    nominal: bool = False


@dataclass(slots=True)
class Reading:
    """What the moves of one article are read from."""

    doc: Doc
    entities: Mapping[str, Entity]
    entity_at: Mapping[int, tuple[str, ...]]
    times: tuple[TimeExpression, ...]
    realis: Mapping[int, Realis]
    attribution: Mapping[int, tuple[str, ...]]
    times_at: dict[int, TimeExpression] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for time in self.times:
            span = self.doc.char_span(time.start, time.end, alignment_mode="expand")
            if span is not None:
                self.times_at.update(dict.fromkeys(range(span.start, span.end), time))

    def of_type(self, token: int, types: Iterable[str]) -> str | None:
        """The first entity of these types at a token."""
        for entity_id in self.entity_at.get(token, ()):
            if entity_id in self.entities and self.entities[entity_id].type in types:
                return entity_id
        return None


def find_moves(reading: Reading, skip: tuple[Span, ...] = ()) -> Iterator[Move]:
    """All moves of the article outside `skip`, in text order."""
    for sentence in reading.doc.sents:
        if not any(s.start < sentence.end_char and sentence.start_char < s.end for s in skip):
            yield from _moves_of(sentence, reading)


def _moves_of(sentence: Sentence, reading: Reading) -> Iterator[Move]:
    found = [(token, trigger) for token in sentence if (trigger := _trigger_at(token, reading)) is not None]
    if not found:
        return
    predicates = {token.i: trigger for token, trigger in found}
    span = Span(sentence.start_char, sentence.end_char, sentence.text)
    places = list(_places(sentence, predicates, reading))
    times = list(_times(sentence, predicates, reading))
    for token, trigger in found:
        move = _move(token, trigger, span, reading)
        if move is None:
            continue
        _fill_places(move, trigger, [p for p in places if p.predicate == token.i], reading)
        _fill_times(move, [t for p, t in times if p == token.i], token)
        if not _is_complete(move, trigger):
            continue
        yield move


# Triggers ------------------------------------------------------------------------------------------------------------


def _trigger_at(token: Token, reading: Reading) -> Trigger | None:
    verbs, nouns = load_triggers()
    lemma = token.lemma_.lower()
    if token.pos_ in ("VERB", "AUX"):
        return next((t for t in verbs.get(lemma, ()) if _verb_fits(token, t, reading)), None)
    if token.pos_ == "NOUN":
        return next((t for t in nouns.get(lemma, ()) if _noun_fits(token, t)), None)
    return None


def _verb_fits(token: Token, trigger: Trigger, reading: Reading) -> bool:
    if trigger.particle is not None and not _has_particle(token, trigger.particle):
        return False
    if trigger.particle is None and _has_particle(token, "up", "down", "off"):
        return False
    if trigger.objects and not any(
        c.dep_ in ("obj", "nsubj:pass") and c.lemma_.lower() in trigger.objects for c in token.children
    ):
        return False
    return not (trigger.passenger and not _objects(token, reading, ("Person", "Organization")))


def _noun_fits(token: Token, trigger: Trigger) -> bool:
    if trigger.light and token.head.lemma_.lower() not in trigger.light:
        return False
    # "flight data", "the flight crew": the flight is not what is told of.
    return token.dep_ not in ("compound", "amod")


def _has_particle(token: Token, *particles: str) -> bool:
    return any(
        c.lower_ in particles
        and c.i > token.i
        and c.i - token.i < 6
        and c.dep_ in ("compound:prt", "advmod", "case", "obl")
        for c in token.children
    )


def _objects(token: Token, reading: Reading, types: tuple[str, ...]) -> list[str]:
    objects = (c for c in token.children if c.dep_ == "obj")
    return [e for o in objects if (e := reading.of_type(o.i, types)) is not None]


# Aircraft ------------------------------------------------------------------------------------------------------------


def subject_of(token: Token, depth: int = 0) -> Token | None:
    """The subject of a predicate; shared with the governing predicate in coordination and in non-finite clauses."""
    for child in token.children:
        if child.dep_ in _SUBJECTS:
            is_relative = token.dep_ == "acl:relcl" and child.lower_ in ("which", "that", "who")
            return token.head if is_relative else child
    if depth > 6 or token.head is token:
        return None
    if token.dep_ == "acl" or (token.dep_ == "acl:relcl" and token.head.pos_ in ("NOUN", "PROPN")):
        return token.head
    if token.dep_ in ("conj", "xcomp", "advcl", "aux", "ccomp") and token.head.pos_ in ("VERB", "AUX", "ADJ"):
        return subject_of(token.head, depth + 1)
    return None


def is_carrier(token: Token, reading: Reading) -> bool:
    """Does this token name an aircraft or a flight?"""
    if reading.of_type(token.i, ("Aircraft", "AircraftType")) is not None:
        return True
    return token.lemma_.lower() in CARRIERS and token.pos_ in ("NOUN", "PROPN")


def _move(token: Token, trigger: Trigger, span: Span, reading: Reading) -> Move | None:
    move = Move(trigger.kind, token.i, span, lemma=token.lemma_.lower(), nominal=token.pos_ == "NOUN")
    move.realis = reading.realis.get(token.i, "asserted")
    move.attribution = reading.attribution.get(token.i, ())
    move.again = any(c.lower_ in ("another", "again", "second") for c in token.subtree if abs(c.i - token.i) < 4)
    if any(c.dep_ in ("mark", "case") and c.lower_ == "without" for c in token.children):
        return None
    carrier = _carrier_of(token, reading)
    if carrier is None:
        if not _person_flies(token, trigger, move, reading):
            return None
    else:
        move.carrier = carrier.i
        move.aircraft = reading.of_type(carrier.i, ("Aircraft",))
        move.definite = _is_definite(carrier)
        move.callsign = _callsign(carrier)
        move.aggregate = _is_aggregate(carrier, token)
        move.aboard = tuple(_objects(token, reading, ("Person",)))
    move.cancelled = _is_cancelled(token, carrier)
    return move


def _carrier_of(token: Token, reading: Reading) -> Token | None:
    if token.pos_ == "NOUN":
        return token if is_carrier(token, reading) else _carrier_of_noun(token, reading)
    subject = subject_of(token)
    if subject is not None and is_carrier(subject, reading):
        return subject
    if subject is not None and (named := _carrier_inside(subject, reading)) is not None:
        return named
    # "Pilots flew the jet to Tampa", "lost contact with the plane".
    for child in token.children:
        if child.dep_ in ("obj", "obl", "obl:agent") and is_carrier(child, reading):
            return child
    return next(
        (
            g
            for c in token.children
            if c.dep_ == "obj"
            for g in c.children
            if g.dep_ == "nmod" and is_carrier(g, reading)
        ),
        None,
    )


def _carrier_of_noun(token: Token, reading: Reading) -> Token | None:
    for child in token.children:
        if child.dep_ in ("nmod:poss", "nmod", "compound") and is_carrier(child, reading):
            return child
    if token.dep_ in ("obj", "obl", "nsubj:pass") and token.head.pos_ == "VERB":
        subject = subject_of(token.head)
        return subject if subject is not None and is_carrier(subject, reading) else None
    return None


def _carrier_inside(subject: Token, reading: Reading) -> Token | None:
    """ "A group of jets", "one of its planes", "the Boeing 737-800, SP-RSM"."""
    for child in subject.children:
        if child.dep_ in ("nmod", "appos", "flat", "compound") and is_carrier(child, reading):
            quantity = subject.lemma_.lower() in ("one", "pair", "group", "number", "type", "kind")
            if quantity or child.dep_ == "appos":
                return child
    return None


def _person_flies(token: Token, trigger: Trigger, move: Move, reading: Reading) -> bool:
    """ "Navalny was airlifted", "Putin flew to Pyongyang": a leg, on an aircraft that the text leaves open."""
    if trigger.carrier or token.pos_ == "NOUN":
        return False
    subject = subject_of(token)
    travellers = [e for e in (reading.of_type(subject.i, ("Person",)),) if e] if subject is not None else []
    travellers += _objects(token, reading, ("Person",))
    if subject is not None and subject.pos_ == "PRON" and not travellers:
        move.definite = True
        return subject.lower_ in ("he", "she", "it", "they") and trigger.lemma in ("fly", "take", "land", "airlift")
    move.aboard = tuple(dict.fromkeys(travellers))
    return bool(travellers) or (
        subject is not None and subject.pos_ in ("NOUN", "PROPN") and trigger.lemma in ("fly", "airlift")
    )


def _is_definite(token: Token) -> bool:
    if token.pos_ == "PRON":
        return True
    return any(c.dep_ == "det" and c.lower_ in ("the", "this", "that", "same") for c in token.children)


def _is_aggregate(carrier: Token, predicate: Token) -> bool:
    """ "92 flights since 2016", "flights between …": many legs told as one are none that could be drawn."""
    plural = "Plur" in carrier.morph.get("Number") and carrier.pos_ == "NOUN"
    habitual = any(
        c.lower_ in ("regularly", "often", "usually", "frequently", "routinely", "times", "daily", "weekly")
        for c in predicate.children
    )
    return (plural and carrier.lemma_.lower() == "flight") or habitual


def _is_cancelled(token: Token, carrier: Token | None) -> bool:
    words = ("cancel", "abort", "scrap", "ground", "postpone")
    governors = {token.lemma_.lower(), token.head.lemma_.lower()}
    if carrier is not None:
        governors.add(carrier.head.lemma_.lower())
        if carrier.head.lemma_.lower() == "call" and _has_particle(carrier.head, "off"):
            return True
    return bool(governors & set(words)) and token.dep_ in ("nsubj:pass", "obj", "xcomp", "nsubj", "ROOT", "root")


def _callsign(carrier: Token) -> str | None:
    """ "flight JS151", "Flight FR4978", "flight 370", "callsign SPAR19"."""
    doc = carrier.doc
    for token in doc[max(carrier.sent.start, carrier.i - 2) : min(carrier.sent.end, carrier.i + 5)]:
        if _CALLSIGN.match(token.text) and "-" not in token.text and token.i != carrier.i:
            before = doc[token.i - 1].lower_ if token.i else ""
            if before in ("flight", "callsign", "sign", "(", ",", '"', "“", "number") or token.head.i == carrier.i:
                return token.text
    return None


# Places --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A place as an argument: which predicate it belongs to, by which preposition, how deep below it."""

    predicate: int
    entity: str
    relation: str  # the preposition, or the dependency where there is none
    depth: int
    start: int


def _places(sentence: Sentence, predicates: Mapping[int, Trigger], reading: Reading) -> Iterator[_Place]:
    seen: set[str] = set()
    for token in sentence:
        entity = reading.of_type(token.i, PLACES)
        if entity is None or token.i in reading.times_at:
            continue
        if reading.entity_at.get(token.head.i) == reading.entity_at.get(token.i) and token.head.i != token.i:
            continue  # not the head of the mention
        if token.i in seen:
            continue
        place = _argument(token, entity, predicates, reading)
        if place is not None:
            yield place


def _argument(token: Token, entity: str, predicates: Mapping[int, Trigger], reading: Reading) -> _Place | None:
    relation, node, depth = _relation(token), token, 0
    while node.head is not node and depth < 8:
        head = node.head
        if head.i in predicates:
            return _Place(head.i, entity, relation, depth, token.i)
        if not _passes(node, head, reading):
            return None
        if not (node.dep_ == "conj" and _relation(node) in ("conj", "and")):
            relation = _relation(head) if head.pos_ in ("NOUN", "PROPN", "ADV", "ADJ") else relation
        node, depth = head, depth + 1
    return None


def _passes(node: Token, head: Token, reading: Reading) -> bool:
    """May the way from a place up to its predicate lead through this word?"""
    if reading.of_type(head.i, PLACES) is not None:
        return True
    if head.pos_ in ("NOUN", "PROPN"):
        return head.lemma_.lower() in _TRANSPARENT
    # "headed for", "bound for", "en route to", "due in", "located near": adjectives and participles that lead on.
    return head.pos_ in ("ADJ", "ADV", "VERB") and head.lemma_.lower() in (
        "bound",
        "head",
        "en",
        "destine",
        "due",
        "back",
        "inbound",
    )


def _relation(token: Token) -> str:
    cases = [c.lower_ for c in token.children if c.dep_ == "case"]
    if cases:
        return cases[0] if cases[0] not in ("out", "up", "down") or len(cases) == 1 else cases[-1]
    return token.dep_


def _fill_places(move: Move, trigger: Trigger, places: list[_Place], reading: Reading) -> None:
    slots: dict[str, list[_Place]] = {}
    for place in places:
        slot = _slot(place, move, trigger)
        if slot is not None:
            slots.setdefault(slot, []).append(place)
    best = {slot: _most_specific(found, reading) for slot, found in slots.items()}
    move.origin = best.get("origin")
    move.destination = best.get("destination")
    move.near = best.get("near")
    move.via = tuple(p.entity for p in slots.get("via", ()))


def _slot(place: _Place, move: Move, trigger: Trigger) -> str | None:
    relation = place.relation
    if relation in _FROM:
        return "origin"
    if relation in _TO or (relation == "for" and move.kind in ("Departure", "Flight")) or relation == "aboard":
        return "destination"
    if relation in ("via", "through"):
        return "via"
    if relation in _AT:
        return {
            "Arrival": "destination",
            "Stopover": "destination",
            "Departure": "origin",
            "Diversion": "destination",
            "SignalLoss": "near",
        }.get(move.kind)
    if relation in _NEAR:
        return "near"
    if relation == "obj":
        return {"leave": "origin", "depart": "origin", "reach": "destination", "overfly": "near", "cross": "near"}.get(
            trigger.lemma
        )
    return None


def _most_specific(places: list[_Place], reading: Reading) -> str:
    return min(places, key=lambda p: (SPECIFICITY[reading.entities[p.entity].type], p.depth, p.start)).entity


# Times ---------------------------------------------------------------------------------------------------------------


def _times(
    sentence: Sentence, predicates: Mapping[int, Trigger], reading: Reading
) -> Iterator[tuple[int, TimeExpression]]:
    """Each time with the trigger that it dates."""
    done: set[int] = set()
    for token in sentence:
        time = reading.times_at.get(token.i)
        if time is None or time.start in done or (reading.times_at.get(token.head.i) is time and token.head.i != token.i):
            continue
        done.add(time.start)
        predicate = _dated_by(token, predicates, reading)
        if predicate is not None:
            yield predicate, time


def _dated_by(token: Token, predicates: Mapping[int, Trigger], reading: Reading) -> int | None:
    node, depth = token, 0
    while node.head is not node and depth < 8:
        node, depth = node.head, depth + 1
        if node.i in predicates:
            return node.i
        if node.pos_ in ("VERB", "AUX"):
            return _clause_in(node, predicates)
        if node.pos_ in ("NOUN", "PROPN") and not _leads_on(node, reading):
            return None
    return None


def _clause_in(verb: Token, predicates: Mapping[int, Trigger]) -> int | None:
    """ "Flightradar24 showed that it landed …": a time on a verb of telling dates no flight; on one that leads on, it does."""
    for child in verb.children:
        if (
            child.i in predicates
            and child.dep_ in ("xcomp", "advcl")
            and verb.lemma_.lower() in ("make", "see", "track", "spot", "record", "force", "order")
        ):
            return child.i
        if child.i in predicates and child.dep_ in ("obj", "nsubj", "nsubj:pass"):
            return child.i
    return None


def _leads_on(node: Token, reading: Reading) -> bool:
    return (
        node.i in reading.times_at or reading.of_type(node.i, PLACES) is not None or node.lemma_.lower() in _TRANSPARENT
    )


_FINE = {"second": 0, "minute": 1, "hour": 2, "day": 3, "week": 4, "month": 5}


def _fill_times(move: Move, times: list[TimeExpression], token: Token) -> None:
    dated = [t for t in times if t.type in _TIMES_OF_DAY and t.period is not None]
    if dated:
        move.when = min(dated, key=lambda t: (_FINE.get(t.period.granularity, 9), t.start)).period  # type: ignore[union-attr]
    move.waited = next((t for t in times if t.type == "DURATION"), None)
    if any(t.type == "SET" for t in times):
        move.aggregate = True


# -------------------------------------------------------------------------------------------------------------------


def _is_complete(move: Move, trigger: Trigger) -> bool:
    if move.aggregate:
        return False
    if trigger.ends and not (move.origin or move.destination):
        return False
    if trigger.place and not (move.destination or move.origin):
        return move.carrier is not None and trigger.lemma == "land"
    if move.kind == "Flight" and move.nominal:
        return bool(move.origin or move.destination)
    return True
