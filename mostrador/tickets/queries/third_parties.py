"""What is asked of third parties, and what they may read."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from mostrador.organisations.models import Organisation
from mostrador.shared.formats import exact_date
from mostrador.shared.markdown import markdown_as_text
from mostrador.shared.tokens import token_hash
from mostrador.tickets.choices import AuthorKind, MessageKind
from mostrador.tickets.models import Attachment, DraftFile, Message, ThirdPartyRequest, Ticket
from mostrador.tickets.rules.third_parties import without_person

MOST_QUOTABLE = 30  # newest messages that can be chosen


@dataclass(frozen=True, slots=True)
class Quotable:
    """A message as a third party would read it.

    Attributes:
        text: Plain.
    """

    id: int
    who: str
    when: str
    text: str

    def as_kept(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {"who": self.who, "when": self.when, "text": self.text}


def quotable(ticket: Ticket, *, with_person: bool) -> list[Quotable]:
    """Return what was said with the person, newest first, as a third party would read it. One query."""
    rows = ticket.messages.filter(kind=MessageKind.PUBLIC).exclude(text="").order_by("-written_at", "-pk")
    return [as_read_outside(row, ticket, with_person=with_person) for row in rows[:MOST_QUOTABLE]]


def as_read_outside(message: Message, ticket: Ticket, *, with_person: bool) -> Quotable:
    """Return a message of a ticket as a third party would read it."""
    name = ticket.person.name
    return Quotable(
        id=message.pk,
        who=_who(message.author_kind, name if with_person else ""),
        when=exact_date(message.written_at),
        text=_text(message.text, is_rich=message.is_rich, names=None if with_person else [name]),
    )


def _who(author_kind: str, name: str) -> str:
    if author_kind == AuthorKind.PERSON:
        return name or _("La persona")
    return _("El equipo de soporte")


def _text(text: str, *, is_rich: bool, names: list[str] | None) -> str:
    plain = markdown_as_text(text) if is_rich else text
    return plain if names is None else without_person(plain, names)


def files_to_forward(ticket: Ticket) -> list[Attachment]:
    """Return the files that the person and the desk sent each other, oldest first. One query."""
    files = Attachment.objects.filter(message__ticket=ticket, message__kind=MessageKind.PUBLIC)
    return list(files.order_by("pk"))


def request_behind(organisation: Organisation, token: str) -> ThirdPartyRequest | None:
    """Return the request to which a private link leads; None when there is none or its time is over. One query."""
    found = ThirdPartyRequest.objects.filter(
        token_hash=token_hash(token),
        ticket__organisation=organisation,
        ticket__erased_at__isnull=True,
        expires_at__gt=timezone.now(),
    )
    return found.select_related("ticket__organisation", "ticket__person", "author").first()


def requests_of(ticket: Ticket) -> list[ThirdPartyRequest]:
    """Return what was asked of third parties about a ticket, newest first. One query."""
    return list(ticket.third_party_requests.order_by("-created_at", "-pk"))


def answer_files_key(request: ThirdPartyRequest) -> str:
    """Return where the files of a third party's unsent answer wait."""
    return salted_hmac("tickets.third_party", str(request.pk), algorithm="sha256").hexdigest()


def answer_files(request: ThirdPartyRequest) -> list[DraftFile]:
    """Return the files that wait for a third party's answer. One query."""
    return list(DraftFile.objects.filter(draft__token_hash=answer_files_key(request)).order_by("pk"))


def record_of(request: ThirdPartyRequest) -> dict[str, Any]:
    """Return a request as the person gets it who asks for what is kept about them."""
    return {
        "name": request.name,
        "written_at": request.created_at,
        "text": request.text,
        "quoted": request.quoted,
        "with_person": request.with_person,
    }
