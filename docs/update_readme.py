"""Put the demo's own output into the README: python docs/update_readme.py"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- demo: begin -->", "<!-- demo: end -->"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from kg.cli import main; main()", "demo"]
        done = subprocess.run(
            command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    output = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    block = f"{BEGIN}\n\n```\n{re.sub(chr(10) + '{3,}', chr(10) * 2, output).strip()}\n```\n\n{END}"
    README.write_text(
        re.sub(f"{BEGIN}.*{END}", lambda _: block, README.read_text(encoding="utf-8"), flags=re.DOTALL),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
