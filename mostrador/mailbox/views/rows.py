"""The rows that pages of mailboxes are about: only those that somebody administers."""

from django.shortcuts import get_object_or_404

from mostrador.accounts.access import StaffRequest
from mostrador.mailbox.models import FilterRule, IncomingMail, Mailbox, MailboxCheck, MailImport
from mostrador.mailbox.queries.mailboxes import mailboxes_of


def box_of(request: StaffRequest, pk: int) -> Mailbox:
    """Return a mailbox, or answer 404."""
    return get_object_or_404(mailboxes_of(request.access), pk=pk)


def mail_of(request: StaffRequest, pk: int) -> IncomingMail:
    """Return a received message, or answer 404."""
    visible = IncomingMail.objects.visible_to(request.access)
    return get_object_or_404(visible.select_related("mailbox", "organisation", "ticket"), pk=pk)


def filter_of(request: StaffRequest, pk: int) -> FilterRule:
    """Return a filter rule, or answer 404."""
    boxes = Mailbox.objects.visible_to(request.access)
    rules = FilterRule.objects.filter(mailbox__in=boxes).select_related("mailbox__organisation", "team", "topic")
    return get_object_or_404(rules, pk=pk)


def check_of(request: StaffRequest, pk: int) -> MailboxCheck:
    """Return the check of a mailbox, or answer 404."""
    boxes = Mailbox.objects.visible_to(request.access)
    checks = MailboxCheck.objects.filter(mailbox__in=boxes).select_related("mailbox", "started_by")
    return get_object_or_404(checks, pk=pk)


def import_of(request: StaffRequest, pk: int) -> MailImport:
    """Return an import, or answer 404."""
    boxes = Mailbox.objects.visible_to(request.access)
    imports = MailImport.objects.filter(mailbox__in=boxes).select_related("mailbox", "started_by")
    return get_object_or_404(imports, pk=pk)
