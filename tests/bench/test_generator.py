"""Tickets made for benchmarks: always the same ones, of a plausible shape, and the importer takes them all."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from bench.generator import Generator
from mostrador.feedback.models import Survey
from mostrador.integrations.actions import import_tickets
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import Message, Ticket

UNTIL = datetime(2026, 11, 23, tzinfo=UTC)


def made(start: int, stop: int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Generator(UNTIL).lines(start, stop)]


def test_a_number_is_always_the_same_ticket() -> None:
    whole, continued = made(0, 20), made(10, 20)

    assert whole[10:] == continued
    assert len({ticket["external_reference"] for ticket in whole}) == 20


def test_nothing_happens_in_the_future_or_before_the_ticket_was_opened() -> None:
    for ticket in made(0, 500):
        moments = [message["written_at"] for message in ticket["messages"]]
        moments += [ticket[name] for name in ("resolved_at", "closed_at", "surveyed_at", "rated_at") if name in ticket]

        assert ticket["opened_at"] <= min(moments)
        assert max(moments) <= UNTIL.isoformat()


def test_the_shape_is_that_of_a_desk() -> None:
    tickets = made(0, 4000)

    states = Counter(ticket["state"] for ticket in tickets)
    is_open = sum(states[state] for state in states if state not in {"resolved", "closed", "spam"})
    people = Counter(ticket["person"].get("email") for ticket in tickets)
    assert {len(ticket["messages"]) for ticket in tickets} == {5}
    assert 0.06 < is_open / len(tickets) < 0.1
    assert {key for ticket in tickets for key in ticket} >= {"rating", "solved_by", "procedure", "assignee"}
    assert {ticket["language"] for ticket in tickets} == {"es", "ca", "gl", "eu", "en"}
    assert len({ticket["topic"] for ticket in tickets}) > 15
    assert max(count for email, count in people.items() if email) > 2


def test_the_importer_takes_every_ticket(sample: Organisation) -> None:
    before = Ticket.objects.count()

    report = import_tickets(Generator(UNTIL).lines(0, 300), source="bench")

    assert (report.imported, report.skipped, report.refused) == (300, 0, [])
    assert Ticket.objects.count() == before + 300
    assert Message.objects.filter(ticket__source="bench").count() == 1500
    assert Survey.objects.filter(ticket__source="bench", score__isnull=False).exists()
