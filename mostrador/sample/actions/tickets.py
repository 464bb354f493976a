"""Tickets of the sample office."""

import json
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mostrador.integrations.actions import import_tickets
from mostrador.organisations.models import Team
from mostrador.organisations.queries import working_calendar
from mostrador.organisations.rules.working_time import next_opening
from mostrador.sample.actions.office import Office
from mostrador.sample.rules import SOURCE, dated_ticket, read_articles, read_tickets
from mostrador.shared.errors import ActionRefused
from mostrador.shared.uploads import check_upload, store
from mostrador.tickets.models import Attachment, Message, Ticket


def load_tickets(office: Office) -> None:
    """Bring in the tickets of the last 90 days, with their files."""
    now, emails = timezone.now(), {key: user.email for key, user in office.staff.items()}
    names = {team.slug: team.name for team in office.teams.values()} | {
        key: user.name for key, user in office.staff.items()
    }
    names |= {sample.slug: sample.text.title for sample in read_articles() if sample.language == "es"}
    dated, keys = [], {}
    for number, ticket in enumerate(read_tickets(), start=1):
        team = office.teams[ticket["team"]]
        sample = dated_ticket(
            number,
            ticket,
            now=now,
            zone=ZoneInfo(office.organisations[ticket["organisation"]].time_zone),
            when_open=partial(_when_open, team),
            hosts=office.hosts,
            emails=emails,
        )
        for event in sample.line["events"]:
            event["values"] = [names.get(value, value) for value in event["values"]]
        dated.append(sample)
        if key := ticket.get("key"):
            keys[sample.line["external_reference"]] = key
    report = import_tickets((json.dumps(sample.line) for sample in dated), source=SOURCE)
    if report.refused:
        raise ActionRefused(f"{report.refused[0][0]}: {report.refused[0][1]}")
    for sample in dated:
        _attach(sample.line["external_reference"], sample.attachments)
    office.tickets = _named(keys, office)


def _named(keys: dict[str, str], office: Office) -> dict[str, Ticket]:
    """Return the tickets that have a key in the file, by it."""
    rows = Ticket.objects.filter(source=SOURCE, organisation__in=office.organisations.values())
    found = rows.filter(external_reference__in=keys).select_related("organisation")
    return {keys[ticket.external_reference]: ticket for ticket in found}


def _when_open(team: Team, moment: datetime) -> datetime:
    return next_opening(moment, working_calendar(team))


def _attach(external_reference: str, files: dict[str, str]) -> None:
    for at, name in files.items():
        message = Message.objects.get(
            ticket__source=SOURCE,
            ticket__external_reference=external_reference,
            ticket__organisation__is_sample=True,
            written_at=datetime.fromisoformat(at),
            kind="public",
        )
        upload = check_upload(SimpleUploadedFile(name, _made_up(name)))
        Attachment.objects.create(
            message=message,
            file=store(upload, folder="attachments"),
            name=upload.name,
            content_type=upload.content_type,
            size_bytes=upload.size_bytes,
            sha256=upload.sha256,
        )


def _made_up(name: str) -> bytes:
    """Return the content of an invented attachment: the smallest file of its type."""
    return _SMALLEST.get(name.rpartition(".")[2].lower(), b"Archivo de muestra.\n")


_SMALLEST = {
    "png": bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360f8ffff3f0005fe02fea135819e0000000049454e44ae426082"
    ),
    "pdf": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    ),
}
