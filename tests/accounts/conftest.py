"""A browser in front of the server of a test."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.shared.browser import chromium


@pytest.fixture
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page on a telephone's screen, with an authenticator that the developer tools pretend to have."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    with chromium() as browser:
        try:
            page = browser.new_page(
                base_url=f"http://localhost:{live_server.thread.port}",
                locale="es-ES",
                viewport={"width": 360, "height": 800},
            )
            tools = page.context.new_cdp_session(page)
            tools.send("WebAuthn.enable")
            options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
            options |= {"hasUserVerification": True, "isUserVerified": True}
            tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
            yield page
        finally:
            connections.close_all()  # those of this loop, which nobody finds once it is over
