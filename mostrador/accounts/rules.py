"""Pure decisions about accounts."""

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

INVITATION_LASTS = timedelta(days=7)

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def device_name(user_agent: str) -> str:
    """Return browser and system as people call them, "Firefox, Windows"; empty when neither is recognised.

    Only this is kept of a session, never the whole text, which may tell people apart.
    """
    names = (_first_in(user_agent, _BROWSERS), _first_in(user_agent, _SYSTEMS))
    return ", ".join(name for name in names if name)


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


def _first_in(text: str, marks: Iterable[tuple[str, str]]) -> str:
    return next((name for mark, name in marks if mark in text), "")
