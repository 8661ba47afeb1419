"""Times in an article: TIMEX3 values and periods in UTC, and the publication date where the page states none."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kg.model import Article, TimeExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

    from pipelines.timex.grammar import Found
    from pipelines.timex.values import Discourse

_FUTURE = re.compile(
    r"\b(?:will|shall|would|(?-i:may)|might|should|must|going to|upcoming|(?:is|are)(?: also| now)? to|to be \w+ed|to be held"
    r"|next|(?:is|are) (?:\w+ )?(?:due|set|scheduled|expected|slated|planned|ready)|(?:plans?|hopes?|intends?|wants?) to)\b|['’]ll\b",
    re.IGNORECASE,
)
# "flights due on Monday had been cancelled": told as past, such a day lies behind; else ahead.
_AWAITED = re.compile(r"\b(?:due|set|scheduled|expected|slated|planned|deadline)\b", re.IGNORECASE)
_TOLD_AS_PAST = re.compile(r"\b(?:had|was|were|did)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[,;:()“”\"—]|``|''|\b(?:that|which|who|when|after|before|because|while|although|but|as)\b", re.IGNORECASE
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
        context.future = _looks_ahead(text, item, start, end)
        if item.kind == "clock":
            _use_day_beside(found, at, start, end, context, text)
        if _points_ahead(item, text) and not _stands_by_clock(found, at, text):
            times.append(TimeExpression(item.start, item.end, text[item.start : item.end], "DATE", "XXXX-XX-XX"))
            continue
        meaning = interpret(item, context)
        if meaning is not None:
            times.append(expression(item, text, meaning))
    return tuple(_joined(times, text))


_DAY_AFTER_CLOCK = re.compile(r",?\s*(?:on\s+|of\s+)?")
_CLOCK_AFTER_DAY = re.compile(
    r",?\s*(?:at\s+)?(?:(?:about|around|approximately|roughly|exactly|shortly (?:before|after)|just (?:before|after))\s+)?"
)


def _joined(times: list[TimeExpression], text: str) -> Iterator[TimeExpression]:
    """ "at 9 p.m. on Sept. 22" is one time, not a clock and a day."""
    waiting: TimeExpression | None = None
    for time in times:
        if waiting is not None:
            whole = _as_one(waiting, time, text)
            if whole is not None:
                waiting = whole
                continue
            yield waiting
        waiting = time
    if waiting is not None:
        yield waiting


def _as_one(left: TimeExpression, right: TimeExpression, text: str) -> TimeExpression | None:
    between = text[left.end : right.start]
    if between == " (" and left.type == right.type == "TIME":
        return _told_twice(left, right, text)
    if len(between) > 25 or {left.type, right.type} != {"DATE", "TIME"}:
        return None
    clock, day = (left, right) if left.type == "TIME" else (right, left)
    pattern = _DAY_AFTER_CLOCK if clock is left else _CLOCK_AFTER_DAY
    if len(day.value) != 10 or "T" not in clock.value or not pattern.fullmatch(between):
        return None
    if clock.value[:10] != day.value:
        return None
    words = text[left.start : right.end]
    period = replace(clock.period, text=words) if clock.period is not None else None
    return TimeExpression(left.start, right.end, words, "TIME", clock.value, period)


def _told_twice(local: TimeExpression, other: TimeExpression, text: str) -> TimeExpression | None:
    """ "09:16 (01:16 GMT)": one moment on two clocks, and the second tells which moment it is."""
    if local.period is None or other.period is None or local.period.zone is not None or other.period.zone is None:
        return None
    end = other.end + text.startswith(")", other.end)
    words = text[local.start : end]
    moment = other.period
    day = timedelta(days=1)
    # The day was counted for the local clock: take the day that keeps the two within half a day.
    shift = round((local.period.earliest - moment.earliest) / day) if local.period.earliest and moment.earliest else 0
    moved = replace(moment, earliest=_plus(moment.earliest, shift), latest=_plus(moment.latest, shift), text=words)
    return TimeExpression(local.start, end, words, "TIME", local.value, moved)


def _plus(moment: datetime | None, days: int) -> datetime | None:
    return moment + timedelta(days=days) if moment is not None else None


def _looks_ahead(text: str, item: Found, start: int, end: int) -> bool:
    """Does the clause around the expression speak of what is to come?"""
    # "by early June", "until Friday": ahead of whoever does not tell of the past.
    if text[max(start, item.start - 8) : item.start].rstrip().lower().endswith(
        (" by", " until")
    ) and not _TOLD_AS_PAST.search(text, start, end):
        return True
    first, last = start, end
    for mark in _CLAUSE_END.finditer(text, start, item.start):
        first = mark.end()
    # "On Tuesday, the two will meet": what opens a sentence belongs to the clause behind the comma.
    behind = item.end + 2 if item.start - first <= 12 else item.end
    following = _CLAUSE_END.search(text, behind, end)
    if following is not None:
        last = following.start()
    if _FUTURE.search(text, first, last):
        return True
    return bool(_AWAITED.search(text, first, last)) and not _TOLD_AS_PAST.search(text, start, end)


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


def _stands_by_clock(found: list[Found], at: int, text: str) -> bool:
    """ "At 22:39 the same day the aircraft left": here the day goes with the clock."""
    before = found[at - 1] if at else None
    return before is not None and before.kind == "clock" and text[before.end : found[at].start].strip(" ,") == ""


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
