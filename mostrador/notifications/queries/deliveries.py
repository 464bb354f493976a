"""What became of a message, in words."""

from django.utils.translation import gettext as _

from mostrador.notifications.choices import BounceReason, DeliveryState, Severity
from mostrador.notifications.models import OutgoingMessage

# Somebody waits for what did not arrive, and nothing more happens by itself.
UNDELIVERED = (DeliveryState.DEAD, DeliveryState.BOUNCED, DeliveryState.BLOCKED)


def not_arrived(message: OutgoingMessage) -> str:
    """Return for whom a message did not arrive, or is late, and why; "" when nothing is known of that."""
    return words_of_return(
        message.state,
        to=message.to,
        whom=message.bounced_to,
        severity=message.bounce_severity,
        reason=message.bounce_reason,
    )


def words_of_return(state: str, *, to: str, whom: list[str], severity: str, reason: str) -> str:
    """Return what `not_arrived` says, from the columns of a message."""
    if not severity and state != DeliveryState.BLOCKED:
        return ""
    names = {"address": ", ".join(whom or [to])}
    if state == DeliveryState.BLOCKED:
        first = _("No se envió a %(address)s, porque devuelve el correo.") % names
    elif severity == Severity.HARD:
        first = _("No llegó a %(address)s.") % names
    elif severity == Severity.SOFT:
        first = _("Esta vez no llegó a %(address)s.") % names
    else:
        first = _("Tarda en llegar a %(address)s.") % names
    return f"{first} {BounceReason(reason).label}" if reason else first
