"""One mail of a ticket, as the desk reads it."""

from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.rules.formatted import Formatted, formatted
from mostrador.mailbox.rules.mail import Mail
from mostrador.mailbox.rules.reading import read
from mostrador.tickets.models import Attachment, Ticket

# Bigger ones are handed out and not shown: taking them apart would hold up the page.
LARGEST_BYTES = 25 << 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as a page: with its format, or as text where there is none or it cannot be cleaned."""

    formatted: Formatted | None
    text: str


def mails_of(ticket: Ticket) -> QuerySet[IncomingMail]:
    """Return the mails whose messages are in a ticket now, and those about it that became no message.

    Where a message was moved by joining or dividing tickets, there its mail is read too, and nowhere else. Of a ticket
    whose words were erased none is left to read.
    """
    if ticket.erased_at is not None:
        return IncomingMail.objects.none()
    mails = IncomingMail.objects.filter(Q(said__ticket=ticket) | Q(ticket=ticket, said__isnull=True))
    return mails.select_related("mailbox", "said")


def files_of(mail: IncomingMail) -> list[Attachment]:
    """Return the files that were kept with the message of a mail. One query."""
    return list(Attachment.objects.filter(message=mail.said_id).order_by("pk")) if mail.said_id else []


def shown(mail: IncomingMail, *, with_remote: bool) -> Shown | None:
    """Return how a mail looks; None when its original is gone or too big. No query; the original is read.

    Args:
        mail: What was received.
        with_remote: Whether pictures may be loaded from elsewhere.
    """
    original = _read(mail)
    if original is None:
        return None
    page = formatted(original.html, original.files, shows_remote=with_remote) if original.html.strip() else None
    return Shown(page, original.text)


def _read(mail: IncomingMail) -> Mail | None:
    if not mail.file or mail.size_bytes > LARGEST_BYTES:
        return None
    try:
        with default_storage.open(mail.file) as file:
            return read(file.read())
    except FileNotFoundError:
        return None
