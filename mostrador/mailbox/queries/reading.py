"""What one received message says, read anew from its original."""

from dataclasses import dataclass

from django.core.files.storage import default_storage

from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.rules.mail import File
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.reading import read

# Bigger ones are only handed out: reading them would hold up the page.
MOST_BYTES = 10_000_000
MOST_LETTERS = 50_000


@dataclass(frozen=True, slots=True)
class Original:
    """The original as it was read."""

    headers: tuple[tuple[str, str], ...]
    text: str
    rest: str
    files: tuple[File, ...]
    defects: tuple[str, ...]


def original_of(mail: IncomingMail) -> Original | None:
    """Return what the original says, or None when it is gone or too big to be read for a page."""
    if not mail.file or mail.size_bytes > MOST_BYTES or not default_storage.exists(mail.file):
        return None
    with default_storage.open(mail.file) as file:
        found = read(file.read())
    words = new_words(found)
    return Original(
        headers=found.headers,
        text=words.text[:MOST_LETTERS],
        rest=words.rest[:MOST_LETTERS],
        files=found.files,
        defects=found.defects,
    )
