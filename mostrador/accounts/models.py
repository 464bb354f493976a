"""Users, their sessions, memberships and teams, and invitations."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import InvitationState, Role
from mostrador.organisations.models import OrganisationOwned, Team


class UserManager(BaseUserManager["User"]):
    """Makes users; the address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user; without a password nobody can sign in as them yet."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who can sign in. What they may do comes from their memberships."""

    email = models.EmailField(_("correo electrónico"), unique=True)
    name = models.CharField(_("nombre"), max_length=120)
    language = models.CharField(_("idioma"), max_length=5, default="es")
    is_active = models.BooleanField(_("activa"), default=True)
    # Keys of one letter act on the pages of the desk (WCAG 2.1.4: they can be switched off).
    uses_keys = models.BooleanField(_("usa teclas rápidas"), default=True)
    created_at = models.DateTimeField(_("alta"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("cuenta")
        verbose_name_plural = _("cuentas")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """A browser's session: Django's own table with whose it is, so that people see and end theirs. Keeps no address."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    device = models.CharField(_("equipo"), max_length=80, blank=True)  # "Firefox, Windows"
    signed_in_at = models.DateTimeField(_("inicio"), null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = _("sesión")  # type: ignore[assignment]  # the stubs of the base ask for str
        verbose_name_plural = _("sesiones")  # type: ignore[assignment]  # as above

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that reads this table."""
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


class Membership(OrganisationOwned):
    """A role in one organisation; with descendants, in everything under it too. Several are allowed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("función"), max_length=20, choices=Role)
    with_descendants = models.BooleanField(_("también en las entidades que dependen de ella"), default=False)

    class Meta:
        verbose_name = _("función")
        verbose_name_plural = _("funciones")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user", "role"], name="membership_role_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}@{self.organisation_id} {self.role}"


class TeamMembership(models.Model):
    """Somebody works in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_memberships")

    class Meta:
        verbose_name = _("pertenencia a un equipo")
        verbose_name_plural = _("pertenencias a equipos")
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_membership_once")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id} in {self.team_id}"


class Invitation(OrganisationOwned):
    """An invitation by e-mail to work here; its link is used once."""

    email = models.EmailField(_("correo electrónico"))
    name = models.CharField(_("nombre"), max_length=120)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name=_("funciones"))
    with_descendants = models.BooleanField(_("también en las entidades que dependen de ella"), default=False)
    teams = models.ManyToManyField(Team, related_name="+", blank=True, verbose_name=_("equipos"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    invited_at = models.DateTimeField(_("enviada"))
    expires_at = models.DateTimeField(_("caduca"))
    accepted_at = models.DateTimeField(_("aceptada"), null=True)
    revoked_at = models.DateTimeField(_("anulada"), null=True)

    class Meta:
        verbose_name = _("invitación")
        verbose_name_plural = _("invitaciones")
        constraints = [
            models.CheckConstraint(condition=Q(roles__len__gt=0), name="invitation_with_a_role"),
            # One open invitation for each person and organisation; a new one takes the place of the old one.
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {', '.join(self.roles)}"

    def state_at(self, moment: datetime) -> InvitationState:
        """Tell what can be done with it."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= moment else InvitationState.OPEN


class Departure(OrganisationOwned):
    """Somebody who stopped working at an organisation, with what they did there, so that it can be undone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    left_at = models.DateTimeField(_("baja"))
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    roles = models.JSONField(_("funciones"), default=dict)  # {"agent": true}: whether with descendants
    team_ids = ArrayField(models.BigIntegerField(), verbose_name=_("equipos"), default=list)
    returned_at = models.DateTimeField(_("reincorporación"), null=True)

    class Meta:
        verbose_name = _("baja")
        verbose_name_plural = _("bajas")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(returned_at__isnull=True), name="departure_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}@{self.organisation_id}"


class AccessPolicy(OrganisationOwned):
    """Which roles must use a second factor at an organisation (ENS, op.acc.6)."""

    second_factor_roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)

    class Meta:
        verbose_name = _("política de acceso")
        verbose_name_plural = _("políticas de acceso")
        constraints = [models.UniqueConstraint(fields=["organisation"], name="access_policy_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {', '.join(self.second_factor_roles)}"
