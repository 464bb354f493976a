"""A hub in the test's own process, and pages that listen to it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.db import connection, transaction

from mostrador.shared.live import APPLICATION_NAME, Hub, publish
from tests.loops import run_to_end

PERSON = 7
STRANGER = 8


def address() -> str:
    parameters = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.conninfo.make_conninfo(**{name: parameters[name] for name in names})


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """In a thread whose connection does not outlive the test."""

    def do() -> Any:
        try:
            return function(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(do)


@asynccontextmanager
async def open_hub(person: int | None = PERSON) -> AsyncIterator[Hub]:
    async def identify(cookies: str) -> int | None:
        return person

    hub = Hub(address(), identify, in_thread)
    hub.start()
    await until(lambda: hub.connected)
    try:
        yield hub
    finally:
        await hub.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(90):
        while not condition():
            await asyncio.sleep(0.01)


class Browser:
    """One page with its stream."""

    def __init__(self, hub: Hub, *topics: str, last: str = "", header: str = "", age: str = "") -> None:
        self.status = 0
        self.heard = b""
        self.left = asyncio.Event()
        named = [pair for pair in (("last", last), ("age", age)) if pair[1]]
        query = urlencode([*(("topic", topic) for topic in topics), *named]).encode()
        headers = [(b"cookie", b"mostrador=x"), *([(b"last-event-id", header.encode())] if header else [])]
        scope = {"method": "GET", "headers": headers, "query_string": query}
        self.stream = asyncio.ensure_future(hub.stream(scope, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.heard += message.get("body", b"")

    def said(self, kind: str) -> list[str]:
        """Return the data of every message of one kind."""
        blocks = [block.splitlines() for block in self.heard.decode().split("\n\n")]
        return [block[-1].removeprefix("data: ") for block in blocks if f"event: {kind}" in block]

    @property
    def changes(self) -> list[str]:
        return self.said("change")

    @property
    def events(self) -> list[tuple[str, str, Any]]:
        """Topic, name and data of every event."""
        bodies = [json.loads(body) for body in self.said("live")]
        return [(body["topic"], body["event"], body["data"]) for body in bodies]

    @property
    def position(self) -> str:
        """How far it has come: what a browser would send as Last-Event-ID."""
        numbers = [line.removeprefix("id: ") for line in self.heard.decode().splitlines() if line.startswith("id: ")]
        return numbers[-1] if numbers else ""

    async def leave(self) -> None:
        self.left.set()
        await self.stream


def publish_in_thread(*topics: str, undo: bool = False) -> None:
    """In a connection of its own, as another process does."""

    def do() -> None:
        for topic in topics:
            publish(topic)
        transaction.set_rollback(undo)

    act_in_thread(do)


def act_in_thread(do: Callable[[], None]) -> None:
    """Do something in a transaction of a connection of its own."""
    try:
        with transaction.atomic():
            do()
    finally:
        connection.close()


def end_listening_connections() -> None:
    """As when the database's server is started again or the line to it breaks."""
    with psycopg.connect(os.environ["MOSTRADOR_TEST_SERVER"], autocommit=True) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND datname = %s",
            [APPLICATION_NAME, connection.settings_dict["NAME"]],
        )


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(200):
            await scene()

    run_to_end(limited())
