"""What is written into the outbox."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.notifications import actions
from mostrador.notifications.adapters import OutboxBackend
from mostrador.notifications.choices import DeliveryState
from mostrador.notifications.errors import NobodyToSendFor
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.middleware import CurrentRequestMiddleware
from tests import make


@pytest.fixture(autouse=True)
def _with_a_mail_server(settings: Settings) -> None:
    settings.SMTP_HOST = "correo.example"


def test_a_message_is_written_with_its_words_its_headers_and_the_job_that_delivers_it(
    organisation: Organisation,
) -> None:
    organisation.name, organisation.email = "Ayuntamiento de Peñalba", "soporte@penalba.example"

    message = actions.send_email(
        organisation=organisation,
        to="ana@casa.example",
        kind="notifications.test",
        template="notifications/email/test",
        context={"name": "Ana O'Brien <ana>"},
        language="es",
        about="tickets.ticket:12",
        in_reply_to="<b@x.example>",
        references="<a@x.example>",
        reply_to="respuestas@penalba.example",
        list_unsubscribe="https://penalba.example/baja",
        team_signature="Equipo de soporte",
    )

    assert message.subject == "Prueba del correo de soporte"
    assert message.sender == "Ayuntamiento de Peñalba <soporte@penalba.example>"
    assert message.text.startswith("Hola, Ana O'Brien <ana>:\n\nEste mensaje")
    assert message.text.endswith("\n\n-- \nEquipo de soporte\nAyuntamiento de Peñalba\n")
    assert "<p>Hola, Ana O&#39;Brien &lt;ana&gt;:</p>" in message.html
    assert message.message_id.endswith("@testserver>")
    assert (message.in_reply_to, message.references) == ("<b@x.example>", "<a@x.example> <b@x.example>")
    assert message.headers == {
        "Reply-To": "respuestas@penalba.example",
        "List-Unsubscribe": "<https://penalba.example/baja>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    assert message.state == DeliveryState.QUEUED
    assert list(ProcrastinateJob.objects.values_list("task_name", "args")) == [
        ("notifications.deliver", {"message_id": message.pk})
    ]


def test_what_a_person_wrote_does_not_say_that_a_machine_did(organisation: Organisation) -> None:
    message = actions.send_email(
        organisation=organisation,
        to="ana@casa.example",
        kind="notifications.test",
        template="notifications/email/test",
        context={"name": "Ana"},
        language="es",
        automatic=False,
    )

    assert message.headers == {}


def test_a_line_break_in_a_subject_adds_no_header(organisation: Organisation) -> None:
    message = actions.put_into_outbox(
        organisation=organisation,
        to="ana@casa.example",
        kind="x",
        subject="Hola\r\nBcc: todos@casa.example",
        text="…",
        language="es",
    )

    assert message.subject == "Hola Bcc: todos@casa.example"


def test_without_a_mail_server_the_message_is_kept_and_no_job_waits(
    organisation: Organisation, settings: Settings
) -> None:
    settings.SMTP_HOST = ""

    message = make.email(organisation)

    assert message.state == DeliveryState.KEPT
    assert not ProcrastinateJob.objects.exists()


def test_an_organisation_without_an_address_writes_from_that_of_the_installation(organisation: Organisation) -> None:
    message = make.email(organisation)

    assert message.sender == f"{organisation.name} <soporte@localhost>"


def test_djangos_own_mail_goes_to_the_outbox_of_the_place_where_its_reader_works(organisation: Organisation) -> None:
    agent = make.user(organisation, Role.AGENT)
    mail = EmailMultiAlternatives("Su contraseña", "Texto", to=[agent.email])
    mail.attach_alternative("<p>Texto</p>", "text/html")

    assert OutboxBackend().send_messages([mail]) == 1

    message = OutgoingMessage.objects.get()
    assert (message.organisation, message.to, message.subject) == (organisation, agent.email, "Su contraseña")
    assert (message.text, message.html) == ("Texto\n", "<p>Texto</p>")
    assert message.headers["Auto-Submitted"] == "auto-generated"


def test_djangos_own_mail_to_a_stranger_outside_of_any_visit_is_a_mistake(organisation: Organisation) -> None:
    with pytest.raises(NobodyToSendFor):
        OutboxBackend().send_messages([EmailMessage("Hola", "Texto", to=["nadie@casa.example"])])


def test_djangos_own_mail_sent_while_answering_a_page_leaves_in_the_name_of_whom_is_visited(
    organisation: Organisation,
) -> None:
    visited = make.organisation()
    request = RequestFactory().get("/")
    request.organisation = visited  # type: ignore[attr-defined]  # as OrganisationMiddleware does
    mail = EmailMessage("Hola", "Texto", to=[make.user(organisation).email])

    def view(request: HttpRequest) -> HttpResponse:
        OutboxBackend().send_messages([mail])
        return HttpResponse()

    CurrentRequestMiddleware(view)(request)

    assert OutgoingMessage.objects.get().organisation == visited
