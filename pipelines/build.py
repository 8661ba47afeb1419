"""The steps in reading order: the only file that knows it. Article in, findings out.

Each step is a plain function whose parameters are named after what it needs; what it returns is kept under the name in
`adds`. A step sees only what earlier steps added, never another step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from kg.model import Article, Findings
from pipelines.fetching.languages import ENGLISH

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from pipelines.knowledge import Knowledge

# Given before the first step runs.
GIVEN = ("article", "doc", "knowledge")


@dataclass(frozen=True, slots=True)
class Step:
    """A function by module and name, and the name under which its result is kept."""

    function: str
    adds: str

    def load(self) -> Callable[..., Any]:
        module, name = self.function.split(":")
        return getattr(import_module(f"pipelines.{module}"), name)

    def needs(self) -> tuple[str, ...]:
        return tuple(signature(self.load()).parameters)


STEPS = (
    Step("layout:find_boilerplate", adds="boilerplate"),
    Step("times:date_article", adds="article"),
    Step("times:extract_times", adds="times"),
    Step("mentions:find_mentions", adds="mentions"),
    Step("resolve:resolve_entities", adds="entities"),
    Step("places:resolve_places", adds="entities"),
    Step("coreference:resolve_coreference", adds="entities"),
    Step("resolve:index_tokens", adds="entity_at"),
    Step("realis:mark_realis", adds="realis"),
    Step("attribution:mark_attribution", adds="attribution"),
    Step("events:extract_events", adds="events"),
    Step("flights.reported:extract_flights", adds="flights"),
)


def extract(article: Article, language: Language | None = None) -> Findings:
    """Everything that is read in one article."""
    return next(extract_all([article], language))


def extract_all(articles: Iterable[Article], language: Language | None = None) -> Iterator[Findings]:
    """Findings for each article, in order; none for an article that is not in English.

    Articles go through the encoder in batches, one reading at a time after it.
    """
    from pipelines.nlp import load_language

    nlp = language or load_language()
    knowledge = open_knowledge()
    pairs = ((article.text if article.language == ENGLISH else "", article) for article in articles)
    for doc, article in nlp.pipe(pairs, as_tuples=True, batch_size=8):
        if article.language == ENGLISH:
            yield read_article(article, doc, knowledge)
        else:
            yield Findings(article)


def read_article(article: Article, doc: Doc, knowledge: Knowledge) -> Findings:
    """Run the steps over an article whose `Doc` is ready."""
    state: dict[str, Any] = {"article": article, "doc": doc, "knowledge": knowledge}
    for run, needs, adds in _loaded_steps():
        state[adds] = run(**{name: state[name] for name in needs})
    return _findings(state)


def sure_of(findings: Findings, minimum: float) -> Findings:
    """Without the events and flights whose confidence is lower, and without the nameless that only they needed."""
    from pipelines.coreference import drop_idle

    events = tuple(e for e in findings.events if e.confidence >= minimum)
    flights = tuple(f for f in findings.flights if f.confidence >= minimum)
    return replace(
        findings, entities=tuple(drop_idle(findings.entities, events, flights)), events=events, flights=flights
    )


@cache
def open_knowledge() -> Knowledge:
    """The knowledge base, opened once per process."""
    from pipelines.knowledge import Knowledge

    return Knowledge.open()


@cache
def _loaded_steps() -> tuple[tuple[Callable[..., Any], tuple[str, ...], str], ...]:
    return tuple((step.load(), step.needs(), step.adds) for step in STEPS)


def _findings(state: Mapping[str, Any]) -> Findings:
    from pipelines.coreference import drop_idle

    return Findings(
        article=state["article"],
        entities=tuple(drop_idle(state["entities"], state["events"], state["flights"])),
        times=tuple(state["times"]),
        events=tuple(state["events"]),
        flights=tuple(state["flights"]),
    )
