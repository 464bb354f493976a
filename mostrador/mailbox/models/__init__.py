"""Tables of e-mail that comes in."""

from mostrador.mailbox.models.checks import MailboxCheck
from mostrador.mailbox.models.incoming import IncomingMail, IncomingMailQuerySet
from mostrador.mailbox.models.mailboxes import FilterRule, Folder, Mailbox, MailboxQuerySet, MailImport, PopMessage

__all__ = [
    "FilterRule",
    "Folder",
    "IncomingMail",
    "IncomingMailQuerySet",
    "MailImport",
    "Mailbox",
    "MailboxCheck",
    "MailboxQuerySet",
    "PopMessage",
]
