"""A message between its reading and its place."""

from dataclasses import dataclass, field

from mostrador.mailbox.choices import Authentication
from mostrador.mailbox.clients import dkim
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.rules.authentication import Authenticity, authenticity, needs_own_check
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.robots import Verdict
from mostrador.mailbox.rules.signatures import Signature, signature
from mostrador.mailbox.rules.threads import Clues
from mostrador.organisations.models import Team, Topic

LONGEST_TEXT = 200_000  # letters of one message; what is longer goes on in the original


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


def shortened(text: str) -> str:
    """Return the words of a message as a ticket keeps them."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "\n[…]"
