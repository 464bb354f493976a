"""What became of the e-mails of a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mostrador.audit.models import Event
from mostrador.notifications.choices import DeliveryState, Problem
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.queries.deliveries import UNDELIVERED, words_of_return
from mostrador.notifications.rules import about
from mostrador.shared.formats import moment
from mostrador.tickets.models import Ticket

MOST_UNDELIVERED = 5
# Tickets that mail opened and linked with the one that it answered (by nobody of the desk), and those before them.
_FORMER = """
WITH RECURSIVE former (id) AS (
    SELECT other_id FROM tickets_relation WHERE ticket_id = %s AND related_by_id IS NULL
    UNION
    SELECT relation.other_id FROM tickets_relation AS relation JOIN former ON relation.ticket_id = former.id
    WHERE relation.related_by_id IS NULL
)
SELECT id FROM former ORDER BY id LIMIT 100
"""
_KINDS = {
    DeliveryState.QUEUED: "neutral",
    DeliveryState.KEPT: "neutral",
    DeliveryState.DISCARDED: "neutral",
    DeliveryState.SENT: "good",
    DeliveryState.DEFERRED: "warning",
    DeliveryState.HELD: "warning",
}
_RETRIED = {
    DeliveryState.DEFERRED,
    DeliveryState.DEAD,
    DeliveryState.BOUNCED,
    DeliveryState.HELD,
    DeliveryState.DISCARDED,
}
COLUMNS = (
    "pk",
    "state",
    "to",
    "cc",
    "bounced_to",
    "bounce_severity",
    "bounce_reason",
    "problem",
    "next_attempt_at",
    "sent_at",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an e-mail.

    Attributes:
        pk: Of the e-mail.
        words: Where it is: "Enviado".
        kind: How that looks: good, neutral, warning or bad.
        detail: For whom it did not arrive and why, when it is tried again, who got a copy.
        may_retry: Somebody may ask for it to be sent again.
        may_allow: It was not sent because its address gives mail back, which somebody may allow again.
    """

    pk: int
    words: str
    kind: str
    detail: str
    may_retry: bool
    may_allow: bool


def delivery(mail: Mapping[str, Any]) -> Delivery:
    """Return what became of an e-mail, from its columns (COLUMNS)."""
    state = DeliveryState(mail["state"])
    is_partly_lost = state == DeliveryState.SENT and bool(mail["bounced_to"])
    words = _("No enviado") if state == DeliveryState.BLOCKED else capfirst(str(state.label))
    return Delivery(
        pk=mail["pk"],
        words=words,
        kind="warning" if state == DeliveryState.SENT and mail["bounce_severity"] else _KINDS.get(state, "bad"),
        detail=" ".join(filter(None, [_return_words(mail, state), _other_words(mail, state)])),
        may_retry=state in _RETRIED or is_partly_lost,
        may_allow=state == DeliveryState.BLOCKED,
    )


def undelivered_emails(ticket: Ticket) -> list[Delivery]:
    """Return e-mails about the ticket that did not arrive, newest first, at most five. One query."""
    lost = Q(state__in=UNDELIVERED) | ~Q(bounced_to=[])
    rows = OutgoingMessage.objects.filter(lost, about=about(ticket)).order_by("-pk")
    return [delivery(row) for row in rows.values(*COLUMNS)[:MOST_UNDELIVERED]]


def emails_of(ticket: Ticket) -> QuerySet[OutgoingMessage]:
    """Return the e-mails about a ticket and those of its messages, wherever these were said first."""
    said = ticket.messages.filter(email_id=OuterRef("message_id"))
    return OutgoingMessage.objects.filter(Q(about=about(ticket)) | Exists(said)).select_related("organisation")


def ticket_named(name: str) -> Ticket | None:
    """Return the ticket that `OutgoingMessage.about` names ("tickets.ticket:12"), or None. One query, or none."""
    table, _colon, key = name.partition(":")
    if table != Ticket._meta.label_lower or not key.isdecimal():
        return None
    return Ticket.objects.select_related("organisation").filter(pk=key).first()


def is_in_record(ticket: Ticket, verb: str, details: dict[str, Any]) -> bool:
    """Tell whether the audit record says this of the ticket, with these details among others. One query."""
    lines = Event.objects.filter(subject_type=ticket._meta.label_lower, subject_id=ticket.pk, verb=verb)
    return lines.filter(details__contains=details).exists()


def where_mail_came_from(ticket: Ticket) -> list[str]:
    """Return the tickets, as `about` names them, with whose e-mails the one that opened this goes on. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [ticket.pk])
        keys = [key for (key,) in cursor.fetchall()]
    return [about(Ticket(pk=key)) for key in keys if key != ticket.pk]


def _return_words(mail: Mapping[str, Any], state: DeliveryState) -> str:
    return words_of_return(
        state,
        to=mail["to"],
        whom=mail["bounced_to"],
        severity=mail["bounce_severity"],
        reason=mail["bounce_reason"],
    )


def _other_words(mail: Mapping[str, Any], state: DeliveryState) -> str:
    match state:
        case DeliveryState.DEAD | DeliveryState.DEFERRED:
            problem = str(Problem(mail["problem"]).label) if mail["problem"] else ""
            again = mail["next_attempt_at"] if state == DeliveryState.DEFERRED else None
            next_time = _("Próximo intento: %(when)s.") % {"when": moment(again)} if again else ""
            return " ".join(filter(None, [problem, next_time]))
        case DeliveryState.HELD:
            return _("Contesta por sí solo a un correo, y ya se había contestado varias veces.")
        case DeliveryState.KEPT:
            return _("No hay servidor de correo configurado.")
        case DeliveryState.SENT if mail["cc"]:
            return _("En copia: %(addresses)s") % {"addresses": ", ".join(mail["cc"])}
        case _:
            return ""
