"""What servers tell about our own mail."""

from django.utils import timezone

from mostrador.mailbox.choices import Outcome
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import threads
from mostrador.mailbox.rules.robots import Verdict
from mostrador.mailbox.rules.threads import Clues
from mostrador.notifications.actions.bounces import note_bounce, note_complaint
from mostrador.notifications.models import OutgoingMessage
from mostrador.tickets.actions import by_mail


def take_bounce(kept: IncomingMail, verdict: Verdict, clues: Clues) -> Outcome:
    """Mark the message that came back and its address, and tell the desk in its ticket.

    A notice that names no message of ours only counts a little against its addresses: anybody can write one.
    """
    bounce, about = verdict.bounce, about_ours(kept, verdict, clues)
    if bounce is None:
        return Outcome.ASIDE
    closed = note_bounce(
        about,
        organisation=about.organisation if about else kept.organisation,
        addresses=bounce.recipients,
        severity=bounce.severity,
        reason=bounce.reason,
        said=bounce.said,
        at=timezone.now(),
    )
    ticket = threads.ticket_about(about) if about else None
    kept.about = about
    if ticket is not None and ticket.erased_at is None:
        kept.ticket = ticket
        by_mail.note_bounce(ticket, severity=bounce.severity, reason=bounce.reason, is_blocked=bool(closed))
    return Outcome.BOUNCE if about else Outcome.ASIDE


def take_report(kept: IncomingMail, verdict: Verdict, clues: Clues) -> Outcome:
    """Heed a complaint (RFC 5965): nothing that nobody wrote goes any more to who took a message of ours for spam."""
    about = about_ours(kept, verdict, clues)
    if about is None:
        return Outcome.ASIDE
    kept.about = about
    note_complaint(about.organisation, addresses=[about.to], said=kept.subject, at=timezone.now())
    return Outcome.BOUNCE


def about_ours(kept: IncomingMail, verdict: Verdict, clues: Clues) -> OutgoingMessage | None:
    """Return which message of this organisation, or of one near it, a mail tells of; None for others'."""
    found = threads.outgoing_of(verdict.message_id, clues.tokens)
    return found if found is not None and threads.are_near(kept.organisation, found.organisation) else None
