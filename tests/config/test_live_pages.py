"""What an open page does with its stream: it fetches what changed, and asks by itself when there is no stream."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Route

from tests.shared import browser
from tests.shared.browser import opened

PAGE = b"""<!doctype html><html lang="es"><title>Mesa</title><main>
<section id="ticket" data-live="ticket-12~aaa"></section>
<section id="desk" data-live="desk-3~bbb"></section></main>
<script type="module" src="/static/shared/live.js"></script></html>"""
STREAM = "/vivo/?topic=desk-3%7Ebbb&topic=ticket-12%7Eaaa"
LISTEN = "window.heard = []; document.addEventListener('live', (event) => heard.push(event.target.id), true);"
HTML = {"content-type": "text/html; charset=utf-8"}
EVENTS = {"content-type": "text/event-stream"}


@dataclass
class Drawn(browser.Drawn):
    """Answers streams whatever age a page says it has, and keeps the ages."""

    ages: list[int] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        address, age = re.subn(r"&age=(\d+)", "", route.request.url.removeprefix(browser.HOST))
        if age and address in self.pages:
            self.ages.append(int(route.request.url.rpartition("=")[2]))
            body, headers = self.pages[address]
            route.fulfill(status=200, body=body, headers=headers)
        else:
            super().answer(route)


pytestmark = pytest.mark.browser


def test_only_the_part_that_changed_is_told() -> None:
    said = b"event: change\ndata: ticket-12\n\nevent: change\ndata: ticket-99\n\n"
    drawn = Drawn({"/mesa": (PAGE, HTML), STREAM: (said, EVENTS)})
    with opened(drawn) as page:
        page.add_init_script(LISTEN)

        page.goto("/mesa")
        page.wait_for_function("heard.length > 0")

        assert page.evaluate("heard") == ["ticket"]
        assert 2_000 < drawn.ages[0] < page.evaluate("performance.now()") + 2_000


def test_without_a_stream_the_page_asks_every_twenty_seconds() -> None:
    drawn = Drawn({"/mesa": (PAGE, HTML)})
    with opened(drawn) as page:
        page.add_init_script(LISTEN)
        page.clock.install()

        page.goto("/mesa")
        page.wait_for_timeout(500)
        before = page.evaluate("heard.slice()")
        page.clock.run_for(20_500)

        assert before == []
        assert page.evaluate("heard") == ["ticket", "desk"]


def test_a_part_that_htmx_brings_is_listened_to_as_well() -> None:
    later = "/vivo/?topic=desk-3%7Ebbb&topic=new-1%7Eccc&topic=ticket-12%7Eaaa"
    drawn = Drawn({"/mesa": (PAGE, HTML), later: (b"event: change\ndata: new-1\n\n", EVENTS)})
    with opened(drawn) as page:
        page.add_init_script(LISTEN)
        page.goto("/mesa")

        page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<p id=new data-live=new-1~ccc>')"
        )
        page.evaluate("document.dispatchEvent(new Event('htmx:afterSettle'))")
        page.wait_for_function("heard.includes('new')")

        assert page.evaluate("heard") == ["new"]
    assert drawn.ages[-1] == 12_000  # what htmx brought may be some seconds old


def event(number: int, *, position: str = "") -> bytes:
    body = f'{{"id": "7.{number}", "topic": "ticket-12", "event": "message", "data": {{"number": {number}}}}}'
    return f"id: {position or f'{number}-1'}\nevent: live\ndata: {body}\n\n".encode()


NUMBERS = """window.numbers = []; window.seen = [];
document.addEventListener('live:message', (event) => numbers.push([event.target.id, event.detail.data.number]), true);
document.addEventListener('live:change', (event) => seen.push(event.detail.topic), true);"""


def test_an_event_reaches_its_part_with_what_it_carries_and_only_once() -> None:
    said = b"retry: 50\n\n" + event(1) + event(2) + event(1) + b"event: change\ndata: desk-3\n\n"
    drawn = Drawn({"/mesa": (PAGE, HTML), STREAM: (said, EVENTS)})
    with opened(drawn) as page:
        page.add_init_script(NUMBERS)

        page.goto("/mesa")
        page.wait_for_function("seen.length > 0")
        # The stream ends and the browser comes back by itself: the same is said again.
        page.wait_for_function("seen.filter((topic) => topic === 'ticket-12').length > 0")

        assert page.evaluate("numbers") == [["ticket", 1], ["ticket", 2]]


def test_a_page_that_begins_again_says_how_far_it_had_come() -> None:
    first = b"retry: 60000\n\n" + event(1) + b"id: 9-2\nevent: position\ndata:\n\n"
    later = "/vivo/?topic=desk-3%7Ebbb&topic=new-1%7Eccc&topic=ticket-12%7Eaaa&last=9-2"
    drawn = Drawn({"/mesa": (PAGE, HTML), STREAM: (first, EVENTS), later: (event(1) + event(2), EVENTS)})
    with opened(drawn) as page:
        page.add_init_script(NUMBERS)
        page.goto("/mesa")
        page.wait_for_function("numbers.length > 0")
        page.wait_for_timeout(100)  # for the position, which shows nowhere

        page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<p id=new data-live=new-1~ccc>')"
        )
        page.evaluate("document.dispatchEvent(new Event('htmx:afterSettle'))")
        page.wait_for_function("numbers.length > 1")

        assert page.evaluate("numbers") == [["ticket", 1], ["ticket", 2]]


def test_a_page_that_shows_events_begins_where_it_was_drawn() -> None:
    drawn_at = PAGE.replace(b'data-live="ticket-12~aaa"', b'data-live="ticket-12~aaa" data-live-since="5-1"')
    drawn = Drawn({"/mesa": (drawn_at, HTML), f"{STREAM}&last=5-1": (event(1), EVENTS)})
    with opened(drawn) as page:
        page.add_init_script(NUMBERS)

        page.goto("/mesa")
        page.wait_for_function("numbers.length > 0")

        assert page.evaluate("numbers") == [["ticket", 1]]


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize("always", [b"", b" data-live-always"])
def test_a_page_that_nobody_looks_at_rests_and_catches_up_when_shown(always: bytes) -> None:
    drawn = Drawn({"/mesa": (PAGE.replace(b'id="desk"', b'id="desk"' + always), HTML)})
    with opened(drawn) as page:
        page.add_init_script(LISTEN + "window.streams = 0;")
        page.add_init_script(
            "const Source = EventSource; window.EventSource = class extends Source {"
            " constructor(address) { super(address); streams += 1; } close() { streams -= 1; super.close(); } };"
        )
        page.clock.install()
        page.goto("/mesa")
        page.wait_for_timeout(300)

        page.evaluate(HIDE, True)
        page.clock.run_for(61_000)
        resting = page.evaluate("[streams, heard.slice()]")
        page.evaluate(HIDE, False)
        shown = page.evaluate("[streams, heard.slice()]")

        assert resting == [0 if not always else 1, []]
        assert shown == [1, ["ticket", "desk"] if not always else []]
