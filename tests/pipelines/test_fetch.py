"""Fetching against a real server on loopback: what is read, what is refused, and in which words."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kg.errors import AddressRefused, BadInput, FetchFailed, NotAnArticle, TooLarge, UsageError
from pipelines.fetch import fetch, make_article
from pipelines.fetching.addresses import checked_address, is_public
from pipelines.fetching.download import Limits

STORY = (
    "<html lang='en'><head><title>Jet lands twice</title>{head}</head><body><article><h1>Jet lands twice</h1>"
    "<p>A business jet landed in Larnaca on Friday after a flight of three hours from Geneva, officials said.</p>"
    "<p>It left again in the evening and was last seen over the sea south of Crete, where reception ended.</p></article></body></html>"
)
PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/story": (200, {"Content-Type": "text/html; charset=utf-8"}, STORY.format(head="").encode()),
    "/dated": (
        200, {"Content-Type": "text/html"},
        STORY.format(head='<meta property="article:published_time" content="2024-09-23T08:00:00+09:00"><meta property="og:site_name" content="Harbour Dispatch">').encode(),
    ),
    "/latin": (200, {"Content-Type": "text/html; charset=iso-8859-1"}, STORY.format(head="").replace("Larnaca", "Málaga").encode("latin-1")),
    "/gzip": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(STORY.format(head="").encode())),
    "/bomb": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"<p>" + b"0" * 60_000_000)),
    "/gone": (404, {}, b"no"),
    "/login": (403, {}, b"no"),
    "/broken": (500, {}, b"no"),
    "/pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.7 ..."),
    "/picture": (200, {"Content-Type": "text/html"}, b"\x89PNG\r\n\x1a\n\x00\x00"),
    "/empty": (200, {"Content-Type": "text/html"}, b""),
    "/index": (200, {"Content-Type": "text/html"}, b"<html><body><a href=1>One</a><a href=2>Two</a></body></html>"),
    "/wall": (200, {"Content-Type": "text/html"}, b"<html><body><p>Please log in to continue reading.</p></body></html>"),
    "/hop": (302, {"Location": "/story"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/inside": (302, {"Location": "http://10.0.0.1/"}, b""),
    "/file": (302, {"Location": "file:///etc/passwd"}, b""),
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/endless":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        if self.path == "/slow":
            time.sleep(1.5)
        status, headers, body = PAGES.get(self.path, PAGES["/gone"])
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the reader may have hung up: that is what some tests are about
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()


def one(source, **options):
    options.setdefault("allow_private", True)
    return next(fetch(source, **options))


def failure(source, **options):
    error = one(source, **options).error
    assert error is not None
    assert error.what
    assert error.next
    return error


def test_a_page_becomes_paragraphs_with_an_unknown_date(server):
    article = one(f"{server}/story").article
    assert article.title == "Jet lands twice"
    assert "Geneva, officials said.\n\nIt left again" in article.text
    assert (article.published.basis, article.published.earliest) == ("unknown", None)
    assert article.url == f"{server}/story"


def test_the_date_and_the_publisher_come_from_the_page(server):
    article = one(f"{server}/dated").article
    assert article.published.basis == "metadata"
    assert article.published.earliest.isoformat() == "2024-09-22T23:00:00+00:00"
    assert article.publisher == "Harbour Dispatch"


@pytest.mark.parametrize("path", ["/latin", "/gzip", "/hop"])
def test_charset_compression_and_redirects_are_followed(server, path):
    assert "landed in" in one(f"{server}{path}").article.text


def test_latin_letters_arrive_whole(server):
    assert "Málaga" in one(f"{server}/latin").article.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/gone", FetchFailed), ("/broken", FetchFailed), ("/loop", FetchFailed), ("/login", NotAnArticle), ("/pdf", NotAnArticle),
        ("/picture", NotAnArticle), ("/empty", NotAnArticle), ("/index", NotAnArticle), ("/wall", NotAnArticle), ("/bomb", TooLarge), ("/file", AddressRefused),
    ],
)  # fmt: skip
def test_each_bad_page_has_its_own_answer(server, path, kind):
    assert isinstance(failure(f"{server}{path}"), kind)


def test_a_body_without_end_is_cut_off(server):
    assert isinstance(failure(f"{server}/endless", limits=Limits(wire_bytes=1_000_000)), TooLarge)


def test_a_slow_server_is_given_up(server):
    assert "too long" in failure(f"{server}/slow", limits=Limits(read_s=0.3)).what


def test_a_name_that_does_not_resolve():
    assert "does not resolve" in failure("http://no-such-host.invalid/").what


def test_loopback_is_refused_unless_allowed(server):
    assert isinstance(failure(f"{server}/story", allow_private=False), AddressRefused)


def test_a_redirect_inside_is_refused(server):
    """The first hop passes as public by its (injected) name; the second is a private address."""
    port = int(server.rsplit(":", 1)[1])
    first = iter([["127.0.0.1"]])

    def resolver(host, _port):
        return next(first) if host == "news.example" else [host]

    import pipelines.fetching.addresses as addresses

    real = addresses.is_public
    try:
        addresses.is_public = lambda a: a == "127.0.0.1" or real(a)
        error = next(fetch(f"http://news.example:{port}/inside", resolver=resolver)).error
    finally:
        addresses.is_public = real
    assert isinstance(error, AddressRefused)
    assert "10.0.0.1" in error.why


def test_one_private_answer_among_public_ones_is_refused():
    with pytest.raises(AddressRefused):
        checked_address("http://news.example/", False, lambda *_: ["93.184.216.34", "192.168.1.1"])


def test_the_connection_goes_to_the_address_that_was_checked():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    assert checked_address("http://news.example/", False, lambda *_: next(answers)) == "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1",
     "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "255.255.255.255", "not an address"],
)  # fmt: skip
def test_private_addresses_in_every_dress(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a", "http://user@example.org/", "http:///nothing", "http://example.org:99999/"]
)
def test_addresses_that_are_never_fetched(url):
    assert isinstance(failure(url), AddressRefused)


# Files ---------------------------------------------------------------------------------------------------------------


def test_json_lines_keep_their_text_their_order_and_their_ref(tmp_path):
    path = tmp_path / "a.jsonl"
    text = "  Two lines.\r\nKept as they are. "
    rows = [
        json.dumps({"ref": "x", "text": text, "published": "2024-09-23"}),
        "{broken",
        json.dumps({"ref": 2, "text": "Another."}),
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    found = list(fetch(str(path)))
    assert [f.ref for f in found if f.article] == ["x", "2"]
    assert found[0].article.text == text
    assert found[0].article.published.basis == "stated"
    assert isinstance(found[1].error, BadInput)
    assert "line 2" in found[1].error.what


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [("a.txt", b"", NotAnArticle), ("a.txt", b"\x00\x01\x02" * 100, NotAnArticle), ("a.txt", b"%PDF-1.4", NotAnArticle), ("a.json", b'{"text": ', BadInput), ("a.json", b'{"title": "x"}', BadInput)],
)  # fmt: skip
def test_bad_files(tmp_path, name, data, kind):
    (tmp_path / name).write_bytes(data)
    assert isinstance(failure(str(tmp_path / name)), kind)


def test_a_missing_file_and_an_empty_folder(tmp_path):
    assert isinstance(failure(str(tmp_path / "none.txt")), BadInput)
    assert isinstance(failure(str(tmp_path)), NotAnArticle)


def test_a_folder_gives_every_article_in_order(tmp_path):
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(f"The plane called {name} landed.", encoding="utf-8")
    assert [f.article.text[17:18] for f in fetch(str(tmp_path))] == ["a", "b"]


def test_standard_input_is_recognised_by_content():
    data = io.BytesIO(STORY.format(head="").encode())
    assert one("-", stdin=data).article.title == "Jet lands twice"


def test_the_id_depends_on_title_and_text_alone(tmp_path):
    text = "The plane landed.\nIt left again."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="\n")
    (tmp_path / "b.txt").write_text(text.replace("\n", "\r\n") + "\n", encoding="utf-8", newline="")
    assert one(str(tmp_path / "a.txt")).article.id == one(str(tmp_path / "b.txt")).article.id


def test_a_date_that_is_none_is_a_wrong_call():
    with pytest.raises(UsageError):
        list(fetch("x.txt", published="last week"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A cargo plane landed in Oslo on Friday, officials said.", "en"),
        ("A CARGO PLANE LANDED IN OSLO ON FRIDAY, OFFICIALS SAID.", "en"),
        ("Ein Frachtflugzeug landete am Freitag in Oslo, teilte ein Sprecher mit.", "de"),
        ("Un avion-cargo s'est posé vendredi à Oslo, ont indiqué des responsables.", "fr"),
        ("Грузовой самолёт приземлился в пятницу в Осло, сообщили власти.", "ru"),
        ("화물기가 금요일 오슬로에 착륙했다고 관계자들이 말했다.", "ko"),
        ("هبطت طائرة شحن في أوسلو يوم الجمعة، بحسب مسؤولين.", "ar"),
        # Names and numbers speak no language: what cannot be told is taken for English.
        ("Oslo Minsk Cairo 12 B789 LY001", "en"),
        # A foreign quotation does not make an English article foreign.
        ("The minister repeated it in Russian: «Самолёт был пуст». Reporters in Oslo heard him say so twice.", "en"),
    ],
)
def test_the_language_is_that_of_the_words(text: str, language: str) -> None:
    assert make_article("", text).language == language


def test_what_a_page_says_of_its_language_counts_only_where_its_words_leave_it_open() -> None:
    assert make_article("", "Oslo Minsk Cairo", language="nb").language == "nb"
    assert make_article("", "The plane landed in Oslo on Friday night.", language="nb").language == "en"
