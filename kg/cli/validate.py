"""Check a graph against the ontology's shapes (SHACL) and for integrity, in plain words.

Example: kg validate kim.ttl
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, clean, print_json, say


def command(
    file: Annotated[Path | None, typer.Argument(help="A Turtle file; the workspace's graph without it.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from dataclasses import asdict

    from kg.validate import validate_graph, validate_turtle
    from kg.workspace import Workspace

    if file is not None:
        problems = list(validate_turtle(file))
    else:
        with Workspace.open(workspace) as ws:
            graph = ws.graph()
            texts = {article.id: article.text for article in ws.ledger.articles()}
            problems = list(validate_graph(graph.nodes, graph.edges, texts))
    for problem in problems:
        if as_json:
            print_json(asdict(problem))
        else:
            print(clean(f"{problem.severity}: {problem.what}  {problem.next}"))
    errors = [p for p in problems if p.severity == "error"]
    say(
        "sound: every check passed" if not problems else f"{len(errors)} errors, {len(problems) - len(errors)} warnings"
    )
    if errors:
        raise typer.Exit(1)
