"""The mailbox of the sample office: what opened tickets, and what robots and shops sent."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from mostrador.mailbox.actions.filters import save_filter
from mostrador.mailbox.actions.mailboxes import save_mailbox
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import Connection, FilterAction, MailKind, MailState, Outcome, Via
from mostrador.mailbox.models import FilterRule, IncomingMail, Mailbox
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation
from mostrador.sample.actions.office import Office
from mostrador.sample.rules import SOURCE
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import Ticket

SHOWN = 6
ASIDE: tuple[dict[str, Any], ...] = (
    {
        "hours": 5,
        "sender": ("Oficina de Patrimonio Imaginario", "patrimonio@correo.example"),
        "subject": "Respuesta automática: Consulta resuelta",
        "text": "Estoy fuera de la oficina hasta el lunes. Este mensaje es automático.",
        "header": ("Auto-Submitted", "auto-replied"),
        "outcome": Outcome.ASIDE,
        "kind": MailKind.AUTO_REPLY,
        "rule": "auto-submitted",
    },
    {
        "hours": 29,
        "sender": ("Boletín de Administración Inventada", "boletin@lista.example"),
        "subject": "Boletín semanal: novedades de la administración electrónica",
        "text": "Esta semana: tres novedades que no existen.",
        "header": ("List-Id", "<boletin.lista.example>"),
        "outcome": Outcome.ASIDE,
        "kind": MailKind.LIST,
        "rule": "list-id",
    },
    {
        "hours": 53,
        "sender": ("Tienda Ficticia", "ofertas@tienda.example"),
        "subject": "Ofertas de otoño en sillas de oficina",
        "text": "Sillas que no existen, a precios que tampoco.",
        "header": ("X-Mailer", "Ofertas"),
        "outcome": Outcome.DROPPED,
        "kind": MailKind.HUMAN,
        "rule": "filter",
    },
)


def make_mail(office: Office) -> None:
    """Leave a mailbox as it is after some weeks: its mail goes back to the tickets that came by e-mail."""
    root = next(iter(office.organisations.values()))
    box = _make_mailbox(root)
    tickets = Ticket.objects.filter(source=SOURCE, organisation=root, channel=Channel.EMAIL)
    newest = tickets.select_related("person").order_by("-opened_at", "-pk")[:SHOWN]
    now = timezone.now()
    came: list[tuple[datetime, Callable[[], None]]] = [
        *((ticket.opened_at, partial(_opened, box, ticket)) for ticket in newest),
        *((now - timedelta(hours=each["hours"]), partial(_kept_aside, box, each)) for each in ASIDE),
    ]
    for _moment, receive_it in sorted(came, key=lambda pair: pair[0]):
        receive_it()


def remove_mail(gone: Iterable[Organisation]) -> None:
    """Take the mailboxes of these organisations away with their mail, the originals too."""
    mails = IncomingMail.objects.filter(organisation__in=gone)
    for name in mails.exclude(file="").values_list("file", flat=True):
        default_storage.delete(name)
    mails.delete()
    Mailbox.objects.filter(organisation__in=gone).delete()


def _make_mailbox(root: Organisation) -> Mailbox:
    values: dict[str, Any] = {
        "name": "Soporte",
        "address": root.email,
        "aliases": [],
        "team": None,
        "topic": None,
        "language": root.default_language,
        "trusted_servers": [],
        "sends_acknowledgement": True,
        "sender": Sender.objects.filter(organisation=root, address__iexact=root.email).first(),
    }
    box = save_mailbox(root, Connection.DELIVERED, values, actor=None)
    rule = {"sender": "@tienda.example", "recipient": "", "subject": "", "words": "", "kind": "", "is_active": True}
    save_filter(box, rule | {"action": FilterAction.DROP, "team": None, "topic": None, "tag": ""}, actor=None)
    FilterRule.objects.filter(mailbox=box).update(
        matched=1, last_matched_at=timezone.now() - timedelta(hours=ASIDE[-1]["hours"])
    )
    return box


def _opened(box: Mailbox, ticket: Ticket) -> None:
    first = ticket.messages.order_by("written_at", "pk").first()
    if first is None:
        return
    values: dict[str, Any] = {
        "outcome": Outcome.OPENED,
        "kind": MailKind.HUMAN,
        "rule": "human",
        "ticket": ticket,
        "said": first,
    }
    sender = (ticket.person.name, ticket.person.email)
    _came(box, sender, ticket.subject, first.text, ticket.opened_at, ("Content-Language", ticket.language), values)


def _kept_aside(box: Mailbox, each: dict[str, Any]) -> None:
    moment = timezone.now() - timedelta(hours=each["hours"])
    values = {name: each[name] for name in ("outcome", "kind", "rule")}
    _came(box, each["sender"], each["subject"], each["text"], moment, each["header"], values)


def _came(
    box: Mailbox,
    sender: tuple[str, str],
    subject: str,
    text: str,
    moment: datetime,
    header: tuple[str, str],
    values: dict[str, Any],
) -> None:
    """Receive a message, and say at once what reading it would have."""
    name, address = sender
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f'"{name}" <{address}>', box.address, subject
    mail["Date"], mail["Message-ID"] = format_datetime(moment), f"<{int(moment.timestamp())}@correo.example>"
    mail[header[0]] = header[1]
    mail.set_content(text)
    kept = receive(mail.as_bytes(), mailbox=box, via=Via.LMTP)
    IncomingMail.objects.filter(pk=kept.pk).update(
        state=MailState.DONE,
        received_at=moment,
        read_at=moment,
        sent_at=moment,
        sender=address,
        sender_name=name,
        subject=subject,
        to=[box.address],
        message_id=mail["Message-ID"],
        **values,
    )
