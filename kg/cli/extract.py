"""Read articles and print what was found as JSON, one object a line; nothing is stored.

Example: kg extract article.html --json | jq .flights
"""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.common import JsonOption, complain, print_json, print_table, progress
from kg.cli.sources import (
    AllowPrivateOption,
    MinConfidenceOption,
    ModelOption,
    PublishedOption,
    SourcesArgument,
    read_sources,
)


def command(
    sources: SourcesArgument,
    as_json: JsonOption = False,
    published: PublishedOption = None,
    model: ModelOption = None,
    min_confidence: MinConfidenceOption = 0.0,
    allow_private: AllowPrivateOption = False,
    limit: Annotated[int | None, typer.Option(help="Read at most so many articles.", min=1)] = None,
) -> None:
    failed = 0
    read = read_sources(
        sources,
        published=published,
        model=model,
        allow_private=allow_private,
        limit=limit,
        min_confidence=min_confidence,
    )
    for outcome in progress(read, "reading"):
        if outcome.error is not None:
            complain(outcome.error)
        if outcome.findings is None:
            failed += 1
        elif as_json:
            print_json(outcome.as_json())
        else:
            _print_summary(outcome)
    if failed:
        raise typer.Exit(1)


def _print_summary(outcome) -> None:  # type: ignore[no-untyped-def]
    findings = outcome.findings
    names = {e.id: e.name for e in findings.entities}
    print(f"{findings.article.title or findings.article.id}  ({findings.article.id})")
    print_table(("type", "name"), ((e.type, e.name) for e in findings.entities))
    print_table(
        ("event", "trigger", "who", "realis"),
        ((e.type, e.trigger.text, [names.get(i, i) for i in e.entities()], e.realis) for e in findings.events),
    )
    print_table(
        ("leg", "from", "to", "departure", "arrival", "status"),
        (
            (
                f.journey.leg if f.journey else "",
                names.get(f.origin or "", ""),
                names.get(f.destination or "", ""),
                f.departure.text if f.departure else "",
                f.arrival.text if f.arrival else "",
                f.status,
            )
            for f in findings.flights
        ),
    )
