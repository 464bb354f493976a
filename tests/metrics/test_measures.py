"""The four measures, against figures computed by hand from a small desk.

The desk opens from 9 to 14, Monday to Friday. March 2026: the 2nd is a Monday. Times are those of Madrid (UTC+1).
"""

import json
import statistics
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mostrador.accounts.choices import Role
from mostrador.integrations.actions import import_tickets
from mostrador.metrics import queries
from mostrador.metrics.actions import roll_up_day, roll_up_what_changed
from mostrador.metrics.models import DailyRollup
from mostrador.metrics.rules import Period, Sums, minutes_of, percentile, was_solved_at_first_contact
from mostrador.organisations.models import Organisation, Timetable
from mostrador.shared.figures import wilson_interval
from mostrador.tickets.actions.merging import merge, undo_merge
from mostrador.tickets.actions.tickets import reopen, reply_as_desk, reply_as_person, resolve
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import Ticket
from tests import make

pytestmark = pytest.mark.smoke

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
MUCH_LATER = datetime(2026, 6, 1, 10, tzinfo=UTC)


def at(day: int, clock: str) -> str:
    return f"2026-03-{day:02}T{clock}:00+01:00"


class Desk:
    """Loads tickets as they were in another desk and adds up March."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.agent = make.user(organisation)
        self.number = 0

    def load(self, opened: str, *replies: str, **changes: Any) -> None:
        """One ticket with a question and the desk's answers."""
        self.number += 1
        asked = {"author": "person", "text": "¿Cómo firmo?", "written_at": opened}
        answers = [{"author": "staff", "text": "Así.", "written_at": reply} for reply in replies]
        line = {
            "external_reference": str(self.number),
            "opened_at": opened,
            "channel": "email",
            "state": "resolved",
            "resolved_at": replies[-1] if replies else opened,
            "subject": "Firmar",
            "person": {"email": f"p{self.number}@correo.example"},
            "assignee": self.agent.email,
            "messages": [asked, *answers],
        }
        report = import_tickets([json.dumps(line | changes)], source="prueba", organisation="testserver")
        assert report.refused == []

    def march(self) -> Sums:
        roll_up_what_changed()
        return queries.merged(queries.sums_by_day([self.organisation], MARCH).values())


@pytest.fixture
def desk(organisation: Organisation) -> Desk:
    return Desk(organisation)


@pytest.fixture(autouse=True)
def _later() -> Any:
    with time_machine.travel(MUCH_LATER, tick=False):
        yield


def test_first_response_is_measured_in_elapsed_and_in_working_time(desk: Desk) -> None:
    desk.load(at(2, "10:00"), at(2, "10:30"))  # 30 min, 30 working
    desk.load(at(2, "13:00"), at(3, "10:00"))  # 21 h, 60 + 60 = 120 working
    desk.load(at(6, "20:00"), at(9, "09:10"))  # Friday evening to Monday: 61 h 10 min, 10 working

    march = desk.march()

    assert march.responded == 3
    assert march.elapsed == {30: 1, 1260: 1, 3670: 1}
    assert march.working == {30: 1, 120: 1, 10: 1}
    assert march.elapsed_mean == pytest.approx((30 + 1260 + 3670) / 3)
    assert march.working_mean == pytest.approx((30 + 120 + 10) / 3)
    assert percentile(march.working, 0.5) == 30
    assert percentile(march.working, 0.9) == pytest.approx(30 + 0.8 * 90)


def test_spam_and_unanswered_contacts_are_left_out_and_counted_beside(desk: Desk) -> None:
    desk.load(at(2, "10:00"), at(2, "10:30"))
    desk.load(at(2, "11:00"), state="new", resolved_at=None)
    desk.load(at(2, "12:00"), state="spam", resolved_at=None)
    desk.load(at(2, "12:30"), state="resolved", resolved_at=at(4, "10:00"))  # solved alone

    march = desk.march()

    assert (march.received, march.responded, march.unanswered, march.spam) == (3, 1, 2, 1)
    assert (march.resolved, march.resolved_at_first_contact) == (1, 1)


def test_what_was_joined_to_another_contact_is_left_out_and_counted_beside(
    desk: Desk, client: Client, organisation: Organisation
) -> None:
    client.force_login(make.user(organisation, Role.DIRECTOR))
    desk.load(at(2, "10:00"), at(2, "10:30"), person={"email": "ana@casa.example"})
    desk.load(at(2, "11:00"), state="new", resolved_at=None, person={"email": "ana@casa.example"})
    desk.load(at(2, "12:00"), state="new", resolved_at=None, person={"email": "ana@casa.example"})
    kept, twice, thrice = Ticket.objects.order_by("opened_at")
    author = desk.agent
    reopen(kept, author=author)
    merge(twice, kept, author=author)
    taken_apart = merge(thrice, kept, author=author)

    both = desk.march()
    page = client.get("/gestion/medidas/?period=dates&first=2026-03-01&last=2026-03-31").content.decode()
    undo_merge(taken_apart, author=author)
    one = desk.march()

    assert (both.received, both.responded, both.unanswered, both.joined) == (1, 1, 0, 2)
    assert "2 unidas a otra" in page
    assert (one.received, one.unanswered, one.joined) == (2, 1, 1)


def test_a_call_that_settled_the_matter_was_answered(desk: Desk) -> None:
    desk.load(at(2, "10:00"), channel="phone", resolved_at=at(2, "10:20"))
    desk.load(at(2, "11:00"), channel="phone", state="new", resolved_at=None)  # somebody has to call back

    march = desk.march()

    assert (march.received, march.responded, march.unanswered, march.resolved) == (2, 0, 1, 1)


def test_a_response_counts_on_the_day_of_receipt_and_a_resolution_on_its_own(desk: Desk) -> None:
    desk.load(at(2, "13:30"), at(3, "09:30"), resolved_at=at(5, "10:00"), rating=5, rated_at=at(20, "10:00"))

    desk.march()

    rows = DailyRollup.objects.order_by("on").values_list("on", "responded", "resolved", "scores")
    assert list(rows) == [(date(2026, 3, 2), 1, 0, {}), (date(2026, 3, 5), 0, 1, {"5": 1})]


def test_first_contact_resolution_asks_for_one_reply_no_transfer_no_reopening_and_nobody_coming_back(
    desk: Desk, organisation: Organisation
) -> None:
    topic = make.topic(organisation, slug="firma")
    ana = {"person": {"email": "ana@correo.example"}, "topic": topic.slug}
    desk.load(at(2, "10:00"), at(2, "10:30"))  # yes
    desk.load(at(2, "10:00"), at(2, "10:30"), at(2, "11:30"))  # two replies
    desk.load(at(2, "10:00"), at(2, "10:30"), transfers=1)
    desk.load(at(2, "10:00"), at(2, "10:30"), reopenings=1)
    desk.load(at(2, "10:00"), at(2, "10:30"), **ana)  # comes back on the 9th at 10:29: within seven days
    desk.load(at(9, "10:29"), at(9, "11:00"), **ana)  # yes: nobody comes back after it within seven days
    desk.load(at(16, "11:01"), at(16, "11:30"), **ana)  # yes: one minute after those seven days
    desk.load(at(2, "10:00"), resolved_at=at(2, "10:20"), channel="phone")  # yes: one call

    march = desk.march()

    assert (march.resolved_at_first_contact, march.resolved, march.provisional) == (4, 8, 0)
    assert march.first_contact_share == 0.5


def test_another_topic_or_another_person_does_not_spoil_the_first_contact(
    desk: Desk, organisation: Organisation
) -> None:
    firma, pago = make.topic(organisation, slug="firma"), make.topic(organisation, slug="pago")
    desk.load(at(2, "10:00"), at(2, "10:30"), person={"email": "ana@correo.example"}, topic=firma.slug)
    desk.load(at(3, "10:00"), at(3, "10:30"), person={"email": "ana@correo.example"}, topic=pago.slug)
    desk.load(at(3, "10:00"), at(3, "10:30"), person={"email": "luis@correo.example"}, topic=firma.slug)

    assert desk.march().resolved_at_first_contact == 3


def test_two_contacts_without_a_topic_count_as_the_same_matter(desk: Desk) -> None:
    ana = {"person": {"email": "ana@correo.example"}}
    desk.load(at(2, "10:00"), at(2, "10:30"), **ana)
    desk.load(at(3, "10:00"), at(3, "10:30"), **ana)

    assert desk.march().resolved_at_first_contact == 1


def test_resolutions_of_the_last_seven_days_are_provisional_until_they_are_not(desk: Desk) -> None:
    desk.load(at(20, "10:00"), at(20, "10:30"))

    with time_machine.travel(datetime(2026, 3, 27, 9, 29, tzinfo=UTC), tick=False):
        before = desk.march().provisional
    with time_machine.travel(datetime(2026, 3, 27, 9, 30, tzinfo=UTC), tick=False):
        after = desk.march().provisional

    assert (before, after) == (1, 0)


def test_satisfaction_has_its_answers_rate_and_interval(desk: Desk) -> None:
    for rating in (5, 5, 4, 4, 4, 3, 2, 5):
        desk.load(at(2, "10:00"), at(2, "10:30"), rating=rating)
    desk.load(at(2, "10:00"), at(2, "10:30"), surveyed_at=at(2, "11:30"))
    desk.load(at(2, "10:00"), at(2, "10:30"), surveyed_at=at(2, "11:30"))

    march = desk.march()

    assert (march.satisfied, march.answers, march.surveyed) == (6, 8, 10)
    assert (march.satisfaction, march.response_rate) == (0.75, 0.8)
    # By hand: centre (0.75 + 3.8415/16) / (1 + 3.8415/8), half 1.96/1.4802 · √(0.1875/8 + 3.8415/256).
    assert wilson_interval(march.satisfied, march.answers) == pytest.approx((0.4093, 0.9285), abs=0.0001)


def test_a_late_answer_or_a_person_who_comes_back_changes_the_figures_already_made(
    desk: Desk, organisation: Organisation
) -> None:
    topic = make.topic(organisation, slug="firma")
    ana = {"person": {"email": "ana@correo.example"}, "topic": topic.slug}
    with time_machine.travel(datetime(2026, 3, 5, 10, tzinfo=UTC), tick=False):
        desk.load(at(2, "10:00"), at(2, "10:30"), **ana)
        before = desk.march().resolved_at_first_contact
        desk.load(at(4, "10:00"), at(4, "10:30"), **ana)
        after = desk.march().resolved_at_first_contact

    assert (before, after) == (1, 1)  # the first no longer counts, the second does


def test_a_resolution_that_was_taken_back_weeks_later_no_longer_counts(organisation: Organisation) -> None:
    agent = make.user(organisation)
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=UTC), tick=False):
        ticket = make.ticket(organisation)
    with time_machine.travel(datetime(2026, 3, 4, 10, tzinfo=UTC), tick=False):
        reply_as_desk(ticket, author=agent, text="Así.")
        resolve(ticket, author=agent)
        roll_up_what_changed()
    with time_machine.travel(datetime(2026, 3, 25, 10, tzinfo=UTC), tick=False):
        reply_as_person(ticket, text="Sigue igual.", channel=Channel.WEB)
        roll_up_what_changed()
        between = queries.merged(queries.sums_by_day([organisation], MARCH).values()).resolved
        resolve(ticket, author=agent)
        roll_up_what_changed()

    march = queries.merged(queries.sums_by_day([organisation], MARCH).values())

    assert (between, march.resolved, march.resolved_at_first_contact) == (0, 1, 0)


def test_the_working_time_of_a_team_without_hours_is_all_the_time(desk: Desk, organisation: Organisation) -> None:
    Timetable.objects.filter(organisation=organisation).delete()
    Organisation.objects.filter(pk=organisation.pk).update(calendar_version=uuid4())
    desk.load(at(2, "13:00"), at(3, "10:00"))

    assert desk.march().working == {21 * 60: 1}


def test_computing_a_day_twice_changes_nothing(desk: Desk, organisation: Organisation) -> None:
    desk.load(at(2, "10:00"), at(2, "10:30"), rating=5)
    first = desk.march()

    roll_up_day(organisation, date(2026, 3, 2))

    assert desk.march() == first


def test_the_working_time_is_that_of_the_team_that_answered(desk: Desk, organisation: Organisation) -> None:
    team = make.team(organisation)
    make.opening_hours(organisation, team, opens="16:00", closes="18:00")
    desk.load(at(2, "15:00"), at(2, "17:00"), first_reply_team=team.slug)

    assert desk.march().working == {60: 1}


def test_use_adds_readings_and_tickets_of_each_procedure_and_compares(desk: Desk, organisation: Organisation) -> None:
    procedure = make.procedure(organisation, sia_code="990001", name="Instancia general")
    desk.load(at(2, "10:00"), at(2, "10:30"), procedure=procedure.sia_code)
    desk.load(at(3, "10:00"), at(3, "10:30"), procedure=procedure.sia_code)
    desk.load("2026-02-20T10:00:00+01:00", at(2, "10:30"), procedure=procedure.sia_code)
    roll_up_what_changed()

    (row,) = queries.use_rows([organisation], MARCH)

    assert (row.name, row.readings, row.tickets, row.before, row.change) == ("Instancia general", 0, 2, 1, 1.0)


@given(st.lists(st.integers(0, 500), min_size=2, max_size=60))
def test_percentiles_agree_with_the_standard_library(minutes: list[int]) -> None:
    histogram = minutes_of(timedelta(minutes=each) for each in minutes)
    deciles = statistics.quantiles(minutes, n=10, method="inclusive")

    assert percentile(histogram, 0.5) == pytest.approx(statistics.median(minutes))
    assert percentile(histogram, 0.9) == pytest.approx(deciles[8])


def test_without_observations_there_is_no_figure() -> None:
    assert (percentile({}, 0.5), Sums().satisfaction, Sums().working_mean) == (None,) * 3


@pytest.mark.parametrize(
    ("channel", "replies", "expected"),
    [
        ("web", 1, True),
        ("web", 0, False),
        ("web", 2, False),
        ("phone", 0, True),
        ("phone", 1, True),
        ("chat", 2, False),
    ],
)
def test_one_reply_by_writing_or_one_call(channel: str, replies: int, expected: bool) -> None:
    solved = was_solved_at_first_contact(
        channel=channel, public_replies=replies, transfers=0, reopenings=0, came_back=False
    )

    assert solved is expected
