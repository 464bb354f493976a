"""A citizen with a browser that can do nothing but follow links and send forms, and who is patient."""

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

from mostrador.tickets.actions.drafts import SHORTEST_TIME

PATIENCE_SECONDS = 60
REFERENCE = re.compile(r'<p class="reference">\s*(\S+)\s*</p>')


class Citizen:
    """One visitor of the product at `address`, coming from an own network address; keeps cookies as browsers do."""

    def __init__(self, address: str, *, network_address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = [("X-Forwarded-For", network_address), ("Accept-Language", "es")]
        self.came_back = 0  # how often they were asked to come back later

    def ask(self, text: str, *, email: str, before_sending: Callable[[], object], presses: int) -> set[str]:
        """Walk the form to its end, pressing its last button so often at once; return the references shown."""
        self.visit("/consultas/nueva/")
        self.send("/consultas/nueva/", text=text, then="")
        began = time.monotonic()  # the draft is there by now: how long the pages took before it does not count
        self.visit("/consultas/nueva/donde/")
        self.send("/consultas/nueva/donde/", page_url="", error_code="")
        self.send(
            "/consultas/nueva/contacto/", contact_by="email", email=email, phone="", name="Ana Ruiz", language="es"
        )
        self.visit("/consultas/nueva/comprobar/")
        time.sleep(max(0, began + SHORTEST_TIME.total_seconds() + 1 - time.monotonic()))
        before_sending()
        with ThreadPoolExecutor(presses) as fingers:
            pages = fingers.map(lambda _press: self.send("/consultas/nueva/comprobar/"), range(presses))
            return {reference for page in pages for reference in REFERENCE.findall(page) or ["none"]}

    def visit(self, path: str) -> str:
        """Open a page and return it."""
        return self._patiently(urllib.request.Request(self.address + path))  # noqa: S310 - our own address

    def send(self, path: str, **answers: str) -> str:
        """Send a form and return the page to which it leads; again and again while told to come back later."""
        token = next(cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken")
        body = urllib.parse.urlencode({**answers, "csrfmiddlewaretoken": token}).encode()
        return self._patiently(urllib.request.Request(self.address + path, data=body))  # noqa: S310 - our own address

    def _patiently(self, request: urllib.request.Request) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self.opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError as refusal:
                with refusal:
                    said = refusal.read().decode()
                if refusal.code != 503 or time.monotonic() > until:
                    raise AssertionError(f"{request.full_url} answered {refusal.code}: {said[:2000]}") from refusal
            self.came_back += 1
            time.sleep(0.5)
