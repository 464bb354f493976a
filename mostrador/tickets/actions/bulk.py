"""The same act on many tickets, one after the other: what one of them refuses does not stop the others.

Each ticket has its own transaction, in which its item notes what the act did to it. Run twice, nothing is done twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.accounts.queries import access_of
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.service_status.models import Incident
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import kinds, merging, steps, tags, tickets
from mostrador.tickets.choices import BulkItemState, BulkKind, EventCode, Priority, State
from mostrador.tickets.models import BulkAct, BulkItem, Merge, Ticket
from mostrador.tickets.permissions import may_handle
from mostrador.tickets.queries.bulk import visible_keys
from mostrador.tickets.queries.people_at_the_desk import who_may_handle
from mostrador.tickets.rules.bulk import AT_ONCE, CHANGES, can_be_undone, is_as_left, kept, restored

KEPT_FOR = timedelta(days=30)
REASON_LENGTH = 300


@transaction.atomic
def ask(
    organisation: Organisation,
    *,
    access: Access,
    kind: str,
    values: Mapping[str, Any],
    words: str,
    ticket_ids: Sequence[int],
    idempotency_key: str,
) -> BulkAct:
    """Ask for an act on many tickets; more than twenty are done in the background, fewer by `run`.

    Args:
        access: Of whoever asks; of the tickets those that they may see are taken, at most 1 000.
        kind: A `BulkKind`.
        values: What the act needs, by key: to, team, state, third_party, tag, priority, topic, incident, text, into.
        words: What it does, for the page and the conversations.
        idempotency_key: Of the form; the second time it returns what the first one asked for.

    Raises:
        ActionRefused: None of the tickets is left.
    """
    by = access.user
    if already := BulkAct.objects.filter(by=by, idempotency_key=idempotency_key).first():
        return already
    keys = [key for key in visible_keys(ticket_ids, access) if key != values.get("into")]
    if not keys:
        raise ActionRefused(_("Elija antes alguna consulta."))
    act = BulkAct.objects.create(
        organisation=organisation,
        kind=kind,
        values=dict(values),
        words=words[:200],
        by=by,
        asked_at=timezone.now(),
        idempotency_key=idempotency_key,
    )
    BulkItem.objects.bulk_create([BulkItem(act=act, ticket_id=key) for key in keys])
    record("tickets.bulk_asked", act, actor=by, details={"kind": kind, "tickets": len(keys)})
    if len(keys) > AT_ONCE:
        run_later("tickets.run_bulk", act_id=act.pk)
    return act


def is_small(act: BulkAct) -> bool:
    """Tell whether an act is done while the person waits."""
    return act.items.count() <= AT_ONCE


def run(act_id: int) -> None:
    """Do what is left of an act, then clear the words of an answer that was sent."""
    act = BulkAct.objects.select_related("organisation", "by").get(pk=act_id)
    access = access_of(act.by, act.organisation)
    for item_id in act.items.filter(state=BulkItemState.WAITING).order_by("pk").values_list("pk", flat=True):
        _do(act, item_id, access)
    if act.finished_at is None:
        act.finished_at, act.values = timezone.now(), {**act.values, "text": ""}
        act.save(update_fields=["finished_at", "values"])


@transaction.atomic
def _do(act: BulkAct, item_id: int, access: Access) -> None:
    item = BulkItem.objects.select_for_update().get(pk=item_id)
    if item.state != BulkItemState.WAITING:
        return
    try:
        with transaction.atomic():
            ticket = _handled(act, item, access)
            item.before = kept(_columns(ticket.pk, act.kind))
            _ACTS[BulkKind(act.kind)](act, ticket)
            item.after = kept(_columns(ticket.pk, act.kind))
    except ActionRefused as refusal:
        item.state, item.reason, item.before = BulkItemState.REFUSED, str(refusal)[:REASON_LENGTH], {}
    else:
        item.state = BulkItemState.DONE
    item.save(update_fields=["state", "reason", "before", "after"])


def _handled(act: BulkAct, item: BulkItem, access: Access) -> Ticket:
    ticket = _may_be_handled(item.ticket_id, access)
    if act.kind == BulkKind.MERGE:  # it locks both tickets together
        _may_be_handled(act.values["into"], access)
        return ticket
    return steps.locked(ticket)


def _may_be_handled(ticket_id: int, access: Access) -> Ticket:
    ticket = Ticket.objects.visible_to(access).filter(pk=ticket_id).first()
    if ticket is None:
        raise ActionRefused(_("Ya no puede ver esta consulta."))
    if not may_handle(access, ticket):
        raise ActionRefused(_("Puede leer esta consulta, pero no cambiarla."))
    return ticket


def _columns(ticket_id: int, kind: str) -> dict[str, Any]:
    names = CHANGES[kind]
    return Ticket.objects.values(*names).get(pk=ticket_id) if names else {}


# --- The acts ---------------------------------------------------------------------------------------


def _assign(act: BulkAct, ticket: Ticket) -> None:
    key = act.values.get("to")
    to = User.objects.filter(pk=key, is_active=True).first() if key else None
    if key and to is None:
        raise ActionRefused(_("Esa persona ya no trabaja aquí. Elija a otra."))
    tickets.assign(ticket, author=act.by, to=to)


def _transfer(act: BulkAct, ticket: Ticket) -> None:
    tickets.transfer(ticket, author=act.by, team=Team.objects.get(pk=act.values["team"]))


def _change_state(act: BulkAct, ticket: Ticket) -> None:
    state, third_party = State(act.values["state"]), act.values.get("third_party", "")
    tickets.change_state(ticket, author=act.by, state=state, third_party=third_party)


def _add_tag(act: BulkAct, ticket: Ticket) -> None:
    if not tags.add_tag(ticket, act.values["tag"], author=act.by, details={"bulk": act.pk}):
        raise ActionRefused(_("Ya tenía esa etiqueta."))


def _remove_tag(act: BulkAct, ticket: Ticket) -> None:
    if not tags.remove_tag(ticket, act.values["tag"], author=act.by, details={"bulk": act.pk}):
        raise ActionRefused(_("No tenía esa etiqueta."))


def _set_priority(act: BulkAct, ticket: Ticket) -> None:
    steps.refuse_unless_open(ticket)
    priority = Priority(act.values["priority"])
    if ticket.priority == priority:
        raise ActionRefused(_("Ya tenía esa prioridad."))
    kinds.fix_priority(ticket, author=act.by, priority=priority, details={"bulk": act.pk})


def _classify(act: BulkAct, ticket: Ticket) -> None:
    key = act.values.get("topic")
    topic = Topic.objects.get(pk=key) if key else None
    if topic is not None and topic.organisation_id not in ticket.organisation.lineage:
        raise ActionRefused(_("Ese tema no es de la entidad a la que escribió la persona."))
    tickets.classify(ticket, author=act.by, topic=topic, procedure=ticket.procedure)


def _set_incident(act: BulkAct, ticket: Ticket) -> None:
    incident = Incident.objects.get(pk=act.values["incident"])
    if ticket.incident_id == incident.pk:
        raise ActionRefused(_("Ya estaba asociada a esa incidencia."))
    ticket.incident = incident
    now = timezone.now()
    steps.note_event(ticket, EventCode.INCIDENT_SET, incident.title, now=now, author=act.by)
    steps.save(ticket, now)
    steps.done("tickets.incident_set", ticket, actor=act.by, details={"bulk": act.pk})


def _merge(act: BulkAct, ticket: Ticket) -> None:
    merging.merge(ticket, Ticket.objects.get(pk=act.values["into"]), author=act.by)


def _reply_and_resolve(act: BulkAct, ticket: Ticket) -> None:
    key = f"bulk-{act.pk}"
    tickets.reply_and_resolve(ticket, author=act.by, text=act.values["text"], idempotency_key=key)


def _mark_spam(act: BulkAct, ticket: Ticket) -> None:
    tickets.mark_spam(ticket, author=act.by)


_ACTS: dict[BulkKind, Callable[[BulkAct, Ticket], None]] = {
    BulkKind.ASSIGN: _assign,
    BulkKind.TRANSFER: _transfer,
    BulkKind.STATE: _change_state,
    BulkKind.ADD_TAG: _add_tag,
    BulkKind.REMOVE_TAG: _remove_tag,
    BulkKind.PRIORITY: _set_priority,
    BulkKind.TOPIC: _classify,
    BulkKind.INCIDENT: _set_incident,
    BulkKind.MERGE: _merge,
    BulkKind.RESOLVE: _reply_and_resolve,
    BulkKind.SPAM: _mark_spam,
}


# --- Undoing ----------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_undo(act: BulkAct, *, access: Access) -> BulkAct:
    """Ask for an act to be undone; of more than twenty tickets in the background, of fewer by `undo`.

    Raises:
        ActionRefused: It is not finished, cannot be undone, or is somebody else's and one does not supervise.
    """
    act = BulkAct.objects.select_for_update().get(pk=act.pk)
    if act.undo_asked_at is not None:
        return act
    if act.by_id != access.user.pk and not access.has(Role.SUPERVISOR):
        raise ActionRefused(_("Solo lo deshace quien lo hizo o quien supervisa."))
    if act.finished_at is None:
        raise ActionRefused(_("Todavía no ha terminado. Espere a que acabe para deshacerlo."))
    if not can_be_undone(act.kind):
        raise ActionRefused(_("Las respuestas ya se han enviado y no se pueden deshacer."))
    act.undo_asked_at = timezone.now()
    act.save(update_fields=["undo_asked_at"])
    if not is_small(act):
        run_later("tickets.undo_bulk", act_id=act.pk, user_id=access.user.pk)
    return act


def undo(act_id: int, *, by: User) -> None:
    """Bring back what each ticket had before, where nobody has changed it since; the last one first."""
    act = BulkAct.objects.select_related("organisation").get(pk=act_id)
    access = access_of(by, act.organisation)
    for item_id in act.items.filter(state=BulkItemState.DONE).order_by("-pk").values_list("pk", flat=True):
        _undo(act, item_id, access)
    if act.undone_at is None:
        act.undone_at = timezone.now()
        act.save(update_fields=["undone_at"])


@transaction.atomic
def _undo(act: BulkAct, item_id: int, access: Access) -> None:
    item = BulkItem.objects.select_for_update().get(pk=item_id)
    if item.state != BulkItemState.DONE:
        return
    try:
        with transaction.atomic():
            bring_back = _take_apart if act.kind == BulkKind.MERGE else _bring_back
            bring_back(act, item, _handled(act, item, access), access.user)
    except ActionRefused as refusal:
        item.state, item.reason = BulkItemState.KEPT, str(refusal)[:REASON_LENGTH]
    else:
        item.state = BulkItemState.UNDONE
    item.save(update_fields=["state", "reason"])


def _bring_back(act: BulkAct, item: BulkItem, ticket: Ticket, by: User) -> None:
    if not is_as_left(_columns(ticket.pk, act.kind), item.after):
        raise ActionRefused(_("Alguien la ha cambiado después. Se queda como está."))
    if item.before == item.after:
        return
    before = restored(item.before)
    for name, value in before.items():
        setattr(ticket, name, value)
    if (owner := before.get("assigned_to_id")) and not who_may_handle(ticket).filter(pk=owner).exists():
        raise ActionRefused(_("Quien la llevaba ya no atiende consultas de este equipo."))
    now = timezone.now()
    steps.note_event(ticket, EventCode.BULK_UNDONE, act.words, now=now, author=by)
    steps.save(ticket, now)
    steps.done("tickets.bulk_undone", ticket, actor=by, details={"bulk": act.pk})


def _take_apart(act: BulkAct, item: BulkItem, ticket: Ticket, by: User) -> None:
    if not is_as_left(_columns(ticket.pk, act.kind), item.after):
        raise ActionRefused(_("Alguien la ha cambiado después. Se queda como está."))
    standing = Merge.objects.filter(source=ticket, undone_at__isnull=True)
    made = standing.filter(merged_by=act.by, merged_at__range=(act.asked_at, act.finished_at)).first()
    if made is None:
        raise ActionRefused(_("Alguien la ha cambiado después. Se queda como está."))
    merging.undo_merge(made, author=by)


def forget_old_acts() -> int:
    """Delete what was asked for more than thirty days ago; return how many. The conversations keep what was done."""
    return BulkAct.objects.filter(asked_at__lt=timezone.now() - KEPT_FOR).delete()[0]
