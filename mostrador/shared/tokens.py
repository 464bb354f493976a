"""Private links: long random tokens of which only the hash is stored."""

import hashlib
import secrets


def new_token() -> str:
    """Return 32 random bytes, fit for an address (43 characters)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal (64 characters)."""
    return hashlib.sha256(token.encode()).hexdigest()
