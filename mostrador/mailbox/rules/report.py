"""What `mostrador read-mail` prints about a message."""

import hashlib
from typing import Any

from mostrador.mailbox.rules import languages
from mostrador.mailbox.rules.mail import Address, Mail


def report(mail: Mail) -> dict[str, Any]:
    """Return what a message says as values for JSON."""
    robot, rule = _robot(mail)
    new_text = _new_text(mail)
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
        "robot_verdict": robot,
        "robot_rule": rule,
        "language": languages.guess(new_text or mail.text or mail.subject),
        "defects": list(mail.defects),
    }


def _addresses(found: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in found]


def _robot(mail: Mail) -> tuple[str, str]:
    """Return who wrote it and the rule that decided. Until the rules for robots stand here: a person."""
    return "human", ""


def _new_text(mail: Mail) -> str:
    """Return what its author wrote this time. Until quotations are told apart: all of it."""
    return mail.text
