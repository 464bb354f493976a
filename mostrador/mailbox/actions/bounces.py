"""What servers tell about our own mail."""

from mostrador.mailbox.choices import Outcome
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import threads
from mostrador.mailbox.rules.mail import Mail
from mostrador.mailbox.rules.robots import Verdict
from mostrador.mailbox.rules.threads import Clues
from mostrador.tickets.actions import by_mail


def note(kept: IncomingMail, verdict: Verdict, clues: Clues) -> Outcome:
    """Mark the message that came back, the address, and tell the desk in its ticket.

    Only what names a message of ours counts: anybody can write a bounce (backscatter).
    """
    bounce = verdict.bounce
    about = threads.outgoing_of(verdict.message_id, clues.tokens)
    if bounce is None or about is None or about.organisation_id not in kept.organisation.lineage:
        return Outcome.ASIDE
    kept.about = about
    ticket = threads.ticket_about(about)
    if ticket is None or ticket.erased_at is not None:
        return Outcome.BOUNCE
    kept.ticket = ticket
    by_mail.note_bounce(ticket, severity=bounce.severity, reason=bounce.reason)
    return Outcome.BOUNCE


def note_report(kept: IncomingMail, verdict: Verdict, mail: Mail, clues: Clues) -> Outcome:
    """Heed a complaint: its owner took a message of ours for spam (RFC 5965)."""
    about = threads.outgoing_of(verdict.message_id, clues.tokens)
    kept.about = about
    return Outcome.ASIDE
