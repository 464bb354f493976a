"""Between pressing Enviar and leaving: taken back, scheduled, never twice, never over a colleague."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import desk_replies, retention, tickets
from mostrador.tickets.choices import RESTRICTED_ROLES, After, Channel, NotSent, State
from mostrador.tickets.jobs import send_due_replies
from mostrador.tickets.models import Attachment, DraftFile, PendingReply, ReplyDraft, Ticket, WritingRules
from mostrador.tickets.queries.mentions import not_sent_of, waiting_count
from mostrador.tickets.queries.replies import drafts_heard, drafts_of, pending_and_unsent
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, jobs, words
from tests.tickets.wizard import PDF

HTMX = {"HX-Request": "true"}
TEXT = "Siga **estos** pasos."


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Monday at ten, standing still."""
    with time_machine.travel(after(hours=1), tick=False) as travel:
        yield travel


def submit(ticket: Ticket, author: User, text: str = TEXT, **options: Any) -> PendingReply:
    return desk_replies.submit(ticket, author=author, text=text, **{"key": "k", **options})


def sent(ticket: Ticket) -> list[str]:
    return [text for kind, author, text in words(ticket) if (kind, author) == ("public", "staff")]


def draft(ticket: Ticket, author: User) -> str:
    return ReplyDraft.objects.get(ticket=ticket, author=author).text


# --- Ten seconds -----------------------------------------------------------------------------------------


def test_an_answer_leaves_after_ten_seconds(ticket: Ticket, agent: User, clock: time_machine.Traveller) -> None:
    reply = submit(ticket, agent)
    too_soon = desk_replies.send_if_due(reply.pk)
    before = fresh(ticket)
    clock.shift(10)

    assert desk_replies.send_if_due(reply.pk)

    assert not too_soon
    assert (before.state, before.first_reply_at) == (State.NEW, None)
    assert sent(ticket) == [TEXT]
    assert fresh(ticket).first_reply_at == after(hours=1, seconds=10)
    assert jobs("tickets.send_reply") == [{"reply_id": reply.pk}]
    assert len(jobs("tickets.tell_person")) == 2  # the acknowledgement and the answer
    reply.refresh_from_db()
    assert reply.message is not None
    assert reply.message.is_rich


def test_what_its_own_job_did_not_send_the_sweep_sends(
    ticket: Ticket, agent: User, clock: time_machine.Traveller
) -> None:
    submit(ticket, agent)
    clock.shift(60)

    send_due_replies(0)
    send_due_replies(0)

    assert sent(ticket) == [TEXT]


def test_taken_back_it_is_in_the_editor_again(ticket: Ticket, agent: User, clock: time_machine.Traveller) -> None:
    reply = submit(ticket, agent)
    desk_replies.keep_draft(ticket, author=agent, text="Otra cosa", note="Ojo", stand=1)

    desk_replies.take_back(reply)
    clock.shift(60)

    assert not desk_replies.send_if_due(reply.pk)
    assert sent(ticket) == []
    assert draft(ticket, agent) == f"{TEXT}\n\nOtra cosa"
    assert ReplyDraft.objects.get().note == "Ojo"


def test_what_has_left_is_not_taken_back(ticket: Ticket, agent: User, clock: time_machine.Traveller) -> None:
    reply = submit(ticket, agent)
    clock.shift(10)
    desk_replies.send_if_due(reply.pk)

    with pytest.raises(ActionRefused, match="ya se ha enviado"):
        desk_replies.take_back(reply)


@pytest.mark.usefixtures("clock")
def test_pressed_twice_it_waits_once(ticket: Ticket, agent: User) -> None:
    first, second = submit(ticket, agent), submit(ticket, agent)

    assert first == second
    assert PendingReply.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_taken_back_and_sent_again_it_waits_again(ticket: Ticket, agent: User) -> None:
    desk_replies.take_back(submit(ticket, agent))

    again = submit(ticket, agent)

    assert again.cancelled_at is None
    assert PendingReply.objects.count() == 2


@pytest.mark.usefixtures("clock")
def test_without_seconds_to_take_back_it_leaves_at_once(ticket: Ticket, agent: User, settings: Settings) -> None:
    settings.UNDO_SEND_SECONDS = 0

    submit(ticket, agent)

    assert sent(ticket) == [TEXT]


def test_files_wait_with_it_and_come_back_with_it(
    ticket: Ticket, agent: User, clock: time_machine.Traveller, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    desk_replies.keep_files(ticket, author=agent, files=[SimpleUploadedFile("a.pdf", PDF)])
    reply = submit(ticket, agent)
    desk_replies.keep_files(ticket, author=agent, files=[SimpleUploadedFile("b.pdf", PDF)])
    desk_replies.take_back(reply)
    waiting = sorted(DraftFile.objects.values_list("name", flat=True))

    again = submit(ticket, agent, key="k2")
    clock.shift(10)
    desk_replies.send_if_due(again.pk)

    assert waiting == ["a.pdf", "b.pdf"]
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.pdf", "b.pdf"]
    assert not DraftFile.objects.exists()


# --- How the ticket is left -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "state", "third_party"),
    [
        (After.PERSON, State.WAITING_FOR_PERSON, ""),
        (After.US, State.WAITING_FOR_US, ""),
        (After.THIRD_PARTY, State.WAITING_FOR_THIRD_PARTY, "FNMT"),
        (After.RESOLVED, State.RESOLVED, ""),
    ],
)
def test_one_gesture_sends_and_leaves_the_ticket_as_wanted(
    ticket: Ticket,
    agent: User,
    clock: time_machine.Traveller,
    chosen: After,
    state: State,
    third_party: str,
) -> None:
    reply = submit(ticket, agent, after=chosen, third_party="FNMT")
    clock.shift(10)

    desk_replies.send_if_due(reply.pk)

    left = fresh(ticket)
    assert (left.state, left.third_party, left.public_replies) == (state, third_party, 1)
    assert (left.due_at is not None) == (state == State.WAITING_FOR_US)


@pytest.mark.usefixtures("clock")
def test_resolving_with_an_answer_that_links_an_article_says_what_solved_it(
    client: Client, ticket: Ticket, agent: User, settings: Settings
) -> None:
    settings.UNDO_SEND_SECONDS = 0
    article = make.article(ticket.organisation)
    client.force_login(agent)

    text = f"Está en [esta página](articulo:{article.slug})."
    client.post(f"/gestion/consultas/{ticket.reference}/responder/", {"text": text, "key": "k", "resolve": "1"})

    assert fresh(ticket).solved_by == article


# --- When it no longer fits -----------------------------------------------------------------------------


def colleague_answers(ticket: Ticket, agent: User) -> None:
    tickets.reply_as_desk(ticket, author=agent_of(ticket.organisation), text="Reinicie.")


def colleague_resolves(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent_of(ticket.organisation))


def it_is_merged(ticket: Ticket, agent: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=make.ticket(ticket.organisation))


def author_leaves(ticket: Ticket, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)


def person_writes(ticket: Ticket, agent: User) -> None:
    tickets.reply_as_person(ticket, text="Ya funciona.", channel=Channel.WEB)


FAULTS: list[tuple[Callable[[Ticket, User], None], NotSent]] = [
    (colleague_answers, NotSent.ANSWERED),
    (colleague_resolves, NotSent.NOT_OPEN),
    (it_is_merged, NotSent.MERGED),
    (author_leaves, NotSent.AUTHOR_LEFT),
    (person_writes, NotSent.PERSON_WROTE),
]


@pytest.mark.parametrize(("happens", "reason"), FAULTS)
def test_a_scheduled_answer_that_no_longer_fits_is_not_sent_and_says_so(
    ticket: Ticket,
    agent: User,
    clock: time_machine.Traveller,
    happens: Callable[[Ticket, User], None],
    reason: NotSent,
) -> None:
    reply = submit(ticket, agent, send_at=after(hours=5))
    happens(ticket, agent)
    clock.move_to(after(hours=5))

    desk_replies.send_all_due()
    desk_replies.send_all_due()

    assert TEXT not in sent(ticket)
    assert draft(ticket, agent) == TEXT
    assert events(ticket)[-1] == f"No se envió la respuesta de {agent.name}."
    _waiting, unsent = pending_and_unsent(ticket, agent)
    assert [(each.reason, each.is_own) for each in unsent] == [(str(reason.label), True)]
    desk_replies.notice(reply)
    assert pending_and_unsent(ticket, agent)[1] == []


def mails(kind: str) -> list[tuple[str, str]]:
    rows = OutgoingMessage.objects.filter(kind=kind).order_by("pk")
    return [(row.to, row.text) for row in rows]


def test_the_author_is_told_by_email_and_where_what_waits_for_them_is_counted(
    client: Client, ticket: Ticket, agent: User, clock: time_machine.Traveller
) -> None:
    User.objects.filter(pk=agent.pk).update(language="es")
    reply = submit(ticket, agent, send_at=after(hours=5))
    person_writes(ticket, agent)
    clock.move_to(after(hours=5))
    desk_replies.send_all_due()
    access = access_of(agent, ticket.organisation)

    assert jobs("tickets.tell_not_sent") == [{"reply_id": reply.pk}]
    for _twice in range(2):
        desk_replies.tell_not_sent(reply.pk)

    [(to, text)] = mails("tickets.reply_not_sent")
    assert to == agent.email
    assert f"No se envió su respuesta a la consulta {ticket.reference}." in text
    assert "La persona escribió después de que se programara." in text
    assert "Su texto está en su borrador." in text
    assert f"/gestion/consultas/{ticket.reference}/" in text
    assert TEXT not in text
    assert waiting_count(access) == 1
    client.force_login(agent)
    page = client.get("/gestion/menciones/").text
    assert "No se enviaron" in page
    assert ticket.subject in page
    client.post("/gestion/menciones/leidas/")
    assert waiting_count(access) == 0
    assert not_sent_of(access) == []


def test_whoever_supervises_is_told_when_its_author_has_left(
    ticket: Ticket, agent: User, clock: time_machine.Traveller
) -> None:
    supervisor = make.user(ticket.organisation, Role.SUPERVISOR)
    reply = submit(ticket, agent, send_at=after(hours=5))
    author_leaves(ticket, agent)
    clock.move_to(after(hours=5))
    desk_replies.send_all_due()

    desk_replies.tell_not_sent(reply.pk)

    [(to, text)] = mails("tickets.reply_not_sent")
    assert to == supervisor.email
    assert f"No se envió la respuesta de {agent.name}" in text
    assert "Quien la escribió ya no atiende esta consulta." in text


def test_who_knows_already_gets_no_email(ticket: Ticket, agent: User) -> None:
    reply = submit(ticket, agent)
    colleague_resolves(ticket, agent)
    desk_replies.send_if_due(reply.pk, at_once=True)
    desk_replies.notice(reply)

    desk_replies.tell_not_sent(reply.pk)

    assert mails("tickets.reply_not_sent") == []


@pytest.mark.parametrize("number", [1, 3])
def test_what_was_not_sent_is_listed_with_one_query(
    organisation: Organisation, agent: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(number):
        reply = submit(make.ticket(organisation), agent)
        colleague_resolves(reply.ticket, agent)
        desk_replies.send_if_due(reply.pk, at_once=True)
    access = access_of(agent, organisation)
    assert waiting_count(access) == number

    with django_assert_num_queries(1):
        assert len(not_sent_of(access)) == number


def test_what_was_not_sent_is_read_though_nothing_can_be_answered(client: Client, ticket: Ticket, agent: User) -> None:
    client.force_login(agent)
    reply = submit(ticket, agent)
    colleague_resolves(ticket, agent)

    desk_replies.send_if_due(reply.pk, at_once=True)

    page = client.get(f"/gestion/consultas/{ticket.reference}/").content.decode()
    assert "Tiene un borrador sin enviar" in page
    assert "Siga <strong>estos</strong> pasos." in page
    assert 'id="reply-form"' not in page


def test_what_somebody_left_unsent_is_shown_to_their_colleagues(
    client: Client, ticket: Ticket, agent: User, clock: time_machine.Traveller
) -> None:
    submit(ticket, agent, send_at=after(hours=5))
    author_leaves(ticket, agent)
    clock.move_to(after(hours=5))
    desk_replies.send_all_due()
    client.force_login(agent_of(ticket.organisation))

    page = client.get(f"/gestion/consultas/{ticket.reference}/").text

    assert f"No se envió una respuesta de {agent.name}" in page
    assert "Siga <strong>estos</strong> pasos." in page


def test_what_the_person_adds_within_the_seconds_stops_nothing(
    ticket: Ticket, agent: User, clock: time_machine.Traveller
) -> None:
    submit(ticket, agent)
    person_writes(ticket, agent)
    clock.shift(10)

    desk_replies.send_all_due()

    assert sent(ticket) == [TEXT]


# --- Scheduled ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("moment", [after(minutes=59), after(days=400)])
def test_a_moment_that_is_past_or_too_far_is_refused(ticket: Ticket, agent: User, moment: datetime) -> None:
    with pytest.raises(ActionRefused):
        submit(ticket, agent, send_at=moment)

    assert not PendingReply.objects.exists()


@pytest.mark.usefixtures("clock")
def test_a_moment_is_typed_in_the_zone_of_the_organisation(client: Client, ticket: Ticket, agent: User) -> None:
    client.force_login(agent)
    address = f"/gestion/consultas/{ticket.reference}/"
    posted = {"text": TEXT, "key": "k", "schedule": "1"}

    nothing = client.post(f"{address}responder/", posted)
    client.post(f"{address}responder/", posted | {"send_at": "2026-03-03T09:00"})
    reply = PendingReply.objects.get()
    client.post(f"{address}por-enviar/{reply.pk}/hora/", {"send_at": "2026-03-04T09:30"})
    page = client.get(address).text

    assert (nothing.status_code, "Elija el día y la hora" in nothing.text) == (422, True)
    assert reply.send_at == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert PendingReply.objects.get().send_at == datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
    assert "4 de marzo a las 09:30" in page


def test_moved_it_leaves_at_its_new_moment_only(ticket: Ticket, agent: User, clock: time_machine.Traveller) -> None:
    reply = submit(ticket, agent, send_at=after(hours=5))
    desk_replies.change_moment(reply, after(hours=8))
    clock.move_to(after(hours=6))
    early = desk_replies.send_if_due(reply.pk)
    clock.move_to(after(hours=8))

    assert (early, desk_replies.send_if_due(reply.pk)) == (False, True)


# --- On the page ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("clock")
def test_the_page_shows_what_waits_and_how_to_take_it_back(client: Client, ticket: Ticket, agent: User) -> None:
    client.force_login(agent)
    address = f"/gestion/consultas/{ticket.reference}/"

    answer = client.post(f"{address}responder/", {"text": TEXT, "key": "k"}, headers=HTMX)
    reply = PendingReply.objects.get()
    undone = client.post(f"{address}por-enviar/{reply.pk}/deshacer/", headers=HTMX)

    assert "Respuesta en camino" in answer["HX-Trigger"]
    assert "Deshacer el envío" in answer.text
    assert 'data-leaves-in="10"' in answer.text
    assert f">\n{TEXT}</textarea>" in undone.text
    assert "Deshacer el envío" not in undone.text


@pytest.mark.usefixtures("clock")
def test_sending_at_once_what_waits(client: Client, ticket: Ticket, agent: User) -> None:
    reply = submit(ticket, agent, send_at=after(hours=5))
    client.force_login(agent)

    client.post(f"/gestion/consultas/{ticket.reference}/por-enviar/{reply.pk}/ahora/")
    again = client.post(f"/gestion/consultas/{ticket.reference}/por-enviar/{reply.pk}/ahora/", follow=True)

    assert sent(ticket) == [TEXT]
    assert "ya se ha enviado" in again.text


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_a_colleague_takes_nothing_back_and_a_supervisor_may(
    client: Client, ticket: Ticket, agent: User, role: Role
) -> None:
    reply = submit(ticket, agent, send_at=after(hours=5))
    client.force_login(make.user(ticket.organisation, role))

    page = client.post(f"/gestion/consultas/{ticket.reference}/por-enviar/{reply.pk}/deshacer/", follow=True)

    assert (f"Solo {agent.name}, o quien supervisa" in page.text) == (role == Role.AGENT)
    assert PendingReply.objects.filter(cancelled_at__isnull=False).exists() == (role == Role.SUPERVISOR)


@pytest.mark.usefixtures("clock")
def test_a_preview_shows_format_and_signature_and_sends_nothing(client: Client, ticket: Ticket, agent: User) -> None:
    client.force_login(agent)

    client.post("/gestion/consultas/firma/", {"text": "Marta, de soporte"})
    page = client.post(f"/gestion/consultas/{ticket.reference}/responder/", {"text": TEXT, "key": "k", "preview": "1"})

    assert page.status_code == 200
    assert "Siga <strong>estos</strong> pasos." in page.text
    assert "Marta, de soporte, Equipo" in page.text
    assert not PendingReply.objects.exists()


# --- Drafts ----------------------------------------------------------------------------------------------


def test_a_draft_is_kept_found_again_and_cleared(
    client: Client, ticket: Ticket, agent: User, clock: time_machine.Traveller
) -> None:
    client.force_login(agent)
    address = f"/gestion/consultas/{ticket.reference}/"

    kept = client.post(f"{address}borrador/", {"text": "Instale el cert", "note": "Ojo", "stand": "0"})
    page = client.get(address).text
    client.post(f"{address}responder/", {"text": "Instale el certificado.", "key": "k"})
    cleared = client.get(address).text

    assert kept.json()["stand"] == 1
    assert ">\nInstale el cert</textarea>" in page
    assert ">\nOjo</textarea>" in page
    assert "Instale el cert</textarea>" not in cleared
    assert ">\nOjo</textarea>" in cleared


def test_an_older_tab_never_writes_over_a_newer_text(client: Client, ticket: Ticket, agent: User) -> None:
    client.force_login(agent)
    address = f"/gestion/consultas/{ticket.reference}/borrador/"
    client.post(address, {"text": "Uno", "stand": "0"})
    client.post(address, {"text": "Uno y dos", "stand": "1"})

    older = client.post(address, {"text": "Otra", "stand": "1"})
    same = client.post(address, {"text": "Uno y dos", "stand": "1"})

    assert (older.status_code, older.json()["text"]) == (409, "Uno y dos")
    assert same.status_code == 200
    assert draft(ticket, agent) == "Uno y dos"


def test_a_page_that_saves_late_brings_nothing_back(ticket: Ticket, agent: User) -> None:
    submit(ticket, agent)

    late = desk_replies.keep_draft(ticket, author=agent, text=TEXT, note="", stand=0)

    assert late.is_newer
    assert draft(ticket, agent) == ""


@pytest.mark.parametrize("are_readable", [True, False])
def test_colleagues_see_a_draft_and_its_words_unless_the_organisation_says_otherwise(
    client: Client, ticket: Ticket, agent: User, are_readable: bool
) -> None:
    desk_replies.keep_draft(ticket, author=agent, text="Quizá el certificado", note="", stand=0)
    client.force_login(make.user(ticket.organisation, Role.ADMINISTRATOR))
    posted = {"drafts_are_readable": "on"} if are_readable else {}
    client.post("/gestion/consultas/respuestas/borradores/", posted)
    client.force_login(agent_of(ticket.organisation))

    page = client.get(f"/gestion/consultas/{ticket.reference}/").text

    assert f"{agent.name} tiene un borrador sin enviar" in page
    assert ("Quizá el certificado" in page) == are_readable


@pytest.mark.parametrize("listens", [False, True])
def test_who_only_supervises_reads_drafts_where_it_was_decided_and_everybody_is_told(
    client: Client, ticket: Ticket, agent: User, listens: bool
) -> None:
    supervisor = make.user(ticket.organisation, Role.SUPERVISOR)
    desk_replies.keep_draft(ticket, author=agent, text="Quizá el certificado", note="", stand=0)
    if listens:
        client.force_login(make.user(ticket.organisation, Role.ADMINISTRATOR))
        client.post("/gestion/consultas/respuestas/borradores/", {"supervisors_listen": "on"})
    address = f"/gestion/consultas/{ticket.reference}/"
    heard = "/gestion/supervision/borradores/"
    client.force_login(supervisor)

    unasked, page = client.get(heard).text, client.get(address).text
    asked = client.post(heard).text
    client.force_login(agent)

    assert "Quizá el certificado" not in unasked
    assert ("Quizá el certificado" in page, "Quizá el certificado" in asked) == (listens, listens)
    assert ("Quien supervisa puede leer" in client.get(address).text) == listens
    read = Event.objects.filter(verb="tickets.draft_read").values_list("actor_id", "subject_id", "details__agent")
    assert list(read) == ([(supervisor.pk, ticket.pk, agent.pk)] if listens else [])
    assert Event.objects.filter(verb="tickets.writing_rules_changed").count() == int(listens)
    assert client.post(heard).status_code == 403


def test_each_draft_as_it_stands_is_recorded_once_for_whoever_reads_it(
    client: Client, ticket: Ticket, agent: User
) -> None:
    WritingRules.objects.create(organisation=ticket.organisation, supervisors_listen=True)
    kept = desk_replies.keep_draft(ticket, author=agent, text="Uno", note="", stand=0)
    places = (client.get, f"/gestion/consultas/{ticket.reference}/"), (client.post, "/gestion/supervision/borradores/")
    for _each in range(2):
        client.force_login(make.user(ticket.organisation, Role.SUPERVISOR))
        for read, address in (*places, *places):
            assert "Uno" in read(address).text

    lines = Event.objects.filter(verb="tickets.draft_read")
    assert lines.count() == 2
    desk_replies.keep_draft(ticket, author=agent, text="Uno y dos", note="", stand=kept.stand)
    for read, address in places:
        read(address)
    assert lines.count() == 3


@pytest.mark.parametrize("role", [Role.EDITOR, Role.DIRECTOR, Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("listens", [False, True])
@pytest.mark.parametrize("are_readable", [False, True])
def test_who_does_not_work_here_reads_no_draft_unless_they_supervise_and_may(
    client: Client, ticket: Ticket, agent: User, role: Role, listens: bool, are_readable: bool
) -> None:
    WritingRules.objects.create(
        organisation=ticket.organisation, supervisors_listen=listens, drafts_are_readable=are_readable
    )
    desk_replies.keep_draft(ticket, author=agent, text="Quizá el certificado", note="Ojo aquí", stand=0)
    client.force_login(make.user(ticket.organisation, role))

    page = client.get(f"/gestion/consultas/{ticket.reference}/").text

    hears = listens and role in RESTRICTED_ROLES
    assert ("Quizá el certificado" in page, "Ojo aquí" in page) == (hears, hears)
    assert Event.objects.filter(verb="tickets.draft_read").exists() == hears


def test_who_supervises_a_body_below_reads_what_is_written_there(client: Client, organisation: Organisation) -> None:
    below = make.organisation(parent=organisation, host="villa.example")
    WritingRules.objects.create(organisation=below, supervisors_listen=True)
    author = agent_of(below)
    desk_replies.keep_draft(make.ticket(below), author=author, text="Quizá", note="", stand=0)
    client.force_login(make.user(organisation, Role.SUPERVISOR, with_descendants=True))
    heard = "/gestion/supervision/borradores/"

    assert "Su entidad no lo permite" not in client.get(heard).text
    assert "Quizá" in client.post(heard).text
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    assert "Su entidad no lo permite" in client.get(heard).text


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_heard_costs_the_same_for_one_and_three(
    ticket: Ticket, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    WritingRules.objects.create(organisation=ticket.organisation, supervisors_listen=True)
    for _each in range(count):
        desk_replies.keep_draft(ticket, author=agent_of(ticket.organisation), text="Uno", note="", stand=0)
    access = access_of(make.user(ticket.organisation, Role.SUPERVISOR), ticket.organisation)

    with django_assert_num_queries(1):
        assert len(drafts_heard(access)) == count


def test_empty_drafts_are_forgotten_after_days(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        desk_replies.keep_draft(ticket, author=agent, text="Uno", note="", stand=0)
        desk_replies.forget_draft(ticket, agent, text=True)
        desk_replies.keep_draft(ticket, author=agent_of(ticket.organisation), text="Dos", note="", stand=0)
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        desk_replies.forget_empty_drafts()

    assert [row.text for row in ReplyDraft.objects.all()] == ["Dos"]


# --- Erasing ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("clock")
def test_erasing_takes_drafts_and_what_waits_with_it(ticket: Ticket, agent: User) -> None:
    desk_replies.keep_draft(ticket, author=agent, text="Uno", note="Dos", stand=0)
    reply = submit(ticket, agent, send_at=after(hours=5))
    desk_replies.keep_draft(ticket, author=agent, text="Tres", note="", stand=2)

    retention.erase_words(ticket)
    reply.refresh_from_db()

    assert (reply.text, reply.cancelled_at is not None) == ("", True)
    assert drafts_of(ticket, agent).own is None


# --- Two workers at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_answer_once(organisation: Organisation) -> None:
    ticket, agent = make.ticket(organisation), agent_of(organisation)
    reply = submit(ticket, agent)
    PendingReply.objects.update(send_at=MONDAY)
    barrier, results = threading.Barrier(4), []

    def work(do: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results.append(do())
        except ActionRefused as refusal:
            results.append(str(refusal))
        finally:
            connection.close()

    acts: list[Callable[[], Any]] = [
        lambda: desk_replies.send_if_due(reply.pk),
        lambda: desk_replies.send_if_due(reply.pk),
        lambda: desk_replies.send_all_due() > 0,
        lambda: desk_replies.take_back(PendingReply.objects.get(pk=reply.pk)),
    ]
    workers = [threading.Thread(target=work, args=(act,)) for act in acts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    was_taken_back = PendingReply.objects.get().cancelled_at is not None
    assert len(sent(ticket)) == (0 if was_taken_back else 1)
    assert results.count(True) == (0 if was_taken_back else 1)
    assert len(results) == 4
