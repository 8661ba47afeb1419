"""When did an article appear? From a date line, or from what its own dates and weekdays leave possible."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from kg.model import Basis, Published
from pipelines.timex.grammar import ORDINALS, Found, find
from pipelines.timex.values import month_number, nearest_year, weekday_number

_DATE_LINE = re.compile(
    r"^\W*(?:(?:published|posted|updated|last updated|first published)\W+(?:on\s+)?)?(?:[A-Z][A-Za-z .]{2,20},\s*)?$",
    re.IGNORECASE,
)


def infer_published(text: str) -> Published | None:
    """The publication period that the text itself gives, or None."""
    found = find(text)
    return _from_date_line(text, found) or _from_dateline(text, found) or _from_constraints(found)


def first_full_date(found: list[Found]) -> date | None:
    """The first day that the text tells with its year."""
    full = (f for f in found if f.kind in ("date", "iso") and "year" in f.parts)
    return next((day for f in full if (day := _full_date(f)) is not None), None)


def _from_date_line(text: str, found: list[Found]) -> Published | None:
    """A line near the top that holds a full date and nothing else."""
    for item in found:
        if item.kind not in ("date", "iso") or "year" not in item.parts or item.start > 600:
            continue
        line_start = text.rfind("\n", 0, item.start) + 1
        line_end = text.find("\n", item.end) if "\n" in text[item.end :] else len(text)
        before, after = text[line_start : item.start], text[item.end : line_end]
        if _DATE_LINE.match(before) and len(re.sub(r"[\d:apmAPMGMTUTC.,\s|()-]", "", after)) == 0:
            day = _full_date(item)
            if day is not None:
                return _published(day, day, "stated", f"The line “{text[line_start:line_end].strip()}” is a date.")
    return None


# "PORT LOUIS, 3 May 2021 –", or a headline and its date run into the first sentence: "Sales fall May 3, 2021 Sales of …".
_PLACE = re.compile(r"^\W*[A-Z][\w .'’/-]{1,40}(?:\([\w ]+\))?,\s*$")
_GOVERNED = re.compile(
    r"(?:[,(]|\b(?:on|of|in|by|to|from|since|until|till|before|after|for|and|the|dated|between|through|at))\s*$",
    re.IGNORECASE,
)


def _from_dateline(text: str, found: list[Found]) -> Published | None:
    """A full date that opens the text behind its place, or stands between headline and text."""
    for item in found:
        if item.kind != "date" or "year" not in item.parts or item.start > 250:
            continue
        line_start = text.rfind("\n", 0, item.start) + 1
        before, after = text[line_start : item.start], text[item.end : item.end + 4]
        behind_place = _PLACE.match(before) and re.match(r"\s*[–—.:-]", after)
        in_between = before.strip() and not _GOVERNED.search(before) and re.match(r"\s+[–—]?\s*[A-Z]", after)
        if behind_place or in_between:
            day = _full_date(item)
            if day is not None:
                return _published(day, day, "stated", f"The text opens with “{text[item.start : item.end]}”.")
    return None


def _full_date(item: Found) -> date | None:
    month = int(item.parts["month"]) if item.kind == "iso" else month_number(item.parts["month"])
    try:
        return date(int(item.parts["year"]), month, _day(item))
    except ValueError:
        return None


def _day(item: Found) -> int:
    """The number of a day, in digits or in words ("the third of August")."""
    return int(item.parts["day"]) if "day" in item.parts else ORDINALS[item.parts["dayword"].lower()]


def _published(first: date, last: date, basis: Basis, reason: str) -> Published:
    return Published(
        datetime.combine(first, time(0), UTC),
        datetime.combine(last, time(23, 59, 59), UTC),
        basis,
        reason,
    )


def _from_constraints(found: list[Found]) -> Published | None:
    """The news day: the first fitting weekday after the latest day told, in the one year that fits best.

    At least one clue must speak for the year beyond the bare order of dates, and no other year may do as well.
    """
    days = [(month_number(f.parts["month"]), _day(f)) for f in found if f.kind == "date" and "year" not in f.parts]
    weekdays = [weekday_number(f.parts["weekday"]) for f in found if f.kind == "weekday" and "which" not in f.parts]
    full = [d for f in found if f.kind in ("date", "iso") and "year" in f.parts and (d := _full_date(f)) is not None]
    years = sorted(
        {d.year for d in full} | {int(f.parts["year"]) for f in found if f.kind == "month" and "year" in f.parts}
    )
    if not days or not weekdays or not years:
        return None
    scored = []
    for year in (years[-1], years[-1] + 1):
        fit = _fit(year, days, weekdays, full, found)
        if fit is not None:
            scored.append(fit)
    scored.sort(key=lambda s: -s[0])
    if not scored or scored[0][0] < 1 or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    _, day, reasons = scored[0]
    return _published(day, day + timedelta(days=1), "inferred", "; ".join(reasons) + ".")


def _fit(
    year: int, days: list[tuple[int, int]], weekdays: list[int], full: list[date], found: list[Found]
) -> tuple[int, date, list[str]] | None:
    """How many clues agree with `year`, the news day then, and why."""
    try:
        anchor = max(date(year, month, day) for month, day in days)
    except ValueError:
        return None
    news_day = anchor + timedelta(days=(weekdays[0] - anchor.weekday()) % 7)
    if any(d > news_day for d in full):
        return None
    reasons = [f"the latest day told is {anchor:%d %B}, the news day a {news_day:%A}: {news_day:%d %B %Y}"]
    score = 0
    for item in found:
        if item.kind == "month" and item.parts.get("whose", "").lower() == "last" and "month" in item.parts:
            month = month_number(item.parts["month"])
            if any(d.month == month and d.year == year - 1 for d in full):
                score += 1
                reasons.append(f"“{item.parts['month']} last year” is dated {year - 1} elsewhere in the text")
            elif any(d.month == month and d.year == year for d in full):
                score -= 1
        if item.kind == "unit" and item.parts["unit"].lower() == "weekend":
            told = [
                d
                for m, n in days
                if (d := nearest_year(m, n, news_day, False)) is not None and d >= news_day - timedelta(days=7)
            ]
            if any(d.weekday() >= 5 for d in told):
                score += 1
                reasons.append("a day told falls on the weekend of which the text speaks")
            else:
                score -= 1
    return score, news_day, reasons
