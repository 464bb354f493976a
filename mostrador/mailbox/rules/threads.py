"""What a mail says about the conversation that it belongs to, and whether who wrote it may speak there."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from mostrador.mailbox.rules.folding import words
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.notifications.rules import tokens_in
from mostrador.shared.references import normalise_reference

LONGEST_TEXT = 300_000
_GROUP, _GAP = "[0-9A-Za-z]{3}", r"[\s.\-‐‑–—_]{0,3}"
# Looked for ahead, so that a word before a reference that is written with blanks does not hide it.
_REFERENCE = re.compile(rf"(?<![0-9A-Za-z])(?=({_GROUP}{_GAP}{_GROUP}{_GAP}{_GROUP})(?![0-9A-Za-z]))")
_MOST_CLUES = 50
# Headers in which servers say to whom a message was handed over.
_ENVELOPE_HEADERS = ("Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "X-Forwarded-To", "Resent-To")
# Words of names that people put in or leave out.
_PARTICLES = {
    *("de", "del", "la", "las", "los", "el", "y", "i", "e", "da", "das", "do", "dos", "d", "don", "dona", "dna"),
    *("sr", "sra", "na", "en", "jauna", "andrea"),
}
_GOOGLE = {"gmail.com", "googlemail.com"}


@dataclass(frozen=True, slots=True)
class Clues:
    """By what a mail may be put in its thread; what comes first counts most.

    Attributes:
        message_ids: What it answers (In-Reply-To), then what came before (References), the latest first.
        tokens: What may be tokens of ours: of the addresses, then of the body. `pk_of` tells which are.
        references: References of tickets in the subject.
        mentioned: References of tickets in the body: somebody speaks of a ticket, and may be writing about another.
    """

    message_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()


class Standing(Enum):
    """As what somebody writes in a conversation."""

    PERSON = "person"
    REPRESENTATIVE = "representative"
    COPY = "copy"
    THIRD = "third"
    OTHER_ADDRESS = "other-address"  # the person or the representative, from an address that nobody knew
    STRANGER = "stranger"  # gets a ticket of their own; nothing of the conversation is shown to them


@dataclass(frozen=True, slots=True)
class Circle:
    """Who takes part in a conversation.

    Attributes:
        person: Addresses of whoever opened it, those of other records of the same person included.
        representative: Addresses of whoever acts for them.
        copied: Addresses in copy.
        third: Addresses of third parties that the desk asked.
        names: Full names of the person and the representative.
    """

    person: Collection[str] = ()
    representative: Collection[str] = ()
    copied: Collection[str] = ()
    third: Collection[str] = ()
    names: Collection[str] = ()


def clues(mail: Mail, envelope_to: Collection[str] = ()) -> Clues:
    """Return by what a mail may be put in its thread.

    Args:
        mail: As it was read.
        envelope_to: To whom the server handed it over, where that is known.
    """
    handed_to = [value for name in _ENVELOPE_HEADERS for value in mail.all(name)]
    addresses = " ".join([*envelope_to, *(one.address for one in (*mail.to, *mail.cc)), *handed_to])
    body, page = mail.text[:LONGEST_TEXT], mail.html[:LONGEST_TEXT]
    tokens = dict.fromkeys([*tokens_in(addresses), *tokens_in(body), *tokens_in(page)])
    references = references_in(mail.subject)
    return Clues(
        message_ids=tuple(dict.fromkeys([*mail.in_reply_to, *reversed(mail.references)]))[:_MOST_CLUES],
        tokens=tuple(tokens)[:_MOST_CLUES],
        references=references,
        mentioned=tuple(one for one in references_in(body) if one not in references),
    )


def references_in(text: str) -> tuple[str, ...]:
    """Return the references of tickets that a text may name, as they are stored, each once, in order.

    Lower case, other dashes, blanks or nothing between the groups are taken too. What is found has a right check
    character; whether such a ticket exists is another matter.
    """
    found = (normalise_reference(match[1]) for match in _REFERENCE.finditer(text[:LONGEST_TEXT]))
    return tuple(dict.fromkeys(reference for reference in found if reference))[:_MOST_CLUES]


def standing(sender: Address, circle: Circle, *, link_is_secret: bool) -> Standing:
    """Return as what somebody writes in a conversation.

    Args:
        sender: Whom the mail names as its author. Servers let anybody write anything there; see `authentication`.
        circle: Who takes part.
        link_is_secret: Whether the mail shows something of the thread that cannot be guessed: a Message-ID or a token
            of ours. The reference alone is no such thing: people say it over the phone.
    """
    address = comparable(sender.address)
    if not address:
        return Standing.STRANGER
    for addresses, found in (
        (circle.person, Standing.PERSON),
        (circle.representative, Standing.REPRESENTATIVE),
        (circle.third, Standing.THIRD),
        (circle.copied, Standing.COPY),
    ):
        if any(comparable(one) == address for one in addresses):
            return found
    if link_is_secret and any(is_same_name(sender.name, name) for name in circle.names):
        return Standing.OTHER_ADDRESS
    return Standing.STRANGER


def comparable(address: str) -> str:
    """Return an address as it is compared: in lower case, without what servers ignore when they deliver.

    That is what follows a plus (RFC 5233), and at Google the dots. Only for comparing: nothing is sent there.
    """
    local_part, at, domain = address.strip().lower().rpartition("@")
    local_part = local_part.partition("+")[0] or local_part
    if domain in _GOOGLE:
        local_part, domain = local_part.replace(".", ""), "gmail.com"
    return f"{local_part}{at}{domain}" if local_part and domain else ""


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two full names are the same: at least two words, in any order, without accents and particles."""
    first, second = _name_words(one), _name_words(other)
    return len(first) >= 2 and first == second


def _name_words(name: str) -> list[str]:
    if "@" in name:
        return []
    return sorted(word for word in words(name) if word not in _PARTICLES)
