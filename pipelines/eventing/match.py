"""A trigger in its sentence: do the conditions hold, and who fills the roles?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.model import Realis, Role
from pipelines.eventing.arguments import Reader, arguments, fits, objects, subjects
from pipelines.eventing.frames import GROUPS, Frame, Trigger, load_triggers

if TYPE_CHECKING:
    from spacy.tokens import Token

_CLAUSES = ("ccomp", "xcomp", "acl", "csubj")
# What is said is a stance, not a report: it looks ahead, weighs, or speaks of the speaker's own side.
_STANCE_WORDS = frozenset("will would should must could may might can shall not never never".split())
_STANCE_NOUNS = frozenset(
    "relation tie cooperation policy position support agreement mistake peace war threat sanction decision right plan talk partnership responsibility step measure".split()
)
_PARTIES = frozenset({"Meeting", "Talks", "Signing", "Consult", "Agree"})


@dataclass(frozen=True, slots=True)
class Match:
    """An event as one trigger tells it; `realis` and `sources` where the language model says more than the rules."""

    frame: Frame
    token: int
    roles: tuple[Role, ...]
    strength: float
    realis: Realis | None = None
    sources: tuple[str, ...] = ()


def match_token(token: Token, reader: Reader) -> Match | None:
    """The first frame that this word triggers here, with its roles; None where nothing fits."""
    verbs, nouns = load_triggers()
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB":
        triggers = verbs.get(lemma, ())
    elif token.pos_ == "NOUN":
        triggers = nouns.get(lemma, ()) or nouns.get(token.lower_, ())
    else:
        return None
    for trigger in triggers:
        if holds(trigger, token, reader):
            roles = fill_roles(trigger, token, reader)
            if _required(trigger.frame, roles, token, reader):
                return Match(trigger.frame, token.i, roles, _strength(trigger, roles))
    return None


def holds(trigger: Trigger, token: Token, reader: Reader) -> bool:
    if trigger.particle is not None and not _has_particle(token, trigger.particle):
        return False
    if trigger.particle is None and token.pos_ == "VERB" and any(c.dep_ == "compound:prt" for c in token.children):
        return False
    return all(_flag(flag, token, reader) for flag in trigger.flags) and all(
        _condition(position, wanted, token, reader) for position, wanted in trigger.conditions.items()
    )


def _has_particle(token: Token, particle: str) -> bool:
    return any(
        c.lower_ == particle and c.dep_ in ("compound:prt", "advmod", "case", "obl") and 0 < c.i - token.i < 6
        for c in token.children
    )


def _flag(flag: str, token: Token, reader: Reader) -> bool:
    if flag == "complement":
        return any(c.dep_ in _CLAUSES for c in token.children) or token.dep_ == "parataxis"
    if flag == "joint":
        return len({i for s in subjects(token) for i in reader.fill(s, GROUPS["agent"])}) > 1
    if flag == "plural":
        return "Plur" in token.morph.get("Number", []) or token.lower_.endswith("s")
    if flag == "speech:stance":
        return _is_stance(token, reader)
    return True  # swap, speech and not_speech shape the roles, not the match


def _is_stance(token: Token, reader: Reader) -> bool:
    """Does a speaker with a part in the story say more than a fact he passes on?"""
    said = [c for c in token.children if c.dep_ in ("ccomp", "parataxis")]
    for clause in [*said, token.head] if token.dep_ == "parataxis" else said:
        words = {t.lower_ for t in clause.children if t.dep_ in ("aux", "advmod")}
        if words & _STANCE_WORDS:
            return True
        speaker = {i for s in subjects(token) for i in reader.fill(s, frozenset({"Person", "Country", "Organization"}))}
        inner = [c for c in clause.children if c.dep_ in ("nsubj", "nsubj:pass")]
        if any(c.lower_ in ("we", "i", "our") for c in inner) or any(
            set(reader.entity_at.get(c.i, ())) & speaker for c in inner
        ):
            return True
        if any(t.lemma_.lower() in _STANCE_NOUNS for t in clause.subtree):
            return True
    return False


def _condition(position: str, wanted: Any, token: Token, reader: Reader) -> bool:
    if position.startswith("not_"):
        return not fits(reader, token, wanted, arguments(token, position[4:]))
    if position == "light":
        return token.head.lemma_.lower() in wanted and token.dep_ in ("obj", "nsubj:pass", "obl")
    if position == "about":
        return fits(
            reader,
            token,
            wanted,
            [*arguments(token, "of"), *arguments(token, "compound"), *arguments(token, "subject")],
        )
    if position == "amod" and token.pos_ == "VERB":
        return any(
            fits(reader, o, wanted, [c for c in o.children if c.dep_ in ("amod", "compound")]) for o in objects(token)
        )
    return fits(reader, token, wanted, arguments(token, position))


def fill_roles(trigger: Trigger, token: Token, reader: Reader) -> tuple[Role, ...]:
    """Each role's entities; nobody takes two parts, the first role that finds them keeps them."""
    used: set[str] = set()
    roles: list[Role] = []
    for rule in trigger.frame.roles:
        for position in _positions(rule.positions, trigger, rule.role):
            found = [e for t in arguments(token, position) for e in reader.fill(t, rule.types) if e not in used]
            if found:
                roles += [Role(rule.role, e) for e in dict.fromkeys(found)]
                used |= set(found)
                break
    return tuple(roles)


def _positions(positions: tuple[str, ...], trigger: Trigger, role: str) -> tuple[str, ...]:
    """ "X bought missiles from Y": Y supplies X."""
    if "swap" not in trigger.flags:
        return positions
    return {"actor": ("from",), "recipient": ("subject",)}.get(role, positions)


def _required(frame: Frame, roles: tuple[Role, ...], token: Token, reader: Reader) -> bool:
    filled = {r.role for r in roles}
    for choice in frame.requires:
        if filled & set(choice):
            continue
        carrier = "self" in choice and any(
            fits(reader, token, "carrier", arguments(token, p)) for p in ("subject", "of", "compound")
        )
        if not carrier:
            return False
    return not (frame.type in ("Meeting", "Talks", "Consult") and not _is_joint(frame, roles, token))


def _is_joint(frame: Frame, roles: tuple[Role, ...], token: Token) -> bool:
    """A meeting needs two parties, or a plural one, or a noun with its own party ("their summit" has none)."""
    del frame
    parties = [r for r in roles if r.role in ("actor", "counterpart")]
    return (
        len(parties) >= 2
        or token.lemma_.lower() in ("summit", "talk", "talks")
        or any("Plur" in s.morph.get("Number", []) for s in subjects(token))
    )


def _strength(trigger: Trigger, roles: tuple[Role, ...]) -> float:
    """0.5 for a bare trigger; more for conditions that held and for roles that are filled. At most 0.95."""
    return min(0.95, 0.5 + 0.05 * min(3, trigger.weight()) + 0.1 * min(3, len({r.role for r in roles})))
