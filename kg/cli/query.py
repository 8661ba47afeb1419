"""Ask the graph in Cypher, or with a query of the pack (@NAME).

Example: kg query "MATCH (e:Event)-[:ACTOR]->(p:Person) RETURN p.name, e.type LIMIT 5"
Example: kg query @itinerary -p aircraft=T7-KGX
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, print_rows


def command(
    cypher: Annotated[str, typer.Argument(help="Cypher, or @NAME of a query in the pack (see: kg queries).")],
    parameters: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="A parameter as name=value; may be repeated.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from kg.workspace import Workspace

    text, values = prepare(cypher, split_parameters(parameters or []))
    with Workspace.open(workspace) as ws:
        columns, rows = ws.query(text, values)
    print_rows(columns, rows, as_json)


def prepare(cypher: str, values: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The Cypher to run and its typed parameters."""
    from kg.query_pack import load_query

    if not cypher.startswith("@"):
        return cypher, dict(values)
    query = load_query(cypher[1:])
    return query.cypher, query.bind(values)


def split_parameters(pairs: list[str]) -> dict[str, str]:
    from kg.errors import UsageError

    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(
                f"'{pair}' is no parameter.", next="Write it as name=value, for example: -p place=Pyongyang"
            )
        values[name] = value
    return values
