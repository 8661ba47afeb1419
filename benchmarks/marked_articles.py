"""Score the reading of marked articles: `score.py` and the marks stand in a folder of their own (KG_GOLD).

    python benchmarks/marked_articles.py [--gold DIR] [--write docs/evaluation.md]

Runs `score.py articles`, `kg extract --json`, `score.py score`, and puts the table between the marks of the page.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- marked articles: begin -->", "<!-- marked articles: end -->"


def score(gold: Path) -> str:
    """The scorer's table over every marked article of the folder."""
    with tempfile.TemporaryDirectory() as folder:
        articles, findings = Path(folder) / "articles.jsonl", Path(folder) / "findings.jsonl"
        articles.write_bytes(_run([sys.executable, gold / "score.py", "articles", gold]))
        findings.write_bytes(
            _run([sys.executable, "-c", "from kg.cli import main; main()", "extract", articles, "--json"])
        )
        return _run([sys.executable, gold / "score.py", "score", gold, findings]).decode()


def _run(command: list[object]) -> bytes:
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout


def write(page: Path, table: str) -> None:
    """Replace what stands between the marks."""
    text = page.read_text(encoding="utf-8")
    body = f"{BEGIN}\n\nMeasured {datetime.now(UTC):%Y-%m-%d} by `python benchmarks/marked_articles.py`.\n\n```\n{table.strip()}\n```\n\n{END}"
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: body, text, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=os.environ.get("KG_GOLD"))
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    if arguments.gold is None or not (arguments.gold / "score.py").exists():
        print("skipped: no marked articles (set KG_GOLD or --gold to a folder with score.py)")
        return
    table = score(arguments.gold)
    print(table)
    if arguments.write is not None:
        write(arguments.write, table)


if __name__ == "__main__":
    main()
