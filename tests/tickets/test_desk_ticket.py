"""The page of a ticket at the desk."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.notifications.choices import DeliveryState
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation, Procedure, Topic
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import Channel, ContactBy, State
from mostrador.tickets.models import Attachment, DraftFile, Ticket, TicketDraft
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, team_of, words
from tests.tickets.wizard import PDF

HTMX = {"HX-Request": "true"}
ACTS = {
    "responder": {"text": "Hola.", "key": "k"},
    "nota": {"note": "Hola.", "key": "k"},
    "asignarmela": {},
    "asignar": {"to": ""},
    "clasificar": {"topic": "", "procedure": "", "component": "", "device": ""},
    "traspasar": {"team": "1"},
    "estado": {"state": "waiting_for_person"},
    "resolver": {"article": ""},
    "no-deseado": {},
    "reabrir": {},
}


@pytest.fixture(autouse=True)
def _nothing_waits(settings: Settings) -> None:
    """Answers leave at once here; waiting is in test_sending."""
    settings.UNDO_SEND_SECONDS = 0


def address(ticket: Ticket, act: str = "") -> str:
    return f"/gestion/consultas/{ticket.reference}/{act}"


def seen(page: Any) -> str:
    found = re.search(r'name="seen_until" value="(\d+)" form="reply-form"', page.content.decode())
    assert found
    return found[1]


def send(desk: Client, ticket: Ticket, act: str, *, htmx: bool = False, **data: str) -> Any:
    return desk.post(address(ticket, f"{act}/"), data, headers=HTMX if htmx else {})


# --- Reading --------------------------------------------------------------------------------------------


def test_everything_about_the_matter_is_on_one_page(desk: Client, organisation: Organisation, agent: User) -> None:
    person = make.person(organisation, name="Lucía Fernández", email="lucia@correo.example", phone="+34600112233")
    before = make.ticket(organisation, person=person, subject="La vez anterior")
    with time_machine.travel(MONDAY, tick=False):
        ticket = make.ticket(
            organisation,
            person=person,
            error_code="SAF_09",
            page_url="https://sede.example/firma",
            procedure=make.procedure(organisation, sia_code="2811001", name="Padrón"),
        )
    tickets.write_note(ticket, author=agent, text="Ya llamó ayer.")
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    tickets.reply_as_person(ticket, text="¿Dónde?", channel=Channel.WEB)

    page = desk.get(address(ticket)).content.decode()

    for text in (
        ticket.reference,
        ticket.subject,
        "Al firmar no sale ningún certificado",
        "Ya llamó ayer.",
        "Instale el certificado.",
        "¿Dónde?",
        "lucia@correo.example",
        "SAF_09",
        "https://sede.example/firma",
        "Padrón",
        "La vez anterior",
        address(before),
        "Pendiente de nosotros",
    ):
        assert text in page, text
    assert page.count("<h1") == 1


def test_several_events_in_a_row_are_folded(desk: Client, ticket: Ticket, agent: User) -> None:
    tickets.assign(ticket, author=agent, to=agent)
    tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party="FNMT")

    page = desk.get(address(ticket)).content.decode()

    assert "3 sucesos: Quedó pendiente de FNMT." in page
    assert f"Asignada a {agent.name}." in page


def test_the_page_costs_the_same_queries_however_long_the_conversation(
    desk: Client, ticket: Ticket, agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(address(ticket))

    # Host, session, user, access; ticket, note of the reading, what there is, messages, what is beside, colleagues,
    # satisfaction, persons alike, what waits for one, other hosts.
    with django_assert_num_queries(14):
        desk.get(address(ticket))
    make.ticket(ticket.organisation, person=ticket.person)
    with django_assert_num_queries(15):
        desk.get(address(ticket))
    for number in range(3):
        tickets.reply_as_desk(ticket, author=agent_of(ticket.organisation), text=str(number))
        tickets.reply_as_person(ticket, text="¿Y?", channel=Channel.WEB)
        make.ticket(ticket.organisation, person=ticket.person)
    with django_assert_num_queries(15):
        desk.get(address(ticket))


def test_who_read_a_ticket_is_recorded(desk: Client, ticket: Ticket, agent: User) -> None:
    desk.get(address(ticket))
    desk.get(address(ticket), headers=HTMX)  # the whole of it too

    assert list(Event.objects.filter(verb="tickets.viewed").values_list("actor_id", "subject_id")) == [
        (agent.pk, ticket.pk),
        (agent.pk, ticket.pk),
    ]


def test_what_people_typed_stays_text(desk: Client, organisation: Organisation, agent: User) -> None:
    evil = "<script>alert(1)</script>"
    person = make.person(organisation, name=evil)
    ticket = make.ticket(
        organisation, person=person, subject=evil, text=evil, error_code=evil, page_url=f"javascript:{evil}"
    )
    tickets.write_note(ticket, author=agent, text=evil)
    tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party=evil)

    page = desk.get(address(ticket)).content.decode()
    listed = desk.get("/gestion/consultas/").content.decode()

    assert evil not in page
    assert evil not in listed
    assert 'href="javascript:' not in page


def test_an_email_that_did_not_arrive_is_said(desk: Client, ticket: Ticket) -> None:
    tell_person(ticket.messages.filter(kind="event")[0].pk)
    arrived = desk.get(address(ticket)).content.decode()
    OutgoingMessage.objects.update(state=DeliveryState.DEAD)

    page = desk.get(address(ticket)).content.decode()

    assert "Un correo no ha llegado" in page
    assert "No se pudo enviar" in page
    assert "Un correo no ha llegado" not in arrived


def test_files_are_downloads(desk: Client, ticket: Ticket, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = Attachment.objects.create(
        message=ticket.messages.order_by("pk")[0],
        file=ContentFile(b"captura", name="captura.png"),
        name="captura.png",
        content_type="image/png",
        size_bytes=7,
        sha256="0" * 64,
    )

    page = desk.get(address(ticket)).content.decode()

    response = desk.get(f"/gestion/consultas/archivo/{file.pk}/")

    assert f'<a href="/gestion/consultas/archivo/{file.pk}/">captura.png</a>' in page
    assert response["Content-Disposition"] == 'attachment; filename="captura.png"'
    assert response.getvalue() == b"captura"
    assert [event.details for event in Event.objects.filter(verb="tickets.viewed").order_by("pk")] == [
        {},
        {"file": file.pk},
    ]


def test_erased_words_are_named_as_such(desk: Client, ticket: Ticket) -> None:
    Ticket.objects.update(subject="")
    ticket.messages.exclude(kind="event").update(text="")

    page = desk.get(address(ticket)).content.decode()

    assert "Asunto suprimido" in page
    assert "Texto suprimido" in page


# --- Who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["", *(f"{act}/" for act in ACTS)])
def test_strangers_find_nothing(client: Client, organisation: Organisation, agent: User, act: str) -> None:
    of_somebody_else = make.ticket(make.organisation())
    client.force_login(agent)

    page = client.post(address(of_somebody_else, act)) if act else client.get(address(of_somebody_else))

    assert page.status_code == 404


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.EDITOR])
def test_who_only_reads_changes_nothing(client: Client, ticket: Ticket, role: Role, act: str) -> None:
    client.force_login(make.user(ticket.organisation, role))

    page = client.get(address(ticket))
    refused = client.post(address(ticket, f"{act}/"), ACTS[act])

    assert page.status_code == 200
    assert "responder/" not in page.content.decode()
    assert refused.status_code == 403
    assert fresh(ticket).last_activity_at == ticket.last_activity_at


@pytest.mark.parametrize("act", ACTS)
def test_a_role_here_changes_nothing_there(client: Client, organisation: Organisation, act: str) -> None:
    """An agent of the parent who only reads in the child."""
    child = make.organisation(parent=organisation)
    reader = make.user(organisation)
    make_director = make.user(child, Role.DIRECTOR)
    make_director.memberships.update(user=reader)
    ticket = make.ticket(child)
    client.force_login(reader)

    assert client.get(address(ticket)).status_code == 200
    assert client.post(address(ticket, f"{act}/"), ACTS[act]).status_code == 403


@pytest.mark.parametrize("act", ["responder", "nota", "asignarmela", "no-deseado", "reabrir"])
def test_reading_never_writes(desk: Client, ticket: Ticket, act: str) -> None:
    assert desk.get(address(ticket, f"{act}/")).status_code == 405


# --- Answering --------------------------------------------------------------------------------------------


def test_an_answer_without_scripts_comes_back_to_the_page(desk: Client, ticket: Ticket, agent: User) -> None:
    page = send(desk, ticket, "responder", text="Instale el certificado.", key="k")

    assert (page.status_code, page["Location"]) == (302, address(ticket))
    assert words(ticket)[1:] == [("public", "staff", "Instale el certificado.")]
    assert "Respuesta enviada." in desk.get(address(ticket)).content.decode()


def test_other_words_sent_from_a_page_that_was_gone_back_to_are_another_answer(desk: Client, ticket: Ticket) -> None:
    for act, field in (("responder", "text"), ("nota", "note")):
        for text in ("Siga los pasos.", "Siga los pasos.", "Perdón: siga estos otros."):
            desk.post(address(ticket, f"{act}/"), {field: text, "key": act})

    assert words(ticket)[1:] == [
        ("public", "staff", "Siga los pasos."),
        ("public", "staff", "Perdón: siga estos otros."),
        ("note", "staff", "Siga los pasos."),
        ("note", "staff", "Perdón: siga estos otros."),
    ]


def test_an_answer_with_htmx_brings_the_conversation(desk: Client, ticket: Ticket) -> None:
    page = send(desk, ticket, "responder", htmx=True, text="Instale el certificado.", key="k", note="a medias")

    content = page.content.decode()
    assert page.status_code == 200
    assert content.strip().startswith('<div id="ticket">')
    assert "Instale el certificado." in content
    assert "a medias" in content  # what was being typed in the note
    assert json.loads(page["HX-Trigger"]) == {"toast": {"text": "Respuesta enviada.", "kind": "good"}}


def test_a_note_with_htmx_keeps_the_answer_that_was_being_typed(desk: Client, ticket: Ticket) -> None:
    page = send(desk, ticket, "nota", htmx=True, note="Ya llamó ayer.", key="k", text="Instale el cert")

    assert words(ticket)[1:] == [("note", "staff", "Ya llamó ayer.")]
    assert "Instale el cert" in page.content.decode()


def test_an_answer_may_resolve_too(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, "responder", text="Instale el certificado.", key="k", resolve="1")

    assert (fresh(ticket).state, fresh(ticket).public_replies) == (State.RESOLVED, 1)


def test_an_answer_that_resolves_brings_the_whole_page(desk: Client, ticket: Ticket) -> None:
    answer = send(desk, ticket, "responder", htmx=True, text="Instale el certificado.", key="k", resolve="1")

    assert answer["HX-Redirect"] == address(ticket)
    page = desk.get(address(ticket)).content.decode()
    assert "Respuesta enviada." in page
    assert "Más acciones" not in page


# --- Files with an answer -------------------------------------------------------------------------------


@pytest.fixture
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def pdf(name: str = "pasos.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def files_of(ticket: Ticket) -> list[tuple[str, str]]:
    """Text of the message and name of the file, of all files of a ticket."""
    rows = Attachment.objects.filter(message__ticket=ticket).order_by("pk")
    return list(rows.values_list("message__text", "name"))


@pytest.mark.usefixtures("_own_files")
def test_an_answer_takes_its_files_along_once(desk: Client, ticket: Ticket, agent: User) -> None:
    for _press in range(2):
        desk.post(address(ticket, "responder/"), {"text": "Siga los pasos.", "key": "k", "uploads": pdf()})

    assert files_of(ticket) == [("Siga los pasos.", "pasos.pdf")]
    assert not TicketDraft.objects.exists()
    message = ticket.messages.get(author=agent)
    tell_person(message.pk)
    mail = OutgoingMessage.objects.get(kind="tickets.reply")
    for text in (mail.text, mail.html):
        assert "Este correo lleva un archivo: pasos.pdf." in text
    assert list(mail.files.values_list("name", "content_type")) == [("pasos.pdf", "application/pdf")]


@pytest.mark.usefixtures("_own_files")
def test_a_refused_answer_keeps_the_good_files_and_says_which_is_bad(desk: Client, ticket: Ticket) -> None:
    program = SimpleUploadedFile("pasos.pdf", b"MZ" + bytes(100))

    page = desk.post(
        address(ticket, "responder/"), {"text": "Siga los pasos.", "key": "k", "uploads": [pdf("bien.pdf"), program]}
    )

    content = page.content.decode()
    assert page.status_code == 422
    assert "es un programa y no podemos aceptarlo" in content
    assert "Siga los pasos." in content
    assert words(ticket)[1:] == []
    assert "bien.pdf" in desk.get(address(ticket)).content.decode()
    send(desk, ticket, "responder", text="Siga los pasos.", key="k")
    assert files_of(ticket) == [("Siga los pasos.", "bien.pdf")]


@pytest.mark.usefixtures("_own_files")
def test_two_hundred_files_are_told_the_limit_in_one_sentence(desk: Client, ticket: Ticket) -> None:
    files = [SimpleUploadedFile(f"{number}.pdf", PDF + str(number).encode()) for number in range(200)]

    page = desk.post(address(ticket, "responder/"), {"text": "Siga los pasos.", "key": "k", "uploads": files})

    assert page.status_code == 422
    assert "Se pueden adjuntar 5 archivos como máximo; 195 no se han guardado." in page.text
    assert DraftFile.objects.count() == 5


@pytest.mark.usefixtures("_own_files")
def test_a_note_leaves_the_files_of_the_answer_waiting(desk: Client, ticket: Ticket) -> None:
    desk.post(address(ticket, "nota/"), {"note": "Ya llamó ayer.", "key": "k", "uploads": pdf()})

    assert files_of(ticket) == []
    assert "pasos.pdf" in desk.get(address(ticket)).content.decode()


@pytest.mark.usefixtures("_own_files")
def test_a_waiting_file_can_be_taken_out_and_the_text_stays(desk: Client, ticket: Ticket) -> None:
    desk.post(address(ticket, "nota/"), {"note": "Ya llamó ayer.", "key": "k", "uploads": pdf()})
    file = DraftFile.objects.get()

    page = send(desk, ticket, "responder", text="Siga los pa", key="k", remove_file=str(file.pk))

    content = page.content.decode()
    assert (page.status_code, "Siga los pa" in content, "pasos.pdf" in content) == (200, True, False)
    assert not DraftFile.objects.exists()
    assert words(ticket)[1:] == [("note", "staff", "Ya llamó ayer.")]


@pytest.mark.usefixtures("_own_files")
def test_files_wait_only_for_whoever_chose_them(desk: Client, ticket: Ticket, client: Client) -> None:
    desk.post(address(ticket, "nota/"), {"note": "Ya llamó ayer.", "key": "k", "uploads": pdf()})
    colleague = Client()
    colleague.force_login(agent_of(ticket.organisation))

    page = colleague.get(address(ticket)).content.decode()
    send(colleague, ticket, "responder", text="Reinicie.", key="k2")

    assert "pasos.pdf" not in page
    assert files_of(ticket) == []


@pytest.mark.parametrize(("act", "field"), [("responder", "text"), ("nota", "note")])
def test_nothing_typed_is_nothing_sent(desk: Client, ticket: Ticket, act: str, field: str) -> None:
    page = desk.post(address(ticket, f"{act}/"), {"key": "k", field: "  \n"})

    assert page.status_code == 422
    assert len(words(ticket)) == 1


def test_a_megabyte_is_refused_and_kept(desk: Client, ticket: Ticket) -> None:
    page = send(desk, ticket, "responder", text="x" * 1_000_000, key="k")

    assert page.status_code == 422
    assert "x" * 1_000_000 in page.content.decode()


def test_control_characters_are_dropped(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, "responder", text="uno\x00\r\ndos", key="k")

    assert words(ticket)[-1][2] == "uno\ndos"


def test_the_second_of_two_is_told_keeps_the_text_and_may_insist(desk: Client, ticket: Ticket) -> None:
    before = seen(desk.get(address(ticket)))
    colleague = agent_of(ticket.organisation)
    tickets.reply_as_desk(ticket, author=colleague, text="Instale el certificado.")

    refused = send(desk, ticket, "responder", htmx=True, text="Reinicie.", key="k", seen_until=before)
    insisted = send(desk, ticket, "responder", text="Reinicie.", key="k", seen_until=seen(refused))

    content = refused.content.decode()
    assert refused.status_code == 422
    assert f"{colleague.name} ha respondido mientras usted escribía" in content
    assert "Reinicie." in content
    assert "Instale el certificado." in content  # what the colleague said is on the page now
    assert "Enviar de todos modos" in content
    assert insisted.status_code == 302
    assert [text for _kind, _author, text in words(ticket)[1:]] == ["Instale el certificado.", "Reinicie."]


def test_an_answer_to_what_was_resolved_meanwhile_is_kept(desk: Client, ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    page = send(desk, ticket, "responder", text="Reinicie.", key="k")

    assert page.status_code == 422
    assert "ya está resuelta" in page.content.decode()
    assert "Reinicie." in page.content.decode()


# --- Acts -------------------------------------------------------------------------------------------------


def test_taking_it(desk: Client, ticket: Ticket, agent: User) -> None:
    send(desk, ticket, "asignarmela")

    assert fresh(ticket).assigned_to == agent


def test_taking_what_a_colleague_took_says_so(desk: Client, ticket: Ticket) -> None:
    before, colleague = seen(desk.get(address(ticket))), agent_of(ticket.organisation)
    tickets.assign(ticket, author=colleague, to=colleague)

    page = desk.post(address(ticket, "asignarmela/"), {"seen_until": before}, follow=True)

    assert fresh(ticket).assigned_to == colleague
    assert f"{colleague.name} ha cambiado quién la lleva" in page.content.decode()


def test_giving_it_to_somebody(desk: Client, ticket: Ticket) -> None:
    colleague, stranger = agent_of(ticket.organisation), make.user(make.organisation())

    offered = desk.get(address(ticket, "asignar/")).content.decode()
    send(desk, ticket, "asignar", to=str(colleague.pk))
    given = fresh(ticket).assigned_to
    refused = send(desk, ticket, "asignar", to=str(stranger.pk))

    assert colleague.name in offered
    assert stranger.name not in offered
    assert (given, refused.status_code, fresh(ticket).assigned_to) == (colleague, 422, colleague)


def test_giving_what_is_resolved_says_why_not(desk: Client, ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    page = send(desk, ticket, "asignar", to=str(agent.pk))

    assert page.status_code == 422
    assert "ya está resuelta" in page.content.decode()


def test_passing_it_on_goes_back_to_the_list(desk: Client, ticket: Ticket) -> None:
    other, stranger = make.team(ticket.organisation), team_of(make.organisation())

    refused = send(desk, ticket, "traspasar", team=str(stranger.pk))
    page = send(desk, ticket, "traspasar", team=str(other.pk))

    assert refused.status_code == 422
    assert (page.status_code, page["Location"]) == (302, "/gestion/consultas/")
    assert fresh(ticket).team == other


def test_saying_whose_turn_it_is(desk: Client, ticket: Ticket) -> None:
    nameless = send(desk, ticket, "estado", state="waiting_for_third_party")
    page = send(desk, ticket, "estado", state="waiting_for_third_party", third_party="FNMT")

    assert nameless.status_code == 422
    assert "Escriba de quién depende" in nameless.content.decode()
    assert page.status_code == 302
    assert (fresh(ticket).state, fresh(ticket).third_party) == (State.WAITING_FOR_THIRD_PARTY, "FNMT")


@pytest.mark.parametrize("state", ["resolved", "spam", "x", ""])
def test_other_states_are_not_chosen_there(desk: Client, ticket: Ticket, state: str) -> None:
    assert send(desk, ticket, "estado", state=state).status_code == 422


def test_saying_the_topic_leaves_a_procedure_of_the_body_above_or_out_of_use_where_it_is(
    organisation: Organisation,
) -> None:
    child = make.organisation(host="hija.example", parent=organisation)
    above = make.procedure(organisation, sia_code="990001", name="Instancia general")
    topic, retired = make.topic(organisation), make.topic(child)
    ticket = make.ticket(child, procedure=above, topic=retired)
    Procedure.objects.filter(pk=above.pk).update(is_active=False)
    Topic.objects.filter(pk=retired.pk).update(is_active=False)
    desk = Client(SERVER_NAME="hija.example")
    desk.force_login(agent_of(child))

    shown = desk.get(address(ticket, "clasificar/")).text
    kept = send(desk, ticket, "clasificar", topic=str(retired.pk), procedure=str(above.pk))
    changed = send(desk, ticket, "clasificar", topic=str(topic.pk), procedure=str(above.pk))

    assert "Instancia general (990001)" in shown
    assert (kept.status_code, changed.status_code) == (302, 302)
    assert (fresh(ticket).topic, fresh(ticket).procedure) == (topic, above)


def test_the_part_of_the_service_and_the_device_are_typed_and_shown(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, "clasificar", component=" Registro ", device="Windows 11, Firefox")

    form = desk.get(address(ticket, "clasificar/")).text
    page = desk.get(address(ticket)).text

    assert 'value="Registro"' in form
    assert "Windows 11, Firefox" in page


def test_resolving_suggests_articles_and_keeps_the_one_that_helped(desk: Client, ticket: Ticket) -> None:
    article = make.article(ticket.organisation, title="No aparece mi certificado")

    offered = desk.get(address(ticket, "resolver/")).content.decode()
    page = send(desk, ticket, "resolver", article=str(article.pk))

    assert "No aparece mi certificado" in offered
    assert page.status_code == 302
    assert (fresh(ticket).state, fresh(ticket).solved_by) == (State.RESOLVED, article)


def test_another_article_can_be_searched_for(desk: Client, ticket: Ticket) -> None:
    other = make.article(ticket.organisation, title="Olvidé mi contraseña de Clave", summary="Pida otra.", body="Así.")

    offered = desk.get(address(ticket, "resolver/"), {"q": "contraseña"}).content.decode()
    send(desk, ticket, "resolver", q="contraseña", article=str(other.pk))

    assert "Olvidé mi contraseña de Clave" in offered
    assert fresh(ticket).solved_by == other


def test_resolving_without_article(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, "resolver", article="")

    assert (fresh(ticket).state, fresh(ticket).solved_by) == (State.RESOLVED, None)


def test_an_article_that_was_not_offered_is_refused(desk: Client, ticket: Ticket) -> None:
    stranger = make.article(make.organisation())

    assert send(desk, ticket, "resolver", article=str(stranger.pk)).status_code == 422
    assert fresh(ticket).state == State.NEW


@pytest.mark.parametrize("act", ["resolver", "no-deseado"])
def test_what_was_done_by_mistake_is_undone_on_the_spot(desk: Client, ticket: Ticket, act: str) -> None:
    send(desk, ticket, act, article="")
    page = desk.get(address(ticket)).content.decode()
    send(desk, ticket, "reabrir")

    assert "Deshacer" in page
    assert (fresh(ticket).state, fresh(ticket).reopenings) == (State.NEW, 0)


def test_later_it_is_reopened(desk: Client, ticket: Ticket, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        tickets.resolve(ticket, author=agent)

    page = desk.get(address(ticket)).content.decode()
    send(desk, ticket, "reabrir")

    assert "Reabrir" in page
    assert "Deshacer" not in page
    assert fresh(ticket).reopenings == 1


@pytest.mark.parametrize("act", ["reabrir", "no-deseado"])
def test_what_cannot_be_done_is_said_on_the_page(desk: Client, ticket: Ticket, agent: User, act: str) -> None:
    if act == "no-deseado":
        tickets.resolve(ticket, author=agent)

    page = desk.post(address(ticket, f"{act}/"), follow=True).content.decode()

    assert ("está abierta" if act == "reabrir" else "ya está resuelta") in page


def test_how_the_person_gets_the_answer_is_said_where_it_is_written(desk: Client, organisation: Organisation) -> None:
    person = make.person(organisation, phone="+34600112233")
    by_phone = make.ticket(organisation, person=person, contact_by=ContactBy.PHONE)
    in_person = make.ticket(organisation, contact_by=ContactBy.IN_PERSON)

    assert "pidió que se le llame: 600 112 233" in desk.get(address(by_phone)).content.decode()
    assert "vendrá con la referencia" in desk.get(address(in_person)).content.decode()


# --- Live ---------------------------------------------------------------------------------------------------


def test_who_gets_the_answer_is_said_when_somebody_speaks_for_the_person(
    desk: Client, organisation: Organisation, ticket: Ticket
) -> None:
    speaks = make.person(organisation, name="Hijo Inventado", email="hijo@correo.example", phone="+34600111222")
    Ticket.objects.filter(pk=ticket.pk).update(representative=speaks)

    by_email = desk.get(f"/gestion/consultas/{ticket.reference}/").text
    Ticket.objects.filter(pk=ticket.pk).update(contact_by="phone")
    by_phone = desk.get(f"/gestion/consultas/{ticket.reference}/").text

    assert "Lo recibirá por correo electrónico quien representa a la persona: Hijo Inventado." in by_email
    assert "La persona lo recibirá por correo electrónico." not in by_email
    assert "Pidieron que se llame a quien representa a la persona, Hijo Inventado: 600" in by_phone


@pytest.mark.parametrize(
    ("by", "known"), [("email", {"phone": "+34600111222"}), ("phone", {"email": "h@hijo.example"})]
)
def test_nothing_is_promised_to_who_speaks_for_the_person_and_cannot_be_told(
    desk: Client, organisation: Organisation, ticket: Ticket, by: str, known: dict[str, str]
) -> None:
    speaks = make.person(organisation, name="Hijo Inventado", **({"email": "", "phone": ""} | known))
    Ticket.objects.filter(pk=ticket.pk).update(representative=speaks, contact_by=by)

    page = desk.get(f"/gestion/consultas/{ticket.reference}/").text

    assert "No se sabe cómo avisar a quien la representa: complete su ficha." in page
    assert "Lo recibirá por correo" not in page
    assert "Pidieron que se llame" not in page


def test_who_wrote_meanwhile_is_named_and_nothing_else_moves(desk: Client, ticket: Ticket) -> None:
    before = seen(desk.get(address(ticket)))
    nothing = desk.get(address(ticket, f"novedades/?desde={before}")).content.decode()
    tickets.reply_as_person(ticket, text="¿Hola?", channel=Channel.WEB)

    something = desk.get(address(ticket, f"novedades/?desde={before}")).content.decode()

    assert nothing.strip() == ""
    assert f"{ticket.person.name} ha escrito o hecho algo" in something
    assert "¿Hola?" not in something


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 5000])
def test_news_since_nothing_are_not_found(desk: Client, ticket: Ticket, since: str) -> None:
    assert desk.get(address(ticket, f"novedades/?desde={since}")).status_code == 404


def test_events_of_the_ticket_are_in_the_readers_language(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        tickets.assign(ticket, author=agent, to=agent)

    assert events(ticket)[-1] == f"Asignada a {agent.name}."
