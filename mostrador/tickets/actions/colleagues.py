"""E-mails to people of the desk about a ticket. They name its reference and never what the person wrote."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from mostrador.accounts.models import User
from mostrador.notifications.actions import send_email
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.rules import about
from mostrador.tickets.models import Message, Ticket


@transaction.atomic
def write_to(
    user: User,
    ticket: Ticket,
    *,
    template: str,
    why: models.Model,
    who: str = "",
    message: Message | None = None,
    names: Mapping[str, Any] | None = None,
) -> None:
    """Write one e-mail to somebody of the desk, once for each reason; nothing to those who no longer work here.

    Args:
        template: "mentioned": tickets/email/mentioned.
        why: The row that is the reason for it.
        who: Of the desk, whose doing it is.
        message: What to look at in the ticket.
        names: What else the template needs.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    kind, reason = f"tickets.{template}", about(why)
    if not user.is_active or OutgoingMessage.objects.filter(kind=kind, about=reason, to=user.email).exists():
        return
    link = ticket.organisation.link(
        "tickets:ticket_detail", reference=ticket.reference, language=ticket.organisation.offered(user.language)
    )
    send_email(
        organisation=ticket.organisation,
        to=user.email,
        kind=kind,
        template=f"tickets/email/{template}",
        context={
            **(names or {}),
            "ticket": ticket,
            "name": user.name,
            "who": who,
            "link": f"{link}#m{message.pk}" if message else link,
        },
        language=ticket.organisation.offered(user.language),
        about=reason,
    )
