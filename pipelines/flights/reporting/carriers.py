"""Which aircraft, or which traveller, a trigger is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.flights.reporting.reading import SUBJECTS, Reading, case_of, subject_of
from pipelines.flights.reporting.triggers import Trigger
from pipelines.flights.reporting.words import word_list

if TYPE_CHECKING:
    from spacy.tokens import Token

_CALLSIGN = re.compile(r"^(?:[A-Z]{2,3}|[A-Z]\d|\d[A-Z])\d{1,4}[A-Z]{0,2}$|^[A-Z]{4,6}\d{1,3}$")
_ABOARD = ("in", "on", "aboard", "onboard", "by")
_GROUPS = ("one", "pair", "group", "number", "trio", "couple", "duo")
# Verbs of which a person's flight can be told without naming an aircraft.
# "left Pyongyang by air": the way of travelling said outright.
_AIR = ("air", "plane", "aircraft", "helicopter", "jet")
_BY_AIR = ("fly", "airlift", "land", "take", "touch", "step")


def is_carrier(token: Token, reading: Reading) -> bool:
    """Does this token name an aircraft or a flight?"""
    if reading.of_type(token.i, ("Aircraft", "AircraftType")) is not None:
        return True
    if token.pos_ not in ("NOUN", "PROPN") or token.dep_ in ("compound", "amod"):
        return False
    lemma = token.lemma_.lower()
    before = token.doc[token.i - 1].lower_ if token.i else ""
    if before in ("callsign", "flight") and _CALLSIGN.match(token.text):
        return True
    if token.lower_ in word_list("makers") and token.text[:1].isupper():
        return before in ("the", "a", "an", "this", "that", "his", "her", "its", "their", "our", "same", "favourite")
    if lemma == "ambulance":
        return any(c.lower_ == "air" for c in token.children)
    return lemma in word_list("carriers")


def carrier_of(token: Token, trigger: Trigger, reading: Reading) -> Token | None:
    """The aircraft that moves: the subject, what is flown, or what someone travels on."""
    if trigger.noun:
        return _carrier_of_noun(token, trigger, reading)
    subject = subject_of(token)
    if subject is not None and (named := _in_phrase(subject, reading)) is not None:
        return named
    for child in token.children:
        moved = child.dep_ == "obj" and trigger.kind in ("Flight", "Diversion", "SignalLoss")
        ridden = child.dep_ in ("obl", "obl:agent") and case_of(child) in _ABOARD
        if (moved or ridden) and is_carrier(child, reading):
            return child
    for child in token.children:
        # "lost contact with the plane"
        inner = next((g for g in child.children if g.dep_ == "nmod" and is_carrier(g, reading)), None)
        if trigger.objects and child.dep_ == "obj" and inner is not None:
            return inner
    if token.dep_ == "ccomp" and not any(c.dep_ in SUBJECTS for c in token.children):
        subject = None  # "…, the minister said": who says so does not fly
    if (ridden_on := _ridden(token, reading)) is not None:
        return ridden_on
    if subject is None or subject.pos_ not in ("NOUN", "PROPN", "PRON"):
        return _nearest_before(_first_of_chain(token), reading)
    return None


def _ridden(token: Token, reading: Reading) -> Token | None:
    """ "flew to Singapore on Sunday in a Boeing 747": wherever the tree hangs it."""
    for other in token.doc[token.i + 1 : token.sent.end]:
        if other.pos_ == "VERB":
            return None
        if is_carrier(other, reading) and _preposition_before(other) in _ABOARD:
            return other
    return None


def _preposition_before(noun: Token) -> str:
    """The preposition of a noun phrase by its words alone."""
    for token in reversed(noun.doc[max(noun.sent.start, noun.i - 7) : noun.i]):
        if token.pos_ == "ADP" and token.lower_ not in ("'s", "’s"):
            return token.lower_
        if token.pos_ not in ("DET", "ADJ", "NOUN", "PROPN", "NUM", "PRON", "PART") and token.text != "-":
            return ""
    return ""


def _first_of_chain(token: Token) -> Token:
    """ "took off … and reached …": the verb that the subject stands at."""
    while token.dep_ in ("conj", "advcl", "xcomp") and token.head.i < token.i and token.head.pos_ == "VERB":
        token = token.head
    return token


def _in_phrase(subject: Token, reading: Reading) -> Token | None:
    """The subject itself, or the aircraft in "one of its planes", "a pair of jets", "the Boeing 737-800, SP-RSM"."""
    if is_carrier(subject, reading) or subject.lower_ == "it":
        return subject
    quantity = subject.lemma_.lower() in _GROUPS
    for child in subject.children:
        fits = child.dep_ in ("appos", "flat") or (quantity and child.dep_ == "nmod")
        if fits and is_carrier(child, reading):
            return child
    return None


def _nearest_before(token: Token, reading: Reading) -> Token | None:
    """Where the tree tells no subject: the last aircraft named before in the sentence, if nothing else acts in between."""
    for other in reversed(token.doc[token.sent.start : token.i]):
        if is_carrier(other, reading):
            return other
        inside = other.dep_ in ("acl", "acl:relcl", "amod") or other.lower_ in ("which", "that")
        if (other.dep_ in SUBJECTS or other.pos_ == "VERB") and not inside:
            return None
    return None


def _carrier_of_noun(token: Token, trigger: Trigger, reading: Reading) -> Token | None:
    """ "the jet's flight from …", "the plane made a stopover", "a landing of the jet"; a flight carries itself."""
    for child in token.children:
        if child.dep_ in ("nmod:poss", "nmod", "compound") and is_carrier(child, reading):
            return child
    if trigger.case is not None and trigger.kind == "Flight":
        # "the jet on its way to", "Flight MH17 was on its way to"
        named = next((_in_phrase(c, reading) for c in token.children if c.dep_ in SUBJECTS), None)
        if named is None and is_carrier(token.head, reading):
            named = token.head
        return named or (_nearest_before(token, reading) if token.dep_ in ("root", "ROOT", "nmod") else None)
    if token.dep_ in ("obj", "obl", "nsubj:pass") and token.head.pos_ == "VERB":
        subject = subject_of(token.head)
        if subject is not None and (named := _in_phrase(subject, reading)) is not None:
            return named
        if subject is None and trigger.kind != "Flight":
            return _nearest_before(token.head, reading)
    return token if is_carrier(token, reading) else None


# Travellers ----------------------------------------------------------------------------------------------------------


def travellers_of(token: Token, trigger: Trigger, reading: Reading) -> tuple[str, ...] | None:
    """Who flies where no aircraft is named: entity ids, () where only a description tells, None where nobody flies."""
    if trigger.noun:
        return None
    said = any(c.lower_ in _AIR and case_of(c) == "by" for c in token.children)
    if said and (subject := subject_of(token)) is not None:
        return tuple(dict.fromkeys(_persons(subject, reading)))
    if trigger.carrier or trigger.lemma not in _BY_AIR:
        return None
    if trigger.lemma == "fly" and _airline_flies(token, reading):
        return ()
    passive = any(c.dep_ in ("nsubj:pass", "aux:pass") for c in token.children)
    flown = [c for c in token.children if c.dep_ == "obj"]
    if flown:
        ids = [i for c in flown for i in _persons(c, reading)]
        return tuple(dict.fromkeys(ids)) if ids and trigger.lemma in ("fly", "airlift") else None
    subject = subject_of(token)
    if subject is None:
        return None
    ids = list(_persons(subject, reading))
    if ids:
        return tuple(dict.fromkeys(ids))
    described = subject.lemma_.lower() in word_list("travellers") or subject.lower_ in word_list("travellers")
    if passive and subject.pos_ != "PRON":
        # "The wounded were flown to Cairo": on board of something.
        return (
            () if trigger.lemma in ("fly", "airlift") and subject.lemma_.lower() not in word_list("unmanned") else None
        )
    human = described and "Plur" not in subject.morph.get("Number", [])
    return () if human and trigger.lemma in ("fly", "airlift", "land") else None


def may_travel(token: Token, trigger: Trigger, reading: Reading) -> bool:
    """ "the players had flown from A to B": a way with two ends makes travellers of any who are not machines."""
    if trigger.noun or trigger.lemma not in ("fly", "airlift"):
        return False
    subject = subject_of(token)
    if subject is None or subject.pos_ not in ("NOUN", "PROPN", "PRON"):
        return False
    thing = (
        subject.lemma_.lower() in word_list("unmanned") or reading.of_type(subject.i, ("Weapon", "Country")) is not None
    )
    habit = "Pres" in token.morph.get("Tense", []) and "Fin" in token.morph.get("VerbForm", [])
    return not thing and not habit


def _airline_flies(token: Token, reading: Reading) -> bool:
    """ "Air Serbia will fly from A to B on Saturday": once; "flies from A to B" is what it does every week."""
    subject = subject_of(token)
    habit = "Pres" in token.morph.get("Tense", []) and "Fin" in token.morph.get("VerbForm", [])
    return subject is not None and not habit and reading.of_type(subject.i, ("Organization",)) is not None


def _persons(token: Token, reading: Reading) -> Iterator[str]:
    for part in (token, *(c for c in token.children if c.dep_ in ("conj", "appos", "flat"))):
        person = reading.of_type(part.i, ("Person",))
        if person is not None:
            yield person


def aboard_of(token: Token, carrier: Token, reading: Reading) -> tuple[str, ...]:
    """Persons carried, or who travel on the carrier: "carried Kim to", "Kim left aboard the jet"."""
    if token.pos_ == "NOUN":
        return ()
    found: list[str] = []
    subject = subject_of(token)
    for child in (*((subject,) if subject is not None else ()), *(c for c in token.children if c.dep_ == "obj")):
        if child.i != carrier.i:
            found += _persons(child, reading)
    for child in carrier.children:
        if child.dep_ == "acl" and child.lemma_.lower() in ("carry", "transport", "bring"):
            for inner in child.children:
                if inner.dep_ == "obj":
                    found += _persons(inner, reading)
    return tuple(dict.fromkeys(found))


# What is said of the carrier -----------------------------------------------------------------------------------------


def is_definite(token: Token) -> bool:
    if token.pos_ == "PRON":
        return True
    if any(c.dep_ == "det" and c.lower_ in ("the", "this", "that", "same") for c in token.children):
        return True
    for other in reversed(token.doc[max(token.sent.start, token.i - 6) : token.i]):
        if other.pos_ == "DET":
            return other.lower_ in ("the", "this", "that")
        if other.pos_ not in ("ADJ", "NOUN", "PROPN", "NUM") and other.text != "-":
            return False
    return False


def is_aggregate(carrier: Token, predicate: Token) -> bool:
    """ "92 flights since 2016", "usually flies between": many legs told as one are none that could be drawn."""
    plural = "Plur" in carrier.morph.get("Number", []) and carrier.pos_ == "NOUN" and carrier.lower_.endswith("s")
    few = any(c.dep_ == "nummod" and c.lower_ in ("two", "2", "three", "3", "both") for c in carrier.children)
    beside = {c.lower_ for c in predicate.children} | {g.lower_ for c in predicate.children for g in c.children}
    habitual = bool(beside & word_list("habits")) or bool({"times", "occasions", "every", "each"} & beside)
    return (plural and not few) or habitual


def is_cancelled(token: Token, carrier: Token | None) -> bool:
    """ "the flight was called off", "cancelled its flight to": said of the flight, not of something beside it."""
    for word in (token, *((carrier,) if carrier is not None else ())):
        head = word.head
        governed = word.dep_ in ("nsubj:pass", "obj")
        if governed and (head.lemma_.lower() in word_list("cancels")):
            return True
        if governed and head.lemma_.lower() == "call" and any(c.lower_ == "off" for c in head.children):
            return True
        if word.pos_ == "NOUN" and any(
            c.dep_ in ("amod", "acl") and c.lemma_.lower() in word_list("cancels") for c in word.children
        ):
            return True
    return token.dep_ == "xcomp" and token.head.lemma_.lower() in word_list("cancels")


def operator_of(token: Token, carrier: Token | None, reading: Reading) -> str | None:
    """ "a Lufthansa flight", "a jet of Mahan Air", "operated by …"; "Air Serbia will fly", "Finnair cancelled its flight"."""
    if carrier is not None:
        for child in carrier.children:
            owns = child.dep_ in ("compound", "nmod:poss") or (child.dep_ == "nmod" and case_of(child) in ("of", "by"))
            parts = [child] if owns else []
            if child.dep_ == "acl" and child.lemma_.lower() in ("operate", "belong", "own", "charter", "lease"):
                parts = [c for c in child.children if case_of(c) in ("by", "to", "from")]
            found = next((o for p in parts if (o := reading.of_type(p.i, ("Organization",)))), None)
            if found is not None:
                return found
    subject = subject_of(token if not (carrier is token and token.dep_ == "obj") else token.head)
    return reading.of_type(subject.i, ("Organization",)) if subject is not None and subject is not carrier else None


def callsign_of(carrier: Token, reading: Reading) -> str | None:
    """ "flight JS151", "Flight FR4978", "callsign SPAR19"."""
    doc = carrier.doc
    for token in doc[max(carrier.sent.start, carrier.i - 2) : min(carrier.sent.end, carrier.i + 6)]:
        if _CALLSIGN.match(token.text) and token.i != carrier.i and not _is_type(token, reading):
            before = doc[token.i - 1].lower_ if token.i else ""
            if before in ("flight", "callsign", "sign", "(", '"', "“", "number") or token.head.i == carrier.i:
                return token.text
    return carrier.text if _CALLSIGN.match(carrier.text) and not _is_type(carrier, reading) else None


def _is_type(token: Token, reading: Reading) -> bool:
    """ "A310" is a model, whatever it looks like."""
    return reading.of_type(token.i, ("AircraftType",)) is not None
