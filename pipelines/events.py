"""Events of an article by the ontology's frames: one record per real event, however often it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kg.ids import make_id
from kg.model import Article, Entity, Event, Period, Realis, Role, Span, TimeExpression
from pipelines.eventing import READERS

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipelines.eventing.arguments import Reader
    from pipelines.eventing.match import Match

# Joint acts: every party acts, whoever is named first.
JOINT = frozenset({"Meeting", "Talks", "Signing", "Consult", "Agree", "Exercise", "Cooperate"})
_PARTIES = ("actor", "counterpart", "target", "recipient", "instrument")
_PLACES = frozenset({"Airport", "City", "Facility", "Region", "Country"})
_SPECIFIC = {"Airport": 0, "Facility": 0, "City": 1, "Region": 2, "Country": 3}
_OCCASIONS = frozenset(
    "summit meeting trip visit tour talk talks conference ceremony session forum gathering parade event".split()
)
# Each telling of these is an act of its own.
_SAID = frozenset(
    {"Statement", "Warning", "Criticism", "Request", "Accuse", "Reject", "Support", "Commitment", "Threaten"}
)


def extract_events(
    doc: Doc,
    entities: tuple[Entity, ...],
    entity_at: Mapping[int, tuple[str, ...]],
    times: tuple[TimeExpression, ...],
    realis: Mapping[int, Realis],
    attribution: Mapping[int, tuple[str, ...]],
    article: Article,
    boilerplate: tuple[Span, ...],
) -> tuple[Event, ...]:
    """All events in text order, each with roles, period, place, realis, sources and whole sentences as evidence."""
    from pipelines.eventing.arguments import Reader
    from pipelines.eventing.match import match_token
    from pipelines.eventing.proposals import found_by_model, proposals

    known = {e.id: e for e in entities}
    reader = Reader(doc, known, entity_at)
    by_rules = "rules" in READERS.get()
    proposed = list(proposals(doc, reader))
    by_model = "model" in READERS.get() and found_by_model(doc) is not None
    dated = _Dates(doc, times)
    told: list[Event] = []
    for sentence in doc.sents:
        if any(b.start < sentence.end_char and sentence.start_char < b.end for b in boilerplate):
            continue
        matches = [m for token in sentence if (m := match_token(token, reader)) is not None] if by_rules else []
        if by_model:
            matches = _agreed(matches, [m for m in proposed if sentence.start <= m.token < sentence.end])
        words = sentence.text.rstrip()
        span = Span(sentence.start_char, sentence.start_char + len(words), words)
        for match in _without_doubles(matches, doc):
            told.append(_event(match, doc, span, reader, dated, realis, attribution, article))  # noqa: PERF401
    return tuple(_one_each(told, known))


def _agreed(ruled: list[Match], proposed: list[Match]) -> list[Match]:
    """What frames and model say of a sentence together.

    Where both see an event at a word, the model names it and the frame's roles complete the model's, unless the frame knows both
    parties and the model is not all but sure. Of the events that only frames saw few were right: they count only
    with both parties.
    """
    from pipelines.eventing.proposals import LIKELY, SUPPORTED, SURE

    by_token = {m.token: m for m in ruled}
    kept: list[Match] = []
    for match in proposed:
        rule = by_token.get(match.token)
        if rule is not None and rule.frame.type == match.frame.type and match.strength >= SUPPORTED:
            kept.append(_completed(match, rule))
        elif rule is not None and _is_whole(rule) and match.strength < SURE:
            continue  # the frame, which knows both parties, names it
        elif match.strength >= LIKELY and any(r.role in _PARTIES for r in match.roles):
            kept.append(match if rule is None else _completed(match, rule))
        else:
            continue
        by_token.pop(match.token, None)
    kept += [rule for rule in by_token.values() if _is_whole(rule)]
    return sorted(kept, key=lambda m: m.token)


def _is_whole(rule: Match) -> bool:
    """Does the frame know who acts and upon whom?"""
    filled = {r.role for r in rule.roles}
    return "actor" in filled and bool(filled & {"target", "recipient", "counterpart"})


def _completed(match: Match, rule: Match) -> Match:
    """The model's match with the roles that only the frame filled."""
    used, filled = {r.entity for r in match.roles}, {r.role for r in match.roles}
    more = tuple(r for r in rule.roles if r.role not in filled and r.entity not in used)
    sure = 1 - (1 - match.strength) * (1 - rule.strength)
    return replace(match, roles=match.roles + more, strength=sure)


def _without_doubles(matches: list[Match], doc: Doc) -> list[Match]:
    """One act, one record: "launched an attack", "praised … and thanked …", "pledged to strengthen …", "said it will …"."""
    by_token = {m.token: m for m in matches}
    return [m for m in matches if not any(_covers(other, m, doc) for other in by_token.values() if other is not m)]


def _covers(outer: Match, inner: Match, doc: Doc) -> bool:
    """Does `outer` tell the act of `inner` already?"""
    a, b = doc[outer.token], doc[inner.token]
    if b.head == a and b.dep_ in ("obj", "nsubj:pass", "obl"):
        related = {outer.frame.type, outer.frame.parent}
        return inner.frame.type in related or (inner.frame.parent is not None and inner.frame.parent in related)
    if b.head == a and b.dep_ == "conj":
        return {outer.frame.type, inner.frame.type} <= _SAID and outer.frame.type != "Statement"
    if b.head == a and b.dep_ == "xcomp":
        # "refused to meet", "threatened to close": what was not or not yet done is no event of its own.
        return outer.frame.type in ("Commitment", "Reject", "Threaten", "Request")
    # "Seoul said it will reconsider": what the speaker does is the event, not that it was said.
    spoken = a.dep_ == "ccomp" and a.head == b and inner.frame.type == "Statement"
    return spoken and _actors(outer) == _actors(inner) != set()


def _actors(match: Match) -> set[str]:
    return {r.entity for r in match.roles if r.role == "actor"}


def _event(
    match: Match, doc: Doc, span: Span, reader: Reader, dated: _Dates, realis: Mapping[int, Realis],
    attribution: Mapping[int, tuple[str, ...]], article: Article,
) -> Event:  # fmt: skip
    from pipelines.eventing.arguments import arguments

    token = doc[match.token]
    roles = match.roles
    places = [r.entity for r in roles if r.role == "place"]
    if not places:
        found = [e for p in ("in", "at", "near") for t in arguments(token, p) for e in reader.fill(t, _PLACES)]
        found = found or _places_within(token, match.frame.type, reader)
        used = {r.entity for r in roles}
        places = [e for e in dict.fromkeys(found) if e not in used]
        roles = (*roles, *(Role("place", e) for e in places[:1]))
    actors = {r.entity for r in roles if r.role == "actor"}
    speakers = tuple(e for e in attribution.get(token.i, ()) or match.sources if e not in actors)
    return Event(
        id=make_id("evt", article.id, match.frame.type, token.idx),
        type=match.frame.type,
        plover=match.frame.plover,
        trigger=Span(token.idx, token.idx + len(token.text), token.text),
        roles=_joined(match.frame.type, roles),
        period=dated.of(token),
        place=min(places, key=lambda e: _SPECIFIC.get(reader.entities[e].type, 9), default=None),
        realis=_realis(match, realis.get(token.i, "asserted")),
        attribution=speakers,
        evidence=(span,),
        confidence=round(match.strength, 3),
    )


def _realis(match: Match, by_grammar: Realis) -> Realis:
    """As the model has it, which reads the context; a plain negation it sometimes overlooks."""
    return "denied" if by_grammar == "denied" else match.realis or by_grammar


def _places_within(token: Token, type_: str, reader: Reader) -> list[str]:
    """ "at a summit held in Pyongyang, they signed", "toured a plant located in Oryol": where that is, this was."""
    from pipelines.eventing.arguments import arguments, objects

    holders = _occasions(token) + (objects(token) if type_ == "Visit" else [])
    inner = [c for h in holders for c in (h, *h.children) if c == h or c.dep_ in ("acl", "acl:relcl")]
    return [e for c in inner for p in ("in", "at", "near") for t in arguments(c, p) for e in reader.fill(t, _PLACES)]


def _occasions(token: Token) -> list[Token]:
    """The meetings, trips and the like during which something was done."""
    from pipelines.eventing.arguments import case_of

    return [
        c
        for c in token.children
        if c.dep_ == "obl" and case_of(c) in ("during", "at", "in", "on") and c.lemma_.lower() in _OCCASIONS
    ]


def _joined(type_: str, roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """In joint acts the counterpart acts, too; it stays the counterpart as well."""
    if type_ not in JOINT:
        return roles
    actors = {r.entity for r in roles if r.role == "actor"}
    return (*roles, *(Role("actor", r.entity) for r in roles if r.role == "counterpart" and r.entity not in actors))


# Times ---------------------------------------------------------------------------------------------------------------


class _Dates:
    """Which time expression dates which predicate."""

    def __init__(self, doc: Doc, times: tuple[TimeExpression, ...]) -> None:
        self.doc = doc
        self.at: dict[int, TimeExpression] = {}
        self.by_sentence: dict[int, list[TimeExpression]] = {}
        for time in times:
            span = doc.char_span(time.start, time.end, alignment_mode="expand")
            if span is None or time.period is None or time.type not in ("DATE", "TIME"):
                continue
            self.at.update(dict.fromkeys(range(span.start, span.end), time))
            self.by_sentence.setdefault(span.root.sent.start, []).append(time)

    def of(self, token: Token) -> Period | None:
        """The time in the predicate's own phrase, else the one time of its clause or sentence that nothing else claims."""
        own = self._below(token)
        if own is not None:
            return own.period
        here = self.by_sentence.get(token.sent.start, [])
        if len(here) == 1 and self._governs(token, here[0]):
            return here[0].period
        return None

    def _below(self, token: Token) -> TimeExpression | None:
        for child in token.children:
            if child.i in self.at and child.dep_ not in ("nsubj", "obj"):
                return self.at[child.i]
        for child in token.children:
            if child.dep_ in ("obl", "nmod", "obj", "advmod", "obl:tmod", "obl:unmarked", "nmod:unmarked"):
                for inner in child.children:
                    if inner.i in self.at:
                        return self.at[inner.i]
        for occasion in _occasions(token):
            for inner in occasion.subtree:
                if inner.i in self.at:
                    return self.at[inner.i]
        return None

    def _governs(self, token: Token, time: TimeExpression) -> bool:
        """The sentence's only time dates its main predicate and what is joined to it or leads up to it."""
        span = self.doc.char_span(time.start, time.end, alignment_mode="expand")
        if span is None:
            return False
        holder = span.root
        while holder.head != holder and holder.pos_ not in ("VERB", "AUX"):
            holder = holder.head
        node = token
        for _ in range(4):
            if node == holder:
                return True
            if node.dep_ not in ("conj", "xcomp", "obj", "nsubj", "obl", "nmod", "nsubj:pass", "ccomp"):
                return False
            node = node.head
        return node == holder


# One record per event ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sameness:
    """May two tellings be one event?"""

    known: Mapping[str, Entity]

    def __call__(self, a: Event, b: Event) -> bool:
        if a.type != b.type or (a.realis == "denied") != (b.realis == "denied"):
            return False
        if a.type in _SAID:
            return False
        if not _meet(a.period, b.period):
            return False
        if a.place and b.place and not self._near(a.place, b.place):
            return False
        mine, theirs = set(a.entities("actor")), set(b.entities("actor"))
        targets, others = set(a.entities("target", "recipient")), set(b.entities("target", "recipient"))
        if targets and others and not targets & others:
            return False
        if mine and theirs:
            return bool(mine & theirs) and (a.type not in JOINT or mine <= theirs or theirs <= mine)
        return bool(targets & others) or (
            a.type in ("Crash", "ShootDown") and bool(mine or theirs) and not (mine and theirs)
        )

    def _near(self, left: str, right: str) -> bool:
        a, b = self.known.get(left), self.known.get(right)
        if left == right or a is None or b is None:
            return left == right
        return (
            "Country" in (a.type, b.type)
            and a.type != b.type
            and a.attributes.get("country") == b.attributes.get("country")
        )


def _meet(a: Period | None, b: Period | None) -> bool:
    return a is None or b is None or a.overlaps(b, timedelta(0))


def _one_each(told: Iterable[Event], known: Mapping[str, Entity]) -> list[Event]:
    same = _Sameness(known)
    kept: list[Event] = []
    for event in told:
        at = next((i for i in range(len(kept) - 1, -1, -1) if same(kept[i], event)), None)
        if at is None:
            kept.append(event)
        else:
            kept[at] = _merged(kept[at], event)
    return kept


def _merged(a: Event, b: Event) -> Event:
    """The first telling, completed by the second."""
    have = {(r.role, r.entity) for r in a.roles}
    finer = b.period if a.period is None or (b.period is not None and _width(b.period) < _width(a.period)) else a.period
    return replace(
        a,
        roles=a.roles + tuple(r for r in b.roles if (r.role, r.entity) not in have),
        period=finer,
        place=a.place or b.place,
        realis=a.realis if a.realis != "planned" or b.realis == "planned" else b.realis,
        attribution=a.attribution or b.attribution,
        evidence=a.evidence + tuple(e for e in b.evidence if e not in a.evidence),
        confidence=round(max(a.confidence, b.confidence), 3),
    )


def _width(period: Period) -> timedelta:
    return period.latest - period.earliest if period.latest and period.earliest else timedelta.max
