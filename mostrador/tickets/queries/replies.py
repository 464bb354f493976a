"""What is about to be said in a ticket, and with what it is prepared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.formats import exact_date
from mostrador.tickets.choices import RESTRICTED_ROLES, After, DraftsOpen, NotSent, TicketKind
from mostrador.tickets.models import CannedReply, DraftFile, PendingReply, ReplyDraft, Signature, Ticket, WritingRules
from mostrador.tickets.queries.levels import reply_template
from mostrador.tickets.rules.canned import has_variable, is_offered, text_for

# How long somebody else's unsent text is shown; afterwards it is theirs alone.
DRAFTS_SHOWN = timedelta(days=30)
DRAFTS_HEARD, MOST_HEARD = timedelta(minutes=30), 50
FAILED_SHOWN = 5
DRAFT_READ = "tickets.draft_read"


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer that waits, or that was not sent, as the conversation shows it."""

    pk: int
    author: str
    is_own: bool
    text: str
    send_at: datetime
    seconds_left: int
    is_scheduled: bool
    after: str
    files: list[dict[str, Any]]
    cc: list[str]


@dataclass(frozen=True, slots=True)
class Unsent:
    """An answer that was not sent, and why."""

    pk: int
    author: str
    is_own: bool
    text: str
    reason: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class ColleaguesDraft:
    """What a colleague is writing; the text is empty where the organisation keeps it to its author."""

    author: str
    text: str
    note: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """What everybody is writing in a ticket.

    Attributes:
        heard: Those of the others whose words are shown to somebody who only supervises; that they read is recorded.
    """

    own: ReplyDraft | None
    others: list[ColleaguesDraft]
    heard: list[ReplyDraft]


NO_DRAFTS = Drafts(None, [], [])


def pending_key(reply_id: int) -> str:
    """Return where the files of an answer that waits are kept; nobody without the secret key can name it."""
    return salted_hmac("tickets.pending_reply", str(reply_id), algorithm="sha256").hexdigest()


def waiting() -> QuerySet[PendingReply]:
    """Return the answers that have not left, nor been taken back, nor failed."""
    return PendingReply.objects.filter(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True)


def pending_and_unsent(ticket: Ticket, reader: User) -> tuple[list[Pending], list[Unsent]]:
    """Return the answers that wait, soonest first, and those that failed and nobody has noticed.

    One query, two where an answer waits with files.

    Those that failed concern their author; when the author has left, whoever reads the ticket.
    """
    is_waiting = Q(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True)
    is_unsent = Q(failed_at__isnull=False, noticed_at__isnull=True)
    mine = Q(author=reader) | Q(failed_reason=NotSent.AUTHOR_LEFT)
    shown = ticket.pending_replies.filter(is_waiting | (is_unsent & mine)).select_related("author")
    rows = list(shown.order_by("send_at", "pk"))
    now = timezone.now()
    waits = [row for row in rows if row.failed_at is None]
    files = _files_of(waits)
    return (
        [
            Pending(
                pk=row.pk,
                author=row.author.name,
                is_own=row.author_id == reader.pk,
                text=row.text,
                send_at=row.send_at,
                seconds_left=max(0, ceil((row.send_at - now).total_seconds())),
                is_scheduled=row.is_scheduled,
                after=_after_words(row),
                files=files.get(row.draft_id or 0, []),
                cc=row.cc,
            )
            for row in waits
        ],
        [
            Unsent(
                pk=row.pk,
                author=row.author.name,
                is_own=row.author_id == reader.pk,
                text=row.text,
                reason=str(NotSent(row.failed_reason).label),
                failed_at=row.failed_at,
            )
            for row in rows
            if row.failed_at is not None
        ][:FAILED_SHOWN],
    )


def _files_of(rows: list[PendingReply]) -> dict[int, list[dict[str, Any]]]:
    drafts = [row.draft_id for row in rows if row.draft_id]
    found: dict[int, list[dict[str, Any]]] = {}
    if drafts:
        for file in DraftFile.objects.filter(draft__in=drafts).order_by("pk"):
            found.setdefault(file.draft_id, []).append({"name": file.name, "size_bytes": file.size_bytes})
    return found


def _after_words(row: PendingReply) -> str:
    if row.after == After.THIRD_PARTY:
        return _("pendiente de %(who)s") % {"who": row.third_party}
    return str(After(row.after).label)


def drafts_of(ticket: Ticket, reader: User, *, open_to: DraftsOpen = DraftsOpen.TO_COLLEAGUES) -> Drafts:
    """Return one's own draft and those of others that hold something, newest first. One query.

    Args:
        open_to: By which decision of the organisation the reader may read the words of others.
    """
    since = timezone.now() - DRAFTS_SHOWN
    rows = list(
        ticket.reply_drafts.filter(Q(author=reader) | (Q(changed_at__gt=since) & (~Q(text="") | ~Q(note=""))))
        .annotate(is_private=_is_private(open_to, OuterRef("ticket__organisation")))
        .select_related("author")
        .order_by("-changed_at")
    )
    own = next((row for row in rows if row.author_id == reader.pk), None)
    others = [row for row in rows if row.author_id != reader.pk]
    return Drafts(
        own,
        [
            ColleaguesDraft(
                author=row.author.name,
                text="" if row.is_private else row.text,
                note="" if row.is_private else row.note,
                changed_at=row.changed_at,
            )
            for row in others
        ],
        [] if open_to != DraftsOpen.TO_SUPERVISORS else [row for row in others if not row.is_private],
    )


def _is_private(open_to: DraftsOpen, organisation: Any) -> Any:
    if open_to == DraftsOpen.TO_COLLEAGUES:
        return Exists(WritingRules.objects.filter(organisation=organisation, drafts_are_readable=False))
    return ~Exists(_heard_drafts(organisation)) if open_to == DraftsOpen.TO_SUPERVISORS else Value(True)


def _heard_drafts(organisation: Any) -> QuerySet[WritingRules]:
    return WritingRules.objects.filter(organisation=organisation, supervisors_listen=True)


def writing_rules_of(organisation: Organisation) -> dict[str, bool]:
    """Return what the organisation decided about unsent words, by the names of the columns. One query."""
    rules = WritingRules.objects.filter(organisation=organisation).first() or WritingRules()
    return {"drafts_are_readable": rules.drafts_are_readable, "supervisors_listen": rules.supervisors_listen}


def may_listen(access: Access) -> bool:
    """Tell whether supervisors may read drafts in any organisation that this person supervises. One query."""
    supervised = access.organisation_ids(*RESTRICTED_ROLES)
    return WritingRules.objects.filter(organisation__in=supervised, supervisors_listen=True).exists()


def read_before(drafts: Sequence[ReplyDraft], reader: User) -> set[tuple[int, int, str]]:
    """Return of which drafts, as they stand, it is recorded that somebody read them (`version_of`). One query."""
    lines = Event.objects.filter(
        subject_type=Ticket._meta.label_lower,
        subject_id__in=[draft.ticket_id for draft in drafts],
        verb=DRAFT_READ,
        actor_id=reader.pk,
        at__gte=min(draft.changed_at for draft in drafts),
    )
    read = lines.values_list("subject_id", "details__agent", "details__changed_at")
    return {(ticket or 0, agent, changed_at) for ticket, agent, changed_at in read}


def version_of(draft: ReplyDraft) -> tuple[int, int, str]:
    """Return what tells a draft as it stands from others and from itself before: ticket, author and moment."""
    return draft.ticket_id, draft.author_id, draft.changed_at.isoformat()


def drafts_heard(access: Access) -> list[ReplyDraft]:
    """Return what others are writing in tickets that this person supervises, where supervisors may read it. One query.

    The newest first, changed within the last half hour, fifty at most.
    """
    since = timezone.now() - DRAFTS_HEARD
    supervised = access.organisation_ids(*RESTRICTED_ROLES)
    rows = ReplyDraft.objects.filter(changed_at__gt=since, ticket__organisation__in=supervised)
    rows = rows.filter(Exists(_heard_drafts(OuterRef("ticket__organisation")))).exclude(author=access.user)
    return list(rows.exclude(text="", note="").select_related("author", "ticket").order_by("-changed_at")[:MOST_HEARD])


def signature_of(user: User, ticket: Ticket) -> str:
    """Return how somebody signs answers in a ticket: their own words or their name, and the team. One query."""
    own = Signature.objects.filter(user=user, organisation__in=ticket.organisation.lineage)
    nearest = own.order_by("-organisation__path").values_list("text", flat=True).first()
    return signed_as(nearest or user.name, ticket)


def own_signature(user: User, organisation: Organisation) -> str:
    """Return what somebody wrote as their signature here, or "". One query."""
    own = Signature.objects.filter(user=user, organisation=organisation)
    return own.values_list("text", flat=True).first() or ""


def signed_as(own: str, ticket: Ticket) -> str:
    """Return the signature of somebody who signs in this way, in the ticket's team."""
    team = ticket.team
    return ", ".join(part for part in (own, (team.signature or team.name) if team else "") if part)


# --- Prepared answers --------------------------------------------------------------------------------


def canned_of(organisation: Organisation) -> QuerySet[CannedReply]:
    """Return the prepared answers of an organisation, in use or not."""
    return CannedReply.objects.filter(organisation=organisation).select_related("team", "topic")


def offered_for(ticket: Ticket) -> list[CannedReply]:
    """Return the prepared answers that fit a ticket, those of its organisation and of those above, most used first.

    One query. Of two with the same shortcut the nearest organisation's is offered.
    """
    lineage = ticket.organisation.lineage
    rows = CannedReply.objects.filter(organisation__in=lineage, is_active=True)
    rows = rows.filter(Q(team__isnull=True) | Q(team=ticket.team_id), Q(topic__isnull=True) | Q(topic=ticket.topic_id))
    fitting = [
        row
        for row in rows.order_by("-use_count", "title", "pk")
        if is_offered(row.kinds, ticket.kind)
        and is_offered(row.channels, ticket.channel)
        and is_offered(row.states, ticket.state)
    ]
    nearest: dict[str, int] = {}
    for row in fitting:
        nearest[row.shortcut] = max(nearest.get(row.shortcut, -1), lineage.index(row.organisation_id))
    return [row for row in fitting if lineage.index(row.organisation_id) == nearest[row.shortcut]]


def template_for(ticket: Ticket) -> CannedReply:
    """Return what an answer to a ticket of its kind begins with, as a prepared answer that is not kept.

    In the language that the person reads; queries as `queries.levels.promised`.
    """
    language = ticket.organisation.offered(ticket.language)
    with translation.override(language):
        words = reply_template(ticket.organisation, ticket.kind, language)
    greeting = "" if has_variable(words, "saludo") else "{{ saludo }}\n\n"
    title = _("Plantilla de su clase: %(kind)s") % {"kind": TicketKind(ticket.kind).label}
    return CannedReply(title=title, texts={language: f"{greeting}{words}"})


def canned_text(reply: CannedReply, ticket: Ticket) -> tuple[str, str]:
    """Return the text of a prepared answer for a ticket's person, before its variables, and its language."""
    return text_for(reply.texts, ticket.language, [ticket.organisation.default_language, "es"])


def values_for(ticket: Ticket, author: User | None, language: str) -> Mapping[str, str]:
    """Return what the variables of a prepared answer stand for in a ticket; a rule is no author. No queries."""
    organisation, name = ticket.organisation, ticket.person.name
    due = ticket.legal_due_at or ticket.due_at
    with translation.override(language), timezone.override(organisation.time_zone):
        return {
            "saludo": _("Hola, %(name)s:") % {"name": name} if name else _("Hola:"),
            "persona.nombre": name,
            "referencia": ticket.reference,
            "asunto": ticket.subject,
            "entidad": organisation.name,
            "telefono": organisation.phone,
            "sede": organisation.sede_url,
            "tramite": ticket.procedure.name_in(language) if ticket.procedure else "",
            "agente": author.name if author else "",
            "equipo": ticket.team.name if ticket.team else "",
            "enlace": organisation.link("tickets:find", language=organisation.offered(language)),
            "plazo": exact_date(due) if due else "",
            "plazo.persona": exact_date(ticket.person_deadline_on) if ticket.person_deadline_on else "",
        }
