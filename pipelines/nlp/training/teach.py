"""Let a trained model read plain text, so that a smaller one learns what it says and how sure it is.

    python -m pipelines.nlp.training.teach --data DIR --out OUT [--model default] [--words 1500000] [--threads 2]

Writes `OUT/taught-NNN.npz`, 2,000 sentences each; a second call goes on where the first stopped. The plain text: news
sentences (GMB), news articles (WikiEvents), the main text of the saved pages in `dev/html`, encyclopaedia (Few-NERD).
None of their marks are looked at.
"""

from __future__ import annotations

import argparse
import itertools
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from pipelines.nlp.training.answers import answers_of, read, save
from pipelines.nlp.training.data import dev_keys, key, load
from pipelines.nlp.training.documents import windows

SHARD = 2_000  # sentences in a file
LENGTHS = range(3, 90)  # words of a sentence that is worth reading

# --- plain text -----------------------------------------------------------------------------------------------------


def pages(folder: Path) -> Iterator[str]:
    """Main text of the saved English pages."""
    import trafilatura

    from pipelines.fetching.languages import ENGLISH, language_of

    with tarfile.open(folder / "eval-html.tar.gz") as archive:
        for member in sorted((m for m in archive if m.name.endswith(".html")), key=lambda m: m.name):
            html = archive.extractfile(member)
            text = trafilatura.extract(html.read(), include_comments=False, include_tables=False) if html else None
            if text and language_of(text) == ENGLISH:
                yield text


def plain(data: Path, model: str) -> Iterator[list[str]]:
    """Words of one sentence after another, the kinds of text in turn."""
    from pipelines.nlp import load_language

    known, nlp = load(data), load_language(model)
    news = (d.words[s:e] for d in known.documents["wikievents"] for s, e in windows(d, most=40))
    docs = nlp.pipe(pages(data / "dev/html"))
    saved = ([t.text for t in sent if t.pos_ != "SPACE"] for doc in docs for sent in doc.sents)
    streams: list[Iterator[list[str]]] = [
        (s.words for s in known.sets["gmb"]),
        saved,
        news,
        (s.words for s in known.sets["part"][::2]),
    ]
    held = {key(s.words) for found in known.dev.values() for s in found} | dev_keys(data / "dev")
    while streams:
        for stream in list(streams):
            words = next(stream, None)
            if words is None:
                streams.remove(stream)
            elif len(words) in LENGTHS and key(words) not in held:
                yield words


def run(data: Path, out: Path, model: str, words: int, threads: int) -> None:
    """Write files until so many words are read. Each sentence is one window."""
    from pipelines.nlp import load_language

    out.mkdir(parents=True, exist_ok=True)
    done = sorted(out.glob("taught-*.npz"))
    count = sum(len(s.words) for path in done for s in read(path))
    encoder = load_language(model).get_pipe("kg_reader").encoder
    lines = islice(plain(data, model), SHARD * len(done), None)
    with ThreadPoolExecutor(threads) as pool:
        for number in itertools.count(len(done)):
            chunk = list(islice(lines, SHARD))
            if count >= words or not chunk:
                return
            save(out / f"taught-{number:03}.npz", chunk, [answers_of(x) for x in pool.map(encoder.score, chunk)])
            count += sum(map(len, chunk))
            print(f"{number + 1} files, {count} words", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--words", type=int, default=1_500_000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    run(options.data, options.out, options.model, options.words, options.threads)
