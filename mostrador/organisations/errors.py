"""What can go wrong with calendars and terms."""


class NoOpeningHours(Exception):  # noqa: N818 - read aloud: "raise NoOpeningHours"
    """The desk opens at no moment of the following 366 days."""


class CalendarMissing(Exception):  # noqa: N818
    """A legal term reaches a year whose calendar of non-working days is not known."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the calendar of non-working days of {year} is missing")
        self.year = year


class TermNotAllowed(Exception):  # noqa: N818
    """The law knows no such term: nothing at all, or more than 24 hours (Ley 39/2015, art. 30.1)."""


class ExtensionNotAllowed(Exception):  # noqa: N818
    """The law forbids this extension: the term has expired, or it is longer than half of it (Ley 39/2015, art. 32)."""
