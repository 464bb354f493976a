"""What the portal asks of the installation itself, and what the command palette finds everywhere."""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.audit.models import Event
from mostrador.help_centre.queries.search import suggest
from mostrador.organisations.models import Organisation
from mostrador.people.models import READERS
from mostrador.people.queries.persons import people_found
from mostrador.people.rules import name_key
from mostrador.portal.permissions import sections_of, settings_of_desk
from mostrador.shared.tokens import token_hash
from mostrador.tickets.choices import DeskList
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import DESK
from mostrador.tickets.queries.desk import SHORTEST_SEARCH, visible_reference
from mostrador.tickets.queries.desk import search as search_tickets
from mostrador.tickets.queries.saved_views import visible_views

MOST_OF_A_KIND = 6
MOST_LOOKS = 60  # the same ticket is read many times
RECENT = timedelta(days=3)


def setup_token_file() -> Path:
    """Return where `mostrador up` leaves the hash of the first-run link of an empty installation."""
    directory: Path = settings.DATA_DIRECTORY
    return directory / "setup-token"


def is_setup_token(token: str) -> bool:
    """Tell whether this is the token of the first-run link that was printed last."""
    try:
        wanted = setup_token_file().read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return False
    return bool(wanted) and compare_digest(token_hash(token), wanted)


# --- The command palette ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """Somewhere to go."""

    label: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one kind."""

    title: str
    options: list[Option]


def palette_groups(access: Access, organisation: Organisation, words: str, language: str) -> list[Group]:
    """Return what somebody of the desk may want to open: lately read tickets, or what their words find.

    Words of less than three letters find only lists and pages. A constant number of queries: two without words, else at
    most thirteen. Who is found among the persons is for the caller to record.
    """
    if not words:
        groups = [Group(_("Hace poco"), _recent(access))]
    else:
        is_long = len(words) >= SHORTEST_SEARCH
        groups = [
            Group(_("Consultas"), _tickets(access, words) if is_long and access.has(*DESK) else []),
            Group(_("Personas"), _people(access, words) if is_long and access.has(*READERS) else []),
            Group(_("Artículos"), _articles(organisation, words, language) if is_long else []),
            Group(_("Listas"), _lists(access, words) if access.has(*DESK) else []),
            Group(_("Páginas"), _pages(access, words)),
        ]
    return [group for group in groups if group.options]


def _recent(access: Access) -> list[Option]:
    since = timezone.now() - RECENT
    seen = Event.objects.filter(actor_id=access.user.pk, organisation_id__in=access.organisation_ids(), at__gte=since)
    looked_at = seen.filter(verb="tickets.viewed").order_by("-at", "-pk").values_list("subject_id", flat=True)
    keys = [key for key in dict.fromkeys(looked_at[:MOST_LOOKS]) if key is not None][:MOST_OF_A_KIND]
    rows = {row["pk"]: row for row in Ticket.objects.visible_to(access).filter(pk__in=keys).values(*_TICKET)}
    return [_ticket(rows[key]) for key in keys if key in rows]


_TICKET = ("pk", "reference", "subject", "person__name")


def _ticket(row: dict[str, Any]) -> Option:
    note = " · ".join(filter(None, [row["person__name"], row["reference"]]))
    return Option(row["subject"] or row["reference"], reverse("tickets:ticket_detail", args=[row["reference"]]), note)


def _tickets(access: Access, words: str) -> list[Option]:
    if reference := visible_reference(words, access):
        return [_ticket(row) for row in Ticket.objects.filter(reference=reference).values(*_TICKET)]
    found = search_tickets(words, access).rows[:MOST_OF_A_KIND]
    address = reverse("tickets:desk")
    return [Option(row.subject, f"{address}{row.reference}/", f"{row.person} · {row.state}") for row in found]


def _people(access: Access, words: str) -> list[Option]:
    return [
        Option(person.name or _("Sin nombre"), reverse("people:person", args=[person.pk]), person.email)
        for person in people_found(access, words, limit=MOST_OF_A_KIND)
    ]


def _articles(organisation: Organisation, words: str, language: str) -> list[Option]:
    found = suggest(organisation, words, language, limit=MOST_OF_A_KIND).found
    return [Option(one.title, reverse("help_centre:read", args=[one.article_id])) for one in found]


def _pages(access: Access, words: str) -> list[Option]:
    """Return the sections and settings with these words in their name."""
    typed, seen = name_key(words), [*sections_of(access), *settings_of_desk(access)]
    found = [section for section in seen if typed in name_key(str(section.label))]
    return [Option(str(each.label), reverse(each.address), str(each.purpose)) for each in found[:MOST_OF_A_KIND]]


def _lists(access: Access, words: str) -> list[Option]:
    """Return the lists of the desk and the saved views that bear such a name. One query."""
    address, typed = reverse("tickets:desk"), name_key(words)
    lists = [(str(which.label), which.value) for which in DeskList if which != DeskList.TEAMS or access.team_ids]
    views = visible_views(access).order_by("position", "pk").values_list("name", "pk")
    named = [Option(name, f"{address}?lista={key}") for name, key in (*lists, *views) if typed in name_key(name)]
    return named[: MOST_OF_A_KIND * 2]
