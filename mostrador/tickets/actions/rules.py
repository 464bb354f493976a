"""How rules of automation are written, put in order, started and stopped."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions.rule_runs import matching
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.choices import Happening
from mostrador.tickets.models import Rule
from mostrador.tickets.rules.automation import VARIABLES, Deed, unknown_variables
from mostrador.tickets.rules.conditions import Condition
from mostrador.tickets.rules.first_rules import FIRST_RULES
from mostrador.tickets.rules.tags import normalised


@transaction.atomic
def save_rule(
    organisation: Organisation,
    *,
    name: str,
    happening: Happening,
    conditions: Sequence[Condition],
    deeds: Sequence[Deed],
    author: User,
    rule: Rule | None = None,
    purpose: str = "",
    responsible: User | None = None,
    idempotency_key: str = "",
) -> Rule:
    """Write a rule, new or again. A new one rests until somebody starts it; one at work goes on as it is written now.

    Args:
        organisation: Whose it is.
        name: For the lists and the conversations.
        happening: What it waits for.
        conditions: All must hold.
        deeds: In order.
        author: Who writes.
        rule: The one that is written again.
        purpose: What it is for, in the inventory of automated acts.
        responsible: Who answers for it there.
        idempotency_key: Of the form of a new one; the second time it returns what the first one made.

    Raises:
        ActionRefused: It has no name, does nothing, would be applied to every ticket with time, or says something
            that stands for nothing.
    """
    _refuse_what_cannot_work(organisation, name, happening, conditions, deeds)
    origin = f"form-{idempotency_key}"[:40] if idempotency_key else ""
    if rule is None and origin and (made := Rule.objects.filter(organisation=organisation, origin=origin).first()):
        return made
    if rule is None:
        last = Rule.objects.filter(organisation=organisation).aggregate(last=Max("position"))["last"]
        rule = Rule(organisation=organisation, position=(last or 0) + 1, origin=origin)
    rule.name, rule.happening = " ".join(name.split()), happening
    rule.conditions = [condition.written() for condition in conditions]
    rule.deeds = [deed.written() for deed in map(_tidy, deeds)]
    rule.purpose, rule.responsible = " ".join(purpose.split()), responsible
    rule.stopped_because = ""
    rule.save()
    record("tickets.rule_saved", rule, actor=author)
    return rule


@transaction.atomic
def start_rule(rule: Rule, *, author: User) -> None:
    """Put a rule to work from now on. What happened before is not gone through.

    Raises:
        ActionRefused: One of its conditions compares with something that no longer exists.
    """
    _refuse_unclear(rule.organisation, [Condition.read(each) for each in rule.conditions])
    rule.is_active, rule.stopped_because = True, ""
    rule.save(update_fields=["is_active", "stopped_because"])
    record("tickets.rule_started", rule, actor=author)


@transaction.atomic
def stop_rule(rule: Rule, *, author: User) -> None:
    """Let a rule rest; what it has done stays."""
    rule.is_active = False
    rule.save(update_fields=["is_active"])
    record("tickets.rule_stopped", rule, actor=author)


@transaction.atomic
def delete_rule(rule: Rule, *, author: User) -> None:
    """Delete a rule and the record of its runs; the conversations still say where it was applied."""
    record("tickets.rule_deleted", rule, actor=author)
    rule.delete()


@transaction.atomic
def move_rule(rule: Rule, *, up: bool, author: User) -> None:
    """Apply a rule before the one that came before it, or after the one that came after."""
    rules = list(Rule.objects.select_for_update().filter(organisation=rule.organisation_id).order_by("position", "pk"))
    place = next(number for number, each in enumerate(rules) if each.pk == rule.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rules):
        rules[place], rules[other] = rules[other], rules[place]
        for number, each in enumerate(rules, start=1):
            each.position = number
        Rule.objects.bulk_update(rules, ["position"])
        record("tickets.rule_moved", rule, actor=author)


@transaction.atomic
def set_up_rules(organisation: Organisation) -> None:
    """Give a new office its first rules, those that it lacks: reminding who does not answer, closing after silence."""
    for place, first in enumerate(FIRST_RULES, start=1):
        Rule.objects.get_or_create(
            organisation=organisation,
            origin=first.origin,
            defaults={
                "name": first.name,
                "purpose": first.purpose,
                "happening": first.happening,
                "conditions": [condition.written() for condition in first.conditions],
                "deeds": [deed.written() for deed in first.deeds],
                "position": place,
                "is_active": True,
            },
        )


def _refuse_what_cannot_work(
    organisation: Organisation,
    name: str,
    happening: Happening,
    conditions: Sequence[Condition],
    deeds: Sequence[Deed],
) -> None:
    if not name.strip():
        raise ActionRefused(_("Escriba un nombre para la regla."))
    if not deeds:
        raise ActionRefused(_("Diga al menos una cosa que la regla deba hacer."))
    if happening == Happening.TIME and not conditions:
        raise ActionRefused(_("Una regla de tiempo necesita condiciones: sin ellas se aplicaría a todas."))
    for deed in deeds:
        _refuse_bad_deed(_tidy(deed))
    _refuse_unclear(organisation, conditions)


def _refuse_unclear(organisation: Organisation, conditions: Sequence[Condition]) -> None:
    try:
        matching(organisation, conditions, now=timezone.now()).exists()
    except (KeyError, ValueError, TypeError) as problem:
        raise ActionRefused(_("Una condición no se entiende: %(what)s.") % {"what": problem}) from problem


def _tidy(deed: Deed) -> Deed:
    """Return a deed as it is kept: tags as all are written, texts without blanks around, none that is empty."""
    if deed.name in {DeedName.ADD_TAG, DeedName.REMOVE_TAG}:
        return Deed(deed.name, normalised(str(deed.value or "")))
    if isinstance(deed.value, dict):
        return Deed(deed.name, {code: text.strip() for code, text in deed.value.items() if text.strip()})
    return Deed(deed.name, deed.value.strip(), deed.words) if isinstance(deed.value, str) else deed


def _refuse_bad_deed(deed: Deed) -> None:
    if deed.name not in DeedName.values:
        raise ActionRefused(_("La regla quiere hacer algo que no existe: %(what)s.") % {"what": deed.name})
    needs = deed.name not in _NEED_NOTHING
    if needs and not deed.value:
        raise ActionRefused(_("Falta un dato en «%(deed)s».") % {"deed": deed.label})
    texts = deed.value.values() if isinstance(deed.value, dict) else [str(deed.value or "")]
    if unknown := [name for text in texts for name in unknown_variables(text)]:
        raise ActionRefused(
            _("«{{ %(name)s }}» no se puede sustituir por nada. Use: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(VARIABLES)}
        )


_NEED_NOTHING = {
    DeedName.RELEASE,
    DeedName.WAIT_FOR_US,
    DeedName.RESOLVE,
    DeedName.CLOSE,
    DeedName.TELL_ASSIGNEE,
    DeedName.TELL_TEAM,
    DeedName.TELL_SUPERVISORS,
}
