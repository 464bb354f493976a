"""Live events: in order, once, again for whoever was cut off, and only as much as a page can take."""

import asyncio
import threading
import time
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from mostrador.shared import live, live_events
from mostrador.shared.jobs import forget_live_events
from mostrador.shared.live import Hub, Listener, publish, publish_ephemeral, signed
from mostrador.shared.live_events import Event
from tests.shared.live_hub import (
    PERSON,
    Browser,
    act_in_thread,
    end_listening_connections,
    open_hub,
    publish_in_thread,
    run,
    until,
)

CHAT = signed("chat-1", PERSON)
DESK = signed("desk-3", PERSON)
LISTENING = pytest.mark.django_db(transaction=True)


async def say(*numbers: int, topic: str = "chat-1") -> None:
    """Tell an event for each number, each in a transaction of its own."""
    for number in numbers:
        await asyncio.to_thread(act_in_thread, partial(publish, topic, "message", {"number": number}))


async def passed_on(hub: Hub, count: int) -> None:
    """Wait until the hub has heard so many events, so that what comes later comes from the table alone."""
    await until(lambda: len(hub.passed_on) == count)


def numbers(page: Browser) -> list[int]:
    return [data["number"] for _, _, data in page.events]


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_live_event")
        count: int = cursor.fetchone()[0]
    return count


class Writer:
    """Somebody whose transaction stays open while others write."""

    def __init__(self, number: int) -> None:
        self.may_commit = threading.Event()
        self.has_written = asyncio.Event()
        loop = asyncio.get_running_loop()

        def write() -> None:
            publish("chat-1", "message", {"number": number})
            loop.call_soon_threadsafe(self.has_written.set)
            self.may_commit.wait(10)

        self.done = asyncio.ensure_future(asyncio.to_thread(act_in_thread, write))

    async def commit(self) -> None:
        self.may_commit.set()
        await self.done


@LISTENING
def test_every_process_hears_an_event_with_what_it_carries() -> None:
    async def scene() -> None:
        async with open_hub() as one, open_hub() as other:
            pages = [Browser(one, CHAT), Browser(other, CHAT, DESK)]
            await until(lambda: all(page.status == 200 for page in pages))

            data = {"message": 5, "who": "Ñ «x»\n"}
            await asyncio.to_thread(act_in_thread, lambda: publish("chat-1", "message", data))
            await until(lambda: all(page.events for page in pages))

            assert [page.events for page in pages] == [[("chat-1", "message", data)]] * 2
            for page in pages:
                await page.leave()

    run(scene)


@LISTENING
def test_what_is_only_for_now_is_heard_but_not_kept() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)

            await asyncio.to_thread(act_in_thread, lambda: publish_ephemeral("chat-1", "writing", {"who": 7}))
            await until(lambda: bool(page.events))

            assert page.events == [("chat-1", "writing", {"who": 7})]
            assert '"id"' not in page.said("live")[0]
            await page.leave()

    run(scene)
    assert kept() == 0


@LISTENING
@pytest.mark.parametrize("way", ["last", "header"])
def test_whoever_was_cut_off_hears_what_was_missed_in_order(way: str) -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)
            await say(1)
            await until(lambda: bool(page.events))
            await page.leave()
            await say(2, 3)
            await say(4, topic="chat-2")
            await passed_on(hub, 4)

            back = Browser(hub, CHAT, **{way: page.position})
            await until(lambda: len(back.events) >= 2)
            await say(5)
            await until(lambda: 5 in numbers(back))

            # The first is told once more at most: the page knows it by its id.
            assert numbers(back) in ([2, 3, 5], [1, 2, 3, 5])
            assert back.changes == []
            await back.leave()

    run(scene)


@LISTENING
def test_what_was_written_first_and_committed_last_is_not_missed() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)
            slow = Writer(1)
            await slow.has_written.wait()
            await say(2)
            await until(lambda: numbers(page) == [2])
            await page.leave()
            await slow.commit()
            await passed_on(hub, 2)

            back = Browser(hub, CHAT, header=page.position)
            await until(lambda: len(back.events) == 2)

            assert numbers(back) == [1, 2]
            assert set(page.said("live")) < set(back.said("live"))  # the same, so the page drops it
            await back.leave()

    run(scene)


@LISTENING
def test_a_page_begins_with_what_happened_since_it_was_drawn() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            await say(1)
            drawn_at: list[str] = []
            await asyncio.to_thread(act_in_thread, lambda: drawn_at.append(live.position_now()))
            await say(2)
            await passed_on(hub, 2)

            page = Browser(hub, CHAT, last=drawn_at[0])
            await until(lambda: bool(page.events))

            # Another database's transaction may be open since before the page: then it is told once more of the first.
            assert numbers(page) in ([2], [1, 2])
            await page.leave()

    run(scene)


@LISTENING
@pytest.mark.parametrize("last", ["5-1", "nonsense", "9" * 30 + "-1", "too old"])
def test_whoever_was_away_for_too_long_looks_at_everything_anew(last: str) -> None:
    if last == "too old":
        last = f"3-{int(time.time()) - live_events.LONGEST_ABSENCE_SECONDS - 1}"

    async def scene() -> None:
        async with open_hub() as hub:
            await say(1)
            await passed_on(hub, 1)

            page = Browser(hub, CHAT, DESK, header=last)
            await until(lambda: len(page.changes) == 2)

            assert (page.changes, page.events) == (["chat-1", "desk-3"], [])
            await page.leave()

    run(scene)


@LISTENING
def test_whoever_missed_too_much_looks_at_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_events, "MOST_AT_ONCE", 2)

    async def scene() -> None:
        async with open_hub() as hub:
            await say(1)
            await passed_on(hub, 1)
            last = hub.position
            await say(2, 3, 4)
            await passed_on(hub, 4)

            page = Browser(hub, CHAT, header=last)
            await until(lambda: bool(page.changes))

            assert (page.changes, page.events) == (["chat-1"], [])
            await page.leave()

    run(scene)


@LISTENING
def test_what_happened_while_the_database_was_away_is_told_once_it_is_back() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)
            await say(1)
            await until(lambda: numbers(page) == [1])

            await asyncio.to_thread(end_listening_connections)
            await until(lambda: not hub.connected)
            await say(2, 3)
            await until(lambda: len(page.events) == 3)
            await say(4)
            await until(lambda: len(page.events) == 4)

            assert numbers(page) == [1, 2, 3, 4]
            assert page.changes == ["chat-1"]  # hints are not kept: the page looks once
            await page.leave()

    run(scene)


@LISTENING
def test_a_quiet_stream_says_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(live, "SECONDS_BETWEEN_MARKS", 0.1)

    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: bool(page.position))
            first = page.position
            await say(1, topic="chat-2")

            await until(lambda: page.position != first)

            # Not later in every case: a transaction of another database may hold it back.
            assert live_events.age_of(page.position) >= live_events.age_of(first)
            assert page.events == []
            await page.leave()

    run(scene)


@LISTENING
def test_whoever_signs_out_hears_nothing_after_the_stream_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_STREAM_SECONDS", 0.1)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    signed_in: list[int | None] = [PERSON]

    async def scene() -> None:
        async with open_hub() as hub:
            hub.identify = whose
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)
            signed_in[0] = None
            await page.stream

            back = Browser(hub, CHAT, header=page.position)
            await back.stream

            assert (back.status, back.heard) == (204, b"")

    async def whose(cookies: str) -> int | None:
        return signed_in[0]

    run(scene)


@LISTENING
def test_one_process_has_a_limited_number_of_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS_PER_PROCESS", 2)

    async def scene() -> None:
        async with open_hub() as hub:
            pages = [Browser(hub, CHAT) for _ in range(3)]
            await until(lambda: all(page.status for page in pages))

            assert sorted(page.status for page in pages) == [200, 200, 204]
            for page in pages:
                await page.leave()

    run(scene)


@LISTENING
def test_a_reader_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS_TO_TAKE", 0.1)

    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)

            async def stuck(message: dict[str, Any]) -> None:
                await asyncio.Event().wait()

            scope = {"method": "GET", "headers": [], "query_string": f"topic={CHAT}".encode()}
            started: list[dict[str, Any]] = []

            async def send(message: dict[str, Any]) -> None:
                started.append(message)
                if len(started) > 1:
                    await stuck(message)

            await hub.stream(scope, page.receive, send)

            assert len(hub.streams) == 1  # the other page's
            await page.leave()

    run(scene)


def test_events_of_a_slow_reader_become_a_hint_when_they_are_too_many() -> None:
    async def scene() -> None:
        listener = Listener(["chat-1", "desk-3"])
        told = [Event(str(n), "chat-1", f"{n}-1", b"%d\n" % n) for n in range(10 * live.MOST_WAITING_EVENTS + 5)]
        most = 0

        for event in told:
            listener.give(event)
            most = max(most, len(listener.waiting))

        lines = listener.take()
        assert most == live.MOST_WAITING_EVENTS
        assert lines.startswith(b"event: change\ndata: chat-1\n\n")
        assert lines.endswith(b"%d\n" % (len(told) - 1))
        assert listener.take() == b""

    run(scene)


@LISTENING
def test_what_is_rolled_back_is_neither_heard_nor_kept() -> None:
    def write() -> None:
        publish("chat-1", "message", {"number": 1})
        transaction.set_rollback(True)

    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT)
            await until(lambda: page.status == 200)

            await asyncio.to_thread(act_in_thread, write)
            await say(2)
            await until(lambda: bool(page.events))

            # Another database's transaction may be open since before the page: then it is told once more of the first.
            assert numbers(page) in ([2], [1, 2])
            await page.leave()

    run(scene)
    assert kept() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "data", "why"),
    [
        ("Message", {}, "not an event's name"),
        ("x\ny", {}, "not an event's name"),
        ("x" * 41, {}, "not an event's name"),
        ("change", {"a": 1}, "a hint carries no data"),
        ("message", {"a": float("nan")}, "JSON"),
        ("message", {"a": "ñ" * 3000}, "at most 6000 bytes"),
        ("message", {"a": "\ud800"}, "surrogates"),
    ],
)
def test_what_cannot_be_told_is_refused(event: str, data: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        publish("chat-1", event, data)


@pytest.mark.django_db
def test_hints_are_not_ephemeral_events() -> None:
    with pytest.raises(ValueError, match="not an event's name"):
        publish_ephemeral("chat-1", "change", {})


@LISTENING
def test_the_largest_event_fits_into_a_notification() -> None:
    topic = "x" * live.LONGEST_TOPIC_BYTES
    data = {"text": "\\" * 2990}  # each is two bytes of JSON

    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed(topic, PERSON))
            await until(lambda: page.status == 200)

            await asyncio.to_thread(act_in_thread, lambda: publish(topic, "e" * 40, data))
            await asyncio.to_thread(act_in_thread, lambda: publish_ephemeral(topic, "e" * 40, data))
            await until(lambda: len(page.events) == 2)

            assert page.events == [(topic, "e" * 40, data)] * 2
            await page.leave()

    run(scene)


@pytest.mark.django_db
def test_an_event_costs_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        publish("chat-1", "message", {"number": 1})
    with django_assert_num_queries(1):
        publish_ephemeral("chat-1", "writing", {"who": 1})


@pytest.mark.django_db
def test_events_are_forgotten_after_two_hours() -> None:
    publish("chat-1", "message")
    publish("chat-1", "message")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shared_live_event SET at = at - interval '121 minutes' WHERE id % 2 = 0")

    forget_live_events(timestamp=0)

    assert kept() == 1


@LISTENING
def test_a_hint_and_an_event_of_the_same_transaction_are_both_heard() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, CHAT, DESK)
            await until(lambda: page.status == 200)

            await say(1)
            await asyncio.to_thread(publish_in_thread, "desk-3")
            await until(lambda: bool(page.changes and page.events))

            assert (page.changes, numbers(page)) == (["desk-3"], [1])
            await page.leave()

    run(scene)
