"""What an open page does with its stream: it fetches what changed, and asks by itself when there is no stream."""

import pytest

from tests.shared.browser import Drawn, opened

PAGE = b"""<!doctype html><html lang="es"><title>Mesa</title><main>
<section id="ticket" data-live="ticket-12~aaa"></section>
<section id="desk" data-live="desk-3~bbb"></section></main>
<script type="module" src="/static/shared/live.js"></script></html>"""
STREAM = "/vivo/?topic=desk-3%7Ebbb&topic=ticket-12%7Eaaa"
LISTEN = "window.heard = []; document.addEventListener('live', (event) => heard.push(event.target.id), true);"
HTML = {"content-type": "text/html; charset=utf-8"}
EVENTS = {"content-type": "text/event-stream"}

pytestmark = pytest.mark.browser


def test_only_the_part_that_changed_is_told() -> None:
    said = b"event: change\ndata: ticket-12\n\nevent: change\ndata: ticket-99\n\n"
    drawn = Drawn({"/mesa": (PAGE, HTML), STREAM: (said, EVENTS)})
    with opened(drawn) as page:
        page.add_init_script(LISTEN)

        page.goto("/mesa")
        page.wait_for_function("heard.length > 0")

        assert page.evaluate("heard") == ["ticket"]


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
