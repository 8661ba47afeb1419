"""Times in an article: TIMEX3 values and periods in UTC, and the publication date where the page states none."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import Article, TimeExpression

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipelines.timex.grammar import Found
    from pipelines.timex.values import Discourse

_FUTURE = re.compile(
    r"\b(?:will|shall|due|scheduled|expected to|plans? to|planned|set to|going to|upcoming|are to|is to|slated|next)\b|'ll\b",
    re.IGNORECASE,
)
# "the same day a government plane flew …" points ahead: which day that is, the clause does not say.
_POINTS_AHEAD = re.compile(r"\s+(?:a|an|that|he|she|it|they|two|three|the)\s+\w")


def date_article(article: Article, doc: Doc) -> Article:  # noqa: ARG001  (the steps' common shape)
    """The article with its publication period inferred from its own words, where nothing else tells it."""
    from pipelines.timex.dating import infer_published

    if article.published.basis != "unknown":
        return article
    published = infer_published(article.text)
    return replace(article, published=published) if published is not None else article


def extract_times(doc: Doc, article: Article) -> tuple[TimeExpression, ...]:
    """Every time expression in text order; a period where its bounds can be said."""
    from pipelines.timex.grammar import find
    from pipelines.timex.values import Discourse, expression, interpret

    text = article.text
    found = find(text)
    if not found:
        return ()
    published = article.published
    day = published.earliest.date() if published.earliest is not None and _is_exact(article) else None
    context = Discourse(day)
    sentences = [s.start_char for s in doc.sents]
    times = []
    for at, item in enumerate(found):
        sentence = bisect_right(sentences, item.start)
        end = sentences[sentence] if sentence < len(sentences) else len(text)
        start = sentences[sentence - 1] if sentence else 0
        context.future = bool(_FUTURE.search(text, start, end))
        if item.kind == "clock":
            _use_day_beside(found, at, start, end, context, text)
        if _points_ahead(item, text):
            times.append(TimeExpression(item.start, item.end, text[item.start : item.end], "DATE", "XXXX-XX-XX"))
            continue
        meaning = interpret(item, context)
        if meaning is not None:
            times.append(expression(item, text, meaning))
    return tuple(times)


def _is_exact(article: Article) -> bool:
    """Is the publication known to within some days? Only then can "Monday" be counted from it."""
    first, last = article.published.earliest, article.published.latest
    return first is not None and last is not None and (last - first).days <= 4


def _points_ahead(item: Found, text: str) -> bool:
    same = (
        item.kind == "unit"
        and item.parts["which"].lower() in ("the same", "that")
        and item.parts["unit"].lower() == "day"
    )
    return same and _POINTS_AHEAD.match(text, item.end) is not None


def _use_day_beside(found: list[Found], at: int, start: int, end: int, context: Discourse, text: str) -> None:
    """A clock time belongs to the day written right after it, else to the one before it in its sentence."""
    from pipelines.timex.values import interpret

    if at + 1 < len(found):
        follower = found[at + 1]
        between = text[found[at].end : follower.start]
        close = len(between) <= 18 and not re.search(r"[.;]|\band\b|\bbefore\b|\bafter\b", between)
        if follower.start < end and close and follower.kind in ("date", "weekday", "unit", "nextday", "deictic", "iso"):
            interpret(follower, context)
            return
    if any(
        start <= f.start < found[at].start and f.kind in ("date", "weekday", "deictic", "nextday", "iso", "unit")
        for f in found[:at]
    ):
        return
    later = next(
        (f for f in found[at + 1 :] if f.start < end and f.kind in ("date", "weekday", "deictic", "iso")), None
    )
    if later is not None and context.current is None:
        interpret(later, context)
