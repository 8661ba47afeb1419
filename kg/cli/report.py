"""One self-contained page for an editor: map, timeline, graph, quotes with footnotes, verdicts, hashes.

Example: kg report T7-KGX -o report.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, WorkspaceOption, say
from kg.cli.export import write_atomically


def command(
    names: Annotated[list[str] | None, typer.Argument(help="Names to report on; everything without one.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file.")] = Path("report.html"),
    hops: Annotated[int, typer.Option(help="How many edges away from the names.", min=0)] = 2,
    title: Annotated[str | None, typer.Option(help="Title of the page.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    from kg.exports.html import write_report
    from kg.subgraph import select
    from kg.workspace import Workspace

    with Workspace.open(workspace) as ws:
        graph = select(ws.graph(), around=names or [], hops=hops)
        articles = list(ws.ledger.articles())
    heading = title or ("Report on " + ", ".join(names) if names else "Report")
    write_atomically(output, lambda stream: write_report(graph.nodes, graph.edges, articles, stream, title=heading))
    say(f"{output}: {len(graph.nodes)} nodes, {len(graph.edges)} edges")
