"""What is asked about the outbox."""

from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Exists, Model, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.models import Membership
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.rules import about
from mostrador.organisations.models import Organisation

# A job that was queued in time has begun by then, unless workers are behind, which another job would not help.
GRACE = timedelta(minutes=2)
PORTION = 500


def forgotten_in_the_queue(now: datetime) -> list[int]:
    """Return keys of messages that are due since two minutes and that no queued job is about; at most 500."""
    queued = (
        ProcrastinateJob.objects.filter(task_name="notifications.deliver", status="todo")
        .annotate(message_id=Cast(KeyTextTransform("message_id", "args"), BigIntegerField()))
        .filter(message_id=OuterRef("pk"))
    )
    due = OutgoingMessage.objects.due(now - GRACE).filter(~Exists(queued))
    return list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:PORTION])


def organisation_of_address(email: str) -> Organisation | None:
    """Return where the user with this address works (the first of several), or None."""
    membership = (
        Membership.objects.filter(user__email__iexact=email).select_related("organisation").order_by("pk").first()
    )
    return membership.organisation if membership else None


def thread_about(row: Model) -> list[str]:
    """Return the Message-IDs of what was sent about a row, oldest first: at most the last twenty."""
    sent = OutgoingMessage.objects.filter(about=about(row)).order_by("-pk")
    return list(sent.values_list("message_id", flat=True)[:20])[::-1]
