"""What `mostrador read-mail` prints about a message."""

import hashlib
from typing import Any

from mostrador.mailbox.rules import languages
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.robots import verdict


def report(mail: Mail) -> dict[str, Any]:
    """Return what a message says as values for JSON."""
    judged = verdict(mail)
    new_text = new_words(mail).text
    return {
        "message_id": mail.message_id,
        "from": _addresses(mail.senders),
        "to": _addresses(mail.to),
        "cc": _addresses(mail.cc),
        "subject": mail.subject,
        "date": mail.sent_at.isoformat() if mail.sent_at else None,
        "text": mail.text,
        "new_text": new_text,
        "html": mail.html,
        "attachments": [
            {
                "name": file.name,
                "type": file.content_type,
                "size": len(file.content),
                "sha256": hashlib.sha256(file.content).hexdigest(),
            }
            for file in mail.files
        ],
        "robot_verdict": judged.kind.value,
        "robot_rule": judged.rule,
        "language": languages.guess(new_text or mail.text or mail.subject),
        "defects": list(mail.defects),
    }


def _addresses(found: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in found]
