"""The pages of mailboxes: how they go, what came in, and what can be done with it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.mailbox.choices import FetchProblem, MailState, Outcome, Via, Way
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.mailbox.queries.mailboxes import PAGE
from mostrador.notifications.choices import DeliveryState
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def received(mailbox: Mailbox, number: int = 1, **fields: object) -> IncomingMail:
    now = timezone.now()
    known = {
        "via": Via.LMTP,
        "sha256": f"{number:064}",
        "size_bytes": 10,
        "received_at": now,
        "next_attempt_at": now,
        "file": f"mail/{number}.eml",
        "sender": "robot@casa.example",
        "subject": f"Asunto {number}",
        "state": MailState.DONE,
        "outcome": Outcome.ASIDE,
    }
    return IncomingMail.objects.create(organisation=mailbox.organisation, mailbox=mailbox, **known | fields)


def test_without_mailboxes_the_list_says_what_to_do(client: Client, administrator: User) -> None:
    page = client.get("/gestion/buzones/").text

    assert "Todavía no hay buzones" in page
    assert "/gestion/buzones/nuevo/" in page


def test_the_list_says_how_each_mailbox_goes(mailbox: Mailbox, client: Client, administrator: User) -> None:
    received(mailbox, 1, state=MailState.RECEIVED, outcome="")
    received(mailbox, 2, state=MailState.FAILED, outcome=Outcome.UNREADABLE)
    received(mailbox, 3)
    sent = make.email(mailbox.organisation)
    sent.sent_from, sent.state, sent.sent_at = mailbox.sender, DeliveryState.SENT, timezone.now()
    sent.save()

    page = client.get("/gestion/buzones/").text

    assert "En marcha" in page
    assert page.count('<td class="numeric"') == 4
    assert [cell.split("<")[0].strip() for cell in page.split('data-label="En espera">')[1:]] == ["1"]
    assert [cell.split("<")[0].strip() for cell in page.split('data-label="Apartados">')[1:]] == ["1"]
    assert [cell.split("<")[0].strip() for cell in page.split('data-label="Enviados hoy">')[1:]] == ["1"]


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    organisation: Organisation,
    client: Client,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    for number in range(many):
        box = make.mailbox(organisation, address=f"b{number}@sede.example")
        received(box, number)
    client.get("/gestion/buzones/")

    with django_assert_num_queries(7):
        client.get("/gestion/buzones/")


@pytest.mark.parametrize("many", [1, 3])
def test_a_mailbox_takes_as_many_queries_for_three_messages_as_for_one(
    mailbox: Mailbox,
    client: Client,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    for number in range(many):
        received(mailbox, number, ticket=make.ticket(mailbox.organisation), outcome=Outcome.OPENED)
    client.get(f"/gestion/buzones/{mailbox.pk}/")

    with django_assert_num_queries(11):
        client.get(f"/gestion/buzones/{mailbox.pk}/")


def test_a_mailbox_that_fails_says_why_and_what_to_do(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    box = make.mailbox(
        organisation,
        way=Way.IMAP,
        host="imap.casa.example",
        user="soporte",
        problem=FetchProblem.CREDENTIALS,
        last_error="[AUTHENTICATIONFAILED] no",
        failing_since=timezone.now() - timedelta(hours=2),
        last_fetch_at=timezone.now() - timedelta(hours=2),
    )

    page = client.get(f"/gestion/buzones/{box.pk}/").text

    assert str(FetchProblem.CREDENTIALS.label) in page
    assert "[AUTHENTICATIONFAILED] no" in page
    assert "hace 2 h" in page


def test_tabs_show_what_waits_what_failed_and_what_was_kept_aside(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    received(mailbox, 1, state=MailState.RECEIVED, outcome="")
    received(mailbox, 2, state=MailState.FAILED, outcome=Outcome.UNREADABLE)
    received(mailbox, 3)
    received(mailbox, 4, file="")  # its time is over

    def shown(tab: str) -> list[str]:
        page = client.get(f"/gestion/buzones/{mailbox.pk}/{tab}").text
        return [str(number) for number in range(1, 5) if f">Asunto {number}</a>" in page]

    assert shown("") == ["1", "2", "3", "4"]
    assert shown("?ver=en-espera") == ["1"]
    assert shown("?ver=sin-leer") == ["2"]
    assert shown("?ver=apartados") == ["3"]


def test_messages_are_paged_by_key(mailbox: Mailbox, client: Client, administrator: User) -> None:
    keys = [received(mailbox, number).pk for number in range(PAGE + 2)]

    first = client.get(f"/gestion/buzones/{mailbox.pk}/").text
    second = client.get(f"/gestion/buzones/{mailbox.pk}/?antes={keys[2]}").text

    assert f"antes={keys[2]}" in first
    assert "Más recientes" not in first
    assert second.count("/gestion/buzones/correo/") == 2
    assert f"despues={keys[1]}" in second


def test_a_message_shows_what_was_read_and_that_it_was_read_is_recorded(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    mail = make.taken_in(mailbox, make.raw_mail("Hola <b>a</b> todos.\n\nNo puedo firmar."))

    page = client.get(f"/gestion/buzones/correo/{mail.pk}/").text

    assert "Hola &lt;b&gt;a&lt;/b&gt; todos." in page
    assert mail.ticket is not None
    assert mail.ticket.reference in page
    assert Event.objects.get(verb="mailbox.mail_read").subject_id == mail.pk


def test_the_original_is_handed_out_byte_for_byte_and_never_shown(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    raw = make.raw_mail()
    mail = make.taken_in(mailbox, raw)

    answer = client.get(f"/gestion/buzones/correo/{mail.pk}/original/")

    assert b"".join(answer.streaming_content) == raw  # type: ignore[attr-defined]  # a file
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Event.objects.filter(verb="mailbox.mail_downloaded", subject_id=mail.pk).exists()


def test_a_ticket_is_made_of_what_a_robot_was_taken_for(mailbox: Mailbox, client: Client, administrator: User) -> None:
    mail = make.taken_in(mailbox, make.raw_mail(Auto_Submitted="auto-replied"))
    assert (mail.outcome, mail.ticket) == (Outcome.ASIDE, None)
    assert "Hacer una consulta" in client.get(f"/gestion/buzones/correo/{mail.pk}/").text

    client.post(f"/gestion/buzones/correo/{mail.pk}/consulta/")

    mail.refresh_from_db()
    assert mail.ticket is not None
    assert "Hacer una consulta" not in client.get(f"/gestion/buzones/correo/{mail.pk}/").text


def test_what_failed_is_read_again(mailbox: Mailbox, client: Client, administrator: User) -> None:
    mail = received(mailbox, state=MailState.FAILED, outcome=Outcome.UNREADABLE, last_error="ValueError: x")
    default_storage.save(mail.file, ContentFile(make.raw_mail()))

    page = client.get(f"/gestion/buzones/correo/{mail.pk}/").text
    client.post(f"/gestion/buzones/correo/{mail.pk}/volver-a-leer/")

    mail.refresh_from_db()
    assert "ValueError: x" in page
    assert mail.state == MailState.RECEIVED


def test_mail_of_another_organisation_is_not_found(client: Client, administrator: User) -> None:
    other = make.mailbox(make.organisation())
    mail = received(other)

    assert client.get(f"/gestion/buzones/{other.pk}/").status_code == 404
    assert client.get(f"/gestion/buzones/correo/{mail.pk}/").status_code == 404


def test_stopping_asks_first_and_can_be_undone(mailbox: Mailbox, client: Client, administrator: User) -> None:
    assert "Parar el buzón" in client.get(f"/gestion/buzones/{mailbox.pk}/parar/").text

    client.post(f"/gestion/buzones/{mailbox.pk}/parar/")
    assert not Mailbox.objects.filter(is_active=True).exists()

    client.post(f"/gestion/buzones/{mailbox.pk}/parar/")
    assert Mailbox.objects.filter(is_active=True).exists()
    assert Event.objects.filter(verb__in=["mailbox.stopped", "mailbox.restarted"]).count() == 2
