"""What the portal asks of the installation itself."""

from hmac import compare_digest
from pathlib import Path

from django.conf import settings

from mostrador.shared.tokens import token_hash


def setup_token_file() -> Path:
    """Return where `mostrador up` leaves the hash of the first-run link of an empty installation."""
    directory: Path = settings.DATA_DIRECTORY
    return directory / "setup-token"


def is_setup_token(token: str) -> bool:
    """Tell whether this is the token of the first-run link that was printed last."""
    try:
        wanted = setup_token_file().read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return False
    return bool(wanted) and compare_digest(token_hash(token), wanted)
