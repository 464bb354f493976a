"""Tables of the ticket desk."""

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
    "DraftFile",
    "Message",
    "Ticket",
    "TicketDraft",
    "TicketLink",
    "TicketQuerySet",
]
