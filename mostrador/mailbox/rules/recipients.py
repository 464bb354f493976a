"""Which mailbox a message is for, by the addresses that a server, the environment or the message itself name."""

from collections.abc import Iterable, Mapping
from email.utils import getaddresses

# Who wrote what the server knew of the envelope: Postfix, many, Exim, sendmail's rules.
_ENVELOPE_HEADERS = (b"x-original-to", b"delivered-to", b"envelope-to", b"apparently-to")
_OPEN_HEADERS = (b"to", b"cc", b"resent-to", b"resent-cc")
# Postfix's local(8) and Exim say in the environment to whom a message goes; before and after aliases.
_VARIABLES = ("ORIGINAL_RECIPIENT", "RECIPIENT", "EXTENSION_RECIPIENT")
_LONGEST_HEADER_BYTES = 256 * 1024


def spellings(address: str) -> list[str]:
    """Return what an address may be known as, the closest first: in lower case, and without its plus part."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    if not at or not local:
        return []
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return []
    whole = f"{local}@{domain}".lower()
    plain = f"{local.partition('+')[0]}@{domain}".lower()
    return list(dict.fromkeys([whole, plain])) if not plain.startswith("@") else [whole]


def named_by_environment(environment: Mapping[str, str]) -> list[str]:
    """Return the recipients that a mail server put in our environment."""
    return [environment[name] for name in _VARIABLES if environment.get(name)]


def named_by_message(raw: bytes) -> list[str]:
    """Return the recipients that the message's own header names: those of the envelope first, then To and Cc."""
    found: dict[bytes, list[str]] = {}
    for name, value in _header_lines(raw):
        if name in _ENVELOPE_HEADERS or name in _OPEN_HEADERS:
            found.setdefault(name, []).append(value.decode("utf-8", "replace"))
    values = [value for name in (*_ENVELOPE_HEADERS, *_OPEN_HEADERS) for value in found.get(name, [])]
    return [address for _, address in getaddresses(values) if address]


def _header_lines(raw: bytes) -> Iterable[tuple[bytes, bytes]]:
    """Unfold the header, as far as it is one."""
    name, value = b"", b""
    for line in raw[:_LONGEST_HEADER_BYTES].splitlines():
        if not line:
            break
        if line[:1] in b" \t":
            value += b" " + line.strip()
            continue
        if name:
            yield name, value
        name, _, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
    if name:
        yield name, value
