"""Who has tickets in front of them now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from mostrador.tickets.models import Presence
from mostrador.tickets.rules.together import PRESENT_FOR


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody of the desk who looks at a ticket, or writes in it."""

    user_id: int
    name: str
    is_writing: bool


def present_in(ticket_ids: Iterable[int], *, besides: int | None = None) -> dict[int, list[Present]]:
    """Return who has each ticket in front of them, writers first; tickets with nobody are left out. One query.

    Args:
        ticket_ids: Of tickets that whoever asks may see.
        besides: Key of the user who asks, who knows of themselves.
    """
    rows = Presence.objects.filter(ticket__in=list(ticket_ids), seen_at__gt=timezone.now() - PRESENT_FOR)
    rows = rows.exclude(user=besides) if besides is not None else rows
    found: defaultdict[int, list[Present]] = defaultdict(list)
    columns = rows.order_by("-is_writing", "user__name", "user").values_list(
        "ticket_id", "user_id", "user__name", "is_writing"
    )
    for ticket_id, user_id, name, is_writing in columns:
        found[ticket_id].append(Present(user_id, name, is_writing))
    return dict(found)
