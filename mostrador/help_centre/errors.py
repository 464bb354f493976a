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
