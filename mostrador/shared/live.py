"""Live pages: whoever changes something says so, and every open page that shows it learns of it.

`publish` is called in the transaction that changes; a page opens one stream for all its topics (see
`static/shared/live.js`). Three kinds of news go through it:

* a **hint**, `publish(topic)`: "this changed". The page fetches the fragment from its normal view, so that permissions
  are checked in one place. After a gap, everything has changed.
* an **event**, `publish(topic, "message", {...})`: something small that happened, in order. Kept for a while: whoever
  was cut off hears it later, once (`live_events`).
* what is **only for now**, `publish_ephemeral(topic, "writing", {...})`: whoever is not listening never hears it.

A topic can only be listened to with the signature that a page handed out to the same person. Everybody who may listen
to a topic sees what its events carry: only what each of them may see anyway, and keys rather than words or names.
"""

import asyncio
import logging
import random
import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.db import DatabaseError, connection
from django.utils.crypto import constant_time_compare, salted_hmac
from psycopg import sql

from mostrador.shared import live_events
from mostrador.shared.caching import forget_pages
from mostrador.shared.live_events import CHANNEL, Event
from mostrador.shared.together import later

logger = logging.getLogger(__name__)

ADDRESS = "/vivo/"
KEPT_PAGES = "kept-pages-"  # and an organisation's key: what its public pages say has changed
LONGEST_TOPIC_BYTES = 200
MOST_TOPICS_PER_STREAM = 50
MOST_STREAMS_PER_PROCESS = 10_000
MOST_STREAMS_PER_PERSON = 50  # per process; more open pages than anybody looks at ask at intervals instead
HEARTBEAT_SECONDS = 20
LONGEST_STREAM_SECONDS = 15 * 60  # the page then connects again, and whoever signed out meanwhile does not get back in
LONGEST_PAUSE_SECONDS = 15.0
MOST_WAITING_EVENTS = 200  # for one slow reader; those of more are dropped, and the page looks at the topics anew
SECONDS_TO_TAKE = 60  # a reader that has taken nothing for so long has gone
SECONDS_BETWEEN_MARKS = 60
SECONDS_OF_HINTS = 60  # remembered for pages that were drawn shortly before they began to listen
RETRY_MS = (2000, 6000)  # when a page comes back after its stream was cut: not all at the same moment
SECONDS_TO_END = 5  # what open streams get to say goodbye when the process stops

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# Given the Cookie header: the key of the signed-in person, or None. Runs in a thread and may read the database.
Identify = Callable[[str], int | None]
InThread = Callable[..., Awaitable[Any]]
# How the listening connection is seen in pg_stat_activity.
APPLICATION_NAME = "mostrador live"


def publish(topic: str, event: str = "change", data: Mapping[str, Any] | None = None) -> None:
    """Say that what `topic` names has changed, or what happened to it, when the surrounding transaction commits.

    Events of one topic arrive in the order of their commits, and again in the order in which they were published. Who
    needs both to be the same locks the topic's row first.

    Args:
        topic: A short name without blanks, for example "ticket-12".
        event: "change" for a hint. Anything else is an event, kept for two hours: a short word in lower case.
        data: What an event carries, at most 6000 bytes of JSON. Nothing that not every listener of the topic may see.

    Raises:
        ValueError: The topic, the name or the data cannot be told; a hint carries no data.
    """
    refuse_bad_topic(topic)
    if event != "change":
        live_events.keep_and_tell(topic, event, data or {})
        return
    if data is not None:
        raise ValueError("a hint carries no data")
    if not later(_notify_all, topic):
        _notify_all([topic])


def _notify_all(topics: list[str]) -> None:
    with connection.cursor() as cursor:
        told = list(dict.fromkeys(topics))
        cursor.execute("SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic", [CHANNEL, told])


def publish_ephemeral(topic: str, event: str, data: Mapping[str, Any]) -> None:
    """Tell something that is only true now: who is here, who is writing. Not kept; who was cut off never hears it.

    Args:
        topic: As in `publish`.
        event: As in `publish`; a hint is not ephemeral.
        data: As in `publish`.

    Raises:
        ValueError: The topic, the name or the data cannot be told.
    """
    refuse_bad_topic(topic)
    live_events.tell_without_keeping(topic, event, data)


def position_now() -> str:
    """Return where a page begins to listen that shows what events tell of: as `data-live-since` beside `data-live`.

    Read it before what the page shows: events until the stream opens are told then, some of them shown already.
    """
    return live_events.position_now()


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
    """One open stream: the topics it wants, those that changed and what happened since it was last told.

    What waits is a set of its own topics and a bounded number of events, which streams share; it cannot grow however
    slow the reader is.
    """

    __slots__ = ("changed", "topics", "waiting", "wake")

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.changed: set[str] = set()
        self.waiting: list[Event] = []
        self.wake = asyncio.Event()

    def tell(self, topics: Iterable[str]) -> None:
        """Note changes and wake the stream up."""
        self.changed.update(topics)
        self.wake.set()

    def give(self, event: Event) -> None:
        """Have an event wait for the reader; when too many do, all of them become hints."""
        self.waiting.append(event)
        if len(self.waiting) > MOST_WAITING_EVENTS:
            self.changed.update(waiting.topic for waiting in self.waiting)
            self.waiting.clear()
        self.wake.set()

    def begin_with(self, events: list[Event]) -> None:
        """Put what was missed before what has come meanwhile, each once."""
        known = {event.id for event in events}
        self.waiting[:0:] = events
        self.waiting[len(events) :] = [event for event in self.waiting[len(events) :] if event.id not in known]
        self.wake.set()

    def take(self) -> bytes:
        """Return the lines that wait and forget them: hints first, so that no position is reached without them."""
        hints = (f"event: change\ndata: {topic}\n\n".encode() for topic in sorted(self.changed))
        lines = b"".join((*hints, *(event.frame for event in self.waiting)))
        self.changed.clear()
        self.waiting.clear()
        self.wake.clear()
        return lines


class Hub:
    """All streams of one process behind one listening connection to the database.

    Args:
        database_url: Where to listen; a direct connection, not one of a transaction pool.
        identify: Tells whose a Cookie header is.
        in_thread: Runs what reads the database.
    """

    def __init__(
        self,
        database_url: str,
        identify: Callable[[str], Awaitable[int | None]],
        in_thread: InThread = asyncio.to_thread,
    ) -> None:
        self.database_url = database_url
        self.identify = identify
        self.in_thread = in_thread
        self.listeners: dict[str, set[Listener]] = defaultdict(set)
        self.streams: set[Listener] = set()
        self.of_person: Counter[int] = Counter()
        self.connected = False
        self.stopping = False
        self.position = ""  # everything before it has been passed on
        self.passed_on: deque[str] = deque(maxlen=2 * live_events.MOST_AT_ONCE)  # the latest events
        self.hinted: OrderedDict[str, float] = OrderedDict()  # the latest hint of each topic, the latest last
        self.complete_since = 0.0  # no hint has been missed since
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
                async with await self._connect() as listening:
                    await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    await self._fill_the_gap(listening)
                    self.connected, pause = True, 0.2
                    while True:
                        await listening.execute(live_events.MARK)
                        async for notification in listening.notifies(timeout=SECONDS_BETWEEN_MARKS):
                            self.tell(notification.payload)
            except psycopg.Error as error:
                logger.warning("live connection lost, trying again in %.1f s: %s", pause, type(error).__name__)
            self.connected = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self.database_url,
            autocommit=True,
            application_name=APPLICATION_NAME,
            # A server that has vanished is noticed, although a listener has little to send.
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            tcp_user_timeout=60_000,
        )

    async def _fill_the_gap(self, listening: psycopg.AsyncConnection[Any]) -> None:
        """Pass on the events that were missed. Hints are not kept: every stream fetches everything it shows once."""
        if self.position and live_events.is_kept_since(self.position):
            rows = await listening.execute(live_events.MISSED_BY_ALL, [str(live_events.age_of(self.position))])
            for event in live_events.as_missed(await rows.fetchall()) or []:
                self._pass_on(event)
        forget_pages()
        self.complete_since = time.monotonic()
        for listener in self.streams:
            listener.tell(listener.topics)

    def tell(self, payload: str) -> None:
        """Pass a notification on to every stream that wants it; the pages that this process keeps are drawn again."""
        if payload.startswith(live_events.SIGN):
            event = live_events.from_notification(payload)
            if event.topic:
                self._pass_on(event)
            if live_events.age_of(event.position) >= live_events.age_of(self.position):
                self.position = event.position
            return
        if payload.startswith(KEPT_PAGES):
            forget_pages()
        self._remember(payload)
        for listener in self.listeners.get(payload, ()):
            listener.tell((payload,))

    def _remember(self, topic: str) -> None:
        now = time.monotonic()
        self.hinted[topic] = now
        self.hinted.move_to_end(topic)
        while now - next(iter(self.hinted.values())) > SECONDS_OF_HINTS:
            self.hinted.popitem(last=False)

    def _changed_within(self, seconds: float, topics: frozenset[str]) -> Iterable[str]:
        """Return the topics that changed, or may have, in the last seconds."""
        since = time.monotonic() - seconds
        if seconds > SECONDS_OF_HINTS or since < self.complete_since:
            return topics
        return [topic for topic in topics if self.hinted.get(topic, 0.0) >= since]

    def _pass_on(self, event: Event) -> None:
        if event.id:
            if event.id in self.passed_on:
                return
            self.passed_on.append(event.id)
        for listener in self.listeners.get(event.topic, ()):
            listener.give(event)

    # --- The browser's side ----------------------------------------------------------------------------

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET /vivo/?topic=…&topic=…&last=…&age=… with server-sent events until the browser leaves.

        `Last-Event-ID`, or else `last`, is the position that the page had reached; `age` says how many milliseconds ago
        it knew what its topics show.
        """
        person_id = None
        if scope["method"] == "GET" and self._has_room():
            person_id = await self.identify(header(scope, b"cookie", b"; "))
        topics = topics_of(scope["query_string"], person_id) if person_id is not None else []
        if person_id is None or not topics or not self._has_room(person_id):
            # 204 tells EventSource not to come back; the page then asks for news at intervals (live.js).
            await send({"type": "http.response.start", "status": 204, "headers": [(b"cache-control", b"no-store")]})
            await send({"type": "http.response.body", "body": b""})
            return
        self.of_person[person_id] += 1
        listener = Listener(topics)
        self._add(listener)
        if age := age_in_seconds(scope):
            listener.tell(self._changed_within(age, listener.topics))
        try:
            await self._serve(listener, last_position(scope), receive, send)
        finally:
            self._remove(listener)
            self.of_person[person_id] -= 1
            self.of_person += Counter()  # keeps only those who still have a stream

    def _has_room(self, person_id: int | None = None) -> bool:
        """Tell whether the process, and the person when known, may have one more stream."""
        of_person = self.of_person[person_id] if person_id is not None else 0
        return (
            not self.stopping and len(self.streams) < MOST_STREAMS_PER_PROCESS and of_person < MOST_STREAMS_PER_PERSON
        )

    async def _serve(self, listener: Listener, last: str, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store, no-transform"),  # a proxy that compresses would hold lines back
            (b"x-accel-buffering", b"no"),  # nginx passes every line on at once
        ]
        gone = asyncio.ensure_future(self._wait_until_gone(listener, receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._send_lines(send, f"retry: {random.randint(*RETRY_MS)}\n\n".encode())  # noqa: S311 - no secret
            lines, told = await self._first_lines(listener, last), self.position
            await self._send_lines(send, lines)
            until = time.monotonic() + LONGEST_STREAM_SECONDS
            while not gone.done() and not self.stopping and time.monotonic() < until:
                lines = await self._next_lines(listener)
                if not lines:
                    # Nothing waits, so all before the position has been told.
                    lines, told = (b":\n\n" if told == self.position else self._position_line()), self.position
                await self._send_lines(send, lines)
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        except OSError:  # the browser left between two lines, or takes nothing
            pass
        finally:
            gone.cancel()

    async def _send_lines(self, send: Send, lines: bytes) -> None:
        async with asyncio.timeout(SECONDS_TO_TAKE):
            await send({"type": "http.response.body", "body": lines, "more_body": True})

    async def _first_lines(self, listener: Listener, last: str) -> bytes:
        """Return what the page missed since its last position, and where it stands now."""
        if last:
            try:
                events = await self.in_thread(live_events.missed, sorted(listener.topics), last)
            except DatabaseError:
                events = None
            if events is None:
                listener.tell(listener.topics)
            else:
                listener.begin_with(events)
        return listener.take() + self._position_line()

    def _position_line(self) -> bytes:
        """Say how far the stream has come; without a position the page does not rely on the stream (live.js)."""
        return f"id: {self.position}\nevent: position\ndata:\n\n".encode() if self.position else b":\n\n"

    async def _next_lines(self, listener: Listener) -> bytes:
        """Return what happened since last time, nothing when there was nothing for a while."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await listener.wake.wait()
        except TimeoutError:
            return b""
        return listener.take()

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


def header(scope: Scope, wanted: bytes, between: bytes = b", ") -> str:
    """Return a header of the request, joined when it came several times."""
    values: list[bytes] = [value for name, value in scope["headers"] if name == wanted]
    return between.join(values).decode("latin-1")


def last_position(scope: Scope) -> str:
    """Return the position that the page had reached, as it says; empty when it is new."""
    return header(scope, b"last-event-id") or asked(scope, "last")


def age_in_seconds(scope: Scope) -> float:
    """Return how long ago the page knew what its topics show; 0 when it does not say."""
    text = asked(scope, "age")
    return int(text) / 1000 if text.isdecimal() and len(text) < 12 else 0.0


def asked(scope: Scope, name: str) -> str:
    """Return the first value of a parameter of the address."""
    query: str = scope["query_string"].decode("latin-1")
    return parse_qs(query).get(name, [""])[0]
