"""Who may read what was written to whom."""

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access, may_remove_second_factor
from mostrador.accounts.queries import workplaces_of
from mostrador.notifications.choices import RESENDABLE_STATES, DeliveryState
from mostrador.notifications.models import OutgoingMessage

ABOUT_ACCOUNTS = "accounts.sign_in"  # kind of the letters that lead into somebody's account


def may_read_words(access: Access, message: OutgoingMessage) -> bool:
    """Tell whether an administrator may read the words of a message of an organisation that they administer.

    A link to a new password opens the whole account, elsewhere too: only its owner reads it, and who administers every
    organisation where the owner works.
    """
    if message.kind != ABOUT_ACCOUNTS:
        return True
    owner = User.objects.filter(email__iexact=message.to).first()
    return owner is None or owner == access.user or may_remove_second_factor(access, workplaces_of(owner))


def may_be_resent(message: OutgoingMessage) -> bool:
    """Tell whether there is somebody who has not got a message."""
    return message.state in RESENDABLE_STATES or (message.state == DeliveryState.SENT and bool(message.bounced_to))
