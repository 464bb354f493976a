"""Who of the desk reads the mail of tickets, which is recorded (RD 311/2022, op.exp.8)."""

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.mailbox.models import IncomingMail


def note_reading(mail: IncomingMail, *, reader: User) -> None:
    """Record that somebody read what was sent to us: more than the conversation shows."""
    record("mailbox.mail_read", mail, actor=reader)


def note_download(mail: IncomingMail, *, reader: User) -> None:
    """Record that somebody took the original."""
    record("mailbox.mail_downloaded", mail, actor=reader)


def note_remote_pictures(mail: IncomingMail, *, reader: User) -> None:
    """Record that somebody had the pictures of a mail loaded from elsewhere, by which its author learns of it."""
    record("mailbox.pictures_loaded", mail, actor=reader)
