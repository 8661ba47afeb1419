"""Events and flights in order of time, with who says so.

Example: kg timeline --around Pyongyang --from 2024-01-01
"""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, print_rows

FromOption = Annotated[str | None, typer.Option("--from", help="Not before this date (ISO).")]
ToOption = Annotated[str | None, typer.Option("--to", help="Not after this date (ISO).")]
AroundOption = Annotated[str | None, typer.Option(help="Only what this name takes part in.")]


def command(
    around: AroundOption = None,
    start: FromOption = None,
    end: ToOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from kg.subgraph import timeline
    from kg.workspace import Workspace

    with Workspace.open(workspace) as ws:
        rows = timeline(ws.graph(), around=around, start=start, end=end)
    print_rows(("earliest", "latest", "what", "who and where", "status", "source"), rows, as_json)
