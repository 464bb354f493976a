"""Live pages: whoever changes something says so, and every open page that shows it fetches it again.

`publish` is called in the transaction that changes; a page opens one stream for all its topics (see
`static/shared/live.js`). A stream carries "this changed" and never content: the page fetches the fragment from its
normal view, so that permissions are checked in one place. A topic can only be listened to with the signature that a
page handed out to the same person. NOTIFY is a hint, the tables are the truth: after a gap, everything has changed.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac
from psycopg import sql

from mostrador.shared.caching import forget_pages

logger = logging.getLogger(__name__)

CHANNEL = "mostrador_live"
ADDRESS = "/vivo/"
KEPT_PAGES = "kept-pages-"  # and an organisation's key: what its public pages say has changed
LONGEST_TOPIC_BYTES = 200
MOST_TOPICS_PER_STREAM = 50
MOST_STREAMS_PER_PROCESS = 10_000
MOST_STREAMS_PER_PERSON = 50  # per process; more open pages than anybody looks at ask at intervals instead
HEARTBEAT_SECONDS = 20
LONGEST_STREAM_SECONDS = 15 * 60  # the page then connects again, and whoever signed out meanwhile does not get back in
LONGEST_PAUSE_SECONDS = 15.0
SECONDS_TO_END = 5  # what open streams get to say goodbye when the process stops

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# Given the Cookie header: the key of the signed-in person, or None. Runs in a thread and may read the database.
Identify = Callable[[str], int | None]


def publish(topic: str) -> None:
    """Say that what `topic` names has changed; listeners hear it when the surrounding transaction commits.

    Args:
        topic: A short name without blanks, for example "ticket-12".

    Raises:
        ValueError: The topic is too long or has characters that a stream cannot carry.
    """
    refuse_bad_topic(topic)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])


def signed(topic: str, person_id: int) -> str:
    """Return what a page writes into `data-live` so that this person may listen to `topic`.

    Raises:
        ValueError: The topic is too long or has characters that a stream cannot carry.
    """
    refuse_bad_topic(topic)
    return f"{topic}~{signature(topic, person_id)}"


def refuse_bad_topic(topic: str) -> None:
    """Refuse what could break the stream's lines or the database's limit.

    Raises:
        ValueError: With the topic.
    """
    plain = topic.isascii() and topic.isprintable() and not set(topic) & {" ", "~"}
    if not topic or not plain or len(topic) > LONGEST_TOPIC_BYTES:
        raise ValueError(f"not a topic: {topic[:80]!r}")


def signature(topic: str, person_id: int) -> str:
    """Return the proof that a page of this installation handed out the topic to this person."""
    return salted_hmac("mostrador.live", f"{person_id}:{topic}", algorithm="sha256").hexdigest()[:32]


def topics_of(query: bytes, person_id: int) -> list[str]:
    """Return the topics of a stream's address whose signature is right for this person."""
    asked = parse_qs(query.decode("latin-1")).get("topic", [])[:MOST_TOPICS_PER_STREAM]
    pairs = [text.rpartition("~")[::2] for text in asked]
    return [topic for topic, proof in pairs if topic and constant_time_compare(proof, signature(topic, person_id))]


class Listener:
    """One open stream: the topics it wants and those that changed since it was last told.

    What waits is a set of its own topics, so it cannot grow however slow the reader is.
    """

    __slots__ = ("changed", "topics", "wake")

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.changed: set[str] = set()
        self.wake = asyncio.Event()

    def tell(self, topics: Iterable[str]) -> None:
        """Note changes and wake the stream up."""
        self.changed.update(topics)
        self.wake.set()

    def take(self) -> list[str]:
        """Return what changed and forget it."""
        changed = sorted(self.changed)
        self.changed.clear()
        self.wake.clear()
        return changed


class Hub:
    """All streams of one process behind one listening connection to the database."""

    def __init__(self, database_url: str, identify: Callable[[str], Awaitable[int | None]]) -> None:
        self.database_url = database_url
        self.identify = identify
        self.listeners: dict[str, set[Listener]] = defaultdict(set)
        self.streams: set[Listener] = set()
        self.of_person: Counter[int] = Counter()
        self.connected = False
        self.stopping = False
        self._task: asyncio.Task[None] | None = None

    # --- The database's side ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to listen, in the running event loop."""
        self._task = asyncio.create_task(self._listen_for_ever())

    async def stop(self) -> None:
        """End every stream (pages connect again by themselves) and stop listening."""
        self.stopping = True
        for listener in list(self.streams):
            listener.wake.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        patience = time.monotonic() + SECONDS_TO_END
        while self.streams and time.monotonic() < patience:
            await asyncio.sleep(0.02)

    async def _listen_for_ever(self) -> None:
        pause = 0.2
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.database_url, autocommit=True) as listening:
                    await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    self.connected, pause = True, 0.2
                    self._everything_may_have_changed()
                    async for notification in listening.notifies():
                        self.tell(notification.payload)
            except psycopg.Error as error:
                logger.warning("live connection lost, trying again in %.1f s: %s", pause, type(error).__name__)
            self.connected = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _everything_may_have_changed(self) -> None:
        """After a gap nobody knows what was missed: every stream fetches everything it shows once."""
        forget_pages()
        for listener in self.streams:
            listener.tell(listener.topics)

    def tell(self, topic: str) -> None:
        """Pass a change on to every stream that wants it; the pages that this process keeps are drawn again."""
        if topic.startswith(KEPT_PAGES):
            forget_pages()
        for listener in self.listeners.get(topic, ()):
            listener.tell((topic,))

    # --- The browser's side ----------------------------------------------------------------------------

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET /vivo/?topic=…&topic=… with server-sent events until the browser leaves."""
        person_id = None
        if scope["method"] == "GET" and not self.stopping and len(self.streams) < MOST_STREAMS_PER_PROCESS:
            cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
            person_id = await self.identify(cookies)
        topics = topics_of(scope["query_string"], person_id) if person_id is not None else []
        if person_id is None or not topics or self.of_person[person_id] >= MOST_STREAMS_PER_PERSON:
            # 204 tells EventSource not to come back; the page then asks for news at intervals (live.js).
            await send({"type": "http.response.start", "status": 204, "headers": [(b"cache-control", b"no-store")]})
            await send({"type": "http.response.body", "body": b""})
            return
        self.of_person[person_id] += 1
        try:
            await self._serve(Listener(topics), receive, send)
        finally:
            self.of_person[person_id] -= 1
            self.of_person += Counter()  # keeps only those who still have a stream

    async def _serve(self, listener: Listener, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # nginx passes every line on at once
        ]
        gone = asyncio.ensure_future(self._wait_until_gone(listener, receive))
        self._add(listener)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
            until = time.monotonic() + LONGEST_STREAM_SECONDS
            while not gone.done() and not self.stopping and time.monotonic() < until:
                await send({"type": "http.response.body", "body": await self._next_lines(listener), "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        except OSError:  # the browser left between two lines
            pass
        finally:
            self._remove(listener)
            gone.cancel()

    async def _next_lines(self, listener: Listener) -> bytes:
        """Return the changes since last time, or a heartbeat when there were none for a while."""
        try:
            await asyncio.wait_for(listener.wake.wait(), HEARTBEAT_SECONDS)
        except TimeoutError:
            return b":\n\n"
        return b"".join(f"event: change\ndata: {topic}\n\n".encode() for topic in listener.take()) or b":\n\n"

    async def _wait_until_gone(self, listener: Listener, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        listener.wake.set()

    def _add(self, listener: Listener) -> None:
        self.streams.add(listener)
        for topic in listener.topics:
            self.listeners[topic].add(listener)

    def _remove(self, listener: Listener) -> None:
        self.streams.discard(listener)
        for topic in listener.topics:
            self.listeners[topic].discard(listener)
            if not self.listeners[topic]:
                del self.listeners[topic]
