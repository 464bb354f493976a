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
    parent: Topic | None = None,
    team: Team | None = None,
    slug: str = "",
    position: int | None = None,
    actor: Actor | None,
) -> Topic:
    """Add a topic at the end of the list, or inside of another; its slug stands in addresses and never changes.

    Raises:
        ActionRefused: There is one with this slug already, or its parent is inside of another itself.
    """
    _refuse_deep(parent)
    if position is None:
        last = Topic.objects.filter(organisation=organisation).aggregate(last=Max("position"))["last"]
        position = (last or 0) + 10
    try:
        with transaction.atomic():
            topic = Topic.objects.create(
                organisation=organisation,
                names=dict(names),
                parent=parent,
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
    """Change names, parent, team or position.

    Raises:
        ActionRefused: The parent is inside of another topic, or others are inside of this one.
    """
    if parent := changes.get("parent"):
        _refuse_deep(parent)
        if parent == topic or topic.children.exists():
            raise ActionRefused(
                _("«%(name)s» contiene otros temas: no puede estar dentro de otro.") % {"name": topic.name}
            )
    save_changes(topic, changes, verb="organisations.topic_described", actor=actor)


@transaction.atomic
def retire_topic(topic: Topic, *, actor: Actor | None) -> None:
    """Take a topic out of every list; its articles and tickets keep it.

    Raises:
        ActionRefused: Topics in use are inside of it.
    """
    if topic.children.filter(is_active=True).exists():
        raise ActionRefused(_("Contiene otros temas. Retírelos o cámbielos de sitio antes."))
    save_changes(topic, {"is_active": False}, verb="organisations.topic_retired", actor=actor)


@transaction.atomic
def restore_topic(topic: Topic, *, actor: Actor | None) -> None:
    """Bring a retired topic back."""
    save_changes(topic, {"is_active": True}, verb="organisations.topic_restored", actor=actor)


def _refuse_deep(parent: Topic | None) -> None:
    if parent and parent.parent_id:
        raise ActionRefused(
            _("«%(name)s» ya está dentro de otro tema. Elija uno que no lo esté.") % {"name": parent.name}
        )
