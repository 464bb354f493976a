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
        [("teams", 10), ("hours", 10), ("topics", 10), ("procedures", 10), ("hosts", 9), ("dependents", 10)],
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

        with django_assert_num_queries(12):
            administrator.get(address("calendar", year=2026))


