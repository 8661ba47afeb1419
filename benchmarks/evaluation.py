"""Run the benchmarks and put what they print between the marks of `docs/evaluation.md`.

    KG_DATA=… KG_GOLD=… python benchmarks/evaluation.py [SECTION…]

A benchmark whose data is absent says so, and its section stays as it was.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "evaluation.md"
# Section of the page → the command that prints it.
SECTIONS = {
    "marked articles": ["marked_articles.py"],
    "marked articles, fast": ["marked_articles.py", "--model", "fast"],
    "corpus": ["corpus/score.py", "run", "--part", "dev"],
    "event readers": ["event_readers.py"],
    "language": ["language.py"],
    "language errors": ["language_errors.py"],
    "coreference": ["coreference.py"],
    "reading speed": ["reading_speed.py"],
    "text language": ["text_language.py"],
    "times": ["times.py"],
    "event types": ["events.py"],
    "speed": ["speed.py", "--articles", "61"],
}


def run(command: list[str]) -> str:
    """What the benchmark printed; it shows its progress and its reasons on stderr."""
    done = subprocess.run(
        [sys.executable, HERE / command[0], *command[1:]], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip("\n").rstrip()


def put(page: str, section: str, command: list[str], table: str) -> str:
    """The page with this table in its section."""
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    if begin not in page:
        raise SystemExit(f"docs/evaluation.md has no section {section!r}: add {begin} and {end}.")
    said = f"Measured {datetime.now(UTC):%Y-%m-%d} by `python benchmarks/{' '.join(command)}`."
    body = f"{begin}\n\n{said}\n\n```\n{table}\n```\n\n{end}"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: body, page, flags=re.DOTALL)


def main() -> None:
    wanted = sys.argv[1:] or list(SECTIONS)
    if unknown := set(wanted) - set(SECTIONS):
        raise SystemExit(f"No section {', '.join(sorted(unknown))}. There are: {', '.join(SECTIONS)}.")
    for section in wanted:
        print(f"{section} …", file=sys.stderr)
        table = run(SECTIONS[section])
        if table and not table.lower().startswith("skipped"):
            PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), section, SECTIONS[section], table), encoding="utf-8")


if __name__ == "__main__":
    main()
