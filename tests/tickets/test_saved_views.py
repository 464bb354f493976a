"""Views that people make for themselves and for each other."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import saved_views as actions
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.saved_views import Described, set_up_views
from mostrador.tickets.choices import ViewColumn, ViewOf, ViewSort
from mostrador.tickets.models import DeskStart, SavedView, Ticket
from mostrador.tickets.queries import desk
from mostrador.tickets.rules.conditions import Condition, Filter
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, team_of

pytestmark = pytest.mark.django_db

DESK, VIEWS = "/gestion/consultas/", "/gestion/consultas/vistas/"
# Host, session, user, memberships with teams; what stands beside the list, the view, the rows it names (in a
# transaction that the database may give up: begun, limited, unlimited, ended), the rows.
QUERIES_OF_A_VIEW = 13


@pytest.fixture
def access(organisation: Organisation, agent: User) -> Access:
    return access_of(agent, organisation)


@pytest.fixture
def supervisor(organisation: Organisation) -> User:
    return make.user(organisation, Role.SUPERVISOR)


def everybody(organisation: Organisation, name: str = "De todos", **more: Any) -> SavedView:
    access = access_of(make.user(organisation, Role.SUPERVISOR), organisation)
    described = Described(name, more.pop("asked", Filter()), is_shared=True, **more)
    return actions.create_view(organisation, described, access=access)


def own(access: Access, organisation: Organisation, name: str = "Mía", **more: Any) -> SavedView:
    return actions.create_view(organisation, Described(name, more.pop("asked", Filter()), **more), access=access)


def shown(view: SavedView, access: Access, *, key: str = "") -> list[str]:
    return [row.subject for row in desk.view_page(view, view.filter, access, after=key).rows]


# --- What a view shows ------------------------------------------------------------------------------------


def test_a_view_shows_what_fulfils_its_conditions_in_its_order(organisation: Organisation, access: Access) -> None:
    for number, language in enumerate(("ca", "es", "ca", "ca")):
        with time_machine.travel(after(hours=number), tick=False):
            ticket = make.ticket(organisation, subject=str(number), language=language)
    tickets.resolve(ticket, author=access.user)
    asked = Filter((Condition("language", "in", ["ca"]),))

    newest = own(access, organisation, asked=asked, sort=ViewSort.NEWEST)
    resolved = own(access, organisation, asked=asked, of=ViewOf.RESOLVED)
    everything = own(access, organisation, asked=asked, of=ViewOf.ALL, sort=ViewSort.OLDEST)

    assert shown(newest, access) == ["2", "0"]
    assert shown(resolved, access) == ["3"]
    assert shown(everything, access) == ["0", "2", "3"]


def test_a_view_never_shows_what_somebody_may_not_see(organisation: Organisation, access: Access) -> None:
    make.ticket(make.organisation(), subject="ajena")
    make.ticket(organisation, subject="reservada")
    Ticket.objects.filter(subject="reservada").update(is_restricted=True, team=make.team(organisation))
    view = own(
        access,
        organisation,
        of=ViewOf.ALL,
        asked=Filter((), (Condition("is_restricted", "is", True), Condition("subject", "contains", "a"))),
    )

    assert shown(view, access) == []
    assert desk.count_of(view, view.filter, access) == 0


@pytest.mark.parametrize("sort", ViewSort)
def test_pages_of_every_order_follow_each_other_also_between_equals(
    organisation: Organisation, access: Access, sort: ViewSort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PAGE_SIZE", 3)
    with time_machine.travel(MONDAY, tick=False):
        many = [make.ticket(organisation, subject=str(number)) for number in range(8)]
    for ticket in many[::2]:
        Ticket.objects.filter(pk=ticket.pk).update(priority=2)
    for ticket in many[3:]:
        Ticket.objects.filter(pk=ticket.pk).update(due_at=None)
    Ticket.objects.update(resolved_at=MONDAY)
    view = own(access, organisation, sort=sort)

    pages, key = [], ""
    while True:
        page = desk.view_page(view, view.filter, access, after=key)
        pages.append([row.subject for row in page.rows])
        key = page.next_page
        if not key:
            break

    assert [len(page) for page in pages] == [3, 3, 2]
    in_order = [subject for page in pages for subject in page]
    assert sorted(in_order) == [str(number) for number in range(8)]
    if sort == ViewSort.PRIORITY:
        assert in_order == ["0", "2", "4", "6", "1", "3", "5", "7"]


@pytest.mark.parametrize("sort", ViewSort)
@pytest.mark.parametrize(
    "key", ["x", "~", "1~2~3~4", "2026-03-02T09:00:00~1", "²~2026-03-02T09:00:00+00:00~1", "99~x~1"]
)
def test_a_key_of_another_order_shows_the_first_page(
    organisation: Organisation, access: Access, sort: ViewSort, key: str
) -> None:
    make.ticket(organisation, subject="una")
    Ticket.objects.update(resolved_at=MONDAY)

    assert shown(own(access, organisation, sort=sort), access, key=key) == ["una"]


@pytest.mark.parametrize("column", ViewColumn)
def test_every_column_says_something(
    client: Client, organisation: Organisation, agent: User, access: Access, column: ViewColumn
) -> None:
    make.ticket(organisation)
    Ticket.objects.update(
        tags=["firma"], minutes_spent=65, person_deadline_on=timezone.localdate(), resolved_at=timezone.now()
    )
    view = own(access, organisation, columns=[column])
    client.force_login(agent)

    page = desk.view_page(view, view.filter, access)

    [[(name, label, words, _kind, _note)]] = [row.cells for row in page.rows]
    assert (name, label) == (column.value, str(column.label))
    assert words
    assert client.get(DESK, {"lista": view.pk}).status_code == 200


def test_what_takes_too_long_is_said_and_not_waited_for(
    client: Client, organisation: Organisation, agent: User, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.ticket(organisation)
    view = own(access, organisation)
    monkeypatch.setattr(desk, "_ROWS", "SELECT pg_sleep(1) FROM ({found}) AS found JOIN tickets_ticket t ON true ")
    monkeypatch.setattr(desk, "LONGEST_LIST", timedelta(milliseconds=20))
    client.force_login(agent)

    page = client.get(DESK, {"lista": view.pk})

    assert "Esta vista tardaría demasiado" in page.content.decode()


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_view_costs_the_same_queries_for_one_row_and_for_three(
    client: Client,
    organisation: Organisation,
    agent: User,
    access: Access,
    how_many: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _each in range(how_many):
        make.ticket(organisation, topic=make.topic(organisation))
    view = own(access, organisation, asked=Filter((Condition("team", "in", [team_of(organisation).pk]),)))
    client.force_login(agent)
    client.get(DESK, {"lista": view.pk})

    with django_assert_num_queries(QUERIES_OF_A_VIEW):
        page = client.get(DESK, {"lista": view.pk})

    assert page.content.decode().count("<tr data-row") == how_many


# --- What has gone ----------------------------------------------------------------------------------------


def test_a_view_over_what_has_gone_opens_and_says_what(
    client: Client, organisation: Organisation, agent: User, access: Access
) -> None:
    make.ticket(organisation, subject="sigue aquí")
    topic, team, colleague = make.topic(organisation, name="Firma"), make.team(organisation), agent_of(organisation)
    asked = Filter(
        (Condition("humor", "is", "bueno", {"field": "Humor"}),),
        (
            Condition("topic", "in", [topic.pk], {str(topic.pk): "Firma"}),
            Condition("team", "in", [team.pk], {str(team.pk): "Equipo lejano"}),
            Condition("assigned_to", "in", [colleague.pk], {str(colleague.pk): "Colega"}),
            Condition("language", "in", ["es"]),
        ),
    )
    view = own(access, organisation, asked=asked, columns=["humor", "state"])
    Topic.objects.filter(pk=topic.pk).delete()
    Team.objects.filter(pk=team.pk).delete()
    User.objects.filter(pk=colleague.pk).delete()
    client.force_login(agent)

    page = client.get(DESK, {"lista": view.pk})
    text = page.content.decode()
    builder = client.get(f"{VIEWS}{view.pk}/")

    assert page.status_code == 200
    assert "sigue aquí" in text
    assert "El campo «Humor» ya no existe" in text
    for words in ("Tema: «Firma»", "Equipo: «Equipo lejano»", "Quién la lleva: «Colega»"):
        assert f"{words} ya no existe" in text
    assert f'href="{VIEWS}{view.pk}/"' in text
    assert "Firma (ya no existe)" in builder.content.decode()


def test_a_view_that_has_gone_leads_to_another_list(client: Client, organisation: Organisation, agent: User) -> None:
    client.force_login(agent)

    page = client.get(DESK, {"lista": "999999"})

    assert page.status_code == 200
    assert "La vista que buscaba ya no existe o es de otra persona" in page.content.decode()


# --- Who sees and changes which ---------------------------------------------------------------------------


def test_views_are_seen_by_those_they_are_for(organisation: Organisation, access: Access) -> None:
    team = make.team(organisation)
    everybody(organisation)
    everybody(organisation, "De mi equipo", team=team_of(organisation))
    everybody(organisation, "De otro equipo", team=team)
    everybody(make.organisation(), "De otra entidad")
    own(access, organisation)
    colleague = access_of(make.user(organisation), organisation)
    own(colleague, organisation, "De la colega")

    assert [(link.name, link.whose) for link in desk.beside(access).saved] == [
        ("De todos", "all"),
        ("Mía", "me"),
        ("De mi equipo", "team"),
    ]
    assert [link.name for link in desk.beside(colleague).saved] == ["De todos", "De la colega"]


def test_agents_share_nothing_and_change_nothing_shared(organisation: Organisation, access: Access) -> None:
    view = everybody(organisation)

    with pytest.raises(ActionRefused, match="quien supervisa"):
        own(access, organisation, is_shared=True)
    with pytest.raises(ActionRefused, match="quien supervisa"):
        actions.change_view(view, Described("Otra", Filter()), access=access)
    with pytest.raises(ActionRefused, match="quien supervisa"):
        actions.remove_view(view, access=access)

    view.refresh_from_db()
    assert (view.name, view.removed_at) == ("De todos", None)


def test_nobody_opens_a_colleagues_view(client: Client, organisation: Organisation, agent: User) -> None:
    view = own(access_of(make.user(organisation), organisation), organisation)
    client.force_login(agent)

    answers = {
        act: client.post(f"{VIEWS}{view.pk}/{act}").status_code
        for act in ("", "copiar/", "mover/", "borrar/", "recuperar/")
    }

    assert set(answers.values()) == {404}


def test_an_agent_keeps_a_shared_view_as_a_copy(client: Client, organisation: Organisation, agent: User) -> None:
    view = everybody(organisation)
    client.force_login(agent)

    page = client.get(f"{VIEWS}{view.pk}/").content.decode()
    answer = client.post(f"{VIEWS}{view.pk}/", form(name="La mía"))

    assert "será una copia para usted" in page
    assert answer.status_code == 302
    assert list(SavedView.objects.order_by("pk").values_list("name", "owner")) == [
        ("De todos", None),
        ("La mía", agent.pk),
    ]


# --- Putting one together ---------------------------------------------------------------------------------


def form(**fields: Any) -> dict[str, Any]:
    return {"name": "Firma", "whose": "me", "of": "open", "sort": "due", "column1": "state"} | fields


def test_a_view_is_put_together_without_scripts(client: Client, organisation: Organisation, agent: User) -> None:
    team = team_of(organisation)
    make.ticket(organisation, subject="en catalán", language="ca")
    make.ticket(organisation, subject="en español")
    client.force_login(agent)

    begun = client.post(f"{VIEWS}nueva/", form() | {"all-add": "language", "add": "all"}).content.decode()
    row = {"all-0-field": "language", "all-0-operator": "in", "all-0-value": ["ca"]}
    seen = client.post(f"{VIEWS}nueva/", form() | row | {"preview": "1"}).content.decode()
    more = row | {"any-0-field": "team", "any-0-operator": "in", "any-0-value": ["my_teams", str(team.pk)]}
    saved = client.post(f"{VIEWS}nueva/", form() | more)

    assert 'name="all-0-operator"' in begun
    assert "1 consulta la cumple ahora" in seen
    assert "en catalán" in seen
    assert "en español" not in seen
    view = SavedView.objects.get()
    assert saved["Location"] == f"{DESK}?lista={view.pk}"
    assert (view.name, view.owner, view.columns) == ("Firma", agent, ["state"])
    assert view.filter == Filter(
        (Condition("language", "in", ["ca"]),), (Condition("team", "in", ["my_teams", team.pk]),)
    )
    assert view.filter.any_of[0].words[str(team.pk)] == team.name
    assert Event.objects.filter(verb="tickets.view_created").count() == 1


def test_a_condition_is_taken_out(client: Client, organisation: Organisation, agent: User) -> None:
    client.force_login(agent)
    rows = {
        "all-0-field": "subject",
        "all-0-operator": "contains",
        "all-0-value": "firma",
        "all-1-field": "tags",
        "all-1-operator": "in",
        "all-1-value": "urgente, sede",
    }

    page = client.post(f"{VIEWS}nueva/", form() | rows | {"take_out": "all-0"}).content.decode()
    client.post(f"{VIEWS}nueva/", form() | {name: value for name, value in rows.items() if "-1-" in name})

    assert 'value="firma"' not in page
    assert 'value="urgente, sede"' in page
    assert SavedView.objects.get().filter == Filter((Condition("tags", "in", ["urgente", "sede"]),))


@pytest.mark.parametrize(
    ("row", "condition"),
    [
        ({"field": "opened_at", "operator": "older_than", "amount": "7", "unit": "d"}, ("older_than", "7d")),
        (
            {"field": "opened_at", "operator": "between", "value": "2026-03-01", "until": "2026-03-04"},
            ("between", ["2026-03-01", "2026-03-04"]),
        ),
        ({"field": "person_deadline_on", "operator": "is_empty"}, ("is_empty", None)),
        ({"field": "reopenings", "operator": "at_least", "value": "0"}, ("at_least", 0)),
        ({"field": "is_restricted", "operator": "is", "value": "false"}, ("is", False)),
        ({"field": "assigned_to", "operator": "is", "value": "me"}, ("is", "me")),
        ({"field": "watched_by", "operator": "in", "value": ["me"]}, ("in", ["me"])),
        ({"field": "mentions", "operator": "is_empty"}, ("is_empty", None)),
        ({"field": "satisfaction", "operator": "at_most", "value": "2"}, ("at_most", 2)),
        ({"field": "person", "operator": "contains", "value": "Ana"}, ("contains", "Ana")),
        ({"field": "priority", "operator": "in", "value": ["1", "2"]}, ("in", ["1", "2"])),
    ],
)
def test_each_kind_of_field_is_kept_and_comes_back(
    client: Client, organisation: Organisation, agent: User, row: dict[str, Any], condition: tuple[str, Any]
) -> None:
    make.ticket(organisation)
    client.force_login(agent)

    client.post(f"{VIEWS}nueva/", form() | {f"all-0-{name}": value for name, value in row.items()})
    view = SavedView.objects.get()
    page = client.get(f"{VIEWS}{view.pk}/").content.decode()

    assert view.filter == Filter((Condition(row["field"], *condition),))
    assert client.get(DESK, {"lista": view.pk}).status_code == 200
    assert f'name="all-0-field" id="id_all-0-field" value="{row["field"]}"' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Escriba cómo se llamará la vista."),
        ({"all-0-field": "team", "all-0-operator": "in"}, "«Equipo»: falta con qué comparar."),
        (
            {"all-0-field": "state", "all-0-operator": "is", "all-0-value": ["new", "closed"]},
            "«Estado»: elija un solo valor",
        ),
        ({"all-0-field": "opened_at", "all-0-operator": "older_than"}, "«Recibida»: escriba cuánto tiempo."),
        (
            {"all-0-field": "reopenings", "all-0-operator": "between", "all-0-value": "3", "all-0-until": "1"},
            "«Reaperturas»: escriba los dos extremos",
        ),
        ({"whose": "all"}, "Solo para mí"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, organisation: Organisation, agent: User, fields: dict[str, Any], sentence: str
) -> None:
    client.force_login(agent)

    answer = client.post(f"{VIEWS}nueva/", form(column2="who") | fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode() or sentence == "Solo para mí"
    assert not SavedView.objects.exists()
    assert 'value="who" selected' in answer.content.decode()


def test_a_supervisor_shares_and_takes_back(client: Client, organisation: Organisation, supervisor: User) -> None:
    client.force_login(supervisor)
    client.post(f"{VIEWS}nueva/", form(whose=f"team-{team_of(organisation).pk}"))
    view = SavedView.objects.get()
    shared = (view.team, view.owner)

    client.post(f"{VIEWS}{view.pk}/", form(whose="all", name="Otra"))
    view.refresh_from_db()
    with_all = (view.name, view.team, view.owner)
    client.post(f"{VIEWS}{view.pk}/", form(whose="me"))
    view.refresh_from_db()

    assert shared == (team_of(organisation), None)
    assert with_all == ("Otra", None, None)
    assert view.owner == supervisor


def test_the_preview_alone_is_drawn_while_fields_change(
    client: Client, organisation: Organisation, agent: User
) -> None:
    client.force_login(agent)

    answer = client.post(f"{VIEWS}nueva/", form() | {"preview": "live"}, headers={"HX-Request": "true"})

    assert answer.content.decode().strip().startswith('<section class="section" id="preview"')


# --- Arranging --------------------------------------------------------------------------------------------


def test_views_are_moved_copied_taken_away_and_brought_back(
    client: Client, organisation: Organisation, agent: User, access: Access
) -> None:
    first, second, third = (own(access, organisation, name) for name in ("Una", "Dos", "Tres"))
    client.force_login(agent)

    client.post(f"{VIEWS}{third.pk}/mover/", {"up": "1"})
    client.post(f"{VIEWS}{first.pk}/mover/")
    moved = [link.name for link in desk.beside(access).saved]
    client.post(f"{VIEWS}{second.pk}/copiar/")
    client.post(f"{VIEWS}{second.pk}/borrar/")
    without = [link.name for link in desk.beside(access).saved]
    page = client.get(VIEWS).content.decode()
    client.post(f"{VIEWS}{second.pk}/recuperar/")

    assert moved == ["Tres", "Una", "Dos"]
    assert without == ["Tres", "Una", "Dos (copia)"]
    assert "Deshacer" in page
    assert [link.name for link in desk.beside(access).saved] == ["Tres", "Una", "Dos", "Dos (copia)"]


def test_what_was_taken_away_goes_after_a_day(organisation: Organisation, access: Access) -> None:
    first, second = own(access, organisation, "Una"), own(access, organisation, "Dos")
    with time_machine.travel(after(), tick=False):
        actions.remove_view(first, access=access)

    with time_machine.travel(after(hours=25), tick=False):
        actions.remove_view(second, access=access)

    assert list(SavedView.objects.values_list("name", flat=True)) == ["Dos"]


def test_the_desk_begins_with_the_list_that_was_chosen(
    client: Client, organisation: Organisation, agent: User, access: Access
) -> None:
    view = own(access, organisation)
    client.force_login(agent)

    def begins() -> str:
        page = client.get(DESK).content.decode()
        return page.split('<h2 class="section-title">')[1].split("<")[0]

    usual = begins()
    client.post(f"{VIEWS}empezar/", {"starts_with": "sin-asignar"})
    unassigned = begins()
    client.post(f"{VIEWS}empezar/", {"starts_with": str(view.pk)})
    of_view = begins()
    client.post(f"{VIEWS}empezar/", {"starts_with": "nada"})
    refused = begins()
    actions.remove_view(view, access=access)
    gone = begins()
    client.post(f"{VIEWS}empezar/", {"starts_with": ""})

    assert (usual, unassigned, of_view, refused, gone) == (
        "De mis equipos",
        "Sin asignar",
        "Mía",
        "Mía",
        "De mis equipos",
    )
    assert not DeskStart.objects.exists()


def test_numbers_of_saved_views_come_afterwards(
    client: Client, organisation: Organisation, agent: User, access: Access
) -> None:
    make.ticket(organisation, language="ca")
    view = own(access, organisation, "En catalán", asked=Filter((Condition("language", "in", ["ca"]),)))
    own(access, organisation, "Rota", asked=Filter((Condition("humor", "is", "bueno"),)))
    client.force_login(agent)

    drawn = client.get(DESK).content.decode()
    counted = client.get(f"{DESK}recuentos/", {"lista": view.pk}).content.decode()

    assert f'hx-get="{DESK}recuentos/?lista=equipos"' in drawn
    assert counted.count('<span class="count">1</span>') == 2
    assert 'aria-current="page"' in counted
    assert "hx-get" not in counted


@pytest.mark.parametrize("views", [1, 3])
def test_the_page_of_views_costs_the_same_for_one_and_for_three(
    client: Client,
    organisation: Organisation,
    agent: User,
    access: Access,
    views: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(views):
        own(access, organisation, str(number))
        everybody(organisation, f"De todos {number}")
    client.force_login(agent)

    with django_assert_num_queries(8):
        assert client.get(VIEWS).status_code == 200


def test_too_many_views_or_conditions_are_refused(
    organisation: Organisation, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_VIEWS", 1)
    own(access, organisation)

    with pytest.raises(ActionRefused, match="Borre alguna"):
        own(access, organisation)
    with pytest.raises(ActionRefused, match="Quite alguna"):
        own(access, organisation, asked=Filter((Condition("state", "is", "new"),) * 31))


def test_an_office_begins_with_views_that_most_want(client: Client, organisation: Organisation, agent: User) -> None:
    set_up_views(organisation)
    set_up_views(organisation)
    client.force_login(agent)

    names = list(SavedView.objects.order_by("position").values_list("name", flat=True))

    assert names == [
        "Su plazo acaba pronto",
        "Sin movimiento hace una semana",
        "Reabiertas",
        "En catalán",
        "En gallego",
        "En euskera",
        "En inglés",
    ]
    for view in SavedView.objects.all():
        page = client.get(DESK, {"lista": view.pk})
        assert page.status_code == 200
        assert "Ninguna consulta cumple las condiciones" in page.content.decode()
        assert "ya no existe" not in page.content.decode()
