"""Stretches of working time as people write them."""

import re

_SPAN = re.compile(r"(?:(\d{1,5})\s*(?:h|horas?))?\s*(?:(\d{1,6})\s*(?:m|min|minutos?))?", re.IGNORECASE)


def span_minutes(text: str) -> int | None:
    """Return minutes from "8 h", "1 h 30 min", "45 min", or hours from a number alone; None from nothing.

    Raises:
        ValueError: It is not understood.
    """
    text = text.strip()
    if not text:
        return None
    if text.isdecimal() and len(text) <= 5:
        return int(text) * 60
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hours, minutes = found.groups()
    return int(hours or 0) * 60 + int(minutes or 0)


def span_text(minutes: int) -> str:
    """Return minutes as they are typed: "1 h 30 min"; "0" for none."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or "0"
