"""Fields of an organisation's own: asked of the person and of the desk, shown, removed, erased."""

from typing import Any

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions.fields import create_field, remove_field, save_answers
from mostrador.tickets.actions.retention import erase_words
from mostrador.tickets.choices import FieldKind
from mostrador.tickets.models import CustomField, Ticket
from mostrador.tickets.queries.fields import answers_of, fields_about
from mostrador.tickets.rules.fields import kept, shown
from tests import make
from tests.tickets.desk import events, fresh
from tests.tickets.wizard import say_how_to_reach, say_where, send, start


def field(organisation: Organisation, name: str, kind: FieldKind = FieldKind.TEXT, **values: Any) -> CustomField:
    return create_field(organisation, {"names": {"es": name}, "kind": kind} | values, actor=None)


COLOURS = [{"key": "rojo", "names": {"es": "Rojo", "ca": "Vermell"}}, {"key": "azul", "names": {"es": "Azul"}}]


def test_what_depends_on_an_answer_shows_only_then_also_through_others(organisation: Organisation) -> None:
    first = field(organisation, "Tiene certificado", FieldKind.YES_NO)
    second = field(organisation, "Color", FieldKind.CHOICE, options=COLOURS, depends_on=first, depends_value="si")
    field(organisation, "Por qué rojo", depends_on=second, depends_value="rojo")
    fields = fields_about(organisation, None)
    everything = {"tiene_certificado": True, "color": "rojo", "por_que_rojo": "Porque sí"}

    assert [each.key for each in shown(fields, everything)] == list(everything)
    assert kept(fields, everything | {"tiene_certificado": False}) == {"tiene_certificado": False}


def test_fields_of_a_topic_are_those_of_all_of_its_own_and_of_the_one_around_it(organisation: Organisation) -> None:
    outer = make.topic(organisation)
    inner, other = make.topic(organisation, parent=outer), make.topic(organisation)
    for name, topic in {"De todos": None, "De fuera": outer, "De dentro": inner, "De otro": other}.items():
        field(organisation, name, topic=topic)
    child = make.organisation(parent=organisation)

    assert [each.key for each in fields_about(child, inner)] == ["de_todos", "de_fuera", "de_dentro"]


def test_the_desk_fills_them_in_and_the_page_shows_them(
    organisation: Organisation, ticket: Ticket, agent: User
) -> None:
    field(organisation, "Expediente")
    field(organisation, "Color", FieldKind.CHOICE, options=COLOURS)
    field(organisation, "Importe", FieldKind.NUMBER)
    field(organisation, "Fecha", FieldKind.DATE)

    answers = {"expediente": "E/1", "color": "rojo", "importe": 1234.5, "fecha": "2026-03-02"}
    save_answers(ticket, author=agent, answers=answers)
    save_answers(ticket, author=agent, answers=answers)

    assert fresh(ticket).custom == answers
    assert [(each.name, each.words) for each in answers_of(fresh(ticket))] == [
        ("Expediente", "E/1"),
        ("Color", "Rojo"),
        ("Importe", "1.234,5"),
        ("Fecha", "2 de marzo de 2026"),
    ]
    assert events(ticket)[1:] == ["Se cambiaron otros datos: Expediente, Color, Importe, Fecha."]


def test_filling_them_in_is_offered_only_where_there_are_any(
    organisation: Organisation, ticket: Ticket, agent: User, client: Client
) -> None:
    inner = make.topic(organisation, parent=make.topic(organisation))
    Ticket.objects.filter(pk=ticket.pk).update(topic=inner)
    field(organisation, "De otro", topic=make.topic(organisation))
    remove_field(field(organisation, "Quitado"), actor=agent)
    client.force_login(agent)

    def is_offered() -> bool:
        return "Rellenar otros datos" in client.get(f"/gestion/consultas/{ticket.reference}/").text

    before = is_offered()
    field(organisation, "De fuera", topic=inner.parent)

    assert (before, is_offered()) == (False, True)


def test_what_was_answered_to_a_removed_field_stays_readable(
    organisation: Organisation, ticket: Ticket, agent: User
) -> None:
    row = field(organisation, "Expediente")
    save_answers(ticket, author=agent, answers={"expediente": "E/1"})

    remove_field(row, actor=agent)
    save_answers(fresh(ticket), author=agent, answers={})

    assert fields_about(organisation, None) == []
    assert [(each.name, each.words) for each in answers_of(fresh(ticket))] == [("Expediente", "E/1")]


def test_erasing_a_ticket_clears_its_answers(ticket: Ticket, agent: User) -> None:
    field(ticket.organisation, "Expediente")
    save_answers(ticket, author=agent, answers={"expediente": "E/1"})

    erase_words(ticket)

    assert fresh(ticket).custom == {}


# --- The public form ------------------------------------------------------------------------------------


@pytest.fixture
def here(organisation: Organisation) -> Organisation:
    return organisation


def test_the_person_is_asked_without_scripts_and_what_does_not_show_is_not_needed(
    here: Organisation, client: Client
) -> None:
    first = field(here, "Tiene certificado", FieldKind.YES_NO, is_asked=True, is_required=True)
    field(here, "Cuál", is_asked=True, is_required=True, depends_on=first, depends_value="si")
    field(here, "Solo del equipo")
    start(client)

    assert say_where(client).headers["Location"] == "/consultas/nueva/datos/"
    page = client.get("/consultas/nueva/datos/").content.decode()
    refused = client.post("/consultas/nueva/datos/", {"campo_tiene_certificado": "si", "campo_cual": ""})
    accepted = client.post("/consultas/nueva/datos/", {"campo_tiene_certificado": "no"})
    say_how_to_reach(client)
    check = client.get("/consultas/nueva/comprobar/").content.decode()
    send(client)

    assert "Solo si en «Tiene certificado» ha contestado «Sí»." in page
    assert "Solo del equipo" not in page
    assert (refused.status_code, "Falta «Cuál»." in refused.content.decode()) == (422, True)
    assert accepted.headers["Location"] == "/consultas/nueva/contacto/"
    assert "Tiene certificado" in check
    assert Ticket.objects.get().custom == {"tiene_certificado": False}


def test_the_topic_that_is_chosen_decides_what_is_asked(here: Organisation, client: Client) -> None:
    topic = make.topic(here, name="Certificados")
    field(here, "Emisor", FieldKind.SEVERAL, options=COLOURS, topic=topic, is_asked=True)
    start(client)
    without = say_where(client).headers["Location"]
    with_topic = say_where(client, topic=topic.pk).headers["Location"]
    client.post("/consultas/nueva/datos/", {"campo_emisor": ["rojo", "azul"]})
    again = client.get("/consultas/nueva/datos/").content.decode()
    say_how_to_reach(client)
    send(client)

    assert (without, with_topic) == ("/consultas/nueva/contacto/", "/consultas/nueva/datos/")
    assert again.count(" checked") == 2
    assert (Ticket.objects.get().topic, Ticket.objects.get().custom) == (topic, {"emisor": ["rojo", "azul"]})


# --- The settings page ----------------------------------------------------------------------------------


def test_a_supervisor_adds_changes_and_removes_a_field(here: Organisation, client: Client) -> None:
    client.force_login(make.user(here, Role.SUPERVISOR))
    typed = {
        "name_es": "Color",
        "kind": "choice",
        "options": "Rojo | ca: Vermell\nAzul",
        "position": "10",
        "is_asked": "on",
    }

    made = client.post("/gestion/consultas/campos/nuevo/", typed)
    row = CustomField.objects.get()
    client.post(f"/gestion/consultas/campos/{row.pk}/", typed | {"options": "Verde\nRojo"})
    changed = CustomField.objects.get()
    client.post(f"/gestion/consultas/campos/{row.pk}/quitar/")

    assert made.headers["Location"] == "/gestion/consultas/campos/"
    assert [(row.key, row.options[0])] == [("color", {"key": "rojo", "names": {"es": "Rojo", "ca": "Vermell"}})]
    assert [(each["key"], each.get("removed", False)) for each in changed.options] == [
        ("verde", False),
        ("rojo", False),
        ("azul", True),
    ]
    assert CustomField.objects.get().removed_at is not None


def test_a_list_without_options_and_an_answer_that_is_none_are_refused(here: Organisation, client: Client) -> None:
    client.force_login(make.user(here, Role.SUPERVISOR))
    above = field(here, "Color", FieldKind.CHOICE, options=COLOURS)
    empty = client.post("/gestion/consultas/campos/nuevo/", {"name_es": "X", "kind": "choice", "position": "1"})
    wrong = client.post(
        "/gestion/consultas/campos/nuevo/",
        {"name_es": "X", "kind": "text", "position": "1", "depends_on": above.pk, "depends_value": "Verde"},
    )

    assert (empty.status_code, "Escriba al menos una opción." in empty.content.decode()) == (422, True)
    assert (wrong.status_code, "no tiene esa respuesta" in wrong.content.decode()) == (422, True)
