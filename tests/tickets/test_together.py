"""Presence, mentions, followers, second opinions, relations, tasks, time and tags of a ticket."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import mentions, opinions, presence, relations, tasks, tickets, watching
from mostrador.tickets.actions.retention import erase_person
from mostrador.tickets.choices import Channel, RelationChoice
from mostrador.tickets.models import Mention, SecondOpinion, Tag, Ticket
from mostrador.tickets.queries.mentions import colleagues_named, waiting_count
from mostrador.tickets.queries.people_at_the_desk import colleagues_of
from mostrador.tickets.queries.personal_data import personal_data
from mostrador.tickets.queries.presence import Present, present_in
from mostrador.tickets.queries.together import beside
from mostrador.tickets.rules.tags import normalised
from mostrador.tickets.rules.together import mentioned
from tests import make
from tests.tickets.desk import MONDAY, agent_of, events, fresh, jobs, team_of, words


@pytest.fixture
def colleague(organisation: Organisation) -> User:
    """Somebody else of the same team, with a name that can be mentioned."""
    made = agent_of(organisation)
    User.objects.filter(pk=made.pk).update(name="Iñaki Álvarez")
    return User.objects.get(pk=made.pk)


def address(ticket: Ticket, act: str = "") -> str:
    return f"/gestion/consultas/{ticket.reference}/{act}"


# --- Presence -----------------------------------------------------------------------------------------


def test_colleagues_see_who_looks_and_who_writes_until_they_leave(
    organisation: Organisation, ticket: Ticket, agent: User, colleague: User, desk: Client
) -> None:
    presence.be_here(ticket, user=agent, is_writing=False)
    presence.be_here(ticket, user=colleague, is_writing=False)
    looking = desk.get(address(ticket, "presencia/")).content.decode()
    presence.be_here(ticket, user=colleague, is_writing=True)
    writing = desk.get(address(ticket)).content.decode()
    presence.leave(ticket, user=colleague)
    gone = desk.get(address(ticket, "presencia/")).content.decode()

    assert "Iñaki Álvarez está mirando esta consulta." in looking
    assert "Iñaki Álvarez está escribiendo." in writing
    assert gone.strip() == ""


def test_a_page_that_says_nothing_has_left(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        presence.be_here(ticket, user=agent, is_writing=True)
        here = present_in([ticket.pk])
    with time_machine.travel(MONDAY + timedelta(seconds=46), tick=False):
        later = present_in([ticket.pk])

    assert here == {ticket.pk: [Present(agent.pk, agent.name, True)]}
    assert later == {}


def test_the_page_says_by_post_that_it_is_there(ticket: Ticket, agent: User, desk: Client) -> None:
    answer = desk.post(address(ticket, "presencia/"), {"writes": "1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, present_in([ticket.pk])[ticket.pk][0].is_writing) == (200, True)

    desk.post(address(ticket, "presencia/"), {"leaves": "1"})
    assert present_in([ticket.pk]) == {}


# --- Mentions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Ana mira esto", {1}),
        ("Mira, @ana maría.", {2}),
        ("escriba a ana@casa.example", set()),
        ("@inaki y @Álvaro Núñez", {3, 4}),
        ("@Álvaro", set()),
        ("@Anabel no está", set()),
    ],
)
def test_names_are_recognised_in_notes(text: str, found: set[int]) -> None:
    names = {1: "Ana", 2: "Ana María", 3: "Iñaki Álvarez", 4: "Álvaro Núñez", 5: "Álvaro Ruiz"}

    assert mentioned(text, names) == found


def test_who_is_named_in_a_note_is_told_once_and_reads_it_by_opening_the_ticket(
    organisation: Organisation, ticket: Ticket, agent: User, colleague: User
) -> None:
    tickets.write_note(ticket, author=agent, text="@Iñaki ¿lo conoces? Y @nadie tampoco.")
    [job] = jobs("tickets.tell_mentioned")
    for _twice in range(2):
        mentions.tell_mentioned(**job)
    theirs = Client()
    theirs.force_login(colleague)
    before = theirs.get("/gestion/menciones/").content.decode()
    theirs.post(address(ticket, "presencia/"), {"writes": "0"})
    after = theirs.get("/gestion/menciones/").content.decode()

    [email] = OutgoingMessage.objects.filter(kind="tickets.mentioned")
    assert (email.to, ticket.subject in email.text) == (colleague.email, False)
    assert '<span class="count">1</span>' in before
    assert '<span class="count">' not in after
    assert "@Iñaki ¿lo conoces?" in after


def test_one_is_not_told_of_naming_oneself_nor_strangers_of_anything(
    organisation: Organisation, ticket: Ticket, agent: User
) -> None:
    stranger = make.user(make.organisation())

    tickets.write_note(ticket, author=agent, text=f"@{agent.name} y @{stranger.name}")

    assert not Mention.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_mentions_costs_the_same_for_one_and_three(
    ticket: Ticket,
    agent: User,
    colleague: User,
    desk: Client,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        tickets.write_note(ticket, author=colleague, text=f"@{agent.name} {number}")
    desk.get("/gestion/menciones/")

    with django_assert_num_queries(8):
        page = desk.get("/gestion/menciones/").content.decode()
    assert page.count("nueva</span>") == count


# --- Followers and the note of a transfer --------------------------------------------------------------


def test_followers_are_told_when_the_person_writes(ticket: Ticket, agent: User, colleague: User, desk: Client) -> None:
    desk.post(address(ticket, "seguir/"))
    tickets.reply_as_desk(ticket, author=colleague, text="¿Y ahora?")
    assert jobs("tickets.tell_watchers") == []

    tickets.reply_as_person(ticket, text="Tampoco.", channel=Channel.WEB)
    [job] = jobs("tickets.tell_watchers")
    for _twice in range(2):
        watching.tell_watchers(**job)
    desk.post(address(ticket, "seguir/"), {"stop": "1"})
    tickets.reply_as_person(ticket, text="¿Hola?", channel=Channel.WEB)

    [email] = OutgoingMessage.objects.filter(kind="tickets.person_wrote")
    assert (email.to, "Tampoco" in email.text) == (agent.email, False)
    assert len(jobs("tickets.tell_watchers")) == 1


def test_a_transfer_takes_a_note_along(organisation: Organisation, ticket: Ticket, desk: Client) -> None:
    other = make.team(organisation)

    desk.post(address(ticket, "traspasar/"), {"team": other.pk, "note": "Ya probó otro navegador."})

    assert fresh(ticket).team == other
    assert words(ticket)[-1] == ("note", "staff", "Ya probó otro navegador.")


# --- Second opinions ----------------------------------------------------------------------------------


def test_a_colleague_answers_inline_and_the_ticket_stays(
    ticket: Ticket, agent: User, colleague: User, desk: Client
) -> None:
    tickets.assign(ticket, author=agent, to=agent)
    sent = {"of": f"u{colleague.pk}", "text": "¿Es del navegador?", "key": "k"}
    for _twice in range(2):
        desk.post(address(ticket, "opinion/"), sent)
    opinion = SecondOpinion.objects.get()
    opinions.tell_of_opinion(opinion.pk)
    theirs = Client()
    theirs.force_login(colleague)
    asked = theirs.get(address(ticket)).content.decode()
    counted = waiting_count(access_of(colleague, ticket.organisation))
    theirs.post(address(ticket, "opinion/contestar/"), {"opinion": opinion.pk, "text": "No, del certificado."})
    late = theirs.post(address(ticket, "opinion/contestar/"), {"opinion": opinion.pk, "text": "Otra cosa."})
    opinions.tell_of_opinion(opinion.pk)

    assert f"{agent.name} le pide opinión" in asked
    assert (counted, waiting_count(access_of(colleague, ticket.organisation))) == (1, 0)
    assert words(ticket)[-2:] == [("note", "staff", "¿Es del navegador?"), ("note", "staff", "No, del certificado.")]
    assert fresh(ticket).assigned_to == agent
    assert (late.status_code, "Otra cosa." in late.content.decode()) == (422, True)
    mails = OutgoingMessage.objects.filter(kind__startswith="tickets.opinion").order_by("pk").values_list("kind", "to")
    assert list(mails) == [("tickets.opinion_asked", colleague.email), ("tickets.opinion_given", agent.email)]


def test_a_team_is_asked_and_the_question_can_be_taken_back(
    organisation: Organisation, ticket: Ticket, agent: User, desk: Client
) -> None:
    team = make.team(organisation)
    member = make.user(organisation, teams=(team,))
    opinion = opinions.ask_opinion(ticket, author=agent, text="¿Lo conocen?", of=team)
    assert waiting_count(access_of(member, organisation)) == 1

    desk.post(address(ticket, "opinion/contestar/"), {"opinion": opinion.pk, "withdraw": "1"})

    assert waiting_count(access_of(member, organisation)) == 0
    assert events(ticket)[-1] == f"Retiró la pregunta a {team.name}."


def test_only_who_may_see_a_restricted_ticket_is_asked_or_named(
    organisation: Organisation, ticket: Ticket, agent: User
) -> None:
    outsider = make.user(organisation)
    supervisor = make.user(organisation, Role.SUPERVISOR)
    Ticket.objects.filter(pk=ticket.pk).update(is_restricted=True)

    tickets.write_note(ticket, author=agent, text=f"@{outsider.name} @{supervisor.name}")
    with pytest.raises(ActionRefused, match="No se puede preguntar"):
        opinions.ask_opinion(ticket, author=agent, text="¿?", of=outsider)

    assert [mention.user for mention in Mention.objects.all()] == [supervisor]


# --- Relations ----------------------------------------------------------------------------------------


def test_relations_are_read_from_both_ends(organisation: Organisation, agent: User, desk: Client) -> None:
    one, other, part = (make.ticket(organisation) for _each in range(3))
    desk.post(address(one, "relacionar/"), {"choice": "related", "reference": other.reference.lower()})
    desk.post(address(one, "relacionar/"), {"choice": "includes", "reference": part.reference})
    access = access_of(agent, organisation)

    assert [(each.how, each.reference) for each in beside(fresh(one), access).relations] == [
        ("Tiene relación con", other.reference),
        ("Incluye", part.reference),
    ]
    assert [(each.how, each.reference) for each in beside(fresh(part), access).relations] == [
        ("Es parte de", one.reference)
    ]
    desk.post(address(part, "relacionar/quitar/"), {"reference": one.reference})
    assert beside(fresh(part), access).relations == []


def test_parts_have_no_parts_and_nothing_is_related_twice(organisation: Organisation, agent: User) -> None:
    one, other, third = (make.ticket(organisation) for _each in range(3))
    relations.relate(one, other, choice=RelationChoice.PART_OF, author=agent)

    for first, second, choice, sentence in (
        (one, one, RelationChoice.RELATED, "la misma"),
        (other, one, RelationChoice.RELATED, "Ya están"),
        (other, third, RelationChoice.PART_OF, "ya incluye otras"),
        (third, one, RelationChoice.PART_OF, "es parte de la"),
        (one, third, RelationChoice.PART_OF, "ya es parte"),
    ):
        with pytest.raises(ActionRefused, match=sentence):
            relations.relate(first, second, choice=choice, author=agent)


def test_a_ticket_that_one_may_not_see_cannot_be_related_nor_shows(
    organisation: Organisation, agent: User, desk: Client
) -> None:
    one, foreign = make.ticket(organisation), make.ticket(make.organisation())

    answer = desk.post(address(one, "relacionar/"), {"choice": "related", "reference": foreign.reference})

    assert answer.status_code == 422
    relations.relate(one, foreign, choice=RelationChoice.RELATED, author=agent)
    assert beside(fresh(one), access_of(agent, organisation)).relations == []


# --- Tasks, time, tags --------------------------------------------------------------------------------


def test_tasks_are_added_once_done_and_taken_off(ticket: Ticket, agent: User, colleague: User, desk: Client) -> None:
    sent = {"text": "Llamar", "assigned_to": colleague.pk, "due_on": "2026-03-04", "key": "k"}
    for _twice in range(2):
        desk.post(address(ticket, "tareas/"), sent)
    task = ticket.tasks.get()
    assert (task.text, task.assigned_to, task.due_on) == ("Llamar", colleague, date(2026, 3, 4))

    desk.post(address(ticket, "tareas/"), {"done": task.pk})
    task.refresh_from_db()
    assert task.done_by == agent
    desk.post(address(ticket, "tareas/"), {"undone": task.pk})
    task.refresh_from_db()
    assert task.done_at is None
    desk.post(address(ticket, "tareas/"), {"remove": task.pk})
    assert not ticket.tasks.exists()


def test_what_was_typed_comes_back_with_the_refusal(ticket: Ticket, desk: Client) -> None:
    for headers in ({"HX-Request": "true"}, {}):
        answer = desk.post(
            address(ticket, "tiempo/"), {"minutes": "9999", "note": "Mucho", "key": "k"}, headers=headers
        )
        assert (answer.status_code, 'value="Mucho"' in answer.content.decode()) == (422, True)


def test_time_is_summed_and_only_ones_own_is_taken_back(
    ticket: Ticket, agent: User, colleague: User, desk: Client
) -> None:
    desk.post(address(ticket, "tiempo/"), {"quick": "15", "key": "a"})
    desk.post(address(ticket, "tiempo/"), {"quick": "15", "key": "a"})
    tasks.add_time(ticket, author=colleague, minutes=30, note="Al teléfono")
    theirs, own = ticket.time_entries.get(user=colleague), ticket.time_entries.get(user=agent)
    assert fresh(ticket).minutes_spent == 45

    desk.post(address(ticket, "tiempo/"), {"remove": theirs.pk})
    desk.post(address(ticket, "tiempo/"), {"remove": own.pk})

    assert fresh(ticket).minutes_spent == 30


def test_tags_are_written_one_way_and_suggested_again(ticket: Ticket, agent: User, desk: Client) -> None:
    for tag in ("#Firma", "firma ", "Sello de  Órgano", "otra"):
        desk.post(address(ticket, "etiquetas/"), {"tag": tag})
    desk.post(address(ticket, "etiquetas/"), {"remove": "otra"})

    assert fresh(ticket).tags == ["firma", "sello de órgano"]
    assert list(Tag.objects.order_by("name").values_list("name", "uses")) == [
        ("firma", 1),
        ("otra", 0),
        ("sello de órgano", 1),
    ]
    assert 'value="firma"' in desk.get(address(ticket, "etiquetas/usadas/?tag=FI")).content.decode()
    assert normalised(" , # ") == ""


# --- Personal data ------------------------------------------------------------------------------------


def test_what_was_written_about_a_person_is_handed_out_and_erased(ticket: Ticket, agent: User, colleague: User) -> None:
    tasks.add_task(ticket, author=agent, text="Llamar a su hija")
    tasks.add_time(ticket, author=agent, minutes=5, note="Con su hija")
    opinions.ask_opinion(ticket, author=agent, text="¿Conoces a su hija?", of=colleague)

    [record] = personal_data(ticket.person).records
    erase_person(ticket.person)

    assert record["tasks"] == ["Llamar a su hija"]
    assert record["messages"][-1]["text"] == "¿Conoces a su hija?"
    assert (ticket.tasks.get().text, ticket.time_entries.get().note) == ("", "")
    assert fresh(ticket).minutes_spent == 5
    assert team_of(ticket.organisation) == fresh(ticket).team


@pytest.mark.parametrize("is_restricted", [False, True])
def test_the_page_names_those_who_may_handle_and_see_the_ticket(db: None, is_restricted: bool) -> None:
    province = make.organisation()
    here, elsewhere = make.organisation(parent=province), make.organisation()
    team, ticket = team_of(here), make.ticket(here)
    ticket.is_restricted = is_restricted
    agent, supervisor = make.user(here), make.user(here, Role.SUPERVISOR)
    reaching, above = make.user(province, with_descendants=True), make.user(province)
    trusted = make.user(province, Role.SUPERVISOR, with_descendants=True)
    of_team = make.user(elsewhere, teams=(team,))
    make.user(here, Role.EDITOR, teams=(team,))
    make.user(elsewhere)
    User.objects.filter(pk=make.user(here, teams=(team,)).pk).update(is_active=False)

    named = {key for key, _name in colleagues_named(ticket)}

    assert above.pk not in named
    assert named == {supervisor.pk, trusted.pk, of_team.pk} | (set() if is_restricted else {agent.pk, reaching.pk})
    assert named == set(colleagues_of(ticket).values_list("pk", flat=True))
