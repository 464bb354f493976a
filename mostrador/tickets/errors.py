"""Refusals that a page answers in its own way."""

from mostrador.shared.errors import ActionRefused


class ColleagueWasFaster(ActionRefused):
    """Somebody else answered or took the ticket since the page was opened; the person may insist."""


class TooManyFiles(ActionRefused):
    """There is no room for one more file."""
