"""Tables of the ticket desk."""

from mostrador.tickets.models.automation import Rule, RuleRun
from mostrador.tickets.models.bulk import BulkAct, BulkItem
from mostrador.tickets.models.fields import CustomField
from mostrador.tickets.models.kinds import KindSettings, LegalTerm
from mostrador.tickets.models.people import DeskContact, RetentionRule, RetentionRun
from mostrador.tickets.models.quality import QualityReview, QualitySample
from mostrador.tickets.models.replies import (
    CannedReply,
    PendingReply,
    ReplyDraft,
    Signature,
    ThirdPartyRequest,
    WritingRules,
)
from mostrador.tickets.models.routing import AgentRouting, TeamRouting
from mostrador.tickets.models.saved_views import DeskStart, SavedView, SavedViewQuerySet
from mostrador.tickets.models.search import TicketLexeme, TicketWords
from mostrador.tickets.models.service_levels import Clock, ClockEvent, CountedWith, ServiceLevel
from mostrador.tickets.models.tickets import (
    IS_OPEN,
    VISIBLE,
    Attachment,
    DraftFile,
    Message,
    Participant,
    Ticket,
    TicketDraft,
    TicketLink,
    TicketQuerySet,
    visible_values,
)
from mostrador.tickets.models.together import (
    IncidentReply,
    IncidentReplyTicket,
    Mention,
    Merge,
    Presence,
    Relation,
    SecondOpinion,
    Tag,
    Task,
    TaskList,
    TimeEntry,
    Watcher,
)

__all__ = [
    "IS_OPEN",
    "VISIBLE",
    "AgentRouting",
    "Attachment",
    "BulkAct",
    "BulkItem",
    "CannedReply",
    "Clock",
    "ClockEvent",
    "CountedWith",
    "CustomField",
    "DeskContact",
    "DeskStart",
    "DraftFile",
    "IncidentReply",
    "IncidentReplyTicket",
    "KindSettings",
    "LegalTerm",
    "Mention",
    "Merge",
    "Message",
    "Participant",
    "PendingReply",
    "Presence",
    "QualityReview",
    "QualitySample",
    "Relation",
    "ReplyDraft",
    "RetentionRule",
    "RetentionRun",
    "Rule",
    "RuleRun",
    "SavedView",
    "SavedViewQuerySet",
    "SecondOpinion",
    "ServiceLevel",
    "Signature",
    "Tag",
    "Task",
    "TaskList",
    "TeamRouting",
    "ThirdPartyRequest",
    "Ticket",
    "TicketDraft",
    "TicketLexeme",
    "TicketLink",
    "TicketQuerySet",
    "TicketWords",
    "TimeEntry",
    "Watcher",
    "WritingRules",
    "visible_values",
]
