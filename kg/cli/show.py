"""A card: what the graph holds about one name, with the words that say so.

Example: kg show "Kim Jong Un"
"""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, clean, print_json


def command(
    name: Annotated[str, typer.Argument(help="A name, an identifier (ICAO, registration, Wikidata) or an id.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from kg.subgraph import card
    from kg.workspace import Workspace

    with Workspace.open(workspace) as ws:
        cards = card(ws.graph(), name)
    for one in cards:
        if as_json:
            print_json(one.as_json())
        else:
            print(clean_lines(one.as_text()))


def clean_lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.splitlines())
