"""What decided the design of the language models: each choice beside its alternative, in one run.

    python benchmarks/ablations.py quantisation --data DIR --run DIR [--size fast]   # 32 bits, 8 bits in blocks and in columns

`--run` is the folder of a training run (it needs the extra [train]). Words a second are those of this run, beside each other;
EWT dev.
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

from language import Row, gold_words

from pipelines.nlp.training import data as corpora

SENTENCES = 400  # of EWT dev, for the slow ones


def measured(rows: Callable[[], list[Row]], words: int, *wanted: str) -> str:
    began = time.perf_counter()
    values = {what: value for _, what, value in rows()}
    pace = words / (time.perf_counter() - began)
    return "  ".join(f"{w} {values[w]}" for w in wanted) + f"  {pace:.0f} words/s"


def quantisation(options: argparse.Namespace) -> Iterator[str]:
    from pipelines.nlp.component import build
    from pipelines.nlp.training import export
    from pipelines.nlp.training.network import SIZES

    sentences = list(corpora.read_trees(options.data / "train/ud-ewt/en_ewt-ud-dev.conllu"))[:SENTENCES]
    words = sum(len(s.words) for s in sentences)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        network = export.load_network(options.run, SIZES[options.size])
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
    parser.add_argument("what", choices=["quantisation"])
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    parser.add_argument("--run", type=Path)
    parser.add_argument("--size", default="default", help="default, fast")
    options = parser.parse_args()
    if not options.data or not options.data.exists():
        print("skipped: the corpora are not here; name their folder with --data or KG_DATA", file=sys.stderr)
        return 0
    if not options.run:
        parser.error("quantisation needs --run, the folder of a training run")
    for line in quantisation(options):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
