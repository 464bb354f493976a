"""What tests of the desk share. The desk of tests opens from 9 to 14, Monday to Friday, in Madrid."""

from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation, Team
from mostrador.organisations.queries import default_team
from mostrador.tickets.choices import MessageKind
from mostrador.tickets.models import Ticket
from mostrador.tickets.rules import event_words
from tests import make

# The opening hour of a Monday: 9:00 in Madrid.
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def after(**duration: float) -> datetime:
    return MONDAY + timedelta(**duration)


def team_of(organisation: Organisation) -> Team:
    team = default_team(organisation)
    assert team is not None
    return team


def agent_of(organisation: Organisation, role: Role = Role.AGENT) -> User:
    return make.user(organisation, role, teams=(team_of(organisation),))


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def events(ticket: Ticket) -> list[str]:
    rows = ticket.messages.filter(kind=MessageKind.EVENT).order_by("pk")
    return [event_words(text) for text in rows.values_list("text", flat=True)]


def words(ticket: Ticket) -> list[tuple[str, str, str]]:
    """Kind, author and text of what was said, events left out."""
    rows = ticket.messages.exclude(kind=MessageKind.EVENT).order_by("pk")
    return list(rows.values_list("kind", "author_kind", "text"))


def jobs(name: str) -> list[dict[str, Any]]:
    rows = ProcrastinateJob.objects.filter(task_name=name, status="todo").order_by("pk")
    return list(rows.values_list("args", flat=True))
