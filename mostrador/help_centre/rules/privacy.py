"""What is left out of the words that people search before they are kept."""

import re

from mostrador.help_centre.rules.words import fold

LONGEST_KEPT = 200  # characters

_MAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+\.\w{2,}")  # not "cl@ve"
_ADDRESS = re.compile(r"(?:https?://|www\.)([^\s/?#]+)\S*", re.IGNORECASE)
_LONG_KEY = re.compile(r"[\w-]{32,}")  # private links, verification codes
# Six digits or more in one word or in groups (telephones, identity numbers, accounts), unless they are an error code.
_NUMBER = re.compile(
    r"(?P<code>\b(?:saf|af|as|err|aa|ai)[\s_\-.]?\d{1,6}\b)"
    r"|\b(?:[a-z][\s.-](?=\d))?\w*\d(?:[\s./_()-]{0,3}\d){5,}(?:[\s.-]?[a-z]\b|\w*)",
    re.IGNORECASE,
)


def without_person_data(text: str) -> str:
    """Return a question as it may be kept: folded, short, and without what tells who asked.

    E-mail addresses, numbers of six digits or more, identity numbers and long keys are left out; of web addresses only
    the host stays. Names of people cannot be told from other words.
    """
    text = " ".join(text.split())
    text = _MAIL.sub(" ", text)
    text = _ADDRESS.sub(r"\1 ", text)
    text = _LONG_KEY.sub(" ", text)
    text = _NUMBER.sub(lambda match: match["code"] or " ", text)
    return " ".join(fold(text).split())[:LONGEST_KEPT].strip()
