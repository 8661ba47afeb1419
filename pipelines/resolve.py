"""Mentions → entities of the article: short forms to full names, nominals to what they stand for, names to identities.

A name that fits is not an identity. Countries, airports, aircraft types and curated organisations are known by their
names; a person needs a full name and a clue (office, title, country). Everything else stays known from this article
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.ids import fold as _slow_fold
from kg.ids import make_id
from kg.model import Article, Entity, Mention, Office

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipelines.knowledge import Candidate, Knowledge

fold = lru_cache(maxsize=100_000)(_slow_fold)

# Classes whose curated names are identities by themselves.
_BY_NAME = frozenset(
    {
        "Country",
        "Organization",
        "Publisher",
        "AircraftType",
        "Agreement",
        "NamedEvent",
        "Weapon",
        "Airport",
        "Facility",
        "Region",
        "City",
    }
)
_PLACES = frozenset({"Country", "Region", "City", "Airport", "Facility"})
_TITLES = {
    "president": ("president", "supreme leader"), "leader": ("supreme leader", "president"), "premier": ("prime minister", "premier"), "minister": ("minister", "prime minister"),
    "chancellor": ("chancellor",), "secretary": ("secretary",), "king": ("king", "monarch"), "emperor": ("emperor",), "prince": ("crown prince",), "ayatollah": ("supreme leader",),
    "chief": ("secretary", "chief"),
}  # fmt: skip
_CORPORATE = re.compile(r"\b(?:inc|corp|ltd|llc|co|plc|gmbh|ag|sa|jsc|ooo)\b\.?", re.IGNORECASE)
_OWNING = frozenset({"of", "to", "by", "from"})
_OPERATORS = ("Organization", "Publisher")


@dataclass(slots=True)
class _Cluster:
    """Mentions that name one thing, while the article is read."""

    type: str
    names: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    identifiers: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    known: Candidate | None = None
    last: int = 0  # where it was last mentioned
    subject: bool = False

    def add(self, mention: Mention) -> None:
        self.mentions.append(mention)
        self.last = mention.start
        if mention.kind == "name" and mention.text not in self.names:
            self.names.append(mention.text)


def resolve_entities(
    doc: Doc, mentions: tuple[Mention, ...], article: Article, knowledge: Knowledge
) -> tuple[Entity, ...]:
    """The entities of the article, each with all its mentions; in the order in which they are first named."""
    state = _Resolver(doc, article, knowledge)
    state.read(mentions)
    entities = [state.entity(cluster) for cluster in state.clusters if cluster.mentions]
    return _linked_attributes(entities)


def index_tokens(doc: Doc, entities: tuple[Entity, ...]) -> dict[int, tuple[str, ...]]:
    """Token index → ids of the entities there. A name covers all its tokens, a nominal its head alone."""
    found: dict[int, list[str]] = {}
    for entity in entities:
        for mention in entity.mentions:
            span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if span is None:
                continue
            tokens = range(span.start, span.end) if mention.kind == "name" else (span.root.i,)
            for i in tokens:
                ids = found.setdefault(i, [])
                if entity.id not in ids:
                    # "western Russia" says more than "Russia": a description that heads the name comes first.
                    ids.insert(0 if mention.kind == "nominal" else len(ids), entity.id)
    return {i: tuple(ids) for i, ids in found.items()}


class _Resolver:
    """Reads mentions in text order and keeps who was spoken of last."""

    def __init__(self, doc: Doc, article: Article, knowledge: Knowledge) -> None:
        self.doc, self.article, self.knowledge = doc, article, knowledge
        self.clusters: list[_Cluster] = []
        self.by_key: dict[tuple[str, str], _Cluster] = {}
        self.aircraft: list[_Cluster] = []
        self.spans: dict[tuple[int, int], _Cluster] = {}
        self.countries: set[str] = set()
        # Names by class and place: a description may begin before the name inside it is read.
        self.named: dict[str, list[tuple[int, int]]] = {}

    def read(self, mentions: tuple[Mention, ...]) -> None:
        named = [m for m in mentions if m.kind == "name"]
        for mention in named:
            self.named.setdefault(mention.label, []).append((mention.start, mention.end))
        for _ in range(2):  # what "the North" is, the other names say
            self.countries = {c for m in named if (c := self._country_of(m)) is not None}
        # Persons' full names first: a headline may give the short form before the full one.
        full = [m for m in named if m.label == "Person" and len(fold(m.text).split()) > 1]
        for mention in full:
            self._named(mention)
        done = {id(m) for m in full}
        for mention in mentions:
            if id(mention) in done:
                cluster = self.spans[(mention.start, mention.end)]
                cluster.last = mention.start
                cluster.subject = self._is_subject(mention)
            elif mention.kind == "name":
                self._named(mention)
            elif mention.label == "Aircraft":
                self._aircraft(mention)
            elif mention.label in ("Region", "Agreement"):
                self._thing(mention).add(mention)
            elif mention.kind == "pronoun":
                self._pronoun(mention)
            else:
                self._group(mention)
        for cluster in self.clusters:
            cluster.mentions.sort(key=lambda m: (m.start, m.end))
        self.clusters.sort(key=lambda c: (c.mentions[0].start, c.mentions[0].end, c.type) if c.mentions else (0, 0, ""))

    # Names

    def _country_of(self, mention: Mention) -> str | None:
        folded = fold(mention.text)
        if folded in self.knowledge.demonyms:
            return self.knowledge.demonyms[folded]
        countries = self.knowledge.find(mention.text, "Country") if mention.label == "Country" else []
        if not countries and folded in ("north", "south"):
            # "the North" once the text has spoken of North Korea; other halves of countries stay unnamed.
            known = {"north": "iso:KP", "south": "iso:KR"}[folded]
            return known if known in self.countries else None
        return countries[0].id if countries else None

    def _named(self, mention: Mention) -> None:
        label = mention.label
        if label == "Aircraft":
            self._registered(mention)
            return
        if label == "Person":
            cluster = self._person(mention)
        elif label == "Country" and self._country_of(mention) is None and fold(mention.text) in ("north", "south"):
            return
        else:
            cluster = self._thing(mention)
        cluster.add(mention)
        cluster.subject = self._is_subject(mention)
        self.spans[(mention.start, mention.end)] = cluster

    def _new(self, type_: str, key: str) -> _Cluster:
        cluster = _Cluster(type_)
        self.clusters.append(cluster)
        self.by_key[(type_, key)] = cluster
        return cluster

    def _thing(self, mention: Mention) -> _Cluster:
        """Anything but a person: by what the knowledge base knows under the name, else by the name itself."""
        label, text = mention.label, mention.text
        if label == "Country" and (country := self._country_of(mention)) is not None:
            known = self.knowledge.get(country)
        elif label in ("City", "Airport"):
            known = None  # which of its namesakes it is, the next step says
        else:
            known = next((c for form in _forms(label, text) for c in self.knowledge.find(form, label)), None)
            if known is None and label == "Region":
                known = next(iter(self.knowledge.find(text, "Country")), None)  # Guam has its ISO code, as a region too
            known = (
                known
                if known is not None and (known.type != "Region" or known.prominence > 1000 or self._in_article(known))
                else None
            )
        key = known.id if known is not None else self._plain_key(label, text)
        cluster = self.by_key.get((label, key)) or self._by_acronym(label, text)
        if cluster is None:
            cluster = self._new(label, key)
            cluster.known = known
            self._remember_acronym(mention, cluster)
        return cluster

    def _in_article(self, candidate: Candidate) -> bool:
        return f"iso:{candidate.attributes.get('country')}" in self.countries

    def _plain_key(self, label: str, text: str) -> str:
        folded = fold(_CORPORATE.sub("", text))
        return folded.removesuffix(" airport") if label == "Airport" else folded

    def _remember_acronym(self, mention: Mention, cluster: _Cluster) -> None:
        """ "Syrian Democratic Forces (SDF)": from here on, SDF is this; "LOME (Reuters)" is no such pair."""
        if cluster.type in _PLACES:
            return
        after = self.article.text[mention.end : mention.end + 14]
        match = re.match(r"\s*\(\s*(?:the\s+)?([A-Z][A-Za-z.&-]{1,9})\s*\)", after)
        if match and len(match[1].replace(".", "")) > 1:
            self.by_key.setdefault((cluster.type, fold(match[1])), cluster)
            self.by_key.setdefault(("acronym", fold(match[1])), cluster)

    def _by_acronym(self, label: str, text: str) -> _Cluster | None:
        cluster = self.by_key.get(("acronym", fold(text)))
        if cluster is not None and label in (
            "Organization",
            "Publisher",
            "Agreement",
            "NamedEvent",
            "Facility",
            "Weapon",
            "Person",
        ):
            return cluster
        if label in ("Airport", "Facility"):
            folded = fold(text)
            return next(
                (
                    c
                    for c in reversed(self.clusters)
                    if c.type == label and any(fold(n).split()[0] == folded.split()[0] for n in c.names)
                ),
                None,
            )
        return None

    # Persons

    def _person(self, mention: Mention) -> _Cluster:
        folded = fold(mention.text)
        parts = folded.split()
        same = self.by_key.get(("Person", folded))
        if same is not None:
            return same
        people = [c for c in self.clusters if c.type == "Person"]
        if len(parts) == 1:
            fits = [c for c in people if any(parts[0] in fold(n).split() for n in c.names)]
        else:
            fits = [
                c
                for c in people
                if any(
                    set(parts) <= set(fold(n).split())
                    or (set(fold(n).split()) <= set(parts) and len(fold(n).split()) > 1)
                    for n in c.names
                )
            ]
        if fits:
            # "Kim" after two Kims is the one spoken of last; before them, nobody's.
            return max(fits, key=lambda c: c.last)
        known = self._identify_person(mention)
        cluster = (self.by_key.get(("Person", known.id)) if known is not None else None) or self._new("Person", folded)
        if known is not None:
            cluster.known = known
            self.by_key[("Person", known.id)] = cluster
        return cluster

    def _identify_person(self, mention: Mention) -> Candidate | None:
        """An office holder: by full name with a clue, or by surname with title and country."""
        titles = self._titles_beside(mention)
        if len(fold(mention.text).split()) > 1:
            found = [c for c in self.knowledge.find(mention.text, "Person") if self._speaks_for(c, titles)]
            return found[0] if len(found) == 1 else None
        found = [
            c
            for c in self.knowledge.people_called(mention.text)
            if titles and self._holds(c, titles) and self._country_named(c)
        ]
        return found[0] if len(found) == 1 else None

    def _speaks_for(self, person: Candidate, titles: set[str]) -> bool:
        return bool(titles and self._holds(person, titles)) or self._country_named(person) or person.prominence >= 8

    def _country_named(self, person: Candidate) -> bool:
        return (
            any(o.of in self.countries for o in person.offices)
            or f"iso:{person.attributes.get('country')}" in self.countries
        )

    def _holds(self, person: Candidate, titles: set[str]) -> bool:
        held = " ".join(o.title.lower() for o in self._offices(person))
        return any(word in held for title in titles for word in _TITLES.get(title, (title,)))

    def _titles_beside(self, mention: Mention) -> set[str]:
        before = fold(self.article.text[max(0, mention.start - 40) : mention.start]).split()[-4:]
        after = fold(self.article.text[mention.end : mention.end + 40]).split()[:5]
        return {w for w in (*before, *after) if w in _TITLES}

    def _offices(self, person: Candidate) -> tuple[Office, ...]:
        """The offices that the person held when the article appeared; all of them where the date is unknown."""
        published = self.article.published.earliest
        if published is None:
            return tuple(o for o in person.offices if o.until is None)
        day = published.date().isoformat()
        return tuple(
            o for o in person.offices if (o.since or "") <= day and (o.until is None or o.until >= day[: len(o.until)])
        )

    # Aircraft

    def _registered(self, mention: Mention) -> None:
        """A registration names one airframe; right after a description, it names the one described."""
        key = mention.text.upper().replace(" ", "")
        cluster = self.by_key.get(("Aircraft", key))
        if cluster is None:
            recent = self.aircraft[-1] if self.aircraft else None
            beside = (
                recent is not None
                and 0 <= mention.start - recent.mentions[-1].end <= 60
                and "registration" not in recent.identifiers
            )
            if beside and not re.search(r"[.;!?]\s", self.article.text[recent.mentions[-1].end : mention.start]):  # type: ignore[union-attr]
                cluster = recent
            else:
                cluster = self._new("Aircraft", key)
                self.aircraft.append(cluster)
            assert cluster is not None
            if any(c.isalpha() for c in mention.text):  # a bare serial is one air force's: no identity
                cluster.identifiers["registration"] = mention.text
            self.by_key[("Aircraft", key)] = cluster
        cluster.add(mention)
        self._spoken_of(cluster)
        self.spans[(mention.start, mention.end)] = cluster

    def _spoken_of(self, cluster: _Cluster) -> None:
        if cluster in self.aircraft:
            self.aircraft.remove(cluster)
        self.aircraft.append(cluster)

    def _aircraft(self, mention: Mention) -> None:
        head = self._head(mention)
        if head is None or _is_plural(head) or self._counts_several(head):
            return
        callsign = _flight_number(head)
        type_ = self._inside(head, "AircraftType")
        cluster = self.by_key.get(("Aircraft", callsign)) if callsign else None
        if cluster is None and not callsign and self._refers_back(head, mention):
            cluster = self._antecedent(head, type_)
        if cluster is None and self._is_apposition(mention):
            cluster = self.aircraft[-1]  # "the plane, a Beechcraft Sierra"
        if cluster is None and head.dep_ == "appos":
            # "another aircraft tied to the businessman, a Boeing 787"
            at = head.head.idx
            cluster = next((c for c in self.aircraft if any(m.start <= at < m.end for m in c.mentions)), None)
        if cluster is None and head.lemma_.lower() == "flight" and not callsign:
            return
        if cluster is None:
            cluster = self._new("Aircraft", callsign or f"@{mention.start}")
            self.aircraft.append(cluster)
            if callsign:
                cluster.attributes["callsign"] = callsign
        cluster.add(mention)
        cluster.subject = self._is_subject(mention)
        if type_ is not None:
            cluster.attributes.setdefault("aircraft_type", type_)
        if (operator := self._operator(head)) is not None:
            cluster.attributes.setdefault("operator", operator)
        self._spoken_of(cluster)

    def _head(self, mention: Mention) -> Token | None:
        span = self.doc.char_span(mention.start, mention.end, alignment_mode="expand")
        return span.root if span is not None else None

    def _counts_several(self, head: Token) -> bool:
        return any(
            c.dep_ == "nummod" and c.lower_ not in ("one", "1") and not c.text[:1].isupper() and not c.text.isdigit()
            for c in head.children
        )

    def _is_apposition(self, mention: Mention) -> bool:
        """ "the plane, a Beechcraft Sierra"; "another aircraft tied to him, a Boeing 787": no verb stands between."""
        if not self.aircraft:
            return False
        last = self.aircraft[-1].mentions[-1]
        # One mention may stand inside the other ("the crew of the jet"): then nothing is between them, and no span either.
        if not self.article.text[last.end : mention.start].endswith(", "):
            return False
        between = self.doc.char_span(last.end, mention.start, alignment_mode="expand")
        if between is None or len(between) > 12:
            return False
        return not any(t.pos_ == "AUX" or "Fin" in t.morph.get("VerbForm", []) or t.is_sent_start for t in between)

    def _refers_back(self, head: Token, mention: Mention) -> bool:
        first = mention.text.split()[0].lower()
        words = {c.lower_ for c in head.children if c.dep_ in ("det", "nmod:poss", "amod")} | {_article_before(head)}
        # The first word decides: "the plane, a Beechcraft" has both articles below one head.
        definite = first in _DEFINITE or (bool(words & _DEFINITE) and not words & {"a", "an"})
        return definite and first not in ("a", "an") and not words & {"another", "second", "third", "other"}

    def _antecedent(self, head: Token, type_: str | None) -> _Cluster | None:
        """The aircraft spoken of last that this can be: rotors do not become wings, one type not another."""
        kind, operator = _kind_of(head.lemma_), self._operator(head)
        recent = list(reversed(self.aircraft[-4:]))
        # What the text is about stands as subject; "with a fighter alongside" brings in no new topic.
        named = ("registration", "callsign")
        topic = lambda c: c.subject or any(k in c.identifiers or k in c.attributes for k in named)  # noqa: E731
        # "a jet" brings in a topic too; "his own jet" is spoken of in passing.
        recent.sort(key=lambda c: (not topic(c), not c.mentions[0].text.lower().startswith(("a ", "an "))))
        for cluster in recent:
            kinds = {_kind_of(m.text) for m in cluster.mentions}
            known = cluster.attributes.get("aircraft_type")
            if kind is not None and kind not in kinds:
                continue
            if head.lemma_.lower() in ("plane", "airplane", "airliner", "jet") and "rotor" in kinds:
                continue
            if type_ is not None and known is not None and type_ != known:
                continue
            if operator is not None and cluster.attributes.get("operator") not in (None, operator):
                continue
            return cluster
        return None

    def _inside(self, head: Token, type_: str) -> str | None:
        """The span key of a name of this class within the noun phrase of `head` (not in its clauses)."""
        for token in (
            head,
            *(c for c in head.children if c.dep_ in ("compound", "appos", "flat", "amod", "nmod", "nummod")),
        ):
            for start, end in self.named.get(type_, ()):
                if start <= token.idx < end:
                    return f"{start}:{end}"
        # "an Ilyushin Il-62M aircraft": the name right before the noun, whatever the tree says.
        return next((f"{s}:{e}" for s, e in self.named.get(type_, ()) if head.idx - 2 < e <= head.idx), None)

    def _operator(self, head: Token) -> str | None:
        """ "of / belonging to / operated by the Russian Air Force", "Air Koryo flight", "the airline's jet"."""
        for child in head.children:
            direct = child.dep_ in ("compound", "nmod:poss") or (child.dep_ == "nmod" and _case(child) in _OWNING)
            if direct and (key := self._organization_at(child)) is not None:
                return key
            if child.dep_ == "acl" and child.lemma_.lower() in (
                "belong",
                "operate",
                "own",
                "fly",
                "use",
                "charter",
                "lease",
                "register",
            ):
                for inner in child.children:
                    if (
                        inner.dep_.startswith("obl")
                        and _case(inner) in _OWNING
                        and (key := self._organization_at(inner)) is not None
                    ):
                        return key
        return None

    def _organization_at(self, token: Token) -> str | None:
        for label in _OPERATORS:
            for start, end in self.named.get(label, ()):
                if start <= token.idx < end:
                    return f"{start}:{end}"
        return None

    # Pronouns and groups

    def _is_subject(self, mention: Mention) -> bool:
        head = self._head(mention)
        if head is None:
            return False
        # What opens a sentence is its topic, whatever the tree says.
        return head.dep_ in ("nsubj", "nsubj:pass") or mention.start == head.sent.start_char

    def _near(self, cluster: _Cluster, mention: Mention) -> bool:
        """Named in this sentence or the one before."""
        head = self._head(mention)
        if head is None:
            return False
        sentence = head.sent
        before = self.doc[sentence.start - 1].sent.start_char if sentence.start else 0
        return cluster.last >= before

    def _pronoun(self, mention: Mention) -> None:
        word = mention.text.lower()
        if word in ("it", "its"):
            recent = self.aircraft[-1] if self.aircraft else None
            if recent is None or not self._near(recent, mention) or not recent.subject:
                return
            rivals = [
                c
                for c in self.clusters
                if c.last > recent.last and c.subject and c.type not in ("Person", "AircraftType", "Aircraft")
            ]
            if not rivals:
                recent.add(replace(mention, label="Aircraft"))
        elif word in ("he", "she", "his", "him", "her"):
            people = [
                c
                for c in self.clusters
                if c.type == "Person" and c.last and self._near(c, mention) and c.last < mention.start
            ]
            subjects = [c for c in people if c.subject] or people
            if len({id(c) for c in subjects}) == 1 or (subjects and max(subjects, key=lambda c: c.last).subject):
                max(subjects, key=lambda c: c.last).add(replace(mention, label="Person"))

    def _group(self, mention: Mention) -> None:
        """ "the two leaders", "the pair", "both countries": the two of that kind spoken of last, if there are just two."""
        word = fold(mention.text).split()[-1]
        type_ = (
            "Country" if word in ("countries", "nations", "neighbours", "neighbors", "states", "allies") else "Person"
        )
        if word in ("parties", "sides", "both", "two"):
            return
        recent = sorted(
            (c for c in self.clusters if c.type == type_ and c.mentions and 0 < c.last < mention.start),
            key=lambda c: -c.last,
        )
        head = self._head(mention)
        limit = self.doc[max(0, head.sent.start - 80)].idx if head is not None else 0
        chosen = [c for c in recent if c.last >= limit][:2]
        if len(chosen) == 2:
            for cluster in chosen:
                cluster.add(replace(mention, label=type_))

    # Entities

    def entity(self, cluster: _Cluster) -> Entity:
        known = cluster.known
        name = known.name if known is not None else _best_name(cluster)
        identifiers = {**(known.identifiers if known is not None else {}), **cluster.identifiers}
        if known is not None:
            entity_id = known.id
        elif "registration" in identifiers:
            entity_id = f"registration:{identifiers['registration']}"
            name = identifiers["registration"]
        else:
            first = cluster.mentions[0]
            unique = (fold(name), first.start) if cluster.type == "Aircraft" else (fold(name),)
            entity_id = make_id("ent", self.article.id, cluster.type, *unique)
        return Entity(
            id=entity_id, type=cluster.type, name=name, identifiers=identifiers,
            coordinates=known.coordinates if known is not None else None, mentions=tuple(dict.fromkeys(cluster.mentions)),
            attributes={**(known.attributes if known is not None else {}), **cluster.attributes},
            offices=self._offices(known) if known is not None else (),
        )  # fmt: skip


_DEFINITE = frozenset({"the", "this", "that", "its", "same", "their"})
_SINGULAR = frozenset({"a", "an", "the", "this", "that", "another", "its", "their", "his", "her", "same"})
_SEVERAL = frozenset({"these", "those", "two", "several", "many", "other", "all", "both"})


def _is_plural(head: Token) -> bool:
    """Several of them? "aircraft" has one form for both: an article or "this" makes it one."""
    if head.lower_ == "aircraft":
        words = {c.lower_ for c in head.children if c.dep_ in ("det", "nmod:poss", "amod", "nummod")}
        return bool(words & _SEVERAL) or not (words | {_article_before(head)}) & _SINGULAR
    # Taggers take "C-130" for many things; what is more than one ends in s.
    return "Plur" in head.morph.get("Number", []) and head.lower_.endswith("s")


def _article_before(head: Token) -> str:
    """The article of a noun phrase by its words alone: trees of long names lose it."""
    for token in reversed(head.doc[max(0, head.i - 7) : head.i]):
        if token.lower_ in _SINGULAR | _SEVERAL:
            return token.lower_
        if token.pos_ not in ("ADJ", "NOUN", "PROPN", "NUM") and token.text != "-":
            return ""
    return ""


# Kinds of aircraft that are never called by another's name.
_KINDS = {"helicopter": "rotor", "chopper": "rotor", "fighter": "fighter", "bomber": "bomber", "tanker": "tanker"}


def _kind_of(text: str) -> str | None:
    return _KINDS.get(text.lower().split()[-1])


def _forms(label: str, text: str) -> tuple[str, ...]:
    """Ways to look a name up; an aircraft type also without its maker and without its variant letters."""
    if label != "AircraftType":
        return (text,)
    model = text.split(" ", 1)[1] if " " in text else text
    return (text, model, re.sub(r"(?<=\d)[A-Z]{1,3}$", "", model), " ".join(text.split()[:2]))


def _case(token: Token) -> str:
    return next((c.lower_ for c in token.children if c.dep_ == "case"), "")


_NUMBER = re.compile(r"^(?:[A-Z]{2,3}|[A-Z]\d|\d[A-Z])\d{1,4}[A-Z]?$")


def _flight_number(head: Token) -> str | None:
    """ "flight JS151", "Flight FR4978", "Flight 370"."""
    doc = head.doc
    # "flight JS151" may be headed by its number; "the G650" is a type.
    if head.lemma_.lower() != "flight" and not (
        _NUMBER.match(head.text) and head.i and doc[head.i - 1].lower_ == "flight"
    ):
        return None
    for token in doc[head.i : min(len(doc), head.i + 3)]:
        if _NUMBER.match(token.text):
            return token.text
    following = doc[head.i + 1] if head.i + 1 < len(doc) else None
    return (
        f"flight {following.text}"
        if following is not None and re.match(r"^\d{2,4}$", following.text) and head.text[:1].isupper()
        else None
    )


def _best_name(cluster: _Cluster) -> str:
    """The fullest name; for an aircraft without one, its first description."""
    if not cluster.names:
        return cluster.attributes.get("callsign") or cluster.mentions[0].text
    if cluster.type == "Person":
        return max(cluster.names, key=lambda n: (len(fold(n).split()), -cluster.names.index(n)))
    return (
        cluster.names[0]
        if not cluster.names[0].isupper()
        else max(cluster.names, key=lambda n: (len(n), -cluster.names.index(n)))
    )


def _linked_attributes(entities: list[Entity]) -> tuple[Entity, ...]:
    """Types and operators were kept as the place of their mention; now that entities have ids, they are ids."""
    at: dict[str, str] = {}
    for entity in entities:
        for mention in entity.mentions:
            if mention.kind == "name":
                at.setdefault(f"{mention.start}:{mention.end}", entity.id)
    return tuple(_merge_ids(_with_ids(e, at) for e in entities))


def _with_ids(entity: Entity, at: Mapping[str, str]) -> Entity:
    keys = ("aircraft_type", "operator")
    if not any(k in entity.attributes for k in keys):
        return entity
    linked = {
        k: (at[v] if k in keys and v in at else v) for k, v in entity.attributes.items() if k not in keys or v in at
    }
    return replace(entity, attributes=linked)


def _merge_ids(entities: Iterable[Entity]) -> list[Entity]:
    """Two clusters of one id are one entity."""
    found: dict[str, Entity] = {}
    for entity in entities:
        known = found.get(entity.id)
        if known is None:
            found[entity.id] = entity
        else:
            mentions = tuple(sorted(dict.fromkeys((*known.mentions, *entity.mentions)), key=lambda m: (m.start, m.end)))
            found[entity.id] = replace(known, mentions=mentions, attributes={**entity.attributes, **known.attributes})
    return list(found.values())
