"""Identity numbers as the database keeps them: encrypted, and found by a keyed hash.

Both keys come from the installation's secret key. Numbers sealed under an earlier one (SECRET_KEY_FALLBACKS) are still
read and found, until the nightly job has sealed them anew.
"""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(number: str) -> str:
    """Return a number encrypted under the present key; "" for none."""
    return _cipher(_secrets()).encrypt(number.encode()).decode() if number else ""


def unseal(sealed: str) -> str:
    """Return the number; "" for none, and for what was sealed under a key that is lost."""
    if not sealed:
        return ""
    try:
        return _cipher(_secrets()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def digest(number: str) -> str:
    """Return by what a number is found: the same for the same number, useless without the key; "" for none."""
    return _digest(_secrets()[0], number) if number else ""


def digests(number: str) -> list[str]:
    """Return everything by which a number may be found, under the present key and the earlier ones."""
    return [_digest(secret, number) for secret in _secrets()]


def present_key() -> str:
    """Return the name of the key under which numbers are sealed now; it tells nothing of the key."""
    return _derived(_secrets()[0], b"people.identity.name").hex()[:8]


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _cipher(secrets: tuple[str, ...]) -> MultiFernet:
    keys = [_derived(secret, b"people.identity.seal") for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _digest(secret: str, number: str) -> str:
    return hmac.new(_derived(secret, b"people.identity.digest"), number.encode(), "sha256").hexdigest()


@lru_cache(maxsize=32)
def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
