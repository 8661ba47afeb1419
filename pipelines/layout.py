"""What stands around the prose of an article: menus, bylines, sign-in prompts, credits, second copies of captions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.ids import fold
from kg.model import Article, Span

_CRUMBS = re.compile(r"^[\w’' &-]{1,40}(?:\s*[>»›|/]\s*[\w’' &-]{1,60}){1,8}\s*$")
_BYLINE = re.compile(
    r"^(?:by|written by|reporting by|reported by|editing by|story by|photos? by)\s+[A-Z][\w.’'-]+(?:[\s,]+(?:and\s+)?[A-Z][\w.’'-]+){0,8}\s*(?:[\[(<].*|\|.*)?$",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_CREDIT = re.compile(r"[\[(][A-Z][A-Z /&.-]{2,40}[\])]")
_PROMPT = re.compile(
    r"^(?:please\s+)?(?:log ?in|sign ?(?:in|up)|subscribe|register|share (?:this|on|via)|follow us|click here|read more|related (?:articles?|stories|topics|news|content)|see also|more (?:from|on|stories)|"
    r"also read|most (?:read|popular|viewed)|advertisement|sponsored|print|e-?mail (?:this|us)|download (?:our|the) app|join (?:us|our)|get (?:our|the latest)|to (?:write|post|leave) (?:a )?comments?|"
    r"leave a (?:comment|reply)|comments?\b|copyright|©|all rights reserved|terms of (?:use|service)|privacy policy|cookie|we use cookies|accept (?:all )?cookies|this site uses|skip to|back to top|tags?:|topics?:|"
    r"filed under|posted in|last updated|first published|updated:|published:|newsletter|listen to this|watch:|photo:|image:|getty images)",
    re.IGNORECASE,
)
_SOCIAL = frozenset(
    "facebook twitter whatsapp telegram linkedin reddit pinterest instagram youtube email print share tweet copy link flipboard pocket".split()
)
_VERBISH = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|said|says|would|can|could|may|did|does|do|\w{3,}ed|\w{3,}s)\b"
)
_LIST_MARK = re.compile(r"^\s*[•●▪·*]\s*")
_DATE_LINE = re.compile(
    r"^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:\w+\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}\s+\w+\.?,?\s+\d{4}|\d{4}-\d\d-\d\d)(?:[\s,|–-]+\d{1,2}[:.]\d\d.*)?$",
    re.IGNORECASE,
)


def find_boilerplate(article: Article) -> tuple[Span, ...]:
    """Spans of the text that are not prose, whole lines or credits in brackets, in text order."""
    spans = list(_find(article))
    return tuple(sorted(spans, key=lambda s: (s.start, s.end)))


def _find(article: Article) -> Iterator[Span]:
    seen: set[str] = {fold(article.title)} - {""}
    lines = list(_lines(article.text))
    for number, (start, line) in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        at = start + line.index(text)
        key = fold(re.sub(_CREDIT, "", text))
        is_copy = key in seen and len(key) > 12
        if is_copy or _is_boilerplate(text, number, len(lines)):
            yield Span(at, at + len(text), text)
        else:
            yield from (Span(at + m.start(), at + m.end(), m[0]) for m in _CREDIT.finditer(text) if _is_credit(text, m))
        seen.add(key)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _is_credit(line: str, match: re.Match[str]) -> bool:
    """An agency in brackets at the end of a caption; an acronym in a sentence ("NATO (OTAN) said") is none."""
    return match.end() == len(line) and ("/" in match[0] or match[0][0] == "[")


def _is_boilerplate(text: str, number: int, total: int) -> bool:
    words = text.split()
    if _MAIL.search(text) and len(words) <= 8:
        return True
    if len(words) <= 14 and (_PROMPT.match(text) or _BYLINE.match(text)):
        return (
            not text.endswith((".", "”", '."'))
            or len(words) <= 5
            or bool(
                re.match(
                    r"(?:please|to (?:write|post)|log|sign|subscribe|copyright|©|we use|all rights)",
                    text,
                    re.IGNORECASE,
                )
            )
        )
    if _LIST_MARK.match(text) and len(words) <= 5:
        return True
    if (
        len(words) <= 12
        and _CRUMBS.match(text)
        and not re.search(r"[.!?]$", text)
        and (re.search(r"[>»›|]", text) or (len(words) <= 6 and "/" in text and not _VERBISH.search(text)))
    ):
        return True
    if words and all(w.strip(".,:|•").lower() in _SOCIAL for w in words):
        return True
    if _DATE_LINE.match(text):
        return True
    short_end = (
        number > total * 0.7
        and len(words) <= 4
        and not text.endswith((".", "!", "?", "”"))
        and not any(c.isdigit() for c in text)
    )
    return (short_end and not _VERBISH.search(text) and len(text) < 30) or (len(text) <= 2 and not text.isdigit())
