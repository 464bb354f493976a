"""Telling administrators that a mailbox has failed or been silent for too long: once, until mail comes again."""

from django.db import transaction
from django.utils import timezone

from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.queries.alarms import Alarm, administrators_to_tell, alarm_of
from mostrador.notifications.actions import send_email


def watch_mailboxes() -> int:
    """Raise and clear the alarms of all mailboxes in use; return how many were raised."""
    keys = list(Mailbox.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    return sum(_watch(key) for key in keys)


@transaction.atomic
def _watch(key: int) -> bool:
    boxes = Mailbox.objects.select_for_update(of=("self",), skip_locked=True)
    box = boxes.select_related("organisation", "team").filter(pk=key, is_active=True).first()
    if box is None:
        return False
    alarm = alarm_of(box, timezone.now())
    if bool(alarm) == bool(box.alarmed_at):
        return False
    box.alarmed_at = timezone.now() if alarm else None
    box.save(update_fields=["alarmed_at"])
    if alarm:
        _tell(box, alarm)
    return bool(alarm)


def _tell(box: Mailbox, alarm: Alarm) -> None:
    for user in administrators_to_tell(box.organisation):
        send_email(
            organisation=box.organisation,
            to=user.email,
            kind="mailbox.alarm",
            template="mailbox/email/alarm",
            context={
                "name": user.name,
                "box": box,
                "alarm": alarm,
                "link": box.organisation.link("mailbox:mailbox", pk=box.pk, language=user.language),
            },
            language=user.language,
            about=f"mailbox.mailbox:{box.pk}",
        )
