"""A small HTTP/1.1 client for load: a few kept connections, and visitors with their own cookies and address."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
WITHOUT_BODY = {204, 304}
BOUNDARY = "----mostrador-bench"


class WrongAnswer(Exception):  # noqa: N818 - read aloud: "raise WrongAnswer"
    """The server answered something else than what was expected, so that its speed means nothing."""


@dataclass(slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes
    milliseconds: float

    @property
    def location(self) -> str:
        found = LOCATION.search(self.head)
        return found[1].decode() if found else ""


class Connection(asyncio.Protocol):
    """One connection that asks one thing at a time and stays open."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.buffer = b""
        self.waiting: asyncio.Future[Answer] | None = None
        self.asked_at = 0.0

    @classmethod
    async def open(cls, port: int) -> "Connection":
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    async def ask(self, request: bytes) -> Answer:
        self.waiting = asyncio.get_running_loop().create_future()
        self.asked_at = time.perf_counter()
        self.transport.write(request)
        return await self.waiting

    def close(self) -> None:
        self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator or self.waiting is None:
            return
        status = int(head[9:12])
        declared = CONTENT_LENGTH.search(head)
        if declared is None and status not in WITHOUT_BODY:
            self.waiting.set_exception(WrongAnswer(f"an answer without length: {head.decode('latin-1')}"))
            return
        length = int(declared[1]) if declared and status not in WITHOUT_BODY else 0
        if len(body) < length:
            return
        self.buffer = body[length:]
        spent = (time.perf_counter() - self.asked_at) * 1000
        self.waiting.set_result(Answer(status, head, body[:length], spent))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(exc or ConnectionError("the server closed the connection"))


@dataclass
class Visitor:
    """Somebody with cookies of their own, behind a proxy that tells their address."""

    port: int
    address: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""  # against forged requests, of the last page with a form

    def get(self, path: str, **headers: str) -> bytes:
        return self._request("GET", path, headers, b"")

    def post(self, path: str, fields: dict[str, str], file: tuple[str, str, bytes] | None = None) -> bytes:
        """Return the request that sends a form, with the hidden token of the last page.

        Args:
            path: Where to.
            fields: What was typed.
            file: Field, name and content of a file; the form is then sent in parts, as browsers do.
        """
        fields = {"csrfmiddlewaretoken": self.token} | fields
        headers = {"Origin": f"http://localhost:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        if file is not None:
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            body = _in_parts(fields, file)
        return self._request("POST", path, headers, body)

    def remember(self, answer: Answer) -> None:
        """Keep what a browser keeps of an answer: cookies, and the token of the form in it."""
        for name, value in COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        if found := TOKEN.search(answer.body):
            self.token = found[1].decode()

    def _request(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: localhost:{self.port}",
            "Accept: text/html",
            "Accept-Language: es",
        ]
        if self.address:
            lines.append(f"X-Forwarded-For: {self.address}")
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


def _in_parts(fields: dict[str, str], file: tuple[str, str, bytes]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, filename, content = file
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
    parts += [f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: image/png\r\n\r\n".encode(), content, b"\r\n"]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
