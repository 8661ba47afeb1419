"""Times in an article: TIMEX3 values and periods in UTC, and the publication date where the page states none."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kg.model import Article, Published, TimeExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

    from pipelines.timex.grammar import Found
    from pipelines.timex.values import Discourse, Tense

# What a clause has said when a time comes up. In each, the last that stands before the time decides, else the first behind it.
_AHEAD = (
    r"(?:\b(?:will|shall|would|(?-i:may)|might|should|must|(?:is|are)(?: also| now)? to|(?:is |are )?going to|to be (?:\w+ed|held))|['’]ll)\b"
    r"(?:\s+(?:not|also|then|now|only|be|have|been))*(?:\s+\w+)?"
    r"|\b(?:upcoming|next|(?:is|are) (?:\w+ )?(?:due|set|scheduled|expected|slated|planned|foreseen|ready)"
    r"|(?:plans?|hopes?|intends?|wants?) to)\b"
)
# Told as past ("flights due on Monday had been cancelled") such a day lies behind; else ahead.
_AWAITED = (
    r"\b(?:(?:due|set|scheduled|expected|slated|planned|foreseen)(?=\s+(?:(?:there|here|back)\s+)?(?:to|for|on|in|at|by|until|next|this|later"
    r"|early|late|today|tomorrow|(?-i:[A-Z]))\b)|plans?|deadline)\b"
)
# A timetable tells in the present what is to come: "the exhibition opens on Friday".
_TIMETABLE = (
    r"\b(?:opens|ends|starts|begins|leaves|departs|arrives|returns|resumes|continues|expires|closes|concludes|runs|flies"
    r"|opens? again|(?:is|are) back|resume|expire|take effect|takes effect)\b(?! to\b)"
)
_PAST = (
    r"\b(?:had|was|were|did|(?!need|speed|proceed|exceed|succeed|indeed|embed|hundred)\w{2,}ed|left|flew|took|came|went|met|said|told"
    r"|held|got|became|began|made|saw|sent|brought|put|gave|found|fell|rose|shot|struck|won|lost|set off|set out|kept|spoke|wrote|sat"
    r"|stood|spent|brought|broke|drove|ran|sold|bought|heard|led|paid|flown|seen|taken|gone|given|shown|known)\b"
)
_TENSES = re.compile(
    f"(?P<ahead>{_AHEAD})|(?P<awaited>{_AWAITED})|(?P<timetable>{_TIMETABLE})|(?P<past>{_PAST})", re.IGNORECASE
)
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
    from pipelines.timex.dating import first_full_date
    from pipelines.timex.grammar import find
    from pipelines.timex.values import Discourse, expression, interpret

    text = article.text
    found = find(text)
    if not found:
        return ()
    context = Discourse(_published_day(article), first_full_date(found))
    story = _Story(context)
    log, agenda = _line_starts("clock", found, text), _agenda(found, text)
    sentences = [s.start_char for s in doc.sents]
    times = []
    for at, item in enumerate(found):
        sentence = bisect_right(sentences, item.start)
        end = sentences[sentence] if sentence < len(sentences) else len(text)
        start = sentences[sentence - 1] if sentence else 0
        story.enter(start)
        context.tense = agenda.get(item.start) or _tense(text, item, start, end)
        if item.start in log or item.start in agenda:
            story.begin_anew()
        elif item.kind in ("clock", "daypart"):
            _use_day_beside(found, at, start, end, context, text)
        if _points_ahead(item, text) and not _stands_by_clock(found, at, text):
            times.append(TimeExpression(item.start, item.end, text[item.start : item.end], "DATE", "XXXX-XX-XX"))
            continue
        meaning = interpret(item, context)
        if meaning is not None:
            times.append(expression(item, text, meaning))
        if not _is_aside(text, item, start):
            story.reach()
    return tuple(_joined(times, text))


@dataclass(slots=True)
class _Story:
    """Which day the story has reached: days named in passing hold for their sentence only."""

    context: Discourse
    day: date | None = None
    sentence: int = -1

    def enter(self, sentence: int) -> None:
        if sentence != self.sentence:
            self.context.current, self.sentence = self.day or self.context.current, sentence

    def begin_anew(self) -> None:
        """Each entry of a log, a live blog or an agenda counts from the day of publication."""
        self.context.current, self.context.clock, self.day = self.context.published, None, None

    def reach(self) -> None:
        """The day now spoken of is the story's, unless it is still to come while the story has begun before."""
        now, current = self.context.published, self.context.current
        if self.day is None or current is None or now is None or current <= now:
            self.day = current


def _is_aside(text: str, item: Found, start: int) -> bool:
    """Is the time told beside the story: in a relative clause, of what had happened before, or as a limit?"""
    if text[max(start, item.start - 7) : item.start].rstrip().lower().endswith((" since", " until", " till", " by")):
        return True
    openers = list(_CLAUSE_END.finditer(text, start, item.start))
    opener = openers[-1] if openers else None
    if opener is not None and opener[0].lower() in ("who", "which"):
        return True
    verbs = [m[0].lower() for m in _TENSES.finditer(text, opener.end() if opener is not None else start, item.start)]
    return "had" in verbs[-2:]  # "had ruled on Friday"


_DAY_AFTER_CLOCK = re.compile(r",?\s*(?:on\s+|of\s+)?")
_CLOCK_AFTER_DAY = re.compile(
    r"\s*(?:at\s+)?(?:(?:about|around|approximately|roughly|exactly|shortly (?:before|after)|just (?:before|after))\s+)?"
)
_CLOCK = re.compile(r"[\dX]{4}-..-..T\d\d:\d\d.*")
_PART_OF_DAY = re.compile(r"[\dX]{4}-..-..T[A-Z]{2}")


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
    clock = left if left.type == "TIME" else right
    day = right if clock is left else left
    pattern = _DAY_AFTER_CLOCK if clock is left else _CLOCK_AFTER_DAY
    if len(between) > 25 or clock.type != "TIME" or not pattern.fullmatch(between):
        return None
    of_the_day = _CLOCK.fullmatch(clock.value) and _PART_OF_DAY.fullmatch(day.value)
    if not of_the_day and (day.type != "DATE" or len(day.value) != 10 or "T" not in clock.value):
        return None
    if clock.value[:10] != day.value[:10] and "midnight" not in text[clock.start : clock.end].lower():
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


def _published_day(article: Article) -> date | None:
    """The day of publication, if it is known."""
    first = article.published.earliest
    return first.date() if first is not None and _is_exact(article.published) else None


def _line_starts(kind: str, found: list[Found], text: str) -> frozenset[int]:
    """Where lines begin with a clock or a weekday: a log or an agenda, if several do."""
    starts = []
    for item in found:
        line = text.rfind("\n", 0, item.start) + 1
        label = kind == "clock" or re.match(r"\s*[:–—)-]", text[item.end : item.end + 4])
        if item.kind == kind and label and not text[line : item.start].strip(" [(*•-"):
            starts.append(item.start)
    return frozenset(starts) if len(starts) > 1 else frozenset()


def _agenda(found: list[Found], text: str) -> dict[int, Tense]:
    """The weekdays with which the lines of an agenda begin: all ahead, if the first that tells its tense is."""
    labels = _line_starts("weekday", found, text)
    tenses = []
    for item in found:
        if item.start in labels:
            end = text.find("\n", item.end)
            tenses.append(_tense(text, item, item.start, end if end >= 0 else len(text)))
    ahead = next((t for t in tenses if t != "open"), "open") == "future"
    return dict.fromkeys(labels, "future") if ahead else {}


def _tense(text: str, item: Found, start: int, end: int) -> Tense:
    """How the clause around the expression is told."""
    past = _TOLD_AS_PAST.search(text, start, end) is not None
    lead = text[max(start, item.start - 8) : item.start].rstrip().lower()
    # "by early June", "until Friday", "summoned them for Sunday": ahead of whoever does not tell of the past.
    if lead.endswith((" by", " until", " till", " for")) and not past and not text.startswith(("'s", "’s"), item.end):
        return "future"
    first, last = start, end
    for clause in _CLAUSE_END.finditer(text, start, item.start):
        first = clause.end()
    # "On Tuesday, the two will meet": what opens a sentence belongs to the clause behind the comma.
    behind = (
        item.end + 1 if first == start and item.start - first <= 12 and text.startswith(",", item.end) else item.end
    )
    following = _CLAUSE_END.search(text, behind, end)
    if following is not None:
        last = following.start()
    marks = list(_TENSES.finditer(text, first, item.start))
    mark: re.Match[str] | None = marks[-1] if marks else _TENSES.search(text, item.end, last)
    if mark is None:
        return "open"
    if mark.lastgroup == "past":
        return "past"
    return "past" if mark.lastgroup == "awaited" and past else "future"


def _is_exact(published: Published) -> bool:
    """Is the publication known to within some days? Only then can "Monday" be counted from it."""
    first, last = published.earliest, published.latest
    return first is not None and last is not None and (last - first).days <= 4


def _points_ahead(item: Found, text: str) -> bool:
    same = item.kind == "unit" and item.parts["which"] == "the same" and item.parts["unit"].lower() == "day"
    return same and _POINTS_AHEAD.match(text, item.end) is not None


def _stands_by_clock(found: list[Found], at: int, text: str) -> bool:
    """ "At 22:39 the same day the aircraft left": here the day goes with the clock."""
    before = found[at - 1] if at else None
    return before is not None and before.kind == "clock" and text[before.end : found[at].start].strip(" ,") == ""


_DAY_KINDS = ("date", "weekday", "deictic", "nextday", "iso", "unit", "nth", "holiday")
_BEFORE_MIDNIGHT = re.compile(r"\b(?:before|until|till|by|to)\s+$", re.IGNORECASE)


def _use_day_beside(found: list[Found], at: int, start: int, end: int, context: Discourse, text: str) -> None:
    """A clock time belongs to the day written right after it, else to the one before it in its sentence."""
    from pipelines.timex.values import interpret

    item = found[at]
    earlier = [f for f in found[:at] if f.start >= start]
    follower = _day_right_after(found, at, end, text)
    context.part = _part_told([follower] if follower is not None else earlier)
    context.runs_on = _runs_on(earlier)
    context.midnight_ends_day = follower is None or _BEFORE_MIDNIGHT.search(text, start, item.start) is not None
    if follower is not None:
        interpret(follower, context)
        return
    if any(f.kind in _DAY_KINDS for f in earlier):
        return
    later = next(
        (f for f in found[at + 1 :] if f.start < end and f.kind in ("date", "weekday", "deictic", "iso")), None
    )
    if later is not None and context.current is None:
        interpret(later, context)


def _runs_on(earlier: list[Found]) -> bool:
    """Is the last time of the sentence so far a clock?"""
    return bool(earlier) and earlier[-1].kind == "clock"


def _day_right_after(found: list[Found], at: int, end: int, text: str) -> Found | None:
    """ "9 p.m. on Sept. 22": the day that goes with a clock."""
    if at + 1 == len(found) or found[at + 1].kind not in _DAY_KINDS or found[at + 1].start >= end:
        return None
    between = text[found[at].end : found[at + 1].start]
    close = len(between) <= 18 and not re.search(r"[.;]|\b(?:and|before|after|to|until)\b", between)
    return found[at + 1] if close else None


def _part_told(items: list[Found]) -> str:
    """The part of day that these words name, by the last of them."""
    words = [
        f.parts.get("part", f.parts.get("unit", f.parts.get("of", ""))).lower() for f in items if f.kind != "duration"
    ]
    parts = [
        w for w in words if w in ("morning", "afternoon", "evening", "night", "lunchtime", "dawn", "dusk", "nightfall")
    ]
    return parts[-1] if parts else ""
