"""What may keep an installation from starting, as one sentence for the operator."""


class CannotStart(Exception):
    """Something outside the program keeps it from running; the message is one sentence that says what to do."""


class AlreadyRunning(CannotStart):
    """Another process holds the data directory."""
