"""The exact characters that name something: the model's names, names known beforehand, shapes; nominals and pronouns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.ids import fold
from kg.model import Mention, MentionKind, Span

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as DocSpan

    from pipelines.knowledge import Knowledge

PLACE_LABELS = ("Country", "Region", "City")
# Soviet, Russian, Ukrainian and Chinese bureaux; American mission letters; then a number and variant letters.
_DESIGNATOR = re.compile(
    r"^(?:(?:Il|Tu|An|Su|MiG|MIG|Mig|Yak|Be|Mi|Ka|Let|Y|J|H|JF|KJ|PC|DHC|DC|MD|BAe|CRJ|ATR|ERJ|EMB|CN|Do|BN|PA|EC|AS|SA|AW|UH|AH|CH|HH|MH|OH|CV|MV|RC|KC|HC|MC|AC|EC|WC|VC|LC|NC|OC|TC|EA|EP|RQ|MQ|EF|TU|IL|AN|SU|YAK|F/A|C|F|B|E|P|U|A|V|T|L|S)"
    r"-\d{1,3}[A-Z]{0,3}\d?|A(?:220|300|310|318|319|320|321|330|340|350|380|400M)(?:neo|-\d{3})?|G(?:450|500|550|600|650|700)(?:ER)?|7[0-9]7-[0-9]{1,3}[A-Z]{0,2}|AW1[0-9]{2}|SSJ-?100)s?$"
)
# Letters that also stand before numbers in other names ("G-20", "COVID-19", "A-10" road, "T-72" tank, "S-300" missile).
_NOT_AIRCRAFT = re.compile(
    r"^(?:T-(?:34|54|55|62|64|72|80|90|14)\w*|S-(?:200|300|400|500)\w*|[CL]-\d$|P-5|E-\d0|H-1B|B-1[0-9]|V-[12]|V-Day|A-\d{3}|F-\d00|U-\d{2}|E-1[0-9]|H-5N1)$"
)
_MODEL = re.compile(
    r"^(?:\d{2,3}|[A-Z]{0,2}-?\d{2,4}[A-Z]{0,3}(?:-\d{1,3}\w{0,2})?|[A-Z]?\d{1,3}(?:neo|ceo|ER|LR|MAX)?|MAX|Max|[IVX]{1,4}|\d)$"
)
_SUBTYPES = frozenset(
    [
        "dreamliner",
        "superjet",
        "globemaster",
        "hercules",
        "galaxy",
        "falcon",
        "gulfstream",
        "challenger",
        "global",
        "learjet",
        "citation",
        "caravan",
        "skyhawk",
        "legacy",
        "phenom",
        "king",
        "air",
        "sierra",
        "bonanza",
        "baron",
        "premier",
        "navajo",
        "seneca",
        "malibu",
        "cherokee",
        "max",
        "neo",
        "express",
        "ruslan",
        "mriya",
        "poseidon",
        "orion",
        "sentry",
        "reaper",
        "predator",
        "hawk",
        "phantom",
        "eagle",
        "raptor",
        "stratotanker",
        "stratofortress",
        "osprey",
        "chinook",
        "apache",
        "dash",
        "praetor",
        "lineage",
        "pegasus",
        "atlas",
        "super",
        "tiger",
        "hornet",
    ]
)
# National prefixes of aircraft registrations (ICAO Annex 7) with the shapes that follow them.
_REGISTRATION = re.compile(
    r"^(?:(?:RA|RF)-\d{5}|P-[5-9]\d{2}|B-(?:\d{4}|\d{2}[A-Z]{2}|\d{3}[A-Z]|[HKLM][A-Z]{2})|HL\d{4}|JA\d{2,4}[A-Z]{0,2}|N(?!ATO)(?:[1-9]\d{2,4}|[1-9]\d{1,3}[A-Z]|[1-9]\d{0,2}[A-Z]{2})|UR-\d{5}|EW-\d{3}[A-Z]{2}|"
    r"(?:G|D|F|I|C)-[A-Z]{4}|(?:EP|OE|HB|PH|SE|LN|OY|OH|SP|OK|OM|HA|YR|LZ|YU|TC|SX|5B|4X|SU|JY|OD|YK|YI|HZ|A4O|A6|A7|A9C|9K|7O|AP|VT|4R|S2|9V|9M|HS|PK|RP|VH|ZK|ZS|5Y|5N|ET|ST|5A|TS|7T|CN|UP|UK|EX|EY|EZ|4K|4L|EK|ER|ES|YL|LY|EI|LX|OO|CS|EC|T7|9H|VP|VQ|M|XA|XB|XC|PP|PR|PT|PS|PU|LV|CC|CP|OB|HC|HK|YV|HP|TG|CU|6Y|P4|TZ|TJ|TR|TU|TL|9Q|9G|9J|Z|V5|A2|3B|D2|C9|XU|XV|VN|RDPL|XY|EL|9L|3X|6V|6W|S5|9A|E7|Z3|T9|4O)-[A-Z]{3,4}|YV\d{3,4}T?|UP-[A-Z]{1,2}\d{4}|LY-[A-Z]{3}|4X-[A-Z]{3}|9H-[A-Z]{3,5})$"
)
_TITLES = frozenset(
    [
        "president",
        "prime",
        "minister",
        "premier",
        "chancellor",
        "secretary",
        "general",
        "king",
        "queen",
        "prince",
        "princess",
        "pope",
        "emperor",
        "sultan",
        "emir",
        "sheikh",
        "ayatollah",
        "mr",
        "mrs",
        "ms",
        "dr",
        "sir",
        "lord",
        "lady",
        "gen",
        "col",
        "lt",
        "maj",
        "capt",
        "sgt",
        "adm",
        "rep",
        "sen",
        "gov",
        "captain",
        "colonel",
        "major",
        "admiral",
        "lieutenant",
        "sergeant",
        "senator",
        "governor",
        "ambassador",
        "foreign",
        "defense",
        "defence",
        "chairman",
        "director",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "leader",
        "chief",
        "commander",
        "professor",
        "judge",
        "former",
        "vice",
        "deputy",
        "state",
        "crown",
        "supreme",
        "minister-president",
        "opposition",
        "journalist",
        "blogger",
        "activist",
        "analyst",
    ]
)
_TAILS = {
    "airport": "Airport", "airfield": "Airport", "airbase": "Airport", "aerodrome": "Airport", "airstrip": "Airport",
    "province": "Region", "region": "Region", "oblast": "Region", "krai": "Region", "governorate": "Region", "sea": "Region", "ocean": "Region",
    "peninsula": "Region", "strait": "Region", "prefecture": "Region", "territory": "Region", "county": "Region", "gulf": "Region", "desert": "Region",
    "cosmodrome": "Facility", "hospital": "Facility", "shipyard": "Facility", "prison": "Facility", "refinery": "Facility", "stadium": "Facility", "university": "Organization",
    "treaty": "Agreement", "convention": "Agreement", "accord": "Agreement", "accords": "Agreement", "protocol": "Agreement", "pact": "Agreement",
    "airlines": "Organization", "airways": "Organization", "ministry": "Organization", "army": "Organization", "navy": "Organization", "forces": "Organization",
    "command": "Organization", "agency": "Organization", "council": "Organization", "party": "Organization",
}  # fmt: skip
_PLACE_NOUNS = frozenset(["region", "province", "oblast", "krai", "governorate", "prefecture"])
_CARRIERS = frozenset(
    [
        "plane",
        "aircraft",
        "jet",
        "airliner",
        "airplane",
        "aeroplane",
        "helicopter",
        "chopper",
        "freighter",
        "bomber",
        "turboprop",
        "jetliner",
        "airlifter",
        "warplane",
        "tanker",
        "biplane",
        "flight",
        "fighter",
    ]
)
_GROUPS = frozenset(
    [
        "leaders",
        "presidents",
        "sides",
        "pair",
        "duo",
        "ministers",
        "countries",
        "nations",
        "men",
        "neighbours",
        "neighbors",
        "allies",
        "parties",
        "states",
        "two",
        "both",
    ]
)
_PRONOUNS = frozenset(["he", "she", "it", "they", "him", "her", "them", "his", "its", "their"])
# "U.S." keeps its full stop; "Russia." at the end of a sentence does not.
_ABBREVIATED = tuple(f".{letter}." for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_TRUSTED = (
    "Organization",
    "Publisher",
    "AircraftType",
    "Agreement",
    "NamedEvent",
    "Airport",
    "Facility",
    "Weapon",
    "Region",
    "Country",
)
_COMPASS = frozenset(["north", "south", "east", "west", "saudi", "sri", "new", "central", "costa", "burkina", "sierra"])
_fold = lru_cache(maxsize=100_000)(fold)


def find_mentions(doc: Doc, boilerplate: tuple[Span, ...], knowledge: Knowledge) -> tuple[Mention, ...]:
    """Names (none inside another), then nominals and pronouns; nothing inside boilerplate. In text order."""
    taken: list[tuple[int, int, str]] = []  # token start, end, label
    known = [*_shapes(doc, knowledge), *_gazetteer(doc, knowledge)]
    model = [m for ent in doc.ents if (m := _from_model(ent, knowledge)) is not None]
    for start, end, label in sorted(_settle(known, model), key=lambda m: (m[0], -m[1])):
        if not taken or start >= taken[-1][1]:
            taken.append((start, end, label))
    names = [_mention(doc, start, end, label) for start, end, label in taken]
    covered = {i for start, end, _ in taken for i in range(start, end)}
    ends = {end - 1 for _, end, label in taken if label == "AircraftType"}
    others = [
        *_nominals(doc, covered, ends),
        *_parts_of_countries(doc, taken),
        *_agreements(doc, covered),
        *_pronouns(doc),
    ]
    kept = (m for m in (*names, *others) if not any(b.start < m.end and m.start < b.end for b in boilerplate))
    return tuple(sorted(kept, key=lambda m: (m.start, m.end)))


def _mention(doc: Doc, start: int, end: int, label: str, kind: MentionKind = "name") -> Mention:
    span = doc[start:end]
    return Mention(span.start_char, span.end_char, span.text, kind, label)


def _settle(known: list[tuple[int, int, str]], model: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Where both found something, the longer one stands; of equals, what is known beforehand."""
    kept = list(known)
    for start, end, label in model:
        rivals = [k for k in kept if k[0] < end and start < k[1]]
        if any(r[1] - r[0] >= end - start for r in rivals):
            continue
        for rival in rivals:
            kept.remove(rival)
        kept.append((start, end, label))
    return kept


# The model's names ---------------------------------------------------------------------------------------------------


def _from_model(ent: DocSpan, knowledge: Knowledge) -> tuple[int, int, str] | None:
    start, end = ent.start, ent.end
    doc = ent.doc
    while start < end and (
        doc[start].lower_ in ("the", "a", "an", "this")
        or (ent.label_ == "Person" and end - start > 1 and doc[start].lower_.rstrip(".") in _TITLES)
    ):
        start += 1
    while end > start and (doc[end - 1].tag_ == "POS" or doc[end - 1].lower_ in ("'s", "’s", "'", "’", ",", ".", "-")):
        end -= 1
    if start == end or not any(c.isalpha() for c in doc[start:end].text):
        return None
    text = doc[start:end].text
    if (
        ent.label_ in ("AircraftType", "Aircraft", "Weapon")
        and start
        and doc[start - 1].lower_ in ("flight", "callsign")
    ):
        return None  # a flight number
    if (
        ent.label_ == "AircraftType"
        and end - start == 1
        and _ONE_LETTER.match(doc[start].text)
        and not _is_designator(doc, start, knowledge)
    ):
        return None
    label = _corrected(text, ent.label_, knowledge)
    if label in PLACE_LABELS and end < len(doc) and doc[end].lower_ in _PLACE_NOUNS:
        return start, end + 1, "Region"
    if text in ("North", "South", "East", "West"):
        return (start, end, "Country") if start and doc[start - 1].lower_ == "the" else None
    if not text[:1].isupper() and not any(c.isupper() or c.isdigit() for c in text) and label != "Agreement":
        return None
    return start, end, label


def _corrected(text: str, label: str, knowledge: Knowledge) -> str:
    """The class that the words themselves prove, else the model's."""
    folded = _fold(text)
    if folded in knowledge.demonyms:
        return "Country"
    last = folded.rsplit(" ", 1)[-1]
    if folded.endswith(("air base", "air force base", "naval air station")):
        return "Airport"
    if " " in folded and last in _TAILS:
        return _TAILS[last]
    found = {c.type for c in knowledge.find(text)}
    if label in PLACE_LABELS:
        if "Country" in found:
            return "Country"
        if found and label not in found and found & {"City", "Region"}:
            return next(t for t in ("City", "Region") if t in found)
        if "Airport" in found and not found & {"City", "Region"}:
            return "Airport"
    if label == "Organization" and "Publisher" in found:
        return "Publisher"
    if label in ("Organization", "Publisher") and "Country" in found:
        return "Country"
    if found and label not in found and len(found & set(_TRUSTED)) == 1 and " " in folded:
        return next(iter(found & set(_TRUSTED)))
    return label


# Names known beforehand ----------------------------------------------------------------------------------------------


def _gazetteer(doc: Doc, knowledge: Knowledge) -> Iterator[tuple[int, int, str]]:
    """The longest known name from each capitalised word on."""
    first_words, i = knowledge.first_words, 0
    while i < len(doc):
        token = doc[i]
        text = token.text
        found = None
        if text[:1].isupper() or text[:1].isdigit():
            folded = _fold(text)
            if folded in knowledge.demonyms and not _continues_name(doc, i):
                found = (i, i + 1, "Country")
            elif folded in _COMPASS and i + 1 < len(doc) and f"{folded} {_fold(doc[i + 1].text)}" in knowledge.demonyms:
                found = (i, i + 2, "Country")
            parts = folded.split()
            if parts and parts[0] in first_words:
                found = _longest(doc, i, first_words[parts[0]], knowledge) or found
        if found is not None:
            yield found
            i = found[1]
        else:
            i += 1


def _longest(doc: Doc, i: int, words: int, knowledge: Knowledge) -> tuple[int, int, str] | None:
    sent_end = min(len(doc), i + 2 * words + 1)
    for end in range(sent_end, i, -1):
        text = doc[i:end].text
        if "\n" in text or not (text[-1].isalnum() or text.endswith(_ABBREVIATED)):
            continue
        folded = _fold(text)
        if not knowledge.has(folded):
            continue
        types = [c.type for c in knowledge.find(text)]
        label = next((t for t in _TRUSTED if t in types), None)
        if label is None or not _may_stand(doc, i, end, text, label, types):
            continue
        return i, end, label
    return None


def _may_stand(doc: Doc, start: int, end: int, text: str, label: str, types: list[str]) -> bool:
    """Is this occurrence the name? One plain word proves little: it has to be a proper noun in the middle of its sentence."""
    words = end - start
    if _continues_name(doc, end - 1) and label in ("Country", "Region", "Weapon", "Facility"):
        return False
    if (
        start
        and doc[start - 1].text[:1].isupper()
        and doc[start - 1].pos_ == "PROPN"
        and label in ("Country", "Region", "Weapon", "Facility", "NamedEvent")
        and doc[start - 1].dep_ in ("flat", "compound")
    ):
        return False
    if (
        words > 1
        or label in ("Country", "AircraftType")
        or any(c.isdigit() for c in text)
        or (text.isupper() and len(text) > 2)
    ):
        return text != "US" or doc[start].pos_ == "PROPN"
    if "City" in types and label in ("Region", "Facility", "Airport", "Organization"):
        return False
    if label == "Region" and text not in ("Siberia", "Crimea", "Europe", "Asia", "Africa"):
        return doc[start].pos_ == "PROPN" and len(text) > 4
    return doc[start].pos_ == "PROPN"


def _continues_name(doc: Doc, i: int) -> bool:
    """Does a longer name go on after this word ("Russian Air Force", "Georgia Tech")?"""
    if i + 1 >= len(doc):
        return False
    following = doc[i + 1]
    return (
        following.text[:1].isupper()
        and following.pos_ == "PROPN"
        and following.text.lower() not in _TITLES
        and following.dep_ in ("flat", "root", "ROOT", "nsubj", "obj", "obl", "nmod", "conj")
        and following.ent_type_ in ("Organization", "Facility")
        and doc[i].ent_type_ == following.ent_type_
    )


# Shapes --------------------------------------------------------------------------------------------------------------


def _shapes(doc: Doc, knowledge: Knowledge) -> Iterator[tuple[int, int, str]]:
    i = 0
    while i < len(doc):
        text = doc[i].text
        if any(c.isdigit() for c in text) or "-" in text:
            if _REGISTRATION.match(text) and _is_registration(doc, i):
                yield i, i + 1, "Aircraft"
            elif _is_designator(doc, i, knowledge):
                start, end = _with_maker(doc, i)
                yield start, end, "AircraftType"
                i = end
                continue
        elif text in _MAKER_WORDS and i + 1 < len(doc) and _is_model(doc[i + 1]):
            end = i + 2
            while (
                end < len(doc)
                and (_MODEL.match(doc[end].text) or doc[end].lower_ in _SUBTYPES)
                and "\n" not in doc[end - 1].whitespace_
            ):
                end += 1
            yield i, end, "AircraftType"
            i = end
            continue
        i += 1


# One letter and a number also name pages, roads and groups of states.
_ONE_LETTER = re.compile(r"^[A-Z]-\d")


def _is_designator(doc: Doc, i: int, knowledge: Knowledge) -> bool:
    """A designator by its shape; with one letter only if the type is known or an aircraft is spoken of nearby."""
    text = doc[i].text
    if not _DESIGNATOR.match(text) or _NOT_AIRCRAFT.match(text):
        return False
    if not _ONE_LETTER.match(text) or knowledge.find(text.rstrip("s"), "AircraftType"):
        return True
    return bool({t.lower_ for t in doc[max(0, i - 8) : i + 8]} & _AIRCRAFT_WORDS)


_AIRCRAFT_WORDS = (
    _CARRIERS
    | {f"{word}s" for word in _CARRIERS}
    | {"flew", "landed", "squadron", "fleet", "pilot", "runway", "drone", "drones"}
)
_MAKER_WORDS = frozenset(
    ["Ilyushin", "Tupolev", "Antonov", "Sukhoi", "Mikoyan", "Yakovlev", "Boeing", "Airbus", "Embraer", "Bombardier", "Gulfstream", "Dassault", "Cessna", "Beechcraft", "Piper", "Lockheed", "Learjet", "Fokker", "Saab", "Douglas", "Hawker", "Cirrus", "Pilatus", "ATR", "COMAC", "Xian", "Kamov", "Bell", "Sikorsky", "Robinson", "Eurocopter", "AgustaWestland", "Falcon", "Challenger"]
)  # fmt: skip


def _is_model(token: Token) -> bool:
    return bool(_MODEL.match(token.text) and any(c.isdigit() for c in token.text)) or (
        token.lower_ in _SUBTYPES and token.text[:1].isupper()
    )


def _with_maker(doc: Doc, i: int) -> tuple[int, int]:
    """ "Ilyushin Il-62M", "C-17A Globemaster III": maker in front, nickname behind."""
    start, end = i, i + 1
    if start and doc[start - 1].text in _MAKER_WORDS:
        start -= 1
    while (
        end < len(doc)
        and doc[end].text[:1].isupper()
        and (doc[end].lower_ in _SUBTYPES or (end > i + 1 and _MODEL.match(doc[end].text)))
    ):
        end += 1
    return start, end


def _is_registration(doc: Doc, i: int) -> bool:
    """A bare N-number or a four-letter tail needs an aircraft nearby; a national prefix with a hyphen speaks for itself."""
    text = doc[i].text
    if re.match(r"^(?:RA|RF)-\d{5}$|^[A-Z0-9]{2}-[A-Z]{3}$", text):
        return True
    words = {t.lower_ for t in doc[max(0, i - 12) : i + 8]}
    return bool(
        words
        & (
            _CARRIERS
            | {"registration", "registered", "tail", "number", "boeing", "airbus", "gulfstream", "helicopters", "reg"}
        )
    )


# Nominals and pronouns -----------------------------------------------------------------------------------------------


def _nominals(doc: Doc, covered: set[int], type_ends: set[int]) -> Iterator[Mention]:
    """Descriptions; `covered` tokens stand in names, `type_ends` end the name of an aircraft type."""
    for token in doc:
        if token.pos_ not in ("NOUN", "PROPN", "NUM"):
            continue
        lemma = token.lemma_.lower()
        if lemma in _CARRIERS and token.i not in covered and token.dep_ not in ("compound", "amod"):
            if not _speaks_of_none(token):
                yield _phrase(token, "Aircraft")
        elif token.i in type_ends and (first := _heads_aircraft(token, covered)) is not None:
            yield _mention(doc, first, token.i + 1, "Aircraft", "nominal")
        elif (
            token.lower_ in _GROUPS
            and token.i not in covered
            and any(c.lower_ in ("the", "two", "both") for c in token.children)
        ):
            yield _phrase(token, "Group")


_DIRECTION = re.compile(r"(?<![\w-])(?:(?:north|south)(?:-?(?:east|west)ern|ern)|eastern|western|central)\s$")


def _parts_of_countries(doc: Doc, taken: list[tuple[int, int, str]]) -> Iterator[Mention]:
    """ "western Russia" beside "Russia": a part without a name of its own."""
    for start, end, label in taken:
        if label == "Country" and doc[start].pos_ == "PROPN":
            span = doc[start:end]
            match = _DIRECTION.search(doc.text, max(0, span.start_char - 16), span.start_char)
            if match is not None:
                yield Mention(
                    match.start(), span.end_char, doc.text[match.start() : span.end_char], "nominal", "Region"
                )


_AGREEMENT_HEADS = frozenset({"agreement", "treaty", "pact", "accord", "memorandum", "convention", "protocol"})
# What kind of agreement it is; two or more of these tell one agreement from others, "new" or "bilateral" do not.
_AGREEMENT_KINDS = frozenset(
    """comprehensive strategic partnership mutual defense defence security cooperation nonaggression non-aggression friendship peace free trade military
    nuclear arms control reduction extradition border basing transit overflight investment economic customs assistance alliance intelligence sharing
    status forces grain prisoner exchange open skies air services aviation""".split()
)


def _agreements(doc: Doc, covered: set[int]) -> Iterator[Mention]:
    """ "comprehensive strategic partnership agreement", "the 1961 treaty": lower case, and yet one agreement."""
    for token in doc:
        if token.lemma_.lower() not in _AGREEMENT_HEADS or token.i in covered or token.pos_ != "NOUN":
            continue
        first = token.i
        while first > token.sent.start and (doc[first - 1].lower_ in _AGREEMENT_KINDS or doc[first - 1].text in "-–"):
            first -= 1
        kinds = sum(doc[i].lower_ in _AGREEMENT_KINDS for i in range(first, token.i))
        dated = token.i > token.sent.start and re.match(r"^(?:18|19|20)\d\d$", doc[token.i - 1].text) is not None
        if kinds >= 2 or dated:
            kind: MentionKind = "name" if kinds >= 3 or dated else "nominal"
            yield _mention(doc, token.i - 1 if dated and not kinds else first, token.i + 1, "Agreement", kind)


def _heads_aircraft(token: Token, covered: set[int]) -> int | None:
    """ "the Boeing 737-800 landed": the type's name stands for one aircraft. Its article, or None; trees lose it often."""
    doc = token.doc
    if token.i + 1 < len(doc) and doc[token.i + 1].pos_ in ("NOUN", "PROPN") and token.i + 1 not in covered:
        return None
    for i in range(token.i - 1, max(token.sent.start, token.i - 7) - 1, -1):
        if doc[i].lower_ in ("the", "a", "an", "this", "that", "another"):
            return i
        if i not in covered and doc[i].pos_ not in ("ADJ", "NOUN", "PROPN", "NUM") and doc[i].text != "-":
            return None
    return None


def _speaks_of_none(token: Token) -> bool:
    """ "either plane", "no aircraft", "any jet"."""
    return any(c.lower_ in ("either", "neither", "no", "any", "each", "every") for c in token.children)


def _phrase(token: Token, label: str) -> Mention:
    """The noun phrase without its relative clauses and appositions."""
    left = min(
        [
            token.i,
            *(
                c.left_edge.i
                for c in token.lefts
                if c.dep_ not in ("punct", "cc", "conj", "case", "mark", "cop", "nsubj", "advmod")
            ),
        ]
    )
    return _mention(token.doc, left, token.i + 1, label, "nominal")


def _pronouns(doc: Doc) -> Iterator[Mention]:
    for token in doc:
        if token.pos_ == "PRON" and token.lower_ in _PRONOUNS:
            yield _mention(doc, token.i, token.i + 1, "", "pronoun")
