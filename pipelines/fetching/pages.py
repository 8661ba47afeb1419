"""Bytes → text; HTML → title, main text, publisher and a date that the page really states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from kg.errors import NotAnArticle
from kg.model import Basis, Published

_PDF = b"%PDF-"
_BINARY = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x7fELF",
    b"\x1f\x8b",
    b"MZ\x90",
    b"SQLite format 3",
    b"OggS",
    b"ID3",
)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_WALL = re.compile(
    r"(?:log|sign) in to (?:continue|read)|subscri(?:be|ption)[^.]{0,40}(?:to continue|to read|required)|create (?:a free|an) account|already a (?:subscriber|member)|"
    r"please (?:log|sign) in|enable javascript|verify you are (?:a )?human|access denied|accept (?:all )?cookies",
    re.IGNORECASE,
)
_ISO = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?")
_META_NAMES = frozenset(
    """article:published_time datepublished date dc.date dc.date.issued dcterms.created dcterms.issued og:published_time pubdate publishdate
    publish-date publish_date parsely-pub-date sailthru.date article.published citation_publication_date originalpublicationdate cxenseparse:recs:publishtime""".split()
)


def decode(data: bytes, declared: str = "", what: str = "The source") -> str:
    """Text from bytes of any charset: byte order mark, declaration, meta element, else the best guess."""
    check_kind(data, what)
    match = re.search(r"charset=[\"']?([\w-]+)", declared, re.IGNORECASE)
    meta = _META_CHARSET.search(data[:4096])
    for encoding in (_by_mark(data), "utf-8", match[1] if match else None, meta[1].decode("ascii") if meta else None):
        if encoding is None:
            continue
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return _guess(data)


def _by_mark(data: bytes) -> str | None:
    marks = (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    )
    return next((name for mark, name in marks if data.startswith(mark)), None)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000]).best()
    return data.decode(best.encoding if best is not None else "windows-1252", errors="replace")


def check_kind(data: bytes, what: str) -> None:
    """Raises `NotAnArticle` for what is no text: empty, a PDF, a picture, an archive, other binary data."""
    if not data.strip():
        raise NotAnArticle(f"{what} is empty.", next="Check the address or the file.")
    if data[:1024].lstrip().startswith(_PDF):
        raise NotAnArticle(f"{what} is a PDF.", "PDFs are not read.", "Save its text as .txt and give that file.")
    if data.startswith(_BINARY) or (b"\x00" in data[:4096] and _by_mark(data) is None):
        raise NotAnArticle(f"{what} is binary data, not text.", next="Give an HTML page, a text file or JSON lines.")


def read_html(html: str, url: str | None, what: str) -> tuple[str, str, str | None, str | None, Published, str | None]:
    """Title, main text, byline, publisher, publication period and stated language of a page.

    Raises `NotAnArticle` for a log-in wall and for a page without an article.
    """
    import trafilatura
    from lxml import html as lxml_html

    extracted: Any = trafilatura.bare_extraction(
        html,
        url=url,
        favor_precision=False,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False},
    )
    text = _paragraphs(
        trafilatura.extract(html, url=url, include_comments=False, include_tables=False, output_format="txt") or ""
    )
    if len(text) < 200 and _WALL.search(html):
        raise NotAnArticle(
            f"{what} is behind a wall.",
            "It asks for a log-in, a subscription, cookies or a browser check.",
            "Save the page in your browser and give the file.",
        )
    if len(text) < 80 or not re.search(r"[.!?][\"”’)]?(?:\s|$)", text):
        raise NotAnArticle(
            f"{what} holds no article.",
            "No running text was found in it.",
            "Give the address of one article, or its text as .txt.",
        )
    try:
        tree = lxml_html.fromstring(html.encode("utf-8"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (ValueError, lxml_html.etree.ParserError):
        tree = None
    published = _published(tree) if tree is not None else Published()
    title = (extracted.title if extracted is not None else None) or ""
    byline = extracted.author if extracted is not None else None
    site = _site_name(tree) if tree is not None else None
    language = (tree.get("lang") or "").split("-")[0].lower() if tree is not None else ""
    return title, text, byline, site, published, language or None


def _paragraphs(text: str) -> str:
    """One empty line between paragraphs, so that a headline or a caption never runs into a sentence."""
    return "\n\n".join(line.strip() for line in text.split("\n") if line.strip())


def _site_name(tree: Any) -> str | None:
    for element in tree.iter("meta"):
        if (element.get("property") or element.get("name") or "").lower() in (
            "og:site_name",
            "application-name",
        ) and element.get("content"):
            return element.get("content").strip()
    for data in _json_ld(tree):
        publisher = data.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return publisher["name"].strip()
    return None


def _published(tree: Any) -> Published:
    """Only what the page itself declares: meta elements, JSON-LD, a <time> marked as publication. Never a guess."""
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if name in _META_NAMES and (found := parse_date(element.get("content") or "", f"meta element {name}")):
            return found
    for data in _json_ld(tree):
        if isinstance(data.get("datePublished"), str) and (
            found := parse_date(data["datePublished"], "JSON-LD datePublished")
        ):
            return found
    for element in tree.iter("time"):
        marked = (
            "pubdate" in element.attrib
            or (element.get("itemprop") or "").lower() == "datepublished"
            or "publish" in (element.get("class") or "").lower()
        )
        if marked and (found := parse_date(element.get("datetime") or "", "time element")):
            return found
    return Published()


def _json_ld(tree: Any) -> Iterator[dict[str, Any]]:
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json":
            try:
                data = json.loads(element.text or "")
            except (ValueError, RecursionError):
                continue
            items = data if isinstance(data, list) else data.get("@graph", [data]) if isinstance(data, dict) else []
            yield from (item for item in items if isinstance(item, dict))


def parse_date(text: str, where: str, basis: Basis = "metadata") -> Published | None:
    """An ISO date or date-time → the period it stands for: the moment, or the whole day (UTC)."""
    match = _ISO.match(text.strip())
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    reason = f"The {where} says {text.strip()[:40]}."
    if match[4] is None or match[7] is None:
        return Published(
            datetime.combine(day, time(0), UTC), datetime.combine(day, time(23, 59, 59), UTC), basis, reason
        )
    moment = datetime.fromisoformat(
        f"{day.isoformat()}T{match[4]}:{match[5]}:{match[6] or '00'}{match[7].replace('Z', '+00:00')}"
    ).astimezone(UTC)
    return Published(moment, moment, basis, reason)
