"""What commands share: the workspace and JSON options, tables, progress on stderr, errors in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

T = TypeVar("T")

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", envvar="KG_WORKSPACE", help="Folder of the ledger and the graph.", show_default=True
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
DEFAULT_WORKSPACE = Path("kg-workspace")


def print_json(value: object) -> None:
    """One JSON document on one line: commands compose."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], as_json: bool) -> None:
    """Rows as a table, or as one JSON object a line."""
    if as_json:
        for row in rows:
            print_json(dict(zip(columns, row, strict=True)))
    else:
        print_table(columns, rows)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A plain table, wrapped to the terminal; complete lines where the output is a file or a pipe."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(
        *(Column(header=Text(clean(c))) for c in columns), box=SIMPLE_HEAD, pad_edge=False, header_style="bold"
    )
    count = 0
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
        count += 1
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    if count:
        console.print(table)
    console.print(f"{count} row{'' if count == 1 else 's'}", style="dim")


def clean(cell: object) -> str:
    """A cell as text without control characters: an article must not steer the reader's terminal."""
    if cell is None:
        return ""
    if isinstance(cell, (list, tuple)):
        return ", ".join(clean(part) for part in cell)
    text = f"{cell:.2f}" if isinstance(cell, float) else str(cell)
    return "".join(c if c.isprintable() else " " for c in text)


def say(line: str) -> None:
    """A line for people, on stderr, so that stdout holds data alone."""
    print(clean(line), file=sys.stderr)


def complain(error: Exception) -> None:
    """One source that could not be read, in words; the others go on."""
    from kg.cli import _in_words
    from kg.errors import KgError

    print(_in_words(error) if isinstance(error, KgError) else f"kg: {error}", file=sys.stderr)


def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Pass the items on, with a bar on stderr where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, description=label, total=total)
