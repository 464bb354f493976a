"""Read configuration from the environment, loudly when it is wrong."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the contents of the file named by NAME_FILE (for secrets).

    Raises:
        ImproperlyConfigured: The variable is missing and has no default.
    """
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is required (see docs/operating/configuration.md)")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """Accept exactly 'true' or 'false'."""
    value = text(name, "true" if default else "false")
    if value not in {"true", "false"}:
        raise ImproperlyConfigured(f"{name}={value!r}: use 'true' or 'false'")
    return value == "true"


def integer(name: str, *, default: int) -> int:
    """Accept a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number") from error


def words(name: str, *, default: str = "") -> list[str]:
    """Return the comma-separated parts, without blanks."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def choice(name: str, values: tuple[str, ...], *, default: str) -> str:
    """Accept exactly one of `values`."""
    value = text(name, default)
    if value not in values:
        raise ImproperlyConfigured(f"{name}={value!r}: use one of {', '.join(values)}")
    return value
