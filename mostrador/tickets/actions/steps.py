"""Steps that the acts on a ticket share: lock it, move it, say something in it, keep it, tell whoever shows it.

An act locks the ticket, decides with a rule, writes, and is `done`: a line in the audit record, the rules of automation
and the background work follow, all in the act's transaction.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.shared.background import run_at, run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.live import publish
from mostrador.tickets.actions import automation, searching, service_levels
from mostrador.tickets.choices import Act, AuthorKind, ContactBy, EventCode, MessageKind, State
from mostrador.tickets.errors import ColleagueWasFaster
from mostrador.tickets.models import Message, Ticket
from mostrador.tickets.queries.follow_up import where_it_goes_on
from mostrador.tickets.queries.terms import answer_due_at
from mostrador.tickets.rules import (
    UNDO_WITHIN,
    event_text,
    is_open,
    is_our_turn,
    is_undo,
    state_after,
    topic_of_desks,
    topic_of_ticket,
)

CHANGED_BY_ACTIONS = [
    "kind",
    "state",
    "assigned_to",
    "team",
    "topic",
    "procedure",
    "third_party",
    "component",
    "device",
    "incident",
    "representative",
    "person",
    "impact",
    "urgency",
    "priority",
    "tags",
    "custom",
    "is_restricted",
    "parent",
    "merged_into",
    "minutes_spent",
    "person_deadline_on",
    "act_by",
    "legal_due_at",
    "legal_suspended_at",
    "due_at",
    "waiting_since",
    "last_activity_at",
    "first_reply_at",
    "first_reply_team",
    "resolved_at",
    "closed_at",
    "erased_at",
    "solved_by",
    "public_replies",
    "transfers",
    "reopenings",
]


def may_be_emailed(ticket: Ticket) -> bool:
    """Tell whether the person, or who speaks for them, wants to be told by e-mail and can be."""
    return ticket.contact_by == ContactBy.EMAIL and bool(ticket.addressee.email)


def locked(ticket: Ticket) -> Ticket:
    """Return the ticket as it is now, kept from everybody else until the transaction ends."""
    return _to_lock().get(pk=ticket.pk)


def locked_together(*tickets: Ticket) -> list[Ticket]:
    """Return several tickets as `locked` does, in the order of the arguments.

    Whoever needs several locks them in the order of their keys, all at once: so nobody waits for somebody who waits.
    """
    found = {ticket.pk: ticket for ticket in _to_lock().filter(pk__in=[each.pk for each in tickets]).order_by("pk")}
    return [found[ticket.pk] for ticket in tickets]


def locked_where_it_goes_on(ticket: Ticket) -> Ticket:
    """Return the ticket where the conversation of this one goes on, locked: itself, unless it was joined to another."""
    while True:
        last = where_it_goes_on(ticket)
        try:
            with transaction.atomic():  # going back to its beginning also gives the lock back
                return _still_the_last(locked(last))
        except _JoinedMeanwhileError:
            ticket = Ticket.objects.get(pk=last.pk)


class _JoinedMeanwhileError(Exception):
    """Somebody joined the ticket to another one since it was read."""


def _still_the_last(ticket: Ticket) -> Ticket:
    if ticket.merged_into_id is not None:
        raise _JoinedMeanwhileError
    return ticket


def _to_lock() -> QuerySet[Ticket]:
    # No key: what others add to the ticket (a private link, for example) does not wait for us, as we may for them.
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "team__organisation", "person", "representative")


def save(ticket: Ticket, now: datetime) -> None:
    """Keep what an act changed, let the clocks follow, and tell the open pages."""
    ticket.last_activity_at = now
    service_levels.follow(ticket, now)
    ticket.save(update_fields=CHANGED_BY_ACTIONS)
    tell_open_pages(ticket)


def opened(ticket: Ticket, now: datetime) -> None:
    """Start the clocks of a ticket that was just kept for the first time, and tell the lists of it."""
    service_levels.begin(ticket, now)
    tell_open_pages(ticket)


def done(act: str, ticket: Ticket, *, actor: User | None = None, details: dict[str, Any] | None = None) -> None:
    """Write the act ("tickets.replied") into the audit record and let the rules of automation see it."""
    record(act, ticket, actor=actor, details=details)
    automation.happened(act.removeprefix("tickets."), ticket, actor=actor)


def tell_open_pages(ticket: Ticket) -> None:
    """Tell the pages that show the ticket, and the lists, that it has changed."""
    publish(topic_of_ticket(ticket.pk))
    publish(topic_of_desks(ticket.organisation.lineage))


def said_before(ticket: Ticket, key: str) -> Message | None:
    """Return what the form with this key said already, or None."""
    return ticket.messages.filter(idempotency_key=key).first() if key else None


def say(
    ticket: Ticket,
    text: str,
    *,
    author_kind: AuthorKind,
    now: datetime,
    kind: MessageKind = MessageKind.PUBLIC,
    author: User | None = None,
    channel: str = "",
    idempotency_key: str = "",
    is_rich: bool = False,
    author_name: str = "",
    email_id: str = "",
) -> Message:
    """Add a message to the conversation; `email_id` is the Message-ID of the mail that it was."""
    if kind != MessageKind.EVENT:
        ticket.erased_at = None  # there are words again, to be sent and, in their time, erased
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        author_kind=author_kind,
        author=author,
        text=text,
        written_at=now,
        channel=channel,
        idempotency_key=idempotency_key,
        is_rich=is_rich,
        author_name=author_name,
        email_id=email_id,
    )
    if kind != MessageKind.EVENT:
        searching.refresh(ticket)
    return message


def note_event(
    ticket: Ticket,
    code: EventCode,
    *values: str,
    now: datetime,
    author: User | None = None,
    by_person: bool = False,
) -> Message:
    """Put what was done into the conversation."""
    kind = AuthorKind.PERSON if by_person else AuthorKind.STAFF if author else AuthorKind.SYSTEM
    return say(ticket, event_text(code, *values), kind=MessageKind.EVENT, author_kind=kind, author=author, now=now)


def move(ticket: Ticket, act: Act, *, now: datetime, by_desk: bool = True) -> None:
    """Put the ticket into the state that follows the act, and start or stop the clock that counts against us.

    Raises:
        ActionRefused: The act is not possible in this state.
    """
    after = None if ticket.merged_into_id else state_after(act, ticket.state)
    if after is None:
        raise ActionRefused(_why_not(ticket, by_desk=by_desk))
    was_our_turn = is_our_turn(ticket.state)
    ticket.state = after
    if not is_our_turn(after):
        ticket.due_at = ticket.waiting_since = None
    elif not was_our_turn:
        ticket.due_at, ticket.waiting_since = answer_due_at(ticket.team, now), now


def _why_not(ticket: Ticket, *, by_desk: bool) -> str:
    if ticket.merged_into is not None:
        return _("Esta consulta se unió a la %(reference)s. Siga en ella, o deshaga la unión.") % {
            "reference": ticket.merged_into.reference
        }
    if not by_desk:
        return _("Esta consulta está cerrada. Abra otra y mencione la referencia %(reference)s.") % {
            "reference": ticket.reference
        }
    if ticket.state == State.RESOLVED:
        return _("Esta consulta ya está resuelta. Reábrala para seguir con ella.")
    if ticket.state == State.CLOSED:
        return _("Esta consulta está cerrada. Reábrala para seguir con ella.")
    if ticket.state == State.SPAM:
        return _("Esta consulta está marcada como correo no deseado. Recupérela para seguir con ella.")
    return _("Esta consulta está abierta. Resuélvala antes.")


def refuse_unless_open(ticket: Ticket) -> None:
    """Refuse what only makes sense while somebody works on it.

    Raises:
        ActionRefused: The ticket is resolved, closed or spam.
    """
    if not is_open(ticket.state):
        raise ActionRefused(_why_not(ticket, by_desk=True))


def reply(
    ticket: Ticket, *, author: User, text: str, idempotency_key: str, now: datetime, is_rich: bool = False
) -> Message:
    """Answer the person in the name of the desk; the first answer stops the clock of the first response."""
    move(ticket, Act.DESK_REPLIES, now=now)
    message = say(
        ticket,
        text,
        author_kind=AuthorKind.STAFF,
        author=author,
        now=now,
        idempotency_key=idempotency_key,
        is_rich=is_rich,
    )
    ticket.public_replies += 1
    ticket.third_party = ""
    if ticket.first_reply_at is None:
        ticket.first_reply_at, ticket.first_reply_team = now, ticket.team
    save(ticket, now)
    done("tickets.replied", ticket, actor=author)
    if may_be_emailed(ticket):
        run_later("tickets.tell_person", message_id=message.pk)
    return message


def resolve(ticket: Ticket, *, author: User | None, article: Article | None, now: datetime, tell: bool = False) -> None:
    """Resolve the ticket.

    Args:
        ticket: Locked.
        author: Who does; None is the system.
        article: What solved it.
        now: The moment.
        tell: Whether the person is written to about it, after the minute in which it can be undone.
    """
    move(ticket, Act.RESOLVE, now=now)
    ticket.resolved_at, ticket.solved_by, ticket.third_party = now, article, ""
    if article is None:
        event = note_event(ticket, EventCode.RESOLVED, now=now, author=author)
    else:
        title = _title_of(article, ticket)
        event = note_event(ticket, EventCode.RESOLVED_WITH, title, now=now, author=author)
    save(ticket, now)
    done("tickets.resolved", ticket, actor=author, details={"article": article.pk if article else None})
    if tell and may_be_emailed(ticket):
        run_at(now + UNDO_WITHIN, "tickets.tell_person", message_id=event.pk)


def _title_of(article: Article, ticket: Ticket) -> str:
    if article.organisation_id not in ticket.organisation.lineage:
        raise ActionRefused(_("Ese artículo no es del centro de ayuda de esta entidad. Elija otro."))
    titles = dict(ArticleVersion.objects.filter(article=article).values_list("language", "title"))
    return titles.get(ticket.language) or titles.get("es") or next(iter(titles.values()), article.slug)


def bring_back(ticket: Ticket, act: Act, *, by_desk: bool, now: datetime) -> EventCode:
    """Reopen the ticket and return what to call it; a ticket that nobody has answered is new again."""
    resolved_at = ticket.resolved_at
    move(ticket, act, now=now, by_desk=by_desk)
    if ticket.first_reply_at is None:
        ticket.state = State.NEW
    ticket.resolved_at = ticket.closed_at = ticket.solved_by = None
    if resolved_at is None:
        return EventCode.NOT_SPAM
    if is_undo(resolved_for=now - resolved_at, by_desk=by_desk):
        return EventCode.UNDONE
    ticket.reopenings += 1
    return EventCode.REOPENED


def refuse_if_answered_since(ticket: Ticket, seen_until: int | None, author: User) -> None:
    """Refuse to answer over a colleague.

    Raises:
        ColleagueWasFaster: Somebody else has answered since `seen_until`.
    """
    faster = _newest_by_others(ticket, seen_until, author).filter(kind=MessageKind.PUBLIC).first()
    if faster is not None:
        raise ColleagueWasFaster(
            _("%(name)s ha respondido mientras usted escribía. Lea su respuesta; lo que ha escrito sigue aquí.")
            % {"name": _author_name(faster)}
        )


def refuse_if_assigned_since(ticket: Ticket, seen_until: int | None, author: User | None) -> None:
    """Refuse to change who has it over a colleague.

    Raises:
        ColleagueWasFaster: Somebody else has assigned it since `seen_until`.
    """
    codes = (EventCode.ASSIGNED, EventCode.RELEASED, EventCode.TRANSFERRED)
    events = _newest_by_others(ticket, seen_until, author).filter(kind=MessageKind.EVENT)
    faster = next((event for event in events if event.text.startswith(codes)), None)
    if faster is not None:
        raise ColleagueWasFaster(
            _("%(name)s ha cambiado quién la lleva mientras tanto. Compruébelo antes de seguir.")
            % {"name": _author_name(faster)}
        )


def _author_name(message: Message) -> str:
    return message.author.name if message.author else ""


def _newest_by_others(ticket: Ticket, seen_until: int | None, author: User | None) -> QuerySet[Message]:
    if seen_until is None:
        return Message.objects.none()
    others = ticket.messages.filter(author_kind=AuthorKind.STAFF, pk__gt=seen_until).exclude(author=author)
    return others.select_related("author").order_by("-pk")
