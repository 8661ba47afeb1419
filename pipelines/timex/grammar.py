"""How times are written in English news prose: one regular expression per kind, tried in order, longest first.

Values follow TIMEX3 (ISO-TimeML, ISO 24617-1). The grammar only finds and names the parts; `values` says what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tues tue",
            "wednesday wed",
            "thursday thurs thu",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "couple": 2, "dozen": 12}
SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
UNITS = {
    "second": "S",
    "minute": "M",
    "hour": "H",
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
    "decade": "Y",
    "century": "Y",
}
ZONES = {
    "gmt": "UTC", "utc": "UTC", "z": "UTC", "zulu": "UTC", "kst": "Asia/Seoul", "jst": "Asia/Tokyo", "msk": "Europe/Moscow", "cet": "Europe/Paris",
    "cest": "Europe/Paris", "eet": "Europe/Athens", "eest": "Europe/Athens", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "ist": "Asia/Kolkata", "bst": "Europe/London",
    "moscow time": "Europe/Moscow", "beijing time": "Asia/Shanghai", "korean time": "Asia/Seoul", "eastern time": "America/New_York", "kyiv time": "Europe/Kyiv",
    "london time": "Europe/London", "tehran time": "Asia/Tehran", "washington time": "America/New_York",
}  # fmt: skip

# "May", "March" and "Sun", "Sat", "Wed" are words too: capitals and, for those alone, a neighbour that dates are asked for.
_MONTH = r"(?P<month{0}>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June|Jun\.?|July|Jul\.?|Aug(?:ust|\.)?|Sep(?:tember|t\.?|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
_DAY = r"(?P<day{0}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year{0}>(?:1[5-9]|20)\d\d)"
_WEEKDAY = r"(?P<weekday{0}>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon\.|Tues?\.|Wed\.|Thur?s?\.|Fri\.|Sat\.|Sun\.)"
_PART = r"(?P<part{0}>morning|afternoon|evening|night|noon|midday|midnight|dawn|dusk)"
_NUMBER_WORDS = "|".join(sorted((n for n in NUMBERS if n not in ("a", "an", "zero")), key=len, reverse=True))
_NUMBER = (
    r"(?:(?<![\d,.])\d+(?:\.\d+)?"
    r"|(?i:(?:twenty|thirty|forty|fifty|sixty)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|"
    + _NUMBER_WORDS
    + r"))"
)
_UNIT = r"(?P<unit{0}>second|minute|hour|day|week|month|year|decade|centur(?:y|ies))s?"
_ZONE = r"(?:\s*\(?(?P<zone{0}>GMT|UTC|Z\b|KST|JST|MSK|CES?T|EES?T|E[SD]T|ET|P[SD]T|IST|BST|(?i:moscow|beijing|korean|eastern|kyiv|london|tehran|washington) time|(?i:local time))\)?)"
_CLOCK = (
    r"(?:(?P<hour{0}>[01]?\d|2[0-4])(?::(?P<minute{0}>[0-5]\d))(?::[0-5]\d)?(?:\s*(?P<half{0}>[ap]\.?\s?m\b\.?))?"
    # Written with a full stop it is a time only if something else says so: "9.30pm", "14.20 GMT", "at 14.20".
    r"|(?P<hourd{0}>[01]?\d|2[0-4])\.(?P<minuted{0}>[0-5]\d)(?=\s*(?:[ap]\.?\s?m\b|GMT|UTC|hrs?\b|hours\b|(?i:local time)))(?:\s*(?P<halfd{0}>[ap]\.?\s?m\b\.?))?"
    r"|(?P<hourb{0}>1[0-2]|0?[1-9])\s*(?P<halfb{0}>[ap]\.?\s?m\b\.?)"
    r"|(?P<hourc{0}>[01]\d|2[0-3])(?P<minutec{0}>[0-5]\d)(?=\s*(?:Z\b|GMT|UTC|hrs?\b|hours\b|(?i:local time)))(?:\s*h(?:ou)?rs?)?"
    r"|(?P<named{0}>(?i:noon|midday|midnight)))"
)


def _p(pattern: str, tag: str = "") -> str:
    return pattern.replace("{0}", tag)


# Each kind is a pattern of its own; earlier kinds take the characters first.
_KINDS: tuple[tuple[str, str], ...] = (
    ("iso", r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::\d\d)?(?P<zone>Z)?)?\b"),
    ("set", r"\b(?i:every|each)\s+(?:(?P<number>" + _NUMBER + r"|(?i:other))\s+)?(?:" + _p(_WEEKDAY) + r"|(?i:" + _p(_UNIT) + r"|morning|evening|night))\b|\b(?P<adverb>daily|weekly|monthly|annually|annual|yearly)\b"),
    ("range", r"\b(?:(?i:between|from)\s+)?" + _p(_MONTH) + r"\s+" + _p(_DAY) + r"\s*(?:-|–|—|(?i:to|and|until|through))\s*" + _p(_DAY, "2") + r"(?!\d|[:.]\d)(?:,?\s+" + _p(_YEAR) + r")?\b"),
    ("range", r"\b" + _p(_DAY) + r"\s*(?:-|–|—|to|and)\s*" + _p(_DAY, "2") + r"\s+" + _p(_MONTH) + r"(?:,?\s+" + _p(_YEAR) + r")?\b"),
    ("years", r"\b(?i:between|from)\s+" + _p(_YEAR) + r"\s+(?i:and|to|until)\s+" + _p(_YEAR, "2") + r"\b|\b" + _p(_YEAR, "3") + r"[-–]" + _p(_YEAR, "4") + r"\b"),
    ("date", r"(?:\b" + _p(_WEEKDAY) + r",?\s+(?:the\s+)?)?\b" + _p(_MONTH) + r"\s+" + _p(_DAY) + r"(?!\d|[:.]\d)(?:,?\s+" + _p(_YEAR) + r"\b)?"),
    ("date", r"(?:\b" + _p(_WEEKDAY) + r",?\s+)?\b" + _p(_DAY) + r"\s+(?:of\s+)?" + _p(_MONTH) + r"\b(?:,?\s+" + _p(_YEAR) + r"\b)?"),
    ("month", r"\b(?:(?P<edge>(?i:early|late|mid|the end of|the beginning of))[ -])?" + _p(_MONTH) + r"(?:\s+of)?,?\s+(?:" + _p(_YEAR) + r"|(?P<whose>(?i:last|this|next)) year|(?P<that>(?i:that|the same|the following|the previous)) year)\b"),
    ("month", r"\b(?P<which>(?i:last|this|next|this past))\s+" + _p(_MONTH) + r"(?=\W)"),
    ("month", r"(?<=\b[Ii]n )(?:(?P<edge>(?i:early|late|mid))[ -])?" + _p(_MONTH) + r"(?=\W|$)|(?<=\b[Ss]ince )" + _p(_MONTH, "2") + r"(?=\W|$)|\b(?P<edge3>(?i:early|late|mid))[ -]" + _p(_MONTH, "3") + r"(?=\W|$)|\b(?P<month4>January|February|April|June|July|August|September|October|November|December)(?=\W|$)"),
    ("season", r"\b(?:(?P<which>(?i:last|this|next))\s+(?P<season>(?i:spring|summer|autumn|winter))|(?i:in |the )?(?P<season2>(?i:spring|summer|autumn|fall|winter))\s+(?:of\s+)?" + _p(_YEAR) + r")\b"),
    ("quarter", r"\b(?:(?i:the)\s+)?(?:(?P<ordinal>(?i:first|second|third|fourth|final|last))[\s-]quarter(?:\s+of\s+(?:" + _p(_YEAR) + r"|(?P<whose>(?i:last|this|next)) year))?|Q(?P<quarter>[1-4])\s+" + _p(_YEAR, "9") + r")\b"),
    ("clock", r"(?<![\d:.,])" + _p(_CLOCK) + r"(?![:\d]|\.\d)" + _p(_ZONE) + r"?"),
    ("decade", r"\b(?:the\s+)?(?:(?P<edge>early|late|mid)[ -])?(?P<decade>(?:1[5-9]|20)\d0)s\b|(?<=\b[Tt]he )['’]?(?P<decade2>[2-9]0)s\b|(?<=0s and )['’]?(?P<decade3>[2-9]0)s\b"),
    ("nextday", r"\b(?i:(?:the\s+)?(?P<dayshift>(?:next|previous) day)|(?:the|a)\s+(?P<dayshift2>day (?:earlier|later))|(?:the\s+|a\s+)?(?P<dayshift3>day (?:before|after))(?=\s*(?:[,.;]|$)))\b"),
    ("unit", r"\b(?P<edge>(?i:early|late|earlier|later)\s+)?(?P<which>(?i:last|this|next|the following|the previous|the same|that))\s+(?P<unit>(?i:week|month|year|weekend|day|night|morning|afternoon|evening|decade|century))\b"),
    ("unit", r"\b(?P<which>(?i:the))\s+(?P<unit>(?i:weekend))\b"),
    ("span", r"\b(?:the\s+|over the\s+|in\s+|in the\s+)?(?P<which>(?i:last|past|next|coming|recent))\s+(?:(?P<number>" + _NUMBER + r"|(?i:few|several|couple of))\s+)?(?i:" + _p(_UNIT) + r")s?\b"),
    ("duration", r"\b(?:(?P<about>(?i:about|around|roughly|some|nearly|almost|more than|over|at least|less than|up to|approximately))\s+)?(?:(?P<number>" + _NUMBER + r")(?:-and-a-half)?|(?P<half>(?i:half))(?: an?| a)|(?P<article>(?i:an?))|(?P<several>(?i:several|a few|many|a couple of)))[\s-]+(?i:" + _p(_UNIT) + r")(?P<andhalf>\s+and a half)?\b(?:\s+(?P<shift>(?i:ago|later|earlier|from now|prior|(?:before|after)(?=\s*(?:[,.;]|$)))))?"),
    ("open", r"(?<=\b[Ii]n )(?:just\s+)?(?P<plural>(?:minute|hour|day|week|month|year|decade)s)(?=[.,;]|$|\s+(?:of|on|to|after)\b)|(?<=\b[Ff]or )(?P<plural2>(?:hour|day|week|month|year|decade)s)\b"),
    ("sameday", r"\b(?P<sameday>(?i:later|earlier|late|early)\s+(?:in\s+)?the\s+day)\b|(?<=\bof )(?P<sameday2>the day)(?=[.,;]|$)|(?<=\bend )(?P<sameday3>the day)\b|(?<=ing )(?P<sameday4>the day)(?=\s+(?:at|with|up|down|in|on)\b)"),
    ("daypart", r"\b(?:(?i:in the|during the)\s+)(?:(?i:early|late)\s+)?(?P<part>(?i:morning|afternoon|evening|night))\b(?!\s+of\b)|\b(?i:at)\s+(?P<part2>(?i:dawn|dusk|night))\b|\b(?P<part3>(?i:overnight))\b"),
    ("weekday", r"\b(?:(?P<edge>(?i:early|late))(?:\s+on)?\s+)?(?:(?P<which>(?i:last|this|next|the following|the previous|this past))\s+)?" + _p(_WEEKDAY) + r"(?:\s+" + _p(_PART) + r"|'s)?(?=\W|$)"),
    ("deictic", r"\b(?:(?P<edge>(?i:early|late|earlier|later))\s+)?(?P<deictic>(?i:today|tonight|yesterday|tomorrow))(?:\s+" + _p(_PART) + r")?\b"),
    ("year", r"\b(?P<edge>(?i:early|late|mid))[ -](?:in\s+)?" + _p(_YEAR, "11") + r"\b|(?<=\b[Ii]n )" + _p(_YEAR) + r"\b(?!\s*(?:people|troops|soldiers|miles|km|kilomet))|(?<=\b[Ss]ince )" + _p(_YEAR, "22") + r"\b|(?<=\b[Bb]y )" + _p(_YEAR, "3") + r"\b(?!\s*(?:people|troops|soldiers))|(?<=\b[Oo]f )(?P<year24>(?:19|20)\d\d)\b|(?<=\b[Uu]ntil )" + _p(_YEAR, "5") + r"\b|(?<=\b[Ff]rom )" + _p(_YEAR, "6") + r"\b|(?<=\()" + _p(_YEAR, "7") + r"(?=\))|(?<=\b[Tt]he )(?P<year8>(?:19|20)\d\d)(?=\s+[a-z])|(?<=\b[Ii]n (?:late|midd|mid-))(?P<year9>(?:19|20)\d\d)\b|(?<=\b[Aa]nd )(?P<year10>(?:19|20)\d\d)(?=[.,;])|(?<=[A-Za-z] )(?P<year12>19[3-9]\d|20[0-4]\d)(?=\s*$|[.,;:)](?!\d)|\s+(?:and|to|when|after|before|as|the|was|were|is|has|had|who|that|which|but|while|with)\b)"),
    ("ref", r"\b(?P<present>(?i:currently|current|nowadays|at present|at the moment))\b|\b(?P<pastref>(?i:recently|recent|in the past))\b(?!\s+(?:more|again))|\b(?P<futureref>(?i:in the (?:near\s+)?future|soon))\b(?!\s+(?:after|as))|(?<=\W)(?P<now>now)\b"),
)  # fmt: skip
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
# Cheap test before the patterns run on a line.
HINT = re.compile(
    r"\d|(?i:day|week|month|year|night|morning|evening|afternoon|noon|hour|minute|second|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|decade|centur|tomorrow|now|recent|so far|moment|daily|annual|spring|summer|autumn|winter|fall|former|previous|present|past|quarter)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An expression as found: its kind, where it stands, and its named parts without their numbering."""

    kind: str
    start: int
    end: int
    parts: dict[str, str]


@lru_cache(maxsize=4)  # dating an article and reading its times look at the same text
def find(text: str) -> list[Found]:
    """All expressions of a text in order, none overlapping another."""
    taken: list[Found] = []
    for start, line in _lines(text):
        if HINT.search(line):
            taken += _in_line(line, start)
    return taken


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _in_line(line: str, offset: int) -> list[Found]:
    free = bytearray(len(line))  # 1 = taken
    found = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(line):
            start, end = _trim(line, *match.span())
            if end <= start or any(free[start:end]):
                continue
            free[start:end] = b"\x01" * (end - start)
            found.append(Found(kind, offset + start, offset + end, _parts(match)))
    return sorted(found, key=lambda f: f.start)


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    while end > start and line[end - 1] in " ,":
        end -= 1
    if line[start:end].count("(") > line[start:end].count(")") and end < len(line) and line[end] == ")":
        end += 1
    return start, end


def _parts(match: re.Match[str]) -> dict[str, str]:
    """The named parts: "month4" is one more place for "month"; "day2", "year2" and "year4" end a range and keep it."""
    return {_plain(name): value for name, value in match.groupdict().items() if value is not None}


@cache
def _plain(name: str) -> str:
    if re.fullmatch(r"(?:day|year)[24]", name):
        return name
    bare = name.rstrip("0123456789")
    return bare[:-1] if re.fullmatch(r"(?:hour|half)[bcd]|minute[cd]", bare) else bare
