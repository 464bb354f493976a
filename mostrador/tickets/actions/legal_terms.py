"""Legal terms of answers: counted when a ticket is opened, suspended, resumed, extended, counted again.

These are steps of acts: the ticket is locked, and whoever calls keeps it.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import sede_calendar
from mostrador.organisations.rules.legal_terms import (
    CountedTerm,
    Term,
    Unit,
    count_from_filing,
    count_from_notification,
    is_working_day,
)
from mostrador.organisations.rules.working_time import WorkingCalendar
from mostrador.shared.formats import exact_date
from mostrador.tickets.choices import AuthorKind, EventCode, MessageKind
from mostrador.tickets.models import LegalTerm, Message, Ticket
from mostrador.tickets.rules import event_text
from mostrador.tickets.rules.kinds import CLARIFICATION, rule_of

_DAY = timedelta(days=1)
YEARS_AHEAD = 3


def counted(organisation: Organisation, term: Term, since: datetime) -> CountedTerm:
    """Count a term from a moment of filing with the calendar of the sede; provisional where a year is not confirmed.

    A year that nobody has entered is counted with weekends only, and so is provisional too.
    """
    return count_from_filing(term, since, _calendar(organisation, since))


def count(ticket: Ticket) -> LegalTerm | None:
    """Count the term of the ticket's kind from its opening and set `legal_due_at`; None where the law sets none.

    Two queries where it sets one, none else. The row is returned unsaved.
    """
    ticket.legal_suspended_at = None
    term = rule_of(ticket.kind).term
    if term is None:
        ticket.legal_due_at = None
        return None
    found = counted(ticket.organisation, term, ticket.opened_at)
    ticket.legal_due_at = found.expires_at
    return LegalTerm(
        ticket=ticket,
        amount=term.amount,
        unit=term.unit.value,
        last_day=found.last_day,
        is_provisional=found.is_provisional,
    )


def suspend(ticket: Ticket, *, reason: str, now: datetime) -> LegalTerm:
    """Stop the term while the person clarifies, for ten working days at most; the working days left are kept.

    Source: RD 951/2005, art. 16; RD 1112/2018, art. 12.4.
    """
    row = ticket.legal_term
    calendar = _calendar(ticket.organisation, now)
    today = now.astimezone(calendar.zone).date()
    row.suspended_on, row.reason = today, reason
    row.days_left = _working_days(today, row.last_day, calendar)
    row.resumes_by = count_from_filing(CLARIFICATION, now, calendar).expires_at
    row.suspensions += 1
    row.save()
    ticket.legal_suspended_at, ticket.legal_due_at = now, None
    return row


def resume(ticket: Ticket, *, now: datetime, author: User | None = None, reason: str = "") -> LegalTerm:
    """Let a suspended term go on with the working days that it had left, and say so in the conversation.

    Args:
        ticket: Locked.
        now: The moment.
        author: Who does; None when the person has answered or the time for it is over.
        reason: Why, when somebody does.
    """
    row = LegalTerm.objects.get(ticket=ticket)
    calendar = _calendar(ticket.organisation, now)
    today = now.astimezone(calendar.zone).date()
    # The day of the suspension did not count, so the day on which it goes on is the first that does.
    before = datetime.combine(today - _DAY, datetime.min.time(), calendar.zone)
    left = Term(max(row.days_left or 0, 1), Unit.WORKING_DAYS)
    going_on = count_from_notification(left, before, calendar)
    row.last_day = going_on.last_day
    row.is_provisional = row.is_provisional or going_on.is_provisional
    row.suspended_on = row.resumes_by = row.days_left = None
    row.reason = reason or row.reason
    row.save()
    ticket.legal_due_at, ticket.legal_suspended_at = going_on.expires_at, None
    ticket.legal_term = row
    with override("es"):
        words = event_text(EventCode.TERM_RESUMED, exact_date(row.last_day))
    Message.objects.create(
        ticket=ticket,
        kind=MessageKind.EVENT,
        author_kind=AuthorKind.STAFF if author else AuthorKind.SYSTEM,
        author=author,
        text=words,
        written_at=now,
    )
    return row


def extend(ticket: Ticket, term: Term, *, reason: str, now: datetime) -> LegalTerm:
    """Extend a running term, counting on from its last day by months as the calendar has them."""
    row = ticket.legal_term
    calendar = _calendar(ticket.organisation, now)
    whole = Term(row.amount + term.amount, term.unit)
    found = count_from_filing(whole, ticket.opened_at, _calendar(ticket.organisation, ticket.opened_at))
    row.last_day, row.is_provisional = found.last_day, found.is_provisional
    row.extended_at, row.reason = now.astimezone(calendar.zone), reason
    row.save()
    ticket.legal_due_at = found.expires_at
    return row


def _working_days(first: date, last: date, calendar: WorkingCalendar) -> int:
    """Return how many working days there are from one day to another, both included."""
    return sum(is_working_day(first + n * _DAY, calendar) for n in range((last - first).days + 1))


def _calendar(organisation: Organisation, since: datetime) -> WorkingCalendar:
    """Return the calendar of the sede, with the years that nobody has entered as weekends only (never official)."""
    calendar = sede_calendar(organisation)
    year = since.astimezone(calendar.zone).year
    return replace(calendar, known_years=calendar.known_years | set(range(year - 1, year + YEARS_AHEAD)))
