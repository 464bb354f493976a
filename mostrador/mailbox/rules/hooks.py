"""What providers post to us when mail has come to them: whether it is theirs, and the message in it."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

SECONDS_VALID = 300
# Mailgun brings a message again for eight hours, and says nowhere that it signs anew.
MAILGUN_SECONDS_VALID = 24 * 3600
_NAME = re.compile(rb'\bname="([^"]{1,100})"')
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,100})"?', re.IGNORECASE)


def signature(body: bytes, *, secret: str, at: int) -> str:
    """Return what the header X-Mostrador-Signature has to say of a body posted at this second (Unix time)."""
    digest = hmac.new(secret.encode(), b"%d." % at, "sha256")
    digest.update(body)
    return f"t={at},v1={digest.hexdigest()}"


def is_signed(header: str, body: bytes, *, secret: str, now: float) -> bool:
    """Tell whether whoever knows the secret has signed this body within five minutes."""
    said = dict(part.strip().partition("=")[::2] for part in header.split(","))
    moment = said.get("t", "")
    if not moment.isdecimal() or len(moment) > 12 or abs(now - int(moment)) > SECONDS_VALID:
        return False
    return _same(signature(body, secret=secret, at=int(moment)), f"t={int(moment)},v1={said.get('v1', '')}")


def is_mailgun_s(fields: Mapping[str, bytes], *, secret: str, now: float) -> bool:
    """Tell whether Mailgun has signed this form: its signature says when, and a token, and nothing of the message.

    Source: Mailgun's manual, "Securing webhooks": HMAC-SHA256 of timestamp and token with the webhook signing key.
    """
    moment, token = fields.get("timestamp", b""), fields.get("token", b"")
    if not moment.isdigit() or len(moment) > 12 or abs(now - int(moment)) > MAILGUN_SECONDS_VALID or not token:
        return False
    expected = hmac.new(secret.encode(), moment + token, "sha256").hexdigest()
    return _same(expected, fields.get("signature", b"").decode("ascii", "replace"))


def knows_password(header: str, *, secret: str) -> bool:
    """Tell whether the header Authorization says this password, whatever the user (RFC 7617)."""
    scheme, _, said = header.partition(" ")
    try:
        _, colon, password = base64.b64decode(said, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and bool(colon) and hmac.compare_digest(password, secret.encode())


def fields_of(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a posted form, byte for byte; Django's own reading takes no field of megabytes."""
    if content_type.lower().startswith("multipart/form-data"):
        boundary = _BOUNDARY.search(content_type)
        return _parts(body, boundary[1].encode()) if boundary else {}
    try:
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=200)
    except ValueError:
        return {}
    return {name: value.encode("latin-1", "replace") for name, value in reversed(pairs)}


def _parts(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """Read multipart/form-data (RFC 7578); of fields with the same name the first counts."""
    found: dict[str, bytes] = {}
    edge = b"\r\n--" + boundary
    at = 0 if body.startswith(edge[2:]) else body.find(edge)
    while at >= 0:
        start = body.find(b"\r\n\r\n", at)
        end = body.find(edge, start + 4)
        if start < 0 or end < 0:
            break
        if name := _NAME.search(body, at, start):
            found.setdefault(name[1].decode("utf-8", "replace"), body[start + 4 : end])
        at = end
    return found


def _same(expected: str, said: str) -> bool:
    return hmac.compare_digest(expected.encode(), said.lower().encode("utf-8", "replace"))
