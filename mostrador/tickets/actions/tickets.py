"""What happens to a ticket between its opening and its closing.

Every action locks the ticket, decides with a rule, writes, adds a line to the audit record and asks for background
work, all in one transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.models import Article
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.queries import default_team
from mostrador.people.models import Person
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.references import new_reference
from mostrador.shared.together import found_once, savepoint
from mostrador.shared.tokens import new_token, token_hash
from mostrador.tickets.actions import kinds, mentions, routing, steps, watching
from mostrador.tickets.choices import Act, AuthorKind, Channel, ContactBy, EventCode, State, TicketKind
from mostrador.tickets.models import Attachment, Message, Ticket, TicketLink
from mostrador.tickets.queries.follow_up import first_words
from mostrador.tickets.queries.people_at_the_desk import where_it_may_go, who_may_handle
from mostrador.tickets.queries.terms import answer_due_at
from mostrador.tickets.rules import (
    ACT_THAT_LEADS_TO,
    LINKS_LAST,
    is_our_turn,
)

SUBJECT_LENGTH = 160
FRESH_REFERENCES = 5  # tries; one in thousands of millions collides


@transaction.atomic(savepoint=False)
def open_ticket(
    organisation: Organisation,
    *,
    person: Person,
    channel: Channel,
    subject: str,
    text: str,
    language: str,
    kind: TicketKind = TicketKind.SUPPORT,
    contact_by: ContactBy = ContactBy.EMAIL,
    topic: Topic | None = None,
    procedure: Procedure | None = None,
    error_code: str = "",
    page_url: str = "",
    device: str = "",
    person_deadline_on: date | None = None,
    custom: Mapping[str, Any] | None = None,
    representative: Person | None = None,
    articles_seen: Iterable[int] = (),
    articles_read: Iterable[int] = (),
    search_key: str = "",
    team: Team | None = None,
    sender: Sender | None = None,
    tags: Iterable[str] = (),
    acknowledge: bool = True,
    email_id: str = "",
    author: User | None = None,
    idempotency_key: str = "",
) -> tuple[Ticket, Message]:
    """Open a matter with the person's first words; they get an acknowledgement by e-mail when they asked for e-mail.

    The team of its kind takes it, else `team`, else the topic's, else the default team of the organisation or of its
    nearest ancestor. When the first answer is due, its service level says.

    Args:
        organisation: To whom the person wrote.
        person_deadline_on: The last day of the legal term that the person says they have, in the organisation's zone.
        custom: Answers to the organisation's own fields (`rules.fields`).
        representative: Who speaks for the person.
        search_key: Of the search in the help centre that led here.
        team: Who answers what came this way.
        sender: From which address the person is written to.
        tags: As they are kept (`rules.tags`).
        acknowledge: False for what no program may answer by itself.
        email_id: Message-ID of the mail that it was, which e-mails to the person answer.
        author: Who wrote it down for the person, when it was not the person.
        idempotency_key: Of the form that was sent; the second time it returns what the first one opened.
    """
    if idempotency_key and (already := _opened_before(organisation, idempotency_key)):
        return already
    now = timezone.now()
    team = team or (topic.team if topic else None)
    team = team or found_once(("default team", organisation.pk), lambda: default_team(organisation))
    ticket = Ticket(
        organisation=organisation,
        kind=kind,
        channel=channel,
        subject=" ".join(subject.split())[:SUBJECT_LENGTH],
        language=language,
        person=person,
        contact_by=contact_by,
        team=team,
        topic=topic,
        procedure=procedure,
        error_code=error_code,
        page_url=page_url,
        device=device,
        person_deadline_on=person_deadline_on,
        custom=dict(custom or {}),
        representative=representative,
        articles_seen=list(articles_seen),
        articles_read=list(articles_read),
        search_key=search_key,
        sender=sender,
        tags=list(tags),
        opened_at=now,
        due_at=answer_due_at(team, now),
        waiting_since=now,
        last_activity_at=now,
        opening_key=idempotency_key,
    )
    legal_term = kinds.prepare(ticket, now)
    try:
        save_with_fresh_reference(ticket)
    except IntegrityError:
        # Pressed twice at the same moment: the other one has committed by now.
        if idempotency_key and (already := _opened_before(organisation, idempotency_key)):
            return already
        raise
    if legal_term is not None:
        legal_term.save()
    message = steps.say(ticket, text, author_kind=AuthorKind.PERSON, now=now, channel=channel, email_id=email_id)
    if acknowledge and steps.may_be_emailed(ticket):
        event = steps.note_event(ticket, EventCode.ACKNOWLEDGED, now=now)
        run_later("tickets.tell_person", message_id=event.pk)
    steps.opened(ticket, now)
    steps.done("tickets.opened", ticket, actor=author, details={"channel": channel})
    routing.route(ticket, now=now)
    return ticket, message


def new_private_link(ticket: Ticket) -> str:
    """Return the token of a fresh private link to the ticket, which lasts 90 days; only its hash is kept."""
    token, now = new_token(), timezone.now()
    TicketLink.objects.create(ticket=ticket, token_hash=token_hash(token), created_at=now, expires_at=now + LINKS_LAST)
    return token


def note_reading(ticket: Ticket, *, reader: User, file: Attachment | None = None) -> None:
    """Record that somebody of the desk read a ticket and who the person is, or a file of it (RD 311/2022, op.exp.8)."""
    record("tickets.viewed", ticket, actor=reader, details={"file": file.pk} if file else None)


# --- What the desk says -----------------------------------------------------------------------------


@transaction.atomic
def reply_as_desk(
    ticket: Ticket, *, author: User, text: str, idempotency_key: str = "", seen_until: int | None = None
) -> Message:
    """Answer the person, who is told by e-mail when they asked for e-mail. The first answer stops the response clock.

    Args:
        idempotency_key: Of the form that was sent; the second time it returns what the first one said.
        seen_until: Key of the last message that the writer saw; None skips the comparison.

    Raises:
        ColleagueWasFaster: Somebody else has answered since `seen_until`.
        ActionRefused: The ticket is resolved, closed or spam.
    """
    ticket = steps.locked(ticket)
    if already := steps.said_before(ticket, idempotency_key):
        return already
    steps.refuse_if_answered_since(ticket, seen_until, author)
    return steps.reply(ticket, author=author, text=text, idempotency_key=idempotency_key, now=timezone.now())


@transaction.atomic
def reply_and_resolve(
    ticket: Ticket,
    *,
    author: User,
    text: str,
    article: Article | None = None,
    idempotency_key: str = "",
    seen_until: int | None = None,
) -> Message:
    """Answer and resolve in one gesture; one e-mail says both. Arguments and refusals as in `reply_as_desk`."""
    ticket = steps.locked(ticket)
    if already := steps.said_before(ticket, idempotency_key):
        return already
    steps.refuse_if_answered_since(ticket, seen_until, author)
    now = timezone.now()
    message = steps.reply(ticket, author=author, text=text, idempotency_key=idempotency_key, now=now)
    steps.resolve(ticket, author=author, article=article, now=now)
    return message


@transaction.atomic
def write_note(ticket: Ticket, *, author: User | None, text: str, idempotency_key: str = "") -> Message:
    """Note something that only the desk reads, in any state of the ticket; those whom it names with "@" are told.

    A note on what was joined to another ticket goes where the conversation goes on.
    """
    ticket = steps.locked_where_it_goes_on(ticket)
    if already := steps.said_before(ticket, idempotency_key):
        return already
    now = timezone.now()
    message = mentions.note(ticket, text, author=author, now=now, idempotency_key=idempotency_key)
    steps.save(ticket, now)
    steps.done("tickets.noted", ticket, actor=author)
    return message


# --- Whose it is, and whose turn --------------------------------------------------------------------


@transaction.atomic
def assign(ticket: Ticket, *, author: User | None, to: User | None, seen_until: int | None = None) -> None:
    """Give the ticket to somebody of the desk, or to nobody.

    Raises:
        ColleagueWasFaster: Somebody else has assigned it since `seen_until`.
        ActionRefused: The ticket is not open, or that person may not handle it.
    """
    ticket = steps.locked(ticket)
    steps.refuse_unless_open(ticket)
    if (to and to.pk) == ticket.assigned_to_id:
        return
    steps.refuse_if_assigned_since(ticket, seen_until, author)
    if to is not None and not who_may_handle(ticket).filter(pk=to.pk).exists():
        raise ActionRefused(
            _("%(name)s no atiende consultas de este equipo. Elija a otra persona.") % {"name": to.name}
        )
    now = timezone.now()
    ticket.assigned_to = to
    if to is None:
        steps.note_event(ticket, EventCode.RELEASED, now=now, author=author)
    else:
        steps.note_event(ticket, EventCode.ASSIGNED, to.name, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.assigned", ticket, actor=author, details={"to": to.pk if to else None})


@transaction.atomic
def transfer(ticket: Ticket, *, author: User | None, team: Team, note: str = "") -> None:
    """Pass the ticket to another team, where nobody has it yet. The term of the answer stays: the person did not move.

    Args:
        note: What the other team should know; it becomes an internal note.

    Raises:
        ActionRefused: The ticket is not open, is that team's already, or that team serves other organisations.
    """
    ticket = steps.locked(ticket)
    steps.refuse_unless_open(ticket)
    if team.pk == ticket.team_id:
        raise ActionRefused(_("La consulta ya es del equipo %(team)s.") % {"team": team.name})
    if not where_it_may_go(ticket).filter(pk=team.pk).exists():
        raise ActionRefused(_("El equipo %(team)s no atiende a esta entidad. Elija otro.") % {"team": team.name})
    now = timezone.now()
    before, ticket.team, ticket.assigned_to = ticket.team, team, None
    ticket.transfers += 1
    if ticket.due_at is None and is_our_turn(ticket.state):
        ticket.due_at = answer_due_at(team, now)
    steps.note_event(ticket, EventCode.TRANSFERRED, before.name if before else "—", team.name, now=now, author=author)
    if note:
        mentions.note(ticket, note, author=author, now=now)
    steps.save(ticket, now)
    steps.done(
        "tickets.transferred",
        ticket,
        actor=author,
        details={"from": before.pk if before else None, "to": team.pk},
    )
    routing.route(ticket, now=now)


# As the conversation names them; its values are kept in Spanish.
_CONTEXT = {"component": "componente", "device": "equipo y navegador"}


@transaction.atomic
def classify(
    ticket: Ticket,
    *,
    author: User | None,
    topic: Topic | None,
    procedure: Procedure | None,
    component: str | None = None,
    device: str | None = None,
) -> None:
    """Say what the ticket is about; also afterwards, because figures and first-contact resolution go by topic.

    Args:
        ticket: What is classified.
        author: Who does; None is a rule.
        topic: None for none.
        procedure: None for none.
        component: The part of the service; None leaves what is known.
        device: The person's computer and browser; None leaves what is known.
    """
    ticket = steps.locked(ticket)
    now = timezone.now()
    known = {"component": component, "device": device}
    changed = [name for name, value in known.items() if value is not None and value != getattr(ticket, name)]
    for name in changed:
        setattr(ticket, name, known[name])
    is_about_another = (topic and topic.pk, procedure and procedure.pk) != (ticket.topic_id, ticket.procedure_id)
    if is_about_another:
        ticket.topic, ticket.procedure = topic, procedure
        names = [topic.name_in("es") if topic else "—", procedure.name_in("es") if procedure else "—"]
        steps.note_event(ticket, EventCode.CLASSIFIED, *names, now=now, author=author)
    if changed:
        words = ", ".join(_CONTEXT[name] for name in changed)
        steps.note_event(ticket, EventCode.FIELDS_CHANGED, words, now=now, author=author)
    if not changed and not is_about_another:
        return
    steps.save(ticket, now)
    steps.done(
        "tickets.classified",
        ticket,
        actor=author,
        details={"topic": topic.slug if topic else None, "procedure": procedure.sia_code if procedure else None},
    )


@transaction.atomic
def change_state(ticket: Ticket, *, author: User | None, state: State, third_party: str = "") -> None:
    """Say whose turn it is: ours, the person's, or a third party's, who has a name.

    Raises:
        ActionRefused: The ticket is not open, the third party has no name, or nothing would change.
    """
    ticket = steps.locked(ticket)
    third_party = " ".join(third_party.split())
    if state == State.WAITING_FOR_THIRD_PARTY and not third_party:
        raise ActionRefused(_("Escriba de quién depende la consulta."))
    if (ticket.state, ticket.third_party) == (state, third_party):
        raise ActionRefused(_("La consulta ya está así."))
    now = timezone.now()
    before = ticket.state
    steps.move(ticket, ACT_THAT_LEADS_TO[state], now=now)
    ticket.third_party = third_party if state == State.WAITING_FOR_THIRD_PARTY else ""
    steps.note_event(ticket, EventCode(state), *filter(None, [ticket.third_party]), now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.state_changed", ticket, actor=author, details={"from": before, "to": state})


# --- How it ends ------------------------------------------------------------------------------------


@transaction.atomic
def resolve(ticket: Ticket, *, author: User | None, article: Article | None = None) -> None:
    """Resolve the ticket, with the article that helped if one did. The person is told after a minute, unless undone.

    Raises:
        ActionRefused: The ticket is not open, or the article is not one of this organisation's help centre.
    """
    steps.resolve(steps.locked(ticket), author=author, article=article, now=timezone.now(), tell=True)


@transaction.atomic
def reopen(ticket: Ticket, *, author: User) -> None:
    """Bring a resolved or closed ticket, or one marked as spam, back to the desk.

    Within a minute of its resolution this only undoes a slip, and the ticket does not count as reopened.

    Raises:
        ActionRefused: The ticket is open.
    """
    ticket = steps.locked(ticket)
    now = timezone.now()
    steps.note_event(ticket, steps.bring_back(ticket, Act.REOPEN, by_desk=True, now=now), now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.reopened", ticket, actor=author)


@transaction.atomic
def mark_spam(ticket: Ticket, *, author: User) -> None:
    """Take the ticket off the desk as spam. Nobody is told; `reopen` undoes it.

    Raises:
        ActionRefused: The ticket is not open.
    """
    ticket = steps.locked(ticket)
    now = timezone.now()
    steps.move(ticket, Act.MARK_SPAM, now=now)
    ticket.closed_at = now
    steps.note_event(ticket, EventCode.MARKED_SPAM, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.marked_spam", ticket, actor=author)


@transaction.atomic
def close(ticket: Ticket, *, author: User | None = None) -> None:
    """Close a resolved ticket: the person can no longer reopen it by answering. The system does so after 30 days.

    Raises:
        ActionRefused: The ticket is not resolved.
    """
    ticket = steps.locked(ticket)
    now = timezone.now()
    steps.move(ticket, Act.CLOSE, now=now)
    ticket.closed_at = now
    steps.note_event(ticket, EventCode.CLOSED, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.closed", ticket, actor=author)


# --- What the person says ---------------------------------------------------------------------------


@transaction.atomic
def reply_as_person(
    ticket: Ticket, *, text: str, channel: Channel, email_id: str = "", idempotency_key: str = ""
) -> Message:
    """Add what the person says; it is the desk's turn again. A resolved ticket is reopened by it.

    `email_id` is the Message-ID of the mail that it was, which e-mails to the person answer.

    Raises:
        ActionRefused: The ticket is closed: the person is told to open another one.
    """
    ticket = steps.locked_where_it_goes_on(ticket)
    if already := steps.said_before(ticket, idempotency_key):
        return already
    now = timezone.now()
    before = ticket.state
    if before in {State.RESOLVED, State.SPAM}:
        event = steps.bring_back(ticket, Act.PERSON_REPLIES, by_desk=False, now=now)
    else:
        event = None
        steps.move(ticket, Act.PERSON_REPLIES, now=now, by_desk=False)
    ticket.third_party = ""
    message = steps.say(
        ticket,
        text,
        author_kind=AuthorKind.PERSON,
        now=now,
        channel=channel,
        idempotency_key=idempotency_key,
        email_id=email_id,
    )
    if event:
        steps.note_event(ticket, event, now=now, by_person=True)
    steps.save(ticket, now)
    steps.done("tickets.person_replied", ticket, details={"channel": channel, "from": before})
    routing.come_back(ticket, now=now)
    watching.tell_of(message)
    return message


@transaction.atomic
def mark_solved_by_person(ticket: Ticket) -> None:
    """Resolve the ticket because the person says so; saying it again changes nothing.

    Raises:
        ActionRefused: The ticket was taken for spam.
    """
    ticket = steps.locked_where_it_goes_on(ticket)
    if ticket.state in {State.RESOLVED, State.CLOSED}:
        return
    now = timezone.now()
    steps.move(ticket, Act.RESOLVE, now=now, by_desk=False)
    ticket.resolved_at, ticket.third_party = now, ""
    steps.note_event(ticket, EventCode.SOLVED_BY_PERSON, now=now, by_person=True)
    steps.save(ticket, now)
    steps.done("tickets.solved_by_person", ticket)


@transaction.atomic
def mark_not_solved_by_person(ticket: Ticket) -> None:
    """Bring the ticket back to the desk because the person says that the problem is still there.

    Saying so while it is our turn changes nothing.

    Raises:
        ActionRefused: The ticket is closed: the person is told to open another one.
    """
    ticket = steps.locked_where_it_goes_on(ticket)
    if is_our_turn(ticket.state):
        return
    now = timezone.now()
    if ticket.state in {State.RESOLVED, State.SPAM}:
        steps.bring_back(ticket, Act.PERSON_REPLIES, by_desk=False, now=now)
    else:
        steps.move(ticket, Act.PERSON_REPLIES, now=now, by_desk=False)
    ticket.third_party = ""
    steps.note_event(ticket, EventCode.NOT_SOLVED_BY_PERSON, now=now, by_person=True)
    steps.save(ticket, now)
    steps.done("tickets.not_solved_by_person", ticket)
    routing.come_back(ticket, now=now)


# --- Steps of opening -------------------------------------------------------------------------------


def _opened_before(organisation: Organisation, key: str) -> tuple[Ticket, Message] | None:
    ticket = Ticket.objects.filter(organisation=organisation, opening_key=key).first()
    if ticket is None:
        return None
    return ticket, first_words(ticket)


def save_with_fresh_reference(ticket: Ticket) -> None:
    """Keep a new ticket under a reference that nobody has.

    Raises:
        IntegrityError: Another promise of the database would break.
    """
    for tries_left in reversed(range(FRESH_REFERENCES)):
        ticket.reference = new_reference()
        try:
            with savepoint():
                ticket.save(force_insert=True)
        except IntegrityError as error:
            if "ticket_reference_once" not in str(error) or not tries_left or connection.needs_rollback:
                raise
        else:
            return
