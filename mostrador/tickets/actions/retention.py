"""What goes by itself after some time."""

import zoneinfo
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.rules import about
from mostrador.organisations.models import Organisation
from mostrador.people import actions as people_actions
from mostrador.people.models import Person
from mostrador.people.queries.requests import holds_of
from mostrador.people.rules import Moved
from mostrador.tickets.actions import searching
from mostrador.tickets.actions.attachments import delete_draft
from mostrador.tickets.actions.tickets import close
from mostrador.tickets.choices import AuthorKind, EventCode, MessageKind, State, TicketKind
from mostrador.tickets.models import (
    Attachment,
    DraftFile,
    LegalTerm,
    Message,
    RetentionRule,
    RetentionRun,
    Ticket,
    TicketDraft,
    TicketLink,
)
from mostrador.tickets.queries.retention import RuleAtWork, due_by_rule, has_matters, own_rules, rules_at_work
from mostrador.tickets.queries.third_parties import answer_files_key, requests_of
from mostrador.tickets.rules import event_parts, event_text

PORTION = 500
# Their last value is what somebody wrote, or an address.
EVENTS_WITH_REASON = {
    EventCode.KIND_CHANGED,
    EventCode.TERM_SUSPENDED,
    EventCode.TERM_EXTENDED,
    EventCode.FORWARDED,
    EventCode.COPY_ADDED,
    EventCode.COPY_REMOVED,
}


def close_resolved() -> int:
    """Close what was resolved more than TICKETS_CLOSE_AFTER_DAYS ago; return how many. At most 500 in one run."""
    limit = timezone.now() - timedelta(days=settings.TICKETS_CLOSE_AFTER_DAYS)
    resolved = Ticket.objects.filter(state=State.RESOLVED, resolved_at__lt=limit)
    due = list(resolved.order_by("resolved_at", "pk")[:PORTION])
    for ticket in due:
        _close_unless_reopened(ticket, limit)
    return len(due)


@transaction.atomic
def _close_unless_reopened(ticket: Ticket, limit: datetime) -> None:
    still = Ticket.objects.select_for_update(skip_locked=True).filter(
        pk=ticket.pk, state=State.RESOLVED, resolved_at__lt=limit
    )
    if still.exists():
        close(ticket)


def forget_expired_links() -> int:
    """Delete private links that have expired; return how many."""
    return TicketLink.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def erase_old_tickets() -> int:
    """Erase the words and files of what has been closed for longer than its rule says; the figures stay.

    Nobody who is left without words, and whose data the law does not hold, stays as a person either. Each ticket goes
    in its own transaction; what was erased is kept by day, organisation and rule (`RetentionRun`).

    Returns how many tickets.

    Source: RGPD art. 5.1.e: no longer than necessary; the term is the organisation's decision.
    """
    return sum(_erase_by_rule(rule) for rule in rules_at_work())


def _erase_by_rule(rule: RuleAtWork) -> int:
    now = timezone.now()
    erased, people = {"tickets": 0, "messages": 0, "files": 0}, set()
    while portion := list(due_by_rule(rule, now)[:PORTION]):
        for ticket in portion:
            done = erase_words(ticket)
            erased = {
                "tickets": erased["tickets"] + 1,
                "messages": erased["messages"] + (done["messages"] if done else 0),
                "files": erased["files"] + (done["files"] if done else 0),
            }
            people |= {ticket.person_id, ticket.representative_id}
    if erased["tickets"]:
        gone = sum(_forget_person(pk) for pk in sorted(pk for pk in people if pk is not None))
        _note_run(rule, erased, gone, now)
    return erased["tickets"]


@transaction.atomic
def _forget_person(pk: int) -> int:
    """Erase somebody of whom nothing is left that needs them; return how many."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=pk)
    if not person.is_known or has_matters(person) or holds_of(person):
        return 0
    people_actions.erase_person(person, by=None)
    return 1


@transaction.atomic
def _note_run(rule: RuleAtWork, erased: dict[str, int], people: int, now: datetime) -> None:
    organisation = Organisation.objects.get(pk=rule.organisation_id)
    today = timezone.localdate(now, timezone=zoneinfo.ZoneInfo(organisation.time_zone))
    run, _is_new = RetentionRun.objects.select_for_update().get_or_create(
        organisation=organisation, on=today, defaults={"finished_at": now}
    )
    line = {"kind": rule.kind, "days": rule.days} | erased
    run.erased, run.people, run.finished_at = [*run.erased, line], run.people + people, timezone.now()
    run.save(update_fields=["erased", "people", "finished_at"])
    record("tickets.retention_run", run, details=line | {"people": people})


@transaction.atomic
def keep_rules(organisation: Organisation, days_by_kind: Mapping[str, int], *, by: User) -> None:
    """Keep for how many days after their closing the words of each kind of ticket are kept."""
    before = own_rules(organisation)
    changed = {kind: days for kind, days in days_by_kind.items() if before.get(kind) != days}
    for kind, days in changed.items():
        RetentionRule.objects.update_or_create(organisation=organisation, kind=kind, defaults={"days": days})
    if changed:
        record(
            "tickets.retention_changed", organisation, organisation=organisation, actor=by, details={"days": changed}
        )


# What a small body may begin with, in days after closing: complaints as long as they may be reviewed, the exercise of
# rights as long as the most serious infringement can be pursued (LO 3/2018, art. 72), the rest what service needs.
FIRST_RULES = {
    TicketKind.SUPPORT: 730,
    TicketKind.SUGGESTION: 730,
    TicketKind.COMPLAINT: 1826,
    TicketKind.ACCESSIBILITY_COMMUNICATION: 1826,
    TicketKind.ACCESSIBILITY_COMPLAINT: 1826,
    TicketKind.ACCESSIBILITY_CLAIM: 1826,
    TicketKind.DATA_PROTECTION: 1096,
    TicketKind.PHISHING: 365,
}


@transaction.atomic
def set_up_retention(organisation: Organisation) -> None:
    """Give a new body terms to begin with; one that has decided any of its own keeps them as they are."""
    if own_rules(organisation):
        return
    RetentionRule.objects.bulk_create(
        RetentionRule(organisation=organisation, kind=kind, days=days) for kind, days in FIRST_RULES.items()
    )


def move_to_person(source: Person, target: Person, only: Mapping[str, list[int]] | None) -> Moved:
    """Give the tickets of one person to another, and those in which they speak for somebody; return their keys."""
    moved = {}
    for what, field in (("tickets", "person"), ("spoken_for", "representative")):
        rows = Ticket.objects.filter(**{field: source})
        if only is not None:
            rows = rows.filter(pk__in=only.get(what, []))
        moved[what] = list(rows.order_by("pk").values_list("pk", flat=True))
        Ticket.objects.filter(pk__in=moved[what]).update(**{field: target})
    for ticket in (
        Ticket.objects.filter(pk__in=moved["tickets"]).select_related("organisation", "person").order_by("pk")
    ):
        searching.refresh(ticket)
    return moved


def erase_person(person: Person) -> dict[str, int]:
    """Erase the words and files of everything that a person brought to the desk; return how much of each.

    In the transaction of `people.actions.erase_person`, which clears who the person is.
    """
    erased = [erase_words(ticket) for ticket in Ticket.objects.filter(person=person).order_by("pk")]
    return {
        "tickets": sum(1 for done in erased if done),
        "messages": sum(done["messages"] for done in erased if done),
        "files": sum(done["files"] for done in erased if done),
    }


@transaction.atomic
def erase_words(ticket: Ticket) -> dict[str, int] | None:
    """Erase what was said in a ticket and its files; dates, states, counts and topic stay.

    Returns how many messages and files, or None when it was done before. Who the person is stays with `people`.
    """
    ticket = Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
    if ticket.erased_at is not None:
        return None
    now = timezone.now()
    attachments = Attachment.objects.filter(message__ticket=ticket)
    _delete_files(attachments.values_list("file", flat=True))
    files = attachments.delete()[0]
    ticket.links.all().delete()
    _erase_what_was_about_to_be_said(ticket, now)
    messages = ticket.messages.exclude(kind=MessageKind.EVENT).update(text="", author_name="")
    ticket.messages.filter(author_kind__in=[AuthorKind.PERSON, AuthorKind.THIRD]).update(email_id="")
    ticket.tasks.update(text="")
    ticket.time_entries.update(note="")
    ticket.subject = ticket.error_code = ticket.page_url = ticket.search_key = ""
    ticket.device = ticket.component = ticket.third_party = ""
    ticket.custom, ticket.tags = {}, []
    _erase_reasons(ticket)
    ticket.erased_at = now
    ticket.save(
        update_fields=[
            "subject",
            "error_code",
            "page_url",
            "search_key",
            "device",
            "component",
            "third_party",
            "custom",
            "tags",
            "erased_at",
        ]
    )
    _erase_what_is_around(ticket)
    searching.refresh(ticket)
    Message.objects.create(
        ticket=ticket,
        kind=MessageKind.EVENT,
        author_kind=AuthorKind.SYSTEM,
        text=event_text(EventCode.ERASED),
        written_at=now,
    )
    searching.refresh(ticket)
    record("tickets.erased", ticket)
    return {"messages": messages, "files": files}


def _erase_what_is_around(ticket: Ticket) -> None:
    """Erase what was typed and not sent, the copies of e-mails, and names of third parties in what was done."""
    drafts = TicketDraft.objects.filter(ticket=ticket)
    _delete_files(DraftFile.objects.filter(draft__in=drafts).values_list("file", flat=True))
    drafts.delete()
    OutgoingMessage.objects.filter(about=about(ticket)).delete()
    waited_for = ticket.messages.filter(kind=MessageKind.EVENT, text__startswith=EventCode.WAITING_FOR_THIRD_PARTY)
    waited_for.update(text=event_text(EventCode.WAITING_FOR_THIRD_PARTY, "—"))
    ticket.desk_contacts.update(office="")


def _erase_what_was_about_to_be_said(ticket: Ticket, now: datetime) -> None:
    """Erase drafts, answers that wait and what third parties were asked; who asked and when stays."""
    ticket.reply_drafts.all().delete()
    waiting = list(TicketDraft.objects.filter(pending_reply__ticket=ticket))
    unsent = ticket.pending_replies.filter(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True)
    unsent.update(cancelled_at=now)
    ticket.pending_replies.update(text="", third_party="", cc=[])
    ticket.participants.all().delete()
    asked = TicketDraft.objects.filter(token_hash__in=[answer_files_key(one) for one in requests_of(ticket)])
    for draft in [*waiting, *asked]:
        delete_draft(draft)
    ticket.third_party_requests.update(name="", email="", text="", quoted=[], expires_at=now)


def _erase_reasons(ticket: Ticket) -> None:
    """Erase why the kind or a legal term was changed, which somebody wrote; that it was changed stays."""
    LegalTerm.objects.filter(ticket=ticket).update(reason="")
    for event in ticket.messages.filter(kind=MessageKind.EVENT):
        code, values = event_parts(event.text)
        if code in EVENTS_WITH_REASON and values:
            event.text = event_text(EventCode(code), *values[:-1], "—")
            event.save(update_fields=["text"])


def _delete_files(names: Iterable[str]) -> None:
    """Delete files once the surrounding transaction is certain, so that a row never points to nothing."""
    for name in list(names):
        transaction.on_commit(partial(default_storage.delete, name))
