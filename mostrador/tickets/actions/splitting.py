"""Taking messages out of a ticket into a new one, because they are about something else."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.people.models import Person
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.actions.tickets import SUBJECT_LENGTH, save_with_fresh_reference
from mostrador.tickets.choices import AuthorKind, ContactBy, EventCode, MessageKind, RelationKind
from mostrador.tickets.models import Message, Relation, Ticket
from mostrador.tickets.queries.terms import answer_due_at


@transaction.atomic
def split(
    ticket: Ticket,
    *,
    author: User,
    messages: Collection[int],
    subject: str,
    person: Person | None = None,
    tell: bool = True,
    idempotency_key: str = "",
) -> Ticket:
    """Move messages with their files into a new ticket; both tickets say where the other one is.

    The person has waited since they wrote: the new ticket counts from the first of their messages that go.

    Args:
        messages: Keys of messages and notes of this ticket.
        person: Whose matter it is, when not the same person's.
        tell: Whether the person gets an acknowledgement with the new reference, if they want e-mail.
        idempotency_key: Of the form that was sent; the second time it returns what the first one made.

    Raises:
        ActionRefused: The ticket is not open, nothing that the person said goes, or nothing of it stays.
    """
    ticket = steps.locked(ticket)
    made = Ticket.objects.filter(organisation=ticket.organisation, opening_key=idempotency_key or None).first()
    if made is not None:
        return made
    steps.refuse_unless_open(ticket)
    chosen = ticket.messages.filter(pk__in=messages).exclude(kind=MessageKind.EVENT)
    opened_at = _since(ticket, chosen)
    now, person_now = timezone.now(), person or ticket.person
    new = Ticket(
        organisation=ticket.organisation,
        channel=ticket.channel,
        subject=" ".join(subject.split())[:SUBJECT_LENGTH],
        language=ticket.language,
        person=person_now,
        contact_by=_contact_by(ticket, person_now),
        team=ticket.team,
        assigned_to=ticket.assigned_to,
        topic=ticket.topic,
        procedure=ticket.procedure,
        is_restricted=ticket.is_restricted,
        opened_at=opened_at,
        due_at=answer_due_at(ticket.team, opened_at),
        waiting_since=opened_at,
        last_activity_at=now,
        opening_key=idempotency_key,
    )
    save_with_fresh_reference(new)
    Message.objects.filter(pk__in=list(chosen.values_list("pk", flat=True))).update(
        ticket=new, said_in=Coalesce("said_in", ticket.pk)
    )
    Relation.objects.create(ticket=new, other=ticket, kind=RelationKind.SPLIT, related_by=author, related_at=now)
    steps.note_event(ticket, EventCode.SPLIT_AWAY, new.reference, now=now, author=author)
    steps.note_event(new, EventCode.SPLIT_HERE, ticket.reference, now=now, author=author)
    steps.opened(new, now)
    steps.save(ticket, now)
    steps.done("tickets.split", ticket, actor=author, details={"into": new.reference})
    if tell and steps.may_be_emailed(new):
        event = steps.note_event(new, EventCode.ACKNOWLEDGED, now=now)
        run_later("tickets.tell_person", message_id=event.pk)
    return new


def _since(ticket: Ticket, chosen: QuerySet[Message]) -> datetime:
    said_by_person = {"kind": MessageKind.PUBLIC, "author_kind": AuthorKind.PERSON}
    since: datetime | None = chosen.filter(**said_by_person).aggregate(first=Min("written_at"))["first"]
    if since is None:
        raise ActionRefused(_("Elija al menos un mensaje de la persona: es lo que se atenderá en la consulta nueva."))
    if not ticket.messages.filter(**said_by_person).exclude(pk__in=chosen.values("pk")).exists():
        raise ActionRefused(_("Deje al menos un mensaje de la persona en esta consulta."))
    return since


def _contact_by(ticket: Ticket, person: Person) -> str:
    if person.pk == ticket.person_id:
        return ticket.contact_by
    return ContactBy.EMAIL if person.email else ContactBy.PHONE if person.phone else ContactBy.IN_PERSON
