"""The lists of the desk: who sees what, in which order, at which cost."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import tickets
from mostrador.tickets.choices import DeskList, State
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries import desk
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, team_of

pytestmark = pytest.mark.smoke

DESK = "/gestion/consultas/"
# Host, session, user, memberships with teams; what stands beside the list, the rows.
QUERIES_OF_A_LIST = 7


@pytest.fixture
def access(organisation: Organisation, agent: User) -> Access:
    return access_of(agent, organisation)


def opened(organisation: Organisation, subject: str, *, hours: float = 0, **fields: object) -> Ticket:
    with time_machine.travel(after(hours=hours), tick=False):
        return make.ticket(organisation, subject=subject, **fields)


def subjects(which: DeskList, access: Access, *, key: str = "") -> list[str]:
    return [row.subject for row in desk.list_page(which, access, after=key).rows]


def test_the_first_due_comes_first_and_what_waits_for_others_last(organisation: Organisation, access: Access) -> None:
    answered = opened(organisation, "respondida")
    tickets.reply_as_desk(answered, author=access.user, text="Hola.")
    opened(organisation, "segunda", hours=2)
    opened(organisation, "primera", hours=1)
    tickets.resolve(opened(organisation, "resuelta"), author=access.user)

    assert subjects(DeskList.ALL, access) == ["primera", "segunda", "respondida"]


def test_each_list_has_its_own(organisation: Organisation, access: Access) -> None:
    other_team = make.team(organisation)
    tickets.assign(opened(organisation, "mía"), author=access.user, to=access.user)
    tickets.transfer(opened(organisation, "de otro equipo"), author=access.user, team=other_team)
    tickets.mark_spam(opened(organisation, "spam"), author=access.user)
    answered = opened(organisation, "respondida")
    tickets.assign(answered, author=access.user, to=agent_of(organisation))
    tickets.reply_as_desk(answered, author=access.user, text="Hola.")
    tickets.resolve(opened(organisation, "resuelta"), author=access.user)
    closed = opened(organisation, "cerrada")
    tickets.resolve(closed, author=access.user)
    tickets.close(closed)

    assert {which: subjects(which, access) for which in DeskList} == {
        DeskList.MINE: ["mía"],
        DeskList.UNASSIGNED: ["de otro equipo"],
        DeskList.SOON: ["mía", "de otro equipo"],
        DeskList.WAITING: ["respondida"],
        DeskList.TEAMS: ["mía", "respondida"],
        DeskList.ALL: ["mía", "de otro equipo", "respondida"],
        DeskList.RESOLVED: ["resuelta"],
    }
    assert desk.beside(access).counts == {
        DeskList.MINE: 1,
        DeskList.UNASSIGNED: 1,
        DeskList.SOON: 2,
        DeskList.WAITING: 1,
        DeskList.TEAMS: 2,
        DeskList.ALL: 3,
    }


def test_a_row_says_how_long_in_working_time(organisation: Organisation, access: Access) -> None:
    ticket = opened(organisation, "una", topic=make.topic(organisation))

    with time_machine.travel(after(days=1, hours=1), tick=False):  # 5 h on Monday, 1 h on Tuesday
        [row] = desk.list_page(DeskList.ALL, access).rows
    with time_machine.travel(after(days=1, hours=4), tick=False):
        [late] = desk.list_page(DeskList.ALL, access).rows

    assert row == desk.Row(
        id=ticket.pk,
        version=int(ticket.last_activity_at.timestamp() * 1000),
        reference=ticket.reference,
        subject="una",
        person=ticket.person.name,
        topic=ticket.topic.name if ticket.topic else "",
        state="Nueva",
        organisation=organisation.short_name,
        team=team_of(organisation).name,
        who="",
        waiting="6 h",
        term="quedan 2 h",
        term_kind="",
        resolved_at=None,
        cells=(
            ("state", "Estado", "Nueva", "", ""),
            ("waiting", "Espera", "6 h", "", ""),
            ("term", "Plazo", "quedan 2 h", "", ""),
            ("who", "Quién", "sin asignar", "", team_of(organisation).name),
        ),
    )
    assert (late.waiting, late.term, late.term_kind) == ("9 h", "venció hace 1 h", "bad")


def test_what_is_due_on_monday_is_due_soon_on_friday(organisation: Organisation, access: Access) -> None:
    opened(organisation, "una")
    Ticket.objects.update(due_at=after(days=7, hours=1))

    with time_machine.travel(after(days=3), tick=False):
        on_thursday = subjects(DeskList.SOON, access)
    with time_machine.travel(after(days=4, hours=5), tick=False):
        on_friday = subjects(DeskList.SOON, access)

    assert (on_thursday, on_friday) == ([], ["una"])


def test_a_term_that_is_near_is_marked(organisation: Organisation, access: Access) -> None:
    opened(organisation, "una")

    with time_machine.travel(after(days=1, hours=1, minutes=1), tick=False):
        [row] = desk.list_page(DeskList.ALL, access).rows

    assert (row.term, row.term_kind) == ("quedan 1 h 59 min", "warning")


def test_a_named_third_party_is_in_the_row_and_no_time_runs(organisation: Organisation, access: Access) -> None:
    ticket = opened(organisation, "una")
    tickets.change_state(ticket, author=access.user, state=State.WAITING_FOR_THIRD_PARTY, third_party="FNMT")

    [row] = desk.list_page(DeskList.ALL, access).rows

    assert (row.state, row.waiting, row.term) == ("Pendiente de FNMT", "", "")


@pytest.mark.parametrize("which", [DeskList.ALL, DeskList.RESOLVED])
def test_pages_follow_each_other_without_gap_or_repetition(
    organisation: Organisation, access: Access, which: DeskList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PAGE_SIZE", 3)
    with time_machine.travel(MONDAY, tick=False):  # all at the same moment: only the key tells them apart
        many = [make.ticket(organisation, subject=str(number)) for number in range(7)]
        if which == DeskList.RESOLVED:
            for ticket in many:
                tickets.resolve(ticket, author=access.user)
        else:
            for ticket in many[4:]:
                tickets.reply_as_desk(ticket, author=access.user, text="Hola.")

    pages, key = [], ""
    while True:
        page = desk.list_page(which, access, after=key)
        pages.append([row.subject for row in page.rows])
        key = page.next_page
        if not key:
            break

    in_order = [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    backwards = [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert pages == (backwards if which == DeskList.RESOLVED else in_order)


@pytest.mark.parametrize(
    "key", ["x", "2026-03-02T09:00:00~1", "2026-03-02T09:00:00+00:00~x", "2026-03-02T09:00:00+00:00~²", "~", "a~b~c"]
)
def test_a_key_that_is_none_shows_the_first_page(organisation: Organisation, access: Access, key: str) -> None:
    opened(organisation, "una")

    assert subjects(DeskList.ALL, access, key=key) == ["una"]


# --- Who sees what --------------------------------------------------------------------------------------


def test_an_agent_with_descendants_sees_theirs_and_nobody_elses(organisation: Organisation) -> None:
    child, stranger = make.organisation(parent=organisation), make.organisation()
    opened(organisation, "propia")
    opened(child, "de la hija", hours=1)
    opened(stranger, "ajena")
    above = access_of(make.user(organisation, with_descendants=True), organisation)
    below = access_of(make.user(child), child)

    page = desk.list_page(DeskList.ALL, above)

    assert [row.subject for row in page.rows] == ["propia", "de la hija"]
    assert page.has_several_organisations
    assert subjects(DeskList.ALL, below) == ["de la hija"]


def test_a_team_sees_what_it_attends_to_for_others(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    opened(child, "atendida arriba", topic=None)
    Ticket.objects.update(team=team_of(organisation))
    in_team = access_of(agent_of(organisation), organisation)
    not_in_team = access_of(make.user(organisation), organisation)

    assert subjects(DeskList.TEAMS, in_team) == ["atendida arriba"]
    assert subjects(DeskList.ALL, not_in_team) == []


# --- The page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", DeskList)
def test_a_list_costs_the_same_queries_for_one_row_and_for_three(
    client: Client,
    organisation: Organisation,
    agent: User,
    which: DeskList,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(agent)

    for how_many in (1, 2):
        for _each in range(how_many):
            ticket = make.ticket(organisation, topic=make.topic(organisation))
            tickets.assign(ticket, author=agent, to=agent if which != DeskList.UNASSIGNED else None)
            if which == DeskList.WAITING:
                tickets.reply_as_desk(ticket, author=agent, text="Hola.")
            if which == DeskList.RESOLVED:
                tickets.resolve(ticket, author=agent)
        if which == DeskList.SOON:
            Ticket.objects.update(due_at=timezone.now())
        client.get(f"{DESK}?lista={which.value}")  # calendars are in memory from here on

        with django_assert_num_queries(QUERIES_OF_A_LIST):
            page = client.get(f"{DESK}?lista={which.value}")

        assert page.content.decode().count("<tr data-row") == (1 if how_many == 1 else 3)


def test_the_list_begins_with_ones_teams_or_with_everything(client: Client, organisation: Organisation) -> None:
    opened(organisation, "de otro equipo")
    Ticket.objects.update(team=make.team(organisation))
    client.force_login(agent_of(organisation))
    of_teams = client.get(DESK).content.decode()
    client.force_login(make.user(organisation))
    of_all = client.get(DESK).content.decode()

    assert "No hay nada pendiente" in of_teams
    assert "de otro equipo" in of_all
    assert "De mis equipos" not in of_all


def test_the_following_page_is_linked(
    client: Client, organisation: Organisation, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PAGE_SIZE", 1)
    opened(organisation, "primera")
    opened(organisation, "segunda", hours=1)
    client.force_login(agent)

    first = client.get(f"{DESK}?lista=todas").content.decode()
    [link] = [part.split('"')[0] for part in first.split('href="')[1:] if "despues=" in part.split('"')[0]]
    second = client.get(link.replace("&amp;", "&")).content.decode()

    assert parse_qs(urlsplit(link.replace("&amp;", "&")).query)["lista"] == ["todas"]
    assert "primera" in first
    assert "segunda" not in first
    assert "segunda" in second
    assert "Volver al principio" in second


def test_more_than_a_thousand_is_said_as_such(
    client: Client, organisation: Organisation, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_COUNTED", 2)
    for number in range(4):
        opened(organisation, str(number))
    client.force_login(agent)

    assert '<span class="count">2+</span>' in client.get(DESK).content.decode()


@pytest.mark.parametrize(
    ("lista", "words"),
    [
        ("mias", "No lleva ninguna consulta"),
        ("sin-asignar", "Todas tienen quien las lleve"),
        ("vencen-pronto", "Nada vence pronto"),
        ("esperan-respuesta", "No se espera a nadie"),
        ("equipos", "No hay nada pendiente"),
        ("resueltas", "Todavía no hay consultas resueltas"),
    ],
)
def test_an_empty_list_says_what_will_be_there(client: Client, agent: User, lista: str, words: str) -> None:
    client.force_login(agent)

    assert words in client.get(f"{DESK}?lista={lista}").content.decode()


def test_a_stranger_finds_no_desk_here(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(make.organisation()))

    assert client.get(DESK).status_code == 404


def test_nobody_signed_in_is_asked_to(client: Client, organisation: Organisation) -> None:
    page = client.get(DESK)

    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/cuenta/entrar/")


# --- What is said first -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "words", "kind"),
    [
        (date(2026, 3, 10), "", ""),
        (date(2026, 3, 9), "Su plazo acaba el 9 de marzo", "warning"),
        (date(2026, 3, 2), "Su plazo acaba hoy", "bad"),
        (date(2026, 3, 1), "Su plazo acabó ayer", "bad"),
        (date(2026, 2, 27), "", ""),
        (None, "", ""),
    ],
)
def test_the_persons_own_term_stands_first_when_it_is_near(
    organisation: Organisation, access: Access, deadline: date | None, words: str, kind: str
) -> None:
    opened(organisation, "una")
    Ticket.objects.update(person_deadline_on=deadline)

    with time_machine.travel(after(hours=1), tick=False):
        [row] = desk.list_page(DeskList.ALL, access).rows

    assert (row.deadline, row.deadline_kind) == (words, kind)


@pytest.mark.parametrize(("priority", "words"), [(1, "Prioridad crítica"), (2, "Prioridad alta"), (3, ""), (4, "")])
def test_priority_is_said_when_it_is_high(
    organisation: Organisation, access: Access, priority: int, words: str
) -> None:
    opened(organisation, "una")
    Ticket.objects.update(priority=priority)

    assert [row.priority for row in desk.list_page(DeskList.ALL, access).rows] == [words]


# --- Restricted ones --------------------------------------------------------------------------------------


def test_restricted_ones_are_neither_listed_nor_counted_for_others(organisation: Organisation) -> None:
    opened(organisation, "reservada")
    Ticket.objects.update(is_restricted=True, team=make.team(organisation))
    outside = access_of(agent_of(organisation), organisation)
    supervisor = access_of(make.user(organisation, Role.SUPERVISOR), organisation)

    assert [subjects(which, outside) for which in DeskList] == [[]] * len(DeskList)
    assert set(desk.beside(outside).counts.values()) == {0}
    assert subjects(DeskList.ALL, supervisor) == ["reservada"]
    assert desk.beside(supervisor).counts[DeskList.ALL] == 1


# --- Plans ------------------------------------------------------------------------------------------------

# Each is partial, and in the order of due dates; which of them is cheapest depends on how many rows there are.
FIRST_DUE = {"ticket_open_first_due", "ticket_open_of_organisation"}
INDEXES = {
    DeskList.MINE: FIRST_DUE | {"ticket_open_of_agent"},
    DeskList.UNASSIGNED: FIRST_DUE | {"ticket_open_unassigned", "ticket_open_of_agent"},
    DeskList.SOON: FIRST_DUE,
    DeskList.WAITING: {"ticket_waiting_for_person"},
    DeskList.TEAMS: FIRST_DUE | {"ticket_open_of_team"},
    DeskList.ALL: FIRST_DUE,
    DeskList.RESOLVED: {"ticket_resolved_not_closed"},
}


@pytest.mark.parametrize("which", DeskList)
@pytest.mark.parametrize("is_first", [True, False])
def test_every_list_reads_a_partial_index_in_its_order(
    organisation: Organisation, access: Access, which: DeskList, is_first: bool
) -> None:
    after_key = "" if is_first else "2026-03-02T09:00:00+00:00~1"

    plan = desk.plan(which, access, after=after_key)

    assert plan["Node Type"] == "Limit"
    [inner] = plan["Plans"]
    assert inner["Node Type"] in {"Index Scan", "Index Only Scan"}
    assert inner["Index Name"] in INDEXES[which]


# --- Searching ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace("-", ""), lambda text: f"  {text} "])
def test_a_reference_goes_to_its_ticket(client: Client, agent: User, ticket: Ticket, change: "type[str]") -> None:
    client.force_login(agent)

    page = client.get(DESK, {"q": change(ticket.reference)})

    assert (page.status_code, page["Location"]) == (302, f"/gestion/consultas/{ticket.reference}/")


def test_a_reference_of_somebody_else_is_not_found(client: Client, agent: User) -> None:
    stranger = make.ticket(make.organisation())
    client.force_login(agent)

    page = client.get(DESK, {"q": stranger.reference})

    assert page.status_code == 200
    assert "No hay consultas así" in page.content.decode()


@pytest.mark.parametrize(
    "text", ["certificado", "CERTIF", "lucía", "Lucia Fernan", "lucia@correo.example", "600 112 233"]
)
def test_a_word_or_the_person_is_enough(organisation: Organisation, access: Access, text: str) -> None:
    person = make.person(organisation, name="Lucía Fernández", email="lucia@correo.example", phone="+34600112233")
    wanted = make.ticket(organisation, person=person, subject="No aparece el certificado")
    make.ticket(organisation, subject="Otra cosa", text="Nada que ver.")

    assert [row.reference for row in desk.search(text, access).rows] == [wanted.reference]


def test_namesakes_elsewhere_hide_nobody(
    organisation: Organisation, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_PEOPLE_FOUND", 2)
    wanted = make.ticket(organisation, person=make.person(organisation, name="Lucía Fernández"))
    other = make.organisation()
    for _ in range(3):
        make.ticket(other, person=make.person(other, name="Lucía Fernández"))

    assert [row.reference for row in desk.search("lucía", access).rows] == [wanted.reference]


def test_signs_of_searching_mean_themselves(organisation: Organisation, access: Access) -> None:
    make.ticket(organisation, subject="Otra cosa")

    assert desk.search("%_%", access).rows == []


def test_two_letters_are_too_few(client: Client, organisation: Organisation, agent: User) -> None:
    opened(organisation, "Nota")
    client.force_login(agent)

    assert "Escriba al menos tres letras" in client.get(DESK, {"q": "No"}).content.decode()


# --- Live -----------------------------------------------------------------------------------------------


def test_the_mark_appears_only_when_something_has_changed(
    client: Client, organisation: Organisation, agent: User
) -> None:
    opened(organisation, "una")
    client.force_login(agent)
    drawn = after(hours=1)

    nothing = client.get(f"{DESK}novedades/", {"lista": "todas", "desde": drawn.isoformat()}).content.decode()
    opened(organisation, "dos", hours=1.1)
    opened(make.organisation(), "ajena", hours=2)
    something = client.get(f"{DESK}novedades/", {"lista": "todas", "desde": drawn.isoformat()}).content.decode()
    later = (drawn + timedelta(minutes=30)).isoformat()
    not_ours = client.get(f"{DESK}novedades/", {"lista": "todas", "desde": later}).content.decode()

    assert (nothing.strip(), not_ours.strip()) == ("", "")
    assert "Hay cambios desde que abrió la lista." in something
    assert 'href="/gestion/consultas/?lista=todas"' in something


@pytest.mark.parametrize("moment", ["", "ayer", "2026-03-02T09:00:00"])
def test_a_mark_without_a_moment_is_not_found(client: Client, agent: User, moment: str) -> None:
    client.force_login(agent)

    assert client.get(f"{DESK}novedades/", {"desde": moment}).status_code == 404
