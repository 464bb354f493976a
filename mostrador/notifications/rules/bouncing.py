"""What a server's refusal says of an address, and when nothing more is sent there."""

import re

from mostrador.notifications.choices import BounceReason

# Twice is no slip of a server: there is nobody there.
MOST_GONE = 2
# Full, refused, unreachable…: it may pass, and then it does not.
MOST_HARD = 5
_STATUS = re.compile(r"\b[245]\.(\d{1,3}\.\d{1,3})\b")
# Enhanced status codes (RFC 3463; IANA's registry).
_REASONS = {
    "1.1": BounceReason.NO_MAILBOX,
    "1.2": BounceReason.NO_DOMAIN,
    "1.3": BounceReason.NO_MAILBOX,
    "1.6": BounceReason.MOVED,
    "1.10": BounceReason.NO_DOMAIN,
    "2.1": BounceReason.DISABLED,
    "2.2": BounceReason.FULL,
    "2.3": BounceReason.TOO_BIG,
    "3.4": BounceReason.TOO_BIG,
    "4.1": BounceReason.UNREACHABLE,
    "4.6": BounceReason.LOOP,
    "7.0": BounceReason.REFUSED,
    "7.1": BounceReason.REFUSED,
}


def reason_of(answer: str) -> BounceReason:
    """Return why a server refused a recipient, by the enhanced status of its answer ("550 5.1.1 No such user")."""
    found = _STATUS.search(answer)
    return _REASONS.get(found.group(1), BounceReason.UNKNOWN) if found else BounceReason.UNKNOWN


def is_given_up(*, gone: int, hard: int) -> bool:
    """Tell whether nothing more is sent to an address.

    Args:
        gone: How often it came back because there is nobody there.
        hard: How often it came back for good, these included.
    """
    return gone >= MOST_GONE or hard >= MOST_HARD
