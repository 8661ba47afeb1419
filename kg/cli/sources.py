"""Sources on the command line → findings, in order; what cannot be read is passed on as an error, the rest goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.errors import NotEnglish, SourceError, UsageError

if TYPE_CHECKING:
    from kg.model import Findings

SourcesArgument = Annotated[
    list[str], typer.Argument(help="Addresses, .html, .txt, .json, .jsonl files, folders, or - for standard input.")
]
PublishedOption = Annotated[str | None, typer.Option(help="Publication date (ISO) of articles that state none.")]
ModelOption = Annotated[
    str | None, typer.Option(help="'fast' (small, several times as fast), or any installed spaCy pipeline.")
]
MinConfidenceOption = Annotated[
    float, typer.Option(help="Leave out events and flights that are less sure than this (0 to 1).", min=0, max=1)
]
AllowPrivateOption = Annotated[
    bool, typer.Option("--allow-private-addresses", help="Also fetch from loopback and private addresses.")
]

# Enough for the encoder to sort sentences by length, small enough that results come soon.
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """One article's findings, or the reason why there are none; both for an article that is not in English."""

    findings: Findings | None = None
    ref: str | None = None
    error: SourceError | None = None

    def as_json(self) -> dict[str, Any]:
        from kg.findings import to_json

        assert self.findings is not None
        document = to_json(self.findings)
        return document if self.ref is None else {"ref": self.ref, **document}


def read_sources(
    sources: Sequence[str],
    *,
    published: str | None = None,
    model: str | None = None,
    allow_private: bool = False,
    limit: int | None = None,
    min_confidence: float = 0.0,
) -> Iterator[Outcome]:
    """Fetch and read every source. Outcomes keep the order of the sources and of the lines in them."""
    from pipelines.build import extract_all, sure_of
    from pipelines.nlp import load_language

    if not sources:
        raise UsageError("No source given.", next="Name an address, a file, a folder, or - for standard input.")
    language = load_language(model)
    for chunk in _chunks(islice(_fetch_all(sources, published, allow_private), limit)):
        findings = extract_all((item.article for item in chunk if item.error is None), language)
        for item in chunk:
            if item.error is not None:
                yield Outcome(error=item.error)
            else:
                yield _outcome(sure_of(next(findings), min_confidence), item.ref)


def _outcome(findings: Findings, ref: str | None) -> Outcome:
    from pipelines.fetching.languages import ENGLISH, language_name

    article = findings.article
    if article.language == ENGLISH:
        return Outcome(findings, ref)
    name = article.url or article.title or article.text[:40].replace("\n", " ")
    error = NotEnglish(
        f"{name!r} is in {language_name(article.language)}.",
        "Only English is read: nothing was extracted.",
        "Give a translation.",
    )
    return Outcome(findings, ref, error)


def _chunks(items: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    while chunk := tuple(islice(items, _CHUNK)):
        yield chunk


def _fetch_all(sources: Sequence[str], published: str | None, allow_private: bool) -> Iterator[Any]:
    from pipelines.fetch import fetch

    for source in sources:
        yield from fetch(source, published=published, allow_private=allow_private, stdin=sys.stdin.buffer)
