"""Sessions in the database that know whose they are (SESSION_ENGINE names this module)."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from mostrador.accounts.models import Session

# What a signed-in session carries beside Django's own; written by the adapter when somebody signs in.
DEVICE = "device"
SIGNED_IN_AT = "signed_in_at"


class SessionStore(DatabaseStore):
    """Django's store in our table."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def _get_session_from_db(self) -> Any:
        """Return the row while it lasts. Written out, as every page of the desk asks. One query."""
        found = Session.objects.raw(
            "SELECT * FROM accounts_session WHERE session_key = %s AND expire_date > %s",
            [self.session_key, timezone.now()],
        )
        row = next(iter(found), None)
        if row is None:
            self._session_key = None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.device = data.get(DEVICE, "")
        row.signed_in_at = datetime.fromisoformat(data[SIGNED_IN_AT]) if SIGNED_IN_AT in data else None
        return row
