"""How fast the models read, beside the bare encoders and spaCy's small pipeline, in one run on one text.

    python benchmarks/reading_speed.py --data DIR [--cnn DIR] [--encoders DIR] [--pipeline NAME] [--threads 2]

`pipelines.nlp.training.export --bare` writes the encoders. The text is EWT dev, raw paragraphs, as many as `--words`. A yardstick that is absent is skipped, with the reason. Each is run
three times in turn and the best time counts: other work on the machine slows a run, nothing speeds it up.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines.nlp import load_language

sys.path.insert(0, str(Path(__file__).parent))
from language import read_texts

ROUNDS = 3


def texts(data: Path, words: int) -> list[str]:
    """Paragraphs of about so many words in all."""
    found: list[str] = []
    for text, cut, _ in read_texts(data / "train/ud-ewt/en_ewt-ud-dev.conllu"):
        if words <= 0:
            break
        found.append(text)
        words -= len(cut)
    return found


def pipeline(name: str, lines: list[str], threads: int) -> Callable[[], int]:
    """Reads all texts; gives the number of words."""
    nlp = load_language(name, threads)
    return lambda: sum(len(doc) for doc in nlp.pipe(lines, batch_size=64))


def windows(name: str, lines: list[str], threads: int) -> Callable[[], int]:
    """The network with its heads alone, on sentences that are already words."""
    nlp = load_language(name, threads)
    encoder = nlp.get_pipe("kg_reader").encoder
    sentences = [[t.text for t in sent] for doc in nlp.pipe(lines) for sent in doc.sents if len(sent) < 200]

    def run() -> int:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(encoder.score, sentences))
        return sum(map(len, sentences))

    return run


def bare(path: Path, name: str, lines: list[str], threads: int) -> Callable[[], int]:
    """An encoder without heads (ONNX, one input of word pieces), on the same sentences."""
    import onnxruntime

    nlp = load_language(name, threads)
    pieces = nlp.get_pipe("kg_reader").encoder.pieces
    sentences = [[t.text for t in sent] for doc in nlp.pipe(lines) for sent in doc.sents if len(sent) < 200]
    rows = [[pieces.start, *(p for word in pieces.of(s) for p in word), pieces.end] for s in sentences]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run() -> int:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda row: session.run(None, {session.get_inputs()[0].name: [row]}), rows))
        return sum(map(len, sentences))

    return run


def runners(options: argparse.Namespace, lines: list[str]) -> Iterator[tuple[str, Callable[[], int]]]:
    """What is measured; what is not here is said so."""
    for name in ("default", "fast"):
        yield f"{name}: text to Doc", pipeline(name, lines, options.threads)
        yield f"{name}: network with heads", windows(name, lines, options.threads)
        for path in sorted(options.encoders.glob(f"{name}/*.onnx")) if options.encoders else ():
            yield f"{name}: bare encoder, {path.stem}", bare(path, name, lines, options.threads)
    if options.pipeline:
        yield f"{options.pipeline}: text to Doc", pipeline(options.pipeline, lines, options.threads)
    if options.cnn and options.cnn.exists():
        yield "spaCy CNN: text to Doc", pipeline(str(options.cnn), lines, options.threads)
    else:
        print("skipped: spaCy's CNN (train it with benchmarks/spacy_cnn.py)", file=sys.stderr)


def memory(name: str) -> str:
    """Peak resident memory (MB) of a process that opens a model and reads one article.

    As Linux has it for the program alone: `ru_maxrss` would count the process that started it, too.
    """
    code = f"""
from pathlib import Path
from pipelines.nlp import load_language
nlp = load_language({name!r})
nlp("A plane of the air force flew from Minsk to Oslo on Friday, officials said. " * 60)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("KG_DATA") and Path(os.environ["KG_DATA"]))
    parser.add_argument("--cnn", type=Path, help="the folder model-best that benchmarks/spacy_cnn.py wrote")
    parser.add_argument("--pipeline", help="an installed spaCy pipeline")
    parser.add_argument("--encoders", type=Path, help="folder with bare encoders: default/ and fast/")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--words", type=int, default=8_000)
    options = parser.parse_args()
    if not options.data or not options.data.exists():
        print("skipped: the corpora are not here; name their folder with --data or KG_DATA", file=sys.stderr)
        return 0
    found = list(runners(options, texts(options.data, options.words)))
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, run in found:
            began = time.perf_counter()
            words = run()
            best[name] = max(best.get(name, 0.0), words / (time.perf_counter() - began))
    fastest = max(best.values())
    print(f"{'':34} words/s   ratio   ({options.threads} threads, load {os.getloadavg()[0]:.1f})")
    for name, pace in best.items():
        print(f"{name:34} {pace:7.0f}   {pace / fastest:.3f}")
    for name in ("default", "fast"):
        print(f"{name}: peak resident memory        {memory(name)} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
