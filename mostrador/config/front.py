"""The front of each web process: live streams in the event loop, pages in a few threads, on one port.

Pages are Django's WSGI handler, so that everything under it is ordinary synchronous code; each thread keeps its own
connection to the database. docs/adr has the measurements behind this.
"""

import asyncio
import io
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

import django
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie
from django.utils.module_loading import import_string

from mostrador.config import env
from mostrador.config.client_address import Network, client_address, is_trusted, networks, plain
from mostrador.config.pages import Pages
from mostrador.shared import live

logger = logging.getLogger(__name__)

FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
# Tells pages that a proxy nobody told us about stands between: whoever is at the other end is not the visitor.
FORWARDED = "mostrador.forwarded"
Headers = list[tuple[bytes, bytes]]
MEMORY_BYTES = 512 * 1024  # bodies above go to a temporary file
CHUNK_BYTES = 256 * 1024
MOST_WAITING = 500  # requests per process before new ones are told to come back
SECONDS_TO_FINISH = 8
SECONDS_BETWEEN_PIECES = 30  # of a form being sent; whoever pauses for longer has gone or means us ill
LONGEST_HEADER_NAME_BYTES = 100  # names are remembered, and anybody may send any; real ones are shorter


class TooLarge(Exception):  # noqa: N818 - read aloud: "raise TooLarge"
    """The request's body is larger than this installation takes."""


class Gone(Exception):  # noqa: N818 - read aloud: "raise Gone"
    """The visitor left while sending."""


class FileBody:
    """What Django gives us for a file: we read it in pieces, holding no thread while the visitor's line is slow."""

    def __init__(self, file: BinaryIO, block_size: int = CHUNK_BYTES) -> None:
        self.file = file
        self.close = file.close  # Django has put its own clean-up there

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(CHUNK_BYTES), b"")


class Front:
    """The ASGI application of one web process.

    Args:
        pages: A WSGI application.
        threads: How many pages are answered at the same time.
        trusted: Reverse proxies whose X-Forwarded-… headers count.
        largest_body_bytes: Larger requests are refused unread.
        make_hub: Makes the live streams' hub, in the event loop.
    """

    def __init__(
        self,
        pages: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        trusted: tuple[Network, ...],
        largest_body_bytes: int,
        make_hub: Callable[["Front"], live.Hub],
    ) -> None:
        self.pages = pages
        self.trusted = trusted
        self.largest_body_bytes = largest_body_bytes
        self.threads = threads
        self.make_hub = make_hub
        self.waiting = 0
        # Made in the event loop of each process: threads do not survive the parting of processes.
        self.pool: ThreadPoolExecutor
        self.session_pool: ThreadPoolExecutor
        self.hub: live.Hub

    async def __call__(self, scope: live.Scope, receive: live.Receive, send: live.Send) -> None:
        """Answer one request, or the server's own messages about starting and stopping."""
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
        elif scope["path"] == live.ADDRESS:
            await self.hub.stream(scope, receive, send)
        elif scope["path"] == "/salud/":
            await answer_plainly(send, HTTPStatus.OK, b'{"alive": true}', b"application/json")
        elif self.waiting >= MOST_WAITING:
            await answer_plainly(send, HTTPStatus.SERVICE_UNAVAILABLE, b"Demasiadas visitas. Pruebe en un minuto.\n")
        else:
            await self._answer_page(scope, receive, send)

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run what reads the database for a stream, apart from the pages' threads."""
        return await asyncio.get_running_loop().run_in_executor(self.session_pool, function, *arguments)

    async def _live_through(self, receive: live.Receive, send: live.Send) -> None:
        await receive()
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="page")
        self.session_pool = ThreadPoolExecutor(1, thread_name_prefix="session")
        self.hub = self.make_hub(self)
        self.hub.start()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._end_streams_first)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.hub.stop()
        for _ in range(SECONDS_TO_FINISH * 20):
            if not self.waiting:
                break
            await asyncio.sleep(0.05)
        await send({"type": "lifespan.shutdown.complete"})

    def _end_streams_first(self) -> None:
        """End the streams before the server stops: it waits for every answer to end, and a stream's never does.

        The server stops at SIGINT as well as at SIGTERM, which is ours for that reason.
        """
        ending = asyncio.ensure_future(self.hub.stop())
        ending.add_done_callback(lambda _: os.kill(os.getpid(), signal.SIGINT))

    async def _answer_page(self, scope: live.Scope, receive: live.Receive, send: live.Send) -> None:
        self.waiting += 1
        try:
            environ = self._environ(scope)
            try:
                body = await self._read_body(environ, receive)
            except TooLarge:
                await answer_plainly(
                    send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "El envío es demasiado grande.\n".encode()
                )
                return
            except Gone:
                return
            with body:
                environ["wsgi.input"] = body
                loop = asyncio.get_running_loop()
                status, headers, content = await loop.run_in_executor(self.pool, self._call_pages, environ)
                await send({"type": "http.response.start", "status": status, "headers": headers})
                if scope["method"] == "HEAD":
                    await self._leave_out(content, send)
                elif isinstance(content, bytes):
                    await send({"type": "http.response.body", "body": content})
                else:
                    await self._send_file(content, send)
        finally:
            self.waiting -= 1

    async def _send_file(self, content: FileBody, send: live.Send) -> None:
        loop = asyncio.get_running_loop()
        try:
            while chunk := await loop.run_in_executor(self.pool, content.file.read, CHUNK_BYTES):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await loop.run_in_executor(self.pool, content.close)

    async def _leave_out(self, content: bytes | FileBody, send: live.Send) -> None:
        if not isinstance(content, bytes):
            await asyncio.get_running_loop().run_in_executor(self.pool, content.close)
        await send({"type": "http.response.body", "body": b""})

    def _call_pages(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes | FileBody]:
        """Answer one page in a thread, from reading the form to the last byte."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        result = self.pages(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        status, headers = started[-1]
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        if isinstance(result, FileBody):
            return int(status[:3]), encoded, result
        try:
            return int(status[:3]), encoded, gathered(result)
        finally:
            if hasattr(result, "close"):
                result.close()

    async def _read_body(self, environ: dict[str, Any], receive: live.Receive) -> BinaryIO:
        """Return what was sent, in memory or in a temporary file.

        Raises:
            TooLarge: More than `largest_body_bytes`.
            Gone: The visitor left or fell silent before the end; half a form must not be taken for a whole one.
        """
        declared = environ.get("CONTENT_LENGTH", "")
        if not declared and "HTTP_TRANSFER_ENCODING" not in environ:
            return io.BytesIO()
        if declared.isdigit() and int(declared) > self.largest_body_bytes:
            raise TooLarge
        body = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
        more = True
        while more:
            message = await next_piece(receive)
            if message["type"] == "http.disconnect":
                body.close()
                raise Gone
            body.write(message.get("body", b""))
            more = message.get("more_body", False)
            if body.tell() > self.largest_body_bytes:
                body.close()
                raise TooLarge
        environ["CONTENT_LENGTH"] = str(body.tell())
        body.seek(0)
        return body  # type: ignore[return-value]  # has every method of a file

    def _environ(self, scope: live.Scope) -> dict[str, Any]:
        """Translate ASGI's description of a request into WSGI's (PEP 3333)."""
        host, port = scope.get("server") or ("localhost", 80)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": scope["method"],
            "SCRIPT_NAME": "",
            "PATH_INFO": path_bytes(scope).decode("latin-1"),
            "QUERY_STRING": scope["query_string"].decode("latin-1"),
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port or 80),
            "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scope.get("scheme", "http"),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.file_wrapper": FileBody,
        }
        for name, value in scope["headers"]:
            key = environ_name(name) if len(name) <= LONGEST_HEADER_NAME_BYTES else None
            if key is None:
                continue
            text = value.decode("latin-1")
            if key in environ:
                text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
            environ[key] = text
        self._believe_only_proxies(environ, plain((scope.get("client") or ("", 0))[0]))
        return environ

    def _believe_only_proxies(self, environ: dict[str, Any], peer: str) -> None:
        if not is_trusted(peer, self.trusted):
            said = [environ.pop(name, None) for name in FORWARDING_HEADERS]
            environ[FORWARDED] = any(said)
            environ["REMOTE_ADDR"] = peer
            return
        environ["REMOTE_ADDR"] = client_address(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), self.trusted)


async def next_piece(receive: live.Receive) -> Mapping[str, Any]:
    """Wait for more of a form; whoever is silent for too long counts as gone."""
    try:
        async with asyncio.timeout(SECONDS_BETWEEN_PIECES):
            return await receive()
    except TimeoutError:
        return {"type": "http.disconnect"}


def gathered(parts: Iterable[bytes]) -> bytes | FileBody:
    """Return a page in one piece; what is longer than a page, a table of everything say, by way of the disk."""
    pieces, size, rest = [], 0, iter(parts)
    for piece in rest:
        pieces.append(piece)
        size += len(piece)
        if size > MEMORY_BYTES:
            break
    else:
        return b"".join(pieces)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    file.writelines(pieces)
    file.writelines(rest)
    file.seek(0)
    return FileBody(file)


def path_bytes(scope: live.Scope) -> bytes:
    """Return the path as it was asked for, which need not be UTF-8."""
    return unquote_to_bytes(scope["raw_path"]) if scope.get("raw_path") else scope["path"].encode()


@lru_cache(maxsize=1024)
def environ_name(name: bytes) -> str | None:
    """Return WSGI's name of a header; None for one that would pass itself off as another (X_Forwarded_For)."""
    if b"_" in name:
        return None
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


async def answer_plainly(send: live.Send, status: HTTPStatus, body: bytes, kind: bytes = b"text/plain") -> None:
    """Answer without Django."""
    headers = [
        (b"content-type", kind + b"; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def signed_in_person(cookies: str) -> int | None:
    """Return the key of the person whose session the Cookie header carries, None for anybody else."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    close_old_connections()
    try:
        request = HttpRequest()
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        request.session = store(key)
        user = get_user(request)
        return user.pk if user.is_authenticated and user.is_active else None
    finally:
        close_old_connections()


def make_hub(front: Front) -> live.Hub:
    """Return the hub of this process; behind PgBouncer it needs its own direct address (LIVE_DATABASE_URL)."""

    async def identify(cookies: str) -> int | None:
        person: int | None = await front.in_thread(signed_in_person, cookies)
        return person

    return live.Hub(env.text("LIVE_DATABASE_URL", os.environ["DATABASE_URL"]), identify, front.in_thread)


def build() -> Front:
    """Return the application as configured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
    django.setup(set_prefix=False)
    return Front(
        Pages(),
        threads=env.integer("WEB_THREADS", default=4),
        trusted=networks(env.words("TRUSTED_PROXIES")),
        largest_body_bytes=env.integer("LARGEST_REQUEST_MB", default=100) * 1024 * 1024,
        make_hub=make_hub,
    )


application: Callable[[live.Scope, live.Receive, live.Send], Awaitable[None]] = build()
