"""What a person writes: added to its conversation, or the beginning of one."""

import re

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.mailbox.actions.arrivals import Arrival, shortened
from mostrador.mailbox.actions.files import keep_files
from mostrador.mailbox.choices import Authentication, Outcome
from mostrador.mailbox.errors import ComesTooEarly
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import incoming, threads
from mostrador.mailbox.rules import languages
from mostrador.mailbox.rules.mail import Address
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.passed_on import Original, forwarded_original
from mostrador.mailbox.rules.threads import Standing, standing
from mostrador.people.actions.persons import find_or_create_person
from mostrador.people.models import Person
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import by_mail, third_parties
from mostrador.tickets.actions.history import add_to_history, open_as_history
from mostrador.tickets.actions.tickets import open_ticket, reply_as_person, write_note
from mostrador.tickets.choices import Channel, EventCode, State
from mostrador.tickets.models import Message, Ticket

MOST_IN_COPY = 20
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>")
_SECONDS_TO_WAIT = 30  # for what came before


def place_persons(arrival: Arrival) -> Outcome:
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
    return _opened(arrival, person, text=shortened(text), subject=original.subject, is_answerable=True)


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


def _email_id(arrival: Arrival) -> str:
    """Return the Message-ID as answers may name it, "" for one that headers cannot carry."""
    found = arrival.mail.message_id
    return found if _MESSAGE_ID.fullmatch(found) else ""


def _key(arrival: Arrival) -> str:
    return f"mail-{arrival.kept.pk}"
