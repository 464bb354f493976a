"""Tables of the ticket desk."""

from mostrador.tickets.models.automation import Rule, RuleRun
from mostrador.tickets.models.quality import QualityReview, QualitySample
from mostrador.tickets.models.saved_views import DeskStart, SavedView, SavedViewQuerySet
from mostrador.tickets.models.search import TicketLexeme, TicketWords
from mostrador.tickets.models.tickets import (
    IS_OPEN,
    Attachment,
    DraftFile,
    Message,
    Ticket,
    TicketDraft,
    TicketLink,
    TicketQuerySet,
)

__all__ = [
    "IS_OPEN",
    "Attachment",
    "DeskStart",
    "DraftFile",
    "Message",
    "QualityReview",
    "QualitySample",
    "Rule",
    "RuleRun",
    "SavedView",
    "SavedViewQuerySet",
    "Ticket",
    "TicketDraft",
    "TicketLexeme",
    "TicketLink",
    "TicketQuerySet",
    "TicketWords",
]
