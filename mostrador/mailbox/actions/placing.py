"""Where a message belongs: in its thread, in a ticket of its own, beside a message of ours, or aside.

Everything happens in the caller's transaction together with the row that says that it happened.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.mailbox.actions import bounces
from mostrador.mailbox.actions.files import keep_files
from mostrador.mailbox.actions.filtering import count_matches
from mostrador.mailbox.choices import Authentication, MailKind, MailState, Outcome
from mostrador.mailbox.clients import dkim
from mostrador.mailbox.errors import ComesTooEarly
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import incoming, threads
from mostrador.mailbox.queries.filtering import filters_of, office_of
from mostrador.mailbox.rules import languages
from mostrador.mailbox.rules.authentication import Authenticity, authenticity, needs_own_check
from mostrador.mailbox.rules.filters import decide
from mostrador.mailbox.rules.look_alikes import pointers
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.passed_on import Original, forwarded_original
from mostrador.mailbox.rules.protection import protections
from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.robots import Verdict, verdict
from mostrador.mailbox.rules.signatures import Signature, signature
from mostrador.mailbox.rules.testing import HEADER as TEST_HEADER
from mostrador.mailbox.rules.testing import is_test
from mostrador.mailbox.rules.threads import Clues, Standing, clues, standing
from mostrador.notifications.actions.bounces import note_alive
from mostrador.organisations.models import Team, Topic
from mostrador.people.actions.persons import find_or_create_person
from mostrador.people.models import Person
from mostrador.shared.errors import ActionRefused
from mostrador.shared.together import found_once
from mostrador.tickets.actions import by_mail, third_parties
from mostrador.tickets.actions.history import add_to_history, open_as_history
from mostrador.tickets.actions.tickets import open_ticket, reply_as_person, write_note
from mostrador.tickets.choices import Channel, EventCode, State
from mostrador.tickets.models import Message, Ticket

LONGEST_TEXT = 200_000  # letters of one message; what is longer goes on in the original
LONGEST_REST = 100_000
MOST_IN_COPY = 20
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>")
_SECONDS_TO_WAIT = 30  # for what came before
# What reading finds out.
_READ = [
    *("state", "outcome", "read_at", "message_id", "sender", "sender_name", "subject", "to", "cc", "sent_at", "kind"),
    *("rule", "rest", "has_html", "authenticity", "signature", "warnings", "defects", "ticket", "said", "about"),
]


@dataclass
class Arrival:
    """A message while it is being placed."""

    kept: IncomingMail
    mail: Mail
    verdict: Verdict
    text: str
    clues: Clues
    authentication: Authentication
    others: dict[str, str] = field(default_factory=dict)  # who else got it: address → name
    team: Team | None = None
    topic: Topic | None = None
    tags: tuple[str, ...] = ()
    stored: list[str] = field(default_factory=list)
    may_wait: bool = True

    @property
    def sender(self) -> Address:
        """Who wrote it; without an address when nobody can be answered."""
        return self.mail.senders[0] if self.mail.senders else Address("", "")

    @property
    def name(self) -> str:
        """How the conversation calls its author."""
        return self.sender.name or self.sender.address


@dataclass(frozen=True, slots=True)
class Checked:
    """A message that was read, with what its signatures show."""

    mail: Mail
    authenticity: Authenticity
    signature: Signature | None
    # Names of what was written to the storage for it, to be taken out again when it fails after all.
    stored: list[str] = field(default_factory=list)


def read_and_check(kept: IncomingMail, raw: bytes) -> Checked:
    """Read a message and look at its signatures, for which DNS may be asked: seconds, in the worst case."""
    mail = read(raw)
    trusted = kept.mailbox.trusted_servers
    found = dkim.check(raw) if needs_own_check(mail, trusted) else []
    return Checked(mail, authenticity(mail, trusted, found), signature(raw, mail))


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
        return _of_person(arrival)
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
        text=_shortened(words.text),
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


# --- What a person writes ----------------------------------------------------------------------------------


def _of_person(arrival: Arrival) -> Outcome:
    """Put what a person wrote into its thread, or open a ticket with it."""
    kept, organisation = arrival.kept, arrival.kept.organisation
    arrival.others = _others(arrival)
    thread = threads.thread_of(organisation, arrival.clues)
    if _is_history(kept):
        return _keep_as_history(arrival, thread)
    if thread is None:
        _refuse_too_early(arrival)
        return _passed_on(arrival) or _open(arrival)
    is_believed = thread.link_is_secret or arrival.authentication != Authentication.FORGED
    as_what = standing(arrival.sender, threads.circle_of(thread.ticket), link_is_secret=thread.link_is_secret)
    if not is_believed:
        as_what = Standing.STRANGER
    if as_what is Standing.STRANGER and (user := _colleague(arrival, thread.ticket)):
        return _note_of_colleague(arrival, thread.ticket, user)
    if as_what is Standing.STRANGER or thread.ticket.state == State.CLOSED or thread.ticket.erased_at is not None:
        return _open(arrival, former=thread.ticket)
    return _add(arrival, thread, as_what)


def _add(arrival: Arrival, thread: threads.Thread, as_what: Standing) -> Outcome:
    """Add an answer to its conversation."""
    ticket = thread.ticket
    if as_what is Standing.THIRD:
        said = _answer_of_third_party(arrival, ticket)
    elif as_what is Standing.COPY:
        person = (ticket.addressee.email or "").lower()
        is_public = person in {one.address.lower() for one in (*arrival.mail.to, *arrival.mail.cc)}
        said = by_mail.reply_as_copied(ticket, name=arrival.name, text=_words(arrival), is_public=is_public)
    else:
        said = reply_as_person(
            ticket,
            text=_words(arrival),
            channel=Channel.EMAIL,
            email_id=_email_id(arrival),
            idempotency_key=_key(arrival),
        )
        if as_what is Standing.OTHER_ADDRESS:
            by_mail.note_event(ticket, EventCode.OTHER_ADDRESS)
        # Whoever can guess a reference and forge a sender puts nobody in copy.
        if arrival.others and (thread.link_is_secret or arrival.authentication == Authentication.PROVEN):
            by_mail.put_in_copy(said.ticket, arrival.others)
    _became(arrival, said)
    return Outcome.ADDED


def _answer_of_third_party(arrival: Arrival, ticket: Ticket) -> Message:
    request = threads.request_to(ticket, arrival.sender.address)
    if request is not None:
        try:
            return third_parties.take_answer(request, text=_words(arrival), key=_key(arrival))
        except ActionRefused:
            pass  # its time is over: what they say is kept all the same
    return by_mail.note_mail(ticket, name=arrival.name, text=_words(arrival))


def _note_of_colleague(arrival: Arrival, ticket: Ticket, user: User) -> Outcome:
    """Keep what somebody of the desk answers to a notice as a note; theirs only when the mail proves to be theirs."""
    if arrival.authentication == Authentication.PROVEN:
        said = write_note(ticket, author=user, text=_words(arrival), idempotency_key=_key(arrival))
    else:
        said = by_mail.note_mail(ticket, name=arrival.name, text=_words(arrival))
    _became(arrival, said)
    return Outcome.NOTED


def _open(arrival: Arrival, *, former: Ticket | None = None) -> Outcome:
    """Open a ticket; for the desk it is linked with the one that the mail speaks of."""
    kept = arrival.kept
    if not arrival.sender.address and not arrival.text and not arrival.mail.files:
        return Outcome.ASIDE  # nobody and nothing
    person = _person(arrival, arrival.sender)
    ticket = _opened(arrival, person, text=_words(arrival), subject=arrival.mail.subject, is_answerable=True)
    former = former or _mentioned_of(arrival, person)
    if former is not None and former.erased_at is None:
        by_mail.relate_to_former(ticket, former)
    if arrival.others:
        by_mail.put_in_copy(ticket, arrival.others)
    kept.ticket = ticket
    return Outcome.OPENED if former is None else Outcome.LINKED


def _is_history(kept: IncomingMail) -> bool:
    return kept.imported_by is not None and kept.imported_by.as_history


def _keep_as_history(arrival: Arrival, thread: threads.Thread | None) -> Outcome:
    """Keep a mail of former times in the ticket that its thread has become, or in a new one, closed."""
    if thread is None:
        _refuse_too_early(arrival)
    kept, now = arrival.kept, timezone.now()
    at = min(arrival.mail.sent_at or now, now)
    if thread is not None and thread.ticket.imported_at is not None and thread.ticket.state == State.CLOSED:
        circle = threads.circle_of(thread.ticket)
        is_persons = standing(arrival.sender, circle, link_is_secret=True) in {Standing.PERSON, Standing.OTHER_ADDRESS}
        name = "" if is_persons else arrival.name
        said = add_to_history(thread.ticket, text=_words(arrival), at=at, author_name=name)
        _became(arrival, said)
        return Outcome.ADDED
    language = _language(arrival, arrival.text)
    _ticket, said = open_as_history(
        kept.organisation,
        person=_person(arrival, arrival.sender),
        subject=arrival.mail.subject or _subject_of(arrival.text, language),
        text=_words(arrival),
        language=language,
        at=at,
        now=now,
        team=arrival.team,
        topic=arrival.topic,
        sender=kept.mailbox.sender,
    )
    _became(arrival, said)
    return Outcome.OPENED


def _mentioned_of(arrival: Arrival, person: Person) -> Ticket | None:
    """Return the ticket that somebody mentions in their words, when it is their own."""
    found = threads.mentioned(arrival.kept.organisation, arrival.clues)
    return found if found is not None and found.person_id == person.pk else None


def _passed_on(arrival: Arrival) -> Outcome | None:
    """Open a ticket of the citizen whose mail a colleague passes on; None when it is nothing of the kind."""
    if arrival.authentication != Authentication.PROVEN:
        return None
    original = forwarded_original(arrival.mail, own_domains={arrival.sender.address.rpartition("@")[2].lower()})
    user = _colleague(arrival, None) if original else None
    if original is None or user is None or not original.sender.address:
        return None
    ticket = _of_original(arrival, original)
    if original.above:
        write_note(ticket, author=user, text=original.above)
    arrival.kept.ticket = ticket
    return Outcome.OPENED


def _of_original(arrival: Arrival, original: Original) -> Ticket:
    text = original.text
    if original.mail is not None:
        arrival.mail = original.mail  # with the files that the citizen sent
        text = new_words(original.mail).text
    person = _person(arrival, original.sender)
    return _opened(arrival, person, text=_shortened(text), subject=original.subject, is_answerable=True)


def _opened(arrival: Arrival, person: Person, *, text: str, subject: str, is_answerable: bool) -> Ticket:
    kept, mailbox = arrival.kept, arrival.kept.mailbox
    language = _language(arrival, text)
    ticket, said = open_ticket(
        kept.organisation,
        person=person,
        channel=Channel.EMAIL,
        subject=subject or _subject_of(text, language),
        text=text,
        language=language,
        team=arrival.team,
        topic=arrival.topic,
        sender=mailbox.sender,
        tags=arrival.tags,
        acknowledge=is_answerable and _may_acknowledge(arrival),
        email_id=_email_id(arrival),
    )
    _became(arrival, said)
    return ticket


def _may_acknowledge(arrival: Arrival) -> bool:
    kept = arrival.kept
    return arrival.verdict.may_answer and kept.mailbox.sends_acknowledgement and kept.imported_by_id is None


def _became(arrival: Arrival, said: Message) -> None:
    """Note which message a mail became, and keep its files there; what is not kept is said to the desk."""
    arrival.kept.said, arrival.kept.ticket = said, said.ticket
    refused = keep_files(said, arrival.mail.files, arrival.stored) if arrival.mail.files else []
    if refused:
        write_note(said.ticket, author=None, text="\n".join(refused))


def _person(arrival: Arrival, who: Address) -> Person:
    organisation = arrival.kept.organisation
    return find_or_create_person(
        organisation, name=who.name, email=who.address, language=_language(arrival, arrival.text)
    )


def _language(arrival: Arrival, text: str) -> str:
    """Return the language of the words where the organisation writes in it, else the mailbox's."""
    found = languages.guess(text)
    return found if found in arrival.kept.organisation.languages else arrival.kept.mailbox.language


def _others(arrival: Arrival) -> dict[str, str]:
    """Return who else got it, by address in lower case: neither us nor the sender."""
    named = {one.address.lower(): one.name for one in (*arrival.mail.to, *arrival.mail.cc) if "@" in one.address}
    for known in (arrival.sender.address.lower(), *arrival.kept.mailbox.addresses):
        named.pop(known, None)
    named = {address: name for address, name in named.items() if not _has_mailbox_behind(address, arrival)}
    if not named:
        return {}
    own = incoming.own_addresses_among(named)
    return dict([(address, name) for address, name in named.items() if address not in own][:MOST_IN_COPY])


def _has_mailbox_behind(address: str, arrival: Arrival) -> bool:
    """Tell whether it is the mailbox's address with something behind a plus."""
    local_part, _at, domain = address.partition("@")
    return f"{local_part.partition('+')[0]}@{domain}" in arrival.kept.mailbox.addresses


def _is_ours(arrival: Arrival) -> bool:
    """Tell whether it is a message that we sent ourselves, come back to us."""
    return threads.outgoing_of(arrival.mail.message_id, ()) is not None


def _refuse_too_early(arrival: Arrival) -> None:
    kept = arrival.kept
    is_answer = bool(arrival.clues.message_ids)
    waited = (timezone.now() - kept.received_at).total_seconds()
    if arrival.may_wait and is_answer and waited < _SECONDS_TO_WAIT and incoming.is_earlier_unread(kept):
        raise ComesTooEarly


def _colleague(arrival: Arrival, ticket: Ticket | None) -> User | None:
    organisation = ticket.organisation if ticket else arrival.kept.organisation
    return threads.colleague(organisation, arrival.sender.address) if arrival.sender.address else None


def _words(arrival: Arrival) -> str:
    return arrival.text or _nothing_written(arrival)


def _nothing_written(arrival: Arrival) -> str:
    with override(arrival.kept.organisation.default_language):
        return _("(El mensaje no tiene texto.)")


def _subject_of(text: str, language: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    with override(language):
        return first[:80] or _("(sin asunto)")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "\n[…]"


def _email_id(arrival: Arrival) -> str:
    """Return the Message-ID as answers may name it, "" for one that headers cannot carry."""
    found = arrival.mail.message_id
    return found if _MESSAGE_ID.fullmatch(found) else ""


def _key(arrival: Arrival) -> str:
    return f"mail-{arrival.kept.pk}"


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
    MailKind.HUMAN: _of_person,
    MailKind.BOUNCE: _of_bounce,
    MailKind.AUTO_REPLY: _of_auto_reply,
    MailKind.LIST: _aside,
    MailKind.RECEIPT: _of_receipt,
    MailKind.REPORT: _of_report,
}
