"""Where a message belongs: in its thread, in a ticket of its own, beside a message of ours, or aside.

Everything happens in the caller's transaction together with the row that says that it happened.
"""

import json
from collections.abc import Callable
from dataclasses import asdict

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mostrador.mailbox.actions import bounces
from mostrador.mailbox.actions.arrivals import Arrival, Checked, shortened
from mostrador.mailbox.actions.conversations import place_persons
from mostrador.mailbox.actions.filtering import count_matches
from mostrador.mailbox.choices import Authentication, MailKind, MailState, Outcome
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import incoming, threads
from mostrador.mailbox.queries.filtering import filters_of, office_of
from mostrador.mailbox.rules.filters import decide
from mostrador.mailbox.rules.look_alikes import pointers
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.protection import protections
from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.robots import verdict
from mostrador.mailbox.rules.testing import HEADER as TEST_HEADER
from mostrador.mailbox.rules.testing import is_test
from mostrador.mailbox.rules.threads import clues
from mostrador.notifications.actions.bounces import note_alive
from mostrador.shared.together import found_once
from mostrador.tickets.actions import by_mail
from mostrador.tickets.choices import EventCode

LONGEST_REST = 100_000
# What reading finds out.
_READ = [
    *("state", "outcome", "read_at", "message_id", "sender", "sender_name", "subject", "to", "cc", "sent_at", "kind"),
    *("rule", "rest", "has_html", "authenticity", "signature", "warnings", "defects", "ticket", "said", "about"),
]


def place(kept: IncomingMail, checked: Checked, *, as_persons: bool = False) -> None:
    """Put a message where it belongs.

    Args:
        kept: Locked, with its mailbox and organisation.
        checked: The message.
        as_persons: Somebody of the desk says that it is a person's: verdict and filters are left out.

    Raises:
        ComesTooEarly: It answers what has not been read yet.
    """
    _note_head(kept, checked.mail)
    outcome = Outcome.TEST if _is_own_test(kept, checked.mail) else _outcome(kept, checked, as_persons=as_persons)
    kept.state, kept.outcome, kept.read_at = MailState.DONE, outcome, timezone.now()
    kept.save(update_fields=_READ)


def _is_own_test(kept: IncomingMail, mail: Mail) -> bool:
    """Tell whether a check of this mailbox sent it: that opens no ticket."""
    return is_test(mail.header(TEST_HEADER), kept.mailbox_id, timezone.now())


def _outcome(kept: IncomingMail, checked: Checked, *, as_persons: bool) -> Outcome:
    known = incoming.what_is_known(kept)
    if known.earlier and not as_persons and _is_there_already(checked.mail, known.earlier):
        return Outcome.DUPLICATE
    arrival = _arrival(kept, checked, is_own=known.is_own, as_persons=as_persons)
    if known.is_troubled and _shows_that_address_works(arrival):
        note_alive(kept.organisation, kept.sender)
    if known.is_own and _is_ours(arrival):
        return Outcome.ASIDE
    if as_persons:
        return place_persons(arrival)
    return _filtered(arrival) or _PLACES[arrival.verdict.kind](arrival)


def _note_head(kept: IncomingMail, mail: Mail) -> None:
    """Keep what the pages of the mailbox and the next messages ask for."""
    sender = mail.senders[0] if mail.senders else Address("", "")
    kept.message_id, kept.subject = mail.message_id[:250], mail.subject[:250]
    kept.sender, kept.sender_name = sender.address.lower()[:320], sender.name[:200]
    kept.to = [one.address[:320] for one in mail.to]
    kept.cc = [one.address[:320] for one in mail.cc]
    kept.sent_at, kept.has_html = mail.sent_at, bool(mail.html)
    kept.defects = [code[:40] for code in mail.defects]


def _shows_that_address_works(arrival: Arrival) -> bool:
    is_new = arrival.kept.imported_by_id is None
    return is_new and arrival.verdict.kind == MailKind.HUMAN and arrival.authentication != Authentication.FORGED


def _is_there_already(mail: Mail, earlier: int) -> bool:
    """Tell whether another copy of the same message was read: with the same subject, words and files.

    Some programs give the same Message-ID to everything that they send, so the rest has to be the same too. What was
    cleared cannot be compared: then the Message-ID has to do.
    """
    before = IncomingMail.objects.get(pk=earlier)
    if not before.file:
        return True
    with default_storage.open(before.file) as file:
        other = read(file.read())
    return _contents(other) == _contents(mail)


def _contents(mail: Mail) -> tuple[object, ...]:
    return mail.subject, mail.text, mail.html, tuple(file.content for file in mail.files)


def _arrival(kept: IncomingMail, checked: Checked, *, is_own: bool, as_persons: bool) -> Arrival:
    mail, proof = checked.mail, checked.authenticity
    words = new_words(mail)
    kept.rest = words.rest[:LONGEST_REST]
    found = verdict(mail, {kept.sender} if is_own else ())
    kept.kind, kept.rule = found.kind, "person-said" if as_persons else found.rule[:40]
    kept.authenticity = asdict(proof) | {"verdict": proof.verdict.value} if proof.by or proof.domain else {}
    if found.kind == MailKind.HUMAN or as_persons:
        _note_signs(kept, checked)
    return Arrival(
        kept=kept,
        mail=mail,
        verdict=found,
        text=shortened(words.text),
        clues=clues(mail, kept.envelope_to),
        authentication=proof.verdict,
        team=kept.mailbox.team,
        topic=kept.mailbox.topic,
        stored=checked.stored,
        may_wait=not as_persons,
    )


def _filtered(arrival: Arrival) -> Outcome | None:
    """Do what the rules of the mailbox say; return where the mail ends when they say that it opens no ticket."""
    kept = arrival.kept
    rules = found_once(("filters", kept.mailbox_id), lambda: filters_of(kept.mailbox))
    if not rules:
        return None
    decided = decide([rule.as_values() for rule in rules], arrival.mail, arrival.verdict, kept.envelope_to)
    if not decided.by:
        return None
    count_matches(decided.by)
    by_key = {rule.pk: rule for rule in rules}
    chosen = [by_key[key] for key in decided.by]
    arrival.team = next((rule.team for rule in chosen if rule.team_id == decided.team and rule.team), arrival.team)
    arrival.topic = next(
        (rule.topic for rule in chosen if rule.topic_id == decided.topic and rule.topic), arrival.topic
    )
    arrival.tags = decided.tags
    if decided.drop or decided.spam:
        kept.rule = f"filter-{decided.by[-1]}"
        return Outcome.DROPPED if decided.drop else Outcome.SPAM
    return None


def _note_signs(kept: IncomingMail, checked: Checked) -> None:
    """Keep whose signature it bears and what makes it suspicious, for whoever reads the ticket."""
    if checked.signature is not None:
        kept.signature = json.loads(json.dumps(asdict(checked.signature), default=str))
    elif protection := sorted(protections(checked.mail)):
        kept.signature = {"state": protection[0]}
    office = found_once(("office", kept.mailbox_id), lambda: office_of(kept.mailbox))
    is_proven = checked.authenticity.verdict == Authentication.PROVEN
    signs = pointers(checked.mail, office, is_proven=is_proven)
    kept.warnings = [{"code": sign.kind.value, "shown": sign.shown, "real": sign.real} for sign in signs]


def _is_ours(arrival: Arrival) -> bool:
    """Tell whether it is a message that we sent ourselves, come back to us."""
    return threads.outgoing_of(arrival.mail.message_id, ()) is not None


# --- What programs write -----------------------------------------------------------------------------------


def _of_bounce(arrival: Arrival) -> Outcome:
    return bounces.take_bounce(arrival.kept, arrival.verdict, arrival.clues)


def _of_report(arrival: Arrival) -> Outcome:
    return bounces.take_report(arrival.kept, arrival.verdict, arrival.clues)


def _of_receipt(arrival: Arrival) -> Outcome:
    """Put a confirmation beside the ticket whose e-mail it confirms."""
    about = bounces.about_ours(arrival.kept, arrival.verdict, arrival.clues)
    ticket = threads.ticket_about(about) if about else None
    if ticket is None or ticket.erased_at is not None:
        return Outcome.ASIDE
    arrival.kept.about, arrival.kept.ticket = about, ticket
    if arrival.verdict.bounce is None:
        by_mail.note_event(ticket, EventCode.MAIL_READ)
    return Outcome.NOTED


def _of_auto_reply(arrival: Arrival) -> Outcome:
    """Keep what a program answered to us with its ticket, for the desk; it changes nothing there."""
    thread = threads.thread_of(arrival.kept.organisation, arrival.clues)
    if thread is None or not thread.link_is_secret or thread.ticket.erased_at is not None:
        return Outcome.ASIDE
    with override(arrival.kept.organisation.default_language):
        heading = _("Respuesta automática")
    said = by_mail.note_mail(thread.ticket, name=arrival.name, text=f"{heading}: {arrival.text}".strip(": "))
    arrival.kept.said, arrival.kept.ticket = said, said.ticket
    return Outcome.NOTED


def _aside(_arrival: Arrival) -> Outcome:
    return Outcome.ASIDE


_PLACES: dict[MailKind, Callable[[Arrival], Outcome]] = {
    MailKind.HUMAN: place_persons,
    MailKind.BOUNCE: _of_bounce,
    MailKind.AUTO_REPLY: _of_auto_reply,
    MailKind.LIST: _aside,
    MailKind.RECEIPT: _of_receipt,
    MailKind.REPORT: _of_report,
}
