"""Live streams: who may listen hears of every committed change and of nothing else."""

import asyncio
import time

import pytest

from mostrador.shared import live
from mostrador.shared.live import signed
from tests.shared.live_hub import (
    PERSON,
    STRANGER,
    Browser,
    end_listening_connections,
    open_hub,
    publish_in_thread,
    run,
    until,
)


@pytest.mark.django_db(transaction=True)
def test_a_page_hears_of_what_it_shows_once_it_is_committed() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed("ticket-12", PERSON), signed("desk-3", PERSON))
            await until(lambda: page.status == 200)

            await asyncio.to_thread(publish_in_thread, "ticket-12", "ticket-99")
            await asyncio.to_thread(publish_in_thread, "desk-3")
            await until(lambda: len(page.changes) == 2)

            assert page.changes == ["ticket-12", "desk-3"]
            await page.leave()
            assert hub.listeners == {}

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_publishing_makes_every_web_process_forget_its_pages_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[float] = []
    monkeypatch.setattr(live, "forget_pages", lambda: forgotten.append(time.monotonic()))

    async def scene() -> None:
        async with open_hub(), open_hub():
            forgotten.clear()  # each forgets when it begins to listen, because it may have missed something
            begun = time.monotonic()

            await asyncio.to_thread(publish_in_thread, f"{live.KEPT_PAGES}3", "ticket-12")
            await until(lambda: len(forgotten) >= 2)
            await asyncio.to_thread(publish_in_thread, "ticket-12")
            await asyncio.sleep(0.1)

            assert len(forgotten) == 2
            assert forgotten[-1] - begun < 1

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_a_web_process_forgets_its_pages_when_it_may_have_missed_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[float] = []
    monkeypatch.setattr(live, "forget_pages", lambda: forgotten.append(time.monotonic()))

    async def scene() -> None:
        async with open_hub():
            await asyncio.to_thread(end_listening_connections)
            await until(lambda: len(forgotten) == 2)

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_heard() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed("ticket-12", PERSON), signed("last", PERSON))
            await until(lambda: page.status == 200)

            await asyncio.to_thread(publish_in_thread, "ticket-12", undo=True)
            await asyncio.to_thread(publish_in_thread, "last")
            await until(lambda: bool(page.changes))

            assert page.changes == ["last"]
            await page.leave()

    run(scene)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("person", "topic"),
    [
        (None, signed("ticket-12", PERSON)),
        (STRANGER, signed("ticket-12", PERSON)),
        (PERSON, "ticket-12"),
        (PERSON, "ticket-12~" + "0" * 32),
        (PERSON, signed("ticket-12", PERSON).replace("12", "13", 1)),
    ],
    ids=["nobody", "another person", "no signature", "a wrong signature", "another topic"],
)
def test_whoever_was_not_given_the_topic_may_not_listen(person: int | None, topic: str) -> None:
    async def scene() -> None:
        async with open_hub(person) as hub:
            page = Browser(hub, topic)

            await page.stream

            assert (page.status, page.heard, hub.streams) == (204, b"", set())

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_one_person_cannot_take_all_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS_PER_PERSON", 2)

    async def scene() -> None:
        async with open_hub() as hub:
            first, second = (Browser(hub, signed("ticket-12", PERSON)) for _ in range(2))
            await until(lambda: (first.status, second.status) == (200, 200))
            third = Browser(hub, signed("ticket-12", PERSON))
            await third.stream
            await first.leave()
            fourth = Browser(hub, signed("ticket-12", PERSON))
            await until(lambda: fourth.status != 0)

            assert (third.status, fourth.status) == (204, 200)
            await second.leave()
            await fourth.leave()
            assert hub.of_person == {}

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_after_the_database_was_away_every_page_fetches_everything() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed("ticket-12", PERSON), signed("desk-3", PERSON))
            await until(lambda: page.status == 200)

            await asyncio.to_thread(end_listening_connections)
            await until(lambda: len(page.changes) == 2)

            assert page.changes == ["desk-3", "ticket-12"]
            await asyncio.to_thread(publish_in_thread, "ticket-12")
            await until(lambda: len(page.changes) == 3)
            await page.leave()

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_a_quiet_stream_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)

    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed("ticket-12", PERSON))

            await until(lambda: page.heard.count(b":\n\n") >= 2)

            await page.leave()

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_a_slow_page_never_piles_up_more_than_its_own_topics() -> None:
    async def scene() -> None:
        listener = live.Listener(["ticket-12", "desk-3"])

        for _ in range(1000):
            listener.tell(["ticket-12"])

        assert listener.take() == b"event: change\ndata: ticket-12\n\n"
        assert listener.take() == b""

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_when_the_server_stops_every_stream_ends() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed("ticket-12", PERSON))
            await until(lambda: page.status == 200)

            await hub.stop()
            await page.stream

            assert hub.streams == set()

    run(scene)


@pytest.mark.parametrize("topic", ["", "two words", "línea", "a\nb", "a~b", "x" * 201])
def test_a_topic_that_a_stream_cannot_carry_is_refused(topic: str) -> None:
    with pytest.raises(ValueError, match="not a topic"):
        signed(topic, PERSON)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("age", "told"),
    [
        ("1000", ["ticket-12"]),
        ("1", []),
        ("", []),
        ("x", []),
        ("3600000", ["desk-3", "ticket-12"]),
        ("9" * 30, []),
    ],
)
def test_a_page_hears_what_changed_between_its_drawing_and_its_stream(age: str, told: list[str]) -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            hub.complete_since -= 3600
            await asyncio.to_thread(publish_in_thread, "ticket-12", "ticket-99")
            await until(lambda: "ticket-99" in hub.hinted)
            await asyncio.sleep(0.01)

            page = Browser(hub, signed("ticket-12", PERSON), signed("desk-3", PERSON), age=age)
            await until(lambda: page.heard.count(b"\n\n") > 1)

            assert page.changes == told
            await page.leave()

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_a_page_older_than_the_process_looks_at_everything_anew() -> None:
    async def scene() -> None:
        async with open_hub() as hub:
            page = Browser(hub, signed("ticket-12", PERSON), age="50000")
            await until(lambda: bool(page.changes))

            assert page.changes == ["ticket-12"]
            await page.leave()

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_hints_are_remembered_for_a_minute_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS_OF_HINTS", 0.05)

    async def scene() -> None:
        async with open_hub() as hub:
            hub.tell("ticket-1")
            hub.tell("ticket-2")
            await asyncio.sleep(0.1)
            hub.tell("ticket-3")

            assert list(hub.hinted) == ["ticket-3"]

    run(scene)
