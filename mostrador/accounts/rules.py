"""Pure decisions about accounts."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

INVITATION_LASTS = timedelta(days=7)

# Mark in what the browser says, its name, and what stands before its version.
_BROWSERS = (
    ("Edg", "Edge", r"Edg\w*"),
    ("OPR/", "Opera", "OPR"),
    ("SamsungBrowser/", "Samsung Internet", "SamsungBrowser"),
    ("Firefox/", "Firefox", "Firefox"),
    ("FxiOS/", "Firefox", "FxiOS"),
    ("CriOS/", "Chrome", "CriOS"),
    ("Chrome/", "Chrome", "Chrome"),
    ("Safari/", "Safari", "Version"),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def device_name(user_agent: str, *, with_version: bool = False) -> str:
    """Return browser and system as people call them, "Firefox, Windows"; empty when neither is recognised.

    Only this is kept, never the whole text, which may tell people apart.

    Args:
        user_agent: As the browser says it.
        with_version: With the browser's main version, "Firefox 128, Windows", for whoever helps with it.
    """
    browser, before = next(((name, before) for mark, name, before in _BROWSERS if mark in user_agent), ("", ""))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if with_version and browser and (version := re.search(rf"{before}/(\d{{1,4}})", user_agent)):
        browser = f"{browser} {version[1]}"
    return ", ".join(name for name in (browser, system) if name)


def name_order(name: str) -> str:
    """Return a key that sorts names as Spanish does: accents and case do not count, ñ comes after n."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("ñ", "n\uffff"))
    return "".join(character for character in plain if not unicodedata.combining(character))


def left_without_administrator(paths: Iterable[str], administrators: Iterable[tuple[str, bool]]) -> list[str]:
    """Return which of these organisations nobody administers.

    Args:
        paths: Organisations, each as the path of keys from its root: "/1/7/".
        administrators: Where each administrator has the role, as a path, and whether with descendants.
    """
    held = list(administrators)
    return [path for path in paths if not any(path == at or (deep and path.startswith(at)) for at, deep in held)]
