"""Loading tickets of other systems in bulk."""

import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.audit.models import Event
from mostrador.feedback.models import Survey
from mostrador.integrations import queries
from mostrador.integrations.actions import Report, import_tickets
from mostrador.organisations.actions.changes import calendars_changed
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.tickets.models import KindSettings, LegalTerm, Message, Tag, Ticket
from mostrador.tickets.rules.priority import priority_of
from tests import make

pytestmark = pytest.mark.smoke


def line(**changes: Any) -> str:
    """One valid line: a question, answered and resolved."""
    values: dict[str, Any] = {
        "external_reference": "A-1",
        "opened_at": "2026-03-02T09:00:00+01:00",
        "resolved_at": "2026-03-02T12:00:00+01:00",
        "channel": "email",
        "state": "resolved",
        "subject": "No puedo firmar",
        "language": "es",
        "person": {"name": "Ana Inventada", "email": "ana@correo.example"},
        "assignee": "marta@sede.example",
        "rating": 5,
        "messages": [
            {"author": "person", "text": "Ayuda", "written_at": "2026-03-02T09:00:00+01:00"},
            {"author": "staff", "kind": "note", "text": "Es Autofirma", "written_at": "2026-03-02T09:30:00+01:00"},
            {"author": "staff", "text": "Actualice Autofirma", "written_at": "2026-03-02T10:00:00+01:00"},
        ],
    }
    return json.dumps(values | changes)


@pytest.fixture(autouse=True)
def _marta(organisation: Organisation) -> None:
    user = make.user(organisation)
    user.email = "marta@sede.example"
    user.save()


def load(*lines: str) -> Report:
    return import_tickets(lines, source="otro", organisation="testserver")


def test_a_ticket_arrives_with_its_conversation_and_rating(organisation: Organisation) -> None:
    report = load(line())

    ticket = Ticket.objects.get()
    assert report == Report(imported=1)
    assert (ticket.state, ticket.source, ticket.external_reference) == ("resolved", "otro", "A-1")
    assert ticket.first_reply_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert ticket.public_replies == 1
    assert ticket.team is not None
    assert ticket.team.is_default
    assert list(Message.objects.order_by("written_at").values_list("kind", "author_kind", "text")) == [
        ("public", "person", "Ayuda"),
        ("note", "staff", "Es Autofirma"),
        ("public", "staff", "Actualice Autofirma"),
    ]
    assert Survey.objects.get().score == 5
    assert Event.objects.get(verb="integrations.tickets_imported").details["imported"] == 1
    assert not ProcrastinateJob.objects.exists()


def test_kind_priority_terms_and_tags_arrive(organisation: Organisation) -> None:
    team = make.team(organisation)
    KindSettings.objects.create(organisation=organisation, kind="data_protection", team=team)
    calendars_changed(organisation)
    tags = {"tags": ["#Firma  Electrónica", "firma electrónica", "renta"]}
    asked = {"state": "new", "resolved_at": None, "rating": None, "kind": "data_protection"}
    term = {"priority": 1, "person_deadline_on": "2026-03-20"}

    report = load(line(**tags | asked | term), line(external_reference="A-2", kind="complaint", tags=["renta"]))

    one, two = Ticket.objects.order_by("pk")
    assert report.refused == []
    assert (one.kind, one.is_restricted, one.team, one.priority) == ("data_protection", True, team, 1)
    assert priority_of(one.impact, one.urgency) == one.priority
    assert (one.person_deadline_on, one.act_by) == (date(2026, 3, 20), datetime(2026, 3, 18, 23, 0, tzinfo=UTC))
    assert (one.tags, two.tags) == (["firma electrónica", "renta"], ["renta"])
    assert one.legal_due_at is not None
    assert LegalTerm.objects.get().ticket == one
    assert (two.kind, two.is_restricted, two.priority, two.legal_due_at) == ("complaint", False, 3, None)
    assert dict(Tag.objects.values_list("name", "uses")) == {"firma electrónica": 1, "renta": 2}


def test_the_same_file_twice_adds_only_what_is_new() -> None:
    load(line())

    report = load(line(), line(external_reference="A-2"))

    assert (report.imported, report.skipped, report.refused) == (1, 1, [])
    assert Ticket.objects.count() == 2


def test_the_same_reference_of_another_source_is_another_ticket() -> None:
    load(line())

    report = load(line(source="tercero"))

    assert report.imported == 1


def test_the_same_person_is_one_person() -> None:
    person = {"name": "Ana", "email": "ANA@correo.example"}

    load(line(), line(external_reference="A-2", person=person), line(external_reference="A-3", person={"name": "Luis"}))

    assert sorted(Person.objects.values_list("name", flat=True)) == ["Ana Inventada", "Luis"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"opened_at": "ayer"}, "opened_at: 'ayer' is not a moment such as 2026-11-23T09:30:00+01:00"),
        ({"opened_at": "2026-03-02T09:00:00"}, "opened_at: '2026-03-02T09:00:00' has no time zone"),
        ({"resolved_at": None}, "resolved_at is missing in a ticket that is resolved"),
        ({"rating": 6}, "rating: 6 is not a whole number from 1 to 5"),
        ({"kind": "fax"}, "kind: 'fax' is none of support, suggestion, complaint"),
        ({"priority": 5}, "priority: 5 is not a whole number from 1 to 4"),
        ({"person_deadline_on": "mañana"}, "person_deadline_on: 'mañana' is not a day such as 2026-11-23"),
        ({"tags": "firma"}, "tags: use a list of texts"),
        ({"tags": [str(number) for number in range(21)]}, "tags: 21 are given, at most 20 fit"),
        ({"channel": "fax"}, "channel: 'fax' is none of web, email, chat, phone, in_person, api, widget"),
        ({"messages": []}, "messages: a ticket has at least one"),
        ({"external_reference": ""}, "external_reference is missing"),
        ({"subject": 7}, "subject: use text, not int"),
        ({"team": "nadie"}, "teams: 'nadie' is not known at"),
        ({"assignee": "x@sede.example"}, "nobody of the desk has the address 'x@sede.example'"),
        ({"organisation": "otra.example"}, "organisation: nobody answers under 'otra.example'"),
        ({"reference": "XXX"}, "reference: 'XXX' is not one of ours"),
    ],
)
def test_a_wrong_line_is_reported_by_number_and_the_rest_goes_on(changes: dict[str, Any], reason: str) -> None:
    report = load(line(), line(**{"external_reference": "A-2"} | changes), line(external_reference="A-3"))

    assert report.imported == 2
    assert [(number, text[: len(reason)]) for number, text in report.refused] == [(2, reason)]


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"person": 3}', "ñ"])
def test_what_is_not_a_ticket_is_reported(text: str) -> None:
    report = load(text, line())

    assert (report.imported, [number for number, _ in report.refused]) == (1, [1])


def test_a_line_that_only_the_database_refuses_is_found_among_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody takes a reference between our look and our write."""
    load(line(external_reference="A-0"))
    taken = Ticket.objects.get().reference
    monkeypatch.setattr(queries, "references_in_use", lambda references: set())
    lines = [line(external_reference=f"B-{number}") for number in range(20)]
    lines[7] = line(external_reference="B-7", reference=taken)

    report = load(*lines)

    assert report.imported == 19
    assert [number for number, _ in report.refused] == [8]


def test_half_a_character_is_refused_and_not_a_fault() -> None:
    report = load(
        '{"subject": "\\ud800"}',
        line(subject="\ud83d"),
        line(external_reference="A-2", opened_at="0001-01-01T00:00:00Z"),
    )

    assert [number for number, _ in report.refused] == [1, 2, 3]


def test_the_command_says_what_it_did_and_fails_when_lines_were_wrong(tmp_path: Path) -> None:
    file = tmp_path / "viejo.jsonl"
    file.write_text(line() + "\n\n" + "{\n", encoding="utf-8")
    out, errors = StringIO(), StringIO()

    with pytest.raises(CommandError):
        call_command("import_tickets", str(file), organisation="testserver", stdout=out, stderr=errors)

    assert out.getvalue() == "1 tickets imported, 0 were here already, 1 lines refused\n"
    assert "line 3: not JSON" in errors.getvalue()
    assert Ticket.objects.get().source == "viejo"


def test_an_open_ticket_waits_for_the_desk_and_has_a_term() -> None:
    asked = [{"author": "person", "text": "Ayuda", "written_at": "2026-03-02T09:00:00+01:00"}]

    load(line(state="new", resolved_at=None, rating=None, messages=asked))

    ticket = Ticket.objects.get()
    assert ticket.waiting_since == ticket.opened_at
    assert ticket.due_at == datetime(2026, 3, 3, 11, 0, tzinfo=UTC)  # five hours on Monday, three on Tuesday
