"""What of the mail goes by itself after some time, and what goes when a person is erased."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mostrador.audit.actions import record
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import personal_data as queries
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person

logger = logging.getLogger(__name__)

PORTION = 500
_TEXTS = ("file", "sender", "sender_name", "subject", "envelope_from", "message_id", "rest", "last_error")
_LISTS = ("envelope_to", "to", "cc", "warnings")
CLEARED: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, ""),
    **{name: [] for name in _LISTS},
    "authenticity": {},
    "signature": {},
}


def forget_old_mail() -> dict[str, int]:
    """Clear what became no ticket after MAIL_ASIDE_DAYS, and the mail of tickets that were erased; return how many.

    What is left of a mail says that it came and what became of it, and by its digest that we had it; a year later that
    goes, too. Each portion in its own transaction.

    Source: RGPD, art. 5.1.e.
    """
    now = timezone.now()
    before = now - timedelta(days=settings.MAIL_ASIDE_DAYS)
    done = {
        "aside": _in_portions(queries.kept_too_long(before)),
        "erased": _in_portions(queries.of_erased_tickets()),
        "rows": queries.known_too_long(before).delete()[0],
    }
    logger.info("mail.forgotten aside=%d erased=%d rows=%d", *done.values())
    return done


def _in_portions(rows: QuerySet[IncomingMail]) -> int:
    total = 0
    while portion := list(rows[:PORTION]):
        with transaction.atomic():
            clear(portion)
            _note(portion)
        total += len(portion)
    return total


def _note(portion: Iterable[IncomingMail]) -> None:
    by_organisation: dict[int, int] = {}
    for mail in portion:
        by_organisation[mail.organisation_id] = by_organisation.get(mail.organisation_id, 0) + 1
    for organisation in Organisation.objects.filter(pk__in=by_organisation).order_by("pk"):
        details = {"mails": by_organisation[organisation.pk]}
        record("mailbox.expired", organisation, organisation=organisation, details=details)


def erase_person(person: Person) -> dict[str, int]:
    """Clear the mail of a person, the originals too. In the transaction of `people.actions.erase_person`."""
    return {"mails": clear(queries.mail_of(person).exclude(file="").order_by("pk"))}


def clear(mails: Iterable[IncomingMail]) -> int:
    """Clear words, addresses and originals, in the caller's transaction; return how many. Files go once it commits."""
    keys = []
    for mail in mails:
        keys.append(mail.pk)
        transaction.on_commit(partial(default_storage.delete, mail.file))
    IncomingMail.objects.filter(pk__in=keys).update(**CLEARED)
    return len(keys)
