"""The shortest connections between two names, line by line.

Example: kg path "Kim Jong Un" Khabarovsk
"""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, clean, print_json


def command(
    left: Annotated[str, typer.Argument(metavar="A", help="A name or id.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Another name or id.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from kg.subgraph import connection
    from kg.workspace import Workspace

    with Workspace.open(workspace) as ws:
        steps = connection(ws.graph(), left, right)
    for step in steps:
        if as_json:
            print_json(step.as_json())
        else:
            print(clean(step.as_text()))
