"""Live events through the product's own web processes and a line that breaks: nothing missing, nothing twice."""

import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from mostrador.organisations.models import Organisation
from mostrador.shared.live import publish, signed
from tests import make
from tests.config.processes import clean, free_port
from tests.shared.live_hub import act_in_thread, end_listening_connections, run, until

TOPIC = "chat-1"
PUBLISHERS = 4
EVENTS_EACH = 50
PROCESSES = 2
HELD_BACK = "both, while another database's transaction lasts"
LISTENING = pytest.mark.django_db(transaction=True)


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """The web processes on the test's database: their port and the process that is their parent."""
    port = free_port()
    own = {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "PORT": port,
        "WEB_PROCESSES": PROCESSES,
        "MOSTRADOR_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "mostrador.config.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from mostrador.config import web; web.serve()"], env=clean({}) | texts(own)
    )
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def database_url() -> str:
    parts = connection.get_connection_params()
    where = f"host={quote(str(parts['host']), safe='')}&port={parts['port']}"
    return f"postgresql://{parts['user']}:{quote(parts['password'] or '', safe='')}@/{parts['dbname']}?{where}"


class Proxy:
    """Between page and server; breaks each line after so many bytes, wherever that falls.

    The next line lasts a little longer: while another database's transaction holds positions back, a page that begins
    again is told everything once more, and would never get to the end of it.
    """

    def __init__(self, server_port: int, *, most_bytes: int) -> None:
        self.server_port, self.most_bytes = server_port, most_bytes
        self.cuts = 0
        self.lines: set[asyncio.Task[Any] | None] = set()
        self.dice = random.Random(1)  # noqa: S311 - the same each time

    async def start(self) -> int:
        self.server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.add(asyncio.current_task())
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            up_writer.write(await reader.readuntil(b"\r\n\r\n"))
            left = self.dice.randint(self.most_bytes // 4, self.most_bytes)
            while left and (data := await up_reader.read(min(left, 700))):
                left -= len(data)
                writer.write(data)
            if not left:
                self.cuts += 1
                self.most_bytes += self.most_bytes // 4
        finally:
            for end in (writer, up_writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def stop(self) -> None:
        self.server.close()
        for line in self.lines:
            if line is not None:
                line.cancel()
        await asyncio.gather(*(line for line in self.lines if line), return_exceptions=True)


class Page:
    """What a browser and live.js do: begin again at the last position, drop what is known by its id."""

    def __init__(self, port: int, topic: str, cookie: str) -> None:
        self.port, self.topic, self.cookie = port, topic, cookie
        self.position = ""
        self.ids: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.hints = 0
        self.repeated = 0
        self.streams = 0
        self.task = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._one_stream()
            await asyncio.sleep(0.02)

    async def _one_stream(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self._request())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0], head
            self.streams += 1
            text = b""
            async for piece in unpacked(reader):
                *blocks, text = (text + piece).split(b"\n\n")
                for block in blocks:
                    self._hear(block.decode())
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _request(self) -> bytes:
        lines = [f"GET /vivo/?topic={self.topic} HTTP/1.1", "Host: localhost", f"Cookie: {self.cookie}"]
        lines += [f"Last-Event-ID: {self.position}"] if self.position else []
        return "\r\n".join([*lines, "", ""]).encode()

    def _hear(self, block: str) -> None:
        fields = dict(line.split(":", 1) for line in block.splitlines())
        self.position = fields.get("id", self.position).strip()
        self.hints += fields.get("event", "") == " change"
        if fields.get("event") != " live":
            return
        body = json.loads(fields["data"])
        if body["id"] in self.ids:
            self.repeated += 1
            return
        self.ids.append(body["id"])
        self.events.append(body["data"])

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def unpacked(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield a chunked body as it arrives, half chunks too, as browsers do."""
    while left := int((await reader.readuntil(b"\r\n")).strip() or b"0", 16):
        while left:
            piece = await reader.read(left)
            if not piece:
                return
            left -= len(piece)
            yield piece
        await reader.readexactly(2)


@asynccontextmanager
async def visited(server: tuple[int, int], person: tuple[int, str], *, most_bytes: int) -> AsyncIterator[Any]:
    """Yield a proxy and a page behind it whose stream is open."""
    await until(lambda: answers(server[0]))
    proxy = Proxy(server[0], most_bytes=most_bytes)
    page = Page(await proxy.start(), signed(TOPIC, person[0]), person[1])
    try:
        await until(lambda: bool(page.position))
        yield proxy, page
    finally:
        await page.leave()
        await proxy.stop()


def answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def person(organisation: Organisation, client: Client) -> tuple[int, str]:
    """Key and cookie of somebody who is signed in."""
    user = make.user(organisation)
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return user.pk, f"{name}={client.cookies[name].value}"


def write_events(publisher: int) -> None:
    """Publish in transactions that overtake those of others."""
    dice = random.Random(publisher)  # noqa: S311 - the same each time
    try:
        for number in range(EVENTS_EACH):
            with transaction.atomic():
                publish(TOPIC, "message", {"publisher": publisher, "number": number})
                time.sleep(dice.choice((0, 0.001, 0.01, 0.05)))
    finally:
        connection.close()


async def end_listening_often(until_done: Callable[[], bool]) -> int:
    times = 0
    while not until_done():
        await asyncio.to_thread(end_listening_connections)
        times += 1
        await asyncio.sleep(0.5)
    return times


@LISTENING
@pytest.mark.parametrize("harm", ["stream cut", "listener ended", "both", HELD_BACK])
def test_nothing_is_missing_and_nothing_comes_twice(person: tuple[int, str], harm: str) -> None:
    is_cut, is_ended = harm != "listener ended", harm != "stream cut"
    wanted = {(publisher, number) for publisher in range(PUBLISHERS) for number in range(EVENTS_EACH)}

    async def scene(server: tuple[int, int]) -> None:
        async with visited(server, person, most_bytes=4000 if is_cut else 10**9) as (proxy, page):
            writing = asyncio.gather(*(asyncio.to_thread(write_events, n) for n in range(PUBLISHERS)))
            if is_ended:
                assert await end_listening_often(writing.done) > 1
            await writing
            await until(lambda: len(page.events) >= len(wanted))

            heard = [(event["publisher"], event["number"]) for event in page.events]
            assert set(heard) == wanted
            assert len(heard) == len(wanted)
            for publisher in range(PUBLISHERS):
                assert [pair for pair in heard if pair[0] == publisher] == sorted(
                    pair for pair in wanted if pair[0] == publisher
                )
            assert (proxy.cuts > 3) == is_cut
            assert is_cut or (page.streams, page.repeated) == (1, 0)

    with serving() as server, held_back() if harm == HELD_BACK else nullcontext():
        run(lambda: scene(server))


@contextmanager
def held_back() -> Iterator[None]:
    """Keep every position of the server where it is now."""
    with psycopg.connect(os.environ["MOSTRADOR_TEST_SERVER"]) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        yield


@LISTENING
def test_a_reader_that_does_not_read_costs_little_and_is_told_to_look_anew(person: tuple[int, str]) -> None:
    text, transactions, each = "x" * 5900, 10, 200

    def write(first: int) -> None:
        for number in range(first, first + each):
            publish(TOPIC, "message", {"number": number, "text": text})

    async def scene(server: tuple[int, int]) -> None:
        async with visited(server, person, most_bytes=10**9) as (_, reading):
            before = memory(server[1])
            idle = socket.socket()
            idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            idle.connect(("127.0.0.1", server[0]))
            silent = Page(server[0], signed(TOPIC, person[0]), person[1])
            await silent.leave()
            idle.sendall(silent._request())
            await until(lambda: bool(idle.recv(1, socket.MSG_PEEK)))

            for place in range(transactions):
                await asyncio.to_thread(act_in_thread, partial(write, place * each))
            await until(lambda: bool(reading.events) and reading.events[-1]["number"] == transactions * each - 1)
            grown = memory(server[1]) - before

            said = await asyncio.to_thread(read_until, idle, b'"number":1999')
            told = said.count(b"event: live")
            assert b"event: change\ndata: chat-1\n" in said
            assert told < transactions * each
            assert grown < 40, grown
            idle.close()

    with serving() as server:
        run(lambda: scene(server))


def read_until(line: socket.socket, wanted: bytes) -> bytes:
    line.settimeout(10)
    said = b""
    while wanted not in said:
        data = line.recv(1 << 20)
        assert data, said[-500:]
        said += data
    return said


def memory(parent: int) -> float:
    """Return the MiB that the web processes have for themselves."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    tables = [Path(f"/proc/{child}/smaps_rollup").read_text() for child in children]
    return sum(int(size) for table in tables for size in re.findall(r"Private_\w+: +(\d+) kB", table)) / 1024
