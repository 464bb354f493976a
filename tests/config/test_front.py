"""The front: requests reach the pages as they were sent, and what would harm the process is refused."""

import asyncio
import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mostrador.config import front
from mostrador.config.client_address import client_address, networks
from mostrador.config.front import FileBody, Front, next_piece
from mostrador.shared import live
from tests.loops import run_to_end

Environ = dict[str, Any]


class Pages:
    """A WSGI application that notes what it was asked and answers what it was told to."""

    def __init__(self, body: bytes = b"hola") -> None:
        self.asked: list[Environ] = []
        self.body = body

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ | {"body": environ["wsgi.input"].read()})
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Kept", "yes")])
        return [self.body[:2], self.body[2:]]


async def nobody(cookies: str) -> int | None:
    return None


def make_front(pages: Any, *, trusted: str = "", largest: int = 1000) -> Front:
    proxies = networks([trusted] if trusted else [])
    made = Front(pages, threads=2, trusted=proxies, largest_body_bytes=largest, make_hub=lambda _: live.Hub("", nobody))
    made.pool = ThreadPoolExecutor(2)
    return made


def ask(
    application: Front,
    *,
    parts: Iterable[dict[str, Any]] = (),
    headers: Iterable[tuple[bytes, bytes]] = (),
    **scope: Any,
) -> list[dict[str, Any]]:
    """Send one request through the front and return the messages that come back."""
    sent: list[dict[str, Any]] = []
    waiting = iter([*parts, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    whole = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "server": ("127.0.0.1", 8000),
        "client": ("203.0.113.9", 5000),
        "headers": [(b"host", b"sede.example"), *headers],
    } | scope
    run_to_end(application(whole, receive, send))
    return sent


def test_a_page_is_answered_with_its_status_headers_and_body() -> None:
    sent = ask(make_front(Pages()))

    assert sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/plain"), (b"x-kept", b"yes")],
        },
        {"type": "http.response.body", "body": b"hola"},
    ]


def test_a_request_reaches_the_page_as_wsgi_describes_it() -> None:
    pages = Pages()

    ask(
        make_front(pages),
        method="POST",
        raw_path=b"/buscar/a%C3%B1o/%FF",
        query_string=b"q=firma",
        headers=[(b"content-type", b"text/plain"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"content-length", b"6")],
        parts=[
            {"type": "http.request", "body": b"typ", "more_body": True},
            {"type": "http.request", "body": b"ed!", "more_body": False},
        ],
    )

    asked = pages.asked[0]
    assert asked["PATH_INFO"].encode("latin-1") == "/buscar/año/".encode() + b"\xff"
    assert {
        name: asked[name] for name in ("QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_COOKIE", "body")
    } == {
        "QUERY_STRING": "q=firma",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "6",
        "HTTP_COOKIE": "a=1; b=2",
        "body": b"typed!",
    }


@pytest.mark.parametrize("declared", [b"1001", b"3"])
def test_a_body_that_is_too_large_is_refused_whatever_its_header_says(declared: bytes) -> None:
    pages = Pages()

    sent = ask(
        make_front(pages),
        method="POST",
        headers=[(b"content-length", declared)],
        parts=[{"type": "http.request", "body": b"x" * 600, "more_body": True}] * 2,
    )

    assert sent[0]["status"] == 413
    assert pages.asked == []


def test_half_a_form_is_never_taken_for_a_whole_one() -> None:
    pages = Pages()

    sent = ask(
        make_front(pages),
        method="POST",
        headers=[(b"content-length", b"20")],
        parts=[{"type": "http.request", "body": b"text=no+puedo", "more_body": True}],
    )

    assert (sent, pages.asked) == ([], [])


def test_a_header_with_an_underscore_cannot_pass_for_another() -> None:
    pages = Pages()

    ask(make_front(pages), headers=[(b"x_forwarded_for", b"10.0.0.1")])

    assert "HTTP_X_FORWARDED_FOR" not in pages.asked[0]


def test_a_strangers_forwarding_headers_are_not_believed() -> None:
    pages = Pages()

    ask(make_front(pages), headers=[(b"x-forwarded-for", b"10.0.0.1"), (b"x-forwarded-proto", b"https")])

    asked = pages.asked[0]
    assert asked["REMOTE_ADDR"] == "203.0.113.9"
    assert "HTTP_X_FORWARDED_FOR" not in asked
    assert "HTTP_X_FORWARDED_PROTO" not in asked
    assert asked[front.FORWARDED] is True


def test_our_proxys_forwarding_headers_are_believed() -> None:
    pages = Pages()
    headers = [(b"x-forwarded-for", b"6.6.6.6, 198.51.100.7"), (b"x-forwarded-proto", b"https")]

    ask(make_front(pages, trusted="203.0.113.0/24"), headers=headers)

    asked = pages.asked[0]
    assert (asked["REMOTE_ADDR"], asked["HTTP_X_FORWARDED_PROTO"]) == ("198.51.100.7", "https")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("8.8.8.8", "1.1.1.1", "8.8.8.8"),
        ("", "1.1.1.1", ""),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),  # a server that listens on :: writes IPv4 like this
        ("::ffff:8.8.8.8", "1.1.1.1", "8.8.8.8"),
        ("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_visitor_is_the_last_address_before_our_proxies(peer: str, forwarded_for: str, address: str) -> None:
    assert client_address(peer, forwarded_for, networks(["10.0.0.0/8"])) == address


def test_a_visitor_of_a_server_on_all_addresses_has_an_ordinary_address() -> None:
    pages = Pages()

    ask(make_front(pages), client=("::ffff:198.51.100.7", 5000))

    assert pages.asked[0]["REMOTE_ADDR"] == "198.51.100.7"


def test_head_has_the_headers_and_no_content() -> None:
    sent = ask(make_front(Pages()), method="HEAD")

    assert (sent[0]["status"], sent[1:]) == (200, [{"type": "http.response.body", "body": b""}])


def test_head_of_a_file_closes_it_unread() -> None:
    file = io.BytesIO(b"0123456789")

    def pages(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        wrapped: FileBody = environ["wsgi.file_wrapper"](file)
        return wrapped

    sent = ask(make_front(pages), method="HEAD")

    assert [message["body"] for message in sent[1:]] == [b""]
    assert file.closed


def test_an_answer_that_goes_on_and_on_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "MEMORY_BYTES", 10)
    monkeypatch.setattr(front, "CHUNK_BYTES", 8)

    def pages(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return (b"line\n" for _ in range(4))

    sent = ask(make_front(pages))

    assert [message["body"] for message in sent[1:]] == [b"line\nlin", b"e\nline\nl", b"ine\n", b""]


def test_whoever_falls_silent_while_sending_counts_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "SECONDS_BETWEEN_PIECES", 0.01)
    pages = Pages()
    application = make_front(pages)

    async def silence() -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(front, "next_piece", lambda _receive: next_piece(silence))
    sent = ask(application, method="POST", headers=[(b"content-length", b"10")])

    assert (sent, pages.asked, application.waiting) == ([], [], 0)


def test_names_that_no_header_has_are_left_out() -> None:
    pages = Pages()

    ask(make_front(pages), headers=[(b"x" * 101, b"1")])

    assert "HTTP_" + "X" * 101 not in pages.asked[0]


def test_a_file_is_sent_in_pieces_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "CHUNK_BYTES", 4)
    file = io.BytesIO(b"0123456789")

    def pages(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        wrapped: FileBody = environ["wsgi.file_wrapper"](file)
        return wrapped

    sent = ask(make_front(pages))

    assert [message["body"] for message in sent[1:]] == [b"0123", b"4567", b"89", b""]
    assert file.closed


def test_when_too_many_wait_the_next_is_told_to_come_back() -> None:
    application = make_front(Pages())
    application.waiting = front.MOST_WAITING

    sent = ask(application)

    assert sent[0]["status"] == 503
    assert (b"retry-after", b"30") in sent[0]["headers"]


def test_the_process_says_that_it_lives_without_asking_the_database() -> None:
    def broken(environ: Environ, start_response: Any) -> Iterable[bytes]:
        raise AssertionError("a page was asked")

    sent = ask(make_front(broken), path="/salud/")

    assert (sent[0]["status"], sent[1]["body"]) == (200, b'{"alive": true}')
    assert (b"x-content-type-options", b"nosniff") in sent[0]["headers"]
    assert (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'") in sent[0]["headers"]
