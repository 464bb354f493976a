"""Joining a duplicate to another ticket, and taking that back.

The messages and files of the duplicate go to the other ticket and remember where they were said; the duplicate is
closed, its private links and whatever comes to it later lead to the other one. For a day all of it can be undone.
What the desk has not sent yet waits in the other one too, and stays there.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Field, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.shared.background import run_at
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import desk_replies, steps
from mostrador.tickets.choices import Act, EventCode, MessageKind
from mostrador.tickets.models import Merge, Message, Task, Ticket, TimeEntry, Watcher
from mostrador.tickets.rules import UNDO_WITHIN, is_open, is_our_turn
from mostrador.tickets.rules.together import may_undo_merge

# What joining changes: of the duplicate all of it comes back, of the other one what nobody has changed since.
OF_SOURCE = (
    *("state", "resolved_at", "closed_at", "due_at", "waiting_since", "act_by"),
    *("legal_due_at", "legal_suspended_at", "minutes_spent"),
)
WHOSE_TURN = ("state", "due_at", "waiting_since", "third_party")
OF_TARGET = (*WHOSE_TURN, "incident_id", "person_deadline_on", "act_by")


@transaction.atomic
def merge(source: Ticket, target: Ticket, *, author: User) -> Merge:
    """Join a duplicate to another ticket of the same person, who is told after a minute, unless it is undone before.

    Raises:
        ActionRefused: They are not two matters of one person in one organisation, one of them is not at work, or the
            duplicate has a term by law or a secrecy that the other one has not.
    """
    source, target = steps.locked_together(source, target)
    refuse_merge(source, target)
    now = timezone.now()
    before: dict[str, Any] = {"source": _kept(source, OF_SOURCE), "target": _kept(target, OF_TARGET)}
    was_our_turn = is_our_turn(source.state)
    steps.move(source, Act.MERGE, now=now)
    source.merged_into, source.closed_at = target, now
    source.resolved_at = source.resolved_at or now
    before |= _join_what_is_known(source, target, was_our_turn=was_our_turn, now=now, kept=before["source"])
    moved = _move_messages(source, target, before)
    before["after"] = _kept(target, OF_TARGET)
    joined = Merge.objects.create(
        source=source, target=target, merged_by=author, merged_at=now, moved=moved, before=before
    )
    steps.note_event(source, EventCode.MERGED_AWAY, target.reference, now=now, author=author)
    event = steps.note_event(target, EventCode.MERGED_HERE, source.reference, now=now, author=author)
    for ticket in (source, target):
        steps.save(ticket, now)
    desk_replies.carry_over(source, target, now)
    steps.done("tickets.merged", source, actor=author, details={"into": target.reference, "messages": len(moved)})
    if steps.may_be_emailed(target):
        run_at(now + UNDO_WITHIN, "tickets.tell_person", message_id=event.pk)
    return joined


@transaction.atomic
def undo_merge(merge: Merge, *, author: User) -> None:
    """Take apart what was joined: each message goes back to where it was; what came since stays in the other ticket.

    Raises:
        ActionRefused: It was undone, is older than a day, or the other ticket was itself joined to a third one.
    """
    source, target = steps.locked_together(merge.source, merge.target)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    now = timezone.now()
    _refuse_undo(merge, target, now)
    back = Message.objects.filter(pk__in=merge.moved, ticket=target)
    since = target.messages.filter(kind=MessageKind.PUBLIC, written_at__gt=merge.merged_at).exclude(pk__in=merge.moved)
    has_gone_on = since.exists()
    _move_back(back, source, merge.before)
    _take_back(source, target, merge.before, has_gone_on=has_gone_on)
    source.merged_into = None
    merge.undone_at, merge.undone_by = now, author
    merge.save(update_fields=["undone_at", "undone_by"])
    steps.note_event(source, EventCode.UNMERGED, target.reference, now=now, author=author)
    steps.note_event(target, EventCode.UNMERGED, source.reference, now=now, author=author)
    for ticket in (source, target):
        steps.save(ticket, now)
    steps.done("tickets.unmerged", source, actor=author, details={"from": target.reference})


def refuse_merge(source: Ticket, target: Ticket) -> None:
    """Refuse to join what is not the same matter of the same person.

    Raises:
        ActionRefused: With what to do instead.
    """
    names = {"source": source.reference, "target": target.reference}
    if source.pk == target.pk:
        raise ActionRefused(_("Es la misma consulta. Elija otra."))
    if target.merged_into is not None:
        names["last"] = target.merged_into.reference
        raise ActionRefused(_("La consulta %(target)s se unió a la %(last)s. Elija esa.") % names)
    if source.organisation_id != target.organisation_id:
        raise ActionRefused(
            _("La consulta %(target)s se dirigió a otra entidad. Relaciónelas en lugar de unirlas.") % names
        )
    if not is_same_person(source, target):
        raise ActionRefused(
            _(
                "La consulta %(target)s es de otra persona, que leería lo que escribió esta. Relaciónelas en lugar de "
                "unirlas."
            )
            % names
        )
    if not is_open(target.state):
        raise ActionRefused(
            _("La consulta %(target)s ya no está abierta. Reábrala antes, o una aquella a esta.") % names
        )
    if source.is_restricted and not target.is_restricted:
        raise ActionRefused(
            _("Esta consulta es reservada y la %(target)s no: la leería más gente. Una aquella a esta.") % names
        )
    if source.legal_due_at is not None and source.kind != target.kind:
        raise ActionRefused(
            _("Esta consulta tiene un plazo legal propio, que se perdería. Una aquella a esta, o relaciónelas.")
        )
    if source.erased_at is not None or target.erased_at is not None:
        raise ActionRefused(_("Las palabras de una de las dos ya se suprimieron."))


def is_same_person(one: Ticket, other: Ticket) -> bool:
    """Tell whether two tickets are of one person: the same record, or the same address of e-mail."""
    same_address = bool(one.person.email) and one.person.email == other.person.email
    return one.person_id == other.person_id or same_address


def _refuse_undo(merge: Merge, target: Ticket, now: datetime) -> None:
    if merge.undone_at is not None:
        raise ActionRefused(_("Esta unión ya se deshizo."))
    if not may_undo_merge(merge.merged_at, now):
        raise ActionRefused(_("Ya no se puede deshacer: ha pasado un día. Separe los mensajes en otra consulta."))
    if target.merged_into is not None:
        raise ActionRefused(
            _("La consulta %(target)s se unió después a la %(last)s. Deshaga antes esa unión.")
            % {"target": target.reference, "last": target.merged_into.reference}
        )


# --- What goes over, and comes back -------------------------------------------------------------------


def _move_messages(source: Ticket, target: Ticket, before: dict[str, Any]) -> list[int]:
    """Move what was said and noted, and keep in `before` what cannot be told afterwards."""
    said = Message.objects.filter(ticket=source).exclude(kind=MessageKind.EVENT).order_by("pk")
    rows = list(said.select_for_update().values_list("pk", "said_in_id", "idempotency_key"))
    taken = set(target.messages.exclude(idempotency_key="").values_list("idempotency_key", flat=True))
    before["said_in"] = {str(pk): said_in for pk, said_in, _key in rows if said_in is not None}
    before["keys"] = {str(pk): key for pk, _said_in, key in rows if key and key in taken}
    Message.objects.filter(pk__in=[int(pk) for pk in before["keys"]]).update(idempotency_key="")
    moved = [pk for pk, _said_in, _key in rows]
    Message.objects.filter(pk__in=moved).update(ticket=target, said_in=Coalesce("said_in", source.pk))
    return moved


def _move_back(back: Any, source: Ticket, before: dict[str, Any]) -> None:
    keys = set(back.values_list("pk", flat=True))
    Message.objects.filter(pk__in=keys).update(ticket=source, said_in=None)
    for pk, said_in in before["said_in"].items():
        Message.objects.filter(pk__in=keys & {int(pk)}).update(said_in=said_in)
    for pk, key in before["keys"].items():
        Message.objects.filter(pk__in=keys & {int(pk)}).update(idempotency_key=key)


def _join_what_is_known(
    source: Ticket, target: Ticket, *, was_our_turn: bool, now: datetime, kept: dict[str, Any]
) -> dict[str, Any]:
    """Give the target what only the duplicate knew; return what was added, to take it out again."""
    if was_our_turn and not is_our_turn(target.state):
        steps.move(target, Act.WAIT_FOR_US, now=now)
        target.third_party = ""
    if was_our_turn:
        target.waiting_since = _earliest(target.waiting_since, _read("waiting_since", kept))
        target.due_at = _earliest(target.due_at, _read("due_at", kept))
    target.incident_id = target.incident_id or source.incident_id
    target.person_deadline_on = _earliest(target.person_deadline_on, source.person_deadline_on)
    target.act_by = _earliest(target.act_by, _read("act_by", kept))
    tags = [tag for tag in source.tags if tag not in target.tags]
    target.tags = [*target.tags, *tags]
    following = set(Watcher.objects.filter(ticket=target).values_list("user_id", flat=True))
    new = sorted(set(Watcher.objects.filter(ticket=source).values_list("user_id", flat=True)) - following)
    Watcher.objects.bulk_create([Watcher(ticket=target, user_id=user, since=now) for user in new])
    tasks = list(Task.objects.filter(ticket=source).values_list("pk", flat=True))
    time = list(TimeEntry.objects.filter(ticket=source).values_list("pk", flat=True))
    Task.objects.filter(pk__in=tasks).update(ticket=target)
    TimeEntry.objects.filter(pk__in=time).update(ticket=target)
    target.minutes_spent += source.minutes_spent
    source.minutes_spent = 0
    return {"tags": tags, "watchers": new, "tasks": tasks, "time": time}


def _take_back(source: Ticket, target: Ticket, before: dict[str, Any], *, has_gone_on: bool) -> None:
    _restore(source, before["source"])
    unchanged = {name for name, value in _kept(target, OF_TARGET).items() if value == before["after"][name]}
    if has_gone_on or "state" not in unchanged:
        unchanged -= set(WHOSE_TURN)
    _restore(target, {name: value for name, value in before["target"].items() if name in unchanged})
    target.tags = [tag for tag in target.tags if tag not in before["tags"]]
    Watcher.objects.filter(ticket=target, user__in=before["watchers"]).delete()
    Task.objects.filter(pk__in=before["tasks"], ticket=target).update(ticket=source)
    back = TimeEntry.objects.filter(pk__in=before["time"], ticket=target)
    minutes = back.aggregate(sum=Coalesce(Sum(F("minutes")), 0))["sum"]
    back.update(ticket=source)
    target.minutes_spent = max(target.minutes_spent - minutes, 0)
    source.minutes_spent = minutes


def _kept(ticket: Ticket, names: tuple[str, ...]) -> dict[str, Any]:
    """Return columns as they can be stored."""
    values = {name: getattr(ticket, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _restore(ticket: Ticket, kept: dict[str, Any]) -> None:
    for name in kept:
        setattr(ticket, name, _read(name, kept))


def _read(name: str, kept: dict[str, Any]) -> Any:
    """Return a column as `_kept` stored it."""
    if name.endswith("_id"):
        return kept[name]
    column = Ticket._meta.get_field(name)
    return column.to_python(kept[name]) if isinstance(column, Field) else kept[name]


def _earliest(one: Any, other: Any) -> Any:
    return min((each for each in (one, other) if each is not None), default=None)
