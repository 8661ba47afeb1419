"""Did it happen? Asserted, planned, possible, denied or hypothetical, for every predicate of a doc.

A cue marks the predicates that it governs; a cue further out wins over what stands inside it, except that a denial
inside a plan stays a denial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model import Realis

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# Verbs and adjectives by what they say about their complement.
_PLANNED = frozenset(
    [
        "plan",
        "intend",
        "agree",
        "decide",
        "aim",
        "promise",
        "pledge",
        "vow",
        "prepare",
        "schedule",
        "expect",
        "slate",
        "mean",
        "hope",
        "want",
        "seek",
        "offer",
        "commit",
        "order",
        "instruct",
        "propose",
        "consider",
        "arrange",
        "undertake",
        "resolve",
    ]
)
_PLANNED_ADJECTIVES = frozenset(
    ["due", "set", "likely", "ready", "scheduled", "slated", "expected", "bound", "poised", "planned"]
)
_POSSIBLE = frozenset(
    [
        "allege",
        "suspect",
        "believe",
        "think",
        "appear",
        "seem",
        "suggest",
        "rumour",
        "rumor",
        "speculate",
        "accuse",
        "doubt",
        "fear",
        "assume",
        "suppose",
        "presume",
    ]
)
_POSSIBLE_MODALS = frozenset(["may", "might", "could", "can"])
_POSSIBLE_ADVERBS = frozenset(
    [
        "allegedly",
        "reportedly",
        "possibly",
        "perhaps",
        "probably",
        "apparently",
        "presumably",
        "maybe",
        "potentially",
        "supposedly",
        "purportedly",
        "likely",
    ]
)
_DENIED = frozenset(
    [
        "deny",
        "refute",
        "reject",
        "dismiss",
        "refuse",
        "cancel",
        "abort",
        "avoid",
        "fail",
        "decline",
        "rule",
        "prevent",
        "block",
        "stop",
        "prohibit",
        "ban",
        "foil",
        "thwart",
    ]
)
_HYPOTHETICAL = frozenset(
    [
        "call",
        "demand",
        "urge",
        "ask",
        "request",
        "recommend",
        "advocate",
        "insist",
        "require",
        "warn",
        "threaten",
        "appeal",
        "seek",
    ]
)
# Nouns whose content is as sure as they are themselves, and those that only ever tell hearsay.
_CARRIERS = frozenset(["evidence", "indication", "proof", "sign", "report", "claim", "need", "intention", "plan"])
_HEARSAY = frozenset(["allegation", "accusation", "rumour", "rumor", "suspicion", "speculation", "fear", "possibility"])
# "a call for talks", "a demand that it withdraw"; "plotted an attack".
_ASKING = frozenset(["call", "demand", "recommendation", "request", "appeal", "proposal", "plea"])
_PREPARED = frozenset(["plan", "plot", "schedule", "propose", "prepare", "arrange"])
_CONDITIONS = frozenset(["if", "unless", "whether", "lest"])
_NEGATIONS = frozenset(["not", "n't", "never", "no", "neither", "nor", "without"])
_COMPLEMENTS = frozenset(["xcomp", "ccomp", "csubj", "csubj:pass", "acl", "advcl", "obj", "obl", "nmod", "nsubj:pass"])
_DEEP = frozenset(["xcomp", "ccomp", "csubj", "conj"])


def mark_realis(doc: Doc) -> dict[int, Realis]:
    """Token index of a predicate → its realis, where that is not plainly asserted."""
    marks: dict[int, Realis] = {}
    for token in doc:
        if token.pos_ not in ("VERB", "NOUN", "AUX", "ADJ", "PROPN"):
            continue
        value = _asked(token) or _own(token) or _inherited(token, marks)
        if value is not None and value != "asserted":
            marks[token.i] = value
    return marks


def _asked(token: Token) -> Realis | None:
    """ "called on Seoul to withdraw": the infinitive is what is asked for, not a plan."""
    asks = token.dep_ in ("advcl", "xcomp") and token.head.lemma_.lower() in ("call", "appeal", "urge", "ask", "demand")
    return "hypothetical" if asks and any(c.lower_ == "to" and c.dep_ == "mark" for c in token.children) else None


def _has_for(token: Token) -> bool:
    return any(c.lower_ == "for" and c.dep_ == "case" for c in token.children)


def _own(token: Token) -> Realis | None:
    """What the words directly around a predicate say."""
    children = list(token.children)
    lowered = {c.lower_ for c in children if c.dep_ in ("aux", "advmod", "mark", "det", "case", "cc")}
    if token.pos_ != "NOUN" and lowered & _NEGATIONS and not _is_not_only(children):
        return "denied"
    if token.pos_ == "NOUN" and any(c.dep_ == "det" and c.lower_ in ("no", "neither") for c in children):
        return "denied"
    if token.pos_ == "VERB" and any(c.dep_ in _PARTIES and _is_none(c) for c in children):
        return "denied"
    if any(c.dep_ == "mark" and c.lower_ in _CONDITIONS for c in children):
        return "hypothetical"
    auxiliaries = {c.lower_ for c in children if c.dep_ in ("aux", "aux:pass")}
    if auxiliaries & {"will", "wo", "shall", "'ll", "’ll"} or _is_going_to(token, children):
        return "planned"
    if "would" in auxiliaries:
        return "planned" if _reports_past(token) else "hypothetical"
    if auxiliaries & {"should", "must", "ought"}:
        return "hypothetical"
    if auxiliaries & _POSSIBLE_MODALS or lowered & _POSSIBLE_ADVERBS:
        return "possible"
    if token.pos_ == "NOUN" and any(
        c.dep_ == "amod" and c.lower_ in ("planned", "upcoming", "scheduled", "proposed", "future") for c in children
    ):
        return "planned"
    if token.pos_ == "NOUN" and any(
        c.dep_ == "amod" and c.lower_ in ("alleged", "suspected", "possible", "potential", "apparent") for c in children
    ):
        return "possible"
    return _to_infinitive(token, children)


def _inherited(token: Token, marks: dict[int, Realis]) -> Realis | None:
    """What the governing word says about its complement."""
    head = token.head
    if head == token:
        return None
    lemma = head.lemma_.lower()
    if token.dep_ in ("nmod", "acl") and (lemma in _CARRIERS or lemma in _HEARSAY):
        # "no evidence that …", "denied reports of …", "allegations of …": the noun passes on what is said of it.
        if head.i in marks:
            return marks[head.i]
        if lemma in _HEARSAY:
            return "possible"
    if token.dep_ == "advcl" and lemma in _POSSIBLE and any(c.lower_ == "of" for c in token.children):
        return "possible"
    if lemma in _ASKING and (token.dep_ == "acl" or (token.dep_ == "nmod" and _has_for(token))):
        return "hypothetical"
    if token.pos_ == "NOUN" and token.dep_ == "obl" and lemma in ("call", "appeal", "ask", "push") and _has_for(token):
        return "hypothetical"
    if token.pos_ == "NOUN" and token.dep_ == "obj" and lemma in _PREPARED:
        return "planned"
    governs = token.dep_ in _COMPLEMENTS
    if governs and token.dep_ in ("xcomp", "ccomp", "csubj", "acl", "obj", "advcl") and token.pos_ in ("VERB", "NOUN"):
        if lemma in _DENIED and token.dep_ != "advcl":
            return "denied"
        if token.dep_ in ("xcomp", "ccomp", "acl") and (lemma in _PLANNED or head.lower_ in _PLANNED_ADJECTIVES):
            return "planned"
        if token.dep_ in ("xcomp", "ccomp") and lemma in _HYPOTHETICAL:
            return "hypothetical"
        if token.dep_ in ("xcomp", "ccomp") and lemma in _POSSIBLE:
            return "possible"
    if lemma == "be" or token.dep_ in _DEEP:
        # A plan to go and fetch: what hangs on a marked predicate shares its mark.
        outer = marks.get(head.i) or (_own(head) if token.dep_ in _DEEP and head.i > token.i else None)
        if outer in ("planned", "possible", "hypothetical", "denied") and token.dep_ in ("xcomp", "conj"):
            return outer if token.dep_ == "xcomp" or _shares_auxiliary(token) else None
        if outer in ("possible", "hypothetical") and token.dep_ == "ccomp":
            return outer
    return None


def _shares_auxiliary(token: Token) -> bool:
    return not any(c.dep_ in ("aux", "aux:pass", "nsubj", "nsubj:pass") for c in token.children)


_PARTIES = frozenset(["nsubj", "nsubj:pass", "obj"])


def _is_none(party: Token) -> bool:
    """ "no member of the crew", "nobody", "none of them", "neither side"."""
    return party.lower_ in ("nobody", "none", "nothing", "neither") or any(
        c.dep_ == "det" and c.lower_ in ("no", "neither") for c in party.children
    )


def _is_not_only(children: list[Token]) -> bool:
    return any(c.lower_ in ("only", "just") and c.dep_ == "advmod" for c in children)


def _is_going_to(token: Token, children: list[Token]) -> bool:
    return token.dep_ == "xcomp" and token.head.lower_ == "going" and any(c.lower_ == "to" for c in children)


def _reports_past(token: Token) -> bool:
    """ "said it would reopen": a future seen from the past; "would be a mistake": a condition."""
    return token.dep_ in ("ccomp", "acl:relcl", "parataxis", "conj") and token.pos_ == "VERB"


def _to_infinitive(token: Token, children: list[Token]) -> Realis | None:
    """ "is to visit", "to be consulted": an infinitive that nothing governs is a plan."""
    has_to = any(c.lower_ == "to" and c.dep_ in ("mark", "aux") for c in children)
    if not has_to:
        return None
    head = token.head
    if head.lemma_ == "be" and token.dep_ in ("xcomp", "ccomp", "root", "ROOT"):
        return "planned"
    if token.dep_ in ("ROOT", "root"):
        return "planned"
    if token.dep_ in ("advcl", "acl"):
        return "planned"
    return None
