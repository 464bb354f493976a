"""Identity numbers as the database keeps them: encrypted, and found by a keyed hash.

Both keys come from the installation's secret key. Numbers sealed under an earlier one (SECRET_KEY_FALLBACKS) are still
read and found, until the nightly job has sealed them anew.
"""

import hmac

from mostrador.shared import sealing

_PURPOSE = "people.identity.seal"


def seal(number: str) -> str:
    """Return a number encrypted under the present key; "" for none."""
    return sealing.seal(number, purpose=_PURPOSE)


def unseal(sealed: str) -> str:
    """Return the number; "" for none, and for what was sealed under a key that is lost."""
    return sealing.unseal(sealed, purpose=_PURPOSE)


def digest(number: str) -> str:
    """Return by what a number is found: the same for the same number, useless without the key; "" for none."""
    return _digest(sealing.secret_keys()[0], number) if number else ""


def digests(number: str) -> list[str]:
    """Return everything by which a number may be found, under the present key and the earlier ones."""
    return [_digest(key, number) for key in sealing.secret_keys()]


def present_key() -> str:
    """Return the name of the key under which numbers are sealed now; it tells nothing of the key."""
    return sealing.derived(sealing.secret_keys()[0], "people.identity.name").hex()[:8]


def _digest(key: str, number: str) -> str:
    return hmac.new(sealing.derived(key, "people.identity.digest"), number.encode(), "sha256").hexdigest()
