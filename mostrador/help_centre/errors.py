"""What cannot be done in the help centre."""

from typing import Any

from django.utils.translation import gettext as _

from mostrador.shared.errors import ActionRefused


class SavedByAnother(ActionRefused):
    """Somebody else has saved the same text since this person began to write.

    Attributes:
        draft: What they saved.
    """

    def __init__(self, draft: Any) -> None:
        self.draft = draft
        super().__init__(_("Otra persona ha guardado este texto mientras usted escribía. Compare los dos y elija."))


class NotAnArticleFile(ActionRefused):
    """A file that is not written as `rules.article_files` reads it.

    Attributes:
        line: Where, counted from 1.
    """

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


class WordElsewhere(ActionRefused):
    """A word already stands in another group of words that mean the same.

    Attributes:
        group: The other group.
    """

    def __init__(self, word: str, group: Any) -> None:
        self.group = group
        super().__init__(
            _("«%(word)s» ya está en el grupo «%(group)s». Quítela de uno de los dos.")
            % {"word": word, "group": group.key}
        )


class ArchiveRefused(ActionRefused):
    """An archive of articles that cannot be read at all."""
