"""One sentence at a time: triggers with their aircraft, places and times → moves, in text order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import Period, Realis, Span, TimeExpression
from pipelines.flights.reporting.anchors import Anchors
from pipelines.flights.reporting.carriers import (
    aboard_of,
    callsign_of,
    carrier_of,
    is_aggregate,
    is_cancelled,
    is_carrier,
    is_definite,
    may_travel,
    operator_of,
    travellers_of,
)
from pipelines.flights.reporting.ends import PlaceOf, from_there, most_specific, place_spoken_of, places_of, slots_of
from pipelines.flights.reporting.proposals import LIKELY, complete_with, proposed_at, proposed_carrier
from pipelines.flights.reporting.reading import PLACES, Reading, case_of, has_particle, subject_of
from pipelines.flights.reporting.triggers import MoveKind, Trigger, load_triggers
from pipelines.flights.reporting.words import word_list

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Sentence

_ENDS = tuple('.!?:;"”’')
_STAY = Trigger("Stay", "stay")
_LOSS = Trigger("Loss", "crash", carrier=True)


@dataclass(slots=True)
class Move:
    """What one trigger says: which aircraft, from where to where, when, how real, on whose word."""

    kind: MoveKind
    token: int
    sentence: Span
    lemma: str = ""
    aircraft: str | None = None  # entity id
    carrier: int | None = None  # token of the aircraft's mention, if it is one
    definite: bool = False
    pronoun: bool = False
    aboard: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    bound: str | None = None  # where it was headed, which is not yet where it came down
    via: tuple[str, ...] = ()
    near: str | None = None
    when: Period | None = None
    waited: TimeExpression | None = None  # "after about four hours"
    callsign: str | None = None
    type: str | None = None  # entity id of the aircraft type, where the mention is one
    operator: str | None = None
    realis: Realis = "asserted"
    cancelled: bool = False
    attribution: tuple[str, ...] = ()
    nominal: bool = False
    weak: bool = False  # only two ends make it a flight: who flies is not known as a traveller
    earlier: bool = False  # told after what followed it: "it had taken off from", "after taking off from"
    ongoing: bool = False  # "was flying": nothing is said of the landing
    back: bool = False  # "the return flight", "flew back", "turned back"


def find_moves(reading: Reading, skip: tuple[Span, ...] = ()) -> Iterator[Move]:
    """All moves of the article outside `skip`, in text order."""
    for sentence in _sentences(reading.doc):
        if not any(s.start < sentence.end_char and sentence.start_char < s.end for s in skip):
            yield from _moves_of(sentence, reading)


def _sentences(doc: Doc) -> Iterator[Sentence]:
    """Sentences; what a parser cut in two without a full stop or a new line is one."""
    start = 0
    for sentence in doc.sents:
        text = sentence.text_with_ws
        if text.rstrip()[-1:] in _ENDS or "\n" in text[len(text.rstrip()) :] or sentence.end == len(doc):
            yield doc[start : sentence.end]
            start = sentence.end


def _moves_of(sentence: Sentence, reading: Reading) -> Iterator[Move]:
    triggers = {token.i: t for token in sentence if (t := trigger_at(token, reading)) is not None}
    proposed = {
        token.i: t
        for token in sentence
        # "its service to Oslo", "the journey from Riga": beside a verb that tells, a noun rarely tells another flight.
        if not (triggers and token.pos_ == "NOUN") and token.i not in triggers and (t := proposed_at(token, reading))
    }
    triggers = dict(sorted({**triggers, **proposed}.items()))
    if not triggers:
        return
    anchors = Anchors(sentence, triggers)
    span = _trimmed(sentence)
    places = list(places_of(sentence, triggers, anchors, reading))
    times = list(_times(sentence, anchors, reading))
    told: dict[int, Move] = {}
    for i, trigger in triggers.items():
        token = reading.doc[i]
        read = _move(token, trigger, span, reading)
        bare = read is None or i in proposed
        move = _bare(read, token, trigger, span, reading) if bare else read
        if move is None:
            continue
        _fill_places(move, trigger, [p for p in places if p.predicate == i], token, reading)
        # "the flight was redirected to Oslo": the verb tells, not the noun.
        told_by_verb = move.nominal and token.head.i in triggers
        if bare or not (told_by_verb or _is_complete(move, trigger, token)):
            complete_with(move, reading, bare)
        _fill_times(move, [t for p, t in times if p == i], token)
        governor = told.get(token.head.i)
        if move.kind == "Flight" and move.nominal and governor is not None and _adds_to(governor, move):
            continue
        if _is_complete(move, trigger, token):
            told[i] = move
    yield from told.values()


def _adds_to(verb: Move, noun: Move) -> bool:
    """ "flew to Iraq on a flight from Lebanon": the noun tells of the same flight."""
    if (verb.origin and noun.origin) or (verb.destination and noun.destination):
        return False
    verb.origin = verb.origin or noun.origin
    verb.destination = verb.destination or noun.destination
    verb.bound = verb.bound or noun.bound
    verb.callsign = verb.callsign or noun.callsign
    verb.when = verb.when or noun.when
    return True


def _trimmed(sentence: Sentence) -> Span:
    text = sentence.text.rstrip()
    return Span(sentence.start_char, sentence.start_char + len(text), text)


# Triggers ------------------------------------------------------------------------------------------------------------


def trigger_at(token: Token, reading: Reading) -> Trigger | None:
    """The move that a word may tell of, if what has to stand beside it does."""
    verbs, nouns = load_triggers()
    lemma = token.lemma_.lower()
    infinitive = token.i > 0 and token.doc[token.i - 1].lower_ == "to" and token.text.islower() and lemma in verbs
    if token.pos_ in ("VERB", "AUX") or (infinitive and token.pos_ == "NOUN"):
        if lemma in word_list("light") and any(c.dep_ == "obj" and c.lemma_.lower() in nouns for c in token.children):
            return None  # "carried out a flight": the noun tells
        if lemma == "leave" and any(
            c.dep_ == "obj" and c.i > token.i and not _is_left_behind(c, reading) for c in token.children
        ):
            return None  # "left the airspace", "leaving his own jet to follow"
        if f"{lemma}-down" in word_list("losses") and has_particle(token, "down"):
            return _LOSS
        found = next((t for t in verbs.get(lemma, ()) if _verb_fits(token, t, reading)), None)
        if found is not None:
            return None if _leads_on(token, lemma, reading) else found
        if lemma in word_list("stays"):
            return _STAY
        return _LOSS if lemma in word_list("losses") else None
    if token.pos_ == "NOUN":
        return next((t for t in nouns.get(lemma, ()) if _noun_fits(token, t)), None)
    return None


def _is_left_behind(word: Token, reading: Reading) -> bool:
    """Can an aircraft depart from this?"""
    if word.lower_ == "airspace":
        return False
    return word.lemma_.lower() in word_list("transparent") or reading.of_type(word.i, PLACES) is not None


def _leads_on(token: Token, lemma: str, reading: Reading) -> bool:
    """ "was flying …, headed for Moscow": part of the flight, no move of its own."""
    if lemma not in word_list("bound") or token.dep_ not in ("acl", "advcl", "xcomp", "amod"):
        return False
    return token.head.lemma_.lower() in load_triggers()[0] or is_carrier(token.head, reading)


def _verb_fits(token: Token, trigger: Trigger, reading: Reading) -> bool:
    if trigger.particle is not None and not has_particle(token, trigger.particle):
        return False
    if trigger.particle is None and has_particle(token, "up", "down", "off"):
        return False
    if trigger.adverb is not None and (
        not any(c.lower_ == trigger.adverb for c in token.children)
        or any(c.dep_ in ("xcomp", "advcl") for c in token.children)
    ):
        return False  # "was last seen near …", but not "was last seen landing"
    if trigger.complements and not any(c.lower_ in trigger.complements for c in token.children):
        return False
    if trigger.toward and not any(case_of(c) in ("towards", "toward", "to", "for") for c in token.children):
        return False
    objects = [c for c in token.children if c.dep_ in ("obj", "nsubj:pass")]
    if trigger.objects and not any(c.lemma_.lower() in trigger.objects for c in objects):
        return False
    return not trigger.passenger or any(
        c.pos_ == "PRON" or reading.of_type(c.i, ("Person", "Organization")) for c in objects
    )


def _noun_fits(token: Token, trigger: Trigger) -> bool:
    if trigger.case is not None and case_of(token) != trigger.case:
        return False
    if trigger.light and token.head.lemma_.lower() not in trigger.light:
        return False
    if any(c.dep_ == "nmod:poss" and c.lower_ == "their" for c in token.children):
        return False  # "their flight from Homs": they fled
    # "flight data", "the flight crew": the flight is not what is told of.
    return token.dep_ not in ("compound", "amod")


# The move itself -----------------------------------------------------------------------------------------------------


def _move(token: Token, trigger: Trigger, span: Span, reading: Reading) -> Move | None:
    children = list(token.children)
    lowered = {c.lower_ for c in children}
    if any(c.lower_ in ("without", "than", "instead") and c.dep_ in ("mark", "case", "cc") for c in children):
        return None  # "without returning to", "rather than fly to"
    if _has_not_begun(token):
        return None
    move = Move(trigger.kind, token.i, span, lemma=token.lemma_.lower(), nominal=trigger.noun)
    move.realis = _realis(token, reading)
    move.attribution = reading.attribution.get(token.i, ())
    carrier = carrier_of(token, trigger, reading)
    if trigger.kind in ("Stay", "Loss"):
        if carrier is None and not (trigger.kind == "Stay" and token.dep_ in ("advcl", "conj")):
            return None
    elif carrier is None:
        travellers = travellers_of(token, trigger, reading)
        if travellers is None:
            if not may_travel(token, trigger, reading):
                return None
            move.weak = True
        move.aboard = travellers or ()
        subject = subject_of(token)
        move.definite = subject is not None and subject.pos_ == "PRON"
    if carrier is not None:
        if is_aggregate(carrier, token):
            return None
        move.carrier = carrier.i
        # "Air Koryo flight JS151": the description stands before the number.
        before = carrier.doc[carrier.i - 1] if carrier.i else carrier
        named = reading.aircraft_at(carrier)
        move.aircraft = named or (reading.aircraft_at(before) if is_carrier(before, reading) else None)
        move.definite, move.pronoun = is_definite(carrier), carrier.pos_ == "PRON"
        move.callsign = callsign_of(carrier, reading)
        move.aboard = aboard_of(token, carrier, reading)
        move.type = reading.of_type(carrier.i, ("AircraftType",))
    move.operator = operator_of(token, carrier, reading)
    move.cancelled = is_cancelled(token, carrier)
    move.earlier = any(c.lower_ in ("had", "'d") and c.dep_ == "aux" for c in children) or _follows_after(token)
    move.ongoing = "Prog" in token.morph.get("Aspect", []) or (
        (token.tag_ == "VBG" or "Part" in token.morph.get("VerbForm", []))
        and any(c.lemma_.lower() == "be" and c.dep_ == "aux" for c in children)
    )
    lowered |= {c.lower_ for c in carrier.children} if carrier is not None and carrier.pos_ == "NOUN" else set()
    move.back = bool({"back", "return", "home"} & lowered) or token.lemma_.lower() == "return"
    return move


def _has_not_begun(token: Token) -> bool:
    """ "was about to leave", "to reach Minsk it flew around …": an aim, not a move of its own."""
    to = any(c.lower_ == "to" and c.dep_ in ("mark", "aux") for c in token.children)
    if to and (token.dep_ == "advcl" or token.head.lower_ in ("about", "ready", "unable", "supposed")):
        return True
    if token.dep_ == "xcomp" and token.head.lemma_.lower() in word_list("begins"):
        return True
    if token.pos_ != "NOUN" or token.dep_ not in ("obj", "obl"):
        return False
    verb = token.head
    aimed = verb.dep_ == "xcomp" and verb.head.lemma_.lower() in word_list("begins")
    return aimed or verb.lemma_.lower() in word_list("waits") - word_list("cancels")


def _realis(token: Token, reading: Reading) -> Realis:
    own = reading.realis.get(token.i)
    if token.dep_ == "obj" and token.head.lemma_.lower() in word_list("light"):
        # "made a scheduled stop": made, so it is no plan any more.
        return reading.realis.get(token.head.i) or "asserted"
    if own is None and token.pos_ == "NOUN" and token.dep_ in ("obj", "obl", "nsubj:pass", "xcomp"):
        own = reading.realis.get(token.head.i)
    if own is None and any(c.lower_ in ("due", "scheduled", "slated") and c.i < token.i for c in token.children):
        return "planned"
    if own is None and token.pos_ == "NOUN" and token.head.lemma_.lower() in word_list("plans"):
        return "planned"
    return own or "asserted"


def _follows_after(token: Token) -> bool:
    """ "crashed after taking off from", "following departure from"."""
    return any(c.lower_ in ("after", "following") and c.dep_ in ("mark", "case") for c in token.children)


def _bare(read: Move | None, token: Token, trigger: Trigger, span: Span, reading: Reading) -> Move | None:
    """A move of which only the model speaks: one aircraft, moving once, has to be in sight."""
    if token.i not in reading.proposals or reading.proposals[token.i].probability < LIKELY:
        return None
    if _has_not_begun(token) or any(c.lower_ in ("without", "than", "instead") for c in token.children):
        return None
    carrier = proposed_carrier(token, reading)
    if carrier is None or is_aggregate(carrier, token):
        return None
    move = read
    if move is None:
        move = Move(trigger.kind, token.i, span, lemma=token.lemma_.lower(), nominal=token.pos_ == "NOUN")
        move.realis, move.attribution = _realis(token, reading), reading.attribution.get(token.i, ())
    if move.carrier is None:
        move.carrier, move.aircraft = carrier.i, reading.aircraft_at(carrier)
        move.definite, move.pronoun = is_definite(carrier), carrier.pos_ == "PRON"
    return move


# Places --------------------------------------------------------------------------------------------------------------


def _fill_places(move: Move, trigger: Trigger, places: list[PlaceOf], token: Token, reading: Reading) -> None:
    slots = slots_of(places, move.kind, trigger)
    best = {slot: most_specific(found, reading) for slot, found in slots.items()}
    move.origin, move.destination, move.bound = best.get("origin"), best.get("destination"), best.get("bound")
    move.near = best.get("near")
    move.via = tuple(dict.fromkeys(p.entity for p in slots.get("via", ())))
    if move.kind == "Stay":
        at = [p for p in places if p.relation in ("at", "in", "on")]
        move.destination = most_specific(at, reading) if at else None
    if trigger.case is not None and move.kind == "Flight":
        move.bound, move.destination = move.destination or move.bound, None
    spoken = place_spoken_of(token if token.pos_ != "NOUN" else token.head, reading)
    if spoken is not None and move.destination is None and move.kind in ("Arrival", "Stopover"):
        move.destination = spoken
    if spoken is not None and move.origin is None and (move.kind == "Departure" or from_there(token)):
        move.origin = spoken
    if move.origin is not None and move.origin in (move.destination, move.bound):
        move.origin = None if move.kind in ("Arrival", "Stopover") else move.origin


# Times ---------------------------------------------------------------------------------------------------------------


def _times(sentence: Sentence, anchors: Anchors, reading: Reading) -> Iterator[tuple[int, TimeExpression]]:
    """Each time of a sentence with the trigger that it dates."""
    done: set[int] = set()
    for token in sentence:
        time = reading.times_at.get(token.i)
        if time is None or time.start in done:
            continue
        done.add(time.start)
        span = reading.doc.char_span(time.start, time.end, alignment_mode="expand")
        if span is None:
            continue
        predicate = anchors.of(span.root, span.start)
        if predicate is not None:
            yield predicate, time


_FINE = {"second": 0, "minute": 1, "hour": 2, "day": 3, "week": 4, "month": 5}


def _fill_times(move: Move, times: list[TimeExpression], token: Token) -> None:
    dated = [(t, t.period) for t in times if t.type in ("DATE", "TIME") and t.period is not None]
    if dated:
        move.when = min(dated, key=lambda pair: (_FINE.get(pair[1].granularity, 9), pair[0].start))[1]
    for time in times:
        if time.type != "DURATION":
            continue
        text = token.doc.text[max(0, time.start - 7) : time.start].lower()
        shifts = time.text.lower().endswith(("later", "after")) or "after" in text
        if move.kind == "Stay" or shifts:
            move.waited = time


# -------------------------------------------------------------------------------------------------------------------

_MODALS = frozenset("may might could can would should".split())


def _is_complete(move: Move, trigger: Trigger, token: Token) -> bool:
    """Is enough said, and is it said as something that happens to one aircraft?"""
    if move.realis == "hypothetical":
        return False
    modal = {c.lower_ for c in token.children if c.dep_ == "aux"}
    if move.realis == "possible" and modal & _MODALS and "have" not in modal:
        return False
    ends = bool(move.origin or move.destination or move.bound)
    if move.realis == "denied":
        return bool(move.origin and (move.destination or move.bound)) or move.cancelled
    if move.weak and not (move.origin and (move.destination or move.bound)):
        return False
    if trigger.kind == "Stay":
        return bool(move.destination or move.waited)
    if trigger.ends and not ends:
        return False
    if trigger.place and not ends:
        return move.carrier is not None and trigger.lemma == "land"
    if trigger.kind == "Flight" and move.nominal:
        return ends or (move.back and move.when is not None)
    return True
