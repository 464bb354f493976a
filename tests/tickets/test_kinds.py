"""Kinds of tickets: their legal terms, who sees them, and what suspends and extends a term."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.organisations.actions.calendars import add_day
from mostrador.organisations.choices import DayScope
from mostrador.organisations.models import CalendarYear, Organisation
from mostrador.organisations.rules.legal_terms import Term, Unit
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import escalation, kinds, tickets
from mostrador.tickets.actions.retention import erase_words
from mostrador.tickets.choices import Channel, Impact, Priority, State, TicketKind, Urgency
from mostrador.tickets.models import LegalTerm, Ticket
from mostrador.tickets.rules.kinds import BY_SLUG, KINDS
from mostrador.tickets.rules.priority import MATRIX
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, jobs, words


def opened(organisation: Organisation, kind: TicketKind, **fields: Any) -> Ticket:
    with time_machine.travel(MONDAY, tick=False):
        return make.ticket(organisation, kind=kind, **fields)


def last_day(ticket: Ticket) -> date:
    return LegalTerm.objects.get(ticket=ticket).last_day


def test_every_kind_has_its_rule_and_a_word_of_its_own() -> None:
    assert set(KINDS) == set(TicketKind)
    assert len(BY_SLUG) == len(KINDS)
    assert all(rule.source for rule in KINDS.values() if rule.term)
    assert all(rule.extension_source for rule in KINDS.values() if rule.extension)


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (TicketKind.SUPPORT, None),
        (TicketKind.SUGGESTION, date(2026, 3, 30)),
        (TicketKind.COMPLAINT, date(2026, 3, 30)),
        (TicketKind.ACCESSIBILITY_COMMUNICATION, None),
        (TicketKind.ACCESSIBILITY_COMPLAINT, date(2026, 3, 30)),
        (TicketKind.ACCESSIBILITY_CLAIM, date(2026, 5, 4)),  # the second of May is a Saturday
        (TicketKind.DATA_PROTECTION, date(2026, 4, 2)),
        (TicketKind.PHISHING, None),
    ],
)
def test_each_kind_has_the_term_of_its_norm(organisation: Organisation, kind: TicketKind, day: date | None) -> None:
    ticket = opened(organisation, kind)

    row = LegalTerm.objects.filter(ticket=ticket).first()
    assert (row.last_day if row else None) == day
    assert (ticket.legal_due_at is None) == (day is None)


def test_days_without_work_do_not_count_and_an_official_calendar_makes_it_certain(organisation: Organisation) -> None:
    add_day(organisation, date(2026, 3, 19), names={"es": "San José"}, scope=DayScope.REGIONAL, actor=None)
    unsure = LegalTerm.objects.get(ticket=opened(organisation, TicketKind.COMPLAINT))
    CalendarYear.objects.update(confirmed_at=MONDAY)
    sure = LegalTerm.objects.get(ticket=opened(organisation, TicketKind.COMPLAINT))

    assert (unsure.last_day, unsure.is_provisional) == (date(2026, 3, 31), True)
    assert (sure.last_day, sure.is_provisional) == (date(2026, 3, 31), False)


def test_the_team_of_the_kind_takes_it(organisation: Organisation) -> None:
    team = make.team(organisation)
    kinds.save_kind(organisation, TicketKind.COMPLAINT, {"team": team, "is_offered": True}, actor=None)
    child = make.organisation(parent=organisation)

    assert opened(organisation, TicketKind.COMPLAINT).team == team
    assert opened(child, TicketKind.COMPLAINT).team == team
    assert opened(organisation, TicketKind.SUPPORT).team != team


def test_only_its_team_and_whoever_supervises_sees_a_right_over_personal_data(organisation: Organisation) -> None:
    team = make.team(organisation)
    kinds.save_kind(organisation, TicketKind.DATA_PROTECTION, {"team": team, "is_offered": True}, actor=None)
    ticket = opened(organisation, TicketKind.DATA_PROTECTION)
    seen = {
        name: Ticket.objects.visible_to(access_of(user, organisation)).filter(pk=ticket.pk).exists()
        for name, user in {
            "agent": agent_of(organisation),
            "of its team": make.user(organisation, Role.AGENT, teams=(team,)),
            "supervisor": make.user(organisation, Role.SUPERVISOR),
        }.items()
    }

    assert seen == {"agent": False, "of its team": True, "supervisor": True}


def test_the_desk_says_that_it_is_another_kind(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.SUPPORT)

    with time_machine.travel(after(days=2), tick=False):
        kinds.change_kind(ticket, author=agent, kind=TicketKind.DATA_PROTECTION, reason=" Pide sus datos ")

    changed = fresh(ticket)
    assert (changed.kind, changed.is_restricted, last_day(ticket)) == ("data_protection", True, date(2026, 4, 2))
    assert events(ticket)[-1] == "Pasó a ser derecho de protección de datos. Motivo: «Pide sus datos»."
    kinds.change_kind(ticket, author=agent, kind=TicketKind.SUPPORT, reason="Era otra cosa")
    changed = fresh(ticket)
    assert (changed.is_restricted, changed.legal_due_at, LegalTerm.objects.count()) == (False, None, 0)


def test_the_same_kind_or_no_reason_is_refused(ticket: Ticket, agent: User) -> None:
    with pytest.raises(ActionRefused, match="Ya es de esa clase"):
        kinds.change_kind(ticket, author=agent, kind=TicketKind.SUPPORT, reason="Porque sí")
    with pytest.raises(ActionRefused, match="Escriba el motivo"):
        kinds.change_kind(ticket, author=agent, kind=TicketKind.COMPLAINT, reason="  ")


# --- Suspending, resuming, extending --------------------------------------------------------------------


def test_asking_to_clarify_suspends_the_term_until_the_person_answers(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.COMPLAINT)
    with time_machine.travel(after(days=7), tick=False):  # Monday, 9 March: sixteen days are left, it included
        kinds.suspend_term(ticket, author=agent, reason="Falta el día", question="¿Qué día fue?")
    suspended = fresh(ticket)
    with time_machine.travel(after(days=9), tick=False):  # Wednesday
        tickets.reply_as_person(ticket, text="El lunes", channel=Channel.WEB)

    resumed = fresh(ticket)
    assert (suspended.state, suspended.legal_due_at) == (State.WAITING_FOR_PERSON, None)
    assert suspended.legal_suspended_at == after(days=7)
    assert words(ticket)[-2:] == [("public", "staff", "¿Qué día fue?"), ("public", "person", "El lunes")]
    assert last_day(ticket) == date(2026, 4, 1)  # two days later than without it
    assert (resumed.legal_suspended_at, resumed.legal_due_at) == (None, datetime(2026, 4, 1, 22, tzinfo=UTC))
    assert "Se suspendió el plazo legal. Motivo: «Falta el día»." in events(ticket)
    assert "El plazo legal vuelve a contar. Último día: 1 de abril de 2026." in events(ticket)


def test_after_ten_days_the_term_goes_on_by_itself(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.COMPLAINT)
    with time_machine.travel(after(days=7), tick=False):
        kinds.suspend_term(ticket, author=agent, reason="Falta el día", question="¿Qué día fue?")
    done = []
    for days in (21, 22, 23):
        with time_machine.travel(after(days=days), tick=False):
            done.append(escalation.resume_terms())

    assert done == [0, 1, 0]
    assert fresh(ticket).legal_due_at is not None
    assert words(ticket)[-1][2].startswith("El plazo para responderle vuelve a contar")


def test_what_the_law_does_not_suspend_is_not_suspended(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.DATA_PROTECTION)

    with time_machine.travel(after(days=1), tick=False):
        with pytest.raises(ActionRefused, match="no se puede suspender"):
            kinds.suspend_term(ticket, author=agent, reason="Falta algo", question="¿Qué datos?")
        with pytest.raises(ActionRefused, match="no tiene un plazo legal"):
            kinds.suspend_term(
                opened(organisation, TicketKind.SUPPORT), author=agent, reason="Falta algo", question="¿Qué?"
            )

    assert fresh(ticket).state == State.NEW


def test_a_right_over_personal_data_is_extended_once_by_two_months(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.DATA_PROTECTION)
    with time_machine.travel(after(days=20), tick=False):
        kinds.extend_term(ticket, author=agent, reason="Son muchos expedientes", text="Necesitamos dos meses más.")
        with pytest.raises(ActionRefused, match="ya se amplió"):
            kinds.extend_term(ticket, author=agent, reason="Más", text="Más")

    assert last_day(ticket) == date(2026, 6, 2)
    assert fresh(ticket).state == State.NEW
    assert words(ticket)[-1] == ("public", "staff", "Necesitamos dos meses más.")
    assert len(jobs("tickets.tell_person")) == 2
    assert Event.objects.filter(verb="tickets.term_extended").count() == 1


def test_a_right_over_personal_data_has_one_month_by_the_regulation() -> None:
    rule = KINDS[TicketKind.DATA_PROTECTION]

    assert (rule.term, rule.extension) == (Term(1, Unit.MONTHS), Term(2, Unit.MONTHS))
    assert str(rule.source) == str(rule.extension_source) == "Reglamento (UE) 2016/679, artículo 12.3"


def test_the_extension_is_told_within_the_first_month_or_not_at_all(organisation: Organisation, agent: User) -> None:
    in_time, late = (opened(organisation, TicketKind.DATA_PROTECTION) for _each in range(2))
    ends = fresh(late).legal_due_at
    assert ends is not None
    say: dict[str, Any] = {"author": agent, "reason": "Son muchos expedientes", "text": "Necesitamos dos meses más."}

    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        with pytest.raises(ActionRefused, match="se le dice a la persona"):
            kinds.extend_term(in_time, **say | {"text": "  "})
        kinds.extend_term(in_time, **say)
    with time_machine.travel(ends, tick=False), pytest.raises(ActionRefused, match="ya ha terminado"):
        kinds.extend_term(late, **say)

    assert (last_day(in_time), last_day(late)) == (date(2026, 6, 2), date(2026, 4, 2))
    assert (fresh(late).legal_due_at, words(late)[1:]) == (ends, [])


def test_a_term_that_has_ended_is_not_extended(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.DATA_PROTECTION)

    with time_machine.travel(after(days=40), tick=False), pytest.raises(ActionRefused, match="ya ha terminado"):
        kinds.extend_term(ticket, author=agent, reason="Tarde", text="Más tiempo")


# --- Priority and the person's own term -----------------------------------------------------------------


def test_the_more_people_and_the_sooner_the_higher_the_priority() -> None:
    for (impact, urgency), priority in MATRIX.items():
        assert priority <= min([MATRIX[Impact(impact + 1), urgency]] if impact < Impact.ONE_PERSON else [Priority.LOW])
        assert priority <= min([MATRIX[impact, Urgency(urgency + 1)]] if urgency < Urgency.LOW else [Priority.LOW])


def test_the_end_of_the_persons_term_says_until_when_to_act(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.SUPPORT, person_deadline_on=date(2026, 3, 12))
    calm = fresh(ticket)
    counts = []
    for days in (6, 7, 8):
        with time_machine.travel(after(days=days, hours=16), tick=False):
            counts.append(escalation.raise_urgent())

    near = fresh(ticket)
    assert calm.act_by == datetime(2026, 3, 10, 23, tzinfo=UTC)  # midnight of the 13th in Madrid, less 48 hours
    assert (calm.urgency, calm.priority) == (Urgency.MEDIUM, Priority.NORMAL)
    assert counts == [0, 1, 0]
    assert (near.urgency, near.priority) == (Urgency.HIGH, Priority.HIGH)


def test_a_near_or_past_term_is_urgent_at_once(organisation: Organisation, agent: User) -> None:
    near = opened(organisation, TicketKind.SUPPORT, person_deadline_on=date(2026, 3, 4))
    past = opened(organisation, TicketKind.SUPPORT, person_deadline_on=date(2026, 2, 20))

    assert (near.urgency, near.priority, past.priority) == (Urgency.HIGH, Priority.HIGH, Priority.HIGH)


def test_the_desk_notes_and_takes_out_the_persons_term(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        kinds.set_deadline(ticket, author=agent, on=date(2026, 3, 20))
        noted = fresh(ticket)
        kinds.set_deadline(ticket, author=agent, on=None)

    assert (noted.person_deadline_on, fresh(ticket).act_by) == (date(2026, 3, 20), None)
    assert events(ticket)[-2:] == ["Su plazo termina el 20 de marzo de 2026.", "Se quitó el fin de su plazo."]


def test_erasing_a_ticket_erases_the_reasons_too(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, TicketKind.SUPPORT)
    kinds.change_kind(ticket, author=agent, kind=TicketKind.COMPLAINT, reason="Ana dice que es una queja")
    kinds.suspend_term(ticket, author=agent, reason="Ana no dice el día", question="¿Qué día?")

    erase_words(ticket)

    kept = " ".join([*events(ticket), LegalTerm.objects.get().reason, str(list(Event.objects.values("details")))])
    assert "Ana" not in kept
    assert "Pasó a ser queja. Motivo: «—»." in events(ticket)
