"""The whole way on the samples, offline: article → graph → three queries → report.

Example: kg demo
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import print_table

ARTICLE = "article.html"
TRACKS = ("constructed_trace_full_5003fa.json", "constructed_flightradar24.csv")
QUERIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("@links-by-verdict", {}),
    ("@itinerary", {"aircraft": "T7-KGX"}),
    ("@who-met-whom", {}),
)


def command(
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="Folder to make.")] = Path("demo-workspace"),
    output: Annotated[Path, typer.Option("--output", "-o", help="The report.")] = Path("report.html"),
) -> None:
    from kg.cli import ingest, observe, report
    from kg.cli.query import prepare
    from kg.workspace import Workspace

    print("The samples are constructed: the aircraft, the people and the flights do not exist.\n")
    with as_file(files("kg.samples")) as samples:
        print(f"$ kg ingest {ARTICLE}", flush=True)
        ingest.command([str(samples / ARTICLE)], workspace)
        print(f"\n$ kg observe {' '.join(TRACKS)}", flush=True)
        observe.command([samples / name for name in TRACKS], workspace)
    for name, values in QUERIES:
        print(f"\n$ kg query {name}" + "".join(f" -p {k}={v}" for k, v in values.items()), flush=True)
        with Workspace.open(workspace) as ws:
            print_table(*ws.query(*prepare(name, values)))
    print(f"$ kg report -o {output}", flush=True)
    report.command(None, output, workspace=workspace, title="Demo: a constructed story")
