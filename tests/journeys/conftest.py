"""The whole product, as `mostrador up --sample` starts it, with a browser in front: nothing is replaced."""

import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mostrador.sample.actions import PASSWORD
from tests.config.conftest import make_place
from tests.config.processes import clean, command, free_port
from tests.shared.browser import FLAGS

SECONDS_TO_START = 120
EXPECTED_REFUSALS = ("status of 422 (Unprocessable Entity)", "status of 410 (Gone)", "status of 404 (Not Found)")
ACCOUNTS = {
    "agent": "marta@diputacionvaldelmar.example",
    "supervisor": "carmen@diputacionvaldelmar.example",
    "editor": "lucia@diputacionvaldelmar.example",
    "director": "rosa@diputacionvaldelmar.example",
    "administrator": "alba@diputacionvaldelmar.example",
}


@dataclass
class Product:
    """A running product: its address, and how its commands are run."""

    address: str
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Run a command of the product on the same data."""
        done = subprocess.run(  # noqa: S603 - our own command
            command(*arguments), env=self.environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """Start the product with its sample office in an empty directory; stop it as Ctrl-C would."""
    place, port = make_place(), free_port()
    environment = clean({"MOSTRADOR_DATA": place / "data", "PORT": port})
    log = (place / "up.log").open("w+")
    process = subprocess.Popen(  # noqa: S603 - our own command
        command("up", "--sample"), env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        running = Product(f"http://localhost:{port}", environment)
        _wait_until_ready(running, process, place / "up.log")
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()
        shutil.rmtree(place, ignore_errors=True)


def _wait_until_ready(product: Product, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{product.address}/salud/listo/") as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the product did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for all journeys."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def window(product: Product, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open windows of different people: each has its own cookies. Errors of the console fail the test."""
    complaints: list[str] = []
    contexts = []

    def open_window(*, scripts: bool = True, width: int = 1280, language: str = "es-ES") -> Page:
        context = browser.new_context(
            base_url=product.address,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    # The console also tells of pages that rightly say no: what was typed is wrong (422), a link was used (410).
    assert [text for text in complaints if not text.endswith(EXPECTED_REFUSALS)] == []


def sign_in(page: Page, who: str) -> None:
    """Sign in as one of the sample's people."""
    page.goto("/cuenta/entrar/")
    page.locator("input[name=login]").fill(ACCOUNTS[who])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/gestion/**")


def wait_for(condition: Callable[[], bool], *, seconds: float = 100) -> None:
    """Try again every second until the condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"did not happen within {seconds} seconds"
        time.sleep(1)
