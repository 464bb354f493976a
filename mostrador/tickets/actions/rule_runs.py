"""Rules of automation at work: what they find, what they do, and the record of it.

Each rule is applied to a ticket in a transaction of its own: its deeds are done all together, or none is when the
program fails. A deed that the ticket's state refuses is written down and the others go on.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.audit.actions import record
from mostrador.notifications.actions import send_email
from mostrador.notifications.rules import about
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import kinds, steps, tags, tasks, tickets
from mostrador.tickets.actions.automation import caused_by
from mostrador.tickets.choices import (
    RULE_KEEPERS,
    AuthorKind,
    Channel,
    EventCode,
    Happening,
    MessageKind,
    Priority,
    RunOutcome,
    State,
)
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.models import Message, Rule, RuleRun, TaskList, Ticket
from mostrador.tickets.queries.conditions import where
from mostrador.tickets.queries.replies import values_for
from mostrador.tickets.queries.rules import refuse_lost
from mostrador.tickets.rules import is_open
from mostrador.tickets.rules.automation import Deed, fill, goes_round, texts_of
from mostrador.tickets.rules.canned import text_for
from mostrador.tickets.rules.conditions import Condition
from mostrador.tickets.rules.kinds import rule_of

AT_ONCE = 500  # tickets that one rule of time handles in one go; the others ten minutes later


def apply_rules(ticket_id: int, what: str, *, chain: Sequence[int] = (), actor_id: int | None = None) -> int:
    """Apply the rules that wait for what happened, in order; return how many did something."""
    ticket = Ticket.objects.select_related("organisation", "merged_into__organisation").filter(pk=ticket_id).first()
    if ticket is None:
        return 0
    if what == Happening.MERGED and ticket.merged_into:
        ticket = ticket.merged_into
    rules = list(Rule.objects.for_tickets_of(ticket.organisation).filter(happening=what))
    return sum(_apply(rule, ticket.pk, what, tuple(chain), actor_id) for rule in rules)


def apply_rules_of_time() -> int:
    """Apply every rule of time to the tickets that it is for; return how many were changed.

    A rule is applied once to a ticket until somebody says something in it again.
    """
    done = 0
    for rule in Rule.objects.filter(is_active=True, happening=Happening.TIME).order_by("position", "pk"):
        found = _candidates(rule)
        if found is not None:
            keys = list(found.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            done += sum(_apply(rule, key, Happening.TIME, (), None) for key in keys)
    return done


def matching(organisation: Organisation, conditions: Sequence[Condition], *, now: datetime) -> QuerySet[Ticket]:
    """Return the tickets of the organisation and its descendants for which all conditions hold.

    Raises:
        KeyError: A condition compares with something that does not exist, or with whoever looks: nobody does.
    """
    refuse_lost(conditions, organisation)
    theirs = Ticket.objects.filter(organisation__path__startswith=organisation.path)
    return theirs.filter(where(conditions, access=None, now=now))


def conditions_of(rule: Rule) -> list[Condition]:
    """Return the rule's conditions."""
    return [Condition.read(each) for each in rule.conditions]


def deeds_of(rule: Rule) -> list[Deed]:
    """Return what the rule does."""
    return [Deed.read(each) for each in rule.deeds]


# --- Whether ------------------------------------------------------------------------------------------


def _candidates(rule: Rule) -> QuerySet[Ticket] | None:
    """Return the tickets of a rule of time that it has not been applied to since somebody last spoke in them."""
    try:
        found = matching(rule.organisation, conditions_of(rule), now=timezone.now())
    except KeyError as unknown:
        _stop(rule, unknown)
        return None
    spoken = (
        Message.objects.filter(ticket=OuterRef(OuterRef("pk")))
        .exclude(kind=MessageKind.EVENT)
        .exclude(author_kind=AuthorKind.SYSTEM)
        .order_by()
        .values("ticket")
        .annotate(last=Max("written_at"))
        .values("last")
    )
    since = Coalesce(Subquery(spoken, output_field=DateTimeField()), F("ran_at"))
    runs = RuleRun.objects.filter(rule=rule, ticket=OuterRef("pk"), ran_at__gte=since)
    return found.filter(~Exists(runs), merged_into__isnull=True)


def _holds(rule: Rule, ticket: Ticket) -> bool:
    now = timezone.now()
    return matching(rule.organisation, conditions_of(rule), now=now).filter(pk=ticket.pk).exists()


def _stop(rule: Rule, unknown: KeyError) -> None:
    """Take a rule out of work that compares with something that is no longer there, and say so on its page."""
    because = _("Una de sus condiciones habla de algo que ya no existe: %(name)s.") % {"name": unknown.args[0]}
    Rule.objects.filter(pk=rule.pk, is_active=True).update(is_active=False, stopped_because=because[:200])
    record("tickets.rule_stopped", rule, details={"unknown": str(unknown.args[0])})


# --- Doing --------------------------------------------------------------------------------------------


@transaction.atomic
def _apply(rule: Rule, ticket_id: int, what: str, chain: tuple[int, ...], actor_id: int | None) -> bool:
    ticket = steps.locked(Ticket(pk=ticket_id))
    try:
        if ticket.merged_into_id or not _holds(rule, ticket):
            return False
    except KeyError as unknown:
        _stop(rule, unknown)
        return False
    run = RuleRun(rule=rule, ticket=ticket, happening=what, chain=list(chain), started_by_id=actor_id or None)
    if goes_round(rule.pk, chain):
        run.outcome, run.ran_at = RunOutcome.STOPPED, timezone.now()
        run.save()
        return False
    steps.note_event(ticket, EventCode.RULE_APPLIED, rule.name, now=timezone.now())
    with caused_by((*chain, rule.pk)):
        run.done = [_do(deed, ticket, rule) for deed in deeds_of(rule)]
    run.outcome = RunOutcome.REFUSED if any("refused" in each for each in run.done) else RunOutcome.DONE
    run.ran_at = timezone.now()
    run.save()
    record("tickets.rule_applied", ticket, details={"rule": rule.pk, "outcome": run.outcome})
    return True


def _do(deed: Deed, ticket: Ticket, rule: Rule) -> dict[str, str]:
    said = {"deed": deed.name}
    try:
        # A deed of its own transaction, so that one that is refused half-way leaves nothing; and in the language of
        # the office, for what is kept in words.
        with transaction.atomic(), translation.override(rule.organisation.default_language):
            _DEEDS[deed.name](steps.locked(ticket), deed.value)
    except ActionRefused as refusal:
        return said | {"refused": str(refusal)}
    return said


def _add_tag(ticket: Ticket, value: Any) -> None:
    tags.add_tag(ticket, str(value), author=None)


def _remove_tag(ticket: Ticket, value: Any) -> None:
    tags.remove_tag(ticket, str(value), author=None)


def _put_tasks(ticket: Ticket, value: Any) -> None:
    task_list = TaskList.objects.filter(pk=value, organisation__in=ticket.organisation.lineage).first()
    if task_list is None:
        raise ActionRefused(_("La lista de tareas ya no existe."))
    tasks.put_task_list(ticket, task_list, author=None)


def _set_priority(ticket: Ticket, value: Any) -> None:
    kinds.fix_priority(ticket, author=None, priority=Priority(int(value)))


def _set_topic(ticket: Ticket, value: Any) -> None:
    topic = Topic.objects.filter(pk=value, organisation__in=ticket.organisation.lineage).first()
    if topic is None:
        raise ActionRefused(_("El tema ya no existe."))
    tickets.classify(ticket, author=None, topic=topic, procedure=ticket.procedure)


def _transfer(ticket: Ticket, value: Any) -> None:
    team = Team.objects.filter(pk=value).first()
    if team is None:
        raise ActionRefused(_("El equipo ya no existe."))
    if team.pk != ticket.team_id:
        tickets.transfer(ticket, author=None, team=team)


def _assign(ticket: Ticket, value: Any) -> None:
    to = User.objects.filter(pk=value, is_active=True).first()
    if to is None:
        raise ActionRefused(_("Esa persona ya no trabaja aquí."))
    tickets.assign(ticket, author=None, to=to)


def _release(ticket: Ticket, _value: Any) -> None:
    tickets.assign(ticket, author=None, to=None)


def _wait_for_us(ticket: Ticket, _value: Any) -> None:
    tickets.change_state(ticket, author=None, state=State.WAITING_FOR_US)


def _resolve(ticket: Ticket, _value: Any) -> None:
    tickets.resolve(ticket, author=None)


def _close(ticket: Ticket, _value: Any) -> None:
    """Close it; what is not resolved yet is resolved first, of which the person is told.

    Only what waits for a person who has been written to about it, and only of kinds that may end by silence: what the
    law wants answered is closed by somebody.

    Raises:
        ActionRefused: It is not so.
    """
    if is_open(ticket.state):
        if not rule_of(ticket.kind).closes_by_silence:
            raise ActionRefused(_("La ley exige responderla: solo la cierra una persona."))
        if ticket.state != State.WAITING_FOR_PERSON or not _was_reminded(ticket):
            raise ActionRefused(_("Antes hay que avisar a la persona: escríbale con otra regla y espere."))
        tickets.resolve(ticket, author=None)
    tickets.close(ticket, author=None)


def _was_reminded(ticket: Ticket) -> bool:
    """Tell whether a rule has written to the person since they last wrote."""
    said = ticket.messages.filter(kind=MessageKind.PUBLIC)
    theirs = said.filter(author_kind=AuthorKind.PERSON).aggregate(last=Max("written_at"))["last"]
    reminders = said.filter(author_kind=AuthorKind.SYSTEM)
    return (reminders.filter(written_at__gt=theirs) if theirs else reminders).exists()


def _write_to_person(ticket: Ticket, value: Any) -> None:
    """Say it in the conversation, and by e-mail to who wants e-mail. Whose turn it is stays."""
    now = timezone.now()
    language = ticket.organisation.offered(ticket.language)
    written, language = text_for(texts_of(value), language, [ticket.organisation.default_language, "es"])
    text = fill(written, values_for(ticket, None, language))
    message = steps.say(ticket, text, author_kind=AuthorKind.SYSTEM, now=now, channel=Channel.EMAIL)
    steps.save(ticket, now)
    steps.done("tickets.reminded", ticket)
    if steps.may_be_emailed(ticket):
        run_later("tickets.tell_person", message_id=message.pk)


def _write_note(ticket: Ticket, value: Any) -> None:
    tickets.write_note(ticket, author=None, text=_for_the_desk(value, ticket))


def _tell_assignee(ticket: Ticket, value: Any) -> None:
    if ticket.assigned_to is None:
        raise ActionRefused(_("Nadie la lleva."))
    _tell(ticket, [ticket.assigned_to], value)


def _tell_team(ticket: Ticket, value: Any) -> None:
    members = TeamMembership.objects.filter(team=ticket.team_id).values("user")
    _tell(ticket, list(User.objects.filter(pk__in=members, is_active=True).order_by("pk")), value)


def _tell_supervisors(ticket: Ticket, value: Any) -> None:
    here = Q(organisation=ticket.organisation_id)
    above = Q(organisation__in=ticket.organisation.lineage, with_descendants=True)
    supervisors = Membership.objects.filter(here | above, role=RULE_KEEPERS[0]).values("user")
    _tell(ticket, list(User.objects.filter(pk__in=supervisors, is_active=True).order_by("pk")), value)


def _tell(ticket: Ticket, people: list[User], value: Any) -> None:
    if not people:
        raise ActionRefused(_("No hay nadie a quien avisar."))
    text = _for_the_desk(value, ticket)
    link = ticket.organisation.link("tickets:ticket_detail", reference=ticket.reference)
    for person in people:
        send_email(
            organisation=ticket.organisation,
            to=person.email,
            kind="tickets.rule",
            template="tickets/email/rule",
            context={"ticket": ticket, "name": person.name, "text": text, "link": link},
            language=person.language,
            about=about(ticket),
        )


def _for_the_desk(value: Any, ticket: Ticket) -> str:
    return fill(str(value or ""), values_for(ticket, None, ticket.organisation.default_language))


_DEEDS: dict[str, Callable[[Ticket, Any], None]] = {
    DeedName.ADD_TAG: _add_tag,
    DeedName.REMOVE_TAG: _remove_tag,
    DeedName.SET_PRIORITY: _set_priority,
    DeedName.SET_TOPIC: _set_topic,
    DeedName.TRANSFER: _transfer,
    DeedName.ASSIGN: _assign,
    DeedName.RELEASE: _release,
    DeedName.WAIT_FOR_US: _wait_for_us,
    DeedName.RESOLVE: _resolve,
    DeedName.CLOSE: _close,
    DeedName.PUT_TASKS: _put_tasks,
    DeedName.WRITE_TO_PERSON: _write_to_person,
    DeedName.WRITE_NOTE: _write_note,
    DeedName.TELL_ASSIGNEE: _tell_assignee,
    DeedName.TELL_TEAM: _tell_team,
    DeedName.TELL_SUPERVISORS: _tell_supervisors,
}
