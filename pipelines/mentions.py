"""The exact characters that name something: the model's names, names known beforehand, shapes; nominals and pronouns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.ids import fold
from kg.model import Mention, MentionKind, Span

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as DocSpan

    from pipelines.knowledge import Knowledge

PLACE_LABELS = ("Country", "Region", "City")
_Name = tuple[int, int, str]  # first token, the one after the last, class
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
# Nationality marks with what follows them (ICAO Annex 7 and the states' own rules). Marks whose aircraft are numbered, and
# those with letters; a mark of one letter is believed with its own form only, since models look alike ("F-16", "B-52").
_LETTERS = "|".join(
    """2 3A 3B 3C 3X 4K 4L 4O 4R 4W 4X 5A 5B 5H 5N 5R 5T 5U 5V 5W 5X 5Y 6V 6W 6Y 7O 7P 7Q 7T 8P 8Q 8R 9A 9G 9H 9J 9K 9L 9M 9N 9Q 9S
    9T 9U 9V 9XR 9Y A2 A3 A4O A5 A6 A7 A8 A9C AP C2 C3 C5 C6 C9 CC CN CP CS CU D2 D4 D6 DQ E3 E5 E7 EC EI EJ EK EL EP ER ES ET EW
    EX EY EZ H4 HA HB HC HH HI HK HP HR HS HV HZ J2 J3 J5 J6 J7 J8 JU JY LN LV LX LY LZ OB OD OE OH OK OM OO OY P2 P4 PH PJ PK PP
    PR PT PS PU PZ RDPL RP S2 S5 S7 S9 SE SP ST SU SX T3 T7 T8 T9 TC TF TG TI TJ TL TN TR TS TT TU TY TZ UK UN UP UR V2 V3 V4 V5
    V6 V7 V8 VH VN VP VQ VT XA XB XC XT XU XV XY XZ YA YI YJ YK YL YN YR YS YU YV Z3 Z6 ZA ZJ ZK ZP ZS ZT ZU""".split()
)
_NUMBERED = "RA|RF|UR|EK|EX|EY|EW|UK|ER|CP|HI|HK|HC|HR|OB|YV|YS|TG|TI|XT|4L|4K|3X|J2|ST|RDPL|5A|7T|LY"
_MIXED = r"(?:UP-[A-Z]{1,2}\d{4}|CU-[TCHN]\d{4}|RP-[CR]?\d{2,4}|EW-\d{3}[A-Z]{2}|EZ-[A-Z]\d{3}|LV-[XS]\d{3}|HP-\d{3,4}[A-Z]{2,3}|XA-[A-Z]{3})"
_REGISTRATION = re.compile(
    rf"^(?:(?:{_LETTERS})-[A-Z]{{3}}|(?:9H|VP|4X)-[A-Z]{{3,5}}|(?:{_NUMBERED})-\d{{3,5}}[A-Z]?|{_MIXED}|P-[5-9]\d{{2}}"
    r"|B-(?:\d{4}|\d{2}[A-Z]{2}|\d{3}[A-Z]|[HKLM][A-Z]{2})|[GDFICM]-[A-Z]{4}|Z-[A-Z]{3}"
    r"|HL\d{4}|JA\d{2,4}[A-Z]{0,2}|N(?!ATO)(?:[1-9]\d{2,4}|[1-9]\d{1,3}[A-Z]|[1-9]\d{0,2}[A-Z]{2})|YV\d{3,4}T?|UK\d{5})$"
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
_STATE_NOUNS = frozenset(
    ["state", "island", "peninsula", "archipelago", "atoll", "river", "strait", "desert", "emirate"]
)
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
    "Country",
    "Region",
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
    taken = _reread(doc, taken, knowledge)
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
        doc[start].lower_ in ("the", "a", "an", "this", "abeam")
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
    if ent.label_ == "AircraftType" and (code := _CODE.match(text)) and not _is_known_model(code, knowledge):
        # A serial or a callsign has letters of three, a flight number of two; positions and levels are neither.
        return (start, end, "Aircraft") if code["airframe"] else None
    label = _corrected(text, ent.label_, knowledge)
    if label in PLACE_LABELS and end < len(doc) and doc[end].lower_ in _PLACE_NOUNS:
        curated = label == "Region" and any(c.prominence >= _CURATED for c in knowledge.find(text, "Region"))
        return start, end + (0 if curated else 1), "Region"  # "the Great Lakes region" is no province
    if text in ("North", "South", "East", "West"):
        return (start, end, "Country") if start and doc[start - 1].lower_ == "the" else None
    if not text[:1].isupper() and not any(c.isupper() or c.isdigit() for c in text) and label != "Agreement":
        return None
    return start, end, label


_CURATED = 10**6  # prominence of regions that the project itself lists


def _city_or_region(text: str, folded: str, label: str, knowledge: Knowledge) -> str:
    """Many cities give their name to a district: the bare name is the city, but "Ontario" and "Zanzibar" are the region.

    Where they lie in different countries (Suffolk), the model has to tell.
    """
    cities = [c for c in knowledge.find(text, "City") if _fold(c.name) == folded]
    regions = knowledge.find(text, "Region")
    city, region = max((c.prominence for c in cities), default=0), max(c.prominence for c in regions)
    if region >= _CURATED or not cities:
        return "Region" if region >= _CURATED else label
    if region >= _STATE:
        return "City" if city >= _METROPOLIS else "Region"
    named_after = {c.attributes.get("country") for c in cities} & {r.attributes.get("country") for r in regions}
    return "City" if folded in knowledge.seats or city >= _TOWN or named_after else label


_STATE = 1000  # prominence from which on a region is a big state's
_METROPOLIS = 600_000  # inhabitants of a city that is better known than its state: Washington, Hamburg


def _is_seat(text: str, folded: str, knowledge: Knowledge) -> bool:
    """Is this a state's seat of government ("Lome"), and its best known bearer? "Victoria" and "Hamilton" are persons first."""
    country = knowledge.get(knowledge.seats.get(folded, ""))
    towns = [c for c in knowledge.find(text, "City") if _fold(c.name) == folded]
    if country is None or not towns or knowledge.people_called(text):
        return False
    iso2 = country.identifiers.get("iso2")
    biggest = max(towns, key=lambda c: c.prominence)
    return iso2 not in knowledge.territories and biggest.attributes.get("country") == iso2


def _is_airports_own(folded: str, knowledge: Knowledge) -> bool:
    """Does the name say that it is an airport's, or is it known for one? Others are villages with a strip."""
    return knowledge.is_field(folded) or bool({"airport", "base", "field", "airfield", "raf"} & set(folded.split()))


_OLD_MAKERS = frozenset({"CASA", "BAC", "PZL", "IAI", "HAL", "VFW"})  # makers before a number, else bodies of their own
_CODE = re.compile(
    r"^(?:(?P<airframe>[A-Z]{3,5} \d{2,4}|[XZ][A-Z]\d{3}|[A-Z]{2,3}-\d{2,3}[A-Z]?)"
    r"|[A-Z]{2} ?\d{2,4}|\d{1,3}[NS](?: \d{1,3}[EW])?|[0-9A-F]{6}|FL\d{3})$"
)


def _is_known_model(code: re.Match[str], knowledge: Knowledge) -> bool:
    """Letters and digits that are a model after all: "ATR 72", "EC135", "IL 76"."""
    text = code[0]
    forms = (text, text.replace(" ", "-"), text.replace(" ", ""), re.sub(r"(?<=[A-Z])(?=\d)", "-", text, count=1))
    return (
        any(_DESIGNATOR.match(f) or knowledge.find(f, "AircraftType") for f in forms)
        or text.split()[0] in _MAKER_WORDS | _OLD_MAKERS
    )


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
    if label == "Person" and "Person" not in found and _is_seat(text, folded, knowledge):
        return "Country" if "Country" in found else "City"
    if label in PLACE_LABELS:
        if "Country" in found:
            return "Country"
        if {"City", "Region"} <= found:
            return _city_or_region(text, folded, label, knowledge)
        if found and label not in found and found & {"City", "Region"}:
            return next(t for t in ("City", "Region") if t in found)
        if "Airport" in found and not found & {"City", "Region"} and _is_airports_own(folded, knowledge):
            return "Airport"
    if label == "Organization" and "Publisher" in found:
        return "Publisher"
    if label in ("Organization", "Publisher") and "Country" in found:
        return "Country"
    if found and label not in found and len(found & set(_TRUSTED)) == 1 and " " in folded:
        sure = next(iter(found & set(_TRUSTED)))
        return sure if sure != "Airport" or _is_airports_own(folded, knowledge) else label
    return label


# What the sentence and the other names of the article say ------------------------------------------------------------


def _reread(doc: Doc, taken: list[_Name], knowledge: Knowledge) -> list[_Name]:
    """The names again, with the class that their sentences and the article's other names prove."""
    whole = [part for name in _joined(doc, taken, knowledge) for part in _parts(doc, name, knowledge)]
    about_aircraft = any(label in ("Aircraft", "AircraftType") for _, _, label in whole) or any(
        t.lower_ in _CARRIERS for t in doc
    )
    families = knowledge.nicknames if about_aircraft else ()
    if about_aircraft:
        whole = sorted([*whole, *_planes(doc, whole, families)])
    organizations = {_fold(doc[s:e].text) for s, e, label in whole if label == "Organization"}
    people = {word for s, e, label in whole if label == "Person" and e - s > 1 for word in _fold(doc[s:e].text).split()}
    publishers = {
        _fold(doc[s:e].text)
        for s, e, label in whole
        if label != "Publisher" and _of_publisher(doc, s, e, label, knowledge) == "Publisher"
    }
    read = []
    for start, end, label in whole:
        folded = _fold(doc[start:end].text)
        if label == "Person" and folded in people:
            read.append((start, end, label))
            continue
        label = _of_airport(doc, start, end, label, knowledge)
        label = _of_place(doc, start, end, label, knowledge)
        if folded in publishers and label in ("Organization", "Person", "City"):
            label = "Publisher"
        elif label in _NOT_PLANES and _is_plane(doc, start, end, families):
            label = "AircraftType"
        elif label in ("Person", "City", "Region") and not knowledge.has(folded) and _shortens(folded, organizations):
            label = "Organization"  # "Lumina" after "Lumina Carga"
        read.append((start, end, label))
    return read


_NOT_PLANES = frozenset({"Organization", "Region", "City", "Person", "Weapon", "Facility"})


def _is_plane(doc: Doc, start: int, end: int, families: Collection[str]) -> bool:
    """ "The Ilyushin", "an Italian Falcon": a maker or a family of types that stands for one aircraft."""
    if end - start > 1 or not doc[start].text[:1].isupper():
        return False
    known = any(w in _MAKER_WORDS or w.lower() in families for w in _singular(doc[start].text))
    return known and _is_one_plane(doc, start, end)


def _singular(word: str) -> tuple[str, str]:
    """As written, and without a plural's s: "Airbus" is no plural."""
    return word, word.removesuffix("s")


def _shortens(folded: str, names: set[str]) -> bool:
    return any(name.startswith(f"{folded} ") for name in names)


# What a state has, with a capital: "Angolan Air Force", "Jordanian Embassy".
_BODIES = frozenset("Government Embassy Army Navy Parliament Congress Police Ministry Cabinet Consulate Senate".split())


_FORCES = frozenset({"Air Force", "Air Forces", "Armed Forces", "Army", "Navy", "Coast Guard"})


def _joined(doc: Doc, taken: list[_Name], knowledge: Knowledge) -> Iterator[_Name]:
    """Names that taggers cut in two: "Port Sudan", "Angolan Air Force", "Jordanian Embassy"."""
    pending: _Name | None = None
    for name in taken:
        if pending is None:
            pending = name
        elif (both := _one_name(doc, pending, name, knowledge)) is not None:
            pending = both
        else:
            yield _with_body(doc, pending, knowledge)
            pending = name
    if pending is not None:
        yield _with_body(doc, pending, knowledge)


def _one_name(doc: Doc, first: _Name, second: _Name, knowledge: Knowledge) -> _Name | None:
    if first[1] != second[0]:
        return None
    text = doc[first[0] : second[1]].text
    if first[2] == "City" and knowledge.find(text, "City"):
        return first[0], second[1], "City"
    if (
        doc[second[0] : second[1]].text in _FORCES
        and second[2] == "Organization"
        and _fold(doc[first[0] : first[1]].text) in knowledge.demonyms
    ):
        return first[0], second[1], "Organization"
    return None


def _with_body(doc: Doc, name: _Name, knowledge: Knowledge) -> _Name:
    """ "the Argentine Government" is a name as a whole, "the Italian air force" is not."""
    start, end, label = name
    follows = (
        end < len(doc) and doc[end].text in _BODIES and not (end + 1 < len(doc) and doc[end + 1].text[:1].isupper())
    )
    if label == "Country" and follows and _fold(doc[start:end].text) in knowledge.demonyms:
        return start, end + 1, "Organization"
    rest = doc[start + 1 : end]
    if (
        label == "Organization"
        and len(rest)
        and all(t.text.islower() for t in rest)
        and _fold(doc[start].text) in knowledge.demonyms
    ):
        return start, start + 1, "Country"
    return name


def _parts(doc: Doc, name: _Name, knowledge: Knowledge) -> Iterator[_Name]:
    """ "Gulf state" without its common noun; "LATAM 787" and "Qatar Airways 652" without what is no part of the name."""
    start, end, label = name
    if end - start > 1 and _has_common_noun(doc, end, label):
        yield start, end - 1, label
        return
    if label in _WITH_OWNER and end - start > 1 and (owner := _owner(doc, start, end, knowledge)):
        yield start, owner, "Organization"
        if _is_model_alone(doc[owner:end].text, knowledge):
            yield owner, end, "AircraftType"
        return
    yield name


_WITH_OWNER = ("Aircraft", "AircraftType", "Organization")


def _has_common_noun(doc: Doc, end: int, label: str) -> bool:
    """ "Gulf state": the noun is no part of the name. "Tocumen airport" is called so as a whole."""
    return label == "Region" and doc[end - 1].text in _STATE_NOUNS


def _owner(doc: Doc, start: int, end: int, knowledge: Knowledge) -> int | None:
    """Where the operator's name ends and an aircraft or a flight number begins; a maker is no operator."""
    number = doc[end - 1].text.isdigit()
    models = (at for at in range(start + 1, end) if _is_model_alone(doc[at:end].text, knowledge))
    at = next(models, end - 1 if number else None)
    if at is None or doc[at - 1].text in _MAKER_WORDS or doc[at - 1].lower_ in _SUBTYPES:
        return None
    owner = doc[start:at].text
    if knowledge.find(owner, "Organization") or doc[at - 1].lower_ in _CARRIER_ENDS:
        return at
    return (
        at
        if owner.isalpha() and owner.isupper() and len(owner) < 6 and _is_model_alone(doc[at:end].text, knowledge)
        else None
    )


_CARRIER_ENDS = frozenset("air airlines airways wings aviation cargo fly avia jet".split())
_SEVEN = re.compile(r"^7[0-8]7s?$")  # Boeing's airliners by their bare number


def _is_model_alone(text: str, knowledge: Knowledge) -> bool:
    """Is this a model without its maker: "787", "A340", "Voyager", "Airbus"?"""
    return bool(_SEVEN.match(text) or _DESIGNATOR.match(text)) or any(
        bare in _MAKER_WORDS or _fold(bare) in knowledge.nicknames or knowledge.find(bare, "AircraftType")
        for bare in _singular(text)
    )


def _planes(doc: Doc, taken: list[_Name], families: Collection[str]) -> Iterator[_Name]:
    """ "the 767", "a Hercules", "two ATRs": what nobody found, beside an article and in an article about aircraft."""
    free = set(range(len(doc))) - {i for start, end, _ in taken for i in range(start, end)}
    for i in sorted(free):
        if (_SEVEN.match(doc[i].text) and _is_one_plane(doc, i, i + 1)) or _is_plane(doc, i, i + 1, families):
            yield i, i + 1, "AircraftType"


def _is_one_plane(doc: Doc, start: int, end: int) -> bool:
    """ "the Ilyushin landed", "an old Antonov", "Libya's last Tupolev": one of the maker's; "Airbus said" is the maker."""
    after = doc[end] if end < len(doc) else None
    if after is not None and (after.text in ("-", "'s", "’s", "of") or after.text[:1].isdigit()):
        return False
    carrier = after is not None and doc[start].text.isdigit() and after.lower_ in _CARRIERS
    if after is not None and after.pos_ in ("NOUN", "PROPN") and not carrier:
        return False
    first = doc[start].sent.start
    for token in reversed(doc[max(first, start - 7) : start]):
        if token.pos_ in ("DET", "NUM") or token.dep_ == "nmod:poss" or token.text in ("'s", "’s"):
            return True
        part = token.pos_ == "ADJ" or token.text == "-" or (token.pos_ == "VERB" and token.dep_ == "amod")
        # "a second mystery Tupolev", but not "the plane maker Boeing".
        within = token.pos_ in ("NOUN", "PROPN") and start in (token.head.i, token.head.head.i)
        if not part and not within:
            return False
    return False


_COMMENTS = frozenset(
    "say tell announce declare want ask vote elect refuse reject agree sign thank accuse warn".split()
)


def _of_place(doc: Doc, start: int, end: int, label: str, knowledge: Knowledge) -> str:
    """ "Washington state" and the "Georgia" of Atlanta are regions, "Batumi-based" is a city, "in the Kremlin" a building."""
    text = doc[start:end].text
    if label == "City" and end < len(doc) and doc[end].text in _STATE_NOUNS and knowledge.find(text, "Region"):
        return "Region"
    if label == "Organization" and not text.isupper() and _is_located(doc, start, end):
        return "City" if {c.type for c in knowledge.find(text)} == {"City"} else label
    if label != "Country" or _fold(text) in knowledge.demonyms:
        return label
    if text in _PALACES and doc[max(0, start - 2) : start].text.lower() in _INSIDE:
        return "Facility"
    if _is_state_of_town(doc, start, text, knowledge) or _is_territory(doc, start, end, text, knowledge):
        return "Region"
    return label


def _is_territory(doc: Doc, start: int, end: int, text: str, knowledge: Knowledge) -> bool:
    """Guam and Pitcairn belong to another state: regions, unless they act."""
    known = next(iter(knowledge.find(text, "Country")), None)
    if known is None or known.attributes.get("country") not in knowledge.territories:
        return False
    root = doc[start:end].root
    return not (root.dep_ == "nsubj" and root.head.pos_ == "VERB" and root.head.lemma_.lower() in _COMMENTS)


_PALACES = frozenset({"Kremlin"})
_INSIDE = frozenset({"in the", "at the", "inside the", "outside the", "near the", "from the"})


def _is_located(doc: Doc, start: int, end: int) -> bool:
    """ "Batumi-based", "from Gao": a place and no team."""
    based = doc[end : end + 2].text == "-based"
    return based or (start > 0 and doc[start - 1].lower_ in ("from", "in", "to", "near", "at"))


def _is_state_of_town(doc: Doc, start: int, text: str, knowledge: Knowledge) -> bool:
    """ "Atlanta, Georgia": a state where the town before it says so."""
    regions = {c.attributes.get("country") for c in knowledge.find(text, "Region")}
    if start < 2 or doc[start - 1].text != "," or not regions:
        return False
    towns = knowledge.find(doc[start - 2].text, "City")
    return bool(towns) and towns[0].attributes.get("country") in regions - {
        c.attributes.get("country") for c in knowledge.find(text, "Country")
    }


_HERE = frozenset({"at", "into"})
_ON_WAY = frozenset({"from", "to", "for", "via", "towards", "toward", "of", "left", "leave", "leaving", "reached"})
_GROUNDS = frozenset("apron runway ramp strip airstrip tower taxiway".split())
_MOVES = frozenset(
    "land fly depart leave take lift arrive divert return touch head bind route operate scramble".split()
)
_TOWN = 150_000  # inhabitants from which on the bare name is taken for the town beside the airport


def _of_airport(doc: Doc, start: int, end: int, label: str, knowledge: Knowledge) -> str:
    """ "landed at Haneda", "the strip at Machulishchy", "Tocumen airport": the airport; "in Ciampino" is the town."""
    if label not in ("City", "Person", "Region", "Facility", "Organization"):
        return label
    before = doc[start - 1].lower_ if start else ""
    if _names_airport(doc, start, end) or (
        label == "City" and before == "at" and start > 1 and doc[start - 2].lower_ in _GROUNDS
    ):
        return "Airport"
    text = doc[start:end].text
    if label == "Organization" or not knowledge.is_field(text) or before in ("in", "near", "off"):
        return label
    if label == "Person":
        moves = before in _ON_WAY and any(t.lemma_.lower() in _MOVES for t in doc[start].sent)
        return "Airport" if (before in _HERE or moves) and not knowledge.find(text, "Person") else label
    towns = (c for c in knowledge.find(text, "City") if _fold(c.name) == _fold(text))
    return "Airport" if all(c.prominence < _TOWN for c in towns) else label


def _names_airport(doc: Doc, start: int, end: int) -> bool:
    """Does "airport" follow, and is it no "Moscow airport" among several?"""
    following = doc[end : end + 2].text.lower()
    if not following.startswith(("airport", "airfield", "airbase", "air base", "airstrip", "aerodrome")):
        return False
    words = following.split()
    if words[0].endswith("s") or (words[0] == "air" and words[1:] != ["base"]):
        return False
    return not (start and doc[start - 1].lower_ in ("a", "an", "another", "any", "every"))


_PAPERS = frozenset(
    "Post Times Herald Sentinel Tribune Gazette Chronicle Observer News Newspaper Zeitung Weekly".split()
)
_PUBLISHES = frozenset("newspaper daily weekly tabloid broadcaster magazine".split())


_PASSING = 2  # times that an article mentions the paper somebody spoke to


def _of_publisher(doc: Doc, start: int, end: int, label: str, knowledge: Knowledge) -> str:
    """Who is told, who is quoted after "the daily", whose name says so: a publisher, unless the name is known for another's."""
    text = doc[start:end].text
    if label not in ("Organization", "Person", "City") or knowledge.find(text, "Organization", "Person", "City"):
        return label
    before = [t.lower_ for t in doc[max(0, start - 2) : start]]
    after = [t.lower_ for t in doc[end : end + 4]]
    beside = bool(before) and (before[-1] in _PUBLISHES or before in (["news", "site"], ["news", "agency"]))
    described = (before[-1:] == [","] and before[0] in _PUBLISHES) or (
        after[:2] in ([",", "a"], [",", "the"]) and after[2:3] and after[2] in _PUBLISHES
    )
    follows = after[:2] == ["news", "agency"] or after[:1] == ["newspaper"]
    if beside or described or follows:
        return "Publisher"
    if label != "Organization":
        return label
    # Who listens is a paper, unless the article speaks of it all the time.
    told = start > 0 and doc[start - 1].lower_ in ("told", "tells") and doc[end - 1].text not in _BODIES
    told = told and doc.text.count(text) <= _PASSING
    quotes = end < len(doc) and doc[end].lower_ in ("quotes", "quoted")
    return "Publisher" if told or quotes or (end - start > 1 and doc[end - 1].text in _PAPERS) else label


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
            if words > 1 and text.endswith("s") and knowledge.find(text[:-1], "AircraftType") and end - i > 1:
                return i, end, "AircraftType"  # "two King Airs"
            continue
        types = [c.type for c in knowledge.find(text)]
        label = next((t for t in _TRUSTED if t in types), None)
        if label == "Region" and "City" in types:
            label = _city_or_region(text, folded, "", knowledge)
            if not label or (label == "City" and end - i == 1 and doc[i].ent_type_ in ("", "Person")):
                continue  # "New York": the model reads which; "Mary" alone is nobody's city
        if label is None or not _may_stand(doc, i, end, text, label, types, knowledge):
            continue
        return i, end, label
    return None


def _may_stand(doc: Doc, start: int, end: int, text: str, label: str, types: list[str], knowledge: Knowledge) -> bool:
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
    if label == "Airport" and not _is_airports_own(_fold(text), knowledge):
        return False  # a village with a strip
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


def _shapes(doc: Doc, knowledge: Knowledge) -> Iterator[_Name]:
    found = list(_registrations(doc))
    yield from found
    covered = {i for start, end, _ in found for i in range(start, end)}
    i = 0
    while i < len(doc):
        text = doc[i].text
        if i in covered:
            pass
        elif any(c.isdigit() for c in text) or "-" in text:
            if _REGISTRATION.match(text) and _is_registration(doc, i, i + 1):
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


_HYPHENED = re.compile(r"(?<![\w/-])[A-Z0-9]{1,4}-[A-Z0-9]{2,6}(?![\w-])")
# What an air force paints on the fin, and news gives after "serial" or "tail number".
_SERIAL = re.compile(
    r"\b(?:[Ss]erial|[Tt]ail number|[Tt]ail no\.)[ ,:]+(?P<serial>(?:[A-Z]{1,3}[- ]?)?\d[\d/-]{1,7}[A-Z]?)(?![\w/-])"
)


def _registrations(doc: Doc) -> Iterator[_Name]:
    """Registrations with a hyphen, which taggers cut in different ways, and serials that the words before them prove."""
    spans = [m.span() for m in _HYPHENED.finditer(doc.text) if _REGISTRATION.match(m[0])]
    for at in spans:
        span = doc.char_span(*at, alignment_mode="expand")
        if span is not None and span.text == doc.text[slice(*at)] and _is_registration(doc, span.start, span.end):
            yield span.start, span.end, "Aircraft"
    for match in _SERIAL.finditer(doc.text):
        span = doc.char_span(*match.span("serial"), alignment_mode="expand")
        if (
            span is not None
            and span.text == match["serial"]
            and match.span("serial") not in spans
            and _near_aircraft(doc, span.start, span.end)
        ):
            yield span.start, span.end, "Aircraft"


# One letter and a number also name pages, roads and groups of states.
_ONE_LETTER = re.compile(r"^[A-Z]-\d")


def _is_designator(doc: Doc, i: int, knowledge: Knowledge) -> bool:
    """A designator by its shape; with one letter only if the type is known or an aircraft is spoken of nearby."""
    text = doc[i].text
    if not _DESIGNATOR.match(text) or _NOT_AIRCRAFT.match(text):
        return False
    plain = re.sub(r"(?<=\d)[A-Z]{1,3}s?$", "", text)
    if not _ONE_LETTER.match(text) or any(knowledge.find(x, "AircraftType") for x in (text.rstrip("s"), plain)):
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
    if start and doc[start - 1].text in _MAKER_WORDS | _OLD_MAKERS:
        start -= 1
    while (
        end < len(doc)
        and doc[end].text[:1].isupper()
        and (doc[end].lower_ in _SUBTYPES or (end > i + 1 and _MODEL.match(doc[end].text)))
    ):
        end += 1
    return start, end


_SPEAKS_FOR_ITSELF = re.compile(
    rf"^(?!HR-)(?:(?:{_NUMBERED})-\d{{4,5}}[A-Z]?|[A-Z0-9]{{2}}-[A-Z]{{3}}|{_MIXED})$"
)  # four digits: no model has as many, but bills of the House do


def _is_registration(doc: Doc, start: int, end: int) -> bool:
    """A bare N-number or a four-letter tail needs an aircraft nearby; a national mark with a hyphen speaks for itself."""
    text = doc[start:end].text
    if _DESIGNATOR.match(text) and not re.search(r"\d{4}", text):
        return False  # "HC-130" is a model, and no Colombian
    return bool(_SPEAKS_FOR_ITSELF.match(text)) or _near_aircraft(doc, start, end)


def _near_aircraft(doc: Doc, start: int, end: int) -> bool:
    words = {t.lower_ for t in doc[max(0, start - 12) : end + 7]}
    named = any(t.ent_type_ == "AircraftType" for t in doc[max(0, start - 12) : end + 7] if not start <= t.i < end)
    return named or bool(
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
