"""What can be wrong with what others send us."""


class LineRefused(Exception):  # noqa: N818 - read aloud: "raise LineRefused"
    """One line of a file cannot be imported; the message says which value and why."""
