"""The mail system around the product: a real SMTP server that puts messages into mailboxes of a real IMAP server."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.config.processes import free_port
from tests.mailbox.servers import Account, Dovecot


@dataclass
class PostOffice:
    """Who has which mailbox, and the envelopes of everything that was brought."""

    dovecot: Dovecot
    port: int
    mailboxes: dict[str, Account] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)  # Message-ID → envelope sender

    def open_mailbox(self, address: str) -> Account:
        """Give an address a mailbox; what comes for "address+anything" goes there too."""
        self.mailboxes[address] = self.dovecot.account()
        return self.mailboxes[address]

    def send(self, message: EmailMessage, *, to: str, sender: str | None = None) -> None:
        """Bring a message as a mail program does."""
        with smtplib.SMTP("127.0.0.1", self.port) as server:
            server.send_message(message, from_addr=sender, to_addrs=[to])

    def letters(self, address: str) -> list[EmailMessage]:
        """What lies in a mailbox, the oldest first."""
        found = [message_from_bytes(raw, policy=default) for raw in self.mailboxes[address].files]
        return [letter for letter in found if isinstance(letter, EmailMessage)]

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._owner(address) not in self.mailboxes:
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        content = envelope.original_content or b""
        self.senders[str(message_from_bytes(content)["Message-ID"])] = envelope.mail_from or ""
        for address in envelope.rcpt_tos:
            head = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {address}\r\n".encode()
            self.mailboxes[self._owner(address)].deliver(head + content)
        return "250 Taken"

    def _owner(self, address: str) -> str:
        local_part, _at, domain = address.lower().partition("@")
        return f"{local_part.partition('+')[0]}@{domain}"


@contextmanager
def post_office(dovecot: Dovecot) -> Iterator[PostOffice]:
    """Open the post office on a port of its own."""
    office = PostOffice(dovecot, free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
