"""Reading the lines of an import file; the format is described in docs/operating/import-tickets.md."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mostrador.integrations.errors import LineRefused
from mostrador.shared.references import normalise_reference
from mostrador.tickets.choices import Channel, ContactBy, EventCode, MessageKind, Priority, State, TicketKind
from mostrador.tickets.rules import event_text, is_our_turn
from mostrador.tickets.rules.tags import MOST as MOST_TAGS
from mostrador.tickets.rules.tags import normalised

LONGEST_TEXT = 200_000  # characters of one message
LONGEST_TAG_TYPED = 200  # characters; what is kept of it is shorter
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
MESSAGE_KINDS = {MessageKind.PUBLIC.value, MessageKind.NOTE.value}
AUTHORS = {"person", "staff", "system"}
SETTLED = {State.RESOLVED.value, State.CLOSED.value}
CLOSED = {State.CLOSED.value, State.SPAM.value}


@dataclass(frozen=True, slots=True)
class Said:
    """One message or event of an imported ticket."""

    kind: str
    author_kind: str
    author_email: str  # of staff; empty: whoever has the ticket
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One valid line: everything that does not need the database has been checked."""

    number: int
    source: str
    external_reference: str
    reference: str
    organisation: str
    kind: str
    priority: int
    channel: str
    state: str
    subject: str
    language: str
    person_name: str
    person_email: str
    person_phone: str
    contact_by: str
    team: str
    first_reply_team: str
    assignee: str
    topic: str
    procedure: str
    error_code: str
    page_url: str
    third_party: str
    solved_by: str
    tags: tuple[str, ...]
    person_deadline_on: date | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    rating: int | None
    comment: str
    surveyed_at: datetime | None
    rated_at: datetime | None
    transfers: int
    reopenings: int
    said: tuple[Said, ...]

    @property
    def first_reply(self) -> Said | None:
        """The first public answer by a person of the desk."""
        return next((said for said in self.said if said.kind == "public" and said.author_kind == "staff"), None)

    @property
    def public_replies(self) -> int:
        """How many public answers the desk gave."""
        return sum(said.kind == "public" and said.author_kind == "staff" for said in self.said)

    @property
    def waiting_since(self) -> datetime | None:
        """Since when it is the desk's turn; None when it is not."""
        if not is_our_turn(self.state):
            return None
        asked = [said.at for said in self.said if said.kind == "public" and said.author_kind == "person"]
        return asked[-1] if asked else self.opened_at

    @property
    def last_activity_at(self) -> datetime:
        """When something last happened."""
        moments = [self.opened_at, *(said.at for said in self.said), self.resolved_at, self.closed_at]
        return max(moment for moment in moments if moment)


def parse_line(number: int, text: str, *, source: str, organisation: str) -> TicketLine:
    """Read one line.

    Args:
        number: Of the line in its file, from 1.
        text: One JSON object.
        source: Where the tickets come from, when the line does not say.
        organisation: Host name of the organisation, when the line does not say.

    Raises:
        LineRefused: With the value that is wrong.
    """
    try:
        line = json.loads(text)
    except json.JSONDecodeError as error:
        raise LineRefused(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    if not isinstance(line, dict):
        raise LineRefused("not a JSON object")
    person = line.get("person") or {}
    if not isinstance(person, dict):
        raise LineRefused("person: use an object with name, email, phone")
    said = _said(line)
    state = _one_of(line, "state", State.values)
    opened_at = _moment(line, "opened_at")
    if opened_at is None:
        raise LineRefused("opened_at is missing")
    resolved_at = _moment(line, "resolved_at")
    if state in SETTLED and resolved_at is None:
        raise LineRefused(f"resolved_at is missing in a ticket that is {state}")
    if any(each.at < opened_at for each in said):
        raise LineRefused("a message is older than opened_at")
    rating = _whole(line, "rating", 1, 5)
    if rating is not None and resolved_at is None:
        raise LineRefused("rating: only resolved tickets are rated")
    return TicketLine(
        number=number,
        source=_text(line, "source", 60) or source,
        external_reference=_text(line, "external_reference", 120, required=True),
        reference=_reference(line),
        organisation=_text(line, "organisation", 253) or organisation,
        kind=_one_of(line, "kind", TicketKind.values) if line.get("kind") else TicketKind.SUPPORT.value,
        priority=_whole(line, "priority", min(Priority), max(Priority)) or Priority.NORMAL.value,
        channel=_one_of(line, "channel", Channel.values),
        state=state,
        subject=_text(line, "subject", LONGEST_TEXT, required=True)[:160],
        language=_text(line, "language", 5) or "es",
        person_name=_text(person, "name", 120),
        person_email=_email(person),
        person_phone=_text(person, "phone", 20),
        contact_by=_contact_by(line, person),
        team=_text(line, "team", 60),
        first_reply_team=_text(line, "first_reply_team", 60),
        assignee=_text(line, "assignee", 254).lower(),
        topic=_text(line, "topic", 60),
        procedure=_text(line, "procedure", 12),
        error_code=_text(line, "error_code", 200),
        page_url=_text(line, "page_url", 500),
        third_party=_text(line, "third_party", 120),
        solved_by=_text(line, "solved_by", 120),
        tags=_tags(line),
        person_deadline_on=_day(line, "person_deadline_on"),
        opened_at=opened_at,
        resolved_at=resolved_at if state in SETTLED else None,
        closed_at=(_moment(line, "closed_at") or resolved_at or said[-1].at) if state in CLOSED else None,
        rating=rating,
        comment=_text(line, "comment", 2000),
        surveyed_at=_moment(line, "surveyed_at"),
        rated_at=_moment(line, "rated_at"),
        transfers=_whole(line, "transfers", 0, 1000) or _count(line, EventCode.TRANSFERRED),
        reopenings=_whole(line, "reopenings", 0, 1000) or _count(line, EventCode.REOPENED),
        said=said,
    )


def _said(line: dict[str, Any]) -> tuple[Said, ...]:
    """Return messages and events in their order."""
    messages = line.get("messages")
    if not isinstance(messages, list) or not messages:
        raise LineRefused("messages: a ticket has at least one")
    said = [_message(message, place) for place, message in enumerate(messages, start=1)]
    said += [_event(event, place) for place, event in enumerate(line.get("events") or [], start=1)]
    return tuple(sorted(said, key=lambda each: each.at))


def _message(message: Any, place: int) -> Said:
    if not isinstance(message, dict):
        raise LineRefused(f"messages[{place}]: use an object")
    author, kind = message.get("author", "person"), message.get("kind", "public")
    if author not in AUTHORS:
        raise LineRefused(f"messages[{place}].author: {author!r} is none of person, staff, system")
    if kind not in MESSAGE_KINDS:
        raise LineRefused(f"messages[{place}].kind: {kind!r} is none of public, note")
    at = _moment(message, "written_at")
    if at is None:
        raise LineRefused(f"messages[{place}].written_at is missing")
    return Said(kind, author, _text(message, "by", 254).lower(), _text(message, "text", LONGEST_TEXT), at)


def _event(event: Any, place: int) -> Said:
    code = event.get("code") if isinstance(event, dict) else None
    if code not in EventCode.values:
        raise LineRefused(f"events[{place}].code: {code!r} is not known")
    at = _moment(event, "at")
    if at is None:
        raise LineRefused(f"events[{place}].at is missing")
    by = event.get("by", "system")
    values = [str(value)[:200] for value in event.get("values", [])]
    author_kind = by if by in {"person", "system"} else "staff"
    email = by.lower() if author_kind == "staff" else ""
    return Said(MessageKind.EVENT.value, author_kind, email, event_text(EventCode(code), *values), at)


def _text(values: dict[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    value = values.get(name)
    if value is None or value == "":
        if required:
            raise LineRefused(f"{name} is missing")
        return ""
    if not isinstance(value, str):
        raise LineRefused(f"{name}: use text, not {type(value).__name__}")
    if len(value) > longest:
        raise LineRefused(f"{name}: {len(value)} characters, at most {longest} fit")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise LineRefused(f"{name}: holds half a character (a lone surrogate)")
    return value.replace("\x00", "")


def _moment(values: dict[str, Any], name: str) -> datetime | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise LineRefused(f"{name}: {value!r} is not a moment such as 2026-11-23T09:30:00+01:00") from error
    if moment.tzinfo is None:
        raise LineRefused(f"{name}: {value!r} has no time zone")
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise LineRefused(f"{name}: {value!r} is not between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return moment


def _day(line: dict[str, Any], name: str) -> date | None:
    value = line.get(name)
    if value is None or value == "":
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise LineRefused(f"{name}: {value!r} is not a day such as 2026-11-23") from error
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise LineRefused(f"{name}: {value!r} is not between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return day


def _tags(line: dict[str, Any]) -> tuple[str, ...]:
    """Return the tags as they are kept, each once."""
    given = line.get("tags") or []
    if not isinstance(given, list):
        raise LineRefused("tags: use a list of texts")
    tags = dict.fromkeys(normalised(_text({"tags": each}, "tags", LONGEST_TAG_TYPED)) for each in given)
    tags.pop("", None)
    if len(tags) > MOST_TAGS:
        raise LineRefused(f"tags: {len(tags)} are given, at most {MOST_TAGS} fit")
    return tuple(tags)


def _one_of(line: dict[str, Any], name: str, allowed: list[str]) -> str:
    value = line.get(name)
    if value not in allowed:
        raise LineRefused(f"{name}: {value!r} is none of {', '.join(allowed)}")
    return str(value)


def _whole(line: dict[str, Any], name: str, least: int, most: int) -> int | None:
    value = line.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise LineRefused(f"{name}: {value!r} is not a whole number from {least} to {most}")
    return value


def _reference(line: dict[str, Any]) -> str:
    given = _text(line, "reference", 30)
    if not given:
        return ""
    reference = normalise_reference(given)
    if reference is None:
        raise LineRefused(f"reference: {given!r} is not one of ours; leave it out and put it into external_reference")
    return reference


def _email(person: dict[str, Any]) -> str:
    email = _text(person, "email", 254).strip().lower()
    if email and ("@" not in email or " " in email):
        raise LineRefused(f"person.email: {email!r} is not an address")
    return email


def _contact_by(line: dict[str, Any], person: dict[str, Any]) -> str:
    if line.get("contact_by"):
        return _one_of(line, "contact_by", ContactBy.values)
    if person.get("email"):
        return ContactBy.EMAIL.value
    return ContactBy.PHONE.value if person.get("phone") else ContactBy.IN_PERSON.value


def _count(line: dict[str, Any], code: EventCode) -> int:
    return sum(1 for event in line.get("events") or [] if isinstance(event, dict) and event.get("code") == code)
