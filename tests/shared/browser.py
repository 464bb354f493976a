"""The browser of a test process, and pages drawn beforehand to put before it: no server, no port, no database."""

import asyncio
import atexit
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from mostrador.shared.colours import DEFAULT_ACCENT, theme_stylesheet

HOST = "http://localhost:9000"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
]


@dataclass
class Drawn:
    """What is answered at each address, and what the browser complained about."""

    pages: dict[str, tuple[bytes, dict[str, str]]]
    complaints: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)

    def listen(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings; advice of the developer tools is neither."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def answer(self, route: Route) -> None:
        """Answer with a drawn page, the theme, a static file, or 404."""
        parts = urlsplit(route.request.url)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if route.request.method == "POST":
            self.posts.append(route.request.post_data or "")
        if address in self.pages:
            body, headers = self.pages[address]
            route.fulfill(status=200, body=body, headers=headers)
        elif parts.path.startswith("/tema/"):
            route.fulfill(status=200, body=theme_stylesheet(DEFAULT_ACCENT), headers={"content-type": "text/css"})
        elif parts.path == "/hora-oficial/":
            route.fulfill(status=204)  # no answer: the clock keeps what was drawn, so that pictures stay the same
        elif parts.path.startswith("/static/") and (found := finders.find(parts.path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(str(found))[0] or "application/octet-stream"
            route.fulfill(status=200, body=Path(str(found)).read_bytes(), headers={"content-type": kind})
        else:
            route.fulfill(status=404, body="")


_started: list[tuple[Browser, asyncio.AbstractEventLoop]] = []


@contextmanager
def chromium() -> Iterator[Browser]:
    """Lend the one browser of this process, whose start takes longer than most tests, and close what it opened.

    Playwright's loop runs in the thread of the tests meanwhile, and only meanwhile.
    """
    if not _started:
        playwright = sync_playwright().start()
        atexit.register(playwright.stop)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        _started.append((browser, asyncio.get_running_loop()))
    browser, loop = _started[0]
    asyncio._set_running_loop(loop)
    try:
        yield browser
    finally:
        try:
            for context in browser.contexts:
                context.close()
        finally:
            asyncio._set_running_loop(None)


@contextmanager
def opened(drawn: Drawn, *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Iterator[Page]:
    """Open a window in front of the drawn pages; complaints of the console are kept."""
    with chromium() as browser:
        page = browser.new_page(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="es-ES",
            java_script_enabled=scripts,
            base_url=HOST,
        )
        page.on("console", drawn.listen)
        page.on("pageerror", lambda error: drawn.complaints.append(str(error)))
        page.route("**/*", drawn.answer)
        yield page
