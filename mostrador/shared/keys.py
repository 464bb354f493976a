"""Keys of rows as people's browsers send them back."""


def row_key(text: str | None) -> int | None:
    """Return the key that an address or a form names, or None when it cannot be one.

    Only digits of ASCII, and no more than a column of keys holds (`int` reads "²" and "٣" otherwise, or raises).
    """
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
