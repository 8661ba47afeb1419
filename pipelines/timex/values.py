"""What a time expression means: its TIMEX3 value and its period, given the publication date and what was said before.

Bounds are clock readings written as UTC where the text names no zone (see `kg.model.Period`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from kg.model import Granularity, Period, TimeExpression
from pipelines.timex.grammar import HOLIDAYS, MONTHS, NUMBERS, ORDINALS, SEASONS, UNITS, WEEKDAYS, ZONES, Found

_PARTS = {"morning": ("MO", 5, 12), "afternoon": ("AF", 12, 18), "evening": ("EV", 17, 23), "night": ("NI", 18, 30), "noon": ("", 12, 12),
          "midday": ("MI", 11, 14), "lunchtime": ("MI", 11, 14), "midnight": ("", 24, 24), "dawn": ("MO", 4, 8), "daybreak": ("MO", 4, 8),
          "sunrise": ("MO", 4, 9), "dusk": ("EV", 16, 22), "sunset": ("EV", 16, 22), "nightfall": ("EV", 16, 23),
          "small hours": ("NI", 0, 6), "early hours": ("NI", 0, 6)}  # fmt: skip
_STEPS = {"last": -1, "next": 1}
_SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 14)}


Tense = Literal["past", "open", "future"]
Moment = tuple[datetime, str | None]  # as the clock reads, and its zone where one is named


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
    """What earlier words settled: the publication day, the day, month and clock spoken of; and how the clause is told."""

    published: date | None
    dated: date | None = None  # the first full date of the text
    current: date | None = None  # the day that the story has reached
    named: date | None = None  # the day last named, be it beside the story
    yearless: tuple[int, int] | None = None  # month and day of a day whose year nothing tells
    told: date | None = None  # first day of the last day, month or year named
    period_told: Meaning | None = None  # the last month or quarter
    clock: Moment | None = None
    tense: Tense = "open"
    part: str = ""  # the part of day that the sentence names: "in the evening", "Monday morning"
    midnight_ends_day: bool = False
    runs_on: bool = False  # a clock was told in this sentence, and no day since

    @property
    def future(self) -> bool:
        return self.tense == "future"

    def day(self) -> date | None:
        """The day spoken of, else that of publication. What is told as past did not happen on a day still to come."""
        if self.tense == "past" and self.current and self.published and self.current > self.published:
            return self.published
        return self.current or self.published

    def back_reference(self) -> date | None:
        """The day at which "that day" and "the next morning" point."""
        if self.named is None or (self.tense == "past" and self.published and self.named > self.published):
            return self.day()
        return self.named

    def day_prefix(self) -> str:
        """The date of a value whose day is not fully known."""
        return "XXXX-{:02}-{:02}".format(*self.yearless) if self.yearless else "XXXX-XX-XX"


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
    if re.fullmatch(r"[\d,]+(?:\.\d+)?", word):
        return float(word.replace(",", ""))
    total = 0
    for part in re.split(r"[\s-]+", word.lower()):
        number = NUMBERS.get(part, 0)
        total = total * number if part == "hundred" else total + number
    return total or default


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest_year(month: int, day: int, anchor: date, future: bool, past: bool = True) -> date | None:
    """The year that is not told: nearest to the anchor, and on the side of it where the words put it."""
    days = [d for y in (anchor.year - 1, anchor.year, anchor.year + 1) if (d := _valid(y, month, day)) is not None]
    if future:
        days = [d for d in days if d >= anchor - timedelta(days=60)] or days
    elif past:
        days = [d for d in days if d <= anchor + timedelta(days=1)] or days
    return min(days, key=lambda d: abs(d - anchor), default=None)


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
    return _moment(day, int(p["hour"]), int(p["minute"]), "UTC" if "zone" in p else None, context)


def _date(p: dict[str, str], context: Discourse) -> Meaning | None:
    month = month_number(p["month"])
    number = ORDINALS[p["dayword"].lower()] if "dayword" in p else int(p["day"])
    year = p.get("year")
    if "whose" in p and context.published is not None:
        year = str(context.published.year + _STEPS.get(p["whose"].lower(), 0))
    return _day_of_year(year, month, number, context)


def _day_of_year(year: str | None, month: int, number: int, context: Discourse) -> Meaning | None:
    """A day of a month, its year told or the one that fits best."""
    if year is not None:
        day = _valid(int(year), month, number)
    elif context.published is not None:
        day = nearest_year(month, number, context.published, context.future, context.tense == "past")
    elif (anchor := context.current or context.dated) is not None:
        day = nearest_year(month, number, anchor, future=False, past=False)
    else:
        context.yearless = (month, number)
        return _unknown(f"XXXX-{month:02}-{number:02}")
    return None if day is None else _settle(a_day(day), context)


def _numeric(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "14.05.2025" and "14/05/2025"; with slashes only where day and month cannot be confused."""
    day, month = int(p["first"]), int(p["second"])
    if p["mark"] == "/" and month > 12:
        day, month = month, day
    elif p["mark"] == "/" and day <= 12 and day != month:
        return None
    valid = _valid(int(p["year"]), month, day)
    return None if valid is None else _settle(a_day(valid), context)


def _nth(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "the 9th": of the month last told of, else of the month in which it makes sense."""
    number = int(p["day"])
    if context.current is None and context.period_told is None and context.yearless is not None:
        return _day_of_year(None, context.yearless[0], number, context)
    anchor = context.current or context.published
    if anchor is None:
        return _unknown(f"XXXX-XX-{number:02}")
    day, now = _valid(anchor.year, anchor.month, number), context.published
    if day is not None and now is not None and context.future and day < now:
        day = _valid(*_shift_months(now, 0 if number >= now.day else 1), number)
    elif day is not None and now is not None and context.tense == "past" and day > now and context.current is None:
        day = _valid(*_shift_months(now, -1), number)
    return None if day is None else _settle(a_day(day), context)


def _holiday(p: dict[str, str], context: Discourse) -> Meaning | None:
    """A feast whose day the calendar fixes, by date or by Easter."""
    fixed = HOLIDAYS[p["holiday"].lower().replace("’", "'")]
    if isinstance(fixed, tuple):
        return _day_of_year(p.get("year"), *fixed, context)
    anchor = context.published or context.current
    if "year" in p:
        return _settle(a_day(easter(int(p["year"])) + timedelta(days=fixed)), context)
    if anchor is None:
        return _unknown("XXXX-XX-XX")
    days = [easter(year) + timedelta(days=fixed) for year in (anchor.year - 1, anchor.year, anchor.year + 1)]
    fitting = [d for d in days if d >= anchor] if context.future else [d for d in days if d <= anchor]
    return _settle(a_day(min(fitting, key=lambda d: abs(d - anchor))), context)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's rule)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


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


def _name(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    """ "Black Friday", "the September 11 attacks": names, no times."""
    return None


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
    elif "which" in p and p["which"].lower().split()[-1] in ("previous", "following", "that"):
        return _told_month(month, p["which"].lower().split()[-1], context)
    elif (anchor := anchor or context.current) is None:
        year = None
    elif "whose" in p:
        year = anchor.year + _STEPS.get(p["whose"].lower(), 0)
    elif "which" in p:
        year = _year_of_named(month, p["which"].lower(), anchor)
    else:
        year = _year_of_month(month, anchor, context)
    if year is None:
        return _unknown(f"XXXX-{month:02}")
    return _tell(_edge(a_month(year, month), p.get("edge")), context)


def _year_of_month(month: int, anchor: date, context: Discourse) -> int:
    """The year of a month told without one: this month is this year's, others lie on the side of which the words speak."""
    if month == anchor.month:
        return anchor.year
    day = nearest_year(month, 15, anchor, context.future, context.tense != "future")
    return day.year if day is not None else anchor.year


def _told_month(month: int, which: str, context: Discourse) -> Meaning:
    """ "the previous July", "that March": seen from what was told before."""
    anchor = context.told or context.published
    if anchor is None:
        return _unknown(f"XXXX-{month:02}")
    step = (
        -1
        if which == "previous" and month >= anchor.month
        else 1
        if which == "following" and month <= anchor.month
        else 0
    )
    return _tell(a_month(anchor.year + step, month), context)


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
    code = SEASONS[p["season"].lower()]
    anchor = context.published or context.current
    if "year" in p:
        return _a_season(int(p["year"]), code, p.get("edge"))
    if anchor is None:
        return _unknown(f"XXXX-{code}")
    if "whose" in p:
        return _a_season(anchor.year + _STEPS.get(p["whose"].lower(), 0), code, p.get("edge"))
    which = p.get("which", "").lower()
    if which == "this":
        return _a_season(anchor.year, code)
    seasons = [_a_season(year, code, p.get("edge")) for year in range(anchor.year - 2, anchor.year + 3)]
    now = _start(anchor)
    if which == "next":
        return next(s for s in seasons if s.first is not None and s.first > now)
    if which == "last":
        return next(s for s in reversed(seasons) if s.last is not None and s.last < now)
    if context.future:
        return next(s for s in seasons if s.last is not None and s.last >= now)
    return next(s for s in reversed(seasons) if s.first is not None and s.first <= now)


def _a_season(year: int, code: str, edge: str | None = None) -> Meaning:
    low, high = _SEASON_MONTHS[code]
    last = a_month(*_shift_months(date(year, 1, 1), high - 1)).last
    return _edge(Meaning("DATE", f"{year}-{code}", "season", _start(date(year, low, 1)), last), edge)


def _quarter(p: dict[str, str], context: Discourse) -> Meaning | None:
    meaning = _quarter_of(p, context)
    return _tell(meaning, context)


def _quarter_of(p: dict[str, str], context: Discourse) -> Meaning:
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
    zone = _zone(p.get("zone", ""))
    hour, minute = _reading(p, context)
    if not 0 <= hour <= 23 or not 0 <= minute <= 59:
        return None
    day = context.day()
    if day is None:
        return _unknown(f"{context.day_prefix()}T{hour:02}:{minute:02}{'Z' if zone == 'UTC' else ''}", "TIME")
    if context.runs_on and context.clock is not None and context.clock[0].hour >= 18 and hour <= 6:
        day = context.current = context.clock[0].date() + timedelta(days=1)
    if p.get("named", "").lower() == "midnight" and context.midnight_ends_day:
        day += timedelta(days=1)
    return _moment(day, hour, minute, zone, context)


def _zone(name: str) -> str | None:
    """The zone of a clock: by its name, or by whole hours from UTC, whose sign zone names turn round."""
    name = name.lower().rstrip(")")
    offset = re.fullmatch(r"(?:utc|gmt)\s?([+-])(\d+)", name)
    if offset is None:
        return ZONES.get(name)
    hours = int(offset[2])
    return None if hours > 12 else f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}"


def _reading(p: dict[str, str], context: Discourse) -> tuple[int, int]:
    """Hour and minute of the day; an hour of 24 or more where the words tell none."""
    half = p.get("half", "").lower().replace(".", "").replace(" ", "")
    if "named" in p:
        hour, minute = (0 if p["named"].lower() == "midnight" else 12), 0
    elif "said" in p:
        hour, minute = int(number_of(p["said"])), 0
    else:
        hour, minute = int(p["hour"]), int(p.get("minute", "0"))
    if half and not 1 <= hour <= 12:
        return 99, 0
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif "of" in p:
        hour = _of_part(hour, p["of"])
    elif "said" in p:
        hour = _half_of_day(hour, context)
    if "past" in p:
        return hour, _minutes(p["past"])
    if "to" in p:
        return (hour - 1) % 24, 60 - _minutes(p["to"])
    return hour, minute


def _minutes(words: str) -> int:
    words = words.lower().removesuffix("minutes").strip()
    return 30 if words == "half" else 15 if words.endswith("quarter") else int(number_of(words))


def _of_part(hour: int, part: str) -> int:
    """ "six in the evening", "four in the morning", "two at night"."""
    if hour > 12:
        return hour
    code = _PARTS[part.lower()][0]
    late = (code in ("AF", "EV", "MI") and hour != 12) or (code == "NI" and 5 <= hour < 12)
    return hour % 12 + 12 if late or (code in ("AF", "MI") and hour == 12) else hour % 12


def _half_of_day(hour: int, context: Discourse) -> int:
    """ "at six": by the part of day that is told, else after the clock last told, else in the working day."""
    if context.part:
        return _of_part(hour, context.part)
    if context.clock is not None and context.clock[0].date() == context.day():
        last = context.clock[0].hour
        # A story goes on rather than back, and rather a little than much.
        return min((hour % 12, hour % 12 + 12), key=lambda h: h - last if h >= last else 2 * (last - h))
    return hour + 12 if hour < 6 else hour


def _moment(day: date, hour: int, minute: int, zone: str | None, context: Discourse) -> Meaning:
    told = datetime.combine(day, time(hour, minute), UTC)
    context.clock = (told, zone)
    moment, offset = told, ""
    if zone is not None:
        local = told.replace(tzinfo=ZoneInfo(zone))
        moment, offset = local.astimezone(UTC), "Z" if zone == "UTC" else local.isoformat()[-6:]
    value = f"{day.isoformat()}T{hour:02}:{minute:02}{offset}"
    return Meaning("TIME", value, "minute", moment, moment + timedelta(seconds=59), zone)


def _decade(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    year = int(p["decade"]) + (1900 if len(p["decade"]) == 2 else 0)
    return _edge(_days(date(year, 1, 1), date(year + 9, 12, 31), "decade", str(year)[:3]), p.get("edge"))


# A half, or a part told in decimals, is written in the next smaller unit.
_SMALLER = {
    "year": ("month", 12),
    "day": ("hour", 24),
    "hour": ("minute", 60),
    "minute": ("second", 60),
    "decade": ("year", 10),
}
_TIMES = {"decade": 10, "century": 100, "fortnight": 2}


def _unit_value(number: float, unit: str) -> str:
    name = "century" if unit.startswith("centur") else unit.lower()
    if name in ("decade", "century"):
        name, number = "year", number * _TIMES[name]
    letter, timed = UNITS[name], name in ("second", "minute", "hour")
    smaller, count = _SMALLER.get(name, ("", 0))
    rest = (number - int(number)) * count
    if not rest or abs(rest - round(rest)) > 1e-6:
        return f"P{'T' if timed else ''}{number * _TIMES.get(name, 1):g}{letter}"
    whole = f"{int(number)}{letter}" if number >= 1 else ""
    small = f"{round(rest)}{UNITS[smaller]}"
    return f"PT{whole}{small}" if timed else f"P{whole}{'T' if smaller == 'hour' else ''}{small}"


def _duration(p: dict[str, str], context: Discourse) -> Meaning | None:
    unit = p["unit"].lower()
    if "several" in p:
        return _unknown(_unit_value(0, unit).replace("0", "X"), "DURATION")
    if unit == "quarter" and "manner" not in p:
        return None  # "one quarter of the people": a part, no time
    if "shift" not in p:
        return None if _is_vague(p, unit) else _unknown(_unit_value(_amount(p), unit), "DURATION")
    return _shifted(_amount(p), unit, p["shift"].lower(), context)


def _is_vague(p: dict[str, str], unit: str) -> bool:
    """ "not a day anybody …", "in a second statement": an article alone measures nothing."""
    if "article" in p:
        return unit in ("second", "night") or (unit in ("day", "minute") and not {"about", "measured"} & p.keys())
    return unit == "second" and ("manner" in p or p.get("number", "").lower() in ("single", "couple"))


def _amount(p: dict[str, str]) -> float:
    if "half" in p:
        return 0.5
    if "quarters" in p:
        return 0.75 if p["quarters"].lower().startswith("three") else 0.25
    number = number_of(p.get("number"))
    if "minutes" in p:
        return number + number_of(p["minutes"]) / 60
    return number + (0.5 if "andhalf" in p else 0.25 if "andquarter" in p else 0)


def _shifted(number: float, unit: str, shift: str, context: Discourse) -> Meaning | None:
    """ "three days later", "two years ago": from the day spoken of, or from publication."""
    from_publication = shift in ("ago", "from now")
    anchor = context.published if from_publication else context.back_reference()
    sign = 1 if shift.startswith(("later", "after", "from")) else -1
    name = "century" if unit.startswith("centur") else unit
    if name == "hour" and number and number % 24 == 0 and number <= 240:
        name, number = "day", number / 24  # "48 hours later" counts days
    if name in ("second", "minute", "hour"):
        return _shifted_clock(number, name, sign, from_publication, context)
    if anchor is None or number > 10000:
        return _unknown(_unit_value(number, unit), "DURATION")
    if name in ("year", "decade", "century"):
        year = anchor.year + sign * round(number * {"year": 1, "decade": 10, "century": 100}[name])
        return _tell(a_year(year), context) if 1 <= year <= 9998 else None
    if name in ("month", "quarter"):
        return _tell(a_month(*_shift_months(anchor, sign * round(number * (3 if name == "quarter" else 1)))), context)
    days = round(number * {"week": 7, "fortnight": 14}.get(name, 1))
    if not timedelta(days=days + 4) < min(anchor - date.min, date.max - anchor):
        return None
    day = anchor + timedelta(days=sign * days)
    if name in ("week", "fortnight"):
        # A week ago is that weekday, or one near it.
        near = _days(day - timedelta(days=3), day + timedelta(days=3), "week", day.isoformat())
        context.current = day if not from_publication else context.current
        return near
    return _settle(a_day(day), context)


def _shifted_clock(number: float, unit: str, sign: int, from_publication: bool, context: Discourse) -> Meaning | None:
    """ "ten minutes later": from the clock last told, if it was one of the day spoken of; else only a length."""
    length = _unknown(_unit_value(number, unit), "DURATION")
    if context.clock is None or number > 1000:
        return length
    told, zone = context.clock
    if told.date() != (context.published if from_publication else context.day()):
        return length
    moved = told + sign * number * timedelta(seconds={"second": 1, "minute": 60, "hour": 3600}[unit])
    if not 2 <= moved.year <= 9997:
        return length
    if moved.date() != told.date():
        context.current = moved.date()
    return _moment(moved.date(), moved.hour, moved.minute, zone, context)


def _row(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "for a third consecutive day", "the fourth week in a row": the one under way."""
    unit = p["unit"].lower()
    return _unit({"which": "this", "unit": unit}, context) if unit in ("day", "week", "month", "year") else None


def _within(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    return _unknown(_unit_value(1, p["unit"].lower()), "DURATION")


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
    unit = "year" if unit == "decade" else unit
    return _unknown(f"P{'T' if unit in ('minute', 'hour') else ''}X{UNITS[unit]}", "DURATION")


def _same_day(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    day = context.day()
    return _unknown("XXXX-XX-XX") if day is None else a_day(day)


def _daypart(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "in the morning": of the day spoken of;"""
    part = " ".join(p["part"].lower().split())
    day = context.day()
    if part == "overnight":
        part, day = "night", _day_of_overnight(day, "lead" in p, context)
    elif part == "night" and context.tense == "past" and context.current is None and day is not None:
        day -= timedelta(days=1)
    return _unknown_part(part, context) if day is None else _part_of_day(day, part)


def _day_of_overnight(day: date | None, stays: bool, context: Discourse) -> date | None:
    """Who "stayed overnight" stayed the night of that day; what "came overnight" came the night before."""
    return day if day is None or stays or context.future else day - timedelta(days=1)


def _unknown_part(part: str, context: Discourse) -> Meaning:
    code, low, _ = _PARTS[part]
    return _unknown(f"{context.day_prefix()}T{code or f'{low % 24:02}:00'}", "TIME")


_DAY_UNITS = ("day", "date", "minute", "night", "morning", "afternoon", "evening", "noon")
_UNKNOWN_UNITS = {"year": "XXXX", "month": "XXXX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX-WE"}


def _unit(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "last week", "this morning" count from publication; "that year", "the next morning" from what was told."""
    which, unit = p["which"].lower(), p["unit"].lower()
    told = which.startswith(("that", "the same", "the following")) or (which == "the previous" and unit in _DAY_UNITS)
    step = {"last": -1, "next": 1, "following": 1, "previous": -1}.get(which.split()[-1], 0)
    if unit in _DAY_UNITS:
        follows = told or (unit != "day" and step and which != "last")
        return _day_unit(unit, step, context.back_reference() if follows else context.published, context, told)
    told_day = context.current if unit in ("week", "weekend") else context.told
    anchor = (told_day if told else None) or context.published
    if anchor is None:
        return _unknown(_UNKNOWN_UNITS.get(unit, "XXXX-XX-XX"))
    if unit == "year":
        return _tell(_edge(a_year(anchor.year + step), p.get("edge")), context)
    if unit == "month":
        return _tell(_edge(a_month(*_shift_months(anchor, step)), p.get("edge")), context)
    if unit == "week":
        return _edge(a_week(anchor + timedelta(days=7 * step)), p.get("edge"))
    if unit == "weekend":
        return _weekend(anchor, which)
    return None


def _weekend(anchor: date, which: str) -> Meaning:
    return a_weekend(anchor + timedelta(days=7 if which == "next" else 0))


def _same(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "the same month a year ago": the month or quarter last told, a year earlier."""
    told = context.period_told
    if told is None or told.first is None or (p["unit"].lower() != "period" and told.granularity != p["unit"].lower()):
        return None
    year, month = told.first.year - 1, told.first.month
    return a_month(year, month) if told.granularity == "month" else _a_quarter(year, (month + 2) // 3)


def _day_unit(unit: str, step: int, anchor: date | None, context: Discourse, told: bool) -> Meaning | None:
    if unit == "minute":
        return _same_minute(context) if told else None
    if told and context.named is None and context.current is None:
        anchor = None
    day = anchor + timedelta(days=step) if anchor is not None else None
    if unit in ("day", "date"):
        if day is None:
            return _unknown("XXXX-XX-XX" if step else context.day_prefix())
        return _settle(a_day(day), context)
    if day is None:
        return _unknown_part(unit, Discourse(None) if step else context)
    if told or step:
        _settle(a_day(day), context)
    return _part_of_day(day, unit)


def _same_minute(context: Discourse) -> Meaning | None:
    if context.clock is None:
        return None
    told, zone = context.clock
    return _moment(told.date(), told.hour, told.minute, zone, context)


def _part_of_day(day: date, part: str) -> Meaning:
    code, low, high = _PARTS[part.lower()]
    first = _start(day) + timedelta(hours=low)
    last = _start(day) + timedelta(hours=high) + (timedelta(seconds=59) if low == high else timedelta(0))
    value = f"{day.isoformat()}T{code}" if code else f"{day.isoformat()}T{low % 24:02}:00"
    return Meaning("TIME", value, "hour" if low != high else "minute", first, last)


def _nextday(p: dict[str, str], context: Discourse) -> Meaning | None:
    """ "the day before", "the night after", "the next day": from the day spoken of."""
    words = p["dayshift"].lower().split()
    step = -1 if {"before", "previous", "earlier"} & set(words) else 1
    unit = words[0] if words[0] in ("night", "morning", "evening", "week", "month", "year") else "day"
    if unit in ("week", "month", "year"):
        return _unit_beside(unit, step, context)
    anchor = context.named or context.current or (context.published if step < 0 and unit != "day" else None)
    if anchor is None:
        return _unknown("XXXX-XX-XX") if unit == "day" else _unknown_part(unit, Discourse(None))
    day = anchor + timedelta(days=step)
    if unit == "day":
        return _settle(a_day(day), context)
    return _part_of_day(day, unit)


def _unit_beside(unit: str, step: int, context: Discourse) -> Meaning:
    anchor = context.told or context.published
    if anchor is None:
        return _unknown(_UNKNOWN_UNITS[unit])
    if unit == "week":
        return a_week(anchor + timedelta(days=7 * step))
    return a_year(anchor.year + step) if unit == "year" else a_month(*_shift_months(anchor, step))


def _weekday(p: dict[str, str], context: Discourse) -> Meaning | None:
    number, anchor = weekday_number(p["weekday"]), context.published
    which = p.get("which", "").lower()
    if anchor is None or which in ("a", "an"):
        return _unknown(f"XXXX-WXX-{number + 1}")
    day = _day_of_week(number, which, anchor, context)
    if "week" in p:
        day = anchor + timedelta(days=number - anchor.weekday() + 7 * _STEPS.get(p["week"].lower(), 0))
    _settle(a_day(day), context)
    if "part" in p:
        return _named_part(day, p["part"].lower(), context)
    return _edge_of_day(a_day(day), p.get("edge"))


def _day_of_week(number: int, which: str, anchor: date, context: Discourse) -> date:
    back, ahead = (anchor.weekday() - number) % 7, (number - anchor.weekday()) % 7
    if which in ("the following", "the previous", "that", "the") and context.current is not None:
        current = context.current
        if which == "the":
            return current + timedelta(days=(number - current.weekday()) % 7)
        if which == "the following":
            return current + timedelta(days=(number - current.weekday()) % 7 or 7)
        return current - timedelta(days=(current.weekday() - number) % 7 or (0 if which == "that" else 7))
    if which in ("next", "this coming"):
        return anchor + timedelta(days=ahead or 7)
    if which == "last":
        return anchor - timedelta(days=back or 7)
    return anchor + timedelta(days=ahead) if context.future else anchor - timedelta(days=back)


def _named_part(day: date, part: str, context: Discourse) -> Meaning:
    """ "Monday noon" and "Monday midnight" are moments, "Monday morning" is a part of the day."""
    if part in ("noon", "midnight"):
        return _moment(day + timedelta(days=part == "midnight"), 12 if part == "noon" else 0, 0, None, context)
    return _part_of_day(day, part)


def _edge_of_day(meaning: Meaning, edge: str | None) -> Meaning:
    if not edge or meaning.first is None or meaning.last is None:
        return meaning
    if edge.lower() == "early":
        return replace(meaning, last=meaning.first + timedelta(hours=10))
    return replace(meaning, first=meaning.first + timedelta(hours=16)) if edge.lower() == "late" else meaning


_DEICTIC_STEPS = {"yesterday": -1, "tomorrow": 1, "day before yesterday": -2, "day after tomorrow": 2}


def _deictic(p: dict[str, str], context: Discourse) -> Meaning | None:
    word = p["deictic"].lower()
    if context.published is None:
        return _unknown(
            "PRESENT_REF" if word in ("today", "tonight") else "PAST_REF" if "yesterday" in word else "FUTURE_REF"
        )
    day = context.published + timedelta(days=_DEICTIC_STEPS.get(" ".join(word.split()), 0))
    _settle(a_day(day), context)
    part = "night" if word == "tonight" else p.get("part")
    return _named_part(day, part.lower(), context) if part else _edge_of_day(a_day(day), p.get("edge"))


def _year(p: dict[str, str], context: Discourse) -> Meaning | None:
    year = int(p["year"])
    if year < 100:  # "in '86"
        newest = context.published.year if context.published is not None else 1999
        year += 2000 if year <= newest % 100 and newest >= 2000 else 1900
    return _tell(_edge(a_year(year), p.get("edge")), context)


def _set(p: dict[str, str], context: Discourse) -> Meaning | None:  # noqa: ARG001
    if "adverb" in p:
        value = _ADVERBS[p["adverb"].lower()]
    elif "weekends" in p:
        value = "XXXX-WXX-WE"
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
    context.current = context.named = meaning.day() or context.current
    return _tell(meaning, context)


def _tell(meaning: Meaning, context: Discourse) -> Meaning:
    """From here on, "that year" and "the same month" are those of this time."""
    if meaning.first is not None:
        context.told = meaning.first.date()
        if meaning.granularity in ("month", "quarter"):
            context.period_told = meaning
    return meaning


_ADVERBS = {
    "hourly": "PT1H",
    "nightly": "P1D",
    "fortnightly": "P2W",
    "quarterly": "P3M",
    "daily": "P1D",
    "weekly": "P1W",
    "monthly": "P1M",
    "annually": "P1Y",
    "annual": "P1Y",
    "yearly": "P1Y",
}
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
    "same": _same,
    "nth": _nth,
    "numeric": _numeric,
    "holiday": _holiday,
    "name": _name,
    "row": _row,
    "within": _within,
    "weekday": _weekday,
    "deictic": _deictic,
    "year": _year,
    "ref": _ref,
}
