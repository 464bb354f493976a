"""Pages of kinds, terms, priority and service levels: the public's, the desk's, the supervisor's."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import emails, kinds
from mostrador.tickets.actions.service_levels import save_level, set_up_service_levels
from mostrador.tickets.actions.tickets import new_private_link
from mostrador.tickets.choices import Priority, TicketKind
from mostrador.tickets.models import KindSettings, LegalTerm, ServiceLevel, Ticket
from mostrador.tickets.rules.kinds import KINDS
from mostrador.tickets.rules.spans import span_minutes, span_text
from tests import make
from tests.tickets.desk import MONDAY, events, fresh, jobs
from tests.tickets.wizard import say_how_to_reach, say_where, send


@pytest.fixture(autouse=True)
def _here(organisation: Organisation) -> None:
    """The organisation that is visited."""


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.parametrize(("days", "is_offered"), [(20, True), (40, False)])
def test_extending_is_offered_while_the_law_allows_it(
    client: Client, organisation: Organisation, agent: User, days: int, is_offered: bool
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ticket = make.ticket(organisation, kind=TicketKind.DATA_PROTECTION)
    client.force_login(agent)

    with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
        client.force_login(agent)
        panel, page = (text_of(client, f"/gestion/consultas/{ticket.reference}/{act}") for act in ("", "plazo-legal/"))

    assert ("Ampliar el plazo" in panel, "Ampliar y avisar a la persona" in page) == (is_offered, is_offered)
    assert ("El plazo ya ha terminado y no se puede ampliar." in page) != is_offered


# --- The public -----------------------------------------------------------------------------------------


def test_every_kind_that_is_offered_has_its_way_in(organisation: Organisation, client: Client) -> None:
    kinds.save_kind(organisation, TicketKind.SUGGESTION, {"is_offered": False}, actor=None)

    listed = text_of(client, "/consultas/otros-motivos/")

    for kind, rule in KINDS.items():
        assert (f"?clase={rule.slug}" in listed) == (kind != TicketKind.SUGGESTION)
    assert "Sugerencias y quejas" in text_of(client, "/")
    assert "?clase=queja-accesibilidad" in text_of(client, "/accesibilidad/")
    assert "?clase=datos-personales" in text_of(client, "/privacidad/")
    assert "¿Qué le ocurre?" in text_of(client, "/consultas/nueva/?clase=sugerencia")


def test_a_complaint_keeps_its_kind_to_the_end_and_is_told_the_term(client: Client) -> None:
    assert "¿De qué se queja?" in text_of(client, "/consultas/nueva/?clase=queja")
    client.post("/consultas/nueva/", {"text": "Nadie contesta al teléfono.", "clase": "queja"})
    assert "Presentar una queja" in text_of(client, "/consultas/nueva/donde/")
    say_where(client)
    say_how_to_reach(client)
    assert "Enviar la queja" in text_of(client, "/consultas/nueva/comprobar/")
    send(client)

    ticket, sent = Ticket.objects.get(), text_of(client, "/consultas/nueva/enviada/")
    assert ticket.kind == TicketKind.COMPLAINT
    assert "Hemos recibido su queja" in sent
    assert "veinte días hábiles para responderle (Real Decreto 951/2005, artículo 16.1)" in sent
    emails.tell_person(jobs("tickets.tell_person")[0]["message_id"])
    letter = OutgoingMessage.objects.get()
    assert "Hemos recibido su queja" in letter.text
    assert "artículo 16.1" in letter.text
    assert "artículo 16.1" in letter.html


def test_who_came_for_a_complaint_may_ask_for_help_instead(client: Client) -> None:
    client.post("/consultas/nueva/", {"text": "Nadie contesta.", "clase": "queja"})

    assert "¿Qué le ocurre?" in text_of(client, "/consultas/nueva/?clase=consulta")


def test_a_term_in_the_past_is_accepted_with_a_warning(client: Client) -> None:
    client.post("/consultas/nueva/", {"text": "No puedo firmar el recurso.", "seen": "1"})
    yesterday = timezone.localdate() - timedelta(days=3)
    say_where(client, person_deadline_on=yesterday.isoformat())
    say_how_to_reach(client)
    checked = text_of(client, "/consultas/nueva/comprobar/")
    send(client)

    assert "Esa fecha ya ha pasado" in checked
    assert (Ticket.objects.get().person_deadline_on, Ticket.objects.get().priority) == (yesterday, Priority.HIGH)


def test_something_that_is_no_date_is_asked_again(client: Client) -> None:
    client.post("/consultas/nueva/", {"text": "No puedo firmar el recurso.", "seen": "1"})

    refused = say_where(client, person_deadline_on="mañana")

    assert (refused.status_code, "el día, el mes y el año" in refused.content.decode()) == (422, True)


# --- The desk -------------------------------------------------------------------------------------------


def page_of(ticket: Ticket) -> str:
    return f"/gestion/consultas/{ticket.reference}/"


def test_the_persons_term_comes_first_on_the_page(organisation: Organisation, agent: User, client: Client) -> None:
    client.force_login(agent)
    soon = timezone.localdate() + timedelta(days=5)
    ticket = make.ticket(organisation, person_deadline_on=soon)

    page = text_of(client, page_of(ticket))

    assert page.index("Su plazo termina el") < page.index('id="conversation"')
    assert page.index("Su plazo termina el") < page.index(">Nueva<")
    assert "Hay que actuar, como tarde:" in page
    assert "Primera respuesta" in page


@pytest.mark.parametrize(("days", "words"), [(0, "Su plazo termina hoy"), (1, "Su plazo termina el")])
def test_a_term_so_near_asks_for_an_answer_and_names_no_moment_that_is_past(
    organisation: Organisation, agent: User, client: Client, days: int, words: str
) -> None:
    client.force_login(agent)
    ticket = make.ticket(organisation, person_deadline_on=timezone.localdate() + timedelta(days=days))

    page = text_of(client, page_of(ticket))

    assert words in page
    assert "Responda cuanto antes" in page
    assert "Hay que actuar, como tarde:" not in page


def test_the_desk_changes_kind_priority_and_term(ticket: Ticket, agent: User, client: Client) -> None:
    client.force_login(agent)
    client.post(page_of(ticket) + "clase/", {"kind": "complaint", "reason": "Se queja del trato"})
    client.post(page_of(ticket) + "prioridad/", {"impact": "1", "urgency": "1"})
    client.post(page_of(ticket) + "su-plazo/", {"on": "2030-01-14"})

    changed = fresh(ticket)
    assert (changed.kind, changed.priority) == ("complaint", Priority.CRITICAL)
    assert changed.person_deadline_on == date(2030, 1, 14)
    page = text_of(client, page_of(ticket))
    assert "Real Decreto 951/2005, artículo 16.1" in page
    assert "Prioridad crítica" in page


@pytest.mark.parametrize(
    ("address", "typed", "words"),
    [
        ("clase/", {"kind": "complaint", "reason": ""}, "Escriba el motivo"),
        ("prioridad/", {}, "Elija a cuántas personas afecta"),
        ("su-plazo/", {"on": "ayer"}, "Escriba una fecha"),
        ("plazo-legal/", {"act": "extend", "reason": "a", "text": "b"}, "no tiene un plazo legal"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    ticket: Ticket, agent: User, client: Client, address: str, typed: dict[str, str], words: str
) -> None:
    client.force_login(agent)

    refused = client.post(page_of(ticket) + address, typed)

    assert (refused.status_code, words in refused.content.decode()) == (422, True)


def test_the_desk_suspends_and_resumes_a_term(organisation: Organisation, agent: User, client: Client) -> None:
    client.force_login(agent)
    ticket = make.ticket(organisation, kind=TicketKind.COMPLAINT)
    address = page_of(ticket) + "plazo-legal/"

    assert "Suspender el plazo" in text_of(client, address)
    client.post(address, {"act": "suspend", "reason": "Falta el día", "question": "¿Qué día?", "key": "k"})
    suspended = fresh(ticket).legal_suspended_at
    assert "Reanudar el plazo" in text_of(client, address)
    client.post(address, {"act": "resume", "reason": "Ya se sabe"})

    assert suspended is not None
    assert fresh(ticket).legal_suspended_at is None
    assert any(event.startswith("El plazo legal vuelve a contar") for event in events(ticket))


# --- Supervisors ----------------------------------------------------------------------------------------


def test_a_supervisor_reads_and_changes_kinds_and_levels(organisation: Organisation, client: Client) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    set_up_service_levels(organisation)
    set_up_service_levels(organisation)

    levels = text_of(client, "/gestion/consultas/niveles/")
    client.post(
        "/gestion/consultas/niveles/nuevo/",
        {"kind": "complaint", "first_response_minutes": "1 h 30 min", "warn_minutes": "15 min"},
    )
    row = ServiceLevel.objects.get(kind="complaint")
    client.post(f"/gestion/consultas/niveles/{row.pk}/", {"first_response_minutes": "2 h", "warn_minutes": "0"})
    changed = ServiceLevel.objects.get(kind="complaint")
    client.post(f"/gestion/consultas/niveles/{row.pk}/quitar/")
    client.post("/gestion/consultas/clases/queja/", {"acknowledgement_es": "Gracias."})

    assert "Qué resulta para cada consulta" in levels
    assert (row.first_response_minutes, row.warn_minutes) == (90, 15)
    assert (changed.pk, changed.first_response_minutes, changed.warn_minutes) == (row.pk, 120, 0)
    assert ServiceLevel.objects.count() == 4
    settings = KindSettings.objects.get()
    assert (settings.is_offered, settings.acknowledgements) == (False, {"es": "Gracias."})


def test_a_level_that_promises_nothing_is_refused(organisation: Organisation, client: Client) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))

    empty = client.post("/gestion/consultas/niveles/nuevo/", {"warn_minutes": "0"})
    odd = client.post("/gestion/consultas/niveles/nuevo/", {"warn_minutes": "0", "first_response_minutes": "pronto"})

    assert (empty.status_code, "al menos un objetivo" in empty.content.decode()) == (422, True)
    assert (odd.status_code, "Escriba un tiempo como" in odd.content.decode()) == (422, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_however_many_rows(
    organisation: Organisation, client: Client, rows: int, django_assert_num_queries: object
) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    for priority in list(Priority)[:rows]:
        save_level(organisation, {"priority": priority, "first_response_minutes": 60}, actor=None)
    text_of(client, "/gestion/consultas/niveles/")

    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get("/gestion/consultas/niveles/")


def test_an_agent_does_not_decide_them(organisation: Organisation, agent: User, client: Client) -> None:
    client.force_login(agent)

    assert {client.get(f"/gestion/consultas/{name}/").status_code for name in ("clases", "niveles", "campos")} == {403}


@pytest.mark.parametrize(
    ("typed", "minutes", "written"),
    [("8", 480, "8 h"), ("8 h", 480, "8 h"), ("1h30m", 90, "1 h 30 min"), ("45 min", 45, "45 min"), ("0", 0, "0")],
)
def test_working_time_is_read_as_people_write_it(typed: str, minutes: int, written: str) -> None:
    assert (span_minutes(typed), span_text(minutes)) == (minutes, written)


def test_a_calendar_that_is_official_makes_the_date_certain(organisation: Organisation, client: Client) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ticket = make.ticket(organisation, kind=TicketKind.COMPLAINT)
        link = f"/consultas/s/{new_private_link(ticket)}/"
        provisional = text_of(client, link)
        LegalTerm.objects.update(is_provisional=False)
        certain = text_of(client, link)

    assert "según el calendario previsto, hasta el 30 de marzo" in provisional
    assert "Le responderemos como tarde el 30 de marzo" in certain
