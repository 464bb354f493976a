"""Checks of mailboxes: a message that goes out and must come in."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.mailbox.choices import CheckStep
from mostrador.mailbox.models.mailboxes import Mailbox

# Longer than a message may be on its way.
STANDS_STILL_AFTER = timedelta(minutes=12)


class MailboxCheck(models.Model):
    """One check of a mailbox, step by step; the message that it sends becomes no ticket."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="checks")
    # The step that goes on, or the one that failed; empty once all went well.
    step = models.CharField(_("paso"), max_length=10, choices=CheckStep, blank=True)
    # Why it failed (`choices.CheckProblem`, `FetchProblem`, or "smtp:" and a `Problem` of sending), and what was said.
    problem = models.CharField(_("problema"), max_length=24, blank=True)
    answer = models.TextField(_("respuesta del servidor"), blank=True)
    message_id = models.CharField("Message-ID", max_length=250, blank=True)
    # Before the message was sent: number of the last one in each folder.
    before = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    started_at = models.DateTimeField(_("empezada"))
    step_at = models.DateTimeField(_("en este paso desde"))
    ended_at = models.DateTimeField(_("terminada"), null=True)

    class Meta:
        verbose_name = _("prueba de un buzón")
        verbose_name_plural = _("pruebas de buzones")

    def __str__(self) -> str:
        return f"#{self.pk} of mailbox #{self.mailbox_id}"

    @property
    def has_passed(self) -> bool:
        """Whether the message went all the way."""
        return self.ended_at is not None and not self.problem

    def stands_still(self, now: datetime) -> bool:
        """Tell whether nobody has worked at it for long."""
        return self.ended_at is None and now - self.step_at > STANDS_STILL_AFTER
