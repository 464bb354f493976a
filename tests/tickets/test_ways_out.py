"""E-mails of a ticket: from which address, with whom in copy, forwarded to others, and what became of each."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.models import User
from mostrador.notifications.actions import delivering
from mostrador.notifications.choices import DeliveryState, Problem
from mostrador.notifications.errors import NotDelivered
from mostrador.notifications.models import AddressHealth, OutgoingMessage, Sender
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import by_mail, retention, third_parties, tickets
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import Channel, EventCode, State
from mostrador.tickets.jobs import mail_not_delivered
from mostrador.tickets.models import Message, Participant, PendingReply, ThirdPartyRequest, Ticket
from tests import make
from tests.tickets.desk import agent_of, events, fresh, jobs, team_of, words
from tests.tickets.wizard import PDF


@pytest.fixture(autouse=True)
def _own_files_and_nothing_waits(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.UNDO_SEND_SECONDS = 0


def address(ticket: Ticket, act: str = "") -> str:
    return f"/gestion/consultas/{ticket.reference}/{act}"


def answer(desk: Client, ticket: Ticket, **data: Any) -> Any:
    return desk.post(address(ticket, "responder/"), {"text": "Instálelo.", "key": "k"} | data)


def mail_of(ticket: Ticket) -> OutgoingMessage:
    """Let the worker tell the person of the last answer."""
    message = ticket.messages.filter(kind="public", author_kind="staff").latest("pk")
    tell_person(message.pk)
    return OutgoingMessage.objects.get(message_id=Message.objects.get(pk=message.pk).email_id)


# --- From which address, and with what ---------------------------------------------------------------------


def test_it_leaves_from_the_address_to_which_the_person_wrote(
    organisation: Organisation, ticket: Ticket, desk: Client
) -> None:
    wrote_to = Sender.objects.create(organisation=organisation, address="padron@sede.example", name="Padrón")
    Ticket.objects.filter(pk=ticket.pk).update(sender=wrote_to)
    answer(desk, ticket)

    mail = mail_of(ticket)

    assert (mail.sent_from, mail.sender) == (wrote_to, "Padrón <padron@sede.example>")
    assert "responda a este correo o use esta página" in mail.text
    assert "respondiendo a este correo" in mail.html


def test_else_from_that_of_its_team_else_from_the_usual_one(
    organisation: Organisation, ticket: Ticket, desk: Client
) -> None:
    usual = Sender.objects.create(organisation=organisation, address="ayuda@sede.example", is_default=True)
    answer(desk, ticket)
    first = mail_of(ticket)
    of_team = Sender.objects.create(
        organisation=organisation, address="t@sede.example", team=team_of(organisation), has_plus=True
    )
    answer(desk, ticket, key="k2")
    second = mail_of(ticket)

    assert (first.sent_from, second.sent_from) == (usual, of_team)
    assert "responda a este correo" in second.text
    assert "responda a este correo" not in first.text  # nobody knows whether what arrives there is read


def test_files_above_the_limit_stay_on_the_page(ticket: Ticket, desk: Client, settings: Settings) -> None:
    settings.EMAIL_FILES_MAX_BYTES = 10
    answer(desk, ticket, uploads=SimpleUploadedFile("pasos.pdf", PDF))

    mail = mail_of(ticket)

    assert mail.files.count() == 0
    for text in (mail.text, mail.html):
        assert "En la página de su consulta tiene un archivo: pasos.pdf." in text


# --- Who is in copy ----------------------------------------------------------------------------------------


def test_who_is_put_in_copy_gets_it_without_the_persons_link(ticket: Ticket, desk: Client, agent: User) -> None:
    answer(desk, ticket, more_cc="Luis@casa.example; <eva@casa.example>, luis@casa.example")

    mail = mail_of(ticket)

    assert (mail.to, mail.cc) == (ticket.person.email, ["luis@casa.example", "eva@casa.example"])
    for text in (mail.text, mail.html):
        assert "/consultas/s/" not in text
        assert "/consultas/seguimiento/" in text
        assert "o está en copia" in text
    added = list(Participant.objects.values_list("address", "added_by"))
    assert added == [("luis@casa.example", agent.pk), ("eva@casa.example", agent.pk)]
    assert events(ticket)[-2:] == ["Se puso en copia a luis@casa.example.", "Se puso en copia a eva@casa.example."]


def test_nobody_is_put_in_copy_at_what_is_no_address_and_no_copy_stops_an_answer(ticket: Ticket, desk: Client) -> None:
    others = ["a..b@casa.example", "pérez@casa.example", "x" * 243 + "@casa.example", "luis@casa.example"]

    by_mail.put_in_copy(ticket, dict.fromkeys(others, ""))
    answer(desk, ticket)
    PendingReply.objects.update(cc=others[:2] + others[3:])

    assert list(Participant.objects.values_list("address", flat=True)) == ["luis@casa.example"]
    assert mail_of(ticket).cc == ["luis@casa.example"]


def in_copy(ticket: Ticket, *addresses: str) -> None:
    for each in addresses:
        Participant.objects.create(ticket=ticket, address=each, added_at=timezone.now())


def test_an_answer_goes_to_everybody_unless_somebody_is_left_out(ticket: Ticket, desk: Client) -> None:
    in_copy(ticket, "luis@casa.example", "eva@casa.example")
    boxes = re.findall(r'<input type="checkbox" name="cc"[^>]*>', desk.get(address(ticket)).text)

    answer(desk, ticket, cc=["eva@casa.example"])

    assert len(boxes) == 2
    assert all("checked" in box for box in boxes)
    assert mail_of(ticket).cc == ["eva@casa.example"]
    assert Participant.objects.count() == 2


def test_nobody_is_in_copy_who_was_not_asked_for(ticket: Ticket, desk: Client) -> None:
    in_copy(ticket, "luis@casa.example")
    answer(desk, ticket)

    mail = mail_of(ticket)

    assert mail.cc == []
    assert "/consultas/s/" in mail.text


def test_our_own_address_and_the_persons_get_no_copy(organisation: Organisation, ticket: Ticket, desk: Client) -> None:
    Sender.objects.create(organisation=organisation, address="ayuda@sede.example", is_default=True)
    answer(desk, ticket, more_cc=f"Ayuda+r.x@sede.example {ticket.person.email} luis@casa.example")

    assert mail_of(ticket).cc == ["luis@casa.example"]


@pytest.mark.parametrize("wrong", ["luis", "luis@casa.example, x@", " ".join(f"a{n}@x.example" for n in range(21))])
def test_an_address_typed_wrong_sends_nothing_and_keeps_what_was_typed(
    ticket: Ticket, desk: Client, wrong: str
) -> None:
    in_copy(ticket, "luis@casa.example")
    page = answer(desk, ticket, more_cc=wrong, cc=[])

    assert page.status_code == 422
    assert "Instálelo." in page.text
    assert wrong in page.text
    assert "checked" not in re.findall(r'<input type="checkbox" name="cc"[^>]*>', page.text)[0]
    assert not PendingReply.objects.exists()


def test_a_preview_keeps_who_was_chosen(ticket: Ticket, desk: Client) -> None:
    in_copy(ticket, "luis@casa.example", "eva@casa.example")

    page = answer(desk, ticket, preview="1", cc=["eva@casa.example"], more_cc="otra@casa.example").text

    boxes = re.findall(r'<input type="checkbox" name="cc"[^>]*>', page)
    assert [("checked" in box) for box in boxes] == [False, True]
    assert 'value="otra@casa.example"' in page


def test_somebody_is_taken_out_of_the_copy(ticket: Ticket, desk: Client) -> None:
    in_copy(ticket, "luis@casa.example")
    row = Participant.objects.get()

    desk.post(address(ticket, f"copia/{row.pk}/quitar/"))

    assert not Participant.objects.exists()
    assert events(ticket)[-1] == "Se quitó de la copia a luis@casa.example."


def test_who_is_in_copy_of_another_ticket_is_not_found(
    ticket: Ticket, desk: Client, organisation: Organisation
) -> None:
    other = make.ticket(organisation)
    in_copy(other, "luis@casa.example")

    page = desk.post(address(ticket, f"copia/{Participant.objects.get().pk}/quitar/"))

    assert page.status_code == 404
    assert Participant.objects.exists()


def test_who_waits_for_a_phone_call_has_nobody_in_copy(organisation: Organisation, desk: Client) -> None:
    ticket = make.ticket(organisation, contact_by="phone")

    assert "more_cc" not in desk.get(address(ticket)).text


# --- What is answered by itself ----------------------------------------------------------------------------


def test_two_robots_that_write_to_each_other_stop_after_two_mails(organisation: Organisation) -> None:
    robot = make.person(organisation, email="robot@otra.example")
    states = []
    for number in range(5):
        ticket = make.ticket(organisation, person=robot, channel=Channel.EMAIL, subject=f"Respuesta {number}")
        tell_person(ticket.messages.get(kind="event").pk)
        states.append(OutgoingMessage.objects.latest("pk").state)

    assert states == [DeliveryState.KEPT] * 2 + [DeliveryState.HELD] * 3


def test_acknowledgements_of_what_came_by_the_web_are_no_reactions(organisation: Organisation) -> None:
    person = make.person(organisation)
    for _time in range(4):
        tell_person(make.ticket(organisation, person=person).messages.get(kind="event").pk)

    assert set(OutgoingMessage.objects.values_list("is_reaction", "state")) == {(False, DeliveryState.KEPT)}


# --- Forwarded ---------------------------------------------------------------------------------------------


def forward(desk: Client, ticket: Ticket, **changed: Any) -> Any:
    said = ticket.messages.filter(kind="public").earliest("pk")
    data = {"name": "Padrón", "email": "padron@otra.example", "text": "¿Es **suyo**?", "key": "k"}
    return desk.post(address(ticket, f"reenviar/{said.pk}/"), data | changed)


def test_a_message_is_forwarded_and_the_answer_comes_back(ticket: Ticket, desk: Client) -> None:
    before = fresh(ticket).state
    for _press in range(2):
        forward(desk, ticket)

    mail, asked = OutgoingMessage.objects.get(kind="tickets.forwarded"), ThirdPartyRequest.objects.get()
    assert (mail.to, mail.cc, mail.headers) == ("padron@otra.example", [], {})
    assert mail.message_id == asked.email_id
    assert "¿Es suyo?" in mail.text
    assert "¿Es <strong>suyo</strong>?" in mail.html
    for text in (mail.text, mail.html):
        assert "Al firmar no sale ningún certificado en la lista." in text
        assert ticket.person.name not in text
    assert events(ticket)[-1] == "Se reenvió un mensaje a Padrón (padron@otra.example)."
    assert fresh(ticket).state == before

    third_parties.take_answer(asked, text="Sí, es nuestro.", key="a")

    assert words(ticket)[-1] == ("note", "third", "Sí, es nuestro.")


def test_it_waits_for_the_answer_only_when_asked_to(ticket: Ticket, desk: Client) -> None:
    forward(desk, ticket, waits="on", with_person="on")

    assert (fresh(ticket).state, fresh(ticket).third_party) == (State.WAITING_FOR_THIRD_PARTY, "Padrón")
    assert ticket.person.name in OutgoingMessage.objects.get(kind="tickets.forwarded").text


@pytest.mark.parametrize(("limit", "is_attached"), [(10_000_000, True), (10, False)])
def test_its_files_go_along_or_are_opened_by_the_link(
    ticket: Ticket, desk: Client, settings: Settings, limit: int, *, is_attached: bool
) -> None:
    settings.EMAIL_FILES_MAX_BYTES = limit
    answer(desk, ticket, uploads=SimpleUploadedFile("pasos.pdf", PDF))
    said = ticket.messages.filter(kind="public").latest("pk")
    file = said.attachments.get()

    desk.post(
        address(ticket, f"reenviar/{said.pk}/"), {"name": "P", "email": "p@x.example", "key": "k", "attached": file.pk}
    )

    mail = OutgoingMessage.objects.get(kind="tickets.forwarded")
    assert [each.name for each in mail.files.all()] == (["pasos.pdf"] if is_attached else [])
    assert ("Este correo lleva un archivo: pasos.pdf." in mail.text) == is_attached
    assert list(ThirdPartyRequest.objects.get().files.all()) == [file]


def test_how_it_will_read_is_shown_before_it_leaves(ticket: Ticket, desk: Client) -> None:
    page = forward(desk, ticket, preview="1").text

    assert "Esto es lo que leerá" in page
    assert "<strong>suyo</strong>" in page
    assert not ThirdPartyRequest.objects.exists()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "x"}])
def test_what_is_wrong_forwards_nothing(ticket: Ticket, desk: Client, wrong: dict[str, str]) -> None:
    assert forward(desk, ticket, **wrong).status_code == 422
    assert not ThirdPartyRequest.objects.exists()


def test_notes_are_not_forwarded(ticket: Ticket, desk: Client, agent: User) -> None:
    note = tickets.write_note(ticket, author=agent, text="Ojo.")

    assert desk.get(address(ticket, f"reenviar/{note.pk}/")).status_code == 404


def test_what_is_resolved_can_be_forwarded_and_does_not_wait(ticket: Ticket, desk: Client, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    forward(desk, ticket, waits="on")

    assert ThirdPartyRequest.objects.exists()
    assert fresh(ticket).state == State.RESOLVED


def test_what_a_third_party_is_asked_by_is_known(ticket: Ticket, agent: User) -> None:
    asked = third_parties.ask_third_party(ticket, author=agent, name="FNMT", email="f@x.example", text="¿?")

    assert asked.email_id == OutgoingMessage.objects.get(kind="tickets.third_party").message_id


def test_erasing_takes_addresses_along(ticket: Ticket, desk: Client) -> None:
    answer(desk, ticket, more_cc="luis@casa.example")
    forward(desk, ticket)

    retention.erase_words(ticket)

    assert not Participant.objects.exists()
    assert PendingReply.objects.get().cc == []
    assert not any("@" in line for line in events(ticket))


# --- What became of each -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said", "acts"),
    [
        ({"state": "queued", "next_attempt_at": timezone.now()}, ["En espera"], []),
        ({"state": "sent", "sent_at": timezone.now(), "cc": ["l@x.example"]}, ["Enviado", "En copia: l@x.example"], []),
        (
            {"state": "deferred", "next_attempt_at": timezone.now(), "problem": "postponed"},
            ["Se reintentará", "pidió que se intente más tarde", "Próximo intento"],
            ["Reintentar"],
        ),
        ({"state": "dead", "problem": "refused"}, ["No se pudo enviar", "rechazó el mensaje"], ["Reintentar"]),
        (
            {"state": "bounced", "bounce_severity": "hard", "bounce_reason": "full", "bounced_to": ["m@x.example"]},
            ["Devuelto", "No llegó a m@x.example. El buzón está lleno."],
            ["Reintentar"],
        ),
        (
            {"state": "sent", "sent_at": timezone.now(), "bounce_severity": "delayed", "bounce_reason": "later"},
            ["Enviado", "Tarda en llegar a"],
            [],
        ),
        (
            {"state": "blocked", "bounce_reason": "no_mailbox"},
            ["No enviado", "porque devuelve el correo. La dirección no existe."],
            ["Permitir de nuevo y enviar"],
        ),
        ({"state": "held"}, ["Retenido para no responder sin fin"], ["Reintentar"]),
    ],
)
def test_each_answer_says_what_became_of_its_email(
    ticket: Ticket, desk: Client, changes: dict[str, Any], said: list[str], acts: list[str]
) -> None:
    answer(desk, ticket)
    mail = mail_of(ticket)
    OutgoingMessage.objects.filter(pk=mail.pk).update(**changes)

    page = desk.get(address(ticket)).text
    shown = page.partition('<div class="delivery small">')[2].split('<div class="delivery small">')[-1]
    shown = " ".join(shown.partition("Reenviar<")[0].split())
    citizens = Client().get(f"/consultas/s/{tickets.new_private_link(ticket)}/").text

    for each in said + acts:
        assert each in shown
    assert [act for act in ("Reintentar", "Permitir de nuevo y enviar") if f">{act}" in shown] == acts
    assert not any(each in citizens for each in ("Devuelto", "Reintentar", "Enviado por", "Retenido"))


def test_one_presses_and_it_is_sent_again(ticket: Ticket, desk: Client, settings: Settings) -> None:
    answer(desk, ticket)
    mail = mail_of(ticket)
    OutgoingMessage.objects.filter(pk=mail.pk).update(state=DeliveryState.BOUNCED, bounced_to=[mail.to])
    settings.SMTP_HOST = "correo.example"

    desk.post(address(ticket, f"correo/{mail.pk}/reintentar/"))

    mail.refresh_from_db()
    assert (mail.state, mail.bounced_to) == (DeliveryState.QUEUED, [])


def test_an_address_is_allowed_again_with_the_same_press(
    organisation: Organisation, ticket: Ticket, desk: Client, settings: Settings
) -> None:
    AddressHealth.objects.create(
        organisation=organisation, address=ticket.person.email, hard_bounces=2, blocked_at=timezone.now()
    )
    answer(desk, ticket)
    mail = mail_of(ticket)
    settings.SMTP_HOST = "correo.example"

    without = desk.post(address(ticket, f"correo/{mail.pk}/reintentar/"), follow=True).text
    refused = OutgoingMessage.objects.get(pk=mail.pk).state
    desk.post(address(ticket, f"correo/{mail.pk}/reintentar/"), {"allow": "1"})

    assert "Permítala de nuevo antes" in without
    assert refused == DeliveryState.BLOCKED
    assert OutgoingMessage.objects.get(pk=mail.pk).state == DeliveryState.QUEUED
    assert AddressHealth.objects.get().blocked_at is None


def test_an_email_of_another_ticket_is_not_found(ticket: Ticket, desk: Client, organisation: Organisation) -> None:
    answer(desk, ticket)
    mail = mail_of(ticket)
    other = make.ticket(organisation)

    assert desk.post(address(other, f"correo/{mail.pk}/reintentar/")).status_code == 404
    stranger = Client()
    stranger.force_login(agent_of(make.organisation()))
    assert stranger.post(address(ticket, f"correo/{mail.pk}/reintentar/")).status_code == 404


def test_the_page_asks_as_often_for_three_emails_as_for_one(
    ticket: Ticket, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    in_copy(ticket, "luis@casa.example")
    for keys in (("a",), ("b", "c")):
        for key in keys:
            answer(desk, ticket, key=key, cc=["luis@casa.example"])
            mail_of(ticket)
        desk.get(address(ticket))
        with django_assert_num_queries(20):
            desk.get(address(ticket))


# --- What a server does not take ---------------------------------------------------------------------------


def refused(ticket: Ticket, monkeypatch: pytest.MonkeyPatch, failure: NotDelivered) -> OutgoingMessage:
    """Let the server refuse an e-mail of a ticket, whose turn is the person's, and the jobs of it run twice."""
    Ticket.objects.filter(pk=ticket.pk).update(state=State.WAITING_FOR_PERSON, due_at=None, waiting_since=None)
    mail = make.email(ticket.organisation)
    OutgoingMessage.objects.filter(pk=mail.pk).update(about=f"tickets.ticket:{ticket.pk}")
    monkeypatch.setattr(delivering, "configured_server", lambda: object())

    def hand_over(*_given: object) -> None:
        raise failure

    monkeypatch.setattr(delivering, "hand_over", hand_over)
    delivering.deliver(mail.pk)
    for given in jobs("tickets.mail_not_delivered") * 2:
        mail_not_delivered(**given)
    ProcrastinateJob.objects.filter(task_name="tickets.mail_not_delivered")._raw_delete("default")
    mail.refresh_from_db()
    return mail


def test_what_the_server_refuses_is_said_in_the_ticket_as_if_it_had_come_back(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SMTP_HOST = "correo.example"
    gone = NotDelivered(Problem.REFUSED, "550 5.1.1 No such user", is_final=True)
    everybody = NotDelivered(Problem.REFUSED, gone.answer, is_final=True, refused={"ana@casa.example": gone})
    before = len(events(ticket))

    first, second = (refused(ticket, monkeypatch, everybody) for _time in range(2))

    returned = "No llegó un correo nuestro: «La dirección no existe»."
    assert (first.state, second.state) == (DeliveryState.DEAD, DeliveryState.DEAD)
    assert events(ticket)[before:] == [returned, returned, EventCode.ADDRESS_BLOCKED.label]
    assert fresh(ticket).state == State.WAITING_FOR_US


def test_what_is_given_up_on_without_a_word_of_the_address_says_how_it_ended(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SMTP_HOST = "correo.example"
    before = len(events(ticket))

    refused(ticket, monkeypatch, NotDelivered(Problem.REFUSED, "no SMTPUTF8 (RFC 6531)", is_final=True))

    why = "El servidor de correo rechazó el mensaje: no se intentará de nuevo"
    assert events(ticket)[before:] == [f"No llegó un correo nuestro: «{why}»."]
    assert fresh(ticket).state == State.WAITING_FOR_US


def test_a_message_that_is_only_put_off_is_not_said(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SMTP_HOST = "correo.example"
    before = events(ticket)

    refused(ticket, monkeypatch, NotDelivered(Problem.POSTPONED, "451 4.7.1 Later"))

    assert events(ticket) == before
    assert fresh(ticket).state == State.WAITING_FOR_PERSON
