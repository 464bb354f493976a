"""What can go wrong with e-mail that comes in."""


class ComesTooEarly(Exception):  # noqa: N818 - read aloud
    """A message answers another one that was received and has not been read yet."""
