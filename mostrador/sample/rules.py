"""Reading the sample's files, and turning "three days ago at 9:12" into moments."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mostrador.help_centre.rules.article_files import ArticleFile, read_article
from mostrador.help_centre.rules.texts import ArticleText

DATA = Path(__file__).parent / "data"
SOURCE = "sample"
PASSWORD = "mostrador de muestra"  # noqa: S105 - printed for everybody to see; the sample is served on loopback only


@dataclass(frozen=True)
class SampleArticle:
    """One article in one language, as its file says it."""

    slug: str
    language: str
    file: ArticleFile

    def listed(self, key: str) -> list[str]:
        """Return the values of a list."""
        return list(self.file.lists.get(key, ()))

    @property
    def text(self) -> ArticleText:
        """Its words."""
        parts = {name: words.strip() for name, words in self.file.parts.items()}
        return ArticleText(self.file.values["title"], self.file.values["summary"], self.file.body.strip(), parts)


@dataclass
class SampleTicket:
    """A ticket of the sample in the format of `import-tickets`, and the files that its messages bring."""

    line: dict[str, Any]
    attachments: dict[str, str] = field(default_factory=dict)  # moment of the message (ISO) to file name


def read_office() -> dict[str, Any]:
    """Return the bodies, teams, topics, procedures, hours and staff."""
    office: dict[str, Any] = json.loads((DATA / "office.json").read_text(encoding="utf-8"))
    return office


def read_editing() -> dict[str, Any]:
    """Return the work on articles: drafts, reviews, adaptations, opinions and searches."""
    editing: dict[str, Any] = json.loads((DATA / "editing.json").read_text(encoding="utf-8"))
    return editing


def read_desk() -> dict[str, Any]:
    """Return the work on tickets: deadlines, an incident, fields, rules, views, a review."""
    desk: dict[str, Any] = json.loads((DATA / "desk.json").read_text(encoding="utf-8"))
    return desk


def read_articles() -> list[SampleArticle]:
    """Return every article in every language, Spanish first."""
    languages = sorted(
        (path.name for path in (DATA / "articles").iterdir() if path.is_dir()), key=lambda code: code != "es"
    )
    return [
        _article(path, language)
        for language in languages
        for path in sorted((DATA / "articles" / language).glob("*.md"))
    ]


def read_legal_page(kind: str, language: str, values: dict[str, str]) -> str:
    """Return a legal page with the organisation's own names in it."""
    text = (DATA / "legal" / f"{kind}.{language}.md").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def read_tickets() -> list[dict[str, Any]]:
    """Return the tickets, with moments relative to the day of loading."""
    return [json.loads(line) for line in (DATA / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]


def dated_ticket(
    number: int,
    ticket: dict[str, Any],
    *,
    now: datetime,
    zone: ZoneInfo,
    when_open: Callable[[datetime], datetime],
    hosts: dict[str, str],
    emails: dict[str, str],
) -> SampleTicket:
    """Return the ticket with real moments, none of them in the future.

    Args:
        number: Which ticket of the file; names it for the importer.
        ticket: A line of tickets.jsonl.
        now: Aware moment of loading.
        zone: The organisation's.
        when_open: Returns the next moment at which the ticket's team is at work.
        hosts: Host name of each organisation's key.
        emails: Address of each member of staff's key.
    """
    clock = time.fromisoformat(ticket["opened"]["at"])
    for earlier in range(30):
        day = now.astimezone(zone).date() - timedelta(days=ticket["opened"]["days_ago"] + earlier)
        opened_at = datetime.combine(day, clock, zone)
        moments = _moments(ticket, opened_at, when_open)
        if max(moments.values(), default=opened_at) <= now:
            return _as_line(number, ticket, opened_at, moments, hosts, emails)
    raise ValueError(f"ticket {number} ends in the future, however early it begins")


def _article(path: Path, language: str) -> SampleArticle:
    return SampleArticle(path.stem, language, read_article(path.read_text(encoding="utf-8")))


def _moments(
    ticket: dict[str, Any], opened_at: datetime, when_open: Callable[[datetime], datetime]
) -> dict[int, datetime]:
    """Return the moment of each message and of each line of history, by identity, in order and in working hours."""
    things = [*ticket["messages"], *ticket["history"]]
    moments: dict[int, datetime] = {}
    before = opened_at
    for thing in sorted(things, key=lambda each: each["after_minutes"]):
        at = opened_at + timedelta(minutes=thing["after_minutes"])
        if thing.get("author", thing.get("by")) not in {"person", "system"}:
            at = when_open(at)
        before = moments[id(thing)] = max(at, before)
    return moments


def _as_line(
    number: int,
    ticket: dict[str, Any],
    opened_at: datetime,
    moments: dict[int, datetime],
    hosts: dict[str, str],
    emails: dict[str, str],
) -> SampleTicket:
    said = [_message(message, moments[id(message)], emails) for message in ticket["messages"]]
    happened = [_event(event, moments[id(event)], emails) for event in ticket["history"]]
    last = {event["what"]: moments[id(event)] for event in ticket["history"]}
    moved = [event["from"] for event in ticket["history"] if event["what"] == "transferred"]
    line = {name: ticket[name] for name in KEPT if ticket.get(name)} | {
        "external_reference": f"{number:03}",
        "organisation": hosts[ticket["organisation"]],
        "assignee": emails.get(ticket.get("assignee", ""), ""),
        "first_reply_team": _first_reply_team(ticket, moments, moved),
        "opened_at": opened_at.isoformat(),
        "messages": said,
        "events": happened,
    }
    for name, what in (("resolved_at", "resolved"), ("closed_at", "closed")):
        if what in last:
            line[name] = last[what].isoformat()
    if resolved_at := last.get("resolved"):
        line["surveyed_at"] = (resolved_at + timedelta(hours=1)).isoformat()
        if ticket.get("rating"):
            line["rated_at"] = (resolved_at + timedelta(minutes=ticket["rated_after_minutes"])).isoformat()
    files = {
        moments[id(message)].isoformat(): message["attachment"]
        for message in ticket["messages"]
        if message.get("attachment")
    }
    return SampleTicket(line, files)


KEPT = (
    *("channel", "language", "subject", "person", "contact_by", "topic", "procedure", "error_code", "third_party"),
    *("team", "state", "solved_by", "rating", "comment"),
)


def _first_reply_team(ticket: dict[str, Any], moments: dict[int, datetime], moved: list[str]) -> str:
    """Return the team that had the ticket when the desk first answered."""
    answers = [
        moments[id(message)]
        for message in ticket["messages"]
        if message["kind"] == "public" and message["author"] not in {"person", "system"}
    ]
    moves = [(moments[id(event)], event["to"]) for event in ticket["history"] if event["what"] == "transferred"]
    if not answers:
        return ""
    team: str = moved[0] if moved else ticket["team"]
    for at, to in moves:
        if at <= answers[0]:
            team = to
    return team


def _message(message: dict[str, Any], at: datetime, emails: dict[str, str]) -> dict[str, Any]:
    author = message["author"]
    by_staff = author not in {"person", "system"}
    return {
        "author": "staff" if by_staff else author,
        "by": emails[author] if by_staff else "",
        "kind": message["kind"],
        "text": message["text"],
        "written_at": at.isoformat(),
    }


def _event(event: dict[str, Any], at: datetime, emails: dict[str, str]) -> dict[str, Any]:
    by = event["by"]
    code, values = event["what"], [event[name] for name in ("from", "to") if event.get(name)]
    if code == "spam":
        code = "marked_spam"
    if code == "resolved" and event.get("article"):
        code, values = "resolved_with", [event["article"]]
    return {"code": code, "values": values, "at": at.isoformat(), "by": emails.get(by, by)}
