"""How a ticket ends, and how it comes back."""

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import tickets
from mostrador.tickets.choices import Channel, State
from mostrador.tickets.models import Ticket
from tests import make
from tests.tickets.desk import after, events, fresh

pytestmark = pytest.mark.smoke


def answered_and_resolved(ticket: Ticket, agent: User) -> Ticket:
    """Answered at ten, resolved at eleven."""
    with time_machine.travel(after(hours=1), tick=False):
        tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    with time_machine.travel(after(hours=2), tick=False):
        tickets.resolve(ticket, author=agent)
    return fresh(ticket)


# --- Resolving ------------------------------------------------------------------------------------------


def test_it_is_resolved_with_the_article_that_helped(ticket: Ticket, agent: User) -> None:
    article = make.article(ticket.organisation, title="No aparece mi certificado")

    with time_machine.travel(after(hours=1), tick=False):
        tickets.resolve(ticket, author=agent, article=article)

    ticket = fresh(ticket)
    assert (ticket.state, ticket.resolved_at, ticket.solved_by) == (State.RESOLVED, after(hours=1), article)
    assert (ticket.due_at, ticket.waiting_since) == (None, None)
    assert events(ticket)[-1] == "Resuelta con el artículo «No aparece mi certificado»."
    assert Event.objects.get(verb="tickets.resolved").details == {"article": article.pk}


def test_an_article_of_an_ancestor_helps_too(ticket: Ticket) -> None:
    child = make.organisation(parent=ticket.organisation)
    of_child = make.ticket(child)

    tickets.resolve(of_child, author=make.user(child), article=make.article(ticket.organisation))

    assert fresh(of_child).solved_by is not None


def test_an_article_of_somebody_else_is_refused(ticket: Ticket, agent: User) -> None:
    stranger = make.article(make.organisation())

    with pytest.raises(ActionRefused, match="no es del centro de ayuda de esta entidad"):
        tickets.resolve(ticket, author=agent, article=stranger)

    assert fresh(ticket).state == State.NEW


def test_the_person_is_told_after_the_minute_in_which_it_may_be_undone(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        tickets.resolve(ticket, author=agent)

    event = ticket.messages.order_by("-pk")[0]
    job = ProcrastinateJob.objects.filter(task_name="tickets.tell_person").order_by("-pk")[0]
    assert (job.args, job.scheduled_at) == ({"message_id": event.pk}, after(hours=1, minutes=1))


def test_what_is_resolved_is_not_resolved_again(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    with pytest.raises(ActionRefused, match="ya está resuelta"):
        tickets.resolve(ticket, author=agent)


# --- Coming back ----------------------------------------------------------------------------------------


def test_reopening_counts_and_begins_a_new_term(ticket: Ticket, agent: User) -> None:
    ticket = answered_and_resolved(ticket, agent)

    with time_machine.travel(after(days=1), tick=False):
        tickets.reopen(ticket, author=agent)

    ticket = fresh(ticket)
    assert (ticket.state, ticket.reopenings, ticket.resolved_at) == (State.WAITING_FOR_US, 1, None)
    assert (ticket.waiting_since, ticket.due_at) == (after(days=1), after(days=2, hours=3))
    assert events(ticket)[-1] == "Reabierta."


def test_undoing_a_slip_within_a_minute_does_not_count(ticket: Ticket, agent: User) -> None:
    ticket = answered_and_resolved(ticket, agent)

    with time_machine.travel(after(hours=2, seconds=50), tick=False):
        tickets.reopen(ticket, author=agent)

    assert (fresh(ticket).state, fresh(ticket).reopenings) == (State.WAITING_FOR_US, 0)
    assert events(ticket)[-1] == "Se deshizo la resolución."


def test_what_nobody_has_answered_is_new_again(ticket: Ticket, agent: User) -> None:
    tickets.mark_spam(ticket, author=agent)

    tickets.reopen(ticket, author=agent)

    assert (fresh(ticket).state, fresh(ticket).reopenings) == (State.NEW, 0)
    assert events(ticket)[-2:] == ["Marcada como correo no deseado.", "Recuperada: no era correo no deseado."]


def test_an_open_ticket_is_not_reopened(ticket: Ticket, agent: User) -> None:
    with pytest.raises(ActionRefused, match="está abierta"):
        tickets.reopen(ticket, author=agent)


def test_what_the_person_says_after_the_resolution_reopens_it(ticket: Ticket, agent: User) -> None:
    ticket = answered_and_resolved(ticket, agent)

    with time_machine.travel(after(hours=2, seconds=5), tick=False):
        tickets.reply_as_person(ticket, text="Sigue igual.", channel=Channel.WEB)

    ticket = fresh(ticket)
    assert (ticket.state, ticket.reopenings, ticket.resolved_at) == (State.WAITING_FOR_US, 1, None)
    assert events(ticket)[-1] == "Reabierta."


def test_what_was_taken_for_spam_comes_back_when_the_person_writes(ticket: Ticket, agent: User) -> None:
    tickets.mark_spam(ticket, author=agent)

    tickets.reply_as_person(ticket, text="¿Han visto mi pregunta?", channel=Channel.WEB)

    assert fresh(ticket).state == State.NEW


def test_a_closed_ticket_sends_the_person_to_a_new_one(ticket: Ticket, agent: User) -> None:
    ticket = answered_and_resolved(ticket, agent)
    tickets.close(ticket)

    for say in (
        lambda: tickets.reply_as_person(ticket, text="Sigue igual.", channel=Channel.WEB),
        lambda: tickets.mark_not_solved_by_person(ticket),
    ):
        with pytest.raises(ActionRefused, match=f"Abra otra y mencione la referencia {ticket.reference}"):
            say()

    assert fresh(ticket).state == State.CLOSED


# --- The person's own word ------------------------------------------------------------------------------


def test_the_person_may_say_that_it_is_solved_even_twice(ticket: Ticket) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        tickets.mark_solved_by_person(ticket)
    with time_machine.travel(after(hours=3), tick=False):
        tickets.mark_solved_by_person(ticket)

    assert (fresh(ticket).state, fresh(ticket).resolved_at) == (State.RESOLVED, after(hours=1))
    assert events(ticket)[1:] == ["La persona dice que ya está resuelta."]


def test_the_person_may_say_that_it_is_not(ticket: Ticket, agent: User) -> None:
    ticket = answered_and_resolved(ticket, agent)

    tickets.mark_not_solved_by_person(ticket)
    tickets.mark_not_solved_by_person(ticket)

    assert (fresh(ticket).state, fresh(ticket).reopenings) == (State.WAITING_FOR_US, 1)
    assert events(ticket)[-1] == "La persona dice que no está resuelta."


def test_not_solved_after_an_answer_makes_it_our_turn_without_reopening(ticket: Ticket, agent: User) -> None:
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")

    tickets.mark_not_solved_by_person(ticket)

    assert (fresh(ticket).state, fresh(ticket).reopenings) == (State.WAITING_FOR_US, 0)


def test_spam_is_not_solved_by_whoever_sent_it(ticket: Ticket, agent: User) -> None:
    tickets.mark_spam(ticket, author=agent)

    with pytest.raises(ActionRefused):
        tickets.mark_solved_by_person(ticket)


# --- Spam and closing -----------------------------------------------------------------------------------


def test_spam_leaves_the_desk_and_nobody_is_told(ticket: Ticket, agent: User) -> None:
    told = ProcrastinateJob.objects.count()

    tickets.mark_spam(ticket, author=agent)

    assert (fresh(ticket).state, fresh(ticket).is_open, fresh(ticket).due_at) == (State.SPAM, False, None)
    assert ProcrastinateJob.objects.count() == told


def test_what_is_resolved_is_not_spam(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    with pytest.raises(ActionRefused, match="ya está resuelta"):
        tickets.mark_spam(ticket, author=agent)


def test_only_what_is_resolved_is_closed(ticket: Ticket, agent: User) -> None:
    with pytest.raises(ActionRefused, match="Resuélvala antes"):
        tickets.close(ticket)

    ticket = answered_and_resolved(ticket, agent)
    with time_machine.travel(after(days=40), tick=False):
        tickets.close(ticket)

    assert (fresh(ticket).state, fresh(ticket).closed_at) == (State.CLOSED, after(days=40))
