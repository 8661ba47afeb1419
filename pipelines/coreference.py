"""Who and what is spoken of again: the language model's clusters of mentions join the entities, or make nameless ones.

A cluster that holds the names of two entities is believed about neither. A description joins only what it can describe:
"the minister" a person, "the airline" an organisation. What is described and never named ("two gunmen") is an entity of
this article, kept only if it takes part in something (`drop_idle`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.ids import fold, make_id
from kg.model import Article, Entity, Event, Mention, ReportedFlight, Span
from pipelines.knowledge.nouns import class_of

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Span as DocSpan

_CLUSTERS = "coref_clusters"
_PERSONS = frozenset("he him his himself she her hers herself who whom whose".split())
_THINGS = frozenset("it its itself which".split())
_EITHER = frozenset("they them their theirs themselves".split())
# Described without a name, these are kept as before: a plane, an agreement, "western Russia".
_ALWAYS = frozenset({"Aircraft", "Agreement", "Region"})
_LIKE = {"Publisher": "Organization"}


def resolve_coreference(
    doc: Doc, entities: tuple[Entity, ...], article: Article, boilerplate: tuple[Span, ...]
) -> tuple[Entity, ...]:
    """The entities with all that speaks of them, and the nameless; unchanged where the model gives no clusters."""
    groups = [list(group) for key, group in doc.spans.items() if key.startswith(_CLUSTERS)]
    if not groups:
        return entities
    by_id = {e.id: e for e in _without_guesses(entities)}
    owner = _owners(doc, by_id.values())
    extra: dict[str, list[Mention]] = {}
    nameless: list[Entity] = []
    for group in groups:
        spans = [s for s in group if not any(b.start < s.end_char and s.start_char < b.end for b in boilerplate)]
        entity = _owner_of(spans, owner, by_id)
        if entity is None:
            made = _made_of([s for s in spans if s.root.i not in owner], article)
            nameless += [made] if made is not None else []
        else:
            new = (_mention(s, entity.type) for s in spans if s.root.i not in owner)
            extra.setdefault(entity.id, []).extend(m for m in new if m is not None)
    return tuple(sorted((*_joined(by_id.values(), extra), *nameless), key=lambda e: e.mentions[0].start))


def drop_idle(
    entities: Iterable[Entity], events: Iterable[Event], flights: Iterable[ReportedFlight]
) -> Iterator[Entity]:
    """Without the nameless that no event and no flight needs."""
    used = {i for e in events for i in (*e.entities(), e.place, *e.attribution)}
    for f in flights:
        used |= {f.aircraft, f.operator, f.origin, f.destination, f.intended_destination, *f.aboard, *f.attribution}
    for entity in entities:
        named = any(m.kind == "name" for m in entity.mentions)
        if named or entity.type in _ALWAYS or entity.id in used:
            yield entity


def _without_guesses(entities: Iterable[Entity]) -> Iterator[Entity]:
    """Pronouns that rules gave to persons and things are given anew."""
    for entity in entities:
        kept = tuple(m for m in entity.mentions if m.kind != "pronoun")
        yield replace(entity, mentions=kept) if kept else entity


def _owners(doc: Doc, entities: Iterable[Entity]) -> dict[int, str]:
    """Token → the entity that a name, or the head of a description there, belongs to."""
    found: dict[int, str] = {}
    for entity in entities:
        for mention in entity.mentions:
            span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if span is not None:
                tokens = range(span.start, span.end) if mention.kind == "name" else (span.root.i,)
                found.update(dict.fromkeys(tokens, entity.id))
    return found


def _owner_of(group: Iterable[DocSpan], owner: Mapping[int, str], by_id: Mapping[str, Entity]) -> Entity | None:
    """The one entity that the cluster's known mentions belong to, if they are of one mind."""
    votes = Counter(owner[s.root.i] for s in group if s.root.i in owner)
    if not votes:
        return None
    (best, count), total = votes.most_common(1)[0], sum(votes.values())
    return by_id[best] if count * 3 > total * 2 else None


def _made_of(group: list[DocSpan], article: Article) -> Entity | None:
    """A nameless entity of descriptions that are of one class."""
    described = [s for s in group if s.root.pos_ == "NOUN" and class_of(s.root) is not None]
    classes = {class_of(s.root) for s in described}
    if len(classes) != 1 or not described:
        return None
    (type_,) = classes
    assert type_ is not None
    mentions = [m for s in group if (m := _mention(s, type_)) is not None]
    first = mentions[0] if mentions else None
    if first is None or type_ in _ALWAYS:
        return None
    name = next(m.text for m in mentions if m.kind == "nominal")
    return Entity(make_id("ent", article.id, type_, fold(name), first.start), type_, name, mentions=tuple(mentions))


def _mention(span: DocSpan, type_: str) -> Mention | None:
    """The span as a mention of something of this class; None if it cannot speak of that."""
    head, like = span.root, _LIKE.get(type_, type_)
    if len(span) == 1 and head.pos_ in ("PRON", "DET"):
        word = head.lower_
        fits = word in _EITHER or (word in _PERSONS if type_ == "Person" else word in _THINGS)
        return Mention(span.start_char, span.end_char, span.text, "pronoun", type_) if fits else None
    if head.pos_ != "NOUN" or class_of(head) not in (type_, like):
        return None
    return Mention(span.start_char, span.end_char, span.text, "nominal", type_)


def _joined(entities: Iterable[Entity], extra: Mapping[str, list[Mention]]) -> Iterator[Entity]:
    for entity in entities:
        mentions = {(m.start, m.end): m for m in (*extra.get(entity.id, ()), *entity.mentions)}
        yield replace(entity, mentions=tuple(mentions[span] for span in sorted(mentions)))
