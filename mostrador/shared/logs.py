"""What must not stand in a log."""

import logging
import re

# Tokens of private links, keys of new passwords, signatures: long, without blanks, not only small letters as slugs are.
_PRIVATE = re.compile(r"(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*[A-Z0-9])[A-Za-z0-9_-]{20,}")


class HidePrivateLinks(logging.Filter):
    """Take private links out of what Django says about requests: whoever reads the log could open them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without its secrets."""
        if record.name.startswith("django."):
            record.msg, record.args = _PRIVATE.sub("…", record.getMessage()), ()
        return True
