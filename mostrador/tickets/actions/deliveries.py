"""What the desk does about an e-mail of a ticket that did not arrive."""

from django.db import transaction

from mostrador.accounts.models import User
from mostrador.notifications import actions
from mostrador.notifications.actions.bounces import allow_again
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.queries.senders import blocked_among


@transaction.atomic
def resend(email: OutgoingMessage, *, by: User, allow: bool = False) -> None:
    """Send an e-mail again.

    Args:
        email: Which one.
        by: Who asks for it.
        allow: Also to an address to which nothing is sent because it gives mail back: from now on it gets mail again.

    Raises:
        ActionRefused: Everybody got it, nothing is sent to the address, or there is no SMTP server.
    """
    if allow:
        for health in blocked_among(email.organisation, [email.to]):
            allow_again(health, by=by)
    actions.resend(email, by=by)
