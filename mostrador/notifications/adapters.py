"""Django's way of sending mail, for packages that use it (allauth): it goes to the outbox too."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from mostrador.notifications import actions
from mostrador.notifications.errors import NobodyToSendFor
from mostrador.notifications.permissions import ABOUT_ACCOUNTS
from mostrador.notifications.queries import organisation_of_address
from mostrador.organisations.models import Organisation
from mostrador.shared.middleware import current_request


class OutboxBackend(BaseEmailBackend):
    """Writes Django's messages into the outbox of the organisation that they name, else of the one being visited."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one outgoing message for each recipient; return how many messages were taken.

        Raises:
            NobodyToSendFor: No organisation is visited, and the recipient works in none.
        """
        for mail in email_messages:
            for recipient in mail.recipients():
                actions.put_into_outbox(
                    organisation=getattr(mail, "organisation", None) or _sender(recipient),
                    to=recipient,
                    kind=ABOUT_ACCOUNTS,
                    subject=str(mail.subject),
                    text=str(mail.body),
                    html=_html(mail),
                    language=get_language() or "es",
                    headers={"Reply-To": ", ".join(mail.reply_to), **actions.AUTOMATIC},
                )
        return len(email_messages)


def _sender(recipient: str) -> Organisation:
    visited: Organisation | None = getattr(current_request(), "organisation", None)
    organisation = visited or organisation_of_address(recipient)
    if organisation is None:
        raise NobodyToSendFor(recipient)
    return organisation


def _html(mail: EmailMessage) -> str:
    alternatives = getattr(mail, "alternatives", ())
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
