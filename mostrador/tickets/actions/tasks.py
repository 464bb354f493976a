"""Work on a ticket besides answering: its checklist and the time spent."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.models import Task, TaskList, Ticket, TimeEntry
from mostrador.tickets.queries.people_at_the_desk import colleagues_of
from mostrador.tickets.rules.together import LONGEST_DAY

MOST_TASKS = 50

# --- Tasks --------------------------------------------------------------------------------------------


@transaction.atomic
def add_task(
    ticket: Ticket,
    *,
    author: User,
    text: str,
    assigned_to: User | None = None,
    due_on: date | None = None,
    idempotency_key: str = "",
) -> Task:
    """Put something to do on the ticket's list, once for each key.

    Args:
        due_on: The day until which it should be done, in the organisation's zone.

    Raises:
        ActionRefused: That colleague may not handle the ticket, or the list is full.
    """
    ticket = steps.locked_where_it_goes_on(ticket)
    already = ticket.tasks.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
    if already is not None:
        return already
    if assigned_to is not None and not colleagues_of(ticket).filter(pk=assigned_to.pk).exists():
        raise ActionRefused(
            _("%(name)s no atiende consultas de este equipo. Elija a otra persona.") % {"name": assigned_to.name}
        )
    if ticket.tasks.count() >= MOST_TASKS:
        raise ActionRefused(_("La lista está llena. Quite alguna tarea antes de añadir otra."))
    task = Task.objects.create(
        ticket=ticket, text=text, assigned_to=assigned_to, due_on=due_on, idempotency_key=idempotency_key
    )
    _done(ticket, "tickets.task_added", author)
    return task


@transaction.atomic
def put_task_list(ticket: Ticket, task_list: TaskList, *, author: User | None) -> int:
    """Put the tasks of a list onto the ticket's; what stands there already, done or not, is not put again.

    Args:
        author: Who does; None is a rule.

    Returns:
        How many tasks are new.

    Raises:
        ActionRefused: They do not fit on the list.
    """
    ticket = steps.locked_where_it_goes_on(ticket)
    known = set(ticket.tasks.values_list("text", flat=True))
    texts = [text for text in task_list.texts if text not in known]
    if ticket.tasks.count() + len(texts) > MOST_TASKS:
        raise ActionRefused(_("La lista está llena. Quite alguna tarea antes de añadir otra."))
    if texts:
        Task.objects.bulk_create(Task(ticket=ticket, text=text) for text in texts)
        _done(ticket, "tickets.task_list_put", author, list=task_list.name, tasks=len(texts))
    return len(texts)


@transaction.atomic
def set_task_done(ticket: Ticket, task_id: int, *, author: User, is_done: bool) -> None:
    """Say that a task is done, or still to do; nothing happens when it is so, or is gone."""
    ticket = steps.locked_where_it_goes_on(ticket)
    task = ticket.tasks.filter(pk=task_id, done_at__isnull=is_done).first()
    if task is None:
        return
    task.done_at, task.done_by = (timezone.now(), author) if is_done else (None, None)
    task.save(update_fields=["done_at", "done_by"])
    _done(ticket, "tickets.task_done" if is_done else "tickets.task_undone", author)


@transaction.atomic
def remove_task(ticket: Ticket, task_id: int, *, author: User) -> None:
    """Take a task off the list."""
    ticket = steps.locked_where_it_goes_on(ticket)
    if ticket.tasks.filter(pk=task_id).delete()[0]:
        _done(ticket, "tickets.task_removed", author)


# --- Lists of tasks -----------------------------------------------------------------------------------


@transaction.atomic
def save_task_list(
    organisation: Organisation,
    values: Mapping[str, Any],
    *,
    actor: User | None,
    task_list: TaskList | None = None,
    idempotency_key: str = "",
) -> TaskList:
    """Keep a list of tasks; tickets that have its tasks keep them as they were put.

    Args:
        values: `name`, `team`, `topic` and `texts`, each of these once.
        task_list: The one that is changed.
        idempotency_key: Of the form of a new one; the second time it returns what the first one made.

    Raises:
        ActionRefused: There is another one with this name.
    """
    row = task_list or TaskList(organisation=organisation, idempotency_key=idempotency_key)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        same = TaskList.objects.filter(organisation=organisation, name=row.name, idempotency_key=idempotency_key)
        if idempotency_key and (made := same.first()):
            return made
        raise ActionRefused(_("Ya hay una lista con ese nombre. Escriba otro.")) from None
    record("tickets.task_list_saved", row, actor=actor, organisation=organisation, details={"tasks": len(row.texts)})
    return row


@transaction.atomic
def remove_task_list(task_list: TaskList, *, actor: User) -> None:
    """Offer a list of tasks no more; tickets keep the tasks that it put there."""
    details = {"name": task_list.name}
    record("tickets.task_list_removed", task_list, actor=actor, organisation=task_list.organisation, details=details)
    task_list.delete()


# --- Time ---------------------------------------------------------------------------------------------


@transaction.atomic
def add_time(ticket: Ticket, *, author: User, minutes: int, note: str = "", idempotency_key: str = "") -> None:
    """Note working time spent on the ticket, once for each key.

    Args:
        minutes: From 1 to those of a day.

    Raises:
        ActionRefused: Nobody works that long in a day.
    """
    if not 0 < minutes <= LONGEST_DAY:
        raise ActionRefused(_("Escriba los minutos: entre 1 y %(most)s.") % {"most": LONGEST_DAY})
    ticket = steps.locked_where_it_goes_on(ticket)
    if idempotency_key and ticket.time_entries.filter(idempotency_key=idempotency_key).exists():
        return
    TimeEntry.objects.create(
        ticket=ticket,
        user=author,
        minutes=minutes,
        note=note,
        noted_at=timezone.now(),
        idempotency_key=idempotency_key,
    )
    ticket.minutes_spent += minutes
    _done(ticket, "tickets.time_noted", author, minutes=minutes)


@transaction.atomic
def remove_time(ticket: Ticket, entry_id: int, *, author: User) -> None:
    """Take back time that one noted oneself."""
    ticket = steps.locked_where_it_goes_on(ticket)
    entry = ticket.time_entries.filter(pk=entry_id, user=author).first()
    if entry is None:
        return
    ticket.minutes_spent = max(ticket.minutes_spent - entry.minutes, 0)
    entry.delete()
    _done(ticket, "tickets.time_removed", author, minutes=entry.minutes)


def _done(ticket: Ticket, act: str, author: User | None, **details: int | str) -> None:
    steps.save(ticket, timezone.now())
    steps.done(act, ticket, actor=author, details=details)
