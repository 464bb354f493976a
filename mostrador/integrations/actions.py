"""Bringing tickets in from other systems, many at a time."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DataError, IntegrityError, connection, models, transaction
from django.utils import timezone

from mostrador.audit.actions import record
from mostrador.feedback.models import Survey
from mostrador.integrations import queries
from mostrador.integrations.errors import LineRefused
from mostrador.integrations.rules import Said, TicketLine, parse_line
from mostrador.organisations.errors import NoOpeningHours
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import default_team, working_calendars
from mostrador.organisations.rules.working_time import WorkingCalendar, add_working_time
from mostrador.people.models import Person
from mostrador.people.rules import normalise_phone
from mostrador.shared.references import new_reference
from mostrador.shared.tokens import new_token, token_hash
from mostrador.tickets.actions import legal_terms
from mostrador.tickets.actions.searching import index_what_is_missing
from mostrador.tickets.actions.tags import suggest_from_now_on
from mostrador.tickets.choices import Impact, Urgency
from mostrador.tickets.models import LegalTerm, Message, Ticket
from mostrador.tickets.queries.levels import handling
from mostrador.tickets.rules import ANSWER_WITHIN, is_open
from mostrador.tickets.rules.kinds import rule_of
from mostrador.tickets.rules.priority import act_by, said_for

BATCH = 2000


@dataclass
class Report:
    """What an import did so far."""

    imported: int = 0
    skipped: int = 0  # here already
    refused: list[tuple[int, str]] = field(default_factory=list)  # line number and why


@dataclass(slots=True)
class _Rows:
    """The rows of one batch, in the order of the columns below."""

    persons: list[tuple[Any, ...]] = field(default_factory=list)
    tickets: list[tuple[Any, ...]] = field(default_factory=list)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    surveys: list[tuple[Any, ...]] = field(default_factory=list)
    terms: list[LegalTerm] = field(default_factory=list)
    tags: Counter[tuple[int, str]] = field(default_factory=Counter)  # of (organisation, tag)


# What is written of each table; `_copy` adds the defaults of its other columns.
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Person: ("id", "organisation_id", "name", "email", "phone", "language", "created_at"),
    Ticket: (
        *("id", "organisation_id", "reference", "kind", "channel", "state", "subject", "language", "person_id"),
        *("contact_by", "team_id", "assigned_to_id", "topic_id", "procedure_id", "error_code", "page_url"),
        *("third_party", "opened_at", "due_at", "waiting_since", "last_activity_at", "first_reply_at"),
        *("first_reply_team_id", "resolved_at", "closed_at", "solved_by_id", "public_replies", "transfers"),
        *("reopenings", "articles_seen", "opening_key", "source", "external_reference", "imported_at"),
        *("is_restricted", "impact", "urgency", "priority", "person_deadline_on", "act_by", "legal_due_at", "tags"),
    ),
    Message: (
        *("ticket_id", "kind", "author_kind", "author_id", "text", "written_at", "channel"),
        *("idempotency_key", "email_id"),
    ),
    Survey: (
        *("organisation_id", "ticket_id", "token_hash", "sent_at", "expires_at", "score", "comment", "answered_at"),
    ),
}


def import_tickets(
    lines: Iterable[str], *, source: str, organisation: str = "", progress: Callable[[Report], None] | None = None
) -> Report:
    """Load tickets with their conversation and rating; the same file may be loaded again and adds only what is new.

    Each batch is a transaction of its own, so a file that is cut off half-way goes on where it stopped. Nobody is
    written to: what is imported is history. Lines that are wrong are reported by number, and the rest goes on.

    Args:
        lines: JSON objects, one a line (docs/operating/import-tickets.md).
        source: Where they come from; external references are unique within it.
        organisation: Host name of the organisation of lines that name none.
        progress: Called after each batch.
    """
    report, names = Report(), queries.names()
    touched: set[int] = set()
    for batch in _batches(enumerate(lines, start=1)):
        parsed = list(_parsed(batch, report, source=source, organisation=organisation))
        _import_batch(parsed, names, report, touched)
        if progress:
            progress(report)
    if report.imported:
        index_what_is_missing()
    for pk in sorted(touched):
        owner = Organisation.objects.get(pk=pk)
        details = {"source": source, "imported": report.imported, "refused": len(report.refused)}
        record("integrations.tickets_imported", owner, organisation=owner, details=details)
    return report


def _batches(lines: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _parsed(batch: list[tuple[int, str]], report: Report, *, source: str, organisation: str) -> Iterator[TicketLine]:
    for number, text in batch:
        if not text.strip():
            continue
        try:
            yield parse_line(number, text, source=source, organisation=organisation)
        except LineRefused as refusal:
            report.refused.append((number, str(refusal)))


def _import_batch(lines: list[TicketLine], names: queries.Names, report: Report, touched: set[int]) -> None:
    """Write what is new of a batch; when the database refuses it, halve it until the wrong line is found."""
    new = _without_those_here(lines, report)
    if not new:
        return
    try:
        with transaction.atomic():
            rows = _Rows()
            owners: set[int] = set()
            refused = _build(new, names, rows, owners)
            for table, values in _tables(rows):
                _copy(table, values)
            LegalTerm.objects.bulk_create(rows.terms)
            suggest_from_now_on(rows.tags)
    except (DataError, IntegrityError) as error:
        if len(new) == 1:
            report.refused.append((new[0].number, str(error).splitlines()[0]))
            return
        middle = len(new) // 2
        _import_batch(new[:middle], names, report, touched)
        _import_batch(new[middle:], names, report, touched)
    else:
        report.imported += len(rows.tickets)
        report.refused += refused
        touched |= owners


def _without_those_here(lines: list[TicketLine], report: Report) -> list[TicketLine]:
    here = queries.already_imported(lines)
    new = []
    for line in lines:
        name = (line.source, line.external_reference)
        if name in here:
            report.skipped += 1
        else:
            here.add(name)
            new.append(line)
    return new


def _build(lines: Sequence[TicketLine], names: queries.Names, rows: _Rows, owners: set[int]) -> list[tuple[int, str]]:
    """Fill `rows`; return the lines that name what does not exist."""
    refused: list[tuple[int, str]] = []
    now = timezone.now()
    calendars: dict[int, WorkingCalendar] = {}
    ticket_keys = iter(queries.reserve_keys("tickets_ticket", len(lines)))
    person_keys = iter(queries.reserve_keys("people_person", len(lines)))
    references = _references(lines)
    persons = queries.known_persons(
        {line.person_email for line in lines if line.person_email},
        {normalise_phone(line.person_phone) for line in lines if line.person_phone},
    )
    for line in lines:
        try:
            organisation = names.organisation(line)
            keys = _keys(line, names, organisation)
            said = [(each, _author(each, names, keys["assignee"])) for each in line.said]
            reference = _own_or_fresh(line, references)
        except LineRefused as refusal:
            refused.append((line.number, str(refusal)))
            continue
        owners.add(organisation.pk)
        person = _person(line, organisation, persons, person_keys, rows)
        ticket = next(ticket_keys)
        due_at = _due_at(line, keys["team"], calendars)
        legal_due_at = _count_legal_term(line, ticket, organisation, rows)
        row = _ticket_row(line, ticket, organisation.pk, person, reference, keys, due_at, now)
        rows.tickets.append((*row, *_priority_columns(line, organisation, legal_due_at)))
        rows.tags.update((organisation.pk, tag) for tag in line.tags)
        rows.messages += [_message_row(ticket, line, each, author) for each, author in said]
        if line.rating or line.surveyed_at:
            rows.surveys.append(_survey_row(line, ticket, organisation.pk))
    return refused


def _own_or_fresh(line: TicketLine, references: dict[int, str | None]) -> str:
    if (reference := references[line.number]) is None:
        raise LineRefused(f"reference: {line.reference} is another ticket's")
    return reference or new_reference()


def _references(lines: Sequence[TicketLine]) -> dict[int, str | None]:
    """Return the reference of each line: its own, a fresh one ("") or None when its own is taken."""
    taken = queries.references_in_use(line.reference for line in lines if line.reference)
    given: dict[int, str | None] = {}
    for line in lines:
        given[line.number] = None if line.reference and line.reference in taken else line.reference
        if line.reference:
            taken.add(line.reference)
    return given


def _keys(line: TicketLine, names: queries.Names, organisation: Organisation) -> dict[str, int | None]:
    of_kind = handling(organisation, line.kind).team_id
    team = names.key("teams", line.team, organisation) or of_kind or _default_team(names, organisation)
    return {
        "team": team,
        "first_reply_team": names.key("teams", line.first_reply_team, organisation) or team,
        "assignee": names.staff_key(line.assignee),
        "topic": names.key("topics", line.topic, organisation),
        "procedure": names.key("procedures", line.procedure, organisation),
        "solved_by": names.key("articles", line.solved_by, organisation),
    }


def _default_team(names: queries.Names, organisation: Organisation) -> int | None:
    if organisation.pk not in names.default_teams:
        team = default_team(organisation)
        names.default_teams[organisation.pk] = team.pk if team else 0
    return names.default_teams[organisation.pk] or None


def _author(said: Said, names: queries.Names, assignee: int | None) -> int | None:
    if said.author_kind != "staff":
        return None
    author = names.staff_key(said.author_email) or assignee
    if author is None:
        raise LineRefused("a message of the desk says neither by whom, nor has the ticket an assignee")
    return author


def _person(
    line: TicketLine,
    organisation: Organisation,
    persons: dict[tuple[int, str], int],
    keys: Iterator[int],
    rows: _Rows,
) -> int:
    phone = normalise_phone(line.person_phone) if line.person_phone else ""
    for contact in (line.person_email, phone):
        if contact and (known := persons.get((organisation.pk, contact))):
            return known
    key = next(keys)
    for contact in (line.person_email, phone):
        if contact:
            persons[organisation.pk, contact] = key
    rows.persons.append(
        (key, organisation.pk, line.person_name, line.person_email, phone, line.language, line.opened_at)
    )
    return key


def _ticket_row(
    line: TicketLine,
    key: int,
    organisation: int,
    person: int,
    reference: str,
    keys: dict[str, int | None],
    due_at: datetime | None,
    now: datetime,
) -> tuple[Any, ...]:
    reply = line.first_reply
    return (
        *(key, organisation, reference, line.kind, line.channel, line.state, line.subject, line.language, person),
        *(line.contact_by, keys["team"], keys["assignee"], keys["topic"], keys["procedure"]),
        *(line.error_code, line.page_url, line.third_party, line.opened_at, due_at, line.waiting_since),
        *(line.last_activity_at, reply.at if reply else None, keys["first_reply_team"] if reply else None),
        *(line.resolved_at, line.closed_at, keys["solved_by"], line.public_replies, line.transfers),
        *(line.reopenings, "{}", "", line.source, line.external_reference, now),
    )


def _priority_columns(line: TicketLine, organisation: Organisation, legal_due_at: datetime | None) -> tuple[Any, ...]:
    """Return the last columns of a ticket's row, from whether it is restricted to its tags."""
    deadline = line.person_deadline_on
    impact, urgency = said_for(line.priority, Impact.ONE_PERSON, Urgency.MEDIUM)
    to_act = act_by(deadline, ZoneInfo(organisation.time_zone)) if deadline else None
    restricted = rule_of(line.kind).is_restricted
    return (restricted, impact.value, urgency.value, line.priority, deadline, to_act, legal_due_at, list(line.tags))


def _count_legal_term(line: TicketLine, key: int, organisation: Organisation, rows: _Rows) -> datetime | None:
    """Return the end of the term that the law sets for what is still open, and keep how it was counted."""
    if not is_open(line.state):
        return None
    shape = Ticket(pk=key, organisation=organisation, kind=line.kind, opened_at=line.opened_at)
    if (term := legal_terms.count(shape)) is not None:
        rows.terms.append(term)
    return shape.legal_due_at


def _due_at(line: TicketLine, team: int | None, calendars: dict[int, WorkingCalendar]) -> datetime | None:
    """Return when the answer that the person waits for is due; None when it is not our turn."""
    since = line.waiting_since
    if since is None or team is None:
        return None
    if team not in calendars:
        calendars |= working_calendars([team])
    try:
        return add_working_time(since, ANSWER_WITHIN, calendars[team])
    except NoOpeningHours:
        return None


def _message_row(ticket: int, line: TicketLine, said: Said, author: int | None) -> tuple[Any, ...]:
    return (ticket, said.kind, said.author_kind, author, said.text, said.at, line.channel, "", "")


def _survey_row(line: TicketLine, ticket: int, organisation: int) -> tuple[Any, ...]:
    sent_at = line.surveyed_at or line.resolved_at or line.opened_at
    answered_at = (line.rated_at or sent_at) if line.rating else None
    return (organisation, ticket, token_hash(new_token()), sent_at, sent_at, line.rating, line.comment, answered_at)


def _tables(rows: _Rows) -> Iterator[tuple[type[models.Model], list[tuple[Any, ...]]]]:
    values = (rows.persons, rows.tickets, rows.messages, rows.surveys)
    yield from zip(COLUMNS, values, strict=True)


def _copy(model: type[models.Model], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    defaults = _other_columns(model)
    columns = ", ".join([*COLUMNS[model], *defaults])
    others = tuple(defaults.values())
    statement = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row + others)


def _other_columns(model: type[models.Model]) -> dict[str, Any]:
    """Return the columns that an import says nothing about, with the default that the model gives them."""
    return {
        str(field.column): field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.concrete_fields
        if field.column not in COLUMNS[model] and not field.primary_key and not field.generated
    }
