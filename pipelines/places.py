"""Which city, airport or region a name is, with the whole article as context; and cities that stand for governments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import asin, cos, log10, radians, sin, sqrt
from typing import TYPE_CHECKING

from kg.ids import fold
from kg.model import Article, Entity, Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipelines.knowledge import Candidate, Knowledge

# What a government does and a town does not.
_DECISIONS = frozenset(
    [
        "say",
        "announce",
        "warn",
        "accuse",
        "deny",
        "agree",
        "reject",
        "refuse",
        "insist",
        "call",
        "urge",
        "demand",
        "condemn",
        "provide",
        "supply",
        "impose",
        "sign",
        "pledge",
        "vow",
        "promise",
        "want",
        "seek",
        "support",
        "back",
        "decide",
        "plan",
        "offer",
        "threaten",
        "respond",
        "recall",
        "expel",
        "maintain",
        "consider",
        "reconsider",
        "declare",
        "claim",
        "propose",
        "welcome",
        "criticize",
        "criticise",
        "ask",
        "send",
    ]
)
_RELATIONS = frozenset(
    [
        "tie",
        "relation",
        "talk",
        "agreement",
        "treaty",
        "alliance",
        "cooperation",
        "dispute",
        "tension",
        "deal",
        "accord",
        "negotiation",
        "pact",
        "partnership",
        "dialogue",
        "summit",
        "war",
        "relationship",
        "friendship",
        "contact",
        "diplomacy",
        "trade",
        "exchange",
        "support",
        "pressure",
        "sanction",
        "rapprochement",
        "kind",
    ]
)
_PARTNERS = frozenset({"with", "between", "by", "to", "against", "from"})
_ADJACENT = re.compile(r"^\s*,?\s*(?:in\s+|\()?(?:the\s+)?([A-Z][\w.'-]+(?:\s+[A-Z][\w.'-]+){0,2})")


def resolve_places(
    doc: Doc, entities: tuple[Entity, ...], article: Article, knowledge: Knowledge
) -> tuple[Entity, ...]:
    """The same entities, places with coordinates and ids where context tells which place is meant."""
    split = _without_metonyms(doc, entities, knowledge)
    context = _Context(split, article, knowledge)
    resolved = {e.id: _place(e, context) for e in split}
    renamed = {old: new.id for old, new in resolved.items()}
    return tuple(_unique(_relinked(e, renamed) for e in resolved.values()))


def _relinked(entity: Entity, renamed: dict[str, str]) -> Entity:
    return (
        replace(entity, attributes={k: renamed.get(v, v) for k, v in entity.attributes.items()})
        if entity.attributes
        else entity
    )


def _unique(entities: Iterable[Entity]) -> list[Entity]:
    found: dict[str, Entity] = {}
    for entity in entities:
        known = found.get(entity.id)
        merged = (
            entity
            if known is None
            else replace(
                known,
                mentions=tuple(sorted({*known.mentions, *entity.mentions}, key=lambda m: (m.start, m.end, m.kind))),
            )
        )
        found[entity.id] = merged
    return list(found.values())


class _Context:
    """What the article as a whole says about where it plays."""

    def __init__(self, entities: Iterable[Entity], article: Article, knowledge: Knowledge) -> None:
        self.article, self.knowledge = article, knowledge
        listed = list(entities)
        self.countries = Counter(
            {e.identifiers["iso2"]: len(e.mentions) for e in listed if e.type == "Country" and "iso2" in e.identifiers}
        )
        self.regions = {fold(e.name) for e in listed if e.type == "Region"}
        # Places that have no namesake worth the name anchor the others.
        self.anchors = [
            c[0].coordinates
            for e in listed
            if e.type == "City" and (c := knowledge.find(e.name, "City")) and _is_clear(c) and c[0].coordinates
        ]

    def score(self, candidate: Candidate, mentions: tuple[Mention, ...]) -> float:
        country = candidate.attributes.get("country", "")
        score = log10(candidate.prominence + 10)
        score += 1.5 if country in self.countries else 0.0
        # Islamabad is its own name, and one that Chattogram once had: worth as much as twenty times the people.
        score += 1.3 if mentions and fold(candidate.name) == fold(mentions[0].text) else 0.0
        score += 3.0 * sum(self._written_beside(candidate, m) for m in mentions[:3])
        nearest = min((_km(candidate.coordinates, a) for a in self.anchors if candidate.coordinates), default=9999.0)
        return score + (0.8 if nearest < 300 else 0.3 if nearest < 1000 else 0.0)

    def _written_beside(self, candidate: Candidate, mention: Mention) -> bool:
        """ "Omsk, Russia", "El Cajon, California", "Tomsk in Siberia"."""
        match = _ADJACENT.match(self.article.text[mention.end : mention.end + 50])
        if match is None:
            return False
        words = match[1]
        country = self.knowledge.country(candidate.attributes.get("country", ""))
        if country is not None and any(c.id == country.id for c in self.knowledge.find(words, "Country")):
            return True
        code = f"{candidate.attributes.get('country')}-{candidate.attributes.get('admin1')}"
        return any(c.identifiers.get("iso") == code for c in self.knowledge.find(words, "Region"))


def _is_clear(candidates: list[Candidate]) -> bool:
    return len(candidates) == 1 or candidates[0].prominence > 20 * candidates[1].prominence


def _place(entity: Entity, context: _Context) -> Entity:
    if entity.type == "City":
        return _chosen(
            entity, context.knowledge.find(entity.name, "City") or _by_other_names(entity, context, "City"), context
        )
    if entity.type == "Airport":
        return _airport(entity, context)
    return entity


def _by_other_names(entity: Entity, context: _Context, type_: str) -> list[Candidate]:
    return [c for m in entity.mentions if m.kind == "name" for c in context.knowledge.find(m.text, type_)]


def _chosen(entity: Entity, candidates: list[Candidate], context: _Context) -> Entity:
    """The best candidate, if it is clearly the best; else the place stays known from this article alone."""
    if not candidates:
        return entity
    scored = sorted(((context.score(c, entity.mentions), c.id, c) for c in candidates), key=lambda s: (-s[0], s[1]))
    best = scored[0][2]
    if len(scored) > 1 and scored[0][0] - scored[1][0] < 0.25:
        own = [c for _, _, c in scored[:2] if fold(c.name) == fold(entity.name)]
        if len(own) != 1 or _km(scored[0][2].coordinates, scored[1][2].coordinates) > 60:
            return entity
        best = own[0]  # New Delhi beside Delhi
    if best.prominence < 15000 and scored[0][0] < 4.5 and best.attributes.get("country") not in context.countries:
        return entity
    return _known_as(entity, best)


def _known_as(entity: Entity, candidate: Candidate) -> Entity:
    name = candidate.name if candidate.type != "City" else _ascii_or(entity.name, candidate.name)
    return replace(
        entity, id=candidate.id, name=name, identifiers={**candidate.identifiers, **entity.identifiers}, coordinates=candidate.coordinates,
        attributes={**candidate.attributes, **entity.attributes},
    )  # fmt: skip


def _ascii_or(written: str, canonical: str) -> str:
    """GeoNames writes "Wŏnsan"; news writes "Wonsan". One spelling for all articles, without the marks that nobody types."""
    return (
        canonical
        if canonical.isascii() or fold(written) != fold(canonical)
        else " ".join(w.capitalize() for w in fold(canonical).split())
        if "-" not in written
        else written
    )


def _airport(entity: Entity, context: _Context) -> Entity:
    found = context.knowledge.find(entity.name, "Airport")
    if found:
        best = _chosen(entity, found, context) if len(found) > 1 else _known_as(entity, found[0])
        return replace(best, name=entity.name) if best.id != entity.id else best
    base = re.sub(
        r"(?:'s|’s)?\s+(?:International\s+)?(?:Airport|airport|Airfield|airfield|Air Base|air base)$", "", entity.name
    )
    of_city = context.knowledge.airports_of(base)
    in_country = [a for a in of_city if a.attributes.get("country") in context.countries] or of_city
    if len(in_country) == 1:
        return replace(_known_as(entity, in_country[0]), name=entity.name)
    town = next(
        (c for c in context.knowledge.find(base, "City") if c.attributes.get("country") in context.countries), None
    )
    if town is None:
        return entity
    # No airport is known under the name, but the town is: its clock and its country hold for the airfield too.
    known = {k: v for k, v in town.attributes.items() if k in ("country", "timezone")}
    return replace(entity, attributes={**known, **entity.attributes})


def _km(a: tuple[float, float] | None, b: tuple[float, float] | None) -> float:
    """Great-circle distance (haversine), degrees in, kilometres out."""
    if a is None or b is None:
        return 9999.0
    h = (
        sin(radians(b[0] - a[0]) / 2) ** 2
        + cos(radians(a[0])) * cos(radians(b[0])) * sin(radians(b[1] - a[1]) / 2) ** 2
    )
    return 12742.0 * asin(sqrt(h))


# Metonyms ------------------------------------------------------------------------------------------------------------


def _without_metonyms(doc: Doc, entities: tuple[Entity, ...], knowledge: Knowledge) -> tuple[Entity, ...]:
    """Mentions of a seat of government that stand for the government move to the country."""
    moved: dict[str, list[Mention]] = {}
    kept: list[Entity] = []
    for entity in entities:
        seat = knowledge.seats.get(fold(entity.name)) if entity.type == "City" else None
        if seat is None:
            kept.append(entity)
            continue
        stands = [m for m in entity.mentions if _is_metonym(doc, m)]
        if stands:
            moved.setdefault(seat, []).extend(stands)
        rest = tuple(m for m in entity.mentions if m not in stands)
        if rest:
            kept.append(replace(entity, mentions=rest))
    return tuple(_with_moved(kept, moved, knowledge))


def _with_moved(entities: list[Entity], moved: dict[str, list[Mention]], knowledge: Knowledge) -> Iterator[Entity]:
    for entity in entities:
        extra = moved.pop(entity.id, [])
        if extra:
            yield replace(entity, mentions=tuple(sorted((*entity.mentions, *extra), key=lambda m: (m.start, m.end))))
        else:
            yield entity
    for country_id, mentions in sorted(moved.items()):
        country = knowledge.get(country_id)
        if country is not None:
            yield Entity(
                country.id,
                "Country",
                country.name,
                country.identifiers,
                country.coordinates,
                tuple(mentions),
                country.attributes,
            )


def _is_metonym(doc: Doc, mention: Mention) -> bool:
    span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
    if span is None:
        return False
    head = span.root
    if head.dep_ == "nsubj" and head.head.pos_ == "VERB" and head.head.lemma_.lower() in _DECISIONS:
        return True
    if head.dep_ == "conj":
        head = _first_conjunct(head)
    governor = head.head
    case = next((c.lower_ for c in head.children if c.dep_ == "case"), "")
    if head.dep_ in ("nmod", "obl") and case in ("between", "with", "against") and _is_relation(governor):
        return True
    if head.dep_ == "compound" and governor.lemma_.lower() in (
        "government",
        "administration",
        "regime",
        "authority",
        "official",
    ):
        return True
    if (
        head.dep_ == "obl"
        and case in ("to", "against", "with")
        and governor.lemma_.lower()
        in ("provide", "supply", "sanction", "cooperate", "align", "side", "negotiate", "sell", "send", "deliver")
    ):
        # "flew supplies to Kyiv" is a place: only what is given to a state without anyone moving.
        return governor.lemma_.lower() not in ("send", "deliver", "supply")
    return head.dep_ == "nsubj:pass" and governor.lemma_.lower() in ("accuse", "sanction", "condemn", "isolate")


def _first_conjunct(token: Token) -> Token:
    while token.dep_ == "conj" and token.head != token:
        token = token.head
    return token


def _is_relation(token: Token) -> bool:
    return token.lemma_.lower() in _RELATIONS or token.lemma_.lower() in (
        "cooperate",
        "negotiate",
        "ally",
        "align",
        "strengthen",
        "deepen",
    )
