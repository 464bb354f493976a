"""Contacts that the desk writes down for the person: a call, a visit."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article
from mostrador.organisations.models import Organisation, Procedure, Topic
from mostrador.people.actions import find_or_create_person
from mostrador.people.actions.persons import fill_in
from mostrador.people.actions.representations import note_representation
from mostrador.people.choices import PersonKind, TitleKind
from mostrador.people.models import Person
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.actions.tickets import classify, open_ticket, reply_and_resolve, reply_as_desk, reply_as_person
from mostrador.tickets.choices import Channel, ContactBy, TicketKind
from mostrador.tickets.models import DeskContact, Ticket
from mostrador.tickets.queries.contacts import spoken_for_by_mistake


@dataclass(frozen=True, slots=True)
class SpokenFor:
    """Somebody in whose name another speaks: known (`person`), or as they were named."""

    person: Person | None = None
    name: str = ""
    identity: str = ""
    kind: PersonKind = PersonKind.NATURAL
    title: TitleKind = TitleKind.PRESUMED


@dataclass(frozen=True, slots=True)
class Contact:
    """A call or a visit as it was written down, valid.

    Attributes:
        person: Who speaks, when they were picked from those whom the organisation knows.
        spoken_for: In whose name, when not in their own.
        add_to: The open ticket that it is about; None opens another.
        answer: What they were told; with `is_resolved` it may be empty.
        minutes: How long it took.
        device: The person's computer and browser; of a ticket that it is added to, what is known stays.
    """

    channel: Channel
    name: str
    phone: str
    email: str
    contact_by: ContactBy
    language: str
    subject: str
    text: str
    topic: Topic | None
    procedure: Procedure | None
    identity: str = ""
    person: Person | None = None
    spoken_for: SpokenFor | None = None
    add_to: Ticket | None = None
    answer: str = ""
    is_resolved: bool = False
    article: Article | None = None
    minutes: int = 0
    office: str = ""
    kind: TicketKind = TicketKind.SUPPORT
    person_deadline_on: date | None = None
    device: str = ""


@transaction.atomic
def log_contact(organisation: Organisation, contact: Contact, *, author: User, key: str) -> Ticket:
    """Open a ticket for somebody who called or came, or add it to one of theirs, once for each `key`.

    The person is who was picked, or whom the organisation knows by number or address, or somebody new. Who speaks for
    another is the ticket's representative. They get the acknowledgement, and what they were told, by e-mail when they
    want e-mail; otherwise whoever writes this tells them the reference.

    Raises:
        ActionRefused: The ticket to add to is closed or of somebody else, the person's record was erased or joined
            meanwhile, or the article is of another body.
    """
    already = DeskContact.objects.select_related("ticket").filter(key=key).first()
    if already is not None:
        return already.ticket
    caller = _caller(organisation, contact)
    person, representative = _who_and_who_speaks(organisation, caller, contact, author)
    if contact.add_to is not None:
        ticket = _add(contact.add_to, contact, caller, author, key)
    else:
        ticket = _open(organisation, contact, person, representative, author, key)
    written, is_new = DeskContact.objects.get_or_create(
        key=key,
        defaults={
            "ticket": ticket,
            "channel": contact.channel,
            "office": contact.office,
            "minutes": contact.minutes,
            "written_by": author,
            "written_at": timezone.now(),
        },
    )
    if is_new:
        _answer(ticket, contact, author)
        _count_minutes(ticket, contact, author)
    return written.ticket


@transaction.atomic
def set_representative(ticket: Ticket, *, author: User | None, representative: Person | None) -> None:
    """Say who speaks for the person of a ticket, and so to whom answers go; None is the person.

    Args:
        author: Who says so; None is the system, when the representation has ended.

    Raises:
        ActionRefused: It is the person, or somebody of another body.

    Source: Ley 39/2015, art. 5.1: with the representative the administration deals.
    """
    ticket = steps.locked(ticket)
    if representative is not None and representative.organisation_id != ticket.person.organisation_id:
        raise ActionRefused(_("Esa persona es de otra entidad. Elija a otra."))
    if representative is not None and representative.pk == ticket.person_id:
        raise ActionRefused(_("Es la misma persona: habla por sí misma."))
    if (representative and representative.pk) == ticket.representative_id:
        return
    ticket.representative = representative
    steps.save(ticket, timezone.now())
    details = {"representative": representative.pk if representative else None}
    steps.done("tickets.representative_set", ticket, actor=author, details=details)


def drop_ended_representatives() -> int:
    """Give the open tickets back to the person whose representation has ended; return how many.

    A representation that was never noted, only said in the ticket, stays.
    """
    ended = list(spoken_for_by_mistake(timezone.localdate()))
    for ticket in ended:
        set_representative(ticket, author=None, representative=None)
    return len(ended)


# --- Steps ------------------------------------------------------------------------------------------


def _caller(organisation: Organisation, contact: Contact) -> Person:
    if contact.person is not None:
        return fill_in(
            contact.person,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            language=contact.language,
            identity=contact.identity,
        )
    return find_or_create_person(
        organisation,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        identity=contact.identity,
    )


def _who_and_who_speaks(
    organisation: Organisation, caller: Person, contact: Contact, author: User
) -> tuple[Person, Person | None]:
    """Return whose matter it is, and who speaks for them."""
    spoken_for = contact.spoken_for
    if spoken_for is None:
        return caller, None
    person = spoken_for.person
    if person is None:
        person = find_or_create_person(
            organisation,
            name=spoken_for.name,
            identity=spoken_for.identity,
            language=contact.language,
            kind=spoken_for.kind,
        )
        note_representation(person, caller, title=spoken_for.title, by=author)
    return person, caller


def _open(
    organisation: Organisation, contact: Contact, person: Person, representative: Person | None, author: User, key: str
) -> Ticket:
    ticket, _message = open_ticket(
        organisation,
        person=person,
        representative=representative,
        channel=contact.channel,
        subject=contact.subject,
        text=contact.text,
        language=contact.language,
        contact_by=contact.contact_by,
        topic=contact.topic,
        procedure=contact.procedure,
        kind=contact.kind,
        person_deadline_on=contact.person_deadline_on,
        device=contact.device,
        author=author,
        idempotency_key=key,
    )
    return ticket


def _add(ticket: Ticket, contact: Contact, caller: Person, author: User, key: str) -> Ticket:
    ticket = steps.locked(ticket)
    if caller.pk not in {ticket.person_id, ticket.representative_id}:
        raise ActionRefused(_("Esa consulta es de otra persona. Abra una nueva."))
    steps.refuse_unless_open(ticket)
    if contact.device and not ticket.device:
        classify(ticket, author=author, topic=ticket.topic, procedure=ticket.procedure, device=contact.device)
    reply_as_person(ticket, text=contact.text, channel=contact.channel, idempotency_key=key[:64])
    return ticket


def _answer(ticket: Ticket, contact: Contact, author: User) -> None:
    if contact.is_resolved:
        text = contact.answer or _resolved_words(ticket, contact.channel)
        reply_and_resolve(ticket, author=author, text=text, article=contact.article)
    elif contact.answer:
        reply_as_desk(ticket, author=author, text=contact.answer)


def _resolved_words(ticket: Ticket, channel: Channel) -> str:
    """Return what stands in the ticket when nobody wrote down what was said, in the person's language."""
    with override(ticket.organisation.offered(ticket.language)):
        return _("Se resolvió en la llamada.") if channel == Channel.PHONE else _("Se resolvió en la visita.")


def _count_minutes(ticket: Ticket, contact: Contact, author: User) -> None:
    ticket = steps.locked(ticket)
    ticket.minutes_spent += contact.minutes
    steps.save(ticket, timezone.now())
    details = {"channel": contact.channel.value, "minutes": contact.minutes}
    steps.done("tickets.contact_logged", ticket, actor=author, details=details)
