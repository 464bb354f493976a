"""What the conversation of a ticket shows of the mails that became its messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from mostrador.mailbox.choices import MailKind
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.rules.findings import authenticity_fact, signature_fact, warning_fact
from mostrador.tickets.choices import AuthorKind
from mostrador.tickets.models import Ticket
from mostrador.tickets.rules.beside import Beside, Fact, Link, by_weight

# Letters of what was cut off that the page of a ticket carries for each message; all of it is on the mail's own page.
LONGEST_REST = 4000
_COLUMNS = (
    *("pk", "said_id", "said__author_kind", "kind", "file", "sender", "has_html", "rest_start"),
    *("authenticity", "signature", "warnings"),
)


def beside(ticket: Ticket, keys: Sequence[int]) -> dict[int, Beside]:
    """Return what stands beside messages that were mails, by the key of the message. One query."""
    if ticket.erased_at is not None:  # a job clears its mail soon
        return {}
    mails = IncomingMail.objects.filter(said__in=keys).annotate(rest_start=Left("rest", LONGEST_REST + 1))
    return {row["said_id"]: _beside(row, ticket) for row in mails.values(*_COLUMNS)}


def _beside(row: Mapping[str, Any], ticket: Ticket) -> Beside:
    rest = row["rest_start"]
    return Beside(
        address=row["sender"] if row["said__author_kind"] == AuthorKind.THIRD else "",
        facts=_facts(row, ticket),
        folded=rest if len(rest) <= LONGEST_REST else rest[:LONGEST_REST] + "\n[…]",
        folded_as=_("Texto citado y firma"),
        message_folded_as=_("Respuesta automática") if row["kind"] == MailKind.AUTO_REPLY else "",
        links=_links(row, ticket),
    )


def _facts(row: Mapping[str, Any], ticket: Ticket) -> tuple[Fact, ...]:
    warnings = [warning_fact(each) for each in row["warnings"]]
    found = [*warnings, authenticity_fact(row["authenticity"]), signature_fact(row["signature"])]
    return by_weight([_other_address(row, ticket), *found])


def _other_address(row: Mapping[str, Any], ticket: Ticket) -> Fact | None:
    """Say from where somebody wrote who has another address with us."""
    known = {(person.email or "").lower() for person in (ticket.person, ticket.representative) if person is not None}
    is_other = row["said__author_kind"] == AuthorKind.PERSON and row["sender"] and row["sender"] not in known
    return Fact(_("Escrito desde otra dirección: %(address)s.") % {"address": row["sender"]}) if is_other else None


def _links(row: Mapping[str, Any], ticket: Ticket) -> tuple[Link, ...]:
    if not row["file"]:  # its words were erased
        return ()
    names = {"reference": ticket.reference, "pk": row["pk"]}
    links = [Link(_("Detalles del correo"), reverse("mailbox:ticket_mail", kwargs=names), is_over=True)]
    if row["has_html"]:
        links.append(Link(_("Ver con su formato"), reverse("mailbox:ticket_mail_formatted", kwargs=names)))
    links.append(Link(_("Descargar el original"), reverse("mailbox:ticket_mail_original", kwargs=names)))
    return tuple(links)
