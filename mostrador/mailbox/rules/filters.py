"""What filter rules do with a mail before it becomes a ticket."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from mostrador.mailbox.choices import FilterAction
from mostrador.mailbox.rules.folding import folded
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.robots import Verdict

LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Filter:
    """One rule, as values. What is left empty asks for nothing; a rule that asks for nothing matches nothing.

    Attributes:
        key: By which the caller knows it.
        sender: Whole address, domain ("@empresa.example", those below it included) or a part of address or name.
        recipient: The same, of those in To and Cc and of the envelope.
        subject: Part of the subject.
        words: Words or phrases between commas, of which one must stand in the subject or in what is new in the text.
            They match where words begin: «cita» is in «citas» and not in «solicitar».
        kind: Who or what wrote the mail (a MailKind).
        team, topic: Their keys, for those actions.
        tag: For that action.
    """

    key: int
    action: FilterAction
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    words: str = ""
    kind: str = ""
    team: int | None = None
    topic: int | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a mail.

    Attributes:
        drop: It is kept aside without a ticket, until its term is over.
        spam: Its ticket is spam from the start.
        team, topic: Keys of where its ticket goes.
        tags: Of its ticket, each once, in order.
        by: Keys of the rules that decided, in order.
    """

    drop: bool = False
    spam: bool = False
    team: int | None = None
    topic: int | None = None
    tags: tuple[str, ...] = ()
    by: tuple[int, ...] = ()


def decide(filters: Sequence[Filter], mail: Mail, verdict: Verdict, envelope_to: Collection[str] = ()) -> Decision:
    """Return what the rules of a mailbox do with a mail.

    The first rule that drops or calls spam ends it: later ones are not asked. Of those before it, and else of all, the
    first that names a team or a topic counts, and every tag. Case and accents make no difference.

    Args:
        filters: In the office's order.
        mail: As it was read.
        verdict: Who or what wrote it.
        envelope_to: To whom the server handed it over, where that is known.
    """
    read = _Read(mail, verdict, envelope_to)
    team: int | None = None
    topic: int | None = None
    tags: list[str] = []
    by: list[int] = []
    for rule in filters:
        if not _matches(rule, read):
            continue
        if rule.action in {FilterAction.DROP, FilterAction.SPAM}:
            drop = rule.action == FilterAction.DROP
            return Decision(drop, not drop, team, topic, tuple(tags), (*by, rule.key))
        if rule.action == FilterAction.TEAM and team is None:
            team = rule.team
        elif rule.action == FilterAction.TOPIC and topic is None:
            topic = rule.topic
        elif rule.action == FilterAction.TAG and rule.tag and rule.tag not in tags:
            tags.append(rule.tag)
        else:
            continue
        by.append(rule.key)
    return Decision(team=team, topic=topic, tags=tuple(tags), by=tuple(by))


class _Read:
    """A mail as rules compare it; its new words are parted from the quotes only when a rule asks for words."""

    def __init__(self, mail: Mail, verdict: Verdict, envelope_to: Collection[str]) -> None:
        self.mail = mail
        self.kind = verdict.kind
        self.senders = [_Person(one) for one in mail.senders]
        others = (Address("", address) for address in envelope_to)
        self.recipients = [_Person(one) for one in (*mail.to, *mail.cc, *others)]
        self.subject = _plain(mail.subject)
        self._words: str | None = None

    @property
    def words(self) -> str:
        if self._words is None:
            self._words = f"{self.subject} {_plain(new_words(self.mail).text[:LONGEST_TEXT])}"
        return self._words


class _Person:
    def __init__(self, one: Address) -> None:
        self.address, self.name = _plain(one.address), _plain(one.name)

    def is_like(self, wanted: str) -> bool:
        """Tell whether this is whom a rule names."""
        if wanted.startswith("@"):
            domain = self.address.rpartition("@")[2]
            return domain == wanted[1:] or domain.endswith(f".{wanted[1:]}")
        if "@" in wanted:
            return self.address == wanted
        return wanted in self.address or wanted in self.name


def _matches(rule: Filter, read: _Read) -> bool:
    """Tell whether everything that a rule asks for is so."""
    asked: list[tuple[str, Callable[[str], bool]]] = [
        (rule.kind, lambda kind: read.kind == kind),
        (_plain(rule.sender), lambda wanted: any(one.is_like(wanted) for one in read.senders)),
        (_plain(rule.recipient), lambda wanted: any(one.is_like(wanted) for one in read.recipients)),
        (_plain(rule.subject), lambda wanted: wanted in read.subject),
        (rule.words, lambda wanted: _has_word(wanted, read)),
    ]
    answers = [is_so(wanted) for wanted, is_so in asked if wanted]
    return bool(answers) and all(answers)


def _has_word(wanted: str, read: _Read) -> bool:
    """Tell whether one of several words or phrases stands there, from the beginning of a word on."""
    phrases = [phrase for phrase in map(_plain, wanted.split(",")) if phrase]
    return any(re.search(rf"(?<!\w){re.escape(phrase)}", read.words) for phrase in phrases)


def _plain(text: str) -> str:
    """Return a text as it is compared: folded, with one blank between words."""
    return " ".join(folded(text).split())
