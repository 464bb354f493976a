"""Reading what was received and putting it where it belongs."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from mostrador.mailbox.choices import MailState, Outcome
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries.incoming import left_unread
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.reading import read
from mostrador.people.actions.persons import find_or_create_person
from mostrador.shared.background import run_later
from mostrador.tickets.actions.tickets import open_ticket
from mostrador.tickets.choices import Channel

ATTEMPTS = 7


@transaction.atomic
def take_in(mail_id: int) -> None:
    """Read a message and put it where it belongs, once."""
    kept = (
        IncomingMail.objects.select_for_update(of=("self",)).select_related("mailbox", "organisation").get(pk=mail_id)
    )
    if kept.state != MailState.RECEIVED:
        return
    with default_storage.open(kept.file) as file:
        mail = read(file.read())
    words = new_words(mail)
    sender = mail.senders[0]
    person = find_or_create_person(kept.organisation, name=sender.name, email=sender.address)
    kept.ticket, kept.said = open_ticket(
        kept.organisation,
        person=person,
        channel=Channel.EMAIL,
        subject=mail.subject,
        text=words.text,
        language=kept.mailbox.language,
    )
    kept.state, kept.outcome, kept.read_at = MailState.DONE, Outcome.OPENED, timezone.now()
    kept.message_id = mail.message_id
    kept.save()


def requeue_unread() -> int:
    """Ask again for what is received and not read, and no job is about; return how many."""
    keys = left_unread(timezone.now())
    for key in keys:
        run_later("mailbox.take_in", mail_id=key)
    return len(keys)
