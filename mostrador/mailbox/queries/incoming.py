"""What is asked about what came in."""

from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.mailbox.models import IncomingMail

# A job that was queued in time has begun by then, unless workers are behind, which another job would not help.
GRACE = timedelta(minutes=2)
PORTION = 500


def left_unread(now: datetime) -> list[int]:
    """Return keys of messages that wait since two minutes and that no queued or running job is about; at most 500."""
    queued = (
        ProcrastinateJob.objects.filter(task_name="mailbox.take_in", status__in=["todo", "doing"])
        .annotate(mail_id=Cast(KeyTextTransform("mail_id", "args"), BigIntegerField()))
        .filter(mail_id=OuterRef("pk"))
    )
    waiting = IncomingMail.objects.to_be_read(now - GRACE).filter(~Exists(queued))
    return list(waiting.order_by("received_at", "pk").values_list("pk", flat=True)[:PORTION])
