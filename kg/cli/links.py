"""Reported against observed flights: each leg's verdict and, with --explain, the evidence clue by clue.

Example: kg links --verdict contradicted
"""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, clean, print_json, print_rows
from kg.model import VERDICTS


def command(
    verdict: Annotated[str | None, typer.Option(help=f"Only these: {', '.join(VERDICTS)}.")] = None,
    explain: Annotated[
        str | None, typer.Option(help="Id of a link or a reported flight: show all its evidence.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from kg.errors import NotFound, UsageError
    from kg.statements import read_links, read_reported
    from kg.workspace import Workspace

    if verdict is not None and verdict not in VERDICTS:
        raise UsageError(f"'{verdict}' is no verdict.", next=f"Choose one of: {', '.join(VERDICTS)}.")
    with Workspace.open(workspace) as ws:
        links = [link for link in read_links(ws.ledger) if verdict in (None, link.verdict)]
        names = _captions(ws, {flight.id: flight for flight in read_reported(ws.ledger)})
    if explain is None:
        rows = ((names.get(x.reported, x.reported), x.verdict, x.probability, x.summary, x.id) for x in links)
        print_rows(("reported flight", "verdict", "probability", "why", "id"), rows, as_json)
        return
    chosen = [link for link in links if explain in (link.id, link.reported, link.observed)]
    if not chosen:
        raise NotFound(f"No link has the id '{explain}'.", next="See the ids with: kg links")
    for link in chosen:
        _explain(link, names, as_json)


def _explain(link, names: dict[str, str], as_json: bool) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import asdict

    if as_json:
        print_json(asdict(link))
        return
    print(clean(f"{names.get(link.reported, link.reported)}: {link.verdict} ({link.probability:.2f})"))
    print(clean(f"  {link.summary}"))
    for evidence in link.evidence:
        print(clean(f"  {evidence.score:+.1f}  {evidence.clue:<16} {evidence.detail}"))


def _captions(ws, flights) -> dict[str, str]:  # type: ignore[no-untyped-def]
    from kg.statements import read_entities

    name = {entity.id: entity.name for entity in read_entities(ws.ledger)}
    side = lambda i: name.get(i, i) if i else "?"  # noqa: E731
    return {f.id: f"{side(f.origin)} → {side(f.destination)}" for f in flights.values()}
