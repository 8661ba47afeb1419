"""Write the graph, or the part around a name, as json, graphml or turtle.

Example: kg export --around "Kim Jong Un" --hops 2 --format turtle -o kim.ttl
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, WorkspaceOption, say
from kg.cli.sources import MinConfidenceOption
from kg.cli.timeline import FromOption, ToOption


def command(
    form: Annotated[str, typer.Option("--format", "-f", help="json, graphml or turtle.")] = "json",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output without it.")] = None,
    around: Annotated[list[str] | None, typer.Option(help="Only the part around this name; may be repeated.")] = None,
    hops: Annotated[int, typer.Option(help="How many edges away from the name.", min=0)] = 2,
    start: FromOption = None,
    end: ToOption = None,
    min_confidence: MinConfidenceOption = 0.0,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    from kg.errors import UsageError
    from kg.exports import FORMATS, write
    from kg.subgraph import select
    from kg.workspace import Workspace

    if form not in FORMATS:
        raise UsageError(f"'{form}' is no format.", next=f"Choose one of: {', '.join(sorted(FORMATS))}.")
    with Workspace.open(workspace) as ws:
        graph = select(ws.graph(), around=around or [], hops=hops, start=start, end=end, sure=min_confidence)
    if output is None:
        write(graph, form, sys.stdout.buffer)
        return
    write_atomically(output, lambda stream: write(graph, form, stream))
    say(f"{output}: {len(graph.nodes)} nodes, {len(graph.edges)} edges")


def write_atomically(path: Path, write_to) -> None:  # type: ignore[no-untyped-def]
    """The file is complete or it is not there: a stopped run leaves what was there before."""
    from kg.errors import WorkspaceReadOnly

    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as stream:
            write_to(stream)
        draft.replace(path)
    except OSError as error:
        raise WorkspaceReadOnly(
            f"{path} cannot be written.", why=error.strerror or str(error), next="Name another file with -o."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
