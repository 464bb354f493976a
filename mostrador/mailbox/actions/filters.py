"""How the rules that are tried on mail before a ticket is opened are written and put in order."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.mailbox.choices import FilterAction
from mostrador.mailbox.models import FilterRule, Mailbox
from mostrador.tickets.rules.tags import normalised

CONDITIONS = ("sender", "recipient", "subject", "words", "kind")


def described(rule: FilterRule, values: Mapping[str, Any]) -> FilterRule:
    """Put what was typed into a rule, without keeping it; what its action does not need is left out."""
    for name in CONDITIONS:
        setattr(rule, name, " ".join(values[name].split()))
    action = FilterAction(values["action"])
    rule.action, rule.is_active = action, values["is_active"]
    rule.team = values["team"] if action == FilterAction.TEAM else None
    rule.topic = values["topic"] if action == FilterAction.TOPIC else None
    rule.tag = normalised(values["tag"]) if action == FilterAction.TAG else ""
    return rule


@transaction.atomic
def save_filter(
    box: Mailbox, values: Mapping[str, Any], *, actor: User | None, rule: FilterRule | None = None
) -> FilterRule:
    """Write a rule, new or again; a new one is tried last."""
    if rule is None:
        last = FilterRule.objects.filter(mailbox=box).aggregate(last=Max("position"))["last"] or 0
        rule = FilterRule(mailbox=box, position=last + 1)
    described(rule, values).save()
    record("mailbox.filter_saved", box, actor=actor, details={"rule": rule.pk, "action": rule.action})
    return rule


@transaction.atomic
def delete_filter(rule: FilterRule, *, actor: User) -> None:
    """Delete a rule; what it did stays done."""
    record("mailbox.filter_deleted", rule.mailbox, actor=actor, details={"rule": rule.pk, "action": rule.action})
    rule.delete()


@transaction.atomic
def move_filter(rule: FilterRule, *, up: bool, actor: User) -> None:
    """Try a rule before the one that came before it, or after the one that came after."""
    rules = list(FilterRule.objects.select_for_update().filter(mailbox=rule.mailbox_id).order_by("position", "pk"))
    place = next(number for number, each in enumerate(rules) if each.pk == rule.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rules):
        rules[place], rules[other] = rules[other], rules[place]
        for number, each in enumerate(rules, start=1):
            each.position = number
        FilterRule.objects.bulk_update(rules, ["position"])
        record("mailbox.filter_moved", rule.mailbox, actor=actor, details={"rule": rule.pk})
