"""The process that checks DKIM signatures: its parser is sound but old, so it works apart, with limits and no network.

Started by `dkim.py` as a script. It reads what it is to check from its standard input and answers in lines of JSON; it
ends when its input does. It imports nothing of the product, so that it stays small.
"""

import json
import resource
import sys
from typing import Any

import dkim

_MEMORY_BYTES = 512 << 20


def checked(raw: bytes, keys: dict[str, str], most: int) -> list[tuple[str, str, str]]:
    """Return the domain, the result and the reason of each signature of a message.

    Args:
        raw: The message, byte for byte.
        keys: The public keys of those who signed, by their name in DNS.
        most: How many signatures are looked at.
    """
    message = dkim.DKIM(raw)
    count = sum(name.lower() == b"dkim-signature" for name, _ in message.headers)
    return [_result(message, place, keys) for place in range(min(count, most))]


def _result(message: Any, place: int, keys: dict[str, str]) -> tuple[str, str, str]:
    message.domain = b""
    try:
        is_right = message.verify(idx=place, dnsfunc=lambda name, timeout: _key(keys, name))
    except Exception as error:  # noqa: BLE001 - whatever the old parser trips over, the signature cannot be checked
        return _domain(message), "permerror", type(error).__name__
    fields = message.signature_fields
    signed = {name.strip().lower() for name in fields[b"h"].split(b":")}
    if is_right and b"from" not in signed:
        return _domain(message), "policy", "from-not-signed"
    if is_right and b"l" in fields:
        # Somebody may have written more below what was signed.
        return _domain(message), "policy", "part-of-body"
    return _domain(message), "pass" if is_right else "fail", ""


def _domain(message: Any) -> str:
    return bytes(message.domain or b"").decode("ascii", "replace").lower()


def _key(keys: dict[str, str], name: bytes) -> bytes | None:
    found = keys.get(name.decode("ascii", "replace").rstrip(".").lower())
    return found.encode("utf-8", "surrogateescape") if found else None


def main() -> None:
    """Check one message after another until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while head := sys.stdin.buffer.readline():
        asked = json.loads(head)
        raw = sys.stdin.buffer.read(asked["size_bytes"])
        sys.stdout.write(json.dumps(checked(raw, asked["keys"], asked["most"])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
