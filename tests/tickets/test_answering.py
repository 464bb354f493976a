"""What the desk answers, and two of the desk at once."""

import threading

import pytest
import time_machine
from django.db import connection, transaction

from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import tickets
from mostrador.tickets.choices import Channel, ContactBy, State
from mostrador.tickets.errors import ColleagueWasFaster
from mostrador.tickets.models import Message, Ticket
from tests import make
from tests.tickets.desk import after, agent_of, fresh, jobs, team_of, words


def last_message(ticket: Ticket) -> int:
    return ticket.messages.order_by("-pk")[0].pk


def test_the_first_answer_stops_the_clock(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=2), tick=False):
        message = tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")

    ticket = fresh(ticket)
    assert (ticket.state, ticket.first_reply_at, ticket.public_replies) == (State.WAITING_FOR_PERSON, after(hours=2), 1)
    assert ticket.first_reply_team == ticket.team
    assert (ticket.due_at, ticket.waiting_since, ticket.last_activity_at) == (None, None, after(hours=2))
    assert (message.author, message.written_at) == (agent, after(hours=2))
    assert jobs("tickets.tell_person")[1:] == [{"message_id": message.pk}]
    assert Event.objects.filter(verb="tickets.replied", actor_id=agent.pk, subject_id=ticket.pk).count() == 1


def test_later_answers_leave_the_first_one_alone(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=2), tick=False):
        tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    with time_machine.travel(after(hours=4), tick=False):
        tickets.reply_as_desk(ticket, author=agent_of(ticket.organisation), text="Y reinicie.")

    assert (fresh(ticket).first_reply_at, fresh(ticket).public_replies) == (after(hours=2), 2)


def test_who_wants_a_call_is_not_written_to(organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation, contact_by=ContactBy.PHONE)

    tickets.reply_as_desk(ticket, author=agent, text="Le llamaremos a las doce.")

    assert jobs("tickets.tell_person") == []


def test_no_answer_without_its_email_and_no_email_without_its_answer(ticket: Ticket, agent: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
        raise RuntimeError

    assert len(words(ticket)) == 1
    assert len(jobs("tickets.tell_person")) == 1  # the acknowledgement


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.RESOLVED, "ya está resuelta. Reábrala"),
        (State.CLOSED, "está cerrada. Reábrala"),
        (State.SPAM, "correo no deseado. Recupérela"),
    ],
)
def test_what_has_ended_is_not_answered(ticket: Ticket, agent: User, state: State, why: str) -> None:
    Ticket.objects.update(state=state, resolved_at=after(hours=1))

    with pytest.raises(ActionRefused, match=why):
        tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")

    assert len(words(ticket)) == 1


def test_a_form_sent_twice_says_it_once(ticket: Ticket, agent: User) -> None:
    first = tickets.reply_as_desk(ticket, author=agent, text="Hola.", idempotency_key="k")
    second = tickets.reply_as_desk(ticket, author=agent, text="Hola.", idempotency_key="k")

    assert first == second
    assert fresh(ticket).public_replies == 1
    assert len(jobs("tickets.tell_person")) == 2


def test_a_note_is_for_the_desk_alone_and_changes_no_turn(ticket: Ticket, agent: User) -> None:
    first = tickets.write_note(ticket, author=agent, text="Ya llamó ayer.", idempotency_key="k")
    second = tickets.write_note(ticket, author=agent, text="Ya llamó ayer.", idempotency_key="k")

    assert first == second
    assert words(ticket)[1:] == [("note", "staff", "Ya llamó ayer.")]
    assert (fresh(ticket).state, fresh(ticket).first_reply_at) == (State.NEW, None)
    assert len(jobs("tickets.tell_person")) == 1  # the acknowledgement


def test_a_note_may_be_written_on_what_has_ended(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    tickets.write_note(ticket, author=agent, text="Fue el navegador.")

    assert words(ticket)[1:] == [("note", "staff", "Fue el navegador.")]


def test_who_did_not_see_a_colleagues_answer_is_told(ticket: Ticket, agent: User) -> None:
    seen = last_message(ticket)
    colleague = agent_of(ticket.organisation)
    tickets.reply_as_desk(ticket, author=colleague, text="Instale el certificado.")

    with pytest.raises(ColleagueWasFaster, match=f"{colleague.name} ha respondido mientras usted escribía"):
        tickets.reply_as_desk(ticket, author=agent, text="Actualice el navegador.", seen_until=seen)

    assert len(words(ticket)) == 2


def test_who_has_read_it_may_answer_too(ticket: Ticket, agent: User) -> None:
    tickets.reply_as_desk(ticket, author=agent_of(ticket.organisation), text="Instale el certificado.")

    tickets.reply_as_desk(ticket, author=agent, text="Y reinicie.", seen_until=last_message(ticket))

    assert fresh(ticket).public_replies == 2


def test_own_answers_notes_and_the_persons_words_stop_nobody(ticket: Ticket, agent: User) -> None:
    seen = last_message(ticket)
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    tickets.write_note(ticket, author=agent_of(ticket.organisation), text="Es la tercera vez.")
    tickets.reply_as_person(ticket, text="¿Cómo?", channel=Channel.WEB)

    tickets.reply_as_desk(ticket, author=agent, text="Así.", seen_until=seen)

    assert fresh(ticket).public_replies == 2


def test_answering_and_resolving_is_one_gesture_and_one_email(ticket: Ticket, agent: User) -> None:
    article = make.article(ticket.organisation)

    with time_machine.travel(after(hours=1), tick=False):
        message = tickets.reply_and_resolve(ticket, author=agent, text="Instálelo así.", article=article)

    ticket = fresh(ticket)
    assert (ticket.state, ticket.resolved_at, ticket.solved_by) == (State.RESOLVED, after(hours=1), article)
    assert (ticket.first_reply_at, ticket.public_replies) == (after(hours=1), 1)
    assert jobs("tickets.tell_person")[1:] == [{"message_id": message.pk}]


def test_answering_and_resolving_twice_is_done_once(ticket: Ticket, agent: User) -> None:
    first = tickets.reply_and_resolve(ticket, author=agent, text="Instálelo así.", idempotency_key="k")
    second = tickets.reply_and_resolve(ticket, author=agent, text="Instálelo así.", idempotency_key="k")

    assert first == second
    assert fresh(ticket).public_replies == 1


def test_what_the_person_adds_before_any_answer_leaves_it_new(ticket: Ticket) -> None:
    due = fresh(ticket).due_at

    with time_machine.travel(after(hours=3), tick=False):
        tickets.reply_as_person(ticket, text="Es con Firefox.", channel=Channel.WEB)

    assert (fresh(ticket).state, fresh(ticket).due_at) == (State.NEW, due)


def test_what_the_person_answers_makes_it_our_turn_again(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    with time_machine.travel(after(days=1), tick=False):
        first = tickets.reply_as_person(ticket, text="Sigue igual.", channel=Channel.WEB, idempotency_key="k")
        second = tickets.reply_as_person(ticket, text="Sigue igual.", channel=Channel.WEB, idempotency_key="k")

    ticket = fresh(ticket)
    assert first == second
    assert (ticket.state, ticket.waiting_since) == (State.WAITING_FOR_US, after(days=1))
    assert ticket.due_at == after(days=2, hours=3)


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_the_same_moment_do_not_both_get_through() -> None:
    organisation = make.organisation()
    ticket = make.ticket(organisation)
    seen, team = last_message(ticket), team_of(organisation)
    agents = [make.user(organisation, teams=(team,)) for _ in range(2)]
    together = threading.Barrier(2)
    refusals: list[str] = []

    def answer(author: User) -> None:
        try:
            together.wait()
            tickets.reply_as_desk(ticket, author=author, text=f"Soy {author.name}.", seen_until=seen)
        except ColleagueWasFaster as refusal:
            refusals.append(str(refusal))
        finally:
            connection.close()

    writers = [threading.Thread(target=answer, args=[author]) for author in agents]
    for each in writers:
        each.start()
    for each in writers:
        each.join()

    [answered] = Message.objects.filter(kind="public", author_kind="staff").select_related("author")
    assert answered.author is not None
    assert len(refusals) == 1
    assert refusals[0].startswith(answered.author.name)
    assert fresh(ticket).public_replies == 1
