"""A page over http(s): each hop checked, bytes and time limited, compression undone within the limit."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3

from kg.errors import FetchFailed, NotAnArticle, TooLarge
from pipelines.fetching.addresses import Resolver, checked_address, resolve

_AGENT = "newsflight-kg (+article reader)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long: bytes on the wire, bytes when decompressed, seconds to connect, to wait and in all."""

    wire_bytes: int = 20 * 1024 * 1024
    text_bytes: int = 50 * 1024 * 1024
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class Page:
    """What a server gave: the final address, the bytes, the declared type and charset."""

    url: str
    body: bytes
    content_type: str


def download(
    url: str, *, allow_private: bool = False, limits: Limits | None = None, resolver: Resolver = resolve
) -> Page:
    """Fetch a page, following redirects; each one is checked as if it had been asked for."""
    limits = limits or Limits()
    deadline = time.monotonic() + limits.total_s
    for _ in range(limits.redirects + 1):
        address = checked_address(url, allow_private, resolver)
        response = _request(url, address, limits, deadline)
        try:
            if response.status in _REDIRECTS and "location" in response.headers:
                url = urljoin(url, response.headers["location"])
                continue
            _check_status(response.status, url)
            return Page(url, _body(response, url, limits, deadline), response.headers.get("content-type", ""))
        finally:
            response.close()
    raise FetchFailed(
        f"{url} is redirected too often.",
        f"More than {limits.redirects} times.",
        "Open it in a browser and give the address where it ends.",
    )


def _request(url: str, address: str, limits: Limits, deadline: float) -> urllib3.BaseHTTPResponse:
    """One request to the checked address; name and certificate are those of the host."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    timeout = urllib3.Timeout(connect=limits.connect_s, read=limits.read_s)
    target = f"[{address}]" if ":" in address else address
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            target, port, timeout=timeout, retries=False, maxsize=1, assert_hostname=host, server_hostname=host
        )
    else:
        pool = urllib3.HTTPConnectionPool(target, port, timeout=timeout, retries=False, maxsize=1)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    name = host if port in (80, 443) else f"{host}:{port}"
    headers = {
        "Host": name,
        "User-Agent": _AGENT,
        "Accept": "text/html,application/xhtml+xml,text/plain;q=0.8",
        "Accept-Encoding": "gzip, deflate",
    }
    if time.monotonic() > deadline:
        raise _too_slow(url, limits)
    try:
        return pool.urlopen("GET", path, headers=headers, preload_content=False, decode_content=False, redirect=False)
    except (urllib3.exceptions.TimeoutError, TimeoutError) as error:
        raise _too_slow(url, limits) from error
    except urllib3.exceptions.SSLError as error:
        raise FetchFailed(
            f"{host} has no valid certificate.", str(error), "Check the address; the connection would not be safe."
        ) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise FetchFailed(
            f"{host} could not be reached.", str(error), "Check the address and the network connection."
        ) from error


def _too_slow(url: str, limits: Limits) -> FetchFailed:
    return FetchFailed(
        f"{url} took too long.",
        f"No complete answer within {limits.read_s:g} s ({limits.total_s:g} s in all).",
        "Try again later, or save the page and give the file.",
    )


def _check_status(status: int, url: str) -> None:
    if status == 404 or status == 410:
        raise FetchFailed(
            f"{url} does not exist.", f"The server answered {status}.", "Check the address; an archive may hold a copy."
        )
    if status in (401, 402, 403, 407, 451):
        raise NotAnArticle(
            f"{url} is not open to everyone.",
            f"The server answered {status}: it asks for a log-in, a payment or refuses.",
            "Save the page in your browser and give the file.",
        )
    if status == 429 or status >= 500:
        raise FetchFailed(f"{url} is not available now.", f"The server answered {status}.", "Try again later.")
    if status >= 300:
        raise FetchFailed(f"{url} gave no page.", f"The server answered {status}.", "Check the address.")


def _body(response: urllib3.BaseHTTPResponse, url: str, limits: Limits, deadline: float) -> bytes:
    """The decompressed body; cut off as soon as a limit is passed, whatever the server promised."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.wire_bytes:
        raise _too_large(url, limits)
    encoding = response.headers.get("content-encoding", "").strip().lower()
    chunks: list[bytes] = []
    size = 0
    for chunk in decompressed(_wire(response, url, limits, deadline), encoding, url):
        size += len(chunk)
        if size > limits.text_bytes:
            raise TooLarge(
                f"{url} is too large.",
                f"Decompressed it is more than {limits.text_bytes // 2**20} MiB.",
                "It is no page of text; save the article itself and give the file.",
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _wire(response: urllib3.BaseHTTPResponse, url: str, limits: Limits, deadline: float) -> Iterator[bytes]:
    size = 0
    try:
        for chunk in response.stream(65536, decode_content=False):
            size += len(chunk)
            if size > limits.wire_bytes:
                raise _too_large(url, limits)
            if time.monotonic() > deadline:
                raise _too_slow(url, limits)
            yield chunk
    except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
        raise _too_slow(url, limits) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise FetchFailed(f"{url} broke off.", str(error), "Try again.") from error


def _too_large(url: str, limits: Limits) -> TooLarge:
    return TooLarge(
        f"{url} is too large.",
        f"It is more than {limits.wire_bytes // 2**20} MiB.",
        "It is no page of text; save the article itself and give the file.",
    )


def decompressed(chunks: Iterator[bytes], encoding: str, what: str) -> Iterator[bytes]:
    """Undo gzip or deflate in pieces of at most 1 MiB, so that a bomb never stands in memory."""
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchFailed(
            f"{what} is compressed in an unknown way.",
            f"'{encoding}' was not asked for.",
            "Save the page and give the file.",
        )
    engine = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for chunk in chunks:
            data = chunk
            while data:
                yield engine.decompress(data, 2**20)
                data = engine.unconsumed_tail
        yield engine.flush()
    except zlib.error as error:
        raise FetchFailed(
            f"{what} is damaged.",
            f"Its compression is broken: {error}.",
            "Try again, or save the page and give the file.",
        ) from error
