"""Contacts that the desk writes down for the person: a call, a visit."""

from dataclasses import dataclass

from django.db import transaction

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation, Procedure, Topic
from mostrador.people.actions import find_or_create_person
from mostrador.tickets.actions.tickets import open_ticket
from mostrador.tickets.choices import Channel, ContactBy
from mostrador.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Contact:
    """A call or a visit as it was written down, valid."""

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


@transaction.atomic
def log_contact(organisation: Organisation, contact: Contact, *, author: User, key: str) -> Ticket:
    """Open a ticket for somebody who called or came, once for each `key`.

    The person is whom the organisation knows by the address, or else by the number, or somebody new. They get the
    acknowledgement by e-mail when they want e-mail; otherwise whoever writes this tells them the reference.
    """
    person = find_or_create_person(
        organisation, name=contact.name, email=contact.email, phone=contact.phone, language=contact.language
    )
    ticket, _message = open_ticket(
        organisation,
        person=person,
        channel=contact.channel,
        subject=contact.subject,
        text=contact.text,
        language=contact.language,
        contact_by=contact.contact_by,
        topic=contact.topic,
        procedure=contact.procedure,
        author=author,
        idempotency_key=key,
    )
    return ticket
