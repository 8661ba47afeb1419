"""Where a move begins and ends: places with their prepositions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.flights.reporting.anchors import Anchors
from pipelines.flights.reporting.carriers import is_carrier
from pipelines.flights.reporting.reading import PLACES, SPECIFICITY, Reading, case_of
from pipelines.flights.reporting.triggers import MoveKind, Trigger
from pipelines.flights.reporting.words import word_list

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_FROM = frozenset({"from"})
_TO = frozenset({"to", "into", "towards", "toward", "onto"})
_AT = frozenset({"in", "at", "on", "inside"})
_NEAR = frozenset({"over", "near", "off", "above", "around", "along", "across", "outside", "past", "by"})
_HERE = ("there", "here")


@dataclass(frozen=True, slots=True)
class PlaceOf:
    """A place with the preposition of its phrase, how deep it stands in the phrase, and whether it was only headed for."""

    predicate: int
    entity: str
    relation: str  # the preposition, or the dependency where there is none
    depth: int
    start: int
    bound: bool = False


def places_of(
    sentence: Sentence, triggers: Mapping[int, Trigger], anchors: Anchors, reading: Reading
) -> Iterator[PlaceOf]:
    """Each place of a sentence with the trigger it belongs to."""
    for token in sentence:
        entity = reading.of_type(token.i, PLACES)
        if entity is None or token.i in reading.times_at or _inside_mention(token, reading):
            continue
        entity = _capital(token, entity, reading)
        top, relation, depth, bound = _phrase(token, triggers, reading)
        if (verb := _governs_directly(token, triggers)) is not None:
            yield PlaceOf(verb, entity, "obj", 0, token.i)
            continue
        written = _preposition_before(token, reading)
        if relation not in _FROM | _TO | _AT and written in _FROM | _TO and token.dep_ in _LOST:
            # A tree that makes "Tel Aviv" part of the next name: the word before it still says "from".
            top, relation, depth = token, written, 0
        predicate = anchors.of(top, _first(top, token))
        lost = token.dep_ in _LOST and relation == written
        if predicate in triggers and predicate is not None and (lost or not _hangs_on_noun(top, triggers, reading)):
            yield PlaceOf(predicate, entity, relation, depth, token.i, bound)


_LOST = ("compound", "flat", "dep", "list", "discourse", "goeswith")


def _preposition_before(token: Token, reading: Reading) -> str:
    """The preposition right before a name, by the words alone."""
    i, ids = token.i, set(reading.entity_at.get(token.i, ()))
    while i > token.sent.start and set(reading.entity_at.get(i - 1, ())) & ids:
        i -= 1
    before = token.doc[i - 1] if i > 0 else token
    return before.lower_ if before.pos_ == "ADP" else ""


def _capital(token: Token, entity: str, reading: Reading) -> str:
    """ "the Indian capital": the one city of that country of which the article speaks, if it is one."""
    country = reading.entities[entity]
    if (
        country.type != "Country"
        or token.head.lower_ != "capital"
        or token.dep_ not in ("amod", "nmod:poss", "compound")
    ):
        return entity
    iso = country.identifiers.get("iso2")
    cities = [e.id for e in reading.entities.values() if e.type == "City" and e.attributes.get("country") == iso]
    return cities[0] if iso and len(cities) == 1 else entity


def _inside_mention(token: Token, reading: Reading) -> bool:
    """A name's other words; its head speaks for it."""
    if token.head == token or token.head.i == token.i:
        return False
    same = set(reading.entity_at.get(token.head.i, ())) & set(reading.entity_at.get(token.i, ()))
    return bool(same) and token.dep_ in ("compound", "flat", "amod", "nmod:desc", "det", "nummod")


def _governs_directly(token: Token, triggers: Mapping[int, Trigger]) -> int | None:
    """ "left Athens", "reached Fort Lauderdale Executive Airport": the name follows the verb with nothing between."""
    if case_of(token):
        return None
    i = token.i - 1
    while i >= token.sent.start and token.doc[i].pos_ in ("DET", "PROPN", "ADJ"):
        i -= 1
    return i if i in triggers and token.doc[i].pos_ == "VERB" else None


def _phrase(token: Token, triggers: Mapping[int, Trigger], reading: Reading) -> tuple[Token, str, int, bool]:
    """The whole phrase around a place: "the city of Omsk", "an airfield near Minsk", "Berlin, Germany"."""
    node, relation, depth = token, case_of(token) or token.dep_, 0
    bound = _is_bound(token)
    for _ in range(5):
        head = node.head
        if head == node or head.i in triggers:
            break
        transparent = head.lemma_.lower() in word_list("transparent") and head.pos_ in ("NOUN", "PROPN", "ADV")
        is_place = reading.of_type(head.i, PLACES) is not None
        if not (transparent or is_place):
            break
        if node.dep_ == "conj" and is_place:
            relation = case_of(node) or case_of(head) or head.dep_
        elif case_of(head) or relation not in (_FROM | _TO | _AT):
            relation = case_of(head) or head.dep_
        elif node.dep_ in ("nmod", "appos") and is_place and case_of(node) in (_FROM | _TO):
            # "from A to B" with B hung on A: each keeps its own preposition.
            node = head
            break
        else:
            relation = head.dep_
        bound = bound or _is_bound(head)
        node, depth = head, depth + 1
    own = case_of(token)
    # "from A for B", with B hung on A: a way, too.
    onward = own == "for" and case_of(token.head) in _FROM and reading.of_type(token.head.i, PLACES) is not None
    if own in (_FROM | _TO) or (own == "for" and bound) or onward:
        relation = own
    return node, relation, depth, bound


def _first(top: Token, token: Token) -> int:
    return min(top.left_edge.i, token.i) if top.left_edge.sent.start == token.sent.start else token.i


def _is_bound(token: Token) -> bool:
    """ "headed for Moscow", "bound for Vilnius", "en route to Geneva"."""
    first = token.left_edge.i
    doc = token.doc
    words = {doc[i].lemma_.lower() for i in range(max(token.sent.start, first - 2), first)}
    words |= {c.lemma_.lower() for c in token.children if c.dep_ in ("case", "advmod")}
    return bool(words & word_list("bound")) or token.head.lemma_.lower() in word_list("bound")


def _hangs_on_noun(top: Token, triggers: Mapping[int, Trigger], reading: Reading) -> bool:
    """ "officials from Moscow", "the talks in Beijing": the place of a thing, not of the move."""
    head = top.head
    if case_of(top) in _FROM and _goes_on_to(top):
        return False
    if top.dep_ not in ("nmod", "nmod:poss", "compound", "amod", "nmod:desc") or head.i in triggers:
        return False
    if reading.of_type(head.i, PLACES) is not None or head.lemma_.lower() in (
        word_list("transparent") | word_list("carriers") | word_list("bound")
    ):
        return top.dep_ not in ("nmod", "nmod:desc")
    if is_carrier(head, reading):
        return False
    return head.pos_ in ("NOUN", "PROPN") and head.i not in reading.times_at


def _goes_on_to(top: Token) -> bool:
    """ "carried the leader from Omsk to Berlin": "from … to" is a way, whatever noun the tree hangs it on."""
    after = top.right_edge.i + 1
    direct = top.i + 1
    return any(i < len(top.doc) and top.doc[i].lower_ in ("to", "via", "for") for i in (after, direct))


# Slots ---------------------------------------------------------------------------------------------------------------


def slots_of(places: list[PlaceOf], kind: MoveKind, trigger: Trigger) -> dict[str, list[PlaceOf]]:
    """Places by the part they play: origin, destination, bound (where it was headed), via, near."""
    slots: dict[str, list[PlaceOf]] = {}
    for place in places:
        slot = _slot(place, kind, trigger)
        if slot is not None:
            slots.setdefault(slot, []).append(place)
    return slots


def _slot(place: PlaceOf, kind: MoveKind, trigger: Trigger) -> str | None:
    relation = place.relation
    if relation in _FROM:
        return "origin"
    if relation in _TO:
        return "bound" if place.bound else "destination"
    if relation == "for":
        return "bound" if kind in ("Departure", "Flight", "Diversion") or place.bound else None
    if relation in ("via", "through"):
        return "via"
    if relation == "between":
        return None
    if relation in _AT:
        at = {"Arrival": "destination", "Stopover": "destination", "Departure": "origin", "SignalLoss": "near"}
        return at.get(kind) if trigger.lemma not in ("come", "return") or trigger.particle else None
    if relation in _NEAR:
        return "near"
    if relation in ("obj", "nsubj:pass"):
        return {
            "leave": "origin",
            "depart": "origin",
            "reach": "destination",
            "land": "destination",
            "overfly": "near",
        }.get(trigger.lemma)
    return None


def most_specific(places: list[PlaceOf], reading: Reading) -> str:
    """Airport over city over region over country; of equals, the one said first."""
    return min(places, key=lambda p: (SPECIFICITY[reading.entities[p.entity].type], p.start)).entity


def from_there(token: Token) -> bool:
    """ "From there it flew on", "from where they travelled"."""
    return any(c.lower_ in ("there", "where") and "from" in {g.lower_ for g in c.children} for c in token.children)


def place_spoken_of(token: Token, reading: Reading) -> str | None:
    """ "there", "where it landed": the place named last before."""
    relative = any(c.lower_ == "where" for c in token.children) or (
        token.dep_ in ("acl:relcl", "advcl") and any(c.lower_ == "where" for c in token.subtree if c.i < token.i)
    )
    deictic = any(c.lower_ in _HERE and c.dep_ in ("advmod", "obl") for c in token.children)
    if not (relative or deictic or from_there(token)):
        return None
    for i in range(token.i - 1, max(-1, token.i - 60), -1):
        place = reading.of_type(i, ("Airport", "City"))
        if place is not None and reading.doc[i].dep_ not in ("amod", "compound"):
            return place
    return None
