"""Frames alone, the head alone, both: events and legs of the corpus's part `dev`, articles read once by the language model.

    KG_DATA=… python benchmarks/event_readers.py [--model default] [--part dev]

Without KG_DATA the sentences of others are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg.findings import to_json
from pipelines.build import open_knowledge, read_article
from pipelines.eventing import READERS
from pipelines.fetch import fetch
from pipelines.nlp import load_language

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
import score  # scripts beside their data
import standoff

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from kg.model import Article

SETTINGS = {"frames": {"rules"}, "head": {"model"}, "both": {"rules", "model"}}
LAYERS = ("legs", "events: type", "events: type, actor and target", "events: type and parties", "events: realis", "events: source chain")  # fmt: skip


def docs_of(lines: Iterable[str], nlp: Language) -> list[tuple[str, Article, Doc]]:
    """Articles of JSON lines with their docs."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        read = [(item.ref, item.article) for item in fetch(str(path))]
    docs = nlp.pipe(article.text for _, article in read)
    return [(ref, article, doc) for (ref, article), doc in zip(read, docs, strict=True)]


def findings(read: Iterable[tuple[str, Article, Doc]], setting: str) -> list[str]:
    """What `kg extract --json` would print in this setting."""
    READERS.set(frozenset(SETTINGS[setting]))
    knowledge = open_knowledge()
    return [json.dumps({"ref": ref, **to_json(read_article(a, doc, knowledge))}) for ref, a, doc in read]


def rows(tables: dict[str, list[str]]) -> Iterator[str]:
    """One line a layer, the settings side by side."""
    found = {setting: {line[:54].strip(): line[54:] for line in lines} for setting, lines in tables.items()}
    yield f"{'P / R / F1':34}" + "".join(f"{setting:>24}" for setting in tables)
    for layer in LAYERS:
        cells = [found[setting].get(layer, "").split() for setting in tables]
        if all(cells):
            yield f"{layer:34}" + "".join(f"{' / '.join(c[:3]):>24}" for c in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append")
    parser.add_argument("--part", default="dev", choices=score.PARTS)
    options = parser.parse_args()
    data = Path(os.environ.get("KG_DATA", "data"))
    for model in options.model or ["default", "fast"]:
        nlp = load_language(model)
        own = docs_of(score.articles(options.part), nlp)
        tables = {s: list(score.run(findings(own, s), options.part, None)) for s in SETTINGS}
        print(f"{model}: {tables['both'][0]}", *rows(tables), sep="\n")
        if (data / "train/gmb").exists():
            source = standoff.Source(data)
            others = docs_of(standoff.articles(source, options.part), nlp)
            tables = {s: list(standoff.scores(findings(others, s), source, options.part)) for s in SETTINGS}
            print(f"{model}: {tables['both'][0]}", *rows(tables), sep="\n")


if __name__ == "__main__":
    main()
