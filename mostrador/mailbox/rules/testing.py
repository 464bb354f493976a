"""The seal of a test message: whoever reads the mailbox knows it for ours, and opens no ticket of it."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from mostrador.shared.sealing import derived, secret_keys

HEADER = "X-Mostrador-Test"
HOLDS = timedelta(hours=1)
# Clocks of several machines differ a little.
AHEAD = timedelta(minutes=5)
PURPOSE = "mailbox.test"


def test_token(mailbox_pk: int, now: datetime) -> str:
    """Return what the header of a test message says; it holds for one hour, for one mailbox."""
    written = f"{mailbox_pk}.{int(now.timestamp())}"
    return f"{written}.{_seal(written, secret_keys()[0])}"


test_token.__test__ = False  # type: ignore[attr-defined]  # its name is not for pytest


def is_test(token: str, mailbox_pk: int, now: datetime) -> bool:
    """Tell whether this is the token of a test of this mailbox, not older than an hour; earlier secret keys count."""
    written, _dot, seal = token.strip().rpartition(".")
    whose, _dot, moment = written.partition(".")
    if whose != str(mailbox_pk) or not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    age = now.timestamp() - int(moment)
    if not -AHEAD.total_seconds() <= age <= HOLDS.total_seconds():
        return False
    return any(hmac.compare_digest(seal.encode(), _seal(written, key).encode()) for key in secret_keys())


def _seal(written: str, key: str) -> str:
    return hmac.new(derived(key, PURPOSE), written.encode(), sha256).hexdigest()[:40]
