"""`mostrador receive-mail`: a mail server pipes one message into us and reads our exit code.

Nothing but 0 says that the message is safe with us; for what is not the message's fault the caller says 75. What is
said begins with a code of RFC 3463, which Postfix believes more than the exit code.
"""

import argparse
import os
import sys
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.queries.recipients import mailboxes_of
from mostrador.mailbox.rules.exit_codes import Exit
from mostrador.mailbox.rules.recipients import named_by_environment, named_by_message


def receive_mail(options: argparse.Namespace) -> Exit:
    """Keep the message of the standard input in every mailbox that it is for."""
    raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
    if not raw:
        return _said(Exit.NO_INPUT, "4.3.0 there is no message on the standard input")
    if len(raw) > settings.MAIL_MAX_BYTES:
        limit = settings.MAIL_MAX_BYTES // 1024**2
        return _said(Exit.UNAVAILABLE, f"5.3.4 the message is larger than the {limit} MB that are taken here")
    found = _mailboxes(options, raw)
    if not found:
        return _said(Exit.NO_USER, "5.1.1 there is no such mailbox here")
    with transaction.atomic():
        for mailbox, addresses in found.items():
            receive(
                raw,
                mailbox=mailbox,
                via=Via.PIPE,
                envelope_from=_sender(options),
                envelope_to=addresses,
            )
    return Exit.OK


def _sender(options: argparse.Namespace) -> str:
    """Return the sender of the envelope; servers that do not like empty words call nobody MAILER-DAEMON."""
    said = os.environ.get("SENDER", "") if options.sender is None else options.sender
    address = str(said).strip().strip("<>")
    return address if "@" in address else ""


def _mailboxes(options: argparse.Namespace, raw: bytes) -> dict[Mailbox, list[str]]:
    """Ask the command line, which is right when it says something; else the environment, at last the message."""
    named = options.recipient or named_by_environment(os.environ)
    if options.mailbox is not None:
        return dict.fromkeys(mailboxes_of([options.mailbox]).values(), named)
    found = _by_mailbox(named)
    return found if found or options.recipient else _by_mailbox(named_by_message(raw))


def _by_mailbox(addresses: Iterable[str]) -> dict[Mailbox, list[str]]:
    found: dict[Mailbox, list[str]] = {}
    for address, mailbox in mailboxes_of(addresses).items():
        found.setdefault(mailbox, []).append(address.strip("<>"))
    return found


def _said(code: Exit, sentence: str) -> Exit:
    sys.stderr.write(f"{sentence}\n")
    return code
