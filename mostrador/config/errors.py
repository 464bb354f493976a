"""What may keep an installation from starting, as one sentence for the operator."""


class CannotStart(Exception):  # noqa: N818 - read aloud: "raise CannotStart"
    """Something outside the program keeps it from running; the message is one sentence that says what to do."""


class AlreadyRunning(CannotStart):
    """Another process holds the data directory."""
