"""The tree of public bodies, their host names and their teams."""

import pytest

from mostrador.audit.models import Event
from mostrador.organisations import queries
from mostrador.organisations.actions import bodies, hosts, teams
from mostrador.organisations.models import CalendarYear, HostName, Organisation, Team, Timetable
from mostrador.shared.errors import ActionRefused
from tests import make

pytestmark = pytest.mark.django_db


class TestCreating:
    def test_new_body_has_what_a_desk_needs_to_start(self) -> None:
        made = bodies.create_organisation(
            "Ayuntamiento de Prueba", host="soporte.prueba.example", details={"region": "CN", "languages": ["es", "en"]}
        )

        assert queries.organisation_for_host("soporte.prueba.example") == made
        assert made.path == f"/{made.pk}/"
        assert [team.is_default for team in Team.objects.filter(organisation=made)] == [True]
        assert Timetable.objects.filter(organisation=made, starts_on=None).count() == 1
        assert CalendarYear.objects.filter(organisation=made, confirmed_at=None).count() == 2
        assert Event.objects.filter(organisation_id=made.pk, verb="organisations.created").count() == 1

    def test_dependent_body_takes_over_zone_languages_and_hours(self) -> None:
        island = bodies.create_organisation(
            "Cabildo", host="cabildo.example", details={"time_zone": "Atlantic/Canary", "region": "CN"}
        )

        town = bodies.create_organisation("Ayuntamiento", host="pueblo.example", parent=island)

        assert (town.time_zone, town.region, town.lineage) == ("Atlantic/Canary", "CN", [island.pk, town.pk])
        assert not Timetable.objects.filter(organisation=town).exists()
        assert queries.working_calendar(town).timetables == queries.working_calendar(island).timetables

    @pytest.mark.parametrize("languages", [[], ["fr"], ["ca"]])
    def test_main_language_must_be_among_known_languages(self, languages: list[str]) -> None:
        with pytest.raises(ActionRefused):
            bodies.create_organisation(
                "X", host="x.example", details={"languages": languages, "default_language": "es"}
            )

        assert not Organisation.objects.exists()

    def test_host_of_another_body_is_refused_and_nothing_is_left_behind(self, organisation: Organisation) -> None:
        with pytest.raises(ActionRefused, match="ya está en uso"):
            bodies.create_organisation("X", host="TESTSERVER")

        assert Organisation.objects.count() == 1

    def test_path_or_theme_are_no_data_to_describe(self, organisation: Organisation) -> None:
        with pytest.raises(ValueError, match="path"):
            bodies.describe_organisation(organisation, {"path": "/"}, actor=None)


def test_describing_records_what_was_there_before(organisation: Organisation) -> None:
    bodies.describe_organisation(organisation, {"phone": "900 000 000", "name": organisation.name}, actor=None)

    organisation.refresh_from_db()
    event = Event.objects.filter(verb="organisations.described").get()
    assert organisation.phone == "900 000 000"
    assert event.details == {"changed": {"phone": ["", "900 000 000"]}}


class TestMoving:
    def test_whole_branch_moves(self) -> None:
        old, new = make.organisation(), make.organisation()
        town = make.organisation(parent=old)
        district = make.organisation(parent=town)

        bodies.move_organisation(town, parent=new, actor=None)

        district.refresh_from_db()
        assert district.lineage == [new.pk, town.pk, district.pk]
        assert set(Organisation.objects.under(new)) == {new, town, district}
        assert list(Organisation.objects.under(old)) == [old]

    def test_branch_may_become_a_tree_of_its_own(self) -> None:
        town = make.organisation(parent=make.organisation())

        bodies.move_organisation(town, parent=None, actor=None)

        town.refresh_from_db()
        assert (town.parent, town.lineage) == (None, [town.pk])

    def test_body_cannot_depend_on_itself_or_on_its_own_branch(self) -> None:
        top = make.organisation()
        town = make.organisation(parent=top)

        for parent in (top, town):
            with pytest.raises(ActionRefused, match="no puede depender de sí misma"):
                bodies.move_organisation(top, parent=parent, actor=None)

        top.refresh_from_db()
        assert top.lineage == [top.pk]

    def test_tree_is_listed_in_order_of_names_with_one_query(self, django_assert_num_queries: object) -> None:
        top = make.organisation(name="Diputación")
        second = make.organisation(parent=top, name="Zarza")
        first = make.organisation(parent=top, name="Alameda")
        under_first = make.organisation(parent=first, name="Zona baja")

        with django_assert_num_queries(1):  # type: ignore[operator]
            tree = queries.tree_under(top)

        assert tree == [top, first, under_first, second]


class TestHosts:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("Soporte.Pueblo.ES", "soporte.pueblo.es"),
            ("https://soporte.pueblo.es:8443/inicio", "soporte.pueblo.es"),
            ("soporte.peñalara.es", "soporte.xn--pealara-5za.es"),
            ("localhost", "localhost"),
        ],
    )
    def test_address_is_reduced_to_its_host_name(self, typed: str, kept: str) -> None:
        assert hosts.plain_host(typed) == kept

    @pytest.mark.parametrize("typed", ["", "dos palabras.es", "-x.es", "a..es", "x" * 64 + ".es", "<script>.es"])
    def test_anything_else_is_refused(self, typed: str) -> None:
        with pytest.raises(ActionRefused, match="nombre de dominio"):
            hosts.plain_host(typed)

    def test_first_name_is_the_primary_one_and_another_can_take_its_place(self, organisation: Organisation) -> None:
        second = hosts.add_host(organisation, "otra.example", actor=None)

        hosts.make_host_primary(second, actor=None)

        assert organisation.host == "otra.example"
        assert list(queries.hosts_of(organisation).values_list("name", "is_primary")) == [
            ("otra.example", True),
            ("testserver", False),
        ]

    def test_primary_name_stays(self, organisation: Organisation) -> None:
        with pytest.raises(ActionRefused, match="principal"):
            hosts.remove_host(HostName.objects.get(name="testserver"), actor=None)

        assert queries.organisation_for_host("testserver") == organisation

    def test_removed_name_answers_no_more(self, organisation: Organisation) -> None:
        second = hosts.add_host(organisation, "otra.example", actor=None)

        hosts.remove_host(second, actor=None)

        assert queries.organisation_for_host("otra.example") is None


class TestTeams:
    def test_exactly_one_team_takes_new_tickets(self, organisation: Organisation) -> None:
        first = queries.default_team(organisation)
        assert first is not None
        second = make.team(organisation)

        teams.describe_team(second, name="Firma", signature="Equipo de firma", is_default=True, actor=None)

        first.refresh_from_db()
        assert (queries.default_team(organisation), first.is_default) == (second, False)

    def test_team_that_takes_new_tickets_cannot_be_left_out(self, organisation: Organisation) -> None:
        team = queries.default_team(organisation)
        assert team is not None

        with pytest.raises(ActionRefused, match="recibe las consultas nuevas"):
            teams.retire_team(team, actor=None)
        with pytest.raises(ActionRefused, match="recibe las consultas nuevas"):
            teams.describe_team(team, name="X", signature="", is_default=False, actor=None)

    def test_retired_team_can_come_back(self, organisation: Organisation) -> None:
        team = make.team(organisation)

        teams.retire_team(team, actor=None)

        team.refresh_from_db()
        assert list(queries.teams_of(organisation, retired=True)) == [team]
        teams.restore_team(team, actor=None)
        assert team in queries.teams_of(organisation)

    def test_two_teams_of_one_name_have_their_own_keys(self, organisation: Organisation) -> None:
        made = [teams.create_team(organisation, name="Firma", actor=None) for _ in range(3)]

        assert [team.slug for team in made] == ["firma", "firma-2", "firma-3"]

    def test_town_hall_without_team_is_served_by_the_one_above(self, organisation: Organisation) -> None:
        town = bodies.create_organisation("Pueblo", host="pueblo.example", parent=organisation, ready=False)

        assert queries.default_team(town) == queries.default_team(organisation)
