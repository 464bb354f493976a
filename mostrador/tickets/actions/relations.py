"""What a ticket has to do with others."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.choices import EventCode, RelationChoice, RelationKind
from mostrador.tickets.models import Relation, Ticket


@transaction.atomic
def relate(ticket: Ticket, other: Ticket, *, choice: RelationChoice, author: User) -> None:
    """Say what a ticket has to do with another one; both show it.

    A ticket that is part of another has no parts itself: one level is enough for a desk, and cannot go in circles.

    Raises:
        ActionRefused: They are the same, are related already, or it would make parts of parts.
    """
    if ticket.pk == other.pk:
        raise ActionRefused(_("Es la misma consulta. Elija otra."))
    ticket, other = steps.locked_together(ticket, other)
    if _are_related(ticket, other):
        raise ActionRefused(_("Ya están relacionadas. Quite antes la relación que tienen."))
    now = timezone.now()
    if choice == RelationChoice.PART_OF:
        _put_under(ticket, other)
    elif choice == RelationChoice.INCLUDES:
        _put_under(other, ticket)
    else:
        kind = RelationKind(choice.value)
        Relation.objects.create(ticket=ticket, other=other, kind=kind, related_by=author, related_at=now)
    for one, of in ((ticket, other), (other, ticket)):
        steps.note_event(one, EventCode.RELATED, of.reference, now=now, author=author)
        steps.save(one, now)
    steps.done("tickets.related", ticket, actor=author, details={"to": other.reference, "as": choice})


@transaction.atomic
def unrelate(ticket: Ticket, other: Ticket, *, author: User) -> None:
    """Say that two tickets have nothing to do with each other; when they have not, nothing changes."""
    ticket, other = steps.locked_together(ticket, other)
    if not _are_related(ticket, other):
        return
    now = timezone.now()
    _relations(ticket, other).delete()
    for one, of in ((ticket, other), (other, ticket)):
        if one.parent_id == of.pk:
            one.parent = None
        steps.note_event(one, EventCode.UNRELATED, of.reference, now=now, author=author)
        steps.save(one, now)
    steps.done("tickets.unrelated", ticket, actor=author, details={"to": other.reference})


def _relations(ticket: Ticket, other: Ticket) -> QuerySet[Relation]:
    return Relation.objects.filter(Q(ticket=ticket, other=other) | Q(ticket=other, other=ticket))


def _are_related(ticket: Ticket, other: Ticket) -> bool:
    is_part = ticket.parent_id == other.pk or other.parent_id == ticket.pk
    return is_part or _relations(ticket, other).exists()


def _put_under(part: Ticket, whole: Ticket) -> None:
    if part.parent is not None:
        raise ActionRefused(
            _("La consulta %(part)s ya es parte de la %(whole)s.")
            % {"part": part.reference, "whole": part.parent.reference}
        )
    if whole.parent is not None:
        raise ActionRefused(
            _("La consulta %(part)s es parte de la %(whole)s. Elija esa.")
            % {"part": whole.reference, "whole": whole.parent.reference}
        )
    if part.children.exists():
        raise ActionRefused(
            _("La consulta %(part)s ya incluye otras, así que no puede ser parte de una. Relaciónelas.")
            % {"part": part.reference}
        )
    part.parent = whole
