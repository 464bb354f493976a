"""What is said of somebody's browser and system, in words that people use."""

import pytest

from mostrador.accounts.rules import device_name

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"{WINDOWS}; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128, Windows"),
        (f"{WINDOWS}) {WEBKIT} Chrome/127.0.0.0 Safari/537.36", "Chrome 127, Windows"),
        (f"{WINDOWS}) {WEBKIT} Chrome/127.0.0.0 Safari/537.36 Edg/126.0.2592.87", "Edge 126, Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0", "Opera 106, Linux"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
            "Safari 17, macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Safari/604.1",
            "Chrome 126, iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            "Samsung Internet 25, Android",
        ),
        ("Mozilla/5.0 (Windows NT 6.1) Firefox/", "Firefox, Windows"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browser_and_system_are_named(said: str, words: str) -> None:
    assert device_name(said, with_version=True) == words


def test_of_a_session_no_version_is_kept() -> None:
    assert device_name(f"{WINDOWS}; rv:128.0) Gecko/20100101 Firefox/128.0") == "Firefox, Windows"
