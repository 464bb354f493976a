"""Reads the corpus: by the product when its reader is there, else by Python's parser."""

import re
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from importlib import import_module
from importlib.util import find_spec

from mostrador.mailbox.rules.html_text import text_of
from mostrador.mailbox.rules.mail import Address, Mail

_KEPT = re.compile(r"message/(?!rfc822)|text/(rfc822-headers|calendar)")
HAS_READER = find_spec("mostrador.mailbox.rules.reading") is not None


def read(raw: bytes) -> Mail:
    """Return the message as rules see it."""
    if HAS_READER:
        mail = import_module("mostrador.mailbox.rules.reading").read(raw)
        assert isinstance(mail, Mail)
        return mail
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text, html, parts = _walk(message)
    return Mail(
        headers=tuple((name, str(value)) for name, value in message.items()),
        message_id=str(message.get("Message-ID", "")),
        in_reply_to=_ids(message, "In-Reply-To"),
        references=_ids(message, "References"),
        senders=_addresses(message, "From"),
        reply_to=_addresses(message, "Reply-To"),
        to=_addresses(message, "To"),
        cc=_addresses(message, "Cc"),
        subject=str(message.get("Subject", "")),
        text=text or text_of(html),
        html=html,
        parts=tuple(parts),
    )


def _walk(message: EmailMessage) -> tuple[str, str, list[tuple[str, str]]]:
    text, html, parts = "", "", []
    pending = [message]
    while pending:
        part = pending.pop(0)
        kind = part.get_content_type()
        if kind == "message/rfc822" or _KEPT.match(kind):
            parts.append((kind, _inside(part)))
        elif part.is_multipart():
            pending = [child for child in part.iter_parts() if isinstance(child, EmailMessage)] + pending
        elif kind == "text/plain":
            text += part.get_content()
        elif kind == "text/html":
            html += part.get_content()
    return text, html, parts


def _inside(part: EmailMessage) -> str:
    content = part.get_payload()
    if isinstance(content, list):
        return "\n".join(str(child) for child in content)
    return str(part.get_content()) if part.get_content_maintype() == "text" else str(content)


def _ids(message: EmailMessage, name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"<[^<>\s]+>", str(message.get(name, ""))))


def _addresses(message: EmailMessage, name: str) -> tuple[Address, ...]:
    header = message.get(name)
    found = header.addresses if isinstance(header, AddressHeader) else ()
    return tuple(Address(one.display_name, one.addr_spec if one.domain else "") for one in found)
