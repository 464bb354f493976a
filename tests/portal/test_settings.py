"""Administrators set up their organisation; nobody else does."""

from datetime import date, time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.organisations import actions, queries
from mostrador.organisations.choices import DayScope
from mostrador.organisations.models import HostName, NonWorkingDay, Organisation, Procedure, Team, Timetable, Topic
from mostrador.organisations.rules.working_time import Shift
from mostrador.portal.urls import SETTINGS
from tests import make

pytestmark = pytest.mark.django_db

PAGES = [view.__name__ for address, view in SETTINGS if "<" not in address and "quitar" not in address]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> Client:
    client.force_login(make.user(organisation, Role.ADMINISTRATOR))
    return client


@pytest.fixture
def administrator_of_all(organisation: Organisation, client: Client) -> Client:
    client.force_login(make.user(organisation, Role.ADMINISTRATOR, with_descendants=True))
    return client


def address(name: str, **kwargs: Any) -> str:
    return reverse(f"portal:{name}", kwargs=kwargs)


class TestWhoMayEnter:
    @pytest.mark.parametrize("name", PAGES)
    def test_agent_is_told_whom_to_ask(self, organisation: Organisation, client: Client, name: str) -> None:
        client.force_login(make.user(organisation, Role.AGENT))

        answer = client.post(address(name)) if name in ("undo", "logo") else client.get(address(name))

        assert answer.status_code == 403

    @pytest.mark.parametrize("name", PAGES)
    def test_stranger_finds_nothing(self, organisation: Organisation, client: Client, name: str) -> None:
        client.force_login(make.user(make.organisation(), Role.ADMINISTRATOR))

        answer = client.post(address(name)) if name in ("undo", "logo") else client.get(address(name))

        assert answer.status_code == 404

    def test_anonymous_visitor_is_asked_to_sign_in(self, organisation: Organisation, client: Client) -> None:
        assert client.get(address("settings"))["Location"].startswith("/cuenta/")

    def test_rows_of_another_organisation_cannot_be_reached(self, administrator: Client) -> None:
        other = make.organisation()
        team, topic = make.team(other), make.topic(other)
        procedure = actions.create_procedure(other, sia_code="1", names={"es": "X"}, actor=None)
        timetable = Timetable.objects.get(organisation=other)
        host = HostName.objects.get(organisation=other)
        actions.compute_year(other, 2026, actor=None)
        day = NonWorkingDay.objects.filter(organisation=other).first()
        assert day is not None

        reached = [
            administrator.post(address(name, **kwargs)).status_code
            for name, kwargs in [
                ("team", {"pk": team.pk}),
                ("team_retire", {"pk": team.pk}),
                ("team_restore", {"pk": team.pk}),
                ("topic", {"pk": topic.pk}),
                ("topic_retire", {"pk": topic.pk}),
                ("topic_restore", {"pk": topic.pk}),
                ("procedure", {"pk": procedure.pk}),
                ("procedure_retire", {"pk": procedure.pk}),
                ("procedure_restore", {"pk": procedure.pk}),
                ("timetable", {"pk": timetable.pk}),
                ("timetable_remove", {"pk": timetable.pk}),
                ("host_primary", {"pk": host.pk}),
                ("host_remove", {"pk": host.pk}),
                ("day_remove", {"pk": day.pk, "year": 2026}),
                ("move", {"pk": other.pk}),
            ]
        ]

        assert reached == [404] * 15


class TestReading:
    @pytest.mark.parametrize("name", [name for name in PAGES if name not in ("undo", "logo", "calendar_now")])
    def test_every_page_opens_on_an_organisation_with_nothing_but_its_name(
        self, administrator: Client, organisation: Organisation, name: str
    ) -> None:
        assert administrator.get(address(name)).status_code == 200

    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize(
        ("name", "expected"),
        [("teams", 6), ("hours", 6), ("topics", 6), ("procedures", 6), ("hosts", 5), ("dependents", 6)],
    )
    def test_lists_cost_the_same_for_one_and_three_rows(
        self,
        administrator: Client,
        organisation: Organisation,
        name: str,
        expected: int,
        rows: int,
        django_assert_num_queries: Any,
    ) -> None:
        for number in range(rows):
            team = make.team(organisation)
            make.topic(organisation)
            actions.create_procedure(organisation, sia_code=str(number), names={"es": "Empadronarse"}, actor=None)
            actions.add_host(organisation, f"otro{number}.example", actor=None)
            actions.save_timetable(organisation, [Shift(1, time(9), time(14))], name="Lunes", team=team, actor=None)
            make.organisation(parent=organisation)
        administrator.get(address(name))

        with django_assert_num_queries(expected):
            answer = administrator.get(address(name))

        assert answer.status_code == 200

    @pytest.mark.parametrize("rows", [1, 3])
    def test_calendar_costs_the_same_for_one_and_three_days(
        self, administrator: Client, organisation: Organisation, rows: int, django_assert_num_queries: Any
    ) -> None:
        for number in range(rows):
            actions.add_day(
                organisation, date(2026, 5, 1 + number), names={"es": "Fiesta"}, scope=DayScope.LOCAL, actor=None
            )

        with django_assert_num_queries(9):
            administrator.get(address("calendar", year=2026))


class TestOrganisation:
    DATA = {
        "name": "Ayuntamiento de Prueba",
        "short_name": "Prueba",
        "dir3_code": "L01280796",
        "languages": ["es", "ca"],
        "default_language": "es",
        "region": "CT",
        "time_zone": "Europe/Madrid",
        "sede_url": "sede.prueba.example",
        "email": "soporte@prueba.example",
        "phone": "900 000 000",
        "postal_address": "Plaza Mayor, 1",
    }

    def test_data_are_saved_and_recorded(self, administrator: Client, organisation: Organisation) -> None:
        answer = administrator.post(address("organisation"), self.DATA)

        organisation.refresh_from_db()
        assert (answer.status_code, answer["Location"]) == (302, address("organisation"))
        assert (organisation.name, organisation.languages, organisation.region, organisation.sede_url) == (
            "Ayuntamiento de Prueba",
            ["es", "ca"],
            "CT",
            "https://sede.prueba.example",
        )
        assert Event.objects.filter(verb="organisations.described").count() == 1

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"default_language": "eu"}, "Marque también este idioma"),
            ({"dir3_code": "12"}, "nueve caracteres"),
            ({"languages": []}, "obligatorio"),
        ],
    )
    def test_mistake_is_explained_and_what_was_typed_is_kept(
        self, administrator: Client, organisation: Organisation, change: dict[str, Any], message: str
    ) -> None:
        answer = administrator.post(address("organisation"), self.DATA | change)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert message in page
        assert "Ayuntamiento de Prueba" in page
        assert not Event.objects.filter(verb="organisations.described").exists()

    def test_scripts_in_names_are_shown_as_text(self, administrator: Client, organisation: Organisation) -> None:
        administrator.post(address("organisation"), self.DATA | {"name": "<script>alert(1)</script>"})

        page = administrator.get(address("settings")).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_dependent_body_is_created_under_this_one(
        self, administrator_of_all: Client, organisation: Organisation
    ) -> None:
        data = {
            "name": "Ayuntamiento de Abajo",
            "short_name": "Abajo",
            "host": "https://abajo.example/",
            "region": "CN",
            "time_zone": "Atlantic/Canary",
        }

        administrator_of_all.post(address("dependents"), data)

        made = queries.organisation_for_host("abajo.example")
        assert made is not None
        assert (made.parent, made.time_zone, made.region) == (organisation, "Atlantic/Canary", "CN")

    def test_taken_host_is_refused_with_everything_kept(
        self, administrator_of_all: Client, organisation: Organisation
    ) -> None:
        data = {
            "name": "Otra",
            "short_name": "Otra",
            "host": "testserver",
            "region": "CN",
            "time_zone": "Atlantic/Canary",
        }

        answer = administrator_of_all.post(address("dependents"), data)

        assert answer.status_code == 422
        assert "ya está en uso" in answer.content.decode()
        assert 'value="Otra"' in answer.content.decode()

    def test_body_moves_only_within_this_tree(self, administrator_of_all: Client, organisation: Organisation) -> None:
        first, second = make.organisation(parent=organisation), make.organisation(parent=organisation)
        stranger = make.organisation()

        refused = administrator_of_all.post(address("move", pk=first.pk), {"parent": stranger.pk})
        moved = administrator_of_all.post(address("move", pk=first.pk), {"parent": second.pk})

        first.refresh_from_db()
        assert (refused.status_code, moved.status_code, first.parent) == (422, 302, second)

    def test_administrator_of_this_body_alone_changes_nothing_below(
        self, organisation: Organisation, client: Client
    ) -> None:
        first, second = make.organisation(parent=organisation), make.organisation(parent=organisation)
        client.force_login(make.user(organisation, Role.ADMINISTRATOR))
        data = {"name": "Otra", "short_name": "Otra", "host": "o.example", "region": "CN", "time_zone": "Europe/Madrid"}

        created = client.post(address("dependents"), data)
        moved = client.post(address("move", pk=first.pk), {"parent": second.pk})

        first.refresh_from_db()
        assert (created.status_code, moved.status_code) == (422, 422)
        assert "Usted administra solo esta entidad" in moved.content.decode()
        assert (first.parent, queries.organisation_for_host("o.example")) == (organisation, None)


class TestTheme:
    def test_colour_is_kept_and_the_stylesheet_corrected(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        version = organisation.theme_version

        administrator.post(address("theme"), {"accent": "#FFD700", "typeface": "serif"})

        organisation.refresh_from_db()
        assert (organisation.accent, organisation.typeface, organisation.theme_version) == (
            "#ffd700",
            "serif",
            version + 1,
        )
        sheet = administrator.get(f"/tema/{organisation.pk}-{organisation.theme_version}.css")
        assert sheet["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "--theme-accent-light: #ffd700" not in sheet.content.decode()
        assert "--theme-accent-dark: #ffd700" in sheet.content.decode()
        assert "serif;" in sheet.content.decode()

    def test_trying_a_colour_saves_nothing_and_says_what_becomes_of_it(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        answer = administrator.post(address("theme"), {"accent": "#ffd700", "typeface": "inter", "try": "1"})

        organisation.refresh_from_db()
        assert organisation.accent == "#1f4f8f"
        assert "no se leería bien" in answer.content.decode()
        assert 'value="#ffd700"' in answer.content.decode()

    def test_live_preview_is_only_the_fragment(self, administrator: Client, organisation: Organisation) -> None:
        answer = administrator.get(address("theme_preview"), {"accent": "#1f4f8f"}, headers={"HX-Request": "true"})

        page = answer.content.decode()
        assert answer.status_code == 200
        assert page.strip().startswith('<section class="section" id="theme-preview"')
        assert "se usa tal cual" in page

    def test_nonsense_as_a_colour_is_refused_and_previews_the_present_one(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        assert administrator.get(address("theme_preview"), {"accent": "azul"}).status_code == 200
        assert administrator.post(address("theme"), {"accent": "azul", "typeface": "inter"}).status_code == 422

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no es una imagen"),
            (b"GIF89a" + b"\0" * 60, "no es una imagen"),
            (PNG + b"\0" * 300_000, "300 kB"),
        ],
    )
    def test_logo_is_judged_by_its_content_and_size(
        self, administrator: Client, organisation: Organisation, content: bytes, message: str
    ) -> None:
        answer = administrator.post(address("logo"), {"logo": SimpleUploadedFile("logo.png", content, "image/png")})

        organisation.refresh_from_db()
        assert (answer.status_code, bool(organisation.logo)) == (422, False)
        assert message in answer.content.decode()

    def test_logo_is_shown_removed_and_brought_back(
        self, administrator: Client, organisation: Organisation, settings: Any, tmp_path: Any
    ) -> None:
        settings.MEDIA_ROOT = tmp_path

        administrator.post(address("logo"), {"logo": SimpleUploadedFile("foto.exe", PNG)})

        organisation.refresh_from_db()
        logo = f"/tema/{organisation.pk}-{organisation.theme_version}/logo"
        answer = administrator.get(logo)
        assert (answer["Content-Type"], answer["X-Content-Type-Options"], b"".join(answer)) == (
            "image/png",
            "nosniff",
            PNG,
        )
        administrator.post(address("logo_remove"))
        assert administrator.get(logo).status_code == 404
        administrator.post(address("undo"))
        organisation.refresh_from_db()
        assert organisation.logo

    def test_stylesheet_of_another_organisation_is_not_found(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        assert administrator.get(f"/tema/{make.organisation().pk}-1.css").status_code == 404


class TestTeamsTopicsAndProcedures:
    def test_team_is_added_changed_retired_and_brought_back(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        administrator.post(address("team_new"), {"name": "Firma", "signature": ""})
        team = Team.objects.get(organisation=organisation, name="Firma")
        administrator.post(address("team", pk=team.pk), {"name": "Firma y certificados", "signature": "Equipo"})

        administrator.post(address("team_retire", pk=team.pk))

        team.refresh_from_db()
        assert (team.name, team.is_active) == ("Firma y certificados", False)
        assert "Ha retirado el equipo" in administrator.get(address("teams")).content.decode()
        administrator.post(address("undo"))
        team.refresh_from_db()
        assert team.is_active

    def test_refusal_to_retire_says_the_way_out(self, administrator: Client, organisation: Organisation) -> None:
        team = queries.default_team(organisation)
        assert team is not None

        answer = administrator.post(address("team_retire", pk=team.pk), follow=True)

        assert "encárgueselas a otro" in answer.content.decode()

    def test_topic_has_a_name_in_each_language_and_keeps_those_not_offered(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        data = {"name_es": "Firma", "name_ca": "Signatura", "position": "5", "team": ""}
        administrator.post(address("topic_new"), data)
        topic = Topic.objects.get(organisation=organisation)
        organisation.languages = ["es"]
        organisation.save()

        administrator.post(address("topic", pk=topic.pk), {"name_es": "Firmar", "position": "7", "team": ""})

        topic.refresh_from_db()
        assert (topic.slug, topic.names, topic.position) == ("firma", {"es": "Firmar", "ca": "Signatura"}, 7)

    def test_topic_is_put_inside_of_another(self, administrator: Client, organisation: Organisation) -> None:
        group, topic = make.topic(organisation, name="Firmar"), make.topic(organisation, name="PDF")
        stranger = make.topic(make.organisation())
        data = {"name_es": "PDF", "position": "7", "team": ""}

        refused = administrator.post(address("topic", pk=topic.pk), data | {"parent": str(stranger.pk)})
        administrator.post(address("topic", pk=topic.pk), data | {"parent": str(group.pk)})
        turned = administrator.post(address("topic", pk=group.pk), data | {"parent": str(topic.pk)})

        topic.refresh_from_db()
        assert (refused.status_code, turned.status_code, topic.parent) == (422, 422, group)

    def test_topic_of_the_body_above_is_shown_but_not_changed(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        above = make.organisation()
        topic = make.topic(above)
        organisation.parent, organisation.path = above, f"{above.path}{organisation.pk}/"
        organisation.save()

        page = administrator.get(address("topics")).content.decode()

        assert topic.name in page
        assert administrator.get(address("topic", pk=topic.pk)).status_code == 404

    def test_procedure_code_is_the_organisations_only_once(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        data = {"sia_code": "2012345", "name_es": "Empadronarse", "url": ""}
        administrator.post(address("procedure_new"), data)

        answer = administrator.post(address("procedure_new"), data | {"name_es": "Otra cosa"})

        assert answer.status_code == 422
        assert "código SIA 2012345" in answer.content.decode()
        assert "Otra cosa" in answer.content.decode()
        assert Procedure.objects.filter(organisation=organisation).count() == 1

    def test_procedures_are_paged_by_their_code(self, administrator: Client, organisation: Organisation) -> None:
        for number in range(101):
            Procedure.objects.create(organisation=organisation, sia_code=f"{number:04}", names={"es": f"P{number}"})

        first = administrator.get(address("procedures")).content.decode()
        second = administrator.get(address("procedures"), {"desde": "0099"}).content.decode()

        assert ("?desde=0099" in first, ">0100<" in first) == (True, False)
        assert (">0100<" in second, ">0099<" in second) == (True, False)


class TestHours:
    def data(self, **changes: str) -> dict[str, str]:
        return {
            "name": "Jornada de verano",
            "team": "",
            "validity": "season",
            "starts_on": "2026-06-15",
            "ends_on": "2026-09-15",
            "day_1": "8-14, 16:00 a 18:30",
            "day_6": "22:00-6:00",
        } | changes

    def test_hours_are_typed_as_people_write_them(self, administrator: Client, organisation: Organisation) -> None:
        administrator.post(address("timetable_new"), self.data())

        timetable = Timetable.objects.get(organisation=organisation, repeats=True)
        shifts = timetable.shifts.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
        assert list(shifts) == [(1, time(8), time(14)), (1, time(16), time(18, 30)), (6, time(22), time(6))]
        page = administrator.get(address("timetable", pk=timetable.pk)).content.decode()
        assert "08:00-14:00, 16:00-18:30" in page
        assert "del 15 de junio al 15 de septiembre" in administrator.get(address("hours")).content.decode()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"day_2": "por la mañana"}, "No se entiende «por la mañana»"),
            ({"day_2": "9-14, 13-15"}, "se pisan"),
            ({"day_2": "25-26"}, "No se entiende"),
            ({"starts_on": ""}, "Indique esta fecha"),
            ({"validity": "dates", "ends_on": "2026-06-01"}, "no puede ser anterior"),
            ({"day_1": "", "day_6": ""}, "al menos un día"),
            ({"validity": "always"}, "Ya hay un horario habitual"),
        ],
    )
    def test_mistake_is_explained_and_what_was_typed_is_kept(
        self, administrator: Client, organisation: Organisation, change: dict[str, str], message: str
    ) -> None:
        answer = administrator.post(address("timetable_new"), self.data(**change))

        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert "Jornada de verano" in answer.content.decode()
        assert Timetable.objects.filter(organisation=organisation).count() == 1

    def test_removed_hours_can_be_brought_back(self, administrator: Client, organisation: Organisation) -> None:
        administrator.post(address("timetable_new"), self.data())
        timetable = Timetable.objects.get(organisation=organisation, repeats=True)

        administrator.post(address("timetable_remove", pk=timetable.pk))

        assert not Timetable.objects.filter(organisation=organisation, repeats=True).exists()
        administrator.post(address("undo"))
        assert Timetable.objects.get(organisation=organisation, repeats=True).shifts.count() == 3


class TestCalendar:
    def test_missing_official_calendar_is_said(
        self, administrator: Client, organisation: Organisation, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-11-23T10:00:00+01:00")

        page = administrator.get(address("settings")).content.decode()

        assert "Faltan los calendarios oficiales de 2026, 2027" in page
        assert (
            "Falta el calendario oficial de 2027" in administrator.get(address("calendar", year=2027)).content.decode()
        )

    def test_days_are_computed_completed_and_confirmed(self, administrator: Client, organisation: Organisation) -> None:
        administrator.post(address("calendar_compute", year=2026))
        day = {"on": "2026-05-15", "name_es": "San Isidro", "scope": "local", "source": "BOP"}
        administrator.post(address("calendar", year=2026), day)

        unchecked = administrator.post(address("calendar_confirm", year=2026), {"source": "BOP 214"})
        administrator.post(address("calendar_confirm", year=2026), {"source": "BOP 214", "checked": "on"})

        assert unchecked.status_code == 422
        state = queries.year_state(organisation, 2026)
        assert (state.days, state.is_official, state.official_source) == (9, True, "BOP 214")

    def test_confirmation_can_be_withdrawn_and_brought_back(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        actions.compute_year(organisation, 2026, actor=None)
        actions.confirm_year(organisation, 2026, source="BOP 214", actor=None)

        administrator.post(address("calendar_withdraw", year=2026))

        assert not queries.year_state(organisation, 2026).is_official
        administrator.post(address("undo"))
        assert queries.year_state(organisation, 2026).is_official

    def test_day_of_another_year_is_refused(self, administrator: Client, organisation: Organisation) -> None:
        day = {"on": "2027-05-15", "name_es": "San Isidro", "scope": "local"}

        answer = administrator.post(address("calendar", year=2026), day)

        assert answer.status_code == 422
        assert "San Isidro" in answer.content.decode()

    def test_removed_day_can_be_brought_back(self, administrator: Client, organisation: Organisation) -> None:
        actions.compute_year(organisation, 2026, actor=None)
        day = queries.non_working_days_of(organisation, 2026)[0]

        administrator.post(address("day_remove", year=2026, pk=day.pk))

        assert queries.year_state(organisation, 2026).days == 7
        answer = administrator.post(address("undo"))
        assert answer["Location"] == address("calendar", year=2026)
        assert queries.year_state(organisation, 2026).days == 8

    def test_file_is_imported_and_its_bad_lines_come_back_to_be_corrected(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        content = "Fecha;Ámbito;Nombre\n15/05/2026;local;San Isidro\n32/05/2026;local;Feria <b>\n".encode()
        form = {"file": SimpleUploadedFile("fiestas.csv", content), "scope": "local", "source": "BOP 214"}

        answer = administrator.post(address("calendar_import", year=2026), form)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Una parte del fichero no se ha entendido" in page
        assert "32/05/2026;local;Feria &lt;b&gt;" in page
        assert [day.name for day in queries.non_working_days_of(organisation, 2026)] == ["San Isidro"]

    def test_import_with_bad_lines_never_removes_computed_days(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        actions.compute_year(organisation, 2026, actor=None)
        form = {"text": "15/05/2026;local;San Isidro\nnada", "scope": "local", "whole_years": "on"}

        administrator.post(address("calendar_import", year=2026), form)

        assert queries.year_state(organisation, 2026).days == 9

    def test_pasted_lines_and_nothing_at_all(self, administrator: Client, organisation: Organisation) -> None:
        nothing = administrator.post(address("calendar_import", year=2026), {"scope": "local"})
        pasted = administrator.post(
            address("calendar_import", year=2026), {"text": "15/05/2026;local;San Isidro", "scope": "local"}
        )

        assert (nothing.status_code, pasted.status_code) == (422, 302)
        assert queries.year_state(organisation, 2026).days == 1

    @pytest.mark.parametrize("year", [1900, 2015, 2050])
    def test_years_without_a_calendar_are_not_found(
        self, administrator: Client, organisation: Organisation, year: int
    ) -> None:
        assert administrator.get(address("calendar", year=year)).status_code == 404


class TestHosts:
    def test_host_is_added_made_primary_removed_and_brought_back(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        administrator.post(address("hosts"), {"name": "Nueva.example"})
        new = HostName.objects.get(name="nueva.example")
        old = HostName.objects.get(name="testserver")

        administrator.post(address("host_primary", pk=new.pk))
        new.refresh_from_db()
        administrator.post(address("host_primary", pk=old.pk))
        administrator.post(address("host_remove", pk=new.pk))

        assert new.is_primary
        assert not HostName.objects.filter(name="nueva.example").exists()
        administrator.post(address("undo"))
        assert HostName.objects.filter(name="nueva.example", organisation=organisation).exists()

    def test_undo_without_anything_to_undo(self, administrator: Client, organisation: Organisation) -> None:
        answer = administrator.post(address("undo"), follow=True)

        assert "No hay nada que deshacer" in answer.content.decode()


class TestLegalPages:
    def test_text_is_published_in_the_language_it_is_written_in(
        self, administrator: Client, organisation: Organisation
    ) -> None:
        edit = address("legal_page_edit", kind="accessibility", language="es")
        administrator.post(edit, {"body": "## Situación\n\nParcialmente conforme. <script>alert(1)</script>"})

        spanish = administrator.get("/accesibilidad/")
        catalan = administrator.get("/ca/accesibilidad/")

        assert "<h2>Situación</h2>" in spanish.content.decode()
        assert "<script>alert(1)" not in spanish.content.decode()
        assert '<div lang="es">' in catalan.content.decode()
        assert 'lang="ca"' in catalan.content.decode()

    def test_page_that_nobody_wrote_says_whom_to_ask(self, client: Client, organisation: Organisation) -> None:
        organisation.email = "soporte@prueba.example"
        organisation.save()

        page = client.get("/privacidad/").content.decode()

        assert "todavía no está publicada" in page
        assert "soporte@prueba.example" in page

    @pytest.mark.parametrize(("kind", "language"), [("secret", "es"), ("privacy", "fr")])
    def test_no_other_pages_can_be_written(
        self, administrator: Client, organisation: Organisation, kind: str, language: str
    ) -> None:
        assert administrator.get(address("legal_page_edit", kind=kind, language=language)).status_code == 404
