"""Who is asked for an opinion, when, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from mostrador.audit.models import Event
from mostrador.feedback import actions
from mostrador.feedback.models import Survey
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.tickets.actions import tickets
from mostrador.tickets.choices import ContactBy
from mostrador.tickets.models import Ticket
from tests import make

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@pytest.fixture
def ticket(organisation: Organisation) -> Ticket:
    """Answered and resolved at noon."""
    with time_machine.travel(NOON, tick=False):
        return resolved(make.ticket(organisation))


def resolved(ticket: Ticket) -> Ticket:
    agent = make.user(ticket.organisation)
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado en el navegador.")
    tickets.resolve(ticket, author=agent)
    ticket.refresh_from_db()
    return ticket


def asked_after(hours: float) -> int:
    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        return actions.ask_opinions()


def survey_emails() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(kind="feedback.survey"))


def test_an_hour_after_the_resolution_one_email_asks_in_the_language_of_the_matter(ticket: Ticket) -> None:
    Ticket.objects.update(language="ca")
    Person.objects.update(language="en")  # has written about something else since

    assert asked_after(0.9) == 0
    assert asked_after(1.1) == 1
    assert asked_after(1.2) == 0

    [mail] = survey_emails()
    assert (mail.to, mail.language, mail.person) == (ticket.person.email, "ca", ticket.person)
    assert mail.text.count("/ca/opinion/") == 5
    assert [f"?valor={value}" in mail.text for value in range(7)] == [False, True, True, True, True, True, False]
    assert ticket.reference in mail.subject
    assert mail.headers["Auto-Submitted"] == "auto-generated"


def test_only_the_hash_of_the_link_is_kept(ticket: Ticket) -> None:
    asked_after(2)

    survey = Survey.objects.get()
    assert survey.token_hash not in survey_emails()[0].text
    assert survey.expires_at - survey.sent_at == timedelta(days=30)


def test_the_question_belongs_to_the_thread_of_the_ticket(ticket: Ticket) -> None:
    earlier = make.email(ticket.organisation)
    OutgoingMessage.objects.filter(pk=earlier.pk).update(about=f"tickets.ticket:{ticket.pk}")

    asked_after(2)

    [mail] = survey_emails()
    assert mail.in_reply_to == earlier.message_id
    assert mail.references.split()[-1] == earlier.message_id


def test_nobody_is_asked_about_a_ticket_that_was_reopened_meanwhile(ticket: Ticket) -> None:
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        tickets.mark_not_solved_by_person(ticket)

    assert asked_after(2) == 0


def test_a_ticket_resolved_for_the_second_time_is_not_asked_about_again(ticket: Ticket) -> None:
    asked_after(2)
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        tickets.mark_not_solved_by_person(ticket)
        resolved(ticket)

    assert asked_after(5) == 0
    assert len(survey_emails()) == 1


def test_whoever_gave_no_address_is_not_asked(organisation: Organisation) -> None:
    with time_machine.travel(NOON, tick=False):
        resolved(make.ticket(organisation, contact_by=ContactBy.IN_PERSON))

    assert asked_after(2) == 0


def test_nobody_is_asked_about_spam(organisation: Organisation) -> None:
    with time_machine.travel(NOON, tick=False):
        tickets.mark_spam(make.ticket(organisation), author=make.user(organisation))

    assert asked_after(2) == 0


def test_nobody_is_asked_about_what_came_from_another_desk(ticket: Ticket) -> None:
    Ticket.objects.update(imported_at=NOON)

    assert asked_after(2) == 0


def test_nobody_is_asked_about_what_is_long_over(ticket: Ticket) -> None:
    assert asked_after(24 * 8) == 0


def test_in_a_sample_organisation_the_question_goes_at_once(ticket: Ticket) -> None:
    Organisation.objects.update(is_sample=True)

    assert asked_after(0.01) == 1


def test_a_language_that_the_organisation_does_not_offer_is_not_used(ticket: Ticket) -> None:
    Organisation.objects.update(languages=["es"])
    Ticket.objects.update(language="eu")

    asked_after(2)

    assert survey_emails()[0].language == "es"


def test_old_comments_are_forgotten_and_their_scores_stay(ticket: Ticket, settings: Settings) -> None:
    settings.SURVEY_COMMENT_RETENTION_DAYS = 10
    asked_after(2)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        actions.answer_survey(Survey.objects.get(), score=4, comment="Muy amable")

    with time_machine.travel(NOON + timedelta(days=10), tick=False):
        assert actions.forget_old_comments() == 0
    with time_machine.travel(NOON + timedelta(days=12), tick=False):
        assert actions.forget_old_comments() == 1

    survey = Survey.objects.get()
    assert (survey.score, survey.comment) == (4, "")


def test_asking_leaves_a_line_in_the_record(ticket: Ticket) -> None:
    asked_after(2)

    assert Event.objects.filter(verb="feedback.asked").count() == 1


def test_asked_for_the_same_ticket_by_two_workers_only_one_asks(ticket: Ticket) -> None:
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        first, second = actions.ask_opinion(ticket.pk), actions.ask_opinion(ticket.pk)

    assert first is not None
    assert second is None
    assert len(survey_emails()) == 1
