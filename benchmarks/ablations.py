"""What decided the design of the language models: each choice beside its alternative, in one run.

    python benchmarks/ablations.py reading --data DIR [--model NAME …]     # a paragraph once, or each sentence again
    python benchmarks/ablations.py quantisation --data DIR --run DIR       # 32 bits, and 8 bits in blocks and in columns

`--run` is the folder of a training run of the default model (it needs the extra [train]). Words a second are those of this
run, beside each other; EWT dev.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from language import PLACES, Row, gold_words, raw_text, read_texts
from spacy.language import Language

from pipelines.nlp import load_language
from pipelines.nlp.training import data as corpora

SENTENCES = 400  # of EWT dev, for the slow ones
WIDE = {"PER": {"Person"}, "LOC": PLACES, "ORG": {"Organization", "Publisher"}}


def measured(rows: Callable[[], list[Row]], words: int, *wanted: str) -> str:
    began = time.perf_counter()
    values = {what: value for _, what, value in rows()}
    pace = words / (time.perf_counter() - began)
    return "  ".join(f"{w} {values[w]}" for w in wanted) + f"  {pace:.0f} words/s"


# --- reading ----------------------------------------------------------------------------------------------------------


def raw_names(nlp: Language, data: Path) -> float:
    """F1 of UNER-EWT's names on raw paragraphs, by characters; sentences that UNER cuts otherwise have none."""
    trees = data / "train/ud-ewt/en_ewt-ud-dev.conllu"
    marked = {" ".join(w): t for w, t in corpora.read_columns(data / "dev/uner-ewt/en_ewt-ud-dev.iob2", 1, 2)}
    places = [(n, s, e) for n, (_, words, _) in enumerate(read_texts(trees)) for s, e, *_ in words]
    gold: dict[tuple[int, int, int], str] = {}
    at = 0
    for sentence in corpora.read_trees(trees):
        tags = marked.get(" ".join(sentence.words), ["O"] * len(sentence.words))
        for first, last, name in corpora.runs(tags):
            start, end = corpora.trim(sentence.words, first, last, name == "PER")
            if name in WIDE and start < end:
                gold[(*places[at + start][:2], places[at + end - 1][2])] = name
        at += len(sentence.words)
    ours = set().union(*WIDE.values())
    docs = enumerate(nlp.pipe((t for t, _, _ in read_texts(trees)), batch_size=64))
    found = {
        (n, e.start_char, e.end_char): e.label_ for n, d in docs for e in d.ents if e.label_ in ours and not e._.demonym
    }
    right = sum(label in WIDE.get(gold.get(span, ""), ()) for span, label in found.items())
    return 200 * right / (len(found) + len(gold))


def reading(options: argparse.Namespace) -> Iterator[str]:
    path = options.data / "train/ud-ewt/en_ewt-ud-dev.conllu"
    words = sum(len(w) for _, w, _ in read_texts(path))
    for model in options.model or ("default", "fast"):
        nlp = load_language(model)
        for alone, name in ((False, "paragraph once"), (True, "each sentence again")):
            nlp.get_pipe("kg_reader").encoder.alone = alone
            row = measured(lambda: raw_text(nlp, "", path), words, "LAS")  # noqa: B023 # called at once
            yield f"{model:8} {name:20} raw text {row}  names F1 {raw_names(nlp, options.data):.1f}"


# --- quantisation -----------------------------------------------------------------------------------------------------


def quantisation(options: argparse.Namespace) -> Iterator[str]:
    from pipelines.nlp.component import build
    from pipelines.nlp.training import export
    from pipelines.nlp.training.network import SIZES

    sentences = list(corpora.read_trees(options.data / "train/ud-ewt/en_ewt-ud-dev.conllu"))[:SENTENCES]
    words = sum(len(s.words) for s in sentences)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        network = export.load_network(options.run, SIZES["default"])
        export.write_pairs(network, folder / "pairs.json")
        export.to_onnx(network, folder / "float.onnx")
        shutil.copy(options.run / "labels.json", folder)
        shutil.copy(options.run / "encoder/tokenizer.json", folder)
        for block, name in ((None, "32 bits"), (64, "8 bits, blocks of 64"), (0, "8 bits, columns")):
            if block is None:
                shutil.copy(folder / "float.onnx", folder / "model.onnx")
            else:
                export.quantize(folder / "float.onnx", folder / "model.onnx", block)
            nlp = build(folder, "ablation", 2)
            row = measured(lambda: gold_words(nlp, "", sentences), words, "UPOS", "UAS", "LAS")  # noqa: B023 # called at once
            yield f"{name:22} {row}  {(folder / 'model.onnx').stat().st_size >> 20} MiB"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["reading", "quantisation"])
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    parser.add_argument("--model", action="append", help="default, fast")
    parser.add_argument("--run", type=Path)
    options = parser.parse_args()
    if not options.data or not options.data.exists():
        print("skipped: the corpora are not here; name their folder with --data or KG_DATA", file=sys.stderr)
        return 0
    if options.what == "quantisation" and not options.run:
        parser.error("quantisation needs --run, the folder of a training run")
    for line in {"reading": reading, "quantisation": quantisation}[options.what](options):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
