"""Sources → articles: an address, .html, .txt, .json, .jsonl, a folder, standard input. Bad ones are reported, the rest go on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from kg.errors import BadInput, KgError, NotAnArticle, SourceError, TooLarge, UsageError
from kg.ids import make_id, normalize_text
from kg.model import Article, Published
from pipelines.fetching.addresses import Resolver, resolve
from pipelines.fetching.download import Limits, download
from pipelines.fetching.languages import language_of
from pipelines.fetching.pages import check_kind, decode, parse_date, read_html

SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".md", ".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An article, or the error that stood in its place; `ref` is the caller's own name for it (JSON lines)."""

    article: Article | None = None
    ref: str | None = None
    error: SourceError | None = None


def fetch(
    source: str,
    *,
    published: str | None = None,
    allow_private: bool = False,
    limits: Limits | None = None,
    stdin: IO[bytes] | None = None,
    resolver: Resolver = resolve,
) -> Iterator[Fetched]:
    """Every article of a source. `published` (ISO) is used where the source itself states no date."""
    given = _given_date(published)
    limits = limits or Limits()
    try:
        if "://" in source:
            page = download(source, allow_private=allow_private, limits=limits, resolver=resolver)
            yield from _from_bytes(page.body, page.content_type, page.url, page.url, given)
        elif source == "-":
            data = stdin.read(limits.text_bytes + 1) if stdin is not None else b""
            _check_size(len(data), "Standard input", limits)
            yield from _from_bytes(data, "", None, "Standard input", given)
        elif Path(source).is_dir():
            yield from _from_folder(Path(source), given, limits)
        else:
            yield from _from_file(Path(source), given, limits)
    except SourceError as error:
        yield Fetched(error=error)


def _given_date(text: str | None) -> Published | None:
    if text is None:
        return None
    found = parse_date(text, "caller", "stated")
    if found is None:
        raise UsageError(
            f"'{text}' is no date.", "--published takes ISO 8601.", "Write it as 2024-09-23 or 2024-09-23T08:00:00Z."
        )
    return found


def make_article(title: str, text: str, published: Published | None = None, **known: Any) -> Article:
    """An article with the id of its content: title and text, in normal form. Its language is that of its words."""
    identity = make_id("art", normalize_text(title), normalize_text(text))
    known["language"] = language_of(f"{title}\n{text}", known.get("language"))
    return Article(identity, title, text, published=published or Published(), fetched=datetime.now(UTC), **known)


# Files ---------------------------------------------------------------------------------------------------------------


def _from_folder(folder: Path, given: Published | None, limits: Limits) -> Iterator[Fetched]:
    files = sorted(
        p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES and not p.name.startswith(".")
    )
    if not files:
        raise NotAnArticle(
            f"{folder} holds no articles.", f"Looked for: {', '.join(SUFFIXES)}.", "Name another folder or a file."
        )
    for path in files:
        try:
            yield from _from_file(path, given, limits)
        except SourceError as error:
            yield Fetched(error=error)


def _from_file(path: Path, given: Published | None, limits: Limits) -> Iterator[Fetched]:
    try:
        size = path.stat().st_size
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            yield from _from_lines(_file_lines(path), path.name, given)
            return
        _check_size(size, str(path), limits)
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read.", error.strerror or str(error), "Check the name and the permissions."
        ) from error
    yield from _from_bytes(data, "", None, str(path), given, path.suffix.lower())


def _check_size(size: int, what: str, limits: Limits) -> None:
    if size > limits.text_bytes:
        raise TooLarge(
            f"{what} is too large.",
            f"It is more than {limits.text_bytes // 2**20} MiB.",
            "Split it, or give JSON lines: they are read one by one.",
        )


def _file_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream


# Content -------------------------------------------------------------------------------------------------------------


def _from_bytes(
    data: bytes, content_type: str, url: str | None, what: str, given: Published | None, suffix: str = ""
) -> Iterator[Fetched]:
    if "application/pdf" in content_type:
        check_kind(b"%PDF-", what)
    check_kind(data, what)
    kind = _kind(data, content_type, suffix)
    if kind == "jsonl":
        yield from _from_lines(data.splitlines(), what, given)
    elif kind == "json":
        yield from _from_json(data, what, given)
    elif kind == "html":
        yield Fetched(_page(decode(data, content_type, what), url, what, given))
    else:
        yield Fetched(_plain(decode(data, content_type, what), url, what, given))


def _kind(data: bytes, content_type: str, suffix: str) -> str:
    """By what it is: the ending or the server's word only where the content agrees with it."""
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    looks_html = start[:1] == b"<" and any(
        tag in start.lower()
        for tag in (b"<html", b"<!doctype", b"<body", b"<head", b"<p", b"<div", b"<article", b"<?xml")
    )
    if start[:1] == b"{":
        if suffix == ".json":
            return "json"
        lines = [line for line in data.splitlines() if line.strip()]
        return (
            "jsonl"
            if suffix in (".jsonl", ".ndjson")
            or (all(line.lstrip()[:1] == b"{" for line in lines[:5]) and _is_json(lines[0]))
            else "json"
        )
    if looks_html and (suffix in (".html", ".htm", ".xhtml", "") or "html" in content_type):
        return "html"
    return "html" if suffix in (".html", ".htm", ".xhtml") or "text/html" in content_type else "text"


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _page(html: str, url: str | None, what: str, given: Published | None) -> Article:
    title, text, byline, site, published, language = read_html(html, url, what)
    date = published if published.basis != "unknown" else given
    return make_article(title, text, date, url=url, publisher=site, byline=byline, language=language)


def _plain(text: str, url: str | None, what: str, given: Published | None) -> Article:
    """A text file as it is, but for the line ends: offsets count its own characters."""
    body = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if not any(c.isalpha() for c in body):
        raise NotAnArticle(f"{what} holds no words.", next="Give a text in a natural language.")
    return make_article("", body, given, url=url)


def _from_json(data: bytes, what: str, given: Published | None) -> Iterator[Fetched]:
    try:
        value = json.loads(decode(data, "", what))
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{what} is broken JSON.", str(error), 'Write one object: {"text": "…", "title": "…"}.'
        ) from error
    yield _from_object(value, what, given)


def _from_lines(lines: Iterable[bytes], what: str, given: Published | None) -> Iterator[Fetched]:
    """JSON lines; a broken one is reported with its number, the others are read."""
    seen = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        seen = True
        where = f"{what}, line {number}"
        try:
            yield _from_object(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")), where, given)
        except (ValueError, RecursionError) as error:
            yield Fetched(
                error=BadInput(
                    f"{where} is broken JSON.", str(error), 'Write one object a line: {"ref": "1", "text": "…"}.'
                )
            )
        except SourceError as error:
            yield Fetched(error=error)
    if not seen:
        yield Fetched(
            error=NotAnArticle(f"{what} is empty.", next='Write one object a line: {"ref": "1", "text": "…"}.')
        )


def _from_object(value: Any, where: str, given: Published | None) -> Fetched:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise BadInput(
            f"{where} is no article.",
            "It has no text.",
            'Write one object: {"ref": "1", "text": "…", "title": "…", "published": "2024-09-23"}.',
        )
    stated = value.get("published")
    published = parse_date(stated, "source", "stated") if isinstance(stated, str) else None
    if stated and published is None:
        raise BadInput(
            f"{where} has no valid date.", f"'published' is {stated!r}.", "Write it in ISO 8601: 2024-09-23."
        )
    optional = {k: value[k] for k in ("url", "publisher", "byline") if isinstance(value.get(k), str)}
    title = value["title"] if isinstance(value.get("title"), str) else ""
    ref = str(value["ref"]) if "ref" in value else None
    try:
        return Fetched(make_article(title, value["text"], published or given, **optional), ref)
    except KgError:
        raise
    except UnicodeError as error:
        raise BadInput(f"{where} cannot be read.", str(error), "Its text holds broken characters.") from error
