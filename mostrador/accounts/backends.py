"""Who a session belongs to (AUTHENTICATION_BACKENDS names this module)."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from mostrador.accounts.models import User


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's way to sign in, with our way to find who it was."""

    def get_user(self, user_id: Any) -> User | None:
        """Return who this is, while their account is active. One query."""
        # Written out: every page of the desk asks, and putting the question together costs more than the answer.
        found = User.objects.raw("SELECT * FROM accounts_user WHERE id = %s", [user_id])
        user = next(iter(found), None)
        return user if user is not None and self.user_can_authenticate(user) else None
