"""How often the language of a text is recognised: English sentences, and saved pages that state their language.

    python benchmarks/text_language.py --data DIR

`DIR` (or `KG_DATA`) holds `train/gmb` (English news) and `dev/html` (pages in many languages; what a page states is now
and then wrong, so the second figure is a lower bound).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import trafilatura

from pipelines.fetching.languages import ENGLISH, language_of
from pipelines.nlp.training.data import read_gmb

STATED = re.compile(rb"<html[^>]*?\blang\s*=\s*[\"']?([a-zA-Z]{2})\b", re.IGNORECASE)


def english_sentences(path: Path, count: int = 6_000) -> str:
    sentences = [" ".join(s.words) for s in read_gmb(path)][:count]
    wrong = sum(language_of(s) != ENGLISH for s in sentences)
    return f"English sentences taken for another language: {wrong} of {len(sentences)}"


def pages(path: Path) -> Iterator[tuple[str, str]]:
    """What each page with an article states, and what we say of its text."""
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".html") else None
            html = file.read() if file else b""
            stated = STATED.search(html[:4_000])
            text = trafilatura.extract(html, include_comments=False) if stated else None
            if stated and text and len(text) > 200:
                yield stated.group(1).decode().lower(), language_of(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    options = parser.parse_args()
    if not options.data or not options.data.exists():
        print("skipped: the corpora are not here; name their folder with --data or KG_DATA", file=sys.stderr)
        return 0
    print(english_sentences(options.data / "train/gmb/ner_dataset.csv.gz"))
    found = list(pages(options.data / "dev/html/eval-html.tar.gz"))
    same = sum(stated == ours for stated, ours in found)
    missed = Counter(stated for stated, ours in found if ours == ENGLISH != stated)
    refused = Counter(ours for stated, ours in found if stated == ENGLISH != ours)
    print(f"pages whose stated language is ours: {same} of {len(found)}")
    print(f"pages read as English that state another: {missed.total()} {dict(missed.most_common(5))}")
    print(f"pages that state English and are read as another: {refused.total()} {dict(refused.most_common(5))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
