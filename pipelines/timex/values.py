"""What a time expression means: its TIMEX3 value and its period, given the publication date and what was said before.

Bounds are clock readings written as UTC where the text names no zone (see `kg.model.Period`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kg.model import Granularity, Period, TimeExpression
from pipelines.timex.grammar import MONTHS, NUMBERS, ORDINALS, SEASONS, UNITS, WEEKDAYS, ZONES, Found

_PARTS = {"morning": ("MO", 5, 12), "afternoon": ("AF", 12, 18), "evening": ("EV", 17, 23), "night": ("NI", 18, 30), "noon": ("", 12, 12),
          "midday": ("MI", 11, 14), "midnight": ("", 24, 24), "dawn": ("MO", 4, 8), "dusk": ("EV", 16, 21)}  # fmt: skip
_STEPS = {"last": -1, "next": 1}
_SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 14)}


@dataclass(frozen=True, slots=True)
class Meaning:
    """TIMEX3 type and value; the days that are meant (both inclusive) or the exact moments."""

    type: str
    value: str
    granularity: Granularity | None = None
    first: datetime | None = None
    last: datetime | None = None
    zone: str | None = None

    def day(self) -> date | None:
        """The one day that is meant, if it is one."""
        fine = self.granularity in ("day", "hour", "minute", "second")
        return self.first.date() if fine and self.first is not None else None


@dataclass(slots=True)
class Discourse:
    """What earlier words settled: the publication day, the day spoken of, the year spoken of."""

    published: date | None
    current: date | None = None
    current_text_end: int = -1
    month: tuple[int, int] | None = None  # year, month
    future: bool = False


def expression(found: Found, text: str, meaning: Meaning) -> TimeExpression:
    words = text[found.start : found.end]
    period = None
    if meaning.granularity is not None and (meaning.first or meaning.last):
        period = Period(meaning.first, meaning.last, meaning.granularity, words, meaning.zone)
    return TimeExpression(found.start, found.end, words, meaning.type, meaning.value, period)  # type: ignore[arg-type]


def interpret(found: Found, context: Discourse) -> Meaning | None:
    """The meaning of one expression, or None where it means no time."""
    return _KINDS[found.kind](found.parts, context)


# Building blocks -----------------------------------------------------------------------------------------------------


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def _days(first: date, last: date, granularity: Granularity, value: str, type_: str = "DATE") -> Meaning:
    return Meaning(type_, value, granularity, _start(first), _end(last))


def a_day(day: date) -> Meaning:
    return _days(day, day, "day", day.isoformat())


def a_month(year: int, month: int) -> Meaning:
    return _days(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month", f"{year:04}-{month:02}")


def a_year(year: int) -> Meaning:
    return _days(date(year, 1, 1), date(year, 12, 31), "year", f"{year:04}")


def a_week(day: date) -> Meaning:
    monday = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return _days(monday, monday + timedelta(days=6), "week", f"{year:04}-W{week:02}")


def a_weekend(day: date) -> Meaning:
    """The weekend nearest before or on `day`."""
    saturday = day - timedelta(days=(day.weekday() - 5) % 7)
    year, week, _ = saturday.isocalendar()
    # News counts Friday evening in: "over the weekend" reaches from Friday to Sunday.
    return _days(saturday - timedelta(days=1), saturday + timedelta(days=1), "day", f"{year:04}-W{week:02}-WE")


def _unknown(value: str, type_: str = "DATE") -> Meaning:
    return Meaning(type_, value)


def month_number(name: str) -> int:
    return MONTHS[name.lower().rstrip(".")]


def weekday_number(name: str) -> int:
    return WEEKDAYS[name.lower().rstrip(".")]


def number_of(word: str | None, default: int = 1) -> float:
    if not word:
        return default
    if re.fullmatch(r"\d+(?:\.\d+)?", word):
        return float(word)
    tens, _, ones = word.lower().partition("-")
    return NUMBERS.get(tens, default) + (NUMBERS.get(ones, 0) if ones else 0)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest_year(month: int, day: int, anchor: date, future: bool) -> date | None:
    """The year that is not told: nearest to the anchor, and not after it (by more than a day) unless it is to come."""
    days = [d for y in (anchor.year - 1, anchor.year, anchor.year + 1) if (d := _valid(y, month, day)) is not None]
    if future:
        days = [d for d in days if d >= anchor - timedelta(days=60)] or days
        return min(days, key=lambda d: abs(d - anchor), default=None)
    past = [d for d in days if d <= anchor + timedelta(days=1)]
    return max(past, default=None) or min(days, key=lambda d: abs(d - anchor), default=None)


def _shift_months(day: date, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


# Kinds ---------------------------------------------------------------------------------------------------------------


def _iso(p: dict[str, str], context: Discourse) -> Meaning | None:
    day = _valid(int(p["year"]), int(p["month"]), int(p["day"]))
    if day is None:
        return None
    if "hour" not in p:
        return _settle(a_day(day), context)
    return _moment(day, int(p["hour"]), int(p["minute"]), "UTC" if "zone" in p else None)


def _date(p: dict[str, str], context: Discourse) -> Meaning | None:
    month, number = month_number(p["month"]), int(p["day"])
    if "year" in p:
        day = _valid(int(p["year"]), month, number)
    elif context.published is not None:
        day = nearest_year(month, number, context.published, context.future)
    else:
        return _unknown(f"XXXX-{month:02}-{number:02}")
    return None if day is None else _settle(a_day(day), context)


def _range(p: dict[str, str], context: Discourse) -> Meaning | None:
    first = _date({k: v for k, v in p.items() if k in ("month", "day", "year")}, context)
    if first is None or first.first is None:
        return first
    last = _valid(first.first.year, first.first.month, int(p.get("day2", p["day"])))
    if last is None or last < first.first.date():
        return first
    meaning = _days(first.first.date(), last, "day", f"{first.value}/{last.isoformat()}")
    context.current = last
    return meaning


def _years(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    first, last = int(p.get("year", p.get("year3", "0"))), int(p.get("year2", p.get("year4", "0")))
    if last < first:
        return None
    return _days(date(first, 1, 1), date(last, 12, 31), "year", f"{first}/{last}")


def _month(p: dict[str, str], context: Discourse) -> Meaning | None:
    month = month_number(p["month"])
    anchor = context.published
    if "year" in p:
        year: int | None = int(p["year"])
    elif anchor is None:
        year = None
    elif "whose" in p:
        year = anchor.year + _STEPS.get(p["whose"].lower(), 0)
    elif "which" in p:
        year = _year_of_named(month, p["which"].lower(), anchor)
    else:
        day = nearest_year(month, 1, anchor, context.future)
        year = day.year if day is not None else None
    if year is None:
        return _unknown(f"XXXX-{month:02}")
    context.month = (year, month)
    return _edge(a_month(year, month), p.get("edge"))


def _year_of_named(month: int, which: str, anchor: date) -> int:
    """ "last March" is the latest March that is over, "next March" the first that has not begun."""
    if which in ("last", "this past"):
        return anchor.year if month < anchor.month else anchor.year - 1
    if which == "next":
        return anchor.year if month > anchor.month else anchor.year + 1
    return anchor.year


def _edge(meaning: Meaning, edge: str | None) -> Meaning:
    """ "early", "late", "mid": the first or last third, or the middle one."""
    if not edge or meaning.first is None or meaning.last is None:
        return meaning
    third = (meaning.last - meaning.first) / 3
    word = edge.lower().strip()
    if word in ("early", "the beginning of", "earlier"):
        return replace(meaning, last=(meaning.first + third).replace(microsecond=0))
    if word in ("late", "the end of", "later"):
        return replace(meaning, first=(meaning.last - third).replace(microsecond=0))
    if word.startswith("mid"):
        return replace(
            meaning,
            first=(meaning.first + third).replace(microsecond=0),
            last=(meaning.last - third).replace(microsecond=0),
        )
    return meaning


def _season(p: dict[str, str], context: Discourse) -> Meaning | None:
    code = SEASONS[(p.get("season") or p.get("season2") or "").lower()]
    if "year" in p:
        year = int(p["year"])
    elif context.published is None:
        return _unknown(f"XXXX-{code}")
    else:
        year = context.published.year + {"last": -1, "next": 1}.get(p.get("which", "").lower(), 0)
    low, high = _SEASON_MONTHS[code]
    last = a_month(*_shift_months(date(year, 1, 1), high - 1)).last
    return Meaning("DATE", f"{year}-{code}", "season", _start(date(year, low, 1)), last)


def _quarter(p: dict[str, str], context: Discourse) -> Meaning | None:
    word = p.get("ordinal", "").lower()
    anchor = context.published
    if word == "last" and "year" not in p and "whose" not in p:
        if anchor is None:
            return _unknown("XXXX-QX")
        return _a_quarter(*_quarter_before(anchor.year, (anchor.month + 2) // 3))
    number = int(p["quarter"]) if "quarter" in p else 4 if word == "final" else ORDINALS[word]
    if "year" in p:
        return _a_quarter(int(p["year"]), number)
    if anchor is None:
        return _unknown(f"XXXX-Q{number}")
    if "whose" in p:
        return _a_quarter(anchor.year + _STEPS.get(p["whose"].lower(), 0), number)
    # Results are told of a quarter that is over or under way, unless the sentence looks ahead.
    begun = 3 * number - 2 <= anchor.month
    return _a_quarter(anchor.year if begun or context.future else anchor.year - 1, number)


def _quarter_before(year: int, number: int) -> tuple[int, int]:
    return (year, number - 1) if number > 1 else (year - 1, 4)


def _a_quarter(year: int, number: int) -> Meaning:
    return Meaning(
        "DATE", f"{year}-Q{number}", "quarter", _start(date(year, 3 * number - 2, 1)), a_month(year, 3 * number).last
    )


def _clock(p: dict[str, str], context: Discourse) -> Meaning | None:
    zone = ZONES.get(p.get("zone", "").lower().rstrip(")"))
    if "named" in p:
        hour, minute = (0 if p["named"].lower() == "midnight" else 12), 0
    else:
        hour, minute = int(p.get("hour", "0")), int(p.get("minute", "0"))
        half = p.get("half", "").lower().replace(".", "").replace(" ", "")
        if half and not 1 <= hour <= 12:
            return None
        if half == "pm" and hour < 12:
            hour += 12
        if half == "am" and hour == 12:
            hour = 0
    if hour > 23:
        return None
    day = context.current or context.published
    if day is None:
        return _unknown(f"XXXX-XX-XXT{hour:02}:{minute:02}", "TIME")
    return _moment(day, hour, minute, zone)


def _moment(day: date, hour: int, minute: int, zone: str | None) -> Meaning:
    moment = datetime.combine(day, time(hour, minute), UTC)
    if zone is not None:
        moment = moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    suffix = "Z" if zone == "UTC" else ""
    value = f"{day.isoformat()}T{hour:02}:{minute:02}{suffix}"
    return Meaning("TIME", value, "minute", moment, moment + timedelta(seconds=59), zone)


def _decade(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    year = int(p["decade"]) + (1900 if len(p["decade"]) == 2 else 0)
    return _edge(_days(date(year, 1, 1), date(year + 9, 12, 31), "decade", str(year)[:3]), p.get("edge"))


def _unit_value(number: float, unit: str) -> str:
    name = "century" if unit.startswith("centur") else unit.lower()
    count = number * {"decade": 10, "century": 100}.get(name, 1)
    amount = f"{count:g}"
    return f"P{'T' if name in ('second', 'minute', 'hour') else ''}{amount}{UNITS[name]}"


def _duration(p: dict[str, str], context: Discourse) -> Meaning | None:
    unit = p["unit"].lower()
    if "several" in p:
        return _unknown(_unit_value(0, unit).replace("0", "X"), "DURATION")
    number = 0.5 if "half" in p else number_of(p.get("number"))
    if "andhalf" in p:
        number += 0.5
    if "shift" not in p:
        # "not a day anybody …", "in a second statement": an article alone measures nothing.
        vague = unit == "second" or ("article" in p and unit in ("day", "minute") and "about" not in p)
        return None if vague else _unknown(_unit_value(number, unit), "DURATION")
    return _shifted(number, unit, p["shift"].lower(), context)


def _shifted(number: float, unit: str, shift: str, context: Discourse) -> Meaning | None:
    """ "three days later", "two years ago": from the day spoken of, or from publication."""
    from_publication = shift in ("ago", "from now")
    anchor = context.published if from_publication else (context.current or context.published)
    sign = 1 if shift in ("later", "after", "from now") else -1
    if anchor is None or number > 10000:
        return _unknown(_unit_value(number, unit), "DURATION")
    name = "century" if unit.startswith("centur") else unit
    if name in ("year", "decade", "century"):
        year = anchor.year + sign * round(number * {"year": 1, "decade": 10, "century": 100}[name])
        return a_year(year) if 1 <= year <= 9998 else None
    if name == "month":
        return a_month(*_shift_months(anchor, sign * round(number)))
    if name == "week":
        return (
            a_week(anchor + timedelta(days=sign * 7 * number))
            if not from_publication or number != 1
            else a_week(anchor - timedelta(days=7))
        )
    if name == "day":
        return _settle(a_day(anchor + timedelta(days=sign * round(number))), context)
    return _unknown(_unit_value(number, unit), "DURATION")


# What "recent" or "few" spans is open; a dozen days, weeks or months or five years is the most that the words bear.
_MOST = {"day": 12, "week": 84, "month": 366, "year": 1830, "decade": 18300}
_LENGTH = {"day": 1, "week": 7, "month": 31, "year": 366, "decade": 3660}


def _span(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "the past three days", "in recent weeks", "the coming months", "the past decade"."""
    which, unit, number = p["which"].lower(), p["unit"].lower(), p.get("number", "").lower()
    ahead = which in ("next", "coming")
    if which == "recent" or number in ("few", "several", "couple of"):
        value = "FUTURE_REF" if ahead else "PAST_REF"
        return _reach(_MOST.get(unit), ahead, Meaning("DATE", value), context)
    if number or unit == "decade":
        count = number_of(p.get("number"))
        length = _LENGTH.get(unit)
        days = round(count * length) if length is not None and count < 1000 else None
        return _reach(days, ahead, Meaning("DURATION", _unit_value(count, unit)), context)
    return _unit({"which": {"past": "last", "coming": "next"}.get(which, which), "unit": unit}, context)


def _reach(days: int | None, ahead: bool, meaning: Meaning, context: Discourse) -> Meaning:
    """So many days up to publication, or from it on."""
    if days is None or context.published is None or not timedelta(days=days) < context.published - date.min:
        return meaning
    other = context.published + timedelta(days=days if ahead else -days)
    first, last = sorted((context.published, other))
    return replace(meaning, granularity="week" if days < 31 else "month", first=_start(first), last=_end(last))


def _open(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    """ "in minutes", "for decades": so many that nobody counted."""
    unit = p["plural"].lower().removesuffix("s")
    return _unknown(f"P{'T' if unit in ('minute', 'hour') else ''}X{UNITS[unit]}", "DURATION")


def _same_day(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    day = context.current or context.published
    return _unknown("XXXX-XX-XX") if day is None else a_day(day)


def _daypart(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "in the morning": of the day spoken of."""
    part = p["part"].lower()
    day = context.current or context.published
    if part == "overnight":
        part = "night"
    if day is None:
        code, low, _ = _PARTS[part]
        return _unknown(f"XXXX-XX-XXT{code or f'{low % 24:02}:00'}", "TIME")
    return _part_of_day(day, part)


def _unit(p: dict[str, str], context: Discourse) -> Meaning | None:
    which, unit = p["which"].lower(), p["unit"].lower()
    follows = which in ("the same", "that", "the following", "the previous")
    anchor = (
        context.current if follows and unit in ("day", "night", "morning", "afternoon", "evening", "weekend") else None
    ) or context.published
    if follows and unit in ("day", "night", "morning", "afternoon", "evening") and context.current is None:
        return _unknown("XXXX-XX-XX")
    if anchor is None:
        return _unknown(
            {"year": "XXXX", "month": "XXXX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX-WE"}.get(unit, "XXXX-XX-XX")
        )
    step = {"last": -1, "next": 1, "the following": 1, "the previous": -1}.get(which, 0)
    if unit == "year":
        return _edge(a_year(anchor.year + step), p.get("edge"))
    if unit == "month":
        return _edge(a_month(*_shift_months(anchor, step)), p.get("edge"))
    if unit == "week":
        return _edge(a_week(anchor + timedelta(days=7 * step)), p.get("edge"))
    if unit == "weekend":
        base = a_weekend(anchor)
        return (
            a_weekend(anchor + timedelta(days=7 if which == "next" else 0))
            if which in ("next", "this") and step
            else base
        )
    if unit == "day":
        return _settle(a_day(anchor + timedelta(days=step)), context)
    if unit in ("decade", "century"):
        return None
    return _part_of_day(anchor + timedelta(days=step), unit)


def _part_of_day(day: date, part: str) -> Meaning:
    code, low, high = _PARTS[part.lower()]
    first = _start(day) + timedelta(hours=low)
    last = _start(day) + timedelta(hours=high) + (timedelta(seconds=59) if low == high else timedelta(0))
    value = f"{day.isoformat()}T{code}" if code else f"{day.isoformat()}T{low % 24:02}:00"
    return Meaning("TIME", value, "hour" if low != high else "minute", first, last)


def _nextday(p: dict[str, str], context: Discourse) -> Meaning | None:
    if context.current is None:
        return _unknown("XXXX-XX-XX")
    step = -1 if re.search(r"before|previous|earlier", p["dayshift"], re.IGNORECASE) else 1
    return _settle(a_day(context.current + timedelta(days=step)), context)


def _weekday(p: dict[str, str], context: Discourse) -> Meaning | None:
    number, anchor = weekday_number(p["weekday"]), context.published
    if anchor is None:
        return _unknown(f"XXXX-WXX-{number + 1}")
    which = p.get("which", "").lower()
    back, ahead = (anchor.weekday() - number) % 7, (number - anchor.weekday()) % 7
    if which == "the following" and context.current is not None:
        day = context.current + timedelta(days=(number - context.current.weekday()) % 7 or 7)
    elif which == "next":
        day = anchor + timedelta(days=ahead or 7)
    elif which == "last":
        day = anchor - timedelta(days=back or 7)
    elif context.future:
        day = anchor + timedelta(days=ahead)
    else:
        day = anchor - timedelta(days=back)
    _settle(a_day(day), context)
    if "part" in p:
        return _part_of_day(day, p["part"])
    return _edge_of_day(a_day(day), p.get("edge"))


def _edge_of_day(meaning: Meaning, edge: str | None) -> Meaning:
    if not edge or meaning.first is None or meaning.last is None:
        return meaning
    if edge.lower() == "early":
        return replace(meaning, last=meaning.first + timedelta(hours=10))
    return replace(meaning, first=meaning.first + timedelta(hours=16)) if edge.lower() == "late" else meaning


def _deictic(p: dict[str, str], context: Discourse) -> Meaning | None:
    word = p["deictic"].lower()
    if context.published is None:
        return _unknown(
            "PRESENT_REF" if word in ("today", "tonight") else "PAST_REF" if word == "yesterday" else "FUTURE_REF"
        )
    day = context.published + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(word, 0))
    _settle(a_day(day), context)
    part = "night" if word == "tonight" else p.get("part")
    return _part_of_day(day, part) if part else _edge_of_day(a_day(day), p.get("edge"))


def _year(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    return _edge(a_year(int(p["year"])), p.get("edge"))


def _set(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    if "adverb" in p:
        value = _ADVERBS[p["adverb"].lower()]
    elif "weekday" in p:
        value = f"XXXX-WXX-{weekday_number(p['weekday']) + 1}"
    elif "unit" in p:
        value = _unit_value(number_of(p.get("number")), p["unit"].lower())
    else:
        value = "P1D"
    return _unknown(value, "SET")


def _ref(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    return _unknown("PAST_REF" if "pastref" in p else "FUTURE_REF" if "futureref" in p else "PRESENT_REF")


def _settle(meaning: Meaning, context: Discourse) -> Meaning:
    """From here on, "the same day" is this day."""
    context.current = meaning.day() or context.current
    return meaning


_ADVERBS = {"daily": "P1D", "weekly": "P1W", "monthly": "P1M", "annually": "P1Y", "annual": "P1Y", "yearly": "P1Y"}
_KINDS = {
    "iso": _iso,
    "set": _set,
    "range": _range,
    "years": _years,
    "date": _date,
    "month": _month,
    "season": _season,
    "quarter": _quarter,
    "clock": _clock,
    "decade": _decade,
    "duration": _duration,
    "span": _span,
    "unit": _unit,
    "open": _open,
    "sameday": _same_day,
    "daypart": _daypart,
    "nextday": _nextday,
    "weekday": _weekday,
    "deictic": _deictic,
    "year": _year,
    "ref": _ref,
}
