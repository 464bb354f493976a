"""Users, their memberships and teams, and invitations."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
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
    created_at = models.DateTimeField(_("alta"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("usuaria")
        verbose_name_plural = _("usuarias")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name


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
    role = models.CharField(_("función"), max_length=20, choices=Role)
    with_descendants = models.BooleanField(_("también en las entidades que dependen de ella"), default=False)
    teams = models.ManyToManyField(Team, related_name="+", blank=True, verbose_name=_("equipos"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    invited_at = models.DateTimeField(_("enviada"))
    expires_at = models.DateTimeField(_("caduca"))
    accepted_at = models.DateTimeField(_("aceptada"), null=True)

    class Meta:
        verbose_name = _("invitación")
        verbose_name_plural = _("invitaciones")

    def __str__(self) -> str:
        return f"#{self.pk} {self.role}"


class AccessPolicy(OrganisationOwned):
    """Which roles must use a second factor at an organisation (ENS, op.acc.6)."""

    second_factor_roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)

    class Meta:
        verbose_name = _("política de acceso")
        verbose_name_plural = _("políticas de acceso")
        constraints = [models.UniqueConstraint(fields=["organisation"], name="access_policy_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {', '.join(self.second_factor_roles)}"
