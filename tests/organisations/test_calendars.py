"""Hours and calendars as the rest of the product reads them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from mostrador.audit.models import Event
from mostrador.organisations import queries
from mostrador.organisations.actions import bodies, calendars, hours
from mostrador.organisations.actions.calendars import Imported
from mostrador.organisations.choices import DayOrigin, DayScope
from mostrador.organisations.errors import CalendarMissing
from mostrador.organisations.models import CalendarYear, NonWorkingDay, Organisation, Timetable
from mostrador.organisations.queries import YearState
from mostrador.organisations.rules.calendar_files import ReadDay
from mostrador.organisations.rules.legal_terms import Term, Unit, count_from_notification
from mostrador.organisations.rules.working_time import Shift, add_working_time, is_open
from mostrador.shared.errors import ActionRefused
from tests import make

pytestmark = pytest.mark.django_db

AFTERNOONS = [Shift(weekday, time(16), time(20)) for weekday in range(1, 6)]
WEDNESDAY = datetime(2026, 5, 6, 10, tzinfo=UTC)  # noon in Madrid
SAN_ISIDRO = ReadDay(date(2026, 5, 15), DayScope.LOCAL, {"es": "San Isidro"})


def confirmed(organisation: Organisation, year: int) -> bool:
    return CalendarYear.objects.filter(organisation=organisation, year=year, confirmed_at__isnull=False).exists()


class TestWorkingCalendar:
    def test_team_without_hours_keeps_those_of_its_organisation(self, organisation: Organisation) -> None:
        team = make.team(organisation)

        assert add_working_time(WEDNESDAY, timedelta(hours=3), queries.working_calendar(team)) == datetime(
            2026, 5, 7, 8, tzinfo=UTC
        )

    def test_hours_of_a_team_are_its_own(self, organisation: Organisation) -> None:
        team = make.team(organisation)

        hours.save_timetable(organisation, AFTERNOONS, name="Tardes", team=team, actor=None)

        team.refresh_from_db()
        assert not is_open(WEDNESDAY, queries.working_calendar(team))
        assert is_open(WEDNESDAY, queries.working_calendar(organisation))

    def test_seasonal_and_dated_hours_reach_the_rules(self, organisation: Organisation) -> None:
        hours.save_timetable(
            organisation,
            AFTERNOONS,
            name="Verano",
            starts_on=date(2020, 6, 15),
            ends_on=date(2020, 9, 15),
            repeats=True,
            actor=None,
        )
        hours.save_timetable(
            organisation,
            [Shift(5, time(8), time(9))],
            name="Feria",
            starts_on=date(2026, 8, 10),
            ends_on=date(2026, 8, 14),
            actor=None,
        )

        calendar = queries.working_calendar(organisation)

        assert [len(calendar.shifts_on(date(2026, 8, day))) for day in (7, 13, 14)] == [1, 0, 1]
        assert calendar.shifts_on(date(2027, 7, 1)) == (Shift(4, time(16), time(20)),)

    def test_calendar_is_read_once_until_it_changes(
        self, organisation: Organisation, django_assert_num_queries: Any
    ) -> None:
        calendar = queries.working_calendar(organisation)

        with django_assert_num_queries(0):
            assert queries.working_calendar(organisation) is calendar

        calendars.add_day(organisation, WEDNESDAY.date(), names={"es": "Fiesta"}, scope=DayScope.LOCAL, actor=None)
        assert not is_open(WEDNESDAY, queries.working_calendar(organisation))

    def test_change_above_reaches_the_bodies_under_it(self, organisation: Organisation) -> None:
        town = bodies.create_organisation("Pueblo", host="pueblo.example", parent=organisation, ready=False)
        assert is_open(WEDNESDAY, queries.working_calendar(town))

        usual = Timetable.objects.get(organisation=organisation)
        hours.save_timetable(organisation, AFTERNOONS, name="Tardes", timetable=usual, actor=None)

        town.refresh_from_db()
        assert not is_open(WEDNESDAY, queries.working_calendar(town))

    @pytest.mark.parametrize("many", [1, 3])
    def test_calendars_of_a_list_cost_the_same_for_one_and_three_teams(
        self, organisation: Organisation, many: int, django_assert_num_queries: Any
    ) -> None:
        teams = [make.team(make.organisation(parent=organisation)) for _ in range(many)]

        with django_assert_num_queries(5):
            found = queries.working_calendars(team.pk for team in teams)

        assert found.keys() == {team.pk for team in teams}
        with django_assert_num_queries(1):
            assert queries.working_calendars(team.pk for team in teams) == found

    def test_canarias_works_by_its_own_clock(self) -> None:
        town = bodies.create_organisation("X", host="x.example", details={"time_zone": "Atlantic/Canary"})

        assert str(queries.working_calendar(town).zone) == "Atlantic/Canary"


class TestTimetables:
    def test_there_is_one_usual_timetable(self, organisation: Organisation) -> None:
        with pytest.raises(ActionRefused, match="Ya hay un horario habitual"):
            hours.save_timetable(organisation, AFTERNOONS, name="Otro", actor=None)

    def test_timetable_without_shifts_is_refused(self, organisation: Organisation) -> None:
        with pytest.raises(ActionRefused, match="al menos un tramo"):
            hours.save_timetable(organisation, [], name="Nada", starts_on=date(2026, 8, 1), actor=None)

    def test_usual_hours_of_the_topmost_body_cannot_be_removed(self, organisation: Organisation) -> None:
        with pytest.raises(ActionRefused, match="horario habitual"):
            hours.remove_timetable(Timetable.objects.get(organisation=organisation), actor=None)

    def test_removed_timetable_can_be_brought_back_whole(self, organisation: Organisation) -> None:
        made = hours.save_timetable(
            organisation,
            [*AFTERNOONS, Shift(1, time(22), time(6))],
            name="Verano",
            team=make.team(organisation),
            starts_on=date(2026, 6, 15),
            ends_on=date(2026, 9, 15),
            repeats=True,
            actor=None,
        )
        before = hours.snapshot(made)

        values = hours.remove_timetable(made, actor=None)
        again = hours.restore_timetable(organisation, values, actor=None)

        assert hours.snapshot(again) == before
        assert [event.verb for event in Event.objects.order_by("-pk")[:2]] == [
            "organisations.timetable_added",
            "organisations.timetable_removed",
        ]


class TestCalendarOfAYear:
    def test_computed_days_are_provisional(self, organisation: Organisation) -> None:
        added = calendars.compute_year(organisation, 2026, actor=None)

        assert (added, calendars.compute_year(organisation, 2026, actor=None)) == (8, 0)
        assert queries.year_state(organisation, 2026) == YearState(
            year=2026, is_known=True, is_official=False, official_source="", days=8, computed_days=8
        )
        assert queries.sede_calendar(organisation).official_years == frozenset()

    def test_computing_leaves_entered_days_alone(self, organisation: Organisation) -> None:
        calendars.add_day(organisation, date(2026, 12, 25), names={"es": "Pascua"}, scope=DayScope.NATIONAL, actor=None)

        calendars.compute_year(organisation, 2026, actor=None)

        assert NonWorkingDay.objects.get(on=date(2026, 12, 25)).names == {"es": "Pascua"}

    def test_official_file_takes_the_place_of_computed_days(self, organisation: Organisation) -> None:
        calendars.compute_year(organisation, 2026, actor=None)
        christmas = ReadDay(date(2026, 12, 25), DayScope.NATIONAL, {"es": "Navidad"}, "BOE")

        done = calendars.import_days(
            organisation, [SAN_ISIDRO, christmas], source="BOP 214", whole_years=False, actor=None
        )

        assert done == Imported(added=1, replaced=1, unchanged=0, removed=0)
        days = {day.on: day for day in queries.non_working_days_of(organisation, 2026)}
        assert (len(days), days[SAN_ISIDRO.on].source, days[christmas.on].source) == (9, "BOP 214", "BOE")
        assert days[christmas.on].names["es"] == "Navidad"
        assert days[christmas.on].names["ca"] == "Nativitat del Senyor"

    def test_whole_official_calendar_removes_computed_days_that_it_does_not_name(
        self, organisation: Organisation
    ) -> None:
        calendars.compute_year(organisation, 2026, actor=None)
        calendars.compute_year(organisation, 2027, actor=None)

        done = calendars.import_days(organisation, [SAN_ISIDRO], source="BOP", whole_years=True, actor=None)

        assert done == Imported(added=1, replaced=0, unchanged=0, removed=8)
        assert [day.on for day in queries.non_working_days_of(organisation, 2026)] == [SAN_ISIDRO.on]
        assert queries.year_state(organisation, 2027).days == 9

    def test_same_file_twice_changes_nothing(self, organisation: Organisation) -> None:
        calendars.import_days(organisation, [SAN_ISIDRO], source="BOP", whole_years=False, actor=None)
        calendars.confirm_year(organisation, 2026, source="BOP", actor=None)

        done = calendars.import_days(organisation, [SAN_ISIDRO], source="BOP", whole_years=False, actor=None)

        assert done == Imported(added=0, replaced=0, unchanged=1, removed=0)
        assert confirmed(organisation, 2026)

    def test_confirmed_year_gives_terms_legal_effect(self, organisation: Organisation) -> None:
        calendars.compute_year(organisation, 2026, actor=make.user(organisation))
        term, notified_at = Term(10, Unit.WORKING_DAYS), datetime(2026, 4, 20, 10, tzinfo=UTC)
        before = count_from_notification(term, notified_at, queries.sede_calendar(organisation))

        calendars.confirm_year(organisation, 2026, source="BOP 214, de 10/11/2025", actor=None)

        after = count_from_notification(term, notified_at, queries.sede_calendar(organisation))
        assert (before.last_day, before.is_provisional) == (date(2026, 5, 5), True)
        assert (after.last_day, after.is_provisional) == (date(2026, 5, 5), False)

    def test_legal_terms_use_no_calendar_but_the_sedes_own(self, organisation: Organisation) -> None:
        calendars.compute_year(organisation, 2026, actor=None)
        town = bodies.create_organisation("Pueblo", host="pueblo.example", parent=organisation, ready=False)

        with pytest.raises(CalendarMissing):
            count_from_notification(Term(1, Unit.WORKING_DAYS), WEDNESDAY, queries.sede_calendar(town))
        assert queries.working_calendar(town).known_years == {2026}

    @pytest.mark.parametrize("source", ["", "   "])
    def test_confirmation_names_the_publication(self, organisation: Organisation, source: str) -> None:
        calendars.compute_year(organisation, 2026, actor=None)

        with pytest.raises(ActionRefused, match="dónde se publicó"):
            calendars.confirm_year(organisation, 2026, source=source, actor=None)

    def test_empty_year_cannot_be_confirmed(self, organisation: Organisation) -> None:
        with pytest.raises(ActionRefused, match="está vacío"):
            calendars.confirm_year(organisation, 2026, source="BOP", actor=None)

    def test_any_change_of_days_takes_the_confirmation_of_that_year_away(self, organisation: Organisation) -> None:
        for year in (2026, 2027):
            calendars.compute_year(organisation, year, actor=None)
            calendars.confirm_year(organisation, year, source="BOP", actor=None)

        calendars.remove_day(queries.non_working_days_of(organisation, 2026)[0], actor=None)

        assert (confirmed(organisation, 2026), confirmed(organisation, 2027)) == (False, True)

    def test_removed_day_can_be_brought_back(self, organisation: Organisation) -> None:
        calendars.compute_year(organisation, 2026, actor=None)
        day = queries.non_working_days_of(organisation, 2026)[0]
        before = calendars.snapshot(day)

        values = calendars.remove_day(day, actor=None)
        again = calendars.restore_day(organisation, values, actor=None)

        assert calendars.snapshot(again) == before
        assert again.origin == DayOrigin.COMPUTED

    def test_day_is_in_the_calendar_once(self, organisation: Organisation) -> None:
        calendars.add_day(organisation, SAN_ISIDRO.on, names=SAN_ISIDRO.names, scope=DayScope.LOCAL, actor=None)

        with pytest.raises(ActionRefused, match="San Isidro"):
            calendars.add_day(organisation, SAN_ISIDRO.on, names={"es": "X"}, scope=DayScope.OWN, actor=None)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 9, 30), [2026]),
        (date(2026, 10, 1), [2026, 2027]),
    ],
)
def test_calendars_to_confirm_are_this_year_and_from_october_the_next(
    organisation: Organisation, today: date, missing: list[int]
) -> None:
    assert queries.years_to_confirm(organisation, today) == missing

    for year in missing:
        calendars.compute_year(organisation, year, actor=None)
        calendars.confirm_year(organisation, year, source="BOP", actor=None)

    assert queries.years_to_confirm(organisation, today) == []
