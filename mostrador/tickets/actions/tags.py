"""Tags are put on tickets and taken off: by hand, on many at once and by rules."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.choices import EventCode
from mostrador.tickets.models import Tag, Ticket
from mostrador.tickets.rules.tags import MOST, normalised


@transaction.atomic
def add_tag(ticket: Ticket, text: str, *, author: User | None, details: Mapping[str, Any] | None = None) -> bool:
    """Put a tag on a ticket, written as all are and suggested from then on; return whether it was not there yet.

    Args:
        ticket: In any state.
        text: As somebody typed it.
        author: Who does; None is a rule.
        details: For the audit record.

    Raises:
        ActionRefused: It is empty, or the ticket has as many as can be read.
    """
    tag = normalised(text)
    if not tag:
        raise ActionRefused(_("Escriba la etiqueta."))
    ticket = steps.locked_where_it_goes_on(ticket)
    if tag in ticket.tags:
        return False
    if len(ticket.tags) >= MOST:
        raise ActionRefused(_("Tiene ya %(most)s etiquetas. Quite alguna.") % {"most": MOST})
    ticket.tags = [*ticket.tags, tag]
    known, _is_new = Tag.objects.get_or_create(organisation=ticket.organisation, name=tag)
    Tag.objects.filter(pk=known.pk).update(uses=F("uses") + 1)
    _keep(ticket, "tickets.tagged", EventCode.TAGGED, tag, author, details)
    return True


@transaction.atomic
def remove_tag(ticket: Ticket, text: str, *, author: User | None, details: Mapping[str, Any] | None = None) -> bool:
    """Take a tag off a ticket; return whether it was there. The arguments are those of `add_tag`."""
    ticket = steps.locked_where_it_goes_on(ticket)
    tag = text if text in ticket.tags else normalised(text)
    if tag not in ticket.tags:
        return False
    ticket.tags = [each for each in ticket.tags if each != tag]
    Tag.objects.filter(organisation=ticket.organisation, name=tag, uses__gt=0).update(uses=F("uses") - 1)
    _keep(ticket, "tickets.untagged", EventCode.UNTAGGED, tag, author, details)
    return True


def suggest_from_now_on(uses: Mapping[tuple[int, str], int]) -> None:
    """Count uses of tags that came with tickets of other systems, by (organisation, tag); they are suggested too."""
    for (organisation, name), number in sorted(uses.items()):
        known, _is_new = Tag.objects.get_or_create(organisation_id=organisation, name=name)
        Tag.objects.filter(pk=known.pk).update(uses=F("uses") + number)


def _keep(
    ticket: Ticket, act: str, event: EventCode, tag: str, author: User | None, details: Mapping[str, Any] | None
) -> None:
    now = timezone.now()
    steps.note_event(ticket, event, tag, now=now, author=author)
    steps.save(ticket, now)
    steps.done(act, ticket, actor=author, details={"tag": tag, **(details or {})})
