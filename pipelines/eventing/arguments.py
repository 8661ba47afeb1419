"""Who and what stands in which position of a predicate: subject, object, prepositions — for verbs and for nouns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import Entity
from pipelines.eventing.frames import GROUP_NOUNS, GROUPS

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_SUBJECTS = ("nsubj", "nsubj:outer")
_NAMING = ("appos", "flat", "compound", "nmod:desc", "nmod:unmarked", "flat:name")
# Heads that speak for a state or a body named inside their phrase: "the Russian defence ministry", "Lithuania's president".
_BODIES = frozenset(
    """government ministry minister president leader army military force troop authority official parliament court state regime
    leadership administration navy spokesman spokeswoman spokesperson police diplomat embassy side delegation premier chancellor
    commander soldier jet warplane aircraft plane media fighter representative king lawmaker senate congress security intelligence
    ambassador envoy airstrike forces bomber drone warship prosecutor board agency investigator airline company""".split()
)
_PARTITIVE = frozenset(
    "group number member head part dozen hundred thousand some all one two both each several many most spokesman spokeswoman spokesperson official chief leader".split()
)


@dataclass(slots=True)
class Reader:
    """What arguments are read from."""

    doc: Doc
    entities: Mapping[str, Entity]
    entity_at: Mapping[int, tuple[str, ...]]

    def direct(self, token: Token, types: Iterable[str]) -> tuple[str, ...]:
        """Entities of these classes at the token itself."""
        return tuple(
            i for i in self.entity_at.get(token.i, ()) if i in self.entities and self.entities[i].type in types
        )

    def fill(self, token: Token, types: frozenset[str]) -> tuple[str, ...]:
        """The entities that an argument names: at its head, in its name, its conjuncts; a body stands for its state."""
        found = list(self._one(token, types))
        for child in token.children:
            if child.dep_ == "conj":
                found += self.fill(child, types)
        return tuple(dict.fromkeys(found))

    def _one(self, token: Token, types: frozenset[str], follow: bool = True) -> tuple[str, ...]:
        direct = self.direct(token, types)
        if direct:
            return direct
        if token.pos_ == "PRON":
            return self._behind_pronoun(token, types) if follow else ()
        lemma = token.lemma_.lower()
        for child in token.children:
            if child.dep_ in _NAMING and (named := self.direct(child, types & {"Person"} or types)):
                return named
        if lemma in _BODIES or lemma in _PARTITIVE:
            for child in token.children:
                if child.dep_ in ("amod", "compound", "nmod:poss", "nmod") and (
                    child.dep_ != "nmod" or case_of(child) in ("of", "from", "for", "with")
                ):
                    inside = self.direct(child, types) or (
                        self._one(child, types, follow) if child.dep_.startswith("nmod") else ()
                    )
                    if inside:
                        return inside
        return ()

    def _behind_pronoun(self, token: Token, types: frozenset[str]) -> tuple[str, ...]:
        """ "Seoul said it will …", "During his trip …, Kim toured": the pronoun is the subject of the clause outside it."""
        if token.lower_ not in _PRONOUNS:
            return ()
        clause = token.head
        if token.dep_ == "nmod:poss":
            while clause.head != clause and clause.pos_ not in ("VERB", "AUX"):
                clause = clause.head
        elif token.dep_ in _SUBJECTS and clause.dep_ == "ccomp":
            clause = clause.head
        else:
            return ()
        found = [
            i
            for s in subjects(clause)
            if s.pos_ != "PRON" and s.i != token.i
            for c in (s, *(x for x in s.children if x.dep_ == "conj"))
            for i in self._one(c, types, follow=False)
        ]
        wanted = {"Person"} if token.lower_ in ("he", "she", "his", "her") else types
        kept = tuple(i for i in dict.fromkeys(found) if self.entities[i].type in wanted)
        return kept if token.lower_ in ("they", "their") or len(kept) == 1 else ()


_PRONOUNS = frozenset({"it", "its", "he", "his", "she", "her", "they", "their"})


def case_of(token: Token) -> str:
    return next((c.lower_ for c in token.children if c.dep_ == "case"), "")


def subjects(token: Token, depth: int = 0) -> list[Token]:
    """Logical subjects: active subject, passive agent, or the subject shared with the governing predicate."""
    children = list(token.children)
    passive = is_passive(token)
    own = [
        c
        for c in children
        if (c.dep_ in _SUBJECTS and not passive)
        or c.dep_ == "obl:agent"
        or (passive and c.dep_ == "obl" and case_of(c) == "by")
    ]
    if own:
        return [_antecedent(c, token) for c in own]
    if passive:
        return []
    head = token.head
    if depth > 5 or head == token:
        return []
    if token.dep_ == "acl" and head.pos_ in ("NOUN", "PROPN") and "Ger" in token.morph.get("VerbForm", []):
        return [head]
    if token.dep_ == "acl" and head.pos_ in ("NOUN", "PROPN"):
        return _owners(head)
    if token.dep_ in ("conj", "xcomp", "advcl") and head.pos_ in ("VERB", "AUX", "ADJ"):
        if is_passive(head):
            return [c for c in head.children if c.dep_ == "nsubj:pass"]
        return _controllers(token) or subjects(head, depth + 1)
    return []


def _controllers(token: Token) -> list[Token]:
    """ "urged Libya to release", "called on Seoul to withdraw": who is asked is the one to act."""
    head = token.head
    if token.dep_ == "xcomp" and head.lemma_.lower() not in ("promise", "vow", "pledge"):
        return [c for c in head.children if c.dep_ in ("obj", "iobj") and c.i < token.i]
    if token.dep_ == "advcl" and head.lemma_.lower() in ("call", "appeal"):
        return [c for c in head.children if c.dep_ == "obl" and case_of(c) in ("on", "to", "upon") and c.i < token.i]
    return []


def objects(token: Token) -> list[Token]:
    """Logical objects: direct object, passive subject, the noun that a passive participle or relative clause hangs on."""
    children = list(token.children)
    found = [c for c in children if c.dep_ in ("obj", "nsubj:pass")]
    if found:
        return [_antecedent(c, token) for c in found]
    if token.dep_ == "acl" and "Part" in token.morph.get("VerbForm", []) and "Past" in token.morph.get("Tense", []):
        return [token.head]
    if token.dep_ == "conj" and is_passive(token) and token.head != token:
        return [c for c in token.head.children if c.dep_ == "nsubj:pass"]
    return []


def _owners(noun: Token) -> list[Token]:
    """ "Kim's decision to leave": whose it is."""
    return [c for c in noun.children if c.dep_ == "nmod:poss"]


def _antecedent(token: Token, verb: Token) -> Token:
    relative = verb.dep_ == "acl:relcl" and token.lower_ in ("which", "that", "who", "whom")
    return verb.head if relative else token


def is_passive(token: Token) -> bool:
    if any(c.dep_ in ("nsubj:pass", "aux:pass") for c in token.children):
        return True
    participle = "Part" in token.morph.get("VerbForm", []) and "Past" in token.morph.get("Tense", [])
    if token.dep_ == "acl":
        return participle
    return (
        token.dep_ == "conj"
        and participle
        and not any(c.dep_ in ("aux", "nsubj") for c in token.children)
        and any(c.dep_ == "aux:pass" for c in token.head.children)
    )


def arguments(token: Token, position: str) -> list[Token]:
    """The tokens in a position of a frame: subject, object, iobj, and, compound, amod, or a preposition."""
    if token.pos_ in ("VERB", "AUX"):
        return list(_of_verb(token, position))
    return list(_of_noun(token, position))


def _of_verb(token: Token, position: str) -> Iterator[Token]:
    if position == "subject":
        yield from subjects(token)
    elif position == "object":
        yield from objects(token)
    elif position == "iobj":
        yield from (c for c in token.children if c.dep_ == "iobj")
    elif position == "owner":
        # "condemned Turkey's offensive": whose it is that was condemned.
        for noun in objects(token):
            yield from (c for c in noun.children if c.dep_ == "nmod:poss")
            yield from (c for c in noun.children if c.dep_ in ("amod", "compound") and c.pos_ in ("ADJ", "PROPN"))
            yield from _with_case(noun, "by")
            yield from _with_case(noun, "of")
    elif position in ("meet",):
        for clause in token.children:
            if clause.dep_ in ("xcomp", "advcl", "acl") and clause.lemma_.lower() in ("meet", "see"):
                yield from objects(clause)
                yield from _with_case(clause, "with")
    else:
        yield from _with_case(token, position)
        # "called on NATO to react": the preposition may be read as a particle, its noun as the object.
        if any(c.lower_ == position and c.dep_ in ("compound:prt", "advmod") for c in token.children):
            yield from (c for c in token.children if c.dep_ == "obj")
        # "held talks with Ankara", "provided kits, medicine and gear to Kyiv": the preposition hangs on the object.
        for child in token.children:
            if child.dep_ in ("obj", "nsubj:pass", "xcomp"):
                yield from _with_case(child, position)
                for other in child.children:
                    if other.dep_ in ("conj", "nmod"):
                        yield from _with_case(other, position)
                        yield from (x for c in other.children if c.dep_ == "conj" for x in _with_case(c, position))


def _of_noun(token: Token, position: str) -> Iterator[Token]:
    if position == "subject":
        yield from (
            c
            for c in token.children
            if c.dep_ == "nmod:poss" or (c.dep_ in ("amod", "compound") and c.pos_ in ("ADJ", "PROPN"))
        )
        yield from _with_case(token, "by")
        yield from _light_subject(token)
    elif position == "object":
        yield from _with_case(token, "of")
    elif position in ("compound", "amod"):
        yield from (c for c in token.children if c.dep_ == position)
    elif position == "between":
        yield from _with_case(token, "between")
    else:
        yield from _with_case(token, position)
        if token.head.pos_ == "VERB" and token.dep_ in ("obj", "nsubj", "nsubj:pass"):
            yield from _with_case(token.head, position)


def _light_subject(token: Token) -> Iterator[Token]:
    """ "Kim paid a visit", "at a summit, the two signed": the noun's parties are the subject of its clause."""
    head = token.head
    if (token.dep_ == "obj" and head.pos_ == "VERB" and head.lemma_.lower() in LIGHT) or (
        token.dep_ == "obl"
        and head.pos_ == "VERB"
        and case_of(token) in ("during", "at", "in")
        and not any(c.dep_ == "nmod:poss" for c in token.children)
    ):
        yield from subjects(head)


LIGHT = frozenset(
    "make pay hold have conduct carry launch begin start open take stage issue give express impose announce order undertake complete end conclude finish continue resume wage mount send face plan".split()
)


def _with_case(token: Token, preposition: str) -> Iterator[Token]:
    for child in token.children:
        if child.dep_.startswith(("obl", "nmod")) and case_of(child) == preposition:
            yield child


def fits(reader: Reader, token: Token, wanted: str | list[str], tokens: list[Token]) -> bool:
    """Does one of the tokens answer a condition: a lemma of the list, or the class group?"""
    if isinstance(wanted, list):
        named = {w.lower() for w in wanted}
        classes = {w for w in wanted if w[:1].isupper()}
        return any(
            t.lemma_.lower() in named or t.lower_ in named or (classes and reader.direct(t, classes)) for t in tokens
        )
    if wanted == "any":
        return bool(tokens)
    nouns = GROUP_NOUNS.get(wanted, frozenset())
    del token
    return any(reader.fill(t, GROUPS[wanted]) or t.lemma_.lower() in nouns for t in tokens)
