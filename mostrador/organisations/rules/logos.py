"""Which pictures may be logos. SVG is not among them: it can carry scripts."""

import filetype

_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
CONTENT_TYPES = {extension: content_type for content_type, extension in _KINDS.items()}


def kind_of_logo(content: bytes) -> str | None:
    """Return the extension for a picture by its first bytes, or None when it is not one that we show."""
    found = filetype.guess_mime(content)
    return _KINDS.get(found) if found else None
