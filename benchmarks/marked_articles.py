"""Score the reading of marked articles: `score.py` and the marks stand in a folder of their own (KG_GOLD).

    python benchmarks/marked_articles.py [--gold DIR] [--model NAME]

Runs `score.py articles`, `kg extract --json`, `score.py score`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def score(gold: Path, model: str) -> str:
    """The scorer's table over every marked article of the folder, read with this language model."""
    with tempfile.TemporaryDirectory() as folder:
        articles, findings = Path(folder) / "articles.jsonl", Path(folder) / "findings.jsonl"
        articles.write_bytes(_run([sys.executable, gold / "score.py", "articles", gold]))
        findings.write_bytes(
            _run(
                [
                    sys.executable,
                    "-c",
                    "from kg.cli import main; main()",
                    "extract",
                    articles,
                    "--json",
                    "--model",
                    model,
                ]
            )
        )
        return _run([sys.executable, gold / "score.py", "score", gold, findings]).decode()


def _run(command: list[object]) -> bytes:
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=os.environ.get("KG_GOLD"))
    parser.add_argument("--model", default="default")
    arguments = parser.parse_args()
    if arguments.gold is None or not (arguments.gold / "score.py").exists():
        print("skipped: no marked articles (set KG_GOLD or --gold to a folder with score.py)")
        return
    print(score(arguments.gold, arguments.model))


if __name__ == "__main__":
    main()
