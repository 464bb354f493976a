"""Topics: the kinds of problems under which people find help."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.actions.changes import save_changes
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.shared.errors import ActionRefused


@transaction.atomic
def create_topic(
    organisation: Organisation,
    *,
    names: Mapping[str, str],
    group: Mapping[str, str] | None = None,
    team: Team | None = None,
    slug: str = "",
    position: int | None = None,
    actor: Actor | None,
) -> Topic:
    """Add a topic at the end of the list; its slug stands in addresses and never changes.

    Raises:
        ActionRefused: There is one with this slug already.
    """
    if position is None:
        last = Topic.objects.filter(organisation=organisation).aggregate(last=Max("position"))["last"]
        position = (last or 0) + 10
    try:
        with transaction.atomic():
            topic = Topic.objects.create(
                organisation=organisation,
                names=dict(names),
                group=dict(group or {}),
                team=team,
                slug=slug or slugify(names["es"])[:60],
                position=position,
            )
    except IntegrityError as problem:
        raise ActionRefused(_("Ya hay un tema con ese nombre. Escriba otro.")) from problem
    record("organisations.topic_created", topic, actor=actor)
    return topic


@transaction.atomic
def describe_topic(topic: Topic, changes: Mapping[str, Any], *, actor: Actor | None) -> None:
    """Change names, group, team or position."""
    save_changes(topic, changes, verb="organisations.topic_described", actor=actor)


@transaction.atomic
def retire_topic(topic: Topic, *, actor: Actor | None) -> None:
    """Take a topic out of every list; its articles and tickets keep it."""
    save_changes(topic, {"is_active": False}, verb="organisations.topic_retired", actor=actor)


@transaction.atomic
def restore_topic(topic: Topic, *, actor: Actor | None) -> None:
    """Bring a retired topic back."""
    save_changes(topic, {"is_active": True}, verb="organisations.topic_restored", actor=actor)
