"""Gather countries and office holders from reference data into `ontologies/entities/*.yaml`.

    python -m pipelines.knowledge.gather_facts COUNTRIES_DIR PEOPLE_DIR

COUNTRIES_DIR holds one YAML file per territory (name, qid); PEOPLE_DIR one folder per cabinet with Wikidata extracts
(CC0): `html/holders21.csv` (position, person, personID, start, end) and `data/wikipedia.csv` of world leaders. Facts
only: names, ids, offices and their dates.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import yaml

CABINETS = {
    "belarus-ministers": "BY", "china-ministers": "CN", "cuba": "CU", "france-cabinet": "FR", "india-ministers": "IN", "iran-ministers": "IR",
    "israel-ministers": "IL", "japan-ministers": "JP", "kazakhstan-cabinet": "KZ", "north-korea": "KP", "russia-cabinet": "RU",
    "south-korea-ministers": "KR", "syria": "SY", "taiwan": "TW", "turkey-ministers": "TR", "ukraine-cabinet": "UA",
    "united-kingdom-cabinet": "GB", "us-cabinet": "US", "venezuela": "VE", "vietnam": "VN",
}  # fmt: skip
# Offices that news about states is about.
OFFICE = re.compile(
    r"^(?:First )?(?:Supreme Leader|President|Prime Minister|Premier|Chancellor|Vice President|(?:United States )?Secretary of (?:State|Defense)|"
    r"Minister (?:of|for) (?:Foreign|External|Defen[cs]e|European and Foreign|Europe and Foreign|National Defen[cs]e)[\w ]*|Secretary of State for (?:Foreign|Defence)[\w, ]*|"
    r"Deputy Prime Minister|National Security Advis[eo]r|King|Emperor|Chief of the General Staff|Director of the Central Intelligence Agency|"
    r"Director of (?:State Affairs|the FSB)|General Secretary[\w ]*|State Councilor|Monarch of the United Kingdom|Chairman of the State Affairs Commission)\b"
)
SOURCE = "Wikidata (CC0), as of January 2023"


def main(countries: Path, people: Path) -> None:
    target = Path(str(files("ontologies"))) / "entities"
    _write(
        target / "territories.yaml",
        {"source": "names and Wikidata ids of territories, MIT", "territories": list(_territories(countries))},
    )
    _write(target / "office_holders.yaml", {"source": SOURCE, "people": list(_people(people))})


def _territories(folder: Path) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob("??.yml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        if entry.get("qid"):
            yield {"iso2": path.stem.upper(), "name": entry["name"], "wikidata": entry["qid"]}


def _people(folder: Path) -> Iterator[dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for row in _cabinet_rows(folder):
        person = found.setdefault(
            row["id"], {"name": re.sub(r"\s*\(.*\)$", "", row["name"]), "wikidata": row["id"], "offices": []}
        )
        office = {k: row[k] for k in ("title", "of", "since", "until") if row[k]}
        if office not in person["offices"]:  # type: ignore[operator]
            person["offices"].append(office)  # type: ignore[attr-defined]
    return iter(sorted(found.values(), key=lambda p: str(p["wikidata"])))


def _cabinet_rows(folder: Path) -> Iterator[dict[str, str]]:
    for name, iso2 in CABINETS.items():
        for row in _rows(folder / name / "html" / "holders21.csv"):
            if (
                OFFICE.match(row["position"])
                and (not row["end"] or row["end"] >= "2008")
                and row["personID"].startswith("Q")
            ):
                yield {
                    "id": row["personID"],
                    "name": row["person"],
                    "title": row["position"],
                    "of": iso2,
                    "since": row["start"],
                    "until": row["end"],
                }
    codes = {
        t["name"]: t["iso2"]
        for t in yaml.safe_load((Path(str(files("ontologies"))) / "entities/territories.yaml").read_text())[
            "territories"
        ]
    }
    for row in _rows(folder / "world-leaders-2021/data/wikipedia.csv"):
        country = codes.get(row["country"])
        title = re.sub(r"\s+of\s+.*$", "", row["positionlabel"])
        if country and country not in CABINETS.values() and re.match(r"^Q\d+$", row["officeholder"] or ""):
            yield {
                "id": row["officeholder"],
                "name": row["officeholderlabel"],
                "title": title,
                "of": country,
                "since": row["start_year"],
                "until": row["end_year"],
            }


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, data: object) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
