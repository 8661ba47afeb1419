"""How times are written in English news prose: one regular expression per kind, tried in order, longest first.

Values follow TIMEX3 (ISO-TimeML, ISO 24617-1). The grammar only finds and names the parts; `values` says what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
}
NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBERS |= {"a": 1, "an": 1, "single": 1, "couple": 2, "dozen": 12, "hundred": 100}
SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
ORDINALS = {
    word: number
    for number, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
            "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
        ).split(),
        1,
    )
}
# Month and day, or days after Easter Sunday.
HOLIDAYS: dict[str, tuple[int, int] | int] = {
    "new year's day": (1, 1), "valentine's day": (2, 14), "halloween": (10, 31), "all saints' day": (11, 1),
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26), "new year's eve": (12, 31),
    "ash wednesday": -46, "palm sunday": -7, "maundy thursday": -3, "good friday": -2, "easter sunday": 0, "easter": 0,
    "easter monday": 1, "ascension day": 39, "whit sunday": 49, "whit monday": 50,
}  # fmt: skip
UNITS = {
    "second": "S",
    "minute": "M",
    "hour": "H",
    "day": "D",
    "night": "D",
    "week": "W",
    "fortnight": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "decade": "Y",
    "century": "Y",
}
ZONES = {
    "gmt": "UTC", "utc": "UTC", "z": "UTC", "zulu": "UTC", "kst": "Asia/Seoul", "jst": "Asia/Tokyo", "msk": "Europe/Moscow", "cet": "Europe/Paris",
    "cest": "Europe/Paris", "eet": "Europe/Athens", "eest": "Europe/Athens", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "ist": "Asia/Kolkata", "bst": "Europe/London",
    "moscow time": "Europe/Moscow", "beijing time": "Asia/Shanghai", "korean time": "Asia/Seoul", "eastern time": "America/New_York", "kyiv time": "Europe/Kyiv",
    "london time": "Europe/London",
    "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong", "pkt": "Asia/Karachi", "eat": "Africa/Nairobi", "wat": "Africa/Lagos", "sast": "Africa/Johannesburg",
    "tehran time": "Asia/Tehran", "washington time": "America/New_York",
}  # fmt: skip

# "May", "March" and "Sun", "Sat", "Wed" are words too: capitals and, for those alone, a neighbour that dates are asked for.
_MONTH = r"(?P<month{0}>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June|Jun\.?|July|Jul\.?|Aug(?:ust|\.)?|Sep(?:tember|t\.?|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
_DAY = r"(?P<day{0}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year{0}>(?:1[5-9]|20)\d\d)"
_DAYS_OF_WEEK = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WEEKDAY = r"(?P<weekday{0}>" + _DAYS_OF_WEEK + r"|(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\.)"
_PART = r"(?P<part{0}>(?i:morning|afternoon|evening|night|noon|midday|midnight|dawn|daybreak|sunrise|lunchtime|dusk|sunset|nightfall))\b"
_HOURS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_NUMBER_WORDS = "|".join(sorted((n for n in NUMBERS if n not in ("a", "an", "zero", "hundred")), key=len, reverse=True))
_BELOW_HUNDRED = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|"
    + _NUMBER_WORDS
    + r")"
)
_NUMBER = (
    r"(?:(?<![\d,.])\d{1,3}(?:,\d{3})+|(?<![\d,.])\d+(?:\.\d+)?|(?i:(?:an?|one|two|three|four|five|six|seven|eight|nine)"
    r"\s+hundred(?:\s+and\s+" + _BELOW_HUNDRED + r")?|" + _BELOW_HUNDRED + r"))"
)
# "two and half years" is two and a half, "a bus, and half an hour later" is not.
_NO_NUMBER_BEFORE = r"(?<!and a )(?<!and-a-)(?<!\d and )(?<!\b(?:one|two|six|ten) and )(?<!\b(?:four|five|nine) and )(?<!\b(?:three|seven|eight) and )"
# "six straight days", "five trading days": how the days lay, not how many.
_MANNER = r"(?:(?P<manner>(?i:straight|consecutive|successive|trading|working|business|whole|full|entire|long|short|more|further))\s+)?"
_UNIT = r"(?P<unit{0}>second|minute|hour|day|night|week|fortnight|month|quarter|year|decade|centur(?:y|ies))s?"
# What may follow words that are a time by themselves ("spent the night in Riga"): no noun that they could belong to.
_FREE = (
    r"(?=\s*(?:[.,:](?!\d)|[;!?)\]”\"–—]|$)|\s+(?:and|or|but|when|while|as|at|in|on|to|for|from|by|with|without|before|after|until|since"
    r"|the|a|an|he|she|it|they|we|I|his|her|its|their|that|was|were|is|are|had|has|have|did|will|would|this|last|yesterday)\b)"
)
# A bare hour bears less beside it: "at six." and "at six on Friday", but not "at six in ten" or "at six, seven and eight".
_HOUR_ENDS = (
    r"(?=\s*(?:[.:](?!\d)|[;!?)\]”\"–—]|,(?!\s*(?:(?:or|and)\s+)?(?:\d|"
    + _HOURS
    + r"\b)(?!\s+(?:hour|minute|day|week|month|year)))|$)|\s+(?:but|when|while|with|he|she|it|they|we|the|local|sharp|that|this|last"
    r"|yesterday|today|tomorrow)\b|\s+and\s+(?!\d|" + _HOURS + r"\b)|\s+on\s+(?:the\b|[A-Z]))"
)
_ABOUT = r"(?i:about|around|roughly|nearly|exactly|(?:shortly|just) (?:before|after|past))"
_OF_PART = r"\s+(?:in\s+the\s+(?:early\s+)?(?P<of{0}>morning|afternoon|evening)|at\s+(?P<of{0}1>night))\b"
_SAID = r"(?P<said{0}>" + _HOURS + r"|1[0-2]|[1-9])"
_ZONE = r"(?:\s*\(?(?P<zone{0}>(?:GMT|UTC)(?:\s?[+-]\d{1,2}(?![\d:]))?|Z\b|KST|JST|MSK|CES?T|EES?T|E[SD]T|ET|P[SD]T|IST|BST|NZ[SD]T|AE[SD]T|SGT|HKT|PKT|EAT|WAT|SAST|(?i:moscow|beijing|korean|eastern|kyiv|london|tehran|washington) time|(?i:local(?: time)?\b))\)?)"
_CLOCK = (
    r"(?:(?P<hour{0}>[01]?\d|2[0-4])(?::(?P<minute{0}>[0-5]\d))(?::[0-5]\d)?(?:\s*(?P<half{0}>[ap]\.?\s?m\b\.?))?"
    # Written with a full stop it is a time only if something else says so: "9.30pm", "14.20 GMT"; "at 14.20" is below.
    r"|(?P<hourd{0}>[01]?\d|2[0-4])\.(?P<minuted{0}>[0-5]\d)(?=\s*(?:[ap]\.?\s?m\b|GMT|UTC|hrs?\b|hours\b|(?i:local)\b))(?:\s*(?P<halfd{0}>[ap]\.?\s?m\b\.?))?"
    r"|(?P<hourb{0}>1[0-2]|0?[1-9])\s*(?P<halfb{0}>[ap]\.?\s?m\b\.?)"
    r"|(?P<hourc{0}>[01]\d|2[0-3])(?P<minutec{0}>[0-5]\d)(?=\s*(?:Z\b|GMT|UTC|hrs?\b|hours\b|(?i:local)\b))(?:\s*h(?:ou)?rs?)?"
    r"|\b(?<!day )(?P<named{0}>(?i:noon|midday|midnight))\b)"
)


_SHIFT = r"(?:\s+(?P<shift>(?i:ago|later|earlier|from now|prior|afterwards?|(?:before|after)(?=\s*(?:[,.;]|$)))))?"


def _p(pattern: str, tag: str = "") -> str:
    return pattern.replace("{0}", tag)


# Each kind is a pattern of its own; earlier kinds take the characters first. Words behind a pattern spare lines without any of them.
_KINDS: tuple[tuple[str, ...], ...] = (
    ("iso", r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::\d\d)?(?P<zone>Z)?)?\b"),
    # Names that sound like times.
    ("name", r"\b(?:Black|Bloody|Super|Cyber|Holy) " + _DAYS_OF_WEEK + r"\b|\b(?:September 11(?:th)?|Sept\. 11|9/11),?(?: 2001,?)? (?:terror(?:ist)? )?attacks\b", "black bloody super cyber holy attacks"),
    ("set", r"\b(?i:every|each)\s+(?:(?P<number>" + _NUMBER + r"|(?i:other))\s+)?(?:" + _p(_WEEKDAY) + r"|(?i:" + _p(_UNIT) + r"|morning|evening|night))\b|(?<!\b[Aa] )\b(?P<adverb>daily|weekly|monthly|nightly|hourly|fortnightly|quarterly|annually|annual|yearly)\b(?!\s+[A-Z])|(?<=\b[Aa] )(?P<adverb2>daily|weekly|monthly|nightly|hourly|fortnightly|quarterly|annual|yearly)\b(?=\s+[a-z])"),
    ("set", r"\b(?i:once|twice|(?:" + _NUMBER + r"|several|many|a few) times)\s+(?:an?|per|each|every)\s+(?i:" + _p(_UNIT) + r")\b", "times once twice"),
    ("set", r"(?<=[a-z]s )an?\s+(?P<unit2>hour|day|week|month|year)(?=\s*(?:[.,;:)]|$)|\s+(?:at|in|to|from|on|for|and|by)\b)|(?<!\bThe )\b(?P<weekday2>" + _DAYS_OF_WEEK + r")s\b|(?<=\b[Aa]t )(?P<weekends>weekends)\b|(?<=\b[Oo]n )(?P<weekends2>weekends)\b"),
    ("range", r"\b(?:(?i:between|from)\s+)?" + _p(_MONTH) + r"\s+" + _p(_DAY) + r"\s*(?:-|–|—|(?i:to|and|until|through))\s*" + _p(_DAY, "2") + r"(?!\d|[:.]\d)(?:,?\s+" + _p(_YEAR) + r")?\b"),
    ("range", r"\b" + _p(_DAY) + r"\s*(?:-|–|—|to|and)\s*" + _p(_DAY, "2") + r"\s+(?:of\s+)?" + _p(_MONTH) + r"(?:,?\s+" + _p(_YEAR) + r")?\b"),
    ("years", r"\b(?i:between|from)\s+" + _p(_YEAR) + r"\s+(?i:and|to|until)\s+" + _p(_YEAR, "2") + r"\b|\b" + _p(_YEAR, "3") + r"[-–]" + _p(_YEAR, "4") + r"\b"),
    ("date", r"(?:\b" + _p(_WEEKDAY) + r",?\s+(?:the\s+)?)?\b" + _p(_MONTH) + r"\s+" + _p(_DAY) + r"(?!\d|[:.]\d)(?:,?\s+" + _p(_YEAR) + r"\b|,?\s+(?P<whose>last|this|next) year\b)?"),
    ("date", r"(?:\b" + _p(_WEEKDAY) + r",?\s+)?\b" + _p(_DAY) + r"\s+(?:of\s+)?" + _p(_MONTH) + r"\b(?:,?\s+" + _p(_YEAR) + r"\b|,?\s+(?P<whose>last|this|next) year\b)?(?:\s+\((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\))?"),
    ("date", r"\b(?:the\s+)?(?P<dayword>(?i:" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + r"))\s+of\s+" + _p(_MONTH) + r"\b(?:,?\s+" + _p(_YEAR) + r"\b)?", "of"),
    ("numeric", r"(?<![\d./-])(?P<first>0?[1-9]|[12]\d|3[01])(?P<mark>[./])(?P<second>0?[1-9]|[12]\d|3[01])(?P=mark)(?P<year>(?:19|20)\d\d)(?![\d/-]|\.\d)"),
    # "the 16th and 17th centuries", "is the 13th in history": a row of ordinals, or one without a preposition, counts other things.
    ("nth", r"(?:(?P<lead>(?:\b(?i:on|by|until|till|since|from|before|after|for|of|to|between)\s+|\())|(?=[A-Z][a-z]+day,?\s))(?:" + _p(_WEEKDAY) + r",?\s+)?the\s+(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)(?!\s*(?:,|and|or|to|-|–)\s*(?:the\s+|late\s+|early\s+)*\d+(?:st|nd|rd|th))(?:" + _FREE + r"|(?=\s+(?:down|up|back|out|off|home|only|again|too)\b))"),
    ("holiday", r"\b(?P<holiday>(?:New Year['’]s|Christmas) (?:Eve|Day)|Valentine['’]s Day|All Saints['’] Day|Boxing Day|Ash Wednesday|Palm Sunday|Maundy Thursday|Good Friday|Easter (?:Sunday|Monday)|Ascension Day|Whit (?:Sunday|Monday))\b(?:,?\s+" + _p(_YEAR) + r"\b)?|\b(?P<holiday2>Christmas|Easter|Halloween)(?:\s+" + _p(_YEAR, "3") + r"\b|" + _FREE + r")", "christmas easter halloween eve day wednesday friday sunday monday thursday"),
    ("month", r"\b(?:(?P<edge>(?i:early|late|mid|the end of|the beginning of))[ -])?" + _p(_MONTH) + r"(?:\s+of)?,?\s+(?:" + _p(_YEAR) + r"|(?P<whose>(?i:last|this|next)) year|(?P<that>(?i:that|the same|the following|the previous)) year)\b"),
    ("month", r"\b(?P<which>(?i:last|this|next|this past|(?:the )?previous|(?:the )?following|that))\s+" + _p(_MONTH) + r"(?=\W)"),
    ("month", r"(?P<lead>\b(?i:until|till|since|(?<!ed )by)\s+)(?P<month>May)" + _FREE + r"|(?P<lead2>\b(?:set|scheduled|planned|due|expected|slated) for\s+)(?P<month2>May)(?=\W|$)", "may"),
    ("month", r"(?P<lead>\b(?:end|start|beginning|middle|month|(?:January|February|March|April|June|July|August|September|October|November|December)\s+(?:and|or|to|until|through)|(?i:between|from)(?=\s+May\s+(?:and|to|until|through)\s+[A-Z]))(?:\s+of)?\s+)(?P<month>May)(?=\W|$)", "may"),
    ("month", r"(?<=\b[Ii]n )(?:(?P<edge>(?i:early|late|mid))[ -])?" + _p(_MONTH) + r"(?=\W|$)|(?<=\b[Ss]ince )" + _p(_MONTH, "2") + r"(?=\W|$)|\b(?P<edge3>(?i:early|late|mid))[ -]" + _p(_MONTH, "3") + r"(?=\W|$)|\b(?P<month4>January|February|April|June|July|August|September|October|November|December)(?=\W|$)"),
    ("season", r"\b(?:(?P<which>(?i:last|this|next|that))\s+(?P<season>(?i:spring|summer|autumn|fall|winter))|(?i:in |the )?(?P<season2>(?i:spring|summer|autumn|fall|winter))\s+(?:of\s+)?(?:" + _p(_YEAR) + r"|(?P<whose>(?i:last|this|next)) year))\b", "spring summer autumn winter fall"),
    ("season", r"(?P<lead>\b(?i:in|since|until|till|by|during|for|before|after|of|at)\s+)(?:the\s+)?(?P<edge>early|late|mid|end of|beginning of)?[ -]?(?:the\s+)?(?P<season>spring|summer|autumn|winter)" + _FREE + r"|(?<=\b[Ii]n )the (?P<season2>fall)(?=\s*(?:[.,;)]|$))", "spring summer autumn winter fall"),
    ("quarter", r"\b(?:(?i:the)\s+)?(?:(?P<ordinal>(?i:first|second|third|fourth|final|last))[\s-]quarter(?:\s+of\s+(?:" + _p(_YEAR) + r"|(?P<whose>(?i:last|this|next)) year))?|Q(?P<quarter>[1-4])\s+" + _p(_YEAR, "9") + r")\b", "quarter q"),
    ("clock", r"\b(?P<past>(?i:half|(?:a\s+)?quarter)|" + _NUMBER + r"(?:\s+minutes)?)\s+past\s+(?:" + _SAID + r"|(?P<named>noon|midnight))\b(?:" + _OF_PART + r")?", "past"),
    ("clock", r"\b(?<!\bfrom )(?<!\bof )(?<!\bby )(?P<to>(?i:(?:a\s+)?quarter|five|ten|twenty(?:-five)?))\s+to\s+(?:" + _SAID + r"|(?P<named>noon|midnight))\b(?:" + _OF_PART + r"|" + _HOUR_ENDS + r")", "to"),
    ("clock", r"(?P<lead>\b(?i:at|by|until|till|around|about|before|after|since|past)\s+(?:" + _ABOUT + r"\s+)?)(?P<past>half)\s+" + _SAID + r"(?:" + _OF_PART + r"|" + _HOUR_ENDS + r")", "half"),
    ("clock", r"\b(?i:" + _SAID + r")\s+o['’]clock\b(?:" + _OF_PART + r")?", "clock"),
    ("clock", r"(?P<lead>(?:^|\b(?i:at|by|until|till|from|between|around|about|before|after|since|to|and)\s+)(?:" + _ABOUT + r"\s+)?)(?i:" + _SAID + r")(?:" + _OF_PART + r"|(?=\s+(?:and|to)\s+(?:" + _HOURS + r"|1[0-2]|[1-9])" + _p(_OF_PART, "2") + r"))", "morning afternoon evening night"),
    ("clock", r"(?P<lead>\b(?i:from|by|until|till|between|before|after|since)\s+(?:" + _ABOUT + r"\s+)?)" + _SAID + r"(?=\s+on\s+" + _DAYS_OF_WEEK + r")", "on"),
    ("clock", r"(?P<lead>\b(?i:at)\s+(?:" + _ABOUT + r"\s+)?)(?P<said>" + _HOURS + r")" + _HOUR_ENDS + r"|(?P<lead2>\b(?i:at)\s+" + _ABOUT + r"\s+)(?P<said2>1[0-2]|[1-9])" + _FREE),
    ("hour", r"(?P<lead>\b(?i:by|after|before|until|till)\s+)(?P<said>" + _HOURS + r")" + _HOUR_ENDS, "one two three four five six seven eight nine ten eleven twelve"),
    ("clock", r"(?P<lead>\b(?i:at)\s+(?:" + _ABOUT + r"\s+)?)(?!19|20)(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)" + _FREE + r"|(?P<lead2>\b(?i:at|by|until|till|since|from|around|about)\s+)(?P<hour2>[01]?\d|2[0-3])h(?P<minute2>[0-5]\d)\b", "at h"),
    ("clock", r"(?P<lead>\b(?i:at|by|until|till|since)\s+(?:" + _ABOUT + r"\s+)?)(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)" + _HOUR_ENDS + r"|(?P<hour3>[01]?\d|2[0-3])\.(?P<minute3>[0-5]\d)(?=\s+on\s+" + _DAYS_OF_WEEK + r")", "."),
    ("clock", r"(?<![\d:.,])" + _p(_CLOCK) + r"(?![:\d]|\.\d)(?:" + _OF_PART + r")?" + _ZONE + r"?"),
    ("decade", r"\b(?:the\s+)?(?:(?P<edge>early|late|mid)[ -])?(?P<decade>(?:1[5-9]|20)\d0)s\b|(?<=\b[Tt]he )['’]?(?P<decade2>[2-9]0)s\b|(?<=0s and )['’]?(?P<decade3>[2-9]0)s\b", "0s"),
    ("weekday", _p(_WEEKDAY) + r"\s+(?:of\s+)?(?P<week>last|next|this)\s+week\b"),
    ("same", r"\bthe same (?P<unit>period|month|quarter)(?:\s+(?:of|in))?\s+(?:(?:the\s+)?(?:last|previous) year|a year (?:ago|earlier|before))\b", "same"),
    ("nextday", r"\b(?i:(?:the\s+)?(?P<dayshift>(?:next|previous) day)|(?:the|a)\s+(?P<dayshift2>day (?:earlier|later))|(?:the\s+|a\s+)?(?P<dayshift3>day (?:before|after)|(?<=the )(?:night|morning|evening|week|month|year) (?:before|after))(?=\s*(?:[.,;:)]|$)|\s+(?:in|at|by|from|and|had|was|were)\b))", "day before after"),
    ("unit", r"\b(?P<edge>(?i:early|late|earlier|later)\s+)?(?P<which>(?i:last|this|(?:the )?next|the following|(?:the )?previous|the same|that(?: same| very)?))\s+(?P<unit>(?i:week|month|year|weekend|day|date|minute|night|morning|afternoon|evening|noon|decade|century))\b"),
    ("unit", r"\b(?P<which>(?i:the))\s+(?P<unit>(?i:weekend))\b"),
    ("span", r"\b(?P<lead>(?i:over|in|for|during|within)\s+)?(?:the\s+)?(?P<which>(?i:last|past|next|coming|recent))\s+(?:(?P<number>" + _NUMBER + r"|(?i:few|several|couple of))\s+)?" + _MANNER + r"(?i:" + _p(_UNIT) + r")\b"),
    ("row", r"\b(?:an?\s+|the\s+)?(?i:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+(?:(?:straight|consecutive|successive|running)\s+" + _p(_UNIT) + r"|" + _p(_UNIT, "2") + r"\s+(?:in a row|running))\b", "row running straight consecutive successive"),
    ("duration", r"\b(?:(?P<about>(?i:about|around|roughly|some|nearly|almost|more than|over|at least|less than|up to|approximately))\s+)?(?:" + _NO_NUMBER_BEFORE + r"(?P<half>(?i:half)(?:[\s-]an?)?)|(?P<quarters>(?i:a\s+quarter|three[\s-]quarters)\s+of\s+an?))[\s-]+(?i:" + _p(_UNIT) + r")\b" + _SHIFT, "half quarter"),
    ("duration", r"(?<![\w-])(?:(?P<about>(?i:about|around|roughly|some|nearly|almost|more than|over|at least|less than|up to|approximately))\s+)?(?:(?P<number>" + _NUMBER + r")(?P<andhalf>(?:\s+|-)and(?:(?:\s+|-)a)?(?:\s+|-)half)?|(?P<article>(?i:an?))|(?P<several>(?i:several|a few|many|a couple of)))[\s-]+" + _MANNER + r"(?!Second)(?i:" + _p(_UNIT) + r")(?:(?P<andhalf2>\s+and a half)|\s+and\s+a\s+(?P<andquarter>quarter)|(?<=[hr]s|ur)(?:\s+and|,)?\s+(?P<minutes>" + _NUMBER + r")\s+minutes)?\b(?P<measured>(?=\s+(?:before|after|ahead of)\s+\w))?" + _SHIFT),
    ("open", r"(?<=\b[Ii]n )(?:just\s+)?(?P<plural>(?:minute|hour|day|week|month|year|decade)s)(?=[.,;]|$|\s+(?:of|on|to|after)\b)|(?<=\b[Ff]or )(?P<plural2>(?:hour|day|week|month|year|decade)s)\b|\b(?P<plural3>(?:minute|hour|day|week|month|year|decade)s)-long\b|(?<!illion )\b(?P<plural4>(?i:minute|hour|day|week|month|year|decade)s)\s+(?:later|earlier|ago)\b"),
    ("within", r"(?P<lead>\b(?i:within|inside)\s+)the\s+(?P<unit>hour|day|week|month|year)\b|(?<=\b[Ff]or )the\s+(?P<unit2>fortnight)\b|(?P<lead2>\b(?i:for|within|lasts?|lasted|takes?|took|less than|more than|spent)\s+)(?:just\s+|only\s+)?an?\s+(?P<unit3>day|night|minute)" + _FREE, "within inside for last take took than spent"),
    ("sameday", r"\b(?P<sameday>(?i:later|earlier|late|early)\s+(?:in\s+)?the\s+day)\b|(?<=\bof )(?P<sameday2>the day)(?=[.,;]|$)|(?<=\bend )(?P<sameday3>the day)\b|(?<=ing )(?P<sameday4>the day)(?=\s+(?:at|with|up|down|in|on)\b)|(?P<lead>\b(?:end(?:ed|s)?|clos(?:ed?|es)|finish(?:ed|es)?|start(?:ed|s)?|began)\s+)(?P<sameday5>the day)\b|(?<=\bFor )(?P<sameday6>the day)(?=,)", "the day"),
    ("daypart", r"(?P<lead>\b(?i:in|during|from|until|till|by|since|for|through|spent|spends?|stay(?:ed|s)?|on)\s+)the\s+(?:early\s+|late\s+)?(?P<part>morning|afternoon|evening|night)(?!\s+of\b)" + _FREE, "the"),
    ("daypart", r"\b(?:the\s+)?(?:early\s+|late\s+)?(?P<part>morning|afternoon|evening|night)(?=\s+of\s+(?:\d|[A-Z][a-z]|yesterday\b))|\b(?:the\s+)?(?P<part2>(?:small|early)\s+hours)(?:\s+of\s+the\s+morning)?\b|\b(?i:early|mid|late)[- ](?P<part4>morning|afternoon|evening)" + _FREE + r"|(?P<lead>\b[Ii]n\s+)(?:early\s+|late\s+|mid-)?(?P<part3>morning|afternoon|evening)(?=\s+(?:trading|trade|light|traffic)\b)", "morning afternoon evening night hours"),
    ("daypart", r"(?P<lead>\b(?i:at|before|after|by|until|till|towards?|around|about|since|from|near)\s+)(?:the\s+)?(?P<part>dawn|daybreak|sunrise|lunchtime|dusk|sunset|nightfall|(?<=at )night)" + _FREE + r"|\b(?P<part2>dawn|daybreak|sunrise|dusk|sunset|nightfall)(?=\s+(?:on\s+[A-Z]|today\b|yesterday\b))|(?P<lead2>\b(?:sat|stay\w*|stood|remain\w*|park\w*|rest\w*|wait\w*)\s+(?:there\s+)?)?\b(?P<part3>(?i:overnight))\b", "dawn daybreak sunrise lunchtime dusk sunset nightfall night"),
    ("weekday", r"(?P<lead>\b(?i:on|for)\s+)(?P<which>an?)\s+" + _p(_WEEKDAY) + _FREE + r"|(?P<lead2>^|(?<=\())(?P<weekday2>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?=\s*[:–—)-]|\s+\d)"),
    ("weekday", r"\b(?:(?P<edge>(?i:early|late))(?:\s+on)?\s+)?(?:(?P<which>(?i:last|this|next|that|the following|the previous|this past|this coming|(?<=\b[Oo]n )the))\s+)?" + _p(_WEEKDAY) + r"(?:\s+" + _p(_PART) + r"|'s)?(?=\W|$)"),
    ("deictic", r"\b(?:(?P<edge>(?i:early|late|earlier|later))\s+)?(?:(?P<deictic>(?i:today|tonight|yesterday|tomorrow))(?:\s+" + _p(_PART) + r")?|(?i:the\s+)?(?P<deictic2>(?i:day\s+(?:before\s+yesterday|after\s+tomorrow))))\b"),
    ("year", r"\b(?P<edge>(?i:early|late|mid))[ -](?:in\s+)?" + _p(_YEAR, "11") + r"\b|(?<=\b[Ii]n )" + _p(_YEAR) + r"\b(?!\s*(?:people|troops|soldiers|miles|km|kilomet))|(?<=\b[Ss]ince )" + _p(_YEAR, "22") + r"\b|(?<=\b[Bb]y )" + _p(_YEAR, "3") + r"\b(?!\s*(?:people|troops|soldiers))|(?<=\b[Oo]f )(?P<year24>(?:19|20)\d\d)\b|(?<=\b[Uu]ntil )" + _p(_YEAR, "5") + r"\b|(?<=\b[Ff]rom )" + _p(_YEAR, "6") + r"\b|(?<=\()" + _p(_YEAR, "7") + r"(?=\))|(?<=\b[Tt]he )(?P<year8>(?:19|20)\d\d)(?=\s+[a-z])|(?<=\b[Ii]n (?:late|midd|mid-))(?P<year9>(?:19|20)\d\d)\b|(?<=\b[Aa]nd )(?P<year10>(?:19|20)\d\d)(?=[.,;])|(?<=[A-Za-z] )(?P<year12>19[3-9]\d|20[0-4]\d)(?=\s*$|[.,;:)](?!\d)|\s+(?:and|to|when|after|before|as|the|was|were|is|has|had|who|that|which|but|while|with)\b)"),
    ("year", r"(?P<lead>\b(?i:in|since|until|by|of|before|after)\s+)['’](?P<year>\d\d)\b(?!['’])|(?P<lead2>\b(?i:before|after|during|into)\s+)(?P<year3>(?:19|20)\d\d)" + _FREE + r"|(?P<lead3>\b(?i:an?|its|his|her|their|our)\s+)(?P<year5>19[3-9]\d|20[0-4]\d)(?=\s+[a-z]{4,})(?!\s+(?:euro|dollar|pound|metre|meter|mile|tonne|hectare|square|cubic))|(?<=[A-Za-z] )(?P<year6>19[3-9]\d|20[0-4]\d)(?=\s+" + _p(_MONTH, "9").replace("P<month9>", ":") + r"\s+\d)"),
    ("ref", r"\b(?P<present>(?i:currently|current|nowadays|at present|at the moment|for the time being))\b|(?<!most )\b(?P<pastref>(?i:recently|recent|in the past))\b(?!\s+(?:more|again))|(?<=\b[Hh]ad )(?P<pastref3>earlier)\b|(?<=\b[Oo]f )(?P<pastref2>the past)" + _FREE + r"|\b(?P<futureref>(?i:in the (?:near\s+)?future|soon))\b(?!\s+(?:after|as))|(?P<lead>\b(?i:in|over|for)\s+)(?P<futureref2>the\s+(?:near|short|medium|long(?:er)?)[\s-]term)\b|(?<=\W)(?P<now>now)\b"),
)  # fmt: skip
PATTERNS = tuple((kind, re.compile(_p(pattern)), tuple(" ".join(words).split())) for kind, pattern, *words in _KINDS)
# A running log: "1420 Wheels up." Only where several lines begin so, and most of them could be no years.
_LOG_LINE = re.compile(
    r"^[^\w\n]{0,3}(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?=\s*[:–—-]|\s+[A-Z“\"])", re.MULTILINE
)
# Prices are written like "14.20" too.
_MONEY = re.compile(r"[$€£%]|\b(?:shares?|index|points?|per ?cent|dollars?|euros?)\b", re.IGNORECASE)
# Cheap test before the patterns run on a line.
HINT = re.compile(
    r"\d|(?i:day|week|month|year|night|morning|evening|afternoon|noon|hour|minute|second|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|decade|centur|tomorrow|now|recent|so far|moment|daily|annual|spring|summer|autumn|winter|fall|former|previous|present|past|quarter|dawn|dusk|sun|lunch|overnight|clock|half|\bat\b|christmas|easter|eve|term|time being|fortnight|hours|earlier|['’]\d\d)|^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"
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
    stamps = _stamps(text)
    taken: list[Found] = []
    for start, line in _lines(text):
        if HINT.search(line):
            taken += _in_line(line, start, stamps.get(start))
    return taken


def _stamps(text: str) -> dict[int, Found]:
    """The four digits with which lines of a running log begin, by the start of their line."""
    matches = list(_LOG_LINE.finditer(text))
    no_years = sum(m["hour"] not in ("19", "20") for m in matches)
    if no_years < 2 or 2 * no_years < len(matches):
        return {}
    return {m.start(): Found("clock", m.start("hour"), m.end(), m.groupdict()) for m in matches}


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _in_line(line: str, offset: int, stamp: Found | None) -> list[Found]:
    free = bytearray(len(line))  # 1 = taken
    found = []
    if stamp is not None:
        free[: stamp.end - offset] = b"\x01" * (stamp.end - offset)
        found.append(stamp)
    lower = line.lower()
    for kind, pattern, words in PATTERNS:
        if words and not any(word in lower for word in words):
            continue
        for match in pattern.finditer(line):
            start, end = _trim(line, *_span(match))
            if end <= start or any(free[start:end]) or _is_price(line, match):
                continue
            free[start:end] = b"\x01" * (end - start)
            found.append(Found(kind, offset + start, offset + end, _parts(match)))
    return sorted(_hours_beside_clocks(found), key=lambda f: f.start)


def _hours_beside_clocks(found: list[Found]) -> Iterator[Found]:
    """ "home by six" is a clock where clocks are told, and else may be any number."""
    told = any(f.kind in ("clock", "daypart") for f in found)
    for item in found:
        if item.kind != "hour":
            yield item
        elif told:
            yield replace(item, kind="clock")


def _span(match: re.Match[str]) -> tuple[int, int]:
    """Where the expression itself stands: behind the words that only lead to it (the parts named "lead")."""
    ends = [match.end(name) for name in ("lead", "lead2", "lead3") if name in match.re.groupindex]
    return max(match.start(), *ends) if ends else match.start(), match.end()


def _is_price(line: str, match: re.Match[str]) -> bool:
    """Is "at 14.20" what something cost? Only where a line speaks of money or shares."""
    return "minute3" in match.re.groupindex and _MONEY.search(line) is not None


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
