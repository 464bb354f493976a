"""What e-mail keeps about a person, and what of it has had its time."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import FileField, Q, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from mostrador.mailbox.choices import MailState
from mostrador.mailbox.models import IncomingMail
from mostrador.people.models import Person
from mostrador.people.rules import PersonalData

# What was cleared is known by its digest for this long: a server that still has it may give it to us again.
KNOWN_FOR = timedelta(days=365)
LABELS = {
    "received_at": _("Recibido"),
    "sender": _("Remitente"),
    "to": _("Para"),
    "cc": _("En copia"),
    "subject": _("Asunto"),
    "reference": _("Referencia"),
}


def mail_of(person: Person) -> QuerySet[IncomingMail]:
    """Return what a person sent: the mail of their tickets, and what came from their address and became no ticket.

    A mail goes with its message, which may have been moved to another ticket since.
    """
    theirs = Q(said__ticket__person=person) | Q(said__isnull=True, ticket__person=person)
    if person.email:
        theirs |= Q(ticket__isnull=True, organisation=person.organisation_id, sender__iexact=person.email)
    return IncomingMail.objects.filter(theirs)


def personal_data(person: Person) -> PersonalData:
    """Return every mail of a person, the oldest first, and the originals. One query."""
    mails = list(mail_of(person).exclude(file="").select_related("ticket").order_by("received_at", "pk"))
    records = [_record(mail) for mail in mails]
    files: dict[str, File[Any]] = {
        f"{mail.received_at:%Y-%m-%d}-{mail.pk}.eml": FieldFile(mail, FileField(), mail.file)
        for mail in mails
        if default_storage.exists(mail.file)
    }
    return PersonalData(records, dict(LABELS), files)


def _record(mail: IncomingMail) -> dict[str, Any]:
    return {
        "received_at": mail.received_at,
        "sender": mail.sender,
        "to": mail.to,
        "cc": mail.cc,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "reference": mail.ticket.reference if mail.ticket else "",
    }


def kept_too_long(before: datetime) -> QuerySet[IncomingMail]:
    """Return mail that became no ticket, came before a moment and still has its words."""
    done = IncomingMail.objects.filter(state=MailState.DONE, ticket__isnull=True, received_at__lt=before)
    return done.exclude(file="").order_by("received_at", "pk")


def of_erased_tickets() -> QuerySet[IncomingMail]:
    """Return mail that still has its words although its message, or its ticket, has none."""
    erased = Q(said__text="") | Q(said__isnull=True, ticket__erased_at__isnull=False)
    return IncomingMail.objects.filter(erased).exclude(file="").order_by("pk")


def known_too_long(before: datetime) -> QuerySet[IncomingMail]:
    """Return what is left of mail that became no ticket and was cleared long ago."""
    return IncomingMail.objects.filter(file="", ticket__isnull=True, received_at__lt=before - KNOWN_FOR).order_by("pk")
