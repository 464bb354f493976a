"""What happens to a ticket between its opening and its closing.

Every action locks the ticket, decides with a rule, writes, adds a line to the audit record and asks for background
work, all in one transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.queries import default_team
from mostrador.people.models import Person
from mostrador.shared.background import run_at, run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.live import publish
from mostrador.shared.references import new_reference
from mostrador.shared.tokens import new_token, token_hash
from mostrador.tickets.choices import Act, AuthorKind, Channel, ContactBy, EventCode, MessageKind, State
from mostrador.tickets.errors import ColleagueWasFaster
from mostrador.tickets.models import Attachment, Message, Ticket, TicketLink
from mostrador.tickets.queries.people_at_the_desk import where_it_may_go, who_may_handle
from mostrador.tickets.queries.terms import answer_due_at
from mostrador.tickets.rules import (
    ACT_THAT_LEADS_TO,
    LINKS_LAST,
    UNDO_WITHIN,
    event_text,
    is_open,
    is_our_turn,
    is_undo,
    state_after,
    topic_of_desks,
    topic_of_ticket,
)

SUBJECT_LENGTH = 160
FRESH_REFERENCES = 5  # tries; one in thousands of millions collides


@transaction.atomic
def open_ticket(
    organisation: Organisation,
    *,
    person: Person,
    channel: Channel,
    subject: str,
    text: str,
    language: str,
    contact_by: ContactBy = ContactBy.EMAIL,
    topic: Topic | None = None,
    procedure: Procedure | None = None,
    error_code: str = "",
    page_url: str = "",
    articles_seen: Iterable[int] = (),
    articles_read: Iterable[int] = (),
    author: User | None = None,
    idempotency_key: str = "",
) -> tuple[Ticket, Message]:
    """Open a matter with the person's first words; they get an acknowledgement by e-mail when they asked for e-mail.

    The topic's team takes it, else the default team of the organisation or of its nearest ancestor. The first answer is
    due after eight hours of that team's work.

    Args:
        organisation: To whom the person wrote.
        author: Who wrote it down for the person, when it was not the person.
        idempotency_key: Of the form that was sent; the second time it returns what the first one opened.
    """
    if idempotency_key and (already := _opened_before(organisation, idempotency_key)):
        return already
    now = timezone.now()
    team = (topic.team if topic else None) or default_team(organisation)
    ticket = Ticket(
        organisation=organisation,
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
        articles_seen=list(articles_seen),
        articles_read=list(articles_read),
        opened_at=now,
        due_at=answer_due_at(team, now),
        waiting_since=now,
        last_activity_at=now,
        opening_key=idempotency_key,
    )
    try:
        _save_with_fresh_reference(ticket)
    except IntegrityError:
        # Pressed twice at the same moment: the other one has committed by now.
        if idempotency_key and (already := _opened_before(organisation, idempotency_key)):
            return already
        raise
    message = _say(ticket, text, author_kind=AuthorKind.PERSON, now=now, channel=channel)
    if may_be_emailed(ticket):
        event = _note_event(ticket, EventCode.ACKNOWLEDGED, now=now)
        run_later("tickets.tell_person", message_id=event.pk)
    _tell_open_pages(ticket)
    record("tickets.opened", ticket, actor=author, details={"channel": channel})
    return ticket, message


def may_be_emailed(ticket: Ticket) -> bool:
    """Tell whether the person wants to be told by e-mail and can be."""
    return ticket.contact_by == ContactBy.EMAIL and bool(ticket.person.email)


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
    ticket = _locked(ticket)
    if already := _said_before(ticket, idempotency_key):
        return already
    _refuse_if_answered_since(ticket, seen_until, author)
    return _reply(ticket, author=author, text=text, idempotency_key=idempotency_key, now=timezone.now())


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
    ticket = _locked(ticket)
    if already := _said_before(ticket, idempotency_key):
        return already
    _refuse_if_answered_since(ticket, seen_until, author)
    now = timezone.now()
    message = _reply(ticket, author=author, text=text, idempotency_key=idempotency_key, now=now)
    _resolve(ticket, author=author, article=article, now=now)
    return message


@transaction.atomic
def write_note(ticket: Ticket, *, author: User, text: str, idempotency_key: str = "") -> Message:
    """Note something that only the desk reads, in any state of the ticket."""
    ticket = _locked(ticket)
    if already := _said_before(ticket, idempotency_key):
        return already
    now = timezone.now()
    message = _say(
        ticket,
        text,
        kind=MessageKind.NOTE,
        author_kind=AuthorKind.STAFF,
        author=author,
        now=now,
        idempotency_key=idempotency_key,
    )
    _save(ticket, now)
    record("tickets.noted", ticket, actor=author)
    return message


# --- Whose it is, and whose turn --------------------------------------------------------------------


@transaction.atomic
def assign(ticket: Ticket, *, author: User, to: User | None, seen_until: int | None = None) -> None:
    """Give the ticket to somebody of the desk, or to nobody.

    Raises:
        ColleagueWasFaster: Somebody else has assigned it since `seen_until`.
        ActionRefused: The ticket is not open, or that person may not handle it.
    """
    ticket = _locked(ticket)
    _refuse_unless_open(ticket)
    if (to and to.pk) == ticket.assigned_to_id:
        return
    _refuse_if_assigned_since(ticket, seen_until, author)
    if to is not None and not who_may_handle(ticket).filter(pk=to.pk).exists():
        raise ActionRefused(
            _("%(name)s no atiende consultas de este equipo. Elija a otra persona.") % {"name": to.name}
        )
    now = timezone.now()
    ticket.assigned_to = to
    if to is None:
        _note_event(ticket, EventCode.RELEASED, now=now, author=author)
    else:
        _note_event(ticket, EventCode.ASSIGNED, to.name, now=now, author=author)
    _save(ticket, now)
    record("tickets.assigned", ticket, actor=author, details={"to": to.pk if to else None})


@transaction.atomic
def transfer(ticket: Ticket, *, author: User, team: Team) -> None:
    """Pass the ticket to another team, where nobody has it yet. The term of the answer stays: the person did not move.

    Raises:
        ActionRefused: The ticket is not open, is that team's already, or that team serves other organisations.
    """
    ticket = _locked(ticket)
    _refuse_unless_open(ticket)
    if team.pk == ticket.team_id:
        raise ActionRefused(_("La consulta ya es del equipo %(team)s.") % {"team": team.name})
    if not where_it_may_go(ticket).filter(pk=team.pk).exists():
        raise ActionRefused(_("El equipo %(team)s no atiende a esta entidad. Elija otro.") % {"team": team.name})
    now = timezone.now()
    before, ticket.team, ticket.assigned_to = ticket.team, team, None
    ticket.transfers += 1
    if ticket.due_at is None and is_our_turn(ticket.state):
        ticket.due_at = answer_due_at(team, now)
    _note_event(ticket, EventCode.TRANSFERRED, before.name if before else "—", team.name, now=now, author=author)
    _save(ticket, now)
    record(
        "tickets.transferred",
        ticket,
        actor=author,
        details={"from": before.pk if before else None, "to": team.pk},
    )


@transaction.atomic
def classify(ticket: Ticket, *, author: User, topic: Topic | None, procedure: Procedure | None) -> None:
    """Say what the ticket is about; also afterwards, because figures and first-contact resolution go by topic."""
    ticket = _locked(ticket)
    if (topic and topic.pk, procedure and procedure.pk) == (ticket.topic_id, ticket.procedure_id):
        return
    now = timezone.now()
    ticket.topic, ticket.procedure = topic, procedure
    names = [topic.name_in("es") if topic else "—", procedure.name_in("es") if procedure else "—"]
    _note_event(ticket, EventCode.CLASSIFIED, *names, now=now, author=author)
    _save(ticket, now)
    record(
        "tickets.classified",
        ticket,
        actor=author,
        details={"topic": topic.slug if topic else None, "procedure": procedure.sia_code if procedure else None},
    )


@transaction.atomic
def change_state(ticket: Ticket, *, author: User, state: State, third_party: str = "") -> None:
    """Say whose turn it is: ours, the person's, or a third party's, who has a name.

    Raises:
        ActionRefused: The ticket is not open, the third party has no name, or nothing would change.
    """
    ticket = _locked(ticket)
    third_party = " ".join(third_party.split())
    if state == State.WAITING_FOR_THIRD_PARTY and not third_party:
        raise ActionRefused(_("Escriba de quién depende la consulta."))
    if (ticket.state, ticket.third_party) == (state, third_party):
        raise ActionRefused(_("La consulta ya está así."))
    now = timezone.now()
    before = ticket.state
    _move(ticket, ACT_THAT_LEADS_TO[state], now=now)
    ticket.third_party = third_party if state == State.WAITING_FOR_THIRD_PARTY else ""
    _note_event(ticket, EventCode(state), *filter(None, [ticket.third_party]), now=now, author=author)
    _save(ticket, now)
    record("tickets.state_changed", ticket, actor=author, details={"from": before, "to": state})


# --- How it ends ------------------------------------------------------------------------------------


@transaction.atomic
def resolve(ticket: Ticket, *, author: User | None, article: Article | None = None) -> None:
    """Resolve the ticket, with the article that helped if one did. The person is told after a minute, unless undone.

    Raises:
        ActionRefused: The ticket is not open, or the article is not one of this organisation's help centre.
    """
    _resolve(_locked(ticket), author=author, article=article, now=timezone.now(), tell=True)


@transaction.atomic
def reopen(ticket: Ticket, *, author: User) -> None:
    """Bring a resolved or closed ticket, or one marked as spam, back to the desk.

    Within a minute of its resolution this only undoes a slip, and the ticket does not count as reopened.

    Raises:
        ActionRefused: The ticket is open.
    """
    ticket = _locked(ticket)
    now = timezone.now()
    _note_event(ticket, _bring_back(ticket, Act.REOPEN, by_desk=True, now=now), now=now, author=author)
    _save(ticket, now)
    record("tickets.reopened", ticket, actor=author)


@transaction.atomic
def mark_spam(ticket: Ticket, *, author: User) -> None:
    """Take the ticket off the desk as spam. Nobody is told; `reopen` undoes it.

    Raises:
        ActionRefused: The ticket is not open.
    """
    ticket = _locked(ticket)
    now = timezone.now()
    _move(ticket, Act.MARK_SPAM, now=now)
    ticket.closed_at = now
    _note_event(ticket, EventCode.MARKED_SPAM, now=now, author=author)
    _save(ticket, now)
    record("tickets.marked_spam", ticket, actor=author)


@transaction.atomic
def close(ticket: Ticket, *, author: User | None = None) -> None:
    """Close a resolved ticket: the person can no longer reopen it by answering. The system does so after 30 days.

    Raises:
        ActionRefused: The ticket is not resolved.
    """
    ticket = _locked(ticket)
    now = timezone.now()
    _move(ticket, Act.CLOSE, now=now)
    ticket.closed_at = now
    _note_event(ticket, EventCode.CLOSED, now=now, author=author)
    _save(ticket, now)
    record("tickets.closed", ticket, actor=author)


# --- What the person says ---------------------------------------------------------------------------


@transaction.atomic
def reply_as_person(ticket: Ticket, *, text: str, channel: Channel, idempotency_key: str = "") -> Message:
    """Add what the person says; it is the desk's turn again. A resolved ticket is reopened by it.

    Raises:
        ActionRefused: The ticket is closed: the person is told to open another one.
    """
    ticket = _locked(ticket)
    if already := _said_before(ticket, idempotency_key):
        return already
    now = timezone.now()
    before = ticket.state
    if before in {State.RESOLVED, State.SPAM}:
        event = _bring_back(ticket, Act.PERSON_REPLIES, by_desk=False, now=now)
    else:
        event = None
        _move(ticket, Act.PERSON_REPLIES, now=now, by_desk=False)
    ticket.third_party = ""
    message = _say(
        ticket, text, author_kind=AuthorKind.PERSON, now=now, channel=channel, idempotency_key=idempotency_key
    )
    if event:
        _note_event(ticket, event, now=now, by_person=True)
    _save(ticket, now)
    record("tickets.person_replied", ticket, details={"channel": channel, "from": before})
    return message


@transaction.atomic
def mark_solved_by_person(ticket: Ticket) -> None:
    """Resolve the ticket because the person says so; saying it again changes nothing.

    Raises:
        ActionRefused: The ticket was taken for spam.
    """
    ticket = _locked(ticket)
    if ticket.state in {State.RESOLVED, State.CLOSED}:
        return
    now = timezone.now()
    _move(ticket, Act.RESOLVE, now=now, by_desk=False)
    ticket.resolved_at, ticket.third_party = now, ""
    _note_event(ticket, EventCode.SOLVED_BY_PERSON, now=now, by_person=True)
    _save(ticket, now)
    record("tickets.solved_by_person", ticket)


@transaction.atomic
def mark_not_solved_by_person(ticket: Ticket) -> None:
    """Bring the ticket back to the desk because the person says that the problem is still there.

    Saying so while it is our turn changes nothing.

    Raises:
        ActionRefused: The ticket is closed: the person is told to open another one.
    """
    ticket = _locked(ticket)
    if is_our_turn(ticket.state):
        return
    now = timezone.now()
    if ticket.state in {State.RESOLVED, State.SPAM}:
        _bring_back(ticket, Act.PERSON_REPLIES, by_desk=False, now=now)
    else:
        _move(ticket, Act.PERSON_REPLIES, now=now, by_desk=False)
    ticket.third_party = ""
    _note_event(ticket, EventCode.NOT_SOLVED_BY_PERSON, now=now, by_person=True)
    _save(ticket, now)
    record("tickets.not_solved_by_person", ticket)


# --- Steps that actions share -----------------------------------------------------------------------

CHANGED_BY_ACTIONS = [
    "state",
    "assigned_to",
    "team",
    "topic",
    "procedure",
    "third_party",
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


def _locked(ticket: Ticket) -> Ticket:
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("organisation", "team__organisation", "person")
        .get(pk=ticket.pk)
    )


def _save(ticket: Ticket, now: datetime) -> None:
    ticket.last_activity_at = now
    ticket.save(update_fields=CHANGED_BY_ACTIONS)
    _tell_open_pages(ticket)


def _tell_open_pages(ticket: Ticket) -> None:
    publish(topic_of_ticket(ticket.pk))
    publish(topic_of_desks(ticket.organisation.lineage))


def _opened_before(organisation: Organisation, key: str) -> tuple[Ticket, Message] | None:
    ticket = Ticket.objects.filter(organisation=organisation, opening_key=key).first()
    if ticket is None:
        return None
    return ticket, ticket.messages.filter(kind=MessageKind.PUBLIC).order_by("pk")[0]


def _save_with_fresh_reference(ticket: Ticket) -> None:
    for tries_left in reversed(range(FRESH_REFERENCES)):
        ticket.reference = new_reference()
        try:
            with transaction.atomic():
                ticket.save(force_insert=True)
        except IntegrityError as error:
            if "ticket_reference_once" not in str(error) or not tries_left:
                raise
        else:
            return


def _said_before(ticket: Ticket, key: str) -> Message | None:
    return ticket.messages.filter(idempotency_key=key).first() if key else None


def _say(
    ticket: Ticket,
    text: str,
    *,
    author_kind: AuthorKind,
    now: datetime,
    kind: MessageKind = MessageKind.PUBLIC,
    author: User | None = None,
    channel: str = "",
    idempotency_key: str = "",
) -> Message:
    if kind != MessageKind.EVENT:
        ticket.erased_at = None  # there are words again, to be sent and, in their time, erased
    return Message.objects.create(
        ticket=ticket,
        kind=kind,
        author_kind=author_kind,
        author=author,
        text=text,
        written_at=now,
        channel=channel,
        idempotency_key=idempotency_key,
    )


def _note_event(
    ticket: Ticket,
    code: EventCode,
    *values: str,
    now: datetime,
    author: User | None = None,
    by_person: bool = False,
) -> Message:
    kind = AuthorKind.PERSON if by_person else AuthorKind.STAFF if author else AuthorKind.SYSTEM
    return _say(ticket, event_text(code, *values), kind=MessageKind.EVENT, author_kind=kind, author=author, now=now)


def _move(ticket: Ticket, act: Act, *, now: datetime, by_desk: bool = True) -> None:
    """Put the ticket into the state that follows the act, and start or stop the clock that counts against us.

    Raises:
        ActionRefused: The act is not possible in this state.
    """
    after = state_after(act, ticket.state)
    if after is None:
        raise ActionRefused(_why_not(ticket, by_desk=by_desk))
    was_our_turn = is_our_turn(ticket.state)
    ticket.state = after
    if not is_our_turn(after):
        ticket.due_at = ticket.waiting_since = None
    elif not was_our_turn:
        ticket.due_at, ticket.waiting_since = answer_due_at(ticket.team, now), now


def _why_not(ticket: Ticket, *, by_desk: bool) -> str:
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


def _refuse_unless_open(ticket: Ticket) -> None:
    if not is_open(ticket.state):
        raise ActionRefused(_why_not(ticket, by_desk=True))


def _reply(ticket: Ticket, *, author: User, text: str, idempotency_key: str, now: datetime) -> Message:
    _move(ticket, Act.DESK_REPLIES, now=now)
    message = _say(ticket, text, author_kind=AuthorKind.STAFF, author=author, now=now, idempotency_key=idempotency_key)
    ticket.public_replies += 1
    ticket.third_party = ""
    if ticket.first_reply_at is None:
        ticket.first_reply_at, ticket.first_reply_team = now, ticket.team
    _save(ticket, now)
    record("tickets.replied", ticket, actor=author)
    if may_be_emailed(ticket):
        run_later("tickets.tell_person", message_id=message.pk)
    return message


def _resolve(
    ticket: Ticket, *, author: User | None, article: Article | None, now: datetime, tell: bool = False
) -> None:
    _move(ticket, Act.RESOLVE, now=now)
    ticket.resolved_at, ticket.solved_by, ticket.third_party = now, article, ""
    if article is None:
        event = _note_event(ticket, EventCode.RESOLVED, now=now, author=author)
    else:
        title = _title_of(article, ticket)
        event = _note_event(ticket, EventCode.RESOLVED_WITH, title, now=now, author=author)
    _save(ticket, now)
    record("tickets.resolved", ticket, actor=author, details={"article": article.pk if article else None})
    if tell and may_be_emailed(ticket):
        run_at(now + UNDO_WITHIN, "tickets.tell_person", message_id=event.pk)


def _title_of(article: Article, ticket: Ticket) -> str:
    if article.organisation_id not in ticket.organisation.lineage:
        raise ActionRefused(_("Ese artículo no es del centro de ayuda de esta entidad. Elija otro."))
    titles = dict(ArticleVersion.objects.filter(article=article).values_list("language", "title"))
    return titles.get(ticket.language) or titles.get("es") or next(iter(titles.values()), article.slug)


def _bring_back(ticket: Ticket, act: Act, *, by_desk: bool, now: datetime) -> EventCode:
    """Reopen the ticket and return what to call it; a ticket that nobody has answered is new again."""
    resolved_at = ticket.resolved_at
    _move(ticket, act, now=now, by_desk=by_desk)
    if ticket.first_reply_at is None:
        ticket.state = State.NEW
    ticket.resolved_at = ticket.closed_at = ticket.solved_by = None
    if resolved_at is None:
        return EventCode.NOT_SPAM
    if is_undo(resolved_for=now - resolved_at, by_desk=by_desk):
        return EventCode.UNDONE
    ticket.reopenings += 1
    return EventCode.REOPENED


def _refuse_if_answered_since(ticket: Ticket, seen_until: int | None, author: User) -> None:
    faster = _newest_by_others(ticket, seen_until, author).filter(kind=MessageKind.PUBLIC).first()
    if faster is not None:
        raise ColleagueWasFaster(
            _("%(name)s ha respondido mientras usted escribía. Lea su respuesta; lo que ha escrito sigue aquí.")
            % {"name": _author_name(faster)}
        )


def _refuse_if_assigned_since(ticket: Ticket, seen_until: int | None, author: User) -> None:
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


def _newest_by_others(ticket: Ticket, seen_until: int | None, author: User) -> QuerySet[Message]:
    if seen_until is None:
        return Message.objects.none()
    others = ticket.messages.filter(author_kind=AuthorKind.STAFF, pk__gt=seen_until).exclude(author=author)
    return others.select_related("author").order_by("-pk")
