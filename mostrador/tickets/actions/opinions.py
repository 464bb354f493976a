"""Second opinions: a question to a colleague or a team about a ticket that stays with whoever has it."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import TeamMembership, User
from mostrador.organisations.models import Team
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import colleagues, mentions, steps
from mostrador.tickets.choices import EventCode
from mostrador.tickets.models import SecondOpinion, Ticket
from mostrador.tickets.queries.people_at_the_desk import colleagues_of, teams_to_ask

MOST_TOLD = 50  # of a team


@transaction.atomic
def ask_opinion(
    ticket: Ticket, *, author: User, text: str, of: User | Team, idempotency_key: str = ""
) -> SecondOpinion:
    """Ask a colleague, or whoever of a team answers first; they are told by e-mail. The ticket stays where it is.

    Raises:
        ActionRefused: The ticket is not open, or they may not see it.
    """
    ticket = steps.locked(ticket)
    already = steps.said_before(ticket, idempotency_key)
    if already is not None:
        return SecondOpinion.objects.get(question=already)
    steps.refuse_unless_open(ticket)
    asked = {"asked_team": of} if isinstance(of, Team) else {"asked_user": of}
    may_see = teams_to_ask(ticket) if isinstance(of, Team) else colleagues_of(ticket)
    if of == author or not may_see.filter(pk=of.pk).exists():
        raise ActionRefused(
            _("No se puede preguntar a %(name)s por esta consulta. Elija a otra persona.") % {"name": of.name}
        )
    now = timezone.now()
    steps.note_event(ticket, EventCode.OPINION_ASKED, of.name, now=now, author=author)
    question = mentions.note(ticket, text, author=author, now=now, idempotency_key=idempotency_key)
    opinion = SecondOpinion.objects.create(question=question, **asked)
    steps.save(ticket, now)
    steps.done("tickets.opinion_asked", ticket, actor=author, details={next(iter(asked)): of.pk})
    run_later("tickets.tell_of_opinion", opinion_id=opinion.pk)
    return opinion


@transaction.atomic
def answer_opinion(opinion: SecondOpinion, *, author: User, text: str) -> None:
    """Answer a question, in an internal note; whoever asked is told by e-mail.

    Raises:
        ActionRefused: Somebody has answered it, or it was taken back.
    """
    ticket = steps.locked(opinion.question.ticket)
    opinion = _unsettled(opinion)
    now = timezone.now()
    steps.note_event(ticket, EventCode.OPINION_GIVEN, now=now, author=author)
    opinion.answer, opinion.settled_at = mentions.note(ticket, text, author=author, now=now), now
    opinion.save(update_fields=["answer", "settled_at"])
    steps.save(ticket, now)
    steps.done("tickets.opinion_given", ticket, actor=author)
    run_later("tickets.tell_of_opinion", opinion_id=opinion.pk)


@transaction.atomic
def withdraw_opinion(opinion: SecondOpinion, *, author: User) -> None:
    """Take a question back, because it needs no answer any more.

    Raises:
        ActionRefused: Somebody has answered it, or it was taken back.
    """
    ticket = steps.locked(opinion.question.ticket)
    opinion = _unsettled(opinion)
    asked = opinion.asked_user or opinion.asked_team
    opinion.settled_at = now = timezone.now()
    opinion.save(update_fields=["settled_at"])
    steps.note_event(ticket, EventCode.OPINION_WITHDRAWN, asked.name if asked else "", now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.opinion_withdrawn", ticket, actor=author)


def tell_of_opinion(opinion_id: int) -> None:
    """Write to those who are asked, or, once there is an answer, to whoever asked; once to each."""
    rows = SecondOpinion.objects.select_related("question__ticket__organisation", "question__author", "answer__author")
    opinion = rows.get(pk=opinion_id)
    ticket, asker = opinion.question.ticket, opinion.question.author
    if asker is None or (opinion.settled_at is not None and opinion.answer is None):
        return
    if opinion.answer is not None:
        who = opinion.answer.author.name if opinion.answer.author else ""
        if opinion.answer.author != asker:
            colleagues.write_to(asker, ticket, template="opinion_given", why=opinion, who=who, message=opinion.answer)
        return
    for user in _asked(opinion).exclude(pk=asker.pk).order_by("pk")[:MOST_TOLD]:
        colleagues.write_to(
            user, ticket, template="opinion_asked", why=opinion, who=asker.name, message=opinion.question
        )


def _asked(opinion: SecondOpinion) -> QuerySet[User]:
    if opinion.asked_user_id is not None:
        return User.objects.filter(pk=opinion.asked_user_id)
    members = TeamMembership.objects.filter(team=opinion.asked_team_id).values("user")
    return User.objects.filter(pk__in=members, is_active=True)


def _unsettled(opinion: SecondOpinion) -> SecondOpinion:
    opinion = (
        SecondOpinion.objects.select_for_update(of=("self",))
        .select_related("asked_user", "asked_team", "question")
        .get(pk=opinion.pk)
    )
    if opinion.settled_at is not None:
        raise ActionRefused(_("Esta pregunta ya está contestada o se retiró. Escriba una nota interna."))
    return opinion
