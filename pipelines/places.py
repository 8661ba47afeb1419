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

# What a town does as well as a government: lie, hold, see, wake, and stand where aircraft come and go.
_OF_TOWNS = frozenset(
    """be have lie sit stand host hold see witness remain become sleep wake celebrate follow come get suffer experience enjoy boast
    feature grow live mark mean matter know look seem appear begin start end stay wait shake burn fall face need hear go""".split()
)
# What is said of governments and of people: "Paris has been helpful", "more forthcoming than Washington".
_TEMPERS = frozenset(
    """helpful unhappy happy keen furious angry willing unwilling reluctant ready silent satisfied aware unaware concerned worried
    nervous grateful prepared forthcoming adamant cautious sceptical skeptical hostile friendly neutral delighted evasive""".split()
)
_HAS_TO = frozenset("reason right plan doubt objection choice interest intention".split())
# What one government sends another, or the world: "a letter from Copenhagen".
_MISSIVES = frozenset(
    """letter message note cable request offer statement response reply answer invitation tally figure order pledge promise
    assurance warning protest demand denial instruction approval permission pressure proposal bid signal explanation""".split()
)
_WRITES = frozenset("email e-mail write complain appeal refer apologise apologize protest cable belong report".split())
# Who is spoken to, or dealt with: a government.
_ADDRESSES = frozenset(
    """tell ask urge thank warn accuse blame inform notify press persuade advise remind request criticise criticize condemn denounce
    sanction isolate pressure lobby sue invite reassure assure threaten""".split()
)
_GOVERNS = frozenset("government administration regime authority official".split())
# What belongs to a government and not to a town.
_HAS = frozenset(
    """decision claim demand offer request ambassador envoy ministry minister foreign parliament government version account response
    reply answer refusal denial position policy stance intention interest ally adversary rival number army military air-force
    navy proposal objection protest consent approval permission blessing bid ban reckoning view word warning pledge promise lawmaker
    senate congress fleet troop warship""".split()
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
        found = context.knowledge.find(entity.name, "City") or _by_other_names(entity, context, "City")
        return _region_of_country_named(_chosen(entity, found, context), context)
    if entity.type == "Airport":
        return _airport(entity, context)
    return entity


def _region_of_country_named(city: Entity, context: _Context) -> Entity:
    """Surrey in a text about the United Kingdom is the county, not the city in Canada."""
    if not context.countries or city.attributes.get("country", "") in ("", *context.countries):
        return city
    regions = [
        r for r in context.knowledge.find(city.name, "Region") if r.attributes.get("country") in context.countries
    ]
    return city if len(regions) != 1 else replace(_known_as(_bare(city), regions[0]), type="Region")


def _bare(entity: Entity) -> Entity:
    """Without what was known of the wrong namesake."""
    return replace(entity, identifiers={}, coordinates=None, attributes={})


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
    elsewhere = best.attributes.get("country") not in context.countries
    if elsewhere and best.prominence < 15000 and scored[0][0] < 4.5:
        return entity
    if elsewhere and best.type == "City" and best.prominence < _FAMOUS and fold(best.name) != fold(entity.name):
        return entity  # Limburg is not Limburg an der Lahn, unless the text speaks of Germany
    return _known_as(entity, best)


_FAMOUS = 300_000  # inhabitants of a city that is known by its other names too, wherever the text plays


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
    known = context.knowledge
    forms = (entity.name, f"{entity.name} Airport", f"{entity.name} International Airport")
    found = next((f for form in forms if (f := known.find(form, "Airport"))), None) or known.fields(entity.name)
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
    facts = {k: v for k, v in town.attributes.items() if k in ("country", "timezone")}
    return replace(entity, attributes={**facts, **entity.attributes})


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
    name = head = span.root
    if head.dep_ == "conj":
        head = _first_conjunct(head)
    while head.dep_ in ("flat", "compound") and head.head.pos_ == "PROPN" and head.head != head:
        head = head.head
    if head.dep_ == "nsubj" and _governs_as_state(head.head):
        return True
    if any(c.dep_ == "acl:relcl" and _governs_as_state(c) and _is_subject_of(c) for c in name.children):
        return True
    governor = head.head
    case = next((c.lower_ for c in head.children if c.dep_ == "case"), "")
    if head.dep_ in ("nmod", "obl") and case in ("between", "with", "against") and _is_relation(governor):
        return True
    if head.dep_ == "compound" and governor.lemma_.lower() in _GOVERNS:
        return True
    if head.dep_ in ("obj", "iobj") and governor.pos_ == "VERB" and governor.lemma_.lower() in _ADDRESSES:
        return True
    if head.dep_ == "nmod:poss" and governor.lemma_.lower() in _HAS:
        return True
    if head.dep_ == "nmod" and case == "from" and governor.lemma_.lower() in _MISSIVES:
        return True
    if head.dep_ == "obl" and case == "to" and governor.lemma_.lower() in _WRITES:
        return True
    if head.dep_ == "obl" and case == "than" and governor.lemma_.lower() in _TEMPERS:
        return True
    if head.dep_ == "obl" and case == "to" and any(c.lower_ == "according" for c in head.children):
        return True
    if (
        head.dep_ == "obl"
        and case in ("to", "against", "with")
        and governor.lemma_.lower()
        in ("provide", "supply", "sanction", "cooperate", "align", "side", "negotiate", "sell", "send", "deliver")
    ):
        # "flew supplies to Kyiv" is a place: only what is given to a state without anyone moving.
        return governor.lemma_.lower() not in ("send", "deliver", "supply")
    return head.dep_ == "nsubj:pass" and governor.lemma_.lower() in _ADDRESSES


def _governs_as_state(verb: Token) -> bool:
    """Does its subject decide, speak, feel? "Washington had yet to comment" is the comment's subject; a town stands and sees."""
    if verb.pos_ == "ADJ":
        return verb.lemma_.lower() in _TEMPERS
    if verb.pos_ != "VERB":
        return False
    if verb.lemma_.lower() not in _OF_TOWNS:
        return True
    if verb.lemma_.lower() != "have":
        return False
    return any(
        (c.dep_ == "xcomp" and c.pos_ == "VERB" and c.lemma_.lower() not in _OF_TOWNS)
        or (c.dep_ == "obj" and c.lemma_.lower() in _HAS_TO)
        for c in verb.children
    )


def _is_subject_of(clause: Token) -> bool:
    """ "Luanda, which declared the matter closed": the pronoun is the clause's subject, not "where" or "in which"."""
    return any(c.dep_ == "nsubj" and c.lower_ in ("which", "who") for c in clause.children)


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
