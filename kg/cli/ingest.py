"""Read articles into the workspace: fetch, extract, ledger, graph.

Example: kg ingest https://example.org/story.html
"""

from __future__ import annotations

import typer

from kg.cli.common import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, complain, print_json, progress, say
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
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
    published: PublishedOption = None,
    model: ModelOption = None,
    min_confidence: MinConfidenceOption = 0.0,
    allow_private: AllowPrivateOption = False,
) -> None:
    from kg.statements import statements_of_findings
    from kg.workspace import Workspace

    failed = 0
    with Workspace.open(workspace, write=True) as ws:
        read = read_sources(
            sources, published=published, model=model, allow_private=allow_private, min_confidence=min_confidence
        )
        try:
            for outcome in progress(read, "reading"):
                if outcome.error is not None or outcome.findings is None:
                    complain(outcome.error or RuntimeError("nothing was read"))
                    failed += 1
                    continue
                findings = outcome.findings
                change = ws.ledger.put(
                    findings.article.id, "article", statements_of_findings(findings), findings.article
                )
                _report(findings, change, as_json)
        finally:
            # What was read before an interruption is in the ledger: the graph shows it, too.
            from kg.cli.observe import update_links

            update_links(ws)
            ws.rebuild_graph()
    if failed:
        raise typer.Exit(1)


def _report(findings, change, as_json: bool) -> None:  # type: ignore[no-untyped-def]
    article = findings.article
    if as_json:
        print_json(
            {
                "article": article.id,
                "title": article.title,
                "published": article.published,
                "entities": len(findings.entities),
                "events": len(findings.events),
                "flights": len(findings.flights),
                "added": change.added,
                "removed": change.removed,
            }
        )
        return
    say(f"{article.title or article.id}")
    say(
        f"  {len(findings.entities)} entities, {len(findings.events)} events, {len(findings.flights)} flights; "
        f"{_change_in_words(change)}"
    )


def _change_in_words(change) -> str:  # type: ignore[no-untyped-def]
    if not change.added and not change.removed:
        return "nothing new"
    return f"{change.added} statements added" + (f", {change.removed} replaced" if change.removed else "")
