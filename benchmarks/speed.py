"""Words per second of the whole ingest beside the bare encoder, in one run: the ratio is what counts.

    python benchmarks/speed.py [--data DIR] [--articles N]

The articles are the texts of a folder of .txt files (DIR or KG_DATA/gold); without one, the sample article repeated.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from kg.ids import make_id
from kg.model import Article


def load_articles(folder: Path | None, count: int) -> list[Article]:
    """`count` different articles: the texts in turn, each with its number in front so that none is read twice."""
    texts = [p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.txt"))] if folder else []
    if not texts:
        from importlib.resources import files

        texts = [files("kg.samples").joinpath("article.txt").read_text(encoding="utf-8")]
    numbered = (f"{texts[i % len(texts)]}\n\nCopy {i}." for i in range(count))
    return [Article(make_id("art", "", text), "", text) for text in numbered]


def time_encoder(articles: list[Article]) -> float:
    from pipelines.nlp import load_language

    nlp = load_language()
    list(nlp.pipe(["Warm up."]))
    start = time.perf_counter()
    for _ in nlp.pipe((a.text for a in articles[1:]), batch_size=8):
        pass
    return time.perf_counter() - start


def time_ingest(articles: list[Article]) -> float:
    from kg.statements import statements_of_findings
    from kg.workspace import Workspace
    from pipelines.build import extract_all, open_knowledge
    from pipelines.nlp import load_language

    nlp = load_language()
    open_knowledge()
    with tempfile.TemporaryDirectory() as folder, Workspace.open(Path(folder) / "ws", write=True) as ws:
        for findings in extract_all(articles[:1], nlp):  # what is imported on first use is not what is measured
            ws.ledger.put(findings.article.id, "article", statements_of_findings(findings), findings.article)
        ws.rebuild_graph()
        start = time.perf_counter()
        for findings in extract_all(articles[1:], nlp):
            ws.ledger.put(findings.article.id, "article", statements_of_findings(findings), findings.article)
        ws.rebuild_graph()
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_GOLD"))
    parser.add_argument("--articles", type=int, default=60)
    arguments = parser.parse_args()
    articles = load_articles(Path(arguments.data) if arguments.data else None, arguments.articles)
    words = sum(len(a.text.split()) for a in articles[1:])
    encoder, ingest = time_encoder(articles), time_ingest(articles)
    print(f"{datetime.now(UTC):%Y-%m-%d}  {len(articles) - 1} articles, {words} words")
    print(f"language pipeline alone   {words / encoder:8.0f} words/s   1.00")
    print(f"whole ingest              {words / ingest:8.0f} words/s   {ingest / encoder:.2f} × the pipeline's time")


if __name__ == "__main__":
    main()
