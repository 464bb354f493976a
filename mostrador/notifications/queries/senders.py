"""From which address something leaves, and where nothing is sent any more."""

from collections.abc import Iterable

from django.db.models import F, Q

from mostrador.accounts.permissions import Access
from mostrador.notifications.models import AddressHealth, Sender
from mostrador.organisations.models import Organisation

MOST_ADDRESSES = 200


def sender_for(organisation: Organisation, *, team_id: int | None = None) -> Sender | None:
    """Return from which address an organisation writes: that of the team, else its usual one, or None. One query."""
    senders = Sender.objects.filter(organisation=organisation)
    found = senders.filter(Q(is_default=True) | Q(team=team_id)) if team_id else senders.filter(is_default=True)
    return max(found, key=lambda sender: (sender.team_id == team_id and team_id is not None, -sender.pk), default=None)


def unwanted(organisation: Organisation, addresses: Iterable[str]) -> dict[str, AddressHealth]:
    """Return what is known of those of these addresses that get no mail, or none that nobody wrote. One query.

    By address in lower case.
    """
    known = AddressHealth.objects.of(organisation, addresses)
    found = known.filter(Q(blocked_at__isnull=False) | Q(complained_at__isnull=False))
    return {health.address: health for health in found}


def troubled_addresses(access: Access) -> list[AddressHealth]:
    """Return addresses that gave back mail or complained of it, at most 200, the closed ones first. One query."""
    troubled = Q(hard_bounces__gt=0) | Q(soft_bounces__gt=0) | Q(blocked_at__isnull=False)
    rows = AddressHealth.objects.visible_to(access).filter(troubled | Q(complained_at__isnull=False))
    newest_first = (F("blocked_at").desc(nulls_last=True), F("last_bounce_at").desc(nulls_last=True), "-pk")
    return list(rows.select_related("organisation").order_by(*newest_first)[:MOST_ADDRESSES])


def blocked_among(organisation: Organisation, addresses: Iterable[str]) -> list[AddressHealth]:
    """Return those of these addresses to which nothing is sent. One query."""
    return list(AddressHealth.objects.of(organisation, addresses).filter(blocked_at__isnull=False).order_by("address"))
