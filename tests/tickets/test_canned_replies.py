"""Prepared answers: written, checked, offered where they fit, put in the person's language."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.actions.changes import calendars_changed
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import canned
from mostrador.tickets.choices import TicketKind
from mostrador.tickets.models import CannedReply, KindSettings, ReplyDraft, Ticket
from mostrador.tickets.queries.replies import offered_for
from mostrador.tickets.rules.canned import VARIABLES, fault_in, filled, missing_in
from tests import make
from tests.tickets.desk import agent_of, team_of

JSON = {"Accept": "application/json"}
LIST = "/gestion/consultas/respuestas/"


def prepared(organisation: Organisation, **fields: Any) -> CannedReply:
    known: dict[str, Any] = {
        "title": "Más datos",
        "shortcut": "mas-datos",
        "texts": {"es": "{{ saludo }}\n\nDíganos más."},
    }
    return canned.save_canned_reply(organisation, author=None, **known | fields)


def of_ticket(ticket: Ticket, act: str = "") -> str:
    return f"/gestion/consultas/{ticket.reference}/respuestas/{act}"


# --- Variables ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{{ referencia }}", "{{referencia}} y {{ persona.nombre }}", "sin nada", "a { b } c"])
def test_good_variables_have_no_fault(text: str) -> None:
    assert fault_in(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ dni }}", "No existe la variable «dni»"),
        ("{{ referencia.__class__ }}", "No existe la variable «referencia.__class__»"),
        ("{{ }}", "No existe la variable «»"),
        ("{{ referencia }", "Falta una llave"),
        ("referencia }}", "Falta una llave"),
        ("{{ {{ referencia }} }}", "Falta una llave"),
    ],
)
def test_other_ones_are_named(text: str, words: str) -> None:
    assert words in fault_in(text)


def test_values_are_words_and_not_marks() -> None:
    assert (
        filled("Hola, {{ persona.nombre }}:", {"persona.nombre": "[Ana](http://x) *"}) == r"Hola, \[Ana\](http://x) \*:"
    )


def test_what_has_no_value_leaves_no_gap() -> None:
    text = "En la sede, {{ sede }}, o en persona {{ persona.nombre }}."

    assert filled(text, {}) == "En la sede, o en persona."
    assert missing_in(text, {"sede": "x"}) == ["persona.nombre"]


# --- Writing ------------------------------------------------------------------------------------------------


@pytest.fixture
def supervisor(client: Client, organisation: Organisation) -> Client:
    """The browser of a supervisor."""
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    return client


def test_it_is_written_changed_and_no_longer_offered(supervisor: Client, organisation: Organisation) -> None:
    posted = {"title": "Más datos", "shortcut": "mas-datos", "text_es": "Díganos más.", "kinds": ["support"]}
    supervisor.post(f"{LIST}nueva/", posted)
    reply = CannedReply.objects.get()
    supervisor.post(f"{LIST}{reply.pk}/", posted | {"text_ca": "Digui'ns més."})
    supervisor.post(f"{LIST}{reply.pk}/uso/", {"use": "no"})

    page = supervisor.get(LIST).text

    reply.refresh_from_db()
    assert (reply.texts, reply.kinds, reply.is_active) == (
        {"es": "Díganos más.", "ca": "Digui'ns més."},
        ["support"],
        False,
    )
    assert "no se ofrece" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text_es": "Hola, {{ dni }}"}, "No existe la variable «dni»"),
        ({"text_es": ""}, "Escriba el texto en un idioma"),
        ({"shortcut": "con espacios"}, "Use solo letras"),
        ({"shortcut": "tomado"}, "usa ya el atajo «tomado»"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    supervisor: Client, organisation: Organisation, wrong: dict[str, str], words: str
) -> None:
    prepared(organisation, shortcut="tomado")
    posted = {"title": "Un título raro", "shortcut": "otro", "text_es": "Díganos más."} | wrong

    page = supervisor.post(f"{LIST}nueva/", posted)

    assert page.status_code == 422
    assert words in page.text
    assert "Un título raro" in page.text
    assert CannedReply.objects.count() == 1


def test_it_is_tried_with_a_real_ticket_and_nothing_is_kept(
    supervisor: Client, organisation: Organisation, ticket: Ticket
) -> None:
    posted = {
        "title": "T",
        "shortcut": "t",
        "text_es": "Es la {{ referencia }}.",
        "consulta": ticket.reference,
        "try": "1",
    }

    tried = supervisor.post(f"{LIST}nueva/", posted)
    stranger = supervisor.post(f"{LIST}nueva/", posted | {"consulta": make.ticket(make.organisation()).reference})

    assert f"Es la {ticket.reference}." in tried.text
    assert "No hay ninguna consulta con esa referencia" in stranger.text
    assert not CannedReply.objects.exists()


def test_an_empty_list_says_what_to_do(supervisor: Client) -> None:
    assert "Aún no hay respuestas preparadas" in supervisor.get(LIST).text


def test_the_list_costs_the_same_for_one_and_for_three(
    supervisor: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    supervisor.get(LIST)
    for number in range(3):
        prepared(organisation, shortcut=f"r{number}", team=team_of(organisation), topic=make.topic(organisation))
        # Host, session, user, memberships, teams; answers, who reads drafts.
        with django_assert_num_queries(7):
            supervisor.get(LIST)


# --- Where it is offered -------------------------------------------------------------------------------


def test_it_is_offered_where_it_fits(organisation: Organisation, ticket: Ticket) -> None:
    child = make.organisation(parent=organisation)
    prepared(organisation, shortcut="todas")
    prepared(organisation, shortcut="suya", team=team_of(organisation), kinds=["support"], channels=["web"])
    prepared(organisation, shortcut="otro-equipo", team=make.team(organisation))
    prepared(organisation, shortcut="otro-tema", topic=make.topic(organisation))
    prepared(organisation, shortcut="otra-clase", kinds=["complaint"])
    prepared(organisation, shortcut="otro-estado", states=["waiting_for_us"])
    prepared(make.organisation(), shortcut="de-otros")
    prepared(child, shortcut="todas", texts={"es": "La de aquí."})

    assert {reply.shortcut for reply in offered_for(ticket)} == {"todas", "suya"}
    below = offered_for(make.ticket(child))
    assert [(reply.shortcut, reply.texts["es"]) for reply in below] == [("todas", "La de aquí.")]


# --- Putting it ------------------------------------------------------------------------------------------


def test_it_is_put_in_the_language_that_the_person_reads(desk: Client, organisation: Organisation) -> None:
    person = make.person(organisation, name="Ona")
    ticket = make.ticket(organisation, person=person, language="ca")
    both = prepared(organisation, texts={"es": "Díganos más.", "ca": "{{ saludo }}\n\nDigui'ns més."})
    spanish = prepared(organisation, shortcut="dos")

    in_catalan = desk.post(of_ticket(ticket, f"{both.pk}/poner/"), headers=JSON).json()
    fallback = desk.post(of_ticket(ticket, f"{spanish.pk}/poner/"), headers=JSON).json()

    assert in_catalan["text"].endswith("Digui'ns més.")
    assert "Ona" in in_catalan["text"]
    assert in_catalan["words"] == ""
    assert "No está en catalán: se ha puesto en" in fallback["words"]
    both.refresh_from_db()
    assert (both.use_count, both.last_used_at is not None) == (1, True)


def test_without_scripts_it_is_added_to_the_draft(desk: Client, ticket: Ticket, agent: User) -> None:
    reply = prepared(ticket.organisation)

    page = desk.get(of_ticket(ticket)).text
    nothing = desk.get(of_ticket(ticket), {"q": "zzz"}).text
    answer = desk.post(of_ticket(ticket, f"{reply.pk}/poner/"))

    assert "Díganos más." in page
    assert "Ninguna respuesta preparada sirve aquí" in nothing
    assert answer.status_code == 302
    assert ReplyDraft.objects.get(author=agent).text == f"Hola, {ticket.person.name}:\n\nDíganos más."


def test_looking_counts_nothing_and_finds_by_title_and_shortcut(desk: Client, ticket: Ticket) -> None:
    reply = prepared(ticket.organisation)

    for words in ("mas", "datos", "mas-datos", "Más datos"):
        found = desk.get(of_ticket(ticket), {"q": words}, headers=JSON).json()["found"]
        assert [row["value"] for row in found] == [reply.pk]

    reply.refresh_from_db()
    assert reply.use_count == 0


def test_what_answers_to_its_kind_begin_with_comes_first(desk: Client, organisation: Organisation, agent: User) -> None:
    prepared(organisation)
    person = make.person(organisation, name="Ona")
    ticket = make.ticket(organisation, person=person, kind=TicketKind.COMPLAINT, language="es")

    shipped, other = desk.get(of_ticket(ticket), headers=JSON).json()["found"]
    KindSettings.objects.create(
        organisation=organisation, kind=TicketKind.COMPLAINT, replies={"es": "Su queja {{ referencia }}.\n\nUn saludo"}
    )
    calendars_changed(organisation)
    own = desk.post(of_ticket(ticket, "0/poner/"), headers=JSON).json()
    desk.post(of_ticket(ticket, "0/poner/"))

    assert (shipped["value"], shipped["label"], shipped["note"]) == (0, "Plantilla de su clase: queja", "")
    assert shipped["text"].startswith("Hola, Ona:\n\nHemos comprobado lo que nos cuenta en su queja.")
    assert other["note"] == "/mas-datos"
    assert own["text"] == f"Hola, Ona:\n\nSu queja {ticket.reference}.\n\nUn saludo"
    assert ReplyDraft.objects.get(author=agent).text == own["text"]


def test_what_is_not_offered_is_not_put(desk: Client, ticket: Ticket) -> None:
    reply = prepared(ticket.organisation, kinds=["complaint"])

    assert desk.post(of_ticket(ticket, f"{reply.pk}/poner/")).status_code == 404


# --- What an office begins with ----------------------------------------------------------------------------


def test_an_office_begins_with_good_ones_in_five_languages(organisation: Organisation) -> None:
    first, second = canned.set_up_canned_replies(organisation), canned.set_up_canned_replies(organisation)

    rows = list(CannedReply.objects.all())
    assert (first, second, len(rows)) == (12, 0, 12)
    for row in rows:
        assert set(row.texts) == {"es", "ca", "gl", "eu", "en"}, row.shortcut
        for text in row.texts.values():
            assert fault_in(text) == "", row.shortcut
            assert len(text) > 100


def test_every_variable_has_a_value_somewhere(organisation: Organisation, agent: User) -> None:
    organisation.phone, organisation.sede_url = "900 000 000", "https://sede.example"
    organisation.save()
    ticket = make.ticket(
        organisation,
        procedure=make.procedure(organisation, sia_code="1", name="Padrón"),
        person_deadline_on=date(2026, 5, 1),
    )
    ticket = Ticket.objects.select_related("organisation", "person", "team", "procedure").get(pk=ticket.pk)
    reply = prepared(organisation, texts={"es": " ".join(f"{{{{ {name} }}}}" for name in VARIABLES)})

    put = canned.fill(reply, ticket, agent)

    assert put.missing == []
    assert "{{" not in put.text


def test_a_text_with_nothing_is_refused(organisation: Organisation) -> None:
    with pytest.raises(ActionRefused, match="un idioma"):
        prepared(organisation, texts={"es": " "})


def test_who_only_answers_writes_none(client: Client, organisation: Organisation) -> None:
    client.force_login(agent_of(organisation))

    assert client.get(LIST).status_code == 403
