"""What goes by itself, and what goes because a person asks for it."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.actions import erase_person
from mostrador.people.models import Person
from mostrador.people.rules import keepers
from mostrador.tickets import jobs
from mostrador.tickets.actions import retention, tickets
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import State, TicketKind
from mostrador.tickets.models import Attachment, RetentionRule, RetentionRun, Ticket, TicketLink
from mostrador.tickets.queries import retention as queries
from tests import make
from tests.tickets.desk import MONDAY, after, events, fresh, words


@pytest.mark.parametrize(("decided", "kept"), [(None, 400), (30, 400), (900, 900)])
def test_of_two_terms_of_keeping_the_longer_one_is_kept(
    organisation: Organisation, decided: int | None, kept: int
) -> None:
    if decided:
        RetentionRule.objects.create(organisation=organisation, kind=TicketKind.COMPLAINT, days=decided)
    row = SimpleNamespace(organisation_id=organisation.pk, kind=TicketKind.COMPLAINT, retention_days=400)
    settings = SimpleNamespace(objects=SimpleNamespace(filter=lambda **_wanted: [row]))
    before = SimpleNamespace(
        get_model=lambda _app, name: {"RetentionRule": RetentionRule, "KindSettings": settings}[name]
    )

    import_module("mostrador.tickets.migrations.0005_one_term_of_keeping").keep_terms(before, None)

    assert RetentionRule.objects.get(kind=TicketKind.COMPLAINT).days == kept


@pytest.fixture(autouse=True)
def _files_apart(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


def attachment(ticket: Ticket) -> Attachment:
    message = ticket.messages.order_by("pk")[0]
    content = ContentFile(b"captura", name="captura.png")
    return Attachment.objects.create(
        message=message, file=content, name="captura.png", content_type="image/png", size_bytes=7, sha256="0" * 64
    )


def test_what_has_been_resolved_for_thirty_days_is_closed(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        tickets.resolve(ticket, author=agent)

    with time_machine.travel(after(days=30), tick=False):
        assert retention.close_resolved() == 0
    with time_machine.travel(after(days=30, seconds=1), tick=False):
        assert retention.close_resolved() == 1
        assert retention.close_resolved() == 0

    assert fresh(ticket).state == State.CLOSED
    assert events(ticket)[-1] == "Cerrada."


def test_the_number_of_days_is_the_installations(ticket: Ticket, agent: User, settings: Settings) -> None:
    settings.TICKETS_CLOSE_AFTER_DAYS = 3
    with time_machine.travel(MONDAY, tick=False):
        tickets.resolve(ticket, author=agent)

    with time_machine.travel(after(days=4), tick=False):
        assert retention.close_resolved() == 1


def test_expired_links_go(ticket: Ticket) -> None:
    with time_machine.travel(MONDAY, tick=False):
        tickets.new_private_link(ticket)
    with time_machine.travel(after(days=1), tick=False):
        tickets.new_private_link(ticket)

    with time_machine.travel(after(days=90, hours=1), tick=False):
        assert retention.forget_expired_links() == 1

    assert TicketLink.objects.count() == 1


def test_words_and_files_go_after_their_time_and_figures_stay(
    ticket: Ticket, agent: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    file = str(attachment(ticket).file.name)
    with time_machine.travel(after(hours=1), tick=False):
        tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
        tickets.resolve(ticket, author=agent)
        tickets.close(ticket)
        tickets.new_private_link(ticket)

    with time_machine.travel(after(hours=1) + timedelta(days=1826), tick=False):
        too_early = retention.erase_old_tickets()
    later = after(hours=2) + timedelta(days=1826)
    with time_machine.travel(later, tick=False), django_capture_on_commit_callbacks(execute=True):
        erased = retention.erase_old_tickets()
        again = retention.erase_old_tickets()

    assert (too_early, erased, again) == (0, 1, 0)
    ticket = fresh(ticket)
    assert (ticket.subject, ticket.erased_at) == ("", later)
    assert words(ticket) == [("public", "person", ""), ("public", "staff", "")]
    assert (ticket.first_reply_at, ticket.resolved_at, ticket.public_replies) == (after(hours=1), after(hours=1), 1)
    assert events(ticket)[-1] == "Se suprimieron sus palabras y archivos."
    assert (Attachment.objects.count(), ticket.links.count(), default_storage.exists(file)) == (0, 0, False)


def test_spam_goes_after_its_time_too(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        tickets.mark_spam(ticket, author=agent)

    with time_machine.travel(after(hours=2) + timedelta(days=1826), tick=False):
        assert retention.erase_old_tickets() == 1

    assert words(fresh(ticket)) == [("public", "person", "")]


def test_who_is_answered_after_the_words_were_erased_is_told_and_the_new_words_go_in_their_time(
    ticket: Ticket, agent: User
) -> None:
    tickets.resolve(ticket, author=agent)
    tickets.close(ticket)
    retention.erase_words(ticket)
    tickets.reopen(ticket, author=agent)
    with time_machine.travel(after(days=2000), tick=False):
        answer = tickets.reply_and_resolve(ticket, author=agent, text="Ya funciona.")
        tell_person(answer.pk)
        tickets.close(ticket)

    told = OutgoingMessage.objects.get(kind="tickets.reply").to

    with time_machine.travel(after(days=4000), tick=False):
        erased = retention.erase_old_tickets()

    assert told == ticket.person.email
    assert (erased, words(fresh(ticket))) == (1, [("public", "person", ""), ("public", "staff", "")])


def test_a_person_who_is_erased_leaves_figures_only(
    ticket: Ticket, agent: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    file = str(attachment(ticket).file.name)
    other = make.ticket(ticket.organisation)

    with django_capture_on_commit_callbacks(execute=True):
        report = erase_person(ticket.person, by=agent)

    assert report["tickets"] == {"tickets": 1, "messages": 1, "files": 1}
    assert fresh(ticket).subject == ""
    assert words(ticket) == [("public", "person", "")]
    assert not default_storage.exists(file)
    assert fresh(other).subject == other.subject


def test_a_person_gets_everything_that_was_said(organisation: Organisation) -> None:
    ticket, agent = make.ticket(organisation), make.user(organisation)
    attachment(ticket)
    tickets.write_note(ticket, author=agent, text="Ya llamó ayer.")
    make.ticket(organisation)
    [keeper] = [keeper for keeper in keepers() if keeper.name == "tickets"]

    data = keeper.export_function()(ticket.person)

    [record] = data.records
    assert (record["reference"], record["subject"]) == (ticket.reference, ticket.subject)
    assert [message["text"] for message in record["messages"]] == [
        "Al firmar no sale ningún certificado en la lista.",
        "Ya llamó ayer.",
    ]
    [name] = data.files
    assert name.startswith(f"{ticket.reference}/")
    assert name.endswith("-captura.png")


def test_the_desk_sees_a_persons_tickets_that_are_its_own(organisation: Organisation) -> None:
    ticket = make.ticket(organisation)
    stranger = make.organisation()
    [keeper] = [keeper for keeper in keepers() if keeper.name == "tickets"]
    overview = keeper.overview_function()
    assert overview is not None

    own = overview(ticket.person, access_of(make.user(organisation), organisation))
    strangers = overview(ticket.person, access_of(make.user(stranger), stranger))

    assert [(entry.text, entry.href) for entry in own] == [(ticket.subject, f"/gestion/consultas/{ticket.reference}/")]
    assert strangers == []


def test_everything_periodic_may_run_on_an_empty_desk(db: None) -> None:
    jobs.close_resolved(0)
    jobs.forget_what_expired(0)
    jobs.erase_old_tickets(0)
    jobs.drop_ended_representatives(0)


# --- Rules of each kind -------------------------------------------------------------------------------


def closed(organisation: Organisation, agent: User, *, days_ago: int, **fields: Any) -> Ticket:
    with time_machine.travel(after(days=-days_ago), tick=False):
        made = make.ticket(organisation, **fields)
        tickets.resolve(made, author=agent)
        tickets.close(made)
    return made


@pytest.fixture
def administrator(organisation: Organisation) -> User:
    return make.user(organisation, Role.ADMINISTRATOR)


def test_each_kind_has_its_term_the_nearest_rule_wins(organisation: Organisation, administrator: User) -> None:
    child = make.organisation(parent=organisation)
    retention.keep_rules(organisation, {"support": 100, "complaint": 400}, by=administrator)
    retention.keep_rules(child, {"support": 50}, by=administrator)

    assert {kind: queries.days_by_kind(child)[kind] for kind in ("support", "complaint", "phishing")} == {
        "support": 50,
        "complaint": 400,
        "phishing": 1826,
    }
    assert Event.objects.filter(verb="tickets.retention_changed").count() == 2


def test_the_nightly_job_erases_by_rule_and_reports(
    organisation: Organisation, agent: User, administrator: User
) -> None:
    retention.keep_rules(organisation, {"support": 100}, by=administrator)
    old = closed(organisation, agent, days_ago=101)
    complaint = closed(organisation, agent, days_ago=101, kind=TicketKind.COMPLAINT)
    young = closed(organisation, agent, days_ago=99)

    with time_machine.travel(MONDAY, tick=False):
        expected = queries.preview(organisation, {"support": 100, "complaint": 50})
        erased = (retention.erase_old_tickets(), retention.erase_old_tickets())

    assert expected == {"support": 1, "complaint": 1}
    assert erased == (1, 0)
    assert (fresh(old).subject, fresh(old).person.erased_at is not None) == ("", True)
    assert fresh(complaint).subject
    assert fresh(young).subject
    run = RetentionRun.objects.get()
    assert run.erased == [{"kind": "support", "days": 100, "tickets": 1, "messages": 1, "files": 0}]
    assert (run.on, run.people) == (MONDAY.date(), 1)
    assert Event.objects.get(verb="tickets.retention_run").details["people"] == 1


def test_what_the_law_holds_waits_and_whoever_has_another_matter_stays(
    organisation: Organisation, agent: User, administrator: User
) -> None:
    retention.keep_rules(organisation, {"support": 100}, by=administrator)
    held = closed(organisation, agent, days_ago=101)
    Person.objects.filter(pk=held.person_id).update(held_until=after(days=5).date(), hold_reason="Recurso")
    busy = closed(organisation, agent, days_ago=101)
    make.ticket(organisation, person=busy.person)

    with time_machine.travel(MONDAY, tick=False):
        erased = retention.erase_old_tickets()

    assert erased == 1
    assert fresh(held).subject
    assert (fresh(busy).subject, fresh(busy).person.erased_at) == ("", None)


def test_the_page_keeps_terms_tries_them_and_shows_what_was_erased(
    client: Client, organisation: Organisation, agent: User, administrator: User
) -> None:
    client.force_login(administrator)
    address = "/gestion/configuracion/conservacion/"
    days = {kind.value: "400" for kind in TicketKind}
    closed(organisation, agent, days_ago=401)

    with time_machine.travel(MONDAY, tick=False):
        empty = client.get(address).content.decode()
        tried = client.post(address, days | {"preview": "1"}).content.decode()
        kept = client.post(address, days)
        wrong = client.post(address, days | {"support": "3"})
        retention.erase_old_tickets()
        shown = client.get(address).content.decode()

    assert "Nada todavía" in empty
    assert "Consulta de soporte: 1" in tried
    assert kept.status_code == 302
    assert wrong.status_code == 422
    assert "Consulta de soporte, 400 días" in shown
    assert queries.own_rules(organisation)["phishing"] == 400


@pytest.mark.parametrize("days", [1, 3])
def test_the_report_asks_the_same_for_one_day_and_for_three(
    client: Client,
    organisation: Organisation,
    administrator: User,
    days: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    line = {"kind": "support", "days": 30, "tickets": 1, "messages": 1, "files": 0}
    for number in range(days):
        RetentionRun.objects.create(
            organisation=organisation, on=after(days=number).date(), finished_at=MONDAY, erased=[line]
        )
    client.force_login(administrator)
    client.get("/gestion/configuracion/conservacion/")

    with django_assert_num_queries(6):
        page = client.get("/gestion/configuracion/conservacion/").content.decode()

    assert page.count("Consulta de soporte, 30 días") == days


def test_a_new_body_begins_with_terms_for_every_kind_and_keeps_its_own(
    organisation: Organisation, administrator: User
) -> None:
    retention.set_up_retention(organisation)
    retention.set_up_retention(organisation)
    other = make.organisation()
    retention.keep_rules(other, {"support": 60}, by=administrator)
    retention.set_up_retention(other)

    assert set(queries.own_rules(organisation)) == set(TicketKind.values)
    assert queries.own_rules(other) == {"support": 60}
