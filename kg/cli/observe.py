"""Read recorded flights into the workspace and bring the links to reported flights up to date.

Example: kg observe trace_full_5003fa.json flights.csv
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, complain, print_json, progress, say

if TYPE_CHECKING:
    from kg.workspace import Workspace


def command(
    files: Annotated[
        list[Path], typer.Argument(help="readsb traces, Flightradar24 CSV and playback, state vectors; also .gz.")
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    from kg.workspace import Workspace as Open

    complete = True
    with Open.open(workspace, write=True) as ws:
        for path in progress(files, "reading", total=len(files)):
            complete &= observe_file(ws, path, as_json)
        update_links(ws)
        ws.rebuild_graph()
    if not complete:
        raise typer.Exit(1)


def observe_file(ws: Workspace, path: Path, as_json: bool = False) -> bool:
    """One file into the ledger. False where not all of it could be read; what is sound is kept."""
    from kg.errors import SourceError
    from kg.statements import statements_of_observed
    from pipelines.flights.readers import read_observations
    from pipelines.flights.segment import find_legs

    try:
        observations = read_observations(path)
    except SourceError as error:
        complain(error)
        return False
    legs = find_legs(observations)
    statements = (statement for leg in legs for statement in statements_of_observed(leg))
    change = ws.ledger.put(observations.sha256, "track", statements)
    for row, reason in observations.problems:
        say(f"{path.name}: row {row}: {reason}")
    if as_json:
        print_json(
            {
                "file": path.name,
                "sha256": observations.sha256,
                "format": observations.format,
                "legs": len(legs),
                "problems": len(observations.problems),
                "added": change.added,
                "removed": change.removed,
            }
        )
    else:
        say(f"{path.name} ({observations.format}): {len(legs)} leg{'' if len(legs) == 1 else 's'}")
        for leg in legs:
            say(f"  {_leg_in_words(leg)}")
    return not observations.problems


def update_links(ws: Workspace) -> None:
    """Compare every reported leg with every observed one again: links are derived, never kept by hand."""
    from kg.statements import read_entities, read_observed, read_reported, statements_of_link
    from pipelines.flights.link import link_flights

    entities = {entity.id: entity for entity in read_entities(ws.ledger)}
    links = link_flights(tuple(read_reported(ws.ledger)), tuple(read_observed(ws.ledger)), entities)
    ws.ledger.put("links", "link", (s for link in links for s in statements_of_link(link)))


def _leg_in_words(leg) -> str:  # type: ignore[no-untyped-def]
    end = lambda match: match.icao if match else "?"  # noqa: E731
    clock = lambda period: f"{period.earliest:%Y-%m-%d %H:%M}Z" if period and period.earliest else "?"  # noqa: E731
    name = leg.registration or leg.callsign or leg.icao24 or "unknown aircraft"
    return f"{name}  {end(leg.origin)} {clock(leg.takeoff)} → {end(leg.destination)} {clock(leg.landing)}"
