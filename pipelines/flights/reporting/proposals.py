"""What the language model's head says of movement: triggers that no frame has, and ends that no rule has found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.flights.reporting.carriers import is_carrier
from pipelines.flights.reporting.reading import PLACES, Reading
from pipelines.flights.reporting.triggers import MoveKind, Trigger, load_triggers
from pipelines.flights.reporting.words import word_list
from pipelines.knowledge.nouns import class_of

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipelines.flights.reporting.moves import Move
    from pipelines.nlp.events import Event as Proposal

LIKELY = 0.5  # of a movement, and of a part in it
_ENDS = frozenset({"origin", "destination", "intended_destination"})


def proposed_at(token: Token, reading: Reading) -> Trigger | None:
    """A trigger for a word that the model takes for a movement and that no frame knows, or not in this construction."""
    proposal = reading.proposals.get(token.i)
    if (
        proposal is None
        or proposal.probability < LIKELY
        or token.pos_ not in ("VERB", "NOUN", "AUX", "ADV", "ADP", "ADJ")
    ):
        return None
    return Trigger(kind_of(proposal, token), token.lemma_.lower(), noun=token.pos_ == "NOUN")


def proposed_carrier(token: Token, reading: Reading) -> Token | None:
    """The word that the model takes for the aircraft that moves here, if it can be one."""
    proposal = reading.proposals[token.i]
    words = [reading.doc[word] for word, role, likely in proposal.roles if role == "aircraft" and likely >= LIKELY]
    return next((w for w in map(_antecedent, words) if _may_fly(w, reading)), None)


def _antecedent(word: Token) -> Token:
    """What a relative pronoun stands for."""
    clause = word.head
    relative = word.lower_ in ("which", "that", "who") and clause.dep_ == "acl:relcl"
    return clause.head if relative else word


def _may_fly(word: Token, reading: Reading) -> bool:
    """An aircraft, a pronoun that can stand for one, or a noun that names nothing else ("the trijet", "the machine")."""
    if is_carrier(word, reading) or reading.aircraft_at(word) is not None:
        return True
    if word.pos_ == "PRON":
        return word.lower_ in ("it", "they", "she")
    known = any(i in reading.entities for i in reading.entity_at.get(word.i, ()))
    return (
        word.pos_ == "NOUN"
        and not known
        and class_of(word) is None
        and word.lemma_.lower() not in word_list("unmanned")
    )


def kind_of(proposal: Proposal, token: Token) -> MoveKind:
    """As the frames have the word; else by the ends that are told."""
    if proposal.type == "SignalLoss":
        return "SignalLoss"
    verbs, nouns = load_triggers()
    known = (nouns if token.pos_ == "NOUN" else verbs).get(token.lemma_.lower(), ())
    if known:
        return known[-1].kind  # the one that asks for least
    told = {role for _, role, _ in proposal.roles} & _ENDS
    return "Arrival" if told == {"destination"} else "Departure" if told == {"origin"} else "Flight"


def complete_with(move: Move, reading: Reading, bare: bool) -> None:
    """Fill what the rules left open with the model's answers; of a `bare` move also whether it took place."""
    proposal = reading.proposals.get(move.token)
    if proposal is None or proposal.probability < LIKELY:
        return
    for word, role, likely in sorted(proposal.roles, key=lambda r: -r[2]):
        token = reading.doc[word]
        if likely < LIKELY:
            continue
        if role in _ENDS:
            _add_end(move, role, reading.of_type(word, PLACES))
        elif role == "aircraft" and move.carrier is None and move.aircraft is None:
            move.aircraft, move.carrier = reading.aircraft_at(token), word
            move.pronoun = move.definite = token.pos_ == "PRON"
            move.type = reading.of_type(word, ("AircraftType",))
        elif role == "operator":
            move.operator = move.operator or reading.of_type(word, ("Organization",))
        elif role == "aboard" and (person := reading.of_type(word, ("Person",))) is not None:
            move.aboard = tuple(dict.fromkeys((*move.aboard, person)))
        elif role == "source" and not move.attribution:
            move.attribution = tuple(i for i in (reading.of_type(word, _SOURCES),) if i)
    if bare and proposal.realis == "cancelled":
        move.cancelled = True
    elif bare and move.realis == "asserted" and proposal.realis in ("planned", "denied"):
        move.realis = proposal.realis


_SOURCES = ("Person", "Organization", "Publisher", "Country")


def _add_end(move: Move, role: str, place: str | None) -> None:
    """An end that the rules have not placed anywhere else."""
    if place is None or place in (move.origin, move.destination, move.bound, *move.via):
        return
    if role == "origin":
        move.origin = move.origin or place
    elif role == "intended_destination" or move.kind == "Departure":
        move.bound = move.bound or place
    elif move.bound is None:
        move.destination = move.destination or place
